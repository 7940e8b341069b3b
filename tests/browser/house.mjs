// The house that a test's pages are of: a program of this folder that furnishes it and prints "PORT" or "PORT KEY" when it
// serves. Asks it, goes to its pages, takes pictures of them, and asks axe what keeps somebody from using them. Knows no page.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { assert, becomes, root, same, screens, STEP_MS, useLanguage } from "./rig.mjs";

/** @param {string} program  of this folder  @param {string} path  of its pages */
export async function openHouse(program, path = "") {
  const child = spawn("python3", [`${root}tests/browser/${program}`], { stdio: ["pipe", "pipe", "inherit"] });
  const [port, key] = (await new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve))).split(" ");
  const address = `http://127.0.0.1:${port}/`;
  const headers = { "Content-Type": "application/json", ...(key ? { Authorization: `Bearer ${key}` } : {}) };
  return {
    key,
    pages: address + path,
    /** GET, or POST where there are fields. */
    async ask(what, fields) {
      const answer = await fetch(`${address}api/v1/${what}`, { headers, ...(fields ? { method: "POST", body: JSON.stringify(fields) } : {}) });
      assert(answer.ok, `${what}: ${answer.status} ${await answer.clone().text()}`);
      return answer.json();
    },
    async go(page, hash) {
      await page.goto(`${address}${path}${hash}`);
      await page.locator("main h1").waitFor({ timeout: STEP_MS });
      await becomes(page, () => document.querySelectorAll("main progress:not([value])").length === 0);
    },
    /** As a program would; people log in. */
    async openByKey(page, given = key) {
      if (!await page.locator(".door details[open]").count())
        await page.locator(".door summary").click();
      await page.locator(".door [name=keyAsk]").fill(given);
      await page.locator(".door details button").click();
    },
    async close() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.stdin.end();
      await ended;
    },
  };
}

const SCRIPT_MAX = 150_000;

/** What a visit to these pages loads of script, as it comes over the wire: no more than a slow phone bears.
 *  @param {{address: string, open?: (page: any) => Promise<void>, hashes: string[]}} visit */
export async function assertLight(page, { address, open = async () => {}, hashes }) {
  const context = await page.context().browser().newContext(), fresh = await context.newPage();
  const sizes = new Map();
  fresh.on("response", (answer) => answer.request().resourceType() === "script" &&
    sizes.set(answer.url(), answer.request().sizes().then((size) => [answer.headers()["content-encoding"], size.responseBodySize])));
  await fresh.goto(address);
  await open(fresh);
  for (const hash of hashes) {
    await fresh.goto(address + hash);
    await fresh.locator("h1").first().waitFor({ timeout: STEP_MS });
    await becomes(fresh, () => document.querySelectorAll("main progress").length === 0);
  }
  const told = await Promise.all(sizes.values());
  await context.close();
  assert(told.length > 5 && told.every(([encoding]) => encoding === "gzip"), "scripts that come as they are");
  const bytes = told.reduce((sum, [, size]) => sum + size, 0);
  assert(bytes < SCRIPT_MAX, `${bytes} bytes of script`);
}

/** Takes pictures in every size, in both languages, light and dark; what stands wider than the window is a fault. One language: the
 *  page cannot choose another just now. @param {string} prefix @param {number[][]} sizes */
export const photographer = (prefix, sizes) => async (page, name, languages = ["en", "zh"]) => {
  const faults = [];
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    for (const language of languages) {
      if (languages.length > 1)
        await useLanguage(page, language);
      await page.emulateMedia({ colorScheme: language === "zh" ? "dark" : "light" });
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
        faults.push(`${width} ${language}`);
      await page.screenshot({ path: `${screens}/${prefix}-${name}-${width}-${language}.png` });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  if (languages.length > 1)
    await useLanguage(page, "en");
  same(faults, [], `wider than the window: ${name}`);
};

// ---------------------------------------------------------------- a page that stands still

/** Requests that never end. */
const STREAMS = /\/(changes|events)(\?|$)/;
/** What a page has asked for and not got. @type {WeakMap<import("playwright-core").Page, Set<import("playwright-core").Request>>} */
const awaited = new WeakMap();

/** From now on it is known when a page has got all that it asked for. @param {import("playwright-core").Page} page */
export function follow(page) {
  const open = new Set();
  awaited.set(page, open);
  page.on("request", (request) => STREAMS.test(request.url()) || open.add(request));
  for (const end of ["requestfinished", "requestfailed"])
    page.on(end, (request) => open.delete(request));
}

/** What was last changed is on the screen. @param {import("playwright-core").Page} page */
export const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** The page has got all that it asked for, shows it, and nothing moves. @param {import("playwright-core").Page} page */
export async function settled(page) {
  const last = Date.now() + STEP_MS;
  for (let still = 0; still < 2;) {
    await drawn(page);
    const busy = awaited.get(page)?.size || await page.evaluate(() => document.fonts.status !== "loaded" || document.querySelector("main progress:not([value])") !== null
      || [...document.images].some((image) => !image.complete));
    still = busy ? 0 : still + 1;
    assert(Date.now() < last, `never still: ${[...awaited.get(page) ?? []].map((request) => request.url()).join(" ")}`);
  }
}

/** In a language that is not remembered, whatever lies over the page's own switch. @param {import("playwright-core").Page} page
 *  @param {{language: string, scheme: "light" | "dark", width: number, height: number}} dress */
export async function wear(page, { language, scheme, width, height }) {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  await page.evaluate(async (id) => document.querySelector("script[type=importmap]") && (await import("/assets/language.js")).speak(id), language);
}

// ---------------------------------------------------------------- contrast, axe

/** Texts whose colour stands out less than so much from what is behind it (WCAG 2.2, relative luminance); what is disabled or unseen is left out.
 *  @param {import("playwright-core").Page} page @param {number} least */
export const faintTexts = (page, least) => page.evaluate((wanted) => {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (let part = element; part; part = part.parentElement) {
      const colour = parts(getComputedStyle(part).backgroundColor);
      if (colour[3] !== 0)
        return colour;
    }
    return [255, 255, 255];
  };
  const ratio = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = element.matches("input") || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const colour = getComputedStyle(element, element.matches("input") ? "::placeholder" : null).color;
    const stands = ratio(light(parts(colour)), light(behind(element)));
    const unseen = element.closest(":disabled") || !element.getClientRects().length || element.matches("option, input[type=file]");
    if (own && !unseen && stands < wanted)
      found.push(`${element.className || element.tagName} "${element.textContent.slice(0, 20)}" ${stands.toFixed(1)}:1`);
  }
  return found;
}, least);

const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** What axe finds in the page as it stands: a sentence each. @param {import("playwright-core").Page} page
 *  @param {string[]} [rules]  only these */
export async function axeFaults(page, rules) {
  if (!await page.evaluate(() => "axe" in globalThis))
    await page.evaluate(axe); // from outside the page: its policy lets no script in
  return page.evaluate(async (only) => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"], ...(only ? { runOnly: only } : {}) });
    return violations.flatMap(({ id, impact, nodes }) => nodes.map((node) =>
      `${impact} ${id}: ${node.target.join(" ")} ${node.html.slice(0, 120)} (${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ""})`));
  }, rules);
}
