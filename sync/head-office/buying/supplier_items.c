#include "sync/head-office/buying/supplier_items.h"

#include "sync/head-office/business_day.h"
#include "sync/head-office/catalogue/catalogue.h"

#include <errno.h>
#include <math.h>

static int check_names(struct office *office, const struct supplier_item *row, const char **ret_column,
                       struct error *error)
{
    int64_t one;
    *ret_column = "sku";
    if (!catalogue_has_item(office->sql, row->sku))
        return error_set(error, -ENOENT, "there is no item \"%s\": import the items first", row->sku);
    *ret_column = "supplier";
    int result = sql_number(office->sql, &one, "SELECT 1 FROM supplier WHERE code = ?1", sql_text(row->supplier));
    if (result == -ENOENT)
        return error_set(error, result, "there is no supplier \"%s\": import the suppliers first", row->supplier);
    return result ? office_failed(office->sql, result, error) : 0;
}

int supplier_items_put(struct office *office, const char *site, const void *data, int64_t *changed,
                       const char **ret_column, struct error *error)
{
    (void)site;
    const struct supplier_item *row = data;
    int64_t pack = 0;
    int result = check_names(office, row, ret_column, error);
    if (result)
        return result;
    if (row->preferred)
        result = sql_run(office->sql, "UPDATE supplier_item SET preferred = 0 WHERE sku = ?1 AND supplier <> ?2",
                         sql_text(row->sku), sql_text(row->supplier));
    if (!result)
        result = sql_number(
            office->sql, &pack,
            "INSERT INTO supplier_item (supplier, sku, code, price_minor, least, pack, preferred, lead_days) VALUES"
            " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (supplier, sku) DO UPDATE SET code = excluded.code,"
            " price_minor = excluded.price_minor, least = excluded.least, pack = excluded.pack, preferred ="
            " excluded.preferred, lead_days = excluded.lead_days WHERE (supplier_item.code, supplier_item.price_minor,"
            " supplier_item.least, supplier_item.pack, supplier_item.preferred, supplier_item.lead_days) IS DISTINCT"
            " FROM (excluded.code, excluded.price_minor, excluded.least, excluded.pack, excluded.preferred,"
            " excluded.lead_days) RETURNING pack",
            sql_text(row->supplier), sql_text(row->sku), sql_text(row->code), sql_int(row->price_minor),
            sql_int(row->least), sql_int(row->pack), sql_int(row->preferred), sql_int(row->lead_days));
    *changed += result == 0;
    return result && result != -ENOENT ? office_failed(office->sql, result, error) : 0;
}

int supplier_items_drop(struct office *office, const char *supplier, const char *sku, struct error *error)
{
    int result = sql_run(office->sql, "DELETE FROM supplier_item WHERE supplier = ?1 AND sku = ?2", sql_text(supplier),
                         sql_text(sku));
    if (result)
        return office_failed(office->sql, result, error);
    return sql_changes(office->sql) > 0
               ? 0
               : error_set(error, -ENOENT, "supplier \"%s\" does not sell \"%s\"", supplier, sku);
}

int supplier_items_plan(struct office *office, const struct item_plan *plan, struct error *error)
{
    if (!catalogue_has_item(office->sql, plan->sku))
        return error_set(error, -ENOENT, "there is no item \"%s\"", plan->sku);
    int result =
        sql_run(office->sql,
                "INSERT INTO item_plan (sku, bought, service_level, review_days) VALUES (?1, ?2, ?3, ?4) ON"
                " CONFLICT (sku) DO UPDATE SET bought = excluded.bought, service_level ="
                " excluded.service_level, review_days = excluded.review_days",
                sql_text(plan->sku), sql_int(plan->bought), sql_int(plan->service_level), sql_int(plan->review_days));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* The sample's standard deviation. */
static int measure(struct office *office, const char *supplier, struct supplier_lead *ret)
{
    double sum = 0, squares = 0;
    int64_t count = 0;
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT received_us - sent_us FROM purchase WHERE supplier = ?1 AND received_us"
                                       " IS NOT NULL AND sent_us IS NOT NULL AND state IN ('received', 'closed') ORDER"
                                       " BY received_us DESC, number LIMIT ?2",
                                       sql_text(supplier), sql_int(SUPPLIER_LEAD_MOST));
    for (; sql_next(row); count++) {
        double days = (double)sql_get_int(row, 0) / (double)BUSINESS_DAY_US;
        days = days > 0 ? days : 0;
        sum += days;
        squares += days * days;
    }
    int result = sql_done(row);
    if (result || count < SUPPLIER_LEAD_LEAST)
        return result;
    double mean = sum / (double)count, spread = (squares - sum * mean) / (double)(count - 1);
    *ret = (struct supplier_lead){llround(mean * 1000), llround(sqrt(spread > 0 ? spread : 0) * 1000), count};
    return 0;
}

int supplier_lead_find(struct office *office, const char *supplier, struct supplier_lead *ret)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT lead_days, lead_spread_days FROM supplier WHERE code = ?1", sql_text(supplier));
    bool found = sql_next(row);
    *ret = (struct supplier_lead){0};
    if (found)
        *ret = (struct supplier_lead){sql_get_int(row, 0) * 1000, sql_get_int(row, 1) * 1000, 0};
    int result = sql_done(row);
    if (!result && !found)
        return -ENOENT;
    return result ? result : measure(office, supplier, ret);
}
