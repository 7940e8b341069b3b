/* Head office's side of the protocol: every event once, whatever the link and the power do; and the way down.
 * Does not test what events mean. */
#include "unit/hub_rig.h"

#include "sync/head-office/command.h"

#include <errno.h>

#define HOUR_US INT64_C(3600000000)

static int open_rig(void **state)
{
    struct rig *rig = malloc(sizeof(*rig));
    rig_open(rig);
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    rig_close(*state);
    free(*state);
    return 0;
}

static void send_events(struct rig *rig, const char *site, const char *box, int64_t first, int64_t last)
{
    struct buf segment = {0};
    for (int64_t seq = first; seq <= last; seq++)
        rig_put_event(&segment, site, 1, seq, "pick.located", "{}");
    rig_segment(rig, box, first, &segment);
    buf_done(&segment);
}

static void meet(struct rig *rig)
{
    rig_hello(rig, "hz", "box-1", 0, 0);
    rig_turn(rig);
}

static int64_t events(struct rig *rig)
{
    return rig_count(rig, "SELECT count(*) FROM event");
}

/* ---------------------------------------------------------------- hello */

static void a_hello_is_welcomed(void **state)
{
    struct rig *rig = *state;
    meet(rig);
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
    meet(rig);
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
    meet(rig);
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
    send_events(rig, "hz", "box-1", 1, 1);
    rig_turn(rig);
    assert_int_equal(rig->sent_count, 0);
    assert_int_equal(events(rig), 0);
}

/* A label that head office has not granted is not good, however high: the welcome says which one is. */
static void only_a_granted_epoch_counts(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    rig_box(rig, "box-1")->epoch = 5;
    rig_hello(rig, "hz", "box-1", 0, 0);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_WELCOME).epoch, 1);
    send_events(rig, "hz", "box-1", 1, 1);
    rig_turn(rig);
    assert_int_equal(events(rig), 0);
    struct wire_control fence = rig_answer(rig, WIRE_FENCE);
    assert_string_equal(fence.code, WIRE_FENCE_STALE);
    assert_int_equal(fence.epoch, 1);
}

/* ---------------------------------------------------------------- who it is */

static void what_is_not_signed_is_not_read(void **state)
{
    struct rig *rig = *state;
    struct wire_control hello = rig_hello_of(rig, "hz", "box-1", 0, 0);
    CLEANUP_BUF struct buf text = {0};
    wire_control_write(&text, &hello, &rig->office.random);
    rig_receive(rig, "box-1", WIRE_UP_CONTROL, &text);
    rig_turn(rig);
    assert_non_null(strstr(rig->note, "not signed"));
    assert_int_equal(rig->sent_count, 0);
    meet(rig);
    struct rig_box *box = rig_box(rig, "box-1");
    const struct wire_key right = box->key;
    box->key = rig_box(rig, "box-9")->key;
    send_events(rig, "hz", "box-1", 1, 2);
    rig_fack(rig, "hz", "box-1", 0);
    rig_turn(rig);
    assert_int_equal(events(rig), 0);
    assert_int_equal(rig->sent_count, 0);
    box->key = right;
    send_events(rig, "hz", "box-1", 1, 2);
    rig_turn(rig);
    assert_int_equal(events(rig), 2);
}

