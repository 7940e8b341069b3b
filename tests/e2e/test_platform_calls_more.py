#!/usr/bin/env python3
"""JD, Douyin, Kuaishou, Shopify and WooCommerce against the stand-in, over HTTP: as test_platform_calls.py does for the two others,
with what is different at each of these."""

import http.server
import json
import sys
import threading

from test_platform_calls import SENDER, STATES, Shop, must, must_be
from platforms.bench import Bench
from tap import Tap

ORDERS = 130
DEEP = 10_150  # orders of one window at Douyin, where pages end at 10,000
TRAITS = {
    # unpaid: whether unpaid orders are seen; nets: whether the lines say what was paid for them; asked: whether a refund is seen
    # before it is done; set, delta: how stock is told; again: what a second parcel of a shipped order is; print: whether what is
    # printed is asked for apart
    "jd": {"unpaid": False, "nets": False, "asked": True, "carrier": "463", "ebill": "YTO", "set": True, "delta": False,
           "again": "conflict", "print": True, "parts": False, "amend": False,
           "list": "jingdong.pop.order.search", "ship": "jingdong.pop.order.shipment", "stock": "jingdong.ware.stock.sku.set",
           "waybill": None},
    "douyin": {"unpaid": True, "nets": True, "asked": True, "carrier": "yuantong", "ebill": "yuantong", "set": True, "delta": True,
               "again": "conflict", "print": True, "parts": True, "amend": True,
               "list": "order.searchList", "ship": "order.logisticsAdd", "stock": "sku.syncStock", "waybill": "logistics.newCreateOrder"},
    "kuaishou": {"unpaid": True, "nets": True, "asked": True, "carrier": "6", "ebill": "YTO", "set": False, "delta": True,
                 "again": "conflict", "print": False, "parts": True, "amend": True,
                 "list": "open.order.cursor.list", "ship": "open.seller.order.goods.deliver", "stock": "open.item.sku.stock.update",
                 "waybill": "open.express.ebill.get"},
    "shopify": {"unpaid": True, "nets": True, "asked": False, "carrier": "YTO", "ebill": None, "set": True, "delta": True,
                "again": None, "print": False, "parts": True, "amend": True,
                "list": "orders", "ship": "fulfillmentCreate", "stock": "inventory*", "waybill": None},
    "woo": {"unpaid": True, "nets": True, "asked": False, "carrier": "YTO", "ebill": None, "set": True, "delta": False,
            "again": "ok", "print": False, "parts": False, "amend": True,
            "list": "GET /orders", "ship": "PUT /orders/*", "stock": "PUT /products/*", "waybill": None},
}
CHINA = ("jd", "douyin", "kuaishou")


class Other(Shop):
    def __init__(self, bench, name):
        self.bench, self.name, self.key, self.traits = bench, name, f"{name}-1", TRAITS[name]

    def small_window(self, **more):
        now = self.bench.now()
        return self.call("orders", **{"from": now - 60, "to": now}, **more)

    def row(self, outer="LAMP", **more):
        item, sku, _ = self.sku(outer)
        if self.name == "shopify":
            sku = f"{sku}/{sku}"
        if self.name == "woo" and outer == "LAMP":
            sku = ""  # an item without variations
        return {"item": item, "sku": sku, "code": outer, **more}

    def stock(self, quantity, delta=False):
        return self.call("stock", stock=[self.row(quantity=quantity)], delta=delta, key=f"K{self.bench.now()}{quantity}{delta}")

    def ship_key(self, key, order, number, **more):
        return self.call("ship", key=key, shipment={"order": order, "carrier": self.traits["carrier"], "waybill": number, **more})

    def change(self, by=1):
        """One that can be told once: the stock by a difference, or as a whole."""
        self.number = getattr(self, "number", 0) + 1
        return self.call("stock", stock=[self.row(quantity=by if self.traits["delta"] else self.sku()[2] + by)],
                         delta=self.traits["delta"], key=f"C{self.name}{self.number}")

    def push_secret(self):
        """What its pushes are signed with."""
        told = self.bench.look("shops")[self.key]
        return told["message_secret"] if self.name == "kuaishou" else told["secret"]

    def order(self, order):
        return self.call("order", order=order)["orders"][0]


