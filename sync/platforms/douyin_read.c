/* What Douyin answers: shop orders with their SKU orders (our lines), after-sales, stock, waybills, bills. */
#include "base/json.h"
#include "base/text.h"
#include "sync/platforms/douyin.h"
#include "sync/platforms/members.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ROWS_MAX    ((size_t)2 * DOUYIN_PAGE) /* a platform may give some twice */
#define DEPTH_MAX   10000                     /* rows of a window that pages reach */
#define REFUNDS_MAX 50000

/* ---------------------------------------------------------------- words */

static const struct status_row states[] = {
    {"1", PLATFORM_UNPAID, 0},
    {"103", PLATFORM_UNPAID, 0},           /* a first part is paid */
    {"105", PLATFORM_PAID, PLATFORM_HOLD}, /* until it is 2, which is when it may be shipped */
    {"2", PLATFORM_PAID, 0},
    {"101", PLATFORM_PART_SHIPPED, 0},
    {"3", PLATFORM_SHIPPED, 0},
    {"4", PLATFORM_CANCELLED, 0},
    {"5", PLATFORM_COMPLETED, 0},
    {"21", PLATFORM_CANCELLED, PLATFORM_REFUNDED}, /* paid back before it left, after, and after it arrived */
    {"22", PLATFORM_CANCELLED, PLATFORM_REFUNDED},
    {"39", PLATFORM_COMPLETED, PLATFORM_REFUNDED},
    {.status = NULL},
};

/* An after-sale: what it lays over the line, and how far it is. In answers 3 stands for 13. */
static const struct after_sale {
    const char *status;
    unsigned overlays;
    enum platform_refund_state state;
} after_sales[] = {
    {"", 0, PLATFORM_REFUND_CLOSED},
    {"0", 0, PLATFORM_REFUND_CLOSED},
    {"3", PLATFORM_REFUNDING, PLATFORM_REFUND_ARRIVED}, /* the seller has sent something else */
    {"6", PLATFORM_REFUNDING, PLATFORM_REFUND_ASKED},
    {"7", PLATFORM_REFUNDING, PLATFORM_REFUND_RETURNING},
    {"8", PLATFORM_REFUNDING, PLATFORM_REFUND_ARRIVED}, /* the seller is to send something else */
    {"11", PLATFORM_REFUNDING, PLATFORM_REFUND_RETURNING},
    {"12", PLATFORM_REFUNDED, PLATFORM_REFUND_DONE},
    {"13", PLATFORM_REFUNDING, PLATFORM_REFUND_ARRIVED},
    {"14", 0, PLATFORM_REFUND_DONE},                   /* exchanged */
    {"27", PLATFORM_REFUNDING, PLATFORM_REFUND_ASKED}, /* refused, but the buyer may still do something */
    {"28", 0, PLATFORM_REFUND_CLOSED},
    {"29", PLATFORM_REFUNDING, PLATFORM_REFUND_ASKED},
    {"51", 0, PLATFORM_REFUND_CLOSED},
    {"53", PLATFORM_REFUNDED, PLATFORM_REFUND_DONE},
};

static const struct word_row kinds[] = {
    {"0", PLATFORM_RETURN},      {"1", PLATFORM_REFUND_ONLY}, {"2", PLATFORM_REFUND_ONLY}, {"3", PLATFORM_EXCHANGE},
    {"6", PLATFORM_REFUND_ONLY}, {"7", PLATFORM_REISSUE},     {"8", PLATFORM_REPAIR},      {.name = NULL},
};

static const struct after_sale *after_sale_of(const char *status)
{
    for (size_t i = 0; i < COUNT(after_sales); i++)
        if (strcmp(after_sales[i].status, status) == 0)
            return &after_sales[i];
    return NULL;
}

/* ---------------------------------------------------------------- pages */

