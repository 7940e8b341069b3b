/* The connector for WooCommerce: what it asks for each verb, how it signs, what it makes of answers and pushes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform_asked.h"
#include "sync/platforms/connectors.h"
#include "sync/platforms/crypto.h"
#include "sync/platforms/iso.h"
#include "sync/platforms/oauth.h"

static struct asked asked;
static struct platform_shop shop;

static void ask_at(const char *gateway, const struct platform_want *want)
{
    shop = (struct platform_shop){.app_key = "ck_abc123", .app_secret = "cs_def456"};
    strcpy(shop.gateway, gateway);
    ask_as(&asked, &platform_woocommerce, &shop, want);
}

static void ask_woo(const struct platform_want *want)
{
    ask_at("https://shop.test", want);
}

/* ---------------------------------------------------------------- asking */

static void a_window_is_asked_for_by_pages(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    strcpy(want.cursor, "3");
    ask_woo(&want);
    assert_int_equal(asked.result, 0);
    assert_string_equal(asked.method, "GET");
    assert_string_equal(asked.url, "https://shop.test/wp-json/wc/v3/orders");
    assert_string_equal(asked.headers, "Authorization: Basic Y2tfYWJjMTIzOmNzX2RlZjQ1Ng==\n");
    assert_string_equal(asked.body, "");
    assert_queries(&asked, "modified_after", "2024-06-01T00:29:59");
    assert_queries(&asked, "modified_before", "2024-06-01T01:00:01");
    assert_queries(&asked, "dates_are_gmt", "true");
    assert_queries(&asked, "status", "any");
    assert_queries(&asked, "orderby", "id");
    assert_queries(&asked, "order", "asc");
    assert_queries(&asked, "page", "3");
    assert_queries(&asked, "per_page", "100");
    assert_queries(&asked, "dp", "2");
    assert_queries(&asked, "oauth_signature", "(none)");
    ask_at("", &want);
    assert_int_equal(asked.result, -EINVAL);
}

/* The vectors are those that two programs agreed on. */
static void oauth_is_signed_as_by_others(void **state)
{
    (void)state;
    static const char *const vectors[][2] = {{"HMAC-SHA256", "OH39owF7rZZ0xd+OelplSB/1owNgDGk6IbjkBYJUPbI="},
                                             {"HMAC-SHA1", "I1bUJHV9RdW6B5nCEsBGqUsjINc="}};
    for (size_t i = 0; i < COUNT(vectors); i++) {
        CLEANUP_FORM struct form form = {0};
        CLEANUP_BUF struct buf sign = {0}, none = {0};
        struct error error;
        form_put(&form, "per_page", "100");
        form_put(&form, "page", "1");
        form_put(&form, "modified_after", "2024-06-01T08:30:00");
        form_put(&form, "dates_are_gmt", "true");
        form_put(&form, "oauth_nonce", "0123456789abcdef0123456789abcdef");
        form_put(&form, "oauth_timestamp", "1717203600");
        form_put(&form, "oauth_consumer_key", "ck_abc123");
        form_put(&form, "oauth_signature_method", vectors[i][0]);
        assert_int_equal(oauth_sign("GET", "http://shop.test/wp-json/wc/v3/orders", &form, "cs_def456", vectors[i][0],
                                    &sign, &error),
                         0);
        assert_string_equal(buf_text(&sign), vectors[i][1]);
        assert_int_equal(oauth_sign("GET", "http://x", &form, "s", "PLAINTEXT", &none, &error), -EINVAL);
    }
}

