/* Databases, as this house uses them: durable by default, statements prepared once, values bound, migrations forward
 * only. SQLite holds a site, and head office; PostgreSQL may hold head office instead (sql_open_postgres). Knows no
 * table and no warehouse word. */
#ifndef BASE_SQL_H
#define BASE_SQL_H

#include "base/cleanup.h"
#include "base/embed.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seal;
struct sql;       /* a connection */
struct sql_query; /* a running SELECT */

struct sql_options {
    bool exclusive;   /* one process, one connection: locking_mode=EXCLUSIVE, wal-index in memory */
    bool own_process; /* one process, any connections (sql_wal.h): SQLite's VFS "unix-excl", wal-index in memory */
    bool read_only;
    bool careless;      /* commits do not wait for the disk: for what may be lost */
    int64_t busy_ms;    /* wait for another process's lock; 0: not at all */
    const char *vfs;    /* NULL: the system's */
    int64_t page_bytes; /* of a database that is made; 0: 4096 */
    int64_t cache_kib;  /* page cache; 0: 2048 */
    int64_t wal_kib;    /* about so long before it is worked into the database; 0: 4096 */
};

/* path may be ":memory:". synchronous=FULL, foreign keys on. A file that is no database, is damaged or may not be
 * written yields one sentence that says what to do, and is left as it was. */
int sql_open(const char *path, const struct sql_options *options, struct sql **ret, struct error *error);

/* PostgreSQL, 13 or newer, in UTF-8: what libpq takes, "postgresql://USER@HOST/DATABASE". The tables are those of the
 * first schema of the search path. Of the options only busy_ms counts.
 *
 * Statements are written in the words that both databases understand: ?1 for values, IS [NOT] DISTINCT FROM, CASE in
 * place of max(a, b), "table.column" where ON CONFLICT knows two columns of a name. Scripts are written for SQLite:
 * INTEGER, BLOB, TEXT and STRICT are put into PostgreSQL's words, TEXT with the order of bytes; what stands between
 * SQLITE and END, each a comment of its own, is a comment there.
 * A SELECT ends with SQL_FOR_UPDATE to keep others from its rows until the end of the transaction, or with
 * SQL_SKIP_LOCKED to take those alone that nobody else has.
 *
 * A lost connection is made anew by the first statement outside a transaction, once a second at most. Until then, and
 * for the rest of the transaction that it was lost in, every statement fails with -ENOTCONN. */
int sql_open_postgres(const char *url, const struct sql_options *options, struct sql **ret, struct error *error);

/* A SQLite database that nobody has open, and the files beside it. */
void sql_remove(const char *path);

struct sql *sql_close(struct sql *sql);
DEFINE_CLEANUP(sql_close, struct sql *);

/* From now on this connection seals, and opens what it reads. It owns the seal; NULL: as it was. */
void sql_seal(struct sql *sql, struct seal *seal);

const char *sql_name(const struct sql *sql); /* for people; holds no password */

/* Turns SQLite's WAL on and applies NNN.sql files above the stored version, in order, all in one transaction; the
 * version is PRAGMA user_version, or a row of PostgreSQL's table floorhand_schema. A database newer than the last file
 * is refused, untouched. application_id marks whose database it is: a database of another program is refused. */
int sql_migrate(struct sql *sql, const struct embedded_file *files, int32_t application_id, struct error *error);

/* SQLite only. Checks the whole file (PRAGMA quick_check); -EBADMSG with a sentence when it is damaged. */
int sql_check(struct sql *sql, struct error *error);
int sql_check_table(struct sql *sql, const char *table, struct error *error); /* that one alone */

enum sql_type { SQL_END, SQL_INT, SQL_TEXT, SQL_BLOB, SQL_NULL, SQL_SECRET, SQL_MASKED };

struct sql_value {
    enum sql_type type;
    int64_t number;
    const void *bytes; /* NULL: NULL, of this type */
    size_t length;
};

static inline struct sql_value sql_int(int64_t number)
{
    return (struct sql_value){.type = SQL_INT, .number = number};
}

