#include "sync/head-office/sites/stock_told.h"

#include "base/json.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/sites/feed.h"

#include <errno.h>
#include <stdio.h>

static int check(struct office *office, const char *site, const struct stock_told_row *row, const char **ret_column,
                 struct error *error)
{
    int64_t found;
    if (!catalogue_has_item(office->sql, row->sku)) {
        *ret_column = "sku";
        return error_set(error, -ENOENT, "there is no item \"%s\": import the items first", row->sku);
    }
    int result = sql_number(office->sql, &found,
                            "SELECT 1 FROM location WHERE site = ?1 AND code = ?2 AND kind IN ('face', 'reserve')",
                            sql_text(site), sql_text(row->location));
    if (result && result != -ENOENT)
        return office_failed(office->sql, result, error);
    *ret_column = "location";
    return result ? error_set(error, -ENOENT, "site %s has no face or reserve \"%s\": import the locations first", site,
                              row->location)
                  : 0;
}

static int tell(struct office *office, const char *site, const struct stock_told_row *row, int64_t rev)
{
    CLEANUP_BUF struct buf data = {0};
    char key[320];
    snprintf(key, sizeof(key), "stock/%s/%s%s%s%s%s", row->location, row->sku, *row->lot ? "/" : "", row->lot,
             *row->serial ? "/" : "", row->serial);
    json_open_object(&data, NULL);
    json_text(&data, "location", row->location);
    json_text(&data, "sku", row->sku);
    json_int(&data, "quantity", row->quantity);
    if (*row->lot)
        json_text(&data, "lot", row->lot);
    if (*row->expiry)
        json_text(&data, "expiry", row->expiry);
    if (*row->serial)
        json_text(&data, "serial", row->serial);
    if (row->weight_g > 0)
        json_int(&data, "weight_g", row->weight_g);
    json_int(&data, "rev", rev);
    json_close_object(&data);
    const struct feed_change change = {.type = "stock.set", .key = key, .rev = rev, .data = buf_text(&data)};
    return data.failed ? -ENOMEM : feed_append(office, site, &change);
}

int stock_told_put(struct office *office, const char *site, const void *data, int64_t *changed, const char **ret_column,
                   struct error *error)
{
    const struct stock_told_row *row = data;
    int64_t rev;
    int result = check(office, site, row, ret_column, error);
    if (result)
        return result;
    result = sql_number(
        office->sql, &rev,
        "INSERT INTO stock_told (site, location, sku, lot, serial, expiry, quantity, weight_g)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (site, location, sku, lot, serial) DO UPDATE SET"
        " expiry = excluded.expiry, quantity = excluded.quantity, weight_g = excluded.weight_g,"
        " rev = stock_told.rev + 1 WHERE (stock_told.expiry, stock_told.quantity, stock_told.weight_g) IS DISTINCT FROM"
        " (excluded.expiry, excluded.quantity, excluded.weight_g) RETURNING rev",
        sql_text(site), sql_text(row->location), sql_text(row->sku), sql_text(row->lot), sql_text(row->serial),
        sql_text(row->expiry), sql_int(row->quantity), sql_int(row->weight_g));
    if (result == -ENOENT)
        return 0;
    if (!result)
        result = tell(office, site, row, rev);
    *changed += result == 0;
    return result ? office_failed(office->sql, result, error) : 0;
}
