/* JD, by the open platform's (JOS) gateway: what the call is about is one JSON text in the body, who calls stands in
 * the query, and both are signed. */
#include "sync/platforms/jd.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/connectors.h"
#include "sync/platforms/members.h"
#include "sync/platforms/sign.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAY_S      INT64_C(86400)
#define SECOND_US  INT64_C(1000000)
#define MONTH_S    (28 * DAY_S) /* the shortest there is */
#define REFUND_S   (7 * DAY_S)
#define BATCH      20
#define GATEWAY    "https://api.jd.com/routerjson"
#define TOKEN_PAGE "https://open-oauth.jd.com/oauth2/refresh_token"
#define BODY_NAME  "360buy_param_json"

#define STATES                                                                                                         \
    "WAIT_SELLER_STOCK_OUT,WAIT_SELLER_DELIVERY,LOCKED,PAUSE,POP_ORDER_PAUSE,WAIT_GOODS_RECEIVE_CONFIRM,"              \
    "RECEIPTS_CONFIRM,FINISHED_L,TRADE_CANCELED"
#define FIELDS                                                                                                         \
    "orderId,parentOrderId,venderId,orderType,storeOrder,payType,orderTotalPrice,orderSellerPrice,orderPayment,"       \
    "actualPay,shouldPay,freightPrice,sellerDiscount,orderState,orderStateRemark,deliveryType,orderRemark,"            \
    "venderRemark,orderStartTime,orderEndTime,paymentConfirmTime,modified,waybill,logisticsId,consigneeInfo,"          \
    "itemInfoList"

/* ---------------------------------------------------------------- what is asked */

typedef int put_call(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error);

static void put_time(struct buf *out, const char *name, int64_t time_s)
{
    char text[TEXT_TIME_SIZE];
    time_to_text(time_s * SECOND_US, text);
    json_text(out, name, text);
}

/* Their list of orders takes numbers as texts. */
static void put_number(struct buf *out, const char *name, int64_t number)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRId64, number);
    json_text(out, name, text);
}

static int put_orders(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                      struct error *error)
{
    (void)shop;
    int64_t from_s, to_s;
    struct page page;
    int result = window_of(want, MONTH_S, &from_s, &to_s, error);
    if (!result)
        result = page_of(want->cursor, &page, error);
    if (result)
        return result;
    put_time(out, "start_date", from_s);
    put_time(out, "end_date", to_s);
    json_text(out, "order_state", STATES);
    json_text(out, "optional_fields", FIELDS);
    put_number(out, "page", page.number);
    put_number(out, "page_size", JD_PAGE);
    json_text(out, "sortType", "0"); /* from the oldest on */
    json_text(out, "dateType", "0"); /* by when they were modified */
    json_text(out, "source_id", "JOS");
    return 0;
}

static int put_order(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error)
{
    (void)shop;
    (void)error;
    json_text(out, "order_id", want->order);
    json_text(out, "optional_fields", FIELDS);
    return 0;
}

int jd_pass_of(const char *cursor, enum jd_pass *ret, struct page *ret_page, struct error *error)
{
    *ret = *cursor >= 'a' && *cursor < 'a' + JD_PASSES ? (enum jd_pass)(*cursor - 'a') : JD_CANCELS_ASKED;
    return page_of(cursor + (*cursor >= 'a' && *cursor < 'a' + JD_PASSES), ret_page, error);
}

