/* Counts of bins: planned, taken by a worker, counted in rounds, ended. Does not hold what is found: counted.h does;
 * does not move stock: the ledger does, when a difference is posted. */
#ifndef STORE_STOCK_COUNT_H
#define STORE_STOCK_COUNT_H

#include "store/store.h"

struct stock_count {
    int64_t id, location, item; /* item 0: everything loose in the bin */
    int64_t priority, round, worker, seq;
    bool blind;
    char source[12], state[12];
};
int stock_count_load(struct store *store, int64_t id, struct stock_count *ret);

/* One is enough: where the same is open already, it gets the higher priority, and *ret is 0. */
int stock_count_plan(struct store *store, const struct stock_count *count, int64_t *ret);

/* The next that this worker may count: nobody's, and in no earlier round this worker's. -ENOENT when none waits. */
int stock_count_next(struct store *store, int64_t worker, int64_t *ret);
int stock_count_waiting(struct store *store, int64_t worker, int64_t *ret);
/* Open in this bin, planned or to be counted again. -ENOENT */
int stock_count_at(struct store *store, int64_t location, int64_t *ret);
bool stock_count_did(struct store *store, int64_t id, int64_t worker);          /* counted it in a round */
int stock_count_review_after(struct store *store, int64_t after, int64_t *ret); /* waits for a supervisor. -ENOENT */

int stock_count_set_worker(struct store *store, int64_t id, int64_t worker);
int stock_count_skip(struct store *store, int64_t id);                   /* back among the waiting, behind the others */
int stock_count_begin(struct store *store, int64_t id, int64_t seq);     /* a round, under this row of the journal */
int stock_count_end(struct store *store, int64_t id, const char *state); /* the round, or all of it; nobody's then */
int stock_count_unbegin(struct store *store, int64_t id);

/* What was held in the bin until it is counted is free. */
int count_lift_holds(struct store *store, int64_t location, int64_t item);

/* Plans a count of each bin that was not counted for so many days and holds goods of the class, along the walk (C: of
 * none too); at most `limit`. *ret: how many. */
int count_plan_class(struct store *store, const char *abc, int64_t days, int64_t limit, int64_t *ret);
/* Of bins with goods that were moved since their last count, among the last TOUCHED_MOVES moves / of any bins with
 * goods, drawn by the store's random source. */
#define TOUCHED_MOVES 200000
int count_plan_touched(struct store *store, int64_t limit, int64_t *ret);
int count_plan_random(struct store *store, int64_t limit, int64_t *ret);

#endif
