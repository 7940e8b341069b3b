// What stands around every page of tables: the language, the search, the menu, and which page the address names.

import { h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import htm from "htm";
import { signal } from "@preact/signals";
import { list, office } from "./ask.js";
import { Form } from "./acts.js";
import { language, languages, rememberLanguage } from "./language.js";
import { List } from "./list.js";
import { One } from "./row.js";
import { groups, inWords, nameOf } from "./names.js";
import { places } from "./tables.js";
import { hrefOf } from "./values.js";
import { ofTwo } from "./naming.js";
import { typed } from "./forms.js";

const html = htm.bind(h);
export const place = signal(location.hash);
addEventListener("hashchange", () => { place.value = location.hash; });
document.documentElement.lang = language.value;

export const Languages = () => html`<span class="languages" role="group">${languages.map(({ id, name }) =>
  html`<button type="button" lang=${id} class="quiet" aria-pressed=${language.value === id} onClick=${() => rememberLanguage(id)}>${name}</button>`)}</span>`;

// ---------------------------------------------------------------- the search

/** @param {string} text */
async function seek(text) {
  const kinds = new Map(office.value?.kinds.map((kind) => [kind.kind, kind]));
  const asked = places.filter(([kind, filter]) => kinds.get(kind)?.filters.includes(filter));
  const found = await Promise.all(asked.map(([kind, filter]) => list(kind, { [filter]: text, limit: 5 }).catch(() => ({ rows: [] }))));
  return asked.flatMap(([kind], at) => found[at].rows.map((row) => [kind, String(row[kinds.get(kind)?.one ?? ""])]))
    .filter(([kind, code], at, all) => all.findIndex(([a, b]) => a === kind && b === code) === at);
}

export function Search() {
  const [found, setFound] = useState(/** @type {null | string[][]} */ (null));
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  useEffect(() => {
    setFound(null);
    form.current?.reset();
  }, [place.value]);
  /** @param {Event} event */
  const look = async (event) => {
    event.preventDefault();
    const text = typed(event, "code");
    if (!text)
      return;
    const hits = await seek(text);
    setFound(hits.length === 1 ? null : hits);
    if (hits.length === 1)
      location.hash = hrefOf(hits[0][0], hits[0][1]);
  };
  return html`<form class="search" role="search" ref=${form} onSubmit=${look}><input name="code" type="search" aria-label=${nameOf("find")} placeholder=${nameOf("find")} autocomplete="off" />
    ${found && html`<div class="found" role="status">${found.length ? found.map(([kind, code]) => html`<a href=${hrefOf(kind, code)} onClick=${() => setFound(null)}>${nameOf(kind)} <b>${code}</b></a>`)
      : html`<p>${nameOf("nothingFound")}</p>`}</div>`}</form>`;
}

// ---------------------------------------------------------------- the menu

/** @param {{at: string, pages: string[], last: string[]}} props  pages: what is no kind of rows but stands in a group;
 *  last: what stands under the last heading */
export function Menu({ at, pages, last }) {
  const there = new Set([...office.value?.kinds.map((kind) => kind.kind) ?? [], ...pages]);
  /** @param {string} name */
  const line = (name) => html`<a key=${name} href=${`#/${name}`} aria-current=${at === name ? "page" : null}>${nameOf(name)}</a>`;
  return html`<nav aria-label="Floorhand"><a href="#/" aria-current=${at === "" ? "page" : null}>${nameOf("home")}</a>
    ${groups.map(([english, chinese, members]) => {
      const shown = members.filter((name) => there.has(name));
      return shown.length > 0 && html`<h2 key=${english}>${ofTwo([english, chinese])}</h2>${shown.map(line)}`;
    })}
    <h2>${nameOf("everything")}</h2>${last.map(line)}</nav>`;
}

// ---------------------------------------------------------------- every verb

export function Others() {
  const [verb, choose] = useState(/** @type {any} */ (null));
  return html`<header><h1>${nameOf("others")}</h1></header>
    <div class="wide"><table><tbody>${office.value?.verbs.map((one) => html`<tr key=${one.verb}><td><code>${one.verb}</code></td>
      <td><button class="quiet" onClick=${() => choose(one)}>${inWords(one)}</button></td></tr>`)}</tbody></table></div>
    ${verb && html`<${Form} key=${verb.verb} verb=${verb} start=${{}} done=${() => {}} leave=${() => choose(null)} />`}`;
}

// ---------------------------------------------------------------- the page

/** What the address names: a page of the house's own, one row, or a kind of rows.
 * @param {Record<string, (code: string, filters: Record<string, string>) => unknown>} pages
 * @param {{rows?: any, leads?: Record<string, {body: any, hides: string[]}>}} own  how the house shows a kind, if not as a list; what
 *  stands above the facts of a row */
export function usePlace(pages, { rows = List, leads = {} } = {}) {
  const [path, question] = place.value.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/");
  const kind = office.value?.kinds.find((one) => one.kind === name);
  const filters = Object.fromEntries(new URLSearchParams(question ?? ""));
  const code = decodeURIComponent(rest.join("/"));
  useEffect(() => scrollTo(0, 0), [path]);
  const body = pages[name]?.(code, filters) ?? (!kind ? html`<p class="none">${nameOf("nothing")}</p>`
    : code && kind.one ? html`<${One} kind=${kind} code=${code} lead=${leads[kind.kind]} />` : html`<${rows} kind=${kind} filters=${filters} />`);
  return { name, body };
}
