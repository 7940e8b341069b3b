#include "base/cleanup.h"
#include "drivers/driver.h"
#include "drivers/hid_report.h"

#include <errno.h>
#include <string.h>

/* HID Point of Sale Usage Tables 1.02, section 4; the same numbers stand in HID Usage Tables 1.5, page 8D. */
enum {
    USAGE_DATA_WEIGHT = HID_USAGE(HID_PAGE_SCALE, 0x40),
    USAGE_DATA_SCALING = HID_USAGE(HID_PAGE_SCALE, 0x41),
    USAGE_UNIT = HID_USAGE(HID_PAGE_SCALE, 0x50),   /* the units follow it */
    USAGE_STATUS = HID_USAGE(HID_PAGE_SCALE, 0x70), /* the states follow it */
    LIST_MAX = 0x10,
};

/* Report 3 of 6 bytes, as Mettler, Dymo and Fairbanks send it: its id, status, unit, exponent, weight. It stands here
 * as the descriptor that says so. */
static const uint8_t usual_descriptor[] = {
    0x05, 0x8D, 0x09, 0x20, 0xA1, 0x01, 0x85, 0x03,                   /* report 3 of a scale */
    0x75, 0x08, 0x95, 0x01,                                           /* bytes */
    0x15, 0x01, 0x25, 0x08, 0x19, 0x71, 0x29, 0x78, 0x81, 0x00,       /* status 1 to 8 */
    0x15, 0x01, 0x25, 0x0C, 0x19, 0x51, 0x29, 0x5C, 0x81, 0x00,       /* unit 1 to 12 */
    0x15, 0x81, 0x25, 0x7F, 0x09, 0x41, 0x81, 0x02,                   /* exponent */
    0x15, 0x00, 0x26, 0xFF, 0x7F, 0x75, 0x10, 0x09, 0x40, 0x81, 0x02, /* weight, 16 bits */
    0xC0,
};

/* A unit is factor * 10^power milligrams. Pound, ounce, grain and what derives from them: the international pound of
 * 1959 is 453.59237 g (NIST Special Publication 811, appendix B.8). */
struct unit {
    int64_t factor; /* 0: there is no such unit */
    int power;
    const char *why;
};

static const struct unit units[] = {
    {0, 0, "no unit"},
    {1, 0, NULL}, /* milligram */
    {1, 3, NULL}, /* gram */
    {1, 6, NULL}, /* kilogram */
    {2, 2, NULL}, /* carat */
    {0, 0, "a tael is not the same everywhere: set another unit"},
    {6479891, -5, NULL},     /* grain */
    {155517384, -5, NULL},   /* pennyweight: 24 grains */
    {1, 9, NULL},            /* metric ton */
    {90718474, 1, NULL},     /* short ton: 2000 pounds */
    {311034768, -4, NULL},   /* troy ounce: 480 grains */
    {28349523125, -6, NULL}, /* ounce: a sixteenth of a pound */
    {45359237, -2, NULL},    /* pound */
};
enum { UNIT_KG = 3, UNIT_G = 2, UNIT_LB = 12, UNIT_OZ = 11 };

static const struct {
    enum scale_state state;
    const char *why;
} states[] = {
    {SCALE_ERROR, "an unknown status"},
    {SCALE_ERROR, "a fault of the scale"},
    {SCALE_STABLE, NULL}, /* at zero */
    {SCALE_MOTION, NULL},
    {SCALE_STABLE, NULL},
    {SCALE_UNDER_ZERO, NULL},
    {SCALE_OVER_RANGE, NULL},
    {SCALE_ERROR, "it must be calibrated"},
    {SCALE_ERROR, "it must be set to zero"},
};

/* Ten to the power of all of it fits into an int64. */
enum { EXPONENT_MAX = 9 };

/* Says which of a list of usages is meant: a selector, or a number under the list's own usage. */
struct choice {
    const struct hid_field *field; /* NULL: the device does not send it */
    uint32_t element, base;
};

struct hid_scale {
    struct scale_sink sink;
    struct choice status, unit;
    const struct hid_field *weight, *scaling;
    uint32_t weight_element, scaling_element;
    int64_t default_unit;     /* index of units, 0: none */
    struct hid_layout layout; /* where the fields point into */
};

/* ----------------------------------------------------------------------------------------------- the descriptor */

static struct choice find_choice(const struct hid_layout *layout, uint8_t report_id, uint32_t base)
{
    struct choice choice = {.base = base};
    for (uint32_t usage = base + 1; usage < base + LIST_MAX; usage++) {
        choice.field = hid_layout_find_in(layout, HID_INPUT, report_id, usage, &choice.element);
        if (choice.field && choice.field->array)
            return choice;
    }
    choice.field = hid_layout_find_in(layout, HID_INPUT, report_id, base, &choice.element);
    return choice;
}

static int find_fields(struct hid_scale *scale, struct error *error)
{
    const struct hid_layout *layout = &scale->layout;
    scale->weight = hid_layout_find(layout, HID_INPUT, USAGE_DATA_WEIGHT, &scale->weight_element);
    if (scale->weight) {
        uint8_t id = scale->weight->report_id;
        scale->scaling = hid_layout_find_in(layout, HID_INPUT, id, USAGE_DATA_SCALING, &scale->scaling_element);
        scale->status = find_choice(layout, id, USAGE_STATUS);
        scale->unit = find_choice(layout, id, USAGE_UNIT);
    }
    if (!scale->weight || !scale->scaling || !scale->status.field)
        return error_set(error, -EINVAL,
                         "This device's report descriptor has no weight, exponent and status in one report (usage page "
                         "8D): it is no scale, or one that must be read on its serial port.");
    return 0;
}

