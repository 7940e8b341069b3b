/* What line noise, lost bytes and garbage may never do to the Simple Serial Interface: make a scan of their own, take
 * one apart, or keep the next from being read. */
#include "ssi_bench.h"

/* What a decoder that does not wait for answers sends, so that every lost byte may be the one that matters most. */
static void put_stream(struct buf *stream)
{
    put_data(stream, CODE_128, 0, "LOC-A01");
    put_packet(stream, EVENT, 0, "\x01", 1);
    put_data(stream, QR, MORE, full('A'));
    put_data(stream, QR, MORE, full('B'));
    put_data(stream, QR, 0, "END");
    put_data(stream, 0x0F, 0,
             "10LOT7\x1d"
             "21A");
    put_data(stream, 0x0B, 0, "4006381333931");
}

static void put_scans(struct buf *scans)
{
    buf_printf(scans,
               "]C0LOC-A01\n]Q1%s%sEND\n]C110LOT7\x1d"
               "21A\n]E04006381333931\n",
               full('A'), full('B'));
}

static void test_every_split(void **state)
{
    (void)state;
    struct buf stream CLEANUP_BUF = {0}, scans CLEANUP_BUF = {0}, out CLEANUP_BUF = {0};
    put_stream(&stream);
    put_scans(&scans);
    for (size_t split = 0; split < stream.length; split++) {
        struct bench bench CLEANUP_BENCH;
        start(&bench);
        bench.answers = true;
        scanner_feed(bench.scanner, stream.data, split, 0);
        scanner_feed(bench.scanner, stream.data + split, stream.length - split, 0);
        assert_string_equal(buf_text(&bench.scans), buf_text(&scans));
        if (split == 0)
            buf_puts(&out, buf_text(&bench.out));
        assert_string_equal(buf_text(&bench.out), buf_text(&out));
    }
}

/* Some of the lines that were sent, in their order. */
static void assert_some_of(char *lines, const struct buf *sent)
{
    struct buf rest CLEANUP_BUF = {0};
    buf_puts(&rest, buf_text(sent));
    char *from = rest.data;
    for (const char *line; (line = strsep(&lines, "\n")) && *line;) {
        const char *next = strsep(&from, "\n");
        while (next && strcmp(next, line) != 0)
            next = strsep(&from, "\n");
        if (!next)
            fail_msg("%s was not sent, or not again", line);
    }
}

/* Plays a spoilt stream: every scan is one that was sent, none comes twice, and after a pause the next one is read. */
static void assert_harmless(const struct buf *stream, const struct buf *scans)
{
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    feed(&bench, stream);
    assert_some_of(bench.scans.data, scans);
    pass(&bench, 10 * SECOND_US);
    buf_clear(&bench.scans);
    send_data(&bench, CODE_128, 0, "OK");
    assert_string_equal(buf_text(&bench.scans), "]C0OK\n");
}

static void test_every_byte_spoilt(void **state)
{
    (void)state;
    struct buf stream CLEANUP_BUF = {0}, scans CLEANUP_BUF = {0};
    put_stream(&stream);
    put_scans(&scans);
    assert_harmless(&stream, &scans);
    for (size_t at = 0; at < stream.length; at++) {
        char right = stream.data[at];
        for (int value = 0; value < 256; value++) {
            stream.data[at] = (char)value;
            assert_harmless(&stream, &scans);
        }
        stream.data[at] = right;
    }
}

static void test_every_byte_lost_or_doubled(void **state)
{
    (void)state;
    struct buf stream CLEANUP_BUF = {0}, scans CLEANUP_BUF = {0};
    put_stream(&stream);
    put_scans(&scans);
    for (size_t at = 0; at < stream.length; at++) {
        for (size_t from = at; from <= at + 1; from++) {
            struct buf spoilt CLEANUP_BUF = {0};
            buf_put(&spoilt, stream.data, from == at ? at + 1 : at);
            buf_put(&spoilt, stream.data + from, stream.length - from);
            assert_harmless(&spoilt, &scans);
        }
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void test_bursts_of_noise(void **state)
{
    (void)state;
    struct buf stream CLEANUP_BUF = {0}, scans CLEANUP_BUF = {0};
    uint32_t seed = 20261126;
    put_scans(&scans);
    for (int round = 0; round < 5000; round++) {
        buf_clear(&stream);
        put_stream(&stream);
        size_t length = 1 + next_random(&seed) % 40, at = next_random(&seed) % (stream.length - length);
        for (size_t i = 0; i < length; i++)
            stream.data[at + i] = (char)next_random(&seed);
        assert_harmless(&stream, &scans);
    }
}

static void test_garbage(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    uint32_t seed = 4711;
    static const uint8_t likely[] = {4, 5, 0, 0, DATA, 0xF6, 3, 1, 2, 0xFF};
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[64];
        for (size_t i = 0; i < sizeof(bytes); i++) {
            uint32_t random = next_random(&seed);
            bytes[i] = random & 0x100 ? likely[random % sizeof(likely)] : (uint8_t)random;
        }
        scanner_feed(bench.scanner, bytes, 1 + next_random(&seed) % sizeof(bytes), bench.now_us);
        bench.now_us += next_random(&seed) % 300000;
    }
    assert_string_equal(buf_text(&bench.scans), "");
    pass(&bench, 10 * SECOND_US);
    send_data(&bench, CODE_128, 0, "OK");
    assert_string_equal(buf_text(&bench.scans), "]C0OK\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_split),
        cmocka_unit_test(test_every_byte_spoilt),
        cmocka_unit_test(test_every_byte_lost_or_doubled),
        cmocka_unit_test(test_bursts_of_noise),
        cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests_name("ssi noise", tests, NULL, NULL);
}
