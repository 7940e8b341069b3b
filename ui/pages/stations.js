// The list of stations, where there is not exactly one to go to.
import { loadStations } from "./api.js";
import { language } from "./language.js";
import { say } from "./words.js";

function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function linkTo(station) {
  const link = line("a", station.name);
  link.href = `/station/${encodeURIComponent(station.id)}`;
  return link;
}

async function show() {
  document.documentElement.lang = language.value;
  const main = document.createElement("main");
  try {
    const stations = await loadStations();
    main.append(line("h1", say(stations.length ? "chooseStation" : "noStation")), ...stations.map(linkTo));
  } catch {
    main.append(line("h1", say("lost")));
  }
  document.body.replaceChildren(main);
}

show();
