#include "sync/head-office/exceptions.h"

#include "sync/head-office/order_life.h"
#include "sync/head-office/promises.h"

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
    {0},
};

const struct exception_kind *exception_kind_find(const char *name)
{
    for (const struct exception_kind *kind = exception_kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

struct audit {
    struct office *office;
    const struct settings *settings;
    const char *number;
    int64_t open; /* exceptions that stand */
};

/* An exception for each row of found (rule, detail), unless a person confirmed the very same. One that stands already
 * stays. */
static int raise(struct audit *audit, const char *kind, const char *rule, const char *detail)
{
    struct sql *sql = audit->office->sql;
    int64_t known;
    int result = sql_number(sql, &known,
                            "SELECT count(*) FROM exception WHERE number = ?1 AND kind = ?2 AND rule = ?3"
                            " AND (released_us IS NULL OR (detail = ?4 AND released_by <> ''))",
                            sql_text(audit->number), sql_text(kind), sql_text(rule), sql_text(detail));
    if (!result && known == 0)
        result = sql_run(
            sql, "INSERT INTO exception (number, kind, rule, detail, raised_us) VALUES (?1, ?2, ?3, ?4, ?5)",
            sql_text(audit->number), sql_text(kind), sql_text(rule), sql_text(detail), sql_int(audit->office->now_us));
    return result;
}

/* ---------------------------------------------------------------- what is looked at */

/* Every check is a question: no row, or one with the rule's name and what is wrong. ?1 is the order, ?2 the number.
 * The overlays are those of sync/platforms/platform.h: 1 a refund is asked for, 4 held, 8 masked. */
struct check {
    const char *kind;
    const char *question;
    int64_t (*number)(const struct settings *settings); /* NULL: there is no ?2 */
};

static int64_t amount_limit(const struct settings *settings)
{
    return settings->amount_limit_minor;
}

static int64_t merge_us(const struct settings *settings)
{
    return settings->merge_hours * 3600 * 1000000;
}

static const struct check checks[] = {
    {"unmapped",
     "SELECT '', min(CASE WHEN code <> '' THEN code WHEN title <> '' THEN title ELSE platform_sku END)"
     " FROM order_line WHERE number = ?1 AND sku IS NULL HAVING count(*) > 0",
     NULL},
    {"hold", "SELECT '', platform_status FROM orders WHERE number = ?1 AND (overlays & 4) <> 0", NULL},
    {"refund",
     "SELECT '', CASE WHEN (o.overlays & 1) <> 0 THEN '' ELSE coalesce((SELECT min(l.title) FROM order_line l WHERE"
     " l.number = ?1 AND (l.overlays & 1) <> 0), '') END FROM orders o WHERE o.number = ?1 AND ((o.overlays & 1) <> 0 "
     "OR"
     " EXISTS (SELECT 1 FROM order_line l WHERE l.number = ?1 AND (l.overlays & 1) <> 0))",
     NULL},
    {"address",
     "SELECT '', CASE WHEN receiver_name = '' THEN 'name' WHEN receiver_phone = '' THEN 'phone' ELSE 'address' END"
     " FROM orders WHERE number = ?1 AND sealed = '' AND (receiver_name = '' OR receiver_phone = ''"
     " OR length(receiver_address) < 4 OR (overlays & 8) <> 0)",
     NULL},
    {"amount",
     "SELECT '', CAST(paid_minor AS TEXT) FROM orders WHERE number = ?1 AND ((?2 > 0 AND paid_minor > ?2) OR"
     " (shop IS NOT NULL AND paid_minor <> goods_minor + freight_minor - discount_minor - platform_discount_minor))",
     amount_limit},
    {"merge",
     "SELECT '', min(other.number) FROM orders o JOIN orders other ON other.shop = o.shop AND other.number <> o.number"
     " AND other.receiver_name = o.receiver_name AND other.receiver_phone = o.receiver_phone"
     " AND other.receiver_address = o.receiver_address AND other.state IN ('audit', 'exception', 'reserved')"
     " AND other.imported_us BETWEEN o.imported_us - ?2 AND o.imported_us + ?2"
     " WHERE o.number = ?1 AND ?2 > 0 AND o.origin = 'sale' HAVING count(*) > 0",
     merge_us},
};

static int look(struct audit *audit, const struct check *check)
{
    char rule[65] = "", detail[EXCEPTION_DETAIL_SIZE] = "";
    struct sql *sql = audit->office->sql;
    struct sql_query *row = check->number ? sql_select(sql, check->question, sql_text(audit->number),
                                                       sql_int(check->number(audit->settings)))
                                          : sql_select(sql, check->question, sql_text(audit->number));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, rule, sizeof(rule));
        sql_copy_text(row, 1, detail, sizeof(detail));
    }
    int result = sql_done(row);
    if (result)
        return result;
    if (found)
        return raise(audit, check->kind, rule, detail);
    return sql_run(audit->office->sql,
                   "UPDATE exception SET released_us = ?3 WHERE number = ?1 AND kind = ?2 AND released_us IS NULL",
                   sql_text(audit->number), sql_text(check->kind), sql_int(audit->office->now_us));
}

/* ---------------------------------------------------------------- the whole of it */

static int promise(struct audit *audit, struct error *error)
{
    char detail[EXCEPTION_DETAIL_SIZE];
    struct promise promise;
    int result = promises_make(audit->office, audit->number, 0, audit->settings->silent_hours, &promise, error);
    if (result == -EINVAL) /* not mapped: that is an exception of its own */
        return 0;
    if (result)
        return result;
    if (*promise.site)
        result = sql_run(audit->office->sql,
                         "UPDATE exception SET released_us = ?2 WHERE number = ?1 AND kind = 'short'"
                         " AND released_us IS NULL",
                         sql_text(audit->number), sql_int(audit->office->now_us));
    else {
        snprintf(detail, sizeof(detail), "%s %" PRId64, promise.lacks, promise.lacks_pieces);
        result = raise(audit, "short", "", *promise.lacks ? detail : "");
    }
    return result ? office_failed(audit->office->sql, result, error) : 0;
}

static int count_open(struct audit *audit)
{
    return sql_number(audit->office->sql, &audit->open,
                      "SELECT count(*) FROM exception WHERE number = ?1 AND released_us IS NULL",
                      sql_text(audit->number));
}

int exceptions_audit(struct office *office, const struct settings *settings, const char *number, bool *ret_passed,
                     struct error *error)
{
    struct audit audit = {.office = office, .settings = settings, .number = number};
    int result = 0;
    for (size_t i = 0; i < COUNT(checks) && !result; i++)
        result = look(&audit, &checks[i]);
    if (result)
        return office_failed(office->sql, result, error);
    result = promise(&audit, error);
    if (result)
        return result;
    result = count_open(&audit);
    if (result)
        return office_failed(office->sql, result, error);
    *ret_passed = audit.open == 0;
    return order_life_act(office, number, audit.open == 0 ? ORDER_RESERVED : ORDER_HELD, "", NULL, error);
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

int exceptions_confirm(struct office *office, const char *number, const char *kind_name, const char *who,
                       struct error *error)
{
    const struct exception_kind *kind = exception_kind_find(kind_name);
    if (!kind)
        return error_set(error, -ENOENT, "there is no exception \"%s\"", kind_name);
    if (!kind->confirmable)
        return error_set(error, -EPERM, "\"%s\" cannot be confirmed: it ends when %s", kind->name, kind->release_en);
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
