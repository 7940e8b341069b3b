#include "tray.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A label printer behind a serial adapter of FTDI's making (FT232R): vendor requests, and two status bytes in front of
 * each packet (as the kernel's drivers/usb/serial/ftdi_sio.h describes them). */

#define BULK_IN   0x81
#define BULK_OUT  0x02
#define PACKET    64
#define STATUS_US 16000 /* the chip's latency: so often it says its status when there is nothing else */

enum { CTS = 0x10, DSR = 0x20, CARRIER = 0x80, ALWAYS = 0x01, SENDER_EMPTY = 0x60 };
enum { FLOW_RTS_CTS = 0x01 };

struct ftdi {
    struct tray tray;
    uint8_t flow;
    uint16_t divisor;
    unsigned lost; /* bytes that came while CTS was off and nobody looked at it */
    int64_t status_us;
};

static struct ftdi *ftdi_of(struct device *device)
{
    return (struct ftdi *)device->state;
}

static int ftdi_plug(struct device *device, const struct options *options)
{
    static const uint8_t bytes[] = {
        9, 4, 0,        0, 2,      0xFF, 0xFF, 0xFF, 0, /* interface: the maker's own */
        7, 5, BULK_IN,  2, PACKET, 0,    0,             /* bulk IN */
        7, 5, BULK_OUT, 2, PACKET, 0,    0,             /* bulk OUT */
    };
    device_describe(device, options, 0x0403, 0x6001, 0x0600, "Serial adapter");
    device_configure(device, bytes, sizeof(bytes));
    return tray_open(&ftdi_of(device)->tray, options);
}

static void ftdi_unplug(struct device *device)
{
    tray_close(&ftdi_of(device)->tray);
}

static uint8_t modem_status(const struct ftdi *ftdi)
{
    return (uint8_t)(ALWAYS | DSR | CARRIER | (ftdi->tray.mode == TRAY_STOP ? 0 : CTS));
}

static void say(struct device *device, const void *bytes, size_t length)
{
    struct ftdi *ftdi = ftdi_of(device);
    uint8_t packet[PACKET] = {modem_status(ftdi), SENDER_EMPTY};
    const uint8_t *from = bytes;
    do {
        size_t some = length < PACKET - 2 ? length : PACKET - 2;
        if (some > 0)
            memcpy(packet + 2, from, some);
        device_say(device, BULK_IN, packet, 2 + some);
        from += some;
        length -= some;
    } while (length > 0);
    ftdi->status_us = now_us();
}

enum { RESET = 0, SET_FLOW = 2, SET_BAUD = 3, GET_MODEM = 5, GET_LATENCY = 10 };

static int ftdi_control(struct device *device, const struct setup *setup, uint8_t *data)
{
    struct ftdi *ftdi = ftdi_of(device);
    if ((setup->type & 0x60) != 0x40) /* vendor */
        return -EPIPE;
    switch (setup->request) {
    case GET_MODEM:
        data[0] = modem_status(ftdi);
        data[1] = SENDER_EMPTY;
        return setup->length < 2 ? setup->length : 2;
    case GET_LATENCY:
        data[0] = STATUS_US / 1000;
        return 1;
    case SET_FLOW:
        ftdi->flow = (uint8_t)(setup->index >> 8);
        return 0;
    case SET_BAUD:
        ftdi->divisor = setup->value;
        return 0;
    case RESET:
    default:
        if (setup->type & 0x80) /* its memory: empty */
            memset(data, 0xFF, setup->length);
        return setup->type & 0x80 ? setup->length : 0;
    }
}

/* With RTS/CTS the chip keeps bytes while the printer has CTS off; without, they fall on the floor. */
static long ftdi_out(struct device *device, uint8_t endpoint, const uint8_t *bytes, size_t length)
{
    (void)endpoint;
    struct ftdi *ftdi = ftdi_of(device);
    if (ftdi->tray.mode == TRAY_STOP && !(ftdi->flow & FLOW_RTS_CTS)) {
        ftdi->lost += (unsigned)length;
        return (long)length;
    }
    long r = tray_take(&ftdi->tray, bytes, length);
    if (ftdi->tray.said > 0)
        say(device, ftdi->tray.answer, ftdi->tray.said);
    ftdi->tray.said = 0;
    return r;
}

static int ftdi_command(struct device *device, const char *word, const char *rest)
{
    int r = tray_command(&ftdi_of(device)->tray, word, rest);
    if (r == 0 && strcmp(word, "stop") != 0)
        device_go_on(device, BULK_OUT);
    return r;
}

static void ftdi_tell(const struct device *device, char *text, size_t size)
{
    const struct ftdi *ftdi = (const struct ftdi *)device->state;
    tray_tell(&ftdi->tray, text, size);
    size_t used = strlen(text);
    snprintf(text + used, size - used, " flow=%u divisor=%u lost=%u", ftdi->flow, ftdi->divisor, ftdi->lost);
}

static int64_t ftdi_deadline(const struct device *device)
{
    return device_asked(device, BULK_IN) > 0 ? ((const struct ftdi *)device->state)->status_us + STATUS_US : INT64_MAX;
}

static void ftdi_tick(struct device *device, int64_t now)
{
    (void)now;
    say(device, NULL, 0);
}

const struct model ftdi_model = {
    .name = "ftdi",
    .state_size = sizeof(struct ftdi),
    .plug = ftdi_plug,
    .unplug = ftdi_unplug,
    .control = ftdi_control,
    .out = ftdi_out,
    .command = ftdi_command,
    .tell = ftdi_tell,
    .deadline = ftdi_deadline,
    .tick = ftdi_tick,
};
