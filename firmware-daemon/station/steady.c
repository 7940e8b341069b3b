#include "station/steady.h"

#include <stdlib.h>

bool steady_take(struct steady *steady, const struct scale_reading *reading)
{
    bool still = reading->state == SCALE_STABLE && reading->has_weight;
    if (!still || reading->milligrams != steady->milligrams)
        steady->agree = 0;
    if (reading->state == SCALE_UNDER_ZERO || (still && reading->milligrams < STEADY_LEAST_MG))
        *steady = (struct steady){0};
    if (!still || reading->milligrams < STEADY_LEAST_MG)
        return false;
    steady->milligrams = reading->milligrams;
    if (steady->agree < STEADY_READINGS)
        steady->agree++;
    bool same = steady->placed && llabs(reading->milligrams - steady->placed) < STEADY_DIFFERENT_MG;
    if (steady->agree < STEADY_READINGS || same)
        return false;
    steady->placed = reading->milligrams;
    steady->used = false;
    return true;
}

int64_t steady_unused(const struct steady *steady)
{
    bool rests = steady->agree == STEADY_READINGS && llabs(steady->milligrams - steady->placed) < STEADY_DIFFERENT_MG;
    return steady->placed && rests && !steady->used ? steady->placed : 0;
}

bool steady_waits_for_lift(const struct steady *steady)
{
    return steady->placed && steady->used;
}
