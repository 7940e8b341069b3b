/* What Kuaishou answers: orders of one line each, refunds, stock, waybills, tokens. */
#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/kuaishou.h"
#include "sync/platforms/members.h"

#include <errno.h>
#include <string.h>

#define NO_MORE  "nomore"
#define ROWS_MAX ((size_t)2 * KUAISHOU_REFUND_PAGE) /* a platform may give some twice */

/* ---------------------------------------------------------------- words */

static const struct status_row states[] = {
    {"10", PLATFORM_UNPAID, 0},
    {"30", PLATFORM_PAID, 0},
    {"40", PLATFORM_SHIPPED, 0},
    {"50", PLATFORM_SHIPPED, 0},
    {"70", PLATFORM_COMPLETED, 0},
    {"80", PLATFORM_CANCELLED, 0},
    {.status = NULL},
};

static const struct word_row refund_states[] = {
    {"10", PLATFORM_REFUND_ASKED},     {"12", PLATFORM_REFUND_ASKED}, /* refused, but the buyer may still do something
                                                                       */
    {"20", PLATFORM_REFUND_ASKED},     {"30", PLATFORM_REFUND_RETURNING}, {"40", PLATFORM_REFUND_RETURNING},
    {"45", PLATFORM_REFUND_ARRIVED},   /* the seller has sent something else */
    {"50", PLATFORM_REFUND_RETURNING}, /* agreed, the money is on its way */
    {"60", PLATFORM_REFUND_DONE},      {"70", PLATFORM_REFUND_CLOSED},    {.name = NULL},
};

static const struct word_row kinds[] = {
    {"1", PLATFORM_RETURN},  {"10", PLATFORM_REFUND_ONLY}, {"3", PLATFORM_EXCHANGE},
    {"4", PLATFORM_REISSUE}, {"5", PLATFORM_REPAIR},       {.name = NULL},
};

/* ---------------------------------------------------------------- pages */

/* A cursor that does not move would be followed for ever. */
static void cursor_on(struct text_reader *reader, const struct platform_want *want, const char *next,
                      struct platform_answer *answer)
{
    if (reader->result || !*next || strcmp(next, NO_MORE) == 0)
        return;
    if (strcmp(next, want->cursor) == 0 && answer->count > 0)
        reader->result = error_set(reader->error, -EBADMSG, "the cursor of the next page is that of this one");
    else if (strcmp(next, want->cursor) != 0 && !text_copy(answer->cursor, sizeof(answer->cursor), next))
        reader->result = error_set(reader->error, -EBADMSG, "the cursor of the next page is too long");
}

/* ---------------------------------------------------------------- orders */

static unsigned overlays_of(const json_t *refunds)
{
    unsigned overlays = 0;
    const json_t *refund;
    size_t i;
    json_array_foreach(refunds, i, refund)
    {
        int state = word_find(refund_states, text_json_text(refund, "refundStatus"), -1);
        int kind = word_find(kinds, text_json_text(refund, "handlingWay"), PLATFORM_REFUND_ONLY);
        bool money = kind == PLATFORM_REFUND_ONLY || kind == PLATFORM_RETURN;
        if (state < 0)
            overlays |= (unsigned)(PLATFORM_REFUNDING | PLATFORM_HOLD);
        else if (state == PLATFORM_REFUND_DONE)
            overlays |= money ? (unsigned)PLATFORM_REFUNDED : 0;
        else if (state != PLATFORM_REFUND_CLOSED)
            overlays |= (unsigned)PLATFORM_REFUNDING;
    }
    return overlays;
}

/* The total is said to be that of the goods before the discount. Where it is by the price that it is after it, that is
 * believed. */
static int64_t paid_for_goods(const struct platform_line *line, int64_t total, int64_t discount)
{
    int64_t goods;
    bool after = !__builtin_mul_overflow(line->price_minor, line->quantity, &goods) && goods != total &&
                 goods - discount == total;
    return after ? total : total - discount;
}

static void read_line(struct text_reader *reader, const json_t *row, const json_t *refunds,
                      struct platform_order *order)
{
    struct platform_line *line = &order->lines[0];
    text_copy(line->id, sizeof(line->id), order->id);
    READ_ID(reader, row, "itemId", line->item);
    READ_ID(reader, row, "skuId", line->sku);
    READ_TEXT(reader, row, either_path(row, "skuNick", "goodsCode"), line->code);
    READ_TEXT(reader, row, "itemTitle", line->title);
    line->quantity = read_whole(reader, row, "num");
    line->price_minor = read_fen(reader, row, "price");
    line->overlays = overlays_of(refunds);
    line->shipped = order->state == PLATFORM_SHIPPED || order->state == PLATFORM_COMPLETED;
    READ_ID(reader, json_array_get(refunds, 0), "refundId", line->refund);
}

