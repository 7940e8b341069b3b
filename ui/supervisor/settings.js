// How the floor works: each setting with its range, its meaning and whether it was changed.

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import htm from "htm";
import { ask } from "./ask.js";
import { doing, useSaying } from "./do.js";
import { helpOf, nameOf } from "./names.js";
import { number } from "./values.js";
import { taking } from "./forms.js";

const html = htm.bind(h);

/** @typedef {{name: string, value: number, default: number, min: number, max: number, help: string}} SettingRow */

/** @param {{setting: SettingRow, done: () => void}} props */
function Setting({ setting, done }) {
  const [text, setText] = useState(String(setting.value));
  const { output, busy, run } = useSaying(done);
  useEffect(() => setText(String(setting.value)), [setting.value]);
  /** @param {Event} event */
  const save = (event) => {
    event.preventDefault();
    run(() => doing("setting.set", { name: setting.name, value: Number(text) }));
  };
  const id = `setting-${setting.name}`, changed = setting.value !== setting.default;
  return html`<form class="setting" onSubmit=${save} data-setting=${setting.name}>
    <label for=${id}>${nameOf(setting.name)}<small>${setting.name}</small></label>
    <p>${helpOf(setting)}</p>
    <div><input id=${id} type="number" required min=${setting.min} max=${setting.max} step="1" value=${text} onInput=${taking(setText)} />
      <button disabled=${busy || text === String(setting.value)}>${nameOf("save")}</button>
      <small>${nameOf("range")} ${number(setting.min)} – ${number(setting.max)}</small>
      ${changed && html`<b class="badge">${nameOf("changedFrom")} ${number(setting.default)}</b>`}${output}</div></form>`;
}

export function Settings() {
  const [rows, setRows] = useState(/** @type {SettingRow[] | null} */ (null));
  const look = () => ask("settings").then(setRows, () => {});
  useEffect(() => { look(); }, []);
  return html`<header><h1>${nameOf("settings")}</h1></header>
    ${rows ? html`<div class="settings">${rows.map((setting) => html`<${Setting} key=${setting.name} setting=${setting} done=${look} />`)}</div>` : html`<progress></progress>`}`;
}
