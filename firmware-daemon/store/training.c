#include "store/training.h"

#include <inttypes.h>
#include <stdio.h>

/* Orders that are under way are put aside, the goods of them stay where they are; a trainee begins with an empty floor.
 */
static const char put_aside[] =
    "UPDATE stream SET training = 1;"
    "DELETE FROM training;"
    "DELETE FROM practised;"
    "DELETE FROM session;"
    "DELETE FROM action;"
    "DELETE FROM hold;"
    "DELETE FROM order_lease;"
    "UPDATE task SET state = 'cancelled', worker = NULL WHERE state NOT IN ('done', 'cancelled');"
    "UPDATE stock_count SET state = 'cancelled', worker = NULL "
    "WHERE state IN ('planned', 'counting', 'recount', 'review');"
    "UPDATE document SET state = 'cancelled', worker = NULL WHERE state NOT IN ('closed', 'cancelled');"
    "UPDATE wave SET state = 'cancelled', worker = NULL WHERE state NOT IN ('closed', 'cancelled');"
    "UPDATE allocation SET released = quantity - picked, worker = NULL WHERE open > 0;"
    "UPDATE parcel SET waiting = NULL WHERE waiting IS NOT NULL;"
    "UPDATE orders SET state = 'parked', reason = 'training', worker = NULL WHERE state NOT IN ('handed', 'cancelled');"
    "UPDATE lpn SET order_id = NULL, wave = NULL, document = NULL WHERE kind <> 'parcel';"
    "UPDATE manifest SET state = 'closed' WHERE state = 'open';"
    "UPDATE print_job SET state = 'void', reason = 'training' WHERE state NOT IN ('printed', 'void');";

int training_convert(const char *path, struct error *error)
{
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    char first_job[200];
    snprintf(first_job, sizeof(first_job),
             "INSERT INTO print_job (id, key, station, template, data, state, changed_us) "
             "VALUES (%" PRId64 ", 'training', '-', '-', '{}', 'void', 0);",
             TRAINING_JOBS_FROM);
    int result = sql_open(path, &(struct sql_options){.exclusive = true, .careless = true}, &sql, error);
    if (!result)
        result = sql_script(sql, "BEGIN IMMEDIATE", error);
    if (!result)
        result = sql_script(sql, put_aside, error);
    if (!result)
        result = sql_script(sql, first_job, error);
    return result ? result : sql_script(sql, "COMMIT", error);
}

int training_has(struct store *store, const char *station)
{
    int64_t count;
    int result = sql_number(store->sql, &count, "SELECT count(*) FROM training WHERE station = ?1", sql_text(station));
    return result ? result : count > 0;
}

int training_set(struct store *store, const char *station, bool training)
{
    if (training)
        return sql_run(store->sql, "INSERT OR IGNORE INTO training (station) VALUES (?1)", sql_text(station));
    return sql_run(store->sql, "DELETE FROM training WHERE station = ?1", sql_text(station));
}

int practised_add(struct store *store, int64_t worker, const char *step, const char *code)
{
    return sql_run(store->sql,
                   "INSERT INTO practised (worker, step, code) VALUES (?1, ?2, ?3) "
                   "ON CONFLICT DO UPDATE SET times = times + 1",
                   sql_int(worker), sql_text(step), sql_text(code));
}

int practised_each(struct store *store, int64_t worker, practised_fn *take, void *user)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT step, code, times FROM practised WHERE worker = ?1", sql_int(worker));
    while (sql_next(query))
        take(user, sql_get_text(query, 0), sql_get_text(query, 1), sql_get_int(query, 2));
    return sql_done(query);
}

int practised_workers(struct store *store, int64_t *ret, size_t capacity, size_t *ret_count)
{
    size_t count = 0;
    struct sql_query *query = sql_select(store->sql, "SELECT DISTINCT worker FROM practised", SQL_NO_VALUES);
    while (sql_next(query) && count < capacity)
        ret[count++] = sql_get_int(query, 0);
    *ret_count = count;
    return sql_done(query);
}
