/* The journal through restores: epochs that head office grants, places that are told it, what a backup allows to be
 * deleted, changes that head office has lost, and what it knows that this database had lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "floor/resync.h"
#include "site_rig.h"

#include <errno.h>

#define NONCE     "k3v7q2m9x4c8b1n6z5t0r2w7ya"
#define MARKS_MAX 24
#define LATE_US   (INT64_C(1) << 52) /* later than anything that happens here */

static int set_up(void **state)
{
    struct site_rig *rig = calloc(1, sizeof(*rig));
    *state = rig;
    return site_rig_open(rig, ":memory:", 1);
}

static int set_up_filled(void **state)
{
    int result = set_up(state);
    if (!result)
        site_rig_fill(*state);
    return result;
}

static int tear_down(void **state)
{
    struct site_rig *rig = *state;
    struct error error;
    if (laws_check(rig->store, &error) != 0)
        fail_msg("%s", error.text);
    site_rig_close(rig);
    free(rig);
    return 0;
}

static void happens(struct site_rig *rig, int times)
{
    rig->store->stamp.wall_us = rig->now_us;
    assert_int_equal(store_begin(rig->store), 0);
    while (times-- > 0)
        assert_int_equal(journal_append(rig->store, "pick.left", "order/1", "{\"worker\":\"u1\"}", NULL), 0);
    assert_int_equal(store_commit(rig->store), 0);
}

static int64_t number(struct site_rig *rig, const char *sql)
{
    int64_t value = -1;
    assert_int_equal(sql_number_values(rig->store->sql, &value, sql, (struct sql_value[]){{0}}), 0);
    return value;
}

static struct stream stream_of(struct site_rig *rig)
{
    struct stream stream = {0};
    assert_int_equal(store_stream(rig->store, &stream), 0);
    return stream;
}

/* A row as head office would name it; the row must be there. */
static struct chain_mark mark_at(struct site_rig *rig, int64_t seq)
{
    struct chain_mark mark = {0};
    size_t length;
    struct sql_query *row =
        sql_select(rig->store->sql, "SELECT epoch, seq, hash FROM journal WHERE seq = ?1", sql_int(seq));
    assert_true(sql_next(row));
    mark.epoch = sql_get_int(row, 0);
    mark.seq = sql_get_int(row, 1);
    memcpy(mark.hash, sql_get_blob(row, 2, &length), sizeof(mark.hash));
    sql_done(row);
    return mark;
}

static void assert_whole(struct site_rig *rig)
{
    int64_t bad = -1;
    assert_int_equal(journal_verify(rig->store, &bad), 0);
    assert_int_equal(bad, 0);
}

static void read_all(struct site_rig *rig, struct buf *lines)
{
    int64_t last;
    assert_int_equal(journal_read(rig->store, 0, 1000, 1 << 20, lines, &last), 0);
    assert_int_equal(last, stream_of(rig).last_seq);
}

static void told_durable(struct site_rig *rig, int64_t epoch, int64_t seq)
{
    const struct acknowledged told = {
        .applied = INT64_MAX, .durable_epoch = epoch, .durable_seq = seq, .gen = NONCE, .key = {1}};
    assert_int_equal(journal_acknowledged(rig->store, &told), 0);
}

/* As a turn does it. */
static int open_epoch(struct site_rig *rig, int64_t epoch, const struct chain_mark *base, const char *nonce)
{
    assert_int_equal(store_begin(rig->store), 0);
    int result = journal_grant(rig->store, epoch, base, nonce);
    if (result)
        store_rollback(rig->store);
    else
        assert_int_equal(store_commit(rig->store), 0);
    return result;
}

/* ---------------------------------------------------------------- epochs */

