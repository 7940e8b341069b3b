#include "store/heat.h"

#include "base/json.h"
#include "store/ledger.h"

#include <errno.h>

#define DAY_US (INT64_C(86400) * 1000000)

/* A window reaches from behind this move to the last that was followed. */
static const struct {
    int days;
    const char *find, *leave; /* where it begins; what it loses, of the moves from ?1 to ?2 */
} windows[] = {
#define PICKS                                                                                                          \
    "(SELECT iif(reverses IS NULL, from_location, to_location) AS bin, sum(iif(reverses IS NULL, 1, -1)) AS picks "    \
    "FROM move WHERE id > ?1 AND id <= ?2 AND reason = 'pick' GROUP BY 1)"
#define WINDOW(days, column)                                                                                           \
    {                                                                                                                  \
        days, "SELECT behind FROM heat_window WHERE days = " #days,                                                    \
            "UPDATE bin_heat SET " column " = " column " - p.picks FROM " PICKS " p WHERE location = p.bin"            \
    }
    WINDOW(1, "picks_day"), WINDOW(7, "picks_week"), WINDOW(28, "picks_month")};

int heat_start(struct store *store, struct error *error)
{
    return sql_script(store->sql,
                      "CREATE TEMP TABLE bin_heat (location INTEGER PRIMARY KEY, picks_day INTEGER NOT NULL DEFAULT 0, "
                      "picks_week INTEGER NOT NULL DEFAULT 0, picks_month INTEGER NOT NULL DEFAULT 0, "
                      "put_us INTEGER NOT NULL DEFAULT 0, moved_us INTEGER NOT NULL DEFAULT 0);"
                      "CREATE TEMP TABLE heat_window (days INTEGER PRIMARY KEY, behind INTEGER NOT NULL);",
                      error);
}

/* ---------------------------------------------------------------- where windows begin */

static int keep_place(struct store *store, int64_t days, int64_t place)
{
    return sql_run(store->sql, "INSERT INTO heat_window VALUES (?1, ?2) ON CONFLICT DO UPDATE SET behind = ?2",
                   sql_int(days), sql_int(place));
}

/* Line 0 is the last move that was followed: nothing yet of the longest window. */
static int begin(struct store *store, int64_t now_us)
{
    int result = 0;
    int64_t place = 0;
    for (size_t i = 0; i < COUNT(windows) && !result; i++) {
        result = ledger_before(store, now_us - windows[i].days * DAY_US, &place);
        if (!result)
            result = keep_place(store, windows[i].days, place);
    }
    return result ? result : keep_place(store, 0, place);
}

/* ---------------------------------------------------------------- what comes in, and what goes out */

/* Of the moves from ?1 (not it) to ?2. What is loaded or put right by a count or a file is no work at the bin. */
static const char *const sums[] = {
    "INSERT INTO bin_heat (location, picks_day, picks_week, picks_month) SELECT bin, sum(iif(id > (SELECT behind FROM "
    "heat_window WHERE days = 1), n, 0)), sum(iif(id > (SELECT behind FROM heat_window WHERE days = 7), n, 0)), "
    "sum(iif(id > (SELECT behind FROM heat_window WHERE days = 28), n, 0)) FROM (SELECT id, iif(reverses IS NULL, "
    "from_location, to_location) AS bin, iif(reverses IS NULL, 1, -1) AS n FROM move WHERE id > ?1 AND id <= ?2 AND "
    "reason = 'pick') WHERE true GROUP BY bin ON CONFLICT DO UPDATE SET picks_day = picks_day + excluded.picks_day, "
    "picks_week = picks_week + excluded.picks_week, picks_month = picks_month + excluded.picks_month",

    "INSERT INTO bin_heat (location, put_us) SELECT to_location, max(wall_us) FROM move WHERE id > ?1 AND id <= ?2 "
    "AND to_lpn = 0 AND reverses IS NULL GROUP BY to_location ON CONFLICT DO UPDATE SET put_us = max(put_us, "
    "excluded.put_us)",

    "INSERT INTO bin_heat (location, moved_us) SELECT place, max(wall_us) FROM (SELECT from_location AS place, "
    "wall_us, reason FROM move WHERE id > ?1 AND id <= ?2 AND from_lpn = 0 UNION ALL SELECT to_location, wall_us, "
    "reason FROM move WHERE id > ?1 AND id <= ?2 AND to_lpn = 0) WHERE reason NOT IN ('import', 'count', 'found') "
    "GROUP BY place ON CONFLICT DO UPDATE SET moved_us = max(moved_us, excluded.moved_us)",
};

