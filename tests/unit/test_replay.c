/* Captures from the field, replayed: tests/replay/{scanner,scale,printer}/NAME.capture beside NAME.golden, what comes
 * of it, one JSON object a line.
 *
 * A capture is text. Settings stand before the first data: "# driver=serial" (of a scanner) or "# protocol=mt-sics" (of
 * a scale or printer), "# layout=de", "# suffix=cr", "# answer=honeywell", "# unit=kg", "# descriptor=HEX" (may repeat
 * to go on). A line of hex is one read. "# wait=1500" lets milliseconds pass (2 pass between lines), "# unplug" takes
 * the device away, "# verdict=accepted", "refused" or "not-saved" answers the oldest scan; any other line with '#' is a
 * remark. After the last line time passes, so that half a message shows. */
#include "base/json.h"
#include "base/text.h"
#include "drivers/printer/printer_status.h"
#include "drivers/scale/scale.h"
#include "drivers/scanner/scanner.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROOT           "tests/replay/"
#define CAPTURES_MIN   150 /* fewer were lost */
#define CAPTURES_MAX   256
#define READ_MAX       8192 /* bytes in a line */
#define LINE_US        ((int64_t)2000)
#define AFTERWARDS_US  ((int64_t)60 * 1000 * 1000)
#define DESCRIPTOR_MAX 4096
#define SETTING_MAX    24

struct settings {
    char name[SETTING_MAX]; /* of the decoder */
    char layout[SETTING_MAX], suffix[SETTING_MAX], answer[SETTING_MAX], unit[SETTING_MAX];
    uint8_t descriptor[DESCRIPTOR_MAX];
    size_t descriptor_length;
};

/* What plays the captures of a folder; what came of them is put into out. Optional: pass, unplug, verdict. */
struct player {
    const char *folder;
    void *(*open)(const struct settings *settings, struct buf *out);
    void (*read)(void *playing, const uint8_t *bytes, size_t length, int64_t now_us);
    void (*pass)(void *playing, int64_t now_us);
    void (*unplug)(void *playing);
    void (*verdict)(void *playing, enum scan_verdict verdict);
    void (*close)(void *playing);
};

struct capture {
    const struct player *player;
    char name[64];
};

/* --------------------------------------------------------------------------------------------------------- scanners */

static void end_line(struct buf *out)
{
    json_close_object(out);
    buf_putc(out, '\n');
}

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    struct buf *out = user;
    json_open_object(out, NULL);
    json_text_n(out, "text", text, length);
    if (flags & SCAN_CONVERTED)
        json_bool(out, "converted", true);
    if (flags & SCAN_LOSSY)
        json_bool(out, "lossy", true);
    end_line(out);
}

static void on_aborted(void *user, size_t length)
{
    struct buf *out = user;
    json_open_object(out, NULL);
    json_int(out, "aborted", (int64_t)length);
    end_line(out);
}

static void on_send(void *user, const void *bytes, size_t length)
{
    struct buf *out = user, hex CLEANUP_BUF = {0};
    for (size_t i = 0; i < length; i++)
        buf_printf(&hex, "%02X", ((const uint8_t *)bytes)[i]);
    json_open_object(out, NULL);
    json_text(out, "sent", buf_text(&hex));
    end_line(out);
}

static void *scanner_open(const struct settings *settings, struct buf *out)
{
    struct scanner_settings scanner_settings = {.descriptor = settings->descriptor_length ? settings->descriptor : NULL,
                                                .descriptor_length = settings->descriptor_length};
    text_copy(scanner_settings.layout, sizeof(scanner_settings.layout), settings->layout);
    text_copy(scanner_settings.suffix, sizeof(scanner_settings.suffix), settings->suffix);
    text_copy(scanner_settings.answer, sizeof(scanner_settings.answer), settings->answer);
    const struct scan_sink sink = {on_scan, on_aborted, on_send, out};
    struct scanner *scanner;
    struct error error;
    if (scanner_new(settings->name, &scanner_settings, &sink, &scanner, &error) < 0)
        fail_msg("%s", error.text);
    return scanner;
}

static void scanner_read(void *playing, const uint8_t *bytes, size_t length, int64_t now_us)
{
    scanner_feed(playing, bytes, length, now_us);
}

static void scanner_pass(void *playing, int64_t now_us)
{
    scanner_tick(playing, now_us);
}

static void scanner_unplug(void *playing)
{
    scanner_reset(playing);
}

static void scanner_verdict(void *playing, enum scan_verdict verdict)
{
    scanner_answer(playing, verdict);
}

static void scanner_close(void *playing)
{
    scanner_free(playing);
}

/* ----------------------------------------------------------------------------------------------------------- scales */

static void on_reading(void *user, const struct scale_reading *reading)
{
    scale_reading_json(reading, user);
    buf_putc(user, '\n');
}

