"""JD (JOS): one gateway, business parameters in one JSON text, MD5 over what is not empty, and "responce" as they spell it.

A business failure is told inside the answer of a call that went well. Money is yuan as text, but fen where a cancelled order's refund
is told."""

from platforms import carriers, ledger, signs, waybills, wire
from platforms.calls import Call, Platform, Refused, mask_mobile, mask_name, page_of, patched, with_stale, yuan
from platforms.clock import local, read_local
from platforms.tokens import Bad

TOLERANCE, MONTH, DAY = 360, 31 * 86400, 86400
NEVER = "0001-01-01 00:00:00"
STATUS = {ledger.PAID: "WAIT_SELLER_STOCK_OUT", ledger.PART: "WAIT_SELLER_STOCK_OUT", ledger.SHIPPED: "WAIT_GOODS_RECEIVE_CONFIRM",
          ledger.SIGNED: "RECEIPTS_CONFIRM", ledger.COMPLETED: "FINISHED_L", ledger.CANCELLED: "TRADE_CANCELED"}
CANCEL_REFUND = {"asked": 0, "agreed": 1, "returned": 1, "refused": 2, "done": 3, "closed": 9}


# ---------------------------------------------------------------- how things look


def status(shop, order):
    if order.raw_status is not None:
        return order.raw_status
    pending = any(refund.state == "asked" for refund in shop.refunds_of(order))
    return "LOCKED" if order.state == ledger.PAID and (order.hold or pending) else STATUS[order.state]


def render_order(shop, order):
    person, style = order.receiver, shop.money_style
    empty = order.mask == "empty"
    consignee = {"fullname": "" if empty else mask_name(person.name), "mobile": "" if empty else mask_mobile(person.mobile),
                 "telephone": "", "fullAddress": "" if empty else f"{person.province}{person.city}{person.district}***",
                 "province": person.province.removesuffix("省"), "city": person.city, "county": person.district, "town": person.town}
    row = {"orderId": order.id, "parentOrderId": "0", "venderId": str(10000 + shop.number), "orderType": "22", "storeOrder": "",
           "payType": "4-在线支付", "orderTotalPrice": yuan(order.goods, style), "orderSellerPrice": yuan(order.goods - order.discount, style),
           "orderPayment": yuan(order.paid, style), "actualPay": yuan(order.paid, style), "shouldPay": yuan(order.paid, style),
           "freightPrice": yuan(order.freight, style), "sellerDiscount": yuan(order.discount, style), "orderState": status(shop, order),
           "orderStateRemark": "", "deliveryType": "任意时间", "orderRemark": order.note, "venderRemark": "",
           "orderStartTime": local(order.created), "orderEndTime": local(order.ended_at) or NEVER,
           "paymentConfirmTime": local(order.paid_at) or NEVER, "modified": local(order.modified),
           "waybill": ",".join(parcel.number for parcel in order.parcels), "logisticsId": code_of(order), "consigneeInfo": consignee}
    row["itemInfoList"] = [{"skuId": str(line.sku.id), "outerSkuId": line.sku.outer, "skuName": line.sku.title,
                            "jdPrice": yuan(line.price, style), "wareId": str(line.sku.item.id), "itemTotal": str(line.count),
                            "productNo": "", "giftPoint": "0"} for line in order.lines]
    return patched(order, row)


def code_of(order):
    return "|".join(next(carrier.jd for carrier in carriers.CARRIERS if carrier.code == parcel.carrier) for parcel in order.parcels)


def only(row, fields):
    wanted = {name.strip() for name in fields.split(",")} | {"orderId"}
    return {name: value for name, value in row.items() if name in wanted or name.startswith("ext_")}


# ---------------------------------------------------------------- orders and refunds


