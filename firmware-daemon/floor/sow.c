/* The put-wall: a wave's tote is sorted into one slot an order. */
#include "floor/rule.h"

int sow_open(struct scan *scan, int64_t wall)
{
    (void)wall;
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow sow_flow = {"sow", steps, NULL};
