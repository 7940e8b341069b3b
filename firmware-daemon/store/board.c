#include "store/board.h"

#include "base/clock.h"
#include "base/json.h"
#include "store/ledger.h"
#include "store/query_words.h"

#include <errno.h>

#define MINUTE_US INT64_C(60000000)
#define HOUR_US   (60 * MINUTE_US)
#define STEPS_MAX 3000000 /* a third of a second of a small box: some 100,000 open orders */
#define ROWS_MAX  "6"     /* of one kind that waits; the rest is on its page */

static void write_time(struct buf *json, const char *key, int64_t wall_us)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(wall_us, text);
    json_text(json, key, wall_us ? text : NULL);
}

/* ---------------------------------------------------------------- orders */

/* late: its cut-off is over; soon: it comes within the hour. */
static const char open_orders[] =
    "SELECT state, carrier, count(*), sum(due_us <> 0 AND due_us < ?1), sum(due_us >= ?1 AND due_us < ?2), "
    "coalesce(min(iif(due_us >= ?1, due_us, NULL)), 0) FROM orders WHERE state IN ('received', 'allocated', 'picking', "
    "'picked', 'packing', 'labelled', 'parked') AND cancelled = 0 GROUP BY state, carrier ORDER BY carrier";

static int write_orders(struct store *store, int64_t now_us, struct buf *json)
{
    CLEANUP_BUF struct buf rows = {0};
    struct sql_query *query = sql_select_once(
        store->sql, open_orders, (struct sql_value[]){sql_int(now_us), sql_int(now_us + HOUR_US), {0}}, STEPS_MAX);
    json_open_array(&rows, NULL);
    while (sql_next(query)) {
        json_open_object(&rows, NULL);
        json_text(&rows, "state", sql_get_text(query, 0));
        json_text(&rows, "carrier", sql_get_text(query, 1));
        json_int(&rows, "orders", sql_get_int(query, 2));
        json_int(&rows, "late", sql_get_int(query, 3));
        json_int(&rows, "soon", sql_get_int(query, 4));
        write_time(&rows, "due", sql_get_int(query, 5));
        json_close_object(&rows);
    }
    json_close_array(&rows);
    int result = sql_done(query);
    json_raw(json, "orders", result ? "null" : buf_text(&rows));
    return result == -ETIME ? 0 : result;
}

/* ---------------------------------------------------------------- people */

/* What each has done in each minute of the last hour, and up to which move that is known: a board reads what came since
 * the one before it, not the hour. In memory; what was taken back counts against. */
int board_start(struct store *store, struct error *error)
{
    return sql_script(
        store->sql,
        "CREATE TEMP TABLE work_done (minute INTEGER NOT NULL, worker INTEGER NOT NULL, pieces INTEGER NOT "
        "NULL, last INTEGER NOT NULL, PRIMARY KEY (minute, worker)) WITHOUT ROWID;"
        "CREATE TEMP TABLE work_known (move INTEGER NOT NULL); INSERT INTO work_known VALUES (0)",
        error);
}

static const char follow[] =
    "INSERT INTO work_done SELECT wall_us / 60000000, worker, sum(iif(reverses IS NULL, quantity, -quantity)), "
    "max(wall_us) FROM move WHERE id > ?1 AND id <= ?2 AND worker IS NOT NULL AND reason IN ('receive', 'putaway', "
    "'replenish', 'pick', 'sow', 'pack', 'return', 'grade') GROUP BY 1, 2 ON CONFLICT DO UPDATE SET pieces = pieces + "
    "excluded.pieces, last = max(last, excluded.last)";

static int follow_work(struct store *store, int64_t since_us)
{
    int64_t known, newest, before;
    int result = sql_number(store->sql, &known, "SELECT move FROM work_known", SQL_NO_VALUES);
    if (!result)
        result = sql_number(store->sql, &newest, "SELECT coalesce(max(id), 0) FROM move", SQL_NO_VALUES);
    if (!result)
        result = ledger_before(store, since_us, &before);
    if (!result)
        result = sql_run(store->sql, follow, sql_int(known > before ? known : before), sql_int(newest));
    if (!result)
        result = sql_run(store->sql, "UPDATE work_known SET move = ?1", sql_int(newest));
    if (!result)
        result = sql_run(store->sql, "DELETE FROM work_done WHERE minute < ?1", sql_int(since_us / MINUTE_US));
    return result;
}

static const char at_work[] =
    "WITH hour AS MATERIALIZED (SELECT worker, sum(pieces) AS pieces, max(last) AS last FROM work_done GROUP BY "
    "worker) "
    "SELECT w.code, w.name, s.station, s.step, (SELECT number FROM orders WHERE id = s.order_id), "
    "(SELECT line ->> '$.time' FROM journal WHERE subject = 'worker/' || w.code AND type = 'worker.signed_in' ORDER BY "
    "seq DESC LIMIT 1), coalesce(h.pieces, 0), coalesce(h.last, 0) FROM session s JOIN worker w ON w.id = s.worker "
    "LEFT JOIN hour h ON h.worker = w.id WHERE s.station IS NOT NULL OR s.step <> 'menu' "
    "ORDER BY s.station IS NULL, s.station LIMIT 200";

