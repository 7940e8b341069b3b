/* serve's way to have forecasts made: "floorhand-hq forecast run" as a program of its own, one at a time. */
#ifndef HEAD_OFFICE_FORECAST_CHILD_H
#define HEAD_OFFICE_FORECAST_CHILD_H

#include "sync/head-office/office.h"

#include <systemd/sd-event.h>

struct forecast_child {
    sd_event *event;             /* both are set by whoever has it, and lent */
    const char *database;        /* as commands are given it */
    struct own_command *running; /* NULL: none runs */
    bool broken;                 /* the last one failed, and that was not written down yet */
    int64_t look_us;
};

/* Begins one when it is due, and writes down that one has failed. Cheap: for every tick. now_us: of a clock that only
 * goes on. */
int forecast_child_tick(struct forecast_child *child, struct office *office, int64_t now_us, struct error *error);

/* What runs is ended; what it has written stays. */
void forecast_child_stop(struct forecast_child *child);

#endif
