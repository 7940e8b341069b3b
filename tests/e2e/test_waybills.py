#!/usr/bin/env python3
"""Waybill numbers from head office to the label: fetched with the order, run out, come later, given up, made void.

One warehouse whose orders bring no number. All is done by scans; labels are what the printer's tray holds."""

import dataclasses
import json
import pathlib
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import SITE, House  # noqa: E402
from rig.process import RigError, must, wait_until  # noqa: E402
from rig.worker import Refused, Worker  # noqa: E402
from tap import Tap  # noqa: E402


def without_number(first, count):
    """Orders of one carrier and one piece each."""
    return [dataclasses.replace(order, carrier="SF", waybill="", lines=(("TS-RED-L", 1),))
            for order in sample.orders(count, first)]


def bring_numbers(house, name, *rows):
    path = house.folder / f"{name}.csv"
    path.write_text("waybill,carrier,order,sort_code\n" + "".join(f"{number},SF,{order},{sort}\n"
                                                                  for number, order, sort in rows))
    house.hq_run("waybills", "import", path, "--site", SITE)


def counts(house):
    """{state: how many} at head office."""
    lines = must(house.hq_argv("waybills")).splitlines()
    return {state: number for line in lines for state, number in json.loads(line).items()
            if isinstance(number, int) and number}


def expect(what, got, expected):
    if got != expected:
        raise RigError(f"{what}: {got!r}, expected {expected!r}")


def heard(house, event, number):
    """Waits until head office has so many events of a type."""
    wait_until(lambda: house.hq_rows("SELECT count(*) FROM event WHERE type LIKE ?", f"%{event}%")[0][0] >= number,
               f"head office hears {number} {event}", seconds=20)


def has_all_changes(house):
    wait_until(lambda: house.hq_rows("SELECT 1 FROM site WHERE feed_acked = feed_head"), "the site has every change", seconds=20)


def release_one(house, number):
    order, = without_number(number, 1)
    house.release([order])
    heard(house, "order.allocated", number)
    has_all_changes(house)
    return order


class Packer(Worker):
    def pick(self, tote):
        """The next order into a tote, and to the stage."""
        for code in ("CMD:PICK", sample.ITEM_OF["TS-RED-L"].location, "TS-RED-L", tote, sample.STAGE):
            self.scan(code)

    def check(self, tote):
        """Every piece; the box comes next."""
        for code in (tote, "TS-RED-L"):
            self.scan(code)

    def refused(self, code):
        """The error's code, and what the screen shows then."""
        try:
            self.scan(code)
        except Refused as refusal:
            return refusal.code, self.view()
        raise RigError(f"the scan of {code} was taken")

    def stick_on(self, waybill):
        """The label is in the tray once, and is scanned back."""
        wait_until(lambda: self.house.printer.count(waybill), f"the label of {waybill}", seconds=20)
        expect(f"labels of {waybill}", self.house.printer.count(waybill), 1)
        return self.scan(waybill)


def details(view):
    return " / ".join(detail["en"] for detail in view["details"])


# ---------------------------------------------------------------- the story, one chapter after another


def a_number_comes_with_its_order(house, packer):
    packer.pick("TOTE-001")
    packer.check("TOTE-001")
    packer.scan(sample.BOX)
    packer.stick_on("SF-0001")
    heard(house, "label.printed", 1)
    expect("head office's numbers", counts(house), {"live": 1})


def the_pool_is_empty_and_the_floor_goes_on(house, packer):
    for tote in ("TOTE-002", "TOTE-003"):
        packer.pick(tote)
        packer.check(tote)
        code, view = packer.refused(sample.BOX)
        expect("the answer to the box", (code, view["expect"]["kind"]), ("E15", "activity"))
        if tote not in view["result"]["text"]["en"]:
            raise RigError(f"the packer is not told where it is parked: {view['result']}")
    expect("the answer to its tote", packer.refused("TOTE-002")[0], "E15")
    if "2 closed boxes wait" not in details(packer.view()):
        raise RigError(f"the menu does not tell who waits: {details(packer.view())}")
    heard(house, "order.parked", 2)
    expect("labels in the tray", len(house.printer.labels), 1)


def a_pool_arrives_while_the_link_is_down(house, packer):
    """And the box is switched off in between: the parcels keep their place in the queue."""
    house.link.kill()
    bring_numbers(house, "late", ("SF-0002", "", "571-A1"), ("SF-0003", "", ""), ("SF-0004", "", ""))
    house.power_cut()
    expect("the tote's answer", packer.refused("TOTE-002")[0], "E15")
    house.link.start()
    wait_until(lambda: "fetch tote TOTE-002" in details(packer.view()), "the menu says that a number came", seconds=20)
    heard(house, "waybill.assigned", 2)
    for tote, waybill in (("TOTE-002", "SF-0002"), ("TOTE-003", "SF-0003")):
        expect("the step after the tote", packer.scan(tote)["expect"], {"kind": "waybill", "code": waybill})
        packer.stick_on(waybill)
    heard(house, "label.printed", 3)
    expect("head office's numbers", counts(house), {"sent": 1, "live": 3})


