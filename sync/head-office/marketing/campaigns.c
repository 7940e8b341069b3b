#include "sync/head-office/marketing/campaigns.h"

#include "base/text.h"
#include "sync/head-office/orders/rules.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULE_OF "campaign/%s" /* the name of a gift's rule */

/* ---------------------------------------------------------------- gifts are rules */

static json_t *condition(const char *field, const char *operator, json_t * value)
{
    return json_pack("{s:s, s:s, s:o}", "field", field, "operator", operator, "value", value);
}

/* "A,B" as rules write it: "A|B". */
static json_t *any_of(const char *words)
{
    char text[PRICING_SKUS_SIZE];
    text_copy(text, sizeof(text), words);
    for (char *at = text; *at; at++)
        if (*at == ',')
            *at = '|';
    return json_string(text);
}

static json_t *conditions_of(const struct pricing_campaign *terms)
{
    const struct {
        const char *field, *operator, * words;
    } lists[] = {{"shop", "is", terms->shops}, {"segment", "has", terms->segments}, {"sku", "has", terms->skus}};
    json_t *list = json_array();
    json_array_append_new(list, condition("currency", "is", json_string(terms->currency)));
    json_array_append_new(list, condition("placed_s", "at_least", json_integer(terms->begins_us / 1000000)));
    if (terms->ends_us > 0)
        json_array_append_new(list, condition("placed_s", "at_most", json_integer(terms->ends_us / 1000000 - 1)));
    if (terms->threshold > 0)
        json_array_append_new(
            list, condition(terms->by_pieces ? "pieces" : "paid_minor", "at_least", json_integer(terms->threshold)));
    for (size_t i = 0; i < COUNT(lists); i++)
        if (*lists[i].words)
            json_array_append_new(list, condition(lists[i].field, lists[i].operator, any_of(lists[i].words)));
    return list;
}

static int put_rule(struct office *office, const struct pricing_campaign *terms, const struct campaign_frame *frame,
                    struct error *error)
{
    struct rule *rule = calloc(1, sizeof(*rule));
    json_t *conditions = conditions_of(terms);
    int result = rule && conditions ? 0 : error_set(error, -ENOMEM, "there is no memory");
    if (!result) {
        snprintf(rule->name, sizeof(rule->name), RULE_OF, terms->id);
        text_copy(rule->kind, sizeof(rule->kind), "gift");
        text_copy(rule->result, sizeof(rule->result), frame->gift_sku);
        rule->priority = terms->priority;
        rule->pieces = frame->gift_pieces;
        rule->cap = frame->gift_cap;
        rule->active = true;
        result = rules_put(office, rule, conditions, error);
    }
    json_decref(conditions);
    free(rule);
    return result;
}

/* ---------------------------------------------------------------- putting */

static int check(const struct pricing_campaign *terms, const struct campaign_frame *frame, struct error *error)
{
    bool gift = strcmp(frame->kind, "gift") == 0, item = terms->kind == PRICING_ITEM;
    if (!*terms->id || strchr(terms->id, ','))
        return error_set(error, -EINVAL, "a campaign needs an id, which has no comma");
    if (strlen(terms->currency) != 3)
        return error_set(error, -EINVAL, "\"currency\" has three letters");
    if (terms->ends_us > 0 && terms->ends_us <= terms->begins_us)
        return error_set(error, -EINVAL, "it ends before it has begun");
    if (gift && (terms->again || !*frame->gift_sku))
        return error_set(error, -EINVAL, "a gift needs a \"gift_sku\", and is given once to an order");
    if (!gift && terms->benefit == PRICING_PRICE && !item && terms->kind != PRICING_FREIGHT)
        return error_set(error, -EINVAL, "a price can be set for items and for the carriage alone");
    if (!gift && terms->benefit == PRICING_RATE && terms->value > PRICING_RATE_WHOLE)
        return error_set(error, -EINVAL, "a rate is at most %d ten-thousandths", PRICING_RATE_WHOLE);
    if (terms->again && terms->threshold == 0)
        return error_set(error, -EINVAL, "\"every\" needs a \"threshold\"");
    if (terms->kind == PRICING_FREIGHT && terms->platform_rate > 0)
        return error_set(error, -EINVAL, "the platform bears nothing of the carriage");
    return 0;
}

