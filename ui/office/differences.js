// What a tried file would change, row by row: the old beside the new.

import { h } from "preact";
import htm from "htm";
import { nameOf } from "./names.js";

const html = htm.bind(h);
const LOOKS = { new: "good", changed: "", gone: "bad" };

/** @typedef {{row: string, is: "new" | "changed" | "gone", before?: Record<string, string>, after?: Record<string, string>}} Difference */

/** The columns that a row says something new about. @param {Difference} one */
const columnsOf = ({ before = {}, after = {} }) => [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => before[name] !== after[name]);

/** @param {{rows: Difference[], all: number}} props  all: how many there are, though not all are told */
export function Differences({ rows, all }) {
  return html`<section><h2>${nameOf("what_would_change")}</h2><div class="wide"><table class="queue differences"><tbody>${rows.map((one) => html`<tr key=${one.row}>
      <td><span class=${`badge ${LOOKS[one.is]}`}>${nameOf(`is_${one.is}`)}</span></td><td><b>${one.row}</b></td>
      <td class="long"><dl>${columnsOf(one).map((name) => html`<div key=${name}><dt>${nameOf(name)}</dt>
        <dd>${one.before && html`<del>${one.before[name] ?? "–"}</del>`} ${one.before && one.after ? "→" : ""} ${one.after && html`<ins>${one.after[name] ?? "–"}</ins>`}</dd></div>`)}</dl></td></tr>`)}</tbody></table></div>
    ${all > rows.length && html`<small>${nameOf("first_of_them")} ${rows.length} / ${all}</small>`}</section>`;
}