static const char *text_or_null(struct sql_query *query, int column)
{
    return sql_get_null(query, column) ? NULL : sql_get_text(query, column);
}

static int write_workers(struct store *store, int64_t now_us, struct buf *json)
{
    int result = follow_work(store, now_us - HOUR_US);
    if (result)
        return result;
    struct sql_query *query = sql_select_values(store->sql, at_work, (struct sql_value[]){{0}});
    json_open_array(json, "workers");
    while (sql_next(query)) {
        json_open_object(json, NULL);
        json_text(json, "worker", sql_get_text(query, 0));
        json_text(json, "name", sql_get_text(query, 1));
        json_text(json, "station", text_or_null(query, 2));
        json_text(json, "step", sql_get_text(query, 3));
        json_text(json, "order", text_or_null(query, 4));
        json_text(json, "since", text_or_null(query, 5));
        json_int(json, "pieces", sql_get_int(query, 6));
        write_time(json, "last", sql_get_int(query, 7));
        json_close_object(json);
    }
    json_close_array(json);
    return sql_done(query);
}

/* ---------------------------------------------------------------- what waits */

/* Each: the code of its row, what is known of it, and of how many this is one. Of print jobs the newest are looked at.
 */
#define NEWEST_JOBS "id > (SELECT coalesce(max(id), 0) - 2000 FROM print_job)"

static const struct {
    const char *kind, *sql;
} waiting[] = {
    {"parked_order", "SELECT number, reason, count(*) OVER () FROM orders WHERE state = 'parked' AND cancelled = 0 "
                     "ORDER BY priority DESC, id LIMIT " ROWS_MAX},
    {"short_order",
     "SELECT " SKU_OF("lacks") ", count(*), sum(count(*)) OVER () FROM orders WHERE state = 'received' "
                               "AND cancelled = 0 AND lacks <> 0 GROUP BY lacks ORDER BY 2 DESC LIMIT " ROWS_MAX},
    {"cancelled_order",
     "SELECT number, state, count(*) OVER () FROM orders WHERE cancelled = 1 AND state IN ('picking', "
     "'picked', 'packing', 'labelled', 'parked') ORDER BY id LIMIT " ROWS_MAX},
    {"count", "SELECT id, " LOCATION_OF("location") ", count(*) OVER () FROM stock_count WHERE state = 'review' "
                                                    "ORDER BY priority DESC, id LIMIT " ROWS_MAX},
    {"print_job", "SELECT id, iif(reason <> '', reason, state), count(*) OVER () FROM print_job WHERE " NEWEST_JOBS
                  " AND state IN ('unknown', 'failed') ORDER BY id DESC LIMIT " ROWS_MAX},
    {"parcel",
     "SELECT " PARCEL_OF("p.id") ", (SELECT carrier FROM orders WHERE id = p.order_id), count(*) OVER () "
                                 "FROM parcel p WHERE p.waiting IS NOT NULL ORDER BY p.waiting LIMIT " ROWS_MAX},
    {"parked_change", "SELECT feed_seq, why, count(*) OVER () FROM parked ORDER BY feed_seq DESC LIMIT " ROWS_MAX},
    {"wave", "SELECT number, kind, count(*) OVER () FROM wave WHERE state = 'draft' ORDER BY id LIMIT " ROWS_MAX},
};

static int write_kind(struct store *store, const char *kind, const char *sql, struct buf *json)
{
    CLEANUP_BUF struct buf rows = {0};
    struct sql_query *query = sql_select_once(store->sql, sql, (struct sql_value[]){{0}}, STEPS_MAX);
    int64_t count = 0;
    json_open_array(&rows, NULL);
    while (sql_next(query)) {
        json_open_object(&rows, NULL);
        json_text(&rows, "code", sql_get_text(query, 0));
        json_text(&rows, "why", sql_get_text(query, 1));
        json_close_object(&rows);
        count = sql_get_int(query, 2);
    }
    json_close_array(&rows);
    int result = sql_done(query);
    if (result || count == 0)
        return result == -ETIME ? 0 : result;
    json_open_object(json, NULL);
    json_text(json, "kind", kind);
    json_int(json, "count", count);
    json_raw(json, "rows", buf_text(&rows));
    json_close_object(json);
    return rows.failed ? -ENOMEM : 0;
}

int board_write(struct store *store, int64_t now_us, struct buf *json)
{
    int result = write_orders(store, now_us, json);
    if (!result)
        result = write_workers(store, now_us, json);
    json_open_array(json, "waiting");
    for (size_t i = 0; i < COUNT(waiting) && !result; i++)
        result = write_kind(store, waiting[i].kind, waiting[i].sql, json);
    json_close_array(json);
    return result;
}
