#include "sync/head-office/imports/import_report.h"

#include "base/decimal.h"
#include "base/json.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

/* ---------------------------------------------------------------- the rows of a kind */

/* The next of "sku,name,paid$,*". */
static const char *next_column(const char *at, char out[64])
{
    size_t length = strcspn(at, ",");
    memcpy(out, at, length);
    out[length] = '\0';
    return at + length + (at[length] == ',');
}

static void put_cell(struct buf *json, char *name, struct sql_query *row, int column)
{
    char amount[DECIMAL_SIZE];
    size_t last = strlen(name) - 1;
    const char *text = sql_get_text(row, column);
    if (*name == '*') {
        if (*text)
            buf_printf(json, "%s%s", json->data[json->length - 1] == '{' ? "" : ",", text);
        return;
    }
    if (name[last] == '$') {
        name[last] = '\0';
        decimal_from_minor(sql_get_int(row, column), amount);
        text = amount;
    }
    if (*text)
        json_text(json, name, text);
}

static void write_row(const struct import_rows *rows, struct sql_query *row, struct buf *key, struct buf *json)
{
    char name[64];
    int column = 0;
    buf_clear(key);
    buf_clear(json);
    json_open_object(json, NULL);
    for (const char *at = rows->columns; *at; column++) {
        at = next_column(at, name);
        if (column < rows->keys)
            buf_printf(key, "%s%s", column > 0 ? " " : "", sql_get_text(row, column));
        put_cell(json, name, row, column);
    }
    json_close_object(json);
}

int import_each(struct office *office, const struct import_kind *kind, const char *site,
                int (*take)(void *user, const char *key, const char *json, size_t length), void *user,
                struct error *error)
{
    CLEANUP_BUF struct buf key = {0}, json = {0};
    int result = 0;
    struct sql_query *row = kind->per_site ? sql_select(office->sql, kind->rows.sql, sql_text(site))
                                           : sql_select(office->sql, kind->rows.sql, SQL_NO_VALUES);
    while (!result && sql_next(row)) {
        write_row(&kind->rows, row, &key, &json);
        result = key.failed || json.failed ? -ENOMEM : take(user, buf_text(&key), buf_text(&json), json.length);
    }
    int failed = sql_done(row);
    if (!result)
        result = failed;
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- before and after */

static int keep(void *user, const char *key, const char *json, size_t length)
{
    struct office *office = user;
    return sql_run(office->sql, "INSERT INTO import_before (key, json) VALUES (?1, ?2)", sql_text(key),
                   sql_text_n(json, length));
}

int import_report_open(struct office *office, const struct import_kind *kind, const char *site, struct error *error)
{
    int result = sql_script(office->sql,
                            "CREATE TEMP TABLE IF NOT EXISTS import_before (key TEXT PRIMARY KEY, json TEXT NOT NULL,"
                            " seen INTEGER NOT NULL DEFAULT 0) STRICT; DELETE FROM import_before;",
                            error);
    return result ? result : import_each(office, kind, site, keep, office, error);
}

struct comparing {
    struct office *office;
    const struct import_options *options;
    struct import_result *outcome;
    crypto_generichash_state hash;
};

static void tell(struct comparing *comparing, const char *is, const char *key, const char *before, const char *after)
{
    if (!comparing->options->difference)
        return;
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "row", key);
    json_text(&json, "is", is);
    if (before)
        json_raw(&json, "before", before);
    if (after)
        json_raw(&json, "after", after);
    json_close_object(&json);
    comparing->options->difference(comparing->options->user, buf_text(&json));
}

static int compare(void *user, const char *key, const char *json, size_t length)
{
    struct comparing *comparing = user;
    struct import_result *outcome = comparing->outcome;
    crypto_generichash_update(&comparing->hash, (const unsigned char *)json, length);
    crypto_generichash_update(&comparing->hash, (const unsigned char *)"\n", 1);
    outcome->content_rows++;
    struct sql_query *row = sql_select(
        comparing->office->sql, "UPDATE import_before SET seen = 1 WHERE key = ?1 RETURNING json", sql_text(key));
    if (!sql_next(row)) {
        outcome->new_rows++;
        tell(comparing, "new", key, NULL, json);
    } else if (strcmp(sql_get_text(row, 0), json) != 0) {
        outcome->changed_rows++;
        tell(comparing, "changed", key, sql_get_text(row, 0), json);
    }
    return sql_done(row);
}

static int tell_gone(struct comparing *comparing)
{
    struct sql_query *row = sql_select(
        comparing->office->sql, "SELECT key, json FROM import_before WHERE seen = 0 ORDER BY key", SQL_NO_VALUES);
    for (; sql_next(row); comparing->outcome->gone_rows++)
        tell(comparing, "gone", sql_get_text(row, 0), sql_get_text(row, 1), NULL);
    return sql_done(row);
}

int import_report_close(struct office *office, const struct import_kind *kind, const struct import_options *options,
                        struct import_result *outcome, struct error *error)
{
    struct comparing comparing = {.office = office, .options = options, .outcome = outcome};
    unsigned char hash[32];
    crypto_generichash_init(&comparing.hash, NULL, 0, sizeof(hash));
    int result = import_each(office, kind, options->site, compare, &comparing, error);
    if (result)
        return result;
    crypto_generichash_final(&comparing.hash, hash, sizeof(hash));
    sodium_bin2hex(outcome->content_hash, sizeof(outcome->content_hash), hash, sizeof(hash));
    result = tell_gone(&comparing);
    return result ? office_failed(office->sql, result, error) : 0;
}
