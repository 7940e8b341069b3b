#include "store/ledger.h"

#include "base/json.h"

#include <errno.h>

int ledger_move(struct store *store, int64_t seq, const struct move *move)
{
    const struct stamp *stamp = &store->stamp;
    int result =
        sql_run(store->sql,
                "INSERT INTO move (seq, item, lot, quantity, weight_g, from_location, to_location, from_lpn, to_lpn, "
                "reason, line, "
                "allocation, document_line, task, worker, station, wall_us, mono_us) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
                sql_int(seq), sql_int(move->item), sql_int(move->lot), sql_int(move->quantity), sql_int(move->weight_g),
                sql_int(move->from_location), sql_int(move->to_location), sql_int(move->from_lpn),
                sql_int(move->to_lpn), sql_text(move->reason), sql_ref(move->line), sql_ref(move->allocation),
                sql_ref(move->document_line), sql_ref(move->task), sql_ref(stamp->worker), sql_text(stamp->station),
                sql_int(stamp->wall_us), sql_int(stamp->mono_us));
    if (result || !move->serial)
        return result;
    return sql_run(store->sql, "INSERT INTO move_serial (move, serial) VALUES (?1, ?2)",
                   sql_int(sql_last_id(store->sql)), sql_int(move->serial));
}

#define STACKS(which)                                                                                                  \
    "SELECT item, lot, quantity, weight_g, count(*) OVER () FROM balance WHERE location = ?1 AND lpn = ?2 AND " which  \
    " AND quantity > 0 AND (lot = ?4 OR ?4 = -1) ORDER BY item, lot LIMIT 1"

