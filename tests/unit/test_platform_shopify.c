/* The connector for Shopify: what it asks for each verb, what it makes of answers, and what it hears. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform_asked.h"
#include "sync/platforms/connectors.h"

static struct asked asked;
static struct platform_shop shop;

static void ask_shopify(const struct platform_want *want)
{
    shop = rig_shop;
    strcpy(shop.id, "example.myshopify.com");
    strcpy(shop.place, "7");
    ask_as(&asked, &platform_shopify, &shop, want);
}

/* What stands behind "variables": of the body. */
static const char *variables(void)
{
    static const char name[] = "\"variables\":";
    const char *at = strstr(asked.body, name);
    assert_non_null(at);
    return at + strlen(name);
}

/* ---------------------------------------------------------------- asking */

static void a_window_is_asked_for_in_utc(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    ask_shopify(&want);
    assert_int_equal(asked.result, 0);
    assert_string_equal(asked.method, "POST");
    assert_string_equal(asked.url, "https://example.myshopify.com/admin/api/2026-01/graphql.json");
    assert_non_null(strstr(asked.headers, "X-Shopify-Access-Token: token+1\n"));
    assert_non_null(strstr(asked.body, "{\"query\":\"query($query:String!,$after:String){orders(first:10,after:$after,"
                                       "sortKey:UPDATED_AT,query:$query){pageInfo{hasNextPage endCursor} nodes{id "));
    assert_string_equal(variables(), "{\"query\":\"updated_at:>='2024-06-01T00:30:00Z' "
                                     "updated_at:<='2024-06-01T01:00:00Z'\",\"after\":null}}");
    strcpy(want.cursor, "c10");
    ask_shopify(&want);
    assert_non_null(strstr(variables(), "\"after\":\"c10\""));
}

static void a_shop_is_a_host(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "a/b", "evil.example/?x=", "a@b"};
    struct platform_want want = rig_want(PLATFORM_ORDERS);
    struct platform_shop other = rig_shop;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        strcpy(other.id, wrong[i]);
        ask_as(&asked, &platform_shopify, &other, &want);
        assert_int_equal(asked.result, -EINVAL);
    }
    strcpy(other.gateway, "http://127.0.0.1:1/shopify");
    ask_as(&asked, &platform_shopify, &other, &want);
    assert_string_equal(asked.url, "http://127.0.0.1:1/shopify/admin/api/2026-01/graphql.json");
    strcpy(other.access_token, "a\nX-Evil: 1");
    ask_as(&asked, &platform_shopify, &other, &want);
    assert_int_equal(asked.result, -EINVAL);
}

#define RAW                                                                                                            \
    "{\"fulfillments\":[{\"id\":\"gid://shopify/Fulfillment/71\",\"trackingInfo\":[{\"number\":\"YT0\"}]}],"           \
    "\"fulfillmentOrders\":{\"nodes\":["                                                                               \
    "{\"id\":\"gid://shopify/FulfillmentOrder/1\",\"status\":\"CLOSED\",\"lineItems\":{\"nodes\":[{\"id\":\"x\","      \
    "\"remainingQuantity\":9,\"lineItem\":{\"id\":\"gid://shopify/LineItem/11\"}}]}},"                                 \
    "{\"id\":\"gid://shopify/FulfillmentOrder/2\",\"status\":\"OPEN\",\"lineItems\":{\"nodes\":["                      \
    "{\"id\":\"gid://shopify/FulfillmentOrderLineItem/21\",\"remainingQuantity\":2,\"lineItem\":{\"id\":"              \
    "\"gid://shopify/LineItem/11\"}},{\"id\":\"gid://shopify/FulfillmentOrderLineItem/22\",\"remainingQuantity\":0,"   \
    "\"lineItem\":{\"id\":\"gid://shopify/LineItem/12\"}}]}},"                                                         \
    "{\"id\":\"gid://shopify/FulfillmentOrder/3\",\"status\":\"IN_PROGRESS\",\"lineItems\":{\"nodes\":[{\"id\":"       \
    "\"gid://shopify/FulfillmentOrderLineItem/31\",\"remainingQuantity\":1,\"lineItem\":{\"id\":"                      \
    "\"gid://shopify/LineItem/11\"}}]}}]}}"

