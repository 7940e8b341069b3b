/* The floor as plan/ takes it, for what is walked: tours (pick_route.c) and who is picked together (wave_batch.c).
 * Not for use outside the floor. */
#ifndef FLOOR_WALK_H
#define FLOOR_WALK_H

#include "plan/route.h"
#include "store/picking.h"

/* With one aisle of one block as yet. -ENOENT: this site does not say how long and how far apart its aisles are. */
int walk_floor(struct store *store, struct route_floor *ret);
/* The floor grows to hold it. */
struct route_place walk_place(struct route_floor *floor, const struct picking_stop *stop);

#endif
