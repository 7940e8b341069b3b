#!/usr/bin/env python3
"""A year of business made by a seed, on each database, and every report about it: how long each takes, beside the limit of ten seconds;
how many times longer than a plain sum over all order lines; and how fast persons and books follow the orders.

year.py [--short] [--orders N] [--postgres-orders N] [--seed N] [--only sqlite|postgres]

A year of a million orders takes 3 GB in build/ and some twenty minutes."""

import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from bench.office import argv  # noqa: E402
from bench.sync import OnSqlite, kinds  # noqa: E402
from rig.process import RigError, die_with_parent  # noqa: E402

PREFIX = "a year: "
LIMIT_S = 10
PLAIN = "a sum over all order lines"


def played(*words):
    """What a player of floorhand-office-bench prints, a JSON object a line; its progress goes on to the terminal."""
    with subprocess.Popen(argv(*words), stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent) as child:
        said = [json.loads(line) for line in child.stdout]
    if child.returncode:
        raise RigError(f"{words[0]} ended with {child.returncode}")
    return said


def measure(kind, orders, seed):
    database = kind.new()
    made = played("year", database, orders, seed)[-1]
    where = f"{made['orders']} orders, {kind.name}"
    found = [rows.row(f"{PREFIX}seconds of what follows from a thousand orders, beside writing them, {where}", made["follow_s"] * 1000 / made["orders"],
                      made["fill_s"] * 1000 / made["orders"], None)]
    for report in played("reports", database):
        plain = report["seconds"] if report["name"] == PLAIN else plain  # the last one counts: the file is in memory by then
        if report["name"] != PLAIN:
            found.append(rows.row(f"{PREFIX}{report['name']}, s, {where}", report["seconds"], LIMIT_S, 1.0))
            print(f"# {report['name']}: {report['seconds']:.2f} s, {report['seconds'] / plain:.1f} plain sums", file=sys.stderr, flush=True)
    kind.drop(database)
    return found


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--short", action="store_true", help="seconds; it proves only that it runs")
    options.add_argument("--orders", type=int, default=1000000)
    options.add_argument("--postgres-orders", type=int, default=50000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", choices=("sqlite", "postgres"))
    said = options.parse_args()
    build = pathlib.Path(__file__).resolve().parent.parent.parent / "build"
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as name, contextlib.ExitStack() as stack:
        found = []
        for kind in stack.enter_context(kinds(said.only, pathlib.Path(name))):
            orders = said.orders if kind.name == OnSqlite.name else said.postgres_orders
            found += measure(kind, 1000 if said.short else orders, said.seed)
    return rows.conclude(found, not said.short and not said.only)


if __name__ == "__main__":
    rows.run(main)