# ---------------------------------------------------------------- pulling


def state_of(shop, order):
    """As the platform can say it."""
    if shop.name == "jd" and order["state"] == "part_shipped":
        return "paid"
    if shop.name == "woo" and order["state"] in ("shipped", "signed"):
        return "completed"
    if shop.name == "shopify" and order["state"] == "completed":
        return "shipped"
    return STATES.get(order["state"], order["state"])


def faults_of_orders(shop, pulled):
    ledger = {order_id: order for order_id, order in shop.ledger()["orders"].items() if shop.traits["unpaid"] or order["paid_at"]}
    faults = must(set(pulled) == set(ledger), f"{len(pulled)} orders instead of {len(ledger)}")
    for order_id in set(pulled) & set(ledger):
        got, wanted = pulled[order_id], ledger[order_id]
        if (got["state"], got["paid"], got["goods"], got["freight"], got["discount"]) != (
                state_of(shop, wanted), wanted["paid"], wanted["goods"], wanted["freight"], wanted["discount"]):
            faults.append(f"{order_id} is {got}, not {wanted}")
        lines = [(line["code"], line["quantity"], line["price"], line["paid"]) for line in got["lines"]]
        nets = [(line["outer"], line["count"], line["price"], line["net"]) for line in wanted["lines"]]
        if not shop.traits["nets"]:
            faults += must(sum(line[3] for line in lines) == sum(line[3] for line in nets), f"{order_id} sums up to {lines}, not {nets}")
            lines, nets = [line[:3] for line in lines], [line[:3] for line in nets]
        faults += must(lines == nets, f"{order_id} has the lines {lines}, not {nets}")
    return faults[:3]


def test_pulled(tap, shop):
    pulled, fault = shop.pull()
    tap.check(f"{shop.name}: every order is pulled, with its sums", must(not fault, fault) + faults_of_orders(shop, pulled))
    done = shop.place()
    refund = shop.say("refund", order=done)
    shop.say("refund_move", refund=refund, state="done")
    now = shop.bench.now()
    refunds, fault = shop.bench.pull(shop.key, "refunds", "refunds", now - 1790, now + 1)
    wanted = {key: (row["order"], row["amount"], row["state"] == "done") for key, row in shop.ledger()["refunds"].items()
              if shop.traits["asked"] or row["state"] == "done"}
    got = {key: (row["order"], row["amount"], row["state"] == "done") for key, row in refunds.items()}
    tap.check(f"{shop.name}: every refund is pulled", must(not fault and got == wanted and wanted, f"{fault} {got}, not {wanted}"))


def test_one(tap, shop):
    order = next(iter(shop.pull()[0].values()))
    said = shop.call("order", order=order["id"])
    tap.check(f"{shop.name}: one order is as the list had it", must(said.get("orders") == [order], f"{said}, not {order}"))
    tap.check(f"{shop.name}: an order that is not there", must_be(shop.call("order", order="1"), "not_found", message=True))


def test_moving(tap, shop):
    now = shop.bench.now()
    start, end = now - 1790, now
    shop.arm("change", shop.traits["list"], times=6,
             change={"command": "touch_first", "shop": shop.key, "from": start, "until": end - 1, "at": "+5"})
    first, fault = shop.bench.pull(shop.key, "orders", "orders", start, end)
    shop.bench.say("disarm")
    second, more = shop.bench.pull(shop.key, "orders", "orders", end, end + 60)
    tap.check(f"{shop.name}: no order is lost while others move from page to page",
              must(not fault and not more, f"{fault} {more}") + must(second, "none moved") + faults_of_orders(shop, {**first, **second}))


