// A chart in the page's own colours: lines over time, or bars of a few groups. Draws what it is given, and asks nothing.

import { h } from "preact";
import { useEffect, useRef } from "preact/hooks";
import htm from "htm";
import Plot from "./plot.js";
import { language } from "./language.js";

const html = htm.bind(h);
const SMALL_PX = 64, LARGE_PX = 280;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** A colour of office.css. @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** "2026-11-27" or "2026-11": seconds. @param {string} name */
const secondsOf = (name) => Date.parse(name.length === 7 ? `${name}-01` : name) / 1000;

const dayForm = () => new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB", { month: "short", day: "numeric", timeZone: "UTC" });

/** @param {boolean} times @param {string[]} names @param {(value: number) => string} text @returns {import("uplot").Axis[]} */
function axes(times, names, text) {
  const style = { stroke: colour("faint"), grid: { stroke: colour("rule"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  const form = dayForm();
  return [{ ...style, grid: { show: false }, values: (_plot, at) => at.map((x) => (times ? form.format(new Date(x * 1000)) : names[x] ?? "")),
    ...(times ? {} : { splits: () => names.map((_name, at) => at), space: 24 }) },
    { ...style, size: 74, values: (_plot, at) => at.map(text) }];
}

/** @param {boolean} times @param {boolean} small @param {unknown} before @param {(value: number) => string} text @param {string[]} labels @returns {import("uplot").Series[]} */
function series(times, small, before, text, labels) {
  const form = dayForm(), bars = Plot.paths.bars?.({ size: [0.7, 48] });
  /** @param {string} label @param {string} stroke @param {import("uplot").Series} more @returns {import("uplot").Series} */
  const line = (label, stroke, more) => ({ label, stroke, width: small ? 1.5 : 2, points: { show: false }, value: (_plot, value) => (value === null ? "–" : text(value)), ...more });
  return [{ label: labels[0], value: (_plot, x) => (x === null ? "–" : times ? form.format(new Date(x * 1000)) : String(x)) },
    line(labels[1], colour("accent"), times ? { fill: colour("soft") } : { fill: colour("accent"), paths: bars }),
    ...(before ? [line(labels[2], colour("faint"), { dash: [5, 5] })] : [])];
}

/** rows, before: with a name and a value each, null where there is none; before is drawn on the same places. text: of a
 *  value. @param {{rows: {name: string, value: number | null}[], before?: {value: number | null}[], text: (value: number) => string,
 *  labels: string[], times: boolean, small?: boolean}} props */
export function Chart({ rows, before, text, labels, times, small = false }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const home = place.current;
    if (!home || !rows.length)
      return undefined;
    const names = rows.map((row) => row.name), now = rows.map((row) => row.value);
    const past = before && rows.map((_row, at) => before[at]?.value ?? null);
    let plot = /** @type {import("uplot") | null} */ (null);
    const draw = () => {
      plot?.destroy();
      plot = new Plot({
        width: home.clientWidth, height: small ? SMALL_PX : LARGE_PX, tzDate: (seconds) => Plot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
        scales: { x: { time: times, ...(times ? {} : { range: () => [-0.6, names.length - 0.4] }) },
          y: { range: (_plot, least, most) => (least === null ? [0, 1] : [Math.min(0, least), most > 0 ? most * 1.08 : 1]) } },
        axes: small ? [{ show: false }, { show: false }] : axes(times, names, text),
        cursor: { show: !small, y: false, drag: { x: false, y: false } }, legend: { show: !small, live: true },
        padding: small ? [2, 0, 2, 0] : undefined,
        series: series(times, small, past, text, labels),
      }, [times ? names.map(secondsOf) : names.map((_name, at) => at), now, ...(past ? [past] : [])], home);
    };
    draw();
    const size = new ResizeObserver(() => plot?.setSize({ width: home.clientWidth, height: small ? SMALL_PX : LARGE_PX }));
    size.observe(home);
    dark.addEventListener("change", draw);
    return () => {
      size.disconnect();
      dark.removeEventListener("change", draw);
      plot?.destroy();
    };
  }, [rows, before, text, times, small, language.value]);
  return html`<div class=${small ? "chart small" : "chart"} ref=${place} role="img" aria-label=${labels[1]}></div>`;
}
