// Every part that the pages are made of, once, in each of its states: what a new page is put together from, and what the tests measure.
// Both houses have it at #/design. Does nothing: its buttons say no more than that they can be pressed.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { Entry } from "./acts.js";
import { stay } from "./forms.js";
import { makeHold } from "./hold.js";
import { ofTwo } from "./naming.js";

const html = htm.bind(h);
const Hold = makeHold(html);

/** What stands on this page alone. @param {string} english @param {string} chinese */
const say = (english, chinese) => ofTwo([english, chinese]);

/** @typedef {import("./ask.js").Field} Field */
/** @type {[Field, string, string, string][]}  a field, what it holds, what it is called and means */
const fields = [
  [{ name: "d-text", type: "text", required: true, help: "" }, "SO-00002", "Order", "订单"],
  [{ name: "d-number", type: "number", required: false, min: 1, max: 9, default: "3", help: "" }, "", "Number, with a default", "数字，有默认值"],
  [{ name: "d-choice", type: "choice", required: false, choices: "SF|YTO", help: "" }, "SF", "Choice", "选项"],
  [{ name: "d-fixed", type: "text", required: false, help: "" }, "SO-00002", "What cannot be changed here", "此处不可修改"],
];

const colours = ["ground", "card", "soft", "rule", "ink", "faint", "accent", "key", "good", "bad", "bad-soft", "good-fill", "bad-fill", "warn", "warn-soft", "mark"];

/** @param {{name: string, english: string, chinese: string, children?: unknown}} props */
const Part = ({ name, english, chinese, children }) => html`<section data-part=${name}><h2>${say(english, chinese)}</h2>${children}</section>`;

const Buttons = () => {
  const [done, setDone] = useState(0);
  return html`<div class="acts"><button>${say("Do it", "执行")}</button><button class="quiet">${say("Quiet", "次要")}</button>
    <button disabled>${say("Not now", "不可用")}</button><button class="quiet" disabled>${say("Quiet, not now", "次要，不可用")}</button>
    <button class="quiet" aria-pressed="true">${say("Chosen", "已选")}</button>
    <${Hold} text=${say("Hold", "按住")} hint=${say("for a second", "一秒")} command="" done=${() => setDone(done + 1)} tapped=${() => {}} />
    <span role="status">${done > 0 ? `✓ ${done}` : ""}</span></div>`;
};

const Filters = () => html`<form class="filters" onSubmit=${stay}><label>${say("State", "状态")}<select><option>${say("All", "全部")}</option></select></label>
  <label>${say("Order", "订单")}<input autocomplete="off" /></label><label>${say("From", "从")}<input type="date" value="2026-03-04" /></label>
  <button type="button" class="quiet" aria-expanded="false">${say("More filters", "更多筛选")}</button></form>`;

const Entries = () => html`<form class="card" onSubmit=${stay}><div class="fields">${fields.map(([field, value, english, chinese]) => html`<${Entry} key=${field.name} field=${field}
    value=${value} fixed=${field.name === "d-fixed"} set=${() => {}} label=${say(english, chinese)} help=${say("What it means stands here.", "说明文字。")} />`)}</div>
  <footer><button type="button" class="quiet">${say("Cancel", "取消")}</button><button>${say("Do it", "执行")}</button></footer></form>`;

/** The box that lies over a page, here in it. */
const Dialog = () => html`<div class="form plain"><form onSubmit=${stay} aria-label=${say("A dialog", "对话框")}><h3>${say("Choose who carries it", "选择快递")}</h3>
  <output class="good">✓ ${say("It is done", "已完成")}</output><output class="bad">✗ ${say("This is why not, and what to do", "未执行的原因与处理办法")}</output>
  <footer><button type="button" class="quiet">${say("Cancel", "取消")}</button><button>${say("Go on", "继续")}</button></footer></form></div>`;

const row = (/** @type {string} */ order, /** @type {number} */ pieces, /** @type {string} */ tone, /** @type {string} */ words) => html`<tr>
  <td data-label=${say("Order", "订单")}><a href="#/design">${order}</a></td><td class="number" data-label=${say("Pieces", "件数")}><span>${pieces}</span></td>
  <td data-label=${say("State", "状态")}><span class=${`badge ${tone}`}>${words}</span></td><td class="tail"><div class="acts"><button class="quiet">${say("Look", "查看")}</button></div></td></tr>`;

/** @param {{stacked: boolean}} props */
const Table = ({ stacked }) => html`<div class="wide"><table class=${stacked ? "queue" : ""}><thead><tr><th scope="col">${say("Order", "订单")}</th>
  <th scope="col" class="number">${say("Pieces", "件数")}</th><th scope="col">${say("State", "状态")}</th><td></td></tr></thead>
  <tbody>${row("SO-00001", 12, "", say("Being picked", "拣货中"))}${row("SO-00002", 3, "bad", say("Short", "缺货"))}${row("SO-00003", 140, "good", say("Done", "完成"))}${row("SO-00004", 7, "warn", say("Soon late", "即将超时"))}</tbody></table></div>`;