static void *scale_open(const struct settings *settings, struct buf *out)
{
    struct scale_settings scale_settings = {.descriptor = settings->descriptor_length ? settings->descriptor : NULL,
                                            .descriptor_length = settings->descriptor_length};
    text_copy(scale_settings.unit, sizeof(scale_settings.unit), settings->unit);
    const struct scale_sink sink = {on_reading, out};
    struct scale *scale;
    struct error error;
    if (scale_new(settings->name, &scale_settings, &sink, &scale, &error) < 0)
        fail_msg("%s", error.text);
    return scale;
}

static void scale_read(void *playing, const uint8_t *bytes, size_t length, int64_t now_us)
{
    (void)now_us;
    scale_feed(playing, bytes, length);
}

static void scale_unplug(void *playing)
{
    scale_reset(playing);
}

static void scale_close(void *playing)
{
    scale_free(playing);
}

/* --------------------------------------------------------------------------------------------------------- printers */

/* One answer, in however many reads it came. */
struct printer_answer {
    char protocol[SETTING_MAX];
    struct buf bytes, *out;
};

static void *printer_open(const struct settings *settings, struct buf *out)
{
    struct printer_answer *answer = calloc(1, sizeof(*answer));
    assert_non_null(answer);
    text_copy(answer->protocol, sizeof(answer->protocol), settings->name);
    answer->out = out;
    return answer;
}

static void printer_read(void *playing, const uint8_t *bytes, size_t length, int64_t now_us)
{
    (void)now_us;
    buf_put(&((struct printer_answer *)playing)->bytes, bytes, length);
}

static void printer_decode(const struct printer_answer *answer)
{
    const char *bytes = buf_text(&answer->bytes);
    struct printer_status status;
    struct printer_identity identity;
    if (strcmp(answer->protocol, "ieee1284") != 0) {
        assert_int_equal(printer_status_decode(answer->protocol, bytes, answer->bytes.length, &status), 0);
        printer_status_json(&status, NULL, answer->out);
        buf_putc(answer->out, '\n');
    } else if (printer_identity_parse(bytes, answer->bytes.length, &identity) == 0) {
        printer_identity_json(&identity, NULL, answer->out);
        buf_putc(answer->out, '\n');
    }
}

static void printer_close(void *playing)
{
    struct printer_answer *answer = playing;
    printer_decode(answer);
    buf_done(&answer->bytes);
    free(answer);
}

static const struct player players[] = {
    {"scanner", scanner_open, scanner_read, scanner_pass, scanner_unplug, scanner_verdict, scanner_close},
    {"scale", scale_open, scale_read, NULL, scale_unplug, NULL, scale_close},
    {"printer", printer_open, printer_read, NULL, NULL, NULL, printer_close},
};

/* --------------------------------------------------------------------------------------------------------- captures */

static void load(const struct capture *capture, const char *ending, struct buf *ret)
{
    char path[256], block[4096];
    snprintf(path, sizeof(path), ROOT "%s/%s%s", capture->player->folder, capture->name, ending);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s cannot be read", path);
    size_t length;
    while ((length = fread(block, 1, sizeof(block), file)) > 0)
        buf_put(ret, block, length);
    fclose(file);
}

/* The value of "# key=value", NULL when the line is something else. */
static const char *value_of(const char *line, const char *key)
{
    size_t length = strlen(key);
    bool is = strncmp(line, "# ", 2) == 0 && strncmp(line + 2, key, length) == 0 && line[2 + length] == '=';
    return is ? line + 2 + length + 1 : NULL;
}

static void set(const char *line, struct settings *settings)
{
    const struct {
        const char *key;
        char *to;
    } keys[] = {{"driver", settings->name},   {"protocol", settings->name}, {"layout", settings->layout},
                {"suffix", settings->suffix}, {"answer", settings->answer}, {"unit", settings->unit}};
    for (size_t i = 0; i < COUNT(keys); i++) {
        const char *value = value_of(line, keys[i].key);
        if (value)
            assert_true(text_copy(keys[i].to, SETTING_MAX, value));
    }
    const char *hex = value_of(line, "descriptor");
    size_t length = 0;
    if (hex)
        assert_int_equal(text_from_hex(hex, strlen(hex), settings->descriptor + settings->descriptor_length,
                                       DESCRIPTOR_MAX - settings->descriptor_length, &length),
                         0);
    settings->descriptor_length += length;
}

/* Takes the settings off the front of the capture; the rest is what happened. */
static void read_settings(char **capture, struct settings *ret)
{
    while (**capture == '#') {
        char *line = strsep(capture, "\n");
        set(line, ret);
        if (!*capture)
            *capture = line + strlen(line);
    }
    if (!*ret->name)
        fail_msg("the capture names no driver or protocol");
}

