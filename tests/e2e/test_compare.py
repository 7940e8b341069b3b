#!/usr/bin/env python3
"""A parallel run: an old system's files beside a site where a worker has shipped orders, with the real programs.

How two files are laid beside each other is test_variance's."""

import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402

ORDERS = 3


class Old:
    """The other system: it knows what was ordered, and writes files."""

    def __init__(self, orders):
        self.orders = orders

    def stock(self):
        left = {item.sku: sample.STOCK_PER_ITEM for item in sample.ITEMS}
        for order in self.orders:
            for sku in order.pieces:
                left[sku] -= 1
        return [(item.location, item.sku, left[item.sku]) for item in sample.ITEMS]

    def lines(self):
        return [(order.number, sku, quantity) for order in self.orders for sku, quantity in order.lines]

    def parcels(self):
        return [(order.waybill, order.number) for order in self.orders]


def write(path, header, rows, encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def compare(house, path, *options):
    done = subprocess.run([house.bin / "floorhand", "compare", path, "--url", house.page_url, "--json", *options],
                          capture_output=True, timeout=60, check=False)
    try:
        return done.returncode, json.loads(done.stdout), done.stderr.decode()
    except ValueError:
        return done.returncode, {}, done.stderr.decode()


def equal(house, path, count, *options):
    code, report, said = compare(house, path, *options)
    if code != 0 or report.get("totals", {}).get("compared") != count or report.get("rows") or said:
        yield f"exit code {code}, {report}, said {said!r}"


def tell(tap, folder):
    orders = sample.orders(ORDERS)
    with House(folder) as house:
        house.open(orders)
        Worker(house, orders).work()
        old = Old(orders)
        stock = write(folder / "old-stock.csv", ("location", "sku", "quantity"), old.stock())
        shipped = write(folder / "old-orders.csv", ("order", "sku", "quantity"), old.lines())
        parcels = write(folder / "old-parcels.csv", ("waybill", "order"), old.parcels())
        tap.check("the stock of both is the same", equal(house, stock, len(sample.ITEMS)))
        tap.check("so is what was shipped", equal(house, shipped, len(old.lines()), "--kind", "orders"))
        tap.check("and the parcels", equal(house, parcels, ORDERS, "--kind", "parcels"))
        tap.check("nothing is left of what was shipped since tomorrow", equal(
            house, write(folder / "none.csv", ("waybill", "order"), []), 0, "--kind", "parcels", "--since",
            time.strftime("%Y-%m-%d", time.localtime(time.time() + 86400))))
        tap.check("all is left since yesterday", equal(
            house, parcels, ORDERS, "--kind", "parcels", "--since",
            time.strftime("%Y-%m-%d", time.localtime(time.time() - 86400))))
        tap.check("what differs is told and printed", faults_of_printed(house, folder, old))
        tap.check("what was compared reaches head office", faults_of_telling(house, stock))
        tap.check("a kind of figures that does not exist is refused",
                  [] if house.ask("figures/dreams")[0] == 404 else ["it was not"])


def faults_of_printed(house, folder, old):
    """A spreadsheet of Chinese Windows, with a bin that is wrong, one that is unknown here, and columns of its own."""
    rows = old.stock()
    rows[0] = (rows[0][0], rows[0][1], rows[0][2] - 7)
    path = write(folder / "盘点.csv", ("库位", "sku", "quantity", "备注"),
                 [(*row, "正常") for row in rows] + [("Z-99", "OLD-1", 4, "旧货")], "gb18030")
    printed = len(house.printer.labels)
    code, report, said = compare(house, path, "--columns", "location=库位", "--station", "bench-1")
    wanted = {(rows[0][0], 7, "different"), ("Z-99", -4, "missing_here")}
    seen = {(row["location"], row["difference"], row["verdict"]) for row in report.get("rows", [])}
    if code != 1 or said:
        yield f"exit code {code}, said {said!r}"
    if seen != wanted:
        yield f"told {seen}, not {wanted}"
    wait_until(lambda: len(house.printer.labels) > printed, "the report is printed")


def faults_of_telling(house, stock):
    code, _, said = compare(house, stock, "--tell")
    if code != 0 or said:
        yield f"exit code {code}, said {said!r}"
    rows = wait_until(lambda: house.hq_rows("SELECT kind, name, compared, matching FROM trial_run"), "head office has it", seconds=20)
    if rows != [("stock", "old-stock.csv", len(sample.ITEMS), len(sample.ITEMS))]:
        yield f"head office has {rows}"


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder:
        try:
            tell(tap, pathlib.Path(folder))
        except RigError as fault:
            tap.check("the house stands", [str(fault)])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
