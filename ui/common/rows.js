// A table of rows: the same for a page of a kind, for what belongs to one row, and for the overview.

import { h } from "preact";
import htm from "htm";
import { hrefOf, isNumber, shown } from "./values.js";
import { nameOf } from "./names.js";
import { columns as first } from "./tables.js";

const html = htm.bind(h);

/** @param {import("./ask.js").Kind} kind @param {import("./ask.js").Row[]} rows */
function columnsOf(kind, rows) {
  const wanted = first[kind.kind]?.filter((name) => kind.columns.includes(name)) ?? kind.columns;
  const used = wanted.filter((name) => rows.some((row) => row[name] !== null && row[name] !== "" && row[name] !== undefined && row[name] !== false && !(Array.isArray(row[name]) && row[name].length === 0)));
  return (rows.length ? used : wanted).map((name) => kind.columns.indexOf(name));
}

/** @param {{kind: import("./ask.js").Kind, rows: import("./ask.js").Row[], without?: string[],
 *  tail?: (row: import("./ask.js").Row) => unknown}} props  without: columns that say the same in each row */
export function Rows({ kind, rows, without = [], tail }) {
  const columns = columnsOf(kind, rows).filter((at) => !without.includes(kind.columns[at]));
  if (!rows.length)
    return html`<p class="none">${nameOf("nothing")}</p>`;
  return html`<div class="wide" tabindex="0"><table>
    <thead><tr>${columns.map((at) => html`<th key=${at} scope="col" class=${isNumber(kind, at) ? "number" : ""}>${nameOf(kind.columns[at])}</th>`)}
      ${tail && html`<td></td>`}</tr></thead>
    <tbody>${rows.map((row, number) => html`<tr key=${number}>
      ${columns.map((at) => html`<td key=${at} class=${isNumber(kind, at) ? "number" : ""}>${kind.columns[at] === kind.one
        ? html`<a href=${hrefOf(kind.kind, String(row[kind.one]))}>${row[kind.one]}</a>` : shown(kind, at, row)}</td>`)}
      ${tail && html`<td class="tail">${tail(row)}</td>`}</tr>`)}</tbody></table></div>`;
}
