/* Kuaishou's shops: a path and a verb per method, what it is about as one JSON text, signed with a secret of its own.
 * An order is one line. Money is fen, times are milliseconds, and stock is only told by how much more or less there is.
 */
#include "sync/platforms/kuaishou.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/connectors.h"
#include "sync/platforms/members.h"
#include "sync/platforms/sign.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S       INT64_C(86400)
#define MILLIS      1000
#define WEEK_S      (7 * DAY_S)
#define GATEWAY     "https://openapi.kwaixiaodian.com"
#define BEST_METHOD "HMAC_SHA256"

/* ---------------------------------------------------------------- what is asked */

typedef int put_call(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error);

static int put_orders(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                      struct error *error)
{
    (void)shop;
    int64_t from_s, to_s;
    int result = window_of(want, WEEK_S, &from_s, &to_s, error);
    if (result)
        return result;
    json_int(out, "orderViewStatus", 1); /* all */
    json_int(out, "pageSize", KUAISHOU_PAGE);
    json_int(out, "beginTime", from_s * MILLIS);
    json_int(out, "endTime", to_s * MILLIS);
    json_int(out, "queryType", 2); /* by when they were updated */
    json_int(out, "sort", 1);      /* from the oldest on */
    json_int(out, "cpsType", 0);
    json_text(out, "cursor", want->cursor);
    return 0;
}

static int put_refunds(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                       struct error *error)
{
    (void)shop;
    int64_t from_s, to_s;
    int result = window_of(want, DAY_S, &from_s, &to_s, error);
    if (result)
        return result;
    json_int(out, "type", 9); /* all */
    json_int(out, "pageSize", KUAISHOU_REFUND_PAGE);
    json_int(out, "beginTime", from_s * MILLIS);
    json_int(out, "endTime", to_s * MILLIS);
    json_int(out, "queryType", 2);
    json_int(out, "sort", 2); /* from the oldest on: the other way round than orders */
    json_text(out, "pcursor", want->cursor);
    return 0;
}

static int put_order(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error)
{
    (void)shop;
    (void)error;
    json_id(out, "oid", want->order);
    return 0;
}

/* ---------------------------------------------------------------- parcels */

static int put_ship(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                    struct error *error)
{
    (void)shop;
    (void)error;
    json_id(out, "orderId", want->shipment->order);
    json_id(out, "expressCode", want->shipment->carrier);
    json_text(out, "expressNo", want->shipment->waybill);
    return 0;
}

/* Part of the one line that an order is. More of it is to come, so it is not called delivered. */
static int put_ship_parts(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                          struct error *error)
{
    (void)shop;
    const struct platform_shipment *shipment = want->shipment;
    if (shipment->line_count != 1 || shipment->lines[0].quantity <= 0)
        return error_set(error, -EINVAL, "a part of an order is shipped by its one line and how many of it");
    json_id(out, "mainOrderId", shipment->order);
    json_open_array(out, "deliveryItemInfoList");
    json_open_object(out, NULL);
    json_id(out, "expressCode", shipment->carrier);
    json_text(out, "expressNo", shipment->waybill);
    json_open_array(out, "deliveryGoodsInfoList");
    json_open_object(out, NULL);
    json_id(out, "oid", shipment->order);
    json_int(out, "deliveryNum", shipment->lines[0].quantity);
    json_close_object(out);
    json_close_array(out);
    json_close_object(out);
    json_close_array(out);
    json_open_array(out, "deliveryStatus");
    json_open_object(out, NULL);
    json_id(out, "oid", shipment->order);
    json_int(out, "confirmDeliveryStatus", 0);
    json_close_object(out);
    json_close_array(out);
    return 0;
}

/* ---------------------------------------------------------------- items */

/* There is no call that sets it, and no key: who does not know whether it was done must read before it is repeated. */
static int put_stock(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error)
{
    (void)shop;
    if (!want->delta)
        return error_set(error, -ENOTSUP, "Kuaishou is told how much more there is, not what there is");
    if (want->stock_count != 1 || want->stock[0].quantity == 0 || want->stock[0].quantity == INT64_MIN)
        return error_set(error, -EINVAL, "stock of one SKU at a time is changed, by more than nothing");
    json_id(out, "kwaiItemId", want->stock[0].item);
    json_id(out, "skuId", want->stock[0].sku);
    json_int(out, "skuChangeStock", llabs(want->stock[0].quantity));
    json_int(out, "changeType", want->stock[0].quantity > 0 ? 1 : 2);
    return 0;
}

