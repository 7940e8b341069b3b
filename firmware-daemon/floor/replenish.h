/* What the files of replenishment share: planning (replenish_plan.c), carrying (replenish.c).
 * Not for use outside the floor. */
#ifndef FLOOR_REPLENISH_H
#define FLOOR_REPLENISH_H

#include "floor/rule.h"
#include "store/document.h"

/* The next task with something to do: its source is what goes first now. -ENOENT when no face needs anything that the
 * reserve has. */
int replenish_next(struct store *store, struct task *ret);

#endif
