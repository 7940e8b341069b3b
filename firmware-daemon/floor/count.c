/* Counts: of a bin or an item in it, counted again by another where it differs. */
#include "floor/rule.h"

int count_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow count_flow = {"count", steps, NULL};