static int put_refunds(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                       struct error *error)
{
    static const char *const names[JD_PASSES][4] = {
        [JD_CANCELS_ASKED] = {"applyTimeStart", "applyTimeEnd", "pageIndex", "pageSize"},
        [JD_CANCELS_CHECKED] = {"checkTimeStart", "checkTimeEnd", "pageIndex", "pageSize"},
        [JD_SERVICES_ASKED] = {"applyTimeBegin", "applyTimeEnd", "pageNumber", "pageSize"},
        [JD_SERVICES_CHECKED] = {"approveTimeBegin", "approveTimeEnd", "pageNumber", "pageSize"},
    };
    (void)shop;
    int64_t from_s, to_s;
    enum jd_pass pass;
    struct page page;
    int result = window_of(want, REFUND_S, &from_s, &to_s, error);
    if (!result)
        result = jd_pass_of(want->cursor, &pass, &page, error);
    if (result)
        return result;
    put_time(out, names[pass][0], from_s);
    put_time(out, names[pass][1], to_s);
    json_int(out, names[pass][2], page.number);
    json_int(out, names[pass][3], JD_REFUND_PAGE);
    return 0;
}

static int put_ship(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                    struct error *error)
{
    (void)shop;
    const struct platform_shipment *shipment = want->shipment;
    if (!shipment->whole || shipment->extra)
        return error_set(error, -ENOTSUP, "JD takes one parcel, with all of the order in it");
    json_text(out, "orderId", shipment->order);
    json_text(out, "logiCoprId", shipment->carrier); /* as they spell it */
    json_text(out, "logiNo", shipment->waybill);
    return 0;
}

static int put_stock(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                     struct error *error)
{
    if (want->delta)
        return error_set(error, -ENOTSUP, "JD is told what there is, not how much more");
    if (want->stock_count == 0 || want->stock_count > BATCH)
        return error_set(error, -EINVAL, "stock is set for 1 to %d SKUs at a time", BATCH);
    json_open_object(out, "req");
    json_text(out, "stockRfId", want->key);
    json_open_array(out, "skuStocks");
    for (size_t i = 0; i < want->stock_count; i++) {
        if (!*want->stock[i].sku || want->stock[i].quantity < 0)
            return error_set(error, -EINVAL, "stock is set for a SKU, and is not less than nothing");
        json_open_object(out, NULL);
        json_text(out, "skuId", want->stock[i].sku);
        json_int(out, "stockNum", want->stock[i].quantity);
        json_text_if(out, "storeId", shop->place);
        json_close_object(out);
    }
    json_close_array(out);
    json_close_object(out);
    return 0;
}

static int put_stock_read(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                          struct error *error)
{
    (void)shop;
    if (want->stock_count != 1)
        return error_set(error, -EINVAL, "JD is asked for the stock of one SKU at a time");
    json_text(out, "skuId", want->stock[0].sku);
    return 0;
}

/* ---------------------------------------------------------------- waybills */

/* "country" is how they spell county. */
static void put_place(struct buf *out, const char *name, const char *const parts[7])
{
    static const char *const names[] = {"provinceName", "cityName", "countryName", "countrysideName",
                                        "address",      "contact",  "phone"};
    json_open_object(out, name);
    for (size_t i = 0; i < COUNT(names); i++)
        json_text_if(out, names[i], parts[i]);
    json_close_object(out);
}

static int put_waybill_get(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                           struct error *error)
{
    const struct platform_sender *from = want->sender;
    const struct platform_parcel *to = want->parcels;
    if (want->parcel_count != 1 || !from)
        return error_set(error, -EINVAL, "JD is asked for one waybill at a time, with a sender");
    if (!*shop->id || !*to->key || !*to->order)
        return error_set(error, -EINVAL, "for a waybill the shop's number, the parcel's key or its order is missing");
    json_open_object(out, "content");
    json_int(out, "waybillType", 1);
    json_int(out, "waybillCount", 1);
    json_text(out, "providerCode", want->carrier);
    json_text_if(out, "branchCode", want->account);
    json_text(out, "salePlatform", "0010001");
    json_text(out, "platformOrderNo", to->order);
    json_text(out, "vendorCode", shop->id);
    json_text(out, "vendorName", shop->id);
    json_text(out, "vendorOrderCode", to->key);
    put_place(
        out, "fromAddress",
        (const char *const[7]){from->province, from->city, from->district, "", from->address, from->name, from->phone});
    put_place(out, "toAddress",
              (const char *const[7]){to->province, to->city, to->district, to->town, to->address, to->name, to->phone});
    json_int(out, "weight", to->weight_g);
    json_int(out, "volume", 0);
    json_int(out, "payType", 0);
    json_int(out, "shouldPayMoney", 0);
    json_bool(out, "needGuarantee", false);
    json_int(out, "guaranteeMoney", 0);
    json_close_object(out);
    return 0;
}

