// What head office's kinds of rows need beside their own tables: which verbs fit them, which columns come first, what their
// values mean. The modules of ui/common ask here; the site has the same table for its own.

import { h } from "preact";
import htm from "htm";
import { office } from "./ask.js";
import { Findings } from "./fit.js";
import { inWords, nameOf } from "./names.js";
import { money, number } from "./values.js";

const html = htm.bind(h);

/** @typedef {import("./ask.js").Kind} Kind */
/** @typedef {import("./ask.js").Row} Row */

// ---------------------------------------------------------------- verbs

/** Verbs by the beginning of their names, where that is not the name of one row. @type {Record<string, string[]>} */
export const subjects = {
  orders: ["order.", "aftersale.open", "invoice.draft", "money.campaign"],
  exceptions: ["order.confirm", "order.receiver", "order.close"],
  aftersales: ["aftersale."],
  "refunds-due": ["aftersale.paid"],
  "rule-conditions": [],
  accounts: ["money."],
  entries: ["money.entry", "money.reverse", "money.post"],
  bills: ["bill."],
  "bill-rows": ["bill.force", "bill.word"],
  invoices: ["invoice."],
  waybills: ["waybill."],
  "waybill-accounts": ["waybill.account"],
  items: ["cost.", "item."],
  sites: ["site."],
  listings: ["listing."],
  shops: ["shop."],
  keys: ["key."],
  staff: ["staff."],
  "staff-roles": ["staff.withdraw"],
  "staff-sessions": [],
  trail: [],
  webhooks: ["webhook."],
  settings: ["setting."],
  attention: ["attention."],
  outbox: ["outbox."],
  atp: [],
  prices: ["price."],
  unmapped: ["listing."],
  "proposed-barcodes": ["barcode."],
  persons: ["person.", "customer.", "contact.", "consent.", "service."],
  "person-merges": ["person.unmerge"],
  "rfm-groups": ["rfm."],
  segments: ["segment."],
  "segment-members": ["segment.add", "segment.drop"],
  tickets: ["ticket.", "service."],
  baselines: ["baseline."],
  "daily-reports": ["report."],
  "site-days": ["improvement.count"],
  "slot-classes": ["slotting.suggest"],
  "slot-moves": ["slotting."],
  parameters: ["parameter.set"],
  "parameter-changes": ["parameter.measure"],
  "parameter-figures": [],
  improvements: ["improvement."],
  "improvement-figures": [],
  "fit-checks": [],
  rollouts: ["rollout."],
  "rollout-steps": ["rollout.step"],
  trainings: [],
};

/** What no row is needed for. */
export const opens = /\.(add|put|add_own|issue|post|balance|profit|rate|entry|match|merge|attach|find|compute|ask|set|make|suggest|plan|count|start)$/;

/** Fields of verbs that are called otherwise in rows. @type {Record<string, string>} */
export const own = { case: "aftersale", row: "row" };

/** What is changed in a row that has no code of its own. @type {Record<string, string[]>} */
export const changed = { "rollout-steps": ["state", "note"], parameters: ["value"] };

/** What a verb has answered, for people. @param {Row} answer */
export const linesOf = (answer) => Object.entries(answer).filter(([name]) => name !== "picture").map(([name, value]) =>
  `${nameOf(name)}: ${typeof value === "object" ? JSON.stringify(value) : value}`);

// ---------------------------------------------------------------- columns and filters

/** Of kinds with many columns, those that fit a table; the rest is on the row's own page. @type {Record<string, string[]>} */
export const columns = {
  orders: ["order", "shop", "platform_order", "state", "exceptions", "lacks", "refunding", "site", "carrier", "waybill",
    "ship_by", "paid_minor", "quantity", "shipped", "receiver", "province"],
  aftersales: ["aftersale", "order", "shop", "kind", "state", "trouble", "asked", "amount_minor", "pay_minor", "waybill", "reason"],
  listings: ["shop", "platform_item", "platform_sku", "title", "code", "sku", "matched", "told", "buffer", "ratio"],
  "daily-figures": ["figure", "value", "day_before", "week_before", "look"],
  "fit-checks": ["fit_check", "name", "flows", "gaps", "who", "time"],
  sites: ["site", "name", "box", "last_seen", "applied", "parked", "outbox", "capacity", "fault"],
};

