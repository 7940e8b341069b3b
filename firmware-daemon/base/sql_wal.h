/* What was committed is worked into a SQLite database's file beside the loop, by a connection of its own: some ten
 * milliseconds for which no commit waits. Without it, every so many commits one does. Changes nothing of when a commit
 * is on the disk: the WAL holds it. */
#ifndef BASE_SQL_WAL_H
#define BASE_SQL_WAL_H

#include "base/beside.h"
#include "base/sql.h"

struct sql_wal;

/* From now on, whenever the WAL is as long as sql_options.wal_kib says. The database is not opened with
 * .exclusive. PostgreSQL does so itself: *ret is NULL. -EMFILE, -EACCES: no thread, no second connection. */
int sql_wal_open(struct sql *sql, sd_event *event, struct sql_wal **ret, struct error *error);
/* Before the connection itself is closed. Waits for what is under way. */
struct sql_wal *sql_wal_close(struct sql_wal *wal);

#endif
