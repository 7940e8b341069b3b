// Head office in a browser: who comes in, and the pages that are its own. Decides nothing: what there is to look at and to do
// comes from head office's own tables.

import { h, render } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { Acts } from "./acts.js";
import { close, hasKey, office, open } from "./ask.js";
import { Bring } from "./bring.js";
import { Compared, FigurePage, Figures } from "./figures.js";
import { Design } from "./design.js";
import { Fit } from "./fit.js";
import { Languages, Menu, Others, Search, usePlace } from "./frame.js";
import { Home } from "./home.js";
import { List } from "./list.js";
import { nameOf } from "./names.js";
import { isSpecial, leads, lists, pages as special } from "./special.js";
import { hrefOfList } from "./values.js";
import { taking } from "./forms.js";

const html = htm.bind(h);

// ---------------------------------------------------------------- who comes in

function Door() {
  const [key, setKey] = useState("");
  const [fault, setFault] = useState("");
  /** @param {Event} event */
  const enter = (event) => {
    event.preventDefault();
    open(key).catch((refusal) => setFault(refusal.message || nameOf("lost")));
  };
  return html`<form class="door" onSubmit=${enter}><h1>Floorhand <span>${nameOf("office")}</span></h1>
    <label>${nameOf("keyAsk")}<input type="password" autocomplete="current-password" autofocus value=${key} onInput=${taking(setKey)} /></label>
    <small>${nameOf("keyHelp")}</small>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    <button disabled=${!key}>${nameOf("open_office")}</button><${Languages} /></form>`;
}

// ---------------------------------------------------------------- the page

/** A kind's own way to be looked at, or its table; a button leads from one to the other.
 *  @param {{kind: import("./ask.js").Kind, filters: Record<string, string>}} props */
function Rows({ kind, filters }) {
  const { view, ...asked } = filters, own = isSpecial(kind.kind, filters), Body = lists[kind.kind]?.body;
  const [tick, setTick] = useState(0);
  if (!own)
    return html`${Body && html`<a class="choice" href=${hrefOfList(kind.kind)}>${nameOf("as_work")}</a>`}<${List} kind=${kind} filters=${asked} keep=${view ? { view } : {}} />`;
  return html`<header><h1>${nameOf(kind.kind)}</h1><${Acts} kind=${kind} changed=${() => setTick(tick + 1)} />
      <a class="choice" href=${hrefOfList(kind.kind, { ...asked, view: "table" })}>${nameOf("as_table")}</a></header>
    <${Body} key=${tick} filters=${asked} />`;
}

/** @type {Record<string, (code: string, filters: Record<string, string>) => unknown>} */
const pages = {
  ...Object.fromEntries(Object.entries(special).map(([name, Body]) => [name, (/** @type {string} */ _, /** @type {Record<string, string>} */ filters) => html`<${Body} filters=${filters} />`])),
  "": () => html`<${Home} />`,
  bring: () => html`<${Bring} />`,
  fit: () => html`<${Fit} />`,
  design: () => html`<${Design} />`,
  others: () => html`<${Others} />`,
  analytics: (code, filters) => (code ? html`<${FigurePage} key=${code} name=${code} filters=${filters} />` : html`<${Figures} filters=${filters} />`),
  compared: (_, filters) => html`<${Compared} filters=${filters} />`,
};

function Page() {
  const { name, body } = usePlace(pages, { rows: Rows, leads });
  return html`<header class="top"><a class="home" href="#/">Floorhand</a><${Search} /><${Languages} />
      <button class="quiet" onClick=${close}>${nameOf("leave")}</button></header>
    <div class="frame"><${Menu} at=${name} pages=${Object.keys(pages)} last=${["bring", "others"]} /><main>${body}</main></div>`;
}

const App = () => (office.value ? html`<${Page} />` : html`<${Door} />`);

if (hasKey())
  await open().catch(() => {});
render(html`<${App} />`, document.body);
