// Figures: the overview of the main ones, and one with its chart, its split, and the rows that it is a sum of.

import { h } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import htm from "htm";
import { ask, download, list, office } from "./ask.js";
import { Chart } from "./chart.js";
import { reader } from "./tables.js";
import { hrefOfList, number } from "./values.js";
import { inWords, nameOf } from "./names.js";
import { language } from "./language.js";
import { taking, stay } from "./forms.js";

const html = htm.bind(h);
const DAY_MS = 86400000;
const TIMES = new Set(["day", "week", "month"]);
const MAIN = ["sales.revenue", "orders.count", "orders.average", "customers.new", "customers.returning_rate", "funnel.paid_rate",
  "ship.orders", "ship.on_time", "floor.pick_rate", "floor.error_rate", "floor.orders_per_hour", "exceptions.count",
  "aftersales.rate", "complaints.rate", "stock.turnover", "stock.dead"];
const LENGTHS = [7, 30, 90, 365];

/** @typedef {import("./ask.js").Figure} Figure */
/** @typedef {{kind: string, column: string | null, filters: Record<string, string>}} Rows */
/** @typedef {{name: string, value: number | null, numerator: number, denominator?: number, rows: Rows, of?: Rows[]}} Part */
/** @typedef {{figure: string, unit: string, currency: string, from: string, to: string, by: string, value: number | null,
 *   numerator: number, denominator?: number, all: {rows: Rows, of?: Rows[]}, rows: Part[], left_out: number}} Answer */

