// Two names for everything that a house's tables name once.

import { language } from "./language.js";

/** @param {string} name */
const plain = (name) => name.replace(/_minor$/, "").replace(/[-_.]/g, " ").replace(/^./, (first) => first.toUpperCase());

const inHand = () => (language.value === "zh" ? 1 : 0);

/** @param {Record<string, [string, string]>} names  English, Chinese */
export const naming = (names) => ({
  /** @param {string} name */
  nameOf: (name) => names[name]?.[inHand()] ?? plain(name),
  /** For the tests that nothing is without a name. @param {string} name */
  isNamed: (name) => name in names,
});

/** @param {[string, string]} words */
export const ofTwo = (words) => words[inHand()];

/** Of {english, chinese}. @param {{english: string, chinese: string} | undefined} words */
export const inWords = (words) => (words ? words[language.value === "zh" ? "chinese" : "english"] : "");