/** The filters that people use most. @type {Record<string, string[]>} */
export const filters = { orders: ["state", "exception", "shop", "site", "sku"], aftersales: ["shop", "kind"], listings: ["mapped"] };
/** Kinds whose lists do not follow what others do. @type {Set<string>} */
export const still = new Set();

/** What a filter can be, where that is known: [value, words]. @param {import("./ask.js").Kind} kind @param {string} filter */
export function choicesOf(kind, filter) {
  const words = office.value?.words, at = kind.columns.indexOf(filter);
  if (kind.types[at] === "flag" || ["mapped", "unmapped"].includes(filter))
    return [["yes", nameOf("yes")], ["no", nameOf("no")]];
  if (kind.kind === "orders" && filter === "state")
    return words?.states.map((state) => [state.state, inWords(state)]);
  if (kind.kind === "orders" && filter === "stage")
    return [...new Set(words?.states.map((state) => state.stage))].map((stage) => [stage, nameOf(stage)]);
  if (filter === "exception" || (kind.kind === "exceptions" && filter === "kind"))
    return words?.exceptions.map((known) => [known.kind, inWords(known)]);
  return null;
}

// ---------------------------------------------------------------- one row

/** Columns that are shown in a way of their own, by kind. @type {Record<string, {hides: string[], body: (row: any) => unknown}>} */
export const bodies = {
  "fit-checks": { hides: ["answers", "result"], body: (row) => html`<${Findings} result=${row.result} />` },
  rollouts: { hides: [], body: (row) => html`<meter class="steps" min="0" max=${row.steps} value=${row.steps_done}></meter>` },
};

/** Parts whose rows can be seen to where they stand. */
export const doable = new Set(["rollout-steps"]);

// ---------------------------------------------------------------- the search

/** Where a code may be, in this order. @type {[string, string][]} */
export const places = [["orders", "order"], ["orders", "platform_order"], ["orders", "waybill"], ["items", "sku"], ["items", "barcode"],
  ["aftersales", "aftersale"], ["aftersales", "waybill"], ["documents", "document"], ["orders", "buyer"]];

// ---------------------------------------------------------------- values

/** Columns that hold a code of another kind under a name of their own. @type {Record<string, string>} */
export const also = { of_order: "order", new_order: "order", merged_into: "order", new_sku: "sku" };

/** @param {string} state */
export const stateOf = (state) => office.value?.words.states.find((known) => known.state === state);

/** Values that stand out. */
export const bad = new Set(["exception", "short", "parked", "failed", "refused", "stuck"]);
export const good = new Set(["shipped", "finished", "done", "paid", "settled", "approved"]);

/** What a state or a kind of exception is called; undefined: it is no such column. @param {Kind} kind
 *  @param {string} column @param {string} value */
export const wordsOf = (kind, column, value) =>
  ["state", "stage", "before", "after"].includes(column) || (column === "kind" && kind.kind === "exceptions")
    ? inWords(stateOf(value) ?? office.value?.words.exceptions.find((known) => known.kind === value)) : undefined;

/** What reads a figure's values of a unit. @param {string} unit @param {string} [currency] */
export const reader = (unit, currency = "CNY") => {
  const digits = office.value?.figures.find((figure) => figure.unit === unit)?.digits ?? 0;
  return (/** @type {number | null | undefined} */ value) => {
    if (value === null || value === undefined)
      return "–";
    if (unit.startsWith("minor"))
      return money(value, currency);
    return `${number(value / 10 ** digits, digits)}${unit === "ten_thousandths" ? "%" : ""}`;
  };
};

/** What a cell shows that no column's type tells; undefined: as its type says. @param {Kind} kind @param {number} at
 *  @param {Row} row */
export function special(kind, at, row) {
  const column = kind.columns[at], value = row[column];
  if (kind.kind === "staff-roles" && column === "role")
    return nameOf(String(value));
  if (kind.kind === "trail" && column === "what")
    return html`<span title=${value}>${inWords(office.value?.verbs.find((verb) => verb.verb === value)) || nameOf(String(value))}</span>`;
  if (kind.kind === "daily-figures" && column === "figure")
    return inWords(office.value?.figures.find((figure) => figure.figure === value)) || nameOf(String(value));
  if (kind.kind === "daily-figures" && kind.types[at] === "number")
    return reader(String(row.unit))(value);
  return undefined;
}
