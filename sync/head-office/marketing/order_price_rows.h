/* What was asked and answered about an order's price, as rows. Inside a transaction. */
#ifndef HEAD_OFFICE_ORDER_PRICE_ROWS_H
#define HEAD_OFFICE_ORDER_PRICE_ROWS_H

#include "sync/head-office/marketing/order_price.h"

/* Question and answer of a new order: lines, adjustments, the campaigns that count on it. */
int order_price_keep(struct office *office, const char *number, const struct order_price *price, struct error *error);

/* The question again, with the campaigns and coupons of that time; not the answer. -ENOENT. */
int order_price_load(struct office *office, const char *number, struct order_price *ret, struct error *error);

/* How many pieces of each of its lines are given back by cases that stand. */
int order_price_returned(struct office *office, const char *number, const struct order_price *price,
                         int64_t ret[PRICING_LINES_MAX], struct error *error);

/* What was paid for its goods, less what other cases than this one have of that. */
int order_price_left(struct office *office, const char *number, const char *aftersale, int64_t *ret,
                     struct error *error);

#endif
