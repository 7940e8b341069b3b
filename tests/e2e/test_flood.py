#!/usr/bin/env python3
"""The page port under attack while somebody works: connections that are opened and never say a whole request (slow loris), and
requests as fast as they go. The scanner's line is another road: every scan is taken. Figures are printed, no time is asserted."""

import http.client
import os
import pathlib
import socket
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402

STRANGER = "127.0.0.2"  # an address of its own on this machine
HALF = b"GET /api/v1/stations HTTP/1.1\r\nHost: box\r\nX-Slow: "


def descriptors(program):
    return len(os.listdir(f"/proc/{program.child.pid}/fd"))


def memory_kib(program):
    return int(next(line for line in pathlib.Path(f"/proc/{program.child.pid}/status").read_text().splitlines() if line.startswith("VmRSS")).split()[1])


class Loris:
    """Opens whatever it gets, sends half a request on each, and a byte more now and then; opens anew what was closed."""

    def __init__(self, port):
        self.port, self.held, self.opened, self.over = port, [], 0, threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _open(self):
        one = socket.create_connection(("127.0.0.1", self.port), timeout=2, source_address=(STRANGER, 0))
        one.sendall(HALF)
        one.setblocking(False)
        self.opened += 1
        return one

    @staticmethod
    def _lives(one):
        try:
            if one.recv(1) == b"":
                return False
        except BlockingIOError:
            pass
        except OSError:
            return False
        try:
            one.send(b"x")
        except OSError:
            return False
        return True

    def _run(self):
        while not self.over.wait(0.02):
            self.held = [one for one in self.held if self._lives(one) or one.close()]
            try:
                while len(self.held) < 3000 and not self.over.is_set():
                    self.held.append(self._open())
                    if self.opened % 50 == 0:
                        break
            except OSError:
                pass

    def __enter__(self):
        self.thread.start()
        wait_until(lambda: self.opened > 700, "more connections than the box takes from one address", seconds=60)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for one in self.held:
            one.close()


class Flood:
    """As many requests as eight threads can make, each with an answer that costs the box something."""

    def __init__(self, port):
        self.port, self.asked, self.over = port, 0, threading.Event()
        self.threads = [threading.Thread(target=self._run) for _ in range(8)]

    def _run(self):
        while not self.over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10, source_address=(STRANGER, 0))
            try:
                for _ in range(100):
                    connection.request("GET", "/api/v1/board")
                    connection.getresponse().read()
                    self.asked += 1
                    if self.over.is_set():
                        break
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        wait_until(lambda: self.asked > 50, "requests are answered", seconds=30)
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


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
