#!/usr/bin/env python3
"""Forecasts and purchases at head office as a program: orders are counted, the server has every item forecast by a program of its own
while it goes on answering, what is to be bought is proposed, and a purchase order becomes a document in the site's feed."""

import datetime
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig.office import HQ, SITE, equal, tests_of  # noqa: E402
from rig.process import free_port  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
test = tests_of(tap)
DAYS = 100
PERIOD = 7


def do(office, verb, **fields):
    return office.run("do", verb, *(f"{name}={value}" for name, value in fields.items()))[0]


def today():
    """By the clock of the business."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()


def bring(office, kind, *lines):
    path = office.folder / f"{kind}.csv"
    path.write_text("\n".join(lines) + "\n")
    office.run("import", kind, path)


def furnish(office, items=40):
    """Item I-n is asked for n times a day."""
    office.run("site", "add", SITE, "--box", "box-7f3a")
    bring(office, "items", "sku,name,weight_g", *(f"I-{i:03},item,10" for i in range(items)))
    bring(office, "demand", "sku,day,quantity",
          *(f"I-{i:03},{today() - datetime.timedelta(days=day)},{i}" for i in range(1, items) for day in range(1, DAYS + 1)))


def until(what, seconds=60):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.2)


@test("the server has forecasts made by a program of its own")
def _(office):
    furnish(office)
    serve = office.serve(free_port()).start()
    try:
        equal(do(office, "forecast.run")["state"], "asked")
        until(lambda: office.run("list", "forecast-runs")[0]["state"] == "done")
        run = office.run("list", "forecast-runs")[0]
        equal((run["done"], run["total"]), (39, 39))
    finally:
        serve.kill()
    got = office.run("get", "forecasts", "I-007")[0]
    equal({(row["mean_milli"], row["lower_milli"], row["upper_milli"]) for row in got["values"]["rows"]}, {(7000 * PERIOD,) * 3})
    equal(got["past"]["rows"][0]["history"], [7000 * PERIOD] * (DAYS // PERIOD))
    equal(len(got["values"]["rows"]), 13)
    equal(office.run("list", "forecasts", "sku=I-000"), [])


@test("a run that is stopped leaves what it has, and the next one makes all of it")
def _(office):
    furnish(office, 600)
    office.run("forecast", "run")
    office.run_sql("DELETE FROM forecast_value")
    office.run_sql("DELETE FROM forecast")
    for wait in (0.02, 0.1, 0.2, 0.4):
        running = subprocess.Popen([HQ, "forecast", "run", "--database", office.database], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(wait)
        running.send_signal(signal.SIGKILL)
        running.wait()
        heads, whole = (office.rows(sql)[0][0] for sql in (
            "SELECT count(*) FROM forecast", "SELECT count(*) FROM forecast f WHERE (SELECT count(*) FROM forecast_value v WHERE v.sku ="
            " f.sku) = 13"))
        equal(heads, whole)
    equal(office.run("forecast", "run", "--workers", "2")[0]["forecasts"], 599)
    equal(office.rows("SELECT count(*) FROM forecast_value")[0][0], 599 * 13)


@test("what is proposed is bought once, and its site is told of it")
def _(office):
    furnish(office)
    bring(office, "suppliers", "code,name,lead_days,order_minor", "S,Sun,10,1000")
    bring(office, "supplier-items", "supplier,sku,price_minor,least,pack", *(f"S,I-{i:03},100,1,10" for i in range(1, 4)))
    office.run("forecast", "run")
    equal(do(office, "purchase.propose", supplier="S"), {"looked": 3, "proposed": 3, "left_out": 0, "base_minor": 12000})
    # i pieces a day, for 10 and 7 days, in packs of ten
    equal([(row["sku"], row["quantity"], row["why"]["reorder_point"]) for row in office.run("list", "purchase-proposals")],
          [("I-003", 60, 30), ("I-002", 40, 20), ("I-001", 20, 10)])
    equal(do(office, "purchase.accept", supplier="S"), {"number": "PO-000001", "taken": 3})
    equal(do(office, "purchase.propose", supplier="S")["proposed"], 0)
    do(office, "purchase.send", number="PO-000001")
    assert "PO-000001" in office.refused(1, "do", "purchase.send", "number=PO-000001")
    equal([(line["sku"], line["quantity"]) for line in office.run("get", "documents", "PO-000001")[0]["lines"]["rows"]],
          [("I-001", 20), ("I-002", 40), ("I-003", 60)])
    equal(len(office.rows("SELECT 1 FROM feed WHERE key = 'document/PO-000001'")), 1)
    equal(office.run("get", "purchases", "PO-000001")[0]["purchase"]["total_minor"], 12000)
    files = office.folder / "files"
    files.mkdir()
    for kind in ("supplier-items", "demand", "suppliers"):
        office.run("export", kind, files / f"{kind}.csv")
        equal(office.run("import", kind, files / f"{kind}.csv")[0]["changed"], 0)


sys.exit(tap.done())
