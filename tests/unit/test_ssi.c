/* The Simple Serial Interface's rules, one by one, and what line noise may never do; whole scans are in
 * tests/replay/scanner. */
#include "drivers/scanner/scanner.h"
#include "drivers/scanner/ssi_packet.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ACK = 0xD0, NAK = 0xD1, BEEP = 0xE6, DATA = 0xF3, EVENT = 0xF6 };
enum { CODE_128 = 0x03, QR = 0x1C };
enum { RESENT = SSI_RETRANSMIT, MORE = SSI_CONTINUES };

#define SECOND_US ((int64_t)1000 * 1000)

/* A decoder and what came out of it: "[text]", "<length>" aborted, and "A" for an ACK, "N6" for a NAK, "B0" for a beep.
 */
struct bench {
    struct scanner *scanner;
    struct buf out, scans;
    bool answers; /* SCAN_ACCEPTED, at once */
    int64_t now_us;
};

static void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    struct bench *bench = user;
    (void)flags;
    buf_printf(&bench->out, "[%.*s]", (int)length, text);
    buf_printf(&bench->scans, "[%.*s]", (int)length, text);
    if (bench->answers)
        scanner_answer(bench->scanner, SCAN_ACCEPTED);
}

static void on_aborted(void *user, size_t length)
{
    struct bench *bench = user;
    buf_printf(&bench->out, "<%zu>", length);
}

static void on_send(void *user, const void *bytes, size_t length)
{
    struct bench *bench = user;
    const uint8_t *sent = bytes;
    unsigned sum = 0;
    for (size_t i = 0; i < length - 2; i++)
        sum += sent[i];
    assert_int_equal((sum + (unsigned)sent[length - 2] * 256 + sent[length - 1]) & 0xFFFF, 0);
    assert_int_equal(sent[SSI_LENGTH], length - 2);
    assert_int_equal(sent[SSI_SOURCE], 4);
    buf_putc(&bench->out, sent[SSI_OPCODE] == ACK ? 'A' : sent[SSI_OPCODE] == NAK ? 'N' : 'B');
    if (length > SSI_DATA + 2)
        buf_printf(&bench->out, "%x%s", sent[SSI_DATA], sent[SSI_STATUS] & RESENT ? "again" : "");
}

static void start(struct bench *bench)
{
    *bench = (struct bench){0};
    const struct scan_sink sink = {on_scan, on_aborted, on_send, bench};
    assert_int_equal(scanner_new("ssi", &(struct scanner_settings){0}, &sink, &bench->scanner, NULL), 0);
}

static void stop(struct bench *bench)
{
    scanner_free(bench->scanner);
    buf_done(&bench->out);
    buf_done(&bench->scans);
}

#define CLEANUP_BENCH CLEANUP(stop)

static void put_packet(struct buf *stream, uint8_t opcode, uint8_t status, const void *data, size_t length)
{
    uint8_t bytes[SSI_PACKET_MAX] = {(uint8_t)(length + SSI_DATA), opcode, 0, status};
    unsigned sum = 0;
    memcpy(bytes + SSI_DATA, data, length);
    length += SSI_DATA;
    for (size_t i = 0; i < length; i++)
        sum -= bytes[i];
    bytes[length] = (uint8_t)(sum >> 8);
    bytes[length + 1] = (uint8_t)sum;
    buf_put(stream, bytes, length + SSI_CHECKSUM_SIZE);
}

static void put_data(struct buf *stream, uint8_t code, uint8_t status, const char *text)
{
    struct buf data CLEANUP_BUF = {0};
    buf_putc(&data, (char)code);
    buf_puts(&data, text);
    put_packet(stream, DATA, status, data.data, data.length);
}

static void feed(struct bench *bench, const struct buf *stream)
{
    scanner_feed(bench->scanner, stream->data, stream->length, bench->now_us);
}

static void send_data(struct bench *bench, uint8_t code, uint8_t status, const char *text)
{
    struct buf stream CLEANUP_BUF = {0};
    put_data(&stream, code, status, text);
    feed(bench, &stream);
}

static void send_packet(struct bench *bench, uint8_t opcode, const char *data)
{
    struct buf stream CLEANUP_BUF = {0};
    put_packet(&stream, opcode, 0, data, strlen(data));
    feed(bench, &stream);
}

