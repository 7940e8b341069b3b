// The house that a test's pages are of: a program of this folder that furnishes it and prints "PORT" or "PORT KEY" when it
// serves. Asks it, goes to its pages, and takes pictures of them. Knows no page.

import { spawn } from "node:child_process";
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
      await becomes(page, () => document.querySelectorAll("main progress").length === 0);
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
