"""The rows of benches: makes them, prints them, and adds them to build/bench.json in the place of the former ones of the same bench.
A bench that could not be run has one row, which says why."""

import json
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.process import RigError  # noqa: E402

PATH = pathlib.Path(__file__).resolve().parent.parent.parent / "build" / "bench.json"


def share(figures, part):
    """What so great a part of them does not exceed."""
    return sorted(figures)[min(len(figures) - 1, int(len(figures) * part))]


def row(name, ours, reference, goal):
    """Less is better; goal None: there is none."""
    return {"name": name, "ours": round(ours, 2), "reference": round(reference, 2), "ratio": round(ours / reference, 3),
            "goal": goal, "met": None if goal is None else ours / reference <= goal}


def _of_rounds(name, ours, references, goal, good):
    ratios = sorted(mine / theirs for mine, theirs in zip(ours, references))
    ratio = statistics.median(ratios)
    return {"name": name, "ours": round(statistics.median(ours), 2), "reference": round(statistics.median(references), 2),
            "ratio": round(ratio, 3), "low": round(ratios[0], 3), "high": round(ratios[-1], 3), "goal": goal,
            "met": None if goal is None else good(ratio, goal)}


def more(name, ours, references, goal):
    """More is better; one figure of both for each round."""
    return _of_rounds(name, ours, references, goal, lambda ratio, goal: ratio >= goal)


def less(name, ours, references, goal):
    """Less is better; one figure of both for each round."""
    return _of_rounds(name, ours, references, goal, lambda ratio, goal: ratio <= goal)


def fact(name, ours):
    """A figure that has no peer and no goal."""
    return {"name": name, "ours": round(ours, 2), "reference": None, "ratio": None, "goal": None, "met": None}


def absent(name, why):
    """What could not be measured here."""
    return {"name": name, "skipped": why}


def shown(value):
    return "-" if value is None else {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else f"{value:g}"


def show(some):
    print(f"{'name':70} {'ours':>9} {'reference':>9} {'ratio':>7} {'spread':>15} {'goal':>5}  met")
    for one in some:
        if "skipped" in one:
            print(f"{one['name']:70} skipped: {one['skipped']}")
            continue
        spread = f"{one['low']:.2f} - {one['high']:.2f}" if "low" in one else "-"
        print(f"{one['name']:70} {shown(one['ours']):>9} {shown(one['reference']):>9} {shown(one['ratio']):>7} {spread:>15} "
              f"{shown(one['goal']):>5}  {shown(one['met'])}")


def kept():
    return json.loads(PATH.read_text()) if PATH.exists() else []


def keep(found, bench=pathlib.Path(sys.argv[0]).stem):
    """bench: whose former rows these replace."""
    rows = [other for other in kept() if other.get("bench") != bench] + [{"bench": bench, **row} for row in found]
    PATH.write_text("[" + ",\n ".join(map(json.dumps, rows)) + "]\n")


def skip(why, bench=pathlib.Path(sys.argv[0]).stem):
    print(f"# {bench} is skipped: {why}", file=sys.stderr, flush=True)
    keep([absent(bench, why)], bench)


def conclude(found, whole=True):
    """The end of a bench: its rows in a table, and kept if it was the whole of it. Returns its exit code."""
    show(found)
    if whole:
        keep(found)
    return 0


def run(main):
    """A bench as a program: what is wrong with its rig is one sentence."""
    try:
        sys.exit(main())
    except RigError as fault:
        sys.exit(f"error: {fault}")
