#include "sync/head-office/marketing/order_price_rows.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_life.h"

#include <errno.h>
#include <string.h>

/* ---------------------------------------------------------------- keeping */

static int keep_question(struct office *office, const char *number, const struct order_price *price)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    pricing_explain(&price->pricing, price->currency, &json);
    json_close_object(&json);
    if (json.failed)
        return -ENOMEM;
    return sql_run_values(
        office->sql,
        "INSERT INTO order_marketing (number, member, priced, priced_us, segments, points, point_minor, points_rate,"
        " freight_minor, explained) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (number) DO UPDATE SET"
        " member = excluded.member, priced = 1, priced_us = excluded.priced_us, segments = excluded.segments, points ="
        " excluded.points, point_minor = excluded.point_minor, points_rate = excluded.points_rate, freight_minor ="
        " excluded.freight_minor, explained = excluded.explained",
        (struct sql_value[]){sql_text(number),
                             sql_text(*price->member ? price->member : NULL),
                             sql_int(price->at_us),
                             sql_text(price->segments),
                             sql_int(price->pricing.points),
                             sql_int(price->point_minor),
                             sql_int(price->points_rate),
                             sql_int(price->freight_minor),
                             sql_text(buf_text(&json)),
                             {0}});
}

static int keep_lines(struct office *office, const char *number, const struct order_price *price)
{
    int result = 0;
    for (size_t i = 0; i < price->line_count && !result; i++) {
        const struct pricing_line *line = &price->lines[i];
        result = sql_run(office->sql,
                         "INSERT INTO order_price_line (number, place, platform_line, sku, quantity, price_minor,"
                         " floor_minor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                         sql_text(number), sql_int(line->line), sql_text(price->ids[i]), sql_text(line->sku),
                         sql_int(line->quantity), sql_int(line->price_minor), sql_int(line->floor_minor));
    }
    return result;
}

static int keep_adjustment(struct office *office, const char *number, const struct order_price *price, size_t i)
{
    const struct pricing_adjustment *adjustment = &price->pricing.list[i];
    const struct pricing_campaign *campaign = adjustment->campaign;
    int result = sql_run_values(
        office->sql,
        "INSERT INTO order_adjustment (number, place, platform_line, kind, campaign, rev, coupon, amount_minor,"
        " platform_minor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        (struct sql_value[]){sql_text(number),
                             sql_int((int64_t)i + 1),
                             sql_text(adjustment->line > 0 ? price->ids[adjustment->line - 1] : ""),
                             sql_text(pricing_kinds[adjustment->kind]),
                             sql_text(campaign ? campaign->id : NULL),
                             sql_int(campaign ? campaign->rev : 0),
                             sql_text(adjustment->code),
                             sql_int(adjustment->minor),
                             sql_int(adjustment->platform_minor),
                             {0}});
    if (result || !campaign)
        return result;
    return sql_run(office->sql,
                   "INSERT INTO campaign_use (campaign, number, member, amount_minor, platform_minor) VALUES (?1, ?2,"
                   " ?3, ?4, ?5) ON CONFLICT (campaign, number) DO UPDATE SET amount_minor = campaign_use.amount_minor"
                   " + excluded.amount_minor, platform_minor = campaign_use.platform_minor + excluded.platform_minor",
                   sql_text(campaign->id), sql_text(number), sql_text(price->member), sql_int(adjustment->minor),
                   sql_int(adjustment->platform_minor));
}

/* The books know one campaign of an order: the one that let off most. */
static int keep_campaign(struct office *office, const char *number)
{
    return sql_run(office->sql,
                   "INSERT INTO order_campaign (number, campaign) SELECT number, campaign FROM campaign_use WHERE"
                   " number = ?1 ORDER BY amount_minor DESC, campaign LIMIT 1 ON CONFLICT (number) DO NOTHING",
                   sql_text(number));
}

