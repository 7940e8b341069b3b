/* Douyin's shops: a path per method, who calls in the query, what it is about as one JSON text whose members are in the
 * order of their bytes, signed over both. Money is fen, times are seconds. */
#include "sync/platforms/douyin.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/connectors.h"
#include "sync/platforms/members.h"
#include "sync/platforms/sign.h"

#include <errno.h>
#include <string.h>

#define DAY_S       INT64_C(86400)
#define SECOND_US   INT64_C(1000000)
#define HISTORY_S   (90 * DAY_S)
#define BILLS_S     (7 * DAY_S)
#define BATCH       50
#define GATEWAY     "https://openapi-fxg.jinritemai.com"
#define BEST_METHOD "hmac-sha256"

/* ---------------------------------------------------------------- windows */

/* A number up to the next '-', which is passed over. */
static int take_second(const char **at, int64_t *ret)
{
    char digits[24];
    size_t length = strcspn(*at, "-");
    if ((*at)[length] != '-' || !text_copy_n(digits, sizeof(digits), *at, length))
        return -EINVAL;
    *at += length + 1;
    return text_to_int(digits, 0, INT64_MAX / SECOND_US, ret);
}

int douyin_part_of(const struct platform_want *want, struct douyin_part *ret, struct error *error)
{
    const char *at = want->cursor;
    int64_t from_s, to_s;
    int result = window_of(want, HISTORY_S, &from_s, &to_s, error);
    if (result)
        return result;
    *ret = (struct douyin_part){.from_s = from_s, .to_s = to_s};
    if (*at && (take_second(&at, &ret->from_s) != 0 || take_second(&at, &ret->to_s) != 0 || ret->from_s < from_s ||
                ret->to_s > to_s || ret->to_s < ret->from_s))
        return error_set(error, -EINVAL, "\"%.40s\" is no cursor of this window", want->cursor);
    return page_of(at, &ret->page, error);
}

typedef int put_call(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error);

/* Pages are counted from 0 there. A window's ends must differ. */
static int put_part(const struct platform_want *want, const char *first, const char *last, struct buf *out,
                    struct error *error)
{
    struct douyin_part part;
    int result = douyin_part_of(want, &part, error);
    if (result)
        return result;
    json_int(out, "page", part.page.number - 1);
    json_int(out, "size", DOUYIN_PAGE);
    json_int(out, first, part.from_s);
    json_int(out, last, part.to_s > part.from_s ? part.to_s : part.from_s + 1);
    return 0;
}

static int put_orders(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                      struct error *error)
{
    (void)shop;
    json_text(out, "order_by", "update_time");
    json_bool(out, "order_asc", true);
    return put_part(want, "update_time_start", "update_time_end", out, error);
}

static int put_refunds(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                       struct error *error)
{
    (void)shop;
    json_open_array(out, "order_by");
    json_text(out, NULL, "update_time asc");
    json_close_array(out);
    return put_part(want, "update_start_time", "update_end_time", out, error);
}

static int put_order(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error)
{
    (void)shop;
    (void)error;
    json_text(out, "shop_order_id", want->order);
    return 0;
}

/* ---------------------------------------------------------------- parcels */

static int put_ship(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                    struct error *error)
{
    (void)shop;
    (void)error;
    json_text(out, "order_id", want->shipment->order);
    json_text(out, "company_code", want->shipment->carrier);
    json_text(out, "logistics_code", want->shipment->waybill);
    return 0;
}

/* Lines, and parts of them: the same request_id is carried out once. */
static int put_ship_parts(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                          struct error *error)
{
    (void)shop;
    const struct platform_shipment *shipment = want->shipment;
    if (shipment->extra)
        return error_set(error, -ENOTSUP, "Douyin takes no further parcel of an order that was shipped");
    if (shipment->line_count == 0 || !*want->key)
        return error_set(error, -EINVAL, "a part of an order is shipped by its lines and with a key");
    json_text(out, "order_id", shipment->order);
    json_text(out, "request_id", want->key);
    json_open_array(out, "pack_list");
    json_open_object(out, NULL);
    json_text(out, "company_code", shipment->carrier);
    json_text(out, "logistics_code", shipment->waybill);
    json_open_array(out, "shipped_order_info");
    for (size_t i = 0; i < shipment->line_count; i++) {
        if (shipment->lines[i].quantity <= 0)
            return error_set(error, -EINVAL, "Douyin is told how many of a line are shipped");
        json_open_object(out, NULL);
        json_text(out, "shipped_order_id", shipment->lines[i].line);
        json_int(out, "shipped_num", shipment->lines[i].quantity);
        json_close_object(out);
    }
    json_close_array(out);
    json_close_object(out);
    json_close_array(out);
    return 0;
}

