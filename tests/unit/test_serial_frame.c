/* The serial decoder's framing, limits, silence and answers; whole scans are in tests/replay/scanner. */
#include "drivers/scanner/scanner.h"

#include "base/buf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A decoder and what came out of it: "[text]" for a scan, "<length>" for an aborted one, "{bytes}" for the scanner. */
struct bench {
    struct scanner *scanner;
    struct buf out;
};

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    buf_printf(user, flags & SCAN_CONVERTED ? "[%.*s]converted" : "[%.*s]", (int)length, text);
}

static void on_aborted(void *user, size_t length)
{
    buf_printf(user, "<%zu>", length);
}

static void on_send(void *user, const void *bytes, size_t length)
{
    buf_printf(user, "{%.*s}", (int)length, (const char *)bytes);
}

static void start_with(struct bench *bench, const struct scanner_settings *settings)
{
    *bench = (struct bench){0};
    const struct scan_sink sink = {on_scan, on_aborted, on_send, &bench->out};
    assert_int_equal(scanner_new("serial", settings, &sink, &bench->scanner, NULL), 0);
}

static void start(struct bench *bench, const char *suffix)
{
    struct scanner_settings settings = {0};
    strcpy(settings.suffix, suffix);
    start_with(bench, &settings);
}

static void start_waiting(struct bench *bench, const char *answer)
{
    struct scanner_settings settings = {0};
    strcpy(settings.answer, answer);
    start_with(bench, &settings);
}

static void stop(struct bench *bench)
{
    scanner_free(bench->scanner);
    buf_done(&bench->out);
}

#define CLEANUP_BENCH CLEANUP(stop)

static void test_suffixes(void **state)
{
    (void)state;
    static const struct {
        const char *suffix, *bytes, *out;
    } cases[] = {
        {"", "A\rB\nC\r\nD\n\r", "[A][B][C][D]"},
        {"any", "\r\n\r\nA\r", "[A]"},
        {"cr", "A\nB\rC\r\n", "[A\nB][C]"},
        {"lf", "A\rB\nC\r\n", "[A\rB][C\r]"},
        {"crlf", "A\rB\nC\r\nD\r\r\n\r\n", "[A\rB\nC][D\r]"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t piece = 1; piece < 16; piece++) {
            struct bench bench CLEANUP_BENCH;
            start(&bench, cases[i].suffix);
            size_t length = strlen(cases[i].bytes);
            for (size_t at = 0; at < length; at += piece)
                scanner_feed(bench.scanner, cases[i].bytes + at, piece < length - at ? piece : length - at, 0);
            assert_string_equal(buf_text(&bench.out), cases[i].out);
        }
    }
}

static void test_ten_megabytes_without_an_end(void **state)
{
    (void)state;
    static char block[65536];
    memset(block, 'X', sizeof(block));
    struct bench bench CLEANUP_BENCH;
    start(&bench, "");
    for (int i = 0; i < 160; i++)
        scanner_feed(bench.scanner, block, sizeof(block), i);
    assert_string_equal(buf_text(&bench.out), "");
    scanner_feed(bench.scanner, "\rOK\r", 4, 160);
    assert_string_equal(buf_text(&bench.out), "<10485760>[OK]");
}

static void test_longest_scan(void **state)
{
    (void)state;
    static char block[SCAN_TEXT_MAX + 2];
    memset(block, 'X', sizeof(block));
    block[SCAN_TEXT_MAX] = '\r';
    struct bench bench CLEANUP_BENCH;
    start(&bench, "");
    scanner_feed(bench.scanner, block, SCAN_TEXT_MAX + 1, 0);
    assert_int_equal(bench.out.length, SCAN_TEXT_MAX + 2);
    buf_clear(&bench.out);
    block[SCAN_TEXT_MAX] = 'X';
    block[SCAN_TEXT_MAX + 1] = '\r';
    scanner_feed(bench.scanner, block, SCAN_TEXT_MAX + 2, 0);
    assert_string_equal(buf_text(&bench.out), "<4297>");
}

