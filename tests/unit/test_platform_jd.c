/* The connector for JD: what it asks for each verb, and what it makes of answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform_asked.h"
#include "sync/platforms/connectors.h"

static struct asked asked;

static const char *json_asked(void)
{
    return rig_value(&asked.form, "360buy_param_json");
}

/* ---------------------------------------------------------------- asking */

static void who_calls_is_in_the_query_and_signed(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_ORDER);
    strcpy(want.order, "298800000001");
    ask(&asked, &platform_jd, &want);
    assert_int_equal(asked.result, 0);
    assert_string_equal(asked.url, "https://api.jd.com/routerjson");
    assert_string_equal(asked.method, "POST");
    assert_int_equal(asked.form.count, 1);
    assert_queries(&asked, "method", "jingdong.pop.order.get");
    assert_queries(&asked, "app_key", "12345678");
    assert_queries(&asked, "access_token", "token+1");
    assert_queries(&asked, "timestamp", "2024-06-01 09:00:00");
    assert_queries(&asked, "v", "2.0");
    asked_check_sign(&asked, &platform_jd, "hello world");
    assert_non_null(strstr(json_asked(), "{\"order_id\":\"298800000001\",\"optional_fields\":\"orderId,"));
}

static void a_window_is_asked_for_as_texts(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    strcpy(want.cursor, "3");
    ask(&asked, &platform_jd, &want);
    assert_non_null(strstr(json_asked(), "{\"start_date\":\"2024-06-01 08:30:00\",\"end_date\":\"2024-06-01 09:00:00\","
                                         "\"order_state\":\"WAIT_SELLER_STOCK_OUT,"));
    assert_non_null(strstr(json_asked(), "\"page\":\"3\",\"page_size\":\"100\",\"sortType\":\"0\",\"dateType\":\"0\""));
    want.from_us = want.to_us - 28 * INT64_C(86400) * RIG_S - 1;
    ask(&asked, &platform_jd, &want);
    assert_int_equal(asked.result, -EINVAL);
}

static void refunds_are_asked_for_in_four_passes(void **state)
{
    (void)state;
    static const struct {
        const char *cursor, *method, *first;
    } passes[] = {
        {"", "jingdong.pop.afs.soa.refundapply.queryPageList", "{\"applyTimeStart\":\"2024-06-01 08:30:00\""},
        {"a2", "jingdong.pop.afs.soa.refundapply.queryPageList", "\"pageIndex\":2,\"pageSize\":50}"},
        {"b", "jingdong.pop.afs.soa.refundapply.queryPageList", "{\"checkTimeStart\":"},
        {"c", "jingdong.asc.serviceAndRefund.view", "{\"applyTimeBegin\":"},
        {"d4", "jingdong.asc.serviceAndRefund.view", "\"pageNumber\":4,\"pageSize\":50}"},
        {"d4", "jingdong.asc.serviceAndRefund.view", "{\"approveTimeBegin\":"},
    };
    struct platform_want want = rig_want(PLATFORM_REFUNDS);
    for (size_t i = 0; i < COUNT(passes); i++) {
        strcpy(want.cursor, passes[i].cursor);
        ask(&asked, &platform_jd, &want);
        assert_queries(&asked, "method", passes[i].method);
        assert_non_null(strstr(json_asked(), passes[i].first));
    }
    strcpy(want.cursor, "e");
    ask(&asked, &platform_jd, &want);
    assert_int_equal(asked.result, -EINVAL);
}

static void a_parcel_has_the_whole_order(void **state)
{
    (void)state;
    struct platform_shipment shipment = {.order = "298800000001", .carrier = "463", .waybill = "YT1", .whole = true};
    struct platform_want want = rig_want(PLATFORM_SHIP);
    want.shipment = &shipment;
    ask(&asked, &platform_jd, &want);
    assert_string_equal(json_asked(), "{\"orderId\":\"298800000001\",\"logiCoprId\":\"463\",\"logiNo\":\"YT1\"}");
    shipment.extra = true;
    ask(&asked, &platform_jd, &want);
    assert_int_equal(asked.result, -ENOTSUP);
    shipment.extra = shipment.whole = false;
    ask(&asked, &platform_jd, &want);
    assert_int_equal(asked.result, -ENOTSUP);
    want.verb = PLATFORM_SHIP_AMEND;
    ask(&asked, &platform_jd, &want);
    assert_int_equal(asked.result, -ENOTSUP);
}

