// Every flow of the floor carried out on the real page of a real floorhandd, by typed scans: the scripts of tests/floor, as far
// as a page alone can play them (up to the first line that needs head office, a scale, a printer or another day). A crash is a real
// one. Each step is shown to axe once, too. TAP.

import { axeFaults } from "./house.mjs";
import { assert, becomes, play, same, shows } from "./rig.mjs";
import { openSite } from "./site.mjs";

/** One or more of each flow, and the steps (before the dot) that must be seen in them. */
const flows = [
  ["receive-asn", "receive"], ["receive-blind", "receive"], ["receive-serials", "goods"],
  ["putaway-loose", "putaway"], ["wave-replen", "replen"],
  ["pick-discrete", "pick"], ["pick-discrete", "pack"], ["pick-discrete", "ship"], ["pick-zero", "zero"],
  ["cluster", "cluster"], ["zone", "zone"], ["batch-short", "batch"], ["sow-short", "sow"], ["express", "express"],
  ["pack-mistakes", "pack"], ["parcel-reprint", "parcel"],
  ["return-order", "return"], ["transfer", "transfer"],
  ["move", "move"], ["count", "count"], ["count-rounds", "review"], ["found", "found"], ["alias", "alias"],
];
const PAGE_SCANS_LEAST = 300;

const silent = new Set(["#", "check", "screen", ""]);

async function crash(site, page) {
  await site.stop("SIGKILL");
  await shows(page, ".lost", "");
  await site.start();
}

const deeds = {
  crash,
  at: (site, page, [station]) => page.goto(site.url(`/station/${station}`)),
  // What is refused, which a script says after " = ", leaves nothing behind.
  ask(site, page, [verb, ...words]) {
    const end = words.indexOf("="), fields = end < 0 ? words : words.slice(0, end);
    return end >= 0 && /^E\d\d/.test(words[end + 1]) ? null
      : site.post(`/api/v1/asks/${verb}`, JSON.stringify(Object.fromEntries(fields.map((field) => field.split("=")))));
  },
  stock: (site, page, words) => site.post("/api/v1/import/stock",
    `location,sku,quantity,lot,expiry,serial,weight_g\n${[0, 1, 2, 3, 4, 5].map((at) => words[at] === "-" ? "" : words[at] ?? "")
      .join(",")},${words[6] ?? 0}\n`, "text/csv"),
};

async function type(page, text) {
  for (const part of text.split(/(<GS>)/)) {
    if (part === "<GS>")
      await page.keyboard.press("Control+]");
    else
      await page.keyboard.type(part);
  }
  await page.keyboard.press("Enter");
}

const newest = (page) => page.evaluate(() => ({
  seq: Number(document.querySelector(".result")?.dataset.seq ?? 0),
  good: document.querySelector(".result")?.classList.contains("good"),
  code: document.querySelector(".result b")?.textContent ?? null,
  step: document.querySelector("main")?.dataset.step,
  worker: document.querySelector(".worker")?.textContent,
}));

/** SCAN -> ANSWER step ...: what the page shows after it. */
async function scanLine(page, line) {
  const [scan, rest] = line.split(" -> ");
  const [, answer, step] = /^([A-Z0-9_]+)(?:\([^)]*\))? (\S+)/.exec(`${rest} `);
  const before = await newest(page);
  await type(page, scan);
  await becomes(page, (seq) => Number(document.querySelector(".result")?.dataset.seq ?? 0) !== seq, before.seq);
  const now = await newest(page);
  const refused = /^(E\d\d)/.exec(answer)?.[1];
  const what = `${scan}: the page shows ${JSON.stringify(now)}, not ${answer} ${step}`;
  if (refused)
    assert(now.code === refused, what);
  else
    assert(now.code === null || !/^E/.test(now.code) || answer === "DONE_PARKED" || answer.startsWith("DONE_"), what);
  if (step === "-")
    assert(now.worker === "Nobody signed in", what);
  else
    assert(now.step === step, what);
  return now.step;
}

/** Steps that axe has looked at. */
const judged = new Set();

/** Nobody is kept from using the page in this step. */
async function judge(page, step) {
  if (judged.has(step))
    return;
  judged.add(step);
  same(await axeFaults(page), [], `what axe found in ${step}`);
  await page.emulateMedia({ colorScheme: "dark" });
  same(await axeFaults(page, ["color-contrast"]), [], `what axe found in the dark in ${step}`);
  await page.emulateMedia({ colorScheme: "light" });
}

/** Plays a script on the page; [scans, steps that were seen]. */
async function playScript(page, name) {
  const site = await openSite(name);
  const seen = new Set();
  let scans = 0;
  try {
    await page.goto(site.url("/station/bench-1"));
    await shows(page, ".hero", "");
    for (const line of site.lines) {
      const [word, ...words] = line.trim().split(" ");
      if (silent.has(word) || word.startsWith("#"))
        continue;
      if (line.includes(" -> ") && word !== "WEIGH") {
        const step = await scanLine(page, line.trim());
        seen.add(step);
        await judge(page, step);
        scans++;
      } else if (deeds[word]) {
        await deeds[word](site, page, words);
        await becomes(page, () => document.querySelector("main")?.dataset.step);
      } else {
        break;
      }
    }
  } finally {
    await site.close();
  }
  return { scans, seen };
}

const played = new Map();
let total = 0;

const tests = flows.map(([script, flow]) => [`${flow}: ${script} on the page`, async (page) => {
  if (!played.has(script)) {
    played.set(script, await playScript(page, script));
    total += played.get(script).scans;
  }
  const { seen, scans } = played.get(script);
  assert([...seen].some((step) => step.startsWith(`${flow}.`)), `no step of ${flow} among ${scans} scans: ${[...seen].join(" ")}`);
  console.log(`# ${scans} scans, ${seen.size} steps`);
}]);

process.exitCode = await play("about:blank", [...tests, ["enough was typed", async () => {
  console.log(`# ${total} scans`);
  assert(total >= PAGE_SCANS_LEAST, `only ${total} scans`);
}]], { width: 1024, height: 768 });
