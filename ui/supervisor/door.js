// Who comes in at a site's pages: a worker by badge and PIN. Decides nothing.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { signIn } from "./ask.js";
import { Languages } from "./frame.js";
import { nameOf } from "./names.js";

const html = htm.bind(h);

/** A scanner that types ends the badge with Enter: then the PIN is next. @param {KeyboardEvent} event */
function onward(event) {
  const field = /** @type {HTMLInputElement} */ (event.currentTarget);
  if (event.key !== "Enter" || field.form?.pin.value)
    return;
  event.preventDefault();
  field.form?.pin.focus();
}

export function Door() {
  const [fault, setFault] = useState("");
  /** @param {Event} event */
  const enter = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget), given = new FormData(form);
    setFault("");
    signIn(String(given.get("badge") ?? "").trim(), String(given.get("pin") ?? "")).catch((refusal) => {
      form.pin.value = "";
      setFault(refusal.message || nameOf("lost"));
    });
  };
  return html`<main class="door"><h1>Floorhand <span>${nameOf("site")}</span></h1><form onSubmit=${enter}>
    <label>${nameOf("badge")}<input name="badge" type="password" autocomplete="off" required autofocus onKeyDown=${onward} /></label>
    <label>${nameOf("pin")}<input name="pin" type="password" inputmode="numeric" pattern="[0-9]{6,10}" autocomplete="off" required /></label>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}<button>${nameOf("signIn")}</button></form><${Languages} /></main>`;
}