static const struct platform_stock_row rows[2] = {{.item = "1", .sku = "100012345678", .quantity = 5},
                                                  {.item = "1", .sku = "100012345679", .quantity = 0}};

static void stock_is_set_by_rows(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_STOCK);
    struct platform_shop shop = rig_shop;
    want.stock = rows;
    want.stock_count = 2;
    strcpy(want.key, "K1");
    strcpy(shop.place, "9");
    ask_as(&asked, &platform_jd, &shop, &want);
    assert_string_equal(json_asked(), "{\"req\":{\"stockRfId\":\"K1\",\"skuStocks\":[{\"skuId\":\"100012345678\","
                                      "\"stockNum\":5,\"storeId\":\"9\"},{\"skuId\":\"100012345679\",\"stockNum\":0,"
                                      "\"storeId\":\"9\"}]}}");
    want.delta = true;
    ask(&asked, &platform_jd, &want);
    assert_int_equal(asked.result, -ENOTSUP);
}

static void waybills_are_asked_for_one_by_one(void **state)
{
    (void)state;
    static const struct platform_sender sender = {
        .name = "仓库", .phone = "0571", .province = "浙江", .address = "1 号"};
    static const struct platform_parcel parcel = {.key = "P-1",
                                                  .order = "298800000001",
                                                  .name = "张*",
                                                  .phone = "138****1234",
                                                  .address = "***",
                                                  .weight_g = 350};
    struct platform_want want = rig_want(PLATFORM_WAYBILL_GET);
    strcpy(want.carrier, "YTO");
    strcpy(want.account, "571001");
    want.sender = &sender;
    want.parcels = &parcel;
    want.parcel_count = 1;
    ask(&asked, &platform_jd, &want);
    assert_non_null(strstr(json_asked(), "{\"content\":{\"waybillType\":1,\"waybillCount\":1,\"providerCode\":\"YTO\","
                                         "\"branchCode\":\"571001\",\"salePlatform\":\"0010001\",\"platformOrderNo\":"
                                         "\"298800000001\",\"vendorCode\":\"4711\",\"vendorName\":\"4711\","
                                         "\"vendorOrderCode\":\"P-1\",\"fromAddress\":{\"provinceName\":\"浙江\","));
    want.parcel_count = 2;
    ask(&asked, &platform_jd, &want);
    assert_int_equal(asked.result, -EINVAL);
    want.verb = PLATFORM_WAYBILL_PRINT;
    strcpy(want.order, "298800000001");
    strcpy(want.waybill, "YT1");
    ask(&asked, &platform_jd, &want);
    assert_non_null(strstr(json_asked(), "\"wayBillInfos\":[{\"orderNo\":\"298800000001\",\"popFlag\":1,"
                                         "\"wayBillCode\":\"YT1\"}]"));
    want.verb = PLATFORM_WAYBILL_CANCEL;
    ask(&asked, &platform_jd, &want);
    assert_string_equal(json_asked(), "{\"providerCode\":\"YTO\",\"waybillCode\":\"YT1\"}");
}

static void a_token_is_refreshed_elsewhere(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_TOKEN_REFRESH);
    struct platform_shop shop = rig_shop;
    ask(&asked, &platform_jd, &want);
    assert_string_equal(asked.url, "https://open-oauth.jd.com/oauth2/refresh_token");
    assert_forms(&asked, "grant_type", "refresh_token");
    assert_forms(&asked, "refresh_token", "refresh=1");
    assert_forms(&asked, "app_secret", "hello world");
    strcpy(shop.gateway, "http://127.0.0.1:1/jd/routerjson");
    ask_as(&asked, &platform_jd, &shop, &want);
    assert_string_equal(asked.url, "http://127.0.0.1:1/jd/oauth2/refresh_token");
}

/* ---------------------------------------------------------------- reading */

#define ITEM(sku, price, count)                                                                                        \
    "{\"skuId\":\"" sku "\",\"outerSkuId\":\"TS-RED-L\",\"skuName\":\"T恤 红 L\",\"jdPrice\":\"" price                 \
    "\",\"itemTotal\":\"" count "\",\"wareId\":\"10012345\"}"
