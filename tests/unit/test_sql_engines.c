/* What sql.h promises of every database: the same tests on SQLite, in a file, and on PostgreSQL where
 * $HEAD_OFFICE_DATABASE names a database of it. There also what only a connection can do: be lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/sql.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION 0x54657374
#define CLEANUP_SQL CLEANUP(sql_close_p)

static const struct embedded_file schema[] = {
    {"001.sql",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n INTEGER CHECK (n <> 0), bytes BLOB) STRICT;"
     "CREATE TABLE child (t INTEGER NOT NULL REFERENCES t (id), said TEXT NOT NULL DEFAULT 'INTEGER TEXT ?1',"
     " BLOB_n INTEGER) STRICT; -- TEXT's\n",
     0},
    {0},
};

struct place {
    char folder[32], path[256];
    struct sql *sql, *other; /* two connections to one database */
    struct error error;
};

static const char *server_url(void)
{
    return getenv("HEAD_OFFICE_DATABASE");
}

static int open_one(struct place *place, const char *path, struct sql **ret)
{
    static const struct sql_options options = {.busy_ms = 50};
    return server_url() ? sql_open_postgres(path, &options, ret, &place->error)
                        : sql_open(path, &options, ret, &place->error);
}

static void new_database(struct place *place)
{
    if (!server_url()) {
        snprintf(place->folder, sizeof(place->folder), "/tmp/sql-XXXXXX");
        assert_non_null(mkdtemp(place->folder));
        snprintf(place->path, sizeof(place->path), "%s/test.db", place->folder);
        return;
    }
    struct sql *sql CLEANUP_SQL = NULL;
    assert_int_equal(open_one(place, server_url(), &sql), 0);
    assert_int_equal(sql_script(sql, "DROP SCHEMA IF EXISTS engines CASCADE; CREATE SCHEMA engines", &place->error), 0);
    snprintf(place->path, sizeof(place->path), "%s&options=-csearch_path%%3Dengines", server_url());
}

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    *state = place;
    new_database(place);
    if (open_one(place, place->path, &place->sql) != 0 ||
        sql_migrate(place->sql, schema, APPLICATION, &place->error) != 0 ||
        open_one(place, place->path, &place->other) != 0)
        fail_msg("%s", place->error.text);
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    sql_close(place->sql);
    sql_close(place->other);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; *place->folder && i < COUNT(ends); i++) {
        char path[300];
        snprintf(path, sizeof(path), "%s%s", place->path, ends[i]);
        unlink(path);
    }
    if (*place->folder)
        rmdir(place->folder);
    free(place);
    return 0;
}

static int64_t number(struct sql *sql, const char *text)
{
    int64_t value = -1;
    assert_int_equal(sql_number_values(sql, &value, text, (struct sql_value[]){{0}}), 0);
    return value;
}

static int run(struct sql *sql, const char *text)
{
    return sql_run_values(sql, text, (struct sql_value[]){{0}});
}

/* ---------------------------------------------------------------- on both */

static void values_come_back_as_they_went(void **state)
{
    struct place *place = *state;
    static const char bytes[] = {0, '\\', 'x', 127, (char)255, 0};
    static const int64_t numbers[] = {INT64_MIN, -1, 1, INT64_MAX};
    for (int i = 0; i < (int)COUNT(numbers); i++) {
        char name[32];
        snprintf(name, sizeof(name), "数字 %d '\"?1$1", i);
        assert_int_equal(sql_run(place->sql, "INSERT INTO t (id, name, n, bytes) VALUES (?1, ?2, ?3, ?4)", sql_int(i),
                                 sql_text(name), sql_int(numbers[i]), sql_blob(bytes, sizeof(bytes))),
                         0);
        assert_int_equal(sql_changes(place->sql), 1);
        struct sql_query *row = sql_select(place->sql, "SELECT n, name, bytes, name = ?2, '?1' FROM t WHERE id = ?1",
                                           sql_int(i), sql_text(name));
        assert_true(sql_next(row));
        assert_true(sql_get_int(row, 0) == numbers[i]);
        assert_string_equal(sql_get_text(row, 1), name);
        size_t length;
        assert_memory_equal(sql_get_blob(row, 2, &length), bytes, sizeof(bytes));
        assert_int_equal(length, sizeof(bytes));
        assert_int_equal(sql_get_int(row, 3), 1);
        assert_string_equal(sql_get_text(row, 4), "?1");
        assert_false(sql_next(row));
        assert_int_equal(sql_done(row), 0);
    }
}

