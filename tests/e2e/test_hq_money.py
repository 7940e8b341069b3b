#!/usr/bin/env python3
"""Money at head office, from the command line: bills that the stand-in of the platforms writes are taken in and compared to the fen;
what goods cost is reckoned again, piece by piece in fractions; invoices are issued by many programs that are killed."""

import contextlib
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import time
from fractions import Fraction

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from platforms import client  # noqa: E402
from platforms.clock import local  # noqa: E402
from rig import postgres  # noqa: E402
from rig.office import BOX, HQ, SITE, equal, tests_of  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
test = tests_of(tap)
HEAD = ("order,platform,shop,platform_order,carrier,receiver_name,receiver_phone,receiver_address,freight,discount,paid,sku,quantity,price,"
        "line_paid\n")
FILES = {"taobao-1": "alipay", "jd-1": "jd", "pdd-1": "pdd", "douyin-1": "douyin"}


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02}"


def change(office, sql):
    """What a test does behind head office's back, in place of sites."""
    if "HEAD_OFFICE_DATABASE" in os.environ:
        subprocess.run([postgres.tools() / "psql", "--no-psqlrc", "--quiet", "--command", sql, office.database], check=True)
        return
    with contextlib.closing(sqlite3.connect(office.database)) as connection:
        connection.execute(sql)
        connection.commit()


def do(office, verb, **fields):
    return office.run("do", verb, *(f"{name}={value}" for name, value in fields.items()))[0]


def post(office):
    while do(office, "money.post")["more"]:
        pass
    equal(do(office, "money.balance")["wrong"], "")


def account(office, code):
    return sum(row["balance_minor"] for row in do(office, "money.balance")["accounts"] if row["account"] == code)


# ---------------------------------------------------------------- bills


def sell(running, shop):
    """Some orders that were shipped and are settled, two of which were refunded afterwards in part."""
    ids = running.tell("place", shop=shop, count=6, goods=[["TS-RED-L", 2, None, 0], ["MUG-WHITE", 1, None, 0]], state="paid")
    for number, order in enumerate(ids):
        running.tell("ship", shop=shop, order=order, carrier="SF", number=f"SF{shop}{number}")
        running.tell("complete", shop=shop, order=order)
    return ids


def bring_in(office, running, shop, ids):
    """The orders as head office would have them, shipped."""
    orders = running.ledger(shop)["orders"]
    text, platform = HEAD, shop.split("-", maxsplit=1)[0]
    for order_id in ids:
        order = orders[order_id]
        for line in order["lines"]:
            text += (f"{shop}-{order_id},{platform},{shop},{order_id},SF,Li,1,Street,{yuan(order['freight'])},{yuan(order['discount'])},"
                     f"{yuan(order['paid'])},{line['outer']},{line['count']},{yuan(line['price'])},{yuan(line['net'])}\n")
    path = office.folder / f"{shop}.csv"
    path.write_text(text)
    office.run("import", "orders", path)
    change(office, "UPDATE order_line SET picked = quantity, packed = quantity, shipped = quantity")


def furnish(office):
    office.run("site", "add", SITE, "--box", BOX)
    items = office.folder / "items.csv"
    items.write_text("sku,name,weight_g\nTS-RED-L,Shirt,200\nMUG-WHITE,Mug,300\nT,Tea,100\nC,Cup,100\n")
    office.run("import", "items", items)
    for shop in FILES:
        change(office, f"INSERT INTO shop (code, platform, name) VALUES ('{shop}', '{shop.split('-')[0]}', '{shop}')")


def take(office, running, shop, day, **options):
    path = office.folder / f"{shop}-{len(list(office.folder.iterdir()))}.csv"
    running.tell("bill", shop=shop, kind=FILES[shop], day=day, file=str(path), **options)
    return path, ("bill", "take", path, "--format", FILES[shop], "--party", shop)


