#include "sync/head-office/marketing/order_price.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/catalogue/listings.h"
#include "sync/head-office/marketing/order_price_rows.h"
#include "sync/head-office/orders/order_put.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct order_price *order_price_new(void)
{
    return calloc(1, sizeof(struct order_price));
}

struct order_price *order_price_free(struct order_price *price)
{
    if (price) {
        pricing_done(&price->pricing);
        campaigns_done(&price->campaigns);
    }
    free(price);
    return NULL;
}

/* ---------------------------------------------------------------- asking */

static int load_floors(struct office *office, struct order_price *price, struct error *error)
{
    struct settings settings;
    int result = settings_load(office, &settings, error);
    if (result || strcmp(settings.base_currency, price->currency) != 0)
        return result; /* floors are said in the books' currency */
    for (size_t i = 0; i < price->line_count && !result; i++) {
        result = sql_number(office->sql, &price->lines[i].floor_minor,
                            "SELECT coalesce((SELECT amount_minor FROM price_floor WHERE sku = ?1), 0)",
                            sql_text(price->lines[i].sku));
        if (price->lines[i].floor_minor > price->lines[i].price_minor)
            price->lines[i].floor_minor = price->lines[i].price_minor;
    }
    return result ? office_failed(office->sql, result, error) : 0;
}

/* Points that are wanted, as far as they are good for anything. */
static int check_points(struct office *office, struct order_price *price, struct error *error)
{
    struct settings settings;
    int64_t points = 0;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    price->point_minor = settings.points_worth_minor;
    price->points_rate = settings.points_rate;
    if (price->points == 0)
        return 0;
    result = sql_number(office->sql, &points, "SELECT points FROM member WHERE member = ?1", sql_text(price->member));
    if (result && result != -ENOENT)
        return office_failed(office->sql, result, error);
    if (points < price->points)
        return error_set(error, -ERANGE, "member \"%s\" has %" PRId64 " points, and %" PRId64 " are wanted",
                         price->member, points, price->points);
    return 0;
}

static int work(struct order_price *price, struct error *error)
{
    const struct pricing_request request = {.lines = price->lines,
                                            .line_count = price->line_count,
                                            .campaigns = price->campaigns.list,
                                            .campaign_count = price->campaigns.count,
                                            .coupons = price->coupons,
                                            .coupon_count = price->coupon_count,
                                            .currency = price->currency,
                                            .shop = price->shop,
                                            .segments = price->segments,
                                            .at_us = price->at_us,
                                            .freight_minor = price->freight_minor,
                                            .points = price->points,
                                            .point_minor = price->point_minor,
                                            .points_rate = price->points_rate};
    int result = pricing_work(&request, &price->pricing);
    if (result == -EINVAL)
        return error_set(error, result,
                         "this cannot be priced: an order has from 1 to %d lines of different numbers, and each costs"
                         " up to %" PRId64,
                         PRICING_LINES_MAX, PRICING_AMOUNT_MAX);
    return result ? error_set(error, result, "there is no memory") : 0;
}

int order_price_ask(struct office *office, struct order_price *price, const char *coupons, struct error *error)
{
    price->at_us = office->now_us;
    int result = members_segments(office, price->member, price->segments, sizeof(price->segments), error);
    if (!result)
        result = coupons_show(office, coupons, price->member, price->coupons, &price->coupon_count, error);
    if (!result)
        result = check_points(office, price, error);
    if (!result)
        result = load_floors(office, price, error);
    if (!result)
        result = campaigns_load(office, price->at_us, price->member, "", &price->campaigns, error);
    return result ? result : work(price, error);
}

/* ---------------------------------------------------------------- taking an order */

/* Which item a line is. Packs and bundles are not priced here: after a part of them comes back, what was kept could not
 * be priced anew. */
static int read_item(struct office *office, const char *shop, const struct platform_line *from,
                     struct pricing_line *line, struct error *error)
{
    const struct listing_seen seen = {from->item, from->sku, from->code, from->title};
    struct listing_meaning meaning;
    int result = listings_find(office, shop, &seen, &meaning);
    if (result)
        return office_failed(office->sql, result, error);
    if (*meaning.bundle || meaning.factor > 1)
        return error_set(error, -EINVAL, "\"%s\" is a pack or a bundle: an order that is priced here names its items",
                         *from->code ? from->code : from->item);
    text_copy(line->sku, sizeof(line->sku), meaning.sku);
    return 0;
}

static int read_lines(struct office *office, const struct platform_order *order, struct order_price *price,
                      struct error *error)
{
    if (order->line_count > PRICING_LINES_MAX)
        return error_set(error, -E2BIG, "an order that is priced here has %d lines at most", PRICING_LINES_MAX);
    int result = 0;
    price->line_count = order->line_count;
    for (size_t i = 0; i < order->line_count && !result; i++) {
        const struct platform_line *from = &order->lines[i];
        struct pricing_line *line = &price->lines[i];
        line->line = (int64_t)i + 1;
        line->quantity = from->quantity;
        line->price_minor = from->price_minor;
        text_copy(price->ids[i], sizeof(price->ids[i]), from->id);
        result = read_item(office, price->shop, from, line, error);
    }
    return result;
}

/* The lines are in the order of their numbers, and so are the prices. */
static void fill_in(const struct order_price *price, struct platform_order *order)
{
    const struct pricing *pricing = &price->pricing;
    for (size_t i = 0; i < order->line_count; i++)
        order->lines[i].paid_minor = pricing->lines[i].paid_minor;
    order->goods_minor = pricing->goods_minor;
    order->discount_minor = pricing->discount_minor;
    order->platform_discount_minor = pricing->platform_minor;
    order->freight_minor = pricing->freight_minor;
    order->paid_minor = pricing->paid_minor;
}

