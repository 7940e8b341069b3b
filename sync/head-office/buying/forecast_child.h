/* serve's way to have forecasts made: "floorhand-hq forecast run" as a program of its own, one at a time. */
#ifndef HEAD_OFFICE_FORECAST_CHILD_H
#define HEAD_OFFICE_FORECAST_CHILD_H

#include "sync/head-office/office.h"

#include <sys/types.h>

struct forecast_child {
    pid_t pid; /* 0: none runs */
    int64_t look_us;
};

/* Begins one when it is due, and sees how one has ended. Cheap: for every tick. now_us: of a clock that only goes on.
 */
int forecast_child_tick(struct forecast_child *child, struct office *office, const char *database, int64_t now_us,
                        struct error *error);

/* What runs is ended; what it has written stays. */
void forecast_child_stop(struct forecast_child *child);

#endif
