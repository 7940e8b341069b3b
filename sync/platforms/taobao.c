/* Taobao and Tmall, by the open platform's (TOP) one gateway: a form, signed over all that is not empty. */
#include "sync/platforms/taobao.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/cloud_print.h"
#include "sync/platforms/connectors.h"
#include "sync/platforms/sign.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAY_S       INT64_C(86400)
#define STOCK_BATCH 20
#define BEST_METHOD "hmac-sha256"

#define TRADE_FIELDS                                                                                                   \
    "tid,status,type,created,pay_time,modified,consign_time,end_time,payment,post_fee,total_fee,discount_fee,"         \
    "adjust_fee,received_payment,seller_flag,has_buyer_message,buyer_message,seller_memo,buyer_nick,buyer_open_uid,"   \
    "receiver_name,receiver_state,receiver_city,receiver_district,receiver_town,receiver_address,receiver_zip,"        \
    "receiver_mobile,receiver_phone,oaid,shipping_type,step_trade_status,step_paid_fee,is_part_consign,mark_desc,"     \
    "orders"
#define REFUND_FIELDS                                                                                                  \
    "refund_id,tid,oid,total_fee,refund_fee,payment,status,order_status,good_status,has_good_return,refund_phase,"     \
    "refund_version,sid,company_name,outer_id,num,sku,reason,created,modified,dispute_type"

/* ---------------------------------------------------------------- what is asked */

typedef int put_call(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                     struct error *error);

static void put_time(struct form *form, const char *name, int64_t time_s)
{
    char text[TEXT_TIME_SIZE];
    time_to_text(time_s * 1000000, text);
    form_put(form, name, text);
}

static int put_window(const struct platform_want *want, const char *fields, struct form *form, struct error *error)
{
    int64_t from_s, to_s;
    struct page page;
    int result = window_of(want, DAY_S, &from_s, &to_s, error);
    if (!result)
        result = page_of(want->cursor, &page, error);
    if (result)
        return result;
    form_put(form, "fields", fields);
    put_time(form, "start_modified", from_s);
    put_time(form, "end_modified", to_s);
    form_put_int(form, "page_no", page.number);
    form_put_int(form, "page_size", TAOBAO_PAGE);
    form_put(form, "use_has_next", page.forward ? "true" : "false");
    return 0;
}

static int put_orders(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                      struct error *error)
{
    (void)shop;
    return put_window(want, TRADE_FIELDS, form, error);
}

static int put_refunds(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                       struct error *error)
{
    (void)shop;
    return put_window(want, REFUND_FIELDS, form, error);
}

static int put_order(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                     struct error *error)
{
    (void)shop;
    (void)error;
    form_put(form, "tid", want->order);
    form_put(form, "fields", TRADE_FIELDS);
    return 0;
}

static int put_ship(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                    struct error *error)
{
    (void)shop;
    (void)error;
    form_put(form, "tid", want->shipment->order);
    form_put(form, "company_code", want->shipment->carrier);
    form_put(form, "out_sid", want->shipment->waybill);
    return 0;
}

/* Lines, and parts of them. */
static int put_ship_parts(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                          struct error *error)
{
    (void)shop;
    const struct platform_shipment *shipment = want->shipment;
    CLEANUP_BUF struct buf packages = {0};
    if (shipment->line_count == 0)
        return error_set(error, -EINVAL, "a part of an order is shipped by its lines, and none is named");
    json_open_array(&packages, NULL);
    json_open_object(&packages, NULL);
    json_text(&packages, "out_sid", shipment->waybill);
    json_text(&packages, "company_code", shipment->carrier);
    json_open_array(&packages, "goods");
    for (size_t i = 0; i < shipment->line_count; i++) {
        json_open_object(&packages, NULL);
        json_text(&packages, "sub_tid", shipment->lines[i].line);
        if (shipment->lines[i].quantity > 0) /* none is all of the line; 0 would be refused */
            json_int(&packages, "num", shipment->lines[i].quantity);
        json_int(&packages, "item_type", 0);
        json_close_object(&packages);
    }
    json_close_array(&packages);
    json_close_object(&packages);
    json_close_array(&packages);
    form_put(form, "tid", shipment->order);
    form_put_buf(form, "consign_pkgs", &packages);
    form_put(form, "consign_type", "1");
    return 0;
}

static int put_ship_amend(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                          struct error *error)
{
    (void)shop;
    (void)error;
    form_put(form, "tid", want->shipment->order);
    form_put(form, "old_company_code", want->shipment->old_carrier);
    form_put(form, "old_out_sid", want->shipment->old_waybill);
    form_put(form, "new_company_code", want->shipment->carrier);
    form_put(form, "new_out_sid", want->shipment->waybill);
    return 0;
}

