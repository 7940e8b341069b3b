/* A HID report descriptor, taken apart: which bits of which report mean what (USB HID 1.11, 6.2.2).
 * Pure. Knows no scanner and no scale; never reads outside what it was given, however wrong that is. */
#ifndef DRIVERS_HID_REPORT_H
#define DRIVERS_HID_REPORT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HID_FIELDS_MAX     96
#define HID_USAGES_MAX     64   /* named one by one in one field; a range takes no room */
#define HID_DESCRIPTOR_MAX 4096 /* bytes */
#define HID_REPORT_MAX     4096 /* bytes, its id not counted */

#define HID_USAGE(page, id) ((uint32_t)(page) << 16 | (uint32_t)(id))
enum { HID_PAGE_KEYBOARD = 0x07, HID_PAGE_SCALE = 0x8D, HID_PAGE_BARCODE = 0x8C };

enum hid_kind { HID_INPUT, HID_OUTPUT, HID_FEATURE };

/* One main item: count elements of bits each, from bit on. */
struct hid_field {
    enum hid_kind kind;
    uint8_t report_id;    /* 0: the device does not number its reports */
    bool constant;        /* padding */
    bool array;           /* each element names the usage that is on; otherwise element i belongs to usage i */
    uint32_t bit;         /* from the start of the report, its id not counted */
    uint32_t bits, count; /* of one element; elements */
    int32_t logical_min, logical_max;
    uint32_t application;          /* usage of the outermost collection */
    uint32_t usage_min, usage_max; /* a range; usage_min 0: see usages */
    uint32_t usages[HID_USAGES_MAX];
    size_t usage_count;
};

struct hid_layout {
    size_t count;
    bool numbered; /* reports begin with their id */
    struct hid_field fields[HID_FIELDS_MAX];
};

/* -EINVAL with a sentence when the descriptor cannot be understood; -E2BIG when it has more than fits. */
int hid_layout_parse(const uint8_t *descriptor, size_t length, struct hid_layout *ret, struct error *error);

/* The usage of an element; the last one named holds for all elements after it. Of an array: the usage that the value
 * logical_min + element stands for. 0: none. */
uint32_t hid_field_usage(const struct hid_field *field, uint32_t element);

/* The first field of that kind that holds the usage (in its list or range), and which element of hid_field_usage it is;
 * NULL: none. Padding holds no usage. */
const struct hid_field *hid_layout_find(const struct hid_layout *layout, enum hid_kind kind, uint32_t usage,
                                        uint32_t *ret_element);
/* The same in one report. */
const struct hid_field *hid_layout_find_in(const struct hid_layout *layout, enum hid_kind kind, uint8_t report_id,
                                           uint32_t usage, uint32_t *ret_element);

/* Bytes of a report, its id included; 0: there is no such report. */
size_t hid_layout_report_size(const struct hid_layout *layout, enum hid_kind kind, uint8_t report_id);

/* One element out of a report as it came (id included when numbered); a missing end reads as zeros. Sign-extended when
 * logical_min is negative. Of an element of more than 64 bits the low 64. */
int64_t hid_field_value(const struct hid_layout *layout, const struct hid_field *field, uint32_t element,
                        const uint8_t *report, size_t length);

/* Writes one element into a report that the caller has sized and zeroed. Out of the field: nothing. */
void hid_field_put(const struct hid_layout *layout, const struct hid_field *field, uint32_t element, int64_t value,
                   uint8_t *report, size_t length);

#endif