/* 2000 Chinese characters fit as GB18030 and not as UTF-8: nothing is cut off, nothing is overrun. */
static void test_converted_text_has_the_same_limit(void **state)
{
    (void)state;
    struct buf bytes CLEANUP_BUF = {0};
    for (int i = 0; i < 2000; i++)
        buf_puts(&bytes, "\xBB\xF5");
    buf_putc(&bytes, '\r');
    struct bench bench CLEANUP_BENCH;
    start(&bench, "");
    scanner_feed(bench.scanner, bytes.data, bytes.length, 0);
    assert_string_equal(buf_text(&bench.out), "<4000>");
}

static void test_gap(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, "");
    assert_int_equal(scanner_deadline(bench.scanner), INT64_MAX);
    scanner_feed(bench.scanner, "ABC", 3, 1000);
    assert_int_equal(scanner_deadline(bench.scanner), 201000);
    scanner_feed(bench.scanner, "D", 1, 100000);
    assert_int_equal(scanner_deadline(bench.scanner), 300000);
    scanner_tick(bench.scanner, 299999);
    assert_string_equal(buf_text(&bench.out), "");
    scanner_tick(bench.scanner, 300000);
    assert_string_equal(buf_text(&bench.out), "<4>");
    scanner_feed(bench.scanner, "E\r", 2, 300001);
    assert_int_equal(scanner_deadline(bench.scanner), INT64_MAX);
    scanner_feed(bench.scanner, "half", 4, 400000);
    scanner_tick(bench.scanner, 900000);
    scanner_feed(bench.scanner, "whole\r", 6, 900000);
    assert_string_equal(buf_text(&bench.out), "<4>[E]<4>[whole]");
}

/* A commit took long: the rest of the scan was there all the while, and is no scan of its own. */
static void test_owner_that_was_held_up(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, "");
    scanner_feed(bench.scanner, "9521234", 7, 1000);
    scanner_feed(bench.scanner, "000013\r", 7, 9000000);
    scanner_tick(bench.scanner, 9000000);
    assert_string_equal(buf_text(&bench.out), "[9521234000013]");
}

static void test_reset(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, "crlf");
    scanner_feed(bench.scanner, "AB\r", 3, 0);
    scanner_reset(bench.scanner);
    scanner_reset(bench.scanner);
    scanner_feed(bench.scanner, "\nC\r\n", 4, 0);
    assert_string_equal(buf_text(&bench.out), "<2>[\nC]");
}

/* ---------------------------------------------------------------------------------------------------------- answers */

static void read_text(struct bench *bench, const char *text)
{
    scanner_feed(bench->scanner, text, strlen(text), 0);
}

static void assert_out(struct bench *bench, const char *out)
{
    assert_string_equal(buf_text(&bench->out), out);
    buf_clear(&bench->out);
}

