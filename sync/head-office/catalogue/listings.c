#include "sync/head-office/catalogue/listings.h"

#include "base/text.h"
#include "sync/head-office/catalogue/bundles.h"
#include "sync/head-office/orders/order_goods.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BY_PERSON "person"

bool listing_is_known(const struct listing_meaning *meaning)
{
    return *meaning->sku || *meaning->bundle;
}

static bool is_same(const struct listing_meaning *one, const struct listing_meaning *other)
{
    return strcmp(one->sku, other->sku) == 0 && strcmp(one->bundle, other->bundle) == 0 && one->factor == other->factor;
}

/* ---------------------------------------------------------------- finding */

static int match(struct office *office, const char *code, struct listing_meaning *ret, const char **ret_by)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT i.sku, '', 1, 0 AS by_barcode FROM item i WHERE i.sku = ?1 UNION ALL SELECT '', b.code, 1, 0"
                   " FROM bundle b WHERE b.code = ?1 UNION ALL SELECT b.sku, '', b.factor, 1 FROM barcode b WHERE"
                   " b.code = ?1 AND b.kind = 'item' ORDER BY 4 LIMIT 1",
                   sql_text(code));
    *ret = (struct listing_meaning){.factor = 1};
    *ret_by = "";
    if (sql_next(row)) {
        sql_copy_text(row, 0, ret->sku, sizeof(ret->sku));
        sql_copy_text(row, 1, ret->bundle, sizeof(ret->bundle));
        ret->factor = sql_get_int(row, 2);
        *ret_by = sql_get_int(row, 3) ? "barcode" : "code";
    }
    return sql_done(row);
}

static int write_listing(struct office *office, const char *shop, const struct listing_seen *seen,
                         const struct listing_meaning *meaning, const char *by)
{
    return sql_run(
        office->sql,
        "INSERT INTO listing (shop, item, sku, code, title, our_sku, bundle, factor, matched, seen_us) VALUES (?1, ?2,"
        " ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (shop, item, sku) DO UPDATE SET code = CASE WHEN excluded.code"
        " <> '' THEN excluded.code ELSE listing.code END, title = CASE WHEN excluded.title <> '' THEN excluded.title"
        " ELSE listing.title END, our_sku = excluded.our_sku, bundle = excluded.bundle, factor = excluded.factor,"
        " matched = excluded.matched, seen_us = excluded.seen_us",
        sql_text(shop), sql_text(seen->item), sql_text(seen->sku), sql_text(seen->code), sql_text(seen->title),
        sql_text(*meaning->sku ? meaning->sku : NULL), sql_text(*meaning->bundle ? meaning->bundle : NULL),
        sql_int(meaning->factor), sql_text(by), sql_int(office->now_us));
}

struct known {
    struct listing_meaning meaning;
    char code[65];
    bool found, by_person;
};

static int load(struct office *office, const char *shop, const struct listing_seen *seen, struct known *ret)
{
    *ret = (struct known){.meaning.factor = 1};
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT coalesce(our_sku, ''), coalesce(bundle, ''), factor, CASE WHEN matched = '" BY_PERSON
                   "' THEN 1 ELSE 0 END, code FROM listing WHERE shop = ?1 AND item = ?2 AND sku = ?3",
                   sql_text(shop), sql_text(seen->item), sql_text(seen->sku));
    ret->found = sql_next(row);
    if (ret->found) {
        sql_copy_text(row, 0, ret->meaning.sku, sizeof(ret->meaning.sku));
        sql_copy_text(row, 1, ret->meaning.bundle, sizeof(ret->meaning.bundle));
        ret->meaning.factor = sql_get_int(row, 2);
        ret->by_person = sql_get_int(row, 3) != 0;
        sql_copy_text(row, 4, ret->code, sizeof(ret->code));
    }
    return sql_done(row);
}

