// Judges printed labels with programs that are not ours: a ZPL renderer makes a picture, two decoders read its symbols.
// Prints TAP. The pictures stay in OUT/labels/ to be looked at.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ready } from "zpl-renderer-js";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

const DOTS_PER_MM = 8;
const root = resolve(import.meta.dirname, "../..");
const out = resolve(root, process.env.OUT ?? "build");
const labels = join(out, "labels");
const samples = join(import.meta.dirname, "samples");

// Draws the samples anew, so that no old picture is judged.
execFileSync(join(out, "tests/test_label_samples"), { cwd: root, env: { ...process.env, OUT: out }, stdio: "ignore" });
const { api } = await ready;
// From the package: without this the decoder would be fetched from the network.
const wasmBinary = readFileSync(fileURLToPath(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"))).buffer;
await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });

let count = 0;
let failed = 0;
function check(name, faults) {
    count++;
    if (faults.length > 0) failed++;
    console.log(`${faults.length > 0 ? "not ok" : "ok"} ${count} - ${name}`);
    for (const fault of faults) console.log(`#   ${fault}`);
}

// Every expected symbol is read, and nothing else is.
function compare(expected, found) {
    const wanted = new Set(expected);
    const seen = new Set(found);
    return [
        ...[...wanted].filter((text) => !seen.has(text)).map((text) => `not read: ${text}`),
        ...[...seen].filter((text) => !wanted.has(text)).map((text) => `read, but not expected: ${text}`),
    ];
}

async function readWithZxing(png) {
    const formats = ["Code128", "QRCode"];
    const results = await readBarcodes(new Blob([png]), { formats, tryHarder: true, tryRotate: false, maxNumberOfSymbols: 8 });
    return results.filter((result) => result.isValid).map((result) => `${result.format} ${result.text}`);
}

// Left alone, zbar guesses an encoding for what a QR code holds: "binary" hands out the bytes, which are UTF-8.
function readWithZbar(path) {
    const names = { "CODE-128": "Code128", "QR-Code": "QRCode" };
    const options = ["--quiet", "-Sdisable", "-Scode128.enable", "-Sqrcode.enable", "-Sqrcode.binary", path];
    const { stdout } = spawnSync("zbarimg", options, { encoding: "utf8" }); // it fails when there is nothing to read
    return stdout.split("\n").filter((line) => line.includes(":")).map((line) => {
        const colon = line.indexOf(":");
        return `${names[line.slice(0, colon)]} ${line.slice(colon + 1)}`;
    });
}

async function judge(name, sample) {
    const zpl = readFileSync(join(labels, `${name}.zpl`), "utf8");
    const [width, height] = sample.size_mm;
    const pages = await api.zplToBase64MultipleAsync(zpl, width, height, DOTS_PER_MM);
    check(`${name}: the renderer sees ${sample.pages ?? 1} pages`,
        pages.length === (sample.pages ?? 1) ? [] : [`it sees ${pages.length}`]);
    const expected = sample.symbols.map(([format, text]) => `${format} ${text}`);
    for (const [index, page] of pages.entries()) {
        const png = Buffer.from(page, "base64");
        const path = join(labels, `${name}-${index + 1}.png`);
        writeFileSync(path, png);
        check(`${name} page ${index + 1}: zxing reads every symbol`, compare(expected, await readWithZxing(png)));
        check(`${name} page ${index + 1}: zbar reads every symbol`, compare(expected, readWithZbar(path)));
    }
}

for (const file of readdirSync(samples).filter((name) => name.endsWith(".json")).sort())
    await judge(file.replace(".json", ""), JSON.parse(readFileSync(join(samples, file), "utf8")));

console.log(`1..${count}`);
process.exit(failed > 0 || count === 0 ? 1 : 0);
