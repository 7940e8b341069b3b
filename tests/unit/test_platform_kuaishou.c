/* The connector for Kuaishou: what it asks for each verb, what it makes of answers, and what it hears. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform_asked.h"
#include "sync/platforms/connectors.h"

static struct asked asked;
static struct platform_shop shop;

static void ask_kuaishou(const struct platform_want *want)
{
    shop = rig_shop;
    strcpy(shop.sign_secret, "sign-secret");
    ask_as(&asked, &platform_kuaishou, &shop, want);
}

static const char *param(void)
{
    return rig_value(strcmp(asked.method, "GET") == 0 ? &asked.query : &asked.form, "param");
}

/* ---------------------------------------------------------------- asking */

static void a_question_stands_in_the_address(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    ask_kuaishou(&want);
    assert_int_equal(asked.result, 0);
    assert_string_equal(asked.method, "GET");
    assert_string_equal(asked.url, "https://openapi.kwaixiaodian.com/open/order/cursor/list");
    assert_string_equal(asked.body, "");
    assert_queries(&asked, "appkey", "12345678");
    assert_queries(&asked, "method", "open.order.cursor.list");
    assert_queries(&asked, "version", "1");
    assert_queries(&asked, "access_token", "token+1");
    assert_queries(&asked, "timestamp", "1717203600000");
    assert_queries(&asked, "signMethod", "HMAC_SHA256");
    assert_string_equal(param(), "{\"orderViewStatus\":1,\"pageSize\":50,\"beginTime\":1717201800000,\"endTime\":"
                                 "1717203600000,\"queryType\":2,\"sort\":1,\"cpsType\":0,\"cursor\":\"\"}");
    asked_check_sign(&asked, &platform_kuaishou, "sign-secret");
    want.from_us = want.to_us - 7 * INT64_C(86400) * RIG_S - 1;
    ask_kuaishou(&want);
    assert_int_equal(asked.result, -EINVAL);
    ask(&asked, &platform_kuaishou, &want); /* a shop without its sign_secret */
    assert_int_equal(asked.result, -EINVAL);
}

static void refunds_are_asked_for_by_days(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_REFUNDS);
    strcpy(want.cursor, "k100");
    ask_kuaishou(&want);
    assert_queries(&asked, "method", "open.seller.order.refund.pcursor.list");
    assert_string_equal(param(), "{\"type\":9,\"pageSize\":100,\"beginTime\":1717201800000,\"endTime\":1717203600000,"
                                 "\"queryType\":2,\"sort\":2,\"pcursor\":\"k100\"}");
    want.from_us = want.to_us - 86400 * RIG_S - 1;
    ask_kuaishou(&want);
    assert_int_equal(asked.result, -EINVAL);
}

static void a_parcel_is_posted(void **state)
{
    (void)state;
    struct platform_shipment shipment = {.order = "2415300000000001", .carrier = "4", .waybill = "YT1", .whole = true};
    struct platform_want want = rig_want(PLATFORM_SHIP);
    want.shipment = &shipment;
    ask_kuaishou(&want);
    assert_string_equal(asked.method, "POST");
    assert_string_equal(asked.url, "https://openapi.kwaixiaodian.com/open/seller/order/goods/deliver");
    assert_int_equal(asked.query.count, 1);
    assert_queries(&asked, "appkey", "12345678");
    assert_string_equal(param(), "{\"orderId\":2415300000000001,\"expressCode\":4,\"expressNo\":\"YT1\"}");
    asked_check_sign(&asked, &platform_kuaishou, "sign-secret");
    shipment.extra = true;
    ask_kuaishou(&want);
    assert_forms(&asked, "method", "open.seller.order.logistics.append");
    shipment.extra = shipment.whole = false;
    ask_kuaishou(&want);
    assert_int_equal(asked.result, -EINVAL);
    shipment.line_count = 1;
    shipment.lines[0].quantity = 1;
    ask_kuaishou(&want);
    assert_forms(&asked, "method", "open.order.goods.split.deliver");
    assert_string_equal(param(), "{\"mainOrderId\":2415300000000001,\"deliveryItemInfoList\":[{\"expressCode\":4,"
                                 "\"expressNo\":\"YT1\",\"deliveryGoodsInfoList\":[{\"oid\":2415300000000001,"
                                 "\"deliveryNum\":1}]}],\"deliveryStatus\":[{\"oid\":2415300000000001,"
                                 "\"confirmDeliveryStatus\":0}]}");
    want.verb = PLATFORM_SHIP_AMEND;
    ask_kuaishou(&want);
    assert_forms(&asked, "method", "open.seller.order.logistics.update");
}

