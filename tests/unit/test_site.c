/* The site's steps against a scripted head office: each rule alone, then all of them under a network that loses,
 * repeats and reorders. Does not use a socket or a clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "sync/site/site.h"
#include "unit/same_past.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SECOND     INT64_C(1000000)
#define OUTBOX_MAX 256
#define GEN_A      "aaaaaaaaaaaaaaaaaaaaaaaaaa"
#define GEN_B      "bbbbbbbbbbbbbbbbbbbbbbbbbb"
#define NONCE      "cccccccccccccccccccccccccc"
#define BOARD      "00112233445566778899aabbccddeeff"

struct packet {
    enum site_channel channel;
    struct buf bytes;
};

/* One site, its daemon's database, and what it sent. */
struct world {
    struct site site;
    struct random_seeded seeded;
    struct wire_key key, office_key;
    struct same_past journal, feed;
    struct site_committed committed;
    int64_t now_us;
    struct packet outbox[OUTBOX_MAX];
    size_t sent;
    bool link_busy, queue_full, other_past;
    int64_t changes[64]; /* numbers given to change() */
    size_t change_count;
    struct site_word word; /* the last given to told() */
    size_t told_calls;
    int64_t granted_epoch; /* the last given to granted() */
    struct chain_mark granted_base;
    size_t granted_calls;
    struct chain_mark rewound_base;
    size_t rewound_calls;
    int64_t snapshot_lines; /* the last number given to snapshot_line() */
    struct site_snapshot whole;
    size_t whole_calls;
    int in_step; /* as in_step() heard it last; -1: never */
    size_t in_step_calls;
    size_t changed_calls;
};

static int on_send(void *user, enum site_channel channel, const void *bytes, size_t length)
{
    struct world *world = user;
    if (world->link_busy)
        return -EAGAIN;
    assert_true(world->sent < OUTBOX_MAX);
    struct packet *packet = &world->outbox[world->sent++];
    packet->channel = channel;
    buf_put(&packet->bytes, bytes, length);
    return 0;
}

static int on_read(void *user, int64_t after, size_t max_lines, size_t max_bytes, struct buf *ret_lines,
                   int64_t *ret_last)
{
    struct world *world = user;
    same_past_read(&world->journal, after, world->committed.last_seq, max_lines, max_bytes, ret_lines, ret_last);
    return 0;
}

/* Another past has another hash under each number. */
static int on_hash(void *user, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    struct world *world = user;
    if (seq > world->committed.last_seq || seq < world->journal.base)
        return -ENOENT;
    memcpy(ret_hash, same_past_hash(&world->journal, seq), CHAIN_HASH_SIZE);
    ret_hash[0] ^= world->other_past;
    return 0;
}

static struct chain_mark mark_of(struct same_past *past, int64_t seq)
{
    struct chain_mark mark = {past->epoch, seq, {0}};
    memcpy(mark.hash, same_past_hash(past, seq), sizeof(mark.hash));
    return mark;
}

static int on_marks(void *user, struct wire_marks *ret)
{
    struct world *world = user;
    ret->at[ret->count++] = mark_of(&world->journal, world->committed.last_seq);
    ret->at[ret->count++] = mark_of(&world->journal, 2);
    return 0;
}

static int on_feed_marks(void *user, struct wire_marks *ret)
{
    struct world *world = user;
    ret->at[ret->count++] = mark_of(&world->feed, world->committed.feed_seq);
    return 0;
}

static int on_told(void *user, const struct site_word *word)
{
    struct world *world = user;
    if (world->queue_full)
        return -EAGAIN;
    world->word = *word;
    world->told_calls++;
    return 0;
}

static int on_granted(void *user, int64_t epoch, const struct chain_mark *base, const char *nonce)
{
    struct world *world = user;
    world->granted_epoch = epoch;
    world->granted_base = *base;
    world->granted_calls++;
    assert_string_equal(nonce, NONCE);
    return 0;
}

static int on_rewound(void *user, const struct chain_mark *base)
{
    struct world *world = user;
    world->rewound_base = *base;
    world->rewound_calls++;
    return 0;
}

static int on_snapshot_line(void *user, int64_t seq, const char *line, size_t length)
{
    struct world *world = user;
    assert_true(length > 0 && line[length - 1] == '}');
    assert_true(seq == world->snapshot_lines + 1 || seq == 1);
    if (world->queue_full)
        return -EAGAIN;
    world->snapshot_lines = seq;
    return 0;
}

static int on_snapshot_whole(void *user, const struct site_snapshot *snapshot)
{
    struct world *world = user;
    world->whole = *snapshot;
    world->whole_calls++;
    return 0;
}

static int on_change(void *user, int64_t seq, const char *line, size_t length)
{
    struct world *world = user;
    assert_true(length > 0 && line[length - 1] == '}');
    if (world->queue_full || world->change_count == COUNT(world->changes))
        return -EAGAIN;
    world->changes[world->change_count++] = seq;
    return 0;
}

static void on_in_step(void *user, bool in_step)
{
    struct world *world = user;
    world->in_step = in_step;
    world->in_step_calls++;
}

static void on_changed(void *user)
{
    struct world *world = user;
    world->changed_calls++;
}

static const struct site_ops ops = {.send = on_send,
                                    .read_journal = on_read,
                                    .read_hash = on_hash,
                                    .marks = on_marks,
                                    .feed_marks = on_feed_marks,
                                    .told = on_told,
                                    .granted = on_granted,
                                    .rewound = on_rewound,
                                    .snapshot_line = on_snapshot_line,
                                    .snapshot_whole = on_snapshot_whole,
                                    .change = on_change,
                                    .in_step = on_in_step,
                                    .changed = on_changed};

