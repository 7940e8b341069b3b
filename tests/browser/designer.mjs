// The label designer in a real browser, against a real floorhandd with a printer: TAP on standard output, pictures in
// build/screens/.

import { readFileSync } from "node:fs";
import { gzipSync, inflateSync } from "node:zlib";
import { openHouse, photographer } from "./house.mjs";
import { assert, becomes, play, same, screens, shows, STEP_MS, useLanguage } from "./rig.mjs";

const house = await openHouse("designer_house.py", "office");
const { ask, go } = house;
const BADGE = "BADGE-0003";
const NAME = "waybill-100x150", HASH = `#/designer/${NAME}`;
const photograph = photographer("designer", [[1920, 1080], [1024, 768], [360, 740]]);
const SCRIPT_MAX = 150 * 1024, DOTS = 8; // of the printer, a millimetre

const textOf = (page) => page.locator("section.text textarea").inputValue();
const element = (page, head) => page.locator(`[data-element="${head}"]`);
const atOf = (text, head) => text.split(`[${head}]`)[1].match(/^at = (.*)$/m)[1].split(" ").map(Number);
/** What is other in the lines of two texts: [[before, after], ...]; they have as many lines. */
const differences = (before, after) => before.split("\n").map((line, at) => [line, after.split("\n")[at]]).filter(([a, b]) => a !== b);

/** The preview is of the text as it is now. */
const settled = (page) => becomes(page, () => document.querySelector(".says li") && document.querySelector(".labelsheet canvas") && !document.querySelector(".labelsheet canvas.stale"));

/** The page anew: what was not saved is gone. */
async function open(page) {
  await page.goto("about:blank");
  await go(page, HASH);
  await settled(page);
}

/** Moves the mouse so many millimetres from a point of the element, or of its handle. */
async function drag(page, locator, dx, dy) {
  await locator.scrollIntoViewIfNeeded();
  const [box, sheet] = [await locator.boundingBox(), await page.locator(".labelsheet").boundingBox()], mm = sheet.width / 100;
  const x = box.x + box.width / 2, y = box.y + box.height / 2;
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx * mm / 2, y + dy * mm / 2);
  await page.mouse.move(x + dx * mm, y + dy * mm);
  await page.mouse.up();
}

const becomesText = (page, wanted) => becomes(page, (text) => document.querySelector("section.text textarea").value === text, wanted);

async function save(page) {
  await page.locator("[data-do=save]").click();
  if (await page.locator("#badge-field").count()) {
    await page.locator("#badge-field").fill(BADGE);
    await page.keyboard.press("Enter");
  }
}

const printed = () => readFileSync(`${screens}/designer-printed.zpl`, "latin1").split("\n").filter(Boolean);
/** The black dots of the pictures that a label's commands hold, as "x,y", inside a part of the label that is given in millimetres: a
 *  picture is ^GFA with its rows compressed (ZPL II Programming Guide, ^GF and Z64). */
function dotsIn(label, [left, top, width, height]) {
  const found = [];
  for (const [, x0, y0, stride, base64] of label.matchAll(/\^FO(\d+),(\d+)\^GFA,\d+,\d+,(\d+),:Z64:([^:]*):/g)) {
    const rows = inflateSync(Buffer.from(base64, "base64"));
    for (let at = 0; at < rows.length * 8; at += 1) {
      const x = Number(x0) + at % (stride * 8), y = Number(y0) + Math.floor(at / (stride * 8));
      if (rows[at >> 3] >> (7 - at % 8) & 1 && x >= left * DOTS && x < (left + width) * DOTS && y >= top * DOTS && y < (top + height) * DOTS)
        found.push(`${x - left * DOTS},${y}`);
    }
  }
  return found.sort();
}

async function printSample(page) {
  const before = printed().length;
  await page.locator("[data-do=test]").click();
  await page.locator(".tools .said.good", { hasText: /goes to the printer|已送往/ }).waitFor({ timeout: STEP_MS }); // whatever else is still said
  for (const last = Date.now() + STEP_MS; printed().length === before;) {
    assert(Date.now() < last, "no label came out");
    await ask("print-jobs?limit=1");
  }
  return printed()[before];
}

