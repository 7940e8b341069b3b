#!/usr/bin/env python3
"""The page port under attack while somebody works: connections that are opened and never say a whole request (slow loris), and
requests as fast as they go. The scanner's line is another road: every scan is taken. Figures are printed, no time is asserted."""

import os
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.flood import Flood, Loris  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402


def descriptors(program):
    return len(os.listdir(f"/proc/{program.child.pid}/fd"))


def memory_kib(program):
    return int(next(line for line in pathlib.Path(f"/proc/{program.child.pid}/status").read_text().splitlines() if line.startswith("VmRSS")).split()[1])


def work(house, first, under):
    """Two orders from the shelf to the gate, by the scanner's line. Yields what went wrong; prints how long scans took."""
    orders = sample.orders(2, first)
    if first > 1:
        house.release(orders)
    wait_until(lambda: house.hq_rows("SELECT count(*) FROM event WHERE type LIKE '%order.allocated%'")[0][0] >= first + 1, "the orders are here", seconds=30)
    worker, times = Worker(house, orders), []
    try:
        began = time.monotonic()
        while worker.step():
            times.append(time.monotonic() - began)
            began = time.monotonic()
    except RigError as fault:
        yield f"{under}: {fault}"
    if len(worker.shipped) != 2:
        yield f"{under}: {len(worker.shipped)} of two parcels went"
    middle = statistics.median(times) * 1000 if times else 0
    print(f"# {under}: {len(times)} scans, {middle:.1f} ms in the middle from one to the next, with looking at the screen", flush=True)


def attacked(house, tap):
    before = descriptors(house.daemon)
    tap.check("two orders, with nobody else at the port", list(work(house, 1, "idle")))
    with Loris(house.page_port) as loris:
        tap.check("two orders, while one address holds all the connections it gets", list(work(house, 3, "slow loris")))
        print(f"# {loris.opened} connections were opened, {len(loris.held)} are held, the daemon has {memory_kib(house.daemon)} KiB", flush=True)
        held = descriptors(house.daemon)
    tap.check("it takes a limited number of them", [] if held < before + 800 else [f"{held} descriptors, {before} before"])
    with Flood(house.page_port) as flood:
        tap.check("two orders, while another asks without a pause", list(work(house, 5, "requests")))
        print(f"# {flood.asked} requests were answered meanwhile", flush=True)
    wait_until(lambda: descriptors(house.daemon) <= before + 20, "the connections are let go", seconds=40)
    tap.check("a page is served again as before", [] if house.view()["id"] == "bench-1" else ["no view"])


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder, House(pathlib.Path(folder)) as house:
        house.open(sample.orders(2))
        attacked(house, tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
