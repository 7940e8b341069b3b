/* The conversation with a printer, on a clock that the test moves. */
#include "drivers/printer/talk.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECOND_US   ((int64_t)1000000)
#define START_US    (100 * SECOND_US)
#define BYTES(text) text, sizeof(text) - 1
#define HS(paper)                                                                                                      \
    "\x02"                                                                                                             \
    "030," paper ",0,1245,000,0,0,0,000,0,0,0\x03\r\n"                                                                 \
    "\x02"                                                                                                             \
    "000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x02"                                                                     \
    "1234,0\x03\r\n"

static const struct language {
    enum printer_language language;
    const char *question;
    size_t question_length;
    const char *ready;
    size_t ready_length;
    const char *paper_out;
    size_t paper_out_length;
} languages[] = {
    {PRINTER_ZPL, BYTES("~HS\r\n"), BYTES(HS("0")), BYTES(HS("1"))},
    {PRINTER_TSPL, BYTES("\x1b!?"), BYTES("\x00"), BYTES("\x04")},
    {PRINTER_EPL, BYTES("^ee\r\n"), BYTES("00\r\n"), BYTES("07\r\n")},
    {PRINTER_CPCL, BYTES("\x1bh"), BYTES("\x00"), BYTES("\x02")},
    {PRINTER_ESCPOS, BYTES("\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"), BYTES("\x12\x12\x12\x12"),
     BYTES("\x1a\x32\x12\x72")},
};

struct bench {
    struct printer_talk talk;
    const struct language *language;
    int64_t now_us;
};

static struct bench plug_in(enum printer_language language)
{
    struct bench bench = {.now_us = START_US};
    for (size_t i = 0; i < COUNT(languages); i++)
        if (languages[i].language == language)
            bench.language = &languages[i];
    printer_talk_begin(&bench.talk, language, bench.now_us);
    return bench;
}

static bool is_asked(struct bench *bench)
{
    size_t length = 0;
    const char *question = printer_talk_question(&bench->talk, bench->now_us, &length);
    if (!question)
        return false;
    assert_int_equal(length, bench->language->question_length);
    assert_memory_equal(question, bench->language->question, length);
    return true;
}

static bool feed(struct bench *bench, const void *bytes, size_t length)
{
    return printer_talk_feed(&bench->talk, bytes, length, bench->now_us);
}

static bool answer_ready(struct bench *bench)
{
    return feed(bench, bench->language->ready, bench->language->ready_length);
}

static bool answer_paper_out(struct bench *bench)
{
    return feed(bench, bench->language->paper_out, bench->language->paper_out_length);
}

static bool wait(struct bench *bench, int64_t us)
{
    bench->now_us += us;
    return printer_talk_tick(&bench->talk, bench->now_us);
}

static void assert_is(const struct bench *bench, enum printer_state state, bool may_print)
{
    assert_string_equal(printer_state_name(bench->talk.status.state), printer_state_name(state));
    assert_int_equal(printer_talk_may_print(&bench->talk), may_print);
}

#define FOR_EACH_LANGUAGE(index) for (size_t index = 0; index < COUNT(languages); index++)

static void a_printer_is_asked_before_it_may_print(void **state)
{
    (void)state;
    FOR_EACH_LANGUAGE(i)
    {
        struct bench bench = plug_in(languages[i].language);
        assert_is(&bench, PRINTER_UNKNOWN, false);
        assert_int_equal(printer_talk_deadline(&bench.talk), INT64_MAX);
        assert_true(is_asked(&bench));
        assert_false(is_asked(&bench));
        assert_is(&bench, PRINTER_UNKNOWN, false);
        assert_int_equal(printer_talk_deadline(&bench.talk), START_US + TALK_ANSWER_US);
        bench.now_us += TALK_ANSWER_US - 1;
        assert_true(answer_ready(&bench));
        assert_is(&bench, PRINTER_READY, true);
        assert_int_equal(printer_talk_deadline(&bench.talk), INT64_MAX);
        assert_int_equal(bench.talk.since_us, bench.now_us);
        assert_false(wait(&bench, TALK_REPEAT_US - 1));
        assert_false(is_asked(&bench));
        assert_false(wait(&bench, 1));
        assert_true(is_asked(&bench));
    }
}

static void a_mute_printer_costs_one_short_time_out(void **state)
{
    (void)state;
    FOR_EACH_LANGUAGE(i)
    {
        struct bench bench = plug_in(languages[i].language);
        assert_true(is_asked(&bench));
        assert_false(wait(&bench, TALK_ANSWER_US - 1));
        assert_is(&bench, PRINTER_UNKNOWN, false);
        assert_true(wait(&bench, 1));
        assert_is(&bench, PRINTER_UNKNOWN, true);
        for (int label = 0; label < 100; label++) {
            printer_talk_want(&bench.talk, bench.now_us);
            assert_false(is_asked(&bench));
            assert_false(wait(&bench, 100 * SECOND_US));
        }
        assert_int_equal(bench.talk.next_us, INT64_MAX);
        assert_int_equal(printer_talk_deadline(&bench.talk), INT64_MAX);
        bench = plug_in(languages[i].language);
        assert_true(is_asked(&bench));
    }
}

