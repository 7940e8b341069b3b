/* What has changed since it was asked last: events of sites, and orders, whoever changed them. For live boards, which
 * hear of it within a tick; nothing is kept for those who were not there. */
#ifndef HEAD_OFFICE_CHANGES_H
#define HEAD_OFFICE_CHANGES_H

#include "base/buf.h"
#include "sync/head-office/office.h"

#define CHANGES_ORDERS_MAX 500 /* told in one look */

struct changes {
    int64_t event_place, history_place; /* what was looked at already */
};

/* What is told: an order as it is now, {"order", "shop", "state", "stage", "site", "exceptions"}, or an event with its
 * head, {"arrival", "site", "type", "subject", "time"}. shop is "" where there is none. */
typedef void changes_fn(void *user, const char *kind, const char *shop, const struct buf *json);

/* From now on. */
int changes_begin(struct office *office, struct changes *ret);

/* *ret_more: there are more, look again soon. */
int changes_look(struct office *office, struct changes *changes, changes_fn *tell, void *user, bool *ret_more,
                 struct error *error);

#endif