/* ---------------------------------------------------------------- items */

static int check_rows(const struct platform_want *want, struct error *error)
{
    if (want->stock_count == 0 || want->stock_count > BATCH)
        return error_set(error, -EINVAL, "stock is told for 1 to %d SKUs at a time", BATCH);
    for (size_t i = 0; i < want->stock_count; i++) {
        if (strcmp(want->stock[i].item, want->stock[0].item) != 0)
            return error_set(error, -EINVAL, "stock is told for SKUs of one item at a time");
        if (want->verb == PLATFORM_STOCK && !want->delta && want->stock[i].quantity < 0)
            return error_set(error, -EINVAL, "there cannot be less than nothing of a SKU");
    }
    return 0;
}

static int put_stock(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error)
{
    const struct platform_stock_row *row = want->stock;
    int result = check_rows(want, error);
    if (result)
        return result;
    json_id(out, "product_id", row->item);
    if (*row->sku)
        json_id(out, "sku_id", row->sku);
    else
        json_text(out, "code", row->code);
    json_int(out, "stock_num", row->quantity);
    json_bool(out, "incremental", want->delta);
    json_text_if(out, "idempotent_id", want->key);
    json_text_if(out, "out_warehouse_id", shop->place);
    return 0;
}

/* All of them, or none. */
static int put_stock_batch(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                           struct error *error)
{
    int result = check_rows(want, error);
    if (result)
        return result;
    json_id(out, "product_id", want->stock[0].item);
    json_bool(out, "incremental", want->delta);
    json_text_if(out, "idempotent_id", want->key);
    json_open_array(out, "sku_sync_list");
    for (size_t i = 0; i < want->stock_count; i++) {
        if (!*want->stock[i].sku)
            return error_set(error, -EINVAL, "stock of several SKUs is told by the platform's numbers of them");
        json_open_object(out, NULL);
        json_id(out, "sku_id", want->stock[i].sku);
        json_int(out, "sku_type", *shop->place ? 1 : 0); /* 1: by warehouse */
        if (*shop->place) {
            json_open_array(out, "stock_map");
            json_open_object(out, NULL);
            json_text(out, "out_warehouse_id", shop->place);
        }
        json_int(out, "stock_num", want->stock[i].quantity);
        if (*shop->place) {
            json_close_object(out);
            json_close_array(out);
        }
        json_close_object(out);
    }
    json_close_array(out);
    return 0;
}

static int put_stock_read(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                          struct error *error)
{
    (void)shop;
    int result = check_rows(want, error);
    if (!result)
        json_id(out, "product_id", want->stock[0].item);
    return result;
}

static int put_item(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                    struct error *error)
{
    (void)shop;
    const struct platform_stock_row *row = want->stock;
    if (want->stock_count != 1)
        return error_set(error, -EINVAL, "one price or one item at a time is changed");
    json_id(out, "product_id", row->item);
    if (want->verb == PLATFORM_LISTING)
        return 0;
    json_id(out, "sku_id", row->sku);
    json_int(out, "price", row->price_minor);
    return 0;
}

/* ---------------------------------------------------------------- waybills */

void douyin_pack_id(const char *key, char out[PLATFORM_ID_SIZE])
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    text_copy(out, PLATFORM_ID_SIZE, key);
    for (char *at = out; *at; at++)
        if (!strchr(plain, *at))
            *at = '_';
}

struct person {
    const char *province, *city, *district, *street, *address, *name, *phone;
};

static void put_person(struct buf *out, const char *member, const struct person *person)
{
    json_open_object(out, member);
    json_open_object(out, "address");
    json_text(out, "country_code", "CHN");
    json_text_if(out, "province_name", person->province);
    json_text_if(out, "city_name", person->city);
    json_text_if(out, "district_name", person->district);
    json_text_if(out, "street_name", person->street);
    json_text_if(out, "detail_address", person->address);
    json_close_object(out);
    json_open_object(out, "contact");
    json_text(out, "name", person->name);
    json_text(out, "mobile", person->phone);
    json_close_object(out);
    json_close_object(out);
}

/* Sealed name, telephone and address are taken as they are. */
static void put_receiver(const struct platform_parcel *parcel, struct buf *out)
{
    struct person person = {parcel->province, parcel->city, parcel->district, parcel->town,
                            parcel->address,  parcel->name, parcel->phone};
    CLEANUP_TEXT_JSON json_t *sealed = sealed_of(parcel);
    if (sealed) {
        person.name = text_json_text(sealed, "name");
        person.phone = text_json_text(sealed, "phone");
        person.address = text_json_text(sealed, "address");
    }
    put_person(out, "receiver_info", &person);
}

