/* Counts of bins: planned, counted in rounds, compared with the books. Does not move stock: the ledger does, when a
 * difference is posted. */
#ifndef STORE_STOCK_COUNT_H
#define STORE_STOCK_COUNT_H

#include "store/store.h"

struct stock_count {
    int64_t id, location, item; /* item 0: everything in the bin */
    int64_t priority, round, worker, seq;
    bool blind;
    char source[12], state[12];
};
int stock_count_load(struct store *store, int64_t id, struct stock_count *ret);

/* One is enough: where the same is open already nothing is added, and *ret is 0. */
int stock_count_plan(struct store *store, const struct stock_count *count, int64_t *ret);

#endif
