#!/usr/bin/env python3
"""How many orders of a platform head office takes in, and how many it promises while others promise the same items, beside plain loops
on the same database in the same run; and what three workers do of what one does.

office.py [--short] [--orders N] [--rounds N] [--only sqlite|postgres] [--skip orders|promises|workers]..."""

import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from bench.sync import Bench as CatchUp, OnPostgres, OnSqlite, kinds  # noqa: E402
from rig import postgres  # noqa: E402
from rig.house import programs_folder  # noqa: E402
from rig.process import RigError, die_with_parent, must  # noqa: E402

PREFIX = "head office: "
GOAL = 0.5  # of the plain loop
AT_ONCE = 50  # orders of a transaction, as serve
PROMISERS = 3
WORKERS_GOAL = 1.0  # three must not be slower than one


def argv(*words):
    return [str(word) for word in (programs_folder() / "floorhand-office-bench", *words)]


def together(*players):
    """Each player is a process; they begin at once. Returns what they did of all, and how long the last one took."""
    children = [subprocess.Popen(argv(*player), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 preexec_fn=die_with_parent) for player in players]
    for child in children:
        if child.stdout.readline() != "ready\n":
            raise RigError(f"a player did not begin: {child.stderr.read()}")
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    said = []
    for child in children:
        out, err = child.communicate(timeout=3600)
        if child.returncode:
            raise RigError(f"a player ended with {child.returncode}: {err}")
        said.append(json.loads(out))
    return sum(one["count"] for one in said), max(one["seconds"] for one in said)


def rate(kind, wanted, fill, *players, check=()):
    """Of the players, on a new database; the checks are SQL for a number, and the number."""
    database = kind.new()
    must(argv("fill", database, *fill), 600)
    done, seconds = together(*([name, database, *more] for name, *more in players))
    if done < wanted:  # what was taken back after a lock is counted twice; the checks tell what there is
        raise RigError(f"{done} of {wanted} were done")
    for sql, number in check:
        found = kind.number(database, sql)
        if found != number:
            raise RigError(f"{sql}: {found}, not {number}")
    kind.drop(database)
    return wanted / seconds


def compare(kind, rounds, contestants):
    """contestants: name -> how its rate is found; ours is the first. Returns the rates of each, by turns."""
    rates = {name: [] for name in contestants}
    for number in range(rounds):
        for name, measure in contestants.items():
            rates[name].append(measure())
            print(f"# {kind.name}, round {number + 1}: {name}: {rates[name][-1]:.0f}/s", file=sys.stderr, flush=True)
    return rates


def named(kind, what, rates, goal=GOAL):
    ours, *others = rates
    return [rows.more(f"{PREFIX}{what}, {kind.name} ({other})", rates[ours], rates[other], goal) for other in others]


def stored(orders, shops=1):
    return (("SELECT count(*) FROM orders WHERE state = 'audit' AND paid_minor = 4580", orders * shops),
            ("SELECT count(*) FROM order_line WHERE sku IS NOT NULL", 2 * orders * shops),
            ("SELECT count(*) FROM platform_order WHERE number IS NOT NULL", orders * shops))


def orders_stored(kind, orders, rounds):
    contestants = {"ours": lambda: rate(kind, orders, (1, 0), ("orders", 1, orders, "worker"), check=stored(orders)),
                   "plain loop": lambda: rate(kind, orders, (1, 0), ("orders-bare", 0, orders, "awaited"), check=stored(orders))}
    if kind.name == OnPostgres.name:
        contestants["plain loop, waits once a page"] = lambda: rate(kind, orders, (1, 0), ("orders-bare", 0, orders, "posted"))
    return named(kind, "orders stored/s", compare(kind, rounds, contestants))


def promised(orders):
    return (("SELECT count(*) FROM reservation", orders), ("SELECT count(DISTINCT number) FROM reservation", orders))


def shares(name, orders, per_commit, *more):
    return [(name, first, PROMISERS, orders, per_commit, *more) for first in range(PROMISERS)]


def promises(kind, orders, rounds):
    found = []
    for what, few, per_commit in ((f"reservations/s, {PROMISERS} at once, 1 a commit", orders // 4, 1),
                                  (f"reservations/s, {PROMISERS} at once, {AT_ONCE} a commit", orders, AT_ONCE)):
        rates = compare(kind, rounds, {
            "ours": lambda few=few, per_commit=per_commit: rate(kind, few, (0, few), *shares("promises", few, per_commit),
                                                                check=promised(few)),
            "counters": lambda few=few, per_commit=per_commit: rate(
                kind, few, (0, few), *shares("promises-bare", few, per_commit, "promise"), check=promised(few))})
        found += named(kind, what, rates)
    rates = compare(kind, rounds, {
        "ours, checked": lambda: rate(kind, orders, (0, orders), *[("audit",)] * PROMISERS, check=promised(orders)),
        "counters": lambda: rate(
            kind, orders, (0, orders), *shares("promises-bare", orders, AT_ONCE, "whole"), check=promised(orders))})
    return found + named(kind, f"orders checked and reserved/s, {PROMISERS} at once", rates)


def workers(kind, orders, rounds, folder, events):
    """Three shops; three sites with a broker between."""
    def with_workers(count):
        return lambda: rate(kind, 3 * orders, (3, 0), *(("orders", 3, orders, f"worker-{i}") for i in range(count)),
                            check=stored(orders, 3))
    found = named(kind, "orders stored/s, 3 workers", compare(kind, rounds, {"3 workers": with_workers(3), "1 worker": with_workers(1)}),
                  WORKERS_GOAL)
    catch_up = CatchUp(folder, events)
    rates = compare(kind, rounds, {f"{count} serve": lambda count=count: catch_up.ours(kind, 9, events // 9, count)["rate"] for count in (3, 1)})
    return found + named(kind, "events/s of 9 sites, 3 serve", rates, WORKERS_GOAL)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--short", action="store_true", help="seconds; it proves only that it runs")
    options.add_argument("--orders", type=int, default=5000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", choices=("sqlite", "postgres"))
    options.add_argument("--skip", action="append", default=[], choices=("orders", "promises", "workers"))
    said = options.parse_args()
    orders, rounds = (100, 1) if said.short else (said.orders, said.rounds)
    build = pathlib.Path(__file__).resolve().parent.parent.parent / "build"
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as name, contextlib.ExitStack() as stack:
        found, folder = [], pathlib.Path(name)
        for kind in stack.enter_context(kinds(said.only, folder)):
            if "orders" not in said.skip:
                found += orders_stored(kind, orders, rounds)
            if "promises" not in said.skip:
                found += promises(kind, orders, rounds)
            if "workers" not in said.skip and kind.name == OnPostgres.name:
                found += workers(kind, orders // 3, rounds, folder, 9 * orders // 5)
    return rows.conclude(found, not said.short and not said.only and not said.skip)


if __name__ == "__main__":
    rows.run(main)
