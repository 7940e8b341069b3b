"""Pinduoduo: one gateway, JSON or forms, MD5 over everything that is not null. Money is yuan as JSON numbers, times are seconds."""

import json
import re

from platforms import carriers, ledger, signs, waybills, wire
from platforms.calls import Call, Platform, Refused, mask_mobile, mask_name, page_of, patched, steady_page, with_stale, yuan, yuan_number
from platforms.clock import local
from platforms.tokens import Bad

TOLERANCE, WINDOW, HISTORY = 600, 1800, 90 * 86400
STATUS = {ledger.PAID: 1, ledger.PART: 1, ledger.SHIPPED: 2, ledger.SIGNED: 3, ledger.COMPLETED: 3, ledger.CANCELLED: 1}
AFTER_SALE = {"asked": 2, "agreed": 7, "returned": 7, "refused": 6, "closed": 11, "done": 10}
KIND = {"refund_only": 2, "return": 3, "exchange": 4}

# The name of the answer does not follow from the name of the call.
WRAPPERS = {
    "pdd.order.number.list.increment.get": "order_sn_increment_get_response",
    "pdd.order.information.get": "order_info_get_response",
    "pdd.logistics.online.send": "logistics_online_send_response",
    "pdd.order.upload.extra.logistics": "upload_extra_logistics_response",
    "pdd.logistics.companies.get": "logistics_companies_get_response",
    "pdd.goods.quantity.update": "goods_quantity_update_response",
    "pdd.goods.list.get": "goods_list_get_response",
    "pdd.goods.sale.status.set": "goods_sale_status_set_response",
    "pdd.refund.list.increment.get": "refund_increment_get_response",
    "pdd.waybill.get": "pdd_waybill_get_response",
    "pdd.waybill.cancel": "pdd_waybill_cancel_response",
    "pdd.finance.balance.daily.bill.url.get": "finance_balance_daily_bill_url_get_response",
    "pdd.pop.auth.token.refresh": "pop_auth_token_refresh_response",
}


# ---------------------------------------------------------------- how things look


def refund_status(shop, order):
    """1 none or closed, 2 asked for, 3 the seller agreed, 4 refunded."""
    refunds = shop.refunds_of(order)
    if order.state == ledger.CANCELLED and order.paid_at:
        return 4
    return {"asked": 2, "refused": 2, "agreed": 3, "returned": 3, "done": 4}.get(refunds[-1].state, 1) if refunds else 1


def render_receiver(order):
    """Cipher text while the order is to be shipped and not under review; nothing at all otherwise."""
    person, shown = order.receiver, order.state == ledger.PAID and not order.hold and not order.mask
    cipher = (lambda text: "~AgAAA" + wire.base64_text(text.encode()) + "~0~") if shown else (lambda _text: "")
    row = {"receiver_name": cipher(person.name), "receiver_phone": cipher(person.mobile), "address": cipher(person.street),
           "receiver_address": cipher(person.province + person.city + person.district + person.street)}
    empty = order.mask == "empty"
    row.update(receiver_name_mask="" if empty else mask_name(person.name), receiver_phone_mask="" if empty else mask_mobile(person.mobile),
               address_mask="" if empty else person.street[:2] + "***", province="" if empty else person.province,
               city="" if empty else person.city, town="" if empty else person.district)
    return row


def render_order(shop, order):
    refunds, style = shop.refunds_of(order), shop.money_style
    first, extra = (order.parcels or [None])[0], order.parcels[1:]
    row = {"order_sn": order.id, "order_status": STATUS[order.state] if order.raw_status is None else order.raw_status,
           "refund_status": refund_status(shop, order), "after_sales_status": AFTER_SALE[refunds[-1].state] if refunds else 0,
           "confirm_status": 2 if order.state == ledger.CANCELLED else 1, "group_status": 1, "risk_control_status": int(order.hold),
           "trade_type": 0, "is_pre_sale": 0, "is_lucky_flag": 1, "created_time": local(order.created), "confirm_time": local(order.paid_at),
           "pay_time": local(order.paid_at), "shipping_time": local(order.shipped_at) or None, "receive_time": local(order.ended_at) or None,
           "updated_at": local(order.modified), "last_ship_time": local(order.paid_at + 172800),
           "pay_amount": yuan_number(order.paid, style), "goods_amount": yuan_number(order.goods, style),
           "discount_amount": yuan_number(order.discount, style), "platform_discount": yuan_number(0, style),
           "seller_discount": yuan_number(order.discount, style), "postage": yuan_number(order.freight, style),
           "logistics_id": code_of(first) if first else 0, "tracking_number": first.number if first else "",
           "extra_delivery_list": [{"logistics_id": code_of(parcel), "tracking_number": parcel.number} for parcel in extra],
           "buyer_memo": order.note, "remark": "", "order_tag_list": [], **render_receiver(order)}
    row["item_list"] = [{"goods_id": line.sku.item.id, "sku_id": line.sku.id, "outer_id": line.sku.outer, "outer_goods_id": "",
                         "goods_name": line.sku.item.title, "goods_spec": line.sku.title, "goods_count": line.count,
                         "goods_price": yuan_number(line.price, style)} for line in order.lines]
    return patched(order, row)


