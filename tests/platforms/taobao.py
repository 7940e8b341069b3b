"""Taobao and Tmall (TOP): one gateway, forms, signed over what is not empty. Money is yuan with two decimals, times are China's."""

import json

from platforms import carriers, ledger, signs, waybills, wire
from platforms.calls import Call, Platform, Refused, mask_name, patched, steady_page, page_of, with_stale, yuan
from platforms.clock import local, read_count, read_local
from platforms.tokens import Bad

TOLERANCE, DAY, HISTORY = 600, 86400, 92 * 86400
STATUS = {ledger.UNPAID: "WAIT_BUYER_PAY", ledger.PAID: "WAIT_SELLER_SEND_GOODS", ledger.PART: "SELLER_CONSIGNED_PART",
          ledger.SHIPPED: "WAIT_BUYER_CONFIRM_GOODS", ledger.SIGNED: "TRADE_BUYER_SIGNED", ledger.COMPLETED: "TRADE_FINISHED",
          ledger.CANCELLED: "TRADE_CLOSED"}
REFUND = {"asked": "WAIT_SELLER_AGREE", "agreed": "WAIT_BUYER_RETURN_GOODS", "returned": "WAIT_SELLER_CONFIRM_GOODS",
          "refused": "SELLER_REFUSE_BUYER", "closed": "CLOSED", "done": "SUCCESS"}


# ---------------------------------------------------------------- how things look


def status(order):
    if order.raw_status is not None:
        return order.raw_status
    if order.state == ledger.CANCELLED and not order.paid_at:
        return "TRADE_CLOSED_BY_TAOBAO"
    return "PAID_FORBID_CONSIGN" if order.state == ledger.PAID and order.hold else STATUS[order.state]


def render_line(shop, order, line):
    refunds = shop.refunds_of_line(order, line)
    row = {"oid": int(line.id), "status": status(order), "num_iid": line.sku.item.id, "sku_id": str(line.sku.id),
           "outer_iid": line.sku.outer.split("-")[0], "outer_sku_id": line.sku.outer, "title": line.sku.item.title,
           "sku_properties_name": line.sku.title, "num": line.count, "price": yuan(line.price, shop.money_style),
           "total_fee": yuan(line.total - line.discount, shop.money_style), "payment": yuan(line.net, shop.money_style),
           "divide_order_fee": yuan(line.net, shop.money_style), "part_mjz_discount": yuan(line.discount, shop.money_style),
           "discount_fee": "0.00", "adjust_fee": "0.00", "refund_status": REFUND[refunds[-1].state] if refunds else "NO_REFUND"}
    if refunds:
        row["refund_id"] = refunds[-1].id
    parcel = next((parcel for parcel in order.parcels if line.id in parcel.lines), None)
    if parcel:
        row.update(logistics_company=parcel.carrier, invoice_no=parcel.number, consign_time=local(parcel.at))
    return row


def render_receiver(order):
    person = order.receiver
    if order.mask == "empty":
        return {"receiver_name": "", "receiver_mobile": "", "receiver_state": "", "receiver_city": "", "receiver_district": "",
                "receiver_town": "", "receiver_address": "", "oaid": ""}
    hidden = order.mask == "masked"
    return {"receiver_name": "***" if hidden else mask_name(person.name),
            "receiver_mobile": "***********" if hidden else "*******" + person.mobile[-4:], "receiver_state": person.province,
            "receiver_city": person.city, "receiver_district": person.district, "receiver_town": person.town, "receiver_address": "***",
            "oaid": wire.base64_text(f"{order.id}/{person.mobile}+?".encode())}


def render_order(shop, order):
    style = shop.money_style
    row = {"tid": int(order.id), "status": status(order), "type": "fixed", "created": local(order.created),
           "modified": local(order.modified), "payment": yuan(order.paid, style), "post_fee": yuan(order.freight, style),
           "total_fee": yuan(order.goods, style), "discount_fee": yuan(order.discount, style), "adjust_fee": "0.00",
           "received_payment": yuan(order.paid if order.state == ledger.COMPLETED else 0), "seller_flag": 0,
           "has_buyer_message": bool(order.note), "buyer_nick": f"t_{order.serial}**", "buyer_open_uid": f"AAH{order.serial:06}",
           "shipping_type": "express", "is_part_consign": order.state == ledger.PART}
    for name, at in (("pay_time", order.paid_at), ("consign_time", order.shipped_at), ("end_time", order.ended_at)):
        if at:
            row[name] = local(at)
    row.update(render_receiver(order))
    row["orders"] = {"order": [render_line(shop, order, line) for line in order.lines]}
    return patched(order, row)


