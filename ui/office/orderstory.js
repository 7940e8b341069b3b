// One order from its placing to its end: where it stands, and everything that happened to it, from all sources.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { office } from "./ask.js";
import { language } from "./language.js";
import { inWords, nameOf } from "./names.js";
import { stateOf } from "./tables.js";
import { hrefOf, money, time } from "./values.js";

const html = htm.bind(h);

/** @typedef {Record<string, any>} Row */
/** @typedef {{source: string, time: string, what: unknown, detail?: string, who?: string, href?: string}} Moment */

// ---------------------------------------------------------------- where it stands

/** The ways that all orders go; what is between them on the floor is one of them. */
const STAGES = ["pending_pay", "audit", "reserved", "released", "floor", "shipped", "finished"];
/** States that stand beside the way, by where they left it. @type {Record<string, string>} */
const beside = { exception: "audit" };

/** @param {{row: Row}} props */
function StateBar({ row }) {
  const stage = stateOf(row.state)?.stage ?? row.state, at = STAGES.indexOf(beside[row.state] ?? stage);
  /** @param {string} name */
  const words = (name) => (name === "floor" ? nameOf("floor") : inWords(stateOf(name)));
  /** @param {string} name @param {number} place */
  const told = (name, place) => (place === at ? inWords(stateOf(row.state)) : words(name));
  return html`<ol class=${`way ${row.state === "exception" ? "held" : ""}`} aria-label=${nameOf("state")}>
    ${STAGES.map((name, place) => html`<li key=${name} class=${at < 0 ? "" : place < at ? "past" : place === at ? "now" : ""} aria-current=${place === at ? "step" : null}>${told(name, place)}</li>`)}
    ${at < 0 && html`<li class="now" aria-current="step">${inWords(stateOf(row.state)) || row.state}${row.reason ? html`<small>${row.reason}</small>` : ""}</li>`}</ol>`;
}

// ---------------------------------------------------------------- what happened

const moments = () => new Map(office.value?.words.moments.map((moment) => [moment.what, moment]));
const figures = ["sku", "quantity", "missing", "location", "tote", "slot", "box", "parcel", "weight_g", "waybill", "carrier", "manifest", "reason"];

/** What is worth telling of a site's event. @param {Row} event */
const figuresOf = (event) => figures.filter((name) => event.data?.[name] !== undefined && typeof event.data[name] !== "object")
  .map((name) => `${nameOf(name)} ${event.data[name]}`).join(" · ");

/** @param {string} what */
const called = (what) => inWords(moments().get(what)) || nameOf(what);
/** @param {string} kind */
const exceptionOf = (kind) => inWords(office.value?.words.exceptions.find((one) => one.kind === kind)) || kind;
/** @param {Row} row */
const siteEvent = (row) => [{ time: row.time, what: called(row.type), detail: figuresOf(row.event ?? {}), who: [row.site, row.event?.actor].filter(Boolean).join(" ") }];

/** What each part of an order's answer tells, and when. @type {Record<string, (row: Row) => Omit<Moment, "source">[]>} */
const sources = {
  history: (row) => [{ time: row.time, what: called(row.act), detail: row.note, who: row.who }],
  events: siteEvent,
  parcel_events: siteEvent,
  exceptions: (row) => [{ time: row.raised, what: exceptionOf(row.kind), detail: row.detail },
    ...(row.released ? [{ time: row.released, what: html`${nameOf("released_exception")}: ${exceptionOf(row.kind)}`, who: row.released_by }] : [])],
  platform: (row) => [{ time: row.taken, what: nameOf("read_from_platform"), detail: row.trouble, who: row.shop }],
  outbox: (row) => [{ time: row.ended ?? row.made, what: html`${nameOf("told_platform")}: ${nameOf(row.kind)}`, detail: [nameOf(row.state), row.said].filter(Boolean).join(" · "), who: row.shop, href: hrefOf("outbox", row.outbox) }],
  aftersales: (row) => [{ time: row.asked, what: html`${nameOf("aftersales")}: ${nameOf(row.kind)}`, detail: row.reason, href: hrefOf("aftersales", row.aftersale) },
    ...(row.changed !== row.asked ? [{ time: row.changed, what: html`${nameOf("aftersales")}: ${nameOf(row.state)}`, href: hrefOf("aftersales", row.aftersale) }] : [])],
  refunds_due: (row) => [{ time: row.paid, what: nameOf("refund_paid"), detail: money(row.amount_minor, row.currency), who: row.paid_by }],
  rule_hits: (row) => [{ time: row.time, what: html`${nameOf("rule")} ${row.rule}`, href: hrefOf("rules", row.rule) }],
  entries: (row) => [{ time: row.at, what: html`${nameOf("in_the_books")}: ${nameOf(row.kind)}`, detail: money(row.amount_minor, "CNY"), who: row.who, href: hrefOf("entries", row.entry) }],
  bill_rows: (row) => [{ time: row.at, what: html`${nameOf("on_a_bill")}: ${nameOf(row.meaning)}`, detail: money(row.amount_minor, row.currency), who: row.party, href: hrefOf("bill-rows", row.row) }],
  invoices: (row) => [{ time: row.issued ?? row.made, what: html`${nameOf("invoice")}: ${nameOf(row.state)}`, detail: money(row.gross_minor, row.currency), who: row.who, href: hrefOf("invoices", row.invoice) }],
  assignments: (row) => [{ time: row.published, what: html`${nameOf("given_to")} ${row.site}`, detail: nameOf(row.state) }],
};