/* JD's own parcels are named by another member than those of others. */
static int put_waybill_print(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                             struct error *error)
{
    (void)error;
    bool own = strcmp(want->carrier, "JD") == 0;
    json_open_object(out, "param1");
    json_open_object(out, "parameters");
    json_text_if(out, own ? "eCustomerCode" : "ewCustomerCode", *want->account ? want->account : shop->id);
    json_close_object(out);
    json_text(out, "cpCode", want->carrier);
    json_text(out, "objectId", want->waybill);
    json_open_array(out, "wayBillInfos");
    json_open_object(out, NULL);
    json_text(out, "orderNo", want->order);
    json_int(out, "popFlag", 1);
    json_text(out, own ? "jdWayBillCode" : "wayBillCode", want->waybill);
    json_close_object(out);
    json_close_array(out);
    json_close_object(out);
    return 0;
}

static int put_waybill_cancel(const struct platform_shop *shop, const struct platform_want *want, struct buf *out,
                              struct error *error)
{
    (void)shop;
    (void)error;
    json_text(out, "providerCode", want->carrier);
    json_text(out, "waybillCode", want->waybill);
    return 0;
}

/* ---------------------------------------------------------------- calls */

struct jd_call {
    const char *method;
    put_call *put;
    jd_reader *read;    /* NULL: there is nothing to read but whether it went well */
    const char *result; /* where the answer says that it did */
};

static const struct jd_call calls[PLATFORM_VERBS] = {
    [PLATFORM_ORDERS] = {"jingdong.pop.order.search", put_orders, jd_read_orders, "searchorderinfo_result.apiResult"},
    [PLATFORM_ORDER] = {"jingdong.pop.order.get", put_order, jd_read_order, "orderDetailInfo.apiResult"},
    [PLATFORM_REFUNDS] = {"jingdong.pop.afs.soa.refundapply.queryPageList", put_refunds, jd_read_refunds,
                          "queryResult"},
    [PLATFORM_SHIP] = {"jingdong.pop.order.shipment", put_ship, NULL, "sopjosshipment_result"},
    [PLATFORM_STOCK] = {"jingdong.ware.stock.sku.set", put_stock, jd_read_stock_set, "returnType"},
    [PLATFORM_STOCK_READ] = {"jingdong.ware.stock.sku.query", put_stock_read, jd_read_stock, "returnType"},
    [PLATFORM_WAYBILL_GET] = {"jingdong.ldop.alpha.waybill.receive", put_waybill_get, jd_read_waybill, "resultInfo"},
    [PLATFORM_WAYBILL_PRINT] = {"jingdong.printing.printData.pullData", put_waybill_print, jd_read_print, "returnType"},
    [PLATFORM_WAYBILL_CANCEL] = {"jingdong.ldop.alpha.waybill.api.unbind", put_waybill_cancel, NULL, "resultInfo"},
};
static const struct jd_call services = {"jingdong.asc.serviceAndRefund.view", put_refunds, jd_read_refunds,
                                        "pageResult"};

static const struct jd_call *call_of(const struct platform_want *want)
{
    enum jd_pass pass;
    struct page page;
    if (want->verb == PLATFORM_REFUNDS && jd_pass_of(want->cursor, &pass, &page, NULL) == 0 &&
        pass >= JD_SERVICES_ASKED)
        return &services;
    return &calls[want->verb];
}

