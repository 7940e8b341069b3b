/* What head office is asked about members, their points and what may be of interest to them. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/marketing/campaign_report.h"
#include "sync/head-office/marketing/offers.h"
#include "sync/head-office/marketing/order_points.h"
#include "sync/head-office/marketing/points.h"
#include "sync/head-office/marketing/recommend.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/shops/shops.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <string.h>

struct fields {
    char member[MEMBER_SIZE], segments[513], level[41], english[129], chinese[129], number[ORDERS_NUMBER_SIZE];
    char key[65], note[129], campaign[41], from[11], to[11], shop[SHOP_CODE_SIZE], text[201];
    int64_t from_minor, earn_rate, points, days, orders, lift, confidence, most;
};

#define TEXT(member)    OPTION_TEXT_AT(struct fields, member)
#define PRIVATE(member) OPTION_PRIVATE_AT(struct fields, member)
#define NUMBER(member)  OPTION_NUMBER_AT(struct fields, member)
#define MEMBER                                                                                                         \
    {                                                                                                                  \
        "member", TEXT(member), .help = "the shop's own code of the person"                                            \
    }

static const struct option_def member_fields[] = {
    MEMBER,
    {"segments", TEXT(segments), .fallback = "", .help = "the segments that he is in, set apart by commas"},
    {0}};
static const struct option_def level_fields[] = {
    {"level", TEXT(level), .help = "what it is called in campaigns: gold"},
    {"english", TEXT(english), .fallback = "", .help = "its name for people; left out: as it is called"},
    {"chinese", TEXT(chinese), .fallback = "", .help = "its name in Chinese"},
    {"from_minor", NUMBER(from_minor), .min = 0, .max = 1000000000000,
     .help = "who has bought and kept so much within a year has it"},
    {"earn_rate", NUMBER(earn_rate), .fallback = "10000", .min = 0, .max = 100000,
     .help = "ten-thousandths of the usual points that it earns"},
    {0}};
static const struct option_def attach_fields[] = {{"order", TEXT(number), .help = "the order"}, MEMBER, {0}};
static const struct option_def adjust_fields[] = {
    MEMBER,
    {"points", NUMBER(points), .min = -1000000000, .max = 1000000000, .help = "points that come, or go when below 0"},
    {"note", TEXT(note), .help = "why, for people"},
    {"key", TEXT(key), .fallback = "", .help = "told again with the same key nothing is done"},
    {0}};
static const struct option_def note_fields[] = {
    {"order", TEXT(number), .help = "the order, which no site has yet"},
    {"text", PRIVATE(text), .help = "what whoever packs it is told; empty: nothing"},
    {0}};
static const struct option_def report_fields[] = {
    {"campaign", TEXT(campaign), .help = "the campaign's id"},
    {"from", TEXT(from), .fallback = "", .help = "orders placed on this day and later: 2026-11-11"},
    {"to", TEXT(to), .fallback = "", .help = "and on this day at the latest"},
    {0}};
static const struct option_def offer_fields[] = {
    MEMBER, {"shop", TEXT(shop), .fallback = "", .help = "what counts in this shop"}, {0}};
static const struct option_def recommend_fields[] = {
    {"days", NUMBER(days), .fallback = "180", .min = 1, .max = 3660, .help = "of the orders of so many days"},
    {"orders", NUMBER(orders), .fallback = "5", .min = 2, .max = 1000000000,
     .help = "two items were bought together so often at least"},
    {"lift", NUMBER(lift), .fallback = "12000", .min = 0, .max = 1000000000,
     .help = "ten-thousandths: so many times as often as by chance at least"},
    {"confidence", NUMBER(confidence), .fallback = "100", .min = 0, .max = 10000,
     .help = "ten-thousandths: of the orders with the one so many have the other at least"},
    {"most", NUMBER(most), .fallback = "20", .min = 1, .max = 1000, .help = "so many are kept of an item"},
    {0}};

/* ---------------------------------------------------------------- members */

