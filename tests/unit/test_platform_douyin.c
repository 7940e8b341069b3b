/* The connector for Douyin: what it asks for each verb, what it makes of answers, and what it hears. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform_asked.h"
#include "sync/platforms/connectors.h"

static struct asked asked;

/* ---------------------------------------------------------------- asking */

static void the_body_is_what_is_signed(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    ask(&asked, &platform_douyin, &want);
    assert_int_equal(asked.result, 0);
    assert_string_equal(asked.method, "POST");
    assert_string_equal(asked.url, "https://openapi-fxg.jinritemai.com/order/searchList");
    assert_non_null(strstr(asked.headers, "Content-Type: application/json"));
    assert_string_equal(asked.body, "{\"order_asc\":true,\"order_by\":\"update_time\",\"page\":0,\"size\":100,"
                                    "\"update_time_end\":1717203600,\"update_time_start\":1717201800}");
    assert_queries(&asked, "method", "order.searchList");
    assert_queries(&asked, "app_key", "12345678");
    assert_queries(&asked, "access_token", "token+1");
    assert_queries(&asked, "timestamp", "1717203600");
    assert_queries(&asked, "v", "2");
    assert_queries(&asked, "sign_method", "hmac-sha256");
    const struct platform_value values[] = {{"app_key", "12345678"},
                                            {"method", "order.searchList"},
                                            {"param_json", asked.body},
                                            {"timestamp", "1717203600"},
                                            {"v", "2"}};
    CLEANUP_BUF struct buf sign = {0};
    assert_int_equal(sign_douyin("hello world", "hmac-sha256", values, COUNT(values), &sign, NULL), 0);
    assert_queries(&asked, "sign", buf_text(&sign));
}

static void a_part_of_a_window_is_asked_for(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_REFUNDS);
    strcpy(want.cursor, "1717201900-1717202000-7");
    ask(&asked, &platform_douyin, &want);
    assert_string_equal(asked.body, "{\"order_by\":[\"update_time asc\"],\"page\":6,\"size\":100,\"update_end_time\":"
                                    "1717202000,\"update_start_time\":1717201900}");
    strcpy(want.cursor, "1717201900-1717201900-");
    ask(&asked, &platform_douyin, &want);
    assert_non_null(strstr(asked.body, "\"page\":0,\"size\":100,\"update_end_time\":1717201901,")); /* ends differ */
    static const char *const wrong[] = {"7", "1-2-3", "1717201900-1717209999-1", "1717201900-1717201800-1",
                                        "1717201900-1717202000-0"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        strcpy(want.cursor, wrong[i]);
        ask(&asked, &platform_douyin, &want);
        assert_int_equal(asked.result, -EINVAL);
    }
}

static void parcels_whole_and_in_parts(void **state)
{
    (void)state;
    struct platform_shipment shipment = {
        .order = "6900000000000000001", .carrier = "yuantong", .waybill = "YT1", .whole = true};
    struct platform_want want = rig_want(PLATFORM_SHIP);
    want.shipment = &shipment;
    strcpy(want.key, "K1");
    ask(&asked, &platform_douyin, &want);
    assert_queries(&asked, "method", "order.logisticsAdd");
    assert_string_equal(
        asked.body, "{\"company_code\":\"yuantong\",\"logistics_code\":\"YT1\",\"order_id\":\"6900000000000000001\"}");
    want.verb = PLATFORM_SHIP_AMEND;
    ask(&asked, &platform_douyin, &want);
    assert_queries(&asked, "method", "order.logisticsEdit");
    want.verb = PLATFORM_SHIP;
    shipment.whole = false;
    ask(&asked, &platform_douyin, &want);
    assert_int_equal(asked.result, -EINVAL);
    shipment.line_count = 1;
    strcpy(shipment.lines[0].line, "6900000000000000002");
    ask(&asked, &platform_douyin, &want);
    assert_int_equal(asked.result, -EINVAL);
    shipment.lines[0].quantity = 1;
    ask(&asked, &platform_douyin, &want);
    assert_string_equal(asked.url, "https://openapi-fxg.jinritemai.com/order/logisticsAddMultiPack");
    assert_string_equal(asked.body, "{\"order_id\":\"6900000000000000001\",\"pack_list\":[{\"company_code\":"
                                    "\"yuantong\",\"logistics_code\":\"YT1\",\"shipped_order_info\":[{\"shipped_num\":"
                                    "1,\"shipped_order_id\":\"6900000000000000002\"}]}],\"request_id\":\"K1\"}");
    shipment.extra = true;
    ask(&asked, &platform_douyin, &want);
    assert_int_equal(asked.result, -ENOTSUP);
}