def render_refund(refund):
    order = refund.order
    return {"refund_id": refund.id, "tid": int(order.id), "oid": int(refund.line.id), "total_fee": yuan(refund.line.net),
            "refund_fee": yuan(refund.amount), "payment": yuan(refund.line.net - refund.amount), "status": REFUND[refund.state],
            "order_status": status(order), "good_status": "BUYER_RECEIVED" if order.shipped_at else "BUYER_NOT_RECEIVED",
            "has_good_return": refund.kind == "return", "refund_phase": "aftersale" if order.state == ledger.COMPLETED else "onsale",
            "refund_version": refund.modified * 1000, "outer_id": refund.line.sku.outer, "num": refund.count,
            "sku": str(refund.line.sku.id), "reason": refund.reason, "created": local(refund.created),
            "modified": local(refund.modified), "dispute_type": "REFUND"}


def only(row, call):
    """Only what `fields` names is given; orders.x asks for the whole lines. What no document knows comes all the same."""
    wanted = {name.strip().partition(".")[0] for name in call.text("fields").split(",")}
    return {name: value for name, value in row.items() if name in wanted or name.startswith("ext_")}


# ---------------------------------------------------------------- orders and refunds


def window(call, most=DAY):
    """Refunds may be asked for without one."""
    if most > DAY and not call.params.get("start_modified") and not call.params.get("end_modified"):
        return call.now - HISTORY, call.now
    start, end = (read_local(call.text(name)) for name in ("start_modified", "end_modified"))
    if start is None or end is None or start > end:
        raise Refused(41, "isv.invalid-parameter", "Invalid arguments:start_modified,end_modified")
    if end - start > most or start < call.now - HISTORY:
        raise Refused(41, "isv.invalid-parameter:time-span", "the window is wider than a day, or older than three months")
    return start, end


def listed(call, rows, key):
    """Returns (rows of the page, what tells how many there are)."""
    page, size = call.number("page_no", 1, default=1), call.number("page_size", 1, 100, default=40)
    if call.params.get("use_has_next") == "true":
        here, more = steady_page(call, key, rows, page, size)
        return here, {"has_next": more}
    return page_of(rows, page, size), {"total_results": len(rows)}


def trades_increment(call):
    start, end = window(call)
    wanted = call.params.get("status")
    rows = [order for order in call.shop.recent.between(start, end) if not wanted or status(order) == wanted]
    rows, told = listed(call, rows, (start, end, wanted))
    return {**told, "trades": {"trade": [only(render_order(call.shop, order), call) for order in with_stale(call, rows)]}}


def trade_fullinfo(call):
    return {"trade": only(render_order(call.shop, call.shop.order(call.text("tid"))), call)}


def refunds(call):
    start, end = window(call, most=HISTORY)
    rows = [refund for refund in call.shop.recent_refunds.between(start, end)
            if call.params.get("status") in (None, "", REFUND[refund.state])]
    rows, told = listed(call, rows, (start, end, call.params.get("status")))
    return {**told, "refunds": {"refund": [only(render_refund(refund), call) for refund in rows]}}


def refund_get(call):
    refund = call.shop.refunds.get(call.text("refund_id"))
    if not refund:
        raise Refused(15, "isv.refund-not-exist", "no such refund")
    return {"refund": only(render_refund(refund), call)}


# ---------------------------------------------------------------- ship


def offline_send(call):
    order = call.shop.order(call.text("tid"))
    carrier, number = waybills.carrier_of(call, "taobao", call.text("company_code")), call.text("out_sid")
    lines = None
    if call.params.get("is_split") == "1":
        by_id = {line.id: line for line in order.lines}
        wanted = call.text("sub_tid").split(",")
        if any(line_id not in by_id for line_id in wanted):
            raise ledger.Refusal("bad_lines", "sub_tid is of another trade")
        lines = {line_id: by_id[line_id].count - by_id[line_id].shipped for line_id in wanted}
    call.shop.ship(order, carrier.code, number, call.now, lines)
    return {"shipping": {"is_success": True}}


