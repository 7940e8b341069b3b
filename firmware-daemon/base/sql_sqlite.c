#include "base/file.h"
#include "base/list.h"
#include "base/sql_engine.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sqlite {
    struct sql sql;
    sqlite3 *handle;
    struct list copies; /* struct sql_copy, by .link: being taken from it */
    sql_changed_fn *changed;
    void *user; /* its */
};

struct sql_copy {
    struct list link;
    struct sqlite *from; /* NULL: it was closed */
    struct sql *to;
    sqlite3_backup *backup;
};

static const struct sql_engine engine;

/* What only SQLite can do is asked of no other database. */
static struct sqlite *sqlite_of(struct sql *sql)
{
    if (sql->engine != &engine)
        abort();
    return (struct sqlite *)(void *)sql;
}

static sqlite3 *handle_of(struct sql *sql)
{
    return ((struct sqlite *)(void *)sql)->handle;
}

struct sqlite3 *sql_sqlite_handle(struct sql *sql)
{
    return sql->engine == &engine ? handle_of(sql) : NULL;
}

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

static int open_error(struct sql *sql, int code, struct error *error)
{
    const char *path = sql->name;
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
        return error_set(error, result_of(code), "%s cannot be opened: %s", path, sqlite3_errmsg(handle_of(sql)));
    }
}

static int set_up(struct sql *sql, const struct sql_options *options, struct error *error)
{
    sqlite3 *handle = handle_of(sql);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, (int)options->busy_ms);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    int64_t wal_bytes = (options->wal_kib ? options->wal_kib : 4096) * 1024;
    char pragmas[512];
    /* locking_mode before the first access to the WAL keeps the wal-index in memory (SQLite documentation, "WAL-mode",
     * section 8). journal_mode=WAL would write into the file, which may be another program's: sql_migrate() does it.
     * mmap_size=0: a mapped file turns a passing fault into damage. secure_delete=FAST: what is deleted is overwritten
     * where its page is written anyway, and costs no page of its own. */
    snprintf(pragmas, sizeof(pragmas),
             "PRAGMA locking_mode=%s; PRAGMA page_size=%" PRId64 "; PRAGMA mmap_size=0; PRAGMA synchronous=%s;"
             "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA secure_delete=FAST;"
             "PRAGMA cache_size=-%" PRId64 "; PRAGMA journal_size_limit=%" PRId64
             "; SELECT count(*) FROM sqlite_schema;",
             options->exclusive ? "EXCLUSIVE" : "NORMAL", options->page_bytes ? options->page_bytes : 4096,
             options->careless ? "OFF" : "FULL", options->cache_kib ? options->cache_kib : 2048, wal_bytes);
    int code = sqlite3_exec(handle, pragmas, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return open_error(sql, code, error);
    int64_t page_bytes;
    int result = sql_number(sql, &page_bytes, "PRAGMA page_size", SQL_NO_VALUES);
    if (result)
        return error_set(error, result, "%s cannot be opened: the size of its pages is not known", sql->name);
    sqlite3_wal_autocheckpoint(handle, (int)(wal_bytes / page_bytes));
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
    char wal[sizeof(sql->name) + 4];
    snprintf(wal, sizeof(wal), "%s-wal", sql->name);
    int result = file_settle(wal);
    return result ? error_set(error, result, "%s cannot be opened: the disk does not write (%s)", sql->name,
                              strerror(-result))
                  : 0;
}

int sql_open(const char *path, const struct sql_options *options, struct sql **ret, struct error *error)
{
    static const struct sql_options defaults = {0};
    if (!options)
        options = &defaults;
    set_up_process();
    struct sqlite *sqlite = calloc(1, sizeof(*sqlite));
    if (!sqlite)
        return error_set(error, -ENOMEM, "out of memory");
    CLEANUP(sql_close_p) struct sql *sql = &sqlite->sql;
    sql->engine = &engine;
    list_init(&sqlite->copies);
    snprintf(sql->name, sizeof(sql->name), "%s", path);
    int flags = options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const char *vfs = options->own_process ? "unix-excl" : options->vfs;
    int code = sqlite3_open_v2(path, &sqlite->handle, flags | SQLITE_OPEN_NOMUTEX, vfs);
    if (code == SQLITE_OK && !options->read_only && sqlite3_db_readonly(sqlite->handle, "main") == 1)
        code = SQLITE_READONLY; /* SQLite falls back to reading, and fails later with less to say */
    if (code != SQLITE_OK)
        return open_error(sql, code, error);
    int result = options->read_only || options->careless ? 0 : settle_wal(sql, error);
    if (!result)
        result = set_up(sql, options, error);
    if (result)
        return result;
    *ret = sql;
    sql = NULL;
    return 0;
}

/* ---------------------------------------------------------------- what is written */

static void on_write(void *user, int what, const char *database, const char *table, sqlite3_int64 row)
{
    (void)what;
    (void)row;
    const struct sqlite *sqlite = user;
    if (strcmp(database, "main") == 0)
        sqlite->changed(sqlite->user, table);
}

