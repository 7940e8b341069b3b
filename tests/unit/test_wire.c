/* The messages between a site and head office: what goes out comes back the same, and what breaks a limit is refused
 * with its own sentence. Does not test who sends what when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "keep.h"
#include "sync/wire/control.h"
#include "sync/wire/line.h"
#include "sync/wire/topic.h"
#include "sync/wire/types.h"
#include "wire_golden.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_OF(sequence, data)                                                                                        \
    "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"//floorhand/site/"                                             \
    "hz-07\",\"type\":\"io.floorhand.pick.line.v1\","                                                                  \
    "\"subject\":\"order/1\",\"time\":\"2026-03-04T09:15:22.481Z\",\"sequence\":\"" sequence "\",\"data\":" data "}"

static const char good_line[] = LINE_OF("0000000003-0000000000018842", "{\"sku\":\"茶-1\",\"qty\":2}");

static void line_is_read(void **state)
{
    (void)state;
    CLEANUP_LINE struct wire_line line = {0};
    assert_int_equal(wire_line_parse(good_line, strlen(good_line), &line, NULL), 0);
    assert_int_equal(line.epoch, 3);
    assert_int_equal(line.seq, 18842);
    assert_string_equal(line.type, "pick.line");
    assert_string_equal(line.id, "a");
    assert_string_equal(line.source, "//floorhand/site/hz-07");
    assert_string_equal(line.subject, "order/1");
    assert_string_equal(line.time, "2026-03-04T09:15:22.481Z");
    assert_int_equal(json_integer_value(json_object_get(line.data, "qty")), 2);
    assert_ptr_equal(line.text, good_line);
    assert_int_equal(line.length, strlen(good_line));
}

static void bad_lines_are_refused_each_with_its_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } cases[] = {
        {"{\"a\":1", "not JSON"},
        {"[1]", "not a JSON object"},
        {"{\"a\":\"\xC3\x28\"}", "not valid UTF-8"},
        {"{\"a\":\"\\u0000\"}", "not JSON"},
        {"{\"a\":1,\"a\":2}", "duplicate"},
        {"{\"a\":1}\n{\"a\":1}", "line break inside"},
        {"{\"a\":99999999999999999999}", "not JSON"},
        {"{}", "no text \"specversion\""},
        {LINE_OF("0000000003-0000000000018842", "{\"weight\":1.5}"), "fraction"},
        {LINE_OF("0000000003-0000000000018842", "{\"weight\":1e3}"), "fraction"},
        {LINE_OF("0000000003-0000000000018842", "[[[[[[[[1]]]]]]]]"), "deeper than 8"},
        {LINE_OF("0000000003-0000000000018842", "[]"), "no object \"data\""},
        {LINE_OF("3-18842", "{}"), "ten digits"},
        {LINE_OF("0000000003-000000000001884x", "{}"), "ten digits"},
        {LINE_OF("0000000003-0000000000000000", "{}"), "out of range"},
        {LINE_OF("4294967296-0000000000000001", "{}"), "out of range"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct wire_line line;
        struct error error = {0};
        assert_int_equal(wire_line_parse(cases[i].line, strlen(cases[i].line), &line, &error), -EBADMSG);
        if (!strstr(error.text, cases[i].says))
            fail_msg("%s -> %s", cases[i].line, error.text);
    }
}

/* A valid line of exactly this many bytes. */
static void put_line_of_size(struct buf *out, size_t size, int64_t seq)
{
    char sequence[WIRE_SEQUENCE_SIZE];
    wire_sequence_write(sequence, 3, seq);
    size_t start = out->length;
    buf_printf(
        out,
        "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"s\",\"type\":\"t\",\"sequence\":\"%s\",\"data\":{\"x\":\"",
        sequence);
    while (out->length - start < size - 3)
        buf_putc(out, 'x');
    buf_puts(out, "\"}}");
}

static void line_may_be_64_kib_and_no_more(void **state)
{
    (void)state;
    for (size_t over = 0; over < 2; over++) {
        CLEANUP_BUF struct buf text = {0};
        CLEANUP_LINE struct wire_line line = {0};
        struct error error = {0};
        put_line_of_size(&text, WIRE_LINE_MAX + over, 1);
        assert_int_equal(text.length, WIRE_LINE_MAX + over);
        assert_int_equal(wire_line_parse(text.data, text.length, &line, &error), over ? -EMSGSIZE : 0);
        if (over)
            assert_non_null(strstr(error.text, "longer than 65536 bytes"));
    }
}

