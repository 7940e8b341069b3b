// Devices and the stations they belong to; and which stations practise.

import { h } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { posting, useSaying } from "./do.js";
import { nameOf } from "./names.js";
import { useNow } from "./now.js";
import { taking } from "./forms.js";

const html = htm.bind(h);

/** GET /api/v1/status: what the board tells of the box. @returns {{answer: Pick<import("./board.js").Shown, "stations" | "devices" |
 *  "training"> | null, look: () => void}} */
const useStatus = () => useNow("status");

/** @param {{device: import("./board.js").Device, stations: import("./board.js").Station[], done: () => void}} props */
function Device({ device, stations, done }) {
  const [station, setStation] = useState(device.station ?? "");
  const { output, busy, run } = useSaying(done);
  const bind = () => run(() => posting("devices/bind", { id: device.id, role: device.kind, station }, "bound"));
  return html`<tr data-device=${device.id}><td>${nameOf(device.kind)}</td><td>${device.id}</td><td>${device.driver ?? ""}</td>
    <td><span class=${`badge ${device.fault ? "bad" : ""}`}>${nameOf(`device_${device.state}`)}</span> ${device.fault ?? ""}</td>
    <td class="choose"><select aria-label=${`${nameOf("bindTo")}: ${device.id}`} value=${station} onChange=${taking(setStation)}>
        <option value="">–</option>${stations.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}</select>
      <button type="button" class="quiet" disabled=${busy || !station || station === device.station} onClick=${bind}>${nameOf("bindTo")}</button>${output}</td></tr>`;
}

export function Devices() {
  const { answer, look } = useStatus();
  return html`<header><h1>${nameOf("devices")}</h1></header><p class="means">${nameOf("devicesHelp")}</p>
    ${!answer ? html`<progress></progress>` : answer.devices.length ? html`<div class="wide"><table><thead><tr>
      ${["kind", "device", "driver", "state", "station"].map((name) => html`<th key=${name} scope="col">${nameOf(name)}</th>`)}</tr></thead>
      <tbody>${answer.devices.map((device) => html`<${Device} key=${device.id + device.kind} device=${device} stations=${answer.stations} done=${look} />`)}</tbody></table></div>`
      : html`<p class="none">${nameOf("nothing")}</p>`}`;
}

/** @param {{station: import("./board.js").Station, practises: boolean, done: () => void}} props */
function Practice({ station, practises, done }) {
  const { output, busy, run } = useSaying(done);
  const turn = () => run(() => posting(`stations/${encodeURIComponent(station.id)}/training`, { training: !practises }, practises ? "works" : "practises"));
  return html`<tr data-station=${station.id}><td><a href=${`/station/${encodeURIComponent(station.id)}`}>${station.name}</a></td>
    <td>${practises ? html`<span class="badge">${nameOf("practises")}</span>` : nameOf("works")}</td>
    <td class="tail"><button type="button" class="quiet" disabled=${busy} onClick=${turn}>${nameOf(practises ? "stopTraining" : "startTraining")}</button>${output}</td></tr>`;
}

export function Training() {
  const { answer, look } = useStatus();
  return html`<header><h1>${nameOf("training")}</h1></header><p class="means">${nameOf("trainingHelp")}</p>
    ${!answer ? html`<progress></progress>` : html`<div class="wide"><table><tbody>${answer.stations.map((station) =>
      html`<${Practice} key=${station.id} station=${station} practises=${answer.training.stations.includes(station.id)} done=${look} />`)}</tbody></table></div>
      ${answer.training.why && html`<p class="fault" role="alert">${answer.training.why}</p>`}`}`;
}