static void world_open(struct world *world, uint64_t seed, int64_t last_seq)
{
    *world = (struct world){
        .seeded = {seed}, .committed = {.epoch = 3, .last_seq = last_seq}, .now_us = SECOND, .in_step = -1};
    world->key = same_past_key(1);
    world->office_key = same_past_key(2);
    same_past_begin(&world->journal, 3, NULL, "");
    same_past_begin(&world->feed, 0, NULL, "");
    memcpy(world->committed.feed_hash, same_past_hash(&world->feed, 0), CHAIN_HASH_SIZE);
    const struct site_settings settings = {.site = "hz-07",
                                           .box = "box-7f3a",
                                           .hardware = BOARD,
                                           .key = world->key,
                                           .boot = 2,
                                           .random = random_from_seed(&world->seeded)};
    site_init(&world->site, &settings, &ops, world);
    site_commit(&world->site, &world->committed, world->now_us);
}

static void forget_sent(struct world *world)
{
    for (size_t i = 0; i < world->sent; i++)
        buf_done(&world->outbox[i].bytes);
    world->sent = 0;
}

static void world_close(struct world *world)
{
    forget_sent(world);
    site_done(&world->site);
}

/* What the site sent, read as a control message: with its key. */
static struct wire_control sent_control(const struct world *world, size_t i)
{
    struct wire_control control;
    uint8_t key[WIRE_PUBLIC_KEY];
    assert_true(i < world->sent);
    const struct buf *bytes = &world->outbox[i].bytes;
    assert_int_equal(world->outbox[i].channel, SITE_CONTROL);
    assert_int_equal(wire_control_verify(bytes->data, bytes->length, key, NULL), 0);
    assert_memory_equal(key, wire_key_public(&world->key), sizeof(key));
    assert_int_equal(wire_control_parse(bytes->data, bytes->length, &control, NULL), 0);
    return control;
}

/* The first and last number of a segment the site sent, which is a piece of its chain. */
static void expect_segment(struct world *world, size_t i, int64_t first, int64_t last)
{
    CLEANUP_RUN struct wire_run run = {0};
    assert_true(i < world->sent);
    assert_int_equal(world->outbox[i].channel, SITE_SEGMENT);
    same_past_open(&world->outbox[i].bytes, "box-7f3a", &world->key, &run);
    assert_int_equal(run.epoch, world->journal.epoch);
    assert_int_equal(run.first_seq, first);
    assert_int_equal(wire_run_last_seq(&run), last);
    assert_memory_equal(run.prev_hash, same_past_hash(&world->journal, first - 1), CHAIN_HASH_SIZE);
    assert_memory_equal(run.last_hash, same_past_hash(&world->journal, last), CHAIN_HASH_SIZE);
}

static void say_as(struct world *world, const struct wire_control *control, const struct wire_key *key)
{
    CLEANUP_BUF struct buf text = {0};
    struct wire_control whole = *control;
    memcpy(whole.site, "hz-07", sizeof("hz-07"));
    wire_control_write(&text, &whole, &random_system);
    if (control->kind == WIRE_OFFICE) {
        site_office_state(&world->site, text.data, text.length, world->now_us);
        return;
    }
    wire_control_sign(&text, key);
    site_receive(&world->site, SITE_CONTROL, text.data, text.length, world->now_us);
}

static void say(struct world *world, const struct wire_control *control)
{
    say_as(world, control, &world->office_key);
}

/* To the hello that waits: head office has the same changes. */
static struct wire_control welcome_of(struct world *world, const char *gen, int64_t applied)
{
    struct wire_control message = {WIRE_WELCOME,
                                   .schema = WIRE_SCHEMA,
                                   .epoch = world->journal.epoch,
                                   .applied = applied,
                                   .feed_base = world->committed.feed_seq,
                                   .window = 2,
                                   .segment_max = 10,
                                   .linger_ms = 50};
    memcpy(message.nonce, world->site.nonce, sizeof(message.nonce));
    memcpy(message.gen, gen, sizeof(message.gen));
    same_past_text(&world->journal, applied, message.applied_hash);
    same_past_text(&world->feed, message.feed_base, message.feed_hash);
    return message;
}

static void welcome(struct world *world, const char *gen, int64_t applied)
{
    const struct wire_control message = welcome_of(world, gen, applied);
    say(world, &message);
}

static void ack(struct world *world, const char *gen, int64_t epoch, int64_t applied)
{
    struct wire_control message = {WIRE_ACK, .epoch = epoch, .applied = applied};
    memcpy(message.gen, gen, sizeof(message.gen));
    same_past_text(&world->journal, applied, message.applied_hash);
    say(world, &message);
}

static void office(struct world *world, const char *gen, bool online, const char *since)
{
    struct wire_control message = {WIRE_OFFICE, .online = online};
    memcpy(message.gen, gen, sizeof(message.gen));
    memcpy(message.since, since, sizeof(message.since));
    say(world, &message);
}

#define MONDAY  "2026-03-02T08:00:00.000Z"
#define TUESDAY "2026-03-03T08:00:00.000Z"

static void changes(struct world *world, int64_t first, int64_t last)
{
    CLEANUP_BUF struct buf frame = {0};
    same_past_frame(&world->feed, &frame, first, last, world->site.gen, &world->office_key);
    site_receive(&world->site, SITE_SEGMENT, frame.data, frame.length, world->now_us);
}

static void commit(struct world *world, int64_t last_seq, int64_t feed_seq)
{
    world->committed.last_seq = last_seq;
    world->committed.feed_seq = feed_seq;
    memcpy(world->committed.feed_hash, same_past_hash(&world->feed, feed_seq), CHAIN_HASH_SIZE);
    site_commit(&world->site, &world->committed, world->now_us);
}

/* To the site's next deadline, which must come within the given time. */
static void wait_deadline(struct world *world, int64_t within_us)
{
    int64_t next = site_deadline(&world->site);
    assert_true(next <= world->now_us + within_us);
    if (next > world->now_us)
        world->now_us = next;
    site_tick(&world->site, world->now_us);
}

static void open_in_step(struct world *world, int64_t last_seq, int64_t applied)
{
    world_open(world, 1, last_seq);
    site_link_up(&world->site, world->now_us);
    forget_sent(world);
    welcome(world, GEN_A, applied);
    assert_int_equal(world->site.state, SITE_SYNC);
}

