// Where on the floor a place is, seen from above: an aisle is a strip, the front is below, the place is the dot.

import { say } from "./words.js";

const PITCH = 10; // from aisle to aisle, in the drawing's own units
const LANE = 6;
const CROSS = 5; // of a cross-aisle
const AISLES_WIDE = 8; // fewer are drawn as wide as these

/** @param {import("./hold.js").Html} html */
export function makeMap(html) {
  /** @param {{code: string, spot: import("./api.js").Spot}} props */
  return function FloorMap({ code, spot }) {
    const columns = Math.max(spot.aisles, AISLES_WIDE);
    const width = columns * PITCH;
    const depth = Math.max(24, (width * 0.7) / spot.blocks);
    /** @param {number} aisle */
    const left = (aisle) => aisle * PITCH + (columns - spot.aisles) * PITCH / 2 + (PITCH - LANE) / 2;
    /** @param {number} block */
    const top = (block) => (spot.blocks - 1 - block) * (depth + CROSS);
    const height = spot.blocks * (depth + CROSS) + 6;
    const share = spot.length_mm > 0 ? Math.min(1, spot.position_mm / spot.length_mm) : 0;
    const x = left(spot.aisle) + LANE / 2, y = top(spot.block) + depth * (1 - share);
    const lanes = [];
    for (let block = 0; block < spot.blocks; block++)
      for (let aisle = 0; aisle < spot.aisles; aisle++)
        lanes.push(html`<rect x=${left(aisle)} y=${top(block)} width=${LANE} height=${depth} rx="1.5"
          class=${aisle === spot.aisle ? "here" : ""} />`);
    const words = `${say("aisle")} ${spot.aisle + 1}${spot.blocks > 1 ? ` · ${say("block")} ${spot.block + 1}` : ""} · ${
      (spot.position_mm / 1000).toFixed(spot.position_mm < 10000 ? 1 : 0)} m`;
    return html`<figure class="map beside">
      <svg viewBox="-4 -4 ${width + 8} ${height + 4}" role="img" aria-label=${`${code}: ${words}`}>${lanes}
        <path d="M${left(0) - 1} ${height - 6} h${LANE + 2} l${-LANE / 2 - 1} 5 z" />
        <circle class="halo" cx=${x} cy=${y} r="6.5" /><circle class="spot" cx=${x} cy=${y} r="4" /></svg>
      <figcaption>${words}</figcaption></figure>`;
  };
}
