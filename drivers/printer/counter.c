#include "drivers/printer/counter.h"

#include "base/text.h"

#include <string.h>

/* Set-Get-Do of Zebra's Link-OS; "?" says that there is no such variable. What speaks another dialect of ZPL says
 * nothing: outside a format the line means nothing to it. TSPL counts metres, the others nothing. */
static const char *const questions[PRINTER_LANGUAGES] = {
    [PRINTER_ZPL] = "! U1 getvar \"odometer.total_label_count\"\r\n",
};

void counter_begin(struct printer_counter *counter, enum printer_language language, int64_t now_us)
{
    *counter = (struct printer_counter){.question = questions[language], .deaf_until_us = now_us};
}

bool counter_can(const struct printer_counter *counter)
{
    return counter->question != NULL;
}

const char *counter_question(struct printer_counter *counter, int64_t now_us, size_t *ret_length)
{
    if (!counter->question || counter->asked || now_us < counter->deaf_until_us)
        return NULL;
    counter->asked = true;
    counter->asked_us = now_us;
    counter->length = 0;
    *ret_length = strlen(counter->question);
    return counter->question;
}

static bool understand(struct printer_counter *counter, const char *said, int64_t now_us)
{
    int64_t count;
    counter->asked = false;
    if (text_to_int(said, 0, INT64_MAX, &count) != 0) {
        counter->known = false;
        if (!counter->answers)
            counter->question = NULL;
        return false;
    }
    counter->known = counter->answers = true;
    counter->misses = 0;
    counter->count = count;
    counter->read_us = now_us;
    return true;
}

/* The answer is all between two quotation marks. */
static bool take(struct printer_counter *counter, char byte, int64_t now_us)
{
    if (counter->length == 0) {
        if (byte == '"')
            counter->bytes[counter->length++] = byte;
        return false;
    }
    if (byte != '"') {
        counter->length = counter->length + 1 < sizeof(counter->bytes) && byte >= ' ' ? counter->length : 0;
        if (counter->length)
            counter->bytes[counter->length++] = byte;
        return false;
    }
    counter->bytes[counter->length] = '\0';
    counter->length = 0;
    return understand(counter, counter->bytes + 1, now_us);
}

bool counter_feed(struct printer_counter *counter, const void *bytes, size_t length, int64_t now_us)
{
    bool read = false;
    for (size_t i = 0; i < length && counter->asked; i++)
        read |= take(counter, ((const char *)bytes)[i], now_us);
    return read;
}

int64_t counter_deadline(const struct printer_counter *counter)
{
    return counter->asked ? counter->asked_us + COUNTER_ANSWER_US : INT64_MAX;
}

void counter_tick(struct printer_counter *counter, int64_t now_us)
{
    if (now_us < counter_deadline(counter))
        return;
    counter->asked = counter->known = false;
    counter->deaf_until_us = now_us + COUNTER_LATE_US;
    if (++counter->misses == COUNTER_MISSES_MAX && !counter->answers)
        counter->question = NULL;
}