static void pass(struct bench *bench, int64_t us)
{
    bench->now_us += us;
    scanner_tick(bench->scanner, bench->now_us);
}

static void assert_out(struct bench *bench, const char *out)
{
    assert_string_equal(buf_text(&bench->out), out);
    buf_clear(&bench->out);
}

/* 250 characters: a full packet. */
static const char *full(char letter)
{
    static char text[4][251];
    memset(text[letter % 4], letter, 250);
    return text[letter % 4];
}

/* ------------------------------------------------------------------------------------------------------------- rules
 */

static void test_verdicts(void **state)
{
    (void)state;
    static const struct {
        enum scan_verdict verdict;
        const char *out;
    } cases[] = {{SCAN_ACCEPTED, "[]C0A1]AB0"}, {SCAN_REFUSED, "[]C0A1]AB10"}, {SCAN_NOT_SAVED, "[]C0A1]N6B10"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench CLEANUP_BENCH;
        start(&bench);
        send_data(&bench, CODE_128, 0, "A1");
        scanner_answer(bench.scanner, cases[i].verdict);
        assert_out(&bench, cases[i].out);
        scanner_answer(bench.scanner, cases[i].verdict); /* on nothing */
        assert_out(&bench, "");
    }
}

static void test_beeps_only_when_it_can_be_told(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    assert_true(scanner_beeps(bench.scanner));
    struct scanner *mute CLEANUP(scanner_free_p) = NULL;
    const struct scan_sink sink = {on_scan, on_aborted, NULL, &bench};
    assert_int_equal(scanner_new("ssi", &(struct scanner_settings){0}, &sink, &mute, NULL), 0);
    assert_false(scanner_beeps(mute));
    struct buf stream CLEANUP_BUF = {0};
    put_data(&stream, CODE_128, 0, "A1");
    scanner_feed(mute, stream.data, stream.length, 0);
    scanner_answer(mute, SCAN_ACCEPTED);
    assert_out(&bench, "[]C0A1]");
}

static void test_codes(void **state)
{
    (void)state;
    static const struct {
        uint8_t code;
        const char *data, *out;
    } cases[] = {
        {0x01, "A", "[]A0A]"},        {0x03, "A", "[]C0A]"},
        {0x08, "A", "[]E0A]"},        {0x0A, "A", "[]E4A]"},
        {0x0B, "A", "[]E0A]"},        {0x0F, "10A", "[]C110A]"},
        {0x11, "A", "[]L0A]"},        {0x1B, "A", "[]d1A]"},
        {0x1C, "A", "[]Q1A]"},        {0x2D, "A", "[]z0A]"},
        {0x30, "01", "[]e001]"},      {0x00, "NR", "[NR]"},
        {0xC8, "A", "[A]"},           {0x0F, "]C110A", "[]C110A]"},
        {0x1C, "]Q310A", "[]Q310A]"}, {0x1C, "]C1A", "[]Q1]C1A]"},
        {0x1C, "]Q", "[]Q1]Q]"},      {0x03, "A\r\n", "[]C0A]"},
        {0x03, "A\n", "[]C0A]"},      {0x03, "A\r\r", "[]C0A\r]"},
        {0x03, "\r\n", "A"},          {0x03, "", "A"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench CLEANUP_BENCH;
        start(&bench);
        send_data(&bench, cases[i].code, 0, cases[i].data);
        assert_out(&bench, cases[i].out);
    }
}

static void test_other_packets(void **state)
{
    (void)state;
    static const struct {
        uint8_t opcode;
        const char *data, *out;
    } cases[] = {{EVENT, "\x03", "A"}, {0xD4, "\x01", "A"}, {0xC6, "\xFF", "A"}, {0xA4, "PAAB", "A"}, {ACK, "", ""},
                 {NAK, "\x01", ""},    {NAK, "", ""},       {0xB1, "x", "N2"},   {0x80, "", "N2"},    {DATA, "", "N2"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench CLEANUP_BENCH;
        start(&bench);
        send_packet(&bench, cases[i].opcode, cases[i].data);
        assert_out(&bench, cases[i].out);
        assert_int_equal(scanner_deadline(bench.scanner), INT64_MAX);
    }
}

/* A tone that the decoder could not read is sent again, and not for ever. */
static void test_refused_tone(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    send_data(&bench, CODE_128, 0, "A1");
    for (int i = 0; i < 4; i++)
        send_packet(&bench, NAK, "\x01");
    assert_out(&bench, "[]C0A1]AB0B0againB0again");
    send_data(&bench, CODE_128, 0, "A1");
    send_packet(&bench, NAK, "\x06");
    send_packet(&bench, ACK, "");
    send_packet(&bench, NAK, "\x01");
    assert_out(&bench, "[]C0A1]AB0");
}

static void test_sent_again(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    send_data(&bench, CODE_128, RESENT, "A1"); /* never heard before */
    send_data(&bench, CODE_128, RESENT, "A1"); /* the verdict is to come */
    assert_out(&bench, "[]C0A1]");
    scanner_answer(bench.scanner, SCAN_REFUSED);
    send_data(&bench, CODE_128, RESENT, "A1");
    assert_out(&bench, "AB10A");
    send_data(&bench, CODE_128, RESENT, "A2");
    scanner_answer(bench.scanner, SCAN_NOT_SAVED);
    send_data(&bench, CODE_128, RESENT, "A2");
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    send_data(&bench, CODE_128, RESENT, "A2");
    assert_out(&bench, "[]C0A2]N6B10[]C0A2]AB0A");
    send_data(&bench, QR, RESENT, "A2"); /* another kind of code is another code */
    send_data(&bench, QR, 0, "A2");
    assert_out(&bench, "[]Q1A2][]Q1A2]");
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    assert_out(&bench, "");
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    assert_out(&bench, "AB0");
    send_data(&bench, QR, 0, "\xFF");
    send_data(&bench, QR, RESENT, "\xFF");
    assert_out(&bench, "<4>N6B10N6");
}

static void send_spoilt(struct bench *bench, uint8_t opcode, const char *data)
{
    struct buf stream CLEANUP_BUF = {0};
    put_packet(&stream, opcode, 0, data, strlen(data));
    stream.data[stream.length - 1] ^= 1;
    feed(bench, &stream);
}

/* The same code twice, the second time spoilt on the line: what is sent again then is the second. */
static void test_sent_again_after_a_bad_packet(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    send_data(&bench, CODE_128, 0, "A1");
    send_spoilt(&bench, DATA,
                "\x03"
                "A1");
    send_data(&bench, CODE_128, RESENT, "A1");
    assert_out(&bench, "[]C0A1]AB0N1[]C0A1]AB0");
    send_data(&bench, CODE_128, RESENT, "A1");
    send_spoilt(&bench, EVENT, "\x01");
    send_data(&bench, CODE_128, RESENT, "A1");
    assert_out(&bench, "AN1A");
}

static void test_unplugged_while_the_verdict_is_to_come(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    send_data(&bench, CODE_128, 0, "A1");
    scanner_reset(bench.scanner);
    send_data(&bench, CODE_128, RESENT, "A1");
    scanner_answer(bench.scanner, SCAN_ACCEPTED);
    send_data(&bench, CODE_128, RESENT, "A1");
    assert_out(&bench, "[]C0A1]AB0A");
}

static void test_several_packets(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    send_data(&bench, QR, MORE, "one ");
    assert_int_equal(scanner_deadline(bench.scanner), 5 * SECOND_US);
    send_data(&bench, QR, MORE | RESENT, "one ");
    send_data(&bench, QR, MORE, "two ");
    pass(&bench, 2 * SECOND_US);
    send_data(&bench, QR, MORE | RESENT, "two ");
    send_data(&bench, QR, MORE, "two "); /* the same once more, and meant */
    send_data(&bench, QR, 0, "three");
    send_data(&bench, QR, RESENT, "three");
    assert_out(&bench, "AAAAA[]Q1one two two three]AB0A");
    assert_int_equal(scanner_deadline(bench.scanner), INT64_MAX);
    send_data(&bench, QR, MORE, "same");
    pass(&bench, 2 * SECOND_US);
    send_data(&bench, QR, RESENT, "same"); /* the last piece, lost once, is no repetition of the one before */
    assert_out(&bench, "A[]Q1samesame]AB0");
}

/* What follows too late, or is of another kind, may be another scan: neither is read, and the worker hears it. */
static void test_pieces_that_do_not_fit(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    send_data(&bench, QR, MORE, "one");
    pass(&bench, SECOND_US);
    send_data(&bench, QR, 0, "late");
    assert_out(&bench, "A<10>N6B10");
    send_data(&bench, QR, MORE, "one");
    send_data(&bench, CODE_128, 0, "other");
    assert_out(&bench, "A<11>N6B10");
    send_data(&bench, QR, MORE, "one");
    pass(&bench, 5 * SECOND_US);
    assert_out(&bench, "A<6>");
    send_data(&bench, QR, RESENT, "two");
    send_data(&bench, CODE_128, 0, "A1");
    assert_out(&bench, "<6>N6B10[]C0A1]AB0");
    send_data(&bench, QR, MORE, "one ");
    pass(&bench, 12 * SECOND_US);
    send_data(&bench, QR, MORE | RESENT, "one "); /* from its beginning */
    send_data(&bench, QR, 0, "two");
    assert_out(&bench, "A<7>A[]Q1one two]AB0");
}

/* Silence in the middle of the second packet: the scan is gone, also when its packets are sent again. */
static void test_scan_cut_in_the_middle(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    send_data(&bench, QR, MORE, "one");
    scanner_feed(bench.scanner, "\x09\xF3\x00", 3, 0);
    assert_int_equal(scanner_deadline(bench.scanner), SECOND_US / 5);
    pass(&bench, SECOND_US / 5);
    assert_out(&bench, "A<9>");
    pass(&bench, 2 * SECOND_US);
    send_data(&bench, QR, MORE | RESENT, "two");
    send_data(&bench, QR, 0, "three");
    assert_out(&bench, "A<11>N6B10");
    send_data(&bench, CODE_128, 0, "A1");
    assert_out(&bench, "[]C0A1]AB0");
}

static void test_too_long(void **state)
{
    (void)state;
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    for (int i = 0; i < 100; i++)
        send_data(&bench, QR, MORE, full((char)('A' + i % 4)));
    buf_clear(&bench.out);
    send_data(&bench, QR, 0, "end");
    send_data(&bench, QR, 0, "A1");
    assert_out(&bench, "<25006>N6B10[]Q1A1]");
}

/* ------------------------------------------------------------------------------------------------------------- noise
 */

#define SCANS                                                                                                          \
    "[]C0LOC-A01][]Q1%.250s%.250sEND][]C110LOT7\x1d"                                                                   \
    "21A][]E04006381333931]"

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
    buf_printf(scans, SCANS, full('A'), full('B'));
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

/* Plays a spoilt stream: every scan is one that was sent, none comes twice, and after a pause the next one is read. */
static void assert_harmless(const struct buf *stream, const struct buf *scans)
{
    struct bench bench CLEANUP_BENCH;
    start(&bench);
    bench.answers = true;
    feed(&bench, stream);
    const char *from = buf_text(scans);
    char *rest = bench.scans.data;
    for (char *scan; bench.scans.length > 0 && *(scan = rest);) {
        size_t length = strcspn(scan + 1, "]") + 1; /* up to the identifier's own bracket */
        length += strcspn(scan + length + 1, "]") + 2;
        char after = scan[length];
        scan[length] = '\0';
        from = strstr(from, scan);
        if (!from)
            fail_msg("%s was never sent", scan);
        from += length;
        scan[length] = after;
        rest = scan + length;
    }
    pass(&bench, 10 * SECOND_US);
    buf_clear(&bench.scans);
    send_data(&bench, CODE_128, 0, "OK");
    assert_string_equal(buf_text(&bench.scans), "[]C0OK]");
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
    assert_string_equal(buf_text(&bench.scans), "[]C0OK]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_beeps_only_when_it_can_be_told),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_other_packets),
        cmocka_unit_test(test_refused_tone),
        cmocka_unit_test(test_sent_again),
        cmocka_unit_test(test_sent_again_after_a_bad_packet),
        cmocka_unit_test(test_unplugged_while_the_verdict_is_to_come),
        cmocka_unit_test(test_several_packets),
        cmocka_unit_test(test_pieces_that_do_not_fit),
        cmocka_unit_test(test_scan_cut_in_the_middle),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_every_split),
        cmocka_unit_test(test_every_byte_spoilt),
        cmocka_unit_test(test_every_byte_lost_or_doubled),
        cmocka_unit_test(test_bursts_of_noise),
        cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests_name("ssi", tests, NULL, NULL);
}
