// Wave planning: what waits, drafts with their sizes to be released or cancelled, and the rules that made them.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { list, office, watch } from "./ask.js";
import { Do } from "./do.js";
import { nameOf } from "./names.js";
import { Rows } from "./rows.js";
import { Acts } from "./acts.js";
import { number } from "./values.js";

const html = htm.bind(h);
const MOST = 500;

/** @typedef {import("./ask.js").Row} Row */

/** @param {Row} order */
const isFree = (order) => !order.wave && !order.cancelled;

/** How many orders that could go into a wave, by carrier. @param {{orders: Row[], more: boolean}} props */
function Waiting({ orders, more }) {
  const carriers = [...new Set(orders.map((order) => order.carrier))];
  return html`<ol class="states">${carriers.map((carrier) => html`<li key=${carrier}><a href=${`#/orders?state=allocated&carrier=${encodeURIComponent(carrier)}`}>
    <b>${number(orders.filter((order) => order.carrier === carrier).length)}${more ? "+" : ""}</b><span>${carrier || nameOf("noCarrier")}</span></a></li>`)}</ol>`;
}

const load = async () => {
  const [orders, drafts, released, picking, rules] = await Promise.all([list("orders", { state: "allocated", limit: MOST }),
    ...["draft", "released", "picking"].map((state) => list("waves", { state, limit: 100 })), list("wave-rules", { limit: 100 })]);
  return { orders, drafts: drafts.rows, going: [...released.rows, ...picking.rows], rules: rules.rows };
};

export function Planning() {
  const [all, setAll] = useState(/** @type {Awaited<ReturnType<typeof load>> | null} */ (null));
  const look = () => load().then(setAll, () => {});
  useEffect(() => {
    look();
    return watch("waves", look);
  }, []);
  /** @param {string} name */
  const kind = (name) => office.value?.kinds.find((one) => one.kind === name);
  if (!all)
    return html`<header><h1>${nameOf("planning")}</h1></header><progress></progress>`;
  return html`<header><h1>${nameOf("planning")}</h1><${Do} verb="wave.plan" done=${look} /></header>
    <section><h2>${nameOf("waitingOrders")}</h2><${Waiting} orders=${all.orders.rows.filter(isFree)} more=${Boolean(all.orders.next)} /></section>
    <section><h2>${nameOf("drafts")}</h2>${all.drafts.length ? html`<${Rows} kind=${kind("waves")} rows=${all.drafts} without=${["state"]}
      tail=${(/** @type {Row} */ row) => html`<${Do} verb="wave.release" fields=${{ wave: row.wave }} done=${look} /><${Do} verb="wave.cancel" fields=${{ wave: row.wave }} quiet=${true} done=${look} />`} />`
      : html`<p class="none">${nameOf("noDrafts")}</p>`}</section>
    ${all.going.length > 0 && html`<section><h2>${nameOf("goingOn")}</h2><${Rows} kind=${kind("waves")} rows=${all.going}
      tail=${(/** @type {Row} */ row) => html`<${Do} verb="wave.cancel" fields=${{ wave: row.wave }} quiet=${true} done=${look} />`} /></section>`}
    <section><h2>${nameOf("wave-rules")}</h2><${Acts} kind=${kind("wave-rules")} changed=${look} /><${Rows} kind=${kind("wave-rules")} rows=${all.rules} /></section>`;
}
