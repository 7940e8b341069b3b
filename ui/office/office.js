// Head office in a browser: who comes in, and the pages that are its own. Decides nothing: what there is to look at and to do
// comes from head office's own tables.

import { h, render } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { close, hasKey, office, open } from "./ask.js";
import { Bring } from "./bring.js";
import { Compared, FigurePage, Figures } from "./figures.js";
import { Fit } from "./fit.js";
import { Languages, Menu, Others, Search, usePlace } from "./frame.js";
import { Home } from "./home.js";
import { nameOf } from "./names.js";

const html = htm.bind(h);

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

// ---------------------------------------------------------------- the page

const pages = {
  "": () => html`<${Home} />`,
  bring: () => html`<${Bring} />`,
  fit: () => html`<${Fit} />`,
  others: () => html`<${Others} />`,
  analytics: (code, filters) => (code ? html`<${FigurePage} key=${code} name=${code} filters=${filters} />` : html`<${Figures} filters=${filters} />`),
  compared: (_, filters) => html`<${Compared} filters=${filters} />`,
};

function Page() {
  const { name, body } = usePlace(pages);
  return html`<div class="top"><a class="home" href="#/">Floorhand</a><${Search} /><${Languages} />
      <button class="quiet" onClick=${close}>${nameOf("leave")}</button></div>
    <div class="frame"><${Menu} at=${name} pages=${Object.keys(pages)} last=${["bring", "others"]} /><main>${body}</main></div>`;
}

const App = () => (office.value ? html`<${Page} />` : html`<${Door} />`);

if (hasKey())
  await open().catch(() => {});
render(html`<${App} />`, document.body);
