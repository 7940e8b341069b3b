/* Waves: planned by rules, released, emptied by kicking orders out, closed when nothing is left to do; and what becomes
 * of an order when stock is missing. Does not pick: batch.c, sow.c and express.c do. Not for use outside the floor. */
#ifndef FLOOR_WAVE_H
#define FLOOR_WAVE_H

#include "floor/rule.h"
#include "store/wave.h"

/* Drafts of all that waits, by the site's rules, or by the house's own where there are none (wave_plan.c). */
struct wave_plan {
    int64_t waves, orders;
};
int wave_plan(struct store *store, struct wave_plan *ret);

/* An order that may go into a wave; those with the same carrier and the same shared item (0: any) stand together. */
struct wave_candidate {
    int64_t order, shared;
    size_t batch; /* orders of another number go into another wave */
    char carrier[STORE_CODE_MAX];
};
/* Puts together of candidates that could all be one wave, but for its room, those that save the most walking
 * (wave_batch.c). Leaves them as they are where it is not known where their bins are. */
int wave_batch(struct store *store, struct wave_candidate *candidates, size_t count, int64_t room);

int wave_release(struct store *store, int64_t id); /* -EINVAL: it is no draft */

/* An order leaves its wave and waits again, or is cancelled anyway. -EBUSY: something of it is picked already, it goes
 * on; -ENOENT: it is in no wave. */
int wave_kick(struct store *store, const struct order *order, const char *reason);

/* Its orders wait again; those of which something is picked go on, and the wave with them. -EINVAL: it
 * is over. */
int wave_cancel(struct store *store, int64_t id, int64_t *ret_going_on);

/* Says of a wave that has nothing left to do that it is closed. */
int wave_close_if_done(struct store *store, int64_t id);

/* Whether a cancelled order is still one with its wave: nothing lies on a plate of its own. Then it ends here, and what
 * is picked of it is left over in the wave's tote. */
bool wave_holds(struct store *store, const struct order *order);
int wave_drop_cancelled(struct store *store, const struct order *order, const char *reason);

/* A wave's promises have changed from outside: whoever picks it in sum is led on (batch.c). */
int batch_follow(struct store *store, int64_t wave_id);

/* ---- stock is missing (shortage.c) */

/* After order_allocate() could not promise all: by the policy of order and wave the rest goes on, the lines that lack
 * something are refused, or the whole order. *ret_ends: nothing of it is left, and it is to be parked once what was
 * picked of it is out of the way. */
int shortage_settle(struct store *store, const struct order *order, bool *ret_ends);
int shortage_park(struct store *store, const struct order *order);

/* After stock of an item (0: any) turned out to be missing: what is promised of it and not picked is promised anew, to
 * the most urgent orders first; then the policies of those that lack something. */
int wave_reallocate(struct store *store, int64_t wave, int64_t item);

/* ---- a plate's goods (wave_goods.c) */

/* Pieces leave a plate lot by lot, or the one with the serial number; the move says the rest. E05: they are not there.
 */
int plate_give(struct scan *scan, const struct goods *goods, const struct move *move);
int plate_check(struct scan *scan, const struct goods *goods, const struct lpn *plate); /* E05, E09 */
unsigned plate_needs(struct scan *scan, const struct item *item);                       /* a step's .needs */

/* E10: goods of an order, a wave or a document are on it. */
int refuse_plate(struct scan *scan, const struct lpn *plate);

/* What nobody wants of a wave's tote: back to the bins where it was missed (place 0), or to a shelf. */
int wave_give_back(struct scan *scan, const struct lpn *tote, int64_t place);
/* The same as a step's accept: scan->target is to be a return shelf, E04. */
int wave_bring_rest(struct scan *scan, const struct wave *wave, const struct lpn *tote);

#endif
