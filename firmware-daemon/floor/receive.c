/* Receiving: an ASN, an arrival from another site, or goods that nobody announced. */
#include "floor/rule.h"

int receive_start(struct scan *scan)
{
    return refuse_not_now(scan);
}

int receive_open(struct scan *scan, int64_t document)
{
    (void)document;
    return refuse_not_now(scan);
}

int receive_plate(struct scan *scan)
{
    return refuse_not_now(scan);
}

static const struct step steps[] = {{.name = NULL}};

const struct flow receive_flow = {"receive", steps, NULL};