static void stock_whole_and_by_difference(void **state)
{
    (void)state;
    struct platform_stock_row rows[2] = {{.item = "3500000000000000001", .sku = "1700000000000001", .quantity = 5},
                                         {.item = "3500000000000000001", .sku = "2", .quantity = 0}};
    struct platform_want want = rig_want(PLATFORM_STOCK);
    struct platform_shop shop = rig_shop;
    want.stock = rows;
    want.stock_count = 1;
    strcpy(want.key, "K1");
    ask(&asked, &platform_douyin, &want);
    assert_string_equal(asked.body, "{\"idempotent_id\":\"K1\",\"incremental\":false,\"product_id\":"
                                    "3500000000000000001,\"sku_id\":1700000000000001,\"stock_num\":5}");
    want.stock_count = 2;
    want.delta = true;
    rows[1].quantity = -2;
    ask(&asked, &platform_douyin, &want);
    assert_string_equal(asked.body, "{\"idempotent_id\":\"K1\",\"incremental\":true,\"product_id\":3500000000000000001,"
                                    "\"sku_sync_list\":[{\"sku_id\":1700000000000001,\"sku_type\":0,\"stock_num\":5},"
                                    "{\"sku_id\":2,\"sku_type\":0,\"stock_num\":-2}]}");
    want.delta = false;
    ask(&asked, &platform_douyin, &want);
    assert_int_equal(asked.result, -EINVAL);
    rows[1].quantity = 2;
    strcpy(shop.place, "WH1");
    ask_as(&asked, &platform_douyin, &shop, &want);
    assert_non_null(strstr(asked.body, "{\"sku_id\":2,\"sku_type\":1,\"stock_map\":[{\"out_warehouse_id\":\"WH1\","
                                       "\"stock_num\":2}]}"));
    strcpy(rows[1].item, "7");
    ask(&asked, &platform_douyin, &want);
    assert_int_equal(asked.result, -EINVAL);
}

static void prices_and_listings(void **state)
{
    (void)state;
    struct platform_stock_row row = {.item = "3", .sku = "4", .price_minor = 1990, .on_sale = true};
    struct platform_want want = rig_want(PLATFORM_PRICE);
    want.stock = &row;
    want.stock_count = 1;
    ask(&asked, &platform_douyin, &want);
    assert_queries(&asked, "method", "sku.editPrice");
    assert_string_equal(asked.body, "{\"price\":1990,\"product_id\":3,\"sku_id\":4}");
    want.verb = PLATFORM_LISTING;
    ask(&asked, &platform_douyin, &want);
    assert_queries(&asked, "method", "product.setOnline");
    assert_string_equal(asked.body, "{\"product_id\":3}");
    row.on_sale = false;
    ask(&asked, &platform_douyin, &want);
    assert_queries(&asked, "method", "product.setOffline");
}

static const struct platform_sender sender = {
    .name = "仓库", .phone = "0571", .province = "浙江省", .city = "杭州市", .district = "余杭区", .address = "1 号"};
static const struct platform_parcel parcels[2] = {
    {.key = "P-1",
     .order = "6900000000000000001",
     .sealed = "{\"name\":\"##n<>&##\",\"phone\":\"##p##\",\"address\":\"##a##\"}",
     .name = "张*",
     .phone = "1********34",
     .province = "浙江省",
     .address = "***",
     .goods = "T恤",
     .pieces = 2},
    {.key = "P-2", .order = "6900000000000000001", .name = "张三", .phone = "138", .address = "文一路", .goods = "T恤"},
};

