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
    async close() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.stdin.end();
      await ended;
    },
  };
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
