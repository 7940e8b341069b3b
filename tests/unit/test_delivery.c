/* One job at one printer: what is asked, when the bytes go, what counts as proof, and what is done after a cut. */
#include "drivers/printer/delivery.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND ((int64_t)1000 * 1000)
#define LIMIT  (900 * SECOND)

/* A printer as far as these tests need one: it answers when it may, and what it is told to. */
struct bench {
    struct delivery delivery;
    struct buf sent; /* everything but questions */
    int64_t now_us, count;
    bool counts, silent, busy, holds;
    char reports[256]; /* "sending sent printed/odometer " */
};

static ssize_t take(void *user, const void *bytes, size_t length)
{
    struct bench *bench = user;
    buf_put(&bench->sent, bytes, length);
    return (ssize_t)length;
}

static size_t pending(void *user)
{
    return ((struct bench *)user)->holds ? 1 : 0;
}

static void say(struct bench *bench, const char *text)
{
    delivery_feed(&bench->delivery, text, strlen(text), bench->now_us);
}

/* Questions are taken out of what was sent, and answered. */
static bool answer(struct bench *bench)
{
    static const char status[] = "~HS\r\n", count[] = "! U1 getvar \"odometer.total_label_count\"\r\n";
    char *text = bench->sent.data, *found;
    char reply[128];
    if (!text)
        return false;
    if ((found = strstr(text, status))) {
        memmove(found, found + strlen(status), strlen(found + strlen(status)) + 1);
        bench->sent.length -= strlen(status);
        snprintf(reply, sizeof(reply),
                 "\x02"
                 "030,0,0,1040,00%d,0,0,0,000,0,0,0\x03\r\n\x02"
                 "000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x02"
                 "0000,0\x03\r\n",
                 bench->busy);
    } else if ((found = strstr(text, count))) {
        memmove(found, found + strlen(count), strlen(found + strlen(count)) + 1);
        bench->sent.length -= strlen(count);
        snprintf(reply, sizeof(reply), bench->counts ? "\"%lld\"" : "\"?\"", (long long)bench->count);
    } else {
        return false;
    }
    if (!bench->silent)
        say(bench, reply);
    return true;
}

static void report(struct bench *bench)
{
    const struct delivery_report *said;
    while ((said = delivery_report(&bench->delivery))) {
        size_t length = strlen(bench->reports);
        snprintf(bench->reports + length, sizeof(bench->reports) - length, "%s%s%s ", said->state,
                 *said->proof ? "/" : "", said->proof);
        delivery_posted(&bench->delivery);
        if (delivery_marked(&bench->delivery, true, true, bench->now_us)) {
            static const char *const rest[] = {"^XA1^XZ^XA2^XZ^XA3^XZ", "^XA2^XZ^XA3^XZ", "^XA3^XZ"};
            const char *bytes = rest[3 - bench->delivery.labels + bench->delivery.done];
            delivery_write(&bench->delivery, bytes, strlen(bytes), bench->now_us);
        }
    }
}

/* Lets time pass in the steps that the delivery asks for, until something has to be done by the test. */
static void pass(struct bench *bench, int64_t us)
{
    int64_t end_us = bench->now_us + us;
    for (;;) {
        do {
            delivery_step(&bench->delivery, bench->now_us);
            report(bench);
        } while (answer(bench));
        int64_t next_us = delivery_deadline(&bench->delivery, bench->now_us);
        if (next_us > end_us)
            break;
        bench->now_us = next_us > bench->now_us ? next_us : bench->now_us + 1000;
    }
    bench->now_us = end_us;
}

static struct bench plugged(bool counts)
{
    struct bench bench = {.now_us = 5 * SECOND, .count = 100, .counts = counts};
    return bench;
}

static void open_line(struct bench *bench, bool notices_loss)
{
    if (!bench->delivery.line.write)
        delivery_init(&bench->delivery, &(struct delivery_line){take, pending, bench});
    delivery_opened(&bench->delivery, PRINTER_ZPL, notices_loss, bench->now_us);
    pass(bench, DELIVERY_CALM_US + SECOND);
}

static void begin(struct bench *bench, int64_t labels)
{
    buf_clear(&bench->sent);
    for (int tries = 0; tries < 5 && !delivery_may_begin(&bench->delivery, bench->now_us); tries++)
        pass(bench, SECOND / 10);
    assert_true(delivery_may_begin(&bench->delivery, bench->now_us));
    delivery_begin(&bench->delivery, labels, bench->now_us + LIMIT, bench->now_us);
    report(bench);
}

static void expect(struct bench *bench, const char *reports, const char *sent)
{
    assert_string_equal(bench->reports, reports);
    assert_string_equal(buf_text(&bench->sent), sent);
    bench->reports[0] = '\0';
    buf_clear(&bench->sent);
}

static void done(struct bench *bench)
{
    buf_done(&bench->sent);
}

static void test_the_count_proves_a_label(void **state)
{
    (void)state;
    struct bench bench = plugged(true);
    open_line(&bench, false);
    begin(&bench, 1);
    pass(&bench, SECOND);
    expect(&bench, "sending sent ", "^XA3^XZ");
    bench.count++;
    pass(&bench, SECOND);
    expect(&bench, "printed/odometer ", "");
    assert_int_equal(bench.delivery.stage, DELIVERY_FREE);
    done(&bench);
}

