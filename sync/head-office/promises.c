#include "sync/head-office/promises.h"

#include <errno.h>
#include <string.h>

/* Pieces that can be sold of a site t and an item w: in its good bins, less what it owes. */
#define LEFT                                                                                                           \
    "(SELECT coalesce(sum(s.quantity), 0) FROM stock s LEFT JOIN location l ON l.site = s.site AND l.code = "          \
    "s.location"                                                                                                       \
    " WHERE s.sku = w.sku AND s.site = t.id AND coalesce(l.kind, 'face') NOT IN ('damage', 'return', 'gate'))"         \
    " - (SELECT coalesce(sum(r.left_open), 0) FROM reservation r WHERE r.sku = w.sku AND r.site = t.id"                \
    " AND r.left_open > 0)"

/* What order ?1 wants, lines of one item together. */
#define WANTED "(SELECT sku, sum(quantity) AS pieces FROM order_line WHERE number = ?1 GROUP BY sku) w"

#define CANDIDATES_MAX 64

struct candidate {
    char site[WIRE_NAME_SIZE];
    int64_t rank, busy; /* busy: orders there, in shares of a thousand of what it can do at a time */
};

/* Who promises of an item waits here for whoever does so too; always in the same order, so nobody waits for ever. */
static int lock_items(struct office *office, const char *number)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT sku FROM item WHERE sku IN (SELECT sku FROM order_line WHERE number = ?1)"
                   " ORDER BY sku" SQL_FOR_UPDATE,
                   sql_text(number));
    while (sql_next(row))
        ;
    return sql_done(row);
}

static int check_mapped(struct office *office, const char *number, struct error *error)
{
    int64_t lines;
    int result = sql_number(office->sql, &lines, "SELECT count(*) FROM order_line WHERE number = ?1 AND sku IS NULL",
                            sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    return lines == 0
               ? 0
               : error_set(error, -EINVAL, "order \"%s\" has lines whose item is not known: map them first", number);
}

/* The sites that have all of it, the nearest first. */
static int find_sites(struct office *office, const char *number, int64_t silent_hours, struct candidate *out,
                      size_t *ret_count)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT t.id, coalesce(near.rank, elsewhere.rank, 1000) AS far FROM site t JOIN orders o ON o.number = ?1"
        " LEFT JOIN site_region near ON near.site = t.id AND near.province = o.province AND o.province <> ''"
        " LEFT JOIN site_region elsewhere ON elsewhere.site = t.id AND elsewhere.province = ''"
        " WHERE ?2 - coalesce(t.last_seen_us, 0) <= ?3 * 3600000000 AND NOT EXISTS (SELECT 1 FROM " WANTED
        " WHERE " LEFT " < w.pieces) ORDER BY far, t.id",
        sql_text(number), sql_int(office->now_us), sql_int(silent_hours));
    size_t count = 0;
    while (sql_next(row) && count < CANDIDATES_MAX) {
        sql_copy_text(row, 0, out[count].site, sizeof(out[count].site));
        out[count].rank = sql_get_int(row, 1);
        out[count++].busy = 0;
    }
    *ret_count = count;
    return sql_done(row);
}

static int load_busy(struct office *office, struct candidate *candidate)
{
    return sql_number(
        office->sql, &candidate->busy,
        "SELECT (SELECT count(*) FROM orders o WHERE o.site = t.id AND o.state IN ('reserved', 'released',"
        " 'received', 'allocated', 'picking', 'short', 'parked')) * 1000"
        " / CASE WHEN t.capacity > 0 THEN t.capacity ELSE 1000 END FROM site t WHERE t.id = ?1",
        sql_text(candidate->site));
}

/* The least busy of the nearest. Only where there is a choice is it looked at how busy they are. */
static int choose(struct office *office, struct candidate *candidates, size_t count, const struct candidate **ret)
{
    const struct candidate *best = count > 0 ? &candidates[0] : NULL;
    int result = 0;
    for (size_t i = 0; i < count && count > 1 && !result && candidates[i].rank == candidates[0].rank; i++) {
        result = load_busy(office, &candidates[i]);
        if (candidates[i].busy < best->busy)
            best = &candidates[i];
    }
    *ret = best;
    return result;
}

static int hold(struct office *office, const char *number, const char *site, int64_t expires_us)
{
    int result = sql_run(office->sql,
                         "INSERT INTO reservation (number, line, site, sku, quantity, left_open, expires_us)"
                         " SELECT number, line, ?2, sku, quantity, quantity - picked, ?3 FROM order_line"
                         " WHERE number = ?1 AND sku IS NOT NULL ON CONFLICT (number, line) DO UPDATE SET"
                         " site = excluded.site, sku = excluded.sku, quantity = excluded.quantity,"
                         " left_open = excluded.left_open, expires_us = excluded.expires_us",
                         sql_text(number), sql_text(site), sql_ref(expires_us));
    return result
               ? result
               : sql_run(office->sql, "UPDATE orders SET site = ?2, lacks = NULL, lacks_pieces = 0 WHERE number = ?1",
                         sql_text(number), sql_text(site));
}

