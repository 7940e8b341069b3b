/* Which site does an order, and taking it back. */
#include "base/json.h"
#include "sync/head-office/assignments.h"
#include "sync/head-office/feed.h"
#include "sync/head-office/orders.h"
#include "sync/head-office/waybills.h"
#include "sync/wire/topic.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int write_lines(struct office *office, struct buf *data, const char *number)
{
    struct sql_query *line = sql_select(
        office->sql, "SELECT line, sku, quantity FROM order_line WHERE number = ?1 ORDER BY line", sql_text(number));
    json_open_array(data, "lines");
    while (sql_next(line)) {
        json_open_object(data, NULL);
        json_int(data, "line", sql_get_int(line, 0));
        json_text(data, "sku", sql_get_text(line, 1));
        json_int(data, "quantity", sql_get_int(line, 2));
        json_close_object(data);
    }
    json_close_array(data);
    return sql_done(line);
}

/* order: number, platform, carrier, waybill, priority, receiver's name, phone, address, rev. */
static int write_release(struct office *office, struct buf *data, struct sql_query *order, int64_t lease_s)
{
    json_open_object(data, NULL);
    json_text(data, "order", sql_get_text(order, 0));
    json_text(data, "platform", sql_get_text(order, 1));
    json_text(data, "carrier", sql_get_text(order, 2));
    json_text(data, "waybill", sql_get_null(order, 3) ? NULL : sql_get_text(order, 3));
    json_int(data, "priority", sql_get_int(order, 4));
    json_open_object(data, "receiver");
    json_text(data, "name", sql_get_text(order, 5));
    json_text(data, "phone", sql_get_text(order, 6));
    json_text(data, "address", sql_get_text(order, 7));
    json_close_object(data);
    int result = write_lines(office, data, sql_get_text(order, 0));
    if (lease_s > 0)
        json_int(data, "lease_s", lease_s);
    json_int(data, "rev", sql_get_int(order, 8));
    json_close_object(data);
    return result;
}

static int send_change(struct office *office, const char *site, const char *type, const char *number, int64_t rev,
                       const struct buf *data)
{
    char key[ORDERS_NUMBER_SIZE + 8];
    snprintf(key, sizeof(key), "order/%s", number);
    struct feed_change change = {.type = type, .key = key, .rev = rev, .data = buf_text(data)};
    return data->failed ? -ENOMEM : feed_append(office, site, &change);
}

/* An order without a waybill takes a number of the stock along, if there is one. */
static int give_number(struct office *office, const char *site, struct sql_query *order)
{
    int result =
        sql_get_null(order, 3) ? waybills_bind(office, site, sql_get_text(order, 0), sql_get_text(order, 2)) : -ENOENT;
    return result == -ENOENT ? 0 : result;
}

static int release_one(struct office *office, const char *site, struct sql_query *order, struct error *error)
{
    const char *number = sql_get_text(order, 0);
    CLEANUP_BUF struct buf data = {0};
    int64_t lease_s;
    int result = sql_number(office->sql, &lease_s, "SELECT lease_s FROM site WHERE id = ?1", sql_text(site));
    if (!result)
        result = write_release(office, &data, order, lease_s);
    if (!result)
        result = send_change(office, site, "order.release", number, sql_get_int(order, 8), &data);
    if (!result)
        result = assignments_given(office, site, number, lease_s);
    if (result == -EMSGSIZE)
        return error_set(error, result, "order \"%s\" is too long to be sent to a site: split it", number);
    if (!result)
        result = sql_run(office->sql, "UPDATE orders SET state = 'released', site = ?2 WHERE number = ?1",
                         sql_text(number), sql_text(site));
    if (!result)
        result = give_number(office, site, order);
    return result ? office_failed(office->sql, result, error) : 0;
}

static int check_waiting(struct office *office, const char *number, struct error *error)
{
    struct sql_query *order =
        sql_select(office->sql, "SELECT state, site FROM orders WHERE number = ?1", sql_text(number));
    int result = 0;
    if (!sql_next(order))
        result = error_set(error, -ENOENT, "there is no order \"%s\"", number);
    else if (strcmp(sql_get_text(order, 0), "imported") != 0)
        result = error_set(error, -EALREADY, "order \"%s\" is already %s%s%s", number, sql_get_text(order, 0),
                           sql_get_null(order, 1) ? "" : " at site ", sql_get_text(order, 1));
    int failed = sql_done(order);
    return failed ? office_failed(office->sql, failed, error) : result;
}

int orders_release(struct office *office, const char *site, const char *number, int64_t *ret_count, struct error *error)
{
    int result = number ? check_waiting(office, number, error) : 0;
    if (result)
        return result;
    int64_t count = 0;
    /* Sorted here, because releasing moves an order within the index that this reads. */
    struct sql_query *order =
        sql_select(office->sql,
                   "SELECT number, platform, carrier, waybill, priority, receiver_name, receiver_phone,"
                   " receiver_address, rev FROM orders WHERE state = 'imported' AND (?1 IS NULL OR number = ?1)"
                   " ORDER BY priority DESC, imported_us, number",
                   sql_text(number));
    for (; !result && sql_next(order); count++)
        result = release_one(office, site, order, error);
    int failed = sql_done(order);
    if (result || failed)
        return result ? result : office_failed(office->sql, failed, error);
    *ret_count = count;
    return 0;
}

/* ---------------------------------------------------------------- cancelling */

static int cancel_waiting(struct office *office, const char *number, const char *reason)
{
    return sql_run(office->sql, "UPDATE orders SET state = 'cancelled', reason = ?2, rev = rev + 1 WHERE number = ?1",
                   sql_text(number), sql_text(reason));
}

static int ask_site(struct office *office, const char *site, const char *number, const char *reason)
{
    int64_t rev;
    int result = sql_number(office->sql, &rev,
                            "UPDATE orders SET cancelling = 1, reason = ?2, rev = rev + 1 WHERE number = ?1"
                            " RETURNING rev",
                            sql_text(number), sql_text(reason));
    if (result)
        return result;
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", number);
    json_text(&data, "reason", reason);
    json_int(&data, "rev", rev);
    json_close_object(&data);
    return send_change(office, site, "order.cancel", number, rev, &data);
}

int orders_cancel(struct office *office, const char *number, const char *reason, struct error *error)
{
    char state[16] = "", site[WIRE_NAME_SIZE] = "";
    bool asked = false;
    struct sql_query *order =
        sql_select(office->sql, "SELECT state, site, cancelling FROM orders WHERE number = ?1", sql_text(number));
    if (sql_next(order)) {
        sql_copy_text(order, 0, state, sizeof(state));
        sql_copy_text(order, 1, site, sizeof(site));
        asked = sql_get_int(order, 2) != 0;
    }
    int result = sql_done(order);
    if (!result && !*state)
        return error_set(error, -ENOENT, "there is no order \"%s\"", number);
    if (!result && strcmp(state, "shipped") == 0)
        return error_set(error, -EALREADY, "order \"%s\" was already handed over and cannot be cancelled", number);
    if (!result && !asked && strcmp(state, "cancelled") != 0)
        result = *site ? ask_site(office, site, number, reason) : cancel_waiting(office, number, reason);
    return result ? office_failed(office->sql, result, error) : 0;
}
