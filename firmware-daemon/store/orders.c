#include "store/orders.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>

int order_load(struct store *store, int64_t id, struct order *ret)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT number, platform, carrier, waybill, state, reason, worker, priority, cancelled, rev, owner, "
                   "policy, wave, due_us, life_days, NOT EXISTS (SELECT 1 FROM order_line l WHERE "
                   "l.order_id = orders.id AND l.refused = 0), packing_note "
                   "FROM orders WHERE id = ?1",
                   sql_int(id));
    bool found = sql_next(query);
    if (found) {
        ret->id = id;
        sql_copy_text(query, 0, ret->number, sizeof(ret->number));
        sql_copy_text(query, 1, ret->platform, sizeof(ret->platform));
        sql_copy_text(query, 2, ret->carrier, sizeof(ret->carrier));
        sql_copy_text(query, 3, ret->waybill, sizeof(ret->waybill));
        sql_copy_text(query, 4, ret->state, sizeof(ret->state));
        sql_copy_text(query, 5, ret->reason, sizeof(ret->reason));
        ret->worker = sql_get_int(query, 6);
        ret->priority = sql_get_int(query, 7);
        ret->cancelled = sql_get_int(query, 8) != 0;
        ret->rev = sql_get_int(query, 9);
        sql_copy_text(query, 10, ret->owner, sizeof(ret->owner));
        sql_copy_text(query, 11, ret->policy, sizeof(ret->policy));
        ret->wave = sql_get_int(query, 12);
        ret->due_us = sql_get_int(query, 13);
        ret->life_days = sql_get_int(query, 14);
        ret->refused = sql_get_int(query, 15) != 0;
        text_copy(ret->packing_note, sizeof(ret->packing_note), sql_get_text(query, 16));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int order_find(struct store *store, const char *number, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM orders WHERE number = ?1", sql_text(number));
}

int order_insert(struct store *store, const struct order *order, const struct receiver *receiver, int64_t *ret_id)
{
    CLEANUP(receiver_row_done) struct receiver_row row;
    int result = receiver_write(store, order->number, receiver, &row);
    if (!result)
        result =
            sql_run(store->sql,
                    "INSERT INTO orders (number, platform, carrier, waybill, priority, state, receiver, name_mask, "
                    "phone_mask, rev, owner, policy, due_us, life_days, packing_note) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, 'received', ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                    sql_text(order->number), sql_text(order->platform), sql_text(order->carrier),
                    sql_text(*order->waybill ? order->waybill : NULL), sql_int(order->priority),
                    sql_text(buf_text(&row.sealed)), sql_text(row.name_mask), sql_text(row.phone_mask),
                    sql_int(order->rev), sql_text(order->owner), sql_text(*order->policy ? order->policy : "partial"),
                    sql_int(order->due_us), sql_int(order->life_days), sql_text(order->packing_note));
    if (!result)
        *ret_id = sql_last_id(store->sql);
    return result;
}

int order_add_line(struct store *store, int64_t order, int64_t line, int64_t item, int64_t quantity)
{
    return sql_run(store->sql, "INSERT INTO order_line (order_id, line, item, quantity) VALUES (?1, ?2, ?3, ?4)",
                   sql_int(order), sql_int(line), sql_int(item), sql_int(quantity));
}

int order_change(struct store *store, int64_t id, const struct order *order, const struct receiver *receiver)
{
    CLEANUP(receiver_row_done) struct receiver_row row;
    int result = receiver_write(store, order->number, receiver, &row);
    if (result)
        return result;
    return sql_run(store->sql,
                   "UPDATE orders SET platform = ?2, carrier = ?3, waybill = coalesce(?4, waybill), priority = ?5,"
                   " receiver = ?6, name_mask = ?7, phone_mask = ?8, rev = ?9, owner = ?10, policy ="
                   " ?11, due_us = ?12, life_days = ?13, packing_note = ?14 WHERE id = ?1",
                   sql_int(id), sql_text(order->platform), sql_text(order->carrier),
                   sql_text(*order->waybill ? order->waybill : NULL), sql_int(order->priority),
                   sql_text(buf_text(&row.sealed)), sql_text(row.name_mask), sql_text(row.phone_mask),
                   sql_int(order->rev), sql_text(order->owner), sql_text(*order->policy ? order->policy : "partial"),
                   sql_int(order->due_us), sql_int(order->life_days), sql_text(order->packing_note));
}

int order_change_line(struct store *store, int64_t order, int64_t line, int64_t item, int64_t quantity)
{
    int result = sql_run(
        store->sql, "UPDATE order_line SET item = ?3, quantity = ?4, refused = 0 WHERE order_id = ?1 AND line = ?2",
        sql_int(order), sql_int(line), sql_int(item), sql_int(quantity));
    return result || sql_changes(store->sql) > 0 ? result : order_add_line(store, order, line, item, quantity);
}

int order_end_lines(struct store *store, int64_t order)
{
    return sql_run(store->sql, "UPDATE order_line SET refused = 1 WHERE order_id = ?1", sql_int(order));
}

int order_set_state(struct store *store, int64_t id, const char *state, const char *reason)
{
    return sql_run(store->sql,
                   "UPDATE orders SET state = ?2, reason = ?3, ended_us = iif(?2 IN ('handed', 'cancelled'), ?4, 0) "
                   "WHERE id = ?1",
                   sql_int(id), sql_text(state), sql_text(reason), sql_int(store->stamp.wall_us));
}

int order_set_worker(struct store *store, int64_t id, int64_t worker)
{
    return sql_run(store->sql, "UPDATE orders SET worker = ?2 WHERE id = ?1", sql_int(id), sql_ref(worker));
}

int order_set_cancelled(struct store *store, int64_t id)
{
    return sql_run(store->sql, "UPDATE orders SET cancelled = 1 WHERE id = ?1", sql_int(id));
}

int order_next(struct store *store, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT id FROM orders WHERE state = 'allocated' AND cancelled = 0 AND worker IS NULL "
                      "AND (wave IS NULL OR wave IN (SELECT id FROM wave WHERE kind = 'discrete' AND state IN "
                      "('released', 'picking'))) ORDER BY priority DESC, id LIMIT 1",
                      SQL_NO_VALUES);
}

