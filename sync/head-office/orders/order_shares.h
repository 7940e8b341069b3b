/* An order's amounts as its lines share them: what was asked for each, what was let off, its part of the carriage.
 * Shares add up to the order's amounts. Does not post anything. */
#ifndef HEAD_OFFICE_ORDER_SHARES_H
#define HEAD_OFFICE_ORDER_SHARES_H

#include "sync/head-office/books/books.h"

struct order_shares_line {
    int64_t line, quantity, shipped, booked;
    char sku[BOOKS_TEXT_SIZE];
    int64_t gross_minor, discount_minor, freight_minor;
};

struct order_shares {
    char currency[8], site[BOOKS_TEXT_SIZE], shop[BOOKS_TEXT_SIZE];
    struct order_shares_line *lines;
    size_t count, room;
};

/* -ENOENT: there is no such order. */
int order_shares_read(struct office *office, const char *number, struct order_shares *ret, struct error *error);
void order_shares_done(struct order_shares *money);
#define CLEANUP_ORDER_SHARES CLEANUP(order_shares_done)

/* Shares an amount among the lines by what was asked for them: one number for each, owned by the caller. */
int order_shares_share(const struct order_shares *money, int64_t amount_minor, int64_t *ret_shares,
                       struct error *error);

#endif
