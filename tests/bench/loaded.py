#!/usr/bin/env python3
"""From a scan at a serial scanner to the tone that it is told to make (somebody signs in and out: each is committed), while the box
does something else besides; beside it the same on an idle box, by turns. What it does besides: it catches up with head office, of
which the link's memory is looked at, too; a label after the other is printed at another station; reports are asked for without a
pause; fifty pages follow what happens; all of that at once. Who asks, the broker and head office take only what is left of the
processor, as machines elsewhere would.

loaded.py [--short] [--rounds N]"""

import argparse
import contextlib
import http.client
import os
import pathlib
import selectors
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from bench.devices import FORK, Beside  # noqa: E402
from bench.flood import latencies  # noqa: E402
from bench.pickers import Line, drive, house_of_pickers  # noqa: E402
from rig import sample  # noqa: E402
from rig.packer import Packer  # noqa: E402
from rig.priority import counted_together, give_way  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.troubled_printers import TroubledPrinter  # noqa: E402
from rig.waiting_scanners import HoneywellScanner  # noqa: E402

PREFIX = "under load: "
GOAL, LINK_GOAL_MIB = 2.0, 8
PAGES = 50
REPORTS = ("board", "figures/stock", "figures/orders", "stock?limit=500", "status")
MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # head office has a disk of its own
BIG = {"rounds": 5, "scans": 300, "backlog": 60000, "items": 50000, "pickers": 16}
SMALL = {"rounds": 1, "scans": 30, "backlog": 100, "items": 300, "pickers": 1}


# ---------------------------------------------------------------- what the box does besides


class CatchingUp:
    """A link that was away for long: so many events wait each time it comes back. .link_mib: the most it held."""

    def __init__(self, house, events):
        self.house, self.events, self.written, self.link_mib = house, events, 0, 0.0
        self.known = self.told()

    def told(self):
        return self.house.hq_rows("SELECT count(*) FROM event")[0][0]

    def work(self):
        """Each scan of a picker is an event; others' are not counted."""
        while self.known + self.written - self.told() < self.events:
            self.written += len(drive(self.house.pickers, 0.5)[1])

    def __enter__(self):
        before = self.told()
        self.house.link.start()
        wait_until(lambda: self.told() > before, "head office hears of the backlog", seconds=30)

    def __exit__(self, *_):
        self.link_mib = max(self.link_mib, self.house.link.memory_mib()["VmHWM"])
        self.house.link.kill()
        if self.told() >= self.known + self.written:
            print(f"# {self.events} events were too few: head office had all of them before the scans were over", file=sys.stderr, flush=True)


def print_labels(active, pipe):
    """A printer, and the worker of its station, who wants his label again as soon as it is out."""
    give_way()
    printer = TroubledPrinter()
    pipe.send(printer.address)
    line = Line(pipe.recv())
    while not pipe.poll(0.02):
        if active.is_set():
            line.ask("/api/v1/stations/other/scan", {"text": "CMD:REPRINT"})
    pipe.send(len(printer.labels))
    pipe.recv()
    printer.close()


class Printing:
    """One label after the other. .address: of the printer, which is there before the box is."""

    def __init__(self):
        self.active = FORK.Event()
        self.beside = Beside(print_labels, self.active)
        self.address = self.beside.pipe.recv()

    def __enter__(self):
        self.active.set()

    def __exit__(self, *_):
        self.active.clear()


def read_reports(port, pipe):
    page, asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60), 0
    while not pipe.poll():
        page.request("GET", f"/api/v1/{REPORTS[asked % len(REPORTS)]}")
        answer = page.getresponse()
        if not answer.read() or answer.status != http.client.OK:
            raise RigError(f"{REPORTS[asked % len(REPORTS)]}: {answer.status}")
        asked += 1
        if asked == len(REPORTS):
            pipe.send("under way")


