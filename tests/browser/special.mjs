// Head office's special pages in a real browser, against a real floorhand-hq with a year of business: TAP, pictures in build/screens/.

import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { openHouse, photographer } from "./house.mjs";
import { assert, becomes, out, play, same, screens, shows, STEP_MS } from "./rig.mjs";

const house = await openHouse("special_house.py");
const { ask, go } = house;
const photograph = photographer("special", [[360, 780], [1440, 900]]);

const row = (page, text) => page.locator("main tbody tr").filter({ hasText: text }).first();
const stateOf = async (order) => (await ask(`orders/${order}`)).order;

async function fillForm(page, fields) {
  for (const [name, value] of Object.entries(fields))
    await page.locator(`#field-${name}`).fill(value);
  await page.locator(".form footer button").last().click();
  await page.locator(".form output.good").waitFor({ timeout: STEP_MS });
  await page.locator(".form footer .quiet").click();
}

/** What a camera reads of a picture of the page, line by line. @param {string} path */
const scanned = (path) => spawnSync("zbarimg", ["--quiet", "--raw", path], { encoding: "utf8" }).stdout.trim();
/** What a box makes of a code. @param {string} code */
const boxOf = (code) => JSON.parse(spawnSync(`${out}/floorhand`, ["join", "-", "--folder", tmpdir()], { input: code, encoding: "utf8" }).stdout.trim().split("\n").at(-1));

