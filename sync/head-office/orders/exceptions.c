#include "sync/head-office/orders/exceptions.h"

#include "sync/head-office/orders/exceptions_checks.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/order_split.h"
#include "sync/head-office/stock/promises.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct exception_kind exception_kinds[] = {
    {"unmapped", "it is not known which item is meant", "商品未匹配", "map the platform's item to a SKU",
     "将平台商品匹配到 SKU", false},
    {"hold", "the platform holds it back", "平台暂缓发货", "the platform lets it go", "等待平台解除", false},
    {"refund", "a refund is asked for", "退款处理中", "the refund is settled or withdrawn", "退款完成或撤销", false},
    {"address", "the receiver is not complete", "收货信息不完整", "correct the receiver, or confirm it",
     "修改收货信息或确认无误", true},
    {"amount", "what was paid does not add up, or is a lot", "金额异常", "confirm the amount", "确认金额", true},
    {"blacklist", "the buyer, receiver or address is on the blacklist", "黑名单", "confirm that it may be sent",
     "确认可以发货", true},
    {"merge", "there is another order to this receiver", "可合并订单", "merge them, or confirm this one alone",
     "合并订单或确认单独发货", true},
    {"rule", "a rule of your own holds it", "自定义规则", "confirm it", "人工确认", true},
    {"short", "no site has all of it", "库存不足", "stock comes in, or it is split", "补货或拆单", false},
    {"carrier", "nobody is chosen to carry it", "未匹配到快递", "choose a carrier, or make a rule that does",
     "指定快递或新增快递规则", false},
    {"unfit", "a site cannot be told it as it is", "无法下发", "it is corrected, and checked again", "修正后重新审核",
     false},
    {0},
};

