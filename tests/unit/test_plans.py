#!/usr/bin/env python3
"""No statement of a site reads a table that grows from one end to the other, but for those below that may: what costs nothing beside a
hundred orders is felt beside a million. The tests of the floor and the store are run with tests/plans/plans.c loaded before them,
which asks SQLite for the plan of each statement."""

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
PROGRAMS = (("scripts", "--once"), *((name,) for name in (
    "batch", "bin", "bind", "bins", "board", "figures", "floor", "journal", "people", "receiver", "replenish", "site", "store", "training", "upkeep",
    "variance", "waybill")))
GROWING = frozenset("action allocation balance barcode counted document document_line feed item journal location lot lpn move move_serial "
                    "order_line orders parcel print_job receiver serial stock_count task waybill".split())
MAY = (  # the statement's beginning, why
    ("SELECT c.id FROM stock_count c JOIN location l", "of the counts, the open ones"),
    ("WITH RECURSIVE chain (worker, id) AS (SELECT worker, undo FROM session WHERE undo IS NOT NULL UNION ALL SELECT c.worker, a.undo FROM "
     "chain c JOIN action a ON a.id = c.id WHERE a.undo IS NOT NULL) DELETE FROM action", "once a minute, of what was scanned in it"),
    ("UPDATE print_job SET since_us", "at a start, of those that wait"),
)
WINDOW, STEP = 24, 8  # letters


def sources(*patterns):
    """The texts of C files, with strings that go on in the next line in one piece."""
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return "\n".join(re.sub(r'"\s*\n\s*"', "", path.read_text()) for path in paths)


def plans():
    """{(how, statement)} of all programs."""
    with tempfile.TemporaryDirectory() as folder:
        told = pathlib.Path(folder) / "plans"
        for name, *options in PROGRAMS:
            subprocess.run([OUT / "tests" / f"test_{name}", *options], cwd=ROOT, check=True, capture_output=True, timeout=300,
                           env={**os.environ, "LD_PRELOAD": str(OUT / "tests/plans.so"), "PLANS": str(told)})
        with told.open(errors="replace") as lines:
            return {tuple(line.rstrip("\n").split("\t", 1)) for line in lines}


def scanned(how, statement):
    """The growing table that is read from one end to the other; None: it is none. In the plan it is called as in the statement."""
    name = re.match(r"SCAN (\w+)", how)
    if not name:
        return None
    called = [found[1] for found in re.finditer(rf"\b(?:FROM|JOIN|UPDATE)\s+(\w+)\s+(?:AS\s+)?{name[1]}\b", statement)]
    if re.search(rf"\b(?:FROM|JOIN|UPDATE)\s+{name[1]}\b", statement):  # else a foreign key, looked at when one is broken
        called.append(name[1])
    return next((table for table in called if table in GROWING), None)


def is_ours(statement, program, tests):
    """A statement of the program, and not of a test: it takes values, and most of its text stands there. Parts of it come from macros."""
    windows = [statement[at:at + WINDOW] for at in range(0, max(1, len(statement) - WINDOW), STEP)]
    return "?" in statement and statement[:60] not in tests and sum(window in program for window in windows) >= 0.6 * len(windows)


def faults(found):
    program, tests = sources("firmware-daemon/**/*.[ch]"), sources("tests/**/*.[ch]", "firmware-daemon/store/laws.c")
    for how, statement in sorted(found):
        table = scanned(how, statement)
        if table and is_ours(statement, program, tests) and not statement.startswith(tuple(may for may, _ in MAY)):
            yield f"{how}: {table} is read from one end to the other by: {statement[:300]}"


def main():
    tap = Tap()
    found = plans()
    searched = {statement for how, statement in found if how.startswith("SEARCH")}
    tap.check("the statements of the floor were seen", [] if len(searched) > 300 else [f"{len(searched)} only"])
    tap.check("no statement of a site reads a growing table from one end to the other", list(faults(found)))
    seen = {statement for _, statement in found}
    tap.check("those that may are there", [may for may, _ in MAY if not any(statement.startswith(may) for statement in seen)])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
