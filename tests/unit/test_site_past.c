/* The site's steps when it or head office has lost something: probes, grants and changes that are gone back from; whom
 * it believes, and who keeps it out; snapshots. */
#include "unit/site_world.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };
    return cmocka_run_group_tests_name("site past", tests, NULL, NULL);
}