static void an_answer_that_is_late_counts(void **state)
{
    (void)state;
    FOR_EACH_LANGUAGE(i)
    {
        struct bench bench = plug_in(languages[i].language);
        assert_true(is_asked(&bench));
        assert_true(wait(&bench, TALK_ANSWER_US));
        bench.now_us += 60 * SECOND_US;
        assert_true(answer_ready(&bench));
        assert_false(bench.talk.mute);
        assert_is(&bench, PRINTER_READY, true);
        bench.now_us += TALK_REPEAT_US;
        assert_true(is_asked(&bench));
    }
}

static void a_language_without_a_question_is_mute(void **state)
{
    (void)state;
    struct printer_talk talk;
    size_t length;
    printer_talk_begin(&talk, PRINTER_LANGUAGE_UNKNOWN, START_US);
    assert_true(talk.mute);
    assert_true(printer_talk_may_print(&talk));
    printer_talk_want(&talk, START_US);
    assert_null(printer_talk_question(&talk, START_US + 1000 * SECOND_US, &length));
    assert_false(printer_talk_feed(&talk, HS("1"), sizeof(HS("1")), START_US));
    assert_int_equal(talk.status.state, PRINTER_UNKNOWN);
    assert_false(printer_talk_tick(&talk, INT64_MAX - 1));
}

static void a_printer_that_fell_silent_is_asked_on(void **state)
{
    (void)state;
    FOR_EACH_LANGUAGE(i)
    {
        struct bench bench = plug_in(languages[i].language);
        assert_true(is_asked(&bench));
        assert_true(answer_ready(&bench));
        printer_talk_want(&bench.talk, bench.now_us);
        assert_true(is_asked(&bench));
        assert_is(&bench, PRINTER_READY, false); /* not while it is asked */
        assert_true(wait(&bench, TALK_ANSWER_US));
        assert_is(&bench, PRINTER_UNKNOWN, false);
        for (int i_silent = 0; i_silent < 50; i_silent++) {
            assert_false(wait(&bench, TALK_REPEAT_US - 1));
            assert_false(is_asked(&bench));
            bench.now_us++;
            assert_true(is_asked(&bench));
            assert_false(wait(&bench, TALK_ANSWER_US));
            assert_is(&bench, PRINTER_UNKNOWN, false);
            assert_false(bench.talk.mute);
        }
        assert_true(answer_ready(&bench));
        assert_is(&bench, PRINTER_READY, true);
    }
}

static void a_fault_stops_printing_until_it_is_over(void **state)
{
    (void)state;
    FOR_EACH_LANGUAGE(i)
    {
        struct bench bench = plug_in(languages[i].language);
        assert_true(is_asked(&bench));
        assert_true(answer_paper_out(&bench));
        assert_is(&bench, PRINTER_ERROR, false);
        assert_true(bench.talk.status.paper_out);
        for (int repeat = 0; repeat < 3; repeat++) {
            assert_false(wait(&bench, TALK_REPEAT_US - 1));
            assert_false(is_asked(&bench));
            bench.now_us++;
            assert_true(is_asked(&bench));
            assert_true(answer_paper_out(&bench));
        }
        assert_int_equal(bench.talk.since_us, START_US);
        assert_false(wait(&bench, TALK_REPEAT_US));
        assert_true(is_asked(&bench));
        assert_true(answer_ready(&bench));
        assert_is(&bench, PRINTER_READY, true);
        assert_false(bench.talk.status.paper_out);
    }
}