static int put_segment(struct verb_call *call, const char *member, const char *segment)
{
    return *segment ? sql_run(call->office->sql,
                              "INSERT INTO member_segment (member, segment) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                              sql_text(member), sql_text(segment))
                    : 0;
}

static int put_member(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    if (!*fields->member)
        return error_set(error, -EINVAL, "a member needs a code");
    int result = members_join(call->office, fields->member, error);
    if (result)
        return result;
    result = sql_run(call->office->sql, "DELETE FROM member_segment WHERE member = ?1", sql_text(fields->member));
    for (const char *at = fields->segments; *at && !result;) {
        char segment[65];
        size_t length = strcspn(at, ",");
        if (!text_copy_n(segment, sizeof(segment), at, length))
            return error_set(error, -EINVAL, "a segment's name is too long");
        result = put_segment(call, fields->member, segment);
        at += length + (at[length] == ',');
    }
    json_text(call->answer, "member", fields->member);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

static int put_level(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const char *english = *fields->english ? fields->english : fields->level;
    if (!*fields->level || strchr(fields->level, ','))
        return error_set(error, -EINVAL, "a level needs a name, which has no comma");
    int result =
        sql_run(call->office->sql,
                "INSERT INTO member_level (level, english, chinese, from_minor, earn_rate) VALUES (?1, ?2, ?3,"
                " ?4, ?5) ON CONFLICT (level) DO UPDATE SET english = excluded.english, chinese ="
                " excluded.chinese, from_minor = excluded.from_minor, earn_rate = excluded.earn_rate",
                sql_text(fields->level), sql_text(english), sql_text(*fields->chinese ? fields->chinese : english),
                sql_int(fields->from_minor), sql_int(fields->earn_rate));
    json_text(call->answer, "level", fields->level);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

static int tell_points(struct verb_call *call, const char *member, struct error *error)
{
    int64_t points = 0;
    int result =
        sql_number(call->office->sql, &points, "SELECT points FROM member WHERE member = ?1", sql_text(member));
    json_text(call->answer, "member", member);
    json_int(call->answer, "points", points);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

static int attach(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = order_points_attach(call->office, fields->number, fields->member, error);
    return result ? result : tell_points(call, fields->member, error);
}

static int adjust(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct settings settings;
    int64_t done = 0;
    struct points_change change = {fields->member, "adjust", fields->points, "", fields->key, fields->note, call->who};
    if (fields->points == 0 || !*fields->note)
        return error_set(error, -EINVAL, "points are more or less than 0, and \"note\" says why");
    int result = settings_load(call->office, &settings, error);
    if (!result)
        result = members_join(call->office, fields->member, error);
    if (result)
        return result;
    result = sql_number(call->office->sql, &done, "SELECT count(*) FROM points_entry WHERE key = ?1 AND ?1 <> ''",
                        sql_text(fields->key));
    if (result)
        return office_failed(call->office->sql, result, error);
    if (done == 0 && fields->points > 0) {
        result =
            points_add(call->office, &change, call->office->now_us + settings.points_days * BUSINESS_DAY_US, error);
    } else if (done == 0) {
        change.points = -fields->points;
        result = points_remove(call->office, &change, error);
    }
    return result ? result : tell_points(call, fields->member, error);
}

/* ---------------------------------------------------------------- packing, reports, offers */

static int put_note(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = sql_run(call->office->sql,
                         "UPDATE orders SET packing_note = ?2, rev = rev + 1 WHERE number = ?1 AND state IN"
                         " ('pending_pay', 'audit', 'exception', 'reserved')",
                         sql_text(fields->number), sql_text(fields->text));
    json_text(call->answer, "order", fields->number);
    return office_changed(call->office->sql, result, "order without a site", fields->number, error);
}

static int report(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    return campaign_report(call->office, fields->campaign, fields->from, fields->to, call->answer, error);
}

static int offer(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    return offers_tell(call->office, fields->member, fields->shop, call->answer, error);
}

static int recommend(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct recommend_terms terms = {.since_us = call->office->now_us - fields->days * BUSINESS_DAY_US,
                                          .orders = fields->orders,
                                          .lift = fields->lift,
                                          .confidence = fields->confidence,
                                          .most = fields->most};
    struct recommend_made made;
    int result = recommend_make(call->office, &terms, &made, error);
    json_int(call->answer, "orders", made.orders);
    json_int(call->answer, "items", made.items);
    json_int(call->answer, "pairs", made.pairs);
    json_int(call->answer, "kept", made.kept);
    return result;
}

const struct office_verb member_verbs[] = {
    VERB("member.put", member_fields, put_member, "Make a member, or say which segments he is in", "新增或修改会员"),
    VERB("member.level", level_fields, put_level, "Make a level of members, or change it", "设置会员等级"),
    VERB("member.order", attach_fields, attach, "Say which member an order is of", "关联订单与会员"),
    VERB("points.adjust", adjust_fields, adjust, "Give a member points, or take some", "调整积分"),
    VERB("order.packing_note", note_fields, put_note, "Say what whoever packs an order is told", "设置包装备注"),
    VERB("campaign.report", report_fields, report, "Say what a campaign brought and what it cost", "营销活动投入产出"),
    VERB("campaign.offers", offer_fields, offer, "Say what may be offered to a member, and why", "会员个性化推荐"),
    VERB("recommend.make", recommend_fields, recommend, "Reckon anew which items are bought together",
         "计算关联购买推荐"),
    {0},
};