def test_oddities(tap, shop):
    now = shop.bench.now()
    start, end = now - 1700, now + 60
    plain, _ = shop.bench.pull(shop.key, "orders", "orders", start, end)
    for oddity in ("swap_types", "nulls", "missing", "deep", "stale"):
        if shop.name == "woo" and oddity in ("deep", "missing"):
            continue  # its answer is an array, which has no members; and its lists are known by being there
        shop.arm(oddity, shop.traits["list"], times=30)
        pulled, fault = shop.bench.pull(shop.key, "orders", "orders", start, end)
        shop.bench.say("disarm")
        same = set(pulled) == set(plain) if oddity == "stale" else pulled == plain
        tap.check(f"{shop.name}: {oddity} changes nothing", must(not fault and same, fault or f"{len(pulled)} of {len(plain)} orders"))


def test_money(tap, shop):
    if shop.name != "jd":
        return  # the others write fen, or one way alone
    faults = []
    for style in ("plain", "short", "zeros", "exponent"):
        shop.say("style", money=style)
        pulled, fault = shop.bench.pull(shop.key, "orders", "orders", shop.bench.now() - 1700, shop.bench.now() + 60)
        ledger = shop.ledger()["orders"]
        faults += must(not fault, f"{style}: {fault}")
        faults += [f"{style}: {key}: {row['paid']}" for key, row in pulled.items() if row["paid"] != ledger[key]["paid"]][:1]
    shop.say("style", money="plain")
    tap.check(f"{shop.name}: the same money, however it is written", faults)


def test_overlays(tap, shop):
    order = shop.place()
    faults = []
    shop.say("change", order=order, hold=True)
    faults += must("hold" in shop.order(order)["overlays"], "a hold is not seen")
    shop.say("change", order=order, hold=False, raw_status="99")
    faults += must("hold" in shop.order(order)["overlays"], "an unknown status is not held")
    shop.say("change", order=order, raw_status=None)
    faults += must("hold" not in shop.order(order)["overlays"], "held for nothing")
    shop.say("change", order=order, mask="empty")
    got = shop.order(order)
    faults += must("masked" in got["overlays"] and "sealed" not in got["receiver"], got)
    if shop.traits["asked"]:
        refund = shop.say("refund", order=order)
        wanted = "hold" if shop.name == "jd" else "refunding"  # JD locks the order
        faults += must(wanted in shop.order(order)["overlays"], "a refund is not seen")
        shop.say("refund_move", refund=refund, state="closed")
        faults += must(wanted not in shop.order(order)["overlays"], "a closed refund is seen")
    tap.check(f"{shop.name}: holds, unknown statuses, hidden receivers and refunds lie over an order", faults)


# ---------------------------------------------------------------- shipping, stock, waybills


def test_ship(tap, shop):
    order, refunding = shop.place(), shop.place()
    shop.say("refund", order=refunding)
    before = len(shop.ledger()["shipments"])
    faults = must_be(shop.ship(order, "YT100000001"), "ok")
    got = shop.order(order)
    faults += must(got["state"] in ("shipped", "completed") and got["waybill"] == "YT100000001" and got["lines"][0]["shipped"], got)
    if shop.traits["again"] == "conflict":
        faults += must_be(shop.ship(order, "YT100000002"), "conflict", message=True)
    if shop.name == "kuaishou":
        faults += must_be(shop.ship(order, "YT100000001"), "ok")  # the same again is taken, and is no second parcel
    if shop.name == "shopify":
        faults += must(shop.ship(order, "YT100000002")["result"] < 0, "shipped twice")
    if shop.name in CHINA:
        faults += must_be(shop.ship(refunding, "YT100000003"), "conflict", message=True)
        wrong = shop.call("ship", shipment={"order": shop.place(), "carrier": "7777", "waybill": "X1", "whole": True})
        faults += must_be(wrong, "parameter" if shop.name == "douyin" else "conflict", message=True)
    if shop.name != "shopify":
        faults += must_be(shop.ship("1", "YT100000004"), "not_found", message=True)
    shipped = shop.ledger()["shipments"][before:]
    faults += must([parcel["number"] for parcel in shipped] == ["YT100000001"], shipped)
    if shop.traits["amend"] and shop.name != "woo":
        other = {"douyin": "shunfeng", "kuaishou": "4"}.get(shop.name, "SF")
        amended = shop.call("ship_amend", shipment={"order": order, "carrier": other, "waybill": "SF1", "old_waybill": "YT100000001",
                                                    "whole": True})
        faults += must_be(amended, "ok") + must(shop.ledger()["orders"][order]["parcels"][0]["number"] == "SF1", "nothing was amended")
    tap.check(f"{shop.name}: shipped once, refused with its reason, amended", faults)


