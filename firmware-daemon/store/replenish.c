#include "store/replenish.h"

#include <errno.h>

#define FREE_IN_FACE                                                                                                   \
    "coalesce((SELECT sum(f.quantity) FROM free_stock f WHERE f.item = l.item AND f.location = l.id), 0)"
#define IN_BIN                                                                                                         \
    "coalesce((SELECT sum(b.quantity) FROM balance b WHERE b.location = l.id AND b.physical = 1 AND b.quantity > 0), " \
    "0)"

/* One text for an item, one for all: an index finds the faces of one. */
#define LOW_FACES(which)                                                                                               \
    "SELECT id, item, min(wanted, iif(capacity = 0, wanted, capacity - filled)) AS fits, free <= 0 FROM ("             \
    "SELECT l.id, l.item, l.capacity, " IN_BIN " AS filled, " FREE_IN_FACE " AS free, "                                \
    "max(l.face_max, l.face_min) - " FREE_IN_FACE " AS wanted, l.face_min FROM location l WHERE " which " AND "        \
    "l.kind = 'face' AND l.face_min > 0 AND l.id > ?2 AND NOT EXISTS (SELECT 1 FROM task t WHERE t.to_location = "     \
    "l.id AND t.kind = 'replenish' AND t.state NOT IN ('done', 'cancelled'))) "                                        \
    "WHERE free < face_min AND fits > 0 ORDER BY id LIMIT 1"

int face_low_after(struct store *store, int64_t item, int64_t after, struct low_face *ret)
{
    struct sql_query *query =
        sql_select(store->sql, item ? LOW_FACES("l.item = ?1") : LOW_FACES("?1 = 0 AND l.item IS NOT NULL"),
                   sql_int(item), sql_int(after));
    bool found = sql_next(query);
    if (found)
        *ret = (struct low_face){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                 sql_get_int(query, 3) != 0};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int face_is_low(struct store *store, int64_t location, bool *ret)
{
    int64_t low;
    int result = sql_number(store->sql, &low, "SELECT " FREE_IN_FACE " < l.face_min FROM location l WHERE l.id = ?1",
                            sql_int(location));
    if (!result)
        *ret = low != 0;
    return result;
}

int reserve_first(struct store *store, int64_t item, int64_t lot, int64_t task, struct reserve *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT f.location, f.lot, f.quantity - coalesce((SELECT sum(t.quantity - t.taken) FROM task t WHERE "
        "t.item = f.item AND t.from_location = f.location AND t.lot = f.lot AND t.kind = 'replenish' AND t.id <> ?3 "
        "AND "
        "t.state NOT IN ('done', 'cancelled')), 0) AS rest FROM free_stock f JOIN lot o ON o.id = f.lot JOIN item i ON "
        "i.id = f.item JOIN location l ON l.id = f.location WHERE f.item = ?1 AND (f.lot = ?2 OR ?2 = -1) AND "
        "l.kind = 'reserve' AND rest > 0 AND o.blocked = 0 AND (o.expiry IS NULL OR o.expiry >= date(?4 / 1000000, "
        "'unixepoch', '+' || i.life_out_days || ' days')) ORDER BY o.expiry IS NULL, o.expiry, rest, l.walk, l.id, "
        "f.lot "
        "LIMIT 1",
        sql_int(item), sql_int(lot), sql_int(task), sql_int(store->stamp.wall_us));
    bool found = sql_next(query);
    if (found)
        *ret = (struct reserve){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int wave_demand_after(struct store *store, int64_t wave, const struct wave_demand *after, struct wave_demand *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT a.item, a.lot, (SELECT min(id) FROM location WHERE item = a.item AND kind = 'face') AS face, "
        "sum(a.open) FROM allocation a JOIN order_line ol ON ol.id = a.line JOIN orders o ON o.id = ol.order_id JOIN "
        "location l ON l.id = a.location WHERE o.wave = ?1 AND a.open > 0 AND l.kind = 'reserve' AND "
        "(a.item, a.lot) > (?2, ?3) AND face IS NOT NULL GROUP BY a.item, a.lot ORDER BY a.item, a.lot LIMIT 1",
        sql_int(wave), sql_int(after->item), sql_int(after->lot));
    bool found = sql_next(query);
    if (found)
        *ret = (struct wave_demand){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                    sql_get_int(query, 3)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int wave_promise_face(struct store *store, int64_t wave, int64_t item, int64_t lot, int64_t face, int64_t quantity)
{
    return sql_run(
        store->sql,
        "UPDATE allocation SET location = ?4 WHERE id IN (SELECT id FROM (SELECT a.id, sum(a.open) OVER (ORDER BY "
        "a.open, "
        "a.id) AS so_far FROM allocation a JOIN order_line ol ON ol.id = a.line JOIN orders o ON o.id = ol.order_id "
        "JOIN "
        "location l ON l.id = a.location WHERE o.wave = ?1 AND a.item = ?2 AND a.lot = ?3 AND a.open > 0 AND "
        "a.picked = 0 AND l.kind = 'reserve' AND a.worker IS NULL AND NOT EXISTS (SELECT 1 FROM session s WHERE "
        "s.allocation = a.id OR s.location = a.location)) WHERE so_far <= ?5)",
        sql_int(wave), sql_int(item), sql_int(lot), sql_int(face), sql_int(quantity));
}

int task_set_source(struct store *store, int64_t task, const struct reserve *source, int64_t quantity)
{
    return sql_run(store->sql, "UPDATE task SET from_location = ?2, lot = ?3, quantity = ?4 WHERE id = ?1",
                   sql_int(task), sql_int(source->location), sql_int(source->lot), sql_int(quantity));
}

int task_of_face(struct store *store, int64_t face, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT id FROM task WHERE to_location = ?1 AND kind = 'replenish' AND state = 'planned' AND "
                      "state NOT IN ('done', 'cancelled') LIMIT 1",
                      sql_int(face));
}

int task_raise(struct store *store, int64_t task, int64_t quantity, int64_t wave, int64_t priority)
{
    return sql_run(
        store->sql,
        "UPDATE task SET quantity = max(quantity, ?2), wave = ?3, priority = max(priority, ?4) WHERE id = ?1",
        sql_int(task), sql_int(quantity), sql_int(wave), sql_int(priority));
}