static void a_parcel_names_what_the_shop_calls_its_lines(void **state)
{
    (void)state;
    struct platform_shipment shipment = {.order = "5", .carrier = "YTO", .waybill = "YT1", .whole = true};
    struct platform_want want = rig_want(PLATFORM_SHIP);
    want.shipment = &shipment;
    ask_shopify(&want);
    assert_int_equal(asked.result, -EINVAL); /* without the order as it is now */
    shipment.raw = RAW;
    ask_shopify(&want);
    assert_string_equal(variables(),
                        "{\"fulfillment\":{\"lineItemsByFulfillmentOrder\":[{\"fulfillmentOrderId\":"
                        "\"gid://shopify/FulfillmentOrder/2\",\"fulfillmentOrderLineItems\":[{\"id\":"
                        "\"gid://shopify/FulfillmentOrderLineItem/21\",\"quantity\":2}]},{\"fulfillmentOrderId\":"
                        "\"gid://shopify/FulfillmentOrder/3\",\"fulfillmentOrderLineItems\":[{\"id\":"
                        "\"gid://shopify/FulfillmentOrderLineItem/31\",\"quantity\":1}]}],\"trackingInfo\":{"
                        "\"company\":\"YTO\",\"number\":\"YT1\"},\"notifyCustomer\":true}}}");
    shipment.whole = false;
    shipment.line_count = 1;
    strcpy(shipment.lines[0].line, "11");
    shipment.lines[0].quantity = 1;
    ask_shopify(&want);
    assert_non_null(strstr(variables(), "LineItem/21\",\"quantity\":1}]}],\"trackingInfo\""));
    shipment.lines[0].quantity = 3;
    ask_shopify(&want);
    assert_int_equal(asked.result, 0);
    shipment.lines[0].quantity = 4; /* more than is left */
    ask_shopify(&want);
    assert_int_equal(asked.result, -EINVAL);
    strcpy(shipment.lines[0].line, "12");
    shipment.lines[0].quantity = 1;
    ask_shopify(&want);
    assert_int_equal(asked.result, -EINVAL);
    want.verb = PLATFORM_SHIP_AMEND;
    strcpy(shipment.old_waybill, "YT0");
    ask_shopify(&want);
    assert_string_equal(variables(), "{\"id\":\"gid://shopify/Fulfillment/71\",\"tracking\":{\"company\":\"YTO\","
                                     "\"number\":\"YT1\"}}}");
    strcpy(shipment.old_waybill, "YT9");
    ask_shopify(&want);
    assert_int_equal(asked.result, -EINVAL);
}