@test("bills of four platforms agree with the books to the fen, taken twice and with columns put in")
def _(office):
    furnish(office)
    with client.Running("--shops", 1, "--orders", 0) as running:
        for shop in FILES:
            ids = sell(running, shop)
            bring_in(office, running, shop, ids)
            now = running.now()
            day, month = local(now)[:10], local(now)[:7]
            post(office)
            path, again = take(office, running, shop, day, insert={"1": "新增列", "3": "备用"})
            told = office.run(*again)[0]
            bills = running.ledger(shop)["bills"]
            equal((told["rows"], told["total_minor"], told["again"], told["unknown"]),
                  (len(bills), sum(row["amount"] for row in bills), False, 0))
            equal(office.run(*again)[0]["again"], True)
            report = do(office, "bill.compare", party=shop, period=month)
            equal(report["states"], [{"name": "matched", "rows": len(bills), "amount_minor": told["total_minor"], "residue_minor": 0}])
            equal(report["missing_at_platform"], [])
            path, other = take(office, running, shop, day, twice=True, encoding="gbk")
            equal(office.run(*other)[0]["new_rows"], 0)
            equal(do(office, "bill.compare", party=shop, period=month)["posted"], 0)
        everything = [row for shop in FILES for row in running.ledger(shop)["bills"]]
        equal(account(office, "1012"), sum(row["amount"] for row in everything))
        equal(account(office, "6601.01"), -sum(row["amount"] for row in everything if row["kind"] == "commission"))
        equal(account(office, "1122"), 0)
        post(office)


@test("a bill whose total is wrong is refused whole, and a word that is not known waits for a person")
def _(office):
    furnish(office)
    with client.Running("--shops", 1, "--orders", 0) as running:
        day, month = local(running.now())[:10], local(running.now())[:7]
        for shop in ("taobao-1", "jd-1", "pdd-1"):
            bring_in(office, running, shop, sell(running, shop))
            _, call = take(office, running, shop, day, total="wrong")
            assert "it is not whole" in office.refused(1, *call)
            equal(office.rows(f"SELECT count(*) FROM bill_row WHERE party = '{shop}'")[0][0], 0)
            _, call = take(office, running, shop, day, unknown="神秘费用", total="right")
            equal(office.run(*call)[0]["unknown"], 1)
            post(office)
            report = do(office, "bill.compare", party=shop, period=month)
            equal([row["rows"] for row in report["states"] if row["name"] == "review"], [1])


@test("a carrier's bill is read by a map, and its carriage falls on the orders")
def _(office):
    furnish(office)
    with client.Running("--shops", 1, "--orders", 0) as running:
        ids = sell(running, "taobao-1")
        bring_in(office, running, "taobao-1", ids)
        post(office)
        for number, order in enumerate(ids):
            change(office, f"INSERT INTO parcel (number, parcel, box, waybill) VALUES ('taobao-1-{order}', 'P', 'S', 'SF{number}')")
        (office.folder / "sf.map").write_text("[columns]\norder = 运单号\namount = 应付金额\ntime = 寄件日期\n")
        bill = office.folder / "sf.csv"
        bill.write_text("序号,运单号,寄件日期,应付金额\n" + "".join(f"{n},SF{n},2026-11-2{n},{n + 3}.10\n" for n in range(6)) + ",合计,,33.60\n",
                        encoding="gb18030")
        call = ("bill", "take", bill, "--format", "carrier", "--party", "SF", "--map", office.folder / "sf.map")
        equal(office.run(*call)[0]["total_minor"], -3360)
        do(office, "bill.compare", party="SF", period="2026-11")
        equal((account(office, "6601.02"), account(office, "2241")), (3360, -3360))
        groups = do(office, "money.profit", by="order")["groups"]
        equal(sorted(group["freight_minor"] for group in groups), [310, 410, 510, 610, 710, 810])


# ---------------------------------------------------------------- cost, again and otherwise


class Pieces:
    """What one item costs, in fractions. fifo: each piece by itself; else one heap."""

    def __init__(self, fifo):
        self.fifo, self.pieces, self.lost = fifo, [], Fraction(0)

    def come(self, count, total):
        self.pieces += [Fraction(total, count)] * count

    def go(self, count):
        assert count <= len(self.pieces)
        if not self.fifo:
            mean = sum(self.pieces) / len(self.pieces)
            self.pieces = [mean] * len(self.pieces)
        self.lost += sum(self.pieces[:count])
        self.pieces = self.pieces[count:]


