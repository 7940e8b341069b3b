/* Whom head office believes, and what it does when a site or itself has lost something: keys, boards, fences; probes
 * and the epochs granted for them; changes that are gone back from; snapshots. */
#include "unit/hub_rig.h"

#include "sync/head-office/command.h"

#include <errno.h>

#define HOUR_US INT64_C(3600000000)

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
    rig_meet(rig);
    struct rig_box *box = rig_box(rig, "box-1");
    const struct wire_key right = box->key;
    box->key = rig_box(rig, "box-9")->key;
    rig_send_events(rig, "hz", "box-1", 1, 2);
    rig_fack(rig, "hz", "box-1", 0);
    rig_turn(rig);
    assert_int_equal(rig_events(rig), 0);
    assert_int_equal(rig->sent_count, 0);
    box->key = right;
    rig_send_events(rig, "hz", "box-1", 1, 2);
    rig_turn(rig);
    assert_int_equal(rig_events(rig), 2);
}

/* A copy of the card in another board, or another box under the name: it alone is kept out. */
static void a_clone_is_fenced_and_the_right_box_goes_on(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
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
        rig_send_events(rig, "hz", "box-1", 1 + other_key, 1 + other_key);
        rig_turn(rig);
        assert_int_equal(rig_answer(rig, WIRE_ACK).applied, 1 + other_key);
        right = *box;
    }
}

/* Both boxes hear every answer, and only the nonce tells whose it is: that of the clone is never in a welcome. */
static void a_clone_beside_the_right_box_is_not_welcomed(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    struct rig_box *box = rig_box(rig, "box-1"), right = *box;
    struct wire_control hello = rig_hello_of(rig, "hz", "box-1", 0, 0);
    rig_receive_control(rig, &hello);
    snprintf(box->hardware, sizeof(box->hardware), "%032x", 77u);
    struct wire_control clones = rig_hello_of(rig, "hz", "box-1", 0, 0);
    rig_receive_control(rig, &clones);
    memcpy(box->hardware, right.hardware, sizeof(box->hardware));
    rig_send_events(rig, "hz", "box-1", 1, 1); /* of the right one, in the same turn */
    rig_turn(rig);
    assert_string_equal(rig_answer(rig, WIRE_WELCOME).nonce, hello.nonce);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).nonce, clones.nonce);
    assert_int_equal(rig_answer(rig, WIRE_ACK).applied, 1);
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
    rig_meet(rig);
    rig_box(rig, "box-1")->key = rig_box(rig, "box-9")->key;
    snprintf(rig_box(rig, "box-1")->hardware, WIRE_HARDWARE_SIZE, "%032x", 77u);
    rig_meet(rig);
    rig_answer(rig, WIRE_FENCE);
    assert_int_equal(claim(rig, "sh", ""), -ENOENT);
    assert_int_equal(claim(rig, "hz", ""), 0);
    rig_meet(rig);
    rig_answer(rig, WIRE_WELCOME);
    assert_int_equal(rig_count(rig, "SELECT fault IS NULL FROM site WHERE id = 'hz'"), 1);
    assert_int_equal(claim(rig, "hz", "box-3"), 0); /* under another name */
    rig_meet(rig);
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
    rig_meet(rig);
    rig_send_events(rig, "hz", "box-1", 1, 6);
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
    rig_send_events(rig, "hz", "box-1", 4, 5); /* of the epoch before: it did not hear the grant yet */
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
    rig_send_events(rig, "hz", "box-1", 4, 8);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_ACK).applied, 8);
    assert_int_equal(rig_events(rig), 11); /* what the box lost is still here */
}

static void a_probe_with_nothing_in_common_goes_on_from_nothing(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    rig_send_events(rig, "hz", "box-1", 1, 3);
    rig_turn(rig);
    fork_from(rig, 0, 4);
    struct wire_control probe = probe_of(rig, (int64_t[]){4, 3, 2}, 3);
    probe.oldest = 2; /* the first line was deleted */
    rig_receive_control(rig, &probe);
    rig_turn(rig);
    struct wire_control grant = rig_answer(rig, WIRE_GRANT);
    assert_int_equal(grant.base_epoch, 0);
    assert_int_equal(grant.base_seq, 1);
    assert_non_null(strstr(rig->note, "events up to number 1 of this site are neither there nor here"));
    assert_int_equal(rig_count(rig, "SELECT lost_seq FROM site WHERE id = 'hz'"), 1);
    rig_go_on(rig, "box-1", &grant);
    rig_send_events(rig, "hz", "box-1", 2, 4);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_ACK).applied, 4);
}

