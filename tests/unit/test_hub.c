/* Head office's side of the protocol: every event once, whatever the link and the power do; and the way down.
 * Does not test what events mean, nor who a box is: test_hub_meet.c does. */
#include "unit/hub_rig.h"

#include <errno.h>

/* ---------------------------------------------------------------- hello */

static void a_hello_is_welcomed(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    struct wire_control welcome = rig_answer(rig, WIRE_WELCOME);
    char gen[ID_TEXT_SIZE];
    office_gen(rig->office.sql, gen);
    assert_string_equal(welcome.gen, gen);
    assert_int_equal(welcome.epoch, 1);
    assert_int_equal(welcome.applied, 0);
    uint8_t hash[CHAIN_HASH_SIZE];
    char text[CHAIN_TEXT_SIZE];
    chain_begin(hash, "hz", 1, 0, 0, NULL, "");
    chain_text(hash, text);
    assert_string_equal(welcome.applied_hash, text);
    assert_int_equal(welcome.window, 4);
    assert_int_equal(welcome.segment_max, 200);
    assert_string_equal(rig->note, "");
}

/* The chain of what is committed, whatever the segments were: the site compares it with its own. */
static void a_welcome_tells_the_hash_of_all_that_is_there(void **state)
{
    struct rig *rig = *state;
    uint8_t hash[CHAIN_HASH_SIZE];
    char text[CHAIN_TEXT_SIZE];
    rig_meet(rig);
    chain_begin(hash, "hz", 1, 0, 0, NULL, "");
    for (int64_t seq = 1; seq <= 5; seq++) {
        CLEANUP_BUF struct buf line = {0};
        rig_put_event(&line, "hz", 1, seq, "pick.located", "{}");
        chain_next(hash, 1, seq, line.data, line.length - 1);
        rig_segment(rig, "box-1", seq, &line);
        if (seq % 2)
            rig_turn(rig);
    }
    rig_turn(rig);
    rig_meet(rig);
    struct wire_control welcome = rig_answer(rig, WIRE_WELCOME);
    chain_text(hash, text);
    assert_int_equal(welcome.applied, 5);
    assert_string_equal(welcome.applied_hash, text);
}

static void strangers_get_no_answer(void **state)
{
    struct rig *rig = *state;
    rig_hello(rig, "sh", "box-9", 0, 0);
    rig_turn(rig);
    assert_int_equal(rig->sent_count, 0);
    assert_non_null(strstr(rig->note, "not registered"));
    rig_hello(rig, "bj", "box-1", 0, 0); /* a box of another site */
    rig_turn(rig);
    assert_int_equal(rig->sent_count, 0);
    assert_non_null(strstr(rig->note, "registered for hz"));
}

static void events_before_a_hello_are_not_taken(void **state)
{
    struct rig *rig = *state;
    rig_send_events(rig, "hz", "box-1", 1, 1);
    rig_turn(rig);
    assert_int_equal(rig->sent_count, 0);
    assert_int_equal(rig_events(rig), 0);
}

/* ---------------------------------------------------------------- segments */

static void lines_are_kept_byte_for_byte(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    const char *odd = "{\"specversion\":\"1.0\" , \"id\":\"\\u0061\",\"source\":\"//floorhand/site/hz\",\"type\":"
                      "\"io.floorhand.made.up.v1\",\"sequence\":\"0000000001-0000000000000001\",\"data\":{\"茶\":1}}\n";
    struct buf segment = {0};
    buf_puts(&segment, odd);
    rig_segment(rig, "box-1", 1, &segment);
    buf_done(&segment);
    rig_turn(rig);
    struct sql_query *row = sql_select(rig->office.sql, "SELECT line FROM event", SQL_NO_VALUES);
    assert_true(sql_next(row));
    assert_int_equal(strlen(sql_get_text(row, 0)), strlen(odd) - 1);
    assert_memory_equal(sql_get_text(row, 0), odd, strlen(odd) - 1);
    sql_done(row);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM parked WHERE known = 0"), 1); /* for a newer version */
}

