#include "base/cleanup.h"
#include "drivers/driver.h"
#include "drivers/scanner/last_scan.h"
#include "drivers/scanner/scan_charset.h"
#include "drivers/scanner/ssi_code.h"
#include "drivers/scanner/ssi_packet.h"

#include <errno.h>
#include <string.h>

/* Zebra's (Symbol's) Simple Serial Interface, with its defaults ACK/NAK handshaking and multipacket option 1, and
 * decode data sent in packets (parameter EEh), which is not the default. */

/* Opcodes (SE-923 Integration Guide, chapter 6; docs.zebra.com, SSI commands). */
enum {
    REPLY_REVISION = 0xA4,
    PARAM_SEND = 0xC6,
    CMD_ACK = 0xD0,
    CMD_NAK = 0xD1,
    CAPABILITIES_REPLY = 0xD4,
    BEEP = 0xE6,
    DECODE_DATA = 0xF3,
    EVENT = 0xF6,
};

/* Causes of a NAK, and what the other side makes of them (SE955 Integration Guide, table 10-5): send it again; it is
 * not understood; do not send this again. */
enum { NAK_RESEND = 1, NAK_BAD_CONTEXT = 2, NAK_DENIED = 6 };

/* Beep codes (docs.zebra.com, DataWedge NOTIFY; MK1000 Product Reference Guide, table 5-8): one short high beep, two
 * long low ones. */
enum { BEEP_GOOD = 0x00, BEEP_BAD = 0x10, BEEP_REPEATS_MAX = 2 };

/* A decoder that hears nothing sends again after 2 s, twice (SSI parameter 9Bh; Zebra's guides, "Retries"). */
#define RESEND_US ((int64_t)5 * 1000 * 1000)

/* So many bytes that belong to no packet may have been one, with its header spoilt: only a scan's full packets, of 250
 * bytes, are followed by others. */
#define SKIPPED_MAX 128

/* What was, or will be, answered to a packet of decode data. */
enum reply { BY_VERDICT, ACKNOWLEDGED, DENIED };

struct ssi {
    struct scan_text *text;
    struct scan_charset charset;
    struct last_scan last;
    struct ssi_packet packet; /* that is being received */
    int64_t began_us;         /* its first byte */

    struct ssi_packet previous; /* the last right packet of decode data: what is sent again is compared with it */
    enum reply reply;           /* to that */

    bool joining;         /* a scan of several packets is under way, in text */
    bool doomed;          /* a piece of it is missing, or may be */
    uint8_t code;         /* of the scan under way */
    size_t prefix_length; /* of its text */
    int64_t heard_us;     /* its last piece */

    bool missed;          /* a packet that came for the first time was bad: what is sent again is not the one before */
    bool asked;           /* for the bad packet once more */
    int64_t cut_until_us; /* until then a packet may be the rest of a scan whose beginning was lost, unless asked for */

    int beep; /* that the decoder has not acknowledged; -1: none */
    unsigned beep_repeats;
};

static int ssi_open(const struct scanner_settings *settings, struct scan_text *text, void **ret, struct error *error)
{
    (void)settings;
    struct ssi *ssi = calloc(1, sizeof(*ssi));
    if (!ssi)
        return error_set(error, -ENOMEM, "There is no memory left for another scanner.");
    ssi->text = text;
    ssi->beep = -1;
    scan_charset_init(&ssi->charset);
    *ret = ssi;
    return 0;
}

static void ssi_close(void *decoder)
{
    struct ssi *ssi = decoder;
    scan_charset_done(&ssi->charset);
    free(ssi);
}

/* --------------------------------------------------------------------------------------------------- to the decoder */

static void send(const struct ssi *ssi, uint8_t opcode, uint8_t status, int data)
{
    const struct scan_sink *sink = &ssi->text->sink;
    uint8_t bytes[SSI_DATA + 1 + SSI_CHECKSUM_SIZE];
    if (sink->send)
        sink->send(sink->user, bytes, ssi_packet_make(opcode, status, data, bytes));
}

static void acknowledge(const struct ssi *ssi)
{
    send(ssi, CMD_ACK, 0, -1);
}

static void refuse(const struct ssi *ssi, uint8_t cause)
{
    send(ssi, CMD_NAK, 0, cause);
}

static void beep(struct ssi *ssi, uint8_t code)
{
    ssi->beep = code;
    ssi->beep_repeats = 0;
    send(ssi, BEEP, 0, code);
}

/* Nothing of it is on disk. Not RESEND: the worker is told to scan again, and then the scanner must not do so too. */
static void deny(struct ssi *ssi)
{
    refuse(ssi, NAK_DENIED);
    beep(ssi, BEEP_BAD);
}

/* ------------------------------------------------------------------------------------------------------ decode data */