static void stock_is_told_by_difference(void **state)
{
    (void)state;
    struct platform_stock_row row = {.item = "11", .sku = "12", .quantity = -3, .price_minor = 1990, .on_sale = true};
    struct platform_want want = rig_want(PLATFORM_STOCK);
    want.stock = &row;
    want.stock_count = 1;
    ask_kuaishou(&want);
    assert_int_equal(asked.result, -ENOTSUP);
    want.delta = true;
    ask_kuaishou(&want);
    assert_string_equal(param(), "{\"kwaiItemId\":11,\"skuId\":12,\"skuChangeStock\":3,\"changeType\":2}");
    row.quantity = 4;
    ask_kuaishou(&want);
    assert_string_equal(param(), "{\"kwaiItemId\":11,\"skuId\":12,\"skuChangeStock\":4,\"changeType\":1}");
    row.quantity = 0;
    ask_kuaishou(&want);
    assert_int_equal(asked.result, -EINVAL);
    want.verb = PLATFORM_STOCK_READ;
    ask_kuaishou(&want);
    assert_string_equal(asked.method, "GET");
    assert_string_equal(param(), "{\"kwaiItemId\":11}");
    want.verb = PLATFORM_PRICE;
    ask_kuaishou(&want);
    assert_string_equal(param(), "{\"itemId\":11,\"skuId\":12,\"price\":1990}");
    want.verb = PLATFORM_LISTING;
    ask_kuaishou(&want);
    assert_string_equal(param(), "{\"kwaiItemId\":11,\"shelfStatus\":1}");
}

static const struct platform_sender sender = {
    .name = "仓库", .phone = "0571", .province = "浙江省", .city = "杭州市", .district = "余杭区", .address = "1 号"};
static const struct platform_parcel parcels[2] = {
    {.key = "P-1",
     .order = "2415300000000001",
     .sealed = "{\"name\":\"n==\",\"phone\":\"p==\",\"address\":\"a==\"}",
     .name = "张*",
     .address = "***",
     .goods = "T恤",
     .pieces = 2,
     .weight_g = 350},
    {.key = "P-2", .order = "2415300000000002", .name = "张三", .phone = "138", .address = "文一路", .goods = "T恤"},
};

static void waybills_take_the_sealed_receiver(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_WAYBILL_GET);
    strcpy(want.carrier, "YTO");
    strcpy(want.form, "http://t/1");
    want.sender = &sender;
    want.parcels = parcels;
    want.parcel_count = 2;
    ask_kuaishou(&want);
    assert_forms(&asked, "method", "open.express.ebill.get");
    assert_non_null(strstr(param(), "{\"getEbillOrderRequest\":[{\"merchantCode\":\"4711\",\"merchantName\":\"仓库\","
                                    "\"orderChannel\":\"KUAI_SHOU\",\"tradeOrderCode\":\"2415300000000001\","
                                    "\"requestId\":\"P-1\",\"packageCode\":\"P-1\",\"expressCompanyCode\":\"YTO\","));
    assert_non_null(strstr(param(), "\"receiverContract\":{\"name\":\"n==\",\"mobile\":\"p==\"},\"receiverAddress\":{"
                                    "\"detailAddress\":\"a==\"},\"itemList\":[{\"itemTitle\":\"T恤\","
                                    "\"itemQuantity\":2}],\"totalPackageQuantity\":1,\"totalPackageWeight\":350,"
                                    "\"templateUrl\":\"http://t/1\"}"));
    want.verb = PLATFORM_WAYBILL_CANCEL;
    strcpy(want.waybill, "YT1");
    ask_kuaishou(&want);
    assert_string_equal(asked.method, "GET");
    assert_string_equal(param(), "{\"expressCompanyCode\":\"YTO\",\"waybillCode\":\"YT1\"}");
}

static void a_token_is_refreshed(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_TOKEN_REFRESH);
    ask_kuaishou(&want);
    assert_string_equal(asked.url, "https://openapi.kwaixiaodian.com/oauth2/refresh_token");
    assert_forms(&asked, "app_id", "12345678");
    assert_forms(&asked, "refresh_token", "refresh=1");
    want.verb = PLATFORM_BILLS;
    ask_kuaishou(&want);
    assert_int_equal(asked.result, -ENOTSUP);
}

