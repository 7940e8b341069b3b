// Head office's pages in a real browser, against a real floorhand-hq: TAP on standard output, pictures in build/screens/.

import { assertLight, openHouse, photographer } from "./house.mjs";
import { assert, becomes, play, same, screens, shows, STEP_MS, useLanguage } from "./rig.mjs";

const house = await openHouse("office_house.py");
const { ask, go } = house;
const photograph = photographer("office", [[1440, 900], [390, 844]]);

/** However many try just now. */
async function logIn(page, login, password) {
  for (let tries = 0; tries < 10 && !(await page.locator("[name=passwordNew]").count()); tries++) {
    await page.locator("[name=loginAsk]").fill(login);
    await page.locator("[name=passwordAsk]").fill(password);
    await page.locator(".door form button").first().click();
    await becomes(page, () => document.querySelector("[name=passwordNew]") || document.querySelector(".fault"));
  }
}

const tests = [
  ["nothing is shown without a key, and a wrong one is refused in a sentence", async (page) => {
    await house.openByKey(page, "fhk_wrong");
    await shows(page, ".fault", "key");
    await photograph(page, "door");
    same(await page.locator("nav").count(), 0, "pages behind the door");
  }],
  ["the key opens the overview: what stands where, and what waits", async (page, errors) => {
    errors.length = 0; // the refused key
    await house.openByKey(page);
    await page.locator(".states li").first().waitFor({ timeout: STEP_MS });
    const { rows } = await ask("order-states");
    const told = await page.locator(".states li b").allInnerTexts();
    same(told.map(Number).reduce((a, b) => a + b), rows.reduce((sum, row) => sum + row.orders, 0), "orders on the overview");
    await page.locator("main section").first().waitFor({ timeout: STEP_MS });
    await photograph(page, "home");
    same(errors, [], "errors in the console");
  }],
  ["every kind of rows has a page with its rows", async (page, errors) => {
    for (const kind of await ask("kinds")) {
      await go(page, `#/${kind.kind}?view=table`);
      const { rows } = await ask(`${kind.kind}?limit=50`);
      await becomes(page, (wanted) => document.querySelectorAll("main tbody tr").length === wanted, rows.length);
      same(await page.locator("main .fault").count(), 0, `faults of ${kind.kind}`);
    }
    same(errors, [], "errors in the console");
  }],
  ["orders are filtered, and a page goes on where the one before ended", async (page) => {
    await go(page, "#/orders?state=closed");
    await shows(page, "tbody a", "SO-00003");
    same(await page.locator("tbody tr").count(), (await ask("orders?state=closed")).rows.length, "closed orders");
    await page.locator(".filters label").filter({ hasText: /^State/ }).locator("select").selectOption("");
    await becomes(page, () => !location.hash.includes("state"));
    await photograph(page, "orders");
  }],
  ["the search finds an order by its number", async (page) => {
    await page.locator(".search input").fill("SO-00003");
    await page.keyboard.press("Enter");
    await shows(page, "h1 b", "SO-00003");
    await shows(page, ".facts", "Closed");
    await photograph(page, "order");
    await page.locator(".search input").fill("nothing-of-this");
    await page.keyboard.press("Enter");
    await shows(page, ".found", "Nothing of this code");
  }],
  ["what can be done is a form, and its refusal a sentence", async (page) => {
    await go(page, "#/orders/SO-00003");
    await page.locator(".acts button").filter({ hasText: "Choose who carries" }).click();
    same(await page.locator("#field-order").inputValue(), "SO-00003", "the order in the form");
    await page.locator("#field-carrier").fill("SF");
    await photograph(page, "form", ["en"]); // it lies over the switch
    await page.locator(".form footer button").last().click();
    await page.locator(".form output.bad").waitFor({ timeout: STEP_MS });
    await page.locator(".form footer .quiet").click();
    await page.locator(".form").waitFor({ state: "detached", timeout: STEP_MS });
  }],
  ["what is done is done at head office, and the page shows it", async (page) => {
    await go(page, "#/orders/SO-00005");
    await page.locator(".acts button").filter({ hasText: "Cancel an order" }).click();
    await page.locator("#field-reason").fill("买家要求取消");
    await page.locator(".form footer button").last().click();
    await page.locator(".form output.good").waitFor({ timeout: STEP_MS });
    await page.locator(".form footer .quiet").click();
    await shows(page, ".facts", "Closed");
    same((await ask("orders/SO-00005")).order.state, "closed", "the order at head office");
    same((await ask("history?order=SO-00005")).rows.at(-1).who, `key ${house.key.split("_")[1]}`, "who did it");
  }],
  ["a list of orders follows what others do", async (page) => {
    await go(page, "#/orders?state=closed");
    const { rows } = await ask("orders?state=closed");
    const shown = (wanted) => document.querySelectorAll("main tbody tr").length === wanted;
    await page.locator("form.filters").waitFor({ timeout: STEP_MS }); // no longer the page before
    await becomes(page, shown, rows.length);
    await ask("do/order.close", { order: "SO-00006", reason: "elsewhere" });
    await becomes(page, shown, rows.length + 1);
  }],
  ["any other list does, too, over the same stream", async (page) => {
    await go(page, "#/blacklist");
    await ask("do/blacklist.add", { field: "phone", value: "13900001111", why: "told by another page" });
    await shows(page, "main tbody", "told by another page");
    const open = await page.evaluate(() => performance.getEntriesByType("resource").filter((one) => one.name.includes("/changes?") && !one.responseEnd).length);
    assert(open <= 1, `${open} streams at the same time`);
  }],
  ["a file is tried first, then taken in", async (page) => {
    await go(page, "#/bring");
    await page.locator(".filters select").selectOption("items");
    await page.locator(".drop input").setInputFiles({ name: "items.csv", mimeType: "text/csv",
      buffer: Buffer.from("sku,name,weight_g\nCUP-BLUE,蓝杯 Blue cup,310\n") });
    const [tried, taken] = [page.locator("main .acts button").first(), page.locator("main .acts button").last()];
    assert(await taken.isDisabled(), "a file can be taken in untried");
    await tried.click();
    await page.locator(".facts").waitFor({ timeout: STEP_MS });
    same((await ask("items?sku=CUP-BLUE")).rows, [], "items after a try");
    await photograph(page, "bring");
    const answer = page.waitForResponse((one) => one.request().method() === "POST" && !one.url().includes("try=yes"), { timeout: STEP_MS });
    await taken.click();
    same((await answer).status(), 200, "the answer to the file"); // what the try has shown stands until then
    await becomes(page, () => document.querySelectorAll("main .facts, main .fault").length === 1);
    await go(page, "#/items/CUP-BLUE");
    await shows(page, ".facts", "蓝杯");
  }],
  ["a figure has a chart, its split, and the rows that it is a sum of", async (page, errors) => {
    errors.length = 0;
    await go(page, "#/analytics/funnel.paid_rate?from=2026-11-01&to=2026-11-30&by=day");
    await shows(page, ".total b", "4.20%"); // 21 of 500
    await page.locator(".chart canvas").waitFor({ timeout: STEP_MS });
    same(await page.locator("main .wide tbody tr").count(), 31, "days and the whole");
    await photograph(page, "figure");
    await page.locator("main .wide tbody a").filter({ hasText: "2026-11-02" }).first().click();
    await becomes(page, () => location.hash.startsWith("#/visits?") && document.querySelectorAll("main tbody tr").length === 1);
    await shows(page, "main tbody", "300");
    await go(page, "#/analytics/orders.count?by=shop");
    same(Number((await page.locator(".total b").innerText()).replace(/\D/g, "")), (await ask("figures/orders.count")).value, "orders");
    same(errors, [], "errors in the console");
  }],
  ["a figure is kept as a spreadsheet", async (page) => {
    await go(page, "#/analytics/orders.count?by=day");
    const [file] = await Promise.all([page.waitForEvent("download", { timeout: STEP_MS }), page.locator(".filters button").filter({ hasText: "XLSX" }).click()]);
    same(file.suggestedFilename(), "orders.count.xlsx", "its name");
  }],
  ["the overview of figures, then and now, and the daily report", async (page, errors) => {
    errors.length = 0;
    await go(page, "#/analytics");
    await becomes(page, () => document.querySelectorAll(".tiles b").length === document.querySelectorAll(".tiles li").length);
    await photograph(page, "figures");
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.screenshot({ path: `${screens}/office-figures-1920-en.png` });
    await page.setViewportSize({ width: 360, height: 780 });
    assert(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "wider than 360");
    await go(page, "#/compared");
    await shows(page, "main tbody", "No data then");
    await photograph(page, "compared");
    await go(page, "#/daily-reports");
    await page.locator("main tbody a").first().click();
    await shows(page, "main", "Revenue");
    await photograph(page, "report");
    same(errors, [], "errors in the console");
  }],
  ["the fit check asks step by step, and what it found can be read and printed", async (page, errors) => {
    errors.length = 0;
    await go(page, "#/fit");
    const next = page.locator(".card footer button").last();
    await page.locator("#field-name").waitFor({ timeout: STEP_MS });
    assert(await next.isDisabled(), "it goes on without answers");
    const answers = [{ name: "杭州仓", orders_day: "1000", skus: "500", singles_percent: "40", lines_100: "200" },
      { workers: "10", bins: "800" }, {}, { devices: "Zebra ZD410, Acme 1" }, { platforms: "taobao, moon", carriers: "SF" }];
    for (const fields of answers) {
      for (const [name, text] of Object.entries(fields))
        await page.locator(`#field-${name}`).fill(text);
      if (fields.devices)
        await page.locator("#field-robots").selectOption("yes");
      if (fields.workers)
        await photograph(page, "fit");
      await next.click();
    }
    await page.locator(".findings").first().waitFor({ timeout: STEP_MS });
    await shows(page, ".findings li.gap", "Acme 1");
    const { fit_check: row } = await ask("fit-checks/1");
    same(await page.locator(".findings li").count(), row.result.findings.length, "findings on the page");
    same(row.answers.robots, true, "what was answered");
    await photograph(page, "fit-found");
    same(errors, [], "errors in the console");
  }],
  ["a step of a roll-out needs evidence or a reason", async (page) => {
    const { rows: [{ site }] } = await ask("sites");
    await ask("do/rollout.start", { site, fit_check: 1 });
    await go(page, `#/rollouts/${site}`);
    await page.locator("meter.steps").waitFor({ timeout: STEP_MS });
    await page.locator("tr").filter({ hasText: "training" }).locator(".acts button").click();
    await page.locator("#field-state").selectOption("done");
    await page.locator(".form footer button").last().click();
    await shows(page, ".form output.bad", "lacks evidence");
    await page.locator("#field-note").fill("all of them know it");
    await page.locator(".form footer button").last().click();
    await page.locator(".form output.good").waitFor({ timeout: STEP_MS });
    await page.locator(".form footer .quiet").click();
    await becomes(page, () => document.querySelector("meter.steps")?.getAttribute("value") === "1");
    await photograph(page, "rollout");
  }],
  ["everything has a name in both languages", async (page) => {
    same(await page.evaluate(async () => {
        const { isNamed } = await import("/assets/names.js");
        const { office } = await import("/assets/ask.js");
        const { kinds, verbs, words } = office.value;
        const all = [...kinds.flatMap((kind) => [kind.kind, ...kind.with, ...kind.columns, ...kind.filters]),
          ...verbs.flatMap((verb) => verb.fields.map((field) => field.name)),
          ...words.files.flatMap((file) => [file.kind, ...file.columns.map((column) => column.name)])];
        return [...new Set(all)].filter((name) => !isNamed(name)).sort();
      }), [], "names that are missing in ui/office/names.js");
  }],
  ["every field's help is there in Chinese, too", async (page) => {
    same(await page.evaluate(async () => {
        const { isTold } = await import("/assets/help.js");
        const { office } = await import("/assets/ask.js");
        const { verbs, words } = office.value;
        const fields = [...verbs.flatMap((verb) => verb.fields), ...words.files.flatMap((file) => file.columns), ...words.settings];
        return [...new Set(fields.map((field) => field.help))].filter((help) => !isTold(help)).sort();
      }), [], "sentences that are missing in ui/office/help.js");
  }],
  ["who may what stands in a table, role by role", async (page) => {
    await go(page, "#/roles");
    const { verbs, roles } = await ask("roles");
    same(await page.locator(".rights tbody tr").count(), verbs.length, "verbs in the table");
    same(await page.locator(".rights thead th").count(), roles.length + 1, "roles in the table");
    await photograph(page, "roles");
    await page.locator(".filters select").last().selectOption("finance");
    await becomes(page, (wanted) => document.querySelectorAll(".rights tbody tr").length === wanted, verbs.filter((verb) => verb.roles.includes("finance")).length);
  }],
  ["a person is let in on the page, chooses a password, and is shown what is theirs", async (page, errors) => {
    await go(page, "#/staff");
    await page.locator(".acts button").filter({ hasText: "Let somebody log in" }).click();
    await page.locator("#field-login").fill("anna");
    await page.locator("#field-title").fill("李安娜");
    await page.locator(".form footer button").last().click();
    const told = await page.locator(".form output.good").innerText();
    const [, first] = /([0-9a-z]{5}(-[0-9a-z]{5}){3})/.exec(told);
    await page.locator(".form footer .quiet").click();
    await go(page, "#/staff/anna");
    await page.locator(".acts button").filter({ hasText: "Give a person a role" }).click();
    await page.locator("#field-role").selectOption("service");
    await page.locator(".form footer button").last().click();
    await page.locator(".form output.good").waitFor({ timeout: STEP_MS });
    await page.locator(".form footer .quiet").click();
    await shows(page, "main", "Customer service");
    await photograph(page, "person-of-staff");
    await page.locator(".top > button").click();
    await page.locator("[name=loginAsk]").fill("anna");
    await page.locator("[name=passwordAsk]").fill("not this one");
    await page.locator(".door form button").first().click();
    await shows(page, ".fault", "do not go together");
    await photograph(page, "log-in");
    await useLanguage(page, "zh");
    await page.locator("[name=passwordAsk]").fill("nor this");
    await page.locator(".door form button").first().click();
    await shows(page, ".fault", "账号与密码不符");
    await useLanguage(page, "en");
    await logIn(page, "anna", first);
    errors.length = 0; // the refusals, and that many try just now
    await page.locator("[name=passwordOld]").fill(first);
    await page.locator("[name=passwordNew]").fill("a long enough sentence");
    await photograph(page, "choose-password");
    await page.locator(".door form button").first().click();
    await shows(page, ".top .who", "李安娜");
    same(await page.locator("nav a[href='#/entries']").count(), 0, "books in the menu of customer service");
    same(await page.locator("nav a[href='#/tickets']").count(), 1, "tickets in the menu of customer service");
    await page.reload();
    await shows(page, ".top .who", "李安娜");
    same(errors, [], "errors in the console");
  }],
  ["a visit loads little script", (page) => assertLight(page, { address: house.pages, open: (fresh) => house.openByKey(fresh),
    hashes: ["#/", "#/analytics", "#/roles", "#/orders", "#/bring", "#/fit"] })],
  ["signing out leaves nothing behind", async (page) => {
    await page.locator(".top > button").click();
    await page.locator(".door").waitFor({ timeout: STEP_MS });
    await page.reload();
    await page.locator(".door").waitFor({ timeout: STEP_MS });
  }],
];

const failed = await play(house.pages, tests, { width: 1440, height: 900 });
await house.close();
process.exit(failed);
