/* The HID point of sale decoder's rules, one by one; whole scans are in tests/replay/scanner. */
#include "drivers/scanner/scanner.h"
#include "unit/hid_descriptors.h"

#include "base/buf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { REPORT_SIZE = 64, DATA_AT = 5, DATA_SIZE = 56, CONTINUED_AT = 63 };

/* A decoder and what came out of it: "[text]" for a scan (a zero byte in it as 0), "<length>" for an aborted one,
 * "(0440)" for bytes sent. */
struct bench {
    struct scanner *scanner;
    struct buf out;
    int64_t now_us;
};

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    buf_putc(user, '[');
    for (size_t i = 0; i < length; i++)
        buf_putc(user, text[i] ? text[i] : '0');
    buf_puts(user, flags & SCAN_CONVERTED ? "]converted" : "]");
}

static void on_aborted(void *user, size_t length)
{
    buf_printf(user, "<%zu>", length);
}

static void on_send(void *user, const void *bytes, size_t length)
{
    buf_puts(user, "(");
    for (size_t i = 0; i < length; i++)
        buf_printf(user, "%02x", ((const uint8_t *)bytes)[i]);
    buf_puts(user, ")");
}

static void start(struct bench *bench, const uint8_t *descriptor, size_t length)
{
    *bench = (struct bench){0};
    const struct scanner_settings settings = {.descriptor = descriptor, .descriptor_length = length};
    const struct scan_sink sink = {on_scan, on_aborted, on_send, &bench->out};
    struct error error;
    if (scanner_new("hid-pos", &settings, &sink, &bench->scanner, &error) < 0)
        fail_msg("%s", error.text);
}

static void stop(struct bench *bench)
{
    scanner_free(bench->scanner);
    buf_done(&bench->out);
}

#define CLEANUP_BENCH CLEANUP(stop)

static void report_of(struct bench *bench, size_t length, const char *aim, const char *data, bool continued)
{
    uint8_t report[REPORT_SIZE] = {2, (uint8_t)strlen(data)};
    memcpy(report + 2, aim, strlen(aim));
    memcpy(report + DATA_AT, data, strlen(data));
    report[CONTINUED_AT] = continued;
    bench->now_us += 2000;
    scanner_feed(bench->scanner, report, length, bench->now_us);
}

static void report(struct bench *bench, const char *data, bool continued)
{
    report_of(bench, REPORT_SIZE, "]Q1", data, continued);
}

#define FULL "0123456789012345678901234567890123456789012345678901234=" /* 56 bytes */

static void test_scans(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, pos_descriptor, sizeof(pos_descriptor));
    report(&bench, "", false);
    report(&bench, "A", false);
    report_of(&bench, REPORT_SIZE, "", "no aim", false);
    report_of(&bench, REPORT_SIZE, "]C", "half an aim", false);
    report_of(&bench, REPORT_SIZE, "Q1x", "not an aim", false);
    report(&bench, FULL, true);
    report(&bench, FULL, true);
    report(&bench, "end", false);
    report(&bench, FULL, false);
    report(&bench, "", false);
    report(&bench, FULL, true);
    report(&bench, "", false);
    report(&bench, "crlf\r\n", false);
    report(&bench, "cr\r\r", false);
    report(&bench, "\r\n", false); /* a kind of code and no code */
    assert_string_equal(buf_text(&bench.out), "[]Q1A][no aim][half an aim][not an aim][]Q1" FULL FULL "end][]Q1" FULL
                                              "][]Q1" FULL "][]Q1crlf][]Q1cr\r]");
    assert_true(scanner_deadline(bench.scanner) == INT64_MAX);
}

static void test_reports_cut_short(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, pos_descriptor, sizeof(pos_descriptor));
    report_of(&bench, DATA_AT + 3, "]Q1", "abc", true); /* all of its data came; no flag says that it goes on */
    for (size_t length = 0; length < 2; length++)
        report_of(&bench, length, "]Q1", "abc", false);
    assert_string_equal(buf_text(&bench.out), "[]Q1abc]");
    for (size_t length = 2; length < DATA_AT + 3; length++) {
        buf_clear(&bench.out);
        report_of(&bench, length, "]Q1", "abc", false);
        assert_true(buf_text(&bench.out)[0] == '<');
        assert_null(strchr(buf_text(&bench.out), '['));
    }
}

