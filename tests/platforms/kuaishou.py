"""Kuaishou: a path and a verb per method, one JSON text `param`, signed with a secret of its own. An order is one line of one SKU.

Money is fen, times are milliseconds, stock can only be changed by a difference."""

from platforms import carriers, ledger, signs, waybills, wire
from platforms.calls import Call, Platform, Refused, beyond, cursor_of, mask_mobile, mask_name, patched, with_stale
from platforms.tokens import Bad

TOLERANCE, WEEK, DAY, HISTORY = 600, 7 * 86400, 86400, 90 * 86400
STATUS = {ledger.UNPAID: 10, ledger.PAID: 30, ledger.PART: 30, ledger.SHIPPED: 40, ledger.SIGNED: 50, ledger.COMPLETED: 70,
          ledger.CANCELLED: 80}
VIEWS = {2: (10,), 3: (30,), 4: (40,), 5: (50,), 6: (70,), 7: (80,)}
REFUND = {"asked": 10, "refused": 12, "agreed": 30, "returned": 40, "done": 60, "closed": 70}
HANDLING = {"return": 1, "refund_only": 10, "exchange": 3}
NO_MORE = "nomore"


# ---------------------------------------------------------------- how things look


def status(order):
    return STATUS[order.state] if order.raw_status is None else order.raw_status


def render_address(order):
    person = order.receiver
    if order.mask == "empty":
        return {}
    cipher = (lambda text: "") if order.mask else (lambda text: wire.base64_text(text.encode()))
    return {"province": person.province, "provinceCode": 330000, "city": person.city, "cityCode": 330100, "district": person.district,
            "districtCode": 330110, "town": person.town, "townCode": 0, "encryptedConsignee": cipher(person.name),
            "encryptedMobile": cipher(person.mobile), "encryptedAddress": cipher(person.street),
            "desensitiseConsignee": mask_name(person.name), "desensitiseMobile": mask_mobile(person.mobile), "desensitiseAddress": "***"}


def render_order(shop, order, refunds_name="orderRefundList"):
    line, shipped = order.lines[0], sum(line.shipped for line in order.lines)
    base = {"oid": int(order.id), "status": status(order), "createTime": order.created * 1000, "updateTime": order.modified * 1000,
            "payTime": order.paid_at * 1000, "sendTime": order.shipped_at * 1000, "recvTime": 0, "refundTime": 0, "totalFee": order.goods,
            "discountFee": order.discount, "expressFee": order.freight, "allowanceExpressFee": 0, "payChannelDiscount": 0,
            "governmentDiscount": 0, "remark": order.note, "buyerNick": "*", "buyerOpenId": f"f18{order.serial}",
            "sellerOpenId": f"f19{shop.number}", "payType": 2, "preSale": 0, "riskCode": int(order.hold),
            "disableDeliveryReasonCode": [5] if order.hold else [], "enableSplitDeliveryOrder": True, "multiplePiecesNo": 0, "cpsType": 0,
            "coType": 1, "promiseTimeStampOfDelivery": (order.paid_at + 172800) * 1000}
    item = {"orderItemId": int(line.id), "itemId": line.sku.item.id, "relItemId": line.sku.item.id + 1, "skuId": line.sku.id,
            "relSkuId": line.sku.id + 1, "skuNick": line.sku.outer, "goodsCode": line.sku.outer, "num": line.count, "price": line.price,
            "originalPrice": line.price, "discountFee": line.discount, "itemTitle": line.sku.item.title, "skuDesc": line.sku.title,
            "warehouseCode": "", "itemType": 1}
    row = {"orderBaseInfo": base, "orderItemInfo": item, "orderAddress": render_address(order),
           "orderLogisticsInfo": [{"expressCode": code_of(parcel), "expressNo": parcel.number, "logisticsId": parcel.id}
                                  for parcel in order.parcels],
           refunds_name: [{"refundId": int(refund.id), "refundStatus": REFUND[refund.state], "handlingWay": HANDLING[refund.kind],
                           "specialRefundType": 0} for refund in shop.refunds_of(order)],
           "orderDeliveryInfo": {"deliveryStatus": {0: 1, line.count: 3}.get(shipped, 2), "deliveryNum": shipped,
                                 "packageNum": len(order.parcels), "totalPackageNum": len(order.parcels), "maxPackageNum": 10,
                                 "splitDeliveryOrder": len(order.parcels) > 1, "enableAppendPackage": True, "mergeDeliveryType": 0}}
    return patched(order, row)