/* A copy of the card in another board, or another box under the name: it alone is kept out. */
static void a_clone_is_fenced_and_the_right_box_goes_on(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    assert_int_equal(rig_count(rig, "SELECT key IS NOT NULL AND hardware IS NOT NULL FROM site WHERE id = 'hz'"), 1);
    struct rig_box *box = rig_box(rig, "box-1"), right = *box;
    for (int other_key = 0; other_key < 2; other_key++) {
        if (other_key)
            box->key = rig_box(rig, "box-9")->key;
        else
            snprintf(box->hardware, sizeof(box->hardware), "%032x", 77u);
        struct wire_control hello = rig_hello_of(rig, "hz", "box-1", 0, 0);
        rig_receive_control(rig, &hello);
        rig_turn(rig);
        struct wire_control fence = rig_answer(rig, WIRE_FENCE);
        assert_string_equal(fence.code, WIRE_FENCE_CLONE);
        assert_string_equal(fence.nonce, hello.nonce); /* so that the right box does not take it for its own */
        assert_non_null(strstr(rig->note, "site claim"));
        assert_int_equal(rig->sent_count, 1);
        assert_int_equal(rig_count(rig, "SELECT fault = 'clone' FROM site WHERE id = 'hz'"), 1);
        *box = right;
        rig_hello(rig, "hz", "box-1", 0, 0);
        rig_turn(rig);
        rig_answer(rig, WIRE_WELCOME);
        send_events(rig, "hz", "box-1", 1 + other_key, 1 + other_key);
        rig_turn(rig);
        assert_int_equal(rig_answer(rig, WIRE_ACK).applied, 1 + other_key);
        right = *box;
    }
}

static int claim(struct rig *rig, const char *site, const char *box)
{
    struct call call = {.arguments = {site}, .office = rig->office};
    snprintf(call.options.box, sizeof(call.options.box), "%s", box);
    return command_site_claim(&call, &rig->error);
}

static void a_claimed_box_is_met_anew(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    rig_box(rig, "box-1")->key = rig_box(rig, "box-9")->key;
    snprintf(rig_box(rig, "box-1")->hardware, WIRE_HARDWARE_SIZE, "%032x", 77u);
    meet(rig);
    rig_answer(rig, WIRE_FENCE);
    assert_int_equal(claim(rig, "sh", ""), -ENOENT);
    assert_int_equal(claim(rig, "hz", ""), 0);
    meet(rig);
    rig_answer(rig, WIRE_WELCOME);
    assert_int_equal(rig_count(rig, "SELECT fault IS NULL FROM site WHERE id = 'hz'"), 1);
    assert_int_equal(claim(rig, "hz", "box-3"), 0); /* under another name */
    meet(rig);
    assert_non_null(strstr(rig->note, "not registered"));
    assert_int_equal(rig_count(rig, "SELECT box = 'box-3' FROM site WHERE id = 'hz'"), 1);
}

/* ---------------------------------------------------------------- probe and grant */

/* What a box has, of the lines that it wrote: the newest first. */
static struct wire_control probe_of(struct rig *rig, const int64_t *seqs, size_t count)
{
    struct wire_control probe = rig_control(rig, WIRE_PROBE, "hz", "box-1");
    const struct rig_box *box = rig_box(rig, "box-1");
    probe.oldest = 1;
    for (size_t i = 0; i < count; i++) {
        struct chain_mark *mark = &probe.marks.at[probe.marks.count++];
        *mark = (struct chain_mark){.epoch = box->epoch, .seq = seqs[i]};
        memcpy(mark->hash, box->hash[seqs[i]], CHAIN_HASH_SIZE);
    }
    return probe;
}

static struct wire_control ask_for_grant(struct rig *rig, const int64_t *seqs, size_t count)
{
    struct wire_control probe = probe_of(rig, seqs, count);
    rig_receive_control(rig, &probe);
    rig_turn(rig);
    return probe;
}

/* The box's card was restored, and it went on: other lines under the same numbers from 4 on. */
static void fork_from(struct rig *rig, int64_t last_common, int64_t last)
{
    struct rig_box *box = rig_box(rig, "box-1");
    box->known = last_common;
    for (int64_t seq = last_common + 1; seq <= last; seq++) {
        CLEANUP_BUF struct buf line = {0};
        rig_put_event(&line, "hz", box->epoch, seq, "pick.located", "{\"other\":true}");
        memcpy(box->hash[seq], box->hash[seq - 1], CHAIN_HASH_SIZE);
        chain_next(box->hash[seq], box->epoch, seq, line.data, line.length - 1);
        box->known = seq;
    }
}