int order_count_waiting(struct store *store, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT count(*) FROM orders WHERE state = 'allocated' AND cancelled = 0 AND worker IS NULL "
                      "AND (wave IS NULL OR wave IN (SELECT id FROM wave WHERE kind = 'discrete' AND state IN "
                      "('released', 'picking')))",
                      SQL_NO_VALUES);
}

/* Lot t of item i: it is not blocked, and lives long enough for both the item and the customer. */
#define MAY_LEAVE(now_us, life_days)                                                                                   \
    "t.blocked = 0 AND (t.expiry IS NULL OR t.expiry >= date(" now_us " / 1000000, 'unixepoch', '+' || max(" life_days \
    ", i.life_out_days) || ' days'))"

struct bin {
    int64_t location, lot, quantity;
};

/* The best bin for an item: earliest expiry with enough life (none last), then a bin that holds all of it, then the
 * walk. */
static int best_bin(struct store *store, int64_t item, int64_t wanted, int64_t life_days, struct bin *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT f.location, f.lot, f.quantity FROM free_stock f JOIN lot t ON t.id = f.lot JOIN item i ON i.id = "
        "f.item "
        "JOIN location l ON l.id = f.location WHERE f.item = ?1 AND f.quantity > 0 AND " MAY_LEAVE(
            "?4", "?3") " "
                        "ORDER BY t.expiry IS NULL, t.expiry, f.quantity < ?2, l.kind = 'reserve', l.walk, l.id, f.lot "
                        "LIMIT 1",
        sql_int(item), sql_int(wanted), sql_int(life_days), sql_int(store->stamp.wall_us));
    bool found = sql_next(query);
    if (found)
        *ret = (struct bin){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

struct want {
    int64_t line, item, quantity, life_days;
};

/* One open promise is enough for what a line gets out of one bin. */
static int promise(struct store *store, const struct want *want, const struct bin *bin, int64_t quantity)
{
    int result = sql_run(store->sql,
                         "UPDATE allocation SET quantity = quantity + ?4 WHERE id = (SELECT id FROM allocation WHERE "
                         "line = ?1 AND location = ?2 AND lot = ?3 AND open > 0 LIMIT 1)",
                         sql_int(want->line), sql_int(bin->location), sql_int(bin->lot), sql_int(quantity));
    if (result || sql_changes(store->sql) > 0)
        return result;
    return sql_run(
        store->sql, "INSERT INTO allocation (line, location, item, lot, quantity) VALUES (?1, ?2, ?3, ?4, ?5)",
        sql_int(want->line), sql_int(bin->location), sql_int(want->item), sql_int(bin->lot), sql_int(quantity));
}

static int allocate_line(struct store *store, const struct want *want, int64_t *ret_missing)
{
    int64_t wanted = want->quantity;
    while (wanted > 0) {
        struct bin bin;
        int result = best_bin(store, want->item, wanted, want->life_days, &bin);
        if (result == -ENOENT)
            break;
        if (result)
            return result;
        int64_t taken = bin.quantity < wanted ? bin.quantity : wanted;
        result = promise(store, want, &bin, taken);
        if (result)
            return result;
        wanted -= taken;
    }
    *ret_missing += wanted;
    return 0;
}

int order_allocate(struct store *store, int64_t order, int64_t *ret_missing)
{
    int64_t missing = 0;
    int result = 0;
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT l.id, l.item, l.quantity - l.picked - coalesce((SELECT sum(a.open) FROM allocation a "
        "WHERE a.line = l.id), 0) AS wanted, o.life_days FROM order_line l JOIN orders o ON o.id = l.order_id "
        "WHERE l.order_id = ?1 AND l.refused = 0 ORDER BY l.line",
        sql_int(order));
    while (!result && sql_next(query)) {
        const struct want want = {sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                  sql_get_int(query, 3)};
        result = allocate_line(store, &want, &missing);
    }
    int done = sql_done(query);
    if (result || done)
        return result ? result : done;
    *ret_missing = missing;
    return 0;
}

int order_lack(struct store *store, int64_t order, struct lack *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT w.item, w.pieces FROM (SELECT l.item, sum(l.quantity - l.picked) AS pieces, o.life_days FROM "
        "order_line "
        "l JOIN orders o ON o.id = l.order_id WHERE l.order_id = ?1 AND l.refused = 0 GROUP BY l.item) w WHERE "
        "w.pieces "
        "> coalesce((SELECT sum(f.quantity) FROM free_stock f JOIN lot t ON t.id = f.lot JOIN item i ON i.id = f.item "
        "WHERE f.item = w.item AND f.quantity > 0 AND " MAY_LEAVE("?2", "w.life_days") "), 0) LIMIT 1",
        sql_int(order), sql_int(store->stamp.wall_us));
    bool found = sql_next(query);
    if (found)
        *ret = (struct lack){sql_get_int(query, 0), sql_get_int(query, 1)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int order_set_lack(struct store *store, int64_t order, const struct lack *lack)
{
    return sql_run(
        store->sql,
        "UPDATE orders SET lacks = ?2, lacks_pieces = ?3 WHERE id = ?1 AND (lacks, lacks_pieces) <> (?2, ?3)",
        sql_int(order), sql_int(lack->item), sql_int(lack->pieces));
}

int order_waiting_after(struct store *store, int64_t item, const struct waiting *after, struct waiting *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT id, priority FROM orders WHERE state = 'received' AND cancelled = 0 AND lacks = ?1 AND "
        "lacks_pieces <= coalesce((SELECT sum(quantity) FROM free_stock WHERE item = ?1 AND quantity > 0), 0) "
        "AND (?2 = 0 OR (-priority, id) > (-?3, ?2)) ORDER BY priority DESC, id LIMIT 1",
        sql_int(item), sql_int(after->id), sql_int(after->priority));
    bool found = sql_next(query);
    if (found)
        *ret = (struct waiting){sql_get_int(query, 0), sql_get_int(query, 1)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int order_refuse_lacking(struct store *store, int64_t order, bool whole, int64_t *ret)
{
    int result = sql_run(
        store->sql,
        "WITH lacking AS (SELECT l.id, l.sown FROM order_line l WHERE l.order_id = ?1 AND l.refused = 0 AND l.quantity "
        "> "
        "l.picked + coalesce((SELECT sum(a.open) FROM allocation a WHERE a.line = l.id), 0)) "
        "UPDATE order_line SET refused = 1 WHERE order_id = ?1 AND refused = 0 AND iif(?2, EXISTS (SELECT 1 FROM "
        "lacking), id IN (SELECT id FROM lacking WHERE sown = 0))",
        sql_int(order), sql_int(whole));
    int64_t count = sql_changes(store->sql);
    if (!result)
        result = sql_run(store->sql,
                         "UPDATE allocation SET released = quantity - picked WHERE open > 0 AND line IN "
                         "(SELECT id FROM order_line WHERE order_id = ?1 AND refused = 1)",
                         sql_int(order));
    if (!result)
        *ret = count;
    return result;
}

int order_write_refused(struct store *store, int64_t order, struct buf *json)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT l.line, i.sku, l.quantity, l.picked FROM order_line l JOIN item i ON "
                                         "i.id = l.item WHERE l.order_id = ?1 AND l.refused = 1 ORDER BY l.line",
                                         sql_int(order));
    while (sql_next(query)) {
        json_open_object(json, NULL);
        json_int(json, "line", sql_get_int(query, 0));
        json_text(json, "sku", sql_get_text(query, 1));
        json_int(json, "quantity", sql_get_int(query, 2));
        json_int(json, "picked", sql_get_int(query, 3));
        json_close_object(json);
    }
    return sql_done(query);
}

int order_release_promises(struct store *store, int64_t order)
{
    return sql_run(store->sql,
                   "UPDATE allocation SET released = quantity - picked WHERE open > 0 AND line IN "
                   "(SELECT id FROM order_line WHERE order_id = ?1)",
                   sql_int(order));
}

int allocation_load(struct store *store, int64_t id, struct allocation *ret)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT a.line, l.line, a.location, a.item, a.lot, a.open, l.order_id FROM allocation a "
                   "JOIN order_line l ON l.id = a.line WHERE a.id = ?1",
                   sql_int(id));
    bool found = sql_next(query);
    if (found)
        *ret = (struct allocation){.id = id,
                                   .line = sql_get_int(query, 0),
                                   .line_number = sql_get_int(query, 1),
                                   .location = sql_get_int(query, 2),
                                   .item = sql_get_int(query, 3),
                                   .lot = sql_get_int(query, 4),
                                   .open = sql_get_int(query, 5),
                                   .order = sql_get_int(query, 6)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

/* Without LIMIT 1, for which SQLite would make an index of its own to keep the best row: sorting the few is cheaper. */
int allocation_next(struct store *store, int64_t order, int64_t *ret)
{
    return sql_number(
        store->sql, ret,
        "SELECT a.id FROM allocation a JOIN order_line l ON l.id = a.line JOIN location p ON p.id = a.location "
        "WHERE l.order_id = ?1 AND a.open > 0 ORDER BY a.skipped, a.place, p.walk, p.id, a.id",
        sql_int(order));
}

int allocation_skip(struct store *store, int64_t id)
{
    return sql_run(store->sql, "UPDATE allocation SET skipped = skipped + 1 WHERE id = ?1", sql_int(id));
}

int allocation_release(struct store *store, int64_t id, int64_t quantity)
{
    return sql_run(store->sql, "UPDATE allocation SET released = released + ?2 WHERE id = ?1", sql_int(id),
                   sql_int(quantity));
}

int order_claimed(struct store *store, int64_t order, int64_t *ret_worker)
{
    return sql_number(store->sql, ret_worker,
                      "SELECT coalesce((SELECT a.worker FROM allocation a JOIN order_line l ON l.id = a.line WHERE "
                      "l.order_id = ?1 AND a.open > 0 AND a.worker IS NOT NULL LIMIT 1), "
                      "(SELECT worker FROM session WHERE order_id = ?1 LIMIT 1))",
                      sql_int(order));
}

int allocation_unclaim(struct store *store, int64_t worker)
{
    return sql_run(store->sql, "UPDATE allocation SET worker = NULL WHERE worker = ?1 AND open > 0", sql_int(worker));
}

int allocation_place(struct store *store, int64_t id, int64_t *ret_location)
{
    return sql_number(store->sql, ret_location, "SELECT location FROM allocation WHERE id = ?1", sql_int(id));
}

int allocation_change_lot(struct store *store, int64_t id, int64_t lot, int64_t quantity, int64_t *ret)
{
    int result = allocation_release(store, id, quantity);
    if (!result)
        result = sql_run(store->sql,
                         "INSERT INTO allocation (line, location, item, lot, quantity, worker) "
                         "SELECT line, location, item, ?2, ?3, worker FROM allocation WHERE id = ?1",
                         sql_int(id), sql_int(lot), sql_int(quantity));
    if (!result)
        *ret = sql_last_id(store->sql);
    return result;
}

int allocation_of_moves(struct store *store, int64_t seq, int64_t *ret, int64_t *ret_quantity)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT allocation, sum(quantity) FROM move WHERE seq = ?1 AND reason = "
                                         "'pick' AND reverses IS NULL GROUP BY allocation",
                                         sql_int(seq));
    bool found = sql_next(query);
    if (found) {
        *ret = sql_get_int(query, 0);
        *ret_quantity = sql_get_int(query, 1);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int order_totals(struct store *store, int64_t order, struct totals *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT sum(quantity) FILTER (WHERE refused = 0), sum(picked) FILTER (WHERE refused = 0), "
        "sum(sown) FILTER (WHERE refused = 0), sum(packed) FILTER (WHERE refused = 0), coalesce((SELECT sum(a.open) "
        "FROM allocation a JOIN order_line k ON k.id = a.line WHERE k.order_id = ?1), 0), "
        "sum(picked) FILTER (WHERE refused = 1) FROM order_line WHERE order_id = ?1",
        sql_int(order));
    if (sql_next(query))
        *ret = (struct totals){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                               sql_get_int(query, 3), sql_get_int(query, 4), sql_get_int(query, 5)};
    return sql_done(query);
}

int order_line_to_pack(struct store *store, int64_t order, int64_t item, struct order_line *ret)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT id, line, picked, packed FROM order_line WHERE order_id = ?1 AND item = ?2 "
                   "AND picked > packed AND refused = 0 ORDER BY line LIMIT 1",
                   sql_int(order), sql_int(item));
    bool found = sql_next(query);
    if (found)
        *ret = (struct order_line){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                   sql_get_int(query, 3)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int order_write_packed(struct store *store, int64_t order, struct buf *json)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT i.sku, i.name, sum(l.packed) FROM order_line l JOIN item i ON i.id = l.item "
                   "WHERE l.order_id = ?1 AND l.packed > 0 GROUP BY i.id ORDER BY min(l.line)",
                   sql_int(order));
    while (sql_next(query)) {
        json_open_object(json, NULL);
        json_text(json, "sku", sql_get_text(query, 0));
        json_text(json, "name", sql_get_text(query, 1));
        json_int(json, "quantity", sql_get_int(query, 2));
        json_close_object(json);
    }
    return sql_done(query);
}