def code_of(parcel):
    return next(carrier.kuaishou for carrier in carriers.CARRIERS if carrier.code == parcel.carrier)


def render_refund(refund):
    line = refund.line
    return {"refundId": int(refund.id), "oid": int(refund.order.id), "skuId": line.sku.id, "relSkuId": line.sku.id + 1,
            "skuNick": line.sku.outer, "refundFee": refund.amount, "status": REFUND[refund.state], "handlingWay": HANDLING[refund.kind],
            "refundType": 1, "negotiateStatus": 1, "receiptStatus": 1, "refundReason": 1, "refundReasonDesc": refund.reason, "logisticsId": 0,
            "createTime": refund.created * 1000, "submitTime": refund.created * 1000, "updateTime": refund.modified * 1000,
            "endTime": refund.modified * 1000 if refund.state in ("done", "closed") else 0, "expireTime": 0}


# ---------------------------------------------------------------- orders and refunds


def window(call, most):
    start, end = call.number("beginTime") // 1000, call.number("endTime") // 1000
    if not 0 <= end - start <= most or start < call.now - HISTORY:
        raise Refused(2001, "", f"beginTime and endTime are at most {most // DAY} days apart")
    return start, end


def read_on(call, rows, key, name, size, descending):
    """Returns (rows of the page, the next cursor). When armed the cursor is the one that was just used, once: a reader that only follows
    it reads that page for ever."""
    text = str(call.params.get(name) or "")
    rows = beyond(rows, key, text, "k", descending)
    here, more = rows[:size], len(rows) > size
    if call.quirk("repeat_cursor"):
        return here, text
    return here, cursor_of(key(here[-1]), "k") if more else NO_MORE


def cursor_list(call):
    view, size, shop = call.number("orderViewStatus", 1, 7), call.number("pageSize", 1, 50), call.shop
    start, end = window(call, WEEK)
    if call.number("queryType", 1, 2) == 2:
        rows, key = shop.recent.between(start, end), shop.recent.key
    else:
        def key(order):
            return order.created, order.serial
        rows = sorted((order for order in shop.orders.values() if start <= order.created <= end), key=key)
    rows = [order for order in rows if view == 1 or STATUS[order.state] in VIEWS[view]]
    descending = call.number("sort", 1, 2, default=1) == 2
    here, cursor = read_on(call, rows[::-1] if descending else rows, key, "cursor", size, descending)
    return {"cursor": cursor, "pageSize": size, "beginTime": call.params["beginTime"], "endTime": call.params["endTime"],
            "orderList": [render_order(shop, order) for order in with_stale(call, here)]}


def detail(call):
    return render_order(call.shop, call.shop.order(call.text("oid")), "orderDetailRefundList")


