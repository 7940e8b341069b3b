#!/usr/bin/env python3
"""What is changed at the stand-in: parcels, stock, waybills. Each effect is in the ledger once, whatever was answered."""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from platforms import client, lists  # noqa: E402
from platforms.cases import Cases, equal, holds, lost, paid  # noqa: E402

cases = Cases()

# How an order is shipped whole with SF, and what says that it went well.
SHIP = {
    "taobao": (lambda call, order, number: call("taobao.logistics.offline.send", tid=order, company_code="SF", out_sid=number),
               '"is_success": true'),
    "jd": (lambda call, order, number: call("jingdong.pop.order.shipment", orderId=order, logiCoprId="467", logiNo=number),
           '"success": true'),
    "pdd": (lambda call, order, number: call("pdd.logistics.online.send", order_sn=order, logistics_id="44", tracking_number=number),
            '"is_success": true'),
    "douyin": (lambda call, order, number: call("order.logisticsAdd", order_id=order, company_code="shunfeng", logistics_code=number),
               '"code": 10000'),
    "kuaishou": (lambda call, order, number: call("open.seller.order.goods.deliver", orderId=int(order), expressCode=4, expressNo=number),
                 '"result": 1'),
    "shopify": (lambda call, order, number: call(
        "mutation($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) { fulfillment { id status } userErrors { field message } } }",
        f={"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": f"gid://shopify/FulfillmentOrder/{order}"}],
           "trackingInfo": {"company": "SF", "number": number}, "notifyCustomer": True}), '"userErrors": []'),
    "woo": (lambda call, order, number: call("PUT", f"/orders/{order}", {"status": "completed", "meta_data": [
        {"key": "_tracking_provider", "value": "SF"}, {"key": "_tracking_number", "value": number}]}), '"completed"'),
}


def caller_of(running, name, number=1):
    return client.CALLERS[name](running, f"{name}-{number}")


def shipments(running, name):
    return running.ledger(f"{name}-1")["shipments"]


# ---------------------------------------------------------------- ship


@cases.case("an order is shipped whole, and the ledger has the parcel")
def whole(running):
    for name, (ship, good) in SHIP.items():
        order, told = paid(running, f"{name}-1")[0]
        holds(ship(caller_of(running, name), order, "SF100"), good)
        row = running.ledger(f"{name}-1")["orders"][order]
        lines = {line["id"]: line["count"] for line in told["lines"]}
        equal((row["state"], row["parcels"]), ("shipped", [{"carrier": "SF", "number": "SF100", "lines": lines}]), name)
        equal(len(shipments(running, name)), 1, name)


@cases.case("the same parcel again is accepted by Kuaishou and WooCommerce, refused by the others, and never a second one")
def again(running):
    for name, (ship, good) in SHIP.items():
        order = paid(running, f"{name}-1")[0][0]
        ship(caller_of(running, name), order, "SF100")
        answer = json.dumps(ship(caller_of(running, name), order, "SF100"))
        equal(good in answer, name in ("kuaishou", "woo"), f"{name}: {answer[:200]}")
        if name != "woo":
            assert good not in json.dumps(ship(caller_of(running, name), order, "SF101")), f"{name} takes another parcel for it"
        equal(len(shipments(running, name)), 1, name)


@cases.case("what is unpaid, closed, under review, asked back or goes with no known carrier is not shipped")
def refused(running):
    for name, (ship, good) in SHIP.items():
        shop = f"{name}-1"
        unpaid = running.tell("place", shop=shop, state="unpaid")[0]
        held, asked, closed = running.tell("place", shop=shop, count=3)
        running.tell("change", shop=shop, order=held, hold=True)
        running.tell("refund", shop=shop, order=asked)
        running.tell("cancel", shop=shop, order=closed)
        for order in (unpaid, held, asked, closed, "999"):
            answer = json.dumps(ship(caller_of(running, name), order, "SF1"))
            assert good not in answer, f"{name} ships {order}: {answer[:200]}"
        equal(shipments(running, name), [], name)
    order = paid(running, "pdd-1")[0][0]
    holds(caller_of(running, "pdd")("pdd.logistics.online.send", order_sn=order, logistics_id="999", tracking_number="1"), "isv.logistics-id")
    holds(caller_of(running, "taobao")("taobao.logistics.offline.send", tid=paid(running, "taobao-1")[0][0], company_code="NOBODY",
                                       out_sid="1"), "S01")