static void waybills_take_the_sealed_receiver(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_WAYBILL_GET);
    strcpy(want.carrier, "yuantong");
    want.sender = &sender;
    want.parcels = parcels;
    want.parcel_count = 2;
    ask(&asked, &platform_douyin, &want);
    assert_string_equal(asked.url, "https://openapi-fxg.jinritemai.com/logistics/newCreateOrder");
    assert_non_null(strstr(asked.body, "{\"items\":[{\"item_count\":2,\"item_name\":\"T恤\"}],\"order_id\":"
                                       "\"6900000000000000001\",\"pack_id\":\"P_1\",\"receiver_info\":{\"address\":{"
                                       "\"country_code\":\"CHN\",\"detail_address\":\"##a##\",\"province_name\":"
                                       "\"浙江省\"},\"contact\":{\"mobile\":\"##p##\",\"name\":\"##n<>&##\"}}}"));
    assert_non_null(strstr(asked.body, "\"contact\":{\"mobile\":\"138\",\"name\":\"张三\"}"));
    want.verb = PLATFORM_WAYBILL_PRINT;
    strcpy(want.waybill, "YT1");
    ask(&asked, &platform_douyin, &want);
    assert_string_equal(asked.body, "{\"waybill_applies\":[{\"logistics_code\":\"yuantong\",\"track_no\":\"YT1\"}]}");
    want.verb = PLATFORM_WAYBILL_CANCEL;
    ask(&asked, &platform_douyin, &want);
    assert_string_equal(asked.body, "{\"logistics_code\":\"yuantong\",\"track_no\":\"YT1\"}");
}

static void bills_and_tokens(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_BILLS);
    ask(&asked, &platform_douyin, &want);
    assert_string_equal(asked.body, "{\"end_time\":\"2024-06-01 09:00:00\",\"size\":100,\"start_time\":\"2024-06-01 "
                                    "08:30:00\",\"time_type\":0}");
    strcpy(want.cursor, "2024-06-01 08:40:00|17");
    ask(&asked, &platform_douyin, &want);
    assert_non_null(strstr(asked.body, "\"start_index\":\"17\",\"start_time\":\"2024-06-01 08:40:00\""));
    strcpy(want.cursor, "7");
    ask(&asked, &platform_douyin, &want);
    assert_int_equal(asked.result, -EINVAL);
    want = rig_want(PLATFORM_TOKEN_REFRESH);
    ask(&asked, &platform_douyin, &want);
    assert_string_equal(asked.body, "{\"grant_type\":\"refresh_token\",\"refresh_token\":\"refresh=1\"}");
    assert_queries(&asked, "access_token", "(none)");
}

/* ---------------------------------------------------------------- reading */

#define OK(data) "{\"code\":10000,\"msg\":\"success\",\"sub_code\":\"\",\"log_id\":\"L1\",\"data\":" data "}"
#define LINE(sale, more)                                                                                               \
    "{\"order_id\":\"6900000000000000002\",\"product_id\":3500000000000000001,\"sku_id\":1700000000000001,\"code\":"   \
    "\"TS-RED-L\",\"out_sku_id\":\"\",\"item_num\":2,\"origin_amount\":5990,\"pay_amount\":10580,\"order_status\":2,"  \
    "\"after_sale_info\":{\"after_sale_status\":" sale ",\"after_sale_type\":0,\"refund_status\":0}" more "}"
