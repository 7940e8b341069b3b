// Which language the pages speak: it is remembered, and the same for the station's pages. Shared by both.

import { signal } from "@preact/signals-core";

/** @typedef {"en" | "zh"} Language */

/** @type {{id: Language, name: string}[]} */
export const languages = [
  { id: "en", name: "English" },
  { id: "zh", name: "中文" },
];

/** What this browser was told, else what it speaks. @returns {Language} */
function browsers() {
  const id = remembered();
  return languages.find((known) => known.id === id)?.id ?? (navigator.language.startsWith("zh") ? "zh" : "en");
}

function remembered() {
  try {
    return localStorage.getItem("language");
  } catch {
    return null; // storage may be forbidden: then the browser's language decides each time
  }
}

/** @type {import("@preact/signals-core").Signal<Language>} */
export const language = signal(browsers());

/** For now, without being remembered; null: as before anybody chose. @param {Language | null} id */
export function speak(id) {
  language.value = id ?? browsers();
  document.documentElement.lang = language.value;
}

/** @param {Language} id */
export function rememberLanguage(id) {
  speak(id);
  try {
    localStorage.setItem("language", id);
  } catch {
    // as above
  }
}