def order_search(call):
    """Ascending by the time that was asked for, unless sortType is 1. What is not paid is not found."""
    by_created = str(call.params.get("dateType") or "") == "1"
    start, end = span(call, "start_date", "end_date")
    states = {state.strip() for state in call.text("order_state").split(",")}
    fields = call.text("optional_fields")
    if by_created:
        rows = sorted((order for order in call.shop.orders.values() if start <= order.created <= end), key=lambda order: order.created)
    else:
        rows = call.shop.recent.between(start, end)
    rows = [order for order in rows if order.paid_at and status(call.shop, order) in states]
    if str(call.params.get("sortType") or "") == "1":
        rows.reverse()
    here = page_of(rows, call.number("page", 1), call.number("page_size", 1, 100))
    return {"searchorderinfo_result": {
        "apiResult": {"success": True, "englishErrCode": "", "chineseErrCode": ""}, "orderTotal": len(rows),
        "orderInfoList": [only(render_order(call.shop, order), fields) for order in with_stale(call, here)]}}


def span(call, first, last):
    """Both ends, or the month before now where none is named; a month apart at most."""
    if call.params.get(first) is None and call.params.get(last) is None:
        return call.now - MONTH, call.now
    start, end = read_local(call.text(first)), read_local(call.text(last))
    if start is None or end is None or not 0 <= end - start <= MONTH or (start < call.now - 92 * DAY):
        raise Refused("business", "TimeSpan", "时间范围超过一个月")
    return start, end


def order_get(call):
    order = call.shop.order(call.text("order_id"))
    if not order.paid_at:
        raise ledger.Refusal("no_order", order.id)
    return {"orderDetailInfo": {"apiResult": {"success": True, "englishErrCode": "", "chineseErrCode": ""},
                                "orderInfo": only(render_order(call.shop, order), call.text("optional_fields"))}}


def shop_query(call):
    return {"shop_jos_result": {"shop_id": 20000 + call.shop.number, "vender_id": 10000 + call.shop.number, "shop_name": call.shop.name}}


def render_cancel(refund):
    return {"id": int(refund.id), "orderId": refund.order.id, "buyerId": f"jd_{refund.order.serial}", "buyerName": "*",
            "applyTime": local(refund.created), "checkTime": local(refund.modified) if refund.state != "asked" else None,
            "applyRefundSum": refund.amount, "status": CANCEL_REFUND[refund.state], "checkUserName": "", "reason": refund.reason,
            "systemId": 10, "storeId": 0}


def cancels(call):
    """Refunds of orders that are not on their way."""
    page, size = call.number("pageIndex", 1, 100), call.number("pageSize", 1, 50)
    rows = [refund for refund in call.shop.refunds.values() if refund.kind == "refund_only" and not refund.order.shipped_at]
    for first, last, at in (("applyTimeStart", "applyTimeEnd", lambda refund: refund.created),
                            ("checkTimeStart", "checkTimeEnd", lambda refund: refund.modified)):
        if call.params.get(first):
            start, end = span(call, first, last)
            rows = [refund for refund in rows if start <= at(refund) <= end]
    for name, value in (("orderId", lambda refund: refund.order.id), ("status", lambda refund: str(CANCEL_REFUND[refund.state])),
                        ("ids", lambda refund: refund.id)):
        if call.params.get(name) not in (None, ""):
            rows = [refund for refund in rows if value(refund) in str(call.params[name]).split(",")]
    return {"queryResult": {"success": True, "result": [render_cancel(refund) for refund in page_of(rows, page, size)],
                            "totalCount": len(rows)}}