/** Which sources stand under one switch. @type {Record<string, string[]>} */
const groups = {
  heads: ["history", "exceptions", "rule_hits", "assignments"],
  floor: ["events", "parcel_events"],
  platform: ["platform", "outbox"],
  aftersales: ["aftersales", "refunds_due"],
  money_of: ["entries", "bill_rows", "invoices"],
};

/** @param {Row} row @param {Record<string, {rows: Row[]}>} answer @returns {Moment[]} */
function allOf(row, answer) {
  const told = Object.entries(groups).flatMap(([group, parts]) => parts.flatMap((part) => (answer[part]?.rows ?? [])
    .flatMap((one) => sources[part](one).map((moment) => ({ source: group, ...moment })))));
  const own = [["placed", row.placed], ["paid", row.paid]].map(([name, at]) => ({ source: "platform", time: at, what: nameOf(name), who: row.buyer ?? "" }));
  return [...own, ...told].filter((moment) => moment.time).sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

/** @param {{row: Row, answer: Record<string, any>}} props */
export function OrderStory({ row, answer }) {
  const [off, setOff] = useState(/** @type {Set<string>} */ (new Set()));
  const all = allOf(row, answer), there = Object.keys(groups).filter((group) => all.some((moment) => moment.source === group));
  /** @param {string} group */
  const flip = (group) => setOff((before) => {
    const next = new Set(before);
    next[next.has(group) ? "delete" : "add"](group);
    return next;
  });
  return html`<${StateBar} row=${row} />
    <section><h2>${nameOf("timeline")}</h2>
      <div class="acts" role="group" aria-label=${nameOf("sources_of")}>${there.map((group) => html`<button key=${group} class="quiet" aria-pressed=${!off.has(group)} onClick=${() => flip(group)}>${nameOf(group)}</button>`)}</div>
      <${Moments} moments=${all.filter((moment) => !off.has(moment.source))} /></section>`;
}

/** Sources whose names say something else elsewhere. @type {Record<string, string>} */
const MARKS = { merge: "merge_of", history: "order_of", order: "order_of", aftersale: "aftersales" };

/** One thing after the other, each with its source's mark. @param {{moments: Moment[]}} props */
export function Moments({ moments: told }) {
  let day = "";
  /** @param {Moment} moment */
  const heading = (moment) => {
    const its = new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB", { dateStyle: "long" }).format(new Date(moment.time));
    const new_ = its !== day;
    day = its;
    return new_ ? html`<li class="day">${its}</li>` : null;
  };
  /** @param {string} at */
  const clock = (at) => new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(at));
  return html`<ol class="story">${told.map((moment, number) => html`${heading(moment)}<li key=${number} class=${`from-${moment.source}`}>
    <time datetime=${moment.time} title=${time(moment.time)}>${clock(moment.time)}</time>
    <span class="mark">${nameOf(MARKS[moment.source] ?? moment.source)}</span>
    <span>${moment.href ? html`<a href=${moment.href}>${moment.what}</a>` : html`<b>${moment.what}</b>`}${moment.detail ? html` <span class="detail">${moment.detail}</span>` : ""}${moment.who ? html`<small>${moment.who}</small>` : ""}</span></li>`)}</ol>`;
}
