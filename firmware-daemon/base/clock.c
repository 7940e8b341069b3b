#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

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

void clock_boot_name(char *out, size_t capacity)
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    char line[64] = "";
    if (file && !fgets(line, sizeof(line), file))
        line[0] = '\0';
    if (file)
        fclose(file);
    snprintf(out, capacity, "%.*s", (int)strcspn(line, "\n"), line);
}

/* systemd-timesyncd leaves this file; other time keepers tell the kernel, which a service may not be allowed to ask. */
enum clock_trust clock_trust(void)
{
    struct timex kernel = {.modes = 0};
    if (clock_wall_us() < CLOCK_FLOOR_US)
        return CLOCK_UNSET;
    if (access("/run/systemd/timesync/synchronized", F_OK) == 0)
        return CLOCK_SYNCED;
    return adjtimex(&kernel) >= 0 && !(kernel.status & STA_UNSYNC) ? CLOCK_SYNCED : CLOCK_HOLDOVER;
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

int clock_parse(const char *text, int64_t *ret_wall_us)
{
    struct tm day = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &day);
    int64_t fraction_us = 0;
    if (!end)
        return -EINVAL;
    if (*end == '.')
        for (int64_t unit_us = 100000; *++end >= '0' && *end <= '9'; unit_us /= 10)
            fraction_us += (*end - '0') * unit_us;
    if (strcmp(end, "Z") != 0)
        return -EINVAL;
    *ret_wall_us = (int64_t)timegm(&day) * 1000000 + fraction_us;
    return 0;
}
