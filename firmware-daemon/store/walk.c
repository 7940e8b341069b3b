#include "store/walk.h"

#include <errno.h>

/* Whole orders, or lines that he has claimed. */
#define OF_WORKER                                                                                                      \
    "(a.worker = ?1 OR a.line IN (SELECT l.id FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.worker = "  \
    "?1))"

int walk_bins(struct store *store, int64_t worker, struct walk_bin *ret, size_t *ret_count)
{
    size_t count = 0;
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT p.id, ifnull(p.aisle, -1), ifnull(p.block, -1), ifnull(p.position_mm, -1) FROM location p "
                   "WHERE p.id IN (SELECT a.location FROM allocation a WHERE a.open > 0 AND " OF_WORKER
                   ") ORDER BY p.walk, p.id LIMIT ?2",
                   sql_int(worker), sql_int(WALK_BINS_MAX + 1));
    while (sql_next(query)) {
        if (count < WALK_BINS_MAX)
            ret[count] = (struct walk_bin){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                           sql_get_int(query, 3)};
        count++;
    }
    int result = sql_done(query);
    if (!result && count > WALK_BINS_MAX)
        result = -E2BIG;
    if (!result)
        *ret_count = count;
    return result;
}

int walk_set_place(struct store *store, int64_t worker, int64_t location, int64_t place)
{
    return sql_run(store->sql,
                   "UPDATE allocation AS a SET place = ?3 WHERE a.location = ?2 AND a.open > 0 AND " OF_WORKER,
                   sql_int(worker), sql_int(location), sql_int(place));
}

int walk_clear(struct store *store, int64_t worker)
{
    return sql_run(store->sql, "UPDATE allocation AS a SET place = 0 WHERE a.place <> 0 AND a.open > 0 AND " OF_WORKER,
                   sql_int(worker));
}
