#include "store/counted.h"

#include "base/json.h"

#include <errno.h>

/* The place, the round and the beginning of the count ?1. */
#define THIS       "(SELECT * FROM stock_count WHERE id = ?1) s"
#define THIS_ROUND "c.stock_count = s.id AND c.round = s.round"

int counted_add(struct store *store, const struct counted *counted)
{
    return sql_run(
        store->sql, /* a piece with a number is one of its own: here by the books, or not */
        "INSERT INTO counted (stock_count, round, item, lot, serial, seq, quantity, book, worker) "
        "SELECT s.id, s.round, ?2, ?3, ?4, ?5, ?6, iif(?4 = '', "
        "coalesce((SELECT quantity FROM balance WHERE item = ?2 AND location = s.location AND lpn = 0 AND lot = ?3), "
        "0), (SELECT count(*) FROM serial WHERE item = ?2 AND code = ?4 AND location = s.location AND lpn = 0)), ?7 "
        "FROM " THIS,
        sql_int(counted->count), sql_int(counted->item), sql_int(counted->lot), sql_text(counted->serial),
        sql_int(counted->seq), sql_int(counted->quantity), sql_int(store->stamp.worker));
}

int counted_take_back(struct store *store, int64_t count, int64_t seq)
{
    int result =
        sql_run(store->sql, "DELETE FROM counted WHERE stock_count = ?1 AND seq = ?2", sql_int(count), sql_int(seq));
    return result ? result
                  : sql_run(store->sql, "DELETE FROM count_window WHERE stock_count = ?1 AND since = ?2",
                            sql_int(count), sql_int(seq));
}

bool counted_serial(struct store *store, int64_t count, int64_t item, const char *serial)
{
    int64_t one;
    return sql_number(store->sql, &one,
                      "SELECT 1 FROM count_result c, " THIS " WHERE " THIS_ROUND
                      " AND c.item = ?2 AND c.serial = ?3 LIMIT 1",
                      sql_int(count), sql_int(item), sql_text(serial)) == 0;
}

int counted_pieces(struct store *store, int64_t count, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT sum(c.quantity) FROM count_result c, " THIS " WHERE " THIS_ROUND,
                      sql_int(count));
}

/* Since when the item counts, and whether it was moved since. */
#define SINCE                                                                                                          \
    "max(s.seq, coalesce((SELECT max(w.since) FROM count_window w WHERE w.stock_count = s.id AND w.round = s.round "   \
    "AND w.item = i.id), 0))"
#define MOVED                                                                                                          \
    "EXISTS (SELECT 1 FROM move m WHERE m.seq > " SINCE " AND m.item = i.id AND ((m.from_location = s.location AND "   \
    "m.from_lpn = 0) OR (m.to_location = s.location AND m.to_lpn = 0)))"

int counted_touched(struct store *store, int64_t count, int64_t item, bool *ret)
{
    int64_t touched;
    int result = sql_number(store->sql, &touched, "SELECT " MOVED " FROM " THIS ", item i WHERE i.id = ?2",
                            sql_int(count), sql_int(item));
    if (!result)
        *ret = touched != 0;
    return result;
}

int counted_restart(struct store *store, int64_t count, int64_t item, int64_t seq, bool again)
{
    return sql_run(store->sql,
                   "INSERT INTO count_window (stock_count, round, item, since, again) "
                   "SELECT s.id, s.round, ?2, ?3, ?4 FROM " THIS,
                   sql_int(count), sql_int(item), sql_int(seq), sql_int(again));
}

/* Candidates are what was moved since the round began, and what is to be scanned again. Not scanned, it is unsure when
 * it was moved or is to be scanned again; scanned, when it was moved and differs: a picker takes a piece before the
 * books hear of it, so the difference may be his. */
int counted_unsure(struct store *store, int64_t count, int64_t *ret)
{
    return sql_number(
        store->sql, ret,
        "SELECT i.id FROM " THIS ", item i WHERE (s.item IS NULL OR i.id = s.item) AND i.id IN (SELECT m.item FROM "
        "move m WHERE m.seq > s.seq AND s.location IN (m.from_location, m.to_location) UNION SELECT w.item FROM "
        "count_window w WHERE w.stock_count = s.id AND w.round = s.round) "
        "AND iif(EXISTS (SELECT 1 FROM count_result c WHERE " THIS_ROUND " AND c.item = i.id), "
        "EXISTS (SELECT 1 FROM count_result c WHERE " THIS_ROUND
        " AND c.item = i.id AND c.quantity <> c.book) AND " MOVED ", " MOVED
        " OR (SELECT w.again FROM count_window w WHERE w.stock_count = s.id AND w.round = s.round AND "
        "w.item = i.id ORDER BY w.since DESC LIMIT 1) = 1) ORDER BY i.id LIMIT 1",
        sql_int(count));
}

int counted_finish(struct store *store, int64_t count, int64_t seq)
{
    int result = sql_run(
        store->sql,
        "INSERT INTO counted (stock_count, round, item, lot, seq, quantity, book, worker) "
        "SELECT s.id, s.round, b.item, b.lot, ?2, 0, b.quantity, ?3 FROM " THIS
        " JOIN balance b ON b.location = s.location AND b.lpn = 0 AND b.physical = 1 AND b.quantity > 0 "
        "JOIN item i ON i.id = b.item WHERE (s.item IS NULL OR b.item = s.item) AND i.serials <> 'all' AND NOT EXISTS "
        "(SELECT 1 FROM count_result c WHERE " THIS_ROUND " AND c.item = b.item AND c.lot = b.lot)",
        sql_int(count), sql_int(seq), sql_int(store->stamp.worker));
    if (result)
        return result;
    return sql_run(
        store->sql,
        "INSERT INTO counted (stock_count, round, item, lot, serial, seq, quantity, book, worker) "
        "SELECT s.id, s.round, n.item, n.lot, n.code, ?2, 0, 1, ?3 FROM " THIS
        " JOIN serial n ON n.item IN (SELECT b.item FROM balance b WHERE b.location = s.location AND b.physical = 1 "
        "AND b.lpn = 0) AND n.location = s.location AND n.lpn = 0 JOIN item i ON i.id = n.item WHERE "
        "(s.item IS NULL OR n.item = s.item) AND i.serials = 'all' AND NOT EXISTS "
        "(SELECT 1 FROM count_result c WHERE " THIS_ROUND " AND c.item = n.item AND c.serial = n.code)",
        sql_int(count), sql_int(seq), sql_int(store->stamp.worker));
}