static int64_t walk(const struct buf *bytes, int *ret_result, struct error *error)
{
    struct wire_segment segment = {.at = buf_text(bytes), .left = bytes->length};
    int64_t last = 0;
    struct wire_line line;
    while ((*ret_result = wire_segment_next(&segment, &line, error)) == 1) {
        last = line.seq;
        wire_line_done(&line);
    }
    return last;
}

static void segment_is_walked_in_order(void **state)
{
    (void)state;
    static const struct {
        int64_t seqs[4];
        const char *after; /* put behind the lines */
        int result;
        int64_t last;
        const char *says;
    } cases[] = {
        {{0}, "", 0, 0, ""},
        {{7}, "", 0, 7, ""},
        {{7, 8, 9}, "", 0, 9, ""},
        {{7, 9}, "", -EBADMSG, 7, "from number 7 to 9"},
        {{7, 7}, "", -EBADMSG, 7, "from number 7 to 7"},
        {{7, 8}, "{", -EBADMSG, 8, "no line break at its end"},
        {{7, 8}, "\n", -EBADMSG, 8, "not JSON"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf bytes = {0};
        struct error error = {0};
        int result;
        for (const int64_t *seq = cases[i].seqs; *seq; seq++) {
            put_line_of_size(&bytes, 200, *seq);
            buf_putc(&bytes, '\n');
        }
        buf_puts(&bytes, cases[i].after);
        assert_int_equal(walk(&bytes, &result, &error), cases[i].last);
        assert_int_equal(result, cases[i].result);
        if (!strstr(error.text, cases[i].says))
            fail_msg("case %zu: %s", i, error.text);
    }
}

/* Lines that go out again keep the epoch they were written in: it may rise on the way, and never fall. */
static void epochs_rise_within_a_segment(void **state)
{
    (void)state;
    static const struct {
        const char *second;
        int result;
    } cases[] = {{"0000000003-0000000000000002", 1},
                 {"0000000004-0000000000000002", 1},
                 {"0000000002-0000000000000002", -EBADMSG},
                 {"0000000004-0000000000000001", -EBADMSG}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf bytes = {0};
        struct error error = {0};
        struct wire_line line;
        put_line_of_size(&bytes, 200, 1);
        buf_printf(&bytes,
                   "\n{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"s\",\"type\":\"t\",\"sequence\":\"%s\","
                   "\"data\":{}}\n",
                   cases[i].second);
        struct wire_segment segment = {.at = buf_text(&bytes), .left = bytes.length};
        assert_int_equal(wire_segment_next(&segment, &line, &error), 1);
        wire_line_done(&line);
        int result = wire_segment_next(&segment, &line, &error);
        assert_int_equal(result, cases[i].result);
        if (result == 1)
            wire_line_done(&line);
    }
}

static void segment_limits_hold(void **state)
{
    (void)state;
    static const struct {
        int64_t lines;
        size_t size;
        int result;
        int64_t last;
    } cases[] = {
        {200, 200, 0, 200},
        {201, 200, -EMSGSIZE, 200},
        {16, WIRE_LINE_MAX - 1, 0, 16},
        {16, WIRE_LINE_MAX, -EMSGSIZE, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf bytes = {0};
        struct error error;
        int result;
        for (int64_t seq = 1; seq <= cases[i].lines; seq++) {
            put_line_of_size(&bytes, cases[i].size, seq);
            buf_putc(&bytes, '\n');
        }
        assert_int_equal(walk(&bytes, &result, &error), cases[i].last);
        assert_int_equal(result, cases[i].result);
    }
}

static void topics_come_back(void **state)
{
    (void)state;
    for (int channel = WIRE_UP_SEGMENT; channel <= WIRE_OFFICE_STATUS; channel++) {
        char text[WIRE_TOPIC_SIZE];
        struct wire_topic topic;
        wire_topic_write(text, (enum wire_channel)channel, "hz-07", "box-7f3a");
        assert_int_equal(wire_topic_parse(text, &topic), 0);
        assert_int_equal(topic.channel, channel);
        if (channel != WIRE_OFFICE_STATUS) {
            assert_int_equal(topic.shard, wire_shard("hz-07"));
            assert_string_equal(topic.box, "box-7f3a");
        }
    }
    assert_int_equal(wire_shard("123456789"), 0xCBF43926 & 63); /* the check value of CRC-32 */
    char longest[WIRE_TOPIC_SIZE];
    struct wire_topic topic;
    wire_topic_write(longest, WIRE_DOWN_SEGMENT, "hz-07", "abcdefghijklmnopqrstuvwxyz012345");
    assert_int_equal(wire_topic_parse(longest, &topic), 0);
}

static void other_topics_are_refused(void **state)
{
    (void)state;
    static const char *const topics[] = {
        "",
        "fh1",
        "fh1/",
        "fh2/2e/box-1/st",
        "fh1/2e/box-1",
        "fh1/2e/box-1/",
        "fh1/2e/box-1/up",
        "fh1/2e/box-1/up/seg/x",
        "fh1/2e/b1/st",
        "fh1/2e/BOX-1/st",
        "fh1/2e/+/st",
        "fh1/2E/box-1/st",
        "fh1/40/box-1/st",
        "fh1/2/box-1/st",
        "fh1/2ee/box-1/st",
        "fh1/2e/abcdefghijklmnopqrstuvwxyz0123456/st",
        "fh1/hq/st/x",
    };
    for (size_t i = 0; i < COUNT(topics); i++) {
        struct wire_topic topic;
        assert_int_equal(wire_topic_parse(topics[i], &topic), -EBADMSG);
    }
    assert_true(wire_site_ok("hz"));
    assert_false(wire_site_ok("h"));
    assert_false(wire_site_ok("hz/7"));
    assert_false(wire_box_ok("ab"));
}

#define NONCE "k3v7q2m9x4c8b1n6z5t0r2w7ya"
#define GEN   "00000000000000000000000000"

#define HASH  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define BOARD "00112233445566778899aabbccddeeff"

static const struct wire_control controls[] = {
    {WIRE_HELLO, .site = "hz-07", .box = "box-7f3a", .nonce = NONCE, .gen = GEN, .hardware = BOARD, .epoch = 3,
     .last_seq = 9, .feed_seq = 4, .feed_hash = HASH, .boot = 2, .schema = 1, .applied = 8},
    {WIRE_FACK, .site = "hz-07", .gen = GEN, .seq = INT64_C(9999999999999999)},
    {WIRE_WELCOME, .site = "hz-07", .nonce = NONCE, .gen = GEN, .epoch = 4294967295, .applied = 7, .applied_hash = HASH,
     .durable_epoch = 2, .durable_seq = 6, .durable_feed = 3, .schema = 1, .feed_head = 5, .feed_base = -1,
     .feed_hash = HASH, .window = 4, .segment_max = 200, .linger_ms = 50, .now_ms = 1772615722481},
    {WIRE_ACK, .site = "hz-07", .gen = GEN, .epoch = 3, .applied = 0, .applied_hash = HASH},
    {WIRE_OFFICE, .gen = GEN, .online = true, .since = "2026-03-04T09:15:22.481Z"},
    {WIRE_PRESENCE, .site = "hz-07", .online = false},
    {WIRE_PROBE, .site = "hz-07", .nonce = NONCE, .epoch = 3, .last_seq = 9, .oldest = 2,
     .marks = {.count = 2, .at = {{3, 9, {9}}, {2, 4, {4}}}}},
    {WIRE_PROBE, .site = "hz-07", .nonce = NONCE, .epoch = 3, .last_seq = 9, .oldest = 1,
     .feed_marks = {.count = 1, .at = {{0, 4, {7}}}}},
    {WIRE_GRANT, .site = "hz-07", .nonce = NONCE, .epoch = 4, .base_epoch = 3, .base_seq = 8, .base_hash = HASH,
     .grant_nonce = GEN},
    {WIRE_FENCE, .site = "hz-07", .epoch = 3, .code = WIRE_FENCE_CLONE, .retry_s = 60},
    {WIRE_SNAP_ASK, .site = "hz-07", .nonce = NONCE, .seq = 0, .snap = WIRE_NO_SNAP},
    {WIRE_SNAP_OFFER, .site = "hz-07", .nonce = NONCE, .gen = GEN, .epoch = 4, .applied = 9, .applied_hash = HASH,
     .snap = NONCE, .lines = 3, .lines_hash = HASH},
    /* As long as they get. */
    {WIRE_PROBE, .site = "abcdefghijklmnopqrstuvwxyz012345", .nonce = NONCE, .epoch = 4294967295,
     .last_seq = INT64_C(9999999999999999), .oldest = INT64_C(9999999999999999), .marks.count = WIRE_MARKS_MAX,
     .feed_marks.count = WIRE_MARKS_MAX},
};

static bool is_signed(const struct wire_control *control)
{
    return control->kind != WIRE_OFFICE && control->kind != WIRE_PRESENCE;
}

static struct wire_key some_key(uint64_t seed)
{
    struct random_seeded seeded = {seed};
    struct random_source random = random_from_seed(&seeded);
    struct wire_key key;
    wire_key_new(&key, &random);
    return key;
}

static void put_control(struct buf *out, const struct wire_control *control)
{
    struct random_seeded seeded = {1};
    struct random_source random = random_from_seed(&seeded);
    const struct wire_key key = some_key(2);
    wire_control_write(out, control, &random);
    if (is_signed(control))
        wire_control_sign(out, &key);
    keep_line("control", out->data, out->length);
    assert_false(out->failed);
}

static void controls_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(controls); i++) {
        CLEANUP_BUF struct buf text = {.max = WIRE_CONTROL_MAX};
        CLEANUP_BUF struct buf again = {.max = WIRE_CONTROL_MAX};
        struct wire_control back;
        struct error error = {0};
        put_control(&text, &controls[i]);
        if (wire_control_parse(text.data, text.length, &back, &error) != 0)
            fail_msg("%s: %s", text.data, error.text);
        assert_int_equal(back.kind, controls[i].kind);
        assert_string_equal(back.site, controls[i].site);
        put_control(&again, &back);
        assert_string_equal(again.data, text.data);
    }
}

