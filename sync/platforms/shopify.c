/* Shopify's Admin API: one address, GraphQL, and a token that stays good until somebody takes it back. */
#include "sync/platforms/shopify.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/connectors.h"
#include "sync/platforms/iso.h"
#include "sync/platforms/members.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A version lives for a year, and a call with an older one is answered as by the oldest that lives. From 2026-04 on an
 * amount that is set names the one that it replaces in another way (see set_stock). */
#define VERSION    "2026-01"
#define SECOND_US  INT64_C(1000000)
#define WINDOW_S   (31 * INT64_C(86400))
#define BATCH      50
#define TEXT(x)    TEXT_OF(x)
#define TEXT_OF(x) #x

/* ---------------------------------------------------------------- what is asked */

#define MONEY "{shopMoney{amount}}"
#define LINE                                                                                                           \
    "id title sku quantity currentQuantity unfulfilledQuantity originalUnitPriceSet" MONEY                             \
    " discountedTotalSet(withCodeDiscounts:true)" MONEY " variant{id inventoryItem{id} product{id}}"
#define ORDER(lines)                                                                                                   \
    "id name createdAt updatedAt cancelledAt displayFinancialStatus displayFulfillmentStatus currencyCode note "       \
    "subtotalPriceSet" MONEY " totalShippingPriceSet" MONEY " totalDiscountsSet" MONEY " totalPriceSet" MONEY          \
    " shippingAddress{name phone province city address1 address2 zip countryCodeV2} "                                  \
    "lineItems(first:" lines "){pageInfo{hasNextPage} nodes{" LINE "}} "                                               \
    "fulfillments(first:10){id trackingInfo(first:1){company number}} "                                                \
    "fulfillmentOrders(first:10){nodes{id status lineItems(first:" lines                                               \
    "){nodes{id remainingQuantity lineItem{id}}}}}"
#define PAGE                                                                                                           \
    "$query:String!,$after:String){orders(first:" TEXT(                                                                \
        SHOPIFY_PAGE) ",after:$after,sortKey:UPDATED_AT,"                                                              \
                      "query:$query){pageInfo{hasNextPage endCursor} nodes{"

static const char orders[] = "query(" PAGE ORDER(TEXT(SHOPIFY_LINES)) "}}}";
static const char order[] = "query($id:ID!){order(id:$id){" ORDER("200") "}}";
static const char refunds[] =
    "query(" PAGE "id updatedAt displayFulfillmentStatus currencyCode refunds(first:20){id createdAt "
    "updatedAt note totalRefundedSet" MONEY " refundLineItems(first:20){nodes{quantity lineItem{id}}}}}}}";
static const char ship[] = "mutation($fulfillment:FulfillmentInput!){fulfillmentCreate(fulfillment:$fulfillment){"
                           "fulfillment{id} userErrors{field message}}}";
static const char amend[] =
    "mutation($id:ID!,$tracking:FulfillmentTrackingInput!){fulfillmentTrackingInfoUpdate("
    "fulfillmentId:$id,trackingInfoInput:$tracking){fulfillment{id} userErrors{field message}}}";
static const char set_stock[] = "mutation($input:InventorySetQuantitiesInput!){inventorySetQuantities(input:$input){"
                                "userErrors{field message code}}}";
static const char change_stock[] = "mutation($input:InventoryAdjustQuantitiesInput!){inventoryAdjustQuantities("
                                   "input:$input){userErrors{field message code}}}";
static const char price[] = "mutation($id:ID!,$variants:[ProductVariantsBulkInput!]!){productVariantsBulkUpdate("
                            "productId:$id,variants:$variants){userErrors{field message code}}}";
static const char listing[] = "mutation($product:ProductUpdateInput!){productUpdate(product:$product){"
                              "userErrors{field message}}}";
static const char stock[] = "query($id:ID!,$place:ID!){inventoryItem(id:$id){id sku inventoryLevel(locationId:$place){"
                            "quantities(names:[\"available\"]){name quantity}}}}";

static int put_window(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                      struct error *error)
{
    (void)shop;
    int64_t from_s, to_s;
    char from[ISO_TIME_SIZE], to[ISO_TIME_SIZE], query[128];
    int result = window_of(want, WINDOW_S, &from_s, &to_s, error);
    if (result)
        return result;
    time_to_iso(from_s * SECOND_US, from);
    time_to_iso(to_s * SECOND_US, to);
    snprintf(query, sizeof(query), "updated_at:>='%sZ' updated_at:<='%sZ'", from, to);
    json_text(out, "query", query);
    json_text(out, "after", *want->cursor ? want->cursor : NULL);
    return 0;
}

static int put_order(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error)
{
    (void)shop;
    (void)error;
    shopify_put_id(out, "id", "Order", want->order);
    return 0;
}

