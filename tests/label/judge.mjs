// Judges printed labels with programs that are not ours: a ZPL renderer makes a picture, which must be the preview dot
// for dot, whatever the printer draws itself; two decoders read its symbols. Prints TAP. The pictures stay in
// OUT/labels/zpl to be looked at. With names of samples it judges those alone: node judge.mjs waybill-full injection
// --short: each sample in Chinese at 203 dpi and in English at 300, not in both at both.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { inflateSync } from "node:zlib";
import { ready } from "zpl-renderer-js";
import { ZBAR_FORMATS, readWithZbar, readWithZxing } from "./decoders.mjs";
import { readPng } from "./png.mjs";

const RESOLUTIONS = { 203: 8, 300: 12 }; // dots per mm, as the renderer knows them
const LANGUAGES = ["zh", "en"];
const flags = process.argv.slice(2).filter((word) => word.startsWith("--"));
const SHORT = flags.includes("--short");
const judged = (dpi, language) => !SHORT || (dpi === "203") === (language === "zh");
const DOTS_ONLY = ["--lacks", "code128 itf14 z64"]; // and so Zebra's own compression
const SLOW = ["--baud", "9600"]; // the printer's own letters

const root = resolve(import.meta.dirname, "../..");
const out = resolve(root, process.env.OUT ?? "build");
const folder = join(out, "labels", "zpl");
const samples = join(import.meta.dirname, "samples");
const { api } = await ready;

let failed = 0;
function check(name, faults) {
    if (faults.length > 0) failed++;
    console.log(`${faults.length > 0 ? "not ok" : "ok"} - ${name}`);
    for (const fault of faults) console.log(`#   ${fault}`);
}

// ---------------------------------------------------------------- what the product makes

function tool(template, data, to, options) {
    const words = ["label", "render", template, "--data", "-", "--to", to, ...options];
    const { status, stdout, stderr } = spawnSync(join(out, "floorhand"), words, { input: JSON.stringify(data) });
    if (status !== 0) throw new Error(`${template}: ${stderr}`);
    return stdout.toString("latin1");
}

// The pages of the preview; the first is NAME.png.
function preview(name, template, data, options) {
    const first = join(folder, `${name}-preview.png`);
    tool(template, data, "png", [...options, "--out", first]);
    const stem = `${name}-preview`;
    const pages = readdirSync(folder).filter((file) => file === `${stem}.png` || file.startsWith(`${stem}-`));
    const number = (file) => Number(file.slice(stem.length + 1, -4)) || 1;
    return pages.sort((a, b) => number(a) - number(b)).map((file) => readPng(readFileSync(join(folder, file))));
}

// ---------------------------------------------------------------- what the bytes themselves must be

// CRC-16, polynomial 0x1021, over the base64 text: the renderer does not look at it.
function crcOf(text) {
    let crc = 0;
    for (const letter of text) {
        crc ^= letter.charCodeAt(0) << 8;
        for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
    }
    return crc.toString(16).toUpperCase().padStart(4, "0");
}

function faultsOfBytes(zpl, pages) {
    const faults = [];
    const times = (word) => zpl.split(word).length - 1;
    if (/[^\n -~]/.test(zpl)) faults.push("there are bytes that are no text");
    if (zpl.includes("~")) faults.push("there is an immediate command");
    if (times("^XA") !== pages || times("^XZ") !== pages) faults.push(`${times("^XA")} formats for ${pages} pages`);
    for (const [, total, base64, crc] of zpl.matchAll(/\^GFA,(\d+),\d+,\d+,:Z64:([^:]*):(....)/g)) {
        if (crcOf(base64) !== crc) faults.push(`the check sum ${crc} should be ${crcOf(base64)}`);
        const length = inflateSync(Buffer.from(base64, "base64")).length;
        if (length !== Number(total)) faults.push(`a graphic of ${total} bytes has ${length}`);
    }
    return faults;
}

// ---------------------------------------------------------------- the picture