static void hello_is_said_and_repeated_until_welcomed(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 1, 7);
    assert_int_equal(site_deadline(&world.site), INT64_MAX);
    site_link_up(&world.site, world.now_us);
    struct wire_control hello = sent_control(&world, 0);
    assert_int_equal(hello.kind, WIRE_HELLO);
    assert_string_equal(hello.box, "box-7f3a");
    assert_int_equal(hello.last_seq, 7);
    assert_int_equal(hello.boot, 2);
    assert_int_equal(hello.schema, WIRE_SCHEMA);
    assert_string_equal(hello.hardware, BOARD);
    assert_string_equal(hello.gen, "");
    int64_t start = world.now_us;
    wait_deadline(&world, 7 * SECOND);
    assert_true(world.now_us - start >= 5 * SECOND);
    start = world.now_us;
    wait_deadline(&world, 13 * SECOND);
    assert_true(world.now_us - start >= 10 * SECOND);
    assert_int_equal(world.sent, 3);
    struct wire_control other = welcome_of(&world, GEN_A, 0);
    memcpy(other.nonce, GEN_B, sizeof(other.nonce));
    say(&world, &other);
    assert_int_equal(world.site.state, SITE_HELLO);
    welcome(&world, GEN_A, 0);
    assert_int_equal(world.site.state, SITE_SYNC);
    expect_segment(&world, 3, 1, 7);
    world_close(&world);
}

static void being_in_step_is_told_when_it_changes(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 1, 7);
    site_link_up(&world.site, world.now_us);
    assert_int_equal(world.in_step, -1);
    welcome(&world, GEN_A, 0);
    assert_int_equal(world.in_step, 1);
    ack(&world, GEN_A, 3, 7);
    assert_int_equal(world.in_step_calls, 1);
    site_link_down(&world.site);
    assert_int_equal(world.in_step, 0);
    site_link_down(&world.site);
    assert_int_equal(world.in_step_calls, 2);
    world_close(&world);
}

/* What people are shown: the state, head office's presence, and how many changes there are. */
static void what_people_see_is_told_when_it_changes(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 1, 7);
    assert_true(world.site.feed_head < 0);
    assert_int_equal(world.changed_calls, 0);
    site_link_up(&world.site, world.now_us);
    assert_int_equal(world.changed_calls, 1);
    office(&world, GEN_A, true, MONDAY);
    assert_int_equal(world.site.presence, SITE_OFFICE_ONLINE);
    assert_int_equal(world.changed_calls, 2);
    welcome(&world, GEN_A, 8); /* more than there is: another past */
    assert_int_equal(world.site.state, SITE_PROBING);
    assert_int_equal(world.changed_calls, 3);
    assert_int_equal(world.site.feed_head, 0);
    office(&world, GEN_A, false, MONDAY);
    assert_int_equal(world.site.presence, SITE_OFFICE_AWAY);
    size_t calls = world.changed_calls;
    site_link_down(&world.site);
    assert_int_equal(world.changed_calls, calls + 1);
    assert_int_equal(world.site.presence, SITE_OFFICE_UNKNOWN);
    world_close(&world);
}

static void window_is_kept_and_acknowledgements_open_it(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 35, 0);
    assert_int_equal(world.sent, 2);
    expect_segment(&world, 0, 1, 10);
    expect_segment(&world, 1, 11, 20);
    ack(&world, GEN_A, 3, 10);
    expect_segment(&world, 2, 21, 30);
    assert_int_equal(world.sent, 3);
    ack(&world, GEN_A, 3, 30);
    expect_segment(&world, 3, 31, 35);
    assert_int_equal(world.word.applied, 30);
    ack(&world, GEN_A, 3, 20); /* late: changes nothing */
    assert_int_equal(world.word.applied, 30);
    ack(&world, GEN_A, 3, 35);
    assert_int_equal(world.word.applied, 35);
    assert_int_equal(world.sent, 4);
    world_close(&world);
}

static void events_linger_until_time_or_number(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 0, 0);
    assert_int_equal(world.sent, 0);
    commit(&world, 1, 0);
    commit(&world, 2, 0);
    assert_int_equal(world.sent, 0);
    int64_t start = world.now_us;
    wait_deadline(&world, SECOND);
    assert_int_equal(world.now_us - start, 50000);
    expect_segment(&world, 0, 1, 2);
    commit(&world, 12, 0); /* ten at once: no reason to wait */
    expect_segment(&world, 1, 3, 12);
    world_close(&world);
}

static void lost_segments_are_sent_again_from_the_first(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 0);
    assert_int_equal(world.sent, 2);
    wait_deadline(&world, 7 * SECOND);
    expect_segment(&world, 2, 1, 10);
    expect_segment(&world, 3, 11, 20);
    int64_t start = world.now_us;
    ack(&world, GEN_A, 3, 4); /* a part of it */
    wait_deadline(&world, 7 * SECOND);
    assert_true(world.now_us - start >= 5 * SECOND);
    expect_segment(&world, 4, 5, 14);
    for (int i = 0; i < 12; i++)
        wait_deadline(&world, 375 * SECOND); /* 300 s and a quarter at most */
    world_close(&world);
}

static void puback_acknowledges_nothing(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 35, 0);
    for (int i = 0; i < 10; i++)
        site_published(&world.site, 0, world.now_us);
    assert_int_equal(world.sent, 2);
    assert_int_equal(world.word.applied, 0);
    world_close(&world);
}

static void nobody_listening_stops_it_until_head_office_is_back(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 0);
    office(&world, GEN_A, true, MONDAY);
    forget_sent(&world);
    site_published(&world.site, 0x10, world.now_us);
    assert_int_equal(world.site.state, SITE_HELLO);
    assert_true(site_deadline(&world.site) >= world.now_us + 300 * SECOND);
    commit(&world, 21, 0);
    assert_int_equal(world.sent, 0);
    office(&world, GEN_A, true, TUESDAY);
    assert_int_equal(sent_control(&world, 0).kind, WIRE_HELLO);
    office(&world, GEN_A, false, TUESDAY);
    assert_true(site_deadline(&world.site) >= world.now_us + 300 * SECOND);
    world_close(&world);
}