static void what_may_be_printed_on(void **state)
{
    (void)state;
    static const struct {
        uint8_t byte;
        enum printer_state state;
        bool may_print;
    } cases[] = {{0x00, PRINTER_READY, true},
                 {0x20, PRINTER_BUSY, true},
                 {0x10, PRINTER_PAUSED, false},
                 {0x80, PRINTER_ERROR, false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench = plug_in(PRINTER_TSPL);
        assert_true(is_asked(&bench));
        assert_true(feed(&bench, &cases[i].byte, 1));
        assert_is(&bench, cases[i].state, cases[i].may_print);
    }
    static const char buffer_full[] = "\x02"
                                      "030,0,0,1245,000,1,0,0,000,0,0,0\x03\r\n"
                                      "\x02"
                                      "000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x02"
                                      "1234,0\x03\r\n";
    struct bench bench = plug_in(PRINTER_ZPL);
    assert_true(is_asked(&bench));
    assert_true(feed(&bench, BYTES(buffer_full)));
    assert_is(&bench, PRINTER_BUSY, false);
}

/* Noise, an answer, an answer: the last one counts, however the bytes are cut. */
static void any_split_gives_the_same(void **state)
{
    (void)state;
    FOR_EACH_LANGUAGE(i)
    {
        const struct language *is = &languages[i];
        uint8_t bytes[512];
        bool single = is->language == PRINTER_TSPL || is->language == PRINTER_CPCL;
        size_t length = single ? 0 : 3;
        memcpy(bytes, "\xff\r\n", 3);
        memcpy(bytes + length, is->paper_out, is->paper_out_length);
        length += is->paper_out_length;
        for (size_t first = 0; first <= length; first++) {
            struct bench bench = plug_in(is->language);
            assert_true(is_asked(&bench));
            bool understood = feed(&bench, bytes, first);
            for (size_t at = first; at < length; at++)
                understood |= feed(&bench, bytes + at, 1);
            assert_true(understood);
            assert_is(&bench, PRINTER_ERROR, false);
            assert_true(bench.talk.status.paper_out);
            assert_int_equal(bench.talk.status.other_fault, false);
        }
    }
}

static void the_last_of_several_answers_counts(void **state)
{
    (void)state;
    struct bench bench = plug_in(PRINTER_ZPL);
    assert_true(is_asked(&bench));
    assert_true(feed(&bench, BYTES(HS("1") HS("0") "\x02"
                                                   "030,1")));
    assert_is(&bench, PRINTER_READY, true);
    assert_true(feed(&bench, BYTES(",0,1245,000,0,0,0,000,0,0,0\x03\r\n"
                                   "\x02"
                                   "000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x02"
                                   "1234,0\x03")));
    assert_is(&bench, PRINTER_ERROR, false);
}

/* Only its time-out tells that STX was "jammed" and not the beginning of something, or that a printer knows no more
 * than two of the four questions. */
static void what_can_stand_alone_counts_when_time_is_up(void **state)
{
    (void)state;
    struct bench bench = plug_in(PRINTER_TSPL);
    assert_true(is_asked(&bench));
    assert_false(feed(&bench, "\x02", 1));
    assert_true(wait(&bench, TALK_ANSWER_US));
    assert_is(&bench, PRINTER_ERROR, false);
    assert_true(bench.talk.status.jammed);
    bench = plug_in(PRINTER_ESCPOS);
    assert_true(is_asked(&bench));
    assert_false(feed(&bench, "\x1a\x16", 2));
    assert_true(wait(&bench, TALK_ANSWER_US));
    assert_true(bench.talk.status.head_open);
    bench = plug_in(PRINTER_ZPL);
    assert_true(is_asked(&bench));
    assert_false(feed(&bench, HS("0"), 60));
    assert_true(wait(&bench, TALK_ANSWER_US));
    assert_true(bench.talk.mute);
}

static void a_line_end_behind_a_byte_is_no_answer(void **state)
{
    (void)state;
    struct bench bench = plug_in(PRINTER_TSPL);
    for (int i = 0; i < 3; i++) {
        assert_true(is_asked(&bench));
        assert_true(feed(&bench, "\x00", 1));
        assert_false(feed(&bench, "\r", 1));
        assert_false(feed(&bench, "\n", 1));
        assert_is(&bench, PRINTER_READY, true);
        assert_false(wait(&bench, TALK_REPEAT_US));
    }
    assert_true(is_asked(&bench));
    assert_true(feed(&bench, "\r\n\x00", 3)); /* that of the answer before, late */
    assert_is(&bench, PRINTER_READY, true);
}

/* A byte that nobody asked for may say that something is wrong, but not that all is well. */
static void good_news_in_one_byte_must_be_asked_for(void **state)
{
    (void)state;
    struct bench bench = plug_in(PRINTER_TSPL);
    assert_true(is_asked(&bench));
    assert_true(answer_ready(&bench));
    assert_true(answer_paper_out(&bench));
    assert_is(&bench, PRINTER_ERROR, false);
    assert_false(answer_ready(&bench));
    assert_is(&bench, PRINTER_ERROR, false);
    assert_true(is_asked(&bench));
    assert_true(answer_ready(&bench));
    assert_is(&bench, PRINTER_READY, true);
}

/* The dots of a picture may hold questions; their answers do not get mixed up with those to the next question. */
static void stray_answers_inside_a_job_do_not_count(void **state)
{
    (void)state;
    struct bench bench = plug_in(PRINTER_ESCPOS);
    assert_true(is_asked(&bench));
    assert_true(answer_ready(&bench));
    assert_false(feed(&bench, "\x1e\x72\x13\x12\x72\x1a\x11\x10\x00", 9));
    assert_is(&bench, PRINTER_READY, true);
    bench.now_us += TALK_REPEAT_US;
    assert_true(is_asked(&bench));
    assert_true(feed(&bench, "\x11\x12\x13\x12\x12\x12", 6));
    assert_is(&bench, PRINTER_READY, true);
    printer_talk_want(&bench.talk, bench.now_us);
    assert_true(is_asked(&bench));
    assert_true(answer_paper_out(&bench));
    assert_true(bench.talk.status.paper_out);
    assert_false(bench.talk.status.cutter_fault);
    /* one that arrives in between moves the answers by one place: whatever they then seem to say, it is not "ready" */
    bench.now_us += TALK_REPEAT_US;
    assert_true(is_asked(&bench));
    assert_true(feed(&bench, "\x12\x1a\x32\x12\x72", 5));
    assert_is(&bench, PRINTER_ERROR, false);
    /* an automatic status tells by itself what it is about */
    bench = plug_in(PRINTER_ESCPOS);
    assert_true(is_asked(&bench));
    assert_true(answer_ready(&bench));
    assert_true(feed(&bench, "\x38\x00\x13\x00\x00", 5));
    assert_is(&bench, PRINTER_ERROR, false);
    assert_true(bench.talk.status.head_open);
}

static uint64_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return *seed >> 33;
}

