// Head office in a browser, and the pages that are its own. Decides nothing: what there is to look at and to do, and for whom, comes
// from head office's own tables.

import { h, render } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { Acts } from "./acts.js";
import { close, me, office, resume } from "./ask.js";
import { Bring } from "./bring.js";
import { Door } from "./door.js";
import { Compared, FigurePage, Figures } from "./figures.js";
import { Design } from "./design.js";
import { Fit } from "./fit.js";
import { Languages, Menu, Others, Search, usePlace } from "./frame.js";
import { Home } from "./home.js";
import { List } from "./list.js";
import { nameOf } from "./names.js";
import { isSpecial, leads, lists, pages as special } from "./special.js";
import { hrefOf, hrefOfList } from "./values.js";

const html = htm.bind(h);

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
      ${me.value?.login && html`<a class="who" href=${hrefOf("staff", me.value.login)}>${me.value.title}</a>`}
      <button class="quiet" onClick=${close}>${nameOf("leave")}</button></header>
    <div class="frame"><${Menu} at=${name} pages=${Object.keys(pages)} last=${["bring", "others"]} /><main>${body}</main></div>`;
}

const App = () => (office.value ? html`<${Page} />` : html`<${Door} />`);

await resume().catch(() => {});
document.body.replaceChildren(); // what stood there until now
render(html`<${App} />`, document.body);
