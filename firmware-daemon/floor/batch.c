/* Batch picking: a wave's goods, summed by SKU, into the wave's totes. */
#include "floor/rule.h"

int batch_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow batch_flow = {"batch", steps, NULL};
