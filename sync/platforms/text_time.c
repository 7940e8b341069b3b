/* Times as platforms write them: the second half of text_json.h. */
#include "base/text.h"
#include "sync/platforms/text_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- times */

#define SECOND_US   INT64_C(1000000)
#define DAY_S       INT64_C(86400)
#define CHINA_S     INT64_C(28800) /* east of Greenwich, all year and in all of China */
#define MILLIS_FROM 12             /* so many digits are milliseconds: as seconds they would be the year 5138 */

/* Days since 1970-01-01 of the Gregorian calendar; years count from March, so that the leap day is the last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool in_month(int64_t year, int64_t month, int64_t day)
{
    static const int8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= lengths[month - 1] + (leap && month == 2);
}

/* Two or four digits. */
static int64_t digits_at(const char *text, size_t length)
{
    int64_t number = 0;
    for (size_t i = 0; i < length; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

static int of_local(const char *text, int64_t *ret)
{
    static const char form[] = "dddd-dd-dd dd:dd:dd";
    const size_t length = sizeof(form) - 1;
    if (strlen(text) < length || (text[length] && text[length] != '.'))
        return -EINVAL;
    for (size_t i = 0; i < length; i++)
        if (form[i] == 'd' ? !text_all_digits(text + i, 1) : text[i] != form[i])
            return -EINVAL;
    int64_t year = digits_at(text, 4), month = digits_at(text + 5, 2), day = digits_at(text + 8, 2);
    int64_t hour = digits_at(text + 11, 2), minute = digits_at(text + 14, 2), second = digits_at(text + 17, 2);
    if (year < 1970) {
        *ret = 0;
        return 0;
    }
    if (!in_month(year, month, day) || hour > 23 || minute > 59 || second > 60)
        return -EINVAL;
    int64_t utc_s = days_of(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second - CHINA_S;
    *ret = utc_s > 0 ? utc_s * SECOND_US : 0;
    return 0;
}

int text_to_time(const char *text, int64_t *ret)
{
    size_t length = strlen(text);
    int64_t number;
    if (length == 0 || !text_all_digits(text, length))
        return of_local(text, ret);
    if (text_to_int(text, 0, INT64_C(99999999999999), &number) != 0)
        return -EINVAL;
    *ret = number * (length >= MILLIS_FROM ? 1000 : SECOND_US);
    return 0;
}

/* The reverse of days_of(). */
void time_to_text(int64_t utc_us, char out[TEXT_TIME_SIZE])
{
    int64_t local_s = (utc_us > 0 ? utc_us / SECOND_US : 0) + CHINA_S;
    int64_t days = local_s / DAY_S + 719468, era = days / 146097, of_era = days % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;
    month += month < 10 ? 3 : -9;
    year += era * 400 + (month <= 2);
    snprintf(out, TEXT_TIME_SIZE, "%04u-%02u-%02u %02u:%02u:%02u", (unsigned)year % 10000, (unsigned)month % 100,
             (unsigned)day % 100, (unsigned)(local_s / 3600 % 24), (unsigned)(local_s / 60 % 60),
             (unsigned)(local_s % 60));
}
