"""What is changed at Douyin: parcels, stock, waybills. Called by douyin.py."""

import hashlib

from platforms import carriers, ledger, waybills
from platforms.calls import Refused


# ---------------------------------------------------------------- ship


def logistics_add(call):
    """The whole order in one parcel. With is_reject_refund what is asked back is refused first."""
    order = call.shop.order(call.text("order_id"))
    carrier, number = waybills.carrier_of(call, "douyin", call.text("company_code")), call.text("logistics_code")
    if call.params.get("is_reject_refund") is True:
        for refund in call.shop.refunds_of(order):
            if refund.state == "asked":
                call.shop.move_refund(refund, "closed", call.now)
    call.shop.ship(order, carrier.code, number, call.now)
    return None


def multi_pack(call):
    """Several parcels at once, all or none. The same request_id is carried out once, and answered alike."""
    order, request = call.shop.order(call.text("order_id")), ("multi_pack", call.text("request_id"))
    if request in call.shop.seen:
        return call.shop.seen[request]
    left = {line.id: line.count - line.shipped for line in order.lines}
    parcels = []
    for pack in call.json("pack_list", list):
        carrier = waybills.carrier_of(call, "douyin", pack.get("company_code"))
        lines = {}
        for row in waybills.must(pack.get("shipped_order_info"), "shipped_order_info", call.platform.bad_argument):
            line_id, count = str(row["shipped_order_id"]), int(row["shipped_num"])
            if not 0 < count <= left.get(line_id, 0):
                raise ledger.Refusal("bad_lines" if order.state != ledger.SHIPPED else "shipped", f"{count} of {line_id}")
            left[line_id] -= count
            lines[line_id] = lines.get(line_id, 0) + count
        parcels.append((carrier.code, waybills.must(pack.get("logistics_code"), "logistics_code", call.platform.bad_argument), lines))
    call.shop.may_ship(order, {line_id for _, _, lines in parcels for line_id in lines})
    done = [call.shop.ship(order, code, number, call.now, lines) for code, number, lines in parcels]
    call.shop.seen[request] = {"pack_list": [{"pack_id": f"{order.id}-{parcel.id}", "logistics_code": parcel.number} for parcel in done]}
    return call.shop.seen[request]


def logistics_edit(call):
    """Changes the one parcel of an order, or the one that pack_id names."""
    pack = call.params.get("pack_id")
    order = call.shop.order(call.text("order_id") if not pack else str(pack).partition("-")[0])
    parcels = [parcel for parcel in order.parcels if not pack or f"{order.id}-{parcel.id}" == pack]
    if len(parcels) != 1:
        raise ledger.Refusal("unshipped", "there is no such parcel")
    carrier = waybills.carrier_of(call, "douyin", call.text("company_code"))
    call.shop.change_parcel(order, parcels[0], carrier.code, call.text("logistics_code"), call.now)


def companies(_call):
    return [{"id": number, "name": carrier.name, "code": carrier.douyin} for number, carrier in enumerate(carriers.CARRIERS, 7)
            if carrier.open]


# ---------------------------------------------------------------- stock


def once(call):
    """Refuses an idempotent_id that was used; returns the key, or "" where none is given."""
    key = str(call.params.get("idempotent_id") or "")
    if key and ("stock", key) in call.shop.seen:
        raise ledger.Refusal("repeated", key)
    return key


def sync_stock(call):
    key = once(call)
    sku = call.shop.sku(call.params.get("sku_id"), call.params.get("code") or call.params.get("out_sku_id"), call.params.get("product_id"))
    call.shop.change_stock(sku, call.number("stock_num", -10**9), bool(call.params.get("incremental")), call.now, key)
    call.shop.seen[("stock", key)] = True


def sync_stock_batch(call):
    """All or nothing."""
    key, delta = once(call), call.params["incremental"]
    item = call.shop.item(call.text("product_id"))
    changes = []
    for row in waybills.must(call.json("sku_sync_list", list), "sku_sync_list", call.platform.bad_argument):
        armed = call.row_fault(row["sku_id"])
        if armed:
            raise Refused(armed.get("code", 50002), armed.get("sub_code", "isv.business-failed"), armed.get("msg", "as armed"))
        sku, value = call.shop.sku(row["sku_id"], item_id=item.id), int(row["stock_num"])
        if (sku.stock + value if delta else value) < 0:
            raise ledger.Refusal("negative_stock", sku.outer)
        changes.append((sku, value))
    for sku, value in changes:
        call.shop.change_stock(sku, value, bool(delta), call.now, key)
    call.shop.seen[("stock", key)] = True


def stock_of(sku):
    return {"sku_id": sku.id, "sku_id_str": str(sku.id), "out_sku_id": 0, "code": sku.outer, "stock_num": sku.stock, "price": sku.price,
            "product_id": sku.item.id, "sku_type": 0, "stock_map": {}}


