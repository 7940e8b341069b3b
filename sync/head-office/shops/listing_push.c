#include "sync/head-office/shops/listing_push.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/catalogue/listings.h"
#include "sync/head-office/catalogue/prices.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/shops/outbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 500

struct word {
    char shop[SHOP_CODE_SIZE], item[PLATFORM_ID_SIZE], sku[PLATFORM_ID_SIZE], code[PLATFORM_CODE_SIZE];
    char currency[4];
    const char *kind;       /* of the outbox */
    int64_t value, version; /* as listing_told has it; of the word before */
    int64_t pieces;         /* what may be sold of it, where the platform asks with it */
};

/* ---------------------------------------------------------------- one word */

static int put(struct office *office, const struct word *word)
{
    char key[ID_TEXT_SIZE], subject[OUTBOX_SUBJECT_SIZE];
    bool price = strcmp(word->kind, "price") == 0;
    CLEANUP_BUF struct buf body = {0};
    json_open_object(&body, NULL);
    json_text(&body, "item", word->item);
    json_text(&body, "sku", word->sku);
    json_text(&body, "code", word->code);
    if (price) {
        json_int(&body, "price_minor", word->value);
        json_text(&body, "currency", word->currency);
    } else {
        json_bool(&body, "on_sale", word->value != 0);
        json_int(&body, "pieces", word->pieces);
    }
    json_close_object(&body);
    id_new(&office->random, key);
    snprintf(subject, sizeof(subject), "%s/%s %s", word->item, word->sku, word->kind);
    return outbox_put(office->sql, &(struct outbox_entry){.shop = word->shop,
                                                          .kind = word->kind,
                                                          .subject = subject,
                                                          .key = key,
                                                          .version = word->version + 1,
                                                          .made_us = office->now_us,
                                                          .body = buf_text(&body)});
}

/* Another program may have been faster: then it is its word that goes out, and the next look finds what differs. */
static int say(struct office *office, const struct word *word)
{
    int result = sql_run(office->sql,
                         "INSERT INTO listing_told (shop, item, sku, kind, value, version) VALUES (?1, ?2, ?3, ?4, ?5,"
                         " 1) ON CONFLICT (shop, item, sku, kind) DO UPDATE SET value = excluded.value, version ="
                         " listing_told.version + 1 WHERE listing_told.version = ?6",
                         sql_text(word->shop), sql_text(word->item), sql_text(word->sku), sql_text(word->kind),
                         sql_int(word->value), sql_int(word->version));
    return result || sql_changes(office->sql) == 0 ? result : put(office, word);
}

static int load_version(struct office *office, struct word *word)
{
    int result = sql_number(office->sql, &word->version,
                            "SELECT version FROM listing_told WHERE shop = ?1 AND item = ?2 AND sku = ?3 AND kind = ?4",
                            sql_text(word->shop), sql_text(word->item), sql_text(word->sku), sql_text(word->kind));
    return result == -ENOENT ? 0 : result;
}

/* ---------------------------------------------------------------- by the price list */

#define COUNTS(column) PRICES_ROW(column, "(p.sku = l.our_sku OR p.bundle = l.bundle)", "l.shop", "?1")
static const char other_prices[] =
    "SELECT w.shop, w.item, w.sku, w.code, c.amount_minor * w.factor, c.currency, coalesce(t.version, 0) FROM (SELECT"
    " l.shop, l.item, l.sku, l.code, l.factor, " COUNTS(
        "id") " AS price FROM listing l JOIN shop s ON s.code = l.shop"
              " AND s.running = 1 AND s.prices = 1 WHERE l.our_sku IS NOT NULL OR l.bundle IS NOT NULL) w JOIN price c "
              "ON c.id ="
              " w.price LEFT JOIN listing_told t ON t.shop = w.shop AND t.item = w.item AND t.sku = w.sku AND t.kind = "
              "'price'"
              " WHERE t.value IS DISTINCT FROM c.amount_minor * w.factor ORDER BY w.shop, w.item, w.sku LIMIT ?2";

static int find_prices(struct office *office, struct word *out, size_t *ret_count)
{
    struct sql_query *row = sql_select(office->sql, other_prices, sql_int(office->now_us), sql_int(AT_ONCE));
    size_t count = 0;
    for (; count < AT_ONCE && sql_next(row); count++) {
        struct word *word = &out[count];
        *word = (struct word){.kind = "price", .value = sql_get_int(row, 4), .version = sql_get_int(row, 6)};
        sql_copy_text(row, 0, word->shop, sizeof(word->shop));
        sql_copy_text(row, 1, word->item, sizeof(word->item));
        sql_copy_text(row, 2, word->sku, sizeof(word->sku));
        sql_copy_text(row, 3, word->code, sizeof(word->code));
        sql_copy_text(row, 5, word->currency, sizeof(word->currency));
    }
    *ret_count = count;
    return sql_done(row);
}

