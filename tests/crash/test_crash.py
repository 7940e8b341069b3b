#!/usr/bin/env python3
"""A short run of floorhand-crash: power cuts lose nothing that was confirmed, equal seeds go equal ways, and a product that
does not wait for its disk, or believes what a failing disk shows, is found out; and so for upgrades of old databases."""

import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.process import command  # noqa: E402
from tap import Tap  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("OUT", "build")) / "floorhand-crash"
SLOWER = 4 if os.environ.get("MODE") == "asan" else 1
CUTS = 200 // SLOWER


def run(*options):
    return command([PROGRAM, *options], 100 * SLOWER)


def traces(text):
    return re.findall(r"trace ([0-9a-f]{16})", text)


def power_cuts(out):
    code, text, err = out
    if code:
        yield f"it ended with {code}: {text[-1500:]}{err[-500:]}"
    counted = sum(int(number) for number in re.findall(r"^# (\d+) power cuts", text, re.MULTILINE))
    if counted < CUTS:
        yield f"there were {counted} power cuts and not {CUTS}: {text[-500:]}"
    if re.search(r"\b0 (good scans|events acknowledged).*\n.*\b0 (good scans|events acknowledged)", text):
        yield f"nobody worked: {text[-500:]}"


def same_way():
    first, second, other = (traces(run("--seed", seed)[1]) for seed in ("5", "5", "6"))
    if len(first) != 2 or first != second:
        yield f"one seed went two ways: {first} {second}"
    if set(first) & set(other):
        yield f"two seeds went one way: {first} {other}"


def upgrades(out):
    code, text, err = out
    if code:
        yield f"it ended with {code}: {text[-1500:]}{err[-500:]}"
    ended = re.search(r"the old ones and (\d+) the new$", text, re.MULTILINE)
    if text.count("writes and syncs") != 5 or not re.search(r"after which [1-9]\d* databases", text) or not int(ended[1]):
        yield f"too little was tried: {text[-1000:]}"


def found_out(what, cuts, *sentences, kind="--cuts"):
    code, text, _ = run("--without", what, kind, str(cuts))
    if code != 1:
        yield f"it ended with {code}: {text[-1000:]}"
    for sentence in sentences:
        if not re.search(sentence, text):
            yield f"it does not say \"{sentence}\": {text[-1000:]}"


def main():
    tap = Tap()
    tap.check("what was confirmed is there after every power cut", power_cuts(run("--cuts", str(CUTS))))
    tap.check("equal seeds go equal ways", same_way())
    tap.check("a power cut in an upgrade leaves the old database or the new one", upgrades(run("--upgrades", str(16 // SLOWER))))
    tap.check("an upgrade in parts is found out", found_out(
        "transaction", 16 // SLOWER, "# site, .*schema \\d+, and neither the old database nor the new one", kind="--upgrades"))
    tap.check("commits that do not wait for the disk are found out", found_out(
        "sync", 100, r"# site, .*row \d+ was confirmed and is gone", r"# head office, .*event \d+ was confirmed and is gone"))
    tap.check("a start that believes what a failing disk shows is found out", found_out(
        "settle", 1500, r"# site, .*row \d+ was confirmed and is gone"))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