int ledger_stack(struct store *store, int64_t location, int64_t lpn, int64_t item, int64_t lot, struct stack *ret,
                 int64_t *ret_count)
{
    struct sql_query *query = sql_select(store->sql, item ? STACKS("item = ?3") : STACKS("lpn <> 0 AND ?3 = 0"),
                                         sql_int(location), sql_int(lpn), sql_int(item), sql_int(lot));
    bool found = sql_next(query);
    if (found) {
        *ret =
            (struct stack){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2), sql_get_int(query, 3)};
        *ret_count = sql_get_int(query, 4);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

/* The stack's share of the weight goes along, and of its numbers the first, unless the move tells which. */
int ledger_move_some(struct store *store, int64_t seq, const struct move *move)
{
    struct move some = *move;
    struct stack stack;
    int64_t count;
    int result = ledger_stack(store, move->from_location, move->from_lpn, move->item, move->lot, &stack, &count);
    if (result)
        return result == -ENOENT ? -EPERM : result;
    if (move->quantity <= stack.quantity && stack.weight_g > 0)
        some.weight_g = stack.weight_g * move->quantity / stack.quantity;
    result = ledger_move(store, seq, &some);
    if (result || move->serial)
        return result;
    return sql_run(store->sql,
                   "INSERT INTO move_serial (move, serial) SELECT ?1, id FROM serial WHERE item = ?2 AND "
                   "location = ?3 AND lpn = ?4 AND lot = ?5 ORDER BY id LIMIT ?6",
                   sql_int(sql_last_id(store->sql)), sql_int(move->item), sql_int(move->from_location),
                   sql_int(move->from_lpn), sql_int(move->lot), sql_int(move->quantity));
}

int ledger_move_stack(struct store *store, int64_t seq, const struct move *move)
{
    int64_t numbers = 0;
    int result = move->serial ? 0
                              : sql_number(store->sql, &numbers,
                                           "SELECT count(*) FROM serial s JOIN item i ON i.id = s.item WHERE s.item = "
                                           "?1 AND s.location = ?2 AND s.lpn = ?3 AND s.lot = ?4 AND i.serials = 'all'",
                                           sql_int(move->item), sql_int(move->from_location), sql_int(move->from_lpn),
                                           sql_int(move->lot));
    if (!result && numbers > move->quantity)
        return -EINVAL;
    return result ? result : ledger_move_some(store, seq, move);
}

/* SQLite finishes the SELECT before the first INSERT when the table has triggers, so the moves do not see each other.
 */
static int move_contents(struct store *store, int64_t seq, int64_t from_lpn, int64_t to_lpn, int64_t to_location,
                         const char *reason)
{
    const struct stamp *stamp = &store->stamp;
    int result = sql_run(
        store->sql,
        "INSERT INTO move (seq, item, lot, quantity, weight_g, from_location, to_location, from_lpn, to_lpn, reason, "
        "worker, station, wall_us, mono_us) "
        "SELECT ?1, item, lot, quantity, max(weight_g, 0), location, ?4, lpn, ?3, ?5, ?6, ?7, ?8, ?9 FROM balance "
        "WHERE lpn = ?2 AND lpn <> 0 AND quantity > 0 AND physical = 1 AND (lpn <> ?3 OR location <> ?4) "
        "ORDER BY item, lot",
        sql_int(seq), sql_int(from_lpn), sql_int(to_lpn), sql_int(to_location), sql_text(reason),
        sql_ref(stamp->worker), sql_text(stamp->station), sql_int(stamp->wall_us), sql_int(stamp->mono_us));
    if (result || sql_changes(store->sql) == 0)
        return result;
    return sql_run(
        store->sql,
        "INSERT INTO move_serial (move, serial) SELECT m.id, s.id FROM serial s JOIN move m ON m.seq = ?1 AND "
        "m.item = s.item AND m.lot = s.lot AND m.from_lpn = s.lpn AND m.from_location = s.location "
        "WHERE s.lpn = ?2 AND s.item IN (SELECT item FROM move WHERE seq = ?1) ORDER BY s.id",
        sql_int(seq), sql_int(from_lpn));
}

static int lpn_location(struct store *store, int64_t lpn, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT location FROM lpn WHERE id = ?1", sql_int(lpn));
}

int ledger_move_contents(struct store *store, int64_t seq, int64_t from_lpn, int64_t to_lpn, const char *reason)
{
    int64_t location;
    int result = lpn_location(store, to_lpn, &location);
    return result ? result : move_contents(store, seq, from_lpn, to_lpn, location, reason);
}

int ledger_put_loose(struct store *store, int64_t seq, int64_t from_lpn, int64_t to_location, const char *reason)
{
    return move_contents(store, seq, from_lpn, 0, to_location, reason);
}

int ledger_move_lpn(struct store *store, int64_t seq, int64_t lpn, int64_t to_location, const char *reason)
{
    int result = move_contents(store, seq, lpn, lpn, to_location, reason);
    if (result)
        return result;
    return sql_run(store->sql, "UPDATE lpn SET location = ?2 WHERE id = ?1", sql_int(lpn), sql_int(to_location));
}

/* Line by line, lot by lot: what was packed and not taken out again. */
static int empty_parcel(struct store *store, int64_t seq, int64_t order, const struct move *move)
{
    const struct stamp *stamp = &store->stamp;
    int result =
        sql_run(store->sql,
                "INSERT INTO move (seq, item, lot, quantity, weight_g, from_location, to_location, from_lpn, to_lpn, "
                "reason, line, worker, station, wall_us, mono_us) "
                "SELECT ?1, m.item, m.lot, sum(iif(m.reverses IS NULL AND m.reason = 'pack', m.quantity, -m.quantity)) "
                "AS packed, "
                "sum(iif(m.reverses IS NULL AND m.reason = 'pack', m.weight_g, -m.weight_g)), p.location, "
                "?4, p.id, ?5, ?6, l.id, ?7, ?8, ?9, ?10 FROM order_line l JOIN move m ON m.line = l.id AND "
                "m.reason IN ('pack', 'unpack') JOIN lpn p ON p.id = ?3 WHERE l.order_id = ?2 GROUP BY l.id, m.lot "
                "HAVING packed > 0",
                sql_int(seq), sql_int(order), sql_int(move->from_lpn), sql_int(move->to_location),
                sql_int(move->to_lpn), sql_text(move->reason), sql_ref(stamp->worker), sql_text(stamp->station),
                sql_int(stamp->wall_us), sql_int(stamp->mono_us));
    if (result)
        return result;
    return sql_run(
        store->sql, /* with the first of the lines that move its lot */
        "INSERT INTO move_serial (move, serial) SELECT min(m.id), s.id FROM serial s JOIN move m ON m.seq = ?1 "
        "AND m.item = s.item AND m.lot = s.lot AND m.from_lpn = s.lpn WHERE s.lpn = ?2 AND s.lpn <> 0 GROUP BY s.id",
        sql_int(seq), sql_int(move->from_lpn));
}

int ledger_ship(struct store *store, int64_t seq, int64_t order, int64_t parcel_lpn)
{
    return empty_parcel(store, seq, order,
                        &(struct move){.from_lpn = parcel_lpn, .to_location = LOCATION_CUSTOMER, .reason = "ship"});
}

int ledger_unpack(struct store *store, int64_t seq, int64_t order, int64_t parcel_lpn, int64_t to_lpn)
{
    struct move move = {.from_lpn = parcel_lpn, .to_lpn = to_lpn, .reason = "unpack"};
    int result = lpn_location(store, to_lpn, &move.to_location);
    return result ? result : empty_parcel(store, seq, order, &move);
}

int ledger_reverse(struct store *store, int64_t seq, int64_t undone)
{
    const struct stamp *stamp = &store->stamp;
    int result =
        sql_run(store->sql,
                "INSERT INTO move (seq, item, lot, quantity, weight_g, from_location, to_location, from_lpn, to_lpn, "
                "reason, line, "
                "allocation, document_line, task, worker, station, wall_us, mono_us, reverses) "
                "SELECT ?1, item, lot, quantity, weight_g, to_location, from_location, to_lpn, from_lpn, reason, line, "
                "allocation, document_line, task, ?3, ?4, ?5, ?6, id FROM move WHERE seq = ?2 AND reverses IS NULL "
                "ORDER BY id DESC",
                sql_int(seq), sql_int(undone), sql_ref(stamp->worker), sql_text(stamp->station),
                sql_int(stamp->wall_us), sql_int(stamp->mono_us));
    if (result || sql_changes(store->sql) == 0)
        return result;
    result = sql_run(store->sql,
                     "UPDATE lpn SET location = m.to_location FROM move m WHERE m.seq = ?1 AND m.to_lpn = lpn.id AND "
                     "m.from_lpn = lpn.id AND lpn.id <> 0",
                     sql_int(seq));
    if (result)
        return result;
    return sql_run(store->sql,
                   "INSERT INTO move_serial (move, serial) SELECT m.id, s.serial FROM move m JOIN move_serial s ON "
                   "s.move = m.reverses WHERE m.seq = ?1",
                   sql_int(seq));
}

int ledger_first_lot(struct store *store, int64_t item, int64_t location, int64_t lpn, int64_t *ret_lot,
                     int64_t *ret_quantity)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT lot, quantity FROM balance WHERE item = ?1 AND location = ?2 AND lpn = ?3 AND quantity > 0 "
                   "ORDER BY lot LIMIT 1",
                   sql_int(item), sql_int(location), sql_int(lpn));
    bool found = sql_next(query);
    if (found) {
        *ret_lot = sql_get_int(query, 0);
        *ret_quantity = sql_get_int(query, 1);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int ledger_first_on_plate(struct store *store, int64_t lpn, int64_t *ret_item, int64_t *ret_lot, int64_t *ret_quantity)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT item, lot, quantity FROM balance WHERE lpn = ?1 AND lpn <> 0 AND "
                                         "quantity > 0 ORDER BY item, lot LIMIT 1",
                                         sql_int(lpn));
    bool found = sql_next(query);
    if (found) {
        *ret_item = sql_get_int(query, 0);
        *ret_lot = sql_get_int(query, 1);
        *ret_quantity = sql_get_int(query, 2);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int ledger_item_on_plate(struct store *store, int64_t lpn, int64_t item, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT coalesce(sum(quantity), 0) FROM balance WHERE lpn = ?1 AND lpn <> 0 AND item = ?2 AND "
                      "quantity > 0",
                      sql_int(lpn), sql_int(item));
}