static int put_stock(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                     struct error *error)
{
    (void)shop;
    CLEANUP_BUF struct buf pairs = {0};
    for (size_t i = 0; i < want->stock_count; i++) {
        const struct platform_stock_row *row = &want->stock[i];
        if (strcmp(row->item, want->stock[0].item) != 0 || !*row->sku)
            return error_set(error, -EINVAL, "stock is set for SKUs of one item at a time");
        if (!want->delta && row->quantity < 0)
            return error_set(error, -EINVAL, "there cannot be less than nothing of SKU %s", row->sku);
        buf_printf(&pairs, "%s%s:%" PRId64, i ? ";" : "", row->sku, row->quantity);
    }
    form_put(form, "num_iid", want->stock[0].item);
    form_put_buf(form, "skuid_quantities", &pairs);
    form_put(form, "type", want->delta ? "2" : "1");
    return 0;
}

/* Of an item that has no SKUs. */
static int put_item_stock(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                          struct error *error)
{
    (void)shop;
    if (!want->delta && want->stock[0].quantity < 0)
        return error_set(error, -EINVAL, "there cannot be less than nothing of item %s", want->stock[0].item);
    form_put(form, "num_iid", want->stock[0].item);
    form_put(form, "outer_id", want->stock[0].code);
    form_put_int(form, "quantity", want->stock[0].quantity);
    form_put(form, "type", want->delta ? "2" : "1");
    return 0;
}

static int put_stock_read(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                          struct error *error)
{
    (void)shop;
    (void)error;
    CLEANUP_BUF struct buf items = {0};
    for (size_t i = 0; i < want->stock_count; i++)
        if (i == 0 || strcmp(want->stock[i].item, want->stock[i - 1].item) != 0)
            buf_printf(&items, "%s%s", i ? "," : "", want->stock[i].item);
    form_put(form, "fields", "sku_id,num_iid,outer_id,quantity,price");
    form_put_buf(form, "num_iids", &items);
    return 0;
}

/* With its quantity: an item is put on sale with what there is. */
static int put_listing(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                       struct error *error)
{
    (void)shop;
    if (want->stock_count != 1)
        return error_set(error, -EINVAL, "one item at a time is put on sale or taken off");
    form_put(form, "num_iid", want->stock[0].item);
    if (want->stock[0].on_sale)
        form_put_int(form, "num", want->stock[0].quantity);
    return 0;
}

/* A hidden receiver is named by the order's oaid; name and address go as they are, with their stars. */
static void put_receiver(const struct platform_parcel *parcel, struct buf *out)
{
    cloud_print_put_address(parcel, parcel->address, out);
    json_text(out, "name", parcel->name);
    json_text(out, "mobile", parcel->phone);
    if (*parcel->sealed) {
        json_text(out, "oaid", parcel->sealed);
        json_text(out, "tid", parcel->order);
    }
}

static int put_waybill_get(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                           struct error *error)
{
    const struct cloud_print as = {"cp_code", "TB", shop->id, put_receiver};
    return cloud_print_put(&as, want, form, error);
}

static int put_waybill_cancel(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                              struct error *error)
{
    (void)shop;
    (void)error;
    form_put(form, "cp_code", want->carrier);
    form_put(form, "waybill_code", want->waybill);
    return 0;
}