def two_lines(running, name, counts=(2, 3)):
    return running.tell("place", shop=f"{name}-1", goods=[["TS-RED-L", counts[0], None, 100], ["LAMP", counts[1], None, 0]])[0]


def lines_of(running, name, order):
    return [line["id"] for line in running.ledger(f"{name}-1")["orders"][order]["lines"]]


@cases.case("Taobao ships lines of a trade, parts of lines, and several parcels at once, all or none")
def taobao_parts(running):
    call, order = caller_of(running, "taobao"), two_lines(running, "taobao")
    first, second = lines_of(running, "taobao", order)
    holds(call("taobao.logistics.offline.send", tid=order, company_code="SF", out_sid="A1", is_split="1", sub_tid=first), '"is_success": true')
    for again in (first, f"{first},{second}", "1"):
        holds(call("taobao.logistics.offline.send", tid=order, company_code="SF", out_sid="A9", is_split="1", sub_tid=again), "error_response")
    row = lists.row_of("taobao", running, order)
    equal((row["status"], row["is_part_consign"]), ("SELLER_CONSIGNED_PART", True))
    part = {"out_sid": "A2", "company_code": "YTO", "goods": [{"sub_tid": second, "num": 1, "item_type": 0}]}
    holds(call("alibaba.ascp.logistics.offline.send", tid=order, consign_pkgs=[part]), "error_response")  # consign_type 0 takes whole lines
    rest = {"out_sid": "A3", "company_code": "SF", "goods": [{"sub_tid": second, "num": 3}]}
    holds(call("alibaba.ascp.logistics.offline.send", tid=order, consign_pkgs=[part, rest], consign_type="1"), "error_response")
    equal(len(shipments(running, "taobao")), 1)
    rest["goods"][0]["num"] = 2
    holds(call("alibaba.ascp.logistics.offline.send", tid=order, consign_pkgs=[part, rest], consign_type="1"), '"success": true')
    equal([entry["number"] for entry in shipments(running, "taobao")], ["A1", "A2", "A3"])
    equal(lists.row_of("taobao", running, order)["status"], "WAIT_BUYER_CONFIRM_GOODS")
    holds(call("alibaba.ascp.logistics.offline.send", tid=two_lines(running, "taobao"), consign_type="1",
               consign_pkgs=[{**part, "goods": [{"sub_tid": first, "num": 0}]}]), "error_response")
    holds(call("alibaba.ascp.logistics.consign.modify", tid=order, old_company_code="YTO", old_out_sid="A2", new_company_code="ZTO",
               new_out_sid="A4"), '"success": true')
    equal(running.ledger("taobao-1")["orders"][order]["parcels"][1]["number"], "A4")


@cases.case("JD's old call ships in several parcels; Pinduoduo adds parcels and changes one")
def several_parcels(running):
    call, order = caller_of(running, "jd"), two_lines(running, "jd")
    holds(call("360buy.order.sop.outstorage", order_id=order, logistics_id="467|463", waybill="S1,S2|Y1", trade_no="1"), '"success": true')
    equal([(entry["carrier"], entry["number"]) for entry in shipments(running, "jd")], [("SF", "S1"), ("SF", "S2"), ("YTO", "Y1")])
    call, order = caller_of(running, "pdd"), paid(running, "pdd-1")[0][0]
    extra = {"order_sn": order, "extra_track_type": "1", "extra_track_list": [{"shipping_id": 44, "tracking_number": "S2"}]}
    holds(call("pdd.order.upload.extra.logistics", **extra), "error_response")
    SHIP["pdd"][0](call, order, "S1")
    holds(call("pdd.order.upload.extra.logistics", **extra), '"is_success": true')
    holds(call("pdd.order.upload.extra.logistics", **extra), "error_response")
    holds(call("pdd.logistics.online.send", order_sn=order, logistics_id="85", tracking_number="Y9", redelivery_type="2"), "true")
    row = lists.row_of("pdd", running, order)
    equal((row["logistics_id"], row["tracking_number"], row["extra_delivery_list"]),
          (85, "Y9", [{"logistics_id": 44, "tracking_number": "S2"}]))
    holds(call("pdd.logistics.online.send", order_sn=paid(running, "pdd-1")[1][0], logistics_id="85", tracking_number="Y9",
               redelivery_type="2"), "error_response")


