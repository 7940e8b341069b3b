/* Which site has an order, and how it comes to another one without being done twice. Does not choose the site, and does
 * not follow the work there: projection does. */
#ifndef HEAD_OFFICE_ASSIGNMENTS_H
#define HEAD_OFFICE_ASSIGNMENTS_H

#include "sync/head-office/office.h"

#include <jansson.h>

#define ASSIGNMENTS_LEASE_LEAST_S 3600
/* A site that hears head office is heard by it within this time: it says hello every ten minutes. */
#define ASSIGNMENTS_SILENT_S 1200

/* How sure it is that a site has the order: its release never left; it left and was not confirmed; it is there. */
enum standing { STANDING_UNSENT, STANDING_IN_DOUBT, STANDING_HELD };
const char *standing_name(enum standing standing); /* "in_doubt" */

/* The order's release was appended to the site's feed just now. Inside a transaction, as everything here. */
int assignments_given(struct office *office, const char *site, const char *number, int64_t lease_s);

/* Changes of a site up to seq are about to leave. */
int assignments_published(struct sql *sql, const char *site, int64_t seq, int64_t now_us);

/* The site is heard: leases that will end soon are given again. */
int assignments_renew(struct office *office, const char *site);

/* The site has begun the order: from then on it has it without a lease, and nobody gets it without an answer. */
int assignments_begun(struct sql *sql, const char *site, const char *number);

/* The order waits at the site because its lease was over, and so is not begun: it may be lent again. */
int assignments_waits(struct sql *sql, const char *site, const char *number);

struct order_move {
    bool done;           /* the other site has it; otherwise its site was asked */
    enum standing stood; /* before */
    int64_t free_us;     /* not done: from then on it can be moved without an answer; 0: never */
};

/* Gives an order to another site: at once when its release never left, or when its lease is over and its site has been
 * silent long enough; otherwise its site is asked, and its answer moves the order. Asked again it looks again.
 * -ENOENT, -EALREADY, -EBUSY with a sentence. */
int assignments_move(struct office *office, const char *number, const char *to, struct order_move *ret,
                     struct error *error);

/* Gives an order to no site, as if it were moved: nobody has begun it, and it is looked at again as its platform has it
 * by then. -EBUSY with a sentence: it is begun, and stays. */
int assignments_take_back(struct office *office, const char *number, struct order_move *ret, struct error *error);

/* A site's event may be the answer. ret_to: the site that has got the order by it, "" none. -EINVAL with a sentence:
 * the event cannot be interpreted. */
int assignments_answered(struct office *office, const char *site, const char *type, const json_t *data, char ret_to[64],
                         struct error *why);

#endif