static void without_tls_each_call_is_signed_and_used_once(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_ORDER);
    char nonce[64];
    strcpy(want.order, "17");
    ask_at("http://127.0.0.1:1/woo", &want);
    assert_string_equal(asked.url, "http://127.0.0.1:1/woo/wp-json/wc/v3/orders/17");
    assert_string_equal(asked.headers, "");
    assert_queries(&asked, "oauth_consumer_key", "ck_abc123");
    assert_queries(&asked, "oauth_timestamp", "1717203600");
    assert_queries(&asked, "oauth_signature_method", "HMAC-SHA256");
    assert_int_equal(strlen(rig_value(&asked.query, "oauth_nonce")), 32);
    CLEANUP_FORM struct form form = {0};
    CLEANUP_BUF struct buf sign = {0};
    for (size_t i = 0; i < asked.query.count; i++)
        if (strcmp(asked.query.names[i], "oauth_signature") != 0)
            form_put(&form, asked.query.names[i], asked.query.values[i]);
    assert_int_equal(oauth_sign("GET", asked.url, &form, "cs_def456", "HMAC-SHA256", &sign, NULL), 0);
    assert_queries(&asked, "oauth_signature", buf_text(&sign));
    strcpy(nonce, rig_value(&asked.query, "oauth_nonce"));
    ask_at("http://127.0.0.1:1/woo", &want);
    assert_string_not_equal(nonce, rig_value(&asked.query, "oauth_nonce"));
}

static void a_parcel_completes_the_order(void **state)
{
    (void)state;
    struct platform_shipment shipment = {.order = "17", .carrier = "YTO", .waybill = "YT1", .whole = true};
    struct platform_want want = rig_want(PLATFORM_SHIP);
    want.shipment = &shipment;
    ask_woo(&want);
    assert_string_equal(asked.method, "PUT");
    assert_string_equal(asked.url, "https://shop.test/wp-json/wc/v3/orders/17");
    assert_non_null(strstr(asked.headers, "Content-Type: application/json\n"));
    assert_string_equal(asked.body, "{\"status\":\"completed\",\"meta_data\":[{\"key\":\"_tracking_provider\","
                                    "\"value\":\"YTO\"},{\"key\":\"_tracking_number\",\"value\":\"YT1\"}]}");
    want.verb = PLATFORM_SHIP_AMEND;
    ask_woo(&want);
    assert_null(strstr(asked.body, "status"));
    want.verb = PLATFORM_SHIP;
    shipment.whole = false;
    ask_woo(&want);
    assert_int_equal(asked.result, -ENOTSUP);
    shipment.whole = true;
    strcpy(shipment.order, "17/../18");
    ask_woo(&want);
    assert_int_equal(asked.result, -EINVAL);
}

static void stock_prices_and_listings(void **state)
{
    (void)state;
    struct platform_stock_row rows[2] = {
        {.item = "3", .sku = "41", .quantity = 5, .price_minor = 1990, .on_sale = true},
        {.item = "3", .sku = "42", .quantity = 0}};
    struct platform_want want = rig_want(PLATFORM_STOCK);
    want.stock = rows;
    want.stock_count = 1;
    ask_woo(&want);
    assert_string_equal(asked.method, "PUT");
    assert_string_equal(asked.url, "https://shop.test/wp-json/wc/v3/products/3/variations/41");
    assert_string_equal(asked.body, "{\"manage_stock\":true,\"stock_quantity\":5}");
    want.stock_count = 2;
    ask_woo(&want);
    assert_string_equal(asked.method, "POST");
    assert_string_equal(asked.url, "https://shop.test/wp-json/wc/v3/products/3/variations/batch");
    assert_string_equal(asked.body, "{\"update\":[{\"id\":41,\"manage_stock\":true,\"stock_quantity\":5},{\"id\":42,"
                                    "\"manage_stock\":true,\"stock_quantity\":0}]}");
    rows[1].quantity = -1;
    ask_woo(&want);
    assert_int_equal(asked.result, -EINVAL);
    want.verb = PLATFORM_STOCK_READ;
    ask_woo(&want);
    assert_string_equal(asked.url, "https://shop.test/wp-json/wc/v3/products/3/variations");
    assert_queries(&asked, "include", "41,42");
    want.verb = PLATFORM_STOCK;
    want.delta = true;
    ask_woo(&want);
    assert_int_equal(asked.result, -ENOTSUP);
    want.delta = false;
    want.stock_count = 1;
    *rows[0].sku = '\0';
    ask_woo(&want);
    assert_string_equal(asked.url, "https://shop.test/wp-json/wc/v3/products/3");
    want.verb = PLATFORM_PRICE;
    ask_woo(&want);
    assert_int_equal(asked.result, -EINVAL);
    strcpy(want.currency, "EUR");
    ask_woo(&want);
    assert_string_equal(asked.body, "{\"regular_price\":\"19.90\"}");
    want.verb = PLATFORM_LISTING;
    ask_woo(&want);
    assert_string_equal(asked.body, "{\"status\":\"publish\"}");
    want.verb = PLATFORM_BILLS;
    ask_woo(&want);
    assert_int_equal(asked.result, -ENOTSUP);
}