def test_ship_parts(tap, shop):
    if not shop.traits["parts"]:
        return
    goods = [["TS-RED-L", 2, None, 0]] + ([] if shop.name == "kuaishou" else [["LAMP", 1, None, 0]])
    order = shop.place(goods)
    lines = shop.order(order)["lines"]
    part = {"whole": False, "lines": [{"line": lines[0]["id"], "quantity": 1}]}
    faults = must_be(shop.ship_key("S1", order, "YT200000001", **part), "ok")
    faults += must_be(shop.ship_key("S1", order, "YT200000001", **part), "ok") if shop.name == "douyin" else []  # which is once
    faults += must(shop.order(order)["state"] == "part_shipped", shop.order(order))
    rest = [{"line": line["id"], "quantity": 1} for line in lines]
    faults += must_be(shop.ship_key("S2", order, "YT200000002", whole=False, lines=rest), "ok")
    faults += must(shop.order(order)["state"] == "shipped", shop.order(order))
    parcels = [parcel["number"] for parcel in shop.ledger()["orders"][order]["parcels"]]
    tap.check(f"{shop.name}: an order in two parcels", faults + must(parcels == ["YT200000001", "YT200000002"], parcels))
    if shop.name == "kuaishou":
        faults = must_be(shop.ship(order, "YT200000003", extra=True), "ok")
        parcels = [parcel["number"] for parcel in shop.ledger()["orders"][order]["parcels"]]
        tap.check(f"{shop.name}: a further parcel", faults + must(parcels[2:] == ["YT200000003"], parcels))


def test_stock(tap, shop):
    before, faults = shop.sku()[2], []
    if shop.traits["set"]:
        faults += must_be(shop.stock(7), "ok")
        refused = shop.stock(-1)
        faults += must(refused["result"] < 0 and refused["error"], refused)
    else:
        shop.say("stock", sku="LAMP", value=7)
        faults += must(shop.stock(7)["result"] < 0, "stock was set as a whole")
    if shop.traits["delta"]:
        faults += must_be(shop.stock(-3, True), "ok")
        if shop.name != "shopify":  # which lets it be less than nothing
            faults += must_be(shop.stock(-50, True), "permanent", message=True)
    else:
        faults += must(shop.stock(-3, True)["result"] < 0, "stock was changed by a difference")
    wanted = 4 if shop.traits["delta"] else 7
    read = shop.call("stock_read", stock=[shop.row()])
    faults += must([row["quantity"] for row in read.get("stock", [])] == [wanted] == [shop.sku()[2]], f"{read} {shop.sku()}")
    shop.say("stock", sku="LAMP", value=before)
    tap.check(f"{shop.name}: stock is set, changed and read", faults)


def test_stock_rows(tap, shop):
    """Some of them fail alone, or all of them together."""
    if shop.name == "kuaishou":
        return
    good, bad = shop.row("TS-RED-L", quantity=11), shop.row("TS-RED-M", quantity=12)
    number = bad["sku"].partition("/")[0]
    before = len(shop.ledger()["stock_changes"])
    call = {"woo": "POST /products/*", "douyin": "sku.syncStockBatch"}.get(shop.name, shop.traits["stock"])
    shop.arm("row", call, rows=[number])
    said = shop.call("stock", stock=[good, bad], key="R1")
    done = shop.ledger()["stock_changes"][before:]
    if shop.name in ("jd", "woo"):
        faults = must_be(said, "partial") + must([row["fault"] == "ok" for row in said["stock"]] == [True, False], said)
        faults += must(len(done) == 1, done)
    else:
        faults = must(said["class"] != "ok" and not done, f"{said} {done}")
    shop.bench.say("disarm")
    faults += must_be(shop.call("stock", stock=[good, bad], key="R2"), "ok")
    faults += must([shop.sku(outer)[2] for outer in ("TS-RED-L", "TS-RED-M")] == [11, 12], "not as it was set")
    tap.check(f"{shop.name}: rows of stock that fail", faults)


