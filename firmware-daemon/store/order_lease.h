/* Until when an order may be begun that head office has lent to this site. Counted on the clock that runs since the
 * machine's start, so that setting the time of day lengthens nothing. Does not park orders: floor/order_lease.c does.
 */
#ifndef STORE_ORDER_LEASE_H
#define STORE_ORDER_LEASE_H

#include "store/store.h"

/* A lease of so many microseconds from the stamp on. It counts from order_lease_settle() on: until then an order that
 * came with it waits, and one that had a lease before keeps that. */
int order_lease_offer(struct store *store, int64_t order, int64_t lease_us);

/* Head office is heard, and had so many changes when it was met; 0: it is not heard. */
int order_lease_met(struct store *store, int64_t feed_head);

/* When every change is here that head office had when it was met, what was offered counts, and what waited for it may
 * go on. Before that, a change that takes an order back might still be on the way. */
int order_lease_settle(struct store *store);

/* An order whose lease is over at the stamp's time. -ENOENT: none */
int order_lease_over(struct store *store, int64_t *ret_order);
int order_lease_end(struct store *store, int64_t order);

/* An order that waits for head office because its lease was over. -ENOENT: none */
int order_lease_waiting(struct store *store, int64_t *ret_order);

/* The machine's start has this name. After a restart the leases go on by the time of day where it can be trusted now
 * and could then; all others are over. */
int order_lease_boot(struct store *store, const char *boot);

#endif
