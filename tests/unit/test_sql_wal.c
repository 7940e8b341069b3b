/* What was committed is worked into the database's file beside the loop: no commit does it, the WAL begins anew, and
 * nobody else has the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/sql_wal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define APPLICATION 0x54657374
#define WAL_KIB     64
#define ROWS        2000 /* each a commit, of some KiB in the WAL */

static const struct embedded_file schema[] = {
    {"001.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, bytes BLOB) STRICT;", 0},
    {0},
};
static const struct sql_options options = {.own_process = true, .page_bytes = 1024, .wal_kib = WAL_KIB};

struct place {
    char folder[32], path[64], wal_path[72];
    sd_event *event;
    struct sql *sql;
    struct sql_wal *wal;
    struct error error;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    *state = place;
    snprintf(place->folder, sizeof(place->folder), "/tmp/wal-XXXXXX");
    if (!mkdtemp(place->folder))
        return -errno;
    snprintf(place->path, sizeof(place->path), "%s/test.db", place->folder);
    snprintf(place->wal_path, sizeof(place->wal_path), "%s-wal", place->path);
    sd_event_new(&place->event);
    int result = sql_open(place->path, &options, &place->sql, &place->error);
    if (!result)
        result = sql_migrate(place->sql, schema, APPLICATION, &place->error);
    return result ? result : sql_wal_open(place->sql, place->event, &place->wal, &place->error);
}

static int tear_down(void **state)
{
    struct place *place = *state;
    place->wal = sql_wal_close(place->wal);
    place->sql = sql_close(place->sql);
    sd_event_unref(place->event);
    assert_int_equal(access(place->wal_path, F_OK), -1); /* whoever closes last has worked all of it in */
    sql_remove(place->path);
    rmdir(place->folder);
    free(place);
    return 0;
}

static int64_t size_of(const char *path)
{
    struct stat stat_;
    return stat(path, &stat_) == 0 ? stat_.st_size : 0;
}

static void commit_row(struct place *place)
{
    static char bytes[2000];
    assert_int_equal(sql_run(place->sql, "INSERT INTO t (bytes) VALUES (?1)", sql_blob(bytes, sizeof(bytes))), 0);
}

static int64_t number(struct sql *sql, const char *text)
{
    int64_t value = -1;
    assert_int_equal(sql_number(sql, &value, text, SQL_NO_VALUES), 0);
    return value;
}

/* The thread is waited for, but what it has done is not handed back: only it can have done it. */
static void no_commit_works_it_in(void **state)
{
    struct place *place = *state;
    int64_t before = size_of(place->path);
    while (size_of(place->wal_path) < WAL_KIB * 1024)
        commit_row(place);
    assert_int_equal(sd_event_prepare(place->event), 0);
    assert_true(sd_event_wait(place->event, 10 * 1000 * 1000) > 0);
    assert_true(size_of(place->path) > before);
    int64_t worked = size_of(place->path);
    while (size_of(place->wal_path) < 3 * WAL_KIB * 1024) /* the job has not come back: it is not given again */
        commit_row(place);
    assert_int_equal(size_of(place->path), worked);
}

static void the_wal_begins_anew(void **state)
{
    struct place *place = *state;
    int64_t longest = 0;
    for (int i = 0; i < ROWS; i++) {
        commit_row(place);
        sd_event_run(place->event, 0);
        longest = size_of(place->wal_path) > longest ? size_of(place->wal_path) : longest;
    }
    assert_true(size_of(place->path) > ROWS * 1500);
    assert_true(longest < ROWS * 1500); /* a few times as long as it should be where the disk is slow; not all of it */
    assert_int_equal(number(place->sql, "SELECT count(*) FROM t"), ROWS);
    assert_int_equal(sql_check(place->sql, &place->error), 0);
}

/* Nothing is handed back, and on a busy processor nothing is done: then a commit waits for it. */
static void a_loop_that_never_pauses_waits_at_last(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < ROWS; i++)
        commit_row(place);
    assert_true(size_of(place->wal_path) > 3 * WAL_KIB * 1024);
    assert_true(size_of(place->wal_path) < 6 * WAL_KIB * 1024);
    assert_int_equal(number(place->sql, "SELECT count(*) FROM t"), ROWS);
    assert_int_equal(sql_check(place->sql, &place->error), 0);
}

static void nobody_else_has_the_file(void **state)
{
    struct place *place = *state;
    char shm[80];
    int status;
    commit_row(place);
    snprintf(shm, sizeof(shm), "%s-shm", place->path);
    assert_int_not_equal(access(shm, F_OK), 0); /* the WAL's index is in memory */
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", "test_sql_wal", place->path, NULL);
        _exit(EX_OSERR);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EX_UNAVAILABLE);
}

/* As after a commit that failed: both connections go, and what the disk holds is read anew. */
static void it_is_opened_again(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < 100; i++)
        commit_row(place);
    place->wal = sql_wal_close(place->wal);
    place->sql = sql_close(place->sql);
    assert_int_equal(sql_open(place->path, &options, &place->sql, &place->error), 0);
    assert_int_equal(sql_wal_open(place->sql, place->event, &place->wal, &place->error), 0);
    assert_int_equal(number(place->sql, "SELECT count(*) FROM t"), 100);
    commit_row(place);
    assert_int_equal(number(place->sql, "SELECT count(*) FROM t"), 101);
}

/* Another program that looks at the database. */
static int look(const char *path)
{
    struct error error;
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    return sql_open(path, NULL, &sql, &error) == -EBUSY ? EX_UNAVAILABLE : EX_OK;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return look(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_commit_works_it_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_wal_begins_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_loop_that_never_pauses_waits_at_last, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_else_has_the_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_is_opened_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