/** @param {string} day @param {number} days */
const later = (day, days) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
/** @param {string} from @param {string} to */
const lengthOf = (from, to) => (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;

/** By how much it is more than before, where that can be said. @param {Answer | null} now @param {Answer | null} before */
function change(now, before) {
  if (now?.value === null || now?.value === undefined || !before?.value)
    return null;
  return (now.value - before.value) / Math.abs(before.value);
}

/** @param {{figure: Figure, now: Answer | null, before: Answer | null}} props */
function Change({ figure, now, before }) {
  const part = change(now, before);
  if (part === null)
    return html`<small>${nameOf("nothing_before")}</small>`;
  const good = part === 0 ? "" : (part > 0) !== figure.less_is_better ? "good" : "bad";
  return html`<span class=${`change ${good}`}>${part > 0 ? "▲" : part < 0 ? "▼" : "="} ${number(Math.abs(part) * 100, 1)}%</span>`;
}

/** @param {string} name @param {Record<string, string>} values @returns {Promise<Answer>} */
const figureOf = (name, values) => ask(`figures/${name}?${new URLSearchParams(Object.entries(values).filter(([, value]) => value))}`);

/** The same number of days just before. @param {Answer} answer */
const before = (answer) => {
  const days = lengthOf(answer.from, answer.to);
  return { from: later(answer.from, -days), to: later(answer.to, -days) };
};

const figuresOf = () => office.value?.figures ?? [];

/** An answer and that of the period before; both null while they are awaited.
 *  @param {string} name @param {Record<string, string>} values */
function useAnswers(name, values) {
  const [answers, setAnswers] = useState(/** @type {{now: Answer | null, past: Answer | null, fault: string}} */ ({ now: null, past: null, fault: "" }));
  useEffect(() => {
    let left = false;
    setAnswers({ now: null, past: null, fault: "" });
    figureOf(name, values).then(async (now) => {
      const past = await figureOf(name, { ...values, ...before(now) }).catch(() => null);
      if (!left)
        setAnswers({ now, past, fault: "" });
    }, (refusal) => !left && setAnswers({ now: null, past: null, fault: refusal.message || nameOf("lost") }));
    return () => { left = true; };
  }, [name, JSON.stringify(values)]);
  return answers;
}

/** @param {string} name @param {Record<string, string>} [values] */
const hrefOfFigure = (name, values = {}) => hrefOfList(`analytics/${name}`, values);

// ---------------------------------------------------------------- the overview

/** @param {{figure: Figure, values: Record<string, string>}} props */
function Tile({ figure, values }) {
  const times = figure.by.includes("day");
  const asked = { ...values, ...(times ? { by: "day" } : {}) };
  const { now, past, fault } = useAnswers(figure.figure, asked);
  const text = useMemo(() => reader(figure.unit, now?.currency), [figure, now?.currency, language.value]);
  return html`<li><a href=${hrefOfFigure(figure.figure, asked)}><span>${inWords(figure)}</span>
    ${fault ? html`<small>${fault}</small>` : !now ? html`<progress></progress>` : html`<b>${text(now.value)}</b>
      <${Change} figure=${figure} now=${now} before=${past} />
      ${times && html`<${Chart} small times=${true} rows=${now.rows} text=${text} labels=${["", inWords(figure)]} />`}`}</a></li>`;
}

/** @param {{filters: Record<string, string>}} props */
export function Figures({ filters }) {
  const figures = figuresOf(), known = new Map(figures.map((figure) => [figure.figure, figure]));
  const days = Number(filters.days) || 30;
  const [last, setLast] = useState("");
  useEffect(() => {
    figureOf(figures[0].figure, {}).then((answer) => setLast(answer.to), () => {});
  }, []);
  const values = { from: last && later(last, 1 - days), to: last };
  return html`<header><h1>${nameOf("analytics")}</h1>
      <span class="acts" role="group">${LENGTHS.map((length) => html`<a class="choice" aria-current=${days === length ? "true" : null}
        href=${hrefOfList("analytics", { days: String(length) })}>${length} ${nameOf("in_days")}</a>`)}</span></header>
    ${!last ? html`<progress></progress>` : html`<ol class="tiles">${MAIN.filter((name) => known.has(name)).map((name) =>
      html`<${Tile} key=${`${name} ${days}`} figure=${known.get(name)} values=${values} />`)}</ol>
    <section><h2>${nameOf("all_figures")}</h2><ul class="index">${figures.map((figure) =>
      html`<li><a href=${hrefOfFigure(figure.figure, values)}>${inWords(figure)}</a></li>`)}</ul></section>`}`;
}

// ---------------------------------------------------------------- one figure

/** @param {{figure: Figure, answer: Answer, values: Record<string, string>, set: (more: Record<string, string>) => void, figures: Figure[]}} props */
function Choice({ figure, answer, values, set, figures }) {
  return html`<form class="filters" onSubmit=${stay}>
    <label>${nameOf("figure")}<select class="long" value=${figure.figure} onChange=${taking((name) => { location.hash = hrefOfFigure(name, { from: answer.from, to: answer.to, by: values.by ?? "" }); })}>
      ${figures.map((one) => html`<option value=${one.figure}>${inWords(one)}</option>`)}</select></label>
    <label>${nameOf("from")}<input type="date" value=${answer.from} max=${answer.to} onChange=${taking((from) => set({ from, to: answer.to }))} /></label>
    <label>${nameOf("to")}<input type="date" value=${answer.to} min=${answer.from} onChange=${taking((to) => set({ from: answer.from, to }))} /></label>
    <label>${nameOf("split_by")}<select value=${values.by ?? ""} onChange=${taking((by) => set({ by }))}>
      <option value="">${nameOf("not_split")}</option>${figure.by.map((by) => html`<option value=${by}>${nameOf(by)}</option>`)}</select></label>
    ${LENGTHS.map((length) => html`<button type="button" class="quiet" onClick=${() => set({ from: later(answer.to, 1 - length), to: answer.to })}>${length} ${nameOf("in_days")}</button>`)}
    <button type="button" class="quiet" onClick=${() => download(`figures/${figure.figure}?${new URLSearchParams({ ...values, from: answer.from, to: answer.to, format: "xlsx" })}`, `${figure.figure}.xlsx`)}>XLSX</button></form>`;
}

/** What stands before the names of some groups in names.js. @type {Record<string, string | undefined>} */
const prefixes = { buyer_is: "buyer_", work: "work_", rfm: "rfm_" };

/** @param {string} by @param {string} name */
function groupName(by, name) {
  const prefix = prefixes[by];
  if (name === "")
    return nameOf("none_known");
  if (by === "kind")
    return inWords(office.value?.words.exceptions.find((known) => known.kind === name)) || nameOf(name);
  return by === "hour" ? `${name.padStart(2, "0")}:00` : prefix === undefined ? name : nameOf(prefix + name);
}

/** @param {{rows: Rows, children?: unknown}} props */
const Link = ({ rows, children }) => html`<a href=${hrefOfList(rows.kind, rows.filters)}>${children}</a>`;

/** @param {{figure: Figure, answer: Answer, past: Answer | null, by: string, text: (value: number | null) => string}} props */
function Table({ figure, answer, past, by, text }) {
  const most = Math.max(1, ...answer.rows.map((row) => Math.abs(row.value ?? 0)));
  const share = answer.denominator !== undefined;
  /** @param {Part | Answer} row @param {string} name @param {Rows} rows @param {Rows[]} of @param {Part | Answer | null | undefined} was */
  const line = (row, name, rows, of, was) => html`<tr key=${name}><td><${Link} rows=${rows}>${name}</${Link}></td><td class="number">${text(row.value)}</td>
    <td class="bar"><meter min="0" max=${most} value=${Math.abs(row.value ?? 0)} aria-hidden="true"></meter></td>
    ${TIMES.has(by) && html`<td class="number">${was ? text(was.value) : ""}</td>`}
    ${share && html`<td class="number"><${Link} rows=${rows}>${number(row.numerator)}</${Link}></td><td class="number">${of.map((one) => html`<${Link} rows=${one}>${number(row.denominator ?? 0)}</${Link}> `)}</td>`}</tr>`;
  return html`<div class="wide"><table><thead><tr><th scope="col">${nameOf(by || "all_of_it")}</th><th scope="col" class="number">${inWords(figure)}</th><td></td>
      ${TIMES.has(by) && html`<th scope="col" class="number">${nameOf("period_before")}</th>`}
      ${share && html`<th scope="col" class="number">${nameOf("numerator")}</th><th scope="col" class="number">${nameOf("denominator")}</th>`}</tr></thead>
    <tbody>${answer.rows.map((row, at) => line(row, groupName(by, row.name), row.rows, row.of ?? [], past?.rows[at]))}
      ${line(answer, nameOf("all_of_it"), answer.all.rows, answer.all.of ?? [], past)}</tbody></table></div>
    ${answer.left_out > 0 && html`<small>${number(answer.left_out)} ${nameOf("left_out")}</small>`}`;
}

/** @param {{name: string, filters: Record<string, string>}} props */
export function FigurePage({ name, filters }) {
  const figures = figuresOf(), figure = figures.find((one) => one.figure === name);
  const values = { ...filters, ...(figure && filters.by && !figure.by.includes(filters.by) ? { by: "" } : {}) };
  const { now, past, fault } = useAnswers(name, values);
  const text = useMemo(() => reader(figure?.unit ?? "", now?.currency), [figure, now?.currency, language.value]);
  /** @param {Record<string, string>} more */
  const set = (more) => { location.hash = hrefOfFigure(name, { ...values, ...more }); };
  const times = TIMES.has(now?.by ?? "");
  const bars = useMemo(() => now?.rows.map((row) => ({ ...row, name: groupName(now.by, row.name) })) ?? [], [now]);
  if (!figure)
    return html`<header><h1>${nameOf("analytics")}</h1></header>${figures.length ? html`<p class="none">${nameOf("nothing")}</p>` : html`<progress></progress>`}`;
  return html`<header><h1><a href="#/analytics">${nameOf("analytics")}</a> <b>${inWords(figure)}</b></h1></header>
    <p class="means">${language.value === "zh" ? figure.means_chinese : figure.means}</p>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${!now ? !fault && html`<progress></progress>` : html`<${Choice} figure=${figure} answer=${now} values=${values} set=${set} figures=${figures} />
      <p class="total"><b>${text(now.value)}</b> <${Change} figure=${figure} now=${now} before=${past} /> <small>${nameOf("than_before")}</small></p>
      ${times && html`<${Chart} times=${true} rows=${now.rows} before=${past?.rows} text=${text} labels=${[nameOf(now.by), inWords(figure), nameOf("period_before")]} />`}
      ${now.by === "hour" && html`<${Chart} times=${false} rows=${bars} text=${text} labels=${[nameOf("hour"), inWords(figure)]} />`}
      <${Table} figure=${figure} answer=${now} past=${past} by=${now.by} text=${text} />`}`;
}

// ---------------------------------------------------------------- then and now

/** @typedef {{from: string, to: string}} Span */
/** @typedef {{figure: string, english: string, chinese: string, unit: string, then: number | null, now: number | null,
 *   change: number | null, goal: number | null, reached: boolean | null, no_data?: string}} Both  a figure of two spans */

/** @param {{filters: Record<string, string>}} props */
export function Compared({ filters }) {
  const [names, setNames] = useState(/** @type {string[] | null} */ (null));
  const [told, setTold] = useState(/** @type {null | {then: Span, now: Span, figures: Both[]}} */ (null));
  const [fault, setFault] = useState("");
  useEffect(() => {
    list("baselines").then((page) => setNames(page.rows.map((row) => String(row.baseline))), () => setNames([]));
  }, []);
  const name = filters.baseline ?? names?.[0] ?? "";
  useEffect(() => {
    if (name)
      ask(`compared/${encodeURIComponent(name)}`).then(setTold, (refusal) => setFault(refusal.message || nameOf("lost")));
  }, [name]);
  /** @param {number | null} value */
  const percent = (value) => (value === null ? "–" : `${value > 0 ? "+" : ""}${number(value / 100, 1)}%`);
  /** @param {Both} one */
  const row = (one) => {
    const text = reader(one.unit);
    return html`<tr key=${one.figure}><td><a href=${hrefOfFigure(one.figure, told ? { from: told.now.from, to: told.now.to } : {})}>${inWords(one)}</a></td>
      <td class="number">${text(one.then)}</td><td class="number">${text(one.now)}</td><td class="number">${percent(one.change)}</td><td class="number">${one.goal === null ? "" : percent(one.goal)}</td>
      <td>${one.no_data ? html`<small>${nameOf(`no_data_${one.no_data}`)}</small>` : one.reached === null ? "" : html`<span class=${`badge ${one.reached ? "good" : "bad"}`}>${nameOf(one.reached ? "reached" : "not_reached")}</span>`}</td></tr>`;
  };
  return html`<header><h1>${nameOf("compared")}</h1>${(names?.length ?? 0) > 1 && html`<select value=${name} onChange=${taking((baseline) => { location.hash = hrefOfList("compared", { baseline }); })}>
      ${names?.map((one) => html`<option>${one}</option>`)}</select>`}<a href="#/baselines">${nameOf("baselines")}</a></header>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${names && !names.length && html`<p class="none">${nameOf("no_baseline")}</p>`}
    ${!names && html`<progress></progress>`}
    ${told && html`<p class="means">${told.then.from} – ${told.then.to} → ${told.now.from} – ${told.now.to}</p>
      <div class="wide"><table><thead><tr><th scope="col">${nameOf("figure")}</th><th scope="col" class="number">${nameOf("then")}</th><th scope="col" class="number">${nameOf("now")}</th>
        <th scope="col" class="number">${nameOf("change")}</th><th scope="col" class="number">${nameOf("goal")}</th><td></td></tr></thead><tbody>${told.figures.map(row)}</tbody></table></div>`}`;
}
