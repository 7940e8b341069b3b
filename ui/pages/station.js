// The station's page: the one scan that is expected, the last result, and a line of input. Decides nothing. With ?wall it
// is a board to look at: nothing to scan or press, and silent.

import { h, render } from "preact";
import htm from "htm";
import { signal } from "@preact/signals";
import { follow, keepLanguage, postScan } from "./api.js";
import { makeHold } from "./hold.js";
import { makeInput } from "./input.js";
import { install } from "./install.js";
import { makeLine } from "./line.js";
import { makeMap } from "./map.js";
import { closeSync, makeSync } from "./sync.js";
import { language, languages, rememberLanguage, speak } from "./language.js";
import { buzz, play, watchSound } from "./tone.js";
import { both, say } from "./words.js";

/** @typedef {import("./api.js").View} View */
/** @typedef {import("./api.js").Words} Words */
/** What the page itself refused: it has no number. @typedef {Pick<import("./api.js").Result, "good" | "code" | "text" | "scan"> & {seq?: number}} Refused */

const html = htm.bind(h);
const { SyncChip, SyncPanel } = makeSync(html);
const Hold = makeHold(html);
const FloorMap = makeMap(html);
const SEGMENTS_MAX = 20;
const quietCommands = ["UNDO", "LOGOUT", "TRAIN", "LIVE"]; // good in every step, so never the main thing
const station = decodeURIComponent(location.pathname.split("/")[2]);
const wall = new URLSearchParams(location.search).has("wall");

// ---------------------------------------------------------------- what the page knows

/** The print job whose label has no picture. */
const undrawn = signal(0);
/** @type {import("@preact/signals").Signal<View | null>} */
const view = signal(null);
const lost = signal(false);
/** The page was asleep: what it shows may not be so any more. */
const old = signal(false);
const heard = signal(true);
const waiting = signal(0);
/** What the page itself refused; stands until the box says something newer. */
const refusal = signal(/** @type {Refused | null} */ (null));
let resuming = true; // the next view is where we come in, not news

/** @param {View} next */
function show(next) {
  const known = view.value?.result?.seq ?? 0;
  const news = resuming || next.result?.seq === known ? null : next.result;
  if (next.worker?.id !== view.value?.worker?.id || next.worker?.language !== view.value?.worker?.language)
    speak(next.worker?.language ?? null);
  view.value = next;
  lost.value = old.value = false;
  resuming = false;
  if (news) {
    refusal.value = null;
    closeSync();
    feel(news.good ? "good" : "bad", news.tone !== "scanner"); // that has beeped by itself
  }
}

/** @param {"good" | "bad"} kind @param {boolean} aloud */
function feel(kind, aloud) {
  if (wall)
    return;
  buzz(kind);
  if (aloud)
    play(kind);
}

/** Of the worker who is signed in; without one, of this browser. @param {import("./language.js").Language} id */
function choose(id) {
  const worker = view.value?.worker;
  if (!worker) {
    rememberLanguage(id);
    return;
  }
  speak(id);
  keepLanguage(worker.id, id);
}

/** @param {string} scan @param {string} why  a key of words.js */
function refuse(scan, why) {
  refusal.value = { good: false, code: null, text: both(why) ?? { en: why, zh: why }, scan };
  feel("bad", true);
}

/** @param {string} text */
async function send(text) {
  const answer = await postScan(station, text);
  if (!answer.taken)
    refuse(text, answer.why);
  else if (answer.view && (answer.view.result?.seq ?? 0) >= (view.value?.result?.seq ?? 0)) // else the stream was faster
    show(answer.view);
  return answer.taken;
}

const line = makeLine({ send, refused: refuse, changed: (count) => (waiting.value = count) });

/** @param {string} text */
function scan(text) {
  if (lost.value || !view.value)
    refuse(text, "refusedLost");
  else if (old.value)
    refuse(text, "refusedOld");
  else
    line.add(text);
}

// ---------------------------------------------------------------- what it looks like

/** @param {Words | null} words */
const inLanguage = (words) => words?.[language.value] ?? "";

/** Measures texts. */
const pen = document.createElement("canvas").getContext("2d");

/** A style variable with the text's width in em, from which the style sheet finds the largest size that fits.
 * @param {string} text */
