#include "sync/head-office/customers/erase.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_life.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/customers/persons.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/sites/feed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAMES_MAX 100 /* orders that are looked for at a time */

/* ---------------------------------------------------------------- what names somebody */

#define CASES   "(SELECT number FROM aftersale WHERE order_number = ?1)"
#define TICKETS "(SELECT id FROM ticket WHERE order_number = ?1)"
#define WAYBILLS                                                                                                       \
    "(SELECT number FROM waybill WHERE order_number = ?1 UNION SELECT waybill FROM waybill_parcel WHERE number = ?1)"

/* ?1: the order. Of a platform's order the hashes go, too: by them a name could be tried. */
static const char *const of_order[] = {
    "UPDATE orders SET receiver_name = '', receiver_phone = '', receiver_address = '', district = '', sealed = '',"
    " buyer = '', buyer_note = '', seller_note = '', packing_note = '', forgotten = 2 WHERE number = ?1",
    "UPDATE platform_order SET raw = '', hash = '', receiver = '' WHERE number = ?1",
    "UPDATE exception SET detail = '' WHERE number = ?1 AND kind = 'blacklist'",
    "UPDATE waybill SET print_data = '', drawn = '' WHERE number IN " WAYBILLS,
    "UPDATE aftersale SET reason = '' WHERE order_number = ?1",
    "UPDATE aftersale_history SET note = '' WHERE number IN " CASES,
    "UPDATE refund_due SET reason = '' WHERE order_number = ?1",
    "UPDATE contact SET text = '' WHERE order_number = ?1",
    "UPDATE ticket_history SET note = '' WHERE ticket IN " TICKETS,
    "UPDATE ticket SET question = '', reply = '' WHERE order_number = ?1",
    "UPDATE service_answer SET question = '', answer = '' WHERE order_number = ?1",
    "UPDATE feed SET forgets = 1 WHERE forgets = 0 AND type IN ('order.release', 'waybill.pool') AND key IN (SELECT"
    " 'order/' || CAST(?1 AS TEXT) UNION SELECT 'waybill/' || number FROM waybill WHERE number IN " WAYBILLS ")",
    /* what it stands for goes with it */
    "UPDATE orders SET forgotten = 1 WHERE forgotten = 0 AND replaced = 1 AND (merged_into = ?1 OR number = (SELECT"
    " o.of_order FROM orders o WHERE o.number = ?1 AND o.origin = 'split'))",
};

#define ACCOUNTS "(SELECT id FROM person WHERE head = ?1)"

/* ?1: the head of the person. Whom nothing is known by is still one, with what was bought. */
static const char *const of_person[] = {
    "UPDATE orders SET forgotten = 1 WHERE forgotten = 0 AND number IN (SELECT number FROM person_order WHERE person IN"
    " " ACCOUNTS ")",
    "UPDATE customer SET name = '', phone = '', email = '', address = '', district = '', note = '', rev = rev + 1"
    " WHERE person IN " ACCOUNTS,
    "UPDATE contact SET text = '' WHERE person IN " ACCOUNTS,
    "UPDATE ticket_history SET note = '' WHERE ticket IN (SELECT id FROM ticket WHERE person IN " ACCOUNTS ")",
    "UPDATE ticket SET question = '', reply = '' WHERE person IN " ACCOUNTS,
    "UPDATE service_answer SET question = '', answer = '' WHERE person IN " ACCOUNTS,
    "UPDATE person_consent SET source = '' WHERE person IN " ACCOUNTS,
    "UPDATE person_merge SET why = '', undone_why = '' WHERE one IN " ACCOUNTS " OR other IN " ACCOUNTS,
    "DELETE FROM segment_member WHERE person IN " ACCOUNTS,
    "UPDATE person_identity SET value = 'forgotten/' || CAST(id AS TEXT) WHERE person IN " ACCOUNTS,
};

static int run_each(struct sql *sql, const char *const *steps, size_t count, struct sql_value about)
{
    int result = 0;
    for (size_t i = 0; i < count && !result; i++)
        result = sql_run(sql, steps[i], about);
    return result;
}

/* ---------------------------------------------------------------- one order */

struct forgetting {
    struct office *office;
    const char *who; /* "": its time has come */
    int64_t orders, wait;
};

static int tell_site(struct office *office, const char *site, const char *number, int64_t rev)
{
    char key[ORDERS_NUMBER_SIZE + 8];
    CLEANUP_BUF struct buf data = {0};
    snprintf(key, sizeof(key), "order/%s", number);
    json_open_object(&data, NULL);
    json_text(&data, "order", number);
    json_int(&data, "rev", rev);
    json_close_object(&data);
    const struct feed_change change = {"order.forget", key, rev, buf_text(&data)};
    return data.failed ? -ENOMEM : feed_append(office, site, &change);
}