/** The ink of a part of the picture that the box draws of the newest print job, in millimetres. */
async function ink(page, job, [x, y, width, height]) {
  return page.evaluate(async ({ job, x, y, width, height }) => {
    const bitmap = await createImageBitmap(await (await fetch(`/api/v1/print-jobs/${job}/picture`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext("2d"), dots = bitmap.width / 100;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(x * dots, y * dots, width * dots, height * dots);
    let black = 0;
    for (let at = 0; at < data.length; at += 4)
      black += data[at] < 128;
    return black;
  }, { job, x, y, width, height });
}

const CARRIER = [4, 3, 25, 5]; // its letters, above the words of a sample
let shipped = "", saved = "", first = "";

const tests = [
  ["every label is listed with where it comes from, and every key has a name and a help in both languages", async (page, errors) => {
    page.on("dialog", (dialog) => dialog.accept()); // whether unsaved work is left
    await go(page, "#/designer");
    const rows = await ask("label-templates"), keys = await ask("label-keys");
    await becomes(page, (wanted) => document.querySelectorAll("main tbody tr").length === wanted, rows.length);
    await shows(page, "tbody tr", "Built-in");
    const all = [...keys.label, ...keys.kinds.flatMap((kind) => kind.keys)];
    same(await page.evaluate(async ({ names, helps }) => {
      const { isNamed, isHelped } = await import("/assets/names.js");
      return [...names.filter((name) => !isNamed(name)), ...helps.filter((help) => !isHelped(help))];
    }, { names: [...all.map((key) => `key_${key.name}`), ...keys.kinds.map((kind) => `element_${kind.kind}`)],
      helps: [...all.map((key) => key.help), ...keys.kinds.map((kind) => kind.help)] }), [], "what is missing in designernames.js");
    await photograph(page, "list");
    same(errors, [], "errors in the console");
  }],
  ["a change of the text touches nothing else, whatever stands around it", async (page) => {
    await go(page, "#/designer");
    const found = await page.evaluate(async () => {
      const { withValue, withoutSection, withSection, sectionsOf, madeUp } = await import("/assets/labeltext.js");
      const text = "; a\r\n[label]\r\nsize = 10 20 ; paper\r\n\r\n[text a]\r\n  at=1 2  3 4\t; here\r\ntext = [Lot {lot}]; x\r\n; ---- b\r\n[line b]\r\nat = 1 1 2 0";
      return [withValue(text, "text a", "at", "9 9 9 9").replace("9 9 9 9", "1 2  3 4") === text, withValue(text, "label", "size", "30 40"),
        withValue(text, "text a", "bold", "yes").split("\r\n")[7], withValue(text, "line b", "thickness", "1").split("\n").at(-1),
        withoutSection(text, "text a").includes("; ---- b\r\n[line b]"), sectionsOf(withSection(text, "qr c", { at: "1 1 5 5" })).length,
        withValue(text, "text a", "text", ""), sectionsOf(text)[1].keys.text.value, madeUp("[list rows]\neach = items\n[text a]\ntext = {items.sku} {to or by|date} {items.count}")];
    });
    same(found[0], true, "one value there and back");
    assert(found[1].includes("size = 30 40 ; paper\r\n"), `the comment stays: ${found[1]}`);
    same(found.slice(2, 6), ["bold = yes", "thickness = 1", true, 4], "keys and sections come and go");
    assert(!found[6].includes("Lot"), "an empty value goes with its line");
    same(found[7], "[Lot {lot}]; x", "what is no comment");
    same(found[8], { items: [{ sku: "SKU" }, { sku: "SKU" }], to: "TO", by: "BY" }, "data that is made up");
  }],
  ["the preview is what is printed, and a sample of it comes out of the printer", async (page, errors) => {
    await open(page);
    shipped = (await ask(`label-templates/${NAME}`)).built_in;
    same(await textOf(page), shipped, "the text");
    await shows(page, ".says .good", "It can be printed");
    first = await printSample(page);
    const { job } = (await ask("print-jobs?limit=1")).rows[0];
    const shown = await page.evaluate(async (job) => {
      const bitmap = await createImageBitmap(await (await fetch(`/api/v1/print-jobs/${job}/picture`)).blob());
      const canvas = document.querySelector(".labelsheet canvas");
      return [bitmap.width, bitmap.height, canvas.width, canvas.height];
    }, job);
    same(shown.slice(2), shown.slice(0, 2), "the sides of the preview, in dots");
    same(errors, [], "errors in the console");
  }],
  ["a text is dragged by mouse: its line alone changes, to half a millimetre", async (page) => {
    await open(page);
    const head = "text carrier", before = atOf(shipped, head);
    await drag(page, element(page, head), 11.1, 2.1);
    await becomes(page, (old) => document.querySelector("section.text textarea").value !== old, shipped);
    const text = await textOf(page), after = atOf(text, head);
    same(differences(shipped, text).length, 1, "lines that are other");
    assert(Math.abs(after[0] - before[0] - 11.1) <= 1.3 && Math.abs(after[1] - before[1] - 2.1) <= 1.3, `it is at ${after}`);
    assert(after.slice(0, 2).every((side) => Math.abs(side * 10 - Math.round(side * 10)) < 1e-6), `in tenths: ${after}`);
    same(after.slice(2), before.slice(2), "its size");
    await settled(page);
  }],
  ["arrow keys move it by a tenth and by a millimetre, undo and redo go there and back", async (page) => {
    const head = "text carrier", before = await textOf(page), [x, y, width, height] = atOf(before, head);
    await element(page, head).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowDown");
    const wanted = before.replace(`at = ${x} ${y} ${width} ${height}`, `at = ${Math.round(x * 10 + 2) / 10} ${y + 1} ${width} ${height}`);
    await becomesText(page, wanted);
    await shows(page, ".where", `${Math.round(x * 10 + 2) / 10}, ${y + 1}`);
    assert((await element(page, head).getAttribute("aria-label")).startsWith("Text carrier: "), "what a screen reader says");
    await page.keyboard.press("Control+z"); // one stroke after the other is one change
    await becomesText(page, before);
    await page.keyboard.press("Control+y");
    await becomesText(page, wanted);
  }],
  ["a handle resizes it, and its size is shown in millimetres", async (page) => {
    const head = "text carrier", before = atOf(await textOf(page), head);
    await element(page, head).focus();
    await drag(page, page.locator(`[data-element="${head}"] [data-grip=se]`), -5, 3);
    await becomes(page, (old) => !document.querySelector("section.text textarea").value.includes(old), `at = ${before.join(" ")}`);
    const after = atOf(await textOf(page), head);
    same(after.slice(0, 2), before.slice(0, 2), "its corner");
    assert(after[2] < before[2] - 3 && after[3] > before[3] + 1, `its size: ${after}`);
    await settled(page);
    await photograph(page, "editor");
  }],
  ["a fault is said at its key and its element, in both languages; what does not fit says what printing would", async (page) => {
    await open(page);
    await page.locator('[data-list="text receiver-address"]').click();
    const height = page.locator("#key-height"), good = await height.inputValue(), least = await page.locator("#key-least").inputValue();
    await height.fill("tall");
    await shows(page, ".labelkeys .bad", "height must be a length in mm, such as 3.5; it is \"tall\"");
    await element(page, "text receiver-address").and(page.locator(".wrong")).waitFor({ timeout: STEP_MS });
    await save(page);
    await shows(page, ".tools .said.bad", "height must be a length in mm");
    same((await ask("label-templates")).find((row) => row.name === NAME).origin, "shipped", "what is kept");
    await useLanguage(page, "zh");
    await shows(page, ".labelkeys .bad", "height 应为毫米长度，例如 3.5；现在是“tall”");
    await page.screenshot({ path: `${screens}/designer-fault-zh.png`, fullPage: true });
    await useLanguage(page, "en");
    await height.fill("14");
    await page.locator("#key-least").fill("14");
    await shows(page, ".says .bad", "receiver.address does not fit on the label; shorten it");
    await element(page, "text receiver-address").and(page.locator(".wrong")).waitFor({ timeout: STEP_MS });
    await page.locator("#key-least").fill(least);
    await height.fill(good);
    await shows(page, ".says .good", "It can be printed");
    await becomesText(page, shipped);
  }],
  ["a shipping label keeps its codes, and nothing covers them", async (page) => {
    await open(page);
    await page.locator('[data-list="code128 bars"]').click();
    await page.locator("[data-drop]").click();
    await shows(page, ".says .bad", "it must stay as in the built-in label: [code128 bars]");
    await page.locator("[data-do=undo]").click();
    await becomesText(page, shipped);
    const [x, y] = atOf(shipped, "code128 bars");
    await page.locator("section.text textarea").fill(`${shipped}\n[text over]\nat = ${x + 10} ${y} 60 12\ntext = OVER\nheight = 9\n`);
    await shows(page, ".says .warn", "[code128 bars] is covered by [text over]");
    await save(page);
    await shows(page, ".tools .said.bad", "is covered by [text over]");
    same((await ask("journal?type=template.saved")).rows, [], "what is in the journal");
  }],
  ["an element is added and deleted, and the text says so at its end", async (page) => {
    await open(page);
    await page.locator(".add select").selectOption("line");
    await page.locator("[data-add]").click();
    await becomesText(page, `${shipped}\n[line line-1]\nat = 5 5 30 0\n`);
    await element(page, "line line-1").focus();
    await page.keyboard.press("Delete");
    await becomesText(page, `${shipped}\n`);
  }],
  ["it is shown with the data of a real order, and a code that is none is told", async (page) => {
    await open(page);
    await page.locator("[data-field=source]").selectOption("order");
    const { order } = (await ask("parcels")).rows[0];
    await page.locator("[data-field=code]").fill(order);
    await shows(page, ".says .good", "It can be printed");
    await page.locator("[data-field=code]").fill("SO-99999");
    await shows(page, ".says .bad", "There is no order \"SO-99999\" here");
  }],
  ["saved with a supervisor's badge, it is what printers get at once; the journal says who", async (page, errors) => {
    await open(page);
    const { job } = (await ask("print-jobs")).rows.find((row) => row.template === NAME);
    const [x, y, width, height] = atOf(shipped, "text carrier"), area = [x, y, width, height];
    const before = await ink(page, job, area);
    await element(page, "text carrier").focus();
    for (let step = 0; step < 25; step += 1)
      await page.keyboard.press("Shift+ArrowRight");
    await becomes(page, (at) => document.querySelector("section.text textarea").value.includes(at), `at = ${x + 25} ${y} `);
    saved = await textOf(page);
    await save(page);
    await page.locator(".tools .said.good").waitFor({ timeout: STEP_MS });
    await shows(page, "main header .badge", "The site's own");
    same((await ask(`label-templates/${NAME}`)).text, saved, "the text that is kept");
    same((await ask("journal?type=template.saved")).rows.map((row) => [row.worker, row.data.template]), [["W-003", NAME]], "who and what");
    assert(before > 100 && await ink(page, job, [x, y, 12, height]) < before / 4, "the carrier is not where it was");
    same(errors.filter((text) => !text.includes("400")), [], "errors in the console");
  }],
  ["a sample that is printed now has its dots moved by as many millimetres", async (page) => {
    await open(page);
    const now = await printSample(page), [x, ...rest] = CARRIER, was = dotsIn(first, CARRIER);
    assert(was.length > 200, `the carrier was printed: ${was.length} dots`);
    same(dotsIn(now, CARRIER).length, 0, "dots where it was");
    same(dotsIn(now, [x + 25, ...rest]), was, "its dots, 25 mm to the right");
  }],
  ["the built-in one comes back", async (page) => {
    await open(page);
    await page.locator("[data-do=reset]").click();
    if (await page.locator("#badge-field").count()) {
      await page.locator("#badge-field").fill(BADGE);
      await page.keyboard.press("Enter");
    }
    await shows(page, "main header .badge", "Built-in");
    await becomesText(page, shipped);
    same(await printSample(page) === first, true, "it is printed as before");
    same((await ask("journal?type=template.reset")).rows.length, 1, "it is in the journal");
  }],
  ["a new label begins as a copy and can be given up", async (page) => {
    await go(page, "#/designer");
    await page.locator("input[name=name]").fill("gift");
    await page.locator("select[name=from]").selectOption("location");
    await page.locator("form.filters button").click();
    await settled(page);
    await shows(page, "main header .badge", "New, not saved");
    await save(page);
    await page.locator(".tools .said.good").waitFor({ timeout: STEP_MS });
    same((await ask("label-templates/gift")).origin, "site", "it is kept");
    await page.locator("[data-do=reset]").click();
    await shows(page, "main header .badge", "New, not saved");
    same((await ask("label-templates")).filter((row) => row.name === "gift"), [], "it is gone");
  }],
  ["fingers choose an element first and move it then", async (page, errors, browser) => {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, locale: "zh-CN" });
    const phone = await context.newPage();
    await phone.goto(`${house.pages}${HASH}`);
    await settled(phone);
    const head = "text carrier", before = await textOf(phone), client = await context.newCDPSession(phone);
    await element(phone, head).scrollIntoViewIfNeeded();
    await element(phone, head).tap();
    await phone.locator(`[data-element="${head}"].chosen`).waitFor({ timeout: STEP_MS });
    const box = await element(phone, head).boundingBox(), x = box.x + box.width / 2, y = box.y + box.height / 2;
    for (const [type, shift] of [["touchStart", 0], ["touchMove", 20], ["touchMove", 40], ["touchEnd", null]])
      await client.send("Input.dispatchTouchEvent", { type, touchPoints: shift === null ? [] : [{ x: x + shift, y }] });
    await becomes(phone, (old) => document.querySelector("section.text textarea").value !== old, before);
    same(differences(before, await textOf(phone)).length, 1, "lines that are other");
    await phone.screenshot({ path: `${screens}/designer-phone-zh.png`, fullPage: true });
    await context.close();
  }],
  ["all the scripts of the page are less than 150 kB, compressed", async (page) => {
    await open(page);
    const scripts = await page.evaluate(async () => Promise.all([...new Set(performance.getEntriesByType("resource").map((one) => one.name))]
      .filter((name) => name.endsWith(".js")).map(async (name) => (await fetch(name)).text())));
    const size = scripts.reduce((sum, script) => sum + gzipSync(script).length, 0);
    assert(scripts.length > 20 && size < SCRIPT_MAX, `${scripts.length} scripts, ${size} bytes`);
  }],
];

const failed = await play(house.pages, tests, { width: 1440, height: 900 });
await house.close();
process.exit(failed);
