/* What platforms are to hear of orders that have left: a row of the outbox for each parcel and each order of a platform
 * that is in it. Does not call a platform. */
#ifndef HEAD_OFFICE_SHIPMENTS_H
#define HEAD_OFFICE_SHIPMENTS_H

#include "sync/head-office/office.h"

/* The last parcel of the order has left. What was said already is not said again. Nothing for an order of no platform.
 * Inside a transaction. */
int shipments_tell(struct sql *sql, const char *number);

/* It goes with another waybill than was said. -ENOENT, -EINVAL with a sentence. Inside a transaction. */
int shipments_amend(struct office *office, const char *number, const char *carrier, const char *waybill,
                    struct error *error);

#endif
