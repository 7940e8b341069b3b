/* Returns: received, graded, and only then stock again. */
#include "floor/rule.h"

int return_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

int return_open(struct scan *scan, int64_t document)
{
    (void)document;
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow return_flow = {"return", steps, NULL};
