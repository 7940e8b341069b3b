/* What head office is asked to do with shops on platforms, and with what is said and heard there. */
#include "base/json.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/shops/attention.h"
#include "sync/head-office/shops/outbox.h"
#include "sync/head-office/shops/pull.h"
#include "sync/head-office/shops/shipments.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct fields {
    char shop[SHOP_CODE_SIZE], platform[65], name[129], carrier[65], code[65];
    char platform_shop[PLATFORM_ID_SIZE], place[PLATFORM_ID_SIZE], gateway[PLATFORM_TEXT_SIZE], sign_method[16];
    char app_key[PLATFORM_TOKEN_SIZE], app_secret[PLATFORM_TOKEN_SIZE];
    char sign_secret[PLATFORM_TOKEN_SIZE], push_secret[PLATFORM_TOKEN_SIZE];
    char access[PLATFORM_TOKEN_SIZE], refresh[PLATFORM_TOKEN_SIZE];
    char order[ORDERS_NUMBER_SIZE], waybill[65], reason[257];
    int64_t poll_s, history_days, offers, buffer, ratio, days, expires_s, refresh_expires_s, id, prices;
};

#define TEXT(member)    OPTION_TEXT_AT(struct fields, member)
#define PRIVATE(member) OPTION_PRIVATE_AT(struct fields, member)
#define NUMBER(member)  OPTION_NUMBER_AT(struct fields, member)
#define SHOP                                                                                                           \
    {                                                                                                                  \
        "shop", TEXT(shop), .help = "the shop's short name"                                                            \
    }
#define RULES                                                                                                           \
    {"carrier", TEXT(carrier), .fallback = "", .help = "who carries its orders, unless something else says"},           \
        {"poll_s", NUMBER(poll_s), .fallback = "-1", .min = -1, .max = 3600, .help = "seconds between two looks"},      \
        {"history_days",   NUMBER(history_days),                                                                        \
         .fallback = "-1", .min = -1,                                                                                   \
         .max = 365,       .help = "days that the first look goes back; 0: as far as the platform tells"},              \
        {"prices", NUMBER(prices), .fallback = "-1", .min = -1, .max = 1, .help = "1: its prices follow the list"},     \
        {"offers", NUMBER(offers), .fallback = "-1", .min = -1, .max = 1, .help = "1: it is told what may be sold"},    \
        {"buffer", NUMBER(buffer), .fallback = "-1", .min = -1, .max = 1000000, .help = "pieces that are not offered"}, \
    {                                                                                                                   \
        "ratio", NUMBER(ratio), .fallback = "-1", .min = -1, .max = 100, .help = "percent of the rest that is offered"  \
    }
#define ACCOUNT                                                                                                        \
    {"platform_shop", TEXT(platform_shop), .fallback = "",                                                             \
     .help = "the platform's number of the shop, where it asks"},                                                      \
        {"place", TEXT(place), .fallback = "",                                                                         \
         .help = "the platform's number of the place whose stock is told, where it has several"},                      \
        {"gateway", TEXT(gateway), .fallback = "", .help = "another address than the platform's public one"},          \
        {"sign_method", TEXT(sign_method), .fallback = "", .help = "how calls are signed, if not the best way"},       \
        {"sign_secret", PRIVATE(sign_secret), .fallback = "",                                                          \
         .help = "what calls are signed with, if not app_secret"},                                                     \
    {                                                                                                                  \
        "push_secret", PRIVATE(push_secret), .fallback = "", .help = "what the platform's messages are made with"      \
    }

static const struct option_def add_fields[] = {
    SHOP,
    {"platform", TEXT(platform), .help = "taobao, jd, pdd, douyin, kuaishou, ..."},
    {"name", TEXT(name), .fallback = "", .help = "the shop's name, for people"},
    {"app_key", TEXT(app_key), .help = "head office's name at the platform"},
    {"app_secret", PRIVATE(app_secret), .help = "and its secret"},
    ACCOUNT,
    RULES,
    {0}};
static const struct option_def set_fields[] = {
    SHOP,
    {"name", TEXT(name), .fallback = "", .help = "the shop's name, for people"},
    {"app_key", TEXT(app_key), .fallback = "", .help = "head office's name at the platform"},
    {"app_secret", PRIVATE(app_secret), .fallback = "", .help = "and its secret"},
    ACCOUNT,
    RULES,
    {0}};
static const struct option_def shop_fields[] = {SHOP, {0}};
static const struct option_def token_fields[] = {
    SHOP,
    {"access", PRIVATE(access), .help = "the token that lets head office in"},
    {"refresh", PRIVATE(refresh), .fallback = "", .help = "the one that fresh ones are made of"},
    {"expires_s", NUMBER(expires_s), .fallback = "0", .min = 0, .max = 315360000,
     .help = "seconds from now until it ends; 0: not known"},
    {"refresh_expires_s", NUMBER(refresh_expires_s), .fallback = "0", .min = 0, .max = 315360000,
     .help = "seconds from now until fresh ones can no longer be made; 0: not known"},
    {0}};