def the_same_file_again_changes_nothing(house, packer):
    bring_numbers(house, "late", ("SF-0002", "", "571-A1"), ("SF-0003", "", ""), ("SF-0004", "", ""))
    expect("head office's numbers", counts(house), {"sent": 1, "live": 3})


def head_office_is_away(house, packer):
    """The number that went ahead with the order is there."""
    house.hq.kill()
    packer.pick("TOTE-004")
    packer.check("TOTE-004")
    packer.scan(sample.BOX)
    packer.stick_on("SF-0004")
    house.hq.start()
    heard(house, "label.printed", 4)
    expect("head office's numbers", counts(house), {"live": 4})


def some_numbers_go_ahead_for_any_parcel(house, packer):
    bring_numbers(house, "spare", ("SF-0005", "", ""))
    house.hq_run("waybills", "send", "--site", SITE, "--carrier", "SF", "--count", "5")
    expect("head office's numbers", counts(house), {"sent": 1, "live": 4})
    release_one(house, 5)
    packer.pick("TOTE-005")
    packer.check("TOTE-005")
    packer.scan(sample.BOX)
    packer.stick_on("SF-0005")
    heard(house, "label.printed", 5)
    expect("head office's numbers", counts(house), {"live": 5})


def a_cancelled_order_gives_its_number_up(house, packer):
    """Its label is out already; the parcel goes no further."""
    bring_numbers(house, "last", ("SF-0006", "", ""))
    order = release_one(house, 6)
    packer.pick("TOTE-006")
    packer.check("TOTE-006")
    packer.scan(sample.BOX)
    wait_until(lambda: house.printer.count("SF-0006"), "its label comes out")
    house.hq_run("cancel", "--order", order.number)
    heard(house, "label.voided", 1)
    expect("head office's numbers", counts(house), {"live": 5, "void_pending": 1})
    expect("the answer to the label", packer.refused("SF-0006")[0], "E12")
    expect("the answer to REPRINT", packer.refused("CMD:REPRINT")[0], "E12")
    packer.scan("CMD:DONE")
    packer.scan("RETURN-1")
    house.hq_run("waybills", "void", "SF-0006")
    has_all_changes(house)
    expect("head office's numbers", counts(house), {"live": 5, "void": 1})


def every_number_once(house, packer):
    """At the end: what the site, head office and the tray say of each number."""
    house.daemon.stop()
    expect("the site's numbers",
           house.site_rows("SELECT w.number, w.state, count(p.id) FROM waybill w LEFT JOIN parcel p ON p.waybill = w.number"
                           " GROUP BY w.id ORDER BY w.number"),
           [(f"SF-000{number}", "live", 1) for number in range(1, 6)] + [("SF-0006", "void", 1)])
    expect("changes the site could not apply", house.site_rows("SELECT * FROM parked"), [])
    expect("events head office could not interpret", house.hq_rows("SELECT * FROM parked"), [])
    expect("labels in the tray", len(house.printer.labels), 6)
    shown = b"".join(path.read_bytes() for path in house.folder.iterdir() if path.name.startswith("site.db") or path.suffix == ".log")
    for order in sample.orders(8):
        expect(f"what can be read of {order.number}'s receiver in the box's files", [text for text in order.receiver if text.encode() in shown], [])
    expect("the sort code of a number", house.site_rows("SELECT sort_code FROM waybill WHERE number = 'SF-0002'"), [("571-A1",)])


CHAPTERS = (a_number_comes_with_its_order, the_pool_is_empty_and_the_floor_goes_on, a_pool_arrives_while_the_link_is_down,
            the_same_file_again_changes_nothing, head_office_is_away, some_numbers_go_ahead_for_any_parcel, a_cancelled_order_gives_its_number_up,
            every_number_once)


def open_house(house, packer):
    orders = without_number(1, 4)
    house.add_site()
    house.import_master()
    bring_numbers(house, "first", ("SF-0001", "", ""))
    house.start()
    wait_until(lambda: house.hq_rows("SELECT 1 FROM site WHERE feed_head > 0 AND feed_acked = feed_head"),
               "the site has the master data", seconds=20)
    house.import_stock()
    house.release(orders)
    heard(house, "order.allocated", len(orders))
    packer.scan(sample.BADGE)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder, House(pathlib.Path(folder)) as house:
        packer = Packer(house, [])
        for chapter in (open_house, *CHAPTERS):
            try:
                chapter(house, packer)
                tap.check(chapter.__name__.replace("_", " "))
            except (RigError, OSError, sqlite3.Error, KeyError) as fault:
                tap.check(chapter.__name__.replace("_", " "), str(fault).splitlines())
                break
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
