/* What each kind of row asks of a platform, and how it is seen whether it has happened. */
#include "base/text.h"
#include "sync/head-office/shops/outbox.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));
    return text ? text : "";
}

const char *outbox_text(const struct outbox_row *row, const char *name)
{
    return text_of(row->body, name);
}

static int64_t number_of(const json_t *body, const char *name)
{
    return json_integer_value(json_object_get(body, name));
}

static bool can(const struct outbox_call *call, unsigned ability)
{
    return (call->shop->platform->caps.abilities & ability) != 0;
}

/* ---------------------------------------------------------------- shipments */

/* {"order":…,"carrier":…,"waybill":…,"whole":…,"extra":…,"lines":[{"line":…,"quantity":…}]}, the carrier as we call it;
 * of a change also "old_carrier" and "old_waybill". */

static int put_carrier(struct outbox_call *call, const char *name, char *out, size_t capacity, struct error *error)
{
    const char *carrier = text_of(call->rows[0].body, name);
    int result = shops_carrier_code(call->office, call->shop->code, carrier, out, capacity);
    if (result)
        return office_failed(call->office->sql, result, error);
    call->lacks = *out ? "" : OUTBOX_LACKS_CARRIER;
    return *out ? 0
                : error_set(error, -EINVAL, "nobody has said what carrier \"%s\" is called there: shop.carrier",
                            carrier);
}

static void put_lines(const json_t *body, struct platform_shipment *shipment)
{
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(body, "lines"), index, line)
    {
        if (index == PLATFORM_LINES_MAX)
            break;
        struct platform_shipped_line *out = &shipment->lines[shipment->line_count++];
        text_copy(out->line, sizeof(out->line), text_of(line, "line"));
        out->quantity = number_of(line, "quantity");
    }
}

/* Where a part cannot be told, the first one stands for all, and the next is a further parcel. */
static int is_further(struct outbox_call *call, bool *ret)
{
    int64_t before = 0;
    const struct outbox_row *row = &call->rows[0];
    bool whole = json_is_true(json_object_get(row->body, "whole"));
    int result = whole || can(call, PLATFORM_PART_SHIP)
                     ? 0
                     : sql_number(call->office->sql, &before,
                                  "SELECT count(*) FROM outbox WHERE shop = ?1 AND subject = ?2 AND id < ?3 AND kind ="
                                  " 'ship' AND state = 'done'",
                                  sql_text(call->shop->code), sql_text(row->subject), sql_int(row->id));
    *ret = before > 0 || json_is_true(json_object_get(row->body, "extra"));
    return result;
}

static int write_ship(struct outbox_call *call, struct error *error)
{
    const json_t *body = call->rows[0].body;
    struct platform_shipment *shipment = &call->shipment;
    *shipment = (struct platform_shipment){
        .raw = call->raw, .whole = json_is_true(json_object_get(body, "whole")) || !can(call, PLATFORM_PART_SHIP)};
    int result = is_further(call, &shipment->extra);
    if (result)
        return office_failed(call->office->sql, result, error);
    if (shipment->extra && !can(call, PLATFORM_MULTI_PARCEL))
        return error_set(error, -ENOTSUP, "the platform wants to know of one parcel of an order only");
    text_copy(shipment->order, sizeof(shipment->order), text_of(body, "order"));
    text_copy(shipment->waybill, sizeof(shipment->waybill), text_of(body, "waybill"));
    put_lines(body, shipment);
    call->want = (struct platform_want){.verb = PLATFORM_SHIP, .shipment = shipment};
    return put_carrier(call, "carrier", shipment->carrier, sizeof(shipment->carrier), error);
}

static int write_amend(struct outbox_call *call, struct error *error)
{
    struct platform_shipment *shipment = &call->shipment;
    if (!can(call, PLATFORM_SHIP_AMENDS))
        return error_set(error, -EINVAL, "the platform does not let a waybill be changed");
    int result = write_ship(call, error);
    call->want.verb = PLATFORM_SHIP_AMEND;
    text_copy(shipment->old_waybill, sizeof(shipment->old_waybill), text_of(call->rows[0].body, "old_waybill"));
    return result ? result
                  : put_carrier(call, "old_carrier", shipment->old_carrier, sizeof(shipment->old_carrier), error);
}

static bool reads_order_first(const struct shop *shop)
{
    return (shop->platform->caps.abilities & (PLATFORM_SHIPS_BY_RAW | PLATFORM_SHIPS_ANYTHING)) != 0;
}

static int read_order(struct outbox_call *call, struct error *error)
{
    (void)error;
    call->want = (struct platform_want){.verb = PLATFORM_ORDER};
    text_copy(call->want.order, sizeof(call->want.order), text_of(call->rows[0].body, "order"));
    return 0;
}

/* What is written next may need it. */
static void keep_raw(struct outbox_call *call, const struct platform_order *order)
{
    free(call->raw);
    call->raw = order->raw ? strdup(order->raw) : NULL;
}