def test_same_key(tap, shop):
    if shop.name != "douyin":
        return
    before = shop.sku()[2]
    said = [shop.call("stock", stock=[shop.row(quantity=5)], delta=True, key="once") for _ in range(2)]
    tap.check("douyin: the same difference with the same key is done once",
              must_be(said[0], "ok") + must_be(said[1], "conflict") + must(shop.sku()[2] == before + 5, shop.sku()))


def test_prices(tap, shop):
    """Where the stand-in has a call for it."""
    if shop.name != "woo":
        return
    faults = must_be(shop.call("price", stock=[shop.row(price=12345)], currency="EUR"), "ok")
    faults += must_be(shop.call("listing", stock=[shop.row(on_sale=False)]), "ok")
    sku = shop.ledger()["skus"][shop.sku()[1]]
    faults += must((sku["price"], sku["listed"]) == (12345, False), sku)
    tap.check("woo: a price, and an item taken off", faults + must_be(shop.call("listing", stock=[shop.row(on_sale=True)]), "ok"))


def waybill(shop, order, *keys):
    return shop.call("waybill_get", carrier=shop.traits["ebill"], form="http://cloudprint.example/1", account="571001",
                     sender={**SENDER, "district": "余杭区"},
                     parcels=[{"key": key, "order": order, "goods": "T恤", "pieces": 1, "name": "张三", "phone": "13800000000",
                               "province": "浙江省", "city": "杭州市", "address": "文一路 2 号"} for key in keys])


def test_waybills(tap, shop):
    if not shop.traits["ebill"]:
        tap.check(f"{shop.name}: no waybills", must(waybill(shop, "1", "P-1")["result"] < 0, "there are"))
        return
    order, faults = shop.place(), []
    if shop.traits["waybill"]:
        first, again = waybill(shop, order, "P-1", "P-2"), waybill(shop, order, "P-1")
        numbers = [row.get("number") for row in first.get("waybills", [])]
        faults += must_be(first, "ok") + must(len(set(numbers)) == 2, first)
        faults += must([row["number"] for row in again["waybills"]] == numbers[:1], again)
        shop.arm("row", shop.traits["waybill"], rows=[order] if shop.name == "douyin" else ["P-4"])
        other = shop.place()
        partial = waybill(shop, order, "P-3", "P-4")
        wanted = ["retry", "retry"] if shop.name == "douyin" else ["ok", "retry"]
        faults += must_be(partial, "partial") + must([row["fault"] for row in partial["waybills"]] == wanted, partial)
        faults += must(other, "")
    else:
        said = waybill(shop, order, "P-1")
        numbers = [row["number"] for row in said.get("waybills", [])]
        faults += must_be(said, "ok") + must(numbers, said)
    if shop.traits["print"]:
        printed = shop.call("waybill_print", carrier=shop.traits["ebill"], waybill=numbers[0], order=order, key="P-1")
        faults += must_be(printed, "ok") + must(printed["waybills"][0].get("print_data"), printed)
    faults += must_be(shop.call("waybill_cancel", carrier=shop.traits["ebill"], waybill=numbers[0]), "ok")
    shop.say("quota", carrier="YTO", left=0)
    none = waybill(shop, order, "P-5")
    faults += must(none["class"] != "ok", none)
    shop.say("quota", carrier="YTO", left=1000)
    tap.check(f"{shop.name}: waybills, the same again, some of them, none left", faults)


