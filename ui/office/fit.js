// The fit check: its questions step by step, and what was found, to be read and printed. Questions and findings come from
// head office's tables (fit.questions, fit.check); nothing is decided here.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { act } from "./ask.js";
import { Entry, fieldsOf } from "./acts.js";
import { language } from "./language.js";
import { inWords, nameOf } from "./names.js";
import { sentenceOf } from "./forms.js";

const html = htm.bind(h);

/** @typedef {{english: string, chinese: string, field: import("./ask.js").Field[]}} Question */
/** @typedef {{step: string, english: string, chinese: string, questions: Question[]}} Step */
/** @typedef {{figure: string, english: string, chinese: string, is: number, limit: number, limit_is: string}} Because */
/** @typedef {{kind: string, code: string, english: string, chinese: string, value?: number, names?: string, where?: string,
 *   because: Because[], source?: {english: string, chinese: string}}} Finding */

// ---------------------------------------------------------------- what was found

const kinds = ["flow", "station", "hardware", "setting", "gap"];

/** @param {Because} because */
const reason = (because) =>
  `${inWords(because)}: ${because.is} ${because.limit_is === "at_least" ? "≥" : "≤"} ${because.limit}`;

/** @param {{finding: Finding}} props */
const Found = ({ finding }) => html`<li class=${finding.kind}>
  <div><b>${inWords(finding)}</b>${finding.value !== undefined && html` <output>${finding.value}</output>`}
    ${finding.names && html`<p>${finding.names}</p>`}</div>
  <small>${finding.where && html`<code>${finding.code}</code> · ${nameOf(`${finding.where}Setting`)}. `}${finding.because.map(reason).join(" · ")}</small>
  ${finding.source && html`<small class="source">${nameOf("source")}: ${inWords(finding.source)}</small>`}</li>`;

/** @param {{result: {figures: {figure: string, english: string, chinese: string, value: number}[], findings: Finding[]}}} props */
export function Findings({ result }) {
  return html`<div class="acts"><button class="quiet" onClick=${() => print()}>${nameOf("print")}</button></div>
    ${kinds.map((kind) => {
      const found = result.findings.filter((finding) => finding.kind === kind);
      return found.length > 0 && html`<section key=${kind} class="found-kind"><h2>${nameOf(`fit_${kind}`)}</h2>
        <ul class="findings">${found.map((finding) => html`<${Found} key=${finding.code} finding=${finding} />`)}</ul></section>`;
    })}
    <section><h2>${nameOf("figures")}</h2><dl class="facts">${result.figures.filter((figure) => figure.value).map((figure) =>
      html`<div key=${figure.figure}><dt>${inWords(figure)}</dt><dd>${figure.value}</dd></div>`)}</dl></section>`;
}

// ---------------------------------------------------------------- the questions

/** What a step still lacks. @param {Step} step @param {Record<string, string>} texts */
const lacks = (step, texts) => step.questions.some(({ field: [field] }) => field.required && !texts[field.name]);

/** @param {{step: Step, texts: Record<string, string>, set: (name: string, text: string) => void}} props */
function Questions({ step, texts, set }) {
  return html`<div class="fields">${step.questions.map((question) => {
    const [field] = question.field;
    return html`<${Entry} key=${field.name} field=${field} label=${inWords(question)}
      help=${language.value === "zh" ? "" : field.help} value=${texts[field.name] ?? ""} fixed=${false}
      set=${(/** @type {string} */ text) => set(field.name, text)} />`;
  })}</div>`;
}

export function Fit() {
  const [steps, setSteps] = useState(/** @type {Step[]} */ ([]));
  const [at, setAt] = useState(0);
  const [texts, setTexts] = useState(/** @type {Record<string, string>} */ ({}));
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    act("fit.questions", {}).then((answer) => setSteps(answer.steps), (refusal) => setFault(refusal.message || nameOf("lost")));
  }, []);
  async function check() {
    setBusy(true);
    try {
      const answer = await act("fit.check", fieldsOf(steps.flatMap((step) => step.questions.map((question) => question.field[0])), texts));
      location.hash = `#/fit-checks/${answer.fit_check}`;
    } catch (refusal) {
      setFault(sentenceOf(refusal));
      setBusy(false);
    }
  }
  const step = steps[at], last = at === steps.length - 1;
  /** @param {Event} event */
  const go = (event) => {
    event.preventDefault();
    setFault("");
    if (last)
      check();
    else
      setAt(at + 1);
  };
  return html`<header><h1>${nameOf("fit")}</h1></header>
    <ol class="wizard">${steps.map((one, place) => html`<li key=${one.step}><button type="button" class="quiet" aria-current=${place === at ? "step" : null}
      disabled=${place > at && steps.slice(0, place).some((before) => lacks(before, texts))} onClick=${() => setAt(place)}>${place + 1}. ${inWords(one)}</button></li>`)}</ol>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${step ? html`<form class="card" onSubmit=${go}><${Questions} key=${step.step} step=${step} texts=${texts}
        set=${(/** @type {string} */ name, /** @type {string} */ text) => setTexts({ ...texts, [name]: text })} />
      <footer>${at > 0 && html`<button type="button" class="quiet" onClick=${() => setAt(at - 1)}>${nameOf("back")}</button>`}
        <button disabled=${busy || lacks(step, texts)}>${nameOf(last ? "fitCheck" : "next")}</button></footer></form>` : !fault && html`<progress></progress>`}`;
}
