/* The keyboard decoder's rules, one by one; whole scans are in tests/replay/scanner. */
#include "drivers/scanner/alt_code.h"
#include "drivers/scanner/keyboard_layout.h"
#include "drivers/scanner/scanner.h"

#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SHIFT = 0x02, ALT = 0x04, CTRL = 0x01, ALTGR = 0x40, ENTER = 0x28, TAB = 0x2B };

/* A decoder and what came out of it: "[text]" for a scan, "<length>" for an aborted one. */
struct bench {
    struct scanner *scanner;
    struct buf out;
    int64_t now_us;
};

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    buf_printf(user, flags & SCAN_LOSSY ? "[%.*s]lossy" : "[%.*s]", (int)length, text);
}

static void on_aborted(void *user, size_t length)
{
    buf_printf(user, "<%zu>", length);
}

static void start(struct bench *bench, const struct scanner_settings *settings)
{
    *bench = (struct bench){0};
    const struct scan_sink sink = {on_scan, on_aborted, NULL, &bench->out};
    assert_int_equal(scanner_new("hid-keyboard", settings, &sink, &bench->scanner, NULL), 0);
}

static void stop(struct bench *bench)
{
    scanner_free(bench->scanner);
    buf_done(&bench->out);
}

#define CLEANUP_BENCH CLEANUP(stop)

static void report(struct bench *bench, uint8_t modifiers, uint8_t key)
{
    const uint8_t bytes[8] = {modifiers, 0, key};
    scanner_feed(bench->scanner, bytes, sizeof(bytes), bench->now_us);
}

static void tap(struct bench *bench, uint8_t modifiers, uint8_t key)
{
    report(bench, modifiers, key);
    report(bench, 0, 0);
}

/* Report 1: six keys by list; report 2: modifiers and a bit for each key; report 3: no keys. */
static const uint8_t numbered[] = {
    0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x85, 0x01, 0x05, 0x07, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95,
    0x08, 0x19, 0xE0, 0x29, 0xE7, 0x81, 0x02, 0x75, 0x08, 0x95, 0x06, 0x26, 0xFF, 0x00, 0x19, 0x00, 0x2A,
    0xFF, 0x00, 0x81, 0x00, 0x85, 0x02, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x19, 0xE0, 0x29, 0xE7, 0x81,
    0x02, 0x95, 0x78, 0x19, 0x00, 0x29, 0x77, 0x81, 0x02, 0xC0, 0x05, 0x0C, 0x09, 0x01, 0xA1, 0x01, 0x85,
    0x03, 0x75, 0x10, 0x95, 0x01, 0x26, 0xFF, 0x03, 0x19, 0x00, 0x2A, 0xFF, 0x03, 0x81, 0x00, 0xC0,
};

static void feed_hex(struct bench *bench, const char *hex)
{
    uint8_t bytes[64];
    size_t length;
    assert_int_equal(text_from_hex(hex, strlen(hex), bytes, sizeof(bytes), &length), 0);
    scanner_feed(bench->scanner, bytes, length, bench->now_us);
}