static void a_probe_is_granted_an_epoch_from_the_last_line_both_have(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    send_events(rig, "hz", "box-1", 1, 6);
    rig_turn(rig);
    fork_from(rig, 3, 5);
    struct wire_control probe = ask_for_grant(rig, (int64_t[]){5, 4, 3, 1}, 4);
    struct wire_control grant = rig_answer(rig, WIRE_GRANT);
    char base[CHAIN_TEXT_SIZE];
    chain_text(rig_box(rig, "box-1")->hash[3], base);
    assert_string_equal(grant.nonce, probe.nonce);
    assert_int_equal(grant.epoch, 2);
    assert_int_equal(grant.base_epoch, 1);
    assert_int_equal(grant.base_seq, 3);
    assert_string_equal(grant.base_hash, base);
    rig_receive_control(rig, &probe); /* the broker brings it twice */
    rig_turn(rig);
    assert_int_equal(rig->sent_count, 0);
    assert_int_equal(rig_count(rig, "SELECT epoch FROM site WHERE id = 'hz'"), 2);
    send_events(rig, "hz", "box-1", 4, 5); /* of the epoch before: it did not hear the grant yet */
    rig_turn(rig);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_STALE);
    rig_go_on(rig, "box-1", &grant);
    rig_hello(rig, "hz", "box-1", 3, 0);
    rig_turn(rig);
    struct wire_control welcome = rig_answer(rig, WIRE_WELCOME);
    char begin[CHAIN_TEXT_SIZE];
    chain_text(rig_box(rig, "box-1")->hash[3], begin);
    assert_int_equal(welcome.epoch, 2);
    assert_int_equal(welcome.applied, 3);
    assert_string_equal(welcome.applied_hash, begin);
    send_events(rig, "hz", "box-1", 4, 8);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_ACK).applied, 8);
    assert_int_equal(events(rig), 11); /* what the box lost is still here */
}

static void a_probe_with_nothing_in_common_goes_on_from_nothing(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    send_events(rig, "hz", "box-1", 1, 3);
    rig_turn(rig);
    fork_from(rig, 0, 4);
    struct wire_control probe = probe_of(rig, (int64_t[]){4, 3, 2}, 3);
    probe.oldest = 2; /* the first line was deleted */
    rig_receive_control(rig, &probe);
    rig_turn(rig);
    struct wire_control grant = rig_answer(rig, WIRE_GRANT);
    assert_int_equal(grant.base_epoch, 0);
    assert_int_equal(grant.base_seq, 1);
    rig_go_on(rig, "box-1", &grant);
    send_events(rig, "hz", "box-1", 2, 4);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_ACK).applied, 4);
}

/* The box knows a later epoch than this database, which was restored: the next one is later than both. */
static void a_grant_is_later_than_what_either_side_knows(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    rig_box(rig, "box-1")->epoch = 7;
    ask_for_grant(rig, NULL, 0);
    assert_int_equal(rig_answer(rig, WIRE_GRANT).epoch, 8);
}

/* Lines that go out again keep the epoch they were written in. Those that are here already do nothing. */
static void lines_sent_again_count_once(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    struct buf lines = {0};
    for (int64_t seq = 1; seq <= 5; seq++)
        rig_put_event(&lines, "hz", 1, seq, "stock.imported", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":1}");
    rig_segment(rig, "box-1", 1, &lines);
    rig_turn(rig);
    assert_int_equal(rig_count(rig, "SELECT quantity FROM stock"), 5);
    ask_for_grant(rig, (int64_t[]){2}, 1);
    struct wire_control grant = rig_answer(rig, WIRE_GRANT);
    assert_int_equal(grant.base_seq, 2);
    rig_go_on(rig, "box-1", &grant);
    buf_clear(&lines);
    for (int64_t seq = 3; seq <= 6; seq++)
        rig_put_event(&lines, "hz", 1, seq, "stock.imported", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":1}");
    rig_put_event(&lines, "hz", 2, 7, "stock.imported", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":1}");
    rig_segment(rig, "box-1", 3, &lines);
    buf_done(&lines);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_ACK).applied, 7);
    assert_int_equal(rig_count(rig, "SELECT quantity FROM stock"), 7); /* 6 and 7 are new */
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM event WHERE again = 1"), 3);
    assert_string_equal(rig->note, "");
}

