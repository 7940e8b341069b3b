#!/usr/bin/env python3
"""The connectors against the stand-in of the platforms, over HTTP: what is there is pulled, what is done is done once, and whatever goes
wrong on the way is called by its name."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from platforms.bench import OUT, Bench  # noqa: E402
from tap import Tap  # noqa: E402

ORDERS = 130
# What a platform does not do as the others: unpaid orders are not shown; carriers are told apart by code or number.
TRAITS = {
    "taobao": {"unpaid": True, "carrier": "YTO", "other": "SF", "wrong": "NOBODY", "ebill": "YTO", "parts": True,
               "ship": "taobao.logistics.offline.send", "stock": "taobao.skus.quantity.update", "list": "taobao.trades.sold.increment.get",
               "waybill": "cainiao.waybill.ii.get", "money": ("plain", "short", "zeros", "exponent")},
    "pdd": {"unpaid": False, "carrier": "85", "other": "44", "wrong": "7", "ebill": "YTO", "parts": False,
            "ship": "pdd.logistics.online.send", "stock": "pdd.goods.quantity.update", "list": "pdd.order.number.list.increment.get",
            "waybill": "pdd.waybill.get", "money": ("plain", "short", "zeros", "exponent", "string", "noise")},
}
SENDER = {"name": "仓库", "phone": "057100000000", "province": "浙江省", "city": "杭州市", "address": "文一路 1 号"}
STATES = {"unpaid": "unpaid", "paid": "paid", "part": "part_shipped", "shipped": "shipped", "signed": "shipped", "completed": "completed",
          "cancelled": "cancelled"}


def must(condition, fault):
    return [] if condition else [str(fault)]


def must_be(said, wanted, *, message=False):
    return must(said.get("class") == wanted and (said.get("message") or not message), f"{said}, not {wanted}")


class Shop:
    """One shop of one platform on the bench."""

    def __init__(self, bench, name):
        self.bench, self.name, self.key, self.traits = bench, name, f"{name}-1", TRAITS[name]

    def call(self, verb, **more):
        return self.bench.call(self.key, verb, **more)

    def say(self, command, **more):
        return self.bench.say(command, shop=self.key, **more)

    def arm(self, do, call="*", **more):
        self.bench.say("arm", do=do, call=call, platform=self.name, **more)

    def ledger(self):
        return self.bench.ledger(self.key)

    def pull(self, verb="orders", rows="orders"):
        now = self.bench.now()
        return self.bench.pull(self.key, verb, rows, now - 1790, now)

    def place(self, goods=None):
        return self.say("place", goods=goods or [["TS-RED-L", 2, None, 0]])[0]

    def ship(self, order, number, **more):
        return self.call("ship", shipment={"order": order, "carrier": self.traits["carrier"], "waybill": number, "whole": True, **more})

    def sku(self, outer="LAMP"):
        """(item, sku, stock) at the stand-in."""
        sku_id, sku = next((sku_id, sku) for sku_id, sku in self.ledger()["skus"].items() if sku["outer"] == outer)
        return sku["item"], sku_id, sku["stock"]

    def stock(self, quantity, delta=False):
        item, sku, _ = self.sku()
        return self.call("stock", stock=[{"item": item, "sku": sku, "code": "LAMP", "quantity": quantity}], delta=delta)


# ---------------------------------------------------------------- pulling


def faults_of_orders(shop, pulled):
    """Against the stand-in's own books, to the fen."""
    faults = []
    ledger = {order_id: order for order_id, order in shop.ledger()["orders"].items() if shop.traits["unpaid"] or order["paid_at"]}
    if set(pulled) != set(ledger):
        faults.append(f"{len(pulled)} orders instead of {len(ledger)}; missing {sorted(set(ledger) - set(pulled))[:3]}")
    for order_id in set(pulled) & set(ledger):
        got, wanted = pulled[order_id], ledger[order_id]
        state = STATES[wanted["state"]]
        if (got["state"], got["paid"], got["goods"], got["freight"]) != (state, wanted["paid"], wanted["goods"], wanted["freight"]):
            faults.append(f"{order_id} is {got}, not {wanted}")
        lines = [(line["code"], line["quantity"], line["price"], line["paid"]) for line in got["lines"]]
        if lines != [(line["outer"], line["count"], line["price"], line["net"]) for line in wanted["lines"]]:
            faults.append(f"{order_id} has the lines {lines}, not {wanted['lines']}")
    return faults[:3]