static int put_stock_read(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                          struct error *error)
{
    if (want->stock_count != 1 || !*shop->place)
        return error_set(error, -EINVAL, "Shopify is asked for the stock of one SKU at the shop's place");
    shopify_put_id(out, "id", "InventoryItem", shopify_number(want->stock[0].sku));
    shopify_put_id(out, "place", "Location", shop->place);
    return 0;
}

struct shopify_call {
    const char *query;
    shopify_put *put;
    shopify_reader *read; /* NULL: there is nothing to read but whether it went well */
    const char *what;     /* the member that the answer holds */
};

static const struct shopify_call calls[PLATFORM_VERBS] = {
    [PLATFORM_ORDERS] = {orders, put_window, shopify_read_orders, "orders"},
    [PLATFORM_ORDER] = {order, put_order, shopify_read_order, "order"},
    [PLATFORM_REFUNDS] = {refunds, put_window, shopify_read_refunds, "orders"},
    [PLATFORM_SHIP] = {ship, shopify_put_ship, NULL, "fulfillmentCreate"},
    [PLATFORM_SHIP_AMEND] = {amend, shopify_put_amend, NULL, "fulfillmentTrackingInfoUpdate"},
    [PLATFORM_STOCK] = {set_stock, shopify_put_stock, NULL, "inventorySetQuantities"},
    [PLATFORM_STOCK_READ] = {stock, put_stock_read, shopify_read_stock, "inventoryItem"},
    [PLATFORM_PRICE] = {price, shopify_put_price, NULL, "productVariantsBulkUpdate"},
    [PLATFORM_LISTING] = {listing, shopify_put_listing, NULL, "productUpdate"},
};
static const struct shopify_call stock_change = {change_stock, shopify_put_stock_change, NULL,
                                                 "inventoryAdjustQuantities"};

static const struct shopify_call *call_of(const struct platform_want *want)
{
    return want->verb == PLATFORM_STOCK && want->delta ? &stock_change : &calls[want->verb];
}

