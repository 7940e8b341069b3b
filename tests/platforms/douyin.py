"""Douyin (doudian): a path per method, the parameters as one JSON body with sorted keys, HMAC-SHA256. Money is fen, times are seconds."""

import json

from platforms import carriers, douyin_write, ledger, signs, wire
from platforms.calls import Call, Platform, Refused, mask_mobile, mask_name, page_of, patched, with_stale
from platforms.clock import local, read_local
from platforms.tokens import Bad

TOLERANCE, HISTORY, DEPTH, REFUND_DEPTH = 600, 90 * 86400, 10_000, 50_000
STATUS = {ledger.UNPAID: 1, ledger.PAID: 2, ledger.PART: 101, ledger.SHIPPED: 3, ledger.SIGNED: 3, ledger.COMPLETED: 5, ledger.CANCELLED: 4}
AFTER_SALE = {"asked": 6, "agreed": 7, "returned": 11, "refused": 27, "done": 12, "closed": 28}
REFUND_STATUS = {"asked": 1, "agreed": 2, "returned": 2, "refused": 1, "done": 3, "closed": 1}


# ---------------------------------------------------------------- how things look


def status(order):
    if order.raw_status is not None:
        return order.raw_status
    return 105 if order.state == ledger.PAID and order.hold else STATUS[order.state]


def kind_of(refund):
    return {"return": 0, "exchange": 3}.get(refund.kind, 1 if refund.order.shipped_at else 2)


def render_line(shop, order, line):
    refunds = shop.refunds_of_line(order, line)
    info = {"after_sale_status": AFTER_SALE[refunds[-1].state], "after_sale_type": kind_of(refunds[-1]),
            "refund_status": REFUND_STATUS[refunds[-1].state]} if refunds else {"after_sale_status": 0, "after_sale_type": 0, "refund_status": 0}
    return {"order_id": line.id, "parent_order_id": order.id, "order_status": status(order), "product_id": line.sku.item.id,
            "product_id_str": str(line.sku.item.id), "sku_id": line.sku.id, "out_sku_id": "", "out_product_id": 0, "code": line.sku.outer,
            "item_num": line.count, "origin_amount": line.price, "sum_amount": line.total, "order_amount": line.total,
            "pay_amount": line.net, "post_amount": 0, "promotion_amount": line.discount, "promotion_pay_amount": 0,
            "spec": [{"name": "规格", "value": line.sku.title}], "product_name": line.sku.item.title, "warehouse_ids": [],
            "inventory_list": [], "given_product_type": "", "master_sku_order_id": "0", "bundle_sku_info": [], "after_sale_info": info,
            "pre_sale_type": 0}


def render_receiver(order):
    person = order.receiver
    if order.mask == "empty":
        return {"post_receiver": "", "post_tel": "", "encrypt_post_receiver": "", "encrypt_post_tel": "", "mask_post_receiver": "",
                "mask_post_tel": "", "post_addr": {}, "mask_post_addr": {}}
    cipher = (lambda text: "") if order.mask else (lambda text: f"##{wire.base64_text(text.encode())}##")
    place = {name: {"name": value, "id": "0"} for name, value in (("province", person.province), ("city", person.city),
                                                                 ("town", person.district), ("street", person.town))}
    return {"post_receiver": "", "post_tel": "", "encrypt_post_receiver": cipher(person.name), "encrypt_post_tel": cipher(person.mobile),
            "mask_post_receiver": mask_name(person.name), "mask_post_tel": mask_mobile(person.mobile),
            "post_addr": {**place, "detail": "", "encrypt_detail": cipher(person.street)}, "mask_post_addr": {**place, "detail": "***"}}


def render_order(shop, order):
    main = 21 if order.state == ledger.CANCELLED and order.paid_at and order.raw_status is None else status(order)
    row = {"order_id": order.id, "shop_id": shop.number, "open_id": f"1@#{order.serial}", "order_status": status(order),
           "order_status_desc": "", "main_status": main, "order_type": 0, "trade_type": 0, "b_type": 2, "biz": 2,
           "create_time": order.created, "pay_time": order.paid_at, "update_time": order.modified, "finish_time": order.ended_at,
           "ship_time": order.shipped_at, "exp_ship_time": order.paid_at + 172800 if order.paid_at else 0, "order_amount": order.goods,
           "pay_amount": order.paid, "post_amount": order.freight, "modify_amount": 0, "promotion_amount": order.discount,
           "promotion_shop_amount": order.discount, "promotion_platform_amount": 0, "promotion_talent_amount": 0,
           "promotion_pay_amount": 0, "total_promotion_amount": order.discount, **render_receiver(order), "buyer_words": order.note,
           "seller_words": "", "seller_remark_stars": 0, "cancel_reason": "", "order_phase_list": []}
    row["logistics_info"] = [{"tracking_no": parcel.number, "company": code_of(parcel), "company_name": parcel.carrier,
                              "ship_time": parcel.at, "delivery_id": f"{order.id}-{parcel.id}",
                              "product_info": [{"sku_order_id": line_id, "product_count": count} for line_id, count in parcel.lines.items()]}
                             for parcel in order.parcels]
    row["sku_order_list"] = [render_line(shop, order, line) for line in order.lines]
    return patched(order, row)


