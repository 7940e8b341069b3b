#include "base/cleanup.h"
#include "drivers/driver.h"
#include "drivers/scale/framing.h"
#include "drivers/scale/mass.h"

#include <errno.h>
#include <string.h>

/* Mettler Toledo's standard command set: "S S     100.00 g" CR LF (MT-SICS reference manual 11780711, S and SI; the
 * same in the AL-IC operating instructions, "MT-SICS interface commands"). */
struct mt_sics {
    const struct scale_sink *sink;
    struct scale_lines lines;
};

static int mt_sics_open(const struct scale_settings *settings, const struct scale_sink *sink, void **ret,
                        struct error *error)
{
    (void)settings;
    struct mt_sics *sics = calloc(1, sizeof(*sics));
    if (!sics)
        return error_set(error, -ENOMEM, "There is no memory left for another scale.");
    sics->sink = sink;
    *ret = sics;
    return 0;
}

/* What an answer says that holds no weight. */
static const struct {
    const char *text;
    struct scale_reading reading;
} answers[] = {
    {"S I", {.state = SCALE_BUSY}}, /* "not executable": it is taring, or found no rest in time */
    {"S +", {.state = SCALE_OVER_RANGE}},
    {"S -", {.state = SCALE_UNDER_ZERO}},
    {"S L", {.state = SCALE_ERROR, .why = "it does not take the question"}},
    {"ES", {.state = SCALE_ERROR, .why = "it does not know the question: check its protocol"}},
    {"ET", {.state = SCALE_ERROR, .why = "the question was garbled: check speed and parity"}},
    {"EL", {.state = SCALE_ERROR, .why = "it cannot answer the question now"}},
};

static bool is_count(const char *unit, size_t length)
{
    return length == 3 && memcmp(unit, "PCS", length) == 0;
}

/* "    100.00 g": the unit stands behind the last blank. */
static struct scale_reading read_value(const char *text, size_t length)
{
    struct mass_number number;
    size_t unit = length;
    while (unit > 0 && text[unit - 1] != ' ')
        unit--;
    if (mass_number_parse(text, length, &number) == 0)
        return (struct scale_reading){.state = SCALE_ERROR, .why = "no unit came with the weight"};
    int r = mass_number_parse(text, unit, &number);
    if (r < 0)
        return (struct scale_reading){.state = SCALE_ERROR, .why = SCALE_UNREADABLE};
    if (is_count(text + unit, length - unit))
        return mass_count(&number);
    return mass_reading(&number, mass_unit(text + unit, length - unit));
}

static struct scale_reading read_line(const char *text, size_t length)
{
    static const char fault[] = "S S Error";
    while (length > 0 && text[length - 1] == ' ')
        length--;
    for (size_t i = 0; i < COUNT(answers); i++)
        if (length == strlen(answers[i].text) && memcmp(text, answers[i].text, length) == 0)
            return answers[i].reading;
    if (length >= strlen(fault) && memcmp(text, fault, strlen(fault)) == 0)
        return (struct scale_reading){.state = SCALE_ERROR, .why = "it reports a fault of its own"};
    if (length > 4 && memcmp(text, "S D ", 4) == 0)
        return (struct scale_reading){.state = SCALE_MOTION};
    if (length > 4 && memcmp(text, "S S ", 4) == 0)
        return read_value(text + 4, length - 4);
    return (struct scale_reading){.state = SCALE_ERROR, .why = SCALE_UNREADABLE};
}

static void on_line(void *decoder, const char *text, size_t length)
{
    const struct mt_sics *sics = decoder;
    if (length >= 4 && memcmp(text, "I4 A", 4) == 0) /* said by itself when switched on: its serial number */
        return;
    struct scale_reading reading = read_line(text, length);
    sics->sink->reading(sics->sink->user, &reading);
}

static void mt_sics_feed(void *decoder, const uint8_t *bytes, size_t length)
{
    struct mt_sics *sics = decoder;
    scale_lines_feed(&sics->lines, bytes, length, on_line, decoder);
}

static void mt_sics_reset(void *decoder)
{
    struct mt_sics *sics = decoder;
    sics->lines.length = 0;
}

/* SI, not S: S keeps silent until the load stands still, SI answers at once and says whether it does ("irrespective of
 * balance stability"; JS series operating instructions, "SI"). */
const struct scale_ops mt_sics_ops = {
    .name = "mt-sics",
    .open = mt_sics_open,
    .feed = mt_sics_feed,
    .reset = mt_sics_reset,
    .question = "SI\r\n",
    .question_length = 4,
    .close = free,
};
