/* What Taobao and Tmall answer: trades with their orders (our orders with their lines), refunds, carriers, stock,
 * tokens. */
#include "base/text.h"
#include "sync/platforms/taobao.h"

#include <errno.h>
#include <string.h>

/* ---------------------------------------------------------------- words */

static const struct status_row trades[] = {
    {"TRADE_NO_CREATE_PAY", PLATFORM_UNPAID, 0},
    {"WAIT_BUYER_PAY", PLATFORM_UNPAID, 0},
    {"PAY_PENDING", PLATFORM_UNPAID, 0},
    {"WAIT_PRE_AUTH_CONFIRM", PLATFORM_UNPAID, 0},
    {"WAIT_SELLER_SEND_GOODS", PLATFORM_PAID, 0},
    {"PAID_FORBID_CONSIGN", PLATFORM_PAID, PLATFORM_HOLD},
    {"SELLER_CONSIGNED_PART", PLATFORM_PART_SHIPPED, 0},
    {"WAIT_BUYER_CONFIRM_GOODS", PLATFORM_SHIPPED, 0},
    {"TRADE_BUYER_SIGNED", PLATFORM_SHIPPED, 0},
    {"TRADE_FINISHED", PLATFORM_COMPLETED, 0},
    {"TRADE_CLOSED_BY_TAOBAO", PLATFORM_CANCELLED, 0},
    {"TRADE_CLOSED", PLATFORM_CANCELLED, PLATFORM_REFUNDED},
    {.status = NULL},
};

/* Pre-sales, paid in two steps. */
static const struct status_row steps[] = {
    {"FRONT_NOPAID_FINAL_NOPAID", PLATFORM_UNPAID, 0},
    {"FRONT_PAID_FINAL_NOPAID", PLATFORM_UNPAID, 0},
    {"FRONT_PAID_FINAL_PAID", PLATFORM_PAID, 0},
    {.status = NULL},
};

/* Of a line: what it lays over the order. */
static const struct word_row line_refunds[] = {
    {"", 0},
    {"NO_REFUND", 0},
    {"CLOSED", 0},
    {"SUCCESS", PLATFORM_REFUNDED},
    {"WAIT_SELLER_AGREE", PLATFORM_REFUNDING},
    {"WAIT_BUYER_RETURN_GOODS", PLATFORM_REFUNDING},
    {"WAIT_SELLER_CONFIRM_GOODS", PLATFORM_REFUNDING},
    {"SELLER_REFUSE_BUYER", PLATFORM_REFUNDING},
    {.name = NULL},
};

static const struct word_row refund_states[] = {
    {"WAIT_SELLER_AGREE", PLATFORM_REFUND_ASKED},
    {"SELLER_REFUSE_BUYER", PLATFORM_REFUND_ASKED}, /* the buyer may still change it */
    {"WAIT_BUYER_RETURN_GOODS", PLATFORM_REFUND_RETURNING},
    {"WAIT_SELLER_CONFIRM_GOODS", PLATFORM_REFUND_RETURNING},
    {"SUCCESS", PLATFORM_REFUND_DONE},
    {"CLOSED", PLATFORM_REFUND_CLOSED},
    {.name = NULL},
};

static const struct word_row disputes[] = {
    {"REFUND_AND_RETURN", PLATFORM_RETURN},
    {"RETURN_AND_REFUND", PLATFORM_RETURN},
    {"TMALL_EXCHANGE", PLATFORM_EXCHANGE},
    {"TAOBAO_EXCHANGE", PLATFORM_EXCHANGE},
    {"RESHIPPING", PLATFORM_REISSUE},
    {"REPAIR", PLATFORM_REPAIR},
    {.name = NULL},
};

/* ---------------------------------------------------------------- trades */

static bool has_left(const char *status)
{
    const struct status_row *row = status_find(trades, status);
    return row && (row->state == PLATFORM_SHIPPED || row->state == PLATFORM_COMPLETED);
}

/* What the buyer paid for the line once a discount on the whole order is divided; an older shape has no such share. */
static int64_t read_line_paid(struct text_reader *reader, const json_t *row)
{
    bool divided = *text_json_text(row, "divide_order_fee") != '\0';
    return read_yuan(reader, row, divided ? "divide_order_fee" : "payment");
}

