"""What platforms send by themselves when something happened: signed, and sometimes wrongly, twice, late or not in order.

A message says only that an order changed. It is a hint to look, and never worth more than what is then read."""

import dataclasses
import http.client
import json
import time
import urllib.parse

from platforms import aes, signs, wire
from platforms.clock import local, utc

DOUYIN_TAGS = {"placed": "100", "paid": "101", "shipped": "102", "refund_asked": "200", "refund_done": "206"}
KUAISHOU_EVENTS = {"placed": "kwaishop_order_addOrder", "paid": "kwaishop_order_paySuccess", "shipped": "kwaishop_order_delivering",
                   "finished": "kwaishop_order_orderSuccess", "closed": "kwaishop_order_orderFail", "address": "kwaishop_order_addressChange",
                   "refund_asked": "kwaishop_aftersales_addRefund", "refund_done": "kwaishop_aftersales_updateRefund"}
TAOBAO_TOPICS = {"placed": "taobao_trade_TradeCreate", "paid": "taobao_trade_TradeBuyerPay", "shipped": "taobao_trade_TradeSellerShip",
                 "finished": "taobao_trade_TradeSuccess", "closed": "taobao_trade_TradeClose", "refund_asked": "taobao_refund_RefundCreated"}
WOO_FAILURES = 5  # in a row, and the shop sends no more


@dataclasses.dataclass
class Message:
    body: bytes
    headers: dict
    expects: object  # function(reply's body) -> whether the platform takes it for received


def douyin(world, shop, orders, event, number, options):
    app = world.apps["douyin"]
    tag = options.get("tag") or DOUYIN_TAGS[event]
    rows = [{"tag": tag, "msg_id": str(69000000 + number * 100 + place),
             "data": json.dumps({"p_id": int(order.id), "shop_id": shop.number, "order_status": 2, "update_time": order.modified})}
            for place, order in enumerate(orders)]
    body = json.dumps(rows, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "app-id": app.key, "event-sign": signs.douyin_push(app.key, app.secret, body),
               "sign-method": "md5"}
    return Message(body, headers, lambda reply: json.loads(reply).get("code") == 0)


def kuaishou(world, shop, orders, event, number, options):
    app, order = world.apps["kuaishou"], orders[0]
    name = options.get("tag") or KUAISHOU_EVENTS[event]
    text = json.dumps({"eventId": f"e{number}", "msgId": f"m{number}", "bizId": int(order.id), "userId": shop.number,
                       "openId": f"f19{shop.number}", "appKey": app.key, "event": name,
                       "info": json.dumps({"oid": int(order.id), "sellerId": shop.number, "status": 30, "updateTime": order.modified * 1000}),
                       "createTime": order.modified * 1000, "updateTime": order.modified * 1000, "test": False}, ensure_ascii=False)
    key = app.message_secret if options.get("sign", "good") == "good" else wire.base64_text(b"another key 1234")
    body = aes.seal(key, text, options.get("padding", "good")).encode()
    return Message(body, {"Content-Type": "application/json"}, lambda reply: json.loads(reply).get("result") == 1)


def shopify(world, shop, orders, event, number, options):
    order, app = orders[0], world.apps["shopify"]
    topic = options.get("tag") or {"placed": "orders/create", "paid": "orders/paid", "closed": "orders/cancelled",
                                   "refund_done": "refunds/create"}.get(event, "orders/updated")
    body = json.dumps({"id": int(order.id), "admin_graphql_api_id": f"gid://shopify/Order/{order.id}", "name": f"#{1000 + order.serial}",
                       "updated_at": utc(order.modified) + "Z"}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "X-Shopify-Topic": topic, "X-Shopify-Shop-Domain": f"{shop.key}.myshopify.com",
               "X-Shopify-Webhook-Id": f"w{number}", "X-Shopify-Event-Id": f"e{number}", "X-Shopify-API-Version": "2026-10",
               "X-Shopify-Triggered-At": utc(order.modified) + "Z", "X-Shopify-Hmac-Sha256": signs.webhook(app.secret, body)}
    return Message(body, headers, lambda _reply: True)


