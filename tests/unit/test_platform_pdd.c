/* The connector for Pinduoduo: what it asks for each verb, and what it makes of answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform_rig.h"
#include "sync/platforms/connectors.h"

/* ---------------------------------------------------------------- asking */

static void a_window_is_asked_for_by_pages(void **state)
{
    (void)state;
    static struct rig_request rig;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    rig_build(&rig, &platform_pdd, &want);
    assert_int_equal(rig.result, 0);
    assert_asks(&rig, "type", "pdd.order.number.list.increment.get");
    assert_asks(&rig, "client_id", "12345678");
    assert_asks(&rig, "access_token", "token+1");
    assert_asks(&rig, "timestamp", "1717203600");
    assert_asks(&rig, "data_type", "JSON");
    assert_asks(&rig, "start_updated_at", "1717201800");
    assert_asks(&rig, "end_updated_at", "1717203600");
    assert_asks(&rig, "order_status", "5");
    assert_asks(&rig, "refund_status", "5");
    assert_asks(&rig, "is_lucky_flag", "0");
    assert_asks(&rig, "page", "1");
    assert_asks(&rig, "use_has_next", "false");
    want.verb = PLATFORM_REFUNDS;
    strcpy(want.cursor, "3");
    rig_build(&rig, &platform_pdd, &want);
    assert_asks(&rig, "type", "pdd.refund.list.increment.get");
    assert_asks(&rig, "after_sales_type", "1");
    assert_asks(&rig, "page", "3");
    assert_asks(&rig, "use_has_next", "(none)");
    want.from_us -= 1;
    rig_build(&rig, &platform_pdd, &want);
    assert_int_equal(rig.result, -EINVAL);
    assert_non_null(strstr(rig.error.text, "1800 s"));
}

/* However the ends of a window lie within a second, it is not wider than Pinduoduo allows. */
static void a_window_stays_within_half_an_hour(void **state)
{
    (void)state;
    static struct rig_request rig;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    for (int64_t shift_us = 0; shift_us < RIG_S; shift_us += 99999) {
        int64_t from, to;
        want.from_us = RIG_NOW_US - 1800 * RIG_S + shift_us;
        want.to_us = RIG_NOW_US + shift_us;
        rig_build(&rig, &platform_pdd, &want);
        assert_int_equal(rig.result, 0);
        assert_int_equal(text_to_int(rig_value(&rig, "start_updated_at"), 0, INT64_MAX, &from), 0);
        assert_int_equal(text_to_int(rig_value(&rig, "end_updated_at"), 0, INT64_MAX, &to), 0);
        assert_int_equal(to - from, 1800);
        assert_true(from * RIG_S <= want.from_us && (to + 1) * RIG_S > want.to_us);
    }
}

static void an_order_and_its_parcels(void **state)
{
    (void)state;
    static struct rig_request rig;
    struct platform_shipment shipment = {.order = "240601-1", .carrier = "85", .waybill = "YT1", .whole = true};
    struct platform_want want = rig_want(PLATFORM_ORDER);
    strcpy(want.order, "240601-1");
    want.shipment = &shipment;
    rig_build(&rig, &platform_pdd, &want);
    assert_asks(&rig, "type", "pdd.order.information.get");
    assert_asks(&rig, "order_sn", "240601-1");
    want.verb = PLATFORM_SHIP;
    rig_build(&rig, &platform_pdd, &want);
    assert_asks(&rig, "type", "pdd.logistics.online.send");
    assert_asks(&rig, "logistics_id", "85");
    assert_asks(&rig, "tracking_number", "YT1");
    assert_asks(&rig, "redelivery_type", "1");
    want.verb = PLATFORM_SHIP_AMEND;
    rig_build(&rig, &platform_pdd, &want);
    assert_asks(&rig, "redelivery_type", "2");
    want.verb = PLATFORM_SHIP;
    shipment.whole = false;
    rig_build(&rig, &platform_pdd, &want);
    assert_int_equal(rig.result, -EINVAL);
    shipment.extra = true;
    rig_build(&rig, &platform_pdd, &want);
    assert_asks(&rig, "type", "pdd.order.upload.extra.logistics");
    assert_asks(&rig, "extra_track_type", "1");
    assert_asks(&rig, "extra_track_list", "[{\"shipping_id\":\"85\",\"tracking_number\":\"YT1\"}]");
}

