// The station page in a real browser: TAP on standard output, pictures in build/screens/.
// Without arguments it runs the page against the scripted station beside it. BASE_URL=http://... runs the checks that
// need no script (and so change nothing) against a real daemon.

import { openFake } from "./fake.mjs";
import { faintTexts } from "./house.mjs";
import { assert, becomes, play, same, screens, shows, STEP_MS, useLanguage } from "./rig.mjs";

const sizes = [[1024, 768], [360, 740], [1920, 1080]];

const base = process.env.BASE_URL, fake = base ? null : await openFake();
const { url, scans: scansTaken, scan: scanElsewhere, start: startServer, stop: stopServer } = fake ?? {};

// ---------------------------------------------------------------- the tests' own words

async function type(page, text) {
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

const tones = (page) => page.evaluate(() => ({ ...globalThis.floorhandTones }));

async function scrolls(page) {
  return page.evaluate(() => [...document.querySelectorAll("html, body, main, footer, header, .result p")]
    .filter((part) => part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1)
    .map((part) => part.className || part.tagName));
}

/** The box has taken these scans, and no more. */
const taken = (page, wanted) => becomes(page, async (text) =>
  JSON.stringify((await (await fetch("/api/v1/status")).json()).scans) === text, JSON.stringify(wanted));

/** Every size in both languages; what overflows or is too small for a glove is a fault. */
async function photograph(page, name) {
  const faults = [];
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    for (const language of ["en", "zh"]) {
      await useLanguage(page, language);
      for (const part of await scrolls(page))
        faults.push(`${part} overflows at ${width}x${height} ${language}`);
      const low = await page.evaluate(() => [...document.querySelectorAll("button, input, a")]
        .filter((target) => target.getBoundingClientRect().height < 56 || target.getBoundingClientRect().width < 48)
        .map((target) => target.textContent));
      for (const text of low)
        faults.push(`button ${text} is smaller than 48 x 56 px at ${width}x${height}`);
      await page.screenshot({ path: `${screens}/${name}-${width}x${height}-${language}.png` });
    }
  }
  const theme = await page.evaluate(() => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    for (const text of await faintTexts(page, 7))
      faults.push(`${text} in ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: theme });
  await page.setViewportSize({ width: 1024, height: 768 });
  await useLanguage(page, "en");
  same(faults, [], `layout of ${name}`);
}

// ---------------------------------------------------------------- what is proven

const anyStation = [
  ["the page loads without an error and shows what to scan", async (page, errors) => {
    await page.locator(".hero").waitFor({ timeout: STEP_MS });
    same(errors, [], "errors in the console");
    assert((await page.locator(".hero").innerText()).length > 0, "an empty prompt");
  }],
  ["the language switch turns the page and is remembered", async (page) => {
    await useLanguage(page, "zh");
    await page.reload();
    await page.locator(".hero").waitFor();
    same(await page.evaluate(() => document.documentElement.lang), "zh", "language after a reload");
    assert(/[\u4e00-\u9fff]/.test(await page.locator("main").innerText()), "no Chinese on the stage");
    await useLanguage(page, "en");
    assert(!/[\u4e00-\u9fff]/.test(await page.locator("main .hero").innerText()), "Chinese on the English stage");
  }],
  ["the input has the focus, and takes it back", async (page) => {
    await page.locator("main").click();
    await becomes(page, () => document.activeElement.matches(".input input"));
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.type("7");
    same(await page.inputValue(".input input"), "7", "what was typed without the focus");
    await page.fill(".input input", "");
  }],
];

const scriptedStation = [
  ["the sound is offered until the first gesture", async (page, errors, browser) => {
    const fresh = await browser.newPage();
    await fresh.goto(url("/station/bench-1"));
    await shows(fresh, ".sound", "sound");
    await fresh.locator(".sound").click();
    await fresh.locator(".sound").waitFor({ state: "detached", timeout: STEP_MS });
    await fresh.close();
  }],
  ["a page for a badge", (page) => photograph(page, "badge")],
  ["a typed scan is posted, its result is green with a high tone", async (page) => {
    await type(page, "BADGE:w1");
    await page.locator(".result.good").waitFor({ timeout: STEP_MS });
    await shows(page, ".worker", "李雷");
    same(await tones(page), { good: 1, bad: 0 }, "tones");
    same(await scansTaken(), ["BADGE:w1"], "scans");
  }],
  ["the menu", (page) => photograph(page, "menu")],
  ["the chip of head office opens a panel that leaves the input its focus, and closes it", async (page) => {
    await shows(page, "button.chip", "Head office");
    same(await page.locator(".sync").count(), 0, "panels before");
    await page.locator("[data-chip=sync]").click();
    await shows(page, ".sync h2", "in step with head office");
    await shows(page, ".sync dl", "310 / 310");
    await becomes(page, () => document.activeElement.matches(".input input"));
    await photograph(page, "sync");
    await useLanguage(page, "zh");
    await shows(page, ".sync h2", "与总部同步");
    await shows(page, ".sync dl", "总部已确认");
    await useLanguage(page, "en");
    await page.locator(".sync .close").click();
    await page.locator(".sync").waitFor({ state: "detached", timeout: STEP_MS });
  }],
  ["a scan closes the panel: what comes next must be seen", async (page) => {
    await page.locator("[data-chip=sync]").click();
    await shows(page, ".sync h2", "in step");
    await type(page, "NONSENSE");
    await page.locator(".sync").waitFor({ state: "detached", timeout: STEP_MS });
    await shows(page, ".result.bad", "E01");
  }],
  ["a big button scans its command barcode, and gives the focus back", async (page) => {
    await page.locator("[data-command=PICK]").click();
    await shows(page, ".hero", "A-01-01");
    same((await scansTaken()).at(-1), "CMD:PICK", "scan");
    await becomes(page, () => document.activeElement.matches(".input input"));
  }],
  ["the prompt is in both languages", async (page) => {
    await shows(page, ".prompt", "Go to A-01-01");
    await shows(page, ".chip", "1234.6 g");
    await useLanguage(page, "zh");
    await shows(page, ".prompt", "请到 A-01-01");
    await shows(page, ".kind", "扫描库位");
    await useLanguage(page, "en");
  }],
  ["a station in training says so, and teaches", async (page) => {
    await shows(page, ".training", "nothing counts");
    await shows(page, ".lesson", "Picking an order 3/8");
    await shows(page, ".lesson", "scan its label");
  }],
  ["a location", (page) => photograph(page, "location")],
  ["a view from elsewhere appears by itself, with its tone", async (page) => {
    const before = await tones(page);
    await scanElsewhere("A-01-01");
    await shows(page, ".hero", "MUG-RED");
    await becomes(page, (good) => globalThis.floorhandTones.good === good + 1, before.good);
    await shows(page, ".chips", "12 to send");
  }],
  ["a wrong item is red, with its code, its text and a low tone", async (page) => {
    const before = await tones(page);
    await type(page, "MUG-BLUE");
    await shows(page, ".result.bad", "E05");
    await shows(page, ".result.bad", "Need MUG-RED");
    same(await tones(page), { good: before.good, bad: before.bad + 1 }, "tones");
    await photograph(page, "wrong");
  }],
  ["a printer's trouble says what to do, a scale its weight, in both languages", async (page) => {
    await shows(page, ".chip.bad", "put in paper");
    await shows(page, ".chip", "12.345 kg");
    await useLanguage(page, "zh");
    await shows(page, ".chip.bad", "请装纸");
    await useLanguage(page, "en");
  }],
  ["the page is silent when the scanner has beeped by itself", async (page) => {
    const before = await tones(page);
    await scanElsewhere("BEEPS:MUG-GREEN");
    await shows(page, ".result.bad code", "MUG-GREEN");
    same(await tones(page), before, "tones");
  }],
  ["no tone is played for a result that was there before the page", async (page) => {
    await page.reload();
    await shows(page, ".result.bad", "E05");
    same(await tones(page), { good: 0, bad: 0 }, "tones");
  }],
  ["what cannot be undone is held: a tap does nothing, a scanned command counts at once", async (page) => {
    const short = page.locator("[data-command=SHORT]"), before = await scansTaken();
    await short.click();
    await shows(page, ".result.bad", "hold the button");
    await short.dispatchEvent("pointerdown");
    await page.locator(".hold.held").waitFor({ timeout: STEP_MS });
    await short.dispatchEvent("pointerup");
    await page.locator(".hold.held").waitFor({ state: "detached", timeout: STEP_MS });
    same(await scansTaken(), before, "scans after taps");
    await short.dispatchEvent("pointerdown");
    await taken(page, [...before, "CMD:SHORT"]);
    await short.dispatchEvent("pointerup");
    await short.focus();
    await page.keyboard.down("Space");
    await taken(page, [...before, "CMD:SHORT", "CMD:SHORT"]);
    await page.keyboard.up("Space");
    await type(page, "CMD:SHORT");
    await taken(page, [...before, "CMD:SHORT", "CMD:SHORT", "CMD:SHORT"]);
  }],
  ["a scanner's Enter presses no button", async (page) => {
    const before = await scansTaken();
    await page.locator("[data-command=SKIP]").focus();
    await page.keyboard.press("Enter");
    await type(page, "AFTER-ENTER");
    await shows(page, ".result code", "AFTER-ENTER");
    same((await scansTaken()).slice(before.length), ["AFTER-ENTER"], "scans");
  }],
  ["a worker's glove feels what was heard", async (page) => {
    await page.evaluate(() => {
      globalThis.felt = [];
      navigator.vibrate = (pattern) => globalThis.felt.push(pattern.length);
    });
    await type(page, "MUG-BLUE");
    await shows(page, ".result.bad code", "MUG-BLUE");
    same(await page.evaluate(() => globalThis.felt), [3], "buzzes");
  }],
  ["progress counts", async (page) => {
    await type(page, "MUG-RED");
    await shows(page, ".progress", "1 / 2");
    same(await page.locator(".progress i.done").count(), 1, "segments done");
    await photograph(page, "progress");
  }],
  ["a wedge burst of 40 characters arrives whole", async (page) => {
    const burst = "]C1010950600013435215270331103456ABCDEFGH";
    await type(page, burst);
    await becomes(page, () => document.querySelector(".result code")?.textContent.startsWith("]C1"));
    same((await scansTaken()).at(-1), burst, "scan");
  }],
  ["a wedge's group separator is kept", async (page) => {
    await page.keyboard.type("10A");
    await page.keyboard.press("Control+]");
    await type(page, "21B");
    await shows(page, ".result code", "21B");
    same((await scansTaken()).at(-1), "10A\x1d21B", "scan");
  }],
  ["scans made while one is with the box follow in order", async (page) => {
    const before = (await scansTaken()).length;
    for (const text of ["SLOW", "first", "second", "third"])
      await type(page, text);
    await shows(page, ".input span", "3 waiting");
    await shows(page, ".result code", "third");
    same((await scansTaken()).slice(before), ["SLOW", "first", "second", "third"], "scans");
  }],
  ["a scan that the box has no room for is refused aloud, and those after it", async (page) => {
    const before = await tones(page), taken = (await scansTaken()).length;
    for (const text of ["SLOW", "BUSY", "after"])
      await type(page, text);
    await shows(page, ".result.bad", "the scan before it failed");
    same((await scansTaken()).length, taken + 1, "scans taken");
    same((await tones(page)).bad, before.bad + 3, "low tones");
  }],
  ["a lost connection shows at once, and a scan meanwhile is refused aloud", async (page) => {
    await stopServer();
    await shows(page, ".lost", "Connection to the box lost");
    await shows(page, ".lost", "与主机断开");
    const before = await tones(page);
    await type(page, "MUG-RED");
    await shows(page, ".result.bad", "Not taken: no connection");
    same((await tones(page)).bad, before.bad + 1, "low tones");
    await photograph(page, "lost");
  }],
  ["the page comes back by itself, silently", async (page) => {
    const before = await tones(page);
    await startServer();
    await shows(page, ".hero", "Scan your badge");
    same(await page.locator(".lost").count(), 0, "banners");
    same(await tones(page), before, "tones");
    same(await scansTaken(), [], "scans");
  }],
  ["in the dark", async (page) => {
    await page.emulateMedia({ colorScheme: "dark" });
    for (const text of ["BADGE:w1", "CMD:PICK", "A-01-01", "MUG-RED"])
      await type(page, text);
    await shows(page, ".progress", "1 / 2");
    await photograph(page, "dark");
    await page.emulateMedia({ colorScheme: "light" });
  }],
  ["the label that was printed", async (page) => {
    await type(page, "MUG-RED");
    await becomes(page, () => document.querySelector(".label img")?.naturalWidth === 800);
    await shows(page, ".label figcaption", "Sent · copy 2");
    await photograph(page, "label");
  }],
  ["sync in trouble says so by itself, and the panel what to do", async (page) => {
    await shows(page, "button.chip.bad", "Not sent for 10 min · 12 to send");
    await page.locator("[data-chip=sync]").click();
    await shows(page, ".sync .todo", "work on, nothing is lost");
    await shows(page, ".sync li", "309 order.release: it names an item");
    await shows(page, ".sync dl", "(11 min)");
    await photograph(page, "sync-trouble");
    await useLanguage(page, "zh");
    await shows(page, "button.chip.bad", "超过 10 分钟未上传");
    await shows(page, ".sync .todo", "可继续作业");
    await shows(page, ".sync li", "所指的商品");
    same(/[a-z]{4,}/.test((await page.locator(".sync dl").innerText())), false, "English words in the Chinese facts");
    await useLanguage(page, "en");
    await page.locator("[data-chip=sync]").click();
    await page.locator(".sync").waitFor({ state: "detached", timeout: STEP_MS });
  }],
];

// ---------------------------------------------------------------- run

const failed = await play(base ?? url("/"), base ? anyStation : [...anyStation, ...scriptedStation], { width: 1024, height: 768 });
await stopServer?.();
process.exit(failed);
