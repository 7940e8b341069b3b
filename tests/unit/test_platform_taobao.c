/* The connector for Taobao and Tmall: what it asks for each verb, and what it makes of answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform_rig.h"
#include "sync/platforms/connectors.h"

/* ---------------------------------------------------------------- asking */

static void common_parameters_are_there(void **state)
{
    (void)state;
    static struct rig_request rig;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    rig_build(&rig, &platform_taobao, &want);
    assert_int_equal(rig.result, 0);
    assert_asks(&rig, "method", "taobao.trades.sold.increment.get");
    assert_asks(&rig, "app_key", "12345678");
    assert_asks(&rig, "session", "token+1");
    assert_asks(&rig, "timestamp", "2024-06-01 09:00:00");
    assert_asks(&rig, "v", "2.0");
    assert_asks(&rig, "format", "json");
    assert_asks(&rig, "sign_method", "hmac-sha256");
    assert_int_equal(strlen(rig_value(&rig, "sign")), 64);
}

static void a_window_is_asked_for_by_pages(void **state)
{
    (void)state;
    static struct rig_request rig;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "start_modified", "2024-06-01 08:30:00");
    assert_asks(&rig, "end_modified", "2024-06-01 09:00:00");
    assert_asks(&rig, "page_no", "1");
    assert_asks(&rig, "page_size", "50");
    assert_asks(&rig, "use_has_next", "false");
    strcpy(want.cursor, "7");
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "page_no", "7");
    strcpy(want.cursor, "+2");
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "page_no", "2");
    assert_asks(&rig, "use_has_next", "true");
}

static void a_wrong_window_is_not_asked_for(void **state)
{
    (void)state;
    static struct rig_request rig;
    struct platform_want want = rig_want(PLATFORM_REFUNDS);
    want.from_us = want.to_us - 86400 * RIG_S;
    rig_build(&rig, &platform_taobao, &want);
    assert_int_equal(rig.result, 0);
    want.from_us--;
    rig_build(&rig, &platform_taobao, &want);
    assert_int_equal(rig.result, -EINVAL);
    assert_true(*rig.error.text);
    want.from_us = want.to_us;
    rig_build(&rig, &platform_taobao, &want);
    assert_int_equal(rig.result, -EINVAL);
    want = rig_want(PLATFORM_ORDERS);
    strcpy(want.cursor, "0");
    rig_build(&rig, &platform_taobao, &want);
    assert_int_equal(rig.result, -EINVAL);
}

static void an_order_and_its_parcels(void **state)
{
    (void)state;
    static struct rig_request rig;
    struct platform_shipment shipment = {
        .order = "3344556677889900112", .carrier = "SF", .waybill = "SF1", .whole = true};
    struct platform_want want = rig_want(PLATFORM_ORDER);
    strcpy(want.order, "3344556677889900112");
    want.shipment = &shipment;
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "tid", "3344556677889900112");
    want.verb = PLATFORM_SHIP;
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "method", "taobao.logistics.offline.send");
    assert_asks(&rig, "company_code", "SF");
    assert_asks(&rig, "out_sid", "SF1");
    shipment.whole = false;
    rig_build(&rig, &platform_taobao, &want);
    assert_int_equal(rig.result, -EINVAL);
    shipment.line_count = 2;
    strcpy(shipment.lines[0].line, "3344556677889900113");
    shipment.lines[0].quantity = 1;
    strcpy(shipment.lines[1].line, "5");
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "method", "alibaba.ascp.logistics.offline.send");
    assert_asks(&rig, "consign_type", "1");
    assert_asks(&rig, "consign_pkgs",
                "[{\"out_sid\":\"SF1\",\"company_code\":\"SF\",\"goods\":[{\"sub_tid\":\"3344556677889900113\","
                "\"num\":1,\"item_type\":0},{\"sub_tid\":\"5\",\"item_type\":0}]}]");
    want.verb = PLATFORM_SHIP_AMEND;
    strcpy(shipment.old_carrier, "YTO");
    strcpy(shipment.old_waybill, "YT1");
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "method", "alibaba.ascp.logistics.consign.modify");
    assert_asks(&rig, "old_company_code", "YTO");
    assert_asks(&rig, "old_out_sid", "YT1");
    assert_asks(&rig, "new_out_sid", "SF1");
}

