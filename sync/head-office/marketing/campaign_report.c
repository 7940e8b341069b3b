#include "sync/head-office/marketing/campaign_report.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/amount.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/marketing/campaigns.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <string.h>

/* ?1 the campaign, ?2 its currency, ?3 from, ?4 before: the orders as they were bought. */
#define HITS                                                                                                           \
    "WITH hit AS (SELECT u.number FROM campaign_use u WHERE u.campaign = ?1 AND u.dropped = 0 UNION SELECT g.number"   \
    " FROM rule_hit g JOIN rule r ON r.id = g.rule WHERE r.name = 'campaign/' || ?1 AND g.pieces > 0 UNION SELECT"     \
    " c.number FROM order_campaign c WHERE c.campaign = ?1), bought AS (SELECT o.number, o.paid_minor,"                \
    " o.platform_discount_minor FROM hit h JOIN orders o ON o.number = h.number WHERE o.currency = ?2 AND"             \
    " coalesce(o.placed_us, o.imported_us) >= ?3 AND coalesce(o.placed_us, o.imported_us) < ?4 AND o.origin = 'sale'"  \
    " AND o.state <> 'pending_pay' AND NOT (o.state = 'closed' AND o.replaced = 0)) "
/* Their lines as they are done now: an order that was split is done by its parts. */
#define PARTS                                                                                                          \
    " FROM bought b JOIN orders p ON (p.number = b.number OR (p.of_order = b.number AND p.origin = 'split')) AND"      \
    " p.replaced = 0 JOIN order_line l ON l.number = p.number AND l.sku IS NOT NULL LEFT JOIN cost_sold s ON"          \
    " s.order_number = l.number AND s.order_line = l.line LEFT JOIN cost_item i ON i.sku = l.sku "
/* What left cost what the books say; what has not, or was never booked, what the item costs now. */
#define COST                                                                                                           \
    "CASE WHEN s.order_number IS NOT NULL THEN s.value_minor WHEN i.quantity > 0 THEN i.value_minor * (l.quantity -"   \
    " l.refunded) / i.quantity WHEN i.last_quantity > 0 THEN i.last_minor * (l.quantity - l.refunded) /"               \
    " i.last_quantity ELSE coalesce(i.usual_minor, 0) * (l.quantity - l.refunded) END"
#define IS_OWN_GIFT                                                                                                    \
    "l.gift = 1 AND EXISTS (SELECT 1 FROM rule_hit g JOIN rule r ON r.id = g.rule WHERE r.name = 'campaign/' || ?1"    \
    " AND g.number = b.number AND r.result = l.sku)"

struct report {
    char currency[4];
    int64_t from_us, before_us, spend;
    int64_t orders, revenue, refunds, goods, gifts, uncosted, let_off, platform;
    bool has_costs;
};

static int sum(struct office *office, const char *campaign, const struct report *report, const char *question,
               int64_t *ret)
{
    return sql_number_values(
        office->sql, ret, question,
        (struct sql_value[]){
            sql_text(campaign), sql_text(report->currency), sql_int(report->from_us), sql_int(report->before_us), {0}});
}

static int sum_all(struct office *office, const char *campaign, struct report *report)
{
    const struct {
        int64_t *figure;
        bool cost;
        const char *question;
    } figures[] = {
        {&report->orders, false, HITS "SELECT count(*) FROM bought"},
        {&report->revenue, false,
         HITS "SELECT CAST(coalesce(sum(paid_minor + platform_discount_minor), 0) AS BIGINT) FROM bought"},
        {&report->refunds, false,
         HITS "SELECT CAST(coalesce(sum(d.amount_minor), 0) AS BIGINT) FROM bought b JOIN refund_due d ON"
              " d.order_number = b.number AND d.state <> 'void'"},
        {&report->let_off, false,
         HITS "SELECT CAST(coalesce(sum(u.amount_minor - u.platform_minor), 0) AS BIGINT) FROM bought b JOIN"
              " campaign_use u ON u.number = b.number AND u.campaign = ?1"},
        {&report->platform, false,
         HITS "SELECT CAST(coalesce(sum(u.platform_minor), 0) AS BIGINT) FROM bought b JOIN campaign_use u ON"
              " u.number = b.number AND u.campaign = ?1"},
        {&report->gifts, true, HITS "SELECT CAST(coalesce(sum(" COST "), 0) AS BIGINT)" PARTS "WHERE " IS_OWN_GIFT},
        {&report->goods, true,
         HITS "SELECT CAST(coalesce(sum(" COST "), 0) AS BIGINT)" PARTS "WHERE NOT (" IS_OWN_GIFT ")"},
        {&report->uncosted, true,
         HITS "SELECT count(*)" PARTS "WHERE s.order_number IS NULL AND coalesce(i.quantity, 0) <= 0 AND"
              " coalesce(i.last_quantity, 0) = 0 AND coalesce(i.usual_minor, 0) = 0"},
    };
    int result = 0;
    for (size_t i = 0; i < COUNT(figures) && !result; i++)
        if (!figures[i].cost || report->has_costs)
            result = sum(office, campaign, report, figures[i].question, figures[i].figure);
    return result;
}

static int read_days(const struct settings *settings, const char *from, const char *to, struct report *out,
                     struct error *error)
{
    out->from_us = INT64_MIN;
    out->before_us = INT64_MAX;
    int result = *from ? business_time(from, settings->utc_offset_min, &out->from_us) : 0;
    if (!result && *to)
        result = business_time(to, settings->utc_offset_min, &out->before_us);
    if (result)
        return error_set(error, result, "\"from\" and \"to\" are days such as 2026-11-11");
    out->before_us += *to ? BUSINESS_DAY_US : 0;
    return 0;
}

static void tell(const struct report *report, struct buf *json)
{
    int64_t result = report->revenue - report->refunds - report->goods - report->gifts - report->spend;
    int64_t cost = report->let_off + report->gifts + report->spend;
    const struct {
        const char *name;
        int64_t figure;
    } figures[] = {{"orders", report->orders},
                   {"revenue_minor", report->revenue},
                   {"refunds_minor", report->refunds},
                   {"goods_minor", report->goods},
                   {"gifts_minor", report->gifts},
                   {"spend_minor", report->spend},
                   {"result_minor", result},
                   {"let_off_minor", report->let_off},
                   {"platform_minor", report->platform},
                   {"uncosted_lines", report->uncosted}};
    json_text(json, "currency", report->currency);
    for (size_t i = 0; i < COUNT(figures); i++)
        json_int(json, figures[i].name, figures[i].figure);
    if (cost > 0)
        json_int(json, "roi_rate", amount_round(result, 10000, cost));
    else
        json_text(json, "roi_rate", NULL);
}

int campaign_report(struct office *office, const char *campaign, const char *from, const char *to, struct buf *json,
                    struct error *error)
{
    CLEANUP_CAMPAIGNS struct campaigns found = {0};
    struct report report = {0};
    struct settings settings;
    int result = campaigns_find(office, campaign, &found, error);
    if (!result)
        result = settings_load(office, &settings, error);
    if (!result)
        result = read_days(&settings, from, to, &report, error);
    if (result)
        return result;
    text_copy(report.currency, sizeof(report.currency), found.list->currency);
    report.has_costs = strcmp(report.currency, settings.base_currency) == 0;
    result =
        sql_number(office->sql, &report.spend, "SELECT spend_minor FROM campaign WHERE id = ?1", sql_text(campaign));
    if (!result)
        result = sum_all(office, campaign, &report);
    if (result)
        return office_failed(office->sql, result, error);
    json_text(json, "campaign", campaign);
    tell(&report, json);
    return 0;
}
