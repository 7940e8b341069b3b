// The live board: orders against their cut-offs, who works, what waits for somebody, and how the devices and the link are.
// With ?wall=1 it stands alone, for a screen on the wall.

import { h } from "preact";
import htm from "htm";
import { Do } from "./do.js";
import { language } from "./language.js";
import { isNamed, nameOf } from "./names.js";
import { useNow } from "./now.js";
import { hrefOf, hrefOfList, number, when } from "./values.js";

const html = htm.bind(h);
/** @typedef {{en: string, zh: string}} Words */
/** @typedef {{state: string, carrier: string, orders: number, late: number, soon: number, due: string | null}} Orders  of one carrier in one state */
/** @typedef {{worker: string, name: string, station: string | null, step: string, order: string | null, since: string | null, pieces: number}} Worker */
/** @typedef {{kind: string, count: number, rows: {code: string, why: string}[]}} Waits */
/** @typedef {{state: string, text: Words | null}} Printer */
/** @typedef {{id: string, name: string, printer: Printer, scale: {state: string}}} Station */
/** @typedef {{id: string, kind: string, station: string | null, state: string, fault: string | null, driver: string | null}} Device */
/** @typedef {{text: Words, outbox: {count: number, oldest: string | null}, parked: {count: number}, troubles: {text: Words}[]}} Sync */
/** GET /api/v1/board; orders is null where there are too many to add up. @typedef {{site: string, time: string,
 *   orders: Orders[] | null, workers: Worker[], waiting: Waits[], stations: Station[], devices: Device[], sync: Sync,
 *   roster: {state: string, silent_hours: number, hours: number}, disk: {step: string, free_mib: number},
 *   tls?: {trouble: Words | null} | null, health?: {wrong: {what: string, text: Words}[]}, training: {stations: string[], why?: string}}} Shown */

/** @param {Words} words */
const inLanguage = (words) => words[language.value];
const states = ["received", "allocated", "picking", "picked", "packing", "parked", "labelled"];

/** @template {string} C @param {Record<C, number>[]} rows @param {C} column */
const sum = (rows, column) => rows.reduce((total, row) => total + row[column], 0);

// ---------------------------------------------------------------- what to do, in words

const rosterStates = new Set(["ageing", "stale"]);
const diskSteps = new Set(["warn", "low", "tight", "full"]);
const toldElsewhere = new Set(["disk_full", "disk_fills", "late", "certificate"]); // on the board, with more words
const printerTroubles = new Set(["error", "paused", "offline"]);

/** Every sentence that asks somebody to do something. @returns {string[]} @param {Shown} board */
function alertsOf(board) {
  const printers = board.stations.filter(({ printer }) => printerTroubles.has(printer.state))
    .map(({ name, printer }) => `${name}: ${nameOf("printer")} · ${printer.text ? inLanguage(printer.text) : nameOf(printer.state)}`);
  const devices = board.devices.filter((device) => device.fault && device.kind !== "printer")
    .map((device) => `${device.station ?? ""} ${nameOf(device.kind)} ${device.id}: ${device.fault}`);
  const late = sum(board.orders ?? [], "late");
  return [...(late ? [`${nameOf("lateAlert")}: ${number(late)}`] : []), ...board.sync.troubles.map(({ text }) => inLanguage(text)),
    ...(rosterStates.has(board.roster.state) ? [`${nameOf(`roster_${board.roster.state}`)} (${number(board.roster.silent_hours)} / ${number(board.roster.hours)} h)`] : []),
    ...(diskSteps.has(board.disk.step) ? [`${nameOf(`disk_${board.disk.step}`)} (${number(board.disk.free_mib)} MiB)`] : []),
    ...(board.health?.wrong ?? []).filter(({ what }) => !toldElsewhere.has(what)).map(({ text }) => inLanguage(text)),
    ...(board.tls?.trouble ? [inLanguage(board.tls.trouble)] : []), ...printers, ...devices];
}

/** @param {{board: Shown}} props */
const Alerts = ({ board }) => {
  const alerts = alertsOf(board);
  return alerts.length ? html`<div class="alerts" role="alert"><ul>${alerts.map((text) => html`<li key=${text}>${text}</li>`)}</ul></div>`
    : html`<p class="well">✓ ${nameOf("allWell")}</p>`;
};

// ---------------------------------------------------------------- orders

