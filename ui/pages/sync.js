// The chip that tells how the station's box stands with head office, and the panel behind it with all the facts.
// Asks the box while the panel is open; decides nothing.

import { signal } from "@preact/signals";
import { loadSync } from "./api.js";
import { language } from "./language.js";
import { say } from "./words.js";

/** @typedef {import("./api.js").Sync} Sync */

const AGAIN_MS = 3000;
/** Seconds of a unit, its word, and from how many seconds on it is used. @type {[number, string, number][]} */
const units = [[86400, "days", 172800], [3600, "hours", 7200], [60, "minutes", 120], [1, "seconds", 0]];

const open = signal(false);
/** @type {import("@preact/signals").Signal<Sync | null>} */
const facts = signal(null);
let again = 0;

async function ask() {
  clearTimeout(again);
  const answer = await loadSync();
  if (!open.value)
    return;
  facts.value = answer ?? facts.value;
  again = setTimeout(ask, AGAIN_MS);
}

function toggle() {
  open.value = !open.value;
  if (open.value)
    ask();
}

/** What is to be scanned next must not stay covered. */
export function closeSync() {
  open.value = false;
}

/** @param {number} seconds */
function age(seconds) {
  const [size, unit] = units.find(([, , from]) => seconds >= from) ?? units[units.length - 1];
  return `${Math.floor(seconds / size)} ${say(unit)}`;
}

/** The day only where it is another one. @param {string} iso */
function time(iso) {
  const moment = new Date(iso);
  const today = moment.toDateString() === new Date().toDateString();
  return moment.toLocaleString(language.value, { hour12: false, timeStyle: "medium", ...(!today && { dateStyle: "medium" }) });
}

/** @param {import("./api.js").Words} words */
const inLanguage = (words) => words[language.value];

/** @param {Sync} sync @returns {[string, string][]}  what it is called, what it is */
function rows({ link, head_office: office, epoch, last_seq: last, outbox, applied, durable, feed, parked }) {
  const online = office.online === null ? "officeUnknown" : office.online ? "officeThere" : "officeAway";
  const why = link.why && language.value === "en" ? `: ${link.why}` : ""; // the link says it in English only
  return [
    [say("syncLink"), say(link.up ? "linkThere" : link.running ? "linkAway" : "linkStopped") + why],
    [say("syncOffice"), say(online) + (office.since ? ` · ${say("since")} ${time(office.since)}` : "")],
    [say("syncEvents"), `${last} · ${say("epoch")} ${epoch}`],
    [say("syncOutbox"), outbox.count === 0 ? "0"
      : `${outbox.count} · ${say("oldest")} ${time(outbox.oldest ?? "")} (${age(outbox.oldest_s)})`],
    [say("syncApplied"), applied.time ? `${applied.seq} · ${time(applied.time)}` : `${applied.seq}`],
    [say("syncDurable"), `${durable}`],
    [say("syncFeed"), feed.head === null ? `${feed.seq}` : `${feed.seq} / ${feed.head}`],
    [say("syncParked"), `${parked.count}`],
  ];
}

/** @param {import("./hold.js").Html} html */
export function makeSync(html) {
  /** @param {Pick<import("./api.js").View, "link">} props */
  function SyncChip({ link }) {
    const unsent = link.outbox > 0 ? ` · ${link.outbox} ${say("toSend")}` : "";
    const kind = link.alarm ? "bad" : link.up ? "up" : "down";
    const text = say(link.alarm ? `alarm_${link.alarm}` : link.up ? "linkUp" : "linkDown");
    return html`<button class="chip ${kind}" aria-expanded=${open.value} data-chip="sync" onClick=${toggle}>
      <i></i>${text}${unsent}</button>`;
  }

  function SyncPanel() {
    const sync = facts.value;
    if (!open.value || !sync)
      return null;
    return html`<div class="over"><section class="sync" aria-label=${say("syncOffice")}>
      <h2>${inLanguage(sync.text)}</h2>
      ${sync.troubles.map(({ trouble, text }) => html`<p key=${trouble} class="todo">${inLanguage(text)}</p>`)}
      <dl>${rows(sync).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
      ${sync.parked.count > 0 && html`<ul>${sync.parked.newest.map((change) => html`
        <li><b>${change.feed_seq}</b> ${change.type}: ${inLanguage(change.why)}</li>`)}</ul>`}
      <div><button class="close" onClick=${closeSync}>${say("close")}</button></div>
    </section></div>`;
  }

  return { SyncChip, SyncPanel };
}