/* ---------------------------------------------------------------- times and money */

static void times_are_read_as_iso_says(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t utc_s;
        int result;
    } seen[] = {
        {"2024-06-01T00:11:41Z", 1717200701, 0},
        {"2024-06-01T00:11:41", 1717200701, 0},
        {"2024-06-01T00:11:41.123Z", 1717200701, 0},
        {"2024-06-01T08:11:41+08:00", 1717200701, 0},
        {"2024-05-31T19:11:41-05:00", 1717200701, 0},
        {"1970-01-01T00:00:00Z", 0, 0},
        {"", 0, 0},
        {"2024-06-01", 0, -EINVAL},
        {"2024-06-01T00:11:41+8", 0, -EINVAL},
        {"2024-02-30T00:11:41Z", 0, -EINVAL},
        {"2024-06-01T00:11:41X", 0, -EINVAL},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        int64_t time_us;
        assert_int_equal(iso_to_time(seen[i].text, &time_us), seen[i].result);
        assert_int_equal(time_us, seen[i].utc_s * RIG_S);
    }
}

static int64_t money(const char *text, const char *currency, int *ret_result)
{
    struct error error;
    struct text_reader reader = {.error = &error};
    CLEANUP_TEXT_JSON json_t *row = json_pack("{s:s}", "a", text);
    int64_t minor = read_money(&reader, row, "a", currency);
    *ret_result = reader.result;
    return minor;
}

static void money_has_the_digits_of_its_currency(void **state)
{
    (void)state;
    static const struct {
        const char *text, *currency;
        int64_t minor;
        int result;
        const char *back;
    } seen[] = {
        {"19.90", "USD", 1990, 0, "19.90"},
        {"1000.0", "JPY", 1000, 0, "1000"},
        {"-1.250", "KWD", -1250, 0, "-1.250"},
        {"0.005", "KWD", 5, 0, "0.005"},
        {"", "USD", 0, 0, "0.00"},
        {"10.5", "JPY", 0, -EBADMSG, "0"},
        {"1.005", "EUR", 0, -EBADMSG, "0.00"},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        int result;
        char text[DECIMAL_SIZE];
        assert_int_equal(money(seen[i].text, seen[i].currency, &result), seen[i].minor);
        assert_int_equal(result, seen[i].result);
        money_to_text(seen[i].minor, seen[i].currency, text);
        assert_string_equal(text, seen[i].back);
    }
}

/* ---------------------------------------------------------------- reading */

#define ADDRESS                                                                                                        \
    "{\"first_name\":\"Ann\",\"last_name\":\"Lee\",\"company\":\"\",\"address_1\":\"1 Main St\",\"address_2\":\"\","   \
    "\"city\":\"Ulm\",\"state\":\"BW\",\"postcode\":\"89073\",\"country\":\"DE\",\"phone\":\"+49\"}"
#define ORDER(status, more)                                                                                            \
    "{\"id\":17,\"parent_id\":0,\"status\":\"" status "\",\"currency\":\"EUR\",\"date_created_gmt\":"                  \
    "\"2024-06-01T00:10:02\",\"date_modified_gmt\":\"2024-06-01T00:11:41\",\"date_paid_gmt\":null,\"discount_total\":" \
    "\"20.00\",\"shipping_total\":\"6.00\",\"total\":\"105.80\",\"billing\":" ADDRESS ",\"shipping\":{\"address_1\":"  \
    "\"\"},\"line_items\":[{\"id\":21,\"name\":\"Tee\",\"product_id\":3,\"variation_id\":41,\"quantity\":3,\"sku\":"   \
    "\"TS-RED-L\",\"price\":33.266666666666666,\"subtotal\":\"119.80\",\"total\":\"99.80\"}]" more "}"