int ledger_on_hand(struct store *store, int64_t item, int64_t location, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT coalesce(sum(quantity), 0) FROM balance WHERE item = ?1 AND location = ?2 AND lpn = 0",
                      sql_int(item), sql_int(location));
}

int ledger_promised(struct store *store, int64_t item, int64_t location, int64_t *ret)
{
    return sql_number(
        store->sql, ret,
        "SELECT coalesce((SELECT sum(open) FROM allocation WHERE item = ?1 AND location = ?2 AND open > 0), 0)"
        " + coalesce((SELECT sum(quantity) FROM hold WHERE item = ?1 AND location = ?2), 0)",
        sql_int(item), sql_int(location));
}

int ledger_free(struct store *store, int64_t item, int64_t location, int64_t lot, int64_t *ret)
{
    return sql_number(
        store->sql, ret,
        "SELECT coalesce((SELECT quantity FROM free_stock WHERE item = ?1 AND location = ?2 AND lot = ?3), 0)",
        sql_int(item), sql_int(location), sql_int(lot));
}

int ledger_balance(struct store *store, int64_t item, int64_t location, int64_t lpn, int64_t lot, int64_t *ret)
{
    return sql_number(
        store->sql, ret,
        "SELECT coalesce((SELECT quantity FROM balance WHERE item = ?1 AND location = ?2 AND lpn = ?3 AND "
        "lot = ?4), 0)",
        sql_int(item), sql_int(location), sql_int(lpn), sql_int(lot));
}

