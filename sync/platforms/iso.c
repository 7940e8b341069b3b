#include "sync/platforms/iso.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define CHINA_US  (INT64_C(8) * 3600 * SECOND_US)
#define LOCAL     19 /* "2024-06-01T08:11:41" */

/* ---------------------------------------------------------------- times */

/* "Z", "", "+08:00": seconds east of Greenwich. */
static int east_of(const char *text, int64_t *ret_s)
{
    *ret_s = 0;
    if (!*text || strcmp(text, "Z") == 0)
        return 0;
    if ((*text != '+' && *text != '-') || strlen(text) != 6 || text[3] != ':' || !text_all_digits(text + 1, 2) ||
        !text_all_digits(text + 4, 2))
        return -EINVAL;
    int64_t hours = (text[1] - '0') * INT64_C(10) + text[2] - '0';
    int64_t minutes = (text[4] - '0') * INT64_C(10) + text[5] - '0';
    *ret_s = (*text == '-' ? INT64_C(-60) : INT64_C(60)) * (hours * 60 + minutes);
    return 0;
}

int iso_to_time(const char *text, int64_t *ret)
{
    char local[LOCAL + 1];
    int64_t china_us, east_s;
    *ret = 0;
    if (!*text)
        return 0;
    if (strlen(text) < LOCAL || (text[10] != 'T' && text[10] != ' '))
        return -EINVAL;
    text_copy_n(local, sizeof(local), text, LOCAL);
    local[10] = ' ';
    text += LOCAL;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (east_of(text, &east_s) != 0 || text_to_time(local, &china_us) != 0)
        return -EINVAL;
    *ret = china_us ? china_us + CHINA_US - east_s * SECOND_US : 0; /* as if it were China's, put right */
    return 0;
}

static void say_wrong(struct text_reader *reader, const char *path, const char *text)
{
    reader->result = error_set(reader->error, -EBADMSG, "\"%s\" of the answer cannot be read: \"%.40s\"", path, text);
}

int64_t read_iso_time(struct text_reader *reader, const json_t *object, const char *path)
{
    const char *text = reader->result ? "" : text_json_text(object, path);
    int64_t time_us = 0;
    if (iso_to_time(text, &time_us) != 0)
        say_wrong(reader, path, text);
    return reader->result ? 0 : time_us;
}

void time_to_iso(int64_t utc_us, char out[ISO_TIME_SIZE])
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(utc_us, text);
    text_copy_n(out, ISO_TIME_SIZE, text, LOCAL);
}

/* ---------------------------------------------------------------- money */

/* How many digits the minor unit has, where they are not two (ISO 4217). */
static int digits_of(const char *currency)
{
    return text_is_listed("BIF,CLP,DJF,GNF,ISK,JPY,KMF,KRW,PYG,RWF,UGX,VND,VUV,XAF,XOF,XPF", currency) ? 0
           : text_is_listed("BHD,IQD,JOD,KWD,LYD,OMR,TND", currency)                                   ? 3
                                                                                                       : 2;
}

/* By moving the decimal point to where a reader of two digits wants it. */
int64_t read_money(struct text_reader *reader, const json_t *object, const char *path, const char *currency)
{
    const char *text = reader->result ? "" : text_json_text(object, path);
    char moved[80];
    int64_t minor = 0;
    if (digits_of(currency) == 2)
        text_copy(moved, sizeof(moved), text);
    else
        snprintf(moved, sizeof(moved), "%.64se%d", text, digits_of(currency) - 2);
    if (*text && text_to_minor(moved, &minor) != 0)
        say_wrong(reader, path, text);
    return reader->result ? 0 : minor;
}

void money_to_text(int64_t minor, const char *currency, char out[TEXT_MINOR_SIZE])
{
    uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    const char *sign = minor < 0 ? "-" : "";
    int digits = digits_of(currency);
    if (digits == 2)
        minor_to_text(minor, out);
    else if (digits == 0)
        snprintf(out, TEXT_MINOR_SIZE, "%s%" PRIu64, sign, size);
    else
        snprintf(out, TEXT_MINOR_SIZE, "%s%" PRIu64 ".%03" PRIu64, sign, size / 1000, size % 1000);
}
