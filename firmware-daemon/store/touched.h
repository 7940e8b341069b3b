/* What the event in hand has touched, so that what follows from it is seen to before the event ends, and nothing else
 * is looked at. Moves are read from the ledger, all else is noted by triggers of this connection, in a table in memory:
 * no writer has to think of it, and a rollback forgets it. Does not say what follows: floor/floor.c does. */
#ifndef STORE_TOUCHED_H
#define STORE_TOUCHED_H

#include "store/store.h"

enum touched {
    TOUCHED_STOCK, /* of an item that waiting orders lack, some may be free now; item 0: orders came that nobody tried
                    */
    TOUCHED_FACE,  /* an item that has a face with a minimum was moved */
    TOUCHED_WAVE,  /* one order, plate or worker less is in the wave */
    TOUCHED_KINDS
};

int touched_start(struct store *store, struct error *error);

/* When a turn begins: what was moved until here is another one's. */
int touched_begin(struct store *store);

/* Takes one note off the table, stock first. -ENOENT when there is none. */
int touched_take(struct store *store, enum touched *ret, int64_t *ret_id);

#endif
