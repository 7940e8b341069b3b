#include "sync/head-office/marketing/campaign_trial.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/marketing/campaigns.h"
#include "sync/head-office/marketing/points.h"
#include "sync/head-office/orders/orders.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TRIED_MAX 10000
#define TOLD_MAX  20

struct trial {
    struct office *office;
    struct pricing_campaign *campaign;
    struct pricing_line lines[PRICING_LINES_MAX];
    struct buf *json;
    int64_t looked, counted, off_minor, goods_minor;
};

struct tried {
    char number[ORDERS_NUMBER_SIZE], currency[4], shop[65], segments[PRICING_WORDS_SIZE];
    int64_t freight_minor;
    size_t lines;
};

static int load_lines(struct trial *trial, struct tried *order)
{
    struct sql_query *row = sql_select(trial->office->sql,
                                       "SELECT line, coalesce(sku, ''), quantity, price_minor FROM order_line WHERE"
                                       " number = ?1 AND gift = 0 ORDER BY line",
                                       sql_text(order->number));
    for (order->lines = 0; order->lines < PRICING_LINES_MAX && sql_next(row); order->lines++) {
        struct pricing_line *line = &trial->lines[order->lines];
        *line = (struct pricing_line){
            .line = sql_get_int(row, 0), .quantity = sql_get_int(row, 2), .price_minor = sql_get_int(row, 3)};
        sql_copy_text(row, 1, line->sku, sizeof(line->sku));
    }
    return sql_done(row);
}

/* What pricing cannot reckon with is passed over. */
static int try_order(struct trial *trial, struct tried *order)
{
    struct pricing_coupon coupon = {.code = "-"};
    CLEANUP_PRICING struct pricing pricing = {0};
    int result = load_lines(trial, order);
    if (result || order->lines == 0)
        return result;
    text_copy(coupon.campaign, sizeof(coupon.campaign), trial->campaign->id);
    const struct pricing_request request = {.lines = trial->lines,
                                            .line_count = order->lines,
                                            .campaigns = trial->campaign,
                                            .campaign_count = 1,
                                            .coupons = &coupon,
                                            .coupon_count = 1,
                                            .currency = order->currency,
                                            .shop = order->shop,
                                            .segments = order->segments,
                                            .freight_minor = order->freight_minor};
    result = pricing_work(&request, &pricing);
    trial->looked += !result;
    int64_t off = pricing.discount_minor + pricing.platform_minor + pricing.freight_off_minor;
    if (result || off == 0)
        return result == -ENOMEM ? result : 0;
    trial->counted++;
    trial->off_minor += off;
    trial->goods_minor += pricing.goods_minor;
    if (trial->counted <= TOLD_MAX) {
        json_open_object(trial->json, NULL);
        json_text(trial->json, "order", order->number);
        json_int(trial->json, "off_minor", off);
        json_close_object(trial->json);
    }
    return 0;
}

static int try_orders(struct trial *trial, const char *number, int64_t days)
{
    struct sql_query *row = sql_select(
        trial->office->sql,
        "SELECT o.number, o.currency, coalesce(o.shop, ''), o.freight_minor, coalesce(m.segments, '') FROM orders o"
        " LEFT JOIN order_marketing m ON m.number = o.number WHERE (o.number = ?1 OR (?1 = '' AND"
        " coalesce(o.placed_us, o.imported_us) >= ?2)) AND o.origin = 'sale' ORDER BY coalesce(o.placed_us,"
        " o.imported_us) DESC, o.number LIMIT ?3",
        sql_text(number), sql_int(trial->office->now_us - days * BUSINESS_DAY_US), sql_int(TRIED_MAX));
    int result = 0;
    while (!result && sql_next(row)) {
        struct tried order = {.freight_minor = sql_get_int(row, 3)};
        sql_copy_text(row, 0, order.number, sizeof(order.number));
        sql_copy_text(row, 1, order.currency, sizeof(order.currency));
        sql_copy_text(row, 2, order.shop, sizeof(order.shop));
        sql_copy_text(row, 4, order.segments, sizeof(order.segments));
        result = try_order(trial, &order);
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

int campaign_try(struct office *office, const char *campaign, const char *order, int64_t days, struct buf *json,
                 struct error *error)
{
    CLEANUP_CAMPAIGNS struct campaigns found = {0};
    int64_t gift = 0;
    int result = campaigns_find(office, campaign, &found, error);
    if (!result)
        result = sql_number(office->sql, &gift, "SELECT count(*) FROM campaign WHERE id = ?1 AND kind = 'gift'",
                            sql_text(campaign));
    if (result)
        return *error->text ? result : office_failed(office->sql, result, error);
    if (gift > 0)
        return error_set(error, -EINVAL, "a gift is a rule: try \"campaign/%s\" by rule.test", campaign);
    struct trial *trial = calloc(1, sizeof(*trial));
    if (!trial)
        return error_set(error, -ENOMEM, "there is no memory");
    found.list->begins_us = found.list->ends_us = 0;
    trial->office = office;
    trial->campaign = found.list;
    trial->json = json;
    json_open_array(json, "orders");
    result = try_orders(trial, order, days);
    json_close_array(json);
    json_int(json, "looked", trial->looked);
    json_int(json, "matched", trial->counted);
    json_int(json, "goods_minor", trial->goods_minor);
    json_int(json, "off_minor", trial->off_minor);
    free(trial);
    return result ? office_failed(office->sql, result, error) : 0;
}