async function draw(name, zpl, page, dotsPerMm) {
    // In millimetres that make exactly so many dots: on a wider one it would put the label into the middle.
    const side = (dots) => (dots - 0.5) / dotsPerMm;
    writeFileSync(join(folder, `${name}.zpl`), zpl);
    const pictures = await api.zplToBase64MultipleAsync(zpl, side(page.width), side(page.height), dotsPerMm)
        .catch((problem) => { throw new Error(`${name}: the renderer fails: ${problem.message}`); });
    return pictures.map((picture, index) => {
        const path = join(folder, `${name}-${index + 1}.png`);
        const png = Buffer.from(picture, "base64");
        writeFileSync(path, png);
        return { path, png, dots: readPng(png) };
    });
}

// Where the printer set letters of its own: there, and only there, it may differ from the preview.
function lettersIn(zpl) {
    const fields = zpl.matchAll(/\^FT(\d+),(\d+)\^A0N,(\d+),\d+(?:\^FB(\d+),1,0,.)?\^FH_\^FD([^^]*)\^FS/g);
    return [...fields].map(([, x, baseline, height, width, data]) => ({
        left: Number(x), right: Number(x) + (Number(width) || data.length * height),
        top: baseline - height, bottom: Number(baseline) + height / 2,
    }));
}

function differences(wanted, drawn, letters) {
    if (wanted.width !== drawn.width || wanted.height !== drawn.height)
        return [`it is ${drawn.width} by ${drawn.height} dots instead of ${wanted.width} by ${wanted.height}`];
    let differing = 0;
    let first = "";
    for (let at = 0; at < wanted.black.length; at++) {
        if (wanted.black[at] === drawn.black[at]) continue;
        const [x, y] = [at % wanted.width, Math.floor(at / wanted.width)];
        if (letters.some((box) => x >= box.left && x < box.right && y >= box.top && y < box.bottom)) continue;
        if (differing++ === 0) first = `${x},${y}`;
    }
    return differing > 0 ? [`${differing} dots differ from the preview, the first at ${first}`] : [];
}

// Draws the ZPL, and checks everything about it but its symbols. Returns the pictures.
async function judgeBytes(name, zpl, pages, dotsPerMm) {
    const formats = zpl.split("^XZ\n").slice(0, -1);
    const pictures = await draw(name, zpl, pages[0], dotsPerMm);
    const faults = faultsOfBytes(zpl, pages.length);
    if (pictures.length !== pages.length) faults.push(`the renderer sees ${pictures.length} pages of ${pages.length}`);
    for (const [index, page] of pages.entries())
        if (pictures[index]) faults.push(...differences(page, pictures[index].dots, lettersIn(formats[index])));
    check(`${name}: what is drawn is the preview`, faults);
    return pictures;
}

// ---------------------------------------------------------------- the symbols

// AIM identifiers of text, and of GS1 element strings.
const IDENTIFIERS = { Code128: ["]C0", "]C1"], DataMatrix: ["]d1", "]d2"], QRCode: ["]Q1", "]Q3"], ITF: ["]I1"], EAN13: ["]E0"],
    EAN8: ["]E4"], PDF417: ["]L2"] };

// Each as often as on the label; whoever sees one of two equal ones may have taken them for one.
function compare(expected, found) {
    const often = (list, text) => list.filter((other) => other === text).length;
    const texts = [...new Set([...expected, ...found])];
    return texts.flatMap((text) => {
        const [wanted, seen] = [often(expected, text), often(found, text)];
        if (wanted === 0) return [`read, but not expected: ${text}`];
        return seen === 0 || seen > wanted ? [`read ${seen} times instead of ${wanted}: ${text}`] : [];
    });
}

async function judgeSymbols(name, pictures, symbols) {
    const withZxing = [];
    const withZbar = [];
    for (const { png, path } of pictures) {
        withZxing.push(...await readWithZxing(png, { tryRotate: true }));
        withZbar.push(...readWithZbar(path));
    }
    const isGs1 = (text) => /^\(\d{2,4}\)/.test(text);
    const identified = symbols.map(([format, text]) => `${format} ${IDENTIFIERS[format][Number(isGs1(text))]} ${text}`);
    check(`${name}: zxing reads every symbol`, compare(identified, withZxing));
    // zbar knows no GS1: it reads the digits alone, without separators.
    const gs1 = symbols.filter(([, text]) => isGs1(text)).map(([, text]) => text.replace(/[()]/g, ""));
    const simple = symbols.filter(([format, text]) => ZBAR_FORMATS.includes(format) && !isGs1(text));
    check(`${name}: zbar reads every symbol`, compare(simple.map((symbol) => symbol.join(" ")),
        withZbar.filter((read) => !gs1.includes(read.split(" ")[1].replaceAll("\x1d", "")))));
}