#define ORDER(status, main, sale, more)                                                                                         \
    "{\"order_id\":\"6900000000000000001\",\"shop_id\":123,\"order_status\":" status ",\"main_status\":" main                   \
    ",\"create_time\":1717200602,\"pay_time\":1717200700,\"update_time\":1717200701,\"exp_ship_time\":1717373500,"              \
    "\"order_amount\":11980,\"pay_amount\":10580,\"post_amount\":600,\"promotion_amount\":2000,"                                \
    "\"promotion_pay_amount\":80,\"post_receiver\":\"\",\"encrypt_post_receiver\":\"##n##\",\"encrypt_post_tel\":"              \
    "\"##p##\",\"mask_post_receiver\":\"张*\",\"mask_post_tel\":\"1********34\",\"post_addr\":{\"province\":{"                 \
    "\"name\":\"浙江省\"},\"city\":{\"name\":\"杭州市\"},\"town\":{\"name\":\"余杭区\"},\"encrypt_detail\":\"##a##\"}" \
    ","                                                                                                                         \
    "\"sku_order_list\":[" LINE(sale, more) "]}"
#define DETAIL(status, main, sale, more) OK("{\"shop_order_detail\":" ORDER(status, main, sale, more) "}")

static struct rig_answer hear_order(const char *text)
{
    struct platform_want want = rig_want(PLATFORM_ORDER);
    return rig_hear(&platform_douyin, &want, text);
}

static void an_order_is_read(void **state)
{
    (void)state;
    CLEANUP_HEARD struct rig_answer heard = hear_order(DETAIL("2", "2", "0", ""));
    assert_int_equal(heard.fault.class, PLATFORM_OK);
    assert_int_equal(heard.result, 0);
    assert_string_equal(heard.fault.request, "L1");
    const struct platform_order *order = heard.answer.orders;
    assert_string_equal(order->id, "6900000000000000001");
    assert_int_equal(order->state, PLATFORM_PAID);
    assert_int_equal(order->overlays, PLATFORM_MASKED);
    assert_int_equal(order->modified_us, INT64_C(1717200701) * RIG_S);
    assert_int_equal(order->ship_by_us, INT64_C(1717373500) * RIG_S);
    assert_int_equal(order->paid_minor, 10500);
    assert_int_equal(order->platform_discount_minor, 80);
    assert_int_equal(order->discount_minor, 2000);
    assert_string_equal(order->name, "张*");
    assert_string_equal(order->district, "余杭区");
    assert_string_equal(order->sealed, "{\"name\":\"##n##\",\"phone\":\"##p##\",\"address\":\"##a##\"}");
    assert_string_equal(order->lines[0].id, "6900000000000000002");
    assert_string_equal(order->lines[0].item, "3500000000000000001");
    assert_string_equal(order->lines[0].code, "TS-RED-L");
    assert_int_equal(order->lines[0].paid_minor, 9980); /* without the freight that is in it */
    CLEANUP_HEARD struct rig_answer told = hear_order(DETAIL("2", "2", "0", ",\"post_amount\":500"));
    assert_int_equal(told.answer.orders->lines[0].paid_minor, 10080);
}

