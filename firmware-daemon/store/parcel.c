#include "store/parcel.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>

static int load(struct sql_query *query, struct parcel *ret)
{
    bool found = sql_next(query);
    if (found) {
        ret->id = sql_get_int(query, 0);
        ret->order = sql_get_int(query, 1);
        ret->lpn = sql_get_int(query, 2);
        ret->manifest = sql_get_int(query, 3);
        ret->box = sql_get_int(query, 4);
        sql_copy_text(query, 5, ret->state, sizeof(ret->state));
        sql_copy_text(query, 6, ret->waybill, sizeof(ret->waybill));
        ret->weight_g = sql_get_int(query, 7);
        ret->forced = sql_get_int(query, 8);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

#define PARCEL_COLUMNS "id, order_id, lpn, manifest, box, state, waybill, weight_g, forced"

int parcel_load(struct store *store, int64_t id, struct parcel *ret)
{
    return load(sql_select(store->sql, "SELECT " PARCEL_COLUMNS " FROM parcel WHERE id = ?1", sql_int(id)), ret);
}

int parcel_of_order(struct store *store, int64_t order, struct parcel *ret)
{
    return load(sql_select(store->sql, "SELECT " PARCEL_COLUMNS " FROM parcel WHERE order_id = ?1", sql_int(order)),
                ret);
}

int parcel_insert(struct store *store, int64_t order, int64_t lpn, int64_t *ret)
{
    int result =
        sql_run(store->sql, "INSERT INTO parcel (order_id, lpn) VALUES (?1, ?2)", sql_int(order), sql_int(lpn));
    if (!result)
        *ret = sql_last_id(store->sql);
    return result;
}

int parcel_verify(struct store *store, int64_t id, int64_t box, const char *waybill)
{
    return sql_run(store->sql,
                   "UPDATE parcel SET state = 'verified', box = ?2, waybill = ?3, waiting = NULL WHERE id = ?1",
                   sql_int(id), sql_int(box), sql_text(waybill));
}

int parcel_wait(struct store *store, int64_t id, int64_t box, int64_t seq)
{
    return sql_run(store->sql, "UPDATE parcel SET box = ?2, waiting = ?3 WHERE id = ?1", sql_int(id), sql_int(box),
                   sql_int(seq));
}

int parcel_wait_no_more(struct store *store, int64_t order)
{
    return sql_run(store->sql, "UPDATE parcel SET waiting = NULL WHERE order_id = ?1", sql_int(order));
}

int parcel_set_box(struct store *store, int64_t id, int64_t box)
{
    return sql_run(store->sql, "UPDATE parcel SET box = ?2 WHERE id = ?1", sql_int(id), sql_ref(box));
}

int parcel_force(struct store *store, int64_t id, int64_t supervisor)
{
    return sql_run(store->sql, "UPDATE parcel SET forced = ?2 WHERE id = ?1", sql_int(id), sql_ref(supervisor));
}

int parcel_reopen(struct store *store, int64_t id)
{
    return sql_run(store->sql,
                   "UPDATE parcel SET state = 'building', box = NULL, waybill = NULL, weight_g = NULL, forced = NULL, "
                   "waiting = NULL WHERE id = ?1",
                   sql_int(id));
}

int parcel_set_state(struct store *store, int64_t id, const char *state)
{
    return sql_run(store->sql, "UPDATE parcel SET state = ?2 WHERE id = ?1", sql_int(id), sql_text(state));
}

int parcel_load_on(struct store *store, int64_t id, int64_t manifest)
{
    return sql_run(store->sql, "UPDATE parcel SET manifest = ?2 WHERE id = ?1", sql_int(id), sql_ref(manifest));
}

static int load_manifest(struct sql_query *query, struct manifest *ret)
{
    bool found = sql_next(query);
    if (found) {
        ret->id = sql_get_int(query, 0);
        ret->gate = sql_get_int(query, 1);
        sql_copy_text(query, 2, ret->number, sizeof(ret->number));
        sql_copy_text(query, 3, ret->carrier, sizeof(ret->carrier));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int manifest_load(struct store *store, int64_t id, struct manifest *ret)
{
    return load_manifest(
        sql_select(store->sql, "SELECT id, gate, number, carrier FROM manifest WHERE id = ?1", sql_int(id)), ret);
}

int manifest_open(struct store *store, int64_t gate, const char *carrier, struct manifest *ret, bool *ret_new)
{
    int result = load_manifest(
        sql_select(store->sql, "SELECT id, gate, number, carrier FROM manifest WHERE gate = ?1 AND state = 'open'",
                   sql_int(gate)),
        ret);
    if (result != -ENOENT) {
        *ret_new = false;
        return result;
    }
    result = sql_run(store->sql,
                     "INSERT INTO manifest (number, gate, carrier) SELECT printf('M-%s-%06d', ?1, "
                     "coalesce(max(id), 0) + 1), ?2, ?3 FROM manifest",
                     sql_text(store->site), sql_int(gate), sql_text(carrier));
    *ret_new = true;
    return result ? result : manifest_load(store, sql_last_id(store->sql), ret);
}

int manifest_close(struct store *store, int64_t id)
{
    return sql_run(store->sql, "UPDATE manifest SET state = 'closed' WHERE id = ?1", sql_int(id));
}

int manifest_count(struct store *store, int64_t id, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT count(*) FROM parcel WHERE manifest = ?1", sql_int(id));
}

int manifest_next(struct store *store, int64_t id, int64_t after, int64_t *ret_parcel)
{
    return sql_number(store->sql, ret_parcel,
                      "SELECT id FROM parcel WHERE manifest = ?1 AND id > ?2 ORDER BY id LIMIT 1", sql_int(id),
                      sql_int(after));
}

int manifest_write_parcels(struct store *store, int64_t id, struct buf *json)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT p.waybill, o.number FROM parcel p JOIN orders o ON o.id = p.order_id "
                                         "WHERE p.manifest = ?1 ORDER BY p.id",
                                         sql_int(id));
    while (sql_next(query)) {
        json_open_object(json, NULL);
        json_text(json, "waybill", sql_get_text(query, 0));
        json_text(json, "order", sql_get_text(query, 1));
        json_close_object(json);
    }
    return sql_done(query);
}
