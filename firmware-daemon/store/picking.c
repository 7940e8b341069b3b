#include "store/picking.h"

#include <errno.h>

/* What may be picked, and whether somebody has it already. */
#define WAITS "o.state = 'allocated' AND o.cancelled = 0 AND o.worker IS NULL"

/* A worker's orders, and what is still open of them. */
#define OPEN_OF_WORKER                                                                                                 \
    "FROM allocation a JOIN order_line l ON l.id = a.line JOIN orders o ON o.id = l.order_id "                         \
    "JOIN location p ON p.id = a.location WHERE o.worker = ?1 AND o.state = 'picking' AND a.open > 0 "

/* 0 is no cut-off: the last of all. */
#define BY_URGENCY "o.priority DESC, o.due_us = 0, o.due_us, o.id"

int picking_wave(struct store *store, const char *kind, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT w.id FROM wave w JOIN orders o ON o.wave = w.id WHERE w.kind = ?1 AND w.state IN "
                      "('released', 'picking') AND " WAITS " ORDER BY o.due_us = 0, o.due_us, w.id LIMIT 1",
                      sql_text(kind));
}

int picking_begin_wave(struct store *store, int64_t wave)
{
    return sql_run(store->sql, "UPDATE wave SET state = 'picking' WHERE id = ?1 AND state = 'released'", sql_int(wave));
}

int picking_next_order(struct store *store, int64_t wave, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT o.id FROM orders o WHERE " WAITS " AND o.wave IS ?1 ORDER BY " BY_URGENCY " LIMIT 1",
                      sql_ref(wave));
}

int picking_count_orders(struct store *store, int64_t worker, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT count(*) FROM orders WHERE worker = ?1 AND state = 'picking'",
                      sql_int(worker));
}

int picking_order_after(struct store *store, int64_t worker, int64_t after, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM orders WHERE worker = ?1 AND id > ?2 ORDER BY id LIMIT 1",
                      sql_int(worker), sql_int(after));
}

int picking_next(struct store *store, int64_t worker, int64_t *ret_allocation)
{
    return sql_number(store->sql, ret_allocation,
                      "SELECT a.id " OPEN_OF_WORKER "ORDER BY a.skipped, a.place, p.walk, p.id, a.item, a.id LIMIT 1",
                      sql_int(worker));
}

int picking_totals(struct store *store, int64_t worker, struct totals *ret)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT coalesce(sum(l.quantity), 0), coalesce(sum(l.picked), 0), coalesce(sum(l.packed), 0), "
                   "(SELECT coalesce(sum(a.open), 0) " OPEN_OF_WORKER ") FROM order_line l JOIN orders o ON o.id = "
                   "l.order_id WHERE o.worker = ?1 AND o.state = 'picking' AND l.refused = 0",
                   sql_int(worker));
    if (sql_next(query))
        *ret = (struct totals){.ordered = sql_get_int(query, 0),
                               .picked = sql_get_int(query, 1),
                               .packed = sql_get_int(query, 2),
                               .open = sql_get_int(query, 3)};
    return sql_done(query);
}

int picking_tote(struct store *store, int64_t order, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT id FROM lpn WHERE order_id = ?1 AND kind = 'tote' AND location = ?2 LIMIT 1",
                      sql_int(order), sql_int(LOCATION_FLOOR));
}

int picking_count_totes(struct store *store, int64_t order, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT count(*) FROM lpn WHERE order_id = ?1 AND kind = 'tote' AND location = ?2",
                      sql_int(order), sql_int(LOCATION_FLOOR));
}

int picking_tote_after(struct store *store, int64_t worker, int64_t after, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT t.id FROM orders o JOIN lpn t ON t.order_id = o.id WHERE o.worker = ?1 "
                      "AND t.kind = 'tote' AND t.location = ?3 AND t.id > ?2 ORDER BY t.id LIMIT 1",
                      sql_int(worker), sql_int(after), sql_int(LOCATION_FLOOR));
}

/* A wave that goes from zone to zone, or none. */
#define BY_ZONES                                                                                                       \
    "(o.wave IS NULL OR o.wave IN (SELECT id FROM wave WHERE kind = 'zone' AND state IN ('released', 'picking')))"

/* Lines that a worker of zone ?1 may claim. */
#define OPEN_IN_ZONE                                                                                                   \
    "FROM allocation a JOIN location p ON p.id = a.location JOIN order_line l ON l.id = a.line "                       \
    "JOIN orders o ON o.id = l.order_id WHERE p.zone = ?1 AND a.open > 0 AND a.worker IS NULL AND o.worker IS NULL "   \
    "AND o.cancelled = 0 AND o.state IN ('allocated', 'picking') AND " BY_ZONES " "

int picking_next_in_zone(struct store *store, const char *zone, int64_t *ret)
{
    return sql_number(
        store->sql, ret,
        "SELECT o.id " OPEN_IN_ZONE
        "AND NOT EXISTS (SELECT 1 FROM lpn WHERE order_id = o.id AND location = ?2) AND NOT EXISTS "
        "(SELECT 1 FROM session WHERE order_id = o.id) AND NOT EXISTS "
        "(SELECT 1 FROM order_line k JOIN allocation b ON b.line = k.id WHERE k.order_id = o.id AND b.open > 0 AND "
        "b.worker IS NOT NULL) ORDER BY o.wave IS NULL, " BY_URGENCY " LIMIT 1",
        sql_text(zone), sql_int(LOCATION_FLOOR));
}