static void restored_head_office_gets_everything_again(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 20);
    assert_int_equal(world.word.applied, 20);
    office(&world, GEN_A, true, MONDAY);
    assert_int_equal(world.sent, 0);
    office(&world, GEN_B, true, TUESDAY);
    assert_int_equal(sent_control(&world, 0).kind, WIRE_HELLO);
    welcome(&world, GEN_B, 12);
    assert_int_equal(world.word.applied, 12);
    expect_segment(&world, 1, 13, 20);
    ack(&world, GEN_A, 3, 20); /* the head office of before: who is that? */
    assert_int_equal(world.site.state, SITE_HELLO);
    assert_int_equal(world.word.applied, 12);
    world_close(&world);
}

/* An acknowledgement of lines that are not this site's: both must find out who the other is. */
static void an_ack_of_other_lines_is_no_ack(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 0);
    forget_sent(&world);
    world.other_past = true;
    ack(&world, GEN_A, 3, 10);
    assert_int_equal(world.site.state, SITE_HELLO);
    assert_int_equal(world.word.applied, 0);
    assert_int_equal(sent_control(&world, 0).kind, WIRE_HELLO);
    world_close(&world);
}

static void idle_site_says_hello_every_ten_minutes(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 0, 0);
    int64_t start = world.now_us;
    wait_deadline(&world, 600 * SECOND);
    assert_int_equal(world.now_us - start, 600 * SECOND);
    assert_int_equal(sent_control(&world, 0).kind, WIRE_HELLO);
    world_close(&world);
}

/* What head office said is told once for each time that it is news. */
static void the_word_of_head_office_is_told_when_it_is_news(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 20);
    assert_int_equal(world.told_calls, 1);
    assert_string_equal(world.word.gen, GEN_A);
    assert_memory_equal(world.word.key, wire_key_public(&world.office_key), WIRE_PUBLIC_KEY);
    site_commit(&world.site, &world.committed, world.now_us);
    ack(&world, GEN_A, 3, 20);
    assert_int_equal(world.told_calls, 1);
    struct wire_control message = {WIRE_ACK,           .gen = GEN_A,      .epoch = 3,       .applied = 20,
                                   .durable_epoch = 3, .durable_seq = 15, .durable_feed = 4};
    same_past_text(&world.journal, 20, message.applied_hash);
    world.queue_full = true;
    say(&world, &message);
    assert_int_equal(world.told_calls, 1);
    world.queue_full = false;
    wait_deadline(&world, SECOND);
    assert_int_equal(world.told_calls, 2);
    assert_int_equal(world.word.durable_epoch, 3);
    assert_int_equal(world.word.durable_seq, 15);
    assert_int_equal(world.word.durable_feed, 4);
    world_close(&world);
}

/* ---------------------------------------------------------------- another past */

static struct wire_control grant_of(struct world *world, int64_t epoch, int64_t base_seq)
{
    struct wire_control grant = {WIRE_GRANT, .epoch = epoch, .base_epoch = 3, .base_seq = base_seq,
                                 .grant_nonce = NONCE};
    memcpy(grant.nonce, world->site.nonce, sizeof(grant.nonce));
    same_past_text(&world->journal, base_seq, grant.base_hash);
    return grant;
}

/* The daemon has opened the epoch that was granted. */
static void commit_grant(struct world *world)
{
    same_past_begin(&world->journal, world->granted_epoch, &world->granted_base, NONCE);
    world->committed.epoch = world->granted_epoch;
    site_commit(&world->site, &world->committed, world->now_us);
}

/* An older copy that has gone on since has as many events as head office, but others; or head office has more. Either
 * way it says what it has, is granted an epoch, and goes on by itself. */
static void another_past_is_probed_granted_and_gone_on_from(void **state)
{
    (void)state;
    for (int shorter = 0; shorter < 2; shorter++) {
        struct world world;
        open_in_step(&world, 20, 20);
        wait_deadline(&world, 600 * SECOND);
        forget_sent(&world);
        world.other_past = !shorter;
        welcome(&world, GEN_A, shorter ? 21 : 15);
        assert_int_equal(world.site.state, SITE_PROBING);
        assert_int_equal(world.in_step, 0);
        assert_int_equal(world.sent, 1);
        struct wire_control probe = sent_control(&world, 0), grant = grant_of(&world, 4, 2);
        assert_int_equal(probe.kind, WIRE_PROBE);
        assert_int_equal(probe.epoch, 3);
        assert_int_equal(probe.last_seq, 20);
        assert_int_equal(probe.oldest, 2);
        assert_int_equal(probe.marks.count, 2);
        assert_int_equal(probe.marks.at[1].seq, 2);
        assert_int_equal(probe.feed_marks.count, 0);
        commit(&world, 22, 0);
        assert_int_equal(world.sent, 1); /* nothing goes out meanwhile */
        struct wire_control other = grant;
        memcpy(other.nonce, GEN_B, sizeof(other.nonce)); /* for a copy of this box */
        say(&world, &other);
        assert_int_equal(world.granted_calls, 0);
        say(&world, &grant);
        assert_int_equal(world.granted_calls, 1);
        assert_int_equal(world.granted_epoch, 4);
        assert_int_equal(world.granted_base.epoch, 3);
        assert_int_equal(world.granted_base.seq, 2);
        say(&world, &grant); /* the broker brings it twice */
        assert_int_equal(world.granted_calls, 1);
        forget_sent(&world);
        world.other_past = false;
        commit_grant(&world);
        assert_int_equal(sent_control(&world, 0).kind, WIRE_HELLO);
        assert_int_equal(sent_control(&world, 0).epoch, 4);
        welcome(&world, GEN_A, 2);
        assert_int_equal(world.site.state, SITE_SYNC);
        expect_segment(&world, 1, 3, 12); /* all that follows the base, once more */
        expect_segment(&world, 2, 13, 22);
        world_close(&world);
    }
}

