#include "sync/head-office/marketing/offers.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/customers/consent.h"
#include "sync/head-office/marketing/campaigns.h"
#include "sync/head-office/marketing/members.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS_MAX 200
#define TOLD_MAX  20

struct offer {
    const struct pricing_campaign *campaign;
    char segment[PRICING_ID_SIZE]; /* of his that it is for; "": for everybody */
    int64_t bought;                /* items of it that he has bought */
};

struct items {
    char list[ITEMS_MAX][65];
    size_t count;
};

/* Of somebody whom nobody knows nothing was said, and that means no. */
static int tell_person(struct office *office, const char *member, struct buf *json, struct error *error)
{
    int64_t person = 0;
    int result = members_person(office, member, &person, error);
    if (result)
        return result;
    if (person > 0)
        json_int(json, "person", person);
    else
        json_text(json, "person", NULL);
    result = consent_tell(office->sql, person, "may_write", json);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* What he bought last. */
static int load_items(struct office *office, const char *member, struct items *out)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT l.sku FROM order_marketing m JOIN orders o ON o.number = m.number JOIN order_line l ON l.number ="
        " o.number WHERE m.member = ?1 AND l.gift = 0 AND l.sku IS NOT NULL AND o.state <> 'pending_pay' AND NOT"
        " (o.state = 'closed' AND o.replaced = 0) GROUP BY l.sku ORDER BY max(coalesce(o.placed_us, o.imported_us)) "
        "DESC,"
        " l.sku LIMIT ?2",
        sql_text(member), sql_int(ITEMS_MAX));
    for (out->count = 0; out->count < ITEMS_MAX && sql_next(row);)
        sql_copy_text(row, 0, out->list[out->count++], sizeof(out->list[0]));
    return sql_done(row);
}

/* ---------------------------------------------------------------- campaigns */

/* Which of his segments it is for; false: of none. */
static bool find_segment(const char *segments, const struct pricing_campaign *campaign, char ret[PRICING_ID_SIZE])
{
    *ret = '\0';
    for (const char *at = segments; *at && *campaign->segments;) {
        size_t length = strcspn(at, ",");
        text_copy_n(ret, PRICING_ID_SIZE, at, length);
        if (text_is_listed(campaign->segments, ret))
            return true;
        at += length + (at[length] == ',');
    }
    *ret = '\0';
    return !*campaign->segments;
}

/* What is his own first, then what he knows. */
static int compare_offers(const void *one, const void *other)
{
    const struct offer *a = one, *b = other;
    if ((*a->segment != '\0') != (*b->segment != '\0'))
        return *a->segment ? -1 : 1;
    if (a->bought != b->bought)
        return a->bought > b->bought ? -1 : 1;
    if (a->campaign->priority != b->campaign->priority)
        return a->campaign->priority > b->campaign->priority ? -1 : 1;
    return strcmp(a->campaign->id, b->campaign->id);
}

static void put_offer(const struct offer *offer, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "campaign", offer->campaign->id);
    json_text(json, "kind", pricing_kinds[offer->campaign->kind]);
    json_text(json, "name_english", offer->campaign->english);
    json_text(json, "name_chinese", offer->campaign->chinese);
    json_text(json, "segment", *offer->segment ? offer->segment : NULL);
    json_int(json, "bought_items", offer->bought);
    json_text(json, "english", *offer->segment ? "it is for a segment of this member" : "it is for everybody");
    json_text(json, "chinese", *offer->segment ? "适用于该会员所属人群" : "适用于所有客户");
    json_close_object(json);
}

/* A campaign of coupons is offered by the coupon that he has. */
static int tell_campaigns(struct office *office, const char *member, const char *shop, const struct items *items,
                          struct buf *json, struct error *error)
{
    char segments[PRICING_WORDS_SIZE];
    CLEANUP_CAMPAIGNS struct campaigns running = {0};
    int result = members_segments(office, member, segments, sizeof(segments), error);
    if (!result)
        result = campaigns_load(office, office->now_us, member, "", &running, error);
    struct offer *offers = result ? NULL : calloc(running.count + 1, sizeof(*offers));
    size_t count = 0;
    for (size_t i = 0; i < running.count && offers; i++) {
        const struct pricing_campaign *campaign = &running.list[i];
        struct offer *offer = &offers[count];
        bool here = !*campaign->shops || !*shop || text_is_listed(campaign->shops, shop);
        if (!here || campaign->kind == PRICING_COUPON || !find_segment(segments, campaign, offer->segment))
            continue;
        offer->campaign = campaign;
        for (size_t s = 0; s < items->count && *campaign->skus; s++)
            offer->bought += text_is_listed(campaign->skus, items->list[s]);
        count++;
    }
    if (count > 0)
        qsort(offers, count, sizeof(*offers), compare_offers);
    json_open_array(json, "campaigns");
    for (size_t i = 0; i < count && i < TOLD_MAX; i++)
        put_offer(&offers[i], json);
    json_close_array(json);
    free(offers);
    return result;
}

