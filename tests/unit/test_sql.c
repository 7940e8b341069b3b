/* SQLite as this house uses it: what is refused and in which words, migrations, the statement cache, the pragmas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define APPLICATION 0x54657374
#define CLEANUP_SQL CLEANUP(sql_close_p)

static const struct embedded_file one[] = {
    {"001.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n INTEGER CHECK (n > 0)) STRICT;", 0},
    {0},
};
static const struct embedded_file two[] = {
    {"001.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n INTEGER CHECK (n > 0)) STRICT;", 0},
    {"002.sql", "CREATE TABLE child (t INTEGER NOT NULL REFERENCES t); ALTER TABLE t ADD COLUMN more TEXT;", 0},
    {0},
};
static const struct embedded_file two_fails[] = {
    {"001.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);", 0},
    {"002.sql", "CREATE TABLE half (id INTEGER); INSERT INTO half VALUES (1); CREATE TABLE t (id INTEGER);", 0},
    {"003.sql", "CREATE TABLE never (id INTEGER);", 0},
    {0},
};

struct place {
    char folder[32], path[64];
    struct error error;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    *state = place;
    snprintf(place->folder, sizeof(place->folder), "/tmp/sql-XXXXXX");
    if (!mkdtemp(place->folder))
        return -errno;
    snprintf(place->path, sizeof(place->path), "%s/test.db", place->folder);
    return chmod(place->folder, 0755);
}

static int tear_down(void **state)
{
    struct place *place = *state;
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", "-copy"};
    char path[96];
    for (size_t i = 0; i < COUNT(ends); i++) {
        snprintf(path, sizeof(path), "%s%s", place->path, ends[i]);
        unlink(path);
    }
    rmdir(place->folder);
    free(place);
    return 0;
}

static void load(const char *path, struct buf *ret)
{
    char block[8192];
    buf_clear(ret);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    for (size_t got; (got = fread(block, 1, sizeof(block), file)) > 0;)
        buf_put(ret, block, got);
    fclose(file);
}

static void store(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static int64_t number(struct sql *sql, const char *text)
{
    int64_t value = -1;
    sql_number_values(sql, &value, text, (struct sql_value[]){{0}});
    return value;
}

static struct sql *open_migrated(struct place *place, const char *path, const struct embedded_file *files)
{
    struct sql *sql = NULL;
    if (sql_open(path, NULL, &sql, &place->error) != 0 || sql_migrate(sql, files, APPLICATION, &place->error) != 0)
        fail_msg("%s", place->error.text);
    return sql;
}

/* A database of a few hundred pages, closed. */
static void make_database(struct place *place)
{
    struct sql *sql CLEANUP_SQL = open_migrated(place, place->path, one);
    assert_int_equal(sql_script(sql,
                                "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 3000) "
                                "INSERT INTO t (name, n) SELECT printf('%0200d', i), i FROM c",
                                &place->error),
                     0);
}

/* As a program starts: open, migrate, check. */
static int start(const char *path, const struct embedded_file *files, struct error *error)
{
    struct sql *sql CLEANUP_SQL = NULL;
    static const struct sql_options options = {.exclusive = true};
    int result = sql_open(path, &options, &sql, error);
    if (!result)
        result = sql_migrate(sql, files, APPLICATION, error);
    return result ? result : sql_check(sql, error);
}

static void expect_refused(struct place *place, const struct embedded_file *files, int expected, const char *said)
{
    CLEANUP_BUF struct buf before = {0};
    CLEANUP_BUF struct buf after = {0};
    load(place->path, &before);
    place->error.text[0] = '\0';
    assert_int_equal(start(place->path, files, &place->error), expected);
    if (!strstr(place->error.text, said) || !strstr(place->error.text, place->path) || strchr(place->error.text, '\n'))
        fail_msg("%s\nlacks %s", place->error.text, said);
    load(place->path, &after);
    assert_int_equal(before.length, after.length);
    assert_memory_equal(buf_text(&before), buf_text(&after), after.length);
}

static void what_is_no_place_for_a_database(void **state)
{
    struct place *place = *state;
    assert_int_equal(start("/nonexistent/folder/x.db", one, &place->error), -EACCES);
    assert_string_equal(place->error.text, "/nonexistent/folder/x.db cannot be opened: check that its folder exists "
                                           "and that both may be written");
    assert_int_equal(start(place->folder, one, &place->error), -EACCES);
    assert_non_null(strstr(place->error.text, "cannot be opened"));
}

