// What can be done: which verbs fit a row, and the form that asks for their fields.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { act, office } from "./ask.js";
import { helpOf, inWords, nameOf } from "./names.js";
import { changed as changeable, linesOf, opens, own, subjects } from "./tables.js";
import { sentenceOf, taking } from "./forms.js";

const html = htm.bind(h);

/** @typedef {import("./ask.js").Verb} Verb */
/** @typedef {import("./ask.js").Row} Row */

/** Whether a field says which row is meant: it is not for people to change. @param {string} field
 *  @param {import("./ask.js").Kind} kind */
const isWhich = (field, kind) => !changeable[kind.kind]?.includes(field) && (
  field === "id" || field in own || (kind.one ? field === kind.one || (field === "name" && kind.columns.includes(kind.one)) : kind.columns.includes(field)));

/** A field takes its value from the row. @param {string} field @param {import("./ask.js").Kind} kind @param {Row} row */
function ofRow(field, kind, row) {
  const value = row[field] ?? row[field === "id" ? kind.singular ?? kind.columns[0] : own[field]] ?? (field === "name" && kind.one ? row[kind.one] : undefined);
  return value === null || value === undefined || typeof value === "object" ? undefined : value;
}

/** @param {import("./ask.js").Kind} kind */
const stems = (kind) => subjects[kind.kind] ?? [`${kind.singular ?? kind.kind.replace(/s$/, "")}.`];

/** The verbs for rows of a kind, or for none of them. @param {import("./ask.js").Kind} kind @param {boolean} forRow */
export const actsOf = (kind, forRow) => (office.value?.verbs ?? []).filter((verb) =>
  stems(kind).some((stem) => verb.verb.startsWith(stem)) && opens.test(verb.verb) !== forRow);

/** @param {Verb} verb @param {import("./ask.js").Kind} kind @param {Row} row */
export function filled(verb, kind, row) {
  return Object.fromEntries(verb.fields.map((field) => [field.name, ofRow(field.name, kind, row)])
    .filter(([, value]) => value !== undefined));
}

// ---------------------------------------------------------------- a form

/** @param {import("./ask.js").Field} field @param {string} text */
function given(field, text) {
  if (field.type === "number")
    return Number(text);
  if (field.type === "flag")
    return text === "yes";
  try {
    return /^[[{]/.test(text) ? JSON.parse(text) : text; // lines, conditions, an order: as JSON
  } catch {
    return text;
  }
}

/** What was filled in, as the verb takes it. @param {import("./ask.js").Field[]} fields @param {Record<string, string>} texts */
export const fieldsOf = (fields, texts) => Object.fromEntries(fields.filter((field) => (texts[field.name] ?? "") !== "")
  .map((field) => [field.name, given(field, texts[field.name])]));

/** @param {{field: import("./ask.js").Field, value: string, fixed: boolean, set: (text: string) => void, label?: string,
 *  help?: string}} part */
export function Entry({ field, value, fixed, set, label = nameOf(field.name), help = helpOf(field) }) {
  const id = `field-${field.name}`, on = taking(set);
  const choices = field.type === "flag" ? ["yes", "no"] : field.type === "choice" ? field.choices?.split("|") : null;
  const input = choices
    ? html`<select id=${id} value=${value} onChange=${on} disabled=${fixed}>
        ${field.required ? null : html`<option value="">${nameOf("optional")}</option>`}
        ${choices.map((choice) => html`<option value=${choice}>${nameOf(choice)}</option>`)}</select>`
    : html`<input id=${id} value=${value} onInput=${on} readonly=${fixed} required=${field.required}
        type=${field.type === "number" ? "number" : /secret|access|refresh$/.test(field.name) ? "password" : "text"}
        min=${field.min} max=${field.max} autocomplete="off" placeholder=${field.required ? "" : field.default ?? ""} />`;
  return html`<label for=${id}>${label}${field.required ? html`<b aria-hidden="true"> *</b>` : ""}</label>
    <div>${input}<small>${help}</small></div>`;
}

/** A code that an answer has in "picture": its rows, "1" for dark. On white, whatever the page is. @param {{rows: string[]}} part */
const Code = ({ rows }) => html`<svg class="code" role="img" aria-label="QR" viewBox="-4 -4 ${rows.length + 8} ${rows.length + 8}" shape-rendering="crispEdges">
  <rect x="-4" y="-4" width=${rows.length + 8} height=${rows.length + 8} fill="#fff" />
  <path fill="#000" d=${rows.map((row, y) => [...row].map((dot, x) => dot === "1" ? `M${x} ${y}h1v1h-1z` : "").join("")).join("")} /></svg>`;

/** The form of a verb. What the row says is filled in; which row it is stays. @param {{verb: Verb, start: Row,
 *  kind?: import("./ask.js").Kind, done: () => void, leave: () => void}} props */
export function Form({ verb, start, kind, done, leave }) {
  const [texts, setTexts] = useState(() => /** @type {Record<string, string>} */ (Object.fromEntries(verb.fields.map((field) =>
    [field.name, field.name in start ? String(start[field.name]) : field.required && field.type === "choice" ? field.choices?.split("|")[0] ?? "" : ""]))));
  const [said, setSaid] = useState(/** @type {null | {good: boolean, lines: string[], picture?: string[]}} */ (null));
  const [busy, setBusy] = useState(false);
  /** @param {Event} event */
  async function send(event) {
    event.preventDefault();
    setBusy(true);
    try {
      const answer = await act(verb.verb, fieldsOf(verb.fields, texts));
      setSaid({ good: true, lines: linesOf(answer), picture: answer.picture });
      done();
    } catch (refusal) {
      setSaid({ good: false, lines: [sentenceOf(refusal)] });
    }
    setBusy(false);
  }
  return html`<dialog open class="form" aria-labelledby="form-title">
    <form onSubmit=${send}>
      <h2 id="form-title">${inWords(verb)}</h2>
      <div class="fields">${verb.fields.map((field) => html`<${Entry} key=${field.name} field=${field}
        value=${texts[field.name] ?? ""} fixed=${Boolean(kind && field.name in start && isWhich(field.name, kind))}
        set=${(/** @type {string} */ text) => setTexts({ ...texts, [field.name]: text })} />`)}</div>
      ${said && html`<output class=${said.good ? "good" : "bad"}>${said.good ? "✓ " : "✗ "}${said.lines.length ? said.lines.map((line) => html`<span>${line}</span>`) : nameOf("dark")}</output>`}
      ${said?.picture && html`<${Code} rows=${said.picture} />`}
      <footer><button type="button" class="quiet" onClick=${leave}>${nameOf(said?.good ? "goOn" : "cancel")}</button>
        <button disabled=${busy || said?.good}>${nameOf("ask")}</button></footer>
    </form></dialog>`;
}

/** Buttons for verbs, and the form of the one that was chosen. @param {{kind: import("./ask.js").Kind, row?: Row,
 *  changed: () => void}} props */
export function Acts({ kind, row, changed }) {
  const [verb, choose] = useState(/** @type {Verb | null} */ (null));
  const verbs = actsOf(kind, Boolean(row));
  if (!verbs.length)
    return null;
  return html`<div class="acts">${verbs.map((one) => html`<button key=${one.verb} class="quiet" onClick=${() => choose(one)}>${inWords(one)}</button>`)}
    ${verb && html`<${Form} key=${verb.verb} verb=${verb} kind=${kind} start=${row ? filled(verb, kind, row) : {}} done=${changed} leave=${() => choose(null)} />`}</div>`;
}