const tests = [
  ["an exception is released by the button in its row", async (page) => {
    await house.openByKey(page);
    await page.locator(".states li").first().waitFor({ timeout: STEP_MS });
    await go(page, "#/exceptions");
    await photograph(page, "exceptions");
    await row(page, "phone 13800009999").getByRole("button", { name: "Confirm", exact: true }).click();
    await shows(page, ".done", "1 / 1");
    same((await ask("exceptions?order=xhs-X1")).rows.find((one) => one.kind === "blacklist").open, false, "the exception at head office");
    same(await page.locator("main tbody tr").count(), (await ask("exceptions?open=yes&limit=500")).rows.length, "rows that are left");
  }],
  ["exceptions are released by a form, and many at once, with what was refused", async (page) => {
    await go(page, "#/exceptions?kind=carrier");
    const wanted = (await ask("exceptions?open=yes&kind=carrier&limit=500")).rows.length;
    same(await page.locator("main tbody tr").count(), wanted, "rows of the kind");
    await row(page, "xhs-C0").getByRole("button", { name: "Choose carrier" }).click();
    same(await page.locator("#field-order").inputValue(), "xhs-C0", "the order in the form");
    await fillForm(page, { carrier: "SF" });
    same((await stateOf("xhs-C0")).carrier, "SF", "the carrier");
    await go(page, "#/exceptions?kind=short");
    await page.locator("thead input").check();
    await page.locator(".bulk button").filter({ hasText: "Check chosen" }).click();
    await becomes(page, () => /^(\d+) \/ \1$/.test(document.querySelector(".done b")?.textContent ?? "") || document.querySelectorAll(".done .fault").length > 0);
  }],
  ["bills stand beside the books, and a difference is let stand with a reason", async (page, errors) => {
    errors.length = 0;
    await go(page, "#/reconcile");
    await page.locator(".pair .between").first().waitFor({ timeout: STEP_MS });
    for (const kind of ["unbilled-parcels", "unsettled-orders"]) {
      const href = await page.locator(`[data-untold=${kind}] h3 a`).getAttribute("href");
      const { rows, next } = await ask(`${href?.slice(2)}&limit=500`);
      await shows(page, `[data-untold=${kind}] h3`, next ? "" : String(rows.length));
    }
    await photograph(page, "reconcile");
    const told = await ask("do/bill.report", { party: "jd", period: "2025-11" });
    const tile = (name) => page.locator(".tiles li").filter({ hasText: name }).first().locator("b").innerText();
    same(await tile("Different"), String(told.states.find((one) => one.name === "different").rows), "rows that differ");
    const sums = await page.locator(".pair.good").first().locator("> div > b.number").allInnerTexts();
    assert(sums.length === 2 && sums[0] === sums[1], `a row that agrees: ${sums}`);
    const pair = page.locator(".pair.bad").filter({ hasText: "-¥30.00" });
    same(await pair.locator("> div").first().locator("b").innerText() !== await pair.locator("> div").last().locator("b").innerText(), true, "they differ");
    await pair.getByRole("button").click();
    await page.locator("#field-bucket").selectOption("other");
    await fillForm(page, { why: "平台补偿 settled by mail" });
    await shows(page, ".pair .between", "平台补偿");
    same((await ask("bill-rows?party=jd&state=forced")).rows.length, 1, "forced rows");
    same(errors, [], "errors in the console");
  }],
  ["an order's way, and what happened to it from all sources", async (page) => {
    const order = (await ask("bill-rows?party=jd&state=matched&limit=1")).rows[0].order;
    await go(page, `#/orders/${order}`);
    await shows(page, ".way .now", "finished");
    await shows(page, ".story", "On a bill");
    await shows(page, ".story", "handed to the carrier");
    const all = await page.locator(".story li:not(.day)").count();
    await page.locator("section .acts button").filter({ hasText: "Money" }).click();
    await becomes(page, (before) => document.querySelectorAll(".story li:not(.day)").length < before, all);
    await go(page, "#/orders/xhs-X4");
    await shows(page, ".way.held .now", "held");
    await photograph(page, "order");
  }],
  ["a listing is mapped to what it may be, and orders that waited go on", async (page) => {
    await go(page, "#/unmapped");
    await row(page, "龙井茶").getByRole("button", { name: "It is TEA-100" }).waitFor({ timeout: STEP_MS });
    await photograph(page, "unmapped");
    await row(page, "龙井茶").locator("input[type=checkbox]").check();
    await row(page, "白瓷杯").locator("input[type=checkbox]").check();
    await page.locator(".bulk button").click();
    await shows(page, ".done", "2 / 2");
    same((await ask("orders/xhs-X2")).lines.rows[0].sku, "TEA-100", "the line of the order that waited");
    await row(page, "神秘商品").locator("summary").click();
    await row(page, "神秘商品").locator("input[type=search]").fill("LAMP-01");
    await row(page, "神秘商品").getByRole("button", { name: "LAMP-01" }).click();
    await shows(page, "main .none", "Nothing waits");
    same((await ask("unmapped")).rows, [], "unknown listings");
  }],
  ["a campaign's report as figures and bars", async (page, errors) => {
    errors.length = 0;
    await go(page, "#/campaigns/tea-week");
    const told = await ask("do/campaign.report", { campaign: "tea-week" });
    await shows(page, ".tiles .main b", `${told.roi_rate / 100}.0%`);
    await page.locator(".chart canvas").waitFor({ timeout: STEP_MS });
    await photograph(page, "campaign");
    same(errors, [], "errors in the console");
  }],
  ["sites: who serves whom, and what is wrong with each", async (page) => {
    await go(page, "#/sites");
    await shows(page, ".card.bad", "Another box than the registered one");
    await shows(page, ".card.good", "All is well");
    same(await page.locator('.map li[aria-label="Zhejiang: hz, Distance 1"]').count(), 1, "Zhejiang on the map");
    await photograph(page, "sites");
  }],
  ["a box is joined by the code on the page, as a camera reads it", async (page, errors) => {
    errors.length = 0;
    await go(page, "#/sites/hz");
    await page.locator("main .acts button").filter({ hasText: "Make the code" }).click();
    same(await page.locator("#field-site").inputValue(), "hz", "the site in the form");
    await page.locator(".form footer button").last().click();
    await page.locator(".form .code").waitFor({ timeout: STEP_MS });
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: `${screens}/special-join-${scheme}.png` });
      const code = scanned(`${screens}/special-join-${scheme}.png`);
      await shows(page, ".form output", code);
      const box = boxOf(code); // nobody answers at that address
      same([box.step, box.site, box.host], ["unreachable", "hz", "127.0.0.1"], "what the box reads");
      same(boxOf(`${code.slice(0, -1)}${code.endsWith("A") ? "B" : "A"}`).step, "damaged", "a code that is read wrongly");
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.locator(".form footer .quiet").click();
    same(errors, [], "errors in the console");
  }],
  ["shops: tokens and what waits", async (page) => {
    await go(page, "#/shops");
    await shows(page, ".card.warn", "The authorisation ends soon");
    await photograph(page, "shops");
    await page.locator("main .choice").filter({ hasText: "As a table" }).click();
    await becomes(page, () => document.querySelectorAll("main tbody tr").length > 0);
  }],
  ["why accounts are one customer, and how they are taken apart", async (page) => {
    const { person, merge } = (await ask("person-merges?stands=yes&limit=1")).rows[0];
    await go(page, `#/persons/${person}`);
    await shows(page, ".cards", "The same telephone number");
    await photograph(page, "person");
    const before = await page.locator(".card:not(.gone)").count();
    await page.locator(".card:not(.gone) button").first().click();
    await fillForm(page, { why: "两个人 two people" });
    await becomes(page, (was) => document.querySelectorAll(".card:not(.gone)").length < was, before);
    assert((await ask("person-merges?stands=no")).rows.length >= 1, `merge ${merge} still stands`);
  }],
  ["after-sales as a board", async (page) => {
    await go(page, "#/aftersales");
    const column = page.locator(".board section").first();
    const cases = (await ask("aftersales?state=asked")).rows;
    same(await column.locator(".card").count(), cases.length, "cases that were asked for");
    await photograph(page, "aftersales");
    await column.locator(".card button").first().click();
    await page.locator(".form footer button").last().click();
    await page.locator(".form output").waitFor({ timeout: STEP_MS });
    await page.locator(".form footer .quiet").click();
    await becomes(page, (was) => document.querySelector(".board section").querySelectorAll(".card").length === was, cases.length - 1);
  }],
  ["a forecast with its limits, and what is proposed becomes one draft", async (page, errors) => {
    errors.length = 0;
    await go(page, "#/forecasts/TEA-100");
    await page.locator(".chart canvas").waitFor({ timeout: STEP_MS });
    const told = await ask("forecasts/TEA-100"), first = told.values.rows.find((one) => one.ahead === 1);
    await shows(page, ".tiles li", (first.mean_milli / 1000).toFixed(1));
    await photograph(page, "forecast");
    await go(page, "#/purchase-proposals?state=open");
    await row(page, "TEA-100").locator("summary").click();
    await shows(page, ".why", String((await ask("purchase-proposals?sku=TEA-100")).rows[0].why.up_to));
    await photograph(page, "proposals");
    await page.locator("thead input").check();
    await page.locator(".bulk button").click();
    await shows(page, ".done", "2 / 2");
    const lines = (await ask("purchase-lines")).rows;
    same([lines.length, new Set(lines.map((line) => line.number)).size], [2, 1], "lines and drafts");
    await go(page, `#/purchases/${lines[0].number}`);
    await shows(page, ".sheet", "阳光茶厂");
    same(await page.locator(".sheet tbody tr").count(), 3, "lines of the sheet and their sum");
    await photograph(page, "purchase");
    same(errors, [], "errors in the console");
  }],
  ["a tried file shows each row's old and new", async (page) => {
    await go(page, "#/bring");
    await page.locator(".filters select").selectOption("items");
    await page.locator(".drop input").setInputFiles({ name: "items.csv", mimeType: "text/csv", buffer: Buffer.from("sku,name,weight_g\nTEA-100,新龙井 New tea,130\nNEW-1,New,5\n") });
    await page.locator("main .acts button").first().click();
    await shows(page, ".differences ins", "新龙井");
    await shows(page, ".differences del", "龙井茶 100 g");
    same(await page.locator(".differences tr").count(), 2, "rows that would change");
    await photograph(page, "differences");
  }],
];

const failed = await play(house.pages, tests, { width: 1440, height: 900 });
await house.close();
process.exit(failed);
