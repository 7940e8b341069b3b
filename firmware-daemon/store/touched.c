#include "store/touched.h"

#include <errno.h>
#include <stdio.h>

/* Of what is noted, that which matters to somebody. */
#define STOCK_MATTERS "EXISTS (SELECT 1 FROM orders WHERE state = 'received' AND cancelled = 0 AND lacks = t.id)"
#define FACE_MATTERS  "EXISTS (SELECT 1 FROM location WHERE item = t.id AND face_min > 0 AND kind = 'face')"
static const char *const matters[TOUCHED_KINDS] = {
    [TOUCHED_STOCK] = STOCK_MATTERS, [TOUCHED_FACE] = FACE_MATTERS, [TOUCHED_WAVE] = "true"};

static const struct {
    enum touched what;
    const char *name, *change, *when, *id; /* id: what is noted, as a SELECT has it */
} watches[] = {
    {TOUCHED_STOCK, "promise_released", "UPDATE OF released ON allocation", "NEW.released > OLD.released",
     "NEW.item AS id"},
    {TOUCHED_STOCK, "hold_lifted", "DELETE ON hold", "true", "OLD.item AS id"},
    {TOUCHED_STOCK, "lot_changed", "UPDATE OF blocked, expiry ON lot", "true", "NEW.item AS id"},
    {TOUCHED_STOCK, "life_changed", "UPDATE OF life_out_days ON item", "true", "NEW.id AS id"},
    {TOUCHED_STOCK, "bin_changed", "UPDATE OF kind ON location", "NEW.kind <> OLD.kind", "lacks AS id FROM orders"},
    {TOUCHED_STOCK, "order_came", "INSERT ON orders", "NEW.state = 'received'", "0 AS id"},
    {TOUCHED_STOCK, "order_waits_again", "UPDATE OF lacks ON orders", "NEW.lacks = 0", "0 AS id"},
    {TOUCHED_WAVE, "order_done", "UPDATE OF state ON orders",
     "NEW.wave IS NOT NULL AND NEW.state NOT IN ('allocated', 'picking', 'picked', 'packing')", "NEW.wave AS id"},
    {TOUCHED_WAVE, "order_left", "UPDATE OF wave ON orders", "OLD.wave IS NOT NULL AND NEW.wave IS NOT OLD.wave",
     "OLD.wave AS id"},
    {TOUCHED_WAVE, "plate_left", "UPDATE OF wave ON lpn", "OLD.wave IS NOT NULL AND NEW.wave IS NOT OLD.wave",
     "OLD.wave AS id"},
    {TOUCHED_WAVE, "worker_left", "UPDATE OF worker ON wave", "NEW.worker IS NULL", "NEW.id AS id"},
};

int touched_start(struct store *store, struct error *error)
{
    char text[1000];
    int result =
        sql_script(store->sql,
                   "CREATE TEMP TABLE touched (what INTEGER, id INTEGER, PRIMARY KEY (what, id)) WITHOUT ROWID", error);
    for (size_t i = 0; i < COUNT(watches) && !result; i++) {
        snprintf(text, sizeof(text),
                 "CREATE TEMP TRIGGER %s AFTER %s WHEN %s BEGIN INSERT INTO touched SELECT %d, t.id FROM "
                 "(SELECT %s) t WHERE %s ON CONFLICT DO NOTHING; END",
                 watches[i].name, watches[i].change, watches[i].when, (int)watches[i].what, watches[i].id,
                 matters[watches[i].what]);
        result = sql_script(store->sql, text, error);
    }
    return result;
}

int touched_begin(struct store *store)
{
    return sql_number(store->sql, &store->last_move, "SELECT coalesce(max(id), 0) FROM move", SQL_NO_VALUES);
}

/* What was moved since it was last looked at; a trigger on each move would be a third of its price. Loose goods may be
 * what somebody waits for. */
static int note_moves(struct store *store)
{
    int64_t before = store->last_move;
    int result = touched_begin(store);
    if (result || store->last_move == before)
        return result;
    _Static_assert(TOUCHED_STOCK == 0 && TOUCHED_FACE == 1, "as the statement has them");
    return sql_run(
        store->sql,
        "INSERT INTO touched SELECT 0, t.id FROM (SELECT item AS id FROM move WHERE id > ?1 AND to_lpn = 0) t "
        "WHERE " STOCK_MATTERS " UNION ALL SELECT 1, t.id FROM (SELECT item AS id FROM move WHERE id > ?1) t "
        "WHERE " FACE_MATTERS " ON CONFLICT DO NOTHING",
        sql_int(before));
}

static int take(struct store *store, enum touched *ret, int64_t *ret_id)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT what, id FROM touched ORDER BY what, id LIMIT 1", SQL_NO_VALUES);
    bool found = sql_next(query);
    if (found) {
        *ret = (enum touched)sql_get_int(query, 0);
        *ret_id = sql_get_int(query, 1);
    }
    int result = sql_done(query);
    if (result || !found)
        return result ? result : -ENOENT;
    return sql_run(store->sql, "DELETE FROM touched WHERE what = ?1 AND id = ?2", sql_int(*ret), sql_int(*ret_id));
}

int touched_take(struct store *store, enum touched *ret, int64_t *ret_id)
{
    int result = note_moves(store);
    return result ? result : take(store, ret, ret_id);
}
