// What elements of forms hand on, and what a refusal says. Knows no house.

import { nameOf } from "./names.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Holder  what holds a value */

/** For onInput and onChange: hands on what the element holds. @param {(text: string) => void} take */
export const taking = (take) => (/** @type {Event} */ event) => take(/** @type {Holder} */ (event.currentTarget).value);

/** For onSubmit: a form that is no letter to the server. @param {Event} event */
export const stay = (event) => event.preventDefault();

/** What was typed under a name into the form that is sent. @param {Event} event @param {string} name */
export const typed = (event, name) => new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get(name)?.toString().trim() ?? "";

/** What was thrown, as a sentence for people. @param {unknown} refusal @param {string} [otherwise]  a name of names.js */
export const sentenceOf = (refusal, otherwise = "lost") => (refusal instanceof Error && refusal.message) || nameOf(otherwise);