/* A scan whose beginning was lost must not begin with its middle. A packet that was asked for is in its place. */
static bool may_be_a_rest(struct ssi *ssi, bool resent)
{
    if (ssi->began_us >= ssi->cut_until_us)
        return false;
    if (!resent || !ssi->asked)
        return true;
    ssi->cut_until_us = 0;
    return false;
}

static void begin(struct ssi *ssi, const uint8_t *data, size_t length)
{
    const char *aim = ssi_code_aim(data[0]);
    ssi->code = data[0];
    ssi->joining = true;
    ssi->doomed = false;
    ssi->prefix_length = ssi_code_is_said(aim, data + 1, length - 1) ? 0 : strlen(aim);
    scan_text_put(ssi->text, aim, ssi->prefix_length);
}

/* A suffix that the scanner was given for other interfaces. */
static void strip_suffix(struct ssi *ssi)
{
    struct scan_text *text = ssi->text;
    if (text->length > SCAN_TEXT_MAX)
        return;
    if (text->length > 0 && text->bytes[text->length - 1] == '\n')
        text->length--;
    if (text->length > 0 && text->bytes[text->length - 1] == '\r')
        text->length--;
}

static void hand_over(struct ssi *ssi)
{
    ssi->reply = BY_VERDICT;
    if (last_scan_end(&ssi->last, &ssi->charset, ssi->text))
        return;
    ssi->reply = DENIED;
    deny(ssi);
}

static void finish(struct ssi *ssi)
{
    ssi->joining = false;
    strip_suffix(ssi);
    if (ssi->doomed) {
        ssi->cut_until_us = 0;
        ssi->reply = DENIED;
        scan_text_abort(ssi->text);
        deny(ssi);
    } else if (ssi->text->length == ssi->prefix_length) {
        ssi->reply = ACKNOWLEDGED;
        scan_text_drop(ssi->text);
        acknowledge(ssi);
    } else {
        hand_over(ssi);
    }
}

/* data: the code's kind, then its text. The next piece of a scan follows at once: after a silence it may as well be the
 * beginning of another. */
static void add(struct ssi *ssi, const uint8_t *data, size_t length, uint8_t status)
{
    bool resent = status & SSI_RETRANSMIT, rest = may_be_a_rest(ssi, resent);
    bool late = ssi->joining && !resent && ssi->began_us - ssi->heard_us > ssi->text->gap_us;
    if (!ssi->joining)
        begin(ssi, data, length);
    ssi->doomed = ssi->doomed || rest || late || data[0] != ssi->code;
    scan_text_put(ssi->text, (const char *)data + 1, length - 1);
    ssi->heard_us = ssi->text->now_us;
    if (status & SSI_CONTINUES) {
        ssi->reply = ACKNOWLEDGED;
        acknowledge(ssi);
    } else {
        finish(ssi);
    }
}

/* The decoder did not hear the answer to the previous packet. */
static void answer_again(struct ssi *ssi)
{
    struct last_scan *last = &ssi->last;
    ssi->heard_us = ssi->text->now_us;
    if (ssi->reply == DENIED) {
        refuse(ssi, NAK_DENIED);
    } else if (ssi->reply == ACKNOWLEDGED || (last->pending == 0 && last->saved)) {
        acknowledge(ssi);
    } else if (last->pending == 0) {
        scan_text_put(ssi->text, last->bytes, last->length);
        hand_over(ssi);
    }
}

static bool is_previous(const struct ssi *ssi)
{
    const struct ssi_packet *packet = &ssi->packet, *previous = &ssi->previous;
    return packet->length == previous->length &&
           ((packet->bytes[SSI_STATUS] ^ previous->bytes[SSI_STATUS]) & SSI_CONTINUES) == 0 &&
           memcmp(packet->bytes + SSI_DATA, previous->bytes + SSI_DATA,
                  packet->length - SSI_DATA - SSI_CHECKSUM_SIZE) == 0;
}

static void take_decoded(struct ssi *ssi)
{
    const uint8_t *data;
    size_t length = ssi_packet_data(&ssi->packet, &data);
    uint8_t status = ssi->packet.bytes[SSI_STATUS];
    if (length == 0) {
        refuse(ssi, NAK_BAD_CONTEXT);
        return;
    }
    if ((status & SSI_RETRANSMIT) && !ssi->missed && is_previous(ssi)) {
        answer_again(ssi);
    } else {
        ssi->previous = ssi->packet;
        add(ssi, data, length, status);
    }
    ssi->missed = ssi->asked = false;
}

/* ------------------------------------------------------------------------------------------------------ all packets */

static void take_acknowledgement(struct ssi *ssi)
{
    ssi->beep = -1;
}

static void take_refusal(struct ssi *ssi)
{
    const uint8_t *cause;
    bool resend = ssi_packet_data(&ssi->packet, &cause) > 0 && cause[0] == NAK_RESEND;
    if (resend && ssi->beep >= 0 && ssi->beep_repeats++ < BEEP_REPEATS_MAX)
        send(ssi, BEEP, SSI_RETRANSMIT, ssi->beep);
}

