#!/usr/bin/env python3
"""The shops program against a stand-in of the platforms that loses replies, throttles, expires tokens and moves orders between pages.
The database is SQLite's, or a schema of the PostgreSQL database that $HEAD_OFFICE_DATABASE names.

Every story ends with orders, sums, shipments and stock equal to the platforms' own ledger, each write once."""

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.trade import ABROAD, CHINA, ORDERS, PLATFORMS, SEES_UNPAID, SHIP, STOCK, Trade, play  # noqa: E402
from rig.worker import Worker  # noqa: E402

ALL = [f"{platform}-1" for platform in PLATFORMS]
IN_CHINA = [f"{platform}-1" for platform in CHINA]
PRICES = {"douyin": "sku.editPrice", "kuaishou": "open.item.sku.price.update"}
SALE = {"douyin": "product.setO*", "kuaishou": "open.item.shelf.status.update", "pdd": "pdd.goods.sale.status.set"}


def open_shops(trade, names, **more):
    trade.add_site()
    trade.add_items()
    for name in names:
        trade.add_shop(name, **more)


def everything_is_read(folder):
    """Orders that were there before, that come, are paid, cancelled and completed meanwhile; numbers no double can hold."""
    with Trade(folder, "--shops", 1, "--orders", 40) as trade:
        open_shops(trade, ALL)
        trade.start()
        yield from trade.agree(*ALL)
        for name in ALL:
            ids = trade.stand_in.tell("place", shop=name, count=6)
            trade.stand_in.tell("cancel", shop=name, order=ids[0])
            trade.stand_in.tell("ship", shop=name, order=ids[1], carrier="SF", number=f"SF-{name}")
            if name.split("-")[0] in SEES_UNPAID:
                unpaid = trade.stand_in.tell("place", shop=name, state="unpaid")[0]
                trade.stand_in.tell("pay", shop=name, order=unpaid)
            refund = trade.stand_in.tell("refund", shop=name, order=ids[2])
            if name.split("-")[0] in ABROAD:  # there it is heard of when the money has gone back
                trade.stand_in.tell("refund_move", shop=name, refund=refund, state="done")
        yield from trade.agree(*ALL, what=("faults",))
        trade.run("audit")
        amount = trade.rows("SELECT number, detail FROM exception WHERE kind IN ('amount', 'unmapped')")
        yield from (f"{number} does not add up: {detail}" for number, detail in amount)
        refunding = trade.value("SELECT count(DISTINCT o.number) FROM exception e JOIN orders o USING (number) WHERE e.kind = 'refund'")
        if refunding < len(IN_CHINA):
            yield f"only {refunding} orders are held for a refund"
        if trade.value("SELECT count(*) FROM platform_order WHERE number IS NULL"):
            yield "an order could not be taken"


def orders_move_between_pages(folder):
    """After each of the first pages the order that would come next is modified, so that all behind it move up by one."""
    names = ("taobao-1", "pdd-1", "douyin-1", "shopify-1", "woo-1")
    with Trade(folder, "--shops", 1, "--orders", 0) as trade:
        for name in names:
            now = trade.stand_in.now()
            trade.stand_in.tell("place", shop=name, count=230, at=now - 900, until=now - 700, ids=False)
            for skip in range(3):
                trade.stand_in.arm("change", shop=name, call=ORDERS[name.split("-")[0]], skip=skip,
                                   change={"command": "touch_first", "shop": name, "from": now - 900, "until": now - 700, "position": 0})
        open_shops(trade, names)
        trade.start()
        yield from trade.agree(*names)


def tokens_end(folder):
    """An expired token is made anew, once. Where that lengthens nothing, and where it was revoked, the shop waits for a person."""
    with Trade(folder, "--shops", 1, "--orders", 5) as trade:
        open_shops(trade, IN_CHINA)
        trade.start()
        yield from trade.agree(*IN_CHINA)
        trade.write("UPDATE shop_account SET refresh_next_us = 0")  # no token is asked for twice within a minute
        for name in IN_CHINA:
            if name != "jd-1":
                trade.stand_in.tell("token", shop=name, action="expire")
            trade.stand_in.tell("place", shop=name, count=3)
        yield from trade.agree("douyin-1", "kuaishou-1", "taobao-1", "jd-1")
        wait_until(lambda: all(trade.stand_in.look("shops")[name]["refreshes"] for name in IN_CHINA if name != "jd-1"),
                   "every shop that can asks for a new token")
        tokens = trade.stand_in.look("shops")
        yield from (f"{name}: {tokens[name]['refreshes']} refreshes" for name in IN_CHINA if tokens[name]["refreshes"] != (name != "jd-1"))
        trade.write("UPDATE shop_account SET refresh_next_us = 0")
        trade.stand_in.tell("token", shop="taobao-1", action="revoke")
        closed = ("pdd-1", "taobao-1")
        for name in closed:
            wait_until(lambda: trade.health(name.replace("-", ""))["trouble"] == "auth", f"{name} says that it is not let in")  # noqa: B023
        calls = [len(trade.stand_in.log(name)) for name in closed]
        for name in IN_CHINA:
            trade.stand_in.tell("place", shop=name, count=3)
        yield from trade.agree("jd-1", "douyin-1", "kuaishou-1")  # the others go on
        yield from (f"{name} was called though it lets nobody in" for name, before in zip(closed, calls)
                    if len(trade.stand_in.log(name)) > before)
        for name in closed:
            trade.stand_in.tell("token", shop=name, action="reauthorise")
            trade.bring_token(name)
        yield from trade.agree(*IN_CHINA)


