/* A site's steps in a world that is made up: its daemon's database, head office's voice, and what it sent. Asserts by
 * cmocka. Does not use a socket or a clock. */
#ifndef TESTS_SITE_WORLD_H
#define TESTS_SITE_WORLD_H

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

static inline int on_send(void *user, enum site_channel channel, const void *bytes, size_t length)
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

static inline int on_read(void *user, int64_t after, size_t max_lines, size_t max_bytes, struct buf *ret_lines,
                          int64_t *ret_last)
{
    struct world *world = user;
    same_past_read(&world->journal, after, world->committed.last_seq, max_lines, max_bytes, ret_lines, ret_last);
    return 0;
}

/* Another past has another hash under each number. */
static inline int on_hash(void *user, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    struct world *world = user;
    if (seq > world->committed.last_seq || seq < world->journal.base)
        return -ENOENT;
    memcpy(ret_hash, same_past_hash(&world->journal, seq), CHAIN_HASH_SIZE);
    ret_hash[0] ^= world->other_past;
    return 0;
}

static inline struct chain_mark mark_of(struct same_past *past, int64_t seq)
{
    struct chain_mark mark = {past->epoch, seq, {0}};
    memcpy(mark.hash, same_past_hash(past, seq), sizeof(mark.hash));
    return mark;
}

static inline int on_marks(void *user, struct wire_marks *ret)
{
    struct world *world = user;
    ret->at[ret->count++] = mark_of(&world->journal, world->committed.last_seq);
    ret->at[ret->count++] = mark_of(&world->journal, 2);
    return 0;
}

static inline int on_feed_marks(void *user, struct wire_marks *ret)
{
    struct world *world = user;
    ret->at[ret->count++] = mark_of(&world->feed, world->committed.feed_seq);
    return 0;
}

static inline int on_told(void *user, const struct site_word *word)
{
    struct world *world = user;
    if (world->queue_full)
        return -EAGAIN;
    world->word = *word;
    world->told_calls++;
    return 0;
}

static inline int on_granted(void *user, int64_t epoch, const struct chain_mark *base, const char *nonce)
{
    struct world *world = user;
    world->granted_epoch = epoch;
    world->granted_base = *base;
    world->granted_calls++;
    assert_string_equal(nonce, NONCE);
    return 0;
}

static inline int on_rewound(void *user, const struct chain_mark *base)
{
    struct world *world = user;
    world->rewound_base = *base;
    world->rewound_calls++;
    return 0;
}

static inline int on_snapshot_line(void *user, int64_t seq, const char *line, size_t length)
{
    struct world *world = user;
    assert_true(length > 0 && line[length - 1] == '}');
    assert_true(seq == world->snapshot_lines + 1 || seq == 1);
    if (world->queue_full)
        return -EAGAIN;
    world->snapshot_lines = seq;
    return 0;
}

static inline int on_snapshot_whole(void *user, const struct site_snapshot *snapshot)
{
    struct world *world = user;
    world->whole = *snapshot;
    world->whole_calls++;
    return 0;
}

static inline int on_change(void *user, int64_t seq, const char *line, size_t length)
{
    struct world *world = user;
    assert_true(length > 0 && line[length - 1] == '}');
    if (world->queue_full || world->change_count == COUNT(world->changes))
        return -EAGAIN;
    world->changes[world->change_count++] = seq;
    return 0;
}

static inline void on_in_step(void *user, bool in_step)
{
    struct world *world = user;
    world->in_step = in_step;
    world->in_step_calls++;
}

static inline void on_changed(void *user)
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

static inline void world_open(struct world *world, uint64_t seed, int64_t last_seq)
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

static inline void forget_sent(struct world *world)
{
    for (size_t i = 0; i < world->sent; i++)
        buf_done(&world->outbox[i].bytes);
    world->sent = 0;
}

static inline void world_close(struct world *world)
{
    forget_sent(world);
    site_done(&world->site);
}

/* What the site sent, read as a control message: with its key. */
static inline struct wire_control sent_control(const struct world *world, size_t i)
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
static inline void expect_segment(struct world *world, size_t i, int64_t first, int64_t last)
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

#define SETTLED_US 10000 /* what is due that soon is waited for: a step sends one segment, and the next is due soon */

static inline void settle(struct world *world)
{
    int64_t due_us;
    for (int i = 0; i < OUTBOX_MAX && (due_us = site_deadline(&world->site)) <= world->now_us + SETTLED_US; i++) {
        if (due_us > world->now_us)
            world->now_us = due_us;
        site_tick(&world->site, world->now_us);
    }
}

static inline void say_as(struct world *world, const struct wire_control *control, const struct wire_key *key)
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
    settle(world);
}

static inline void say(struct world *world, const struct wire_control *control)
{
    say_as(world, control, &world->office_key);
}

/* To the hello that waits: head office has the same changes. */
static inline struct wire_control welcome_of(struct world *world, const char *gen, int64_t applied)
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

static inline void welcome(struct world *world, const char *gen, int64_t applied)
{
    const struct wire_control message = welcome_of(world, gen, applied);
    say(world, &message);
}

static inline void ack(struct world *world, const char *gen, int64_t epoch, int64_t applied)
{
    struct wire_control message = {WIRE_ACK, .epoch = epoch, .applied = applied};
    memcpy(message.gen, gen, sizeof(message.gen));
    same_past_text(&world->journal, applied, message.applied_hash);
    say(world, &message);
}

static inline void office(struct world *world, const char *gen, bool online, const char *since)
{
    struct wire_control message = {WIRE_OFFICE, .online = online};
    memcpy(message.gen, gen, sizeof(message.gen));
    memcpy(message.since, since, sizeof(message.since));
    say(world, &message);
}

#define MONDAY  "2026-03-02T08:00:00.000Z"
#define TUESDAY "2026-03-03T08:00:00.000Z"

static inline void changes(struct world *world, int64_t first, int64_t last)
{
    CLEANUP_BUF struct buf frame = {0};
    same_past_frame(&world->feed, &frame, first, last, world->site.gen, &world->office_key);
    site_receive(&world->site, SITE_SEGMENT, frame.data, frame.length, world->now_us);
}

static inline void commit(struct world *world, int64_t last_seq, int64_t feed_seq)
{
    world->committed.last_seq = last_seq;
    world->committed.feed_seq = feed_seq;
    memcpy(world->committed.feed_hash, same_past_hash(&world->feed, feed_seq), CHAIN_HASH_SIZE);
    site_commit(&world->site, &world->committed, world->now_us);
    settle(world);
}

/* To the site's next deadline, which must come within the given time. */
static inline void wait_deadline(struct world *world, int64_t within_us)
{
    int64_t next = site_deadline(&world->site);
    assert_true(next <= world->now_us + within_us);
    if (next > world->now_us)
        world->now_us = next;
    site_tick(&world->site, world->now_us);
    settle(world);
}

static inline void open_in_step(struct world *world, int64_t last_seq, int64_t applied)
{
    world_open(world, 1, last_seq);
    site_link_up(&world->site, world->now_us);
    forget_sent(world);
    welcome(world, GEN_A, applied);
    assert_int_equal(world->site.state, SITE_SYNC);
}

#endif
