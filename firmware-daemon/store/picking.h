/* What waits to be picked by one worker: several orders at once (cluster), or the lines of one zone.
 * Does not promise stock: orders.h does. */
#ifndef STORE_PICKING_H
#define STORE_PICKING_H

#include "store/orders.h"

#include <stddef.h>

/* The released wave of a kind with an order that waits, by its most urgent cut-off. -ENOENT */
int picking_wave(struct store *store, const char *kind, int64_t *ret);
int picking_begin_wave(struct store *store, int64_t wave);

/* The next order that waits in a wave (0: in none): by priority, cut-off, age. -ENOENT */
int picking_next_order(struct store *store, int64_t wave, int64_t *ret);

/* ---- several orders of one worker */

int picking_count_orders(struct store *store, int64_t worker, int64_t *ret);               /* that he is picking */
int picking_order_after(struct store *store, int64_t worker, int64_t after, int64_t *ret); /* the first: 0. -ENOENT */
/* The next bin over all of them: along the walk, what was skipped last. -ENOENT */
int picking_next(struct store *store, int64_t worker, int64_t *ret_allocation);
int picking_totals(struct store *store, int64_t worker, struct totals *ret);

/* The tote that an order is picked into now: on its way, not yet put down. -ENOENT */
int picking_tote(struct store *store, int64_t order, int64_t *ret);
int picking_count_totes(struct store *store, int64_t order, int64_t *ret); /* on their way */
/* Totes of a worker's orders that are still on their way, the first after `after`. -ENOENT */
int picking_tote_after(struct store *store, int64_t worker, int64_t after, int64_t *ret);

/* ---- the tour of a worker past the bins of all he is picking */

struct picking_stop {
    int64_t location, aisle, block, position_mm;
};
/* -ENOENT when it is not known where one of them is, or when there are more than capacity. */
int picking_stops(struct store *store, int64_t worker, struct picking_stop *ret, size_t capacity, size_t *ret_count);
/* The same of one order. */
int picking_order_stops(struct store *store, int64_t order, struct picking_stop *ret, size_t capacity,
                        size_t *ret_count);
int picking_set_place(struct store *store, int64_t worker, int64_t location, int64_t place); /* location 0: of all */

/* ---- the lines of one zone */

/* The next order with lines in the zone that nobody has: of a released zone wave before one in none; one that
 * nobody is at and no tote is on its way of. -ENOENT */
int picking_next_in_zone(struct store *store, const char *zone, int64_t *ret);
/* Claims what is open of the order in the zone and nobody's; *ret: lines. */
int picking_claim(struct store *store, int64_t order, const char *zone, int64_t worker, int64_t *ret);
/* Whether something of the order is open in the zone, and nobody's. */
int picking_has_lines(struct store *store, int64_t order, const char *zone, bool *ret);
int picking_next_claimed(struct store *store, int64_t order, int64_t worker, int64_t *ret_allocation); /* -ENOENT */
/* Where the order's next open line is. -ENOENT: it has none */
int picking_next_zone(struct store *store, int64_t order, char *out, size_t capacity);
/* The nth open line of the zone that nobody has, along the walk. -ENOENT */
int picking_line_in_zone(struct store *store, const char *zone, int64_t n, int64_t *ret_allocation);
int picking_count_in_zone(struct store *store, const char *zone, int64_t *ret_lines);

#endif