static int put_stock_read(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                          struct error *error)
{
    (void)shop;
    for (size_t i = 0; i < want->stock_count; i++)
        if (strcmp(want->stock[i].item, want->stock[0].item) != 0)
            return error_set(error, -EINVAL, "stock is read for SKUs of one item at a time");
    if (want->stock_count == 0)
        return error_set(error, -EINVAL, "no SKU is named whose stock is to be read");
    json_id(out, "kwaiItemId", want->stock[0].item);
    return 0;
}

static int put_item(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                    struct error *error)
{
    (void)shop;
    const struct platform_stock_row *row = want->stock;
    if (want->stock_count != 1)
        return error_set(error, -EINVAL, "one price or one item at a time is changed");
    if (want->verb == PLATFORM_LISTING) {
        json_id(out, "kwaiItemId", row->item);
        json_int(out, "shelfStatus", row->on_sale ? 1 : 0);
        return 0;
    }
    json_id(out, "itemId", row->item);
    json_id(out, "skuId", row->sku);
    json_int(out, "price", row->price_minor);
    return 0;
}

/* ---------------------------------------------------------------- waybills */

struct person {
    const char *province, *city, *district, *street, *address, *name, *phone;
};

static void put_person(struct buf *out, const char *contract, const char *address, const struct person *person)
{
    json_open_object(out, contract);
    json_text(out, "name", person->name);
    json_text(out, "mobile", person->phone);
    json_close_object(out);
    json_open_object(out, address);
    json_text_if(out, "provinceName", person->province);
    json_text_if(out, "cityName", person->city);
    json_text_if(out, "districtName", person->district);
    json_text_if(out, "streetName", person->street);
    json_text_if(out, "detailAddress", person->address);
    json_close_object(out);
}

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
    put_person(out, "receiverContract", "receiverAddress", &person);
}

static void put_parcel(const struct platform_shop *shop, const struct platform_want *want,
                       const struct platform_parcel *parcel, struct buf *out)
{
    const struct platform_sender *from = want->sender;
    json_open_object(out, NULL);
    json_text(out, "merchantCode", shop->id);
    json_text(out, "merchantName", from->name);
    json_text(out, "orderChannel", "KUAI_SHOU");
    json_text(out, "tradeOrderCode", parcel->order);
    json_text(out, "requestId", parcel->key);
    json_text(out, "packageCode", parcel->key);
    json_text(out, "expressCompanyCode", want->carrier);
    json_text_if(out, "settleAccount", want->account); /* carriers of one company look at this, */
    json_text_if(out, "netSiteCode", want->account);   /* those of many at this */
    put_person(
        out, "senderContract", "senderAddress",
        &(const struct person){from->province, from->city, from->district, "", from->address, from->name, from->phone});
    put_receiver(parcel, out);
    json_open_array(out, "itemList");
    json_open_object(out, NULL);
    json_text(out, "itemTitle", parcel->goods);
    json_int(out, "itemQuantity", parcel->pieces > 0 ? parcel->pieces : 1);
    json_close_object(out);
    json_close_array(out);
    json_int(out, "totalPackageQuantity", 1);
    if (parcel->weight_g > 0)
        json_int(out, "totalPackageWeight", parcel->weight_g);
    json_text_if(out, "templateUrl", want->form);
    json_close_object(out);
}

static int put_waybill_get(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                           struct error *error)
{
    if (want->parcel_count == 0 || want->parcel_count > KUAISHOU_PARCELS || !want->sender)
        return error_set(error, -EINVAL, "waybills are asked for with a sender and 1 to %d parcels", KUAISHOU_PARCELS);
    if (!*shop->id)
        return error_set(error, -EINVAL, "for a waybill the shop's own open id is missing");
    json_open_array(out, "getEbillOrderRequest");
    for (size_t i = 0; i < want->parcel_count; i++) {
        if (!*want->parcels[i].key || !*want->parcels[i].order || !*want->parcels[i].goods)
            return error_set(error, -EINVAL, "for a waybill the parcel's key, its order or what is in it is missing");
        put_parcel(shop, want, &want->parcels[i], out);
    }
    json_close_array(out);
    return 0;
}

static int put_waybill_cancel(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                              struct error *error)
{
    (void)shop;
    (void)error;
    json_text(out, "expressCompanyCode", want->carrier);
    json_text(out, "waybillCode", want->waybill);
    return 0;
}

/* ---------------------------------------------------------------- calls */

