/* What the sites reported, as an EPCIS 2.0 document in JSON-LD: the events of a period that say what became of goods
 * and parcels, in GS1's words. Items go by their GTIN where they have one, and by names of our own where not. */
#ifndef HEAD_OFFICE_EPCIS_H
#define HEAD_OFFICE_EPCIS_H

#include "sync/head-office/office.h"

#include <stdio.h>

#define EPCIS_TIME_SIZE 32

struct epcis_period {
    const char *from,
        *to;          /* "2026-03-04", or a time behind it: "2026-03-04T09:15:00Z"; to itself is outside; "": no end */
    const char *site; /* "": every site */
};

/* Written event by event, so that a document may be of any length. -EINVAL with a sentence: a period that is none. */
int epcis_write(struct office *office, const struct epcis_period *period, FILE *out, int64_t *ret_events,
                struct error *error);

#endif
