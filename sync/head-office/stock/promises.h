/* Stock that is promised to orders: which site will do an order, and that its pieces are nobody else's. A promise is
 * never made of more than a site has beyond what it owes already; what is owed is always the sum of the rows, never a
 * counter. Does not look at whether an order should be done: exceptions does. All of it inside a transaction. */
#ifndef HEAD_OFFICE_PROMISES_H
#define HEAD_OFFICE_PROMISES_H

#include "sync/head-office/office.h"
#include "sync/wire/topic.h"

/* How many orders sites have, remembered for the transaction in which many are promised: counted once, and counted on.
 * Whoever begins it gives an empty one to the office, and takes it away at its end. */
#define PROMISES_SITES_MAX 64
struct promise_loads {
    struct {
        char site[WIRE_NAME_SIZE];
        int64_t orders;
    } list[PROMISES_SITES_MAX];
    size_t count;
};

struct promise {
    char site[WIRE_NAME_SIZE]; /* "": no site has all of it */
    char lacks[65];            /* then: an item that none has enough of; "" when each is somewhere, but not together */
    int64_t lacks_pieces;      /* how many one site would need to have free; of all items when they are not together */
};

/* Promises a whole order at one site: of those that have all of it one that is not full (site.capacity), the nearest to
 * the receiver (site_region), then the least busy. An order that has a promise of the very lines it has keeps it. Two
 * programs may do this at the same time: the items' rows are locked in one order, and the order's row is the caller's.
 * expires_us: 0 for ever. -EINVAL with a sentence: a line has no item. */
int promises_make(struct office *office, const char *number, int64_t expires_us, int64_t silent_hours,
                  struct promise *ret, struct error *error);

/* Who promises several orders in one transaction locks the items of all of them first: otherwise two would wait for
 * each other. numbers: as they stand in a row, ORDERS_NUMBER_SIZE bytes each. */
int promises_lock(struct office *office, const char (*numbers)[65], size_t count);

/* Takes each order that waits for stock and could be promised it now: of an item as many as there could be enough for,
 * those who paid first, and not more than so many. take() may look, but changes nothing; -errno ends it. */
int promises_wanted(struct office *office, int64_t silent_hours, int64_t most,
                    int (*take)(void *user, const char *number), void *user);

/* A person has said that this site does it, whatever head office believes it has: what is not there comes out as less
 * than nothing to be sold, and the site will say what it lacks. */
int promises_force(struct office *office, const char *number, const char *site);

/* Nothing more is owed to the order. */
int promises_end(struct sql *sql, const char *number);

/* It is not promised any more, and may be promised anew. */
int promises_free(struct office *office, const char *number);

/* Numbers of orders that were not paid in time: their stock may be freed. They are locked, and nobody else's. */
struct sql_query *promises_expired(struct office *office, int64_t most);

/* The sites that may do an order and were heard, whatever they have: the nearest first. */
int promises_sites(struct office *office, const char *number, int64_t silent_hours, char (*out)[WIRE_NAME_SIZE],
                   size_t room, size_t *ret_count);

/* Promises an order at one site, which has all of it: the caller has looked, and its items' rows are locked. */
int promises_at(struct office *office, const char *number, const char *site);

/* What all sites that were heard have left of an item, and the one that has most. */
int promises_there(struct office *office, const char *sku, int64_t silent_hours, int64_t *ret_sum, int64_t *ret_most);

/* What a site can still promise of an item; may be less than nothing. */
int promises_left(struct office *office, const char *site, const char *sku, int64_t *ret);

#endif