static void put_parcel(const struct platform_want *want, const struct platform_parcel *parcel, struct buf *out)
{
    char pack_id[PLATFORM_ID_SIZE];
    douyin_pack_id(parcel->key, pack_id);
    json_open_object(out, NULL);
    json_text(out, "order_id", parcel->order);
    json_text(out, "pack_id", pack_id);
    put_receiver(parcel, out);
    json_open_array(out, "items");
    json_open_object(out, NULL);
    json_text(out, "item_name", parcel->goods);
    json_int(out, "item_count", parcel->pieces > 0 ? parcel->pieces : 1);
    json_close_object(out);
    json_close_array(out);
    if (*want->account) {
        json_open_object(out, "net_info");
        json_text(out, "monthly_account", want->account);
        json_close_object(out);
    }
    json_close_object(out);
}

static int put_waybill_get(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                           struct error *error)
{
    (void)shop;
    const struct platform_sender *from = want->sender;
    if (want->parcel_count == 0 || want->parcel_count > DOUYIN_PARCELS || !from)
        return error_set(error, -EINVAL, "waybills are asked for with a sender and 1 to %d parcels", DOUYIN_PARCELS);
    json_text(out, "logistics_code", want->carrier);
    put_person(
        out, "sender_info",
        &(const struct person){from->province, from->city, from->district, "", from->address, from->name, from->phone});
    json_open_array(out, "order_infos");
    for (size_t i = 0; i < want->parcel_count; i++) {
        if (!*want->parcels[i].key || !*want->parcels[i].order || !*want->parcels[i].goods)
            return error_set(error, -EINVAL, "for a waybill the parcel's key, its order or what is in it is missing");
        put_parcel(want, &want->parcels[i], out);
    }
    json_close_array(out);
    return 0;
}

static int put_waybill(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                       struct error *error)
{
    (void)shop;
    (void)error;
    bool print = want->verb == PLATFORM_WAYBILL_PRINT;
    if (print) {
        json_open_array(out, "waybill_applies");
        json_open_object(out, NULL);
    }
    json_text(out, "logistics_code", want->carrier);
    json_text(out, "track_no", want->waybill);
    if (print) {
        json_close_object(out);
        json_close_array(out);
    }
    return 0;
}

/* ---------------------------------------------------------------- the rest */

static int put_nothing(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                       struct error *error)
{
    (void)shop;
    (void)want;
    (void)out;
    (void)error;
    return 0;
}

/* The cursor has two parts: a moment, and how many rows of it were given. */
static int put_bills(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error)
{
    (void)shop;
    int64_t from_s, to_s;
    char start[TEXT_TIME_SIZE], end[TEXT_TIME_SIZE];
    const char *index = strchr(want->cursor, '|');
    int result = window_of(want, BILLS_S, &from_s, &to_s, error);
    if (result)
        return result;
    time_to_text(from_s * SECOND_US, start);
    time_to_text(to_s * SECOND_US, end);
    if (*want->cursor && (!index || !text_copy_n(start, sizeof(start), want->cursor, (size_t)(index - want->cursor))))
        return error_set(error, -EINVAL, "\"%.40s\" is no cursor of bills", want->cursor);
    json_int(out, "size", DOUYIN_PAGE);
    json_text(out, "start_time", start);
    json_text(out, "end_time", end);
    json_int(out, "time_type", 0); /* by when it was settled */
    if (index)
        json_text(out, "start_index", index + 1);
    return 0;
}

static int put_token(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error)
{
    (void)want;
    (void)error;
    json_text(out, "grant_type", "refresh_token");
    json_text(out, "refresh_token", shop->refresh_token);
    return 0;
}

/* ---------------------------------------------------------------- calls */

struct douyin_call {
    const char *method;
    put_call *put;
    douyin_reader *read; /* NULL: there is nothing to read but whether it went well */
    const char *success; /* where the answer says that it did; NULL: by not being an error */
};

