/* What stands between sql.h and a database: a table of operations for each engine, and what sql.c keeps for all of
 * them. For sql*.c only. */
#ifndef BASE_SQL_ENGINE_H
#define BASE_SQL_ENGINE_H

#include "base/buf.h"
#include "base/sql.h"

#define SQL_STATEMENTS_MAX 1024 /* slots of the cache; a power of two, and more than the program has statements */

struct sql_query {
    struct sql *sql;
    void *statement; /* the engine's; NULL: there is none */
    bool busy;
    bool spare;   /* not in the cache: finished by sql_done */
    bool limited; /* the connection counts its steps */
    bool posted;  /* an engine need not wait for its result */
    bool one;     /* posted, it changes one row: else it has failed with -EPERM */
    int result;
    struct sql_opened *opened; /* texts of its row that were sealed */
};

/* Whose database it is. */
struct sql_mark {
    int64_t application, version; /* 0: none yet */
    bool empty;                   /* it has no table at all */
};

/* Results are those of sql.h. A statement that the engine cannot read is the caller's bug: sql_misuse(). */
struct sql_engine {
    void (*close)(struct sql *sql); /* after every statement was finished; frees it */

    /* Sets query->statement; keep: it will be used again and again. */
    int (*prepare)(struct sql *sql, struct sql_query *query, const char *text, bool keep);
    int (*start)(struct sql_query *query, const struct sql_value *values); /* an engine may run the statement here */
    /* The same, given up with -ETIME after about so many steps of SQLite's: finish() takes the limit away again. */
    int (*start_limited)(struct sql_query *query, const struct sql_value *values, int steps_max);
    int (*step)(struct sql_query *query);   /* 1: a row; 0: no more */
    int (*await)(struct sql *sql);          /* how what was posted has ended; NULL: nothing ever waits */
    void (*reset)(struct sql_query *query); /* ready for the next start */
    void (*finish)(struct sql_query *query);

    int64_t (*get_int)(struct sql_query *query, int column);
    const char *(*get_text)(struct sql_query *query, int column); /* NULL for NULL */
    const void *(*get_blob)(struct sql_query *query, int column, size_t *ret_length);
    bool (*get_null)(struct sql_query *query, int column);

    int (*script)(struct sql *sql, const char *text, struct error *error);
    int (*read_mark)(struct sql *sql, struct sql_mark *ret);
    int (*write_mark)(struct sql *sql, const struct sql_mark *mark, struct error *error); /* in a transaction */
    int (*settle)(struct sql *sql, struct error *error);  /* before the first change of a database that is ours */
    int (*publish)(struct sql *sql, struct error *error); /* the file's head says which schema it has */

    int (*overwrite)(struct sql *sql, bool everywhere); /* NULL: it does so in its own time */

    int64_t (*last_id)(struct sql *sql);
    int64_t (*changes)(struct sql *sql);
    bool (*in_transaction)(struct sql *sql);
    int64_t (*data_version)(struct sql *sql);
    int64_t (*written)(struct sql *sql);
    int64_t (*bytes)(struct sql *sql);
    const char *(*message)(struct sql *sql);
};

/* The first member of an engine's own struct. */
struct sql {
    const struct sql_engine *engine;
    struct {
        const char *text;
        struct sql_query query;
    } cache[SQL_STATEMENTS_MAX];
    char name[256];    /* how people know it; never a password */
    struct seal *seal; /* NULL: nothing is sealed */
};

/* sql_sealed.c. The values for the engine: secrets as it keeps them. Inner texts are in kept. -ENOMEM */
#define SQL_VALUES_MAX 64
struct sql_sealing {
    struct sql_value values[SQL_VALUES_MAX];
    struct buf kept[SQL_VALUES_MAX];
};
bool sql_has_secrets(const struct sql_value *values);
int sql_seal_values(const struct seal *seal, const struct sql_value *values, struct sql_sealing *ret);
void sql_sealing_done(struct sql_sealing *sealing);

/* The text that was sealed, kept with the query until sql_forget_opened(); any other as it is. */
const char *sql_open_text(struct sql_query *query, const char *text);
void sql_forget_opened(struct sql_query *query);

/* sql_sqlite.c, for sql_wal.c: its connection; NULL: another engine's. */
struct sqlite3 *sql_sqlite_handle(struct sql *sql);

/* Carries only a result; a few, as loops nest. */
struct sql_query *sql_failed_query(int result);

#endif
