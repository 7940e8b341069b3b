#include "sync/head-office/aftersales/aftersale_decide.h"

#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_follow.h"
#include "sync/head-office/aftersales/aftersale_goods.h"
#include "sync/head-office/aftersales/aftersale_stop.h"
#include "sync/head-office/marketing/order_price.h"
#include "sync/head-office/orders/order_life.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- opening */

/* What is claimed, by the lines of the order that was bought. */
struct claims {
    struct aftersale_claim list[ORDERS_LINES_MAX];
    size_t count;
};

/* A line of the order that is named is one of the order that was bought. Nothing named: all of the lines. */
static int add_claim(const struct aftersale_wish *wish, struct sql_query *row, struct claims *out)
{
    struct aftersale_claim claim = {sql_get_int(row, 3), sql_get_int(row, 1), AFTERSALE_SHARE, ""};
    bool named = wish->count == 0;
    for (size_t i = 0; i < wish->count && !named; i++) {
        named = wish->claims[i].line == sql_get_int(row, 0);
        if (named) {
            claim = wish->claims[i];
            claim.line = sql_get_int(row, 3);
        }
    }
    if (named && out->count < ORDERS_LINES_MAX)
        out->list[out->count++] = claim;
    return named;
}

/* An order that was split, merged, or sent for the rest of another is gone by: cases are of what was bought. */
static int find_first(struct office *office, const struct aftersale_wish *wish, char ret_first[ORDERS_NUMBER_SIZE],
                      struct claims *ret, struct error *error)
{
    bool several = false;
    *ret_first = '\0';
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT line, quantity - refunded, CASE WHEN source_order <> '' THEN source_order ELSE number END,"
                   " coalesce(source_line, line) FROM order_line WHERE number = ?1 ORDER BY line",
                   sql_text(wish->order));
    while (sql_next(row)) {
        const char *first = sql_get_text(row, 2);
        if (!add_claim(wish, row, ret))
            continue;
        several |= *ret_first && strcmp(ret_first, first) != 0;
        text_copy(ret_first, ORDERS_NUMBER_SIZE, first);
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    if (several)
        return error_set(error, -EINVAL, "order \"%s\" was merged of several: open a case for each of them",
                         wish->order);
    if (!*ret_first || (wish->count > 0 && ret->count < wish->count))
        return error_set(error, -ENOENT, "there is no order \"%s\" with such lines", wish->order);
    if (strcmp(ret_first, wish->order) == 0 && wish->count == 0)
        ret->count = 0; /* what is left of it */
    return 0;
}

/* Only a refund can be asked for before the goods have left. */
static int check_state(struct office *office, const struct aftersale_wish *wish, const char *first, struct error *error)
{
    int64_t left = 0, unpaid = 0;
    int result = sql_number(office->sql, &left,
                            "SELECT count(*) FROM orders WHERE state IN ('shipped', 'finished') AND number IN"
                            " " AFTERSALE_PARTS("?1"),
                            sql_text(first));
    if (!result)
        result = sql_number(office->sql, &unpaid,
                            "SELECT count(*) FROM orders WHERE state = 'pending_pay' AND number = ?1", sql_text(first));
    if (result)
        return office_failed(office->sql, result, error);
    if (unpaid > 0)
        return error_set(error, -EALREADY, "order \"%s\" is not paid: close it", first);
    return left > 0 || strcmp(wish->kind, "refund") == 0
               ? 0
               : error_set(error, -EALREADY, "of order \"%s\", which has not left, only a refund can be asked for",
                           first);
}

