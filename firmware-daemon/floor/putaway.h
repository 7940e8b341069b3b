/* What the files of putaway share: tasks and bins (putaway.c), which goods are next (putaway_goods.c).
 * Not for use outside them. */
#ifndef FLOOR_PUTAWAY_H
#define FLOOR_PUTAWAY_H

#include "floor/rule.h"
#include "store/document.h"

struct putaway {
    struct task task;
    struct lpn plate; /* id 0: the goods are loose */
    struct location from;
    struct item item;      /* in the hand; id 0: nothing yet */
    struct location place; /* where it is to go; id 0: no bin suits it */
    int64_t lot;
};
int putaway_load(struct scan *scan, struct putaway *ret);

/* So much of a stack is in the hand now, and a bin is proposed for it. serial "": none, or all of them. */
int putaway_hold(struct scan *scan, const struct putaway *putaway, const struct stack *stack, int64_t quantity,
                 const char *serial);

/* The .needs and .take where goods are scanned, and QTY before the bin. */
unsigned putaway_needs(struct scan *scan, const struct item *item);
int putaway_take(struct scan *scan, const struct goods *goods);
int putaway_split(struct scan *scan);

#endif
