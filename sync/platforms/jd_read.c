/* What JD answers: orders with their items, refunds before and services after the parcel leaves, stock, waybills. */
#include "base/text.h"
#include "sync/platforms/jd.h"
#include "sync/platforms/members.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ROWS_MAX ((size_t)2 * JD_PAGE) /* a platform may give some twice */

/* ---------------------------------------------------------------- words */

static const struct status_row states[] = {
    {"WAIT_SELLER_STOCK_OUT", PLATFORM_PAID, 0},
    {"WAIT_SELLER_DELIVERY", PLATFORM_PAID, 0},
    {"LOCKED", PLATFORM_PAID, PLATFORM_HOLD}, /* most often somebody asks for the money back */
    {"PAUSE", PLATFORM_PAID, PLATFORM_HOLD},
    {"POP_ORDER_PAUSE", PLATFORM_PAID, PLATFORM_HOLD},
    {"WAIT_GOODS_RECEIVE_CONFIRM", PLATFORM_SHIPPED, 0},
    {"RECEIPTS_CONFIRM", PLATFORM_SHIPPED, 0},
    {"FINISHED_L", PLATFORM_COMPLETED, 0},
    {"TRADE_CANCELED", PLATFORM_CANCELLED, 0},
    {.status = NULL},
};

/* Of refunds that are asked for before the parcel arrives. */
static const struct word_row cancels[] =
    {
        {"0", PLATFORM_REFUND_ASKED},     {"1", PLATFORM_REFUND_RETURNING}, /* agreed, the money is on its way */
        {"2", PLATFORM_REFUND_CLOSED},    {"3", PLATFORM_REFUND_DONE},
        {"4", PLATFORM_REFUND_ASKED},                                       /* JD's own accountants refuse it */
        {"5", PLATFORM_REFUND_RETURNING}, {"6", PLATFORM_REFUND_RETURNING}, /* the parcel is stopped on its way */
        {"7", PLATFORM_REFUND_RETURNING}, {"8", PLATFORM_REFUND_ASKED},     /* it could not be stopped */
        {"9", PLATFORM_REFUND_DONE},      {"10", PLATFORM_REFUND_RETURNING},
        {"11", PLATFORM_REFUND_CLOSED},   {.name = NULL},
};

/* Of services after it arrived. */
static const struct word_row services[] = {
    {"13", PLATFORM_REFUND_DONE},
    {"14", PLATFORM_REFUND_CLOSED},
    {.name = NULL},
};

/* ---------------------------------------------------------------- orders */

/* Lines have no number of their own: the SKU names them, and where it comes twice, its place, too. */
static void name_line(struct platform_order *order, size_t index)
{
    struct platform_line *line = &order->lines[index];
    size_t before = 0;
    for (size_t i = 0; i < index; i++)
        before += strcmp(order->lines[i].sku, line->sku) == 0;
    text_copy(line->id, sizeof(line->id), line->sku);
    if (before > 0)
        snprintf(line->id, sizeof(line->id), "%.40s-%zu", line->sku, before + 1);
}

static void read_lines(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    const json_t *rows = text_json_at(row, "itemInfoList");
    if (!lines_new(reader, order, json_array_size(rows)))
        return;
    for (size_t i = 0; i < order->line_count; i++) {
        const json_t *item = json_array_get(rows, i);
        struct platform_line *line = &order->lines[i];
        READ_ID(reader, item, "skuId", line->sku);
        read_required(reader, line->sku, "skuId");
        name_line(order, i);
        READ_ID(reader, item, "wareId", line->item);
        READ_TEXT(reader, item, "outerSkuId", line->code);
        if (!*line->code)
            READ_TEXT(reader, item, "productNo", line->code);
        READ_TEXT(reader, item, "skuName", line->title);
        line->quantity = read_whole(reader, item, "itemTotal");
        line->price_minor = read_yuan(reader, item, "jdPrice");
        line->shipped = order->state == PLATFORM_SHIPPED || order->state == PLATFORM_COMPLETED;
    }
}

