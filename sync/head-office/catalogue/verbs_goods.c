/* What head office is asked to do with goods: what listings mean, bundles, prices, what is on sale, and codes that
 * floors have proposed. */
#include "base/json.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/catalogue/bundles.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/catalogue/prices.h"
#include "sync/head-office/catalogue/proposals.h"
#include "sync/head-office/catalogue/suggest.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/shops/listing_push.h"
#include "sync/head-office/shops/shops.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <string.h>

#define PARTS_SIZE 8192
#define MINOR_MAX  100000000000

struct fields {
    char shop[SHOP_CODE_SIZE], item[PLATFORM_ID_SIZE], platform_sku[PLATFORM_ID_SIZE];
    char sku[LISTINGS_SKU_SIZE], bundle[BUNDLES_CODE_SIZE], name[257], parts[PARTS_SIZE];
    char site[65], code[65], from[24], to[24], worker[65], pin[24];
    int64_t factor, buffer, ratio, most, amount_minor, price_minor, id;
};

#define TEXT(member)   OPTION_TEXT_AT(struct fields, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct fields, member)
#define SHOP                                                                                                           \
    {                                                                                                                  \
        "shop", TEXT(shop), .help = "the shop's short name"                                                            \
    }
#define ITEM                                                                                                           \
    {                                                                                                                  \
        "item", TEXT(item), .help = "the platform's number of the item"                                                \
    }
#define LISTING                                                                                                        \
    SHOP, ITEM,                                                                                                        \
    {                                                                                                                  \
        "platform_sku", TEXT(platform_sku), .fallback = "", .help = "the platform's number of the SKU, if it has any"  \
    }
#define SKU_OR_BUNDLE                                                                                                  \
    {"sku", TEXT(sku), .fallback = "", .help = "our item, or:"},                                                       \
    {                                                                                                                  \
        "bundle", TEXT(bundle), .fallback = "", .help = "our bundle"                                                   \
    }

static const struct option_def map_fields[] = {LISTING,
                                               SKU_OR_BUNDLE,
                                               {"factor", NUMBER(factor), .fallback = "1", .min = 1,
                                                .max = LISTINGS_FACTOR_MAX, .help = "pieces of the item in one pack"},
                                               {0}};
static const struct option_def listing_fields[] = {LISTING, {0}};
static const struct option_def suggest_fields[] = {
    LISTING, {"most", NUMBER(most), .fallback = "5", .min = 1, .max = SUGGEST_MOST, .help = "so many of them"}, {0}};
static const struct option_def match_fields[] = {
    {"shop", TEXT(shop), .fallback = "", .help = "the shop's short name; left out: every shop"}, {0}};
static const struct option_def offer_fields[] = {
    LISTING,
    {"buffer", NUMBER(buffer), .fallback = "-1", .min = -1, .max = 1000000, .help = "-1: as the shop has it"},
    {"ratio", NUMBER(ratio), .fallback = "-1", .min = -1, .max = 100, .help = "-1: as the shop has it"},
    {0}};
static const struct option_def listing_price_fields[] = {
    LISTING,
    {"price_minor", NUMBER(price_minor), .min = 1, .max = MINOR_MAX, .help = "in minor units of the base currency"},
    {0}};
static const struct option_def item_fields[] = {SHOP, ITEM, {0}};
static const struct option_def bundle_fields[] = {
    {"bundle", TEXT(bundle), .help = "its code, which is no item's and no barcode"},
    {"name", TEXT(name), .fallback = "", .help = "its name; left out: as it is, or its code"},
    {"parts", TEXT(parts), .help = "all that is in one, a list like [{\"sku\":\"A\",\"quantity\":2}]"},
    {0}};
static const struct option_def price_fields[] = {
    SKU_OR_BUNDLE,
    {"shop", TEXT(shop), .fallback = "", .help = "in this shop alone; left out: in all"},
    {"amount_minor", NUMBER(amount_minor), .min = 1, .max = MINOR_MAX, .help = "of one, in minor units"},
    {"from", TEXT(from), .fallback = "", .help = "a day, or 2026-11-11 20:00:00, by setting utc_offset_min; now"},
    {"to", TEXT(to), .fallback = "", .help = "the same; left out: until another price counts"},
    {0}};