static void a_grant_counts_only_as_the_answer_to_a_probe(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 20);
    struct wire_control grant = grant_of(&world, 4, 2);
    say(&world, &grant);
    wait_deadline(&world, 600 * SECOND);
    grant = grant_of(&world, 4, 2);
    say(&world, &grant); /* before the welcome */
    assert_int_equal(world.granted_calls, 0);
    world_close(&world);
}

/* The probe or its answer was lost, or the turn that should have opened the epoch. */
static void a_probe_without_an_answer_ends_in_a_hello(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 20);
    wait_deadline(&world, 600 * SECOND);
    world.other_past = true;
    for (int granted = 0; granted < 2; granted++) {
        welcome(&world, GEN_A, 15);
        assert_int_equal(world.site.state, SITE_PROBING);
        const struct wire_control grant = grant_of(&world, 4, 2);
        if (granted)
            say(&world, &grant);
        forget_sent(&world);
        wait_deadline(&world, 13 * SECOND);
        assert_int_equal(sent_control(&world, 0).kind, WIRE_HELLO);
    }
    world_close(&world);
}

/* Head office has lost changes that this site has: the last one that both have is looked for, and gone back to. */
static void changes_that_head_office_lost_are_gone_back_from(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 0, 0);
    commit(&world, 0, 9);
    wait_deadline(&world, 600 * SECOND);
    forget_sent(&world);
    struct wire_control message = welcome_of(&world, GEN_A, 0);
    message.feed_base = -1;
    say(&world, &message);
    assert_int_equal(world.site.state, SITE_PROBING);
    struct wire_control probe = sent_control(&world, 0);
    assert_int_equal(probe.kind, WIRE_PROBE);
    assert_int_equal(probe.marks.count, 0);
    assert_int_equal(probe.feed_marks.count, 1);
    assert_int_equal(probe.feed_marks.at[0].seq, 9);
    message.feed_base = 4;
    same_past_text(&world.feed, 4, message.feed_hash);
    say(&world, &message);
    assert_int_equal(world.rewound_calls, 1);
    assert_int_equal(world.rewound_base.seq, 4);
    assert_memory_equal(world.rewound_base.hash, same_past_hash(&world.feed, 4), CHAIN_HASH_SIZE);
    forget_sent(&world);
    commit(&world, 9, 4); /* each lost change is an event */
    assert_int_equal(sent_control(&world, 0).kind, WIRE_HELLO);
    assert_int_equal(sent_control(&world, 0).feed_seq, 4);
    welcome(&world, GEN_A, 0);
    assert_int_equal(world.site.state, SITE_SYNC);
    changes(&world, 5, 6);
    assert_int_equal(world.change_count, 2);
    world_close(&world);
}

/* Changes that waited in the daemon's queue are committed after the hello: the welcome to it has lost nothing. */
static void a_welcome_to_an_older_hello_takes_nothing_back(void **state)
{
    (void)state;
    for (int again = 0; again < 2; again++) {
        struct world world;
        world_open(&world, 1, 7);
        site_link_up(&world.site, world.now_us);
        const struct wire_control old = welcome_of(&world, GEN_A, 0);
        commit(&world, 7, 3);
        if (again)
            wait_deadline(&world, 7 * SECOND);
        forget_sent(&world);
        say(&world, &old);
        assert_int_equal(world.rewound_calls, 0);
        assert_int_equal(world.site.state, SITE_HELLO);
        assert_int_equal(world.sent, !again);
        welcome(&world, GEN_A, 0);
        assert_int_equal(world.site.state, SITE_SYNC);
        world_close(&world);
    }
}

/* A frame that goes on from other changes than these is not taken, however right its numbers are. */
static void other_changes_under_the_same_numbers_are_not_taken(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 0, 0);
    changes(&world, 1, 2);
    assert_int_equal(world.change_count, 2);
    struct same_past other;
    CLEANUP_BUF struct buf frame = {0};
    same_past_begin(&other, 0, NULL, "another");
    same_past_frame(&other, &frame, 2, 4, GEN_A, &world.office_key);
    site_receive(&world.site, SITE_SEGMENT, frame.data, frame.length, world.now_us);
    assert_int_equal(world.change_count, 2);
    assert_int_equal(world.site.state, SITE_HELLO);
    world_close(&world);
}

/* ---------------------------------------------------------------- fences and keys */

static void fence(struct world *world, const char *code, const char *nonce)
{
    struct wire_control message = {WIRE_FENCE, .epoch = 3, .retry_s = 60};
    memcpy(message.code, code, strlen(code));
    memcpy(message.nonce, nonce, strlen(nonce));
    say(world, &message);
}

/* Two boxes of one name hear the same: only the one whose hello it was is kept out. */
static void a_fence_stops_the_box_whose_hello_it_answers(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 0);
    fence(&world, WIRE_FENCE_CLONE, world.site.nonce);
    assert_int_equal(world.site.state, SITE_SYNC); /* it was welcomed: of something else */
    wait_deadline(&world, 7 * SECOND);
    site_link_up(&world.site, world.now_us);
    fence(&world, WIRE_FENCE_CLONE, GEN_B);
    fence(&world, WIRE_FENCE_CHURN, "");
    assert_int_equal(world.site.state, SITE_HELLO);
    forget_sent(&world);
    fence(&world, WIRE_FENCE_CLONE, world.site.nonce);
    assert_int_equal(world.site.state, SITE_FENCED);
    assert_string_equal(world.site.fence, WIRE_FENCE_CLONE);
    commit(&world, 30, 0);
    assert_int_equal(world.sent, 0);
    int64_t start = world.now_us;
    wait_deadline(&world, 60 * SECOND);
    assert_int_equal(world.now_us - start, 60 * SECOND);
    assert_int_equal(sent_control(&world, 0).kind, WIRE_HELLO);
    assert_string_equal(world.site.fence, "");
    welcome(&world, GEN_A, 0);
    assert_int_equal(world.site.state, SITE_SYNC);
    world_close(&world);
}

