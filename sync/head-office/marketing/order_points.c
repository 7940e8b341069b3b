#include "sync/head-office/marketing/order_points.h"

#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_life.h"
#include "sync/head-office/amount.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/marketing/coupons.h"
#include "sync/head-office/marketing/order_price.h"
#include "sync/head-office/marketing/points.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define YEAR_US      (365 * BUSINESS_DAY_US)
#define RATE_WHOLE   10000
#define GOODS_PAID   "(o.paid_minor - o.freight_minor)"
#define REFUNDED(of) /* of the goods */                                                                                \
    "(SELECT coalesce(sum(d.amount_minor - d.freight_minor), 0) FROM refund_due d WHERE d.order_number = " of          \
    " AND d.state <> 'void')"

struct ended {
    char number[ORDERS_NUMBER_SIZE], member[MEMBER_SIZE], currency[4];
    bool settled, finished;
    int64_t earn_rate, earned, kept_minor, spent;
};

/* Its row is locked from here on. finished: a part of it has come to its end with the buyer. */
static int load(struct office *office, const char *number, struct ended *ret, struct error *error)
{
    struct sql_query *lock = sql_select(
        office->sql, "SELECT number FROM order_marketing WHERE number = ?1" SQL_FOR_UPDATE, sql_text(number));
    bool found = sql_next(lock);
    int result = sql_done(lock);
    *ret = (struct ended){.settled = true};
    if (result || !found)
        return result ? office_failed(office->sql, result, error) : 0;
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT coalesce(m.member, ''), m.settled, m.earn_rate, m.earned, " GOODS_PAID
        " - " REFUNDED("o.number") ", m.points, o.currency, CASE WHEN EXISTS (SELECT 1 FROM orders p WHERE p.number IN"
                                   " " AFTERSALE_PARTS(
                                       "m.number") " AND p.state = 'finished') THEN 1 ELSE 0 END FROM order_marketing m"
                                                   " JOIN orders o ON o.number = m.number WHERE m.number = ?1",
        sql_text(number));
    if (sql_next(row)) {
        *ret = (struct ended){.settled = sql_get_int(row, 1) != 0,
                              .earn_rate = sql_get_int(row, 2),
                              .earned = sql_get_int(row, 3),
                              .kept_minor = sql_get_int(row, 4),
                              .spent = sql_get_int(row, 5),
                              .finished = sql_get_int(row, 7) != 0};
        text_copy(ret->number, sizeof(ret->number), number);
        sql_copy_text(row, 0, ret->member, sizeof(ret->member));
        sql_copy_text(row, 6, ret->currency, sizeof(ret->currency));
    }
    result = sql_done(row);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- earning */

