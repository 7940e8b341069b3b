#include "sync/head-office/books/invoices.h"

#include "base/text.h"
#include "sync/head-office/amount.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TAX_WHOLE 10000

void invoice_split_tax(int64_t gross_minor, int64_t tax_rate, int64_t *ret_net, int64_t *ret_tax)
{
    *ret_net = amount_round(gross_minor, TAX_WHOLE, TAX_WHOLE + tax_rate);
    *ret_tax = gross_minor - *ret_net;
}

struct head {
    int64_t id, number, net_minor, tax_minor, gross_minor;
    char state[16], order[BOOKS_TEXT_SIZE], series[BOOKS_TEXT_SIZE], currency[8];
};

static int failed(struct books *books, int result, struct error *error)
{
    return result ? office_failed(books->office->sql, result, error) : 0;
}

static int read_head(struct books *books, int64_t id, struct head *ret, struct error *error)
{
    struct sql_query *row =
        sql_select(books->office->sql,
                   "SELECT id, coalesce(number, 0), state, order_number, series, currency, net_minor,"
                   " tax_minor, gross_minor FROM invoice WHERE id = ?1" SQL_FOR_UPDATE,
                   sql_int(id));
    bool found = sql_next(row);
    if (found) {
        *ret = (struct head){.id = sql_get_int(row, 0),
                             .number = sql_get_int(row, 1),
                             .net_minor = sql_get_int(row, 6),
                             .tax_minor = sql_get_int(row, 7),
                             .gross_minor = sql_get_int(row, 8)};
        sql_copy_text(row, 2, ret->state, sizeof(ret->state));
        sql_copy_text(row, 3, ret->order, sizeof(ret->order));
        sql_copy_text(row, 4, ret->series, sizeof(ret->series));
        sql_copy_text(row, 5, ret->currency, sizeof(ret->currency));
    }
    int result = sql_done(row);
    if (!result && !found)
        return error_set(error, -ENOENT, "there is no invoice %" PRId64, id);
    return failed(books, result, error);
}

/* ---------------------------------------------------------------- a draft */

struct line {
    const char *name, *sku;
    int64_t order_line, quantity, tax_rate, gross_minor;
};

static int put_line(struct books *books, int64_t invoice, int64_t number, const struct line *line, struct error *error)
{
    int64_t net, tax;
    invoice_split_tax(line->gross_minor, line->tax_rate, &net, &tax);
    return failed(
        books,
        sql_run(books->office->sql,
                "INSERT INTO invoice_line (invoice, line, name, sku, order_line, quantity, tax_rate, net_minor,"
                " tax_minor, gross_minor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                sql_int(invoice), sql_int(number), sql_text(line->name), sql_text(line->sku), sql_int(line->order_line),
                sql_int(line->quantity), sql_int(line->tax_rate), sql_int(net), sql_int(tax),
                sql_int(line->gross_minor)),
        error);
}

/* One line of the order after the other, each found by its number: rows are written while they are read. */
static int next_line(struct books *books, const char *order, int64_t after, struct line *ret, char *name, char *sku,
                     bool *ret_found, struct error *error)
{
    struct sql_query *row = sql_select(
        books->office->sql,
        "SELECT l.line, coalesce(i.name, l.title), coalesce(l.sku, ''), l.quantity, l.paid_minor FROM order_line l"
        " LEFT JOIN item i ON i.sku = l.sku WHERE l.number = ?1 AND l.line > ?2 ORDER BY l.line LIMIT 1",
        sql_text(order), sql_int(after));
    *ret_found = sql_next(row);
    if (*ret_found) {
        ret->order_line = sql_get_int(row, 0);
        sql_copy_text(row, 1, name, 257);
        sql_copy_text(row, 2, sku, BOOKS_TEXT_SIZE);
        ret->quantity = sql_get_int(row, 3);
        ret->gross_minor = sql_get_int(row, 4);
    }
    return failed(books, sql_done(row), error);
}