/* ---------------------------------------------------------------- reading */

#define OK(data) "{\"result\":1,\"error_msg\":\"SUCCESS\",\"request_id\":\"r1\",\"data\":" data "}"
#define ORDER(status, base, refunds, more)                                                                             \
    "{\"orderBaseInfo\":{\"oid\":2415300000000001,\"status\":" status                                                  \
    ",\"createTime\":1717202002000,\"payTime\":1717202100000,\"updateTime\":1717202101000,\"totalFee\":11980,"         \
    "\"discountFee\":2000,\"expressFee\":600" base "},\"orderItemInfo\":{\"itemId\":1,\"skuId\":2,\"relSkuId\":3,"     \
    "\"skuNick\":\"TS-RED-L\",\"num\":2,\"price\":5990},\"orderAddress\":{\"province\":\"浙江省\",\"city\":"        \
    "\"杭州市\",\"district\":\"余杭区\",\"encryptedConsignee\":\"n==\",\"encryptedMobile\":\"p==\","             \
    "\"encryptedAddress\":\"a==\",\"desensitiseConsignee\":\"张*\",\"desensitiseMobile\":\"138****1234\"},"           \
    "\"orderLogisticsInfo\":[],\"orderRefundList\":[" refunds "]" more "}"
#define REFUND(status, way) "{\"refundId\":9,\"refundStatus\":" status ",\"handlingWay\":" way "}"

static struct rig_answer hear_order(const char *text)
{
    struct platform_want want = rig_want(PLATFORM_ORDER);
    return rig_hear(&platform_kuaishou, &want, text);
}

static void an_order_is_read(void **state)
{
    (void)state;
    CLEANUP_HEARD struct rig_answer heard =
        hear_order(OK(ORDER("30", ",\"riskCode\":0,\"disableDeliveryReasonCode\":[]", "", "")));
    assert_int_equal(heard.fault.class, PLATFORM_OK);
    assert_int_equal(heard.result, 0);
    const struct platform_order *order = heard.answer.orders;
    assert_string_equal(order->id, "2415300000000001");
    assert_int_equal(order->state, PLATFORM_PAID);
    assert_int_equal(order->overlays, PLATFORM_MASKED);
    assert_int_equal(order->modified_us, INT64_C(1717202101) * RIG_S);
    assert_int_equal(order->paid_minor, 10580);
    assert_int_equal(order->goods_minor, 11980);
    assert_string_equal(order->sealed, "{\"name\":\"n==\",\"phone\":\"p==\",\"address\":\"a==\"}");
    assert_int_equal(order->line_count, 1);
    assert_string_equal(order->lines[0].id, "2415300000000001");
    assert_string_equal(order->lines[0].item, "1");
    assert_string_equal(order->lines[0].sku, "2");
    assert_int_equal(order->lines[0].paid_minor, 9980);
}

static void a_total_after_the_discount_is_known_by_the_price(void **state)
{
    (void)state;
    CLEANUP_HEARD struct rig_answer heard =
        hear_order(OK("{\"orderBaseInfo\":{\"oid\":1,\"status\":30,\"totalFee\":9980,\"discountFee\":2000,"
                      "\"expressFee\":600},\"orderItemInfo\":{\"num\":2,\"price\":5990}}"));
    assert_int_equal(heard.answer.orders->paid_minor, 10580);
    assert_int_equal(heard.answer.orders->goods_minor, 11980);
}