/* The platform's word for each line of this parcel. *ret_part: of a line that is in it only in part nobody can tell. */
static bool lines_are_shipped(const json_t *body, const struct platform_order *order, bool *ret_part)
{
    size_t index;
    json_t *line;
    bool all = json_array_size(json_object_get(body, "lines")) > 0;
    *ret_part = false;
    json_array_foreach(json_object_get(body, "lines"), index, line)
    {
        bool shipped = false;
        for (size_t i = 0; i < order->line_count; i++) {
            if (strcmp(order->lines[i].id, text_of(line, "line")) != 0)
                continue;
            shipped = order->lines[i].shipped;
            *ret_part |= order->lines[i].quantity > number_of(line, "quantity");
        }
        all = all && shipped;
    }
    return all;
}

/* Some of the order is shipped there: by this parcel, or by another. */
static enum outbox_verdict judge_part(struct outbox_call *call, const struct outbox_row *row,
                                      const struct platform_order *order)
{
    bool part;
    if (lines_are_shipped(row->body, order, &part))
        return OUTBOX_DONE;
    if (!part)
        return OUTBOX_NOT_DONE;
    text_copy(call->said, sizeof(call->said), "whether it knows of this part of a line cannot be seen: look there");
    return OUTBOX_REFUSED;
}

static enum outbox_verdict judge_ship(struct outbox_call *call, struct outbox_row *row,
                                      const struct platform_answer *answer)
{
    const char *waybill = text_of(row->body, "waybill");
    if (answer->count != 1 || !answer->orders)
        return OUTBOX_NOT_DONE;
    const struct platform_order *order = &answer->orders[0];
    bool shipped = order->state == PLATFORM_SHIPPED || order->state == PLATFORM_COMPLETED;
    keep_raw(call, order);
    if (*waybill && strstr(order->waybill, waybill))
        return OUTBOX_DONE;
    if (json_is_true(json_object_get(row->body, "extra"))) /* a second time does no harm: it is the same number */
        return OUTBOX_NOT_DONE;
    if (order->state == PLATFORM_CANCELLED) {
        text_copy(call->said, sizeof(call->said), "the order is cancelled there");
        return OUTBOX_REFUSED;
    }
    if (shipped && *order->waybill) {
        snprintf(call->said, sizeof(call->said), "it was shipped with another waybill there: %s", order->waybill);
        return OUTBOX_REFUSED;
    }
    if (!row->uncertain) /* it was not told yet */
        return OUTBOX_NOT_DONE;
    if (shipped)
        return OUTBOX_DONE;
    return order->state == PLATFORM_PART_SHIPPED ? judge_part(call, row, order) : OUTBOX_NOT_DONE;
}

static enum outbox_verdict judge_amend(struct outbox_call *call, struct outbox_row *row,
                                       const struct platform_answer *answer)
{
    const char *waybill = text_of(row->body, "waybill");
    if (answer->count != 1 || !answer->orders)
        return OUTBOX_NOT_DONE;
    keep_raw(call, &answer->orders[0]);
    return strstr(answer->orders[0].waybill, waybill) ? OUTBOX_DONE : OUTBOX_NOT_DONE;
}

/* ---------------------------------------------------------------- stock */

/* {"item":…,"sku":…,"code":…,"pieces":…} */

static void put_stock_rows(struct outbox_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const json_t *body = call->rows[i].body;
        struct platform_stock_row *row = &call->stock[i];
        *row = (struct platform_stock_row){.quantity = number_of(body, "pieces")};
        text_copy(row->item, sizeof(row->item), text_of(body, "item"));
        text_copy(row->sku, sizeof(row->sku), text_of(body, "sku"));
        text_copy(row->code, sizeof(row->code), text_of(body, "code"));
    }
    call->want = (struct platform_want){.stock = call->stock, .stock_count = call->count};
}

static bool reads_stock_first(const struct shop *shop)
{
    return (shop->platform->caps.abilities & PLATFORM_STOCK_SET) == 0;
}

static int write_stock(struct outbox_call *call, struct error *error)
{
    (void)error;
    put_stock_rows(call);
    call->want.verb = PLATFORM_STOCK;
    call->want.delta = reads_stock_first(call->shop);
    for (size_t i = 0; i < call->count && call->want.delta; i++)
        call->stock[i].quantity -= call->rows[i].read;
    return 0;
}

static int read_stock(struct outbox_call *call, struct error *error)
{
    (void)error;
    put_stock_rows(call);
    call->want.verb = PLATFORM_STOCK_READ;
    return 0;
}

/* There is no difference to tell, or what was told is there. */
static enum outbox_verdict judge_stock(struct outbox_call *call, struct outbox_row *row,
                                       const struct platform_answer *answer)
{
    const char *item = text_of(row->body, "item"), *sku = text_of(row->body, "sku");
    for (size_t i = 0; i < answer->count && answer->stock; i++) {
        const struct platform_stock_row *found = &answer->stock[i];
        if (strcmp(found->sku, sku) != 0 || (*found->item && strcmp(found->item, item) != 0))
            continue;
        row->read = found->quantity;
        return row->read == number_of(row->body, "pieces") ? OUTBOX_DONE : OUTBOX_NOT_DONE;
    }
    text_copy(call->said, sizeof(call->said), "the platform does not have it: it was taken off, or is another item");
    return OUTBOX_REFUSED;
}

