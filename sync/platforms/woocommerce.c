/* WooCommerce, by the REST API of each shop: a resource per path; over TLS by a key and its secret, without it (which
 * is for tests and the same machine) by OAuth.
 *
 * Two things are to be known of it. It has no list by modified time: a window is paged by the orders' numbers, from the
 * last page to the first. And it lets any status follow any other: who says that a cancelled order is completed is
 * believed, so an order is read just before a parcel is told. */
#include "sync/platforms/woocommerce.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/connectors.h"
#include "sync/platforms/crypto.h"
#include "sync/platforms/iso.h"
#include "sync/platforms/members.h"
#include "sync/platforms/oauth.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define WINDOW_S  (31 * INT64_C(86400))
#define BATCH     50
#define BASE      "/wp-json/wc/v3"

/* ---------------------------------------------------------------- what is asked */

/* path: below BASE; query: its parameters; body: the members of a JSON object, nothing where there is none. */
typedef int put_call(const struct platform_want *want, struct buf *path, struct form *query, struct buf *body,
                     struct error *error);

/* Both ends are left out there, so each is moved by a second. Amounts are asked for with two digits: a shop may be set
 * to write more, that are not money. */
static int put_window(const struct platform_want *want, struct buf *path, struct form *query, struct buf *body,
                      struct error *error)
{
    (void)body;
    int64_t from_s, to_s;
    char from[ISO_TIME_SIZE], to[ISO_TIME_SIZE];
    struct page page;
    int result = window_of(want, WINDOW_S, &from_s, &to_s, error);
    if (!result)
        result = page_of(want->cursor, &page, error);
    if (result)
        return result;
    time_to_iso((from_s - 1) * SECOND_US, from);
    time_to_iso((to_s + 1) * SECOND_US, to);
    buf_puts(path, "/orders");
    form_put(query, "modified_after", from);
    form_put(query, "modified_before", to);
    form_put(query, "dates_are_gmt", "true");
    form_put(query, "status", "any");
    form_put(query, "orderby", "id");
    form_put(query, "order", "asc");
    form_put_int(query, "page", page.number);
    form_put_int(query, "per_page", WOO_PAGE);
    form_put(query, "dp", "2");
    return 0;
}

/* Ids go into the path: they must be numbers. */
static int put_number(struct buf *path, const char *before, const char *number, struct error *error)
{
    if (!*number || !text_all_digits(number, strlen(number)))
        return error_set(error, -EINVAL, "\"%.40s\" is no number of this shop", number);
    buf_printf(path, "%s%s", before, number);
    return 0;
}

static int put_order(const struct platform_want *want, struct buf *path, struct form *query, struct buf *body,
                     struct error *error)
{
    (void)body;
    form_put(query, "dp", "2");
    return put_number(path, "/orders/", want->order, error);
}

static void put_meta(struct buf *body, const char *key, const char *value)
{
    json_open_object(body, NULL);
    json_text(body, "key", key);
    json_text(body, "value", value);
    json_close_object(body);
}

/* The shop itself knows no parcels: its plugins read them from here. A key that is there is written over. */
static int put_ship(const struct platform_want *want, struct buf *path, struct form *query, struct buf *body,
                    struct error *error)
{
    (void)query;
    const struct platform_shipment *shipment = want->shipment;
    if (want->verb == PLATFORM_SHIP && (!shipment->whole || shipment->extra))
        return error_set(error, -ENOTSUP, "WooCommerce knows an order as a whole, in one parcel");
    if (want->verb == PLATFORM_SHIP)
        json_text(body, "status", "completed");
    json_open_array(body, "meta_data");
    put_meta(body, "_tracking_provider", shipment->carrier);
    put_meta(body, "_tracking_number", shipment->waybill);
    json_close_array(body);
    return put_number(path, "/orders/", shipment->order, error);
}

/* An item, or a variation of one. */
static int put_item_path(const struct platform_stock_row *row, struct buf *path, struct error *error)
{
    int result = put_number(path, "/products/", row->item, error);
    if (!result && *row->sku)
        result = put_number(path, "/variations/", row->sku, error);
    return result;
}

static void put_quantity(const struct platform_stock_row *row, struct buf *body)
{
    json_bool(body, "manage_stock", true);
    json_int(body, "stock_quantity", row->quantity);
}

static int check_rows(const struct platform_want *want, struct error *error)
{
    if (want->delta)
        return error_set(error, -ENOTSUP, "WooCommerce is told what there is, not how much more");
    if (want->stock_count == 0 || want->stock_count > BATCH)
        return error_set(error, -EINVAL, "stock is told for 1 to %d SKUs at a time", BATCH);
    for (size_t i = 0; i < want->stock_count; i++) {
        if (strcmp(want->stock[i].item, want->stock[0].item) != 0 || (want->stock_count > 1 && !*want->stock[i].sku))
            return error_set(error, -EINVAL, "stock is told for variations of one item at a time");
        if (want->verb == PLATFORM_STOCK && want->stock[i].quantity < 0)
            return error_set(error, -EINVAL, "there cannot be less than nothing of a SKU");
    }
    return 0;
}

