// The sites: which serves which province, how each is, and what is to be done where something is wrong.

import { h } from "preact";
import htm from "htm";
import { language } from "./language.js";
import { nameOf } from "./names.js";
import { places } from "./provinces.js";
import { ago, useRows } from "./queue.js";
import { hrefOf, hrefOfList, number } from "./values.js";

const html = htm.bind(h);
const SILENT_MS = 20 * 60000, BEHIND = 200; // a site says hello every ten minutes

/** @typedef {import("./ask.js").Row} Row */

/** What can be wrong with a site, the worst first: each names the sentence that says what to do (names.js), and where.
 *  @type {{name: string, look: "bad" | "warn", is: (site: Row) => unknown, href?: (site: Row) => string}[]} */
const troubles = [
  { name: "site_fault", look: "bad", is: (site) => site.fault },
  { name: "site_lost", look: "bad", is: (site) => site.lost },
  { name: "site_never", look: "warn", is: (site) => !site.last_seen },
  { name: "site_silent", look: "bad", is: (site) => site.last_seen && Date.now() - Date.parse(site.last_seen) > SILENT_MS },
  { name: "site_parked", look: "warn", is: (site) => site.parked > 0, href: (site) => hrefOfList("parked", { site: site.site }) },
  { name: "site_dropped", look: "warn", is: (site) => site.dropped > 0, href: (site) => hrefOfList("flagged", { site: site.site }) },
  { name: "site_behind", look: "warn", is: (site) => site.feed_head - site.feed_acked > BEHIND },
];

/** @param {Row} site */
const wrongWith = (site) => troubles.filter((trouble) => trouble.is(site));
/** @param {Row} site @returns {Look} */
const lookOf = (site) => wrongWith(site)[0]?.look ?? "good";

// ---------------------------------------------------------------- the map

/** The site that serves each province first. @param {Row[]} regions @returns {Map<string, Row>} */
function nearest(regions) {
  const found = new Map();
  for (const region of regions) {
    const place = places.find(([full, short]) => region.province.startsWith(short) || region.province === full)?.[1];
    if (place && (!found.has(place) || found.get(place)?.rank > region.rank))
      found.set(place, region);
  }
  return found;
}

/** @param {{regions: Row[], sites: Row[]}} props */
function Provinces({ regions, sites }) {
  const served = nearest(regions), order = sites.map((site) => site.site);
  return html`<section><h2>${nameOf("who_serves")}</h2>
    <ol class="keys">${sites.map((site, at) => html`<li key=${site.site}><i class=${`tint tint-${at % 8}`}></i><a href=${hrefOf("sites", site.site)}>${site.site}</a></li>`)}<li><i class="tint"></i>${nameOf("nobody_first")}</li></ol>
    <ol class="map">${places.map(([full, short, english, code, column, row]) => {
      const its = served.get(short), at = order.indexOf(its?.site);
      const words = `${language.value === "zh" ? full : english}: ${its ? `${its.site}, ${nameOf("rank")} ${its.rank}` : nameOf("nobody_first")}`;
      return html`<li key=${short} class=${`tint tint-${at < 0 ? "none" : at % 8}`} ref=${(/** @type {HTMLElement | null} */ node) => node && Object.assign(node.style, { gridColumn: column, gridRow: row })} title=${words} aria-label=${words}>
        <b>${language.value === "zh" ? short : code}</b><small>${its?.site ?? ""}</small></li>`;
    })}</ol></section>`;
}

// ---------------------------------------------------------------- how each is

const FIGURES = /** @type {[string, (site: Row) => unknown][]} */ ([
  ["last_seen", (site) => (site.last_seen ? ago(site.last_seen) : nameOf("never"))],
  ["applied", (site) => number(site.applied)],
  ["not_taken", (site) => number(Math.max(0, site.feed_head - site.feed_acked))],
  ["not_in_backup", (site) => number(Math.max(0, site.applied - site.durable))],
  ["parked", (site) => number(site.parked)],
  ["epoch", (site) => number(site.epoch)],
  ["capacity", (site) => (site.capacity ? number(site.capacity) : nameOf("no_limit"))],
]);

/** @param {{site: Row}} props */
function Site({ site }) {
  const wrong = wrongWith(site);
  return html`<li class=${`card ${lookOf(site)}`}><h2><a href=${hrefOf("sites", site.site)}>${site.site}</a> <span>${site.name}</span></h2>
    <span class=${`badge ${lookOf(site)}`}>${nameOf(wrong.length ? wrong[0].name : "all_well")}</span>
    <dl>${FIGURES.map(([name, of]) => html`<div key=${name}><dt>${nameOf(name)}</dt><dd>${of(site)}</dd></div>`)}</dl>
    ${wrong.map((trouble) => html`<p key=${trouble.name} class="todo"><b>${nameOf(trouble.name)}${trouble.name === "site_fault" ? ` (${nameOf(`fault_${site.fault}`)})` : ""}</b> ${nameOf(`${trouble.name}_do`)} ${trouble.href ? html`<a href=${trouble.href(site)}>${nameOf("look_there")}</a>` : ""}</p>`)}</li>`;
}

/** @typedef {"good" | "warn" | "bad"} Look */
const RANK = { bad: 0, warn: 1, good: 2 };

export function Fleet() {
  const { rows, fault } = useRows("sites", {}, 500), regions = useRows("regions", {}, 500);
  if (fault)
    return html`<p class="fault" role="alert">${fault}</p>`;
  if (!rows)
    return html`<progress></progress>`;
  const sorted = [...rows].sort((a, b) => RANK[lookOf(a)] - RANK[lookOf(b)] || String(a.site).localeCompare(String(b.site)));
  return html`<ul class="cards wider">${sorted.map((site) => html`<${Site} key=${site.site} site=${site} />`)}</ul>
    ${(regions.rows?.length ?? 0) > 0 && html`<${Provinces} regions=${regions.rows} sites=${rows} />`}`;
}