def woo(world, shop, orders, event, number, options):
    order = orders[0]
    topic = options.get("tag") or {"placed": "order.created", "closed": "order.deleted"}.get(event, "order.updated")
    body = json.dumps({"id": int(order.id), "number": order.id, "status": "processing", "date_modified_gmt": utc(order.modified)},
                      ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "X-WC-Webhook-Source": "http://shop.test/", "X-WC-Webhook-Topic": topic,
               "X-WC-Webhook-Resource": topic.partition(".")[0], "X-WC-Webhook-Event": topic.partition(".")[2], "X-WC-Webhook-ID": "1",
               "X-WC-Webhook-Delivery-ID": f"d{number}", "X-WC-Webhook-Signature": signs.webhook(world.apps["woo"].secret, body)}
    return Message(body, headers, lambda _reply: True)


MAKERS = {"douyin": douyin, "kuaishou": kuaishou, "shopify": shopify, "woo": woo}
SIGNATURES = ("event-sign", "X-Shopify-Hmac-Sha256", "X-WC-Webhook-Signature")


def spoil_signature(message, how):
    """wrong: of another body; missing: none."""
    for name in SIGNATURES:
        if name in message.headers and how == "missing":
            del message.headers[name]
        elif name in message.headers and how == "wrong":
            message.headers[name] = message.headers[name][::-1]


def queue_for_taobao(world, shop, orders, event, options):
    """Taobao's messages are fetched: they wait in a queue."""
    for order in orders:
        number = len(world.pushes) + len(world.messages) + 1
        world.messages.append({"id": 9007199254740993 + number, "topic": options.get("tag") or TAOBAO_TOPICS[event],
                               "pub_time": local(world.clock.now()), "pub_app_key": "12497914", "user_id": shop.number, "user_nick": shop.name,
                               "content": json.dumps({"tid": int(order.id), "oid": int(order.lines[0].id), "status": "x"})})


def prepare(world, shop, orders, event, options):
    """Returns the push's row, ready to be sent. replay: the number of an earlier one, which is sent byte for byte."""
    number = len(world.pushes) + 1
    if options.get("replay"):
        message = world.pushes[options["replay"] - 1]["message"]
    else:
        message = MAKERS[world.platform_of[shop.key]](world, shop, orders, event, number, options)
        spoil_signature(message, options.get("sign", "good"))
    row = {"n": number, "shop": shop.key, "event": event, "orders": [order.id for order in orders], "message": message,
           "url": options["url"], "attempts": [], "received": False}
    world.pushes.append(row)
    return row


def attempt(url, message, timeout):
    """Returns (status or None, the reply's text, seconds)."""
    parts, started = urllib.parse.urlsplit(url), time.monotonic()
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), message.body, message.headers)
        reply = connection.getresponse()
        return reply.status, reply.read().decode(errors="replace"), time.monotonic() - started
    except (OSError, http.client.HTTPException) as fault:
        return None, f"{type(fault).__name__}: {fault}", time.monotonic() - started
    finally:
        connection.close()


def deliver(world, row, retries=3, timeout=2.0):
    """Sends until it is taken for received, or given up. A reply that comes too late is none, so what was handled may come again."""
    if world.push_failures.get(row["shop"], 0) >= WOO_FAILURES and row["shop"].startswith("woo"):
        row["attempts"].append({"status": None, "reply": "the shop has switched it off", "seconds": 0})
        return tell(row)
    for _ in range(1 + retries):
        status, reply, seconds = attempt(row["url"], row["message"], timeout)
        row["attempts"].append({"status": status, "reply": reply[:500], "seconds": round(seconds, 3)})
        if status is not None and 200 <= status < 300 and understood(row["message"], reply):
            row["received"] = True
            break
    world.push_failures[row["shop"]] = 0 if row["received"] else world.push_failures.get(row["shop"], 0) + 1
    return tell(row)


def understood(message, reply):
    try:
        return bool(message.expects(reply))
    except (ValueError, AttributeError):
        return False


def tell(row):
    return {name: value for name, value in row.items() if name != "message"} | {"bytes": len(row["message"].body)}
