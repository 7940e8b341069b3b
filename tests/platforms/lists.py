"""For tests: the incremental list of each platform as a connector asks for it, over the last half hour unless told otherwise."""

from platforms import client
from platforms.clock import local, utc

SHOPIFY = ("query($n: Int!, $after: String, $q: String) { orders(first: $n, after: $after, sortKey: UPDATED_AT, query: $q) {"
           " pageInfo { hasNextPage endCursor } nodes { ...whole } } }"
           " fragment whole on Order { id name updatedAt displayFinancialStatus displayFulfillmentStatus"
           " totalPriceSet { shopMoney { amount currencyCode } }"
           " lineItems(first: 50) { nodes { id sku quantity unfulfilledQuantity discountedTotalSet { shopMoney { amount } } } }"
           " fulfillmentOrders(first: 10) { nodes { id status lineItems(first: 50) { nodes { id remainingQuantity } } } }"
           " fulfillments { id trackingInfo { company number } } }")


def taobao(running, caller, **more):
    at = running.now()
    return caller("taobao.trades.sold.increment.get", **{
        "fields": "tid,status,modified,payment,post_fee,receiver_name,receiver_mobile,oaid,is_part_consign,orders",
        "start_modified": local(at - 1800), "end_modified": local(at), **more})


def jd(running, caller, **more):
    at = running.now()
    return caller("jingdong.pop.order.search", **{
        "start_date": local(at - 1800), "end_date": local(at), "page": "1", "page_size": "100",
        "order_state": "WAIT_SELLER_STOCK_OUT,LOCKED,TRADE_CANCELED,WAIT_GOODS_RECEIVE_CONFIRM,FINISHED_L",
        "optional_fields": "orderId,orderState,modified,actualPay,consigneeInfo,itemInfoList", **more})


def pdd(running, caller, **more):
    at = running.now()
    return caller("pdd.order.number.list.increment.get", **{
        "start_updated_at": str(at - 1800), "end_updated_at": str(at), "order_status": "5", "refund_status": "5", "is_lucky_flag": "0", **more})


def douyin(running, caller, **more):
    at = running.now()
    return caller("order.searchList", **{"page": 0, "size": 100, "order_by": "update_time", "order_asc": True, "update_time_start": at - 1800,
                                         "update_time_end": at, **more})


def kuaishou(running, caller, **more):
    at = running.now() * 1000
    return caller("open.order.cursor.list", **{"orderViewStatus": 1, "pageSize": 50, "beginTime": at - 1800000, "endTime": at, "queryType": 2,
                                               "sort": 1, "cpsType": 0, "cursor": "", **more})


def shopify(running, caller, **more):
    at = running.now()
    return caller(SHOPIFY, **{"n": 100, "q": f"updated_at:>='{utc(at - 1800)}Z' updated_at:<='{utc(at)}Z'", **more})


def woo(running, caller, **more):
    at = running.now()
    return caller("GET", "/orders", **{"modified_after": utc(at - 1801), "modified_before": utc(at + 1), "dates_are_gmt": "true",
                                       "orderby": "id", "order": "asc", "per_page": "100", **more})


# Where the rows are in an answer, and what a row is called.
ROWS = {
    "taobao": (taobao, lambda answer: answer["trades_sold_increment_get_response"]["trades"]["trade"], lambda row: str(row["tid"])),
    "jd": (jd, lambda answer: answer["jingdong_pop_order_search_responce"]["searchorderinfo_result"]["orderInfoList"],
           lambda row: row["orderId"]),
    "pdd": (pdd, lambda answer: answer["order_sn_increment_get_response"]["order_sn_list"], lambda row: row["order_sn"]),
    "douyin": (douyin, lambda answer: answer["data"]["shop_order_list"], lambda row: row["order_id"]),
    "kuaishou": (kuaishou, lambda answer: answer["data"]["orderList"], lambda row: str(row["orderBaseInfo"]["oid"])),
    "shopify": (shopify, lambda answer: answer["data"]["orders"]["nodes"], lambda row: row["id"].rpartition("/")[2]),
    "woo": (woo, lambda answer: answer, lambda row: str(row["id"])),
}


def rows(name, running, caller, **more):
    """Returns {order id: row} of one page."""
    ask, find, key = ROWS[name]
    return {key(row): row for row in find(ask(running, caller, **more))}


def row_of(name, running, order_id, **more):
    """The row of one order of the platform's first shop."""
    return rows(name, running, client.CALLERS[name](running, f"{name}-1"), **more)[order_id]