int listing_push(struct office *office, int64_t *ret_count, bool *ret_more, struct error *error)
{
    CLEANUP(cleanup_free) struct word *words = calloc(AT_ONCE, sizeof(*words));
    size_t count = 0;
    if (!words)
        return error_set(error, -ENOMEM, "there is no memory");
    int result = find_prices(office, words, &count);
    *ret_count = (int64_t)count;
    *ret_more = count == AT_ONCE;
    if (result || count == 0)
        return result ? office_failed(office->sql, result, error) : 0;
    result = sql_run(office->sql, SQL_BEGIN_ROWS, SQL_NO_VALUES);
    for (size_t i = 0; i < count && !result; i++)
        result = say(office, &words[i]);
    if (result)
        office_failed(office->sql, result, error);
    else
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}

/* ---------------------------------------------------------------- by hand */

struct found {
    char sku[LISTINGS_SKU_SIZE], bundle[LISTINGS_SKU_SIZE];
    int64_t factor;
    bool follows; /* the shop's prices follow the list */
};

static int find_listing(struct office *office, struct word *word, struct found *ret, struct error *error)
{
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT coalesce(l.our_sku, ''), coalesce(l.bundle, ''), l.factor, s.prices,"
                                       " l.code FROM listing l JOIN shop s ON s.code = l.shop WHERE l.shop = ?1 AND"
                                       " l.item = ?2 AND l.sku = ?3",
                                       sql_text(word->shop), sql_text(word->item), sql_text(word->sku));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, ret->sku, sizeof(ret->sku));
        sql_copy_text(row, 1, ret->bundle, sizeof(ret->bundle));
        ret->factor = sql_get_int(row, 2);
        ret->follows = sql_get_int(row, 3) != 0;
        sql_copy_text(row, 4, word->code, sizeof(word->code));
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? 0
                 : error_set(error, -ENOENT, "shop \"%s\" has no listing \"%s\" \"%s\"", word->shop, word->item,
                             word->sku);
}

int listing_push_price(struct office *office, const char *shop, const char *item, const char *sku, int64_t amount_minor,
                       struct error *error)
{
    struct word word = {.kind = "price", .value = amount_minor};
    struct found found = {.factor = 1};
    struct settings settings;
    text_copy(word.shop, sizeof(word.shop), shop);
    text_copy(word.item, sizeof(word.item), item);
    text_copy(word.sku, sizeof(word.sku), sku);
    int result = find_listing(office, &word, &found, error);
    if (!result && found.follows)
        result = error_set(error, -EPERM, "the prices of shop \"%s\" follow the price list: price.set", shop);
    if (!result)
        result = prices_check_floor(office, found.sku, found.bundle, found.factor, amount_minor, error);
    if (!result)
        result = settings_load(office, &settings, error);
    if (result)
        return result;
    text_copy(word.currency, sizeof(word.currency), settings.base_currency);
    result = load_version(office, &word);
    if (!result)
        result = say(office, &word);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* How many SKUs of the item there are, and of how many it is not known what they are. */
static int look_at_item(struct office *office, const struct word *word, int64_t *ret_skus, int64_t *ret_unknown,
                        int64_t *ret_pieces)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT count(*), sum(CASE WHEN l.our_sku IS NULL AND l.bundle IS NULL THEN 1 ELSE 0 END),"
                   " coalesce(sum(CASE WHEN f.pieces > 0 THEN f.pieces ELSE 0 END), 0) FROM listing l LEFT JOIN "
                   "stock_offer f ON f.shop = l.shop AND f.item ="
                   " l.item AND f.sku = l.sku WHERE l.shop = ?1 AND l.item = ?2",
                   sql_text(word->shop), sql_text(word->item));
    if (sql_next(row)) {
        *ret_skus = sql_get_int(row, 0);
        *ret_unknown = sql_get_int(row, 1);
        *ret_pieces = sql_get_int(row, 2);
    }
    return sql_done(row);
}

int listing_push_sale(struct office *office, const char *shop, const char *item, bool on_sale, struct error *error)
{
    struct word word = {.kind = "listing", .value = on_sale};
    int64_t skus = 0, unknown = 0;
    text_copy(word.shop, sizeof(word.shop), shop);
    text_copy(word.item, sizeof(word.item), item);
    int result = look_at_item(office, &word, &skus, &unknown, &word.pieces);
    if (!result)
        result = load_version(office, &word);
    if (result)
        return office_failed(office->sql, result, error);
    if (skus == 0)
        return error_set(error, -ENOENT, "shop \"%s\" has no listing \"%s\"", shop, item);
    if (on_sale && unknown > 0)
        return error_set(error, -EINVAL, "it is not known what \"%s\" is: map it before it is sold", item);
    result = say(office, &word);
    return result ? office_failed(office->sql, result, error) : 0;
}