int order_price_keep(struct office *office, const char *number, const struct order_price *price, struct error *error)
{
    int result = keep_question(office, number, price);
    if (!result)
        result = keep_lines(office, number, price);
    for (size_t i = 0; i < price->pricing.count && !result; i++)
        result = keep_adjustment(office, number, price, i);
    if (!result)
        result = keep_campaign(office, number);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- loading */

static int load_question(struct office *office, const char *number, struct order_price *ret)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT o.currency, coalesce(o.shop, ''), coalesce(m.member, ''), m.segments, m.priced_us, m.freight_minor,"
        " m.points, m.point_minor, m.points_rate FROM order_marketing m JOIN orders o ON o.number = m.number"
        " WHERE m.number = ?1 AND m.priced = 1",
        sql_text(number));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, ret->currency, sizeof(ret->currency));
        sql_copy_text(row, 1, ret->shop, sizeof(ret->shop));
        sql_copy_text(row, 2, ret->member, sizeof(ret->member));
        sql_copy_text(row, 3, ret->segments, sizeof(ret->segments));
        ret->at_us = sql_get_int(row, 4);
        ret->freight_minor = sql_get_int(row, 5);
        ret->points = sql_get_int(row, 6);
        ret->point_minor = sql_get_int(row, 7);
        ret->points_rate = sql_get_int(row, 8);
    }
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

static int load_lines(struct office *office, const char *number, struct order_price *ret)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT place, platform_line, sku, quantity, price_minor, floor_minor FROM order_price_line WHERE"
                   " number = ?1 ORDER BY place",
                   sql_text(number));
    for (ret->line_count = 0; ret->line_count < PRICING_LINES_MAX && sql_next(row); ret->line_count++) {
        struct pricing_line *line = &ret->lines[ret->line_count];
        line->line = sql_get_int(row, 0);
        sql_copy_text(row, 1, ret->ids[ret->line_count], sizeof(ret->ids[0]));
        sql_copy_text(row, 2, line->sku, sizeof(line->sku));
        line->quantity = sql_get_int(row, 3);
        line->price_minor = sql_get_int(row, 4);
        line->floor_minor = sql_get_int(row, 5);
    }
    return sql_done(row);
}

/* Those that counted; the others were left to the buyer. */
static int load_coupons(struct office *office, const char *number, struct order_price *ret)
{
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT DISTINCT coupon, campaign FROM order_adjustment WHERE number = ?1 AND"
                                       " coupon <> '' ORDER BY coupon",
                                       sql_text(number));
    for (ret->coupon_count = 0; ret->coupon_count < PRICING_COUPONS_MAX && sql_next(row); ret->coupon_count++) {
        struct pricing_coupon *coupon = &ret->coupons[ret->coupon_count];
        sql_copy_text(row, 0, coupon->code, sizeof(coupon->code));
        sql_copy_text(row, 1, coupon->campaign, sizeof(coupon->campaign));
    }
    return sql_done(row);
}

int order_price_load(struct office *office, const char *number, struct order_price *ret, struct error *error)
{
    int result = load_question(office, number, ret);
    if (!result)
        result = load_lines(office, number, ret);
    if (!result)
        result = load_coupons(office, number, ret);
    if (result)
        return office_failed(office->sql, result, error);
    return campaigns_load(office, ret->at_us, ret->member, number, &ret->campaigns, error);
}

/* ---------------------------------------------------------------- what was given back */

int order_price_returned(struct office *office, const char *number, const struct order_price *price,
                         int64_t ret[PRICING_LINES_MAX], struct error *error)
{
    int result = 0;
    for (size_t i = 0; i < price->line_count && !result; i++)
        result = sql_number(office->sql, &ret[i],
                            "SELECT coalesce(sum(x.quantity), 0) FROM order_line l JOIN aftersale_line x ON x.line ="
                            " l.line JOIN aftersale a ON a.number = x.number WHERE l.number = ?1 AND l.platform_line ="
                            " ?2 AND a.order_number = l.number AND a.kind IN ('refund', 'return') AND a.state NOT IN"
                            " " AFTERSALE_DROPPED,
                            sql_text(number), sql_text(price->ids[i]));
    return result ? office_failed(office->sql, result, error) : 0;
}

int order_price_left(struct office *office, const char *number, const char *aftersale, int64_t *ret,
                     struct error *error)
{
    int64_t others = 0;
    int result = sql_number(office->sql, ret, "SELECT paid_minor - freight_minor FROM orders WHERE number = ?1",
                            sql_text(number));
    if (!result)
        result = sql_number(office->sql, &others,
                            "SELECT coalesce(sum(x.amount_minor), 0) FROM aftersale_line x JOIN aftersale a ON a.number"
                            " = x.number WHERE a.order_number = ?1 AND a.number <> ?2 AND a.state NOT IN"
                            " " AFTERSALE_DROPPED,
                            sql_text(number), sql_text(aftersale));
    *ret -= others;
    return result ? office_failed(office->sql, result, error) : 0;
}