function fitting(text) {
  if (!pen)
    return {};
  pen.font = `800 100px ${getComputedStyle(document.body).fontFamily}`;
  return { "--ems": Math.max(1, pen.measureText(text).width / 100).toFixed(2) };
}

/** @param {{kind: string | undefined, text: string}} props */
function Chip({ kind, text }) {
  return html`<span class="chip ${kind}"><i></i>${text}</span>`;
}

/** By state: how the chip looks, and a key of words.js. @type {Record<string, [string, string] | undefined>} */
const printerChips = {
  ready: ["up", "printerReady"],
  busy: ["up", "printerBusy"],
  paused: ["bad", "printerPaused"],
  error: ["bad", "printerFault"],
  offline: ["bad", "printerOffline"],
  unknown: ["down", "printerUnknown"],
};

/** @param {Pick<View, "printer">} props */
function PrinterChip({ printer }) {
  const [kind, key] = printerChips[printer.state] ?? [];
  return key && html`<${Chip} kind=${kind} text=${inLanguage(printer.text) || say(key)} />`;
}

/** @type {Record<string, [string, string] | undefined>} */
const scaleChips = {
  stable: ["up", "scaleStable"],
  motion: ["down", "scaleMotion"],
  under_zero: ["bad", "scaleUnderZero"],
  over_range: ["bad", "scaleOverRange"],
  busy: ["down", "scaleBusy"],
  error: ["bad", "scaleFault"],
  offline: ["bad", "scaleOffline"],
  unknown: ["down", "scaleUnknown"],
};

/** Grams as a scale shows them: 1234.5 g below ten kilograms, 12.345 kg above. @param {number} milligrams */
function weight(milligrams) {
  const grams = milligrams / 1000;
  return grams < 10000 ? `${Number(grams.toFixed(1))} g` : `${(grams / 1000).toFixed(3)} kg`;
}

/** @param {Pick<View, "scale">} props */
function ScaleChip({ scale }) {
  const [kind, key] = scaleChips[scale.state] ?? [];
  return key && html`<${Chip} kind=${kind} text=${scale.milligrams === null ? say(key) : weight(scale.milligrams)} />`;
}

function LanguageSwitch() {
  return html`<nav>${languages.map(({ id, name }) => html`
    <button key=${id} lang=${id} aria-pressed=${language.value === id}
      onClick=${() => choose(id)}>${name}</button>`)}</nav>`;
}

/** @param {{now: View | null}} props */
function Top({ now }) {
  return html`<header>
    <h1>${now?.name ?? station}</h1>
    <p class="worker">${now && (now.worker?.name ?? say("nobody"))}</p>
    <div class="chips">
      ${now && !lost.value && html`<${SyncChip} link=${now.link} /><${PrinterChip} printer=${now.printer} />
        <${ScaleChip} scale=${now.scale} />`}
      ${!heard.value && !wall && html`<button class="sound">${say("soundOff")}</button>`}
    </div>
    ${!wall && html`<${LanguageSwitch} />`}
  </header>`;
}

/** @param {NonNullable<View["progress"]>} props */
function Progress({ done, need }) {
  const segments = need <= SEGMENTS_MAX
    ? Array.from({ length: need }, (_, at) => html`<i class=${at < done ? "done" : ""}></i>`)
    : html`<i class="done" style=${{ flexGrow: done }}></i><i style=${{ flexGrow: Math.max(0, need - done) }}></i>`;
  return html`<div class="progress"><b>${done}<small> / ${need}</small></b><div>${segments}</div></div>`;
}

/** The very dots that the printer gets; a label made elsewhere has no picture. @param {NonNullable<View["label"]>} props */
function Label({ job, state, copy }) {
  return undrawn.value !== job && html`<figure class="label beside">
    <img src=${`/api/v1/print-jobs/${job}/picture`} alt=${say("label")} onError=${() => (undrawn.value = job)} />
    <figcaption>${say(`label_${state}`)}${copy > 1 && html` · ${say("copy")} ${copy}`}</figcaption>
  </figure>`;
}

/** @param {NonNullable<View["item"]>} props */
function Picture({ sku, name }) {
  return html`<figure class="picture beside"><img src=${`/pictures/${encodeURIComponent(sku)}`} alt=${name} /></figure>`;
}

