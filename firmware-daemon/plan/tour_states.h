/* What the left part of a tour looks like from the next aisle: the classes of partial tours of Ratliff & Rosenthal
 * (1983) for one block (7 with the finished one) and Roodbergen & De Koster (2001) for two (25), made by one rule for
 * any number of cross-aisles. Does not know lengths. */
#ifndef PLAN_TOUR_STATES_H
#define PLAN_TOUR_STATES_H

#include "plan/route.h"

#include <stdbool.h>

/* How a tour goes through one block of one aisle. A shortest tour needs nothing else: every pick has an even degree, so
 * the pieces between picks are walked all once, or each twice or not at all, and only one of them may be left out. */
enum cell_way {
    WAY_NONE,  /* no pick is in it */
    WAY_ONCE,  /* from end to end */
    WAY_TWICE, /* from end to end and back, at any time */
    WAY_FRONT, /* in from the front to the last pick, and out again */
    WAY_BACK,
    WAY_GAP, /* in from both ends, but not over one gap between two picks */
};

#define CELL_WAYS       6
#define TOUR_CROSS_MAX  (ROUTE_EXACT_BLOCKS_MAX + 1)
#define TOUR_STATES_MAX 112
#define TOUR_ONWARD_MAX (1 << TOUR_CROSS_MAX) /* sets of cross-aisles by which a tour goes on to the next aisle */
#define TOUR_NO_STATE   UINT8_MAX

/* A code has four bits for each meeting of the aisle with a cross-aisle: 0 when the tour does not come there, otherwise
 * the number of the connected part it belongs to (from 1, as they are met from the front), and in the lowest bit
 * whether an odd number of ways ends there. */
struct tour_states {
    int64_t crosses;
    size_t count;
    uint16_t code[TOUR_STATES_MAX];
    uint8_t odd[TOUR_STATES_MAX];                                     /* set of cross-aisles */
    uint8_t next[TOUR_STATES_MAX][ROUTE_EXACT_BLOCKS_MAX][CELL_WAYS]; /* after a block of the same aisle */
    uint8_t onward[TOUR_STATES_MAX][TOUR_ONWARD_MAX]; /* in the next aisle, or TOUR_NO_STATE: a part would be lost */
};

#define TOUR_START_STATE 0 /* at the depot */

/* blocks: 1 to ROUTE_EXACT_BLOCKS_MAX */
void tour_states_make(int64_t blocks, struct tour_states *ret);

/* How many ways along a set of cross-aisles lead on: one from an odd end, two from an even one. */
int tour_times(const struct tour_states *states, size_t state, unsigned crosses);

/* Whether it is a tour when nothing more is added. */
bool tour_is_whole(const struct tour_states *states, size_t state);

#endif
