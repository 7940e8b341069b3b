#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_wall_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_us(void)
{
    return read_clock(CLOCK_BOOTTIME);
}

void clock_format(int64_t wall_us, char out[CLOCK_TEXT_SIZE])
{
    const int64_t last = INT64_C(253402300799999999); /* 9999-12-31T23:59:59.999999Z */
    if (wall_us < 0)
        wall_us = 0;
    if (wall_us > last)
        wall_us = last;
    time_t seconds = (time_t)(wall_us / 1000000);
    struct tm t;
    gmtime_r(&seconds, &t);
    strftime(out, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &t);
    unsigned milliseconds = (unsigned)(wall_us / 1000 % 1000) % 1000;
    snprintf(out + 19, CLOCK_TEXT_SIZE - 19, ".%03uZ", milliseconds);
}
