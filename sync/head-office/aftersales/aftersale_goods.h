/* Goods that come back: what a site is told to expect, and what it reports of them. Goods that nobody announced get a
 * case of their own, with the order's number or, where it
 * is not known or was merged of several, without one (unclaimed, 无主件). Does not decide what they are worth.
 * Inside a transaction. */
#ifndef HEAD_OFFICE_AFTERSALE_GOODS_H
#define HEAD_OFFICE_AFTERSALE_GOODS_H

#include "sync/head-office/aftersales/aftersale_life.h"

#include <jansson.h>

/* Tells a site (aftersale->site) to expect them, under the case's number; again when the waybill they come under is
 * known later. */
int aftersale_announce(struct office *office, struct aftersale *aftersale, const char *who, struct error *error);

/* return.received, return.graded and return.closed of a site. sign: -1 when it was a mistake. ret_number: the case that
 * it was about, "" for other events. -EINVAL with a sentence: it cannot be interpreted. */
int aftersale_goods_heard(struct office *office, const char *site, const char *type, const json_t *data, int sign,
                          char ret_number[AFTERSALE_NUMBER_SIZE], struct error *error);

/* Unclaimed goods are this order's: they are counted for its case that waits for some, or become a return of it.
 * ret_number: the case that has them now. -EALREADY: the case has an order. */
int aftersale_goods_match(struct office *office, struct aftersale *aftersale, const char *order, const char *who,
                          char ret_number[AFTERSALE_NUMBER_SIZE], struct error *error);

/* Whether all that is claimed has come, and every piece got a grade of this list ("A,B"). */
int aftersale_goods_good(struct office *office, const struct aftersale *aftersale, const char *grades, bool *ret,
                         struct error *error);

#endif
