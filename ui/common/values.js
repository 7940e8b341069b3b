// How a value is shown: money in its currency, times in the reader's own zone, codes as links to what they name.

import { h } from "preact";
import htm from "htm";
import { language } from "./language.js";
import { office } from "./ask.js";
import { nameOf } from "./names.js";
import { also, bad, good, special, wordsOf } from "./tables.js";

const html = htm.bind(h);
const LONG = 48; // characters of a cell before it is cut

/** @typedef {import("./ask.js").Kind} Kind */
/** @typedef {import("./ask.js").Row} Row */

const locale = () => (language.value === "zh" ? "zh-CN" : "en-GB");

/** @param {number} minor @param {string} currency */
export function money(minor, currency) {
  try {
    const form = new Intl.NumberFormat(locale(), { style: "currency", currency, currencyDisplay: "narrowSymbol" });
    return form.format(minor / 10 ** (form.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    return `${minor} ${currency}`; // a currency that the browser does not know
  }
}

/** @param {number} value @param {number} [digits] behind the point */
export const number = (value, digits = 0) =>
  new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** @param {string} text */
export function time(text) {
  const when = new Date(text), now = new Date();
  const today = when.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(locale(), today ? { timeStyle: "medium" } : {
    year: when.getFullYear() === now.getFullYear() ? undefined : "numeric",
    month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }).format(when);
}

/** A moment, as people and programs read it. @param {string} text @param {string} [words]  how it is told, if not by the clock */
export const when = (text, words = time(text)) => html`<time datetime=${text} title=${text}>${words}</time>`;

const links = () => new Map((office.value?.kinds ?? []).filter((kind) => kind.one).map((kind) => [kind.one, kind.kind]));

/** @param {string} column @returns {string | undefined} the kind that its values name rows of */
export const kindNamed = (column) => (column === "name" ? undefined : links().get(also[column] ?? column));

/** @param {string} kind @param {string} code */
export const hrefOf = (kind, code) => `#/${kind}/${encodeURIComponent(code)}`;

/** @param {string} kind @param {Record<string, string>} [filters] */
export const hrefOfList = (kind, filters = {}) => {
  const given = Object.entries(filters).filter(([, value]) => value !== "");
  return `#/${kind}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
};

/** @param {string} text @param {string} words */
const badge = (text, words) =>
  html`<span class=${`badge ${bad.has(text) ? "bad" : good.has(text) ? "good" : ""}`}>${words || nameOf(text)}</span>`;

/** @param {unknown} value */
const cut = (value) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONG ? html`<span title=${text}>${text.slice(0, LONG - 1)}…</span>` : text;
};

/** What a cell shows of a row. @param {Kind} kind @param {number} at @param {Row} row @param {boolean} whole */
export function shown(kind, at, row, whole = false) {
  const column = kind.columns[at], value = row[column];
  if (value === null || value === undefined || value === "")
    return "";
  const own = special(kind, at, row);
  if (own !== undefined)
    return own;
  if (kind.types[at] === "flag")
    return value ? html`<span class="badge on">${nameOf("yes")}</span>` : "";
  if (kind.types[at] === "time")
    return when(String(value));
  if (column.endsWith("_minor"))
    return money(Number(value), String(row.currency ?? "CNY"));
  if (kind.types[at] === "number")
    return new Intl.NumberFormat(locale(), { useGrouping: !/^(event|seq|arrival|import|exception|line|epoch)$/.test(column) }).format(Number(value));
  const words = wordsOf(kind, column, String(value));
  if (words !== undefined)
    return badge(String(value), words);
  const to = typeof value === "string" ? kindNamed(column) : undefined;
  const text = whole && typeof value === "string" ? value : cut(value);
  return to && !(whole && to === kind.kind) ? html`<a href=${hrefOf(to, String(value))}>${text}</a>` : text;
}

/** Numbers stand under each other. @param {Kind} kind @param {number} at */
export const isNumber = (kind, at) => kind.types[at] === "number";
