#!/usr/bin/env python3
"""Every shipped label, in Chinese and English, at 203 and 300 dpi, is dot for dot the picture in tests/label/golden.

After a wanted change: python3 tests/e2e/test_label_golden.py --write, and look at what git shows. Does not read the
symbols: tests/label does.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from label.judges.picture import decode_png  # noqa: E402
from tap import Tap  # noqa: E402

OUT = pathlib.Path(ROOT, os.environ.get("OUT", "build"))
TOOL = OUT / "floorhand"
SAMPLES = ROOT / "tests/label/samples"
GOLDEN = ROOT / "tests/label/golden"
LANGUAGES = ("zh", "en")
RESOLUTIONS = (203, 300)
PAGES_MAX = 9


def render(sample, language, dpi, folder):
    """Returns (pages as PNG, what the tool said)."""
    done = subprocess.run([TOOL, "label", "render", sample["template"], "--data", "-", "--to", "png", "--dpi", str(dpi),
                           "--language", language, "-o", folder / "page.png"],
                          input=json.dumps(sample["data"]).encode(), capture_output=True, timeout=60, check=False)
    names = ["page.png"] + [f"page-{number}.png" for number in range(2, PAGES_MAX + 1)]
    pages = [(folder / name).read_bytes() for name in names if (folder / name).exists()]
    for name in names:
        (folder / name).unlink(missing_ok=True)
    return pages, done.stderr.decode().strip()


def golden_names(name, language, dpi, count):
    return [f"{name}-{language}-{dpi}{f'-{page}' if page > 1 else ''}.png" for page in range(1, count + 1)]


def faults_of_page(name, png):
    golden = GOLDEN / name
    if not golden.exists():
        return [f"there is no {golden.relative_to(ROOT)}"]
    difference = golden.read_bytes() != png and decode_png(golden.read_bytes()).difference(decode_png(png))
    if not difference:
        return []
    seen = OUT / "labels" / name
    seen.parent.mkdir(exist_ok=True)
    seen.write_bytes(png)
    return [f"{seen} is not {golden.relative_to(ROOT)}: {difference}"]


def faults_of(name, sample, language, dpi, folder):
    pages, said = render(sample, language, dpi, folder)
    if said:
        yield f"the tool said: {said}"
    if len(pages) != sample.get("pages", 1):
        yield f"{len(pages)} pages, not {sample.get('pages', 1)}"
    for golden, png in zip(golden_names(name, language, dpi, len(pages)), pages):
        yield from faults_of_page(golden, png)


def every(samples):
    return ((name, sample, language, dpi) for name, sample in samples.items()
            for language in LANGUAGES for dpi in RESOLUTIONS)


def write(samples):
    GOLDEN.mkdir(exist_ok=True)
    for golden in GOLDEN.glob("*.png"):
        golden.unlink()
    with tempfile.TemporaryDirectory() as folder:
        for name, sample, language, dpi in every(samples):
            pages, said = render(sample, language, dpi, pathlib.Path(folder))
            if said:
                sys.exit(f"{name}: {said}")
            for golden, png in zip(golden_names(name, language, dpi, len(pages)), pages):
                (GOLDEN / golden).write_bytes(png)


def faults_of_coverage(samples):
    listed = subprocess.run([TOOL, "label", "list", "--json"], capture_output=True, timeout=60, check=True).stdout
    shipped = {json.loads(line)["name"] for line in listed.decode().splitlines()}
    shown = {sample["template"] for sample in samples.values()}
    return [f"no sample shows {name}" for name in sorted(shipped - shown)]


def main():
    samples = {path.stem: json.loads(path.read_text()) for path in sorted(SAMPLES.glob("*.json"))}
    if sys.argv[1:] == ["--write"]:
        write(samples)
        return 0
    tap = Tap()
    tap.check("every shipped label has a sample", faults_of_coverage(samples))
    with tempfile.TemporaryDirectory() as folder:
        for name, sample, language, dpi in every(samples):
            tap.check(f"{name}, {language}, {dpi} dpi, is as it was",
                      faults_of(name, sample, language, dpi, pathlib.Path(folder)))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