static void every_status_has_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum platform_state state;
        unsigned overlays;
    } seen[] = {
        {OK(ORDER("10", "", "", "")), PLATFORM_UNPAID, 0},
        {OK(ORDER("40", "", "", "")), PLATFORM_SHIPPED, 0},
        {OK(ORDER("50", "", "", "")), PLATFORM_SHIPPED, 0},
        {OK(ORDER("70", "", "", "")), PLATFORM_COMPLETED, 0},
        {OK(ORDER("80", "", "", "")), PLATFORM_CANCELLED, 0},
        {OK(ORDER("80", "", REFUND("60", "10"), "")), PLATFORM_CANCELLED, PLATFORM_REFUNDED},
        {OK(ORDER("99", "", "", "")), PLATFORM_UNPAID, PLATFORM_HOLD},
        {OK(ORDER("30", ",\"riskCode\":3", "", "")), PLATFORM_PAID, PLATFORM_HOLD},
        {OK(ORDER("30", ",\"disableDeliveryReasonCode\":[5]", "", "")), PLATFORM_PAID, PLATFORM_HOLD},
        {OK(ORDER("30", "", "", ",\"orderDeliveryInfo\":{\"deliveryNum\":1}")), PLATFORM_PART_SHIPPED, 0},
        {OK(ORDER("30", "", "", ",\"orderDeliveryInfo\":{\"deliveryNum\":0}")), PLATFORM_PAID, 0},
        {OK(ORDER("30", "", REFUND("10", "10"), "")), PLATFORM_PAID, PLATFORM_REFUNDING},
        {OK(ORDER("30", "", REFUND("70", "10"), "")), PLATFORM_PAID, 0},
        {OK(ORDER("40", "", REFUND("60", "3"), "")), PLATFORM_SHIPPED, 0},
        {OK(ORDER("30", "", REFUND("77", "10"), "")), PLATFORM_PAID, PLATFORM_REFUNDING | PLATFORM_HOLD},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        CLEANUP_HEARD struct rig_answer heard = hear_order(seen[i].text);
        assert_int_equal(heard.result, 0);
        assert_int_equal(heard.answer.orders->state, seen[i].state);
        assert_int_equal(heard.answer.orders->overlays, seen[i].overlays | PLATFORM_MASKED);
    }
}

static void a_cursor_is_followed_while_it_moves(void **state)
{
    (void)state;
    static const struct {
        const char *had, *rows, *told, *next;
        int result;
    } steps[] = {
        {"", "{\"orderBaseInfo\":{\"oid\":1}}", "k50", "k50", 0},
        {"k50", "{\"orderBaseInfo\":{\"oid\":1}}", "k100", "k100", 0},
        {"k50", "{\"orderBaseInfo\":{\"oid\":1}}", "k50", "", -EBADMSG},
        {"k50", "", "k50", "", 0},
        {"k50", "", "k100", "k100", 0},
        {"k100", "{\"orderBaseInfo\":{\"oid\":1}}", "nomore", "", 0},
        {"", "", "", "", 0},
    };
    for (size_t i = 0; i < COUNT(steps); i++) {
        char text[256];
        struct platform_want want = rig_want(PLATFORM_ORDERS);
        strcpy(want.cursor, steps[i].had);
        snprintf(text, sizeof(text), OK("{\"cursor\":\"%s\",\"orderList\":[%s]}"), steps[i].told, steps[i].rows);
        CLEANUP_HEARD struct rig_answer heard = rig_hear(&platform_kuaishou, &want, text);
        assert_int_equal(heard.result, steps[i].result);
        assert_string_equal(heard.answer.cursor, steps[i].next);
    }
}

static void refunds_are_read(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_REFUNDS);
    CLEANUP_HEARD struct rig_answer heard =
        rig_hear(&platform_kuaishou, &want,
                 OK("{\"pcursor\":\"nomore\",\"refundOrderInfoList\":[{\"refundId\":9007199254740993,\"oid\":"
                    "2415300000000001,\"refundFee\":1000,\"status\":40,\"handlingWay\":1,\"createTime\":1717202002000,"
                    "\"updateTime\":1717202101000,\"refundReasonDesc\":\"尺寸\"},{\"refundId\":2,\"status\":60,"
                    "\"handlingWay\":10},{\"refundId\":3,\"status\":61,\"handlingWay\":10},{\"refundId\":4,\"status\":"
                    "10,\"handlingWay\":99}]}"));
    assert_int_equal(heard.result, 0);
    const struct platform_refund *refunds = heard.answer.refunds;
    assert_string_equal(refunds[0].id, "9007199254740993");
    assert_string_equal(refunds[0].line, "2415300000000001");
    assert_int_equal(refunds[0].kind, PLATFORM_RETURN);
    assert_int_equal(refunds[0].state, PLATFORM_REFUND_RETURNING);
    assert_int_equal(refunds[0].amount_minor, 1000);
    assert_int_equal(refunds[0].modified_us, INT64_C(1717202101) * RIG_S);
    assert_int_equal(refunds[1].state, PLATFORM_REFUND_DONE);
    assert_true(refunds[2].unknown && refunds[3].unknown);
    CLEANUP_HEARD struct rig_answer older =
        rig_hear(&platform_kuaishou, &want, OK("{\"dataList\":[{\"refundId\":5,\"status\":10,\"handlingWay\":10}]}"));
    assert_string_equal(older.answer.refunds->id, "5");
}