static struct rig_answer hear_order(const char *text)
{
    struct platform_want want = rig_want(PLATFORM_ORDER);
    return rig_hear(&platform_woocommerce, &want, text);
}

static void an_order_is_read(void **state)
{
    (void)state;
    CLEANUP_HEARD struct rig_answer heard =
        hear_order(ORDER("processing", ",\"meta_data\":[{\"key\":\"_tracking_number\",\"value\":\"YT1\"}]"));
    assert_int_equal(heard.fault.class, PLATFORM_OK);
    assert_int_equal(heard.result, 0);
    const struct platform_order *order = heard.answer.orders;
    assert_string_equal(order->id, "17");
    assert_int_equal(order->state, PLATFORM_PAID);
    assert_int_equal(order->overlays, 0);
    assert_int_equal(order->modified_us, INT64_C(1717200701) * RIG_S);
    assert_int_equal(order->paid_minor, 10580);
    assert_int_equal(order->goods_minor, 11980);
    assert_string_equal(order->name, "Ann Lee"); /* of the bill: the way says nothing */
    assert_string_equal(order->address, "1 Main St, 89073 DE");
    assert_string_equal(order->waybill, "YT1");
    assert_string_equal(order->lines[0].item, "3");
    assert_string_equal(order->lines[0].sku, "41");
    assert_int_equal(order->lines[0].price_minor, 3993);
    assert_int_equal(order->lines[0].paid_minor, 9980);
}

static void every_status_has_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum platform_state state;
        unsigned overlays;
    } seen[] = {
        {ORDER("pending", ""), PLATFORM_UNPAID, 0},
        {ORDER("on-hold", ""), PLATFORM_UNPAID, PLATFORM_HOLD},
        {ORDER("completed", ""), PLATFORM_COMPLETED, 0},
        {ORDER("cancelled", ""), PLATFORM_CANCELLED, 0},
        {ORDER("failed", ""), PLATFORM_CANCELLED, 0},
        {ORDER("trash", ""), PLATFORM_CANCELLED, 0},
        {ORDER("refunded", ""), PLATFORM_CANCELLED, PLATFORM_REFUNDED},
        {ORDER("wc-custom", ""), PLATFORM_UNPAID, PLATFORM_HOLD},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        CLEANUP_HEARD struct rig_answer heard = hear_order(seen[i].text);
        assert_int_equal(heard.result, 0);
        assert_int_equal(heard.answer.orders->state, seen[i].state);
        assert_int_equal(heard.answer.orders->overlays, seen[i].overlays);
    }
}

static struct rig_answer hear_at(int status, int64_t pages, const struct platform_want *want, const char *text)
{
    struct platform_response response = {.status = status, .sent = true, .pages = pages, .retry_after_s = 7};
    buf_puts(&response.body, text);
    struct rig_answer heard = rig_hear_response(&platform_woocommerce, want, &response);
    platform_response_done(&response);
    return heard;
}

static void pages_are_read_from_the_last(void **state)
{
    (void)state;
    static const struct {
        const char *had;
        int64_t pages;
        const char *next;
    } steps[] = {{"", 0, ""}, {"", 1, ""}, {"", 3, "3"}, {"3", 3, "2"}, {"2", 2, "1"}, {"1", 3, ""}};
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct platform_want want = rig_want(PLATFORM_ORDERS);
        strcpy(want.cursor, steps[i].had);
        CLEANUP_HEARD struct rig_answer heard = hear_at(200, steps[i].pages, &want, "[" ORDER("processing", "") "]");
        assert_int_equal(heard.result, 0);
        assert_int_equal(heard.answer.count, 1);
        assert_string_equal(heard.answer.cursor, steps[i].next);
    }
}