static void an_epoch_goes_on_from_a_line_that_is_there(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP_BUF struct buf before = {0}, after = {0};
    uint8_t begun[CHAIN_HASH_SIZE], hash[CHAIN_HASH_SIZE];
    happens(rig, 6);
    read_all(rig, &before);
    const struct chain_mark base = mark_at(rig, 3);
    assert_int_equal(open_epoch(rig, 2, &base, NONCE), 0);
    struct stream stream = stream_of(rig);
    assert_int_equal(stream.epoch, 2);
    assert_int_equal(stream.last_seq, 6);
    assert_int_equal(stream.applied_seq, 3); /* what follows goes out once more */
    assert_int_equal(stream.reemit_seq, 6);
    assert_true(stream.snapshot);
    chain_begin(begun, "hz-07", 2, 1, 3, base.hash, NONCE);
    assert_int_equal(journal_hash(rig->store, 3, hash), 0);
    assert_memory_equal(hash, begun, sizeof(hash));
    assert_int_equal(journal_hash(rig->store, 2, hash), -ENOENT); /* of the epoch before */
    assert_int_equal(mark_at(rig, 3).epoch, 1);
    assert_int_equal(mark_at(rig, 4).epoch, 2);
    read_all(rig, &after);
    assert_int_equal(after.length, before.length);
    assert_memory_equal(after.data, before.data, before.length); /* not a byte of a line is another one */
    assert_whole(rig);
    happens(rig, 1);
    assert_int_equal(number(rig,
                            "SELECT line ->> '$.sequence' = '0000000002-0000000000000007' FROM journal WHERE seq = "
                            "7"),
                     1);
    assert_whole(rig);
}

static void an_epoch_may_go_on_from_nothing(void **state)
{
    struct site_rig *rig = *state;
    const struct chain_mark nothing = {0};
    uint8_t begun[CHAIN_HASH_SIZE], hash[CHAIN_HASH_SIZE];
    happens(rig, 3);
    assert_int_equal(open_epoch(rig, 5, &nothing, NONCE), 0);
    chain_begin(begun, "hz-07", 5, 0, 0, NULL, NONCE);
    assert_int_equal(journal_hash(rig->store, 0, hash), 0);
    assert_memory_equal(hash, begun, sizeof(hash));
    assert_int_equal(number(rig, "SELECT min(epoch) = 5 AND max(epoch) = 5 FROM journal"), 1);
    assert_int_equal(stream_of(rig).applied_seq, 0);
    assert_whole(rig);
}

/* The second one may go on from before where the first one did: then nothing is left of that. */
static void epochs_follow_each_other(void **state)
{
    struct site_rig *rig = *state;
    happens(rig, 6);
    const struct chain_mark first = mark_at(rig, 4), before = mark_at(rig, 2);
    assert_int_equal(open_epoch(rig, 2, &first, NONCE), 0);
    happens(rig, 2);
    const struct chain_mark second = mark_at(rig, 7);
    assert_int_equal(open_epoch(rig, 3, &second, "another"), 0);
    assert_whole(rig);
    happens(rig, 2);
    assert_whole(rig);
    assert_int_equal(number(rig, "SELECT count(DISTINCT epoch) FROM journal"), 3);
    assert_int_equal(open_epoch(rig, 9, &before, "a third"), 0);
    happens(rig, 1);
    assert_whole(rig);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE epoch = 9"), 9);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE epoch = 1"), 2);
}

static void an_epoch_that_does_not_fit_is_refused(void **state)
{
    struct site_rig *rig = *state;
    happens(rig, 4);
    const struct chain_mark good = mark_at(rig, 3);
    struct chain_mark other_hash = good, other_seq = good, other_epoch = good, beyond = good;
    other_hash.hash[0] ^= 1;
    other_seq.seq = 2;
    other_epoch.epoch = 2;
    beyond.seq = 99;
    const struct {
        int64_t epoch;
        const struct chain_mark *base;
    } cases[] = {{2, &other_hash}, {2, &other_seq}, {2, &other_epoch}, {2, &beyond}, {1, &good}, {0, &good}};
    struct stream before = stream_of(rig);
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (open_epoch(rig, cases[i].epoch, cases[i].base, NONCE) != -EINVAL)
            fail_msg("case %zu", i);
        struct stream after = stream_of(rig);
        assert_memory_equal(&after, &before, sizeof(before));
    }
    happens(rig, 1);
    assert_whole(rig);
    assert_int_equal(open_epoch(rig, 2, &good, NONCE), 0);
    assert_int_equal(open_epoch(rig, 2, &good, NONCE), -EINVAL); /* it came twice */
}