static int insert(struct office *office, struct aftersale *aftersale, const struct aftersale_wish *wish,
                  const char *who, struct error *error)
{
    aftersale_number(office, aftersale->number);
    text_copy(aftersale->kind, sizeof(aftersale->kind), wish->kind);
    text_copy(aftersale->state, sizeof(aftersale->state), "asked");
    text_copy(aftersale->reason, sizeof(aftersale->reason), wish->reason);
    int result = sql_run(office->sql,
                         "INSERT INTO aftersale (number, kind, order_number, reason, key, carrier, waybill, asked_us,"
                         " changed_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
                         sql_text(aftersale->number), sql_text(wish->kind), sql_text(aftersale->order),
                         sql_text(wish->reason), sql_text(*wish->key ? wish->key : NULL), sql_text(wish->carrier),
                         sql_text(wish->waybill), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : aftersale_opened(office, aftersale, who, error);
}

/* Of an order that was priced here no more is claimed than that the kept part would have cost what is left. Where a
 * person says how much, he is right. */
static int claim_no_more_than_due(struct office *office, struct aftersale *aftersale, const struct claims *claims,
                                  struct error *error)
{
    bool priced = false, said = strcmp(aftersale->kind, "refund") != 0 && strcmp(aftersale->kind, "return") != 0;
    int64_t due = 0, total = 0;
    for (size_t i = 0; i < claims->count; i++)
        said |= claims->list[i].amount_minor != AFTERSALE_SHARE;
    int result = said ? 0 : order_price_due(office, aftersale->order, aftersale->number, &due, &priced, error);
    if (result || !priced)
        return result;
    result = aftersale_total(office, aftersale, &total, error);
    return !result && due < total ? aftersale_cut(office, aftersale, due, error) : result;
}

static int claim(struct office *office, struct aftersale *aftersale, const struct aftersale_wish *wish,
                 const struct claims *claims, struct error *error)
{
    int64_t lines;
    int result = claims->count > 0 ? 0 : aftersale_claim_all(office, aftersale, error);
    for (size_t i = 0; i < claims->count && !result; i++)
        result = aftersale_claim(office, aftersale, &claims->list[i], error);
    if (!result)
        result = claim_no_more_than_due(office, aftersale, claims, error);
    if (!result)
        result = aftersale_claim_freight(office, aftersale, wish->freight_minor, error);
    if (result)
        return result;
    result = sql_number(office->sql, &lines, "SELECT count(*) FROM aftersale_line WHERE number = ?1",
                        sql_text(aftersale->number));
    if (result)
        return office_failed(office->sql, result, error);
    return lines > 0 || wish->freight_minor > 0
               ? 0
               : error_set(error, -ERANGE, "nothing of order \"%s\" is left to be claimed", aftersale->order);
}

static int find_key(struct office *office, const struct aftersale_wish *wish, char ret_number[AFTERSALE_NUMBER_SIZE],
                    struct error *error)
{
    *ret_number = '\0';
    struct sql_query *row = sql_select(office->sql, "SELECT number FROM aftersale WHERE key = ?1", sql_text(wish->key));
    if (*wish->key && sql_next(row))
        sql_copy_text(row, 0, ret_number, AFTERSALE_NUMBER_SIZE);
    int failed = sql_done(row);
    return failed ? office_failed(office->sql, failed, error) : 0;
}

int aftersale_open(struct office *office, const struct aftersale_wish *wish, const char *who,
                   char ret_number[AFTERSALE_NUMBER_SIZE], struct error *error)
{
    struct aftersale aftersale = {0};
    struct claims claims = {.count = 0};
    int result = find_key(office, wish, ret_number, error);
    if (result || *ret_number)
        return result;
    result = find_first(office, wish, aftersale.order, &claims, error);
    if (!result)
        result = check_state(office, wish, aftersale.order, error);
    if (!result)
        result = insert(office, &aftersale, wish, who, error);
    if (!result)
        result = aftersale_find_goods(office, &aftersale, error);
    if (!result)
        result = claim(office, &aftersale, wish, &claims, error);
    text_copy(ret_number, AFTERSALE_NUMBER_SIZE, aftersale.number);
    return result ? result : aftersale_follow(office, &aftersale, error);
}

/* ---------------------------------------------------------------- agreeing */

static int check_known(const struct aftersale *aftersale, struct error *error)
{
    if (!*aftersale->order)
        return error_set(error, -EALREADY, "it is not known yet which order case \"%s\" is of", aftersale->number);
    return strcmp(aftersale->platform_state, "unknown") == 0
               ? error_set(error, -EPERM, "the platform's status of case \"%s\" is not known", aftersale->number)
               : 0;
}

/* What it is agreed to as. What was told to a site stays what it is. */
static int turn(struct office *office, struct aftersale *aftersale, const char *kind, bool *ret_turned,
                struct error *error)
{
    *ret_turned = *kind && strcmp(kind, aftersale->kind) != 0;
    if (!*ret_turned)
        return 0;
    if (aftersale->told > 0 || !text_is_listed("asked,agreed", aftersale->state))
        return error_set(error, -EALREADY, "case \"%s\" is %s and stays a %s", aftersale->number, aftersale->state,
                         aftersale->kind);
    if (strcmp(aftersale->goods, "here") == 0)
        return error_set(error, -EALREADY, "the goods of case \"%s\" have not left", aftersale->number);
    text_copy(aftersale->kind, sizeof(aftersale->kind), kind);
    int result = sql_run(office->sql, "UPDATE aftersale SET kind = ?2 WHERE number = ?1", sql_text(aftersale->number),
                         sql_text(kind));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int put_terms(struct office *office, struct aftersale *aftersale, const struct aftersale_terms *terms,
                     const char *who, struct error *error)
{
    text_copy(aftersale->agreed_by, sizeof(aftersale->agreed_by), who);
    if (*terms->site)
        text_copy(aftersale->site, sizeof(aftersale->site), terms->site);
    int result = sql_run(office->sql,
                         "UPDATE aftersale SET agreed_by = ?2, site = ?3, pay_minor = ?4, trouble = '' WHERE number ="
                         " ?1",
                         sql_text(aftersale->number), sql_text(who),
                         sql_text(*aftersale->site ? aftersale->site : NULL), sql_int(terms->pay_minor));
    return office_named(office->sql, result, "site", terms->site, error);
}

static int put_item(struct office *office, const struct aftersale *aftersale, const char *sku, struct error *error)
{
    if (!*sku)
        return 0;
    if (strcmp(aftersale->kind, "exchange") != 0 || *aftersale->new_order)
        return error_set(error, -EALREADY, "case \"%s\" is no exchange of which nothing was sent yet",
                         aftersale->number);
    int result = sql_run(office->sql, "UPDATE aftersale_line SET new_sku = ?2 WHERE number = ?1 AND quantity > 0",
                         sql_text(aftersale->number), sql_text(sku));
    return office_named(office->sql, result, "item", sku, error);
}

/* A person is told at once what a platform's case would have for its trouble. */
static int check_told(struct office *office, const struct aftersale *aftersale, struct error *error)
{
    char trouble[257] = "";
    if (!aftersale_returns(aftersale) || aftersale->told > 0 || aftersale_is_over(aftersale))
        return 0;
    struct sql_query *row =
        sql_select(office->sql, "SELECT trouble FROM aftersale WHERE number = ?1", sql_text(aftersale->number));
    if (sql_next(row))
        sql_copy_text(row, 0, trouble, sizeof(trouble));
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return *trouble ? error_set(error, -EINVAL, "case \"%s\": %s", aftersale->number, trouble) : 0;
}

int aftersale_agree(struct office *office, const char *number, const struct aftersale_terms *terms, const char *who,
                    struct error *error)
{
    struct aftersale aftersale;
    bool turned;
    int result = aftersale_load(office, number, &aftersale, error);
    if (!result)
        result = check_known(&aftersale, error);
    if (!result)
        result = turn(office, &aftersale, terms->kind, &turned, error);
    bool again = !result && turned && strcmp(aftersale.state, "agreed") == 0;
    if (!result && !again)
        result = aftersale_act(office, &aftersale, AFTERSALE_AGREED, who, terms->kind, error);
    if (!result)
        result = put_terms(office, &aftersale, terms, who, error);
    if (!result)
        result = put_item(office, &aftersale, terms->new_sku, error);
    if (!result)
        result = aftersale_follow(office, &aftersale, error);
    return result ? result : check_told(office, &aftersale, error);
}

/* ---------------------------------------------------------------- the end */

int aftersale_settle(struct office *office, const char *number, int64_t amount_minor, const char *note, const char *who,
                     struct error *error)
{
    struct aftersale aftersale;
    struct settings settings;
    int result = aftersale_load(office, number, &aftersale, error);
    if (!result)
        result = check_known(&aftersale, error);
    if (!result && !aftersale_after(AFTERSALE_SETTLED, aftersale.state))
        return error_set(error, -EALREADY, "case \"%s\" is %s and cannot be settled", number, aftersale.state);
    if (!result)
        result = settings_load(office, &settings, error);
    return result ? result : aftersale_settle_now(office, &aftersale, &settings, amount_minor, who, note, error);
}

static int end(struct office *office, const char *number, const char *act, const char *note, const char *who,
               struct error *error)
{
    struct aftersale aftersale;
    int result = aftersale_load(office, number, &aftersale, error);
    if (!result)
        result = aftersale_act(office, &aftersale, act, who, note, error);
    return result ? result : aftersale_follow(office, &aftersale, error);
}

int aftersale_refuse(struct office *office, const char *number, const char *note, const char *who, struct error *error)
{
    return end(office, number, AFTERSALE_REFUSED, note, who, error);
}

int aftersale_close(struct office *office, const char *number, const char *note, const char *who, struct error *error)
{
    return end(office, number, AFTERSALE_CLOSED, note, who, error);
}

int aftersale_pay(struct office *office, const char *number, const char *who, struct error *error)
{
    int64_t due;
    int result =
        sql_run(office->sql,
                "UPDATE refund_due SET state = 'paid', paid_by = ?2, paid_us = ?3 WHERE number = ?1 AND state ="
                " 'due'",
                sql_text(number), sql_text(who), sql_int(office->now_us));
    if (!result)
        result = sql_number(office->sql, &due, "SELECT count(*) FROM refund_due WHERE number = ?1 AND state = 'paid'",
                            sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    return due > 0 ? 0 : error_set(error, -ENOENT, "nothing is due for case \"%s\"", number);
}

/* ---------------------------------------------------------------- goods */

int aftersale_set_waybill(struct office *office, const char *number, const char *carrier, const char *waybill,
                          struct error *error)
{
    struct aftersale aftersale;
    int result = aftersale_load(office, number, &aftersale, error);
    if (!result && !aftersale_returns(&aftersale))
        return error_set(error, -EALREADY, "case \"%s\" is a %s: nothing of it comes back", number, aftersale.kind);
    if (result)
        return result;
    text_copy(aftersale.waybill, sizeof(aftersale.waybill), waybill);
    result = sql_run(office->sql, "UPDATE aftersale SET carrier = ?2, waybill = ?3 WHERE number = ?1", sql_text(number),
                     sql_text(carrier), sql_text(waybill));
    return result ? office_failed(office->sql, result, error) : aftersale_follow(office, &aftersale, error);
}

/* Those that it may be, as "A, B"; *ret_order: the only one. */
static int trace(struct office *office, const struct aftersale_trace *trace, char *ret_order, struct buf *all,
                 size_t *ret_count, struct error *error)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT DISTINCT CASE WHEN l.source_order <> '' THEN l.source_order ELSE l.number END FROM orders o JOIN"
        " order_line l ON l.number = o.number WHERE o.state IN ('shipped', 'finished') AND (?1 = '' OR ?1 IN (o.number,"
        " l.source_order, coalesce(o.platform_order, '')) OR l.source_order IN (SELECT number FROM orders WHERE"
        " platform_order = ?1)) AND (?2 = '' OR ?2 = coalesce(o.waybill, '') OR EXISTS (SELECT 1 FROM parcel p WHERE"
        " p.number = o.number AND p.waybill = ?2)) AND (?3 = '' OR ?3 = o.receiver_phone) ORDER BY 1 LIMIT 6",
        sql_text(trace->order), sql_text(trace->waybill), sql_masked(trace->phone));
    for (*ret_count = 0; sql_next(row); ++*ret_count) {
        buf_printf(all, "%s%s", *ret_count > 0 ? ", " : "", sql_get_text(row, 0));
        sql_copy_text(row, 0, ret_order, ORDERS_NUMBER_SIZE);
    }
    int failed = sql_done(row);
    return failed ? office_failed(office->sql, failed, error) : 0;
}

int aftersale_match(struct office *office, const char *number, const struct aftersale_trace *by, const char *who,
                    char ret_number[AFTERSALE_NUMBER_SIZE], struct error *error)
{
    CLEANUP_BUF struct buf all = {0};
    struct aftersale aftersale;
    char order[ORDERS_NUMBER_SIZE] = "";
    size_t count = 0;
    if (!*by->order && !*by->waybill && !*by->phone)
        return error_set(error, -EINVAL, "say the order, the waybill it left under, or the receiver's telephone");
    int result = aftersale_load(office, number, &aftersale, error);
    if (!result)
        result = trace(office, by, order, &all, &count, error);
    if (!result && count != 1)
        result = count == 0 ? error_set(error, -ENOENT, "no order that has left is like that")
                            : error_set(error, -EINVAL, "several orders are like that, say which: %s", buf_text(&all));
    if (!result)
        result = aftersale_goods_match(office, &aftersale, order, who, ret_number, error);
    if (!result)
        result = aftersale_load(office, ret_number, &aftersale, error);
    return result ? result : aftersale_follow(office, &aftersale, error);
}