def refunds(call):
    """sort is the other way round than in the list of orders."""
    kind, size = call.number("type", 8, 9), call.number("pageSize", 1, 100)
    if call.params.get("orderId"):
        rows = call.shop.refunds_of(call.shop.order(call.params["orderId"]))
    else:
        rows = call.shop.recent_refunds.between(*window(call, DAY))
    rows = [refund for refund in rows if kind == 9 or refund.state in ledger.REFUND_OPEN]
    descending = call.number("sort", 1, 2, default=1) == 1
    here, cursor = read_on(call, rows[::-1] if descending else rows, call.shop.recent_refunds.key, "pcursor", size, descending)
    return {"refundOrderInfoList": [render_refund(refund) for refund in here], "pcursor": cursor, "totalSize": len(rows),
            "totalPage": -(-len(rows) // size)}


# ---------------------------------------------------------------- ship, stock


def deliver(call):
    """The whole order. The same waybill again is accepted, and is no second parcel."""
    order = call.shop.order(call.text("orderId"))
    carrier, number = waybills.carrier_of(call, "kuaishou", call.number("expressCode")), call.text("expressNo")
    if not any((parcel.carrier, parcel.number) == (carrier.code, number) for parcel in order.parcels):
        call.shop.ship(order, carrier.code, number, call.now)


def split_deliver(call):
    """Parts of one line, or of several orders that belong together, in parcels of their own; all or none."""
    parcels, left = [], {}
    for row in waybills.must(call.json("deliveryItemInfoList", list), "deliveryItemInfoList", call.platform.bad_argument):
        carrier = waybills.carrier_of(call, "kuaishou", row.get("expressCode"))
        for goods in waybills.must(row.get("deliveryGoodsInfoList"), "deliveryGoodsInfoList", call.platform.bad_argument):
            order, count = call.shop.order(goods["oid"]), int(goods["deliveryNum"])
            line = order.lines[0]
            call.shop.may_ship(order, {line.id})
            left.setdefault(order.id, line.count - line.shipped)
            if not 0 < count <= left[order.id]:
                raise ledger.Refusal("bad_lines", f"{count} of {order.id}")
            left[order.id] -= count
            parcels.append((order, carrier.code, str(row["expressNo"]), {line.id: count}))
    for order, carrier, number, lines in parcels:
        call.shop.ship(order, carrier, number, call.now, lines)


def logistics_update(call):
    order = call.shop.order(call.text("orderId"))
    if not order.parcels:
        raise ledger.Refusal("unshipped", f"{order.id} is not shipped")
    carrier = waybills.carrier_of(call, "kuaishou", call.number("expressCode"))
    call.shop.change_parcel(order, order.parcels[0], carrier.code, call.text("expressNo"), call.now)


def logistics_append(call):
    order = call.shop.order(call.text("orderId"))
    carrier, number = waybills.carrier_of(call, "kuaishou", call.number("expressCode")), call.text("expressNo")
    if not order.parcels:
        raise ledger.Refusal("unshipped", f"{order.id} is not shipped")
    if not any(parcel.number == number for parcel in order.parcels):
        call.shop.add_parcel(order, carrier.code, number, call.now, {}, "extra")


def stock_update(call):
    """A difference above 0, to be added or taken away. There is no key by which a repetition could be known."""
    sku = call.shop.sku(call.text("skuId"), item_id=call.text("kwaiItemId"))
    by = call.number("skuChangeStock", 1)
    call.shop.change_stock(sku, by if call.number("changeType", 1, 2) == 1 else -by, True, call.now)


def price_update(call):
    """In fen."""
    call.shop.change_price(call.shop.sku(call.text("skuId"), item_id=call.text("itemId")), call.number("price", 1), call.now)


def shelf_status(call):
    call.shop.put_on_sale(call.shop.item(call.text("kwaiItemId")), call.number("shelfStatus", 0, 1) == 1, call.now)


def sku_list(call):
    return [{"kwaiSkuId": sku.id, "skuId": sku.id, "relSkuId": sku.id + 1, "kwaiItemId": sku.item.id, "skuNick": sku.outer,
             "skuStock": sku.stock, "skuSalePrice": sku.price, "specification": sku.title}
            for sku in call.shop.item(call.text("kwaiItemId")).skus]


# ---------------------------------------------------------------- waybills


def check_ebill(row, fault):
    for name in ("merchantCode", "merchantName", "orderChannel", "tradeOrderCode", "requestId", "packageCode", "expressCompanyCode",
                 "senderContract", "senderAddress", "receiverContract", "receiverAddress", "itemList"):
        waybills.must(row.get(name), name, fault)
    if len(str(row["tradeOrderCode"])) > 32 or len(str(row["requestId"])) > 128:
        raise fault("tradeOrderCode or requestId")


def ebill_get(call):
    """Each with a result of its own. requestId is the key of idempotency; the same trade and packageCode have the same number, too."""
    fault = call.platform.bad_argument
    rows = waybills.must(call.json("getEbillOrderRequest", list), "getEbillOrderRequest", fault, 10)
    for row in rows:
        check_ebill(row, fault)
    return [one_ebill(call, row) for row in rows]


def one_ebill(call, row):
    answer = {"requestId": row["requestId"], "tradeOrderCode": row["tradeOrderCode"], "packageCode": row["packageCode"]}
    request = ("ebill", row["requestId"])
    try:
        armed = call.row_fault(row["requestId"]) or call.row_fault(row["tradeOrderCode"])
        if armed:
            raise ledger.Refusal("armed", armed.get("msg", "地址不可达"))
        carrier = waybills.carrier_of(call, "kuaishou_ebill", row["expressCompanyCode"])
        number = call.shop.seen.get(request)
        if not number or call.shop.waybills[number]["state"] == "cancelled":
            key = f"{row['tradeOrderCode']}/{row['packageCode']}"
            number = call.shop.get_waybill(carrier.code, key, [str(row["tradeOrderCode"])],
                                           lambda serial: carriers.number_of(carrier.code, call.shop, serial), call.now)["number"]
            call.shop.seen[request] = number
    except ledger.Refusal as refusal:
        return {**answer, "baseResponse": {"result": 0, "errorMsg": str(refusal)}, "data": []}
    data = waybills.print_data(number, row.get("templateUrl", ""))
    return {**answer, "baseResponse": {"result": 1, "errorMsg": ""}, "data": [{
        "waybillCode": number, "parentWaybillCode": "", "expressCompanyCode": row["expressCompanyCode"],
        "printData": wire.write_json(data), "signature": data["signature"], "key": "k", "version": "1"}]}


def ebill_cancel(call):
    call.shop.cancel_waybill(waybills.carrier_of(call, "kuaishou_ebill", call.text("expressCompanyCode")).code, call.text("waybillCode"))


def subscribe(call):
    carrier = waybills.carrier_of(call, "kuaishou_ebill", call.text("expressCompanyCode"))
    return [{"expressCompanyCode": carrier.kuaishou_ebill, "availableQuantity": call.shop.quota.get(carrier.code, 9999), "netSiteCode": "1",
             "netSiteName": "余杭网点", "senderAddress": []}]


# ---------------------------------------------------------------- the gateway


class Kuaishou(Platform):
    NAME = "kuaishou"
    VERBS = {"open.order.cursor.list": "GET", "open.seller.order.refund.pcursor.list": "GET", "open.order.detail": None,
             "open.item.sku.list.get": None, "open.express.ebill.cancel": None}  # the others are POST; None is either
    CALLS = {
        "open.order.cursor.list": cursor_list, "open.order.detail": detail, "open.seller.order.refund.pcursor.list": refunds,
        "open.seller.order.goods.deliver": deliver, "open.order.goods.split.deliver": split_deliver,
        "open.seller.order.logistics.update": logistics_update, "open.seller.order.logistics.append": logistics_append,
        "open.item.sku.price.update": price_update, "open.item.shelf.status.update": shelf_status,
        "open.item.sku.stock.update": stock_update, "open.item.sku.list.get": sku_list, "open.express.ebill.get": ebill_get,
        "open.express.ebill.cancel": ebill_cancel, "open.express.subscribe.query": subscribe,
    }
    REFUSALS = {"other": (2001, "", ""), "shipped": (2001, "2001001", "订单已发货"), "refunding": (2001, "2001002", "订单退款中"),
                "held": (2001, "2001003", "订单风控中"), "no_carrier": (2001, "2001004", "物流公司错误"),
                "no_order": (2001, "2001005", "订单不存在"), "negative_stock": (2001, "2001006", "库存不足")}

    def identify(self, world, request):
        system = request.query()
        if request.method == "POST":
            system.update(request.form())
        now = world.clock.now()
        if request.path == "/kuaishou/oauth2/refresh_token":
            token = system.get("refresh_token", "")
            return Call(world, self, request, "token", token, system, {}, now, world.shop_of_token(self.NAME, token))
        params = wire.read_json(system.get("param") or "{}")
        if not isinstance(params, dict):
            raise wire.Malformed("param is no object")
        token = system.get("access_token", "")
        return Call(world, self, request, system.get("method", ""), token, system, params, now, world.shop_of_token(self.NAME, token))

    def answer(self, call):
        return self.token_page(call) if call.name == "token" else super().answer(call)

    def token_page(self, call):
        try:
            if (call.system.get("app_id"), call.system.get("app_secret")) != (call.app.key, call.app.secret):
                raise Bad("app_secret")
            if call.system.get("grant_type") != "refresh_token" or not call.shop:
                raise Bad("unknown")
            call.tokens.renew(call.token, call.now)
        except Bad as bad:
            call.verdict = f"token {bad.why}"
            return wire.json_reply({"result": 100200101, "error": "invalid_grant", "error_msg": bad.why})
        tokens = call.tokens
        return wire.json_reply(self.shape(call, {
            "result": 1, "access_token": tokens.access, "refresh_token": tokens.refresh, "expires_in": tokens.access_until - call.now,
            "refresh_token_expires_in": tokens.refresh_until - call.now, "open_id": f"f19{call.shop.number}", "token_type": "bearer",
            "scopes": ["merchant_order", "merchant_item", "merchant_refund", "merchant_logistics"]}))

    def verify(self, call):
        system = call.system
        verb = self.VERBS.get(call.name, "POST")
        if call.name not in self.CALLS or call.request.path != "/kuaishou/" + call.name.replace(".", "/"):
            raise Refused(2001, "", "there is no such method")
        if verb and call.request.method != verb:
            raise Refused(2001, "", f"{call.name} is asked with {verb}")
        for name in ("appkey", "version", "timestamp", "signMethod", "sign", "access_token", "param"):
            if not system.get(name):
                raise Refused(28 if name == "sign" else 24 if name == "access_token" else 2001, "", f"{name} is missing")
        if system["appkey"] != call.app.key or system["version"] != "1":
            raise Refused(22, "", "appkey or version")
        if not system["timestamp"].isdigit() or abs(int(system["timestamp"]) / 1000 - call.now) > TOLERANCE:
            raise Refused(27, "timestamp", "timestamp is more than 10 minutes off")
        if not signs.same(system["sign"], signs.kuaishou(call.app.sign_secret, system)):
            raise Refused(28, "", "sign is wrong")
        self.check_token(call)
        if call.world.throttle.over(self.NAME, call.shop.key):
            raise Refused(802000, "", "请求过于频繁")

    def success(self, call, data):
        return wire.json_reply(self.shape(call, {"result": 1, "code": "1", "msg": "SUCCESS", "error_msg": "SUCCESS", "sub_code": "",
                                                 "sub_msg": "", "request_id": f"r{call.world.calls}", "data": data}))

    def failure(self, call, refused):
        return wire.json_reply({"result": refused.code, "code": str(refused.code), "msg": refused.message, "error_msg": refused.message,
                                "sub_code": refused.sub_code, "sub_msg": refused.message if refused.sub_code else "", "request_id": "stand-in"})

    def unreadable(self, text):
        return self.failure(None, self.bad_argument(text))

    def bad_argument(self, name):
        return Refused(2001, "", f"参数错误: {name}")

    def bad_token(self, bad):
        return Refused(24 if bad.why == "expired" else 21, "", f"access_token {bad.why}")


PLATFORM = Kuaishou()
