/* How the box is, for those who watch it: the state that people see, whether it is well, and what Prometheus counts.
 * Gathered from the daemon's parts when somebody asks. Decides nothing. */
#ifndef WATCH_H
#define WATCH_H

#include "base/metric.h"
#include "config.h"
#include "disk.h"
#include "health.h"
#include "practice.h"
#include "station/plugboard.h"
#include "trust.h"
#include "turn.h"
#include "uplink.h"

/* What only happens, and is nowhere else. */
struct watch_counts {
    int64_t scans[3];      /* by enum scan_verdict */
    int64_t failed_before; /* commits that had failed before the last turn */
    int64_t decided_us;    /* when the turn that is being taken was decided upon, monotonic */
    struct metric_histogram commit, turn;
};

/* The daemon's parts, lent for a call. */
struct watch {
    const struct config *config;
    struct store *store;
    struct turn *turn;
    struct plugboard *board;
    struct uplink *uplink;
    struct practice *practice;
    struct disk *disk;
    struct trust *trust;
    struct care *care;
    const struct watch_counts *counts;
    int secure_port; /* of the pages; -1: none */
    size_t pages;    /* that are open */
};

/* Members of an open object: all that GET /api/v1/status tells. */
int watch_write(const struct watch *watch, struct buf *json);

/* GET /health. true: the box can do its work. */
bool watch_health(const struct watch *watch, struct buf *json);

/* GET /metrics. */
int watch_metrics(const struct watch *watch, struct buf *text);

/* For turn_set_trap(): how long commits take. user: struct watch_counts. */
int watch_turn(void *user, enum turn_point point);

#endif
