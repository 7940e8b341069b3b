// A month of a shop's or carrier's bills beside our own books, row by row: what agrees, what does not, and why it may stand.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { act, list, office } from "./ask.js";
import { Form } from "./acts.js";
import { nameOf } from "./names.js";
import { kindOf, useAnswer, useRows, verbOf } from "./queue.js";
import { hrefOf, hrefOfList, money, number } from "./values.js";
import { stay, taking } from "./forms.js";

const html = htm.bind(h);
const PAGE = 40;

/** @typedef {import("./ask.js").Row} Row */
/** @typedef {{party: string, states: Row[], buckets: Row[], missing_at_platform: Row[]}} Report */

/** How states look, and which of them a person sees to. @type {Record<string, {look: string, open: boolean}>} */
const states = {
  matched: { look: "good", open: false },
  different: { look: "bad", open: true },
  missing_here: { look: "bad", open: true },
  review: { look: "warn", open: true },
  forced: { look: "", open: false },
};
const BUCKETS = ["fee", "rounding", "timing", "other"];

/** Which account of ours a row of a bill stands against. @type {Record<string, string>} */
const accountOf = { sale: "1122", refund: "1122", fee: "6601.01", freight: "6601.02" };

/** The shops and carriers that bills came of, and the months of one. @param {string | undefined} party */
function usePeriods(party) {
  const bills = useRows("bills", {}, 500).rows;
  const parties = [...new Set((bills ?? []).map((row) => String(row.party)))].sort();
  const [periods, setPeriods] = useState(/** @type {null | string[]} */ (null));
  const chosen = party || parties[0] || "";
  useEffect(() => {
    if (chosen)
      list("bill-rows", { party: chosen, limit: 500 }).then((page) => setPeriods([...new Set(page.rows.map((row) => String(row.day).slice(0, 7)))].sort().reverse()), () => setPeriods([]));
  }, [chosen]);
  return { parties: bills && parties, chosen, periods };
}

/** @param {{report: Report, currency: string, filters: Record<string, string>}} props */
function Sums({ report, currency, filters }) {
  /** @param {"states" | "buckets"} group @param {Row} one @param {string | undefined} look */
  const tile = (group, one, look) => html`<li key=${`${group} ${one.name}`} class=${look}><a href=${hrefOfList("reconcile", { ...filters, ...(group === "states" ? { state: one.name, bucket: "" } : { bucket: one.name, state: "" }) })}>
    <span>${nameOf(group === "states" ? one.name : `bucket_${one.name}`)}</span><b>${number(one.rows)}</b><small>${money(group === "states" ? one.amount_minor : one.residue_minor, currency)}</small></a></li>`;
  /** @param {string} name */
  const bucket = (name) => report.buckets.find((one) => one.name === name) ?? { name, rows: 0, residue_minor: 0 };
  return html`<section><h2>${nameOf("by_state")}</h2><ol class="tiles small">${report.states.map((one) => tile("states", one, states[one.name]?.look))}</ol></section>
    <section><h2>${nameOf("differences_by_bucket")}</h2><ol class="tiles small">${BUCKETS.map((name) => tile("buckets", bucket(name), ""))}
      ${report.missing_at_platform.map((one) => html`<li key=${`missing ${one.name}`} class="plainly"><span>${nameOf("missing_at_platform")} · ${nameOf(`bucket_${one.name}`)}</span><b>${number(one.rows)}</b><small>${money(one.amount_minor, currency)}</small></li>`)}</ol></section>`;
}

/** @typedef {Map<string, Row[]> | null} Books  what they have of each order; null: not yet */
/** @typedef {{verb: string, start: Row}} Asked  a form that is open */

/** What the books have of the orders of some rows: order to lines. @param {Row[]} rows */
function useBooks(rows) {
  const orders = [...new Set(rows.map((row) => String(row.order ?? "")).filter(Boolean))];
  const { answer } = useAnswer(async () => new Map(await Promise.all(orders.map(async (order) =>
    /** @type {const} */ ([order, (await list("entry-lines", { order, limit: 100 })).rows])))), [orders.join(" ")]);
  return answer;
}