#define ORDER(state, items)                                                                                                     \
    "{\"orderId\":\"298800000001\",\"parentOrderId\":\"0\",\"orderState\":\"" state                                             \
    "\",\"orderTotalPrice\":\"119.80\",\"orderSellerPrice\":\"99.80\",\"freightPrice\":\"6.00\",\"sellerDiscount\":"            \
    "\"20.00\",\"actualPay\":\"100.80\",\"orderStartTime\":\"2024-06-01 08:10:02\",\"paymentConfirmTime\":"                     \
    "\"2024-06-01 08:11:40\",\"modified\":\"2024-06-01 08:11:41\",\"waybill\":\"-10000\",\"consigneeInfo\":{"                   \
    "\"fullname\":\"张*\",\"mobile\":\"138****1234\",\"fullAddress\":\"浙江杭州市余杭区***\",\"province\":\"浙江\"," \
    "\"city\":\"杭州市\",\"county\":\"余杭区\",\"town\":\"\"},\"itemInfoList\":[" items "]}"
#define GOT(order)                                                                                                     \
    "{\"jingdong_pop_order_get_responce\":{\"code\":\"0\",\"orderDetailInfo\":{\"apiResult\":{\"success\":true},"      \
    "\"orderInfo\":" order "}}}"

static struct rig_answer hear_order(const char *text)
{
    struct platform_want want = rig_want(PLATFORM_ORDER);
    return rig_hear(&platform_jd, &want, text);
}

static void an_order_is_read(void **state)
{
    (void)state;
    CLEANUP_HEARD struct rig_answer heard =
        hear_order(GOT(ORDER("WAIT_SELLER_STOCK_OUT", ITEM("100012345678", "59.90", "2"))));
    assert_int_equal(heard.fault.class, PLATFORM_OK);
    assert_int_equal(heard.result, 0);
    const struct platform_order *order = heard.answer.orders;
    assert_string_equal(order->id, "298800000001");
    assert_string_equal(order->parent, "");
    assert_int_equal(order->state, PLATFORM_PAID);
    assert_int_equal(order->overlays, PLATFORM_MASKED);
    assert_int_equal(order->modified_us, INT64_C(1717200701) * RIG_S);
    assert_int_equal(order->paid_minor, 10080);
    assert_int_equal(order->platform_discount_minor, 500); /* the seller gets 105.80 */
    assert_int_equal(order->goods_minor, 11980);
    assert_string_equal(order->district, "余杭区");
    assert_string_equal(order->waybill, "");
    assert_string_equal(order->lines[0].id, "100012345678");
    assert_string_equal(order->lines[0].code, "TS-RED-L");
    assert_int_equal(order->lines[0].quantity, 2);
    assert_int_equal(order->lines[0].paid_minor, 9980);
}

static void lines_share_what_was_paid(void **state)
{
    (void)state;
    CLEANUP_HEARD struct rig_answer heard = hear_order(
        GOT(ORDER("FINISHED_L", ITEM("7", "10.00", "1") "," ITEM("7", "10.00", "1") "," ITEM("8", "10", "1"))));
    const struct platform_order *order = heard.answer.orders;
    assert_int_equal(order->line_count, 3);
    assert_int_equal(order->lines[0].paid_minor, 3326);
    assert_int_equal(order->lines[1].paid_minor, 3327);
    assert_int_equal(order->lines[2].paid_minor, 3327);
    assert_string_equal(order->lines[0].id, "7");
    assert_string_equal(order->lines[1].id, "7-2");
    assert_string_equal(order->lines[2].id, "8");
    assert_true(order->lines[0].shipped);
}