int listings_find(struct office *office, const char *shop, const struct listing_seen *seen, struct listing_meaning *ret)
{
    struct known known;
    const char *by;
    int result = load(office, shop, seen, &known);
    if (result)
        return result;
    *ret = known.meaning;
    bool same_code = !*seen->code || strcmp(known.code, seen->code) == 0;
    if (known.by_person || (listing_is_known(ret) && same_code))
        return 0;
    result = match(office, seen->code, ret, &by);
    if (result || (!listing_is_known(ret) && known.found && same_code))
        return result;
    return write_listing(office, shop, seen, ret, by);
}

/* ---------------------------------------------------------------- what a person says */

static int check_meaning(struct office *office, const struct listing_meaning *meaning, struct error *error)
{
    int64_t parts = 0;
    if (*meaning->sku && *meaning->bundle)
        return error_set(error, -EINVAL, "a listing is an item or a bundle, not both");
    if (meaning->factor < 1 || (meaning->factor > 1 && !*meaning->sku))
        return error_set(error, -EINVAL, "only of an item there are packs of several pieces");
    if (!*meaning->bundle)
        return 0;
    int result = sql_number(office->sql, &parts, "SELECT count(*) FROM bundle_part WHERE bundle = ?1",
                            sql_text(meaning->bundle));
    if (result)
        return office_failed(office->sql, result, error);
    return parts > 0 ? 0 : error_set(error, -ENOENT, "there is no bundle \"%s\"", meaning->bundle);
}

int listings_map(struct office *office, const char *shop, const struct listing_seen *seen,
                 const struct listing_meaning *meaning, struct listing_effect *ret, struct error *error)
{
    struct known before;
    *ret = (struct listing_effect){0};
    int result = check_meaning(office, meaning, error);
    if (result)
        return result;
    result = load(office, shop, seen, &before);
    if (result)
        return office_failed(office->sql, result, error);
    if (!before.found && !listing_is_known(meaning))
        return error_set(error, -ENOENT, "shop \"%s\" has no listing \"%s\" \"%s\"", shop, seen->item, seen->sku);
    result = write_listing(office, shop, seen, meaning, BY_PERSON);
    result = office_named(office->sql, result, "item or shop", *meaning->sku ? meaning->sku : shop, error);
    if (result)
        return result;
    return order_goods_follow(office, shop, seen, meaning, !listing_is_known(&before.meaning), ret, error);
}

/* ---------------------------------------------------------------- what was not known before */

struct unknown {
    char shop[17], item[65], sku[65], code[65];
};

#define UNKNOWN                                                                                                        \
    " FROM listing WHERE our_sku IS NULL AND bundle IS NULL AND matched <> '" BY_PERSON                                \
    "' AND code <> '' AND ?1 IN ('', shop)"

static int read_unknown(struct office *office, const char *shop, struct unknown **ret, size_t *ret_count,
                        struct error *error)
{
    int64_t count = 0;
    int result = sql_number(office->sql, &count, "SELECT count(*)" UNKNOWN, sql_text(shop));
    if (result)
        return office_failed(office->sql, result, error);
    *ret = calloc((size_t)count + 1, sizeof(**ret));
    if (!*ret)
        return error_set(error, -ENOMEM, "there is no memory");
    struct sql_query *row =
        sql_select(office->sql, "SELECT shop, item, sku, code" UNKNOWN " ORDER BY shop, item, sku", sql_text(shop));
    for (*ret_count = 0; *ret_count < (size_t)count && sql_next(row); ++*ret_count) {
        struct unknown *unknown = &(*ret)[*ret_count];
        sql_copy_text(row, 0, unknown->shop, sizeof(unknown->shop));
        sql_copy_text(row, 1, unknown->item, sizeof(unknown->item));
        sql_copy_text(row, 2, unknown->sku, sizeof(unknown->sku));
        sql_copy_text(row, 3, unknown->code, sizeof(unknown->code));
    }
    result = sql_done(row);
    return result ? office_failed(office->sql, result, error) : 0;
}