def code_of(parcel):
    return next(carrier.pdd for carrier in carriers.CARRIERS if carrier.code == parcel.carrier)


def render_refund(refund):
    order = refund.order
    return {"id": int(refund.id), "order_sn": order.id, "after_sales_status": AFTER_SALE[refund.state],
            "after_sales_type": KIND[refund.kind], "refund_amount": yuan(refund.amount), "order_amount": yuan_number(order.paid),
            "discount_amount": yuan(order.discount), "goods_number": str(refund.count), "outer_id": refund.line.sku.outer,
            "sku_id": str(refund.line.sku.id), "goods_id": refund.line.sku.item.id, "tracking_number": "", "shipping_name": "",
            "created_time": local(refund.created), "updated_time": local(refund.modified), "confirm_time": local(order.paid_at),
            "after_sale_reason": refund.reason, "dispute_refund_status": 0, "speed_refund_flag": 0, "user_shipping_status": "0"}


# ---------------------------------------------------------------- orders and refunds


def window(call):
    start, end = call.number("start_updated_at"), call.number("end_updated_at")
    if not 0 <= end - start <= WINDOW or start < call.now - HISTORY:
        raise Refused(30000, "isv.time-span", "start_updated_at and end_updated_at are at most 30 minutes apart")
    return start, end


def shown(order):
    """What is not paid is not seen; nor what was closed before it was."""
    return bool(order.paid_at)


def orders_increment(call):
    start, end = window(call)
    wanted, refunded = call.number("order_status", 1, 5), call.number("refund_status", 1, 5)
    lucky = call.number("is_lucky_flag", 0, 2)
    rows = [order for order in call.shop.recent.between(start, end)
            if shown(order) and wanted in (5, STATUS[order.state]) and refunded in (5, refund_status(call.shop, order)) and lucky != 2]
    page, size = call.number("page", 1, default=1), call.number("page_size", 1, 100, default=100)
    if str(call.params.get("use_has_next")).lower() == "true":
        rows, more = steady_page(call, (start, end, wanted, refunded), rows, page, size)
        told = {"has_next": more, "total_count": 0}
    else:
        told = {"has_next": len(rows) > page * size, "total_count": len(rows)}
        rows = page_of(rows, page, size)
    return {**told, "order_sn_list": [render_order(call.shop, order) for order in with_stale(call, rows)]}


def order_information(call):
    order = call.shop.order(call.text("order_sn"))
    if not shown(order):
        raise ledger.Refusal("no_order", order.id)
    return {"order_info": render_order(call.shop, order)}


def refunds(call):
    call.number("after_sales_status", 0)
    kind = call.number("after_sales_type", 1, 6)
    start, end = window(call)
    rows = [refund for refund in call.shop.recent_refunds.between(start, end) if kind in (1, KIND[refund.kind])]
    if call.params.get("order_sn"):
        rows = [refund for refund in call.shop.refunds.values() if refund.order.id == call.params["order_sn"]]
    page, size = call.number("page", 1, default=1), call.number("page_size", 1, 100, default=100)
    return {"total_count": len(rows), "refund_list": [render_refund(refund) for refund in page_of(rows, page, size)]}


# ---------------------------------------------------------------- ship, stock


def online_send(call):
    order = call.shop.order(call.text("order_sn"))
    carrier, number = waybills.carrier_of(call, "pdd", call.number("logistics_id")), call.text("tracking_number")
    again = call.number("redelivery_type", 1, 2, default=1) == 2
    if again:
        if not order.parcels:
            raise ledger.Refusal("unshipped", f"{order.id} is not shipped")
        call.shop.change_parcel(order, order.parcels[0], carrier.code, number, call.now)
    else:
        call.shop.ship(order, carrier.code, number, call.now)
    return {"is_success": True}


