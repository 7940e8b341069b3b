/* When something has been put on a scale and lies still: three readings that agree, once a placing. A weight that
 * nobody has used yet may be asked for again. Does not read a clock or a scale. */
#ifndef STATION_STEADY_H
#define STATION_STEADY_H

#include "drivers/scale/scale.h"

#define STEADY_READINGS     3    /* that agree */
#define STEADY_LEAST_MG     1000 /* less is an empty pan that drifts */
#define STEADY_DIFFERENT_MG 1000 /* a pan that changed by less holds the same as before */

/* Zero-initialised: an empty pan. */
struct steady {
    int64_t milligrams; /* of the readings that agree */
    int64_t placed;     /* what was told last, while it lies there; 0: the pan is empty */
    unsigned agree;
    bool used;
};

/* True when a weight has come to rest that was not told before: steady->placed. */
bool steady_take(struct steady *steady, const struct scale_reading *reading);

/* What lies there and was told, but used by nobody; 0: nothing. */
int64_t steady_unused(const struct steady *steady);

/* What was used lies there still: the pan must be seen empty before another of that weight is told. */
bool steady_waits_for_lift(const struct steady *steady);

#endif