def follow(port, pipe):
    """Half of the pages are at the station that is measured, the others are supervisors'."""
    with selectors.DefaultSelector() as selector:
        for number in range(PAGES):
            page = socket.create_connection(("127.0.0.1", port))
            page.sendall(f"GET /api/v1/{'changes' if number % 2 else 'stations/bench-1/events'} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            selector.register(page, selectors.EVENT_READ)
        began = set()
        while not pipe.poll():
            for key, _ in selector.select(0.05):
                if not key.fileobj.recv(1 << 18):
                    raise RigError("a page's stream ended")
                if len(began) < PAGES:
                    began.add(key.fd)
                    if len(began) == PAGES:
                        pipe.send("under way")


def elsewhere(function, port, pipe):
    give_way()
    function(port, pipe)
    pipe.send("over")
    pipe.recv()


@contextlib.contextmanager
def beside(function, port):
    one = Beside(elsewhere, function, port)
    one.pipe.recv()
    yield
    one.end()


# ---------------------------------------------------------------- by turns


class Bench:
    def __init__(self, stack, folder, size, only):
        self.size, self.only, self.printing = size, only, Printing()
        memory = stack.enter_context(tempfile.TemporaryDirectory(prefix="head-office-", dir=MEMORY))
        self.house = stack.enter_context(house_of_pickers(folder, size["pickers"], scanner=HoneywellScanner, hq_db=pathlib.Path(memory, "head-office.db"),
                                                          more=f"[station other]\nprinter = {self.printing.address}\n\n"))
        orders = sample.orders(1)
        self.house.release(orders)
        wait_until(lambda: self.house.hq_rows("SELECT 1 FROM orders WHERE number = ? AND state = 'allocated'", orders[0].number), "an order to pack",
                   seconds=20)
        Packer(self.house, 0, orders, "other")
        self.printing.beside.pipe.send(self.house.page_port)
        for program in (self.house.hq, self.house.broker.program):
            give_way(program.child.pid)
        self.house.link.stop()
        self.fill_shelves()
        self.catching_up = CatchingUp(self.house, size["backlog"])
        latencies(self.house, 20)

    def fill_shelves(self):
        """So that reports have something to tell."""
        numbers = range(self.size["items"])
        for what, rows_ in (("items", [("sku", "name", "weight_g", "gtin"), *((f"SKU-{i:06}", f"An item, number {i}", 100, "") for i in numbers)]),
                            ("locations", [("code", "kind", "walk", "carrier"), *((f"Z-{i // 10:05}", "face", 1000 + i, "") for i in numbers[::10])]),
                            ("stock", [("location", "sku", "quantity"), *((f"Z-{i // 10:05}", f"SKU-{i:06}", 10) for i in numbers)])):
            path = sample._write(self.house.folder / f"many-{what}.csv", rows_[0], rows_[1:])
            code, out, err = self.house.command("floorhand", "import", what, "--url", self.house.page_url, path)
            if code:
                raise RigError(f"{what}: {out}{err}")

    def loads(self):
        port = self.house.page_port
        one = {"catching up": lambda: [self.catching_up], "printing": lambda: [self.printing], "reports": lambda: [beside(read_reports, port)],
               f"{PAGES} pages": lambda: [beside(follow, port)]}
        return one | {"all of it": lambda: [load for make in one.values() for load in make()]}

    def measure(self):
        """{load: ([milliseconds idle] of each round, [milliseconds under it] of each round)}"""
        loads = {name: make for name, make in self.loads().items() if not self.only or name in self.only}
        found = {name: ([], []) for name in loads}
        for number in range(self.size["rounds"]):
            for name, make in loads.items():
                idle, under = found[name]
                if self.catching_up in make():
                    self.catching_up.work()
                idle.append(latencies(self.house, self.size["scans"]))
                with contextlib.ExitStack() as stack:
                    for load in make():
                        stack.enter_context(load)
                    under.append(latencies(self.house, self.size["scans"]))
                print(f"# round {number + 1} of {self.size['rounds']}, {name}: " + ", ".join(
                    f"p{round(part * 100)} {rows.share(under[-1], part):.1f} ms beside {rows.share(idle[-1], part):.1f}" for part in (0.5, 0.99)),
                      file=sys.stderr, flush=True)
        return found


def rows_of(bench):
    found = [rows.less(f"{PREFIX}scan to tone, {name}, beside idle, p{round(part * 100)} ms", *([rows.share(took, part) for took in side]
                                                                                           for side in (under, idle)), goal)
             for name, (idle, under) in bench.measure().items() for part, goal in ((0.5, None), (0.99, GOAL))]
    return found + [rows.row(f"{PREFIX}the link's memory at most while it catches up, MiB", bench.catching_up.link_mib, LINK_GOAL_MIB, 1.0)]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--short", action="store_true", help="seconds; it proves only that it works")
    options.add_argument("--rounds", type=int)
    options.add_argument("--only", action="append", help="of what the box does besides, as the rows call it")
    said = options.parse_args()
    size = SMALL if said.short else BIG
    size["rounds"] = said.rounds or size["rounds"]
    build = pathlib.Path(__file__).resolve().parent.parent.parent / "build"
    with contextlib.ExitStack() as stack:
        stack.enter_context(counted_together())
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=build)))
        found = rows_of(Bench(stack, folder, size, said.only))
    return rows.conclude(found, not said.short and not said.only)


if __name__ == "__main__":
    sys.exit(main())
