#include "store/stock_count.h"

#include <errno.h>

int stock_count_load(struct store *store, int64_t id, struct stock_count *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT location, item, priority, round, worker, seq, blind, source, state FROM stock_count WHERE id = ?1",
        sql_int(id));
    bool found = sql_next(query);
    if (found) {
        *ret = (struct stock_count){.id = id,
                                    .location = sql_get_int(query, 0),
                                    .item = sql_get_int(query, 1),
                                    .priority = sql_get_int(query, 2),
                                    .round = sql_get_int(query, 3),
                                    .worker = sql_get_int(query, 4),
                                    .seq = sql_get_int(query, 5),
                                    .blind = sql_get_int(query, 6) != 0};
        sql_copy_text(query, 7, ret->source, sizeof(ret->source));
        sql_copy_text(query, 8, ret->state, sizeof(ret->state));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int stock_count_plan(struct store *store, const struct stock_count *count, int64_t *ret)
{
    int result =
        sql_run(store->sql,
                "INSERT INTO stock_count (location, item, source, blind, priority) VALUES (?1, ?2, ?3, ?4, ?5) "
                "ON CONFLICT DO NOTHING",
                sql_int(count->location), sql_ref(count->item), sql_text(count->source), sql_int(count->blind),
                sql_int(count->priority));
    if (result)
        return result;
    if (sql_changes(store->sql)) {
        *ret = sql_last_id(store->sql);
        return 0;
    }
    *ret = 0;
    return sql_run(store->sql,
                   "UPDATE stock_count SET priority = max(priority, ?3) WHERE location = ?1 AND coalesce(item, 0) = ?2 "
                   "AND state IN ('planned', 'counting', 'recount', 'review')",
                   sql_int(count->location), sql_int(count->item), sql_int(count->priority));
}

#define WAITING        "state IN ('planned', 'recount') AND worker IS NULL "
#define NOT_BY(worker) "AND NOT EXISTS (SELECT 1 FROM counted x WHERE x.stock_count = c.id AND x.worker = " worker ") "

int stock_count_next(struct store *store, int64_t worker, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT c.id FROM stock_count c JOIN location l ON l.id = c.location WHERE c.state IN "
                      "('planned', 'counting', 'recount', 'review') AND " WAITING NOT_BY(
                          "?1") "ORDER BY c.priority DESC, c.skipped, l.walk, c.id LIMIT 1",
                      sql_int(worker));
}

int stock_count_waiting(struct store *store, int64_t worker, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT count(*) FROM stock_count c WHERE c.state IN "
                      "('planned', 'counting', 'recount', 'review') AND " WAITING NOT_BY("?1"),
                      sql_int(worker));
}

int stock_count_at(struct store *store, int64_t location, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT id FROM stock_count WHERE location = ?1 AND state IN ('planned', 'counting', 'recount') "
                      "ORDER BY worker IS NOT NULL, item IS NOT NULL, priority DESC, id LIMIT 1",
                      sql_int(location));
}

bool stock_count_did(struct store *store, int64_t id, int64_t worker)
{
    int64_t one;
    return sql_number(store->sql, &one,
                      "SELECT 1 FROM counted c JOIN stock_count s ON s.id = c.stock_count WHERE s.id = ?1 AND "
                      "c.worker = ?2 LIMIT 1",
                      sql_int(id), sql_int(worker)) == 0;
}

int stock_count_review_after(struct store *store, int64_t after, int64_t *ret)
{
    return sql_number(
        store->sql, ret,
        "SELECT id FROM stock_count WHERE state IN ('planned', 'counting', 'recount', 'review') AND state = 'review' "
        "AND id > ?1 ORDER BY id LIMIT 1",
        sql_int(after));
}

int stock_count_set_worker(struct store *store, int64_t id, int64_t worker)
{
    return sql_run(store->sql, "UPDATE stock_count SET worker = ?2 WHERE id = ?1", sql_int(id), sql_ref(worker));
}

int stock_count_skip(struct store *store, int64_t id)
{
    int result = sql_run(store->sql,
                         "DELETE FROM counted WHERE stock_count = ?1 AND round = (SELECT round FROM stock_count WHERE "
                         "id = ?1 AND state = 'counting')",
                         sql_int(id));
    if (!result)
        result = sql_run(store->sql, "UPDATE stock_count SET worker = NULL, skipped = skipped + 1 WHERE id = ?1",
                         sql_int(id));
    return result ? result : stock_count_unbegin(store, id);
}

