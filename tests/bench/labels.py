#!/usr/bin/env python3
"""What each shipped label costs on the wire to a ZPL printer, and to render, beside the same dots as plain hex (^GFA),
as one Z64 graphic of the whole page, and as CUPS' rastertolabel makes them. Asserts nothing: prints a table, and adds
its rows to build/bench.json.

make deps-bench gets the filter; without it that column is left out."""

import base64
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from bench import rows  # noqa: E402
from label.judges.picture import read_png  # noqa: E402

OUT = pathlib.Path(ROOT, os.environ.get("OUT", "build"))
SAMPLES = ROOT / "tests/label/samples"
CUPS = ROOT / "build/cups"
FILTER = CUPS / "usr/lib/cups/filter/rastertolabel"
CUPS_LIBRARIES = ":".join(map(str, CUPS.glob("usr/lib/*-linux-gnu*")))
PREFIX = "label "
BITS_PER_BYTE = 10  # on a serial line: start, eight, stop
SLOW, FAST = 9600, 115200
PAGES_MAX = 200
GOALS = {"plain hex": 0.25, "one Z64 of the page": 0.5, "rastertolabel": 0.2}
RENDER_GOAL = 0.1  # of the time on the wire


# ---------------------------------------------------------------- ours


def render(sample, to, *options):
    return subprocess.run([OUT / "floorhand", "label", "render", sample["template"], "--data", "-", "--to", to, *options],
                          input=json.dumps(sample["data"]).encode(), capture_output=True, timeout=60, check=True).stdout


def pages_of(sample):
    """(width, height, dots) of each page."""
    with tempfile.TemporaryDirectory() as folder:
        first = pathlib.Path(folder, "page.png")
        render(sample, "png", "--out", first)
        names = [first] + [first.with_stem(f"page-{number}") for number in range(2, PAGES_MAX + 1)]
        pages = [read_png(name) for name in names if name.exists()]
        return [(page.width, page.height, page.to_bytes()) for page in pages]


def milliseconds(samples):
    """Of each sample's rendering, in the process of a daemon that has its fonts already."""
    paths = [str(SAMPLES / f"{name}.json") for name in samples]
    lines = subprocess.run([OUT / "floorhand-bench", *paths], capture_output=True, timeout=300, check=True).stdout
    return [float(line.split()[-1]) for line in lines.decode().splitlines()]


# ---------------------------------------------------------------- the references: the bytes of one page


def graphic(width, height, data):
    stride = (width + 7) // 8
    return len(f"^XA^PW{width}^LL{height}^FO0,0^GFA,{stride * height},{stride * height},{stride},^FS^XZ\n") + len(data)


def plain_hex(width, height, dots):
    return graphic(width, height, dots.hex())


def one_z64(width, height, dots):
    return graphic(width, height, b":Z64:" + base64.b64encode(zlib.compress(dots, 9)) + b":0000")


PPD = """*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*FileVersion: "1.0"
*LanguageVersion: English
*LanguageEncoding: ISOLatin1
*PCFileName: "LABEL.PPD"
*Manufacturer: "Zebra"
*Product: "(Zebra)"
*ModelName: "Zebra"
*ShortNickName: "Zebra"
*NickName: "Zebra"
*PSVersion: "(3010.000) 0"
*cupsModelNumber: 18
"""


def raster(width, height, dots):
    """A page as CUPS' filters pass it on: a header of version 3 (cups/raster.h), then the rows as they are."""
    header = bytearray(1796)
    stride = (width + 7) // 8
    points = [side * 72 // 203 for side in (width, height)]
    for at, values in {276: (203, 203), 340: (1,), 352: points, 372: (width, height), 384: (1, 1, stride, 0, 3),
                       420: (1,)}.items():
        struct.pack_into(f">{len(values)}I", header, at, *values)
    struct.pack_into(">2f", header, 428, *points)
    return b"RaS3" + bytes(header) + dots


def rastertolabel(width, height, dots):
    with tempfile.TemporaryDirectory() as folder:
        ppd, page = pathlib.Path(folder, "label.ppd"), pathlib.Path(folder, "page.ras")
        ppd.write_text(PPD)
        page.write_bytes(raster(width, height, dots))
        env = dict(os.environ, PPD=str(ppd), LD_LIBRARY_PATH=CUPS_LIBRARIES)
        done = subprocess.run([FILTER, "1", "user", "label", "1", "", page], env=env, capture_output=True, timeout=60,
                              check=False)
        if done.returncode != 0 or b"^XZ" not in done.stdout:
            sys.exit(f"rastertolabel says: {done.stderr.decode().strip()}")
        return len(done.stdout)


# ---------------------------------------------------------------- the table


def seconds(count, baud):
    return count * BITS_PER_BYTE / baud


def figures_of(name, sample, took, references):
    fast, slow = (len(render(sample, "zpl", "--baud", str(baud))) for baud in (FAST, SLOW))
    pages = pages_of(sample)
    found, ratios = [], []
    for reference, size_of in references.items():
        size = sum(size_of(*page) for page in pages)
        ratios.append(f"{size:9} {fast / size:6.3f}")
        found.append(rows.row(f"{PREFIX}{name}: bytes, beside {reference}", fast, size, GOALS[reference]))
        found += [rows.row(f"{PREFIX}{name}: seconds at {baud} baud, beside {reference}", seconds(ours, baud),
                           seconds(size, baud), GOALS[reference]) for ours, baud in ((slow, SLOW), (fast, FAST))]
    found.append(rows.row(f"{PREFIX}{name}: ms to render, beside those on the wire at {FAST} baud", took,
                          1000 * seconds(fast, FAST), RENDER_GOAL))
    print(f"{name:16} {len(pages):5} {fast:7} {seconds(slow, SLOW):8.2f} {seconds(fast, FAST):8.2f} {took:7.1f}  "
          f"{' '.join(ratios)}")
    return found


def main():
    samples = {path.stem: json.loads(path.read_text()) for path in sorted(SAMPLES.glob("*.json"))}
    samples = {name: sample for name, sample in samples.items() if name == sample["template"]}
    references = {"plain hex": plain_hex, "one Z64 of the page": one_z64}
    if FILTER.exists():
        references["rastertolabel"] = rastertolabel
    else:
        print(f"# without CUPS' rastertolabel: there is no {FILTER.relative_to(ROOT)}; make deps-bench", file=sys.stderr)
    print(f"{'label at 203 dpi':16} {'pages':>5} {'bytes':>7} {f's {SLOW}':>8} {f's {FAST}':>8} {'ms':>7}  "
          + " ".join(f"{reference:>16}" for reference in references))
    found = [] if FILTER.exists() else [rows.absent(f"{PREFIX}bytes, beside rastertolabel", "CUPS is not there: make deps-bench")]
    for (name, sample), took in zip(samples.items(), milliseconds(samples)):
        found += figures_of(name, sample, took, references)
    rows.keep(found)


if __name__ == "__main__":
    main()
