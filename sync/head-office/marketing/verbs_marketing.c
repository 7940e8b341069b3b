/* What head office is asked about campaigns, coupons and prices. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/marketing/campaign_trial.h"
#include "sync/head-office/marketing/order_price.h"
#include "sync/head-office/orders/order_put.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/shops/shops.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <string.h>

#define TIME_SIZE 24

struct fields {
    char campaign[PRICING_ID_SIZE], kind[16], english[PRICING_NAME_SIZE], chinese[PRICING_NAME_SIZE], benefit[8];
    int64_t value, threshold, cap_minor, priority, platform_rate, limit_all, limit_person, spend_minor, days;
    bool by_pieces, every;
    char begins[TIME_SIZE], ends[TIME_SIZE], currency[4], exclusive[PRICING_ID_SIZE];
    char segments[PRICING_WORDS_SIZE], shops[PRICING_WORDS_SIZE], skus[PRICING_SKUS_SIZE];
    char packing_note[CAMPAIGN_NOTE_SIZE], gift_sku[65];
    int64_t gift_pieces, gift_cap;
    char code[PRICING_ID_SIZE], member[MEMBER_SIZE], expires[TIME_SIZE], coupons[COUPONS_SHOWN_SIZE];
    int64_t count, uses, per_person, points, freight_minor;
    char shop[SHOP_CODE_SIZE], number[ORDERS_NUMBER_SIZE], sku[65];
    char lines[VERB_VALUE_MAX];
};

#define TEXT(member)   OPTION_TEXT_AT(struct fields, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct fields, member)
#define CHOICE(member) OPTION_CHOICE_AT(struct fields, member)
#define CAMPAIGN                                                                                                       \
    {                                                                                                                  \
        "campaign", TEXT(campaign), .help = "the campaign's id"                                                        \
    }
#define CURRENCY                                                                                                       \
    {                                                                                                                  \
        "currency", TEXT(currency), .fallback = "CNY", .help = "its currency, three letters"                           \
    }
#define CODE                                                                                                           \
    {                                                                                                                  \
        "code", TEXT(code), .help = "the coupon's code"                                                                \
    }
#define COUPONS                                                                                                        \
    {                                                                                                                  \
        "coupons", TEXT(coupons), .fallback = "", .help = "codes of coupons, set apart by commas"                      \
    }
#define POINTS                                                                                                         \
    {                                                                                                                  \
        "points", NUMBER(points),                                                                                      \
            .fallback = "0", .min = 0, .max = PRICING_AMOUNT_MAX,                                                      \
            .help = "points that the member wants to spend; so many as are good for something are taken"               \
    }

static const struct option_def put_fields[] = {
    CAMPAIGN,
    {"kind", CHOICE(kind), .choices = CAMPAIGN_KINDS,
     .help = "a limited-time price of items, a reduction from a threshold on, a coupon, the carriage, or a gift"},
    {"english", TEXT(english), .fallback = "", .help = "its name for people, in English; left out: its id"},
    {"chinese", TEXT(chinese), .fallback = "", .help = "its name in Chinese; left out: as in English"},
    {"benefit", CHOICE(benefit), .fallback = "amount", .choices = "amount|rate|price",
     .help = "amount: so much is let off; rate: so many ten-thousandths are; price: this is the price"},
    {"value", NUMBER(value), .fallback = "0", .min = 0, .max = PRICING_AMOUNT_MAX,
     .help = "minor units or ten-thousandths, as benefit says; of an item's price of each piece"},
    {"threshold", NUMBER(threshold), .fallback = "0", .min = 0, .max = PRICING_AMOUNT_MAX,
     .help = "what its items must come to, in minor units or pieces"},
    {"by_pieces", OPTION_FLAG_AT(struct fields, by_pieces), .fallback = "no", .help = "the threshold is in pieces"},
    {"every", OPTION_FLAG_AT(struct fields, every), .fallback = "no",
     .help = "it counts so often as the threshold fits in"},
    {"cap_minor", NUMBER(cap_minor), .fallback = "0", .min = 0, .max = PRICING_AMOUNT_MAX,
     .help = "it lets off no more; of an item's price of each piece; 0: no end"},
    {"begins", TEXT(begins), .fallback = "", .help = "by the clock of the business: 2026-11-11 00:00:00; empty: now"},
    {"ends", TEXT(ends), .fallback = "", .help = "and before; empty: no end"},
    {"priority", NUMBER(priority), .fallback = "0", .min = 0, .max = 1000000,
     .help = "where two let off the same, the higher counts"},
    {"exclusive", TEXT(exclusive), .fallback = "", .help = "of all campaigns with the same word one counts"},
    {"segments", TEXT(segments), .fallback = "",
     .help = "levels and segments of members that it is for, set apart by commas; empty: everybody"},
    {"shops", TEXT(shops), .fallback = "", .help = "the shops where it runs; empty: all"},
    {"skus", TEXT(skus), .fallback = "", .help = "the items that it is about; empty: all"},
    CURRENCY,
    {"platform_rate", NUMBER(platform_rate), .fallback = "0", .min = 0, .max = PRICING_RATE_WHOLE,
     .help = "the part of it that the platform bears, in ten-thousandths"},
    {"limit_all", NUMBER(limit_all), .fallback = "0", .min = 0, .max = 1000000000,
     .help = "orders that it counts on, in all; 0: no end"},
    {"limit_person", NUMBER(limit_person), .fallback = "0", .min = 0, .max = 1000000000,
     .help = "the same, of one member; 0: no end"},
    {"spend_minor", NUMBER(spend_minor), .fallback = "0", .min = 0, .max = PRICING_AMOUNT_MAX,
     .help = "what it costs beside what it lets off, such as advertising"},
    {"packing_note", TEXT(packing_note), .fallback = "", .help = "what whoever packs such an order is told"},
    {"gift_sku", TEXT(gift_sku), .fallback = "", .help = "of a gift: the item that is given"},
    {"gift_pieces", NUMBER(gift_pieces), .fallback = "1", .min = 1, .max = 1000, .help = "of a gift, to one order"},
    {"gift_cap", NUMBER(gift_cap), .fallback = "0", .min = 0, .max = 1000000000,
     .help = "of a gift, in all; 0: no end"},
    {0}};
static const struct option_def stop_fields[] = {CAMPAIGN, {0}};
static const struct option_def trial_fields[] = {
    CAMPAIGN,
    {"days", NUMBER(days), .fallback = "30", .min = 1, .max = 3660, .help = "on the orders of so many days"},
    {"order", TEXT(number), .fallback = "", .help = "on this order alone"},
    {0}};
static const struct option_def issue_fields[] = {
    CAMPAIGN,
    {"code", TEXT(code), .fallback = "", .help = "what it is called; left out: codes are made up"},
    {"count", NUMBER(count), .fallback = "1", .min = 1, .max = COUPONS_AT_ONCE, .help = "how many"},
    {"member", TEXT(member), .fallback = "", .help = "whose it is; empty: whoever shows it"},
    {"uses", NUMBER(uses), .fallback = "1", .min = 1, .max = 1000000000, .help = "orders that may use each, in all"},
    {"per_person", NUMBER(per_person), .fallback = "0", .min = 0, .max = 1000000000,
     .help = "orders of one member that may; 0: as many as in all"},
    {"expires", TEXT(expires), .fallback = "", .help = "by the clock of the business; empty: with its campaign"},
    {0}};
static const struct option_def redeem_fields[] = {CODE,
                                                  {"order", TEXT(number), .help = "the order that uses it"},
                                                  {"member", TEXT(member), .fallback = "", .help = "whose order it is"},
                                                  {0}};
static const struct option_def void_fields[] = {CODE, {0}};
static const struct option_def quote_fields[] = {
    {"lines", TEXT(lines), .help = "a list of {\"sku\", \"quantity\", \"price_minor\"}"},
    {"shop", TEXT(shop), .fallback = "", .help = "where it is bought"},
    {"member", TEXT(member), .fallback = "", .help = "who buys"},
    COUPONS,
    POINTS,
    {"freight_minor", NUMBER(freight_minor), .fallback = "0", .min = 0, .max = PRICING_AMOUNT_MAX,
     .help = "the carriage, before anything is let off it"},
    CURRENCY,
    {0}};
static const struct option_def order_fields[] = {
    {"shop", TEXT(shop), .help = "the shop that it was bought in"},
    {"order", TEXT(lines),
     .help = "the whole order as for order.put, with the prices of its lines and the whole carriage; what is paid is"
             " reckoned"},
    {"member", TEXT(member), .fallback = "", .help = "who buys"},
    COUPONS,
    POINTS,
    {0}};
/* ---------------------------------------------------------------- campaigns */

