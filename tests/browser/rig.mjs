// A real browser for the pages' tests: TAP on standard output, pictures in build/screens/. Knows no page.

import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const out = resolve(root, process.env.OUT ?? "build");
export const screens = `${root}build/screens`;
export const STEP_MS = 20000;
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function assert(truth, why) {
  if (!truth)
    throw new Error(why);
}

export function same(got, wanted, what) {
  assert(JSON.stringify(got) === JSON.stringify(wanted),
    `${what}: wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
}

export const shows = (page, selector, text) =>
  page.locator(selector).filter({ hasText: text }).first().waitFor({ timeout: STEP_MS });

/** Waits for a fact of the page's own. Asked from here, since the page's policy forbids Playwright's own waiting. */
export async function becomes(page, fact, argument) {
  const last = Date.now() + STEP_MS;
  while (!(await page.evaluate(fact, argument))) {
    assert(Date.now() < last, `never true: ${fact}`);
    await new Promise((later) => setTimeout(later, 10)); // what it waits for needs the processor
  }
}

export async function useLanguage(page, id) {
  await page.locator(`[role=group] [lang=${id}], nav [lang=${id}]`).first().click();
  await becomes(page, (wanted) => document.documentElement.lang === wanted, id);
}

export const openBrowser = () => chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });

/** A browser for work(browser, test), where test(name, prove) is one test. Returns 1 when one failed.
 *  @param {(browser: import("playwright-core").Browser, test: (name: string, prove: () => Promise<void>) => Promise<boolean>) => Promise<void>} work */
export async function playOn(work) {
  mkdirSync(screens, { recursive: true });
  const browser = await openBrowser();
  let number = 0, failed = 0;
  await work(browser, async (name, prove) => {
    number += 1;
    try {
      await prove();
      console.log(`ok ${number} - ${name}`);
      return true;
    } catch (error) {
      failed = 1;
      console.log(`not ok ${number} - ${name}\n# ${error.message.replaceAll("\n", "\n# ")}`);
      return false;
    }
  });
  console.log(`1..${number}`);
  await browser.close();
  return failed;
}

/** Plays tests, [name, (page, errors, browser) => ...], one after the other on one page. Returns 1 when one failed. */
export const play = (address, tests, viewport) => playOn(async (browser, test) => {
  const page = await browser.newPage({ viewport, locale: "en-GB" });
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(address);
  for (const [at, [name, prove]] of tests.entries())
    if (!await test(name, () => prove(page, errors, browser)))
      await page.screenshot({ path: `${screens}/failed-${at + 1}.png` });
});
