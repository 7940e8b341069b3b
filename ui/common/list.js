// A kind's page: its filters, its rows a page at a time, and what can be done with it.

import { h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import htm from "htm";
import { list, watch } from "./ask.js";
import { calmly } from "./live.js";
import { Acts, actsOf } from "./acts.js";
import { Rows } from "./rows.js";
import { hrefOfList } from "./values.js";
import { nameOf } from "./names.js";
import { choicesOf, filters as first, still } from "./tables.js";
import { stay, taking } from "./forms.js";

const html = htm.bind(h);
const PAGE = 50;
const FILTERS = 4; // shown before the others are asked for
const REST_MS = 1000; // however much changes, a list is read anew so often
const MOST = 500; // rows that are read anew at once

/** @typedef {import("./ask.js").Kind} Kind */
/** @typedef {import("./ask.js").Row} Row */

/** @param {{kind: Kind, name: string, value: string, set: (value: string) => void}} props */
function Filter({ kind, name, value, set }) {
  const choices = choicesOf(kind, name), label = nameOf(name);
  if (choices)
    return html`<label>${label}<select value=${value} onChange=${taking(set)}>
      <option value="">${nameOf("allRows")}</option>${choices.map(([one, words]) => html`<option value=${one}>${words}</option>`)}</select></label>`;
  return html`<label>${label}<input value=${value} autocomplete="off" onChange=${taking((text) => set(text.trim()))} /></label>`;
}

/** The first ones, those that are set, and the others when they are asked for.
 *  @param {{kind: Kind, filters: Record<string, string>, keep: Record<string, string>}} props */
function Filters({ kind, filters, keep }) {
  const [all, setAll] = useState(false);
  const shownFilters = kind.filters.filter((name, at) => all || at < FILTERS || filters[name] || first[kind.kind]?.includes(name));
  /** @param {string} name @param {string} value */
  const set = (name, value) => { location.hash = hrefOfList(kind.kind, { ...filters, ...keep, [name]: value }); };
  return html`<form class="filters" onSubmit=${stay}>
    ${shownFilters.map((name) => html`<${Filter} key=${name} kind=${kind} name=${name} value=${filters[name] ?? ""} set=${(/** @type {string} */ value) => set(name, value)} />`)}
    ${(all || shownFilters.length < kind.filters.length) && html`<button type="button" class="quiet" aria-expanded=${all}
      onClick=${() => setAll(!all)}>${nameOf(all ? "fewerFilters" : "moreFilters")}</button>`}</form>`;
}

/** @param {{kind: import("./ask.js").Kind, filters: Record<string, string>, above?: unknown, keep?: Record<string, string>}}
 *  props  above: what the house shows before the filters; keep: what else stays in the address */
export function List({ kind, filters, above, keep = {} }) {
  const [page, setPage] = useState(/** @type {null | {rows: import("./ask.js").Row[], next: string | null}} */ (null));
  const [fault, setFault] = useState("");
  const asked = JSON.stringify(filters);
  const shownRows = useRef(0);
  const load = (after = "", before = /** @type {Row[]} */ ([]), limit = PAGE) => list(kind.kind, { ...filters, limit, after })
    .then((answer) => {
      const rows = [...before, ...answer.rows];
      shownRows.current = rows.length;
      setPage({ rows, next: answer.next });
      setFault("");
    }, (refusal) => setFault(refusal.message || nameOf("lost")));
  useEffect(() => {
    setPage(null);
    load();
    if (still.has(kind.kind))
      return undefined;
    const anew = calmly(() => load("", [], Math.min(MOST, Math.max(PAGE, shownRows.current))), REST_MS);
    const stop = watch(kind.kind, anew.want);
    return () => {
      anew.stop();
      stop();
    };
  }, [kind.kind, asked]);
  const forRow = actsOf(kind, true).length > 0 && !kind.one;
  return html`<header><h1>${nameOf(kind.kind)}</h1><${Acts} kind=${kind} changed=${() => load()} /></header>
    ${above}<${Filters} key=${kind.kind} kind=${kind} filters=${filters} keep=${keep} />
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${page ? html`<${Rows} kind=${kind} rows=${page.rows} tail=${forRow && ((/** @type {Row} */ row) => html`<${Acts} kind=${kind} row=${row} changed=${() => load()} />`)} />` : !fault && html`<progress></progress>`}
    ${page?.next && html`<button class="quiet" onClick=${() => load(page.next ?? "", page.rows)}>${nameOf("more")}</button>`}`;
}
