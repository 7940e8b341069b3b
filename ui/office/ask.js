// What the pages ask of head office: see docs/openapi-head-office.yaml for the shapes. Shows nothing itself.

import { signal } from "@preact/signals";

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

const KEY = "office-key";
const AGAIN_MS = 2000;

/** What the office can show and do, once a key has opened it. @type {import("@preact/signals").Signal<null |
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

/** @param {string} path @param {RequestInit} [more] */
export async function ask(path, more = {}) {
  let answer;
  try {
    answer = await fetch(`/api/v1/${path}`, { ...more, headers: { Authorization: `Bearer ${key}`, ...more.headers } });
  } catch {
    throw new Refusal(0, "");
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok)
    throw new Refusal(answer.status, body.error?.message ?? "");
  return body;
}

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
export const act = (verb, fields) =>
  ask(`do/${verb}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields) });

/** @param {string} kind @param {File} file @param {Record<string, string>} options */
export const bring = (kind, file, options) =>
  ask(address(`import/${kind}`, options), { method: "POST", headers: { "Content-Type": "text/csv" }, body: file });

/** A file, kept by the browser. @param {string} path @param {string} name */
export async function download(path, name) {
  const answer = await fetch(`/api/v1/${path}`, { headers: { Authorization: `Bearer ${key}` } });
  if (!answer.ok)
    throw new Refusal(answer.status, (await answer.json().catch(() => ({}))).error?.message ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** @param {string} [given] */
export async function open(given = key) {
  key = given.trim();
  const [kinds, verbs, words, figures] = await Promise.all([ask("kinds"), ask("verbs"), ask("words"), ask("figures")]);
  store?.setItem(KEY, key);
  office.value = { kinds, verbs, words, figures };
}

export function close() {
  key = "";
  store?.removeItem(KEY);
  office.value = null;
}

export const hasKey = () => key !== "";

/** Calls back when rows of a kind have changed, until it is stopped. A stream's reader cannot be an EventSource: that
 * sends no key. @param {string} kinds @param {() => void} changed @returns {() => void} stops it */
export function watch(kinds, changed) {
  const stop = new AbortController();
  const read = async () => {
    const answer = await fetch(`/api/v1/changes?kinds=${kinds}`, {
      headers: { Authorization: `Bearer ${key}` }, signal: stop.signal });
    const reader = answer.ok ? answer.body?.pipeThrough(new TextDecoderStream()).getReader() : null;
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
      if (/^event: (?!hello|alive)/m.test(part.value))
        changed();
  };
  const again = () => {
    if (!stop.signal.aborted)
      read().catch(() => {}).finally(() => setTimeout(again, AGAIN_MS));
  };
  again();
  return () => stop.abort();
}