/* Two of one box take turns in changing its past: a person must say which is right. */
static void too_many_epochs_in_an_hour_fence_the_box(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    for (int64_t epoch = 2; epoch <= 4; epoch++) {
        ask_for_grant(rig, NULL, 0);
        assert_int_equal(rig_answer(rig, WIRE_GRANT).epoch, epoch);
    }
    ask_for_grant(rig, NULL, 0);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_CHURN);
    assert_non_null(strstr(rig->note, "two of it"));
    rig->office.now_us += 2 * HOUR_US; /* time alone does not heal it */
    meet(rig);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_CHURN);
    rig_box(rig, "box-1")->epoch = 4;
    send_events(rig, "hz", "box-1", 1, 1);
    rig_turn(rig);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_STALE);
    assert_int_equal(events(rig), 0);
    assert_int_equal(claim(rig, "hz", ""), 0);
    meet(rig);
    rig_answer(rig, WIRE_WELCOME);
    ask_for_grant(rig, NULL, 0);
    assert_int_equal(rig_answer(rig, WIRE_GRANT).epoch, 5);
}

/* Three in an hour are no churn when the hour is over. */
static void epochs_far_apart_are_granted(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    for (int64_t epoch = 2; epoch <= 9; epoch++) {
        ask_for_grant(rig, NULL, 0);
        assert_int_equal(rig_answer(rig, WIRE_GRANT).epoch, epoch);
        rig->office.now_us += HOUR_US / 3 + 1;
    }
}

/* ---------------------------------------------------------------- segments */

static void lines_are_kept_byte_for_byte(void **state)
{
    struct rig *rig = *state;
    meet(rig);
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
    meet(rig);
    static const struct {
        int64_t first, last, applied;
    } steps[] = {
        {3, 4, 0},            /* the first one was lost on the way: no change, and the ack says so */
        {1, 2, 2}, {1, 2, 2}, /* once more */
        {2, 5, 5},            /* half of it is known */
        {4, 5, 5}, {7, 9, 5}, {6, 6, 6}, {1, 10, 10},
    };
    for (size_t i = 0; i < COUNT(steps); i++) {
        send_events(rig, "hz", "box-1", steps[i].first, steps[i].last);
        rig_turn(rig);
        assert_int_equal(rig_answer(rig, WIRE_ACK).applied, steps[i].applied);
        assert_int_equal(events(rig), steps[i].applied);
    }
    assert_string_equal(rig->note, "");
}

static void one_turn_takes_many_and_answers_once(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    rig_hello(rig, "bj", "box-2", 0, 0);
    for (int64_t seq = 1; seq <= 100; seq++) {
        send_events(rig, "hz", "box-1", seq, seq);
        send_events(rig, "bj", "box-2", seq, seq);
    }
    rig_turn(rig);
    assert_int_equal(events(rig), 200);
    assert_int_equal(rig->sent_count, 3); /* a welcome and two acks */
}

static void the_queue_has_an_end(void **state)
{
    struct rig *rig = *state;
    for (int i = 0; i < HUB_MESSAGES_MAX; i++)
        send_events(rig, "hz", "box-1", 1, 1);
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
    meet(rig);
    send_events(rig, "hz", "box-1", 1, 3);
    rig_turn(rig);
    struct buf segment = {0};
    rig_put_event(&segment, "hz", 1, 3, "pick.located", "{\"other\":true}");
    rig_put_event(&segment, "hz", 1, 4, "pick.located", "{}");
    rig_segment(rig, "box-1", 3, &segment);
    rig_turn(rig);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_FORK);
    send_events(rig, "hz", "box-1", 5, 6); /* nor what goes on from there */
    send_events(rig, "hz", "box-1", 4, 4);
    rig_turn(rig);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_FORK);
    assert_int_equal(events(rig), 3);
    rig_box(rig, "box-1")->known = 0;
    rig_know_until(rig_box(rig, "box-1"), 3);
    buf_clear(&segment);
    rig_put_event(&segment, "hz", 1, 4, "pick.located", "{}");
    memcpy(strstr(segment.data, "hz-1-4"), "hz-1-2", 6); /* an id that is known under number 2 */
    rig_segment(rig, "box-1", 4, &segment);
    buf_done(&segment);
    rig_turn(rig);
    assert_non_null(strstr(rig->note, "another number"));
    assert_int_equal(events(rig), 3);
}

