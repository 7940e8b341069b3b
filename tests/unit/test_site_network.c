/* The site's steps under a network that loses, repeats, delays and reorders, a daemon whose turns fail, and a head
 * office that is restored from a backup: whatever happened, in the end both sides have everything, once and in order.
 * Every run is a seed. */
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
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS        60
#define SECOND       INT64_C(1000000)
#define TROUBLE_US   (900 * SECOND)
#define CALM_US      (3600 * SECOND)
#define PACKETS_MAX  128
#define DAEMON_QUEUE 8

struct packet {
    bool up; /* to head office */
    enum site_channel channel;
    int64_t at_us; /* when it arrives; 0: the place is free */
    struct buf bytes;
};

struct office {
    char gen[ID_TEXT_SIZE];
    unsigned restores;
    int64_t applied, backup_applied;
    int64_t feed_head, feed_acked, resend_us;
};

struct world {
    uint64_t seed;
    struct random_seeded chance;
    bool trouble, linked;
    int64_t now_us, turn_us, trouble_us;
    struct site site;
    struct site_committed committed;
    int64_t applied_waiting;     /* from applied(), for the next turn; -1 none */
    int64_t queue[DAEMON_QUEUE]; /* from change() */
    size_t queued;
    struct office office;
    struct packet packets[PACKETS_MAX];
};

static bool one_in(struct world *world, uint64_t n)
{
    return random_next(&world->chance) % n == 0;
}

static int64_t up_to(struct world *world, int64_t max)
{
    return (int64_t)(random_next(&world->chance) % (uint64_t)(max + 1));
}

/* ---------------------------------------------------------------- the network */

static void carry(struct world *world, bool up, enum site_channel channel, const void *bytes, size_t length)
{
    int copies = !world->trouble ? 1 : one_in(world, 8) ? 0 : one_in(world, 8) ? 2 : 1;
    for (size_t i = 0; i < PACKETS_MAX && copies > 0; i++) {
        struct packet *packet = &world->packets[i];
        if (packet->at_us)
            continue;
        packet->up = up;
        packet->channel = channel;
        packet->at_us = world->now_us + 1 + up_to(world, world->trouble ? 8 * SECOND : SECOND / 10);
        buf_clear(&packet->bytes);
        buf_put(&packet->bytes, bytes, length);
        copies--;
    }
}

static struct packet *next_packet(struct world *world)
{
    struct packet *next = NULL;
    for (size_t i = 0; i < PACKETS_MAX; i++)
        if (world->packets[i].at_us && (!next || world->packets[i].at_us < next->at_us))
            next = &world->packets[i];
    return next;
}

/* ---------------------------------------------------------------- the site's daemon */

static void put_line(struct buf *out, const char *source, int64_t epoch, int64_t seq)
{
    char sequence[WIRE_SEQUENCE_SIZE];
    wire_sequence_write(sequence, epoch, seq);
    buf_printf(
        out,
        "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"%s\",\"type\":\"t\",\"sequence\":\"%s\",\"data\":{}}\n",
        source, sequence);
}

static int on_send(void *user, enum site_channel channel, const void *bytes, size_t length)
{
    struct world *world = user;
    assert_true(world->linked);
    if (world->trouble && one_in(world, 10))
        return -EAGAIN;
    carry(world, true, channel, bytes, length);
    return 0;
}

static int on_read(void *user, int64_t after, size_t lines, size_t bytes, struct buf *ret_lines, int64_t *ret_last)
{
    struct world *world = user;
    int64_t last = after;
    while (last < world->committed.last_seq && last - after < (int64_t)lines && ret_lines->length < bytes)
        put_line(ret_lines, WIRE_SITE_SOURCE "hz-07", 1, ++last);
    *ret_last = last;
    return 0;
}

static int on_applied(void *user, int64_t seq)
{
    struct world *world = user;
    if (world->trouble && one_in(world, 10))
        return -EAGAIN;
    world->applied_waiting = seq;
    return 0;
}

static int on_change(void *user, int64_t seq, const char *line, size_t length)
{
    (void)line;
    (void)length;
    struct world *world = user;
    if (world->queued == DAEMON_QUEUE)
        return -EAGAIN;
    world->queue[world->queued++] = seq;
    return 0;
}

