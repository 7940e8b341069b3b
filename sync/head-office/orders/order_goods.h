/* What a platform's line is as lines of ours: one of an item, as many pieces as the pack has, or one of each part of a
 * bundle. What was asked and paid for a bundle is shared among its parts by what they are worth, to the cent: by the
 * price list where it has all of them, else by what they cost, else by pieces. */
#ifndef HEAD_OFFICE_ORDER_GOODS_H
#define HEAD_OFFICE_ORDER_GOODS_H

#include "sync/head-office/catalogue/listings.h"

struct bought {
    int64_t place;                                /* which of its order's lines it is, from 1 */
    const char *line, *item, *sku, *code, *title; /* the platform's */
    int64_t quantity, price_minor, paid_minor;    /* as it counts; of one; for all */
    int64_t overlays;                             /* enum platform_overlay */
};

/* The first line gets the number first, the others those from *next on, which is then the next free one. Inside a
 * transaction. */
int order_goods_insert(struct office *office, const char *shop, const char *number, const struct bought *bought,
                       const struct listing_meaning *meaning, int64_t first, int64_t *next);

/* The same as one line, without waiting for the database: of the item, or the pack, that the shop's listing is known to
 * be; of what is not known yet, and of a bundle, without an item. Inside a transaction. */
int order_goods_post(struct office *office, const char *shop, const char *number, const struct bought *bought,
                     int64_t line);

/* In place of a line without an item, as order_goods_insert(). Inside a transaction. */
int order_goods_replace(struct office *office, const char *shop, const char *number, const struct bought *bought,
                        const struct listing_meaning *meaning, int64_t line, int64_t *next);

/* The same goods: what was asked and paid for them by now, and what lies over them. Inside a transaction. */
int order_goods_update(struct office *office, const char *shop, const char *number, const struct bought *bought);

/* A listing means something else from now on: lines of orders that no site has follow, and the orders are checked
 * again. unknown: only lines whose item was not known. Inside a transaction. */
int order_goods_follow(struct office *office, const char *shop, const struct listing_seen *seen,
                       const struct listing_meaning *meaning, bool unknown, struct listing_effect *ret,
                       struct error *error);

#endif