/* What a message says at every place counts, its ends too; and it names its key, which only the reader judges. */
static void a_signature_covers_every_byte(void **state)
{
    (void)state;
    const struct wire_key key = some_key(2);
    for (size_t i = 0; i < COUNT(controls) - 1; i++) {
        CLEANUP_BUF struct buf text = {0};
        uint8_t said[WIRE_PUBLIC_KEY];
        put_control(&text, &controls[i]);
        if (!is_signed(&controls[i])) {
            assert_int_equal(wire_control_verify(text.data, text.length, said, NULL), -EBADMSG);
            continue;
        }
        assert_int_equal(wire_control_verify(text.data, text.length, said, NULL), 0);
        assert_memory_equal(said, wire_key_public(&key), sizeof(said));
        for (size_t at = 0; at < text.length; at++) {
            text.data[at] ^= 1;
            if (wire_control_verify(text.data, text.length, said, NULL) == 0)
                fail_msg("message %zu may be changed at byte %zu", i, at);
            text.data[at] ^= 1;
        }
        for (size_t cut = 1; cut < 300; cut++)
            assert_int_equal(wire_control_verify(text.data, text.length - cut, said, NULL), -EBADMSG);
    }
}

static void golden_fill(void *user, void *bytes, size_t size)
{
    size_t length;
    (void)user;
    assert_int_equal(text_from_hex(golden_seed, strlen(golden_seed), bytes, size, &length), 0);
}

