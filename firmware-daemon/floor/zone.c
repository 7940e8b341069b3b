/* Zone picking: a tote goes from zone to zone; each worker takes the lines of his own. */
#include "floor/rule.h"

int zone_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow zone_flow = {"zone", steps, NULL};