struct replay {
    const struct player *player;
    void *playing;
    size_t piece; /* that a read is cut into */
    int64_t now_us;
};

static void answer(const struct replay *replay, const char *name)
{
    static const char *const names[] = {
        [SCAN_ACCEPTED] = "accepted", [SCAN_REFUSED] = "refused", [SCAN_NOT_SAVED] = "not-saved"};
    for (size_t i = 0; i < COUNT(names); i++) {
        if (strcmp(names[i], name) == 0) {
            replay->player->verdict(replay->playing, (enum scan_verdict)i);
            return;
        }
    }
    fail_msg("there is no verdict \"%s\"", name);
}

static void obey(struct replay *replay, const char *line)
{
    const struct player *player = replay->player;
    const char *wait = value_of(line, "wait"), *verdict = value_of(line, "verdict");
    int64_t wait_ms;
    if (wait) {
        assert_int_equal(text_to_int(wait, 1, 600000, &wait_ms), 0);
        replay->now_us += wait_ms * 1000;
        if (player->pass)
            player->pass(replay->playing, replay->now_us);
    } else if (verdict && player->verdict) {
        answer(replay, verdict);
    } else if (strcmp(line, "# unplug") == 0 && player->unplug) {
        player->unplug(replay->playing);
    }
}

static void read_line(struct replay *replay, const char *line)
{
    uint8_t bytes[READ_MAX];
    size_t length = 0;
    if (text_from_hex(line, strlen(line), bytes, sizeof(bytes), &length) < 0)
        fail_msg("this is neither hex nor a remark: %.60s", line);
    replay->now_us += LINE_US;
    for (size_t at = 0; at < length; at += replay->piece) {
        size_t left = length - at;
        replay->player->read(replay->playing, bytes + at, replay->piece < left ? replay->piece : left, replay->now_us);
    }
}

/* HID reports come whole; a keyboard's boot reports are a stream of eight bytes each. */
static bool is_stream(const struct settings *settings)
{
    return settings->descriptor_length == 0 && strcmp(settings->name, "hid-pos") != 0 &&
           strcmp(settings->name, "hid") != 0;
}

static void play(const struct player *player, char *capture, size_t piece, struct buf *out)
{
    struct settings settings = {0};
    read_settings(&capture, &settings);
    struct replay replay = {.player = player, .piece = is_stream(&settings) ? piece : READ_MAX};
    replay.playing = player->open(&settings, out);
    for (char *line; (line = strsep(&capture, "\n"));) {
        if (*line == '#')
            obey(&replay, line);
        else
            read_line(&replay, line);
    }
    if (player->pass)
        player->pass(replay.playing, replay.now_us + AFTERWARDS_US);
    player->close(replay.playing);
}

/* However the bytes are cut, what comes of them is the same. */
static void test_capture(void **state)
{
    const struct capture *capture = *state;
    static const size_t pieces[] = {1, 3, 8, 64, READ_MAX};
    struct buf golden CLEANUP_BUF = {0};
    load(capture, ".golden", &golden);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct buf text CLEANUP_BUF = {0}, out CLEANUP_BUF = {0};
        load(capture, ".capture", &text);
        if (!text.data)
            fail_msg("the capture is empty");
        else
            play(capture->player, text.data, pieces[i], &out);
        assert_string_equal(buf_text(&out), buf_text(&golden));
    }
}

static size_t find_captures(const struct player *player, struct capture *captures, size_t capacity)
{
    struct dirent **entries;
    char folder[64];
    snprintf(folder, sizeof(folder), ROOT "%s", player->folder);
    int count = scandir(folder, &entries, NULL, alphasort);
    size_t found = 0;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name, *ending = strrchr(name, '.');
        if (found < capacity && ending && strcmp(ending, ".capture") == 0) {
            captures[found].player = player;
            text_copy_n(captures[found++].name, sizeof(captures->name), name, (size_t)(ending - name));
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return found;
}

static void test_captures_are_found(void **state)
{
    assert_in_range(*(size_t *)*state, CAPTURES_MIN, CAPTURES_MAX - 1);
}

int main(void)
{
    static struct capture captures[CAPTURES_MAX];
    static struct CMUnitTest tests[CAPTURES_MAX + 1];
    size_t found = 0;
    for (size_t i = 0; i < COUNT(players); i++)
        found += find_captures(&players[i], captures + found, CAPTURES_MAX - found);
    tests[0] = (struct CMUnitTest)cmocka_unit_test_prestate(test_captures_are_found, &found);
    for (size_t i = 0; i < found; i++)
        tests[i + 1] =
            (struct CMUnitTest){.name = captures[i].name, .test_func = test_capture, .initial_state = &captures[i]};
    return _cmocka_run_group_tests("replay", tests, found + 1, NULL, NULL);
}
