// That nobody is kept from using a page: axe on every page of the houses, light and dark. Every menu entry, a row of each kind, forms,
// and the special ones (places.mjs). The station's other steps are looked at where they are played (floor.mjs). TAP.

import { axeFaults, follow, settled, wear } from "./house.mjs";
import { everyPlace, goTo, houses } from "./places.mjs";
import { playOn, same } from "./rig.mjs";

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--")); // names of houses: axe.mjs supervisor
const short = process.argv.includes("--short"); // by turns light in English and dark in Chinese, not each page in both
const chosen = houses.filter(({ name }) => !wanted.length || wanted.includes(name));
const opened = await Promise.all(chosen.map((house) => house.open()));

const LIGHT = { language: "en", scheme: /** @type {const} */ ("light"), width: 1024, height: 768 };
const DARK = { language: "zh", scheme: /** @type {const} */ ("dark"), width: 1024, height: 768 };
let turn = 0;

/** Where the page is looked at in both, the second look is for what depends on it. */
async function looksRight(page) {
  const first = short && turn++ % 2 ? DARK : LIGHT, faults = [];
  if (first === DARK)
    await wear(page, DARK);
  faults.push(...await axeFaults(page));
  if (!short) {
    await wear(page, DARK);
    const dark = await axeFaults(page, ["color-contrast", "label", "button-name", "link-name", "html-has-lang"]);
    faults.push(...dark.map((fault) => `dark: ${fault}`));
  }
  if (first === DARK || !short)
    await wear(page, LIGHT);
  same(faults, [], "what axe found");
}

process.exitCode = await playOn(async (browser, test) => {
  for (const [at, { name, enter, kinds, places }] of chosen.entries()) {
    const house = opened[at], page = await browser.newPage({ viewport: { width: 1024, height: 768 }, locale: "en-GB" });
    follow(page);
    const origin = new URL(house.pages).origin, foreign = new Set();
    page.on("request", (request) => /^(data|blob):/.test(request.url()) || new URL(request.url()).origin === origin || foreign.add(request.url()));
    await enter?.(page, house);
    const seen = new Set();
    for (const place of [...kinds ? await everyPlace(page, house, kinds) : [], ...places])
      if (!seen.has(place.at) || place.then)
        await test(`${name} ${place.name}`, async () => {
          seen.add(place.at);
          await goTo(page, house, place);
          await settled(page);
          await looksRight(page);
        });
    await test(`${name} asks nobody outside its house`, async () => same([...foreign], [], "asked elsewhere"));
    await page.close();
    await house.close();
  }
});
