/* Whether what this site knows of its workers is still fresh: who is away from head office for long may not have heard
 * that a badge is revoked. Does not refuse anything: the floor's rules do. */
#ifndef STORE_ROSTER_H
#define STORE_ROSTER_H

#include "store/store.h"

/* Head office is heard from now on, or was until now. */
int roster_heard(struct store *store);

/* The machine may have started anew: what has gone by is told by the time of day, and where that was never set, too
 * much has. Before order_lease_boot(), while the database still knows whether head office was heard. */
int roster_boot(struct store *store, const char *boot);

/* For so long; 0: it is heard, or never was. now_us: on the clock since the machine's start. */
int roster_silence_us(struct store *store, int64_t now_us, int64_t *ret);

/* Head office has not been heard for so many hours. A site that never heard it has its workers from files: not stale.
 */
int roster_is_stale(struct store *store, int64_t hours, bool *ret);

#endif