static void stock_whole_and_by_difference(void **state)
{
    (void)state;
    static struct rig_request rig;
    struct platform_stock_row rows[21] = {{.item = "612300000001", .sku = "1", .quantity = 5},
                                          {.item = "612300000001", .sku = "2", .quantity = 0}};
    struct platform_want want = rig_want(PLATFORM_STOCK);
    want.stock = rows;
    want.stock_count = 2;
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "method", "taobao.skus.quantity.update");
    assert_asks(&rig, "num_iid", "612300000001");
    assert_asks(&rig, "skuid_quantities", "1:5;2:0");
    assert_asks(&rig, "type", "1");
    rows[1].quantity = -3;
    rig_build(&rig, &platform_taobao, &want);
    assert_int_equal(rig.result, -EINVAL);
    want.delta = true;
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "skuid_quantities", "1:5;2:-3");
    assert_asks(&rig, "type", "2");
    strcpy(rows[1].item, "7");
    rig_build(&rig, &platform_taobao, &want);
    assert_int_equal(rig.result, -EINVAL);
    want.stock_count = 21;
    rig_build(&rig, &platform_taobao, &want);
    assert_int_equal(rig.result, -EINVAL);
    want.stock_count = 1;
    rows[0].sku[0] = '\0';
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "method", "taobao.item.quantity.update");
    assert_asks(&rig, "quantity", "5");
    want.verb = PLATFORM_STOCK_READ;
    want.stock_count = 2;
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "num_iids", "612300000001,7");
    want.verb = PLATFORM_LISTING;
    want.stock_count = 1;
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "method", "taobao.item.update.delisting");
    rows[0].on_sale = true;
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "method", "taobao.item.update.listing");
    assert_asks(&rig, "num", "5");
}

static const struct platform_sender sender = {
    .name = "仓库", .phone = "057100000000", .province = "浙江省", .city = "杭州市", .address = "文一路 1 号"};

static void waybills_name_the_hidden_receiver(void **state)
{
    (void)state;
    static struct rig_request rig;
    struct platform_parcel parcel = {.key = "P-1",
                                     .order = "3344556677889900112",
                                     .sealed = "1demoOaid==",
                                     .name = "张**",
                                     .phone = "*******1234",
                                     .province = "浙江省",
                                     .address = "***",
                                     .goods = "T恤",
                                     .pieces = 2,
                                     .weight_g = 350};
    struct platform_want want = rig_want(PLATFORM_WAYBILL_GET);
    want.parcels = &parcel;
    want.parcel_count = 1;
    want.sender = &sender;
    strcpy(want.carrier, "YTO");
    rig_build(&rig, &platform_taobao, &want);
    assert_int_equal(rig.result, -EINVAL); /* the label has no form */
    strcpy(want.form, "http://cloudprint.example/1");
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "method", "cainiao.waybill.ii.get");
    assert_asks(&rig, "param_waybill_cloud_print_apply_new_request",
                "{\"cp_code\":\"YTO\",\"need_encrypt\":true,\"sender\":{\"address\":{\"province\":\"浙江省\","
                "\"city\":\"杭州市\",\"detail\":\"文一路 1 号\"},\"name\":\"仓库\",\"mobile\":\"057100000000\"},"
                "\"trade_order_info_dtos\":[{\"object_id\":\"P-1\",\"order_info\":{\"order_channels_type\":\"TB\","
                "\"trade_order_list\":[\"3344556677889900112\"]},\"package_info\":{\"id\":\"P-1\",\"items\":[{\"name\":"
                "\"T恤\",\"count\":2}],\"weight\":350},\"recipient\":{\"address\":{\"province\":\"浙江省\",\"detail\":"
                "\"***\"},\"name\":\"张**\",\"mobile\":\"*******1234\",\"oaid\":\"1demoOaid==\",\"tid\":"
                "\"3344556677889900112\"},\"template_url\":\"http://cloudprint.example/1\",\"user_id\":\"4711\"}]}");
    want.verb = PLATFORM_WAYBILL_CANCEL;
    strcpy(want.waybill, "YT1");
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "cp_code", "YTO");
    assert_asks(&rig, "waybill_code", "YT1");
}

