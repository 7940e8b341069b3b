#include "base/sql_wal.h"

#include "base/log.h"
#include "base/sql_engine.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

/* While one is at work others commit, and SQLite begins the WAL from its start only when all of it has been worked in.
 * So it is followed a few times; then, on a floor that never pauses, what is left is worked in by the loop: little. */
#define PASSES_MAX 4
#define TOO_LONG   4 /* times its limit: a loop that never pauses leaves the thread nothing, and waits for it */

struct sql_wal {
    struct beside_job job;
    struct beside *beside;
    const char *name;
    sqlite3 *loop, *own;
    int limit, pages; /* of the WAL: from which on it is worked in; how long it is */
    int worked, code; /* the thread's, while it has the job: how many pages are worked in; how it ended */
    int passes;
    bool out, fails;
};

static void work(struct beside_job *job)
{
    struct sql_wal *wal = (struct sql_wal *)job;
    wal->code = sqlite3_wal_checkpoint_v2(wal->own, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, &wal->worked);
}

static void give(struct sql_wal *wal)
{
    wal->out = true;
    beside_give(wal->beside, &wal->job);
}

static void say(struct sql_wal *wal)
{
    bool fails = wal->code != SQLITE_OK && wal->code != SQLITE_BUSY;
    if (fails && !wal->fails)
        log_error("%s: its WAL cannot be worked in (%s) and grows: look at the disk", wal->name,
                  sqlite3_errstr(wal->code));
    wal->fails = fails;
}

static void done(struct beside_job *job, bool worked)
{
    struct sql_wal *wal = (struct sql_wal *)job;
    wal->out = false;
    if (!worked)
        return;
    say(wal);
    if (wal->code != SQLITE_OK || wal->pages <= wal->worked)
        return; /* the next commit tries again, or begins the WAL from its start */
    if (++wal->passes < PASSES_MAX)
        give(wal);
    else
        sqlite3_wal_checkpoint_v2(wal->loop, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static int on_commit(void *user, sqlite3 *handle, const char *database, int pages)
{
    (void)handle;
    (void)database;
    struct sql_wal *wal = user;
    wal->pages = pages;
    if (pages >= wal->limit && !wal->out) {
        wal->passes = 0;
        give(wal);
    }
    if (pages / TOO_LONG >= wal->limit)
        beside_wait(wal->beside);
    return SQLITE_OK;
}

/* By the same VFS, which keeps the index of the WAL that both share. */
static int open_own(struct sql_wal *wal, struct error *error)
{
    sqlite3_vfs *vfs = NULL;
    int code = sqlite3_file_control(wal->loop, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
    if (code == SQLITE_OK)
        code = sqlite3_open_v2(wal->name, &wal->own, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs->zName);
    if (code == SQLITE_OK)
        code = sqlite3_exec(wal->own, "PRAGMA mmap_size=0; PRAGMA cache_size=-64; SELECT count(*) FROM sqlite_schema;",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return 0;
    return error_set(error, -EACCES, "%s cannot be opened a second time: %s", wal->name, sqlite3_errstr(code));
}

int sql_wal_open(struct sql *sql, sd_event *event, struct sql_wal **ret, struct error *error)
{
    int64_t limit = 0;
    *ret = NULL;
    if (!sql_sqlite_handle(sql))
        return 0;
    struct sql_wal *wal = calloc(1, sizeof(*wal));
    if (!wal)
        return error_set(error, -ENOMEM, "out of memory");
    *wal = (struct sql_wal){.job = {.work = work, .done = done}, .name = sql_name(sql), .loop = sql_sqlite_handle(sql)};
    int result = open_own(wal, error);
    if (!result)
        result = beside_new(event, &wal->beside, error);
    if (!result)
        result = sql_number(sql, &limit, "PRAGMA wal_autocheckpoint", SQL_NO_VALUES);
    if (result) {
        sql_wal_close(wal);
        return result;
    }
    wal->limit = (int)limit;
    sqlite3_wal_hook(wal->loop, on_commit, wal);
    *ret = wal;
    return 0;
}

struct sql_wal *sql_wal_close(struct sql_wal *wal)
{
    if (!wal)
        return NULL;
    beside_free(wal->beside);
    if (wal->limit)
        sqlite3_wal_autocheckpoint(wal->loop, wal->limit);
    sqlite3_close(wal->own);
    free(wal);
    return NULL;
}