/** @param {{row: Row, books: Books}} props */
function Ours({ row, books }) {
  if (!row.order)
    return html`<span class="none">${nameOf("no_order_here")}</span>`;
  const account = accountOf[row.meaning], lines = books?.get(row.order);
  if (!account)
    return html`<a href=${hrefOf("orders", row.order)}>${row.order}</a>`;
  const owed = (lines ?? []).filter((line) => line.account === account && (account !== "1122" || line.kind === (row.meaning === "refund" ? "refund" : "sale")))
    .reduce((sum, line) => sum + line.debit_minor - line.credit_minor, 0);
  return html`<a href=${hrefOf("orders", row.order)}>${row.order}</a>${lines ? html`<b class="number">${money(owed, row.currency)}</b><small>${nameOf("account")} ${account} · ${nameOf("in_the_books")} ${lines.find((line) => line.account === account)?.day ?? "–"}</small>` : html`<progress></progress>`}`;
}

/** @param {{row: Row, books: Books, force: (form: Asked) => void}} props */
function Pair({ row, books, force }) {
  const state = states[row.state] ?? { look: "", open: true };
  return html`<li class=${`pair ${state.look}`}>
    <div><span>${row.day} · ${row.word || nameOf(row.meaning)}</span><b class="number">${money(row.amount_minor, row.currency)}</b><small><a href=${hrefOf("bill-rows", row.row)}>${row.reference || row.key}</a></small></div>
    <div class="between"><span class=${`badge ${state.look}`}>${nameOf(row.state)}</span>
      ${row.residue_minor ? html`<b>${money(row.residue_minor, row.currency)}</b>` : null}${row.bucket ? html`<small>${nameOf(`bucket_${row.bucket}`)}</small>` : null}${row.why ? html`<small>${row.why}</small>` : null}
      ${state.open && row.state !== "review" && verbOf("bill.force") && html`<button class="quiet" onClick=${() => force({ verb: "bill.force", start: { row: row.row, ...(row.bucket ? { bucket: row.bucket } : {}) } })}>${nameOf("force")}</button>`}
      ${row.state === "review" && verbOf("bill.word") && html`<button class="quiet" onClick=${() => force({ verb: "bill.word", start: { format: row.format, word: row.word } })}>${nameOf("say_what_it_means")}</button>`}</div>
    <div><${Ours} row=${row} books=${books} /></div></li>`;
}

/** @param {{party: string, period: string, filters: Record<string, string>}} props */
function Month({ party, period, filters }) {
  const asked = Object.fromEntries(["state", "bucket"].filter((name) => filters[name]).map((name) => [name, filters[name]]));
  const { rows, next, fault, load, more } = useRows("bill-rows", { party, period, ...asked }, PAGE);
  const report = useAnswer(() => act("bill.report", { party, period }), [party, period]);
  const books = useBooks(rows ?? []);
  const [form, force] = useState(/** @type {Asked | null} */ (null));
  const [busy, setBusy] = useState(false), [said, setSaid] = useState("");
  const again = () => {
    load();
    report.again();
  };
  const compare = async () => {
    setBusy(true);
    await act("bill.compare", { party, period }).then(() => setSaid(""), (refusal) => setSaid(refusal.message || nameOf("lost")));
    setBusy(false);
    again();
  };
  return html`<div class="acts"><button disabled=${busy} onClick=${compare}>${nameOf("compare_now")}</button>
      ${(asked.state || asked.bucket) && html`<a class="choice" href=${hrefOfList("reconcile", { party, period })}>${nameOf("allRows")}</a>`}</div>
    ${[fault, report.fault, said].filter(Boolean).map((why) => html`<p class="fault" role="alert">${why}</p>`)}
    ${report.answer && html`<${Sums} report=${report.answer} currency=${rows?.[0]?.currency ?? "CNY"} filters=${{ party, period }} />`}
    ${!rows ? html`<progress></progress>` : html`<div class="pairs"><div class="pair heads"><b>${nameOf("their_bill")}</b><span></span><b>${nameOf("our_books")}</b></div>
      <ol>${rows.map((row) => html`<${Pair} key=${row.row} row=${row} books=${books} force=${force} />`)}</ol></div>`}
    ${rows?.length === 0 && html`<p class="none">${nameOf("nothing")}</p>`}
    ${next && html`<button class="quiet" onClick=${more}>${nameOf("more")}</button>`}
    ${form && html`<${Form} key=${form.verb} verb=${verbOf(form.verb)} kind=${{ ...kindOf("bill-rows"), one: "row" }} start=${form.start} done=${again} leave=${() => force(null)} />`}`;
}

// ---------------------------------------------------------------- what no bill tells of

