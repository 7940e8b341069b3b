#include "contestants.h"

#include <sqlite3.h>

enum { BEGIN, STREAM, COMMIT, FRAMES };

struct bare {
    sqlite3 *handle;
    sqlite3_stmt *frames[FRAMES];
    sqlite3_stmt *statements[STATEMENTS_MAX];
    int64_t turn;
};

static sqlite3_stmt *prepare(struct bare *bare, const char *text)
{
    sqlite3_stmt *statement;
    must(sqlite3_prepare_v3(bare->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), text);
    return statement;
}

/* With the settings of the site's own connection. */
struct bare *bare_open(const char *path, const struct work *work)
{
    static const char *const frames[FRAMES] = {
        [BEGIN] = "BEGIN IMMEDIATE",
        [STREAM] = ("UPDATE stream SET last_seq = last_seq + ?1, last_wall_ms = last_wall_ms + 1, turn = turn + 1, "
                    "last_hash = zeroblob(32)"),
        [COMMIT] = "COMMIT",
    };
    struct bare *bare = calloc(1, sizeof(*bare));
    must(bare ? 0 : -1, "out of memory");
    must(sqlite3_open(path, &bare->handle), path);
    must(sqlite3_exec(bare->handle,
                      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA "
                      "foreign_keys=ON; PRAGMA cache_size=-4096; PRAGMA wal_autocheckpoint=8192; PRAGMA "
                      "journal_size_limit=8388608",
                      NULL, NULL, NULL),
         "pragmas");
    for (int i = 0; i < FRAMES; i++)
        bare->frames[i] = prepare(bare, frames[i]);
    for (size_t i = 0; i < work->statement_count; i++)
        bare->statements[i] = prepare(bare, work->statements[i]);
    return bare;
}

static void step(struct bare *bare, sqlite3_stmt *statement)
{
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        ; /* RETURNING */
    must(code == SQLITE_DONE ? 0 : -1, sqlite3_errmsg(bare->handle));
    sqlite3_reset(statement);
}

static void do_writes(struct bare *bare, const struct work *work, const struct bench_scan *scan)
{
    for (size_t i = 0; i < scan->writes; i++) {
        const struct written *write = &work->writes[scan->first_write + i];
        sqlite3_stmt *statement = bare->statements[write->statement];
        for (size_t v = 0; v < write->values; v++) {
            const struct bound *bound = &work->values[write->first_value + v];
            int at = (int)v + 1;
            if (bound->is_blob)
                sqlite3_bind_blob(statement, at, bound->text, (int)bound->length, SQLITE_STATIC);
            else if (bound->text)
                sqlite3_bind_text(statement, at, bound->text, (int)bound->length, SQLITE_STATIC);
            else if (bound->is_number)
                sqlite3_bind_int64(statement, at, bound->number);
            else
                sqlite3_bind_null(statement, at);
        }
        step(bare, statement);
    }
}

void bare_run(struct bare *bare, const struct work *work, struct range range, struct tally *tally)
{
    struct stopwatch watch = stopwatch_start();
    for (size_t done = 0; done < range.count; done += range.per_commit) {
        step(bare, bare->frames[BEGIN]);
        for (size_t i = 0; i < range.per_commit; i++)
            do_writes(bare, work, &work->scans[range.first + done + i]);
        sqlite3_bind_int64(bare->frames[STREAM], 1, (int64_t)range.per_commit);
        step(bare, bare->frames[STREAM]);
        step(bare, bare->frames[COMMIT]);
        disk_meter_commit();
        stopwatch_lap(&watch, range.per_commit, tally);
    }
}

void bare_close(struct bare *bare)
{
    for (int i = 0; i < FRAMES; i++)
        sqlite3_finalize(bare->frames[i]);
    for (int i = 0; i < STATEMENTS_MAX; i++)
        sqlite3_finalize(bare->statements[i]);
    sqlite3_close(bare->handle);
    free(bare);
}