static void read_money(struct text_reader *reader, const json_t *base, struct platform_order *order)
{
    static const char *const others[] = {"payChannelDiscount", "governmentDiscount", "allowanceExpressFee"};
    int64_t total = read_fen(reader, base, "totalFee");
    text_copy(order->currency, sizeof(order->currency), "CNY");
    order->discount_minor = read_fen(reader, base, "discountFee");
    order->freight_minor = read_fen(reader, base, "expressFee");
    for (size_t i = 0; i < COUNT(others); i++)
        order->platform_discount_minor += read_fen(reader, base, others[i]);
    if (order->line_count)
        order->lines[0].paid_minor = paid_for_goods(&order->lines[0], total, order->discount_minor);
    int64_t paid = order->line_count ? order->lines[0].paid_minor : total - order->discount_minor;
    order->goods_minor = paid + order->discount_minor;
    order->paid_minor = paid + order->freight_minor;
}

static void read_receiver(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    static const struct sealed_paths sealed = {"encryptedConsignee", "encryptedMobile", "encryptedAddress"};
    READ_TEXT(reader, row, "desensitiseConsignee", order->name);
    READ_TEXT(reader, row, "desensitiseMobile", order->phone);
    READ_TEXT(reader, row, "province", order->province);
    READ_TEXT(reader, row, "city", order->city);
    READ_TEXT(reader, row, "district", order->district);
    READ_TEXT(reader, row, "town", order->town);
    READ_TEXT(reader, row, "desensitiseAddress", order->address);
    read_sealed(reader, row, &sealed, order);
    if (is_hidden(order->name) || is_hidden(order->address))
        order->overlays |= (unsigned)PLATFORM_MASKED;
}

/* Paid is not yet to be shipped: a review may go on, and some of it may have left already. */
static void take_status(const json_t *row, const json_t *base, struct platform_order *order)
{
    status_take(states, order);
    if (order->state != PLATFORM_PAID)
        return;
    if (text_json_true(base, "riskCode") || json_array_size(text_json_at(base, "disableDeliveryReasonCode")) > 0)
        order->overlays |= (unsigned)PLATFORM_HOLD;
    if (text_json_true(row, "orderDeliveryInfo.deliveryNum"))
        order->state = PLATFORM_PART_SHIPPED;
}

static void read_row(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    const json_t *base = text_json_at(row, "orderBaseInfo"), *item = text_json_at(row, "orderItemInfo");
    const json_t *refunds = text_json_at(row, "orderRefundList");
    if (!refunds)
        refunds = text_json_at(row, "orderDetailRefundList");
    READ_ID(reader, base, "oid", order->id);
    read_required(reader, order->id, "oid");
    READ_TEXT(reader, base, "status", order->status);
    take_status(row, base, order);
    order->created_us = read_time(reader, base, "createTime");
    order->paid_us = read_time(reader, base, "payTime");
    order->modified_us = read_time(reader, base, "updateTime");
    order->ship_by_us = read_time(reader, base, "promiseTimeStampOfDelivery");
    READ_TEXT(reader, base, either_path(base, "buyerOpenId", "buyerNick"), order->buyer);
    READ_TEXT(reader, base, "remark", order->buyer_note);
    read_receiver(reader, text_json_at(row, "orderAddress"), order);
    READ_TEXT(reader, json_array_get(text_json_at(row, "orderLogisticsInfo"), 0), "expressNo", order->waybill);
    if (lines_new(reader, order, item ? 1 : 0))
        read_line(reader, item, refunds, order);
    read_money(reader, base, order);
    order_take_lines(order);
    order_keep_raw(reader, order, row);
}

void kuaishou_read_orders(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                          struct platform_answer *answer)
{
    const json_t *rows = text_json_at(data, "orderList");
    answer->orders = rows_new(reader, answer, json_array_size(rows), ROWS_MAX, sizeof(*answer->orders));
    for (size_t i = 0; i < answer->count; i++)
        read_row(reader, json_array_get(rows, i), &answer->orders[i]);
    cursor_on(reader, want, text_json_text(data, "cursor"), answer);
}

void kuaishou_read_order(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                         struct platform_answer *answer)
{
    (void)want;
    answer->orders = rows_new(reader, answer, 1, 1, sizeof(*answer->orders));
    if (answer->orders)
        read_row(reader, data, &answer->orders[0]);
}

/* ---------------------------------------------------------------- refunds */

