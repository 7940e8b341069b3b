#include "drivers/scanner/hid_keys.h"

#include <errno.h>
#include <string.h>

/* HID usage tables, page 7. */
enum {
    KEY_ROLLOVER = HID_USAGE(HID_PAGE_KEYBOARD, 0x01),
    KEY_A = HID_USAGE(HID_PAGE_KEYBOARD, 0x04),
    KEY_FIRST_MODIFIER = HID_USAGE(HID_PAGE_KEYBOARD, 0xE0),
    KEY_LAST_MODIFIER = HID_USAGE(HID_PAGE_KEYBOARD, 0xE7),
};

/* Of a boot report: modifiers, a reserved byte, keys. */
enum { BOOT_KEYS = 2 };

struct hid_keys {
    struct hid_layout layout;
};

static int check(const struct hid_layout *layout, struct error *error)
{
    uint32_t element;
    if (hid_layout_find(layout, HID_INPUT, KEY_A, &element))
        return 0;
    return error_set(
        error, -EINVAL,
        "This device's report descriptor has no keys in it (usage page 7): it is not in keyboard mode; set "
        "the scanner to keyboard mode with the barcode in its manual, or use the driver hid-pos.");
}

int hid_keys_new(const uint8_t *descriptor, size_t length, struct hid_keys **ret, struct error *error)
{
    struct hid_keys *keys CLEANUP(hid_keys_free_p) = calloc(1, sizeof(*keys));
    if (!keys)
        return error_set(error, -ENOMEM, "There is no memory left for another scanner.");
    int r = hid_layout_parse(descriptor, length, &keys->layout, error);
    if (r == 0)
        r = check(&keys->layout, error);
    if (r < 0)
        return r;
    *ret = keys->layout.numbered ? keys : NULL;
    if (keys->layout.numbered)
        keys = NULL;
    return 0;
}

struct hid_keys *hid_keys_free(struct hid_keys *keys)
{
    free(keys);
    return NULL;
}

/* The usage that an element says is down, 0: none. */
static uint32_t usage_down(const struct hid_layout *layout, const struct hid_field *field, uint32_t element,
                           const uint8_t *report, size_t length)
{
    int64_t value = hid_field_value(layout, field, element, report, length);
    if (!field->array)
        return value != 0 ? hid_field_usage(field, element) : 0;
    bool named = value >= field->logical_min && value <= (int64_t)field->logical_min + UINT16_MAX;
    return named ? hid_field_usage(field, (uint32_t)(value - field->logical_min)) : 0;
}

static void press(uint32_t usage, uint8_t boot[HID_KEYS_BOOT_SIZE])
{
    if (usage >= KEY_FIRST_MODIFIER && usage <= KEY_LAST_MODIFIER) {
        boot[0] |= (uint8_t)(1u << (usage - KEY_FIRST_MODIFIER));
        return;
    }
    if (usage < KEY_ROLLOVER || usage > HID_USAGE(HID_PAGE_KEYBOARD, UINT8_MAX))
        return;
    uint8_t *slots = boot + BOOT_KEYS;
    const size_t count = HID_KEYS_BOOT_SIZE - BOOT_KEYS;
    uint8_t *empty = memchr(slots, 0, count);
    if (empty)
        *empty = (uint8_t)usage;
    else
        memset(slots, (uint8_t)KEY_ROLLOVER, count);
}

bool hid_keys_to_boot(const struct hid_keys *keys, const uint8_t *report, size_t length,
                      uint8_t ret[HID_KEYS_BOOT_SIZE])
{
    const struct hid_layout *layout = &keys->layout;
    bool any = false;
    memset(ret, 0, HID_KEYS_BOOT_SIZE);
    for (size_t i = 0; length > 0 && i < layout->count; i++) {
        const struct hid_field *field = &layout->fields[i];
        uint32_t page = field->usage_min > 0 ? field->usage_min >> 16 : field->usages[0] >> 16;
        if (field->kind != HID_INPUT || field->report_id != report[0] || page != HID_PAGE_KEYBOARD || field->constant)
            continue;
        any = true;
        for (uint32_t element = 0; element < field->count; element++)
            press(usage_down(layout, field, element, report, length), ret);
    }
    return any;
}
