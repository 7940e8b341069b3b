#include "hid.h"

#include <errno.h>
#include <string.h>

static struct hid *hid_of(struct device *device)
{
    return (struct hid *)device->state;
}

void hid_describe(struct device *device, const struct hid_shape *shape)
{
    const uint8_t report_low = (uint8_t)device->report_length, report_high = (uint8_t)(device->report_length >> 8);
    const uint8_t size_low = (uint8_t)shape->packet_size, size_high = (uint8_t)(shape->packet_size >> 8);
    const uint8_t bytes[] = {
        9,
        4,
        0,
        0,
        shape->out_endpoint ? 2 : 1,
        3,
        shape->subclass,
        shape->protocol,
        0, /* interface */
        9,
        0x21,
        0x11,
        0x01,
        0,
        1,
        0x22,
        report_low,
        report_high, /* HID 1.11 */
        7,
        5,
        HID_IN,
        3,
        size_low,
        size_high,
        shape->interval_ms, /* interrupt IN */
        7,
        5,
        HID_OUT,
        3,
        size_low,
        size_high,
        shape->interval_ms, /* interrupt OUT */
    };
    device_configure(device, bytes, shape->out_endpoint ? sizeof(bytes) : sizeof(bytes) - 7);
    hid_of(device)->protocol = 1;
}

static void take_output(struct device *device, const uint8_t *report, size_t length)
{
    if (hid_of(device)->output)
        hid_of(device)->output(device, report, length);
}

static int answer(uint8_t *data, const struct setup *setup, const void *bytes, size_t length)
{
    size_t some = length < setup->length ? length : setup->length;
    memcpy(data, bytes, some);
    return (int)some;
}

/* Class requests (HID 1.11, 7.2), with their type in front. */
enum {
    GET_REPORT_DESCRIPTOR = 0x8106,
    GET_REPORT = 0xA101,
    GET_IDLE = 0xA102,
    GET_PROTOCOL = 0xA103,
    SET_REPORT = 0x2109,
    SET_IDLE = 0x210A,
    SET_PROTOCOL = 0x210B
};

int hid_control(struct device *device, const struct setup *setup, uint8_t *data)
{
    struct hid *hid = hid_of(device);
    switch (setup->type << 8 | setup->request) {
    case GET_REPORT_DESCRIPTOR:
        return setup->value >> 8 == 0x22 ? answer(data, setup, device->report, device->report_length) : -EPIPE;
    case GET_REPORT:
        return answer(data, setup, hid->last, hid->last_length);
    case GET_IDLE:
        return answer(data, setup, &hid->idle, 1);
    case GET_PROTOCOL:
        return answer(data, setup, &hid->protocol, 1);
    case SET_REPORT:
        hid->set_reports++;
        take_output(device, data, setup->length);
        return 0;
    case SET_IDLE:
        hid->idle = (uint8_t)(setup->value >> 8);
        return 0;
    case SET_PROTOCOL:
        hid->protocol = (uint8_t)setup->value;
        hid->set_protocols++;
        return 0;
    default:
        return -EPIPE;
    }
}

long hid_out(struct device *device, uint8_t endpoint, const uint8_t *bytes, size_t length)
{
    (void)endpoint;
    take_output(device, bytes, length);
    return (long)length;
}
