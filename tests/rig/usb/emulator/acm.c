#include "tray.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A serial port of the communications device class (CDC 1.2 and its PSTN subclass 1.2): a scanner or a label printer.
 */

#define BULK_IN   0x81
#define BULK_OUT  0x02
#define NOTIFY_IN 0x83
#define PACKET    64
#define SCAN_MAX  250
#define TRIES_MAX 3

/* What the scanner waits to hear after each scan: nothing; ACK or NAK; a Symbol SSI packet. */
enum manners { TELL_ONLY, ACK_NAK, SSI };

struct acm {
    bool prints;
    struct tray tray;
    uint8_t coding[7]; /* 9600 8N1 unless told otherwise */
    uint16_t lines;    /* bit 0: DTR, bit 1: RTS */
    enum manners manners;
    struct store scans; /* that wait their turn, each ended by a zero byte; the first is being sent */
    unsigned tries;     /* of the first; 0: not yet sent */
    int64_t sent_us, resend_us, answered_us;
    unsigned acked, refused, resent, given_up;
    char heard[33]; /* the last bytes from the host, in hex */
    uint8_t packet[PACKET];
    size_t packet_length; /* of the SSI packet that is coming in */
};

static struct acm *acm_of(struct device *device)
{
    return (struct acm *)device->state;
}

static int acm_plug(struct device *device, const struct options *options)
{
    static const uint8_t bytes[] = {
        9, 4,    0,         0,    1,      2,  2,  1, 0, /* interface: communications, abstract control model */
        5, 0x24, 0,         0x10, 1,                    /* header functional descriptor */
        5, 0x24, 1,         0,    1,                    /* call management */
        4, 0x24, 2,         2,                          /* line coding and serial state */
        5, 0x24, 6,         0,    1,                    /* union of both interfaces */
        7, 5,    NOTIFY_IN, 3,    8,      0,  10,       /* interrupt IN */
        9, 4,    1,         0,    2,      10, 0,  0, 0, /* interface: data */
        7, 5,    BULK_IN,   2,    PACKET, 0,  0,        /* bulk IN */
        7, 5,    BULK_OUT,  2,    PACKET, 0,  0,        /* bulk OUT */
    };
    static const uint8_t coding[7] = {0x80, 0x25, 0, 0, 0, 0, 8};
    struct acm *acm = acm_of(device);
    acm->prints = strcmp(option_value(options, "role", "scanner"), "printer") == 0;
    const char *answer = option_value(options, "answer", "none");
    acm->manners = strcmp(answer, "ack-nak") == 0 ? ACK_NAK : strcmp(answer, "ssi") == 0 ? SSI : TELL_ONLY;
    acm->resend_us = (int64_t)option_number(options, "resend_ms", 1000) * 1000;
    memcpy(acm->coding, coding, sizeof(coding));
    device_describe(device, options, 0x0C2E, 0x0720, 0x0100, acm->prints ? "Serial printer" : "Serial scanner");
    device->device[4] = 2; /* bDeviceClass: communications */
    device_configure(device, bytes, sizeof(bytes));
    return tray_open(&acm->tray, options);
}

static void acm_unplug(struct device *device)
{
    struct acm *acm = acm_of(device);
    tray_close(&acm->tray);
    store_done(&acm->scans);
}

enum { SET_LINE_CODING = 0x2120, GET_LINE_CODING = 0xA121, SET_CONTROL_LINE_STATE = 0x2122, SEND_BREAK = 0x2123 };

static int acm_control(struct device *device, const struct setup *setup, uint8_t *data)
{
    struct acm *acm = acm_of(device);
    size_t length = setup->length < sizeof(acm->coding) ? setup->length : sizeof(acm->coding);
    switch (setup->type << 8 | setup->request) {
    case SET_LINE_CODING:
        memcpy(acm->coding, data, length);
        return 0;
    case GET_LINE_CODING:
        memcpy(data, acm->coding, length);
        return (int)length;
    case SET_CONTROL_LINE_STATE:
        acm->lines = setup->value;
        return 0;
    case SEND_BREAK:
        return 0;
    default:
        return -EPIPE;
    }
}