def after_sales(call):
    """Refunds of what was shipped. Apply windows are a week wide at most, those of approval ten days."""
    page, size = call.number("pageNumber", 1, default=call.number("page", 1, default=1)), call.number("pageSize", 1, 50, default=20)
    rows = [refund for refund in call.shop.refunds.values() if refund.kind != "refund_only" or refund.order.shipped_at]
    for first, last, most, at in (("applyTimeBegin", "applyTimeEnd", 7, lambda refund: refund.created),
                                  ("approveTimeBegin", "approveTimeEnd", 10, lambda refund: refund.modified)):
        if call.params.get(first):
            start, end = span(call, first, last)
            if end - start > most * DAY:
                raise Refused("business", "TimeSpan", f"at most {most} days")
            rows = [refund for refund in rows if start <= at(refund) <= end]
    return {"pageResult": {"success": True, "totalCount": len(rows), "data": [
        {"sameOrderServiceBill": {"serviceId": int(refund.id), "orderId": refund.order.id, "skuId": str(refund.line.sku.id),
                                  "applyTime": local(refund.created), "approveTime": local(refund.modified),
                                  "serviceState": {"done": 13, "closed": 14}.get(refund.state, 10), "count": refund.count}}
        for refund in page_of(rows, page, size)]}}


def after_sale_amount(call):
    refund = call.shop.refunds.get(call.text("afsServiceId"))
    if not refund:
        raise Refused("business", "NotFound", "no such service")
    return {"result": {"success": True, "afsServiceId": int(refund.id), "orderId": refund.order.id,
                       "actualRefundAmount": yuan(refund.amount if refund.state == "done" else 0)}}


# ---------------------------------------------------------------- ship, stock


def shipment(call):
    order = call.shop.order(call.text("orderId"))
    call.shop.ship(order, waybills.carrier_of(call, "jd", call.text("logiCoprId")).code, call.text("logiNo"), call.now)
    return {"sopjosshipment_result": {"success": True, "englishErrCode": "", "chineseErrCode": ""}}


def outstorage(call):
    """Waybills of one carrier are joined by a comma, several carriers by a bar. The first parcel has the lines."""
    order = call.shop.order(call.text("order_id"))
    codes, groups = call.text("logistics_id").split("|"), call.text("waybill").split("|")
    if len(codes) != len(groups):
        raise Refused("business", "WaybillError", "as many carriers as groups of waybills")
    parcels = [(waybills.carrier_of(call, "jd", code).code, number) for code, group in zip(codes, groups) for number in group.split(",")]
    call.shop.ship(order, *parcels[0], call.now)
    for carrier, number in parcels[1:]:
        call.shop.add_parcel(order, carrier, number, call.now, {}, "extra")
    return {"orderSopOutstorageResponse": {"success": True, "vender_id": str(10000 + call.shop.number)}}


def stock_set(call):
    """Every row has a result of its own."""
    rows = waybills.must(call.json("req").get("skuStocks"), "skuStocks", call.platform.bad_argument)
    results = []
    for row in rows:
        result = {"data": str(row.get("skuId")), "success": True, "storeId": row.get("storeId", 0), "message": ""}
        try:
            armed = call.row_fault(row.get("skuId"))
            if armed:
                raise ledger.Refusal("armed", armed.get("msg", "系统繁忙"))
            call.shop.change_stock(call.shop.sku(row["skuId"]), int(row["stockNum"]), False, call.now)
        except ledger.Refusal as refusal:
            result.update(success=False, message=str(refusal))
        results.append(result)
    return {"returnType": {"success": True, "obj": {"updateStockResult": results}}}


def stock_query(call):
    sku = call.shop.sku(call.text("skuId"))
    return {"returnType": {"success": True, "obj": [{"skuId": str(sku.id), "stockNum": sku.stock, "orderBookingNum": 0, "storeId": 0}]}}


# ---------------------------------------------------------------- waybills


def waybill_receive(call):
    """Nothing is promised about asking twice: each call gives new numbers."""
    content, fault = call.json("content"), call.platform.bad_argument
    carrier = carriers.by("jd", content.get("providerId")) or carriers.by("code", content.get("providerCode"))
    if not carrier:
        return waybill_result(1, "承运商不存在")
    for name in ("salePlatform", "platformOrderNo", "vendorCode", "vendorOrderCode", "fromAddress", "toAddress"):
        waybills.must(content.get(name), name, fault)
    count = int(content.get("waybillCount", 1))
    if not 1 <= count <= 99 or call.shop.quota.get(carrier.code, count) < count:
        return waybill_result(1, "面单库存不足")
    numbers = []
    for part in range(count):
        waybill = call.shop.get_waybill(carrier.code, f"{content['vendorOrderCode']}/{call.world.calls}/{part}", [content["platformOrderNo"]],
                                        lambda serial: carriers.number_of(carrier.code, call.shop, serial), call.now)
        numbers.append(waybill["number"])
    return waybill_result(0, "success", {"waybillCodeList": numbers, "platformOrderNo": content["platformOrderNo"]})


