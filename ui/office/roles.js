// Who may what: the table of rights as head office has it, by role. People get their roles on their own pages.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { ask, office } from "./ask.js";
import { inWords, nameOf } from "./names.js";
import { hrefOfList } from "./values.js";

const html = htm.bind(h);
const parts = ["verbs", "files", "kinds"];

/** What a right is called. @param {string} part @param {string} name */
function Called({ part, name }) {
  const verb = part === "verbs" && office.value?.verbs.find((one) => one.verb === name);
  return part === "verbs" ? html`${verb && html`${inWords(verb)} `}<code>${name}</code>` : nameOf(name);
}

/** @param {{part: string, rights: {name: string, roles: string[]}[], roles: any[]}} props */
const Rights = ({ part, rights, roles }) => html`<div class="wide"><table class="rights"><thead><tr><th scope="col">${nameOf(`rights_${part}`)}</th>
    ${roles.map((role) => html`<th key=${role.role} scope="col">${inWords(role)}</th>`)}</tr></thead>
  <tbody>${rights.map((right) => html`<tr key=${right.name}><th scope="row"><${Called} part=${part} name=${right.name} /></th>
    ${roles.map((role) => html`<td key=${role.role}>${right.roles.includes(role.role) ? html`<span role="img" aria-label=${nameOf("may")}>✓</span>` : ""}</td>`)}</tr>`)}</tbody></table></div>`;

export function Roles() {
  const [said, setSaid] = useState(/** @type {any} */ (null));
  const [part, setPart] = useState("verbs");
  const [only, setOnly] = useState("");
  useEffect(() => {
    ask("roles").then(setSaid, () => {});
  }, []);
  if (!said)
    return html`<header><h1>${nameOf("roles")}</h1></header><progress></progress>`;
  const rights = said[part].filter((right) => !only || right.roles.includes(only));
  return html`<header><h1>${nameOf("roles")}</h1><a class="choice" href=${hrefOfList("staff")}>${nameOf("staff")}</a></header>
    <p class="means">${nameOf("roles_means")}</p>
    <form class="filters" onSubmit=${(event) => event.preventDefault()}>
      <label>${nameOf("rights_of")}<select value=${part} onChange=${(event) => setPart(event.target.value)}>
        ${parts.map((one) => html`<option key=${one} value=${one}>${nameOf(`rights_${one}`)}</option>`)}</select></label>
      <label>${nameOf("role")}<select value=${only} onChange=${(event) => setOnly(event.target.value)}>
        <option value="">${nameOf("allRows")}</option>${said.roles.map((role) => html`<option key=${role.role} value=${role.role}>${inWords(role)}</option>`)}</select></label></form>
    <${Rights} part=${part} rights=${rights} roles=${said.roles.filter((role) => !only || role.role === only)} />`;
}
