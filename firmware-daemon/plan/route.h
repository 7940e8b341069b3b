/* The shortest walk of an order picker past the places of a tour, and the heuristics it is compared with.
 * Does not know what is picked there, nor how much a picker can carry: batch.h does. */
#ifndef PLAN_ROUTE_H
#define PLAN_ROUTE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define ROUTE_AISLES_MAX       1000
#define ROUTE_BLOCKS_MAX       10
#define ROUTE_EXACT_BLOCKS_MAX 3
#define ROUTE_PICKS_MAX        10000
#define ROUTE_MM_MAX           1000000000000 /* of an aisle's length and of the distance of two */

/* Parallel aisles, cut by cross-aisles into blocks: blocks + 1 cross-aisles, one at either end and one between each two
 * blocks. Walking is along the middle of the aisles and cross-aisles. The depot is the front end of aisle 0. */
struct route_floor {
    int64_t blocks, aisles;
    int64_t aisle_length_mm; /* of one block */
    int64_t aisle_distance_mm;
};

/* Block 0 is the one at the depot; the position is from that block's front. */
struct route_place {
    int64_t aisle, block, position_mm;
};

enum route_method { ROUTE_S_SHAPE, ROUTE_LARGEST_GAP, ROUTE_COMBINED, ROUTE_EXACT };

#define ROUTE_METHODS 4

struct route {
    enum route_method method;
    int64_t length_mm;
};

extern const char *const route_method_names[ROUTE_METHODS];

/* -EINVAL, with a sentence, when the floor or a place is not within it or within the limits above. */
int route_check(const struct route_floor *floor, const struct route_place *picks, size_t count, struct error *error);

/* The functions below take what route_check() takes. */

/* The tour from the depot past all places and back by one method. ret_order may be NULL; it has room for count indices
 * of picks. -EOPNOTSUPP: ROUTE_EXACT with more than ROUTE_EXACT_BLOCKS_MAX blocks. -ENOMEM. */
int route_solve(const struct route_floor *floor, const struct route_place *picks, size_t count,
                enum route_method method, int64_t *ret_length_mm, size_t *ret_order);

/* The shortest tour where it can be had, otherwise the best heuristic's. */
int route_best(const struct route_floor *floor, const struct route_place *picks, size_t count, struct route *ret,
               size_t *ret_order);

/* Of the shortest way between two places. */
int64_t route_distance_mm(const struct route_floor *floor, const struct route_place *a, const struct route_place *b);

#endif