static void part_on(struct text_reader *reader, const struct platform_want *want, int64_t total, int64_t depth,
                    struct platform_answer *answer)
{
    struct douyin_part part;
    char next[PLATFORM_CURSOR_SIZE] = "";
    int64_t to_s = want->to_us / 1000000;
    if (!reader->result)
        reader->result = douyin_part_of(want, &part, reader->error);
    if (reader->result)
        return;
    if (part.page.first && total > depth) {
        if (part.to_s - part.from_s < 2)
            reader->result = error_set(reader->error, -EBADMSG, "more than %" PRId64 " rows are of one second", depth);
        part.to_s = part.from_s + (part.to_s - part.from_s) / 2;
    } else {
        reader->result = page_on(&part.page, total, answer->count, false, DOUYIN_PAGE, next, reader->error);
        if (!*next && part.to_s >= to_s)
            return;
        if (!*next) {
            part.from_s = part.to_s;
            part.to_s = to_s;
        }
    }
    snprintf(answer->cursor, sizeof(answer->cursor), "%" PRId64 "-%" PRId64 "-%.40s", part.from_s, part.to_s, next);
}

/* ---------------------------------------------------------------- orders */

/* An exchange that is done has given no money back. */
static unsigned overlays_of(const json_t *info)
{
    const struct after_sale *known = after_sale_of(text_json_text(info, "after_sale_status"));
    int kind = word_find(kinds, text_json_text(info, "after_sale_type"), PLATFORM_REFUND_ONLY);
    if (!known)
        return PLATFORM_REFUNDING | PLATFORM_HOLD;
    if (known->overlays == PLATFORM_REFUNDED && kind != PLATFORM_RETURN && kind != PLATFORM_REFUND_ONLY)
        return 0;
    return known->overlays;
}

static void read_line(struct text_reader *reader, const json_t *row, struct platform_line *line)
{
    const struct status_row *status = status_find(states, text_json_text(row, "order_status"));
    READ_ID(reader, row, "order_id", line->id);
    read_required(reader, line->id, "order_id");
    READ_ID(reader, row, either_path(row, "product_id_str", "product_id"), line->item);
    READ_ID(reader, row, "sku_id", line->sku);
    READ_TEXT(reader, row, either_path(row, "code", "out_sku_id"), line->code);
    READ_TEXT(reader, row, "product_name", line->title);
    line->quantity = read_whole(reader, row, "item_num");
    line->price_minor = read_fen(reader, row, "origin_amount");
    line->paid_minor = read_fen(reader, row, "pay_amount") - read_fen(reader, row, "post_amount");
    line->shipped = status && (status->state == PLATFORM_SHIPPED || status->state == PLATFORM_COMPLETED);
    line->overlays = overlays_of(text_json_at(row, "after_sale_info"));
}

/* Lines that do not tell their freight have it in what was paid for them. */
static void take_freight_off(struct platform_order *order, int64_t paid)
{
    int64_t sum = 0, left = order->freight_minor;
    for (size_t i = 0; i < order->line_count; i++)
        sum += order->lines[i].paid_minor;
    for (size_t i = 0; i < order->line_count && sum == paid && left > 0; i++) {
        struct platform_line *line = &order->lines[i];
        int64_t part = line->paid_minor < left ? line->paid_minor : left;
        line->paid_minor -= part;
        left -= part;
    }
}

/* What a platform's and an influencer's coupons pay goes to the seller. */
static void read_money(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    int64_t paid = read_fen(reader, row, "pay_amount"), by_paying = read_fen(reader, row, "promotion_pay_amount");
    int64_t others =
        read_fen(reader, row, "promotion_platform_amount") + read_fen(reader, row, "promotion_talent_amount");
    text_copy(order->currency, sizeof(order->currency), "CNY");
    order->goods_minor = read_fen(reader, row, "order_amount");
    order->freight_minor = read_fen(reader, row, "post_amount");
    order->paid_minor = paid - by_paying;
    order->platform_discount_minor = others + by_paying;
    order->discount_minor = *text_json_text(row, "promotion_shop_amount")
                                ? read_fen(reader, row, "promotion_shop_amount")
                                : read_fen(reader, row, "promotion_amount") - others;
    take_freight_off(order, paid);
}