// ---------------------------------------------------------------- all labels

async function judgeSample(name, sample) {
    for (const [dpi, dotsPerMm] of Object.entries(RESOLUTIONS))
        for (const language of LANGUAGES.filter((one) => judged(dpi, one))) {
            const options = ["--dpi", dpi, "--language", language];
            const label = `${name}-${language}-${dpi}`;
            const pages = preview(label, sample.template, sample.data, options);
            const zpl = (more) => tool(sample.template, sample.data, "zpl", [...options, ...more]);
            check(`${label}: ${sample.pages} pages`, pages.length === sample.pages ? [] : [`there are ${pages.length}`]);
            await judgeBytes(`${label}-dots`, zpl(DOTS_ONLY), pages, dotsPerMm);
            await judgeSymbols(label, await judgeBytes(label, zpl([]), pages, dotsPerMm), sample.symbols);
            if (dpi === "203") await judgeBytes(`${label}-slow`, zpl(SLOW), pages, dotsPerMm);
        }
}

// What somebody may have written into an order, to print something else with it.
const ATTACKS = ["^XZ^XA^FO0,0^FDHACKED^FS^XZ", "~JA~JR~PS", "^FS^PQ99^FD", "^CC!!XZ", "_5EXZ_7EJA", "a\\&b\\(c\\\\",
    "\"\r\nPRINT 99\r\n", "\u001b@\u001bi", "\u0010\u0004\u0001\u0010\u0014\u0001", "\u0002~HS\u0003", "葉區淺 ^XZ ~JA", "^GFA,8,8,1,FFFF"];

// Every word of a customer's is an attack, in the printer's own letters too: one label comes out, and it is the preview.
async function judgeInjection() {
    for (const [index, attack] of ATTACKS.entries()) {
        const party = { name: `Acme ${attack}`, phone: attack, address: `1 Main Street ${attack}` };
        const data = { waybill: "SF1234567890123", carrier: attack, sort_code: attack.slice(0, 8), order: attack, qr: attack,
            receiver: party, sender: party, items: [{ sku: attack, name: attack, quantity: 1 }] };
        if (/^[ -~]*$/.test(attack)) data.waybill = attack;
        else if (/[\0-\x1f]/.test(attack)) delete data.qr; // a code refuses what nobody could type
        for (const [name, options] of Object.entries({ fast: [], slow: SLOW })) {
            const label = `injection-${index + 1}-${name}`;
            const pages = preview(label, "shipping-4x6", data, []);
            await judgeBytes(label, tool("shipping-4x6", data, "zpl", options), pages, RESOLUTIONS[203]);
        }
    }
}

async function judge(names) {
    for (const name of names)
        if (name === "injection") await judgeInjection();
        else await judgeSample(name, JSON.parse(readFileSync(join(samples, `${name}.json`), "utf8")));
}

// One process for each processor, each with its share.
async function judgeAll() {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const names = readdirSync(samples).filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -5)).sort();
    names.push("injection");
    const processes = Math.min(availableParallelism(), names.length);
    const shares = Array.from({ length: processes }, (_, index) => names.filter((_, at) => at % processes === index));
    let count = 0;
    await Promise.all(shares.map(async (share) => {
        const child = spawn(process.execPath, [import.meta.filename, ...flags, ...share], { stdio: ["ignore", "pipe", "inherit"] });
        const ended = once(child, "close");
        for await (const line of createInterface({ input: child.stdout })) {
            if (!line.startsWith("#")) count++;
            console.log(line);
        }
        const [code] = await ended;
        if (code !== 0) failed++;
    }));
    console.log(`1..${count}`);
    if (count === 0) failed++;
}

mkdirSync(folder, { recursive: true });
const names = process.argv.slice(2).filter((word) => !word.startsWith("--"));
await (names.length > 0 ? judge(names) : judgeAll());
process.exit(failed > 0 ? 1 : 0);
