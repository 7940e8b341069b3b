// The keys of one section of a label's template, as the box's own table tells them: each with its value, range, help and fault.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { taking } from "./forms.js";
import { freeName, valueOf } from "./labeltext.js";
import { helpOf, isNamed, nameOf } from "./names.js";

const html = htm.bind(h);

/** @typedef {import("./labeltext.js").Section} Section */
/** @typedef {import("./ask.js").Field} Field */
/** @typedef {{section: string | null, line: number | null, text: {en: string, zh: string}}} Fault */

/** @param {Field} field */
const choicesOf = (field) => (field.type === "flag" ? ["yes", "no"] : field.choices?.split("|") ?? null);
/** @param {string} choice */
const wordOf = (choice) => (isNamed(`label_${choice}`) ? nameOf(`label_${choice}`) : isNamed(choice) ? nameOf(choice) : choice);

/** @param {{section: Section, field: Field, faults: string[], set: (value: string) => void}} props */
function Key({ section, field, faults, set }) {
  const id = `key-${field.name}`, value = valueOf(section, field.name), choices = choicesOf(field);
  const named = isNamed(`key_${field.name}`);
  const input = choices
    ? html`<select id=${id} value=${value} onChange=${taking((text) => set(text))}><option value="">${field.default ? `${wordOf(field.default)} ·` : ""} ${nameOf("designerUsual")}</option>
        ${choices.map((/** @type {string} */ choice) => html`<option key=${choice} value=${choice}>${wordOf(choice)}</option>`)}</select>`
    : html`<input id=${id} value=${value} placeholder=${field.default ?? ""} autocomplete="off" spellcheck=${false} aria-invalid=${faults.length > 0} aria-describedby=${`${id}-says`}
        onInput=${taking((text) => set(text))} />`;
  return html`<label for=${id}>${named ? nameOf(`key_${field.name}`) : field.name}<code>${field.name}</code></label>
    <div>${input}<small id=${`${id}-says`}>${helpOf(field)}</small>${faults.map((text) => html`<p key=${text} class="bad" role="alert">${text}</p>`)}</div>`;
}

/** @param {{section: Section, keys: Field[], help: string, faults: Fault[], say: (fault: Fault) => string, set: (key: string, value: string) => void, drop?: () => void}} props */
export function SectionForm({ section, keys, help, faults, say, set, drop }) {
  /** @param {Field} key */
  const lineOf = (key) => section.keys[key.name]?.line ?? -1;
  /** @param {Field} key */
  const ofKey = (key) => faults.filter((fault) => fault.line === lineOf(key) + 1).map(say);
  const others = faults.filter((fault) => !keys.some((key) => fault.line === lineOf(key) + 1)).map(say);
  return html`<section class="labelkeys" aria-labelledby="keys-title"><header><h2 id="keys-title">${section.kind === "label" ? nameOf("element_label") : `${nameOf(`element_${section.kind}`)} ${section.name}`}</h2>
      ${drop && html`<button type="button" class="quiet" data-drop=${section.head} onClick=${drop}>${nameOf("designerDrop")}</button>`}</header>
    <small>${helpOf({ help })}</small>
    ${others.map((text) => html`<p key=${text} class="bad" role="alert">${text}</p>`)}
    <div class="fields">${keys.map((field) => html`<${Key} key=${`${section.head}/${field.name}`} section=${section} field=${field} faults=${ofKey(field)} set=${(/** @type {string} */ value) => set(field.name, value)} />`)}</div></section>`;
}

const NEW_AT = "5 5 30 10";
/** What a new element says, so that it can be printed at once. @type {Record<string, Record<string, string>>} */
const beginnings = { line: { at: "5 5 30 0" }, box: {}, image: { file: "picture.png" }, list: { each: "items", pitch: "4" }, text: { text: "Text", height: "4" },
  qr: { at: "5 5 20 20", text: "123456" }, datamatrix: { at: "5 5 20 20", text: "123456" }, code128: { at: "5 5 50 12", text: "123456" }, pdf417: { at: "5 5 50 15", text: "123456" },
  ean: { at: "5 5 40 15", text: "{gtin}" }, itf14: { at: "5 5 60 15", text: "{gtin|gtin14}" }, "gs1-128": { at: "5 5 60 12", text: "(01){gtin|gtin14}" },
  "gs1-datamatrix": { at: "5 5 20 20", text: "(01){gtin|gtin14}" } };

/** @param {{kinds: {kind: string, help: string}[], text: string, add: (head: string, keys: Record<string, string>) => void}} props */
export function AddElement({ kinds, text, add }) {
  const [kind, setKind] = useState("text");
  return html`<div class="add"><select aria-label=${nameOf("designerKind")} value=${kind} onChange=${taking((text) => setKind(text))}>
      ${kinds.map((one) => html`<option key=${one.kind} value=${one.kind}>${nameOf(`element_${one.kind}`)}</option>`)}</select>
    <button type="button" class="quiet" data-add="" onClick=${() => add(`${kind} ${freeName(text, kind)}`, { at: NEW_AT, ...beginnings[kind] })}>${nameOf("designerAdd")}</button></div>`;
}