struct kuaishou_call {
    const char *http, *method;
    put_call *put;
    kuaishou_reader *read; /* NULL: there is nothing to read but whether it went well */
};

static const struct kuaishou_call calls[PLATFORM_VERBS] = {
    [PLATFORM_ORDERS] = {"GET", "open.order.cursor.list", put_orders, kuaishou_read_orders},
    [PLATFORM_ORDER] = {"GET", "open.order.detail", put_order, kuaishou_read_order},
    [PLATFORM_REFUNDS] = {"GET", "open.seller.order.refund.pcursor.list", put_refunds, kuaishou_read_refunds},
    [PLATFORM_SHIP] = {"POST", "open.seller.order.goods.deliver", put_ship, NULL},
    [PLATFORM_SHIP_AMEND] = {"POST", "open.seller.order.logistics.update", put_ship, NULL},
    [PLATFORM_STOCK] = {"POST", "open.item.sku.stock.update", put_stock, NULL},
    [PLATFORM_STOCK_READ] = {"GET", "open.item.sku.list.get", put_stock_read, kuaishou_read_stock},
    [PLATFORM_PRICE] = {"POST", "open.item.sku.price.update", put_item, NULL},
    [PLATFORM_LISTING] = {"POST", "open.item.shelf.status.update", put_item, NULL},
    [PLATFORM_WAYBILL_GET] = {"POST", "open.express.ebill.get", put_waybill_get, kuaishou_read_waybills},
    [PLATFORM_WAYBILL_CANCEL] = {"GET", "open.express.ebill.cancel", put_waybill_cancel, NULL},
};
static const struct kuaishou_call ship_parts = {"POST", "open.order.goods.split.deliver", put_ship_parts, NULL};
static const struct kuaishou_call ship_extra = {"POST", "open.seller.order.logistics.append", put_ship, NULL};

static const struct kuaishou_call *call_of(const struct platform_want *want)
{
    if (want->verb == PLATFORM_SHIP && want->shipment->extra)
        return &ship_extra;
    if (want->verb == PLATFORM_SHIP && !want->shipment->whole)
        return &ship_parts;
    return &calls[want->verb];
}

static const char *gateway_of(const struct platform_shop *shop)
{
    return *shop->gateway ? shop->gateway : GATEWAY;
}

static int build_token(const struct platform_shop *shop, struct platform_request *out)
{
    CLEANUP_FORM struct form form = {0};
    form_put(&form, "app_id", shop->app_key);
    form_put(&form, "app_secret", shop->app_secret);
    form_put(&form, "grant_type", "refresh_token");
    form_put(&form, "refresh_token", shop->refresh_token);
    int result = form_post(&form, gateway_of(shop), out);
    buf_puts(&out->url, "/oauth2/refresh_token");
    return result || out->url.failed ? -ENOMEM : 0;
}

/* Posted, the first value stands in the query and the others in the body; got, all in the query. */
static int send_form(const struct platform_shop *shop, const struct kuaishou_call *call, const struct form *form,
                     struct platform_request *out)
{
    bool post = strcmp(call->http, "POST") == 0;
    struct form query = {.values = {form->values[0]}, .count = 1}, body = {.count = form->count - 1};
    memcpy(body.values, form->values + 1, body.count * sizeof(body.values[0]));
    if (post && form_post(&body, "", out) != 0)
        return -ENOMEM;
    out->method = call->http;
    put_path(&out->url, gateway_of(shop), call->method);
    buf_putc(&out->url, '?');
    return form_write(post ? &query : form, &out->url);
}

static int build(const struct platform_shop *shop, const struct platform_want *want, struct platform_request *out,
                 struct error *error)
{
    const struct kuaishou_call *call = call_of(want);
    const char *method = *shop->sign_method ? shop->sign_method : BEST_METHOD;
    CLEANUP_BUF struct buf param = {0};
    CLEANUP_FORM struct form form = {0};
    if (want->verb == PLATFORM_TOKEN_REFRESH)
        return build_token(shop, out);
    if (!call->method)
        return -ENOTSUP;
    if (!*shop->app_key || !*shop->sign_secret)
        return error_set(error, -EINVAL,
                         "the shop has no app_key, or no sign_secret, which is another than app_secret");
    json_open_object(&param, NULL);
    int result = call->put(shop, want, &param, error);
    if (result)
        return result;
    json_close_object(&param);
    form_put(&form, "appkey", shop->app_key);
    form_put(&form, "method", call->method);
    form_put(&form, "version", "1");
    form_put_buf(&form, "param", &param);
    form_put(&form, "access_token", shop->access_token);
    form_put_int(&form, "timestamp", want->now_us / 1000);
    form_put(&form, "signMethod", method);
    result = form_sign(&form, &platform_kuaishou, shop->sign_secret, method, error);
    return result ? result : send_form(shop, call, &form, out);
}