def code_of(parcel):
    return next(carrier.douyin for carrier in carriers.CARRIERS if carrier.code == parcel.carrier)


# ---------------------------------------------------------------- orders and refunds


def window(call, first, last):
    """Both ends are needed, and differ."""
    start, end = call.number(first), call.number(last)
    if start >= end or start < call.now - HISTORY:
        raise Refused(40004, "isv.parameter-invalid", f"{first} and {last}")
    return start, end


def pages(call, depth):
    """Pages begin at 0, and there is an end to how deep they go."""
    page, size = call.number("page"), call.number("size", 1, 100)
    if (page + 1) * size > depth:
        raise Refused(40004, "isv.parameter-invalid", f"page x size is at most {depth}")
    return page, size


def search_list(call):
    page, size = pages(call, DEPTH)
    by_update = call.params.get("order_by", "create_time") == "update_time"
    if "update_time_start" in call.params or by_update:
        rows = call.shop.recent.between(*window(call, "update_time_start", "update_time_end"))
    else:
        start, end = window(call, "create_time_start", "create_time_end")
        rows = [order for order in call.shop.orders.values() if start <= order.created <= end]
    if not by_update:
        rows = sorted(rows, key=lambda order: order.created)
    for wanted in call.params.get("combine_status") or []:
        if wanted.get("order_status"):
            rows = [order for order in rows if str(status(order)) in wanted["order_status"].split(",")]
    if not call.params.get("order_asc"):
        rows = rows[::-1]
    here = with_stale(call, page_of(rows, page, size, first=0))
    return {"page": page, "size": size, "total": len(rows), "shop_order_list": [render_order(call.shop, order) for order in here]}


def order_detail(call):
    return {"shop_order_detail": render_order(call.shop, call.shop.order(call.text("shop_order_id")))}


def render_refund(refund):
    order, line = refund.order, refund.line
    return {"aftersale_info": {"aftersale_id": refund.id, "aftersale_type": kind_of(refund), "aftersale_status": AFTER_SALE[refund.state],
                               "refund_amount": refund.amount, "refund_post_amount": 0, "refund_status": REFUND_STATUS[refund.state],
                               "apply_time": refund.created, "update_time": refund.modified, "return_logistics_code": "",
                               "aftersale_num": refund.count, "related_id": line.id},
            "order_info": {"shop_order_id": order.id, "related_order_info": [
                {"sku_order_id": line.id, "shop_sku_code": line.sku.outer, "item_num": line.count, "aftersale_item_num": refund.count,
                 "aftersale_pay_amount": refund.amount, "product_id": line.sku.item.id, "order_status": status(order)}]},
            "text_part": {"reason_text": refund.reason, "aftersale_status_text": refund.state}}


def after_sale_list(call):
    page, size = pages(call, REFUND_DEPTH)
    if call.params.get("order_id") or call.params.get("aftersale_id"):
        rows = [refund for refund in call.shop.refunds.values()
                if call.params.get("order_id") in (None, "", refund.order.id) and call.params.get("aftersale_id") in (None, "", refund.id)]
    else:
        rows = call.shop.recent_refunds.between(*window(call, "update_start_time", "update_end_time"))
    wanted = call.params.get("standard_aftersale_status") or []
    if wanted:
        rows = [refund for refund in rows if AFTER_SALE[refund.state] in map(int, wanted)]
    if call.params.get("order_by") != ["update_time asc"]:
        rows = rows[::-1]
    here = page_of(rows, page, size, first=0)
    return {"items": [render_refund(refund) for refund in here], "has_more": (page + 1) * size < len(rows), "total": len(rows),
            "page": page, "size": size}