static void what_there_is_no_call_for(void **state)
{
    (void)state;
    static struct rig_request rig;
    struct platform_want want = rig_want(PLATFORM_BILLS);
    rig_build(&rig, &platform_taobao, &want);
    assert_int_equal(rig.result, -ENOTSUP);
    want.verb = PLATFORM_TOKEN_REFRESH;
    rig_build(&rig, &platform_taobao, &want);
    assert_asks(&rig, "refresh_token", "refresh=1");
    assert_asks(&rig, "session", "(none)");
}

/* ---------------------------------------------------------------- reading */

#define TRADE(status, more)                                                                                            \
    "{\"tid\":3344556677889900112,\"status\":\"" status "\",\"created\":\"2024-06-01 08:10:02\",\"pay_time\":"         \
    "\"2024-06-01 08:11:40\",\"modified\":\"2024-06-01 08:11:41\",\"payment\":\"105.80\",\"post_fee\":\"6.00\","       \
    "\"total_fee\":\"119.80\",\"discount_fee\":\"20.00\",\"receiver_name\":\"张**\",\"receiver_mobile\":"             \
    "\"*******1234\",\"receiver_state\":\"浙江省\",\"receiver_address\":\"***\",\"oaid\":\"1demoOaid==\"" more         \
    ",\"orders\":{\"order\":[{\"oid\":3344556677889900113,\"num_iid\":612300000001,\"sku_id\":\"4980000000001\","      \
    "\"outer_sku_id\":\"TS-RED-L\",\"num\":2,\"price\":\"59.90\",\"divide_order_fee\":\"99.80\",\"refund_status\":"    \
    "\"NO_REFUND\",\"status\":\"" status "\"}]}}"
#define FULL(trade) "{\"trade_fullinfo_get_response\":{\"request_id\":\"15abc\",\"trade\":" trade "}}"

static struct rig_answer hear_order(const char *text)
{
    struct platform_want want = rig_want(PLATFORM_ORDER);
    return rig_hear(&platform_taobao, &want, text);
}

static void a_trade_becomes_an_order(void **state)
{
    (void)state;
    CLEANUP_HEARD struct rig_answer heard = hear_order(FULL(TRADE("WAIT_SELLER_SEND_GOODS", "")));
    assert_int_equal(heard.fault.class, PLATFORM_OK);
    assert_string_equal(heard.fault.request, "15abc");
    assert_int_equal(heard.answer.count, 1);
    const struct platform_order *order = heard.answer.orders;
    assert_string_equal(order->id, "3344556677889900112");
    assert_int_equal(order->state, PLATFORM_PAID);
    assert_int_equal(order->overlays, PLATFORM_MASKED);
    assert_int_equal(order->modified_us, INT64_C(1717200701) * RIG_S);
    assert_int_equal(order->paid_minor, 10580);
    assert_int_equal(order->goods_minor + order->freight_minor - order->discount_minor, 10580);
    assert_string_equal(order->sealed, "1demoOaid==");
    assert_string_equal(order->currency, "CNY");
    assert_int_equal(order->line_count, 1);
    assert_string_equal(order->lines[0].id, "3344556677889900113");
    assert_string_equal(order->lines[0].item, "612300000001");
    assert_string_equal(order->lines[0].code, "TS-RED-L");
    assert_int_equal(order->lines[0].quantity, 2);
    assert_int_equal(order->lines[0].price_minor, 5990);
    assert_int_equal(order->lines[0].paid_minor, 9980);
    assert_non_null(strstr(order->raw, "\"tid\":\"3344556677889900112\""));
}

