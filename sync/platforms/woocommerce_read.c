/* What a WooCommerce shop answers, and what it pushes. */
#include "base/text.h"
#include "sync/platforms/iso.h"
#include "sync/platforms/members.h"
#include "sync/platforms/push.h"
#include "sync/platforms/woocommerce.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define REFUNDS_MAX 2000
#define ROWS_MAX    ((size_t)2 * WOO_PAGE) /* a shop may give some twice */

/* Completed is all that it says of an order that has left. */
static const struct status_row states[] = {
    {"pending", PLATFORM_UNPAID, 0},
    {"checkout-draft", PLATFORM_UNPAID, 0},
    {"auto-draft", PLATFORM_UNPAID, 0},
    {"on-hold", PLATFORM_UNPAID, PLATFORM_HOLD}, /* somebody looks whether it was paid */
    {"processing", PLATFORM_PAID, 0},
    {"completed", PLATFORM_COMPLETED, 0},
    {"cancelled", PLATFORM_CANCELLED, 0},
    {"failed", PLATFORM_CANCELLED, 0},
    {"trash", PLATFORM_CANCELLED, 0},
    {"refunded", PLATFORM_CANCELLED, PLATFORM_REFUNDED},
    {.status = NULL},
};

/* ---------------------------------------------------------------- pages */

/* The number of pages stands in a header; where a proxy took it out, a full page has another behind it. */
static void page_back(struct text_reader *reader, const struct platform_want *want,
                      const struct platform_response *response, size_t rows, struct platform_answer *answer)
{
    struct page page;
    int64_t total = response->pages > 1 ? response->pages * WOO_PAGE : response->pages;
    if (!reader->result)
        reader->result = page_of(want->cursor, &page, reader->error);
    if (!reader->result)
        reader->result = page_on(&page, total, rows, rows >= WOO_PAGE, WOO_PAGE, answer->cursor, reader->error);
}

/* ---------------------------------------------------------------- orders */

static void read_line(struct text_reader *reader, const json_t *row, struct platform_order *order,
                      struct platform_line *line)
{
    READ_ID(reader, row, "id", line->id);
    read_required(reader, line->id, "id");
    READ_ID(reader, row, "product_id", line->item);
    READ_ID(reader, row, "variation_id", line->sku);
    READ_TEXT(reader, row, "sku", line->code);
    READ_TEXT(reader, row, "name", line->title);
    line->quantity = read_whole(reader, row, "quantity");
    int64_t whole = read_money(reader, row, "subtotal", order->currency);
    line->price_minor = line->quantity > 0 ? whole / line->quantity : 0; /* theirs has digits that are not money */
    line->paid_minor = read_money(reader, row, "total", order->currency);
    line->shipped = order->state == PLATFORM_COMPLETED;
}

static void read_sums(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    order->freight_minor = read_money(reader, row, "shipping_total", order->currency);
    order->discount_minor = read_money(reader, row, "discount_total", order->currency);
    order->paid_minor = read_money(reader, row, "total", order->currency);
    for (size_t i = 0; i < order->line_count; i++)
        order->goods_minor += order->lines[i].paid_minor;
    order->goods_minor += order->discount_minor;
}

/* Where the family's name comes first, there is no blank behind it. */
static void join_name(const json_t *person, struct platform_order *order)
{
    bool family_first = text_is_listed("CN,HK,JP,KR,MO,TW", text_json_text(person, "country"));
    const char *one = text_json_text(person, family_first ? "last_name" : "first_name");
    const char *other = text_json_text(person, family_first ? "first_name" : "last_name");
    const char *company = text_json_text(person, "company");
    snprintf(order->name, sizeof(order->name), "%.80s%s%.80s%s%.80s", one, *one && *other && !family_first ? " " : "",
             other, *company ? ", " : "", company);
}