def ascp_send(call):
    """Several parcels of one trade, all or none."""
    order = call.shop.order(call.text("tid"))
    left = {line.id: line.count - line.shipped for line in order.lines}
    parcels = []
    for package in call.json("consign_pkgs", list):
        carrier = waybills.carrier_of(call, "taobao", package.get("company_code"))
        lines = ascp_lines(call, package, left)
        for line_id, count in lines.items():
            left[line_id] -= count
        parcels.append((carrier.code, waybills.must(package.get("out_sid"), "out_sid", call.platform.bad_argument), lines))
    call.shop.may_ship(order, {line_id for _, _, lines in parcels for line_id in lines})
    for code, number, lines in parcels:
        call.shop.ship(order, code, number, call.now, lines)
    return {"result": {"success": True}}


def ascp_lines(call, package, left):
    """A part of a line only by the new kind of consigning; a num that is given is above 0."""
    lines = {}
    for goods in package.get("goods") or [{"sub_tid": line_id} for line_id, count in left.items() if count]:
        line_id = str(goods.get("sub_tid"))
        if line_id not in left:
            raise ledger.Refusal("bad_lines", "sub_tid is of another trade")
        count = read_count(goods["num"]) if "num" in goods else left[line_id]
        if not count or count > left[line_id] or (count < left[line_id] and str(call.params.get("consign_type", "0")) != "1"):
            raise ledger.Refusal("bad_lines", f"num {goods.get('num')} of {line_id}")
        lines[line_id] = count
    return lines


def consign_modify(call):
    order = call.shop.order(call.text("tid"))
    old = call.text("old_out_sid")
    parcel = next((parcel for parcel in order.parcels if parcel.number == old), None)
    if not parcel:
        raise ledger.Refusal("unshipped", "there is no such parcel")
    carrier = waybills.carrier_of(call, "taobao", call.text("new_company_code"))
    call.shop.change_parcel(order, parcel, carrier.code, call.text("new_out_sid"), call.now)
    return {"result": {"success": True}}


def companies(_call):
    return {"logistics_companies": {"logistics_company": [
        {"id": number, "code": carrier.taobao, "name": carrier.name, "reg_mail_no": ""}
        for number, carrier in enumerate(carriers.CARRIERS, 500) if carrier.open]}}


# ---------------------------------------------------------------- stock


def render_item(item):
    return {"num_iid": item.id, "title": item.title, "nick": "shop", "price": yuan(item.skus[0].price),
            "num": sum(sku.stock for sku in item.skus), "approve_status": "onsale" if item.listed else "instock",
            "skus": {"sku": [{"sku_id": sku.id, "num_iid": item.id, "outer_id": sku.outer, "quantity": sku.stock, "price": yuan(sku.price)}
                             for sku in item.skus]}}


def change(call, changes, kind):
    """changes: [(sku, quantity)]; all or none."""
    if kind not in ("1", "2"):
        raise call.platform.bad_argument("type")
    for sku, quantity in changes:
        if (quantity if kind == "1" else sku.stock + quantity) < 0:
            raise ledger.Refusal("negative_stock", f"{sku.outer} would be below 0")
    for sku, quantity in changes:
        call.shop.change_stock(sku, quantity, kind == "2", call.now, call.params.get("outer_biz_key", ""))


def skus_quantity(call):
    item = call.shop.item(call.text("num_iid"))
    by_outer = not call.params.get("skuid_quantities")
    text = call.text("outerid_quantities" if by_outer else "skuid_quantities")
    pairs = [part.partition(":")[::2] for part in text.split(";") if part]
    if not 1 <= len(pairs) <= 20 or not all(quantity.lstrip("-").isdigit() for _, quantity in pairs):
        raise Refused(41, "isv.invalid-parameter:skuid_quantities", "1 to 20 of id:quantity")
    find = (lambda name: {"outer": name}) if by_outer else (lambda name: {"sku_id": name})
    change(call, [(call.shop.sku(item_id=item.id, **find(name)), int(quantity)) for name, quantity in pairs],
           call.params.get("type") or "1")
    return {"item": render_item(item)}


def item_quantity(call):
    item = call.shop.item(call.text("num_iid"))
    names = {"sku_id": call.params.get("sku_id") or None, "outer": call.params.get("outer_id") or None}
    if not any(names.values()) and len(item.skus) > 1:
        raise call.platform.missing("sku_id")
    change(call, [(call.shop.sku(item_id=item.id, **names), call.number("quantity", -10**9))], call.params.get("type") or "1")
    return {"item": render_item(item)}