def tell(office, seq, kind, data):
    line = json.dumps({"specversion": "1.0", "id": f"e{seq}", "source": f"//floorhand/site/{SITE}", "type": f"io.floorhand.{kind}.v1",
                       "time": "2026-11-20T09:15:22.481Z", "sequence": f"{1:010}-{seq:016}", "data": data}, separators=(",", ":"))
    change(office, "INSERT INTO event (arrival, site, epoch, seq, id, type, subject, time, line, hash) VALUES "
           f"({seq}, '{SITE}', 1, {seq}, 'e{seq}', '{kind}', '', '', '{line}', "
           + ("decode(repeat('00', 32), 'hex')" if "HEAD_OFFICE_DATABASE" in os.environ else "zeroblob(32)") + ")")


@test("what goods cost is the same as piece by piece, by average and first in first out")
def _(office):
    furnish(office)
    do(office, "cost.method", sku="C", method="fifo")
    chance, models, seq = random.Random(11), {"T": Pieces(False), "C": Pieces(True)}, 0
    for step in range(120):
        sku = chance.choice("TC")
        model = models[sku]
        seq += 1
        if chance.random() < 0.45 or not model.pieces:
            count, total = chance.randint(1, 30), chance.randint(1, 9999)
            do(office, "cost.purchase", document=f"D{step}", sku=sku, quantity=count, amount_minor=total)
            tell(office, seq, "receipt.line", {"document": f"D{step}", "sku": sku, "quantity": count, "from": "D", "to": "A"})
            model.come(count, total)
        else:
            count = chance.randint(1, len(model.pieces))
            tell(office, seq, "adjust.posted", {"location": "A", "delta": -count, "sku": sku, "quantity": count, "reason": "count"})
            model.go(count)
    post(office)
    for sku, model in models.items():
        quantity, value = office.rows(f"SELECT quantity, value_minor FROM cost_item WHERE sku = '{sku}'")[0]
        lost = office.rows(f"SELECT sum(base_minor) FROM books_line WHERE account = '6711' AND sku = '{sku}'")[0][0]
        equal(int(quantity), len(model.pieces))
        bound = 1 if model.fifo else 60  # cut once in the layer that is begun; to the nearest at each move
        assert abs(int(value) - sum(model.pieces)) < bound, f"{sku}: {value}, expected {float(sum(model.pieces))}"
        assert abs(int(lost) - model.lost) < bound, f"{sku}: {lost}, expected {float(model.lost)}"


# ---------------------------------------------------------------- invoices


@test("numbers of invoices have no gaps, whoever issues at once and whatever is killed")
def _(office):
    furnish(office)
    count = 24
    text = HEAD + "".join(f"O{n},taobao,taobao-1,{n},SF,Li,1,S,0,0,11.30,T,1,11.30,11.30\n" for n in range(count))
    (office.folder / "o.csv").write_text(text)
    office.run("import", "orders", office.folder / "o.csv")
    drafts = [do(office, "invoice.draft", order=f"O{n}", title="Li")["invoice"] for n in range(count)]
    chance = random.Random(5)
    while drafts:
        children = [subprocess.Popen([HQ, "do", "invoice.issue", f"invoice={draft}", "--database", office.database],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for draft in drafts[:6]]
        for child in children:
            if chance.random() < 0.5:
                time.sleep(chance.random() * 0.02)  # a moment for the kill; nothing is waited for
                child.kill()
        for child in children:
            child.wait(60)
        numbers = [int(row[0]) for row in office.rows("SELECT number FROM invoice WHERE number IS NOT NULL ORDER BY number")]
        equal(numbers, list(range(1, len(numbers) + 1)))
        open_ones = {int(row[0]) for row in office.rows("SELECT id FROM invoice WHERE state = 'draft'")}
        drafts = [draft for draft in drafts if draft in open_ones]
    equal(len(numbers), count)
    equal(do(office, "money.balance")["wrong"], "")


sys.exit(tap.done())