/** @param {{board: Shown}} props */
function Tiles({ board }) {
  const { orders, workers, sync, waiting } = board;
  const tiles = /** @type {[string, number, string, string][]} */ ([
    ["late", sum(orders ?? [], "late"), "bad", hrefOfList("orders", { late: "yes" })],
    ["risk", sum(orders ?? [], "soon"), "warn", hrefOfList("orders")],
    ["openOrders", sum(orders ?? [], "orders"), "", hrefOfList("orders")],
    ["atWork", workers.filter((worker) => worker.station).length, "", hrefOfList("workers")],
    ["waits", sum(waiting, "count"), "warn", "#/"],
    ["outbox", sync.outbox.count, sync.troubles.length ? "warn" : "", hrefOfList("journal")],
  ]);
  return html`<ol class="states">${tiles.map(([name, value, tone, href]) => html`<li key=${name}><a href=${href} class=${value > 0 ? tone : ""} data-tile=${name}>
    <b>${number(value)}</b><span>${nameOf(name)}</span></a></li>`)}</ol>`;
}

/** @param {Orders[]} rows @param {string} state @param {string} carrier */
function cellOf(rows, state, carrier) {
  const found = rows.find((row) => row.state === state && row.carrier === carrier);
  return found && html`<a href=${hrefOfList("orders", { state, carrier })}>${number(found.orders)}</a>`;
}

/** @param {number} value @param {string} tone */
const marked = (value, tone) => (value > 0 ? html`<b class=${`badge ${tone}`}>${number(value)}</b>` : "");

/** By carrier, as their cars come at different times. @param {{rows: Orders[] | null}} props */
function ByCarrier({ rows }) {
  if (!rows)
    return html`<p class="none">${nameOf("tooMany")}</p>`;
  const carriers = [...new Set(rows.map((row) => row.carrier))];
  const shown = states.filter((state) => rows.some((row) => row.state === state));
  if (!rows.length)
    return html`<p class="none">${nameOf("noOrders")}</p>`;
  return html`<div class="wide"><table><thead><tr><th scope="col">${nameOf("carrier")}</th><th scope="col">${nameOf("nextDue")}</th>
      <th scope="col" class="number">${nameOf("late")}</th><th scope="col" class="number">${nameOf("risk")}</th>
      ${shown.map((state) => html`<th key=${state} scope="col" class="number">${nameOf(state)}</th>`)}</tr></thead>
    <tbody>${carriers.map((carrier) => {
      const mine = rows.filter((row) => row.carrier === carrier), due = mine.map((row) => row.due).filter(Boolean).sort()[0];
      return html`<tr key=${carrier}><th scope="row">${carrier || nameOf("noCarrier")}</th><td>${due ? when(due) : ""}</td>
        <td class="number">${marked(sum(mine, "late"), "bad")}</td><td class="number">${marked(sum(mine, "soon"), "warn")}</td>
        ${shown.map((state) => html`<td key=${state} class="number">${cellOf(rows, state, carrier)}</td>`)}</tr>`;
    })}</tbody></table></div>`;
}

// ---------------------------------------------------------------- people

/** @param {{rows: Worker[]}} props */
const Workers = ({ rows }) => (rows.length ? html`<div class="wide"><table><thead><tr>
    ${["worker", "station", "step", "order", "since", "pieces"].map((name) => html`<th key=${name} scope="col" class=${name === "pieces" ? "number" : ""}>${nameOf(name === "pieces" ? "perHour" : name)}</th>`)}<td></td></tr></thead>
  <tbody>${rows.map((row) => html`<tr key=${row.worker}><td><a href=${hrefOf("workers", row.worker)}>${row.name}</a></td>
    <td>${row.station ?? "–"}</td><td>${nameOf(row.step)}</td>
    <td>${row.order && html`<a href=${hrefOf("orders", row.order)}>${row.order}</a>`}</td>
    <td>${row.since && when(row.since)}</td><td class="number">${number(row.pieces)}</td>
    <td class="tail">${row.station ? html`<${Do} verb="worker.sign_out" fields=${{ worker: row.worker }} quiet=${true} />`
      : html`<${Do} verb="lease.release" fields=${{ worker: row.worker }} quiet=${true} />`}</td></tr>`)}</tbody></table></div>`
  : html`<p class="none">${nameOf("nobody")}</p>`);

// ---------------------------------------------------------------- what waits

/** For each kind that waits: the kind of rows its code names, and the verb that lets it go on, with the field for the
 * code; without a verb a sentence says what to do. @type {Record<string, {rows?: string, verb?: string, field?: string, page?: string}>} */
