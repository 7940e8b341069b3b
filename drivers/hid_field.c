/* What hid_report.c found in a descriptor: looked up, and read from and written into reports. */
#include "drivers/hid_report.h"

uint32_t hid_field_usage(const struct hid_field *field, uint32_t element)
{
    bool is_range = field->usage_min > 0;
    uint32_t named = is_range ? field->usage_max - field->usage_min + 1 : (uint32_t)field->usage_count;
    if (field->constant || named == 0 || (field->array ? element >= named : element >= field->count))
        return 0;
    uint32_t i = element < named ? element : named - 1;
    return is_range ? field->usage_min + i : field->usages[i];
}

/* True when the field holds the usage. */
static bool field_find(const struct hid_field *field, uint32_t usage, uint32_t *ret_element)
{
    if (field->usage_min > 0) {
        uint32_t element = usage - field->usage_min;
        if (usage < field->usage_min || hid_field_usage(field, element) != usage)
            return false;
        *ret_element = element;
        return true;
    }
    for (uint32_t i = 0; i < field->usage_count; i++)
        if (hid_field_usage(field, i) == usage) {
            *ret_element = i;
            return true;
        }
    return false;
}

static const struct hid_field *find(const struct hid_layout *layout, enum hid_kind kind, int report_id, uint32_t usage,
                                    uint32_t *ret_element)
{
    for (size_t i = 0; i < layout->count; i++) {
        const struct hid_field *field = &layout->fields[i];
        bool here = field->kind == kind && (report_id < 0 || field->report_id == report_id);
        if (here && field_find(field, usage, ret_element))
            return field;
    }
    return NULL;
}

const struct hid_field *hid_layout_find(const struct hid_layout *layout, enum hid_kind kind, uint32_t usage,
                                        uint32_t *ret_element)
{
    return find(layout, kind, -1, usage, ret_element);
}

const struct hid_field *hid_layout_find_in(const struct hid_layout *layout, enum hid_kind kind, uint8_t report_id,
                                           uint32_t usage, uint32_t *ret_element)
{
    return find(layout, kind, report_id, usage, ret_element);
}

size_t hid_layout_report_size(const struct hid_layout *layout, enum hid_kind kind, uint8_t report_id)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < layout->count; i++) {
        const struct hid_field *field = &layout->fields[i];
        if (field->kind == kind && field->report_id == report_id)
            bits = field->bit + field->bits * field->count; /* the fields of a report stand in their order */
    }
    return bits == 0 ? 0 : (bits + 7) / 8 + (layout->numbered ? 1 : 0);
}

/* Where an element begins, and how many of its bits count. */
static size_t first_bit(const struct hid_layout *layout, const struct hid_field *field, uint32_t element)
{
    return (layout->numbered ? 8u : 0u) + field->bit + (size_t)element * field->bits;
}

static unsigned counted_bits(const struct hid_field *field)
{
    return field->bits < 64 ? (unsigned)field->bits : 64;
}

int64_t hid_field_value(const struct hid_layout *layout, const struct hid_field *field, uint32_t element,
                        const uint8_t *report, size_t length)
{
    uint64_t value = 0;
    size_t first = first_bit(layout, field, element);
    unsigned bits = counted_bits(field);
    if (element >= field->count)
        return 0;
    for (unsigned done = 0, step; done < bits; done += step) {
        size_t byte = (first + done) / 8;
        unsigned shift = (unsigned)((first + done) % 8), left = bits - done;
        step = 8 - shift < left ? 8 - shift : left;
        if (byte < length)
            value |= ((uint64_t)(report[byte] >> shift) & ((1u << step) - 1)) << done;
    }
    if (field->logical_min < 0 && bits < 64 && value >> (bits - 1))
        value |= UINT64_MAX << bits;
    return (int64_t)value;
}

void hid_field_put(const struct hid_layout *layout, const struct hid_field *field, uint32_t element, int64_t value,
                   uint8_t *report, size_t length)
{
    size_t first = first_bit(layout, field, element);
    unsigned bits = counted_bits(field);
    if (element >= field->count)
        return;
    for (unsigned done = 0, step; done < bits; done += step) {
        size_t byte = (first + done) / 8;
        unsigned shift = (unsigned)((first + done) % 8), left = bits - done;
        step = 8 - shift < left ? 8 - shift : left;
        uint8_t mask = (uint8_t)(((1u << step) - 1) << shift);
        if (byte < length)
            report[byte] = (uint8_t)((report[byte] & ~mask) | (((uint64_t)value >> done << shift) & mask));
    }
}