int listings_match(struct office *office, const char *shop, struct listing_effect *ret, struct error *error)
{
    CLEANUP(cleanup_free) struct unknown *unknown = NULL;
    size_t count = 0;
    *ret = (struct listing_effect){0};
    int result = read_unknown(office, shop, &unknown, &count, error);
    for (size_t i = 0; i < count && !result; i++) {
        const struct listing_seen seen = {unknown[i].item, unknown[i].sku, unknown[i].code, ""};
        struct listing_meaning meaning;
        int failed = listings_find(office, unknown[i].shop, &seen, &meaning);
        if (failed)
            return office_failed(office->sql, failed, error);
        if (listing_is_known(&meaning))
            result = order_goods_follow(office, unknown[i].shop, &seen, &meaning, true, ret, error);
    }
    return result;
}

/* ---------------------------------------------------------------- the rest */

int listings_offer(struct office *office, const char *shop, const struct listing_seen *seen, int64_t buffer,
                   int64_t ratio, struct error *error)
{
    int result =
        sql_run(office->sql, "UPDATE listing SET buffer = ?4, ratio = ?5 WHERE shop = ?1 AND item = ?2 AND sku = ?3",
                sql_text(shop), sql_text(seen->item), sql_text(seen->sku), buffer < 0 ? sql_null() : sql_int(buffer),
                ratio < 0 ? sql_null() : sql_int(ratio));
    return office_changed(office->sql, result, "listing", seen->sku, error);
}

/* What is said of it beside its meaning. */
static int put_words(struct office *office, const struct listing_row *row, const struct listing_seen *seen,
                     const struct known *before, int64_t *changed, struct error *error)
{
    static const struct listing_meaning unknown = {.factor = 1};
    int result =
        before->found
            ? sql_run(office->sql,
                      "UPDATE listing SET code = CASE WHEN ?4 <> '' THEN ?4 ELSE code END, title = CASE WHEN ?5 <> ''"
                      " THEN ?5 ELSE title END WHERE shop = ?1 AND item = ?2 AND sku = ?3 AND ((?4 <> '' AND code <>"
                      " ?4) OR (?5 <> '' AND title <> ?5))",
                      sql_text(row->shop), sql_text(row->item), sql_text(row->platform_sku), sql_text(row->code),
                      sql_text(row->title))
            : write_listing(office, row->shop, seen, &unknown, "");
    *changed = !result && sql_changes(office->sql) > 0;
    return office_named(office->sql, result, "shop", row->shop, error);
}

int listings_put_row(struct office *office, const char *site, const void *data, int64_t *changed,
                     const char **ret_column, struct error *error)
{
    (void)site;
    const struct listing_row *row = data;
    const struct listing_seen seen = {row->item, row->platform_sku, row->code, row->title};
    struct listing_meaning meaning = {.factor = row->factor};
    struct listing_effect effect;
    struct known before;
    int64_t words = 0;
    text_copy(meaning.sku, sizeof(meaning.sku), row->sku);
    text_copy(meaning.bundle, sizeof(meaning.bundle), row->bundle);
    int result = load(office, row->shop, &seen, &before);
    if (result)
        return office_failed(office->sql, result, error);
    bool says = listing_is_known(&meaning) && !is_same(&meaning, &before.meaning);
    *ret_column = "shop";
    result = put_words(office, row, &seen, &before, &words, error);
    if (!result && says) {
        *ret_column = *meaning.bundle ? "bundle" : "sku";
        result = listings_map(office, row->shop, &seen, &meaning, &effect, error);
    }
    *changed += words > 0 || says;
    return result;
}

int listings_after_import(struct office *office, const char *site, struct error *error)
{
    (void)site;
    struct listing_effect effect;
    int result = bundles_check_names(office, error);
    return result ? result : listings_match(office, "", &effect, error);
}
