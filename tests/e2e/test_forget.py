#!/usr/bin/env python3
"""An order goes to a box, is picked, packed and shipped, and its receiver is forgotten at head office: the box forgets, too,
and nothing in the files of either says who anybody is, while goods and money stay as they were."""

import json
import pathlib
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402

ORDERS = sample.orders(2)
GONE, KEPT = ORDERS
SUMS = ("SELECT account, sum(base_minor), count(*) FROM books_line GROUP BY account ORDER BY account",
        "SELECT sku, sum(quantity) FROM stock GROUP BY sku ORDER BY sku",
        "SELECT number, line, sku, shipped FROM order_line ORDER BY number, line",
        "SELECT count(*), sum(person) FROM person_order")


class Costed(House):
    def import_master(self):
        super().import_master()
        for item in sample.ITEMS:
            self.hq_run("do", "cost.usual", f"sku={item.sku}", "amount_minor=350")


def counted(house):
    return [house.hq_rows(statement) for statement in SUMS]


def all_is_booked(house):
    return len(house.hq_rows("SELECT 1 FROM orders WHERE state = 'shipped'")) == 2 and not house.hq_rows(
        "SELECT 1 FROM order_line WHERE shipped <> booked") and not house.hq_rows("SELECT 1 FROM person_due")


def ships(house):
    house.open(ORDERS)
    Worker(house, ORDERS).work()
    wait_until(lambda: all_is_booked(house), "both orders left and are in the books", seconds=30)
    if not any(total for _, total, _ in counted(house)[0]):
        yield f"nothing is in the books: {counted(house)}"


def is_forgotten(house):
    before = counted(house)
    told = json.loads(house.hq_run("do", "order.forget", f"order={GONE.number}"))
    if (told["forgotten"], told["under_way"]) != (1, 0):
        yield f"told: {told}"
    wait_until(lambda: house.hq_rows("SELECT 1 FROM event WHERE type = 'receiver.forgotten' AND subject = ?", f"order/{GONE.number}"),
               "the box has deleted the receiver", seconds=20)
    if counted(house) != before:
        yield f"what is counted was {before} and is {counted(house)}"
    for order, receiver in ((GONE, ("", "", "")), (KEPT, KEPT.receiver)):
        shown = json.loads(house.hq_run("order", order.number))["receiver"]
        if tuple(shown[name] or "" for name in ("name", "phone", "address")) != receiver:
            yield f"the receiver of {order.number} is shown as {shown}"


def files_say_nothing(house):
    house.stop()
    for order in ORDERS:
        for word in order.receiver:
            where = [path.name for path in sorted(house.folder.iterdir())
                     if path.is_file() and path.suffix != ".csv" and word.encode() in path.read_bytes()]
            if where:
                yield f"{word} of {order.number} stands in {where}"


STORY = {"two orders leave": ships, "one of them is forgotten, and all that is counted stays": is_forgotten,
         "no file of either side has a receiver to read": files_say_nothing}


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder, Costed(folder) as house:
        for name, chapter in STORY.items():
            try:
                faults = list(chapter(house))
            except (RigError, OSError, ValueError, LookupError, sqlite3.Error) as fault:
                faults = [f"{type(fault).__name__}: {fault}"]
            if not tap.check(name, faults):
                break
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
