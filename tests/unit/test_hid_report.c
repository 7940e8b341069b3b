/* Report descriptors: what is found in good ones, and that bad ones are refused without harm. */
#include "drivers/hid_report.h"

#include "base/cleanup.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

/* USB HID 1.11, appendix B.1: modifiers, a reserved byte, LEDs out, six keys. */
static const uint8_t keyboard[] = {
    0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01,
    0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x05, 0x75, 0x01,
    0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x01, 0x95, 0x06,
    0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0,
};

/* Two applications, three reports, a long item, push and pop, delimiters, usages that bring their page. */
static const uint8_t mixed[] = {
    0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x85, 0x02, 0x09, 0x12, 0xA1, 0x02,       /* barcode scanner, report 2 */
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x03,                         /* three bytes */
    0xA4, 0x05, 0x01, 0x95, 0x01, 0x09, 0x3B, 0x81, 0x02, 0xB4,                   /* pushed: one byte count */
    0xFE, 0x02, 0x77, 0xC0, 0xC0,                                                 /* a long item of two bytes */
    0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x81, 0x02,                               /* three identifiers */
    0x0B, 0xFE, 0x00, 0x8C, 0x00, 0x95, 0x04, 0x82, 0x02, 0x01,                   /* data, buffered bytes */
    0x75, 0x01, 0x95, 0x01, 0x09, 0xFF, 0x81, 0x02, 0x75, 0x07, 0x81, 0x03,       /* continued, padding */
    0xC0, 0x85, 0x04, 0x75, 0x01, 0x95, 0x02, 0x19, 0x85, 0x29, 0x86, 0x91, 0x02, /* two beeps out */
    0x75, 0x06, 0x95, 0x01, 0x91, 0x03, 0xC0,                                     /* their padding */
    0x05, 0x8D, 0x09, 0x20, 0xA1, 0x01, 0x85, 0x03,                               /* scale, report 3 */
    0xA9, 0x01, 0x09, 0x41, 0x09, 0x42, 0xA9, 0x00,                               /* two names for one thing */
    0x15, 0x81, 0x25, 0x7F, 0x75, 0x08, 0x95, 0x01, 0x81, 0x02, 0xC0,
};

static uint32_t element;

static const struct hid_field *find(const struct hid_layout *layout, enum hid_kind kind, uint32_t usage)
{
    element = UINT32_MAX;
    return hid_layout_find(layout, kind, usage, &element);
}

static void test_keyboard(void **state)
{
    (void)state;
    static struct hid_layout layout;
    assert_int_equal(hid_layout_parse(keyboard, sizeof(keyboard), &layout, NULL), 0);
    assert_int_equal(layout.count, 5);
    assert_false(layout.numbered);
    const struct hid_field *modifiers = find(&layout, HID_INPUT, HID_USAGE(7, 0xE7));
    assert_ptr_equal(modifiers, &layout.fields[0]);
    assert_int_equal(element, 7);
    assert_int_equal(modifiers->application, HID_USAGE(1, 6));
    const struct hid_field *keys = find(&layout, HID_INPUT, HID_USAGE(7, 0x28));
    assert_true(keys && keys->array && !keys->constant);
    assert_int_equal(element, 0x28);
    assert_int_equal(keys->bit, 16);
    assert_int_equal(keys->count, 6);
    assert_int_equal(hid_field_usage(keys, 0x65), HID_USAGE(7, 0x65));
    assert_int_equal(hid_field_usage(keys, 0x66), 0);
    assert_true(layout.fields[1].constant);
    assert_int_equal(hid_field_usage(&layout.fields[1], 0), 0);
    assert_null(find(&layout, HID_OUTPUT, HID_USAGE(7, 0x28)));
    assert_int_equal(hid_layout_report_size(&layout, HID_INPUT, 0), 8);
    assert_int_equal(hid_layout_report_size(&layout, HID_OUTPUT, 0), 1);
    assert_int_equal(hid_layout_report_size(&layout, HID_INPUT, 1), 0);
    assert_int_equal(hid_layout_report_size(&layout, HID_FEATURE, 0), 0);
}

