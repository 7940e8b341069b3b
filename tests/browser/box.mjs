// The station page on a real floorhandd: what it does asleep, offline, in a worker's language, on a wall. TAP.

import { copyFileSync } from "node:fs";
import { assert, becomes, play, root, same, screens, shows, STEP_MS, useLanguage } from "./rig.mjs";
import { openSite } from "./site.mjs";

const FEEDBACK_SCANS = 300;
const site = await openSite("pick-discrete");
const station = (id) => site.url(`/station/${id}`);
const step = (page) => page.evaluate(() => document.querySelector("main").dataset.step);
const isAt = (page, wanted) => becomes(page, (name) => document.querySelector("main")?.dataset.step === name, wanted);

async function type(page, text) {
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

/** Milliseconds from a scan's Enter to the frame that shows its result; the scans are typed within the page. */
const feedback = (page, count) => page.evaluate(async (scans) => {
  const field = document.querySelector(".input input"), took = [];
  for (let at = 0; at < scans; at++) {
    const before = document.querySelector(".result").dataset.seq;
    field.value = `CMD:QTY:${at % 9 + 1}`;
    const start = performance.now();
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    await new Promise((resolve) => {
      const look = () => document.querySelector(".result").dataset.seq !== before && (watch.disconnect(), requestAnimationFrame(resolve));
      const watch = new MutationObserver(look);
      watch.observe(document.body, { subtree: true, childList: true, attributes: true });
    });
    took.push(performance.now() - start);
  }
  return took.sort((a, b) => a - b);
}, count);

const language = [
  ["a worker's language follows the badge to the next station, and leaves with it", async (page, errors, browser) => {
    await isAt(page, "badge");
    await type(page, "B-1");
    await shows(page, ".worker", "李雷");
    await useLanguage(page, "zh");
    const other = await browser.newPage({ locale: "en-GB" });
    await other.goto(station("bench-2"));
    await shows(other, ".worker", "Nobody signed in");
    await type(other, "B-1");
    await shows(other, ".worker", "李雷");
    await becomes(other, () => document.documentElement.lang === "zh");
    await type(other, "CMD:LOGOUT");
    await becomes(other, () => document.documentElement.lang === "en");
    await other.close();
    await isAt(page, "badge");
    await becomes(page, () => document.documentElement.lang === "en");
    await type(page, "B-1");
    await becomes(page, () => document.documentElement.lang === "zh");
    await useLanguage(page, "en");
  }],
];

const pictures = [
  ["a picture of the item comes from the site's folder, and is kept by its ETag", async (page) => {
    copyFileSync(`${root}ui/pages/icon-192.png`, `${site.folder}/MUG.png`);
    const first = await fetch(site.url("/pictures/MUG")), tag = first.headers.get("etag");
    same([first.status, first.headers.get("content-type")], [200, "image/png"], "answer");
    same((await fetch(site.url("/pictures/MUG"), { headers: { "If-None-Match": tag } })).status, 304, "status of the same");
  }],
  ["what is no picture, or would lead out of the folder, is the neutral shape", async () => {
    copyFileSync(`${root}ui/pages/item.svg`, `${site.folder}/PEN.jpg`);
    for (const name of ["PEN", "NOTHING", "..%2f..%2fetc%2fpasswd", ".hidden", "site.db"])
      same((await fetch(site.url(`/pictures/${name}`))).headers.get("content-type"), "image/svg+xml", name);
  }],
  ["it is on the page where the item is asked for", async (page) => {
    await type(page, "CMD:PICK");
    await isAt(page, "pick.location");
    await type(page, "A-01");
    await isAt(page, "pick.item");
    await becomes(page, () => document.querySelector(".picture img")?.naturalWidth === 192);
    await page.screenshot({ path: `${screens}/box-picture.png` });
  }],
];

const sleep = [
  ["a page that was frozen shows at once what happened meanwhile", async (page) => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    await site.scan("bench-1", "MUG");
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    await shows(page, ".result code", "MUG");
    await becomes(page, () => document.querySelector(".progress b")?.textContent.startsWith("1"));
  }],
  ["until it has the view it takes no scan, and says so", async (page) => {
    let pass;
    const held = new Promise((resolve) => (pass = resolve));
    await page.route("**/events", async (route) => {
      await held;
      await route.continue();
    });
    await page.evaluate(() => document.dispatchEvent(new Event("resume")));
    await type(page, "PEN");
    await shows(page, ".result.bad", "the screen was asleep");
    assert(await step(page) === undefined, "an old step is still shown");
    pass();
    await isAt(page, "pick.item");
    await page.unroute("**/events");
    await type(page, "PEN");
    await shows(page, ".result.bad", "E05");
  }],
  ["feedback, measured (the law: 100 ms at the 99th percentile)", async (page) => {
    const took = await feedback(page, FEEDBACK_SCANS);
    const of = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))].toFixed(1);
    console.log(`# ${took.length} scans from Enter to the frame: p50 ${of(0.5)} ms, p99 ${of(0.99)} ms, most ${of(1)} ms`);
  }],
];

