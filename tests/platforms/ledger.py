"""What the stand-in holds to be true: shops, goods and stock, orders, refunds, parcels, waybills, bills. Money is in fen.

Every platform's module reads and writes this one ledger and only says it in its own words, so a test compares what a connector
stored with it, whatever the platform. Each write that took effect is a row of its own here: a second effect is a second row."""

import bisect
import collections
import dataclasses
import itertools

# The life of an order. What a platform adds (a hold, a refund that is asked for, a masked receiver) lies over it.
UNPAID, PAID, PART, SHIPPED, SIGNED, COMPLETED, CANCELLED = (
    "unpaid", "paid", "part_shipped", "shipped", "signed", "completed", "cancelled")
REFUND_OPEN = ("asked", "agreed", "returned", "refused")  # and then done or closed


class Refusal(Exception):
    """The ledger does not do it. kind is one of the words that every platform's module has an error for."""

    def __init__(self, kind, text=""):
        super().__init__(text or kind)
        self.kind = kind


@dataclasses.dataclass
class Sku:
    id: int
    item: "Item"
    outer: str  # the shop's own code
    title: str
    price: int
    stock: int


@dataclasses.dataclass
class Item:
    id: int
    title: str
    skus: list = dataclasses.field(default_factory=list)
    listed: bool = True


@dataclasses.dataclass
class Line:
    id: str
    sku: Sku
    count: int
    price: int
    discount: int = 0  # its share of what was taken off the order
    shipped: int = 0
    refunded: int = 0

    @property
    def total(self):
        return self.price * self.count

    @property
    def net(self):
        return self.total - self.discount


@dataclasses.dataclass
class Parcel:
    id: int
    carrier: str
    number: str
    at: int
    lines: dict  # line id -> count


@dataclasses.dataclass
class Receiver:
    name: str
    mobile: str
    province: str
    city: str
    district: str
    town: str
    street: str


@dataclasses.dataclass
class Order:
    id: str
    serial: int  # the order in which they were placed, for ties
    created: int
    modified: int
    lines: list
    receiver: Receiver
    freight: int = 0
    state: str = UNPAID
    paid_at: int = 0
    shipped_at: int = 0
    ended_at: int = 0
    hold: bool = False
    mask: str = ""  # "", "masked", "empty": how little of the receiver is shown
    note: str = ""
    raw_status: object = None  # shown instead of the status that the state would give
    patch: dict = dataclasses.field(default_factory=dict)  # path in the rendered order -> value
    parcels: list = dataclasses.field(default_factory=list)

    @property
    def goods(self):
        return sum(line.total for line in self.lines)

    @property
    def discount(self):
        return sum(line.discount for line in self.lines)

    @property
    def paid(self):
        return self.goods - self.discount + self.freight

    @property
    def refunded(self):
        return sum(line.refunded for line in self.lines)


@dataclasses.dataclass
class Refund:
    id: str
    order: Order
    line: Line
    amount: int
    count: int
    kind: str  # refund_only, return, exchange
    state: str
    created: int
    modified: int
    reason: str = "不想要了"


class ByModified:
    """Things in the order in which they were last changed, as all incremental lists are."""

    def __init__(self):
        self.keys, self.things = [], {}
        self.serial = itertools.count(1)

    def put(self, thing):
        old = self.things.pop(thing.id, None)
        if old:
            del self.keys[bisect.bisect_left(self.keys, old[0])]
        key = (thing.modified, next(self.serial), thing.id)
        self.things[thing.id] = (key, thing)
        bisect.insort(self.keys, key)

    def key(self, thing):
        """Where it stands: what comes later has a greater one."""
        return self.things[thing.id][0][:2]

    def between(self, start, end):
        """Both ends belong to it."""
        first = bisect.bisect_left(self.keys, (start,))
        last = bisect.bisect_left(self.keys, (end + 1,))
        return [self.things[key[2]][1] for key in self.keys[first:last]]


