/* Moves inside the site: from a bin to a bin. */
#include "floor/rule.h"

int move_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow move_flow = {"move", steps, NULL};