static void refunds_and_stock_are_read(void **state)
{
    (void)state;
    static const struct platform_stock_row rows[2] = {{.item = "3", .sku = "41"}, {.item = "3", .sku = "42"}};
    struct platform_want want = rig_want(PLATFORM_REFUNDS);
    CLEANUP_HEARD struct rig_answer heard =
        hear_at(200, 1, &want,
                "[" ORDER("processing", ",\"refunds\":[]") "," ORDER(
                    "completed", ",\"refunds\":[{\"id\":9,\"reason\":\"r\",\"total\":\"-10.00\"},{\"id\":10,"
                                 "\"total\":\"-0.50\"}]") "]");
    assert_int_equal(heard.result, 0);
    assert_int_equal(heard.answer.count, 2);
    assert_string_equal(heard.answer.refunds[0].id, "9");
    assert_int_equal(heard.answer.refunds[0].amount_minor, 1000);
    assert_int_equal(heard.answer.refunds[1].amount_minor, 50);
    assert_string_equal(heard.answer.refunds[1].order, "17");
    assert_true(heard.answer.refunds[1].shipped);
    want = rig_want(PLATFORM_STOCK_READ);
    want.stock = rows;
    want.stock_count = 2;
    CLEANUP_HEARD struct rig_answer stock =
        hear_at(200, 1, &want, "[{\"id\":41,\"stock_quantity\":4},{\"id\":42,\"stock_quantity\":null}]");
    assert_int_equal(stock.answer.stock[0].quantity, 4);
    assert_int_equal(stock.answer.stock[1].fault, PLATFORM_NOT_FOUND);
    want.verb = PLATFORM_STOCK;
    CLEANUP_HEARD struct rig_answer batch =
        hear_at(200, 0, &want,
                "{\"update\":[{\"id\":41,\"stock_quantity\":4},{\"id\":42,\"error\":{\"code\":\"x\",\"data\":{"
                "\"status\":404}}}]}");
    assert_int_equal(batch.fault.class, PLATFORM_PARTIAL);
    assert_int_equal(batch.answer.stock[0].fault, PLATFORM_OK);
    assert_int_equal(batch.answer.stock[1].fault, PLATFORM_NOT_FOUND);
}

static void faults_have_their_class(void **state)
{
    (void)state;
#define SAID(code, text) "{\"code\":\"woocommerce_rest_" code "\",\"message\":\"" text "\",\"data\":{\"status\":1}}"
    static const struct {
        int status;
        enum platform_verb verb;
        const char *text;
        enum platform_class class;
    } told[] = {
        {400, PLATFORM_ORDERS, SAID("x", "?"), PLATFORM_PARAMETER},
        {400, PLATFORM_SHIP, SAID("invalid_id", "?"), PLATFORM_PARAMETER},
        {400, PLATFORM_SHIP, SAID("refunding", "?"), PLATFORM_CONFLICT},
        {401, PLATFORM_ORDERS, SAID("authentication_error", "Consumer key is invalid."), PLATFORM_AUTH_REVOKED},
        {401, PLATFORM_ORDERS, SAID("authentication_error", "Invalid timestamp."), PLATFORM_CLOCK},
        {401, PLATFORM_ORDERS, SAID("authentication_error", "Invalid signature - provided"), PLATFORM_BAD_SIGN},
        {401, PLATFORM_ORDERS, SAID("authentication_error", "Invalid nonce - used"), PLATFORM_RETRY},
        {401, PLATFORM_ORDERS, SAID("authentication_error", "no write permissions"), PLATFORM_PERMISSION},
        {401, PLATFORM_ORDERS, SAID("cannot_view", "Sorry"), PLATFORM_AUTH_REVOKED},
        {403, PLATFORM_ORDERS, SAID("cannot_view", "Sorry"), PLATFORM_PERMISSION},
        {404, PLATFORM_ORDER, SAID("shop_order_invalid_id", "Invalid ID."), PLATFORM_NOT_FOUND},
        {429, PLATFORM_SHIP, SAID("many", "?"), PLATFORM_THROTTLED},
        {500, PLATFORM_ORDERS, SAID("x", "?"), PLATFORM_RETRY},
        {500, PLATFORM_SHIP, SAID("x", "?"), PLATFORM_UNCERTAIN},
        {200, PLATFORM_ORDERS, "{\"id\":1}", PLATFORM_RETRY},
        {200, PLATFORM_ORDER, "[]", PLATFORM_RETRY},
        {200, PLATFORM_SHIP, "{}", PLATFORM_UNCERTAIN},
        {200, PLATFORM_SHIP, "{\"id\":17,\"status\":\"completed\"}", PLATFORM_OK},
        {200, PLATFORM_SHIP, "{\"id\":17,\"status\":\"cancelled\"}", PLATFORM_CONFLICT},
    };
    for (size_t i = 0; i < COUNT(told); i++) {
        struct platform_want want = rig_want(told[i].verb);
        CLEANUP_HEARD struct rig_answer heard = hear_at(told[i].status, 1, &want, told[i].text);
        assert_int_equal(heard.fault.class, told[i].class);
        if (told[i].class == PLATFORM_THROTTLED)
            assert_int_equal(heard.fault.retry_s, 7);
    }
}

