/* Which orders are picked on one tour: by a seed and what adds the fewest aisles, or by the walking saved.
 * Does not say where the picker goes: route.h does. */
#ifndef PLAN_BATCH_H
#define PLAN_BATCH_H

#include "plan/route.h"

#define BATCH_ORDERS_MAX  1000
#define BATCH_SAVINGS_MAX 200

struct batch_order {
    const struct route_place *picks; /* lent */
    size_t count;
    int64_t pieces;
};

/* What a picker can take along. An order of more pieces than that is a batch of its own. */
struct batch_limits {
    int64_t orders, pieces; /* at least 1 */
};

struct batches {
    size_t count;
    int64_t length_mm; /* of all tours; while tours are exact, never more than one tour for each order */
};

/* Both write for each order the number of its batch, from 0 in the order in which their first orders stand. Of equal
 * choices the first is taken. Places and floor are as route_check() takes them, and no batch has more than
 * ROUTE_PICKS_MAX picks. -EINVAL: a limit below 1, or too many orders; -ENOMEM. */

/* The order of the most pieces begins a batch, and what fits and has picks in the fewest further aisles joins it, until
 * nothing fits. A block of an aisle counts as an aisle. Plans one tour for each batch. */
int batch_by_aisles(const struct route_floor *floor, const struct batch_order *orders, size_t count,
                    const struct batch_limits *limits, struct batches *ret, size_t *ret_batch);

/* Clarke & Wright (1964): the two batches go together that save the most, d_i + d_j - d_ij, until none does. Plans some
 * count² tours, so it takes BATCH_SAVINGS_MAX orders at most. */
int batch_by_savings(const struct route_floor *floor, const struct batch_order *orders, size_t count,
                     const struct batch_limits *limits, struct batches *ret, size_t *ret_batch);

#endif