const wall = [
  ["a wall screen shows the station live, and has nothing to press or type", async (page, errors, browser) => {
    const board = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: "en-GB" });
    await board.goto(`${station("bench-1")}?wall`);
    await isAt(board, "pick.item");
    same(await board.locator("button:not(.chip), input").count(), 0, "things to press");
    await type(page, "MUG-WRONG");
    await shows(board, ".result.bad code", "MUG-WRONG");
    await board.screenshot({ path: `${screens}/box-wall.png` });
    await board.close();
  }],
];

const kept = (page) => page.evaluate(async () => (await (await caches.open("shell")).keys()).map((request) => new URL(request.url).pathname));

const offline = [
  ["it can be installed: a manifest with icons that are there", async () => {
    const manifest = await (await fetch(site.url("/manifest.webmanifest"))).json();
    same([manifest.display, manifest.scope], ["standalone", "/"], "manifest");
    for (const { src, type } of manifest.icons)
      same((await fetch(site.url(src))).headers.get("content-type"), type, src);
  }],
  ["the worker keeps the page's own files, and nothing that the box has said", async (page) => {
    await page.reload();
    await becomes(page, async () => (await (await caches.open("shell")).keys()).some((one) => one.url.endsWith("/station.js")));
    await becomes(page, async () => (await (await caches.open("shell")).keys()).some((one) => one.url.endsWith("/station/")));
    same((await kept(page)).filter((path) => path.startsWith("/api") || path.startsWith("/pictures")), [], "kept");
  }],
  ["without the box the page opens, says so and what to do, and comes back by itself", async (page) => {
    await site.stop();
    await page.reload();
    await shows(page, ".lost", "Connection to the box lost");
    await shows(page, ".lost", "Check the network and the box's power");
    await page.screenshot({ path: `${screens}/box-lost.png` });
    await type(page, "MUG");
    await shows(page, ".result.bad", "no connection");
    await site.start();
    await isAt(page, "pick.item");
    await shows(page, ".progress", "1 /");
  }],
  ["another address of the box says so too, and comes back by itself", async (page) => {
    await site.stop();
    await page.goto(site.url("/"));
    await shows(page, ".lost", "The box cannot be reached");
    await shows(page, ".lost", "无法连接主机");
    await page.screenshot({ path: `${screens}/box-offline.png` });
    await site.start();
    await page.locator("h1").filter({ hasText: "Choose a station" }).waitFor({ timeout: STEP_MS });
    await page.screenshot({ path: `${screens}/box-stations.png` });
  }],
];

process.exitCode = await play(station("bench-1"), [...language, ...pictures, ...sleep, ...wall, ...offline], { width: 1024, height: 768 });
await site.close();
