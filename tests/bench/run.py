#!/usr/bin/env python3
"""make bench: runs every bench, one after the other, and prints all their rows in one table; build/bench.json holds the same rows.
One that fails is named in the table, and the others are run all the same. Measures nothing.

run.py [BENCH...]"""

import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = os.environ.get("OUT", "build")
FLOOR = ROOT / "build/bench-floor.json"
BENCHES = ("floor", "start", "sync", "sites", "office", "push", "stations", "flood", "loaded", "paint", "year", "devices", "labels", "printing",
           "tryton")


def argv_of(bench):
    return [ROOT / OUT / "floorhand-bench"] if bench == "floor" else [sys.executable, ROOT / f"tests/bench/{bench}.py"]


def run(bench):
    """Whether it came to its end."""
    code = subprocess.run(argv_of(bench), cwd=ROOT, env=dict(os.environ, OUT=OUT), check=False).returncode
    if code:
        rows.skip(f"it ended with {code}", bench)
    elif bench == "floor":
        rows.keep(json.loads(FLOOR.read_text()), bench)
    return code == 0


def conclude(benches):
    """The table, and how many goals are met."""
    found = [row for bench in benches for row in rows.kept() if row.get("bench") == bench]
    met = [row.get("met") for row in found]
    print()
    rows.show(found)
    print(f"{met.count(True)} goals met, {met.count(False)} missed, {sum('skipped' in row for row in found)} benches skipped")


def main():
    benches, began, ended = sys.argv[1:] or BENCHES, time.monotonic(), []
    for number, bench in enumerate(benches, 1):
        print(f"\n# {number} of {len(benches)}, after {(time.monotonic() - began) / 60:.0f} minutes: {bench}", flush=True)
        ended.append(run(bench))
    conclude(benches)
    return 0 if all(ended) else 1


if __name__ == "__main__":
    sys.exit(main())