/* Of a key that it knows it says so: it was told before. Anything else will be another way in a while. */
static enum outbox_verdict conflict_stock(const struct outbox_call *call, const struct outbox_row *row)
{
    return can(call, PLATFORM_STOCK_KEY) && row->attempts > 1 ? OUTBOX_DONE : OUTBOX_NOT_DONE;
}

/* Figures of before are of no use to anybody: of each listing one row stays. */
static int done_stock(struct outbox_call *call, const struct outbox_row *row, const struct platform_answer *answer)
{
    (void)answer;
    struct sql *sql = call->office->sql;
    int result =
        sql_run(sql, "UPDATE stock_offer SET told = ?4, told_us = ?5 WHERE shop = ?1 AND item = ?2 AND sku = ?3",
                sql_text(call->shop->code), sql_text(text_of(row->body, "item")), sql_text(text_of(row->body, "sku")),
                sql_int(number_of(row->body, "pieces")), sql_int(call->office->now_us));
    return result
               ? result
               : sql_run(sql,
                         "DELETE FROM outbox WHERE shop = ?1 AND subject = ?2 AND id < ?3 AND kind = 'stock' AND state"
                         " IN ('done', 'dropped', 'refused')",
                         sql_text(call->shop->code), sql_text(row->subject), sql_int(row->id));
}

static int stock_at_once(const struct shop *shop)
{
    return shop->platform->caps.stock_batch;
}

/* Some platforms say of each SKU whether it was taken. */
static int stock_of_row(struct outbox_call *call, size_t i, const struct platform_answer *answer,
                        struct platform_fault *fault)
{
    for (size_t j = 0; j < answer->count && answer->stock && fault->class == PLATFORM_PARTIAL; j++)
        if (strcmp(answer->stock[j].sku, call->stock[i].sku) == 0)
            fault->class = (enum platform_class)answer->stock[j].fault;
    return 0;
}

/* ---------------------------------------------------------------- price and sale */

/* {"item":…,"sku":…,"code":…,"price_minor":…,"currency":…,"pieces":…,"on_sale":…}; what it is then, it is however often
 * it is said. */

static int write_listing(struct outbox_call *call, enum platform_verb verb, unsigned ability, struct error *error)
{
    const json_t *body = call->rows[0].body;
    if (!can(call, ability))
        return error_set(error, -EINVAL, "the platform does not let that be changed from outside");
    put_stock_rows(call);
    call->stock[0].price_minor = number_of(body, "price_minor");
    call->stock[0].on_sale = json_is_true(json_object_get(body, "on_sale"));
    call->want.verb = verb;
    text_copy(call->want.currency, sizeof(call->want.currency), text_of(body, "currency"));
    return 0;
}

static int write_price(struct outbox_call *call, struct error *error)
{
    return write_listing(call, PLATFORM_PRICE, PLATFORM_PRICES, error);
}

/* The platform has it; of one listing one word goes after the other. */
static int done_word(struct outbox_call *call, const struct outbox_row *row, const struct platform_answer *answer)
{
    (void)answer;
    const json_t *body = row->body;
    bool price = strcmp(row->kind, "price") == 0;
    return sql_run(call->office->sql,
                   "UPDATE listing_told SET told = ?5, told_us = ?6 WHERE shop = ?1 AND item = ?2 AND sku = ?3 AND kind"
                   " = ?4",
                   sql_text(call->shop->code), sql_text(text_of(body, "item")), sql_text(text_of(body, "sku")),
                   sql_text(row->kind),
                   sql_int(price ? number_of(body, "price_minor") : json_is_true(json_object_get(body, "on_sale"))),
                   sql_int(call->office->now_us));
}

static int write_sale(struct outbox_call *call, struct error *error)
{
    return write_listing(call, PLATFORM_LISTING, PLATFORM_LISTINGS, error);
}

/* It is so already. */
static enum outbox_verdict conflict_sale(const struct outbox_call *call, const struct outbox_row *row)
{
    (void)call;
    return row->attempts > 1 ? OUTBOX_DONE : OUTBOX_REFUSED;
}

/* ---------------------------------------------------------------- the table */

static const struct outbox_kind kinds[] = {
    {"ship", .reads_first = reads_order_first, .write = write_ship, .read = read_order, .judge = judge_ship},
    {"ship_amend", .reads_first = reads_order_first, .write = write_amend, .read = read_order, .judge = judge_amend},
    {"stock", stock_at_once, reads_stock_first, write_stock, read_stock, judge_stock, conflict_stock, done_stock,
     stock_of_row, NULL, false},
    {"price", .write = write_price, .conflict = conflict_sale, .done = done_word},
    {"listing", .write = write_sale, .conflict = conflict_sale, .done = done_word},
    {0},
};

const struct outbox_kind *outbox_kind_find(const char *name)
{
    for (const struct outbox_kind *kind = kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    for (const struct outbox_kind *kind = outbox_waybill_kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}