def test_pulled(tap, shop):
    pulled, fault = shop.pull()
    tap.check(f"{shop.name}: every order is pulled, with its sums", must(not fault, fault) + faults_of_orders(shop, pulled))
    refunds, fault = shop.pull("refunds", "refunds")
    wanted = {key: row["amount"] for key, row in shop.ledger()["refunds"].items()}
    got = {key: row["amount"] for key, row in refunds.items()}
    tap.check(f"{shop.name}: every refund is pulled", must(not fault and got == wanted and wanted, f"{fault} {got}, not {wanted}"))


def test_one(tap, shop):
    order = next(iter(shop.pull()[0].values()))
    said = shop.call("order", order=order["id"])
    tap.check(f"{shop.name}: one order is as the list had it", must(said.get("orders") == [order], f"{said}, not {order}"))
    tap.check(f"{shop.name}: an order that is not there", must_be(shop.call("order", order="1"), "not_found", message=True))


def test_moving(tap, shop):
    """Between every two pages the order that was to come first leaves the window, so the others move up."""
    now = shop.bench.now()
    start, end = now - 1790, now
    shop.arm("change", shop.traits["list"], times=6,
             change={"command": "touch_first", "shop": shop.key, "from": start, "until": end - 1, "at": "+5"})
    first, fault = shop.bench.pull(shop.key, "orders", "orders", start, end)
    shop.bench.say("disarm")
    second, more = shop.bench.pull(shop.key, "orders", "orders", end, end + 60)
    tap.check(f"{shop.name}: no order is lost while others move from page to page",
              must(not fault and not more, f"{fault} {more}") + must(second, "none moved") + faults_of_orders(shop, {**first, **second}))


def test_money(tap, shop):
    faults = []
    for style in shop.traits["money"]:
        shop.say("style", money=style)
        pulled, fault = shop.bench.pull(shop.key, "orders", "orders", shop.bench.now() - 1700, shop.bench.now() + 60)
        faults += must(not fault, f"{style}: {fault}")
        ledger = shop.ledger()["orders"]
        faults += [f"{style}: {order_id}: {order['paid']}" for order_id, order in pulled.items()
                   if order["paid"] != ledger[order_id]["paid"]][:1]
    shop.say("style", money="plain")
    tap.check(f"{shop.name}: the same money, however it is written", faults)


def test_oddities(tap, shop):
    now = shop.bench.now()
    start, end = now - 1700, now + 60
    plain, _ = shop.bench.pull(shop.key, "orders", "orders", start, end)
    for oddity in ("swap_types", "nulls", "missing", "deep", "stale"):
        shop.arm(oddity, shop.traits["list"], times=20)
        pulled, fault = shop.bench.pull(shop.key, "orders", "orders", start, end)
        shop.bench.say("disarm")
        same = set(pulled) == set(plain) if oddity == "stale" else pulled == plain
        tap.check(f"{shop.name}: {oddity} changes nothing", must(not fault and same, fault or f"{len(pulled)} of {len(plain)} orders"))


def test_overlays(tap, shop):
    order = shop.place()
    faults = []
    for change, wanted in (({"hold": True}, "hold"), ({"hold": False, "raw_status": "99"}, "hold"), ({"raw_status": None}, None)):
        shop.say("change", order=order, **change)
        got = shop.call("order", order=order)["orders"][0]
        faults += must((wanted or "hold") in got["overlays"] if wanted else "hold" not in got["overlays"], f"{change}: {got}")
    shop.say("change", order=order, mask="empty")
    got = shop.call("order", order=order)["orders"][0]
    faults += must("masked" in got["overlays"] and "sealed" not in got["receiver"], got)
    refund = shop.say("refund", order=order)
    faults += must("refunding" in shop.call("order", order=order)["orders"][0]["overlays"], "a refund is not seen")
    shop.say("refund_move", refund=refund, state="closed")
    faults += must("refunding" not in shop.call("order", order=order)["orders"][0]["overlays"], "a closed refund is seen")
    tap.check(f"{shop.name}: holds, unknown statuses, hidden receivers and refunds lie over an order", faults)