/* ---------------------------------------------------------------- coupons and items */

static int tell_coupons(struct office *office, const char *member, struct buf *json)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT k.code, k.campaign FROM coupon k JOIN campaign c ON c.id = k.campaign WHERE k.member = ?1 AND k.void_us"
        " IS NULL AND c.stopped_us IS NULL AND (k.expires_us = 0 OR k.expires_us > ?2) AND (SELECT count(*) FROM"
        " coupon_use u WHERE u.code = k.code) < k.uses_max ORDER BY k.expires_us, k.code LIMIT ?3",
        sql_text(member), sql_int(office->now_us), sql_int(TOLD_MAX));
    json_open_array(json, "coupons");
    while (sql_next(row)) {
        json_open_object(json, NULL);
        json_text(json, "code", sql_get_text(row, 0));
        json_text(json, "campaign", sql_get_text(row, 1));
        json_close_object(json);
    }
    json_close_array(json);
    return sql_done(row);
}

struct suggestion {
    char sku[65], with[65];
    int64_t orders, lift;
};

struct suggestions {
    struct suggestion list[TOLD_MAX];
    size_t count;
};

static bool has(const struct items *items, const char *sku)
{
    bool found = false;
    for (size_t i = 0; i < items->count; i++)
        found |= strcmp(items->list[i], sku) == 0;
    return found;
}

/* Kept in their order: the highest lift first; an item once. */
static void suggest(struct suggestions *out, const struct suggestion *suggestion)
{
    size_t at = 0;
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->list[i].sku, suggestion->sku) == 0) {
            if (out->list[i].lift >= suggestion->lift)
                return;
            memmove(&out->list[i], &out->list[i + 1], (--out->count - i) * sizeof(out->list[0]));
        }
    while (at < out->count && out->list[at].lift >= suggestion->lift)
        at++;
    if (at == TOLD_MAX)
        return;
    size_t behind = out->count < TOLD_MAX ? out->count - at : TOLD_MAX - 1 - at;
    memmove(&out->list[at + 1], &out->list[at], behind * sizeof(out->list[0]));
    out->list[at] = *suggestion;
    out->count += out->count < TOLD_MAX;
}

static int suggest_with(struct office *office, const struct items *items, const char *sku, struct suggestions *out)
{
    struct sql_query *row = sql_select(
        office->sql, "SELECT other, orders, lift FROM bought_together WHERE sku = ?1 ORDER BY place LIMIT ?2",
        sql_text(sku), sql_int(TOLD_MAX));
    while (sql_next(row)) {
        struct suggestion suggestion = {.orders = sql_get_int(row, 1), .lift = sql_get_int(row, 2)};
        sql_copy_text(row, 0, suggestion.sku, sizeof(suggestion.sku));
        text_copy(suggestion.with, sizeof(suggestion.with), sku);
        if (!has(items, suggestion.sku))
            suggest(out, &suggestion);
    }
    return sql_done(row);
}

static int tell_items(struct office *office, const struct items *items, struct buf *json)
{
    struct suggestions found = {.count = 0};
    int result = 0;
    for (size_t i = 0; i < items->count && !result; i++)
        result = suggest_with(office, items, items->list[i], &found);
    json_open_array(json, "items");
    for (size_t i = 0; i < found.count; i++) {
        json_open_object(json, NULL);
        json_text(json, "sku", found.list[i].sku);
        json_text(json, "with", found.list[i].with);
        json_int(json, "orders", found.list[i].orders);
        json_int(json, "lift", found.list[i].lift);
        json_text(json, "english", "it is often bought with what this member has bought");
        json_text(json, "chinese", "常与该会员已购商品一起购买");
        json_close_object(json);
    }
    json_close_array(json);
    return result;
}

int offers_tell(struct office *office, const char *member, const char *shop, struct buf *json, struct error *error)
{
    struct items items;
    int result = tell_person(office, member, json, error);
    if (result)
        return result;
    result = load_items(office, member, &items);
    if (result)
        return office_failed(office->sql, result, error);
    result = tell_campaigns(office, member, shop, &items, json, error);
    if (result)
        return result;
    result = tell_coupons(office, member, json);
    if (!result)
        result = tell_items(office, &items, json);
    return result ? office_failed(office->sql, result, error) : 0;
}
