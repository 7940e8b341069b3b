#include "tray.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A label printer of the USB printer class (1.1: sections 4.2 and 5), bidirectional. */

#define BULK_IN    0x82
#define BULK_OUT   0x01
#define PACKET_OUT 64

enum { NOT_ERROR = 0x08, SELECTED = 0x10, PAPER_EMPTY = 0x20 };

struct printer {
    struct tray tray;
    char id[TEXT_SIZE];
    unsigned resets;
    bool no_status, no_id;
};

static struct printer *printer_of(struct device *device)
{
    return (struct printer *)device->state;
}

static int printer_plug(struct device *device, const struct options *options)
{
    static const uint8_t bytes[] = {
        9, 4, 0,        0, 2,          7, 1, 2, 0, /* interface: printer, bidirectional */
        7, 5, BULK_OUT, 2, PACKET_OUT, 0, 0,       /* bulk OUT */
        7, 5, BULK_IN,  2, 64,         0, 0,       /* bulk IN */
    };
    struct printer *printer = printer_of(device);
    device_describe(device, options, 0x0A5F, 0x0164, 0x0100, "Label printer");
    device_configure(device, bytes, sizeof(bytes));
    snprintf(printer->id, sizeof(printer->id), "%s",
             option_value(options, "id", "MANUFACTURER:Rig;COMMAND_SET:ZPL;MODEL:Emulated;CLASS:PRINTER;"));
    for (char *c = printer->id; *c; c++)
        if (*c == '_') /* a command's words have no blanks */
            *c = ' ';
    printer->no_id = option_number(options, "no_id", 0) != 0;
    printer->no_status = option_number(options, "no_status", 0) != 0;
    return tray_open(&printer->tray, options);
}

static void printer_unplug(struct device *device)
{
    tray_close(&printer_of(device)->tray);
}

static int device_id(const struct printer *printer, const struct setup *setup, uint8_t *data)
{
    size_t length = strlen(printer->id) + 2; /* its own two bytes count */
    uint8_t bytes[TEXT_SIZE + 2] = {(uint8_t)(length >> 8), (uint8_t)length};
    memcpy(bytes + 2, printer->id, length - 2);
    size_t some = length < setup->length ? length : setup->length;
    memcpy(data, bytes, some);
    return (int)some;
}

enum { GET_DEVICE_ID = 0xA100, GET_PORT_STATUS = 0xA101, SOFT_RESET = 0x2102, SOFT_RESET_1_0 = 0x2302 };

static int printer_control(struct device *device, const struct setup *setup, uint8_t *data)
{
    struct printer *printer = printer_of(device);
    const struct tray *tray = &printer->tray;
    switch (setup->type << 8 | setup->request) {
    case GET_DEVICE_ID:
        return printer->no_id ? -EPIPE : device_id(printer, setup, data);
    case GET_PORT_STATUS:
        if (printer->no_status || setup->length < 1)
            return -EPIPE;
        *data = (uint8_t)((tray->paper_out ? PAPER_EMPTY : 0) | (tray->paused ? 0 : SELECTED) |
                          (tray->paper_out || tray->head_open || tray->ribbon_out ? 0 : NOT_ERROR));
        return 1;
    case SOFT_RESET:
    case SOFT_RESET_1_0:
        printer->resets++;
        device_hush(device, BULK_IN);
        return 0;
    default:
        return -EPIPE;
    }
}

static long printer_out(struct device *device, uint8_t endpoint, const uint8_t *bytes, size_t length)
{
    (void)endpoint;
    struct tray *tray = &printer_of(device)->tray;
    long r = tray_take(tray, bytes, length);
    for (size_t done = 0; done < tray->said;) {
        size_t some = tray->said - done < 64 ? tray->said - done : 64;
        device_say(device, BULK_IN, tray->answer + done, some);
        done += some;
    }
    tray->said = 0;
    return r;
}

static int printer_command(struct device *device, const char *word, const char *rest)
{
    int r = tray_command(&printer_of(device)->tray, word, rest);
    if (r == 0 && strcmp(word, "stop") != 0)
        device_go_on(device, BULK_OUT);
    return r;
}

static void printer_tell(const struct device *device, char *text, size_t size)
{
    const struct printer *printer = (const struct printer *)device->state;
    tray_tell(&printer->tray, text, size);
    size_t used = strlen(text);
    snprintf(text + used, size - used, " resets=%u listening=%zu", printer->resets, device_asked(device, BULK_IN));
}

const struct model printer_model = {
    .name = "printer",
    .state_size = sizeof(struct printer),
    .plug = printer_plug,
    .unplug = printer_unplug,
    .control = printer_control,
    .out = printer_out,
    .command = printer_command,
    .tell = printer_tell,
};