static void every_status_has_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum platform_state state;
        unsigned overlays;
    } seen[] = {
        {DETAIL("1", "1", "0", ""), PLATFORM_UNPAID, 0},
        {DETAIL("1", "103", "0", ""), PLATFORM_UNPAID, 0},
        {DETAIL("2", "103", "0", ""), PLATFORM_UNPAID, 0},
        {DETAIL("105", "105", "0", ""), PLATFORM_PAID, PLATFORM_HOLD},
        {DETAIL("101", "101", "0", ""), PLATFORM_PART_SHIPPED, 0},
        {DETAIL("3", "3", "0", ""), PLATFORM_SHIPPED, 0},
        {DETAIL("4", "4", "0", ""), PLATFORM_CANCELLED, 0},
        {DETAIL("5", "5", "0", ""), PLATFORM_COMPLETED, 0},
        {DETAIL("4", "21", "12", ""), PLATFORM_CANCELLED, PLATFORM_REFUNDED},
        {DETAIL("4", "22", "12", ""), PLATFORM_CANCELLED, PLATFORM_REFUNDED},
        {DETAIL("5", "39", "12", ""), PLATFORM_COMPLETED, PLATFORM_REFUNDED},
        {DETAIL("777", "777", "0", ""), PLATFORM_UNPAID, PLATFORM_HOLD},
        {DETAIL("777", "2", "0", ""), PLATFORM_UNPAID, PLATFORM_HOLD},
        {DETAIL("2", "888", "0", ""), PLATFORM_PAID, PLATFORM_HOLD},
        {DETAIL("2", "2", "6", ""), PLATFORM_PAID, PLATFORM_REFUNDING | PLATFORM_HOLD},
        {DETAIL("3", "3", "7", ""), PLATFORM_SHIPPED, PLATFORM_REFUNDING},
        {DETAIL("2", "2", "28", ""), PLATFORM_PAID, 0},
        {DETAIL("2", "2", "999", ""), PLATFORM_PAID, PLATFORM_REFUNDING | PLATFORM_HOLD},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        CLEANUP_HEARD struct rig_answer heard = hear_order(seen[i].text);
        assert_int_equal(heard.result, 0);
        assert_int_equal(heard.answer.orders->state, seen[i].state);
        assert_int_equal(heard.answer.orders->overlays, seen[i].overlays | PLATFORM_MASKED);
    }
}

static void assert_next(enum platform_verb verb, const char *cursor, const char *total, const char *next)
{
    char text[256];
    struct platform_want want = rig_want(verb);
    strcpy(want.cursor, cursor);
    snprintf(text, sizeof(text), OK("{\"total\":%s,\"shop_order_list\":[]}"), total);
    CLEANUP_HEARD struct rig_answer heard = rig_hear(&platform_douyin, &want, text);
    assert_int_equal(heard.result, 0);
    assert_string_equal(heard.answer.cursor, next);
}

/* From the last page to the first; a part that is too deep is cut, and the rest of the window comes after it. */
static void pages_and_parts_follow_each_other(void **state)
{
    (void)state;
    assert_next(PLATFORM_ORDERS, "", "100", "");
    assert_next(PLATFORM_ORDERS, "", "10000", "1717201800-1717203600-100");
    assert_next(PLATFORM_ORDERS, "1717201800-1717203600-2", "10000", "1717201800-1717203600-1");
    assert_next(PLATFORM_ORDERS, "1717201800-1717203600-1", "10000", "");
    assert_next(PLATFORM_ORDERS, "", "10001", "1717201800-1717202700-");
    assert_next(PLATFORM_ORDERS, "1717201800-1717202700-", "20000", "1717201800-1717202250-");
    assert_next(PLATFORM_ORDERS, "1717201800-1717202250-", "300", "1717201800-1717202250-3");
    assert_next(PLATFORM_ORDERS, "1717201800-1717202250-1", "300", "1717202250-1717203600-");
    assert_next(PLATFORM_REFUNDS, "", "50000", "1717201800-1717203600-500");
    assert_next(PLATFORM_REFUNDS, "", "50001", "1717201800-1717202700-");
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    strcpy(want.cursor, "1717201800-1717201801-");
    CLEANUP_HEARD struct rig_answer heard = rig_hear(&platform_douyin, &want, OK("{\"total\":10001}"));
    assert_int_equal(heard.result, -EBADMSG);
}

#define SALE(id, type, status)                                                                                         \
    "{\"aftersale_info\":{\"aftersale_id\":\"" id "\",\"aftersale_type\":" type ",\"aftersale_status\":" status        \
    ",\"refund_amount\":1000,\"apply_time\":1717200000,\"update_time\":1717200701,\"aftersale_num\":1},"               \
    "\"order_info\":{\"shop_order_id\":\"6900000000000000001\",\"related_order_info\":[{\"sku_order_id\":"             \
    "6900000000000000002}]},\"text_part\":{\"reason_text\":\"尺寸\"}}"