/* "": 0. */
static int read_time(struct verb_call *call, const char *name, const char *text, int64_t *ret, struct error *error)
{
    struct settings settings;
    *ret = 0;
    int result = *text ? settings_load(call->office, &settings, error) : 0;
    if (result || !*text)
        return result;
    return business_time(text, settings.utc_offset_min, ret) == 0
               ? 0
               : error_set(error, -EINVAL, "\"%s\" is a time such as 2026-11-11 20:00:00", name);
}

static size_t index_of(const char *const *words, const char *word)
{
    size_t i = 0;
    while (words[i] && strcmp(words[i], word) != 0)
        i++;
    return words[i] ? i : 0;
}

static void read_terms(const struct fields *fields, struct pricing_campaign *out)
{
    *out = (struct pricing_campaign){.kind = (enum pricing_kind)index_of(pricing_kinds, fields->kind),
                                     .benefit = (enum pricing_benefit)index_of(pricing_benefits, fields->benefit),
                                     .value = fields->value,
                                     .priority = fields->priority,
                                     .threshold = fields->threshold,
                                     .by_pieces = fields->by_pieces,
                                     .again = fields->every,
                                     .cap_minor = fields->cap_minor,
                                     .platform_rate = fields->platform_rate};
    const char *english = *fields->english ? fields->english : fields->campaign;
    text_copy(out->id, sizeof(out->id), fields->campaign);
    text_copy(out->english, sizeof(out->english), english);
    text_copy(out->chinese, sizeof(out->chinese), *fields->chinese ? fields->chinese : english);
    text_copy(out->currency, sizeof(out->currency), fields->currency);
    text_copy(out->exclusive, sizeof(out->exclusive), fields->exclusive);
    text_copy(out->segments, sizeof(out->segments), fields->segments);
    text_copy(out->shops, sizeof(out->shops), fields->shops);
    text_copy(out->skus, sizeof(out->skus), fields->skus);
}

