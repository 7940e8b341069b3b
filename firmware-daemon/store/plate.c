#include "store/plate.h"

#include <errno.h>
#include <stdio.h>

int lpn_load(struct store *store, int64_t id, struct lpn *ret)
{
    struct sql_query *query = sql_select(
        store->sql, "SELECT code, kind, location, order_id, wave, document FROM lpn WHERE id = ?1", sql_int(id));
    bool found = sql_next(query);
    if (found) {
        *ret = (struct lpn){.id = id,
                            .location = sql_get_int(query, 2),
                            .order = sql_get_int(query, 3),
                            .wave = sql_get_int(query, 4),
                            .document = sql_get_int(query, 5)};
        sql_copy_text(query, 0, ret->code, sizeof(ret->code));
        sql_copy_text(query, 1, ret->kind, sizeof(ret->kind));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int lpn_find(struct store *store, const char *code, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM lpn WHERE code = ?1", sql_text(code));
}

int lpn_of_order(struct store *store, int64_t order, int64_t after, int64_t *ret)
{
    return sql_number(
        store->sql, ret,
        "SELECT id FROM lpn WHERE order_id = ?1 AND kind IN ('tote', 'slot') AND id > ?2 ORDER BY id LIMIT 1",
        sql_int(order), sql_int(after));
}

static int assign(struct store *store, int64_t lpn, int64_t order, int64_t wave, int64_t document)
{
    return sql_run(store->sql, "UPDATE lpn SET order_id = ?2, wave = ?3, document = ?4 WHERE id = ?1", sql_int(lpn),
                   sql_ref(order), sql_ref(wave), sql_ref(document));
}

int lpn_assign(struct store *store, int64_t lpn, int64_t order)
{
    return assign(store, lpn, order, 0, 0);
}

int lpn_assign_wave(struct store *store, int64_t lpn, int64_t wave)
{
    return assign(store, lpn, 0, wave, 0);
}

int lpn_assign_document(struct store *store, int64_t lpn, int64_t document)
{
    return assign(store, lpn, 0, 0, document);
}

bool lpn_holds_order(struct store *store, int64_t order)
{
    int64_t one;
    return sql_number(store->sql, &one,
                      "SELECT 1 FROM lpn p JOIN balance b ON b.lpn = p.id AND b.lpn <> 0 AND b.quantity > 0 "
                      "WHERE p.order_id = ?1 LIMIT 1",
                      sql_int(order)) == 0;
}

int lpn_free_totes(struct store *store, int64_t order)
{
    return sql_run(store->sql, "UPDATE lpn SET order_id = NULL WHERE order_id = ?1 AND kind = 'tote'", sql_int(order));
}

int lpn_set_location(struct store *store, int64_t lpn, int64_t location)
{
    return sql_run(store->sql, "UPDATE lpn SET location = ?2 WHERE id = ?1", sql_int(lpn), sql_int(location));
}

bool lpn_is_empty(struct store *store, int64_t lpn)
{
    int64_t one;
    return sql_number(store->sql, &one, "SELECT 1 FROM balance WHERE lpn = ?1 AND lpn <> 0 AND quantity > 0 LIMIT 1",
                      sql_int(lpn)) == -ENOENT;
}

static int lpn_ensure(struct store *store, const char *prefix, const char *code, const char *kind, int64_t location,
                      int64_t *ret)
{
    char plate[STORE_CODE_MAX * 2];
    snprintf(plate, sizeof(plate), "%s%s", prefix, code);
    int result = sql_number(store->sql, ret, "SELECT id FROM lpn WHERE code = ?1", sql_text(plate));
    if (result != -ENOENT)
        return result;
    result = sql_run(store->sql, "INSERT INTO lpn (code, kind, location) VALUES (?1, ?2, ?3)", sql_text(plate),
                     sql_text(kind), sql_int(location));
    if (!result)
        *ret = sql_last_id(store->sql);
    return result;
}

int lpn_of_hand(struct store *store, const char *worker_code, int64_t *ret)
{
    return lpn_ensure(store, "HAND:", worker_code, "hand", LOCATION_FLOOR, ret);
}

int lpn_of_parcel(struct store *store, int64_t order, const char *order_number, int64_t *ret)
{
    int result = lpn_ensure(store, "PARCEL:", order_number, "parcel", LOCATION_BENCH, ret);
    return result ? result : lpn_assign(store, *ret, order);
}

int lpn_of_slot(struct store *store, int64_t location, const char *location_code, int64_t *ret)
{
    return lpn_ensure(store, "SLOT:", location_code, "slot", location, ret);
}

int lpn_of_pallet(struct store *store, const char *sscc, int64_t location, int64_t *ret)
{
    return lpn_ensure(store, "", sscc, "pallet", location, ret);
}

int tote_upsert(struct store *store, const char *code)
{
    return sql_run(store->sql,
                   "INSERT INTO lpn (code, kind, location) VALUES (?1, 'tote', ?2) ON CONFLICT (code) DO NOTHING",
                   sql_text(code), sql_int(LOCATION_FLOOR));
}
