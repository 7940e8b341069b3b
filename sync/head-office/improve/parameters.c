#include "sync/head-office/improve/parameters.h"

#include "base/json.h"
#include "sync/head-office/improve/improve.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/sites/feed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* *ret_known: there was one before. */
static int read_value(struct sql *sql, const struct parameter *change, char ret[PARAMETER_VALUE_SIZE], bool *ret_known)
{
    struct sql_query *row = sql_select(sql, "SELECT value FROM parameter WHERE site = ?1 AND name = ?2",
                                       sql_text(change->site), sql_text(change->name));
    *ret_known = sql_next(row);
    if (*ret_known)
        sql_copy_text(row, 0, ret, PARAMETER_VALUE_SIZE);
    return sql_done(row);
}

int parameters_changed(struct sql *sql, const struct parameter *change)
{
    char before[PARAMETER_VALUE_SIZE] = "";
    bool known = false;
    int result = read_value(sql, change, before, &known);
    if (result || (known && strcmp(before, change->value) == 0))
        return result;
    result = sql_run(sql,
                     "INSERT INTO parameter (site, name, value) VALUES (?1, ?2, ?3) ON CONFLICT (site, name) DO UPDATE"
                     " SET value = excluded.value",
                     sql_text(change->site), sql_text(change->name), sql_text(change->value));
    if (result)
        return result;
    return sql_run(sql,
                   "INSERT INTO parameter_change (site, name, before, after, who, time_us, day) VALUES (?1, ?2, ?3,"
                   " ?4, ?5, ?6, ?7)",
                   sql_text(change->site), sql_text(change->name), sql_text(known ? before : NULL),
                   sql_text(change->value), sql_text(change->who), sql_int(change->time_us), sql_int(change->day));
}

int parameters_known(struct sql *sql, const char *site, const char *name, const char *value)
{
    return sql_run(sql, "INSERT INTO parameter (site, name, value) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                   sql_text(site), sql_text(name), sql_text(value));
}

int parameters_note(struct office *office, const char *site, const char *name, const char *value, const char *who,
                    struct error *error)
{
    struct settings settings;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    const struct parameter change = {.site = site,
                                     .name = name,
                                     .value = value,
                                     .who = who,
                                     .time_us = office->now_us,
                                     .day = business_today(office->now_us, settings.utc_offset_min)};
    result = parameters_changed(office->sql, &change);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* Each change of a setting is newer than the one before. */
static int next_rev(struct sql *sql, const char *site, const char *key, int64_t *ret)
{
    return sql_number(sql, ret, "SELECT coalesce(max(rev), 0) + 1 FROM feed WHERE site = ?1 AND key = ?2",
                      sql_text(site), sql_text(key));
}

int parameters_send(struct office *office, const char *site, const char *name, int64_t value, const char *who,
                    struct error *error)
{
    CLEANUP_BUF struct buf data = {0};
    char key[PARAMETER_NAME_SIZE + 16], text[24];
    struct feed_change change = {.type = "config.set", .key = key};
    snprintf(key, sizeof(key), "config/%s", name);
    snprintf(text, sizeof(text), "%" PRId64, value);
    int64_t known = 0;
    int result = sql_number(office->sql, &known, "SELECT count(*) FROM site WHERE id = ?1", sql_text(site));
    if (!result && known == 0)
        return error_set(error, -ENOENT, "there is no site \"%s\"", site);
    if (!result)
        result = next_rev(office->sql, site, key, &change.rev);
    json_open_object(&data, NULL);
    json_text(&data, "name", name);
    json_int(&data, "value", value);
    json_int(&data, "rev", change.rev);
    json_close_object(&data);
    change.data = buf_text(&data);
    if (!result)
        result = feed_append(office, site, &change);
    return result ? office_failed(office->sql, result, error) : parameters_note(office, site, name, text, who, error);
}
