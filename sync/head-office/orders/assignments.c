#include "sync/head-office/orders/assignments.h"

#include "base/json.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/orders/waybills.h"
#include "sync/head-office/shops/attention.h"
#include "sync/head-office/shops/platform_taking.h"
#include "sync/head-office/shops/waybill_parcels.h"
#include "sync/head-office/sites/feed.h"
#include "sync/head-office/stock/promises.h"
#include "sync/wire/topic.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000)

const char *standing_name(enum standing standing)
{
    static const char *const names[] = {
        [STANDING_UNSENT] = "unsent", [STANDING_IN_DOUBT] = "in_doubt", [STANDING_HELD] = "held"};
    return names[standing];
}

int assignments_given(struct office *office, const char *site, const char *number, int64_t lease_s)
{
    return sql_run(office->sql,
                   "INSERT INTO assignment (number, site, feed_seq, lease_s, renewed_us)"
                   " SELECT ?1, id, feed_head, ?3, ?4 FROM site WHERE id = ?2"
                   " ON CONFLICT (number, site) DO UPDATE SET feed_seq = excluded.feed_seq, lease_s = excluded.lease_s,"
                   " renewed_us = excluded.renewed_us, published_us = NULL, state = 'given', wanted_by = NULL",
                   sql_text(number), sql_text(site), sql_int(lease_s), sql_int(office->now_us));
}

int assignments_published(struct sql *sql, const char *site, int64_t seq, int64_t now_us)
{
    int result =
        sql_run(sql, "UPDATE site SET feed_sent = ?2 WHERE id = ?1 AND feed_sent < ?2", sql_text(site), sql_int(seq));
    if (result || sql_changes(sql) == 0)
        return result;
    return sql_run(
        sql, "UPDATE assignment SET published_us = ?3 WHERE site = ?1 AND published_us IS NULL AND feed_seq <= ?2",
        sql_text(site), sql_int(seq), sql_int(now_us));
}

/* ---------------------------------------------------------------- what is told of an order */

struct told {
    const char *type, *number;
    int64_t rev, lease_s; /* lease_s 0: it is not said */
};

static int write_told(const struct told *told, struct buf *data, char key[ORDERS_NUMBER_SIZE + 8],
                      struct feed_change *ret)
{
    json_open_object(data, NULL);
    json_text(data, "order", told->number);
    if (told->lease_s > 0)
        json_int(data, "lease_s", told->lease_s);
    json_int(data, "rev", told->rev);
    json_close_object(data);
    snprintf(key, ORDERS_NUMBER_SIZE + 8, "order/%s", told->number);
    *ret = (struct feed_change){.type = told->type, .key = key, .rev = told->rev, .data = buf_text(data)};
    return data->failed ? -ENOMEM : 0;
}

static int tell(struct office *office, const char *site, const struct told *told)
{
    CLEANUP_BUF struct buf data = {0};
    char key[ORDERS_NUMBER_SIZE + 8];
    struct feed_change change;
    int result = write_told(told, &data, key, &change);
    return result ? result : feed_append(office, site, &change);
}

/* Renewed when a third of it has gone by, so that two more chances are left. */
int assignments_renew(struct office *office, const char *site)
{
    struct sql_query *row = sql_select(
        office->sql,
        "UPDATE assignment SET renewed_us = ?2 WHERE site = ?1 AND state = 'given' AND lease_s > 0"
        " AND ?2 - renewed_us >= lease_s * 1000000 / 3 AND EXISTS (SELECT 1 FROM orders o WHERE o.number ="
        " assignment.number AND o.site = ?1 AND (o.state IN ('released', 'received', 'allocated') OR"
        " (o.state = 'parked' AND o.reason = 'lease')))"
        " RETURNING number, (SELECT rev FROM orders o WHERE o.number = " SQL_RETURNED("assignment.number") "), lease_s",
        sql_text(site), sql_int(office->now_us));
    int result = 0;
    while (!result && sql_next(row))
        result = tell(office, site,
                      &(struct told){"order.lease", sql_get_text(row, 0), sql_get_int(row, 1), sql_get_int(row, 2)});
    int failed = sql_done(row);
    return result ? result : failed;
}

int assignments_begun(struct sql *sql, const char *site, const char *number)
{
    return sql_run(sql,
                   "UPDATE assignment SET lease_s = 0, begun = 1 WHERE number = ?1 AND site = ?2 AND"
                   " (lease_s > 0 OR begun = 0)",
                   sql_text(number), sql_text(site));
}

