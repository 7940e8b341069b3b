#include "sync/head-office/tenants/metering.h"

#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/tenants/usage.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* ---------------------------------------------------------------- quotas */

static int put_quota(struct cloud *cloud, const char *tenant, const char *name, int64_t value)
{
    if (value == QUOTA_NONE)
        return sql_run(cloud->office.sql, "DELETE FROM tenant_quota WHERE tenant = ?1 AND name = ?2", sql_text(tenant),
                       sql_text(name));
    return sql_run(cloud->office.sql,
                   "INSERT INTO tenant_quota (tenant, name, value) VALUES (?1, ?2, ?3) ON CONFLICT (tenant, name) DO"
                   " UPDATE SET value = excluded.value",
                   sql_text(tenant), sql_text(name), sql_int(value));
}

/* "sites=5" or "sites=none" */
static int set_quota(struct cloud *cloud, const char *tenant, const char *word, struct error *error)
{
    char name[32];
    struct quotas checked;
    const char *equals = strchr(word, '=');
    if (!equals || !text_copy_n(name, sizeof(name), word, (size_t)(equals - word)))
        return error_set(error, -EINVAL, "\"%s\" is no NAME=VALUE: for example orders_per_day=500", word);
    bool none = strcmp(equals + 1, "none") == 0;
    int result = option_set(quota_table, &checked, name, none ? "-1" : equals + 1, error);
    if (result)
        return result;
    int64_t value = QUOTA_NONE;
    if (!none && text_to_int(equals + 1, 0, INT64_MAX, &value) != 0)
        return error_set(error, -ERANGE, "\"%s\" is no quota: give a number, or none", word);
    result = put_quota(cloud, tenant, name, value);
    if (!result)
        result = tenants_note(cloud, tenant, "quota", word, "");
    return result ? office_failed(cloud->office.sql, result, error) : 0;
}

int metering_set_quotas(struct cloud *cloud, const char *tenant, const char *const *words, const char *who,
                        struct error *error)
{
    int result = office_begin(&cloud->office, error);
    for (; !result && *words; words++)
        result = set_quota(cloud, tenant, *words, error);
    if (!result) {
        result = sql_run(cloud->office.sql, "UPDATE tenant_history SET who = ?2 WHERE tenant = ?1 AND who = ''",
                         sql_text(tenant), sql_text(who));
        result = result ? office_failed(cloud->office.sql, result, error) : office_commit(&cloud->office, error);
    }
    office_rollback(&cloud->office);
    return result;
}

/* A row that is not in the register is none in the tenant's database, either. */
static int carry_quotas(struct cloud *cloud, const char *tenant, struct sql *theirs)
{
    for (const struct option_def *quota = quota_table; quota->name; quota++) {
        int64_t value = QUOTA_NONE, now = QUOTA_NONE;
        int result =
            sql_number(cloud->office.sql, &value, "SELECT value FROM tenant_quota WHERE tenant = ?1 AND name = ?2",
                       sql_text(tenant), sql_text(quota->name));
        if (!result || result == -ENOENT)
            result = sql_number(theirs, &now, "SELECT value FROM quota WHERE name = ?1", sql_text(quota->name));
        if (result && result != -ENOENT)
            return result;
        result = value == now ? 0 : quota_put(theirs, quota->name, value);
        if (result)
            return result;
    }
    return 0;
}

/* ---------------------------------------------------------------- usage */

static int keep_day(struct cloud *cloud, const char *tenant, struct sql_query *row, int64_t *rows)
{
    int result = sql_run(cloud->office.sql,
                         "INSERT INTO tenant_usage (tenant, day, measure, amount) VALUES (?1, ?2, ?3, ?4) ON CONFLICT"
                         " (tenant, day, measure) DO UPDATE SET amount = excluded.amount WHERE tenant_usage.amount <>"
                         " excluded.amount",
                         sql_text(tenant), sql_text(sql_get_text(row, 0)), sql_text(sql_get_text(row, 1)),
                         sql_int(sql_get_int(row, 2)));
    *rows += result ? 0 : sql_changes(cloud->office.sql);
    return result;
}

/* A tenant may change its clock by a day. */
static void days_before(char day[BUSINESS_DAY_SIZE])
{
    int64_t time_us;
    if (business_time(day, 0, &time_us) == 0)
        business_day(time_us - 2 * BUSINESS_DAY_US, 0, day);
}

/* From about the last day that is known on: those before it do not change any more. */
static int read_usage(struct cloud *cloud, const char *tenant, struct sql *theirs, int64_t *rows, struct error *error)
{
    char from[BUSINESS_DAY_SIZE] = "";
    struct sql_query *last = sql_select(
        cloud->office.sql, "SELECT coalesce(max(day), '') FROM tenant_usage WHERE tenant = ?1", sql_text(tenant));
    if (sql_next(last))
        sql_copy_text(last, 0, from, sizeof(from));
    int failed = sql_done(last), result = 0;
    if (failed)
        return office_failed(cloud->office.sql, failed, error);
    days_before(from);
    struct sql_query *row =
        sql_select(theirs, "SELECT day, measure, amount FROM usage_day WHERE day >= ?1 ORDER BY day", sql_text(from));
    while (!result && sql_next(row))
        result = keep_day(cloud, tenant, row, rows);
    failed = sql_done(row);
    return result ? office_failed(cloud->office.sql, result, error) : failed ? office_failed(theirs, failed, error) : 0;
}

int metering_gather(struct cloud *cloud, const struct tenant *tenant, int64_t *ret_rows, struct error *error)
{
    CLEANUP(sql_close_p) struct sql *theirs = NULL;
    *ret_rows = 0;
    int result = tenant_open(cloud, tenant, &theirs, error);
    if (result)
        return result;
    result = carry_quotas(cloud, tenant->name, theirs);
    if (result)
        return office_failed(theirs, result, error);
    result = office_begin(&cloud->office, error);
    if (!result)
        result = read_usage(cloud, tenant->name, theirs, ret_rows, error);
    if (!result)
        result = office_commit(&cloud->office, error);
    office_rollback(&cloud->office);
    return result;
}