/* The first value is the body's, all others are the query's. */
static int post(const struct form *form, const char *gateway, struct platform_request *out)
{
    struct form body = {.values = {form->values[0]}, .count = 1};
    struct form query = {.count = form->count - 1};
    memcpy(query.values, form->values + 1, query.count * sizeof(query.values[0]));
    if (form_post(&body, gateway, out) != 0)
        return -ENOMEM;
    buf_putc(&out->url, '?');
    return form_write(&query, &out->url);
}

/* Where a gateway is named, the page for tokens is beside it. */
static int build_token(const struct platform_shop *shop, struct platform_request *out)
{
    static const char last[] = "/routerjson";
    CLEANUP_FORM struct form form = {0};
    size_t length = strlen(shop->gateway);
    if (length >= sizeof(last) - 1 && strcmp(shop->gateway + length - (sizeof(last) - 1), last) == 0)
        length -= sizeof(last) - 1;
    form_put(&form, "app_key", shop->app_key);
    form_put(&form, "app_secret", shop->app_secret);
    form_put(&form, "grant_type", "refresh_token");
    form_put(&form, "refresh_token", shop->refresh_token);
    int result = form_post(&form, "", out);
    buf_put(&out->url, *shop->gateway ? shop->gateway : TOKEN_PAGE, *shop->gateway ? length : strlen(TOKEN_PAGE));
    buf_puts(&out->url, *shop->gateway ? "/oauth2/refresh_token" : "");
    return result || out->url.failed ? -ENOMEM : 0;
}

static int build(const struct platform_shop *shop, const struct platform_want *want, struct platform_request *out,
                 struct error *error)
{
    const struct jd_call *call = call_of(want);
    char time[TEXT_TIME_SIZE];
    CLEANUP_BUF struct buf body = {0};
    CLEANUP_FORM struct form form = {0};
    if (want->verb == PLATFORM_TOKEN_REFRESH)
        return build_token(shop, out);
    if (!call->method)
        return -ENOTSUP;
    json_open_object(&body, NULL);
    int result = call->put(shop, want, &body, error);
    if (result)
        return result;
    json_close_object(&body);
    time_to_text(want->now_us, time);
    form_put_buf(&form, BODY_NAME, &body);
    form_put(&form, "method", call->method);
    form_put(&form, "access_token", shop->access_token);
    form_put(&form, "app_key", shop->app_key);
    form_put(&form, "timestamp", time);
    form_put(&form, "v", "2.0");
    result = form_sign(&form, &platform_jd, shop->app_secret, shop->sign_method, error);
    return result ? result : post(&form, *shop->gateway ? shop->gateway : GATEWAY, out);
}

/* ---------------------------------------------------------------- what an answer means */

static const struct code_row codes[] = {
    {2, 2, PLATFORM_THROTTLED},      {4, 5, PLATFORM_PARAMETER},    {7, 7, PLATFORM_PARAMETER},
    {8, 8, PLATFORM_CLOCK},          {11, 12, PLATFORM_BAD_SIGN},   {14, 15, PLATFORM_PARAMETER},
    {19, 19, PLATFORM_AUTH_EXPIRED}, {21, 21, PLATFORM_PERMISSION}, {0, 0, PLATFORM_OK},
};

static const char *first_of(const json_t *object, const char *const paths[3])
{
    for (size_t i = 0; i < 3; i++)
        if (*text_json_text(object, paths[i]))
            return text_json_text(object, paths[i]);
    return "";
}

static void take_error(const json_t *error, struct platform_fault *ret)
{
    text_copy(ret->code, sizeof(ret->code), text_json_text(error, "code"));
    text_copy(ret->message, sizeof(ret->message), first_of(error, (const char *const[3]){"zh_desc", "en_desc", "msg"}));
    ret->class = code_find(codes, ret->code);
}

