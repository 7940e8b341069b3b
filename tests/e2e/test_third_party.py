#!/usr/bin/env python3
"""The example in docs of a platform that head office does not know: it runs as anybody would run it, with a key that reaches its shop
alone. And what order.put takes and refuses. On SQLite, or the PostgreSQL database that $HEAD_OFFICE_DATABASE names."""

import contextlib
import copy
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig.api import Client  # noqa: E402
from rig.office import equal, tests_of  # noqa: E402
from rig.process import free_port  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
test = tests_of(tap)

BAZAAR = ROOT / "docs/examples/bazaar.py"
THEIRS = {
    "order_id": "77", "status": "PAID", "created": "2026-03-04T09:00:00Z", "updated": "2026-03-04T09:15:22Z",
    "paid_at": "2026-03-04T09:01:00Z", "currency": "CNY", "shipping": "8", "voucher": "1.90", "total": "65.9", "customer": "bz-4711",
    "deliver_to": {"name": "王小明", "phone": "13812345678", "region": "浙江", "city": "杭州", "street": "西湖区文三路9号"},
    "items": [{"line_id": "1", "merchant_code": "TEA-100", "title": "Tea", "count": 2, "price": "19.9", "paid": "37.9"},
              {"line_id": "2", "merchant_code": "nobody's", "title": "?", "count": 1, "price": "20.00", "paid": "20"}],
}


@contextlib.contextmanager
def shop(office):
    """(a client with the connector's key, a function that runs one round of the connector on a list of Bazaar's orders)."""
    office.furnish()
    office.run("do", "shop.add_own", "shop=bz", "platform=bazaar", "name=Bazaar")
    office.run_sql("INSERT INTO shop (code, platform, name) VALUES ('tb', 'taobao', 'Tea')")
    key = office.run("do", "key.add", "name=bazaar", "reads=orders", "verbs=order.put", "shop=bz")[0]["secret"]
    port = free_port()
    serve = office.serve(free_port(), "--listen", f"127.0.0.1:{port}").start()
    file = office.folder / "bazaar.json"

    def round_of(orders, code=0):
        file.write_text(json.dumps(orders), encoding="utf-8")
        done = subprocess.run([sys.executable, BAZAAR, "--office", f"http://127.0.0.1:{port}", "--shop", "bz", "--platform", file,
                               "--state", office.folder / "bazaar.state"], env=dict(os.environ, FLOORHAND_KEY=key),
                              capture_output=True, text=True, check=False)
        equal((done.returncode, done.stderr if code == 0 else ""), (code, ""))
        orders[:] = json.loads(file.read_text(encoding="utf-8"))
        return done.stdout.split("\n")[:-1] if code == 0 else done.stderr
    try:
        yield Client(port, key), round_of
    finally:
        serve.kill()


def theirs(**more):
    return copy.deepcopy({**THEIRS, **more})


@test("orders of a platform that nobody knew come in by the program in docs, with their money, and their shipment goes back")
def _(office):
    with shop(office) as (client, round_of):
        platform = [theirs(), theirs(order_id="78", status="NEW"), theirs(order_id="79", status="ODD")]
        equal(round_of(platform), ["bz-77 new", "bz-78 new", "bz-79 new"])
        equal(round_of(platform), ["bz-77 same", "bz-78 same", "bz-79 same"])  # of the same second
        rows = {row["order"]: row for row in client.get("/api/v1/orders")[1]["rows"]}
        equal({order: (row["state"], row["held"]) for order, row in rows.items()},
              {"bz-77": ("audit", False), "bz-78": ("pending_pay", False), "bz-79": ("audit", True)})
        row = rows["bz-77"]
        equal([row[name] for name in ("goods_minor", "freight_minor", "discount_minor", "paid_minor", "currency", "platform",
                                      "platform_order", "paid", "receiver")],
              [5980, 800, 190, 6590, "CNY", "bazaar", "77", "2026-03-04T09:01:00.000Z", "王*"])
        lines = client.get("/api/v1/orders/bz-77")[1]["lines"]["rows"]
        equal([(line["sku"], line["quantity"], line["paid_minor"]) for line in lines], [("TEA-100", 2, 3790), (None, 1, 2000)])
        platform[1].update(status="PAID", updated="2026-03-04T10:00:00Z")
        platform[2].update(status="CANCELLED", updated="2026-03-04T10:00:01Z")
        equal(round_of(platform)[-2:], ["bz-78 changed", "bz-79 changed"])
        equal([office.run("get", "orders", f"bz-{number}")[0]["order"]["state"] for number in (78, 79)], ["audit", "closed"])
        office.run_sql("UPDATE orders SET state = 'shipped', site = (SELECT id FROM site) WHERE number = 'bz-77'")
        office.run_sql("INSERT INTO parcel (number, parcel, box, waybill) VALUES ('bz-77', 'bz-77-1', 'S', 'SF7')")
        assert "bz-77 shipped" in round_of(platform)
        equal((platform[0]["status"], platform[0]["waybills"]), ("SHIPPED", ["SF7"]))