/* Where somebody has asked for it. Else sites forget by themselves, in their own time. */
static int tell_sites(struct office *office, const char *number)
{
    int64_t rev;
    int result = sql_number(office->sql, &rev,
                            "UPDATE orders SET rev = rev + 1 WHERE number = ?1 AND forgotten = 1 RETURNING rev",
                            sql_text(number));
    if (result)
        return result == -ENOENT ? 0 : result;
    struct sql_query *row =
        sql_select(office->sql, "SELECT site FROM assignment WHERE number = ?1 ORDER BY place", sql_text(number));
    while (!result && sql_next(row))
        result = tell_site(office, sql_get_text(row, 0), number, rev);
    int failed = sql_done(row);
    return result ? result : failed;
}

static int forget(struct forgetting *forgetting, const char *number)
{
    struct office *office = forgetting->office;
    struct error unheard;
    int result = tell_sites(office, number);
    if (!result)
        result = run_each(office->sql, of_order, COUNT(of_order), sql_text(number));
    if (!result)
        result = order_life_note(office, number, ORDER_FORGOTTEN, forgetting->who, NULL, &unheard);
    forgetting->orders += !result;
    return result;
}

/* ---------------------------------------------------------------- some of them */

struct names {
    size_t count;
    char at[NAMES_MAX][ORDERS_NUMBER_SIZE];
};

static int read_names(struct sql_query *row, struct names *ret)
{
    for (ret->count = 0; ret->count < NAMES_MAX && sql_next(row); ret->count++)
        sql_copy_text(row, 0, ret->at[ret->count], sizeof(ret->at[0]));
    return sql_done(row);
}

static int forget_each(struct forgetting *forgetting, const struct names *names)
{
    int result = 0;
    for (size_t i = 0; i < names->count && !result; i++)
        result = forget(forgetting, names->at[i]);
    return result;
}

/* Those that are to be forgotten and have ended; of those that others stand for, as a platform speaks of all of them,
 * when the others are. */
static const char to_forget[] =
    "SELECT o.number FROM orders o WHERE o.forgotten = 1 AND o.ended_us > 0 AND (o.replaced = 0 OR NOT EXISTS (SELECT 1"
    " FROM orders h WHERE h.forgotten < 2 AND ((h.of_order = o.number AND h.origin = 'split') OR h.number ="
    " o.merged_into))) ORDER BY o.number LIMIT ?1";

static int forget_wanted(struct forgetting *forgetting)
{
    struct names names;
    int result;
    do {
        result = read_names(sql_select(forgetting->office->sql, to_forget, sql_int(NAMES_MAX)), &names);
        if (!result)
            result = forget_each(forgetting, &names);
    } while (!result && names.count > 0);
    return result ? result : feed_forget(forgetting->office);
}

/* Which have ended meanwhile, and which are under way again: in the words of their indexes, by which they are found. */
static int note_ends(struct office *office)
{
    int result = sql_run(office->sql,
                         "UPDATE orders SET ended_us = ?1 WHERE ended_us = 0 AND (state = 'shipped' OR state ="
                         " 'finished' OR state = 'closed')",
                         sql_int(office->now_us));
    return result ? result
                  : sql_run(office->sql,
                            "UPDATE orders SET ended_us = 0 WHERE ended_us > 0 AND state <> 'shipped' AND state <>"
                            " 'finished' AND state <> 'closed'",
                            SQL_NO_VALUES);
}

/* ---------------------------------------------------------------- when somebody asks */

/* All that one purchase became has the same receiver: what it was split or merged into, what was sent in exchange. */
#define WANT_WITH(related)                                                                                             \
    "UPDATE orders SET forgotten = 1 WHERE forgotten = 0 AND number IN (SELECT x.number FROM orders f JOIN orders x "  \
    "ON"                                                                                                               \
    " " related " WHERE f.forgotten = 1)"
static const char *const wants[] = {
    WANT_WITH("x.number = f.merged_into"),
    WANT_WITH("x.merged_into = f.number"),
    WANT_WITH("x.number = f.of_order"),
    WANT_WITH("x.of_order = f.number"),
};

static int want_family(struct sql *sql)
{
    int64_t changed;
    int result = 0;
    do {
        changed = 0;
        for (size_t i = 0; i < COUNT(wants) && !result; i++) {
            result = sql_run(sql, wants[i], SQL_NO_VALUES);
            changed += result ? 0 : sql_changes(sql);
        }
    } while (!result && changed > 0);
    return result;
}

/* Those that are under way when others asked for them are not this one's. */
static int begin(struct office *office, int64_t *ret_wait, struct error *error)
{
    struct forgetting before = {.office = office, .who = ""};
    int result = sql_overwrite(office->sql, true);
    if (!result)
        result = note_ends(office);
    if (!result)
        result = forget_wanted(&before);
    if (!result)
        result = sql_number(office->sql, ret_wait, "SELECT count(*) FROM orders WHERE forgotten = 1", SQL_NO_VALUES);
    return result ? office_failed(office->sql, result, error) : 0;
}

