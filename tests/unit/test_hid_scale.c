/* HID scales: which reports are a weight, how much it is, and what is said of the others. */
#include "drivers/scale/scale.h"

#include "base/buf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { STABLE = 4, G = 2, OZ = 11 };

/* Each reading as a line: "stable 1000", "motion", "error: no unit". */
static void on_reading(void *user, const struct scale_reading *reading)
{
    struct buf *out = user;
    assert_true(reading->has_weight == (reading->state == SCALE_STABLE));
    assert_false(reading->has_count);
    assert_true((reading->why != NULL) == (reading->state == SCALE_ERROR));
    buf_puts(out, scale_state_name(reading->state));
    if (reading->has_weight)
        buf_printf(out, " %lld", (long long)reading->milligrams);
    if (reading->why)
        buf_printf(out, ": %s", reading->why);
    buf_putc(out, '\n');
}

static struct scale *new_scale(const struct scale_settings *settings, struct buf *out)
{
    const struct scale_sink sink = {on_reading, out};
    struct scale *scale;
    struct error error;
    if (scale_new("hid", settings, &sink, &scale, &error) < 0)
        fail_msg("%s", error.text);
    return scale;
}

static const char *read_one(struct scale *scale, struct buf *out, const uint8_t *report, size_t length)
{
    buf_clear(out);
    scale_feed(scale, report, length);
    return buf_text(out);
}

static void test_usual_layout(void **state)
{
    (void)state;
    static const struct {
        uint8_t status, unit;
        int8_t exponent;
        uint16_t value;
        const char *out;
    } cases[] = {
        {STABLE, 1, 0, 7, "stable 7\n"},
        {STABLE, G, 0, 480, "stable 480000\n"},
        {2, G, 0, 0, "stable 0\n"},
        {STABLE, 3, -3, 1234, "stable 1234000\n"},
        {STABLE, 3, -2, 65535, "stable 655350000\n"},
        {STABLE, 4, 0, 5, "stable 1000\n"},
        {STABLE, 6, 0, 1, "stable 65\n"}, /* a grain: 64.79891 mg */
        {STABLE, 6, 5, 1, "stable 6479891\n"},
        {STABLE, 7, 0, 1, "stable 1555\n"}, /* 1555.17384 */
        {STABLE, 8, 0, 2, "stable 2000000000\n"},
        {STABLE, 9, 0, 3, "stable 2721554220\n"},
        {STABLE, 10, 0, 1, "stable 31103\n"},     /* 31103.4768 */
        {STABLE, OZ, -1, 123, "stable 348699\n"}, /* 348699.134… */
        {STABLE, OZ, 0, 16, "stable 453592\n"},
        {STABLE, OZ, 6, 1, "stable 28349523125\n"},
        {STABLE, 10, 4, 1, "stable 311034768\n"},
        {STABLE, 7, 5, 1, "stable 155517384\n"},
        {STABLE, 12, 2, 1, "stable 45359237\n"},
        {STABLE, 12, 0, 1, "stable 453592\n"},   /* 453592.37 */
        {STABLE, 12, -2, 50, "stable 226796\n"}, /* 226796.185 */
        {STABLE, 1, -1, 4, "stable 0\n"},
        {STABLE, 1, -1, 5, "stable 1\n"}, /* half away from zero */
        {STABLE, 1, -1, 15, "stable 2\n"},
        {STABLE, 1, -9, 65535, "stable 0\n"},
        {STABLE, 1, 9, 65535, "stable 65535000000000\n"},
        {STABLE, 3, 9, 9223, "stable 9223000000000000000\n"},
        {STABLE, 3, 9, 9224, "error: a weight that cannot be right\n"},
        {STABLE, 8, 9, 10, "error: a weight that cannot be right\n"},
        {STABLE, 1, 10, 0, "error: an exponent that cannot be right\n"},
        {STABLE, 1, -10, 0, "error: an exponent that cannot be right\n"},
        {STABLE, 1, -128, 1, "error: an exponent that cannot be right\n"},
        {STABLE, 0, 0, 5, "error: no unit\n"},
        {STABLE, 13, 0, 5, "error: no unit\n"},
        {STABLE, 255, 0, 5, "error: no unit\n"},
        {STABLE, 5, 0, 5, "error: a tael is not the same everywhere: set another unit\n"},
        {0, G, 0, 5, "error: an unknown status\n"},
        {1, G, 0, 5, "error: a fault of the scale\n"},
        {3, G, 0, 5, "motion\n"},
        {5, G, 0, 5, "under_zero\n"},
        {6, G, 0, 5, "over_range\n"},
        {7, G, 0, 5, "error: it must be calibrated\n"},
        {8, G, 0, 5, "error: it must be set to zero\n"},
        {9, G, 0, 5, "error: an unknown status\n"},
        {255, G, 0, 5, "error: an unknown status\n"},
    };
    struct buf out CLEANUP_BUF = {0};
    struct scale *scale CLEANUP(scale_free_p) = new_scale(&(struct scale_settings){0}, &out);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const uint8_t report[] = {3,
                                  cases[i].status,
                                  cases[i].unit,
                                  (uint8_t)cases[i].exponent,
                                  (uint8_t)cases[i].value,
                                  (uint8_t)(cases[i].value >> 8)};
        assert_string_equal(read_one(scale, &out, report, sizeof(report)), cases[i].out);
    }
}