/* A line under another number, a hash that is not its own, a row too few: each is found where it is. */
static void damage_is_found_in_every_epoch(void **state)
{
    struct site_rig *rig = *state;
    static const struct {
        const char *sql;
        int64_t bad;
    } cases[] = {
        {"UPDATE journal SET line = replace(line, 'worker', 'wooker') WHERE seq = 2", 2},
        {"UPDATE journal SET line = replace(line, 'worker', 'wooker') WHERE seq = 5", 5},
        {"UPDATE journal SET hash = zeroblob(32) WHERE seq = 6", 6},
        {"UPDATE journal SET epoch = 1 WHERE seq = 4", 4},
        {"UPDATE epoch SET nonce = 'x' WHERE epoch = 2", 4},
        {"DELETE FROM journal WHERE seq = 5", 6},
        {"DELETE FROM journal WHERE seq = 6", 6},
        {"UPDATE stream SET last_hash = zeroblob(32)", 6},
    };
    happens(rig, 6);
    const struct chain_mark base = mark_at(rig, 3);
    assert_int_equal(open_epoch(rig, 2, &base, NONCE), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t bad = 0;
        assert_int_equal(sql_script(rig->store->sql,
                                    "SAVEPOINT whole; DROP TRIGGER journal_is_final; DROP TRIGGER journal_stays",
                                    &rig->error),
                         0);
        assert_int_equal(sql_script(rig->store->sql, cases[i].sql, &rig->error), 0);
        assert_int_equal(journal_verify(rig->store, &bad), 0);
        if (bad != cases[i].bad)
            fail_msg("%s: %d", cases[i].sql, (int)bad);
        assert_int_equal(sql_script(rig->store->sql, "ROLLBACK TO whole; RELEASE whole", &rig->error), 0);
    }
    assert_whole(rig);
}

/* ---------------------------------------------------------------- places */

static void places_go_back_to_the_oldest(void **state)
{
    struct site_rig *rig = *state;
    struct chain_mark marks[MARKS_MAX];
    size_t count = 9;
    assert_int_equal(journal_marks(rig->store, marks, MARKS_MAX, &count), 0);
    assert_int_equal(count, 0);
    for (int rows = 1; rows <= 70; rows++) {
        happens(rig, 1);
        assert_int_equal(journal_marks(rig->store, marks, MARKS_MAX, &count), 0);
        assert_true(count >= 1 && count <= MARKS_MAX);
        assert_int_equal(marks[0].seq, rows);
        assert_int_equal(marks[count - 1].seq, 1);
        for (size_t i = 0; i < count; i++) {
            const struct chain_mark right = mark_at(rig, marks[i].seq);
            assert_memory_equal(marks[i].hash, right.hash, CHAIN_HASH_SIZE);
            assert_int_equal(marks[i].epoch, 1);
            assert_true(i == 0 || marks[i].seq < marks[i - 1].seq);
            if (i > 0 && i + 1 < count)
                assert_int_equal(marks[0].seq - marks[i].seq, 1 << (i - 1));
        }
    }
    assert_int_equal(journal_marks(rig->store, marks, 3, &count), 0);
    assert_true(count <= 3);
}

/* ---------------------------------------------------------------- deleting */

static int64_t prune(struct site_rig *rig, int64_t before_us, int64_t most)
{
    int64_t rows = -1;
    assert_int_equal(journal_prune(rig->store, before_us, most, &rows), 0);
    return rows;
}

