// Work that waits, row after row: what is to be done stands in each row as a button, and can be done to many rows at once.
// The special pages say which rows, which columns and which verbs.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { act, list, office } from "./ask.js";
import { Form } from "./acts.js";
import { language } from "./language.js";
import { inWords, nameOf } from "./names.js";
import { when } from "./values.js";

const html = htm.bind(h);
const PAGE = 100;

/** @typedef {import("./ask.js").Row} Row */
/** What a button asks for: at once, or with a form where fields are left to fill in. A href only leads there.
 *  @typedef {{verb?: string, fields?: Row, form?: boolean, href?: string, label?: string, main?: boolean}} Deed */
/** How far it is. @typedef {{at: number, of: number, good: number, refused: string[][]}} Doing */
/** @typedef {{name: string, label?: string, show: (row: Row) => unknown, wide?: boolean}} Cell */
/** of: null: not for this row. keep: what later rows should know of an answer. @typedef {{label: string,
 *  of: (row: Row, said: Map<unknown, unknown>) => Deed | null, keep?: (row: Row, answer: Row, said: Map<unknown, unknown>) => void}} Bulk */

/** @param {string} name */
export const verbOf = (name) => office.value?.verbs.find((verb) => verb.verb === name);
/** @param {string} name */
export const kindOf = (name) => office.value?.kinds.find((kind) => kind.kind === name);

/** Rows of a kind, a page at a time. @param {string} kind @param {Record<string, string>} filters @param {number} [limit] */
export function useRows(kind, filters, limit = PAGE) {
  const [page, setPage] = useState(/** @type {null | {rows: Row[], next: string | null}} */ (null));
  const [fault, setFault] = useState("");
  const load = (after = "", before = /** @type {Row[]} */ ([])) => list(kind, { ...filters, limit, after }).then((answer) => {
    setPage({ rows: [...before, ...answer.rows], next: answer.next });
    setFault("");
  }, (refusal) => setFault(refusal.message || nameOf("lost")));
  useEffect(() => {
    setPage(null);
    load();
  }, [kind, JSON.stringify(filters)]);
  return { rows: page?.rows ?? null, next: page?.next, fault, load: () => load(), more: () => load(page?.next ?? "", page?.rows ?? []) };
}

/** An answer that is fetched anew when what it depends on changes. @template T @param {() => Promise<T>} fetch_
 *  @param {unknown[]} on @returns {{answer: T | null, fault: string, again: () => void}} */
export function useAnswer(fetch_, on) {
  const [told, setTold] = useState(/** @type {{answer: T | null, fault: string}} */ ({ answer: null, fault: "" }));
  const [tick, setTick] = useState(0);
  useEffect(() => {
    let left = false;
    fetch_().then((answer) => !left && setTold({ answer, fault: "" }),
      (refusal) => !left && setTold({ answer: null, fault: refusal.message || nameOf("lost") }));
    return () => { left = true; };
  }, [...on, tick]);
  return { ...told, again: () => setTick((before) => before + 1) };
}

/** @param {Deed} deed */
const labelOf = (deed) => deed.label ?? inWords(verbOf(deed.verb ?? ""));

/** @param {{deeds: Deed[], run: (deed: Deed) => void, busy: boolean}} props */
function Deeds({ deeds, run, busy }) {
  return html`<div class="acts">${deeds.map((deed) => (deed.href ? html`<a class="choice" href=${deed.href}>${deed.label}</a>`
      : verbOf(deed.verb ?? "") && html`<button class=${deed.main ? "" : "quiet"} disabled=${busy} onClick=${() => run(deed)}>${labelOf(deed)}</button>`))}</div>`;
}

/** What was done to several rows: how far it is, and what was refused. @param {{done: Doing | null}} props */
function Done({ done }) {
  if (!done)
    return null;
  return html`<div class="done" role="status">${done.at < done.of ? html`<progress max=${done.of} value=${done.at}></progress>` : null}
    <b>${done.good} / ${done.of}</b> ${nameOf("done_of_them")}
    ${done.refused.map(([what, why]) => html`<p class="fault">${what}: ${why}</p>`)}</div>`;
}

/** @param {{kind: string, rows: Row[], idOf: (row: Row) => string, cells: Cell[], deeds: (row: Row) => Deed[], bulk?: Bulk[],
 *  changed: () => void}} props */
