/* What head office is asked about rules of one's own, and whom to be careful with. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/orders/exceptions.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/orders/rules.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TRIED_MAX 10000
#define TOLD_MAX  20

struct fields {
    char name[RULE_NAME_SIZE], kind[8], result[RULE_RESULT_SIZE], conditions[8000], order[ORDERS_NUMBER_SIZE];
    int64_t priority, pieces, cap, id;
    bool active;
    char field[16], value[257], why[257];
};

#define TEXT(member)    OPTION_TEXT_AT(struct fields, member)
#define PRIVATE(member) OPTION_PRIVATE_AT(struct fields, member)
#define NUMBER(member)  OPTION_NUMBER_AT(struct fields, member)
#define NAME                                                                                                           \
    {                                                                                                                  \
        "name", TEXT(name), .help = "the rule's name, for people"                                                      \
    }

static const struct option_def put_fields[] = {
    NAME,
    {"kind", OPTION_CHOICE_AT(struct fields, kind), .choices = RULE_KINDS, .help = "what it does with an order"},
    {"result", TEXT(result), .fallback = "",
     .help = "hold: what people are told; carrier: who carries it; gift: which item; site: which site does it"},
    {"priority", NUMBER(priority), .fallback = "0", .min = 0, .max = 1000000, .help = "the highest is looked at first"},
    {"active", OPTION_FLAG_AT(struct fields, active), .fallback = "yes", .help = "whether it is looked at"},
    {"pieces", NUMBER(pieces), .fallback = "1", .min = 1, .max = 1000, .help = "of a gift, to one order"},
    {"cap", NUMBER(cap), .fallback = "0", .min = 0, .max = 1000000000, .help = "of a gift, in all; 0: no end"},
    {"conditions", TEXT(conditions), .fallback = "[]",
     .help = "a list of {\"field\", \"operator\", \"value\"}, all of which must hold; values are set apart by |"},
    {0}};
static const struct option_def name_fields[] = {NAME, {0}};
static const struct option_def switch_fields[] = {
    NAME, {"active", OPTION_FLAG_AT(struct fields, active), .help = "whether it is looked at"}, {0}};
static const struct option_def test_fields[] = {
    NAME,
    {"order", TEXT(order), .fallback = "", .help = "on this order; left out: on all that are not with a site yet"},
    {0}};
static const struct option_def listed_fields[] = {
    {"field", OPTION_CHOICE_AT(struct fields, field), .choices = "phone|name|buyer|address",
     .help = "what is compared"},
    {"value", PRIVATE(value), .help = "the whole of it; of an address: words that stand in it"},
    {"why", TEXT(why), .fallback = "", .help = "why, for people"},
    {0}};

static const struct option_def unlisted_fields[] = {
    {"field", OPTION_CHOICE_AT(struct fields, field), .fallback = "phone", .choices = "phone|name|buyer|address",
     .help = "what is compared"},
    {"value", PRIVATE(value), .fallback = "", .help = "the whole of it, or nothing where its number is said"},
    {"id", NUMBER(id), .fallback = "0", .min = 0, .max = INT64_MAX, .help = "its number in the list blacklist"},
    {0}};

static int put(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct rule *rule = calloc(1, sizeof(*rule));
    json_t *conditions = json_loads(*fields->conditions ? fields->conditions : "[]", 0, NULL);
    int result = rule ? conditions ? 0 : error_set(error, -EINVAL, "\"conditions\" is no JSON")
                      : error_set(error, -ENOMEM, "there is no memory");
    if (!result) {
        text_copy(rule->name, sizeof(rule->name), fields->name);
        text_copy(rule->kind, sizeof(rule->kind), fields->kind);
        text_copy(rule->result, sizeof(rule->result), fields->result);
        rule->priority = fields->priority;
        rule->active = fields->active;
        rule->pieces = fields->pieces;
        rule->cap = fields->cap;
        result = *rule->name ? rules_put(call->office, rule, conditions, error)
                             : error_set(error, -EINVAL, "a rule needs a name");
    }
    json_decref(conditions);
    free(rule);
    json_text(call->answer, "name", fields->name);
    return result;
}

static int switch_rule(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "name", fields->name);
    json_bool(call->answer, "active", fields->active);
    return rules_switch(call->office, fields->name, fields->active, error);
}

static int remove_rule(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "name", fields->name);
    return rules_remove(call->office, fields->name, error);
}

/* ---------------------------------------------------------------- trying */

struct trial {
    struct verb_call *call;
    const struct rule *rule;
    int64_t offset_min, looked, held;
};

static int try_order(struct trial *trial, const char *number)
{
    CLEANUP_FACTS struct facts facts = {0};
    int result = facts_load(trial->call->office, number, trial->offset_min, &facts);
    if (result)
        return result;
    bool holds = rule_holds(trial->rule, &facts);
    trial->looked++;
    trial->held += holds;
    if (holds && trial->held <= TOLD_MAX)
        json_text(trial->call->answer, NULL, number);
    return 0;
}