/* ---------------------------------------------------------------- what an answer means */

static const struct code_row codes[] = {
    {15, 17, PLATFORM_THROTTLED},     {21, 21, PLATFORM_AUTH_EXPIRED},      {22, 22, PLATFORM_PERMISSION},
    {24, 24, PLATFORM_AUTH_EXPIRED},  {25, 26, PLATFORM_PERMISSION},        {27, 28, PLATFORM_BAD_SIGN},
    {1016, 1017, PLATFORM_THROTTLED}, {802000, 802000, PLATFORM_THROTTLED}, {0, 0, PLATFORM_OK},
};

/* A clock that is wrong is told as a signature that is. */
static const struct part_row clock_words[] = {{"timestamp", PLATFORM_CLOCK}, {.part = NULL}};

static void take_error(const struct platform_want *want, const json_t *root, struct platform_fault *ret)
{
    text_copy(ret->sub_code, sizeof(ret->sub_code), text_json_text(root, "sub_code"));
    text_copy(
        ret->message, sizeof(ret->message),
        text_json_text(root, *text_json_text(root, "sub_msg") ? "sub_msg" : either_path(root, "error_msg", "msg")));
    ret->class = code_find(codes, ret->code);
    if (ret->class == PLATFORM_RETRY)
        ret->class = refusal_class(want, ret->message);
    if (ret->class == PLATFORM_BAD_SIGN)
        ret->class = part_find(clock_words, ret->message, ret->class);
}

static void classify(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_fault *ret)
{
    const struct kuaishou_call *call = call_of(want);
    const json_t *data = text_json_at(root, "data");
    text_copy(ret->code, sizeof(ret->code), text_json_text(root, "result"));
    text_copy(ret->request, sizeof(ret->request), text_json_text(root, "request_id"));
    if (!*ret->code || (call->read && !data && strcmp(ret->code, "1") == 0)) {
        ret->class = platform_lost(want, response);
        text_copy(ret->message, sizeof(ret->message), "the answer is not one to this call");
    } else if (strcmp(ret->code, "1") != 0) {
        take_error(want, root, ret);
        if (want->verb == PLATFORM_TOKEN_REFRESH && ret->class != PLATFORM_THROTTLED)
            ret->class = PLATFORM_PARAMETER;
    }
    if (ret->class == PLATFORM_OK && want->verb == PLATFORM_WAYBILL_GET)
        for (size_t i = 0; i < want->parcel_count; i++)
            if (!kuaishou_ebill(data, want->parcels[i].key))
                ret->class = PLATFORM_PARTIAL;
}

static int read_root(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_answer *answer, struct error *error)
{
    (void)response;
    const struct kuaishou_call *call = call_of(want);
    struct text_reader reader = {.error = error};
    if (want->verb == PLATFORM_TOKEN_REFRESH)
        kuaishou_read_tokens(&reader, want, root, answer);
    else if (call->read)
        call->read(&reader, want, text_json_at(root, "data"), answer);
    return reader.result;
}

const struct platform platform_kuaishou = {
    .name = "kuaishou",
    .title = "快手 Kuaishou",
    .gateway = GATEWAY,
    .caps = {.abilities = PLATFORM_STOCK_DELTA | PLATFORM_PART_SHIP | PLATFORM_MULTI_PARCEL | PLATFORM_SHIP_AMENDS |
                          PLATFORM_UNPAID_SEEN | PLATFORM_WAYBILLS | PLATFORM_WAYBILL_KEY | PLATFORM_PUSHES |
                          PLATFORM_PRICES | PLATFORM_LISTINGS | PLATFORM_REFRESHES,
             .window_max_s = WEEK_S,
             .window_s = 3600,
             .refund_window_max_s = DAY_S,
             .overlap_s = 600,
             .history_s = 90 * DAY_S,
             .clock_s = 600,
             .page = KUAISHOU_PAGE,
             .stock_batch = 1,
             .waybill_batch = KUAISHOU_PARCELS},
    .sign = sign_kuaishou,
    .build = build,
    .classify = classify,
    .read = read_root,
    .hear = kuaishou_hear,
};
