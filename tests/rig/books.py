"""Compares what happened with what was ordered: head office's rows, the site's rows, the labels in the tray.

Does not know how it happened: the same books must come out of a quiet day and of one full of power cuts."""

import json

from rig import sample
from rig.house import SITE
from rig.process import wait_until


def site_journal(house):
    return [line for line, in house.site_rows("SELECT line FROM journal ORDER BY seq")]


def hq_journal(house):
    return [line for line, in house.hq_rows("SELECT line FROM event WHERE site = ? ORDER BY epoch, seq", SITE)]


def settle(house):
    """Waits until every label is printed and head office has all that the site has; leaves the daemon stopped, so that its database can be read.

    Returns how many events those are: the start in between adds some of its own, which may still be on their way."""
    house.daemon.stop()
    last = house.site_rows("SELECT last_seq FROM stream")[0][0]
    due = len(house.printer.labels) + house.site_rows("SELECT count(*) FROM print_job WHERE state = 'queued'")[0][0]
    house.start_daemon()
    wait_until(lambda: len(house.printer.labels) >= due, f"{due} labels are printed", seconds=30)
    wait_until(lambda: house.hq_rows("SELECT 1 FROM site WHERE applied >= ?", last),
               f"head office has the site's {last} events", seconds=30)
    house.daemon.stop()
    return last


def journal_faults(house, settled):
    """Every event is at head office once, byte for byte, in the site's order."""
    ours, theirs = site_journal(house), hq_journal(house)
    if theirs != ours[:len(theirs)]:
        first = next((number for number, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]), len(ours))
        yield f"head office's journal differs from the site's at row {first + 1} ({len(ours)} rows against {len(theirs)})"
    if len(theirs) < settled:
        yield f"head office has {len(theirs)} of {settled} events"
    ids = [json.loads(line)["id"] for line in theirs]
    if len(set(ids)) != len(ids):
        yield "an event is at head office twice"
    for seq, why in house.hq_rows("SELECT seq, why FROM parked WHERE site = ?", SITE):
        yield f"head office could not interpret event {seq}: {why}"


def order_faults(house, orders):
    """Picked = packed = shipped = ordered, in both databases, and one parcel.shipped for each order."""
    numbers = {order.number for order in orders}
    for where, rows in (
            ("head office", house.hq_rows("SELECT number, sku, quantity, picked, packed, shipped FROM order_line")),
            ("the site", house.site_rows("SELECT o.number, i.sku, l.quantity, l.picked, l.packed, l.shipped "
                                         "FROM order_line l JOIN orders o ON o.id = l.order_id "
                                         "JOIN item i ON i.id = l.item"))):
        seen = {(number, sku): rest for number, sku, *rest in rows if number in numbers}
        for order in orders:
            for sku, quantity in order.lines:
                if seen.get((order.number, sku)) != [quantity] * 4:
                    yield f"{where}: {order.number} {sku} × {quantity} has {seen.get((order.number, sku))}"
    shipped = [json.loads(line)["data"].get("order") for line, in
               house.hq_rows("SELECT line FROM event WHERE type LIKE '%parcel.shipped'")]
    for order in orders:
        if shipped.count(order.number) != 1:
            yield f"{order.number} has {shipped.count(order.number)} parcel.shipped events"
    for number, state in house.hq_rows("SELECT number, state FROM orders WHERE state <> 'shipped'"):
        if number in numbers:
            yield f"head office: {number} is {state}, not shipped"


def stock_faults(house, orders):
    """What left the shelves is what was ordered, and the ledger holds."""
    ordered = {}
    for order in orders:
        for sku, quantity in order.lines:
            ordered[sku] = ordered.get(sku, 0) + quantity
    left = dict(house.site_rows("SELECT i.sku, b.quantity FROM balance b JOIN item i ON i.id = b.item "
                                "JOIN location l ON l.id = b.location WHERE l.kind = 'face' AND b.lpn = 0"))
    for item in sample.ITEMS:
        expected = sample.STOCK_PER_ITEM - ordered.get(item.sku, 0)
        if left.get(item.sku) != expected:
            yield f"{item.sku}: {left.get(item.sku)} left on the shelf, {expected} expected"
    yield from ledger_faults(house)


def ledger_faults(house):
    """Every move has two sides, and the balances are what the moves add up to."""
    if house.site_rows("SELECT item FROM balance GROUP BY item HAVING sum(quantity) <> 0"):
        yield "the double-entry ledger does not sum to zero"
    rebuilt = """SELECT item, location, lpn, lot, sum(quantity) FROM (
                     SELECT item, to_location AS location, to_lpn AS lpn, lot, quantity FROM move UNION ALL
                     SELECT item, from_location, from_lpn, lot, -quantity FROM move)
                 GROUP BY 1, 2, 3, 4 HAVING sum(quantity) <> 0"""
    kept = "SELECT item, location, lpn, lot, quantity FROM balance WHERE quantity <> 0"
    if sorted(house.site_rows(rebuilt)) != sorted(house.site_rows(kept)):
        yield "the balances differ from what the moves add up to"


def stock_on_both_faults(house):
    """With the daemon down: the same pieces on both sides, and chain and laws that hold."""
    there = dict((f"{place} {sku}", pieces) for place, sku, pieces in house.hq_rows(
        "SELECT location, sku, quantity FROM stock WHERE site = ? AND quantity <> 0", SITE))
    here = dict((f"{place} {sku}", pieces) for place, sku, pieces in house.site_rows(
        "SELECT l.code, i.sku, sum(b.quantity) FROM balance b JOIN location l ON l.id = b.location JOIN item i ON i.id = "
        "b.item WHERE b.lpn = 0 AND l.kind IN ('face', 'reserve') GROUP BY 1, 2 HAVING sum(b.quantity) <> 0"))
    shelves = {key: pieces for key, pieces in there.items() if key in here or key.startswith(("A-", "B-", "R-"))}
    if shelves != here:
        yield f"the site has {here}, head office {shelves}"
    code, out, err = house.command("floorhand", "audit", "verify", "--database", house.site_db)
    if code:
        yield f"the chain does not hold: {out}{err}"
    code, out, err = house.command("floorhandd", "--config", house.folder / "floorhandd.ini", "--check-database")
    if code:
        yield f"--check-database: {out}{err}"


def label_faults(house, orders, reprints=0):
    """One label for each parcel, another only where the worker asked for it; one list for each manifest."""
    codes = house.printer.codes()
    copies = {order.number: codes.count(order.waybill) for order in orders}
    for number, count in copies.items():
        if count == 0 or (count > 1 and not reprints):
            yield f"{number} has {count} labels"
    if sum(copies.values()) > len(orders) + reprints:
        yield f"{sum(copies.values())} labels for {len(orders)} parcels and {reprints} reprints"
    lists = [code for code in codes if code not in {order.waybill for order in orders}]
    manifests = [number for number, in house.site_rows("SELECT number FROM manifest ORDER BY id")]
    doubtful = [key for key, in house.site_rows("SELECT key FROM print_job WHERE state = 'unknown'")]
    for number in manifests:
        if lists.count(number) != 1 and f"manifest:{number}" not in doubtful:
            yield f"the list of manifest {number} was printed {lists.count(number)} times"
    if set(lists) - set(manifests):
        yield f"labels that belong to nothing: {sorted(set(lists) - set(manifests))}"


def all_faults(house, orders, reprints=0):
    yield from journal_faults(house, settle(house))
    yield from order_faults(house, orders)
    yield from stock_faults(house, orders)
    yield from label_faults(house, orders, reprints)