/* Bound before any value is, so that the database has to find out for itself what each is. */
static void nothing_is_a_value(void **state)
{
    struct place *place = *state;
    const struct sql_value rows[][3] = {{sql_text(NULL), sql_ref(0), sql_blob(NULL, 0)},
                                        {sql_text("a"), sql_ref(7), sql_blob("b", 1)},
                                        {sql_null(), sql_null(), sql_null()}};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(sql_run(place->sql, "INSERT INTO t (name, n, bytes) VALUES (?1, ?2, ?3)", rows[i][0],
                                 rows[i][1], rows[i][2]),
                         0);
    assert_int_equal(number(place->sql, "SELECT count(*) FROM t WHERE name IS NULL AND n IS NULL AND bytes IS NULL"),
                     2);
    int64_t count;
    const char *const names[] = {NULL, "a", NULL};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(
            sql_number(place->sql, &count, "SELECT count(*) FROM t WHERE ?1 IS NULL OR name = ?1", sql_text(names[i])),
            0);
        assert_int_equal(count, names[i] ? 1 : 3);
    }
    struct sql_query *row =
        sql_select(place->sql, "SELECT name, n, bytes FROM t WHERE n IS NULL LIMIT 1", SQL_NO_VALUES);
    assert_true(sql_next(row));
    size_t length = 1;
    assert_true(sql_get_null(row, 0) && sql_get_null(row, 1) && sql_get_null(row, 2));
    assert_string_equal(sql_get_text(row, 0), "");
    assert_int_equal(sql_get_int(row, 1), 0);
    assert_null(sql_get_blob(row, 2, &length));
    assert_int_equal(length, 0);
    sql_done(row);
    assert_int_equal(sql_number(place->sql, &count, "SELECT n FROM t WHERE n IS NULL", SQL_NO_VALUES), -ENOENT);
}

static void texts_are_in_the_order_of_bytes(void **state)
{
    struct place *place = *state;
    assert_int_equal(run(place->sql, "INSERT INTO t (name) VALUES ('b'), ('B'), ('a-2'), ('a1'), ('仓')"), 0);
    static const char *const expected[] = {"B", "a-2", "a1", "b", "仓"};
    struct sql_query *row = sql_select(place->sql, "SELECT name FROM t ORDER BY name", SQL_NO_VALUES);
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_true(sql_next(row));
        assert_string_equal(sql_get_text(row, 0), expected[i]);
    }
    assert_int_equal(sql_done(row), 0);
    assert_int_equal(run(place->sql, "INSERT INTO child (t) SELECT id FROM t LIMIT 1"), 0);
    assert_int_equal(number(place->sql, "SELECT count(*) FROM child WHERE said = 'INTEGER TEXT ?1' AND BLOB_n IS NULL"),
                     1);
}

static void loops_nest(void **state)
{
    struct place *place = *state;
    static const char all[] = "SELECT id FROM t ORDER BY id";
    assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (1), (2), (3)"), 0);
    int64_t sum = 0;
    struct sql_query *outer = sql_select(place->sql, all, SQL_NO_VALUES);
    while (sql_next(outer)) {
        struct sql_query *inner = sql_select(place->sql, all, SQL_NO_VALUES);
        while (sql_next(inner)) {
            sum += sql_get_int(outer, 0) * sql_get_int(inner, 0);
            assert_int_equal(sql_run(place->sql, "UPDATE t SET n = ?1 WHERE id = ?1", sql_int(sql_get_int(inner, 0))),
                             0);
        }
        assert_int_equal(sql_done(inner), 0);
    }
    assert_int_equal(sql_done(outer), 0);
    assert_int_equal(sum, 36);
}

