#!/usr/bin/env python3
"""The rows of make bench: who keeps which, what the ratio and its spread are, and what the last table says of what was skipped."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows, run  # noqa: E402
from tap import Tap  # noqa: E402


def equal(got, expected):
    return [] if got == expected else [f"got {got!r}, expected {expected!r}"]


def names():
    return [(row["bench"], row["name"]) for row in json.loads(rows.PATH.read_text())]


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        rows.PATH = pathlib.Path(folder) / "bench.json"
        faster, slower = rows.more("rate", [10, 30, 20], [10, 10, 10], 2), rows.less("wait", [10, 30, 20], [10, 10, 10], 1.5)
        tap.check("the ratio is the median of the rounds, with its spread, and more or less of it is better", equal(
            [(row["ratio"], row["low"], row["high"], row["met"]) for row in (faster, slower)], [(2, 1, 3, True), (2, 1, 3, False)]))
        rows.keep([faster], "a")
        rows.keep([slower, rows.fact("figure", 1)], "b")
        rows.keep([rows.more("rate again", [1], [1], None)], "a")
        tap.check("rows take the place of those of their own bench", equal(names(), [("b", "wait"), ("b", "figure"), ("a", "rate again")]))
        with contextlib.redirect_stderr(io.StringIO()):
            rows.skip("it is not there", "b")
        rows.keep([faster, slower], "c")
        with contextlib.redirect_stdout(io.StringIO()) as said:
            run.conclude(["b", "c"])
        table = said.getvalue().splitlines()
        tap.check("what was skipped is named with its cause", equal(table[2].split("skipped: ")[1], "it is not there"))
        tap.check("others' former rows are not in the table", equal([line.split()[0] for line in table[3:5]], ["rate", "wait"]))
        tap.check("the last line counts", equal(table[-1], "1 goals met, 1 missed, 1 benches skipped"))
        tap.check("every bench is there to be run", equal([name for name in run.BENCHES if not pathlib.Path(run.argv_of(name)[-1]).exists() and
                                                          name != "floor"], []))
    return tap.done()


sys.exit(main())
