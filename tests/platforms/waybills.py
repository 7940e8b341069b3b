"""Electronic waybills as Cainiao's request asks for them, which PDD took over: one JSON text, at most ten parcels.

What is printed is opaque: nobody but the platform's own print component can read it."""

import base64
import hashlib
import re

from platforms import carriers
from platforms.calls import Refused


def print_data(number, template):
    """As text of JSON; it looks encrypted, and is the same whenever the same waybill is asked for."""
    noise = b"".join(hashlib.sha512(f"{number}/{part}".encode()).digest() for part in range(3))
    return {"encryptedData": "AES:" + base64.b64encode(noise).decode(), "signature": "MD:" + hashlib.md5(noise).hexdigest(),
            "templateURL": template, "ver": "waybill_print_secret_version_1"}


def must(value, what, fault, most=None):
    if not value or (most is not None and len(value) > most):
        raise fault(what)
    return value


def check_person(person, what, fault):
    address = must(person.get("address"), f"{what}.address", fault)
    must(address.get("province"), f"{what}.address.province", fault)
    must(address.get("detail"), f"{what}.address.detail", fault, 255)
    must(person.get("name"), f"{what}.name", fault, 39)
    if not (person.get("mobile") or person.get("phone")):
        raise fault(f"{what}.mobile")


def check_parcel(parcel, fault):
    must(parcel.get("object_id"), "object_id", fault)
    order_info = must(parcel.get("order_info"), "order_info", fault)
    must(order_info.get("order_channels_type"), "order_channels_type", fault)
    orders = must(order_info.get("trade_order_list"), "trade_order_list", fault, 100)
    if not all(isinstance(order, str) and re.fullmatch(r"[A-Za-z0-9_-]+", order) for order in orders):
        raise fault("trade_order_list")
    for item in must(must(parcel.get("package_info"), "package_info", fault).get("items"), "items", fault, 100):
        must(item.get("name"), "items.name", fault)
        must(item.get("count"), "items.count", fault)
    check_person(must(parcel.get("recipient"), "recipient", fault), "recipient", fault)
    must(parcel.get("template_url"), "template_url", fault)
    must(parcel.get("user_id"), "user_id", fault)


def apply_for(call, request, carrier, code):
    """Returns the rows of `modules`. A parcel that is armed to fail has none; the others have theirs."""
    fault = call.platform.bad_argument
    if not isinstance(request, dict):
        raise fault("param_waybill_cloud_print_apply_new_request")
    parcels = must(request.get("trade_order_info_dtos"), "trade_order_info_dtos", fault, 10)
    check_person(must(request.get("sender"), "sender", fault), "sender", fault)
    for parcel in parcels:
        check_parcel(parcel, fault)
    if len({parcel["object_id"] for parcel in parcels}) < len(parcels):
        raise fault("object_id")
    return [row for row in (one_parcel(call, carrier, code, parcel) for parcel in parcels) if row]


def one_parcel(call, carrier, code, parcel):
    if call.row_fault(parcel["object_id"]):
        return None
    shop = call.shop
    waybill = shop.get_waybill(carrier.code, parcel["object_id"], parcel["order_info"]["trade_order_list"],
                               lambda serial: carriers.number_of(carrier.code, shop, serial), call.now)
    return {"object_id": parcel["object_id"], "waybill_code": waybill["number"], "parent_waybill_code": "",
            "print_data": print_data(waybill["number"], parcel["template_url"]), "cp_code": code, "real_cp_code": code}


def carrier_of(call, column, code):
    carrier = carriers.by(column, code)
    if not carrier:
        raise Refused(*call.platform.REFUSALS["no_carrier"][:2], f"{code} is no carrier")
    return carrier
