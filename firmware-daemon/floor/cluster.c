/* Cluster picking: several orders at once, each into its own tote. */
#include "floor/pick_bin.h"

int cluster_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

const struct pick_way cluster_way = {"cluster", NULL, NULL, NULL};

static const struct step steps[] = {{.name = NULL}};

const struct flow cluster_flow = {"cluster", steps, NULL};