static void stock_whole_and_by_difference(void **state)
{
    (void)state;
    static struct rig_request rig;
    struct platform_stock_row rows[2] = {{.item = "1", .sku = "2", .code = "TS", .quantity = 5}};
    struct platform_want want = rig_want(PLATFORM_STOCK);
    want.stock = rows;
    want.stock_count = 1;
    rig_build(&rig, &platform_pdd, &want);
    assert_asks(&rig, "goods_id", "1");
    assert_asks(&rig, "sku_id", "2");
    assert_asks(&rig, "outer_id", "(none)");
    assert_asks(&rig, "quantity", "5");
    assert_asks(&rig, "update_type", "1");
    rows[0].quantity = -5;
    rig_build(&rig, &platform_pdd, &want);
    assert_int_equal(rig.result, -EINVAL);
    want.delta = true;
    rows[0].sku[0] = '\0';
    rig_build(&rig, &platform_pdd, &want);
    assert_asks(&rig, "outer_id", "TS");
    assert_asks(&rig, "quantity", "-5");
    assert_asks(&rig, "update_type", "2");
    want.stock_count = 2;
    rig_build(&rig, &platform_pdd, &want);
    assert_int_equal(rig.result, -EINVAL);
    want.verb = PLATFORM_STOCK_READ;
    want.stock_count = 1;
    rig_build(&rig, &platform_pdd, &want);
    assert_asks(&rig, "type", "pdd.goods.list.get");
    assert_asks(&rig, "outer_id", "TS");
    want.verb = PLATFORM_LISTING;
    rig_build(&rig, &platform_pdd, &want);
    assert_asks(&rig, "type", "pdd.goods.sale.status.set");
    assert_asks(&rig, "is_onsale", "0");
    want.verb = PLATFORM_PRICE;
    rig_build(&rig, &platform_pdd, &want);
    assert_int_equal(rig.result, -ENOTSUP);
    want.verb = PLATFORM_TOKEN_REFRESH;
    rig_build(&rig, &platform_pdd, &want);
    assert_asks(&rig, "refresh_token", "refresh=1");
    assert_asks(&rig, "access_token", "(none)");
}

static void waybills_hand_the_ciphertext_on(void **state)
{
    (void)state;
    static const struct platform_sender sender = {
        .name = "仓库", .phone = "1", .province = "浙江省", .address = "文一路"};
    static struct rig_request rig;
    struct platform_parcel parcel = {
        .key = "P-1",
        .order = "240601-1",
        .sealed = "{\"name\":\"~AgName~0~\",\"phone\":\"~AgPhone~0~\",\"address\":\"~AgDetail~0~\"}",
        .name = "张*",
        .phone = "138****1234",
        .province = "浙江省",
        .address = "文一***",
        .goods = "T恤"};
    struct platform_want want = rig_want(PLATFORM_WAYBILL_GET);
    want.parcels = &parcel;
    want.parcel_count = 1;
    want.sender = &sender;
    strcpy(want.carrier, "YTO");
    strcpy(want.form, "http://cloudprint.example/1");
    rig_build(&rig, &platform_pdd, &want);
    const char *request = rig_value(&rig, "param_waybill_cloud_print_apply_new_request");
    assert_non_null(strstr(request, "{\"wp_code\":\"YTO\""));
    assert_non_null(strstr(request, "\"order_channels_type\":\"PDD\""));
    assert_non_null(strstr(request, "\"recipient\":{\"address\":{\"province\":\"浙江省\",\"detail\":\"~AgDetail~0~\"},"
                                    "\"name\":\"~AgName~0~\",\"mobile\":\"~AgPhone~0~\"}"));
    assert_null(strstr(request, "138*"));
    parcel.sealed[0] = '\0';
    rig_build(&rig, &platform_pdd, &want);
    assert_non_null(strstr(rig_value(&rig, "param_waybill_cloud_print_apply_new_request"), "\"name\":\"张*\""));
    want.verb = PLATFORM_WAYBILL_CANCEL;
    strcpy(want.waybill, "YT1");
    rig_build(&rig, &platform_pdd, &want);
    assert_asks(&rig, "wp_code", "YTO");
}