static void stock_is_set_and_changed(void **state)
{
    (void)state;
    struct platform_stock_row row = {.item = "3", .sku = "41/42", .quantity = 5, .price_minor = 1990, .on_sale = true};
    struct platform_want want = rig_want(PLATFORM_STOCK);
    want.stock = &row;
    want.stock_count = 1;
    strcpy(want.key, "K1");
    ask_shopify(&want);
    assert_non_null(strstr(asked.body, "inventorySetQuantities(input:$input)"));
    assert_string_equal(variables(),
                        "{\"input\":{\"name\":\"available\",\"reason\":\"correction\",\"referenceDocumentUri\":"
                        "\"gid://floorhand/StockPush/K1\",\"ignoreCompareQuantity\":true,\"quantities\":[{"
                        "\"inventoryItemId\":\"gid://shopify/InventoryItem/42\",\"locationId\":"
                        "\"gid://shopify/Location/7\",\"quantity\":5}]}}}");
    want.delta = true;
    row.quantity = -2;
    ask_shopify(&want);
    assert_non_null(strstr(asked.body, "inventoryAdjustQuantities(input:$input)"));
    assert_non_null(strstr(variables(), "\"changes\":[{\"inventoryItemId\":\"gid://shopify/InventoryItem/42\","
                                        "\"locationId\":\"gid://shopify/Location/7\",\"delta\":-2}]"));
    want.delta = false;
    ask_shopify(&want);
    assert_int_equal(asked.result, -EINVAL);
    want.verb = PLATFORM_PRICE;
    ask_shopify(&want);
    assert_int_equal(asked.result, -EINVAL); /* in which currency? */
    strcpy(want.currency, "JPY");
    ask_shopify(&want);
    assert_string_equal(variables(), "{\"id\":\"gid://shopify/Product/3\",\"variants\":[{\"id\":"
                                     "\"gid://shopify/ProductVariant/41\",\"price\":\"1990\"}]}}");
    strcpy(want.currency, "USD");
    ask_shopify(&want);
    assert_non_null(strstr(variables(), "\"price\":\"19.90\""));
    want.verb = PLATFORM_LISTING;
    ask_shopify(&want);
    assert_string_equal(variables(), "{\"product\":{\"id\":\"gid://shopify/Product/3\",\"status\":\"ACTIVE\"}}}");
    want.verb = PLATFORM_STOCK_READ;
    ask_shopify(&want);
    assert_string_equal(variables(), "{\"id\":\"gid://shopify/InventoryItem/42\",\"place\":"
                                     "\"gid://shopify/Location/7\"}}");
}

static void what_there_is_no_call_for(void **state)
{
    (void)state;
    static const enum platform_verb none[] = {PLATFORM_WAYBILL_GET, PLATFORM_WAYBILL_CANCEL, PLATFORM_CARRIERS,
                                              PLATFORM_BILLS, PLATFORM_TOKEN_REFRESH};
    for (size_t i = 0; i < COUNT(none); i++) {
        struct platform_want want = rig_want(none[i]);
        ask_shopify(&want);
        assert_int_equal(asked.result, -ENOTSUP);
    }
}

/* ---------------------------------------------------------------- reading */

#define SET(name, amount) "\"" name "\":{\"shopMoney\":{\"amount\":\"" amount "\"}}"
#define LINE(id, left, paid)                                                                                           \
    "{\"id\":\"gid://shopify/LineItem/" id "\",\"title\":\"Tee\",\"sku\":\"TS-RED-L\",\"quantity\":2,"                 \
    "\"currentQuantity\":2,\"unfulfilledQuantity\":" left "," SET("originalUnitPriceSet", "59.90") "," SET(            \
        "discountedTotalSet", paid) ",\"variant\":{\"id\":\"gid://shopify/ProductVariant/41\",\"inventoryItem\":{"     \
                                    "\"id\":\"gid://shopify/InventoryItem/42\"},\"product\":{\"id\":"                  \
                                    "\"gid://shopify/Product/3\"}}}"
#define ORDER(money, goods, lines, more)                                                                               \
    "{\"id\":\"gid://shopify/Order/4503599627370497001\",\"name\":\"#1001\",\"createdAt\":\"2024-06-01T00:10:02Z\","   \
    "\"updatedAt\":\"2024-06-01T08:11:41+08:00\",\"displayFinancialStatus\":\"" money                                  \
    "\",\"displayFulfillmentStatus\":\"" goods                                                                         \
    "\",\"currencyCode\":\"USD\",\"note\":null," SET("subtotalPriceSet", "99.80") "," SET(                             \
        "totalShippingPriceSet",                                                                                       \
        "6.00") "," SET("totalDiscountsSet",                                                                           \
                        "20.0") "," SET("totalPriceSet",                                                               \
                                        "105.80") ","                                                                  \
                                                  "\"shippingAddress\":{\"name\":\"Ann "                               \
                                                  "Lee\",\"phone\":\"+1\",\"province\":\"CA\",\"city\":\"LA\","        \
                                                  "\"address1\":"                                                      \
                                                  "\"1 Main "                                                          \
                                                  "St\",\"address2\":null,\"zip\":\"90001\",\"countryCodeV2\":\"US\"}" \
                                                  ",\"lineItems\":{\"pageInfo\":{"                                     \
                                                  "\"hasNextPage\":false},\"nodes\":[" lines "]}" more "}"