static void duplicates_overlaps_and_gaps(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    static const struct {
        int64_t first, last, applied;
    } steps[] = {
        {3, 4, 0},            /* those before are not here: no change, and the ack says so */
        {1, 2, 4}, {1, 2, 4}, /* now they are, and it is taken as well; once more */
        {2, 5, 5},            /* half of it is known */
        {4, 5, 5}, {7, 9, 5}, {6, 6, 9}, {1, 10, 10},
    };
    for (size_t i = 0; i < COUNT(steps); i++) {
        rig_send_events(rig, "hz", "box-1", steps[i].first, steps[i].last);
        rig_turn(rig);
        assert_int_equal(rig_answer(rig, WIRE_ACK).applied, steps[i].applied);
        assert_int_equal(rig_events(rig), steps[i].applied);
    }
    assert_string_equal(rig->note, "");
}

/* Another server may be taking those before it: then no message comes here, but a turn is due. */
static void an_early_segment_is_held_for_three_seconds(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    rig_send_events(rig, "hz", "box-1", 3, 4);
    rig_turn(rig);
    assert_true(hub_holds(rig->hub));
    assert_int_equal(hub_waiting(rig->hub), 0);
    rig->office.now_us += 1500 * 1000;
    rig_turn(rig);
    assert_true(hub_holds(rig->hub));
    rig->office.now_us += 1500 * 1000;
    rig_turn(rig);
    assert_false(hub_holds(rig->hub));
    rig_send_events(rig, "hz", "box-1", 1, 2);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_ACK).applied, 2); /* the other one comes again */
    rig_send_events(rig, "hz", "box-1", 5, 6);
    rig_turn(rig);
    rig_send_events(rig, "hz", "box-1", 9, 9);
    rig_send_events(rig, "hz", "box-1", 3, 4);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_ACK).applied, 6);
    assert_true(hub_holds(rig->hub));
}

static void one_turn_takes_many_and_answers_once(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    rig_hello(rig, "bj", "box-2", 0, 0);
    for (int64_t seq = 1; seq <= 100; seq++) {
        rig_send_events(rig, "hz", "box-1", seq, seq);
        rig_send_events(rig, "bj", "box-2", seq, seq);
    }
    rig_turn(rig);
    assert_int_equal(rig_events(rig), 200);
    assert_int_equal(rig->sent_count, 3); /* a welcome and two acks */
}

static void the_queue_has_an_end(void **state)
{
    struct rig *rig = *state;
    for (int i = 0; i < HUB_MESSAGES_MAX; i++)
        rig_send_events(rig, "hz", "box-1", 1, 1);
    assert_int_equal(hub_waiting(rig->hub), HUB_MESSAGES_MAX);
    assert_int_equal(hub_receive(rig->hub, "box-1", WIRE_UP_SEGMENT, "x", 1), -ENOBUFS);
    assert_int_equal(hub_receive(rig->hub, "box-1", WIRE_DOWN_SEGMENT, "x", 1), -EPROTO);
    assert_int_equal(hub_receive(rig->hub, "box-1", WIRE_UP_SEGMENT, "x", WIRE_FRAME_MAX + 1), -EMSGSIZE);
    rig_turn(rig);
    assert_int_equal(hub_waiting(rig->hub), 0);
}

