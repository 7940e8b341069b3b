/* Prices of orders of one's own shops: what a basket would cost now, an order with the price that it gets, and what the
 * rest of it would have cost when a part is given back. What was asked is kept with the order, so that it can be asked
 * again. Reckons nothing itself: pricing does. Inside a transaction. */
#ifndef HEAD_OFFICE_ORDER_PRICE_H
#define HEAD_OFFICE_ORDER_PRICE_H

#include "sync/head-office/marketing/campaigns.h"
#include "sync/head-office/marketing/coupons.h"
#include "sync/head-office/marketing/points.h"
#include "sync/platforms/platform.h"

/* A question and its answer; campaigns, lines and coupons are those that pricing points into. */
struct order_price {
    struct pricing_line lines[PRICING_LINES_MAX];
    char ids[PRICING_LINES_MAX][65]; /* of the lines, as the shop calls them */
    size_t line_count;
    struct pricing_coupon coupons[PRICING_COUPONS_MAX];
    size_t coupon_count;
    char currency[4], shop[65], member[MEMBER_SIZE], segments[PRICING_WORDS_SIZE];
    int64_t at_us, freight_minor, points, point_minor, points_rate;
    struct campaigns campaigns;
    struct pricing pricing;
};

struct order_price *order_price_new(void); /* NULL: there is no memory */
struct order_price *order_price_free(struct order_price *price);
DEFINE_CLEANUP(order_price_free, struct order_price *);
#define CLEANUP_ORDER_PRICE CLEANUP(order_price_free_p)

/* Prices what lines, currency, shop, member, freight and points say, now. Coupons: codes set apart by commas. -EINVAL,
 * -ENOENT, -EALREADY, -ERANGE with a sentence: the member has not so many points. */
int order_price_ask(struct office *office, struct order_price *price, const char *coupons, struct error *error);

/* Prices an order, takes it (order_put.h), uses its coupons and points. Told again it keeps the price that it has; its
 * lines must be the same. order: with the prices of its lines and the whole carriage; what is let off is filled in.
 * ret_number: what it is called; *ret_taken as order_put_take(). */
int order_price_take(struct office *office, struct platform_order *order, struct order_price *price,
                     const char *coupons, char ret_number[65], const char **ret_taken, struct error *error);

/* What can be given back for goods, when those of a case and of those before it come back: what was paid for goods,
 * less what the kept part would have cost, less what the others have. *ret_priced false: the order was not priced here.
 */
int order_price_due(struct office *office, const char *number, const char *aftersale, int64_t *ret_due,
                    bool *ret_priced, struct error *error);

/* How many of the points that it spent what is kept of it takes; -ENOENT: it was not priced here. */
int order_price_points(struct office *office, const char *number, int64_t *ret, struct error *error);

#endif
