/* What happened to an order, one thing after the other: what head office and people did with it, and what the sites
 * reported of it, in words of both languages. Changes nothing. */
#ifndef HEAD_OFFICE_ORDER_TIMELINE_H
#define HEAD_OFFICE_ORDER_TIMELINE_H

#include "base/buf.h"
#include "sync/head-office/office.h"

struct order_moment {
    int64_t time_us;
    const char *site;              /* "": head office */
    const char *what;              /* the act (order_life.h) or the event's type */
    const char *english, *chinese; /* what that means; what, when there are no words for it */
    const char *who;               /* a person, or the site's worker; "": done by itself */
    const char *note;              /* of an act; of an event: its figures, "sku T, quantity 2" */
};

/* Each in turn; the texts live for the call. Acts and each site's events keep the order in which they were done,
 * whatever a site's clock says. -ENOENT: there is no such order; -errno of take() ends it. */
int order_timeline(struct office *office, const char *number,
                   int (*take)(void *user, const struct order_moment *moment), void *user);

/* The same as a JSON array. */
int order_timeline_write(struct office *office, const char *number, const char *key, struct buf *json);

/* What acts and events mean: {"what", "english", "chinese"} each, into the open JSON array. */
void order_timeline_words(struct buf *json);

#endif
