/* The site's steps against a scripted head office: each rule alone, then all of them under a network that loses,
 * repeats and reorders. Does not use a socket or a clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "sync/site/site.h"
#include "sync/wire/line.h"
#include "unit/same_past.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SECOND     INT64_C(1000000)
#define OUTBOX_MAX 256
#define GEN_A      "aaaaaaaaaaaaaaaaaaaaaaaaaa"
#define GEN_B      "bbbbbbbbbbbbbbbbbbbbbbbbbb"

struct packet {
    enum site_channel channel;
    struct buf bytes;
};

/* One site, its daemon's database, and what it sent. */
struct world {
    struct site site;
    struct random_seeded seeded;
    struct site_committed committed;
    int64_t now_us;
    struct packet outbox[OUTBOX_MAX];
    size_t sent;
    bool link_busy, queue_full, other_past;
    int64_t changes[64]; /* numbers given to change() */
    size_t change_count;
    int64_t applied; /* the last number given to applied() */
    size_t applied_calls;
    int in_step; /* as in_step() heard it last; -1: never */
    size_t in_step_calls;
    size_t changed_calls;
};

static void put_line(struct buf *out, const char *source, int64_t epoch, int64_t seq)
{
    char sequence[WIRE_SEQUENCE_SIZE];
    wire_sequence_write(sequence, epoch, seq);
    buf_printf(out,
               "{\"specversion\":\"1.0\",\"id\":\"%lld\",\"source\":\"%s\",\"type\":\"io.floorhand.pick.line.v1\","
               "\"sequence\":\"%s\",\"data\":{\"n\":%lld}}\n",
               (long long)seq, source, sequence, (long long)seq);
}

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
    int64_t last = after;
    while (last < world->committed.last_seq && last - after < (int64_t)max_lines && ret_lines->length < max_bytes)
        put_line(ret_lines, "//floorhand/site/hz-07", world->committed.epoch, ++last);
    *ret_last = last;
    return 0;
}

/* Another past has another hash under each number. */
static int on_hash(void *user, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    const struct world *world = user;
    return same_past_hash(user, world->other_past ? seq + 1 : seq, ret_hash);
}

static int on_applied(void *user, int64_t seq)
{
    struct world *world = user;
    if (world->queue_full)
        return -EAGAIN;
    world->applied = seq;
    world->applied_calls++;
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
                                    .applied = on_applied,
                                    .change = on_change,
                                    .in_step = on_in_step,
                                    .changed = on_changed};