static void a_bad_segment_is_undone_alone(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    rig_hello(rig, "bj", "box-2", 0, 0);
    struct buf segment = {0};
    rig_put_event(&segment, "hz", 1, 1, "pick.located", "{}");
    buf_puts(&segment, "nonsense\n");
    rig_segment(rig, "box-1", 1, &segment);
    buf_done(&segment);
    send_events(rig, "bj", "box-2", 1, 2);
    rig_turn(rig);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM event WHERE site = 'hz'"), 0);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM event WHERE site = 'bj'"), 2);
    send_events(rig, "bj", "box-1", 1, 1); /* events of another site */
    rig_turn(rig);
    assert_non_null(strstr(rig->note, "another source"));
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM event WHERE site = 'hz'"), 0);
}

static void nothing_is_acknowledged_before_the_commit(void **state)
{
    struct rig *rig = *state;
    meet(rig);
    send_events(rig, "hz", "box-1", 1, 3);
    rig_forget_sent(rig);
    assert_int_equal(hub_decide(rig->hub, rig->office.now_us, &rig->error), 0);
    assert_int_equal(rig->sent_count, 0);
    rig_crash(rig); /* the power fails before the commit */
    assert_int_equal(events(rig), 0);
    assert_int_equal(rig_count(rig, "SELECT applied FROM site WHERE id = 'hz'"), 0);
    send_events(rig, "hz", "box-1", 1, 3);
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
        meet(&rig);
        int64_t acked = 0, total = 60;
        for (int step = 0; acked < total; step++) {
            assert_true(step < 4000);
            int64_t first = acked + 1 + (int64_t)(random_next(&dice) % 6) - 3; /* earlier and later than it should be */
            first = first < 1 ? 1 : first;
            int64_t last = first + (int64_t)(random_next(&dice) % 5);
            if (first <= total)
                send_events(&rig, "hz", "box-1", first, last < total ? last : total);
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

/* Changes for hz, each a line of its own. */
static void add_changes(struct rig *rig, int count)
{
    for (int i = 0; i < count; i++) {
        char row[64];
        snprintf(row, sizeof(row), "sku,name,weight_g\nS%d,tea,%d\n", i, (int)rig->seeded.state & 0xFFFF);
        rig_import_good(rig, "items", NULL, row);
    }
}

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
    add_changes(rig, 10);
    meet(rig);
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
    meet(rig);
    add_changes(rig, 2);
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
    add_changes(rig, 3);
    meet(rig);
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
    add_changes(rig, 3);
    rig_hello(rig, "hz", "box-1", 0, 2);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_WELCOME).feed_base, 2);
    assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 1);
    assert_int_equal(rig_count(rig, "SELECT feed_acked FROM site WHERE id = 'hz'"), 2);
    rig_hello(rig, "hz", "box-1", 0, 0); /* its card was restored: it needs them again */
    rig_turn(rig);
    assert_int_equal(rig_count(rig, "SELECT feed_acked FROM site WHERE id = 'hz'"), 0);
}

