// Every page that is looked at by axe, as pictures and by people: one line each. A page that is new gets a line here.

import { openFake } from "./fake.mjs";
import { openHouse } from "./house.mjs";
import { openSite } from "./site.mjs";
import { becomes, shows, STEP_MS } from "./rig.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** name: of its pictures. at: behind the house's address. then: what is done there before it is looked at. restless: it
 *  moves by itself, so no pictures of it are compared. varies: what is another in each run, beside times; it is
 *  not looked at.
 *  @typedef {{name: string, at: string, then?: (page: Page, house: any) => Promise<void>, restless?: boolean, varies?: string}} Place */
/** open: the house, with pages (its address) and close(). enter: before its first page. every: also the pages of its menu and one row
 *  of each kind that it can be asked for, in this way. @typedef {{name: string, open: () => Promise<any>, enter?: (page: Page, house: any) => Promise<void>,
 *  kinds?: string, places: Place[]}} House */

// ---------------------------------------------------------------- the station

const type = async (page, text) => {
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
};
/** Each scan is shown before the next is typed. @param {...string} texts */
const scans = (...texts) => async (page) => {
  for (const text of texts) {
    await type(page, text);
    await shows(page, ".result code", text);
  }
};
const openPanel = async (page) => {
  await page.locator("[data-chip=sync]").click();
  await page.locator(".sync").waitFor({ timeout: STEP_MS });
};
const closePanel = async (page) => {
  await page.locator(".sync .close").click();
  await page.locator(".sync").waitFor({ state: "detached", timeout: STEP_MS });
};

/** One after the other: each goes on from where the one before has left the station. @type {House} */
const station = {
  name: "station",
  async open() {
    const fake = await openFake();
    return { ...fake, pages: fake.url("/station/bench-1"), close: fake.stop };
  },
  places: [
    { name: "badge", at: "" },
    { name: "menu", at: "", then: scans("BADGE:w1") },
    { name: "sync", at: "", then: openPanel },
    { name: "unknown", at: "", then: async (page) => { await closePanel(page); await scans("NONSENSE")(page); } },
    { name: "location", at: "", then: scans("CMD:PICK") },
    { name: "item", at: "", then: scans("A-01-01") },
    { name: "wrong", at: "", then: scans("MUG-BLUE") },
    { name: "progress", at: "", then: scans("MUG-RED") },
    { name: "label", at: "", then: async (page) => {
      await scans("MUG-RED")(page);
      await becomes(page, () => document.querySelector(".label img")?.naturalWidth === 800);
    } },
    { name: "trouble", at: "", then: openPanel },
    { name: "board", at: "?wall" },
    { name: "lost", at: "", then: async (page, house) => {
      await shows(page, ".result code", "MUG-RED");
      await house.stop();
      await page.locator(".lost").waitFor({ timeout: STEP_MS });
    } },
  ],
};

/** The door of a box with several stations, and one that was never reached. @type {House} */
const box = {
  name: "box",
  async open() {
    const site = await openSite("pick-discrete");
    return { ...site, pages: site.url("/") };
  },
  places: [
    { name: "stations", at: "", then: (page) => page.locator("h1").waitFor({ timeout: STEP_MS }) },
    { name: "offline", at: "assets/offline.html", restless: true },
  ],
};

/** Where people sign in. @type {House} */
const door = {
  name: "door",
  async open() {
    const site = await openSite("pick-discrete", "required");
    return { ...site, pages: site.url("/office") };
  },
  places: [{ name: "signin", at: "", then: (page) => page.locator(".door").waitFor({ timeout: STEP_MS }) }],
};

// ---------------------------------------------------------------- pages of tables

/** @param {string | RegExp} label  of a button among what can be done */
const openForm = (label) => async (page) => {
  await page.locator("main .acts button").filter({ hasText: label }).first().click();
  await page.locator(".form").waitFor({ timeout: STEP_MS });
};
/** The code of the first row of a kind, into an address. @param {string} path @param {string} kind @param {string} column */
const rowOf = (path, kind, column) => async (page, house) => {
  const { rows: [row] } = await house.ask(kind);
  await house.go(page, `${path}/${encodeURIComponent(row[column])}`);
};

/** The page of all parts is a long one: what is below its first half. */
const lowerParts = (page) => page.evaluate(() => [...document.querySelectorAll("[data-part]")].slice(0, 6).forEach((part) => part.remove()));

/** Pieces an hour, which bin was counted, and what is free on the disk. */
const VARIES_ON_BOARD = "main tbody td.number:nth-child(6), .waits li, .facts dd";

