// What platforms sell and nobody here knows: what it may be, and the button that says so.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { act, list } from "./ask.js";
import { nameOf } from "./names.js";
import { Queue, useRows, verbOf } from "./queue.js";
import { number } from "./values.js";
import { taking } from "./forms.js";

const html = htm.bind(h);
const MOST = 3, SHOWN = 30, FOUND = 8;

/** @typedef {import("./ask.js").Row} Row */
/** @typedef {{sku?: string, bundle?: string, factor: number, score: number, why: string}} Suggestion */

/** @param {Row} row */
const idOf = (row) => [row.shop, row.item, row.platform_sku].filter(Boolean).join(" ");
/** @param {Row} row */
const listing = (row) => ({ shop: row.shop, item: row.item, ...(row.platform_sku ? { platform_sku: row.platform_sku } : {}) });
/** @param {Suggestion} one */
const meaning = (one) => ({ ...(one.bundle ? { bundle: one.bundle } : { sku: one.sku }), factor: one.factor });
/** @param {Suggestion} one */
const called = (one) => `${one.bundle ?? one.sku}${one.factor > 1 ? ` × ${one.factor}` : ""}`;
/** @param {Row} row @param {Suggestion} one */
const mapping = (row, one) => ({ verb: "listing.map", fields: { ...listing(row), ...meaning(one) } });

/** What each row may be, asked one after the other. @param {Row[]} rows @returns {Map<string, Suggestion[]>} */
function useSuggestions(rows) {
  const [found, setFound] = useState(/** @type {Map<string, Suggestion[]>} */ (new Map()));
  useEffect(() => {
    let left = false;
    const askAll = async () => {
      for (const row of rows) {
        if (left)
          return;
        const answer = await act("listing.suggest", { ...listing(row), most: MOST }).catch(() => ({ suggestions: [] }));
        setFound((before) => new Map(before).set(idOf(row), answer.suggestions));
      }
    };
    if (verbOf("listing.suggest"))
      askAll();
    return () => { left = true; };
  }, [rows.map(idOf).join("\n")]);
  return found;
}

/** Our own items by the beginning of a number, or a part of a name. @param {{row: Row, done: () => void}} props */
function Choose({ row, done }) {
  const [hits, setHits] = useState(/** @type {Row[]} */ ([])), [factor, setFactor] = useState("1"), [fault, setFault] = useState("");
  /** @param {string} text */
  const look = async (text) => {
    const pages = text ? await Promise.all([list("items", { sku: text, limit: 1 }), list("items", { name: text, limit: FOUND })]) : [];
    setHits(pages.flatMap((page) => page.rows).filter((one, at, all) => all.findIndex((other) => other.sku === one.sku) === at));
  };
  /** @param {string} sku */
  const take = (sku) => act("listing.map", { ...listing(row), sku, factor: Number(factor) || 1 }).then(done, (refusal) => setFault(refusal.message || nameOf("lost")));
  return html`<details class="chooser"><summary>${nameOf("choose_another")}</summary>
    <input type="search" aria-label=${nameOf("find_item")} placeholder=${nameOf("find_item")} onInput=${taking((text) => look(text.trim()).catch(() => setHits([])))} />
    <label>${nameOf("factor")} <input type="number" min="1" value=${factor} onInput=${taking(setFactor)} /></label>
    ${hits.map((one) => html`<button key=${one.sku} class="quiet" onClick=${() => take(one.sku)}>${one.sku} · ${one.name}</button>`)}
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}</details>`;
}

/** @param {Map<string, Suggestion[]>} found @param {() => void} changed @returns {import("./queue.js").Cell[]} */
const cells = (found, changed) => [
  { name: "shop", show: (row) => row.shop },
  { name: "title", label: nameOf("at_the_platform"), wide: true, show: (row) => html`<b>${row.title || "–"}</b><small>${[row.code, row.item, row.platform_sku].filter(Boolean).join(" · ")}</small>` },
  { name: "orders", label: nameOf("orders_wait"), show: (row) => html`<span class="number">${number(row.orders)}</span>` },
  { name: "suggestion", label: nameOf("may_be"), wide: true, show: (row) => {
    const its = found.get(idOf(row));
    return html`${!its ? html`<progress></progress>` : its.length ? its.map((one) => html`<p key=${called(one)}><b>${called(one)}</b> <meter min="0" max="100" value=${one.score} aria-label=${`${one.score} / 100`}></meter><small>${one.why}</small></p>`)
      : html`<span class="none">${nameOf("no_suggestion")}</span>`}<${Choose} row=${row} done=${changed} />`;
  } },
];

/** @param {{filters: Record<string, string>}} props */
export function Mapping({ filters }) {
  const { rows, next, fault, load, more } = useRows("unmapped", filters, SHOWN);
  const found = useSuggestions(rows ?? []);
  /** @param {Row} row */
  const best = (row) => found.get(idOf(row))?.[0];
  /** @param {Row} row */
  const acceptBest = (row) => {
    const one = best(row);
    return one ? mapping(row, one) : null;
  };
  /** @param {Row} row */
  const deeds = (row) => (found.get(idOf(row)) ?? []).map((one, at) => ({ ...mapping(row, one), label: `${nameOf("it_is")} ${called(one)}`, main: at === 0 }));
  if (fault)
    return html`<p class="fault" role="alert">${fault}</p>`;
  return rows ? html`<${Queue} kind="unmapped" rows=${rows} idOf=${idOf} cells=${cells(found, load)} deeds=${deeds} changed=${load}
      bulk=${[{ label: nameOf("accept_best"), of: acceptBest }]} />
    ${next && html`<button class="quiet" onClick=${more}>${nameOf("more")}</button>`}` : html`<progress></progress>`;
}
