"""Reads the PNGs that our previews are: one bit a dot."""

import struct
import zlib


def paeth(left, above, corner):
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))


def unfilter(rows, stride):
    """The bytes of a PNG's rows, of pixels no wider than a byte."""
    before = bytes(stride)
    for at in range(0, len(rows), stride + 1):
        kind, row = rows[at], bytearray(rows[at + 1:at + 1 + stride])
        for i in range(stride if kind else 0):
            left = row[i - 1] if i else 0
            corner = before[i - 1] if i else 0
            guess = (0, left, before[i], (left + before[i]) // 2, paeth(left, before[i], corner))[kind]
            row[i] = row[i] + guess & 0xFF
        yield bytes(row)
        before = row


def dots_of(png):
    """(width, height, dots) of a PNG of one bit a pixel: however it was compressed."""
    at, data, size = 8, b"", None
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        if kind == b"IHDR":
            size = struct.unpack(">IIBBBBB", body)
        data += body if kind == b"IDAT" else b""
        at += length + 12
    width, height, depth = size[:3]
    assert depth == 1, "one bit a pixel"
    return width, height, b"".join(unfilter(zlib.decompress(data), (width + 7) // 8))
