/* What a Shopify shop answers, and what it pushes. */
#include "base/text.h"
#include "sync/platforms/iso.h"
#include "sync/platforms/members.h"
#include "sync/platforms/push.h"
#include "sync/platforms/shopify.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define REFUNDS_MAX ((size_t)SHOPIFY_PAGE * 20)

/* ---------------------------------------------------------------- words */

static const struct status_row paid[] = {
    {"PENDING", PLATFORM_UNPAID, 0},
    {"AUTHORIZED", PLATFORM_UNPAID, 0},
    {"PARTIALLY_PAID", PLATFORM_UNPAID, 0},
    {"EXPIRED", PLATFORM_UNPAID, 0},
    {"PAID", PLATFORM_PAID, 0},
    {"PARTIALLY_REFUNDED", PLATFORM_PAID, 0},
    {"REFUNDED", PLATFORM_CANCELLED, PLATFORM_REFUNDED},
    {"VOIDED", PLATFORM_CANCELLED, 0},
    {.status = NULL},
};

/* The list is open: more are to come. */
static const struct status_row shipped[] = {
    {"UNFULFILLED", PLATFORM_PAID, 0},
    {"OPEN", PLATFORM_PAID, 0},
    {"IN_PROGRESS", PLATFORM_PAID, 0},
    {"PENDING_FULFILLMENT", PLATFORM_PAID, 0},
    {"ON_HOLD", PLATFORM_PAID, PLATFORM_HOLD},
    {"SCHEDULED", PLATFORM_PAID, PLATFORM_HOLD},
    {"REQUEST_DECLINED", PLATFORM_PAID, PLATFORM_HOLD},
    {"RESTOCKED", PLATFORM_PAID, PLATFORM_HOLD},
    {"PARTIALLY_FULFILLED", PLATFORM_PART_SHIPPED, 0},
    {"FULFILLED", PLATFORM_SHIPPED, 0},
    {"FULFILLMENT_NOT_REQUIRED", PLATFORM_COMPLETED, 0},
    {.status = NULL},
};

/* ---------------------------------------------------------------- orders */

static void read_number(struct text_reader *reader, const json_t *object, const char *path, char *out, size_t capacity)
{
    read_required(reader, text_json_text(object, path), path);
    if (!text_copy(out, capacity, shopify_number(text_json_text(object, path))) && !reader->result)
        reader->result = error_set(reader->error, -EBADMSG, "\"%s\" of the answer is too long", path);
}

/* What has left is the goods' own state; before that it is the money's. */
static void take_status(const json_t *row, struct platform_order *order)
{
    const char *money = text_json_text(row, "displayFinancialStatus");
    const char *goods = text_json_text(row, "displayFulfillmentStatus");
    const struct status_row *by_money = status_find(paid, money), *by_goods = status_find(shipped, goods);
    snprintf(order->status, sizeof(order->status), "%.30s/%.32s", money, goods);
    if (by_money)
        order->overlays |= by_money->overlays;
    if (by_goods)
        order->overlays |= by_goods->overlays;
    if (!by_money || !by_goods)
        order->overlays |= (unsigned)PLATFORM_HOLD;
    if (*text_json_text(row, "cancelledAt"))
        order->state = PLATFORM_CANCELLED;
    else if (by_goods && by_goods->state != PLATFORM_PAID && by_money)
        order->state = by_goods->state;
    else if (by_goods && by_money)
        order->state = by_money->state;
}

/* What was taken out of the order is not to be shipped; all of a line, and it was given back. */
static void read_line(struct text_reader *reader, const json_t *row, struct platform_order *order,
                      struct platform_line *line)
{
    const char *variant = text_json_text(row, "variant.id"), *item = text_json_text(row, "variant.inventoryItem.id");
    read_number(reader, row, "id", line->id, sizeof(line->id));
    text_copy(line->item, sizeof(line->item), shopify_number(text_json_text(row, "variant.product.id")));
    if (*variant)
        snprintf(line->sku, sizeof(line->sku), "%.31s/%.31s", shopify_number(variant), shopify_number(item));
    READ_TEXT(reader, row, "sku", line->code);
    READ_TEXT(reader, row, "title", line->title);
    int64_t whole = read_whole(reader, row, "quantity");
    line->quantity = read_whole(reader, row, either_path(row, "currentQuantity", "quantity"));
    if (line->quantity == 0 && whole > 0) {
        line->quantity = whole;
        line->overlays |= (unsigned)PLATFORM_REFUNDED;
    }
    line->price_minor = read_money(reader, row, "originalUnitPriceSet.shopMoney.amount", order->currency);
    line->paid_minor = read_money(reader, row, "discountedTotalSet.shopMoney.amount", order->currency);
    line->shipped = strcmp(text_json_text(row, "unfulfilledQuantity"), "0") == 0 && order->state != PLATFORM_CANCELLED;
}

