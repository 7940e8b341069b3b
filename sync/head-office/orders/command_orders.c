/* floorhand-hq release, cancel, order. */
#include "base/clock.h"
#include "base/json.h"
#include "sync/head-office/command.h"
#include "sync/head-office/orders/assignments.h"
#include "sync/head-office/orders/order_timeline.h"
#include "sync/head-office/orders/orders.h"

#include <errno.h>

int command_release(struct call *call, struct error *error)
{
    const char *number = *call->options.order ? call->options.order : NULL;
    if ((number != NULL) == call->options.all)
        return error_set(error, COMMAND_USAGE, "say which: either --order NUMBER or --all");
    int result = command_choose_site(call, error);
    if (!result)
        result = office_begin(&call->office, error);
    if (result)
        return result;
    int64_t count = 0;
    result = orders_release(&call->office, call->options.site, number, "command line", &count, error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_int(&json, "released", count);
    json_text(&json, "site", call->options.site);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

static int print_order(struct call *call, const char *number, struct error *error);

int command_cancel(struct call *call, struct error *error)
{
    if (!*call->options.order)
        return error_set(error, COMMAND_USAGE, "say which order with --order NUMBER");
    int result = office_begin(&call->office, error);
    if (result)
        return result;
    result = orders_cancel(&call->office, call->options.order, call->options.reason, call->options.who, error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    return result ? result : print_order(call, call->options.order, error);
}

/* ---------------------------------------------------------------- showing */

static void put_text(struct buf *json, const char *key, struct sql_query *row, int column)
{
    json_text(json, key, sql_get_null(row, column) ? NULL : sql_get_text(row, column));
}

/* row: number, platform, carrier, waybill, priority, state, reason, cancelling, site, rev. */
#define ORDER_COLUMNS "number, platform, carrier, waybill, priority, state, reason, cancelling, site, rev"

static void put_order(struct buf *json, struct sql_query *row)
{
    put_text(json, "order", row, 0);
    put_text(json, "platform", row, 1);
    put_text(json, "carrier", row, 2);
    put_text(json, "waybill", row, 3);
    json_int(json, "priority", sql_get_int(row, 4));
    put_text(json, "state", row, 5);
    put_text(json, "reason", row, 6);
    json_bool(json, "cancelling", sql_get_int(row, 7) != 0);
    put_text(json, "site", row, 8);
    json_int(json, "rev", sql_get_int(row, 9));
}

static int put_receiver(struct call *call, struct buf *json, const char *number)
{
    struct sql_query *row = sql_select(
        call->office.sql, "SELECT receiver_name, receiver_phone, receiver_address FROM orders WHERE number = ?1",
        sql_text(number));
    json_open_object(json, "receiver");
    if (sql_next(row)) {
        put_text(json, "name", row, 0);
        put_text(json, "phone", row, 1);
        put_text(json, "address", row, 2);
    }
    json_close_object(json);
    return sql_done(row);
}

static int put_lines(struct call *call, struct buf *json, const char *number)
{
    static const char *const counts[] = {"quantity", "picked", "missing", "packed", "shipped"};
    struct sql_query *row = sql_select(call->office.sql,
                                       "SELECT line, sku, quantity, picked, missing, packed, shipped FROM order_line"
                                       " WHERE number = ?1 ORDER BY line",
                                       sql_text(number));
    json_open_array(json, "lines");
    while (sql_next(row)) {
        json_open_object(json, NULL);
        json_int(json, "line", sql_get_int(row, 0));
        put_text(json, "sku", row, 1);
        for (int i = 0; i < (int)COUNT(counts); i++)
            json_int(json, counts[i], sql_get_int(row, 2 + i));
        json_close_object(json);
    }
    json_close_array(json);
    return sql_done(row);
}

static int put_parcels(struct call *call, struct buf *json, const char *number)
{
    struct sql_query *row = sql_select(call->office.sql,
                                       "SELECT parcel, box, waybill, labels, manifest, carrier FROM parcel"
                                       " WHERE number = ?1 ORDER BY parcel",
                                       sql_text(number));
    json_open_array(json, "parcels");
    while (sql_next(row)) {
        json_open_object(json, NULL);
        put_text(json, "parcel", row, 0);
        put_text(json, "box", row, 1);
        put_text(json, "waybill", row, 2);
        json_int(json, "labels", sql_get_int(row, 3));
        put_text(json, "manifest", row, 4);
        put_text(json, "carrier", row, 5);
        json_close_object(json);
    }
    json_close_array(json);
    return sql_done(row);
}

static void put_time(struct buf *json, const char *key, int64_t time_us)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(time_us, text);
    json_text(json, key, time_us ? text : NULL);
}

/* Each site that has had it. */
static int put_assignments(struct call *call, struct buf *json, const char *number)
{
    struct sql_query *row =
        sql_select(call->office.sql,
                   "SELECT a.site, CASE WHEN feed_seq > feed_sent THEN 0 WHEN feed_seq > feed_acked"
                   " THEN 1 ELSE 2 END, state, a.lease_s, coalesce(published_us, 0), wanted_by FROM assignment a JOIN"
                   " site s ON s.id = a.site WHERE number = ?1 ORDER BY a.place",
                   sql_text(number));
    json_open_array(json, "assignments");
    while (sql_next(row)) {
        json_open_object(json, NULL);
        put_text(json, "site", row, 0);
        json_text(json, "standing", standing_name((enum standing)sql_get_int(row, 1)));
        put_text(json, "state", row, 2);
        json_int(json, "lease_s", sql_get_int(row, 3));
        put_time(json, "published", sql_get_int(row, 4));
        put_text(json, "wanted_by", row, 5);
        json_close_object(json);
    }
    json_close_array(json);
    return sql_done(row);
}

static int put_overship(struct call *call, struct buf *json, const char *number)
{
    struct sql_query *row =
        sql_select(call->office.sql, "SELECT line, ordered, shipped FROM overship WHERE number = ?1 ORDER BY line",
                   sql_text(number));
    json_open_array(json, "overship");
    while (sql_next(row)) {
        json_open_object(json, NULL);
        json_int(json, "line", sql_get_int(row, 0));
        json_int(json, "ordered", sql_get_int(row, 1));
        json_int(json, "shipped", sql_get_int(row, 2));
        json_close_object(json);
    }
    json_close_array(json);
    return sql_done(row);
}

static int print_order(struct call *call, const char *number, struct error *error)
{
    CLEANUP_BUF struct buf json = {0};
    struct sql_query *row =
        sql_select(call->office.sql, "SELECT " ORDER_COLUMNS " FROM orders WHERE number = ?1", sql_text(number));
    bool found = sql_next(row);
    json_open_object(&json, NULL);
    if (found)
        put_order(&json, row);
    int result = sql_done(row);
    if (!result && !found)
        return error_set(error, -ENOENT, "there is no order \"%s\"", number);
    if (!result)
        result = put_receiver(call, &json, number);
    if (!result)
        result = put_lines(call, &json, number);
    if (!result)
        result = put_parcels(call, &json, number);
    if (!result)
        result = put_assignments(call, &json, number);
    if (!result)
        result = put_overship(call, &json, number);
    if (!result)
        result = order_timeline_write(&call->office, number, "timeline", &json);
    if (result)
        return office_failed(call->office.sql, result, error);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

int command_order(struct call *call, struct error *error)
{
    return print_order(call, call->arguments[0], error);
}

static void print_move(const struct call *call, const struct order_move *move)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "order", call->arguments[0]);
    json_text(&json, "to", call->options.site);
    json_text(&json, "stood", standing_name(move->stood));
    json_bool(&json, "moved", move->done);
    if (!move->done)
        put_time(&json, "free_at", move->free_us);
    json_close_object(&json);
    command_print(&json);
}

int command_order_move(struct call *call, struct error *error)
{
    struct order_move move = {0};
    if (!*call->options.site)
        return error_set(error, COMMAND_USAGE, "say which site gets it with --site");
    int result = command_choose_site(call, error);
    if (!result)
        result = office_begin(&call->office, error);
    if (result)
        return result;
    result = assignments_move(&call->office, call->arguments[0], call->options.site, &move, error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    if (!result)
        print_move(call, &move);
    return result;
}
