/* Report descriptors: two bytes with the descriptor's length, the descriptor, and a report to read with it. */
#include "drivers/hid_report.h"
#include "tests/fuzz/fuzz.h"

#define REPORT_BITS_MAX (HID_REPORT_MAX * 8u)

/* A few elements stand for all: there may be 32768. */
enum { ELEMENTS_TRIED = 3, UNTOUCHED = 0xA5 };

static uint32_t element_tried(const struct hid_field *field, size_t i)
{
    const uint32_t elements[ELEMENTS_TRIED] = {0, field->count / 2, field->count - 1};
    return elements[i];
}

static void check_field(const struct hid_field *field, uint32_t *used)
{
    CLAIM(field->bits > 0 && field->bits <= REPORT_BITS_MAX);
    CLAIM(field->count > 0 && field->count <= REPORT_BITS_MAX);
    CLAIM(field->usage_count <= HID_USAGES_MAX);
    CLAIM(field->usage_min <= field->usage_max);
    CLAIM(field->bit == *used); /* they stand side by side */
    *used += field->bits * field->count;
    CLAIM(*used <= REPORT_BITS_MAX);
}

/* A usage that an element has is found, and what is found has that usage. */
static void check_usage(const struct hid_layout *layout, const struct hid_field *field, uint32_t element)
{
    uint32_t usage = hid_field_usage(field, element), found_at = 0;
    if (usage == 0)
        return;
    CLAIM(!field->constant);
    const struct hid_field *found = hid_layout_find(layout, field->kind, usage, &found_at);
    CLAIM(found && found <= field && hid_field_usage(found, found_at) == usage);
    found = hid_layout_find_in(layout, field->kind, field->report_id, usage, &found_at);
    CLAIM(found && found->report_id == field->report_id && hid_field_usage(found, found_at) == usage);
    CLAIM(found->array || found_at < found->count);
}

static void check_value(const struct hid_field *field, int64_t value)
{
    if (field->bits >= 63)
        return;
    int64_t end = (int64_t)1 << (field->bits - (field->logical_min < 0 ? 1 : 0));
    CLAIM(value < end && value >= (field->logical_min < 0 ? -end : 0));
}

static int64_t low_bits(const struct hid_field *field, int64_t value)
{
    return field->bits >= 64 ? value : (int64_t)((uint64_t)value & (((uint64_t)1 << field->bits) - 1));
}

/* What is put is found again, leaves the elements beside it alone, and can be taken away without a trace. */
static void check_put(const struct hid_layout *layout, const struct hid_field *field, uint32_t element, int64_t value)
{
    size_t size = hid_layout_report_size(layout, field->kind, field->report_id);
    uint8_t *report CLEANUP(cleanup_free) = calloc(1, size), *empty CLEANUP(cleanup_free) = calloc(1, size);
    CLAIM(report && empty);
    hid_field_put(layout, field, element, value, report, size);
    int64_t read = hid_field_value(layout, field, element, report, size);
    CLAIM(low_bits(field, read) == low_bits(field, value));
    CLAIM(element == 0 || hid_field_value(layout, field, element - 1, report, size) == 0);
    CLAIM(hid_field_value(layout, field, element + 1, report, size) == 0);
    hid_field_put(layout, field, element, 0, report, size);
    CLAIM(memcmp(report, empty, size) == 0);
    hid_field_put(layout, field, field->count, value, report, size);
    CLAIM(memcmp(report, empty, size) == 0);
}

static void check_element(const struct hid_layout *layout, const struct hid_field *field, uint32_t element,
                          struct input report)
{
    int64_t value = hid_field_value(layout, field, element, report.at, report.left);
    check_value(field, value);
    check_usage(layout, field, element);
    check_put(layout, field, element, value ^ 0x55);
    struct input half CLEANUP_INPUT = input_cut(&report, report.left / 2);
    check_value(field, hid_field_value(layout, field, element, half.at, half.left));
    hid_field_put(layout, field, element, value, (uint8_t[1]){0}, 1);
}

static void check_layout(const struct hid_layout *layout, struct input report)
{
    static uint32_t used[HID_FEATURE + 1][256];
    memset(used, 0, sizeof(used));
    CLAIM(layout->count <= HID_FIELDS_MAX);
    for (size_t i = 0; i < layout->count; i++) {
        const struct hid_field *field = &layout->fields[i];
        CLAIM(layout->numbered || field->report_id == 0);
        check_field(field, &used[field->kind][field->report_id]);
        CLAIM(hid_field_usage(field, field->array ? UINT32_MAX : field->count) == 0);
        for (size_t element = 0; element < ELEMENTS_TRIED; element++)
            check_element(layout, field, element_tried(field, element), report);
    }
    for (size_t i = 0; i < layout->count; i++) {
        const struct hid_field *field = &layout->fields[i];
        uint32_t bits = used[field->kind][field->report_id];
        CLAIM(hid_layout_report_size(layout, field->kind, field->report_id) == (bits + 7) / 8 + layout->numbered);
    }
}

/* An output is written on success alone. */
static bool is_untouched(const void *output, size_t size)
{
    const uint8_t *bytes = output;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != UNTOUCHED)
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input rest = {data, size};
    struct error error = {0};
    static struct hid_layout layout;
    struct input descriptor CLEANUP_INPUT = input_cut(&rest, input_number(&rest));
    struct input report CLEANUP_INPUT = input_cut(&rest, rest.left);
    memset(&layout, UNTOUCHED, sizeof(layout));
    if (hid_layout_parse(descriptor.at, descriptor.left, &layout, &error) == 0)
        check_layout(&layout, report);
    else
        CLAIM(*error.text && is_untouched(&layout, sizeof(layout)));
    return 0;
}
