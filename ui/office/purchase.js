// A purchase order as a sheet of paper for the supplier: what is ordered, at which price, and where it goes to.

import { h } from "preact";
import htm from "htm";
import { get } from "./ask.js";
import { nameOf } from "./names.js";
import { useAnswer } from "./queue.js";
import { money, number, time } from "./values.js";

const html = htm.bind(h);

/** @param {{row: Record<string, any>, answer: Record<string, any>}} props */
export function PurchaseSheet({ row, answer }) {
  const supplier = useAnswer(() => get("suppliers", row.supplier), [row.supplier]).answer?.supplier;
  const lines = /** @type {import("./ask.js").Row[]} */ (answer.lines?.rows ?? []);
  const facts = [["supplier", supplier ? `${supplier.name} (${row.supplier})` : row.supplier], ["site", row.site], ["expected", row.expected], ["made", row.made ? time(row.made) : ""], ["note", row.note]];
  return html`<section class="sheet"><header><h2>${nameOf("purchase_order")} ${row.number}</h2><button class="quiet" onClick=${() => print()}>${nameOf("print")}</button></header>
    <dl>${facts.filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${nameOf(name)}</dt><dd>${value}</dd></div>`)}</dl>
    <table><thead><tr><th scope="col">${nameOf("sku")}</th><th scope="col" class="number">${nameOf("quantity")}</th><th scope="col" class="number">${nameOf("price_minor")}</th><th scope="col" class="number">${nameOf("amount_minor")}</th><th scope="col" class="number">${nameOf("received")}</th></tr></thead>
      <tbody>${lines.map((line) => html`<tr key=${line.sku}><td>${line.sku}</td><td class="number">${number(line.quantity)}</td><td class="number">${money(line.price_minor, row.currency)}</td><td class="number">${money(line.quantity * line.price_minor, row.currency)}</td><td class="number">${number(line.received)}</td></tr>`)}
        <tr class="total"><td>${nameOf("all_of_it")}</td><td class="number">${number(row.quantity)}</td><td></td><td class="number">${money(row.total_minor, row.currency)}</td><td class="number">${number(row.received)}</td></tr></tbody></table></section>`;
}