static int follow(struct store *store, int64_t after, int64_t until)
{
    int result = 0;
    for (size_t i = 0; i < COUNT(sums) && !result; i++)
        result = sql_run(store->sql, sums[i], sql_int(after), sql_int(until));
    return result ? result : keep_place(store, 0, until);
}

static int at_most(struct store *store, int64_t after, int64_t until, int64_t *ret)
{
    int result = sql_number(store->sql, ret,
                            "SELECT max(id) FROM (SELECT id FROM move WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3)",
                            sql_int(after), sql_int(until), sql_int(HEAT_MOVES));
    if (result == -ENOENT)
        *ret = after;
    return result == -ENOENT ? 0 : result;
}

/* The window loses what has become too old. */
static int shorten(struct store *store, size_t window, int64_t followed, int64_t since_us, bool *more)
{
    int64_t behind, until, young;
    int result = sql_number(store->sql, &behind, windows[window].find, SQL_NO_VALUES);
    if (!result)
        result = at_most(store, behind, followed, &until);
    if (result || until <= behind)
        return result;
    result = sql_number(store->sql, &young,
                        "SELECT id FROM move WHERE id > ?1 AND id <= ?2 AND wall_us >= ?3 ORDER BY id LIMIT 1",
                        sql_int(behind), sql_int(until), sql_int(since_us));
    if (result && result != -ENOENT)
        return result;
    *more = *more || (result == -ENOENT && until < followed);
    until = result == -ENOENT ? until : young - 1;
    if (until == behind)
        return 0;
    result = sql_run(store->sql, windows[window].leave, sql_int(behind), sql_int(until));
    return result ? result : keep_place(store, windows[window].days, until);
}

static int newest_move(struct store *store, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT coalesce(max(id), 0) FROM move", SQL_NO_VALUES);
}

static int followed_move(struct store *store, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT behind FROM heat_window WHERE days = 0", SQL_NO_VALUES);
}

int heat_step(struct store *store, int64_t now_us, bool *ret_more)
{
    int64_t newest, followed, until;
    *ret_more = false;
    int result = newest_move(store, &newest);
    if (!result && followed_move(store, &followed) == -ENOENT)
        result = begin(store, now_us);
    if (!result)
        result = followed_move(store, &followed);
    if (!result)
        result = at_most(store, followed, newest, &until);
    if (!result && until > followed)
        result = follow(store, followed, until);
    *ret_more = !result && until < newest;
    for (size_t i = 0; i < COUNT(windows) && !result; i++)
        result = shorten(store, i, until, now_us - windows[i].days * DAY_US, ret_more);
    return result;
}

int heat_write(struct store *store, struct buf *json)
{
    int64_t newest, followed = 0, begun = 0;
    int result = newest_move(store, &newest);
    if (!result && followed_move(store, &followed) == 0)
        result = sql_number(store->sql, &begun, "SELECT behind FROM heat_window WHERE days = 28", SQL_NO_VALUES);
    if (result)
        return result;
    json_open_object(json, NULL);
    json_int(json, "followed", followed - begun);
    json_int(json, "moves", newest - begun);
    json_close_object(json);
    return json->failed ? -ENOMEM : 0;
}