#define GOT(order) "{\"data\":{\"order\":" order "},\"extensions\":{}}"

static struct rig_answer hear_order(const char *text)
{
    struct platform_want want = rig_want(PLATFORM_ORDER);
    return rig_hear(&platform_shopify, &want, text);
}

static void an_order_is_read(void **state)
{
    (void)state;
    CLEANUP_HEARD struct rig_answer heard = hear_order(GOT(ORDER("PAID", "UNFULFILLED", LINE("11", "2", "99.80"), "")));
    assert_int_equal(heard.fault.class, PLATFORM_OK);
    assert_int_equal(heard.result, 0);
    const struct platform_order *order = heard.answer.orders;
    assert_string_equal(order->id, "4503599627370497001");
    assert_string_equal(order->status, "PAID/UNFULFILLED");
    assert_int_equal(order->state, PLATFORM_PAID);
    assert_int_equal(order->overlays, 0);
    assert_int_equal(order->modified_us, INT64_C(1717200701) * RIG_S);
    assert_int_equal(order->goods_minor, 11980);
    assert_int_equal(order->paid_minor, 10580);
    assert_string_equal(order->currency, "USD");
    assert_string_equal(order->address, "1 Main St, 90001 US");
    assert_string_equal(order->lines[0].id, "11");
    assert_string_equal(order->lines[0].item, "3");
    assert_string_equal(order->lines[0].sku, "41/42");
    assert_int_equal(order->lines[0].paid_minor, 9980);
    assert_false(order->lines[0].shipped);
}

/* A discount on the whole order is not in what the lines say. */
static void lines_share_the_discount_of_the_order(void **state)
{
    (void)state;
    CLEANUP_HEARD struct rig_answer heard = hear_order(
        GOT(ORDER("PAID", "PARTIALLY_FULFILLED", LINE("11", "0", "60.00") "," LINE("12", "2", "59.80"), "")));
    const struct platform_order *order = heard.answer.orders;
    assert_int_equal(order->lines[0].paid_minor, 4998);
    assert_int_equal(order->lines[1].paid_minor, 4982);
    assert_true(order->lines[0].shipped && !order->lines[1].shipped);
}

static void every_status_has_its_place(void **state)
{
    (void)state;
#define SEEN(money, goods, state, overlays)                                                                            \
    {                                                                                                                  \
        GOT(ORDER(money, goods, LINE("11", "2", "99.80"), "")), state, overlays                                        \
    }
    static const struct {
        const char *text;
        enum platform_state state;
        unsigned overlays;
    } seen[] = {
        SEEN("PENDING", "UNFULFILLED", PLATFORM_UNPAID, 0),
        SEEN("AUTHORIZED", "UNFULFILLED", PLATFORM_UNPAID, 0),
        SEEN("PENDING", "FULFILLED", PLATFORM_SHIPPED, 0), /* paid when it arrives */
        SEEN("PAID", "IN_PROGRESS", PLATFORM_PAID, 0),
        SEEN("PAID", "ON_HOLD", PLATFORM_PAID, PLATFORM_HOLD),
        SEEN("PAID", "SCHEDULED", PLATFORM_PAID, PLATFORM_HOLD),
        SEEN("PAID", "PARTIALLY_FULFILLED", PLATFORM_PART_SHIPPED, 0),
        SEEN("PAID", "FULFILLED", PLATFORM_SHIPPED, 0),
        SEEN("PAID", "FULFILLMENT_NOT_REQUIRED", PLATFORM_COMPLETED, 0),
        SEEN("PARTIALLY_REFUNDED", "UNFULFILLED", PLATFORM_PAID, 0),
        SEEN("REFUNDED", "UNFULFILLED", PLATFORM_CANCELLED, PLATFORM_REFUNDED),
        SEEN("REFUNDED", "FULFILLED", PLATFORM_SHIPPED, PLATFORM_REFUNDED),
        SEEN("VOIDED", "UNFULFILLED", PLATFORM_CANCELLED, 0),
        SEEN("PAID", "SOMETHING_NEW", PLATFORM_UNPAID, PLATFORM_HOLD),
        SEEN("SOMETHING_NEW", "UNFULFILLED", PLATFORM_UNPAID, PLATFORM_HOLD),
        {GOT(ORDER("PAID", "UNFULFILLED", LINE("11", "2", "99.80"), ",\"cancelledAt\":\"2024-06-01T00:10:02Z\"")),
         PLATFORM_CANCELLED, 0},
    };
    for (size_t i = 0; i < COUNT(seen); i++) {
        CLEANUP_HEARD struct rig_answer heard = hear_order(seen[i].text);
        assert_int_equal(heard.result, 0);
        assert_int_equal(heard.answer.orders->state, seen[i].state);
        assert_int_equal(heard.answer.orders->overlays, seen[i].overlays);
    }
}

