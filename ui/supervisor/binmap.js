// The map of bins with heat: the whole floor, or where it has many bins its aisles first and one of them at a time.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { signal } from "@preact/signals";
import { ask, list, office, watch } from "./ask.js";
import { FloorPlan } from "./floorplan.js";
import { sentenceOf, stay, taking } from "./forms.js";
import { boundsOf, heats, legendOf, said, stepOf } from "./heats.js";
import { nameOf } from "./names.js";
import { Rows } from "./rows.js";
import { hrefOf, hrefOfList, number } from "./values.js";

const html = htm.bind(h);
const WHOLE_MAX = 3000; // bins that are drawn at once
const AISLES = 2; // of one answer: each adds up its bins
const PAGE = 500;
const AGAIN_MS = 1000; // while the box still follows its moves
const CALM_MS = 5000; // a map is read anew so seldom, however busy the floor is
const SHOWN = 20; // links to what was found
const UNPLACED = "-1";

/** The bin that somebody looks at. @type {import("@preact/signals").Signal<null | Record<string, any>>} */
const pointed = signal(null);

/** All rows, page by page. @param {string} kind @param {Record<string, string | number>} filters @param {() => boolean} over */
async function allOf(kind, filters, over) {
  const rows = [];
  for (let after = /** @type {string | null} */ (""); after !== null && !over();) {
    const page = await list(kind, { ...filters, after });
    rows.push(...page.rows);
    after = page.next;
  }
  return rows;
}

/** @typedef {import("./heats.js").Heat} Heat */
/** @typedef {{aisles: any[], bins: any[] | null, heat: {followed: number, moves: number}}} Floor */

/** @param {string} aisle  "": the whole floor @param {() => boolean} over @returns {Promise<Floor>} */
async function read(aisle, over) {
  const aisles = aisle ? [] : await allOf("aisles", { limit: AISLES }, over);
  const small = aisles.reduce((sum, one) => sum + one.bins, 0) <= WHOLE_MAX;
  const bins = aisle || small ? await allOf("bins", { limit: PAGE, ...(aisle ? { aisle } : {}) }, over) : null;
  return { aisles, bins, heat: await ask("heat") };
}

/** The floor, read anew when it has changed; null: not there yet. @param {string} aisle */
function useFloor(aisle) {
  const [floor, setFloor] = useState(/** @type {Floor | null} */ (null)), [fault, setFault] = useState("");
  useEffect(() => {
    let over = false, timer = 0;
    const look = async () => {
      timer = 0;
      try {
        const found = await read(aisle, () => over);
        if (over)
          return;
        setFloor(found);
        setFault("");
        if (found.heat.followed < found.heat.moves)
          timer ||= setTimeout(look, AGAIN_MS);
      } catch (refusal) {
        setFault(sentenceOf(refusal));
      }
    };
    setFloor(null);
    look();
    const stop = watch("bins", () => { timer ||= setTimeout(look, CALM_MS); });
    return () => {
      over = true;
      clearTimeout(timer);
      stop();
    };
  }, [aisle]);
  return { floor, fault };
}

// ---------------------------------------------------------------- what is looked for

/** Bins of this code, and those where the item lies or belongs that has this code or barcode. @param {string} text */
async function seek(text) {
  const { rows: items } = await list("items", { barcode: text, limit: 5 });
  const pages = await Promise.all([list("bins", { location: text }), ...[text, ...items.map((item) => String(item.sku))].map((sku) => list("bins", { sku, limit: PAGE }))]);
  return [...new Map(pages.flatMap((page) => page.rows).map((bin) => [bin.location, bin])).values()];
}

/** @param {string} text @returns {null | any[]} */
function useFound(text) {
  const [found, setFound] = useState(/** @type {null | any[]} */ (null));
  useEffect(() => {
    setFound(null);
    if (text)
      seek(text).then(setFound, () => setFound([]));
  }, [text]);
  return found;
}

/** @param {{text?: string, found: null | any[], filters: Record<string, string>}} props */
function Found({ text, found, filters }) {
  if (!text || !found)
    return null;
  return html`<p class="hits" role="status"><b>${text}</b>: ${found.length ? `${number(found.length)} ${nameOf("binsFound")} ` : nameOf("nothingFound")}
    ${found.slice(0, SHOWN).map((bin) => html`<a key=${bin.location} href=${filters.aisle || bin.aisle === null ? hrefOf("locations", bin.location)
      : hrefOfList("map", { ...filters, aisle: String(bin.aisle) })}>${bin.location}</a> `)}</p>`;
}

// ---------------------------------------------------------------- what stands around the drawing

/** @param {{filters: Record<string, string>, heat: string, overview: boolean}} props */
function Choices({ filters, heat, overview }) {
  /** @param {Record<string, string>} more */
  const set = (more) => { location.hash = hrefOfList("map", { ...filters, ...more }); };
  return html`<form class="filters" onSubmit=${stay}>
    <label>${nameOf("colourBy")}<select name="heat" value=${heat} onChange=${taking((text) => set({ heat: text }))}>
      ${Object.keys(heats).filter((name) => !overview || heats[name].aisles).map((name) => html`<option key=${name} value=${name}>${nameOf(name)}</option>`)}</select></label>
    <label>${nameOf("findBin")}<input name="find" type="search" value=${filters.find ?? ""} autocomplete="off" onChange=${taking((text) => set({ find: text.trim() }))} /></label></form>`;
}