# ---------------------------------------------------------------- shipping, stock, waybills


def test_ship(tap, shop):
    order, held, refunding = shop.place(), shop.place(), shop.place()
    shop.say("refund", order=refunding)
    shop.say("change", order=held, hold=True)
    before = len(shop.ledger()["shipments"])
    faults = must_be(shop.ship(order, "YT100000001"), "ok")
    got = shop.call("order", order=order)["orders"][0]
    faults += must(got["state"] == "shipped" and got["waybill"] == "YT100000001" and got["lines"][0]["shipped"], got)
    faults += must_be(shop.ship(order, "YT100000002"), "conflict", message=True)
    faults += must_be(shop.ship(refunding, "YT100000003"), "conflict", message=True)
    wrong = shop.call("ship", shipment={"order": held, "carrier": shop.traits["wrong"], "waybill": "X1", "whole": True})
    faults += must_be(wrong, "parameter", message=True)
    faults += must_be(shop.ship("1", "YT100000004"), "not_found", message=True)
    shipped = shop.ledger()["shipments"][before:]
    faults += must([parcel["number"] for parcel in shipped] == ["YT100000001"], shipped)
    amended = shop.call("ship_amend", shipment={"order": order, "carrier": shop.traits["other"], "waybill": "SF1", "old_carrier":
                                                shop.traits["carrier"], "old_waybill": "YT100000001", "whole": True})
    faults += must_be(amended, "ok") + must(shop.ledger()["orders"][order]["parcels"][0]["number"] == "SF1", "nothing was amended")
    tap.check(f"{shop.name}: shipped once, refused with its reason, amended", faults)


def test_ship_parts(tap, shop):
    if shop.traits["parts"]:
        order = shop.place([["TS-RED-L", 2, None, 0], ["LAMP", 1, None, 0]])
        lines = shop.ledger()["orders"][order]["lines"]
        said = shop.ship(order, "YT200000001", whole=False, lines=[{"line": lines[0]["id"], "quantity": 1}])
        faults = must_be(said, "ok") + must(shop.call("order", order=order)["orders"][0]["state"] == "part_shipped", "not in part")
        rest = [{"line": lines[0]["id"], "quantity": 1}, {"line": lines[1]["id"]}]
        faults += must_be(shop.ship(order, "YT200000002", whole=False, lines=rest), "ok")
    else:
        order = shop.place()
        faults = must_be(shop.ship(order, "YT200000001"), "ok") + must_be(shop.ship(order, "YT200000002", extra=True), "ok")
    parcels = [parcel["number"] for parcel in shop.ledger()["orders"][order]["parcels"]]
    faults += must(shop.call("order", order=order)["orders"][0]["state"] == "shipped", "not shipped")
    tap.check(f"{shop.name}: an order in two parcels", faults + must(parcels == ["YT200000001", "YT200000002"], parcels))


def test_stock(tap, shop):
    item, sku, before = shop.sku()
    faults = must_be(shop.stock(7), "ok") + must_be(shop.stock(-3, True), "ok")
    faults += must_be(shop.stock(-50, True), "parameter", message=True)
    refused = shop.stock(-1)
    faults += must(refused["result"] < 0 and refused["error"], refused)
    read = shop.call("stock_read", stock=[{"item": item, "sku": sku, "code": "LAMP"}])
    faults += must([row["quantity"] for row in read.get("stock", []) if row["sku"] == sku] == [4] == [shop.sku()[2]], read)
    shop.say("stock", sku="LAMP", value=before)
    tap.check(f"{shop.name}: stock is set, changed and read", faults)


def waybill(shop, *keys):
    order = shop.place()
    return shop.call("waybill_get", carrier=shop.traits["ebill"], form="http://cloudprint.example/1", sender=SENDER,
                     parcels=[{"key": key, "order": order, "goods": "T恤", "pieces": 1, "name": "张三", "phone": "13800000000",
                               "province": "浙江省", "address": "文一路 2 号"} for key in keys])


