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

#define PER_COMMIT  16
#define COMMITS_MAX 2048

static inline void must(int result, const char *what)
{
    if (result == 0)
        return;
    fprintf(stderr, "error: the bench cannot go on: %s (%d)\n", what, result);
    exit(1);
}

/* What one contestant has done in a round, slice by slice. */
struct tally {
    size_t scans, commits;
    double seconds, bytes;
    double latencies_us[COMMITS_MAX]; /* of each commit */
};

struct stopwatch {
    int64_t start_us, start_bytes;
};

static inline struct stopwatch stopwatch_start(void)
{
    return (struct stopwatch){.start_us = clock_mono_us(), .start_bytes = disk_meter_bytes()};
}

/* A commit is done: what comes from here on is timed as the next. */
static inline void stopwatch_lap(struct stopwatch *watch, size_t scans, struct tally *tally)
{
    int64_t now_us = clock_mono_us(), bytes = disk_meter_bytes();
    must(tally->commits < COMMITS_MAX ? 0 : -1, "a round has too many commits");
    tally->latencies_us[tally->commits++] = (double)(now_us - watch->start_us);
    tally->seconds += (double)(now_us - watch->start_us) / 1e6;
    tally->bytes += (double)(bytes - watch->start_bytes);
    tally->scans += scans;
    *watch = (struct stopwatch){.start_us = now_us, .start_bytes = bytes};
}

#endif