static void read_receiver(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    static const struct sealed_paths sealed = {"encrypt_post_receiver", "encrypt_post_tel", "post_addr.encrypt_detail"};
    READ_TEXT(reader, row, either_path(row, "post_receiver", "mask_post_receiver"), order->name);
    READ_TEXT(reader, row, either_path(row, "post_tel", "mask_post_tel"), order->phone);
    READ_TEXT(reader, row, "post_addr.province.name", order->province);
    READ_TEXT(reader, row, "post_addr.city.name", order->city);
    READ_TEXT(reader, row, "post_addr.town.name", order->district);
    READ_TEXT(reader, row, "post_addr.street.name", order->town);
    READ_TEXT(reader, row, either_path(row, "post_addr.detail", "mask_post_addr.detail"), order->address);
    read_sealed(reader, row, &sealed, order);
    if (is_hidden(order->name) || is_hidden(order->address))
        order->overlays |= (unsigned)PLATFORM_MASKED;
}

/* The main status says more of orders that were paid back; neither may be one that nobody knows. */
static void take_status(const json_t *row, struct platform_order *order)
{
    const char *text = text_json_text(row, "main_status");
    const struct status_row *main = status_find(states, text);
    status_take(states, order);
    if (*text && !main)
        order->overlays |= (unsigned)PLATFORM_HOLD;
    if (!main || (order->overlays & (unsigned)PLATFORM_HOLD && strcmp(order->status, text) != 0))
        return;
    if (main->overlays & (unsigned)PLATFORM_REFUNDED || main->state == PLATFORM_UNPAID) {
        order->state = main->state;
        order->overlays |= main->overlays;
    }
}

static void read_row(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    const json_t *lines = text_json_at(row, "sku_order_list"), *parcel = NULL;
    READ_ID(reader, row, "order_id", order->id);
    read_required(reader, order->id, "order_id");
    READ_TEXT(reader, row, "order_status", order->status);
    take_status(row, order);
    order->created_us = read_time(reader, row, "create_time");
    order->paid_us = read_time(reader, row, "pay_time");
    order->modified_us = read_time(reader, row, "update_time");
    order->ship_by_us = read_time(reader, row, "exp_ship_time");
    READ_TEXT(reader, row, "open_id", order->buyer);
    READ_TEXT(reader, row, "buyer_words", order->buyer_note);
    READ_TEXT(reader, row, "seller_words", order->seller_note);
    read_receiver(reader, row, order);
    parcel = json_array_get(text_json_at(row, "logistics_info"), 0);
    READ_TEXT(reader, parcel, "tracking_no", order->waybill);
    if (lines_new(reader, order, json_array_size(lines)))
        for (size_t i = 0; i < order->line_count; i++)
            read_line(reader, json_array_get(lines, i), &order->lines[i]);
    read_money(reader, row, order);
    order_take_lines(order);
    if (order->state == PLATFORM_PAID && order->overlays & (unsigned)PLATFORM_REFUNDING)
        order->overlays |= (unsigned)PLATFORM_HOLD;
    order_keep_raw(reader, order, row);
}

void douyin_read_orders(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                        struct platform_answer *answer)
{
    const json_t *rows = text_json_at(data, "shop_order_list");
    answer->orders = rows_new(reader, answer, json_array_size(rows), ROWS_MAX, sizeof(*answer->orders));
    for (size_t i = 0; i < answer->count; i++)
        read_row(reader, json_array_get(rows, i), &answer->orders[i]);
    part_on(reader, want, read_whole(reader, data, "total"), DEPTH_MAX, answer);
}

void douyin_read_order(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                       struct platform_answer *answer)
{
    (void)want;
    answer->orders = rows_new(reader, answer, 1, 1, sizeof(*answer->orders));
    if (answer->orders)
        read_row(reader, text_json_at(data, "shop_order_detail"), &answer->orders[0]);
}