static void take_refusal(const struct platform_want *want, const json_t *result, struct platform_fault *ret)
{
    static const char *const codes_at[3] = {"englishErrCode", "code", "statusCode"};
    static const char *const texts_at[3] = {"chineseErrCode", "msg", "statusMessage"};
    text_copy(ret->code, sizeof(ret->code), "business");
    text_copy(ret->sub_code, sizeof(ret->sub_code), first_of(result, codes_at));
    text_copy(ret->message, sizeof(ret->message), first_of(result, texts_at));
    ret->class = refusal_class(want, ret->message);
}

/* {"jingdong_pop_order_get_responce":{…}}, as they spell it; some are spelt right. */
static const json_t *body_of(const struct jd_call *call, const json_t *root)
{
    char name[128];
    static const char *const endings[] = {"responce", "response"};
    for (size_t i = 0; i < COUNT(endings); i++) {
        snprintf(name, sizeof(name), "%s_%s", call->method, endings[i]);
        for (char *at = name; *at; at++)
            if (*at == '.')
                *at = '_';
        if (json_is_object(json_object_get(root, name)))
            return json_object_get(root, name);
    }
    return NULL;
}

/* A result says that it went well by success, by statusCode 0, or (what is printed) by code 1. */
static bool went_well(const struct platform_want *want, const json_t *result)
{
    const char *status = text_json_text(result, "statusCode");
    if (*text_json_text(result, "success"))
        return text_json_true(result, "success");
    if (*status)
        return strcmp(status, "0") == 0;
    return want->verb == PLATFORM_WAYBILL_PRINT && strcmp(text_json_text(result, "code"), "1") == 0;
}

static bool has_refused_rows(const json_t *body)
{
    const json_t *rows = text_json_at(body, "returnType.obj.updateStockResult"), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        if (!text_json_true(row, "success"))
            return true;
    }
    return false;
}

static void classify(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_fault *ret)
{
    const struct jd_call *call = call_of(want);
    const json_t *error = json_object_get(root, "error_response");
    if (want->verb == PLATFORM_TOKEN_REFRESH) {
        text_copy(ret->code, sizeof(ret->code), text_json_text(root, "code"));
        text_copy(ret->message, sizeof(ret->message), text_json_text(root, "msg"));
        ret->class = *text_json_text(root, "access_token") ? PLATFORM_OK : PLATFORM_PARAMETER;
        return;
    }
    const json_t *body = body_of(call, root), *result = text_json_at(body, call->result);
    if (error)
        take_error(error, ret);
    else if (!result)
        result = text_json_at(body, "result");
    if (ret->class != PLATFORM_OK)
        return;
    if (!result) {
        ret->class = platform_lost(want, response);
        text_copy(ret->message, sizeof(ret->message), "the answer is not one to this call");
    } else if (!went_well(want, result)) {
        take_refusal(want, result, ret);
    } else if (want->verb == PLATFORM_STOCK && has_refused_rows(body)) {
        ret->class = PLATFORM_PARTIAL;
    }
}

static int read_root(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_answer *answer, struct error *error)
{
    (void)response;
    const struct jd_call *call = call_of(want);
    struct text_reader reader = {.error = error};
    if (want->verb == PLATFORM_TOKEN_REFRESH)
        jd_read_tokens(&reader, want, root, answer);
    else if (call->read)
        call->read(&reader, want, body_of(call, root), answer);
    return reader.result;
}

const struct platform platform_jd = {
    .name = "jd",
    .title = "京东 JD",
    .gateway = GATEWAY,
    .caps = {.abilities = PLATFORM_STOCK_SET | PLATFORM_WAYBILLS | PLATFORM_PRINTS_APART | PLATFORM_REFRESHES,
             .window_max_s = MONTH_S,
             .window_s = 3600,
             .refund_window_max_s = REFUND_S,
             .overlap_s = 600,
             .history_s = 90 * DAY_S,
             .clock_s = 300,
             .refresh_before_s = DAY_S,
             .page = JD_PAGE,
             .stock_batch = BATCH,
             .waybill_batch = 1},
    .sign = sign_jd,
    .build = build,
    .classify = classify,
    .read = read_root,
};
