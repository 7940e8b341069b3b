#include "sync/head-office/stock/promises.h"
#include "base/defect.h"

#include "sync/head-office/stock/promises_sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct candidate {
    char site[WIRE_NAME_SIZE];
    int64_t rank, capacity, busy; /* busy: orders there, in shares of a thousand of what it can do at a time */
};

/* ---------------------------------------------------------------- locks */

/* Who promises of an item waits here for whoever does so too; always in the same order, so nobody waits for ever. The
 * locks are taken before the next statement looks at anything. */
static int lock_items(struct office *office, const char *number)
{
    return sql_post(office->sql,
                    "SELECT sku FROM item WHERE sku IN (SELECT sku FROM order_line WHERE number = ?1)"
                    " ORDER BY sku" SQL_FOR_UPDATE,
                    sql_text(number));
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

/* Of so many orders at a time: there is a way to the database and back for each question. */
#define NUMBERS_ASKED 16

static int add_skus(struct office *office, const char (*numbers)[65], size_t count, struct skus *skus)
{
    struct sql_value values[NUMBERS_ASKED + 1] = {{0}};
    for (size_t i = 0; i < NUMBERS_ASKED; i++)
        values[i] = sql_text(numbers[i < count ? i : 0]);
    struct sql_query *row = sql_select_values(
        office->sql,
        "SELECT DISTINCT sku FROM order_line WHERE number IN (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
        " ?11, ?12, ?13, ?14, ?15, ?16) AND sku IS NOT NULL",
        values);
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
    for (size_t i = 0; i < count && !result; i += NUMBERS_ASKED)
        result = add_skus(office, numbers + i, count - i, &skus);
    if (skus.count > 1)
        qsort(skus.list, skus.count, sizeof(*skus.list), by_bytes);
    for (size_t i = 0; i < skus.count && !result; i++) {
        if (i > 0 && strcmp(skus.list[i], skus.list[i - 1]) == 0)
            continue;
        result = sql_post(office->sql, "SELECT sku FROM item WHERE sku = ?1" SQL_FOR_UPDATE, sql_text(skus.list[i]));
    }
    return result;
}

/* ---------------------------------------------------------------- choosing a site */

/* It waits for that, and not for stock. */
static int refuse_unmapped(struct office *office, const char *number, struct error *error)
{
    int result =
        sql_run(office->sql, "UPDATE orders SET lacks = NULL, lacks_pieces = 0 WHERE number = ?1", sql_text(number));
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
    while (sql_next(row) && count < PROMISES_SITES_MAX) {
        sql_copy_text(row, 0, out[count].site, sizeof(out[count].site));
        out[count].rank = sql_get_int(row, 1);
        out[count].capacity = sql_get_int(row, 2);
        out[count++].busy = 0;
    }
    *ret_count = count;
    return sql_done(row);
}

static int count_orders(struct office *office, const char *site, int64_t *ret)
{
    return sql_number(office->sql, ret,
                      "SELECT count(*) FROM orders WHERE site = ?1 AND state IN ('reserved', 'released',"
                      " 'received', 'allocated', 'picking', 'short', 'parked')",
                      sql_text(site));
}

/* NULL: nothing is remembered of it. */
static int64_t *find_load(struct promise_loads *loads, const char *site)
{
    for (size_t i = 0; loads && i < loads->count; i++)
        if (strcmp(loads->list[i].site, site) == 0)
            return &loads->list[i].orders;
    return NULL;
}

static void remember(struct promise_loads *loads, const char *site, int64_t orders)
{
    if (!loads || loads->count == PROMISES_SITES_MAX)
        return;
    memcpy(loads->list[loads->count].site, site, WIRE_NAME_SIZE);
    loads->list[loads->count++].orders = orders;
}

static int load_busy(struct office *office, struct candidate *candidate)
{
    const int64_t *known = find_load(office->loads, candidate->site);
    int64_t orders = known ? *known : 0;
    int result = known ? 0 : count_orders(office, candidate->site, &orders);
    if (!result && !known)
        remember(office->loads, candidate->site, orders);
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

/* Two are as near, or one may be full. Candidates come in the order of their ranks. */
static bool is_busy_asked(const struct candidate *candidates, size_t count)
{
    bool asked = count > 1 && candidates[0].rank == candidates[1].rank;
    for (size_t i = 0; i < count && count > 1; i++)
        asked |= candidates[i].capacity > 0;
    return asked;
}

/* To count is slow: a site may have ten thousand orders. */
static int choose(struct office *office, struct candidate *candidates, size_t count, const struct candidate **ret)
{
    const struct candidate *best = count > 0 ? &candidates[0] : NULL;
    int result = 0;
    for (size_t i = 0; i < count && is_busy_asked(candidates, count) && !result; i++) {
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
    int64_t *load = find_load(office->loads, site);
    if (load)
        ++*load;
    int result =
        sql_post(office->sql,
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
               : sql_post(office->sql, "UPDATE orders SET site = ?2, lacks = NULL, lacks_pieces = 0 WHERE number = ?1",
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

struct standing {
    int64_t unmapped;          /* lines */
    char site[WIRE_NAME_SIZE]; /* where it is promised; "" nowhere */
    bool same;                 /* the very lines that it has now */
};

/* How the order stands, in one question. */
static int load_standing(struct office *office, const char *number, struct standing *ret)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT (SELECT count(*) FROM order_line WHERE number = ?1 AND sku IS NULL AND quantity > refunded),"
        " r.site, (SELECT count(*) FROM order_line l LEFT JOIN reservation x ON x.number = l.number AND x.line ="
        " l.line AND x.sku = l.sku AND x.quantity = l.quantity - l.refunded AND x.site = r.site WHERE"
        " l.number = ?1 AND l.quantity > l.refunded AND x.number IS NULL) FROM (SELECT 1 AS one) o LEFT JOIN (SELECT"
        " site FROM reservation WHERE number = ?1 LIMIT 1) r ON 1 = 1",
        sql_text(number));
    *ret = (struct standing){0};
    if (sql_next(row)) {
        ret->unmapped = sql_get_int(row, 0);
        sql_copy_text(row, 1, ret->site, sizeof(ret->site));
        ret->same = *ret->site && sql_get_int(row, 2) == 0;
    }
    return sql_done(row);
}

/* Paid meanwhile, perhaps. */
static int keep(struct office *office, const char *number, int64_t expires_us)
{
    return sql_post(office->sql, "UPDATE reservation SET expires_us = ?2 WHERE number = ?1", sql_text(number),
                    sql_ref(expires_us));
}

static int make(struct office *office, const char *number, int64_t expires_us, int64_t silent_hours,
                struct promise *ret)
{
    struct candidate candidates[PROMISES_SITES_MAX];
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
    struct standing standing;
    *ret = (struct promise){0};
    int result = load_standing(office, number, &standing);
    if (!result && standing.unmapped > 0)
        return refuse_unmapped(office, number, error);
    if (!result && standing.same) {
        memcpy(ret->site, standing.site, sizeof(ret->site));
        result = keep(office, number, expires_us);
        return result ? office_failed(office->sql, result, error) : 0;
    }
    if (!result && *standing.site)
        result = promises_free(office, number);
    if (!result)
        result = lock_items(office, number);
    if (!result)
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
