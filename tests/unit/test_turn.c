/* The turn: what a refused event leaves, what a failed commit leaves, in which order effects come, how much may wait.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "site_rig.h"
#include "store/catalog.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define STATION "bench-1"

struct heard {
    struct effect effect;
    int64_t mono_us;
};

struct bench {
    struct site_rig rig;
    struct heard heard[TURN_QUEUE_MAX];
    size_t count;
    bool in_transaction;    /* at any effect */
    enum turn_point cut_at; /* trap, at the cut_after-th time */
    int cut_after;
    char folder[32], path[64];
};

static void on_effect(void *user, const struct event *event, const struct effect *effect)
{
    struct bench *bench = user;
    bench->in_transaction |= sql_in_transaction(bench->rig.store->sql);
    bench->heard[bench->count++] = (struct heard){.effect = *effect, .mono_us = event->mono_us};
}

static int64_t number(struct bench *bench, const char *sql)
{
    int64_t value = -1;
    sql_number_values(bench->rig.store->sql, &value, sql, (struct sql_value[]){{0}});
    return value;
}

#define JOURNAL_ROWS  "SELECT count(*) FROM journal"
#define REJECTED_ROWS "SELECT count(*) FROM journal WHERE type = 'scan.rejected'"

/* A filled site whose effects are kept from here on. */
static void fill(struct bench *bench)
{
    site_rig_fill(&bench->rig);
    turn_free(bench->rig.turn);
    assert_int_equal(turn_new(bench->rig.store, on_effect, bench, &bench->rig.turn), 0);
    bench->count = 0;
}

static int open_in_memory(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    *state = bench;
    int result = site_rig_open(&bench->rig, ":memory:", 1);
    if (!result)
        fill(bench);
    return result;
}

static int open_on_disk(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    *state = bench;
    snprintf(bench->folder, sizeof(bench->folder), "/tmp/turn-XXXXXX");
    if (!mkdtemp(bench->folder))
        return -errno;
    snprintf(bench->path, sizeof(bench->path), "%s/site.db", bench->folder);
    int result = site_rig_open(&bench->rig, bench->path, 1);
    if (!result)
        fill(bench);
    return result;
}

static int close_bench(void **state)
{
    struct bench *bench = *state;
    char wal[80];
    site_rig_close(&bench->rig);
    snprintf(wal, sizeof(wal), "%s-wal", bench->path);
    unlink(wal);
    unlink(bench->path);
    rmdir(bench->folder);
    free(bench);
    return 0;
}

static int post_scan(struct bench *bench, const char *text)
{
    struct event event = {.kind = EVENT_SCAN, .station = STATION};
    return site_rig_post(&bench->rig, &event, text, strlen(text));
}

static void refused_among_good(void **state)
{
    struct bench *bench = *state;
    int64_t rows = number(bench, JOURNAL_ROWS);
    static const struct {
        const char *scan;
        bool good;
    } scans[] = {{"B-1", true}, {"NO-SUCH", false}, {"CMD:LOGOUT", true}, {"CMD:UNDO", false}, {"B-2", true}};
    for (size_t i = 0; i < COUNT(scans); i++)
        assert_int_equal(post_scan(bench, scans[i].scan), 0);
    assert_int_equal(bench->count, 0); /* nothing is heard before the turn */
    assert_int_equal(site_rig_turn(&bench->rig), 0);
    assert_int_equal(turn_counters(bench->rig.turn)->turns, 1);
    assert_int_equal(turn_counters(bench->rig.turn)->events, COUNT(scans));
    assert_int_equal(turn_counters(bench->rig.turn)->refused, 2);
    assert_int_equal(bench->count, COUNT(scans));
    for (size_t i = 0; i < COUNT(scans); i++) {
        assert_int_equal(bench->heard[i].effect.good, scans[i].good);
        assert_true(i == 0 || bench->heard[i].mono_us > bench->heard[i - 1].mono_us);
    }
    assert_false(bench->in_transaction);
    assert_int_equal(number(bench, JOURNAL_ROWS), rows + 5);
    assert_int_equal(number(bench, REJECTED_ROWS), 2);
    assert_int_equal(number(bench, "SELECT w.code = 'u2' FROM session s JOIN worker w ON w.id = s.worker WHERE "
                                   "s.station = 'bench-1'"),
                     1);
    assert_int_equal(laws_check(bench->rig.store, &bench->rig.error), 0);
}