static void what_is_no_database(void **state)
{
    struct place *place = *state;
    const char text[] =
        "sku,name,weight_g\nMUG,cup,350\nthis is a text file that somebody named by mistake, quite long\n";
    store(place->path, text, sizeof(text) - 1);
    expect_refused(place, one, -EBADMSG, "is damaged or is not a database: keep it aside");
}

static void damaged_databases(void **state)
{
    struct place *place = *state;
    make_database(place);
    CLEANUP_BUF struct buf whole = {0};
    load(place->path, &whole);
    assert_true(whole.length > (size_t)100 * 4096);
    store(place->path, whole.data, whole.length / 2);
    expect_refused(place, one, -EBADMSG, "is damaged");
    static const size_t pages[] = {0, 1, 2, 3, 50, 99}; /* each page's header */
    for (size_t i = 0; i < COUNT(pages); i++) {
        char *at = whole.data + pages[i] * (size_t)4096 + (pages[i] == 0 ? 100 : 0), kept[64];
        memcpy(kept, at, sizeof(kept));
        memset(at, 0xA5, sizeof(kept));
        store(place->path, whole.data, whole.length);
        memcpy(at, kept, sizeof(kept));
        expect_refused(place, one, -EBADMSG, "is damaged");
        if (strstr(place->error.text, "damaged ()"))
            fail_msg("page %zu: %s", pages[i], place->error.text);
    }
    store(place->path, whole.data, whole.length);
    assert_int_equal(start(place->path, one, &place->error), 0);
}

