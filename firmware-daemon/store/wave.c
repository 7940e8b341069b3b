#include "store/wave.h"

#include <errno.h>

#define LIVE      "o.cancelled = 0 AND o.state IN ('allocated', 'picking', 'picked', 'packing')"
#define URGENT    "-o.priority, o.due_us = 0, o.due_us, o.id"
#define IN_SUM    "kind IN ('wall', 'express')"
#define UNDER_WAY "state NOT IN ('closed', 'cancelled') AND state <> 'draft'" /* as the index wave_open says it */

int wave_load(struct store *store, int64_t id, struct wave *ret)
{
    struct sql_query *query = sql_select(
        store->sql, "SELECT number, kind, state, policy, carrier, wall, worker FROM wave WHERE id = ?1", sql_int(id));
    bool found = sql_next(query);
    if (found) {
        *ret = (struct wave){.id = id, .worker = sql_get_int(query, 6)};
        sql_copy_text(query, 0, ret->number, sizeof(ret->number));
        sql_copy_text(query, 1, ret->kind, sizeof(ret->kind));
        sql_copy_text(query, 2, ret->state, sizeof(ret->state));
        sql_copy_text(query, 3, ret->policy, sizeof(ret->policy));
        sql_copy_text(query, 4, ret->carrier, sizeof(ret->carrier));
        sql_copy_text(query, 5, ret->wall, sizeof(ret->wall));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int wave_find(struct store *store, const char *number, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM wave WHERE number = ?1", sql_text(number));
}

int wave_insert(struct store *store, const struct wave *wave, int64_t *ret)
{
    int result = sql_run(store->sql,
                         "INSERT INTO wave (number, kind, policy, carrier, wall) SELECT printf('W-%s-%06d', ?1, "
                         "coalesce(max(id), 0) + 1), ?2, ?3, ?4, ?5 FROM wave",
                         sql_text(store->site), sql_text(wave->kind), sql_text(wave->policy), sql_text(wave->carrier),
                         sql_text(wave->wall));
    if (!result)
        *ret = sql_last_id(store->sql);
    return result;
}

int wave_set_state(struct store *store, int64_t id, const char *state)
{
    return sql_run(store->sql, "UPDATE wave SET state = ?2 WHERE id = ?1", sql_int(id), sql_text(state));
}

int wave_set_worker(struct store *store, int64_t id, int64_t worker)
{
    return sql_run(store->sql, "UPDATE wave SET worker = ?2 WHERE id = ?1", sql_int(id), sql_ref(worker));
}

bool wave_is_of(struct store *store, int64_t id, int64_t worker)
{
    int64_t one;
    return sql_number(store->sql, &one, "SELECT 1 FROM wave WHERE id = ?1 AND worker = ?2", sql_int(id),
                      sql_int(worker)) == 0;
}

int wave_draft(struct store *store, int64_t *ret)
{
    return sql_number(
        store->sql, ret,
        "SELECT id FROM wave WHERE state NOT IN ('closed', 'cancelled') AND state = 'draft' ORDER BY id LIMIT 1",
        SQL_NO_VALUES);
}

int wave_totals(struct store *store, int64_t id, struct wave_totals *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT count(DISTINCT o.id), coalesce(sum(l.quantity), 0), coalesce(sum(l.picked), 0), "
        "coalesce(sum(l.sown), 0), coalesce(sum(l.packed), 0), coalesce(sum((SELECT sum(a.open) FROM allocation a "
        "WHERE a.line = l.id)), 0) FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.wave = ?1 AND "
        "o.cancelled = 0 AND o.state NOT IN ('cancelled', 'parked') AND l.refused = 0",
        sql_int(id));
    if (sql_next(query))
        *ret = (struct wave_totals){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                    sql_get_int(query, 3), sql_get_int(query, 4), sql_get_int(query, 5)};
    return sql_done(query);
}

int wave_order_after(struct store *store, int64_t id, int64_t after, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM orders WHERE wave = ?1 AND id > ?2 ORDER BY id LIMIT 1",
                      sql_int(id), sql_int(after));
}

