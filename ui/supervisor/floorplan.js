// Bins where they stand, seen from above: an aisle is a column, its front is below, what shares a position (levels, sides)
// stands side by side. Arrow keys go from bin to bin. Asks nothing.

import { h } from "preact";
import { useRef } from "preact/hooks";
import htm from "htm";
import { nameOf } from "./names.js";
import { cellOf, said, stepOf } from "./heats.js";
import { hrefOf } from "./values.js";

const html = htm.bind(h);
const WIDE = 10; // bins of one row, where nobody knows their places

/** @typedef {import("./heats.js").Heat} Heat
 * @typedef {Record<string, any>} Bin
 * @typedef {{title: string, blocks: Bin[][][]}} Aisle  blocks from the back; of each the rows, of each row its bins */

/** @param {Bin[]} bins @param {(bin: Bin) => unknown} key @returns {[any, Bin[]][]} */
function groups(bins, key) {
  const found = new Map();
  for (const bin of bins)
    found.set(key(bin), [...found.get(key(bin)) ?? [], bin]);
  return [...found];
}

/** @param {Bin} a @param {Bin} b */
const byCode = (a, b) => a.location.localeCompare(b.location, "en", { numeric: true });
/** @param {[any, ...unknown[]]} one @param {[any, ...unknown[]]} other */
const fromBack = ([a], [b]) => b - a;

/** @param {Bin[]} bins of one aisle @returns {Bin[][][]} */
const rowsOf = (bins) => groups(bins, (bin) => bin.block ?? 0).sort(fromBack).map(([, block]) =>
  groups(block, (bin) => bin.position_mm ?? 0).sort(fromBack).map(([, row]) => row.sort(byCode)));

/** @param {Bin[]} bins */
const chunks = (bins) => Array.from({ length: Math.ceil(bins.length / WIDE) }, (_, at) => bins.slice(at * WIDE, (at + 1) * WIDE));

/** @param {Bin[]} bins @returns {Aisle[]} */
export function aislesOf(bins) {
  const placed = bins.filter((bin) => bin.aisle !== null), loose = bins.filter((bin) => bin.aisle === null);
  return [...groups(placed, (bin) => bin.aisle).sort(([a], [b]) => a - b).map(([aisle, all]) => ({ title: `${nameOf("aisle")} ${aisle + 1}`, blocks: rowsOf(all) })),
    ...groups(loose, (bin) => bin.zone ?? "").map(([zone, all]) => ({ title: zone ? `${nameOf("zone")} ${zone}` : nameOf("unplaced"), blocks: [chunks(all.sort(byCode))] }))];
}

// ---------------------------------------------------------------- from bin to bin

/** How far away in this direction; what lies aside counts more. @type {Record<string, (dx: number, dy: number) => number>} */
const ways = {
  ArrowRight: (dx, dy) => (dx > 1 ? dx + 4 * Math.abs(dy) : Infinity),
  ArrowLeft: (dx, dy) => (dx < -1 ? -dx + 4 * Math.abs(dy) : Infinity),
  ArrowDown: (dx, dy) => (dy > 1 ? dy + 4 * Math.abs(dx) : Infinity),
  ArrowUp: (dx, dy) => (dy < -1 ? -dy + 4 * Math.abs(dx) : Infinity),
};

/** @param {Element} element */
const middle = (element) => {
  const box = element.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

/** @param {KeyboardEvent} event @param {HTMLElement} plan */
function walk(event, plan) {
  const cells = /** @type {HTMLElement[]} */ ([...plan.querySelectorAll("a.bin")]);
  const here = cells.find((cell) => cell === document.activeElement);
  const way = ways[event.key];
  if (!here || !(way || event.key === "Home" || event.key === "End"))
    return;
  event.preventDefault();
  const from = middle(here);
  const far = way && cells.map((cell) => {
    const to = middle(cell);
    return cell === here ? Infinity : way(to.x - from.x, to.y - from.y);
  });
  const least = far ? Math.min(...far) : 0;
  const next = !far ? cells.at(event.key === "Home" ? 0 : -1) : least === Infinity ? null : cells[far.indexOf(least)];
  next?.focus();
}

/** The bin that was last gone to is where Tab comes back to. @param {FocusEvent} event @param {HTMLElement} plan */
function keep(event, plan) {
  const cell = /** @type {HTMLElement} */ (event.target);
  if (!cell.matches("a.bin"))
    return;
  for (const other of plan.querySelectorAll("a.bin[tabindex='0']"))
    other.setAttribute("tabindex", "-1");
  cell.setAttribute("tabindex", "0");
}

// ---------------------------------------------------------------- the drawing

/** @param {{bins: Bin[], heat: Heat, bounds: number[], lit: Set<string> | null, point: (bin: Bin | null) => void}} props  lit: those
 *  that were looked for; point: says which bin somebody looks at */
export function FloorPlan({ bins, heat, bounds, lit, point }) {
  const plan = useRef(/** @type {any} */ (null));
  const byName = new Map(bins.map((bin) => [bin.location, bin]));
  let first = true;
  /** @param {Bin} bin */
  const cell = (bin) => {
    const value = heat.value(bin), tab = first ? 0 : -1;
    first = false;
    return html`<a key=${bin.location} class=${`bin heat-${stepOf(value, bounds, heat)}${lit ? lit.has(bin.location) ? " lit" : " dim" : ""}`}
      href=${hrefOf("locations", bin.location)} tabindex=${tab} data-bin=${bin.location}
      aria-label=${`${bin.location}: ${said(value, heat, bounds)}`}>${cellOf(value, heat, bounds)}</a>`;
  };
  /** @param {Event} event */
  const pointed = (event) => point(byName.get(/** @type {HTMLElement} */ (event.target).dataset?.bin ?? "") ?? null);
  return html`<div class="plan" role="group" aria-label=${nameOf("map")} aria-describedby="plan-help" ref=${plan}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => walk(event, plan.current)} onFocusIn=${(/** @type {FocusEvent} */ event) => {
        keep(event, plan.current);
        pointed(event);
      }} onMouseOver=${pointed}>${aislesOf(bins).map((aisle) => html`<section key=${aisle.title} class="aisle"><h2>${aisle.title}</h2>
        ${aisle.blocks.map((rows, at) => html`<div key=${at} class="block">${rows.map((row, number) => html`<div key=${number} class="shelf">${row.map(cell)}</div>`)}</div>`)}</section>`)}</div>`;
}
