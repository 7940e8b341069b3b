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
from rig.house import House  # noqa: E402
from rig.process import RigError, must, wait_until  # noqa: E402
from rig.worker import Worker  # noqa: E402

ORDERS = 24
MINUTE_US = 60 * 1000000


def fill(house, orders):
    files = dict(sample.write_master(house.folder))
    files["orders"] = sample.write_orders(house.folder / "orders.csv", orders)
    for kind in ("items", "locations", "workers"):
        must([house.bin / "floorhand", "import", kind, "--url", house.page_url, files[kind]])
    house.import_stock()
    must([house.bin / "floorhand", "import", "orders", "--url", house.page_url, files["orders"]])


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
    """A bin is counted twice, and both find less than the books say by more than may be posted unseen."""
    gtin = sample.ITEM_OF["LAMP-01"].gtin
    ask(house, "count.plan", kind="random", limit=1)
    for badge, station in ((sample.WORKERS[0][2], "bench-2"), (sample.WORKERS[1][2], "bench-2")):
        scan(house, station, badge, "CMD:COUNT")
        view = house.view(station)
        where = view["expect"]["code"]
        item = next(item for item in sample.ITEMS if item.location == where)
        scan(house, station, where, "CMD:QTY:480", item.gtin, "CMD:DONE")
        scan(house, station, "CMD:LOGOUT")
    return gtin


def main():
    more = "[station bench-2]\nname = Bench 2\n\n"
    orders = sample.orders(ORDERS)
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder, House(folder, more=more) as house:
        house.start_daemon()
        fill(house, orders)
        set_cut_offs(house)
        print(house.page_port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