const releases = {
  parked_order: { rows: "orders" },
  short_order: { rows: "items", verb: "replenish.plan" },
  cancelled_order: { rows: "orders" },
  count: { rows: "counts", page: "#/approval" },
  print_job: { rows: "print-jobs", verb: "label.again", field: "job" },
  parcel: { rows: "parcels" },
  parked_change: { page: "#/parked-changes" },
  wave: { rows: "waves", verb: "wave.release", field: "wave" },
};

/** @param {{waits: Waits, done: () => void}} props */
function Waiting({ waits, done }) {
  const known = releases[waits.kind] ?? {};
  /** @param {Waits["rows"][number]} row */
  const fields = (row) => (known.field ? { [known.field]: known.field === "job" ? Number(row.code) : row.code } : {});
  return html`<section class="waits" data-waits=${waits.kind}><h2>${nameOf(`wait_${waits.kind}`)} <b>${number(waits.count)}</b></h2>
    <p class="means">${nameOf(`todo_${waits.kind}`)} ${known.page && html`<a href=${known.page}>→ ${nameOf("look")}</a>`}</p>
    <ul>${waits.rows.map((row) => html`<li key=${row.code}>${known.rows ? html`<a href=${hrefOf(known.rows, row.code)}>${row.code}</a>` : row.code}
      <span>${isNamed(row.why) ? nameOf(row.why) : row.why}</span>${known.verb && known.field && html`<${Do} verb=${known.verb} fields=${fields(row)} quiet=${true} done=${done} />`}</li>`)}</ul>
    ${known.verb && !known.field && html`<${Do} verb=${known.verb} quiet=${true} done=${done} />`}</section>`;
}

// ---------------------------------------------------------------- the box

/** @param {{board: Shown}} props */
const Stations = ({ board }) => html`<ul class="stations">${board.stations.map(({ id, name, printer, scale }) => {
  const worker = board.workers.find((one) => one.station === id);
  return html`<li key=${id}><a href=${`/station/${encodeURIComponent(id)}`}><b>${name}</b></a>
    <span>${worker ? `${worker.name} · ${nameOf(worker.step)}` : nameOf("nobodyThere")}</span>
    ${printer.state !== "none" && html`<span class=${printerTroubles.has(printer.state) ? "bad" : ""}>${nameOf("printer")}: ${printer.text ? inLanguage(printer.text) : nameOf(printer.state)}</span>`}
    ${scale.state !== "none" && html`<span>${nameOf("scale")}: ${nameOf(scale.state)}</span>`}
    ${board.training.stations.includes(id) && html`<span class="badge">${nameOf("practises")}</span>`}</li>`;
})}</ul>`;

/** @param {{board: Shown}} props */
const Box = ({ board: { sync, disk } }) => html`<dl class="facts">${/** @type {[string, unknown][]} */ ([
  ["link", inLanguage(sync.text)],
  ["outbox", sync.outbox.count ? html`${number(sync.outbox.count)} · ${nameOf("oldest")} ${when(sync.outbox.oldest ?? "")}` : "0"],
  ["parked-changes", number(sync.parked.count)],
  ["disk", `${number(disk.free_mib)} MiB`],
]).map(([name, value]) => html`<div key=${name}><dt>${nameOf(name)}</dt><dd>${value}</dd></div>`)}</dl>`;

/** @param {{wall: boolean}} props */
export function Board({ wall }) {
  const { answer, lost, look } = useNow("board"), board = /** @type {Shown | null} */ (answer);
  const head = html`<header><h1>${nameOf("home")}${board && html` <b>${board.site}</b>`}</h1>
    ${board && when(board.time)}
    <a class="choice" href=${wall ? "#/" : "#/?wall=1"}>${nameOf(wall ? "leaveWall" : "fullScreen")}</a></header>
    ${lost && html`<p class="fault" role="alert">${nameOf("lost")}</p>`}`;
  if (!board)
    return html`${head}<progress></progress>`;
  return html`${head}<${Alerts} board=${board} /><${Tiles} board=${board} />
    <section><h2>${nameOf("orders")}</h2><${ByCarrier} rows=${board.orders} /></section>
    <div class="beside"><section><h2>${nameOf("workers")}</h2><${Workers} rows=${board.workers} /></section>
      ${board.waiting.length > 0 && html`<section><h2>${nameOf("waits")}</h2>${board.waiting.map((waits) => html`<${Waiting} key=${waits.kind} waits=${waits} done=${look} />`)}</section>`}</div>
    <section><h2>${nameOf("stations")}</h2><${Stations} board=${board} /></section>
    <section><h2>${nameOf("box_")}</h2><${Box} board=${board} /></section>`;
}
