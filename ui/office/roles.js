// Who may what: the table of rights as head office has it, by role. People get their roles on their own pages.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { ask, office } from "./ask.js";
import { inWords, nameOf } from "./names.js";
import { hrefOfList } from "./values.js";
import { stay, taking } from "./forms.js";

const html = htm.bind(h);
const parts = /** @type {const} */ (["verbs", "files", "kinds"]);

/** @typedef {"verbs" | "files" | "kinds"} Part */
/** @typedef {{name: string, roles: string[]}} Right */
/** GET /api/v1/roles. @typedef {Record<Part, Right[]> & {roles: {role: string, english: string, chinese: string}[]}} Told */

/** What a right is called. @param {{part: Part, name: string}} props */
function Called({ part, name }) {
  const verb = part === "verbs" && office.value?.verbs.find((one) => one.verb === name);
  return part === "verbs" ? html`${verb && html`${inWords(verb)} `}<code>${name}</code>` : nameOf(name);
}

/** @param {{part: Part, rights: Right[], roles: Told["roles"]}} props */
const Rights = ({ part, rights, roles }) => html`<div class="wide" tabindex="0"><table class="rights"><thead><tr><th scope="col">${nameOf(`rights_${part}`)}</th>
    ${roles.map((role) => html`<th key=${role.role} scope="col">${inWords(role)}</th>`)}</tr></thead>
  <tbody>${rights.map((right) => html`<tr key=${right.name}><th scope="row"><${Called} part=${part} name=${right.name} /></th>
    ${roles.map((role) => html`<td key=${role.role}>${right.roles.includes(role.role) ? html`<span role="img" aria-label=${nameOf("may")}>✓</span>` : ""}</td>`)}</tr>`)}</tbody></table></div>`;

export function Roles() {
  const [said, setSaid] = useState(/** @type {Told | null} */ (null));
  const [part, setPart] = useState(/** @type {Part} */ ("verbs"));
  const [only, setOnly] = useState("");
  useEffect(() => {
    ask("roles").then(setSaid, () => {});
  }, []);
  if (!said)
    return html`<header><h1>${nameOf("roles")}</h1></header><progress></progress>`;
  const rights = said[part].filter((right) => !only || right.roles.includes(only));
  return html`<header><h1>${nameOf("roles")}</h1><a class="choice" href=${hrefOfList("staff")}>${nameOf("staff")}</a></header>
    <p class="means">${nameOf("roles_means")}</p>
    <form class="filters" onSubmit=${stay}>
      <label>${nameOf("rights_of")}<select value=${part} onChange=${taking((text) => setPart(/** @type {Part} */ (text)))}>
        ${parts.map((one) => html`<option key=${one} value=${one}>${nameOf(`rights_${one}`)}</option>`)}</select></label>
      <label>${nameOf("role")}<select value=${only} onChange=${taking(setOnly)}>
        <option value="">${nameOf("allRows")}</option>${said.roles.map((role) => html`<option key=${role.role} value=${role.role}>${inWords(role)}</option>`)}</select></label></form>
    <${Rights} part=${part} rights=${rights} roles=${said.roles.filter((role) => !only || role.role === only)} />`;
}
