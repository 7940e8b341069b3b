#include "store/session.h"

#include <errno.h>
#include <string.h>

static void read_session(struct sql_query *query, struct session *ret)
{
    ret->worker = sql_get_int(query, 0);
    sql_copy_text(query, 1, ret->step, sizeof(ret->step));
    ret->order = sql_get_int(query, 2);
    ret->allocation = sql_get_int(query, 3);
    ret->tote = sql_get_int(query, 4);
    ret->parcel = sql_get_int(query, 5);
    ret->manifest = sql_get_int(query, 6);
    ret->quantity = sql_get_int(query, 7);
}

static int load(struct sql_query *query, struct session *ret)
{
    bool found = sql_next(query);
    if (found)
        read_session(query, ret);
    else
        memset(ret, 0, sizeof(*ret));
    return sql_done(query);
}

#define SESSION_COLUMNS "worker, step, order_id, allocation, tote, parcel, manifest, quantity"

int session_at_station(struct store *store, const char *station, struct session *ret)
{
    return load(sql_select(store->sql, "SELECT " SESSION_COLUMNS " FROM session WHERE station = ?1", sql_text(station)),
                ret);
}

int session_of_worker(struct store *store, int64_t worker, struct session *ret)
{
    return load(sql_select(store->sql, "SELECT " SESSION_COLUMNS " FROM session WHERE worker = ?1", sql_int(worker)),
                ret);
}

int session_save(struct store *store, const struct session *session)
{
    return sql_run(
        store->sql,
        "UPDATE session SET step = ?2, order_id = ?3, allocation = ?4, tote = ?5, parcel = ?6, manifest = ?7, "
        "quantity = ?8 WHERE worker = ?1",
        sql_int(session->worker), sql_text(session->step), sql_ref(session->order), sql_ref(session->allocation),
        sql_ref(session->tote), sql_ref(session->parcel), sql_ref(session->manifest), sql_int(session->quantity));
}

int session_sign_in(struct store *store, int64_t worker, const char *station)
{
    int result = sql_run(store->sql, "UPDATE session SET station = NULL WHERE station = ?1 AND worker <> ?2",
                         sql_text(station), sql_int(worker));
    if (result)
        return result;
    return sql_run(store->sql,
                   "INSERT INTO session (worker, station) VALUES (?1, ?2) "
                   "ON CONFLICT (worker) DO UPDATE SET station = excluded.station",
                   sql_int(worker), sql_text(station));
}

int session_station(struct store *store, int64_t worker, char *out, size_t capacity)
{
    struct sql_query *query = sql_select(
        store->sql, "SELECT station FROM session WHERE worker = ?1 AND station IS NOT NULL", sql_int(worker));
    bool found = sql_next(query);
    if (found)
        sql_copy_text(query, 0, out, capacity);
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int session_sign_out(struct store *store, int64_t worker)
{
    return sql_run(store->sql, "UPDATE session SET station = NULL WHERE worker = ?1", sql_int(worker));
}

int session_leave_manifest(struct store *store, int64_t manifest)
{
    int result =
        sql_run(store->sql, "DELETE FROM action WHERE worker IN (SELECT worker FROM session WHERE manifest = ?1)",
                sql_int(manifest));
    if (result)
        return result;
    return sql_run(store->sql, "UPDATE session SET step = 'menu', manifest = NULL, parcel = NULL WHERE manifest = ?1",
                   sql_int(manifest));
}

int action_record(struct store *store, const struct session *before, int64_t seq, const char *type)
{
    return sql_run(
        store->sql,
        "INSERT INTO action (worker, step, order_id, allocation, tote, parcel, manifest, quantity, seq, type) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        sql_int(before->worker), sql_text(before->step), sql_ref(before->order), sql_ref(before->allocation),
        sql_ref(before->tote), sql_ref(before->parcel), sql_ref(before->manifest), sql_int(before->quantity),
        sql_int(seq), sql_text(type));
}

int action_last(struct store *store, int64_t worker, struct action *ret)
{
    struct sql_query *query = sql_select(
        store->sql, "SELECT " SESSION_COLUMNS ", id, seq, type FROM action WHERE worker = ?1 ORDER BY id DESC LIMIT 1",
        sql_int(worker));
    bool found = sql_next(query);
    if (found) {
        read_session(query, &ret->before);
        ret->id = sql_get_int(query, 8);
        ret->seq = sql_get_int(query, 9);
        sql_copy_text(query, 10, ret->type, sizeof(ret->type));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int action_drop(struct store *store, int64_t id)
{
    return sql_run(store->sql, "DELETE FROM action WHERE id = ?1", sql_int(id));
}

int action_forget(struct store *store, int64_t worker)
{
    return sql_run(store->sql, "DELETE FROM action WHERE worker = ?1", sql_int(worker));
}
