/* What Pinduoduo answers: orders, whose money is yuan that went through a float, refunds, carriers, stock, tokens. */
#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/pdd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- words */

#define REFUNDING_UNKNOWN (PLATFORM_REFUNDING | PLATFORM_HOLD)

static const struct status_row states[] = {
    {"1", PLATFORM_PAID, 0}, {"2", PLATFORM_SHIPPED, 0}, {"3", PLATFORM_COMPLETED, 0}, {.status = NULL}};

static const struct word_row refund_statuses[] = {
    {"", 0},        {"0", 0}, {"1", 0}, {"2", PLATFORM_REFUNDING}, {"3", PLATFORM_REFUNDING}, {"4", PLATFORM_REFUNDED},
    {.name = NULL},
};

/* What a request after the sale lays over the order, and how far it is. */
static const struct after_sale {
    int64_t from, to;
    unsigned overlays;
    enum platform_refund_state state;
} after_sales[] = {
    {0, 0, 0, PLATFORM_REFUND_CLOSED},                     /* none */
    {2, 3, PLATFORM_REFUNDING, PLATFORM_REFUND_ASKED},     /* the seller must say something */
    {4, 5, PLATFORM_REFUNDING, PLATFORM_REFUND_RETURNING}, /* agreed, the money is on its way */
    {6, 6, PLATFORM_REFUNDING, PLATFORM_REFUND_ASKED},     /* refused, the buyer may act */
    {7, 7, PLATFORM_REFUNDING, PLATFORM_REFUND_RETURNING}, /* the buyer sends the goods */
    {8, 8, PLATFORM_REFUNDING, PLATFORM_REFUND_ASKED},     /* the platform decides */
    {9, 9, 0, PLATFORM_REFUND_CLOSED},
    {10, 10, PLATFORM_REFUNDED, PLATFORM_REFUND_DONE},
    {11, 13, 0, PLATFORM_REFUND_CLOSED},
    {14, 14, PLATFORM_REFUNDING, PLATFORM_REFUND_ASKED},
    {15, 15, PLATFORM_REFUNDING, PLATFORM_REFUND_RETURNING},
    {16, 16, PLATFORM_REFUNDING, PLATFORM_REFUND_DONE},
    {17, 17, PLATFORM_REFUNDING, PLATFORM_REFUND_CLOSED},
    {18, 18, PLATFORM_REFUNDING, PLATFORM_REFUND_RETURNING},
    {21, 21, PLATFORM_REFUNDING, PLATFORM_REFUND_ASKED},
    {22, 22, PLATFORM_REFUNDING, PLATFORM_REFUND_RETURNING},
    {24, 24, PLATFORM_REFUNDING, PLATFORM_REFUND_CLOSED},
    {25, 25, PLATFORM_REFUNDING, PLATFORM_REFUND_DONE},
    {27, 27, PLATFORM_REFUNDING, PLATFORM_REFUND_RETURNING},
    {31, 31, PLATFORM_REFUNDING, PLATFORM_REFUND_RETURNING},
    {32, 33, PLATFORM_REFUNDING, PLATFORM_REFUND_ASKED},
};

static const struct word_row kinds[] = {
    {"2", PLATFORM_REFUND_ONLY}, {"3", PLATFORM_RETURN}, {"4", PLATFORM_EXCHANGE},
    {"5", PLATFORM_REISSUE},     {"6", PLATFORM_REPAIR}, {.name = NULL},
};

static const struct after_sale *after_sale_of(const char *text)
{
    int64_t number;
    if (decimal_to_whole(text, &number) != 0)
        return NULL;
    for (size_t i = 0; i < COUNT(after_sales); i++)
        if (number >= after_sales[i].from && number <= after_sales[i].to)
            return &after_sales[i];
    return NULL;
}

/* ---------------------------------------------------------------- orders */

/* The platform names no lines: the SKU is one, and its second appearance another. */
static void name_line(struct platform_order *order, size_t index)
{
    struct platform_line *line = &order->lines[index];
    const char *name = *line->sku ? line->sku : *line->item ? line->item : line->code;
    text_copy(line->id, sizeof(line->id), name);
    for (size_t i = 0; i < index; i++)
        if (strcmp(order->lines[i].id, line->id) == 0)
            snprintf(line->id, sizeof(line->id), "%.40s-%zu", name, index + 1);
}