/* Garbage, for ever: never ready, never more memory. In the languages whose answers can be told from noise the printer
 * is then mute; where every byte is an answer it has a fault. */
static void garbage_is_never_ready(void **state)
{
    (void)state;
    uint64_t seed = 5;
    FOR_EACH_LANGUAGE(i)
    {
        struct bench bench = plug_in(languages[i].language);
        for (int round = 0; round < 2000; round++) {
            uint8_t garbage[64];
            is_asked(&bench);
            for (size_t at = 0; at < sizeof(garbage); at++)
                garbage[at] = (uint8_t)next(&seed);
            feed(&bench, garbage, sizeof(garbage));
            assert_int_not_equal(bench.talk.status.state, PRINTER_READY);
            assert_true(bench.talk.length < TALK_ANSWER_MAX);
            wait(&bench, (int64_t)next(&seed) % SECOND_US);
        }
        bool told_from_noise = languages[i].language == PRINTER_ZPL || languages[i].language == PRINTER_EPL;
        assert_int_equal(bench.talk.mute, told_from_noise);
        assert_int_equal(bench.talk.answers, !told_from_noise);
    }
}

/* What begins like an answer and never ends does not keep the next one from being seen. */
static void a_beginning_without_an_end_is_given_up(void **state)
{
    (void)state;
    struct bench bench = plug_in(PRINTER_ZPL);
    assert_true(is_asked(&bench));
    for (int i = 0; i < 10000; i++)
        assert_false(feed(&bench, i % 2 ? "," : "1", 1));
    assert_true(feed(&bench, BYTES(HS("0"))));
    assert_is(&bench, PRINTER_READY, true);
    assert_false(feed(&bench, HS("0"), 40));
    for (int i = 0; i < 10000; i++)
        assert_false(feed(&bench, " ", 1));
    assert_true(feed(&bench, BYTES(HS("1"))));
    assert_is(&bench, PRINTER_ERROR, false);
    bench = plug_in(PRINTER_EPL);
    assert_true(is_asked(&bench));
    for (int i = 0; i < 10000; i++)
        assert_false(feed(&bench, "0", 1));
    assert_false(feed(&bench, BYTES("\r\n")));
    assert_true(feed(&bench, BYTES("00\r\n")));
    assert_is(&bench, PRINTER_READY, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_printer_is_asked_before_it_may_print),
        cmocka_unit_test(a_mute_printer_costs_one_short_time_out),
        cmocka_unit_test(an_answer_that_is_late_counts),
        cmocka_unit_test(a_language_without_a_question_is_mute),
        cmocka_unit_test(a_printer_that_fell_silent_is_asked_on),
        cmocka_unit_test(a_fault_stops_printing_until_it_is_over),
        cmocka_unit_test(what_may_be_printed_on),
        cmocka_unit_test(any_split_gives_the_same),
        cmocka_unit_test(the_last_of_several_answers_counts),
        cmocka_unit_test(what_can_stand_alone_counts_when_time_is_up),
        cmocka_unit_test(a_line_end_behind_a_byte_is_no_answer),
        cmocka_unit_test(good_news_in_one_byte_must_be_asked_for),
        cmocka_unit_test(stray_answers_inside_a_job_do_not_count),
        cmocka_unit_test(garbage_is_never_ready),
        cmocka_unit_test(a_beginning_without_an_end_is_given_up),
    };
    return cmocka_run_group_tests_name("printer talk", tests, NULL, NULL);
}
