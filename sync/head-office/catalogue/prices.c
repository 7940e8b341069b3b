#include "sync/head-office/catalogue/prices.h"

#include "sync/head-office/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* "": there is no such thing in the row. */
static struct sql_value or_none(const char *text)
{
    return sql_text(*text ? text : NULL);
}

static int check_thing(struct office *office, const char *sku, const char *bundle, struct error *error)
{
    int64_t found;
    if (!*sku == !*bundle)
        return error_set(error, -EINVAL, "a price is that of an item or of a bundle: name one of them");
    int result = *sku ? sql_number(office->sql, &found, "SELECT 1 FROM item WHERE sku = ?1", sql_text(sku))
                      : sql_number(office->sql, &found, "SELECT 1 FROM bundle WHERE code = ?1", sql_text(bundle));
    if (result == -ENOENT)
        return error_set(error, result, "there is no %s \"%s\"", *sku ? "item" : "bundle", *sku ? sku : bundle);
    return result ? office_failed(office->sql, result, error) : 0;
}

int prices_check_floor(struct office *office, const char *sku, const char *bundle, int64_t factor, int64_t amount_minor,
                       struct error *error)
{
    int64_t floor;
    int result = sql_number(office->sql, &floor, "SELECT amount_minor FROM price_floor WHERE sku = ?1 OR bundle = ?2",
                            or_none(sku), or_none(bundle));
    if (result == -ENOENT)
        return 0;
    if (result)
        return office_failed(office->sql, result, error);
    return amount_minor >= floor * factor
               ? 0
               : error_set(error, -ERANGE, "%" PRId64 " is less than \"%s\" may be sold for: %" PRId64, amount_minor,
                           *sku ? sku : bundle, floor * factor);
}

int prices_set(struct office *office, const struct price *price, const char *who, int64_t *ret_id, struct error *error)
{
    struct settings settings;
    int result = check_thing(office, price->sku, price->bundle, error);
    if (!result && price->to_us != 0 && price->to_us <= price->from_us)
        result = error_set(error, -EINVAL, "the price ends before it begins");
    if (!result)
        result = prices_check_floor(office, price->sku, price->bundle, 1, price->amount_minor, error);
    if (!result)
        result = settings_load(office, &settings, error);
    if (result)
        return result;
    result = sql_number(office->sql, ret_id,
                        "INSERT INTO price (sku, bundle, shop, amount_minor, currency, from_us, to_us, set_us, set_by)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id",
                        or_none(price->sku), or_none(price->bundle), or_none(price->shop), sql_int(price->amount_minor),
                        sql_text(settings.base_currency), sql_int(price->from_us), sql_ref(price->to_us),
                        sql_int(office->now_us), sql_text(who));
    return office_named(office->sql, result, "shop", price->shop, error);
}

int prices_drop(struct office *office, int64_t id, struct error *error)
{
    int result = sql_run(office->sql, "DELETE FROM price WHERE id = ?1", sql_int(id));
    if (result)
        return office_failed(office->sql, result, error);
    return sql_changes(office->sql) > 0 ? 0 : error_set(error, -ENOENT, "there is no price of number %" PRId64, id);
}

static int check_prices(struct office *office, const char *sku, const char *bundle, int64_t amount_minor,
                        struct error *error)
{
    int64_t lowest = 0;
    int result = sql_number(office->sql, &lowest,
                            "SELECT coalesce(min(amount_minor), ?4) FROM price WHERE (sku = ?1 OR bundle = ?2) AND"
                            " (to_us IS NULL OR to_us > ?3)",
                            or_none(sku), or_none(bundle), sql_int(office->now_us), sql_int(amount_minor));
    if (result)
        return office_failed(office->sql, result, error);
    return lowest >= amount_minor
               ? 0
               : error_set(error, -ERANGE,
                           "\"%s\" has a price of %" PRId64 " that counts, or will: drop that first (price.drop)",
                           *sku ? sku : bundle, lowest);
}

int prices_floor(struct office *office, const char *sku, const char *bundle, int64_t amount_minor, struct error *error)
{
    int result = check_thing(office, sku, bundle, error);
    if (!result && amount_minor > 0)
        result = check_prices(office, sku, bundle, amount_minor, error);
    if (result)
        return result;
    result =
        sql_run(office->sql, "DELETE FROM price_floor WHERE sku = ?1 OR bundle = ?2", or_none(sku), or_none(bundle));
    if (!result && amount_minor > 0)
        result = sql_run(office->sql, "INSERT INTO price_floor (sku, bundle, amount_minor) VALUES (?1, ?2, ?3)",
                         or_none(sku), or_none(bundle), sql_int(amount_minor));
    return result ? office_failed(office->sql, result, error) : 0;
}