static int add_up(struct books *books, int64_t id, struct error *error)
{
    return failed(
        books,
        sql_run(books->office->sql,
                "UPDATE invoice SET net_minor = (SELECT coalesce(sum(net_minor), 0) FROM invoice_line WHERE"
                " invoice = ?1), tax_minor = (SELECT coalesce(sum(tax_minor), 0) FROM invoice_line WHERE invoice"
                " = ?1), gross_minor = (SELECT coalesce(sum(gross_minor), 0) FROM invoice_line WHERE invoice ="
                " ?1) WHERE id = ?1",
                sql_int(id)),
        error);
}

/* Lines that cost nothing are gifts: they stand on no invoice. */
static int put_lines(struct books *books, int64_t id, const char *order, int64_t freight, int64_t tax_rate,
                     struct error *error)
{
    char name[257], sku[BOOKS_TEXT_SIZE];
    struct line line = {.name = name, .sku = sku, .tax_rate = tax_rate};
    int64_t count = 0;
    bool found = true;
    int result = 0;
    while (!(result = next_line(books, order, line.order_line, &line, name, sku, &found, error)) && found) {
        if (line.gross_minor > 0)
            result = put_line(books, id, ++count, &line, error);
        if (result)
            return result;
    }
    if (!result && freight > 0)
        result = put_line(books, id, ++count, &(struct line){"运费 Carriage", "", 0, 1, tax_rate, freight}, error);
    if (!result && count == 0)
        return error_set(error, -EINVAL, "nothing was paid for order \"%s\"", order);
    return result ? result : add_up(books, id, error);
}

static int check_order(struct books *books, const char *order, char *currency, size_t capacity, int64_t *ret_freight,
                       struct error *error)
{
    int64_t have = 0;
    struct sql_query *row =
        sql_select(books->office->sql, "SELECT currency, freight_minor FROM orders WHERE number = ?1" SQL_FOR_UPDATE,
                   sql_text(order));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, currency, capacity);
        *ret_freight = sql_get_int(row, 1);
    }
    int result = sql_done(row);
    if (!result && !found)
        return error_set(error, -ENOENT, "there is no order \"%s\"", order);
    if (!result)
        result = sql_number(books->office->sql, &have,
                            "SELECT count(*) FROM invoice WHERE order_number = ?1 AND state IN ('draft', 'issued',"
                            " 'part_flushed')",
                            sql_text(order));
    if (!result && have > 0)
        return error_set(error, -EEXIST, "order \"%s\" has an invoice: flush it before there is another", order);
    return failed(books, result, error);
}

int invoice_draft(struct books *books, const struct invoice_wanted *wanted, int64_t *ret_id, struct error *error)
{
    char currency[8];
    int64_t freight = 0, rate = wanted->tax_rate >= 0 ? wanted->tax_rate : books->settings.invoice_tax_rate;
    int result = check_order(books, wanted->order, currency, sizeof(currency), &freight, error);
    if (result)
        return result;
    result =
        sql_run(books->office->sql,
                "INSERT INTO invoice (series, state, order_number, title, tax_number, currency, made_us, who)"
                " VALUES (?1, 'draft', ?2, ?3, ?4, ?5, ?6, ?7)",
                sql_text(wanted->series), sql_text(wanted->order), sql_text(wanted->title),
                sql_text(wanted->tax_number), sql_text(currency), sql_int(books->office->now_us), sql_text(books->who));
    *ret_id = sql_last_id(books->office->sql);
    return result ? failed(books, result, error) : put_lines(books, *ret_id, wanted->order, freight, rate, error);
}

/* ---------------------------------------------------------------- numbers */

/* The row of the series is locked until the end of the transaction: whoever comes second gets the next number, and a
 * transaction that is lost gives its number back. */
static int next_number(struct books *books, const char *series, int64_t *ret, struct error *error)
{
    struct sql *sql = books->office->sql;
    int result = sql_run(sql, "INSERT INTO invoice_series (series, next) VALUES (?1, 1) ON CONFLICT DO NOTHING",
                         sql_text(series));
    if (!result)
        result = sql_run(sql, "UPDATE invoice_series SET next = next + 1 WHERE series = ?1", sql_text(series));
    if (!result)
        result = sql_number(sql, ret, "SELECT next - 1 FROM invoice_series WHERE series = ?1", sql_text(series));
    return failed(books, result, error);
}