int assignments_waits(struct sql *sql, const char *site, const char *number)
{
    return sql_run(sql,
                   "UPDATE assignment SET begun = 0, lease_s = CASE WHEN lease_s = 0 THEN (SELECT lease_s FROM site"
                   " WHERE id = ?2) ELSE lease_s END WHERE number = ?1 AND site = ?2",
                   sql_text(number), sql_text(site));
}

/* ---------------------------------------------------------------- moving */

/* An order, and the site that has it. */
struct holding {
    char site[WIRE_NAME_SIZE], state[16], reason[64], wanted_by[WIRE_NAME_SIZE];
    int64_t rev, feed_seq, free_us;
    enum standing standing;
    bool cancelling, asked, begun;
};

static int load(struct office *office, const char *number, struct holding *ret, struct error *error)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT coalesce(o.site, ''), o.state, coalesce(o.reason, ''), coalesce(a.wanted_by, ''), o.rev, a.feed_seq,"
        " CASE WHEN a.feed_seq > s.feed_sent THEN 0 WHEN a.feed_seq > s.feed_acked THEN 1 ELSE 2 END, o.cancelling,"
        " a.state = 'asked', CASE WHEN a.lease_s > 0 AND a.begun = 0 THEN (a.lease_s + ?2) * ?3 + CASE WHEN "
        "coalesce(a.published_us, "
        "0) >"
        " coalesce(s.last_seen_us, 0) THEN a.published_us ELSE coalesce(s.last_seen_us, 0) END ELSE 0 END,"
        " a.begun"
        " FROM orders o LEFT JOIN assignment a ON a.number = o.number AND a.site = o.site LEFT JOIN site s"
        " ON s.id = o.site WHERE o.number = ?1",
        sql_text(number), sql_int(ASSIGNMENTS_SILENT_S), sql_int(SECOND));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, ret->site, sizeof(ret->site));
        sql_copy_text(row, 1, ret->state, sizeof(ret->state));
        sql_copy_text(row, 2, ret->reason, sizeof(ret->reason));
        sql_copy_text(row, 3, ret->wanted_by, sizeof(ret->wanted_by));
        ret->rev = sql_get_int(row, 4);
        ret->feed_seq = sql_get_int(row, 5);
        ret->standing = (enum standing)sql_get_int(row, 6);
        ret->cancelling = sql_get_int(row, 7) != 0;
        ret->asked = sql_get_int(row, 8) != 0;
        ret->free_us = sql_get_int(row, 9);
        ret->begun = sql_get_int(row, 10) != 0;
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "there is no order \"%s\"", number);
}

static bool is_begun(const struct holding *held)
{
    static const char *const waiting[] = {"released", "received", "allocated"};
    for (size_t i = 0; i < COUNT(waiting); i++)
        if (strcmp(held->state, waiting[i]) == 0)
            return false;
    return strcmp(held->state, "parked") != 0 || strcmp(held->reason, "lease") != 0;
}

static int check(const char *number, const char *to, const struct holding *held, struct error *error)
{
    if (!*held->site)
        return error_set(error, -EALREADY, "order \"%s\" is %s and with no site: release it", number, held->state);
    if (strcmp(held->site, to) == 0)
        return error_set(error, -EALREADY, "order \"%s\" is with site %s already", number, to);
    if (held->cancelling)
        return error_set(error, -EBUSY, "order \"%s\" is being cancelled: wait for the answer of site %s", number,
                         held->site);
    if (is_begun(held))
        return error_set(error, -EBUSY, "order \"%s\" is %s at site %s and stays there", number, held->state,
                         held->site);
    return 0;
}

