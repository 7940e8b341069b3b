#!/usr/bin/env python3
"""A site in the middle of its day, for the test of the supervisor's pages: prints the daemon's port when it serves, and ends with
its standard input."""

import contextlib
import itertools
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


def hall():
    """(code, aisle, block, position): six aisles of two blocks, with shelves of three levels."""
    for aisle, block, shelf, level in itertools.product(range(6), range(2), range(8), range(3)):
        yield f"H{aisle + 1}-{block * 8 + shelf + 1:02}-{level + 1}", aisle, block, 1200 * shelf


def furnish_hall(house):
    """Bins that have their places, and stock in every other one."""
    bins = list(hall())
    places, stock = house.folder / "hall.csv", house.folder / "hall-stock.csv"
    places.write_text("code,kind,walk,aisle,block,position_mm,capacity\n" + "".join(
        f"{code},face,{1000 + number},{aisle},{block},{position},200\n" for number, (code, aisle, block, position) in enumerate(bins)), encoding="utf-8")
    stock.write_text("location,sku,quantity\n" + "".join(
        f"{code},{sample.ITEMS[number % 3].sku},{20 + number * 7 % 180}\n" for number, (code, *_) in enumerate(bins) if number % 2 == 0), encoding="utf-8")
    for what, path in (("locations", places), ("stock", stock)):
        must([house.bin / "floorhand", "import", what, "--url", house.page_url, path])


def pick_in_hall(site, now):
    """What was picked in the last four weeks, in the order of time: much in front, little behind. The stock is older."""
    (final,) = site.execute("SELECT sql FROM sqlite_schema WHERE name = 'move_is_final'").fetchone()
    site.execute("DROP TRIGGER move_is_final")
    site.execute("UPDATE move SET wall_us = wall_us - ?", (40 * 24 * 60 * MINUTE_US,))
    site.execute(final)
    filled = enumerate(list(hall())[::2])
    picks = sorted(((now - pick * 18 * 60 * MINUTE_US, code) for number, (code, aisle, _, _) in filled
                    for pick in range(36 // (1 + number % 24 // 2) * (6 - aisle) // 6 % 20)))
    for when, code in picks:
        site.execute("INSERT INTO move (seq, item, quantity, from_location, to_location, reason, wall_us, mono_us)"
                     " SELECT 1, b.item, 1, b.location, 6, 'pick', ?2, 0 FROM balance b JOIN location l ON l.id = b.location"
                     " WHERE l.code = ?1 AND b.quantity > 0", (code, when))


def set_cut_offs(house):
    """As head office would send them: one order is late, the next are soon due."""
    house.daemon.stop()
    with contextlib.closing(sqlite3.connect(house.site_db, isolation_level=None)) as site:
        now = time.time_ns() // 1000
        site.execute("UPDATE orders SET due_us = ?1 + (id - 2) * ?2", (now, 25 * MINUTE_US))
        pick_in_hall(site, now)
    house.start_daemon()


def scan(house, station, *texts):
    for text in texts:
        status, answer = house.ask(f"stations/{station}/scan", {"text": text})
        if status != 200 or not answer["result"]["good"]:
            raise RigError(f"{station}: {text}: {answer}")


def count_short(house):
    """Two people find the same in a bin, and less than the books say by more than may be posted unseen."""
    more = house.folder / "more-workers.csv"
    more.write_text("worker,name,badge,role\nW-004,赵盘点,BADGE-0004,counter\n"
                    "W-005,钱盘点,BADGE-0005,counter\n", encoding="utf-8")
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
        count_short(house)
        furnish_hall(house)
        set_cut_offs(house)
        house.ask("devices/bind", {"id": f"stream:{printer.path}", "role": "printer", "station": "bench-2"})
        work(house, orders)
        print(house.page_port, flush=True)
        sys.stdin.read()
    printer.close()


if __name__ == "__main__":
    main()