static void read_refund(struct text_reader *reader, const json_t *row, struct platform_refund *refund)
{
    READ_ID(reader, row, "refundId", refund->id);
    read_required(reader, refund->id, "refundId");
    READ_ID(reader, row, "oid", refund->order);
    READ_ID(reader, row, "oid", refund->line);
    READ_TEXT(reader, row, "status", refund->status);
    int state = word_find(refund_states, refund->status, -1);
    int kind = word_find(kinds, text_json_text(row, "handlingWay"), -1);
    refund->unknown = state < 0 || kind < 0;
    refund->state = state < 0 ? PLATFORM_REFUND_ASKED : (enum platform_refund_state)state;
    refund->kind = kind < 0 ? PLATFORM_REFUND_ONLY : (enum platform_refund_kind)kind;
    refund->shipped = kind >= 0 && kind != PLATFORM_REFUND_ONLY; /* of a refund alone it is not said */
    refund->amount_minor = read_fen(reader, row, "refundFee");
    refund->created_us = read_time(reader, row, "createTime");
    refund->modified_us = read_time(reader, row, "updateTime");
    READ_TEXT(reader, row, either_path(row, "refundReasonDesc", "refundReason"), refund->reason);
}

void kuaishou_read_refunds(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                           struct platform_answer *answer)
{
    const json_t *rows = text_json_at(data, "refundOrderInfoList");
    if (!rows)
        rows = text_json_at(data, "dataList"); /* as it was called before */
    answer->refunds = rows_new(reader, answer, json_array_size(rows), ROWS_MAX, sizeof(*answer->refunds));
    for (size_t i = 0; i < answer->count; i++)
        read_refund(reader, json_array_get(rows, i), &answer->refunds[i]);
    cursor_on(reader, want, text_json_text(data, "pcursor"), answer);
}

/* ---------------------------------------------------------------- stock, waybills, tokens */

void kuaishou_read_stock(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                         struct platform_answer *answer)
{
    answer->stock = rows_new(reader, answer, want->stock_count, PLATFORM_ROWS_MAX, sizeof(*answer->stock));
    for (size_t i = 0; i < answer->count; i++) {
        struct platform_stock_row *stock = &answer->stock[i];
        *stock = want->stock[i];
        const json_t *row = row_with(data, "kwaiSkuId", stock->sku);
        if (!row)
            row = row_with(data, "skuId", stock->sku);
        stock->fault = row ? PLATFORM_OK : PLATFORM_NOT_FOUND;
        stock->quantity = read_whole(reader, row, either_path(row, "skuStock", "stock"));
        stock->price_minor = read_fen(reader, row, either_path(row, "skuSalePrice", "price"));
        READ_TEXT(reader, row, "skuNick", stock->code);
    }
}

const json_t *kuaishou_ebill(const json_t *data, const char *key)
{
    const json_t *row = row_with(data, "requestId", key), *bills = text_json_at(row, "data");
    const json_t *bill = json_is_array(bills) ? json_array_get(bills, 0) : bills ? bills : row;
    return *text_json_text(bill, "waybillCode") ? bill : NULL;
}

/* What their print component wants of it. */
static char *print_data_of(const struct platform_want *want, const json_t *bill)
{
    CLEANUP_BUF struct buf print = {0};
    json_open_object(&print, NULL);
    json_text(&print, "encryptedData", text_json_text(bill, "printData"));
    json_text(&print, "signature", text_json_text(bill, "signature"));
    json_text(&print, "key", text_json_text(bill, "key"));
    json_text(&print, "templateURL", want->form);
    json_close_object(&print);
    return print.failed ? NULL : strdup(buf_text(&print));
}

/* A row for each parcel; the same requestId asked again has the same number, so one without may be asked for again. */
void kuaishou_read_waybills(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                            struct platform_answer *answer)
{
    answer->waybills = rows_new(reader, answer, want->parcel_count, KUAISHOU_PARCELS, sizeof(*answer->waybills));
    for (size_t i = 0; i < answer->count; i++) {
        struct platform_waybill *waybill = &answer->waybills[i];
        const json_t *bill = kuaishou_ebill(data, want->parcels[i].key);
        text_copy(waybill->key, sizeof(waybill->key), want->parcels[i].key);
        READ_ID(reader, bill, "waybillCode", waybill->number);
        READ_ID(reader, bill, "parentWaybillCode", waybill->parent);
        READ_TEXT(reader, row_with(data, "requestId", waybill->key), "baseResponse.errorMsg", waybill->message);
        waybill->fault = bill ? PLATFORM_OK : PLATFORM_RETRY;
        waybill->print_data = bill ? print_data_of(want, bill) : NULL;
    }
}

void kuaishou_read_tokens(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                          struct platform_answer *answer)
{
    READ_ID(reader, data, "access_token", answer->tokens.access);
    read_required(reader, answer->tokens.access, "access_token");
    READ_ID(reader, data, "refresh_token", answer->tokens.refresh);
    answer->tokens.expires_us = read_life(reader, data, "expires_in", want->now_us);
    answer->tokens.refresh_expires_us = read_life(reader, data, "refresh_token_expires_in", want->now_us);
}