/* The box knows a later epoch than this database, which was restored: the next one is later than both. */
static void a_grant_is_later_than_what_either_side_knows(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    rig_box(rig, "box-1")->epoch = 7;
    ask_for_grant(rig, NULL, 0);
    assert_int_equal(rig_answer(rig, WIRE_GRANT).epoch, 8);
}

/* Lines that go out again keep the epoch they were written in. Those that are here already do nothing. */
static void lines_sent_again_count_once(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
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
    rig_meet(rig);
    for (int64_t epoch = 2; epoch <= 4; epoch++) {
        ask_for_grant(rig, NULL, 0);
        assert_int_equal(rig_answer(rig, WIRE_GRANT).epoch, epoch);
    }
    ask_for_grant(rig, NULL, 0);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_CHURN);
    assert_non_null(strstr(rig->note, "two of it"));
    rig->office.now_us += 2 * HOUR_US; /* time alone does not heal it */
    rig_meet(rig);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_CHURN);
    rig_box(rig, "box-1")->epoch = 4;
    rig_send_events(rig, "hz", "box-1", 1, 1);
    rig_turn(rig);
    assert_string_equal(rig_answer(rig, WIRE_FENCE).code, WIRE_FENCE_STALE);
    assert_int_equal(rig_events(rig), 0);
    assert_int_equal(claim(rig, "hz", ""), 0);
    rig_meet(rig);
    rig_answer(rig, WIRE_WELCOME);
    ask_for_grant(rig, NULL, 0);
    assert_int_equal(rig_answer(rig, WIRE_GRANT).epoch, 5);
}

/* Three in an hour are no churn when the hour is over. */
static void epochs_far_apart_are_granted(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    for (int64_t epoch = 2; epoch <= 9; epoch++) {
        ask_for_grant(rig, NULL, 0);
        assert_int_equal(rig_answer(rig, WIRE_GRANT).epoch, epoch);
        rig->office.now_us += HOUR_US / 3 + 1;
    }
}

/* A label that head office has not granted is not good, however high: the welcome says which one is. */
static void only_a_granted_epoch_counts(void **state)
{
    struct rig *rig = *state;
    rig_meet(rig);
    rig_box(rig, "box-1")->epoch = 5;
    rig_hello(rig, "hz", "box-1", 0, 0);
    rig_turn(rig);
    assert_int_equal(rig_answer(rig, WIRE_WELCOME).epoch, 1);
    rig_send_events(rig, "hz", "box-1", 1, 1);
    rig_turn(rig);
    assert_int_equal(rig_events(rig), 0);
    struct wire_control fence = rig_answer(rig, WIRE_FENCE);
    assert_string_equal(fence.code, WIRE_FENCE_STALE);
    assert_int_equal(fence.epoch, 1);
}

/* ---------------------------------------------------------------- what was lost here */

/* The box has changes that this database has lost: it gets none until both know from where to go on. */
static void the_last_common_change_is_found_by_a_probe(void **state)
{
    struct rig *rig = *state;
    rig_add_changes(rig, 3);
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
    rig_add_changes(rig, 3);
    rig_meet(rig);
    rig_send_events(rig, "hz", "box-1", 1, 3);
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
    rig_meet(rig);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(what_is_not_signed_is_not_read),
        ON_RIG(a_clone_is_fenced_and_the_right_box_goes_on),
        ON_RIG(a_clone_beside_the_right_box_is_not_welcomed),
        ON_RIG(a_claimed_box_is_met_anew),
        ON_RIG(a_probe_is_granted_an_epoch_from_the_last_line_both_have),
        ON_RIG(a_probe_with_nothing_in_common_goes_on_from_nothing),
        ON_RIG(a_grant_is_later_than_what_either_side_knows),
        ON_RIG(lines_sent_again_count_once),
        ON_RIG(too_many_epochs_in_an_hour_fence_the_box),
        ON_RIG(epochs_far_apart_are_granted),
        ON_RIG(only_a_granted_epoch_counts),
        ON_RIG(the_last_common_change_is_found_by_a_probe),
        ON_RIG(a_restored_database_takes_a_new_name),
        ON_RIG(a_snapshot_is_made_once_and_sent_as_it_is_asked_for),
    };
    return cmocka_run_group_tests_name("hub meets boxes", tests, NULL, NULL);
}
