#!/usr/bin/env python3
"""No statement of a site or of head office reads a table that grows from one end to the other, but for those below that may: what costs
nothing beside a hundred orders is felt beside a million. Tests of the floor, the store and head office are run with
tests/plans/plans.c loaded before them, which asks SQLite for the plan of each statement. An index of some rows only may be read whole: it
holds what waits for something."""

import concurrent.futures
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

OUT = ROOT / os.environ.get("OUT", "build")


@dataclasses.dataclass
class House:
    name: str
    room: str  # where its statements and its schema stand
    programs: tuple  # tests, with their options
    growing: frozenset
    may: tuple  # (the statement's beginning, why)
    statements: int  # at least so many were seen


SITE = House(
    "a site", "firmware-daemon",
    (("scripts", "--once"), *((name,) for name in (
        "batch", "bin", "bind", "bins", "board", "figures", "floor", "journal", "people", "receiver", "replenish", "site", "store", "training", "upkeep",
        "variance", "waybill"))),
    frozenset("action allocation balance barcode counted document document_line feed item journal location lot lpn move move_serial "
              "order_line orders parcel print_job receiver serial stock_count task waybill".split()),
    (
        ("SELECT c.id FROM stock_count c JOIN location l", "of the counts, the open ones"),
        ("WITH RECURSIVE chain (worker, id) AS (SELECT worker, undo FROM session WHERE undo IS NOT NULL UNION ALL SELECT c.worker, "
         "a.undo FROM chain c JOIN action a ON a.id = c.id WHERE a.undo IS NOT NULL) DELETE FROM action",
         "once a minute, of what was scanned in it"),
        ("UPDATE print_job SET since_us", "at a start, of those that wait"),
    ), 300)
OFFICE = House(
    "head office", "sync/head-office",
    tuple((name,) for name in ("hub", "hq_orders", "hq_projection", "hq_forget", "hq_goods", "hq_money", "hq_waybills", "hq_outbox", "hq_persons",
                               "hq_platform_orders", "hq_aftersales")),
    frozenset("aftersale aftersale_line books_entry books_line buyer_sale contact cost_layer cost_sold event exception feed order_history "
              "order_left order_line orders outbox parcel person person_order pick_day platform_order points_entry reservation rule_hit "
              "service_answer waybill waybill_parcel work_hour".split()),
    (
        ("SELECT line FROM feed WHERE type = ?1 AND key", "after head office was restored, of what it had lost"),
    ), 300)
WINDOW, STEP = 24, 8  # letters


def sources(*patterns):
    """The texts of C files, with strings that go on in the next line in one piece."""
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return "\n".join(re.sub(r'"\s*\n\s*"', "", path.read_text()) for path in paths)


def plans(house):
    """{(how, statement)} of all programs."""
    with tempfile.TemporaryDirectory() as folder:
        told = pathlib.Path(folder) / "plans"
        for name, *options in house.programs:
            subprocess.run([OUT / "tests" / f"test_{name}", *options], cwd=ROOT, check=True, capture_output=True, timeout=300,
                           env={**os.environ, "LD_PRELOAD": str(OUT / "tests/plans.so"), "PLANS": str(told)})
        with told.open(errors="replace") as lines:
            return {tuple(line.rstrip("\n").split("\t", 1)) for line in lines}


def partial_indexes(house):
    schema = "\n".join(path.read_text() for path in sorted(ROOT.glob(f"{house.room}/**/schema/*.sql")))
    return frozenset(re.findall(r"CREATE (?:UNIQUE )?INDEX (\w+) ON [^;]*? WHERE ", schema))


def scanned(how, statement, house, partial):
    """The growing table that is read from one end to the other; None: it is none. In the plan it is called as in the statement."""
    name, index = re.match(r"SCAN (\w+)", how), re.search(r"USING (?:COVERING )?INDEX (\w+)", how)
    if not name or (index and index[1] in partial):
        return None
    of_key = index and re.fullmatch(r"sqlite_autoindex_(\w+)_\d+", index[1])
    if of_key:
        return of_key[1] if of_key[1] in house.growing else None
    called = [found[1] for found in re.finditer(rf"\b(?:FROM|JOIN|UPDATE)\s+(\w+)\s+(?:AS\s+)?{name[1]}\b", statement)]
    if re.search(rf"\b(?:FROM|JOIN|UPDATE)\s+{name[1]}\b", statement):  # else a foreign key, looked at when one is broken
        called.append(name[1])
    return next((table for table in called if table in house.growing), None)


def is_ours(statement, program, tests):
    """A statement of the program, and not of a test: it takes values, and most of its text stands there. Parts of it come from macros."""
    windows = [statement[at:at + WINDOW] for at in range(0, max(1, len(statement) - WINDOW), STEP)]
    return "?" in statement and statement[:60] not in tests and sum(window in program for window in windows) >= 0.6 * len(windows)


def faults(house, found):
    program, tests = sources(f"{house.room}/**/*.[ch]"), sources("tests/**/*.[ch]", "firmware-daemon/store/laws.c")
    partial = partial_indexes(house)
    for how, statement in sorted(found):
        table = scanned(how, statement, house, partial)
        if table and is_ours(statement, program, tests) and not statement.startswith(tuple(may for may, _ in house.may)):
            yield f"{how}: {table} is read from one end to the other by: {statement[:300]}"


def judge(tap, house, found):
    searched = {statement for how, statement in found if how.startswith("SEARCH")}
    seen = {statement for _, statement in found}
    tap.check(f"the statements of {house.name} were seen", [] if len(searched) > house.statements else [f"{len(searched)} only"])
    tap.check(f"no statement of {house.name} reads a growing table from one end to the other", list(faults(house, found)))
    tap.check(f"those of {house.name} that may are there",
              [may for may, _ in house.may if not any(statement.startswith(may) for statement in seen)])


def main():
    tap = Tap()
    houses = (SITE, OFFICE)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for house, found in zip(houses, pool.map(plans, houses)):
            judge(tap, house, found)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
