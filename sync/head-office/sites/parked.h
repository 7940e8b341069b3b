/* What a site's event means for all that head office keeps, and events that mean nothing to it: those are stored, wait
 * with everything that comes later of the same thing, and are interpreted in their order once they can be. */
#ifndef HEAD_OFFICE_PARKED_H
#define HEAD_OFFICE_PARKED_H

#include "sync/head-office/office.h"
#include "sync/wire/line.h"

#define PARKED_SITE_SIZE  64
#define PARKED_EVERY_SITE "*"

/* Does what the event means, all of it or nothing. ret_to: another site whose feed has grown by it, or
 * PARKED_EVERY_SITE; "" none. -EINVAL
 * with a sentence: it cannot be interpreted, or something of the same order, parcel or place is parked before it: then
 * it is parked. Inside a transaction. */
int parked_or_done(struct office *office, const char *site, const struct wire_line *event,
                   char ret_to[PARKED_SITE_SIZE], struct error *why);

/* The same for a site of which nothing is parked, in the hope that the event can be interpreted. It costs less, and
 * when the hope fails (-EINVAL, -EPERM or -EEXIST, also from a later statement or sql_await()), the caller must undo
 * what this has done. */
int parked_hope(struct office *office, const char *site, const struct wire_line *event, char ret_to[PARKED_SITE_SIZE],
                struct error *why);

/* Tries all of them again, oldest first, inside the caller's transaction. */
struct parked_outcome {
    int64_t done, left;
};
int parked_replay(struct office *office, struct parked_outcome *ret, struct error *error);

#endif