/* An import that fails in its last row has written the rows before: its savepoint takes them back, no more. */
static void half_done_is_undone(void **state)
{
    struct bench *bench = *state;
    int64_t rows = number(bench, JOURNAL_ROWS);
    struct event event = {.kind = EVENT_IMPORT, .name = "stock"};
    const char csv[] = "location,sku,quantity\nA-01,MUG,3\nA-02,PEN,3\nA-02,NOPE,1\n";
    assert_int_equal(post_scan(bench, "B-1"), 0);
    assert_int_equal(site_rig_post(&bench->rig, &event, csv, strlen(csv)), 0);
    assert_int_equal(post_scan(bench, "CMD:LOGOUT"), 0);
    assert_int_equal(site_rig_turn(&bench->rig), 0);
    assert_true(bench->heard[0].effect.good);
    assert_false(bench->heard[1].effect.good);
    assert_true(bench->heard[2].effect.good);
    assert_int_equal(number(bench, JOURNAL_ROWS), rows + 2);
    assert_int_equal(number(bench, "SELECT sum(quantity) FROM balance WHERE physical"), 50);
    assert_int_equal(number(bench, "SELECT count(*) FROM session WHERE station IS NULL"), 1);
    assert_int_equal(laws_check(bench->rig.store, &bench->rig.error), 0);
}

static void queue_is_bounded(void **state)
{
    struct bench *bench = *state;
    char text[600];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    for (size_t i = 0; i < TURN_QUEUE_MAX; i++) {
        assert_true(turn_room(bench->rig.turn));
        assert_int_equal(post_scan(bench, text), 0);
    }
    assert_false(turn_room(bench->rig.turn));
    assert_int_equal(post_scan(bench, text), -EAGAIN);
    assert_int_equal(turn_counters(bench->rig.turn)->full, 1);
    assert_int_equal(turn_waiting(bench->rig.turn), TURN_QUEUE_MAX);
    assert_int_equal(site_rig_turn(&bench->rig), 0);
    assert_int_equal(bench->count, TURN_EVENTS_MAX);
    assert_int_equal(turn_waiting(bench->rig.turn), TURN_QUEUE_MAX - TURN_EVENTS_MAX);
    for (size_t i = 0; i < TURN_EVENTS_MAX; i++) /* around the ring's end */
        assert_int_equal(post_scan(bench, i % 2 ? text : "B-1"), 0);
    assert_int_equal(post_scan(bench, text), -EAGAIN);
    assert_int_equal(bench->heard[0].mono_us + (int64_t)TURN_EVENTS_MAX * 1000, turn_oldest_us(bench->rig.turn));
    /* The rest is freed with the turn: the sanitiser sees that. */
}

/* Bytes at the border between inline and heap arrive whole. */
static void long_scans(void **state)
{
    struct bench *bench = *state;
    static const size_t lengths[] = {0, 1, EVENT_INLINE_MAX - 1, EVENT_INLINE_MAX, EVENT_INLINE_MAX + 1, 4296};
    char text[4300];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + i % 23);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct event event = {0};
        assert_int_equal(event_set_bytes(&event, text, lengths[i]), 0);
        assert_int_equal(event.heap != NULL, lengths[i] >= EVENT_INLINE_MAX);
        assert_int_equal(event.length, lengths[i]);
        assert_memory_equal(event_bytes(&event), text, lengths[i]);
        assert_int_equal(event_bytes(&event)[lengths[i]], '\0');
        free(event.heap);
    }
    struct event event = {.kind = EVENT_SCAN, .station = STATION};
    assert_int_equal(site_rig_post(&bench->rig, &event, text, sizeof(text)), 0);
    assert_int_equal(site_rig_turn(&bench->rig), 0);
    assert_false(bench->heard[0].effect.good);
}

