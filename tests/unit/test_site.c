/* The site's steps against a scripted head office: each rule alone. Does not test what happens when the two have lost
 * something: test_site_past.c does. */
#include "unit/site_world.h"

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
    for (int i = 0; i < 8; i++) /* on a line that loses much, and head office is there, a site is back soon after */
        wait_deadline(&world, 38 * SECOND);
    assert_int_equal(world.sent, 11);
    struct wire_control other = welcome_of(&world, GEN_A, 0);
    memcpy(other.nonce, GEN_B, sizeof(other.nonce));
    say(&world, &other);
    assert_int_equal(world.site.state, SITE_HELLO);
    welcome(&world, GEN_A, 0);
    assert_int_equal(world.site.state, SITE_SYNC);
    expect_segment(&world, 11, 1, 7);
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

/* A scan that comes meanwhile waits for one of them at most. */
static void a_step_sends_one_segment(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 0, 0);
    world.committed.last_seq = 20;
    site_commit(&world.site, &world.committed, world.now_us);
    expect_segment(&world, 0, 1, 10);
    assert_int_equal(world.sent, 1);
    int64_t due_us = site_deadline(&world.site);
    assert_in_range(due_us - world.now_us, 1000, 5000); /* a scan comes between */
    site_tick(&world.site, due_us - 1);
    assert_int_equal(world.sent, 1);
    site_tick(&world.site, due_us);
    expect_segment(&world, 1, 11, 20);
    assert_true(site_deadline(&world.site) > due_us + SECOND);
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
    assert_int_equal(world.sent, 3); /* one asks for all of them */
    ack(&world, GEN_A, 3, 4);        /* a part of it */
    expect_segment(&world, 3, 11, 20);
    int64_t start = world.now_us;
    wait_deadline(&world, 16 * SECOND); /* the last answer was there after five or six */
    assert_true(world.now_us - start >= 10 * SECOND);
    expect_segment(&world, 4, 5, 14);
    assert_int_equal(world.sent, 5);
    ack(&world, GEN_A, 3, 14);
    expect_segment(&world, 5, 15, 20);
    for (int i = 0; i < 12; i++)
        wait_deadline(&world, 375 * SECOND); /* 300 s and a quarter at most */
    world_close(&world);
}

static void expect_wait(const struct world *world, int64_t seconds)
{
    int64_t wait = site_deadline(&world->site) - world->now_us;
    assert_in_range(wait, seconds * SECOND - SETTLED_US, seconds * SECOND * 5 / 4);
}

/* Twice as long as its answers take, which are believed up to 30 s, and are forgotten with the connection. */
static void a_busy_head_office_is_waited_for_longer(void **state)
{
    (void)state;
    struct world world;
    open_in_step(&world, 60, 0);
    expect_wait(&world, 5);
    world.now_us += 4 * SECOND;
    ack(&world, GEN_A, 3, 10);
    expect_wait(&world, 8);
    world.now_us += 7 * SECOND;
    site_tick(&world.site, world.now_us);
    assert_int_equal(world.sent, 3); /* nothing was sent twice */
    ack(&world, GEN_A, 3, 20);
    expect_wait(&world, 14);
    world.now_us += SECOND;
    ack(&world, GEN_A, 3, 30);
    expect_wait(&world, 8);
    world.now_us += 100 * SECOND;
    ack(&world, GEN_A, 3, 40);
    expect_wait(&world, 60);
    assert_int_equal(world.sent, 6);
    site_link_down(&world.site);
    site_link_up(&world.site, world.now_us);
    welcome(&world, GEN_A, 40);
    expect_segment(&world, 7, 41, 50);
    expect_wait(&world, 5);
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

/* What was heard once is said once more, as somebody could who has recorded it at the broker: its number is taken, its
 * nonce is over, and another's signature is none. */
static void recorded_commands_do_nothing_again(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 1, 8);
    site_link_up(&world.site, world.now_us);
    const struct wire_control first = welcome_of(&world, GEN_A, 0);
    struct wire_control grant = {.kind = WIRE_GRANT, .epoch = 9, .base_epoch = 3, .base_seq = 2},
                        fence = {.kind = WIRE_FENCE, .epoch = 3};
    memcpy(grant.nonce, first.nonce, sizeof(grant.nonce));
    memcpy(grant.grant_nonce, NONCE, sizeof(grant.grant_nonce));
    same_past_text(&world.journal, 2, grant.base_hash);
    memcpy(fence.nonce, first.nonce, sizeof(fence.nonce));
    memcpy(fence.code, WIRE_FENCE_CLONE, sizeof(WIRE_FENCE_CLONE));
    say(&world, &first);
    changes(&world, 1, 2);
    commit(&world, 8, 2);
    ack(&world, GEN_A, 3, 8);
    assert_int_equal(world.change_count, 2);
    assert_int_equal(world.word.applied, 8);

    changes(&world, 1, 2);
    ack(&world, GEN_A, 3, 4);
    say(&world, &grant);
    say(&world, &fence);
    say(&world, &first);
    assert_int_equal(world.change_count, 2);
    assert_int_equal(world.word.applied, 8);
    assert_int_equal(world.granted_calls, 0);
    assert_int_equal(world.site.state, SITE_SYNC);

    site_link_down(&world.site); /* a later connection has another nonce */
    site_link_up(&world.site, world.now_us);
    say(&world, &first);
    say(&world, &grant);
    say(&world, &fence);
    assert_string_equal(world.site.fault.text, ""); /* each of them was understood */
    assert_int_equal(world.site.state, SITE_HELLO);
    const struct wire_key other = same_past_key(5);
    struct wire_control forged = welcome_of(&world, GEN_A, 8);
    memcpy(world.committed.office_key, wire_key_public(&world.office_key), WIRE_PUBLIC_KEY);
    world.committed.met = true;
    commit(&world, 8, 2);
    say_as(&world, &forged, &other); /* the right nonce, another issuer */
    assert_int_equal(world.site.state, SITE_HELLO);
    say(&world, &forged);
    assert_int_equal(world.site.state, SITE_SYNC);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_is_said_and_repeated_until_welcomed),
        cmocka_unit_test(being_in_step_is_told_when_it_changes),
        cmocka_unit_test(what_people_see_is_told_when_it_changes),
        cmocka_unit_test(window_is_kept_and_acknowledgements_open_it),
        cmocka_unit_test(a_step_sends_one_segment),
        cmocka_unit_test(events_linger_until_time_or_number),
        cmocka_unit_test(lost_segments_are_sent_again_from_the_first),
        cmocka_unit_test(a_busy_head_office_is_waited_for_longer),
        cmocka_unit_test(puback_acknowledges_nothing),
        cmocka_unit_test(nobody_listening_stops_it_until_head_office_is_back),
        cmocka_unit_test(restored_head_office_gets_everything_again),
        cmocka_unit_test(idle_site_says_hello_every_ten_minutes),
        cmocka_unit_test(an_ack_of_other_lines_is_no_ack),
        cmocka_unit_test(the_word_of_head_office_is_told_when_it_is_news),
        cmocka_unit_test(changes_are_taken_once_and_in_order),
        cmocka_unit_test(changes_wait_for_a_full_queue_and_outlive_a_lost_turn),
        cmocka_unit_test(busy_link_is_tried_again),
        cmocka_unit_test(nothing_is_sent_without_a_broker),
        cmocka_unit_test(broken_messages_change_nothing_but_the_fault),
        cmocka_unit_test(recorded_commands_do_nothing_again),
    };
    return cmocka_run_group_tests_name("site", tests, NULL, NULL);
}
