// What is asked again and again while a page is open.

import { useEffect, useState } from "preact/hooks";
import { ask } from "./ask.js";

const AGAIN_MS = 2000;

/** The newest answer to a question, whether the last try failed, and how to ask at once. Between answers it waits; a page
 * that nobody sees does not ask. @param {string} path @returns {{answer: any, lost: boolean, look: () => void}} */
export function useNow(path) {
  const [state, setState] = useState({ answer: /** @type {any} */ (null), lost: false });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let timer = 0, over = false;
    const look = async () => {
      if (document.visibilityState === "visible") {
        const answer = await ask(path).catch(() => null);
        if (!over)
          setState((before) => (answer ? { answer, lost: false } : { ...before, lost: true }));
      }
      if (!over)
        timer = setTimeout(look, AGAIN_MS);
    };
    look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [path, turn]);
  return { ...state, look: () => setTurn((before) => before + 1) };
}
