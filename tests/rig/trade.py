"""Head office and the shops that it speaks for: the real program against the stand-in of the platforms. Compares the two in the end.

Does not run a warehouse: what lies at a site, and what has left it, is written into the database where a test says so."""

import json
import pathlib
import sys
import tempfile
import time

from platforms import client
from rig import database
from rig.house import programs_folder
from rig.process import Program, RigError, must, wait_until
from tap import Tap

CHINA = ("taobao", "jd", "pdd", "douyin", "kuaishou")
ABROAD = ("shopify", "woo")  # the seller's own shops: no tokens that end, no unpaid refunds, no waybills of their own
PLATFORMS = CHINA + ABROAD
GATEWAYS = {"taobao": "/taobao/router/rest", "jd": "/jd/routerjson", "pdd": "/pdd/api/router", "douyin": "/douyin", "kuaishou": "/kuaishou",
            "shopify": "/shopify", "woo": "/woo"}
SF = {"taobao": "SF", "jd": "467", "pdd": "44", "douyin": "shunfeng", "kuaishou": "4", "shopify": "SF", "woo": "SF"}
SHIP = {"taobao": "taobao.logistics.offline.send", "jd": "jingdong.pop.order.shipment", "pdd": "pdd.logistics.online.send",
        "douyin": "order.logisticsAdd", "kuaishou": "open.seller.order.goods.deliver", "shopify": "fulfillmentCreate", "woo": "PUT /orders/"}
STOCK = {"taobao": "taobao.*quantity.update", "jd": "jingdong.ware.stock.sku.set", "pdd": "pdd.goods.quantity.update", "douyin": "sku.syncStock*",
         "kuaishou": "open.item.sku.stock.update", "shopify": "inventory*", "woo": "P* /products/*"}
ORDERS = {"taobao": "taobao.trades.sold.increment.get", "jd": "jingdong.pop.order.search", "pdd": "pdd.order.number.list.increment.get",
          "douyin": "order.searchList", "kuaishou": "open.order.cursor.list", "shopify": "orders", "woo": "GET /orders"}
SEES_UNPAID = ("taobao", "douyin", "kuaishou", *ABROAD)
SITE = "hz"


def parse(lines):
    return [json.loads(line) for line in lines.splitlines()]