static void only_what_is_in_a_backup_is_deleted(void **state)
{
    struct site_rig *rig = *state;
    struct chain_mark marks[MARKS_MAX];
    uint8_t hash[CHAIN_HASH_SIZE];
    size_t count;
    happens(rig, 10);
    assert_int_equal(prune(rig, LATE_US, 100), 0);
    told_durable(rig, 0, 0);
    assert_int_equal(prune(rig, LATE_US, 100), 0);
    told_durable(rig, 1, 6);
    assert_int_equal(prune(rig, INT64_C(1000000), 100), 0); /* it is not old */
    const struct chain_mark fourth = mark_at(rig, 4), sixth = mark_at(rig, 6), third = mark_at(rig, 3);
    assert_int_equal(prune(rig, LATE_US, 4), 4);
    assert_whole(rig);
    assert_int_equal(stream_of(rig).pruned_seq, 4);
    assert_int_equal(journal_hash(rig->store, 4, hash), 0); /* the chain goes on from there */
    assert_memory_equal(hash, fourth.hash, sizeof(hash));
    assert_int_equal(journal_hash(rig->store, 3, hash), -ENOENT);
    assert_int_equal(journal_marks(rig->store, marks, MARKS_MAX, &count), 0);
    assert_int_equal(marks[count - 1].seq, 4);
    assert_memory_equal(marks[count - 1].hash, fourth.hash, CHAIN_HASH_SIZE);
    assert_int_equal(prune(rig, LATE_US, 100), 2);
    assert_int_equal(prune(rig, LATE_US, 100), 0);
    assert_true(sql_script(rig->store->sql, "DELETE FROM journal WHERE seq = 7", &rig->error) < 0);
    happens(rig, 1);
    assert_whole(rig);
    assert_int_equal(open_epoch(rig, 2, &third, NONCE), -EINVAL); /* nobody knows it any more */
    assert_int_equal(open_epoch(rig, 2, &sixth, NONCE), 0);       /* the last one that was deleted */
    assert_whole(rig);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE epoch = 2"), 5);
}

/* All of a journal may be in a backup and deleted. */
static void an_empty_journal_goes_on(void **state)
{
    struct site_rig *rig = *state;
    struct chain_mark marks[MARKS_MAX];
    size_t count;
    happens(rig, 5);
    told_durable(rig, 1, 5);
    const struct chain_mark last = mark_at(rig, 5);
    assert_int_equal(prune(rig, LATE_US, 100), 5);
    assert_whole(rig);
    assert_int_equal(journal_marks(rig->store, marks, MARKS_MAX, &count), 0);
    assert_int_equal(count, 1);
    assert_memory_equal(marks[0].hash, last.hash, CHAIN_HASH_SIZE);
    happens(rig, 2);
    assert_int_equal(mark_at(rig, 7).epoch, 1);
    assert_whole(rig);
}

/* What was durable in an epoch before counts up to where a later one goes on from it. */
static void a_backup_of_an_epoch_before_counts_up_to_the_base(void **state)
{
    struct site_rig *rig = *state;
    static const struct {
        int64_t epoch, seq, durable;
    } cases[] = {{1, 2, 2}, {1, 3, 3}, {1, 5, 3}, {2, 5, 5}, {2, 99, 6}};
    happens(rig, 6);
    const struct chain_mark base = mark_at(rig, 3);
    told_durable(rig, 1, 5);
    assert_int_equal(stream_of(rig).durable_seq, 5);
    assert_int_equal(open_epoch(rig, 2, &base, NONCE), 0);
    assert_int_equal(stream_of(rig).durable_seq, 3);
    for (size_t i = 0; i < COUNT(cases); i++) {
        told_durable(rig, cases[i].epoch, cases[i].seq);
        assert_int_equal(stream_of(rig).durable_seq, cases[i].durable);
    }
    assert_int_equal(prune(rig, LATE_US, 5), 5);
    told_durable(rig, 2, 1); /* head office's backup was lost: what is deleted stays deleted */
    assert_int_equal(stream_of(rig).durable_seq, 5);
    assert_whole(rig);
}