const Tones = () => html`<div class="acts"><span class="badge">${say("Plain", "普通")}</span><span class="badge good">${say("Good", "正常")}</span>
    <span class="badge warn">${say("Look at it", "注意")}</span><span class="badge bad">${say("Bad", "异常")}</span></div>
  <p class="fault">${say("This went wrong, and this is what to do.", "出现问题，请按此处理。")}</p><p class="well">✓ ${say("All is well", "一切正常")}</p>
  <div class="alerts"><ul><li>${say("Two orders are late: see to these first", "两个订单超时，请优先处理")}</li></ul></div>
  <p class="said good">✓ ${say("It is done", "已完成")}</p><p class="said bad">✗ ${say("It was refused", "已拒绝")}</p>
  <p class="means">${say("What a page is for stands in a sentence above it.", "页面用途在上方用一句话说明。")} <a href="#/design">${say("With a link", "含链接")}</a></p>
  <p class="none">${say("Nothing here", "暂无数据")}</p>`;

/** @type {[string, string, string, string][]}  figure, words, tone */
const tiles = [["24", "Open orders", "未完成订单", ""], ["2", "Late", "超时", "bad"], ["5", "Soon late", "即将超时", "warn"], ["0", "Waits", "待处理", ""]];

const Tiles = () => html`<ol class="states">${tiles.map(([figure, english, chinese, tone]) => html`<li key=${english}><a href="#/design" class=${tone}><b>${figure}</b>
    <span>${say(english, chinese)}</span><meter min="0" max="24" value=${figure} aria-hidden="true"></meter></a></li>`)}</ol>
  <ol class="tiles small">${tiles.map(([figure, english, chinese, tone]) => html`<li key=${english} class=${tone}><a href="#/design"><span>${say(english, chinese)}</span><b>${figure}</b></a></li>`)}</ol>`;

const Cards = () => html`<ul class="cards">${["", "good", "warn", "bad", "gone"].map((tone) => html`<li key=${tone} class=${`card ${tone}`}><h3><a href="#/design">hz-07</a> <span>${say("A card", "卡片")}</span></h3>
  <dl><div><dt>${say("Pieces", "件数")}</dt><dd>12</dd></div></dl><button class="quiet">${say("Look", "查看")}</button></li>`)}</ul>`;

const Facts = () => html`<dl class="facts"><div><dt>${say("Order", "订单")}</dt><dd>SO-00002</dd></div><div><dt>${say("Carrier", "快递")}</dt><dd>SF</dd></div>
  <div><dt>${say("State", "状态")}</dt><dd><span class="badge good">${say("Done", "完成")}</span></dd></div></dl>`;

const Steps = () => html`<div class="acts tabs" role="group" aria-label=${say("Tabs", "标签页")}><a class="choice" aria-current="true" href="#/design">${say("All", "全部")} <b>9</b></a><a class="choice" href="#/design">${say("Short", "缺货")} <b>2</b></a></div>
  <ol class="way"><li class="past">${say("Paid", "已付款")}</li><li class="now" aria-current="step">${say("Being picked", "拣货中")}</li><li>${say("Shipped", "已发货")}</li></ol>
  <p><progress max="8" value="3" aria-label=${say("How far it is", "进度")}></progress> 3 / 8</p>
  <p><meter min="0" max="8" value="5" aria-label=${say("A share", "占比")}></meter></p>`;

const Picture = () => html`<div class="acts"><img class="label" width="96" height="96" alt=${say("A picture", "图片")} src="/assets/icon.svg" />
  <label class="drop"><input type="file" /><span>${say("Choose a file, or drop it here", "选择文件或拖到此处")}</span></label></div>`;

const Colours = () => html`<ul class="colours">${colours.map((name) => html`<li key=${name}><i ref=${(/** @type {HTMLElement | null} */ node) => node?.style.setProperty("background", `var(--${name})`)}></i>${name}</li>`)}</ul>`;

export function Design() {
  return html`<header><h1>${say("What pages are made of", "页面组件")}</h1></header>
    <p class="means">${say("Each part once, in each of its states. Tokens: ui/common/tokens.css, parts: ui/common/components.css.", "每个组件及其各种状态。变量见 ui/common/tokens.css，组件见 ui/common/components.css。")}</p>
    <${Part} name="colours" english="Colours" chinese="颜色"><${Colours} /></${Part}>
    <${Part} name="buttons" english="Buttons" chinese="按钮"><${Buttons} /></${Part}>
    <${Part} name="filters" english="Filters" chinese="筛选"><${Filters} /></${Part}>
    <${Part} name="entries" english="Entries of a form" chinese="表单"><${Entries} /></${Part}>
    <${Part} name="dialog" english="A dialog" chinese="对话框"><${Dialog} /></${Part}>
    <${Part} name="table" english="A table" chinese="表格"><${Table} stacked=${false} /></${Part}>
    <${Part} name="stacked" english="A table that is stacked on a phone" chinese="手机上堆叠的表格"><${Table} stacked=${true} /></${Part}>
    <${Part} name="tones" english="Badges, alerts, sentences" chinese="标记、提醒、语句"><${Tones} /></${Part}>
    <${Part} name="facts" english="Facts" chinese="详情"><${Facts} /></${Part}>
    <${Part} name="tiles" english="Tiles" chinese="指标块"><${Tiles} /></${Part}>
    <${Part} name="cards" english="Cards" chinese="卡片"><${Cards} /></${Part}>
    <${Part} name="steps" english="Tabs, steps, progress" chinese="标签页、步骤、进度"><${Steps} /></${Part}>
    <${Part} name="picture" english="A picture, a file" chinese="图片与文件"><${Picture} /></${Part}>`;
}
