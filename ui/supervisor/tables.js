// What the site's kinds of rows need beside the box's own tables: which verbs fit them, which columns come first, what
// their values mean. The modules of ui/common ask here; head office has the same table for its own.

import { h } from "preact";
import htm from "htm";
import { language } from "./language.js";
import { isNamed, nameOf } from "./names.js";
import { Found, Picture } from "./trail.js";
import { hrefOf, when } from "./values.js";

const html = htm.bind(h);

/** @typedef {import("./ask.js").Kind} Kind */
/** @typedef {import("./ask.js").Row} Row */

// ---------------------------------------------------------------- verbs

/** Verbs by the beginning of their names, where that is not the name of one row. @type {Record<string, string[]>} */
export const subjects = {
  orders: ["wave.kick"],
  waves: ["wave.plan", "wave.release", "wave.cancel"],
  "wave-rules": ["wave.rule"],
  workers: ["worker.", "lease."],
  tasks: ["replenish."],
  "print-jobs": ["label."],
};

/** What no row is needed for. */
export const opens = /\.(plan|rule)$/;

/** Fields of verbs that are called otherwise in rows. @type {Record<string, string>} */
export const own = {};

/** What is changed in a row that has no code of its own. @type {Record<string, string[]>} */
export const changed = {};

/** What a verb has answered, for people. @param {{text: {en: string, zh: string}}} answer */
export const linesOf = (answer) => [answer.text[language.value]];

// ---------------------------------------------------------------- columns and filters

/** Of kinds with many columns, those that fit a table; the rest is on the row's own page. @type {Record<string, string[]>} */
export const columns = {
  orders: ["order", "platform", "carrier", "waybill", "priority", "due", "wave", "state", "reason", "cancelled", "worker", "quantity", "picked", "packed"],
  journal: ["seq", "time", "type", "subject", "worker", "station", "data"],
  counts: ["count", "location", "sku", "source", "state", "priority", "round", "worker"],
  chain: ["seq", "epoch", "hash"],
};

/** The filters that people use most. @type {Record<string, string[]>} */
export const filters = { orders: ["state", "carrier", "late"] };
/** Kinds whose lists do not follow what others do: an auditor reads the chain from its beginning. */
export const still = new Set(["chain"]);

/** What a filter can be, where that is known. @type {Record<string, Record<string, string[]>>} */
const choices = {
  orders: { late: ["yes", "no"], state: ["received", "allocated", "picking", "picked", "packing", "parked", "labelled", "handed", "cancelled"] },
  waves: { state: ["draft", "released", "picking", "sorting", "packing", "closed", "cancelled"], kind: ["discrete", "cluster", "zone", "wall", "express"] },
  counts: { state: ["planned", "counting", "recount", "review", "approved", "matched", "posted", "rejected", "cancelled"] },
  "print-jobs": { state: ["queued", "sending", "sent", "printed", "unknown", "failed", "void"] },
};

/** [value, words]. @param {Kind} kind @param {string} filter */
export const choicesOf = (kind, filter) => choices[kind.kind]?.[filter]?.map((value) => [value, nameOf(value)]) ?? null;

// ---------------------------------------------------------------- one row

/** Columns that are shown in a way of their own, by kind. @type {Record<string, {hides: string[], body: (row: any) => unknown}>} */
export const bodies = {
  counts: { hides: ["found", "variances"], body: (row) => html`<${Found} count=${row} />` },
  "print-jobs": { hides: [], body: (row) => html`<${Picture} job=${row.job} />` },
};

/** Parts whose rows can be seen to where they stand. */
export const doable = new Set();

// ---------------------------------------------------------------- the search

/** Where a code may be, in this order. @type {[string, string][]} */
export const places = [["orders", "order"], ["orders", "waybill"], ["parcels", "parcel"], ["parcels", "waybill"], ["waybills", "waybill"],
  ["items", "sku"], ["items", "barcode"], ["locations", "location"], ["lpns", "lpn"], ["workers", "worker"], ["documents", "document"],
  ["waves", "wave"], ["manifests", "manifest"]];

// ---------------------------------------------------------------- values

/** Columns that hold a code of another kind under a name of their own. @type {Record<string, string>} */
export const also = { from: "location", to: "location", gate: "location", from_lpn: "lpn", to_lpn: "lpn", forced_by: "worker" };

/** Values that stand out. */
export const bad = new Set(["exception", "short", "parked", "failed", "refused", "unknown", "review", "error", "offline"]);
export const good = new Set(["shipped", "done", "printed", "labelled", "released", "handed", "ready"]);

const worded = new Set(["state", "step", "outcome", "policy", "role", "kind", "proof", "source"]);

/** What a state is called; undefined: it is no such column. @param {Kind} kind @param {string} column @param {string} value */
export const wordsOf = (kind, column, value) => (worded.has(column) ? nameOf(value) : undefined);

/** Subjects of the journal, by what stands before the slash. @type {Record<string, string>} */
const subjectKinds = { order: "orders", parcel: "parcels", worker: "workers", wave: "waves", count: "counts", task: "tasks", job: "print-jobs",
  location: "locations", document: "documents", manifest: "manifests", item: "items", lpn: "lpns" };

/** @param {string} subject */
function subjectLink(subject) {
  const [kind, ...code] = subject.split("/");
  return subjectKinds[kind] ? html`<a href=${hrefOf(subjectKinds[kind], code.join("/"))}>${nameOf(kind)} ${code.join("/")}</a>` : subject;
}

/** What a journal row holds, as words and values. @param {Record<string, unknown>} data */
const members = (data) => html`<span class="members">${Object.entries(data).map(([name, value]) =>
  html`<span key=${name}><small>${nameOf(name)}</small> ${typeof value === "object" ? JSON.stringify(value) : String(value)}</span>`)}</span>`;

/** What a cell shows that no column's type tells; undefined: as its type says. @param {Kind} kind @param {number} at
 *  @param {Row} row */
export function special(kind, at, row) {
  const column = kind.columns[at], value = row[column];
  if (kind.kind === "journal" && column === "time")
    return when(String(value));
  if (kind.kind === "journal" && column === "type")
    return html`<span title=${value}>${nameOf(String(value))}</span>`;
  if (column === "reason" && isNamed(String(value)))
    return nameOf(String(value));
  if (Array.isArray(value) && value.every((one) => typeof one === "string"))
    return value.join(", ");
  if (column === "subject")
    return subjectLink(String(value));
  if (column === "seq" || column === "job" && kind.kind === "print-jobs" || column === "count" && kind.kind === "counts" || column === "task" && kind.kind === "tasks")
    return String(value);
  if (kind.types[at] === "json" && value && typeof value === "object" && !Array.isArray(value))
    return members(/** @type {Record<string, unknown>} */ (value));
  return undefined;
}
