/* Pinduoduo: one gateway, a form, signed over all that is sent. */
#include "sync/platforms/pdd.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/cloud_print.h"
#include "sync/platforms/connectors.h"
#include "sync/platforms/sign.h"

#include <errno.h>
#include <string.h>

#define DAY_S    INT64_C(86400)
#define WINDOW_S 1800
#define ALL      5 /* of order_status and refund_status */

/* ---------------------------------------------------------------- what is asked */

typedef int put_call(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                     struct error *error);

static int put_window(const struct platform_want *want, struct form *form, struct error *error)
{
    int64_t from_s, to_s;
    struct page page;
    int result = window_of(want, WINDOW_S, &from_s, &to_s, error);
    if (!result)
        result = page_of(want->cursor, &page, error);
    if (result)
        return result;
    form_put_int(form, "start_updated_at", from_s);
    form_put_int(form, "end_updated_at", to_s);
    form_put_int(form, "page", page.number);
    form_put_int(form, "page_size", PDD_PAGE);
    if (want->verb == PLATFORM_ORDERS)
        form_put(form, "use_has_next", page.forward ? "true" : "false");
    return 0;
}

static int put_orders(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                      struct error *error)
{
    (void)shop;
    form_put_int(form, "order_status", ALL);
    form_put_int(form, "refund_status", ALL);
    form_put_int(form, "is_lucky_flag", 0);
    return put_window(want, form, error);
}

static int put_refunds(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                       struct error *error)
{
    (void)shop;
    form_put_int(form, "after_sales_status", 1);
    form_put_int(form, "after_sales_type", 1);
    return put_window(want, form, error);
}

static int put_order(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                     struct error *error)
{
    (void)shop;
    (void)error;
    form_put(form, "order_sn", want->order);
    return 0;
}

static int put_ship(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                    struct error *error)
{
    (void)shop;
    (void)error;
    form_put(form, "order_sn", want->shipment->order);
    form_put(form, "logistics_id", want->shipment->carrier);
    form_put(form, "tracking_number", want->shipment->waybill);
    form_put(form, "redelivery_type", want->verb == PLATFORM_SHIP_AMEND ? "2" : "1");
    return 0;
}

static int put_ship_extra(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                          struct error *error)
{
    (void)shop;
    (void)error;
    CLEANUP_BUF struct buf parcels = {0};
    json_open_array(&parcels, NULL);
    json_open_object(&parcels, NULL);
    json_text(&parcels, "shipping_id", want->shipment->carrier);
    json_text(&parcels, "tracking_number", want->shipment->waybill);
    json_close_object(&parcels);
    json_close_array(&parcels);
    form_put(form, "order_sn", want->shipment->order);
    form_put(form, "extra_track_type", "1");
    form_put_buf(form, "extra_track_list", &parcels);
    return 0;
}

static int put_stock(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                     struct error *error)
{
    (void)shop;
    const struct platform_stock_row *row = want->stock;
    if (want->stock_count != 1 || (!*row->sku && !*row->code))
        return error_set(error, -EINVAL, "stock is set for one SKU at a time");
    if (!want->delta && row->quantity < 0)
        return error_set(error, -EINVAL, "there cannot be less than nothing of SKU %s", row->sku);
    form_put(form, "goods_id", row->item);
    form_put(form, *row->sku ? "sku_id" : "outer_id", *row->sku ? row->sku : row->code);
    form_put_int(form, "quantity", row->quantity);
    form_put(form, "update_type", want->delta ? "2" : "1");
    return 0;
}

/* Found by the merchant's code; the reader looks for the SKU among what comes. */
static int put_stock_read(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                          struct error *error)
{
    (void)shop;
    struct page page;
    if (want->stock_count != 1)
        return error_set(error, -EINVAL, "stock is read for one SKU at a time");
    int result = page_of(want->cursor, &page, error);
    if (result)
        return result;
    form_put(form, "goods_id", want->stock->item);
    form_put(form, "outer_id", want->stock->code);
    form_put_int(form, "page", page.number);
    form_put_int(form, "page_size", PDD_PAGE);
    return 0;
}

static int put_listing(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                       struct error *error)
{
    (void)shop;
    if (want->stock_count != 1)
        return error_set(error, -EINVAL, "one item at a time is put on sale or taken off");
    form_put(form, "goods_id", want->stock->item);
    form_put(form, "is_onsale", want->stock->on_sale ? "1" : "0");
    return 0;
}