static int end(struct forgetting *forgetting, int result, struct error *error)
{
    struct sql *sql = forgetting->office->sql;
    if (!result)
        result = want_family(sql);
    if (!result)
        result = forget_wanted(forgetting);
    if (!result)
        result = sql_number(sql, &forgetting->wait, "SELECT count(*) - ?1 FROM orders WHERE forgotten = 1",
                            sql_int(forgetting->wait));
    int ended = sql_overwrite(sql, false);
    result = result ? result : ended;
    return result ? office_failed(sql, result, error) : 0;
}

int erase_order(struct office *office, const char *number, const char *who, int64_t *ret_orders, int64_t *ret_wait,
                struct error *error)
{
    struct forgetting forgetting = {.office = office, .who = who};
    int64_t known = 0;
    int result = sql_number(office->sql, &known, "SELECT count(*) FROM orders WHERE number = ?1", sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    if (known == 0)
        return error_set(error, -ENOENT, "there is no order \"%s\"", number);
    result = begin(office, &forgetting.wait, error);
    if (result)
        return result;
    result =
        sql_run(office->sql, "UPDATE orders SET forgotten = 1 WHERE number = ?1 AND forgotten = 0", sql_text(number));
    result = end(&forgetting, result, error);
    *ret_orders = forgetting.orders;
    *ret_wait = forgetting.wait;
    return result;
}

int erase_person(struct office *office, int64_t person, const char *who, int64_t *ret_orders, int64_t *ret_wait,
                 struct error *error)
{
    struct forgetting forgetting = {.office = office, .who = who};
    int64_t head = 0;
    int result = persons_hold(office->sql);
    if (!result)
        result = persons_head(office->sql, person, &head);
    if (result == -ENOENT)
        return error_set(error, -ENOENT, "there is no person %" PRId64, person);
    if (result)
        return office_failed(office->sql, result, error);
    result = begin(office, &forgetting.wait, error);
    if (result)
        return result;
    result = run_each(office->sql, of_person, COUNT(of_person), sql_int(head));
    result = end(&forgetting, result, error);
    *ret_orders = forgetting.orders;
    *ret_wait = forgetting.wait;
    return result;
}

/* ---------------------------------------------------------------- in time */

/* Nobody has asked for it, and nothing is open between us and the buyer. */
static const char due[] =
    "SELECT number FROM orders o WHERE ended_us > 0 AND ended_us < ?1 AND forgotten < 2 AND replaced = 0 AND NOT EXISTS"
    " (SELECT 1 FROM aftersale a WHERE a.order_number = o.number AND a.state NOT IN " AFTERSALE_OVER ") ORDER BY"
    " ended_us LIMIT ?2";

/* What a platform told of orders that never could be taken. */
static int forget_loose(struct sql *sql, int64_t before_us)
{
    return sql_run(sql,
                   "UPDATE platform_order SET raw = '', hash = '', receiver = '' WHERE number IS NULL AND raw <> '' AND"
                   " taken_us < ?1",
                   sql_int(before_us));
}

static int forget_due(struct forgetting *forgetting, int64_t before_us, int64_t most)
{
    struct names names = {0};
    int result = note_ends(forgetting->office);
    if (!result && before_us > 0)
        result = read_names(sql_select(forgetting->office->sql, due, sql_int(before_us), sql_int(most)), &names);
    if (!result)
        result = forget_each(forgetting, &names);
    if (!result && before_us > 0)
        result = forget_loose(forgetting->office->sql, before_us);
    return result ? result : forget_wanted(forgetting);
}

int erase_work(struct office *office, int64_t most, struct erase_work *ret, struct error *error)
{
    struct forgetting forgetting = {.office = office, .who = ""};
    struct settings settings;
    *ret = (struct erase_work){0};
    int result = settings_load(office, &settings, error);
    if (!result)
        result = office_begin(office, error);
    if (result) {
        ret->more = result == -EBUSY; /* somebody else is at it */
        return result == -EBUSY ? 0 : result;
    }
    int64_t before_us = settings.receiver_days ? office->now_us - settings.receiver_days * BUSINESS_DAY_US : 0;
    most = most < NAMES_MAX ? most : NAMES_MAX;
    result = sql_overwrite(office->sql, true);
    if (!result)
        result = forget_due(&forgetting, before_us, most);
    int ended = sql_overwrite(office->sql, false);
    result = result ? result : ended;
    result = result ? office_failed(office->sql, result, error) : office_commit(office, error);
    office_rollback(office);
    ret->orders = forgetting.orders;
    ret->more = !result && forgetting.orders >= most;
    return result;
}