/* ---------------------------------------------------------------- reading */

#define INFO(fields)                                                                                                   \
    "{\"order_info_get_response\":{\"order_info\":{\"order_sn\":\"240601-123456789012345\"" fields "}}}"
#define GOOD                                                                                                           \
    ",\"refund_status\":1,\"after_sales_status\":0,\"confirm_status\":1,\"group_status\":1,\"risk_control_status\":0"  \
    ",\"receiver_name\":\"张三\",\"item_list\":[{\"goods_id\":1,\"sku_id\":2,\"goods_count\":1,\"goods_price\":1}]"
#define MONEY ",\"pay_amount\":105.8,\"goods_amount\":119.8,\"discount_amount\":20.0,\"postage\":6.0"
#define ITEMS                                                                                                          \
    ",\"item_list\":[{\"goods_id\":1,\"sku_id\":9007199254740993,\"outer_id\":\"TS-RED-L\",\"goods_count\":2,"         \
    "\"goods_price\":59.9}]"

static struct rig_answer hear_order(const char *text)
{
    struct platform_want want = rig_want(PLATFORM_ORDER);
    return rig_hear(&platform_pdd, &want, text);
}

static void an_order_is_read(void **state)
{
    (void)state;
    CLEANUP_HEARD struct rig_answer heard = hear_order(
        INFO(",\"order_status\":1,\"refund_status\":1,\"after_sales_status\":0,\"confirm_status\":1,\"group_status\":1,"
             "\"risk_control_status\":0,\"updated_at\":\"2024-06-01 08:11:41\",\"receiver_name\":\"~AgAAA~0~\","
             "\"receiver_phone\":\"~AgBBB~0~\",\"address\":\"~AgCCC~0~\",\"receiver_name_mask\":\"张*\","
             "\"receiver_phone_mask\":\"138****1234\",\"address_mask\":\"文***\",\"province\":\"浙江省\",\"town\":"
             "\"余杭区\",\"last_ship_time\":\"2024-06-03 08:11:40\",\"logistics_id\":0,\"tracking_number\":\"\"" MONEY
                 ITEMS));
    assert_int_equal(heard.result, 0);
    const struct platform_order *order = heard.answer.orders;
    assert_string_equal(order->id, "240601-123456789012345");
    assert_int_equal(order->state, PLATFORM_PAID);
    assert_int_equal(order->overlays, PLATFORM_MASKED);
    assert_int_equal(order->modified_us, INT64_C(1717200701) * RIG_S);
    assert_int_equal(order->ship_by_us, INT64_C(1717373500) * RIG_S);
    assert_int_equal(order->paid_minor, 10580);
    assert_int_equal(order->goods_minor + order->freight_minor - order->discount_minor, 10580);
    assert_string_equal(order->name, "张*");
    assert_string_equal(order->address, "文***");
    assert_string_equal(order->district, "余杭区");
    assert_string_equal(order->sealed, "{\"name\":\"~AgAAA~0~\",\"phone\":\"~AgBBB~0~\",\"address\":\"~AgCCC~0~\"}");
    assert_int_equal(order->line_count, 1);
    assert_string_equal(order->lines[0].sku, "9007199254740993");
    assert_int_equal(order->lines[0].price_minor, 5990);
    assert_int_equal(order->lines[0].paid_minor, 9980);
    assert_non_null(strstr(order->raw, "\"pay_amount\":\"105.8\""));
}

