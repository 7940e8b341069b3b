// The supervisor's pages of a site: the live board, and a page for every kind of rows and verb that the box's tables name.
// Decides nothing.

import { h, render } from "preact";
import htm from "htm";
import { me, office, resume, signOut } from "./ask.js";
import { Approval } from "./approval.js";
import { BadgeAsk, BadgeChip } from "./badge.js";
import { BinMap } from "./binmap.js";
import { Board } from "./board.js";
import { Design } from "./design.js";
import { Designer } from "./designer.js";
import { Devices, Training } from "./devices.js";
import { Door } from "./door.js";
import { Languages, Menu, Others, place, Search, usePlace } from "./frame.js";
import { List } from "./list.js";
import { nameOf } from "./names.js";
import { Planning } from "./planning.js";
import { One } from "./row.js";
import { Settings } from "./settings.js";
import { ChainState } from "./trail.js";

const html = htm.bind(h);

/** @param {string} name */
const kindOf = (name) => office.value?.kinds.find((kind) => kind.kind === name);
/** @param {string} name @param {string} code @param {Record<string, string>} filters @param {unknown} above */
const rowsOf = (name, code, filters, above) => (code ? html`<${One} kind=${kindOf(name)} code=${code} />` : html`<${List} kind=${kindOf(name)} filters=${filters} above=${above} />`);

/** @type {Record<string, (code: string, filters: Record<string, string>) => unknown>} */
const pages = {
  "": (_, filters) => html`<${Board} wall=${Boolean(filters.wall)} />`,
  planning: () => html`<${Planning} />`,
  approval: () => html`<${Approval} />`,
  designer: (name, { from = "" }) => html`<${Designer} name=${name} from=${from} />`,
  map: (_, filters) => html`<${BinMap} filters=${filters} />`,
  devices: () => html`<${Devices} />`,
  training: () => html`<${Training} />`,
  settings: () => html`<${Settings} />`,
  journal: (code, filters) => rowsOf("journal", code, filters, html`<${ChainState} />`),
  design: () => html`<${Design} />`,
  others: () => html`<${Others} />`,
};

function Page() {
  const { name, body } = usePlace(pages);
  if (onWall())
    return html`<div class="wall"><main>${body}</main></div>`;
  return html`<header class="top"><a class="home" href="#/">Floorhand</a><${Search} /><${BadgeChip} /><${Languages} />
      ${me.value?.worker && html`<span class="who">${me.value.name}</span><button class="quiet" onClick=${signOut}>${nameOf("signOut")}</button>`}</header>
    <div class="frame"><${Menu} at=${name} pages=${Object.keys(pages)} last=${["others"]} /><main>${body}</main></div>
    <${BadgeAsk} />`;
}

const onWall = () => /[?&]wall=1/.test(place.value);

/** A board on the wall is open to all where the site says so; the rest to who has signed in. */
function App() {
  if (office.value)
    return html`<${Page} />`;
  return me.value?.board_public && onWall() ? html`<div class="wall"><main><${Board} wall /></main></div>` : html`<${Door} />`;
}

const AGAIN_MS = 2000;
const Lost = () => html`<p class="fault" role="alert">${nameOf("lost")}</p>`;

let shown = false;
/** What stood there before the modules goes first. @param {import("preact").ComponentChild} body */
function show(body) {
  if (!shown)
    document.body.replaceChildren();
  shown = true;
  render(body, document.body);
}

/** The box may be starting: it is asked again until it answers. */
async function begin() {
  try {
    await resume();
    show(html`<${App} />`);
  } catch {
    show(html`<${Lost} />`);
    setTimeout(begin, AGAIN_MS);
  }
}

begin();
