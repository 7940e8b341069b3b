// What the page asks of the box: see docs/openapi.yaml for the shapes. Shows nothing itself.

/** @typedef {{en: string, zh: string}} Words */
/** @typedef {{good: boolean, code: string | null, text: Words, scan: string,
 *   tone: "scanner" | "screen", seq: number}} Result */
/** @typedef {{id: string, name: string, worker: {id: string, name: string, language: "en" | "zh" | null} | null, flow: string, step: string,
 *   expect: {kind: string, code: string | null}, prompt: Words, details: Words[],
 *   progress: {done: number, need: number} | null,
 *   label: {job: number, state: string, proof: string | null, copy: number} | null, commands: {name: string, en: string, zh: string, final: boolean}[],
 *   item: {sku: string, name: string} | null, place: {code: string, zone: string | null, spot: Spot | null} | null, result: Result | null,
 *   link: {up: boolean, outbox: number, oldest_s: number, alarm: "replaced" | "fenced" | "parked" | "late" | null},
 *   printer: {state: "ready" | "busy" | "paused" | "error" | "offline" | "unknown" | "none", text: Words | null},
 *   scale: {state: "stable" | "motion" | "under_zero" | "over_range" | "busy" | "error" | "offline" | "unknown" | "none",
 *     milligrams: number | null}, training: boolean,
 *   lesson: {name: string, done: number, of: number, title: Words, say: Words | null, why: Words | null,
 *     try: {code: string, say: Words} | null} | null}} View */

/** @typedef {{aisle: number, block: number, position_mm: number, aisles: number, blocks: number, length_mm: number}} Spot */

/** @typedef {{state: string, text: Words, link: {running: boolean, up: boolean, why: string | null},
 *   head_office: {online: boolean | null, since: string | null}, epoch: number, last_seq: number,
 *   outbox: {count: number, oldest: string | null, oldest_s: number}, applied: {seq: number, time: string | null},
 *   durable: number, snapshot: boolean,
 *   feed: {seq: number, head: number | null},
 *   parked: {count: number, newest: {feed_seq: number, type: string, why: Words}[]},
 *   troubles: {trouble: string, text: Words}[]}} Sync */

const SILENT_MS = 12000; // the box sends a sign of life every 5 s
const AGAIN_MS = 1000;
const FIRST_MS = 3000; // a box that is there shows a station at once
/** @type {Record<number, string | undefined>} */
const whyByStatus = { 503: "refusedBusy", 504: "unsure" };
const ANSWER_MS = 35000; // the box itself gives up after 30 s

/** @returns {Promise<{id: string, name: string}[]>} */
export async function loadStations() {
  const answer = await fetch("/api/v1/stations");
  if (!answer.ok)
    throw new Error(String(answer.status));
  return answer.json();
}

/** @returns {Promise<Sync | null>}  null when the box does not tell */
export async function loadSync() {
  try {
    const answer = await fetch("/api/v1/sync", { signal: AbortSignal.timeout(ANSWER_MS) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** @param {string} station */
const path = (station) => `/api/v1/stations/${encodeURIComponent(station)}`;

/** A page that slept, or was without a network, has missed what happened: calls back when it is there again.
 * @param {() => void} awake */
function onWaking(awake) {
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && awake());
  document.addEventListener("resume", awake);
  addEventListener("pageshow", (event) => event.persisted && awake());
  addEventListener("online", awake);
}

/** Follows a station for ever: comes back by itself when the connection or the box went away, and asks anew when the page
 * was asleep: until the next view what it shows may be old.
 * @param {string} station @param {{view: (view: View) => void, lost: () => void, old: () => void}} on */
export function follow(station, on) {
  /** @type {EventSource} */
  let source;
  let silence = 0, again = 0;
  const leave = () => {
    clearTimeout(silence);
    clearTimeout(again);
    source.close();
  };
  const lose = () => {
    leave();
    on.lost();
    again = setTimeout(open, AGAIN_MS);
  };
  /** @param {number} ms */
  const wait = (ms) => {
    clearTimeout(silence);
    silence = setTimeout(lose, ms);
  };
  function open() {
    source = new EventSource(`${path(station)}/events`);
    source.addEventListener("error", lose, { once: true });
    source.addEventListener("alive", () => wait(SILENT_MS));
    source.addEventListener("view", (event) => {
      wait(SILENT_MS);
      on.view(JSON.parse(event.data));
    });
    wait(FIRST_MS);
  }
  open();
  addEventListener("offline", lose);
  onWaking(() => {
    leave();
    on.old();
    open();
  });
}

/** Keeps a worker's language at the site. What goes wrong changes nothing: it is chosen again.
 * @param {string} worker @param {string} language */
export function keepLanguage(worker, language) {
  fetch("/api/v1/asks/worker.language", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ worker, language }),
  }).catch(() => {});
}

/** @returns {Promise<{taken: true, view: View | null} | {taken: false, why: string}>}  why is a key of words.js
 * @param {string} station @param {string} text */
export async function postScan(station, text) {
  let answer, body;
  try {
    answer = await fetch(`${path(station)}/scan`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    body = await answer.json();
  } catch {
    return { taken: false, why: "unsure" };
  }
  if (answer.ok)
    return { taken: true, view: body.view ?? null };
  return { taken: false, why: whyByStatus[answer.status] ?? "refusedOther" };
}