static int find_default_unit(struct hid_scale *scale, const char *name, struct error *error)
{
    static const struct {
        char name[4];
        int64_t unit;
    } names[] = {{"", 0}, {"kg", UNIT_KG}, {"g", UNIT_G}, {"lb", UNIT_LB}, {"oz", UNIT_OZ}};
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(names[i].name, name) == 0) {
            scale->default_unit = names[i].unit;
            return 0;
        }
    return error_set(error, -EINVAL, "A scale's unit is kg, g, lb or oz, not \"%s\".", name);
}

static int prepare(struct hid_scale *scale, const struct scale_settings *settings, struct error *error)
{
    const uint8_t *descriptor = settings->descriptor ? settings->descriptor : usual_descriptor;
    size_t length = settings->descriptor ? settings->descriptor_length : sizeof(usual_descriptor);
    int r = hid_layout_parse(descriptor, length, &scale->layout, error);
    if (r == 0)
        r = find_fields(scale, error);
    return r < 0 ? r : find_default_unit(scale, settings->unit, error);
}

static int scale_open(const struct scale_settings *settings, const struct scale_sink *sink, void **ret,
                      struct error *error)
{
    struct hid_scale *scale = calloc(1, sizeof(*scale));
    if (!scale)
        return error_set(error, -ENOMEM, "There is no memory left for another scale.");
    scale->sink = *sink;
    int r = prepare(scale, settings, error);
    if (r < 0) {
        free(scale);
        return r;
    }
    *ret = scale;
    return 0;
}

static void scale_close(void *decoder)
{
    free(decoder);
}

/* ------------------------------------------------------------------------------------------------------ readings */

/* False when it does not fit. value is not negative. */
static bool to_milligrams(int64_t value, int64_t exponent, const struct unit *unit, int64_t *ret)
{
    int64_t divisor = 1;
    if (__builtin_mul_overflow(value, unit->factor, &value))
        return false;
    for (int64_t power = exponent + unit->power; power != 0; power += power > 0 ? -1 : 1)
        if (__builtin_mul_overflow(power > 0 ? value : divisor, 10, power > 0 ? &value : &divisor))
            return false;
    int64_t rest = value % divisor;
    *ret = value / divisor + (rest >= divisor - rest);
    return true;
}

/* The index of the usage in its list, 0 when the device names none of them. */
static int64_t choose(const struct hid_scale *scale, const struct choice *choice, const uint8_t *report, size_t length,
                      size_t count)
{
    const struct hid_field *field = choice->field;
    int64_t value = hid_field_value(&scale->layout, field, field->array ? 0 : choice->element, report, length);
    if (field->array) {
        bool named = value >= field->logical_min && value <= (int64_t)field->logical_min + UINT16_MAX;
        uint32_t usage = named ? hid_field_usage(field, (uint32_t)(value - field->logical_min)) : 0;
        value = (int64_t)usage - choice->base;
    }
    return value > 0 && value < (int64_t)count ? value : 0;
}

static void fail(struct scale_reading *reading, const char *why)
{
    reading->state = SCALE_ERROR;
    reading->why = why;
}

static void weigh(const struct hid_scale *scale, const uint8_t *report, size_t length, struct scale_reading *reading)
{
    int64_t value = hid_field_value(&scale->layout, scale->weight, scale->weight_element, report, length);
    int64_t exponent = hid_field_value(&scale->layout, scale->scaling, scale->scaling_element, report, length);
    int64_t index = scale->unit.field ? choose(scale, &scale->unit, report, length, COUNT(units)) : scale->default_unit;
    const struct unit *unit = &units[index];
    if (unit->factor == 0)
        fail(reading, unit->why);
    else if (exponent < -EXPONENT_MAX || exponent > EXPONENT_MAX)
        fail(reading, "an exponent that cannot be right");
    else if (value < 0)
        reading->state = SCALE_UNDER_ZERO;
    else if (!to_milligrams(value, exponent, unit, &reading->milligrams))
        fail(reading, "a weight that cannot be right");
    else
        reading->has_weight = true;
}

static void take_report(const struct hid_scale *scale, const uint8_t *report, size_t length)
{
    struct scale_reading reading = {0};
    int64_t status = choose(scale, &scale->status, report, length, COUNT(states));
    reading.state = states[status].state;
    reading.why = states[status].why;
    if (length < hid_layout_report_size(&scale->layout, HID_INPUT, scale->weight->report_id))
        fail(&reading, "its report was cut short");
    else if (reading.state == SCALE_STABLE)
        weigh(scale, report, length, &reading);
    scale->sink.reading(scale->sink.user, &reading);
}

static void scale_feed_report(void *decoder, const uint8_t *bytes, size_t length)
{
    const struct hid_scale *scale = decoder;
    if (length > 0 && (!scale->layout.numbered || bytes[0] == scale->weight->report_id))
        take_report(scale, bytes, length);
}

const struct scale_ops hid_scale_ops = {
    .name = "hid",
    .open = scale_open,
    .feed = scale_feed_report,
    .close = scale_close,
};