static void test_mixed(void **state)
{
    (void)state;
    static struct hid_layout layout;
    assert_int_equal(hid_layout_parse(mixed, sizeof(mixed), &layout, NULL), 0);
    assert_true(layout.numbered);
    const struct hid_field *aim = find(&layout, HID_INPUT, HID_USAGE(0x8C, 0xFD));
    assert_int_equal(aim->report_id, 2);
    assert_int_equal(aim->bit, 8);
    assert_int_equal(aim->count, 3); /* popped again */
    assert_int_equal(element, 2);
    const struct hid_field *data = find(&layout, HID_INPUT, HID_USAGE(0x8C, 0xFE));
    assert_int_equal(data->bit, 32);
    assert_int_equal(data->application, HID_USAGE(0x8C, 2));
    assert_int_equal(hid_field_usage(data, 3), HID_USAGE(0x8C, 0xFE));
    assert_int_equal(hid_field_usage(data, 4), 0);
    assert_int_equal(find(&layout, HID_INPUT, HID_USAGE(1, 0x3B))->bit, 0);
    assert_int_equal(hid_layout_report_size(&layout, HID_INPUT, 2), 1 + 1 + 3 + 4 + 1);
    assert_int_equal(find(&layout, HID_OUTPUT, HID_USAGE(0x8C, 0x86))->report_id, 4);
    assert_int_equal(element, 1);
    assert_int_equal(find(&layout, HID_INPUT, HID_USAGE(0x8D, 0x41))->application, HID_USAGE(0x8D, 0x20));
    assert_null(find(&layout, HID_INPUT, HID_USAGE(0x8D, 0x42)));
    assert_null(hid_layout_find_in(&layout, HID_INPUT, 3, HID_USAGE(0x8C, 0xFE), &element));
    assert_ptr_equal(hid_layout_find_in(&layout, HID_INPUT, 2, HID_USAGE(0x8C, 0xFE), &element), data);
}

/* The order of usages and ranges is the order of the elements; the page is the one that holds at the main item. */
static void test_usages(void **state)
{
    (void)state;
    const struct {
        const uint8_t *bytes;
        size_t length;
        uint32_t usages[5];
    } cases[] = {
        {BYTES(0x75, 8, 0x95, 5, 0x09, 1, 0x19, 3, 0x29, 5, 0x05, 9, 0x81, 2),
         {0x90001, 0x90003, 0x90004, 0x90005, 0x90005}},
        {BYTES(0x75, 8, 0x95, 5, 0x05, 9, 0x19, 3, 0x29, 4, 0x09, 1, 0x81, 2),
         {0x90003, 0x90004, 0x90001, 0x90001, 0x90001}},
        {BYTES(0x75, 8, 0x95, 5, 0x05, 9, 0x19, 3, 0x29, 4, 0x19, 7, 0x29, 8, 0x81, 2),
         {0x90003, 0x90004, 0x90007, 0x90008, 0x90008}},
        {BYTES(0x75, 8, 0x95, 5, 0x1B, 3, 0, 7, 0, 0x29, 4, 0x81, 2), {0x70003, 0x70004, 0x70004, 0x70004, 0x70004}},
        {BYTES(0x75, 8, 0x95, 5, 0x19, 3, 0x2B, 4, 0, 7, 0, 0x81, 2), {0x70003, 0x70004, 0x70004, 0x70004, 0x70004}},
        {BYTES(0x75, 8, 0x95, 5, 0x05, 9, 0x81, 2), {0}},
        {BYTES(0x75, 8, 0x95, 2, 0x05, 9, 0x0A, 0x34, 0x12, 0x81, 2), {0x91234, 0x91234}},
        {BYTES(0x75, 8, 0x95, 2, 0x05, 9, 0x0B, 0x34, 0x12, 7, 0, 0x81, 2), {0x71234, 0x71234}}, /* brings its page */
        {BYTES(0x75, 8, 0x95, 2, 0x05, 9, 0xA9, 1, 0x09, 1, 0x09, 2, 0xA9, 0, 0x09, 3, 0x81, 2), {0x90001, 0x90003}},
        {BYTES(0x75, 8, 0x95, 1, 0x09, 1, 0xA1, 1, 0x81, 2, 0xC0), {0}}, /* a collection takes its usage */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct hid_layout layout;
        assert_int_equal(hid_layout_parse(cases[i].bytes, cases[i].length, &layout, NULL), 0);
        assert_int_equal(layout.count, 1);
        for (uint32_t j = 0; j < 5; j++)
            assert_int_equal(hid_field_usage(&layout.fields[0], j), cases[i].usages[j]);
    }
}

