// The list of stations, where there is not exactly one to go to.
import { loadStations } from "./api.js";
import { language } from "./language.js";
import { install } from "./install.js";
import { say } from "./words.js";

/** @param {string} tag @param {string} text */
function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/** @param {string} text @param {string} address */
function link(text, address) {
  const element = document.createElement("a");
  element.textContent = text;
  element.href = address;
  return element;
}

/** The station to work at, and the board to look at. @param {{id: string, name: string}} station */
function rowOf(station) {
  const row = document.createElement("p");
  const address = `/station/${encodeURIComponent(station.id)}`;
  const board = link(say("wall"), `${address}?wall`);
  board.className = "quiet";
  board.ariaLabel = `${station.name}: ${say("wall")}`;
  row.append(link(station.name, address), board);
  return row;
}

async function show() {
  document.documentElement.lang = language.value;
  const main = document.createElement("main");
  try {
    const stations = await loadStations();
    main.append(line("h1", say(stations.length ? "chooseStation" : "noStation")), ...stations.map(rowOf));
  } catch {
    main.append(line("h1", say("lost")));
  }
  document.body.replaceChildren(main);
}

show();
install();
