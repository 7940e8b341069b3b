#include "sync/head-office/figures/visits.h"

#include "sync/head-office/business_day.h"
#include "sync/head-office/settings.h"

#include <errno.h>

int visits_put(struct office *office, const char *site, const void *data, int64_t *changed, const char **ret_column,
               struct error *error)
{
    (void)site;
    const struct visit_row *row = data;
    char day[BUSINESS_DAY_SIZE];
    struct settings settings;
    int64_t day_us = 0, one;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    *ret_column = "day";
    if (business_time(row->day, settings.utc_offset_min, &day_us) != 0)
        return error_set(error, -EINVAL, "\"%s\" is no day, as 2026-11-27", row->day);
    *ret_column = "shop";
    result = sql_number(office->sql, &one, "SELECT 1 FROM shop WHERE code = ?1", sql_text(row->shop));
    if (result == -ENOENT)
        return error_set(error, -EINVAL, "there is no shop \"%s\"", row->shop);
    *ret_column = NULL;
    business_day(day_us, settings.utc_offset_min, day);
    if (!result)
        result = sql_number(
            office->sql, &one,
            "INSERT INTO visit_count (shop, day, sku, day_us, visits, carts, orders, paid) VALUES (?1, ?2, ?3, ?4, ?5,"
            " ?6, ?7, ?8) ON CONFLICT (shop, day, sku) DO UPDATE SET day_us = excluded.day_us, visits ="
            " excluded.visits, carts = excluded.carts, orders = excluded.orders, paid = excluded.paid WHERE"
            " (visit_count.visits, visit_count.carts, visit_count.orders, visit_count.paid) IS DISTINCT FROM"
            " (excluded.visits, excluded.carts, excluded.orders, excluded.paid) RETURNING visits",
            sql_text(row->shop), sql_text(day), sql_text(row->sku), sql_int(day_us), sql_int(row->visits),
            sql_int(row->carts), sql_int(row->orders), sql_int(row->paid));
    *changed += result == 0;
    return result && result != -ENOENT ? office_failed(office->sql, result, error) : 0;
}