def upload_extra(call):
    order = call.shop.order(call.text("order_sn"))
    call.number("extra_track_type", 1, 3)
    rows = call.json("extra_track_list", list)
    if not order.parcels:
        raise ledger.Refusal("unshipped", f"{order.id} is not shipped")
    found = [(waybills.carrier_of(call, "pdd", row.get("shipping_id")), row["tracking_number"]) for row in rows]
    known = {parcel.number for parcel in order.parcels}
    if any(number in known for _, number in found):
        raise ledger.Refusal("shipped", "that parcel is known")
    for carrier, number in found:
        call.shop.add_parcel(order, carrier.code, number, call.now, {}, "extra")
    return {"is_success": True}


def companies(_call):
    return {"logistics_companies": [{"id": carrier.pdd, "logistics_company": carrier.name, "code": carrier.pdd_wp,
                                     "available": int(carrier.open)} for carrier in carriers.CARRIERS]}


def quantity_update(call):
    item = call.shop.item(call.text("goods_id"))
    sku_id, outer = call.params.get("sku_id"), call.params.get("outer_id")
    if not sku_id and not outer:
        raise call.platform.missing("sku_id")
    sku = call.shop.sku(sku_id or None, None if sku_id else outer, item.id)
    kind = call.number("update_type", 1, 2, default=1)
    call.shop.change_stock(sku, call.number("quantity", -10**9), kind == 2, call.now)
    return {"is_success": True}


def sale_status(call):
    call.shop.put_on_sale(call.shop.item(call.text("goods_id")), call.number("is_onsale", 0, 1) == 1, call.now)
    return {"is_success": True}


def goods_list(call):
    page, size = call.number("page", 1, default=1), call.number("page_size", 1, 100, default=100)
    items = [item for item in call.shop.items.values() if call.params.get("goods_id") in (None, "", item.id, str(item.id))]
    return {"total_count": len(items), "goods_list": [
        {"goods_id": item.id, "goods_name": item.title, "goods_quantity": sum(sku.stock for sku in item.skus), "is_onsale": int(item.listed),
         "sku_list": [{"sku_id": sku.id, "outer_id": sku.outer, "sku_quantity": sku.stock, "spec": sku.title, "is_sku_onsale": 1}
                      for sku in item.skus]} for item in page_of(items, page, size)]}


# ---------------------------------------------------------------- waybills, bills, tokens


def waybill_get(call):
    request = call.json("param_waybill_cloud_print_apply_new_request")
    carrier = waybills.carrier_of(call, "pdd_wp", request.get("wp_code"))
    rows = waybills.apply_for(call, request, carrier, carrier.pdd_wp)
    return {"modules": [{"object_id": row["object_id"], "waybill_code": row["waybill_code"], "parent_waybill_code": "",
                         "print_data": json.dumps(row["print_data"])} for row in rows]}


def waybill_cancel(call):
    call.shop.cancel_waybill(waybills.carrier_of(call, "pdd_wp", call.text("wp_code")).code, call.text("waybill_code"))
    return {"cancel_result": True}


def bill_url(call):
    day = call.text("bill_date")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        raise call.platform.bad_argument("bill_date")
    path = call.world.bill_file(call.shop, "pdd", day)
    if not path:
        raise Refused(30000, "isv.bill-not-ready", f"there is no bill of {day}")
    return {"download_url": f"http://{call.request.headers.get('Host')}{path}"}


def token_fields(call):
    tokens, now = call.tokens, call.now
    return {"access_token": tokens.access, "refresh_token": tokens.refresh, "expires_in": max(0, tokens.access_until - now),
            "expires_at": tokens.access_until, "refresh_token_expires_in": max(0, tokens.refresh_until - now),
            "refresh_token_expires_at": tokens.refresh_until, "owner_id": str(call.shop.number), "owner_name": call.shop.name,
            "scope": list(WRAPPERS)}


def token_refresh(call):
    call.tokens.renew(call.token, call.now)
    return token_fields(call)


# ---------------------------------------------------------------- the gateway


