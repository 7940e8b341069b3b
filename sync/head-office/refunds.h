/* Refunds as platforms tell them. Does not decide anything about goods or money. */
#ifndef HEAD_OFFICE_REFUNDS_H
#define HEAD_OFFICE_REFUNDS_H

#include "sync/head-office/office.h"
#include "sync/platforms/platform.h"

/* What was said last stands; what is older or the same does nothing. The order that it is about is asked for again
 * while it has not left: some platforms do not count a refund as a change of the order. Inside a transaction. */
int refunds_take(struct office *office, const char *shop, const struct platform_refund *refund, bool *ret_changed,
                 struct error *error);

#endif
