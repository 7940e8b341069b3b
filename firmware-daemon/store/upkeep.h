/* What the database knows of its own health: the last time that it was read whole, the last backup, bytes written.
 * Does not read or copy it: the daemon's upkeep.c and store/backup.h do. */
#ifndef STORE_UPKEEP_H
#define STORE_UPKEEP_H

#include "store/store.h"

struct upkeep {
    int64_t checked_us; /* wall time; 0: never */
    bool sound;         /* what was found then */
    char why[ERROR_TEXT_MAX];
    int64_t backup_us, backup_seq; /* of the last good backup, and its last event; 0: none */
    int64_t counted_us;            /* since when .written_bytes is counted */
    int64_t written_bytes;
};
int upkeep_load(struct store *store, struct upkeep *ret);
int upkeep_begin(struct store *store, int64_t now_us, struct upkeep *ret); /* the same; counts from now, if not yet */

/* How a copy of the database was found when it was read whole: the bytes of EVENT_CHECKED. */
struct upkeep_found {
    bool sound, kept; /* kept: it stays, as a backup */
    int64_t bytes, seq;
    char why[ERROR_TEXT_MAX]; /* "" when it is sound */
};
int upkeep_found(struct store *store, const struct upkeep_found *found); /* at the stamp's time */

#endif