/* ---------------------------------------------------------------- after-sales */

static void read_refund(struct text_reader *reader, const json_t *row, struct platform_refund *refund)
{
    const json_t *info = text_json_at(row, "aftersale_info"), *order = text_json_at(row, "order_info");
    const json_t *line = json_array_get(text_json_at(order, "related_order_info"), 0);
    READ_ID(reader, info, "aftersale_id", refund->id);
    read_required(reader, refund->id, "aftersale_id");
    READ_ID(reader, order, "shop_order_id", refund->order);
    READ_ID(reader, line, "sku_order_id", refund->line);
    READ_TEXT(reader, info, "aftersale_status", refund->status);
    const struct after_sale *known = *refund->status ? after_sale_of(refund->status) : NULL;
    const char *type = text_json_text(info, "aftersale_type");
    int kind = word_find(kinds, type, -1);
    refund->kind = kind < 0 ? PLATFORM_REFUND_ONLY : (enum platform_refund_kind)kind;
    refund->unknown = !known || kind < 0;
    refund->state = known ? known->state : PLATFORM_REFUND_ASKED;
    refund->shipped = strcmp(type, "2") != 0;
    refund->amount_minor = read_fen(reader, info, "refund_amount");
    refund->quantity = read_whole(reader, info, "aftersale_num");
    refund->created_us = read_time(reader, info, "apply_time");
    refund->modified_us = read_time(reader, info, "update_time");
    READ_TEXT(reader, row, "text_part.reason_text", refund->reason);
    READ_TEXT(reader, info, "return_logistics_code", refund->waybill);
}

void douyin_read_refunds(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                         struct platform_answer *answer)
{
    const json_t *rows = text_json_at(data, "items");
    answer->refunds = rows_new(reader, answer, json_array_size(rows), ROWS_MAX, sizeof(*answer->refunds));
    for (size_t i = 0; i < answer->count; i++)
        read_refund(reader, json_array_get(rows, i), &answer->refunds[i]);
    part_on(reader, want, read_whole(reader, data, "total"), REFUNDS_MAX, answer);
}

/* ---------------------------------------------------------------- stock, carriers, bills, tokens */

void douyin_read_stock(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                       struct platform_answer *answer)
{
    answer->stock = rows_new(reader, answer, want->stock_count, PLATFORM_ROWS_MAX, sizeof(*answer->stock));
    for (size_t i = 0; i < answer->count; i++) {
        struct platform_stock_row *stock = &answer->stock[i];
        *stock = want->stock[i];
        const json_t *row = row_with(data, "id", stock->sku);
        if (!row)
            row = row_with(data, "sku_id", stock->sku);
        stock->fault = row ? PLATFORM_OK : PLATFORM_NOT_FOUND;
        stock->quantity = read_whole(reader, row, "stock_num");
        stock->price_minor = read_fen(reader, row, "price");
        READ_TEXT(reader, row, "code", stock->code);
    }
}

void douyin_read_carriers(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                          struct platform_answer *answer)
{
    (void)want;
    answer->carriers = rows_new(reader, answer, json_array_size(data), CARRIERS_MAX, sizeof(*answer->carriers));
    for (size_t i = 0; i < answer->count; i++) {
        READ_ID(reader, json_array_get(data, i), "code", answer->carriers[i].code);
        READ_TEXT(reader, json_array_get(data, i), "name", answer->carriers[i].name);
    }
}

