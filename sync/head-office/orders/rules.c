#include "sync/head-office/orders/rules.h"

#include "base/text.h"
#include "sync/head-office/orders/exceptions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- as they are kept */

/* id, name, kind, priority, active, result, pieces, cap of a row. */
#define COLUMNS "id, name, kind, priority, active, result, pieces, coalesce(cap, 0)"

static struct rule *read_rule(struct sql_query *row)
{
    struct rule *rule = calloc(1, sizeof(*rule));
    if (!rule)
        return NULL;
    rule->id = sql_get_int(row, 0);
    sql_copy_text(row, 1, rule->name, sizeof(rule->name));
    sql_copy_text(row, 2, rule->kind, sizeof(rule->kind));
    rule->priority = sql_get_int(row, 3);
    rule->active = sql_get_int(row, 4) != 0;
    sql_copy_text(row, 5, rule->result, sizeof(rule->result));
    rule->pieces = sql_get_int(row, 6);
    rule->cap = sql_get_int(row, 7);
    return rule;
}

/* A condition of another version, which nobody understands, holds for nothing: the rule is not good for anything then.
 */
static int read_conditions(struct office *office, struct rule *rule)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT field, operator, value FROM rule_condition WHERE rule = ?1 ORDER BY place",
                   sql_int(rule->id));
    while (rule->condition_count < RULE_CONDITIONS_MAX && sql_next(row)) {
        struct error stale;
        if (fact_condition_make(sql_get_text(row, 0), sql_get_text(row, 1), sql_get_text(row, 2),
                                &rule->conditions[rule->condition_count++], &stale) != 0)
            rule->active = false;
    }
    return sql_done(row);
}

void rules_done(struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        free(rules->list[i]);
    free(rules->list);
    *rules = (struct rules){0};
}