def test_sealed(tap, shop):
    """A receiver that is hidden gets his parcel by what the order had in his place."""
    if shop.name not in ("douyin", "kuaishou"):
        return
    order = shop.order(shop.place())
    person = order["receiver"]
    said = shop.call("waybill_get", carrier=shop.traits["ebill"], form="f", sender={**SENDER, "district": "余杭区"}, parcels=[
        {"key": "S1", "order": order["id"], "goods": "T恤", "name": person["name"], "phone": person["phone"], "address": person["address"],
         "province": person["province"], "city": person["city"], "district": person["district"], "sealed": person["sealed"]}])
    asked = [row for row in shop.bench.look("log") if row["call"] == shop.traits["waybill"]][-1]["params"]
    tap.check(f"{shop.name}: a waybill for a receiver that is hidden",
              must_be(said, "ok") + must(json.loads(person["sealed"])["name"] in str(asked), asked))


def test_bills(tap, shop):
    if shop.name != "douyin":
        return
    for _ in range(3):
        order = shop.place()
        shop.ship(order, f"YT4{order[-8:]}")
        shop.say("complete", order=order)
    now = shop.bench.now()
    bills, fault = shop.bench.pull(shop.key, "bills", "bills", now - 3600, now + 1)
    wanted = {row["flow"]: row["amount"] for row in shop.ledger()["bills"]}
    got = {key: row["amount"] for key, row in bills.items()}
    tap.check("douyin: every row of the bills", must(not fault and got == wanted and wanted, f"{fault} {got}, not {wanted}"))


def test_carriers(tap, shop):
    if shop.name != "douyin":
        return
    codes = [carrier["code"] for carrier in shop.call("carriers")["carriers"]]
    tap.check("douyin: the carriers that may be used", must("yuantong" in codes and "old" not in codes, codes))


# ---------------------------------------------------------------- what goes wrong


def test_transport(tap, shop):
    for do, read in (("reset", "ok"), ("close", "ok"), ("html502", "retry"), ("truncate", "retry"), ("empty", "retry"),
                     ("too_long", "retry"), ("too_short", "retry"), ("cut_body", "retry"), ("cut_chunks", "retry"), ("bad_gzip", "retry"),
                     ("chunked", "ok"), ("gzip", "ok")):
        write = "ok" if do in ("chunked", "gzip") else "uncertain"
        shop.arm(do, shop.traits["list"])
        faults = must_be(shop.small_window(), read)
        shop.bench.say("disarm")
        before = len(shop.ledger()["stock_changes"])
        shop.arm(do, shop.traits["stock"], effect=True)
        faults += must_be(shop.change(), write)
        shop.bench.say("disarm")
        done = len(shop.ledger()["stock_changes"]) - before
        tap.check(f"{shop.name}: {do}", faults + must(done == 1, f"it was done {done} times"))


def test_lost_reply(tap, shop):
    order = shop.place()
    shop.arm("cut_body", shop.traits["ship"])
    faults = must_be(shop.ship(order, "YT300000001"), "uncertain", message=True)
    got = shop.order(order)
    faults += must(got["state"] in ("shipped", "completed") and got["waybill"] == "YT300000001", got)
    sent = [parcel for parcel in shop.ledger()["shipments"] if parcel["order"] == order]
    tap.check(f"{shop.name}: a parcel whose reply was lost is found by reading back", faults + must(len(sent) == 1, sent))


def test_throttled(tap, shop):
    shop.bench.say("throttle", whom=shop.key, per_second=1, ban=2)
    said = [shop.small_window() for _ in range(3)]
    shop.bench.say("throttle", whom=shop.key)
    faults = must(said[-1]["class"] == "throttled", said[-1])
    if shop.name in ("shopify", "woo"):
        faults += must(1 <= said[-1].get("retry_s", 0) <= 3, said[-1])
    if shop.name == "shopify":
        shop.bench.say("trait", name="shopify_throttled_status", value=429)
        shop.bench.say("throttle", whom=shop.key, per_second=1, ban=1)
        said = [shop.small_window() for _ in range(3)]
        shop.bench.say("throttle", whom=shop.key)
        shop.bench.say("trait", name="shopify_throttled_status", value=200)
        faults += must(said[-1]["class"] == "throttled", said[-1])
    tap.check(f"{shop.name}: too many calls", faults)


