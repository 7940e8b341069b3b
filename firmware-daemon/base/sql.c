#include "base/sql.h"

#include "base/sql_engine.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void sql_misuse(struct sql *sql, const char *text)
{
    fprintf(stderr, "error: a statement this program wrote is wrong: %s\n%s\n", sql_message(sql), text);
    abort();
}

struct sql_value sql_text(const char *text)
{
    return sql_text_n(text, text ? strlen(text) : 0);
}

struct sql *sql_close(struct sql *sql)
{
    if (!sql)
        return NULL;
    for (size_t i = 0; i < SQL_STATEMENTS_MAX; i++)
        if (sql->cache[i].query.statement)
            sql->engine->finish(&sql->cache[i].query);
    sql_seal(sql, NULL);
    sql->engine->close(sql);
    return NULL;
}

int sql_script(struct sql *sql, const char *text, struct error *error)
{
    return sql->engine->script(sql, text, error);
}

/* ---------------------------------------------------------------- the schema */

/* "007.sql" is schema 7. */
static int schema_number(const struct embedded_file *file)
{
    return (int)strtol(file->name, NULL, 10);
}

/* The version is looked at inside the transaction: another program may have been faster. */
static int apply_inside(struct sql *sql, const struct embedded_file *file, int64_t application, struct error *error)
{
    struct sql_mark mark = {0};
    int result = sql->engine->read_mark(sql, &mark);
    if (result)
        return error_set(error, result, "its schema cannot be read: %s", sql_message(sql));
    if (mark.version >= schema_number(file))
        return 0;
    result = sql_script(sql, file->data, error);
    mark = (struct sql_mark){.application = application, .version = schema_number(file)};
    return result ? result : sql->engine->write_mark(sql, &mark, error);
}

/* All that are missing in one transaction: a power cut, a full disk or a fault leaves the schema that was there, whole,
 * and so needs no copy beforehand. */
static int apply(struct sql *sql, const struct embedded_file *files, int64_t application, int *ret_number,
                 struct error *error)
{
    int result = sql_run(sql, SQL_BEGIN, SQL_NO_VALUES);
    if (result)
        return error_set(error, result, "the database refused: %s", sql_message(sql));
    for (const struct embedded_file *file = files; file->name && !result; file++) { /* in order: sorted by name */
        *ret_number = schema_number(file);
        result = apply_inside(sql, file, application, error);
    }
    if (!result && (result = sql_run(sql, "COMMIT", SQL_NO_VALUES)) != 0)
        error_set(error, result, "the database refused: %s", sql_message(sql));
    if (result && sql_in_transaction(sql))
        sql_run(sql, "ROLLBACK", SQL_NO_VALUES);
    return result;
}

int sql_migrate(struct sql *sql, const struct embedded_file *files, int32_t application_id, struct error *error)
{
    struct sql_mark mark = {0};
    int result = sql->engine->read_mark(sql, &mark);
    if (result)
        return error_set(error, result, "the schema of %s cannot be read: %s", sql->name, sql_message(sql));
    if (mark.application != application_id && (mark.application != 0 || !mark.empty))
        return error_set(error, -EINVAL, "%s belongs to another program: name the right file", sql->name);
    int last = 0;
    for (const struct embedded_file *file = files; file->name; file++)
        last = schema_number(file) > last ? schema_number(file) : last;
    if (mark.version > last)
        return error_set(error, -EINVAL,
                         "%s was written by a newer version (schema %d, this program knows %d): install that version",
                         sql->name, (int)mark.version, last);
    result = sql->engine->settle(sql, error);
    if (result || mark.version == last)
        return result;
    struct error why = {0};
    int number = 0;
    result = apply(sql, files, application_id, &number, &why);
    return result ? error_set(error, result, "%s could not be brought to schema %d and stays as it was: %s", sql->name,
                              number, why.text)
                  : sql->engine->publish(sql, error);
}

/* ---------------------------------------------------------------- statements */

/* The slot of this text, with its statement prepared; NULL when preparing failed (damaged file, no memory). */
static struct sql_query *prepare(struct sql *sql, const char *text, int *ret_result)
{
    if (!sql) {
        *ret_result = -EIO;
        return NULL;
    }
    size_t slot = ((uintptr_t)text >> 3) * 0x9E3779B1u % SQL_STATEMENTS_MAX;
    size_t probes = 0;
    while (sql->cache[slot].text && sql->cache[slot].text != text && probes++ < SQL_STATEMENTS_MAX)
        slot = (slot + 1) % SQL_STATEMENTS_MAX;
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
        *ret_result = sql->engine->prepare(sql, query, text, !taken);
        if (*ret_result) {
            if (taken)
                free(query);
            return NULL;
        }
        if (!taken)
            sql->cache[slot].text = text;
    }
    query->sql = sql;
    query->busy = true;
    query->posted = query->one = false;
    query->result = 0;
    return query;
}

struct sql_query *sql_failed_query(int result)
{
    static struct sql_query failed[8];
    static size_t next_failed;
    struct sql_query *query = &failed[next_failed++ % 8];
    *query = (struct sql_query){.result = result};
    return query;
}