static void every_status_has_its_place(void **state)
{
    (void)state;
#define SEEN(status, state, overlays)                                                                                  \
    {                                                                                                                  \
        FULL(TRADE(status, "")), state, (overlays) | PLATFORM_MASKED                                                   \
    }
    static const struct {
        const char *text;
        enum platform_state state;
        unsigned overlays;
    } seen[] = {
        SEEN("TRADE_NO_CREATE_PAY", PLATFORM_UNPAID, 0),
        SEEN("WAIT_BUYER_PAY", PLATFORM_UNPAID, 0),
        SEEN("PAY_PENDING", PLATFORM_UNPAID, 0),
        SEEN("WAIT_PRE_AUTH_CONFIRM", PLATFORM_UNPAID, 0),
        SEEN("PAID_FORBID_CONSIGN", PLATFORM_PAID, PLATFORM_HOLD),
        SEEN("SELLER_CONSIGNED_PART", PLATFORM_PART_SHIPPED, 0),
        SEEN("WAIT_BUYER_CONFIRM_GOODS", PLATFORM_SHIPPED, 0),
        SEEN("TRADE_BUYER_SIGNED", PLATFORM_SHIPPED, 0),
        SEEN("TRADE_FINISHED", PLATFORM_COMPLETED, 0),
        SEEN("TRADE_CLOSED_BY_TAOBAO", PLATFORM_CANCELLED, 0),
        SEEN("TRADE_CLOSED", PLATFORM_CANCELLED, PLATFORM_REFUNDED),
        SEEN("SOMETHING_NEW", PLATFORM_UNPAID, PLATFORM_HOLD),
        SEEN("", PLATFORM_UNPAID, PLATFORM_HOLD),
        {FULL(TRADE("WAIT_SELLER_SEND_GOODS", ",\"step_trade_status\":\"FRONT_PAID_FINAL_NOPAID\"")), PLATFORM_UNPAID,
         PLATFORM_MASKED},
        {FULL(TRADE("WAIT_SELLER_SEND_GOODS", ",\"step_trade_status\":\"FRONT_PAID_FINAL_PAID\"")), PLATFORM_PAID,
         PLATFORM_MASKED},
        {FULL(TRADE("WAIT_SELLER_SEND_GOODS", ",\"step_trade_status\":\"NEW_STEP\"")), PLATFORM_PAID,
         PLATFORM_MASKED | PLATFORM_HOLD},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        CLEANUP_HEARD struct rig_answer heard = hear_order(seen[i].text);
        assert_int_equal(heard.result, 0);
        assert_int_equal(heard.answer.orders->state, seen[i].state);
        assert_int_equal(heard.answer.orders->overlays, seen[i].overlays);
    }
}

#define LINES(one, two)                                                                                                     \
    FULL(                                                                                                                   \
        "{\"tid\":1,\"status\":\"WAIT_SELLER_SEND_GOODS\",\"receiver_name\":\"张三\",\"receiver_address\":\"文一路\"," \
        "\"orders\":{\"order\":[{\"oid\":2,\"num\":1,\"refund_status\":\"" one "\"},{\"oid\":3,\"num\":1,"                  \
        "\"refund_status\":\"" two "\"}]}}")

static void refunds_lie_over_lines_and_order(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned first, order;
    } seen[] = {
        {LINES("NO_REFUND", "CLOSED"), 0, 0},
        {LINES("WAIT_SELLER_AGREE", "NO_REFUND"), PLATFORM_REFUNDING, PLATFORM_REFUNDING},
        {LINES("SELLER_REFUSE_BUYER", "NO_REFUND"), PLATFORM_REFUNDING, PLATFORM_REFUNDING},
        {LINES("SUCCESS", "NO_REFUND"), PLATFORM_REFUNDED, 0},
        {LINES("SUCCESS", "SUCCESS"), PLATFORM_REFUNDED, PLATFORM_REFUNDED},
        {LINES("NEW_WORD", ""), PLATFORM_REFUNDING | PLATFORM_HOLD, PLATFORM_REFUNDING | PLATFORM_HOLD},
        {FULL("{\"tid\":1,\"status\":\"WAIT_SELLER_SEND_GOODS\",\"receiver_name\":\"a\",\"receiver_address\":\"b\"}"),
         0, PLATFORM_HOLD}, /* without lines */
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        CLEANUP_HEARD struct rig_answer heard = hear_order(seen[i].text);
        assert_int_equal(heard.result, 0);
        assert_int_equal(heard.answer.orders->overlays, seen[i].order);
        if (heard.answer.orders->line_count)
            assert_int_equal(heard.answer.orders->lines[0].overlays, seen[i].first);
    }
}

