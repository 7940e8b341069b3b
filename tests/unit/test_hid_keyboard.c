/* The keyboard decoder's rules, one by one; whole scans are in tests/replay/scanner. */
#include "drivers/scanner/alt_code.h"
#include "drivers/scanner/keyboard_layout.h"
#include "drivers/scanner/scanner.h"

#include "base/buf.h"

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

/* An accent or half an Alt number must not reach into the scan after the silence, even when nobody ticked. */
static void test_gap_forgets_unfinished_characters(void **state)
{
    (void)state;
    const struct scanner_settings settings = {.layout = "fr"};
    struct bench bench CLEANUP_BENCH;
    start(&bench, &settings);
    tap(&bench, 0, 0x2F);
    report(&bench, ALT, 0x59);
    bench.now_us = 5000000;
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
        {"camera", {.layout = ""}, "serial or ssi"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct scan_sink sink = {on_scan, on_aborted, NULL, NULL};
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
    };
    return cmocka_run_group_tests_name("hid keyboard", tests, NULL, NULL);
}