/* What another program makes of the same seed and text. */
static void keys_and_signatures_are_those_of_another_program(void **state)
{
    (void)state;
    const struct random_source random = {.fill = golden_fill};
    CLEANUP_BUF struct buf text = {0};
    uint8_t id[WIRE_KEY_ID], expected[1024];
    struct wire_key key;
    size_t length;
    wire_key_new(&key, &random);
    assert_int_equal(text_from_hex(golden_public_key, strlen(golden_public_key), expected, sizeof(expected), &length),
                     0);
    assert_memory_equal(wire_key_public(&key), expected, WIRE_PUBLIC_KEY);
    wire_key_id(id, wire_key_public(&key));
    assert_int_equal(text_from_hex(golden_key_id, strlen(golden_key_id), expected, sizeof(expected), &length), 0);
    assert_memory_equal(id, expected, sizeof(id));
    buf_puts(&text, "{\"type\":\"io.floorhand.sync.fack.v1\",\"data\":{\"seq\":4}}");
    wire_control_sign(&text, &key);
    assert_int_equal(text_from_hex(control_signed, strlen(control_signed), expected, sizeof(expected), &length), 0);
    assert_int_equal(text.length, length);
    assert_memory_equal(text.data, expected, length);
}

static void only_a_signature_at_the_end_counts(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf text = {0}, longest = {0};
    uint8_t said[WIRE_PUBLIC_KEY];
    struct error error = {0};
    put_control(&text, &controls[0]);
    buf_put(&longest, text.data, text.length);
    buf_putc(&text, ' ');
    assert_int_equal(wire_control_verify(text.data, text.length, said, &error), -EBADMSG);
    assert_non_null(strstr(error.text, "not signed"));
    assert_int_equal(wire_control_verify("", 0, said, NULL), -EBADMSG);
    assert_int_equal(wire_control_verify("\"}", 2, said, NULL), -EBADMSG);
    while (longest.length <= WIRE_CONTROL_MAX)
        buf_putc(&longest, ' ');
    assert_int_equal(wire_control_verify(longest.data, longest.length, said, NULL), -EMSGSIZE);
    /* A member of that name in the middle is none. */
    CLEANUP_BUF struct buf twice = {0};
    const struct wire_key other = some_key(3);
    put_control(&twice, &controls[0]);
    wire_control_sign(&twice, &other);
    assert_int_equal(wire_control_verify(twice.data, twice.length, said, NULL), 0);
    assert_memory_equal(said, wire_key_public(&other), sizeof(said));
    struct wire_control back;
    assert_int_equal(wire_control_parse(twice.data, twice.length, &back, NULL), -EBADMSG); /* two of one name */
}