static int put_stock(const struct platform_want *want, struct buf *path, struct form *query, struct buf *body,
                     struct error *error)
{
    (void)query;
    int result = check_rows(want, error);
    if (!result)
        result = put_item_path(want->stock, path, error);
    put_quantity(want->stock, body);
    return result;
}

static int put_stock_batch(const struct platform_want *want, struct buf *path, struct form *query, struct buf *body,
                           struct error *error)
{
    (void)query;
    int result = check_rows(want, error);
    if (!result)
        result = put_number(path, "/products/", want->stock[0].item, error);
    if (result)
        return result;
    buf_puts(path, "/variations/batch");
    json_open_array(body, "update");
    for (size_t i = 0; i < want->stock_count; i++) {
        json_open_object(body, NULL);
        json_id(body, "id", want->stock[i].sku);
        put_quantity(&want->stock[i], body);
        json_close_object(body);
    }
    json_close_array(body);
    return 0;
}

static int put_stock_read(const struct platform_want *want, struct buf *path, struct form *query, struct buf *body,
                          struct error *error)
{
    (void)body;
    CLEANUP_BUF struct buf numbers = {0};
    int result = check_rows(want, error);
    if (!result && want->stock_count == 1)
        return put_item_path(want->stock, path, error);
    if (!result)
        result = put_number(path, "/products/", want->stock[0].item, error);
    for (size_t i = 0; !result && i < want->stock_count; i++)
        buf_printf(&numbers, "%s%s", i ? "," : "", want->stock[i].sku);
    buf_puts(path, "/variations");
    form_put_buf(query, "include", &numbers);
    form_put_int(query, "per_page", WOO_PAGE);
    return result;
}

static int put_item(const struct platform_want *want, struct buf *path, struct form *query, struct buf *body,
                    struct error *error)
{
    (void)query;
    char price[DECIMAL_SIZE];
    const struct platform_stock_row *row = want->stock;
    if (want->stock_count != 1)
        return error_set(error, -EINVAL, "one price or one item at a time is changed");
    if (want->verb == PLATFORM_LISTING) {
        json_text(body, "status", row->on_sale ? "publish" : "draft");
        return put_number(path, "/products/", row->item, error);
    }
    if (!*want->currency)
        return error_set(error, -EINVAL, "a price is told with its currency");
    money_to_text(row->price_minor, want->currency, price);
    json_text(body, "regular_price", price);
    return put_item_path(row, path, error);
}

/* ---------------------------------------------------------------- calls */

struct woo_call {
    const char *http;
    put_call *put;
    woo_reader *read; /* NULL: there is nothing to read but whether it went well */
    bool list;        /* the answer is an array */
};

static const struct woo_call calls[PLATFORM_VERBS] = {
    [PLATFORM_ORDERS] = {"GET", put_window, woo_read_orders, true},
    [PLATFORM_ORDER] = {"GET", put_order, woo_read_order, false},
    [PLATFORM_REFUNDS] = {"GET", put_window, woo_read_refunds, true},
    [PLATFORM_SHIP] = {"PUT", put_ship, NULL, false},
    [PLATFORM_SHIP_AMEND] = {"PUT", put_ship, NULL, false},
    [PLATFORM_STOCK] = {"PUT", put_stock, NULL, false},
    [PLATFORM_STOCK_READ] = {"GET", put_stock_read, woo_read_stock, false},
    [PLATFORM_PRICE] = {"PUT", put_item, NULL, false},
    [PLATFORM_LISTING] = {"PUT", put_item, NULL, false},
};
static const struct woo_call stock_batch = {"POST", put_stock_batch, woo_read_stock_batch, false};
static const struct woo_call stock_list = {"GET", put_stock_read, woo_read_stock, true};

static const struct woo_call *call_of(const struct platform_want *want)
{
    if (want->verb == PLATFORM_STOCK && want->stock_count > 1)
        return &stock_batch;
    if (want->verb == PLATFORM_STOCK_READ && want->stock_count > 1)
        return &stock_list;
    return &calls[want->verb];
}

static int put_basic(const struct platform_shop *shop, struct buf *headers)
{
    CLEANUP_BUF struct buf both = {0};
    buf_printf(&both, "%s:%s", shop->app_key, shop->app_secret);
    buf_puts(headers, "Authorization: Basic ");
    crypto_put_base64(headers, buf_text(&both), both.length);
    buf_putc(headers, '\n');
    return both.failed ? -ENOMEM : 0;
}

