/* What orders do to their members' points: earned when an order is finished, for what was paid for its goods and kept;
 * taken back when more of it is refunded; what was spent comes back when the order is closed, and as far as what is
 * kept of it would not have taken so many. Coupons of a closed order can be used again. Does not keep the ledger:
 * points does. */
#ifndef HEAD_OFFICE_ORDER_POINTS_H
#define HEAD_OFFICE_ORDER_POINTS_H

#include "sync/head-office/office.h"

/* Says whose an order is; one that was finished earns at once. -ENOENT; -EALREADY: it is another member's. Inside a
 * transaction. */
int order_points_attach(struct office *office, const char *number, const char *member, struct error *error);

/* What is refunded of an order has changed. Nothing when it is no member's. Inside a transaction. */
int order_points_refunded(struct office *office, const char *number, struct error *error);

struct marketing_work {
    int64_t settled; /* orders that were finished or closed */
    bool more;
};

/* Looks after orders that have ended and points that have expired; so many of each, in a transaction of its own. */
int marketing_work(struct office *office, int64_t most, struct marketing_work *ret, struct error *error);

#endif