static int put_carriers(const struct platform_shop *shop, const struct platform_want *want, struct form *form,
                        struct error *error)
{
    (void)shop;
    (void)want;
    (void)error;
    form_put(form, "fields", "id,code,name");
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

struct taobao_call {
    const char *method;
    put_call *put;
    taobao_reader *read; /* NULL: there is nothing to read but whether it went well */
    const char *success; /* where the answer says that it did; NULL: by not being an error */
};

static const struct taobao_call calls[PLATFORM_VERBS] = {
    [PLATFORM_ORDERS] = {"taobao.trades.sold.increment.get", put_orders, taobao_read_orders, NULL},
    [PLATFORM_ORDER] = {"taobao.trade.fullinfo.get", put_order, taobao_read_order, NULL},
    [PLATFORM_REFUNDS] = {"taobao.refunds.receive.get", put_refunds, taobao_read_refunds, NULL},
    [PLATFORM_SHIP] = {"taobao.logistics.offline.send", put_ship, NULL, "shipping.is_success"},
    [PLATFORM_SHIP_AMEND] = {"alibaba.ascp.logistics.consign.modify", put_ship_amend, NULL, "result.success"},
    [PLATFORM_STOCK] = {"taobao.skus.quantity.update", put_stock, NULL, NULL},
    [PLATFORM_STOCK_READ] = {"taobao.item.skus.get", put_stock_read, taobao_read_stock, NULL},
    [PLATFORM_LISTING] = {"taobao.item.update.listing", put_listing, NULL, NULL},
    [PLATFORM_WAYBILL_GET] = {"cainiao.waybill.ii.get", put_waybill_get, taobao_read_waybills, NULL},
    [PLATFORM_WAYBILL_CANCEL] = {"cainiao.waybill.ii.cancel", put_waybill_cancel, NULL, "cancel_result"},
    [PLATFORM_CARRIERS] = {"taobao.logistics.companies.get", put_carriers, taobao_read_carriers, NULL},
    [PLATFORM_TOKEN_REFRESH] = {"taobao.top.auth.token.refresh", put_token_refresh, taobao_read_tokens, NULL},
};
static const struct taobao_call ship_parts = {"alibaba.ascp.logistics.offline.send", put_ship_parts, NULL,
                                              "result.success"};
static const struct taobao_call item_stock = {"taobao.item.quantity.update", put_item_stock, NULL, NULL};
static const struct taobao_call delisting = {"taobao.item.update.delisting", put_listing, NULL, NULL};

static const struct taobao_call *call_of(const struct platform_want *want)
{
    if (want->verb == PLATFORM_SHIP && (!want->shipment->whole || want->shipment->extra))
        return &ship_parts;
    if (want->verb == PLATFORM_STOCK && want->stock_count == 1 && !*want->stock[0].sku)
        return &item_stock;
    if (want->verb == PLATFORM_LISTING && want->stock_count > 0 && !want->stock[0].on_sale)
        return &delisting;
    return &calls[want->verb];
}

static int build(const struct platform_shop *shop, const struct platform_want *want, struct platform_request *out,
                 struct error *error)
{
    const struct taobao_call *call = call_of(want);
    const char *method = *shop->sign_method ? shop->sign_method : BEST_METHOD;
    CLEANUP_FORM struct form form = {0};
    if (!call->method)
        return -ENOTSUP;
    if (want->verb == PLATFORM_STOCK && (want->stock_count == 0 || want->stock_count > STOCK_BATCH))
        return error_set(error, -EINVAL, "stock is set for 1 to %d SKUs at a time", STOCK_BATCH);
    form_put(&form, "method", call->method);
    form_put(&form, "app_key", shop->app_key);
    form_put(&form, "session", want->verb == PLATFORM_TOKEN_REFRESH ? "" : shop->access_token);
    put_time(&form, "timestamp", want->now_us / 1000000);
    form_put(&form, "v", "2.0");
    form_put(&form, "format", "json");
    form_put(&form, "sign_method", method);
    int result = call->put(shop, want, &form, error);
    if (!result)
        result = form_sign(&form, &platform_taobao, shop->app_secret, method, error);
    return result ? result : form_post(&form, *shop->gateway ? shop->gateway : platform_taobao.gateway, out);
}

/* ---------------------------------------------------------------- what an answer means */

static const struct code_row codes[] = {
    {4, 8, PLATFORM_THROTTLED},      {10, 10, PLATFORM_RETRY},      {11, 12, PLATFORM_PERMISSION},
    {15, 15, PLATFORM_RETRY},        {21, 22, PLATFORM_PARAMETER},  {24, 25, PLATFORM_BAD_SIGN},
    {26, 27, PLATFORM_AUTH_EXPIRED}, {28, 29, PLATFORM_PERMISSION}, {30, 31, PLATFORM_CLOCK},
    {32, 34, PLATFORM_PARAMETER},    {40, 41, PLATFORM_PARAMETER},  {42, 42, PLATFORM_PERMISSION},
    {43, 43, PLATFORM_PARAMETER},    {0, 0, PLATFORM_OK},
};

/* What the business says of it, where the code says no more than that it was asked. */
static const struct part_row sub_codes[] = {
    {"accesscontrol.", PLATFORM_THROTTLED},
    {"isp.", PLATFORM_RETRY},
    {"not-exist", PLATFORM_NOT_FOUND},
    {"invalid-parameter", PLATFORM_PARAMETER},
    {"missing-parameter", PLATFORM_PARAMETER},
    {"permission", PLATFORM_PERMISSION},
    {"quota", PLATFORM_PERMISSION},
    {"logistics-offline-service-error:S", PLATFORM_PARAMETER},
    {"logistics-", PLATFORM_CONFLICT}, /* shipped already, a refund is asked for */
    {"already", PLATFORM_CONFLICT},
    {"isv.", PLATFORM_PARAMETER},
    {.part = NULL},
};

/* "This ban will last for 3 more seconds" */
static int64_t seconds_of(const char *text)
{
    static const char words[] = "last for ";
    const char *at = strstr(text, words);
    int64_t seconds = 0;
    at = at ? at + sizeof(words) - 1 : "";
    for (; *at >= '0' && *at <= '9' && seconds < DAY_S; at++)
        seconds = seconds * 10 + (*at - '0');
    return seconds;
}

static void take_error(const json_t *error, struct platform_fault *ret)
{
    const char *said = text_json_text(error, "sub_msg");
    text_copy(ret->code, sizeof(ret->code), text_json_text(error, "code"));
    text_copy(ret->sub_code, sizeof(ret->sub_code), text_json_text(error, "sub_code"));
    text_copy(ret->request, sizeof(ret->request), text_json_text(error, "request_id"));
    text_copy(ret->message, sizeof(ret->message), *said ? said : text_json_text(error, "msg"));
    ret->class = code_find(codes, ret->code);
    if (ret->class == PLATFORM_RETRY)
        ret->class = part_find(sub_codes, ret->sub_code, ret->class);
    if (ret->class == PLATFORM_THROTTLED)
        ret->retry_s = seconds_of(said);
}

/* {"trade_fullinfo_get_response":{…}}: the method without "taobao.", and with other marks. */
static const json_t *body_of(const struct taobao_call *call, const json_t *root)
{
    static const char own[] = "taobao.";
    char name[128];
    const char *method = call->method;
    if (strncmp(method, own, sizeof(own) - 1) == 0)
        method += sizeof(own) - 1;
    snprintf(name, sizeof(name), "%s_response", method);
    for (char *at = name; *at; at++)
        if (*at == '.')
            *at = '_';
    return json_object_get(root, name);
}

static const json_t *modules_of(const json_t *body)
{
    return text_json_at(body, "modules.waybill_cloud_print_response");
}

static void classify(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_fault *ret)
{
    const struct taobao_call *call = call_of(want);
    const json_t *error = json_object_get(root, "error_response"), *body = body_of(call, root);
    if (error) {
        take_error(error, ret);
    } else if (!json_is_object(body)) {
        ret->class = platform_lost(want, response);
        text_copy(ret->message, sizeof(ret->message), "the answer is not one to this call");
    } else if (call->success && !text_json_true(body, call->success)) {
        ret->class = PLATFORM_CONFLICT;
        text_copy(ret->message, sizeof(ret->message), "the platform says that it did not succeed");
    } else if (want->verb == PLATFORM_WAYBILL_GET && cloud_print_count(modules_of(body)) < want->parcel_count) {
        ret->class = PLATFORM_PARTIAL;
    }
    if (!*ret->request)
        text_copy(ret->request, sizeof(ret->request), text_json_text(body, "request_id"));
}

static int read_root(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_answer *answer, struct error *error)
{
    (void)response;
    const struct taobao_call *call = call_of(want);
    struct text_reader reader = {.error = error};
    if (call->read)
        call->read(&reader, want, body_of(call, root), answer);
    return reader.result;
}

void taobao_read_waybills(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                          struct platform_answer *answer)
{
    cloud_print_read(reader, want, modules_of(body), answer);
}

const struct platform platform_taobao = {
    .name = "taobao",
    .title = "淘宝/天猫 Taobao/Tmall",
    .gateway = "https://gw.api.taobao.com/router/rest",
    .caps = {.abilities = PLATFORM_STOCK_SET | PLATFORM_STOCK_DELTA | PLATFORM_PART_SHIP | PLATFORM_MULTI_PARCEL |
                          PLATFORM_SHIP_AMENDS | PLATFORM_UNPAID_SEEN | PLATFORM_WAYBILLS | PLATFORM_WAYBILL_KEY |
                          PLATFORM_LISTINGS | PLATFORM_REFRESHES,
             .window_max_s = DAY_S,
             .window_s = 1800,
             .refund_window_max_s = DAY_S,
             .overlap_s = 300,
             .history_s = 90 * DAY_S,
             .clock_s = 600,
             .page = TAOBAO_PAGE,
             .stock_batch = STOCK_BATCH,
             .waybill_batch = CLOUD_PRINT_PARCELS},
    .sign = sign_taobao,
    .build = build,
    .classify = classify,
    .read = read_root,
};