int ledger_weight(struct store *store, int64_t item, int64_t location, int64_t lpn, int64_t lot, int64_t *ret)
{
    return sql_number(
        store->sql, ret,
        "SELECT coalesce((SELECT weight_g FROM balance WHERE item = ?1 AND location = ?2 AND lpn = ?3 AND lot = ?4), "
        "0)",
        sql_int(item), sql_int(location), sql_int(lpn), sql_int(lot));
}

int ledger_hold_free(struct store *store, int64_t item, int64_t location, int64_t lot, const char *reason)
{
    return sql_run(store->sql,
                   "INSERT INTO hold (location, item, lot, quantity, reason) SELECT location, item, lot, quantity, ?4 "
                   "FROM free_stock WHERE item = ?1 AND location = ?2 AND lot = ?3 AND quantity > 0",
                   sql_int(item), sql_int(location), sql_int(lot), sql_text(reason));
}

int ledger_count_lots(struct store *store, int64_t item, int64_t location, int64_t lpn, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT count(*) FROM balance WHERE item = ?1 AND location = ?2 AND lpn = ?3 AND quantity > 0",
                      sql_int(item), sql_int(location), sql_int(lpn));
}

int ledger_on_plate(struct store *store, int64_t lpn, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT coalesce(sum(quantity), 0) FROM balance WHERE lpn = ?1 AND lpn <> 0 AND physical = 1",
                      sql_int(lpn));
}

int ledger_write_plate(struct store *store, int64_t lpn, struct buf *json)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT i.sku, b.quantity, t.code FROM balance b JOIN item i ON i.id = b.item JOIN lot t ON t.id = b.lot "
        "WHERE b.lpn = ?1 AND b.lpn <> 0 AND b.quantity > 0 AND b.physical = 1 ORDER BY i.sku, t.code",
        sql_int(lpn));
    json_open_array(json, "lines");
    while (sql_next(query)) {
        json_open_object(json, NULL);
        json_text(json, "sku", sql_get_text(query, 0));
        json_int(json, "quantity", sql_get_int(query, 1));
        if (*sql_get_text(query, 2))
            json_text(json, "lot", sql_get_text(query, 2));
        json_close_object(json);
    }
    json_close_array(json);
    return sql_done(query);
}

int ledger_arrived_after(struct store *store, int64_t seq, struct arrived *arrived)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT id, item, lot FROM move WHERE seq = ?1 AND id > ?2 ORDER BY id LIMIT 1",
                   sql_int(seq), sql_int(arrived->move));
    bool found = sql_next(query);
    if (found)
        *arrived = (struct arrived){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int ledger_share_g(struct store *store, int64_t item, int64_t location, int64_t lot, int64_t pieces, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT coalesce((SELECT max(b.weight_g, 0) * ?4 / b.quantity FROM balance b WHERE b.item = ?1 "
                      "AND b.location = ?2 AND b.lot = ?3 AND b.lpn = 0 AND b.quantity > 0), "
                      "(SELECT iif(by_weight, weight_g * ?4, 0) FROM item WHERE id = ?1), 0)",
                      sql_int(item), sql_int(location), sql_int(lot), sql_int(pieces));
}

int ledger_in_bin(struct store *store, int64_t location, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT coalesce(sum(quantity), 0) FROM balance WHERE location = ?1 AND physical = 1 AND lpn = 0",
                      sql_int(location));
}

int ledger_overdrawn(struct store *store, int64_t seq, bool *ret)
{
    int64_t bins;
    int result = sql_number(store->sql, &bins,
                            "SELECT count(*) FROM move m JOIN free_stock f ON f.item = m.item AND f.location = "
                            "m.from_location AND f.lot = m.lot WHERE m.seq = ?1 AND m.from_lpn = 0 AND f.quantity < 0",
                            sql_int(seq));
    if (!result)
        *ret = bins > 0;
    return result;
}

/* Moves are numbered as time went on: twenty looks in a ledger of a million. */
int ledger_before(struct store *store, int64_t wall_us, int64_t *ret)
{
    int64_t before = 0, end = 0;
    int result = sql_number(store->sql, &end, "SELECT coalesce(max(id), 0) + 1 FROM move", SQL_NO_VALUES);
    while (!result && end - before > 1) {
        const int64_t middle = before + (end - before) / 2;
        int64_t at_us = 0;
        result = sql_number(store->sql, &at_us, "SELECT wall_us FROM move WHERE id >= ?1 ORDER BY id LIMIT 1",
                            sql_int(middle));
        *(at_us < wall_us ? &before : &end) = middle;
    }
    if (!result)
        *ret = before;
    return result;
}
