#!/usr/bin/env python3
"""From the scanner's bytes to head office's rows, with real programs, and with everything killed that can be killed.

Each story is a fresh warehouse whose worker does all orders; at the end of each the books must be the same."""

import pathlib
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.books import all_faults  # noqa: E402
from rig.devices import KeyboardScanner, Scanner  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402


# ---------------------------------------------------------------- the stories


def quiet_day(house, worker):
    worker.work()


def broker_gone(house, worker):
    """Picking goes on without a broker; head office catches up."""
    for _ in range(5):
        worker.step()
    house.broker.kill()
    for _ in range(12):
        if not worker.step():
            raise RigError("the work was over before the broker was back: the story proves nothing")
    known = house.hq_rows("SELECT count(*) FROM event")[0][0]
    house.broker.start()
    wait_until(lambda: house.hq_rows("SELECT count(*) FROM event")[0][0] > known, "head office hears of the site again",
               seconds=20)
    worker.work()


def link_killed(house, worker):
    """The link is killed after every second scan."""
    while worker.step():
        if worker.scans % 2 == 0:
            house.link.kill()
            house.link.start()


def head_office_killed(house, worker):
    """Head office is killed after every third scan, and once more while it catches up."""
    while worker.step():
        if worker.scans % 3 == 0:
            house.hq.kill()
            house.hq.start()
    house.hq.kill()
    house.hq.start()


def power_cut_after_each_answer(house, worker):
    """What the worker was told is on disk: after every acknowledged scan the daemon is killed and its state compared."""
    while True:
        code = worker.next_code(worker.look())
        if code is None:
            return
        seen = worker.scan(code)
        house.power_cut()
        after = worker.view()
        for part in ("worker", "flow", "step", "expect", "progress"):
            if part in seen and after[part] != seen[part]:
                raise RigError(f"after the power cut {part} is {after[part]}, the worker had seen {seen[part]}")


def power_cut_after_each_scan(house, worker):
    """The daemon is killed as soon as the bytes have left the scanner: taken or not, never half, never twice."""
    while True:
        code = worker.next_code(worker.look())
        if code is None:
            return
        worker.send(code)
        time.sleep(worker.scans % 8 / 1000)  # at another instant of its turn each time
        house.power_cut()
        # A scan that was lost is made again, this time to its end.
        code = worker.next_code(worker.look())
        if code is None:
            return
        worker.scan(code)


STORIES = {story.__name__: (story, Scanner) for story in (
    quiet_day, broker_gone, link_killed, head_office_killed, power_cut_after_each_answer, power_cut_after_each_scan)}
STORIES["quiet_day_with_a_keyboard_scanner"] = (quiet_day, KeyboardScanner)
ORDERS = 5


def tell(story, scanner, folder):
    """Yields what was wrong with it."""
    orders = sample.orders(ORDERS)
    try:
        with House(folder, scanner=scanner) as house:
            house.open(orders)
            worker = Worker(house, orders)
            story(house, worker)
            if len(worker.shipped) != len(orders):
                yield f"{len(worker.shipped)} of {len(orders)} orders were shipped"
            yield from all_faults(house, orders, worker.reprints)
    except (RigError, OSError, sqlite3.Error) as fault:
        yield str(fault)
        for log in sorted(folder.glob("floorhand*.log")):
            yield f"{log.stem} said last: {' / '.join(log.read_text(errors='replace').splitlines()[-4:])}"


def main():
    wanted = sys.argv[1:]
    tap = Tap()
    for name, (story, scanner) in STORIES.items():
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory(prefix="floorhand-") as folder:
            tap.check(f"{name.replace('_', ' ')}: nothing lost, nothing twice",
                      [line for fault in tell(story, scanner, pathlib.Path(folder)) for line in fault.splitlines()])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
