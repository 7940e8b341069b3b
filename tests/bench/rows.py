"""The rows of benches that are programs of their own: makes them, prints them, and adds them to build/bench.json in the
place of the former ones."""

import json
import pathlib
import statistics

PATH = pathlib.Path(__file__).resolve().parent.parent.parent / "build" / "bench.json"


def row(name, ours, reference, goal):
    """Less is better; goal None: there is none."""
    return {"name": name, "ours": round(ours, 2), "reference": round(reference, 2), "ratio": round(ours / reference, 3),
            "goal": goal, "met": None if goal is None else ours / reference <= goal}


def by_rounds(name, ours, references, goal):
    """One figure of both for each round; whether the goal is met is the caller's."""
    ratios = sorted(mine / theirs for mine, theirs in zip(ours, references))
    return {"name": name, "ours": round(statistics.median(ours), 1), "reference": round(statistics.median(references), 1),
            "ratio": round(statistics.median(ratios), 3), "low": round(ratios[0], 3), "high": round(ratios[-1], 3), "goal": goal}


def more(name, ours, references, goal):
    """More is better."""
    one = by_rounds(name, ours, references, goal)
    return {**one, "met": one["ratio"] >= goal}


def less(name, ours, references, goal):
    """Less is better."""
    one = by_rounds(name, ours, references, goal)
    return {**one, "met": one["ratio"] <= goal}


def fact(name, ours):
    """A figure that has no peer and no goal."""
    return {"name": name, "ours": round(ours, 2), "reference": None, "ratio": None, "goal": None, "met": None}


def shown(value):
    return "-" if value is None else {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else f"{value:g}"


def show(some):
    print(f"{'name':70} {'ours':>9} {'reference':>9} {'ratio':>7} {'spread':>15} {'goal':>5}  met")
    for one in some:
        spread = f"{one['low']:.2f} - {one['high']:.2f}" if "low" in one else "-"
        print(f"{one['name']:70} {shown(one['ours']):>9} {shown(one['reference']):>9} {shown(one['ratio']):>7} {spread:>15} "
              f"{shown(one['goal']):>5}  {shown(one['met'])}")


def keep(rows, prefix):
    """prefix: how the names of this bench's rows begin."""
    others = json.loads(PATH.read_text()) if PATH.exists() else []
    others = [other for other in others if not other["name"].startswith(prefix)]
    PATH.write_text("[" + ",\n ".join(json.dumps(other) for other in others + rows) + "]\n")
