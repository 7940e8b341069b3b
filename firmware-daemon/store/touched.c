#include "store/touched.h"

#include <errno.h>

_Static_assert(TOUCHED_STOCK == 0 && TOUCHED_FACE == 1 && TOUCHED_WAVE == 2, "the triggers write these numbers");
#define NOTE(what, id, when) "INSERT INTO touched SELECT " #what ", " id " WHERE " when " ON CONFLICT DO NOTHING; "

#define LACKED(item) "EXISTS (SELECT 1 FROM orders WHERE state = 'received' AND cancelled = 0 AND lacks = " item ")"
#define STOCK(item)  "BEGIN " NOTE(0, item, LACKED(item)) "END;"
#define FACE(item)                                                                                                     \
    "BEGIN " NOTE(1, item,                                                                                             \
                  "EXISTS (SELECT 1 FROM location WHERE item = " item " AND face_min > 0 AND kind = 'face')") "END;"
#define WAVE(id) "BEGIN " NOTE(2, id, "true") "END;"

static const char
    triggers[] =
        "CREATE TEMP TABLE touched (what INTEGER, id INTEGER, PRIMARY KEY (what, id)) WITHOUT ROWID;"
        /* stock */
        "CREATE TEMP TRIGGER stock_came AFTER INSERT ON balance WHEN NEW.lpn = 0 AND NEW.quantity > 0 " STOCK(
            "NEW.item") "CREATE TEMP TRIGGER stock_grew AFTER UPDATE OF quantity ON balance "
                        "WHEN NEW.lpn = 0 AND NEW.quantity > OLD.quantity " STOCK(
                            "NEW.item") "CREATE TEMP TRIGGER promise_released AFTER UPDATE OF released ON allocation "
                                        "WHEN NEW.released > OLD.released " STOCK("NEW.item") "CREATE TEMP TRIGGER "
                                                                                              "hold_lifted AFTER "
                                                                                              "DELETE ON hold " STOCK("OLD.item") "CREATE TEMP TRIGGER lot_changed AFTER UPDATE OF blocked, expiry ON lot " STOCK("NEW.item") "CREATE TEMP TRIGGER life_changed AFTER UPDATE OF life_out_days ON item " STOCK(
                                                                                                  "NEW.id") "CREATE "
                                                                                                            "TEMP "
                                                                                                            "TRIGGER "
                                                                                                            "bin_"
                                                                                                            "changed "
                                                                                                            "AFTER "
                                                                                                            "UPDATE OF "
                                                                                                            "kind ON "
                                                                                                            "location "
                                                                                                            "WHEN "
                                                                                                            "NEW.kind "
                                                                                                            "<> "
                                                                                                            "OLD.kind "
                                                                                                            "BEGIN"
                                                                                                            " " NOTE(0,
                                                                                                                     "l"
                                                                                                                     "a"
                                                                                                                     "c"
                                                                                                                     "k"
                                                                                                                     "s"
                                                                                                                     " "
                                                                                                                     "F"
                                                                                                                     "R"
                                                                                                                     "O"
                                                                                                                     "M"
                                                                                                                     " "
                                                                                                                     "o"
                                                                                                                     "r"
                                                                                                                     "d"
                                                                                                                     "e"
                                                                                                                     "r"
                                                                                                                     "s",
                                                                                                                     "s"
                                                                                                                     "t"
                                                                                                                     "a"
                                                                                                                     "t"
                                                                                                                     "e"
                                                                                                                     " "
                                                                                                                     "="
                                                                                                                     " "
                                                                                                                     "'"
                                                                                                                     "r"
                                                                                                                     "e"
                                                                                                                     "c"
                                                                                                                     "e"
                                                                                                                     "i"
                                                                                                                     "v"
                                                                                                                     "e"
                                                                                                                     "d"
                                                                                                                     "'"
                                                                                                                     " "
                                                                                                                     "A"
                                                                                                                     "N"
                                                                                                                     "D"
                                                                                                                     " "
                                                                                                                     "c"
                                                                                                                     "a"
                                                                                                                     "n"
                                                                                                                     "c"
                                                                                                                     "e"
                                                                                                                     "l"
                                                                                                                     "l"
                                                                                                                     "e"
                                                                                                                     "d"
                                                                                                                     " "
                                                                                                                     "="
                                                                                                                     " "
                                                                                                                     "0") "END;"
                                                                                                                          "CREATE TEMP TRIGGER order_came AFTER INSERT ON orders WHEN NEW.state = 'received' BEGIN " NOTE(
                                                                                                                              0,
                                                                                                                              "0",
                                                                                                                              "true") "END;"
                                                                                                                                      "CREATE TEMP TRIGGER order_waits_again AFTER UPDATE OF state ON orders WHEN NEW.state = 'received' BEGIN "
                                                                                                                                      "UPDATE orders SET lacks = 0, lacks_pieces = 0 WHERE id = NEW.id; " NOTE(
                                                                                                                                          0,
                                                                                                                                          "0",
                                                                                                                                          "true") "END;"
                                                                                                                                                  /* faces */
                                                                                                                                                  "CREATE TEMP TRIGGER face_moved AFTER INSERT ON move " FACE(
                                                                                                                                                      "NEW.item")
    /* waves */
    "CREATE TEMP TRIGGER order_done AFTER UPDATE OF state ON orders "
    "WHEN NEW.wave IS NOT NULL AND NEW.state NOT IN ('allocated', 'picking', 'picked', 'packing') " WAVE(
        "NEW.wave") "CREATE TEMP TRIGGER order_left AFTER UPDATE OF wave ON orders "
                    "WHEN OLD.wave IS NOT NULL AND NEW.wave IS NOT OLD.wave " WAVE(
                        "OLD.wave") "CREATE TEMP TRIGGER plate_left AFTER UPDATE OF wave ON lpn "
                                    "WHEN OLD.wave IS NOT NULL AND NEW.wave IS NOT OLD.wave " WAVE(
                                        "OLD.wave") "CREATE TEMP TRIGGER worker_left AFTER UPDATE OF worker ON wave "
                                                    "WHEN NEW.worker IS NULL " WAVE("NEW.id") "CREATE TEMP TRIGGER "
                                                                                              "wave_released AFTER "
                                                                                              "UPDATE OF state ON wave "
                                                                                              "WHEN OLD.state = "
                                                                                              "'draft' " WAVE("NEW.id");

int touched_start(struct store *store, struct error *error)
{
    return sql_script(store->sql, triggers, error);
}

int touched_take(struct store *store, enum touched *ret, int64_t *ret_id)
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
