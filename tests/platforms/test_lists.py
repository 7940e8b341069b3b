#!/usr/bin/env python3
"""What is read from the stand-in: lists that move while they are read, windows, cursors, and what JSON, money and receivers look like."""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from platforms import client, lists  # noqa: E402
from platforms.cases import Cases, equal, holds  # noqa: E402
from platforms.clock import local  # noqa: E402

cases = Cases()
DAY = 86400
UNPAID_UNSEEN = ("jd", "pdd")


def caller_of(running, name, number=1):
    return client.CALLERS[name](running, f"{name}-{number}")


def in_ledger(running, name, number=1):
    orders = running.ledger(f"{name}-{number}")["orders"]
    return {order_id for order_id, order in orders.items() if order["paid_at"] or name not in UNPAID_UNSEEN}


# ---------------------------------------------------------------- all there is


@cases.case("every order of the ledger is in each platform's list, in the order of its last change")
def everything(running):
    for name in lists.ROWS:
        found = lists.rows(name, running, caller_of(running, name))
        equal(set(found), in_ledger(running, name), name)
        modified = running.ledger(f"{name}-1")["orders"]
        order = [modified[order_id]["modified"] for order_id in found]
        if name != "woo":
            equal(order, sorted(order), name)


@cases.case("the sums that a reader adds up are those of the ledger, to the fen")
def sums(running):
    def yuan(text):
        whole, _, part = str(text).partition(".")
        return int(whole) * 100 + int(part.ljust(2, "0")[:2] or 0)

    paid = {"taobao": lambda row: yuan(row["payment"]), "jd": lambda row: yuan(row["actualPay"]), "pdd": lambda row: yuan(row["pay_amount"]),
            "douyin": lambda row: row["pay_amount"],
            "kuaishou": lambda row: row["orderBaseInfo"]["totalFee"] - row["orderBaseInfo"]["discountFee"] + row["orderBaseInfo"]["expressFee"],
            "shopify": lambda row: yuan(row["totalPriceSet"]["shopMoney"]["amount"]), "woo": lambda row: yuan(row["total"])}
    for name, amount in paid.items():
        found, book = lists.rows(name, running, caller_of(running, name)), running.ledger(f"{name}-1")["orders"]
        equal({order_id: amount(row) for order_id, row in found.items()}, {order_id: book[order_id]["paid"] for order_id in found}, name)


@cases.case("one order is told as the list tells it, and one that is not there is refused")
def details(running):
    book = running.ledger("taobao-1")["orders"]
    order_id, order = next((order_id, order) for order_id, order in book.items() if len(order["lines"]) > 1 and order["paid_at"])
    trade = caller_of(running, "taobao")("taobao.trade.fullinfo.get", tid=order_id, fields="tid,payment,orders")
    trade = trade["trade_fullinfo_get_response"]["trade"]
    equal([str(line["oid"]) for line in trade["orders"]["order"]], [line["id"] for line in order["lines"]])
    assert trade["tid"] > 2**53, "an id that fits a double proves nothing"
    single = next(order_id for order_id, order in book.items() if len(order["lines"]) == 1)
    row = lists.row_of("taobao", running, single)
    equal(row["tid"], row["orders"]["order"][0]["oid"])
    for name, method, argument in (("jd", "jingdong.pop.order.get", {"optional_fields": "orderId"}), ("pdd", "pdd.order.information.get", {}),
                                   ("douyin", "order.orderDetail", {}), ("kuaishou", "open.order.detail", {})):
        key = {"jd": "order_id", "pdd": "order_sn", "douyin": "shop_order_id", "kuaishou": "oid"}[name]
        some = next(iter(in_ledger(running, name)))
        holds(caller_of(running, name)(method, **{key: some}, **argument), some)
        refused = caller_of(running, name)(method, **{key: "1"}, **argument)
        assert "sku" not in json.dumps(refused).lower(), f"{name} knows order 1"
    holds(caller_of(running, "shopify")("query($id: ID!) { order(id: $id) { name } }", id="gid://shopify/Order/1"), '"order": null')
    equal(caller_of(running, "woo").raw("GET", "/orders/1").status, 404)


# ---------------------------------------------------------------- pages


def taobao_pages(running, numbers, between=None, **more):
    """Reads the pages in that order; between is called once, after the first. Returns {id: row}."""
    found = {}
    for number in numbers:
        found.update(lists.rows("taobao", running, caller_of(running, "taobao"), page_no=str(number), page_size="5", **more))
        if between:
            between()
            between = None
    return found


