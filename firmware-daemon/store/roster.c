#include "store/roster.h"

int roster_heard(struct store *store)
{
    return sql_run(store->sql, "UPDATE own_clock SET heard_us = ?1, heard_wall_us = ?2", sql_int(store->stamp.mono_us),
                   sql_int(store->stamp.wall_us));
}

int roster_boot(struct store *store, const char *boot)
{
    const struct stamp *now = &store->stamp;
    const int64_t long_ago_us = INT64_C(100) * 366 * 86400 * 1000000;
    /* The power failed while head office was heard: that was so until the last row of the journal, at least. */
    int result =
        sql_run(store->sql, "UPDATE own_clock SET heard_wall_us = last_wall_ms * 1000 FROM stream WHERE linked = 1",
                SQL_NO_VALUES);
    if (result)
        return result;
    return sql_run(store->sql,
                   "UPDATE own_clock SET heard_us = ?2 - iif(?3, max(?4 - heard_wall_us, 0), ?5) WHERE heard_us IS NOT "
                   "NULL AND (boot <> ?1 OR ?1 = '' OR (SELECT linked FROM stream) = 1)",
                   sql_text(boot), sql_int(now->mono_us), sql_int(now->clock != CLOCK_UNSET), sql_int(now->wall_us),
                   sql_int(long_ago_us));
}

int roster_silence_us(struct store *store, int64_t now_us, int64_t *ret)
{
    return sql_number(store->sql, ret,
                      "SELECT iif(linked = 1, 0, coalesce(max(?1 - heard_us, 0), 0)) FROM stream, own_clock",
                      sql_int(now_us));
}

int roster_is_stale(struct store *store, int64_t hours, bool *ret)
{
    int64_t stale = 0;
    int result = sql_number(store->sql, &stale,
                            "SELECT linked = 0 AND coalesce(?1 - heard_us > ?2 * 3600000000, 0) FROM stream, own_clock",
                            sql_int(store->stamp.mono_us), sql_int(hours));
    *ret = stale != 0;
    return result;
}