static void what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        FULL("{\"status\":\"WAIT_BUYER_PAY\"}"),
        FULL("{\"tid\":1,\"payment\":\"19.999\"}"),
        FULL("{\"tid\":1,\"payment\":\"a lot\"}"),
        FULL("{\"tid\":1,\"modified\":\"2024-02-30 00:00:00\"}"),
        FULL("{\"tid\":\"12345678901234567890123456789012345678901234567890123456789012345\"}"),
        FULL("{\"tid\":1,\"orders\":{\"order\":[{\"num\":1}]}}"),
        FULL("null"),
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CLEANUP_HEARD struct rig_answer heard = hear_order(wrong[i]);
        assert_int_equal(heard.fault.class, PLATFORM_OK);
        assert_int_equal(heard.result, -EBADMSG);
        assert_true(*heard.error.text);
    }
}

static void assert_next(const char *cursor, const char *told, const char *rows, const char *next)
{
    char text[256];
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    strcpy(want.cursor, cursor);
    snprintf(text, sizeof(text), "{\"trades_sold_increment_get_response\":{%s,\"trades\":{\"trade\":[%s]}}}", told,
             rows);
    CLEANUP_HEARD struct rig_answer heard = rig_hear(&platform_taobao, &want, text);
    assert_int_equal(heard.result, 0);
    assert_string_equal(heard.answer.cursor, next);
}

static void pages_are_read_from_the_last(void **state)
{
    (void)state;
    assert_next("", "\"total_results\":0", "", "");
    assert_next("", "\"total_results\":50", "{\"tid\":1}", "");
    assert_next("", "\"total_results\":101", "{\"tid\":1}", "3");
    assert_next("3", "\"total_results\":100", "", "2"); /* a row left the window: the last page is empty now */
    assert_next("2", "\"total_results\":100", "{\"tid\":1}", "1");
    assert_next("1", "\"total_results\":100", "{\"tid\":1}", "");
    assert_next("", "\"has_next\":true", "{\"tid\":1}", "+2");
    assert_next("+2", "\"has_next\":true", "", "+3");
    assert_next("+3", "\"has_next\":false", "{\"tid\":1}", "");
}

static void refunds_are_read(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_REFUNDS);
    CLEANUP_HEARD struct rig_answer heard = rig_hear(
        &platform_taobao, &want,
        "{\"refunds_receive_get_response\":{\"total_results\":3,\"refunds\":{\"refund\":["
        "{\"refund_id\":\"9007199254740993\",\"tid\":11,\"oid\":12,\"refund_fee\":\"10.00\",\"status\":"
        "\"WAIT_BUYER_RETURN_GOODS\",\"order_status\":\"WAIT_BUYER_CONFIRM_GOODS\",\"has_good_return\":true,\"num\":1,"
        "\"sid\":\"YT1\",\"company_name\":\"圆通\",\"reason\":\"尺寸\",\"modified\":\"2024-06-01 08:11:41\"},"
        "{\"refund_id\":2,\"refund_fee\":\"0.01\",\"status\":\"SUCCESS\",\"dispute_type\":\"TMALL_EXCHANGE\"},"
        "{\"refund_id\":3,\"status\":\"EXCHANGE_NEW\",\"good_status\":\"BUYER_NOT_RECEIVED\"}]}}}");
    assert_int_equal(heard.result, 0);
    assert_int_equal(heard.answer.count, 3);
    const struct platform_refund *refunds = heard.answer.refunds;
    assert_string_equal(refunds[0].id, "9007199254740993");
    assert_string_equal(refunds[0].line, "12");
    assert_int_equal(refunds[0].state, PLATFORM_REFUND_RETURNING);
    assert_int_equal(refunds[0].kind, PLATFORM_RETURN);
    assert_int_equal(refunds[0].amount_minor, 1000);
    assert_true(refunds[0].shipped && !refunds[0].unknown);
    assert_string_equal(refunds[0].waybill, "YT1");
    assert_int_equal(refunds[1].state, PLATFORM_REFUND_DONE);
    assert_int_equal(refunds[1].kind, PLATFORM_EXCHANGE);
    assert_int_equal(refunds[1].amount_minor, 1);
    assert_true(refunds[2].unknown && !refunds[2].shipped);
}