static inline struct sql_value sql_blob(const void *bytes, size_t length)
{
    return (struct sql_value){.type = SQL_BLOB, .bytes = bytes, .length = length};
}

static inline struct sql_value sql_text_n(const char *text, size_t length)
{
    return (struct sql_value){.type = SQL_TEXT, .bytes = text, .length = length};
}

struct sql_value sql_text(const char *text); /* NULL binds NULL */

/* Texts that the database keeps sealed, where its connection has a seal (sql_seal()); else as they are. The same text
 * is sealed to the same, so that statements compare them. SELECTs yield them opened, also behind others in one text (a
 * || b, where b is sealed). Masked: "~MASK~…" with as much of it as lists may show: "张*", "139****5670". */
struct sql_value sql_secret(const char *text);
struct sql_value sql_masked(const char *text);

static inline struct sql_value sql_null(void)
{
    return (struct sql_value){.type = SQL_NULL};
}

/* Where a statement takes no value: a variadic macro of C17 wants one. */
#define SQL_NO_VALUES                                                                                                  \
    (struct sql_value)                                                                                                 \
    {                                                                                                                  \
        .type = SQL_END                                                                                                \
    }

/* 0 as "no such row" binds NULL: for optional references. */
static inline struct sql_value sql_ref(int64_t id)
{
    return id ? sql_int(id) : sql_null();
}

/* sql_run(sql, "UPDATE t SET a = ?1 WHERE b = ?2", sql_int(a), sql_text(b)); with no value: SQL_NO_VALUES.
 * Text must be a string literal: the statement is kept, keyed by its address. Values are borrowed for the call.
 * A connection of NULL (a database that was lost) fails every statement with -EIO.
 * 0, or -EEXIST (unique), -EPERM (any other constraint), -ENOSPC (disk full), -EBUSY (locked by others), -EIO, -EBADMSG
 * (damaged), -ENOMEM, -ENOTCONN (PostgreSQL cannot be reached). After a failure inside a transaction only ROLLBACK or
 * ROLLBACK TO a savepoint may follow: PostgreSQL refuses all else. A COMMIT that failed may have been done after all
 * when the connection was lost in it. */
#define sql_run(sql, text, ...) sql_run_values((sql), (text), (struct sql_value[]){__VA_ARGS__, {0}})
int sql_run_values(struct sql *sql, const char *text, const struct sql_value *values);

/* The same for a statement in a transaction whose failure may be told late: by any statement that follows, or by
 * sql_await(). PostgreSQL is not waited for; SQLite does it at once. sql_changes() says nothing of it. */
#define sql_post(sql, text, ...) sql_post_values((sql), (text), (struct sql_value[]){__VA_ARGS__, {0}})
int sql_post_values(struct sql *sql, const char *text, const struct sql_value *values);

/* The same for one that changes one row: -EPERM when it has changed none, or several. */
#define sql_post_one(sql, text, ...) sql_post_one_values((sql), (text), (struct sql_value[]){__VA_ARGS__, {0}})
int sql_post_one_values(struct sql *sql, const char *text, const struct sql_value *values);
int sql_await(struct sql *sql); /* how the posted statements ended: the first failure, as sql_run() */

/* Begins a transaction that may change anything: no other of this kind runs at the same time. One that begins with
 * SQL_BEGIN_ROWS runs beside others of its own kind in PostgreSQL, and alone in SQLite: it locks the rows that it
 * decides upon by SQL_FOR_UPDATE. */
#define SQL_BEGIN       "BEGIN IMMEDIATE"
#define SQL_BEGIN_ROWS  "BEGIN IMMEDIATE /* ROWS */"
#define SQL_FOR_UPDATE  " /* FOR UPDATE */" /* a comment for SQLite, where the transaction is alone anyway */
#define SQL_SKIP_LOCKED " /* FOR UPDATE SKIP LOCKED */"

/* In a question: 1 where this connection is the first of all that have asked, as long as it lives. In SQLite, which one
 * program writes to, it always is. */
#define SQL_LEADS "1 /* LEADS */"

/* A text of the changed row, in a question behind RETURNING: there SQLite (3.40) does not know what type its columns
 * have, and looks up nothing in an index for them. */