static void after_sales_are_read(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_REFUNDS);
    CLEANUP_HEARD struct rig_answer heard =
        rig_hear(&platform_douyin, &want,
                 OK("{\"total\":4,\"items\":[" SALE("1", "0", "7") "," SALE("2", "2", "6") "," SALE(
                     "3", "3", "3") "," SALE("4", "1", "77") "]}"));
    assert_int_equal(heard.result, 0);
    const struct platform_refund *refunds = heard.answer.refunds;
    assert_int_equal(refunds[0].kind, PLATFORM_RETURN);
    assert_int_equal(refunds[0].state, PLATFORM_REFUND_RETURNING);
    assert_string_equal(refunds[0].line, "6900000000000000002");
    assert_int_equal(refunds[0].amount_minor, 1000);
    assert_true(refunds[0].shipped && !refunds[0].unknown);
    assert_int_equal(refunds[1].kind, PLATFORM_REFUND_ONLY);
    assert_false(refunds[1].shipped);
    assert_int_equal(refunds[2].kind, PLATFORM_EXCHANGE);
    assert_int_equal(refunds[2].state, PLATFORM_REFUND_ARRIVED);
    assert_true(refunds[3].unknown);
}

static void waybills_come_row_by_row(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_WAYBILL_GET);
    want.parcels = parcels;
    want.parcel_count = 2;
    CLEANUP_HEARD struct rig_answer heard = rig_hear(
        &platform_douyin, &want,
        OK("{\"ebill_infos\":[{\"order_id\":\"6900000000000000001\",\"pack_id\":\"P_2\",\"track_no\":\"YT2\","
           "\"sort_code\":\"310-A1 12\"}],\"err_infos\":[{\"order_id\":\"6900000000000000001\",\"pack_id\":\"P_1\","
           "\"err_code\":60003,\"err_msg\":\"余额不足\"}]}"));
    assert_int_equal(heard.fault.class, PLATFORM_PARTIAL);
    assert_string_equal(heard.answer.waybills[0].message, "余额不足");
    assert_int_equal(heard.answer.waybills[0].fault, PLATFORM_RETRY);
    assert_string_equal(heard.answer.waybills[1].number, "YT2");
    assert_string_equal(heard.answer.waybills[1].key, "P-2");
    assert_string_equal(heard.answer.waybills[1].sort_code, "310-A1 12");
    want.verb = PLATFORM_WAYBILL_PRINT;
    strcpy(want.waybill, "YT2");
    CLEANUP_HEARD struct rig_answer print =
        rig_hear(&platform_douyin, &want,
                 OK("{\"waybill_infos\":[{\"track_no\":\"YT2\",\"print_data\":\"AES\",\"sign\":\"s\"}]}"));
    assert_string_equal(print.answer.waybills->print_data, "{\"print_data\":\"AES\",\"sign\":\"s\"}");
}

