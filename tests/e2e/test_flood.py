#!/usr/bin/env python3
"""The page port under attack while somebody works: connections that are opened and never say a whole request (slow loris), and
requests as fast as they go. The scanner's line is another road: every scan is taken, and before the requests that came with it.
Figures are printed, no time is asserted."""

import json
import os
import pathlib
import select
import signal
import socket
import statistics
import sys
import tempfile
import threading
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


GET = b"GET /api/v1/stations/bench-1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
CALLERS = 16


class Caller:
    """So many requests for the station's view at once, on one connection; the views as they come."""

    def __init__(self, port, requests):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.sendall(GET * requests)
        self.requests, self.views = requests, []
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self):
        with self.socket, self.socket.makefile("rb") as lines:
            for _ in range(self.requests):
                length = 0
                while (line := lines.readline()) not in (b"\r\n", b""):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                self.views.append(json.loads(lines.read(length)))


def all_at_once(house, scans, requests):
    """The daemon finds both there when it looks: what is scanned, and what is asked. Returns each caller's views."""
    house.daemon.child.send_signal(signal.SIGSTOP)
    try:
        for text in scans:
            house.scanner.scan(text)
        select.select([house.scanner.line.slave], [], [], 30)  # the kernel hands it over in its own time
        callers = [Caller(house.page_port, requests) for _ in range(CALLERS)]
    finally:
        house.daemon.child.send_signal(signal.SIGCONT)
    for caller in callers:
        caller.thread.join()
    return [caller.views for caller in callers]


def shown(view):
    return (view["result"] or {}).get("scan")


def new_scan_goes_first(house):
    """Every request finds the scan decided that came while they waited."""
    late = [view for views in all_at_once(house, ["NEW-SCAN"], 1) for view in views if shown(view) != "NEW-SCAN"]
    if late:
        yield f"{len(late)} of {CALLERS} requests came before the scan: {late[0]['result']}"


def rest_of_the_scans_is_not_forgotten(house):
    """More scans than a turn takes, and requests that never end until they are all answered: the last scan is decided meanwhile."""
    scans = [f"REST-{number}" for number in range(100)]
    views = all_at_once(house, scans, 150)
    before = [sum(shown(view) != scans[-1] for view in own) for own in views]
    print(f"# {before} of 150 requests of each caller came before the last scan", flush=True)
    if any(count == len(own) for count, own in zip(before, views)):
        yield f"the last scan waited for all of the requests: {before}"


def attacked(house, tap):
    tap.check("a scan goes before the requests that came with it", new_scan_goes_first(house))
    tap.check("scans that a turn leaves over go before the last of the requests", rest_of_the_scans_is_not_forgotten(house))
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