/* What was paid without freight, divided by what the lines cost; the last has the rest. */
static void divide_paid(struct text_reader *reader, struct platform_order *order)
{
    int64_t left = order->paid_minor - order->freight_minor, whole = left, cost = 0, share;
    for (size_t i = 0; i < order->line_count && !reader->result; i++) {
        struct platform_line *line = &order->lines[i];
        if (__builtin_mul_overflow(line->price_minor, line->quantity, &line->paid_minor) ||
            __builtin_add_overflow(cost, line->paid_minor, &cost))
            reader->result = error_set(reader->error, -EBADMSG, "the lines of %s cost more than fits", order->id);
    }
    for (size_t i = 0; i < order->line_count && !reader->result; i++) {
        struct platform_line *line = &order->lines[i];
        bool last = i + 1 == order->line_count;
        if (!last && __builtin_mul_overflow(whole, line->paid_minor, &share))
            reader->result = error_set(reader->error, -EBADMSG, "the lines of %s cost more than fits", order->id);
        line->paid_minor = last ? left : cost > 0 ? share / cost : 0;
        left -= line->paid_minor;
    }
}

static void read_lines(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    const json_t *rows = json_object_get(row, "item_list");
    if (!lines_new(reader, order, json_array_size(rows)))
        return;
    for (size_t i = 0; i < order->line_count; i++) {
        const json_t *item = json_array_get(rows, i);
        struct platform_line *line = &order->lines[i];
        READ_ID(reader, item, "goods_id", line->item);
        READ_ID(reader, item, "sku_id", line->sku);
        READ_TEXT(reader, item, "outer_id", line->code);
        if (!*line->code)
            READ_TEXT(reader, item, "outer_goods_id", line->code);
        READ_TEXT(reader, item, "goods_name", line->title);
        line->quantity = read_whole(reader, item, "goods_count");
        line->price_minor = read_yuan_float(reader, item, "goods_price");
        name_line(order, i);
    }
    divide_paid(reader, order);
}

static void read_money(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    bool by_seller = *text_json_text(row, "seller_discount") != '\0';
    text_copy(order->currency, sizeof(order->currency), "CNY");
    order->goods_minor = read_yuan_float(reader, row, "goods_amount");
    order->freight_minor = read_yuan_float(reader, row, "postage");
    order->paid_minor = read_yuan_float(reader, row, "pay_amount");
    order->platform_discount_minor = read_yuan_float(reader, row, "platform_discount");
    order->discount_minor = by_seller
                                ? read_yuan_float(reader, row, "seller_discount")
                                : read_yuan_float(reader, row, "discount_amount") - order->platform_discount_minor;
}

/* Ciphertext is kept for the waybill; people see the masks. */
static void seal_receiver(const json_t *row, struct platform_order *order)
{
    CLEANUP_BUF struct buf sealed = {0};
    const char *detail = text_json_text(row, "address");
    json_open_object(&sealed, NULL);
    json_text(&sealed, PDD_SEALED_NAME, text_json_text(row, "receiver_name"));
    json_text(&sealed, PDD_SEALED_PHONE, text_json_text(row, "receiver_phone"));
    json_text(&sealed, PDD_SEALED_ADDRESS, *detail ? detail : text_json_text(row, "receiver_address"));
    json_close_object(&sealed);
    if (sealed.failed || !text_copy(order->sealed, sizeof(order->sealed), buf_text(&sealed))) {
        *order->sealed = '\0';
        order->overlays |= (unsigned)PLATFORM_HOLD; /* nobody could address it */
    }
}

static void read_receiver(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    const char *name = text_json_text(row, "receiver_name");
    bool hidden = is_hidden(name);
    READ_TEXT(reader, row, hidden ? "receiver_name_mask" : "receiver_name", order->name);
    READ_TEXT(reader, row, hidden ? "receiver_phone_mask" : "receiver_phone", order->phone);
    READ_TEXT(reader, row, hidden ? "address_mask" : "address", order->address);
    READ_TEXT(reader, row, "province", order->province);
    READ_TEXT(reader, row, "city", order->city);
    READ_TEXT(reader, row, "town", order->district); /* so it is called there */
    if (hidden)
        order->overlays |= (unsigned)PLATFORM_MASKED;
    if (*name == '~')
        seal_receiver(row, order);
}