static void what_it_was_worth_is_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t minor;
    } amounts[] = {
        {"19.9", 1990},
        {"0", 0},
        {"1e2", 10000},
        {"0.30000000000000004", 30},
        {"-0.01", -1},
        {"1.10", 110},
        {"2.2e1", 2200},
        {"29.999999999999996", 3000},
        {"\"19.9\"", 1990},
        {"null", 0},
        {"92233720368547758.07", INT64_MAX},
    };
    for (size_t i = 0; i < COUNT(amounts); i++) {
        char text[256];
        snprintf(text, sizeof(text), INFO(",\"pay_amount\":%s"), amounts[i].text);
        CLEANUP_HEARD struct rig_answer heard = hear_order(text);
        assert_int_equal(heard.result, 0);
        assert_int_equal(heard.answer.orders->paid_minor, amounts[i].minor);
    }
    static const char *const wrong[] = {"0.005", "0.3001", "1e30", "true", "\"1,5\"", "92233720368547758.08"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char text[256];
        snprintf(text, sizeof(text), INFO(",\"pay_amount\":%s"), wrong[i]);
        CLEANUP_HEARD struct rig_answer heard = hear_order(text);
        assert_int_equal(heard.result, -EBADMSG);
    }
}

/* Every fen that was paid belongs to a line. */
static void lines_divide_what_was_paid(void **state)
{
    (void)state;
    CLEANUP_HEARD struct rig_answer heard =
        hear_order(INFO(",\"pay_amount\":10.00,\"postage\":0.01,\"item_list\":[{\"sku_id\":7,\"goods_count\":1,"
                        "\"goods_price\":5},{\"sku_id\":7,\"goods_count\":2,\"goods_price\":5},{\"goods_id\":3,"
                        "\"goods_count\":1,\"goods_price\":0}]"));
    const struct platform_line *lines = heard.answer.orders->lines;
    assert_int_equal(heard.result, 0);
    assert_int_equal(lines[0].paid_minor, 333);
    assert_int_equal(lines[1].paid_minor, 666);
    assert_int_equal(lines[2].paid_minor, 0);
    assert_string_equal(lines[0].id, "7");
    assert_string_equal(lines[1].id, "7-2");
    assert_string_equal(lines[2].id, "3");
}