const struct exception_kind *exception_kind_find(const char *name)
{
    for (const struct exception_kind *kind = exception_kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

#define HOUR_US INT64_C(3600000000)

struct audit {
    struct office *office;
    const struct settings *settings;
    const struct rules *rules;
    struct facts facts; /* for rules, where there are any */
    const char *number;
    int64_t open; /* exceptions that stood before, and in the end those that do */
    bool raised;  /* there may be one more */
};

/* Unless a person confirmed the very same. One that stands already goes on standing, for what is wrong now. */
static int raise(struct audit *audit, const char *kind, const char *rule, const char *detail)
{
    struct sql *sql = audit->office->sql;
    const struct sql_value number = sql_text(audit->number), now = sql_int(audit->office->now_us),
                           said = strcmp(kind, "blacklist") == 0 ? sql_secret(detail) : sql_text(detail);
    audit->raised = true;
    if (audit->open > 0) {
        int result = sql_run(sql,
                             "UPDATE exception SET detail = ?4 WHERE number = ?1 AND kind = ?2 AND rule = ?3"
                             " AND released_us IS NULL",
                             number, sql_text(kind), sql_text(rule), said);
        if (result || sql_changes(sql) > 0)
            return result;
    }
    return sql_post(sql,
                    "INSERT INTO exception (number, kind, rule, detail, raised_us) SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT"
                    " EXISTS (SELECT 1 FROM exception WHERE number = ?1 AND kind = ?2 AND rule = ?3 AND detail = ?4"
                    " AND released_by <> '')",
                    number, sql_text(kind), sql_text(rule), said, now);
}

static int count_open(struct audit *audit)
{
    return sql_number(audit->office->sql, &audit->open,
                      "SELECT count(*) FROM exception WHERE number = ?1 AND released_us IS NULL",
                      sql_text(audit->number));
}

/* It is not so any more, if it was. */
static int cure(struct audit *audit, const char *kind)
{
    if (audit->open == 0)
        return 0;
    return sql_post(audit->office->sql,
                    "UPDATE exception SET released_us = ?3 WHERE number = ?1 AND kind = ?2 AND released_us IS NULL",
                    sql_text(audit->number), sql_text(kind), sql_int(audit->office->now_us));
}

/* ---------------------------------------------------------------- what is looked at */

/* What is wrong is raised, and what is not any more is cured. */
static int look(struct audit *audit)
{
    unsigned wrong = 0;
    struct sql_query *row = sql_select(audit->office->sql, exceptions_question, sql_text(audit->number),
                                       sql_int(audit->settings->amount_limit_minor));
    int result = 0;
    while (!result && sql_next(row)) {
        const char *detail = sql_get_text(row, 1);
        size_t kind = 0;
        while (strcmp(exceptions_asked[kind], sql_get_text(row, 0)) != 0)
            kind++;
        if (*detail == '\n' && !exceptions_address_is_short(detail))
            continue;
        wrong |= 1U << kind;
        result = raise(audit, exceptions_asked[kind], "", *detail == '\n' ? "address" : detail);
    }
    int failed = sql_done(row);
    if (!result)
        result = failed;
    for (size_t kind = 0; exceptions_asked[kind] && !result; kind++)
        if (!(wrong & 1U << kind))
            result = cure(audit, exceptions_asked[kind]);
    return result;
}

/* A check of its own: asked where it can find anything at all. */
static int look_for(struct audit *audit, const char *kind, bool asked, struct sql_query *(*ask)(struct audit *audit))
{
    char detail[EXCEPTION_DETAIL_SIZE];
    if (!asked)
        return cure(audit, kind);
    struct sql_query *row = ask(audit);
    bool found = sql_next(row);
    if (found)
        sql_copy_text(row, 0, detail, sizeof(detail));
    int result = sql_done(row);
    if (result)
        return result;
    return found ? raise(audit, kind, "", detail) : cure(audit, kind);
}

static struct sql_query *ask_blacklist(struct audit *audit)
{
    return sql_select(audit->office->sql, exceptions_blacklist_question, sql_text(audit->number));
}

/* Words of an address, of which the database knows none. */
static int find_listed_address(struct audit *audit, char ret_detail[EXCEPTION_DETAIL_SIZE])
{
    struct sql_query *row = sql_select(audit->office->sql, exceptions_listed_addresses, sql_text(audit->number));
    *ret_detail = '\0';
    while (!*ret_detail && sql_next(row))
        if (strstr(sql_get_text(row, 1), sql_get_text(row, 0)))
            snprintf(ret_detail, EXCEPTION_DETAIL_SIZE, "address %s", sql_get_text(row, 0));
    return sql_done(row);
}

static int look_at_blacklist(struct audit *audit)
{
    char detail[EXCEPTION_DETAIL_SIZE] = "";
    int result = audit->rules->blacklist ? find_listed_address(audit, detail) : 0;
    if (result)
        return result;
    return *detail ? raise(audit, "blacklist", "", detail)
                   : look_for(audit, "blacklist", audit->rules->blacklist, ask_blacklist);
}

static struct sql_query *ask_merge(struct audit *audit)
{
    return sql_select(audit->office->sql, exceptions_merge_question, sql_text(audit->number),
                      sql_int(audit->settings->merge_hours * HOUR_US));
}

/* ---------------------------------------------------------------- rules of one's own */

/* An exception for every rule that holds the order back; those of rules that do so no more are gone. */
static int hold_by_rules(struct audit *audit)
{
    struct sql *sql = audit->office->sql;
    const struct rule *rule = NULL;
    int result =
        audit->open == 0
            ? 0
            : sql_run(sql,
                      "UPDATE exception SET released_us = ?2 WHERE number = ?1 AND kind = 'rule' AND released_us"
                      " IS NULL AND rule NOT IN (SELECT name FROM rule WHERE active = 1 AND kind = 'hold')",
                      sql_text(audit->number), sql_int(audit->office->now_us));
    for (size_t i = 0; i < audit->rules->count && !result; i++) {
        rule = audit->rules->list[i];
        if (!rule->active || strcmp(rule->kind, "hold") != 0)
            continue;
        if (rule_holds(rule, &audit->facts)) {
            result = rules_hit(audit->office, rule, audit->number);
            result = result ? result : raise(audit, "rule", rule->name, rule->result);
        } else if (audit->open > 0)
            result = sql_run(sql,
                             "UPDATE exception SET released_us = ?3 WHERE number = ?1 AND kind = 'rule' AND rule = ?2"
                             " AND released_us IS NULL",
                             sql_text(audit->number), sql_text(rule->name), sql_int(audit->office->now_us));
    }
    return result;
}

/* Which site alone may do it; NULL: any. */
static int choose_site(struct audit *audit)
{
    const struct rule *rule = rules_next(audit->rules, "site", NULL, &audit->facts);
    int result = rule ? rules_hit(audit->office, rule, audit->number) : 0;
    if (result)
        return result;
    if (!rule)
        return sql_post(audit->office->sql,
                        "UPDATE orders SET only_site = NULL WHERE number = ?1 AND only_site IS NOT NULL",
                        sql_text(audit->number));
    result = sql_run(audit->office->sql,
                     "UPDATE orders SET only_site = ?2 WHERE number = ?1 AND only_site IS DISTINCT FROM ?2",
                     sql_text(audit->number), sql_text(rule->result));
    if (result || sql_changes(audit->office->sql) == 0)
        return result;
    /* what was promised elsewhere is given back */
    return sql_run(audit->office->sql, "DELETE FROM reservation WHERE number = ?1 AND site <> ?2",
                   sql_text(audit->number), sql_text(rule->result));
}

/* What a rule chose, another may choose anew: the order may have become another. */
static int load_carrier(struct audit *audit, bool *ret_open)
{
    int64_t open = 0;
    int result = sql_number(audit->office->sql, &open,
                            "SELECT CASE WHEN carrier = '' THEN 1 WHEN EXISTS (SELECT 1 FROM rule_hit h JOIN rule r ON"
                            " r.id = h.rule WHERE h.number = o.number AND r.kind = 'carrier' AND r.result = o.carrier)"
                            " THEN 1 ELSE 0 END FROM orders o WHERE number = ?1",
                            sql_text(audit->number));
    *ret_open = open != 0;
    return result;
}

static int choose_carrier(struct audit *audit)
{
    bool open = false;
    int result = load_carrier(audit, &open);
    if (result || !open)
        return result ? result : cure(audit, "carrier");
    const struct rule *rule = NULL;
    if (audit->facts.values) {
        facts_done(&audit->facts); /* its site is known by now, and its gifts */
        result = facts_load(audit->office, audit->number, audit->settings->utc_offset_min, &audit->facts);
        rule = result ? NULL : rules_next(audit->rules, "carrier", NULL, &audit->facts);
    }
    if (!result)
        result = sql_run(audit->office->sql, "UPDATE orders SET carrier = ?2 WHERE number = ?1 AND carrier <> ?2",
                         sql_text(audit->number), sql_text(rule ? rule->result : ""));
    if (!result && rule)
        result = rules_hit(audit->office, rule, audit->number);
    if (result)
        return result;
    return rule ? cure(audit, "carrier") : raise(audit, "carrier", "", "");
}

static int ask_rules(struct audit *audit)
{
    int result = audit->rules->count == 0
                     ? 0
                     : facts_load(audit->office, audit->number, audit->settings->utc_offset_min, &audit->facts);
    if (!result)
        result = hold_by_rules(audit);
    return result ? result : choose_site(audit);
}

/* ---------------------------------------------------------------- the whole of it */

/* Where no site has all of it, it may be for a gift. */
static int promise_goods(struct audit *audit, struct promise *promise, struct error *error)
{
    bool gifts = false;
    int result = promises_make(audit->office, audit->number, 0, audit->settings->silent_hours, promise, error);
    if (result || *promise->site)
        return result;
    result = rules_take_back(audit->office, audit->number, &gifts);
    if (result)
        return office_failed(audit->office->sql, result, error);
    return gifts ? promises_make(audit->office, audit->number, 0, audit->settings->silent_hours, promise, error) : 0;
}

static int promise(struct audit *audit, struct error *error)
{
    char detail[EXCEPTION_DETAIL_SIZE];
    struct promise promise;
    int result = promise_goods(audit, &promise, error);
    if (result == -EINVAL) /* not mapped: that is an exception of its own */
        return 0;
    if (result)
        return result;
    if (*promise.site)
        result = cure(audit, "short");
    else {
        snprintf(detail, sizeof(detail), "%s %" PRId64, promise.lacks, promise.lacks_pieces);
        result = raise(audit, "short", "", *promise.lacks ? detail : "");
    }
    return result ? office_failed(audit->office->sql, result, error) : 0;
}

/* Only stock is wanting, and several sites have all of it together. */
static int split(struct audit *audit, bool *ret_done, struct error *error)
{
    int64_t others = 0;
    *ret_done = false;
    if (audit->open != 1 || !audit->settings->split_by_itself)
        return 0;
    int result = sql_number(audit->office->sql, &others,
                            "SELECT count(*) FROM exception WHERE number = ?1 AND released_us IS NULL AND kind <>"
                            " 'short'",
                            sql_text(audit->number));
    if (result)
        return office_failed(audit->office->sql, result, error);
    return others > 0 ? 0 : order_split_by_stock(audit->office, audit->settings, audit->number, ret_done, error);
}

static int look_at_all(struct audit *audit, struct error *error)
{
    int result = count_open(audit);
    if (!result)
        result = cure(audit, "unfit"); /* it is tried again */
    if (!result)
        result = look(audit);
    if (!result)
        result = look_at_blacklist(audit);
    if (!result)
        result = look_for(audit, "merge", audit->settings->merge_hours > 0, ask_merge);
    if (!result)
        result = ask_rules(audit);
    if (result)
        return office_failed(audit->office->sql, result, error);
    result = promise(audit, error);
    if (result)
        return result;
    result = choose_carrier(audit);
    if (!result && (audit->open > 0 || audit->raised))
        result = count_open(audit);
    return result ? office_failed(audit->office->sql, result, error) : 0;
}

int exceptions_audit(struct office *office, const struct settings *settings, const struct rules *rules,
                     const char *number, bool *ret_passed, struct error *error)
{
    CLEANUP_RULES struct rules own = {0};
    struct audit audit = {.office = office, .settings = settings, .rules = rules ? rules : &own, .number = number};
    int result = order_life_check(office, number, ORDER_RESERVED, error);
    if (!result && !rules)
        result = rules_load(office, &own, error);
    if (!result)
        result = rules_give(office, settings, audit.rules, number, error);
    bool done = false;
    if (!result)
        result = look_at_all(&audit, error);
    if (!result)
        result = split(&audit, &done, error);
    facts_done(&audit.facts);
    *ret_passed = !result && (done || audit.open == 0);
    if (result || done)
        return result;
    return order_life_act(office, number, audit.open == 0 ? ORDER_RESERVED : ORDER_HELD, "", NULL, error);
}

int exceptions_look_again_at(struct office *office, const char *kind, const char *rule, struct error *error)
{
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT DISTINCT number FROM exception WHERE kind = ?1 AND released_us IS NULL"
                                       " AND (?2 IS NULL OR rule = ?2) ORDER BY number",
                                       sql_text(kind), sql_text(rule));
    int result = 0;
    while (!result && sql_next(row))
        result = exceptions_look_again(office, sql_get_text(row, 0), error);
    int failed = sql_done(row);
    return result || !failed ? result : office_failed(office->sql, failed, error);
}

int exceptions_look_again(struct office *office, const char *number, struct error *error)
{
    int64_t held;
    int result = sql_number(office->sql, &held, "SELECT count(*) FROM orders WHERE number = ?1 AND state = 'exception'",
                            sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    return held > 0 ? order_life_act(office, number, ORDER_FREED, "", NULL, error) : 0;
}

int exceptions_hold(struct office *office, const char *number, const char *kind, const char *detail,
                    struct error *error)
{
    struct audit audit = {.office = office, .number = number, .open = 1}; /* perhaps one of this kind */
    int result = order_life_act(office, number, ORDER_HELD, "", kind, error);
    if (result)
        return result;
    result = raise(&audit, kind, "", detail);
    return result ? office_failed(office->sql, result, error) : 0;
}

int exceptions_confirm(struct office *office, const char *number, const char *kind_name, const char *who,
                       struct error *error)
{
    const struct exception_kind *kind = exception_kind_find(kind_name);
    if (!kind)
        return error_set(error, -ENOENT, "there is no exception \"%s\"", kind_name);
    if (!kind->confirmable)
        return error_set(error, -EPERM, "\"%s\" cannot be confirmed: it ends when %s", kind->name, kind->release_en);
    if (!*who)
        return error_set(error, -EINVAL, "say who confirms it");
    int result = sql_run(office->sql,
                         "UPDATE exception SET released_us = ?3, released_by = ?4 WHERE number = ?1 AND kind = ?2"
                         " AND released_us IS NULL",
                         sql_text(number), sql_text(kind->name), sql_int(office->now_us), sql_text(who));
    if (result)
        return office_failed(office->sql, result, error);
    if (sql_changes(office->sql) == 0)
        return error_set(error, -ENOENT, "order \"%s\" has no exception \"%s\" that is open", number, kind->name);
    return exceptions_look_again(office, number, error);
}
