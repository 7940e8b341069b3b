#!/usr/bin/env python3
"""What the lessons of a first day teach is what the scripts of the floor (tests/floor) prove: each step is one that a
worker comes to, each mistake is heard at that step. Does not judge the words."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

LESSONS = ROOT / "firmware-daemon/training/lessons"
ANSWER = re.compile(r"-> (\w+)(?:\([^)]*\))? +(\S+)")
PART = re.compile(r"^\[(?:step (\S+)|try (\S+) (E\d*))\]$", re.MULTILINE)


def proven():
    """(steps that are come to, (step, code) that is heard)"""
    steps, mistakes = {"badge"}, set()
    for script in sorted((ROOT / "tests/floor").glob("*.script")):
        for answer, step in ANSWER.findall(script.read_text()):
            steps.add(step)
            if re.fullmatch(r"E\d\d", answer[:3]):
                mistakes |= {(step, answer[:3]), (step, "E")}
    return steps, mistakes


def faults_of(text, steps, mistakes):
    """A flow that no script comes to is not there yet."""
    flows = {step.split(".")[0] for step in steps}
    for step, tried, code in PART.findall(text):
        if (step or tried).split(".")[0] not in flows:
            continue
        if step and step not in steps:
            yield f"no script comes to {step}"
        if tried and (tried, code) not in mistakes:
            yield f"in no script {code} is heard at {tried}"


def main():
    tap = Tap()
    steps, mistakes = proven()
    tap.check("a step and a mistake that are not there are noticed", [] if len(list(faults_of(
        "[step pick.nowhere]\n[try pick.item E99]\n[step pick.item]\n", steps, mistakes))) == 2 else ["they are not"])
    for lesson in sorted(LESSONS.glob("*.lesson")):
        tap.check(f"{lesson.stem} teaches what the floor does", faults_of(lesson.read_text(), steps, mistakes))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
