#!/usr/bin/env python3
"""Marketing at head office with many programs at once: a coupon is used so often as it may, points are spent once."""

import json
import pathlib
import sys
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig.office import equal, tests_of  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
test = tests_of(tap)
PROGRAMS = 8


def do(office, verb, **fields):
    return office.run("do", verb, *(f"{name}={value}" for name, value in fields.items()))[0]


def ready(office):
    do(office, "shop.add_own", shop="own", platform="own")
    do(office, "campaign.put", campaign="ten", kind="coupon", value=1000)


def price(office, number, *more):
    """Orders one: its sentence; "": it was taken."""
    order = {"id": number, "state": "paid", "modified": "2026-03-04T09:15:22Z", "currency": "CNY", "name": "张", "phone": "1",
             "address": "文一西路 969 号", "lines": [{"id": "1", "code": "TEA", "quantity": 1, "price_minor": 10000}]}
    code, _, err = office.call("do", "price.order", "shop=own", f"order={json.dumps(order)}", *more)
    return err if code else ""


def at_once(office, name, *more):
    """How many of the orders that are told all at once were taken; then one after the other, until one is refused for good."""
    with ThreadPoolExecutor(PROGRAMS) as pool:
        ended = list(pool.map(lambda number: price(office, f"{name}-{number}", *more), range(PROGRAMS)))
    taken, number, sentence = ended.count(""), PROGRAMS, ""
    while not sentence or "in use" in sentence:  # only another program kept it from being done
        sentence = price(office, f"{name}-{number}", *more)
        number += 1
        taken += not sentence
    return taken, sentence


@test("a coupon is used so often as it may, however many show it at once")
def _(office):
    ready(office)
    do(office, "coupon.issue", campaign="ten", code="ONCE")
    do(office, "coupon.issue", campaign="ten", code="THRICE", uses=3)
    for code, uses in (("ONCE", 1), ("THRICE", 3)):
        taken, sentence = at_once(office, code, f"coupons={code}")
        equal(taken, uses)
        assert "has been used" in sentence, sentence
    equal([tuple(row) for row in office.rows("SELECT code, count(*) FROM coupon_use GROUP BY code ORDER BY code")], [("ONCE", 1), ("THRICE", 3)])
    equal([int(row[0]) for row in office.rows("SELECT sum(discount_minor) FROM orders")], [4000])


@test("points are spent once")
def _(office):
    ready(office)
    do(office, "setting.set", name="points_worth_minor", value=1)
    do(office, "points.adjust", member="ann", points=1000, note="hello")
    taken, sentence = at_once(office, "P", "member=ann", "points=400")
    equal(taken, 2)
    assert "has 200 points" in sentence, sentence
    equal([int(row[0]) for row in office.rows("SELECT points FROM member")], [200])
    equal([int(row[0]) for row in office.rows("SELECT sum(points) FROM points_entry")], [200])


sys.exit(tap.done())