def edit_price(call):
    """In fen."""
    sku = call.shop.sku(call.text("sku_id"), item_id=call.text("product_id"))
    call.shop.change_price(sku, call.number("price", 1), call.now)
    return {}


def set_online(call):
    call.shop.put_on_sale(call.shop.item(call.text("product_id")), True, call.now)
    return {}


def set_offline(call):
    call.shop.put_on_sale(call.shop.item(call.text("product_id")), False, call.now)
    return {}


def stock_num(call):
    return stock_of(call.shop.sku(call.params.get("sku_id"), call.params.get("code")))


def sku_list(call):
    return [stock_of(sku) for sku in call.shop.item(call.text("product_id")).skus]


def product_detail(call):
    item = call.shop.item(call.text("product_id"))
    return {"product_id": item.id, "product_id_str": str(item.id), "name": item.title, "status": 0 if item.listed else 1,
            "spec_prices": [stock_of(sku) for sku in item.skus]}


# ---------------------------------------------------------------- waybills


def check_order(info, fault):
    waybills.must(info.get("order_id"), "order_id", fault)
    receiver = waybills.must(info.get("receiver_info"), "receiver_info", fault)
    waybills.must(receiver.get("address"), "receiver_info.address", fault)
    waybills.must(receiver.get("contact"), "receiver_info.contact", fault)
    for item in waybills.must(info.get("items"), "items", fault):
        waybills.must(item.get("item_name"), "item_name", fault)
        waybills.must(item.get("item_count"), "item_count", fault)


def check_sender(sender, fault):
    address, contact = waybills.must(sender.get("address"), "address", fault), waybills.must(sender.get("contact"), "contact", fault)
    for name in ("country_code", "province_name", "city_name", "district_name", "detail_address"):
        waybills.must(address.get(name), name, fault)
    waybills.must(contact.get("name"), "name", fault)
    waybills.must(contact.get("phone") or contact.get("mobile"), "mobile", fault)


def create_waybills(call):
    """Each order and parcel has a number or a fault; the same again has the same number."""
    fault = call.platform.bad_argument
    carrier = waybills.carrier_of(call, "douyin", call.text("logistics_code"))
    check_sender(call.json("sender_info"), fault)
    orders = waybills.must(call.json("order_infos", list), "order_infos", fault, 10)
    for info in orders:
        check_order(info, fault)
    done, failed = [], []
    for info in orders:
        pack = str(info.get("pack_id", ""))
        try:
            armed = call.row_fault(info["order_id"])
            if armed:
                raise ledger.Refusal("armed", armed.get("msg", "地址不可达"))
            waybill = call.shop.get_waybill(carrier.code, f"{info['order_id']}/{pack}", [str(info["order_id"])],
                                            lambda serial: carriers.number_of(carrier.code, call.shop, serial), call.now)
            done.append({"order_id": info["order_id"], "pack_id": pack, "track_no": waybill["number"], "sort_code": "310-A1 12",
                         "package_center_code": "571", "package_center_name": "杭州转运中心", "short_address_code": "310",
                         "short_address_name": "余杭", "sub_waybill_codes": "", "extra_resp": "", "shipping_code": ""})
        except ledger.Refusal as refusal:
            failed.append({"order_id": info["order_id"], "pack_id": pack, "err_code": 60003 if refusal.kind == "quota" else 60001,
                           "err_msg": str(refusal)})
    return {"ebill_infos": done, "err_infos": failed}


def apply_waybills(call):
    done, failed = [], []
    for row in waybills.must(call.json("waybill_applies", list), "waybill_applies", call.platform.bad_argument):
        waybill = call.shop.waybills.get(row["track_no"])
        if not waybill or waybill["state"] == "cancelled":
            failed.append({"track_no": row["track_no"], "err_code": 60002, "err_msg": "运单不存在"})
            continue
        noise = waybills.print_data(waybill["number"], "")["encryptedData"]
        done.append({"order_id": waybill["orders"][0], "track_no": waybill["number"], "print_data": noise,
                     "sign": hashlib.md5(noise.encode()).hexdigest()})
    return {"waybill_infos": done, "err_infos": failed}


def cancel_waybill(call):
    call.shop.cancel_waybill(waybills.carrier_of(call, "douyin", call.text("logistics_code")).code, call.text("track_no"))
    return {"cancel_result": {"success": True}}


CALLS = {
    "order.logisticsAdd": logistics_add, "order.logisticsAddMultiPack": multi_pack, "order.logisticsEdit": logistics_edit,
    "order.logisticsEditByPack": logistics_edit, "order.logisticsCompanyList": companies, "sku.syncStock": sync_stock,
    "sku.syncStockBatch": sync_stock_batch, "sku.stockNum": stock_num, "sku.list": sku_list, "product.detail": product_detail,
    "sku.editPrice": edit_price, "product.setOnline": set_online, "product.setOffline": set_offline,
    "logistics.newCreateOrder": create_waybills, "logistics.waybillApply": apply_waybills, "logistics.cancelOrder": cancel_waybill,
}
