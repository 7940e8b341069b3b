#include "sync/head-office/aftersales/aftersale_stop.h"

#include "base/defect.h"
#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_orders.h"
#include "sync/head-office/orders/exceptions.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/stock/promises.h"

#include <errno.h>
#include <string.h>

/* ---------------------------------------------------------------- an order and what was made of it */

#define PARTS_MAX 64

/* The order that was bought, and those that do parts of it. */
struct part {
    char number[ORDERS_NUMBER_SIZE], state[ORDER_STATE_SIZE];
    bool cancelling;
    bool stopped_before; /* for a refund, when nothing was heard of one yet */
};

struct parts {
    struct part list[PARTS_MAX];
    size_t count;
};

#define PART_OF(first) "o.number IN " AFTERSALE_PARTS(first)
#define WAITING        "('audit', 'exception', 'reserved')"
#define GONE           "('shipped', 'finished')"

static bool is_waiting(const struct part *part)
{
    return text_is_listed("audit,exception,reserved", part->state);
}

static bool is_at_site(const struct part *part)
{
    const struct order_state *state = order_state_find(part->state);
    return state && text_is_listed("released,floor", state->stage);
}

/* Each that waits may be promised anew. */
static int lock_items(struct office *office, const char *first, const struct parts *parts)
{
    char numbers[PARTS_MAX + 1][ORDERS_NUMBER_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < parts->count; i++)
        if (is_waiting(&parts->list[i]))
            memcpy(numbers[count++], parts->list[i].number, ORDERS_NUMBER_SIZE);
    if (count == 0)
        return 0;
    text_copy(numbers[count++], ORDERS_NUMBER_SIZE, first);
    return promises_lock(office, (const char(*)[ORDERS_NUMBER_SIZE])numbers, count);
}

static int load_parts(struct office *office, const char *first, struct parts *ret, struct error *error)
{
    ret->count = 0;
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT o.number, o.state, o.cancelling, o.reason IS NOT DISTINCT FROM ?2 FROM orders o WHERE " PART_OF(
            "?1") " ORDER BY o.number" SQL_FOR_UPDATE,
        sql_text(first), sql_text(AFTERSALE_STOP_BEFORE));
    while (sql_next(row) && ret->count < PARTS_MAX) {
        struct part *part = &ret->list[ret->count++];
        sql_copy_text(row, 0, part->number, sizeof(part->number));
        sql_copy_text(row, 1, part->state, sizeof(part->state));
        part->cancelling = sql_get_int(row, 2) != 0;
        part->stopped_before = sql_get_int(row, 3) != 0;
    }
    int result = sql_done(row);
    if (!result)
        result = lock_items(office, first, ret);
    return result ? office_failed(office->sql, result, error) : 0;
}

static int check_again(struct office *office, const char *number, struct error *error)
{
    struct settings settings;
    bool passed;
    int result = settings_load(office, &settings, error);
    return result ? result : exceptions_audit(office, &settings, NULL, number, &passed, error);
}

static int change_and_check(struct office *office, const char *number, const char *why, struct error *error)
{
    int result = order_life_act(office, number, ORDER_CHANGED, "", why, error);
    return result ? result : check_again(office, number, error);
}

