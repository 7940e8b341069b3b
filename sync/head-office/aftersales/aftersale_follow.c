#include "sync/head-office/aftersales/aftersale_follow.h"

#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_goods.h"
#include "sync/head-office/aftersales/aftersale_lines.h"
#include "sync/head-office/aftersales/aftersale_orders.h"
#include "sync/head-office/aftersales/aftersale_stop.h"
#include "sync/head-office/marketing/order_points.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool is_kind(const struct aftersale *aftersale, const char *kinds)
{
    return text_is_listed(kinds, aftersale->kind);
}

static bool is_state(const struct aftersale *aftersale, const char *states)
{
    return text_is_listed(states, aftersale->state);
}

static bool is_here(const struct aftersale *aftersale)
{
    return strcmp(aftersale->goods, "here") == 0;
}

/* ---------------------------------------------------------------- goods that are to come back */

static int find_site(struct office *office, struct aftersale *aftersale, const struct settings *settings,
                     struct error *error)
{
    if (*aftersale->site)
        return 0;
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT coalesce(o.site, '') FROM orders o WHERE o.state IN ('shipped', 'finished') AND o.number IN"
                   " " AFTERSALE_PARTS("?1") " ORDER BY o.number LIMIT 1",
                   sql_text(aftersale->order));
    if (sql_next(row))
        sql_copy_text(row, 0, aftersale->site, sizeof(aftersale->site));
    int failed = sql_done(row);
    if (!*aftersale->site)
        text_copy(aftersale->site, sizeof(aftersale->site), settings->return_site);
    return failed ? office_failed(office->sql, failed, error) : 0;
}