/* ---------------------------------------------------------------- keys */

static size_t read_file(const char *path, char *out, size_t capacity)
{
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t length = fread(out, 1, capacity, file);
    fclose(file);
    return length;
}

static void write_file(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    fclose(file);
}

static void a_key_is_made_once_and_for_its_owner_alone(void **state)
{
    (void)state;
    char folder[] = "/tmp/key-XXXXXX", path[64];
    struct wire_key made, again, other = some_key(4);
    struct error error = {0};
    struct stat status;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/site.db.key", folder);
    mode_t mask = umask(0);
    assert_int_equal(wire_key_file(path, &random_system, &made, &error), 0);
    umask(mask);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(wire_key_file(path, &random_system, &again, &error), 0);
    assert_memory_equal(made.secret, again.secret, sizeof(made.secret));
    assert_memory_not_equal(made.secret, other.secret, sizeof(made.secret));
    uint8_t id[WIRE_KEY_ID], other_id[WIRE_KEY_ID];
    wire_key_id(id, wire_key_public(&made));
    wire_key_id(other_id, wire_key_public(&other));
    assert_memory_not_equal(id, other_id, sizeof(id));
    unlink(path);
    rmdir(folder);
}

static void a_damaged_key_is_refused_and_not_replaced(void **state)
{
    (void)state;
    char folder[] = "/tmp/key-XXXXXX", path[64], good[128], text[129];
    struct wire_key key;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/site.db.key", folder);
    assert_int_equal(wire_key_file(path, &random_system, &key, NULL), 0);
    size_t length = read_file(path, good, sizeof(good));
    for (size_t i = 0; i < 5; i++) {
        struct error error = {0};
        memcpy(text, good, length);
        text[length] = 'a';
        if (i == 2)
            text[7] = 'x';
        if (i == 3)
            text[length - 1] = 'a';
        size_t damaged = i == 0 ? 0 : i == 1 ? length - 1 : i == 4 ? length + 1 : length;
        write_file(path, text, damaged);
        assert_int_equal(wire_key_file(path, &random_system, &key, &error), -EBADMSG);
        assert_non_null(strstr(error.text, "site claim"));
        struct stat status;
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_size, damaged); /* it is left as it is */
    }
    unlink(path);
    assert_true(wire_key_file("/tmp/there/is/no/such/folder/key", &random_system, &key, NULL) < 0);
    rmdir(folder);
}

/* Changes the first occurrence of a text in a written message. */
static int parse_changed(const struct wire_control *control, const char *from, const char *to, struct error *error)
{
    CLEANUP_BUF struct buf text = {0};
    CLEANUP_BUF struct buf changed = {0};
    struct wire_control back;
    put_control(&text, control);
    const char *at = strstr(text.data, from);
    assert_non_null(at);
    buf_put(&changed, text.data, (size_t)(at - text.data));
    buf_puts(&changed, to);
    buf_puts(&changed, at + strlen(from));
    return wire_control_parse(changed.data, changed.length, &back, error);
}