static void every_status_has_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum platform_state state;
        unsigned overlays;
    } seen[] = {
        {INFO(",\"order_status\":1" GOOD), PLATFORM_PAID, 0},
        {INFO(",\"order_status\":\"2\"" GOOD), PLATFORM_SHIPPED, 0},
        {INFO(",\"order_status\":3" GOOD), PLATFORM_COMPLETED, 0},
        {INFO(",\"order_status\":9" GOOD), PLATFORM_UNPAID, PLATFORM_HOLD},
        {INFO(",\"order_status\":1" GOOD ",\"risk_control_status\":1"), PLATFORM_PAID, PLATFORM_HOLD},
        {INFO(",\"order_status\":1" GOOD ",\"group_status\":0"), PLATFORM_PAID, PLATFORM_HOLD},
        {INFO(",\"order_status\":1" GOOD ",\"confirm_status\":2"), PLATFORM_CANCELLED, PLATFORM_HOLD},
        {INFO(",\"order_status\":1" GOOD ",\"refund_status\":2"), PLATFORM_PAID, PLATFORM_REFUNDING},
        {INFO(",\"order_status\":1" GOOD ",\"refund_status\":4"), PLATFORM_CANCELLED, PLATFORM_REFUNDED},
        {INFO(",\"order_status\":2" GOOD ",\"refund_status\":4"), PLATFORM_SHIPPED, PLATFORM_REFUNDED},
        {INFO(",\"order_status\":1" GOOD ",\"refund_status\":7"), PLATFORM_PAID, PLATFORM_REFUNDING | PLATFORM_HOLD},
        {INFO(",\"order_status\":1" GOOD ",\"after_sales_status\":2"), PLATFORM_PAID, PLATFORM_REFUNDING},
        {INFO(",\"order_status\":1" GOOD ",\"after_sales_status\":33"), PLATFORM_PAID, PLATFORM_REFUNDING},
        {INFO(",\"order_status\":1" GOOD ",\"after_sales_status\":11"), PLATFORM_PAID, 0},
        {INFO(",\"order_status\":2" GOOD ",\"after_sales_status\":10"), PLATFORM_SHIPPED, PLATFORM_REFUNDED},
        {INFO(",\"order_status\":1" GOOD ",\"after_sales_status\":99"), PLATFORM_PAID,
         PLATFORM_REFUNDING | PLATFORM_HOLD},
        {INFO(",\"order_status\":1" GOOD ",\"step_order_info\":{\"step_trade_status\":1}"), PLATFORM_UNPAID, 0},
        {INFO(",\"order_status\":1" GOOD ",\"step_order_info\":{\"step_trade_status\":2}"), PLATFORM_PAID, 0},
        {INFO(",\"order_status\":1" GOOD ",\"receiver_name\":\"\""), PLATFORM_PAID, PLATFORM_MASKED},
        {INFO(",\"order_status\":1" GOOD ",\"receiver_name\":null"), PLATFORM_PAID, PLATFORM_MASKED},
        {INFO(",\"order_status\":1" GOOD ",\"item_list\":[]"), PLATFORM_PAID, PLATFORM_HOLD},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        CLEANUP_HEARD struct rig_answer heard = hear_order(seen[i].text);
        assert_int_equal(heard.result, 0);
        assert_int_equal(heard.answer.orders->state, seen[i].state);
        assert_int_equal(heard.answer.orders->overlays, seen[i].overlays);
    }
}

/* What is too long to be kept whole is not kept at all, and nobody ships to half of it. */
static void a_receiver_that_does_not_fit_is_held(void **state)
{
    (void)state;
    static char text[8192], cipher[3000];
    memset(cipher, 'A', sizeof(cipher) - 1);
    cipher[0] = '~';
    snprintf(text, sizeof(text), INFO(",\"order_status\":1,\"receiver_name\":\"%s\",\"item_list\":[{\"sku_id\":1}]"),
             cipher);
    CLEANUP_HEARD struct rig_answer heard = hear_order(text);
    assert_int_equal(heard.result, 0);
    assert_string_equal(heard.answer.orders->sealed, "");
    assert_int_equal(heard.answer.orders->overlays, PLATFORM_HOLD | PLATFORM_MASKED);
}

static void pages_and_refunds(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    CLEANUP_HEARD struct rig_answer page =
        rig_hear(&platform_pdd, &want,
                 "{\"order_sn_increment_get_response\":{\"total_count\":201,\"has_next\":true,\"order_sn_list\":[{"
                 "\"order_sn\":\"240601-1\"}]}}");
    assert_int_equal(page.answer.count, 1);
    assert_string_equal(page.answer.cursor, "3");
    want.verb = PLATFORM_REFUNDS;
    CLEANUP_HEARD struct rig_answer refunds = rig_hear(
        &platform_pdd, &want,
        "{\"refund_increment_get_response\":{\"total_count\":2,\"refund_list\":[{\"id\":301851299,\"order_sn\":"
        "\"240601-1\","
        "\"after_sales_status\":7,\"after_sales_type\":3,\"refund_amount\":\"8.00\",\"goods_number\":\"1\",\"sku_id\":"
        "\"13182332985\",\"tracking_number\":\"Y1\",\"updated_time\":\"1551612204\"},{\"id\":2,\"order_sn\":\"x\","
        "\"after_sales_status\":77,\"after_sales_type\":2,\"refund_amount\":8.5}]}}");
    assert_int_equal(refunds.result, 0);
    assert_int_equal(refunds.answer.count, 2);
    assert_string_equal(refunds.answer.cursor, "");
    const struct platform_refund *refund = refunds.answer.refunds;
    assert_string_equal(refund[0].id, "301851299");
    assert_string_equal(refund[0].line, "13182332985");
    assert_int_equal(refund[0].state, PLATFORM_REFUND_RETURNING);
    assert_int_equal(refund[0].kind, PLATFORM_RETURN);
    assert_int_equal(refund[0].amount_minor, 800);
    assert_int_equal(refund[0].modified_us, INT64_C(1551612204) * RIG_S);
    assert_true(refund[1].unknown);
    assert_int_equal(refund[1].state, PLATFORM_REFUND_ASKED);
    assert_int_equal(refund[1].amount_minor, 850);
}