/* Once, and again when it is known under which waybill they come. */
static int is_told(struct office *office, const struct aftersale *aftersale, bool *ret, struct error *error)
{
    int64_t told;
    int result = sql_number(office->sql, &told, "SELECT count(*) FROM document WHERE number = ?1 AND waybill = ?2",
                            sql_text(aftersale->number), sql_text(aftersale->waybill));
    *ret = !result && told > 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

static int announce(struct office *office, struct aftersale *aftersale, const struct settings *settings,
                    struct error *error)
{
    bool told;
    if (!aftersale_returns(aftersale) || is_here(aftersale) || !is_state(aftersale, "agreed,returning"))
        return 0;
    int result = is_told(office, aftersale, &told, error);
    if (!result && !told)
        result = find_site(office, aftersale, settings, error);
    if (result || told)
        return result;
    if (!*aftersale->site)
        return aftersale_trouble(office, aftersale->number, "say which site its goods come back to", error);
    result = aftersale_announce(office, aftersale, aftersale->agreed_by, error);
    return result == -EINVAL ? aftersale_trouble(office, aftersale->number, "say which pieces come back", error)
                             : result;
}

/* ---------------------------------------------------------------- money */

/* One row of a case, whatever is said how often; what the platform has paid is paid, and what was void is due anew. */
static int owe(struct office *office, const struct aftersale *aftersale, const char *who, struct error *error)
{
    int64_t total;
    int result = aftersale_total(office, aftersale, &total, error);
    if (result || total == 0)
        return result;
    bool paid = strcmp(aftersale->platform_state, "done") == 0;
    result = sql_run(office->sql,
                     "INSERT INTO refund_due (number, order_number, currency, amount_minor, freight_minor, reason,"
                     " state, approved_by, approved_us, paid_by, paid_us) SELECT ?1, number, currency,"
                     " CAST(?3 AS BIGINT), CAST(?4 AS BIGINT), ?5, CASE WHEN ?6 = 1 THEN 'paid' ELSE 'due' END, ?7,"
                     " CAST(?8 AS BIGINT), CASE WHEN ?6 = 1 THEN 'platform' ELSE '' END,"
                     " CASE WHEN ?6 = 1 THEN CAST(?8 AS BIGINT) END FROM orders WHERE number = ?2"
                     " ON CONFLICT (number) DO UPDATE SET state = excluded.state, amount_minor = excluded.amount_minor,"
                     " freight_minor = excluded.freight_minor, reason = excluded.reason, paid_by = excluded.paid_by,"
                     " paid_us = excluded.paid_us, approved_by = CASE WHEN refund_due.state = 'void' THEN"
                     " excluded.approved_by ELSE refund_due.approved_by END, approved_us = CASE WHEN refund_due.state ="
                     " 'void' THEN excluded.approved_us ELSE refund_due.approved_us END WHERE refund_due.state = 'void'"
                     " OR (refund_due.state = 'due' AND excluded.state = 'paid')",
                     sql_text(aftersale->number), sql_text(aftersale->order), sql_int(total),
                     sql_int(aftersale->freight_minor), sql_text(aftersale->reason), sql_int(paid), sql_text(who),
                     sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- the end of a case */

static int finish(struct office *office, struct aftersale *aftersale, const char *who, struct error *error)
{
    bool awaits = false;
    int result = owe(office, aftersale, who, error);
    if (!result)
        result = order_points_refunded(office, aftersale->order, error);
    if (!result && strcmp(aftersale->platform_state, "done") != 0) /* else the buyer has it */
        result = aftersale_send_instead(office, aftersale, error);
    if (!result && is_here(aftersale))
        result = aftersale_awaits_site(office, aftersale, &awaits, error);
    if (!result && is_here(aftersale) && !awaits)
        result = aftersale_give_up(office, aftersale, error);
    return result;
}

static int check_time(const struct aftersale *aftersale, const struct settings *settings, bool awaits, int64_t total,
                      struct error *error)
{
    if (strcmp(aftersale->platform_state, "unknown") == 0)
        return error_set(error, -EPERM, "the platform's status of case \"%s\" is not known: nothing may be paid",
                         aftersale->number);
    if (is_here(aftersale) && awaits)
        return error_set(error, -EBUSY, "case \"%s\" waits for the site that was asked to stop its order",
                         aftersale->number);
    if (!aftersale_returns(aftersale) || is_state(aftersale, "graded"))
        return 0;
    bool early = is_kind(aftersale, "return") && settings->refund_before_grading_minor >= total;
    return early && total > 0 ? 0
                              : error_set(error, -EPERM, "case \"%s\" is %s: it is settled when its goods are graded",
                                          aftersale->number, aftersale->state);
}

int aftersale_settle_now(struct office *office, struct aftersale *aftersale, const struct settings *settings,
                         int64_t amount_minor, const char *who, const char *note, struct error *error)
{
    bool awaits;
    int64_t total = 0;
    int result = 0;
    if (amount_minor != AFTERSALE_SHARE)
        result = aftersale_cut(office, aftersale, amount_minor, error);
    else if (aftersale_returns(aftersale) && is_state(aftersale, "graded"))
        result = aftersale_cut_to_goods(office, aftersale, error);
    if (!result)
        result = aftersale_awaits_site(office, aftersale, &awaits, error);
    if (!result)
        result = aftersale_total(office, aftersale, &total, error);
    if (!result)
        result = check_time(aftersale, settings, awaits, total, error);
    if (!result)
        result = aftersale_act(office, aftersale, AFTERSALE_SETTLED, who, note, error);
    if (!result)
        result = finish(office, aftersale, who, error);
    return result ? result : aftersale_let_go(office, aftersale, error);
}

/* What a person agreed to and nothing is in the way of, and what the settings let pass. */
static int settle_by_rule(struct office *office, struct aftersale *aftersale, const struct settings *settings,
                          struct error *error)
{
    bool awaits, good = false;
    int64_t total;
    int result = aftersale_awaits_site(office, aftersale, &awaits, error);
    if (!result)
        result = aftersale_total(office, aftersale, &total, error);
    if (!result && is_state(aftersale, "graded"))
        result = aftersale_goods_good(office, aftersale, settings->refund_grades, &good, error);
    if (result)
        return result;
    bool agreed = *aftersale->agreed_by && is_state(aftersale, "agreed,returning");
    bool alone = agreed && is_kind(aftersale, "refund,reissue") && !(is_here(aftersale) && awaits);
    bool early = agreed && is_kind(aftersale, "return") && is_state(aftersale, "returning") && total > 0 &&
                 total <= settings->refund_before_grading_minor;
    const char *who = agreed ? aftersale->agreed_by : "";
    bool known = strcmp(aftersale->platform_state, "unknown") != 0;
    return known && (alone || early || good)
               ? aftersale_settle_now(office, aftersale, settings, AFTERSALE_SHARE, who, "by rule", error)
               : 0;
}

int aftersale_follow(struct office *office, struct aftersale *aftersale, struct error *error)
{
    struct settings settings;
    if (!*aftersale->order)
        return 0;
    int result = settings_load(office, &settings, error);
    if (!result && is_here(aftersale) && !is_state(aftersale, "refused,closed"))
        result = aftersale_hold(office, aftersale, error);
    if (!result)
        result = announce(office, aftersale, &settings, error);
    bool sends_now = is_kind(aftersale, "reissue") || settings.exchange_ships_first;
    if (!result && sends_now && is_kind(aftersale, "exchange,reissue") && is_state(aftersale, "agreed,returning"))
        result = aftersale_send_instead(office, aftersale, error);
    if (!result && !aftersale_is_over(aftersale))
        result = settle_by_rule(office, aftersale, &settings, error);
    if (!result && is_state(aftersale, "settled"))
        result = finish(office, aftersale, aftersale->agreed_by, error);
    return !result && aftersale_is_over(aftersale) ? aftersale_let_go(office, aftersale, error) : result;
}
