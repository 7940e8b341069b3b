// What a campaign brought and what it cost: figures, and bars that can be compared.

import { h } from "preact";
import { useMemo, useState } from "preact/hooks";
import htm from "htm";
import { act } from "./ask.js";
import { Chart } from "./chart.js";
import { language } from "./language.js";
import { nameOf } from "./names.js";
import { useAnswer } from "./queue.js";
import { money, number } from "./values.js";
import { stay, taking } from "./forms.js";

const html = htm.bind(h);

/** What stands as bars: what came in upwards, what it cost downwards. @type {[string, 1 | -1][]} */
const BARS = [["revenue_minor", 1], ["refunds_minor", -1], ["goods_minor", -1], ["gifts_minor", -1], ["spend_minor", -1], ["result_minor", 1]];
const TILES = ["orders", "revenue_minor", "let_off_minor", "platform_minor", "refunds_minor", "result_minor"];

/** @param {{row: Record<string, any>}} props */
export function CampaignReport({ row }) {
  const [from, setFrom] = useState(""), [to, setTo] = useState("");
  const { answer, fault } = useAnswer(() => act("campaign.report", { campaign: row.campaign, ...(from ? { from } : {}), ...(to ? { to } : {}) }), [row.campaign, from, to]);
  const text = useMemo(() => (/** @type {number} */ value) => money(Math.round(value), row.currency ?? "CNY"), [row.currency, language.value]);
  const bars = useMemo(() => BARS.map(([name, sign]) => ({ name: nameOf(name), value: sign * Number(answer?.[name] ?? 0) })), [answer, language.value]);
  /** @param {string} name */
  const told = (name) => (name.endsWith("_minor") ? text(answer[name]) : number(answer[name]));
  return html`<section><h2>${nameOf("what_it_brought")}</h2>
    <form class="filters" onSubmit=${stay}>
      <label>${nameOf("from")}<input type="date" value=${from} max=${to} onChange=${taking(setFrom)} /></label>
      <label>${nameOf("to")}<input type="date" value=${to} min=${from} onChange=${taking(setTo)} /></label></form>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${!answer ? !fault && html`<progress></progress>` : html`<ol class="tiles plain">
      <li class="main"><span>${nameOf("roi_rate")}</span><b>${answer.roi_rate === null || answer.roi_rate === undefined ? "–" : `${number(answer.roi_rate / 100, 1)}%`}</b><small>${nameOf("roi_means")}</small></li>
      ${TILES.filter((name) => answer[name] !== undefined && answer[name] !== null).map((name) => html`<li key=${name}><span>${nameOf(name === "platform_minor" ? "campaign_platform" : name)}</span><b>${told(name)}</b></li>`)}</ol>
      <${Chart} times=${false} rows=${bars} text=${text} labels=${["", nameOf("what_it_brought")]} />
      ${answer.uncosted_lines > 0 && html`<p class="means">${number(answer.uncosted_lines)} ${nameOf("uncosted_lines")}</p>`}`}</section>`;
}