@test("the mark moves only when all of a round is stored")
def _(office):
    with shop(office) as (_, round_of):
        platform = [theirs(), theirs(order_id="78", updated="2026-03-04T10:00:00Z", total="1.00")]
        said = round_of(platform, code=1)
        assert "head office says 400" in said and "paid_minor" in said, said
        assert not (office.folder / "bazaar.state").exists()
        platform[1]["total"] = "65.90"
        equal(round_of(platform), ["bz-77 same", "bz-78 new"])


def told(**more):
    return {"id": "1", "state": "paid", "modified": "2026-03-04T09:15:22Z", "currency": "CNY", "goods_minor": 100, "paid_minor": 100,
            "name": "a", "phone": "1", "address": "x",
            "lines": [{"id": "1", "code": "TEA-100", "quantity": 1, "price_minor": 100, "paid_minor": 100}], **more}


@test("what is told wrongly is refused whole, in a sentence that names the member")
def _(office):
    with shop(office) as (client, _):
        line = told()["lines"][0]
        for order, status, words in (
                ({}, 400, '"id"'), ([], 400, "JSON object"), (told(id=7), 400, '"id"'), (told(id="x" * 65), 400, '"id"'),
                (told(state="odd"), 400, "unpaid, paid or cancelled"), (told(modified="today"), 400, '"modified"'),
                (told(colour="red"), 400, '"colour"'), (told(lines=[]), 400, "lines"), (told(held="yes"), 400, '"held"'),
                (told(paid_minor=99), 400, "99"), (told(goods_minor=99), 400, "99"), (told(goods_minor=100.0), 400, "goods_minor"),
                (told(lines=[{**line, "quantity": 0}]), 400, "line 1"), (told(lines=[{**line, "quantity": -1}]), 400, "line 1"),
                (told(lines=[{**line, "price_minor": 10 ** 12, "quantity": 10 ** 12}]), 400, "too much"),
                (told(lines=[{**line, "paid_minor": 99}]), 400, "lines and freight"), (told(id="y" * 63), 400, "too long")):
            got, said = client.do("order.put", shop="bz", order=order)
            assert got == status and words in said["error"]["message"], (order, got, said)
        equal(client.do("order.put", shop="tb", order=told())[0], 403)
        equal(office.run("list", "orders", "shop=bz"), [])
        equal(client.do("order.put", order=told())[1], {"order": "bz-1", "taken": "new"})  # the key says which shop
        equal(client.do("order.put", order=told(modified="2026-03-04T09:15:21Z", paid_minor=100))[1]["taken"], "same")
        equal(client.do("order.put", order=told(modified="2026-03-04T09:15:22.5Z", buyer_note="x"))[1]["taken"], "changed")
        other = told(modified="2026-03-05T00:00:00Z", lines=[{**line, "id": "2"}])
        equal(client.do("order.put", order=other)[1]["taken"], "changed")
        equal([row["platform_line"] for row in office.run("list", "lines", "order=bz-1")], ["2"])
        endless = told(id="4", goods_minor=0, paid_minor=0, lines=[{**line, "quantity": 10 ** 12, "price_minor": 0, "paid_minor": 0}])
        status, said = client.do("order.put", order=endless)
        assert status == 409 and "quantity" in said["error"]["message"], (status, said)
        equal(office.run("list", "orders", "order=bz-4"), [])
        equal(client.do("order.put", order=told(id="2", state="cancelled"))[1]["taken"], "new")  # and closed
        many = [{**line, "id": str(number), "title": "茶" * 80} for number in range(200)]
        equal(client.do("order.put", order=told(id="3", lines=many, goods_minor=20000, paid_minor=20000))[1]["taken"], "new")
        equal(len(office.run("list", "lines", "order=bz-3")), 200)


sys.exit(tap.done())