/* The tax of what was sold is owed from now on; of a red one, no more. */
static int post_tax(struct books *books, const struct head *head, struct error *error)
{
    char key[BOOKS_KEY_SIZE], shop[BOOKS_TEXT_SIZE] = "";
    CLEANUP_ENTRY struct books_entry entry = {
        .kind = "invoice", .key = key, .order = head->order, .at_us = books->office->now_us};
    struct sql_query *row = sql_select(books->office->sql, "SELECT coalesce(shop, '') FROM orders WHERE number = ?1",
                                       sql_text(head->order));
    if (sql_next(row))
        sql_copy_text(row, 0, shop, sizeof(shop));
    int result = sql_done(row);
    if (result || head->tax_minor == 0)
        return failed(books, result, error);
    snprintf(key, sizeof(key), "invoice/%" PRId64, head->id);
    struct books_of of = {.order = head->order, .shop = shop};
    books_add(books, &entry, BOOKS_SALES_TAX, head->currency, head->tax_minor, &of);
    books_add(books, &entry, BOOKS_TAX, head->currency, -head->tax_minor, &of);
    return books_post(books, &entry, error);
}

int invoice_issue(struct books *books, int64_t id, int64_t *ret_number, struct error *error)
{
    struct head head = {0};
    int result = read_head(books, id, &head, error);
    if (!result && strcmp(head.state, "draft") != 0)
        return error_set(error, -EALREADY, "invoice %" PRId64 " is %s: only a draft is issued", id, head.state);
    if (!result)
        result = next_number(books, head.series, ret_number, error);
    if (result)
        return result;
    result =
        sql_run(books->office->sql, "UPDATE invoice SET state = 'issued', number = ?2, issued_us = ?3 WHERE id = ?1",
                sql_int(id), sql_int(*ret_number), sql_int(books->office->now_us));
    return result ? failed(books, result, error) : post_tax(books, &head, error);
}

int invoice_drop(struct books *books, int64_t id, const char *why, struct error *error)
{
    int result =
        sql_run(books->office->sql, "UPDATE invoice SET state = 'dropped', why = ?2 WHERE id = ?1 AND state = 'draft'",
                sql_int(id), sql_text(why));
    if (!result && sql_changes(books->office->sql) == 0)
        return error_set(error, -EALREADY, "there is no draft %" PRId64 ": what was issued is flushed", id);
    return failed(books, result, error);
}

/* ---------------------------------------------------------------- red ones */

static int make_red(struct books *books, const struct head *head, const char *why, int64_t *ret_id, struct error *error)
{
    int64_t number = 0;
    int result = next_number(books, head->series, &number, error);
    if (result)
        return result;
    result = sql_run(
        books->office->sql,
        "INSERT INTO invoice (series, number, state, of_invoice, order_number, title, tax_number, currency,"
        " made_us, issued_us, who, why) SELECT series, ?2, 'red', id, order_number, title, tax_number,"
        " currency, ?3, ?3, ?4, ?5 FROM invoice WHERE id = ?1",
        sql_int(head->id), sql_int(number), sql_int(books->office->now_us), sql_text(books->who), sql_text(why));
    if (!result)
        result = sql_number(books->office->sql, ret_id, "SELECT id FROM invoice WHERE series = ?1 AND number = ?2",
                            sql_text(head->series), sql_int(number));
    return failed(books, result, error);
}

struct blue_line {
    int64_t line, quantity, flushed, net_minor, tax_minor;
};

