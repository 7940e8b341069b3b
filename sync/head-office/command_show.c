/* floorhand-hq events, parked replay, stock atp, status. */
#include "base/clock.h"
#include "base/json.h"
#include "sync/head-office/catalogue/bundles.h"
#include "sync/head-office/command.h"
#include "sync/head-office/sites/parked.h"
#include "sync/head-office/stock/atp.h"

#include <stdio.h>

static int done(struct call *call, struct sql_query *query, struct error *error)
{
    int failed = sql_done(query);
    return failed ? office_failed(call->office.sql, failed, error) : 0;
}

int command_events(struct call *call, struct error *error)
{
    struct sql_query *event =
        sql_select(call->office.sql,
                   "SELECT line FROM event WHERE (?1 = '' OR site = ?1) AND seq > ?2 AND (?3 = '' OR type = ?3)"
                   " ORDER BY arrival",
                   sql_text(call->options.site), sql_int(call->options.after), sql_text(call->options.type));
    while (sql_next(event))
        puts(sql_get_text(event, 0));
    return done(call, event, error);
}

int command_parked_replay(struct call *call, struct error *error)
{
    struct parked_outcome outcome;
    int result = office_begin(&call->office, error);
    if (result)
        return result;
    result = parked_replay(&call->office, &outcome, error);
    if (!result)
        result = office_commit(&call->office, error);
    office_rollback(&call->office);
    if (result)
        return result;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_int(&json, "interpreted", outcome.done);
    json_int(&json, "parked", outcome.left);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

/* As many as their parts make. */
static int print_bundles_atp(struct call *call, struct error *error)
{
    struct sql_query *row = bundles_atp(&call->office, call->options.sku, call->options.silent_hours * 3600);
    CLEANUP_BUF struct buf json = {0};
    while (sql_next(row)) {
        json_open_object(&json, NULL);
        json_text(&json, "bundle", sql_get_text(row, 0));
        json_int(&json, "atp", sql_get_int(row, 1));
        json_close_object(&json);
        command_print(&json);
    }
    return done(call, row, error);
}

int command_stock_atp(struct call *call, struct error *error)
{
    static const char *const figures[] = {"atp", "on_hand", "assigned", "waiting", "left_out"};
    struct sql_query *row = atp_select(&call->office, call->options.sku, call->options.silent_hours * 3600);
    CLEANUP_BUF struct buf json = {0};
    while (sql_next(row)) {
        json_open_object(&json, NULL);
        json_text(&json, "sku", sql_get_text(row, 0));
        for (int i = 0; i < (int)COUNT(figures); i++)
            json_int(&json, figures[i], sql_get_int(row, 1 + i));
        json_close_object(&json);
        command_print(&json);
    }
    int result = done(call, row, error);
    return result ? result : print_bundles_atp(call, error);
}

static int put_order_states(struct call *call, struct buf *json)
{
    struct sql_query *row =
        sql_select(call->office.sql, "SELECT state, count(*) FROM orders GROUP BY state ORDER BY state", SQL_NO_VALUES);
    json_open_object(json, "orders");
    while (sql_next(row))
        json_int(json, sql_get_text(row, 0), sql_get_int(row, 1));
    json_close_object(json);
    return sql_done(row);
}

static int put_last_imports(struct call *call, struct buf *json)
{
    struct sql_query *row = sql_select(call->office.sql,
                                       "SELECT kind, file, hash, rows, changed, time_us FROM import"
                                       " ORDER BY number DESC LIMIT 10",
                                       SQL_NO_VALUES);
    json_open_array(json, "last_imports");
    while (sql_next(row)) {
        char time[CLOCK_TEXT_SIZE];
        clock_format(sql_get_int(row, 5), time);
        json_open_object(json, NULL);
        json_text(json, "kind", sql_get_text(row, 0));
        json_text(json, "file", sql_get_text(row, 1));
        json_text(json, "hash", sql_get_text(row, 2));
        json_int(json, "rows", sql_get_int(row, 3));
        json_int(json, "changed", sql_get_int(row, 4));
        json_text(json, "time", time);
        json_close_object(json);
    }
    json_close_array(json);
    return sql_done(row);
}

int command_office_status(struct call *call, struct error *error)
{
    static const char *const names[] = {"sites",    "events",    "parked",  "changes_waiting", "items",
                                        "barcodes", "locations", "workers", "overship"};
    struct sql_query *row =
        sql_select(call->office.sql,
                   "SELECT (SELECT count(*) FROM site), (SELECT count(*) FROM event), (SELECT count(*) FROM parked),"
                   " (SELECT coalesce(sum(feed_head - feed_acked), 0) FROM site), (SELECT count(*) FROM item),"
                   " (SELECT count(*) FROM barcode), (SELECT count(*) FROM location), (SELECT count(*) FROM worker),"
                   " (SELECT count(*) FROM overship), gen FROM hub",
                   SQL_NO_VALUES);
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    if (sql_next(row)) {
        json_text(&json, "gen", sql_get_text(row, COUNT(names)));
        for (int i = 0; i < (int)COUNT(names); i++)
            json_int(&json, names[i], sql_get_int(row, i));
    }
    int result = sql_done(row);
    if (!result)
        result = put_order_states(call, &json);
    if (!result)
        result = put_last_imports(call, &json);
    if (result)
        return office_failed(call->office.sql, result, error);
    json_close_object(&json);
    command_print(&json);
    return 0;
}
