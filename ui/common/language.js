// Which language the pages speak: it is remembered, and the same for the station's pages. Shared by both.

import { signal } from "@preact/signals-core";

export const languages = [
  { id: "en", name: "English" },
  { id: "zh", name: "中文" },
];

const remembered = (() => {
  try {
    return localStorage.getItem("language");
  } catch {
    return null; // storage may be forbidden: then the browser's language decides each time
  }
})();

export const language = signal(
  languages.some((known) => known.id === remembered)
    ? remembered
    : navigator.language.startsWith("zh") ? "zh" : "en",
);

/** @param {string} id */
export function rememberLanguage(id) {
  language.value = id;
  document.documentElement.lang = id;
  try {
    localStorage.setItem("language", id);
  } catch {
    // as above
  }
}
