// The label designer: the templates that the box prints with, and one of them under the hands of a supervisor. What is drawn is
// what the printer gets; what is changed is the template's text and nothing else.

import { h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import htm from "htm";
import { act, ask, post } from "./ask.js";
import { useSaying } from "./do.js";
import { taking } from "./forms.js";
import { Board } from "./labelboard.js";
import { AddElement, SectionForm } from "./labelform.js";
import { useHistory, usePreview } from "./labelstate.js";
import { atOf, madeUp, sectionsOf, sizeOf, withoutSection, withSection, withValue } from "./labeltext.js";
import { language } from "./language.js";
import { nameOf } from "./names.js";
import { linesOf } from "./tables.js";
import { time } from "./values.js";

const html = htm.bind(h);
/** @typedef {import("./labelstate.js").Fault} Fault */
/** @param {Fault} fault */
const say = (fault) => fault.text[language.value];

// ---------------------------------------------------------------- which there are

const NAME = "[A-Za-z0-9_\\-]{1,31}";

/** @param {{rows: any[]}} props */
function NewTemplate({ rows }) {
  /** @param {Event} event */
  const begin = (event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    location.hash = `#/designer/${form.get("name")}?from=${form.get("from")}`;
  };
  return html`<form class="filters" onSubmit=${begin}><label>${nameOf("designerName")}<input name="name" required pattern=${NAME} title=${nameOf("designerNameHelp")} /></label>
    <label>${nameOf("designerFrom")}<select name="from">${rows.map((row) => html`<option key=${row.name} value=${row.name}>${row.name}</option>`)}</select></label>
    <button class="quiet">${nameOf("designerNew")}</button></form>`;
}

function Templates() {
  const [rows, setRows] = useState(/** @type {any[] | null} */ (null));
  useEffect(() => { ask("label-templates").then(setRows, () => {}); }, []);
  return html`<header><h1>${nameOf("designer")}</h1></header><p class="means">${nameOf("designerHelp")}</p>
    ${!rows ? html`<progress></progress>` : html`<${NewTemplate} rows=${rows} /><div class="wide"><table><thead><tr>
      ${["template", "title", "size", "origin", "changed", "worker"].map((name) => html`<th key=${name} scope="col">${nameOf(name)}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr key=${row.name}><td><a href=${`#/designer/${row.name}`}>${row.name}</a></td><td>${row.title[language.value]}</td>
        <td>${row.width} × ${row.height} mm</td><td><span class=${`badge ${row.origin === "site" ? "good" : ""}`}>${nameOf(`origin_${row.origin}`)}</span></td>
        <td>${row.changed ? time(row.changed) : ""}</td><td>${row.worker ?? ""}</td></tr>`)}</tbody></table></div>`}`;
}

// ---------------------------------------------------------------- what is done with one

/** @param {string} name @param {string} text */
const download = (name, text) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = `${name}.label`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
};

const keyOf = () => `designer-${Date.now()}-${Math.round(Math.random() * 1e9)}`;

/** @param {{name: string, data: object, text: string}} props */
function TestPrint({ name, data, text }) {
  const [stations, setStations] = useState(/** @type {any[]} */ ([]));
  const [station, setStation] = useState("");
  const { output, busy, run } = useSaying();
  useEffect(() => { ask("stations").then((rows) => { setStations(rows); setStation(rows[0]?.id ?? ""); }, () => {}); }, []);
  const print = () => run(async () => linesOf(await post(`stations/${encodeURIComponent(station)}/labels`,
    { template: "draft", data: { name, text, ...data }, key: keyOf() })).join(" "));
  return html`<span class="do"><select aria-label=${nameOf("station")} value=${station} onChange=${taking((text) => setStation(text))}>
      ${stations.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}</select>
    <button type="button" class="quiet" data-do="test" disabled=${busy || !station} onClick=${print}>${nameOf("designerTest")}</button>${output}</span>`;
}

/** @param {{name: string, one: any, history: ReturnType<typeof useHistory>, data: object, reload: () => void, faulty: boolean}} props */
function Actions({ name, one, history, data, reload }) {
  const { text, undo, redo, canUndo, canRedo } = history;
  const { output, busy, run } = useSaying(reload);
  const save = () => run(async () => linesOf(await act("template.save", { name, text })).join(" "));
  const reset = () => run(async () => {
    const said = linesOf(await act("template.reset", { name })).join(" ");
    if (one.built_in !== null)
      history.change(one.built_in);
    return said;
  });
  const dirty = text !== one.text || one.origin === "new";
  return html`<div class="tools" role="toolbar" aria-label=${nameOf("designer")}>
      <button type="button" class="quiet" data-do="undo" disabled=${!canUndo} onClick=${undo} title="Ctrl+Z">↶ ${nameOf("designerUndo")}</button>
      <button type="button" class="quiet" data-do="redo" disabled=${!canRedo} onClick=${redo} title="Ctrl+Y">↷ ${nameOf("designerRedo")}</button>
      <button type="button" data-do="save" disabled=${busy || !dirty} onClick=${save}>${nameOf("designerSave")}</button>
      ${one.origin === "site" && html`<button type="button" class="quiet" data-do="reset" disabled=${busy} onClick=${reset}>${nameOf(one.built_in === null ? "designerGiveUp" : "designerReset")}</button>`}
      <button type="button" class="quiet" data-do="download" onClick=${() => download(name, text)}>${nameOf("designerDownload")}</button>
      <${TestPrint} name=${name} data=${data} text=${text} />${output}</div>`;
}

// ---------------------------------------------------------------- what it is tried with

const sources = ["sample", "order", "item", "location", "job"];

/** @param {{source: {kind: string, code: string, json: string}, set: (source: any) => void, tongue: string, setTongue: (id: string) => void, fault: string}} props */
function Data({ source, set, tongue, setTongue, fault }) {
  return html`<div class="filters data"><label>${nameOf("designerData")}<select data-field="source" value=${source.kind} onChange=${taking((text) => set({ ...source, kind: text }))}>
      ${sources.map((kind) => html`<option key=${kind} value=${kind}>${nameOf(`data_${kind}`)}</option>`)}</select></label>
    ${source.kind !== "sample" && html`<label>${nameOf("designerCode")}<input data-field="code" value=${source.code} onInput=${taking((text) => set({ ...source, code: text.trim() }))} /></label>`}
    <label>${nameOf("designerTongue")}<select data-field="tongue" value=${tongue} onChange=${taking((text) => setTongue(text))}><option value="zh">中文</option><option value="en">English</option></select></label>
    ${source.kind === "sample" && html`<details><summary>${nameOf("designerSample")}</summary><textarea rows="8" spellcheck=${false} aria-label=${nameOf("designerSample")} value=${source.json}
      onInput=${taking((text) => set({ ...source, json: text }))}></textarea>${fault && html`<p class="bad" role="alert">${fault}</p>`}</details>`}</div>`;
}

/** What goes with a request: {data} or {of}; null: it is not JSON yet. @param {{kind: string, code: string, json: string}} source */
function dataOf(source) {
  if (source.kind !== "sample")
    return { of: { kind: source.kind, code: source.code } };
  try {
    return { data: JSON.parse(source.json) };
  } catch {
    return null;
  }
}

// ---------------------------------------------------------------- the text, and what is wrong with it

/** @param {{text: string, change: (text: string, tag: string) => void, faults: any[], line: number}} props  line: to be shown, from 1; 0: none */
function Text({ text, change, line }) {
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  useEffect(() => {
    if (!line || !area.current)
      return;
    const before = text.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.current.focus({ preventScroll: true });
    area.current.setSelectionRange(before, before + (text.split("\n")[line - 1]?.length ?? 0));
    area.current.scrollTop = (line - 4) * area.current.scrollHeight / text.split("\n").length;
  }, [line]);
  return html`<section class="text"><h2>${nameOf("designerText")}</h2><textarea ref=${area} rows="16" spellcheck=${false} wrap="off" aria-label=${nameOf("designerText")} value=${text}
    onInput=${taking((text) => change(text, "typing"))}></textarea></section>`;
}

/** @param {{preview: any, lost: string, choose: (fault: any) => void}} props */
function Says({ preview, lost, choose }) {
  if (lost)
    return html`<p class="fault" role="alert">${lost.trim() || nameOf("lost")}</p>`;
  if (!preview)
    return html`<progress></progress>`;
  /** @param {Fault} fault @param {string} tone */
  const line = (fault, tone) => html`<li key=${tone + say(fault)} class=${tone}><button type="button" class="quiet" onClick=${() => choose(fault)}>${say(fault)}</button></li>`;
  return html`<div role="status"><ul class="says">${preview.faults.map((/** @type {Fault} */ fault) => line(fault, "bad"))}${preview.warnings.map((/** @type {Fault} */ fault) => line(fault, "warn"))}
    ${preview.instead && html`<li>${nameOf("designerInstead")}</li>`}
    ${!preview.faults.length && !preview.warnings.length && html`<li class="good">✓ ${nameOf("designerGood")}</li>`}</ul></div>`;
}

// ---------------------------------------------------------------- one of them

const useKeys = () => {
  const [keys, setKeys] = useState(/** @type {any} */ (null));
  useEffect(() => { ask("label-keys").then(setKeys, () => {}); }, []);
  return keys;
};

/** The pixels of a millimetre: what fits, until somebody chooses. @param {number} width */
function useZoom(width) {
  const room = useRef(/** @type {HTMLElement | null} */ (null));
  const [fit, setFit] = useState(4), [factor, setFactor] = useState(1);
  useEffect(() => {
    const measure = () => room.current && setFit(Math.max(1.5, Math.min(8, (room.current.clientWidth - 26) / width)));
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, [width]);
  const tools = html`<span class="zoom" role="group" aria-label=${nameOf("designerZoom")}><button type="button" class="quiet" aria-label=${nameOf("designerSmaller")} onClick=${() => setFactor(factor / 1.25)}>−</button>
    <button type="button" class="quiet" onClick=${() => setFactor(1)}>${Math.round(fit * factor / 4 * 100)} %</button>
    <button type="button" class="quiet" aria-label=${nameOf("designerLarger")} onClick=${() => setFactor(factor * 1.25)}>+</button></span>`;
  return { room, zoom: fit * factor, tools };
}

/** @param {import("./labelstate.js").Preview | null} preview */
function marksOf(preview) {
  const marks = /** @type {Record<string, string>} */ ({});
  for (const { section } of preview?.warnings ?? [])
    marks[section ?? ""] = "warned";
  for (const { section } of preview?.faults ?? [])
    marks[section ?? ""] = "wrong";
  return marks;
}

/** @param {{sections: any[], chosen: string, choose: (head: string) => void, marks: Record<string, string>}} props */
const Elements = ({ sections, chosen, choose, marks }) => html`<ul class="elements" aria-label=${nameOf("designerElements")}>${sections.map((section) => html`<li key=${section.line}>
  <button type="button" class=${`quiet ${marks[section.head] ?? ""}`} aria-pressed=${chosen === section.head} data-list=${section.head} onClick=${() => choose(section.head)}>
    <small>${nameOf(`element_${section.kind}`)}</small> ${section.name}${marks[section.head] ? " ⚠" : ""}</button></li>`)}</ul>`;

/** @param {{undo: () => void, redo: () => void}} history */
function useShortcuts({ undo, redo }) {
  useEffect(() => {
    /** @param {KeyboardEvent} event */
    const key = (event) => {
      const letter = event.ctrlKey || event.metaKey ? event.key.toLowerCase() : "";
      if (letter !== "z" && letter !== "y")
        return;
      event.preventDefault();
      if (letter === "y" || event.shiftKey)
        redo();
      else
        undo();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
}

/** Nobody leaves unsaved work by mistake. @param {boolean} dirty */
function useStaying(dirty) {
  useEffect(() => {
    /** @param {Event} event */
    const stay = (event) => event.preventDefault();
    if (dirty)
      addEventListener("beforeunload", stay);
    return () => removeEventListener("beforeunload", stay);
  }, [dirty]);
}

/** Unsaved texts, so that a look at another page loses nothing. @type {Map<string, string>} */
const drafts = new Map();

/** @param {{one: any, keys: any, reload: () => void}} props */
function Editor({ one, keys, reload }) {
  const { name } = one, history = useHistory(), { text, change } = history;
  const [chosen, choose] = useState(""), [line, setLine] = useState(0), [tongue, setTongue] = useState(language.value);
  const [source, setSource] = useState({ kind: "sample", code: "", json: JSON.stringify(one.sample ?? madeUp(one.text), null, 1) });
  useEffect(() => {
    history.open(one.text);
    if (drafts.has(name))
      change(drafts.get(name) ?? "");
  }, [name]);
  useEffect(() => {
    if (text && text !== one.text)
      drafts.set(name, text);
    else if (text)
      drafts.delete(name);
  }, [text, one.text]);
  useShortcuts(history);
  useStaying(text !== "" && text !== one.text);
  const sections = sectionsOf(text), data = dataOf(source);
  const last = useRef({ width: 100, height: 100 });
  const size = last.current = sizeOf(sections) ?? last.current;
  const { room, zoom, tools } = useZoom(size.width);
  const { preview, lost, current } = usePreview(name, text && data ? { text, language: tongue, ...data } : null);
  const section = sections.find((found) => found.head === chosen) ?? sections.find((found) => found.head === "label"), marks = marksOf(preview);
  /** @param {string} kind */
  const keysOf = (kind) => (kind === "label" ? { keys: keys.label, help: nameOf("designerLabelHelp") } : keys.kinds.find((/** @type {{kind: string}} */ found) => found.kind === kind));
  /** @param {string} head */
  const drop = (head) => { change(withoutSection(text, head)); choose(""); };
  /** @param {Fault} fault */
  const goTo = (fault) => { choose(fault.section ?? ""); setLine(fault.line ?? 0); };
  const known = section && keysOf(section.kind);
  return html`<${Actions} name=${name} one=${one} history=${history} data=${data ?? {}} reload=${reload} />
    <${Data} source=${source} set=${setSource} tongue=${tongue} setTongue=${setTongue} fault=${data ? "" : nameOf("designerNoJson")} />
    <${Says} preview=${preview} lost=${lost} choose=${goTo} />
    <div class="designer"><div class="side"><h2>${nameOf("designerElements")}</h2><${Elements} sections=${sections} chosen=${section?.head ?? ""} choose=${choose} marks=${marks} />
        <${AddElement} kinds=${keys.kinds} text=${text} add=${(/** @type {string} */ head, /** @type {Record<string, string>} */ values) => { change(withSection(text, head, values)); choose(head); }} /></div>
      <div class="middle" ref=${room}><div class="above">${tools}<small>${nameOf("designerHands")}</small></div>
        <${Board} sections=${sections} size=${size} zoom=${zoom} bitmap=${preview?.bitmap ?? null} dots=${preview?.dots ?? 1} stale=${!current || !preview?.bitmap || preview.faults.some((fault) => fault.line)}
          chosen=${chosen} marks=${marks} choose=${choose} drop=${drop} place=${(/** @type {string} */ head, /** @type {any} */ box, /** @type {string} */ tag) => change(withValue(text, head, "at", atOf(box)), tag)} /></div>
      ${known && html`<${SectionForm} section=${section} keys=${known.keys} help=${known.help} say=${say} faults=${(preview?.faults ?? []).filter((fault) => fault.section === section.head)}
        set=${(/** @type {string} */ key, /** @type {string} */ value) => change(withValue(text, section.head, key, value), `${section.head}/${key}`)} drop=${section.head === "label" ? undefined : () => drop(section.head)} />`}</div>
    <${Text} text=${text} change=${change} line=${line} />`;
}

/** One that the box does not have yet begins as a copy. @param {string} name @param {string} from */
async function load(name, from) {
  const one = await ask(`label-templates/${encodeURIComponent(name)}`).catch(() => null);
  if (one || !from)
    return one;
  const other = await ask(`label-templates/${encodeURIComponent(from)}`);
  return { ...other, name, origin: "new", built_in: null, changed: null, worker: null };
}

/** @param {{name: string, from: string}} props */
function Template({ name, from }) {
  const [one, setOne] = useState(/** @type {any} */ (undefined)), keys = useKeys();
  const look = () => load(name, from).then(setOne, () => setOne(null));
  useEffect(() => { look(); }, [name]);
  return html`<header><h1><a href="#/designer">${nameOf("designer")}</a> <b>${name}</b></h1>${one && html`<span class="badge">${nameOf(`origin_${one.origin}`)}</span>
      ${one.changed && html`<small>${time(one.changed)} · ${one.worker}</small>`}`}</header>
    ${one === null ? html`<p class="none">${nameOf("nothing")}</p>` : !one || !keys ? html`<progress></progress>` : html`<${Editor} key=${name} one=${one} keys=${keys} reload=${look} />`}`;
}

/** @param {{name: string, from: string}} props  name: of the template; "": the list of them */
export const Designer = ({ name, from }) => (name ? html`<${Template} key=${name} name=${name} from=${from} />` : html`<${Templates} />`);