/* What is not as it is with an order that may be shipped. */
static bool is_held(const json_t *row)
{
    static const struct {
        const char *name, *good;
    } flags[] = {{"risk_control_status", "0"}, {"group_status", "1"}, {"confirm_status", "1"}};
    for (size_t i = 0; i < COUNT(flags); i++) {
        const char *text = text_json_text(row, flags[i].name);
        if (*text && strcmp(text, flags[i].good) != 0)
            return true;
    }
    return false;
}

static void take_status(const json_t *row, struct platform_order *order)
{
    const char *refund = text_json_text(row, "refund_status"), *sale = text_json_text(row, "after_sales_status");
    const char *step = text_json_text(row, "step_order_info.step_trade_status");
    const struct after_sale *after = after_sale_of(*sale ? sale : "0");
    status_take(states, order);
    order->overlays |= (unsigned)word_find(refund_statuses, refund, REFUNDING_UNKNOWN);
    order->overlays |= after ? after->overlays : (unsigned)REFUNDING_UNKNOWN;
    if (is_held(row))
        order->overlays |= (unsigned)PLATFORM_HOLD;
    if (*step && strcmp(step, "2") != 0)
        order->state = PLATFORM_UNPAID;
    if (strcmp(text_json_text(row, "confirm_status"), "2") == 0 ||
        (order->state == PLATFORM_PAID && strcmp(refund, "4") == 0))
        order->state = PLATFORM_CANCELLED;
    for (size_t i = 0; i < order->line_count; i++) {
        order->lines[i].shipped = order->state == PLATFORM_SHIPPED || order->state == PLATFORM_COMPLETED;
        order->lines[i].overlays = order->overlays & (unsigned)(PLATFORM_REFUNDING | PLATFORM_REFUNDED);
    }
}

static void read_one(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    READ_ID(reader, row, "order_sn", order->id);
    read_required(reader, order->id, "order_sn");
    READ_TEXT(reader, row, "order_status", order->status);
    order->created_us = read_time(reader, row, "created_time");
    order->paid_us = read_time(reader, row, "pay_time");
    if (!order->paid_us)
        order->paid_us = read_time(reader, row, "confirm_time");
    order->modified_us = read_time(reader, row, "updated_at");
    order->ship_by_us = read_time(reader, row, "last_ship_time");
    READ_TEXT(reader, row, "buyer_memo", order->buyer_note);
    READ_TEXT(reader, row, "remark", order->seller_note);
    READ_TEXT(reader, row, "tracking_number", order->waybill);
    read_money(reader, row, order);
    read_receiver(reader, row, order);
    read_lines(reader, row, order);
    take_status(row, order);
    order_take_lines(order);
    order_keep_raw(reader, order, row);
}

static void read_page(struct text_reader *reader, const struct platform_want *want, const json_t *body, size_t rows,
                      struct platform_answer *answer)
{
    struct page page;
    int64_t total = read_whole(reader, body, "total_count");
    if (!reader->result)
        reader->result = page_of(want->cursor, &page, reader->error);
    if (!reader->result)
        reader->result =
            page_on(&page, total, rows, text_json_true(body, "has_next"), PDD_PAGE, answer->cursor, reader->error);
}

void pdd_read_orders(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                     struct platform_answer *answer)
{
    const json_t *rows = json_object_get(body, "order_sn_list");
    answer->orders = rows_new(reader, answer, json_array_size(rows), PLATFORM_ROWS_MAX, sizeof(*answer->orders));
    for (size_t i = 0; i < answer->count; i++)
        read_one(reader, json_array_get(rows, i), &answer->orders[i]);
    read_page(reader, want, body, answer->count, answer);
}

void pdd_read_order(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                    struct platform_answer *answer)
{
    (void)want;
    answer->orders = rows_new(reader, answer, 1, 1, sizeof(*answer->orders));
    if (answer->orders)
        read_one(reader, json_object_get(body, "order_info"), &answer->orders[0]);
}

/* ---------------------------------------------------------------- refunds */

