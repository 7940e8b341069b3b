#include "sync/head-office/orders.h"

#include "sync/head-office/catalogue.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* What the orders of a file say, until the whole file is known to be right. */
static const char stage_tables[] =
    "CREATE TEMP TABLE IF NOT EXISTS incoming (number TEXT PRIMARY KEY, file_line INTEGER NOT NULL, platform TEXT,"
    " carrier TEXT, waybill TEXT, priority INTEGER, receiver_name TEXT, receiver_phone TEXT, receiver_address TEXT,"
    " lines INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TEMP TABLE IF NOT EXISTS incoming_line (number TEXT, line INTEGER, sku TEXT, quantity INTEGER,"
    " PRIMARY KEY (number, line)) STRICT;"
    "DELETE FROM incoming; DELETE FROM incoming_line;";

int orders_stage_open(struct office *office, struct error *error)
{
    return sql_script(office->sql, stage_tables, error);
}

static int stage_order(struct office *office, const struct order_row *row, int64_t file_line, struct error *error)
{
    const char *waybill = *row->waybill ? row->waybill : NULL;
    int result = sql_run(office->sql,
                         "INSERT INTO incoming (number, file_line, platform, carrier, waybill, priority, receiver_name,"
                         " receiver_phone, receiver_address) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
                         " ON CONFLICT DO NOTHING",
                         sql_text(row->order), sql_int(file_line), sql_text(row->platform), sql_text(row->carrier),
                         sql_text(waybill), sql_int(row->priority), sql_text(row->receiver_name),
                         sql_text(row->receiver_phone), sql_text(row->receiver_address));
    if (result)
        return office_failed(office->sql, result, error);
    int64_t other;
    result =
        sql_number(office->sql, &other,
                   "SELECT file_line FROM incoming WHERE number = ?1 AND (platform, carrier, waybill, priority,"
                   " receiver_name, receiver_phone, receiver_address) IS DISTINCT FROM (?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                   sql_text(row->order), sql_text(row->platform), sql_text(row->carrier), sql_text(waybill),
                   sql_int(row->priority), sql_text(row->receiver_name), sql_text(row->receiver_phone),
                   sql_text(row->receiver_address));
    if (result == -ENOENT)
        return 0;
    if (result)
        return office_failed(office->sql, result, error);
    return error_set(error, -EINVAL,
                     "order \"%s\" says otherwise in line %" PRId64
                     ": platform, carrier, waybill, priority and receiver"
                     " must be the same in all its rows",
                     row->order, other);
}

int orders_stage_row(struct office *office, const struct order_row *row, int64_t file_line, const char **ret_column,
                     struct error *error)
{
    if (!catalogue_has_item(office->sql, row->sku)) {
        *ret_column = "sku";
        return error_set(error, -ENOENT, "there is no item \"%s\": import the items first", row->sku);
    }
    int result = stage_order(office, row, file_line, error);
    if (result)
        return result;
    int64_t line;
    result = sql_number(office->sql, &line, "UPDATE incoming SET lines = lines + 1 WHERE number = ?1 RETURNING lines",
                        sql_text(row->order));
    if (!result && line > ORDERS_LINES_MAX)
        return error_set(error, -E2BIG, "order \"%s\" has more than %d lines: split it", row->order, ORDERS_LINES_MAX);
    if (!result)
        result = sql_run(office->sql, "INSERT INTO incoming_line (number, line, sku, quantity) VALUES (?1, ?2, ?3, ?4)",
                         sql_text(row->order), sql_int(line), sql_text(row->sku), sql_int(row->quantity));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int store_order(struct office *office, const char *number)
{
    int result = sql_run(
        office->sql,
        "INSERT INTO orders (number, platform, carrier, waybill, priority, receiver_name, receiver_phone,"
        " receiver_address, imported_us) SELECT number, platform, carrier, waybill, priority, receiver_name,"
        " receiver_phone, receiver_address, ?2 FROM incoming WHERE number = ?1"
        " ON CONFLICT (number) DO UPDATE SET platform = excluded.platform, carrier = excluded.carrier,"
        " waybill = excluded.waybill, priority = excluded.priority, receiver_name = excluded.receiver_name,"
        " receiver_phone = excluded.receiver_phone, receiver_address = excluded.receiver_address, rev = orders.rev + 1",
        sql_text(number), sql_int(office->now_us));
    if (!result)
        result = sql_run(office->sql, "DELETE FROM order_line WHERE number = ?1", sql_text(number));
    if (!result)
        result = sql_run(office->sql,
                         "INSERT INTO order_line (number, line, sku, quantity)"
                         " SELECT number, line, sku, quantity FROM incoming_line WHERE number = ?1",
                         sql_text(number));
    return result;
}

static int take_order(struct office *office, struct sql_query *order, int64_t *changed, struct error *error)
{
    const char *number = sql_get_text(order, 0), *state = sql_get_text(order, 2);
    bool is_new = *state == '\0', same = sql_get_int(order, 3) != 0;
    if (!is_new && same)
        return 0;
    if (!is_new && strcmp(state, "audit") != 0)
        return error_set(error, -EALREADY,
                         "line %" PRId64 ": order \"%s\" is already %s and this file says otherwise: give the new order"
                         " another number",
                         sql_get_int(order, 1), number, state);
    ++*changed;
    int result = store_order(office, number);
    return result ? office_failed(office->sql, result, error) : 0;
}

int orders_stage_take(struct office *office, int64_t *changed, struct error *error)
{
    struct sql_query *order = sql_select(
        office->sql,
        "SELECT i.number, i.file_line, o.state,"
        " (o.platform, o.carrier, o.waybill, o.priority, o.receiver_name, o.receiver_phone, o.receiver_address) IS NOT "
        "DISTINCT FROM"
        " (i.platform, i.carrier, i.waybill, i.priority, i.receiver_name, i.receiver_phone, i.receiver_address)"
        " AND i.lines = (SELECT count(*) FROM order_line l WHERE l.number = i.number)"
        " AND NOT EXISTS (SELECT 1 FROM incoming_line n LEFT JOIN order_line l"
        "  ON l.number = n.number AND l.line = n.line"
        "  WHERE n.number = i.number AND (n.sku, n.quantity) IS DISTINCT FROM (l.sku, l.quantity))"
        " FROM incoming i LEFT JOIN orders o ON o.number = i.number ORDER BY i.file_line",
        SQL_NO_VALUES);
    int result = 0;
    while (!result && sql_next(order))
        result = take_order(office, order, changed, error);
    int failed = sql_done(order);
    return result ? result : failed ? office_failed(office->sql, failed, error) : 0;
}