static int put_campaign(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct pricing_campaign terms;
    const struct campaign_frame frame = {.kind = fields->kind,
                                         .packing_note = fields->packing_note,
                                         .gift_sku = fields->gift_sku,
                                         .limit_all = fields->limit_all,
                                         .limit_person = fields->limit_person,
                                         .spend_minor = fields->spend_minor,
                                         .gift_pieces = fields->gift_pieces,
                                         .gift_cap = fields->gift_cap};
    read_terms(fields, &terms);
    int result = read_time(call, "begins", fields->begins, &terms.begins_us, error);
    if (!result)
        result = read_time(call, "ends", fields->ends, &terms.ends_us, error);
    if (!*fields->begins)
        terms.begins_us = call->office->now_us;
    json_text(call->answer, "campaign", fields->campaign);
    return result ? result : campaigns_put(call->office, &terms, &frame, error);
}

static int stop_campaign(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "campaign", fields->campaign);
    return campaigns_stop(call->office, fields->campaign, error);
}

static int try_campaign(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    return campaign_try(call->office, fields->campaign, fields->number, fields->days, call->answer, error);
}

/* ---------------------------------------------------------------- coupons */

static int issue(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct coupon_terms terms = {.campaign = fields->campaign,
                                 .code = fields->code,
                                 .member = fields->member,
                                 .uses_max = fields->uses,
                                 .per_person = fields->per_person};
    if (*fields->code && fields->count > 1)
        return error_set(error, -EINVAL, "of one code there is one coupon: \"uses\" says how often it may be used");
    int result = read_time(call, "expires", fields->expires, &terms.expires_us, error);
    if (!result && *fields->member)
        result = members_join(call->office, fields->member, error);
    json_open_array(call->answer, "codes");
    for (int64_t i = 0; i < fields->count && !result; i++) {
        char code[PRICING_ID_SIZE];
        result = coupons_issue(call->office, &terms, call->who, code, error);
        if (!result)
            json_text(call->answer, NULL, code);
    }
    json_close_array(call->answer);
    return result;
}

static int redeem(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "code", fields->code);
    json_text(call->answer, "order", fields->number);
    return coupons_redeem(call->office, fields->code, fields->number, fields->member, error);
}

static int void_coupon(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "code", fields->code);
    return coupons_void(call->office, fields->code, error);
}

/* ---------------------------------------------------------------- prices */

static bool read_line(const json_t *from, struct pricing_line *out, int64_t number)
{
    const char *sku = json_string_value(json_object_get(from, "sku"));
    const json_t *quantity = json_object_get(from, "quantity"), *price = json_object_get(from, "price_minor");
    *out = (struct pricing_line){
        .line = number, .quantity = json_integer_value(quantity), .price_minor = json_integer_value(price)};
    return sku && text_copy(out->sku, sizeof(out->sku), sku) && json_is_integer(quantity) && json_is_integer(price);
}

