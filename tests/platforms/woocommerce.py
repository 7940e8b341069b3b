"""WooCommerce's REST API, version 3: a resource per path, one-legged OAuth 1.0a over plain HTTP. Money is decimal text.

There is no list by modified time: a reader pages by id within a closed window of it."""

import base64
import hashlib
import hmac
import re
import urllib.parse

from platforms import carriers, ledger, signs, wire
from platforms.calls import Call, Platform, Refused, patched, with_stale, yuan
from platforms.clock import CHINA, read_utc, utc

CLOCK = 900
STATUS = {ledger.UNPAID: "pending", ledger.PAID: "processing", ledger.PART: "processing", ledger.SHIPPED: "completed",
          ledger.SIGNED: "completed", ledger.COMPLETED: "completed"}
BASE = "/woo/wp-json/wc/v3"


# ---------------------------------------------------------------- how things look


def status(order):
    if order.raw_status is not None:
        return order.raw_status
    if order.state == ledger.CANCELLED:
        return "refunded" if order.paid_at else "cancelled"
    return "on-hold" if order.hold and order.state == ledger.PAID else STATUS[order.state]


def times(name, seconds):
    return {name: utc(seconds + CHINA) if seconds else None, f"{name}_gmt": utc(seconds)}


def render_order(shop, order):
    person = order.receiver
    address = {"first_name": person.name[1:], "last_name": person.name[:1], "company": "", "address_1": person.street,
               "address_2": person.town, "city": person.city, "state": person.province, "postcode": "310000", "country": "CN",
               "phone": person.mobile} if order.mask != "empty" else {}
    row = {"id": int(order.id), "parent_id": 0, "number": order.id, "status": status(order), "currency": "EUR", "version": "9.0.0",
           **times("date_created", order.created), **times("date_modified", order.modified), **times("date_paid", order.paid_at),
           **times("date_completed", order.shipped_at), "discount_total": yuan(order.discount), "shipping_total": yuan(order.freight),
           "total": yuan(order.paid), "total_tax": "0.00", "customer_note": order.note, "billing": {**address, "email": ""},
           "shipping": address, "payment_method": "bacs", "transaction_id": "", "prices_include_tax": True}
    row["line_items"] = [{"id": int(line.id), "name": line.sku.title, "product_id": line.sku.item.id, "quantity": line.count,
                          "variation_id": line.sku.id if len(line.sku.item.skus) > 1 else 0, "sku": line.sku.outer,
                          "price": wire.Number(yuan(line.price, "short")), "subtotal": yuan(line.total), "total": yuan(line.net),
                          "total_tax": "0.00"} for line in order.lines]
    row["refunds"] = [{"id": int(refund.id), "reason": refund.reason, "total": yuan(-refund.amount)}
                      for refund in shop.refunds_of(order) if refund.state == "done"]
    row["meta_data"] = [{"id": parcel.id, "key": "_tracking_number", "value": parcel.number} for parcel in order.parcels]
    return patched(order, row)


def render_refund(refund):
    return {"id": int(refund.id), "date_created": utc(refund.created + CHINA), "date_created_gmt": utc(refund.created),
            "amount": yuan(refund.amount), "reason": refund.reason, "refunded_payment": True,
            "line_items": [{"id": int(refund.line.id), "quantity": -refund.count, "total": yuan(-refund.amount), "sku": refund.line.sku.outer}]}


def render_product(item):
    simple = len(item.skus) == 1
    return {"id": item.id, "name": item.title, "type": "simple" if simple else "variable", "status": "publish" if item.listed else "draft",
            "sku": item.skus[0].outer if simple else "", "price": yuan(item.skus[0].price), "regular_price": yuan(item.skus[0].price),
            "manage_stock": simple, "stock_quantity": item.skus[0].stock if simple else None,
            "variations": [] if simple else [sku.id for sku in item.skus]}