/* JD says what the whole order is paid with, not the lines: each has its share by price. */
static void share_paid(struct text_reader *reader, struct platform_order *order, int64_t paid)
{
    for (size_t i = 0; i < order->line_count; i++)
        order->lines[i].paid_minor = line_gross(reader, &order->lines[i]);
    order_share_paid(reader, order, paid);
}

static void read_money(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    bool actual = *text_json_text(row, "actualPay") != '\0';
    int64_t sold = read_yuan(reader, row, "orderSellerPrice");
    text_copy(order->currency, sizeof(order->currency), "CNY");
    order->goods_minor = read_yuan(reader, row, "orderTotalPrice");
    order->freight_minor = read_yuan(reader, row, "freightPrice");
    order->discount_minor = read_yuan(reader, row, "sellerDiscount");
    order->paid_minor = read_yuan(reader, row, actual ? "actualPay" : "orderPayment");
    if (!*text_json_text(row, "orderSellerPrice"))
        sold = order->goods_minor - order->discount_minor;
    /* What the seller gets and the buyer did not pay comes from JD. */
    if (sold + order->freight_minor > order->paid_minor)
        order->platform_discount_minor = sold + order->freight_minor - order->paid_minor;
    share_paid(reader, order, sold);
}

static void read_receiver(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    READ_TEXT(reader, row, "consigneeInfo.fullname", order->name);
    READ_TEXT(reader, row, "consigneeInfo.mobile", order->phone);
    if (!*order->phone)
        READ_TEXT(reader, row, "consigneeInfo.telephone", order->phone);
    READ_TEXT(reader, row, "consigneeInfo.province", order->province);
    READ_TEXT(reader, row, "consigneeInfo.city", order->city);
    READ_TEXT(reader, row, "consigneeInfo.county", order->district);
    READ_TEXT(reader, row, "consigneeInfo.town", order->town);
    READ_TEXT(reader, row, "consigneeInfo.fullAddress", order->address);
    if (is_hidden(order->name) || is_hidden(order->address))
        order->overlays |= (unsigned)PLATFORM_MASKED;
}

/* Of several the first; -10000 is a parcel that the shop brings itself. */
static void read_waybill(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    READ_TEXT(reader, row, "waybill", order->waybill);
    order->waybill[strcspn(order->waybill, ",|")] = '\0';
    if (strcmp(order->waybill, "-10000") == 0)
        *order->waybill = '\0';
}

static void read_row(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    READ_ID(reader, row, "orderId", order->id);
    read_required(reader, order->id, "orderId");
    READ_ID(reader, row, "parentOrderId", order->parent);
    READ_TEXT(reader, row, "orderState", order->status);
    status_take(states, order);
    order->created_us = read_time(reader, row, "orderStartTime");
    order->paid_us = read_time(reader, row, "paymentConfirmTime");
    order->modified_us = read_time(reader, row, "modified");
    READ_TEXT(reader, row, "orderRemark", order->buyer_note);
    READ_TEXT(reader, row, "venderRemark", order->seller_note);
    read_receiver(reader, row, order);
    read_waybill(reader, row, order);
    read_lines(reader, row, order);
    read_money(reader, row, order);
    order_take_lines(order);
    order_keep_raw(reader, order, row);
}

void jd_read_orders(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                    struct platform_answer *answer)
{
    const json_t *found = text_json_at(body, "searchorderinfo_result"), *rows = text_json_at(found, "orderInfoList");
    struct page page;
    answer->orders = rows_new(reader, answer, json_array_size(rows), ROWS_MAX, sizeof(*answer->orders));
    for (size_t i = 0; i < answer->count; i++)
        read_row(reader, json_array_get(rows, i), &answer->orders[i]);
    int64_t total = read_whole(reader, found, "orderTotal");
    if (!reader->result)
        reader->result = page_of(want->cursor, &page, reader->error);
    if (!reader->result)
        reader->result = page_on(&page, total, answer->count, false, JD_PAGE, answer->cursor, reader->error);
}

