#include "store/pin.h"

#include <errno.h>

#define MINUTE_US    INT64_C(60000000)
#define DOUBLED_MOST 6 /* 64 minutes are an hour */

int64_t pin_delay_us(int64_t fails)
{
    if (fails < PIN_TRIES)
        return 0;
    int64_t times = fails - PIN_TRIES;
    return times >= DOUBLED_MOST ? 60 * MINUTE_US : MINUTE_US << times;
}

int pin_load(struct store *store, int64_t worker, struct pin *ret)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT hash, fails, tried_us FROM worker_pin WHERE worker = ?1", sql_int(worker));
    bool found = sql_next(query);
    if (found) {
        sql_copy_text(query, 0, ret->hash, sizeof(ret->hash));
        ret->fails = sql_get_int(query, 1);
        int64_t left_us = sql_get_int(query, 2) + pin_delay_us(ret->fails) - store->stamp.mono_us;
        ret->wait_us = pin_delay_us(ret->fails) && left_us > 0 ? left_us : 0;
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int pin_set(struct store *store, int64_t worker, const char *hash)
{
    return sql_run(store->sql,
                   "INSERT INTO worker_pin (worker, hash) VALUES (?1, ?2) ON CONFLICT (worker) DO UPDATE SET "
                   "hash = excluded.hash, fails = 0, tried_us = 0",
                   sql_int(worker), sql_text(hash));
}

int pin_from_office(struct store *store, int64_t worker, const char *hash)
{
    if (!*hash)
        return 0;
    return sql_run(store->sql,
                   "INSERT INTO worker_pin (worker, hash, office) VALUES (?1, ?2, ?2) ON CONFLICT (worker) DO UPDATE "
                   "SET hash = excluded.hash, office = excluded.office, fails = 0, tried_us = 0 "
                   "WHERE office <> excluded.office",
                   sql_int(worker), sql_text(hash));
}

int pin_failed(struct store *store, int64_t worker)
{
    return sql_run(store->sql, "UPDATE worker_pin SET fails = fails + 1, tried_us = ?2 WHERE worker = ?1",
                   sql_int(worker), sql_int(store->stamp.mono_us));
}

int pin_forgive(struct store *store, int64_t worker)
{
    return sql_run(store->sql, "UPDATE worker_pin SET fails = 0, tried_us = 0 WHERE worker = ?1 AND fails > 0",
                   sql_int(worker));
}

int pin_boot(struct store *store, const char *boot)
{
    return sql_run(store->sql,
                   "UPDATE worker_pin SET tried_us = ?2 FROM own_clock WHERE fails > 0 AND (boot <> ?1 OR ?1 = '')",
                   sql_text(boot), sql_int(store->stamp.mono_us));
}
