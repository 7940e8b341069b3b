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
        sql_copy_text(query, 4, ret->state, sizeof(ret->state));
        sql_copy_text(query, 5, ret->waybill, sizeof(ret->waybill));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

#define PARCEL_COLUMNS "id, order_id, lpn, manifest, state, waybill"

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
    return sql_run(store->sql, "UPDATE parcel SET state = 'verified', box = ?2, waybill = ?3 WHERE id = ?1",
                   sql_int(id), sql_int(box), sql_text(waybill));
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

int print_job_queue(struct store *store, const struct print_request *request)
{
    return sql_run(store->sql,
                   "INSERT INTO print_job (key, station, template, data, parcel, copy, reason, changed_us) "
                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key) DO NOTHING",
                   sql_text(request->key), sql_text(store->stamp.station), sql_text(request->template),
                   sql_text(request->data), sql_ref(request->parcel), sql_int(request->copy), sql_text(request->reason),
                   sql_int(store->stamp.wall_us));
}

static int load_job(struct sql_query *query, struct print_job *ret)
{
    bool found = sql_next(query);
    if (found) {
        ret->id = sql_get_int(query, 0);
        ret->parcel = sql_get_int(query, 1);
        ret->copy = sql_get_int(query, 2);
        sql_copy_text(query, 3, ret->station, sizeof(ret->station));
        sql_copy_text(query, 4, ret->template, sizeof(ret->template));
        sql_copy_text(query, 5, ret->state, sizeof(ret->state));
        sql_copy_text(query, 6, ret->reason, sizeof(ret->reason));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

#define JOB_COLUMNS "id, parcel, copy, station, template, state, reason"

int print_job_load(struct store *store, int64_t id, struct print_job *ret)
{
    return load_job(sql_select(store->sql, "SELECT " JOB_COLUMNS " FROM print_job WHERE id = ?1", sql_int(id)), ret);
}

int print_job_of_parcel(struct store *store, int64_t parcel, struct print_job *ret)
{
    return load_job(sql_select(store->sql,
                               "SELECT " JOB_COLUMNS " FROM print_job WHERE parcel = ?1 ORDER BY id DESC LIMIT 1",
                               sql_int(parcel)),
                    ret);
}

int print_job_data(struct store *store, int64_t id, struct buf *ret)
{
    struct sql_query *query = sql_select(store->sql, "SELECT data FROM print_job WHERE id = ?1", sql_int(id));
    bool found = sql_next(query);
    if (found)
        buf_puts(ret, sql_get_text(query, 0));
    int result = sql_done(query);
    return result ? result : !found ? -ENOENT : ret->failed ? -ENOMEM : 0;
}

int print_job_set_state(struct store *store, int64_t id, const char *state, const char *reason)
{
    return sql_run(store->sql, "UPDATE print_job SET state = ?2, reason = ?3, changed_us = ?4 WHERE id = ?1",
                   sql_int(id), sql_text(state), sql_text(reason), sql_int(store->stamp.wall_us));
}

int print_job_next(struct store *store, const char *station, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT min(id) FROM print_job WHERE station = ?1 AND state IN ('queued', 'sending') "
                      "HAVING sum(state = 'sending') = 0",
                      sql_text(station));
}

int print_job_in_doubt(struct store *store, const char *station, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT min(id) FROM print_job WHERE station = ?1 AND parcel IS NULL AND "
                      "state IN ('unknown', 'failed')",
                      sql_text(station));
}

int print_job_interrupted(struct store *store, int64_t after, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT id FROM print_job WHERE state = 'sending' AND id > ?1 ORDER BY id LIMIT 1",
                      sql_int(after));
}
