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
    const far = [left, above, corner].map((value) => Math.abs(guess - value));
    if (far[0] <= far[1] && far[0] <= far[2]) return left;
    return far[1] <= far[2] ? above : corner;
}

// PNG specification, 9.2: each row begins with the number of its filter.
function unfilter(raw, height, stride, step) {
    const out = Buffer.alloc(height * stride);
    for (let y = 0; y < height; y++) {
        const filter = raw[y * (stride + 1)];
        for (let x = 0; x < stride; x++) {
            const at = y * stride + x;
            const left = x >= step ? out[at - step] : 0;
            const above = y > 0 ? out[at - stride] : 0;
            const corner = x >= step && y > 0 ? out[at - stride - step] : 0;
            const guesses = [0, left, above, (left + above) >> 1, paeth(left, above, corner)];
            out[at] = raw[y * (stride + 1) + 1 + x] + guesses[filter];
        }
    }
    return out;
}

// {width, height, black(x, y)}
export function readPng(png) {
    const chunks = chunksOf(png);
    const header = chunks.find((chunk) => chunk.type === "IHDR").data;
    const [width, height, depth, colour] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]];
    const palette = chunks.find((chunk) => chunk.type === "PLTE")?.data;
    const bitsPerPixel = depth * SAMPLES[colour];
    const stride = Math.ceil((width * bitsPerPixel) / 8);
    const raw = inflateSync(Buffer.concat(chunks.filter((chunk) => chunk.type === "IDAT").map((chunk) => chunk.data)));
    const rows = unfilter(raw, height, stride, Math.max(1, bitsPerPixel >> 3));
    const first = (x, y) => { // sample of a pixel
        const bit = x * bitsPerPixel;
        const byte = rows[y * stride + (bit >> 3)];
        return depth >= 8 ? byte : (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    };
    const half = depth >= 8 ? 128 : 2 ** (depth - 1);
    const black = palette ? (x, y) => palette[3 * first(x, y)] < 128 : (x, y) => first(x, y) < half;
    return { width, height, black };
}
