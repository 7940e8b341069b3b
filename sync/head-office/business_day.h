/* The business day that a moment belongs to: days begin and end by the clock of the business (setting utc_offset_min),
 * wherever the program runs. Knows no summer time. */
#ifndef HEAD_OFFICE_BUSINESS_DAY_H
#define HEAD_OFFICE_BUSINESS_DAY_H

#include <stdint.h>

#define BUSINESS_DAY_US      INT64_C(86400000000)
#define BUSINESS_DAY_SIZE    11 /* "2026-11-27" */
#define BUSINESS_PERIOD_SIZE 8  /* "2026-11" */

void business_day(int64_t time_us, int64_t zone_minutes, char ret[BUSINESS_DAY_SIZE]);

/* "2026-11-27", "2026-11-27 18:30:00", "2026/11/27 18:30:00" or "20261127", by that clock. -EINVAL: it is none. */
int business_time(const char *text, int64_t zone_minutes, int64_t *ret_us);

/* Days as a number that people can read, 20261127, and as days since 1970, to count with. */
int64_t business_day_serial(int64_t day);
int64_t business_day_of(int64_t serial);
int64_t business_today(int64_t time_us, int64_t zone_minutes); /* since 1970 */

/* "2026-11-27" or any that business_time() takes, as 20261127; 0: it is none. */
int64_t business_day_read(const char *text);

/* The month after it: "2026-12" is followed by "2027-01". */
void business_next_period(const char *period, char ret[BUSINESS_PERIOD_SIZE]);

#endif
