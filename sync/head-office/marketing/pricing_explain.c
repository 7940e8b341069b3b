/* Why a price is what it is, in words. */
#include "base/json.h"
#include "sync/head-office/marketing/pricing.h"

#include <inttypes.h>
#include <stdio.h>

#define WORDS_SIZE 512

struct words {
    const char *english, *chinese;
};

static const struct words kind_words[] = {
    [PRICING_ITEM] = {"limited-time price", "限时折扣"},
    [PRICING_THRESHOLD] = {"threshold reduction", "满减"},
    [PRICING_COUPON] = {"coupon", "优惠券"},
    [PRICING_POINTS] = {"points", "积分抵扣"},
    [PRICING_FREIGHT] = {"carriage", "运费优惠"},
};

static const struct words why_words[] = {
    [PRICING_NOT_NOW] = {"it does not run now", "不在活动时间内"},
    [PRICING_NOT_HERE] = {"it is of another shop or currency", "不适用于该店铺或币种"},
    [PRICING_NOT_YOURS] = {"it is for other customers", "不适用于该客户"},
    [PRICING_NO_LINES] = {"none of its items is bought", "未购买活动商品"},
    [PRICING_TOO_LITTLE] = {"too little is bought for it", "未达到门槛"},
    [PRICING_EXCLUDED] = {"it does not count beside another that counts", "与其他优惠互斥"},
    [PRICING_BETTER] = {"another lets off more", "已有更优惠的活动"},
    [PRICING_NO_ROOM] = {"there is nothing left that it could let off", "已无可优惠金额"},
};

/* Both currencies of two digits and counts are written the same way: 40.00. */
static const char *amount(int64_t minor, char out[32])
{
    snprintf(out, 32, "%" PRId64 ".%02" PRId64, minor / 100, minor % 100);
    return out;
}

/* "for every 300.00, twice", "per 3 pieces", or nothing. */
static void threshold_words(const struct pricing_campaign *campaign, int64_t times, char *english, char *chinese,
                            size_t size)
{
    char reached[32], often[48] = "", often_zh[48] = "";
    *english = *chinese = '\0';
    if (campaign->threshold == 0)
        return;
    if (campaign->by_pieces)
        snprintf(reached, sizeof(reached), "%" PRId64, campaign->threshold);
    else
        amount(campaign->threshold, reached);
    if (campaign->again) {
        snprintf(often, sizeof(often), ", %" PRId64 " times", times);
        snprintf(often_zh, sizeof(often_zh), "，%" PRId64 "次", times);
    }
    snprintf(english, size, " for %s%s%s%s", campaign->again ? "every " : "", reached,
             campaign->by_pieces ? " pieces" : "", often);
    snprintf(chinese, size, "（%s满%s%s%s）", campaign->again ? "每" : "", reached, campaign->by_pieces ? "件" : "",
             often_zh);
}

static void put_words(const struct pricing_adjustment *adjustment, struct buf *json)
{
    char english[WORDS_SIZE], chinese[WORDS_SIZE], reason[128] = "", reason_zh[128] = "", all[32], own[32];
    const struct pricing_campaign *campaign = adjustment->campaign;
    const struct words *kind = &kind_words[adjustment->kind];
    bool part = adjustment->minor != adjustment->all_minor;
    if (campaign)
        threshold_words(campaign, adjustment->times, reason, reason_zh, sizeof(reason));
    amount(adjustment->all_minor, all);
    amount(adjustment->minor, own);
    snprintf(english, sizeof(english), "%s%s%s: %s off%s%s%s", campaign ? campaign->english : "", campaign ? ", " : "",
             kind->english, all, reason, part ? ", of that here " : "", part ? own : "");
    snprintf(chinese, sizeof(chinese), "%s%s%s：减%s%s%s%s", campaign ? campaign->chinese : "", campaign ? "，" : "",
             kind->chinese, all, reason_zh, part ? "，本行分摊" : "", part ? own : "");
    json_text(json, "english", english);
    json_text(json, "chinese", chinese);
}

static void put_adjustment(const struct pricing_adjustment *adjustment, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "kind", pricing_kinds[adjustment->kind]);
    json_text(json, "campaign", adjustment->campaign ? adjustment->campaign->id : NULL);
    if (*adjustment->code)
        json_text(json, "coupon", adjustment->code);
    json_int(json, "amount_minor", adjustment->minor);
    json_int(json, "platform_minor", adjustment->platform_minor);
    put_words(adjustment, json);
    json_close_object(json);
}

static void put_adjustments(const struct pricing *pricing, int64_t line, const char *key, struct buf *json)
{
    json_open_array(json, key);
    for (size_t i = 0; i < pricing->count; i++)
        if (pricing->list[i].line == line)
            put_adjustment(&pricing->list[i], json);
    json_close_array(json);
}

static void put_passed(const struct pricing_passed *passed, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "campaign", passed->campaign->id);
    if (*passed->code)
        json_text(json, "coupon", passed->code);
    json_text(json, "english", why_words[passed->why].english);
    json_text(json, "chinese", why_words[passed->why].chinese);
    if (passed->why == PRICING_TOO_LITTLE)
        json_int(json, passed->campaign->by_pieces ? "short_by_pieces" : "short_by_minor", passed->short_by);
    json_close_object(json);
}

static void put_line(const struct pricing *pricing, const struct pricing_line_price *line, struct buf *json)
{
    json_open_object(json, NULL);
    json_int(json, "line", line->line);
    json_text(json, "sku", line->sku);
    json_int(json, "quantity", line->quantity);
    json_int(json, "price_minor", line->price_minor);
    json_int(json, "goods_minor", line->gross_minor);
    json_int(json, "paid_minor", line->paid_minor);
    put_adjustments(pricing, line->line, "adjustments", json);
    json_close_object(json);
}

void pricing_explain(const struct pricing *pricing, const char *currency, struct buf *json)
{
    json_text(json, "currency", currency);
    json_int(json, "goods_minor", pricing->goods_minor);
    json_int(json, "discount_minor", pricing->discount_minor);
    json_int(json, "platform_discount_minor", pricing->platform_minor);
    json_int(json, "freight_minor", pricing->freight_minor);
    json_int(json, "freight_off_minor", pricing->freight_off_minor);
    json_int(json, "points", pricing->points);
    json_int(json, "points_minor", pricing->points_minor);
    json_int(json, "paid_minor", pricing->paid_minor);
    json_open_array(json, "lines");
    for (size_t i = 0; i < pricing->line_count; i++)
        put_line(pricing, &pricing->lines[i], json);
    json_close_array(json);
    put_adjustments(pricing, 0, "freight", json);
    json_open_array(json, "passed_over");
    for (size_t i = 0; i < pricing->passed_count; i++)
        put_passed(&pricing->passed[i], json);
    json_close_array(json);
}
