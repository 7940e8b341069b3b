#include "store/bin.h"

#include <errno.h>

int bin_content(struct store *store, int64_t location, int64_t item, int64_t lot, struct bin_content *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT coalesce(sum(b.quantity), 0), coalesce(sum(iif(i.by_weight, b.weight_g, b.quantity * i.weight_g)), 0), "
        "coalesce(sum(b.quantity) FILTER (WHERE b.item = ?2), 0), count(DISTINCT b.item) FILTER (WHERE b.item <> ?2), "
        "count(DISTINCT b.lot) FILTER (WHERE b.item = ?2 AND b.lot <> ?3), "
        "coalesce(max(i.owner <> (SELECT owner FROM item WHERE id = ?2)), 0) "
        "FROM balance b JOIN item i ON i.id = b.item WHERE b.location = ?1 AND b.physical = 1 AND b.quantity > 0",
        sql_int(location), sql_int(item), sql_int(lot));
    if (sql_next(query))
        *ret = (struct bin_content){.quantity = sql_get_int(query, 0),
                                    .load_g = sql_get_int(query, 1),
                                    .same = sql_get_int(query, 2),
                                    .other_items = sql_get_int(query, 3),
                                    .other_lots = sql_get_int(query, 4),
                                    .other_owner = sql_get_int(query, 5) != 0};
    return sql_done(query);
}

int bin_coming(struct store *store, int64_t location, int64_t task, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT coalesce(sum(max(quantity - put, 0)), 0) FROM task WHERE to_location = ?1 AND id <> ?2 "
                      "AND state NOT IN ('done', 'cancelled')",
                      sql_int(location), sql_int(task));
}

#define HOLDS "SELECT 1 FROM balance b WHERE b.location = l.id AND b.physical = 1 AND b.quantity > 0 AND b.item = ?1 "
#define EMPTY                                                                                                          \
    "l.kind = 'reserve' AND l.item IS NULL AND NOT EXISTS (SELECT 1 FROM balance b WHERE b.location = l.id AND "       \
    "b.physical = 1 AND b.quantity > 0) AND NOT EXISTS (SELECT 1 FROM task t WHERE t.to_location = l.id AND "          \
    "t.id <> ?3 AND t.state NOT IN ('done', 'cancelled'))"
#define OF_ITEM                                                                                                        \
    "l.id IN (SELECT location FROM balance WHERE item = ?1 AND physical = 1 AND quantity > 0) AND "                    \
    "l.kind IN ('reserve', 'face') AND l.item IS NULL"
#define BINS(which)                                                                                                    \
    "SELECT l.id, l.walk FROM location l WHERE " which " AND (l.walk, l.id) > (?4, ?5) ORDER BY l.walk, l.id LIMIT 1"

static const char *const searches[BIN_RANKS] = {
    [BIN_OWN_FACE] = BINS("l.item = ?1 AND l.kind = 'face'"),
    [BIN_SAME_LOT] = BINS(OF_ITEM " AND EXISTS (" HOLDS "AND b.lot = ?2)"),
    [BIN_SAME_ITEM] = BINS(OF_ITEM),
    [BIN_EMPTY_OF_CLASS] = BINS(EMPTY " AND l.abc <> '' AND l.abc = (SELECT abc FROM item WHERE id = ?1)"),
    [BIN_EMPTY] = BINS(EMPTY),
    [BIN_SHARED] = BINS("l.kind = 'reserve' AND l.item IS NULL AND l.mix_items = 1"),
};

int bin_next(struct store *store, struct bin_search *search, int64_t *ret)
{
    struct sql_query *query =
        sql_select(store->sql, searches[search->rank], sql_int(search->item), sql_int(search->lot),
                   sql_int(search->task), sql_int(search->walk), sql_int(search->id));
    bool found = sql_next(query);
    if (found) {
        *ret = search->id = sql_get_int(query, 0);
        search->walk = sql_get_int(query, 1);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}