static void two_histories_are_refused(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    rig_send_events(rig, "hz", "box-1", 1, 3);
    rig_turn(rig);
    struct buf segment = {0};
    rig_put_event(&segment, "hz", 1, 3, "pick.located", "{\"other\":true}");
    rig_put_event(&segment, "hz", 1, 4, "pick.located", "{}");
    rig_segment(rig, "box-1", 3, &segment);
    rig_turn(rig);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_FORK);
    rig_send_events(rig, "hz", "box-1", 5, 6); /* nor what goes on from there */
    rig_send_events(rig, "hz", "box-1", 4, 4);
    rig_turn(rig);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_FORK);
    assert_int_equal(rig_events(rig), 3);
    rig_box(rig, "box-1")->known = 0;
    rig_know_until(rig_box(rig, "box-1"), 3);
    buf_clear(&segment);
    rig_put_event(&segment, "hz", 1, 4, "pick.located", "{}");
    memcpy(strstr(segment.data, "hz-1-4"), "hz-1-2", 6); /* an id that is known under number 2 */
    rig_segment(rig, "box-1", 4, &segment);
    buf_done(&segment);
    rig_turn(rig);
    assert_non_null(strstr(rig->note, "another number"));
    assert_int_equal(rig_events(rig), 3);
}

static void a_bad_segment_is_undone_alone(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    rig_hello(rig, "bj", "box-2", 0, 0);
    struct buf segment = {0};
    rig_put_event(&segment, "hz", 1, 1, "pick.located", "{}");
    buf_puts(&segment, "nonsense\n");
    rig_segment(rig, "box-1", 1, &segment);
    buf_done(&segment);
    rig_send_events(rig, "bj", "box-2", 1, 2);
    rig_turn(rig);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM event WHERE site = 'hz'"), 0);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM event WHERE site = 'bj'"), 2);
    rig_send_events(rig, "bj", "box-1", 1, 1); /* events of another site */
    rig_turn(rig);
    assert_non_null(strstr(rig->note, "another source"));
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM event WHERE site = 'hz'"), 0);
}

static void nothing_is_acknowledged_before_the_commit(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    rig_send_events(rig, "hz", "box-1", 1, 3);
    rig_forget_sent(rig);
    assert_int_equal(hub_decide(rig->hub, rig->office.now_us, &rig->error), 0);
    assert_int_equal(rig->sent_count, 0);
    rig_crash(rig); /* the power fails before the commit */
    assert_int_equal(rig_events(rig), 0);
    assert_int_equal(rig_count(rig, "SELECT applied FROM site WHERE id = 'hz'"), 0);
    rig_send_events(rig, "hz", "box-1", 1, 3);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_ACK).applied, 3);
}

/* A site, a link that loses, repeats and reorders, and a head office that dies: at the end every event is there once.
 */
static void every_event_once_under_chaos(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct rig rig;
        rig_open(&rig);
        struct random_seeded dice = {seed};
        rig_meet(&rig);
        int64_t acked = 0, total = 60;
        for (int step = 0; acked < total; step++) {
            assert_true(step < 4000);
            int64_t first = acked + 1 + (int64_t)(random_next(&dice) % 6) - 3; /* earlier and later than it should be */
            first = first < 1 ? 1 : first;
            int64_t last = first + (int64_t)(random_next(&dice) % 5);
            if (first <= total)
                rig_send_events(&rig, "hz", "box-1", first, last < total ? last : total);
            unsigned fate = (unsigned)(random_next(&dice) % 8);
            if (fate == 0) { /* dies before the commit */
                hub_decide(rig.hub, rig.office.now_us, &rig.error);
                rig_crash(&rig);
            } else if (fate < 5) {
                rig_turn(&rig);
                if (fate > 1 && rig_sent(&rig, WIRE_DOWN_CONTROL)) /* otherwise the ack is lost */
                    acked = rig_answer(&rig, WIRE_ACK).applied;
            } /* else more messages gather */
        }
        assert_int_equal(
            rig_count(&rig, "SELECT count(*) = 60 AND max(seq) = 60 AND count(DISTINCT id) = 60 FROM event"), 1);
        assert_int_equal(rig_count(&rig, "SELECT count(*) FROM event a JOIN event b ON a.arrival < b.arrival"
                                         " AND a.seq > b.seq"),
                         0);
        rig_close(&rig);
    }
}

/* ---------------------------------------------------------------- the way down */