static void waybills_some_or_all(void **state)
{
    (void)state;
    struct platform_parcel parcels[2] = {{.key = "P-1"}, {.key = "P-2"}};
    struct platform_want want = rig_want(PLATFORM_WAYBILL_GET);
    want.parcels = parcels;
    want.parcel_count = 2;
    CLEANUP_HEARD struct rig_answer heard = rig_hear(
        &platform_taobao, &want,
        "{\"cainiao_waybill_ii_get_response\":{\"modules\":{\"waybill_cloud_print_response\":[{\"object_id\":\"P-2\","
        "\"waybill_code\":\"YT2\",\"print_data\":\"{\\\"encryptedData\\\":\\\"AES:x\\\"}\"}]}}}");
    assert_int_equal(heard.fault.class, PLATFORM_PARTIAL);
    assert_int_equal(heard.answer.count, 2);
    assert_string_equal(heard.answer.waybills[0].key, "P-1");
    assert_int_equal(heard.answer.waybills[0].fault, PLATFORM_RETRY);
    assert_string_equal(heard.answer.waybills[1].number, "YT2");
    assert_string_equal(heard.answer.waybills[1].print_data, "{\"encryptedData\":\"AES:x\"}");
    assert_int_equal(heard.answer.waybills[1].fault, PLATFORM_OK);
}

static void carriers_stock_and_tokens(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_CARRIERS);
    CLEANUP_HEARD struct rig_answer carriers =
        rig_hear(&platform_taobao, &want,
                 "{\"logistics_companies_get_response\":{\"logistics_companies\":{\"logistics_company\":[{\"id\":1,"
                 "\"code\":\"POST\",\"name\":\"中国邮政\"}]}}}");
    assert_int_equal(carriers.answer.count, 1);
    assert_string_equal(carriers.answer.carriers[0].code, "POST");
    want.verb = PLATFORM_STOCK_READ;
    CLEANUP_HEARD struct rig_answer stock =
        rig_hear(&platform_taobao, &want,
                 "{\"item_skus_get_response\":{\"skus\":{\"sku\":[{\"sku_id\":4980000000001,\"num_iid\":612300000001,"
                 "\"outer_id\":\"TS\",\"quantity\":7,\"price\":\"59.90\"}]}}}");
    assert_int_equal(stock.answer.stock[0].quantity, 7);
    assert_string_equal(stock.answer.stock[0].sku, "4980000000001");
    want.verb = PLATFORM_TOKEN_REFRESH;
    CLEANUP_HEARD struct rig_answer tokens =
        rig_hear(&platform_taobao, &want,
                 "{\"top_auth_token_refresh_response\":{\"token_result\":\"{\\\"access_token\\\":\\\"a\\\","
                 "\\\"refresh_token\\\":\\\"r\\\",\\\"expires_in\\\":3600,\\\"refresh_token_valid_time\\\":"
                 "1717300000000}\"}}");
    assert_int_equal(tokens.result, 0);
    assert_string_equal(tokens.answer.tokens.access, "a");
    assert_int_equal(tokens.answer.tokens.expires_us, RIG_NOW_US + 3600 * RIG_S);
    assert_int_equal(tokens.answer.tokens.refresh_expires_us, INT64_C(1717300000) * RIG_S);
    CLEANUP_HEARD struct rig_answer none =
        rig_hear(&platform_taobao, &want, "{\"top_auth_token_refresh_response\":{\"token_result\":\"{}\"}}");
    assert_int_equal(none.result, -EBADMSG);
}

/* ---------------------------------------------------------------- faults */

#define FAULT(code, sub) "{\"error_response\":{\"code\":" code ",\"msg\":\"m\",\"sub_code\":\"" sub "\"}}"