int stock_count_begin(struct store *store, int64_t id, int64_t seq)
{
    return sql_run(store->sql, "UPDATE stock_count SET state = 'counting', round = round + 1, seq = ?2 WHERE id = ?1",
                   sql_int(id), sql_int(seq));
}

int stock_count_unbegin(struct store *store, int64_t id)
{
    int result = sql_run(store->sql,
                         "DELETE FROM count_window WHERE stock_count = ?1 AND round = (SELECT round FROM stock_count "
                         "WHERE id = ?1 AND state = 'counting')",
                         sql_int(id));
    if (result)
        return result;
    return sql_run(store->sql,
                   "UPDATE stock_count SET state = iif(round = 1, 'planned', 'recount'), round = round - 1 "
                   "WHERE id = ?1 AND state = 'counting'",
                   sql_int(id));
}

int stock_count_end(struct store *store, int64_t id, const char *state)
{
    return sql_run(store->sql,
                   "UPDATE stock_count SET state = ?2, worker = NULL, "
                   "ended_us = iif(?2 IN ('matched', 'posted', 'rejected'), ?3, 0) WHERE id = ?1",
                   sql_int(id), sql_text(state), sql_int(store->stamp.wall_us));
}

int count_lift_holds(struct store *store, int64_t location, int64_t item)
{
    return sql_run(store->sql, "DELETE FROM hold WHERE location = ?1 AND (item = ?2 OR ?2 = 0)", sql_int(location),
                   sql_int(item));
}

/* ---------------------------------------------------------------- plans */

#define PLAN "INSERT INTO stock_count (location, source, blind, priority) SELECT location, "
#define STOCK                                                                                                          \
    "FROM (SELECT DISTINCT b.location FROM balance b JOIN location l ON l.id = b.location JOIN item i ON "             \
    "i.id = b.item WHERE b.physical = 1 AND b.lpn = 0 AND b.quantity > 0 AND l.kind IN ('face', 'reserve') "
#define NOT_OPEN                                                                                                       \
    "AND NOT EXISTS (SELECT 1 FROM stock_count c WHERE c.location = b.location AND c.item IS NULL AND c.state IN "     \
    "('planned', 'counting', 'recount', 'review')) "
#define LAST                                                                                                           \
    "coalesce((SELECT max(c.ended_us) FROM stock_count c WHERE c.location = b.location AND c.item IS NULL), 0) "

static int planned(struct store *store, int result, int64_t *ret)
{
    if (!result)
        *ret = sql_changes(store->sql);
    return result;
}

int count_plan_class(struct store *store, const char *abc, int64_t days, int64_t limit, int64_t *ret)
{
    return planned(store,
                   sql_run(store->sql,
                           PLAN "'cycle', 1, 0 " STOCK "AND (i.abc = ?1 OR (?1 = 'C' AND i.abc = '')) " NOT_OPEN
                                "AND " LAST "<= ?2 - ?3 * 86400000000 ORDER BY l.walk, l.id LIMIT ?4)",
                           sql_text(abc), sql_int(store->stamp.wall_us), sql_int(days), sql_int(limit)),
                   ret);
}

int count_plan_touched(struct store *store, int64_t limit, int64_t *ret)
{
    return planned(store,
                   sql_run(store->sql,
                           "WITH last AS (SELECT * FROM move WHERE id > (SELECT max(id) FROM move) - ?2 AND reason NOT "
                           "IN ('import', 'count', 'found')), touched (location, at) AS (SELECT location, max(at) FROM "
                           "(SELECT from_location AS location, wall_us AS at FROM last WHERE from_lpn = 0 UNION ALL "
                           "SELECT to_location, wall_us FROM last WHERE to_lpn = 0) GROUP BY location) " PLAN
                           "'touched', 1, 1 " STOCK NOT_OPEN
                           "AND (SELECT at FROM touched t WHERE t.location = b.location) > " LAST
                           "ORDER BY l.walk, l.id LIMIT ?1)",
                           sql_int(limit), sql_int(TOUCHED_MOVES)),
                   ret);
}

int count_plan_random(struct store *store, int64_t limit, int64_t *ret)
{
    uint64_t draw;
    store->random.fill(store->random.user, &draw, sizeof(draw));
    return planned(store,
                   sql_run(store->sql, /* an odd factor shuffles the bins without a column of draws */
                           PLAN "'random', 1, 0 " STOCK NOT_OPEN
                                "ORDER BY (b.location * ?2) & 0x7fffffff, b.location LIMIT ?1)",
                           sql_int(limit), sql_int((int64_t)((draw & 0x3fffffff) | 1))),
                   ret);
}