int aftersale_find_goods(struct office *office, struct aftersale *aftersale, struct error *error)
{
    int64_t gone = 0, here = 0;
    int result =
        sql_number(office->sql, &gone, "SELECT count(*) FROM orders o WHERE " PART_OF("?1") " AND o.state IN " GONE,
                   sql_text(aftersale->order));
    if (!result)
        result = sql_number(office->sql, &here,
                            "SELECT count(*) FROM orders o WHERE " PART_OF("?1") " AND o.state NOT IN " GONE
                                                                                 " AND o.state <> 'closed'",
                            sql_text(aftersale->order));
    bool is_here = here > 0 || gone == 0;
    if (gone == 0 && strcmp(aftersale->kind, "return") == 0) /* there is nothing yet that could come back */
        text_copy(aftersale->kind, sizeof(aftersale->kind), "refund");
    is_here &= strcmp(aftersale->kind, "refund") == 0;
    text_copy(aftersale->goods, sizeof(aftersale->goods), is_here ? "here" : "left");
    if (!result)
        result = sql_run(office->sql, "UPDATE aftersale SET goods = ?2, kind = ?3 WHERE number = ?1",
                         sql_text(aftersale->number), sql_text(aftersale->goods), sql_text(aftersale->kind));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- holding */

static int hold_waiting(struct office *office, const struct part *part, struct error *error)
{
    int64_t held;
    int result = sql_number(office->sql, &held,
                            "SELECT count(*) FROM exception WHERE number = ?1 AND kind = 'refund' AND released_us IS"
                            " NULL",
                            sql_text(part->number));
    if (result)
        return office_failed(office->sql, result, error);
    return held > 0 ? 0 : change_and_check(office, part->number, "a refund is asked for", error);
}

/* Lines of this part of which more is claimed than waits elsewhere: what nobody has begun is given up first. */
static int count_claimed(struct office *office, const struct aftersale *aftersale, const struct part *part,
                         int64_t *ret)
{
    return sql_number(
        office->sql, ret,
        "SELECT count(*) FROM aftersale_line c JOIN order_line p ON p.number = ?3 AND p.quantity > p.refunded AND"
        " " AFTERSALE_PART_LINE("p", "?2", "c.line") " WHERE c.number = ?1 AND c.quantity > 0 AND (SELECT"
                                                     " coalesce(sum(x.quantity), 0) FROM aftersale_line x JOIN "
                                                     "aftersale a ON a.number = x.number WHERE"
                                                     " a.order_number = ?2 AND x.line = c.line AND a.goods = 'here' "
                                                     "AND a.state NOT IN " AFTERSALE_DROPPED ")"
                                                     " > (SELECT coalesce(sum(w.quantity - w.refunded), 0) FROM "
                                                     "order_line w JOIN orders o ON o.number = w.number"
                                                     " WHERE o.replaced = 0 AND o.state IN " WAITING
                                                     " AND " AFTERSALE_PART_LINE("w", "?2", "c.line") ")",
        sql_text(aftersale->number), sql_text(aftersale->order), sql_text(part->number));
}

/* Somebody may have cancelled all of it before: then its answer is waited for, and nothing of it is sent again. */
static int stop_at_site(struct office *office, const struct aftersale *aftersale, const struct part *part,
                        struct error *error)
{
    int64_t claimed;
    int result = count_claimed(office, aftersale, part, &claimed);
    if (!result && claimed > 0)
        result = sql_run(office->sql,
                         "INSERT INTO aftersale_stop (order_number, number, own) VALUES (?1, ?2, ?3)"
                         " ON CONFLICT DO NOTHING",
                         sql_text(part->number), sql_text(aftersale->number), sql_int(!part->cancelling));
    if (result)
        return office_failed(office->sql, result, error);
    return claimed > 0 && !part->cancelling && !DEFECT(26)
               ? orders_cancel(office, part->number, "a refund is asked for", aftersale->agreed_by, error)
               : 0;
}

/* The stop is this case's: whatever becomes of the refund, it was asked for its sake. */
static int adopt_stops(struct office *office, const struct aftersale *aftersale, const struct parts *parts)
{
    int result = 0;
    for (size_t i = 0; i < parts->count && !result; i++) {
        const struct part *part = &parts->list[i];
        if (part->stopped_before && (part->cancelling || strcmp(part->state, "closed") == 0))
            result = sql_run(office->sql,
                             "INSERT INTO aftersale_stop (order_number, number, own, state) VALUES (?1, ?2, 1, ?3)"
                             " ON CONFLICT DO NOTHING",
                             sql_text(part->number), sql_text(aftersale->number),
                             sql_text(part->cancelling ? "asked" : "stopped"));
    }
    return result;
}

int aftersale_hold(struct office *office, const struct aftersale *aftersale, struct error *error)
{
    struct parts parts;
    int result = load_parts(office, aftersale->order, &parts, error);
    if (!result) {
        result = adopt_stops(office, aftersale, &parts);
        result = result ? office_failed(office->sql, result, error) : 0;
    }
    for (size_t i = 0; i < parts.count && !result; i++)
        if (is_waiting(&parts.list[i]))
            result = aftersale_is_over(aftersale) ? 0 : hold_waiting(office, &parts.list[i], error);
        else if (is_at_site(&parts.list[i]))
            result = stop_at_site(office, aftersale, &parts.list[i], error);
    return result;
}

int aftersale_awaits_site(struct office *office, const struct aftersale *aftersale, bool *ret, struct error *error)
{
    int64_t asked;
    int result = sql_number(office->sql, &asked,
                            "SELECT count(*) FROM aftersale_stop s JOIN orders o ON o.number = s.order_number WHERE"
                            " s.state = 'asked' AND " PART_OF("?1"),
                            sql_text(aftersale->order));
    *ret = !result && asked > 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- giving up */

struct claimed {
    int64_t line, pieces;
};

static int load_claims(struct office *office, const struct aftersale *aftersale, struct claimed *out, size_t *ret_count)
{
    size_t count = 0;
    struct sql_query *row = sql_select(
        office->sql, "SELECT line, quantity FROM aftersale_line WHERE number = ?1 AND quantity > 0 ORDER BY line",
        sql_text(aftersale->number));
    while (sql_next(row) && count < ORDERS_LINES_MAX)
        out[count++] = (struct claimed){sql_get_int(row, 0), sql_get_int(row, 1)};
    *ret_count = count;
    return sql_done(row);
}

/* As many as there are of them in this part. */
static int take_off(struct office *office, const char *first, const char *number, struct claimed *claimed,
                    bool *ret_touched)
{
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT p.line, p.quantity - p.refunded FROM order_line p WHERE p.number = ?1 AND p.quantity >"
                   " p.refunded AND " AFTERSALE_PART_LINE("p", "?2", "?3") " ORDER BY p.line",
                   sql_text(number), sql_text(first), sql_int(claimed->line));
    int result = 0;
    while (!result && claimed->pieces > 0 && sql_next(row)) {
        int64_t there = sql_get_int(row, 1), off = there < claimed->pieces ? there : claimed->pieces;
        claimed->pieces -= off;
        *ret_touched = true;
        result = sql_run(office->sql, "UPDATE order_line SET refunded = refunded + ?3 WHERE number = ?1 AND line = ?2",
                         sql_text(number), sql_int(sql_get_int(row, 0)), sql_int(off));
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

/* With fewer pieces it is promised anew; with nothing that was bought it is closed, gifts and all. */
static int follow_part(struct office *office, const char *number, const char *who, struct error *error)
{
    int64_t left;
    int result =
        sql_number(office->sql, &left,
                   "SELECT coalesce(sum(quantity - refunded), 0) FROM order_line WHERE number = ?1 AND gift = 0",
                   sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    if (left == 0)
        return orders_cancel(office, number, "refunded", who, error);
    result = order_life_act(office, number, ORDER_CHANGED, who, "refunded in part", error);
    if (!result) {
        result = promises_free(office, number);
        result = result ? office_failed(office->sql, result, error) : 0;
    }
    return result ? result : check_again(office, number, error);
}

int aftersale_give_up(struct office *office, struct aftersale *aftersale, struct error *error)
{
    struct parts parts;
    struct claimed claims[ORDERS_LINES_MAX];
    size_t count = 0;
    int result = load_parts(office, aftersale->order, &parts, error);
    if (result)
        return result;
    text_copy(aftersale->goods, sizeof(aftersale->goods), "off");
    result = sql_run(office->sql, "UPDATE aftersale SET goods = 'off' WHERE number = ?1", sql_text(aftersale->number));
    if (!result)
        result = load_claims(office, aftersale, claims, &count);
    if (result)
        return office_failed(office->sql, result, error);
    for (size_t i = 0; i < parts.count && !result; i++) {
        bool touched = false;
        for (size_t k = 0; k < count && !result && is_waiting(&parts.list[i]); k++)
            result = take_off(office, aftersale->order, parts.list[i].number, &claims[k], &touched);
        if (result)
            return office_failed(office->sql, result, error);
        if (touched)
            result = follow_part(office, parts.list[i].number, aftersale->agreed_by, error);
    }
    return result;
}

/* ---------------------------------------------------------------- the end of it */

/* The platform's word of a refund stands on the lines until the last case about them is over. */
static int clear_overlays(struct office *office, const struct aftersale *aftersale)
{
    static const char open[] =
        "UPDATE order_line SET overlays = overlays & ~1 WHERE number = ?1 AND ?2 IN ('', platform_line) AND NOT EXISTS"
        " (SELECT 1 FROM aftersale a WHERE a.order_number = ?1 AND a.number <> ?3 AND a.platform_line IN ('',"
        " order_line.platform_line) AND a.state NOT IN " AFTERSALE_OVER ")";
    if (!*aftersale->shop)
        return 0;
    int result = sql_run(office->sql, open, sql_text(aftersale->order), sql_text(aftersale->platform_line),
                         sql_text(aftersale->number));
    return result ? result
                  : sql_run(office->sql,
                            "UPDATE orders SET overlays = overlays & ~1 WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM"
                            " aftersale a WHERE a.order_number = ?1 AND a.state NOT IN " AFTERSALE_OVER ")",
                            sql_text(aftersale->order));
}

static int free_part(struct office *office, const struct part *part, struct error *error)
{
    int64_t held;
    int result = sql_number(office->sql, &held,
                            "SELECT count(*) FROM exception e JOIN orders o USING (number) WHERE o.number = ?1 AND"
                            " o.state = 'exception' AND e.kind = 'refund' AND e.released_us IS NULL",
                            sql_text(part->number));
    if (result)
        return office_failed(office->sql, result, error);
    return held > 0 ? change_and_check(office, part->number, "the refund is decided", error) : 0;
}

int aftersale_let_go(struct office *office, const struct aftersale *aftersale, struct error *error)
{
    struct parts parts;
    int result = clear_overlays(office, aftersale);
    if (result)
        return office_failed(office->sql, result, error);
    result = load_parts(office, aftersale->order, &parts, error);
    if (!result) {
        result = adopt_stops(office, aftersale, &parts);
        result = result ? office_failed(office->sql, result, error) : 0;
    }
    for (size_t i = 0; i < parts.count && !result; i++)
        if (strcmp(parts.list[i].state, "exception") == 0)
            result = free_part(office, &parts.list[i], error);
    return result ? result : aftersale_send_rest(office, aftersale->order, error);
}

/* ---------------------------------------------------------------- the site's answer */

int aftersale_stop_answered(struct office *office, const char *site, const char *number, bool stopped, bool *ret_asked,
                            struct error *error)
{
    int result = sql_run(office->sql,
                         "UPDATE aftersale_stop SET state = ?3 WHERE order_number = ?1 AND state = 'asked' AND EXISTS"
                         " (SELECT 1 FROM orders o WHERE o.number = ?1 AND o.site = ?2)",
                         sql_text(number), sql_text(site), sql_text(stopped ? "stopped" : "late"));
    *ret_asked = !result && sql_changes(office->sql) > 0;
    if (!result && *ret_asked && !stopped)
        result = sql_run(office->sql,
                         "UPDATE aftersale SET goods = 'left', agreed_by = '', trouble = 'its goods had left already:"
                         " let them come back, or refund them as they are' WHERE order_number IN " AFTERSALE_SOURCES(
                             "?1") " AND goods = 'here' AND state NOT IN " AFTERSALE_DROPPED " AND EXISTS (SELECT 1"
                                   " FROM aftersale_line x JOIN order_line p ON p.number = ?1 AND " AFTERSALE_PART_LINE(
                                       "p", "aftersale.order_number", "x.line") " WHERE x.number = aftersale.number AND"
                                                                                " x.quantity > 0)",
                         sql_text(number));
    return result ? office_failed(office->sql, result, error) : 0;
}
