// A button for what cannot be undone: it must be held for a second, by a finger or by the space bar, while a ring fills.

import { useEffect, useRef, useState } from "preact/hooks";

export const HOLD_MS = 1000;

/** @typedef {(strings: TemplateStringsArray, ...values: any[]) => unknown} Html  htm, bound to Preact's h */

/** @param {Html} html */
export function makeHold(html) {
  /** @param {{text: string, hint: string, command: string, done: () => void, tapped: () => void}} props */
  return function Hold({ text, hint, command, done, tapped }) {
    const timer = useRef(0);
    const [held, setHeld] = useState(false);
    const stop = () => {
      clearTimeout(timer.current);
      timer.current = 0;
      setHeld(false);
    };
    const letGo = () => {
      if (timer.current)
        tapped();
      stop();
    };
    const start = () => {
      if (timer.current)
        return;
      setHeld(true);
      timer.current = setTimeout(() => {
        stop();
        done();
      }, HOLD_MS);
    };
    /** @param {KeyboardEvent} event @param {() => void} act */
    const onKey = (event, act) => {
      if (event.key !== " ")
        return;
      event.preventDefault();
      act();
    };
    useEffect(() => stop, []);
    return html`<button class=${held ? "hold held" : "hold"} data-command=${command} aria-label=${`${text}: ${hint}`}
      onPointerDown=${start} onPointerUp=${letGo} onPointerLeave=${stop} onPointerCancel=${stop} onBlur=${stop}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => onKey(event, start)} onKeyUp=${(/** @type {KeyboardEvent} */ event) => onKey(event, letGo)}
      onContextMenu=${(/** @type {Event} */ event) => event.preventDefault()}>
      <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9" /><circle cx="12" cy="12" r="9" pathLength="1" /></svg>
      <span>${text}</span></button>`;
  };
}