static void bad_controls_are_refused_each_with_its_sentence(void **state)
{
    (void)state;
    static const struct {
        size_t control;
        const char *from, *to;
        int result;
        const char *says;
    } cases[] = {
        {6, "[3,9,", "[3,9,9,", -EBADMSG, "[epoch, number, hash]"},
        {6, "[3,9,", "[3,-9,", -EBADMSG, "[epoch, number, hash]"},
        {6, "\"marks\":[[", "\"marks\":[3,[", -EBADMSG, "[epoch, number, hash]"},
        {6, "\"marks\":[[", "\"marks\":[[],[", -EBADMSG, "[epoch, number, hash]"},
        {12, "\"marks\":[[", "\"marks\":[[0,0,\"" HASH "\"],[", -EBADMSG, "at most 24"},
        {0, HASH, "00", -EBADMSG, "\"feed_hash\" as a text of 64"},
        {0, "\"boot\":2", "\"boot\":2,\"more\":\"new in a later version\"", 0, ""},
        {0, "sync.hello.v1", "sync.hullo.v1", -ENOTSUP, "does not know"},
        {0, "sync.hello.v1", "sync.hello.v2", -ENOTSUP, "does not know"},
        {0, "\"specversion\":\"1.0\"", "\"specversion\":\"2.0\"", -EBADMSG, "CloudEvents 1.0"},
        {0, "//floorhand/site/hz-07", "//floorhand/head-office", -EBADMSG, "does not come from a site"},
        {0, "//floorhand/site/hz-07", "//floorhand/site/sh-01", -EBADMSG, "another site"},
        {2, "//floorhand/head-office", "//floorhand/site/hz-07", -EBADMSG, "does not come from head office"},
        {0, "\"box\":\"box-7f3a\"", "\"box\":\"BOX/7\"", -EBADMSG, "box's name"},
        {0, "\"epoch\":3", "\"epoch\":0", -EBADMSG, "\"epoch\" as a whole number from 1"},
        {0, "\"epoch\":3", "\"epoch\":\"3\"", -EBADMSG, "\"epoch\" as a whole number"},
        {0, "\"epoch\":3", "\"epoch\":3.0", -EBADMSG, "fraction"},
        {0, "\"epoch\":3", "\"epoch\":3,\"epoch\":3", -EBADMSG, "duplicate"},
        {0, NONCE, "short", -EBADMSG, "\"nonce\" as a text"},
        {2, "\"window\":4", "\"window\":65", -EBADMSG, "from 1 to 64"},
        {4, "\"online\":true", "\"online\":1", -EBADMSG, "true or false"},
        {4, "\"data\":", "\"Data\":", -EBADMSG, "needs"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error = {0};
        int result = parse_changed(&controls[cases[i].control], cases[i].from, cases[i].to, &error);
        if (result != cases[i].result || !strstr(error.text, cases[i].says))
            fail_msg("case %zu: %d, %s", i, result, error.text);
    }
}

static void control_may_be_8_kib_and_no_more(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf text = {0};
    struct wire_control back;
    put_control(&text, &controls[0]);
    while (text.length < WIRE_CONTROL_MAX)
        buf_putc(&text, ' ');
    assert_int_equal(wire_control_parse(text.data, text.length, &back, NULL), 0);
    buf_putc(&text, ' ');
    assert_int_equal(wire_control_parse(text.data, text.length, &back, NULL), -EMSGSIZE);
}

static void names_have_meanings(void **state)
{
    (void)state;
    size_t length;
    const char *name = wire_type_name("io.floorhand.pick.line.v1", &length);
    assert_int_equal(length, strlen("pick.line"));
    assert_memory_equal(name, "pick.line", length);
    assert_string_equal(wire_type_name("com.example.thing", &length), "com.example.thing");
    assert_int_equal(length, strlen("com.example.thing"));
    assert_non_null(wire_type_meaning("pick.line"));
    assert_non_null(wire_type_meaning("order.cancel"));
    assert_null(wire_type_meaning("pick.lime"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_is_read),
        cmocka_unit_test(bad_lines_are_refused_each_with_its_sentence),
        cmocka_unit_test(line_may_be_64_kib_and_no_more),
        cmocka_unit_test(segment_is_walked_in_order),
        cmocka_unit_test(epochs_rise_within_a_segment),
        cmocka_unit_test(segment_limits_hold),
        cmocka_unit_test(topics_come_back),
        cmocka_unit_test(other_topics_are_refused),
        cmocka_unit_test(controls_come_back),
        cmocka_unit_test(a_signature_covers_every_byte),
        cmocka_unit_test(keys_and_signatures_are_those_of_another_program),
        cmocka_unit_test(only_a_signature_at_the_end_counts),
        cmocka_unit_test(a_key_is_made_once_and_for_its_owner_alone),
        cmocka_unit_test(a_damaged_key_is_refused_and_not_replaced),
        cmocka_unit_test(bad_controls_are_refused_each_with_its_sentence),
        cmocka_unit_test(control_may_be_8_kib_and_no_more),
        cmocka_unit_test(names_have_meanings),
    };
    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