/* The number of the last change in a segment that was sent. */
static int64_t last_change(struct rig *rig, size_t i)
{
    CLEANUP_RUN struct wire_run run = {0};
    rig_open_run(rig, i, WIRE_FRAME_DOWN, &run);
    struct wire_segment segment = {.at = run.lines.data, .left = run.lines.length};
    for (;;) {
        struct wire_line line = {0};
        int more = wire_segment_next(&segment, &line, NULL);
        assert_true(more >= 0);
        if (more == 0)
            return segment.seq;
        assert_string_equal(line.source, WIRE_OFFICE_SOURCE);
        wire_line_done(&line);
    }
}

static void changes_go_down_within_the_window(void **state)
{
    struct rig *rig = *state;
    rig->settings.segment_max = 3;
    rig->settings.window = 2;
    rig_crash(rig);
    rig_add_changes(rig, 10);
    rig_meet(rig);
    assert_int_equal(rig_answer(rig, WIRE_WELCOME).feed_head, 10);
    assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 2);
    assert_int_equal(last_change(rig, rig->sent_count - 1), 6);
    rig_fack(rig, "hz", "box-1", 3);
    rig_turn(rig);
    assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 1); /* 7 to 9 */
    assert_int_equal(last_change(rig, 0), 9);
    rig_fack(rig, "hz", "box-1", 1); /* old news */
    rig_turn(rig);
    assert_int_equal(rig->sent_count, 0);
    rig_fack(rig, "hz", "box-1", 9);
    rig_turn(rig);
    assert_int_equal(last_change(rig, 0), 10);
    rig_fack(rig, "hz", "box-1", 10);
    rig_turn(rig);
    assert_int_equal(rig->sent_count, 0);
    assert_true(hub_due_us(rig->hub) == HUB_NEVER);
    assert_int_equal(rig_count(rig, "SELECT feed_acked FROM site WHERE id = 'hz'"), 10);
    assert_int_equal(rig_count(rig, "SELECT feed_acked FROM site WHERE id = 'bj'"), 0);
}

static void new_rows_leave_without_being_asked_for(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    rig_add_changes(rig, 2);
    rig_forget_sent(rig);
    assert_int_equal(hub_send_changes(rig->hub, rig->office.now_us, &rig->error), 0);
    assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 2); /* one for each site */
    rig_forget_sent(rig);
    assert_int_equal(hub_send_changes(rig->hub, rig->office.now_us, &rig->error), 0);
    assert_int_equal(rig->sent_count, 0); /* they are on their way */
}

static void changes_are_sent_again(void **state)
{
    struct rig *rig = *state;
    rig->settings.segment_max = 1;
    rig_crash(rig);
    rig_add_changes(rig, 3);
    rig_meet(rig);
    int64_t now = rig->office.now_us;
    assert_true(hub_due_us(rig->hub) == now + 5000000);
    rig_fack(rig, "hz", "box-1", 1);
    rig_turn(rig);
    rig_forget_sent(rig);
    assert_int_equal(hub_resend(rig->hub, now + 4999999, &rig->error), 0);
    assert_int_equal(rig->sent_count, 0);
    for (int64_t wait = 5000000; wait < 400000000; wait *= 2) { /* twice as long each time, with an end */
        now = hub_due_us(rig->hub);
        rig_forget_sent(rig);
        assert_int_equal(hub_resend(rig->hub, now, &rig->error), 0);
        assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 2); /* from the oldest unacknowledged one */
        int64_t expected = 2 * wait < 300000000 ? 2 * wait : 300000000;
        assert_true(hub_due_us(rig->hub) == now + expected);
    }
    rig_fack(rig, "hz", "box-1", 2); /* progress: patience begins anew */
    rig_turn(rig);
    assert_true(hub_due_us(rig->hub) == rig->office.now_us + 5000000);
    rig_fack(rig, "hz", "box-1", 3);
    rig_turn(rig);
    assert_true(hub_due_us(rig->hub) == HUB_NEVER);
}