void sql_watch(struct sql *sql, sql_changed_fn *changed, void *user)
{
    if (!sql)
        return;
    struct sqlite *sqlite = sqlite_of(sql);
    if (changed || sqlite->changed)
        sqlite3_update_hook(sqlite->handle, changed ? on_write : NULL, sqlite);
    sqlite->changed = changed;
    sqlite->user = user;
}

static void give_up_copy(struct sql_copy *copy)
{
    sqlite3_backup_finish(copy->backup);
    copy->backup = NULL;
    list_remove(&copy->link);
    copy->from = NULL;
}

static void engine_close(struct sql *sql)
{
    struct sqlite *sqlite = sqlite_of(sql);
    struct sql_copy *copy;
    LIST_EACH(copy, &sqlite->copies, struct sql_copy, link)
    give_up_copy(copy);
    sqlite3_close_v2(sqlite->handle);
    free(sqlite);
}

/* ---------------------------------------------------------------- the schema */

/* Only scripts may write into the schema's own table, and they are ours. */
static int engine_script(struct sql *sql, const char *text, struct error *error)
{
    sqlite3 *handle = handle_of(sql);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    int code = sqlite3_exec(handle, text, NULL, NULL, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (code == SQLITE_OK)
        return 0;
    return error_set(error, result_of(code), "the database refused: %s", sqlite3_errmsg(handle_of(sql)));
}

static int64_t pragma_number(struct sql *sql, const char *text)
{
    int64_t number = 0;
    sql_number(sql, &number, text, SQL_NO_VALUES);
    return number;
}

static int engine_read_mark(struct sql *sql, struct sql_mark *ret)
{
    *ret = (struct sql_mark){.application = pragma_number(sql, "PRAGMA application_id"),
                             .version = pragma_number(sql, "PRAGMA user_version"),
                             .empty = pragma_number(sql, "SELECT count(*) FROM sqlite_schema") == 0};
    return 0;
}

static int engine_write_mark(struct sql *sql, const struct sql_mark *mark, struct error *error)
{
    char pragmas[128];
    snprintf(pragmas, sizeof(pragmas), "PRAGMA user_version=%" PRId64 "; PRAGMA application_id=%" PRId64 ";",
             mark->version, mark->application);
    return engine_script(sql, pragmas, error);
}

static int engine_settle(struct sql *sql, struct error *error)
{
    int code = sqlite3_exec(handle_of(sql), "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : open_error(sql, code, error);
}

/* An older program that is put in place of this one looks at the head of the file, not into the WAL. */
static int engine_publish(struct sql *sql, struct error *error)
{
    return engine_script(sql, "PRAGMA wal_checkpoint(TRUNCATE)", error);
}

/* ---------------------------------------------------------------- looking for damage */

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
                     sql->name, why);
}

int sql_check(struct sql *sql, struct error *error)
{
    return check(sql, sql_int(1), error);
}

int sql_check_table(struct sql *sql, const char *table, struct error *error)
{
    return check(sql, sql_text(table), error);
}

static int64_t engine_bytes(struct sql *sql)
{
    return pragma_number(sql, "PRAGMA page_count") * pragma_number(sql, "PRAGMA page_size");
}

static int engine_overwrite(struct sql *sql, bool everywhere)
{
    return sql_script(sql, everywhere ? "PRAGMA secure_delete = ON" : "PRAGMA secure_delete = FAST", NULL);
}

/* ---------------------------------------------------------------- statements */

static int engine_prepare(struct sql *sql, struct sql_query *query, const char *text, bool keep)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v3(handle_of(sql), text, -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, &statement, NULL);
    if (code == SQLITE_ERROR)
        sql_misuse(sql, text);
    query->statement = statement;
    return result_of(code);
}

static int engine_start(struct sql_query *query, const struct sql_value *values)
{
    sqlite3_stmt *statement = query->statement;
    int index = 1, result = 0;
    for (; values->type != SQL_END; values++, index++) {
        int code = SQLITE_OK;
        switch (values->type) {
        case SQL_INT:
            code = sqlite3_bind_int64(statement, index, values->number);
            break;
        case SQL_TEXT:
        case SQL_SECRET: /* sql.c has sealed them by now */
        case SQL_MASKED:
            code = sqlite3_bind_text64(statement, index, values->bytes, values->length, SQLITE_TRANSIENT, SQLITE_UTF8);
            break;
        case SQL_BLOB:
            code = sqlite3_bind_blob64(statement, index, values->bytes, values->length, SQLITE_TRANSIENT);
            break;
        case SQL_NULL:
        case SQL_END:
            code = sqlite3_bind_null(statement, index);
            break;
        }
        if (code == SQLITE_RANGE)
            sql_misuse(query->sql, sqlite3_sql(statement));
        if (code != SQLITE_OK)
            result = result_of(code);
    }
    if (index - 1 != sqlite3_bind_parameter_count(statement))
        sql_misuse(query->sql, sqlite3_sql(statement));
    return result;
}

static int engine_step(struct sql_query *query)
{
    int code = sqlite3_step(query->statement);
    if (code == SQLITE_MISUSE)
        sql_misuse(query->sql, sqlite3_sql(query->statement));
    return code == SQLITE_ROW ? 1 : result_of(code);
}