/* ---------------------------------------------------------------- the feed */

static void post(struct site_rig *rig, enum event_kind kind, int64_t value, const void *bytes, size_t length)
{
    struct event event = {.kind = kind, .number = value};
    assert_int_equal(site_rig_post(rig, &event, bytes, length), 0);
    assert_int_equal(site_rig_turn(rig), 0);
}

static struct chain_mark fed_mark(struct site_rig *rig, int64_t seq)
{
    struct chain_mark mark = {.seq = seq};
    size_t length;
    struct sql_query *row = sql_select(rig->store->sql, "SELECT hash FROM feed WHERE seq = ?1", sql_int(seq));
    if (sql_next(row))
        memcpy(mark.hash, sql_get_blob(row, 0, &length), sizeof(mark.hash));
    else
        chain_begin(mark.hash, "hz-07", 0, 0, 0, NULL, "");
    sql_done(row);
    return mark;
}

static void the_feed_goes_back_to_a_place_that_is_there(void **state)
{
    struct site_rig *rig = *state;
    struct chain_mark marks[MARKS_MAX];
    size_t count;
    uint8_t hash[CHAIN_HASH_SIZE];
    chain_begin(hash, "hz-07", 0, 0, 0, NULL, "");
    assert_memory_equal(stream_of(rig).feed_hash, hash, sizeof(hash));
    for (int64_t seq = 1; seq <= 9; seq++) {
        assert_int_equal(journal_fed(rig->store, seq, "{\"a\":1}", 7), 0);
        chain_next(hash, 0, seq, "{\"a\":1}", 7);
    }
    assert_int_equal(journal_fed(rig->store, 9, "{\"b\":1}", 7), 0); /* once more */
    assert_memory_equal(stream_of(rig).feed_hash, hash, sizeof(hash));
    assert_int_equal(journal_feed_marks(rig->store, marks, MARKS_MAX, &count), 0);
    assert_int_equal(marks[0].seq, 9);
    assert_memory_equal(marks[0].hash, hash, sizeof(hash));
    assert_int_equal(marks[count - 1].seq, 1);
    struct chain_mark there = fed_mark(rig, 4), other = there, beginning = fed_mark(rig, 0);
    other.hash[3] ^= 1;
    assert_int_equal(journal_feed_rewind(rig->store, &other), -EINVAL);
    other = there;
    other.seq = 5;
    assert_int_equal(journal_feed_rewind(rig->store, &other), -EINVAL);
    assert_int_equal(stream_of(rig).feed_seq, 9);
    assert_int_equal(journal_feed_rewind(rig->store, &there), 0);
    assert_int_equal(stream_of(rig).feed_seq, 4);
    assert_memory_equal(stream_of(rig).feed_hash, there.hash, sizeof(hash));
    assert_int_equal(number(rig, "SELECT max(seq) FROM feed"), 4);
    assert_int_equal(journal_fed(rig->store, 5, "{\"c\":1}", 7), 0);
    const struct acknowledged told = {.durable_feed = 3, .gen = NONCE, .key = {1}};
    assert_int_equal(journal_acknowledged(rig->store, &told), 0);
    assert_int_equal(number(rig, "SELECT min(seq) FROM feed"), 3); /* one stays to go back to */
    assert_int_equal(journal_feed_rewind(rig->store, &beginning), 0);
    assert_int_equal(stream_of(rig).feed_seq, 0);
}