def after_sale_detail(call):
    refund = call.shop.refunds.get(call.text("after_sale_id"))
    if not refund:
        raise Refused(50002, "isv.business-failed:1001", "no such after-sale")
    row = render_refund(refund)
    info = dict(row["aftersale_info"], after_sale_id=int(refund.id), real_refund_amount=refund.amount if refund.state == "done" else 0)
    return {"process_info": {"after_sale_info": info}, "order_info": row["order_info"]}


# ---------------------------------------------------------------- bills and tokens


def render_settled(row, order):
    gain = row["amount"] if row["amount"] > 0 else 0
    return {"settle_time": local(row["at"]), "request_no": row["flow"], "shop_order_id": row["order"], "order_id": row["line"],
            "settle_amount": row["amount"], "pay_type_desc": "微信", "flow_type_desc": "已结算" if row["kind"] != "refund" else "结算后退款",
            "trade_type": 0, "order_time": local(order.created), "goods_count": sum(line.count for line in order.lines),
            "total_amount": gain, "total_goods_amount": order.goods, "post_amount": order.freight, "shop_coupon": order.discount,
            "platform_coupon": 0, "author_coupon": 0, "refund_before_settle": order.refunded if row["kind"] == "sale" else 0,
            "real_pay_amount": order.paid, "total_income": gain, "platform_service_fee": 0,
            "commission": -row["amount"] if row["kind"] == "commission" else 0, "total_outcome": gain - row["amount"], "remark": ""}


def settle_bill(call):
    """The place to go on from has two parts: a moment, and how many rows of that very second were given."""
    size, start, end = call.number("size", 1, 100), read_local(call.text("start_time")), read_local(call.text("end_time"))
    if start is None or end is None or not 0 <= end - start <= 7 * 86400:
        raise Refused(40004, "isv.parameter-invalid", "start_time and end_time are at most 7 days apart")
    skip = call.number("start_index", default=0)
    rows = sorted((row for row in call.shop.bills if start <= row["at"] <= end), key=lambda row: (row["at"], row["flow"]))[skip:]
    here = rows[:size]
    last = here[-1]["at"] if here else start
    given = sum(row["at"] == last for row in here) + (skip if last == start else 0)
    return {"data": [render_settled(row, call.shop.order(row["order"])) for row in here], "size": size,
            "is_end": int(len(rows) <= size), "next_start_time": local(last), "next_start_index": str(given)}


def account_items(call):
    size, start, end = call.number("size", 1, 1000), read_local(call.text("start_time")), read_local(call.text("end_time"))
    skip = call.number("start_index", default=0)
    rows = sorted((row for row in call.shop.bills if start <= row["at"] <= end), key=lambda row: (row["at"], row["flow"]))[skip:]
    return {"data_item": [{"account_trade_no": row["flow"], "fund_flow": int(row["amount"] < 0), "account_amount": abs(row["amount"]),
                           "bill_time": local(row["at"]), "biz_type": row["kind"], "account_bill_desc": row["kind"],
                           "order_id": row["line"], "shop_order_id": row["order"], "after_sale_service_no": ""} for row in rows[:size]],
            "is_end": int(len(rows) <= size), "next_start_index": skip + len(rows[:size]), "size": size}


def token_refresh(call):
    if call.params.get("grant_type") != "refresh_token":
        raise Refused(40004, "isv.parameter-invalid", "grant_type")
    if not call.shop:
        raise Refused(50001, "isv.refresh-token-invalid", "refresh_token is not good")
    tokens = call.tokens
    try:
        tokens.renew(call.token, call.now)
    except Bad as bad:
        raise Refused(50001, "isv.refresh-token-invalid", f"refresh_token {bad.why}") from bad
    return {"access_token": tokens.access, "refresh_token": tokens.refresh, "expires_in": tokens.access_until - call.now,
            "scope": "SCOPE", "shop_id": call.shop.number, "shop_name": call.shop.name, "authority_id": str(call.shop.number)}


# ---------------------------------------------------------------- the gateway


def canonical(text):
    """Sorted keys at every level, no spaces, letters as they are: what the platform makes of a body before it looks at its signature."""
    def ordered(value):
        if isinstance(value, dict):
            return {name: ordered(value[name]) for name in sorted(value, key=lambda name: name.encode())}
        return [ordered(part) for part in value] if isinstance(value, list) else value
    try:
        return wire.write_json(ordered(json.loads(text, parse_float=wire.Number)))
    except ValueError as fault:
        raise wire.Malformed("the body is not JSON") from fault


