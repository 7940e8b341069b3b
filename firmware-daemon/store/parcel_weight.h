/* What a parcel should weigh, from master data and from what the scale has taught. Does not judge a weight: the floor
 * does. */
#ifndef STORE_PARCEL_WEIGHT_H
#define STORE_PARCEL_WEIGHT_H

#include "store/store.h"

/* Parcels of one item that must have been weighed before they say more than master data do. */
#define PARCEL_WEIGHT_TAUGHT 3

struct parcel_weight {
    bool known;       /* every item in it has a weight */
    int64_t grams;    /* goods and box */
    int64_t spread_g; /* three standard deviations of what the scale has taught; 0: nothing taught */
};
int parcel_weight_expected(struct store *store, int64_t parcel, struct parcel_weight *ret);

/* As it was on the scale. Teaches the weight of its item where it holds nothing else, unless a supervisor let it pass.
 */
int parcel_weight_set(struct store *store, int64_t parcel, int64_t grams);

#endif
