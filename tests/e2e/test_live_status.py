#!/usr/bin/env python3
"""What the floor has committed is to be seen in head office's order within two seconds, with real programs. Counted in ticks of the
machine (rig/ticks.py), so that it fails for what waits and not for a machine that is busy."""

import datetime
import pathlib
import signal
import sqlite3
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.ticks import A_SECOND, Ticks  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402

LIMIT = 2 * A_SECOND
STATES = ("allocated", "picking", "picked", "packed", "labelled", "shipped")  # in this order
STATE_OF = {"pick.line": "picking", "pick.staged": "picked", "parcel.packed": "packed", "label.printed": "labelled",
            "parcel.shipped": "shipped"}
LOOK_S = 0.01


def time_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Watcher:
    """Looks at head office's rows all the time. .seen: (type, order, when the site did it, when it was seen, the order's state then)."""

    def __init__(self, house):
        self.house, self.seen, self.ends = house, [], threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()

    def run(self):
        last = 0
        connection = sqlite3.connect(f"file:{self.house.hq_db}?mode=ro", uri=True, timeout=10)
        while not self.ends.is_set():
            rows = connection.execute(
                "SELECT e.arrival, e.type, o.number, e.time, o.state FROM event e LEFT JOIN parcel p ON e.subject = 'parcel/' || p.parcel"
                " JOIN orders o ON o.number = p.number OR e.subject = 'order/' || o.number WHERE e.arrival > ? ORDER BY e.arrival",
                (last,)).fetchall()
            now = time.time()
            for last, kind, number, at, state in rows:
                self.seen.append((kind, number, time_of(at), now, state))
            time.sleep(LOOK_S)
        connection.close()

    def of_status(self):
        return [row for row in list(self.seen) if row[0] in STATE_OF]


def behind(watcher):
    for kind, number, _, _, state in watcher.of_status():
        if STATES.index(state) < STATES.index(STATE_OF[kind]):
            yield f"{number} is {state} though its {kind} is here"


def late(watcher, ticks, since=0.0):
    for kind, number, at, seen, _ in watcher.of_status():
        took = ticks.count(at, seen)
        if at > since and took > LIMIT:
            yield f"{kind} of {number} was seen after {seen - at:.2f} s, {took} ticks"


def figures(watcher):
    took = sorted(seen - at for _, _, at, seen, _ in watcher.of_status())
    print(f"# floor to head office's order: median {took[len(took) // 2] * 1e3:.0f} ms, worst {took[-1] * 1e3:.0f} ms, of {len(took)}",
          flush=True)


def work_without_link(house, worker, watcher, ticks):
    """The link stands still for more than two seconds: that must be found late."""
    began, known = time.time(), len(watcher.of_status())
    house.link.child.send_signal(signal.SIGSTOP)
    try:
        for _ in range(8):  # something of it is a status
            worker.step()
        ticks.wait(LIMIT + A_SECOND)
    finally:
        house.link.child.send_signal(signal.SIGCONT)
    wait_until(lambda: len(watcher.of_status()) > known, "head office hears of it", seconds=30)
    return began


def main():
    tap, orders = Tap(), sample.orders(6)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        try:
            with House(folder) as house, Ticks(folder) as ticks:
                house.open(orders)
                worker = Worker(house, orders)
                with Watcher(house) as watcher:
                    worker.work()
                    wait_until(lambda: sum(row[0] == "parcel.shipped" for row in watcher.seen) == len(orders), "all has left", seconds=30)
                    tap.check("a status is in head office's order with its event", behind(watcher))
                    tap.check("it is seen there within two seconds", late(watcher, ticks))
                    figures(watcher)
                    more = sample.orders(2, first=7)
                    house.release(more)
                    wait_until(lambda: house.hq_rows("SELECT count(*) FROM orders WHERE state = 'allocated'")[0][0] == 2, "there is more",
                               seconds=20)
                    began = work_without_link(house, Worker(house, more), watcher, ticks)
                    tap.check("a link that stands still is found", [] if list(late(watcher, ticks, began)) else ["nothing was late"])
        except RigError as fault:
            tap.check("the house works", str(fault).splitlines())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