static void test_numbered_reports(void **state)
{
    (void)state;
    static const struct {
        const char *reports[6], *out;
    } cases[] = {
        {{"01 02 04 00 00 00 00 00", "01 00", "01 00 04", "01 00 04 05", "01 00 28"}, "[Aab]"},
        {{"03 04 00", "01 00 04", "03 00 00", "01 00 04 28"}, "[a]"}, /* report 3 lifts no key */
        {{"09 00 04", "04", "", "01 00 1D 28"}, "[z]"},
        {{"02 02 10", "02 00", "02 00 30", "02 00 00 00 00 00 00 01"}, "[Aab]"}, /* a bit each */
        {{"02 00 F0 0F", "02 00 10", "02 00 00 00 00 00 00 01"}, "[a]"},         /* eight at once: rollover */
        {{"01 00 01 01 01 01 01 01", "01 00 04", "01 00 28"}, "[a]"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench CLEANUP_BENCH;
        start(&bench, &(struct scanner_settings){.descriptor = numbered, .descriptor_length = sizeof(numbered)});
        for (size_t j = 0; j < COUNT(cases[i].reports) && cases[i].reports[j]; j++)
            feed_hex(&bench, cases[i].reports[j]);
        assert_string_equal(buf_text(&bench.out), cases[i].out);
    }
}

/* With a descriptor that numbers nothing the reports are a stream of eight bytes each, as without one. */
static void test_unnumbered_descriptor(void **state)
{
    (void)state;
    static const uint8_t plain[] = {0x05, 0x07, 0x75, 0x08, 0x95, 0x06, 0x25, 0x65, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00};
    struct bench bench CLEANUP_BENCH;
    start(&bench, &(struct scanner_settings){.descriptor = plain, .descriptor_length = sizeof(plain)});
    feed_hex(&bench, "02 00 04");
    feed_hex(&bench, "00 00 00 00 00  00 00 28 00 00 00 00 00");
    assert_string_equal(buf_text(&bench.out), "[A]");
}

static void test_bad_descriptors(void **state)
{
    (void)state;
    static const uint8_t mouse[] = {0x05, 0x01, 0x09, 0x02, 0xA1, 0x01, 0x75, 0x08, 0x95, 0x03, 0x81, 0x02, 0xC0};
    const struct scan_sink sink = {.scan = on_scan, .aborted = on_aborted};
    struct scanner_settings settings = {.descriptor = mouse, .descriptor_length = sizeof(mouse)};
    struct scanner *scanner = NULL;
    struct error error;
    assert_int_equal(scanner_new("hid-keyboard", &settings, &sink, &scanner, &error), -EINVAL);
    assert_non_null(strstr(error.text, "not in keyboard mode"));
    settings.descriptor_length--;
    assert_int_equal(scanner_new("hid-keyboard", &settings, &sink, &scanner, &error), -EINVAL);
    assert_non_null(strstr(error.text, "inside a collection"));
    assert_null(scanner);
}

/* What is one key worth in a layout? */
static void test_keys(void **state)
{
    (void)state;
    static const struct {
        const char *layout;
        uint8_t modifiers, key;
        const char *out;
    } cases[] = {
        {"us", 0, 0x04, "[a]"},
        {"us", SHIFT, 0x04, "[A]"},
        {"us", 0x20, 0x04, "[A]"},
        {"us", 0, 0x1D, "[z]"},
        {"us", SHIFT, 0x31, "[|]"},
        {"us", 0, 0x32, "[\\]"},
        {"us", 0, 0x2C, "[ ]"},
        {"us", 0, 0x59, "[1]"},
        {"us", 0, 0x62, "[0]"},
        {"us", 0, 0x63, "[.]"},
        {"us", 0, 0x39, ""},
        {"us", 0, 0x41, ""},
        {"us", CTRL, 0x30, "[\x1d]"},
        {"us", 0x10, 0x30, "[\x1d]"},
        {"us", CTRL, 0x04, "[\x01]"},
        {"us", CTRL, 0x10, ""},
        {"us", CTRL | SHIFT, 0x23, "[\x1e]"},
        {"us", ALT, 0x04, ""},
        {"us", 0x08, 0x04, ""},
        {"uk", SHIFT, 0x1F, "[\"]"},
        {"uk", 0, 0x31, "[#]"},
        {"uk", CTRL, 0x30, "[\x1d]"},
        {"de", 0, 0x1C, "[z]"},
        {"de", 0, 0x1D, "[y]"},
        {"de", 0, 0x38, "[-]"},
        {"de", SHIFT, 0x24, "[/]"},
        {"de", ALTGR, 0x14, "[@]"},
        {"de", CTRL | ALT, 0x14, "[@]"},
        {"de", CTRL | ALTGR, 0x26, "[\x1d]"},
        {"de", CTRL, 0x30, "[\x1d]"},
        {"fr", 0, 0x14, "[a]"},
        {"fr", 0, 0x33, "[m]"},
        {"fr", SHIFT, 0x1E, "[1]"},
        {"fr", CTRL | ALTGR, 0x2D, "[\x1d]"},
        {"", 0, 0x38, "[/]"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench CLEANUP_BENCH;
        struct scanner_settings settings = {0};
        strcpy(settings.layout, cases[i].layout);
        start(&bench, &settings);
        tap(&bench, cases[i].modifiers, cases[i].key);
        tap(&bench, 0, ENTER);
        assert_string_equal(buf_text(&bench.out), cases[i].out);
    }
}

static void test_alt_codes(void **state)
{
    (void)state;
    static const struct {
        const char *digits;
        uint32_t character;
    } cases[] = {{"", 0},          {"29", 29},        {"029", 29},    {"0029", 29},   {"65", 'A'},
                 {"0128", 0x20AC}, {"128", 0xC7},     {"0160", 0xA0}, {"225", 0xDF},  {"0223", 0xDF},
                 {"8364", 0x20AC}, {"20013", 0x4E2D}, {"55296", 0},   {"1114112", 0}, {"99999999999999999999", 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct alt_code code = {0};
        for (const char *digit = cases[i].digits; *digit; digit++)
            alt_code_digit(&code, (unsigned)(*digit - '0'));
        assert_int_equal(alt_code_take(&code), cases[i].character);
        assert_int_equal(alt_code_take(&code), 0);
    }
}

static void test_accents(void **state)
{
    (void)state;
    assert_int_equal(keyboard_layout_compose(U'´', 'e'), U'é');
    assert_int_equal(keyboard_layout_compose(U'`', 'A'), U'À');
    assert_int_equal(keyboard_layout_compose(U'~', 'n'), U'ñ');
    assert_int_equal(keyboard_layout_compose(U'¨', 'y'), U'ÿ');
    assert_int_equal(keyboard_layout_compose(U'^', ' '), U'^');
    assert_int_equal(keyboard_layout_compose(U'^', U'^' | KEY_DEAD), U'^');
    assert_int_equal(keyboard_layout_compose(U'^', U'^'), U'^');
    assert_int_equal(keyboard_layout_compose(U'^', 'x'), 0);
    assert_int_equal(keyboard_layout_compose(U'^', U'é'), 0);
    assert_int_equal(keyboard_layout_compose(U'ˇ', 'c'), 0);
}

static void test_every_layout_is_whole(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct embedded_file *file = keyboard_layouts; file->name; file++, count++) {
        char name[8] = "";
        struct keyboard_layout layout;
        strncpy(name, file->name, strcspn(file->name, "."));
        assert_int_equal(keyboard_layout_load(name, &layout, NULL), 0);
        for (int letter = '0'; letter <= 'z'; letter++) {
            size_t found = 0;
            for (size_t key = 0; key <= KEY_USAGE_MAX; key++)
                for (size_t level = 0; level < 2; level++)
                    found += layout.keys[key][level] == (uint32_t)letter;
            if ((letter <= '9' || letter >= 'A') && (letter <= 'Z' || letter >= 'a'))
                assert_true(found >= 1);
        }
    }
    assert_int_equal(count, 4);
}

static void test_tab_may_be_text(void **state)
{
    (void)state;
    const struct scanner_settings settings = {.tab_is_text = true};
    struct bench bench CLEANUP_BENCH;
    start(&bench, &settings);
    tap(&bench, 0, 0x04);
    tap(&bench, 0, TAB);
    tap(&bench, 0, 0x05);
    tap(&bench, 0, ENTER);
    assert_string_equal(buf_text(&bench.out), "[a\tb]");
}

static void test_too_long_is_counted_and_told_once(void **state)
{
    (void)state;
    const struct scanner_settings settings = {0};
    struct bench bench CLEANUP_BENCH;
    start(&bench, &settings);
    for (int i = 0; i < SCAN_TEXT_MAX + 4; i++)
        tap(&bench, 0, 0x04);
    assert_string_equal(buf_text(&bench.out), "");
    tap(&bench, 0, ENTER);
    assert_string_equal(buf_text(&bench.out), "<4300>");
    tap(&bench, 0, 0x05);
    tap(&bench, 0, ENTER);
    assert_string_equal(buf_text(&bench.out), "<4300>[b]");
}

static void test_gap(void **state)
{
    (void)state;
    const struct scanner_settings settings = {.gap_ms = 50};
    struct bench bench CLEANUP_BENCH;
    start(&bench, &settings);
    assert_int_equal(scanner_deadline(bench.scanner), INT64_MAX);
    report(&bench, 0, 0x04);
    assert_int_equal(scanner_deadline(bench.scanner), 50000);
    bench.now_us = 40000;
    report(&bench, 0, 0); /* a release is no sign of life */
    report(&bench, 0, 0);
    assert_int_equal(scanner_deadline(bench.scanner), 50000);
    scanner_tick(bench.scanner, 49999);
    assert_string_equal(buf_text(&bench.out), "");
    scanner_tick(bench.scanner, 50000);
    assert_string_equal(buf_text(&bench.out), "<1>");
    assert_int_equal(scanner_deadline(bench.scanner), INT64_MAX);
}

/* An accent or half an Alt number must not reach into the scan after the silence. */
static void test_gap_forgets_unfinished_characters(void **state)
{
    (void)state;
    const struct scanner_settings settings = {.layout = "fr"};
    struct bench bench CLEANUP_BENCH;
    start(&bench, &settings);
    tap(&bench, 0, 0x2F);
    report(&bench, ALT, 0x59);
    bench.now_us = 5000000;
    scanner_tick(bench.scanner, bench.now_us);
    report(&bench, 0, 0);
    tap(&bench, 0, 0x08);
    tap(&bench, 0, ENTER);
    assert_string_equal(buf_text(&bench.out), "[e]");
}

static void test_reset_tells_half_a_scan_once(void **state)
{
    (void)state;
    const struct scanner_settings settings = {0};
    struct bench bench CLEANUP_BENCH;
    start(&bench, &settings);
    scanner_reset(bench.scanner);
    tap(&bench, 0, 0x04);
    scanner_feed(bench.scanner, "\0\0", 2, 0); /* and half a report */
    scanner_reset(bench.scanner);
    scanner_reset(bench.scanner);
    tap(&bench, 0, 0x05);
    tap(&bench, 0, ENTER);
    assert_string_equal(buf_text(&bench.out), "<1>[b]");
}

static void test_bad_settings(void **state)
{
    (void)state;
    static const struct {
        const char *driver;
        struct scanner_settings settings;
        const char *says;
    } cases[] = {
        {"hid-keyboard", {.layout = "xx"}, "one of de, fr, uk, us"},
        {"hid-keyboard", {.layout = "../us"}, "one of de, fr, uk, us"},
        {"hid-keyboard", {.gap_ms = -1}, "0 (default) to 60000"},
        {"hid-keyboard", {.gap_ms = 60001}, "0 (default) to 60000"},
        {"serial", {.suffix = "etx"}, "any, cr, lf or crlf"},
        {"camera", {.layout = ""}, "hid-keyboard, hid-pos, serial or ssi"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct scan_sink sink = {.scan = on_scan, .aborted = on_aborted};
        struct scanner *scanner = NULL;
        struct error error = {0};
        assert_int_equal(scanner_new(cases[i].driver, &cases[i].settings, &sink, &scanner, &error), -EINVAL);
        assert_non_null(strstr(error.text, cases[i].says));
        assert_null(scanner);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_alt_codes),
        cmocka_unit_test(test_accents),
        cmocka_unit_test(test_every_layout_is_whole),
        cmocka_unit_test(test_tab_may_be_text),
        cmocka_unit_test(test_too_long_is_counted_and_told_once),
        cmocka_unit_test(test_gap),
        cmocka_unit_test(test_gap_forgets_unfinished_characters),
        cmocka_unit_test(test_reset_tells_half_a_scan_once),
        cmocka_unit_test(test_bad_settings),
        cmocka_unit_test(test_numbered_reports),
        cmocka_unit_test(test_unnumbered_descriptor),
        cmocka_unit_test(test_bad_descriptors),
    };
    return cmocka_run_group_tests_name("hid keyboard", tests, NULL, NULL);
}