static void read_refund(struct text_reader *reader, const json_t *row, struct platform_refund *refund)
{
    READ_ID(reader, row, "id", refund->id);
    read_required(reader, refund->id, "id");
    READ_ID(reader, row, "order_sn", refund->order);
    READ_ID(reader, row, "sku_id", refund->line);
    READ_TEXT(reader, row, "after_sales_status", refund->status);
    const struct after_sale *after = after_sale_of(refund->status);
    int kind = word_find(kinds, text_json_text(row, "after_sales_type"), -1);
    refund->unknown = !after || kind < 0;
    refund->state = refund->unknown ? PLATFORM_REFUND_ASKED : after->state;
    refund->kind = kind < 0 ? PLATFORM_REFUND_ONLY : (enum platform_refund_kind)kind;
    refund->shipped = refund->kind != PLATFORM_REFUND_ONLY || text_json_true(row, "user_shipping_status");
    refund->amount_minor = read_yuan_float(reader, row, "refund_amount");
    refund->quantity = read_whole(reader, row, "goods_number");
    refund->created_us = read_time(reader, row, "created_time");
    refund->modified_us = read_time(reader, row, "updated_time");
    READ_TEXT(reader, row, "after_sale_reason", refund->reason);
    READ_TEXT(reader, row, "shipping_name", refund->carrier);
    READ_TEXT(reader, row, "tracking_number", refund->waybill);
}

void pdd_read_refunds(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                      struct platform_answer *answer)
{
    const json_t *rows = json_object_get(body, "refund_list");
    answer->refunds = rows_new(reader, answer, json_array_size(rows), PLATFORM_ROWS_MAX, sizeof(*answer->refunds));
    for (size_t i = 0; i < answer->count; i++)
        read_refund(reader, json_array_get(rows, i), &answer->refunds[i]);
    read_page(reader, want, body, answer->count, answer);
}

/* ---------------------------------------------------------------- the rest */

/* Those that may be used; the number is what parcels are shipped with. */
void pdd_read_carriers(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                       struct platform_answer *answer)
{
    (void)want;
    const json_t *rows = json_object_get(body, "logistics_companies");
    size_t taken = 0;
    answer->carriers = rows_new(reader, answer, json_array_size(rows), CARRIERS_MAX, sizeof(*answer->carriers));
    for (size_t i = 0; i < answer->count; i++) {
        const json_t *row = json_array_get(rows, i);
        if (!text_json_true(row, "available"))
            continue;
        READ_ID(reader, row, "id", answer->carriers[taken].code);
        READ_TEXT(reader, row, "logistics_company", answer->carriers[taken].name);
        taken++;
    }
    answer->count = taken;
}

static bool is_wanted(const struct platform_stock_row *wanted, const char *item, const json_t *sku)
{
    return strcmp(item, wanted->item) == 0 &&
           (!*wanted->sku || strcmp(text_json_text(sku, "sku_id"), wanted->sku) == 0);
}

static void take_stock(struct text_reader *reader, const struct platform_stock_row *wanted, const json_t *goods,
                       struct platform_answer *answer)
{
    const char *item = text_json_text(goods, "goods_id");
    const json_t *skus = json_object_get(goods, "sku_list"), *sku;
    size_t i;
    json_array_foreach(skus, i, sku)
    {
        if (!is_wanted(wanted, item, sku) || answer->count == PLATFORM_ROWS_MAX)
            continue;
        struct platform_stock_row *row = &answer->stock[answer->count++];
        text_copy(row->item, sizeof(row->item), item);
        READ_ID(reader, sku, "sku_id", row->sku);
        READ_TEXT(reader, sku, "outer_id", row->code);
        row->quantity = read_whole(reader, sku, "sku_quantity");
        row->on_sale = text_json_true(sku, "is_sku_onsale");
    }
}

void pdd_read_stock(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                    struct platform_answer *answer)
{
    const json_t *list = json_object_get(body, "goods_list"), *goods;
    size_t i;
    answer->stock = rows_new(reader, answer, PLATFORM_ROWS_MAX, PLATFORM_ROWS_MAX, sizeof(*answer->stock));
    answer->count = 0;
    if (!answer->stock)
        return;
    json_array_foreach(list, i, goods)
    {
        take_stock(reader, want->stock, goods, answer);
    }
    if (answer->count == 0)
        read_page(reader, want, body, json_array_size(list), answer);
}

void pdd_read_tokens(struct text_reader *reader, const struct platform_want *want, const json_t *body,
                     struct platform_answer *answer)
{
    struct platform_tokens *tokens = &answer->tokens;
    READ_ID(reader, body, "access_token", tokens->access);
    read_required(reader, tokens->access, "access_token");
    READ_ID(reader, body, "refresh_token", tokens->refresh);
    tokens->expires_us = read_end(reader, body, want->now_us, "expires_in", "expires_at");
    tokens->refresh_expires_us =
        read_end(reader, body, want->now_us, "refresh_token_expires_in", "refresh_token_expires_at");
}
