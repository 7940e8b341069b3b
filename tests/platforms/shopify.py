"""Shopify's Admin API: GraphQL with a token in a header and a bucket of query costs. Money is decimal text with a currency."""

import re

from platforms import carriers, graphql, ledger, wire
from platforms.calls import Call, Platform, Refused, beyond, cursor_of, patched, with_stale, yuan
from platforms.clock import read_utc, utc
from platforms.tokens import Bad

BUCKET, REFILL = 2000, 100  # points, and points per second
CURRENCY = "USD"
FINANCIAL = {ledger.UNPAID: "PENDING"}
FULFILLMENT = {ledger.PART: "PARTIALLY_FULFILLED", ledger.SHIPPED: "FULFILLED", ledger.SIGNED: "FULFILLED", ledger.COMPLETED: "FULFILLED"}


def gid(kind, number):
    return f"gid://shopify/{kind}/{number}"


def number_in(text, kind):
    found = re.fullmatch(rf"gid://shopify/{kind}/(\d+)", str(text or ""))
    if not found:
        raise graphql.Wrong(f"{text!r} is no id of a {kind}")
    return found[1]


def money(minor):
    amount = {"amount": yuan(minor), "currencyCode": CURRENCY}
    return {"shopMoney": amount, "presentmentMoney": amount}


def when(seconds):
    return utc(seconds) + "Z" if seconds else None


