#!/usr/bin/env python3
"""A label that a worker asks for by a serial scanner: how long from the tone, which tells that it was decided, and from the scan's last
byte, until its first byte is at the printer. The printer is asked before each label whether it is ready, and says so at once.

printing.py [--short]"""

import argparse
import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.packer import Packer  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.waiting_scanners import BAD, GOOD, HoneywellScanner  # noqa: E402

PREFIX = "printing: "
GOAL_MS = 10
LABELS, LABELS_SHORT = 400, 5
STATION = "bench-1"


class Watch:
    """When the first byte of each label came to a printer."""

    def __init__(self, printer):
        self.printer, self.take, self.came = printer, printer.take, []
        printer.take = self.look

    def look(self, data):
        now = time.monotonic()
        begun, whole = len(self.came), len(self.printer.labels)
        if begun == whole and b"^XA" in data.upper():
            self.came.append(now)
        return self.take(data)


def ask(scanner):
    """When the scan's last byte went, and when its tone came."""
    while True:
        message = scanner.message("CMD:REPRINT")
        began = time.monotonic()
        scanner.send(message)
        heard, told = scanner.answer(20), time.monotonic()
        if heard == GOOD:
            return began, told
        if heard != BAD:
            raise RigError(f"the scanner heard {heard}")
        time.sleep(0.02)  # the label before is still on its way


def measure(house, watch, labels):
    """Milliseconds from the scan, and from the tone."""
    from_scan, from_tone = [], []
    for _ in range(labels):
        before = len(watch.came)
        began, told = ask(house.scanner)
        wait_until(lambda: len(house.printer.labels) > before, "the label is out", interval=0.002)  # noqa: B023
        from_scan.append((watch.came[before] - began) * 1000)
        from_tone.append(max(watch.came[before] - told, 0) * 1000)  # both are told at the same instant, whoever is looked at first
    return from_scan, from_tone


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    short = parser.parse_args().short
    os.chdir(pathlib.Path(__file__).resolve().parent.parent.parent)
    with tempfile.TemporaryDirectory(prefix="printing-", dir="build") as name, House(pathlib.Path(name), scanner=HoneywellScanner) as house:
        orders = sample.orders(1)
        house.open(orders)
        Packer(house, 0, orders, STATION)
        wait_until(lambda: house.printer.labels, "the first label is out")
        watch = Watch(house.printer)
        watch.came = [0.0] * len(house.printer.labels)
        labels, before = LABELS_SHORT if short else LABELS, house.daemon.cpu_seconds()
        from_scan, from_tone = measure(house, watch, labels)
        cpu_ms = (house.daemon.cpu_seconds() - before) * 1000 / labels
    found = [rows.row(f"{PREFIX}label decided -> first byte at the printer, p99 ms, beside {GOAL_MS}", rows.share(from_tone, 0.99), GOAL_MS, 1.0),
             *(rows.row(f"{PREFIX}scan -> first byte at the printer, p{round(part * 100)} ms, beside {GOAL_MS}", rows.share(from_scan, part), GOAL_MS, None)
               for part in (0.5, 0.99)),
             rows.fact(f"{PREFIX}processor of the box, ms a label, with its scan and the looks at the printer", cpu_ms)]
    return rows.conclude(found, not short)


if __name__ == "__main__":
    sys.exit(main())
