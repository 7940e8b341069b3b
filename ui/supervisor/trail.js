// What rows of some kinds have beside their columns: the state of the chain above the audit trail, a label's picture, what a
// count has found.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { ask } from "./ask.js";
import { nameOf } from "./names.js";
import { useNow } from "./now.js";
import { hrefOf, number, when } from "./values.js";

const html = htm.bind(h);

/** Where the journal ends, and what is safe elsewhere. */
export function ChainState() {
  const { answer: sync } = useNow("sync");
  const [end, setEnd] = useState(/** @type {import("./ask.js").Row | null} */ (null));
  useEffect(() => {
    if (sync)
      ask(`chain?seq=${sync.last_seq}`).then((page) => setEnd(page.rows[0]), () => {});
  }, [sync?.last_seq]);
  if (!sync)
    return null;
  const facts = [["lastLine", String(sync.last_seq)], ["epoch", String(sync.epoch)], ["hash", end?.hash ?? ""],
    ["atOffice", html`${sync.applied.seq}${sync.applied.time ? html` · ${when(sync.applied.time)}` : ""}`], ["inBackup", String(sync.durable)],
    ["outbox", number(sync.outbox.count)], ["deleted", end?.deleted ? String(end.deleted) : "–"]];
  return html`<dl class="facts chain">${facts.map(([name, value]) => html`<div key=${name}><dt>${nameOf(name)}</dt><dd>${value}</dd></div>`)}</dl>
    <p class="means">${nameOf("chainHelp")}</p>`;
}

/** @param {{job: string}} props */
export function Picture({ job }) {
  const [missing, setMissing] = useState(false);
  useEffect(() => setMissing(false), [job]);
  return html`<section><h2>${nameOf("picture")}</h2>${missing ? html`<p class="none">${nameOf("noPicture")}</p>`
    : html`<img class="label" alt=${`${nameOf("picture")} ${job}`} src=${`/api/v1/print-jobs/${encodeURIComponent(job)}/picture`} onError=${() => setMissing(true)} />`}</section>`;
}

/** @typedef {{round: number, sku: string, lot: string | null, quantity: number, book: number, worker: string}} Finding */

/** Every scan of every round, beside what the books had. @param {{count: {found: Finding[]}}} props */
export const Found = ({ count }) => (count.found?.length ? html`<section><h2>${nameOf("found")}</h2><div class="wide"><table>
  <thead><tr>${["round", "sku", "lot", "counted", "book", "worker"].map((name) => html`<th key=${name} scope="col" class=${["counted", "book"].includes(name) ? "number" : ""}>${nameOf(name)}</th>`)}</tr></thead>
  <tbody>${count.found.map((line, at) => html`<tr key=${at}><td>${line.round}</td><td><a href=${hrefOf("items", line.sku)}>${line.sku}</a></td><td>${line.lot ?? ""}</td>
    <td class="number">${number(line.quantity)}</td><td class="number">${number(line.book)}</td><td><a href=${hrefOf("workers", line.worker)}>${line.worker}</a></td></tr>`)}</tbody></table></div></section>` : null);