static void read_lines(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    const json_t *rows = text_json_at(row, "lineItems.nodes");
    if (text_json_true(row, "lineItems.pageInfo.hasNextPage"))
        order->overlays |= (unsigned)PLATFORM_HOLD; /* there are lines that are not seen here */
    if (lines_new(reader, order, json_array_size(rows)))
        for (size_t i = 0; i < order->line_count; i++)
            read_line(reader, json_array_get(rows, i), order, &order->lines[i]);
}

/* Lines that do not sum up to the goods' total do not know of a discount on the whole order: they share it. */
static void read_sums(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    int64_t goods = read_money(reader, row, "subtotalPriceSet.shopMoney.amount", order->currency), sum = 0;
    order->freight_minor = read_money(reader, row, "totalShippingPriceSet.shopMoney.amount", order->currency);
    order->discount_minor = read_money(reader, row, "totalDiscountsSet.shopMoney.amount", order->currency);
    order->paid_minor = read_money(reader, row, "totalPriceSet.shopMoney.amount", order->currency);
    order->goods_minor = goods + order->discount_minor;
    for (size_t i = 0; i < order->line_count; i++)
        sum += order->lines[i].paid_minor;
    if (sum > goods && goods > 0)
        order_share_paid(reader, order, goods);
}

static void read_receiver(struct text_reader *reader, const json_t *address, struct platform_order *order)
{
    READ_TEXT(reader, address, "name", order->name);
    READ_TEXT(reader, address, "phone", order->phone);
    READ_TEXT(reader, address, "province", order->province);
    READ_TEXT(reader, address, "city", order->city);
    snprintf(order->address, sizeof(order->address), "%.400s%s%.400s%s%.32s%s%.8s", text_json_text(address, "address1"),
             *text_json_text(address, "address2") ? ", " : "", text_json_text(address, "address2"),
             *text_json_text(address, "zip") ? ", " : "", text_json_text(address, "zip"),
             *text_json_text(address, "countryCodeV2") ? " " : "", text_json_text(address, "countryCodeV2"));
    if (is_hidden(order->name) || is_hidden(order->address))
        order->overlays |= (unsigned)PLATFORM_MASKED;
}

static void read_row(struct text_reader *reader, const json_t *row, struct platform_order *order)
{
    const json_t *parcel = json_array_get(text_json_at(row, "fulfillments"), 0);
    read_number(reader, row, "id", order->id, sizeof(order->id));
    take_status(row, order);
    order->created_us = read_iso_time(reader, row, "createdAt");
    order->modified_us = read_iso_time(reader, row, "updatedAt");
    if (order->state != PLATFORM_UNPAID)
        order->paid_us = order->created_us; /* it is not said when */
    READ_TEXT(reader, row, "currencyCode", order->currency);
    READ_TEXT(reader, row, "note", order->buyer_note);
    READ_TEXT(reader, row, "name", order->buyer);
    read_receiver(reader, text_json_at(row, "shippingAddress"), order);
    READ_TEXT(reader, json_array_get(text_json_at(parcel, "trackingInfo"), 0), "number", order->waybill);
    read_lines(reader, row, order);
    read_sums(reader, row, order);
    order_take_lines(order);
    order_keep_raw(reader, order, row);
}

/* A cursor that does not move would be followed for ever. */
static void page_after(struct text_reader *reader, const struct platform_want *want, const json_t *found,
                       struct platform_answer *answer)
{
    const char *next = text_json_text(found, "pageInfo.endCursor");
    if (reader->result || !text_json_true(found, "pageInfo.hasNextPage"))
        return;
    if (!*next || strcmp(next, want->cursor) == 0 || !text_copy(answer->cursor, sizeof(answer->cursor), next))
        reader->result = error_set(reader->error, -EBADMSG, "the shop does not say how to go on");
}

void shopify_read_orders(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                         struct platform_answer *answer)
{
    const json_t *found = text_json_at(data, "orders"), *rows = text_json_at(found, "nodes");
    answer->orders = rows_new(reader, answer, json_array_size(rows), PLATFORM_ROWS_MAX, sizeof(*answer->orders));
    for (size_t i = 0; i < answer->count; i++)
        read_row(reader, json_array_get(rows, i), &answer->orders[i]);
    page_after(reader, want, found, answer);
}

void shopify_read_order(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                        struct platform_answer *answer)
{
    (void)want;
    answer->orders = rows_new(reader, answer, 1, 1, sizeof(*answer->orders));
    if (answer->orders)
        read_row(reader, text_json_at(data, "order"), &answer->orders[0]);
}

/* ---------------------------------------------------------------- refunds */

