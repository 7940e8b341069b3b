/* What after-sales has paid back goes into the books, line by line. */
#include "sync/head-office/books/money_post.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define WHOLE_ORDER 0

struct part {
    int64_t line, amount_minor;
};

struct parts {
    struct part *rows;
    size_t count, room;
    int64_t paid_us, rest_minor; /* beside what its lines say: carriage */
    char order[BOOKS_TEXT_SIZE];
};

static void parts_done(struct parts *parts)
{
    free(parts->rows);
}

static int add_part(struct parts *parts, int64_t line, int64_t amount_minor)
{
    if (parts->count == parts->room) {
        size_t room = parts->room ? parts->room * 2 : 8;
        void *rows = realloc(parts->rows, room * sizeof(*parts->rows));
        if (!rows)
            return -ENOMEM;
        parts->rows = rows;
        parts->room = room;
    }
    parts->rows[parts->count++] = (struct part){line, amount_minor};
    return 0;
}

/* -ENOENT: nothing was paid. */
static int read_head(struct books *books, const char *number, struct parts *ret, bool *ret_off)
{
    struct sql_query *row = sql_select(
        books->office->sql,
        "SELECT d.order_number, coalesce(d.paid_us, d.approved_us), d.amount_minor, CASE"
        " WHEN a.goods = 'off' THEN 1 ELSE 0 END FROM refund_due d JOIN aftersale a ON a.number = d.number WHERE"
        " d.number = ?1 AND d.state = 'paid'",
        sql_text(number));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, ret->order, sizeof(ret->order));
        ret->paid_us = sql_get_int(row, 1);
        ret->rest_minor = sql_get_int(row, 2);
        *ret_off = sql_get_int(row, 3) != 0;
    }
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

/* A line that the order has no more (it was split or merged since) falls on all of them. Carriage goes back with goods:
 * where these never left, none was earned. */
static int read_parts(struct books *books, const char *number, struct parts *ret)
{
    bool off = false, pieces = false;
    int result = read_head(books, number, ret, &off);
    if (result)
        return result;
    struct sql_query *row =
        sql_select(books->office->sql,
                   "SELECT coalesce((SELECT l.line FROM order_line l WHERE l.number = ?2 AND l.line = p.line), 0),"
                   " p.amount_minor, p.quantity FROM aftersale_line p WHERE p.number = ?1 ORDER BY p.line",
                   sql_text(number), sql_text(ret->order));
    while (!result && sql_next(row)) {
        bool given_up = off && sql_get_int(row, 2) > 0;
        pieces |= given_up;
        ret->rest_minor -= sql_get_int(row, 1);
        if (!given_up && sql_get_int(row, 1) > 0)
            result = add_part(ret, sql_get_int(row, 0), sql_get_int(row, 1));
    }
    int failed = sql_done(row);
    if (!result && !failed && !pieces && ret->rest_minor > 0)
        result = add_part(ret, WHOLE_ORDER, ret->rest_minor);
    return failed ? failed : result;
}

int money_post_due(struct books *books, const char *number, bool *ret_posted, struct error *error)
{
    CLEANUP(parts_done) struct parts parts = {0};
    int result = read_parts(books, number, &parts);
    *ret_posted = false;
    if (result == -ENOENT || result == -ENOMEM)
        return result == -ENOENT ? 0 : error_set(error, result, "out of memory");
    if (result)
        return office_failed(books->office->sql, result, error);
    for (size_t i = 0; i < parts.count && !result; i++) {
        char key[BOOKS_KEY_SIZE];
        snprintf(key, sizeof(key), "%s/%zu", number, i + 1);
        result = money_post_refund(books, key, parts.order, parts.rows[i].line, parts.rows[i].amount_minor,
                                   parts.paid_us, error);
        *ret_posted = true;
    }
    if (result)
        return result;
    result = sql_run(books->office->sql, "UPDATE refund_due SET booked = 1 WHERE number = ?1", sql_text(number));
    return result ? office_failed(books->office->sql, result, error) : 0;
}