static void every_status_has_its_place(void **state)
{
    (void)state;
#define SEEN(status, state, overlays)                                                                                  \
    {                                                                                                                  \
        GOT(ORDER(status, ITEM("1", "1", "1"))), state, (overlays) | PLATFORM_MASKED                                   \
    }
    static const struct {
        const char *text;
        enum platform_state state;
        unsigned overlays;
    } seen[] = {
        SEEN("WAIT_SELLER_DELIVERY", PLATFORM_PAID, 0),
        SEEN("LOCKED", PLATFORM_PAID, PLATFORM_HOLD),
        SEEN("PAUSE", PLATFORM_PAID, PLATFORM_HOLD),
        SEEN("POP_ORDER_PAUSE", PLATFORM_PAID, PLATFORM_HOLD),
        SEEN("WAIT_GOODS_RECEIVE_CONFIRM", PLATFORM_SHIPPED, 0),
        SEEN("RECEIPTS_CONFIRM", PLATFORM_SHIPPED, 0),
        SEEN("FINISHED_L", PLATFORM_COMPLETED, 0),
        SEEN("TRADE_CANCELED", PLATFORM_CANCELLED, 0),
        SEEN("NEW_STATE", PLATFORM_UNPAID, PLATFORM_HOLD),
        {GOT(ORDER("LOCKED", "")), PLATFORM_PAID, PLATFORM_HOLD | PLATFORM_MASKED},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        CLEANUP_HEARD struct rig_answer heard = hear_order(seen[i].text);
        assert_int_equal(heard.result, 0);
        assert_int_equal(heard.answer.orders->state, seen[i].state);
        assert_int_equal(heard.answer.orders->overlays, seen[i].overlays);
    }
}

static void a_page_says_which_comes_next(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    CLEANUP_HEARD struct rig_answer heard = rig_hear(
        &platform_jd, &want,
        "{\"jingdong_pop_order_search_responce\":{\"code\":\"0\",\"searchorderinfo_result\":{\"apiResult\":{"
        "\"success\":true},\"orderTotal\":250,\"orderInfoList\":[" ORDER("LOCKED", ITEM("1", "1", "1")) "]}}}");
    assert_int_equal(heard.result, 0);
    assert_int_equal(heard.answer.count, 1);
    assert_string_equal(heard.answer.cursor, "3");
}

#define CANCEL(id, status)                                                                                             \
    "{\"id\":" id ",\"orderId\":\"298800000001\",\"applyTime\":\"2024-06-01 08:11:41\",\"checkTime\":null,"            \
    "\"applyRefundSum\":10080,\"status\":" status ",\"reason\":\"不想要\"}"

static void assert_pass(const char *cursor, const char *text, size_t count, const char *next)
{
    struct platform_want want = rig_want(PLATFORM_REFUNDS);
    strcpy(want.cursor, cursor);
    CLEANUP_HEARD struct rig_answer heard = rig_hear(&platform_jd, &want, text);
    assert_int_equal(heard.result, 0);
    assert_int_equal(heard.fault.class, PLATFORM_OK);
    assert_int_equal(heard.answer.count, count);
    assert_string_equal(heard.answer.cursor, next);
}

#define CANCELS(total)                                                                                                 \
    "{\"jingdong_pop_afs_soa_refundapply_queryPageList_responce\":{\"queryResult\":{\"success\":true,"                 \
    "\"totalCount\":" total                                                                                            \
    ",\"result\":[" CANCEL("9007199254740993", "0") "," CANCEL("2", "3") "," CANCEL("3", "77") "]}}}"
#define SERVICES                                                                                                       \
    "{\"jingdong_asc_serviceAndRefund_view_responce\":{\"pageResult\":{\"success\":true,\"totalCount\":2,\"data\":["   \
    "{\"status\":13,\"completeTime\":\"2024-06-01 08:50:00\",\"refoundAmount\":\"12.30\",\"sameOrderServiceBill\":{"   \
    "\"serviceId\":123,\"orderId\":\"298800000001\",\"serviceCount\":1}},{\"sameOrderServiceBill\":{\"serviceId\":"    \
    "124,\"orderId\":\"1\",\"serviceState\":13}}]}}}"

static void refunds_are_read_in_four_passes(void **state)
{
    (void)state;
    assert_pass("", CANCELS("120"), 3, "a3");
    assert_pass("a3", CANCELS("120"), 3, "a2");
    assert_pass("a1", CANCELS("120"), 3, "b");
    assert_pass("", CANCELS("3"), 3, "b");
    assert_pass("b", CANCELS("3"), 3, "c");
    assert_pass("c", SERVICES, 2, "d");
    assert_pass("d", SERVICES, 2, "");
}

