#include "store/ledger.h"

#include <errno.h>

int ledger_move(struct store *store, int64_t seq, const struct move *move)
{
    const struct stamp *stamp = &store->stamp;
    return sql_run(
        store->sql,
        "INSERT INTO move (seq, item, lot, quantity, from_location, to_location, from_lpn, to_lpn, reason, line, "
        "allocation, worker, station, wall_us, mono_us) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        sql_int(seq), sql_int(move->item), sql_int(move->lot), sql_int(move->quantity), sql_int(move->from_location),
        sql_int(move->to_location), sql_int(move->from_lpn), sql_int(move->to_lpn), sql_text(move->reason),
        sql_ref(move->line), sql_ref(move->allocation), sql_ref(stamp->worker), sql_text(stamp->station),
        sql_int(stamp->wall_us), sql_int(stamp->mono_us));
}

/* SQLite finishes the SELECT before the first INSERT when the table has triggers, so the moves do not see each other.
 */
static int move_contents(struct store *store, int64_t seq, int64_t from_lpn, int64_t to_lpn, int64_t to_location,
                         const char *reason)
{
    const struct stamp *stamp = &store->stamp;
    return sql_run(store->sql,
                   "INSERT INTO move (seq, item, lot, quantity, from_location, to_location, from_lpn, to_lpn, reason, "
                   "worker, station, wall_us, mono_us) "
                   "SELECT ?1, item, lot, quantity, location, ?4, lpn, ?3, ?5, ?6, ?7, ?8, ?9 FROM balance "
                   "WHERE lpn = ?2 AND lpn <> 0 AND quantity > 0 AND physical = 1 AND (lpn <> ?3 OR location <> ?4) "
                   "ORDER BY item, lot",
                   sql_int(seq), sql_int(from_lpn), sql_int(to_lpn), sql_int(to_location), sql_text(reason),
                   sql_ref(stamp->worker), sql_text(stamp->station), sql_int(stamp->wall_us), sql_int(stamp->mono_us));
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

int ledger_ship(struct store *store, int64_t seq, int64_t order, int64_t parcel_lpn)
{
    const struct stamp *stamp = &store->stamp;
    return sql_run(
        store->sql,
        "INSERT INTO move (seq, item, lot, quantity, from_location, to_location, from_lpn, reason, line, worker, "
        "station, wall_us, mono_us) "
        "SELECT ?1, m.item, m.lot, sum(iif(m.reverses IS NULL, m.quantity, -m.quantity)) AS packed, p.location, "
        "?4, p.id, 'ship', l.id, ?5, ?6, ?7, ?8 FROM order_line l JOIN move m ON m.line = l.id AND "
        "m.reason = 'pack' JOIN lpn p ON p.id = ?3 WHERE l.order_id = ?2 GROUP BY l.id, m.lot HAVING packed > 0",
        sql_int(seq), sql_int(order), sql_int(parcel_lpn), sql_int(LOCATION_CUSTOMER), sql_ref(stamp->worker),
        sql_text(stamp->station), sql_int(stamp->wall_us), sql_int(stamp->mono_us));
}

int ledger_reverse(struct store *store, int64_t seq, int64_t undone)
{
    const struct stamp *stamp = &store->stamp;
    return sql_run(
        store->sql,
        "INSERT INTO move (seq, item, lot, quantity, from_location, to_location, from_lpn, to_lpn, reason, line, "
        "allocation, worker, station, wall_us, mono_us, reverses) "
        "SELECT ?1, item, lot, quantity, to_location, from_location, to_lpn, from_lpn, reason, line, "
        "allocation, ?3, ?4, ?5, ?6, id FROM move WHERE seq = ?2 AND reverses IS NULL ORDER BY id DESC",
        sql_int(seq), sql_int(undone), sql_ref(stamp->worker), sql_text(stamp->station), sql_int(stamp->wall_us),
        sql_int(stamp->mono_us));
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

int ledger_hold_free(struct store *store, int64_t item, int64_t location, int64_t lot, const char *reason)
{
    int result =
        sql_run(store->sql,
                "INSERT INTO hold (location, item, lot, quantity, reason) SELECT location, item, lot, quantity, ?4 "
                "FROM free_stock WHERE item = ?1 AND location = ?2 AND lot = ?3 AND quantity > 0",
                sql_int(item), sql_int(location), sql_int(lot), sql_text(reason));
    if (result)
        return result;
    return sql_run(
        store->sql,
        "INSERT INTO task (kind, location, item, reason) VALUES ('count', ?1, ?2, ?3) ON CONFLICT DO NOTHING",
        sql_int(location), sql_int(item), sql_text(reason));
}

int ledger_check(struct store *store, struct error *error)
{
    /* Each yields one row, 0 when it holds. */
    static const struct {
        const char *what, *text;
    } laws[] = {
        {"the moves of each item sum to zero", "SELECT count(*) FROM (SELECT 1 FROM balance GROUP BY item HAVING "
                                               "sum(quantity) <> 0)"},
        {"balances equal a rebuild from the moves",
         "WITH entry (location, lpn, item, lot, quantity) AS ("
         "SELECT from_location, from_lpn, item, lot, -quantity FROM move UNION ALL "
         "SELECT to_location, to_lpn, item, lot, quantity FROM move), "
         "rebuilt AS (SELECT location, lpn, item, lot, sum(quantity) AS quantity FROM entry "
         "GROUP BY location, lpn, item, lot HAVING sum(quantity) <> 0), "
         "kept AS (SELECT location, lpn, item, lot, quantity FROM balance WHERE quantity <> 0) "
         "SELECT (SELECT count(*) FROM (SELECT * FROM rebuilt EXCEPT SELECT * FROM kept)) + "
         "(SELECT count(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM rebuilt))"},
        {"no physical place holds less than nothing", "SELECT count(*) FROM balance b JOIN location l ON l.id = "
                                                      "b.location WHERE l.kind <> 'virtual' AND b.quantity < 0"},
        {"nothing is promised that a bin does not hold",
         "SELECT count(*) FROM (SELECT a.item, a.location, a.lot, sum(a.open) AS promised FROM allocation a "
         "WHERE a.open > 0 GROUP BY a.item, a.location, a.lot) p WHERE promised > coalesce((SELECT quantity FROM "
         "balance b "
         "WHERE b.item = p.item AND b.location = p.location AND b.lot = p.lot AND b.lpn = 0), 0)"},
        {"a plate's goods are where the plate is",
         "SELECT count(*) FROM balance b JOIN lpn p ON p.id = b.lpn WHERE p.id <> 0 AND b.quantity > 0 AND "
         "b.physical = 1 AND b.location <> p.location"},
        {"picked, packed and shipped follow the moves", "SELECT count(*) FROM order_line l WHERE "
                                                        "picked <> coalesce((SELECT sum(iif(reverses IS NULL, "
                                                        "quantity, -quantity)) FROM move m WHERE m.line = l.id AND "
                                                        "reason = 'pick'), 0) OR "
                                                        "packed <> coalesce((SELECT sum(iif(reverses IS NULL, "
                                                        "quantity, -quantity)) FROM move m WHERE m.line = l.id AND "
                                                        "reason = 'pack'), 0) OR "
                                                        "shipped <> coalesce((SELECT sum(iif(reverses IS NULL, "
                                                        "quantity, -quantity)) FROM move m WHERE m.line = l.id AND "
                                                        "reason = 'ship'), 0)"},
        {"what the journal says was taken or checked is what moved",
         "SELECT count(*) FROM journal j WHERE type IN ('pick.line', 'pack.item', 'pick.damaged') AND "
         "json_extract(line, '$.data.quantity') <> coalesce((SELECT sum(quantity) FROM move m WHERE m.seq = j.seq), "
         "0)"},
        {"a label belongs to a verified parcel", "SELECT count(*) FROM print_job j JOIN parcel p ON p.id = j.parcel "
                                                 "WHERE p.state = 'building' AND j.state <> 'void'"},
        {"the journal has no gap",
         "SELECT (SELECT last_seq FROM stream) - coalesce((SELECT max(seq) FROM journal), 0) + "
         "coalesce((SELECT max(seq) - min(seq) + 1 - count(*) FROM journal), 0)"},
        {"an order is at one worker, a worker at one order", "SELECT count(*) FROM (SELECT worker FROM orders WHERE "
                                                             "worker IS NOT NULL GROUP BY worker HAVING count(*) > 1)"},
    };
    for (size_t i = 0; i < COUNT(laws); i++) {
        int64_t broken = 0;
        int result = sql_number(store->sql, &broken, laws[i].text, SQL_NO_VALUES);
        if (result)
            return error_set(error, result, "cannot check that %s: %s", laws[i].what, sql_message(store->sql));
        if (broken != 0)
            return error_set(error, -EBADMSG, "it no longer holds that %s (%lld)", laws[i].what, (long long)broken);
    }
    return 0;
}