static void every_fault_has_its_class(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum platform_class read, write;
    } seen[] = {
        {FAULT("26", ""), PLATFORM_AUTH_EXPIRED, PLATFORM_AUTH_EXPIRED},
        {FAULT("27", "invalid-sessionkey"), PLATFORM_AUTH_EXPIRED, PLATFORM_AUTH_EXPIRED},
        {FAULT("\"25\"", ""), PLATFORM_BAD_SIGN, PLATFORM_BAD_SIGN},
        {FAULT("31", ""), PLATFORM_CLOCK, PLATFORM_CLOCK},
        {FAULT("7", "accesscontrol.limited-by-app-access-count"), PLATFORM_THROTTLED, PLATFORM_THROTTLED},
        {FAULT("15", "accesscontrol.limited-by-dynamic-access-count"), PLATFORM_THROTTLED, PLATFORM_THROTTLED},
        {FAULT("11", ""), PLATFORM_PERMISSION, PLATFORM_PERMISSION},
        {FAULT("41", "isv.invalid-parameter"), PLATFORM_PARAMETER, PLATFORM_PARAMETER},
        {FAULT("15", "isv.something-else"), PLATFORM_PARAMETER, PLATFORM_PARAMETER},
        {FAULT("15", "isv.trade-not-exist"), PLATFORM_NOT_FOUND, PLATFORM_NOT_FOUND},
        {FAULT("15", "isv.logistics-offline-service-error:B04"), PLATFORM_CONFLICT, PLATFORM_CONFLICT},
        {FAULT("15", "isv.logistics-offline-service-error:S01"), PLATFORM_PARAMETER, PLATFORM_PARAMETER},
        {FAULT("15", "isp.remote-service-timeout"), PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {FAULT("10", ""), PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {FAULT("9999", ""), PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {"{\"other_response\":{}}", PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {"{}", PLATFORM_RETRY, PLATFORM_UNCERTAIN},
        {"[]", PLATFORM_RETRY, PLATFORM_UNCERTAIN},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        assert_int_equal(rig_class(&platform_taobao, PLATFORM_ORDERS, seen[i].text), seen[i].read);
        assert_int_equal(rig_class(&platform_taobao, PLATFORM_SHIP, seen[i].text), seen[i].write);
    }
    assert_int_equal(rig_class(&platform_taobao, PLATFORM_TOKEN_REFRESH, FAULT("27", "")), PLATFORM_AUTH_REVOKED);
    assert_int_equal(rig_class(&platform_taobao, PLATFORM_SHIP,
                               "{\"logistics_offline_send_response\":{\"shipping\":{\"is_success\":false}}}"),
                     PLATFORM_CONFLICT);
    assert_int_equal(rig_class(&platform_taobao, PLATFORM_SHIP,
                               "{\"logistics_offline_send_response\":{\"shipping\":{\"is_success\":true}}}"),
                     PLATFORM_OK);
}

static void a_ban_says_how_long(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    CLEANUP_HEARD struct rig_answer heard =
        rig_hear(&platform_taobao, &want,
                 "{\"error_response\":{\"code\":7,\"msg\":\"App Call Limited\",\"sub_code\":\"accesscontrol.limited-by-"
                 "api-access-count\",\"sub_msg\":\"This ban will last for 12 more seconds\",\"request_id\":\"r\"}}");
    assert_int_equal(heard.fault.retry_s, 12);
    assert_string_equal(heard.fault.code, "7");
    assert_string_equal(heard.fault.request, "r");
    assert_non_null(strstr(heard.fault.message, "12 more"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_parameters_are_there),
        cmocka_unit_test(a_window_is_asked_for_by_pages),
        cmocka_unit_test(a_wrong_window_is_not_asked_for),
        cmocka_unit_test(an_order_and_its_parcels),
        cmocka_unit_test(stock_whole_and_by_difference),
        cmocka_unit_test(waybills_name_the_hidden_receiver),
        cmocka_unit_test(what_there_is_no_call_for),
        cmocka_unit_test(a_trade_becomes_an_order),
        cmocka_unit_test(every_status_has_its_place),
        cmocka_unit_test(refunds_lie_over_lines_and_order),
        cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(pages_are_read_from_the_last),
        cmocka_unit_test(refunds_are_read),
        cmocka_unit_test(waybills_some_or_all),
        cmocka_unit_test(carriers_stock_and_tokens),
        cmocka_unit_test(every_fault_has_its_class),
        cmocka_unit_test(a_ban_says_how_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
