/* What the events of the sites mean to head office: how far each order is, what each location holds.
 * Does not store the events and does not refuse any: the hub has stored them already. */
#ifndef HEAD_OFFICE_PROJECTION_H
#define HEAD_OFFICE_PROJECTION_H

#include "base/sql.h"
#include "sync/wire/line.h"

/* 0 also for types that mean nothing here. -EINVAL with a sentence when the event cannot be interpreted: nothing was
 * changed then. Any other error is the database's. Inside a transaction.
 * Hopeful (not careful) it is faster: then an event that cannot be interpreted may leave half of its changes, and what
 * fails may be told by a later statement (sql_post), so the caller must undo them all, and try again carefully. */
int projection_apply(struct sql *sql, const char *site, const struct wire_line *event, bool careful, struct error *why);

#endif