#define SQL_RETURNED(column) "CAST(" column " AS TEXT)"

/* SELECT: while (sql_next(q)) { sql_get_int(q, 0) ... } then sql_done(q), which tells whether it failed.
 * Never NULL: a statement that could not start yields no row and its error from sql_done. */
#define sql_select(sql, text, ...) sql_select_values((sql), (text), (struct sql_value[]){__VA_ARGS__, {0}})
struct sql_query *sql_select_values(struct sql *sql, const char *text, const struct sql_value *values);
/* The same for a text that is put together at run time: prepared for this call, forgotten by sql_done. After so many
 * steps of SQLite's virtual machine (some ten millions a second) it ends with -ETIME; PostgreSQL, which knows none, has
 * a millisecond for two hundred of them, as it may be busy or far away. One at a time. */
struct sql_query *sql_select_once(struct sql *sql, const char *text, const struct sql_value *values, int steps_max);
bool sql_next(struct sql_query *query);
int sql_done(struct sql_query *query);
void sql_done_p(struct sql_query **query);
#define CLEANUP_QUERY CLEANUP(sql_done_p)

int64_t sql_get_int(struct sql_query *query, int column);
const char *sql_get_text(struct sql_query *query, int column); /* NULL becomes ""; valid until the next step */
const void *sql_get_blob(struct sql_query *query, int column, size_t *ret_length);
bool sql_get_null(struct sql_query *query, int column);
void sql_copy_text(struct sql_query *query, int column, char *out, size_t capacity);

/* One number from one row: 0, -ENOENT when there is no row (or NULL), or an error as above. */
#define sql_number(sql, ret, text, ...) sql_number_values((sql), (ret), (text), (struct sql_value[]){__VA_ARGS__, {0}})
int sql_number_values(struct sql *sql, int64_t *ret, const char *text, const struct sql_value *values);

/* Several statements without values, for schema and pragmas. */
int sql_script(struct sql *sql, const char *text, struct error *error);

int64_t sql_last_id(struct sql *sql);
int64_t sql_changes(struct sql *sql); /* rows changed by the last statement */
bool sql_in_transaction(struct sql *sql);
int64_t sql_data_version(struct sql *sql); /* changes when another connection has committed */
int64_t sql_written(struct sql *sql);      /* changes when rows were written, by this connection or another */
const char *
sql_message(struct sql *sql); /* the database's own words for the last failure: for the log, never for a worker */

/* From now on what is deleted is overwritten wherever it lay, or again only in the pages that are written anyway
 * (SQLite, secure_delete). PostgreSQL gives such places away at its next VACUUM. */
int sql_overwrite(struct sql *sql, bool everywhere);

int64_t sql_bytes(struct sql *sql); /* of the file, or of all tables of the schema; 0: it cannot be asked */

/* SQLite only. From now on each row that this connection writes calls changed with its table, while it is written and
 * may still be undone; tables WITHOUT ROWID and temporary ones are not told. changed may not use the connection; NULL:
 * no more calls. A connection of NULL is none. */
typedef void sql_changed_fn(void *user, const char *table);
void sql_watch(struct sql *sql, sql_changed_fn *changed, void *user);

/* SQLite only. A copy of the whole database, taken while it is in use. */
int sql_copy_to(struct sql *sql, const char *path, struct error *error);

/* The same little by little: what is written between two steps is in the copy too. path: a new file, not safe on disk
 * before somebody sees to it. A transaction that is rolled back whole makes it begin anew. A step takes so many pages;
 * 1: there are more, 0: that was all, -errno: given up, as when the connection is closed. *ret_percent: how far it is.
 */
struct sql_copy;
int sql_copy_begin(struct sql *sql, const char *path, struct sql_copy **ret, struct error *error);
int sql_copy_step(struct sql_copy *copy, int pages, int *ret_percent, struct error *error);
struct sql_copy *sql_copy_end(struct sql_copy *copy);
DEFINE_CLEANUP(sql_copy_end, struct sql_copy *);

/* Throws: the caller's bug. Never returns. */
_Noreturn void sql_misuse(struct sql *sql, const char *text);

#endif