/* Which of one order's conditions hold. */
static int try_conditions(struct trial *trial, const char *number)
{
    struct buf *answer = trial->call->answer;
    CLEANUP_FACTS struct facts facts = {0};
    int result = facts_load(trial->call->office, number, trial->offset_min, &facts);
    json_open_array(answer, "conditions");
    for (size_t i = 0; i < trial->rule->condition_count && !result; i++) {
        const struct fact_condition *condition = &trial->rule->conditions[i];
        json_open_object(answer, NULL);
        json_text(answer, "field", condition->field->name);
        json_text(answer, "operator", condition->operator->name);
        json_text(answer, "value", condition->value);
        json_bool(answer, "holds", fact_condition_holds(condition, &facts));
        json_close_object(answer);
    }
    json_close_array(answer);
    return result;
}

static int try_orders(struct trial *trial, const char *number)
{
    json_open_array(trial->call->answer, "orders");
    struct sql_query *row =
        sql_select(trial->call->office->sql,
                   "SELECT number FROM orders WHERE number = ?1 OR (?1 = '' AND state IN ('audit', 'exception',"
                   " 'reserved')) ORDER BY priority DESC, coalesce(paid_us, imported_us), number LIMIT ?2",
                   sql_text(number), sql_int(TRIED_MAX));
    int result = 0;
    while (!result && sql_next(row))
        result = try_order(trial, sql_get_text(row, 0));
    int failed = sql_done(row);
    json_close_array(trial->call->answer);
    return result ? result : failed;
}

static int test(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct settings settings;
    struct rule *rule = NULL;
    int64_t hits = 0, given = 0;
    int result = settings_load(call->office, &settings, error);
    if (!result)
        result = rules_find(call->office, fields->name, &rule, error);
    if (result)
        return result;
    struct trial trial = {.call = call, .rule = rule, .offset_min = settings.utc_offset_min};
    result = try_orders(&trial, fields->order);
    if (!result && *fields->order && trial.looked == 0)
        result = error_set(error, -ENOENT, "there is no order \"%s\"", fields->order);
    else if (!result && *fields->order)
        result = try_conditions(&trial, fields->order);
    if (!result)
        result =
            sql_number(call->office->sql, &hits, "SELECT count(*) FROM rule_hit WHERE rule = ?1", sql_int(rule->id));
    if (!result)
        result = sql_number(call->office->sql, &given, "SELECT coalesce(sum(pieces), 0) FROM rule_hit WHERE rule = ?1",
                            sql_int(rule->id));
    json_text(call->answer, "name", rule->name);
    json_int(call->answer, "looked", trial.looked);
    json_int(call->answer, "matched", trial.held);
    json_int(call->answer, "hits", hits);
    json_int(call->answer, "given", given);
    free(rule);
    return !result || *error->text ? result : office_failed(call->office->sql, result, error);
}

/* ---------------------------------------------------------------- the blacklist */

/* Buyers' names stand in orders as platforms write them. */
static struct sql_value value_of(const struct fields *fields)
{
    return strcmp(fields->field, "buyer") == 0 ? sql_text(fields->value) : sql_masked(fields->value);
}

static int list(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    if (!*fields->value)
        return error_set(error, -EINVAL, "\"value\" is empty: it would be good for everybody");
    int result = sql_run(call->office->sql,
                         "INSERT INTO blacklist (field, value, why, added_us, added_by, id) VALUES (?1, ?2, ?3, ?4, ?5,"
                         " (SELECT coalesce(max(b.id), 0) + 1 FROM blacklist b)) ON CONFLICT (field, value) DO UPDATE "
                         "SET why = excluded.why",
                         sql_text(fields->field), value_of(fields), sql_text(fields->why),
                         sql_int(call->office->now_us), sql_text(call->who));
    json_text(call->answer, "field", fields->field);
    json_text(call->answer, "value", fields->value);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

static int unlist(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    if ((fields->id == 0) == !*fields->value)
        return error_set(error, -EINVAL, "say the field and the whole value, or the number that the list has");
    int result = sql_run(call->office->sql,
                         "DELETE FROM blacklist WHERE (?3 = 0 AND field = ?1 AND value = ?2) OR (?3 > 0 AND id = ?3)",
                         sql_text(fields->field), value_of(fields), sql_int(fields->id));
    json_int(call->answer, "removed", sql_changes(call->office->sql));
    result = office_changed(call->office->sql, result, "such entry", fields->value, error);
    return result ? result : exceptions_look_again_at(call->office, "blacklist", NULL, error);
}

const struct office_verb rule_verbs[] = {
    VERB("rule.put", put_fields, put, "Make a rule about orders, or change it", "新增或修改订单规则"),
    VERB("rule.switch", switch_fields, switch_rule, "Turn a rule on or off", "启用或停用规则"),
    VERB("rule.remove", name_fields, remove_rule, "Forget a rule and its hits", "删除规则"),
    VERB("rule.test", test_fields, test, "Look which orders a rule would be good for", "试算规则命中的订单"),
    VERB("blacklist.add", listed_fields, list, "Hold every order of a person or address", "加入黑名单"),
    VERB("blacklist.remove", unlisted_fields, unlist, "Take somebody off the blacklist", "移出黑名单"),
    {0},
};
