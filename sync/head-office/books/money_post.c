#include "sync/head-office/books/money_post.h"

#include "sync/head-office/amount.h"
#include "sync/head-office/books/cost.h"
#include "sync/head-office/orders/order_shares.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- what left */

/* Of an amount of the whole line, what falls on the pieces that left since: the pieces' parts add up to it. */
static int64_t since(int64_t amount, const struct order_shares_line *line)
{
    return amount_part(amount, line->shipped, line->quantity) - amount_part(amount, line->booked, line->quantity);
}

static int post_goods(struct books *books, const char *key, const struct order_shares_line *line,
                      const struct books_of *of, struct books_entry *entry, struct error *error)
{
    int64_t pieces = line->shipped - line->booked, value = 0;
    char back[BOOKS_KEY_SIZE + 24];
    if (!*line->sku)
        return 0;
    snprintf(back, sizeof(back), "%s/%" PRId64, key, line->line);
    int result = pieces > 0 ? cost_issue(books, BOOKS_COST, pieces, of, &value, error)
                            : cost_return(books, back, entry->at_us, -pieces, of, entry, &value, error);
    int64_t sign = pieces > 0 ? 1 : -1;
    struct books_of cost = *of, stock = *of;
    cost.quantity = pieces;
    stock.quantity = -pieces;
    books_add(books, entry, BOOKS_COST, NULL, sign * value, &cost);
    books_add(books, entry, BOOKS_STOCK, NULL, -sign * value, &stock);
    return result;
}

static int post_line(struct books *books, const char *key, const struct order_shares *order,
                     const struct order_shares_line *line, struct books_entry *entry, struct error *error)
{
    int64_t gross = since(line->gross_minor, line), discount = since(line->discount_minor, line);
    int64_t freight = since(line->freight_minor, line);
    struct books_of of = {
        .order = entry->order, .line = line->line, .sku = line->sku, .site = order->site, .shop = order->shop};
    struct books_of sold = of;
    sold.quantity = line->booked - line->shipped;
    books_add(books, entry, BOOKS_RECEIVABLE, order->currency, gross - discount + freight, &of);
    books_add(books, entry, BOOKS_DISCOUNTS, order->currency, discount, &of);
    books_add(books, entry, BOOKS_SALES, order->currency, -gross, &sold);
    books_add(books, entry, BOOKS_CARRIAGE, order->currency, -freight, &of);
    int result = post_goods(books, key, line, &of, entry, error);
    if (result)
        return result;
    result = sql_run(books->office->sql, "UPDATE order_line SET booked = shipped WHERE number = ?1 AND line = ?2",
                     sql_text(entry->order), sql_int(line->line));
    return result ? office_failed(books->office->sql, result, error) : 0;
}

int money_post_shipped(struct books *books, const char *order, int64_t at_us, bool *ret_posted, struct error *error)
{
    CLEANUP_ORDER_SHARES struct order_shares money = {0};
    char key[BOOKS_KEY_SIZE];
    int64_t before = 0, lines = 0;
    CLEANUP_ENTRY struct books_entry entry = {.kind = "sale", .key = key, .order = order, .at_us = at_us};
    int result = order_shares_read(books->office, order, &money, error);
    if (result)
        return result;
    result = sql_number(books->office->sql, &before,
                        "SELECT count(*) FROM books_entry WHERE order_number = ?1 AND kind = 'sale'", sql_text(order));
    if (result)
        return office_failed(books->office->sql, result, error);
    snprintf(key, sizeof(key), "sale/%s/%" PRId64, order, before + 1);
    for (size_t i = 0; i < money.count && !result; i++) {
        if (money.lines[i].shipped == money.lines[i].booked)
            continue;
        lines++;
        result = post_line(books, key, &money, &money.lines[i], &entry, error);
    }
    *ret_posted = lines > 0;
    return result || lines == 0 ? result : books_post(books, &entry, error);
}

/* ---------------------------------------------------------------- refunds, expenses */

static int share_by_lines(struct books *books, struct books_entry *entry, const char *account,
                          const struct order_shares *money, const char *currency, int64_t amount_minor,
                          const struct books_of *of, struct error *error)
{
    int64_t *shares = calloc(money->count + 1, sizeof(*shares));
    int result =
        shares ? order_shares_share(money, amount_minor, shares, error) : error_set(error, -ENOMEM, "out of memory");
    for (size_t i = 0; i < money->count && !result; i++) {
        struct books_of share = *of;
        share.line = money->lines[i].line;
        share.sku = money->lines[i].sku;
        books_add(books, entry, account, currency, shares[i], &share);
    }
    free(shares);
    return result;
}

static const struct order_shares_line *find_line(const struct order_shares *money, int64_t line)
{
    for (size_t i = 0; i < money->count; i++)
        if (money->lines[i].line == line)
            return &money->lines[i];
    return NULL;
}

int money_share_expense(struct books *books, struct books_entry *entry, const char *account, const char *order,
                        int64_t line, const char *currency, int64_t amount_minor, const struct books_of *of,
                        struct error *error)
{
    CLEANUP_ORDER_SHARES struct order_shares money = {0};
    struct books_of whole = *of;
    int result = *order ? order_shares_read(books->office, order, &money, error) : 0;
    if (result)
        return result;
    whole.order = order;
    if (*order) {
        whole.site = money.site;
        whole.shop = *money.shop ? money.shop : of->shop;
    }
    const struct order_shares_line *only = find_line(&money, line);
    if (!only && line > 0)
        return error_set(error, -ENOENT, "order \"%s\" has no line %" PRId64, order, line);
    if (!only && money.count > 0)
        return share_by_lines(books, entry, account, &money, currency, amount_minor, &whole, error);
    whole.line = line;
    whole.sku = only ? only->sku : "";
    books_add(books, entry, account, currency, amount_minor, &whole);
    return 0;
}

static int read_currency(struct books *books, const char *order, char *ret, size_t capacity, char *ret_shop,
                         struct error *error)
{
    struct sql_query *row = sql_select(
        books->office->sql, "SELECT currency, coalesce(shop, '') FROM orders WHERE number = ?1", sql_text(order));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, ret, capacity);
        sql_copy_text(row, 1, ret_shop, BOOKS_TEXT_SIZE);
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(books->office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "there is no order \"%s\"", order);
}

int money_post_refund(struct books *books, const char *key, const char *order, int64_t line, int64_t amount_minor,
                      int64_t at_us, struct error *error)
{
    char currency[8], shop[BOOKS_TEXT_SIZE], fact[BOOKS_KEY_SIZE];
    CLEANUP_ENTRY struct books_entry entry = {.kind = "refund", .key = fact, .order = order, .at_us = at_us};
    bool known = false;
    snprintf(fact, sizeof(fact), "refund/%s", key);
    int result = books_has(books, fact, &known, error);
    if (result || known)
        return result;
    result = read_currency(books, order, currency, sizeof(currency), shop, error);
    struct books_of of = {.order = order, .shop = shop};
    if (!result)
        result = money_share_expense(books, &entry, BOOKS_REFUNDS, order, line, currency, amount_minor, &of, error);
    if (!result)
        result = money_share_expense(books, &entry, BOOKS_RECEIVABLE, order, line, currency, -amount_minor, &of, error);
    return result ? result : books_post(books, &entry, error);
}
