/* What the events of the sites mean to head office: how far each order is, what each location holds.
 * Does not store the events and does not refuse any: the hub has stored them already. */
#ifndef HEAD_OFFICE_PROJECTION_H
#define HEAD_OFFICE_PROJECTION_H

#include "base/sql.h"
#include "sync/wire/line.h"

/* 0 also for types that mean nothing here. -EINVAL with a sentence when the event cannot be interpreted: the caller
 * must go back to a save point, as after -EPERM or -EEXIST. Any other error is the database's. Inside a transaction.
 * Not careful: what fails may be told by a later statement (sql_post). */
int projection_apply(struct sql *sql, const char *site, const struct wire_line *event, bool careful, struct error *why);

/* Whether an event of this kind changes anything. */
bool projection_knows(const struct wire_line *event);

#endif