/* It is with no site: it is looked at again as it is at its platform now. */
static int take_in(struct office *office, const char *number, struct error *error)
{
    int result = promises_free(office, number);
    if (!result)
        result = attention_end(office, number, ATTENTION_CHANGED);
    if (!result)
        result = platform_orders_ask_again(office->sql, number);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* to "": to nobody. */
static int give(struct office *office, const char *number, const char *from, const char *to, struct error *error)
{
    int64_t count;
    int result =
        sql_run(office->sql, "UPDATE assignment SET state = 'left', wanted_by = NULL WHERE number = ?1 AND site = ?2",
                sql_text(number), sql_text(from));
    if (!result)
        result = waybills_take_back(office, from, number);
    if (!result)
        result = waybill_parcels_cancel(office->sql, number);
    if (!result)
        result =
            sql_run(office->sql, "UPDATE orders SET reason = NULL, rev = rev + 1 WHERE number = ?1", sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    result = order_life_act(office, number, ORDER_WITHDRAWN, "", from, error);
    if (result)
        return result;
    return *to ? orders_release(office, to, number, "", &count, error) : take_in(office, number, error);
}

static int ask(struct office *office, const char *number, const char *to, const struct holding *held)
{
    int result = held->asked ? 0 : tell(office, held->site, &(struct told){"order.unassign", number, held->rev, 0});
    return result ? result
                  : sql_run(office->sql,
                            "UPDATE assignment SET state = 'asked', wanted_by = ?3 WHERE number = ?1 AND site = ?2",
                            sql_text(number), sql_text(held->site), sql_text(*to ? to : NULL));
}

/* Its release has not left yet: nothing of it will. The site learns of an order that it must not do, and no more. */
static int withdraw(struct office *office, const char *number, const struct holding *held)
{
    CLEANUP_BUF struct buf data = {0};
    char key[ORDERS_NUMBER_SIZE + 8];
    struct feed_change change;
    int result = write_told(&(struct told){"order.unassign", number, held->rev, 0}, &data, key, &change);
    return result ? result : feed_replace(office, held->site, held->feed_seq, &change);
}

int assignments_move(struct office *office, const char *number, const char *to, struct order_move *ret,
                     struct error *error)
{
    struct holding held = {0};
    int result = load(office, number, &held, error);
    if (!result)
        result = check(number, to, &held, error);
    if (result)
        return result;
    bool unsent = held.standing == STANDING_UNSENT && !held.begun;
    bool over = held.free_us > 0 && office->now_us >= held.free_us;
    *ret = (struct order_move){.done = unsent || over, .stood = held.standing, .free_us = held.free_us};
    result = unsent ? withdraw(office, number, &held) : ask(office, number, to, &held);
    if (result)
        return office_failed(office->sql, result, error);
    return ret->done ? give(office, number, held.site, to, error) : 0;
}

int assignments_take_back(struct office *office, const char *number, struct order_move *ret, struct error *error)
{
    return assignments_move(office, number, "", ret, error);
}

/* ---------------------------------------------------------------- the answer */

static int keep(struct office *office, const char *site, const char *number, const char *stage, struct error *why)
{
    int result = sql_run(office->sql,
                         "UPDATE assignment SET state = 'given', wanted_by = NULL WHERE number = ?1 AND site = ?2"
                         " AND state = 'asked'",
                         sql_text(number), sql_text(site));
    if (result || sql_changes(office->sql) == 0)
        return result;
    result = sql_run(office->sql, "UPDATE orders SET reason = 'not moved: already ' || ?2 WHERE number = ?1",
                     sql_text(number), sql_text(stage));
    if (!result)
        result = platform_taking_kept(office, number, why);
    return result == -EALREADY ? 0 : result; /* it has left */
}

/* The order was cancelled after its site was asked to give it back: nobody gets it, and the site's answer to that wish,
 * which came to it later, says so. */
static int forget_move(struct office *office, const char *site, const char *number)
{
    return sql_run(office->sql,
                   "UPDATE assignment SET state = 'given', wanted_by = NULL WHERE number = ?1 AND site = ?2",
                   sql_text(number), sql_text(site));
}

int assignments_answered(struct office *office, const char *site, const char *type, const json_t *data, char ret_to[64],
                         struct error *why)
{
    bool released = strcmp(type, "order.released") == 0;
    *ret_to = '\0';
    if (!released && strcmp(type, "order.kept") != 0)
        return 0;
    const char *number = json_string_value(json_object_get(data, "order"));
    const char *stage = json_string_value(json_object_get(data, "stage"));
    if (!number)
        return error_set(why, -EINVAL, "it does not say which order");
    if (!released)
        return keep(office, site, number, stage ? stage : "begun", why);
    struct holding held = {0};
    int result = sql_run(office->sql, "UPDATE assignment SET begun = 0 WHERE number = ?1 AND site = ?2",
                         sql_text(number), sql_text(site));
    if (!result)
        result = load(office, number, &held, why);
    if (result == -ENOENT)
        return -EINVAL;
    if (result || !held.asked || strcmp(held.site, site) != 0 || strcmp(held.state, "closed") == 0)
        return result;
    if (held.cancelling)
        return forget_move(office, site, number);
    snprintf(ret_to, 64, "%s", held.wanted_by);
    return give(office, number, site, held.wanted_by, why);
}
