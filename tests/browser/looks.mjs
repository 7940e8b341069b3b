// Whether each page still looks as it did when a person looked at it: every place of places.mjs at three widths, in both languages, light
// and dark, beside what is stored in looks/: the mean colour of each block of 12 × 12 dots. TAP. What differs is written to
// build/screens/diff/, old and new beside each other.
//   node looks.mjs [HOUSE...]           compares
//   node looks.mjs --short [HOUSE...]   compares each page in four of its twelve dresses, of each width, language and light one at least
//   node looks.mjs --write [HOUSE...]   stores anew: look at the pictures first
//   node looks.mjs --pictures           no comparing: whole pictures into build/screens/, and index.html over them (make screenshots)

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { drawn, follow, settled, wear } from "./house.mjs";
import { goTo, houses } from "./places.mjs";
import { blocksOf, pack, readPng, unpack, writePng } from "./png.mjs";
import { assert, openBrowser, out, playOn, same, screens } from "./rig.mjs";

const BLOCK = 12, COARSE = 16;
/** How much a block's colour may differ, and how many blocks of a picture may: letters are drawn a dot further left some day. */
const TOLERANCE = 24, ODD_MOST = 2;
/** The instant at which the day of every house begins (day.c); what the pages' own clock says, too. */
const DAY = Date.parse("2026-11-27T02:00:00Z");

const looks = fileURLToPath(new URL("looks/", import.meta.url)), diffs = `${screens}/diff`;
const rows = [[360, 1440], [1024, 1200], [1920, 1080]], stage = [[360, 740], [1024, 768], [1920, 1080]];
const options = process.argv.slice(2).filter((one) => one.startsWith("--")), wanted = process.argv.slice(2).filter((one) => !one.startsWith("--"));
const writing = options.includes("--write"), picturing = options.includes("--pictures"), short = options.includes("--short") && !writing && !picturing;

/** @typedef {{language: string, scheme: "light" | "dark", width: number, height: number}} Dress */

/** @param {string} house @returns {Dress[]} */
const dressesOf = (house) => (["station", "box"].includes(house) ? stage : rows).flatMap(([width, height]) =>
  /** @type {const} */ (["light", "dark"]).flatMap((scheme) => ["en", "zh"].map((language) => ({ language, scheme, width, height }))));

/** Of the twelve, those that are looked at. */
const LOOKED_AT = short ? [0, 3, 6, 9] : [...Array(12).keys()];

/** What is another in each run is not looked at. @param {string} varies  selectors, beside times */
const still = (varies) => `*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; scrollbar-width: none; }
  ${varies} { visibility: hidden !important; }`;

/** @param {import("playwright-core").Page} page @param {import("./places.mjs").Place} place */
const stand = (page, { varies }) => page.evaluate((css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
  scrollTo(0, 0);
}, still(["time", varies].filter(Boolean).join()));

// ---------------------------------------------------------------- beside what is stored

/** @param {import("./png.mjs").Picture} old @param {import("./png.mjs").Picture} now @returns {string[]} the blocks that differ */
function differing(old, now) {
  const found = [];
  for (let at = 0; at < now.dots.length; at += 3) {
    const most = Math.max(...[0, 1, 2].map((channel) => Math.abs(old.dots[at + channel] - now.dots[at + channel])));
    if (most > TOLERANCE)
      found.push(`${(at / 3) % now.width * BLOCK},${Math.floor(at / 3 / now.width) * BLOCK}`);
  }
  return found;
}

/** How many blocks a picture in each dress has: the browser keeps some rows of every window for itself. @param {Dress[]} dresses
 *  @param {number} height  of the first picture, in dots */
const sizesOf = (dresses, height) => dresses.map((dress) => ({ width: Math.ceil(dress.width / BLOCK),
  height: Math.ceil((dress.height - dresses[LOOKED_AT[0]].height + height) / BLOCK) }));