/* The rest of a scan of which one report is wrong must not pass for a scan. */
static void test_a_wrong_count_spoils_the_whole_scan(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, pos_descriptor, sizeof(pos_descriptor));
    uint8_t wrong[REPORT_SIZE] = {2, DATA_SIZE + 1, ']', 'Q', '1', 'x', [CONTINUED_AT] = 1};
    scanner_feed(bench.scanner, wrong, sizeof(wrong), 0);
    report(&bench, "rest", true);
    report(&bench, "end", false);
    assert_string_equal(buf_text(&bench.out), "<66>");
    scanner_feed(bench.scanner, wrong, sizeof(wrong), bench.now_us);
    scanner_tick(bench.scanner, bench.now_us + 1000000);
    report(&bench, "next", false);
    assert_string_equal(buf_text(&bench.out), "<66><59>[]Q1next]");
}

static void test_silence_and_unplug(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, pos_descriptor, sizeof(pos_descriptor));
    report(&bench, "half", true);
    scanner_tick(bench.scanner, bench.now_us + 999999);
    assert_string_equal(buf_text(&bench.out), "");
    scanner_tick(bench.scanner, bench.now_us + 1000000);
    report(&bench, "half", true);
    scanner_reset(bench.scanner);
    report(&bench, "whole", false);
    assert_string_equal(buf_text(&bench.out), "<7><7>[]Q1whole]");
}

static void test_other_reports(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, pos_descriptor, sizeof(pos_descriptor));
    uint8_t other[REPORT_SIZE] = {1, 3, ']', 'Q', '1', 'x', 'y', 'z'};
    report(&bench, "a", true);
    scanner_feed(bench.scanner, other, sizeof(other), bench.now_us);
    scanner_feed(bench.scanner, other, 0, bench.now_us);
    report(&bench, "b", false);
    assert_string_equal(buf_text(&bench.out), "[]Q1ab]");
}

/* Longer than any code: the bytes are counted, not kept. */
static void test_too_long(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, pos_descriptor, sizeof(pos_descriptor));
    for (int i = 0; i < 100; i++)
        report(&bench, FULL, i < 99);
    assert_string_equal(buf_text(&bench.out), "<5603>");
}

static void test_bytes(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, pos_descriptor, sizeof(pos_descriptor));
    report(&bench, "\xBB\xF5\xCE\xBB-03", false); /* GB18030 */
    report(&bench, "\xE8\xB4\xA7\xE4\xBD", true); /* UTF-8, cut inside a character */
    report(&bench, "\x8D", false);
    report(&bench, "\xFF\xFF", false);
    const uint8_t zero[REPORT_SIZE] = {2, 2, 0, 0, 0, 'a', 0};
    scanner_feed(bench.scanner, zero, sizeof(zero), bench.now_us);
    assert_string_equal(buf_text(&bench.out), "[]Q1货位-03]converted[]Q1货位]<5>[a0]");
}

static void test_without_numbers_and_count(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, pos_small_descriptor, sizeof(pos_small_descriptor));
    static const struct {
        const char *bytes;
        size_t length;
    } reports[] = {{"abc\0\0\0\0\0\0", 9},
                   {"12345678\1", 9},
                   {"9\0\0\0\0\0\0\0\0", 9},
                   {"12345678\0", 9},
                   {"\0\0\0\0\0\0\0\0\0", 9},
                   {"a\0b\0", 4},
                   {"short", 5},
                   {"12345678", 8}};
    for (size_t i = 0; i < COUNT(reports); i++)
        scanner_feed(bench.scanner, reports[i].bytes, reports[i].length, 0);
    assert_string_equal(buf_text(&bench.out), "[abc][123456789][12345678][a0b][short][12345678]");
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    assert_false(scanner_beeps(bench.scanner));
}

static void test_answers(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, pos_descriptor, sizeof(pos_descriptor));
    assert_true(scanner_beeps(bench.scanner));
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    scanner_answer(bench.scanner, SCAN_REFUSED);
    scanner_answer(bench.scanner, SCAN_NOT_SAVED);
    assert_string_equal(buf_text(&bench.out), "(0440)(0420)(0420)");
}

static void test_answer_without_a_way(void **state)
{
    (void)state;
    const struct scanner_settings settings = {.descriptor = pos_descriptor,
                                              .descriptor_length = sizeof(pos_descriptor)};
    const struct scan_sink sink = {on_scan, on_aborted, NULL, NULL};
    struct scanner *scanner CLEANUP(scanner_free_p) = NULL;
    assert_int_equal(scanner_new("hid-pos", &settings, &sink, &scanner, NULL), 0);
    assert_false(scanner_beeps(scanner));
    scanner_answer(scanner, SCAN_ACCEPTED);
}