@cases.case("Douyin ships several parcels once per request_id; Kuaishou splits a line")
def split(running):
    call, order = caller_of(running, "douyin"), two_lines(running, "douyin")
    first, second = lines_of(running, "douyin", order)
    packs = [{"logistics_code": "D1", "company_code": "shunfeng", "shipped_order_info": [{"shipped_order_id": first, "shipped_num": 2},
                                                                                        {"shipped_order_id": second, "shipped_num": 1}]}]
    one = call("order.logisticsAddMultiPack", order_id=order, request_id="r-1", pack_list=packs)
    equal(call("order.logisticsAddMultiPack", order_id=order, request_id="r-1", pack_list=packs), one)
    equal(len(shipments(running, "douyin")), 1)
    equal(lists.row_of("douyin", running, order)["order_status"], 101)
    packs[0].update(logistics_code="D2", shipped_order_info=[{"shipped_order_id": second, "shipped_num": 2}])
    holds(call("order.logisticsAddMultiPack", order_id=order, request_id="r-2", pack_list=packs), '"code": 10000')
    equal(lists.row_of("douyin", running, order)["order_status"], 3)
    holds(call("order.logisticsEditByPack", pack_id=one["data"]["pack_list"][0]["pack_id"], company_code="yuantong", logistics_code="D3"), "10000")
    equal([parcel["number"] for parcel in running.ledger("douyin-1")["orders"][order]["parcels"]], ["D3", "D2"])

    call, order = caller_of(running, "kuaishou"), running.tell("place", shop="kuaishou-1", goods=[["LAMP", 3, None, 0]])[0]
    for number, count, good in (("K1", 2, '"result": 1'), ("K2", 2, "2001"), ("K2", 1, '"result": 1')):
        holds(call("open.order.goods.split.deliver", mainOrderId=int(order), deliveryItemInfoList=[
            {"expressCode": 4, "expressNo": number, "deliveryGoodsInfoList": [{"oid": int(order), "deliveryNum": count}]}]), good)
    row = lists.row_of("kuaishou", running, order)
    equal((row["orderBaseInfo"]["status"], row["orderDeliveryInfo"]["packageNum"]), (40, 2))
    holds(call("open.seller.order.logistics.append", orderId=int(order), expressCode=6, expressNo="K3"), '"result": 1')
    holds(call("open.seller.order.logistics.update", orderId=int(order), expressCode=6, expressNo="K4"), '"result": 1')
    equal([parcel["number"] for parcel in running.ledger("kuaishou-1")["orders"][order]["parcels"]], ["K4", "K2", "K3"])