static void refunds_are_read(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_REFUNDS);
    CLEANUP_HEARD struct rig_answer heard = rig_hear(&platform_jd, &want, CANCELS("3"));
    const struct platform_refund *refunds = heard.answer.refunds;
    assert_string_equal(refunds[0].id, "9007199254740993");
    assert_int_equal(refunds[0].amount_minor, 10080); /* fen, as nowhere else */
    assert_int_equal(refunds[0].state, PLATFORM_REFUND_ASKED);
    assert_int_equal(refunds[0].modified_us, refunds[0].created_us);
    assert_false(refunds[0].shipped || refunds[0].unknown);
    assert_int_equal(refunds[1].state, PLATFORM_REFUND_DONE);
    assert_true(refunds[2].unknown);
    strcpy(want.cursor, "c");
    CLEANUP_HEARD struct rig_answer services = rig_hear(&platform_jd, &want, SERVICES);
    refunds = services.answer.refunds;
    assert_int_equal(refunds[0].amount_minor, 1230);
    assert_int_equal(refunds[0].state, PLATFORM_REFUND_DONE);
    assert_true(refunds[0].shipped && !refunds[0].unknown);
    assert_true(refunds[1].unknown); /* paid back, but not how much */
}

static void stock_fails_row_by_row(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_STOCK);
    want.stock = rows;
    want.stock_count = 2;
    CLEANUP_HEARD struct rig_answer heard =
        rig_hear(&platform_jd, &want,
                 "{\"jingdong_ware_stock_sku_set_responce\":{\"returnType\":{\"success\":true,\"obj\":{"
                 "\"updateStockResult\":[{\"data\":\"100012345679\",\"success\":false,\"message\":\"忙\"},{\"data\":"
                 "\"100012345678\",\"success\":true}]}}}}");
    assert_int_equal(heard.fault.class, PLATFORM_PARTIAL);
    assert_int_equal(heard.answer.stock[0].fault, PLATFORM_OK);
    assert_int_equal(heard.answer.stock[1].fault, PLATFORM_RETRY);
    want.verb = PLATFORM_STOCK_READ;
    CLEANUP_HEARD struct rig_answer read =
        rig_hear(&platform_jd, &want,
                 "{\"jingdong_ware_stock_sku_query_responce\":{\"returnType\":{\"success\":true,\"obj\":[{\"skuId\":"
                 "100012345678,\"stockNum\":3},{\"skuId\":100012345678,\"stockNum\":4}]}}}");
    assert_int_equal(read.answer.stock[0].quantity, 7);
}

static void waybills_and_tokens_are_read(void **state)
{
    (void)state;
    static const struct platform_parcel parcel = {.key = "P-1"};
    struct platform_want want = rig_want(PLATFORM_WAYBILL_GET);
    want.parcels = &parcel;
    want.parcel_count = 1;
    CLEANUP_HEARD struct rig_answer heard =
        rig_hear(&platform_jd, &want,
                 "{\"jingdong_ldop_alpha_waybill_receive_response\":{\"resultInfo\":{\"statusCode\":0,"
                 "\"statusMessage\":\"ok\",\"data\":{\"waybillCodeList\":[\"YT1\"]}}}}");
    assert_int_equal(heard.result, 0);
    assert_string_equal(heard.answer.waybills->number, "YT1");
    assert_string_equal(heard.answer.waybills->key, "P-1");
    want.verb = PLATFORM_WAYBILL_PRINT;
    strcpy(want.waybill, "YT1");
    CLEANUP_HEARD struct rig_answer print =
        rig_hear(&platform_jd, &want,
                 "{\"jingdong_printing_printData_pullData_responce\":{\"returnType\":{\"code\":\"1\",\"prePrintDatas\":"
                 "[{\"code\":\"1\",\"wayBillNo\":\"YT1\",\"perPrintData\":\"AES:x\"}]}}}");
    assert_string_equal(print.answer.waybills->print_data, "AES:x");
    want.verb = PLATFORM_TOKEN_REFRESH;
    CLEANUP_HEARD struct rig_answer token = rig_hear(
        &platform_jd, &want, "{\"access_token\":\"a\",\"refresh_token\":\"r\",\"expires_in\":86400,\"xid\":\"x\"}");
    assert_string_equal(token.answer.tokens.access, "a");
    assert_int_equal(token.answer.tokens.expires_us, RIG_NOW_US + 86400 * RIG_S);
}