static void carriers_stock_and_tokens(void **state)
{
    (void)state;
    static const struct platform_stock_row wanted = {.item = "1", .sku = "3"};
    struct platform_want want = rig_want(PLATFORM_CARRIERS);
    CLEANUP_HEARD struct rig_answer carriers =
        rig_hear(&platform_pdd, &want,
                 "{\"logistics_companies_get_response\":{\"logistics_companies\":[{\"id\":1,\"logistics_company\":"
                 "\"closed\",\"available\":0},{\"id\":85,\"logistics_company\":\"圆通\",\"available\":1}]}}");
    assert_int_equal(carriers.answer.count, 1);
    assert_string_equal(carriers.answer.carriers[0].code, "85");
    want.verb = PLATFORM_STOCK_READ;
    want.stock = &wanted;
    want.stock_count = 1;
    CLEANUP_HEARD struct rig_answer stock = rig_hear(
        &platform_pdd, &want,
        "{\"goods_list_get_response\":{\"total_count\":2,\"goods_list\":[{\"goods_id\":2,\"sku_list\":[{\"sku_id\":3,"
        "\"sku_quantity\":9}]},{\"goods_id\":1,\"sku_list\":[{\"sku_id\":2,\"sku_quantity\":8},{\"sku_id\":3,"
        "\"sku_quantity\":7}]}]}}");
    assert_int_equal(stock.answer.count, 1);
    assert_int_equal(stock.answer.stock[0].quantity, 7);
    CLEANUP_HEARD struct rig_answer further =
        rig_hear(&platform_pdd, &want, "{\"goods_list_get_response\":{\"total_count\":150,\"goods_list\":[]}}");
    assert_string_equal(further.answer.cursor, "2");
    want.verb = PLATFORM_TOKEN_REFRESH;
    CLEANUP_HEARD struct rig_answer tokens =
        rig_hear(&platform_pdd, &want,
                 "{\"pop_auth_token_refresh_response\":{\"access_token\":\"a\",\"refresh_token\":\"r\",\"expires_at\":"
                 "1717300000,\"refresh_token_expires_in\":60}}");
    assert_string_equal(tokens.answer.tokens.refresh, "r");
    assert_int_equal(tokens.answer.tokens.expires_us, INT64_C(1717300000) * RIG_S);
    assert_int_equal(tokens.answer.tokens.refresh_expires_us, RIG_NOW_US + 60 * RIG_S);
}

static void waybills_some_or_all(void **state)
{
    (void)state;
    struct platform_parcel parcels[2] = {{.key = "P-1"}, {.key = "P-2"}};
    struct platform_want want = rig_want(PLATFORM_WAYBILL_GET);
    want.parcels = parcels;
    want.parcel_count = 2;
    CLEANUP_HEARD struct rig_answer heard =
        rig_hear(&platform_pdd, &want,
                 "{\"pdd_waybill_get_response\":{\"modules\":[{\"object_id\":\"P-1\",\"waybill_code\":\"YT1\","
                 "\"print_data\":\"x\"},{\"object_id\":\"P-2\",\"waybill_code\":\"YT2\",\"print_data\":\"y\"}]}}");
    assert_int_equal(heard.fault.class, PLATFORM_OK);
    assert_string_equal(heard.answer.waybills[1].number, "YT2");
    want.parcel_count = 1;
    CLEANUP_HEARD struct rig_answer none =
        rig_hear(&platform_pdd, &want, "{\"pdd_waybill_get_response\":{\"modules\":[]}}");
    assert_int_equal(none.fault.class, PLATFORM_PARTIAL);
    assert_int_equal(none.answer.waybills[0].fault, PLATFORM_RETRY);
}