static const struct site_ops ops = {
    .send = on_send, .read_journal = on_read, .read_hash = same_past_hash, .applied = on_applied, .change = on_change};

static void start_daemon(struct world *world)
{
    const struct site_settings settings = {
        .site = "hz-07", .box = "box-7f3a", .random = random_from_seed(&world->chance)};
    site_done(&world->site);
    site_init(&world->site, &settings, &ops, world);
    world->queued = 0;
    world->applied_waiting = -1;
    site_commit(&world->site, &world->committed, world->now_us);
    if (world->linked)
        site_link_up(&world->site, world->now_us);
}

static void take_turn(struct world *world)
{
    world->turn_us = world->now_us + SECOND / 2;
    bool lost = world->trouble && one_in(world, 10);
    for (size_t i = 0; i < world->queued && !lost; i++)
        if (world->queue[i] == world->committed.feed_seq + 1)
            world->committed.feed_seq++;
    if (world->applied_waiting >= 0 && !lost)
        world->committed.applied_seq = world->applied_waiting;
    world->queued = 0;
    world->applied_waiting = -1;
    if (lost)
        return;
    if (world->trouble)
        world->committed.last_seq += up_to(world, 3);
    site_commit(&world->site, &world->committed, world->now_us);
}

/* ---------------------------------------------------------------- head office */

static void office_say(struct world *world, struct wire_control *control)
{
    struct random_source random = random_from_seed(&world->chance);
    CLEANUP_BUF struct buf text = {0};
    memcpy(control->gen, world->office.gen, sizeof(control->gen));
    wire_control_write(&text, control, &random);
    if (control->kind != WIRE_OFFICE)
        carry(world, false, SITE_CONTROL, text.data, text.length);
    else if (world->linked)
        site_office_state(&world->site, text.data, text.length, world->now_us);
}

static void office_show(struct world *world)
{
    struct wire_control state = {WIRE_OFFICE, .online = true, .since = "2026-03-02T08:00:00.000Z"};
    state.since[22] = (char)('0' + world->office.restores % 10);
    office_say(world, &state);
}

static void office_send_changes(struct world *world)
{
    CLEANUP_BUF struct buf text = {0};
    struct office *office = &world->office;
    int64_t last = office->feed_acked + 20 < office->feed_head ? office->feed_acked + 20 : office->feed_head;
    office->resend_us = world->now_us + 5 * SECOND;
    for (int64_t seq = office->feed_acked + 1; seq <= last; seq++)
        put_line(&text, WIRE_OFFICE_SOURCE, 0, seq);
    if (text.length > 0)
        carry(world, false, SITE_SEGMENT, text.data, text.length);
}

static void office_take_control(struct world *world, const struct buf *bytes)
{
    struct office *office = &world->office;
    struct wire_control control;
    assert_int_equal(wire_control_parse(bytes->data, bytes->length, &control, NULL), 0);
    if (control.kind == WIRE_FACK) {
        assert_true(control.seq <= world->committed.feed_seq);
        if (control.seq > office->feed_acked)
            office->feed_acked = control.seq;
        return;
    }
    struct wire_control welcome = {WIRE_WELCOME,
                                   .epoch = 1,
                                   .applied = office->applied,
                                   .feed_head = office->feed_head,
                                   .window = 1 + up_to(world, 7),
                                   .segment_max = 1 + up_to(world, 30),
                                   .linger_ms = up_to(world, 2000)};
    memcpy(welcome.nonce, control.nonce, sizeof(welcome.nonce));
    office->feed_acked = control.feed_seq;
    same_past_tell(&welcome);
    office_say(world, &welcome);
}

static void office_take_segment(struct world *world, const struct buf *bytes)
{
    struct wire_segment segment = {.at = bytes->data, .left = bytes->length};
    struct wire_line line;
    int result;
    while ((result = wire_segment_next(&segment, &line, NULL)) == 1) {
        if (line.seq == world->office.applied + 1)
            world->office.applied = line.seq;
        wire_line_done(&line);
    }
    assert_int_equal(result, 0);
    assert_true(world->office.applied <= world->committed.last_seq);
    office_say(world, &(struct wire_control){WIRE_ACK, .epoch = 1, .applied = world->office.applied});
}

static void office_restore(struct world *world)
{
    struct random_source random = random_from_seed(&world->chance);
    world->office.applied = world->office.backup_applied;
    world->office.restores++;
    id_new(&random, world->office.gen);
    office_show(world);
}

