#include "base/cleanup.h"
#include "drivers/driver.h"
#include "drivers/scale/framing.h"
#include "drivers/scale/mass.h"

#include <errno.h>
#include <string.h>

/* Toledo's continuous output: STX, status words A B C, six digits of weight, six of tare, CR, perhaps a checksum
 * (Mettler Toledo Wildcat technical manual, appendix 2, tables 6-8 to 6-11; Ohaus Defender 5000 manual, tables 5-2 to
 * 5-4). The status words may be any byte, so everything is known by its place. The eighth bit is parity: taken off. */
struct continuous {
    const struct scale_sink *sink;
    struct scale_frames frames;
    enum { CHECKSUM_UNKNOWN, CHECKSUM_SENT, CHECKSUM_NONE } checksum; /* as far as the stream has shown */
};

enum { STX = 0x02, CR = 0x0D };
enum { AT_A = 1, AT_B, AT_C, AT_WEIGHT, AT_TARE = 10, AT_CR = 16, MESSAGE_LENGTH };
#define DIGITS (AT_TARE - AT_WEIGHT)

enum { B_NEGATIVE = 1 << 1, B_OUT_OF_RANGE = 1 << 2, B_MOTION = 1 << 3, B_KG = 1 << 4, B_NOT_ZEROED = 1 << 6 };
enum { C_UNIT = 7, C_EXPANDED = 1 << 4 };

static int continuous_open(const struct scale_settings *settings, const struct scale_sink *sink, void **ret,
                           struct error *error)
{
    (void)settings;
    struct continuous *continuous = calloc(1, sizeof(*continuous));
    if (!continuous)
        return error_set(error, -ENOMEM, "There is no memory left for another scale.");
    continuous->sink = sink;
    *ret = continuous;
    return 0;
}

/* Word C: pounds or kilograms by word B, grams, tonnes, ounces. The sources differ about the codes above. */
static int64_t unit_of(uint8_t b, uint8_t c)
{
    static const char *const names[] = {NULL, "g", "t", "oz"};
    size_t code = c & C_UNIT;
    const char *name = code == 0 ? (b & B_KG ? "kg" : "lb") : code < COUNT(names) ? names[code] : "";
    return mass_unit(name, strlen(name));
}

static struct scale_reading read_weight(const uint8_t *bytes)
{
    struct mass_number number;
    char digits[DIGITS];
    for (size_t i = 0; i < DIGITS; i++)
        digits[i] = (char)(bytes[AT_WEIGHT + i] & 0x7F);
    if (memchr(digits, '.', DIGITS) || mass_number_parse(digits, DIGITS, &number) < 0 || number.negative)
        return (struct scale_reading){.state = SCALE_ERROR, .why = SCALE_UNREADABLE};
    number.negative = bytes[AT_B] & B_NEGATIVE;
    number.exponent = 2 - (bytes[AT_A] & 7); /* word A: from two dummy zeros to five decimals */
    return mass_reading(&number, unit_of(bytes[AT_B], bytes[AT_C]));
}

static struct scale_reading read_message(const uint8_t *bytes)
{
    uint8_t b = bytes[AT_B];
    if (b & B_NOT_ZEROED)
        return (struct scale_reading){.state = SCALE_BUSY};
    if (b & B_OUT_OF_RANGE)
        return (struct scale_reading){.state = b & B_NEGATIVE ? SCALE_UNDER_ZERO : SCALE_OVER_RANGE};
    if (b & B_MOTION)
        return (struct scale_reading){.state = SCALE_MOTION};
    if (bytes[AT_C] & C_EXPANDED)
        return (struct scale_reading){.state = SCALE_ERROR, .why = "its display is expanded tenfold: switch that off"};
    return read_weight(bytes);
}

static void say(const struct continuous *continuous, const uint8_t *bytes)
{
    struct scale_reading reading = read_message(bytes);
    continuous->sink->reading(continuous->sink->user, &reading);
}

static bool has_shape(const uint8_t *bytes, size_t length)
{
    if ((bytes[0] & 0x7F) != STX || (length > AT_CR && (bytes[AT_CR] & 0x7F) != CR))
        return false;
    for (size_t i = AT_WEIGHT; i < AT_CR && i < length; i++)
        if ((bytes[i] & 0x7F) < ' ')
            return false;
    return true;
}

/* With the checksum the low seven bits of all bytes, STX and CR included, sum up to zero. */
static bool sum_is_right(const uint8_t *bytes)
{
    unsigned sum = 0;
    for (size_t i = 0; i <= MESSAGE_LENGTH; i++)
        sum += bytes[i];
    return (sum & 0x7F) == 0;
}

/* A scale that sends no checksum shows so by the STX behind the CR. Until then the byte behind is waited for, so that a
 * garbled message of one that does is never taken for a weight. */
static int end_message(struct continuous *continuous, const uint8_t *bytes)
{
    bool stx = (bytes[MESSAGE_LENGTH] & 0x7F) == STX, right = sum_is_right(bytes);
    if (right && !stx)
        continuous->checksum = CHECKSUM_SENT;
    if (!right && stx && continuous->checksum == CHECKSUM_UNKNOWN)
        continuous->checksum = CHECKSUM_NONE;
    if (right || continuous->checksum == CHECKSUM_NONE)
        say(continuous, bytes);
    else
        scale_say_error(continuous->sink, "wrong checksum: check cable and parity");
    return stx ? MESSAGE_LENGTH : MESSAGE_LENGTH + 1; /* an STX may be the next message's */
}

static int match(void *decoder, const uint8_t *bytes, size_t length)
{
    struct continuous *continuous = decoder;
    if (!has_shape(bytes, length)) {
        if (continuous->checksum == CHECKSUM_NONE)
            continuous->checksum = CHECKSUM_UNKNOWN;
        return SCALE_NO_FRAME;
    }
    if (length >= MESSAGE_LENGTH && continuous->checksum == CHECKSUM_NONE) {
        say(continuous, bytes);
        return MESSAGE_LENGTH;
    }
    return length > MESSAGE_LENGTH ? end_message(continuous, bytes) : 0;
}

static void continuous_feed(void *decoder, const uint8_t *bytes, size_t length)
{
    struct continuous *continuous = decoder;
    scale_frames_feed(&continuous->frames, bytes, length, match, decoder, continuous->sink);
}

static void continuous_reset(void *decoder)
{
    struct continuous *continuous = decoder;
    continuous->frames = (struct scale_frames){0};
    continuous->checksum = CHECKSUM_UNKNOWN;
}

const struct scale_ops toledo_continuous_ops = {
    .name = "toledo-continuous",
    .open = continuous_open,
    .feed = continuous_feed,
    .reset = continuous_reset,
    .close = free,
};