/* What head office lost is told it, but for the receiver: no name and no address is in the journal. */
static void lost_changes_are_told(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "O-1", "SF1", 1, 0);
    int64_t fed = stream_of(rig).feed_seq;
    const struct chain_mark base = fed_mark(rig, fed - 1);
    struct chain_mark other = base;
    other.hash[0] ^= 1;
    post(rig, EVENT_REWIND, other.seq, &other, sizeof(other));
    assert_int_equal(stream_of(rig).feed_seq, fed);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE type = 'feed.orphaned'"), 0);
    post(rig, EVENT_REWIND, base.seq, &base, sizeof(base));
    assert_int_equal(stream_of(rig).feed_seq, fed - 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE type = 'feed.orphaned'"), 1);
    assert_int_equal(number(rig, "SELECT line ->> '$.data.type' = 'io.floorhand.order.release.v1' AND line ->> "
                                 "'$.data.data.order' = 'O-1' FROM journal WHERE type = 'feed.orphaned'"),
                     1);
    assert_int_equal(number(rig,
                            "SELECT count(*) FROM journal WHERE line LIKE '%13812345678%' OR line LIKE '%西湖区%' OR "
                            "line LIKE '%王小明%'"),
                     0);
}

/* ---------------------------------------------------------------- an epoch and a snapshot, as events */

static void grant(struct site_rig *rig, int64_t epoch, int64_t base_seq)
{
    struct epoch_grant granted = {.epoch = epoch, .base = mark_at(rig, base_seq), .nonce = NONCE};
    post(rig, EVENT_GRANT, epoch, &granted, sizeof(granted));
}

static void a_grant_is_an_event_of_the_new_epoch(void **state)
{
    struct site_rig *rig = *state;
    int64_t last = stream_of(rig).last_seq;
    grant(rig, 2, last - 1);
    assert_int_equal(stream_of(rig).epoch, 2);
    assert_int_equal(stream_of(rig).last_seq, last + 1);
    assert_int_equal(stream_of(rig).reemit_seq, last);
    assert_int_equal(number(rig, "SELECT type = 'epoch.opened' AND line ->> '$.data.base_epoch' = 1 FROM journal ORDER "
                                 "BY seq DESC LIMIT 1"),
                     1);
    grant(rig, 2, last - 1); /* refused: nothing is written */
    assert_int_equal(stream_of(rig).last_seq, last + 1);
    assert_whole(rig);
}

static void snapshot_line(struct site_rig *rig, int64_t seq, const char *type, const char *data)
{
    char line[400];
    int length = snprintf(line, sizeof(line), "{\"type\":\"io.floorhand.%s.v1\",\"data\":%s}", type, data);
    post(rig, EVENT_SNAPSHOT_LINE, seq, line, (size_t)length);
}

static void snapshot_whole(struct site_rig *rig, int64_t epoch, int64_t applied, int64_t lines)
{
    const struct snapshot_whole whole = {epoch, applied, lines};
    post(rig, EVENT_SNAPSHOT, lines, &whole, sizeof(whole));
}

static int64_t in_bin(struct site_rig *rig, const char *bin)
{
    int64_t quantity = -1;
    assert_int_equal(sql_number(rig->store->sql, &quantity,
                                "SELECT coalesce(sum(quantity), 0) FROM balance WHERE location = (SELECT id FROM "
                                "location WHERE code = ?1)",
                                sql_text(bin)),
                     0);
    return quantity;
}