def test_waybills(tap, shop):
    first, again = waybill(shop, "P-1", "P-2"), waybill(shop, "P-1")
    numbers = [row.get("number") for row in first.get("waybills", [])]
    faults = must_be(first, "ok") + must(len(set(numbers)) == 2 and all(row["print_data"] for row in first["waybills"]), first)
    faults += must([row["number"] for row in again["waybills"]] == numbers[:1], again)
    shop.arm("row", shop.traits["waybill"], rows=["P-4"])
    partial = waybill(shop, "P-3", "P-4")
    faults += must_be(partial, "partial") + must([row["fault"] for row in partial["waybills"]] == ["ok", "retry"], partial)
    cancelled = shop.call("waybill_cancel", carrier=shop.traits["ebill"], waybill=numbers[0])
    faults += must_be(cancelled, "ok")
    shop.say("quota", carrier="YTO", left=0)
    faults += must_be(waybill(shop, "P-5"), "permission", message=True)
    shop.say("quota", carrier="YTO", left=1000)
    tap.check(f"{shop.name}: waybills, some of them, the same again, none left", faults)
    carriers = shop.call("carriers")
    codes = [carrier["code"] for carrier in carriers["carriers"]]
    tap.check(f"{shop.name}: the carriers that may be used", must(shop.traits["carrier"] in codes and "999" not in codes, codes))


# ---------------------------------------------------------------- what goes wrong


def test_transport(tap, shop):
    """A read may be repeated, a write that may have happened must be looked after. A read whose kept connection is closed before a word
    came is repeated at once by libcurl, which must not be so with a write."""
    for do, read in (("reset", "ok"), ("close", "ok"), ("html502", "retry"), ("truncate", "retry"), ("empty", "retry"),
                     ("too_long", "retry"), ("too_short", "retry"), ("cut_body", "retry"), ("cut_chunks", "retry"), ("bad_gzip", "retry"),
                     ("chunked", "ok"), ("gzip", "ok")):
        write = "ok" if do in ("chunked", "gzip") else "uncertain"
        shop.arm(do, shop.traits["list"])
        now = shop.bench.now()
        faults = must_be(shop.call("orders", **{"from": now - 60, "to": now}), read)
        before = len(shop.ledger()["stock_changes"])
        shop.arm(do, shop.traits["stock"], effect=True)
        faults += must_be(shop.stock(1, True), write)
        done = len(shop.ledger()["stock_changes"]) - before
        tap.check(f"{shop.name}: {do}", faults + must(done == 1, f"it was done {done} times"))


def test_lost_reply(tap, shop):
    order = shop.place()
    shop.arm("cut_body", shop.traits["ship"])
    faults = must_be(shop.ship(order, "YT300000001"), "uncertain", message=True)
    got = shop.call("order", order=order)["orders"][0]
    faults += must(got["state"] == "shipped" and got["waybill"] == "YT300000001", got)
    sent = [parcel for parcel in shop.ledger()["shipments"] if parcel["order"] == order]
    tap.check(f"{shop.name}: a parcel whose reply was lost is found by reading back", faults + must(len(sent) == 1, sent))


def test_unreachable(tap, shop):
    elsewhere = shop.bench.shop(shop.key)
    elsewhere["gateway"] = elsewhere["gateway"].replace(f"http://127.0.0.1:{shop.bench.ports['port']}",
                                                        f"https://localhost:{shop.bench.ports['tls']}")
    item, sku, _ = shop.sku()
    row = [{"item": item, "sku": sku, "quantity": 1}]
    before = len(shop.ledger()["stock_changes"])
    faults = must_be(shop.bench.call(elsewhere, "stock", stock=row), "retry", message=True)
    elsewhere["gateway"] = "http://platform.invalid/router/rest"
    faults += must_be(shop.bench.call(elsewhere, "stock", stock=row), "retry", message=True)
    shop.bench.say("listen", on=False)
    faults += must_be(shop.stock(1), "retry", message=True)
    shop.bench.say("listen", on=True)
    faults += must(len(shop.ledger()["stock_changes"]) == before, "it was done all the same")
    tap.check(f"{shop.name}: what never was sent may be repeated: a wrong certificate, no TLS, nobody listens", faults)
    shop.arm("stall", "*", seconds=1.5)
    tap.check(f"{shop.name}: a platform that says nothing is waited for so long only",
              must_be(shop.call("order", order="1", whole_ms=300), "retry", message=True))