static void test_refused(void **state)
{
    (void)state;
    const struct {
        const uint8_t *bytes;
        size_t length;
        int code;
        const char *why;
    } cases[] = {
        {BYTES(0x05), -EINVAL, "in the middle of an item"},
        {BYTES(0x27, 1, 2, 3), -EINVAL, "in the middle of an item"},
        {BYTES(0xFE), -EINVAL, "in the middle of an item"},
        {BYTES(0xFE, 2, 0, 0), -EINVAL, "in the middle of an item"},
        {BYTES(0xA1, 1), -EINVAL, "inside a collection"},
        {BYTES(0xA1, 1, 0xC0, 0xC0), -EINVAL, "never opened"},
        {BYTES(0x85, 0), -EINVAL, "between 1 and 255"},
        {BYTES(0x86, 0, 1), -EINVAL, "between 1 and 255"},
        {BYTES(0xB4), -EINVAL, "never pushed"},
        {BYTES(0xA4, 0xA4, 0xA4, 0xA4, 0xA4, 0xA4, 0xA4, 0xA4, 0xA4), -E2BIG, "too often"},
        {BYTES(0x19, 5, 0x29, 4), -EINVAL, "ends before it begins"},
        {BYTES(0x75, 8, 0x96, 1, 0x10, 0x81, 2), -E2BIG, "4096 bytes"},
        {BYTES(0x75, 8, 0x96, 0, 0x10, 0x81, 2, 0x95, 1, 0x81, 2), -E2BIG, "4096 bytes"},
        {BYTES(0x77, 255, 255, 255, 255, 0x97, 255, 255, 255, 255, 0x81, 2), -E2BIG, "4096 bytes"},
        {BYTES(0x77, 0, 0, 1, 0, 0x97, 0, 0, 1, 0, 0x81, 2), -E2BIG, "4096 bytes"},
        {BYTES(0x09, 1, 0x19, 0, 0x2A, 255, 255, 0x81, 2), -E2BIG, "more usages"},
        {BYTES(0x09, 1, 0x1B, 0, 0, 0, 0, 0x2B, 255, 255, 255, 255), -E2BIG, "more usages"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct hid_layout layout = {.count = 77};
        struct error error;
        assert_int_equal(hid_layout_parse(cases[i].bytes, cases[i].length, &layout, &error), cases[i].code);
        assert_non_null(strstr(error.text, cases[i].why));
        assert_int_equal(layout.count, 77);
    }
}

static void test_bounds(void **state)
{
    (void)state;
    static uint8_t bytes[HID_DESCRIPTOR_MAX + 1];
    struct hid_layout layout;
    struct error error;
    assert_int_equal(hid_layout_parse(bytes, 0, &layout, &error), -EINVAL);
    assert_int_equal(hid_layout_parse(bytes, HID_DESCRIPTOR_MAX, &layout, &error), 0);
    assert_int_equal(layout.count, 0);
    assert_int_equal(hid_layout_parse(bytes, HID_DESCRIPTOR_MAX + 1, &layout, &error), -E2BIG);
    memcpy(bytes, (const uint8_t[]){0x75, 1, 0x95, 1}, 4);
    for (size_t i = 0; i <= HID_FIELDS_MAX; i++)
        memcpy(bytes + 4 + 2 * i, (const uint8_t[]){0x81, 2}, 2);
    assert_int_equal(hid_layout_parse(bytes, 4 + 2 * (size_t)HID_FIELDS_MAX, &layout, &error), 0);
    assert_int_equal(layout.count, HID_FIELDS_MAX);
    assert_int_equal(hid_layout_parse(bytes, 6 + 2 * (size_t)HID_FIELDS_MAX, &layout, &error), -E2BIG);
    assert_int_equal(hid_layout_parse(BYTES(0x75, 0, 0x95, 9, 0x81, 2, 0x75, 8, 0x95, 0, 0x81, 2), &layout, &error), 0);
    assert_int_equal(layout.count, 0); /* no bits, no field */
    assert_int_equal(hid_layout_parse(BYTES(0x75, 8, 0x96, 0, 0x10, 0x81, 2), &layout, &error), 0);
    assert_int_equal(hid_layout_report_size(&layout, HID_INPUT, 0), HID_REPORT_MAX);
}

static void test_values(void **state)
{
    (void)state;
    static const struct {
        uint32_t bit, bits;
        int32_t min;
        int64_t value;
    } cases[] = {
        {0, 8, 0, 0xF1},
        {0, 8, -128, -15},
        {4, 8, 0, 0x2F},
        {4, 4, -8, -1},
        {3, 1, 0, 0},
        {4, 1, 0, 1},
        {4, 1, -1, -1},
        {0, 16, 0, 0x32F1},
        {4, 16, 0, 0x432F},
        {8, 32, -1, 0x76655432},
        {32, 32, -1, -1164408970},
        {64, 8, 0, 0},
        {56, 16, 0, 0xBA},
        {56, 16, -1, 0xBA},
        {60, 4, -1, -5},
        {7, 2, 0, 1},
        {0, 64, 0, -5001098443619028239},
        {4, 64, 0, 0x0BA988776655432F},
    };
    static const uint8_t report[] = {0xF1, 0x32, 0x54, 0x65, 0x76, 0x87, 0x98, 0xBA};
    const struct hid_layout plain = {.numbered = false};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct hid_field field = {.bit = cases[i].bit, .bits = cases[i].bits, .count = 1, .logical_min = cases[i].min};
        assert_int_equal(hid_field_value(&plain, &field, 0, report, sizeof(report)), cases[i].value);
    }
}

