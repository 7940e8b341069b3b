#include "sync/head-office/api/http_import.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/own_command.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STOPPED "head office was stopped meanwhile, and nothing of it was taken: bring it once more"

struct http_import {
    sd_event *event;
    const char *database;
    struct office *office;
    http_import_end *end;
    void *user;
    /* the program, and what it says */
    struct own_command *running;    /* NULL: nothing is taken in */
    struct buf answer, differences; /* the last: objects with commas between */
    int fault;
    struct error why;
    /* whom it is for */
    uint64_t number;
    int64_t row; /* of the table import; 0: only tried */
};

/* ---------------------------------------------------------------- the list of imports */

static int add_row(struct http_import *import, const struct http_import_file *file, struct error *error)
{
    struct sql *sql = import->office->sql;
    import->row = 0;
    if (file->try_only)
        return 0;
    int result = sql_number(
        sql, &import->row,
        "INSERT INTO import (kind, file, hash, rows, changed, time_us, site, state, who) VALUES (?1, ?2, '', ?3, 0, ?4,"
        " ?5, 'running', ?6) RETURNING number",
        sql_text(file->kind->name), sql_text(file->name),
        sql_int(import_count(buf_text(file->bytes), file->bytes->length)), sql_int(clock_wall_us()),
        sql_text(file->site), sql_text(file->who));
    return result ? office_failed(sql, result, error) : 0;
}

/* What the program itself has written stands. */
static void end_row(struct http_import *import)
{
    struct sql *sql = import->office->sql;
    sql_run(sql, "DELETE FROM import_live", SQL_NO_VALUES);
    if (import->row == 0)
        return;
    int result = sql_run(sql, "UPDATE import SET state = 'refused', said = ?2 WHERE number = ?1 AND state = 'running'",
                         sql_int(import->row), sql_text(import->why.text));
    if (result)
        log_warning("what became of import %" PRId64 " cannot be written down: %s", import->row, sql_message(sql));
}

/* In a temporary table: nobody can write into another one meanwhile. */
static void note_progress(struct http_import *import, int64_t done)
{
    if (import->row > 0)
        sql_run(import->office->sql,
                "INSERT INTO import_live (import, done) VALUES (?1, ?2) ON CONFLICT (import) DO UPDATE SET done ="
                " excluded.done",
                sql_int(import->row), sql_int(done));
}

/* ---------------------------------------------------------------- what the program says */

static void take_difference(struct http_import *import, const char *text, size_t length)
{
    if (import->differences.length > 0)
        buf_putc(&import->differences, ',');
    buf_put(&import->differences, text, length);
}

static void take_line(void *user, const char *text, size_t length)
{
    struct http_import *import = user;
    json_t *said = json_loadb(text, length, 0, NULL);
    const json_t *done = json_object_get(said, "done"), *fault = json_object_get(said, "fault");
    if (done) {
        note_progress(import, json_integer_value(done));
    } else if (fault) {
        const char *sentence = json_string_value(json_object_get(said, "sentence"));
        import->fault = (int)json_integer_value(fault);
        text_copy(import->why.text, sizeof(import->why.text), sentence ? sentence : "");
    } else if (json_object_get(said, "is")) {
        take_difference(import, text, length);
    } else if (said) {
        buf_clear(&import->answer);
        buf_put(&import->answer, text, length);
    }
    json_decref(said);
}

static void forget(struct http_import *import)
{
    import->running = own_command_close(import->running);
    buf_done(&import->answer);
    buf_done(&import->differences);
    import->answer = import->differences = (struct buf){0};
}

/* Behind the last member of the answer, an object. */
static void add_differences(const struct http_import *import, struct buf *answer)
{
    if (answer->length == 0 || import->differences.length == 0)
        return;
    struct buf whole = {0};
    buf_printf(&whole, "%.*s,\"differences\":[%s]}", (int)answer->length - 1, buf_text(answer),
               buf_text(&import->differences));
    if (whole.failed) { /* they are too long: the sums do without */
        buf_done(&whole);
        return;
    }
    buf_done(answer);
    *answer = whole;
}