def test_throttled(tap, shop):
    shop.bench.say("throttle", whom=shop.key, per_second=1, ban=2)
    said = [shop.call("carriers") for _ in range(3)]
    shop.bench.say("throttle", whom=shop.key)
    faults = must(said[-1]["class"] == "throttled", said[-1])
    if shop.name == "taobao":
        faults += must(1 <= said[-1].get("retry_s", 0) <= 3, said[-1])
    tap.check(f"{shop.name}: too many calls", faults)


def test_tokens(tap, shop):
    old = shop.bench.shop(shop.key)
    shop.say("token", action="expire")
    faults = must_be(shop.call("carriers"), "auth_expired", message=True)
    fresh = shop.call("token_refresh")
    faults += must_be(fresh, "ok") + must(fresh["access"] not in ("", old["access_token"]) and "token_until" in fresh, fresh)
    if shop.name == "taobao":  # a refresh at Pinduoduo does not make it last longer
        faults += must_be(shop.call("carriers"), "ok")
    faults += must_be(shop.bench.call(old, "carriers"), "auth_expired")
    shop.say("token", action="reauthorise")
    faults += must_be(shop.bench.call(old, "token_refresh"), "auth_revoked", message=True)
    faults += must_be(shop.call("carriers"), "ok")
    tap.check(f"{shop.name}: tokens end, are refreshed, and are void when somebody authorised anew", faults)


def test_called_wrongly(tap, shop):
    wrong = shop.bench.shop(shop.key, app_secret="another")
    faults = must_be(shop.bench.call(wrong, "carriers"), "bad_sign", message=True)
    faults += must_be(shop.bench.call(shop.key, "carriers", now=shop.bench.now() - 700), "clock", message=True)
    unknown = shop.call("bills")
    faults += must(unknown["result"] < 0, unknown)
    if shop.name == "pdd":
        shop.bench.say("addresses", platform="pdd", allow=["10.0.0.1"])
        faults += must_be(shop.call("carriers"), "permission", message=True)
        shop.bench.say("addresses", platform="pdd")
    said = shop.call("carriers")
    faults += must(abs(said["clock"] - shop.bench.now()) < 3600 * 24 * 366 or not said["clock"], said["clock"])
    tap.check(f"{shop.name}: a wrong secret, a wrong clock, a wrong address, a call that there is not", faults)


def test_signed_values(tap, shop):
    """Whatever stands in a value, the platform finds the signature good."""
    faults = []
    for order in ("张 & <三>+=%2B~", "\"\\/", "\U0001f375\u2028", "a b\tc"):
        faults += must_be(shop.call("order", order=order), "not_found")
    tap.check(f"{shop.name}: any value is signed as it arrives", faults)


def test_tool(tap, shop):
    """As support people call it."""
    def run(*words, text=None):
        return subprocess.run([OUT / "floorhand", "platform", "try", *words], input=(text or json.dumps(shop.bench.shop(shop.key))).encode(),
                              capture_output=True, timeout=60, check=False)
    shop.bench.say("clock", skew=0)
    done = run("orders", "--shop", "-")
    faults = must(done.returncode == 0 and json.loads(done.stdout or "{}").get("class") == "ok", done)
    done = run("order", "--shop", "-", "--order", "1")
    faults += must(done.returncode == 1 and json.loads(done.stdout or "{}").get("class") == "not_found", done)
    for words, text, sentence in ((("ship", "--shop", "-"), None, "none of orders, order, refunds and carriers"),
                                  (("orders",), None, "--shop must be given"),
                                  (("orders", "--shop", "-"), "{}", "does not name a platform"),
                                  (("orders", "--shop", "-"), '{"platform":"x"}', "is no platform that is known"),
                                  (("orders", "--shop", "-"), '{"platform":"pdd","secret":"x"}', 'a shop has no "secret"')):
        done = run(*words, text=text)
        faults += must(done.returncode and sentence in done.stderr.decode(), done)
    tap.check(f"{shop.name}: floorhand platform try", faults)


TESTS = (test_pulled, test_one, test_moving, test_money, test_oddities, test_overlays, test_ship, test_ship_parts, test_stock, test_waybills,
         test_transport, test_lost_reply, test_unreachable, test_throttled, test_called_wrongly, test_signed_values, test_tool, test_tokens)


def main():
    tap = Tap()
    with Bench("--shops", 1, "--orders", ORDERS) as bench:
        for name in TRAITS:
            for test in TESTS:
                test(tap, Shop(bench, name))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
