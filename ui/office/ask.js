// What the pages ask of head office: see docs/openapi-head-office.yaml for the shapes. Shows nothing itself.

import { signal } from "@preact/signals";
import { language } from "./language.js";
import { makeLive } from "./live.js";

/** @typedef {{kind: string, one: string | null, singular: string | null, filters: string[], columns: string[],
 *   types: ("text" | "number" | "flag" | "time" | "json")[], with: string[], with_kinds: string[]}} Kind */
/** @typedef {{name: string, type: "text" | "number" | "flag" | "choice", required: boolean, default?: string, help: string,
 *   min?: number, max?: number, choices?: string}} Field */
/** @typedef {{verb: string, english: string, chinese: string, fields: Field[]}} Verb */
/** @typedef {{states: {state: string, stage: string, english: string, chinese: string}[],
 *   exceptions: {kind: string, english: string, chinese: string, release_english: string, release_chinese: string,
 *   confirmable: boolean}[], moments: {what: string, english: string, chinese: string}[], settings: Field[], files: {kind: string, per_site: boolean, columns: Field[]}[]}} Words */
/** @typedef {{figure: string, english: string, chinese: string, means: string, means_chinese: string, unit: string, digits: number,
 *   less_is_better: boolean, by: string[]}} Figure */
/** By column; what is in each, the kind's types say. @typedef {Record<string, any>} Row */

/** @typedef {{login: string | null, title: string | null, must_change: boolean, roles: {role: string, site: string | null}[]}} Me */

const KEY = "office-key";

/** Who has come in. @type {import("@preact/signals").Signal<null | Me>} */
export const me = signal(null);

/** What the office can show and do to whoever has come in. @type {import("@preact/signals").Signal<null |
 *   {kinds: Kind[], verbs: Verb[], words: Words, figures: Figure[]}>} */
export const office = signal(null);

const store = (() => {
  try {
    return globalThis.sessionStorage;
  } catch {
    return null; // storage may be forbidden: then the key is asked for each time
  }
})();
let key = store?.getItem(KEY) ?? "";

/** A sentence of head office's, for people. */
export class Refusal extends Error {
  /** @param {number} status @param {string} sentence */
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/** What an answer refuses by, in the language of the page. @param {Row} body @returns {string} */
const sentence = (body) => body.error?.text?.[language.value] ?? body.error?.message ?? "";

/** @param {string} path @param {RequestInit} [more] */
export async function ask(path, more = {}) {
  let answer;
  try {
    answer = await fetch(`/api/v1/${path}`, { ...more, headers: { ...shown(), ...more.headers } });
  } catch {
    throw new Refusal(0, "");
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401 && office.value) // the visit has ended, or the key was taken back
    leave();
  if (!answer.ok)
    throw new Refusal(answer.status, sentence(body));
  return body;
}

const ABSENT_MS = 60_000;
let touched = Date.now();
for (const sign of ["pointerdown", "keydown", "wheel"])
  addEventListener(sign, () => { touched = Date.now(); }, { passive: true });

/** A key, where one is used; a person's cookie goes along by itself. What a page asks by itself, while nobody is at it, keeps
 *  nobody logged in. @returns {Record<string, string>} */
const shown = () => ({ ...(key ? { Authorization: `Bearer ${key}` } : {}),
  ...(Date.now() - touched > ABSENT_MS ? { "X-Unattended": "yes" } : {}) });

/** @param {string} path @param {Row} fields */
const post = (path, fields) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields) });

/** @param {string} name @param {Record<string, string | number>} [values] */
const address = (name, values = {}) => {
  const given = Object.entries(values).filter(([, value]) => value !== "" && value !== undefined && value !== null);
  return given.length ? `${name}?${new URLSearchParams(given.map(([a, b]) => [a, String(b)]))}` : name;
};

/** A page of rows. @param {string} kind @param {Record<string, string | number>} [filters]
 * @returns {Promise<{rows: Row[], next: string | null}>} */
export const list = (kind, filters) => ask(address(kind, filters));

/** One row, and what belongs to it. @param {string} kind @param {string} code */
export const get = (kind, code) => ask(`${kind}/${code.split("/").map(encodeURIComponent).join("/")}`);

/** @param {string} verb @param {Row} fields */
export const act = (verb, fields) => post(`do/${verb}`, fields);

/** @param {string} kind @param {File} file @param {Record<string, string>} options */
export const bring = (kind, file, options) =>
  ask(address(`import/${kind}`, options), { method: "POST", headers: { "Content-Type": "text/csv" }, body: file });

/** A file, kept by the browser. @param {string} path @param {string} name */
export async function download(path, name) {
  const answer = await fetch(`/api/v1/${path}`, { headers: shown() });
  if (!answer.ok)
    throw new Refusal(answer.status, sentence(await answer.json().catch(() => ({}))));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function look() {
  const [kinds, verbs, words, figures] = await Promise.all([ask("kinds"), ask("verbs"), ask("words"), ask("figures")]);
  office.value = { kinds, verbs, words, figures };
}

/** Whoever was here before, by what the browser keeps. */
export async function resume() {
  me.value = await ask("me");
  if (!me.value?.must_change)
    await look();
}

/** @param {string} given */
export async function openByKey(given) {
  key = given.trim();
  await resume();
  store?.setItem(KEY, key);
}

/** @param {string} login @param {string} password */
export async function logIn(login, password) {
  key = "";
  me.value = await post("session", { login, password });
  if (!me.value?.must_change)
    await look();
}

/** @param {string} old @param {string} chosen */
export async function choosePassword(old, chosen) {
  me.value = await post("password", { old, new: chosen });
  await look();
}

function leave() {
  key = "";
  store?.removeItem(KEY);
  office.value = null;
  me.value = null;
}

export async function close() {
  if (!key)
    await post("session/end", {}).catch(() => {}); // it ends by itself, too
  leave();
}

/** Kinds that head office tells of by their names; of all others it tells that something was written. */
const TOLD = new Set(["orders", "events"]);
/** @param {string} kind */
const told = (kind) => (TOLD.has(kind) ? kind : "rows");

/** Reads a stream's lines as they come. @param {Response} answer @param {(event: string) => void} heard */
async function readEvents(answer, heard) {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    const lines = (text + part.value).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines)
      if (line.startsWith("event: "))
        heard(line.slice(7));
  }
}

/** A stream's reader cannot be an EventSource: that sends no key, where one is used. @type {import("./live.js").Open} */
function openChanges(kinds, hearer) {
  const stop = new AbortController(), asked = [...new Set(kinds.map(told))];
  /** @param {string} event */
  const heard = (event) => {
    if (event === "hello")
      hearer.began();
    else if (event === "lost")
      hearer.changed(null);
    else if (event !== "alive")
      hearer.changed(event === "rows" ? kinds.filter((kind) => told(kind) === "rows") : [event]);
  };
  const read = async () => {
    const answer = await fetch(`/api/v1/changes?kinds=${asked}`, { headers: shown(), signal: stop.signal });
    if (answer.ok)
      await readEvents(answer, heard);
  };
  read().catch(() => {}).finally(hearer.ended);
  return () => stop.abort();
}

export const watch = makeLive(openChanges);