def test_called_wrongly(tap, shop):
    faults = []
    if shop.name in CHINA:
        wrong = shop.bench.shop(shop.key, **{"sign_secret" if shop.name == "kuaishou" else "app_secret": "another"})
        faults += must_be(shop.bench.call(wrong, "order", order="1"), "bad_sign", message=True)
        faults += must_be(shop.bench.call(shop.key, "order", order="1", now=shop.bench.now() - 700), "clock", message=True)
    if shop.name == "woo":
        faults += must_be(shop.bench.call(shop.bench.shop(shop.key, app_secret="x"), "order", order="1"), "bad_sign", message=True)
        faults += must_be(shop.call("order", order="1", now=shop.bench.now() - 1000), "clock", message=True)
        faults += must_be(shop.bench.call(shop.bench.shop(shop.key, sign_method="HMAC-SHA1"), "order", order="1"), "not_found")
    if shop.name == "douyin":
        shop.bench.say("addresses", platform="douyin", allow=["10.0.0.1"])
        faults += must_be(shop.small_window(), "permission", message=True)
        shop.bench.say("addresses", platform="douyin")
        old = shop.bench.shop(shop.key, sign_method="md5")
        faults += must_be(shop.bench.call(old, "order", order="1"), "not_found")
    if shop.name == "kuaishou":
        faults += must_be(shop.bench.call(shop.bench.shop(shop.key, sign_method="MD5"), "order", order="1"), "not_found")
    for order in ("张 & <三>+=%2B~", "\"\\/", "\U0001f375\u2028", "a b\tc"):
        said = shop.call("order", order=order)
        wanted = {"woo": None, "shopify": "parameter"}.get(shop.name, "not_found")
        faults += must_be(said, wanted) if wanted else must(said["result"] < 0, said)
    tap.check(f"{shop.name}: a wrong secret, a wrong clock, any value signed as it arrives", faults)


def test_tokens(tap, shop):
    old = shop.bench.shop(shop.key)
    if shop.name not in CHINA:
        shop.say("token", action="revoke")
        faults = must_be(shop.small_window(), "auth_revoked", message=True)
        shop.say("token", action="reauthorise")
        tap.check(f"{shop.name}: a token that was taken back", faults + must_be(shop.small_window(), "ok"))
        return
    faults = []
    if shop.name == "jd":  # only in the day before it ends
        faults += must_be(shop.call("token_refresh"), "auth_revoked", message=True)
        shop.bench.say("clock", skew=29.5 * 86400)
    else:
        shop.say("token", action="expire")
        faults += must_be(shop.small_window(), "auth_expired", message=True)
    fresh = shop.call("token_refresh")
    faults += must_be(fresh, "ok") + must(fresh["access"] not in ("", old["access_token"]) and "token_until" in fresh, fresh)
    faults += must_be(shop.small_window(), "ok")
    now = shop.bench.now()
    faults += must_be(shop.bench.call(old, "orders", **{"from": now - 60, "to": now}),
                      "auth_revoked" if shop.name == "douyin" else "auth_expired")
    if shop.name == "kuaishou":  # the former one is good for five minutes more
        faults += must_be(shop.bench.call(old, "token_refresh"), "ok")
    shop.say("token", action="reauthorise")
    faults += must_be(shop.bench.call(old, "token_refresh"), "auth_revoked", message=True)
    faults += must_be(shop.small_window(), "ok")
    tap.check(f"{shop.name}: tokens end, are refreshed, and are void when somebody authorised anew", faults)


def test_cursor(tap, shop):
    """A cursor that does not move is not followed for ever."""
    if shop.name != "kuaishou":
        return
    now = shop.bench.now()
    shop.arm("repeat_cursor", shop.traits["list"], times=2, skip=1)
    pulled, fault = shop.bench.pull(shop.key, "orders", "orders", now - 1700, now + 60)
    shop.bench.say("disarm")
    again, more = shop.bench.pull(shop.key, "orders", "orders", now - 1700, now + 60)
    tap.check("kuaishou: a cursor that does not move is told, and the window is read again",
              must("retry" in fault and len(pulled) < len(again), f"{fault} {len(pulled)}") + must(not more, more))