class Pdd(Platform):
    NAME = "pdd"
    UNLOCKED = ("pdd.pop.auth.token.refresh",)
    CALLS = {
        "pdd.order.number.list.increment.get": orders_increment, "pdd.order.information.get": order_information,
        "pdd.refund.list.increment.get": refunds, "pdd.logistics.online.send": online_send,
        "pdd.order.upload.extra.logistics": upload_extra, "pdd.logistics.companies.get": companies,
        "pdd.goods.quantity.update": quantity_update, "pdd.goods.list.get": goods_list, "pdd.goods.sale.status.set": sale_status, "pdd.waybill.get": waybill_get,
        "pdd.waybill.cancel": waybill_cancel, "pdd.finance.balance.daily.bill.url.get": bill_url,
        "pdd.pop.auth.token.refresh": token_refresh,
    }
    REFUSALS = {
        "shipped": (30000, "isv.order-already-shipped", "订单已发货"), "refunding": (30000, "isv.order-in-refund", "订单退款中"),
        "no_carrier": (30000, "isv.logistics-id-invalid", ""), "negative_stock": (30000, "isv.quantity-negative", "库存不能小于0"),
        "no_order": (30000, "isv.order-not-exist", ""), "quota": (30000, "isv.waybill-quota-not-enough", "电子面单余额不足"),
        "waybill_used": (30000, "isv.waybill-already-used", ""), "other": (30000, "isv.business-error", ""),
    }

    def identify(self, world, request):
        params = request.json() if request.kind() == "application/json" and request.body else request.form()
        if not isinstance(params, dict):
            raise wire.Malformed("the body is no object")
        params = {**request.query(), **params}
        oauth = request.path == "/pdd/oauth/token"
        name = "token" if oauth else str(params.get("type", ""))
        token = params.get("refresh_token" if oauth or name in self.UNLOCKED else "access_token") or ""
        return Call(world, self, request, name, token, dict(params), params, world.clock.now(), world.shop_of_token(self.NAME, token))

    def answer(self, call):
        return self.token_page(call) if call.name == "token" else super().answer(call)

    def token_page(self, call):
        params = call.params
        try:
            if (params.get("client_id"), params.get("client_secret")) != (call.app.key, call.app.secret):
                raise Refused(10001, "", "client_id or client_secret is wrong")
            if params.get("grant_type") != "refresh_token" or not call.shop:
                raise Refused(10019, "", "refresh_token is not good")
            return wire.json_reply(self.shape(call, token_refresh(call)))
        except Refused as refused:
            call.verdict = f"{refused.code} {refused}"
            return self.failure(call, refused)
        except Bad as bad:
            call.verdict = f"token {bad.why}"
            return self.failure(call, self.bad_token(bad))

    def verify(self, call):
        params, world = call.system, call.world
        if call.request.path != "/pdd/api/router" or call.request.method != "POST":
            raise Refused(10000, "", "POST /api/router")
        for name in ("type", "client_id", "timestamp", "sign"):
            if params.get(name) in (None, ""):
                raise Refused(10001, "", f"公共参数错误:{name}")
        if params["client_id"] != call.app.key:
            raise Refused(10002, "", "client_id is unknown")
        if not str(params["timestamp"]).isdigit() or abs(int(params["timestamp"]) - call.now) > TOLERANCE:
            raise Refused(10001, "", "公共参数错误:timestamp")
        if not signs.same(params["sign"], signs.pdd(call.app.secret, signed_texts(params))):
            raise Refused(20004, "", "签名sign校验失败")
        allowed = world.address_rule.get(self.NAME)
        if allowed is not None and call.address not in allowed:
            raise Refused(20005, "", "IP is not on the whitelist")
        if call.name not in self.CALLS:
            raise Refused(10000, "", f"there is no {call.name}")
        if call.name not in self.UNLOCKED:
            self.check_token(call)
        if world.throttle.over(self.NAME, call.shop.key if call.shop else ""):
            raise Refused(70031, "", "调用过于频繁，请稍后再试")

    def success(self, call, data):
        return wire.json_reply(self.shape(call, {WRAPPERS[call.name]: {**data, "request_id": f"r{call.world.calls}"}}))

    def failure(self, call, refused):
        return wire.json_reply({"error_response": {
            "error_code": refused.code, "error_msg": refused.message, "sub_code": refused.sub_code or None, "sub_msg": refused.message,
            "request_id": f"r{call.world.calls if call else 0}"}})

    def unreadable(self, text):
        return self.failure(None, Refused(10001, "", text))

    def bad_argument(self, name):
        return Refused(10000, "isv.parameter-invalid", f"{name} is wrong")

    def missing(self, name):
        return Refused(10000, "isv.parameter-missing", f"{name} is missing")

    def bad_token(self, bad):
        return Refused(10019, "", f"access_token已过期: {bad.why}")


def signed_texts(params):
    """What each value is in the base string: null is left out, booleans are small letters, objects are their JSON as it came."""
    texts = {}
    for name, value in params.items():
        if name == "sign" or value is None:
            continue
        if isinstance(value, bool):
            value = str(value).lower()
        texts[name] = value if isinstance(value, str) else wire.write_json(value)
    return texts


PLATFORM = Pdd()
