#include "sync/head-office/stock/promises.h"
#include "base/defect.h"

#include "sync/head-office/stock/promises_sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CANDIDATES_MAX 64

struct candidate {
    char site[WIRE_NAME_SIZE];
    int64_t rank, capacity, busy; /* busy: orders there, in shares of a thousand of what it can do at a time */
};

/* ---------------------------------------------------------------- locks */

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

struct skus {
    char (*list)[SKU_SIZE];
    size_t count, room;
};

static void skus_done(struct skus *skus)
{
    free(skus->list);
}
#define CLEANUP_SKUS CLEANUP(skus_done)

static int add_skus(struct office *office, const char *number, struct skus *skus)
{
    struct sql_query *row = sql_select(
        office->sql, "SELECT DISTINCT sku FROM order_line WHERE number = ?1 AND sku IS NOT NULL", sql_text(number));
    bool fits = true;
    while (fits && sql_next(row)) {
        if (skus->count == skus->room) {
            size_t room = skus->room > 0 ? skus->room * 2 : 64;
            void *list = reallocarray(skus->list, room, sizeof(*skus->list));
            fits = list != NULL;
            skus->list = fits ? list : skus->list;
            skus->room = fits ? room : skus->room;
        }
        if (fits)
            sql_copy_text(row, 0, skus->list[skus->count++], SKU_SIZE);
    }
    int failed = sql_done(row);
    return fits ? failed : -ENOMEM;
}

static int by_bytes(const void *one, const void *other)
{
    return strcmp(one, other);
}

int promises_lock(struct office *office, const char (*numbers)[65], size_t count)
{
    CLEANUP_SKUS struct skus skus = {0};
    int result = 0;
    for (size_t i = 0; i < count && !result; i++)
        result = add_skus(office, numbers[i], &skus);
    if (skus.count > 1)
        qsort(skus.list, skus.count, sizeof(*skus.list), by_bytes);
    for (size_t i = 0; i < skus.count && !result; i++) {
        if (i > 0 && strcmp(skus.list[i], skus.list[i - 1]) == 0)
            continue;
        struct sql_query *row =
            sql_select(office->sql, "SELECT sku FROM item WHERE sku = ?1" SQL_FOR_UPDATE, sql_text(skus.list[i]));
        sql_next(row);
        result = sql_done(row);
    }
    return result;
}

/* ---------------------------------------------------------------- choosing a site */

static int check_mapped(struct office *office, const char *number, struct error *error)
{
    int64_t lines;
    int result = sql_number(office->sql, &lines,
                            "SELECT count(*) FROM order_line WHERE number = ?1 AND sku IS NULL AND quantity > refunded",
                            sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    if (lines == 0)
        return 0;
    result = sql_run(office->sql, "UPDATE orders SET lacks = NULL, lacks_pieces = 0 WHERE number = ?1",
                     sql_text(number)); /* it waits for that, and not for stock */
    return result ? office_failed(office->sql, result, error)
                  : error_set(error, -EINVAL, "order \"%s\" has lines whose item is not known: map them first", number);
}

/* The sites that have all of it, the nearest first. */
static int find_sites(struct office *office, const char *number, int64_t silent_hours, struct candidate *out,
                      size_t *ret_count)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT t.id, coalesce(near.rank, elsewhere.rank, 1000) AS far, t.capacity FROM site t JOIN orders o"
                   " ON o.number = ?1"
                   " LEFT JOIN site_region near ON near.site = t.id AND near.province = o.province AND o.province <> ''"
                   " LEFT JOIN site_region elsewhere ON elsewhere.site = t.id AND elsewhere.province = ''"
                   " WHERE " HEARD " AND " ALLOWED " AND NOT EXISTS (SELECT 1 FROM " WANTED " WHERE " LEFT
                   " < w.pieces) ORDER BY far, t.id",
                   sql_text(number), sql_int(office->now_us), sql_int(silent_hours));
    size_t count = 0;
    while (sql_next(row) && count < CANDIDATES_MAX) {
        sql_copy_text(row, 0, out[count].site, sizeof(out[count].site));
        out[count].rank = sql_get_int(row, 1);
        out[count].capacity = sql_get_int(row, 2);
        out[count++].busy = 0;
    }
    *ret_count = count;
    return sql_done(row);
}

static int load_busy(struct office *office, struct candidate *candidate)
{
    int64_t orders;
    int result = sql_number(office->sql, &orders,
                            "SELECT count(*) FROM orders WHERE site = ?1 AND state IN ('reserved', 'released',"
                            " 'received', 'allocated', 'picking', 'short', 'parked')",
                            sql_text(candidate->site));
    if (!result)
        candidate->busy = orders * 1000 / (candidate->capacity > 0 ? candidate->capacity : 1000);
    return result;
}

static bool is_full(const struct candidate *candidate)
{
    return candidate->capacity > 0 && candidate->busy >= 1000;
}

static bool is_better(const struct candidate *one, const struct candidate *other)
{
    if (is_full(one) != is_full(other))
        return !is_full(one);
    return one->rank != other->rank ? one->rank < other->rank : one->busy < other->busy;
}