/* The box has changes that this database has lost: it gets none until both know from where to go on. */
static void the_last_common_change_is_found_by_a_probe(void **state)
{
    struct rig *rig = *state;
    add_changes(rig, 3);
    rig_hello(rig, "hz", "box-1", 0, 9);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_WELCOME).feed_base, -1); /* its events are welcome all the same */
    assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 0);
    rig_forget_sent(rig);
    assert_int_equal(hub_send_changes(rig->hub, rig->office.now_us, &rig->error), 0);
    assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 1); /* for bj alone */
    struct wire_control probe = rig_control(rig, WIRE_PROBE, "hz", "box-1");
    char text[CHAIN_TEXT_SIZE];
    probe.oldest = 1;
    probe.feed_marks = (struct wire_marks){.count = 3, .at = {{.seq = 9}, {.seq = 2}, {.seq = 1}}};
    rig_feed_hash(rig, "hz", 2, text);
    chain_of_text(text, probe.feed_marks.at[1].hash);
    rig_receive_control(rig, &probe);
    rig_turn(rig);
    struct wire_control welcome = rig_answer(rig, WIRE_WELCOME);
    assert_string_equal(welcome.nonce, probe.nonce);
    assert_int_equal(welcome.feed_base, 2);
    assert_string_equal(welcome.feed_hash, text);
    assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 0);
    rig_hello(rig, "hz", "box-1", 0, 2); /* it has gone back to there */
    rig_turn(rig);
    assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 1);
    probe.feed_marks.count = 1;
    id_new(&rig->office.random, probe.nonce);
    rig_receive_control(rig, &probe);
    rig_turn(rig);
    welcome = rig_answer(rig, WIRE_WELCOME);
    rig_feed_hash(rig, "hz", 0, text);
    assert_int_equal(welcome.feed_base, 0);
    assert_string_equal(welcome.feed_hash, text);
}

/* A box that has known more of this very database than it holds proves that it was restored: it is another one then,
 * so that every site tells what it has again. */
static void a_restored_database_takes_a_new_name(void **state)
{
    struct rig *rig = *state;
    struct rig_box *box = rig_box(rig, "box-1");
    add_changes(rig, 3);
    meet(rig);
    send_events(rig, "hz", "box-1", 1, 3);
    rig_turn(rig);
    static const struct {
        bool same_gen;
        int64_t applied, feed_seq;
        bool renewed;
    } hellos[] = {
        {true, 3, 3, false}, {false, 5, 3, false}, {false, 3, 9, false}, {true, 4, 3, true}, {true, 3, 9, true},
    };
    for (size_t i = 0; i < COUNT(hellos); i++) {
        char gen[ID_TEXT_SIZE];
        snprintf(gen, sizeof(gen), "%s", hub_gen(rig->hub));
        snprintf(box->gen, sizeof(box->gen), "%s", hellos[i].same_gen ? gen : "");
        struct wire_control hello = rig_hello_of(rig, "hz", "box-1", 5, hellos[i].feed_seq);
        hello.applied = hellos[i].applied;
        rig_receive_control(rig, &hello);
        rig_turn(rig);
        if ((strcmp(gen, hub_gen(rig->hub)) != 0) != hellos[i].renewed)
            fail_msg("hello %zu", i);
        assert_string_equal(rig_answer(rig, WIRE_WELCOME).gen, hub_gen(rig->hub));
        assert_int_equal(strstr(rig->note, "older copy") != NULL, hellos[i].renewed);
    }
}