static void read_line(struct text_reader *reader, const json_t *row, struct platform_line *line)
{
    READ_ID(reader, row, "oid", line->id);
    read_required(reader, line->id, "oid");
    READ_ID(reader, row, "num_iid", line->item);
    READ_ID(reader, row, "sku_id", line->sku);
    READ_TEXT(reader, row, "outer_sku_id", line->code);
    if (!*line->code)
        READ_TEXT(reader, row, "outer_iid", line->code);
    READ_TEXT(reader, row, "title", line->title);
    READ_ID(reader, row, "refund_id", line->refund);
    line->quantity = read_whole(reader, row, "num");
    line->price_minor = read_yuan(reader, row, "price");
    line->paid_minor = read_line_paid(reader, row);
    line->shipped = has_left(text_json_text(row, "status"));
    line->overlays =
        (unsigned)word_find(line_refunds, text_json_text(row, "refund_status"), PLATFORM_REFUNDING | PLATFORM_HOLD);
}

static void read_lines(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    const json_t *rows = text_json_at(row, "orders.order");
    if (!lines_new(reader, order, json_array_size(rows)))
        return;
    for (size_t i = 0; i < order->line_count; i++) {
        const json_t *line = json_array_get(rows, i);
        read_line(reader, line, &order->lines[i]);
        if (!*order->waybill)
            READ_TEXT(reader, line, "invoice_no", order->waybill);
    }
}

static void read_receiver(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    READ_TEXT(reader, row, "receiver_name", order->name);
    READ_TEXT(reader, row, "receiver_mobile", order->phone);
    if (!*order->phone)
        READ_TEXT(reader, row, "receiver_phone", order->phone);
    READ_TEXT(reader, row, "receiver_state", order->province);
    READ_TEXT(reader, row, "receiver_city", order->city);
    READ_TEXT(reader, row, "receiver_district", order->district);
    READ_TEXT(reader, row, "receiver_town", order->town);
    READ_TEXT(reader, row, "receiver_address", order->address);
    READ_TEXT(reader, row, "oaid", order->sealed);
    if (is_hidden(order->name) || is_hidden(order->address))
        order->overlays |= (unsigned)PLATFORM_MASKED;
}

static void read_money(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    text_copy(order->currency, sizeof(order->currency), "CNY");
    order->goods_minor = read_yuan(reader, row, "total_fee");
    order->freight_minor = read_yuan(reader, row, "post_fee");
    order->paid_minor = read_yuan(reader, row, "payment");
    /* What the seller changed by hand makes the price higher, so it is a discount with the other sign. */
    order->discount_minor = read_yuan(reader, row, "discount_fee") - read_yuan(reader, row, "adjust_fee");
}

static void take_status(const json_t *row, struct platform_order *order)
{
    const char *step = text_json_text(row, "step_trade_status");
    const struct status_row *known = status_find(steps, step);
    status_take(trades, order);
    if (known && known->state == PLATFORM_UNPAID && order->state != PLATFORM_CANCELLED)
        order->state = PLATFORM_UNPAID;
    if (*step && !known)
        order->overlays |= (unsigned)PLATFORM_HOLD;
}

static void read_trade(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    READ_ID(reader, row, "tid", order->id);
    read_required(reader, order->id, "tid");
    READ_TEXT(reader, row, "status", order->status);
    order->created_us = read_time(reader, row, "created");
    order->paid_us = read_time(reader, row, "pay_time");
    order->modified_us = read_time(reader, row, "modified");
    READ_TEXT(reader, row, "buyer_open_uid", order->buyer);
    if (!*order->buyer)
        READ_TEXT(reader, row, "buyer_nick", order->buyer);
    READ_TEXT(reader, row, "buyer_message", order->buyer_note);
    READ_TEXT(reader, row, "seller_memo", order->seller_note);
    read_money(reader, row, order);
    read_receiver(reader, row, order);
    read_lines(reader, row, order);
    take_status(row, order);
    order_take_lines(order);
    order_keep_raw(reader, order, row);
}

static void read_page(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                      struct platform_answer *answer)
{
    struct page page;
    int64_t total = read_whole(reader, body, "total_results");
    if (!reader->result)
        reader->result = page_of(want->cursor, &page, reader->error);
    if (!reader->result)
        reader->result = page_on(&page, total, answer->count, text_json_true(body, "has_next"), TAOBAO_PAGE,
                                 answer->cursor, reader->error);
}

void taobao_read_orders(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                        struct platform_answer *answer)
{
    const json_t *rows = text_json_at(body, "trades.trade");
    answer->orders = rows_new(reader, answer, json_array_size(rows), PLATFORM_ROWS_MAX, sizeof(*answer->orders));
    for (size_t i = 0; i < answer->count; i++)
        read_trade(reader, json_array_get(rows, i), &answer->orders[i]);
    read_page(reader, want, body, answer);
}

