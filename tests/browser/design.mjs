// What the pages are made of, measured as it is drawn (#/design of both houses): texts stand out 4.5:1 from what is behind them, light and dark;
// what is pressed is large enough; nothing is wider than the window; and each colour has one home, tokens.css. The station's page, whose texts
// stand out 7:1, is measured in station.mjs. TAP.

import { readdirSync, readFileSync } from "node:fs";
import { faintTexts, follow, openHouse, settled, wear } from "./house.mjs";
import { playOn, root, same, screens } from "./rig.mjs";

const LEAST = 4.5, TARGET_PX = 24; // WCAG 2.2, 1.4.3 and 2.5.8
const houses = [["supervisor", "site_house.py", "office"], ["office", "office_house.py", ""]];
const PARTS = ["colours", "buttons", "filters", "entries", "dialog", "table", "stacked", "tones", "facts", "tiles", "cards", "steps", "picture"];

/** Colours that a style sheet names itself, beside white and black behind pictures and on paper, and the sites' eight tints. @param {string} path */
const ownColours = (path) => readFileSync(path, "utf8").split("\n").filter((line) => /#[0-9a-f]{3,8}\b/i.test(line) && !/^\.tint-|^\.from-|background: #fff|color: #000/.test(line));

process.exitCode = await playOn(async (browser, test) => {
  await test("colours are named in tokens.css alone", async () => {
    const sheets = ["common", "pages", "supervisor", "office"].flatMap((folder) => readdirSync(`${root}ui/${folder}`)
      .filter((name) => name.endsWith(".css") && name !== "tokens.css").map((name) => `${root}ui/${folder}/${name}`));
    same(sheets.flatMap((path) => ownColours(path).filter((line) => !line.trim().startsWith(".beside img"))), [], "colours elsewhere");
  });
  for (const [name, program, path] of houses) {
    const house = await openHouse(program, path), page = await browser.newPage({ locale: "en-GB" });
    follow(page);
    if (house.key)
      await page.addInitScript((key) => sessionStorage.setItem("office-key", key), house.key);
    await test(`${name}: every part is there`, async () => {
      await house.go(page, "#/design");
      same(await page.locator("[data-part]").evaluateAll((parts) => parts.map((part) => part.dataset.part)), PARTS, "parts");
    });
    for (const language of ["en", "zh"])
      for (const scheme of /** @type {const} */ (["light", "dark"]))
        await test(`${name}: texts stand out and targets are large, ${language}, ${scheme}`, async () => {
          for (const width of [360, 1440]) {
            await wear(page, { language, scheme, width, height: 900 });
            await settled(page);
            const low = await page.locator("main button, main select, main input:not([type=file]):not([type=checkbox])").evaluateAll((targets, least) =>
              targets.filter((target) => target.getBoundingClientRect().height < least).map((target) => target.textContent), TARGET_PX);
            same([await faintTexts(page, LEAST), low, await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)], [[], [], false], `faint, low, wide at ${width}`);
            await page.screenshot({ path: `${screens}/design-${name}-${width}-${language}-${scheme}.png`, fullPage: true });
          }
        });
    await page.close();
    await house.close();
  }
});