#define PAGE(node, next, cursor)                                                                                       \
    "{\"data\":{\"orders\":{\"pageInfo\":{\"hasNextPage\":" next ",\"endCursor\":\"" cursor "\"},\"nodes\":[" node     \
    "]}}}"

static void pages_are_followed_by_their_cursor(void **state)
{
    (void)state;
    static const struct {
        const char *had, *text, *next;
        int result;
    } steps[] = {
        {"", PAGE("", "false", "c1"), "", 0},
        {"", PAGE("", "true", "c10"), "c10", 0},
        {"c10", PAGE("", "true", "c10"), "", -EBADMSG},
        {"c10", PAGE("", "true", ""), "", -EBADMSG},
        {"c10", PAGE("{\"id\":null}", "true", "c20"), "", -EBADMSG},
    };
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct platform_want want = rig_want(PLATFORM_ORDERS);
        strcpy(want.cursor, steps[i].had);
        CLEANUP_HEARD struct rig_answer heard = rig_hear(&platform_shopify, &want, steps[i].text);
        assert_int_equal(heard.result, steps[i].result);
        assert_string_equal(heard.answer.cursor, steps[i].next);
    }
    CLEANUP_HEARD struct rig_answer more = hear_order(GOT(
        "{\"id\":\"gid://shopify/Order/1\",\"displayFinancialStatus\":\"PAID\",\"displayFulfillmentStatus\":"
        "\"UNFULFILLED\",\"lineItems\":{\"pageInfo\":{\"hasNextPage\":true},\"nodes\":[" LINE("11", "2", "1") "]}}"));
    assert_true(more.answer.orders->overlays & PLATFORM_HOLD); /* not all lines are seen */
}

static void refunds_and_stock_are_read(void **state)
{
    (void)state;
    struct platform_want want = rig_want(PLATFORM_REFUNDS);
    CLEANUP_HEARD struct rig_answer heard =
        rig_hear(&platform_shopify, &want,
                 PAGE("{\"id\":\"gid://shopify/Order/5\",\"displayFulfillmentStatus\":\"FULFILLED\",\"currencyCode\":"
                      "\"JPY\",\"refunds\":[{\"id\":\"gid://shopify/Refund/9\",\"createdAt\":\"2024-06-01T00:10:02Z\","
                      "\"note\":\"n\"," SET("totalRefundedSet", "1000.0") ",\"refundLineItems\":{\"nodes\":[{"
                                                                          "\"quantity\":1,\"lineItem\":{\"id\":"
                                                                          "\"gid://shopify/LineItem/11\"}}]}}]},"
                                                                          "{\"id\":\"gid://shopify/Order/6\","
                                                                          "\"refunds\":[]}",
                      "false", "c1"));
    assert_int_equal(heard.result, 0);
    assert_int_equal(heard.answer.count, 1);
    const struct platform_refund *refund = heard.answer.refunds;
    assert_string_equal(refund->id, "9");
    assert_string_equal(refund->order, "5");
    assert_string_equal(refund->line, "11");
    assert_int_equal(refund->amount_minor, 1000); /* a currency without smaller coins */
    assert_int_equal(refund->state, PLATFORM_REFUND_DONE);
    assert_true(refund->shipped);
    static const struct platform_stock_row row = {.item = "3", .sku = "41/42"};
    want = rig_want(PLATFORM_STOCK_READ);
    want.stock = &row;
    want.stock_count = 1;
    CLEANUP_HEARD struct rig_answer stock =
        rig_hear(&platform_shopify, &want,
                 "{\"data\":{\"inventoryItem\":{\"sku\":\"A\",\"inventoryLevel\":{\"quantities\":[{\"name\":"
                 "\"available\",\"quantity\":4}]}}}}");
    assert_int_equal(stock.answer.stock->quantity, 4);
}