static void waybills_come_row_by_row(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_WAYBILL_GET);
    want.parcels = parcels;
    want.parcel_count = 2;
    CLEANUP_HEARD struct rig_answer heard =
        rig_hear(&platform_kuaishou, &want,
                 OK("[{\"requestId\":\"P-2\",\"baseResponse\":{\"result\":1},\"data\":[{\"waybillCode\":\"YT2\","
                    "\"printData\":\"AES\",\"signature\":\"s\",\"key\":\"k\"}]},{\"requestId\":\"P-1\","
                    "\"baseResponse\":{\"result\":0,\"errorMsg\":\"余额不足\"},\"data\":[]}]"));
    assert_int_equal(heard.fault.class, PLATFORM_PARTIAL);
    assert_string_equal(heard.answer.waybills[0].message, "余额不足");
    assert_int_equal(heard.answer.waybills[0].fault, PLATFORM_RETRY);
    assert_string_equal(heard.answer.waybills[1].number, "YT2");
    assert_string_equal(heard.answer.waybills[1].print_data,
                        "{\"encryptedData\":\"AES\",\"signature\":\"s\",\"key\":\"k\",\"templateURL\":\"\"}");
}

static void stock_and_tokens_are_read(void **state)
{
    (void)state;
    static const struct platform_stock_row rows[2] = {{.item = "1", .sku = "17"}, {.item = "1", .sku = "18"}};
    struct platform_want want = rig_want(PLATFORM_STOCK_READ);
    want.stock = rows;
    want.stock_count = 2;
    CLEANUP_HEARD struct rig_answer stock = rig_hear(
        &platform_kuaishou, &want, OK("[{\"kwaiSkuId\":17,\"skuStock\":4,\"skuSalePrice\":1990,\"skuNick\":\"A\"}]"));
    assert_int_equal(stock.answer.stock[0].quantity, 4);
    assert_int_equal(stock.answer.stock[0].price_minor, 1990);
    assert_int_equal(stock.answer.stock[1].fault, PLATFORM_NOT_FOUND);
    want.verb = PLATFORM_TOKEN_REFRESH;
    CLEANUP_HEARD struct rig_answer token =
        rig_hear(&platform_kuaishou, &want,
                 "{\"result\":1,\"access_token\":\"a\",\"refresh_token\":\"r\",\"expires_in\":172800,"
                 "\"refresh_token_expires_in\":15552000}");
    assert_int_equal(token.answer.tokens.expires_us, RIG_NOW_US + 172800 * RIG_S);
    assert_int_equal(token.answer.tokens.refresh_expires_us, RIG_NOW_US + 15552000 * RIG_S);
}

static void faults_have_their_class(void **state)
{
    (void)state;
#define SAID(result, text) "{\"result\":" result ",\"error_msg\":\"" text "\",\"sub_code\":\"\",\"sub_msg\":\"\"}"
    static const struct {
        enum platform_verb verb;
        const char *text;
        enum platform_class class;
    } told[] = {
        {PLATFORM_ORDERS, SAID("21", ""), PLATFORM_AUTH_EXPIRED},
        {PLATFORM_ORDERS, SAID("24", ""), PLATFORM_AUTH_EXPIRED},
        {PLATFORM_ORDERS, SAID("22", ""), PLATFORM_PERMISSION},
        {PLATFORM_ORDERS, SAID("26", ""), PLATFORM_PERMISSION},
        {PLATFORM_ORDERS, SAID("28", ""), PLATFORM_BAD_SIGN},
        {PLATFORM_ORDERS, SAID("27", "timestamp is off"), PLATFORM_CLOCK},
        {PLATFORM_ORDERS, SAID("15", ""), PLATFORM_THROTTLED},
        {PLATFORM_ORDERS, SAID("1017", ""), PLATFORM_THROTTLED},
        {PLATFORM_SHIP, SAID("802000", ""), PLATFORM_THROTTLED},
        {PLATFORM_SHIP, SAID("2001", "订单已发货"), PLATFORM_CONFLICT},
        {PLATFORM_SHIP, SAID("2001", "订单不存在"), PLATFORM_NOT_FOUND},
        {PLATFORM_ORDERS, SAID("2001", "参数错误: cursor"), PLATFORM_PARAMETER},
        {PLATFORM_ORDERS, SAID("2001", "?"), PLATFORM_RETRY},
        {PLATFORM_SHIP, OK("null"), PLATFORM_OK},
        {PLATFORM_SHIP, "{\"result\":1}", PLATFORM_OK},
        {PLATFORM_SHIP, "{}", PLATFORM_UNCERTAIN},
        {PLATFORM_ORDERS, OK("null"), PLATFORM_RETRY},
        {PLATFORM_TOKEN_REFRESH, "{\"result\":100200101,\"error\":\"invalid_grant\"}", PLATFORM_AUTH_REVOKED},
    };
    for (size_t i = 0; i < COUNT(told); i++)
        assert_int_equal(rig_class(&platform_kuaishou, told[i].verb, told[i].text), told[i].class);
}