static void stock_carriers_bills_and_tokens_are_read(void **state)
{
    (void)state;
    static const struct platform_stock_row rows[2] = {{.item = "1", .sku = "17"}, {.item = "1", .sku = "18"}};
    struct platform_want want = rig_want(PLATFORM_STOCK_READ);
    want.stock = rows;
    want.stock_count = 2;
    CLEANUP_HEARD struct rig_answer stock =
        rig_hear(&platform_douyin, &want, OK("[{\"id\":17,\"stock_num\":4,\"price\":1990,\"code\":\"A\"}]"));
    assert_int_equal(stock.answer.stock[0].quantity, 4);
    assert_int_equal(stock.answer.stock[1].fault, PLATFORM_NOT_FOUND);
    want = rig_want(PLATFORM_CARRIERS);
    CLEANUP_HEARD struct rig_answer carriers =
        rig_hear(&platform_douyin, &want, OK("[{\"id\":7,\"name\":\"圆通\",\"code\":\"yuantong\"}]"));
    assert_string_equal(carriers.answer.carriers->code, "yuantong");
    want = rig_want(PLATFORM_BILLS);
#define BILLS(end)                                                                                                     \
    OK("{\"data\":[{\"request_no\":\"R1\",\"shop_order_id\":\"69\",\"settle_amount\":-120,\"settle_time\":"            \
       "\"2024-06-01 08:40:00\",\"flow_type_desc\":\"已结算\"}],\"is_end\":" end                                       \
       ",\"next_start_time\":\"2024-06-01 08:40:00\",\"next_start_index\":\"1\"}")
    CLEANUP_HEARD struct rig_answer bills = rig_hear(&platform_douyin, &want, BILLS("0"));
    assert_int_equal(bills.answer.bills->amount_minor, -120);
    assert_string_equal(bills.answer.cursor, "2024-06-01 08:40:00|1");
    strcpy(want.cursor, "2024-06-01 08:40:00|1");
    CLEANUP_HEARD struct rig_answer again = rig_hear(&platform_douyin, &want, BILLS("0"));
    assert_int_equal(again.result, -EBADMSG); /* it would go on for ever */
    CLEANUP_HEARD struct rig_answer last = rig_hear(&platform_douyin, &want, BILLS("1"));
    assert_string_equal(last.answer.cursor, "");
    want = rig_want(PLATFORM_TOKEN_REFRESH);
    CLEANUP_HEARD struct rig_answer token =
        rig_hear(&platform_douyin, &want, OK("{\"access_token\":\"a\",\"refresh_token\":\"r\",\"expires_in\":604800}"));
    assert_int_equal(token.answer.tokens.expires_us, RIG_NOW_US + 604800 * RIG_S);
}

static void faults_have_their_class(void **state)
{
    (void)state;
#define SAID(code, sub, text)                                                                                          \
    "{\"code\":" code ",\"msg\":\"m\",\"sub_code\":\"" sub "\",\"sub_msg\":\"" text "\",\"data\":null}"
    static const struct {
        enum platform_verb verb;
        const char *text;
        enum platform_class class;
    } told[] = {
        {PLATFORM_ORDERS, SAID("20000", "isp.service-error", ""), PLATFORM_RETRY},
        {PLATFORM_SHIP, SAID("20001", "isp.timeout", ""), PLATFORM_UNCERTAIN},
        {PLATFORM_ORDERS, SAID("30001", "isv.app-permissions-insufficient", ""), PLATFORM_PERMISSION},
        {PLATFORM_ORDERS, SAID("30001", "dop.authorization-closed", ""), PLATFORM_AUTH_REVOKED},
        {PLATFORM_ORDERS, SAID("30002", "isv.ip", ""), PLATFORM_PERMISSION},
        {PLATFORM_ORDERS, SAID("40003", "isv.signature-invalid", ""), PLATFORM_BAD_SIGN},
        {PLATFORM_ORDERS, SAID("40003", "isv.access-token-expired", ""), PLATFORM_AUTH_EXPIRED},
        {PLATFORM_ORDERS, SAID("40003", "isv.timestamp-invalid", ""), PLATFORM_CLOCK},
        {PLATFORM_STOCK, SAID("40003", "isv.idempotent-id-existed", ""), PLATFORM_CONFLICT},
        {PLATFORM_ORDERS, SAID("40004", "isv.parameter-invalid:1", ""), PLATFORM_PARAMETER},
        {PLATFORM_SHIP, SAID("50002", "isv.business-failed:1", "订单已发货"), PLATFORM_CONFLICT},
        {PLATFORM_SHIP, SAID("50002", "isv.business-failed:1", "订单不存在"), PLATFORM_NOT_FOUND},
        {PLATFORM_STOCK, SAID("50002", "isv.business-failed:1", "库存不能为负"), PLATFORM_PERMANENT},
        {PLATFORM_ORDERS, SAID("60000", "isp.rate-limited", ""), PLATFORM_THROTTLED},
        {PLATFORM_ORDERS, SAID("70000", "", ""), PLATFORM_PERMANENT},
        {PLATFORM_ORDERS, SAID("12345", "", ""), PLATFORM_RETRY},
        {PLATFORM_SHIP, SAID("12345", "", ""), PLATFORM_UNCERTAIN},
        {PLATFORM_SHIP, SAID("0", "", ""), PLATFORM_UNCERTAIN}, /* success is 10000 and nothing else */
        {PLATFORM_SHIP, OK("null"), PLATFORM_OK},
        {PLATFORM_SHIP, SAID("10001", "", ""), PLATFORM_UNCERTAIN},
        {PLATFORM_ORDERS, OK("null"), PLATFORM_RETRY},
        {PLATFORM_WAYBILL_CANCEL, OK("{\"cancel_result\":{\"success\":true}}"), PLATFORM_OK},
        {PLATFORM_WAYBILL_CANCEL, OK("{\"cancel_result\":{\"success\":false}}"), PLATFORM_CONFLICT},
        {PLATFORM_TOKEN_REFRESH, SAID("50001", "", ""), PLATFORM_AUTH_REVOKED},
    };
    for (size_t i = 0; i < COUNT(told); i++)
        assert_int_equal(rig_class(&platform_douyin, told[i].verb, told[i].text), told[i].class);
}