static int load_rate(struct office *office, const struct settings *settings, struct ended *ended, struct error *error)
{
    int64_t level = RATE_WHOLE;
    int result = sql_number(office->sql, &level,
                            "SELECT coalesce((SELECT l.earn_rate FROM member m JOIN member_level l ON l.level = m.level"
                            " WHERE m.member = ?1), ?2)",
                            sql_text(ended->member), sql_int(RATE_WHOLE));
    /* Points are for the currency that the books are kept in. */
    bool own = strcmp(ended->currency, settings->base_currency) == 0;
    ended->earn_rate = own ? amount_part(settings->points_earn, level, RATE_WHOLE) : 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

/* Brings what was earned up to what is kept of the order by now. */
static int earn(struct office *office, struct ended *ended, int64_t days, struct error *error)
{
    int64_t kept = ended->kept_minor > 0 ? ended->kept_minor : 0;
    int64_t due = amount_part(kept, ended->earn_rate, RATE_WHOLE), more = due - ended->earned;
    struct points_change change = {ended->member, "earn", more, ended->number, "", "", ""};
    if (more == 0)
        return 0;
    int result;
    if (more > 0) {
        result = points_add(office, &change, office->now_us + days * BUSINESS_DAY_US, error);
    } else {
        change.kind = "take_back";
        change.points = -more;
        result = points_claim(office, &change, error);
    }
    if (result)
        return result;
    ended->earned = due;
    result = sql_run(office->sql, "UPDATE order_marketing SET earned = ?2 WHERE number = ?1", sql_text(ended->number),
                     sql_int(due));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* By what was bought and kept within a year. */
static int find_level(struct office *office, const struct settings *settings, const char *member, struct error *error)
{
    int64_t kept = 0;
    int result = sql_number(
        office->sql, &kept,
        "SELECT CAST(coalesce(sum(" GOODS_PAID
        " - " REFUNDED("o.number") "), 0) AS BIGINT) FROM"
                                   " order_marketing m JOIN orders o ON o.number = m.number WHERE m.member = ?1 AND"
                                   " m.finished_us > ?2 AND o.currency = ?3",
        sql_text(member), sql_int(office->now_us - YEAR_US), sql_text(settings->base_currency));
    if (!result)
        result = sql_run(office->sql,
                         "UPDATE member SET level = coalesce((SELECT level FROM member_level WHERE from_minor <= ?2"
                         " ORDER BY from_minor DESC, level LIMIT 1), '') WHERE member = ?1",
                         sql_text(member), sql_int(kept));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* Points stay spent for what is kept: none for an order that is given back whole. */
static int return_spent(struct office *office, const struct ended *ended, struct error *error)
{
    int64_t points, keep = ended->spent;
    if (ended->spent == 0)
        return 0;
    int result = ended->kept_minor > 0 ? order_price_points(office, ended->number, &keep, error) : 0;
    if (ended->kept_minor <= 0)
        keep = 0;
    return result ? result : points_give_back(office, ended->number, "spend", keep, &points, error);
}

static int finish(struct office *office, struct ended *ended, struct error *error)
{
    struct settings settings;
    int result = settings_load(office, &settings, error);
    if (!result && *ended->member)
        result = load_rate(office, &settings, ended, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "UPDATE order_marketing SET settled = 1, earn_rate = ?2, finished_us = ?3 WHERE number = ?1",
                     sql_text(ended->number), sql_int(ended->earn_rate), sql_int(office->now_us));
    if (result)
        return office_failed(office->sql, result, error);
    result = return_spent(office, ended, error);
    if (!result && *ended->member)
        result = earn(office, ended, settings.points_days, error);
    return !result && *ended->member ? find_level(office, &settings, ended->member, error) : result;
}

/* ---------------------------------------------------------------- an order that was closed */

static int drop(struct office *office, const struct ended *ended, struct error *error)
{
    int64_t points;
    int result = points_give_back(office, ended->number, "spend", 0, &points, error);
    if (result)
        return result;
    result = coupons_give_back(office, ended->number);
    if (!result)
        result = sql_run(office->sql, "UPDATE campaign_use SET dropped = 1 WHERE number = ?1", sql_text(ended->number));
    if (!result)
        result =
            sql_run(office->sql, "UPDATE order_marketing SET settled = 1 WHERE number = ?1", sql_text(ended->number));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* Orders all of whose parts have ended. */
#define ENDED                                                                                                          \
    "o.state IN ('finished', 'closed') AND NOT EXISTS (SELECT 1 FROM orders p WHERE p.number IN"                       \
    " " AFTERSALE_PARTS("m.number") " AND p.state NOT IN ('finished', 'closed'))"

static int settle(struct office *office, const char *number, struct error *error)
{
    struct ended ended;
    int64_t over = 0;
    int result = load(office, number, &ended, error);
    if (result || ended.settled)
        return result;
    result = sql_number(office->sql, &over,
                        "SELECT count(*) FROM order_marketing m JOIN orders o ON o.number = m.number WHERE m.number ="
                        " ?1 AND " ENDED,
                        sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    if (over == 0)
        return 0;
    return ended.finished ? finish(office, &ended, error) : drop(office, &ended, error);
}

/* ---------------------------------------------------------------- what others call */

int order_points_refunded(struct office *office, const char *number, struct error *error)
{
    struct settings settings;
    struct ended ended;
    int result = load(office, number, &ended, error);
    if (result || !*ended.number || !ended.settled || !ended.finished)
        return result; /* the end of the order sees to it */
    result = settings_load(office, &settings, error);
    if (!result)
        result = return_spent(office, &ended, error);
    if (!result && *ended.member)
        result = earn(office, &ended, settings.points_days, error);
    return !result && *ended.member ? find_level(office, &settings, ended.member, error) : result;
}

int order_points_attach(struct office *office, const char *number, const char *member, struct error *error)
{
    int64_t known = 0;
    int result = sql_number(office->sql, &known, "SELECT count(*) FROM orders WHERE number = ?1 AND origin = 'sale'",
                            sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    if (known == 0)
        return error_set(error, -ENOENT, "there is no order \"%s\" that was bought", number);
    result = members_join(office, member, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "INSERT INTO order_marketing (number, member) VALUES (?1, ?2) ON CONFLICT (number) DO UPDATE SET"
                     " member = excluded.member, settled = 0 WHERE order_marketing.member IS NULL",
                     sql_text(number), sql_text(member));
    if (!result)
        result =
            sql_number(office->sql, &known, "SELECT count(*) FROM order_marketing WHERE number = ?1 AND member = ?2",
                       sql_text(number), sql_text(member));
    if (result)
        return office_failed(office->sql, result, error);
    return known > 0 ? settle(office, number, error)
                     : error_set(error, -EALREADY, "order \"%s\" is another member's", number);
}

static int choose(struct office *office, const char *after, char ret[ORDERS_NUMBER_SIZE])
{
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT m.number FROM order_marketing m JOIN orders o ON o.number = m.number"
                                       " WHERE m.settled = 0 AND m.number > ?1 AND " ENDED " ORDER BY m.number LIMIT 1",
                                       sql_text(after));
    *ret = '\0';
    if (sql_next(row))
        sql_copy_text(row, 0, ret, ORDERS_NUMBER_SIZE);
    return sql_done(row);
}

static int settle_some(struct office *office, int64_t most, struct marketing_work *done, struct error *error)
{
    char number[ORDERS_NUMBER_SIZE] = "", after[ORDERS_NUMBER_SIZE] = "";
    int result = 0;
    for (; done->settled < most && !result; done->settled++) {
        result = choose(office, after, number);
        if (result)
            return office_failed(office->sql, result, error);
        if (!*number)
            return 0;
        result = settle(office, number, error);
        text_copy(after, sizeof(after), number);
    }
    done->more |= !result;
    return result;
}

/* Only where there is something a transaction is begun. */
static int is_any(struct office *office, bool *ret, struct error *error)
{
    int64_t any = 0;
    int result = sql_number(office->sql, &any,
                            "SELECT CASE WHEN EXISTS (SELECT 1 FROM points_lot WHERE left_open > 0 AND expires_us <="
                            " ?1) OR EXISTS (SELECT 1 FROM order_marketing m JOIN orders o ON o.number = m.number WHERE"
                            " m.settled = 0 AND " ENDED ") THEN 1 ELSE 0 END",
                            sql_int(office->now_us));
    *ret = any > 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

int marketing_work(struct office *office, int64_t most, struct marketing_work *ret, struct error *error)
{
    bool any = false, more = false;
    *ret = (struct marketing_work){0};
    int result = is_any(office, &any, error);
    if (result || !any)
        return result;
    result = office_begin(office, error);
    if (!result)
        result = points_expire(office, most, &more, error);
    if (!result)
        result = settle_some(office, most, ret, error);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    ret->more |= more;
    return result;
}