static void test_reports(void **state)
{
    (void)state;
    struct buf out CLEANUP_BUF = {0};
    struct scale *scale CLEANUP(scale_free_p) = new_scale(&(struct scale_settings){0}, &out);
    static const uint8_t report[] = {3, STABLE, G, 0, 1, 0, 0xFF, 0xFF};
    static const uint8_t other[] = {4, STABLE, G, 0, 1, 0};
    assert_string_equal(read_one(scale, &out, report, 0), "");
    for (size_t length = 1; length < 6; length++)
        assert_string_equal(read_one(scale, &out, report, length), "error: its report was cut short\n");
    assert_string_equal(read_one(scale, &out, report, 6), "stable 1000\n");
    assert_string_equal(read_one(scale, &out, report, 8), "stable 1000\n");
    assert_string_equal(read_one(scale, &out, other, sizeof(other)), "");
    size_t length;
    assert_null(scale_question(scale, &length));
    assert_int_equal(length, 0);
    scale_reset(scale);
}

/* Unnumbered; a signed weight of 32 bits first, status as a number, units by a list, no unit field. */
static void test_other_layouts(void **state)
{
    (void)state;
    static const uint8_t descriptor[] = {0x05, 0x8D, 0x09, 0x20, 0xA1, 0x01, 0x17, 0x00, 0x00, 0x00, 0x80, 0x75,
                                         0x20, 0x95, 0x01, 0x09, 0x40, 0x81, 0x02, 0x15, 0x81, 0x25, 0x7F, 0x75,
                                         0x08, 0x09, 0x41, 0x81, 0x02, 0x15, 0x00, 0x25, 0x08, 0x09, 0x70, 0x81,
                                         0x02, 0x15, 0x01, 0x25, 0x02, 0x09, 0x53, 0x09, 0x52, 0x81, 0x00, 0xC0};
    struct buf out CLEANUP_BUF = {0};
    struct scale_settings settings = {.descriptor = descriptor, .descriptor_length = sizeof(descriptor)};
    struct scale *scale CLEANUP(scale_free_p) = new_scale(&settings, &out);
    static const struct {
        uint8_t report[7];
        const char *out;
    } cases[] = {
        {{0x40, 0x42, 0x0F, 0x00, 0xFD, 4, 1}, "stable 1000000000\n"}, /* 1000000 g */
        {{0x40, 0x42, 0x0F, 0x00, 0x00, 4, 2}, "stable 1000000000\n"},
        {{0xFF, 0xFF, 0xFF, 0xFF, 0x00, 4, 2}, "under_zero\n"},
        {{0x01, 0x00, 0x00, 0x00, 0x00, 4, 3}, "error: no unit\n"},
        {{0x01, 0x00, 0x00, 0x00, 0x00, 3, 1}, "motion\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(read_one(scale, &out, cases[i].report, sizeof(cases[i].report)), cases[i].out);
}

static void test_default_unit(void **state)
{
    (void)state;
    static const uint8_t no_unit[] = {0x05, 0x8D, 0x75, 0x08, 0x95, 0x01, 0x25, 0x7F, 0x09, 0x40,
                                      0x81, 0x02, 0x09, 0x41, 0x81, 0x02, 0x09, 0x70, 0x81, 0x02};
    static const struct {
        char unit[4];
        const char *out;
    } cases[] = {{"", "error: no unit\n"},
                 {"kg", "stable 2000000\n"},
                 {"g", "stable 2000\n"},
                 {"lb", "stable 907185\n"},
                 {"oz", "stable 56699\n"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scale_settings settings = {.descriptor = no_unit, .descriptor_length = sizeof(no_unit)};
        struct buf out CLEANUP_BUF = {0};
        memcpy(settings.unit, cases[i].unit, sizeof(settings.unit));
        struct scale *scale CLEANUP(scale_free_p) = new_scale(&settings, &out);
        assert_string_equal(read_one(scale, &out, (const uint8_t[]){2, 0, 4}, 3), cases[i].out);
    }
}

static void test_bad_settings(void **state)
{
    (void)state;
    static const uint8_t mouse[] = {0x05, 0x01, 0x09, 0x02, 0xA1, 0x01, 0x75, 0x08, 0x95, 0x03, 0x81, 0x02, 0xC0};
    const struct scale_sink sink = {on_reading, NULL};
    struct scale_settings settings = {.descriptor = mouse, .descriptor_length = sizeof(mouse)};
    struct scale *scale CLEANUP(scale_free_p) = NULL;
    struct error error;
    assert_int_equal(scale_new("hid", &settings, &sink, &scale, &error), -EINVAL);
    assert_non_null(strstr(error.text, "no weight"));
    static const uint8_t flags[] = {
        0x05, 0x8D, 0x75, 0x08, 0x95, 0x01, 0x09, 0x40, 0x81, 0x02, 0x09, 0x41,
        0x81, 0x02, 0x75, 0x01, 0x95, 0x08, 0x19, 0x71, 0x29, 0x78, 0x81, 0x02}; /* a bit a state */
    settings.descriptor = flags;
    settings.descriptor_length = sizeof(flags);
    assert_int_equal(scale_new("hid", &settings, &sink, &scale, &error), -EINVAL);
    assert_non_null(strstr(error.text, "no weight"));
    settings.descriptor = mouse;
    settings.descriptor_length = sizeof(mouse) - 1;
    assert_int_equal(scale_new("hid", &settings, &sink, &scale, &error), -EINVAL);
    assert_non_null(strstr(error.text, "inside a collection"));
    strcpy(settings.unit, "st");
    settings.descriptor = NULL;
    assert_int_equal(scale_new("hid", &settings, &sink, &scale, &error), -EINVAL);
    assert_non_null(strstr(error.text, "kg, g, lb or oz"));
    assert_null(scale);
}

/* Any bytes: never a crash, never a weight without a stable status. */
static void test_garbage(void **state)
{
    (void)state;
    struct buf out CLEANUP_BUF = {0};
    struct scale *scale CLEANUP(scale_free_p) = new_scale(&(struct scale_settings){0}, &out);
    uint32_t random = 7;
    for (int i = 0; i < 50000; i++) {
        uint8_t report[8] = {0};
        for (size_t j = 0; j < sizeof(report); j++) {
            random = random * 1664525u + 1013904223u;
            report[j] = (uint8_t)(random >> 24);
        }
        report[0] = 3;
        report[1] &= 15;
        report[2] &= 15;
        const char *line = read_one(scale, &out, report, sizeof(report));
        bool weighs = report[1] == 2 || report[1] == STABLE;
        assert_true(weighs || strncmp(line, "stable", 6) != 0);
        assert_null(strchr(line, '-'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual_layout), cmocka_unit_test(test_reports),      cmocka_unit_test(test_other_layouts),
        cmocka_unit_test(test_default_unit), cmocka_unit_test(test_bad_settings), cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