/* Ciphertext goes where the clear text would, and Pinduoduo knows it by its tildes. */
static void put_receiver(const struct platform_parcel *parcel, struct buf *out)
{
    CLEANUP_TEXT_JSON json_t *sealed = NULL;
    if (*parcel->sealed)
        (void)text_json_load(parcel->sealed, strlen(parcel->sealed), &sealed, NULL); /* NULL is read as nothing */
    const char *name = text_json_text(sealed, PDD_SEALED_NAME), *phone = text_json_text(sealed, PDD_SEALED_PHONE);
    const char *address = text_json_text(sealed, PDD_SEALED_ADDRESS);
    cloud_print_put_address(parcel, *address ? address : parcel->address, out);
    json_text(out, "name", *name ? name : parcel->name);
    json_text(out, "mobile", *phone ? phone : parcel->phone);
}

static int put_waybill_get(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                           struct error *error)
{
    const struct cloud_print as = {"wp_code", "PDD", shop->id, put_receiver};
    return cloud_print_put(&as, want, form, error);
}

static int put_waybill_cancel(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                              struct error *error)
{
    (void)shop;
    (void)error;
    form_put(form, "wp_code", want->carrier);
    form_put(form, "waybill_code", want->waybill);
    return 0;
}

static int put_nothing(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                       struct error *error)
{
    (void)shop;
    (void)want;
    (void)form;
    (void)error;
    return 0;
}

static int put_token_refresh(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                             struct error *error)
{
    (void)want;
    (void)error;
    form_put(form, "refresh_token", shop->refresh_token);
    return 0;
}

/* ---------------------------------------------------------------- calls */

/* The answer's name does not follow from the call's. */
struct pdd_call {
    const char *type, *answer;
    put_call *put;
    pdd_reader *read;    /* NULL: there is nothing to read but whether it went well */
    const char *success; /* where the answer says that it did; NULL: by not being an error */
};

static const struct pdd_call calls[PLATFORM_VERBS] = {
    [PLATFORM_ORDERS] = {"pdd.order.number.list.increment.get", "order_sn_increment_get_response", put_orders,
                         pdd_read_orders, NULL},
    [PLATFORM_ORDER] = {"pdd.order.information.get", "order_info_get_response", put_order, pdd_read_order, NULL},
    [PLATFORM_REFUNDS] = {"pdd.refund.list.increment.get", "refund_increment_get_response", put_refunds,
                          pdd_read_refunds, NULL},
    [PLATFORM_SHIP] = {"pdd.logistics.online.send", "logistics_online_send_response", put_ship, NULL, "is_success"},
    [PLATFORM_SHIP_AMEND] = {"pdd.logistics.online.send", "logistics_online_send_response", put_ship, NULL,
                             "is_success"},
    [PLATFORM_STOCK] = {"pdd.goods.quantity.update", "goods_quantity_update_response", put_stock, NULL, "is_success"},
    [PLATFORM_STOCK_READ] = {"pdd.goods.list.get", "goods_list_get_response", put_stock_read, pdd_read_stock, NULL},
    [PLATFORM_LISTING] = {"pdd.goods.sale.status.set", "goods_sale_status_set_response", put_listing, NULL,
                          "is_success"},
    [PLATFORM_WAYBILL_GET] = {"pdd.waybill.get", "pdd_waybill_get_response", put_waybill_get, pdd_read_waybills, NULL},
    [PLATFORM_WAYBILL_CANCEL] = {"pdd.waybill.cancel", "pdd_waybill_cancel_response", put_waybill_cancel, NULL,
                                 "cancel_result"},
    [PLATFORM_CARRIERS] = {"pdd.logistics.companies.get", "logistics_companies_get_response", put_nothing,
                           pdd_read_carriers, NULL},
    [PLATFORM_TOKEN_REFRESH] = {"pdd.pop.auth.token.refresh", "pop_auth_token_refresh_response", put_token_refresh,
                                pdd_read_tokens, NULL},
};
static const struct pdd_call ship_extra = {"pdd.order.upload.extra.logistics", "upload_extra_logistics_response",
                                           put_ship_extra, NULL, NULL};

static const struct pdd_call *call_of(const struct platform_want *want)
{
    return want->verb == PLATFORM_SHIP && want->shipment->extra ? &ship_extra : &calls[want->verb];
}

static int build(const struct platform_shop *shop, const struct platform_want *want, struct platform_request *out,
                 struct error *error)
{
    const struct pdd_call *call = call_of(want);
    CLEANUP_FORM struct form form = {0};
    if (!call->type)
        return -ENOTSUP;
    if (want->verb == PLATFORM_SHIP && !want->shipment->whole && !want->shipment->extra)
        return error_set(error, -EINVAL, "Pinduoduo ships an order whole; further parcels are named afterwards");
    form_put(&form, "type", call->type);
    form_put(&form, "client_id", shop->app_key);
    form_put(&form, "access_token", want->verb == PLATFORM_TOKEN_REFRESH ? "" : shop->access_token);
    form_put_int(&form, "timestamp", want->now_us / 1000000);
    form_put(&form, "data_type", "JSON");
    form_put(&form, "version", "V1");
    int result = call->put(shop, want, &form, error);
    if (!result)
        result = form_sign(&form, &platform_pdd, shop->app_secret, "", error);
    return result ? result : form_post(&form, *shop->gateway ? shop->gateway : platform_pdd.gateway, out);
}

