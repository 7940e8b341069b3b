#!/usr/bin/env python3
"""Every shipped label as a station in training prints it: the words are on every page, no scanner reads a symbol of it,
but those that can only be practice, and printers get what the preview shows."""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from label.judges.picture import Fault, read_png  # noqa: E402
from label.test_languages import JUDGES, language_faults, pages, render  # noqa: E402
from tap import Tap  # noqa: E402

PRACTICE = {"waybill": "TRAIN000000000007", "carrier": "SF", "receiver": {"name": "练习", "address": "练习路 1 号"}}
DOTS_MIN = 1500  # of the words, on the smallest label


def seen_by_scanner(path):
    done = subprocess.run(["zbarimg", "--quiet", "--raw", path], capture_output=True, text=True, check=False)
    return done.stdout.split()


def dots_of(page):
    return sum(row.bit_count() for row in page.rows)


def void_faults(folder, sample, dpi):
    """Only where the label itself can be read does it say something that the sample cannot."""
    for mark, wanted in ((), True), (("--sample",), False):
        path = render(folder, sample["template"], sample["data"], "png", "--dpi", str(dpi), *mark)
        if isinstance(path, str):
            yield path
            continue
        names = [path, *(file for number in range(2, 99) if (file := folder / f"out-{number}.png").exists())]
        codes = [code for name in names for code in seen_by_scanner(name)]
        for name in names:
            name.unlink()
        if codes and not wanted:
            yield f"{dpi} dpi: a scanner reads {codes}"
        if not codes and wanted and sample["template"] not in UNREADABLE:
            yield f"{dpi} dpi: without the mark a scanner reads nothing either: this proves nothing"


UNREADABLE = ("variance", "item")  # without a symbol, or with a Data Matrix, which zbar does not know


def word_faults(folder, sample):
    try:
        plain = pages(folder, sample["template"], sample["data"])
        marked = pages(folder, sample["template"], sample["data"], "--sample")
    except Fault as fault:
        yield str(fault)
        return
    if len(plain) != len(marked):
        yield f"{len(marked)} pages, not {len(plain)}"
    for number, (page, sample_page) in enumerate(zip(plain, marked), 1):
        if any(old & ~new for old, new in zip(page.rows, sample_page.rows)):
            yield f"page {number}: the mark has rubbed something out"
        if dots_of(sample_page) - dots_of(page) < DOTS_MIN:
            yield f"page {number}: the words cannot be seen"


def practice_faults(folder):
    """Its own waybill is scanned by whoever practises."""
    for template in ("waybill-76x130", "waybill-100x150", "waybill-100x180", "shipping-4x6"):
        for dpi in (203, 300):
            path = render(folder, template, PRACTICE, "png", "--dpi", str(dpi), "--sample")
            codes = [] if isinstance(path, str) else seen_by_scanner(path)
            if PRACTICE["waybill"] not in codes or set(codes) != {PRACTICE["waybill"]}:
                yield f"{template}, {dpi} dpi: a scanner reads {codes}, {path}"


def opaque_faults(folder):
    picture = {"language": "zpl", "bytes": "XlhBXlha"}
    said = render(folder, "opaque", picture, "zpl", "--sample")
    if not isinstance(said, str) or "sample" not in said:
        yield f"what was made elsewhere is not refused: {said}"


def main():
    tap = Tap()
    samples = {path.stem: json.loads(path.read_text()) for path in sorted((HERE / "samples").glob("*.json"))}
    with tempfile.TemporaryDirectory(prefix="floorhand-") as name:
        folder = pathlib.Path(name)
        for stem, sample in samples.items():
            tap.check(f"{stem}: nobody can scan it", [fault for dpi in (203, 300) for fault in void_faults(folder, sample, dpi)])
            tap.check(f"{stem}: it says that it is a sample", word_faults(folder, sample))
        for to in JUDGES:
            tap.check(f"{to}: the mark comes out as the preview shows it", [
                fault for stem in ("waybill-100x150", "item", "tote") for fault in language_faults(
                    folder, to, samples[stem]["template"], samples[stem]["data"], 203, "zh", 1, "--sample")])
        tap.check("the waybill of a practice order can be scanned", practice_faults(folder))
        tap.check("commands that were made elsewhere are refused", opaque_faults(folder))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
