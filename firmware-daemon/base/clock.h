/* The time, in microseconds. Does not format for people; rules never call it: time is in the event. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

int64_t clock_wall_us(void); /* UTC since 1970 */
int64_t clock_mono_us(void); /* CLOCK_BOOTTIME: counts suspended time too, starts anew at each boot */

/* Names this start of the machine, so that another one is told from it; "" where it cannot be known. */
void clock_boot_name(char *out, size_t capacity);

/* This program was not there before (2026-01-01, UTC): no time of day that it is told is earlier. */
#define CLOCK_FLOOR_US INT64_C(1767225600000000)

/* Whether the time of day can be trusted: a time server keeps it; it was set once, and nobody keeps it; it was never
 * set. */
enum clock_trust { CLOCK_SYNCED, CLOCK_HOLDOVER, CLOCK_UNSET };
enum clock_trust clock_trust(void);

#define CLOCK_TEXT_SIZE 25
/* "2026-03-04T09:15:22.481Z" (RFC 3339, UTC, milliseconds); years 1970 to 9999, otherwise the nearest of them. */
void clock_format(int64_t wall_us, char out[CLOCK_TEXT_SIZE]);

/* The same read again; the fraction may be longer, shorter or left out. -EINVAL: it is no such time. */
int clock_parse(const char *text, int64_t *ret_wall_us);

#endif