def render_variation(sku):
    return {"id": sku.id, "sku": sku.outer, "price": yuan(sku.price), "regular_price": yuan(sku.price), "manage_stock": True,
            "stock_quantity": sku.stock, "status": "publish" if sku.item.listed else "private"}


# ---------------------------------------------------------------- lists


def not_found(what):
    return Refused(404, f"woocommerce_rest_{what}_invalid_id", "Invalid ID.")


def paged(call, rows, render):
    page, size = call.number("page", 1, default=1), call.number("per_page", 1, 100, default=10)
    pages = -(-len(rows) // size)
    links = [(page + 1, "next")] if page < pages else []
    links += [(pages, "last")] if pages else []
    query = {name: value for name, value in call.params.items() if not name.startswith("oauth_")}
    here = f"http://{call.request.headers.get('Host')}{call.request.path}"
    link = ", ".join(f'<{here}?{urllib.parse.urlencode({**query, "page": number})}>; rel="{rel}"' for number, rel in links)
    call.headers = {"X-WP-Total": len(rows), "X-WP-TotalPages": pages, **({"Link": link} if link else {})}
    return [render(row) for row in rows[(page - 1) * size:page * size]]


def bound(call, name):
    """A bound in GMT, or in the shop's own time where dates_are_gmt is not true."""
    if not call.params.get(name):
        return None
    at = read_utc(call.params[name])
    if at is None:
        raise call.platform.bad_argument(name)
    return at if call.params.get("dates_are_gmt") == "true" else at - CHINA


def orders(call):
    after, before = bound(call, "modified_after"), bound(call, "modified_before")
    rows = [order for order in call.shop.orders.values() if (after is None or order.modified > after) and
            (before is None or order.modified < before)]
    wanted = (call.params.get("status") or "any").split(",")
    if "any" not in wanted:
        rows = [order for order in rows if status(order) in wanted]
    if call.params.get("orderby", "date") not in ("date", "id"):
        raise call.platform.bad_argument("orderby")
    rows.sort(key=lambda order: int(order.id), reverse=call.params.get("order", "desc") == "desc")
    return paged(call, with_stale(call, rows), lambda order: render_order(call.shop, order))


def order_at(call, number):
    found = call.shop.orders.get(number)
    if not found:
        raise not_found("shop_order")
    return found


def order_get(call, number):
    return render_order(call.shop, order_at(call, number))


def order_refunds(call, number):
    order = order_at(call, number)
    return paged(call, [refund for refund in call.shop.refunds_of(order) if refund.state == "done"], render_refund)


# ---------------------------------------------------------------- changes


def tracking(body):
    """Core knows no parcels; plugins keep them among the order's meta data, each in its own way. Returns [(carrier, number)]."""
    found, carrier, number = [], "", ""
    for entry in body.get("meta_data") or []:
        key, value = str(entry.get("key", "")).lower(), entry.get("value")
        if isinstance(value, list):
            found += [(str(row.get("tracking_provider") or row.get("custom_tracking_provider") or ""), str(row["tracking_number"]))
                      for row in value if isinstance(row, dict) and row.get("tracking_number")]
        elif re.search(r"provider|carrier|company", key):
            carrier = str(value)
        elif "track" in key and "link" not in key and "url" not in key:
            number = str(value)
    if number:
        found.append((carrier, number))
    return [(known.code if (known := carriers.by("code", carrier) or carriers.by("name", carrier)) else carrier, number)
            for carrier, number in found]


def order_put(call, number):
    """completed is shipped; to say so again changes nothing but the parcels that are new."""
    order, shop, wanted = order_at(call, number), call.shop, call.body.get("status")
    parcels = tracking(call.body)
    if wanted == "completed" and order.state in (ledger.PAID, ledger.PART):
        first = parcels[0] if parcels else ("", "")
        shop.ship(order, *first, call.now)
        parcels = parcels[1:]
    elif wanted == "cancelled":
        shop.cancel(order, call.now)
    elif wanted not in (None, "completed", status(order)):
        raise Refused(400, "rest_invalid_param", "Invalid parameter(s): status")
    known = {parcel.number for parcel in order.parcels}
    for carrier, waybill in parcels:
        if waybill not in known and order.parcels:
            shop.add_parcel(order, carrier, waybill, call.now, {}, "extra")
    return render_order(shop, order)


def note_post(call, number):
    order_at(call, number)
    return {"id": call.world.calls, "note": call.body.get("note", ""), "customer_note": bool(call.body.get("customer_note"))}


def change_sku(call, sku, body):
    """Only absolute amounts; price and listing, too."""
    if body.get("stock_quantity") is not None:
        if not isinstance(body["stock_quantity"], int):
            raise call.platform.bad_argument("stock_quantity")
        call.shop.change_stock(sku, body["stock_quantity"], False, call.now)
    if body.get("regular_price") is not None:
        found = re.fullmatch(r"(\d+)(?:\.(\d{1,2}))?", str(body["regular_price"]))
        if not found:
            raise call.platform.bad_argument("regular_price")
        sku.price = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if body.get("status") is not None:
        sku.item.listed = body["status"] == "publish"


def item_at(call, number):
    found = call.shop.items.get(int(number))
    if not found:
        raise not_found("product")
    return found


def product_put(call, number):
    item = item_at(call, number)
    if len(item.skus) > 1 and call.body.get("stock_quantity") is not None:
        raise Refused(400, "woocommerce_rest_product_variable", "the stock of this product is that of its variations")
    change_sku(call, item.skus[0], call.body)
    return render_product(item)


def variation_at(call, number, variation):
    found = call.shop.skus.get(int(variation))
    if not found or found.item is not item_at(call, number):
        raise not_found("product_variation")
    return found


def variation_put(call, number, variation):
    sku = variation_at(call, number, variation)
    change_sku(call, sku, call.body)
    return render_variation(sku)


def batch(call, rows, find, render):
    """Each row is answered for itself: what failed has an error in its place."""
    done = []
    for row in rows or []:
        try:
            if call.row_fault(row.get("id")):
                raise not_found("product")
            thing, sku = find(row["id"])
            change_sku(call, sku, row)
            done.append(render(thing))
        except Refused as refused:
            done.append({"id": row.get("id"), "error": {"code": refused.sub_code, "message": refused.message, "data": {"status": refused.code}}})
    return {"update": done}


def products_batch(call):
    def find(number):
        item = item_at(call, number)
        return item, item.skus[0]
    return batch(call, call.body.get("update"), find, render_product)


def variations_batch(call, number):
    def find(variation):
        sku = variation_at(call, number, variation)
        return sku, sku
    return batch(call, call.body.get("update"), find, render_variation)


ROUTES = (
    ("GET", r"/orders", orders), ("GET", r"/orders/(\d+)", order_get), ("PUT", r"/orders/(\d+)", order_put),
    ("GET", r"/orders/(\d+)/refunds", order_refunds), ("POST", r"/orders/(\d+)/notes", note_post),
    ("GET", r"/products", lambda call: paged(call, list(call.shop.items.values()), render_product)),
    ("GET", r"/products/(\d+)", lambda call, number: render_product(item_at(call, number))), ("PUT", r"/products/(\d+)", product_put),
    ("POST", r"/products/batch", products_batch),
    ("GET", r"/products/(\d+)/variations", lambda call, number: paged(call, item_at(call, number).skus, render_variation)),
    ("GET", r"/products/(\d+)/variations/(\d+)", lambda call, number, sku: render_variation(variation_at(call, number, sku))),
    ("PUT", r"/products/(\d+)/variations/(\d+)", variation_put), ("POST", r"/products/(\d+)/variations/batch", variations_batch),
)


# ---------------------------------------------------------------- who asks


def encode(text):
    return urllib.parse.quote(str(text), safe="-._~")


def oauth_signature(secret, method, url, params, algorithm):
    """params: all of them but the signature. The key is the secret and an ampersand: there is no token."""
    pairs = sorted((encode(name), encode(value)) for name, value in params.items() if name != "oauth_signature")
    text = "&".join((method, encode(url), encode("&".join(f"{name}={value}" for name, value in pairs))))
    kind = {"HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256"}.get(algorithm)
    return kind and base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), getattr(hashlib, kind)).digest()).decode()


