// After-sales as a board: a column for each state, the oldest on top, and what the next step of each is.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { Form, filled } from "./acts.js";
import { inWords, nameOf } from "./names.js";
import { ago, kindOf, useAnswer, verbOf } from "./queue.js";
import { list } from "./ask.js";
import { hrefOf, hrefOfList, money, number } from "./values.js";

const html = htm.bind(h);
const MOST = 100, OLD_DAYS = 3, DAY_MS = 86400000;

/** @typedef {import("./ask.js").Row} Row */

/** States that wait for something, and the verb that a person goes on by; "": the goods or the platform. @type {[string, string][]} */
const columns = [["asked", "aftersale.agree"], ["agreed", "aftersale.waybill"], ["returning", ""], ["received", ""], ["graded", "aftersale.settle"]];

/** @param {{row: Row, go: (row: Row, verb: string) => void, verb: string}} props */
function Case({ row, go, verb }) {
  const days = (Date.now() - Date.parse(row.changed ?? row.asked)) / DAY_MS;
  return html`<li class=${`card ${row.trouble ? "bad" : days > OLD_DAYS ? "warn" : ""}`}><a href=${hrefOf("aftersales", row.aftersale)}>${row.aftersale}</a>
    <span>${nameOf(row.kind)}${row.amount_minor ? ` · ${money(row.amount_minor, row.currency ?? "CNY")}` : ""}</span>
    ${row.order && html`<a href=${hrefOf("orders", row.order)}>${row.order}</a>`}${row.reason && html`<small>${row.reason}</small>`}
    ${row.trouble && html`<p class="todo">${row.trouble}</p>`}
    <small class=${days > OLD_DAYS ? "todo" : ""}>${nameOf("in_this_state")} ${ago(row.changed ?? row.asked)}</small>
    ${verbOf(verb) && html`<button class="quiet" onClick=${() => go(row, verb)}>${inWords(verbOf(verb))}</button>`}</li>`;
}

/** @param {{filters: Record<string, string>}} props */
export function Board({ filters }) {
  const { answer, fault, again } = useAnswer(() => Promise.all(columns.map(([state]) => list("aftersales", { ...filters, state, limit: MOST }))), [JSON.stringify(filters)]);
  const [form, setForm] = useState(/** @type {null | {verb: string, start: Row}} */ (null));
  const kind = kindOf("aftersales");
  /** @param {Row} row @param {string} name */
  const openForm = (row, name) => {
    const verb = verbOf(name);
    if (verb && kind)
      setForm({ verb: name, start: filled(verb, kind, row) });
  };
  if (fault)
    return html`<p class="fault" role="alert">${fault}</p>`;
  if (!answer)
    return html`<progress></progress>`;
  /** @param {Row[]} rows */
  const byAge = (rows) => [...rows].sort((a, b) => Date.parse(a.changed ?? a.asked) - Date.parse(b.changed ?? b.asked));
  return html`<div class="board">${columns.map(([state, verb], at) => html`<section key=${state}><h2><a href=${hrefOfList("aftersales", { state })}>${nameOf(state)}</a> <b>${number(answer[at].rows.length)}${answer[at].next ? "+" : ""}</b></h2>
      <ul>${byAge(answer[at].rows).map((row) => html`<${Case} key=${row.aftersale} row=${row} verb=${verb} go=${(/** @type {Row} */ of, /** @type {string} */ name) => openForm(of, name)} />`)}</ul></section>`)}</div>
    ${form && html`<${Form} key=${form.verb} verb=${verbOf(form.verb)} kind=${kind} start=${form.start} done=${again} leave=${() => setForm(null)} />`}`;
}
