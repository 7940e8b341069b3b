/* A Simple Serial Interface decoder on a bench: packets go in, and what comes out is one line of signs.
 * Decides nothing, and knows no test. */
#ifndef TESTS_SSI_BENCH_H
#define TESTS_SSI_BENCH_H

#include "drivers/scanner/scanner.h"
#include "drivers/scanner/ssi_packet.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ACK = 0xD0, NAK = 0xD1, BEEP = 0xE6, DATA = 0xF3, EVENT = 0xF6 };
enum { CODE_128 = 0x03, QR = 0x1C };
enum { RESENT = SSI_RETRANSMIT, MORE = SSI_CONTINUES };

#define SECOND_US ((int64_t)1000 * 1000)

/* A decoder and what came of it: "[text]", "<length>" aborted, "A" for an ACK, "N6" for a NAK, "B0" for a beep. */
struct bench {
    struct scanner *scanner;
    struct buf out;
    struct buf scans; /* their texts alone, one a line */
    bool answers;     /* SCAN_ACCEPTED, at once */
    int64_t now_us;
};

static inline void on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    struct bench *bench = user;
    (void)flags;
    buf_printf(&bench->out, "[%.*s]", (int)length, text);
    buf_printf(&bench->scans, "%.*s\n", (int)length, text);
    if (bench->answers)
        scanner_answer(bench->scanner, SCAN_ACCEPTED);
}

static inline void on_aborted(void *user, size_t length)
{
    struct bench *bench = user;
    buf_printf(&bench->out, "<%zu>", length);
}

static inline void on_send(void *user, const void *bytes, size_t length)
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

static inline void start(struct bench *bench)
{
    *bench = (struct bench){0};
    const struct scan_sink sink = {on_scan, on_aborted, on_send, bench};
    assert_int_equal(scanner_new("ssi", &(struct scanner_settings){0}, &sink, &bench->scanner, NULL), 0);
}

static inline void stop(struct bench *bench)
{
    scanner_free(bench->scanner);
    buf_done(&bench->out);
    buf_done(&bench->scans);
}

#define CLEANUP_BENCH CLEANUP(stop)

static inline void put_packet(struct buf *stream, uint8_t opcode, uint8_t status, const void *data, size_t length)
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

static inline void put_data(struct buf *stream, uint8_t code, uint8_t status, const char *text)
{
    struct buf data CLEANUP_BUF = {0};
    buf_putc(&data, (char)code);
    buf_puts(&data, text);
    put_packet(stream, DATA, status, data.data, data.length);
}

static inline void feed(struct bench *bench, const struct buf *stream)
{
    scanner_feed(bench->scanner, stream->data, stream->length, bench->now_us);
}

static inline void send_data(struct bench *bench, uint8_t code, uint8_t status, const char *text)
{
    struct buf stream CLEANUP_BUF = {0};
    put_data(&stream, code, status, text);
    feed(bench, &stream);
}

static inline void send_packet(struct bench *bench, uint8_t opcode, const char *data)
{
    struct buf stream CLEANUP_BUF = {0};
    put_packet(&stream, opcode, 0, data, strlen(data));
    feed(bench, &stream);
}

static inline void pass(struct bench *bench, int64_t us)
{
    bench->now_us += us;
    scanner_tick(bench->scanner, bench->now_us);
}

static inline void assert_out(struct bench *bench, const char *out)
{
    assert_string_equal(buf_text(&bench->out), out);
    buf_clear(&bench->out);
}

/* 250 characters: a full packet. */
static inline const char *full(char letter)
{
    static char text[4][251];
    memset(text[letter % 4], letter, 250);
    return text[letter % 4];
}

#endif