@cases.case("Shopify ships parts of a fulfilment order and changes the tracking; WooCommerce reads a plugin's parcels")
def foreign_parts(running):
    call, order = caller_of(running, "shopify"), two_lines(running, "shopify")
    first = lines_of(running, "shopify", order)[0]
    ship = ("mutation($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) { fulfillment { id trackingInfo { number } }"
            " userErrors { message } } }")
    part = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": f"gid://shopify/FulfillmentOrder/{order}", "fulfillmentOrderLineItems": [
        {"id": f"gid://shopify/FulfillmentOrderLineItem/{first}", "quantity": 1}]}], "trackingInfo": {"company": "SF", "number": "P1"}}
    line = part["lineItemsByFulfillmentOrder"][0]["fulfillmentOrderLineItems"][0]
    for wrong in (0, 3):
        assert call(ship, f={**part, "lineItemsByFulfillmentOrder": [{**part["lineItemsByFulfillmentOrder"][0], "fulfillmentOrderLineItems": [
            {**line, "quantity": wrong}]}]})["data"]["fulfillmentCreate"]["userErrors"], f"{wrong} of 2 are shipped"
    done = call(ship, f=part)["data"]["fulfillmentCreate"]
    equal(done["userErrors"], [])
    row = lists.row_of("shopify", running, order)
    equal((row["displayFulfillmentStatus"], row["fulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["remainingQuantity"]),
          ("PARTIALLY_FULFILLED", 1))
    update = ("mutation { fulfillmentTrackingInfoUpdate(fulfillmentId: \"%s\", trackingInfoInput: {company: \"ZTO\", number: \"P2\"})"
              " { fulfillment { trackingInfo { number } } userErrors { message } } }")
    holds(call(update % done["fulfillment"]["id"]), '"number": "P2"')
    woo, order = caller_of(running, "woo"), paid(running, "woo-1")[0][0]
    woo("PUT", f"/orders/{order}", {"status": "completed", "meta_data": [{"key": "_wc_shipment_tracking_items", "value": [
        {"tracking_provider": "SF", "tracking_number": "W1"}, {"tracking_provider": "ZTO", "tracking_number": "W2"}]}]})
    equal([parcel["number"] for parcel in running.ledger("woo-1")["orders"][order]["parcels"]], ["W1", "W2"])


@cases.case("a reply that is lost after the effect leaves one parcel, which can be read back")
def lost_reply(running):
    for name, (ship, _good) in SHIP.items():
        order = paid(running, f"{name}-1")[0][0]
        running.arm("reset", shop=f"{name}-1", effect=True)
        with lost(name):
            ship(caller_of(running, name), order, "SF100")
        equal(running.ledger(f"{name}-1")["orders"][order]["state"], "shipped", name)
        assert any("SF100" in json.dumps(row) for row in lists.rows(name, running, caller_of(running, name), **(
            {"fields": "tid,orders"} if name == "taobao" else {"optional_fields": "waybill"} if name == "jd" else {})).values()), name
        ship(caller_of(running, name), order, "SF100")
        equal(len(shipments(running, name)), 1, name)
        other = paid(running, f"{name}-1")[0][0]
        running.arm("reset", shop=f"{name}-1")
        with lost(name):
            ship(caller_of(running, name), other, "SF101")
        equal(running.ledger(f"{name}-1")["orders"][other]["state"], "paid", f"{name}: reset before the effect")


@cases.case("carriers are listed, those that are closed are marked or left out")
def carriers(running):
    holds(caller_of(running, "taobao")("taobao.logistics.companies.get", fields="id,code,name"), '"code": "SF"')
    rows = caller_of(running, "pdd")("pdd.logistics.companies.get")["logistics_companies_get_response"]["logistics_companies"]
    equal({row["id"]: row["available"] for row in rows}[999], 0)
    holds(caller_of(running, "douyin")("order.logisticsCompanyList"), "shunfeng")
    holds(caller_of(running, "jd")("jingdong.ldop.alpha.provider.sign.success.info.get"), '"providerId": 467')


# ---------------------------------------------------------------- stock


def sku_of(running, name, outer="TS-RED-L"):
    """(SKU's id, item's id, stock)"""
    sku_id, sku = next((sku_id, sku) for sku_id, sku in running.ledger(f"{name}-1")["skus"].items() if sku["outer"] == outer)
    return sku_id, sku["item"], sku["stock"]


def left(running, name, outer="TS-RED-L"):
    return running.ledger(f"{name}-1")["stock"][outer]


@cases.case("Taobao sets and changes stock of up to twenty SKUs, and repeats nothing under the same key")
def taobao_stock(running):
    call, (sku, item, before) = caller_of(running, "taobao"), sku_of(running, "taobao")
    holds(call("taobao.skus.quantity.update", num_iid=item, skuid_quantities=f"{sku}:7"), '"quantity": 7')
    holds(call("taobao.skus.quantity.update", num_iid=item, outerid_quantities="TS-RED-L:-2;TS-RED-M:1", type="2"), '"quantity": 5')
    holds(call("taobao.skus.quantity.update", num_iid=item, skuid_quantities=f"{sku}:-1"), "error_response")
    holds(call("taobao.skus.quantity.update", num_iid=item, outerid_quantities="TS-RED-M:1;TS-RED-L:-6", type="2"), "error_response")
    holds(call("taobao.skus.quantity.update", num_iid=item, skuid_quantities=";".join(f"{sku}:{n}" for n in range(21))), "error_response")
    holds(call("taobao.item.quantity.update", num_iid=item, sku_id=sku, quantity="9"), '"quantity": 9')
    for _ in range(2):
        holds(call("tmall.item.quantity.update", item_id=item, sku_quantities=[{"sku_id": sku, "quantity": -4}],
                   options={"type": 2, "outer_biz_key": "k1"}), "tmall_item_quantity_update_result")
    equal((left(running, "taobao"), len(running.ledger("taobao-1")["stock_changes"])), (5, 5))
    holds(call("taobao.item.skus.get", num_iids=item, fields="sku_id,quantity"), '"quantity": 5')
    holds(call("taobao.item.seller.get", num_iid=item, fields="num_iid,skus"), '"quantity": 5')


@cases.case("JD answers row by row, Pinduoduo keeps the sum above nothing")
def rows_of_stock(running):
    call, (sku, _item, _) = caller_of(running, "jd"), sku_of(running, "jd")
    other = sku_of(running, "jd", "LAMP")[0]
    running.arm("row", platform="jd", rows=[other], msg="busy")
    rows = call("jingdong.ware.stock.sku.set", req={"updateModel": 1, "stockRfId": "1", "skuStocks": [
        {"skuId": int(sku), "stockNum": 4, "storeId": 0}, {"skuId": int(other), "stockNum": 5, "storeId": 0}, {"skuId": 1, "stockNum": 5}]})
    rows = rows["jingdong_ware_stock_sku_set_responce"]["returnType"]["obj"]["updateStockResult"]
    equal([row["success"] for row in rows], [True, False, False])
    holds(call("jingdong.ware.stock.sku.query", skuId=sku, stockModel="1"), '"stockNum": 4')
    call, (sku, item, before) = caller_of(running, "pdd"), sku_of(running, "pdd")
    holds(call("pdd.goods.quantity.update", goods_id=item, sku_id=sku, quantity=str(-before - 1), update_type="2"), "isv.quantity-negative")
    holds(call("pdd.goods.quantity.update", goods_id=item, outer_id="TS-RED-L", quantity=str(-before), update_type="2"), '"is_success": true')
    holds(call("pdd.goods.quantity.update", goods_id=item, sku_id=sku, outer_id="LAMP", quantity="8"), '"is_success": true')
    holds(call("pdd.goods.list.get", goods_id=item, page="1", page_size="10"), '"sku_quantity": 8')
    equal(left(running, "pdd"), 8)


@cases.case("Douyin's batch is all or nothing, and an idempotent_id is taken once")
def douyin_stock(running):
    call, (sku, item, before) = caller_of(running, "douyin"), sku_of(running, "douyin")
    other = sku_of(running, "douyin", "TS-RED-M")[0]
    batch = {"product_id": int(item), "incremental": True, "idempotent_id": "i1", "sku_sync_list": [
        {"sku_id": int(sku), "sku_type": 0, "stock_num": -1}, {"sku_id": int(other), "sku_type": 0, "stock_num": -100000}]}
    holds(call("sku.syncStockBatch", **batch), "50002")
    running.arm("row", platform="douyin", rows=[other])
    batch["sku_sync_list"][1]["stock_num"] = 1
    holds(call("sku.syncStockBatch", **batch), "50002")
    equal(left(running, "douyin"), before)
    holds(call("sku.syncStockBatch", **batch), '"code": 10000')
    holds(call("sku.syncStockBatch", **batch), "isv.idempotent-id-existed")
    equal(left(running, "douyin"), before - 1)
    holds(call("sku.syncStock", product_id=int(item), sku_id=int(sku), stock_num=3, incremental=False, idempotent_id="i2"), '"code": 10000')
    holds(call("sku.stockNum", sku_id=int(sku)), '"stock_num": 3')
    holds(call("sku.list", product_id=int(item)), '"stock_num": 3')


@cases.case("Kuaishou knows differences alone, so a repetition after a lost reply is a second one")
def kuaishou_stock(running):
    call, (sku, item, before) = caller_of(running, "kuaishou"), sku_of(running, "kuaishou")
    running.arm("reset", platform="kuaishou", effect=True)
    with lost("the reply"):
        call("open.item.sku.stock.update", kwaiItemId=int(item), skuId=int(sku), skuChangeStock=3, changeType=2)
    holds(call("open.item.sku.list.get", kwaiItemId=int(item)), f'"skuStock": {before - 3}')
    holds(call("open.item.sku.stock.update", kwaiItemId=int(item), skuId=int(sku), skuChangeStock=3, changeType=2), '"result": 1')
    for amount, kind in ((0, 1), (-3, 1), (100000, 2)):
        holds(call("open.item.sku.stock.update", kwaiItemId=int(item), skuId=int(sku), skuChangeStock=amount, changeType=kind), "2001")
    equal((left(running, "kuaishou"), len(running.ledger("kuaishou-1")["stock_changes"])), (before - 6, 2))


@cases.case("Shopify compares and sets; WooCommerce sets stock, price and listing")
def foreign_stock(running):
    call, (sku, _item, before) = caller_of(running, "shopify"), sku_of(running, "shopify")
    query = ("mutation($i: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $i) { inventoryAdjustmentGroup { createdAt }"
             " userErrors { code field } } }")
    row = {"inventoryItemId": f"gid://shopify/InventoryItem/{sku}", "locationId": "gid://shopify/Location/1", "quantity": 6}

    def codes(**more):
        done = call(query, i={"name": "available", "reason": "correction", "quantities": [{**row, **more}]})
        return [error["code"] for error in done["data"]["inventorySetQuantities"]["userErrors"]]
    equal(codes(), ["COMPARE_QUANTITY_REQUIRED"])
    equal(codes(compareQuantity=before + 1), ["COMPARE_QUANTITY_STALE"])
    equal(codes(compareQuantity=before, quantity=-1), ["INVALID_QUANTITY_NEGATIVE"])
    equal(codes(compareQuantity=before, locationId="gid://shopify/Location/2"), ["ITEM_NOT_STOCKED_AT_LOCATION"])
    equal(codes(compareQuantity=before), [])
    holds(call('{ inventoryItem(id: "gid://shopify/InventoryItem/%s") { inventoryLevel(locationId: "gid://shopify/Location/1")'
               ' { quantities(names: ["available"]) { name quantity } } } }' % sku), '"quantity": 6')
    woo, (sku, item, _) = caller_of(running, "woo"), sku_of(running, "woo")
    equal(woo("PUT", f"/products/{item}/variations/{sku}", {"manage_stock": True, "stock_quantity": 6, "regular_price": "12.5"})["price"], "12.50")
    equal((woo("GET", f"/products/{item}/variations/{sku}")["stock_quantity"], left(running, "woo")), (6, 6))
    lamp = sku_of(running, "woo", "LAMP")[1]
    equal(woo("PUT", f"/products/{lamp}", {"status": "draft", "stock_quantity": 2})["status"], "draft")
    answer = woo("POST", "/products/batch", {"update": [{"id": int(lamp), "stock_quantity": 3}, {"id": 1, "stock_quantity": 3}]})
    equal([row.get("stock_quantity", "error" in row) for row in answer["update"]], [3, True])


# ---------------------------------------------------------------- waybills


PERSON = {"address": {"province": "浙江省", "city": "杭州市", "district": "余杭区", "detail": "文一西路 1 号"}, "name": "张三", "mobile": "13800001234"}


def cainiao(objects, carrier_name, carrier, channel):
    return {carrier_name: carrier, "sender": PERSON, "need_encrypt": True, "trade_order_info_dtos": [
        {"object_id": name, "order_info": {"order_channels_type": channel, "trade_order_list": [f"T-{name}"]},
         "package_info": {"id": "1", "items": [{"name": "T恤", "count": 1}], "weight": 1},
         "recipient": {**PERSON, "oaid": "x"}, "template_url": "http://templates.invalid/1", "user_id": 1} for name in objects]}


def ask_waybills(running, name, objects, carrier="SF"):
    """Returns ({object: number}, the answer)."""
    call = caller_of(running, name)
    if name in ("taobao", "pdd"):
        request = cainiao(objects, "cp_code" if name == "taobao" else "wp_code", carrier, "TB" if name == "taobao" else "PDD")
        answer = call("cainiao.waybill.ii.get" if name == "taobao" else "pdd.waybill.get",
                      param_waybill_cloud_print_apply_new_request=request)
        body = answer.get("cainiao_waybill_ii_get_response", answer.get("pdd_waybill_get_response", {}))
        rows = body.get("modules", [])
        rows = rows.get("waybill_cloud_print_response", []) if isinstance(rows, dict) else rows
        return {row["object_id"]: row["waybill_code"] for row in rows}, answer
    if name == "douyin":
        person = {"address": {"country_code": "CHN", "province_name": "浙江省", "city_name": "杭州市", "district_name": "余杭区",
                              "detail_address": "x"}, "contact": {"name": "张三", "mobile": "13800001234"}}
        answer = call("logistics.newCreateOrder", logistics_code="shunfeng", sender_info=person, order_infos=[
            {"order_id": one, "pack_id": "1", "receiver_info": person, "items": [{"item_name": "T恤", "item_count": 1}]} for one in objects])
        return {row["order_id"]: row["track_no"] for row in answer["data"]["ebill_infos"]}, answer
    answer = call("open.express.ebill.get", getEbillOrderRequest=[
        {"merchantCode": "f19", "merchantName": "x", "orderChannel": "KUAI_SHOU", "tradeOrderCode": one, "requestId": f"r-{one}",
         "packageCode": "p1", "expressCompanyCode": "SF", "senderContract": {"name": "x"}, "senderAddress": {"provinceName": "x"},
         "receiverContract": {"name": "x"}, "receiverAddress": {"provinceName": "x"}, "itemList": [{"itemTitle": "x", "itemQuantity": 1}],
         "templateUrl": "http://templates.invalid/1"} for one in objects])
    return {row["tradeOrderCode"]: row["data"][0]["waybillCode"] for row in answer.get("data") or [] if row["data"]}, answer


def cancel(running, name, number):
    call = caller_of(running, name)
    method, carrier, code = {"taobao": ("cainiao.waybill.ii.cancel", "cp_code", "waybill_code"),
                             "pdd": ("pdd.waybill.cancel", "wp_code", "waybill_code"),
                             "douyin": ("logistics.cancelOrder", "logistics_code", "track_no"),
                             "kuaishou": ("open.express.ebill.cancel", "expressCompanyCode", "waybillCode")}[name]
    return call(method, **{carrier: "shunfeng" if name == "douyin" else "SF", code: number})


WITH_WAYBILLS = ("taobao", "pdd", "douyin", "kuaishou")


@cases.case("the same parcel has the same waybill, one of ten fails alone, and no number comes twice")
def waybills(running):
    for name in WITH_WAYBILLS:
        objects = [f"b{place}" for place in range(10)]
        running.arm("row", platform=name, rows=["b3"])
        some, answer = ask_waybills(running, name, objects)
        equal(set(some), set(objects) - {"b3"}, name)
        every, _ = ask_waybills(running, name, objects)
        equal({one: every[one] for one in some}, some, name)
        equal((len(set(every.values())), len(running.ledger(f"{name}-1")["waybills"])), (10, 10), name)
        if name == "douyin":
            equal(answer["code"], 10001)
        refused, _ = ask_waybills(running, name, [f"c{place}" for place in range(11)]) if name != "douyin" else ({}, None)
        equal(refused, {}, f"{name}: eleven at once")


@cases.case("no waybills are given beyond the quota, and a cancelled one comes back to it")
def quotas(running):
    for name in WITH_WAYBILLS:
        running.tell("quota", shop=f"{name}-1", carrier="SF", left=1)
        given, _ = ask_waybills(running, name, ["q1"])
        equal(len(given), 1)
        equal(ask_waybills(running, name, ["q2"])[0] if name in ("douyin", "kuaishou") else
              "quota" in json.dumps(ask_waybills(running, name, ["q2"])[1]), {} if name in ("douyin", "kuaishou") else True, name)
        cancel(running, name, given["q1"])
        equal(running.ledger(f"{name}-1")["quota"], {"SF": 1}, name)
        cancel(running, name, given["q1"])
        equal(running.ledger(f"{name}-1")["quota"], {"SF": 1}, f"{name}: cancelled twice")
        assert ask_waybills(running, name, ["q1"])[0]["q1"] != given["q1"], f"{name} gives a cancelled number again"


@cases.case("a waybill that is on its way is not cancelled, and print data tells nothing")
def used(running):
    for name in WITH_WAYBILLS:
        order = paid(running, f"{name}-1")[0][0]
        given, answer = ask_waybills(running, name, [order])
        assert "张三" not in json.dumps(answer, ensure_ascii=False), f"{name} prints a name in clear"
        SHIP[name][0](caller_of(running, name), order, given[order])
        cancel(running, name, given[order])
        equal(running.ledger(f"{name}-1")["waybills"][0]["state"], "used", name)
    number = running.ledger("douyin-1")["waybills"][0]["number"]
    holds(caller_of(running, "douyin")("logistics.waybillApply", waybill_applies=[{"logistics_code": "shunfeng", "track_no": number}]), "AES:")


@cases.case("JD promises nothing: the same asked twice has two numbers")
def jd_waybills(running):
    call, content = caller_of(running, "jd"), {
        "waybillType": 1, "waybillCount": 2, "providerId": 467, "providerCode": "SF", "salePlatform": "0010001", "platformOrderNo": "1",
        "vendorCode": "1", "vendorName": "x", "vendorOrderCode": "v1", "fromAddress": {"address": "x"}, "toAddress": {"address": "x"}}
    codes = []
    for _ in range(2):
        answer = call("jingdong.ldop.alpha.waybill.receive", content=json.dumps(content))
        codes += answer["jingdong_ldop_alpha_waybill_receive_responce"]["resultInfo"]["data"]["waybillCodeList"]
    equal(len(set(codes)), 4)
    holds(call("jingdong.ldop.alpha.waybill.api.unbind", providerId="467", waybillCode=codes[0]), '"statusCode": 0')
    holds(call("jingdong.ldop.alpha.waybill.api.unbind", providerId="467", waybillCode="nobody"), '"statusCode": 1')
    running.tell("quota", shop="jd-1", carrier="SF", left=1)
    holds(call("jingdong.ldop.alpha.waybill.receive", content=content), '"statusCode": 1')
    holds(call("jingdong.printing.printData.pullData", param1={"objectId": "o1", "parameters": {"ewCustomerCode": "1"}, "cpCode": "SF",
                                                               "wayBillInfos": [{"orderNo": "1", "wayBillCode": codes[1]}]}), "AES:")


cases.done()