def connection(rows, most=250):
    """A list that is asked for page by page: first and after, or last and before."""
    def page(arguments):
        if "last" in arguments:
            raise graphql.Wrong("this stand-in pages forward only")
        first = arguments.get("first")
        if not isinstance(first, int) or not 1 <= first <= most:
            raise graphql.Wrong(f"first is 1 to {most}")
        start = int(arguments["after"][1:]) if arguments.get("after") else 0
        here = rows[start:start + first]
        edges = [{"cursor": f"c{start + place + 1}", "node": row} for place, row in enumerate(here)]
        return {"nodes": here, "edges": edges, "pageInfo": {
            "hasNextPage": start + first < len(rows), "hasPreviousPage": start > 0, "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None}}
    return page


# ---------------------------------------------------------------- how things look


def financial(order):
    if order.state == ledger.CANCELLED:
        return "REFUNDED" if order.paid_at else "VOIDED"
    if order.refunded:
        return "REFUNDED" if order.refunded >= order.paid else "PARTIALLY_REFUNDED"
    return FINANCIAL.get(order.state, "PAID")


def fulfillment(order):
    if order.raw_status is not None:
        return order.raw_status
    return "ON_HOLD" if order.hold and order.state == ledger.PAID else FULFILLMENT.get(order.state, "UNFULFILLED")


def render_line(line):
    each = line.net // line.count if line.count else 0
    return {"id": gid("LineItem", line.id), "name": line.sku.title, "title": line.sku.item.title, "sku": line.sku.outer,
            "quantity": line.count, "currentQuantity": line.count, "unfulfilledQuantity": line.count - line.shipped,
            "fulfillableQuantity": line.count - line.shipped, "originalUnitPriceSet": money(line.price),
            "discountedUnitPriceSet": money(each), "originalTotalSet": money(line.total), "discountedTotalSet": money(line.net),
            "totalDiscountSet": money(line.discount), "variant": render_variant(line.sku),
            "product": {"id": gid("Product", line.sku.item.id)}}


def render_variant(sku):
    return {"id": gid("ProductVariant", sku.id), "sku": sku.outer, "title": sku.title, "price": yuan(sku.price),
            "inventoryQuantity": sku.stock, "inventoryItem": {"id": gid("InventoryItem", sku.id), "sku": sku.outer},
            "product": {"id": gid("Product", sku.item.id), "title": sku.item.title}}


def render_fulfillment_order(order):
    state = "CLOSED" if not any(line.count > line.shipped for line in order.lines) else "IN_PROGRESS" if order.parcels else "OPEN"
    if order.state == ledger.CANCELLED:
        state = "CANCELLED"
    rows = [{"id": gid("FulfillmentOrderLineItem", line.id), "totalQuantity": line.count, "remainingQuantity": line.count - line.shipped,
             "sku": line.sku.outer, "lineItem": render_line(line)} for line in order.lines]
    return {"id": gid("FulfillmentOrder", order.id), "status": "ON_HOLD" if order.hold else state, "lineItems": connection(rows),
            "requestStatus": "UNSUBMITTED", "assignedLocation": {"name": "Warehouse", "location": {"id": gid("Location", 1)}}}


def render_fulfillment(order, parcel):
    counts = {line.id: line for line in order.lines}
    rows = [{"id": gid("FulfillmentLineItem", f"{parcel.id}{place}"), "quantity": count, "lineItem": render_line(counts[line_id])}
            for place, (line_id, count) in enumerate(parcel.lines.items())]
    return {"id": gid("Fulfillment", f"{order.id}{parcel.id:03}"), "status": "SUCCESS", "createdAt": when(parcel.at),
            "trackingInfo": [{"company": parcel.carrier, "number": parcel.number, "url": None}], "fulfillmentLineItems": connection(rows)}


def render_refund(refund):
    rows = [{"quantity": refund.count, "lineItem": render_line(refund.line), "subtotalSet": money(refund.amount)}]
    return {"id": gid("Refund", refund.id), "createdAt": when(refund.created), "updatedAt": when(refund.modified), "note": refund.reason,
            "totalRefundedSet": money(refund.amount), "refundLineItems": connection(rows)}


def render_address(order):
    person = order.receiver
    if order.mask == "empty":
        return None
    return {"name": person.name, "firstName": person.name[1:], "lastName": person.name[:1], "address1": person.street,
            "address2": person.town, "city": person.city, "province": person.province, "zip": "310000", "country": "China",
            "countryCodeV2": "CN", "phone": person.mobile, "company": None}


def render_order(shop, order):
    done = [refund for refund in shop.refunds_of(order) if refund.state == "done"]
    row = {"id": gid("Order", order.id), "legacyResourceId": order.id, "name": f"#{1000 + order.serial}", "createdAt": when(order.created),
           "processedAt": when(order.created), "updatedAt": when(order.modified), "closedAt": None, "note": order.note or None, "tags": [],
           "cancelledAt": when(order.ended_at) if order.state == ledger.CANCELLED else None, "cancelReason": None,
           "displayFinancialStatus": financial(order), "displayFulfillmentStatus": fulfillment(order), "currencyCode": CURRENCY,
           "totalPriceSet": money(order.paid), "currentTotalPriceSet": money(order.paid - order.refunded), "email": None, "phone": None,
           "subtotalPriceSet": money(order.goods - order.discount), "totalShippingPriceSet": money(order.freight),
           "totalDiscountsSet": money(order.discount), "totalRefundedSet": money(order.refunded), "totalTaxSet": money(0),
           "totalReceivedSet": money(order.paid if order.paid_at else 0), "shippingAddress": render_address(order), "customer": None,
           "refunds": [render_refund(refund) for refund in done], "shippingLine": None, "test": False, "confirmed": True,
           "fulfillments": [render_fulfillment(order, parcel) for parcel in order.parcels]}
    row = patched(order, row)  # before what is asked for page by page, of which there is no copy
    row["lineItems"] = connection([render_line(line) for line in order.lines])
    row["fulfillmentOrders"] = connection([render_fulfillment_order(order)])
    return row


# ---------------------------------------------------------------- queries


def orders(call, arguments):
    """query: updated_at:>='…' and so on, any number of them; other filters are not known here."""
    start, end = 0, 10**12
    for kind, text in re.findall(r"updated_at:\s*(>=|<=|>|<)\s*'?\"?([0-9T:Z+.-]+?)'?\"?(?=\s|$|\))", arguments.get("query") or ""):
        at = read_utc(text)
        if at is None:
            raise graphql.Wrong(f"{text!r} is no time")
        if kind[0] == ">":
            start = max(start, at + (kind == ">"))
        else:
            end = min(end, at - (kind == "<"))
    rows, key = call.shop.recent.between(start, end), call.shop.recent.key
    if arguments.get("sortKey") != "UPDATED_AT":
        def key(order):
            return int(order.id), 0
        rows = sorted(rows, key=key)
    first, descending = arguments.get("first"), bool(arguments.get("reverse"))
    if not isinstance(first, int) or not 1 <= first <= 250:
        raise graphql.Wrong("first is 1 to 250")
    rows = beyond(rows[::-1] if descending else rows, key, arguments.get("after"), "o", descending)
    here = rows[:first]
    cursors = [cursor_of(key(order), "o") for order in here]
    nodes = [render_order(call.shop, order) for order in with_stale(call, here)]
    return {"nodes": nodes, "edges": [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, nodes)],
            "pageInfo": {"hasNextPage": len(rows) > first, "hasPreviousPage": bool(arguments.get("after")),
                         "startCursor": cursors[0] if cursors else None, "endCursor": cursors[-1] if cursors else None}}


def order_by_id(call, arguments):
    found = call.shop.orders.get(number_in(arguments.get("id"), "Order"))
    return found and render_order(call.shop, found)


def level(sku):
    return {"id": gid("InventoryLevel", sku.id), "location": {"id": gid("Location", 1), "name": "Warehouse"},
            "quantities": lambda arguments: [{"name": name, "quantity": sku.stock} for name in arguments.get("names", ["available"])]}


def inventory_item(sku):
    return {"id": gid("InventoryItem", sku.id), "sku": sku.outer, "tracked": True, "variant": render_variant(sku),
            "inventoryLevel": lambda _arguments: level(sku), "inventoryLevels": connection([level(sku)])}


def inventory_by_id(call, arguments):
    found = call.shop.skus.get(int(number_in(arguments.get("id"), "InventoryItem")))
    return found and inventory_item(found)


QUERIES = {
    "orders": orders, "order": order_by_id, "inventoryItem": inventory_by_id,
    "inventoryItems": lambda call, arguments: connection([inventory_item(sku) for sku in call.shop.skus.values()])(arguments),
    "productVariants": lambda call, arguments: connection([render_variant(sku) for sku in call.shop.skus.values()])(arguments),
    "locations": lambda call, arguments: connection([{"id": gid("Location", 1), "name": "Warehouse", "isActive": True}])(arguments),
    "shop": lambda call, _arguments: {"name": call.shop.name, "currencyCode": CURRENCY, "myshopifyDomain": f"{call.shop.key}.myshopify.com"},
}


# ---------------------------------------------------------------- mutations


def user_error(message, code=None, *field):
    return {"field": list(field) or None, "message": message, "code": code}


def neutral(company):
    """Companies are free text here."""
    found = carriers.by("code", company) or carriers.by("name", company)
    return found.code if found else str(company or "")


def fulfillment_create(call, arguments):
    wanted = arguments["fulfillment"]
    tracking = wanted.get("trackingInfo") or {}
    try:
        done = None
        for part in wanted["lineItemsByFulfillmentOrder"]:
            order = call.shop.order(number_in(part["fulfillmentOrderId"], "FulfillmentOrder"))
            rows = part.get("fulfillmentOrderLineItems")
            lines = {number_in(row["id"], "FulfillmentOrderLineItem"): int(row["quantity"]) for row in rows} if rows else None
            parcel = call.shop.ship(order, neutral(tracking.get("company")), str(tracking.get("number") or ""), call.now, lines)
            done = render_fulfillment(order, parcel)
        return {"fulfillment": done, "userErrors": []}
    except ledger.Refusal as refusal:
        return {"fulfillment": None, "userErrors": [user_error(f"Fulfillment order is not open: {refusal}", None, "fulfillment")]}


def tracking_update(call, arguments):
    number, tracking = number_in(arguments["fulfillmentId"], "Fulfillment"), arguments["trackingInfoInput"]
    order = call.shop.orders.get(number[:-3])
    parcel = next((parcel for parcel in order.parcels if parcel.id == int(number[-3:])), None) if order else None
    if not parcel:
        return {"fulfillment": None, "userErrors": [user_error("Fulfillment does not exist.", None, "fulfillmentId")]}
    call.shop.change_parcel(order, parcel, neutral(tracking.get("company")), str(tracking["number"]), call.now)
    return {"fulfillment": render_fulfillment(order, parcel), "userErrors": []}


def set_quantities(call, arguments):
    """Compare and set, unless that is waived; all rows or none."""
    wanted, changes, errors = arguments["input"], [], []
    for place, row in enumerate(wanted["quantities"]):
        sku = call.shop.skus.get(int(number_in(row["inventoryItemId"], "InventoryItem")))
        code = wrong_quantity(call, wanted, row, sku)
        if code:
            errors.append(user_error(code.replace("_", " ").capitalize(), code, "input", "quantities", str(place)))
        else:
            changes.append((sku, row["quantity"]))
    if errors:
        return {"inventoryAdjustmentGroup": None, "userErrors": errors}
    for sku, quantity in changes:
        call.shop.change_stock(sku, quantity, False, call.now, wanted.get("referenceDocumentUri") or "")
    return {"inventoryAdjustmentGroup": {"createdAt": when(call.now), "reason": wanted.get("reason")}, "userErrors": []}


def wrong_quantity(call, wanted, row, sku):
    if not sku:
        return "INVALID_INVENTORY_ITEM"
    if call.row_fault(sku.id) or row.get("locationId") != gid("Location", 1):
        return "ITEM_NOT_STOCKED_AT_LOCATION"
    if row["quantity"] < 0:
        return "INVALID_QUANTITY_NEGATIVE"
    if wanted.get("ignoreCompareQuantity"):
        return None
    if row.get("compareQuantity") is None:
        return "COMPARE_QUANTITY_REQUIRED"
    return None if row["compareQuantity"] == sku.stock else "COMPARE_QUANTITY_STALE"


def adjust_quantities(call, arguments):
    wanted, changes = arguments["input"], []
    for place, row in enumerate(wanted["changes"]):
        sku = call.shop.skus.get(int(number_in(row["inventoryItemId"], "InventoryItem")))
        if not sku:
            return {"inventoryAdjustmentGroup": None,
                    "userErrors": [user_error("no such item", "INVALID_INVENTORY_ITEM", "input", "changes", str(place))]}
        changes.append((sku, row["delta"]))
    for sku, delta in changes:
        call.shop.change_stock(sku, delta, True, call.now, wanted.get("referenceDocumentUri") or "")
    return {"inventoryAdjustmentGroup": {"createdAt": when(call.now), "reason": wanted.get("reason")}, "userErrors": []}


MUTATIONS = {"fulfillmentCreate": fulfillment_create, "fulfillmentCreateV2": fulfillment_create,
             "fulfillmentTrackingInfoUpdate": tracking_update, "inventorySetQuantities": set_quantities,
             "inventoryAdjustQuantities": adjust_quantities}


# ---------------------------------------------------------------- the endpoint


class Shopify(Platform):
    NAME = "shopify"

    def identify(self, world, request):
        body = request.json() if request.body else {}
        if not isinstance(body, dict):
            raise wire.Malformed("the body is no object")
        token = request.headers.get("X-Shopify-Access-Token", "")
        call = Call(world, self, request, "", token, {}, body, world.clock.now(), world.shop_of_token(self.NAME, token))
        try:
            call.body = _, fields = graphql.read(str(body.get("query") or ""), body.get("variables"))
            call.name = fields[0].name
        except (graphql.Wrong, IndexError, ValueError) as fault:
            call.body, call.name = ("wrong", [str(fault)]), "wrong"
        return call

    def answer(self, call):
        if not re.fullmatch(r"/shopify/admin/api/20\d\d-\d\d/graphql\.json", call.request.path) or call.request.method != "POST":
            call.verdict = "404"
            return wire.json_reply({"errors": "Not Found"}, 404)
        if not call.shop or self.token_is_bad(call):
            call.verdict = "401"
            return wire.json_reply({"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}, 401)
        cost = self.cost(call)
        bucket = call.world.buckets.setdefault(call.shop.key, [BUCKET, call.world.clock.exact()])
        at = call.world.clock.exact()
        bucket[:] = [min(BUCKET, bucket[0] + (at - bucket[1]) * REFILL), at]
        if cost > bucket[0] or call.world.throttle.over(self.NAME, call.shop.key):
            call.verdict = "THROTTLED"
            return wire.json_reply({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
                                    "extensions": self.extensions(cost, None, bucket)}, call.world.traits["shopify_throttled_status"])
        bucket[0] -= cost
        return self.carry_out(call, cost, bucket)

    def token_is_bad(self, call):
        try:
            self.check_token(call)
            return False
        except Bad:
            return True

    @staticmethod
    def cost(call):
        kind, fields = call.body
        if kind == "mutation":
            return 10
        pages = [field.arguments.get("first", 1) for field in fields if isinstance(field, graphql.Field)]
        return 2 + sum(page for page in pages if isinstance(page, int))

    @staticmethod
    def extensions(requested, actual, bucket):
        return {"cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": {
            "maximumAvailable": BUCKET, "currentlyAvailable": int(bucket[0]), "restoreRate": REFILL}}}

    def carry_out(self, call, cost, bucket):
        try:
            kind, fields = call.body
            if kind == "wrong":
                raise graphql.Wrong(fields[0])
            armed = call.quirk("error")
            if armed and not armed.get("effect"):
                raise self.armed_error(armed)
            data, unknown = {}, set()
            for field in fields:
                resolve = (MUTATIONS if kind == "mutation" else QUERIES).get(field.name)
                if not resolve:
                    raise graphql.Wrong(f"Field '{field.name}' doesn't exist")
                data[field.alias] = graphql.pick(resolve(call, field.arguments), field.selection, unknown)
            if armed:
                raise self.armed_error(armed)
            if unknown:
                call.verdict = f"ok, but there is no {', '.join(sorted(unknown))}"
            return wire.json_reply(self.shape(call, {"data": data, "extensions": self.extensions(cost, cost, bucket)}))
        except Refused as refused:
            call.verdict = str(refused.code)
            return wire.json_reply({"errors": [{"message": refused.message, "extensions": {"code": refused.code}}]})
        except (graphql.Wrong, ledger.Refusal, KeyError, TypeError, ValueError, AttributeError) as fault:
            call.verdict = f"{type(fault).__name__}: {fault}"
            return wire.json_reply({"errors": [{"message": str(fault), "extensions": {"code": "argumentLiteralsIncompatible"}}]})

    def unreadable(self, text):
        return wire.json_reply({"errors": text}, 400)


PLATFORM = Shopify()