static const struct douyin_call calls[PLATFORM_VERBS] = {
    [PLATFORM_ORDERS] = {"order.searchList", put_orders, douyin_read_orders, NULL},
    [PLATFORM_ORDER] = {"order.orderDetail", put_order, douyin_read_order, NULL},
    [PLATFORM_REFUNDS] = {"afterSale.List", put_refunds, douyin_read_refunds, NULL},
    [PLATFORM_SHIP] = {"order.logisticsAdd", put_ship, NULL, NULL},
    [PLATFORM_SHIP_AMEND] = {"order.logisticsEdit", put_ship, NULL, NULL},
    [PLATFORM_STOCK] = {"sku.syncStock", put_stock, NULL, NULL},
    [PLATFORM_STOCK_READ] = {"sku.list", put_stock_read, douyin_read_stock, NULL},
    [PLATFORM_PRICE] = {"sku.editPrice", put_item, NULL, NULL},
    [PLATFORM_LISTING] = {"product.setOnline", put_item, NULL, NULL},
    [PLATFORM_WAYBILL_GET] = {"logistics.newCreateOrder", put_waybill_get, douyin_read_waybills, NULL},
    [PLATFORM_WAYBILL_PRINT] = {"logistics.waybillApply", put_waybill, douyin_read_print, NULL},
    [PLATFORM_WAYBILL_CANCEL] = {"logistics.cancelOrder", put_waybill, NULL, "cancel_result.success"},
    [PLATFORM_CARRIERS] = {"order.logisticsCompanyList", put_nothing, douyin_read_carriers, NULL},
    [PLATFORM_BILLS] = {"order.getSettleBillDetailV3", put_bills, douyin_read_bills, NULL},
    [PLATFORM_TOKEN_REFRESH] = {"token.refresh", put_token, douyin_read_tokens, NULL},
};
static const struct douyin_call ship_parts = {"order.logisticsAddMultiPack", put_ship_parts, NULL, NULL};
static const struct douyin_call stock_batch = {"sku.syncStockBatch", put_stock_batch, NULL, NULL};
static const struct douyin_call unlisting = {"product.setOffline", put_item, NULL, NULL};

static const struct douyin_call *call_of(const struct platform_want *want)
{
    if (want->verb == PLATFORM_SHIP && (!want->shipment->whole || want->shipment->extra))
        return &ship_parts;
    if (want->verb == PLATFORM_STOCK && want->stock_count > 1)
        return &stock_batch;
    if (want->verb == PLATFORM_LISTING && want->stock_count > 0 && !want->stock[0].on_sale)
        return &unlisting;
    return &calls[want->verb];
}

static int put_url(const struct platform_shop *shop, const struct platform_want *want, const char *method,
                   const struct buf *body, struct platform_request *out, struct error *error)
{
    const char *sign_method = *shop->sign_method ? shop->sign_method : BEST_METHOD;
    CLEANUP_FORM struct form form = {0};
    CLEANUP_BUF struct buf sign = {0};
    form_put(&form, "app_key", shop->app_key);
    form_put(&form, "method", method);
    form_put_int(&form, "timestamp", want->now_us / SECOND_US);
    form_put(&form, "v", "2");
    struct platform_value signed_values[5];
    if (form.failed || form.count != 4)
        return form.failed ? -ENOMEM : error_set(error, -EINVAL, "the shop has no app_key");
    memcpy(signed_values, form.values, 4 * sizeof(form.values[0]));
    signed_values[4] = (struct platform_value){"param_json", buf_text(body)};
    int result = sign_douyin(shop->app_secret, sign_method, signed_values, COUNT(signed_values), &sign, error);
    if (result)
        return result;
    form_put(&form, "access_token", want->verb == PLATFORM_TOKEN_REFRESH ? "" : shop->access_token);
    form_put(&form, "sign_method", sign_method);
    form_put_buf(&form, "sign", &sign);
    put_path(&out->url, *shop->gateway ? shop->gateway : GATEWAY, method);
    buf_putc(&out->url, '?');
    return form_write(&form, &out->url);
}

static int build(const struct platform_shop *shop, const struct platform_want *want, struct platform_request *out,
                 struct error *error)
{
    const struct douyin_call *call = call_of(want);
    CLEANUP_BUF struct buf written = {0};
    if (!call->method)
        return -ENOTSUP;
    json_open_object(&written, NULL);
    int result = call->put(shop, want, &written, error);
    json_close_object(&written);
    if (!result)
        result = json_sorted(&written, &out->body);
    if (!result)
        result = put_url(shop, want, call->method, &out->body, out, error);
    out->method = "POST";
    buf_puts(&out->headers, "Content-Type: application/json;charset=utf-8\nx-open-no-old-err-code: 1\n");
    return result;
}

/* ---------------------------------------------------------------- what an answer means */

