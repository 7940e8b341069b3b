/* Whose turn it is: orders that wait for stock, and those whose stock is free again. */
#include "sync/head-office/stock/promises.h"
#include "sync/head-office/stock/promises_sql.h"

#include <string.h>

struct sql_query *promises_expired(struct office *office, int64_t most)
{
    return sql_select(office->sql,
                      "SELECT number FROM orders WHERE state = 'pending_pay' AND number IN (SELECT number FROM"
                      " reservation WHERE expires_us <= ?1) ORDER BY number LIMIT ?2" SQL_SKIP_LOCKED,
                      sql_int(office->now_us), sql_int(most));
}

int promises_there(struct office *office, const char *sku, int64_t silent_hours, int64_t *ret_sum, int64_t *ret_most)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT " LEFT " FROM site t JOIN item w ON w.sku = ?1 WHERE " HEARD, sql_text(sku),
                   sql_int(office->now_us), sql_int(silent_hours));
    *ret_sum = *ret_most = 0;
    while (sql_next(row)) {
        int64_t left = sql_get_int(row, 0);
        *ret_sum += left > 0 ? left : 0;
        *ret_most = left > *ret_most ? left : *ret_most;
    }
    return sql_done(row);
}

/* Those that are to be checked again already stand in the queue until they have been. */
static int want_item(struct office *office, const char *sku, int64_t silent_hours, int64_t most,
                     int (*take)(void *user, const char *number), void *user)
{
    int64_t sum, at_one;
    int result = promises_there(office, sku, silent_hours, &sum, &at_one);
    if (result || sum == 0)
        return result;
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT o.number, o.lacks_pieces, o.state FROM orders o WHERE o.lacks = ?1 AND o.state IN ('exception', "
        "'audit')"
        " AND o.lacks_pieces <= ?4 AND (o.only_site IS NULL OR EXISTS (SELECT 1 FROM site t JOIN item w ON w.sku = ?1"
        " WHERE t.id = o.only_site AND " HEARD " AND " LEFT " >= o.lacks_pieces)) ORDER BY " IN_TURN " LIMIT ?5",
        sql_text(sku), sql_int(office->now_us), sql_int(silent_hours), sql_int(at_one),
        sql_int(sum < most ? sum : most));
    while (!result && sum > 0 && sql_next(row)) {
        int64_t pieces = sql_get_int(row, 1);
        if (pieces > sum)
            continue;
        sum -= pieces;
        if (strcmp(sql_get_text(row, 2), "exception") == 0)
            result = take(user, sql_get_text(row, 0));
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

/* Orders whose items lie apart: those that one site has all of by now. */
static int want_whole(struct office *office, int64_t silent_hours, int64_t most,
                      int (*take)(void *user, const char *number), void *user)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT o.number FROM orders o WHERE o.lacks IS NULL AND o.lacks_pieces > 0 AND o.state = 'exception' AND "
        "EXISTS"
        " (SELECT 1 FROM site t WHERE " HEARD " AND " ALLOWED " AND NOT EXISTS (SELECT 1 FROM (SELECT l.sku,"
        " sum(l.quantity - l.refunded) AS pieces FROM order_line l WHERE l.number = o.number AND l.quantity >"
        " l.refunded GROUP BY l.sku) w WHERE " LEFT " < w.pieces)) ORDER BY " IN_TURN " LIMIT ?1",
        sql_int(most), sql_int(office->now_us), sql_int(silent_hours));
    int result = 0;
    while (!result && sql_next(row))
        result = take(user, sql_get_text(row, 0));
    int failed = sql_done(row);
    return result ? result : failed;
}

/* The next item that orders wait for, in the order of their SKUs; "": that was the last. */
static int next_lacked(struct office *office, char sku[SKU_SIZE])
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT lacks FROM orders WHERE lacks > ?1 AND state IN ('exception', 'audit') ORDER BY lacks LIMIT 1",
        sql_text(sku));
    bool found = sql_next(row);
    if (found)
        sql_copy_text(row, 0, sku, SKU_SIZE);
    else
        *sku = '\0';
    return sql_done(row);
}

int promises_wanted(struct office *office, int64_t silent_hours, int64_t most,
                    int (*take)(void *user, const char *number), void *user)
{
    char sku[SKU_SIZE] = "";
    int result = next_lacked(office, sku);
    while (!result && *sku) {
        result = want_item(office, sku, silent_hours, most, take, user);
        if (!result)
            result = next_lacked(office, sku);
    }
    return result ? result : want_whole(office, silent_hours, most, take, user);
}
