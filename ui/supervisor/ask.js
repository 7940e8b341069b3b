// What a supervisor's pages ask of the box: see docs/openapi.yaml for the shapes. Shows nothing itself. The modules of
// ui/common import it under the same name at head office.

import { signal } from "@preact/signals";
import { badge, dropBadge } from "./badge.js";
import { language } from "./language.js";
import { makeLive } from "./live.js";

/** Who is signed in; worker null: nobody. @typedef {{sign_in: "required" | "open", worker: string | null, name: string | null,
 *  role: string | null, board_public: boolean}} Me */

/** @typedef {{kind: string, one: string | null, singular: string | null, filters: string[], columns: string[],
 *   types: ("text" | "number" | "flag" | "time" | "json")[], with: string[], with_kinds: string[]}} Kind */
/** @typedef {{name: string, type: "text" | "number" | "flag" | "choice", required: boolean, default?: string, help: string,
 *   min?: number, max?: number, choices?: string}} Field */
/** @typedef {{verb: string, help: string, supervisor: boolean, fields: Field[]}} Verb */
/** By column; what is in each, the kind's types say. @typedef {Record<string, any>} Row */

/** What the site can show and do. @type {import("@preact/signals").Signal<null | {kinds: Kind[], verbs: Verb[]}>} */
export const office = signal(null);

/** @type {import("@preact/signals").Signal<null | Me>} */
export const me = signal(null);

/** A sentence of the box's, for people. */
export class Refusal extends Error {
  /** @param {number} status @param {string} sentence @param {string} [code] */
  constructor(status, sentence, code = "") {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

const ABSENT_MS = 60_000;
let touched = Date.now();
for (const sign of ["pointerdown", "keydown", "wheel"])
  addEventListener(sign, () => { touched = Date.now(); }, { passive: true });

/** What a page asks by itself while nobody is at it keeps nobody signed in. @returns {Record<string, string>} */
const unattended = () => (Date.now() - touched > ABSENT_MS ? { "X-Unattended": "yes" } : {});

function shut() {
  office.value = null;
  if (me.value)
    me.value = { ...me.value, worker: null };
}

/** @param {string} path @param {RequestInit} [more] */
export async function ask(path, more = {}) {
  let answer;
  try {
    answer = await fetch(`/api/v1/${path}`, { ...more, headers: { ...more.headers, ...unattended() } });
  } catch {
    throw new Refusal(0, "");
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401 && office.value) // the visit has ended
    shut();
  if (!answer.ok)
    throw new Refusal(answer.status, body.error?.text?.[language.value] ?? body.error?.message ?? "", body.error?.code);
  return body;
}

/** @param {string} path @param {Row} fields */
export const post = (path, fields) =>
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

const whoRefused = new Set(["E18", "E28"]); // no supervisor's badge, one that was taken back

/** Asks for a badge first where the verb needs one. @param {string} verb @param {Row} fields */
export async function act(verb, fields) {
  const known = office.value?.verbs.find((one) => one.verb === verb);
  const by = known?.supervisor && !me.value?.worker ? { badge: await badge() } : {};
  try {
    return await post(`asks/${verb}`, { ...fields, ...by });
  } catch (refusal) {
    if (refusal instanceof Refusal && (whoRefused.has(refusal.code) || (refusal.code === "E01" && by.badge && refusal.message.includes(by.badge))))
      dropBadge();
    throw refusal;
  }
}

/** @param {string} badge @param {string} pin */
export async function signIn(badge, pin) {
  me.value = await post("session", { badge, pin });
  await open();
}

export async function signOut() {
  await post("session/end", {}).catch(() => {});
  shut();
}

/** Fails while the box does not answer. */
export async function resume() {
  me.value = await ask("me");
  if (me.value?.worker || me.value?.sign_in === "open")
    await open();
}

async function open() {
  const [kinds, verbs] = await Promise.all([ask("queries"), ask("asks")]);
  office.value = { kinds, verbs };
}

/** @type {import("./live.js").Open} */
function openChanges(_kinds, hearer) {
  const source = new EventSource("/api/v1/changes");
  source.addEventListener("hello", hearer.began);
  source.addEventListener("changed", (event) => hearer.changed(JSON.parse(event.data).kinds));
  source.addEventListener("lost", () => hearer.changed(null));
  source.addEventListener("error", hearer.ended);
  return () => source.close();
}

export const watch = makeLive(openChanges);