static const struct option_def floor_fields[] = {
    SKU_OR_BUNDLE,
    {"amount_minor", NUMBER(amount_minor), .min = 0, .max = MINOR_MAX, .help = "of one; 0: for anything"},
    {0}};
static const struct option_def id_fields[] = {{"id", NUMBER(id), .min = 1, .max = INT64_MAX, .help = "its number"},
                                              {0}};
static const struct option_def proposal_fields[] = {
    {"site", TEXT(site), .help = "the site that has proposed it"}, {"code", TEXT(code), .help = "the code"}, {0}};

static const struct option_def pin_fields[] = {
    {"worker", TEXT(worker), .help = "the worker's number"},
    {"pin", OPTION_PRIVATE_AT(struct fields, pin), .help = "6 to 10 digits, which are no run and not all the same"},
    {0}};

/* ---------------------------------------------------------------- listings */

static struct listing_seen seen_of(const struct fields *fields)
{
    return (struct listing_seen){fields->item, fields->platform_sku, "", ""};
}

static void tell_effect(struct verb_call *call, const struct listing_effect *effect)
{
    json_int(call->answer, "lines", effect->lines);
    json_int(call->answer, "kept", effect->kept);
}

static int put_meaning(struct verb_call *call, const struct listing_meaning *meaning, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct listing_seen seen = seen_of(fields);
    struct listing_effect effect = {0};
    int result = listings_map(call->office, fields->shop, &seen, meaning, &effect, error);
    tell_effect(call, &effect);
    return result;
}

static int map(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct listing_meaning meaning = {.factor = fields->factor};
    memcpy(meaning.sku, fields->sku, sizeof(meaning.sku));
    memcpy(meaning.bundle, fields->bundle, sizeof(meaning.bundle));
    if (!listing_is_known(&meaning))
        return error_set(error, -EINVAL, "say which item or which bundle of ours it is");
    return put_meaning(call, &meaning, error);
}

static int unmap(struct verb_call *call, struct error *error)
{
    static const struct listing_meaning unknown = {.factor = 1};
    return put_meaning(call, &unknown, error);
}

static int match(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct listing_effect effect = {0};
    int result = listings_match(call->office, fields->shop, &effect, error);
    tell_effect(call, &effect);
    return result;
}

static int tell_suggestions(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct listing_seen seen = seen_of(fields);
    struct suggestion found[SUGGEST_MOST];
    size_t count = 0;
    int result = suggest(call->office, fields->shop, &seen, (size_t)fields->most, found, &count, error);
    json_open_array(call->answer, "suggestions");
    for (size_t i = 0; i < count && !result; i++) {
        json_open_object(call->answer, NULL);
        bool bundle = *found[i].meaning.bundle;
        json_text(call->answer, bundle ? "bundle" : "sku", bundle ? found[i].meaning.bundle : found[i].meaning.sku);
        json_int(call->answer, "factor", found[i].meaning.factor);
        json_int(call->answer, "score", found[i].score);
        json_text(call->answer, "why", found[i].why);
        json_close_object(call->answer);
    }
    json_close_array(call->answer);
    return result;
}

static int offer(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct listing_seen seen = seen_of(fields);
    json_text(call->answer, "item", fields->item);
    return listings_offer(call->office, fields->shop, &seen, fields->buffer, fields->ratio, error);
}

static int set_listing_price(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "item", fields->item);
    return listing_push_price(call->office, fields->shop, fields->item, fields->platform_sku, fields->price_minor,
                              error);
}

static int put_on_sale(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "item", fields->item);
    return listing_push_sale(call->office, fields->shop, fields->item, true, error);
}

static int take_off_sale(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "item", fields->item);
    return listing_push_sale(call->office, fields->shop, fields->item, false, error);
}

/* ---------------------------------------------------------------- bundles and prices */