static void faults_have_their_class(void **state)
{
    (void)state;
#define SAID(code)   "{\"error_response\":{\"code\":\"" code "\",\"zh_desc\":\"z\",\"en_desc\":\"e\"}}"
#define SHIP(result) "{\"jingdong_pop_order_shipment_responce\":{\"code\":\"0\",\"sopjosshipment_result\":" result "}}"
#define SEARCHED(result)                                                                                               \
    "{\"jingdong_pop_order_search_responce\":{\"searchorderinfo_result\":{\"apiResult\":" result "}}}"
    static const struct {
        enum platform_verb verb;
        const char *text;
        enum platform_class class;
    } told[] = {
        {PLATFORM_ORDERS, SAID("2"), PLATFORM_THROTTLED},
        {PLATFORM_ORDERS, SAID("8"), PLATFORM_CLOCK},
        {PLATFORM_ORDERS, SAID("12"), PLATFORM_BAD_SIGN},
        {PLATFORM_ORDERS, SAID("19"), PLATFORM_AUTH_EXPIRED},
        {PLATFORM_ORDERS, SAID("15"), PLATFORM_PARAMETER},
        {PLATFORM_ORDERS, SAID("21"), PLATFORM_PERMISSION},
        {PLATFORM_ORDERS, SAID("99"), PLATFORM_RETRY},
        {PLATFORM_SHIP, SAID("99"), PLATFORM_UNCERTAIN},
        {PLATFORM_SHIP, SHIP("{\"success\":true}"), PLATFORM_OK},
        {PLATFORM_SHIP, SHIP("{\"success\":\"false\",\"chineseErrCode\":\"订单已出库\"}"), PLATFORM_CONFLICT},
        {PLATFORM_SHIP, SHIP("{\"success\":false,\"chineseErrCode\":\"订单不存在\"}"), PLATFORM_NOT_FOUND},
        {PLATFORM_SHIP, SHIP("{\"success\":false,\"chineseErrCode\":\"系统繁忙\"}"), PLATFORM_UNCERTAIN},
        {PLATFORM_SHIP, SHIP("{}"), PLATFORM_CONFLICT},
        {PLATFORM_SHIP, "{\"jingdong_pop_order_shipment_responce\":{}}", PLATFORM_UNCERTAIN},
        {PLATFORM_SHIP, "{}", PLATFORM_UNCERTAIN},
        {PLATFORM_ORDERS, "[]", PLATFORM_RETRY},
        {PLATFORM_ORDERS, SEARCHED("{\"success\":false,\"chineseErrCode\":\"时间范围超过一个月\"}"),
         PLATFORM_PARAMETER},
        {PLATFORM_ORDERS, SEARCHED("{\"success\":false,\"chineseErrCode\":\"?\"}"), PLATFORM_RETRY},
        {PLATFORM_TOKEN_REFRESH, "{\"code\":400,\"msg\":\"invalid refresh_token\"}", PLATFORM_AUTH_REVOKED},
    };
    for (size_t i = 0; i < COUNT(told); i++)
        assert_int_equal(rig_class(&platform_jd, told[i].verb, told[i].text), told[i].class);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_calls_is_in_the_query_and_signed),
        cmocka_unit_test(a_window_is_asked_for_as_texts),
        cmocka_unit_test(refunds_are_asked_for_in_four_passes),
        cmocka_unit_test(a_parcel_has_the_whole_order),
        cmocka_unit_test(stock_is_set_by_rows),
        cmocka_unit_test(waybills_are_asked_for_one_by_one),
        cmocka_unit_test(a_token_is_refreshed_elsewhere),
        cmocka_unit_test(an_order_is_read),
        cmocka_unit_test(lines_share_what_was_paid),
        cmocka_unit_test(every_status_has_its_place),
        cmocka_unit_test(a_page_says_which_comes_next),
        cmocka_unit_test(refunds_are_read_in_four_passes),
        cmocka_unit_test(refunds_are_read),
        cmocka_unit_test(stock_fails_row_by_row),
        cmocka_unit_test(waybills_and_tokens_are_read),
        cmocka_unit_test(faults_have_their_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
