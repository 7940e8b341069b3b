#include "sync/head-office/order_put.h"

#include "base/text.h"
#include "sync/head-office/order_life.h"
#include "sync/head-office/orders.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct known {
    char state[ORDER_STATE_SIZE];
    int64_t modified_us;
    bool found;
};

static int find_platform(struct office *office, const char *shop, char out[65], struct error *error)
{
    struct sql_query *row = sql_select(office->sql, "SELECT platform FROM shop WHERE code = ?1", sql_text(shop));
    bool found = sql_next(row);
    if (found)
        sql_copy_text(row, 0, out, 65);
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "there is no shop \"%s\"", shop);
}

static int find_known(struct office *office, const char *number, struct known *ret)
{
    struct sql_query *row = sql_select(
        office->sql, "SELECT state, modified_us FROM orders WHERE number = ?1" SQL_FOR_UPDATE, sql_text(number));
    *ret = (struct known){.found = sql_next(row)};
    if (ret->found) {
        sql_copy_text(row, 0, ret->state, sizeof(ret->state));
        ret->modified_us = sql_get_int(row, 1);
    }
    return sql_done(row);
}

/* Which of our items the merchant's code means: the SKU itself, or one of its barcodes; else nobody knows yet. */
static int add_line(struct office *office, const char *number, int64_t place, const struct platform_line *line)
{
    return sql_run(
        office->sql,
        "INSERT INTO order_line (number, line, sku, quantity, platform_line, platform_item, platform_sku, code,"
        " title, price_minor, paid_minor, overlays) VALUES (?1, ?2, coalesce((SELECT sku FROM item WHERE sku"
        " = ?7), (SELECT sku FROM barcode WHERE code = ?7)), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        sql_text(number), sql_int(place), sql_int(line->quantity), sql_text(line->id), sql_text(line->item),
        sql_text(line->sku), sql_text(line->code), sql_text(line->title), sql_int(line->price_minor),
        sql_int(line->paid_minor), sql_int(line->overlays));
}

static int add_head(struct office *office, const char *number, const char *shop, const char *platform,
                    const struct platform_order *order)
{
    return sql_run(office->sql,
                   "INSERT INTO orders (number, platform, carrier, priority, receiver_name, receiver_phone,"
                   " receiver_address, state, imported_us, shop, platform_order) VALUES (?1, ?2, '', 0, ?3, ?4, ?5, ?6,"
                   " ?7, ?8, ?9)",
                   sql_text(number), sql_text(platform), sql_text(order->name), sql_text(order->phone),
                   sql_text(order->address), sql_text(order->state == PLATFORM_UNPAID ? "pending_pay" : "audit"),
                   sql_int(office->now_us), sql_text(shop), sql_text(order->id));
}

static int write_rest(struct office *office, const char *number, const struct platform_order *order)
{
    int result =
        sql_run(office->sql,
                "UPDATE orders SET platform_status = ?2, overlays = ?3, modified_us = ?4, placed_us = ?5,"
                " paid_us = ?6, ship_by_us = ?7, buyer = ?8, buyer_note = ?9, seller_note = ?10, province ="
                " ?11, city = ?12, district = ?13 WHERE number = ?1",
                sql_text(number), sql_text(order->status), sql_int(order->overlays), sql_int(order->modified_us),
                sql_ref(order->created_us), sql_ref(order->paid_us), sql_ref(order->ship_by_us), sql_text(order->buyer),
                sql_text(order->buyer_note), sql_text(order->seller_note), sql_text(order->province),
                sql_text(order->city), sql_text(order->district));
    if (result)
        return result;
    return sql_run(office->sql,
                   "UPDATE orders SET currency = ?2, goods_minor = ?3, freight_minor = ?4, discount_minor = ?5,"
                   " platform_discount_minor = ?6, paid_minor = ?7 WHERE number = ?1",
                   sql_text(number), sql_text(order->currency), sql_int(order->goods_minor),
                   sql_int(order->freight_minor), sql_int(order->discount_minor),
                   sql_int(order->platform_discount_minor), sql_int(order->paid_minor));
}

static int add_order(struct office *office, const char *number, const char *shop, const struct platform_order *order,
                     struct error *error)
{
    char platform[65];
    int result = find_platform(office, shop, platform, error);
    if (result)
        return result;
    result = add_head(office, number, shop, platform, order);
    if (!result)
        result = write_rest(office, number, order);
    for (size_t i = 0; i < order->line_count && !result; i++)
        result = add_line(office, number, (int64_t)i + 1, &order->lines[i]);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* What was bought and for how much stays as it was told first; its state, its notes and what lies over it follow. */
static int follow(struct office *office, const char *number, const struct known *known,
                  const struct platform_order *order, struct error *error)
{
    int result = write_rest(office, number, order);
    if (result)
        return office_failed(office->sql, result, error);
    if (order->state == PLATFORM_CANCELLED)
        return orders_cancel(office, number, "cancelled by the buyer", error);
    const char *act = strcmp(known->state, "pending_pay") != 0 ? ORDER_CHANGED
                      : order->state == PLATFORM_PAID          ? ORDER_PAID
                                                               : NULL;
    if (!act || !order_life_after(act, known->state))
        return 0;
    return order_life_act(office, number, act, "", NULL, error);
}

static int64_t kept_lines(struct office *office, const char *number, const struct platform_order *order)
{
    int64_t equal = 0;
    for (size_t i = 0; i < order->line_count; i++) {
        int64_t one = 0;
        const struct platform_line *line = &order->lines[i];
        sql_number(office->sql, &one,
                   "SELECT count(*) FROM order_line WHERE number = ?1 AND platform_line = ?2 AND quantity = ?3 AND"
                   " paid_minor = ?4",
                   sql_text(number), sql_text(line->id), sql_int(line->quantity), sql_int(line->paid_minor));
        equal += one == 1;
    }
    return equal;
}

int order_put_take(struct office *office, const char *shop, const struct platform_order *order, char ret_number[65],
                   const char **ret_taken, struct error *error)
{
    struct known known;
    if ((size_t)snprintf(ret_number, ORDERS_NUMBER_SIZE, "%s-%s", shop, order->id) >= ORDERS_NUMBER_SIZE)
        return error_set(error, -EINVAL, "\"id\" is too long to be a part of the order's number.");
    int result = find_known(office, ret_number, &known);
    if (result)
        return office_failed(office->sql, result, error);
    *ret_taken = "same";
    if (known.found && order->modified_us <= known.modified_us)
        return 0;
    if (!known.found && order->state == PLATFORM_CANCELLED)
        return 0;
    *ret_taken = known.found ? "changed" : "new";
    if (!known.found)
        return add_order(office, ret_number, shop, order, error);
    if (kept_lines(office, ret_number, order) != (int64_t)order->line_count)
        return error_set(error, -EALREADY,
                         "order \"%s\" is here with other lines: close it, and tell the new one under another id",
                         ret_number);
    return follow(office, ret_number, &known, order, error);
}
