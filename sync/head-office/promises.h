/* Stock that is promised to orders: which site will do an order, and that its pieces are nobody else's. A promise is
 * never made of more than a site has beyond what it owes already; what is owed is always the sum of the rows, never a
 * counter. Does not look at whether an order should be done: exceptions does. All of it inside a transaction. */
#ifndef HEAD_OFFICE_PROMISES_H
#define HEAD_OFFICE_PROMISES_H

#include "sync/head-office/office.h"
#include "sync/wire/topic.h"

struct promise {
    char site[WIRE_NAME_SIZE]; /* "": no site has all of it */
    char lacks[65];            /* then: an item that none has enough of; "" when each is somewhere, but not together */
    int64_t lacks_pieces;      /* how many one site would need to have free */
};

/* Promises a whole order at one site: of those that have all of it the nearest to the receiver (site_region), then the
 * least busy. An order that has a promise keeps it. Two programs may do this at the same time: the items' rows are
 * locked in one order. expires_us: 0 for ever. -EINVAL with a sentence: a line has no item. */
int promises_make(struct office *office, const char *number, int64_t expires_us, int64_t silent_hours,
                  struct promise *ret, struct error *error);

/* A person has said that this site does it, whatever head office believes it has: what is not there comes out as less
 * than nothing to be sold, and the site will say what it lacks. */
int promises_force(struct office *office, const char *number, const char *site);

/* Nothing more is owed to the order. */
int promises_end(struct sql *sql, const char *number);

/* It is not promised any more, and may be promised anew. */
int promises_free(struct office *office, const char *number);

/* The stock of orders that were not paid in time is free again. */
int promises_expire(struct office *office, int64_t *ret_count, struct error *error);

/* What a site can still promise of an item; may be less than nothing. */
int promises_left(struct office *office, const char *site, const char *sku, int64_t *ret);

#endif