static void engine_reset(struct sql_query *query)
{
    sqlite3_reset(query->statement);
    sqlite3_clear_bindings(query->statement);
}

static void engine_finish(struct sql_query *query)
{
    if (query->limited)
        sqlite3_progress_handler(handle_of(query->sql), 0, NULL, NULL);
    sqlite3_finalize(query->statement);
    query->statement = NULL;
}

static int enough(void *user)
{
    (void)user;
    return 1;
}

static int engine_start_limited(struct sql_query *query, const struct sql_value *values, int steps_max)
{
    sqlite3_progress_handler(handle_of(query->sql), steps_max, enough, NULL);
    return engine_start(query, values);
}

static int64_t engine_get_int(struct sql_query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

static const char *engine_get_text(struct sql_query *query, int column)
{
    return (const char *)sqlite3_column_text(query->statement, column);
}

static const void *engine_get_blob(struct sql_query *query, int column, size_t *ret_length)
{
    const void *bytes = sqlite3_column_blob(query->statement, column);
    *ret_length = (size_t)sqlite3_column_bytes(query->statement, column);
    return bytes;
}

static bool engine_get_null(struct sql_query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

static int64_t engine_last_id(struct sql *sql)
{
    return sqlite3_last_insert_rowid(handle_of(sql));
}

static int64_t engine_changes(struct sql *sql)
{
    return sqlite3_changes64(handle_of(sql));
}

static bool engine_in_transaction(struct sql *sql)
{
    return !sqlite3_get_autocommit(handle_of(sql));
}

static int64_t engine_data_version(struct sql *sql)
{
    return pragma_number(sql, "PRAGMA data_version");
}

/* Both only grow. */
static int64_t engine_written(struct sql *sql)
{
    return engine_data_version(sql) + sqlite3_total_changes64(handle_of(sql));
}

static const char *engine_message(struct sql *sql)
{
    return sqlite3_errmsg(handle_of(sql));
}

static const struct sql_engine engine = {
    .close = engine_close,
    .prepare = engine_prepare,
    .start = engine_start,
    .start_limited = engine_start_limited,
    .step = engine_step,
    .reset = engine_reset,
    .finish = engine_finish,
    .get_int = engine_get_int,
    .get_text = engine_get_text,
    .get_blob = engine_get_blob,
    .get_null = engine_get_null,
    .script = engine_script,
    .read_mark = engine_read_mark,
    .write_mark = engine_write_mark,
    .settle = engine_settle,
    .publish = engine_publish,
    .overwrite = engine_overwrite,
    .last_id = engine_last_id,
    .changes = engine_changes,
    .written = engine_written,
    .in_transaction = engine_in_transaction,
    .data_version = engine_data_version,
    .bytes = engine_bytes,
    .message = engine_message,
};

/* ---------------------------------------------------------------- copies */

int sql_copy_to(struct sql *sql, const char *path, struct error *error)
{
    int result = sql_run(sql, "VACUUM INTO ?1", sql_text(path));
    if (result)
        return error_set(error, result, "cannot write a copy to %s: %s", path, sql_message(sql));
    return 0;
}

int sql_copy_begin(struct sql *sql, const char *path, struct sql_copy **ret, struct error *error)
{
    struct sqlite *from = sqlite_of(sql);
    CLEANUP(sql_copy_end_p) struct sql_copy *copy = calloc(1, sizeof(*copy));
    if (!copy)
        return error_set(error, -ENOMEM, "out of memory");
    int result = sql_open(path, &(struct sql_options){.careless = true}, &copy->to, error);
    if (!copy->to) /* and only then has it failed */
        return result;
    copy->backup = sqlite3_backup_init(handle_of(copy->to), "main", from->handle, "main");
    if (!copy->backup)
        return error_set(error, result_of(sqlite3_extended_errcode(handle_of(copy->to))),
                         "cannot write a copy to %s: %s", path, sql_message(copy->to));
    copy->from = from;
    list_append(&from->copies, &copy->link);
    *ret = copy;
    copy = NULL;
    return 0;
}

int sql_copy_step(struct sql_copy *copy, int pages, int *ret_percent, struct error *error)
{
    if (!copy->backup)
        return error_set(error, -EIO, "the copy %s was given up: its database was closed", copy->to->name);
    int code = sqlite3_backup_step(copy->backup, pages);
    int64_t all = sqlite3_backup_pagecount(copy->backup), left = sqlite3_backup_remaining(copy->backup);
    *ret_percent = all > 0 ? (int)((all - left) * 100 / all) : 0;
    if (code == SQLITE_DONE)
        return 0;
    if (code == SQLITE_OK)
        return 1;
    return error_set(error, result_of(code), "cannot write the copy %s: %s", copy->to->name, sqlite3_errstr(code));
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

void sql_remove(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < COUNT(ends); i++) {
        CLEANUP_BUF struct buf name = {0};
        buf_printf(&name, "%s%s", path, ends[i]);
        if (!name.failed)
            unlink(name.data);
    }
}
