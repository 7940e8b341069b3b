// How soon a page shows something on a telephone in the warehouse: first contentful paint of each house's first page, nothing kept from
// before, over an emulated Wi-Fi of 20 Mbit/s and 5 ms, by a processor a quarter as fast. A JSON object a page on standard output, for
// tests/bench/paint.py; judges nothing.

import { openFake } from "./fake.mjs";
import { openHouse } from "./house.mjs";
import { openBrowser } from "./rig.mjs";

const ROUNDS = 7, WIFI = { offline: false, latency: 5, downloadThroughput: 20e6 / 8, uploadThroughput: 20e6 / 8 }, SLOWER = 4;

/** @param {import("playwright-core").Browser} browser @param {string} address @returns {Promise<number>} milliseconds */
async function painted(browser, address) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, serviceWorkers: "block" }), page = await context.newPage();
  const phone = await context.newCDPSession(page);
  await phone.send("Network.enable");
  await phone.send("Network.emulateNetworkConditions", WIFI);
  await phone.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  await page.goto(address);
  await page.locator("h1, button, input").first().waitFor();
  const at = await page.evaluate(async () => {
    let paint;
    while (!(paint = performance.getEntriesByName("first-contentful-paint")[0]))
      await new Promise(requestAnimationFrame);
    return paint.startTime;
  });
  await context.close();
  return at;
}

const fake = await openFake();
const site = await openHouse("site_house.py", "office"), office = await openHouse("office_house.py");
const browser = await openBrowser();
for (const [name, address] of [["station", fake.url("/station/bench-1")], ["supervisor", site.pages], ["head office", office.pages]]) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++)
    times.push(await painted(browser, address));
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ name, median: times[ROUNDS >> 1], low: times[0], high: times[ROUNDS - 1] }));
}
await browser.close();
await Promise.all([fake.stop(), site.close(), office.close()]);