static int read_lines(const char *text, struct order_price *price, struct error *error)
{
    json_t *list = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    size_t count = json_array_size(list);
    bool good = json_is_array(list) && count <= PRICING_LINES_MAX;
    for (size_t i = 0; i < count && good; i++)
        good = read_line(json_array_get(list, i), &price->lines[i], (int64_t)i + 1);
    price->line_count = count;
    json_decref(list);
    return good ? 0
                : error_set(error, -EINVAL,
                            "\"lines\" is a list of up to %d objects with \"sku\", \"quantity\" and \"price_minor\"",
                            PRICING_LINES_MAX);
}

static int open_price(const struct fields *fields, struct order_price *price, struct error *error)
{
    if (!price)
        return error_set(error, -ENOMEM, "there is no memory");
    text_copy(price->shop, sizeof(price->shop), fields->shop);
    text_copy(price->member, sizeof(price->member), fields->member);
    text_copy(price->currency, sizeof(price->currency), fields->currency);
    price->points = fields->points;
    price->freight_minor = fields->freight_minor;
    return fields->points > 0 && !*fields->member ? error_set(error, -EINVAL, "points are a member's: say \"member\"")
                                                  : 0;
}

static int quote(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    CLEANUP_ORDER_PRICE struct order_price *price = order_price_new();
    int result = open_price(fields, price, error);
    if (!result)
        result = read_lines(fields->lines, price, error);
    if (!result)
        result = order_price_ask(call->office, price, fields->coupons, error);
    if (!result)
        pricing_explain(&price->pricing, price->currency, call->answer);
    return result;
}

/* As if nothing were let off, so that the sums fit whatever was told of them. */
static json_t *read_order(const char *text)
{
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *line;
    json_int_t goods = 0, freight = json_integer_value(json_object_get(root, "freight_minor"));
    size_t i;
    json_array_foreach(json_object_get(root, "lines"), i, line)
    {
        json_int_t price = json_integer_value(json_object_get(line, "price_minor")), paid = 0;
        if (__builtin_mul_overflow(price, json_integer_value(json_object_get(line, "quantity")), &paid) ||
            __builtin_add_overflow(goods, paid, &goods))
            goods = paid = -1; /* which is refused */
        json_object_set_new(line, "paid_minor", json_integer(paid));
    }
    if (__builtin_add_overflow(goods, freight, &freight))
        freight = -1;
    const struct {
        const char *name;
        json_int_t minor;
    } sums[] = {{"goods_minor", goods}, {"discount_minor", 0}, {"platform_discount_minor", 0}, {"paid_minor", freight}};
    for (size_t s = 0; s < COUNT(sums); s++)
        json_object_set_new(root, sums[s].name, json_integer(sums[s].minor));
    return root;
}

static int price_order(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    CLEANUP_ORDER_PRICE struct order_price *price = order_price_new();
    struct platform_order order = {.line_count = 0};
    char number[ORDERS_NUMBER_SIZE];
    const char *taken = "";
    json_t *root = read_order(fields->lines);
    int result = open_price(fields, price, error);
    if (!result)
        result = order_put_read(root, &order, error);
    if (!result)
        result = order_price_take(call->office, &order, price, fields->coupons, number, &taken, error);
    if (!result) {
        json_text(call->answer, "order", number);
        json_text(call->answer, "taken", taken);
        pricing_explain(&price->pricing, price->currency, call->answer);
    }
    order_put_done(&order);
    json_decref(root);
    return result;
}

const struct office_verb marketing_verbs[] = {
    VERB("campaign.put", put_fields, put_campaign, "Make a campaign, or give it new terms", "新增或修改营销活动"),
    VERB("campaign.stop", stop_fields, stop_campaign, "Stop a campaign", "停止营销活动"),
    VERB("campaign.test", trial_fields, try_campaign, "Look what a campaign would have let off past orders",
         "试算营销活动"),
    VERB("coupon.issue", issue_fields, issue, "Issue coupons of a campaign", "发放优惠券"),
    VERB("coupon.redeem", redeem_fields, redeem, "Use a coupon for an order that was priced elsewhere", "核销优惠券"),
    VERB("coupon.void", void_fields, void_coupon, "Make a coupon void", "作废优惠券"),
    VERB("price.quote", quote_fields, quote, "Say what a basket costs, and why", "试算价格并说明原因"),
    VERB("price.order", order_fields, price_order, "Price an order of one's own shop, and take it", "计价并写入订单"),
    {0},
};