/* ---------------------------------------------------------------- time */

static void make_trouble(struct world *world)
{
    world->trouble_us = world->now_us + up_to(world, 20 * SECOND);
    switch (up_to(world, 5)) {
    case 0:
        world->linked = !world->linked;
        if (world->linked)
            site_link_up(&world->site, world->now_us);
        else
            site_link_down(&world->site);
        break;
    case 1:
        world->office.backup_applied = world->office.applied;
        break;
    case 2:
        if (one_in(world, 5))
            office_restore(world);
        break;
    case 3:
        if (world->linked)
            site_published(&world->site, one_in(world, 2) ? 0x10 : 0x97, world->now_us);
        break;
    case 4:
        world->office.feed_head += up_to(world, 30);
        break;
    default:
        if (one_in(world, 5))
            start_daemon(world);
        break;
    }
}

static void deliver(struct world *world, struct packet *packet)
{
    if (packet->up && packet->channel == SITE_CONTROL)
        office_take_control(world, &packet->bytes);
    else if (packet->up)
        office_take_segment(world, &packet->bytes);
    else if (world->linked)
        site_receive(&world->site, packet->channel, packet->bytes.data, packet->bytes.length, world->now_us);
    packet->at_us = 0;
}

/* The next thing that happens, whatever it is. */
static void step(struct world *world)
{
    struct packet *packet = next_packet(world);
    int64_t deadline_us = site_deadline(&world->site), *trouble_us = &world->trouble_us;
    int64_t next = world->turn_us < world->office.resend_us ? world->turn_us : world->office.resend_us;
    if (world->trouble && *trouble_us < next)
        next = *trouble_us;
    if (packet && packet->at_us < next)
        next = packet->at_us;
    if (deadline_us < next)
        next = deadline_us;
    world->now_us = next > world->now_us ? next : world->now_us;
    if (packet && packet->at_us <= world->now_us)
        deliver(world, packet);
    else if (deadline_us <= world->now_us)
        site_tick(&world->site, world->now_us);
    else if (world->turn_us <= world->now_us)
        take_turn(world);
    else if (world->office.resend_us <= world->now_us)
        office_send_changes(world);
    else
        make_trouble(world);
}

static bool in_step(const struct world *world)
{
    return world->committed.applied_seq == world->committed.last_seq &&
           world->office.applied == world->committed.last_seq && world->committed.feed_seq == world->office.feed_head &&
           world->office.feed_acked == world->office.feed_head;
}

static void run_until(struct world *world, int64_t end_us, bool until_in_step)
{
    long steps = 0;
    while (world->now_us < end_us && !(until_in_step && in_step(world))) {
        step(world);
        if (++steps > 2000000)
            fail_msg("seed %" PRIu64 " does not get on", world->seed);
    }
}

static void run_seed(uint64_t seed)
{
    struct world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    *world = (struct world){.seed = seed, .chance = {seed}, .trouble = true, .now_us = SECOND, .linked = true};
    world->committed.epoch = 1;
    memset(world->office.gen, 'a', ID_TEXT_SIZE - 1);
    start_daemon(world);
    run_until(world, TROUBLE_US, false);
    world->trouble = false;
    world->linked = true;
    site_link_up(&world->site, world->now_us);
    office_show(world);
    run_until(world, TROUBLE_US + CALM_US, true);
    if (!in_step(world))
        fail_msg("seed %" PRIu64 ": events %" PRId64 " of %" PRId64 " (known here: %" PRId64 "), changes %" PRId64
                 " of %" PRId64 " (known there: %" PRId64 "), site %s %s",
                 seed, world->office.applied, world->committed.last_seq, world->committed.applied_seq,
                 world->committed.feed_seq, world->office.feed_head, world->office.feed_acked,
                 site_state_def(world->site.state)->en, world->site.fault.text);
    assert_true(world->committed.last_seq > 100 && world->office.feed_head > 20);
    for (size_t i = 0; i < PACKETS_MAX; i++)
        buf_done(&world->packets[i].bytes);
    site_done(&world->site);
    free(world);
}

static void both_sides_get_everything_under_trouble(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run_seed(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_sides_get_everything_under_trouble)};
    return cmocka_run_group_tests_name("site network", tests, NULL, NULL);
}
