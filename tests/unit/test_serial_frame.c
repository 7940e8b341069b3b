/* The serial decoder's framing, limits and silence; whole scans are in tests/replay/scanner. */
#include "drivers/scanner/scanner.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A decoder and what came out of it: "[text]" for a scan, "<length>" for an aborted one. */
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

static void start(struct bench *bench, const char *suffix)
{
    *bench = (struct bench){0};
    struct scanner_settings settings = {0};
    strcpy(settings.suffix, suffix);
    const struct scan_sink sink = {.scan = on_scan, .aborted = on_aborted, .user = &bench->out};
    assert_int_equal(scanner_new("serial", &settings, &sink, &bench->scanner, NULL), 0);
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
    scanner_feed(bench.scanner, "whole\r", 6, 900000); /* nobody ticked in between */
    assert_string_equal(buf_text(&bench.out), "<4>[E]<4>[whole]");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suffixes),     cmocka_unit_test(test_ten_megabytes_without_an_end),
        cmocka_unit_test(test_longest_scan), cmocka_unit_test(test_converted_text_has_the_same_limit),
        cmocka_unit_test(test_gap),          cmocka_unit_test(test_reset),
    };
    return cmocka_run_group_tests_name("serial frame", tests, NULL, NULL);
}
