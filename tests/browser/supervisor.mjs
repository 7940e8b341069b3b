// A site's supervisor pages in a real browser, against a real floorhandd in the middle of its day: TAP on standard output,
// pictures in build/screens/.

import { openHouse, photographer } from "./house.mjs";
import { assert, becomes, play, same, screens, shows, STEP_MS } from "./rig.mjs";

const house = await openHouse("site_house.py", "office");
const { ask, go } = house;
const BADGE = "BADGE-0003", PICKER = "BADGE-0002", LOADER = "BADGE-0004";
const LIVE_MS = 3000; // a change is seen within
const photograph = photographer("supervisor", [[1920, 1080], [1024, 768], [360, 740]]);

async function giveBadge(page, badge) {
  await page.locator("#badge-field").fill(badge);
  await page.keyboard.press("Enter");
}

const tests = [
  ["the board shows orders against their cut-offs, who works and what waits", async (page, errors) => {
    await go(page, "#/");
    const { orders, workers, waiting } = await ask("board");
    const late = orders.reduce((sum, row) => sum + row.late, 0);
    assert(late > 0, "an order is late");
    same(await page.locator("[data-tile=late] b").innerText(), String(late), "late orders");
    await shows(page, "main tbody", workers[0].name);
    same(waiting.map((one) => one.kind), ["count"], "what waits");
    await shows(page, ".alerts", "past their cut-off");
    same((await ask("orders?late=yes")).rows.length, late, "late orders in the list");
    await shows(page, "[data-waits=count]", "Counts to approve");
    await photograph(page, "board");
    same(errors, [], "errors in the console");
  }],
  ["the board follows the floor by itself", async (page) => {
    const before = await page.locator(".stations li").nth(1).innerText();
    assert(before.includes("nobody"), `nobody is at bench 2: ${before}`);
    await ask("stations/bench-2/scan", { text: PICKER });
    await shows(page, ".stations li", "李芳");
  }],
  ["the wall screen stands alone", async (page) => {
    await go(page, "#/?wall=1");
    same(await page.locator("nav").count(), 0, "menus on the wall");
    await page.screenshot({ path: `${screens}/supervisor-wall.png` });
  }],
  ["a list follows what happens elsewhere, over one stream for the whole page", async (page, errors) => {
    await page.evaluate(() => performance.clearResourceTimings());
    await go(page, "#/waves");
    await go(page, "#/workers");
    const row = page.locator("main tbody tr").filter({ hasText: "W-004" });
    await row.waitFor({ timeout: STEP_MS });
    const seen = await page.evaluate(() => performance.now());
    await ask("stations/bench-3/scan", { text: LOADER });
    await shows(page, "main tbody", "bench-3");
    const { streams, waited } = await page.evaluate((since) => ({ waited: performance.now() - since,
      streams: performance.getEntriesByType("resource").filter((one) => one.name.endsWith("/api/v1/changes")).length }), seen);
    assert(streams <= 1 && waited < LIVE_MS, `${streams} streams; it was seen after ${Math.round(waited)} ms`);
    await ask("stations/bench-3/scan", { text: "CMD:LOGOUT" });
    same(errors, [], "errors in the console");
  }],
  ["the map of bins shows where most is picked, finds an item, and is walked by the arrow keys", async (page, errors) => {
    await go(page, "#/map");
    const picks = async (code) => Number(await page.locator(`[data-bin="${code}"]`).innerText());
    const bin = (await ask("bins?location=H1-02-2")).rows[0];
    assert(bin.picks_week > 0 && bin.picks_month > bin.picks_week, "picks of the last weeks");
    same([await picks("H1-02-2"), await picks("H6-16-3")], [bin.picks_week, 0], "the picks of two bins");
    same(await page.locator(".aisle h2").allInnerTexts(), [1, 2, 3, 4, 5, 6].map((n) => `Aisle ${n}`).concat("Without an aisle"), "the aisles");
    await photograph(page, "map");
    await page.locator("[data-bin=H2-01-1]").focus();
    for (const [key, code] of [["ArrowUp", "H2-02-1"], ["ArrowRight", "H2-02-2"], ["ArrowLeft", "H2-02-1"], ["ArrowLeft", "H1-02-3"], ["ArrowDown", "H1-01-3"]]) {
      await page.keyboard.press(key);
      await becomes(page, (wanted) => document.activeElement?.dataset.bin === wanted, code);
    }
    await shows(page, "#plan-help", "H1-01-3");
    same(await page.locator("a.bin[tabindex='0']").count(), 1, "one bin is reached by Tab");
    await page.locator("select[name=heat]").selectOption("condition");
    await shows(page, ".legend", "Blocked");
    const lies = (await ask("bins?sku=CUP-W&limit=500")).rows;
    await page.locator("input[name=find]").fill("CUP-W");
    await page.keyboard.press("Enter");
    await shows(page, ".hits", `${lies.length} bins`);
    same(await page.locator("a.bin.lit").count(), lies.length, "bins that are highlighted");
    await photograph(page, "map-found");
    await page.locator(".as-table summary").click();
    await shows(page, ".as-table tbody", "H1-01-1");
    await page.locator("[data-bin=H1-01-1]").focus();
    await page.keyboard.press("Enter");
    await shows(page, "h1 b", "H1-01-1");
    same(errors, [], "errors in the console");
  }],
  ["an aisle has a map of its own", async (page) => {
    await go(page, "#/map?aisle=3&heat=fill");
    same(await page.locator("a.bin").count(), 48, "bins of an aisle");
    await shows(page, "h1 b", "Aisle 4");
  }],
  ["every kind of rows has a page with its rows, and a name in both languages for all it shows", async (page, errors) => {
    for (const kind of await ask("queries")) {
      await go(page, `#/${kind.kind}`);
      const { rows } = await ask(`${kind.kind}?limit=50`);
      await becomes(page, (wanted) => document.querySelectorAll("main tbody tr").length === wanted, rows.length);
      same(await page.locator("main .fault").count(), 0, `faults of ${kind.kind}`);
    }
    const [kinds, verbs, settings] = await Promise.all(["queries", "asks", "settings"].map((path) => ask(path)));
    const wanted = { names: [...kinds.flatMap((kind) => [kind.kind, ...kind.columns, ...kind.filters, ...kind.with]),
      ...verbs.flatMap((verb) => [verb.verb, ...verb.fields.map((field) => field.name)]), ...settings.map((one) => one.name)],
    helps: [...verbs.flatMap((verb) => verb.fields.map((field) => field.help)), ...settings.map((one) => one.help)] };
    same(await page.evaluate(async ({ names, helps }) => {
      const { isNamed, isHelped } = await import("/assets/names.js");
      return [...new Set([...names.filter((name) => !isNamed(name)), ...helps.filter((help) => !isHelped(help))])];
    }, wanted), [], "what is missing in ui/supervisor/names.js");
    same(errors, [], "errors in the console");
  }],
  ["the search finds an order by its waybill, and shows its whole history", async (page) => {
    const { order } = await ask("orders/SO-00002");
    await page.locator(".search input").fill(order.waybill);
    await page.keyboard.press("Enter");
    await page.locator(".found a").filter({ hasText: "SO-00002" }).first().click();
    await shows(page, "h1 b", "SO-00002");
    await shows(page, "main section", "Picking begun");
    await shows(page, "main section", "Parcel packed");
    same((await ask("orders/SO-00002")).parcels.rows[0].parcel, "SO-00002-1", "the order's own parcel");
    await photograph(page, "order");
    await page.locator(".search input").fill("nothing-of-this");
    await page.keyboard.press("Enter");
    await shows(page, ".found", "Nothing of this code");
  }],
  ["waves are planned and released, after a supervisor's badge was asked for once", async (page) => {
    await go(page, "#/wave-rules");
    await page.locator(".acts button").filter({ hasText: "Keep a rule" }).click();
    for (const [field, text] of [["name", "SF first"], ["place", "1"], ["carrier", "SF"]])
      await page.locator(`#field-${field}`).fill(text);
    await page.locator("#field-kind").selectOption("cluster");
    await page.locator(".form footer button").last().click();
    await giveBadge(page, PICKER);
    await page.locator(".form output.bad").waitFor({ timeout: STEP_MS }); // a picker's badge is none
    await page.locator(".form footer button").last().click();
    await giveBadge(page, BADGE);
    await page.locator(".form output.good").waitFor({ timeout: STEP_MS });
    await go(page, "#/planning");
    await page.locator("header .do button").click();
    await page.locator("header .said.good").waitFor({ timeout: STEP_MS });
    const [wave] = (await ask("waves?state=draft")).rows;
    await photograph(page, "planning");
    await page.locator("tr").filter({ hasText: wave.wave }).locator("button").filter({ hasText: "Release" }).click();
    same(await page.locator("#badge-field").count(), 0, "the badge is asked for again");
    await shows(page, "section", "Released and being picked");
    same((await ask(`waves/${wave.wave}`)).wave.state, "released", "the wave on the floor");
  }],
  ["a count is sent back, counted by a third, and waits again without anybody loading the page", async (page) => {
    const [{ count, location, variances }] = (await ask("counts?state=review")).rows;
    const { item } = await ask(`items/${variances[0].sku}`);
    await go(page, "#/approval");
    await page.locator("button").filter({ hasText: "Count once more" }).click();
    await page.locator(".said.good").waitFor({ timeout: STEP_MS });
    await shows(page, ".none", "No count waits");
    for (const text of ["BADGE-0005", "CMD:COUNT", location, "CMD:QTY:480", item.barcodes[0].code, location, "CMD:LOGOUT"])
      await ask("stations/bench-3/scan", { text });
    await shows(page, `[data-count="${count}"]`, "Round 3");
    same((await ask("journal?type=count.sent_back")).rows[0].data.round, 2, "the round that was not enough");
  }],
  ["a count is approved with its differences in sight", async (page) => {
    const [count] = (await ask("counts?state=review")).rows;
    await go(page, "#/approval");
    const [line] = count.variances;
    assert(line.counted < line.book, "less was counted than the books say");
    await shows(page, `[data-count="${count.count}"]`, String(line.counted - line.book));
    await photograph(page, "approval");
    await page.locator("button").filter({ hasText: "Approve" }).click();
    await page.locator(".said.good").waitFor({ timeout: STEP_MS });
    await shows(page, ".none", "No count waits");
    same((await ask(`counts/${count.count}`)).count.state, "posted", "the count on the floor");
  }],
  ["a label is looked at and printed again", async (page) => {
    const before = (await ask("print-jobs")).rows;
    await go(page, `#/print-jobs/${before[0].job}`);
    await becomes(page, () => document.querySelector("img.label")?.naturalWidth > 0);
    await photograph(page, "label");
    await page.locator(".acts button").filter({ hasText: "Print again" }).click();
    await page.locator(".form footer button").last().click();
    await page.locator(".form output.good").waitFor({ timeout: STEP_MS });
    const [again] = (await ask("print-jobs")).rows;
    same([again.job > before[0].job, again.copy, again.parcel, again.station], [true, before[0].copy + 1, before[0].parcel, "bench-1"], "the new job");
    same((await ask("journal?type=label.reprinted")).rows[0].worker, "W-003", "who had it printed");
  }],
  ["a setting is changed within its range, and says that it is no longer the default", async (page) => {
    await go(page, "#/settings");
    const row = page.locator("[data-setting=cluster_totes]");
    await row.locator("input").fill("41");
    await row.locator("button").click();
    same(await row.locator("input").evaluate((input) => input.validity.rangeOverflow), true, "41 is too much");
    await row.locator("input").fill("12");
    await row.locator("button").click();
    await row.locator(".said.good").waitFor({ timeout: STEP_MS });
    await shows(page, "[data-setting=cluster_totes]", "Changed; the default is 8");
    same((await ask("settings")).find((one) => one.name === "cluster_totes").value, 12, "the setting on the floor");
    await photograph(page, "settings");
  }],
  ["a printer is given to another station", async (page) => {
    await go(page, "#/devices");
    const { id } = (await ask("devices")).find((device) => device.station === "bench-2");
    await page.locator(`[data-device="${id}"] select`).selectOption("bench-3");
    await page.locator(`[data-device="${id}"] button`).click();
    await page.locator(".said.good").waitFor({ timeout: STEP_MS });
    same((await ask("devices")).find((device) => device.id === id).station, "bench-3", "the printer's station");
    await photograph(page, "devices");
  }],
  ["a station practises and works again", async (page) => {
    await go(page, "#/training");
    const row = page.locator("[data-station=bench-2]");
    await row.locator("button").click();
    await shows(page, "[data-station=bench-2] .badge", "practises");
    await photograph(page, "training");
    await row.locator("button").filter({ hasText: "work again" }).click();
    await row.locator(".badge").waitFor({ state: "detached", timeout: STEP_MS });
  }],
  ["the audit trail is filtered, and shows where the chain stands", async (page) => {
    await go(page, "#/journal?type=setting.changed");
    await shows(page, ".chain dd", (await ask("sync")).last_seq.toString());
    await becomes(page, () => /^[0-9a-f]{64}$/.test([...document.querySelectorAll(".chain dd")][2]?.textContent ?? ""));
    same(await page.locator("tbody tr").count(), 1, "one setting was changed");
    await shows(page, "tbody", "cluster_totes");
    await photograph(page, "journal");
  }],
];

const failed = await play(house.pages, tests, { width: 1440, height: 900 });
await house.close();
process.exit(failed);
