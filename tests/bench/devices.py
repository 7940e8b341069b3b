#!/usr/bin/env python3
"""How long a scanner waits for its ACK at one station while the printer of another one is well, mute, blocked, mad or
never there for long. Asserts nothing: prints a table, and adds its rows to build/bench.json.

Every case has a warehouse of its own; they are measured by turns.

BENCH_DEVICE_S: seconds a case (10). BENCH_STALL_S: seconds that the blocked printer lasts at
least, which is how long all cases together take."""

import contextlib
import itertools
import multiprocessing
import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.packer import Packer, PageScanner  # noqa: E402
from rig.process import RigError  # noqa: E402
from rig.troubled_printers import GARBAGE, MUTE, SocketPrinter, TroubledPrinter  # noqa: E402
from rig.waiting_scanners import SsiScanner  # noqa: E402

SECONDS = float(os.environ.get("BENCH_DEVICE_S", "10"))
STALL_SECONDS = float(os.environ.get("BENCH_STALL_S", "0"))
SLICE_SECONDS = 0.5  # each case in its turn: what the machine does besides is done to all
PAUSE = 0.005  # between two scans
ASK_EVERY = 0.1  # a label
GOAL = 1.3
PREFIX = "scan -> ACK at one station while another's printer "
FORK = multiprocessing.get_context("fork")


# ---------------------------------------------------------------- the other station's printer, in a process of its own


def stop_reading(printer):
    """Once, and for the rest of the bench."""
    if printer.stop_after is None:
        printer.stop_after = 500


def talk_nonsense(printer):
    printer.babble = os.urandom(1024)


def come_and_go(printer):
    printer.pull()
    time.sleep(0.1)
    printer.plug()
    time.sleep(0.1)


CASES = {  # name: the printer, what it does again and again while it is measured
    "is well": (TroubledPrinter, None),
    "is mute": (lambda: TroubledPrinter(MUTE), None),
    "stops reading": (SocketPrinter, stop_reading),
    "answers garbage without pause": (lambda: TroubledPrinter(GARBAGE), talk_nonsense),
    "disappears and comes back": (TroubledPrinter, come_and_go),
}


def be_printer(case, active, pipe):
    make, act = CASES[case]
    printer = make()
    pipe.send(printer.address)
    while not pipe.poll(0.01):
        if active.is_set() and act:
            act(printer)
        elif isinstance(printer, TroubledPrinter):
            printer.babble = b""
    pipe.send(len(printer.labels))
    pipe.recv()
    printer.close()


def ask_for_labels(house, active, pipe):
    """A worker who wants a label, again and again; refused while one is on its way."""
    page = PageScanner(house, "other")
    while not pipe.poll(ASK_EVERY):
        if active.is_set():
            page.scan("CMD:REPRINT")
    pipe.send(None)
    pipe.recv()


class Beside:
    """A function in a process of its own, at the other end of a pipe."""

    def __init__(self, function, *arguments):
        self.pipe, other = FORK.Pipe()
        self.process = FORK.Process(target=function, args=(*arguments, other), daemon=True)
        self.process.start()

    def end(self):
        self.pipe.send("end")
        return self.pipe.recv()


# ---------------------------------------------------------------- measuring


def measure(scanner, seconds):
    """Microseconds from the last byte in to the whole answer."""
    took, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        message = scanner.message(sample.BADGE)
        began = time.perf_counter_ns()
        scanner.send(message)
        if scanner.acknowledged(10) is not True:
            raise RigError("a scan was not acknowledged")
        took.append((time.perf_counter_ns() - began) / 1000)
        scanner.tone()
        time.sleep(PAUSE)
    return took


class Case:
    """A warehouse with two stations; its printer's process is there before, its worker's comes when it is open."""

    def __init__(self, name, stack):
        self.name, self.stack, self.took = name, stack, []
        self.active = FORK.Event()
        self.printer = Beside(be_printer, name, self.active)
        self.address = self.printer.pipe.recv()

    def open(self):
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="floorhand-bench-"))
        self.house = self.stack.enter_context(House(pathlib.Path(folder), scanner=SsiScanner,
                                                    more=f"[station other]\nprinter = {self.address}\n"))
        orders = sample.orders(1)
        self.house.open(orders)
        Packer(self.house, 0, orders, "other")
        measure(self.house.scanner, 0.2)  # everything is warm
        self.worker = Beside(ask_for_labels, self.house, self.active)

    def measure(self, seconds):
        self.active.set()
        time.sleep(0.05)
        self.took += measure(self.house.scanner, seconds)
        self.active.clear()

    def end(self):
        self.worker.end()
        self.labels = self.printer.end()


def run(cases):
    for case in cases:
        case.open()
    began = time.monotonic()
    for number in itertools.count(1):
        for case in cases:
            case.measure(SLICE_SECONDS)
        if number * SLICE_SECONDS >= SECONDS and time.monotonic() - began >= STALL_SECONDS:
            break
    for case in cases:
        case.end()


def quantile(values, part):
    return sorted(values)[int((len(values) - 1) * part)]


def rows_of(cases):
    found = []
    print(f"{PREFIX + '...':58} {'scans':>6} {'labels':>6} {'p50':>8} {'ratio':>6} {'p99':>8} {'ratio':>6}")
    for case in cases:
        ratios = []
        for name, part in (("p50", 0.5), ("p99", 0.99)):
            ours, reference = quantile(case.took, part), quantile(cases[0].took, part)
            ratios += [f"{ours:6.0f}us", f"{ours / reference:6.2f}"]
            found.append(rows.row(f"{PREFIX}{case.name}, {name}", ours, reference, GOAL))
        print(f"  {case.name:56} {len(case.took):6} {case.labels:6} {' '.join(ratios)}")
    return found


def main():
    wall = max(SECONDS * len(CASES), STALL_SECONDS)
    print(f"# {len(CASES)} printers, {SLICE_SECONDS:g} s each by turns, {wall:g} s", file=sys.stderr, flush=True)
    with contextlib.ExitStack() as stack:
        cases = [Case(name, stack) for name in CASES]
        run(cases)
    rows.keep(rows_of(cases))


if __name__ == "__main__":
    main()
