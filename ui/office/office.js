// Head office in a browser: the menu, the search, and which page the address names. Decides nothing: what there is to look
// at and to do comes from head office's own tables.

import { h, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { signal } from "@preact/signals";
import { close, hasKey, list, office, open } from "./ask.js";
import { Acts, Form } from "./acts.js";
import { Bring } from "./bring.js";
import { Compared, FigurePage, Figures } from "./figures.js";
import { Fit } from "./fit.js";
import { Home } from "./home.js";
import { language, languages, rememberLanguage } from "./language.js";
import { List } from "./list.js";
import { One } from "./row.js";
import { groups, inWords, nameOf } from "./names.js";
import { isSpecial, lists, pages as special } from "./special.js";
import { hrefOf, hrefOfList } from "./values.js";

const html = htm.bind(h);
const place = signal(location.hash);
addEventListener("hashchange", () => { place.value = location.hash; });

// ---------------------------------------------------------------- who comes in

function Door() {
  const [key, setKey] = useState("");
  const [fault, setFault] = useState("");
  const enter = (event) => {
    event.preventDefault();
    open(key).catch((refusal) => setFault(refusal.message || nameOf("lost")));
  };
  return html`<form class="door" onSubmit=${enter}><h1>Floorhand <span>${nameOf("office")}</span></h1>
    <label>${nameOf("keyAsk")}<input type="password" autocomplete="current-password" autofocus value=${key} onInput=${(event) => setKey(event.target.value)} /></label>
    <small>${nameOf("keyHelp")}</small>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    <button disabled=${!key}>${nameOf("open_office")}</button><${Languages} /></form>`;
}

const Languages = () => html`<span class="languages" role="group">${languages.map(({ id, name }) =>
  html`<button type="button" lang=${id} class="quiet" aria-pressed=${language.value === id} onClick=${() => rememberLanguage(id)}>${name}</button>`)}</span>`;

// ---------------------------------------------------------------- the search

/** Where a code may be, in this order. @type {[string, string][]} */
const places = [["orders", "order"], ["orders", "platform_order"], ["orders", "waybill"], ["items", "sku"], ["items", "barcode"],
  ["aftersales", "aftersale"], ["aftersales", "waybill"], ["documents", "document"], ["orders", "buyer"]];

async function seek(text) {
  const kinds = new Map(office.value?.kinds.map((kind) => [kind.kind, kind]));
  const asked = places.filter(([kind, filter]) => kinds.get(kind)?.filters.includes(filter));
  const found = await Promise.all(asked.map(([kind, filter]) => list(kind, { [filter]: text, limit: 5 }).catch(() => ({ rows: [] }))));
  return asked.flatMap(([kind], at) => found[at].rows.map((row) => [kind, String(row[kinds.get(kind)?.one ?? ""])]))
    .filter(([kind, code], at, all) => all.findIndex(([a, b]) => a === kind && b === code) === at);
}

function Search() {
  const [found, setFound] = useState(/** @type {null | string[][]} */ (null));
  useEffect(() => setFound(null), [place.value]);
  const look = async (event) => {
    event.preventDefault();
    const text = new FormData(event.target).get("code")?.toString().trim();
    if (!text)
      return;
    const hits = await seek(text);
    setFound(hits.length === 1 ? null : hits);
    if (hits.length === 1)
      location.hash = hrefOf(hits[0][0], hits[0][1]);
  };
  return html`<form class="search" role="search" onSubmit=${look}><input name="code" type="search" aria-label=${nameOf("find")} placeholder=${nameOf("find")} autocomplete="off" />
    ${found && html`<div class="found" role="status">${found.length ? found.map(([kind, code]) => html`<a href=${hrefOf(kind, code)} onClick=${() => setFound(null)}>${nameOf(kind)} <b>${code}</b></a>`)
      : html`<p>${nameOf("nothingFound")}</p>`}</div>`}</form>`;
}

// ---------------------------------------------------------------- the menu

function Menu({ at }) {
  const kinds = new Set([...office.value?.kinds.map((kind) => kind.kind) ?? [], "analytics", "compared", "fit", ...Object.keys(special)]);
  const line = (kind) => html`<a key=${kind} href=${`#/${kind}`} aria-current=${at === kind ? "page" : null}>${nameOf(kind)}</a>`;
  return html`<nav aria-label="Floorhand"><a href="#/" aria-current=${at === "" ? "page" : null}>${nameOf("home")}</a>
    ${groups.map(([english, chinese, members]) => {
      const there = members.filter((kind) => kinds.has(kind));
      return there.length > 0 && html`<h2 key=${english}>${language.value === "zh" ? chinese : english}</h2>${there.map(line)}`;
    })}
    <h2>${nameOf("everything")}</h2>${line("bring")}${line("others")}</nav>`;
}

// ---------------------------------------------------------------- every verb

function Others() {
  const [verb, choose] = useState(/** @type {any} */ (null));
  return html`<header><h1>${nameOf("others")}</h1></header>
    <div class="wide"><table><tbody>${office.value?.verbs.map((one) => html`<tr key=${one.verb}><td><code>${one.verb}</code></td>
      <td><button class="quiet" onClick=${() => choose(one)}>${inWords(one)}</button></td></tr>`)}</tbody></table></div>
    ${verb && html`<${Form} key=${verb.verb} verb=${verb} start=${{}} done=${() => {}} leave=${() => choose(null)} />`}`;
}

// ---------------------------------------------------------------- the page

/** A kind's own way to be looked at, or its table; a button leads from one to the other. */
function Rows({ kind, filters }) {
  const { view, ...asked } = filters, own = isSpecial(kind.kind, filters), Body = lists[kind.kind]?.body;
  const [tick, setTick] = useState(0);
  if (!own)
    return html`${Body && html`<a class="choice" href=${hrefOfList(kind.kind)}>${nameOf("as_work")}</a>`}<${List} kind=${kind} filters=${asked} keep=${view ? { view } : {}} />`;
  return html`<header><h1>${nameOf(kind.kind)}</h1><${Acts} kind=${kind} changed=${() => setTick(tick + 1)} />
      <a class="choice" href=${hrefOfList(kind.kind, { ...asked, view: "table" })}>${nameOf("as_table")}</a></header>
    <${Body} key=${tick} filters=${asked} />`;
}

function Page() {
  const [path, question] = place.value.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/");
  const kind = office.value?.kinds.find((one) => one.kind === name);
  const filters = Object.fromEntries(new URLSearchParams(question ?? ""));
  const code = decodeURIComponent(rest.join("/"));
  useEffect(() => scrollTo(0, 0), [path]);
  const pages = { "": () => html`<${Home} />`, bring: () => html`<${Bring} />`, fit: () => html`<${Fit} />`, others: () => html`<${Others} />`,
    analytics: () => (code ? html`<${FigurePage} key=${code} name=${code} filters=${filters} />` : html`<${Figures} filters=${filters} />`), compared: () => html`<${Compared} filters=${filters} />` };
  const Special = special[name];
  const body = pages[name]?.() ?? (Special ? html`<${Special} filters=${filters} />` : !kind ? html`<p class="none">${nameOf("nothing")}</p>`
    : code && kind.one ? html`<${One} kind=${kind} code=${code} />` : html`<${Rows} kind=${kind} filters=${filters} />`);
  return html`<div class="top"><a class="home" href="#/">Floorhand</a><${Search} /><${Languages} />
      <button class="quiet" onClick=${close}>${nameOf("leave")}</button></div>
    <div class="frame"><${Menu} at=${name} /><main>${body}</main></div>`;
}

const App = () => (office.value ? html`<${Page} />` : html`<${Door} />`);

document.documentElement.lang = language.value;
if (hasKey())
  await open().catch(() => {});
render(html`<${App} />`, document.body);