void jd_read_order(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                   struct platform_answer *answer)
{
    (void)want;
    answer->orders = rows_new(reader, answer, 1, 1, sizeof(*answer->orders));
    if (answer->orders)
        read_row(reader, text_json_at(body, "orderDetailInfo.orderInfo"), &answer->orders[0]);
}

/* ---------------------------------------------------------------- refunds */

static void take_state(const struct word_row *table, struct platform_refund *refund)
{
    int state = word_find(table, refund->status, -1);
    refund->unknown = state < 0;
    refund->state = state < 0 ? PLATFORM_REFUND_ASKED : (enum platform_refund_state)state;
}

static void read_cancel(struct text_reader *reader, const json_t *row, struct platform_refund *refund)
{
    READ_ID(reader, row, "id", refund->id);
    read_required(reader, refund->id, "id");
    READ_ID(reader, row, "orderId", refund->order);
    READ_TEXT(reader, row, "status", refund->status);
    take_state(cancels, refund);
    refund->kind = PLATFORM_REFUND_ONLY;
    refund->amount_minor = read_fen(reader, row, "applyRefundSum");
    refund->created_us = read_time(reader, row, "applyTime");
    refund->modified_us = read_time(reader, row, "checkTime");
    if (refund->modified_us < refund->created_us)
        refund->modified_us = refund->created_us;
    READ_TEXT(reader, row, "reason", refund->reason);
}

/* JD says of a service how it ended, and no more: while it goes on somebody must look at it there, and also when it
 * does not say what was paid back (yuan). */
static void read_service(struct text_reader *reader, const json_t *row, struct platform_refund *refund)
{
    const json_t *bill = text_json_at(row, "sameOrderServiceBill");
    READ_ID(reader, bill, "serviceId", refund->id);
    read_required(reader, refund->id, "serviceId");
    READ_ID(reader, bill, "orderId", refund->order);
    READ_ID(reader, bill, "skuId", refund->line);
    READ_TEXT(reader, row, "status", refund->status);
    if (!*refund->status)
        READ_TEXT(reader, bill, "serviceState", refund->status);
    take_state(services, refund);
    refund->kind = PLATFORM_RETURN;
    refund->shipped = true;
    refund->amount_minor = read_yuan(reader, row, "refoundAmount");
    refund->unknown |= refund->state == PLATFORM_REFUND_DONE && refund->amount_minor == 0;
    refund->quantity = read_whole(reader, bill, either_path(bill, "serviceCount", "count"));
    refund->created_us = read_time(reader, bill, either_path(bill, "afsApplyTime", "applyTime"));
    refund->modified_us = *text_json_text(row, "completeTime") ? read_time(reader, row, "completeTime")
                                                               : read_time(reader, bill, "approveTime");
    READ_TEXT(reader, bill, "applyReason", refund->reason);
    READ_TEXT(reader, row, "expressCompany", refund->carrier);
    READ_TEXT(reader, row, "expressNo", refund->waybill);
}

/* After the last page of a pass comes the first of the next. */
static void pass_on(struct text_reader *reader, const struct platform_want *want, int64_t total,
                    struct platform_answer *answer)
{
    enum jd_pass pass = JD_CANCELS_ASKED;
    struct page page;
    char next[PLATFORM_CURSOR_SIZE] = "";
    if (!reader->result)
        reader->result = jd_pass_of(want->cursor, &pass, &page, reader->error);
    if (!reader->result)
        reader->result = page_on(&page, total, answer->count, false, JD_REFUND_PAGE, next, reader->error);
    if (reader->result)
        return;
    if (!*next)
        pass++;
    if (pass < JD_PASSES)
        snprintf(answer->cursor, sizeof(answer->cursor), "%c%.40s", 'a' + (int)pass, next);
}