static int trap(void *user, enum turn_point point)
{
    struct bench *bench = user;
    return point == bench->cut_at && --bench->cut_after == 0 ? TURN_TRAPPED : 0;
}

/* A power cut at each point: the file holds all of the turn or nothing, and all only when it was committed. */
static void power_cuts(void **state)
{
    struct bench *bench = *state;
    static const struct {
        enum turn_point at;
        int after;
        bool kept;
        size_t effects;
    } cuts[] = {{TURN_GATHERED, 1, false, 0}, {TURN_DECIDED_ONE, 1, false, 0}, {TURN_DECIDED_ONE, 2, false, 0},
                {TURN_DECIDED, 1, false, 0},  {TURN_COMMITTED, 1, true, 0},    {TURN_EFFECT, 1, true, 1}};
    for (size_t i = 0; i < COUNT(cuts); i++) {
        bench->cut_at = cuts[i].at;
        bench->cut_after = cuts[i].after;
        bench->count = 0;
        int64_t rows = number(bench, JOURNAL_ROWS);
        turn_set_trap(bench->rig.turn, trap, bench);
        assert_int_equal(post_scan(bench, "B-1"), 0);
        assert_int_equal(post_scan(bench, "NO-SUCH"), 0);
        assert_int_equal(site_rig_turn(&bench->rig), TURN_TRAPPED);
        assert_int_equal(bench->count, cuts[i].effects);
        site_rig_close(&bench->rig);
        assert_int_equal(site_rig_open(&bench->rig, bench->path, 2 + i), 0);
        turn_free(bench->rig.turn);
        assert_int_equal(turn_new(bench->rig.store, on_effect, bench, &bench->rig.turn), 0);
        assert_int_equal(number(bench, JOURNAL_ROWS), rows + (cuts[i].kept ? 2 : 0));
        assert_int_equal(laws_check(bench->rig.store, &bench->rig.error), 0);
    }
}

/* From here on no file of this process grows past what the database's log has now: a full disk. */
static void fill_disk(struct bench *bench, struct rlimit *before)
{
    char wal[80];
    struct stat status;
    snprintf(wal, sizeof(wal), "%s-wal", bench->path);
    assert_int_equal(stat(wal, &status), 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, before), 0);
    struct rlimit full = {.rlim_cur = (rlim_t)status.st_size, .rlim_max = before->rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
}

static void disk_full(void **state)
{
    struct bench *bench = *state;
    struct rlimit before;
    int64_t rows = number(bench, JOURNAL_ROWS);
    fill_disk(bench, &before);
    for (int i = 0; i < 3; i++)
        assert_int_equal(post_scan(bench, i ? "CMD:LOGOUT" : "B-1"), 0);
    int result = site_rig_turn(&bench->rig);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(result, 0); /* the daemon goes on */
    assert_int_equal(turn_counters(bench->rig.turn)->failed_commits, 1);
    assert_int_equal(bench->count, 3);
    for (size_t i = 0; i < bench->count; i++) {
        assert_false(bench->heard[i].effect.good);
        assert_int_equal(bench->heard[i].effect.answer.message, E00_NOT_SAVED);
    }
    assert_int_equal(number(bench, JOURNAL_ROWS), rows);
    assert_int_equal(number(bench, "SELECT count(*) FROM session"), 0);
    assert_int_equal(turn_waiting(bench->rig.turn), 0);

    assert_int_equal(post_scan(bench, "B-1"), 0); /* space is back */
    assert_int_equal(site_rig_turn(&bench->rig), 0);
    assert_true(bench->heard[3].effect.good);
    assert_int_equal(number(bench, JOURNAL_ROWS), rows + 1);
    assert_int_equal(laws_check(bench->rig.store, &bench->rig.error), 0);
}

