#!/usr/bin/env python3
"""From a scan at a serial scanner to the tone that it is told to make (somebody signs in and out: each is committed), while the page
port is attacked; beside it the same with nobody at the port, by turns. The attacks are those of tests/rig/flood.py: half requests on
every connection there is to be had, and requests without a pause.

flood.py [--short]"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.priority import counted_together, going_first  # noqa: E402
from rig.process import RigError, die_with_parent  # noqa: E402
from rig.waiting_scanners import GOOD, HoneywellScanner  # noqa: E402

TESTS = pathlib.Path(__file__).resolve().parent.parent
PREFIX = "flood: "
ATTACKS = {"loris": "slow loris", "requests": "requests"}
ROUNDS, SCANS = 5, 400
ROUNDS_SHORT, SCANS_SHORT = 1, 40
PAUSE_S = 0.005  # a scan meets the attack at any instant of its turns


class Attack:
    """As a program of its own, so that it does not keep the clock waiting."""

    def __init__(self, port, kind):
        self.argv = [sys.executable, str(TESTS / "rig/flood.py"), str(port), kind]

    def __enter__(self):
        self.child = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        if self.child.stdout.readline().strip() != "under way":
            raise RigError("the attack did not begin")
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait()


def latencies(house, scans):
    """Milliseconds from the last byte of a scan to its tone, of each."""
    found = []
    for number in range(scans):
        time.sleep(PAUSE_S)
        message = house.scanner.message("CMD:LOGOUT" if number % 2 else sample.BADGE)
        with going_first():
            began = time.monotonic()
            house.scanner.send(message)
            heard = house.scanner.answer(20)
            found.append((time.monotonic() - began) * 1000)
        if heard != GOOD:
            raise RigError(f"the scanner heard {heard}: {house.view()['result']}")
    return found


def measure(house, rounds, scans):
    """{attack: (milliseconds under it, milliseconds beside it)}"""
    found = {kind: ([], []) for kind in ATTACKS}
    for _ in range(rounds):
        for kind, (under, idle) in found.items():
            idle += latencies(house, scans)
            with Attack(house.page_port, kind):
                under += latencies(house, scans)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    short = parser.parse_args().short
    os.chdir(TESTS.parent)
    with counted_together(), tempfile.TemporaryDirectory(prefix="flood-", dir="build") as name, \
            House(pathlib.Path(name), scanner=HoneywellScanner) as house:
        house.start_daemon()
        house.import_workers()
        latencies(house, 20)
        measured = measure(house, *((ROUNDS_SHORT, SCANS_SHORT) if short else (ROUNDS, SCANS)))
    found = [rows.row(f"{PREFIX}scan to tone under {ATTACKS[kind]} beside nobody, p{round(part * 100)} ms", rows.share(under, part), rows.share(idle, part), None)
             for kind, (under, idle) in measured.items() for part in (0.5, 0.99)]
    return rows.conclude(found, not short)


if __name__ == "__main__":
    sys.exit(main())
