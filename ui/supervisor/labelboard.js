// A label as it will be printed, and over it a box for each of its elements, to be moved and drawn larger: by mouse, finger or
// keys, in millimetres. Changes no text itself: it says which box has become which.

import { h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import htm from "htm";
import { boxOf, groundOf, inside, mm, snapped } from "./labeltext.js";
import { nameOf } from "./names.js";

const html = htm.bind(h);

/** @typedef {import("./labeltext.js").Box} Box */
/** @typedef {import("./labeltext.js").Section} Section */

const NEAR_PX = 6, WHERE_PX = 32;
const STEP_MM = 0.1, LARGE_STEP_MM = 1;
const handles = ["nw", "n", "ne", "e", "se", "s", "sw", "w"], oneHandle = ["se out"]; // of a box that they would cover
const SMALL_PX = 56;

/** @param {Box} box */
export const inWords = (box) => `${mm(box.x)}, ${mm(box.y)} · ${mm(box.width)} × ${mm(box.height)} mm`;

// ---------------------------------------------------------------- what becomes of a box

/** The sides that other elements have, from the same corner. @param {{section: Section, box: Box, ground: Box}[]} others @param {Box} ground */
function edgesOf(others, ground) {
  const x = [0, ground.width], y = [0, ground.height];
  for (const { box, ground: its } of others) {
    x.push(its.x + box.x - ground.x, its.x + box.x + box.width - ground.x);
    y.push(its.y + box.y - ground.y, its.y + box.y + box.height - ground.y);
  }
  return { x, y };
}

/** One side of it goes to an edge or the grid. @param {number} start @param {number} length @param {number[]} edges @param {number} near */
function movedTo(start, length, edges, near) {
  const left = snapped(start, edges, near), right = snapped(start + length, edges, near);
  const byRight = edges.includes(right) && !edges.includes(left);
  return byRight ? right - length : left;
}

/** @param {Box} box @param {string} how "move", or a handle @param {number} dx @param {number} dy
 *  @param {{x: number[], y: number[]} | null} edges  null: as it comes, to a tenth @param {number} near @param {boolean} flat a line
 *  @returns {Box} */
export function changed(box, how, dx, dy, edges, near, flat) {
  /** @param {number} value @param {"x" | "y"} axis */
  const place = (value, axis) => (edges ? snapped(value, edges[axis], near) : Math.round(value * 10) / 10);
  if (how === "move") {
    const x = edges ? movedTo(box.x + dx, box.width, edges.x, near) : box.x + dx;
    const y = edges ? movedTo(box.y + dy, box.height, edges.y, near) : box.y + dy;
    return { ...box, x: dx ? x : box.x, y: dy ? y : box.y };
  }
  let { x, y, width, height } = box;
  const least = flat ? 0 : 0.5, right = x + width, bottom = y + height;
  if (how.includes("w") && !(flat && width === 0)) {
    x = Math.min(Math.max(0, place(x + dx, "x")), right - least);
    width = right - x;
  }
  if (how.includes("e") && !(flat && width === 0))
    width = Math.max(least, place(right + dx, "x") - x);
  if (how.includes("n") && !(flat && height === 0)) {
    y = Math.min(Math.max(0, place(y + dy, "y")), bottom - least);
    height = bottom - y;
  }
  if (how.includes("s") && !(flat && height === 0))
    height = Math.max(least, place(bottom + dy, "y") - y);
  return { x, y, width, height };
}

const arrows = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });

// ---------------------------------------------------------------- the picture

