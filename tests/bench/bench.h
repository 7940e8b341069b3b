/* What every part of the bench needs: its size, its way to give up, its clock, and the bytes it has sent to the disk.
 * Measures nothing by itself. */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include "base/clock.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define STATIONS_MAX 50

struct bench_size {
    int64_t items, locations; /* and five rows of the journal for each item */
    int stations;
    int rounds, singles, batched; /* scans of a round: one per commit, PER_COMMIT per commit */
};

#define PER_COMMIT 16

static inline void must(int result, const char *what)
{
    if (result == 0)
        return;
    fprintf(stderr, "error: the bench cannot go on: %s (%d)\n", what, result);
    exit(1);
}

/* What the kernel has been given to write to storage for this process: whole pages of its cache, each time one that was
 * clean is written into (proc_pid_io(5), write_bytes). 0 where the system does not tell. */
static inline double bytes_to_disk(void)
{
    unsigned long long bytes = 0;
    char line[128];
    FILE *file = fopen("/proc/self/io", "re");
    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "write_bytes: %llu", &bytes) == 1)
            break;
    if (file)
        fclose(file);
    return (double)bytes;
}

/* One contestant's round: its rate, the time of each commit, what it wrote. */
struct round_figures {
    double scans_per_s, bytes_per_scan;
    double *latencies_us; /* one per commit; NULL: not wanted */
};

struct stopwatch {
    int64_t start_us;
    double start_bytes;
};

static inline struct stopwatch stopwatch_start(void)
{
    return (struct stopwatch){.start_us = clock_mono_us(), .start_bytes = bytes_to_disk()};
}

static inline void stopwatch_stop(struct stopwatch watch, size_t scans, struct round_figures *ret)
{
    ret->scans_per_s = (double)scans / ((double)(clock_mono_us() - watch.start_us) / 1e6);
    ret->bytes_per_scan = (bytes_to_disk() - watch.start_bytes) / (double)scans;
}

#endif