@cases.case("an order that changes between two pages is lost to a reader that goes forwards, and not to one that goes backwards")
def moving(running):
    at = running.now()
    window = {"start_modified": local(at - 1800), "end_modified": local(at - 1)}
    everyone = in_ledger(running, "taobao")

    def move():
        running.tell("touch_first", shop="taobao-1", **{"from": at - 1800, "until": at - 1})

    equal(len(everyone), 24)
    missed = everyone - set(taobao_pages(running, (1, 2, 3, 4, 5), move, **window))
    equal(len(missed), 1, "going forwards")
    backwards = set(taobao_pages(running, (5, 4, 3, 2, 1), move, **window))
    later = set(lists.rows("taobao", running, caller_of(running, "taobao"), start_modified=local(at - 300), end_modified=local(running.now())))
    equal(everyone - backwards - later, set(), "going backwards, and on with the next window")
    steady = set(taobao_pages(running, (1, 2, 3, 4, 5), move, use_has_next="true", **window))
    later = set(lists.rows("taobao", running, caller_of(running, "taobao"), start_modified=local(at - 300), end_modified=local(running.now())))
    equal(everyone - steady - later, set(), "with has_next")


@cases.case("a cursor loses nothing when an order changes between two pages")
def moving_cursors(running):
    at = running.now()
    for name in ("kuaishou", "shopify"):
        everyone, found, cursor = in_ledger(running, name), set(), ""
        running.arm("change", platform=name, change={"command": "touch_first", "shop": f"{name}-1", "from": at - 1800, "until": at - 1})
        while cursor not in ("nomore", None):
            more = {"cursor": cursor, "pageSize": 5} if name == "kuaishou" else {"after": cursor or None, "n": 5}
            answer = lists.ROWS[name][0](running, caller_of(running, name), **more)["data"]
            page = answer.get("orders", answer)
            found |= {lists.ROWS[name][2](row) for row in page.get("orderList", page.get("nodes"))}
            cursor = page["cursor"] if name == "kuaishou" else page["pageInfo"]["hasNextPage"] and page["pageInfo"]["endCursor"] or None
        equal(everyone - found, set(), name)


@cases.case("a shop that sells what it has comes to an end")
def sold_out(running):
    running.tell("stock", shop="douyin-1", sku="LAMP", value=7)
    ids = running.tell("place", shop="douyin-1", goods=[["LAMP", 2, None, 0]], count=9, if_stock=True)
    equal((len(ids), running.ledger("douyin-1")["stock"]["LAMP"]), (3, 1))


@cases.case("what is armed happens just after the page that it names")
def armed_change(running):
    at = running.now()
    running.arm("change", shop="pdd-1", call="*increment*", skip=1,
                change={"command": "touch_first", "shop": "pdd-1", "from": at - 1800, "until": at - 1})
    found = []
    for page in (1, 2, 3, 4, 5):
        answer = lists.pdd(running, caller_of(running, "pdd"), page=str(page), page_size="5", end_updated_at=str(at - 1))
        found.append(len(answer["order_sn_increment_get_response"]["order_sn_list"]))
        equal(answer["order_sn_increment_get_response"]["total_count"], len(in_ledger(running, "pdd")) - (page > 2))
    assert sum(found) == len(in_ledger(running, "pdd")) - 1, found


@cases.case("has_next tells no total, and may stand beside an empty page")
def has_next(running):
    caller = caller_of(running, "taobao")
    running.arm("empty_page", call="*increment*", skip=1)
    found, page, sizes = set(), 0, []
    while True:
        page += 1
        answer = lists.taobao(running, caller, page_no=str(page), page_size="10", use_has_next="true")["trades_sold_increment_get_response"]
        assert "total_results" not in answer
        sizes.append(len(answer["trades"]["trade"]))
        found |= {str(row["tid"]) for row in answer["trades"]["trade"]}
        if not answer["has_next"]:
            break
    equal((sizes, found), ([10, 0, 10, 4], in_ledger(running, "taobao")))


@cases.case("Douyin's pages begin at 0 and Kuaishou's cursor ends with nomore, or stays where it is")
def cursors(running):
    douyin = caller_of(running, "douyin")
    pages = [lists.rows("douyin", running, douyin, page=page, size=10) for page in range(3)]
    equal(set().union(*pages), in_ledger(running, "douyin"))
    kuaishou, cursor, found, calls = caller_of(running, "kuaishou"), "", set(), 0
    running.arm("repeat_cursor", platform="kuaishou", skip=1)
    while cursor != "nomore":
        data = lists.kuaishou(running, kuaishou, cursor=cursor, pageSize=7)["data"]
        found |= {str(row["orderBaseInfo"]["oid"]) for row in data["orderList"]}
        calls += 1
        assert calls < 9, "the cursor comes to no end"
        cursor = data["cursor"]
    equal((found, calls), (in_ledger(running, "kuaishou"), 5))


