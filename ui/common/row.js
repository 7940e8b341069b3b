// One row: its facts, what can be done with it, and what belongs to it.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { get, office, watch } from "./ask.js";
import { Acts } from "./acts.js";
import { calmly } from "./live.js";
import { Rows } from "./rows.js";
import { shown } from "./values.js";
import { nameOf } from "./names.js";
import { bodies, doable, still } from "./tables.js";

const html = htm.bind(h);
const REST_MS = 1000; // however much changes, a row is read anew so often

/** @param {{kind: import("./ask.js").Kind, code: string, lead?: {body: any, hides: string[]}}} props  lead: what the house shows
 *  above the facts, and the parts of the answer that it tells itself */
export function One({ kind, code, lead }) {
  const [answer, setAnswer] = useState(/** @type {null | Record<string, any>} */ (null));
  const [fault, setFault] = useState("");
  const load = () => get(kind.kind, code).then((found) => {
    setAnswer(found);
    setFault("");
  }, (refusal) => setFault(refusal.status === 404 ? nameOf("nothingFound") : refusal.message || nameOf("lost")));
  useEffect(() => {
    setAnswer(null);
    load();
    if (still.has(kind.kind))
      return undefined;
    const anew = calmly(load, REST_MS);
    const stop = watch([kind.kind, ...kind.with_kinds].join(","), anew.want);
    return () => {
      anew.stop();
      stop();
    };
  }, [kind.kind, code]);
  if (fault)
    return html`<p class="fault" role="alert">${fault}</p>`;
  if (!answer?.[kind.singular ?? ""]) // or of the row that was shown before
    return html`<progress></progress>`;
  const row = answer[kind.singular ?? ""];
  /** @type {[string, unknown][]} */
  const facts = kind.columns.map((column, at) => [column, bodies[kind.kind]?.hides.includes(column) ? "" : shown(kind, at, row, true)]);
  const told = facts.filter(([, value]) => value !== "");
  const parts = kind.with.map((name, at) => ({ name, kind: office.value?.kinds.find((one) => one.kind === kind.with_kinds[at]), rows: answer[name]?.rows ?? [] }))
    .filter((part) => part.kind && part.rows.length && !lead?.hides.includes(part.name));
  return html`<header><h1><a href=${`#/${kind.kind}`}>${nameOf(kind.kind)}</a> <b>${code}</b></h1></header>
    <${Acts} kind=${kind} row=${row} changed=${load} />
    ${lead && row && html`<${lead.body} row=${row} answer=${answer} changed=${load} />`}
    <dl class="facts">${told.map(([name, value]) => html`<div key=${name}><dt>${nameOf(name)}</dt><dd>${value}</dd></div>`)}</dl>
    ${bodies[kind.kind]?.body(row)}
    ${parts.map((part) => html`<section key=${part.name}><h2>${nameOf(part.name)}</h2>
      <${Rows} kind=${part.kind} rows=${part.rows} without=${[kind.one]}
        tail=${doable.has(part.kind?.kind ?? "") && ((/** @type {import("./ask.js").Row} */ of) => html`<${Acts} kind=${part.kind} row=${of} changed=${load} />`)} /></section>`)}`;
}
