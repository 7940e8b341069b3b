/* Events that are taken as they are, and that somebody should look at: of a worker whose badge was revoked by then, or
 * of a site that had not heard for long who is. Does not refuse or change anything: what happened on the floor
 * happened. */
#ifndef HEAD_OFFICE_FLAGS_H
#define HEAD_OFFICE_FLAGS_H

#include "sync/wire/line.h"

#include "base/sql.h"

/* Whether anybody's badge was revoked: asked once for many events. */
int flags_any_revoked(struct sql *sql, bool *ret);

/* Notes what is to be said of a site's event, which is stored already. Inside a transaction. any_revoked as asked. */
int flags_note(struct sql *sql, const char *site, const struct wire_line *event, bool any_revoked);

#endif
