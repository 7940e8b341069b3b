/* Replenishment: from the reserve to the face that runs low. */
#include "floor/rule.h"

int replenish_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow replenish_flow = {"replenish", steps, NULL};
