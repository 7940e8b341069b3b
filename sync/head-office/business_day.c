#include "sync/head-office/business_day.h"

#include "base/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND_US INT64_C(1000000)

void business_day(int64_t time_us, int64_t zone_minutes, char ret[BUSINESS_DAY_SIZE])
{
    int64_t shifted = time_us + zone_minutes * 60 * SECOND_US;
    time_t seconds = (time_t)(shifted >= 0 ? shifted / SECOND_US : -((SECOND_US - 1 - shifted) / SECOND_US));
    struct tm day;
    gmtime_r(&seconds, &day);
    strftime(ret, BUSINESS_DAY_SIZE, "%Y-%m-%d", &day);
}

/* Whether all of the text was read. */
static bool read_fields(const char *text, struct tm *tm)
{
    int used = 0;
    sscanf(text, "%4d-%2d-%2d %2d:%2d:%2d%n", &tm->tm_year, &tm->tm_mon, &tm->tm_mday, &tm->tm_hour, &tm->tm_min,
           &tm->tm_sec, &used);
    if (used == 0) {
        *tm = (struct tm){0};
        sscanf(text, strchr(text, '-') ? "%4d-%2d-%2d%n" : "%4d%2d%2d%n", &tm->tm_year, &tm->tm_mon, &tm->tm_mday,
               &used);
    }
    return used > 0 && text[used] == '\0';
}

int business_time(const char *text, int64_t zone_minutes, int64_t *ret_us)
{
    char dashed[32];
    struct tm tm = {0};
    if (!text_copy(dashed, sizeof(dashed), text))
        return -EINVAL;
    for (char *at = dashed; (at = strchr(at, '/'));)
        *at = '-';
    if (!read_fields(dashed, &tm) || tm.tm_year < 1970 || tm.tm_mon < 1 || tm.tm_mday < 1)
        return -EINVAL;
    struct tm asked = tm;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    time_t seconds = timegm(&tm);
    if (tm.tm_mday != asked.tm_mday || tm.tm_mon != asked.tm_mon - 1 || tm.tm_hour != asked.tm_hour)
        return -EINVAL;
    *ret_us = ((int64_t)seconds - zone_minutes * 60) * SECOND_US;
    return 0;
}

/* The year begins in March, so that the day that leap years have is its last. */
int64_t business_day_serial(int64_t day)
{
    int64_t month = day / 100 % 100, year = day / 10000 - (month <= 2);
    int64_t of_year = (153 * ((month + 9) % 12) + 2) / 5 + day % 100 - 1;
    return 365 * year + year / 4 - year / 100 + year / 400 + of_year - 719468;
}

int64_t business_day_of(int64_t serial)
{
    struct tm day;
    time_t seconds = (time_t)(serial * 86400);
    gmtime_r(&seconds, &day);
    return ((int64_t)day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday;
}

int64_t business_today(int64_t time_us, int64_t zone_minutes)
{
    int64_t seconds = time_us / SECOND_US + zone_minutes * 60;
    return (seconds - (seconds % 86400 + 86400) % 86400) / 86400;
}

int64_t business_day_read(const char *text)
{
    int64_t us = 0;
    return business_time(text, 0, &us) == 0 ? business_day_of(business_today(us, 0)) : 0;
}

void business_next_period(const char *period, char ret[BUSINESS_PERIOD_SIZE])
{
    int year = 0, month = 0;
    sscanf(period, "%4d-%2d", &year, &month);
    year += month == 12;
    month = month == 12 ? 1 : month + 1;
    snprintf(ret, BUSINESS_PERIOD_SIZE, "%04u-%02u", (unsigned)year % 10000, (unsigned)month % 100);
}