/* 50002 is what the business says, 40003 and 30001 are told by their sub codes first. */
static const struct code_row codes[] = {
    {10000, 10000, PLATFORM_OK},
    {10001, 10001, PLATFORM_PARTIAL},
    {20000, 20001, PLATFORM_RETRY},
    {30001, 30002, PLATFORM_PERMISSION},
    {40001, 40004, PLATFORM_PARAMETER},
    {50001, 50001, PLATFORM_AUTH_EXPIRED},
    {50002, 50002, PLATFORM_CONFLICT},
    {60000, 60000, PLATFORM_THROTTLED},
    {70000, 70000, PLATFORM_PERMANENT},
    {80000, 90000, PLATFORM_RETRY},
    {0, 0, PLATFORM_OK},
};

static const struct part_row sub_codes[] = {
    {"signature-", PLATFORM_BAD_SIGN},
    {"access-token-", PLATFORM_AUTH_EXPIRED},
    {"timestamp-", PLATFORM_CLOCK},
    {"idempotent-id-existed", PLATFORM_CONFLICT},
    {"authorization-", PLATFORM_AUTH_REVOKED},
    {"permission", PLATFORM_PERMISSION},
    {.part = NULL},
};

static void take_error(const struct platform_want *want, const json_t *root, struct platform_fault *ret)
{
    const char *said = text_json_text(root, "sub_msg");
    text_copy(ret->sub_code, sizeof(ret->sub_code), text_json_text(root, "sub_code"));
    text_copy(ret->message, sizeof(ret->message), *said ? said : text_json_text(root, "msg"));
    ret->class = code_find(codes, ret->code);
    if (ret->class == PLATFORM_CONFLICT)
        ret->class = refusal_class(want, ret->message);
    ret->class = part_find(sub_codes, ret->sub_code, ret->class);
}

static bool has_refused_rows(const json_t *data)
{
    return json_array_size(text_json_at(data, "err_infos")) > 0;
}

static void classify(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_fault *ret)
{
    const struct douyin_call *call = call_of(want);
    const json_t *data = text_json_at(root, "data");
    text_copy(ret->code, sizeof(ret->code), text_json_text(root, "code"));
    text_copy(ret->request, sizeof(ret->request), text_json_text(root, "log_id"));
    enum platform_class class = code_find(codes, ret->code);
    if (class != PLATFORM_OK && class != PLATFORM_PARTIAL) {
        take_error(want, root, ret);
    } else if (call->success && !text_json_true(data, call->success)) {
        ret->class = PLATFORM_CONFLICT;
        text_copy(ret->message, sizeof(ret->message), "the platform says that it did not succeed");
    } else if (call->read && !data) {
        ret->class = platform_lost(want, response);
        text_copy(ret->message, sizeof(ret->message), "the answer is not one to this call");
    } else if (want->verb == PLATFORM_WAYBILL_GET && has_refused_rows(data)) {
        ret->class = PLATFORM_PARTIAL;
    } else if (class == PLATFORM_PARTIAL && want->verb != PLATFORM_WAYBILL_GET) {
        ret->class = platform_verb_writes(want->verb) ? PLATFORM_UNCERTAIN : PLATFORM_OK;
    }
}

static int read_root(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_answer *answer, struct error *error)
{
    (void)response;
    const struct douyin_call *call = call_of(want);
    struct text_reader reader = {.error = error};
    if (call->read)
        call->read(&reader, want, text_json_at(root, "data"), answer);
    return reader.result;
}

const struct platform platform_douyin = {
    .name = "douyin",
    .title = "抖音 Douyin",
    .gateway = GATEWAY,
    .caps = {.abilities = PLATFORM_STOCK_SET | PLATFORM_STOCK_DELTA | PLATFORM_STOCK_KEY | PLATFORM_PART_SHIP |
                          PLATFORM_SHIP_AMENDS | PLATFORM_UNPAID_SEEN | PLATFORM_WAYBILLS | PLATFORM_WAYBILL_KEY |
                          PLATFORM_PRINTS_APART | PLATFORM_PUSHES | PLATFORM_PRICES | PLATFORM_LISTINGS |
                          PLATFORM_BILL_ROWS | PLATFORM_REFRESHES,
             .window_max_s = HISTORY_S,
             .window_s = 3600,
             .refund_window_max_s = HISTORY_S,
             .overlap_s = 600,
             .history_s = HISTORY_S,
             .clock_s = 600,
             .page = DOUYIN_PAGE,
             .stock_batch = BATCH,
             .waybill_batch = DOUYIN_PARCELS},
    .sign = sign_douyin,
    .build = build,
    .classify = classify,
    .read = read_root,
    .hear = douyin_hear,
};