const COUNTED = 4; // pages that are counted; of more is said that there are more
const DAY_MS = 86400000;

/** Kinds of what is missing, and the column that they are counted by. @type {{kind: string, by: string, none: string}[]} */
const untold = [{ kind: "unbilled-parcels", by: "carrier", none: "no_carrier" }, { kind: "unsettled-orders", by: "shop", none: "no_shop" }];

/** @param {string} kind @param {Record<string, string>} filters */
async function count(kind, filters) {
  const rows = [];
  let after = /** @type {string | null} */ ("");
  for (let page = 0; page < COUNTED && after !== null; page++) {
    const answer = await list(kind, { ...filters, limit: 500, after });
    rows.push(...answer.rows);
    after = answer.next;
  }
  return { rows, more: after !== null };
}

/** How long a platform or carrier may take until its money is missed. */
async function settleDays() {
  const { rows } = await list("settings", { limit: 500 });
  const set = rows.find((row) => row.name === "bill_settle_days")?.value;
  return Number(set ?? office.value?.words.settings.find((one) => one.name === "bill_settle_days")?.default ?? 0);
}

async function lookForUntold() {
  const days = await settleDays();
  const filters = { left_until: new Date(Date.now() - days * DAY_MS).toLocaleDateString("sv") };
  const found = await Promise.all(untold.filter(({ kind }) => kindOf(kind)).map(async (one) => ({ ...one, ...await count(one.kind, filters) })));
  return { days, filters, found };
}

/** @param {{one: {kind: string, by: string, none: string, rows: Row[], more: boolean}, filters: Record<string, string>}} props */
function UntoldKind({ one, filters }) {
  const { kind, by, none, rows, more } = one;
  const groups = [...new Set(rows.map((row) => row[by] ?? ""))].sort();
  const plus = more ? "+" : "";
  /** @param {string} name @param {any[]} some @param {string} href */
  const tile = (name, some, href) => html`<li key=${name}><a href=${href}><span>${name}</span><b>${number(some.length)}${plus}</b>
    ${some[0]?.currency && html`<small>${money(some.filter((row) => row.currency === some[0].currency).reduce((sum, row) => sum + row.owed_minor, 0), some[0].currency)}</small>`}</a></li>`;
  return html`<section data-untold=${kind}><h3><a href=${hrefOfList(kind, filters)}>${nameOf(kind)}</a> <b>${number(rows.length)}${plus}</b></h3>
    ${rows.length > 0 && html`<ol class="tiles small">${groups.map((group) => tile(group || nameOf(none), rows.filter((row) => (row[by] ?? "") === group),
      hrefOfList(kind, group ? { ...filters, [by]: group } : filters)))}</ol>`}</section>`;
}

/** Parcels and orders that left long enough ago, and that no bill of a carrier or platform names. */
function Untold() {
  const { answer } = useAnswer(lookForUntold, []);
  if (!answer)
    return null;
  return html`<section><h2>${nameOf("on_no_bill")} <small>${nameOf("days_ago").replace("{n}", String(answer.days))}</small></h2>
    ${answer.found.map((one) => html`<${UntoldKind} key=${one.kind} one=${one} filters=${answer.filters} />`)}</section>`;
}

/** @param {{filters: Record<string, string>}} props */
export function Reconcile({ filters }) {
  const { parties, chosen, periods } = usePeriods(filters.party);
  const period = filters.period || periods?.[0] || "";
  /** @param {Record<string, string>} more */
  const set = (more) => { location.hash = hrefOfList("reconcile", { party: chosen, period, ...more }); };
  return html`<header><h1>${nameOf("reconcile")}</h1></header>
    ${!parties ? html`<progress></progress>` : !parties.length ? html`<p class="none">${nameOf("no_bills")}</p>` : html`<form class="filters" onSubmit=${stay}>
      <label>${nameOf("party")}<select value=${chosen} onChange=${taking((name) => set({ party: name, period: "" }))}>${parties.map((one) => html`<option>${one}</option>`)}</select></label>
      <label>${nameOf("period")}<select value=${period} onChange=${taking((month) => set({ period: month }))}>${(periods ?? []).map((one) => html`<option>${one}</option>`)}</select></label></form>
      ${period && html`<${Month} key=${`${chosen} ${period}`} party=${chosen} period=${period} filters=${filters} />`}`}
    <${Untold} />`;
}
