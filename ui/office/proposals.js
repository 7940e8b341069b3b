// What should be bought now, why, and the buttons that make purchase orders of it.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { act } from "./ask.js";
import { nameOf } from "./names.js";
import { Queue, useRows, verbOf } from "./queue.js";
import { hrefOf, hrefOfList, money, number } from "./values.js";

const html = htm.bind(h);
const SHOWN = 200;

/** @typedef {import("./ask.js").Row} Row */

/** The figures that say why, in the order in which they are reckoned; the others follow. */
const FIRST = ["on_hand", "promised", "waiting", "on_order", "position", "day_milli", "lead_days_milli", "lead_demand", "safety_stock", "reorder_point", "up_to"];

/** @param {{why: Record<string, any> | null}} props */
function Why({ why }) {
  const figures = Object.entries(why ?? {}).filter(([, value]) => typeof value === "number").sort(([a], [b]) => ((FIRST.indexOf(a) + 99) % 99) - ((FIRST.indexOf(b) + 99) % 99));
  /** @param {string} name @param {number} value */
  const text = (name, value) => (name.endsWith("_milli") ? number(value / 1000, 1) : number(value));
  return html`<details><summary>${why?.position !== undefined && why?.reorder_point !== undefined
    ? `${nameOf("position")} ${text("position", why.position)} ≤ ${nameOf("reorder_point")} ${text("reorder_point", why.reorder_point)}` : nameOf("why")}</summary>
    <dl class="why">${figures.map(([name, value]) => html`<div key=${name}><dt>${nameOf(name)}</dt><dd>${text(name, value)}</dd></div>`)}</dl></details>`;
}

/** @returns {import("./queue.js").Cell[]} */
const cells = () => [
  { name: "sku", show: (row) => html`<a href=${hrefOf("forecasts", row.sku)}>${row.sku}</a>` },
  { name: "supplier", show: (row) => (row.supplier ? html`<a href=${hrefOf("suppliers", row.supplier)}>${row.supplier}</a>` : html`<span class="badge bad">${nameOf("proposal_supplier")}</span>`) },
  { name: "quantity", show: (row) => html`<b class="number">${number(row.quantity)}</b>` },
  { name: "amount_minor", show: (row) => (row.currency ? money(row.amount_minor, row.currency) : "–") },
  { name: "lasts", show: (row) => (row.cover_milli === null ? "–" : `${number(row.cover_milli / 1000, 1)} ${nameOf("in_days")}`) },
  { name: "state", show: (row) => html`<span class=${`badge ${["supplier", "rate"].includes(row.state) ? "bad" : row.state === "budget" ? "warn" : ""}`}>${nameOf(`proposal_${row.state}`)}</span>` },
  { name: "why", wide: true, show: (row) => html`<${Why} why=${row.why} />` },
];

/** @param {Row} row */
const open = (row) => ["open", "budget"].includes(row.state);
/** @param {Row} row @returns {import("./queue.js").Deed[]} */
const deeds = (row) => (open(row) ? [{ verb: "purchase.accept", fields: { proposal: row.proposal, quantity: row.quantity }, form: true, main: true, label: nameOf("accept") }]
  : row.state === "supplier" ? [{ verb: "supplier.item", fields: { sku: row.sku }, form: true, label: nameOf("say_who_sells") }]
  : row.state === "taken" ? [{ href: hrefOf("purchases", row.number), label: row.number }] : []);

/** All open ones of a supplier into one draft. @param {{rows: Row[], changed: () => void}} props */
function Suppliers({ rows, changed }) {
  const [said, setSaid] = useState(/** @type {null | {good: boolean, text: string, number?: string}} */ (null));
  const sums = new Map();
  for (const row of rows)
    if (row.state === "open") {
      const sum = sums.get(row.supplier) ?? { currency: row.currency, items: 0, amount: 0 };
      sums.set(row.supplier, { ...sum, items: sum.items + 1, amount: sum.amount + row.amount_minor });
    }
  /** @param {string} supplier */
  const take = (supplier) => act("purchase.accept", { supplier }).then((answer) => {
    setSaid({ good: true, text: `${nameOf("drafted")} `, number: answer.number });
    changed();
  }, (refusal) => setSaid({ good: false, text: refusal.message || nameOf("lost") }));
  return html`${said && html`<p class=${said.good ? "done" : "fault"} role="status">${said.text}${said.number && html`<a href=${hrefOf("purchases", said.number)}>${said.number}</a>`}</p>`}
    ${sums.size > 0 && html`<ul class="cards">${[...sums].map(([supplier, sum]) => html`<li key=${supplier} class="card"><h2><a href=${hrefOfList("purchase-proposals", { supplier })}>${supplier}</a></h2>
      <span>${number(sum.items)} ${nameOf("items_count")} · ${money(sum.amount, sum.currency)}</span>
      ${verbOf("purchase.accept") && html`<button onClick=${() => take(supplier)}>${nameOf("accept_all")}</button>`}</li>`)}</ul>`}`;
}

/** What is chosen of one supplier goes into one draft. @type {() => import("./queue.js").Bulk} */
const accepting = () => ({
  label: nameOf("accept_chosen"),
  of: (row, said) => (open(row) ? { verb: "purchase.accept", fields: { proposal: row.proposal, ...(said.has(row.supplier) ? { number: said.get(row.supplier) } : {}) } } : null),
  keep: (row, answer, said) => said.set(row.supplier, answer.number),
});

/** @param {{filters: Record<string, string>}} props */
export function Proposals({ filters }) {
  const { rows, next, fault, load, more } = useRows("purchase-proposals", filters, SHOWN);
  if (fault)
    return html`<p class="fault" role="alert">${fault}</p>`;
  return rows ? html`<${Suppliers} rows=${rows} changed=${load} />
    <${Queue} kind="purchase-proposals" rows=${rows} idOf=${(/** @type {Row} */ row) => String(row.proposal)} cells=${cells()} deeds=${deeds} changed=${load}
      bulk=${[accepting()]} />
    ${next && html`<button class="quiet" onClick=${more}>${nameOf("more")}</button>`}` : html`<progress></progress>`;
}