static void a_stale_or_forked_segment_is_followed_by_a_hello(void **state)
{
    (void)state;
    static const char *const codes[] = {WIRE_FENCE_STALE, WIRE_FENCE_FORK};
    for (size_t i = 0; i < COUNT(codes); i++) {
        struct world world;
        open_in_step(&world, 20, 0);
        forget_sent(&world);
        fence(&world, codes[i], "");
        assert_int_equal(world.site.state, SITE_HELLO);
        assert_int_equal(world.sent, 1);
        fence(&world, codes[i], ""); /* of the second segment that was on its way */
        assert_int_equal(world.sent, 1);
        world_close(&world);
    }
}

/* Once a head office was met, this site is its own. */
static void only_the_head_office_that_was_met_is_believed(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 1, 7);
    world.committed.met = true;
    memcpy(world.committed.office_key, wire_key_public(&world.office_key), WIRE_PUBLIC_KEY);
    site_commit(&world.site, &world.committed, world.now_us);
    site_link_up(&world.site, world.now_us);
    const struct wire_key other = same_past_key(9);
    const struct wire_control message = welcome_of(&world, GEN_A, 0);
    say_as(&world, &message, &other);
    assert_int_equal(world.site.state, SITE_HELLO);
    assert_non_null(strstr(world.site.fault.text, "another head office"));
    welcome(&world, GEN_A, 0);
    assert_int_equal(world.site.state, SITE_SYNC);
    world_close(&world);
}

/* Before that whoever knows the nonce of the hello is the one; nobody else from then on. */
static void who_welcomed_first_is_head_office(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 0);
    const struct wire_key other = same_past_key(9);
    struct wire_control message = {WIRE_ACK, .gen = GEN_A, .epoch = 3, .applied = 10};
    same_past_text(&world.journal, 10, message.applied_hash);
    say_as(&world, &message, &other);
    assert_int_equal(world.word.applied, 0);
    CLEANUP_BUF struct buf frame = {0};
    same_past_frame(&world.feed, &frame, 1, 2, GEN_A, &other);
    site_receive(&world.site, SITE_SEGMENT, frame.data, frame.length, world.now_us);
    buf_clear(&frame);
    same_past_frame(&world.feed, &frame, 1, 2, GEN_B, &world.office_key); /* of another database */
    site_receive(&world.site, SITE_SEGMENT, frame.data, frame.length, world.now_us);
    assert_int_equal(world.change_count, 0);
    ack(&world, GEN_A, 3, 10);
    assert_int_equal(world.word.applied, 10);
    world_close(&world);
}

static void what_is_not_signed_or_for_others_is_not_read(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 1, 7);
    site_link_up(&world.site, world.now_us);
    struct wire_control message = welcome_of(&world, GEN_A, 0);
    for (int is_signed = 0; is_signed < 2; is_signed++) {
        CLEANUP_BUF struct buf text = {0};
        memcpy(message.site, is_signed ? "hz-08" : "hz-07", sizeof("hz-07"));
        wire_control_write(&text, &message, &random_system);
        if (is_signed)
            wire_control_sign(&text, &world.office_key);
        site_receive(&world.site, SITE_CONTROL, text.data, text.length, world.now_us);
        assert_int_equal(world.site.state, SITE_HELLO);
    }
    assert_non_null(strstr(world.site.fault.text, "not signed"));
    world_close(&world);
}

/* ---------------------------------------------------------------- snapshots */

#define SNAP "dddddddddddddddddddddddddd"

/* A site that was granted an epoch and has told what it had. */
static void open_wanting(struct world *world, int64_t applied)
{
    world_open(world, 1, 20);
    world->committed.snapshot = true;
    world->committed.reemit_seq = 15;
    site_commit(&world->site, &world->committed, world->now_us);
    site_link_up(&world->site, world->now_us);
    forget_sent(world);
    welcome(world, GEN_A, applied);
    assert_int_equal(world->site.state, SITE_SYNC);
}

static size_t snapshot_asks(const struct world *world)
{
    size_t count = 0;
    for (size_t i = 0; i < world->sent; i++)
        count += world->outbox[i].channel == SITE_CONTROL && sent_control(world, i).kind == WIRE_SNAP_ASK;
    return count;
}

static void wait_for_ask(struct world *world, size_t count)
{
    for (int i = 0; i < 20 && snapshot_asks(world) < count; i++)
        wait_deadline(world, 7 * SECOND);
    assert_int_equal(snapshot_asks(world), count);
}

static void put_snapshot_line(struct buf *out, int64_t seq)
{
    const struct same_past feed = {0};
    same_past_line(&feed, out, seq);
}

/* The hash of the snapshot's chain. */
static void snapshot_hash(const char *snap, int64_t seq, uint8_t ret[CHAIN_HASH_SIZE])
{
    chain_begin(ret, snap, 0, 0, 0, NULL, "");
    for (int64_t i = 1; i <= seq; i++) {
        CLEANUP_BUF struct buf line = {0};
        put_snapshot_line(&line, i);
        chain_next(ret, 0, i, line.data, line.length - 1);
    }
}

static struct wire_control offer_of(struct world *world, int64_t lines)
{
    struct wire_control offer = {WIRE_SNAP_OFFER, .gen = GEN_A,  .snap = SNAP,
                                 .epoch = 3,      .applied = 15, .lines = lines};
    uint8_t hash[CHAIN_HASH_SIZE];
    memcpy(offer.nonce, world->site.nonce, sizeof(offer.nonce));
    same_past_text(&world->journal, 15, offer.applied_hash);
    snapshot_hash(SNAP, lines, hash);
    chain_text(hash, offer.lines_hash);
    return offer;
}

static void chunk(struct world *world, const char *snap, int64_t first, int64_t last)
{
    const struct wire_ends ends = {"hz-07", GEN_A};
    CLEANUP_BUF struct buf frame = {0};
    CLEANUP_RUN struct wire_run run = {.kind = WIRE_FRAME_CHUNK, .first_seq = first};
    snapshot_hash(snap, first - 1, run.prev_hash);
    for (int64_t seq = first; seq <= last; seq++)
        put_snapshot_line(&run.lines, seq);
    assert_int_equal(wire_run_write(&frame, &run, &ends, &world->office_key, 0, NULL), 0);
    site_receive(&world->site, SITE_SEGMENT, frame.data, frame.length, world->now_us);
}

