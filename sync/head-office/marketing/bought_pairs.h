/* Which things stand together in baskets, and how often: exact, in so much memory as is given. Pure: things are
 * numbers, and baskets come one after the other. When a table of pairs is full, a smaller part of the things is counted
 * at a time, and the baskets are gone through once more. */
#ifndef HEAD_OFFICE_BOUGHT_PAIRS_H
#define HEAD_OFFICE_BOUGHT_PAIRS_H

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

#define BOUGHT_BASKET_MAX 200 /* things of one; what is beyond that is no shopping, and is not counted */

struct bought_baskets {
    uint32_t *things; /* one basket after the other */
    size_t count, room;
    size_t *ends; /* of each basket in things */
    size_t basket_count, basket_room;
};

/* A thing of the basket that is being filled, and its end; the same thing twice is one. -ENOMEM. */
int bought_add(struct bought_baskets *baskets, uint32_t thing);
int bought_end(struct bought_baskets *baskets);
void bought_done(struct bought_baskets *baskets);

/* Tells of each pair that stands together at least so often, by first and then by second; first < second. things: all
 * numbers are below. table_max: pairs that are counted at a time, at least 16. tell() returns 0, or what ends it. */
int bought_pairs(const struct bought_baskets *baskets, uint32_t things, int64_t least, size_t table_max,
                 int (*tell)(void *user, uint32_t first, uint32_t second, int64_t together), void *user);

#endif