/** What to practise now: first the mistake to make, then what to do and why. @param {NonNullable<View["lesson"]>} props */
function Lesson({ title, done, of, say: todo, why, try: mistake }) {
  return html`<p class="lesson" role="status"><b>${inLanguage(title)}${of > 0 && ` ${done}/${of}`}</b>
    ${mistake ? html`<mark>${inLanguage(mistake.say)}</mark>` : html`<span>${inLanguage(todo)}</span>`}
    ${!mistake && why && html`<small>${inLanguage(why)}</small>`}</p>`;
}

/** The code that is expected is the one thing to read from afar; without one it is what to do. @param {{now: View}} props */
function Stage({ now }) {
  const prompt = inLanguage(now.prompt);
  const { code } = now.expect;
  const kind = say(`scan_${now.expect.kind}`);
  return html`<main data-step=${now.step}><div class="words">
    ${kind !== prompt && html`<p class="kind">${kind}</p>`}
    ${code
      ? html`<p class="hero code" style=${fitting(code)}>${code}</p><p class="prompt">${prompt}</p>`
      : html`<p class="hero" style=${fitting(prompt)}>${prompt}</p>`}
    ${now.details.length > 0 && html`<ul>${now.details.map((words) => html`<li>${inLanguage(words)}</li>`)}</ul>`}
    ${now.progress && html`<${Progress} ...${now.progress} />`}
    </div>
    ${now.label && html`<${Label} ...${now.label} />`}
    ${now.item && html`<${Picture} key=${now.item.sku} ...${now.item} />`}
    ${now.place?.spot && html`<${FloorMap} ...${now.place} />`}
  </main>`;
}

function Lost() {
  return html`<main class="lost"><div class="words" role="alert">
    ${languages.map(({ id }) => html`<p class="hero" lang=${id} style=${fitting(both("lost")?.[id] ?? "")}>
      ${both("lost")?.[id] ?? ""}</p>`)}
    <p class="prompt">${say("lostMore")}</p>
  </div></main>`;
}

function Result() {
  const result = refusal.value ?? view.value?.result;
  if (!result)
    return html`<section class="result" role="status"></section>`;
  return html`<section class="result ${result.good ? "good" : "bad"}" role="status" data-seq=${result.seq}>
    <span class="mark" aria-hidden="true">${result.good ? "✓" : "✕"}</span>
    <p>${result.code && html`<b>${result.code}</b>`}<span>${inLanguage(result.text)}</span></p>
    <code>${result.scan}</code>
  </section>`;
}

const Input = makeInput(html, scan);

/** @param {Pick<View, "commands">} props */
function Commands({ commands }) {
  return html`<div class="commands">${commands.map((command) => command.final ? html`
    <${Hold} key=${command.name} text=${command[language.value]} hint=${say("hold")} command=${command.name}
      done=${() => scan(`CMD:${command.name}`)} tapped=${() => refuse(`CMD:${command.name}`, "refusedTap")} />` : html`
    <button key=${command.name} class=${quietCommands.includes(command.name) ? "quiet" : ""} data-command=${command.name}
      onClick=${() => scan(`CMD:${command.name}`)}>${command[language.value]}</button>`)}</div>`;
}

function Page() {
  const now = view.value;
  return html`
    <${Top} now=${now} />
    ${!lost.value && html`<${SyncPanel} />`}
    ${now?.training && html`<p class="training" role="status">${say("training")}</p>`}
    ${now?.lesson && !lost.value && html`<${Lesson} ...${now.lesson} />`}
    ${lost.value ? html`<${Lost} />`
      : now && !old.value ? html`<${Stage} now=${now} />`
      : html`<main><div class="words"><p class="kind">${say("connecting")}</p></div></main>`}
    <${Result} />
    ${!wall && html`<footer>
      <${Input} hint=${say("input")} secret=${(refusal.value ?? view.value?.result)?.code === "E92"} waiting=${waiting.value > 0 ? `${waiting.value} ${say("sending")}` : ""} />
      ${now && !lost.value && html`<${Commands} commands=${now.commands} />`}
    </footer>`}`;
}

// ---------------------------------------------------------------- begin

document.documentElement.lang = language.value;
document.body.replaceChildren();
document.body.classList.toggle("board", wall);
render(html`<${Page} />`, document.body);
watchSound((running) => (heard.value = running));
follow(station, {
  view: show,
  lost: () => {
    lost.value = true;
    resuming = true;
  },
  old: () => {
    old.value = true;
    resuming = true;
  },
});
install();
