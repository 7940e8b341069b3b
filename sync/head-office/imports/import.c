#include "sync/head-office/imports/import.h"

#include "base/json.h"

#include "sync/head-office/imports/import_report.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/staff/trail.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stddef.h>
#include <string.h>

#define HASH_SIZE 32
#define ROW_MAX   8192 /* the largest row struct */

#define PROGRESS_ROWS 100

_Static_assert(sizeof(struct order_row) <= ROW_MAX, "the largest row must fit");

struct importing {
    struct office *office;
    const struct import_kind *kind;
    const struct import_options *options;
    int64_t changed, taken, total;
};

/* Remembers the keys of the file: a second row about the same thing would silently win. */
static int remember_key(struct importing *importing, const char *key, int64_t line, const char **ret_column,
                        struct error *error)
{
    struct sql *sql = importing->office->sql;
    int result = sql_run(sql, "INSERT INTO imported_key (key, line) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                         sql_text(key), sql_int(line));
    if (!result && sql_changes(sql) == 1)
        return 0;
    int64_t first;
    if (!result)
        result = sql_number(sql, &first, "SELECT line FROM imported_key WHERE key = ?1", sql_text(key));
    if (result)
        return office_failed(sql, result, error);
    *ret_column = importing->kind->columns[0].name;
    return error_set(error, -EEXIST, "\"%s\" stands in line %" PRId64 " already: keep one of the two", key, first);
}

/* The columns that name a row, as one text. */
static void write_key(const struct import_kind *kind, const char *row, struct buf *key)
{
    for (int i = 0; i < kind->keys; i++)
        buf_printf(key, "%s%s", i > 0 ? " " : "", row + kind->columns[i].offset);
}

int64_t import_count(const char *text, size_t length)
{
    int64_t lines = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        quoted ^= text[i] == '"';
        lines += text[i] == '\n' && !quoted;
    }
    lines += length > 0 && text[length - 1] != '\n';
    return lines > 0 ? lines - 1 : 0;
}

static int take_row(void *user, void *row, int64_t line, const char **ret_column, struct error *error)
{
    struct importing *importing = user;
    const struct import_kind *kind = importing->kind;
    const struct import_options *options = importing->options;
    if (options->progress && importing->taken++ % PROGRESS_ROWS == 0)
        options->progress(options->user, importing->taken, importing->total);
    if (!kind->put)
        return orders_stage_row(importing->office, row, line, ret_column, error);
    CLEANUP_BUF struct buf key = {0};
    write_key(kind, row, &key);
    int result = kind->keys > 0 ? remember_key(importing, buf_text(&key), line, ret_column, error) : 0;
    if (result)
        return result;
    return kind->put(importing->office, importing->options->site, row, &importing->changed, ret_column, error);
}

static int note_import(struct importing *importing, const char *path, const char *text, size_t length,
                       const struct import_result *outcome)
{
    unsigned char hash[HASH_SIZE];
    char hex[2 * HASH_SIZE + 1];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)text, length, NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    const char *slash = strrchr(path, '/'), *site = importing->options->site;
    if (importing->options->row > 0)
        return sql_run(importing->office->sql,
                       "UPDATE import SET hash = ?2, rows = ?3, changed = ?4, new_rows = ?5, content_hash = ?6,"
                       " content_rows = ?7, state = 'done', said = '' WHERE number = ?1",
                       sql_int(importing->options->row), sql_text(hex), sql_int(outcome->rows),
                       sql_int(outcome->changed), sql_int(outcome->new_rows), sql_text(outcome->content_hash),
                       sql_int(outcome->content_rows));
    return sql_run(importing->office->sql,
                   "INSERT INTO import (kind, file, hash, rows, changed, time_us, site, new_rows, content_hash,"
                   " content_rows) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                   sql_text(importing->kind->name), sql_text(slash ? slash + 1 : path), sql_text(hex),
                   sql_int(outcome->rows), sql_int(outcome->changed), sql_int(importing->office->now_us),
                   sql_text(site ? site : ""), sql_int(outcome->new_rows), sql_text(outcome->content_hash),
                   sql_int(outcome->content_rows));
}