int picking_claim(struct store *store, int64_t order, const char *zone, int64_t worker, int64_t *ret)
{
    int result = sql_run(store->sql,
                         "UPDATE allocation SET worker = ?3 WHERE open > 0 AND worker IS NULL AND line IN (SELECT id "
                         "FROM order_line WHERE order_id = ?1) AND (SELECT zone FROM location WHERE id = "
                         "allocation.location) = ?2",
                         sql_int(order), sql_text(zone), sql_int(worker));
    if (!result)
        *ret = sql_changes(store->sql);
    return result;
}

int picking_has_lines(struct store *store, int64_t order, const char *zone, bool *ret)
{
    int64_t lines;
    int result =
        sql_number(store->sql, &lines, "SELECT count(*) " OPEN_IN_ZONE "AND o.id = ?2", sql_text(zone), sql_int(order));
    if (!result)
        *ret = lines > 0;
    return result;
}

int picking_next_claimed(struct store *store, int64_t order, int64_t worker, int64_t *ret_allocation)
{
    return sql_number(store->sql, ret_allocation,
                      "SELECT a.id FROM order_line l JOIN allocation a ON a.line = l.id JOIN location p ON p.id = "
                      "a.location WHERE l.order_id = ?1 AND a.open > 0 AND a.worker = ?2 "
                      "ORDER BY a.skipped, a.place, p.walk, p.id, a.id LIMIT 1",
                      sql_int(order), sql_int(worker));
}

int picking_next_zone(struct store *store, int64_t order, char *out, size_t capacity)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT p.zone FROM order_line l JOIN allocation a ON a.line = l.id JOIN location p ON p.id = "
                   "a.location WHERE l.order_id = ?1 AND a.open > 0 ORDER BY p.walk, p.id LIMIT 1",
                   sql_int(order));
    bool found = sql_next(query);
    if (found)
        sql_copy_text(query, 0, out, capacity);
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int picking_line_in_zone(struct store *store, const char *zone, int64_t n, int64_t *ret_allocation)
{
    return sql_number(store->sql, ret_allocation,
                      "SELECT a.id " OPEN_IN_ZONE "ORDER BY p.walk, p.id, a.id LIMIT 1 OFFSET ?2", sql_text(zone),
                      sql_int(n));
}

int picking_count_in_zone(struct store *store, const char *zone, int64_t *ret_lines)
{
    return sql_number(store->sql, ret_lines, "SELECT count(*) " OPEN_IN_ZONE, sql_text(zone));
}

/* Whatever he has that is open: whole orders, or lines that he has claimed. Found from him, by way of his orders: what
 * others have open is not looked at. */
#define OF_WORKER                                                                                                      \
    "a.id IN (SELECT id FROM allocation WHERE worker = ?1 AND open > 0 UNION ALL SELECT b.id FROM orders o "           \
    "CROSS JOIN order_line l ON l.order_id = o.id CROSS JOIN allocation b ON b.line = l.id WHERE o.worker = ?1 "       \
    "AND b.open > 0) "

#define STOP "p.id, p.aisle, coalesce(p.block, 0), p.position_mm FROM location p"

static int read_stops(struct sql_query *query, struct picking_stop *ret, size_t capacity, size_t *ret_count)
{
    size_t count = 0;
    bool known = true;
    while (sql_next(query)) {
        known = known && count < capacity && !sql_get_null(query, 1) && !sql_get_null(query, 3);
        if (known)
            ret[count++] = (struct picking_stop){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                                 sql_get_int(query, 3)};
    }
    int result = sql_done(query);
    if (!result)
        *ret_count = count;
    return result ? result : known ? 0 : -ENOENT;
}

int picking_stops(struct store *store, int64_t worker, struct picking_stop *ret, size_t capacity, size_t *ret_count)
{
    return read_stops(sql_select(store->sql,
                                 "SELECT " STOP " WHERE p.id IN (SELECT a.location FROM allocation a WHERE " OF_WORKER
                                 ") ORDER BY p.walk, p.id",
                                 sql_int(worker)),
                      ret, capacity, ret_count);
}

int picking_order_stops(struct store *store, int64_t order, struct picking_stop *ret, size_t capacity,
                        size_t *ret_count)
{
    return read_stops(sql_select(store->sql,
                                 "SELECT " STOP " WHERE p.id IN (SELECT a.location FROM order_line l JOIN allocation a "
                                 "ON a.line = l.id AND a.open > 0 WHERE l.order_id = ?1) ORDER BY p.walk, p.id",
                                 sql_int(order)),
                      ret, capacity, ret_count);
}

int picking_set_place(struct store *store, int64_t worker, int64_t location, int64_t place)
{
    return sql_run(store->sql,
                   "UPDATE allocation AS a SET place = ?3 WHERE (?2 = 0 OR a.location = ?2) AND a.place <> ?3 "
                   "AND " OF_WORKER,
                   sql_int(worker), sql_int(location), sql_int(place));
}