/* The next line that is not flushed whole. */
static int next_blue(struct books *books, int64_t id, int64_t after, int64_t only, struct blue_line *ret,
                     bool *ret_found, struct error *error)
{
    struct sql_query *row = sql_select(books->office->sql,
                                       "SELECT line, quantity, flushed, net_minor, tax_minor FROM invoice_line WHERE"
                                       " invoice = ?1 AND line > ?2 AND flushed < quantity AND (?3 = 0 OR line = ?3)"
                                       " ORDER BY line LIMIT 1",
                                       sql_int(id), sql_int(after), sql_int(only));
    *ret_found = sql_next(row);
    if (*ret_found)
        *ret = (struct blue_line){sql_get_int(row, 0), sql_get_int(row, 1), sql_get_int(row, 2), sql_get_int(row, 3),
                                  sql_get_int(row, 4)};
    return failed(books, sql_done(row), error);
}

/* Of the whole line's amount, what falls on these pieces: all red ones together are the blue one. */
static int64_t falls(int64_t amount, const struct blue_line *line, int64_t quantity)
{
    return amount_part(amount, line->flushed + quantity, line->quantity) -
           amount_part(amount, line->flushed, line->quantity);
}

static int flush_line(struct books *books, int64_t id, int64_t red, const struct blue_line *line, int64_t quantity,
                      struct error *error)
{
    struct sql *sql = books->office->sql;
    int64_t net = falls(line->net_minor, line, quantity), tax = falls(line->tax_minor, line, quantity);
    if (quantity > line->quantity - line->flushed)
        return error_set(error, -EINVAL, "line %" PRId64 " has only %" PRId64 " pieces left", line->line,
                         line->quantity - line->flushed);
    int result =
        sql_run(sql,
                "INSERT INTO invoice_line (invoice, line, name, sku, order_line, quantity, tax_rate, net_minor,"
                " tax_minor, gross_minor) SELECT ?2, line, name, sku, order_line, ?4, tax_rate, ?5, ?6, ?7 FROM"
                " invoice_line WHERE invoice = ?1 AND line = ?3",
                sql_int(id), sql_int(red), sql_int(line->line), sql_int(-quantity), sql_int(-net), sql_int(-tax),
                sql_int(-net - tax));
    if (!result)
        result = sql_run(sql, "UPDATE invoice_line SET flushed = flushed + ?3 WHERE invoice = ?1 AND line = ?2",
                         sql_int(id), sql_int(line->line), sql_int(quantity));
    return failed(books, result, error);
}

static int flush_lines(struct books *books, int64_t id, int64_t red, int64_t only, int64_t quantity,
                       struct error *error)
{
    struct blue_line line = {0};
    bool found = true;
    int64_t count = 0;
    int result = 0;
    while (!(result = next_blue(books, id, line.line, only, &line, &found, error)) && found) {
        int64_t pieces = only > 0 && quantity > 0 ? quantity : line.quantity - line.flushed;
        result = flush_line(books, id, red, &line, pieces, error);
        if (result)
            return result;
        count++;
    }
    return result || count > 0 ? result
                               : error_set(error, -EINVAL, "nothing of line %" PRId64 " is left to flush", only);
}

static int end_flush(struct books *books, int64_t id, int64_t red, struct error *error)
{
    struct head head = {0};
    int result =
        sql_run(books->office->sql,
                "UPDATE invoice SET state = CASE WHEN EXISTS (SELECT 1 FROM invoice_line WHERE invoice = ?1 AND"
                " flushed < quantity) THEN 'part_flushed' ELSE 'flushed' END WHERE id = ?1",
                sql_int(id));
    result = result ? failed(books, result, error) : add_up(books, red, error);
    if (!result)
        result = read_head(books, red, &head, error);
    return result ? result : post_tax(books, &head, error);
}

int invoice_flush(struct books *books, int64_t id, int64_t line, int64_t quantity, const char *why, int64_t *ret_id,
                  struct error *error)
{
    struct head head = {0};
    int result = read_head(books, id, &head, error);
    if (!result && strcmp(head.state, "issued") != 0 && strcmp(head.state, "part_flushed") != 0)
        return error_set(error, -EALREADY, "invoice %" PRId64 " is %s: only what was issued is flushed", id,
                         head.state);
    if (!result)
        result = make_red(books, &head, why, ret_id, error);
    if (!result)
        result = flush_lines(books, id, *ret_id, line, quantity, error);
    return result ? result : end_flush(books, id, *ret_id, error);
}
