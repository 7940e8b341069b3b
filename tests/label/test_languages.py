#!/usr/bin/env python3
"""Each shipped label in TSPL, EPL2, CPCL and ESC/POS, drawn by programs that are not ours: dot by dot the preview."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from label.judges import cpcl, epl, escpos, tspl  # noqa: E402
from label.judges.picture import Fault, Picture, read_png  # noqa: E402
from tap import Tap  # noqa: E402

ROOT = HERE.parent.parent
TOOL = (ROOT / os.environ.get("OUT", "build")).resolve() / "floorhand"
JUDGES = {"tspl": tspl, "epl": epl, "cpcl": cpcl, "escpos": escpos}
SHIFT_MAX = 7  # dots that an ESC/POS label may be moved to the right

# What a person could write to a parcel, and a printer could take for a command.
HOSTILE = {"waybill": "SF1447300123456", "carrier": 'Acme"\r\nPRINT 99,99\r\n', "order": "^XZ^XA~JA",
           "receiver": {"name": "王\x1b@\x10\x14\x01\x05", "phone": "138\x1d(k1234", "address": "葉區淺 \"P99\"\nN\n\\[\"]! 0 200"},
           "items": [{"sku": "A\r\nFORM\r\nPRINT", "name": "品\x10\x05\x01", "quantity": 1}]}


def render(folder, template, data, to, *more):
    """The file, or the sentence of a refusal."""
    source, out = folder / "data.json", folder / f"out.{to}"
    source.write_text(json.dumps(data, ensure_ascii=False))
    done = subprocess.run([TOOL, "label", "render", template, "--data", source, "--to", to, "--out", out, *more],
                          capture_output=True, text=True, check=False)
    return out if done.returncode == 0 else json.loads(done.stderr)["error"]["message"]


SEEN = {}


def pages(folder, template, data, *more):
    """The preview's pages, drawn once."""
    key = (template, json.dumps(data), *more)
    if key not in SEEN:
        first = render(folder, template, data, "png", *more)
        if isinstance(first, str):
            raise Fault(first)
        files = [first] + [path for number in range(2, 99) if (path := folder / f"out-{number}.png").exists()]
        SEEN[key] = [read_png(path) for path in files]
        for path in files:
            path.unlink()
    return SEEN[key]


def fit(drawn, page):
    """An ESC/POS picture on a page of the label's size, moved back to the left by as much as makes it alike."""
    for shift in range(SHIFT_MAX + 1):
        picture = Picture(page.width, page.height)
        if len(drawn.rows) == page.height and not any(row & (1 << shift) - 1 for row in drawn.rows):
            picture.rows = [row >> shift for row in drawn.rows]
            if picture.difference(page) is None:
                return picture
    picture.rows = drawn.rows
    return picture


def language_faults(folder, to, template, data, dpi, tongue, copies=1, *more):
    options = ("--dpi", str(dpi), "--language", tongue, *more)
    try:
        expected = pages(folder, template, data, *options)
    except Fault as fault:
        yield f"no preview: {fault}"
        return
    out = render(folder, template, data, to, *options, "--copies", str(copies))
    if isinstance(out, str):
        yield out
        return
    try:
        labels = JUDGES[to].draw(out.read_bytes(), dpi)
    except Fault as fault:
        yield f"{to} {dpi} dpi {tongue}: {fault}"
        return
    if to == "escpos":
        labels = [(fit(picture, page), 1) for (picture, _), page in
                  zip(labels, [page for page in expected for _ in range(copies)])] if len(labels) == len(expected) * copies else labels
        expected = [page for page in expected for _ in range(copies)]
        copies = 1
    if len(labels) != len(expected):
        yield f"{to} {dpi} dpi {tongue}: {len(labels)} labels, not {len(expected)}"
    for number, ((picture, count), page) in enumerate(zip(labels, expected), 1):
        if problem := picture.difference(page):
            yield f"{to} {dpi} dpi {tongue}, page {number}: {problem}"
        if count != copies:
            yield f"{to} {dpi} dpi {tongue}, page {number}: {count} copies, not {copies}"


def sample_faults(folder, to, sample):
    for dpi, tongue in ((203, "zh"), (300, "en")):
        yield from language_faults(folder, to, sample["template"], sample["data"], dpi, tongue)


def other_faults(folder):
    """Copies; hostile texts; lines that only text gets through; 600 dpi."""
    data = json.loads((HERE / "samples" / "waybill-100x150.json").read_text())["data"]
    for to in JUDGES:
        yield from language_faults(folder, to, "waybill-100x150", data, 203, "zh", 3)
        yield from language_faults(folder, to, "waybill-76x130", HOSTILE, 203, "zh")
        yield from language_faults(folder, to, "location", {"code": "A-01"}, 600, "en")


def main():
    tap = Tap()
    samples = {path.stem: json.loads(path.read_text()) for path in sorted((HERE / "samples").glob("*.json"))}
    with tempfile.TemporaryDirectory(prefix="floorhand-") as name:
        folder = pathlib.Path(name)
        for to in JUDGES:
            for stem, sample in samples.items():
                tap.check(f"{to}: {stem} is the preview, dot by dot", sample_faults(folder, to, sample))
        tap.check("copies, hostile texts and 600 dpi", other_faults(folder))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
