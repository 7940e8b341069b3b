// Counts that wait for a supervisor: what differs from the books and what it is worth; approved or rejected here.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { list, watch } from "./ask.js";
import { Do, doing, useSaying } from "./do.js";
import { nameOf } from "./names.js";
import { hrefOf, money, number } from "./values.js";

const html = htm.bind(h);
const CURRENCY = "CNY"; // costs of a site are in the money of its head office

/** @param {number} value */
const signed = (value) => (value > 0 ? `+${number(value)}` : number(value));

/** @typedef {{sku: string, name: string, lot: string | null, serial: string | null, book: number, counted: number,
 *   value_minor: number | null}} Variance */
/** @typedef {import("./ask.js").Row & {variances: Variance[], found: import("./trail.js").Finding[]}} Counted */

/** One count. What is done with it is said where the page is told, for the count leaves the list.
 *  @param {{count: Counted, run: (work: () => Promise<string>) => void, busy: boolean}} props */
function Count({ count, run, busy }) {
  const value = count.variances.reduce((total, line) => total + (line.value_minor ?? 0), 0);
  const counters = [...new Set(count.found.map((line) => line.worker))];
  /** @param {string} verb @param {boolean} quiet */
  const button = (verb, quiet) => html`<button type="button" class=${quiet ? "quiet" : ""} disabled=${busy}
    onClick=${() => run(() => doing(verb, { count: count.count }))}>${nameOf(verb)}</button>`;
  /** @param {string} name @param {unknown} content */
  const cell = (name, content) => html`<td class="number" data-label=${nameOf(name)}><span>${content}</span></td>`;
  return html`<section class="card" data-count=${count.count}><header><h2><a href=${hrefOf("locations", count.location)}>${count.location}</a></h2>
      <span>${nameOf("count")} <a href=${hrefOf("counts", String(count.count))}>${count.count}</a> · ${nameOf("round")} ${count.round} · ${nameOf(count.source)} · ${
        counters.map((worker, at) => html`${at ? ", " : ""}<a href=${hrefOf("workers", worker)}>${worker}</a>`)}</span></header>
    <div class="wide"><table class="queue"><thead><tr><th scope="col">${nameOf("sku")}</th><th scope="col">${nameOf("lot")}</th>
      ${["book", "counted", "difference", "worth"].map((name) => html`<th key=${name} scope="col" class="number">${nameOf(name)}</th>`)}</tr></thead>
      <tbody>${count.variances.map((line) => html`<tr key=${`${line.sku}/${line.lot}/${line.serial}`}><td><a class="in-text" href=${hrefOf("items", line.sku)}>${line.sku}</a> ${line.name}</td>
        <td>${line.lot ?? line.serial ?? ""}</td>${cell("book", number(line.book))}${cell("counted", number(line.counted))}
        ${cell("difference", html`<b class=${line.counted < line.book ? "bad" : "good"}>${signed(line.counted - line.book)}</b>`)}
        ${cell("worth", line.value_minor === null ? nameOf("unknown") : money(line.value_minor, CURRENCY))}</tr>`)}</tbody></table></div>
    <footer><span>${nameOf("total")} <b>${value ? money(value, CURRENCY) : "–"}</b></span>${button("count.recount", true)}${button("count.reject", true)}${button("count.approve", false)}</footer></section>`;
}

export function Approval() {
  const [rows, setRows] = useState(/** @type {Counted[] | null} */ (null));
  const look = () => list("counts", { state: "review", limit: 50 }).then((answer) => setRows(/** @type {Counted[]} */ (answer.rows)), () => {});
  const { output, busy, run } = useSaying(look);
  useEffect(() => {
    look();
    return watch("counts", look);
  }, []);
  return html`<header><h1>${nameOf("approval")}</h1><${Do} verb="count.plan" quiet=${true} /></header>${output}
    ${!rows ? html`<progress></progress>` : rows.length ? rows.map((count) => html`<${Count} key=${count.count} count=${count} run=${run} busy=${busy} />`)
      : html`<p class="none">${nameOf("noCounts")}</p>`}`;
}