/* Only where there is a choice is it looked at how busy they are. */
static int choose(struct office *office, struct candidate *candidates, size_t count, const struct candidate **ret)
{
    const struct candidate *best = count > 0 ? &candidates[0] : NULL;
    int result = 0;
    for (size_t i = 0; i < count && count > 1 && !result; i++) {
        result = load_busy(office, &candidates[i]);
        if (is_better(&candidates[i], best))
            best = &candidates[i];
    }
    *ret = best;
    return result;
}

/* ---------------------------------------------------------------- promising */

static int hold(struct office *office, const char *number, const char *site, int64_t expires_us)
{
    int result =
        sql_run(office->sql,
                "INSERT INTO reservation (number, line, site, sku, quantity, left_open, expires_us)"
                " SELECT number, line, ?2, sku, quantity - refunded, CASE WHEN picked < quantity - refunded THEN"
                " quantity - refunded - picked ELSE 0 END, ?3 FROM order_line WHERE number = ?1 AND sku IS NOT"
                " NULL AND quantity > refunded ON CONFLICT (number, line) DO UPDATE SET"
                " site = excluded.site, sku = excluded.sku, quantity = excluded.quantity,"
                " left_open = excluded.left_open, expires_us = excluded.expires_us",
                sql_text(number), sql_text(site), sql_ref(expires_us));
    if (!result && DEFECT(24))
        result = promises_end(office->sql, number);
    return result
               ? result
               : sql_run(office->sql, "UPDATE orders SET site = ?2, lacks = NULL, lacks_pieces = 0 WHERE number = ?1",
                         sql_text(number), sql_text(site));
}

/* The order waits for one item, and is not tried again until there is enough of it; or for all of it at one site. */
static int lack(struct office *office, const char *number, int64_t silent_hours, struct promise *ret)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT w.sku, w.pieces FROM " WANTED " JOIN orders o ON o.number = ?1 WHERE NOT EXISTS (SELECT 1 FROM site t"
        " WHERE " HEARD " AND " ALLOWED " AND " LEFT " >= w.pieces) ORDER BY w.sku LIMIT 1",
        sql_text(number), sql_int(office->now_us), sql_int(silent_hours));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, ret->lacks, sizeof(ret->lacks));
        ret->lacks_pieces = sql_get_int(row, 1);
    }
    int result = sql_done(row);
    if (!result && !found)
        result = sql_number(office->sql, &ret->lacks_pieces,
                            "SELECT sum(quantity - refunded) FROM order_line WHERE number = ?1", sql_text(number));
    return result ? result
                  : sql_post(office->sql, "UPDATE orders SET lacks = ?2, lacks_pieces = ?3 WHERE number = ?1",
                             sql_text(number), sql_text(found ? ret->lacks : NULL), sql_int(ret->lacks_pieces));
}

/* -ENOENT: it has none, or one of other lines than it has now, which is given back. */
static int find_promise(struct office *office, const char *number, struct promise *ret)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT r.site, (SELECT count(*) FROM order_line l LEFT JOIN reservation x ON x.number = l.number AND x.line ="
        " l.line AND x.sku = l.sku AND x.quantity = l.quantity - l.refunded AND x.site = r.site WHERE"
        " l.number = ?1 AND l.quantity > l.refunded AND x.number IS NULL) FROM reservation r WHERE r.number = ?1 LIMIT "
        "1",
        sql_text(number));
    bool found = sql_next(row), same = found && sql_get_int(row, 1) == 0;
    if (same)
        sql_copy_text(row, 0, ret->site, sizeof(ret->site));
    int result = sql_done(row);
    if (!result && found && !same)
        result = promises_free(office, number);
    return result ? result : same ? 0 : -ENOENT;
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

int promises_at(struct office *office, const char *number, const char *site)
{
    return hold(office, number, site, 0);
}

int promises_sites(struct office *office, const char *number, int64_t silent_hours, char (*out)[WIRE_NAME_SIZE],
                   size_t room, size_t *ret_count)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT t.id, coalesce(near.rank, elsewhere.rank, 1000) AS far FROM site t JOIN orders o ON o.number"
                   " = ?1 LEFT JOIN site_region near ON near.site = t.id AND near.province = o.province AND o.province"
                   " <> '' LEFT JOIN site_region elsewhere ON elsewhere.site = t.id AND elsewhere.province = ''"
                   " WHERE " HEARD " AND " ALLOWED " ORDER BY far, t.id",
                   sql_text(number), sql_int(office->now_us), sql_int(silent_hours));
    size_t count = 0;
    while (count < room && sql_next(row))
        sql_copy_text(row, 0, out[count++], WIRE_NAME_SIZE);
    *ret_count = count;
    return sql_done(row);
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

int promises_left(struct office *office, const char *site, const char *sku, int64_t *ret)
{
    return sql_number(office->sql, ret, "SELECT " LEFT " FROM site t JOIN item w ON w.sku = ?2 WHERE t.id = ?1",
                      sql_text(site), sql_text(sku));
}