static const struct option_def carrier_fields[] = {SHOP,
                                                   {"carrier", TEXT(carrier), .help = "a carrier, as we call it"},
                                                   {"code", TEXT(code), .help = "as the platform calls it"},
                                                   {0}};
static const struct option_def pull_fields[] = {
    SHOP,
    {"days", NUMBER(days), .fallback = "1", .min = 1, .max = 365, .help = "how many days back to read once more"},
    {0}};
static const struct option_def id_fields[] = {{"id", NUMBER(id), .min = 1, .max = INT64_MAX, .help = "its number"},
                                              {"reason", TEXT(reason), .fallback = "", .help = "why, for people"},
                                              {0}};
static const struct option_def waybill_fields[] = {
    {"order", TEXT(order), .help = "the order's number"},
    {"waybill", TEXT(waybill), .help = "the number it really goes with"},
    {"carrier", TEXT(carrier), .fallback = "", .help = "whose number that is; left out: the same carrier"},
    {0}};

/* ---------------------------------------------------------------- shops */

static int set_account(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct shop_account account = {fields->platform_shop, fields->gateway,     fields->app_key,
                                         fields->app_secret,    fields->sign_secret, fields->push_secret,
                                         fields->sign_method,   fields->place};
    const struct shop_rules rules = {fields->name,   fields->carrier, fields->poll_s, fields->history_days,
                                     fields->offers, fields->buffer,  fields->ratio,  fields->prices};
    json_text(call->answer, "shop", fields->shop);
    int result = shops_set_account(call->office, fields->shop, &account, error);
    return result ? result : shops_set_rules(call->office, fields->shop, &rules, error);
}

static int add(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    if (!platform_find(fields->platform))
        return error_set(error, -EINVAL, "there is no connector for a platform \"%s\"", fields->platform);
    for (const char *at = fields->shop; *at; at++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", *at))
            return error_set(error, -EINVAL,
                             "a shop's short name is letters and digits: it begins its orders' numbers");
    int result =
        shops_add(call->office, fields->shop, fields->platform, *fields->name ? fields->name : fields->shop, error);
    return result ? result : set_account(call, error);
}

static int start(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "shop", fields->shop);
    return shops_set_running(call->office, fields->shop, true, error);
}

static int stop(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "shop", fields->shop);
    return shops_set_running(call->office, fields->shop, false, error);
}

static int64_t in_us(const struct verb_call *call, int64_t seconds)
{
    return seconds > 0 ? call->office->now_us + seconds * SHOP_SECOND_US : 0;
}

static int set_token(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct platform_tokens tokens = {.expires_us = in_us(call, fields->expires_s),
                                     .refresh_expires_us = in_us(call, fields->refresh_expires_s)};
    memcpy(tokens.access, fields->access, sizeof(tokens.access));
    memcpy(tokens.refresh, fields->refresh, sizeof(tokens.refresh));
    json_text(call->answer, "shop", fields->shop);
    return shops_set_tokens(call->office, fields->shop, &tokens, error);
}

static int set_carrier(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "shop", fields->shop);
    return shops_set_carrier(call->office, fields->shop, fields->carrier, fields->code, error);
}

static int pull_more(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "shop", fields->shop);
    return pull_from(call->office, fields->shop, call->office->now_us - fields->days * 86400 * SHOP_SECOND_US, error);
}

/* ---------------------------------------------------------------- what is said, and what a person should see */

static int retry(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_int(call->answer, "id", fields->id);
    return outbox_retry(call->office, fields->id, error);
}

static int drop(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_int(call->answer, "id", fields->id);
    return outbox_drop(call->office, fields->id, fields->reason, error);
}

static int settle(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_int(call->answer, "id", fields->id);
    return attention_settle(call->office, fields->id, call->who, error);
}

static int set_waybill(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "order", fields->order);
    return shipments_amend(call->office, fields->order, fields->carrier, fields->waybill, error);
}

const struct office_verb shop_verbs[] = {
    VERB("shop.add", add_fields, add, "Say who head office is in a shop on a platform", "添加店铺"),
    VERB("shop.set", set_fields, set_account, "Change that, or how the shop is worked", "修改店铺"),
    VERB("shop.start", shop_fields, start, "Let head office speak for a shop", "启用店铺"),
    VERB("shop.stop", shop_fields, stop, "Let it no more", "停用店铺"),
    VERB("shop.token", token_fields, set_token, "Bring what the platform has authorised head office with",
         "更新店铺授权"),
    VERB("shop.carrier", carrier_fields, set_carrier, "Say what a carrier is called there", "设置快递公司编码"),
    VERB("shop.pull", pull_fields, pull_more, "Read a shop's last days once more", "重新拉取订单"),
    VERB("outbox.retry", id_fields, retry, "Try once more what a platform has refused", "重试平台回传"),
    VERB("outbox.drop", id_fields, drop, "Leave what a platform has refused as it is", "放弃平台回传"),
    VERB("attention.settle", id_fields, settle, "Say that it has been seen to", "标记已处理"),
    VERB("order.waybill", waybill_fields, set_waybill, "Say that an order that has left goes with another waybill",
         "修改已发货运单号"),
    {0},
};