def platforms_throttle(folder):
    """Two shops share an application that may be called thrice a second; both get on, and a third shop elsewhere is not held up."""
    names = ("taobao-1", "taobao-2", "jd-1")
    with Trade(folder, "--shops", 2, "--orders", 60) as trade:
        trade.stand_in.tell("throttle", whom="taobao", per_second=3, ban=1)
        open_shops(trade, names)
        trade.start()
        yield from trade.agree("jd-1", seconds=5)
        yield from trade.agree(*names)
        ends = [max(entry["at"] for entry in trade.stand_in.log(name) if entry["verdict"] == "ok") for name in names[:2]]
        if abs(ends[0] - ends[1]) > 10:
            yield f"one of the two waited much longer: {ends}"


def what_nobody_knows_is_held(folder):
    """A status of tomorrow, a hold, hidden receivers: never to be shipped, and as it was when the platform lets it go."""
    with Trade(folder, "--shops", 1, "--orders", 0) as trade:
        names = ("taobao-1", "pdd-1", "douyin-1")
        held = {name: trade.stand_in.tell("place", shop=name, count=2) for name in names}
        strange = {"taobao-1": "WAIT_MOON", "pdd-1": 77, "douyin-1": 4711}
        for name in names:
            trade.stand_in.tell("change", shop=name, order=held[name][0], raw_status=strange[name])
        open_shops(trade, names)
        trade.start()
        numbers = [f"{name.replace('-', '')}-{held[name][0]}" for name in names]
        wait_until(lambda: trade.value("SELECT count(*) FROM orders") == 6, "all of them are here")
        trade.run("audit")
        for number in numbers:
            state = trade.value("SELECT state FROM orders WHERE number = ?", number)
            if state not in ("pending_pay", "exception"):
                yield f"{number} is {state} though nobody knows what its platform means"
        told = {about for about, in trade.rows("SELECT about FROM attention WHERE kind = 'unknown_status'")}
        yield from (f"nobody is told of {number}" for number in set(numbers) - told)
        for name in names:
            trade.stand_in.tell("change", shop=name, order=held[name][0], raw_status=None)
        yield from trade.agree(*names, what=("faults",))
        if trade.value("SELECT count(*) FROM attention WHERE kind = 'unknown_status' AND settled_us IS NULL"):
            yield "people are still told of what is over"


def the_program_is_killed(folder):
    """Again and again while it reads and writes, two of it side by side: everything is read, nothing is told twice."""
    names = ("taobao-1", "pdd-1", "jd-1", "shopify-1", "woo-1")
    with Trade(folder, "--shops", 1, "--orders", 0) as trade:
        now = trade.stand_in.now()
        for name in names:
            trade.stand_in.tell("place", shop=name, count=150, at=now - 1200, until=now - 60, ids=False)
        open_shops(trade, names)
        programs = [trade.start("one"), trade.start("two")]
        for kill in range(6):
            wait_until(lambda: trade.value("SELECT count(*) FROM orders") >= 40 * (kill + 1), "orders come", seconds=20)
            shipped = trade.rows("SELECT number FROM orders WHERE state = 'audit' ORDER BY number LIMIT 8")
            for number, in shipped:
                trade.ship(number, f"SF{number[-12:]}")
            programs[kill % 2].kill()
            programs[kill % 2].start()
        yield from trade.agree(*names, seconds=60)
        if trade.value("SELECT count(*) FROM outbox WHERE kind = 'ship' AND state = 'done'") != 48:
            yield f"not all is told: {trade.rows('SELECT state, class, said, count(*) FROM outbox GROUP BY 1, 2, 3')}"
        if trade.value("SELECT count(*) FROM order_history WHERE act = 'changed'"):
            yield "what was read twice was taken for a change"


