// That nobody is kept from using a page: axe on every page of the houses, light and dark. Every menu entry, a row of each kind, forms,
// and the special ones (places.mjs). The station's other steps are looked at where they are played (floor.mjs). TAP.

import { axeFaults, follow, settled, wear } from "./house.mjs";
import { everyPlace, goTo, houses } from "./places.mjs";
import { playOn, same } from "./rig.mjs";

const wanted = process.argv.slice(2); // parts of names: axe.mjs supervisor
const chosen = houses.filter(({ name }) => !wanted.length || wanted.includes(name));
const opened = await Promise.all(chosen.map((house) => house.open()));

async function looksRight(page) {
  const light = await axeFaults(page);
  await wear(page, { language: "zh", scheme: "dark", width: 1024, height: 768 });
  const dark = await axeFaults(page, ["color-contrast", "label", "button-name", "link-name", "html-has-lang"]);
  await wear(page, { language: "en", scheme: "light", width: 1024, height: 768 });
  same([...light, ...dark.map((fault) => `dark: ${fault}`)], [], "what axe found");
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