int wave_order_lacking(struct store *store, int64_t id, int64_t item, const struct order *after, struct order *ret)
{
    int64_t order;
    int result = sql_number(
        store->sql, &order,
        "SELECT o.id FROM orders o WHERE o.wave = ?1 AND " LIVE " AND (?3 = 0 OR (" URGENT ") > (-?4, ?5 = 0, ?5, ?3)) "
        "AND EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND (?2 = 0 OR l.item = ?2) AND l.refused = 0 "
        "AND l.quantity > l.picked + coalesce((SELECT sum(a.open) FROM allocation a WHERE a.line = l.id), 0)) "
        "ORDER BY " URGENT " LIMIT 1",
        sql_int(id), sql_int(item), sql_int(after ? after->id : 0), sql_int(after ? after->priority : 0),
        sql_int(after ? after->due_us : 0));
    return result ? result : order_load(store, order, ret);
}

int wave_set_orders(struct store *store, int64_t id, const char *from, const char *to)
{
    return sql_run(store->sql, "UPDATE orders SET state = ?3 WHERE wave = ?1 AND state = ?2 AND cancelled = 0",
                   sql_int(id), sql_text(from), sql_text(to));
}

int wave_set_picked(struct store *store, int64_t id)
{
    return sql_run(store->sql,
                   "UPDATE orders SET state = 'picked' WHERE wave = ?1 AND state = 'picking' AND cancelled = 0 AND NOT "
                   "EXISTS (SELECT 1 FROM order_line l JOIN allocation a ON a.line = l.id AND a.open > 0 WHERE "
                   "l.order_id = orders.id)",
                   sql_int(id));
}

int order_set_wave(struct store *store, int64_t order, int64_t wave)
{
    return sql_run(store->sql, "UPDATE orders SET wave = ?2 WHERE id = ?1", sql_int(order), sql_ref(wave));
}

#define OPEN_IN_WAVE                                                                                                   \
    "FROM orders o JOIN order_line l ON l.order_id = o.id JOIN allocation a ON a.line = l.id AND a.open > 0 WHERE "    \
    "o.wave = w.id AND o.cancelled = 0"

int wave_to_batch(struct store *store, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT w.id FROM wave w WHERE " IN_SUM " AND " UNDER_WAY " AND worker IS NULL AND EXISTS "
                      "(SELECT 1 " OPEN_IN_WAVE ") ORDER BY (SELECT max(o.priority) FROM orders o WHERE o.wave = w.id) "
                      "DESC, (SELECT min(iif(o.due_us = 0, NULL, o.due_us)) FROM orders o WHERE o.wave = w.id) "
                      "NULLS LAST, w.id LIMIT 1",
                      SQL_NO_VALUES);
}

int wave_count_waiting(struct store *store, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT count(*) FROM wave w WHERE " IN_SUM " AND " UNDER_WAY " AND worker IS NULL AND EXISTS "
                      "(SELECT 1 " OPEN_IN_WAVE ")",
                      SQL_NO_VALUES);
}

#define IS_EMPTY                                                                                                       \
    "w.worker IS NULL AND NOT EXISTS (SELECT 1 FROM orders WHERE wave = w.id AND state IN ('allocated', 'picking', "   \
    "'picked', 'packing')) AND NOT EXISTS (SELECT 1 FROM lpn WHERE wave = w.id)"

int wave_done(struct store *store, int64_t id)
{
    int64_t found;
    return sql_number(store->sql, &found, "SELECT w.id FROM wave w WHERE w.id = ?1 AND " UNDER_WAY " AND " IS_EMPTY,
                      sql_int(id));
}

int wave_is_empty(struct store *store, int64_t id, bool *ret)
{
    int64_t found;
    int result = sql_number(store->sql, &found, "SELECT w.id FROM wave w WHERE w.id = ?1 AND " IS_EMPTY, sql_int(id));
    if (result && result != -ENOENT)
        return result;
    *ret = result == 0;
    return 0;
}

/* ---------------------------------------------------------------- picked in sum */

