#include "hid.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A scanner in HID POS mode (HID Point of Sale Usage Tables 1.02, page 0x8C): report 2 of 64 bytes brings up to 56
 * bytes of a scan, report 4 makes it beep. */

static const uint8_t report_descriptor[] = {
    0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, /* a scanner */
    0x09, 0x12, 0xA1, 0x02, 0x85, 0x02, /* its scanned data report, 2 */
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, /* byte count */
    0x95, 0x03, 0x05, 0x8C, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x81, 0x02, /* symbology identifier 1, 2, 3 */
    0x95, 0x38, 0x09, 0xFE, 0x82, 0x02, 0x01,                               /* decoded data */
    0x95, 0x02, 0x06, 0x66, 0xFF, 0x09, 0x04, 0x81, 0x02,                   /* the maker's own */
    0x05, 0x8C, 0x09, 0xFF, 0x25, 0x01, 0x75, 0x01, 0x95, 0x01, 0x81, 0x02, /* decoded data continued */
    0x75, 0x07, 0x81, 0x01, 0xC0, 0x09, 0x14, 0xA1, 0x02, 0x85, 0x04,       /* its trigger report, 4 */
    0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x04, 0x09, 0x5F, 0x09, 0x60, 0x09, 0x85, 0x09,
    0x86, 0x91, 0x02, /* do not read, read, error beep, good read beep */
    0x75, 0x04, 0x95, 0x01, 0x91, 0x01, 0xC0, 0xC0,
};

enum { REPORT_SIZE = 64, DATA_AT = 5, DATA_MAX = 56, ERROR_BEEP = 0x04, GOOD_BEEP = 0x08 };

struct pos {
    struct hid hid;
    char aim[4];
    unsigned good_beeps, error_beeps;
};

static struct pos *pos_of(struct device *device)
{
    return (struct pos *)device->state;
}

static void take_trigger(struct device *device, const uint8_t *report, size_t length)
{
    struct pos *pos = pos_of(device);
    if (length < 2 || report[0] != 4)
        return;
    pos->good_beeps += (report[1] & GOOD_BEEP) != 0;
    pos->error_beeps += (report[1] & ERROR_BEEP) != 0;
}

/* aim=]E0: the symbology; out_endpoint=1: beeps by endpoint instead of by control. */
static int pos_plug(struct device *device, const struct options *options)
{
    struct pos *pos = pos_of(device);
    device_describe(device, options, 0x0C2E, 0x0B67, 0x0100, "HID POS scanner");
    device_set_report(device, report_descriptor, sizeof(report_descriptor));
    hid_describe(device, &(struct hid_shape){.packet_size = REPORT_SIZE,
                                             .interval_ms = 1,
                                             .out_endpoint = option_number(options, "out_endpoint", 0) != 0});
    pos->hid.output = take_trigger;
    snprintf(pos->aim, sizeof(pos->aim), "%s", option_value(options, "aim", "]C0"));
    return 0;
}

/* type TEXT: a scan, in as many reports as it takes. */
static int pos_command(struct device *device, const char *word, const char *rest)
{
    if (strcmp(word, "type") != 0)
        return -EINVAL;
    for (size_t left = strlen(rest); left > 0;) {
        size_t some = left < DATA_MAX ? left : DATA_MAX;
        uint8_t report[REPORT_SIZE] = {2, (uint8_t)some};
        memcpy(report + 2, pos_of(device)->aim, 3);
        memcpy(report + DATA_AT, rest, some);
        rest += some;
        left -= some;
        report[REPORT_SIZE - 1] = left > 0;
        if (!device_say(device, HID_IN, report, sizeof(report)))
            return -ENOSPC;
    }
    return 0;
}

static void pos_tell(const struct device *device, char *text, size_t size)
{
    const struct pos *pos = (const struct pos *)device->state;
    snprintf(text, size, " good_beeps=%u error_beeps=%u", pos->good_beeps, pos->error_beeps);
}

const struct model pos_model = {
    .name = "pos",
    .state_size = sizeof(struct pos),
    .plug = pos_plug,
    .control = hid_control,
    .out = hid_out,
    .command = pos_command,
    .tell = pos_tell,
};
