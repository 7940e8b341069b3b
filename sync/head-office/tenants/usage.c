#include "sync/head-office/tenants/usage.h"

#include "sync/head-office/business_day.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <inttypes.h>

#define QUOTA(member, top, about)                                                                                      \
    {                                                                                                                  \
#member, OPTION_NUMBER_AT(struct quotas, member), .fallback = "-1", .min = -1, .max = (top), .help = (about)   \
    }

#define MB INT64_C(1000000)

const struct option_def quota_table[] = {
    QUOTA(orders_per_day, 1000000000, "new orders of one business day; pulled ones wait, others are refused"),
    QUOTA(sites, 1000000, "sites"),
    QUOTA(storage_mb, 1000000000, "million bytes of the database; above it no new orders come in"),
    QUOTA(api_calls_per_min, 1000000, "requests over HTTP within a minute"),
    {0},
};

/* ---------------------------------------------------------------- counting */

int usage_count(struct office *office, int64_t zone_minutes, const char *measure, int64_t amount)
{
    char day[BUSINESS_DAY_SIZE];
    if (amount == 0)
        return 0;
    business_day(office->now_us, zone_minutes, day);
    return sql_run(office->sql,
                   "INSERT INTO usage_day (day, measure, amount) VALUES (?1, ?2, ?3) ON CONFLICT (day, measure) DO"
                   " UPDATE SET amount = usage_day.amount + excluded.amount",
                   sql_text(day), sql_text(measure), sql_int(amount));
}

int usage_count_today(struct office *office, const char *measure, int64_t amount, struct error *error)
{
    struct settings settings;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    result = usage_count(office, settings.utc_offset_min, measure, amount);
    return result ? office_failed(office->sql, result, error) : 0;
}

int usage_measure_storage(struct office *office, struct error *error)
{
    struct settings settings;
    char day[BUSINESS_DAY_SIZE];
    int64_t bytes = sql_bytes(office->sql);
    int result = settings_load(office, &settings, error);
    if (result || bytes <= 0)
        return result;
    business_day(office->now_us, settings.utc_offset_min, day);
    result = sql_run(office->sql,
                     "INSERT INTO usage_day (day, measure, amount) VALUES (?1, ?2, ?3) ON CONFLICT (day, measure) DO"
                     " UPDATE SET amount = excluded.amount WHERE usage_day.amount <> excluded.amount",
                     sql_text(day), sql_text(USAGE_STORAGE), sql_int(bytes));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- quotas */

int quotas_load(struct sql *sql, struct quotas *ret)
{
    struct error stale; /* a quota of another version: it counts for nothing */
    option_defaults(quota_table, ret);
    struct sql_query *row = sql_select(sql, "SELECT name, CAST(value AS TEXT) FROM quota", SQL_NO_VALUES);
    while (sql_next(row))
        option_set(quota_table, ret, sql_get_text(row, 0), sql_get_text(row, 1), &stale);
    return sql_done(row);
}

int quota_put(struct sql *sql, const char *name, int64_t value)
{
    if (value == QUOTA_NONE)
        return sql_run(sql, "DELETE FROM quota WHERE name = ?1", sql_text(name));
    return sql_run(sql,
                   "INSERT INTO quota (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value ="
                   " excluded.value WHERE quota.value <> excluded.value",
                   sql_text(name), sql_int(value));
}

static int read_amount(struct sql *sql, int64_t *ret, const char *day, const char *measure)
{
    int result = sql_number(sql, ret, "SELECT amount FROM usage_day WHERE day = ?1 AND measure = ?2", sql_text(day),
                            sql_text(measure));
    *ret = result ? 0 : *ret;
    return result == -ENOENT ? 0 : result;
}

int quota_check_orders(struct office *office, int64_t zone_minutes, int64_t count, struct error *error)
{
    struct quotas quotas;
    char day[BUSINESS_DAY_SIZE];
    int64_t orders = 0, bytes = 0;
    int result = quotas_load(office->sql, &quotas);
    if (!result && quotas.orders_per_day == QUOTA_NONE && quotas.storage_mb == QUOTA_NONE)
        return 0;
    business_day(office->now_us, zone_minutes, day);
    if (!result)
        result = read_amount(office->sql, &orders, day, USAGE_ORDERS);
    if (!result)
        result = read_amount(office->sql, &bytes, day, USAGE_STORAGE);
    if (result)
        return office_failed(office->sql, result, error);
    if (quotas.orders_per_day != QUOTA_NONE && orders + count > quotas.orders_per_day)
        return error_set(error, -EDQUOT,
                         "the quota orders_per_day is %" PRId64 ", and %" PRId64 " have come today: wait for tomorrow,"
                         " or ask who runs this cloud for more",
                         quotas.orders_per_day, orders);
    if (quotas.storage_mb != QUOTA_NONE && bytes > quotas.storage_mb * MB)
        return error_set(error, -EDQUOT,
                         "the quota storage_mb is %" PRId64 ", and %" PRId64 " are used: ask who runs this cloud for"
                         " more before new orders come",
                         quotas.storage_mb, bytes / MB);
    return 0;
}

int quota_check_sites(struct office *office, struct error *error)
{
    struct quotas quotas;
    int64_t sites = 0;
    int result = quotas_load(office->sql, &quotas);
    if (!result)
        result = sql_number(office->sql, &sites, "SELECT count(*) FROM site", SQL_NO_VALUES);
    if (result)
        return office_failed(office->sql, result, error);
    if (quotas.sites == QUOTA_NONE || sites < quotas.sites)
        return 0;
    return error_set(error, -EDQUOT,
                     "the quota sites is %" PRId64 ", and there are as many: ask who runs this cloud for more",
                     quotas.sites);
}