static enum platform_class class_at(int status, enum platform_verb verb, const char *text, int64_t *ret_retry_s)
{
    static const struct platform_shipment whole = {.whole = true};
    struct platform_response response = {.status = status, .sent = true};
    struct platform_want want = rig_want(verb);
    want.shipment = &whole;
    buf_puts(&response.body, text);
    CLEANUP_HEARD struct rig_answer heard = rig_hear_response(&platform_shopify, &want, &response);
    platform_response_done(&response);
    *ret_retry_s = heard.fault.retry_s;
    return heard.fault.class;
}

#define THROTTLED                                                                                                      \
    "{\"errors\":[{\"message\":\"Throttled\",\"extensions\":{\"code\":\"THROTTLED\"}}],\"extensions\":{\"cost\":{"     \
    "\"requestedQueryCost\":752,\"actualQueryCost\":null,\"throttleStatus\":{\"maximumAvailable\":1000,"               \
    "\"currentlyAvailable\":666,\"restoreRate\":50}}}}"

static void faults_have_their_class(void **state)
{
    (void)state;
#define FAILED(code)    "{\"errors\":[{\"message\":\"m\",\"extensions\":{\"code\":\"" code "\"}}]}"
#define CREATED(errors) "{\"data\":{\"fulfillmentCreate\":{\"fulfillment\":null,\"userErrors\":[" errors "]}}}"
#define SET_STOCK(code)                                                                                                \
    "{\"data\":{\"inventorySetQuantities\":{\"userErrors\":[{\"message\":\"m\",\"code\":\"" code "\"}]}}}"
    static const struct {
        int status;
        enum platform_verb verb;
        const char *text;
        enum platform_class class;
    } told[] = {
        {401, PLATFORM_ORDERS, "{\"errors\":\"[API] Invalid API key\"}", PLATFORM_AUTH_REVOKED},
        {403, PLATFORM_ORDERS, "{\"errors\":\"no\"}", PLATFORM_PERMISSION},
        {404, PLATFORM_ORDERS, "{\"errors\":\"Not Found\"}", PLATFORM_PARAMETER},
        {429, PLATFORM_SHIP, "{\"errors\":\"slow down\"}", PLATFORM_THROTTLED},
        {503, PLATFORM_ORDERS, "{\"errors\":\"?\"}", PLATFORM_RETRY},
        {503, PLATFORM_SHIP, "{\"errors\":\"?\"}", PLATFORM_UNCERTAIN},
        {200, PLATFORM_ORDERS, FAILED("ACCESS_DENIED"), PLATFORM_PERMISSION},
        {200, PLATFORM_ORDERS, FAILED("INTERNAL_SERVER_ERROR"), PLATFORM_RETRY},
        {200, PLATFORM_SHIP, FAILED("INTERNAL_SERVER_ERROR"), PLATFORM_UNCERTAIN},
        {200, PLATFORM_ORDERS, FAILED("undefinedField"), PLATFORM_PARAMETER},
        {200, PLATFORM_ORDER, GOT("null"), PLATFORM_NOT_FOUND},
        {200, PLATFORM_ORDERS, "{\"data\":{\"orders\":null}}", PLATFORM_RETRY},
        {200, PLATFORM_SHIP, "{\"data\":null}", PLATFORM_UNCERTAIN},
        {200, PLATFORM_SHIP, CREATED(""), PLATFORM_OK},
        {200, PLATFORM_SHIP, CREATED("{\"message\":\"Fulfillment order is not open\"}"), PLATFORM_CONFLICT},
        {200, PLATFORM_STOCK, SET_STOCK("INVALID_INVENTORY_ITEM"), PLATFORM_NOT_FOUND},
        {200, PLATFORM_STOCK, SET_STOCK("ITEM_NOT_STOCKED_AT_LOCATION"), PLATFORM_NOT_FOUND},
        {200, PLATFORM_STOCK, SET_STOCK("COMPARE_QUANTITY_STALE"), PLATFORM_CONFLICT},
        {200, PLATFORM_STOCK, SET_STOCK("INVALID_QUANTITY_NEGATIVE"), PLATFORM_PARAMETER},
    };
    int64_t retry_s;
    for (size_t i = 0; i < COUNT(told); i++)
        assert_int_equal(class_at(told[i].status, told[i].verb, told[i].text, &retry_s), told[i].class);
    assert_int_equal(class_at(200, PLATFORM_ORDERS, THROTTLED, &retry_s), PLATFORM_THROTTLED);
    assert_int_equal(retry_s, 2); /* 86 points at 50 a second */
    assert_int_equal(class_at(429, PLATFORM_SHIP, THROTTLED, &retry_s), PLATFORM_THROTTLED);
}