/* ---------------------------------------------------------------- faults */

#define FAULT(code, sub)                                                                                               \
    "{\"error_response\":{\"error_code\":" code ",\"error_msg\":\"m\",\"sub_code\":\"" sub "\",\"request_id\":\"r\"}}"

static void every_fault_has_its_class(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum platform_class read, write;
    } seen[] = {
        {FAULT("20004", ""), PLATFORM_BAD_SIGN, PLATFORM_BAD_SIGN},
        {FAULT("20005", ""), PLATFORM_PERMISSION, PLATFORM_PERMISSION},
        {FAULT("20031", ""), PLATFORM_PERMISSION, PLATFORM_PERMISSION},
        {FAULT("\"10019\"", ""), PLATFORM_AUTH_EXPIRED, PLATFORM_AUTH_EXPIRED},
        {FAULT("52101", ""), PLATFORM_THROTTLED, PLATFORM_THROTTLED},
        {FAULT("70031", ""), PLATFORM_THROTTLED, PLATFORM_THROTTLED},
        {FAULT("50001", ""), PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {FAULT("52002", ""), PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {FAULT("70033", ""), PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {FAULT("10000", ""), PLATFORM_PARAMETER, PLATFORM_PARAMETER},
        {FAULT("30000", "isv.order-not-exist"), PLATFORM_NOT_FOUND, PLATFORM_NOT_FOUND},
        {FAULT("30000", "isv.order-already-shipped"), PLATFORM_CONFLICT, PLATFORM_CONFLICT},
        {FAULT("4", ""), PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {"{\"error_response\":{\"error_code\":10001,\"error_msg\":\"公共参数错误:timestamp\"}}", PLATFORM_CLOCK,
         PLATFORM_CLOCK},
        {"{\"something_response\":{}}", PLATFORM_RETRY, PLATFORM_UNCERTAIN},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        assert_int_equal(rig_class(&platform_pdd, PLATFORM_REFUNDS, seen[i].text), seen[i].read);
        assert_int_equal(rig_class(&platform_pdd, PLATFORM_STOCK, seen[i].text), seen[i].write);
    }
    assert_int_equal(rig_class(&platform_pdd, PLATFORM_TOKEN_REFRESH, FAULT("10019", "")), PLATFORM_AUTH_REVOKED);
    assert_int_equal(
        rig_class(&platform_pdd, PLATFORM_STOCK, "{\"goods_quantity_update_response\":{\"is_success\":false}}"),
        PLATFORM_CONFLICT);
    assert_int_equal(
        rig_class(&platform_pdd, PLATFORM_STOCK, "{\"goods_quantity_update_response\":{\"is_success\":true}}"),
        PLATFORM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_is_asked_for_by_pages),
        cmocka_unit_test(a_window_stays_within_half_an_hour),
        cmocka_unit_test(an_order_and_its_parcels),
        cmocka_unit_test(stock_whole_and_by_difference),
        cmocka_unit_test(waybills_hand_the_ciphertext_on),
        cmocka_unit_test(an_order_is_read),
        cmocka_unit_test(what_it_was_worth_is_exact),
        cmocka_unit_test(lines_divide_what_was_paid),
        cmocka_unit_test(every_status_has_its_place),
        cmocka_unit_test(a_receiver_that_does_not_fit_is_held),
        cmocka_unit_test(pages_and_refunds),
        cmocka_unit_test(carriers_stock_and_tokens),
        cmocka_unit_test(waybills_some_or_all),
        cmocka_unit_test(every_fault_has_its_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