/* There is one when the money went back, not before. */
static void read_refund(struct text_reader *reader, const json_t *order, const json_t *row,
                        struct platform_refund *refund)
{
    const json_t *line = json_array_get(text_json_at(row, "refundLineItems.nodes"), 0);
    const struct status_row *goods = status_find(shipped, text_json_text(order, "displayFulfillmentStatus"));
    read_number(reader, row, "id", refund->id, sizeof(refund->id));
    read_number(reader, order, "id", refund->order, sizeof(refund->order));
    text_copy(refund->line, sizeof(refund->line), shopify_number(text_json_text(line, "lineItem.id")));
    text_copy(refund->status, sizeof(refund->status), "REFUNDED");
    refund->kind = PLATFORM_REFUND_ONLY;
    refund->state = PLATFORM_REFUND_DONE;
    refund->shipped = goods && goods->state != PLATFORM_PAID;
    refund->amount_minor =
        read_money(reader, row, "totalRefundedSet.shopMoney.amount", text_json_text(order, "currencyCode"));
    refund->quantity = read_whole(reader, line, "quantity");
    refund->created_us = read_iso_time(reader, row, "createdAt");
    refund->modified_us = read_iso_time(reader, row, either_path(row, "updatedAt", "createdAt"));
    READ_TEXT(reader, row, "note", refund->reason);
}

void shopify_read_refunds(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                          struct platform_answer *answer)
{
    const json_t *found = text_json_at(data, "orders"), *orders = text_json_at(found, "nodes"), *order, *row;
    size_t i, k, count = 0, at = 0;
    json_array_foreach(orders, i, order) count += json_array_size(text_json_at(order, "refunds"));
    answer->refunds = rows_new(reader, answer, count, REFUNDS_MAX, sizeof(*answer->refunds));
    json_array_foreach(orders, i, order)
    {
        json_array_foreach(text_json_at(order, "refunds"), k, row)
        {
            if (at < answer->count)
                read_refund(reader, order, row, &answer->refunds[at++]);
        }
    }
    page_after(reader, want, found, answer);
}

/* ---------------------------------------------------------------- stock */

void shopify_read_stock(struct text_reader *reader, const struct platform_want *want, const json_t *data,
                        struct platform_answer *answer)
{
    const json_t *level = text_json_at(data, "inventoryItem.inventoryLevel");
    answer->stock = rows_new(reader, answer, 1, 1, sizeof(*answer->stock));
    if (!answer->stock)
        return;
    answer->stock[0] = want->stock[0];
    const json_t *row = row_with(text_json_at(level, "quantities"), "name", "available");
    answer->stock[0].quantity = read_whole(reader, row, "quantity");
    answer->stock[0].fault = row ? PLATFORM_OK : PLATFORM_NOT_FOUND;
    READ_TEXT(reader, text_json_at(data, "inventoryItem"), "sku", answer->stock[0].code);
}

/* ---------------------------------------------------------------- pushes */

/* Of an order the id is its own; of what belongs to one it is named beside. */
static void take_order(const json_t *root, struct platform_hint *hint)
{
    static const char *const orders[] = {"order_id", NULL}, *const ids[] = {"id", NULL};
    const char *id = text_json_text(root, "admin_graphql_api_id");
    push_take(root, orders, hint->order, sizeof(hint->order));
    if (!*hint->order && strstr(id, "/Order/") && !text_copy(hint->order, sizeof(hint->order), shopify_number(id)))
        *hint->order = '\0';
    if (!*hint->order && strncmp(hint->topic, "orders/", strlen("orders/")) == 0)
        push_take(root, ids, hint->order, sizeof(hint->order));
    if (strncmp(hint->topic, "refunds/", strlen("refunds/")) == 0 && *text_json_text(root, "order_id"))
        push_take(root, ids, hint->refund, sizeof(hint->refund));
}

int shopify_hear(const struct platform_shop *shop, const char *headers, const char *body, size_t length,
                 struct platform_hint *hints, size_t room, size_t *ret_count, struct buf *ret_reply,
                 struct error *error)
{
    const char *secret = *shop->push_secret ? shop->push_secret : shop->app_secret;
    CLEANUP_TEXT_JSON json_t *root = NULL;
    *ret_count = 0;
    if (!push_is_signed(headers, "X-Shopify-Hmac-Sha256", secret, body, length))
        return error_set(error, -EACCES, "this was not signed by Shopify for this app");
    int result = text_json_load(body, length, &root, error);
    if (!result && room == 0)
        result = error_set(error, -E2BIG, "there is no room for a message");
    if (result)
        return result;
    hints[0] = (struct platform_hint){0};
    push_header(headers, "X-Shopify-Topic", hints[0].topic, sizeof(hints[0].topic));
    push_header(headers, "X-Shopify-Shop-Domain", hints[0].shop, sizeof(hints[0].shop));
    push_header(headers, "X-Shopify-Webhook-Id", hints[0].message, sizeof(hints[0].message));
    take_order(root, &hints[0]);
    *ret_count = 1;
    buf_puts(ret_reply, "{}");
    return ret_reply->failed ? -ENOMEM : 0;
}
