/* What every part of the bench needs: its size, its way to give up, and its stopwatch.
 * Measures nothing by itself. */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include "base/clock.h"
#include "disk_meter.h"

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

/* One contestant's round: its rate, the time of each commit, what it wrote. */
struct round_figures {
    double scans_per_s, bytes_per_scan;
    double *latencies_us; /* one per commit; NULL: not wanted */
};

struct stopwatch {
    int64_t start_us;
    int64_t start_bytes;
};

static inline struct stopwatch stopwatch_start(void)
{
    return (struct stopwatch){.start_us = clock_mono_us(), .start_bytes = disk_meter_bytes()};
}

static inline void stopwatch_stop(struct stopwatch watch, size_t scans, struct round_figures *ret)
{
    ret->scans_per_s = (double)scans / ((double)(clock_mono_us() - watch.start_us) / 1e6);
    ret->bytes_per_scan = (double)(disk_meter_bytes() - watch.start_bytes) / (double)scans;
}

#endif