int rules_load(struct office *office, struct rules *ret, struct error *error)
{
    *ret = (struct rules){.list = calloc(RULES_MAX, sizeof(struct rule *))};
    struct sql_query *row =
        sql_select(office->sql, "SELECT " COLUMNS " FROM rule WHERE active = 1 ORDER BY priority DESC, name LIMIT ?1",
                   sql_int(RULES_MAX));
    bool fits = ret->list != NULL;
    while (fits && sql_next(row)) {
        ret->list[ret->count] = read_rule(row);
        fits = ret->list[ret->count] != NULL;
        ret->count += fits;
    }
    int result = sql_done(row);
    if (!fits)
        result = -ENOMEM;
    for (size_t i = 0; i < ret->count && !result; i++)
        result = read_conditions(office, ret->list[i]);
    int64_t listed = 0;
    if (!result)
        result = sql_number(office->sql, &listed, "SELECT count(*) FROM (SELECT 1 FROM blacklist LIMIT 1) anybody",
                            SQL_NO_VALUES);
    ret->blacklist = listed > 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

int rules_find(struct office *office, const char *name, struct rule **ret, struct error *error)
{
    struct sql_query *row = sql_select(office->sql, "SELECT " COLUMNS " FROM rule WHERE name = ?1", sql_text(name));
    bool found = sql_next(row);
    struct rule *rule = found ? read_rule(row) : NULL;
    int result = sql_done(row);
    if (!result && !found)
        return error_set(error, -ENOENT, "there is no rule \"%s\"", name);
    if (!result)
        result = rule ? read_conditions(office, rule) : -ENOMEM;
    if (result) {
        free(rule);
        return office_failed(office->sql, result, error);
    }
    *ret = rule;
    return 0;
}

/* ---------------------------------------------------------------- which hold */

bool rule_holds(const struct rule *rule, const struct facts *facts)
{
    for (size_t i = 0; i < rule->condition_count; i++)
        if (!fact_condition_holds(&rule->conditions[i], facts))
            return false;
    return true;
}

bool rules_have(const struct rules *rules, const char *kind)
{
    for (size_t i = 0; i < rules->count; i++)
        if (strcmp(rules->list[i]->kind, kind) == 0)
            return true;
    return false;
}

const struct rule *rules_next(const struct rules *rules, const char *kind, const struct rule *after,
                              const struct facts *facts)
{
    size_t i = 0;
    while (after && i < rules->count && rules->list[i++] != after)
        ;
    for (; i < rules->count; i++) {
        const struct rule *rule = rules->list[i];
        if (rule->active && strcmp(rule->kind, kind) == 0 && rule_holds(rule, facts))
            return rule;
    }
    return NULL;
}

int rules_hit(struct office *office, const struct rule *rule, const char *number)
{
    return sql_run(office->sql,
                   "INSERT INTO rule_hit (rule, number, time_us) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                   sql_int(rule->id), sql_text(number), sql_int(office->now_us));
}

/* ---------------------------------------------------------------- what people say */

/* What the rule says must be something: an item, a site, a carrier. */
static int check_result(struct office *office, const struct rule *rule, struct error *error)
{
    static const struct {
        const char *kind, *question, *what;
    } results[] = {
        {"carrier", "SELECT 1 WHERE ?1 <> ''", "carrier"},
        {"gift", "SELECT 1 FROM item WHERE sku = ?1", "item"},
        {"site", "SELECT 1 FROM site WHERE id = ?1", "site"},
    };
    for (size_t i = 0; i < COUNT(results); i++) {
        int64_t found;
        if (strcmp(results[i].kind, rule->kind) != 0)
            continue;
        const struct sql_value values[] = {sql_text(rule->result), {0}};
        int result = sql_number_values(office->sql, &found, results[i].question, values);
        if (result == -ENOENT)
            return error_set(error, -ENOENT, "there is no %s \"%s\" that the rule could choose", results[i].what,
                             rule->result);
        return result ? office_failed(office->sql, result, error) : 0;
    }
    return 0;
}

static int put_condition(struct office *office, int64_t rule, size_t place, const json_t *row, struct error *error)
{
    struct fact_condition condition;
    const char *field = json_string_value(json_object_get(row, "field"));
    const char *operator= json_string_value(json_object_get(row, "operator"));
    const json_t *given = json_object_get(row, "value");
    char number[24] = "";
    if (json_is_integer(given))
        snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(given));
    const char *value = json_is_integer(given) ? number : json_string_value(given);
    if (!field || !operator|| !value)
        return error_set(error, -EINVAL,
                         "a condition is an object of \"field\", \"operator\" and \"value\", and the %zu. is not",
                         place + 1);
    int result = fact_condition_make(field, operator, value, &condition, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "INSERT INTO rule_condition (rule, place, field, operator, value) VALUES (?1, ?2, ?3, ?4, ?5)",
                     sql_int(rule), sql_int((int64_t)place), sql_text(field), sql_text(operator), sql_text(value));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int put_conditions(struct office *office, int64_t rule, const json_t *conditions, struct error *error)
{
    if (conditions && !json_is_array(conditions))
        return error_set(error, -EINVAL, "the conditions are no list");
    if (json_array_size(conditions) > RULE_CONDITIONS_MAX)
        return error_set(error, -EINVAL, "a rule has %d conditions at most: make two of it", RULE_CONDITIONS_MAX);
    int result = sql_run(office->sql, "DELETE FROM rule_condition WHERE rule = ?1", sql_int(rule));
    if (result)
        return office_failed(office->sql, result, error);
    for (size_t i = 0; i < json_array_size(conditions) && !result; i++)
        result = put_condition(office, rule, i, json_array_get(conditions, i), error);
    return result;
}

/* Orders that were held by it, or for want of one of its kind, are looked at again. */
static int look_again(struct office *office, const char *kind, const char *name, struct error *error)
{
    static const struct {
        const char *kind, *exception;
    } wants[] = {{"carrier", "carrier"}, {"site", "short"}};
    int result = exceptions_look_again_at(office, "rule", name, error);
    for (size_t i = 0; i < COUNT(wants) && !result; i++)
        if (strcmp(wants[i].kind, kind) == 0)
            result = exceptions_look_again_at(office, wants[i].exception, NULL, error);
    return result;
}

int rules_put(struct office *office, const struct rule *rule, const json_t *conditions, struct error *error)
{
    int64_t id, count;
    int result = check_result(office, rule, error);
    if (result)
        return result;
    result = sql_number(office->sql, &id,
                        "INSERT INTO rule (name, kind, priority, active, result, pieces, cap) VALUES (?1, ?2, ?3, ?4,"
                        " ?5, ?6, ?7) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, priority ="
                        " excluded.priority, active = excluded.active, result = excluded.result, pieces ="
                        " excluded.pieces, cap = excluded.cap RETURNING id",
                        sql_text(rule->name), sql_text(rule->kind), sql_int(rule->priority), sql_int(rule->active),
                        sql_text(rule->result), sql_int(rule->pieces), sql_ref(rule->cap));
    if (!result)
        result = sql_number(office->sql, &count, "SELECT count(*) FROM rule", SQL_NO_VALUES);
    if (result)
        return office_failed(office->sql, result, error);
    if (count > RULES_MAX)
        return error_set(error, -E2BIG, "there are %d rules: remove one first", RULES_MAX);
    result = put_conditions(office, id, conditions, error);
    return result ? result : look_again(office, rule->kind, rule->name, error);
}

int rules_switch(struct office *office, const char *name, bool active, struct error *error)
{
    struct rule *rule = NULL;
    int result = rules_find(office, name, &rule, error);
    if (result)
        return result;
    result = sql_run(office->sql, "UPDATE rule SET active = ?2 WHERE id = ?1", sql_int(rule->id), sql_int(active));
    result = result ? office_failed(office->sql, result, error) : look_again(office, rule->kind, name, error);
    free(rule);
    return result;
}

static int forget(struct office *office, const struct rule *rule)
{
    int result = sql_run(office->sql, "DELETE FROM rule_hit WHERE rule = ?1", sql_int(rule->id));
    if (!result)
        result = sql_run(office->sql, "DELETE FROM rule_condition WHERE rule = ?1", sql_int(rule->id));
    return result ? result : sql_run(office->sql, "DELETE FROM rule WHERE id = ?1", sql_int(rule->id));
}

int rules_remove(struct office *office, const char *name, struct error *error)
{
    struct rule *rule = NULL;
    int result = rules_find(office, name, &rule, error);
    if (result)
        return result;
    result = forget(office, rule);
    result = result ? office_failed(office->sql, result, error) : look_again(office, rule->kind, name, error);
    free(rule);
    return result;
}