static void test_a_count_that_never_moved_is_not_believed(void **state)
{
    (void)state;
    struct bench bench = plugged(true);
    open_line(&bench, false);
    begin(&bench, 1);
    pass(&bench, 2 * DELIVERY_CALM_US + SECOND);
    expect(&bench, "sending sent unknown ", "^XA3^XZ~JA\r\n");
    done(&bench);
}

static void test_only_what_did_not_come_out_is_sent_again(void **state)
{
    (void)state;
    struct bench bench = plugged(true);
    open_line(&bench, true);
    begin(&bench, 3);
    expect(&bench, "sending sent ", "^XA1^XZ^XA2^XZ^XA3^XZ");
    bench.count++;
    delivery_gone(&bench.delivery, bench.now_us);
    pass(&bench, 20 * SECOND);
    expect(&bench, "", "");
    open_line(&bench, true); /* until its count has been at rest for long enough */
    expect(&bench, "sending sent ", "~JA\r\n^XA2^XZ^XA3^XZ");
    bench.count += 2;
    pass(&bench, SECOND);
    expect(&bench, "printed/odometer ", "");
    done(&bench);
}

/* On a serial line it may have started anew while the bytes came, and printed the last of them only. */
static void test_which_labels_came_out_of_a_slow_line(void **state)
{
    (void)state;
    for (int slow = 0; slow < 2; slow++) {
        struct bench bench = plugged(true);
        open_line(&bench, false);
        bench.holds = slow;
        begin(&bench, 3);
        pass(&bench, DELIVERY_START_US);
        bench.holds = false;
        pass(&bench, SECOND);
        bench.count++;
        pass(&bench, 2 * DELIVERY_CALM_US + SECOND);
        expect(&bench, slow ? "sending sent unknown " : "sending sent sending sent ",
               slow ? "^XA1^XZ^XA2^XZ^XA3^XZ~JA\r\n" : "^XA1^XZ^XA2^XZ^XA3^XZ~JA\r\n^XA2^XZ^XA3^XZ");
        done(&bench);
    }
}

static void test_what_it_had_already_printed_is_known_when_it_is_back(void **state)
{
    (void)state;
    struct bench bench = plugged(true);
    open_line(&bench, true);
    begin(&bench, 1);
    bench.count++;
    delivery_gone(&bench.delivery, bench.now_us);
    bench.now_us += SECOND;
    open_line(&bench, true);
    pass(&bench, SECOND);
    expect(&bench, "sending sent printed/odometer ", "^XA3^XZ~JA\r\n");
    done(&bench);
}

static void test_one_that_stays_away_leaves_a_doubt(void **state)
{
    (void)state;
    struct bench bench = plugged(true);
    open_line(&bench, true);
    begin(&bench, 1);
    delivery_gone(&bench.delivery, bench.now_us);
    pass(&bench, DELIVERY_AWAY_US + SECOND);
    expect(&bench, "sending sent unknown ", "^XA3^XZ");
    done(&bench);
}

static void test_without_a_count_a_cut_leaves_a_doubt(void **state)
{
    (void)state;
    struct bench bench = plugged(false);
    open_line(&bench, true);
    begin(&bench, 1);
    bench.busy = true;
    pass(&bench, SECOND);
    delivery_gone(&bench.delivery, bench.now_us);
    pass(&bench, SECOND);
    expect(&bench, "sending sent unknown ", "^XA3^XZ");
    done(&bench);
}

/* It is back before that it had gone is on disk. */
static void test_a_quick_return(void **state)
{
    (void)state;
    for (int counts = 0; counts < 2; counts++) {
        struct bench bench = plugged(counts);
        open_line(&bench, true);
        buf_clear(&bench.sent);
        delivery_begin(&bench.delivery, 1, bench.now_us + LIMIT, bench.now_us);
        delivery_posted(&bench.delivery);
        assert_true(delivery_marked(&bench.delivery, true, true, bench.now_us));
        delivery_write(&bench.delivery, "^XA3^XZ", 7, bench.now_us);
        assert_string_equal(delivery_report(&bench.delivery)->state, "sent");
        delivery_posted(&bench.delivery);
        delivery_gone(&bench.delivery, bench.now_us);
        delivery_opened(&bench.delivery, PRINTER_ZPL, true, bench.now_us);
        assert_false(delivery_marked(&bench.delivery, true, true, bench.now_us));
        bench.count += counts;
        pass(&bench, 2 * SECOND);
        expect(&bench, counts ? "printed/odometer " : "unknown ", "^XA3^XZ~JA\r\n");
        assert_int_equal(bench.delivery.stage, DELIVERY_FREE);
        done(&bench);
    }
}