static void refusals_have_one_meaning(void **state)
{
    struct place *place = *state;
    static const struct {
        const char *text;
        int result;
    } cases[] = {
        {"INSERT INTO t (id, name) VALUES (1, 'a')", 0},
        {"INSERT INTO t (id) VALUES (1)", -EEXIST},
        {"INSERT INTO t (name) VALUES ('a')", -EEXIST},
        {"INSERT INTO t (name) VALUES ('a') ON CONFLICT DO NOTHING", 0},
        {"UPDATE t SET n = 0", -EPERM},
        {"INSERT INTO child (t) VALUES (NULL)", -EPERM},
        {"INSERT INTO child (t) VALUES (99)", -EPERM},
        {"DELETE FROM t WHERE id = 1", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(run(place->sql, cases[i].text), cases[i].result);
    assert_true(*sql_message(place->sql));
}

static void a_savepoint_takes_back_what_failed(void **state)
{
    struct place *place = *state;
    assert_int_equal(run(place->sql, SQL_BEGIN), 0);
    assert_true(sql_in_transaction(place->sql));
    assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (1)"), 0);
    for (int64_t round = 0; round < 2; round++) {
        assert_int_equal(run(place->sql, "SAVEPOINT one"), 0);
        assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (2)"), 0);
        assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (1)"), -EEXIST);
        assert_int_equal(run(place->sql, "ROLLBACK TO one"), 0);
        assert_int_equal(run(place->sql, "RELEASE one"), 0);
    }
    assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (3)"), 0);
    assert_int_equal(run(place->sql, "COMMIT"), 0);
    assert_false(sql_in_transaction(place->sql));
    assert_int_equal(number(place->other, "SELECT sum(id) FROM t"), 4);
}

/* Told at once by SQLite, and at the latest by sql_await(); what follows a failure is not done either way. */
static void a_posted_statement_fails_by_the_end(void **state)
{
    struct place *place = *state;
    assert_int_equal(run(place->sql, SQL_BEGIN), 0);
    assert_int_equal(run(place->sql, "SAVEPOINT one"), 0);
    for (int64_t id = 1; id <= 200; id++)
        assert_int_equal(sql_post(place->sql, "INSERT INTO t (id) VALUES (?1)", sql_int(id)), 0);
    assert_int_equal(number(place->sql, "SELECT count(*) FROM t"), 200);
    assert_int_equal(sql_await(place->sql), 0);
    assert_int_equal(run(place->sql, "SAVEPOINT two"), 0);
    int told = sql_post(place->sql, "INSERT INTO t (id) VALUES (?1)", sql_int(1));
    assert_int_equal(told ? told : sql_await(place->sql), -EEXIST);
    assert_int_equal(run(place->sql, "ROLLBACK TO two"), 0);
    assert_int_equal(run(place->sql, "UPDATE t SET n = 1 WHERE id < 4"), 0);
    assert_int_equal(sql_changes(place->sql), 3);
    told = sql_post(place->sql, "INSERT INTO t (id) VALUES (?1)", sql_int(2));
    assert_int_equal(told ? told : run(place->sql, "UPDATE t SET n = 2"), -EEXIST); /* the next one tells it */
    assert_int_equal(run(place->sql, "ROLLBACK TO two"), 0);
    told = sql_post(place->sql, "INSERT INTO t (id) VALUES (?1)", sql_int(3));
    assert_int_equal(told ? told : run(place->sql, "COMMIT"), -EEXIST);
    assert_int_equal(run(place->sql, "ROLLBACK"), 0);
    assert_false(sql_in_transaction(place->sql));
    assert_int_equal(number(place->other, "SELECT count(*) FROM t"), 0);
}

/* At once, or by what follows; and what is as it should be is no failure. */
static void a_posted_statement_changes_one_row(void **state)
{
    struct place *place = *state;
    assert_int_equal(sql_run(place->sql, "INSERT INTO t (id) VALUES (?1)", sql_int(1)), 0);
    assert_int_equal(sql_run(place->sql, "INSERT INTO t (id) VALUES (?1)", sql_int(2)), 0);
    static const int64_t first[] = {1, 3, 1}, last[] = {1, 3, 2};
    static const int expected[] = {0, -EPERM, -EPERM}; /* one, none, two */
    for (size_t i = 0; i < COUNT(first); i++) {
        assert_int_equal(sql_run(place->sql, "BEGIN", SQL_NO_VALUES), 0);
        assert_int_equal(sql_post(place->sql, "UPDATE t SET id = id WHERE id > 100", SQL_NO_VALUES), 0);
        int told = sql_post_one(place->sql, "UPDATE t SET id = id WHERE id >= ?1 AND id <= ?2", sql_int(first[i]),
                                sql_int(last[i]));
        assert_true(told == 0 || told == expected[i]);
        if (!told)
            told = sql_post(place->sql, "UPDATE t SET id = id WHERE id > 100", SQL_NO_VALUES);
        if (!told)
            told = sql_await(place->sql);
        assert_int_equal(told, expected[i]);
        assert_int_equal(sql_run(place->sql, "ROLLBACK", SQL_NO_VALUES), 0);
    }
}

static void one_writer_at_a_time(void **state)
{
    struct place *place = *state;
    assert_int_equal(run(place->sql, SQL_BEGIN), 0);
    assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (1)"), 0);
    assert_int_equal(run(place->other, SQL_BEGIN), -EBUSY);
    assert_int_equal(run(place->other, SQL_BEGIN_ROWS), -EBUSY);
    assert_false(sql_in_transaction(place->other));
    assert_int_equal(number(place->other, "SELECT count(*) FROM t"), 0);
    assert_int_equal(run(place->sql, "ROLLBACK"), 0);
    assert_int_equal(run(place->other, SQL_BEGIN), 0);
    assert_int_equal(run(place->other, "COMMIT"), 0);
}

static int64_t leads(struct sql *sql)
{
    int64_t leads = -1;
    assert_int_equal(sql_number(sql, &leads, "SELECT " SQL_LEADS, SQL_NO_VALUES), 0);
    return leads;
}

/* In SQLite both do: one program writes to it, whatever connections it has. */
static void one_connection_leads(void **state)
{
    struct place *place = *state;
    bool alone = server_url() != NULL;
    assert_int_equal(leads(place->sql), 1);
    assert_int_equal(leads(place->sql), 1);
    assert_int_equal(leads(place->other), alone ? 0 : 1);
    place->sql = sql_close(place->sql);
    while (leads(place->other) == 0) { /* the server notices the end of a connection in its own time */
    }
}

static void what_others_commit_is_noticed(void **state)
{
    struct place *place = *state;
    int64_t before = sql_data_version(place->sql);
    assert_true(sql_data_version(place->sql) == before);
    assert_int_equal(run(place->other, "INSERT INTO t (id) VALUES (1)"), 0);
    assert_true(sql_data_version(place->sql) != before);
}

#define COUNTED                                                                                                        \
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT max(i) FROM n WHERE i >= ?1"

static void a_statement_put_together_has_a_limit(void **state)
{
    struct place *place = *state;
    char text[sizeof(COUNTED)];
    memcpy(text, COUNTED, sizeof(text));
    struct sql_value few[] = {sql_int(10), {0}}, many[] = {sql_int(20000000), {0}};
    struct sql_query *query = sql_select_once(place->sql, text, few, 10000);
    assert_true(sql_next(query));
    assert_int_equal(sql_get_int(query, 0), 10);
    assert_int_equal(sql_done(query), 0);
    assert_int_equal(sql_run(place->sql, SQL_BEGIN, SQL_NO_VALUES), 0);
    query = sql_select_once(place->sql, text, many, 10000);
    assert_false(sql_next(query));
    assert_int_equal(sql_done(query), -ETIME);
    assert_int_equal(sql_run(place->sql, "ROLLBACK", SQL_NO_VALUES), 0);
    int64_t all = 0; /* the limit was the statement's, not the connection's */
    assert_int_equal(sql_number(place->sql, &all, COUNTED, sql_int(200000)), 0);
    assert_int_equal(all, 200000);
}

static void a_schema_is_brought_up_once(void **state)
{
    struct place *place = *state;
    static const struct embedded_file more[] = {
        {"001.sql", "CREATE TABLE t (id INTEGER)", 0}, {"002.sql", "CREATE TABLE second (id INTEGER) STRICT", 0}, {0}};
    static const struct embedded_file fails[] = {
        {"002.sql", "", 0}, {"003.sql", "CREATE TABLE half (id INTEGER); CREATE TABLE t (id INTEGER)", 0}, {0}};
    assert_int_equal(sql_migrate(place->sql, more, APPLICATION, &place->error), 0);
    assert_int_equal(run(place->sql, "INSERT INTO second VALUES (1)"), 0);
    assert_int_equal(sql_migrate(place->other, more, APPLICATION, &place->error), 0);
    assert_int_equal(number(place->other, "SELECT count(*) FROM second"), 1);

    assert_true(sql_migrate(place->sql, fails, APPLICATION, &place->error) != 0);
    assert_non_null(strstr(place->error.text, "could not be brought to schema 3 and stays as it was"));
    assert_false(sql_in_transaction(place->sql));
    assert_int_equal(sql_script(place->sql, "CREATE TABLE half (id INTEGER)", &place->error), 0);

    assert_int_equal(sql_migrate(place->sql, schema, APPLICATION, &place->error), -EINVAL);
    assert_non_null(strstr(place->error.text, "was written by a newer version (schema 2, this program knows 1)"));
    assert_int_equal(sql_migrate(place->sql, more, APPLICATION + 1, &place->error), -EINVAL);
    assert_non_null(strstr(place->error.text, "belongs to another program"));
}

/* ---------------------------------------------------------------- on PostgreSQL */

static void a_failed_transaction_is_not_committed(void **state)
{
    struct place *place = *state;
    assert_int_equal(run(place->sql, SQL_BEGIN), 0);
    assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (1)"), 0);
    assert_int_equal(run(place->sql, "UPDATE t SET n = 0"), -EPERM);
    assert_true(run(place->sql, "COMMIT") != 0);
    assert_false(sql_in_transaction(place->sql));
    assert_int_equal(number(place->sql, "SELECT count(*) FROM t"), 0);
}

static void writers_of_other_rows_work_beside_each_other(void **state)
{
    struct place *place = *state;
    static const char look[] = "SELECT id FROM t WHERE id = ?1" SQL_FOR_UPDATE;
    int64_t id;
    assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (1), (2)"), 0);
    assert_int_equal(run(place->sql, SQL_BEGIN_ROWS), 0);
    assert_int_equal(run(place->other, SQL_BEGIN_ROWS), 0);
    assert_int_equal(sql_number(place->sql, &id, look, sql_int(1)), 0);
    assert_int_equal(sql_number(place->other, &id, look, sql_int(2)), 0);
    assert_int_equal(run(place->other, "SAVEPOINT look"), 0);
    assert_int_equal(sql_number(place->other, &id, look, sql_int(1)), -EBUSY);
    assert_int_equal(run(place->other, "ROLLBACK TO look"), 0);
    /* what nobody else has; and a row that somebody has may be pointed to */
    assert_int_equal(sql_number(place->other, &id, "SELECT id FROM t ORDER BY id" SQL_SKIP_LOCKED, SQL_NO_VALUES), 0);
    assert_int_equal(id, 2);
    assert_int_equal(run(place->other, "INSERT INTO child (t) VALUES (1)"), 0);
    assert_int_equal(run(place->other, "ROLLBACK"), 0);
    assert_int_equal(run(place->other, SQL_BEGIN), -EBUSY);
    assert_int_equal(run(place->sql, "COMMIT"), 0);
    assert_int_equal(run(place->other, SQL_BEGIN), 0);
    assert_int_equal(run(place->other, "COMMIT"), 0);
}

/* The server ends the session, as when it restarts. */
static void cut(struct place *place)
{
    int64_t session = number(place->sql, "SELECT pg_backend_pid()"), ended;
    assert_int_equal(
        sql_number(place->other, &ended, "SELECT count(pg_terminate_backend(CAST(?1 AS INT), 5000))", sql_int(session)),
        0);
}

static void a_lost_connection_comes_back_without_its_transaction(void **state)
{
    struct place *place = *state;
    assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (1)"), 0);
    assert_int_equal(run(place->sql, SQL_BEGIN), 0);
    assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (2)"), 0);
    cut(place);
    for (int64_t id = 3; id < 6; id++) /* not even one of them by itself */
        assert_int_equal(sql_run(place->sql, "INSERT INTO t (id) VALUES (?1)", sql_int(id)), -ENOTCONN);
    assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (1)"), -ENOTCONN);
    assert_true(*sql_message(place->sql) && !strchr(sql_message(place->sql), '\n'));
    assert_true(sql_in_transaction(place->sql));
    assert_int_equal(run(place->sql, "ROLLBACK"), 0);
    assert_false(sql_in_transaction(place->sql));
    assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (1)"), -EEXIST); /* prepared anew */
    assert_int_equal(number(place->sql, "SELECT sum(id) FROM t"), 1);
}

static void what_was_posted_is_lost_with_the_connection(void **state)
{
    struct place *place = *state;
    assert_int_equal(run(place->sql, SQL_BEGIN), 0);
    assert_int_equal(sql_post(place->sql, "INSERT INTO t (id) VALUES (?1)", sql_int(1)), 0);
    cut(place);
    int told = sql_post(place->sql, "INSERT INTO t (id) VALUES (?1)", sql_int(2));
    assert_int_equal(told ? told : sql_await(place->sql), -ENOTCONN);
    assert_int_equal(run(place->sql, "ROLLBACK"), 0);
    assert_int_equal(number(place->sql, "SELECT count(*) FROM t"), 0);
}

static void a_commit_without_a_connection_fails(void **state)
{
    struct place *place = *state;
    assert_int_equal(run(place->sql, SQL_BEGIN), 0);
    assert_int_equal(run(place->sql, "INSERT INTO t (id) VALUES (2)"), 0);
    cut(place);
    assert_int_equal(run(place->sql, "COMMIT"), -ENOTCONN);
    assert_false(sql_in_transaction(place->sql));
    assert_int_equal(number(place->sql, "SELECT count(*) FROM t"), 0);
}

static void a_commit_is_durable_whatever_the_server_says(void **state)
{
    struct place *place = *state;
    char url[300];
    snprintf(url, sizeof(url), "%s%%20-csynchronous_commit%%3Doff", place->path);
    sql_close(place->other);
    assert_int_equal(open_one(place, url, &place->other), 0);
    assert_int_equal(number(place->other, "SELECT current_setting('synchronous_commit') = 'on'"), 1);
}

static void what_cannot_be_used_is_said(void **state)
{
    struct place *place = *state;
    static const struct {
        const char *from, *to, *said;
    } cases[] = {
        {"/floorhand?", "/nowhere?", "database \"nowhere\" does not exist"},
        {"engines", "nothing", "has no schema to work in: create one, or correct search_path"},
        {"/floorhand?", "/latin?", "is not in UTF-8: create it with \"createdb --encoding UTF8\""},
    };
    run(place->sql, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'");
    for (size_t i = 0; i < COUNT(cases); i++) {
        char url[300];
        const char *at = strstr(place->path, cases[i].from);
        assert_non_null(at);
        snprintf(url, sizeof(url), "%.*s%s%s&password=secret", (int)(at - place->path), place->path, cases[i].to,
                 at + strlen(cases[i].from));
        struct sql *sql = NULL;
        assert_true(open_one(place, url, &sql) != 0);
        assert_null(sql);
        if (!strstr(place->error.text, cases[i].said) || strchr(place->error.text, '\n') ||
            strstr(place->error.text, "secret"))
            fail_msg("%s", place->error.text);
    }
    assert_int_equal(run(place->sql, "DROP DATABASE latin"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest both[] = {
        TEST(values_come_back_as_they_went),
        TEST(nothing_is_a_value),
        TEST(texts_are_in_the_order_of_bytes),
        TEST(loops_nest),
        TEST(refusals_have_one_meaning),
        TEST(a_savepoint_takes_back_what_failed),
        TEST(a_statement_put_together_has_a_limit),
        TEST(a_posted_statement_fails_by_the_end),
        TEST(a_posted_statement_changes_one_row),
        TEST(one_writer_at_a_time),
        TEST(one_connection_leads),
        TEST(what_others_commit_is_noticed),
        TEST(a_schema_is_brought_up_once),
    };
    const struct CMUnitTest postgres[] = {
        TEST(a_failed_transaction_is_not_committed),
        TEST(writers_of_other_rows_work_beside_each_other),
        TEST(a_lost_connection_comes_back_without_its_transaction),
        TEST(what_was_posted_is_lost_with_the_connection),
        TEST(a_commit_without_a_connection_fails),
        TEST(a_commit_is_durable_whatever_the_server_says),
        TEST(what_cannot_be_used_is_said),
    };
    int failed = cmocka_run_group_tests_name("every database", both, NULL, NULL);
    if (server_url())
        failed += cmocka_run_group_tests_name("PostgreSQL", postgres, NULL, NULL);
    return failed;
}
