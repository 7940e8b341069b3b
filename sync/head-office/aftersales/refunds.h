/* Refunds as platforms tell them, on their way to after-sales: what is said again is passed over, and one that cannot
 * be taken holds up no other. Does not decide anything about goods or money: aftersales does. */
#ifndef HEAD_OFFICE_REFUNDS_H
#define HEAD_OFFICE_REFUNDS_H

#include "sync/head-office/office.h"
#include "sync/platforms/platform.h"

/* *ret_changed: it is new, or says something new. The order that it is about is asked for again while it has not left:
 * some platforms do not count a refund as a change of the order. Inside a transaction. */
int refunds_take(struct office *office, const char *shop, const struct platform_refund *refund, bool *ret_changed,
                 struct error *error);

/* An order of the platform's is here now: refunds of it that were told before go on. Inside a transaction. */
int refunds_order_came(struct office *office, const char *shop, const char *platform_order, struct error *error);

/* *ret: some refund of the shop waits for its order. */
int refunds_wait(struct office *office, const char *shop, bool *ret, struct error *error);

#endif
