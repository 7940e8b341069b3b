// The shops: whether head office speaks for each, how long it still may, and what waits or is wrong.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { list } from "./ask.js";
import { Form } from "./acts.js";
import { language } from "./language.js";
import { nameOf } from "./names.js";
import { ago, kindOf, useAnswer, useRows, verbOf } from "./queue.js";
import { hrefOf, hrefOfList, number } from "./values.js";

const html = htm.bind(h);
const DAY_MS = 86400000, SOON_DAYS = 7, MOST = 200;

/** @typedef {import("./ask.js").Row} Row */

/** What waits in a shop: kinds, their filters, and whether it is bad that something does. @type {[string, Record<string, string>, string][]} */
const waiting = [["outbox", { state: "waiting" }, ""], ["outbox", { state: "refused" }, "bad"], ["attention", { open: "yes" }, "warn"], ["unmapped", {}, "warn"]];
/** @type {Record<string, string>} */
const labels = { "outbox waiting": "to_be_told", "outbox refused": "refused_there" };

/** Whole days that a token is good for; null: it has no end that is known. @param {Row} row */
const daysLeft = (row) => (row.token_expires ? Math.floor((Date.parse(row.token_expires) - Date.now()) / DAY_MS) : null);

/** What is to be done by a person, and by which verb. @param {Row} row @returns {{name: string, look: string, verb: string} | null} */
function trouble(row) {
  const left = daysLeft(row);
  const found = [
    [row.trouble === "auth" || (left !== null && left < 0), "token_over", "bad", "shop.token"],
    [row.trouble, `shop_${row.trouble}`, "bad", "shop.set"],
    [left !== null && left < SOON_DAYS, "token_soon", "warn", "shop.token"],
    [!row.running, "shop_stopped", "", "shop.start"],
  ].find(([is]) => is);
  return found ? { name: String(found[1]), look: String(found[2]), verb: String(found[3]) } : null;
}

/** @param {{shop: string}} props */
function Waits({ shop }) {
  const { answer } = useAnswer(() => Promise.all(waiting.map(([kind, filters]) => list(kind, { shop, ...filters, limit: MOST }).catch(() => ({ rows: [], next: null })))), [shop]);
  return answer && html`<ul class="waits">${waiting.map(([kind, filters, look], at) => {
    const page = answer[at], name = labels[`${kind} ${filters.state ?? ""}`.trim()] ?? kind;
    return html`<li key=${name} class=${page.rows.length ? look : ""}><a href=${hrefOfList(kind, { shop, ...filters })}>${nameOf(name)} <b>${number(page.rows.length)}${page.next ? "+" : ""}</b></a></li>`;
  })}</ul>`;
}

/** @param {{shop: string}} props */
function Pulls({ shop }) {
  const { answer } = useAnswer(() => list("pulls", { shop }), [shop]);
  return answer && html`<dl>${answer.rows.map((row) => html`<div key=${row.kind}><dt>${nameOf("read_until")} · ${nameOf(row.kind)}</dt>
    <dd>${row.mark ? ago(row.mark) : "–"}${row.failures ? html` <span class="badge bad" title=${row.said}>${number(row.failures)} ${nameOf("failures")}</span>` : ""}</dd></div>`)}</dl>`;
}

/** @param {{row: Row, open: (row: Row, verb: string) => void}} props */
function Shop({ row, open }) {
  const wrong = trouble(row), left = daysLeft(row);
  return html`<li class=${`card ${wrong?.look ?? "good"}`}><h2><a href=${hrefOf("shops", row.shop)}>${row.name || row.shop}</a> <span>${nameOf(row.platform)} · ${row.shop}</span></h2>
    <span class=${`badge ${row.running ? "good" : ""}`}>${nameOf(row.running ? "running" : "stopped_shop")}</span>
    ${left !== null && html`<p class=${left < SOON_DAYS ? "todo" : ""}>${nameOf("token_days")} <b>${number(left)}</b></p>`}
    <p>${nameOf("heard")} <b>${row.heard ? ago(row.heard) : nameOf("never")}</b></p>
    <${Pulls} shop=${row.shop} /><${Waits} shop=${row.shop} />
    ${wrong && html`<p class="todo"><b>${nameOf(wrong.name)}</b> ${row.said ?? ""}</p>${verbOf(wrong.verb) && html`<button class="quiet" onClick=${() => open(row, wrong.verb)}>${language.value === "zh" ? verbOf(wrong.verb)?.chinese : verbOf(wrong.verb)?.english}</button>`}`}</li>`;
}

/** @param {{filters: Record<string, string>}} props */
export function Shops({ filters }) {
  const { rows, fault, load } = useRows("shops", filters, 500);
  const [form, setForm] = useState(/** @type {null | {verb: string, shop: string}} */ (null));
  if (fault)
    return html`<p class="fault" role="alert">${fault}</p>`;
  return rows ? html`<ul class="cards wider">${rows.map((row) => html`<${Shop} key=${row.shop} row=${row} open=${(/** @type {Row} */ of, /** @type {string} */ verb) => setForm({ verb, shop: of.shop })} />`)}</ul>
    ${form && html`<${Form} key=${form.verb} verb=${verbOf(form.verb)} kind=${kindOf("shops")} start=${{ shop: form.shop }} done=${load} leave=${() => setForm(null)} />`}` : html`<progress></progress>`;
}