/* The shop is a host of its own; its name must not lead elsewhere. */
static int put_url(const struct platform_shop *shop, struct buf *url, struct error *error)
{
    static const char host[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    if (!*shop->gateway && (!*shop->id || shop->id[strspn(shop->id, host)]))
        return error_set(error, -EINVAL, "the shop's id is its host, as in \"example.myshopify.com\"");
    buf_printf(url, "%s%s/admin/api/" VERSION "/graphql.json", *shop->gateway ? "" : "https://",
               *shop->gateway ? shop->gateway : shop->id);
    return 0;
}

static int build(const struct platform_shop *shop, const struct platform_want *want, struct platform_request *out,
                 struct error *error)
{
    const struct shopify_call *call = call_of(want);
    if (!call->query)
        return -ENOTSUP;
    if (strcspn(shop->access_token, "\r\n") != strlen(shop->access_token))
        return error_set(error, -EINVAL, "the shop's access_token is more than one line");
    int result = put_url(shop, &out->url, error);
    json_open_object(&out->body, NULL);
    json_text(&out->body, "query", call->query);
    json_open_object(&out->body, "variables");
    if (!result)
        result = call->put(shop, want, &out->body, error);
    json_close_object(&out->body);
    json_close_object(&out->body);
    out->method = "POST";
    buf_printf(&out->headers, "Content-Type: application/json\nX-Shopify-Access-Token: %s\n", shop->access_token);
    return result;
}

/* ---------------------------------------------------------------- what an answer means */

static const struct code_row statuses[] = {
    {200, 299, PLATFORM_OK},         {400, 400, PLATFORM_PARAMETER}, {401, 401, PLATFORM_AUTH_REVOKED},
    {402, 403, PLATFORM_PERMISSION}, {404, 404, PLATFORM_PARAMETER}, /* there is no such shop, or version */
    {423, 423, PLATFORM_PERMISSION}, {429, 430, PLATFORM_THROTTLED}, {0, 0, PLATFORM_OK},
};

/* By an error's own code; the first that fits. */
static const struct part_row error_codes[] = {
    {"THROTTLED", PLATFORM_THROTTLED},
    {"ACCESS_DENIED", PLATFORM_PERMISSION},
    {"SHOP_INACTIVE", PLATFORM_PERMISSION},
    {"INTERNAL_SERVER_ERROR", PLATFORM_RETRY},
    {"TIMEOUT", PLATFORM_RETRY},
    {.part = NULL},
};

static const struct part_row user_codes[] = {
    {"STALE", PLATFORM_CONFLICT},           {"NOT_STOCKED", PLATFORM_NOT_FOUND},
    {"INVENTORY_ITEM", PLATFORM_NOT_FOUND}, {"LOCATION", PLATFORM_NOT_FOUND},
    {"NOT_EXIST", PLATFORM_NOT_FOUND},      {"NEGATIVE", PLATFORM_PARAMETER},
    {"INVALID", PLATFORM_PARAMETER},        {"REQUIRED", PLATFORM_PARAMETER},
    {"does not exist", PLATFORM_NOT_FOUND}, {.part = NULL},
};

/* So long the bucket takes to fill up to what the query wants. */
static int64_t wait_of(const json_t *root)
{
    const json_t *cost = text_json_at(root, "extensions.cost");
    int64_t wanted = 0, left = 0, rate = 0;
    (void)text_to_whole(text_json_text(cost, "requestedQueryCost"), &wanted); /* what is missing is 0 */
    (void)text_to_whole(text_json_text(cost, "throttleStatus.currentlyAvailable"), &left);
    (void)text_to_whole(text_json_text(cost, "throttleStatus.restoreRate"), &rate);
    return rate > 0 && wanted > left && wanted < 1000000 && left >= 0 ? (wanted - left + rate - 1) / rate : 1;
}

/* Errors are an array of objects, or one text. */
static void take_error(const struct platform_response *response, const json_t *root, const json_t *errors,
                       struct platform_fault *ret)
{
    char status[16];
    const json_t *first = json_is_array(errors) ? json_array_get(errors, 0) : NULL;
    snprintf(status, sizeof(status), "%d", response->status);
    text_copy(ret->code, sizeof(ret->code),
              *text_json_text(first, "extensions.code") ? text_json_text(first, "extensions.code") : status);
    text_copy(ret->message, sizeof(ret->message),
              json_is_string(errors) ? json_string_value(errors) : text_json_text(first, "message"));
    ret->class = code_find(statuses, status);
    if (ret->class == PLATFORM_OK)
        ret->class = part_find(error_codes, ret->code, PLATFORM_PARAMETER);
    if (ret->class == PLATFORM_THROTTLED)
        ret->retry_s = response->retry_after_s ? response->retry_after_s : wait_of(root);
}

static void take_user_error(const json_t *error, struct platform_fault *ret)
{
    text_copy(ret->code, sizeof(ret->code), "user_error");
    text_copy(ret->sub_code, sizeof(ret->sub_code), text_json_text(error, "code"));
    text_copy(ret->message, sizeof(ret->message), text_json_text(error, "message"));
    ret->class = part_find(user_codes, *ret->sub_code ? ret->sub_code : ret->message, PLATFORM_CONFLICT);
}

static void classify(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_fault *ret)
{
    const struct shopify_call *call = call_of(want);
    const json_t *errors = text_json_at(root, "errors"), *data = text_json_at(root, "data");
    const json_t *what = data ? text_json_at(data, call->what) : NULL;
    const json_t *user_error = json_array_get(text_json_at(what, "userErrors"), 0);
    if (errors || response->status < 200 || response->status > 299)
        take_error(response, root, errors, ret);
    else if (user_error)
        take_user_error(user_error, ret);
    else if (data && !what && call->read && want->verb != PLATFORM_ORDERS && want->verb != PLATFORM_REFUNDS)
        ret->class = PLATFORM_NOT_FOUND;
    else if (!what)
        ret->class = platform_lost(want, response);
    if (ret->class == PLATFORM_NOT_FOUND && !*ret->message)
        text_copy(ret->message, sizeof(ret->message), "the shop does not have it");
}

static int read_root(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_answer *answer, struct error *error)
{
    (void)response;
    const struct shopify_call *call = call_of(want);
    struct text_reader reader = {.error = error};
    if (call->read)
        call->read(&reader, want, text_json_at(root, "data"), answer);
    return reader.result;
}

const struct platform platform_shopify = {
    .name = "shopify",
    .title = "Shopify",
    .gateway = "",
    .caps = {.abilities = PLATFORM_STOCK_SET | PLATFORM_STOCK_DELTA | PLATFORM_PART_SHIP | PLATFORM_SHIP_AMENDS |
                          PLATFORM_UNPAID_SEEN | PLATFORM_PUSHES | PLATFORM_PRICES | PLATFORM_LISTINGS |
                          PLATFORM_SHIPS_BY_RAW,
             .window_max_s = WINDOW_S,
             .window_s = 3600,
             .refund_window_max_s = WINDOW_S,
             .overlap_s = 600,
             .history_s = 60 * INT64_C(86400),
             .clock_s = 86400,
             .page = SHOPIFY_PAGE,
             .stock_batch = BATCH},
    .build = build,
    .classify = classify,
    .read = read_root,
    .hear = shopify_hear,
};
