// Who comes in: a person by name and password, or a program's key. A first password is changed before anything else.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { choosePassword, logIn, me, openByKey } from "./ask.js";
import { Languages } from "./frame.js";
import { nameOf } from "./names.js";

const html = htm.bind(h);

/** A form of texts, which are sent on by a promise. @param {{fields: [string, string, string][], button: string, send: (...texts: string[]) =>
 *  Promise<unknown>, children?: unknown}} props  fields: name, type, autocomplete */
function Ask({ fields, button, send, children }) {
  const [fault, setFault] = useState("");
  /** @param {Event} event */
  const enter = (event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    setFault("");
    send(...fields.map(([name]) => String(given.get(name) ?? ""))).catch((refusal) => setFault(refusal.message || nameOf("lost")));
  };
  return html`<form onSubmit=${enter}>${fields.map(([name, type, fill], at) => html`<label key=${name}>${nameOf(name)}
      <input name=${name} type=${type} autocomplete=${fill} required autofocus=${at === 0} spellcheck="false" autocapitalize="none" /></label>`)}
    ${children}${fault && html`<p class="fault" role="alert">${fault}</p>`}<button>${nameOf(button)}</button></form>`;
}

const Choose = () => html`<p>${nameOf("passwordMust")}</p><${Ask} key="choose" button="choose" send=${choosePassword}
  fields=${[["passwordOld", "password", "current-password"], ["passwordNew", "password", "new-password"]]} />`;

const Enter = () => html`<${Ask} key="enter" button="log_in" send=${logIn}
    fields=${[["loginAsk", "text", "username"], ["passwordAsk", "password", "current-password"]]} />
  <details><summary>${nameOf("byKey")}</summary><${Ask} button="open_office" send=${openByKey} fields=${[["keyAsk", "password", "off"]]}>
    <small>${nameOf("keyHelp")}</small><//></details>`;

export const Door = () => html`<main class="door"><h1>Floorhand <span>${nameOf("office")}</span></h1>
  ${me.value?.must_change ? html`<${Choose} />` : html`<${Enter} />`}<${Languages} /></main>`;
