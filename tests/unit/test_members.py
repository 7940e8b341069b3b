#!/usr/bin/env python3
"""What the programs write is what sync/wire/members.table says. Plays the scripts of the floor, the crew and the tests of both
sides with a folder for what they write ($JOURNALS), and holds each line against its schema, closed: a member that the table
does not name is a fault, and so is a type that nobody wrote. Does not look at what members mean."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from jsonschema import Draft202012Validator

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = os.environ.get("OUT", "build")
sys.path.insert(0, str(ROOT / "tests"))
import wire_members  # noqa: E402
from tap import Tap  # noqa: E402

WRITERS = [
    ["tests/test_scripts", "--once"],
    ["floorhand-crew", "--seeds", "2", "--steps", "3000"],
    ["tests/test_ask"], ["tests/test_bind"], ["tests/test_floor"], ["tests/test_journal"], ["tests/test_label_desk"], ["tests/test_receiver"], ["tests/test_replenish"], ["tests/test_training"], ["tests/test_people"], ["tests/test_upkeep"],
    ["tests/test_conflicts"], ["tests/test_conflicts_data"], ["tests/test_waybill"], ["tests/test_wire"], ["tests/test_hq_import"],
    ["tests/test_hq_projection"], ["tests/test_hq_waybills"],
]
FAULTS_SHOWN = 10


def write_all(folder):
    """Sentences about programs that failed."""
    for program, *arguments in WRITERS:
        done = subprocess.run([str(ROOT / OUT / program), *arguments], cwd=ROOT, env=dict(os.environ, JOURNALS=folder),
                              capture_output=True, text=True, errors="replace")
        if done.returncode != 0:
            yield f"{program} ended with {done.returncode}: {done.stdout[-200:]}"


class Reader:
    """Holds messages of one kind against their schemas, each different one once."""

    def __init__(self, table, what):
        document = wire_members.closed(wire_members.document(table, what))
        Draft202012Validator.check_schema(document)
        self.envelope = Draft202012Validator({key: value for key, value in document.items() if key not in ("allOf", "$defs")})
        self.data = {wire_members.full_type(what, name): Draft202012Validator(schema)
                     for name, schema in document["$defs"].items()}
        self.full = lambda name: wire_members.full_type(what, name)
        self.seen, self.written, self.faults, self.lines = set(), set(), [], 0

    def fault(self, sentence):
        if sentence not in self.faults:
            self.faults.append(sentence)

    def check_data(self, kind, data):
        if kind == self.full("scan.undone"):
            kind, data = self.full(data.get("undid", "")), {name: value for name, value in data.items() if name != "undid"}
        if kind not in self.data:
            self.fault(f"{kind} is not in the table")
            return
        for error in self.data[kind].iter_errors(data):
            self.fault(f"{kind} {json.dumps(data, ensure_ascii=False)}: {error.message}")

    def read(self, line, whole):
        message = json.loads(line)
        self.lines += 1
        self.written.add(message["type"])
        if whole:
            for error in self.envelope.iter_errors(message):
                self.fault(f"{line}: {error.message}")
        known = message["type"] + json.dumps(message["data"])
        if known not in self.seen:
            self.seen.add(known)
            self.check_data(message["type"], message["data"])

    def unwritten(self):
        return [f"no test has written {name}" for name in self.data if name not in self.written]


def lines_of(folder, name):
    path = pathlib.Path(folder, name)
    return path.read_text("utf-8").splitlines() if path.exists() else []


def main():
    tap, table = Tap(), wire_members.read_table()
    readers = {what: Reader(table, what) for what in ("event", "change", "control")}
    with tempfile.TemporaryDirectory() as folder:
        tap.check("the programs played", write_all(folder))
        for name, what, whole in (("events", "event", True), ("changes", "change", False), ("feed", "change", True),
                                  ("control", "control", True)):
            lines = lines_of(folder, name)
            for line in lines:
                readers[what].read(line, whole)
            tap.check(f"{len(lines)} lines of {name} are as the table says", readers[what].faults[:FAULTS_SHOWN])
    for what, reader in readers.items():
        tap.check(f"every {what} was written", reader.unwritten())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
