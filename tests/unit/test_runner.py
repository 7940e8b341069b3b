#!/usr/bin/env python3
"""The runner counts what it should: a test that cannot fail is no test, and neither is a runner."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
import run  # noqa: E402
from tap import Tap  # noqa: E402

# What a program prints and does; what is counted: (passed, failed, skipped), and a word of the fault that is told.
CASES = [
    ("two that pass", "printf 'ok 1 - a\\nok 2 - b\\n1..2\\n'", (2, 0, 0), ""),
    ("two groups with a plan each", "printf '1..1\\nok 1 - a\\n1..1\\nok 1 - b\\n'", (2, 0, 0), ""),
    ("one that fails", "printf '1..2\\nok 1 - a\\nnot ok 2 - b\\n'; exit 1", (1, 1, 0), ""),
    ("one that is skipped", "printf '1..2\\nok 1 - a\\nok 2 - b # SKIP no printer\\n'", (1, 0, 1), ""),
    ("all skipped", "printf '1..0 # skip no browser\\n'", (0, 0, 1), ""),
    ("a plan that is not kept", "printf '1..3\\nok 1 - a\\n'", (1, 1, 0), "planned 3 tests and reported 1"),
    ("no plan", "printf 'ok 1 - a\\n'", (1, 1, 0), "no plan"),
    ("nothing at all", "true", (0, 1, 0), "no plan"),
    ("a crash after the last result", "printf 'ok 1 - a\\n1..1\\n'; kill -SEGV $$", (1, 1, 0), "killed by SIGSEGV"),
    ("an exit code that no result explains", "printf 'ok 1 - a\\n1..1\\n'; exit 7", (1, 1, 0), "exit code 7"),
    ("one that hangs, with a child that would stay", "printf 'ok 1 - a\\n1..1\\n'; sleep 1000 & wait", (1, 1, 0), "longer than 1 s"),
    ("giving up", "printf '1..0\\nBail out! no disk\\n'", (0, 1, 0), "no disk"),
    ("text on standard error is no result", "echo 'ok 1 - a' >&2; printf 'ok 1 - a\\n1..1\\n'", (1, 0, 0), ""),
]


def judge(script, expected, word):
    outcome = run.run(run.Job("x", ["/bin/sh", "-c", script], 1))
    counted = (outcome.passed, outcome.failed, outcome.skipped)
    if counted != expected:
        yield f"counted {counted}, not {expected}: {outcome.faults}"
    if word not in " ".join(outcome.faults):
        yield f"{outcome.faults} does not say {word!r}"


def main():
    tap = Tap()
    for name, script, expected, word in CASES:
        tap.check(name, judge(script, expected, word))
    silent = run.run(run.Job("x", ["/bin/true"], 1, speaks_tap=False))
    tap.check("an exit code of 0 is one test where no TAP is spoken", [] if silent.passed == 1 else [str(silent)])
    missing = run.run(run.Job("x", ["/nonexistent/program"], 1))
    tap.check("a program that is not there has failed", [] if missing.failed == 1 else [str(missing)])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