/* Where else a descriptor may put things: each reads "AB" out of its report, and answers as it says. */
static void test_other_layouts(void **state)
{
    (void)state;
    static const uint8_t one_field[] = {
        /* identifier and data in one field, by a range; beeps as selectors, unnumbered */
        0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x07, 0x19, 0xFB,
        0x29, 0xFE, 0x81, 0x02, 0x15, 0x01, 0x25, 0x02, 0x19, 0x85, 0x29, 0x86, 0x95, 0x01, 0x91, 0x00, 0xC0};
    static const uint8_t listed[] = {/* the same by a list, the last with its page; only one beep */
                                     0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75,
                                     0x08, 0x95, 0x07, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x0B, 0xFE, 0x00,
                                     0x8C, 0x00, 0x81, 0x02, 0x09, 0x86, 0x95, 0x01, 0x91, 0x02, 0xC0};
    static const uint8_t one_number[] = {/* data as one long number, after three bytes */
                                         0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x15, 0x00, 0x75, 0x18, 0x95,
                                         0x01, 0x81, 0x03, 0x75, 0x20, 0x09, 0xFE, 0x81, 0x02, 0xC0};
    static const struct {
        const uint8_t *descriptor;
        size_t length;
        const char *out;
    } cases[] = {{one_field, sizeof(one_field), "[]Q1AB](02)(01)"},
                 {listed, sizeof(listed), "[]Q1AB]"},
                 {one_number, sizeof(one_number), "[AB]"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench CLEANUP_BENCH;
        start(&bench, cases[i].descriptor, cases[i].length);
        scanner_feed(bench.scanner, "]Q1AB\0\0", 7, 0);
        scanner_answer(bench.scanner, SCAN_ACCEPTED);
        scanner_answer(bench.scanner, SCAN_REFUSED);
        assert_string_equal(buf_text(&bench.out), cases[i].out);
    }
}

static int try(const uint8_t *descriptor, size_t length, struct error *error)
{
    const struct scanner_settings settings = {.descriptor = descriptor, .descriptor_length = length};
    const struct scan_sink sink = {on_scan, on_aborted, NULL, NULL};
    struct scanner *scanner CLEANUP(scanner_free_p) = NULL;
    return scanner_new("hid-pos", &settings, &sink, &scanner, error);
}

static void test_bad_settings(void **state)
{
    (void)state;
    static const uint8_t mouse[] = {0x05, 0x01, 0x09, 0x02, 0xA1, 0x01, 0x75, 0x08, 0x95, 0x03, 0x81, 0x02, 0xC0};
    static const uint8_t half_bytes[] = {0x05, 0x8C, 0x75, 0x04, 0x95, 0x08, 0x09, 0xFE, 0x81, 0x02};
    struct error error;
    assert_int_equal(try(NULL, 0, &error), -EINVAL);
    assert_non_null(strstr(error.text, "give the descriptor"));
    assert_int_equal(try(mouse, sizeof(mouse), &error), -EINVAL);
    assert_non_null(strstr(error.text, "set the scanner to HID POS"));
    assert_int_equal(try(half_bytes, sizeof(half_bytes), &error), -EINVAL);
    assert_int_equal(try(pos_descriptor, sizeof(pos_descriptor) - 1, &error), -EINVAL);
    assert_non_null(strstr(error.text, "inside a collection"));
}

/* Reports of any bytes and any length harm nobody, and what comes out is text. */
static void test_garbage(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench, pos_descriptor, sizeof(pos_descriptor));
    uint32_t random = 42;
    for (int i = 0; i < 20000; i++) {
        random = random * 1664525u + 1013904223u;
        size_t length = random >> 8 & 127;
        uint8_t *bytes = malloc(length + 1);
        for (size_t j = 0; j < length; j++) {
            random = random * 1664525u + 1013904223u;
            bytes[j] = (uint8_t)(random >> 24);
        }
        bytes[0] = random & 0x800 ? 2 : bytes[0];
        scanner_feed(bench.scanner, bytes, length, i * INT64_C(1000));
        scanner_answer(bench.scanner, (enum scan_verdict)(i % 3));
        free(bytes);
        buf_clear(&bench.out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scans),
        cmocka_unit_test(test_reports_cut_short),
        cmocka_unit_test(test_a_wrong_count_spoils_the_whole_scan),
        cmocka_unit_test(test_silence_and_unplug),
        cmocka_unit_test(test_other_reports),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_without_numbers_and_count),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_answer_without_a_way),
        cmocka_unit_test(test_other_layouts),
        cmocka_unit_test(test_bad_settings),
        cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