export function Queue({ kind, rows, idOf, cells, deeds, bulk = [], changed }) {
  const [chosen, choose] = useState(/** @type {Set<string>} */ (new Set()));
  const [form, openForm] = useState(/** @type {null | Deed} */ (null));
  const [done, setDone] = useState(/** @type {null | Doing} */ (null));
  const busy = done !== null && done.at < done.of;
  /** @param {string} id @param {boolean} on */
  const put = (id, on) => choose((before) => {
    const next = new Set(before);
    next[on ? "add" : "delete"](id);
    return next;
  });
  /** @param {Row[]} work @param {Pick<Bulk, "of" | "keep">} what */
  async function carryOut(work, what) {
    const refused = /** @type {string[][]} */ ([]), said = new Map();
    for (const [at, row] of work.entries()) {
      setDone({ at, of: work.length, good: at - refused.length, refused });
      const deed = what.of(row, said);
      await act(deed?.verb ?? "", deed?.fields ?? {}).then((answer) => what.keep?.(row, answer, said), (refusal) => refused.push([idOf(row), refusal.message || nameOf("lost")]));
    }
    setDone({ at: work.length, of: work.length, good: work.length - refused.length, refused });
    choose(new Set());
    changed();
  }
  /** @param {Row} row @param {Deed} deed */
  const run = (row, deed) => (deed.form ? openForm(deed) : carryOut([row], { of: () => deed }));
  const picked = rows.filter((row) => chosen.has(idOf(row)));
  /** @param {Bulk} one */
  const fitting = (one) => picked.filter((row) => one.of(row, new Map()));
  if (!rows.length)
    return html`<${Done} done=${done} /><p class="none">${nameOf("nothing_waits")}</p>`;
  const all = rows.every((row) => chosen.has(idOf(row)));
  return html`${bulk.length > 0 && html`<div class="bulk"><span>${picked.length} ${nameOf("chosen")}</span>${bulk.map((one) => {
      const work = fitting(one);
      return html`<button key=${one.label} disabled=${!work.length || busy} onClick=${() => carryOut(work, one)}>${one.label} (${work.length})</button>`;
    })}</div>`}
    <${Done} done=${done} />
    <div class="wide"><table class="queue"><thead><tr>${bulk.length > 0 && html`<th><input type="checkbox" aria-label=${nameOf("choose_all")} checked=${all}
        onChange=${() => choose(all ? new Set() : new Set(rows.map(idOf)))} /></th>`}
      ${cells.map((cell) => html`<th key=${cell.name} scope="col">${cell.label ?? nameOf(cell.name)}</th>`)}<td></td></tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${idOf(row)}>${bulk.length > 0 && html`<td><input type="checkbox" aria-label=${`${nameOf("choose_row")} ${idOf(row)}`}
        checked=${chosen.has(idOf(row))} onChange=${(/** @type {Event} */ event) => put(idOf(row), /** @type {HTMLInputElement} */ (event.currentTarget).checked)} /></td>`}
      ${cells.map((cell) => html`<td key=${cell.name} class=${cell.wide ? "long" : ""} data-label=${cell.label ?? nameOf(cell.name)}>${cell.show(row)}</td>`)}
      <td class="tail"><${Deeds} deeds=${deeds(row)} run=${(/** @type {Deed} */ deed) => run(row, deed)} busy=${busy} /></td></tr>`)}</tbody></table></div>
    ${form && html`<${Form} key=${form.verb} verb=${verbOf(form.verb ?? "")} kind=${kindOf(kind)} start=${form.fields ?? {}} done=${changed} leave=${() => openForm(null)} />`}`;
}

const UNITS = /** @type {[number, Intl.RelativeTimeFormatUnit][]} */ ([[86400, "day"], [3600, "hour"], [60, "minute"]]);

/** "3 days ago", in the reader's language. @param {string} text */
export function ago(text) {
  const seconds = (Date.parse(text) - Date.now()) / 1000;
  const [size, unit] = UNITS.find(([one]) => Math.abs(seconds) >= one) ?? UNITS[2];
  const form = new Intl.RelativeTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB", { numeric: "auto" });
  return when(text, form.format(Math.trunc(seconds / size), unit));
}