def waybill_result(code, message, data=None):
    return {"resultInfo": {"statusCode": code, "statusMessage": message, "data": data}}


def waybill_unbind(call):
    carrier = carriers.by("jd", call.params.get("providerId")) or carriers.by("code", call.params.get("providerCode"))
    try:
        call.shop.cancel_waybill(carrier.code if carrier else "", call.text("waybillCode"))
    except ledger.Refusal as refusal:
        return waybill_result(1, str(refusal))
    return waybill_result(0, "success", True)


def waybill_left(call):
    carrier = carriers.by("code", call.text("providerCode"))
    return waybill_result(0, "success", [{"providerCode": call.params["providerCode"], "amount": call.shop.quota.get(carrier.code, 9999)}])


def contracts(_call):
    return waybill_result(0, "success", [{"providerId": int(carrier.jd), "providerCode": carrier.code, "providerName": carrier.name,
                                          "operationType": 1} for carrier in carriers.CARRIERS if carrier.open])


def print_data(call):
    request, fault = call.json("param1"), call.platform.bad_argument
    waybills.must(request.get("objectId"), "objectId", fault, 20)
    rows = waybills.must(request.get("wayBillInfos"), "wayBillInfos", fault, 10)
    return {"returnType": {"code": "1", "message": "", "objectId": request["objectId"], "prePrintDatas": [
        {"code": "1", "msg": "", "wayBillNo": row.get("wayBillCode") or row.get("jdWayBillCode"),
         "perPrintData": waybills.print_data(row.get("wayBillCode") or row.get("jdWayBillCode"), "")["encryptedData"]} for row in rows]}}


# ---------------------------------------------------------------- the gateway


# What holds success: false when a call was understood and not done.
RESULTS = {
    "jingdong.pop.order.search": lambda why: {"searchorderinfo_result": {"apiResult": why, "orderTotal": 0, "orderInfoList": []}},
    "jingdong.pop.order.get": lambda why: {"orderDetailInfo": {"apiResult": why}},
    "jingdong.pop.order.shipment": lambda why: {"sopjosshipment_result": why},
    "jingdong.ware.stock.sku.set": lambda why: {"returnType": why},
    "jingdong.ware.stock.sku.query": lambda why: {"returnType": why},
    "jingdong.pop.afs.soa.refundapply.queryPageList": lambda why: {"queryResult": why},
}


