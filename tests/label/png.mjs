// Reads a PNG as printer dots, to compare two pictures dot by dot. Knows only what our preview and the renderer write:
// no interlacing, grey, colour or a palette.
import { inflateSync } from "node:zlib";

const SAMPLES = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }; // of a pixel, by colour type

function chunksOf(png) {
    const chunks = [];
    for (let at = 8; at < png.length; ) {
        const length = png.readUInt32BE(at);
        chunks.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
        at += 12 + length;
    }
    return chunks;
}

function paeth(left, above, corner) {
    const guess = left + above - corner;
    const [fromLeft, fromAbove, fromCorner] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
    if (fromLeft <= fromAbove && fromLeft <= fromCorner) return left;
    return fromAbove <= fromCorner ? above : corner;
}

// PNG specification, 9.2: each row begins with the number of its filter.
const GUESSES = [
    () => 0,
    (left) => left,
    (left, above) => above,
    (left, above) => (left + above) >> 1,
    paeth,
];

function unfilter(raw, height, stride, step) {
    const out = new Uint8Array((height + 1) * stride); // a white row above the first
    for (let y = 0; y < height; y++) {
        const guess = GUESSES[raw[y * (stride + 1)]];
        const from = y * (stride + 1) + 1;
        const to = (y + 1) * stride;
        for (let x = 0; x < stride; x++) {
            const left = x >= step ? out[to + x - step] : 0;
            const corner = x >= step ? out[to + x - step - stride] : 0;
            out[to + x] = raw[from + x] + guess(left, out[to + x - stride], corner);
        }
    }
    return out.subarray(stride);
}

// {width, height, black}: black[y * width + x] is 1 or 0.
export function readPng(png) {
    const chunks = chunksOf(png);
    const header = chunks.find((chunk) => chunk.type === "IHDR").data;
    const [width, height, depth, colour] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]];
    const palette = chunks.find((chunk) => chunk.type === "PLTE")?.data;
    const bits = depth * SAMPLES[colour]; // a pixel
    const stride = Math.ceil((width * bits) / 8);
    const raw = inflateSync(Buffer.concat(chunks.filter((chunk) => chunk.type === "IDAT").map((chunk) => chunk.data)));
    const rows = unfilter(raw, height, stride, Math.max(1, bits >> 3));
    const black = new Uint8Array(width * height);
    const dark = depth >= 8 ? 128 : 2 ** (depth - 1); // from here on it is not
    for (let y = 0, at = 0; y < height; y++)
        for (let x = 0; x < width; x++, at++) {
            const byte = rows[y * stride + ((x * bits) >> 3)];
            const first = depth >= 8 ? byte : (byte >> (8 - depth - ((x * bits) & 7))) & ((1 << depth) - 1);
            black[at] = Number(palette ? palette[3 * first] < 128 : first < dark);
        }
    return { width, height, black };
}