static void foreign_acknowledgements_are_not_believed(void **state)
{
    struct rig *rig = *state;
    add_changes(rig, 3);
    meet(rig);
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
        assert_int_equal(sql_run(rig->office.sql, "INSERT INTO feed VALUES ('hz', ?1, 't', 'k', 1, ?2, ?3)",
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

/* ---------------------------------------------------------------- snapshots */

static struct wire_control ask_for_snapshot(struct rig *rig, const char *snap, int64_t seq)
{
    struct wire_control ask = rig_control(rig, WIRE_SNAP_ASK, "hz", "box-1");
    snprintf(ask.snap, sizeof(ask.snap), "%s", snap);
    ask.seq = seq;
    rig_receive_control(rig, &ask);
    rig_turn(rig);
    return ask;
}

static void a_snapshot_is_made_once_and_sent_as_it_is_asked_for(void **state)
{
    struct rig *rig = *state;
    CLEANUP_BUF struct buf lines = {0};
    uint8_t hash[CHAIN_HASH_SIZE];
    char text[CHAIN_TEXT_SIZE];
    rig->settings.segment_max = 2;
    rig_crash(rig);
    meet(rig);
    static const char *const places[] = {"A", "B", "C"};
    for (int64_t seq = 1; seq <= 3; seq++) {
        char data[80];
        snprintf(data, sizeof(data), "{\"location\":\"%s\",\"sku\":\"T\",\"delta\":%d}", places[seq - 1], (int)seq);
        rig_put_event(&lines, "hz", 1, seq, "stock.imported", data);
    }
    rig_segment(rig, "box-1", 1, &lines);
    rig_turn(rig);
    struct wire_control ask = ask_for_snapshot(rig, WIRE_NO_SNAP, 0), offer = rig_answer(rig, WIRE_SNAP_OFFER);
    assert_string_equal(offer.nonce, ask.nonce);
    assert_int_equal(offer.epoch, 1);
    assert_int_equal(offer.applied, 3); /* it holds every event up to there */
    assert_int_equal(offer.lines, 3);
    chain_begin(hash, offer.snap, 0, 0, 0, NULL, "");
    for (int64_t seq = 0; seq < 3;) {
        CLEANUP_RUN struct wire_run run = {0};
        assert_int_equal(rig_sent(rig, WIRE_DOWN_SEGMENT), 1);
        rig_open_run(rig, rig->sent_count - 1, WIRE_FRAME_CHUNK, &run);
        assert_int_equal(run.first_seq, seq + 1);
        assert_memory_equal(run.prev_hash, hash, sizeof(hash));
        memcpy(hash, run.last_hash, sizeof(hash));
        seq = wire_run_last_seq(&run);
        assert_non_null(strstr(buf_text(&run.lines), "stock.standing"));
        ask_for_snapshot(rig, offer.snap, seq); /* after the last one there is nothing more */
    }
    assert_int_equal(rig->sent_count, 0);
    chain_text(hash, text);
    assert_string_equal(offer.lines_hash, text);
    ask_for_snapshot(rig, offer.snap, 0);
    assert_string_equal(rig_answer(rig, WIRE_SNAP_OFFER).snap, offer.snap);
    ask_for_snapshot(rig, WIRE_NO_SNAP, 0);
    assert_string_not_equal(rig_answer(rig, WIRE_SNAP_OFFER).snap, offer.snap);
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(a_hello_is_welcomed),
        ON_RIG(a_welcome_tells_the_hash_of_all_that_is_there),
        ON_RIG(strangers_get_no_answer),
        ON_RIG(events_before_a_hello_are_not_taken),
        ON_RIG(only_a_granted_epoch_counts),
        ON_RIG(what_is_not_signed_is_not_read),
        ON_RIG(a_clone_is_fenced_and_the_right_box_goes_on),
        ON_RIG(a_claimed_box_is_met_anew),
        ON_RIG(a_probe_is_granted_an_epoch_from_the_last_line_both_have),
        ON_RIG(a_probe_with_nothing_in_common_goes_on_from_nothing),
        ON_RIG(a_grant_is_later_than_what_either_side_knows),
        ON_RIG(lines_sent_again_count_once),
        ON_RIG(too_many_epochs_in_an_hour_fence_the_box),
        ON_RIG(epochs_far_apart_are_granted),
        ON_RIG(lines_are_kept_byte_for_byte),
        ON_RIG(duplicates_overlaps_and_gaps),
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
        ON_RIG(the_last_common_change_is_found_by_a_probe),
        ON_RIG(a_restored_database_takes_a_new_name),
        ON_RIG(a_snapshot_is_made_once_and_sent_as_it_is_asked_for),
        ON_RIG(foreign_acknowledgements_are_not_believed),
        ON_RIG(segments_down_are_bounded),
    };
    return cmocka_run_group_tests_name("hub", tests, NULL, NULL);
}
