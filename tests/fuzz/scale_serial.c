/* Scales on a serial line. First byte: protocol and unit; second: the size of the pieces that the rest comes in. */
#include "tests/fuzz/scale_readings.h"

#define LITERAL(text) text, sizeof(text) - 1

/* Half a kilogram in each. */
static const struct protocol {
    const char *name;
    const char *half_kilogram;
    size_t length;
    bool sends_no_unit;
} protocols[] = {
    {"mt-sics", LITERAL("S S      0.500 kg\r\n"), false},
    {"toledo-8217",
     LITERAL("\x02"
             "00.500\r"),
     true},
    {"toledo-continuous",
     LITERAL("\x02"
             "\x2D\x30\x20"
             "000500000000\r"
             "\x02"),
     false},
    {"a-and-d", LITERAL("ST,+0000.500 kg\r\n"), false},
    {"cas", LITERAL("ST,GS,0\x80,  00.500 kg\r\n"), false},
};

static bool begin(struct weighing *weighing, const struct protocol *protocol, uint8_t settings_byte)
{
    static const char *const units[] = {"", "kg", "g", "lb", "oz", "st"};
    struct scale_settings settings = {0};
    const char *unit = units[settings_byte % COUNT(units)];
    text_copy(settings.unit, sizeof(settings.unit), unit);
    bool begun = weighing_begin(weighing, protocol->name, &settings);
    CLAIM(begun == (strcmp(unit, "st") != 0));
    return begun;
}

/* Without a unit there is no weight, and with another than kg it is another weight. */
static bool is_half_kilogram(const struct protocol *protocol, uint8_t settings_byte)
{
    return !protocol->sends_no_unit || settings_byte == 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input bytes = {data, size};
    struct weighing whole CLEANUP_WEIGHING = {0}, pieces CLEANUP_WEIGHING = {0};
    uint8_t first = input_byte(&bytes);
    size_t piece = input_byte(&bytes) % 16 + 1u;
    const struct protocol *protocol = &protocols[first % COUNT(protocols)];
    uint8_t settings_byte = (uint8_t)(first / COUNT(protocols));
    if (!begin(&whole, protocol, settings_byte) || !begin(&pieces, protocol, settings_byte))
        return 0;
    weighing_read(&whole, bytes, SIZE_MAX);
    weighing_read(&pieces, bytes, piece);
    CLAIM(strcmp(buf_text(&whole.log), buf_text(&pieces.log)) == 0);
    if (is_half_kilogram(protocol, settings_byte))
        weighing_must_weigh(&whole, protocol->half_kilogram, protocol->length);
    return 0;
}
