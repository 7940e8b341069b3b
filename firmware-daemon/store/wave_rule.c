#include "store/wave_rule.h"

#include <errno.h>

int wave_rule_upsert(struct store *store, const struct wave_rule *rule)
{
    return sql_run(store->sql,
                   "INSERT INTO wave_rule (name, place, kind, carrier, platform, zone, wall, lines_min, lines_max, "
                   "pieces_max, orders_min, orders_max, due_min, policy, active, rev) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                   "?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) ON CONFLICT (name) DO UPDATE SET "
                   "place = excluded.place, kind = excluded.kind, carrier = excluded.carrier, "
                   "platform = excluded.platform, zone = excluded.zone, wall = excluded.wall, "
                   "lines_min = excluded.lines_min, lines_max = excluded.lines_max, pieces_max = excluded.pieces_max, "
                   "orders_min = excluded.orders_min, orders_max = excluded.orders_max, due_min = excluded.due_min, "
                   "policy = excluded.policy, active = excluded.active, rev = excluded.rev WHERE "
                   "excluded.rev >= wave_rule.rev",
                   sql_text(rule->name), sql_int(rule->place), sql_text(rule->kind), sql_text(rule->carrier),
                   sql_text(rule->platform), sql_text(rule->zone), sql_text(rule->wall), sql_int(rule->lines_min),
                   sql_int(rule->lines_max), sql_int(rule->pieces_max), sql_int(rule->orders_min),
                   sql_int(rule->orders_max), sql_int(rule->due_min), sql_text(rule->policy), sql_int(rule->active),
                   sql_int(rule->rev));
}

int wave_rule_after(struct store *store, const struct wave_rule *after, struct wave_rule *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT place, lines_min, lines_max, pieces_max, orders_min, orders_max, due_min, rev, name, kind, carrier, "
        "platform, zone, wall, policy FROM wave_rule WHERE active = 1 AND (?1 IS NULL OR (place, name) > (?2, ?1)) "
        "ORDER BY place, name LIMIT 1",
        sql_text(after ? after->name : NULL), sql_int(after ? after->place : 0));
    bool found = sql_next(query);
    if (found) {
        *ret = (struct wave_rule){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                  sql_get_int(query, 3), sql_get_int(query, 4), sql_get_int(query, 5),
                                  sql_get_int(query, 6), sql_get_int(query, 7), .active = true};
        sql_copy_text(query, 8, ret->name, sizeof(ret->name));
        sql_copy_text(query, 9, ret->kind, sizeof(ret->kind));
        sql_copy_text(query, 10, ret->carrier, sizeof(ret->carrier));
        sql_copy_text(query, 11, ret->platform, sizeof(ret->platform));
        sql_copy_text(query, 12, ret->zone, sizeof(ret->zone));
        sql_copy_text(query, 13, ret->wall, sizeof(ret->wall));
        sql_copy_text(query, 14, ret->policy, sizeof(ret->policy));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

struct sql_query *wave_candidates(struct store *store, const struct wave_rule *rule)
{
    return sql_select(
        store->sql,
        "WITH waiting AS (SELECT o.id, o.carrier, o.priority, o.due_us, count(*) AS lines, sum(l.quantity) AS pieces, "
        "min(l.item) AS item, max(l.item) AS other FROM orders o JOIN order_line l ON l.order_id = o.id WHERE "
        "o.state = 'allocated' AND o.wave IS NULL AND o.cancelled = 0 AND o.worker IS NULL AND "
        "(?2 = '' OR o.carrier = ?2) AND (?3 = '' OR o.platform = ?3) AND "
        "(?4 = 0 OR o.due_us BETWEEN 1 AND ?5 + ?4 * 60000000) GROUP BY o.id), "
        "fitting AS (SELECT *, iif(?1 = 'express' AND pieces > 1, item, 0) AS shared FROM waiting w WHERE "
        "lines BETWEEN ?6 AND ?7 AND pieces <= ?8 AND (?1 <> 'express' OR item = other) AND (?9 = '' OR NOT EXISTS "
        "(SELECT 1 FROM order_line l JOIN allocation a ON a.line = l.id AND a.open > 0 JOIN location p ON "
        "p.id = a.location WHERE l.order_id = w.id AND p.zone <> ?9))), "
        "grouped AS (SELECT *, count(*) OVER (PARTITION BY carrier, shared) AS together FROM fitting) "
        "SELECT id, carrier, shared FROM grouped WHERE together >= ?10 "
        "ORDER BY carrier, shared, -priority, due_us = 0, due_us, id",
        sql_text(rule->kind), sql_text(rule->carrier), sql_text(rule->platform), sql_int(rule->due_min),
        sql_int(store->stamp.wall_us), sql_int(rule->lines_min), sql_int(rule->lines_max), sql_int(rule->pieces_max),
        sql_text(rule->zone), sql_int(rule->orders_min));
}

int wall_with_room(struct store *store, const char *wall, char *ret_wall, size_t capacity, int64_t *ret_slots)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT s.wall, count(*) - (SELECT count(*) FROM wave w JOIN orders o ON o.wave = w.id AND o.state IN "
        "('allocated', 'picking', 'picked', 'packing') WHERE w.state NOT IN ('closed', 'cancelled') AND "
        "w.wall = s.wall) AS slots FROM location s WHERE s.wall <> '' AND s.kind = 'wall_slot' AND "
        "(?1 = '' OR s.wall = ?1) GROUP BY s.wall ORDER BY slots DESC, s.wall LIMIT 1",
        sql_text(wall));
    bool found = sql_next(query);
    if (found) {
        sql_copy_text(query, 0, ret_wall, capacity);
        *ret_slots = sql_get_int(query, 1);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}
