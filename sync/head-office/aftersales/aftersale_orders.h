/* Orders that after-sales make: what is sent instead, and what is left of an order that was stopped at its site. They
 * are done as any other order. What the buyer paid stays with the first order; a new one has only what is paid on top.
 * Inside a transaction. */
#ifndef HEAD_OFFICE_AFTERSALE_ORDERS_H
#define HEAD_OFFICE_AFTERSALE_ORDERS_H

#include "sync/head-office/aftersales/aftersale_life.h"

/* The order of an exchange, a reissue or a repair, checked and its stock promised at once; nothing when it is there
 * already. -EINVAL with a sentence: nothing is to be sent. */
int aftersale_send_instead(struct office *office, struct aftersale *aftersale, struct error *error);

/* Pieces of an order that are neither given up nor in any order that is done: a new order of them (origin split), once
 * no refund is open and no site is still to answer. first: the order that was bought. */
int aftersale_send_rest(struct office *office, const char *first, struct error *error);

/* Somebody wants nothing of the order any more, though it was closed or is being stopped for a refund of a part: what
 * was or would be sent anew of it is cancelled, too. */
int aftersale_forgo(struct office *office, const char *number, const char *reason, const char *who,
                    struct error *error);

#endif
