#!/usr/bin/env python3
"""floorhand slotting: what was picked on a running site becomes suggestions, by the walk first, then by measured ways."""

import contextlib
import json
import pathlib
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError  # noqa: E402
from tap import Tap  # noqa: E402

BADGE = sample.WORKERS[1][2]
PICKED = {"LAMP-01": 3, "PEN-10": 3}  # orders in which each is wanted
AISLES = {"A-01-1": (0, 500), "A-01-2": (0, 1500), "A-02-1": (0, 2500), "A-02-2": (0, 3500),
          "B-01-1": (1, 500), "B-01-2": (1, 1500), "B-02-1": (1, 2500), "B-02-2": (1, 3500)}
AISLE_DISTANCE = 3000


def scan(house, *texts):
    code, out, err = house.command("floorhand", "scan", "send", "--station", "bench-1", *texts, "--url", house.page_url)
    if code:
        raise RigError(f"{texts}: {out} {err}")


def pick(house, tote):
    """One order, scan by scan as the screen asks for it."""
    scan(house, "CMD:PICK")
    while (view := house.view())["step"] != "menu":
        wanted = view["expect"]
        item = sample.ITEM_OF.get(wanted["code"])
        scan(house, item.gtin if item else {"tote": tote, "stage": sample.STAGE}.get(wanted["kind"], wanted["code"]))


def suggested(house, *options):
    code, out, err = house.command("floorhand", "slotting", "--json", *options, "--url", house.page_url)
    if code or err:
        raise RigError(f"slotting: {code} {err}")
    return [json.loads(line) for line in out.splitlines()]


def while_down(house, change):
    """What head office would set, or time do, straight in the file."""
    house.daemon.stop()
    with contextlib.closing(sqlite3.connect(house.site_db)) as database, database:
        change(database)
    house.start_daemon()


def nothing_yet(house):
    code, out, err = house.command("floorhand", "slotting", "--url", house.page_url)
    if code or err or out != "Nothing that could be moved would save walking.\n" or suggested(house):
        yield f"before the first pick: {code} {out} {err}"


def by_the_walk(house):
    scan(house, BADGE)
    for number in range(3):
        pick(house, sample.TOTES[number])
    rows = suggested(house)
    if {row["sku"]: row["picks"] for row in rows} != PICKED or any("saved_places" not in row for row in rows):
        yield f"suggested: {rows}"
    near = {row["to"]: row["swap_with"] for row in rows}
    if near != {"A-01-1": "TEA-100", "A-01-2": "TEA-250"} or [row["saved_places"] for row in rows] != [36, 36]:
        yield f"places: {rows}"
    if suggested(house, "--limit", "1") != rows[:1]:
        yield "--limit is not obeyed"
    code, out, _ = house.command("floorhand", "slotting", "--url", house.page_url)
    lines = out.splitlines()
    if code or lines[0].split() != "SKU PICKS CLASS FROM TO SWAP WITH SAVED PLACES".split() or len(lines) != 3:
        yield f"the table: {lines}"


def measured(house):
    def measure(database):
        database.executemany("INSERT INTO setting VALUES (?, ?)",
                             [("aisle_length_mm", 10000), ("aisle_distance_mm", AISLE_DISTANCE)])
        database.executemany("UPDATE location SET block = 0, aisle = ?, position_mm = ? WHERE code = ?",
                             [(*place, code) for code, place in AISLES.items()])
    while_down(house, measure)
    rows = suggested(house)

    def way(code):
        return AISLES[code][0] * AISLE_DISTANCE + AISLES[code][1]
    if len(rows) != 2 or [row["saved_m"] for row in rows] != [
            2 * PICKED[row["sku"]] * (way(row["from"]) - way(row["to"])) // 1000 for row in rows]:
        yield f"suggested: {rows}"


def long_ago(house):
    """Picks of another year do not count."""
    def age(database):
        database.execute("DROP TRIGGER move_is_final")
        database.execute("UPDATE move SET wall_us = wall_us - 100 * 86400000000 WHERE reason = 'pick'")
    while_down(house, age)
    if suggested(house):
        yield "picks of a hundred days ago count"
    if len(suggested(house, "--days", "101")) != 2:
        yield "--days is not obeyed"


CHECKS = {
    "nothing is suggested where nothing was picked": nothing_yet,
    "what is picked comes nearer along the walk": by_the_walk,
    "measured ways tell the metres": measured,
    "only the period's picks count": long_ago,
}


def main():
    tap = Tap()
    orders = [order for order in sample.orders(15) if dict(order.lines).keys() == PICKED.keys()]
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder, House(folder) as house:
        house.open(orders)
        for name, check in CHECKS.items():
            try:
                faults = list(check(house))
            except (RigError, OSError, ValueError, LookupError) as fault:
                faults = [f"{type(fault).__name__}: {fault}"]
            tap.check(name, faults)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
