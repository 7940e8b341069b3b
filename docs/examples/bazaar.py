#!/usr/bin/env python3
"""A connector to a selling platform that head office does not know: "Bazaar", which is made up. It runs beside head office, as anybody
could write it, with the standard library alone.

    FLOORHAND_KEY=fhk_... bazaar.py --office http://127.0.0.1:8080 --shop bz --platform orders.json --state bazaar.state

It tells head office every order that Bazaar has changed since the last time, and Bazaar which orders were shipped with which waybill.
Bazaar is a file here: a list of its orders. Each run is one round; have it run every minute. A round that ends early is repeated
whole by the next one, and nothing is done twice."""

import argparse
import json
import os
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

STATES = {"NEW": "unpaid", "PAID": "paid", "CANCELLED": "cancelled"}  # of Bazaar's; an order of any other is held


class Office:
    """Head office, as this key may reach it."""

    def __init__(self, url, key):
        self.url, self.key = url, key

    def ask(self, path, body=None):
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", headers={"Authorization": f"Bearer {self.key}"})
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def rows(self, kind, **filters):
        """All of them, page by page. A page may be empty though there are more."""
        while True:
            page = self.ask(f"{kind}?{urllib.parse.urlencode(filters)}")
            yield from page["rows"]
            if page["next"] is None:
                return
            filters["after"] = page["next"]


def minor(text):
    """ "19.9" is 1990: digit by digit, never through a float. """
    whole, _, part = text.partition(".")
    if len(part) > 2 or not (whole + part).isdigit():
        raise ValueError(f"{text!r} is no amount")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def in_our_words(theirs):
    """Bazaar's order as head office takes it. What is not known is held, never guessed."""
    lines = [{"id": line["line_id"], "code": line["merchant_code"], "title": line["title"], "quantity": line["count"],
              "price_minor": minor(line["price"]), "paid_minor": minor(line["paid"])} for line in theirs["items"]]
    to = theirs["deliver_to"]
    order = {
        "id": theirs["order_id"], "status": theirs["status"], "state": STATES.get(theirs["status"], "paid"),
        "held": theirs["status"] not in STATES, "created": theirs["created"], "modified": theirs["updated"],
        "currency": theirs["currency"], "goods_minor": sum(line["price_minor"] * line["quantity"] for line in lines),
        "freight_minor": minor(theirs["shipping"]), "discount_minor": minor(theirs["voucher"]),
        "paid_minor": minor(theirs["total"]), "buyer": theirs["customer"],
        "name": to["name"], "phone": to["phone"], "province": to["region"], "city": to["city"], "address": to["street"],
        "lines": lines,
    }
    if theirs.get("paid_at"):
        order["paid"] = theirs["paid_at"]
    return order


def push_orders(office, shop, platform, mark):
    """Returns how far it is by now: the next round begins there. What Bazaar changed in that very second comes again, and is the
    same then."""
    for theirs in sorted(platform, key=lambda one: one["updated"]):
        if theirs["updated"] >= mark:
            said = office.ask("do/order.put", {"shop": shop, "order": in_our_words(theirs)})
            print(f"{said['order']} {said['taken']}")
            mark = theirs["updated"]
    return mark


def tell_shipments(office, shop, platform):
    """Of those that Bazaar does not call shipped yet."""
    waiting = {theirs["order_id"]: theirs for theirs in platform if theirs["status"] == "PAID"}
    for row in office.rows("orders", shop=shop, stage="shipped"):
        theirs = waiting.get(row["platform_order"])
        if not theirs:
            continue
        parcels = office.ask(f"orders/{urllib.parse.quote(row['order'], safe='')}")["parcels"]["rows"]
        theirs.update(status="SHIPPED", waybills=[parcel["waybill"] for parcel in parcels])
        print(f"{row['order']} shipped")


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("office", "shop", "platform", "state"):
        options.add_argument(f"--{name}", required=True)
    options = options.parse_args()
    office = Office(options.office, os.environ["FLOORHAND_KEY"])
    file, state = pathlib.Path(options.platform), pathlib.Path(options.state)
    platform = json.loads(file.read_text(encoding="utf-8"))
    mark = state.read_text(encoding="utf-8") if state.exists() else ""
    try:
        mark = push_orders(office, options.shop, platform, mark)
        tell_shipments(office, options.shop, platform)
    except urllib.error.HTTPError as fault:
        print(f"head office says {fault.code}: {json.load(fault)['error']['message']}", file=sys.stderr)
        return 1
    except (OSError, ValueError) as fault:
        print(f"not now: {fault}", file=sys.stderr)
        return 1
    file.write_text(json.dumps(platform, ensure_ascii=False), encoding="utf-8")
    state.write_text(mark, encoding="utf-8")  # only now: all of it is stored
    return 0


if __name__ == "__main__":
    sys.exit(main())