/* 20 mugs in A-01, 20 pens in A-02, 10 mugs in R-09. */
static void a_snapshot_is_taken_over_as_one(void **state)
{
    struct site_rig *rig = *state;
    site_rig_order(rig, "O-1", "SF1", 1, 0);
    site_rig_order(rig, "O-2", "SF2", 1, 0);
    grant(rig, 2, stream_of(rig).last_seq - 1);
    int64_t reemit = stream_of(rig).reemit_seq;
    int64_t mugs = in_bin(rig, "A-01"), pens = in_bin(rig, "A-02"), reserve = in_bin(rig, "R-09");
    snapshot_line(rig, 1, "stock.standing", "{\"location\":\"A-01\",\"sku\":\"MUG\",\"quantity\":5}");
    snapshot_line(rig, 2, "stock.standing", "{\"location\":\"A-02\",\"sku\":\"PEN\",\"quantity\":33}");
    snapshot_line(rig, 4, "stock.standing", "{\"location\":\"A-02\",\"sku\":\"PEN\",\"quantity\":99}"); /* a gap */
    snapshot_line(rig, 3, "order.standing", "{\"order\":\"O-1\",\"state\":\"shipped\"}");
    snapshot_line(rig, 4, "order.standing", "{\"order\":\"O-2\",\"state\":\"packed\"}");
    snapshot_line(rig, 5, "stock.standing", "{\"location\":\"NOWHERE\",\"sku\":\"PEN\",\"quantity\":1}");
    static const struct {
        int64_t epoch, after_reemit, lines;
    } bad[] = {{1, 0, 5}, {2, -1, 5}, {2, 5, 5}, {2, 0, 4}, {2, 0, 6}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        snapshot_whole(rig, bad[i].epoch, reemit + bad[i].after_reemit, bad[i].lines);
        assert_true(stream_of(rig).snapshot);
        assert_int_equal(in_bin(rig, "A-01"), mugs);
    }
    snapshot_whole(rig, 2, reemit, 5);
    assert_false(stream_of(rig).snapshot);
    assert_int_equal(in_bin(rig, "A-01"), 5);
    assert_int_equal(in_bin(rig, "A-02"), 33);
    assert_int_equal(in_bin(rig, "R-09"), reserve);
    assert_true(pens != 33);
    assert_int_equal(number(rig, "SELECT state = 'cancelled' FROM orders WHERE number = 'O-1'"), 1);
    assert_int_equal(number(rig, "SELECT state = 'parked' FROM orders WHERE number = 'O-2'"), 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM stock_count WHERE source = 'office'"), 2);
    assert_int_equal(number(rig, "SELECT count(*) FROM snapshot_line"), 0);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE type = 'snapshot.applied'"), 1);
    snapshot_whole(rig, 2, reemit, 5); /* it came twice */
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE type = 'snapshot.applied'"), 1);
    assert_whole(rig);
}

/* A new one begins with its line 1: nothing of the one before stays. */
static void another_snapshot_begins_anew(void **state)
{
    struct site_rig *rig = *state;
    snapshot_line(rig, 1, "stock.standing", "{}");
    snapshot_line(rig, 2, "stock.standing", "{}");
    snapshot_line(rig, 2, "stock.standing", "{}");
    assert_int_equal(number(rig, "SELECT count(*) FROM snapshot_line"), 2);
    snapshot_line(rig, 1, "order.standing", "{}");
    assert_int_equal(number(rig, "SELECT count(*) FROM snapshot_line WHERE line LIKE '%order.standing%'"), 1);
    assert_int_equal(number(rig, "SELECT count(*) FROM snapshot_line"), 1);
}

#define ON_EMPTY(test)  cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define ON_FILLED(test) cmocka_unit_test_setup_teardown(test, set_up_filled, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_EMPTY(an_epoch_goes_on_from_a_line_that_is_there),
        ON_EMPTY(an_epoch_may_go_on_from_nothing),
        ON_EMPTY(epochs_follow_each_other),
        ON_EMPTY(an_epoch_that_does_not_fit_is_refused),
        ON_EMPTY(damage_is_found_in_every_epoch),
        ON_EMPTY(places_go_back_to_the_oldest),
        ON_EMPTY(only_what_is_in_a_backup_is_deleted),
        ON_EMPTY(an_empty_journal_goes_on),
        ON_EMPTY(a_backup_of_an_epoch_before_counts_up_to_the_base),
        ON_EMPTY(the_feed_goes_back_to_a_place_that_is_there),
        ON_FILLED(lost_changes_are_told),
        ON_FILLED(a_grant_is_an_event_of_the_new_epoch),
        ON_FILLED(a_snapshot_is_taken_over_as_one),
        ON_FILLED(another_snapshot_begins_anew),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