int batch_next(struct store *store, int64_t wave, int64_t *ret_allocation)
{
    return sql_number(
        store->sql, ret_allocation,
        "SELECT a.id FROM orders o JOIN order_line l ON l.order_id = o.id JOIN allocation a ON a.line = l.id AND "
        "a.open > 0 JOIN location p ON p.id = a.location WHERE o.wave = ?1 AND o.cancelled = 0 "
        "ORDER BY a.skipped, p.walk, p.id, a.item, a.lot, a.id LIMIT 1",
        sql_int(wave));
}

int batch_bin(struct store *store, int64_t wave, int64_t allocation, struct batch_bin *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT b.location, b.item, b.lot, coalesce((SELECT sum(a.open) FROM orders o JOIN order_line l ON "
        "l.order_id = o.id JOIN allocation a ON a.line = l.id WHERE o.wave = ?1 AND o.cancelled = 0 AND "
        "a.item = b.item AND a.location = b.location AND a.lot = b.lot), 0) FROM allocation b WHERE b.id = ?2",
        sql_int(wave), sql_int(allocation));
    bool found = sql_next(query);
    if (found)
        *ret = (struct batch_bin){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                  sql_get_int(query, 3)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

struct sql_query *batch_lines(struct store *store, int64_t wave, const struct batch_bin *bin)
{
    return sql_select(store->sql,
                      "SELECT a.id, o.number, l.line, a.open FROM orders o JOIN order_line l ON l.order_id = o.id JOIN "
                      "allocation a ON a.line = l.id AND a.open > 0 WHERE o.wave = ?1 AND o.cancelled = 0 AND "
                      "a.location = ?2 AND a.item = ?3 AND a.lot = ?4 ORDER BY " URGENT ", l.line, a.id",
                      sql_int(wave), sql_int(bin->location), sql_int(bin->item), sql_int(bin->lot));
}

int batch_line(struct store *store, int64_t wave, const struct batch_bin *bin, struct allocation *ret)
{
    struct sql_query *query = batch_lines(store, wave, bin);
    int64_t id = sql_next(query) ? sql_get_int(query, 0) : 0;
    int result = sql_done(query);
    return result ? result : id ? allocation_load(store, id, ret) : -ENOENT;
}

int batch_skip(struct store *store, int64_t wave, int64_t location)
{
    return sql_run(store->sql,
                   "UPDATE allocation SET skipped = skipped + 1 WHERE location = ?2 AND open > 0 AND line IN "
                   "(SELECT l.id FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.wave = ?1)",
                   sql_int(wave), sql_int(location));
}

int batch_release(struct store *store, int64_t wave, int64_t item)
{
    return sql_run(store->sql,
                   "UPDATE allocation SET released = quantity - picked WHERE item = ?2 AND open > 0 AND line IN "
                   "(SELECT l.id FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.wave = ?1)",
                   sql_int(wave), sql_int(item));
}

int wave_tote_after(struct store *store, int64_t wave, int64_t location, int64_t after, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT p.id FROM lpn p WHERE p.wave = ?1 AND (?2 = 0 OR p.location = ?2) AND p.id > ?3 AND "
                      "EXISTS (SELECT 1 FROM balance b WHERE b.lpn = p.id AND b.lpn <> 0 AND b.quantity > 0) "
                      "ORDER BY p.id LIMIT 1",
                      sql_int(wave), sql_int(location), sql_int(after));
}

/* ---------------------------------------------------------------- sorting */

int sow_need(struct store *store, int64_t wave, int64_t item, int64_t quantity, struct sow_need *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT o.id, l.id, l.sown, l.picked FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.wave = ?1 "
        "AND " LIVE " AND l.item = ?2 AND l.refused = 0 AND l.picked > l.sown ORDER BY l.picked - l.sown < ?3, "
        "NOT EXISTS (SELECT 1 FROM lpn p WHERE p.order_id = o.id AND p.kind = 'slot'), " URGENT ", l.line LIMIT 1",
        sql_int(wave), sql_int(item), sql_int(quantity));
    bool found = sql_next(query);
    if (found)
        *ret = (struct sow_need){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                 sql_get_int(query, 3)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int sow_slot(struct store *store, const char *wall, int64_t order, int64_t *ret_location)
{
    int result = sql_number(store->sql, ret_location, "SELECT location FROM lpn WHERE order_id = ?1 AND kind = 'slot'",
                            sql_int(order));
    if (result != -ENOENT)
        return result;
    return sql_number(store->sql, ret_location,
                      "SELECT s.id FROM location s LEFT JOIN lpn p ON p.location = s.id AND p.kind = 'slot' WHERE "
                      "s.wall = ?1 AND s.wall <> '' AND s.kind = 'wall_slot' AND p.order_id IS NULL ORDER BY s.walk, "
                      "s.id LIMIT 1",
                      sql_text(wall));
}

static int read_code(struct sql_query *query, char *out, size_t capacity)
{
    bool found = sql_next(query);
    if (found)
        sql_copy_text(query, 0, out, capacity);
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int sow_slot_code(struct store *store, int64_t order, char *out, size_t capacity)
{
    return read_code(sql_select(store->sql,
                                "SELECT l.code FROM lpn p JOIN location l ON l.id = p.location WHERE p.order_id = ?1 "
                                "AND p.kind = 'slot'",
                                sql_int(order)),
                     out, capacity);
}

int sow_slot_to_clear(struct store *store, const char *wall, char *out, size_t capacity)
{
    return read_code(sql_select(store->sql,
                                "SELECT l.code FROM location l JOIN lpn p ON p.location = l.id AND p.kind = 'slot' "
                                "JOIN orders o ON o.id = p.order_id WHERE l.wall = ?1 AND l.wall <> '' AND "
                                "(o.cancelled = 1 OR (o.state = 'parked' AND o.reason = 'short')) ORDER BY l.walk, "
                                "l.id LIMIT 1",
                                sql_text(wall)),
                     out, capacity);
}

bool wave_wants_of(struct store *store, int64_t wave, int64_t tote)
{
    int64_t one;
    return sql_number(store->sql, &one,
                      "SELECT 1 FROM balance b JOIN order_line l ON l.item = b.item JOIN orders o ON "
                      "o.id = l.order_id WHERE b.lpn = ?2 AND b.lpn <> 0 AND b.quantity > 0 AND o.wave = ?1 AND " LIVE
                      " AND l.refused = 0 AND l.picked > max(l.sown, l.packed) LIMIT 1",
                      sql_int(wave), sql_int(tote)) == 0;
}

int wave_surplus(struct store *store, int64_t wave, int64_t item, struct surplus *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT l.id, l.line, o.id, a.id, a.location, min(a.picked, l.picked - max(l.sown, l.packed)) FROM orders o "
        "JOIN "
        "order_line l ON l.order_id = o.id JOIN allocation a ON a.line = l.id AND a.picked > 0 WHERE o.wave = ?1 AND "
        "l.item = ?2 AND l.picked > max(l.sown, l.packed) ORDER BY (" LIVE ") AND l.refused = 0, o.priority, "
        "o.due_us <> 0, o.due_us DESC, o.id DESC, a.id DESC LIMIT 1",
        sql_int(wave), sql_int(item));
    bool found = sql_next(query);
    if (found)
        *ret = (struct surplus){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                sql_get_int(query, 3), sql_get_int(query, 4), sql_get_int(query, 5)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

/* ---------------------------------------------------------------- at the bench */

int express_order(struct store *store, int64_t wave, int64_t item, int64_t worker, struct order *ret)
{
    int64_t order;
    int result =
        sql_number(store->sql, &order,
                   "SELECT o.id FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.wave = ?1 AND "
                   "o.cancelled = 0 AND o.state IN ('picked', 'packing') AND (o.worker IS NULL OR o.worker = ?3) AND "
                   "l.item = ?2 AND l.refused = 0 AND l.picked > l.packed ORDER BY o.state = 'picked', o.due_us = 0, "
                   "o.due_us, o.id LIMIT 1",
                   sql_int(wave), sql_int(item), sql_int(worker));
    return result ? result : order_load(store, order, ret);
}