def tmall_quantity(call):
    item, options = call.shop.item(call.text("item_id")), call.json("options") if call.params.get("options") else {}
    key = options.get("outer_biz_key", "")
    if not key or ("tmall", key) not in call.shop.seen:
        rows = call.json("sku_quantities", list)
        call.params["outer_biz_key"] = key
        change(call, [(call.shop.sku(row.get("sku_id"), row.get("outer_id"), item.id), int(row["quantity"])) for row in rows],
               str(options.get("type", 1)))
        call.shop.seen[("tmall", key)] = True
    return {"tmall_item_quantity_update_result": str(item.id)}


def item_seller_get(call):
    return {"item": only(render_item(call.shop.item(call.text("num_iid"))), call)}


def item_skus(call):
    items = [call.shop.item(item_id) for item_id in call.text("num_iids").split(",")]
    return {"skus": {"sku": [row for item in items for row in render_item(item)["skus"]["sku"]]}}


# ---------------------------------------------------------------- waybills, messages, tokens


def waybill_get(call):
    request = call.json("param_waybill_cloud_print_apply_new_request")
    carrier = waybills.carrier_of(call, "taobao", request.get("cp_code"))
    rows = waybills.apply_for(call, request, carrier, carrier.taobao)
    return {"modules": {"waybill_cloud_print_response": [{**row, "print_data": json.dumps(row["print_data"])} for row in rows]}}


def waybill_cancel(call):
    call.shop.cancel_waybill(waybills.carrier_of(call, "taobao", call.text("cp_code")).code, call.text("waybill_code"))
    return {"cancel_result": True}


def messages_consume(call):
    """A message comes again until it is confirmed."""
    queue = call.world.messages
    return {"messages": {"tmc_message": queue[:call.number("quantity", 10, 200, default=100)]} if queue else {}}


def messages_confirm(call):
    done = call.text("s_message_ids").split(",")
    if len(done) > 200:
        raise call.platform.bad_argument("s_message_ids")
    call.world.messages[:] = [message for message in call.world.messages if str(message["id"]) not in done]
    return {"is_success": True}


def token_fields(call):
    tokens, now = call.tokens, call.now
    return {"access_token": tokens.access, "token_type": "Bearer", "expires_in": max(0, tokens.access_until - now),
            "refresh_token": tokens.refresh, "re_expires_in": max(0, tokens.refresh_until - now), "r1_expires_in": tokens.access_until - now,
            "w1_expires_in": tokens.access_until - now, "taobao_user_id": str(call.shop.number), "taobao_user_nick": "%E6%97%97%E8%88%B0"}


def token_refresh(call):
    call.tokens.renew(call.token, call.now)
    return {"token_result": json.dumps(token_fields(call))}