static void world_open(struct world *world, uint64_t seed, int64_t last_seq)
{
    *world = (struct world){
        .seeded = {seed}, .committed = {.epoch = 3, .last_seq = last_seq}, .now_us = SECOND, .in_step = -1};
    const struct site_settings settings = {
        .site = "hz-07", .box = "box-7f3a", .boot = 2, .random = random_from_seed(&world->seeded)};
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

/* What the site sent, read as a control message. */
static struct wire_control sent_control(const struct world *world, size_t i)
{
    struct wire_control control;
    assert_true(i < world->sent);
    assert_int_equal(world->outbox[i].channel, SITE_CONTROL);
    assert_int_equal(wire_control_parse(world->outbox[i].bytes.data, world->outbox[i].bytes.length, &control, NULL), 0);
    return control;
}

/* The first and last number of a segment the site sent. */
static void expect_segment(const struct world *world, size_t i, int64_t first, int64_t last)
{
    assert_true(i < world->sent);
    const struct packet *packet = &world->outbox[i];
    assert_int_equal(packet->channel, SITE_SEGMENT);
    struct wire_segment segment = {.at = packet->bytes.data, .left = packet->bytes.length};
    struct wire_line line;
    int64_t seq = first;
    while (wire_segment_next(&segment, &line, NULL) == 1) {
        assert_int_equal(line.seq, seq++);
        wire_line_done(&line);
    }
    assert_int_equal(segment.left, 0);
    assert_int_equal(seq, last + 1);
}

static void say(struct world *world, const struct wire_control *control)
{
    CLEANUP_BUF struct buf text = {0};
    wire_control_write(&text, control, &random_system);
    if (control->kind == WIRE_OFFICE)
        site_office_state(&world->site, text.data, text.length, world->now_us);
    else
        site_receive(&world->site, SITE_CONTROL, text.data, text.length, world->now_us);
}

static void welcome(struct world *world, const char *gen, int64_t applied)
{
    struct wire_control message = {WIRE_WELCOME, .epoch = 3,        .applied = applied,
                                   .window = 2,  .segment_max = 10, .linger_ms = 50};
    memcpy(message.nonce, world->site.nonce, sizeof(message.nonce));
    memcpy(message.gen, gen, sizeof(message.gen));
    same_past_tell(&message);
    say(world, &message);
}

static void ack(struct world *world, const char *gen, int64_t epoch, int64_t applied)
{
    struct wire_control message = {WIRE_ACK, .epoch = epoch, .applied = applied};
    memcpy(message.gen, gen, sizeof(message.gen));
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
    CLEANUP_BUF struct buf text = {0};
    for (int64_t seq = first; seq <= last; seq++)
        put_line(&text, WIRE_OFFICE_SOURCE, 0, seq);
    site_receive(&world->site, SITE_SEGMENT, text.data, text.length, world->now_us);
}

static void commit(struct world *world, int64_t last_seq, int64_t feed_seq)
{
    world->committed.last_seq = last_seq;
    world->committed.feed_seq = feed_seq;
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
    int64_t start = world.now_us;
    wait_deadline(&world, 7 * SECOND);
    assert_true(world.now_us - start >= 5 * SECOND);
    start = world.now_us;
    wait_deadline(&world, 13 * SECOND);
    assert_true(world.now_us - start >= 10 * SECOND);
    assert_int_equal(world.sent, 3);
    struct wire_control other = {WIRE_WELCOME, .gen = GEN_A, .nonce = GEN_B, .epoch = 3, .window = 1, .segment_max = 1};
    same_past_tell(&other);
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
    assert_int_equal(world.site.state, SITE_DIVERGED);
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
    assert_int_equal(world.applied, 30);
    ack(&world, GEN_A, 3, 20); /* late: changes nothing */
    assert_int_equal(world.applied, 30);
    ack(&world, GEN_A, 3, 35);
    assert_int_equal(world.applied, 35);
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
    assert_int_equal(world.applied_calls, 0);
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
    assert_int_equal(world.applied, 20);
    office(&world, GEN_A, true, MONDAY);
    assert_int_equal(world.sent, 0);
    office(&world, GEN_B, true, TUESDAY);
    assert_int_equal(sent_control(&world, 0).kind, WIRE_HELLO);
    welcome(&world, GEN_B, 12);
    assert_int_equal(world.applied, 12);
    expect_segment(&world, 1, 13, 20);
    ack(&world, GEN_A, 3, 20); /* the head office of before: who is that? */
    assert_int_equal(world.site.state, SITE_HELLO);
    assert_int_equal(world.applied, 12);
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

static void applied_is_told_again_when_its_turn_was_lost(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 20);
    assert_int_equal(world.applied_calls, 1);
    site_commit(&world.site, &world.committed, world.now_us); /* applied_seq is still 0 */
    assert_int_equal(world.applied_calls, 1);
    wait_deadline(&world, 600 * SECOND);
    welcome(&world, GEN_A, 20);
    assert_int_equal(world.applied_calls, 2);
    world_close(&world);
}

/* An older copy that has gone on since: it has as many events as head office, but others. */
static void other_events_under_the_same_numbers_stop_it(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 20);
    wait_deadline(&world, 600 * SECOND);
    forget_sent(&world);
    world.other_past = true;
    welcome(&world, GEN_A, 15);
    assert_int_equal(world.site.state, SITE_DIVERGED);
    commit(&world, 22, 0);
    assert_int_equal(world.sent, 1); /* that it is so */
    assert_int_equal(world.outbox[0].channel, SITE_CONTROL);
    world_close(&world);
}

static void head_office_with_another_past_stops_it(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 20, 20);
    wait_deadline(&world, 600 * SECOND);
    forget_sent(&world);
    welcome(&world, GEN_A, 21);
    assert_int_equal(world.site.state, SITE_DIVERGED);
    assert_non_null(strstr(world.site.fault.text, "number 21"));
    commit(&world, 22, 0);
    assert_int_equal(world.sent, 1); /* that it is so */
    world_close(&world);
}

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
    assert_int_equal(world.sent + world.change_count + world.applied_calls, 0);
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
        cmocka_unit_test(applied_is_told_again_when_its_turn_was_lost),
        cmocka_unit_test(other_events_under_the_same_numbers_stop_it),
        cmocka_unit_test(head_office_with_another_past_stops_it),
        cmocka_unit_test(changes_are_taken_once_and_in_order),
        cmocka_unit_test(changes_wait_for_a_full_queue_and_outlive_a_lost_turn),
        cmocka_unit_test(busy_link_is_tried_again),
        cmocka_unit_test(nothing_is_sent_without_a_broker),
        cmocka_unit_test(broken_messages_change_nothing_but_the_fault),
    };
    return cmocka_run_group_tests_name("site", tests, NULL, NULL);
}