/** @param {string} name @param {Dress[]} dresses @param {import("./png.mjs").Picture[]} blocks @param {Buffer[]} whole */
function compare(name, dresses, blocks, whole) {
  const path = `${looks}${name}.look`;
  assert(existsSync(path), `nothing is stored for ${name}: node tests/browser/looks.mjs --write`);
  const stored = unpack(readFileSync(path), sizesOf(dresses, readPng(whole[0]).height)), faults = [];
  for (const [number, now] of blocks.entries()) {
    const at = LOOKED_AT[number], { language, scheme, width } = dresses[at], old = stored[at], odd = differing(old, now);
    if (odd.length > ODD_MOST) {
      const as = `${name}-${width}-${language}-${scheme}`;
      faults.push(`${width} ${language} ${scheme}: ${odd.length} blocks, at ${odd.slice(0, 6).join(" ")}`);
      writeFileSync(`${diffs}/${as}-old.png`, writePng(old));
      writeFileSync(`${diffs}/${as}-now.png`, writePng(now));
      writeFileSync(`${diffs}/${as}.png`, whole[number]);
    }
  }
  same(faults, [], `${name} looks otherwise than stored; see build/screens/diff/`);
}

// ---------------------------------------------------------------- for people

/** @type {{house: string, place: string, files: string[]}[]} */
const sheet = [];
const writeSheet = () => writeFileSync(`${screens}/index.html`, `<!doctype html><meta charset="utf-8"><title>Floorhand</title>
<style>body{font:14px system-ui;margin:20px;background:#888}figure{display:inline-block;margin:6px}img{height:260px;background:#fff}figcaption{color:#fff}</style>
${sheet.map(({ house, place, files }) => `<h2>${house} ${place}</h2>${files.map((file) => `<figure><a href="${file}"><img loading="lazy" src="${file}" alt="${file}"></a><figcaption>${file}</figcaption></figure>`).join("")}`).join("\n")}\n`);

// ---------------------------------------------------------------- all of it

mkdirSync(looks, { recursive: true });
rmSync(diffs, { recursive: true, force: true });
mkdirSync(diffs, { recursive: true });
process.env.LD_PRELOAD = `${out}/tests/day.so`;
process.env.FLOORHAND_DAY_SHIFT_S = String(Math.round((DAY - Date.now()) / 1000));
const chosen = houses.filter(({ name }) => !wanted.length || wanted.includes(name));
const opened = await Promise.all(chosen.map((house) => house.open()));
delete process.env.LD_PRELOAD;

/** @param {import("playwright-core").CDPSession} devtools */
async function picture(devtools) {
  const { data } = await devtools.send("Page.captureScreenshot", { format: "png", optimizeForSpeed: true });
  return Buffer.from(data, "base64");
}

async function lookAt(page, devtools, house, place) {
  const name = `${house}-${place.name}`, dresses = dressesOf(house), whole = [];
  for (const at of LOOKED_AT) {
    await wear(page, dresses[at]);
    await drawn(page);
    whole.push(await picture(devtools));
  }
  if (picturing) {
    const files = dresses.map(({ language, scheme, width }) => `${name}-${width}-${language}-${scheme}.png`);
    files.forEach((file, at) => writeFileSync(`${screens}/${file}`, whole[at]));
    sheet.push({ house, place: place.name, files });
    return;
  }
  const blocks = whole.map((bytes) => blocksOf(readPng(bytes), BLOCK, COARSE));
  if (writing)
    writeFileSync(`${looks}${name}.look`, pack(blocks));
  else
    compare(name, dresses, blocks, whole);
}

/** All places of a house, one after the other: a station goes on from where it was left.
 *  @param {import("playwright-core").Browser} browser @param {Parameters<Parameters<typeof playOn>[0]>[1]} test @param {number} at */
async function lookThrough(browser, test, at) {
  const { name, enter, places } = chosen[at], house = opened[at];
  const page = await browser.newPage({ viewport: { width: 1024, height: 768 }, locale: "en-GB", timezoneId: "Asia/Shanghai" });
  await page.clock.setFixedTime(DAY);
  follow(page);
  await enter?.(page, house);
  const devtools = await page.context().newCDPSession(page);
  for (const place of places.filter(({ restless }) => !restless))
    await test(`${name} ${place.name} looks as it did`, async () => {
      await goTo(page, house, place);
      await page.mouse.move(0, 0);
      await settled(page);
      await stand(page, place);
      await lookAt(page, devtools, name, place);
      await wear(page, { language: "en", scheme: "light", width: 1024, height: 768 });
    });
  await page.close();
  await house.close();
}

// Two browsers, for two processors: pages of one wait for each other. Each takes the next house that nobody looks at yet.
process.exitCode = await playOn(async (browser, test) => {
  const other = await openBrowser();
  let next = 0;
  const work = async (mine) => {
    while (next < chosen.length)
      await lookThrough(mine, test, next++);
  };
  await Promise.all([work(browser), work(other)]);
  await other.close();
});
if (picturing)
  writeSheet();
