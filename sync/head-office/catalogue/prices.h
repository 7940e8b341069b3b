/* The price list: what an item or a bundle is sold for, everywhere or in one shop, from a moment to a moment, and what
 * it is never sold for less than. Does not tell platforms: listing_push does. Amounts are minor units of the base
 * currency. */
#ifndef HEAD_OFFICE_PRICES_H
#define HEAD_OFFICE_PRICES_H

#include "sync/head-office/office.h"

/* The row of price p that counts for something at a moment, in a shop: the shop's own before that of all, then what
 * began last. thing: a condition on p.sku or p.bundle; shop and now: texts of SQL. */
#define PRICES_ROW(column, thing, shop, now)                                                                           \
    "(SELECT p." column " FROM price p WHERE " thing " AND (p.shop IS NULL OR p.shop = " shop                          \
    ") AND p.from_us <= " now " AND (p.to_us IS NULL OR p.to_us > " now                                                \
    ") ORDER BY CASE WHEN p.shop IS NULL THEN 1 ELSE 0 END, p.from_us DESC, p.id DESC LIMIT 1)"

struct price {
    const char *sku, *bundle; /* one of them; the other is "" */
    const char *shop;         /* "": in all shops that have no price of their own */
    int64_t amount_minor;     /* of one */
    int64_t from_us, to_us;   /* to_us 0: until another one counts */
};

/* -EINVAL, -ENOENT; -ERANGE: it is below the floor. With a sentence. Inside a transaction. */
int prices_set(struct office *office, const struct price *price, const char *who, int64_t *ret_id, struct error *error);

/* The row counts no more, and did not. -ENOENT. Inside a transaction. */
int prices_drop(struct office *office, int64_t id, struct error *error);

/* Nothing is sold for less from now on; 0: for anything. -ERANGE with a sentence: a price that counts, or will, is
 * lower. Inside a transaction. */
int prices_floor(struct office *office, const char *sku, const char *bundle, int64_t amount_minor, struct error *error);

/* -ERANGE with a sentence: the amount, for so many of them, is below the floor. */
int prices_check_floor(struct office *office, const char *sku, const char *bundle, int64_t factor, int64_t amount_minor,
                       struct error *error);

#endif