int order_to_pack(struct store *store, int64_t order, int64_t item, int64_t *ret)
{
    return sql_number(
        store->sql, ret,
        "SELECT coalesce(sum(picked - packed), 0) FROM order_line WHERE order_id = ?1 AND item = ?2 AND refused = 0",
        sql_int(order), sql_int(item));
}

int order_write_missing(struct store *store, int64_t order, struct buf *json)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT line, picked - packed FROM order_line WHERE order_id = ?1 AND picked > packed ORDER BY line",
                   sql_int(order));
    while (sql_next(query)) {
        json_open_object(json, NULL);
        json_int(json, "line", sql_get_int(query, 0));
        json_int(json, "quantity", sql_get_int(query, 1));
        json_close_object(json);
    }
    return sql_done(query);
}

bool order_has_item(struct store *store, int64_t order, int64_t item)
{
    int64_t one;
    return sql_number(store->sql, &one, "SELECT 1 FROM order_line WHERE order_id = ?1 AND item = ?2 LIMIT 1",
                      sql_int(order), sql_int(item)) == 0;
}

int allocation_to_give_up(struct store *store, int64_t item, int64_t location, int64_t lot, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT a.id FROM allocation a JOIN order_line l ON l.id = a.line JOIN orders o ON "
                      "o.id = l.order_id WHERE a.item = ?1 AND a.location = ?2 AND a.lot = ?3 AND a.open > 0 "
                      "ORDER BY o.state <> 'allocated', o.priority, o.id DESC, a.id DESC LIMIT 1",
                      sql_int(item), sql_int(location), sql_int(lot));
}
