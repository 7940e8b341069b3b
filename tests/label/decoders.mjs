// Readers of bar codes that are not ours, by one name each: "Code128 ]C0 SF1". Know nothing of labels.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

// From the package: without this the decoder would be fetched from the network.
const wasmBinary = readFileSync(fileURLToPath(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"))).buffer;
await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });

// Every symbology; GS1 data as "(01)...", with the AIM identifier that tells it from text.
export async function readWithZxing(png, options = {}) {
    const results = await readBarcodes(new Blob([png]), { tryHarder: true, maxNumberOfSymbols: 40, ...options });
    return results.filter((result) => result.isValid)
        .map((result) => `${result.format} ${result.symbologyIdentifier} ${result.text}`);
}

const ZBAR_NAMES = { "CODE-128": "Code128", "QR-Code": "QRCode", "EAN-13": "EAN13", "EAN-8": "EAN8", "I2/5": "ITF" };

// What zbar can read of that. Left alone, it guesses an encoding for what a QR code holds: "binary" hands out the
// bytes, which are UTF-8.
export const ZBAR_FORMATS = Object.values(ZBAR_NAMES);
export function readWithZbar(path) {
    const enabled = ["code128", "qrcode", "ean13", "ean8", "i25"].map((name) => `-S${name}.enable`);
    const options = ["--quiet", "--nodbus", "-Sdisable", ...enabled, "-Sqrcode.binary", path];
    const { stdout } = spawnSync("zbarimg", options, { encoding: "utf8" }); // it fails when there is nothing to read
    return stdout.split("\n").filter((line) => line.includes(":")).map((line) => {
        const colon = line.indexOf(":");
        return `${ZBAR_NAMES[line.slice(0, colon)]} ${line.slice(colon + 1)}`;
    });
}
