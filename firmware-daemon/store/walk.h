/* The bins that an order still wants something from: where they are, and in which order they are gone to.
 * Does not plan the walk: floor/walk.c does. */
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include "store/store.h"

#define WALK_BINS_MAX 200

struct walk_bin {
    int64_t location;
    int64_t aisle, block, position_mm; /* -1: not known */
};

/* Each bin once, along the walk. ret has room for WALK_BINS_MAX. -E2BIG: there are more. */
int walk_bins(struct store *store, int64_t order, struct walk_bin *ret, size_t *ret_count);

/* Of all that the order wants from this bin; counted from 1. */
int walk_set_place(struct store *store, int64_t order, int64_t location, int64_t place);

/* The walk of the bins decides again. */
int walk_clear(struct store *store, int64_t order);

#endif
