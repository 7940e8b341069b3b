/* What the pages are told beside kinds of rows, by name: what can be looked at and asked for, settings, labels' keys
 * and templates, the bins' heat, how long tables are. Does not know HTTP; the board is the daemon's own, as it knows
 * how the box is. */
#ifndef FIRMWARE_DAEMON_TOLD_H
#define FIRMWARE_DAEMON_TOLD_H

#include "label_desk.h"
#include "store/store.h"

/* -ENOENT: there is nothing of this name. */
int told_write(struct store *store, const struct label_desk *desk, const char *name, struct buf *json);

/* "roster": {"state", "silent_hours", "hours"} of the open object: fresh; ageing, when half the time has gone by after
 * which it is stale; stale; off, where it never is. */
int told_roster(struct store *store, int64_t now_us, struct buf *json);

/* Who may what, as docs/openapi.yaml tells it: members of an open object. */
int told_rights(void *user, const char *const *routes, size_t count, struct buf *json);

#endif
