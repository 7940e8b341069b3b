// The text of a label's template as a person wrote it: which sections and keys stand where, and how one of them is changed
// while every other byte stays. Checks nothing: the box does. Shows nothing.

/** @typedef {{value: string, line: number, from: number, to: number}} Key  line: from 0; from, to: of the value, in the line */
/** @typedef {{head: string, kind: string, name: string, line: number, last: number, keys: Record<string, Key>}} Section
 *  last: the line of its last key, or its own */
/** @typedef {{x: number, y: number, width: number, height: number}} Box  in millimetres */

const HEAD = /^\[([^\]]*)\]/;
const PAIR = /^(\s*)([^\s=:;#[][^=:]*?)([^\S\r]*[=:][^\S\r]*)([^]*)$/;

/** What follows "; " is a comment. @param {string} rest */
const valueIn = (rest) => rest.replace(/(^|\s);[^]*$/, "").trimEnd();

/** @param {string} line @param {number} at @returns {[string, Key] | null} */
function keyIn(line, at) {
  const found = PAIR.exec(line);
  if (!found || /^\s*[;#]/.test(line))
    return null;
  const from = found[1].length + found[2].length + found[3].length, value = valueIn(found[4]);
  return [found[2], { value, line: at, from, to: from + value.length }];
}

/** @param {string} text @returns {Section[]} */
export function sectionsOf(text) {
  const sections = /** @type {Section[]} */ ([]);
  text.split("\n").forEach((line, at) => {
    const head = HEAD.exec(line)?.[1], section = sections[sections.length - 1];
    if (head !== undefined) {
      const [kind, ...name] = head.split(" ");
      sections.push({ head, kind, name: name.join(" "), line: at, last: at, keys: {} });
      return;
    }
    const key = section && keyIn(line, at);
    if (key) {
      section.keys[key[0]] = key[1];
      section.last = at;
    }
  });
  return sections;
}

/** @param {string} text @param {string} head */
export const sectionOf = (text, head) => sectionsOf(text).find((section) => section.head === head);

/** @param {Section | undefined} section @param {string} key */
export const valueOf = (section, key) => section?.keys[key]?.value ?? "";

/** The same text with one value changed; "": its line goes. A key that was not there comes behind the section's last.
 * @param {string} text @param {string} head @param {string} key @param {string} value */
export function withValue(text, head, key, value) {
  const section = sectionOf(text, head);
  if (!section)
    return text;
  const lines = text.split("\n"), there = section.keys[key];
  if (there && value === "")
    lines.splice(there.line, 1);
  else if (there)
    lines[there.line] = lines[there.line].slice(0, there.from) + value + lines[there.line].slice(there.to);
  else if (value !== "")
    lines.splice(section.last + 1, 0, `${key} = ${value}${lines[section.last].endsWith("\r") ? "\r" : ""}`);
  return lines.join("\n");
}

/** A new section at the end. @param {string} text @param {string} head @param {Record<string, string>} keys */
export const withSection = (text, head, keys) =>
  `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}\n[${head}]\n${Object.entries(keys).map(([key, value]) => `${key} = ${value}\n`).join("")}`;

/** Without a section and the blank line behind it; comments above the next one stay. @param {string} text @param {string} head */
export function withoutSection(text, head) {
  const section = sectionOf(text, head), lines = text.split("\n");
  if (!section)
    return text;
  const blank = lines[section.last + 1]?.trim() === "" && section.last + 2 < lines.length;
  lines.splice(section.line, section.last - section.line + (blank ? 2 : 1));
  return lines.join("\n");
}

/** A name that no section has. @param {string} text @param {string} kind */
export function freeName(text, kind) {
  const names = new Set(sectionsOf(text).map((section) => section.name));
  let number = 1;
  while (names.has(`${kind}-${number}`))
    number += 1;
  return `${kind}-${number}`;
}

// ---------------------------------------------------------------- where things are

/** Millimetres as a template writes them. @param {number} value */
export const mm = (value) => String(Math.round(value * 10) / 10);

/** @param {string} text @param {number} count @returns {number[] | null} */
function lengths(text, count) {
  const numbers = text.trim().split(/ +/).map(Number);
  return numbers.length === count && numbers.every((number) => number >= 0) ? numbers : null;
}

/** The label's sides. @param {Section[]} sections @returns {{width: number, height: number} | null} */
export function sizeOf(sections) {
  const size = lengths(valueOf(sections.find((section) => section.head === "label"), "size"), 2);
  return size && size[0] > 0 && size[1] > 0 ? { width: size[0], height: size[1] } : null;
}

/** From the label's corner, or from its row's. @param {Section} section @returns {Box | null} */
export function boxOf(section) {
  const at = lengths(valueOf(section, "at"), 4);
  return at && { x: at[0], y: at[1], width: at[2], height: at[3] };
}

/** @param {Box} box */
export const atOf = (box) => [box.x, box.y, box.width, box.height].map(mm).join(" ");

/** Where the corner is that an element's place is measured from, and how far it may reach: of the label, or of the first row
 * of the list that it stands in. @param {Section[]} sections @param {Section} section @param {{width: number, height: number}} size
 * @returns {Box} */
export function groundOf(sections, section, size) {
  const list = sections.find((one) => one.kind === "list" && one.name === valueOf(section, "in").replace(/\.more$/, ""));
  const box = list && boxOf(list);
  return list && box ? { ...box, height: Number(valueOf(list, "pitch")) || box.height } : { x: 0, y: 0, ...size };
}

/** Inside its ground. @param {Box} box @param {Box} ground @returns {Box} */
export function inside(box, ground) {
  const width = Math.min(box.width, ground.width), height = Math.min(box.height, ground.height);
  return { width, height, x: Math.min(Math.max(0, box.x), ground.width - width), y: Math.min(Math.max(0, box.y), ground.height - height) };
}

const GRID_MM = 0.5;

/** To another's edge where one is near, else to the grid. @param {number} value @param {number[]} edges @param {number} near */
export function snapped(value, edges, near) {
  const edge = edges.reduce((best, one) => (Math.abs(one - value) < Math.abs(best - value) ? one : best), Infinity);
  return Math.abs(edge - value) <= near ? edge : Math.round(value / GRID_MM) * GRID_MM;
}

// ---------------------------------------------------------------- data to try it with

const FROM_LISTS = /\.(count|hidden|sum\..*)$/;
const OF_PAGES = new Set(["page", "pages", "row", "language"]);

/** Something for every data that a text names, for a template that the box has no sample of. @param {string} text */
export function madeUp(text) {
  const data = /** @type {Record<string, any>} */ ({}), sections = sectionsOf(text);
  const lists = sections.filter((section) => section.kind === "list").map((section) => valueOf(section, "each")).filter(Boolean);
  const paths = sections.flatMap((section) => ["text", "text.en", "text.zh"].flatMap((key) => [...valueOf(section, key).matchAll(/\{([^}]*)\}/g)]
    .flatMap(([, inner]) => inner.split("|")[0].split(" or ").map((path) => path.trim()))));
  const needs = valueOf(sections.find((section) => section.head === "label"), "needs").split(/[ |]+/);
  for (const path of new Set([...needs, ...paths].filter((one) => one && !OF_PAGES.has(one) && !FROM_LISTS.test(one) && !lists.includes(one)))) {
    const list = lists.find((one) => path.startsWith(`${one}.`));
    const words = (list ? path.slice(list.length + 1) : path).split("."), word = words[words.length - 1];
    const value = /date|until|expiry|_at$/.test(word) ? "2026-12-31" : /quantity|count|copy$/.test(word) ? "1" : word.toUpperCase();
    const rows = list ? (data[list] ??= [{}, {}]) : [data];
    for (const row of rows)
      words.reduce((/** @type {any} */ at, one, depth) => (depth === words.length - 1 ? (typeof at === "object" && (at[one] ??= value)) : (typeof at[one] === "object" ? at[one] : (at[one] = {}))), row);
  }
  return data;
}