/* Otherwise what this site has not told yet would count twice. */
static void a_snapshot_is_asked_for_when_all_was_told_again(void **state)
{
    (void)state;
    struct world world;
    open_wanting(&world, 0);
    assert_int_equal(snapshot_asks(&world), 0);
    ack(&world, GEN_A, 3, 14);
    assert_int_equal(snapshot_asks(&world), 0);
    const struct wire_control early = offer_of(&world, 3);
    say(&world, &early);
    chunk(&world, SNAP, 1, 3);
    assert_int_equal(world.snapshot_lines, 0);
    forget_sent(&world);
    ack(&world, GEN_A, 3, 15);
    assert_int_equal(snapshot_asks(&world), 1);
    int64_t start = world.now_us;
    wait_for_ask(&world, 2); /* the first one was lost */
    assert_int_equal(world.now_us - start, 5 * SECOND);
    world_close(&world);
}

static void a_snapshot_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct world world;
    open_wanting(&world, 20);
    struct wire_control bad[5];
    for (size_t i = 0; i < COUNT(bad); i++)
        bad[i] = offer_of(&world, 3);
    bad[0].epoch = 2;
    bad[1].applied = 14; /* from before the last line that was told again */
    bad[2].applied = 21; /* more than there is */
    memcpy(bad[3].gen, GEN_B, sizeof(bad[3].gen));
    memcpy(bad[4].nonce, GEN_B, sizeof(bad[4].nonce));
    for (size_t i = 0; i < COUNT(bad); i++) {
        say(&world, &bad[i]);
        chunk(&world, SNAP, 1, 3);
        assert_int_equal(world.snapshot_lines, 0);
    }
    const struct wire_control good = offer_of(&world, 3);
    say(&world, &good);
    chunk(&world, GEN_B, 1, 3); /* of another one */
    chunk(&world, SNAP, 2, 3);  /* after a gap */
    assert_int_equal(world.snapshot_lines, 0);
    chunk(&world, SNAP, 1, 3);
    assert_int_equal(world.snapshot_lines, 3);
    world_close(&world);
}

static void a_snapshot_is_taken_line_by_line_and_given_once(void **state)
{
    (void)state;
    struct world world;
    open_wanting(&world, 20);
    forget_sent(&world);
    const struct wire_control offer = offer_of(&world, 5);
    say(&world, &offer);
    chunk(&world, SNAP, 1, 2);
    assert_int_equal(world.snapshot_lines, 2);
    assert_int_equal(snapshot_asks(&world), 1);
    assert_int_equal(sent_control(&world, 0).seq, 2);
    assert_string_equal(sent_control(&world, 0).snap, SNAP);
    chunk(&world, SNAP, 2, 3); /* overlaps */
    assert_int_equal(world.snapshot_lines, 3);
    world.queue_full = true;
    chunk(&world, SNAP, 4, 5);
    assert_int_equal(world.snapshot_lines, 3);
    assert_int_equal(world.whole_calls, 0);
    world.queue_full = false;
    world.committed.snapshot_line = 3;
    site_commit(&world.site, &world.committed, world.now_us);
    chunk(&world, SNAP, 4, 5);
    assert_int_equal(world.whole_calls, 1);
    assert_int_equal(world.whole.epoch, 3);
    assert_int_equal(world.whole.applied, 15);
    assert_int_equal(world.whole.lines, 5);
    chunk(&world, SNAP, 4, 5);
    assert_int_equal(world.whole_calls, 1);
    world.committed.snapshot = false;
    forget_sent(&world);
    site_commit(&world.site, &world.committed, world.now_us);
    wait_deadline(&world, 600 * SECOND);
    assert_int_equal(snapshot_asks(&world), 0);
    world_close(&world);
}

static void a_snapshot_whose_hash_is_another_is_not_given(void **state)
{
    (void)state;
    struct world world;
    open_wanting(&world, 20);
    struct wire_control offer = offer_of(&world, 2);
    offer.lines_hash[0] = offer.lines_hash[0] == '0' ? '1' : '0';
    say(&world, &offer);
    chunk(&world, SNAP, 1, 2);
    assert_int_equal(world.snapshot_lines, 2);
    assert_int_equal(world.whole_calls, 0);
    forget_sent(&world);
    wait_for_ask(&world, 1);
    assert_string_equal(sent_control(&world, 0).snap, WIRE_NO_SNAP); /* from the beginning */
    world_close(&world);
}

/* The turn that should have kept lines of it was lost, or the site has refused it: from the beginning, and not in a
 * hurry. */
static void a_snapshot_that_was_not_taken_over_is_asked_for_anew(void **state)
{
    (void)state;
    for (int refused = 0; refused < 2; refused++) {
        struct world world;
        open_wanting(&world, 20);
        const struct wire_control offer = offer_of(&world, 2);
        say(&world, &offer);
        world.committed.snapshot_line = refused ? 2 : 0;
        chunk(&world, SNAP, 1, refused ? 2 : 1);
        assert_int_equal(world.whole_calls, refused);
        forget_sent(&world);
        wait_for_ask(&world, 1);
        assert_string_equal(sent_control(&world, world.sent - 1).snap, WIRE_NO_SNAP);
        say(&world, &offer);
        chunk(&world, SNAP, 1, 2);
        assert_int_equal(world.whole_calls, refused + 1);
        world_close(&world);
    }
}

static void a_busy_link_is_not_asked_all_the_time(void **state)
{
    (void)state;
    struct world world;
    open_wanting(&world, 20);
    world.link_busy = true;
    wait_deadline(&world, 7 * SECOND);
    for (int i = 0; i < 10; i++) {
        int64_t start = world.now_us;
        wait_deadline(&world, SECOND);
        assert_true(world.now_us > start);
    }
    world_close(&world);
}

/* ---------------------------------------------------------------- changes, down */