static void test_a_label_that_was_seen_while_it_was_printed(void **state)
{
    (void)state;
    static const struct {
        bool notices_loss, busy;
        const char *reports;
    } cases[] = {
        {true, true, "sending sent printed/status "}, {true, false, "sending sent "}, {false, true, "sending sent "}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench = plugged(false);
        open_line(&bench, cases[i].notices_loss);
        begin(&bench, 1);
        bench.busy = cases[i].busy;
        pass(&bench, SECOND);
        bench.busy = false;
        pass(&bench, DELIVERY_CALM_US + SECOND);
        expect(&bench, cases[i].reports, "^XA3^XZ");
        assert_int_equal(bench.delivery.stage, DELIVERY_FREE);
        done(&bench);
    }
}

static void test_not_one_byte_out(void **state)
{
    (void)state;
    struct bench bench = plugged(true);
    open_line(&bench, true);
    assert_true(delivery_may_begin(&bench.delivery, bench.now_us));
    delivery_begin(&bench.delivery, 1, bench.now_us + LIMIT, bench.now_us);
    delivery_posted(&bench.delivery);
    delivery_gone(&bench.delivery, bench.now_us);
    assert_false(delivery_marked(&bench.delivery, true, true, bench.now_us));
    report(&bench);
    assert_string_equal(bench.reports, "queued ");
    done(&bench);
}

static void test_a_report_that_was_not_saved_is_made_again(void **state)
{
    (void)state;
    struct bench bench = plugged(true);
    open_line(&bench, true);
    assert_true(delivery_may_begin(&bench.delivery, bench.now_us));
    delivery_begin(&bench.delivery, 1, bench.now_us + LIMIT, bench.now_us);
    assert_non_null(delivery_report(&bench.delivery));
    delivery_posted(&bench.delivery);
    assert_null(delivery_report(&bench.delivery));
    assert_false(delivery_marked(&bench.delivery, false, false, bench.now_us));
    assert_non_null(delivery_report(&bench.delivery));
    delivery_posted(&bench.delivery);
    assert_false(delivery_marked(&bench.delivery, false, true, bench.now_us)); /* refused: somebody settled it */
    assert_int_equal(bench.delivery.stage, DELIVERY_FREE);
    done(&bench);
}

static void test_a_stop_says_what_is_known(void **state)
{
    (void)state;
    struct bench bench = plugged(true);
    open_line(&bench, true);
    delivery_stop(&bench.delivery, bench.now_us);
    assert_null(delivery_report(&bench.delivery));
    begin(&bench, 1); /* sent, and on disk as that */
    delivery_stop(&bench.delivery, bench.now_us);
    assert_null(delivery_report(&bench.delivery));
    delivery_gone(&bench.delivery, bench.now_us);
    delivery_stop(&bench.delivery, bench.now_us);
    report(&bench);
    assert_string_equal(bench.reports, "sending sent unknown ");
    done(&bench);
}

static void test_its_time_is_over(void **state)
{
    (void)state;
    struct bench bench = plugged(true);
    open_line(&bench, false);
    begin(&bench, 1);
    bench.silent = true; /* as a Zebra without paper */
    pass(&bench, LIMIT + SECOND);
    assert_string_equal(bench.reports, "sending sent unknown ");
    bench.silent = false;
    pass(&bench, 10 * SECOND);
    assert_non_null(strstr(buf_text(&bench.sent), "~JA")); /* it must not come out an hour later */
    done(&bench);
}

/* An answer that comes when nobody expects it any more is not taken for the answer to the next question. */
static void test_a_late_count(void **state)
{
    (void)state;
    struct printer_counter counter;
    size_t length;
    counter_begin(&counter, PRINTER_ZPL, 0);
    assert_non_null(counter_question(&counter, 0, &length));
    counter_tick(&counter, COUNTER_ANSWER_US);
    assert_null(counter_question(&counter, COUNTER_ANSWER_US + 1, &length));
    assert_false(counter_feed(&counter, "\"7\"", 3, 3 * SECOND));
    assert_non_null(counter_question(&counter, COUNTER_ANSWER_US + COUNTER_LATE_US, &length));
    assert_true(counter_feed(&counter, "x\"8\"", 4, COUNTER_ANSWER_US + COUNTER_LATE_US));
    assert_int_equal(counter.count, 8);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_count_proves_a_label),
        cmocka_unit_test(test_a_count_that_never_moved_is_not_believed),
        cmocka_unit_test(test_only_what_did_not_come_out_is_sent_again),
        cmocka_unit_test(test_which_labels_came_out_of_a_slow_line),
        cmocka_unit_test(test_what_it_had_already_printed_is_known_when_it_is_back),
        cmocka_unit_test(test_one_that_stays_away_leaves_a_doubt),
        cmocka_unit_test(test_without_a_count_a_cut_leaves_a_doubt),
        cmocka_unit_test(test_a_quick_return),
        cmocka_unit_test(test_a_label_that_was_seen_while_it_was_printed),
        cmocka_unit_test(test_not_one_byte_out),
        cmocka_unit_test(test_a_report_that_was_not_saved_is_made_again),
        cmocka_unit_test(test_a_stop_says_what_is_known),
        cmocka_unit_test(test_its_time_is_over),
        cmocka_unit_test(test_a_late_count),
    };
    return cmocka_run_group_tests_name("delivery", tests, NULL, NULL);
}