static void test_what_each_verdict_says(void **state)
{
    (void)state;
    static const struct {
        const char *answer, *said[3], *unreadable;
        bool beeps;
    } cases[] = {
        {"", {"", "", ""}, "<1>", false},
        {"none", {"", "", ""}, "<1>", false},
        {"ack-nak", {"{\x06}", "{\x06}", ""}, "<1>", false},
        {"honeywell",
         {"{\x1b"
          "7,}",
          "{\x1b"
          "8,}",
          "{\x1b"
          "8,}"},
         "<1>{\x1b"
         "8,}",
         true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench CLEANUP_BENCH;
        start_waiting(&bench, cases[i].answer);
        assert_int_equal(scanner_beeps(bench.scanner), cases[i].beeps);
        for (int verdict = SCAN_ACCEPTED; verdict <= SCAN_NOT_SAVED; verdict++) {
            read_text(&bench, "A1\r\n");
            assert_out(&bench, "[A1]");
            scanner_answer(bench.scanner, (enum scan_verdict)verdict);
            assert_out(&bench, cases[i].said[verdict]);
            scanner_answer(bench.scanner, SCAN_ACCEPTED); /* on nothing */
            assert_out(&bench, "");
        }
        read_text(&bench, "\xFF\r");
        assert_out(&bench, cases[i].unreadable);
    }
}

static void test_the_same_code_while_its_verdict_is_to_come(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start_waiting(&bench, "ack-nak");
    read_text(&bench, "A1\rA1\r\nA1\r");
    assert_out(&bench, "[A1]");
    scanner_answer(bench.scanner, SCAN_NOT_SAVED);
    read_text(&bench, "A1\r");
    scanner_answer(bench.scanner, SCAN_REFUSED);
    read_text(&bench, "A1\r");
    assert_out(&bench, "[A1]{\x06}[A1]");
}

/* GB18030 is compared as it came. */
static void test_the_same_chinese_code(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start_waiting(&bench, "ack-nak");
    read_text(&bench, "\xBB\xF5\r\xBB\xF5\r");
    assert_out(&bench, "[货]converted");
}

/* A scanner that sends another code has given the one before up: its verdict would be taken for the new one's. */
static void test_only_the_last_scan_is_answered(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start_waiting(&bench, "honeywell");
    read_text(&bench, "A1\rB2\rA1\r");
    assert_out(&bench, "[A1][B2][A1]");
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    assert_out(&bench, "");
    scanner_answer(bench.scanner, SCAN_REFUSED);
    assert_out(&bench, "{\x1b"
                       "8,}");
    read_text(&bench, "A1\r\xFF\r");
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    assert_out(&bench, "[A1]<1>{\x1b"
                       "8,}");
}

static void test_too_long_for_a_scanner_that_waits(void **state)
{
    (void)state;
    static char block[SCAN_TEXT_MAX + 2];
    memset(block, 'X', sizeof(block));
    block[SCAN_TEXT_MAX + 1] = '\r';
    struct bench bench CLEANUP_BENCH;
    start_waiting(&bench, "honeywell");
    scanner_feed(bench.scanner, block, sizeof(block), 0);
    assert_out(&bench, "<4297>{\x1b"
                       "8,}");
    scanner_feed(bench.scanner, block + 1, SCAN_TEXT_MAX + 1, 0);
    scanner_feed(bench.scanner, block + 1, SCAN_TEXT_MAX + 1, 0);
    assert_int_equal(bench.out.length, SCAN_TEXT_MAX + 2);
}

static void test_nobody_to_speak_to(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start_waiting(&bench, "honeywell");
    struct scanner *mute CLEANUP(scanner_free_p) = NULL;
    const struct scan_sink sink = {on_scan, on_aborted, NULL, &bench.out};
    assert_int_equal(scanner_new("serial", &(struct scanner_settings){.answer = "honeywell"}, &sink, &mute, NULL), 0);
    assert_false(scanner_beeps(mute));
    scanner_feed(mute, "A1\r", 3, 0);
    scanner_answer(mute, SCAN_ACCEPTED);
    assert_out(&bench, "[A1]");
}

static void test_bad_answer(void **state)
{
    (void)state;
    struct scanner *scanner = NULL;
    struct error error;
    const struct scan_sink sink = {on_scan, on_aborted, on_send, NULL};
    assert_int_equal(scanner_new("serial", &(struct scanner_settings){.answer = "stx"}, &sink, &scanner, &error),
                     -EINVAL);
    assert_non_null(strstr(error.text, "none, ack-nak or honeywell, not \"stx\""));
    assert_null(scanner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suffixes),
        cmocka_unit_test(test_ten_megabytes_without_an_end),
        cmocka_unit_test(test_longest_scan),
        cmocka_unit_test(test_converted_text_has_the_same_limit),
        cmocka_unit_test(test_gap),
        cmocka_unit_test(test_owner_that_was_held_up),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_what_each_verdict_says),
        cmocka_unit_test(test_the_same_code_while_its_verdict_is_to_come),
        cmocka_unit_test(test_the_same_chinese_code),
        cmocka_unit_test(test_only_the_last_scan_is_answered),
        cmocka_unit_test(test_too_long_for_a_scanner_that_waits),
        cmocka_unit_test(test_nobody_to_speak_to),
        cmocka_unit_test(test_bad_answer),
    };
    return cmocka_run_group_tests_name("serial frame", tests, NULL, NULL);
}
