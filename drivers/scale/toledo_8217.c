#include "base/cleanup.h"
#include "drivers/driver.h"
#include "drivers/scale/framing.h"
#include "drivers/scale/mass.h"

#include <errno.h>
#include <string.h>

/* Mettler Toledo 8217, asked with W: STX, the weight, CR; or STX, '?', a status byte, CR when there is none to give.
 * The weight has two decimals in pounds and three in kilograms, but no unit (PSC Magellan 8500 service manual, 6.1.3.2
 * and 6.1.4.3; Rice Lake BenchPro manual 180557, protocol 8217). The eighth bit is parity: taken off. */
struct toledo_8217 {
    const struct scale_sink *sink;
    struct scale_frames frames;
    int64_t nanograms; /* of the unit in the settings; 0: none */
};

enum { STX = 0x02, CR = 0x0D, WEIGHT_MIN = 4, WEIGHT_MAX = 16 };

static int toledo_open(const struct scale_settings *settings, const struct scale_sink *sink, void **ret,
                       struct error *error)
{
    struct toledo_8217 *toledo = calloc(1, sizeof(*toledo));
    if (!toledo)
        return error_set(error, -ENOMEM, "There is no memory left for another scale.");
    toledo->sink = sink;
    toledo->nanograms = mass_unit(settings->unit, strlen(settings->unit));
    *ret = toledo;
    return 0;
}

static struct scale_reading read_status(uint8_t status)
{
    enum { MOTION = 1 << 0, OVER_CAPACITY = 1 << 1, UNDER_ZERO = 1 << 2, ALWAYS = 1 << 6 };
    if (!(status & ALWAYS))
        return (struct scale_reading){.state = SCALE_ERROR, .why = SCALE_UNREADABLE};
    if (status & OVER_CAPACITY)
        return (struct scale_reading){.state = SCALE_OVER_RANGE};
    if (status & UNDER_ZERO)
        return (struct scale_reading){.state = SCALE_UNDER_ZERO};
    if (status & MOTION)
        return (struct scale_reading){.state = SCALE_MOTION};
    return (struct scale_reading){.state = SCALE_BUSY}; /* no weight and no reason: not zeroed yet, or another answer */
}

static struct scale_reading read_weight(const struct toledo_8217 *toledo, const char *text, size_t length)
{
    struct mass_number number;
    if (length > 1 && text[length - 1] == 'N') /* net: a tare is taken off */
        length--;
    if (length < WEIGHT_MIN || mass_number_parse(text, length, &number) < 0)
        return (struct scale_reading){.state = SCALE_ERROR, .why = SCALE_UNREADABLE};
    return mass_reading_in_setting(&number, toledo->nanograms);
}

static void say(const struct toledo_8217 *toledo, struct scale_reading reading)
{
    toledo->sink->reading(toledo->sink->user, &reading);
}

static int match_status(const struct toledo_8217 *toledo, const uint8_t *bytes, size_t length)
{
    if (length < 4)
        return 0;
    if ((bytes[3] & 0x7F) != CR)
        return SCALE_NO_FRAME;
    say(toledo, read_status(bytes[2]));
    return 4;
}

static int match(void *decoder, const uint8_t *bytes, size_t length)
{
    const struct toledo_8217 *toledo = decoder;
    char text[WEIGHT_MAX];
    size_t count = 0;
    if ((bytes[0] & 0x7F) != STX)
        return SCALE_NO_FRAME;
    if (length > 1 && (bytes[1] & 0x7F) == '?')
        return match_status(toledo, bytes, length);
    for (size_t i = 1; i < length; i++) {
        char c = (char)(bytes[i] & 0x7F);
        if (c == CR) {
            say(toledo, read_weight(toledo, text, count));
            return (int)i + 1;
        }
        if (c < ' ' || count == sizeof(text))
            return SCALE_NO_FRAME;
        text[count++] = c;
    }
    return 0;
}

static void toledo_feed(void *decoder, const uint8_t *bytes, size_t length)
{
    struct toledo_8217 *toledo = decoder;
    scale_frames_feed(&toledo->frames, bytes, length, match, decoder, toledo->sink);
}

static void toledo_reset(void *decoder)
{
    struct toledo_8217 *toledo = decoder;
    toledo->frames = (struct scale_frames){0};
}

const struct scale_ops toledo_8217_ops = {
    .name = "toledo-8217",
    .open = toledo_open,
    .feed = toledo_feed,
    .reset = toledo_reset,
    .question = "W",
    .question_length = 1,
    .close = free,
};