static void test_put(void **state)
{
    (void)state;
    const struct hid_layout numbered = {.numbered = true}, plain = {.numbered = false};
    const struct hid_field field = {.bit = 5, .bits = 7, .count = 3, .logical_min = -64};
    uint8_t report[5] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    for (uint32_t i = 0; i < 3; i++)
        hid_field_put(&numbered, &field, i, -3 * (int64_t)i, report, sizeof(report));
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(hid_field_value(&numbered, &field, i, report, sizeof(report)), -3 * (int64_t)i);
    assert_int_equal(report[0], 0xFF);
    assert_int_equal(report[1], 0x1F);
    assert_int_equal(report[4] & 0xFC, 0xFC);
    const uint8_t before[5] = {report[0], report[1], report[2], report[3], report[4]};
    hid_field_put(&numbered, &field, 3, 0, report, sizeof(report));
    hid_field_put(&plain, &field, 2, 0, report, 0);
    assert_memory_equal(report, before, sizeof(before));
    assert_int_equal(hid_field_value(&numbered, &field, 3, report, sizeof(report)), 0);
    assert_int_equal(hid_field_value(&numbered, &field, 0, report, 0), 0);
}

/* A layout from a hostile device is used to its last element. */
static void use(const struct hid_layout *layout)
{
    static uint8_t report[16];
    uint32_t found;
    assert_true(layout->count <= HID_FIELDS_MAX);
    for (size_t i = 0; i < layout->count; i++) {
        const struct hid_field *field = &layout->fields[i];
        assert_true(field->bit + field->bits * field->count <= HID_REPORT_MAX * 8);
        uint32_t last = field->count - 1;
        hid_field_put(layout, field, last, hid_field_value(layout, field, last, report, sizeof(report)), report,
                      sizeof(report));
        hid_layout_find(layout, field->kind, hid_field_usage(field, last), &found);
        assert_true(hid_layout_report_size(layout, field->kind, field->report_id) <= HID_REPORT_MAX + 1);
    }
}

static bool parse_copy(const uint8_t *bytes, size_t length)
{
    uint8_t *copy = malloc(length ? length : 1); /* so that a sanitizer sees a read past its end */
    struct hid_layout layout;
    struct error error = {.text = ""};
    memcpy(copy, bytes, length);
    int r = hid_layout_parse(copy, length, &layout, &error);
    free(copy);
    if (r == 0)
        use(&layout);
    else
        assert_true(error.text[0]);
    return r == 0;
}

static void test_every_truncation(void **state)
{
    (void)state;
    size_t good = 0;
    for (size_t length = 0; length < sizeof(keyboard); length++)
        good += parse_copy(keyboard, length);
    assert_int_equal(good, 2); /* before the collection opens, between items */
    for (size_t length = 0; length < sizeof(mixed); length++)
        parse_copy(mixed, length);
}

static uint32_t next_random(uint32_t *random)
{
    *random = *random * 1664525u + 1013904223u;
    return *random >> 16;
}

static void test_garbage(void **state)
{
    (void)state;
    uint32_t random = 20260301;
    size_t good = 0;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[sizeof(mixed)];
        size_t length = 1 + next_random(&random) % sizeof(bytes);
        memcpy(bytes, mixed, sizeof(bytes));
        size_t changes = round % 2 ? length : 1 + next_random(&random) % 4;
        for (size_t i = 0; i < changes; i++)
            bytes[round % 2 ? i : next_random(&random) % sizeof(bytes)] = (uint8_t)next_random(&random);
        good += parse_copy(bytes, round % 2 ? length : sizeof(bytes));
    }
    assert_true(good > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keyboard), cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_usages),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bounds),   cmocka_unit_test(test_values),
        cmocka_unit_test(test_put),      cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
