/* What the files of the put-wall share: the tote that is sorted (sow.c), a piece and its slot (sow_slot.c).
 * Not for use outside the floor. */
#ifndef FLOOR_SOW_H
#define FLOOR_SOW_H

#include "floor/wave.h"

struct sow {
    struct wave wave;
    struct lpn tote;
    struct location wall;
};
int sow_load(struct scan *scan, struct sow *ret);

int sow_record_tote(struct scan *scan, const struct sow *sow, const char *type);
/* The tote has something that a slot wants, or only what nobody does. */
void sow_go_on(struct scan *scan);
/* The tote is empty and anybody's again. */
int sow_finish_tote(struct scan *scan);

/* Which line gets what is in the hand, and which slot that is: found anew each time, for an order may leave. */
struct sow_target {
    struct item item;
    struct sow_need need;
    struct order order;
    struct location slot;
};
int sow_find_target(struct scan *scan, const struct sow *sow, int64_t item, int64_t quantity, struct sow_target *ret);

int sow_take_item(struct scan *scan, const struct goods *goods);
int sow_accept_slot(struct scan *scan);
int sow_undo_line(struct scan *scan, const struct action *action);
int sow_put_back(struct scan *scan);

/* Orders that wait for nothing more after all are complete. */
int sow_complete_orders(struct store *store, const struct wave *wave);

#endif