/* The row of what does not change with the terms; *ret_rev: of the terms to come. */
static int put_frame(struct office *office, const struct pricing_campaign *terms, const struct campaign_frame *frame,
                     int64_t *ret_rev, struct error *error)
{
    int result =
        sql_number_values(office->sql, ret_rev,
                          "INSERT INTO campaign (id, kind, rev, limit_all, limit_person, packing_note, spend_minor,"
                          " gift_sku, gift_pieces, gift_cap, made_us) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
                          " ?10) ON CONFLICT (id) DO UPDATE SET rev = campaign.rev + 1, stopped_us = NULL, limit_all ="
                          " excluded.limit_all, limit_person = excluded.limit_person, packing_note ="
                          " excluded.packing_note, spend_minor = excluded.spend_minor, gift_sku = excluded.gift_sku,"
                          " gift_pieces = excluded.gift_pieces, gift_cap = excluded.gift_cap WHERE campaign.kind ="
                          " excluded.kind RETURNING rev",
                          (struct sql_value[]){sql_text(terms->id),
                                               sql_text(frame->kind),
                                               sql_int(frame->limit_all),
                                               sql_int(frame->limit_person),
                                               sql_text(frame->packing_note),
                                               sql_int(frame->spend_minor),
                                               sql_text(*frame->gift_sku ? frame->gift_sku : NULL),
                                               sql_int(frame->gift_pieces),
                                               sql_int(frame->gift_cap),
                                               sql_int(office->now_us),
                                               {0}});
    if (result == -ENOENT)
        return error_set(error, -EINVAL, "campaign \"%s\" is of another kind: make a new one", terms->id);
    return office_named(office->sql, result, "item", frame->gift_sku, error);
}

static int end_terms(struct office *office, const char *id)
{
    return sql_run(office->sql, "UPDATE campaign_terms SET until_us = ?2 WHERE campaign = ?1 AND until_us IS NULL",
                   sql_text(id), sql_int(office->now_us));
}

static int put_terms(struct office *office, const struct pricing_campaign *terms, int64_t rev)
{
    return sql_run_values(
        office->sql,
        "INSERT INTO campaign_terms (campaign, rev, since_us, english, chinese, benefit, value, threshold, by_pieces,"
        " again, cap_minor, begins_us, ends_us, priority, platform_rate, currency, exclusive, segments, shops, skus)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        (struct sql_value[]){sql_text(terms->id),
                             sql_int(rev),
                             sql_int(office->now_us),
                             sql_text(terms->english),
                             sql_text(terms->chinese),
                             sql_text(pricing_benefits[terms->benefit]),
                             sql_int(terms->value),
                             sql_int(terms->threshold),
                             sql_int(terms->by_pieces),
                             sql_int(terms->again),
                             sql_int(terms->cap_minor),
                             sql_int(terms->begins_us),
                             sql_int(terms->ends_us),
                             sql_int(terms->priority),
                             sql_int(terms->platform_rate),
                             sql_text(terms->currency),
                             sql_text(terms->exclusive),
                             sql_text(terms->segments),
                             sql_text(terms->shops),
                             sql_text(terms->skus),
                             {0}});
}

int campaigns_put(struct office *office, const struct pricing_campaign *terms, const struct campaign_frame *frame,
                  struct error *error)
{
    int64_t rev = 0;
    int result = check(terms, frame, error);
    if (!result)
        result = put_frame(office, terms, frame, &rev, error);
    if (result)
        return result;
    result = end_terms(office, terms->id);
    if (!result)
        result = put_terms(office, terms, rev);
    if (result)
        return office_failed(office->sql, result, error);
    return strcmp(frame->kind, "gift") == 0 ? put_rule(office, terms, frame, error) : 0;
}

int campaigns_stop(struct office *office, const char *id, struct error *error)
{
    char name[RULE_NAME_SIZE];
    int64_t gift = 0;
    int result = sql_number(office->sql, &gift,
                            "UPDATE campaign SET stopped_us = ?2 WHERE id = ?1 AND stopped_us IS NULL RETURNING"
                            " CASE WHEN kind = 'gift' THEN 1 ELSE 0 END",
                            sql_text(id), sql_int(office->now_us));
    if (result == -ENOENT)
        return error_set(error, result, "there is no campaign \"%s\" that could be stopped", id);
    if (!result)
        result = end_terms(office, id);
    if (result)
        return office_failed(office->sql, result, error);
    snprintf(name, sizeof(name), RULE_OF, id);
    return gift ? rules_switch(office, name, false, error) : 0;
}

/* ---------------------------------------------------------------- loading */

