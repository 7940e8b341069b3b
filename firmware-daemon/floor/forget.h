/* When a receiver is forgotten: so many days after the order ended (setting receiver_days), or when head office says
 * so. What is forgotten, and how: store/receiver.h. */
#ifndef FLOOR_FORGET_H
#define FLOOR_FORGET_H

#include "store/store.h"

/* Whether EVENT_FORGET has something to do; a clock that nobody has set forgets nobody. */
bool forget_due(struct store *store, int64_t wall_us);

/* Head office's word. -ENOENT: the order was never here. */
int forget_order(struct store *store, const char *number);

#endif