class Trade:
    """Use it in a with statement."""

    def __init__(self, folder, *arguments):
        self.folder = folder
        self.database = database.choose(folder / "head-office.db")
        self.stand_in = client.Running(*arguments, "--no-tls")
        self.programs = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for program in self.programs:
            program.stop()
        self.stand_in.__exit__()

    def argv(self, *arguments):
        return [programs_folder() / "floorhand-hq", *arguments, "--database", self.database]

    def run(self, *arguments):
        return must(self.argv(*arguments))

    def do(self, verb, **fields):
        return json.loads(self.run("do", verb, *(f"{name}={value}" for name, value in fields.items())))

    def rows(self, sql, *values):
        return database.rows(self.database, sql, *values)

    def value(self, sql, *values):
        return self.rows(sql, *values)[0][0]

    def write(self, sql, *values):
        database.write(self.database, sql, *values)

    # ------------------------------------------------------------ shops and goods

    def add_items(self):
        path = self.folder / "items.csv"
        shop = next(iter(self.stand_in.shops))
        path.write_text("sku,name,weight_g\n" + "".join(f"{sku},{sku},100\n" for sku in self.stand_in.ledger(shop)["stock"]))
        self.run("import", "items", path)

    def add_site(self):
        self.run("site", "add", SITE, "--box", "box-hz")
        self.write("UPDATE site SET last_seen_us = ?", int(time.time()) * 1000000)

    def add_shop(self, name, **more):
        """name: the stand-in's, "taobao-1"; the shop is called the same without the dash."""
        platform, told = name.split("-")[0], self.stand_in.shops[name]
        fields = dict(shop=name.replace("-", ""), platform=platform, app_key=told["app_key"], app_secret=told["secret"],
                      gateway=f"http://127.0.0.1:{self.stand_in.port}{GATEWAYS[platform]}", carrier="SF", poll_s=1, history_days=1)
        if platform == "kuaishou":
            fields.update(sign_secret=told["sign_secret"], push_secret=told["message_secret"])
        if platform == "shopify":
            fields.update(place=1)
        if platform == "woo":  # a key and its secret, and no tokens
            fields.update(platform="woocommerce", app_key=told["access"], app_secret=told["refresh"])
        self.do("shop.add", **{**fields, **more})
        self.do("shop.carrier", shop=fields["shop"], carrier="SF", code=SF[platform])
        if platform != "woo":
            self.bring_token(name)
        self.do("shop.start", shop=fields["shop"])
        return fields["shop"]

    def bring_token(self, name):
        told = self.stand_in.look("shops")[name]
        life = max(1, int(told["access_until"]) - self.stand_in.now())
        self.do("shop.token", shop=name.replace("-", ""), access=told["access"], refresh=told["refresh"] or "", expires_s=life)

    def stock(self, sku, pieces):
        self.write("INSERT INTO stock (site, location, sku, quantity) VALUES (?, 'A-1', ?, ?) ON CONFLICT (site, location, sku) DO UPDATE SET"
                   " quantity = excluded.quantity", SITE, sku, pieces)

    def start(self, name="shops"):
        program = Program(name, self.argv("shops", "run", "--call-s", "3"), self.folder, notifies=True)
        self.programs.append(program.start())
        return program

    def health(self, shop):
        return next(told for told in parse(self.run("shops")) if told["shop"] == shop)

    # ------------------------------------------------------------ what has left

    def ship(self, number, waybill):
        """As shipments.c writes it when the last parcel's event is taken."""
        shop, order = self.rows("SELECT shop, platform_order FROM orders WHERE number = ?", number)[0]
        lines = self.rows("SELECT platform_line, quantity FROM order_line WHERE number = ? ORDER BY platform_line", number)
        body = json.dumps({"order": order, "carrier": "SF", "waybill": waybill, "whole": True, "extra": False,
                           "lines": [{"line": line, "quantity": quantity} for line, quantity in lines]})
        self.write("UPDATE orders SET state = 'shipped', site = ? WHERE number = ?", SITE, number)
        self.write("INSERT INTO outbox (shop, kind, subject, key, body) VALUES (?, 'ship', ?, ?, ?)", shop, number, f"key-{number}", body)

    # ------------------------------------------------------------ waiting and comparing

    def faults(self, name):
        """What head office and the platform's ledger do not agree on."""
        shop, platform = name.replace("-", ""), name.split("-")[0]
        ledger = self.stand_in.ledger(name)
        told = {order: (paid, state) for order, paid, state in
                self.rows("SELECT platform_order, paid_minor, state FROM orders WHERE shop = ?", shop)}
        wanted = {order: row for order, row in ledger["orders"].items() if row["paid_at"] or platform in SEES_UNPAID}
        yield from (f"{name}: order {order} is not here" for order in wanted.keys() - told.keys())
        yield from (f"{name}: order {order} is not there" for order in told.keys() - ledger["orders"].keys())
        yield from (f"{name}: order {order} cost {row['paid']} there and {told[order][0]} here" for order, row in wanted.items()
                    if order in told and row["paid"] != told[order][0])
        yield from (f"{name}: order {order} is {row['state']} there and {told[order][1]} here" for order, row in wanted.items()
                    if order in told and told[order][1] not in states_of(platform, row["state"]))
        sums = self.value("SELECT coalesce(sum(paid_minor), 0) FROM orders WHERE shop = ? AND paid_us IS NOT NULL", shop)
        if sums != ledger["sums"]["paid"]:
            yield f"{name}: {ledger['sums']['paid']} was paid there and {sums} here"
        refunds = self.value("SELECT count(*) FROM aftersale WHERE shop = ? AND platform_refund IS NOT NULL", shop)
        seen = [row for row in ledger["refunds"].values() if row["state"] == "done" or platform in CHINA]
        if refunds != len(seen):
            yield f"{name}: {len(seen)} refunds there and {refunds} here"

    def shipment_faults(self, name):
        """Every order that has left is told once, with its own number."""
        shop = name.replace("-", "")
        there = sorted((row["order"], row["number"]) for row in self.stand_in.ledger(name)["shipments"])
        told = self.rows("SELECT body FROM outbox WHERE shop = ? AND kind = 'ship' AND state <> 'refused'", shop)
        here = sorted((row["order"], row["waybill"]) for row in (json.loads(body) for body, in told))
        if there != here:
            yield f"{name}: shipped there {there}, here {here}"

    def stock_faults(self, name):
        shop, there = name.replace("-", ""), self.stand_in.ledger(name)["skus"]
        alone = {row["item"]: row["stock"] for row in there.values()}  # of an item without SKUs
        for item, sku, pieces, told in self.rows("SELECT item, sku, pieces, told FROM stock_offer WHERE shop = ?", shop):
            stock = there[sku.split("/")[0]]["stock"] if sku else alone[item]
            if told != pieces or stock != pieces:
                yield f"{name}: item {item} SKU {sku} is {stock} there, should be {pieces}, was told {told}"

    def agree(self, *names, seconds=30.0, what=("faults", "shipment_faults", "stock_faults")):
        """Waits until nothing differs; returns what still does."""
        def differs():
            return [fault for name in names for look in what for fault in getattr(self, look)(name)]
        try:
            wait_until(lambda: not differs(), "both agree", seconds=seconds, interval=0.1)
        except Exception:  # noqa: BLE001 - what differs says more
            return differs() + [program.tail() for program in self.programs]
        return []

    def never_struck(self):
        """Armed faults that no call has met: a story that waits for nothing proves nothing."""
        yield from (f"this never happened: {fault}" for fault in self.stand_in.look("faults") if not fault["struck"])

    def outbox_is_empty(self):
        return not self.rows("SELECT 1 FROM outbox WHERE state IN ('waiting', 'sending', 'uncertain')")


# What an order of ours may be, when it is so at its platform.
WAITING = ("audit", "exception", "reserved", "released", "received", "allocated", "picking", "picked", "packed", "labelled", "parked", "short")
STATES = {"unpaid": ("pending_pay",), "paid": (*WAITING, "shipped", "closed"), "part_shipped": (*WAITING, "shipped"),
          "shipped": ("shipped", "finished"), "signed": ("shipped", "finished"), "completed": ("finished",), "cancelled": ("closed",)}
# What else it may be where a platform cannot say it more exactly.
VAGUE = {("woo", "shipped"): ("finished",), ("woo", "part_shipped"): ("finished",), ("woo", "signed"): ("finished",),
         ("shopify", "completed"): ("shipped",)}


def states_of(platform, state):
    return STATES[state] + VAGUE.get((platform, state), ())


if __name__ == "__main__":
    sys.exit("this is no test")


def play(stories):
    """Those that the command line names, or all: each gets a folder and yields what was wrong."""
    tap = Tap()
    for story in stories:
        if len(sys.argv) > 1 and story.__name__ not in sys.argv[1:]:
            continue
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                faults = list(story(pathlib.Path(folder)))
            except RigError as fault:
                faults = [str(fault)]
        tap.check(f"{story.__name__.replace('_', ' ')} ({time.monotonic() - started:.0f} s)", faults)
    return tap.done()