/* ---------------------------------------------------------------- hearing */

/* As another program sealed it. */
#define SEALED                                                                                                         \
    "9W0qL4lKtoMHzsdgWNBIZaN5BsfhGucpxMNIfdBVmKQ26BDqMXK406a/QxilRxNpZ6939Z8fUGcjaPeQlIliCTdZP4Ddt3qcajT2eJIeADYvV/pG" \
    "W0trsuYxinv0ruv0fCwWMRXdt78phO8I39nhnsA+DHr3OXqPJtWKcT+Avz27CR4vRiOJuDL7JzkJcWmhUvtsWwY2653ui43H9QpB+JvPHlXNQzB1" \
    "BjU6Xurqnx6kPqNke9SQ7sAaxW6xCA/sRakxfqC052YX9em0gfqXxv/BrL3eg3KDGLHS5OhXelx3XP2DgflCzHQPtZo4xX+IfFum+xVZ9AmI5q0a" \
    "bqqtKlhRqEJdsgUvFiqQ4HQI9Po="

static int hear(const char *key, const char *app_key, const char *body, struct platform_hint *hint, struct buf *reply)
{
    struct platform_shop heard_for = {0};
    struct error error;
    size_t count;
    strcpy(heard_for.push_secret, key);
    strcpy(heard_for.app_key, app_key);
    return platform_kuaishou.hear(&heard_for, "", body, strlen(body), hint, 1, &count, reply, &error);
}

static void pushes_are_opened_and_read(void **state)
{
    (void)state;
    static const char key[] = "AAECAwQFBgcICQoLDA0ODw==";
    struct platform_hint hint;
    CLEANUP_BUF struct buf reply = {0}, none = {0};
    assert_int_equal(hear(key, "ks123", SEALED, &hint, &reply), 0);
    assert_string_equal(hint.topic, "kwaishop_order_paySuccess");
    assert_string_equal(hint.order, "2400000000001");
    assert_true(*hint.shop && *hint.message);
    assert_string_equal(buf_text(&reply), "{\"result\":1}");
    assert_int_equal(hear("AAECAwQFBgcICQoLDA0OEA==", "ks123", SEALED, &hint, &none), -EACCES);
    assert_int_equal(hear("", "ks123", SEALED, &hint, &none), -EACCES);
    assert_int_equal(hear(key, "ks124", SEALED, &hint, &none), -EACCES); /* for another app */
    assert_int_equal(hear(key, "ks123", SEALED + 4, &hint, &none), -EACCES);
    assert_int_equal(hear(key, "ks123", "{\"event\":\"kwaishop_order_paySuccess\"}", &hint, &none), -EACCES);
    assert_int_equal(none.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_stands_in_the_address),
        cmocka_unit_test(refunds_are_asked_for_by_days),
        cmocka_unit_test(a_parcel_is_posted),
        cmocka_unit_test(stock_is_told_by_difference),
        cmocka_unit_test(waybills_take_the_sealed_receiver),
        cmocka_unit_test(a_token_is_refreshed),
        cmocka_unit_test(an_order_is_read),
        cmocka_unit_test(a_total_after_the_discount_is_known_by_the_price),
        cmocka_unit_test(every_status_has_its_place),
        cmocka_unit_test(a_cursor_is_followed_while_it_moves),
        cmocka_unit_test(refunds_are_read),
        cmocka_unit_test(waybills_come_row_by_row),
        cmocka_unit_test(stock_and_tokens_are_read),
        cmocka_unit_test(faults_have_their_class),
        cmocka_unit_test(pushes_are_opened_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
