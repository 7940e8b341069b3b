#!/usr/bin/env python3
"""A site in the middle of its day, for the test of the supervisor's pages: prints the daemon's port when it serves, and ends with
its standard input."""

import contextlib
import pathlib
import sqlite3
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig import sample  # noqa: E402
from rig.devices import Printer  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, must  # noqa: E402
from rig.worker import Worker  # noqa: E402

ORDERS = 24
MINUTE_US = 60 * 1000000


def ask(house, verb, **fields):
    status, answer = house.ask(f"asks/{verb}", {**fields, "badge": sample.BADGE})
    if status != 200:
        raise RigError(f"{verb}: {answer}")


def set_cut_offs(house):
    """As head office would send them: one order is late, the next are soon due."""
    house.daemon.stop()
    with contextlib.closing(sqlite3.connect(house.site_db, isolation_level=None)) as site:
        now = time.time_ns() // 1000
        site.execute("UPDATE orders SET due_us = ?1 + (id - 2) * ?2", (now, 25 * MINUTE_US))
    house.start_daemon()


def scan(house, station, *texts):
    for text in texts:
        status, answer = house.ask(f"stations/{station}/scan", {"text": text})
        if status != 200 or not answer["result"]["good"]:
            raise RigError(f"{station}: {text}: {answer}")


def count_short(house):
    """Two people find the same in a bin, and less than the books say by more than may be posted unseen."""
    more = house.folder / "more-workers.csv"
    more.write_text("worker,name,badge,role\nW-004,赵盘点,BADGE-0004,counter\n", encoding="utf-8")
    must([house.bin / "floorhand", "import", "workers", "--url", house.page_url, more])
    ask(house, "count.plan", kind="random", limit=1)
    for badge in (sample.WORKERS[1][2], "BADGE-0004"):
        scan(house, "bench-2", badge, "CMD:COUNT")
        where = house.view("bench-2")["expect"]["code"]
        item = next(item for item in sample.ITEMS if item.location == where)
        scan(house, "bench-2", where, "CMD:QTY:480", item.gtin, where, "CMD:LOGOUT")


def work(house, orders):
    """A packer has three parcels with their labels, and stands in the middle of an order."""
    worker = Worker(house, orders, badge=sample.WORKERS[0][2])
    while len(worker.labelled) < 3:
        worker.step()
    while house.view()["progress"] is None or house.view()["progress"]["done"] == 0:
        worker.step()


def main():
    more = "[station bench-2]\nname = Bench 2\n\n[station bench-3]\nname = Bench 3\n\n"
    printer = Printer()
    orders = sample.orders(ORDERS)
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder, House(folder, more=more) as house:
        house.open(orders)
        set_cut_offs(house)
        house.ask("devices/bind", {"id": f"stream:{printer.path}", "role": "printer", "station": "bench-2"})
        count_short(house)
        work(house, orders)
        print(house.page_port, flush=True)
        sys.stdin.read()
    printer.close()


if __name__ == "__main__":
    main()
