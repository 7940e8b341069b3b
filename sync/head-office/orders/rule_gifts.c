/* Gifts: what rules add to orders. */
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/rules.h"
#include "sync/head-office/stock/promises.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Who gives of a gift that has a cap waits for whoever does so too, always in the same order. */
static int lock_caps(struct office *office)
{
    struct sql_query *row = sql_select(
        office->sql, "SELECT id FROM rule WHERE kind = 'gift' AND cap IS NOT NULL ORDER BY id" SQL_FOR_UPDATE,
        SQL_NO_VALUES);
    while (sql_next(row))
        ;
    return sql_done(row);
}

/* What was given to orders that were closed before a site had them can be given again. */
static int load_given(struct office *office, const struct rule *rule, int64_t *ret)
{
    return sql_number(office->sql, ret,
                      "SELECT coalesce(sum(h.pieces), 0) FROM rule_hit h JOIN orders o USING (number) WHERE h.rule = ?1"
                      " AND NOT (o.state = 'closed' AND o.replaced = 0 AND o.site IS NULL)",
                      sql_int(rule->id));
}

static int is_left(struct office *office, const struct rule *rule, int64_t silent_hours, bool *ret)
{
    int64_t given = 0, sum, most;
    int result = rule->cap > 0 ? load_given(office, rule, &given) : 0;
    if (!result)
        result = promises_there(office, rule->result, silent_hours, &sum, &most);
    *ret = !result && most >= rule->pieces && (rule->cap == 0 || given + rule->pieces <= rule->cap);
    return result;
}

static int add_line(struct office *office, const struct rule *rule, const char *number, struct error *error)
{
    char note[RULE_NAME_SIZE + RULE_RESULT_SIZE + 32];
    int64_t line;
    int result = sql_number(office->sql, &line,
                            "INSERT INTO order_line (number, line, sku, quantity, title, gift) SELECT ?1,"
                            " (SELECT coalesce(max(line), 0) + 1 FROM order_line WHERE number = ?1), sku, ?3, name, 1"
                            " FROM item WHERE sku = ?2 RETURNING line",
                            sql_text(number), sql_text(rule->result), sql_int(rule->pieces));
    if (!result)
        result =
            sql_run(office->sql,
                    "INSERT INTO rule_hit (rule, number, time_us, line, pieces) VALUES (?1, ?2, ?3, ?4, ?5)"
                    " ON CONFLICT (rule, number) DO UPDATE SET line = excluded.line, pieces = excluded.pieces",
                    sql_int(rule->id), sql_text(number), sql_int(office->now_us), sql_int(line), sql_int(rule->pieces));
    if (result)
        return office_failed(office->sql, result, error);
    snprintf(note, sizeof(note), "%s: %" PRId64 " %s", rule->name, rule->pieces, rule->result);
    return order_life_note(office, number, "gift", "", note, error);
}

/* It has it already, line and all. */
static int was_given(struct office *office, const struct rule *rule, const char *number, bool *ret)
{
    int64_t lines;
    int result = sql_number(office->sql, &lines,
                            "SELECT count(*) FROM rule_hit h JOIN order_line l ON l.number = h.number AND l.line ="
                            " h.line WHERE h.rule = ?1 AND h.number = ?2 AND l.gift = 1",
                            sql_int(rule->id), sql_text(number));
    *ret = lines > 0;
    return result;
}

static int give(struct office *office, const struct settings *settings, const struct rule *rule, const char *number,
                struct error *error)
{
    bool given = true, left = false;
    int result = was_given(office, rule, number, &given);
    if (!result && !given)
        result = is_left(office, rule, settings->silent_hours, &left);
    if (result)
        return office_failed(office->sql, result, error);
    return left ? add_line(office, rule, number, error) : 0;
}

int rules_give(struct office *office, const struct settings *settings, const struct rules *rules, const char *number,
               struct error *error)
{
    if (!rules_have(rules, "gift"))
        return 0;
    int64_t sold = 0;
    CLEANUP_FACTS struct facts facts = {0};
    int result = lock_caps(office);
    if (!result)
        result = sql_number(office->sql, &sold,
                            "SELECT count(*) FROM orders WHERE number = ?1 AND origin = 'sale' AND state = 'audit'",
                            sql_text(number));
    if (!result && sold > 0)
        result = facts_load(office, number, settings->utc_offset_min, &facts);
    if (result)
        return office_failed(office->sql, result, error);
    const struct rule *rule = NULL;
    while (!result && sold > 0 && (rule = rules_next(rules, "gift", rule, &facts)))
        result = give(office, settings, rule, number, error);
    return result;
}

int rules_take_back(struct office *office, const char *number, bool *ret_any)
{
    int result = sql_run(office->sql,
                         "DELETE FROM order_line WHERE number = ?1 AND gift = 1 AND line IN (SELECT line FROM rule_hit"
                         " WHERE number = ?1)",
                         sql_text(number));
    *ret_any = !result && sql_changes(office->sql) > 0;
    if (result || !*ret_any)
        return result;
    return sql_run(office->sql, "DELETE FROM rule_hit WHERE number = ?1 AND line IS NOT NULL", sql_text(number));
}
