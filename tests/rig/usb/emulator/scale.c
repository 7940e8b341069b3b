#include "hid.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A bench scale that shows itself as HID page 0x8D (HID Point of Sale Usage Tables 1.02, chapter 4): report 3 of six
 * bytes, said again and again: status, unit, exponent, weight. */

static const uint8_t report_descriptor[] = {
    0x05, 0x8D, 0x09, 0x20, 0xA1, 0x01,             /* a weighing device */
    0x85, 0x03, 0x09, 0x21, 0xA1, 0x02,             /* its data report */
    0x09, 0x70, 0xA1, 0x02,                         /* status: one of */
    0x15, 0x01, 0x25, 0x08, 0x19, 0x71, 0x29, 0x78, /* fault, stable at zero, in motion, stable, ... */
    0x75, 0x08, 0x95, 0x01, 0x81, 0x00, 0xC0, 0x09, 0x50, 0xA1, 0x02, /* unit: one of */
    0x15, 0x01, 0x25, 0x0C, 0x19, 0x51, 0x29, 0x5C, 0x75, 0x08, 0x95, 0x01, 0x81, 0x00, 0xC0,
    0x09, 0x41, 0x15, 0x81, 0x25, 0x7F, 0x75, 0x08, 0x95, 0x01, 0x81, 0x02,                   /* exponent */
    0x09, 0x40, 0x15, 0x00, 0x27, 0xFF, 0xFF, 0x00, 0x00, 0x75, 0x10, 0x95, 0x01, 0x81, 0x02, /* weight */
    0xC0, 0xC0,
};

#define SILENCE_US 100000 /* between two reports */

struct scale {
    struct hid hid;
    int64_t next_us;
};

static struct scale *scale_of(struct device *device)
{
    return (struct scale *)device->state;
}

/* Report 3: stable, in grams, 10 to the power of 0. */
static void set_weight(struct device *device, unsigned status, unsigned unit, int exponent, unsigned weight)
{
    struct hid *hid = &scale_of(device)->hid;
    const uint8_t bytes[6] = {
        3, (uint8_t)status, (uint8_t)unit, (uint8_t)exponent, (uint8_t)weight, (uint8_t)(weight >> 8)};
    memcpy(hid->last, bytes, sizeof(bytes));
    hid->last_length = sizeof(bytes);
}

static int scale_plug(struct device *device, const struct options *options)
{
    device_describe(device, options, 0x0922, 0x8003, 0x0100, "Bench scale");
    device_set_report(device, report_descriptor, sizeof(report_descriptor));
    hid_describe(device, &(struct hid_shape){.packet_size = 8, .interval_ms = 4});
    set_weight(device, 2, 2, 0, 0);
    return 0;
}

/* weigh STATUS UNIT EXPONENT WEIGHT: what it says from now on. */
static int scale_command(struct device *device, const char *word, const char *rest)
{
    char *end = NULL;
    if (strcmp(word, "weigh") != 0)
        return -EINVAL;
    unsigned long status = strtoul(rest, &end, 10), unit = strtoul(end, &end, 10);
    long exponent = strtol(end, &end, 10);
    set_weight(device, (unsigned)status, (unsigned)unit, (int)exponent, (unsigned)strtoul(end, &end, 10));
    return 0;
}

static int64_t scale_deadline(const struct device *device)
{
    return device_asked(device, HID_IN) > 0 ? ((const struct scale *)device->state)->next_us : INT64_MAX;
}

static void scale_tick(struct device *device, int64_t now)
{
    struct scale *scale = scale_of(device);
    scale->next_us = now + SILENCE_US;
    device_say(device, HID_IN, scale->hid.last, scale->hid.last_length);
}

const struct model scale_model = {
    .name = "scale",
    .state_size = sizeof(struct scale),
    .plug = scale_plug,
    .control = hid_control,
    .out = hid_out,
    .command = scale_command,
    .deadline = scale_deadline,
    .tick = scale_tick,
};
