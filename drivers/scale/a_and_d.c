#include "base/cleanup.h"
#include "drivers/driver.h"
#include "drivers/scale/framing.h"
#include "drivers/scale/mass.h"

#include <errno.h>
#include <string.h>

/* A&D's standard format: "ST,+0001.234 kg" CR LF (EK-L and EJ series manuals, "Data format"). Indicators of many makes
 * speak it with a second header, gross or net: "ST,GS,+00123.4kg" (CAS CI-600D manual 10-3, "AND 18 bytes"), some with
 * a comma before the unit (Dini Argeo 3590EXP manual 5.4, A&D AD-4212D CSV format). */
struct a_and_d {
    const struct scale_sink *sink;
    struct scale_lines lines;
};

enum { UNIT_MAX = 4 }; /* three letters, perhaps with a comma before them */

enum kind { KIND_WEIGHT, KIND_COUNT, KIND_MOTION, KIND_OVER, KIND_UNDER, KIND_UNCLEAR };

static const struct {
    const char *name;
    enum kind kind;
} headers[] = {
    {"ST", KIND_WEIGHT}, {"QT", KIND_COUNT}, {"US", KIND_MOTION},
    {"OL", KIND_OVER},   {"UL", KIND_UNDER}, {"WT", KIND_UNCLEAR},
};

/* The second header: what kind of weight, or what a check-weigher made of it. TR, a tare, is not among them. */
static const struct {
    const char *name;
    bool is_mode;
} seconds[] = {{"GS", true}, {"NT", true}, {"LO", false}, {"OK", false}, {"HI", false}, {"--", false}};

struct message {
    enum kind kind;
    bool has_mode; /* GS or NT */
    const char *value;
    size_t length; /* of the value and its unit */
};

static int a_and_d_open(const struct scale_settings *settings, const struct scale_sink *sink, void **ret,
                        struct error *error)
{
    (void)settings;
    struct a_and_d *a_and_d = calloc(1, sizeof(*a_and_d));
    if (!a_and_d)
        return error_set(error, -ENOMEM, "There is no memory left for another scale.");
    a_and_d->sink = sink;
    *ret = a_and_d;
    return 0;
}

static bool begins_with_field(const char *text, size_t length, const char *name)
{
    return length > 2 && memcmp(text, name, 2) == 0 && text[2] == ',';
}

static bool take_header(struct message *message)
{
    for (size_t i = 0; i < COUNT(headers); i++) {
        if (!begins_with_field(message->value, message->length, headers[i].name))
            continue;
        message->kind = headers[i].kind;
        message->value += 3;
        message->length -= 3;
        return true;
    }
    return false;
}

static bool take_second(struct message *message)
{
    for (size_t i = 0; i < COUNT(seconds); i++) {
        if (!begins_with_field(message->value, message->length, seconds[i].name))
            continue;
        message->has_mode = message->has_mode || seconds[i].is_mode;
        message->value += 3;
        message->length -= 3;
        return true;
    }
    return false;
}

static size_t number_length(const char *text, size_t length)
{
    size_t end = 0;
    while (end < length && strchr(" +-.0123456789", text[end]) && text[end])
        end++;
    return end;
}

/* "t" is the tonne of an indicator, which names gross or net, and the tola of a balance (EJ series manual). */
static int64_t unit_of(const struct message *message, const char *unit, size_t length)
{
    while (length > 0 && *unit == ' ') {
        unit++;
        length--;
    }
    return length == 1 && *unit == 't' && !message->has_mode ? 0 : mass_unit(unit, length);
}

static struct scale_reading read_value(const struct message *message)
{
    struct mass_number number;
    size_t end = number_length(message->value, message->length);
    const char *unit = message->value + end;
    size_t unit_length = message->length - end;
    if (mass_number_parse(message->value, end, &number) < 0 || unit_length > UNIT_MAX)
        return (struct scale_reading){.state = SCALE_ERROR, .why = SCALE_UNREADABLE};
    if (unit_length > 0 && *unit == ',') {
        unit++;
        unit_length--;
    }
    if (unit_length == 0)
        return (struct scale_reading){.state = SCALE_ERROR, .why = "no unit came with the weight"};
    if (message->kind == KIND_WEIGHT)
        return mass_reading(&number, unit_of(message, unit, unit_length));
    if (unit_length < 2 || memcmp(unit, "PC", 2) != 0)
        return (struct scale_reading){.state = SCALE_ERROR, .why = SCALE_UNREADABLE};
    return mass_count(&number);
}

/* "-9999999" is negative, "--------" only fills the display. */
static bool is_negative(const struct message *message)
{
    size_t at = 0;
    while (at < message->length && message->value[at] == ' ')
        at++;
    return at + 1 < message->length && message->value[at] == '-' && message->value[at + 1] != '-';
}

static struct scale_reading read_message(const struct message *message)
{
    switch (message->kind) {
    case KIND_MOTION:
        return (struct scale_reading){.state = SCALE_MOTION};
    case KIND_OVER: /* out of range on either side: the sign tells */
        return (struct scale_reading){.state = is_negative(message) ? SCALE_UNDER_ZERO : SCALE_OVER_RANGE};
    case KIND_UNDER:
        return (struct scale_reading){.state = SCALE_UNDER_ZERO};
    case KIND_UNCLEAR:
        return (struct scale_reading){.state = SCALE_ERROR, .why = "it does not say whether the load stands still"};
    case KIND_WEIGHT:
    case KIND_COUNT:
        break;
    }
    return read_value(message);
}

static struct scale_reading read_line(const char *text, size_t length)
{
    struct message message = {.value = text, .length = length};
    if (length == 1 && *text == 'I') /* "busy state" (AD-4405 manual 16.3) */
        return (struct scale_reading){.state = SCALE_BUSY};
    if (length == 1 && *text == '?')
        return (struct scale_reading){.state = SCALE_ERROR, .why = "it does not know the question: check its protocol"};
    if (begins_with_field(text, length, "EC")) /* AD-4212B manual 18-2 */
        return (struct scale_reading){.state = SCALE_ERROR, .why = "it cannot answer the question now"};
    if (!take_header(&message))
        return (struct scale_reading){.state = SCALE_ERROR, .why = SCALE_UNREADABLE};
    while (take_second(&message)) /* a check-weigher may say both */
        ;
    if (begins_with_field(message.value, message.length, "TR"))
        return (struct scale_reading){.state = SCALE_ERROR, .why = "it sends the tare, not the weight"};
    return read_message(&message);
}

static void on_line(void *decoder, const char *text, size_t length)
{
    const struct a_and_d *a_and_d = decoder;
    struct scale_reading reading = read_line(text, length);
    a_and_d->sink->reading(a_and_d->sink->user, &reading);
}

static void a_and_d_feed(void *decoder, const uint8_t *bytes, size_t length)
{
    struct a_and_d *a_and_d = decoder;
    scale_lines_feed(&a_and_d->lines, bytes, length, on_line, decoder);
}

static void a_and_d_reset(void *decoder)
{
    struct a_and_d *a_and_d = decoder;
    a_and_d->lines.length = 0;
}

const struct scale_ops a_and_d_ops = {
    .name = "a-and-d",
    .open = a_and_d_open,
    .feed = a_and_d_feed,
    .reset = a_and_d_reset,
    .question = "Q\r\n",
    .question_length = 3,
    .close = free,
};
