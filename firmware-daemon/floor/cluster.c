/* Cluster picking: several orders at once, each into its own tote. */
#include "floor/rule.h"

int cluster_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow cluster_flow = {"cluster", steps, NULL};