void taobao_read_order(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                       struct platform_answer *answer)
{
    (void)want;
    answer->orders = rows_new(reader, answer, 1, 1, sizeof(*answer->orders));
    if (answer->orders)
        read_trade(reader, text_json_at(body, "trade"), &answer->orders[0]);
}

/* ---------------------------------------------------------------- refunds */

static void read_refund(struct text_reader *reader, const json_t *row, struct platform_refund *refund)
{
    const char *good = text_json_text(row, "good_status");
    READ_ID(reader, row, "refund_id", refund->id);
    read_required(reader, refund->id, "refund_id");
    READ_ID(reader, row, "tid", refund->order);
    READ_ID(reader, row, "oid", refund->line);
    READ_TEXT(reader, row, "status", refund->status);
    int state = word_find(refund_states, refund->status, -1);
    refund->unknown = state < 0;
    refund->state = state < 0 ? PLATFORM_REFUND_ASKED : (enum platform_refund_state)state;
    refund->kind = (enum platform_refund_kind)word_find(disputes, text_json_text(row, "dispute_type"),
                                                        text_json_true(row, "has_good_return") ? PLATFORM_RETURN
                                                                                               : PLATFORM_REFUND_ONLY);
    refund->shipped = has_left(text_json_text(row, "order_status")) || strcmp(good, "BUYER_RECEIVED") == 0 ||
                      strcmp(good, "BUYER_RETURNED_GOODS") == 0;
    refund->amount_minor = read_yuan(reader, row, "refund_fee");
    refund->quantity = read_whole(reader, row, "num");
    refund->created_us = read_time(reader, row, "created");
    refund->modified_us = read_time(reader, row, "modified");
    READ_TEXT(reader, row, "reason", refund->reason);
    READ_TEXT(reader, row, "company_name", refund->carrier);
    READ_TEXT(reader, row, "sid", refund->waybill);
}

void taobao_read_refunds(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                         struct platform_answer *answer)
{
    const json_t *rows = text_json_at(body, "refunds.refund");
    answer->refunds = rows_new(reader, answer, json_array_size(rows), PLATFORM_ROWS_MAX, sizeof(*answer->refunds));
    for (size_t i = 0; i < answer->count; i++)
        read_refund(reader, json_array_get(rows, i), &answer->refunds[i]);
    read_page(reader, want, body, answer);
}

/* ---------------------------------------------------------------- the rest */

void taobao_read_carriers(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                          struct platform_answer *answer)
{
    (void)want;
    const json_t *rows = text_json_at(body, "logistics_companies.logistics_company");
    answer->carriers = rows_new(reader, answer, json_array_size(rows), CARRIERS_MAX, sizeof(*answer->carriers));
    for (size_t i = 0; i < answer->count; i++) {
        READ_ID(reader, json_array_get(rows, i), "code", answer->carriers[i].code);
        READ_TEXT(reader, json_array_get(rows, i), "name", answer->carriers[i].name);
    }
}

void taobao_read_stock(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                       struct platform_answer *answer)
{
    (void)want;
    const json_t *rows = text_json_at(body, "skus.sku");
    answer->stock = rows_new(reader, answer, json_array_size(rows), CARRIERS_MAX, sizeof(*answer->stock));
    for (size_t i = 0; i < answer->count; i++) {
        const json_t *row = json_array_get(rows, i);
        struct platform_stock_row *stock = &answer->stock[i];
        READ_ID(reader, row, "num_iid", stock->item);
        READ_ID(reader, row, "sku_id", stock->sku);
        READ_TEXT(reader, row, "outer_id", stock->code);
        stock->quantity = read_whole(reader, row, "quantity");
        stock->price_minor = read_yuan(reader, row, "price");
    }
}

/* The fields are JSON in a text, or stand there as they are. */
void taobao_read_tokens(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                        struct platform_answer *answer)
{
    const char *text = text_json_text(body, "token_result");
    CLEANUP_TEXT_JSON json_t *inner = NULL;
    struct platform_tokens *tokens = &answer->tokens;
    if (*text && text_json_load(text, strlen(text), &inner, reader->error) != 0)
        reader->result = -EBADMSG;
    const json_t *fields = inner ? inner : body;
    READ_ID(reader, fields, "access_token", tokens->access);
    read_required(reader, tokens->access, "access_token");
    READ_ID(reader, fields, "refresh_token", tokens->refresh);
    tokens->expires_us = read_end(reader, fields, want->now_us, "expires_in", "expire_time");
    tokens->refresh_expires_us = read_end(reader, fields, want->now_us, "re_expires_in", "refresh_token_valid_time");
}