/* Where nothing is said of the way, it is that of the bill. */
static void read_receiver(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    const json_t *person = text_json_at(row, "shipping");
    if (!*text_json_text(person, "address_1"))
        person = text_json_at(row, "billing");
    join_name(person, order);
    READ_TEXT(reader, person, "phone", order->phone);
    if (!*order->phone)
        READ_TEXT(reader, row, "billing.phone", order->phone);
    READ_TEXT(reader, person, "state", order->province);
    READ_TEXT(reader, person, "city", order->city);
    snprintf(order->address, sizeof(order->address), "%.400s%s%.400s%s%.32s%s%.8s", text_json_text(person, "address_1"),
             *text_json_text(person, "address_2") ? ", " : "", text_json_text(person, "address_2"),
             *text_json_text(person, "postcode") ? ", " : "", text_json_text(person, "postcode"),
             *text_json_text(person, "country") ? " " : "", text_json_text(person, "country"));
    if (is_hidden(order->name) || is_hidden(order->address))
        order->overlays |= (unsigned)PLATFORM_MASKED;
}

static void read_row(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    const json_t *lines = text_json_at(row, "line_items");
    READ_ID(reader, row, "id", order->id);
    read_required(reader, order->id, "id");
    READ_ID(reader, row, "parent_id", order->parent);
    READ_TEXT(reader, row, "status", order->status);
    status_take(states, order);
    order->created_us = read_iso_time(reader, row, "date_created_gmt");
    order->paid_us = read_iso_time(reader, row, "date_paid_gmt");
    order->modified_us = read_iso_time(reader, row, "date_modified_gmt");
    READ_TEXT(reader, row, "currency", order->currency);
    READ_TEXT(reader, row, "billing.email", order->buyer);
    READ_TEXT(reader, row, "customer_note", order->buyer_note);
    read_receiver(reader, row, order);
    READ_TEXT(reader, row_with(text_json_at(row, "meta_data"), "key", "_tracking_number"), "value", order->waybill);
    if (lines_new(reader, order, json_array_size(lines)))
        for (size_t i = 0; i < order->line_count; i++)
            read_line(reader, json_array_get(lines, i), order, &order->lines[i]);
    read_sums(reader, row, order);
    order_take_lines(order);
    order_keep_raw(reader, order, row);
}

void woo_read_orders(struct text_reader *reader, const struct platform_want *want,
                     const struct platform_response *response, const json_t *root, struct platform_answer *answer)
{
    answer->orders = rows_new(reader, answer, json_array_size(root), ROWS_MAX, sizeof(*answer->orders));
    for (size_t i = 0; i < answer->count; i++)
        read_row(reader, json_array_get(root, i), &answer->orders[i]);
    page_back(reader, want, response, answer->count, answer);
}

void woo_read_order(struct text_reader *reader, const struct platform_want *want,
                    const struct platform_response *response, const json_t *root, struct platform_answer *answer)
{
    (void)want;
    (void)response;
    answer->orders = rows_new(reader, answer, 1, 1, sizeof(*answer->orders));
    if (answer->orders)
        read_row(reader, root, &answer->orders[0]);
}

/* ---------------------------------------------------------------- refunds */

/* There is one when the money went back, not before; its amount is below nothing. Which lines it is for is not said
 * here. */
static void read_refund(struct text_reader *reader, const json_t *order, const json_t *row,
                        struct platform_refund *refund)
{
    READ_ID(reader, row, "id", refund->id);
    read_required(reader, refund->id, "id");
    READ_ID(reader, order, "id", refund->order);
    text_copy(refund->status, sizeof(refund->status), "refunded");
    refund->kind = PLATFORM_REFUND_ONLY;
    refund->state = PLATFORM_REFUND_DONE;
    refund->shipped = strcmp(text_json_text(order, "status"), "completed") == 0;
    int64_t amount = read_money(reader, row, "total", text_json_text(order, "currency"));
    refund->amount_minor = amount < 0 ? -amount : amount;
    refund->created_us = refund->modified_us = read_iso_time(reader, order, "date_modified_gmt");
    READ_TEXT(reader, row, "reason", refund->reason);
}

