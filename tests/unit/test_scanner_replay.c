/* Captures of scanners, replayed through the decoders: NAME.hid or NAME.serial beside NAME.golden.
 *
 * NAME.hid has one report per line in hex. "# layout=de" sets the scanner up, "# wait=1500" lets milliseconds pass,
 * "# unplug" takes the scanner away; any other line with '#' is a remark. NAME.serial is bytes as they came.
 * After the last byte time passes, so that half a scan shows. */
#include "base/json.h"
#include "base/text.h"
#include "drivers/scanner/scanner.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER        "tests/replay/scanner"
#define CAPTURES_MAX  128
#define NAME_MAX_SIZE 64

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    struct buf *out = user;
    json_open_object(out, NULL);
    json_text_n(out, "text", text, length);
    if (flags & SCAN_CONVERTED)
        json_bool(out, "converted", true);
    if (flags & SCAN_LOSSY)
        json_bool(out, "lossy", true);
    json_close_object(out);
    buf_putc(out, '\n');
}

static void on_aborted(void *user, size_t length)
{
    struct buf *out = user;
    json_open_object(out, NULL);
    json_int(out, "aborted", (int64_t)length);
    json_close_object(out);
    buf_putc(out, '\n');
}

static void load(const char *name, const char *ending, struct buf *ret)
{
    char path[256], block[4096];
    snprintf(path, sizeof(path), FOLDER "/%.*s%s", (int)strcspn(name, "."), name, ending);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s cannot be read", path);
    size_t length;
    while ((length = fread(block, 1, sizeof(block), file)) > 0)
        buf_put(ret, block, length);
    fclose(file);
}

static struct scanner *new_scanner(const char *driver, const char *layout, struct buf *out)
{
    struct scanner_settings settings = {0};
    snprintf(settings.layout, sizeof(settings.layout), "%s", layout);
    const struct scan_sink sink = {.scan = on_scan, .aborted = on_aborted, .user = out};
    struct scanner *scanner;
    struct error error;
    if (scanner_new(driver, &settings, &sink, &scanner, &error) < 0)
        fail_msg("%s", error.text);
    return scanner;
}

/* A remark of a .hid file that does something; false for any other. */
static bool obey(const char *line, struct scanner *scanner, int64_t *now_us)
{
    int64_t wait_ms;
    if (strncmp(line, "# wait=", 7) == 0 && text_to_int(line + 7, 1, 60000, &wait_ms) == 0) {
        *now_us += wait_ms * 1000;
        scanner_tick(scanner, *now_us);
    } else if (strcmp(line, "# unplug") == 0) {
        scanner_reset(scanner);
    }
    return line[0] == '#';
}

static void replay_hid(char *capture, size_t piece, struct buf *out)
{
    char layout[8] = "us";
    sscanf(capture, "# layout=%7s", layout);
    struct scanner *scanner CLEANUP(scanner_free_p) = new_scanner("hid-keyboard", layout, out);
    int64_t now_us = 0;
    char *rest = capture;
    for (char *line; (line = strsep(&rest, "\n"));) {
        uint8_t report[8];
        size_t length = 0;
        if (!*line || obey(line, scanner, &now_us))
            continue;
        assert_int_equal(text_from_hex(line, strlen(line), report, sizeof(report), &length), 0);
        assert_int_equal(length, sizeof(report));
        now_us += 2000;
        for (size_t at = 0; at < length; at += piece)
            scanner_feed(scanner, report + at, piece < length - at ? piece : length - at, now_us);
    }
    scanner_tick(scanner, now_us + 60000000);
}

static void replay_serial(const char *bytes, size_t length, size_t piece, struct buf *out)
{
    struct scanner *scanner CLEANUP(scanner_free_p) = new_scanner("serial", "", out);
    for (size_t at = 0; at < length; at += piece)
        scanner_feed(scanner, bytes + at, piece < length - at ? piece : length - at, (int64_t)at);
    scanner_tick(scanner, (int64_t)length + 60000000);
}

/* However the bytes are cut, the scans are the same. */
static void test_capture(void **state)
{
    const char *name = *state;
    static const size_t pieces[] = {1, 3, 8, 64, SIZE_MAX / 2};
    struct buf golden CLEANUP_BUF = {0};
    load(name, ".golden", &golden);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct buf capture CLEANUP_BUF = {0}, out CLEANUP_BUF = {0};
        bool hid = strstr(name, ".hid");
        load(name, hid ? ".hid" : ".serial", &capture);
        if (hid)
            replay_hid(capture.data, pieces[i], &out);
        else
            replay_serial(buf_text(&capture), capture.length, pieces[i], &out);
        assert_string_equal(buf_text(&out), buf_text(&golden));
    }
}

static size_t find_captures(char names[CAPTURES_MAX][NAME_MAX_SIZE])
{
    struct dirent **entries;
    int count = scandir(FOLDER, &entries, NULL, alphasort);
    size_t found = 0;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name, *ending = strrchr(name, '.');
        if (found < CAPTURES_MAX && ending && (strcmp(ending, ".hid") == 0 || strcmp(ending, ".serial") == 0))
            text_copy(names[found++], NAME_MAX_SIZE, name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return found;
}

static void test_captures_are_found(void **state)
{
    assert_true(*(size_t *)*state >= 12);
}

int main(void)
{
    static char names[CAPTURES_MAX][NAME_MAX_SIZE];
    struct CMUnitTest tests[CAPTURES_MAX + 1] = {0};
    size_t found = find_captures(names);
    tests[0] = (struct CMUnitTest)cmocka_unit_test_prestate(test_captures_are_found, &found);
    for (size_t i = 0; i < found; i++)
        tests[i + 1] = (struct CMUnitTest){.name = names[i], .test_func = test_capture, .initial_state = names[i]};
    return _cmocka_run_group_tests("scanner replay", tests, found + 1, NULL, NULL);
}