/* ---------------------------------------------------------------- hearing */

#define PUSHED "{\"id\":450789469,\"name\":\"#1001\"}"
#define SIGN   "X-WC-Webhook-Signature: Y3S0OcgdRab3yE7clVq/m9rzY5a6y13OKkjMFe0FjeI=\n"

static void pushes_are_checked_and_read(void **state)
{
    (void)state;
    static const struct platform_shop heard_for = {.push_secret = "hush", .app_secret = "cs"};
    struct platform_hint hint;
    struct error error;
    size_t count;
    CLEANUP_BUF struct buf reply = {0};
    assert_int_equal(platform_woocommerce.hear(&heard_for,
                                               SIGN "X-WC-Webhook-Topic: order.updated\nX-WC-Webhook-Delivery-ID: d1\n",
                                               PUSHED, strlen(PUSHED), &hint, 1, &count, &reply, &error),
                     0);
    assert_int_equal(count, 1);
    assert_string_equal(hint.order, "450789469");
    assert_string_equal(hint.message, "d1");
    assert_int_equal(
        platform_woocommerce.hear(&heard_for, SIGN, PUSHED "!", strlen(PUSHED) + 1, &hint, 1, &count, &reply, &error),
        -EACCES);
    static const char ping[] = "webhook_id=1";
    CLEANUP_BUF struct buf headers = {0};
    struct crypto_digest digest;
    assert_int_equal(crypto_hmac(CRYPTO_SHA256, "hush", ping, strlen(ping), &digest), 0);
    buf_puts(&headers, "X-WC-Webhook-Signature: ");
    crypto_put_base64(&headers, digest.bytes, digest.length);
    assert_int_equal(
        platform_woocommerce.hear(&heard_for, buf_text(&headers), ping, strlen(ping), &hint, 1, &count, &reply, &error),
        0);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_is_asked_for_by_pages),
        cmocka_unit_test(oauth_is_signed_as_by_others),
        cmocka_unit_test(without_tls_each_call_is_signed_and_used_once),
        cmocka_unit_test(a_parcel_completes_the_order),
        cmocka_unit_test(stock_prices_and_listings),
        cmocka_unit_test(times_are_read_as_iso_says),
        cmocka_unit_test(money_has_the_digits_of_its_currency),
        cmocka_unit_test(an_order_is_read),
        cmocka_unit_test(every_status_has_its_place),
        cmocka_unit_test(pages_are_read_from_the_last),
        cmocka_unit_test(refunds_and_stock_are_read),
        cmocka_unit_test(faults_have_their_class),
        cmocka_unit_test(pushes_are_checked_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
