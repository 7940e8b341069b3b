#include "sync/head-office/catalogue/listings.h"

#include "base/text.h"
#include "sync/head-office/orders/exceptions.h"
#include "sync/head-office/orders/orders.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- finding */

/* A code on a pack of several pieces is none of one piece: a person must say. */
static int match(struct office *office, const char *code, char ret_sku[LISTINGS_SKU_SIZE], const char **ret_by)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT i.sku, 0 AS by_barcode FROM item i WHERE i.sku = ?1 UNION ALL SELECT b.sku, 1 FROM barcode b"
                   " WHERE b.code = ?1 AND b.kind = 'item' AND b.factor = 1 ORDER BY 2 LIMIT 1",
                   sql_text(code));
    *ret_sku = '\0';
    *ret_by = "";
    if (sql_next(row)) {
        sql_copy_text(row, 0, ret_sku, LISTINGS_SKU_SIZE);
        *ret_by = sql_get_int(row, 1) ? "barcode" : "code";
    }
    return sql_done(row);
}

static int write_listing(struct office *office, const char *shop, const struct listing_seen *seen, const char *our_sku,
                         const char *by)
{
    return sql_run(
        office->sql,
        "INSERT INTO listing (shop, item, sku, code, title, our_sku, matched, seen_us) VALUES (?1, ?2, ?3, ?4,"
        " ?5, ?6, ?7, ?8) ON CONFLICT (shop, item, sku) DO UPDATE SET code = CASE WHEN excluded.code <> ''"
        " THEN excluded.code ELSE listing.code END, title = CASE WHEN excluded.title <> '' THEN"
        " excluded.title ELSE listing.title END, our_sku = excluded.our_sku, matched = excluded.matched,"
        " seen_us = excluded.seen_us",
        sql_text(shop), sql_text(seen->item), sql_text(seen->sku), sql_text(seen->code), sql_text(seen->title),
        sql_text(*our_sku ? our_sku : NULL), sql_text(by), sql_int(office->now_us));
}

struct known {
    char sku[LISTINGS_SKU_SIZE], code[65];
    bool found, by_person;
};

static int load(struct office *office, const char *shop, const struct listing_seen *seen, struct known *ret)
{
    *ret = (struct known){0};
    struct sql_query *row = sql_select(
        office->sql, "SELECT our_sku, matched = 'person', code FROM listing WHERE shop = ?1 AND item = ?2 AND sku = ?3",
        sql_text(shop), sql_text(seen->item), sql_text(seen->sku));
    ret->found = sql_next(row);
    if (ret->found) {
        sql_copy_text(row, 0, ret->sku, sizeof(ret->sku));
        ret->by_person = sql_get_int(row, 1) != 0;
        sql_copy_text(row, 2, ret->code, sizeof(ret->code));
    }
    return sql_done(row);
}

int listings_find(struct office *office, const char *shop, const struct listing_seen *seen,
                  char ret_sku[LISTINGS_SKU_SIZE])
{
    struct known known;
    const char *by;
    int result = load(office, shop, seen, &known);
    if (result)
        return result;
    text_copy(ret_sku, LISTINGS_SKU_SIZE, known.sku);
    bool same_code = !*seen->code || strcmp(known.code, seen->code) == 0;
    if (known.by_person || (*known.sku && same_code))
        return 0;
    result = match(office, seen->code, ret_sku, &by);
    if (result || (!*ret_sku && known.found && same_code))
        return result;
    return write_listing(office, shop, seen, ret_sku, by);
}

/* ---------------------------------------------------------------- order lines that waited */

static int look_again(struct office *office, const char *shop, const struct listing_seen *seen, struct error *error)
{
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT DISTINCT o.number FROM orders o JOIN order_line l USING (number) WHERE"
                                       " o.shop = ?1 AND l.platform_item = ?2 AND l.platform_sku = ?3 AND o.state ="
                                       " 'exception'",
                                       sql_text(shop), sql_text(seen->item), sql_text(seen->sku));
    char(*numbers)[ORDERS_NUMBER_SIZE] = NULL;
    size_t count = 0, room = 0;
    int result = 0;
    while (!result && sql_next(row)) {
        if (count == room) {
            void *more = realloc(numbers, (room = room ? room * 2 : 16) * sizeof(*numbers));
            result = more ? 0 : error_set(error, -ENOMEM, "there is no memory");
            numbers = more ? more : numbers;
        }
        if (!result)
            sql_copy_text(row, 0, numbers[count++], sizeof(*numbers));
    }
    int failed = sql_done(row);
    if (!result && failed)
        result = office_failed(office->sql, failed, error);
    for (size_t i = 0; i < count && !result; i++)
        result = exceptions_look_again(office, numbers[i], error);
    free(numbers);
    return result;
}