/* The order waits for one item, and is not tried again until there is enough of it. */
static int lack(struct office *office, const char *number, int64_t silent_hours, struct promise *ret)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT w.sku, w.pieces FROM " WANTED " WHERE NOT EXISTS (SELECT 1 FROM site t WHERE"
        " ?2 - coalesce(t.last_seen_us, 0) <= ?3 * 3600000000 AND " LEFT " >= w.pieces) ORDER BY w.sku LIMIT 1",
        sql_text(number), sql_int(office->now_us), sql_int(silent_hours));
    if (sql_next(row)) {
        sql_copy_text(row, 0, ret->lacks, sizeof(ret->lacks));
        ret->lacks_pieces = sql_get_int(row, 1);
    }
    int result = sql_done(row);
    return result ? result
                  : sql_run(office->sql, "UPDATE orders SET lacks = ?2, lacks_pieces = ?3 WHERE number = ?1",
                            sql_text(number), sql_text(*ret->lacks ? ret->lacks : NULL), sql_int(ret->lacks_pieces));
}

/* -ENOENT: it has none. */
static int find_promise(struct office *office, const char *number, struct promise *ret)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT site FROM reservation WHERE number = ?1 LIMIT 1", sql_text(number));
    bool found = sql_next(row);
    if (found)
        sql_copy_text(row, 0, ret->site, sizeof(ret->site));
    int result = sql_done(row);
    return result ? result : found ? 0 : -ENOENT;
}

static int make(struct office *office, const char *number, int64_t expires_us, int64_t silent_hours,
                struct promise *ret)
{
    struct candidate candidates[CANDIDATES_MAX];
    const struct candidate *best = NULL;
    size_t count = 0;
    int result = find_sites(office, number, silent_hours, candidates, &count);
    if (!result)
        result = choose(office, candidates, count, &best);
    if (result)
        return result;
    if (!best)
        return lack(office, number, silent_hours, ret);
    memcpy(ret->site, best->site, sizeof(ret->site));
    return hold(office, number, best->site, expires_us);
}

int promises_make(struct office *office, const char *number, int64_t expires_us, int64_t silent_hours,
                  struct promise *ret, struct error *error)
{
    *ret = (struct promise){0};
    int result = check_mapped(office, number, error);
    if (result)
        return result;
    result = lock_items(office, number);
    if (!result)
        result = find_promise(office, number, ret);
    if (!result) /* paid meanwhile, perhaps */
        result = sql_run(office->sql, "UPDATE reservation SET expires_us = ?2 WHERE number = ?1", sql_text(number),
                         sql_ref(expires_us));
    else if (result == -ENOENT)
        result = make(office, number, expires_us, silent_hours, ret);
    return result ? office_failed(office->sql, result, error) : 0;
}

int promises_force(struct office *office, const char *number, const char *site)
{
    int result = lock_items(office, number);
    return result ? result : hold(office, number, site, 0);
}

int promises_end(struct sql *sql, const char *number)
{
    return sql_post(sql, "UPDATE reservation SET left_open = 0, expires_us = NULL WHERE number = ?1 AND left_open > 0",
                    sql_text(number));
}

int promises_free(struct office *office, const char *number)
{
    int result = sql_run(office->sql, "DELETE FROM reservation WHERE number = ?1", sql_text(number));
    return result ? result
                  : sql_run(office->sql,
                            "UPDATE orders SET site = NULL WHERE number = ?1 AND state IN ('pending_pay', 'audit',"
                            " 'exception', 'closed')",
                            sql_text(number));
}

int promises_expire(struct office *office, int64_t *ret_count, struct error *error)
{
    int64_t count = 0;
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT DISTINCT r.number FROM reservation r JOIN orders o USING (number)"
                                       " WHERE r.expires_us <= ?1 AND o.state = 'pending_pay' ORDER BY r.number",
                                       sql_int(office->now_us));
    int result = 0;
    for (; !result && sql_next(row); count++)
        result = promises_free(office, sql_get_text(row, 0));
    int failed = sql_done(row);
    if (!result)
        result = failed;
    *ret_count = count;
    return result ? office_failed(office->sql, result, error) : 0;
}

int promises_left(struct office *office, const char *site, const char *sku, int64_t *ret)
{
    return sql_number(office->sql, ret, "SELECT " LEFT " FROM site t JOIN item w ON w.sku = ?2 WHERE t.id = ?1",
                      sql_text(site), sql_text(sku));
}