#define TERMS                                                                                                          \
    "SELECT c.id, c.kind, t.rev, t.english, t.chinese, t.benefit, t.value, t.threshold, t.by_pieces, t.again,"         \
    " t.cap_minor, t.begins_us, t.ends_us, t.priority, t.platform_rate, t.currency, t.exclusive, t.segments, t.shops," \
    " t.skus FROM campaign c JOIN campaign_terms t ON t.campaign = c.id WHERE "

static size_t index_of(const char *const *words, const char *word)
{
    size_t i = 0;
    while (words[i] && strcmp(words[i], word) != 0)
        i++;
    return words[i] ? i : 0;
}

static void read_terms(struct sql_query *row, struct pricing_campaign *out)
{
    *out = (struct pricing_campaign){
        .kind = (enum pricing_kind)index_of(pricing_kinds, sql_get_text(row, 1)),
        .rev = sql_get_int(row, 2),
        .benefit = (enum pricing_benefit)index_of(pricing_benefits, sql_get_text(row, 5)),
        .value = sql_get_int(row, 6),
        .threshold = sql_get_int(row, 7),
        .by_pieces = sql_get_int(row, 8) != 0,
        .again = sql_get_int(row, 9) != 0,
        .cap_minor = sql_get_int(row, 10),
        .begins_us = sql_get_int(row, 11),
        .ends_us = sql_get_int(row, 12),
        .priority = sql_get_int(row, 13),
        .platform_rate = sql_get_int(row, 14),
    };
    sql_copy_text(row, 0, out->id, sizeof(out->id));
    sql_copy_text(row, 3, out->english, sizeof(out->english));
    sql_copy_text(row, 4, out->chinese, sizeof(out->chinese));
    sql_copy_text(row, 15, out->currency, sizeof(out->currency));
    sql_copy_text(row, 16, out->exclusive, sizeof(out->exclusive));
    sql_copy_text(row, 17, out->segments, sizeof(out->segments));
    sql_copy_text(row, 18, out->shops, sizeof(out->shops));
    sql_copy_text(row, 19, out->skus, sizeof(out->skus));
}

/* Takes the query over. */
static int read_all(struct office *office, struct sql_query *row, struct campaigns *out, struct error *error)
{
    size_t room = 0;
    int result = 0;
    while (!result && sql_next(row)) {
        if (out->count == room) {
            room = room > 0 ? room * 2 : 16;
            void *list = reallocarray(out->list, room, sizeof(*out->list));
            if (!list)
                result = -ENOMEM;
            else
                out->list = list;
        }
        if (!result)
            read_terms(row, &out->list[out->count++]);
    }
    int failed = sql_done(row);
    if (!result && !failed && out->count > CAMPAIGNS_MAX)
        return error_set(error, -E2BIG, "more than %d campaigns run: stop some", CAMPAIGNS_MAX);
    return result || failed ? office_failed(office->sql, result ? result : failed, error) : 0;
}

int campaigns_load(struct office *office, int64_t at_us, const char *member, const char *order, struct campaigns *ret,
                   struct error *error)
{
    static const char running[] = TERMS
        "c.kind <> 'gift' AND t.since_us <= ?1 AND (t.until_us IS NULL OR t.until_us > ?1) AND t.begins_us <= ?1 AND"
        " (t.ends_us = 0 OR t.ends_us > ?1) AND CASE WHEN ?3 <> '' THEN (c.limit_all = 0 AND c.limit_person = 0) OR"
        " EXISTS (SELECT 1 FROM campaign_use u WHERE u.campaign = c.id AND u.number = ?3) ELSE (c.limit_all = 0 OR"
        " (SELECT count(*) FROM campaign_use u WHERE u.campaign = c.id AND u.dropped = 0) < c.limit_all) AND"
        " (c.limit_person = 0 OR (?2 <> '' AND (SELECT count(*) FROM campaign_use u WHERE u.campaign = c.id AND"
        " u.member = ?2 AND u.dropped = 0) < c.limit_person)) END ORDER BY c.id";
    *ret = (struct campaigns){0};
    return read_all(office, sql_select(office->sql, running, sql_int(at_us), sql_text(member), sql_text(order)), ret,
                    error);
}

int campaigns_find(struct office *office, const char *id, struct campaigns *ret, struct error *error)
{
    *ret = (struct campaigns){0};
    int result =
        read_all(office, sql_select(office->sql, TERMS "c.id = ?1 AND t.rev = c.rev", sql_text(id)), ret, error);
    return !result && ret->count == 0 ? error_set(error, -ENOENT, "there is no campaign \"%s\"", id) : result;
}

void campaigns_done(struct campaigns *campaigns)
{
    free(campaigns->list);
    *campaigns = (struct campaigns){0};
}