/* ---------------------------------------------------------------- hearing */

#define PUSHED "{\"id\":450789469,\"name\":\"#1001\"}"
#define SIGN   "X-Shopify-Hmac-Sha256: Y3S0OcgdRab3yE7clVq/m9rzY5a6y13OKkjMFe0FjeI=\n"

static int hear(const char *secret, const char *headers, const char *body, struct platform_hint *hint)
{
    struct platform_shop heard_for = {0};
    struct error error;
    size_t count = 0;
    CLEANUP_BUF struct buf reply = {0};
    strcpy(heard_for.app_secret, secret);
    return platform_shopify.hear(&heard_for, headers, body, strlen(body), hint, 1, &count, &reply, &error);
}

static void pushes_are_checked_and_read(void **state)
{
    (void)state;
    struct platform_hint hint;
    assert_int_equal(hear("hush",
                          SIGN "x-shopify-topic: orders/updated\nX-Shopify-Shop-Domain: a.myshopify.com\n"
                               "X-Shopify-Webhook-Id: w1\n",
                          PUSHED, &hint),
                     0);
    assert_string_equal(hint.order, "450789469");
    assert_string_equal(hint.topic, "orders/updated");
    assert_string_equal(hint.shop, "a.myshopify.com");
    assert_string_equal(hint.message, "w1");
    assert_int_equal(hear("hush", SIGN "X-Shopify-Topic: products/update\n", PUSHED, &hint), 0);
    assert_string_equal(hint.order, "");
    assert_int_equal(hear("hush!", SIGN, PUSHED, &hint), -EACCES);
    assert_int_equal(hear("", SIGN, PUSHED, &hint), -EACCES);
    assert_int_equal(hear("hush", "", PUSHED, &hint), -EACCES);
    assert_int_equal(hear("hush", SIGN, PUSHED " ", &hint), -EACCES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_is_asked_for_in_utc),
        cmocka_unit_test(a_shop_is_a_host),
        cmocka_unit_test(a_parcel_names_what_the_shop_calls_its_lines),
        cmocka_unit_test(stock_is_set_and_changed),
        cmocka_unit_test(what_there_is_no_call_for),
        cmocka_unit_test(an_order_is_read),
        cmocka_unit_test(lines_share_the_discount_of_the_order),
        cmocka_unit_test(every_status_has_its_place),
        cmocka_unit_test(pages_are_followed_by_their_cursor),
        cmocka_unit_test(refunds_and_stock_are_read),
        cmocka_unit_test(faults_have_their_class),
        cmocka_unit_test(pushes_are_checked_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