/* ---------------------------------------------------------------- what an answer means */

static const struct code_row codes[] = {
    {10000, 10018, PLATFORM_PARAMETER},  {10019, 10019, PLATFORM_AUTH_EXPIRED},
    {20004, 20004, PLATFORM_BAD_SIGN},   {20005, 20005, PLATFORM_PERMISSION},
    {20031, 20031, PLATFORM_PERMISSION}, {30000, 39999, PLATFORM_CONFLICT},
    {50000, 50002, PLATFORM_RETRY},      {52001, 52002, PLATFORM_RETRY},
    {52101, 52101, PLATFORM_THROTTLED},  {52102, 52103, PLATFORM_RETRY},
    {70031, 70031, PLATFORM_THROTTLED},  {70032, 70032, PLATFORM_PERMISSION},
    {70033, 70033, PLATFORM_RETRY},      {70034, 70035, PLATFORM_PERMISSION},
    {70036, 70036, PLATFORM_THROTTLED},  {0, 0, PLATFORM_OK},
};

/* Where the code says no more than that the business said no. */
static const struct part_row sub_codes[] = {
    {"not-exist", PLATFORM_NOT_FOUND}, {"quota", PLATFORM_PERMISSION},    {"invalid", PLATFORM_PARAMETER},
    {"negative", PLATFORM_PARAMETER},  {"time-span", PLATFORM_PARAMETER}, {.part = NULL},
};

static void take_error(const json_t *error, struct platform_fault *ret)
{
    const char *said = text_json_text(error, "sub_msg");
    text_copy(ret->code, sizeof(ret->code), text_json_text(error, "error_code"));
    text_copy(ret->sub_code, sizeof(ret->sub_code), text_json_text(error, "sub_code"));
    text_copy(ret->request, sizeof(ret->request), text_json_text(error, "request_id"));
    text_copy(ret->message, sizeof(ret->message), *said ? said : text_json_text(error, "error_msg"));
    ret->class = code_find(codes, ret->code);
    if (ret->class == PLATFORM_CONFLICT)
        ret->class = part_find(sub_codes, ret->sub_code, ret->class);
    if (ret->class == PLATFORM_PARAMETER && strstr(ret->message, "timestamp"))
        ret->class = PLATFORM_CLOCK; /* it has no code of its own */
}

static void classify(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_fault *ret)
{
    const struct pdd_call *call = call_of(want);
    const json_t *error = json_object_get(root, "error_response"), *body = json_object_get(root, call->answer);
    if (error) {
        take_error(error, ret);
    } else if (!json_is_object(body)) {
        ret->class = platform_lost(want, response);
        text_copy(ret->message, sizeof(ret->message), "the answer is not one to this call");
    } else if (call->success && !text_json_true(body, call->success)) {
        ret->class = PLATFORM_CONFLICT;
        text_copy(ret->message, sizeof(ret->message), "the platform says that it did not succeed");
    } else if (want->verb == PLATFORM_WAYBILL_GET &&
               cloud_print_count(text_json_at(body, "modules")) < want->parcel_count) {
        ret->class = PLATFORM_PARTIAL;
    }
    if (!*ret->request)
        text_copy(ret->request, sizeof(ret->request), text_json_text(body, "request_id"));
}

static int read_root(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_answer *answer, struct error *error)
{
    (void)response;
    const struct pdd_call *call = call_of(want);
    struct text_reader reader = {.error = error};
    if (call->read)
        call->read(&reader, want, json_object_get(root, call->answer), answer);
    return reader.result;
}

void pdd_read_waybills(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                       struct platform_answer *answer)
{
    cloud_print_read(reader, want, text_json_at(body, "modules"), answer);
}

const struct platform platform_pdd = {
    .name = "pdd",
    .title = "拼多多 Pinduoduo",
    .gateway = "https://gw-api.pinduoduo.com/api/router",
    .caps = {.abilities = PLATFORM_STOCK_SET | PLATFORM_STOCK_DELTA | PLATFORM_MULTI_PARCEL | PLATFORM_SHIP_AMENDS |
                          PLATFORM_WAYBILLS | PLATFORM_WAYBILL_KEY | PLATFORM_LISTINGS | PLATFORM_REFRESHES,
             .window_max_s = WINDOW_S,
             .window_s = WINDOW_S,
             .refund_window_max_s = WINDOW_S,
             .overlap_s = 300,
             .history_s = 90 * DAY_S,
             .clock_s = 600,
             .page = PDD_PAGE,
             .stock_batch = 1,
             .waybill_batch = CLOUD_PRINT_PARCELS},
    .sign = sign_pdd,
    .build = build,
    .classify = classify,
    .read = read_root,
};