/** @param {{bitmap: ImageBitmap | null, stale: boolean, width: number, dots: number}} props  width: of the sheet, in pixels; dots: of the page */
function Picture({ bitmap, stale, width, dots }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => {
    if (!canvas.current || !bitmap)
      return;
    canvas.current.width = bitmap.width;
    canvas.current.height = bitmap.height;
    canvas.current.getContext("2d")?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return html`<canvas ref=${canvas} class=${stale ? "stale" : ""} style=${{ width: `${width}px`, height: `${bitmap ? bitmap.height * width / dots : 0}px` }}
    role="img" aria-label=${nameOf("designerPicture")}></canvas>`;
}

// ---------------------------------------------------------------- one box

/** @param {{element: {section: Section, box: Box, ground: Box}, zoom: number, chosen: boolean, mark: string, edges: () => {x: number[], y: number[]},
 *  choose: () => void, place: (box: Box, tag: string) => void, drop: () => void}} props */
function ElementBox({ element, zoom, chosen, mark, edges, choose, place, drop }) {
  const { section, ground } = element, flat = section.kind === "line";
  const [drag, setDrag] = useState(/** @type {null | {how: string, x: number, y: number, box: Box}} */ (null));
  const box = drag?.box ?? element.box;
  /** @param {Box} next */
  const fit = (next) => inside(next, ground);
  /** @param {PointerEvent & {currentTarget: Element}} event @param {string} how */
  const start = (event, how) => {
    if (event.button)
      return;
    event.stopPropagation();
    const first = !chosen;
    choose();
    if (first && event.pointerType === "touch") // the page is moved by fingers, until an element is chosen
      return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ how, x: event.clientX, y: event.clientY, box: element.box });
  };
  /** @param {PointerEvent} event */
  const follow = (event) => {
    if (drag)
      setDrag({ ...drag, box: fit(changed(element.box, drag.how, (event.clientX - drag.x) / zoom, (event.clientY - drag.y) / zoom,
        event.altKey ? null : edges(), NEAR_PX / zoom, flat)) });
  };
  const end = () => {
    if (drag && inWords(drag.box) !== inWords(element.box))
      place(drag.box, "");
    setDrag(null);
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    const way = arrows[event.key], step = event.shiftKey ? LARGE_STEP_MM : STEP_MM;
    if (event.key === "Delete")
      drop();
    if (!way || event.ctrlKey || event.metaKey)
      return;
    event.preventDefault();
    place(fit(changed(element.box, event.altKey ? "se" : "move", way[0] * step, way[1] * step, null, 0, flat)), `keys:${section.head}`);
  };
  const pixels = { left: `${(ground.x + box.x) * zoom}px`, top: `${(ground.y + box.y) * zoom}px`, width: `${box.width * zoom}px`, height: `${box.height * zoom}px` };
  /** @param {string} how */
  const grip = (how) => html`<i key=${how} class=${`grip ${how}`} data-grip=${how.slice(0, 2).trim()} onPointerDown=${(/** @type {any} */ event) => start(event, how.split(" ")[0])}></i>`;
  const grips = Math.min(box.width, box.height) * zoom < SMALL_PX ? oneHandle : handles;
  return html`<div class=${`element ${section.kind} ${chosen ? "chosen" : ""} ${mark} ${flat ? "flat" : ""}`} style=${pixels} tabindex="0" role="button" aria-pressed=${chosen}
      data-element=${section.head} aria-label=${`${nameOf(`element_${section.kind}`)} ${section.name}: ${inWords(box)}`}
      onFocus=${choose} onKeyDown=${key} onPointerDown=${(/** @type {any} */ event) => start(event, "move")} onPointerMove=${follow} onPointerUp=${end} onPointerCancel=${() => setDrag(null)}>
    ${chosen && grips.map(grip)}${chosen && html`<output class=${`where ${(ground.y + box.y) * zoom < WHERE_PX ? "below" : ""}`}>${inWords(box)}</output>`}</div>`;
}

// ---------------------------------------------------------------- all of it

/** Larger ones lie below smaller ones, so that each can be reached. @param {{box: Box}} a @param {{box: Box}} b */
const bySize = (a, b) => b.box.width * b.box.height - a.box.width * a.box.height;

/** @param {{sections: Section[], size: {width: number, height: number}, zoom: number, bitmap: ImageBitmap | null, dots: number, stale: boolean,
 *  chosen: string, marks: Record<string, string>, choose: (head: string) => void, place: (head: string, box: Box, tag: string) => void,
 *  drop: (head: string) => void}} props */
export function Board({ sections, size, zoom, bitmap, dots, stale, chosen, marks, choose, place, drop }) {
  const elements = sections.map((section) => ({ section, box: boxOf(section), ground: groundOf(sections, section, size) }))
    .filter((one) => one.section.kind !== "label" && one.box);
  const all = /** @type {{section: Section, box: Box, ground: Box}[]} */ (elements);
  /** @param {{section: Section, ground: Box}} mine */
  const edges = (mine) => () => edgesOf(all.filter((one) => one.section !== mine.section), mine.ground);
  return html`<div class="labelboard" tabindex="-1"><div class="labelsheet" style=${{ width: `${size.width * zoom}px`, minHeight: `${size.height * zoom}px` }} onPointerDown=${() => choose("")}>
    <${Picture} bitmap=${bitmap} stale=${stale} width=${size.width * zoom} dots=${dots} />
    ${[...all].sort(bySize).map((element) => html`<${ElementBox} key=${element.section.head} element=${element} zoom=${zoom} chosen=${chosen === element.section.head}
      mark=${marks[element.section.head] ?? ""} edges=${edges(element)} choose=${() => choose(element.section.head)}
      place=${(/** @type {Box} */ box, /** @type {string} */ tag) => place(element.section.head, box, tag)} drop=${() => drop(element.section.head)} />`)}</div></div>`;
}
