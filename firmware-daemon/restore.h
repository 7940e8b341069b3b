/* Puts a backup in the place of the site's database, while the daemon does not run, and says what will come of it: head
 * office opens a new epoch and tells the site what it knows more (docs/protocol.md). Does not make backups: upkeep.h
 * does.
 */
#ifndef RESTORE_H
#define RESTORE_H

#include "config.h"

/* Everything is checked before anything is changed; what was there is kept beside it. The sentences for the person go
 * to standard output. -errno with a sentence: nothing is changed. */
int restore_database(const struct site_config *config, const char *backup, struct error *error);

/* Is what lies there of a schema that this program can open? Says so on standard output; a database that is not there
 * yet can be. -EINVAL with a sentence: it was written by a newer program. Changes nothing, and asks nobody who runs. */
int restore_can_open(const struct site_config *config, struct error *error);

/* Reads a copy whole, without haste, and prints {"sound", "bytes", "seq", "why"} in a line: for upkeep.c. */
int restore_check_copy(const char *path);

#endif
