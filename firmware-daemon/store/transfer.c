#include "store/transfer.h"

#include "base/json.h"
#include "store/ledger.h"

#include <errno.h>

int transfer_next(struct store *store, int64_t document, int64_t line, int64_t bin, struct transfer_pick *ret)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT d.id, d.item, f.lot, f.location, d.expected - d.done FROM document_line d "
                   "JOIN free_stock f ON f.item = d.item AND f.quantity > 0 JOIN lot t ON t.id = f.lot "
                   "JOIN location l ON l.id = f.location "
                   "WHERE d.document = ?1 AND d.expected > d.done AND t.blocked = 0 AND d.lot_code IN ('', t.code) "
                   "AND (t.expiry IS NULL OR t.expiry >= date(?3 / 1000000, 'unixepoch')) AND ?2 IN (0, f.location) "
                   "AND ?4 IN (0, d.id) "
                   "ORDER BY d.line, t.expiry IS NULL, t.expiry, l.kind <> 'reserve', l.walk, l.id, f.lot LIMIT 1",
                   sql_int(document), sql_int(bin), sql_int(store->stamp.wall_us), sql_int(line));
    bool found = sql_next(query);
    if (found)
        *ret = (struct transfer_pick){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                      sql_get_int(query, 3), sql_get_int(query, 4)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int transfer_unstaged(struct store *store, int64_t document, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT count(*) FROM lpn p JOIN location l ON l.id = p.location WHERE p.document = ?1 AND "
                      "l.kind <> 'stage' AND EXISTS (SELECT 1 FROM balance b WHERE b.lpn = p.id AND b.lpn <> 0 AND "
                      "b.quantity > 0)",
                      sql_int(document));
}

/* What was picked for each line, less what was taken back: of one lot on one plate, wherever the plate stands now. */
#define PICKED                                                                                                         \
    "FROM document_line d JOIN move m ON m.document_line = d.id AND m.reason = 'transfer' "                            \
    "JOIN lpn p ON p.id = iif(m.reverses IS NULL, m.to_lpn, m.from_lpn) WHERE d.document = ?1 "                        \
    "GROUP BY d.id, m.lot, p.id HAVING picked > 0"
#define SIGNED(what) "sum(iif(m.reverses IS NULL, m." what ", -m." what "))"

int transfer_send(struct store *store, int64_t seq, int64_t document)
{
    const struct stamp *stamp = &store->stamp;
    int result =
        sql_run(store->sql,
                "INSERT INTO move (seq, item, lot, quantity, weight_g, from_location, to_location, from_lpn, reason, "
                "document_line, worker, station, wall_us, mono_us) "
                "SELECT ?2, m.item, m.lot, " SIGNED("quantity") " AS picked, " SIGNED(
                    "weight_g") ", p.location, ?3, p.id, "
                                "'send', d.id, ?4, ?5, ?6, ?7 " PICKED,
                sql_int(document), sql_int(seq), sql_int(LOCATION_TRANSIT), sql_ref(stamp->worker),
                sql_text(stamp->station), sql_int(stamp->wall_us), sql_int(stamp->mono_us));
    if (!result)
        result = sql_run(store->sql, /* with the first of the lines that send its lot */
                         "INSERT INTO move_serial (move, serial) SELECT min(m.id), s.id FROM serial s JOIN move m ON "
                         "m.seq = ?1 AND m.item = s.item AND m.lot = s.lot AND m.from_lpn = s.lpn GROUP BY s.id",
                         sql_int(seq));
    if (result)
        return result;
    return sql_run(store->sql, "UPDATE lpn SET document = NULL WHERE document = ?1", sql_int(document));
}

static int write_serials(struct store *store, int64_t document, int64_t item, int64_t lot, struct buf *json)
{
    bool any = false;
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT s.code FROM serial s JOIN lpn p ON p.id = s.lpn WHERE p.document = ?1 AND s.item = ?2 AND "
                   "s.lot = ?3 ORDER BY s.code",
                   sql_int(document), sql_int(item), sql_int(lot));
    while (sql_next(query)) {
        if (!any)
            json_open_array(json, "serials");
        any = true;
        json_text(json, NULL, sql_get_text(query, 0));
    }
    if (any)
        json_close_array(json);
    return sql_done(query);
}

int transfer_write(struct store *store, int64_t document, struct buf *json)
{
    int result = 0;
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT i.sku, sum(x.picked), sum(x.weight_g), t.code, t.expiry, x.item, x.lot FROM "
                   "(SELECT m.item, m.lot, " SIGNED("quantity") " AS picked, " SIGNED(
                       "weight_g") " AS weight_g " PICKED ") x "
                                   "JOIN item i ON i.id = x.item JOIN lot t ON t.id = x.lot GROUP BY x.item, x.lot "
                                   "ORDER BY i.sku, t.code",
                   sql_int(document));
    json_open_array(json, "lines");
    while (!result && sql_next(query)) {
        json_open_object(json, NULL);
        json_text(json, "sku", sql_get_text(query, 0));
        json_int(json, "quantity", sql_get_int(query, 1));
        if (sql_get_int(query, 2))
            json_int(json, "weight_g", sql_get_int(query, 2));
        if (*sql_get_text(query, 3))
            json_text(json, "lot", sql_get_text(query, 3));
        if (!sql_get_null(query, 4))
            json_text(json, "expiry", sql_get_text(query, 4));
        result = write_serials(store, document, sql_get_int(query, 5), sql_get_int(query, 6), json);
        json_close_object(json);
    }
    json_close_array(json);
    int done = sql_done(query);
    return result ? result : done;
}
