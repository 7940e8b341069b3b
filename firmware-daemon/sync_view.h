/* How this site stands with head office, as JSON for people and programs: gathered from the store, the protocol's state
 * and the link's socket. Decides nothing; the sentences are those of sync/site. */
#ifndef SYNC_VIEW_H
#define SYNC_VIEW_H

#include "store/store.h"
#include "sync/site/port.h"

/* Borrowed for a call. */
struct sync_view {
    struct store *store;
    const struct site *site;
    const struct site_port *port;
    int64_t wall_us; /* now */
};

/* "link": {"up", "outbox", "oldest_s", "alarm"}, for every station's screen. *ret_late_us: in how long that becomes
 * another one by itself, because events have waited too long; negative when it does not. */
int sync_view_write_link(const struct sync_view *view, struct buf *json, int64_t *ret_late_us);

/* All of it, as one object: the Sync of docs/openapi.yaml. key as in base/json.h. */
int sync_view_write(const struct sync_view *view, const char *key, struct buf *json);

#endif