@cases.case("Shopify pages by cursor, WooCommerce by number with totals in its headers")
def foreign_pages(running):
    shopify, after, found = caller_of(running, "shopify"), None, []
    while True:
        page = lists.shopify(running, shopify, n=7, after=after)["data"]["orders"]
        found += [row["id"].rpartition("/")[2] for row in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    equal(sorted(found), sorted(in_ledger(running, "shopify")))
    woo = caller_of(running, "woo")
    answer = woo.raw("GET", "/orders", query={"per_page": "10", "page": "2", "orderby": "id", "order": "asc"})
    equal((answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"], len(answer.json())), ("24", "3", 10))
    holds(answer.headers["Link"], 'page=3')
    equal(woo.raw("GET", "/orders", query={"per_page": "101"}).status, 400)


@cases.case("windows that are too wide, upside down or too old are refused")
def windows(running):
    at = running.now()
    top, jd, pdd, douyin, kuaishou = (caller_of(running, name) for name in ("taobao", "jd", "pdd", "douyin", "kuaishou"))
    holds(lists.taobao(running, top, start_modified=local(at - DAY - 1), end_modified=local(at)), "time-span")
    holds(lists.taobao(running, top, start_modified=local(at), end_modified=local(at - 1)), '"code": 41')
    holds(lists.taobao(running, top, start_modified=local(at - 100 * DAY), end_modified=local(at - 100 * DAY)), "time-span")
    holds(lists.taobao(running, top, start_modified=local(at - DAY), end_modified=local(at)), '"tid"')
    holds(lists.pdd(running, pdd, start_updated_at=str(at - 1801)), "error_response")
    holds(lists.pdd(running, pdd, page_size="101"), "error_response")
    holds(lists.jd(running, jd, start_date=local(at - 32 * DAY), end_date=local(at)), '"success": false')
    holds(lists.jd(running, jd, start_date=local(at - 31 * DAY), end_date=local(at)), '"orderId"')
    holds(lists.douyin(running, douyin, update_time_start=at, update_time_end=at), "isv.parameter-invalid")
    holds(lists.kuaishou(running, kuaishou, beginTime=(at - 7 * DAY - 1) * 1000), '"result": 2001')
    holds(lists.kuaishou(running, kuaishou, pageSize=51), '"result": 2001')
    refunds = {"beginTime": (at - DAY - 1) * 1000, "endTime": at * 1000, "type": 9, "pageSize": 50, "sort": 2}
    holds(kuaishou("open.seller.order.refund.pcursor.list", **refunds), '"result": 2001')
    holds(kuaishou("open.seller.order.refund.pcursor.list", **{**refunds, "beginTime": (at - DAY) * 1000}), '"result": 1')


@cases.case("Douyin lets nobody read beyond ten thousand rows of a window, of which it tells the total", "--orders", "1")
def depth(running):
    at, caller = running.now(), caller_of(running, "douyin")
    equal(running.tell("place", shop="douyin-1", count=100001, at=at - 900, until=at - 100, ids=False), 100001)
    window = {"update_time_start": at - 900, "update_time_end": at - 100}
    equal(lists.douyin(running, caller, page=99, **window)["data"]["total"], 100001)
    holds(lists.douyin(running, caller, page=100, **window), "isv.parameter-invalid")
    narrow = {"update_time_start": at - 900, "update_time_end": at - 890}
    assert lists.douyin(running, caller, **narrow)["data"]["total"] < 10000


# ---------------------------------------------------------------- what rows look like


@cases.case("an order comes twice, the second time as it was before")
def stale(running):
    for name in lists.ROWS:
        running.arm("stale", platform=name)
        ask, find, key = lists.ROWS[name]
        keys = [key(row) for row in find(ask(running, caller_of(running, name)))]
        equal((len(keys) - len(set(keys)), keys[-1]), (1, keys[0]), name)


@cases.case("numbers become text and text numbers; what is empty becomes null or is missing; nesting is deep; unknown fields are always there")
def shapes(running):
    for name in lists.ROWS:
        ask, caller = lists.ROWS[name][0], caller_of(running, name)
        if name != "shopify":
            holds(ask(running, caller), "ext_not_in_the_documents")
        running.arm("deep", platform=name, depth=150)
        if name != "woo":
            equal(json.dumps(ask(running, caller)).count('"in"'), 150, name)
    top = lists.taobao(running, caller_of(running, "taobao"))["trades_sold_increment_get_response"]["trades"]["trade"][0]
    running.arm("swap_types", platform="taobao")
    swapped = lists.taobao(running, caller_of(running, "taobao"))["trades_sold_increment_get_response"]["trades"]["trade"][0]
    equal((swapped["tid"], swapped["payment"]), (str(top["tid"]), float(top["payment"])))
    for kind, found in (("nulls", None), ("missing", "nothing")):
        running.arm(kind, platform="pdd")
        row = next(iter(lists.rows("pdd", running, caller_of(running, "pdd")).values()))
        equal(row.get("tracking_number", "nothing"), found, kind)


@cases.case("a status that nobody knows is shown as it was set")
def unknown_status(running):
    for name, field in (("taobao", "status"), ("jd", "orderState"), ("pdd", "order_status"), ("douyin", "order_status"), ("woo", "status"),
                        ("shopify", "displayFulfillmentStatus")):
        order = next(iter(in_ledger(running, name)))
        running.tell("change", shop=f"{name}-1", order=order, raw_status="SOMETHING_NEW", moves=True)
        states = {"order_state": "SOMETHING_NEW"} if name == "jd" else {}
        equal(lists.row_of(name, running, order, **states)[field], "SOMETHING_NEW", name)


@cases.case("the same amount is written in several ways, and lines may be free or below nothing")
def money(running):
    def text(name, order):
        """The amount as it is in the answer's very text."""
        caller = caller_of(running, name)
        body = caller.raw("pdd.order.information.get", order_sn=order).body.decode()
        return body.partition('"pay_amount":')[2].partition(",")[0]

    goods = [["TS-RED-L", 1, 1990, 0]]
    order = running.tell("place", shop="pdd-1", goods=goods, freight=0)[0]
    for style, expected in (("plain", "19.9"), ("zeros", "19.900000"), ("exponent", "1.99e1"), ("noise", "19.90000000000000004"),
                            ("string", '"19.90"')):
        running.tell("style", shop="pdd-1", money=style)
        got = text("pdd", order)
        assert got == expected or (style == "noise" and got.startswith("19.90000000000")), (style, got)
    running.tell("style", shop="pdd-1", money="exponent")
    equal(text("pdd", running.tell("place", shop="pdd-1", goods=[["TS-RED-L", 1, 10000, 0]], freight=0)[0]), "1e2")
    running.tell("style", shop="taobao-1", money="short")
    odd = running.tell("place", shop="taobao-1", goods=[["TS-RED-L", 1, 1990, 0], ["SOCK-S", 2, 0, 0], ["LAMP", 1, -500, 0]], freight=0)[0]
    row = lists.row_of("taobao", running, odd)
    equal((row["payment"], [line["price"] for line in row["orders"]["order"]]), ("14.9", ["19.9", "0", "-5"]))
    running.tell("change", shop="jd-1", order=running.tell("place", shop="jd-1")[0], patch={"actualPay": "1.00", "modified": {"drop": True}})
    row = list(lists.rows("jd", running, caller_of(running, "jd")).values())[-1]
    equal((row["actualPay"], "modified" in row), ("1.00", False))


@cases.case("a receiver is masked, or gone after shipping; a review ends; an address changes; each moves the order")
def receivers(running):
    at = running.now()
    for name, person in (("taobao", lambda row: row["receiver_name"] + row["oaid"]), ("pdd", lambda row: row["receiver_name"]),
                         ("douyin", lambda row: row["encrypt_post_receiver"]),
                         ("kuaishou", lambda row: row["orderAddress"].get("encryptedConsignee", ""))):
        shop, order = f"{name}-1", running.tell("place", shop=f"{name}-1", at=at - 600)[0]
        assert person(lists.row_of(name, running, order)), f"{name} tells nobody to send it to"
        before = person(lists.row_of(name, running, order))
        running.tell("change", shop=shop, order=order, receiver={"name": "新人"}, moves=True)
        assert person(lists.row_of(name, running, order)) != before, f"{name} shows the old receiver"
        running.tell("change", shop=shop, order=order, mask="empty")
        equal(person(lists.row_of(name, running, order)), "", name)
        assert running.ledger(shop)["orders"][order]["modified"] >= at - 1
    order = running.tell("place", shop="pdd-1")[0]
    running.tell("change", shop="pdd-1", order=order, hold=True)
    row = lists.row_of("pdd", running, order)
    equal((row["risk_control_status"], row["receiver_phone"], bool(row["receiver_phone_mask"])), (1, "", True))
    running.tell("change", shop="pdd-1", order=order, hold=False)
    assert lists.row_of("pdd", running, order)["receiver_phone"]
    running.tell("ship", shop="pdd-1", order=order, carrier="SF", number="SF1")
    equal(lists.row_of("pdd", running, order)["receiver_phone"], "")


@cases.case("an order under review is shown as each platform shows it")
def holds_shown(running):
    for name, field, value in (("taobao", "status", "PAID_FORBID_CONSIGN"), ("jd", "orderState", "LOCKED"), ("douyin", "order_status", 105),
                               ("woo", "status", "on-hold"), ("shopify", "displayFulfillmentStatus", "ON_HOLD")):
        order = running.tell("place", shop=f"{name}-1")[0]
        running.tell("change", shop=f"{name}-1", order=order, hold=True)
        equal(lists.row_of(name, running, order)[field], value, name)
    order = running.tell("place", shop="kuaishou-1")[0]
    running.tell("change", shop="kuaishou-1", order=order, hold=True)
    equal(lists.row_of("kuaishou", running, order)["orderBaseInfo"]["riskCode"], 1)


# ---------------------------------------------------------------- refunds


@cases.case("refunds are listed by their last change, and end with the money in the ledger")
def refunds(running):
    at = running.now()
    window = {"taobao": lambda caller: caller("taobao.refunds.receive.get", fields="refund_id,status,refund_fee", start_modified=local(at - 9),
                                              end_modified=local(at + 9)),
              "pdd": lambda caller: caller("pdd.refund.list.increment.get", after_sales_status="1", after_sales_type="1",
                                           start_updated_at=str(at - 9), end_updated_at=str(at + 9)),
              "jd": lambda caller: caller("jingdong.pop.afs.soa.refundapply.queryPageList", pageIndex="1", pageSize="50"),
              "douyin": lambda caller: caller("afterSale.List", page=0, size=100, update_start_time=at - 9, update_end_time=at + 9,
                                              order_by=["update_time asc"]),
              "kuaishou": lambda caller: caller("open.seller.order.refund.pcursor.list", beginTime=(at - 9) * 1000, endTime=(at + 9) * 1000,
                                                type=9, pageSize=100, pcursor="", sort=2)}
    amount = {"taobao": '"12.34"', "pdd": '"12.34"', "jd": '"applyRefundSum": 1234', "douyin": '"refund_amount": 1234',
              "kuaishou": '"refundFee": 1234'}
    for name, ask in window.items():
        shop, order = f"{name}-1", running.tell("place", shop=f"{name}-1", goods=[["TS-RED-L", 2, None, 0]])[0]
        refund = running.tell("refund", shop=shop, order=order, amount=1234, count=1)
        answer = ask(caller_of(running, name))
        holds(answer, refund)
        holds(answer, amount[name])
        before = running.ledger(shop)["sums"]["refunded"]
        running.tell("refund_move", shop=shop, refund=refund, state="done")
        equal(running.ledger(shop)["sums"]["refunded"], before + 1234, name)
        holds(ask(caller_of(running, name)), refund)
    order = running.tell("place", shop="woo-1", goods=[["TS-RED-L", 2, None, 0]])[0]
    running.tell("refund", shop="woo-1", order=order, amount=1234, state="done")
    equal(caller_of(running, "woo")("GET", f"/orders/{order}/refunds")[0]["amount"], "12.34")
    order = running.tell("place", shop="shopify-1", goods=[["TS-RED-L", 2, None, 0]], freight=0)[0]
    running.tell("refund", shop="shopify-1", order=order, amount=11980, state="done")
    equal(lists.row_of("shopify", running, order)["displayFinancialStatus"], "REFUNDED")


@cases.case("a busy month of a hundred shops comes as it was planned, and no shop sells what it has not", "--shops", "15", "--orders", "0")
def month(running):
    for shop in running.shops:
        running.tell("stock", shop=shop, sku="LAMP", value=3)
    planned = running.tell("month", orders=30, seconds=30 * DAY, rate=1e6)
    equal(planned["orders"], 7 * 15 * 30)
    running.tell("clock", skew=60)
    books = running.look("ledger")
    equal(sum(book["sums"]["orders"] for book in books.values()), planned["orders"])
    assert all(left >= 0 for book in books.values() for left in book["stock"].values()), "a shop has less than nothing"
    assert sum(book["sums"]["refunds"] for book in books.values()) > 50
    states = {order["state"] for book in books.values() for order in book["orders"].values()}
    equal(states, {"paid", "cancelled"})


cases.done()
