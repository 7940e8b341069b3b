#include "store/receipt.h"

#include "store/plate.h"

#include <errno.h>
#include <stdio.h>

int receipt_item(struct store *store, int64_t document, int64_t item, struct receipt_item *ret)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT coalesce(sum(expected), 0), coalesce(sum(done + damaged), 0), "
                                         "count(*) FROM document_line WHERE document = ?1 AND item = ?2",
                                         sql_int(document), sql_int(item));
    if (sql_next(query))
        *ret = (struct receipt_item){sql_get_int(query, 0), sql_get_int(query, 1), sql_get_int(query, 2) > 0};
    return sql_done(query);
}

int receipt_next(struct store *store, int64_t document, int64_t *ret_item)
{
    return sql_number(store->sql, ret_item,
                      "SELECT item FROM document_line WHERE document = ?1 GROUP BY item HAVING sum(expected) > "
                      "sum(done + damaged) ORDER BY min(line) LIMIT 1",
                      sql_int(document));
}

int receipt_add_line(struct store *store, int64_t document, int64_t item, const char *lot_code, int64_t *ret)
{
    int result = sql_run(store->sql,
                         "INSERT INTO document_line (document, line, item, lot_code, expected) SELECT ?1, "
                         "coalesce(max(line), 0) + 1, ?2, ?3, 0 FROM document_line WHERE document = ?1",
                         sql_int(document), sql_int(item), sql_text(lot_code));
    if (!result)
        *ret = sql_last_id(store->sql);
    return result;
}

int receipt_pallet_after(struct store *store, int64_t document, const char *sscc, int64_t after,
                         struct document_line *ret)
{
    int64_t id;
    int result = sql_number(store->sql, &id,
                            "SELECT id FROM document_line WHERE sscc = ?2 AND sscc <> '' AND document = ?1 AND "
                            "line > ?3 ORDER BY line LIMIT 1",
                            sql_int(document), sql_text(sscc), sql_int(after));
    return result ? result : document_line_load(store, id, ret);
}

int receipt_outcome(struct store *store, int64_t document, char out[RECEIPT_OUTCOME_MAX])
{
    struct sql_query *query = sql_select(
        store->sql,
        "SELECT max(expected > come), max(come > expected), max(damaged > 0) FROM (SELECT sum(expected) AS expected, "
        "sum(done + damaged) AS come, sum(damaged) AS damaged FROM document_line WHERE document = ?1 GROUP BY item)",
        sql_int(document));
    if (sql_next(query)) {
        bool is_short = sql_get_int(query, 0) > 0, over = sql_get_int(query, 1) > 0,
             damaged = sql_get_int(query, 2) > 0;
        snprintf(out, RECEIPT_OUTCOME_MAX, "%s%s%s%s%s", is_short ? "short" : "", is_short && over ? "," : "",
                 over ? "over" : "", (is_short || over) && damaged ? "," : "", damaged ? "damaged" : "");
    }
    return sql_done(query);
}

int receipt_free_plates(struct store *store, int64_t document)
{
    return sql_run(store->sql,
                   "UPDATE lpn SET document = NULL WHERE document = ?1 AND NOT EXISTS (SELECT 1 FROM balance b WHERE "
                   "b.lpn = lpn.id AND b.lpn <> 0 AND b.quantity > 0)",
                   sql_int(document));
}

int receipt_give_back(struct store *store, int64_t document)
{
    struct document_totals totals;
    int result = document_totals(store, document, &totals);
    if (!result)
        result = receipt_free_plates(store, document);
    if (!result && totals.done + totals.damaged == 0)
        result = document_set_state(store, document, "open", "");
    return result ? result : document_set_worker(store, document, 0);
}

/* A plate with one lot of one item tells it; of others the task is about the whole plate. */
#define PLAN_PLATES(which)                                                                                             \
    "INSERT INTO task (kind, lpn, from_location, document, item, lot, quantity) SELECT 'putaway', p.id, p.location, "  \
    "p.document, iif(count(*) = 1, b.item, NULL), iif(count(*) = 1, b.lot, NULL), iif(count(*) = 1, b.quantity, 0) "   \
    "FROM lpn p JOIN balance b ON b.lpn = p.id AND b.lpn <> 0 AND b.quantity > 0 WHERE p.kind IN ('tote', "            \
    "'pallet') AND " which " AND NOT EXISTS (SELECT 1 FROM task t WHERE t.lpn = p.id AND t.state NOT IN ('done', "     \
    "'cancelled')) GROUP BY p.id ORDER BY p.id"

/* Loose goods: what the document's lines brought to a place without a plate. */
#define PLAN_LOOSE                                                                                                     \
    "INSERT INTO task (kind, document, item, lot, from_location, quantity) SELECT 'putaway', ?1, m.item, m.lot, "      \
    "iif(m.reverses IS NULL, m.to_location, m.from_location) AS place, sum(iif(m.reverses IS NULL, m.quantity, "       \
    "-m.quantity)) AS loose FROM move m JOIN document_line l ON l.id = m.document_line WHERE l.document = ?1 AND "     \
    "m.reason = 'receive' AND iif(m.reverses IS NULL, m.to_lpn, m.from_lpn) = 0 GROUP BY m.item, m.lot, place "        \
    "HAVING loose > 0 ORDER BY m.item, m.lot"

int receipt_plan_putaway(struct store *store, int64_t document)
{
    int result = sql_run(store->sql, PLAN_PLATES("p.document = ?1"), sql_int(document));
    return result ? result : sql_run(store->sql, PLAN_LOOSE, sql_int(document));
}

int plate_plan_putaway(struct store *store, int64_t plate, int64_t *ret)
{
    int result = sql_run(store->sql, PLAN_PLATES("p.id = ?1"), sql_int(plate));
    if (!result && sql_changes(store->sql) == 0)
        return -EEXIST;
    if (!result)
        *ret = sql_last_id(store->sql);
    return result;
}
