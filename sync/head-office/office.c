#include "sync/head-office/office.h"
#include "sync/head-office/sealed.h"

#include <errno.h>
#include <string.h>

extern const struct embedded_file hq_schema[];

int office_gen(struct sql *sql, char out[ID_TEXT_SIZE])
{
    struct sql_query *query = sql_select(sql, "SELECT gen FROM hub", SQL_NO_VALUES);
    bool found = sql_next(query);
    if (found)
        sql_copy_text(query, 0, out, ID_TEXT_SIZE);
    int failed = sql_done(query);
    return failed ? failed : found ? 0 : -ENOENT;
}

static int give_identity(struct sql *sql, const struct random_source *random)
{
    char gen[ID_TEXT_SIZE];
    struct wire_key key;
    int result = office_gen(sql, gen); /* a look keeps nobody waiting */
    if (result != -ENOENT)
        return result;
    id_new(random, gen);
    wire_key_new(&key, random);
    return sql_run(sql, "INSERT INTO hub (id, gen, key) VALUES (1, ?1, ?2) ON CONFLICT DO NOTHING", sql_text(gen),
                   sql_blob(key.secret, sizeof(key.secret)));
}

bool office_is_url(const char *path)
{
    static const char *const beginnings[] = {"postgresql://", "postgres://"};
    for (size_t i = 0; i < COUNT(beginnings); i++)
        if (strncmp(path, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

int office_open(const char *path, const char *receiver_key, const struct random_source *random, struct sql **ret,
                struct error *error)
{
    static const struct sql_options options = {.busy_ms = 5000, .cache_kib = 16384, .wal_kib = 32768};
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    int result =
        office_is_url(path) ? sql_open_postgres(path, &options, &sql, error) : sql_open(path, &options, &sql, error);
    if (!result)
        result = sql_migrate(sql, hq_schema, OFFICE_APPLICATION, error);
    if (result)
        return result;
    result = give_identity(sql, random);
    if (result)
        return office_failed(sql, result, error);
    result = receiver_key ? sealed_begin(sql, path, receiver_key, error) : 0;
    if (result)
        return result;
    *ret = sql;
    sql = NULL;
    return 0;
}

int office_key(struct sql *sql, struct wire_key *ret)
{
    size_t length = 0;
    struct sql_query *query = sql_select(sql, "SELECT key FROM hub", SQL_NO_VALUES);
    if (sql_next(query)) {
        const void *key = sql_get_blob(query, 0, &length);
        if (length == sizeof(ret->secret))
            memcpy(ret->secret, key, length);
    }
    int failed = sql_done(query);
    return failed ? failed : length == sizeof(ret->secret) ? 0 : -ENOENT;
}

int office_renew_gen(struct sql *sql, const struct random_source *random, char out[ID_TEXT_SIZE])
{
    id_new(random, out);
    return sql_run(sql, "UPDATE hub SET gen = ?1", sql_text(out));
}

int office_begin(struct office *office, struct error *error)
{
    int result = sql_run(office->sql, SQL_BEGIN, SQL_NO_VALUES);
    return result ? office_failed(office->sql, result, error) : 0;
}

int office_begin_rows(struct office *office, struct error *error)
{
    int result = sql_run(office->sql, SQL_BEGIN_ROWS, SQL_NO_VALUES);
    return result ? office_failed(office->sql, result, error) : 0;
}

int office_commit(struct office *office, struct error *error)
{
    int result = sql_run(office->sql, "COMMIT", SQL_NO_VALUES);
    if (!result)
        return 0;
    office_failed(office->sql, result, error);
    office_rollback(office);
    return result;
}

void office_rollback(struct office *office)
{
    if (sql_in_transaction(office->sql))
        sql_run(office->sql, "ROLLBACK", SQL_NO_VALUES);
}

int office_failed(struct sql *sql, int code, struct error *error)
{
    switch (code) {
    case -ENOSPC:
        return error_set(error, code, "the disk that holds the database is full: free some space and try again");
    case -EBUSY:
        return error_set(error, code, "the database is busy with another command: try again");
    case -EBADMSG:
        return error_set(error, code, "the database is damaged: keep it aside and restore the last backup");
    case -ENOTCONN:
        return error_set(error, code, "the database cannot be reached (%s): it is tried again", sql_message(sql));
    default:
        return error_set(error, code, "the database refused: %s", sql_message(sql));
    }
}

int office_named(struct sql *sql, int result, const char *what, const char *name, struct error *error)
{
    if (result == -EPERM)
        return error_set(error, -ENOENT, "there is no %s \"%s\"", what, name);
    return result ? office_failed(sql, result, error) : 0;
}

int office_changed(struct sql *sql, int result, const char *what, const char *name, struct error *error)
{
    if (!result && sql_changes(sql) == 0)
        return error_set(error, -ENOENT, "there is no %s \"%s\"", what, name);
    return office_named(sql, result, what, name, error);
}
