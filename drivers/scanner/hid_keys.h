/* A keyboard's report as its descriptor lays it out, turned into the 8 bytes of a boot keyboard's.
 * Knows no layout, no order of presses and no text. */
#ifndef DRIVERS_SCANNER_HID_KEYS_H
#define DRIVERS_SCANNER_HID_KEYS_H

#include "base/cleanup.h"
#include "drivers/hid_report.h"

enum { HID_KEYS_BOOT_SIZE = 8 };

struct hid_keys;

/* *ret is NULL when the keyboard does not number its reports: they are boot reports already. */
int hid_keys_new(const uint8_t *descriptor, size_t length, struct hid_keys **ret, struct error *error);
struct hid_keys *hid_keys_free(struct hid_keys *keys);
DEFINE_CLEANUP(hid_keys_free, struct hid_keys *);

/* False: not a report of keys. Keys may be a list or a bit each; more than six at once become "rollover" (01), as a
 * boot keyboard says it. */
bool hid_keys_to_boot(const struct hid_keys *keys, const uint8_t *report, size_t length,
                      uint8_t ret[HID_KEYS_BOOT_SIZE]);

#endif
