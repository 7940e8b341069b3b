#include "store/walk.h"

#include <errno.h>

int walk_bins(struct store *store, int64_t order, struct walk_bin *ret, size_t *ret_count)
{
    size_t count = 0;
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT p.id, ifnull(p.aisle, -1), ifnull(p.block, -1), ifnull(p.position_mm, -1) FROM order_line l "
                   "JOIN allocation a ON a.line = l.id JOIN location p ON p.id = a.location "
                   "WHERE l.order_id = ?1 AND a.open > 0 GROUP BY p.id ORDER BY p.walk, p.id LIMIT ?2",
                   sql_int(order), sql_int(WALK_BINS_MAX + 1));
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

int walk_set_place(struct store *store, int64_t order, int64_t location, int64_t place)
{
    return sql_run(store->sql,
                   "UPDATE allocation SET place = ?3 WHERE location = ?2 AND open > 0 AND line IN "
                   "(SELECT id FROM order_line WHERE order_id = ?1)",
                   sql_int(order), sql_int(location), sql_int(place));
}

int walk_clear(struct store *store, int64_t order)
{
    return sql_run(store->sql,
                   "UPDATE allocation SET place = 0 WHERE place <> 0 AND line IN "
                   "(SELECT id FROM order_line WHERE order_id = ?1)",
                   sql_int(order));
}
