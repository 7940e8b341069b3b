#!/usr/bin/env python3
"""The EPCIS export: every event that the standard has a word for, once, with the members that the standard asks for. Its own
schema judges the same document in tests/standards. The database is SQLite's, or a schema of the PostgreSQL database that
$HEAD_OFFICE_DATABASE names."""

import json
import pathlib
import re
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig.epcis_case import DAY, EVENTS, report  # noqa: E402
from rig.office import SITE, equal, tests_of  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
test = tests_of(tap)

STEPS = {"receipt.line": "receiving", "receipt.pallet": "receiving", "putaway.done": "storing", "pick.line": "picking",
         "pick.batch": "picking", "parcel.packed": "packing", "parcel.unpacked": "unpacking", "manifest.loaded": "loading",
         "manifest.unloaded": "void_shipping", "parcel.shipped": "departing", "return.received": "receiving",
         "return.graded": "inspecting", "pick.returned": "storing", "transfer.shipped": "shipping", "count.posted": "cycle_counting"}
URI = re.compile(r"(urn:floorhand:[a-z]+(:[\w.~%-]+)+|https://id\.gs1\.org/01/\d{14}(/(10|21)/[\w.~%-]+)?)")


def document(office, *more):
    return json.loads(office.call("export", "epcis", *more)[1])


def events_of(whole):
    return whole["epcisBody"]["eventList"]


def check_digit(gtin):
    return (10 - sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(gtin[:-1])) % 10) % 10


def names(event):
    yield event["eventID"]
    yield event["readPoint"]["id"]
    for one in (event.get("bizLocation", {}).get("id"), event.get("parentID")):
        if one:
            yield one
    yield from event.get("epcList", [])
    yield from event.get("childEPCs", [])
    yield from (one["epcClass"] for one in event.get("quantityList", []) + event.get("childQuantityList", []))
    yield from (one["bizTransaction"] for one in event.get("bizTransactionList", []))


def judge(event):
    """What EPCIS 2.0 asks of every event, and of these two kinds of them."""
    for member in ("type", "eventTime", "eventTimeZoneOffset", "action", "bizStep", "readPoint"):
        assert event.get(member), f"{member} is missing: {event}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", event["eventTime"]), event
    equal(event["eventTimeZoneOffset"], "+00:00")
    if event["type"] == "ObjectEvent":
        assert event["action"] == "OBSERVE" and ("epcList" in event or "quantityList" in event), event
    else:
        equal(event["type"], "AggregationEvent")
        assert event["parentID"] and event["action"] in ("ADD", "DELETE"), event
        assert event["action"] == "DELETE" or event["childQuantityList"], event
    for name in names(event):
        assert URI.fullmatch(name), f"{name} is no name"
        gtin = re.match(r"https://id\.gs1\.org/01/(\d{14})", name)
        assert not gtin or check_digit(gtin[1]) == int(gtin[1][-1]), name
    assert all(one["quantity"] > 0 for one in event.get("quantityList", []) + event.get("childQuantityList", [])), event


@test("every event that the standard has a word for is there once, and is as it asks")
def _(office):
    report(office)
    whole = document(office)
    equal((whole["type"], whole["schemaVersion"]), ("EPCISDocument", "2.0"))
    assert whole["@context"] and whole["creationDate"].endswith("Z"), whole
    for event in events_of(whole):
        judge(event)
    told = [(event["eventID"], event["bizStep"]) for event in events_of(whole) if "errorDeclaration" not in event]
    equal(told, [(f"urn:floorhand:event:{SITE}:e{seq}", STEPS[name]) for seq, (name, _) in enumerate(EVENTS, 1) if name in STEPS])


@test("goods go by their GTIN, lot and serial number, parcels by what is in them")
def _(office):
    report(office)
    events = {event["eventID"].rsplit(":", 1)[1]: event for event in events_of(document(office)) if "errorDeclaration" not in event}
    gtin = office.rows("SELECT code FROM barcode WHERE sku = 'TEA-100' AND factor = 1 AND length(code) IN (13, 14)")[0][0]
    tea = f"https://id.gs1.org/01/{gtin.zfill(14)}"
    equal(events["e1"]["quantityList"], [{"epcClass": f"{tea}/10/{urllib.parse.quote('L/1 红', safe='')}", "quantity": 3}])
    equal(events["e1"]["bizTransactionList"], [{"type": "desadv", "bizTransaction": "urn:floorhand:document:ASN-1"}])
    equal(events["e1"]["bizLocation"]["id"], f"urn:floorhand:location:{SITE}:DOCK%201")
    equal(events["e2"]["quantityList"], [{"epcClass": tea, "quantity": 4}])
    assert events["e5"]["epcList"][0].endswith("/21/S%231") and "quantityList" not in events["e5"], events["e5"]
    ordered = office.rows("SELECT sum(quantity) AS n FROM order_line WHERE number = 'SO-00001'")[0][0]
    equal((events["e7"]["action"], sum(one["quantity"] for one in events["e7"]["childQuantityList"])), ("ADD", ordered))
    equal((events["e8"]["action"], events["e8"]["childEPCs"]), ("DELETE", []))
    equal(events["e9"]["epcList"], [events["e7"]["parentID"]])
    equal(len(events["e16"]["epcList"]), 2)
    equal(events["e17"]["quantityList"], [{"epcClass": tea, "quantity": 5}])
    equal(events["e18"]["epcList"], [])


@test("what was taken back is declared an error under its own name")
def _(office):
    report(office)
    errors = [event for event in events_of(document(office)) if "errorDeclaration" in event]
    equal([event["eventID"] for event in errors], [f"urn:floorhand:event:{SITE}:e4"])
    equal(errors[0]["errorDeclaration"], {"declarationTime": f"{DAY}T09:15:20.481Z", "reason": "incorrect_data"})
    equal(errors[0]["eventTime"], f"{DAY}T09:15:04.481Z")


@test("a period has its beginning and not its end")
def _(office):
    report(office)
    everything = events_of(document(office))
    for more, count in ((["--from", DAY], len(everything)), (["--to", DAY], 0), (["--from", "2026-03-05"], 0),
                        (["--from", f"{DAY}T09:15:02Z", "--to", f"{DAY}T09:15:04Z"], 2), (["--site", "bj"], 0)):
        equal(len(events_of(document(office, *more))), count)
    for bad in ("yesterday", "2026-3-4", f"{DAY}T09:15", f"{DAY}T09:15:00"):
        assert "no day or time" in office.refused(1, "export", "epcis", "--from", bad)


sys.exit(tap.done())