static void changes_are_taken_once_and_in_order(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 0, 0);
    changes(&world, 1, 3);
    changes(&world, 2, 4); /* overlaps */
    changes(&world, 6, 7); /* a gap */
    assert_int_equal(world.change_count, 4);
    for (int64_t i = 0; i < 4; i++)
        assert_int_equal(world.changes[i], i + 1);
    assert_int_equal(world.sent, 0); /* nothing is committed yet */
    commit(&world, 0, 4);
    struct wire_control fack = sent_control(&world, 0);
    assert_int_equal(fack.kind, WIRE_FACK);
    assert_int_equal(fack.seq, 4);
    assert_string_equal(fack.gen, GEN_A);
    changes(&world, 3, 4); /* head office did not hear it */
    assert_int_equal(sent_control(&world, 1).seq, 4);
    assert_int_equal(world.change_count, 4);
    world_close(&world);
}

static void changes_wait_for_a_full_queue_and_outlive_a_lost_turn(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 0, 0);
    world.queue_full = true;
    changes(&world, 1, 3);
    assert_int_equal(world.change_count, 0);
    world.queue_full = false;
    wait_deadline(&world, SECOND);
    assert_int_equal(world.change_count, 3);
    commit(&world, 0, 1);  /* then the turn with 2 and 3 failed */
    changes(&world, 2, 3); /* at once: they may still be in the queue */
    assert_int_equal(world.change_count, 3);
    world.now_us += 5 * SECOND;
    changes(&world, 2, 3);
    assert_int_equal(world.change_count, 5);
    assert_int_equal(world.changes[3], 2);
    world_close(&world);
}

static void busy_link_is_tried_again(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 1, 5);
    world.link_busy = true;
    site_link_up(&world.site, world.now_us);
    assert_int_equal(world.sent, 0);
    wait_deadline(&world, SECOND);
    assert_true(site_deadline(&world.site) > world.now_us);
    world.link_busy = false;
    wait_deadline(&world, SECOND);
    assert_int_equal(sent_control(&world, 0).kind, WIRE_HELLO);
    world.link_busy = true;
    welcome(&world, GEN_A, 0);
    assert_int_equal(world.sent, 1);
    world.link_busy = false;
    wait_deadline(&world, SECOND);
    expect_segment(&world, 1, 1, 5);
    world_close(&world);
}

static void nothing_is_sent_without_a_broker(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 5, 0);
    site_link_down(&world.site);
    forget_sent(&world);
    commit(&world, 6, 0);
    changes(&world, 1, 1);
    ack(&world, GEN_A, 3, 5);
    assert_int_equal(world.sent + world.change_count + (size_t)world.word.applied, 0);
    assert_int_equal(site_deadline(&world.site), INT64_MAX);
    world_close(&world);
}

static void broken_messages_change_nothing_but_the_fault(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 0, 0);
    static const char *const bad[] = {"", "{", "\xff", "{}\n", "{\"type\":\"x\"}\n"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        site_receive(&world.site, SITE_CONTROL, bad[i], strlen(bad[i]), world.now_us);
        site_receive(&world.site, SITE_SEGMENT, bad[i], strlen(bad[i]), world.now_us);
        site_office_state(&world.site, bad[i], strlen(bad[i]), world.now_us);
    }
    assert_int_equal(world.site.state, SITE_SYNC);
    assert_int_equal(world.change_count, 0);
    assert_true(*world.site.fault.text);
    changes(&world, 1, 1);
    assert_int_equal(world.change_count, 1);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_is_said_and_repeated_until_welcomed),
        cmocka_unit_test(being_in_step_is_told_when_it_changes),
        cmocka_unit_test(what_people_see_is_told_when_it_changes),
        cmocka_unit_test(window_is_kept_and_acknowledgements_open_it),
        cmocka_unit_test(events_linger_until_time_or_number),
        cmocka_unit_test(lost_segments_are_sent_again_from_the_first),
        cmocka_unit_test(puback_acknowledges_nothing),
        cmocka_unit_test(nobody_listening_stops_it_until_head_office_is_back),
        cmocka_unit_test(restored_head_office_gets_everything_again),
        cmocka_unit_test(idle_site_says_hello_every_ten_minutes),
        cmocka_unit_test(an_ack_of_other_lines_is_no_ack),
        cmocka_unit_test(the_word_of_head_office_is_told_when_it_is_news),
        cmocka_unit_test(another_past_is_probed_granted_and_gone_on_from),
        cmocka_unit_test(a_grant_counts_only_as_the_answer_to_a_probe),
        cmocka_unit_test(a_probe_without_an_answer_ends_in_a_hello),
        cmocka_unit_test(changes_that_head_office_lost_are_gone_back_from),
        cmocka_unit_test(a_welcome_to_an_older_hello_takes_nothing_back),
        cmocka_unit_test(other_changes_under_the_same_numbers_are_not_taken),
        cmocka_unit_test(a_fence_stops_the_box_whose_hello_it_answers),
        cmocka_unit_test(a_stale_or_forked_segment_is_followed_by_a_hello),
        cmocka_unit_test(only_the_head_office_that_was_met_is_believed),
        cmocka_unit_test(who_welcomed_first_is_head_office),
        cmocka_unit_test(what_is_not_signed_or_for_others_is_not_read),
        cmocka_unit_test(a_snapshot_is_asked_for_when_all_was_told_again),
        cmocka_unit_test(a_snapshot_that_does_not_fit_is_refused),
        cmocka_unit_test(a_snapshot_is_taken_line_by_line_and_given_once),
        cmocka_unit_test(a_snapshot_whose_hash_is_another_is_not_given),
        cmocka_unit_test(a_snapshot_that_was_not_taken_over_is_asked_for_anew),
        cmocka_unit_test(a_busy_link_is_not_asked_all_the_time),
        cmocka_unit_test(changes_are_taken_once_and_in_order),
        cmocka_unit_test(changes_wait_for_a_full_queue_and_outlive_a_lost_turn),
        cmocka_unit_test(busy_link_is_tried_again),
        cmocka_unit_test(nothing_is_sent_without_a_broker),
        cmocka_unit_test(broken_messages_change_nothing_but_the_fault),
    };
    return cmocka_run_group_tests_name("site", tests, NULL, NULL);
}