/* Lines whose item is not known: what is promised or at a site stays as it is. */
static int fill_lines(struct office *office, const char *shop, const struct listing_seen *seen, const char *our_sku,
                      int64_t *ret_lines, struct error *error)
{
    int result = sql_run(office->sql,
                         "UPDATE order_line SET sku = ?4 WHERE sku IS NULL AND platform_item = ?2 AND platform_sku = ?3"
                         " AND number IN (SELECT number FROM orders WHERE shop = ?1)",
                         sql_text(shop), sql_text(seen->item), sql_text(seen->sku), sql_text(our_sku));
    if (result)
        return office_failed(office->sql, result, error);
    int64_t lines = sql_changes(office->sql);
    *ret_lines += lines;
    return lines > 0 ? look_again(office, shop, seen, error) : 0;
}

int listings_map(struct office *office, const char *shop, const struct listing_seen *seen, const char *our_sku,
                 int64_t *ret_lines, struct error *error)
{
    *ret_lines = 0;
    int result = write_listing(office, shop, seen, our_sku, "person");
    result = office_named(office->sql, result, "item or shop", our_sku, error);
    return result ? result : fill_lines(office, shop, seen, our_sku, ret_lines, error);
}

/* ---------------------------------------------------------------- what was not known before */

struct unknown {
    char item[65], sku[65], code[65];
};

static int read_unknown(struct office *office, const char *shop, struct unknown **ret, size_t *ret_count,
                        struct error *error)
{
    int64_t count = 0;
    int result =
        sql_number(office->sql, &count,
                   "SELECT count(*) FROM listing WHERE shop = ?1 AND our_sku IS NULL AND code <> ''", sql_text(shop));
    if (result)
        return office_failed(office->sql, result, error);
    *ret = calloc((size_t)count + 1, sizeof(**ret));
    if (!*ret)
        return error_set(error, -ENOMEM, "there is no memory");
    struct sql_query *row = sql_select(
        office->sql, "SELECT item, sku, code FROM listing WHERE shop = ?1 AND our_sku IS NULL AND code <> ''",
        sql_text(shop));
    for (*ret_count = 0; *ret_count < (size_t)count && sql_next(row); ++*ret_count) {
        sql_copy_text(row, 0, (*ret)[*ret_count].item, sizeof((*ret)->item));
        sql_copy_text(row, 1, (*ret)[*ret_count].sku, sizeof((*ret)->sku));
        sql_copy_text(row, 2, (*ret)[*ret_count].code, sizeof((*ret)->code));
    }
    result = sql_done(row);
    return result ? office_failed(office->sql, result, error) : 0;
}

int listings_match(struct office *office, const char *shop, int64_t *ret_lines, struct error *error)
{
    CLEANUP(cleanup_free) struct unknown *unknown = NULL;
    size_t count = 0;
    *ret_lines = 0;
    int result = read_unknown(office, shop, &unknown, &count, error);
    for (size_t i = 0; i < count && !result; i++) {
        struct listing_seen seen = {unknown[i].item, unknown[i].sku, unknown[i].code, ""};
        char sku[LISTINGS_SKU_SIZE];
        int failed = listings_find(office, shop, &seen, sku);
        if (failed)
            return office_failed(office->sql, failed, error);
        if (*sku)
            result = fill_lines(office, shop, &seen, sku, ret_lines, error);
    }
    return result;
}

int listings_offer(struct office *office, const char *shop, const struct listing_seen *seen, int64_t buffer,
                   int64_t ratio, struct error *error)
{
    int result =
        sql_run(office->sql, "UPDATE listing SET buffer = ?4, ratio = ?5 WHERE shop = ?1 AND item = ?2 AND sku = ?3",
                sql_text(shop), sql_text(seen->item), sql_text(seen->sku), buffer < 0 ? sql_null() : sql_int(buffer),
                ratio < 0 ? sql_null() : sql_int(ratio));
    return office_changed(office->sql, result, "listing", seen->sku, error);
}