/* By whom it was brought: somebody over HTTP, or a command. */
static int leave_trail(struct importing *importing, const struct import_result *outcome, struct error *error)
{
    char what[80], who[129] = "command line";
    CLEANUP_BUF struct buf about = {0};
    struct sql_query *row = sql_select(importing->office->sql, "SELECT who FROM import WHERE number = ?1 AND who <> ''",
                                       sql_int(importing->options->row));
    if (sql_next(row))
        sql_copy_text(row, 0, who, sizeof(who));
    int result = sql_done(row);
    if (result)
        return office_failed(importing->office->sql, result, error);
    json_open_object(&about, NULL);
    if (importing->options->site)
        json_text(&about, "site", importing->options->site);
    json_int(&about, "rows", outcome->rows);
    json_int(&about, "changed", outcome->changed);
    json_close_object(&about);
    snprintf(what, sizeof(what), "import.%s", importing->kind->name);
    return trail_add(importing->office, who, what, buf_text(&about), error);
}

static int import_rows(struct importing *importing, const char *path, const char *text, size_t length,
                       struct import_result *outcome, struct error *error)
{
    _Alignas(max_align_t) char row[ROW_MAX];
    const struct import_kind *kind = importing->kind;
    struct office *office = importing->office;
    int result = kind->put ? sql_script(office->sql,
                                        "CREATE TEMP TABLE IF NOT EXISTS imported_key (key TEXT PRIMARY KEY,"
                                        " line INTEGER NOT NULL) STRICT; DELETE FROM imported_key;",
                                        error)
                           : orders_stage_open(office, error);
    if (result)
        return result;
    struct table table = {.columns = kind->columns,
                          .row = row,
                          .row_size = kind->row_size,
                          .take = take_row,
                          .user = importing,
                          .map = importing->options->map};
    result = table_read(&table, path, text, length, &outcome->rows, error);
    if (!result && !kind->put) {
        struct error why = {0};
        result = orders_stage_take(office, &importing->changed, &why);
        if (result)
            return error_set(error, result, "%s, %s", path, why.text);
    }
    if (result)
        return result;
    if (kind->finish)
        result = kind->finish(office, importing->options->site, error);
    outcome->changed = importing->changed;
    return result;
}

static int import_whole(struct importing *importing, const char *path, const char *text, size_t length,
                        struct import_result *outcome, struct error *error)
{
    const struct import_options *options = importing->options;
    bool report = options->report || options->try_only;
    int result = report ? import_report_open(importing->office, importing->kind, options->site, error) : 0;
    if (!result)
        result = import_rows(importing, path, text, length, outcome, error);
    if (!result && report)
        result = import_report_close(importing->office, importing->kind, options, outcome, error);
    if (result)
        return result;
    result = note_import(importing, path, text, length, outcome);
    if (result)
        return office_failed(importing->office->sql, result, error);
    return options->try_only ? 0 : leave_trail(importing, outcome, error);
}

int import_text(struct office *office, const struct import_kind *kind, const struct import_options *options,
                const char *path, const char *text, size_t length, struct import_result *ret, struct error *error)
{
    struct importing importing = {
        .office = office, .kind = kind, .options = options, .total = import_count(text, length)};
    struct import_result outcome = {0};
    int result = office_begin(office, error);
    if (result)
        return result;
    result = import_whole(&importing, path, text, length, &outcome, error);
    if (!result && !options->try_only)
        result = office_commit(office, error);
    office_rollback(office);
    if (!result)
        *ret = outcome;
    return result;
}

void import_tell(const struct import_kind *kind, const struct import_options *options,
                 const struct import_result *outcome, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, options->try_only ? "would_import" : "imported", kind->name);
    json_int(json, "rows", outcome->rows);
    json_int(json, "changed", outcome->changed);
    if (options->try_only || options->report) {
        json_int(json, "new_rows", outcome->new_rows);
        json_int(json, "changed_rows", outcome->changed_rows);
        json_int(json, "gone_rows", outcome->gone_rows);
        json_int(json, "content_rows", outcome->content_rows);
        json_text(json, "content_hash", outcome->content_hash);
    }
    json_close_object(json);
}
