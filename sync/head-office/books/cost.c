#include "sync/head-office/books/cost.h"

#include "base/text.h"
#include "sync/head-office/amount.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct item {
    bool fifo;
    int64_t quantity, value_minor, last_quantity, last_minor, usual_minor;
};

/* ---------------------------------------------------------------- the item */

static int ensure_item(struct books *books, const char *sku)
{
    return sql_run(books->office->sql, "INSERT INTO cost_item (sku, method) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                   sql_text(sku), sql_text(books->settings.cost_method));
}

static int read_item(struct books *books, const char *sku, struct item *ret, struct error *error)
{
    struct sql *sql = books->office->sql;
    int result = ensure_item(books, sku);
    if (result)
        return office_failed(sql, result, error);
    struct sql_query *row = sql_select(sql,
                                       "SELECT method, quantity, value_minor, last_quantity, last_minor, usual_minor"
                                       " FROM cost_item WHERE sku = ?1" SQL_FOR_UPDATE,
                                       sql_text(sku));
    if (sql_next(row))
        *ret = (struct item){.fifo = strcmp(sql_get_text(row, 0), "fifo") == 0,
                             .quantity = sql_get_int(row, 1),
                             .value_minor = sql_get_int(row, 2),
                             .last_quantity = sql_get_int(row, 3),
                             .last_minor = sql_get_int(row, 4),
                             .usual_minor = sql_get_int(row, 5)};
    int failed = sql_done(row);
    return failed ? office_failed(sql, failed, error) : 0;
}

static int write_item(struct books *books, const char *sku, const struct item *item, struct error *error)
{
    int result = sql_run(books->office->sql,
                         "UPDATE cost_item SET quantity = ?2, value_minor = ?3, last_quantity = ?4, last_minor = ?5"
                         " WHERE sku = ?1",
                         sql_text(sku), sql_int(item->quantity), sql_int(item->value_minor),
                         sql_int(item->last_quantity), sql_int(item->last_minor));
    return result ? office_failed(books->office->sql, result, error) : 0;
}

/* What pieces would cost that are not here. */
static int64_t guess(const struct item *item, int64_t quantity)
{
    if (item->last_quantity > 0)
        return amount_round(item->last_minor, quantity, item->last_quantity);
    return item->usual_minor * quantity;
}

/* ---------------------------------------------------------------- coming */

struct owed {
    int64_t id, quantity, value_minor, line;
    char account[12], order[BOOKS_TEXT_SIZE], site[BOOKS_TEXT_SIZE], shop[BOOKS_TEXT_SIZE];
};

static int first_owed(struct books *books, const char *sku, struct owed *ret, struct error *error)
{
    struct sql_query *row =
        sql_select(books->office->sql,
                   "SELECT id, quantity, value_minor, account, order_number, order_line, site, shop FROM cost_owed"
                   " WHERE sku = ?1 AND quantity > 0 ORDER BY id LIMIT 1",
                   sql_text(sku));
    bool found = sql_next(row);
    if (found) {
        *ret = (struct owed){.id = sql_get_int(row, 0),
                             .quantity = sql_get_int(row, 1),
                             .value_minor = sql_get_int(row, 2),
                             .line = sql_get_int(row, 5)};
        sql_copy_text(row, 3, ret->account, sizeof(ret->account));
        sql_copy_text(row, 4, ret->order, sizeof(ret->order));
        sql_copy_text(row, 6, ret->site, sizeof(ret->site));
        sql_copy_text(row, 7, ret->shop, sizeof(ret->shop));
    }
    int failed = sql_done(row);
    return failed ? office_failed(books->office->sql, failed, error) : found ? 0 : -ENOENT;
}

/* So many of what was owed have come, and cost this. */
static int settle(struct books *books, const char *sku, const struct owed *owed, int64_t quantity, int64_t cost_minor,
                  struct books_entry *entry, int64_t *ret_change, struct error *error)
{
    struct sql *sql = books->office->sql;
    int64_t had = amount_part(owed->value_minor, quantity, owed->quantity), change = cost_minor - had;
    struct books_of of = {.order = owed->order, .line = owed->line, .sku = sku, .site = owed->site, .shop = owed->shop};
    books_add(books, entry, owed->account, NULL, change, &of);
    books_add(books, entry, BOOKS_STOCK, NULL, -change, &of);
    *ret_change = change;
    int result =
        sql_run(sql, "UPDATE cost_owed SET quantity = quantity - ?2, value_minor = value_minor - ?3 WHERE id = ?1",
                sql_int(owed->id), sql_int(quantity), sql_int(had));
    if (!result)
        result = sql_run(
            sql, "UPDATE cost_sold SET value_minor = value_minor + ?3 WHERE order_number = ?1 AND order_line = ?2",
            sql_text(owed->order), sql_int(owed->line), sql_int(change));
    return result ? office_failed(sql, result, error) : 0;
}

/* The eldest first; *left and *left_minor are what stays of the receipt. */
static int settle_all(struct books *books, const struct cost_receipt *receipt, struct item *item, int64_t *left,
                      int64_t *left_minor, struct books_entry *entry, struct error *error)
{
    struct owed owed;
    int result = 0;
    while (*left > 0 && !(result = first_owed(books, receipt->sku, &owed, error))) {
        int64_t taken = owed.quantity < *left ? owed.quantity : *left, change = 0;
        int64_t cost = amount_part(*left_minor, taken, *left);
        result = settle(books, receipt->sku, &owed, taken, cost, entry, &change, error);
        if (result)
            return result;
        *left -= taken;
        *left_minor -= cost;
        item->value_minor -= change;
    }
    return result == -ENOENT ? 0 : result;
}

static int add_layer(struct books *books, const struct cost_receipt *receipt, int64_t left, int64_t left_minor,
                     struct error *error)
{
    int result = sql_run(
        books->office->sql,
        "INSERT INTO cost_layer (key, sku, document, site, party, at_us, quantity, value_minor, left_open, left_minor)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        sql_text(receipt->key), sql_text(receipt->sku), sql_text(receipt->document ? receipt->document : ""),
        sql_text(receipt->site ? receipt->site : ""), sql_text(receipt->party ? receipt->party : ""),
        sql_int(receipt->at_us), sql_int(receipt->quantity), sql_int(receipt->value_minor), sql_int(left),
        sql_int(left_minor));
    return result ? office_failed(books->office->sql, result, error) : 0;
}

int cost_receive(struct books *books, const struct cost_receipt *receipt, struct books_entry *entry,
                 struct error *error)
{
    struct item item = {0};
    int64_t left = receipt->quantity, left_minor = receipt->value_minor;
    int result = read_item(books, receipt->sku, &item, error);
    if (result)
        return result;
    item.quantity += receipt->quantity;
    item.value_minor += receipt->value_minor;
    if (receipt->value_minor > 0) {
        item.last_quantity = receipt->quantity;
        item.last_minor = receipt->value_minor;
    }
    result = settle_all(books, receipt, &item, &left, &left_minor, entry, error);
    if (!result)
        result = add_layer(books, receipt, item.fifo ? left : 0, item.fifo ? left_minor : 0, error);
    return result ? result : write_item(books, receipt->sku, &item, error);
}

/* ---------------------------------------------------------------- leaving */

static int take_layer(struct books *books, const char *sku, int64_t want, int64_t *ret_taken, int64_t *ret_minor,
                      struct error *error)
{
    struct sql *sql = books->office->sql;
    int64_t id = 0, left = 0, left_minor = 0;
    struct sql_query *row =
        sql_select(sql,
                   "SELECT id, left_open, left_minor FROM cost_layer WHERE sku = ?1 AND left_open > 0"
                   " ORDER BY id LIMIT 1",
                   sql_text(sku));
    bool found = sql_next(row);
    if (found) {
        id = sql_get_int(row, 0);
        left = sql_get_int(row, 1);
        left_minor = sql_get_int(row, 2);
    }
    int result = sql_done(row);
    if (!result && !found)
        return error_set(error, -EIO, "the layers of \"%s\" are not what is there", sku);
    *ret_taken = want < left ? want : left;
    *ret_minor = found ? amount_part(left_minor, *ret_taken, left) : 0;
    if (!result)
        result =
            sql_run(sql, "UPDATE cost_layer SET left_open = left_open - ?2, left_minor = left_minor - ?3 WHERE id = ?1",
                    sql_int(id), sql_int(*ret_taken), sql_int(*ret_minor));
    return result ? office_failed(sql, result, error) : 0;
}

static int take_layers(struct books *books, const char *sku, int64_t quantity, int64_t *ret_minor, struct error *error)
{
    *ret_minor = 0;
    while (quantity > 0) {
        int64_t taken = 0, minor = 0;
        int result = take_layer(books, sku, quantity, &taken, &minor, error);
        if (result)
            return result;
        quantity -= taken;
        *ret_minor += minor;
    }
    return 0;
}

static int owe(struct books *books, const char *account, int64_t quantity, int64_t minor, const struct books_of *of,
               struct error *error)
{
    int result = sql_run(books->office->sql,
                         "INSERT INTO cost_owed (sku, quantity, value_minor, account, order_number, order_line, site,"
                         " shop) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                         sql_text(of->sku), sql_int(quantity), sql_int(minor), sql_text(account),
                         sql_text(of->order ? of->order : ""), sql_int(of->line), sql_text(of->site ? of->site : ""),
                         sql_text(of->shop ? of->shop : ""));
    return result ? office_failed(books->office->sql, result, error) : 0;
}

static int note_sold(struct books *books, int64_t quantity, int64_t minor, const struct books_of *of,
                     struct error *error)
{
    if (!of->order || !*of->order || of->line <= 0)
        return 0;
    int result = sql_run(
        books->office->sql,
        "INSERT INTO cost_sold (order_number, order_line, sku, quantity, value_minor) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (order_number, order_line) DO UPDATE SET quantity = cost_sold.quantity + excluded.quantity,"
        " value_minor = cost_sold.value_minor + excluded.value_minor",
        sql_text(of->order), sql_int(of->line), sql_text(of->sku), sql_int(quantity), sql_int(minor));
    return result ? office_failed(books->office->sql, result, error) : 0;
}

int cost_issue(struct books *books, const char *account, int64_t quantity, const struct books_of *of,
               int64_t *ret_value_minor, struct error *error)
{
    struct item item = {0};
    int result = read_item(books, of->sku, &item, error);
    if (result)
        return result;
    int64_t here = item.quantity < 0 ? 0 : item.quantity < quantity ? item.quantity : quantity, value = 0;
    int64_t lacks = quantity - here, guessed = guess(&item, lacks);
    if (here > 0 && item.fifo)
        result = take_layers(books, of->sku, here, &value, error);
    else if (here > 0)
        value = here == item.quantity ? item.value_minor : amount_round(item.value_minor, here, item.quantity);
    if (!result && lacks > 0)
        result = owe(books, account, lacks, guessed, of, error);
    if (result)
        return result;
    *ret_value_minor = value + guessed;
    item.quantity -= quantity;
    item.value_minor -= *ret_value_minor;
    result = write_item(books, of->sku, &item, error);
    return result ? result : note_sold(books, quantity, *ret_value_minor, of, error);
}

/* ---------------------------------------------------------------- coming back */

/* What the pieces of the order's line cost that the buyer still has; *ret_quantity 0: it is not known. */
static int read_sold(struct books *books, const struct books_of *of, int64_t *ret_quantity, int64_t *ret_minor,
                     struct error *error)
{
    struct sql_query *row = sql_select(
        books->office->sql, "SELECT quantity, value_minor FROM cost_sold WHERE order_number = ?1 AND order_line = ?2",
        sql_text(of->order ? of->order : ""), sql_int(of->line));
    *ret_quantity = *ret_minor = 0;
    if (sql_next(row)) {
        *ret_quantity = sql_get_int(row, 0);
        *ret_minor = sql_get_int(row, 1);
    }
    int failed = sql_done(row);
    return failed ? office_failed(books->office->sql, failed, error) : 0;
}

static int64_t now_worth(const struct item *item, int64_t quantity)
{
    return item->quantity > 0 ? amount_round(item->value_minor, quantity, item->quantity) : guess(item, quantity);
}

int cost_return(struct books *books, const char *key, int64_t at_us, int64_t quantity, const struct books_of *of,
                struct books_entry *entry, int64_t *ret_value_minor, struct error *error)
{
    struct item item = {0};
    int64_t sold, sold_minor;
    int result = read_item(books, of->sku, &item, error);
    if (!result)
        result = read_sold(books, of, &sold, &sold_minor, error);
    if (result)
        return result;
    int64_t known = sold < quantity ? sold : quantity;
    int64_t value = known > 0 ? amount_part(sold_minor, known, sold) : 0;
    *ret_value_minor = value + (quantity > known ? now_worth(&item, quantity - known) : 0);
    struct cost_receipt receipt = {.key = key,
                                   .sku = of->sku,
                                   .site = of->site,
                                   .at_us = at_us,
                                   .quantity = quantity,
                                   .value_minor = *ret_value_minor};
    if (known > 0)
        result = note_sold(books, -known, -value, of, error);
    return result ? result : cost_receive(books, &receipt, entry, error);
}

/* ---------------------------------------------------------------- settings of an item */

int cost_usual(struct books *books, const char *sku, int64_t minor, struct error *error)
{
    int result = ensure_item(books, sku);
    if (!result)
        result = sql_run(books->office->sql, "UPDATE cost_item SET usual_minor = ?2 WHERE sku = ?1", sql_text(sku),
                         sql_int(minor));
    return result ? office_failed(books->office->sql, result, error) : 0;
}

static int to_one_layer(struct books *books, const char *sku, const struct item *item, struct error *error)
{
    char key[BOOKS_KEY_SIZE];
    struct cost_receipt whole = {.key = key,
                                 .sku = sku,
                                 .at_us = books->office->now_us,
                                 .quantity = item->quantity,
                                 .value_minor = item->value_minor};
    snprintf(key, sizeof(key), "method/%s/%lld", sku, (long long)books->office->now_us);
    return item->quantity > 0 ? add_layer(books, &whole, item->quantity, item->value_minor, error) : 0;
}

int cost_method(struct books *books, const char *sku, const char *method, struct error *error)
{
    struct item item = {0};
    bool fifo = strcmp(method, "fifo") == 0;
    int result = read_item(books, sku, &item, error);
    if (result || item.fifo == fifo)
        return result;
    if (item.quantity < 0)
        return error_set(error, -EBUSY, "more of \"%s\" was sold than has come: change it when the rest is here", sku);
    if (fifo)
        result = to_one_layer(books, sku, &item, error);
    else
        result = sql_run(books->office->sql,
                         "UPDATE cost_layer SET left_open = 0, left_minor = 0 WHERE sku = ?1 AND left_open > 0",
                         sql_text(sku));
    if (!result)
        result = sql_run(books->office->sql, "UPDATE cost_item SET method = ?2 WHERE sku = ?1", sql_text(sku),
                         sql_text(method));
    return result ? office_failed(books->office->sql, result, error) : 0;
}