static void a_hello_tells_where_the_feed_goes_on(void **state)
{
    struct rig *rig = *state;
    rig_add_changes(rig, 3);
    rig_hello(rig, "hz", "box-1", 0, 2);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_WELCOME).feed_base, 2);
    assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 1);
    assert_int_equal(rig_count(rig, "SELECT feed_acked FROM site WHERE id = 'hz'"), 2);
    rig_hello(rig, "hz", "box-1", 0, 0); /* its card was restored: it needs them again */
    rig_turn(rig);
    assert_int_equal(rig_count(rig, "SELECT feed_acked FROM site WHERE id = 'hz'"), 0);
}

static void foreign_acknowledgements_are_not_believed(void **state)
{
    struct rig *rig = *state;
    rig_add_changes(rig, 3);
    rig_meet(rig);
    struct wire_control fack = rig_control(rig, WIRE_FACK, "hz", "box-1");
    memcpy(fack.gen, "0123456789abcdefghjkmnpqrs", sizeof(fack.gen));
    fack.seq = 3;
    rig_receive_control(rig, &fack);
    rig_turn(rig);
    rig_fack(rig, "hz", "box-1", 4);
    rig_turn(rig);
    assert_int_equal(rig_count(rig, "SELECT feed_acked FROM site WHERE id = 'hz'"), 0);
}

static void segments_down_are_bounded(void **state)
{
    struct rig *rig = *state;
    char wide[40001];
    uint8_t hash[CHAIN_HASH_SIZE] = {0};
    memset(wide, 'x', sizeof(wide) - 1);
    wide[sizeof(wide) - 1] = '\0';
    for (int64_t seq = 1; seq <= 6; seq++)
        assert_int_equal(
            sql_run(rig->office.sql,
                    "INSERT INTO feed (site, seq, type, key, rev, line, hash) VALUES ('hz', ?1, 't', 'k', 1, ?2, ?3)",
                    sql_int(seq), sql_text(wide), sql_blob(hash, sizeof(hash))),
            0);
    rig_run(rig, "UPDATE site SET feed_head = 6 WHERE id = 'hz'");
    rig_forget_sent(rig);
    assert_int_equal(hub_send_changes(rig->hub, rig->office.now_us, &rig->error), 0);
    assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 3);
    for (size_t i = 0; i < rig->sent_count; i++) {
        struct wire_frame frame;
        const struct buf *bytes = &rig->sent[i].bytes;
        assert_int_equal(wire_frame_peek(bytes->data, bytes->length, &frame, &rig->error), 0);
        assert_int_equal(frame.count, 2);
        assert_true(frame.raw_length <= (int64_t)HUB_FEED_BYTES_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(a_hello_is_welcomed),
        ON_RIG(a_welcome_tells_the_hash_of_all_that_is_there),
        ON_RIG(strangers_get_no_answer),
        ON_RIG(events_before_a_hello_are_not_taken),
        ON_RIG(lines_are_kept_byte_for_byte),
        ON_RIG(duplicates_overlaps_and_gaps),
        ON_RIG(an_early_segment_is_held_for_three_seconds),
        ON_RIG(one_turn_takes_many_and_answers_once),
        ON_RIG(the_queue_has_an_end),
        ON_RIG(two_histories_are_refused),
        ON_RIG(a_bad_segment_is_undone_alone),
        ON_RIG(nothing_is_acknowledged_before_the_commit),
        cmocka_unit_test(every_event_once_under_chaos),
        ON_RIG(changes_go_down_within_the_window),
        ON_RIG(new_rows_leave_without_being_asked_for),
        ON_RIG(changes_are_sent_again),
        ON_RIG(a_hello_tells_where_the_feed_goes_on),
        ON_RIG(foreign_acknowledgements_are_not_believed),
        ON_RIG(segments_down_are_bounded),
    };
    return cmocka_run_group_tests_name("hub", tests, NULL, NULL);
}