def replies_to_shipments_are_lost(folder):
    """The platform has heard it and we do not know: every parcel is told once all the same."""
    with Trade(folder, "--shops", 1, "--orders", 0) as trade:
        open_shops(trade, ALL)
        for name in ALL:
            trade.stand_in.tell("place", shop=name, count=4, ids=False)
            call = SHIP[name.split("-")[0]] + "*"
            trade.stand_in.arm("close", shop=name, call=call, effect=True)
            trade.stand_in.arm("close", shop=name, call=call, skip=1)
            trade.stand_in.arm("html502", shop=name, call=call, skip=2, effect=True)
        trade.start()
        yield from trade.agree(*ALL)
        for number, in trade.rows("SELECT number FROM orders"):
            trade.ship(number, f"SF{number[-9:]}")
        yield from trade.agree(*ALL)
        wait_until(trade.outbox_is_empty, "everything is told", seconds=30)
        yield from trade.agree(*ALL)
        yield from trade.never_struck()
        yield from (f"refused: {row}" for row in trade.rows("SELECT shop, subject, class, said FROM outbox WHERE state = 'refused'"))


def replies_to_stock_are_lost(folder):
    """Also where only differences can be told; and what changes meanwhile is told as it is at last."""
    with Trade(folder, "--shops", 1, "--orders", 12) as trade:
        open_shops(trade, ALL)
        trade.start()
        yield from trade.agree(*ALL)
        for name in ALL:
            call = STOCK[name.split("-")[0]]
            trade.stand_in.arm("close", shop=name, call=call, effect=True, times=2)
            trade.stand_in.arm("html502", shop=name, call=call, skip=2, effect=True)
        for pieces, sku in enumerate(trade.stand_in.ledger("taobao-1")["stock"]):
            trade.stock(sku, 40 + pieces)
        for name in ALL:
            trade.do("shop.set", shop=name.replace("-", ""), offers=1, buffer=2, ratio=50)
        wait_until(lambda: trade.value("SELECT count(*) FROM stock_offer") > 20, "there is something to sell")
        for pieces, sku in enumerate(trade.stand_in.ledger("taobao-1")["stock"]):
            trade.stock(sku, 60 + 3 * pieces)
        wait_until(trade.outbox_is_empty, "everything is told", seconds=60)
        yield from trade.agree(*ALL)
        yield from trade.never_struck()
        yield from (f"refused: {row}" for row in trade.rows("SELECT shop, subject, class, said FROM outbox WHERE state = 'refused'"))
        for name in ALL:
            changes = trade.stand_in.ledger(name)["stock_changes"]
            yield from (f"{name}: {change} changes nothing" for change in changes if change["how"] == "delta" and change["value"] == 0)


def bundles_prices_and_what_is_on_sale(folder):
    """A listing becomes a bundle while orders wait for it; prices and what is on sale go out though replies are lost, and are told once."""
    names, dear = ("pdd-1", "douyin-1", "kuaishou-1"), ("douyin-1", "kuaishou-1")
    with Trade(folder, "--shops", 1, "--orders", 40) as trade:
        open_shops(trade, names, offers=1)
        for name in dear:
            trade.do("shop.set", shop=name.replace("-", ""), prices=1)
        try:
            trade.do("shop.set", shop="pdd1", prices=1)
            yield "Pinduoduo takes no prices, and says nothing of it"
        except RigError:
            pass
        skus = sorted(trade.stand_in.ledger("pdd-1")["stock"])
        for pieces, sku in enumerate(skus):
            trade.stock(sku, 50 + pieces)
        trade.start()
        yield from trade.agree(*names)
        trade.do("bundle.set", bundle="SET", name="Set", parts=json.dumps([{"sku": skus[0], "quantity": 1}, {"sku": skus[1], "quantity": 3}]))
        trade.do("price.set", bundle="SET", amount_minor=12345)
        trade.do("price.set", sku=skus[2], amount_minor=777)
        for name in names:
            shop, platform = name.replace("-", ""), name.split("-")[0]
            for call in (PRICES.get(platform, "none"), SALE[platform]):
                trade.stand_in.arm("close", shop=name, call=call, effect=True)
            item, sku = trade.rows("SELECT item, sku FROM listing WHERE shop = ? AND our_sku = ?", shop, skus[3])[0]
            paid = "SELECT sum(l.paid_minor), count(DISTINCT l.number) FROM order_line l JOIN orders o USING (number) WHERE o.shop = ?"
            before = trade.rows(paid, shop)
            effect = trade.do("listing.map", shop=shop, item=item, platform_sku=sku, bundle="SET")
            if effect["lines"] < 1 or trade.rows(paid, shop) != before:
                yield f"{name}: {effect}, {before} was paid, {trade.rows(paid, shop)}"
            odd = trade.rows("SELECT l.number FROM order_line l JOIN orders o USING (number) WHERE o.shop = ? AND l.bundle = 'SET' GROUP BY"
                             " l.number, l.place HAVING sum(CASE l.sku WHEN ? THEN 3 ELSE -1 END * l.quantity) <> 0", shop, skus[0])
            yield from (f"{name}: {number} has not three of the one for each of the other" for number, in odd)
            trade.do("listing.off", shop=shop, item=item)
            trade.do("listing.on", shop=shop, item=item)
            trade.do("listing.off", shop=shop, item=item)
            wait_until(lambda: not trade.stand_in.ledger(name)["skus"][sku]["listed"], f"{name} takes it off sale")  # noqa: B023
            want = {sku: 12345} if name in dear else {}
            want.update((row[0], 777) for row in trade.rows("SELECT sku FROM listing WHERE shop = ? AND our_sku = ?", shop, skus[2])
                        if name in dear)
            wait_until(lambda: all(trade.stand_in.ledger(name)["skus"][which]["price"] == price  # noqa: B023
                                   for which, price in want.items()), f"{name} has the prices")  # noqa: B023
        wait_until(trade.outbox_is_empty, "everything is told", seconds=60)
        yield from trade.agree(*names, what=("faults", "stock_faults"))
        yield from (f"refused: {row}" for row in trade.rows("SELECT shop, kind, said FROM outbox WHERE state = 'refused'"))
        yield from (f"not told: {row}" for row in trade.rows("SELECT shop, kind, value, told FROM listing_told WHERE told IS DISTINCT FROM value"))


