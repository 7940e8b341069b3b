// What is likely to be asked for of an item: the past periods, the forecast with its limits, and by which method.

import { h } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import htm from "htm";
import Plot from "./plot.js";
import { language } from "./language.js";
import { nameOf } from "./names.js";
import { number } from "./values.js";

const html = htm.bind(h);
const MILLI = 1000, DAY_S = 86400, HEIGHT_PX = 320, PAST_MOST = 60;
const dark = matchMedia("(prefers-color-scheme: dark)");
/** A colour of office.css. @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
/** @param {string} day */
const seconds = (day) => Date.parse(day) / 1000;

/** The past and what is to come on one axis; null where a line has nothing to say.
 *  @param {Record<string, any>} answer @returns {import("uplot").AlignedData} times, past, lower, upper, mean: what is drawn last lies on top */
export function seriesOf(answer) {
  const past = answer.past?.rows[0], values = [...answer.values?.rows ?? []].sort((a, b) => a.ahead - b.ahead);
  const history = /** @type {number[]} */ (past?.history ?? []).slice(-PAST_MOST), step = (past?.period_days ?? 1) * DAY_S;
  const last = past ? seconds(past.to) - step + DAY_S : 0; // a period is named by its first day
  /** @param {number} length @returns {null[]} */
  const none = (length) => Array.from({ length }, () => null);
  /** @param {string} name @returns {(number | null)[]} */
  const ahead = (name) => [...none(Math.max(0, history.length - 1)), ...(history.length ? [history[history.length - 1] / MILLI] : []), ...values.map((row) => row[name] / MILLI)];
  return [[...history.map((_value, at) => last - (history.length - 1 - at) * step), ...values.map((_row, at) => last + (at + 1) * step)],
    [...history.map((value) => value / MILLI), ...none(values.length)], ahead("lower_milli"), ahead("upper_milli"), ahead("mean_milli")];
}

/** @param {number} width @param {(value: number) => string} text @returns {import("uplot").Options} */
function options(width, text) {
  const form = new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB", { month: "short", day: "numeric", timeZone: "UTC" });
  const axis = { stroke: colour("faint"), grid: { stroke: colour("rule"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  /** @param {string} label @param {string} stroke @param {import("uplot").Series} [more] @returns {import("uplot").Series} */
  const line = (label, stroke, more = {}) => ({ label, stroke, width: 2, points: { show: false }, value: (_plot, value) => (value === null ? "–" : text(value)), ...more });
  return {
    width, height: HEIGHT_PX, tzDate: (at) => Plot.tzDate(new Date(at * 1000), "Etc/UTC"),
    scales: { x: { time: true }, y: { range: (_plot, least, most) => [Math.min(0, least ?? 0), most > 0 ? most * 1.08 : 1] } },
    axes: [{ ...axis, grid: { show: false }, values: (_plot, at) => at.map((one) => form.format(new Date(one * 1000))) }, { ...axis, size: 64, values: (_plot, at) => at.map(text) }],
    cursor: { y: false, drag: { x: false, y: false } },
    series: [{ label: nameOf("from"), value: (_plot, at) => (at === null ? "–" : form.format(new Date(at * 1000))) },
      line(nameOf("past"), colour("ink")), line(nameOf("lower_limit"), colour("faint"), { width: 1 }), line(nameOf("upper_limit"), colour("faint"), { width: 1 }),
      line(nameOf("forecast"), colour("accent"), { dash: [6, 4] })],
    bands: [{ series: [3, 2], fill: colour("soft") }],
  };
}

/** @param {{answer: Record<string, any>}} props */
function ForecastChart({ answer }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const data = useMemo(() => seriesOf(answer), [answer]);
  useEffect(() => {
    const home = place.current;
    if (!home || !data[0].length)
      return undefined;
    let plot = /** @type {import("uplot") | null} */ (null);
    const draw = () => {
      plot?.destroy();
      plot = new Plot(options(home.clientWidth - 18, (value) => number(value, value && value < 10 ? 1 : 0)), data, home);
    };
    draw();
    const size = new ResizeObserver(() => plot?.setSize({ width: home.clientWidth - 18, height: HEIGHT_PX }));
    size.observe(home);
    dark.addEventListener("change", draw);
    return () => {
      size.disconnect();
      dark.removeEventListener("change", draw);
      plot?.destroy();
    };
  }, [data, language.value]);
  return html`<div class="chart" ref=${place} role="img" aria-label=${nameOf("forecast")}></div>`;
}

/** How good the method was, in words. @param {number} mase in thousandths */
const judged = (mase) => nameOf(mase === null || mase === undefined ? "mase_unknown" : mase < 700 ? "mase_good" : mase <= 1000 ? "mase_fair" : "mase_poor");

/** @param {{row: Record<string, any>, answer: Record<string, any>}} props */
export function Outlook({ row, answer }) {
  /** @param {number} milli */
  const pieces = (milli) => number(milli / MILLI, 1), first = answer.values?.rows.find((/** @type {Record<string, any>} */ one) => one.ahead === 1) ?? answer.values?.rows[0];
  const tiles = [["method", nameOf(`method_${row.method}`)], ["demand_is", nameOf(`demand_${row.demand}`)],
    ["mase", row.mase_milli === null ? "–" : number(row.mase_milli / MILLI, 3), judged(row.mase_milli)],
    ["next_period", first ? pieces(first.mean_milli) : "–", first ? `${pieces(first.lower_milli)} – ${pieces(first.upper_milli)}` : ""],
    ["period_days", number(row.period_days)]];
  return html`<ol class="tiles plain">${tiles.map(([name, value, more]) => html`<li key=${name}><span>${nameOf(name)}</span><b>${value}</b>${more && html`<small>${more}</small>`}</li>`)}</ol>
    <${ForecastChart} answer=${answer} /><p class="means">${nameOf("limits_mean")}</p>`;
}
