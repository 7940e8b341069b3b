/* Faces that run low, and the reserve that fills them.
 * Does not decide when to look, and moves nothing: floor/replenish*.c do. */
#ifndef STORE_REPLENISH_H
#define STORE_REPLENISH_H

#include "store/store.h"

/* A face with less than its minimum that is neither promised nor held, for which no task is open. */
struct low_face {
    int64_t location, item;
    int64_t wanted; /* base units up to its maximum, as far as they fit */
    bool empty;     /* nothing is free there at all */
};
/* By location, the first behind `after`; of one item (0: of any). -ENOENT */
int face_low_after(struct store *store, int64_t item, int64_t after, struct low_face *ret);
/* Whether a face is still below its minimum, tasks or not. */
int face_is_low(struct store *store, int64_t location, bool *ret);

/* Free stock of one lot in one reserve bin, less what other open tasks than `task` will take. */
struct reserve {
    int64_t location, lot, quantity;
};
/* What goes first: earliest expiry that still may be picked, then the smallest rest, then along the walk. lot -1: any.
 * -ENOENT */
int reserve_first(struct store *store, int64_t item, int64_t lot, int64_t task, struct reserve *ret);

/* What a wave has open in the reserve of items that have a face: by item and lot, the first behind these. -ENOENT */
struct wave_demand {
    int64_t item, lot, face, quantity;
};
int wave_demand_after(struct store *store, int64_t wave, const struct wave_demand *after, struct wave_demand *ret);

/* Promises of a wave in the reserve become promises of the same lot in the face, as far as they fit in `quantity` and
 * nobody is on the way to them. */
int wave_promise_face(struct store *store, int64_t wave, int64_t item, int64_t lot, int64_t face, int64_t quantity);

int task_set_source(struct store *store, int64_t task, const struct reserve *source, int64_t quantity);
/* The planned task that fills a face. -ENOENT */
int task_of_face(struct store *store, int64_t face, int64_t *ret);
/* Its quantity becomes at least this, and a wave waits for it. */
int task_raise(struct store *store, int64_t task, int64_t quantity, int64_t wave, int64_t priority);

#endif
