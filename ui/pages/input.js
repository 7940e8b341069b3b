// The line of input: typed text and "wedge" scanners, which type a whole barcode in a few milliseconds and press Enter.
// The field is read and emptied in the same key event, never rendered from state: so no character can be lost.

import { useEffect, useRef } from "preact/hooks";

const GROUP_SEPARATOR = "\x1d"; // GS1's, typed by wedge scanners as Ctrl+]
const touch = matchMedia("(pointer: coarse)").matches;

/** @param {HTMLInputElement} field @param {(text: string) => void} scan */
function finish(field, scan) {
  const text = field.value.trim();
  field.value = "";
  hideKeyboard(field);
  if (text !== "")
    scan(text);
}

/** A phone's own keyboard would cover the page: it comes only when the field itself is touched. @param {HTMLInputElement} field */
function hideKeyboard(field) {
  if (touch)
    field.inputMode = "none";
}

/** @param {KeyboardEvent} event @param {HTMLInputElement} field @param {(text: string) => void} scan */
function onKey(event, field, scan) {
  if (event.isComposing) // Enter chooses a Chinese word
    return;
  if (event.key === "Enter" || (event.key === "Tab" && field.value !== "")) {
    event.preventDefault();
    finish(field, scan);
  } else if (event.ctrlKey && event.key === "]") {
    event.preventDefault();
    field.setRangeText(GROUP_SEPARATOR, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, "end");
  }
}

/** Wherever the focus went, the next character typed is part of a scan. 
 * @param {HTMLInputElement} field @param {(text: string) => void} scan */
function keepFocus(field, scan) {
  const back = () => field.focus({ preventScroll: true });
  /** @param {KeyboardEvent} event */
  const onDocumentKey = (event) => {
    const types = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
    const separates = event.ctrlKey && event.key === "]";
    if (document.activeElement === field)
      return;
    if (types || separates)
      back();
    if (event.key === "Enter" || separates) { // a scanner's Enter presses no button: the space bar does
      event.preventDefault();
      onKey(event, field, scan);
    }
  };
  document.addEventListener("keydown", onDocumentKey, true);
  document.addEventListener("click", back);
  addEventListener("focus", back);
  hideKeyboard(field);
  back();
  return () => {
    document.removeEventListener("keydown", onDocumentKey, true);
    document.removeEventListener("click", back);
    removeEventListener("focus", back);
  };
}

/** @param {import("./hold.js").Html} html @param {(text: string) => void} scan */
export function makeInput(html, scan) {
  /** secret: what is typed is not shown. @param {{hint: string, waiting: string, secret: boolean}} props */
  return function Input({ hint, waiting, secret }) {
    const ref = useRef(/** @type {HTMLInputElement | null} */ (null));
    useEffect(() => (ref.current ? keepFocus(ref.current, scan) : undefined), []);
    return html`<label class="input">
      <input ref=${ref} type=${secret ? "password" : "text"} placeholder=${hint} aria-label=${hint} maxlength="1000"
        autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false" enterkeyhint="send"
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => ref.current && onKey(event, ref.current, scan)}
        onPointerDown=${() => ref.current && (ref.current.inputMode = "text")} />
      <span>${waiting}</span>
    </label>`;
  };
}
