"""What the Code 128 symbols of a ZPL label say, whether the printer draws them or gets their dots.

Dots are read by zbarimg; of ZPL this knows where graphics stand and how they are packed (ZPL II guide, ^GF; Zebra,
"Alternative data compression scheme")."""

import base64
import pathlib
import re
import subprocess
import tempfile
import zlib

from label.judges.picture import Picture

# Subsets are said one by one: ">:" starts in B, ">;" in C, ">6" goes on in B (ZPL II guide, ^BC).
SYMBOL = re.compile(rb"\^BC[^^]*\^FD(>[:;][^^]*)\^FS")
SUBSET = re.compile(rb">[5-7:;]")
GRAPHIC = re.compile(rb"\^FO(\d+),(\d+)\^GFA,\d+,(\d+),(\d+),([^^]*)\^FS")
SIZE = re.compile(rb"\^PW(\d+)\^LL(\d+)")

SEEN = {}


def unpack_acs(text, total, stride):
    digits, count = "", 0
    for sign in text.decode():
        if "G" <= sign <= "Y":
            count += ord(sign) - ord("F")
        elif "g" <= sign <= "z":
            count += 20 * (ord(sign) - ord("f"))
        elif sign in ",!":
            digits += ("0" if sign == "," else "F") * (2 * stride - len(digits) % (2 * stride))
        elif sign == ":":
            digits += digits[len(digits) - 2 * stride:]
        else:
            digits += sign * max(count, 1)
            count = 0
    return bytes.fromhex(digits)[:total]


def unpack(data, total, stride):
    if data.startswith(b":Z64:"):
        return zlib.decompress(base64.b64decode(data.split(b":")[2]))
    return unpack_acs(data, total, stride)


def draw_dots(label):
    width, height = map(int, SIZE.search(label).groups())
    picture = Picture(width + 16, height)  # a graphic's last byte may reach beyond the label, in white
    for x, y, total, stride, data in GRAPHIC.findall(label):
        picture.put_bytes(int(x), int(y), int(stride), unpack(data, int(total), int(stride)), black=1)
    return picture


def read_dots(label):
    with tempfile.TemporaryDirectory(prefix="floorhand-label-") as name:
        path = pathlib.Path(name) / "label.png"
        draw_dots(label).write_png(path)
        done = subprocess.run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Scode128.enable", path], capture_output=True,
                              text=True, check=False)
    return done.stdout.split()


def code_of(label):
    """What its first symbol says; "" when it has none."""
    label = bytes(label)
    if label not in SEEN:
        drawn = SYMBOL.search(label)
        codes = [SUBSET.sub(b"", drawn[1]).decode()] if drawn else read_dots(label) if SIZE.search(label) else []
        SEEN[label] = codes[0] if codes else ""
    return SEEN[label]