def from_the_buyer_to_the_gate(folder):
    """A real warehouse: bought, checked, released, picked, handed over, told; one is cancelled when its site has it already."""
    with Trade(folder, "--shops", 1, "--orders", 0) as trade, House(folder, hq_db=trade.database) as house:
        house.add_site()
        house.import_master()
        house.start()
        wait_until(lambda: house.hq_rows("SELECT 1 FROM site WHERE feed_head > 0 AND feed_acked = feed_head"), "the site has the data", seconds=20)
        house.import_stock()
        trade.add_shop("taobao-1", offers=1)
        for name in ("audit_by_itself", "release_by_itself"):
            trade.do("setting.set", name=name, value="yes")
        wait_until(lambda: trade.value("SELECT count(*) FROM stock"), "head office knows what lies there")
        trade.start()
        ids = trade.stand_in.tell("place", shop="taobao-1", count=3, goods=[["TS-RED-L", 2, None, 0]])
        numbers = [f"taobao1-{order}" for order in ids]
        wait_until(lambda: trade.value("SELECT count(*) FROM orders WHERE state = 'allocated'") == 3, "the site has all three", seconds=20)
        trade.stand_in.tell("cancel", shop="taobao-1", order=ids[2])
        wait_until(lambda: trade.value("SELECT state FROM orders WHERE number = ?", numbers[2]) == "closed", "the site has let go of it", seconds=20)
        yield from work(trade, house, numbers[:2])
        started = time.monotonic()
        yield from trade.agree("taobao-1", what=("faults", "shipment_faults", "stock_faults"), seconds=20)
        if time.monotonic() - started > 10:
            yield "the platform heard of it late"
        if [row["order"] for row in trade.stand_in.ledger("taobao-1")["shipments"]].count(ids[2]):
            yield "what was cancelled was shipped"


def work(trade, house, numbers):
    """A worker does them, with numbers that head office has got for them."""
    path = trade.folder / "waybills.csv"
    path.write_text("waybill,carrier,order,sort_code\n" + "".join(f"SF10000{i},SF,{number}\n".replace("\n", ",571\n") for i, number in
                                                                  enumerate(numbers)))
    house.hq_run("import", "waybills", path, "--site", "hz-07")
    wait_until(lambda: house.hq_rows("SELECT 1 FROM site WHERE feed_acked = feed_head"), "the site has the numbers")
    orders = [sample.Order(number, "SF", f"SF10000{i}", ("", "", ""), (("TS-RED-L", 2),)) for i, number in enumerate(numbers)]
    try:
        Worker(house, orders).work()
    except RigError as fault:
        yield str(fault)


STORIES = (everything_is_read, orders_move_between_pages, tokens_end, platforms_throttle, what_nobody_knows_is_held, the_program_is_killed,
           replies_to_shipments_are_lost, replies_to_stock_are_lost, bundles_prices_and_what_is_on_sale, from_the_buyer_to_the_gate)


if __name__ == "__main__":
    sys.exit(play(STORIES))