void douyin_read_bills(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                       struct platform_answer *answer)
{
    const json_t *rows = text_json_at(data, "data");
    answer->bills = rows_new(reader, answer, json_array_size(rows), DOUYIN_PAGE, sizeof(*answer->bills));
    for (size_t i = 0; i < answer->count; i++) {
        const json_t *row = json_array_get(rows, i);
        struct platform_bill *bill = &answer->bills[i];
        READ_ID(reader, row, "request_no", bill->id);
        read_required(reader, bill->id, "request_no");
        READ_ID(reader, row, "shop_order_id", bill->order);
        READ_TEXT(reader, row, "flow_type_desc", bill->kind);
        READ_TEXT(reader, row, "remark", bill->note);
        bill->amount_minor = read_fen(reader, row, "settle_amount");
        bill->time_us = read_time(reader, row, "settle_time");
    }
    if (text_json_true(data, "is_end") || reader->result)
        return;
    snprintf(answer->cursor, sizeof(answer->cursor), "%.40s|%.100s", text_json_text(data, "next_start_time"),
             text_json_text(data, "next_start_index"));
    if (strcmp(answer->cursor, want->cursor) == 0 || *answer->cursor == '|')
        reader->result = error_set(reader->error, -EBADMSG, "the bills do not say how to go on");
}

void douyin_read_tokens(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                        struct platform_answer *answer)
{
    READ_ID(reader, data, "access_token", answer->tokens.access);
    read_required(reader, answer->tokens.access, "access_token");
    READ_ID(reader, data, "refresh_token", answer->tokens.refresh);
    answer->tokens.expires_us = read_life(reader, data, "expires_in", want->now_us);
}

/* ---------------------------------------------------------------- waybills */

static const json_t *parcel_row(const json_t *rows, const char *order, const char *pack_id)
{
    const json_t *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        if (strcmp(text_json_text(row, "order_id"), order) == 0 && strcmp(text_json_text(row, "pack_id"), pack_id) == 0)
            return row;
    }
    return NULL;
}

/* A row for each parcel; the same asked again has the same number, so one without may be asked for again. */
void douyin_read_waybills(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                          struct platform_answer *answer)
{
    answer->waybills = rows_new(reader, answer, want->parcel_count, DOUYIN_PARCELS, sizeof(*answer->waybills));
    for (size_t i = 0; i < answer->count; i++) {
        const struct platform_parcel *parcel = &want->parcels[i];
        struct platform_waybill *waybill = &answer->waybills[i];
        char pack_id[PLATFORM_ID_SIZE];
        douyin_pack_id(parcel->key, pack_id);
        const json_t *row = parcel_row(text_json_at(data, "ebill_infos"), parcel->order, pack_id);
        const json_t *wrong = parcel_row(text_json_at(data, "err_infos"), parcel->order, pack_id);
        text_copy(waybill->key, sizeof(waybill->key), parcel->key);
        READ_ID(reader, row, "track_no", waybill->number);
        READ_TEXT(reader, row, "sort_code", waybill->sort_code);
        READ_TEXT(reader, row, "short_address_name", waybill->short_address);
        READ_TEXT(reader, row, "package_center_name", waybill->package_center);
        READ_TEXT(reader, wrong, "err_msg", waybill->message);
        waybill->fault = *waybill->number ? PLATFORM_OK : PLATFORM_RETRY;
    }
}

/* Their print component wants what is sealed and its signature, as they came. */
void douyin_read_print(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                       struct platform_answer *answer)
{
    const json_t *row = row_with(text_json_at(data, "waybill_infos"), "track_no", want->waybill);
    CLEANUP_BUF struct buf print = {0};
    answer->waybills = rows_new(reader, answer, 1, 1, sizeof(*answer->waybills));
    if (!answer->waybills)
        return;
    text_copy(answer->waybills->key, sizeof(answer->waybills->key), want->key);
    text_copy(answer->waybills->number, sizeof(answer->waybills->number), want->waybill);
    read_required(reader, text_json_text(row, "print_data"), "print_data");
    json_open_object(&print, NULL);
    json_text(&print, "print_data", text_json_text(row, "print_data"));
    json_text(&print, "sign", text_json_text(row, "sign"));
    json_close_object(&print);
    answer->waybills->print_data = strdup(buf_text(&print));
}
