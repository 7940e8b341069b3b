// A supervisor's badge: asked for once, kept in memory for some minutes after it was last used, and never written down.

import { h } from "preact";
import htm from "htm";
import { signal } from "@preact/signals";
import { nameOf } from "./names.js";
import { typed } from "./forms.js";

const html = htm.bind(h);
const KEPT_MS = 10 * 60 * 1000;

export const held = signal("");
/** Who waits for a badge. @type {import("@preact/signals").Signal<null | {give: (badge: string) => void, leave: () => void}>} */
const wanted = signal(null);
let timer = 0;

export function dropBadge() {
  clearTimeout(timer);
  held.value = "";
}

/** @param {string} text */
function keep(text) {
  clearTimeout(timer);
  held.value = text;
  timer = setTimeout(dropBadge, KEPT_MS);
  return text;
}

/** The badge that is held, or the one that is scanned now. Fails when nobody gives one. @returns {Promise<string>} */
export const badge = () => (held.value ? Promise.resolve(keep(held.value)) : new Promise((resolve, reject) => {
  wanted.value?.leave();
  wanted.value = {
    give: (text) => {
      wanted.value = null;
      resolve(keep(text));
    },
    leave: () => {
      wanted.value = null;
      reject(new Error(nameOf("badgeNone")));
    },
  };
}));

/** @param {HTMLInputElement | null} input */
const focus = (input) => input?.focus();

/** The dialog that asks for it, where one is wanted. */
export function BadgeAsk() {
  const asked = wanted.value;
  if (!asked)
    return null;
  /** @param {Event} event */
  const give = (event) => {
    event.preventDefault();
    const text = typed(event, "badge");
    if (text)
      asked.give(text);
  };
  return html`<dialog open class="form badge-ask" aria-labelledby="badge-title"><form onSubmit=${give}>
    <h2 id="badge-title">${nameOf("badgeAsk")}</h2>
    <div class="fields"><label for="badge-field">${nameOf("badge")}</label>
      <div><input id="badge-field" name="badge" type="password" autocomplete="off" required ref=${focus} /><small>${nameOf("badgeHelp")}</small></div></div>
    <footer><button type="button" class="quiet" onClick=${asked.leave}>${nameOf("cancel")}</button><button>${nameOf("goOn")}</button></footer>
  </form></dialog>`;
}

/** What shows that a badge is held, and lets it go. */
export const BadgeChip = () => (held.value
  ? html`<button class="quiet" data-chip="badge" title=${nameOf("badgeDrop")} onClick=${dropBadge}>${nameOf("badgeHeld")} ✕</button>` : null);
