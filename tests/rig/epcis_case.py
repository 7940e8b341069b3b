"""What a site may report, one event of each kind that an EPCIS export is made of. As a program: epcis_case.py prints the export of
a head office that has heard all of it."""

import json
import pathlib
import sys
import tempfile

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.house import Broker  # noqa: E402
from rig.office import SITE, Box, Office  # noqa: E402

DAY = "2026-03-04"

GOODS = {"sku": "TEA-100", "quantity": 3, "lot": "L/1 红"}
PIECE = {"sku": "PEN-10", "quantity": 1, "serial": "S#1"}
PARCEL = {"order": "SO-00001", "parcel": "SO-00001-1", "waybill": "W1"}

# (type, data), in the order in which they happen; the time of each is its number in seconds.
EVENTS = [
    ("receipt.line", {"document": "ASN-1", **GOODS, "from": "SUPPLIER", "to": "DOCK 1", "allowed": False}),
    ("receipt.pallet", {"document": "ASN-1", "plate": "P1", "from": "SUPPLIER", "quantity": 4,
                        "lines": [{"sku": "TEA-100", "quantity": 4, "to": "DOCK 1"}]}),
    ("putaway.done", {"task": "1", **GOODS, "from": "DOCK 1", "plate": None, "to": "A-01-1"}),
    ("pick.line", {"order": "SO-00001", "line": 1, **GOODS, "location": "A-01-1"}),
    ("pick.line", {"order": "SO-00001", "line": 2, **PIECE, "location": "A-01-1"}),
    ("pick.batch", {"wave": "W", "location": "A-01-1", **GOODS, "lines": [{"order": "SO-00001", "line": 1, "quantity": 3}]}),
    ("parcel.packed", {**PARCEL, "box": "S"}),
    ("parcel.unpacked", {**PARCEL, "tote": "T-1", "cancelled": False}),
    ("manifest.loaded", {**PARCEL, "manifest": "M1", "carrier": "SF"}),
    ("manifest.unloaded", {**PARCEL, "manifest": "M1", "carrier": "SF"}),
    ("parcel.shipped", {**PARCEL, "manifest": "M1", "carrier": "SF"}),
    ("return.received", {"document": "R1", "order": "SO-00001", **GOODS, "location": "RET", "sellable": True}),
    ("return.received", {"document": "R1", "order": "SO-00001", "intact": True, "quantity": 3, "location": "RET",
                         "sellable": True, "lines": [{"sku": "TEA-100", "quantity": 3}]}),
    ("return.graded", {"document": "R1", "order": "SO-00001", **GOODS, "grade": "A", "from": "RET", "location": "RET",
                       "sellable": True}),
    ("pick.returned", {"order": "SO-00001", "location": "A-01-1", "tote": "T-1",
                       "lines": [{"sku": "TEA-100", "quantity": 2, "lot": "L/1 红"}]}),
    ("transfer.shipped", {"document": "TR1", "to": "bj", "quantity": 1,
                          "lines": [{"sku": "PEN-10", "quantity": 2, "serials": ["S#1", "S#2"]}]}),
    ("count.posted", {"count": 1, "location": "A-01-1", "source": "cycle", "round": 1, "pieces": 1, "value_minor": 0,
                      "lines": [{"sku": "TEA-100", "counted": 5, "book": 4}, {"sku": "PEN-10", "counted": 0, "book": 1}]}),
    ("count.posted", {"count": 2, "location": "A-02-1", "source": "cycle", "round": 1, "pieces": 0, "value_minor": 0, "lines": []}),
    ("order.received", {"order": "SO-00002"}),  # no word of it in the standard
    ("scan.undone", {"undid": "pick.line", "order": "SO-00001", "line": 1, **GOODS, "location": "A-01-1"}),
]


def lines():
    for seq, (name, data) in enumerate(EVENTS, 1):
        yield (f'{{"specversion":"1.0","id":"e{seq}","source":"//floorhand/site/{SITE}","type":"io.floorhand.{name}.v1",'
               f'"time":"{DAY}T09:15:{seq:02}.481Z","sequence":"{1:010}-{seq:016}","data":{json.dumps(data)}}}')


def report(office):
    """The site's box says all of it."""
    office.furnish()
    broker = Broker(office.folder)
    broker.start()
    serve = office.serve(broker.port).start()
    try:
        with Box(broker.port) as box:
            box.wait(lambda: box.office and box.office[-1]["online"], "head office is online")
            box.hello()
            box.welcome()
            box.send(list(lines()))
            box.acked(len(EVENTS))
    finally:
        serve.kill()
        broker.stop()


def main():
    with tempfile.TemporaryDirectory() as folder:
        office = Office(pathlib.Path(folder))
        report(office)
        print(office.call("export", "epcis")[1])


if __name__ == "__main__":
    main()