/** @type {House} */
const supervisor = {
  name: "supervisor",
  open: () => openHouse("site_house.py", "office"),
  kinds: "queries",
  places: [
    { name: "board", at: "#/", varies: VARIES_ON_BOARD },
    { name: "wall", at: "#/?wall=1", varies: VARIES_ON_BOARD },
    { name: "orders", at: "#/orders" },
    { name: "order", at: "#/orders/SO-00002" },
    { name: "planning", at: "#/planning" },
    { name: "wave-rule", at: "#/wave-rules", then: openForm("Keep a rule") },
    { name: "map", at: "#/map?heat=quantity", then: (page) => becomes(page, () => document.querySelector("main progress") === null) },
    { name: "designer", at: "#/designer" },
    { name: "label-design", at: "#/designer/item", then: (page) => page.locator(".says .good").waitFor({ timeout: STEP_MS }) },
    { name: "approval", at: "#/approval", varies: "[data-count] > *" },
    { name: "stock", at: "#/stock" },
    { name: "item", at: "#/items/TEA-100" },
    { name: "label", at: "#/print-jobs", then: rowOf("#/print-jobs", "print-jobs", "job") },
    { name: "workers", at: "#/workers" },
    { name: "devices", at: "#/devices", varies: "[data-device] td:nth-child(2)" },
    { name: "training", at: "#/training" },
    { name: "settings", at: "#/settings" },
    { name: "journal", at: "#/journal?type=pick.started", varies: ".chain dd, tbody td:first-child" },
    { name: "others", at: "#/others" },
    { name: "design", at: "#/design" },
    { name: "design-below", at: "#/design", then: lowerParts },
    { name: "found", at: "#/orders", then: async (page) => {
      await page.locator(".search input").fill("nothing-of-this");
      await page.keyboard.press("Enter");
      await page.locator(".found").waitFor({ timeout: STEP_MS });
    } },
    { name: "badge-asked", at: "#/planning", then: async (page) => {
      await page.locator("header .do button").click();
      await page.locator("#badge-field").waitFor({ timeout: STEP_MS });
    } },
  ],
};

const withKey = (page, house) => page.addInitScript((key) => {
  if (location.hash === "#door")
    sessionStorage.clear();
  else
    sessionStorage.setItem("office-key", key);
}, house.key);

/** @type {House} */
const office = {
  name: "office",
  open: () => openHouse("office_house.py"),
  enter: withKey,
  kinds: "kinds",
  places: [
    { name: "home", at: "#/" },
    { name: "orders", at: "#/orders" },
    { name: "order", at: "#/orders/SO-00003" },
    { name: "order-form", at: "#/orders/SO-00004", then: openForm("Choose who carries") },
    { name: "bring", at: "#/bring" },
    { name: "fit", at: "#/fit", then: (page) => page.locator("#field-name").waitFor({ timeout: STEP_MS }) },
    { name: "others", at: "#/others" },
    { name: "settings", at: "#/settings" },
    { name: "roles", at: "#/roles" },
    { name: "staff", at: "#/staff" },
    { name: "report", at: "#/daily-reports", then: rowOf("#/daily-reports", "daily-reports", "day") },
    { name: "compared", at: "#/compared" },
    { name: "design", at: "#/design" },
    { name: "design-below", at: "#/design", then: lowerParts },
    { name: "door", at: "?door#door" },
  ],
};

/** Numbers of cases, which are drawn by chance. */
const VARIES_IN_CASES = ".board .card a, .form input";

/** @type {House} */
const special = {
  name: "special",
  open: () => openHouse("special_house.py"),
  enter: withKey,
  places: [
    { name: "exceptions", at: "#/exceptions" },
    { name: "order", at: "#/orders/xhs-X4" },
    { name: "unmapped", at: "#/unmapped" },
    { name: "reconcile", at: "#/reconcile" },
    { name: "campaign", at: "#/campaigns/tea-week" },
    { name: "sites", at: "#/sites" },
    { name: "join", at: "#/sites/hz", varies: ".form .code path, .form output span", then: async (page) => {
      await openForm(/Make the code|生成加入码/)(page);
      await page.locator(".form footer button").last().click();
      await page.locator(".form .code").waitFor({ timeout: STEP_MS });
    } },
    { name: "shops", at: "#/shops" },
    { name: "person", at: "#/persons", then: async (page, house) => {
      const { rows: [{ person }] } = await house.ask("person-merges?stands=yes&limit=1");
      await house.go(page, `#/persons/${person}`);
    } },
    { name: "aftersales", at: "#/aftersales", varies: VARIES_IN_CASES },
    { name: "aftersales-form", at: "#/aftersales", varies: VARIES_IN_CASES, then: async (page) => {
      await page.locator(".board .card button").first().click();
      await page.locator(".form").waitFor({ timeout: STEP_MS });
    } },
    { name: "forecast", at: "#/forecasts/TEA-100" },
    { name: "proposals", at: "#/purchase-proposals" },
    { name: "figures", at: "#/analytics" },
    { name: "figure", at: "#/analytics/sales.revenue?from=2025-10-01&to=2025-10-31&by=day" },
    { name: "split", at: "#/analytics/orders.count?from=2025-10-01&to=2025-10-31&by=shop" },
  ],
};

/** Those with most pages first. */
export const houses = [supervisor, special, office, station, box, door];

/** Goes to a place, as it is before it is looked at. @param {Page} page @param {any} house @param {Place} place */
export async function goTo(page, house, { at, then }) {
  const address = house.pages + at;
  if (house.go && at.startsWith("#"))
    await house.go(page, at);
  else if (page.url() !== address)
    await page.goto(address);
  await then?.(page, house);
}

/** What stands in a house's menu, and one row of each kind that has pages of its own. @param {Page} page @param {any} house
 *  @param {string} kinds @returns {Promise<Place[]>} */
export async function everyPlace(page, house, kinds) {
  await house.go(page, "#/");
  const menu = await page.locator("nav a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  const rows = [];
  for (const { kind, one } of await house.ask(kinds)) {
    const row = one ? (await house.ask(`${kind}?limit=1`)).rows[0] : null;
    if (row)
      rows.push(`#/${kind}/${encodeURIComponent(row[one])}`);
  }
  return [...menu, ...rows].map((at) => ({ name: at, at }));
}
