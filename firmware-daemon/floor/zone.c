/* Zone picking: a tote goes from zone to zone; each worker takes the lines of his own. */
#include "floor/pick_bin.h"

int zone_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

const struct pick_way zone_way = {"zone", NULL, NULL, NULL};

static const struct step steps[] = {{.name = NULL}};

const struct flow zone_flow = {"zone", steps, NULL};
