// A customer: what was between him and us, newest first, and why several accounts are taken for one person.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { Form } from "./acts.js";
import { isNamed, nameOf } from "./names.js";
import { Moments } from "./orderstory.js";
import { kindOf, verbOf } from "./queue.js";
import { hrefOf, money, time } from "./values.js";

const html = htm.bind(h);

/** @typedef {import("./ask.js").Row} Row */

/** Where a line of the timeline leads, by its source. @type {Record<string, string>} */
const leads = { order: "orders", history: "orders", shipment: "orders", ticket: "tickets", contact: "contacts" };

/** What is said in words of its own. @type {[RegExp, string][]} */
const sayings = [[/^one with (\d+)$/, "one_with"], [/^no more one with (\d+)$/, "no_more_one"], [/^may be written to()$/, "may_be_written"], [/^may not be written to()$/, "may_not_be_written"]];

/** The timeline's words, one by one where there is no saying. @param {string} what */
function said(what) {
  const known = sayings.find(([form]) => form.test(what));
  return known ? `${nameOf(known[1])} ${known[0].exec(what)?.[1]}` : what.split(" ").map((word) => nameOf([`said_${word}`, word].find(isNamed) ?? word)).join(" ");
}

/** @param {Record<string, any>} row */
const momentOf = (row) => ({ source: row.source, time: row.time, what: said(row.what), who: "",
  detail: row.source === "merge" ? "" : [row.code, row.detail].filter(Boolean).join(" · "), href: leads[row.source] && row.code ? hrefOf(leads[row.source], row.code) : undefined });

/** @param {{figures: Row[]}} props */
function Figures({ figures }) {
  return html`<ol class="tiles plain">${figures.flatMap((one) => ["orders", "paid_minor", "refunded_minor", "average_minor", "returns"].map((name) =>
    html`<li key=${`${one.currency} ${name}`}><span>${nameOf(name)}</span><b>${name.endsWith("_minor") ? money(one[name], one.currency) : one[name]}</b></li>`))}</ol>`;
}

/** Each merge as a sentence, with the button that takes it apart. @param {{merges: Row[], identities: Row[], changed: () => void}} props */
function Merges({ merges, identities, changed }) {
  const [merge, choose] = useState(/** @type {any} */ (null));
  const platforms = new Map();
  for (const one of identities)
    if (one.kind === "buyer")
      platforms.set(one.account, `${nameOf(one.platform)} ${one.value}`);
  /** @param {number} number */
  const account = (number) => platforms.get(number) ?? `${nameOf("account")} ${number}`;
  const verb = verbOf("person.unmerge");
  if (!merges.length)
    return null;
  return html`<section><h2>${nameOf("why_one_person")}</h2><ul class="cards">${merges.map((one) => html`<li key=${one.merge} class=${one.stands ? "card" : "card gone"}>
      <b>${account(one.one)} = ${account(one.other)}</b>
      <span>${nameOf(`joined_by_${one.by}`)}${one.source ? html` · ${nameOf("seen_in")} <a href=${hrefOf("orders", one.source)}>${one.source}</a>` : ""}</span>
      <small>${time(one.time)} · ${one.who ?? nameOf("by_itself")}</small>
      ${one.stands ? verb && html`<button class="quiet" onClick=${() => choose(one)}>${nameOf("take_apart")}</button>`
        : html`<small>${nameOf("taken_apart")} ${one.undone_by ?? ""} ${one.undone ? time(one.undone) : ""}: ${one.undone_why}</small>`}</li>`)}</ul>
    ${merge && html`<${Form} verb=${verb} kind=${{ ...kindOf("person-merges"), one: "merge" }} start=${{ merge: merge.merge }} done=${changed} leave=${() => choose(null)} />`}</section>`;
}

/** @param {{answer: Record<string, any>, changed: () => void}} props */
export function PersonStory({ answer, changed }) {
  return html`<${Figures} figures=${answer.figures?.rows ?? []} />
    <${Merges} merges=${answer.merges?.rows ?? []} identities=${answer.identities?.rows ?? []} changed=${changed} />
    <section><h2>${nameOf("timeline")}</h2><${Moments} moments=${(answer.timeline?.rows ?? []).map(momentOf)} /></section>`;
}