class Jd(Platform):
    NAME = "jd"
    CALLS = {
        "jingdong.pop.order.search": order_search, "jingdong.pop.order.get": order_get, "jingdong.vender.shop.query": shop_query,
        "jingdong.pop.afs.soa.refundapply.queryPageList": cancels, "jingdong.asc.serviceAndRefund.view": after_sales,
        "jingdong.b2c.shop.aftersales.refund.get": after_sale_amount, "jingdong.pop.order.shipment": shipment,
        "360buy.order.sop.outstorage": outstorage, "jingdong.ware.stock.sku.set": stock_set,
        "jingdong.ware.stock.sku.query": stock_query, "jingdong.ldop.alpha.waybill.receive": waybill_receive,
        "jingdong.ldop.alpha.waybill.api.unbind": waybill_unbind, "jingdong.ldop.alpha.vendor.stock.queryByProviderCode": waybill_left,
        "jingdong.ldop.alpha.provider.sign.success.info.get": contracts, "jingdong.printing.printData.pullData": print_data,
    }
    REFUSALS = {
        "shipped": ("business", "10400001", "订单已出库"), "refunding": ("business", "10400002", "订单退款中"),
        "held": ("business", "10400003", "订单已锁定"), "no_order": ("business", "10400004", "订单不存在"),
        "no_carrier": ("business", "10400005", "物流公司不存在"), "negative_stock": ("business", "10400006", ""),
        "other": ("business", "10400000", ""),
    }

    def identify(self, world, request):
        system = {**request.query(), **(request.form() if request.method == "POST" else {})}
        oauth = request.path == "/jd/oauth2/refresh_token"
        token = system.get("refresh_token" if oauth else "access_token", "")
        params = {} if oauth else wire.read_json(system.get("360buy_param_json") or "{}")
        if not isinstance(params, dict):
            raise wire.Malformed("360buy_param_json is no object")
        return Call(world, self, request, "token" if oauth else system.get("method", ""), token, system, params, world.clock.now(),
                    world.shop_of_token(self.NAME, token))

    def answer(self, call):
        return self.token_page(call) if call.name == "token" else super().answer(call)

    def token_page(self, call):
        try:
            if (call.system.get("app_key"), call.system.get("app_secret")) != (call.app.key, call.app.secret):
                raise Bad("app_secret")
            if call.system.get("grant_type") != "refresh_token" or not call.shop:
                raise Bad("unknown")
            call.tokens.renew(call.token, call.now)
        except Bad as bad:
            call.verdict = f"token {bad.why}"
            return wire.json_reply({"code": 400, "msg": f"invalid refresh_token: {bad.why}", "requestId": "stand-in"})
        tokens = call.tokens
        return wire.json_reply(self.shape(call, {"access_token": tokens.access, "refresh_token": tokens.refresh,
                                                 "expires_in": tokens.access_until - call.now, "scope": "snsapi_base",
                                                 "xid": f"o*{call.shop.number}"}))

    def verify(self, call):
        system = call.system
        if call.request.path != "/jd/routerjson":
            raise Refused("15", "", "Invalid method")
        for name, missing in (("method", "14"), ("app_key", "21"), ("timestamp", "7"), ("v", "4"), ("sign", "11")):
            if not system.get(name):
                raise Refused(missing, "", f"Missing {name}")
        if system["v"] != "2.0":
            raise Refused("5", "", "Invalid version")
        if system["app_key"] != call.app.key:
            raise Refused("21", "", "Invalid app_key")
        at = read_local(system["timestamp"])
        if at is None or abs(at - call.now) > TOLERANCE:
            raise Refused("8", "", "Invalid timestamp")
        if not signs.same(system["sign"], signs.jd(call.app.secret, system)):
            raise Refused("12", "", "Invalid signature")
        if call.name not in self.CALLS:
            raise Refused("15", "", "Invalid method")
        self.check_token(call)
        if call.world.throttle.over(self.NAME, call.shop.key):
            raise Refused("2", "", "App Call Limited")

    def success(self, call, data):
        name = call.name.replace(".", "_") + "_responce"
        return wire.json_reply(self.shape(call, {name: {"code": "0", **data}}))

    def failure(self, call, refused):
        if refused.code != "business":
            return self.error(refused)
        why = {"success": False, "englishErrCode": refused.sub_code, "chineseErrCode": refused.message, "code": refused.sub_code,
               "msg": refused.message}
        inside = RESULTS.get(call.name, lambda told: {"result": told})(why)
        return wire.json_reply({call.name.replace(".", "_") + "_responce": {"code": "0", **inside}})

    @staticmethod
    def error(refused):
        return wire.json_reply({"error_response": {"code": str(refused.code), "zh_desc": refused.message, "en_desc": refused.message}})

    def unreadable(self, text):
        return self.error(Refused("62", "", text))

    def bad_argument(self, name):
        return Refused("business", "ParamError", f"参数错误: {name}")

    def bad_token(self, bad):
        return Refused("19", "", f"Invalid access_token: {bad.why}")


PLATFORM = Jd()