static void take_news(struct ssi *ssi)
{
    acknowledge(ssi);
}

static void take_unknown(struct ssi *ssi)
{
    refuse(ssi, NAK_BAD_CONTEXT);
}

static const struct {
    uint8_t opcode;
    void (*take)(struct ssi *ssi);
} packets[] = {
    {DECODE_DATA, take_decoded},     {CMD_ACK, take_acknowledgement}, {CMD_NAK, take_refusal},     {EVENT, take_news},
    {CAPABILITIES_REPLY, take_news}, {PARAM_SEND, take_news},         {REPLY_REVISION, take_news},
};

static void take_whole(struct ssi *ssi)
{
    for (size_t i = 0; i < COUNT(packets); i++) {
        if (packets[i].opcode == ssi->packet.bytes[SSI_OPCODE]) {
            packets[i].take(ssi);
            return;
        }
    }
    take_unknown(ssi);
}

static void cut(struct ssi *ssi, int64_t until_us)
{
    if (until_us > ssi->cut_until_us)
        ssi->cut_until_us = until_us;
}

/* A decoder that does not wait after each packet (multipacket options 2 and 3) goes on as if nothing had happened. */
static void take_bad(struct ssi *ssi)
{
    const uint8_t *bytes = ssi->packet.bytes;
    if (bytes[SSI_OPCODE] == DECODE_DATA && !(bytes[SSI_STATUS] & SSI_RETRANSMIT))
        ssi->missed = true;
    if (ssi->began_us >= ssi->cut_until_us)
        ssi->asked = true;
    cut(ssi, ssi->text->now_us + ssi->text->gap_us);
    refuse(ssi, NAK_RESEND);
}

static void arm(struct ssi *ssi)
{
    if (ssi->packet.length > 0)
        scan_text_touch(ssi->text);
    else
        ssi->text->deadline_us = ssi->joining ? ssi->heard_us + RESEND_US : INT64_MAX;
}

static void ssi_feed(void *decoder, const uint8_t *bytes, size_t length)
{
    struct ssi *ssi = decoder;
    for (size_t i = 0; i < length; i++) {
        if (ssi->packet.length == 0)
            ssi->began_us = ssi->text->now_us;
        size_t skipped = ssi->packet.skipped;
        enum ssi_taken taken = ssi_packet_take(&ssi->packet, bytes[i]);
        if (ssi->packet.skipped > skipped && ssi->packet.skipped >= SKIPPED_MAX)
            cut(ssi, ssi->text->now_us + ssi->text->gap_us);
        if (taken == SSI_PARTIAL)
            continue;
        if (taken == SSI_WHOLE)
            take_whole(ssi);
        else
            take_bad(ssi);
        ssi_packet_clear(&ssi->packet);
    }
    arm(ssi);
}

/* Silence in the middle of a packet, or the device is gone. What comes of the rest must not pass for a scan; a packet
 * that was cut is sent again, whole, and then it is one, unless it was in the middle of a scan. */
static void ssi_interrupt(void *decoder)
{
    struct ssi *ssi = decoder;
    int64_t deadline_us = ssi->text->deadline_us;
    bool half = ssi->packet.length > SSI_OPCODE && ssi->packet.bytes[SSI_OPCODE] == DECODE_DATA;
    if (half)
        scan_text_put(ssi->text, (const char *)ssi->packet.bytes, ssi->packet.length);
    if (half || ssi->joining)
        cut(ssi, deadline_us + RESEND_US);
    ssi->asked = half && !ssi->joining;
    if (ssi->joining)
        ssi_packet_clear(&ssi->previous);
    ssi->joining = false;
    ssi_packet_clear(&ssi->packet);
}

/* It starts anew, and so does what it sends. The last scan is remembered: its verdict may be on its way. */
static void ssi_reset(void *decoder)
{
    struct ssi *ssi = decoder;
    ssi->cut_until_us = 0;
    ssi->beep = -1;
}

static void ssi_answer(void *decoder, enum scan_verdict verdict)
{
    struct ssi *ssi = decoder;
    if (!last_scan_answer(&ssi->last, verdict))
        return;
    if (verdict == SCAN_NOT_SAVED) {
        deny(ssi);
        return;
    }
    acknowledge(ssi);
    beep(ssi, verdict == SCAN_ACCEPTED ? BEEP_GOOD : BEEP_BAD);
}

/* Not without a way to speak to it. */
static bool ssi_beeps(const void *decoder)
{
    const struct ssi *ssi = decoder;
    return ssi->text->sink.send;
}

const struct scanner_ops ssi_ops = {
    .name = "ssi",
    .default_gap_ms = 200,
    .open = ssi_open,
    .feed = ssi_feed,
    .interrupt = ssi_interrupt,
    .reset = ssi_reset,
    .answer = ssi_answer,
    .beeps = ssi_beeps,
    .close = ssi_close,
};
