// Pictures as dots: reads the PNG files that Chromium writes, makes small ones of them, and packs those. Knows no page.

import { brotliCompressSync, brotliDecompressSync, constants, deflateSync, inflateSync } from "node:zlib";

/** @typedef {{width: number, height: number, dots: Uint8Array}} Picture  dots: red, green, blue, row by row */

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const HEAD = 8;

/** Of a row's bytes before it was filtered (PNG specification, 9.2). @param {number} left @param {number} up @param {number} before */
function paeth(left, up, before) {
  const guess = left + up - before, a = Math.abs(guess - left), b = Math.abs(guess - up), c = Math.abs(guess - before);
  return a <= b && a <= c ? left : b <= c ? up : before;
}

/** Takes the filter off one row, in place. @param {number} kind @param {Uint8Array} row @param {Uint8Array} above @param {number} step */
function unfilter(kind, row, above, step) {
  if (kind === 1)
    for (let at = step; at < row.length; at++)
      row[at] += row[at - step];
  else if (kind === 2)
    for (let at = 0; at < row.length; at++)
      row[at] += above[at];
  else if (kind === 3)
    for (let at = 0; at < row.length; at++)
      row[at] += ((at < step ? 0 : row[at - step]) + above[at]) >> 1;
  else if (kind === 4)
    for (let at = 0; at < row.length; at++)
      row[at] += paeth(at < step ? 0 : row[at - step], above[at], at < step ? 0 : above[at - step]);
}

/** Eight bits a channel, with or without transparency, not interlaced. @param {Buffer} bytes @returns {Picture} */
export function readPng(bytes) {
  let width = 0, height = 0, step = 3;
  const packed = [];
  for (let at = HEAD; at < bytes.length;) {
    const length = bytes.readUInt32BE(at), name = bytes.toString("latin1", at + 4, at + 8), body = bytes.subarray(at + 8, at + 8 + length);
    if (name === "IHDR") {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      step = body[9] === 6 ? 4 : 3;
    } else if (name === "IDAT") {
      packed.push(body);
    }
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(packed)), long = width * step, dots = new Uint8Array(width * height * 3);
  let above = new Uint8Array(long);
  for (let y = 0; y < height; y++) {
    const start = y * (long + 1), row = raw.subarray(start + 1, start + 1 + long);
    unfilter(raw[start], row, above, step);
    for (let x = 0, from = 0, to = y * width * 3; x < width; x++, from += step, to += 3) {
      dots[to] = row[from];
      dots[to + 1] = row[from + 1];
      dots[to + 2] = row[from + 2];
    }
    above = row;
  }
  return { width, height, dots };
}

const crcs = Uint32Array.from({ length: 256 }, (_, at) => {
  let value = at;
  for (let bit = 0; bit < 8; bit++)
    value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** @param {string} name @param {Buffer} body */
function chunk(name, body) {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(name, "latin1"), body, Buffer.alloc(4)]);
  bytes.writeUInt32BE(body.length, 0);
  let crc = 0xffffffff;
  for (const one of bytes.subarray(4, -4))
    crc = crcs[(crc ^ one) & 255] ^ (crc >>> 8);
  bytes.writeUInt32BE((crc ^ 0xffffffff) >>> 0, bytes.length - 4);
  return bytes;
}

/** Each row as it differs from that above, which packs flat pages best. @param {Picture} picture */
export function writePng({ width, height, dots }) {
  const long = width * 3, raw = Buffer.alloc(height * (long + 1));
  for (let y = 0; y < height; y++) {
    raw[y * (long + 1)] = 2;
    for (let at = 0; at < long; at++)
      raw[y * (long + 1) + 1 + at] = dots[y * long + at] - (y ? dots[(y - 1) * long + at] : 0);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([SIGNATURE, chunk("IHDR", head), chunk("IDAT", deflateSync(raw, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

/** Blocks of so many dots, each as the mean of its dots, in steps of `coarse`. @param {Picture} picture @param {number} size
 *  @param {number} coarse @returns {Picture} */
export function blocksOf({ width, height, dots }, size, coarse) {
  const wide = Math.ceil(width / size), high = Math.ceil(height / size), sums = new Float64Array(wide * high * 3), counts = new Uint32Array(wide * high);
  for (let y = 0, from = 0; y < height; y++)
    for (let x = 0; x < width; x++, from += 3) {
      const block = Math.floor(y / size) * wide + Math.floor(x / size);
      counts[block] += 1;
      for (let channel = 0; channel < 3; channel++)
        sums[block * 3 + channel] += dots[from + channel];
    }
  const means = Uint8Array.from(sums, (sum, at) => Math.min(255, Math.round(sum / counts[Math.floor(at / 3)] / coarse) * coarse));
  return { width: wide, height: high, dots: means };
}

/** Brightness of each block, then how red and blue differ from it: pages are mostly grey, so the last two are mostly nothing. Packed
 *  as it differs from the block above. @param {Picture[]} pictures */
export function pack(pictures) {
  const parts = pictures.flatMap(({ width, height, dots }) => {
    const planes = [0, 1, 2].map(() => new Uint8Array(width * height));
    for (let at = 0; at < width * height; at++) {
      const [red, green, blue] = dots.subarray(at * 3, at * 3 + 3);
      planes[0][at] = green;
      planes[1][at] = red - green;
      planes[2][at] = blue - green;
    }
    return planes.map((plane) => plane.map((value, at) => value - (at < width ? 0 : plane[at - width])));
  });
  return brotliCompressSync(Buffer.concat(parts), { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } });
}

/** What pack() packed, of pictures of these sizes. @param {Buffer} bytes @param {{width: number, height: number}[]} sizes @returns {Picture[]} */
export function unpack(bytes, sizes) {
  const all = brotliDecompressSync(bytes);
  let from = 0;
  return sizes.map(({ width, height }) => {
    const planes = [0, 1, 2].map(() => {
      const plane = Uint8Array.from(all.subarray(from, from += width * height));
      for (let at = width; at < plane.length; at++)
        plane[at] += plane[at - width];
      return plane;
    });
    const dots = new Uint8Array(width * height * 3);
    for (let at = 0; at < width * height; at++)
      dots.set([planes[1][at] + planes[0][at], planes[0][at], planes[2][at] + planes[0][at]], at * 3);
    return { width, height, dots };
  });
}