/* steps_max 0: no limit. */
static int start(struct sql_query *query, const struct sql_value *values, int steps_max)
{
    const struct sql_engine *engine = query->sql->engine;
    struct sql_sealing sealing;
    if (!sql_has_secrets(values))
        return steps_max ? engine->start_limited(query, values, steps_max) : engine->start(query, values);
    int result = sql_seal_values(query->sql->seal, values, &sealing);
    if (!result)
        result =
            steps_max ? engine->start_limited(query, sealing.values, steps_max) : engine->start(query, sealing.values);
    sql_sealing_done(&sealing);
    return result;
}

struct sql_query *sql_select_values(struct sql *sql, const char *text, const struct sql_value *values)
{
    int result = 0;
    struct sql_query *query = prepare(sql, text, &result);
    if (!query)
        return sql_failed_query(result);
    query->result = start(query, values, 0);
    return query;
}

struct sql_query *sql_select_once(struct sql *sql, const char *text, const struct sql_value *values, int steps_max)
{
    if (!sql)
        return sql_failed_query(-EIO);
    struct sql_query *query = calloc(1, sizeof(*query));
    if (!query)
        return sql_failed_query(-ENOMEM);
    int result = sql->engine->prepare(sql, query, text, false);
    if (result) {
        free(query);
        return sql_failed_query(result);
    }
    query->sql = sql;
    query->spare = query->busy = query->limited = true;
    query->result = start(query, values, steps_max);
    return query;
}

bool sql_next(struct sql_query *query)
{
    if (query->result || !query->statement)
        return false;
    sql_forget_opened(query);
    int result = query->sql->engine->step(query);
    if (result > 0)
        return true;
    query->result = result;
    return false;
}

int sql_done(struct sql_query *query)
{
    if (!query)
        return 0;
    int result = query->result;
    sql_forget_opened(query);
    if (query->spare) {
        query->sql->engine->finish(query);
        free(query);
        return result;
    }
    if (query->statement && query->busy)
        query->sql->engine->reset(query);
    query->busy = false;
    return result;
}

void sql_done_p(struct sql_query **query)
{
    sql_done(*query);
}

static int run_to_end(struct sql_query *query)
{
    while (sql_next(query))
        ; /* a RETURNING clause or a PRAGMA may yield rows that are not wanted */
    return sql_done(query);
}

int sql_run_values(struct sql *sql, const char *text, const struct sql_value *values)
{
    return run_to_end(sql_select_values(sql, text, values));
}

static int post(struct sql *sql, const char *text, const struct sql_value *values, bool one)
{
    int result = 0;
    struct sql_query *query = prepare(sql, text, &result);
    if (!query)
        return result;
    query->posted = true;
    query->one = one;
    query->result = start(query, values, 0);
    return run_to_end(query);
}

int sql_post_values(struct sql *sql, const char *text, const struct sql_value *values)
{
    return post(sql, text, values, false);
}

int sql_post_one_values(struct sql *sql, const char *text, const struct sql_value *values)
{
    int result = post(sql, text, values, true);
    bool at_once = sql && !sql->engine->await;
    return !result && at_once && sql->engine->changes(sql) != 1 ? -EPERM : result;
}

int sql_await(struct sql *sql)
{
    return sql && sql->engine->await ? sql->engine->await(sql) : 0;
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

/* ---------------------------------------------------------------- columns: of a query that failed, all are NULL */

int64_t sql_get_int(struct sql_query *query, int column)
{
    return query->statement ? query->sql->engine->get_int(query, column) : 0;
}

const char *sql_get_text(struct sql_query *query, int column)
{
    const char *text = query->statement ? query->sql->engine->get_text(query, column) : NULL;
    const char *opened = text ? sql_open_text(query, text) : "";
    if (!opened)
        query->result = -ENOMEM;
    return opened ? opened : "";
}

const void *sql_get_blob(struct sql_query *query, int column, size_t *ret_length)
{
    *ret_length = 0;
    return query->statement ? query->sql->engine->get_blob(query, column, ret_length) : NULL;
}

bool sql_get_null(struct sql_query *query, int column)
{
    return !query->statement || query->sql->engine->get_null(query, column);
}

void sql_copy_text(struct sql_query *query, int column, char *out, size_t capacity)
{
    text_copy(out, capacity, sql_get_text(query, column));
}

/* ---------------------------------------------------------------- the connection */

const char *sql_name(const struct sql *sql)
{
    return sql->name;
}

int64_t sql_last_id(struct sql *sql)
{
    return sql->engine->last_id(sql);
}

int64_t sql_changes(struct sql *sql)
{
    return sql->engine->changes(sql);
}

bool sql_in_transaction(struct sql *sql)
{
    return sql && sql->engine->in_transaction(sql);
}

int sql_overwrite(struct sql *sql, bool everywhere)
{
    return sql->engine->overwrite ? sql->engine->overwrite(sql, everywhere) : 0;
}

int64_t sql_bytes(struct sql *sql)
{
    return sql->engine->bytes(sql);
}

int64_t sql_data_version(struct sql *sql)
{
    return sql->engine->data_version(sql);
}

int64_t sql_written(struct sql *sql)
{
    return sql->engine->written(sql);
}

const char *sql_message(struct sql *sql)
{
    return sql ? sql->engine->message(sql) : "the database was lost";
}
