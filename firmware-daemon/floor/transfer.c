/* Transfers to another site: picked, shipped, received there. */
#include "floor/rule.h"

int transfer_open(struct scan *scan, int64_t document)
{
    (void)document;
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow transfer_flow = {"transfer", steps, NULL};
