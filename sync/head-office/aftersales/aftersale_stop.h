/* Goods of an order that a refund is asked for before they have left. While it is open, what waits at head office is
 * held back (exception "refund"), and a site that works on it is asked to stop: what it has not handed over comes back.
 * When it is decided, the pieces are given up, and the rest is done. Does not decide about the refund. Inside a
 * transaction. */
#ifndef HEAD_OFFICE_AFTERSALE_STOP_H
#define HEAD_OFFICE_AFTERSALE_STOP_H

#include "sync/head-office/aftersales/aftersale_life.h"

/* The reason with which an order is cancelled at its site before the case that it is for is known here. */
#define AFTERSALE_STOP_BEFORE "a refund of all of it is asked for"

/* Whether its goods are still here: sets aftersale->goods. A return of what has not left is a refund alone. */
int aftersale_find_goods(struct office *office, struct aftersale *aftersale, struct error *error);

/* Holds what waits, and asks the sites that have what it claims. Again it does what is left of that. */
int aftersale_hold(struct office *office, const struct aftersale *aftersale, struct error *error);

/* Whether a site is still to answer for an order of the case's. */
int aftersale_awaits_site(struct office *office, const struct aftersale *aftersale, bool *ret, struct error *error);

/* The case is settled: its pieces will not be sent. */
int aftersale_give_up(struct office *office, struct aftersale *aftersale, struct error *error);

/* The case is over: what was held for it alone is checked again, and what was stopped and not given up is sent. */
int aftersale_let_go(struct office *office, const struct aftersale *aftersale, struct error *error);

/* A site's answer to the request to stop an order. *ret_asked false: nothing had been asked for after-sales' sake. */
int aftersale_stop_answered(struct office *office, const char *site, const char *number, bool stopped, bool *ret_asked,
                            struct error *error);

#endif
