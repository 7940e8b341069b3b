#include "base/sql.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENTS_MAX 1024 /* slots of the cache; a power of two, and more than the program has statements */

struct sql_query {
    struct sql *sql;
    sqlite3_stmt *statement;
    bool busy, started;
    bool spare;   /* not in the cache: finalised by sql_done */
    bool limited; /* the connection counts its steps */
    int result;
};

struct sql {
    sqlite3 *handle;
    struct {
        const char *text;
        struct sql_query query;
    } cache[STATEMENTS_MAX];
    char path[256];
    struct sql_copy *copy; /* being taken from it; NULL: none */
};

struct sql_copy {
    struct sql *from; /* NULL: it was closed */
    struct sql *to;
    sqlite3_backup *backup;
};

static int result_of(int code)
{
    switch (code & 0xFF) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return 0;
    case SQLITE_CONSTRAINT:
        return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ? -EEXIST : -EPERM;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return -EBADMSG;
    case SQLITE_INTERRUPT:
        return -ETIME;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return -EACCES;
    default:
        return -EIO;
    }
}

_Noreturn void sql_misuse(struct sql *sql, const char *text)
{
    fprintf(stderr, "error: a statement this program wrote is wrong: %s\n%s\n", sqlite3_errmsg(sql->handle), text);
    abort();
}

struct sql_value sql_text(const char *text)
{
    return sql_text_n(text, text ? strlen(text) : 0);
}

static int open_error(struct sql *sql, int code, struct error *error)
{
    const char *path = sql->path;
    switch (result_of(code)) {
    case -EBADMSG:
        return error_set(error, -EBADMSG,
                         "%s is damaged or is not a database: keep it aside for inspection and restore the last backup",
                         path);
    case -EBUSY:
        return error_set(error, -EBUSY, "%s is in use by another program: stop that one first", path);
    case -EACCES:
        return error_set(error, -EACCES,
                         "%s cannot be opened: check that its folder exists and that both may be written", path);
    case -ENOSPC:
        return error_set(error, -ENOSPC, "the disk that holds %s is full: free some space", path);
    default:
        return error_set(error, result_of(code), "%s cannot be opened: %s", path, sqlite3_errmsg(sql->handle));
    }
}

static int64_t pragma_number(struct sql *sql, const char *text)
{
    int64_t number = 0;
    sql_number(sql, &number, text, SQL_NO_VALUES);
    return number;
}