class Douyin(Platform):
    NAME = "douyin"
    UNLOCKED = ("token.refresh",)
    CALLS = {
        "order.searchList": search_list, "order.orderDetail": order_detail, "afterSale.List": after_sale_list,
        "afterSale.Detail": after_sale_detail, "order.getSettleBillDetailV3": settle_bill, "order.getShopAccountItem": account_items,
        "token.refresh": token_refresh, **douyin_write.CALLS,
    }
    REFUSALS = {
        "shipped": (50002, "isv.business-failed:2001", "订单已发货"), "refunding": (50002, "isv.business-failed:2002", "售后中，不能发货"),
        "held": (50002, "isv.business-failed:2003", "订单审核中"), "no_order": (50002, "isv.business-failed:2004", "订单不存在"),
        "no_carrier": (40004, "isv.parameter-invalid", "物流公司编码错误"), "no_sku": (50002, "isv.business-failed:3001", "sku不存在"),
        "no_item": (50002, "isv.business-failed:3002", "商品不存在"), "negative_stock": (50002, "isv.business-failed:3003", "库存不能为负"),
        "repeated": (40003, "isv.idempotent-id-existed", ""), "other": (50002, "isv.business-failed", ""),
    }

    def identify(self, world, request):
        system = request.query()
        text = wire.decode_text(request.body) or "{}"
        params = wire.read_json(text)
        if not isinstance(params, dict):
            raise wire.Malformed("the body is no object")
        system["param_json"] = canonical(text)
        name = system.get("method", "")
        token = params.get("refresh_token", "") if name in self.UNLOCKED else system.get("access_token", "")
        return Call(world, self, request, name, token, system, params, world.clock.now(), world.shop_of_token(self.NAME, token))

    def verify(self, call):
        system = call.system
        for name, sub_code in (("app_key", "isv.app-key-missing"), ("method", "isv.method-missing"), ("timestamp", "isv.timestamp-missing"),
                               ("v", "isv.version-missing"), ("sign", "isv.signature-missing")):
            if not system.get(name):
                raise Refused(40001, sub_code, f"{name} is missing")
        if call.request.method != "POST" or call.request.path != "/douyin/" + call.name.replace(".", "/") or call.name not in self.CALLS:
            raise Refused(70000, "isv.method-not-exist", "there is no such call")
        if system["app_key"] != call.app.key or system["v"] != "2":
            raise Refused(40003, "isv.app-key-invalid", "app_key or v")
        at = int(system["timestamp"]) if system["timestamp"].isdigit() else read_local(system["timestamp"])
        if at is None or abs(at - call.now) > TOLERANCE:
            raise Refused(40003, "isv.timestamp-invalid", "timestamp is more than 10 minutes off")
        if not signs.same(system["sign"], signs.douyin(call.app.secret, system)):
            raise Refused(40003, "isv.signature-invalid", "sign is wrong")
        allowed = call.world.address_rule.get(self.NAME)
        if allowed is not None and call.address not in allowed:
            raise Refused(30002, "isv.ip-not-allowed", "IP is not on the whitelist")
        if call.name not in self.UNLOCKED:
            if not call.token:
                raise Refused(40001, "isv.access-token-missing", "access_token is missing")
            self.check_token(call)
        if call.world.throttle.over(self.NAME, call.shop.key if call.shop else ""):
            raise Refused(60000, "isp.rate-limited", "请求太频繁")

    def success(self, call, data):
        partly = isinstance(data, dict) and data.get("err_infos") and (data.get("ebill_infos") or data.get("waybill_infos"))
        return self.say(10001 if partly else 10000, "success", "", data, call)

    def failure(self, call, refused):
        return self.say(refused.code, refused.message, refused.sub_code, None, None)

    def say(self, code, message, sub_code, data, call):
        body = {"code": code, "msg": message, "sub_code": sub_code, "sub_msg": message if sub_code else "", "log_id": "stand-in", "data": data}
        return wire.json_reply(self.shape(call, body) if call else body)

    def unreadable(self, text):
        return self.say(40004, text, "isv.parameter-invalid", None, None)

    def bad_argument(self, name):
        return Refused(40004, "isv.parameter-invalid", f"{name} is wrong")

    def bad_token(self, bad):
        if bad.why == "revoked":
            return Refused(30001, "dop.authorization-closed", "the shop has withdrawn its authorisation")
        return Refused(40003, "isv.access-token-expired" if bad.why == "expired" else "isv.access-token-no-existed", f"token {bad.why}")


PLATFORM = Douyin()