/* What is used by the order is used once. */
static int use(struct office *office, const struct order_price *price, const char *number, struct error *error)
{
    int result = 0;
    const struct points_change change = {price->member, "spend", price->pricing.points, number, "", "", ""};
    for (size_t i = 0; i < price->coupon_count && !result; i++) {
        bool counts = false;
        for (size_t a = 0; a < price->pricing.count; a++)
            counts |= strcmp(price->pricing.list[a].code, price->coupons[i].code) == 0;
        if (counts) /* one that does not help stays good */
            result = coupons_redeem(office, price->coupons[i].code, number, price->member, error);
    }
    if (!result && price->pricing.points > 0)
        result = points_remove(office, &change, error);
    return result;
}

static int price_new(struct office *office, struct platform_order *order, struct order_price *price,
                     const char *coupons, struct error *error)
{
    price->freight_minor = order->freight_minor;
    int result = *price->member ? members_join(office, price->member, error) : 0;
    if (!result)
        result = order_price_ask(office, price, coupons, error);
    if (!result)
        fill_in(price, order);
    return result;
}

/* The price that it has: of what was kept with it. */
static int price_again(struct office *office, const char *number, struct platform_order *order,
                       struct order_price *price, struct error *error)
{
    CLEANUP_ORDER_PRICE struct order_price *kept = order_price_new();
    int result = kept ? order_price_load(office, number, kept, error) : error_set(error, -ENOMEM, "there is no memory");
    if (result)
        return result;
    bool same = kept->line_count == price->line_count && kept->freight_minor == order->freight_minor &&
                strcmp(kept->currency, price->currency) == 0;
    for (size_t i = 0; i < kept->line_count && same; i++)
        same = strcmp(kept->ids[i], price->ids[i]) == 0 && kept->lines[i].quantity == price->lines[i].quantity &&
               kept->lines[i].price_minor == price->lines[i].price_minor;
    if (!same)
        return error_set(error, -EALREADY, "order \"%s\" was priced with other lines: close it, and tell a new one",
                         number);
    result = work(kept, error);
    if (result)
        return result;
    fill_in(kept, order);
    struct pricing priced = price->pricing;
    price->pricing = kept->pricing; /* what points into the campaigns goes with them */
    kept->pricing = priced;
    struct campaigns campaigns = price->campaigns;
    price->campaigns = kept->campaigns;
    kept->campaigns = campaigns;
    return 0;
}

int order_price_take(struct office *office, struct platform_order *order, struct order_price *price,
                     const char *coupons, char ret_number[65], const char **ret_taken, struct error *error)
{
    int64_t known = 0;
    char number[ORDERS_NUMBER_SIZE];
    if ((size_t)snprintf(number, sizeof(number), "%s-%s", price->shop, order->id) >= sizeof(number))
        return error_set(error, -EINVAL, "\"id\" is too long to be a part of the order's number.");
    text_copy(price->currency, sizeof(price->currency), order->currency);
    int result = read_lines(office, order, price, error);
    if (result)
        return result;
    result = sql_number(office->sql, &known, "SELECT count(*) FROM order_marketing WHERE number = ?1 AND priced = 1",
                        sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    result =
        known > 0 ? price_again(office, number, order, price, error) : price_new(office, order, price, coupons, error);
    if (!result)
        result = order_put_take(office, price->shop, order, ret_number, ret_taken, error);
    if (result || known > 0)
        return result;
    result = order_price_keep(office, ret_number, price, error);
    return result ? result : use(office, price, ret_number, error);
}

/* ---------------------------------------------------------------- a part is given back */

/* What is kept of an order, at the campaigns of that time; nothing is priced where nothing is kept. */
static int price_kept(struct office *office, const char *number, struct order_price *price, struct error *error)
{
    int64_t returned[PRICING_LINES_MAX];
    size_t kept = 0;
    int result = order_price_load(office, number, price, error);
    if (!result)
        result = order_price_returned(office, number, price, returned, error);
    if (result)
        return result;
    for (size_t i = 0; i < price->line_count; i++) {
        struct pricing_line line = price->lines[i];
        line.quantity -= returned[i];
        if (line.quantity > 0)
            price->lines[kept++] = line;
    }
    price->line_count = kept;
    return kept > 0 ? work(price, error) : 0;
}

int order_price_points(struct office *office, const char *number, int64_t *ret, struct error *error)
{
    CLEANUP_ORDER_PRICE struct order_price *price = order_price_new();
    int result = price ? price_kept(office, number, price, error) : error_set(error, -ENOMEM, "there is no memory");
    *ret = result ? 0 : price->pricing.points;
    return result;
}

int order_price_due(struct office *office, const char *number, const char *aftersale, int64_t *ret_due,
                    bool *ret_priced, struct error *error)
{
    int64_t known = 0, left = 0;
    *ret_due = 0;
    int result = sql_number(office->sql, &known,
                            "SELECT count(*) FROM order_marketing WHERE number = ?1 AND priced = 1", sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    *ret_priced = known > 0;
    if (known == 0)
        return 0;
    CLEANUP_ORDER_PRICE struct order_price *price = order_price_new();
    result = price ? price_kept(office, number, price, error) : error_set(error, -ENOMEM, "there is no memory");
    if (!result)
        result = order_price_left(office, number, aftersale, &left, error);
    if (result)
        return result;
    int64_t kept = price->pricing.paid_minor - price->pricing.freight_minor;
    *ret_due = left > kept ? left - kept : 0;
    return 0;
}
