// What the map of bins can be coloured by: the value of a bin or an aisle, the steps from pale to full, and how it is said.

import { nameOf } from "./names.js";
import { number } from "./values.js";

/** @typedef {Record<string, any>} Place  a row of bins or of aisles
 * @typedef {{value: (place: Place) => number | null, bounds?: number[], words?: Record<number, string>, unit?: string, aisles: boolean}} Heat
 *  bounds: the steps' last values, or those of the largest halved again and again; words: of values that are no quantity;
 *  unit: what stands behind a number; aisles: an aisle has such a value, too */

const DAY_MS = 86400000;
export const STEPS = 5;
const NEVER = Infinity;

/** Whole days since then; never: longer ago than anybody knows. @param {string | null} when */
const daysSince = (when) => (when ? Math.max(0, Math.floor((Date.now() - Date.parse(when)) / DAY_MS)) : NEVER);

/** @type {Record<string, number>} */
const conditions = { uncounted: 1, missed: 3, held: 5 };

/** @type {Record<string, Heat>} */
export const heats = {
  picks_day: { value: (place) => place.picks_day, aisles: true },
  picks_week: { value: (place) => place.picks_week, aisles: true },
  picks_month: { value: (place) => place.picks_month, aisles: true },
  quantity: { value: (place) => place.quantity, aisles: true },
  fill: { value: (place) => (place.capacity ? Math.round(place.quantity * 100 / place.capacity) : null), bounds: [20, 40, 60, 80, NEVER], unit: "%", aisles: true },
  age: { value: (place) => (place.quantity > 0 ? daysSince(place.put_at) : null), bounds: [1, 3, 7, 28, NEVER], unit: "daysShort", aisles: false },
  last_count: { value: (place) => daysSince(place.counted_at), bounds: [7, 30, 90, 365, NEVER], unit: "daysShort", aisles: false },
  condition: { value: (place) => conditions[place.condition] ?? 0, bounds: [1, 2, 3, 4, 5],
    words: { 1: "uncounted", 3: "missed", 5: "held" }, aisles: false },
};

/** The last value of each step. @param {Heat} heat @param {Place[]} places @returns {number[]} */
export function boundsOf(heat, places) {
  if (heat.bounds)
    return heat.bounds;
  const most = Math.max(1, ...places.map((place) => heat.value(place) ?? 0));
  return Array.from({ length: STEPS }, (_, at) => Math.max(at + 1, Math.ceil(most / 2 ** (STEPS - 1 - at))));
}

/** 0: nothing there. @param {number | null} value @param {number[]} bounds @param {Heat} heat */
export const stepOf = (value, bounds, heat) => (value === null || (value === 0 && !heat.unit) ? 0 : bounds.findIndex((bound) => value <= bound) + 1 || STEPS);

/** @param {Heat} heat */
const unitOf = (heat) => (!heat.unit ? "" : heat.unit === "%" ? "%" : ` ${nameOf(heat.unit)}`);

/** What stands in a cell. @param {number | null} value @param {Heat} heat @param {number[]} bounds */
export function cellOf(value, heat, bounds) {
  if (value === null)
    return "";
  if (heat.words)
    return nameOf(heat.words[value] ?? "").slice(0, value ? 1 : 0);
  return value === NEVER ? `>${bounds.at(-2)}` : value >= 10000 ? `${Math.round(value / 1000)}k` : String(value);
}

/** The same as a sentence says it. @param {number | null} value @param {Heat} heat @param {number[]} bounds */
export function said(value, heat, bounds) {
  if (value === null)
    return "–";
  if (heat.words)
    return value ? nameOf(heat.words[value]) : nameOf("inOrder");
  return value === NEVER ? `${nameOf("longerThan")} ${number(bounds.at(-2) ?? 0)}${unitOf(heat)}` : `${number(value)}${unitOf(heat)}`;
}

/** The steps with their ranges, for the legend. @param {Heat} heat @param {number[]} bounds @returns {{step: number, sign?: string, text: string}[]}  sign: as in the cells */
export function legendOf(heat, bounds) {
  if (heat.words)
    return [{ step: 0, sign: "", text: nameOf("inOrder") }, ...Object.entries(heat.words).map(([step, word]) => ({ step: Number(step), sign: nameOf(word).slice(0, 1), text: nameOf(word) }))];
  const least = heat.unit ? 0 : 1;
  const steps = bounds.map((bound, at) => {
    const from = at ? bounds[at - 1] + 1 : least;
    return { step: at + 1, empty: from > bound, text: bound === NEVER ? `≥ ${number(from)}` : from === bound ? number(bound) : `${number(from)}–${number(bound)}` };
  }).filter((one) => !one.empty);
  return [{ step: 0, text: heat.unit ? "–" : "0" }, ...steps.map(({ step, text }) => ({ step, text: `${text}${unitOf(heat)}` }))];
}