void woo_read_refunds(struct text_reader *reader, const struct platform_want *want,
                      const struct platform_response *response, const json_t *root, struct platform_answer *answer)
{
    const json_t *order, *row;
    size_t i, k, count = 0, at = 0;
    json_array_foreach(root, i, order) count += json_array_size(text_json_at(order, "refunds"));
    answer->refunds = rows_new(reader, answer, count, REFUNDS_MAX, sizeof(*answer->refunds));
    json_array_foreach(root, i, order)
    {
        json_array_foreach(text_json_at(order, "refunds"), k, row)
        {
            if (at < answer->count)
                read_refund(reader, order, row, &answer->refunds[at++]);
        }
    }
    page_back(reader, want, response, json_array_size(root), answer);
}

/* ---------------------------------------------------------------- stock */

/* A shop that does not manage the stock of something has none to tell. The currency of its prices is not said. */
static void read_stock_row(struct text_reader *reader, const json_t *row, struct platform_stock_row *stock)
{
    bool told = *text_json_text(row, "stock_quantity") != '\0';
    stock->quantity = read_whole(reader, row, "stock_quantity");
    stock->fault = told ? PLATFORM_OK : PLATFORM_NOT_FOUND;
    READ_TEXT(reader, row, "sku", stock->code);
}

void woo_read_stock(struct text_reader *reader, const struct platform_want *want,
                    const struct platform_response *response, const json_t *root, struct platform_answer *answer)
{
    (void)response;
    answer->stock = rows_new(reader, answer, want->stock_count, PLATFORM_ROWS_MAX, sizeof(*answer->stock));
    for (size_t i = 0; i < answer->count; i++) {
        answer->stock[i] = want->stock[i];
        read_stock_row(reader, json_is_array(root) ? row_with(root, "id", want->stock[i].sku) : root,
                       &answer->stock[i]);
    }
}

/* What failed has an error in its place. */
void woo_read_stock_batch(struct text_reader *reader, const struct platform_want *want,
                          const struct platform_response *response, const json_t *root, struct platform_answer *answer)
{
    (void)response;
    answer->stock = rows_new(reader, answer, want->stock_count, PLATFORM_ROWS_MAX, sizeof(*answer->stock));
    for (size_t i = 0; i < answer->count; i++) {
        const json_t *row = row_with(text_json_at(root, "update"), "id", want->stock[i].sku);
        const char *status = text_json_text(row, "error.data.status");
        answer->stock[i] = want->stock[i];
        if (!row || text_json_at(row, "error"))
            answer->stock[i].fault = strcmp(status, "404") == 0 ? PLATFORM_NOT_FOUND : PLATFORM_RETRY;
    }
}

/* ---------------------------------------------------------------- pushes */

/* The first that a hook sends is no JSON but its own number: signed, and about nothing. */
int woo_hear(const struct platform_shop *shop, const char *headers, const char *body, size_t length,
             struct platform_hint *hints, size_t room, size_t *ret_count, struct buf *ret_reply, struct error *error)
{
    static const char *const ids[] = {"id", NULL};
    const char *secret = *shop->push_secret ? shop->push_secret : shop->app_secret;
    CLEANUP_TEXT_JSON json_t *root = NULL;
    *ret_count = 0;
    if (!push_is_signed(headers, "X-WC-Webhook-Signature", secret, body, length))
        return error_set(error, -EACCES, "this was not signed by the shop's hook");
    buf_puts(ret_reply, "{}");
    if (text_json_load(body, length, &root, error) != 0)
        return 0;
    if (room == 0)
        return error_set(error, -E2BIG, "there is no room for a message");
    hints[0] = (struct platform_hint){0};
    push_header(headers, "X-WC-Webhook-Topic", hints[0].topic, sizeof(hints[0].topic));
    push_header(headers, "X-WC-Webhook-Source", hints[0].shop, sizeof(hints[0].shop));
    push_header(headers, "X-WC-Webhook-Delivery-ID", hints[0].message, sizeof(hints[0].message));
    if (strncmp(hints[0].topic, "order.", strlen("order.")) == 0)
        push_take(root, ids, hints[0].order, sizeof(hints[0].order));
    *ret_count = 1;
    return ret_reply->failed ? -ENOMEM : 0;
}
