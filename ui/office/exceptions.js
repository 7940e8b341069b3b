// Orders that are held: what is wrong with each, for how long, and the button that releases it.

import { h } from "preact";
import htm from "htm";
import { office } from "./ask.js";
import { language } from "./language.js";
import { inWords, nameOf } from "./names.js";
import { ago, Queue, useRows } from "./queue.js";
import { hrefOf, hrefOfList } from "./values.js";

const html = htm.bind(h);
const SHOWN = 500;

/** @typedef {import("./ask.js").Row} Row */
/** @typedef {import("./queue.js").Deed} Deed */
/** What releases each kind, beside confirming what may be confirmed. @type {Record<string, (order: string, row: Row) => Deed[]>} */
const releases = {
  unmapped: (_order, row) => [{ href: hrefOfList("unmapped", { shop: row.shop }), label: nameOf("map_it") }],
  hold: (order) => [{ href: hrefOfList("platform-orders", { order }), label: nameOf("platform-orders") }],
  refund: (order) => [{ href: hrefOfList("aftersales", { order }), label: nameOf("aftersales") }],
  address: (order) => [{ verb: "order.receiver", label: nameOf("do_receiver"), fields: { order }, form: true }],
  merge: (order, row) => [{ verb: "order.merge", label: nameOf("do_merge"), fields: { orders: JSON.stringify([order, ...String(row.detail ?? "").split(/[ ,]+/).filter(Boolean)]) }, form: true }],
  short: (order) => [{ verb: "order.split", label: nameOf("do_split"), fields: { order }, form: true }, { verb: "order.audit", label: nameOf("do_audit"), fields: { order } }],
  carrier: (order) => [{ verb: "order.carrier", label: nameOf("do_carrier"), fields: { order }, form: true }],
  unfit: (order) => [{ verb: "order.receiver", label: nameOf("do_receiver"), fields: { order }, form: true }, { verb: "order.audit", label: nameOf("do_audit"), fields: { order } }],
};

/** @param {string} kind */
const known = (kind) => office.value?.words.exceptions.find((one) => one.kind === kind);
/** @param {Row} row @returns {Deed | null} */
const confirm = (row) => (known(row.kind)?.confirmable ? { verb: "order.confirm", label: nameOf("do_confirm"), fields: { order: row.order, kind: row.kind }, main: true } : null);
/** @param {Row} row @returns {Deed[]} */
const deeds = (row) => [confirm(row), ...(releases[row.kind]?.(row.order, row) ?? []), { verb: "order.close", label: nameOf("do_close"), fields: { order: row.order }, form: true }].filter((deed) => deed !== null);
/** @param {Row} row */
const releaseOf = (row) => known(row.kind)?.[language.value === "zh" ? "release_chinese" : "release_english"] ?? "";

/** @returns {import("./queue.js").Cell[]} */
const cells = () => [
  { name: "order", show: (row) => html`<a href=${hrefOf("orders", row.order)}>${row.order}</a>` },
  { name: "shop", show: (row) => row.shop },
  { name: "kind", label: nameOf("what_is_wrong"), wide: true, show: (row) => html`<b>${inWords(known(row.kind)) || row.kind}</b>${row.rule ? ` · ${row.rule}` : ""}${row.detail ? html`<small>${row.detail}</small>` : ""}` },
  { name: "release", label: nameOf("what_releases"), wide: true, show: releaseOf },
  { name: "raised", show: (row) => ago(row.raised) },
];

/** @param {{rows: Row[], filters: Record<string, string>}} props */
function Tabs({ rows, filters }) {
  const counts = new Map();
  for (const row of rows)
    counts.set(row.kind, (counts.get(row.kind) ?? 0) + 1);
  /** @param {string} kind @param {number} count @param {string} words */
  const tab = (kind, count, words) => html`<a key=${kind} class="choice" aria-current=${(filters.kind ?? "") === kind ? "true" : null}
    href=${hrefOfList("exceptions", { ...filters, kind })}>${words} <b>${count}</b></a>`;
  return html`<div class="acts tabs" role="group">${tab("", rows.length, nameOf("allRows"))}
    ${office.value?.words.exceptions.filter((one) => counts.has(one.kind)).map((one) => tab(one.kind, counts.get(one.kind), inWords(one)))}</div>`;
}

/** @param {{filters: Record<string, string>}} props */
export function Exceptions({ filters }) {
  const { kind: only, ...others } = filters;
  const { rows, next, fault, load, more } = useRows("exceptions", { ...others, open: "yes" }, SHOWN);
  if (fault)
    return html`<p class="fault" role="alert">${fault}</p>`;
  if (!rows)
    return html`<progress></progress>`;
  return html`<${Tabs} rows=${rows} filters=${filters} />
    <${Queue} key=${only ?? ""} kind="exceptions" rows=${rows.filter((row) => !only || row.kind === only)} idOf=${(/** @type {Row} */ row) => `${row.order} ${row.kind}${row.rule ? ` ${row.rule}` : ""}`}
      cells=${cells()} deeds=${deeds} changed=${load} bulk=${[
        { label: nameOf("confirm_chosen"), of: confirm },
        { label: nameOf("check_chosen"), of: (/** @type {Row} */ row) => ({ verb: "order.audit", label: nameOf("do_audit"), fields: { order: row.order } }) }]} />
    ${next && html`<button class="quiet" onClick=${more}>${nameOf("more")}</button>`}`;
}