static int set_up(struct sql *sql, const struct sql_options *options, struct error *error)
{
    sqlite3_extended_result_codes(sql->handle, 1);
    sqlite3_busy_timeout(sql->handle, (int)options->busy_ms);
    sqlite3_db_config(sql->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    char pragmas[512];
    /* locking_mode before the first access to the WAL keeps the wal-index in memory (SQLite documentation, "WAL-mode",
     * section 8). journal_mode=WAL would write into the file, which may be another program's: sql_migrate() does it.
     * mmap_size=0: a mapped file turns a passing fault into damage. secure_delete=FAST: what is deleted is overwritten
     * where its page is written anyway, and costs no page of its own. */
    snprintf(pragmas, sizeof(pragmas),
             "PRAGMA locking_mode=%s; PRAGMA page_size=%" PRId64 "; PRAGMA mmap_size=0; PRAGMA synchronous=%s;"
             "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA secure_delete=FAST;"
             "PRAGMA cache_size=-%" PRId64 "; PRAGMA journal_size_limit=8388608; SELECT count(*) FROM sqlite_schema;",
             options->exclusive ? "EXCLUSIVE" : "NORMAL", options->page_bytes ? options->page_bytes : 4096,
             options->careless ? "OFF" : "FULL", options->cache_kib ? options->cache_kib : 2048);
    int code = sqlite3_exec(sql->handle, pragmas, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return open_error(sql, code, error);
    int64_t wal_bytes = (options->wal_kib ? options->wal_kib : 4096) * 1024;
    int64_t page_bytes;
    int result = sql_number(sql, &page_bytes, "PRAGMA page_size", SQL_NO_VALUES);
    if (result)
        return error_set(error, result, "%s cannot be opened: the size of its pages is not known", sql->path);
    sqlite3_wal_autocheckpoint(sql->handle, (int)(wal_bytes / page_bytes));
    return 0;
}

/* Once, before the first connection. A savepoint keeps the pages it changes aside: in memory, not in a temporary file,
 * and in memory that the C library does not give back to the system after each of them. */
static void set_up_process(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* statistics that nobody reads cost a lock for each allocation */
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
}

/* A WAL that is left over is believed by its check sums, and so must come from the disk: a commit that the disk refused
 * would be found in it, later ones would be written behind it, and after a power cut all of them would be missing. */
static int settle_wal(struct sql *sql, struct error *error)
{
    char wal[sizeof(sql->path) + 4];
    snprintf(wal, sizeof(wal), "%s-wal", sql->path);
    int result = file_settle(wal);
    return result ? error_set(error, result, "%s cannot be opened: the disk does not write (%s)", sql->path,
                              strerror(-result))
                  : 0;
}

int sql_open(const char *path, const struct sql_options *options, struct sql **ret, struct error *error)
{
    static const struct sql_options defaults = {0};
    if (!options)
        options = &defaults;
    set_up_process();
    CLEANUP(sql_close_p) struct sql *sql = calloc(1, sizeof(*sql));
    if (!sql)
        return error_set(error, -ENOMEM, "out of memory");
    snprintf(sql->path, sizeof(sql->path), "%s", path);
    int result = options->read_only || options->careless ? 0 : settle_wal(sql, error);
    if (result)
        return result;
    int flags = options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int code = sqlite3_open_v2(path, &sql->handle, flags | SQLITE_OPEN_NOMUTEX, options->vfs);
    if (code == SQLITE_OK && !options->read_only && sqlite3_db_readonly(sql->handle, "main") == 1)
        code = SQLITE_READONLY; /* SQLite falls back to reading, and fails later with less to say */
    if (code != SQLITE_OK)
        return open_error(sql, code, error);
    result = set_up(sql, options, error);
    if (result)
        return result;
    *ret = sql;
    sql = NULL;
    return 0;
}

static void give_up_copy(struct sql_copy *copy)
{
    sqlite3_backup_finish(copy->backup);
    copy->backup = NULL;
    copy->from->copy = NULL;
    copy->from = NULL;
}

struct sql *sql_close(struct sql *sql)
{
    if (!sql)
        return NULL;
    for (size_t i = 0; i < STATEMENTS_MAX; i++)
        sqlite3_finalize(sql->cache[i].query.statement);
    if (sql->copy)
        give_up_copy(sql->copy);
    sqlite3_close_v2(sql->handle);
    free(sql);
    return NULL;
}

int sql_script(struct sql *sql, const char *text, struct error *error)
{
    int code = sqlite3_exec(sql->handle, text, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return 0;
    return error_set(error, result_of(code), "the database refused: %s", sqlite3_errmsg(sql->handle));
}

static int apply(struct sql *sql, const struct embedded_file *file, int version, int32_t application_id,
                 struct error *error)
{
    char closing[128];
    snprintf(closing, sizeof(closing), "PRAGMA user_version=%d; PRAGMA application_id=%d; COMMIT;", version,
             application_id);
    int result = sql_script(sql, "BEGIN IMMEDIATE;", error);
    if (!result)
        result = sql_script(sql, file->data, error);
    if (!result)
        result = sql_script(sql, closing, error);
    if (result && sql_in_transaction(sql))
        sql_script(sql, "ROLLBACK;", NULL);
    return result;
}

/* "007.sql" is schema 7. */
static int schema_number(const struct embedded_file *file)
{
    return (int)strtol(file->name, NULL, 10);
}

int sql_migrate(struct sql *sql, const struct embedded_file *files, int32_t application_id, struct error *error)
{
    int64_t version = pragma_number(sql, "PRAGMA user_version");
    int64_t owner = pragma_number(sql, "PRAGMA application_id");
    int64_t tables = pragma_number(sql, "SELECT count(*) FROM sqlite_schema");
    if (owner != application_id && (owner != 0 || tables != 0))
        return error_set(error, -EINVAL, "%s belongs to another program: name the right file", sql->path);
    int last = 0;
    for (const struct embedded_file *file = files; file->name; file++)
        last = schema_number(file) > last ? schema_number(file) : last;
    if (version > last)
        return error_set(error, -EINVAL,
                         "%s was written by a newer version (schema %d, this program knows %d): install that version",
                         sql->path, (int)version, last);
    int code = sqlite3_exec(sql->handle, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return open_error(sql, code, error);
    for (const struct embedded_file *file = files; file->name; file++) { /* in order: the table is sorted by name */
        int number = schema_number(file);
        if (number <= version)
            continue;
        struct error why = {0};
        int result = apply(sql, file, number, application_id, &why);
        if (result)
            return error_set(error, result, "%s could not be brought to schema %d and stays as it was: %s", sql->path,
                             number, why.text);
    }
    return 0;
}

static int check(struct sql *sql, struct sql_value what, struct error *error)
{
    struct sql_query *query = sql_select(sql, "SELECT quick_check FROM pragma_quick_check(?1) LIMIT 1", what);
    char answer[200] = "";
    if (sql_next(query))
        sql_copy_text(query, 0, answer, sizeof(answer));
    if (sql_done(query) == 0 && strcmp(answer, "ok") == 0)
        return 0;
    const char *last_line = strrchr(answer, '\n'); /* the first one only names the database */
    const char *why = last_line ? last_line + 1 : *answer ? answer : sql_message(sql);
    return error_set(error, -EBADMSG, "%s is damaged (%s): keep it aside for inspection and restore the last backup",
                     sql->path, why);
}

int sql_check(struct sql *sql, struct error *error)
{
    return check(sql, sql_int(1), error);
}

int sql_check_table(struct sql *sql, const char *table, struct error *error)
{
    return check(sql, sql_text(table), error);
}

int64_t sql_bytes(struct sql *sql)
{
    return pragma_number(sql, "PRAGMA page_count") * pragma_number(sql, "PRAGMA page_size");
}

/* The slot of this text, with its statement prepared; NULL when preparing failed (damaged file, no memory). */
static struct sql_query *prepare(struct sql *sql, const char *text, int *ret_result)
{
    if (!sql) {
        *ret_result = -EIO;
        return NULL;
    }
    size_t slot = ((uintptr_t)text >> 3) * 0x9E3779B1u % STATEMENTS_MAX;
    size_t probes = 0;
    while (sql->cache[slot].text && sql->cache[slot].text != text && probes++ < STATEMENTS_MAX)
        slot = (slot + 1) % STATEMENTS_MAX;
    struct sql_query *query = &sql->cache[slot].query;
    bool taken = (sql->cache[slot].text && sql->cache[slot].text != text) || query->busy;
    if (taken) { /* in use by an outer loop: a spare one */
        query = calloc(1, sizeof(*query));
        if (!query) {
            *ret_result = -ENOMEM;
            return NULL;
        }
        query->spare = true;
    }
    if (!query->statement) {
        int code =
            sqlite3_prepare_v3(sql->handle, text, -1, taken ? 0 : SQLITE_PREPARE_PERSISTENT, &query->statement, NULL);
        if (code == SQLITE_ERROR)
            sql_misuse(sql, text);
        if (code != SQLITE_OK) {
            if (taken)
                free(query);
            *ret_result = result_of(code);
            return NULL;
        }
        if (!taken)
            sql->cache[slot].text = text;
    }
    query->sql = sql;
    query->busy = true;
    query->result = 0;
    return query;
}

static void bind(struct sql_query *query, const struct sql_value *values)
{
    int index = 1;
    for (; values->type != SQL_END; values++, index++) {
        int code = SQLITE_OK;
        switch (values->type) {
        case SQL_INT:
            code = sqlite3_bind_int64(query->statement, index, values->number);
            break;
        case SQL_TEXT:
            code = sqlite3_bind_text64(query->statement, index, values->bytes, values->length, SQLITE_TRANSIENT,
                                       SQLITE_UTF8);
            break;
        case SQL_BLOB:
            code = sqlite3_bind_blob64(query->statement, index, values->bytes, values->length, SQLITE_TRANSIENT);
            break;
        case SQL_NULL:
        case SQL_END:
            code = sqlite3_bind_null(query->statement, index);
            break;
        }
        if (code == SQLITE_RANGE)
            sql_misuse(query->sql, sqlite3_sql(query->statement));
        if (code != SQLITE_OK)
            query->result = result_of(code);
    }
    if (index - 1 != sqlite3_bind_parameter_count(query->statement))
        sql_misuse(query->sql, sqlite3_sql(query->statement));
}

/* Carries only a result; a few, as loops nest. */
static struct sql_query *failed_query(int result)
{
    static struct sql_query failed[8];
    static size_t next_failed;
    struct sql_query *query = &failed[next_failed++ % 8];
    *query = (struct sql_query){.result = result};
    return query;
}

struct sql_query *sql_select_values(struct sql *sql, const char *text, const struct sql_value *values)
{
    int result = 0;
    struct sql_query *query = prepare(sql, text, &result);
    if (!query)
        return failed_query(result);
    bind(query, values);
    return query;
}

static int enough(void *user)
{
    (void)user;
    return 1;
}

struct sql_query *sql_select_once(struct sql *sql, const char *text, const struct sql_value *values, int steps_max)
{
    if (!sql)
        return failed_query(-EIO);
    struct sql_query *query = calloc(1, sizeof(*query));
    if (!query)
        return failed_query(-ENOMEM);
    int code = sqlite3_prepare_v3(sql->handle, text, -1, 0, &query->statement, NULL);
    if (code == SQLITE_ERROR)
        sql_misuse(sql, text);
    if (code != SQLITE_OK) {
        free(query);
        return failed_query(result_of(code));
    }
    query->sql = sql;
    query->spare = query->busy = query->limited = true;
    sqlite3_progress_handler(sql->handle, steps_max, enough, NULL);
    bind(query, values);
    return query;
}

bool sql_next(struct sql_query *query)
{
    if (query->result || !query->statement)
        return false;
    int code = sqlite3_step(query->statement);
    if (code == SQLITE_ROW)
        return true;
    query->result = result_of(code);
    if (code == SQLITE_MISUSE)
        sql_misuse(query->sql, sqlite3_sql(query->statement));
    return false;
}

int sql_done(struct sql_query *query)
{
    if (!query)
        return 0;
    int result = query->result;
    if (query->limited)
        sqlite3_progress_handler(query->sql->handle, 0, NULL, NULL);
    if (query->spare) {
        sqlite3_finalize(query->statement);
        free(query);
        return result;
    }
    if (query->statement && query->busy) {
        sqlite3_reset(query->statement);
        sqlite3_clear_bindings(query->statement);
    }
    query->busy = false;
    return result;
}

void sql_done_p(struct sql_query **query)
{
    sql_done(*query);
}

int sql_run_values(struct sql *sql, const char *text, const struct sql_value *values)
{
    struct sql_query *query = sql_select_values(sql, text, values);
    while (sql_next(query))
        ; /* a RETURNING clause or a PRAGMA may yield rows that are not wanted */
    return sql_done(query);
}

int sql_number_values(struct sql *sql, int64_t *ret, const char *text, const struct sql_value *values)
{
    struct sql_query *query = sql_select_values(sql, text, values);
    bool found = sql_next(query) && !sql_get_null(query, 0);
    int64_t number = found ? sql_get_int(query, 0) : 0;
    int result = sql_done(query);
    if (result)
        return result;
    if (!found)
        return -ENOENT;
    *ret = number;
    return 0;
}

int64_t sql_get_int(struct sql_query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

const char *sql_get_text(struct sql_query *query, int column)
{
    const char *text = (const char *)sqlite3_column_text(query->statement, column);
    return text ? text : "";
}

const void *sql_get_blob(struct sql_query *query, int column, size_t *ret_length)
{
    const void *bytes = sqlite3_column_blob(query->statement, column);
    *ret_length = (size_t)sqlite3_column_bytes(query->statement, column);
    return bytes;
}

bool sql_get_null(struct sql_query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

void sql_copy_text(struct sql_query *query, int column, char *out, size_t capacity)
{
    text_copy(out, capacity, sql_get_text(query, column));
}

int64_t sql_last_id(struct sql *sql)
{
    return sqlite3_last_insert_rowid(sql->handle);
}

int64_t sql_changes(struct sql *sql)
{
    return sqlite3_changes64(sql->handle);
}

bool sql_in_transaction(struct sql *sql)
{
    return sql && !sqlite3_get_autocommit(sql->handle);
}

int64_t sql_data_version(struct sql *sql)
{
    return pragma_number(sql, "PRAGMA data_version");
}

const char *sql_message(struct sql *sql)
{
    return sql ? sqlite3_errmsg(sql->handle) : "the database was lost";
}

int sql_copy_to(struct sql *sql, const char *path, struct error *error)
{
    int result = sql_run(sql, "VACUUM INTO ?1", sql_text(path));
    if (result)
        return error_set(error, result, "cannot write a copy to %s: %s", path, sql_message(sql));
    return 0;
}

int sql_copy_begin(struct sql *sql, const char *path, struct sql_copy **ret, struct error *error)
{
    if (sql->copy)
        return error_set(error, -EBUSY, "a copy of %s is being made already", sql->path);
    CLEANUP(sql_copy_end_p) struct sql_copy *copy = calloc(1, sizeof(*copy));
    if (!copy)
        return error_set(error, -ENOMEM, "out of memory");
    int result = sql_open(path, &(struct sql_options){.careless = true}, &copy->to, error);
    if (!copy->to) /* and only then has it failed */
        return result;
    copy->backup = sqlite3_backup_init(copy->to->handle, "main", sql->handle, "main");
    if (!copy->backup)
        return error_set(error, result_of(sqlite3_extended_errcode(copy->to->handle)), "cannot write a copy to %s: %s",
                         path, sql_message(copy->to));
    copy->from = sql;
    sql->copy = copy;
    *ret = copy;
    copy = NULL;
    return 0;
}

int sql_copy_step(struct sql_copy *copy, int pages, int *ret_percent, struct error *error)
{
    if (!copy->backup)
        return error_set(error, -EIO, "the copy %s was given up: its database was closed", copy->to->path);
    int code = sqlite3_backup_step(copy->backup, pages);
    int64_t all = sqlite3_backup_pagecount(copy->backup), left = sqlite3_backup_remaining(copy->backup);
    *ret_percent = all > 0 ? (int)((all - left) * 100 / all) : 0;
    if (code == SQLITE_DONE)
        return 0;
    if (code == SQLITE_OK)
        return 1;
    return error_set(error, result_of(code), "cannot write the copy %s: %s", copy->to->path, sqlite3_errstr(code));
}

struct sql_copy *sql_copy_end(struct sql_copy *copy)
{
    if (!copy)
        return NULL;
    if (copy->from)
        give_up_copy(copy);
    sql_close(copy->to);
    free(copy);
    return NULL;
}
