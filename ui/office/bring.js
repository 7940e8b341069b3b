// Files taken in: first what they would change, row by row, then all of it or nothing.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { bring, list, office } from "./ask.js";
import { useEffect } from "preact/hooks";
import { Differences } from "./differences.js";
import { helpOf } from "./help.js";
import { nameOf } from "./names.js";
import { sentenceOf, stay, taking } from "./forms.js";

const html = htm.bind(h);

/** @param {Record<string, any>} answer */
const lines = (answer) => Object.entries(answer).filter(([, value]) => value !== null && typeof value !== "object");

const LOOK_MS = 500;

/** How far the file is that is being taken in; it is looked up while it is. */
function Progress() {
  const [row, setRow] = useState(/** @type {any} */ (null));
  useEffect(() => {
    const timer = setInterval(() => list("imports", { state: "running", limit: 1 }).then((page) => setRow(page.rows[0] ?? null), () => {}), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return row?.rows ? html`<p role="status"><progress max=${row.rows} value=${row.done ?? 0}></progress> ${row.done ?? 0} / ${row.rows}</p>` : html`<progress></progress>`;
}

export function Bring() {
  const files = office.value?.words.files ?? [];
  const [kind, setKind] = useState(files[0]?.kind ?? "");
  const [site, setSite] = useState("");
  const [sites, setSites] = useState(/** @type {any[]} */ ([]));
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [said, setSaid] = useState(/** @type {null | {good: boolean, tried: boolean, answer?: any, why?: string}} */ (null));
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    list("sites").then((answer) => {
      setSites(answer.rows);
      setSite(String(answer.rows[0]?.site ?? ""));
    }, () => {});
  }, []);
  const known = files.find((one) => one.kind === kind);
  /** @param {File | null | undefined} chosen */
  const choose = (chosen) => {
    setFile(chosen ?? null);
    setSaid(null);
  };
  /** @param {boolean} tried */
  async function send(tried) {
    if (!file)
      return;
    setBusy(true);
    try {
      const answer = await bring(kind, file, { ...(known?.per_site ? { site } : {}), ...(tried ? { try: "yes" } : {}) });
      setSaid({ good: true, tried, answer });
    } catch (refusal) {
      setSaid({ good: false, tried, why: sentenceOf(refusal) });
    }
    setBusy(false);
  }
  return html`<header><h1>${nameOf("bring")}</h1></header>
    <form class="filters" onSubmit=${stay}>
      <label>${nameOf("kind")}<select value=${kind} onChange=${taking((text) => { setKind(text); setSaid(null); })}>
        ${files.map((one) => html`<option value=${one.kind}>${nameOf(one.kind)}</option>`)}</select></label>
      ${known?.per_site && html`<label>${nameOf("siteOf")}<select value=${site} onChange=${taking(setSite)}>
        ${sites.map((one) => html`<option value=${one.site}>${one.site}</option>`)}</select></label>`}
    </form>
    <label class="drop" onDragOver=${stay} onDrop=${(/** @type {DragEvent} */ event) => { event.preventDefault(); choose(event.dataTransfer?.files[0]); }}>
      <input type="file" accept=".csv,text/csv" onChange=${(/** @type {Event} */ event) => choose(/** @type {HTMLInputElement} */ (event.currentTarget).files?.[0])} />
      <span>${file ? `${file.name} · ${Math.ceil(file.size / 1024)} kB` : nameOf("chooseFile")}</span></label>
    <div class="acts"><button class="quiet" disabled=${!file || busy} onClick=${() => send(true)}>${nameOf("bringTry")}</button>
      <button disabled=${!file || busy || !said?.good || !said.tried} onClick=${() => send(false)}>${nameOf("bringNow")}</button></div>
    ${busy && html`<${Progress} />`}
    ${said && (said.good ? html`<dl class="facts">${lines(said.answer).map(([name, value]) => html`<div><dt>${nameOf(name)}</dt><dd>${String(value)}</dd></div>`)}</dl>`
      : html`<p class="fault" role="alert">${said.why}</p>`)}
    ${said?.answer?.differences && html`<${Differences} rows=${said.answer.differences} all=${said.answer.new_rows + said.answer.changed_rows + said.answer.gone_rows} />`}
    ${known && html`<section><h2>${nameOf("columnsOf")}</h2><div class="wide" tabindex="0"><table><tbody>${known.columns.map((column) => html`<tr>
      <td><code>${column.name}</code>${column.required ? " *" : ""}</td><td>${nameOf(column.name)}</td><td>${helpOf(column.help)}</td></tr>`)}</tbody></table></div></section>`}`;
}
