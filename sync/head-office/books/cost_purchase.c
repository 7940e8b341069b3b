/* What suppliers ask: expected for what comes, and put right for what came. */
#include "sync/head-office/amount.h"
#include "sync/head-office/books/cost.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cost_expect(struct books *books, const char *document, const char *sku, const char *day, int64_t quantity,
                int64_t *ret_value_minor, struct error *error)
{
    int64_t of = 0, total = 0;
    char currency[8] = "";
    struct sql *sql = books->office->sql;
    struct sql_query *row =
        sql_select(sql, "SELECT quantity, total_minor, currency FROM cost_purchase WHERE document = ?1 AND sku = ?2",
                   sql_text(document), sql_text(sku));
    if (sql_next(row)) {
        of = sql_get_int(row, 0);
        total = sql_get_int(row, 1);
        sql_copy_text(row, 2, currency, sizeof(currency));
    }
    int result = sql_done(row);
    if (result)
        return office_failed(sql, result, error);
    if (of > 0)
        return books_to_base(books, currency, day, amount_round(total, quantity, of), ret_value_minor, error);
    result = sql_number(sql, &total, "SELECT usual_minor FROM cost_item WHERE sku = ?1", sql_text(sku));
    *ret_value_minor = result ? 0 : total * quantity;
    return result && result != -ENOENT ? office_failed(sql, result, error) : 0;
}

struct layer {
    int64_t id, quantity, value_minor, left;
    char site[BOOKS_TEXT_SIZE], party[BOOKS_TEXT_SIZE];
};

struct layers {
    struct layer *list;
    size_t count, room;
};

static void layers_done(struct layers *layers)
{
    free(layers->list);
}

static bool make_room(struct layers *layers)
{
    if (layers->count < layers->room)
        return true;
    size_t room = layers->room > 0 ? layers->room * 2 : 16;
    void *list = realloc(layers->list, room * sizeof(*layers->list));
    if (!list)
        return false;
    layers->list = list;
    layers->room = room;
    return true;
}

/* Read before any is changed. */
static int read_layers(struct books *books, const char *document, const char *sku, struct layers *out,
                       struct error *error)
{
    bool fits = true;
    struct sql_query *row = sql_select(books->office->sql,
                                       "SELECT id, quantity, value_minor, left_open, site, party FROM cost_layer"
                                       " WHERE document = ?1 AND sku = ?2 ORDER BY id",
                                       sql_text(document), sql_text(sku));
    while (fits && sql_next(row)) {
        fits = make_room(out);
        if (!fits)
            break;
        struct layer *layer = &out->list[out->count++];
        *layer = (struct layer){.id = sql_get_int(row, 0),
                                .quantity = sql_get_int(row, 1),
                                .value_minor = sql_get_int(row, 2),
                                .left = sql_get_int(row, 3)};
        sql_copy_text(row, 4, layer->site, sizeof(layer->site));
        sql_copy_text(row, 5, layer->party, sizeof(layer->party));
    }
    int failed = sql_done(row);
    if (!fits)
        return error_set(error, -ENOMEM, "out of memory");
    return failed ? office_failed(books->office->sql, failed, error) : 0;
}

/* By average cost nobody knows which pieces are here: as many of them as can be. claimed: by layers before. */
static int pieces_here(struct books *books, const char *sku, const struct layer *layer, int64_t *claimed, int64_t *ret,
                       struct error *error)
{
    int64_t quantity = 0;
    int result = sql_number(books->office->sql, &quantity,
                            "SELECT CASE WHEN method = 'fifo' THEN ?2 WHEN quantity < ?3 THEN 0 ELSE quantity - ?3 END"
                            " FROM cost_item WHERE sku = ?1",
                            sql_text(sku), sql_int(layer->left), sql_int(*claimed));
    *ret = quantity < layer->quantity ? quantity : layer->quantity;
    *claimed += *ret;
    return result ? office_failed(books->office->sql, result, error) : 0;
}

static int put_right(struct books *books, const char *sku, const struct layer *layer, int64_t new_minor,
                     int64_t *claimed, struct books_entry *entry, struct error *error)
{
    struct sql *sql = books->office->sql;
    int64_t change = new_minor - layer->value_minor, here = 0;
    int result = pieces_here(books, sku, layer, claimed, &here, error);
    if (result || change == 0)
        return result;
    int64_t kept = amount_round(change, here, layer->quantity);
    struct books_of of = {.sku = sku, .site = layer->site, .party = layer->party};
    books_add(books, entry, BOOKS_STOCK, NULL, kept, &of);
    books_add(books, entry, BOOKS_COST_CHANGE, NULL, change - kept, &of);
    books_add(books, entry, BOOKS_UNINVOICED, NULL, -change, &of);
    result = sql_run(sql,
                     "UPDATE cost_layer SET value_minor = ?2, left_minor = CASE WHEN left_open > 0 THEN left_minor + ?3"
                     " ELSE 0 END WHERE id = ?1",
                     sql_int(layer->id), sql_int(new_minor), sql_int(kept));
    if (!result)
        result = sql_run(sql,
                         "UPDATE cost_item SET value_minor = value_minor + ?2, last_quantity = ?3, last_minor = ?4"
                         " WHERE sku = ?1",
                         sql_text(sku), sql_int(kept), sql_int(layer->quantity), sql_int(new_minor));
    return result ? office_failed(sql, result, error) : 0;
}

static int put_all_right(struct books *books, const char *document, const char *sku, int64_t rev, struct error *error)
{
    CLEANUP(layers_done) struct layers layers = {0};
    char key[BOOKS_KEY_SIZE], today[BUSINESS_DAY_SIZE];
    CLEANUP_ENTRY struct books_entry entry = {
        .kind = "cost_change", .key = key, .note = document, .at_us = books->office->now_us};
    snprintf(key, sizeof(key), "cost/%s/%s/%" PRId64, document, sku, rev);
    business_day(books->office->now_us, books->settings.utc_offset_min, today);
    int64_t claimed = 0;
    int result = read_layers(books, document, sku, &layers, error);
    for (size_t i = 0; i < layers.count && !result; i++) {
        int64_t expected = 0;
        result = cost_expect(books, document, sku, today, layers.list[i].quantity, &expected, error);
        if (!result)
            result = put_right(books, sku, &layers.list[i], expected, &claimed, &entry, error);
    }
    return result || entry.count == 0 ? result : books_post(books, &entry, error);
}

int cost_purchase(struct books *books, const char *document, const char *sku, int64_t quantity, int64_t total_minor,
                  const char *currency, struct error *error)
{
    struct sql *sql = books->office->sql;
    int64_t rev = 0;
    int result =
        sql_run(sql,
                "INSERT INTO cost_purchase (document, sku, quantity, total_minor, currency)"
                " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (document, sku) DO UPDATE SET quantity ="
                " excluded.quantity, total_minor = excluded.total_minor, currency = excluded.currency,"
                " rev = cost_purchase.rev + 1",
                sql_text(document), sql_text(sku), sql_int(quantity), sql_int(total_minor), sql_text(currency));
    if (!result)
        result = sql_number(sql, &rev, "SELECT rev FROM cost_purchase WHERE document = ?1 AND sku = ?2",
                            sql_text(document), sql_text(sku));
    return result ? office_failed(sql, result, error) : put_all_right(books, document, sku, rev, error);
}
