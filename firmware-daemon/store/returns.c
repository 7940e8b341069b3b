#include "store/returns.h"

#include "base/json.h"
#include "store/ledger.h"

#include <errno.h>

int return_of_order(struct store *store, const char *order_number, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT id FROM document WHERE kind = 'return' AND order_number = ?1 AND order_number <> '' AND "
                      "state NOT IN ('closed', 'cancelled') ORDER BY id LIMIT 1",
                      sql_text(order_number));
}

int return_to_grade(struct store *store, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT id FROM document WHERE kind = 'return' AND state = 'received' AND worker IS NULL "
                      "AND state NOT IN ('closed', 'cancelled') ORDER BY id LIMIT 1",
                      SQL_NO_VALUES);
}

int return_location(struct store *store, int64_t document, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT m.to_location FROM move m JOIN document_line d ON d.id = m.document_line WHERE "
                      "d.document = ?1 AND m.reason = 'return' AND m.reverses IS NULL ORDER BY m.id DESC LIMIT 1",
                      sql_int(document));
}

int return_room(struct store *store, const char *order_number, int64_t item, struct return_room *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT coalesce((SELECT sum(l.shipped) FROM order_line l JOIN orders o ON o.id = l.order_id WHERE "
        "o.number = ?1 AND ?2 IN (l.item, 0)), 0), coalesce((SELECT sum(d.done) FROM document_line d JOIN document x "
        "ON x.id = d.document WHERE x.order_number = ?1 AND x.order_number <> '' AND x.kind = 'return' AND ?2 IN "
        "(d.item, 0)), 0)",
        sql_text(order_number), sql_int(item));
    if (sql_next(query))
        *ret = (struct return_room){.shipped = sql_get_int(query, 0), .returned = sql_get_int(query, 1)};
    return sql_done(query);
}

bool return_shipped_serial(struct store *store, const char *order_number, int64_t serial)
{
    int64_t one;
    return sql_number(
               store->sql, &one,
               "SELECT 1 FROM (SELECT m.line AS shipped_line FROM move_serial x JOIN move m ON m.id = x.move WHERE "
               "x.serial = "
               "?2 AND m.reason = 'ship' ORDER BY m.id DESC LIMIT 1) JOIN order_line l ON l.id = shipped_line JOIN "
               "orders o ON o.id = l.order_id WHERE ?1 IN (o.number, '')",
               sql_text(order_number), sql_int(serial)) == 0;
}

int return_line(struct store *store, int64_t document, int64_t item, int64_t *ret)
{
    struct document_line line = {.document = document, .item = item};
    int result = document_line_for(store, document, item, "", &line);
    *ret = line.id;
    if (result != -ENOENT)
        return result;
    result = sql_number(store->sql, &line.line,
                        "SELECT coalesce(max(line), 0) + 1 FROM document_line WHERE document = ?1", sql_int(document));
    return result ? result : document_line_insert(store, &line, ret);
}

static int add_lines(struct store *store, const struct document *document)
{
    return sql_run(store->sql,
                   "INSERT INTO document_line (document, line, item, expected) SELECT ?1, (SELECT coalesce(max(line), "
                   "0) FROM document_line WHERE document = ?1) + row_number() OVER (ORDER BY item), item, 0 FROM "
                   "(SELECT DISTINCT l.item FROM order_line l JOIN orders o ON o.id = l.order_id WHERE o.number = ?2 "
                   "AND l.shipped > 0 AND l.item NOT IN (SELECT item FROM document_line WHERE document = ?1))",
                   sql_int(document->id), sql_text(document->order_number));
}

int return_all(struct store *store, int64_t seq, const struct document *document, int64_t location)
{
    const struct stamp *stamp = &store->stamp;
    int result = add_lines(store, document);
    if (!result)
        result = sql_run(
            store->sql,
            "INSERT INTO move (seq, item, lot, quantity, weight_g, from_location, to_location, reason, document_line, "
            "worker, station, wall_us, mono_us) SELECT ?1, m.item, m.lot, sum(m.quantity), sum(m.weight_g), ?4, ?5, "
            "'return', (SELECT min(d.id) FROM document_line d WHERE d.document = ?2 AND d.item = m.item), ?6, ?7, ?8, "
            "?9 FROM move m JOIN order_line l ON l.id = m.line JOIN orders o ON o.id = l.order_id WHERE o.number = ?3 "
            "AND m.reason = 'ship' GROUP BY m.item, m.lot ORDER BY m.item, m.lot",
            sql_int(seq), sql_int(document->id), sql_text(document->order_number), sql_int(LOCATION_CUSTOMER),
            sql_int(location), sql_ref(stamp->worker), sql_text(stamp->station), sql_int(stamp->wall_us),
            sql_int(stamp->mono_us));
    return result ? result
                  : sql_run(store->sql,
                            "INSERT INTO move_serial (move, serial) SELECT m.id, s.id FROM serial s JOIN move m ON "
                            "m.seq = ?1 AND m.item = s.item AND m.lot = s.lot WHERE s.location = ?3 AND s.id IN "
                            "(SELECT x.serial FROM move_serial x JOIN move p ON p.id = x.move JOIN order_line l ON "
                            "l.id = p.line JOIN orders o ON o.id = l.order_id WHERE o.number = ?2 AND p.reason = "
                            "'ship')",
                            sql_int(seq), sql_text(document->order_number), sql_int(LOCATION_CUSTOMER));
}

int return_write_shipped(struct store *store, const char *order_number, struct buf *json)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT i.sku, sum(l.shipped) FROM order_line l JOIN orders o ON o.id = l.order_id JOIN item i ON "
                   "i.id = l.item WHERE o.number = ?1 AND l.shipped > 0 GROUP BY i.id ORDER BY min(l.line)",
                   sql_text(order_number));
    while (sql_next(query)) {
        json_open_object(json, NULL);
        json_text(json, "sku", sql_get_text(query, 0));
        json_int(json, "quantity", sql_get_int(query, 1));
        json_close_object(json);
    }
    return sql_done(query);
}

int return_open_lot(struct store *store, int64_t document, int64_t item, int64_t lot, struct return_open *ret)
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT d.id, m.lot, sum(iif((m.reason = 'return') = (m.reverses IS NULL), m.quantity, -m.quantity)) AS open, "
        "sum(iif((m.reason = 'return') = (m.reverses IS NULL), m.weight_g, -m.weight_g)) FROM document_line d JOIN "
        "move m ON m.document_line = d.id AND m.reason IN ('return', 'grade') WHERE d.document = ?1 AND d.item = ?2 "
        "AND ?3 IN (m.lot, -1) GROUP BY d.id, m.lot HAVING open > 0 ORDER BY d.id, m.lot LIMIT 1",
        sql_int(document), sql_int(item), sql_int(lot));
    bool found = sql_next(query);
    if (found)
        *ret = (struct return_open){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2),
                                    sql_get_int(query, 3)};
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int return_graded(struct store *store, int64_t document, int64_t item, int64_t *ret_done, int64_t *ret_graded)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT coalesce(sum(done), 0), coalesce(sum(settled), 0) FROM document_line "
                                         "WHERE document = ?1 AND item = ?2",
                                         sql_int(document), sql_int(item));
    if (sql_next(query)) {
        *ret_done = sql_get_int(query, 0);
        *ret_graded = sql_get_int(query, 1);
    }
    return sql_done(query);
}
