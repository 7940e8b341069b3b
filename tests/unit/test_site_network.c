/* The site's steps under a network that loses, repeats, delays and reorders, a daemon whose turns fail, and a head
 * office that is restored from a backup, site that is too: whatever happened, in the end both sides have everything,
 * once and in order. Every run is a seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "sync/site/site.h"
#include "unit/same_past.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS        25
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

/* What a side has of the other's lines is told by their hash: it is of that past, or of another. */
struct office {
    char gen[ID_TEXT_SIZE], probe[ID_TEXT_SIZE];
    unsigned restores, grants;
    struct same_past journal; /* as head office has it */
    int64_t applied, backup_applied;
    int64_t feed_head, feed_acked, resend_us;
};

struct world {
    uint64_t seed;
    struct random_seeded chance;
    bool trouble, linked;
    int64_t now_us, turn_us, trouble_us;
    struct site site;
    struct wire_key key, office_key;
    struct same_past journal, feed;
    struct site_committed committed;
    struct site_word word; /* from told(), for the next turn */
    bool told, granted;    /* it waits; so does the epoch: */
    int64_t granted_epoch;
    struct chain_mark granted_base;
    char granted_nonce[ID_TEXT_SIZE];
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
    same_past_read(&world->journal, after, world->committed.last_seq, lines, bytes, ret_lines, ret_last);
    return 0;
}

static int on_hash(void *user, int64_t seq, uint8_t ret_hash[CHAIN_HASH_SIZE])
{
    struct world *world = user;
    if (seq < world->journal.base || seq > world->committed.last_seq)
        return -ENOENT;
    memcpy(ret_hash, same_past_hash(&world->journal, seq), CHAIN_HASH_SIZE);
    return 0;
}

static void add_mark(struct wire_marks *marks, struct same_past *past, int64_t seq)
{
    struct chain_mark *mark = &marks->at[marks->count++];
    *mark = (struct chain_mark){.epoch = past->epoch, .seq = seq};
    memcpy(mark->hash, same_past_hash(past, seq), sizeof(mark->hash));
}

static int on_marks(void *user, struct wire_marks *ret)
{
    struct world *world = user;
    for (int64_t back = 0; back < 1000 && ret->count < WIRE_MARKS_MAX; back = back ? 2 * back : 1)
        if (world->committed.last_seq - back > world->journal.base)
            add_mark(ret, &world->journal, world->committed.last_seq - back);
    return 0;
}

static int on_feed_marks(void *user, struct wire_marks *ret)
{
    struct world *world = user;
    add_mark(ret, &world->feed, world->committed.feed_seq);
    return 0;
}

static int on_told(void *user, const struct site_word *word)
{
    struct world *world = user;
    if (world->trouble && one_in(world, 10))
        return -EAGAIN;
    world->word = *word;
    world->told = true;
    return 0;
}

static int on_granted(void *user, int64_t epoch, const struct chain_mark *base, const char *nonce)
{
    struct world *world = user;
    world->granted = true;
    world->granted_epoch = epoch;
    world->granted_base = *base;
    memcpy(world->granted_nonce, nonce, ID_TEXT_SIZE);
    return 0;
}

