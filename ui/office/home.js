// The overview: how many orders stand where, and what waits for somebody.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { list, office, watch } from "./ask.js";
import { Rows } from "./rows.js";
import { hrefOfList } from "./values.js";
import { inWords, nameOf } from "./names.js";
import { stateOf } from "./tables.js";

const html = htm.bind(h);
const SHOWN = 6;
const SOON_MS = 1000;

/** @typedef {import("./ask.js").Row} Row */

/** What waits for somebody: kinds, and the filter that leaves what is open. @type {[string, Record<string, string>][]} */
const waiting = [
  ["exceptions", { open: "yes" }],
  ["attention", { open: "yes" }],
  ["refunds-due", { state: "due" }],
  ["tickets", { state: "open" }],
  ["parked", {}],
  ["listings", { mapped: "no" }],
  ["outbox", { state: "refused" }],
  ["sites", {}],
  ["shops", {}],
];

/** @param {{rows: Row[]}} props */
function States({ rows }) {
  const most = Math.max(1, ...rows.map((row) => row.orders));
  return html`<ol class="states">${rows.map((row) => html`<li key=${row.state}><a href=${hrefOfList("orders", { state: row.state })}>
    <b>${row.orders}</b><span>${inWords(stateOf(row.state)) || row.state}</span>
    <meter min="0" max=${most} value=${row.orders} aria-hidden="true"></meter></a></li>`)}</ol>`;
}

/** @param {{kind: import("./ask.js").Kind, filters: Record<string, string>, tick: number}} props */
function Waiting({ kind, filters, tick }) {
  const [page, setPage] = useState(/** @type {any} */ (null));
  useEffect(() => {
    list(kind.kind, { ...filters, limit: SHOWN }).then(setPage, () => setPage(null));
  }, [kind.kind, tick]);
  if (!page?.rows.length)
    return null;
  return html`<section><h2><a href=${hrefOfList(kind.kind, filters)}>${nameOf(kind.kind)}</a></h2>
    <${Rows} kind=${kind} rows=${page.rows} without=${Object.keys(filters)} /></section>`;
}

export function Home() {
  const [states, setStates] = useState(/** @type {any[]} */ ([]));
  const [tick, setTick] = useState(0);
  useEffect(() => {
    let timer = 0;
    const stop = watch("orders", () => {
      timer ||= setTimeout(() => {
        timer = 0;
        setTick((before) => before + 1);
      }, SOON_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
  useEffect(() => {
    const order = new Map(office.value?.words.states.map((state, at) => [state.state, at]));
    list("order-states").then((answer) => setStates(answer.rows.sort((a, b) =>
      (order.get(String(a.state)) ?? 99) - (order.get(String(b.state)) ?? 99))), () => {});
  }, [tick]);
  const kinds = new Map(office.value?.kinds.map((kind) => [kind.kind, kind]));
  return html`<header><h1>${nameOf("home")}</h1></header><${States} rows=${states} />
    ${waiting.filter(([kind]) => kinds.has(kind)).map(([kind, filters]) =>
      html`<${Waiting} key=${kind} kind=${kinds.get(kind)} filters=${filters} tick=${tick} />`)}`;
}
