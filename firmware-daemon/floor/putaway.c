/* Putaway: a plate from the dock to the bin that suits it. */
#include "floor/rule.h"

int putaway_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

int putaway_open(struct scan *scan, int64_t plate)
{
    (void)plate;
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow putaway_flow = {"putaway", steps, NULL};