static int on_rewound(void *user, const struct chain_mark *base)
{
    (void)user;
    (void)base;
    fail_msg("head office never loses a change here");
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

static const struct site_ops ops = {.send = on_send,
                                    .read_journal = on_read,
                                    .read_hash = on_hash,
                                    .marks = on_marks,
                                    .feed_marks = on_feed_marks,
                                    .told = on_told,
                                    .granted = on_granted,
                                    .rewound = on_rewound,
                                    .change = on_change};

static void start_daemon(struct world *world)
{
    const struct site_settings settings = {.site = "hz-07",
                                           .box = "box-7f3a",
                                           .hardware = "00112233445566778899aabbccddeeff",
                                           .key = world->key,
                                           .random = random_from_seed(&world->chance)};
    site_done(&world->site);
    site_init(&world->site, &settings, &ops, world);
    world->queued = 0;
    world->told = world->granted = false;
    site_commit(&world->site, &world->committed, world->now_us);
    if (world->linked)
        site_link_up(&world->site, world->now_us);
}

static void commit_what_waits(struct world *world)
{
    struct site_committed *committed = &world->committed;
    for (size_t i = 0; i < world->queued; i++)
        if (world->queue[i] == committed->feed_seq + 1)
            committed->feed_seq++;
    memcpy(committed->feed_hash, same_past_hash(&world->feed, committed->feed_seq), CHAIN_HASH_SIZE);
    if (world->told)
        committed->applied_seq = world->word.applied;
    if (!world->granted || world->granted_epoch <= committed->epoch)
        return;
    same_past_begin(&world->journal, world->granted_epoch, &world->granted_base, world->granted_nonce);
    committed->epoch = world->granted_epoch;
    committed->applied_seq = world->granted_base.seq;
}

static void take_turn(struct world *world)
{
    world->turn_us = world->now_us + SECOND / 2;
    bool lost = world->trouble && one_in(world, 10);
    if (!lost)
        commit_what_waits(world);
    world->queued = 0;
    world->told = world->granted = false;
    if (lost)
        return;
    if (world->trouble && one_in(world, 3))
        world->committed.last_seq += up_to(world, 3);
    site_commit(&world->site, &world->committed, world->now_us);
}

/* Its card was replaced by an older copy. */
static void restore_site(struct world *world)
{
    int64_t lost = world->committed.last_seq - world->office.applied + up_to(world, 20) - 10;
    if (lost < 0)
        return;
    if (world->committed.last_seq - lost <= world->journal.base)
        return;
    world->committed.last_seq -= lost;
    world->committed.applied_seq = world->committed.applied_seq < world->committed.last_seq
                                       ? world->committed.applied_seq
                                       : world->committed.last_seq;
    same_past_restore(&world->journal, world->committed.last_seq);
    start_daemon(world);
}

/* ---------------------------------------------------------------- head office */

static void office_say(struct world *world, struct wire_control *control)
{
    struct random_source random = random_from_seed(&world->chance);
    CLEANUP_BUF struct buf text = {0};
    memcpy(control->gen, world->office.gen, sizeof(control->gen));
    memcpy(control->site, "hz-07", sizeof("hz-07"));
    wire_control_write(&text, control, &random);
    if (control->kind != WIRE_OFFICE)
        wire_control_sign(&text, &world->office_key);
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
    if (last == office->feed_acked)
        return;
    same_past_frame(&world->feed, &text, office->feed_acked + 1, last, office->gen, &world->office_key);
    carry(world, false, SITE_SEGMENT, text.data, text.length);
}

static void office_ack(struct world *world, enum wire_kind kind, const char *nonce)
{
    struct office *office = &world->office;
    struct wire_control control = {.kind = kind,
                                   .schema = WIRE_SCHEMA,
                                   .epoch = office->journal.epoch,
                                   .applied = office->applied,
                                   .feed_head = office->feed_head,
                                   .feed_base = office->feed_acked,
                                   .window = 1 + up_to(world, 7),
                                   .segment_max = 1 + up_to(world, 30),
                                   .linger_ms = up_to(world, 2000)};
    memcpy(control.nonce, nonce, strlen(nonce));
    same_past_text(&office->journal, office->applied, control.applied_hash);
    same_past_text(&world->feed, office->feed_acked, control.feed_hash);
    office_say(world, &control);
}

/* The newest of the marks that head office has too; an epoch that goes on from there, once for each probe. */
static void office_grant(struct world *world, const struct wire_control *probe)
{
    struct random_source random = random_from_seed(&world->chance);
    struct office *office = &world->office;
    struct chain_mark base = {0};
    struct wire_control grant = {.kind = WIRE_GRANT};
    if (strcmp(office->probe, probe->nonce) == 0)
        return;
    memcpy(office->probe, probe->nonce, sizeof(office->probe));
    for (size_t i = 0; i < probe->marks.count && base.epoch == 0; i++) {
        const struct chain_mark *mark = &probe->marks.at[i];
        if (mark->epoch == office->journal.epoch && mark->seq >= office->journal.base && mark->seq <= office->applied &&
            memcmp(mark->hash, same_past_hash(&office->journal, mark->seq), CHAIN_HASH_SIZE) == 0)
            base = *mark;
    }
    id_new(&random, grant.grant_nonce);
    int64_t epoch = 1 + (probe->epoch > office->journal.epoch ? probe->epoch : office->journal.epoch);
    same_past_begin(&office->journal, epoch, &base, grant.grant_nonce);
    office->applied = base.seq;
    office->grants++;
    grant.epoch = epoch;
    grant.base_epoch = base.epoch;
    grant.base_seq = base.seq;
    chain_text(base.hash, grant.base_hash);
    memcpy(grant.nonce, probe->nonce, sizeof(grant.nonce));
    office_say(world, &grant);
}

static void office_take_control(struct world *world, const struct buf *bytes)
{
    struct office *office = &world->office;
    struct wire_control control;
    uint8_t key[WIRE_PUBLIC_KEY];
    assert_int_equal(wire_control_verify(bytes->data, bytes->length, key, NULL), 0);
    assert_int_equal(wire_control_parse(bytes->data, bytes->length, &control, NULL), 0);
    if (control.kind == WIRE_FACK && control.seq > office->feed_acked) {
        assert_true(control.seq <= world->committed.feed_seq);
        office->feed_acked = control.seq;
    }
    if (control.kind == WIRE_PROBE)
        office_grant(world, &control);
    if (control.kind != WIRE_HELLO)
        return;
    char hash[CHAIN_TEXT_SIZE];
    same_past_text(&world->feed, control.feed_seq, hash);
    assert_string_equal(control.feed_hash, hash);
    office->feed_acked = control.feed_seq;
    office_ack(world, WIRE_WELCOME, control.nonce);
}

static void office_take_segment(struct world *world, const struct buf *bytes)
{
    CLEANUP_RUN struct wire_run run = {0};
    struct office *office = &world->office;
    same_past_open(bytes, "box-7f3a", &world->key, &run);
    int64_t last = wire_run_last_seq(&run), both = last < office->applied ? last : office->applied;
    uint8_t there[CHAIN_HASH_SIZE];
    if (run.epoch != office->journal.epoch) {
        office_say(world, &(struct wire_control){.kind = WIRE_FENCE, .epoch = 1, .code = WIRE_FENCE_STALE});
        return;
    }
    if (run.first_seq <= office->applied + 1 && both >= office->journal.base) {
        wire_run_hash(&run, both, there);
        if (memcmp(there, office->journal.hash[both], sizeof(there)) != 0) {
            office_say(world, &(struct wire_control){.kind = WIRE_FENCE, .epoch = 1, .code = WIRE_FENCE_FORK});
            return;
        }
        for (; office->applied < last; office->applied++)
            wire_run_hash(&run, office->applied + 1, office->journal.hash[office->applied + 1]);
        office->journal.known = office->applied;
    }
    office_ack(world, WIRE_ACK, "");
}

static void office_restore(struct world *world)
{
    struct random_source random = random_from_seed(&world->chance);
    struct office *office = &world->office;
    office->applied = office->backup_applied > office->journal.base ? office->backup_applied : office->journal.base;
    office->applied = office->applied < office->journal.known ? office->applied : office->journal.known;
    office->journal.known = office->applied;
    world->office.restores++;
    id_new(&random, world->office.gen);
    office_show(world);
}

/* ---------------------------------------------------------------- time */

static void make_trouble(struct world *world)
{
    world->trouble_us = world->now_us + up_to(world, 20 * SECOND);
    switch (up_to(world, 6)) {
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
    case 5:
        if (one_in(world, 2))
            restore_site(world);
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
    return world->committed.epoch == world->office.journal.epoch &&
           world->committed.applied_seq == world->committed.last_seq &&
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

static unsigned run_seed(uint64_t seed)
{
    struct world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    *world = (struct world){.seed = seed, .chance = {seed}, .trouble = true, .now_us = SECOND, .linked = true};
    world->key = same_past_key(1);
    world->office_key = same_past_key(2);
    same_past_begin(&world->journal, 1, NULL, "");
    same_past_begin(&world->office.journal, 1, NULL, "");
    same_past_begin(&world->feed, 0, NULL, "");
    world->committed.epoch = 1;
    memcpy(world->committed.feed_hash, same_past_hash(&world->feed, 0), CHAIN_HASH_SIZE);
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
    assert_true(world->committed.last_seq > 20 && world->office.feed_head > 20);
    assert_memory_equal(same_past_hash(&world->journal, world->committed.last_seq),
                        same_past_hash(&world->office.journal, world->committed.last_seq), CHAIN_HASH_SIZE);
    unsigned grants = world->office.grants;
    for (size_t i = 0; i < PACKETS_MAX; i++)
        buf_done(&world->packets[i].bytes);
    site_done(&world->site);
    free(world);
    return grants;
}

static void both_sides_get_everything_under_trouble(void **state)
{
    (void)state;
    unsigned grants = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        grants += run_seed(seed);
    assert_true(grants > SEEDS); /* they did lose each other */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_sides_get_everything_under_trouble)};
    return cmocka_run_group_tests_name("site network", tests, NULL, NULL);
}