void jd_read_refunds(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                     struct platform_answer *answer)
{
    const json_t *found = text_json_at(body, "queryResult"), *rows = text_json_at(found, "result");
    bool service = !found;
    if (service) {
        found = text_json_at(body, "pageResult");
        rows = text_json_at(found, "data");
    }
    answer->refunds = rows_new(reader, answer, json_array_size(rows), PLATFORM_ROWS_MAX, sizeof(*answer->refunds));
    for (size_t i = 0; i < answer->count; i++)
        (service ? read_service : read_cancel)(reader, json_array_get(rows, i), &answer->refunds[i]);
    pass_on(reader, want, read_whole(reader, found, "totalCount"), answer);
}

/* ---------------------------------------------------------------- stock */

/* A SKU of which nothing is said was not set. */
void jd_read_stock_set(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                       struct platform_answer *answer)
{
    const json_t *rows = text_json_at(body, "returnType.obj.updateStockResult");
    answer->stock = rows_new(reader, answer, want->stock_count, PLATFORM_ROWS_MAX, sizeof(*answer->stock));
    for (size_t i = 0; i < answer->count; i++) {
        answer->stock[i] = want->stock[i];
        const json_t *row = row_with(rows, "data", want->stock[i].sku);
        answer->stock[i].fault = text_json_true(row, "success") ? PLATFORM_OK : PLATFORM_RETRY;
    }
}

/* What lies in all of its stores together. */
void jd_read_stock(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                   struct platform_answer *answer)
{
    const json_t *rows = text_json_at(body, "returnType.obj"), *row;
    size_t i;
    answer->stock = rows_new(reader, answer, 1, 1, sizeof(*answer->stock));
    if (!answer->stock)
        return;
    answer->stock[0] = want->stock[0];
    answer->stock[0].quantity = 0;
    answer->stock[0].fault = PLATFORM_NOT_FOUND;
    json_array_foreach(rows, i, row)
    {
        if (strcmp(text_json_text(row, "skuId"), want->stock[0].sku) != 0)
            continue;
        answer->stock[0].quantity += read_whole(reader, row, "stockNum");
        answer->stock[0].fault = PLATFORM_OK;
    }
}

/* ---------------------------------------------------------------- waybills, tokens */

void jd_read_waybill(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                     struct platform_answer *answer)
{
    const json_t *numbers = text_json_at(body, "resultInfo.data.waybillCodeList");
    answer->waybills = rows_new(reader, answer, 1, 1, sizeof(*answer->waybills));
    if (!answer->waybills)
        return;
    text_copy(answer->waybills->key, sizeof(answer->waybills->key), want->parcels[0].key);
    READ_ID(reader, json_array_get(numbers, 0), "", answer->waybills->number);
    read_required(reader, answer->waybills->number, "waybillCodeList");
}

void jd_read_print(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                   struct platform_answer *answer)
{
    const json_t *row = row_with(text_json_at(body, "returnType.prePrintDatas"), "wayBillNo", want->waybill);
    const char *data = text_json_text(row, "perPrintData");
    answer->waybills = rows_new(reader, answer, 1, 1, sizeof(*answer->waybills));
    if (!answer->waybills)
        return;
    text_copy(answer->waybills->key, sizeof(answer->waybills->key), want->key);
    text_copy(answer->waybills->number, sizeof(answer->waybills->number), want->waybill);
    read_required(reader, data, "perPrintData");
    answer->waybills->print_data = strdup(data);
}

void jd_read_tokens(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                    struct platform_answer *answer)
{
    READ_ID(reader, body, "access_token", answer->tokens.access);
    READ_ID(reader, body, "refresh_token", answer->tokens.refresh);
    answer->tokens.expires_us = read_life(reader, body, "expires_in", want->now_us);
}