static bool say(struct device *device, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    for (size_t some; length > 0; from += some, length -= some) {
        some = length < PACKET ? length : PACKET;
        if (!device_say(device, BULK_IN, from, some))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- scans that are waited for */

enum { SSI_DECODE_DATA = 0xF3, SSI_ACK = 0xD0, SSI_NAK = 0xD1, SSI_CODE_128 = 0x03 };

/* Length, code, source (0: the scanner), status (bit 0: said before), data, and the two's complement of their sum
 * (Simple Serial Interface, chapter "Packets"). */
static void send_ssi(struct device *device, const char *text, bool again)
{
    size_t length = strlen(text);
    uint8_t packet[SCAN_MAX + 8] = {(uint8_t)(length + 5), SSI_DECODE_DATA, 0, again ? 1 : 0, SSI_CODE_128};
    memcpy(packet + 5, text, length);
    unsigned sum = 0;
    for (size_t i = 0; i < length + 5; i++)
        sum += packet[i];
    sum = 0x10000 - (sum & 0xFFFF);
    packet[length + 5] = (uint8_t)(sum >> 8);
    packet[length + 6] = (uint8_t)sum;
    say(device, packet, length + 7);
}

static void send_first(struct device *device)
{
    struct acm *acm = acm_of(device);
    const char *text = (const char *)store_bytes(&acm->scans);
    acm->resent += acm->tries > 0;
    acm->tries++;
    acm->sent_us = now_us();
    if (acm->manners == SSI) {
        send_ssi(device, text, acm->tries > 1);
        return;
    }
    char line[SCAN_MAX + 2];
    int length = snprintf(line, sizeof(line), "%s\r", text);
    say(device, line, (size_t)length);
}

static void next_scan(struct device *device)
{
    struct acm *acm = acm_of(device);
    store_take(&acm->scans, strlen((const char *)store_bytes(&acm->scans)) + 1);
    acm->tries = 0;
    if (store_length(&acm->scans) > 0)
        send_first(device);
}

static void take_verdict(struct device *device, bool good)
{
    struct acm *acm = acm_of(device);
    if (store_length(&acm->scans) == 0 || acm->tries == 0)
        return;
    acm->answered_us = now_us() - acm->sent_us;
    acm->acked += good;
    acm->refused += !good;
    if (good)
        next_scan(device);
    else
        send_first(device);
}

static void take_ssi(struct device *device, uint8_t byte)
{
    struct acm *acm = acm_of(device);
    if (acm->packet_length < sizeof(acm->packet))
        acm->packet[acm->packet_length++] = byte;
    if (acm->packet[0] < 4 || acm->packet[0] + 2u > sizeof(acm->packet)) {
        acm->packet_length = 0; /* a wake-up byte, or nonsense */
    } else if (acm->packet_length == acm->packet[0] + 2u) {
        acm->packet_length = 0;
        if (acm->packet[1] == SSI_ACK || acm->packet[1] == SSI_NAK)
            take_verdict(device, acm->packet[1] == SSI_ACK);
    }
}

static void remember(struct acm *acm, uint8_t byte)
{
    size_t length = strlen(acm->heard);
    if (length + 2 >= sizeof(acm->heard)) {
        memmove(acm->heard, acm->heard + 2, length - 1);
        length -= 2;
    }
    snprintf(acm->heard + length, sizeof(acm->heard) - length, "%02x", byte);
}

static void hear(struct device *device, const uint8_t *bytes, size_t length)
{
    enum { ACK = 0x06, NAK = 0x15 };
    struct acm *acm = acm_of(device);
    for (size_t i = 0; i < length; i++) {
        remember(acm, bytes[i]);
        if (acm->manners == SSI)
            take_ssi(device, bytes[i]);
        else if (acm->manners == ACK_NAK && (bytes[i] == ACK || bytes[i] == NAK))
            take_verdict(device, bytes[i] == ACK);
    }
}

/* ---------------------------------------------------------------- as a model */

static long acm_out(struct device *device, uint8_t endpoint, const uint8_t *bytes, size_t length)
{
    (void)endpoint;
    struct acm *acm = acm_of(device);
    if (!acm->prints) {
        hear(device, bytes, length);
        return (long)length;
    }
    long r = tray_take(&acm->tray, bytes, length);
    say(device, acm->tray.answer, acm->tray.said);
    acm->tray.said = 0;
    return r;
}

static int scan(struct device *device, const char *text)
{
    struct acm *acm = acm_of(device);
    if (strlen(text) > SCAN_MAX)
        return -E2BIG;
    if (acm->manners == TELL_ONLY)
        return say(device, text, strlen(text)) && say(device, "\r", 1) ? 0 : -ENOSPC;
    bool idle = store_length(&acm->scans) == 0;
    if (!store_put(&acm->scans, text, strlen(text) + 1))
        return -ENOSPC;
    if (idle)
        send_first(device);
    return 0;
}

/* type TEXT: a scan; keys TEXT: without its end; whatever a tray knows. */
static int acm_command(struct device *device, const char *word, const char *rest)
{
    if (strcmp(word, "type") == 0)
        return scan(device, rest);
    if (strcmp(word, "keys") == 0)
        return say(device, rest, strlen(rest)) ? 0 : -ENOSPC;
    int r = tray_command(&acm_of(device)->tray, word, rest);
    if (r == 0 && strcmp(word, "stop") != 0)
        device_go_on(device, BULK_OUT);
    return r;
}

static void acm_tell(const struct device *device, char *text, size_t size)
{
    const struct acm *acm = (const struct acm *)device->state;
    tray_tell(&acm->tray, text, size);
    size_t used = strlen(text);
    uint32_t rate = 0;
    for (int i = 2; i >= 0; i--)
        rate = rate << 8 | acm->coding[i];
    snprintf(text + used, size - used,
             " baud=%u lines=%u acked=%u refused=%u resent=%u given_up=%u waiting=%zu answered_us=%lld heard=%s", rate,
             acm->lines, acm->acked, acm->refused, acm->resent, acm->given_up, store_length(&acm->scans),
             (long long)acm->answered_us, acm->heard);
}

static int64_t acm_deadline(const struct device *device)
{
    const struct acm *acm = (const struct acm *)device->state;
    return acm->tries > 0 && store_length(&acm->scans) > 0 ? acm->sent_us + acm->resend_us : INT64_MAX;
}

/* Nobody answered. */
static void acm_tick(struct device *device, int64_t now)
{
    (void)now;
    struct acm *acm = acm_of(device);
    if (acm->tries < TRIES_MAX) {
        send_first(device);
        return;
    }
    acm->given_up++;
    next_scan(device);
}

const struct model acm_model = {
    .name = "acm",
    .state_size = sizeof(struct acm),
    .plug = acm_plug,
    .unplug = acm_unplug,
    .control = acm_control,
    .out = acm_out,
    .command = acm_command,
    .tell = acm_tell,
    .deadline = acm_deadline,
    .tick = acm_tick,
};
