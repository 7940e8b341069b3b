// A button for what cannot be undone: it must be held for a second, by a finger or by the space bar, while a ring fills.

import { useEffect, useRef, useState } from "preact/hooks";

export const HOLD_MS = 1000;

/** @param {Function} html */
export function makeHold(html) {
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
    const onKey = (event, act) => {
      if (event.key !== " ")
        return;
      event.preventDefault();
      act();
    };
    useEffect(() => stop, []);
    return html`<button class=${held ? "hold held" : "hold"} data-command=${command} aria-label=${`${text}: ${hint}`}
      onPointerDown=${start} onPointerUp=${letGo} onPointerLeave=${stop} onPointerCancel=${stop} onBlur=${stop}
      onKeyDown=${(event) => onKey(event, start)} onKeyUp=${(event) => onKey(event, letGo)}
      onContextMenu=${(event) => event.preventDefault()}>
      <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9" /><circle cx="12" cy="12" r="9" pathLength="1" /></svg>
      <span>${text}</span></button>`;
  };
}