def test_deep(tap, shop):
    """More orders than pages reach: the window is cut."""
    if shop.name != "douyin":
        return
    now = shop.bench.now()
    shop.say("place", count=DEEP, at=now - 1500, until=now - 100, goods=[["LAMP", 1, None, 0]], ids=False)
    found, cursor, calls, faults = set(), "", 0, []
    while not faults:
        said = shop.call("orders", **{"from": now - 1790, "to": now, "cursor": cursor})
        faults += must_be(said, "ok")
        found.update(row["id"] for row in said.get("orders", []))
        cursor, calls = said["cursor"], calls + 1
        if not cursor:
            break
    wanted = {key for key, row in shop.ledger()["orders"].items() if now - 1790 <= row["modified"] <= now}
    tap.check(f"douyin: {len(wanted)} orders of one window in {calls} calls",
              faults + must(found >= wanted and len(wanted) > DEEP, f"{len(found)} of {len(wanted)}"))


# ---------------------------------------------------------------- pushes


class Listener:
    """Takes what the stand-in pushes, and answers as the connector says. Also a context."""

    def __init__(self, shop):
        listener, self.heard = self, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = "".join(f"{name}: {value}\n" for name, value in self.headers.items())
                said = shop.bench.hear(shop.bench.shop(shop.key, push_secret=shop.push_secret()), headers, body)
                listener.heard.append(said)
                self.send_response(200 if said["result"] == 0 else 403)
                self.end_headers()
                self.wfile.write(said["reply"].encode())

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def test_pushes(tap, shop):
    """A hint is of the right order, or there is none."""
    if shop.name == "jd":
        return
    order, faults = shop.place(), []
    with Listener(shop) as listener:
        def push(**more):
            listener.heard.clear()
            said = shop.say("push", url=listener.url, **{"order": order, "retries": 0, **more})
            return said["received"], [hint for heard in listener.heard for hint in heard["hints"]]

        received, hints = push(event="paid")
        faults += must(received and [hint["order"] for hint in hints] == [order] and hints[0]["topic"] and hints[0]["message"], hints)
        number = len(shop.bench.look("pushes"))
        again, more = push(event="paid", replay=number)
        faults += must(again and more == hints, f"{more}, not {hints}")  # told alike: the message's number says that it was there before
        received, hints = push(tag="9999" if shop.name == "douyin" else "order.strange" if shop.name == "woo" else "orders/strange")
        faults += must(received and len(hints) == 1, hints)
        for sign in ("wrong", "missing") if shop.name != "kuaishou" else ("wrong",):
            received, hints = push(sign=sign)
            faults += must(not received and not hints, f"{sign}: {hints}")
        if shop.name == "kuaishou":
            received, hints = push(padding="bad")
            faults += must(not received and not hints, hints)
        if shop.name == "douyin":
            orders = [shop.place() for _ in range(50)]
            received, hints = push(orders=orders)
            faults += must(received and [hint["order"] for hint in hints] == orders, hints)
    tap.check(f"{shop.name}: pushes are believed when they are signed, and only hint", faults)


TESTS = (test_pulled, test_one, test_moving, test_money, test_oddities, test_overlays, test_ship, test_ship_parts, test_stock,
         test_stock_rows, test_same_key, test_prices, test_waybills, test_sealed, test_bills, test_carriers, test_transport, test_lost_reply,
         test_pushes, test_throttled, test_called_wrongly, test_cursor, test_deep, test_tokens)


def main():
    tap = Tap()
    with Bench("--shops", 1, "--orders", ORDERS) as bench:
        for name in sorted(TRAITS, key=lambda name: name == "jd"):  # whose token's day moves the clock
            for test in TESTS:
                test(tap, Other(bench, name))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