class Shop:
    """One shop of one platform, and everything that was done to it."""

    def __init__(self, key, number, name):
        self.key, self.number, self.name = key, number, name
        self.items, self.skus = {}, {}
        self.orders, self.refunds, self.by_order = {}, {}, collections.defaultdict(list)
        self.recent, self.recent_refunds = ByModified(), ByModified()
        self.shipments, self.stock_changes, self.waybills, self.by_key = [], [], {}, {}
        self.goods_changes = []  # prices, and what is on sale
        self.quota = {}  # carrier -> waybills that are left; no limit where none is named
        self.bills = []
        self.seen = {}  # idempotency key -> what was answered
        self.money_style = "plain"
        self.serial = itertools.count(1)

    # ---------------------------------------------------------------- goods

    def add_item(self, item):
        self.items[item.id] = item
        self.skus.update({sku.id: sku for sku in item.skus})

    def sku(self, sku_id=None, outer=None, item_id=None):
        for sku in self.skus.values():
            if (sku_id is None or str(sku.id) == str(sku_id)) and (outer is None or sku.outer == outer) and \
                    (item_id is None or str(sku.item.id) == str(item_id)):
                return sku
        raise Refusal("no_sku", f"there is no SKU {sku_id or outer}")

    def item(self, item_id):
        for item in self.items.values():
            if str(item.id) == str(item_id):
                return item
        raise Refusal("no_item", f"there is no item {item_id}")

    def change_stock(self, sku, value, delta, at, key=""):
        after = sku.stock + value if delta else value
        if after < 0:
            raise Refusal("negative_stock", f"{sku.outer} would have {after}")
        self.stock_changes.append({"at": at, "sku": str(sku.id), "outer": sku.outer, "how": "delta" if delta else "set", "value": value,
                                   "before": sku.stock, "after": after, "key": key})
        sku.stock = after

    def change_price(self, sku, price, at):
        if price < 1:
            raise Refusal("other", f"{sku.outer} would cost {price}")
        self.goods_changes.append({"at": at, "what": "price", "sku": str(sku.id), "before": sku.price, "after": price})
        sku.price = price

    def put_on_sale(self, item, listed, at):
        self.goods_changes.append({"at": at, "what": "listed", "item": str(item.id), "before": item.listed, "after": listed})
        item.listed = listed

    # ---------------------------------------------------------------- orders

    def order(self, order_id):
        found = self.orders.get(str(order_id))
        if not found:
            raise Refusal("no_order", f"there is no order {order_id}")
        return found

    def put(self, order, modified):
        order.modified = modified
        self.orders[order.id] = order
        self.recent.put(order)

    def pay(self, order, at):
        order.state, order.paid_at = PAID, at
        for line in order.lines:
            line.sku.stock -= line.count
        self.put(order, at)

    def cancel(self, order, at):
        if order.state not in (UNPAID, PAID):
            raise Refusal("wrong_state", f"{order.id} is {order.state}")
        if order.state == PAID:
            self._take_back(order)
            for line in order.lines:
                line.refunded = line.net
        order.state, order.ended_at = CANCELLED, at
        self.put(order, at)

    def _take_back(self, order):
        for line in order.lines:
            line.sku.stock += line.count - line.shipped

    def complete(self, order, at):
        order.state, order.ended_at = COMPLETED, at
        self.bill(order, "sale", order.paid - order.refunded, at)
        self.bill(order, "commission", -(order.paid // 50), at)
        self.put(order, at)

    def bill(self, order, kind, amount, at):
        flow = f"{self.number:03}{len(self.bills) + 1:09}"
        self.bills.append({"flow": flow, "order": order.id, "line": order.lines[0].id, "at": at, "kind": kind, "amount": amount})

    # ---------------------------------------------------------------- ship

    def may_ship(self, order, lines):
        if order.state == UNPAID:
            raise Refusal("unpaid", f"{order.id} is not paid")
        if order.state == CANCELLED:
            raise Refusal("closed", f"{order.id} is closed")
        if order.hold:
            raise Refusal("held", f"{order.id} is under review")
        if any(refund.state in REFUND_OPEN and refund.line.id in lines for refund in self.refunds_of(order)):
            raise Refusal("refunding", f"a refund of {order.id} is asked for")
        if order.state in (SHIPPED, SIGNED, COMPLETED):
            raise Refusal("shipped", f"{order.id} is shipped")

    def ship(self, order, carrier, number, at, lines=None):
        """lines: line id -> count; None is all that is left. Returns the parcel."""
        open_lines = {line.id: line.count - line.shipped for line in order.lines if line.count > line.shipped}
        wanted = open_lines if lines is None else lines
        self.may_ship(order, wanted)
        for line_id, count in wanted.items():
            if count < 1 or count > open_lines.get(line_id, 0):
                raise Refusal("bad_lines", f"{count} of line {line_id} cannot be shipped")
        for line in order.lines:
            line.shipped += wanted.get(line.id, 0)
        whole = all(line.shipped >= line.count for line in order.lines)
        order.state, order.shipped_at = (SHIPPED if whole else PART), at
        return self.add_parcel(order, carrier, number, at, dict(wanted), "ship")

    def add_parcel(self, order, carrier, number, at, lines, how):
        """One more waybill of an order that is shipped or being shipped: every one is an effect that is written down."""
        parcel = Parcel(len(self.shipments) + 1, carrier, number, at, lines)
        order.parcels.append(parcel)
        self.shipments.append({"at": at, "order": order.id, "carrier": carrier, "number": number, "lines": lines, "how": how})
        if number in self.waybills:
            self.waybills[number]["state"] = "used"
        self.put(order, at)
        return parcel

    def change_parcel(self, order, parcel, carrier, number, at):
        parcel.carrier, parcel.number = carrier, number
        self.shipments.append({"at": at, "order": order.id, "carrier": carrier, "number": number, "lines": parcel.lines, "how": "change"})
        self.put(order, at)

    # ---------------------------------------------------------------- refunds

    def refunds_of(self, order):
        return self.by_order.get(order.id, [])

    def refunds_of_line(self, order, line):
        return [refund for refund in self.refunds_of(order) if refund.line is line]

    def ask_refund(self, refund_id, order, line, at, amount=None, count=None, kind="refund_only", state="asked"):
        refund = Refund(refund_id, order, line, line.net if amount is None else amount, line.count if count is None else count,
                        kind, "asked", at, at)
        self.refunds[refund.id] = refund
        self.by_order[order.id].append(refund)
        self.move_refund(refund, state, at)
        return refund

    def move_refund(self, refund, state, at):
        """Done pays the money back: once."""
        if refund.state in ("done", "closed"):
            raise Refusal("wrong_state", f"refund {refund.id} is {refund.state}")
        refund.state, refund.modified = state, at
        order = refund.order
        if state == "done":
            refund.line.refunded += refund.amount
            if order.state == COMPLETED:
                self.bill(order, "refund", -refund.amount, at)
            if order.state == PAID and all(line.refunded >= line.net for line in order.lines):
                order.state, order.ended_at = CANCELLED, at
                self._take_back(order)
        self.recent_refunds.put(refund)
        self.put(order, at)

    # ---------------------------------------------------------------- waybills

    def get_waybill(self, carrier, key, orders, make_number, at):
        """The same key of the same carrier is the same number, until it is cancelled."""
        known = self.by_key.get((carrier, key))
        if known and known["state"] != "cancelled":
            return known
        if self.quota.get(carrier, 1) < 1:
            raise Refusal("quota", f"no waybills of {carrier} are left")
        if carrier in self.quota:
            self.quota[carrier] -= 1
        number = make_number(next(self.serial))
        self.waybills[number] = {"number": number, "carrier": carrier, "key": key, "orders": orders, "state": "open", "at": at}
        self.by_key[(carrier, key)] = self.waybills[number]
        return self.waybills[number]

    def cancel_waybill(self, carrier, number):
        """A second cancel finds it cancelled and gives nothing back."""
        waybill = self.waybills.get(number)
        if not waybill or waybill["carrier"] != carrier:
            raise Refusal("no_waybill", f"{carrier} has no waybill {number}")
        if waybill["state"] == "used":
            raise Refusal("waybill_used", f"{number} is on its way")
        if waybill["state"] == "open" and carrier in self.quota:
            self.quota[carrier] += 1
        waybill["state"] = "cancelled"


# ---------------------------------------------------------------- what tests compare with


def tell_order(shop, order):
    return {
        "state": order.state, "hold": order.hold, "created": order.created, "paid_at": order.paid_at, "modified": order.modified,
        "goods": order.goods, "discount": order.discount, "freight": order.freight, "paid": order.paid, "refunded": order.refunded,
        "lines": [{"id": line.id, "sku": str(line.sku.id), "outer": line.sku.outer, "count": line.count, "price": line.price,
                   "discount": line.discount, "net": line.net, "shipped": line.shipped, "refunded": line.refunded} for line in order.lines],
        "parcels": [{"carrier": parcel.carrier, "number": parcel.number, "lines": parcel.lines} for parcel in order.parcels],
        "receiver": dataclasses.asdict(order.receiver),
        "refunds": [refund.id for refund in shop.refunds_of(order)],
    }


def tell_refund(refund):
    return {"order": refund.order.id, "line": refund.line.id, "amount": refund.amount, "count": refund.count, "kind": refund.kind,
            "state": refund.state, "modified": refund.modified}


def tell_sums(shop):
    paid = [order for order in shop.orders.values() if order.paid_at]
    return {"orders": len(shop.orders), "paid_orders": len(paid), "paid": sum(order.paid for order in paid),
            "refunds": len(shop.refunds), "refunded": sum(refund.amount for refund in shop.refunds.values() if refund.state == "done"),
            "shipments": len(shop.shipments), "stock_changes": len(shop.stock_changes), "waybills": len(shop.waybills),
            "billed": sum(row["amount"] for row in shop.bills)}


def tell_shop(shop, rows=True):
    told = {"name": shop.name, "sums": tell_sums(shop), "stock": {sku.outer: sku.stock for sku in shop.skus.values()}}
    if rows:
        told.update(
            skus={str(sku.id): {"outer": sku.outer, "item": str(sku.item.id), "stock": sku.stock, "price": sku.price, "listed": sku.item.listed}
                  for sku in shop.skus.values()},
            orders={order.id: tell_order(shop, order) for order in shop.orders.values()},
            refunds={refund.id: tell_refund(refund) for refund in shop.refunds.values()},
            shipments=shop.shipments, stock_changes=shop.stock_changes, goods_changes=shop.goods_changes, waybills=list(shop.waybills.values()), bills=shop.bills,
            quota=shop.quota)
    return told