static int build(const struct platform_shop *shop, const struct platform_want *want, struct platform_request *out,
                 struct error *error)
{
    const struct woo_call *call = call_of(want);
    bool sealed = strncmp(shop->gateway, "https://", strlen("https://")) == 0;
    CLEANUP_BUF struct buf body = {0};
    CLEANUP_FORM struct form query = {0};
    if (!call->http)
        return -ENOTSUP;
    if (!*shop->gateway || !*shop->app_key || !*shop->app_secret)
        return error_set(error, -EINVAL, "the shop's gateway is its own address; it has an app_key and an app_secret");
    buf_printf(&out->url, "%s" BASE, shop->gateway);
    json_open_object(&body, NULL);
    int result = call->put(want, &out->url, &query, &body, error);
    json_close_object(&body);
    out->method = call->http;
    if (strcmp(call->http, "GET") != 0) {
        buf_puts(&out->headers, "Content-Type: application/json\n");
        buf_put(&out->body, buf_text(&body), body.length);
    }
    if (!result)
        result = sealed ? put_basic(shop, &out->headers)
                        : oauth_put(call->http, buf_text(&out->url), &query, shop, want->now_us, error);
    if (result || query.count == 0)
        return result;
    buf_putc(&out->url, '?');
    return form_write(&query, &out->url);
}

/* ---------------------------------------------------------------- what an answer means */

static const struct code_row statuses[] = {
    {200, 299, PLATFORM_OK},         {400, 400, PLATFORM_PARAMETER}, {401, 401, PLATFORM_AUTH_REVOKED},
    {403, 403, PLATFORM_PERMISSION}, {404, 404, PLATFORM_NOT_FOUND}, {409, 409, PLATFORM_CONFLICT},
    {410, 410, PLATFORM_NOT_FOUND},  {429, 429, PLATFORM_THROTTLED}, {0, 0, PLATFORM_OK},
};

/* What is wrong with a signature is told in words; the first that fits. */
static const struct part_row sign_words[] = {
    {"timestamp", PLATFORM_CLOCK},
    {"nonce", PLATFORM_RETRY},
    {"signature", PLATFORM_BAD_SIGN},
    {"permission", PLATFORM_PERMISSION},
    {.part = NULL},
};

/* A parameter that is wrong says so in its code; anything else that is refused is by what is there. */
static const struct part_row wrong_words[] = {
    {"invalid", PLATFORM_PARAMETER}, {"missing", PLATFORM_PARAMETER}, {"required", PLATFORM_PARAMETER}, {.part = NULL}};

static void take_error(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                       struct platform_fault *ret)
{
    char status[16];
    snprintf(status, sizeof(status), "%d", response->status);
    text_copy(ret->code, sizeof(ret->code), status);
    text_copy(ret->sub_code, sizeof(ret->sub_code), text_json_text(root, "code"));
    text_copy(ret->message, sizeof(ret->message), text_json_text(root, "message"));
    ret->class = code_find(statuses, status);
    if (ret->class == PLATFORM_AUTH_REVOKED)
        ret->class = part_find(sign_words, ret->message, ret->class);
    if (ret->class == PLATFORM_PARAMETER && platform_verb_writes(want->verb))
        ret->class = part_find(wrong_words, ret->sub_code, PLATFORM_CONFLICT);
    if (ret->class == PLATFORM_THROTTLED)
        ret->retry_s = response->retry_after_s;
}

static bool has_refused_rows(const json_t *root)
{
    const json_t *row;
    size_t i;
    json_array_foreach(text_json_at(root, "update"), i, row)
    {
        if (text_json_at(row, "error"))
            return true;
    }
    return false;
}

static void classify(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_fault *ret)
{
    const struct woo_call *call = call_of(want);
    bool right =
        call->list ? json_is_array(root) : *text_json_text(root, "id") || json_is_array(text_json_at(root, "update"));
    if (response->status < 200 || response->status > 299) {
        take_error(want, response, root, ret);
    } else if (!right) {
        ret->class = platform_lost(want, response);
        text_copy(ret->message, sizeof(ret->message), "the answer is not one to this call");
    } else if (want->verb == PLATFORM_SHIP && strcmp(text_json_text(root, "status"), "completed") != 0) {
        ret->class = PLATFORM_CONFLICT;
        text_copy(ret->message, sizeof(ret->message), "the shop did not complete the order");
    } else if (has_refused_rows(root)) {
        ret->class = PLATFORM_PARTIAL;
    }
}

static int read_root(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_answer *answer, struct error *error)
{
    const struct woo_call *call = call_of(want);
    struct text_reader reader = {.error = error};
    if (call->read)
        call->read(&reader, want, response, root, answer);
    return reader.result;
}

const struct platform platform_woocommerce = {
    .name = "woocommerce",
    .title = "WooCommerce",
    .gateway = "",
    .caps = {.abilities = PLATFORM_STOCK_SET | PLATFORM_SHIP_AMENDS | PLATFORM_UNPAID_SEEN | PLATFORM_PUSHES |
                          PLATFORM_PRICES | PLATFORM_LISTINGS | PLATFORM_SHIPS_ANYTHING,
             .window_max_s = WINDOW_S,
             .window_s = 3600,
             .refund_window_max_s = WINDOW_S,
             .overlap_s = 600,
             .history_s = 3650 * INT64_C(86400),
             .clock_s = 900,
             .page = WOO_PAGE,
             .stock_batch = BATCH},
    .build = build,
    .classify = classify,
    .read = read_root,
    .hear = woo_hear,
};