/** @param {{heat: Heat, bounds: number[], name: string}} props */
const Legend = ({ heat, bounds, name }) => html`<ol class="legend" aria-label=${nameOf(name)}>${legendOf(heat, bounds).map(({ step, sign, text }) =>
  html`<li key=${step}><span class=${`swatch heat-${step}`} aria-hidden="true">${sign}</span>${text}</li>`)}</ol>`;

/** What is known of the bin that somebody looks at. @param {{heat: Heat, bounds: number[]}} props */
function Pointed({ heat, bounds }) {
  const bin = pointed.value;
  if (!bin)
    return html`<p id="plan-help" class="means">${nameOf("mapHelp")}</p>`;
  const facts = [["sku", bin.sku], ["items", bin.items || null], ["quantity", number(bin.quantity)], ["capacity", bin.capacity], ["picks_week", number(bin.picks_week)],
    ["condition", bin.condition && nameOf(bin.condition)]].filter(([, value]) => value !== null && value !== undefined);
  return html`<p id="plan-help" class="means"><b>${bin.location}</b> · ${said(heat.value(bin), heat, bounds)}${facts.map(([name, value]) => html` · ${nameOf(name)} <b>${value}</b>`)}</p>`;
}

/** @param {{heat: Floor["heat"]}} props */
const Following = ({ heat }) => (heat.followed < heat.moves
  ? html`<p role="status">${nameOf("following")} <progress max=${heat.moves} value=${heat.followed}></progress></p>` : null);

/** @param {{kind: string, rows: any[]}} props */
function Table({ kind, rows }) {
  const [open, setOpen] = useState(false);
  return html`<details class="as-table" onToggle=${(/** @type {Event} */ event) => setOpen(/** @type {HTMLDetailsElement} */ (event.currentTarget).open)}><summary>${nameOf("asTable")}</summary>
    ${open && html`<${Rows} kind=${office.value?.kinds.find((one) => one.kind === kind)} rows=${rows} />`}</details>`;
}

/** Aisles alone, each a link to its own map. @param {{aisles: any[], heat: Heat, bounds: number[], found: null | any[], filters: Record<string, string>}} props */
function Aisles({ aisles, heat, bounds, found, filters }) {
  const lit = found && new Set(found.map((bin) => bin.aisle));
  return html`<ol class="plan aisles">${aisles.map((one) => html`<li key=${one.aisle}><a class=${`bin heat-${stepOf(heat.value(one), bounds, heat)}${lit ? lit.has(one.aisle) ? " lit" : " dim" : ""}`}
    href=${hrefOfList("map", { ...filters, aisle: one.aisle === null ? UNPLACED : String(one.aisle) })} data-aisle=${one.aisle ?? UNPLACED}>
    <b>${one.aisle === null ? nameOf("unplaced") : `${nameOf("aisle")} ${one.aisle + 1}`}</b><span>${said(heat.value(one), heat, bounds)}</span><small>${number(one.bins)} ${nameOf("binsFound")}</small></a></li>`)}</ol>`;
}

/** @param {{filters: Record<string, string>}} props */
export function BinMap({ filters }) {
  const aisle = filters.aisle ?? "";
  const { floor, fault } = useFloor(aisle);
  const found = useFound(filters.find ?? "");
  const places = floor?.bins ?? floor?.aisles ?? [], overview = Boolean(floor && !floor.bins);
  const name = heats[filters.heat] && (!overview || heats[filters.heat].aisles) ? filters.heat : "picks_week";
  const heat = heats[name], bounds = boundsOf(heat, places);
  useEffect(() => () => { pointed.value = null; }, [aisle]);
  const title = !aisle ? "" : aisle === UNPLACED ? nameOf("unplaced") : `${nameOf("aisle")} ${Number(aisle) + 1}`;
  return html`<header><h1>${aisle ? html`<a href=${hrefOfList("map", { ...filters, aisle: "" })}>${nameOf("map")}</a> <b>${title}</b>` : nameOf("map")}</h1></header>
    <${Choices} filters=${filters} heat=${name} overview=${overview} /><${Found} text=${filters.find} found=${found} filters=${filters} />
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${!floor ? !fault && html`<progress></progress>` : !places.length ? html`<p class="none">${nameOf("noBins")}</p>` : html`
      <${Following} heat=${floor.heat} /><${Legend} heat=${heat} bounds=${bounds} name=${name} />
      ${floor.bins ? html`<${Pointed} heat=${heat} bounds=${bounds} />
        <${FloorPlan} bins=${floor.bins} heat=${heat} bounds=${bounds} lit=${found && new Set(found.map((bin) => bin.location))} point=${(/** @type {any} */ bin) => { pointed.value = bin ?? pointed.value; }} />`
        : html`<${Aisles} aisles=${floor.aisles} heat=${heat} bounds=${bounds} found=${found} filters=${filters} />`}
      <${Table} kind=${floor.bins ? "bins" : "aisles"} rows=${places} />`}`;
}