/* A turn that cannot even begin is refused: it must not be taken for the one before, which is on disk. */
static void turn_that_cannot_begin(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(post_scan(bench, "B-1"), 0);
    assert_int_equal(site_rig_turn(&bench->rig), 0);
    assert_true(bench->heard[0].effect.good);
    assert_int_equal(sql_script(bench->rig.store->sql, "BEGIN; SELECT 1", &bench->rig.error), 0);
    assert_int_equal(sql_script(bench->rig.store->sql, "PRAGMA query_only=ON", &bench->rig.error), 0);
    sql_script(bench->rig.store->sql, "ROLLBACK", NULL);
    assert_int_equal(post_scan(bench, "CMD:LOGOUT"), 0);
    assert_int_equal(site_rig_turn(&bench->rig), 0);
    assert_int_equal(turn_counters(bench->rig.turn)->failed_commits, 1);
    assert_false(bench->heard[1].effect.good);
    assert_int_equal(bench->heard[1].effect.answer.message, E00_NOT_SAVED);
    assert_int_equal(post_scan(bench, "CMD:LOGOUT"), 0); /* the connection is a new one */
    assert_int_equal(site_rig_turn(&bench->rig), 0);
    assert_true(bench->heard[2].effect.good);
}

/* A file that cannot be opened again: every event is refused, and the caller is told to stop. */
static void store_beyond_use(void **state)
{
    struct bench *bench = *state;
    struct rlimit before;
    char away[80];
    snprintf(away, sizeof(away), "%s/away", bench->folder);
    assert_int_equal(post_scan(bench, "B-1"), 0);
    fill_disk(bench, &before);
    assert_int_equal(rename(bench->path, away), 0);
    assert_int_equal(mkdir(bench->path, 0700), 0);
    int result = site_rig_turn(&bench->rig);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_true(result < 0);
    assert_non_null(strstr(bench->rig.error.text, bench->path));
    assert_int_equal(bench->count, 1);
    assert_int_equal(bench->heard[0].effect.answer.message, E00_NOT_SAVED);
    rmdir(bench->path);
    unlink(away);
}

static void survived_or_not(void **state)
{
    struct bench *bench = *state;
    struct store *store = bench->rig.store;
    bool survived = false;
    store->stamp = (struct stamp){.station = "", .worker_code = ""};
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(journal_append(store, "test", "x/1", "{}", NULL), 0);
    assert_int_equal(store_commit(store), 0);
    int64_t rows = number(bench, JOURNAL_ROWS);
    assert_int_equal(store_reopen(store, &survived, &bench->rig.error), 0);
    assert_true(survived);
    assert_int_equal(number(bench, JOURNAL_ROWS), rows);

    assert_int_equal(store_begin(store), 0);
    assert_int_equal(journal_append(store, "test", "x/2", "{}", NULL), 0);
    assert_int_equal(store_reopen(store, &survived, &bench->rig.error), 0);
    assert_false(survived);
    assert_int_equal(number(bench, JOURNAL_ROWS), rows);
    assert_false(sql_in_transaction(store->sql));
}

#define IN_MEMORY(test) cmocka_unit_test_setup_teardown(test, open_in_memory, close_bench)
#define ON_DISK(test)   cmocka_unit_test_setup_teardown(test, open_on_disk, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(refused_among_good),
        IN_MEMORY(half_done_is_undone),
        IN_MEMORY(queue_is_bounded),
        IN_MEMORY(long_scans),
        ON_DISK(power_cuts),
        ON_DISK(disk_full),
        ON_DISK(turn_that_cannot_begin),
        ON_DISK(store_beyond_use),
        ON_DISK(survived_or_not),
    };
    return cmocka_run_group_tests_name("turn", tests, NULL, NULL);
}