/* ---------------------------------------------------------------- what differs */

int count_difference(struct store *store, int64_t count, struct count_difference *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT coalesce(sum(abs(c.quantity - c.book)), 0), coalesce(sum(abs(c.quantity - c.book) * i.cost_minor), 0) "
        "FROM " THIS " JOIN count_result c ON " THIS_ROUND " JOIN item i ON i.id = c.item",
        sql_int(count));
    if (sql_next(query))
        *ret = (struct count_difference){sql_get_int(query, 0), sql_get_int(query, 1)};
    return sql_done(query);
}

#define DIFFERENCES(round)                                                                                             \
    "SELECT c.item, c.lot, c.serial, c.quantity - c.book FROM count_result c WHERE c.stock_count = s.id AND c.round "  \
    "= " round " AND c.quantity <> c.book "

int count_agrees(struct store *store, int64_t count, bool *ret)
{
    int64_t rounds;
    int result = sql_number(store->sql, &rounds,
                            "SELECT count(*) FROM " THIS
                            " JOIN (SELECT DISTINCT round FROM counted WHERE stock_count = ?1) r ON "
                            "r.round < s.round WHERE NOT EXISTS (" DIFFERENCES("r.round") "EXCEPT " DIFFERENCES(
                                "s.round") ") AND NOT "
                                           "EXISTS (" DIFFERENCES("s.round") "EXCEPT " DIFFERENCES("r.round") ")",
                            sql_int(count));
    if (!result)
        *ret = rounds > 0;
    return result;
}

int count_write(struct store *store, int64_t count, bool all, struct buf *json)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT i.sku, t.code, c.serial, c.quantity, c.book FROM " THIS " JOIN count_result c ON " THIS_ROUND
                   " JOIN item i ON i.id = c.item JOIN lot t ON t.id = c.lot WHERE ?2 OR c.quantity <> c.book "
                   "ORDER BY i.sku, t.code, c.serial",
                   sql_int(count), sql_int(all));
    json_open_array(json, "lines");
    while (sql_next(query)) {
        json_open_object(json, NULL);
        json_text(json, "sku", sql_get_text(query, 0));
        if (*sql_get_text(query, 1))
            json_text(json, "lot", sql_get_text(query, 1));
        if (*sql_get_text(query, 2))
            json_text(json, "serial", sql_get_text(query, 2));
        json_int(json, "counted", sql_get_int(query, 3));
        json_int(json, "book", sql_get_int(query, 4));
        json_close_object(json);
    }
    json_close_array(json);
    return sql_done(query);
}

int count_variance_after(struct store *store, int64_t count, struct count_variance *variance)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT c.item, c.lot, c.quantity - c.book, c.serial FROM " THIS " JOIN count_result c ON " THIS_ROUND
        " WHERE c.quantity <> c.book AND (c.item, c.lot, c.serial) > (?2, ?3, ?4) ORDER BY c.item, c.lot, c.serial "
        "LIMIT 1",
        sql_int(count), sql_int(variance->item), sql_int(variance->lot), sql_text(variance->serial));
    bool found = sql_next(query);
    if (found) {
        *variance = (struct count_variance){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2), ""};
        sql_copy_text(query, 3, variance->serial, sizeof(variance->serial));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int count_can_post(struct store *store, int64_t count, bool *ret)
{
    int64_t faults;
    int result = sql_number(
        store->sql, &faults,
        "SELECT count(*) FROM " THIS " JOIN count_result c ON " THIS_ROUND
        " LEFT JOIN balance b ON b.item = c.item AND b.location = s.location AND b.lpn = 0 AND b.lot = c.lot "
        "LEFT JOIN serial n ON n.item = c.item AND n.code = c.serial AND c.serial <> '' WHERE c.quantity <> c.book AND "
        "CASE WHEN c.serial = '' THEN coalesce(b.quantity, 0) + c.quantity - c.book < 0 "
        "WHEN c.quantity < c.book THEN n.location IS NOT s.location OR n.lpn IS NOT 0 "
        "ELSE coalesce(n.location, ?2) <> ?2 END",
        sql_int(count), sql_int(LOCATION_ADJUST));
    if (!result)
        *ret = faults == 0;
    return result;
}

int counted_missing(struct store *store, int64_t count, int64_t *ret_item, int64_t *ret_quantity)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT b.item, sum(b.quantity) FROM " THIS " JOIN balance b ON b.location = s.location AND b.lpn = 0 AND "
        "b.physical = 1 AND b.quantity > 0 JOIN item i ON i.id = b.item WHERE (s.item IS NULL OR b.item = s.item) AND "
        "NOT EXISTS (SELECT 1 FROM count_result c WHERE " THIS_ROUND " AND c.item = b.item) GROUP BY b.item ORDER BY "
        "i.sku LIMIT 1",
        sql_int(count));
    bool found = sql_next(query);
    if (found) {
        *ret_item = sql_get_int(query, 0);
        *ret_quantity = sql_get_int(query, 1);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}
