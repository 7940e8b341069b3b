/* Head office's database, and what every piece of business needs around it: the time and a source of random ids.
 * Does not know the business itself. */
#ifndef HEAD_OFFICE_OFFICE_H
#define HEAD_OFFICE_OFFICE_H

#include "base/id.h"
#include "base/sql.h"
#include "sync/wire/key.h"

struct promise_loads;

struct office {
    struct sql *sql;
    struct random_source random;
    int64_t now_us;              /* the time of this piece of work */
    struct promise_loads *loads; /* stock/promises.h; NULL: nobody remembers */
};

#define OFFICE_APPLICATION 0x46485135 /* "FHQ5": head office, in the head of its file */

/* path: a file of SQLite, or a URL "postgresql://..." of a database of PostgreSQL. Opens, brings the schema up to date
 * and gives a new database its identity. Commands may run beside the server: a lock is waited for, 5 s at most.
 * receiver_key: the file of the key that receivers are sealed with (base/seal.h), where systemd hands no receiver.key
 * over; "": that of $FLOORHAND_RECEIVER_KEY, else receiver.key beside a file, which is made where there is none, and
 * none for a URL. NULL: nothing is sealed, as in a simulation. -EKEYREJECTED with a sentence: they are sealed with a
 * key that is not here. */
int office_open(const char *path, const char *receiver_key, const struct random_source *random, struct sql **ret,
                struct error *error);

/* A database of PostgreSQL rather than a file. */
bool office_is_url(const char *database);

/* "gen": who this database is. */
int office_gen(struct sql *sql, char out[ID_TEXT_SIZE]);

/* It is another database from now on: it was restored, and has forgotten what sites were told. */
int office_renew_gen(struct sql *sql, const struct random_source *random, char out[ID_TEXT_SIZE]);

/* What it signs with. It is part of every backup, which is as secret as head office itself. */
int office_key(struct sql *sql, struct wire_key *ret);

int office_begin(struct office *office, struct error *error);
int office_begin_rows(struct office *office, struct error *error); /* beside others: base/sql.h, SQL_BEGIN_ROWS */
int office_commit(struct office *office, struct error *error);
void office_rollback(struct office *office); /* harmless outside a transaction */

/* The sentence for a database that failed; returns code. */
int office_failed(struct sql *sql, int code, struct error *error);

/* The result of a statement about something that a person named. named: it was refused (-EPERM) when there is no such
 * thing; changed: also when it touched no row. 0, or -ENOENT or a database's error with a sentence. */
int office_named(struct sql *sql, int result, const char *what, const char *name, struct error *error);
int office_changed(struct sql *sql, int result, const char *what, const char *name, struct error *error);

#endif
