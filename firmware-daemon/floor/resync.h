/* What head office and this site tell each other of their pasts, as events: bytes that event_set_bytes() takes as they
 * are. Does not speak with head office: sync/site does. */
#ifndef FLOOR_RESYNC_H
#define FLOOR_RESYNC_H

#include "base/chain.h"
#include "base/id.h"

#include <stdint.h>

/* EVENT_APPLIED carries a struct acknowledged (store/journal.h), EVENT_REWIND a struct chain_mark. */

/* EVENT_GRANT: an epoch that goes on from the base. */
struct epoch_grant {
    int64_t epoch;
    struct chain_mark base; /* epoch 0: from nothing */
    char nonce[ID_TEXT_SIZE];
};

/* EVENT_SNAPSHOT: its lines are all kept. */
struct snapshot_whole {
    int64_t epoch, applied, lines; /* it holds every event of the epoch up to applied */
};

#endif