class Taobao(Platform):
    NAME = "taobao"
    UNLOCKED = ("taobao.top.auth.token.refresh",)
    CALLS = {
        "taobao.trades.sold.increment.get": trades_increment, "taobao.trade.fullinfo.get": trade_fullinfo,
        "taobao.refunds.receive.get": refunds, "taobao.refund.get": refund_get, "taobao.logistics.offline.send": offline_send,
        "alibaba.ascp.logistics.offline.send": ascp_send, "alibaba.ascp.logistics.consign.modify": consign_modify,
        "taobao.logistics.companies.get": companies, "taobao.skus.quantity.update": skus_quantity,
        "taobao.item.quantity.update": item_quantity, "tmall.item.quantity.update": tmall_quantity,
        "taobao.item.seller.get": item_seller_get, "taobao.item.skus.get": item_skus, "cainiao.waybill.ii.get": waybill_get,
        "cainiao.waybill.ii.cancel": waybill_cancel, "taobao.tmc.messages.consume": messages_consume,
        "taobao.tmc.messages.confirm": messages_confirm, "taobao.top.auth.token.refresh": token_refresh,
    }
    REFUSALS = {
        "shipped": (15, "isv.logistics-offline-service-error:B04", "the trade is shipped"),
        "refunding": (15, "isv.logistics-offline-service-error:B27", "a refund is in progress"),
        "no_carrier": (15, "isv.logistics-offline-service-error:S01", "wrong company_code"),
        "no_order": (15, "isv.trade-not-exist", ""), "no_sku": (15, "isv.item-not-exist:invalid-numIid-or-skuId", ""),
        "no_item": (15, "isv.item-not-exist", ""), "negative_stock": (15, "isv.item-quantity-error:negative", ""),
        "quota": (15, "isv.waybill-quota-not-enough", ""), "waybill_used": (15, "isv.waybill-already-used", ""),
        "other": (15, "isv.invalid-parameter", ""),
    }

    def identify(self, world, request):
        if request.path == "/taobao/token":
            params = {**request.query(), **request.form()}
            return Call(world, self, request, "token", params.get("refresh_token", ""), params, params, world.clock.now(),
                        world.shop_of_token(self.NAME, params.get("refresh_token")))
        params = request.query()
        if request.method == "POST":
            params.update(request.form())
        name = params.get("method", "")
        token = params.get("refresh_token", "") if name in self.UNLOCKED else params.get("session", "")
        return Call(world, self, request, name, token, params, params, world.clock.now(), world.shop_of_token(self.NAME, token))

    def answer(self, call):
        return self.token_page(call) if call.name == "token" else super().answer(call)

    def token_page(self, call):
        params = call.params
        try:
            if (params.get("client_id"), params.get("client_secret")) != (call.app.key, call.app.secret):
                raise Bad("invalid_client")
            if params.get("grant_type") != "refresh_token":
                raise Bad("unsupported_grant_type")
            if not call.shop:
                raise Bad("unknown")
            call.tokens.renew(call.token, call.now)
            return wire.json_reply(self.shape(call, token_fields(call)))
        except Bad as bad:
            call.verdict = f"token {bad.why}"
            return wire.json_reply({"error": "invalid_request", "error_description": bad.why}, 400)

    def verify(self, call):
        params, app = call.params, call.app
        if call.request.path != "/taobao/router/rest":
            raise Refused(22, "", "Invalid method: no such path")
        for name, missing in (("method", 21), ("app_key", 28), ("timestamp", 30), ("v", 32), ("sign", 24)):
            if not params.get(name):
                raise Refused(missing, "", f"Missing {name}")
        if params["v"] != "2.0":
            raise Refused(33, "", "Invalid version")
        if params["app_key"] != app.key:
            raise Refused(29, "isv.appkey-not-exists", "Invalid app Key")
        at = read_local(params["timestamp"])
        if at is None or abs(at - call.now) > TOLERANCE:
            raise Refused(31, "", "Invalid timestamp")
        if not signs.same(params["sign"], signs.top(app.secret, params)):
            raise Refused(25, "", "Invalid signature")
        if call.name not in self.CALLS:
            raise Refused(22, "", "Invalid method")
        if call.name not in self.UNLOCKED:
            if not call.token:
                raise Refused(26, "", "Missing session")
            self.check_token(call)
        wait = call.world.throttle.over(self.NAME, call.shop.key if call.shop else "")
        if wait:
            raise Refused(7, "accesscontrol.limited-by-api-access-count", "App Call Limited",
                          sub_msg=f"This ban will last for {int(wait) + 1} more seconds")

    def bad_token(self, bad):
        return Refused(27, "invalid-sessionkey", f"Invalid session: {bad.why}")

    def success(self, call, data):
        name = call.name.removeprefix("taobao.").replace(".", "_") + "_response"
        if call.params.get("format") != "json":
            return wire.Reply(f'<?xml version="1.0" encoding="utf-8" ?><{name}></{name}>', kind="text/xml;charset=UTF-8")
        return wire.json_reply(self.shape(call, {name: {**data, "request_id": f"r{call.world.calls}"}}))

    def failure(self, call, refused):
        return self.error(refused, json_wanted=call.params.get("format") == "json")

    def error(self, refused, json_wanted=True):
        body = {"code": refused.code, "msg": "Remote service error" if refused.code == 15 else refused.message,
                "sub_code": refused.sub_code, "sub_msg": refused.more.get("sub_msg", refused.message), "request_id": "stand-in"}
        if not json_wanted:
            return wire.Reply(f"<?xml version=\"1.0\" encoding=\"utf-8\" ?><error_response><code>{refused.code}</code></error_response>",
                              kind="text/xml;charset=UTF-8")
        return wire.json_reply({"error_response": {name: value for name, value in body.items() if value != ""}})

    def unreadable(self, text):
        return self.error(Refused(41, "isv.invalid-parameter", text))

    def bad_argument(self, name):
        return Refused(41, "isv.invalid-parameter", f"Invalid arguments:{name}")

    def missing(self, name):
        return Refused(40, "isv.missing-parameter", f"Missing required arguments:{name}")


PLATFORM = Taobao()