static int set_bundle(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct listing_effect effect = {0};
    json_t *parts = json_loads(fields->parts, 0, NULL);
    int result = bundles_set(call->office, fields->bundle, fields->name, parts, error);
    json_decref(parts);
    json_text(call->answer, "bundle", fields->bundle);
    if (!result) /* listings of its code, and orders that wait for them */
        result = listings_match(call->office, "", &effect, error);
    tell_effect(call, &effect);
    return result;
}

/* "": ret_us stays as it is. */
static int read_time(struct verb_call *call, const char *text, int64_t *ret_us, struct error *error)
{
    struct settings settings;
    int result = *text ? settings_load(call->office, &settings, error) : 0;
    if (result || !*text)
        return result;
    return business_time(text, settings.utc_offset_min, ret_us) == 0
               ? 0
               : error_set(error, -EINVAL, "\"%s\" is no time: say it like 2026-11-11 20:00:00", text);
}

static int set_price(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct price price = {.sku = fields->sku,
                          .bundle = fields->bundle,
                          .shop = fields->shop,
                          .amount_minor = fields->amount_minor,
                          .from_us = call->office->now_us};
    int64_t id = 0;
    int result = read_time(call, fields->from, &price.from_us, error);
    if (!result)
        result = read_time(call, fields->to, &price.to_us, error);
    if (!result)
        result = prices_set(call->office, &price, call->who, &id, error);
    json_int(call->answer, "price", id);
    return result;
}

static int drop_price(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_int(call->answer, "price", fields->id);
    return prices_drop(call->office, fields->id, error);
}

static int set_floor(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_int(call->answer, "amount_minor", fields->amount_minor);
    return prices_floor(call->office, fields->sku, fields->bundle, fields->amount_minor, error);
}

/* ---------------------------------------------------------------- codes of the floor */

static int accept(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "code", fields->code);
    return proposals_accept(call->office, fields->site, fields->code, call->who, error);
}

static int refuse(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "code", fields->code);
    return proposals_refuse(call->office, fields->site, fields->code, call->who, error);
}

/* ---------------------------------------------------------------- people of the floors */

static int set_pin(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "worker", fields->worker);
    return catalogue_set_pin(call->office, fields->worker, fields->pin, error);
}

const struct office_verb goods_verbs[] = {
    VERB("listing.map", map_fields, map, "Say which item, pack or bundle of ours a platform means", "匹配平台商品"),
    VERB("listing.unmap", listing_fields, unmap, "Say that it is none of what it was taken for", "取消平台商品匹配"),
    VERB("listing.suggest", suggest_fields, tell_suggestions, "What a listing may be, and why", "推荐匹配商品"),
    VERB("listing.match", match_fields, match, "Look again for what is not known yet", "自动匹配商品"),
    VERB("listing.offer", offer_fields, offer, "Offer more or less of one listing than the shop's rule",
         "设置库存比例"),
    VERB("listing.price", listing_price_fields, set_listing_price,
         "Change a price at the platform, in a shop that does not follow the price list", "修改平台价格"),
    VERB("listing.on", item_fields, put_on_sale, "Put an item on sale at the platform", "商品上架"),
    VERB("listing.off", item_fields, take_off_sale, "Take an item off sale at the platform", "商品下架"),
    VERB("bundle.set", bundle_fields, set_bundle, "Say what is in a bundle", "设置组合商品"),
    VERB("price.set", price_fields, set_price, "Say what an item or a bundle is sold for, and when", "设置价格"),
    VERB("price.drop", id_fields, drop_price, "Take a price out of the list", "删除价格"),
    VERB("price.floor", floor_fields, set_floor, "Say what nothing less may be asked than", "设置最低价"),
    VERB("worker.pin", pin_fields, set_pin, "Set a worker's PIN at every site; wrong tries are forgiven",
         "设置员工密码"),
    VERB("barcode.accept", proposal_fields, accept, "Make a code that a floor has named good everywhere", "同意新条码"),
    VERB("barcode.refuse", proposal_fields, refuse, "Let its site forget it", "拒绝新条码"),
    {0},
};
