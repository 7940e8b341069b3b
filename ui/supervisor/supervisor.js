// The supervisor's pages of a site: the live board, and a page for every kind of rows and verb that the box's tables name.
// Decides nothing.

import { h, render } from "preact";
import htm from "htm";
import { office, open } from "./ask.js";
import { BadgeAsk, BadgeChip } from "./badge.js";
import { Languages, Menu, Others, Search, usePlace } from "./frame.js";
import { nameOf } from "./names.js";

const html = htm.bind(h);

const pages = {
  others: () => html`<${Others} />`,
};

function Page() {
  const { name, body } = usePlace(pages);
  return html`<div class="top"><a class="home" href="#/">Floorhand</a><${Search} /><${BadgeChip} /><${Languages} /></div>
    <div class="frame"><${Menu} at=${name} pages=${Object.keys(pages)} last=${["others"]} /><main>${body}</main></div>
    <${BadgeAsk} />`;
}

const AGAIN_MS = 2000;
const Lost = () => html`<p class="fault" role="alert">${nameOf("lost")}</p>`;

/** The box may be starting: it is asked again until it answers. */
async function begin() {
  try {
    await open();
    render(html`<${Page} />`, document.body);
  } catch {
    render(html`<${Lost} />`, document.body);
    setTimeout(begin, AGAIN_MS);
  }
}

begin();