/* In a child, as nobody: root may write everything. */
static void read_only_file(void **state)
{
    struct place *place = *state;
    make_database(place);
    assert_int_equal(chmod(place->path, 0444), 0);
    assert_int_equal(chmod(place->folder, 0555), 0);
    pid_t child = fork();
    if (child == 0) {
        struct error error = {0};
        if (geteuid() == 0 && seteuid(65534) != 0)
            _exit(2);
        int result = start(place->path, one, &error);
        _exit(result == -EACCES && strstr(error.text, "may be written") && strstr(error.text, place->path) ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    chmod(place->folder, 0755);
}

static void in_use_by_another(void **state)
{
    struct place *place = *state;
    make_database(place);
    struct sql *sql CLEANUP_SQL = NULL;
    static const struct sql_options options = {.exclusive = true};
    assert_int_equal(sql_open(place->path, &options, &sql, &place->error), 0);
    assert_int_equal(sql_migrate(sql, one, APPLICATION, &place->error), 0);
    pid_t child = fork();
    if (child == 0) {
        struct error error = {0};
        int result = start(place->path, one, &error);
        _exit(result == -EBUSY && strstr(error.text, "is in use by another program: stop that one first") ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(number(sql, "SELECT count(*) FROM t"), 3000);
    assert_int_equal(sql_run(sql, "DELETE FROM t WHERE id > 10", SQL_NO_VALUES), 0); /* the first one goes on */
}

/* https://www.sqlite.org/fileformat.html: the user version is at byte 60. */
static int version_in_head(const char *path)
{
    unsigned char head[64] = {0};
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fread(head, 1, sizeof(head), file), sizeof(head));
    fclose(file);
    return head[60] << 24 | head[61] << 16 | head[62] << 8 | head[63];
}

static void migrations(void **state)
{
    struct place *place = *state;
    struct sql *sql CLEANUP_SQL = open_migrated(place, place->path, one);
    assert_int_equal(number(sql, "PRAGMA user_version"), 1);
    assert_int_equal(sql_run(sql, "INSERT INTO t (name, n) VALUES ('kept', 1)", SQL_NO_VALUES), 0);
    assert_int_equal(sql_migrate(sql, two, APPLICATION, &place->error), 0);
    assert_int_equal(number(sql, "PRAGMA  user_version"), 2);
    assert_int_equal(sql_migrate(sql, two, APPLICATION, &place->error), 0); /* nothing to do */
    assert_int_equal(number(sql, "SELECT count(*) FROM t WHERE name = 'kept' AND more IS NULL"), 1);
    assert_int_equal(version_in_head(place->path), 2); /* while it is open: an older program need not read the WAL */
    sql = sql_close(sql);
    expect_refused(place, one, -EINVAL, "was written by a newer version (schema 2, this program knows 1)");
}

static void migration_that_fails(void **state)
{
    struct place *place = *state;
    struct sql *sql CLEANUP_SQL = NULL;
    assert_int_equal(sql_open(place->path, NULL, &sql, &place->error), 0);
    assert_true(sql_migrate(sql, two_fails, APPLICATION, &place->error) < 0);
    assert_non_null(strstr(place->error.text, "could not be brought to schema 2 and stays as it was"));
    assert_false(sql_in_transaction(sql));
    assert_int_equal(number(sql, "PRAGMA user_version"),
                     0); /* what came before it in the same upgrade is undone, too */
    assert_int_equal(number(sql, "SELECT count(*) FROM sqlite_schema"), 0);
}

/* Databases of others, whether they mark them or not. */
static void another_programs_database(void **state)
{
    struct place *place = *state;
    static const char *const makers[] = {"PRAGMA application_id=77; CREATE TABLE theirs (a);",
                                         "CREATE TABLE theirs (a);",
                                         "PRAGMA application_id=77; PRAGMA user_version=1;"};
    for (size_t i = 0; i < COUNT(makers); i++) {
        unlink(place->path);
        struct sql *sql = NULL;
        assert_int_equal(sql_open(place->path, NULL, &sql, &place->error), 0);
        assert_int_equal(sql_script(sql, makers[i], &place->error), 0);
        sql_close(sql);
        expect_refused(place, one, -EINVAL, "belongs to another program: name the right file");
    }
}

static void text_of(struct sql *sql, const char *pragma, char *out, size_t capacity)
{
    struct sql_query *query = sql_select_values(sql, pragma, (struct sql_value[]){{0}});
    assert_true(sql_next(query));
    sql_copy_text(query, 0, out, capacity);
    assert_int_equal(sql_done(query), 0);
}

static void durable_by_default(void **state)
{
    struct place *place = *state;
    struct sql *sql CLEANUP_SQL = open_migrated(place, place->path, two);
    char mode[16];
    text_of(sql, "PRAGMA journal_mode", mode, sizeof(mode));
    assert_string_equal(mode, "wal");
    assert_int_equal(number(sql, "PRAGMA synchronous"), 2);
    assert_int_equal(number(sql, "PRAGMA foreign_keys"), 1);
    assert_int_equal(number(sql, "PRAGMA mmap_size"), 0);
    assert_int_equal(number(sql, "PRAGMA trusted_schema"), 0);
    assert_int_equal(sql_run(sql, "INSERT INTO child (t) VALUES (999)", SQL_NO_VALUES), -EPERM);
    sql = sql_close(sql);
    static const struct sql_options options = {.exclusive = true, .cache_kib = 512, .page_bytes = 1024, .wal_kib = 10};
    assert_int_equal(sql_open(place->path, &options, &sql, &place->error), 0);
    assert_int_equal(sql_migrate(sql, two, APPLICATION, &place->error), 0);
    text_of(sql, "PRAGMA locking_mode", mode, sizeof(mode));
    assert_string_equal(mode, "exclusive");
    assert_int_equal(number(sql, "PRAGMA cache_size"), -512);
    char shm[80];
    snprintf(shm, sizeof(shm), "%s-shm", place->path);
    assert_int_not_equal(access(shm, F_OK), 0); /* the wal-index is in memory */
}

static void constraints(void **state)
{
    struct place *place = *state;
    struct sql *sql CLEANUP_SQL = open_migrated(place, ":memory:", one);
    static const char insert[] = "INSERT INTO t (id, name, n) VALUES (?1, ?2, ?3)";
    assert_int_equal(sql_run(sql, insert, sql_int(1), sql_text("a"), sql_int(1)), 0);
    assert_int_equal(sql_run(sql, insert, sql_int(1), sql_text("b"), sql_int(1)), -EEXIST);
    assert_int_equal(sql_run(sql, insert, sql_int(2), sql_text("a"), sql_int(1)), -EEXIST);
    assert_int_equal(sql_run(sql, insert, sql_int(2), sql_text("b"), sql_int(0)), -EPERM);
    assert_int_equal(sql_run(sql, insert, sql_int(2), sql_text("b"), sql_text("many")), -EPERM); /* STRICT */
    assert_int_equal(sql_run(sql, insert, sql_int(2), sql_null(), sql_ref(0)), 0);
    assert_int_equal(sql_changes(sql), 1);
    assert_int_equal(sql_last_id(sql), 2);
    int64_t value = 77;
    assert_int_equal(sql_number(sql, &value, "SELECT n FROM t WHERE id = ?1", sql_int(3)), -ENOENT);
    assert_int_equal(sql_number(sql, &value, "SELECT n FROM t WHERE id = ?1", sql_int(2)), -ENOENT); /* NULL */
    assert_int_equal(value, 77);
}

/* The same text, running inside itself, three deep; then again, from the cache. */
static int64_t nested_sum(struct sql *sql, int depth)
{
    int64_t sum = 0;
    struct sql_query *query = sql_select(sql, "SELECT n FROM t WHERE n >= ?1 ORDER BY n", sql_int(2));
    while (sql_next(query))
        sum += sql_get_int(query, 0) + (depth ? nested_sum(sql, depth - 1) : 0);
    assert_int_equal(sql_done(query), 0);
    return sum;
}

static void nested_statements(void **state)
{
    struct place *place = *state;
    struct sql *sql CLEANUP_SQL = open_migrated(place, ":memory:", one);
    for (int64_t i = 1; i <= 3; i++)
        assert_int_equal(sql_run(sql, "INSERT INTO t (n) VALUES (?1)", sql_int(i)), 0);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(nested_sum(sql, 0), 5);
        assert_int_equal(nested_sum(sql, 2), 5 + 2 * (5 + 2 * 5));
    }
    struct sql_query *query = sql_select(sql, "SELECT n FROM t WHERE n >= ?1 ORDER BY n", sql_int(3));
    assert_true(sql_next(query)); /* left in the middle */
    assert_int_equal(sql_done(query), 0);
    assert_int_equal(nested_sum(sql, 0), 5);
}

static void values_come_back(void **state)
{
    struct place *place = *state;
    struct sql *sql CLEANUP_SQL = open_migrated(place, ":memory:", one);
    struct sql_query *query = sql_select(sql, "SELECT ?1, ?2, ?3, ?4", sql_int(INT64_MIN), sql_text("红"),
                                         sql_blob("\0\1\2", 3), sql_text(NULL));
    assert_true(sql_next(query));
    size_t length = 0;
    char cut[3];
    assert_true(sql_get_int(query, 0) == INT64_MIN);
    assert_string_equal(sql_get_text(query, 1), "红");
    assert_memory_equal(sql_get_blob(query, 2, &length), "\0\1\2", 3);
    assert_int_equal(length, 3);
    assert_true(sql_get_null(query, 3));
    assert_string_equal(sql_get_text(query, 3), "");
    sql_copy_text(query, 1, cut, sizeof(cut));
    assert_string_equal(cut, ""); /* no half of a character */
    assert_int_equal(sql_done(query), 0);
}

static void a_statement_put_together_has_a_limit(void **state)
{
    struct place *place = *state;
    struct sql *sql CLEANUP_SQL = open_migrated(place, ":memory:", one);
    char text[160];
    snprintf(text, sizeof(text), "%s",
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT max(i) FROM n");
    struct sql_value few[] = {sql_int(10), {0}}, many[] = {sql_int(1000000), {0}};
    struct sql_query *query = sql_select_once(sql, text, few, 10000);
    assert_true(sql_next(query));
    assert_int_equal(sql_get_int(query, 0), 10);
    assert_int_equal(sql_done(query), 0);
    query = sql_select_once(sql, text, many, 10000);
    assert_false(sql_next(query));
    assert_int_equal(sql_done(query), -ETIME);
    assert_int_equal(sql_done(sql_select_once(NULL, text, few, 10000)), -EIO);
    int64_t all = 0; /* the limit was the statement's, not the connection's */
    assert_int_equal(sql_number(sql, &all,
                                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) "
                                "SELECT max(i) FROM n",
                                SQL_NO_VALUES),
                     0);
    assert_int_equal(all, 99999);
}

static void copies_while_in_use(void **state)
{
    struct place *place = *state;
    char copy[80];
    snprintf(copy, sizeof(copy), "%s-copy", place->path);
    struct sql *sql CLEANUP_SQL = open_migrated(place, place->path, one);
    assert_int_equal(sql_run(sql, "INSERT INTO t (n) VALUES (4)", SQL_NO_VALUES), 0);
    assert_int_equal(sql_copy_to(sql, copy, &place->error), 0);
    assert_true(sql_copy_to(sql, copy, &place->error) < 0); /* never over a file that is there */
    assert_non_null(strstr(place->error.text, copy));
    struct sql *second CLEANUP_SQL = open_migrated(place, copy, one);
    assert_int_equal(number(second, "SELECT n FROM t"), 4);
}

static void fill(struct sql *sql, int64_t first, int64_t last)
{
    for (int64_t i = first; i <= last; i++)
        assert_int_equal(sql_run(sql, "INSERT INTO t (n, name) VALUES (?1, hex(randomblob(400)) || ?1)", sql_int(i)),
                         0);
}

/* What is written while it is copied is in the copy: in what was taken already, in what was not, and in what is new. */
static void copies_little_by_little(void **state)
{
    struct place *place = *state;
    char copy[80];
    int percent = -1, steps = 0, result;
    struct sql_copy *taken CLEANUP(sql_copy_end_p) = NULL;
    snprintf(copy, sizeof(copy), "%s-copy", place->path);
    struct sql *sql CLEANUP_SQL = open_migrated(place, place->path, one);
    fill(sql, 1, 200);
    assert_int_equal(sql_copy_begin(sql, copy, &taken, &place->error), 0);
    while ((result = sql_copy_step(taken, 4, &percent, &place->error)) == 1) {
        int64_t at = 1000 + steps++;
        assert_in_range(percent, 0, 100);
        assert_int_equal(sql_run(sql, "UPDATE t SET n = n + 1000 WHERE id IN (1, 199)", SQL_NO_VALUES), 0);
        assert_int_equal(sql_run(sql, "BEGIN", SQL_NO_VALUES), 0);
        fill(sql, at, at);
        assert_int_equal(sql_run(sql, "SAVEPOINT refused", SQL_NO_VALUES), 0);
        assert_int_equal(sql_run(sql, "UPDATE t SET n = 1 WHERE id = 2", SQL_NO_VALUES), 0);
        assert_int_equal(sql_run(sql, "ROLLBACK TO refused", SQL_NO_VALUES), 0);
        assert_int_equal(sql_run(sql, "RELEASE refused", SQL_NO_VALUES), 0);
        assert_int_equal(sql_run(sql, steps == 7 ? "ROLLBACK" : "COMMIT", SQL_NO_VALUES), 0); /* it begins again */
    }
    assert_int_equal(result, 0);
    assert_int_equal(percent, 100);
    assert_in_range(steps, 20, 100);
    taken = sql_copy_end(taken);
    struct sql *second CLEANUP_SQL = open_migrated(place, copy, one);
    assert_int_equal(sql_check(second, &place->error), 0);
    assert_int_equal(number(second, "SELECT count(*) FROM t"), number(sql, "SELECT count(*) FROM t"));
    assert_int_equal(number(second, "SELECT sum(n) FROM t"), number(sql, "SELECT sum(n) FROM t"));
    assert_true(number(second, "SELECT n FROM t WHERE id = 1") > 5000);
}

static void a_copy_ends_with_its_database(void **state)
{
    struct place *place = *state;
    char copy[80];
    int percent;
    struct sql_copy *taken CLEANUP(sql_copy_end_p) = NULL;
    snprintf(copy, sizeof(copy), "%s-copy", place->path);
    struct sql *sql CLEANUP_SQL = open_migrated(place, place->path, one);
    fill(sql, 1, 50);
    assert_int_equal(sql_copy_begin(sql, copy, &taken, &place->error), 0);
    assert_int_equal(sql_copy_step(taken, 2, &percent, &place->error), 1);
    sql = sql_close(sql);
    assert_int_equal(sql_copy_step(taken, 2, &percent, &place->error), -EIO);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_is_no_place_for_a_database),
        IN_FOLDER(what_is_no_database),
        IN_FOLDER(damaged_databases),
        IN_FOLDER(read_only_file),
        IN_FOLDER(in_use_by_another),
        IN_FOLDER(migrations),
        IN_FOLDER(migration_that_fails),
        IN_FOLDER(another_programs_database),
        IN_FOLDER(durable_by_default),
        IN_FOLDER(constraints),
        IN_FOLDER(nested_statements),
        IN_FOLDER(values_come_back),
        IN_FOLDER(a_statement_put_together_has_a_limit),
        IN_FOLDER(copies_while_in_use),
        IN_FOLDER(copies_little_by_little),
        IN_FOLDER(a_copy_ends_with_its_database),
    };
    return cmocka_run_group_tests_name("sql", tests, NULL, NULL);
}
