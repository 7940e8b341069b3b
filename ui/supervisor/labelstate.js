// What the label designer remembers while somebody works: the text with its past, and how it would be printed by now.

import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { post } from "./ask.js";

const PAST_MAX = 200;

/** @typedef {{past: string[], text: string, future: string[], tag: string}} History  tag: what the last change was; one of the same
 *  kind is undone with it */
/** @typedef {{type: "change", text: string, tag: string} | {type: "undo"} | {type: "redo"} | {type: "open", text: string}} Step */

/** @param {History} now @param {Step} step @returns {History} */
export function stepped(now, step) {
  switch (step.type) {
    case "open":
      return { past: [], text: step.text, future: [], tag: "" };
    case "undo":
      return now.past.length ? { past: now.past.slice(0, -1), text: now.past[now.past.length - 1], future: [now.text, ...now.future], tag: "" } : now;
    case "redo":
      return now.future.length ? { past: [...now.past, now.text], text: now.future[0], future: now.future.slice(1), tag: "" } : now;
    default:
      if (step.text === now.text)
        return now;
      return { past: step.tag && step.tag === now.tag ? now.past : [...now.past, now.text].slice(-PAST_MAX), text: step.text, future: [], tag: step.tag };
  }
}

export function useHistory() {
  const [history, step] = useReducer(stepped, { past: [], text: "", future: [], tag: "" });
  return {
    text: history.text, canUndo: history.past.length > 0, canRedo: history.future.length > 0,
    undo: () => step({ type: "undo" }), redo: () => step({ type: "redo" }),
    /** @param {string} text */ open: (text) => step({ type: "open", text }),
    /** @param {string} text @param {string} [tag] */ change: (text, tag = "") => step({ type: "change", text, tag }),
  };
}

/** @typedef {{code: string, section: string | null, line: number | null, text: {en: string, zh: string}}} Fault */
/** @typedef {{faults: Fault[], warnings: Fault[], instead: boolean, bitmap: ImageBitmap | null, dots: number, text: string}} Preview
 *  dots: of a page's width; text: what it is of */

/** @param {string} base64 */
const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** The picture comes as dots into a canvas: no address of it is needed. @param {string} name @param {{text: string}} request @returns {Promise<Preview>} */
async function look(name, request) {
  const answer = await post(`label-templates/${encodeURIComponent(name)}/preview`, request);
  const bitmap = answer.picture ? await createImageBitmap(new Blob([bytesOf(answer.picture)], { type: "image/png" })) : null;
  return { ...answer, bitmap, dots: answer.width, text: request.text };
}

/** How the newest of what is asked will be printed. One question is under way at a time; what changed meanwhile is asked next, and
 * what was overtaken is never asked. The last picture stays while a text has none. @param {string} name
 * @param {null | ({text: string} & Record<string, unknown>)} request */
export function usePreview(name, request) {
  const [preview, setPreview] = useState(/** @type {Preview | null} */ (null));
  const [lost, setLost] = useState("");
  const wanted = useRef(/** @type {any} */ (null)), busy = useRef(false), over = useRef(false);
  const key = JSON.stringify(request);
  useEffect(() => () => { over.current = true; }, []);
  useEffect(() => {
    wanted.current = request;
    if (!busy.current)
      run();
  }, [name, key]);
  async function run() {
    busy.current = true;
    while (wanted.current && !over.current) {
      const asked = wanted.current;
      wanted.current = null;
      try {
        const answer = await look(name, asked);
        setPreview((before) => (answer.bitmap ? answer : { ...answer, bitmap: before?.bitmap ?? null, dots: before?.dots ?? 0 }));
        setLost("");
      } catch (refusal) {
        setLost((refusal instanceof Error && refusal.message) || " ");
      }
    }
    busy.current = false;
  }
  return { preview, lost, current: preview?.text === request?.text };
}
