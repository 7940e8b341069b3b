/* How often each bin was picked from in the last days, and when goods last came to it or moved there: the moves are
 * followed beside the work, a few at a time, in tables in memory that belong to this connection. A scan pays nothing
 * for it, and a start forgets it. Does not say how a bin stands now: the questions do (query_bins.c). */
#ifndef STORE_HEAT_H
#define STORE_HEAT_H

#include "base/buf.h"
#include "store/store.h"

#define HEAT_DAYS  28  /* what is looked at of the past */
#define HEAT_MOVES 500 /* of one step: some milliseconds, which is what a scan may wait for it */

int heat_start(struct store *store, struct error *error);

/* Follows some of the moves. *ret_more: there are others; call again when there is time. Outside a transaction. */
int heat_step(struct store *store, int64_t now_us, bool *ret_more);

/* {"followed": moves, "moves": of so many}: while they differ, the bins' picks are too few. */
int heat_write(struct store *store, struct buf *json);

#endif