static void finish(void *user, bool failed)
{
    struct http_import *import = user;
    if (failed && import->fault == 0)
        import->fault = error_set(&import->why, -EIO, "the program that takes files in has failed: see its log");
    struct buf answer = import->answer;
    import->answer = (struct buf){0};
    add_differences(import, &answer);
    forget(import);
    end_row(import);
    import->end(import->user, import->number, import->fault, &import->why, buf_text(&answer));
    buf_done(&answer);
}

static const struct own_command_ops ops = {take_line, finish};

/* ---------------------------------------------------------------- starting it */

/* A file without a name, read from its beginning. */
static int hold(const struct buf *bytes)
{
    int fd = memfd_create("import", MFD_CLOEXEC);
    for (size_t at = 0; fd >= 0 && at < bytes->length;) {
        ssize_t written = write(fd, bytes->data + at, bytes->length - at);
        if (written < 0 && errno != EINTR) {
            int code = -errno;
            close(fd);
            return code;
        }
        at += written > 0 ? (size_t)written : 0;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd >= 0 ? fd : -errno;
}

static int run(struct http_import *import, const struct http_import_file *file)
{
    char row[24];
    const char *words[OWN_COMMAND_WORDS] = {"import",     file->kind->name, "/dev/stdin", "--progress", "--for-program",
                                            "--database", import->database, "--name",     file->name,   "--row",
                                            row};
    size_t count = 11;
    snprintf(row, sizeof(row), "%" PRId64, import->row);
    if (*file->site) {
        words[count++] = "--site";
        words[count++] = file->site;
    }
    if (file->try_only)
        words[count++] = "--try";
    int in = hold(file->bytes);
    if (in < 0)
        return in;
    int result = own_command_start(import->event, words, in, &ops, import, &import->running);
    close(in);
    return result;
}

bool http_import_runs(const struct http_import *import)
{
    return import->running != NULL;
}

int http_import_start(struct http_import *import, const struct http_import_file *file, struct error *error)
{
    if (http_import_runs(import))
        return error_set(error, -EBUSY, "another file is being taken in: try again when it is");
    int result = add_row(import, file, error);
    if (result)
        return result;
    import->number = file->number;
    import->fault = 0;
    import->why.text[0] = '\0';
    result = run(import, file);
    if (!result)
        return 0;
    error_set(&import->why, result, "the program that takes files in cannot be started: %s", strerror(-result));
    end_row(import);
    *error = import->why;
    return result;
}

/* ---------------------------------------------------------------- opening and closing */

/* What a head office that was stopped had begun. */
static int tidy(struct office *office)
{
    int result = sql_run(
        office->sql, "CREATE TEMP TABLE IF NOT EXISTS import_live (import INTEGER PRIMARY KEY, done INTEGER NOT NULL)",
        SQL_NO_VALUES);
    return result ? result
                  : sql_run(office->sql, "UPDATE import SET state = 'broken', said = ?1 WHERE state = 'running'",
                            sql_text(STOPPED));
}

int http_import_open(sd_event *event, const char *database, struct office *office, http_import_end *end, void *user,
                     struct http_import **ret, struct error *error)
{
    int result = tidy(office);
    if (result)
        return office_failed(office->sql, result, error);
    struct http_import *import = calloc(1, sizeof(*import));
    if (!import)
        return error_set(error, -ENOMEM, "out of memory");
    *import = (struct http_import){.event = event, .database = database, .office = office, .end = end, .user = user};
    *ret = import;
    return 0;
}

struct http_import *http_import_close(struct http_import *import)
{
    if (!import)
        return NULL;
    if (http_import_runs(import)) {
        error_set(&import->why, -ECANCELED, "%s", STOPPED);
        forget(import);
        end_row(import);
    }
    free(import);
    return NULL;
}
