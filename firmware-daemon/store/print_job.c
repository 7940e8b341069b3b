#include "store/print_job.h"

#include "store/receiver.h"

#include <errno.h>

int print_job_queue(struct store *store, const struct print_request *request)
{
    CLEANUP_BUF struct buf data = {0};
    int result = receiver_seal_label(store, request->key, request->data, &data);
    if (result)
        return result;
    return sql_run(store->sql,
                   "INSERT INTO print_job (key, station, template, data, parcel, copy, copies, reason, worker, "
                   "changed_us, queued_us, since_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11) "
                   "ON CONFLICT (key) DO NOTHING",
                   sql_text(request->key), sql_text(store->stamp.station), sql_text(request->template),
                   sql_text(buf_text(&data)), sql_ref(request->parcel), sql_int(request->copy),
                   sql_int(request->copies ? request->copies : 1), sql_text(request->reason),
                   sql_ref(store->stamp.worker), sql_int(store->stamp.wall_us), sql_int(store->stamp.mono_us));
}

static int load_job(struct sql_query *query, struct print_job *ret)
{
    bool found = sql_next(query);
    if (found) {
        ret->id = sql_get_int(query, 0);
        ret->parcel = sql_get_int(query, 1);
        ret->copy = sql_get_int(query, 2);
        ret->copies = sql_get_int(query, 3);
        ret->labels = sql_get_int(query, 4);
        ret->done = sql_get_int(query, 5);
        sql_copy_text(query, 6, ret->station, sizeof(ret->station));
        sql_copy_text(query, 7, ret->template, sizeof(ret->template));
        sql_copy_text(query, 8, ret->state, sizeof(ret->state));
        sql_copy_text(query, 9, ret->reason, sizeof(ret->reason));
        sql_copy_text(query, 10, ret->proof, sizeof(ret->proof));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

#define JOB_COLUMNS "id, parcel, copy, copies, labels, done, station, template, state, reason, proof"

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
    struct sql_query *query = sql_select(store->sql, "SELECT key, data FROM print_job WHERE id = ?1", sql_int(id));
    int opened = -ENOENT;
    if (sql_next(query))
        opened = receiver_open_label(store, sql_get_text(query, 0), sql_get_text(query, 1), ret);
    int result = sql_done(query);
    return result ? result : opened;
}

int print_job_set_state(struct store *store, int64_t id, const char *state, const char *reason)
{
    return sql_run(store->sql, "UPDATE print_job SET state = ?2, reason = ?3, changed_us = ?4 WHERE id = ?1",
                   sql_int(id), sql_text(state), sql_text(reason), sql_int(store->stamp.wall_us));
}

int print_jobs_void(struct store *store, int64_t parcel, const char *reason)
{
    return sql_run(store->sql,
                   "UPDATE print_job SET state = 'void', reason = ?2, changed_us = ?3 "
                   "WHERE parcel = ?1 AND state = 'queued'",
                   sql_int(parcel), sql_text(reason), sql_int(store->stamp.wall_us));
}

int print_jobs_void_all(struct store *store, int64_t parcel, const char *reason)
{
    int64_t one;
    int result = sql_number(store->sql, &one, "SELECT 1 FROM print_job WHERE parcel = ?1 AND state = 'sending' LIMIT 1",
                            sql_int(parcel));
    if (result != -ENOENT)
        return result ? result : -EBUSY;
    return sql_run(store->sql,
                   "UPDATE print_job SET state = 'void', reason = ?2, changed_us = ?3 WHERE parcel = ?1 AND "
                   "state <> 'void'",
                   sql_int(parcel), sql_text(reason), sql_int(store->stamp.wall_us));
}

int print_job_start(struct store *store, int64_t id, const struct print_start *start)
{
    return sql_run(store->sql,
                   "UPDATE print_job SET printer = ?2, labels = ?3, done = ?4, odometer = nullif(?5, -1) WHERE id = ?1",
                   sql_int(id), sql_text(start->printer), sql_int(start->labels), sql_int(start->done),
                   sql_int(start->odometer));
}

int print_job_proved(struct store *store, int64_t id, const char *proof)
{
    return sql_run(store->sql, "UPDATE print_job SET proof = ?2, done = labels WHERE id = ?1", sql_int(id),
                   sql_text(proof));
}

int print_job_next(struct store *store, const char *station, int64_t *ret, int64_t *ret_since_us)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT min(id), since_us FROM print_job WHERE station = ?1 AND state IN ('queued', 'sending') "
                   "HAVING sum(state = 'sending') = 0",
                   sql_text(station));
    int64_t id = 0, since_us = 0;
    bool found = sql_next(query);
    if (found) {
        id = sql_get_int(query, 0);
        since_us = sql_get_int(query, 1);
    }
    int result = sql_done(query);
    if (result || !found)
        return result ? result : -ENOENT;
    *ret = id;
    *ret_since_us = since_us;
    return 0;
}

int print_job_in_doubt(struct store *store, const char *station, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT min(id) FROM print_job WHERE station = ?1 AND parcel IS NULL AND "
                      "state IN ('unknown', 'failed')",
                      sql_text(station));
}

int print_job_found(struct store *store, const char *state, int64_t after, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT id FROM print_job WHERE state = ?1 AND id > ?2 ORDER BY id LIMIT 1",
                      sql_text(state), sql_int(after));
}

int print_jobs_keep_age(struct store *store)
{
    return sql_run(store->sql,
                   "UPDATE print_job SET since_us = iif(queued_us <= ?1, ?2 - (?1 - queued_us), -1000000000000000000) "
                   "WHERE state IN ('queued', 'sending') AND state = 'queued'",
                   sql_int(store->stamp.wall_us), sql_int(store->stamp.mono_us));
}
