/* What every HID device answers (HID 1.11, 7.1 and 7.2), and its configuration. Does not know the reports. */
#ifndef EMULATOR_HID_H
#define EMULATOR_HID_H

#include "device.h"

#define HID_IN  0x81
#define HID_OUT 0x02

/* At the start of the model's state. */
struct hid {
    uint8_t protocol, idle, lamps;
    unsigned set_protocols, set_reports;
    uint8_t last[64]; /* the input report that GET_REPORT answers */
    size_t last_length;
    void (*output)(struct device *device, const uint8_t *report, size_t length); /* by control or by endpoint */
};

struct hid_shape {
    uint8_t subclass, protocol;
    uint16_t packet_size;
    uint8_t interval_ms;
    bool out_endpoint;
};

/* After device_set_report(). */
void hid_describe(struct device *device, const struct hid_shape *shape);
int hid_control(struct device *device, const struct setup *setup, uint8_t *data);
long hid_out(struct device *device, uint8_t endpoint, const uint8_t *bytes, size_t length);

#endif