class WooCommerce(Platform):
    NAME = "woo"

    def identify(self, world, request):
        params = request.query()
        header = request.headers.get("Authorization") or ""
        system = dict(params)
        if header.startswith("OAuth "):
            system.update({name: urllib.parse.unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header)})
        elif header.startswith("Basic "):
            try:
                key, _, secret = base64.b64decode(header[6:], validate=True).decode().partition(":")
            except ValueError as fault:
                raise wire.Malformed("Authorization is no Base64") from fault
            system.update(basic_key=key, basic_secret=secret)
        token = system.get("oauth_consumer_key") or system.get("basic_key") or ""
        call = Call(world, self, request, f"{request.method} {request.path.removeprefix(BASE)}", token, system, params, world.clock.now(),
                    world.shop_of_token(self.NAME, token))
        call.body = request.json() if request.body else {}
        return call

    def verify(self, call):
        """The consumer key is the token's access half, the consumer secret its other half."""
        system = call.system
        if not call.shop or call.tokens.revoked or call.token != call.tokens.access:
            raise Refused(401, "woocommerce_rest_authentication_error", "Consumer key is invalid.")
        secret = call.tokens.refresh
        if "basic_key" in system:
            if not call.world.traits["woo_basic_over_http"] or system["basic_secret"] != secret:
                raise Refused(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        else:
            self.verify_oauth(call, secret)
        wait = call.world.throttle.over(self.NAME, call.shop.key)
        if wait:
            call.headers["Retry-After"] = int(wait) + 1
            raise Refused(429, "too_many_requests", "Too many requests")

    @staticmethod
    def verify_oauth(call, secret):
        system, error = call.system, "woocommerce_rest_authentication_error"
        for name in ("oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method"):
            if not system.get(name):
                raise Refused(401, error, f"{name} is missing")
        url = f"http://{call.request.headers.get('Host')}{call.request.path}"
        right = oauth_signature(secret, call.request.method, url, system, system["oauth_signature_method"])
        if not signs.same(system["oauth_signature"], right):
            raise Refused(401, error, "Invalid signature - provided signature does not match.")
        if not system["oauth_timestamp"].isdigit() or abs(int(system["oauth_timestamp"]) - call.now) > CLOCK:
            raise Refused(401, error, "Invalid timestamp.")
        nonce = ("nonce", system["oauth_nonce"])
        if nonce in call.shop.seen:
            raise Refused(401, error, "Invalid nonce - nonce has already been used.")
        call.shop.seen[nonce] = True

    def answer(self, call):
        for method, pattern, function in ROUTES:
            found = re.fullmatch(BASE + pattern, call.request.path)
            if found and method == call.request.method:
                call.carry_out = lambda function=function, found=found: function(call, *found.groups())
                return super().answer(call)
        call.verdict = "404 rest_no_route"
        return self.failure(call, Refused(404, "rest_no_route", "No route was found matching the URL and request method."))

    def success(self, call, data):
        return wire.json_reply(self.shape(call, data), 201 if call.request.method == "POST" else 200, call.headers)

    def failure(self, call, refused):
        return wire.json_reply({"code": refused.sub_code, "message": refused.message, "data": {"status": refused.code}}, refused.code,
                               call.headers)

    def unreadable(self, text):
        return wire.json_reply({"code": "rest_invalid_json", "message": text, "data": {"status": 400}}, 400)

    def bad_argument(self, name):
        return Refused(400, "rest_invalid_param", f"Invalid parameter(s): {name}")

    def refusal(self, refusal):
        return Refused(404 if refusal.kind.startswith("no_") else 400, f"woocommerce_rest_{refusal.kind}", str(refusal))


PLATFORM = WooCommerce()
