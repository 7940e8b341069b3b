/* HID scales. First byte: unit; second: the descriptor, the usual layout, a known one or one of the input's; then
 * reports, each behind a byte with its length. */
#include "tests/fuzz/hid_known.h"
#include "tests/fuzz/scale_readings.h"

/* No numbers; status and unit as lists, the exponent and 32 bits of weight signed. */
static const uint8_t signed_descriptor[] = {
    0x05, 0x8D, 0x09, 0x20, 0xA1, 0x01, 0x09, 0x32, 0xA1, 0x02, 0x09, 0x70, 0xA1, 0x02, 0x15, 0x01, 0x25, 0x08,
    0x19, 0x71, 0x29, 0x78, 0x75, 0x08, 0x95, 0x01, 0x81, 0x00, 0xC0, 0x09, 0x50, 0xA1, 0x02, 0x15, 0x01, 0x25,
    0x03, 0x09, 0x52, 0x09, 0x53, 0x09, 0x5C, 0x81, 0x00, 0xC0, 0x15, 0x81, 0x25, 0x7F, 0x09, 0x41, 0x81, 0x02,
    0x17, 0x00, 0x00, 0x00, 0x80, 0x27, 0xFF, 0xFF, 0xFF, 0x7F, 0x75, 0x20, 0x09, 0x40, 0x81, 0x02, 0xC0, 0xC0,
};

static const struct known_descriptor known[] = {{NULL, 0}, {signed_descriptor, sizeof(signed_descriptor)}};

enum { USUAL_LAYOUT, SIGNED };

static const uint8_t usual_half_kilogram[] = {3, 4, 3, 0xFD, 0xF4, 0x01};
static const uint8_t signed_half_kilogram[] = {4, 2, 0xFD, 0xF4, 0x01, 0, 0};

/* A report that was cut short has no weight. */
static void weigh(struct weighing *weighing, struct input *bytes, size_t choice)
{
    static const size_t sizes[] = {sizeof(usual_half_kilogram), sizeof(signed_half_kilogram), 1};
    size_t weights = weighing->weights;
    struct input report CLEANUP_INPUT = input_cut(bytes, input_byte(bytes));
    scale_feed(weighing->scale, report.at, report.left);
    CLAIM(report.left >= sizes[choice] || weighing->weights == weights);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const units[] = {"", "kg", "g", "lb", "oz"};
    struct input bytes = {data, size};
    struct weighing weighing CLEANUP_WEIGHING = {0};
    struct scale_settings settings = {0};
    text_copy(settings.unit, sizeof(settings.unit), units[input_byte(&bytes) % COUNT(units)]);
    size_t choice = bytes.left > 0 ? *bytes.at % (COUNT(known) + 1) : USUAL_LAYOUT;
    struct input descriptor CLEANUP_INPUT = descriptor_cut(&bytes, known, COUNT(known));
    settings.descriptor = choice == USUAL_LAYOUT ? NULL : descriptor.at;
    settings.descriptor_length = descriptor.left;
    if (!weighing_begin(&weighing, "hid", &settings)) {
        CLAIM(choice == COUNT(known));
        return 0;
    }
    while (bytes.left > 0)
        weigh(&weighing, &bytes, choice);
    if (choice == USUAL_LAYOUT)
        weighing_must_weigh(&weighing, usual_half_kilogram, sizeof(usual_half_kilogram));
    else if (choice == SIGNED)
        weighing_must_weigh(&weighing, signed_half_kilogram, sizeof(signed_half_kilogram));
    return 0;
}
