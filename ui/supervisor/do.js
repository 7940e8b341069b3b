// A verb that needs no form: a button that does it at once, and the box's sentence beside it.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { act, post } from "./ask.js";
import { nameOf } from "./names.js";
import { linesOf } from "./tables.js";
import { sentenceOf } from "./forms.js";

const html = htm.bind(h);

/** What was said last, and how to run something whose answer is said. @param {() => void} [done] */
export function useSaying(done) {
  const [said, setSaid] = useState(/** @type {null | {good: boolean, text: string}} */ (null));
  const [busy, setBusy] = useState(false);
  /** @param {() => Promise<string>} work */
  const run = async (work) => {
    setBusy(true);
    try {
      setSaid({ good: true, text: await work() });
      done?.();
    } catch (refusal) {
      setSaid({ good: false, text: sentenceOf(refusal, "unsaid") });
    }
    setBusy(false);
  };
  const output = said && html`<output class=${said.good ? "said good" : "said bad"} role="status">${said.good ? "✓ " : "✗ "}${said.text}</output>`;
  return { output, busy, run };
}

/** @param {string} verb @param {import("./ask.js").Row} [fields] @returns {Promise<string>} */
export const doing = async (verb, fields = {}) => linesOf(await act(verb, fields)).join(" ");

/** @param {{verb: string, fields?: import("./ask.js").Row, name?: string, quiet?: boolean, done?: () => void}} props */
export function Do({ verb, fields = {}, name = verb, quiet = false, done }) {
  const { output, busy, run } = useSaying(done);
  return html`<span class="do"><button type="button" class=${quiet ? "quiet" : ""} disabled=${busy} onClick=${() => run(() => doing(verb, fields))}>${nameOf(name)}</button>${output}</span>`;
}

/** What is asked for that is no verb. @param {string} path @param {import("./ask.js").Row} fields @param {string} said */
export const posting = async (path, fields, said) => {
  await post(path, fields);
  return nameOf(said);
};
