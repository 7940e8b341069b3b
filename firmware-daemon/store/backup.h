/* A copy of a site's database, read whole: whose it is, how far it goes, and whether it is sound. Does not make the
 * copy and puts it nowhere: the daemon's upkeep.c and restore.c do. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/store.h"

struct backup_facts {
    char site[STORE_CODE_MAX], box[STORE_CODE_MAX];
    int64_t epoch, last_seq;
    int64_t wall_us; /* of its last event */
    int64_t bytes;
    int schema; /* that it had */
};

/* Every page, every law and both hash chains of an open store. -EBADMSG with a sentence. Slow. */
int backup_examine(struct store *store, struct error *error);

/* What lies on the disk at path, which nobody else has open, brought to this program's schema and examined; afterwards
 * it is one file, without a WAL. *ret is written as far as it was read. With a sentence: damaged, of a newer program,
 * of another one, a copy to practise on. */
int backup_check(const char *path, struct backup_facts *ret, struct error *error);

/* Of a database that nobody has open, as it is: no more than can be read without changing it. */
int backup_read(const char *path, struct backup_facts *ret, struct error *error);

/* The schema that a file says it has, and the last one that this program knows. -EINVAL: no site's database. */
int backup_schema(const char *path, int *ret, struct error *error);
int backup_schema_known(void);

#endif