/* ---------------------------------------------------------------- hearing */

#define PUSHED                                                                                                         \
    "[{\"tag\":\"101\",\"msg_id\":\"69000001\",\"data\":\"{\\\"p_id\\\":6900000000000000001,\\\"shop_id\\\":123,"      \
    "\\\"order_status\\\":2}\"}]"

static void pushes_are_checked_and_read(void **state)
{
    (void)state;
    static const struct platform_shop shop = {.app_key = "7000000000000000001", .app_secret = "yourappSecret"};
    struct platform_hint hints[2];
    size_t count;
    struct error error;
    CLEANUP_BUF struct buf reply = {0}, no_reply = {0};
    assert_int_equal(platform_douyin.hear(&shop, "Host: x\nEvent-Sign: 32cc0702d1b7b17e730e567d68ef531e\n", PUSHED,
                                          strlen(PUSHED), hints, 2, &count, &reply, &error),
                     0);
    assert_int_equal(count, 1);
    assert_string_equal(hints[0].topic, "101");
    assert_string_equal(hints[0].message, "69000001");
    assert_string_equal(hints[0].shop, "123");
    assert_string_equal(hints[0].order, "6900000000000000001");
    assert_string_equal(hints[0].refund, "");
    assert_string_equal(buf_text(&reply), "{\"code\":0,\"msg\":\"success\"}");
    static const char *const wrong[] = {"", "event-sign: \n", "event-sign: 32cc0702d1b7b17e730e567d68ef531f\n",
                                        "x-event-sign: 32cc0702d1b7b17e730e567d68ef531e\n"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(
            platform_douyin.hear(&shop, wrong[i], PUSHED, strlen(PUSHED), hints, 2, &count, &no_reply, &error),
            -EACCES);
    assert_int_equal(platform_douyin.hear(&shop, "event-sign:32cc0702d1b7b17e730e567d68ef531e", PUSHED, strlen(PUSHED),
                                          hints, 0, &count, &no_reply, &error),
                     -E2BIG);
    assert_int_equal(no_reply.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_body_is_what_is_signed),
        cmocka_unit_test(a_part_of_a_window_is_asked_for),
        cmocka_unit_test(parcels_whole_and_in_parts),
        cmocka_unit_test(stock_whole_and_by_difference),
        cmocka_unit_test(prices_and_listings),
        cmocka_unit_test(waybills_take_the_sealed_receiver),
        cmocka_unit_test(bills_and_tokens),
        cmocka_unit_test(an_order_is_read),
        cmocka_unit_test(every_status_has_its_place),
        cmocka_unit_test(pages_and_parts_follow_each_other),
        cmocka_unit_test(after_sales_are_read),
        cmocka_unit_test(waybills_come_row_by_row),
        cmocka_unit_test(stock_carriers_bills_and_tokens_are_read),
        cmocka_unit_test(faults_have_their_class),
        cmocka_unit_test(pushes_are_checked_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
