#include "sync/head-office/shops/waybill_parcels.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/orders/waybills.h"
#include "sync/head-office/shops/outbox.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- who is asked */

int waybill_parcels_set_account(struct office *office, const struct waybill_account *account, struct error *error)
{
    int result = sql_run(
        office->sql,
        "INSERT INTO waybill_account (shop, carrier, via, code, account, form, early, drawn, active) VALUES (?1, ?2,"
        " ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (shop, carrier) DO UPDATE SET via = excluded.via, code ="
        " excluded.code, account = excluded.account, form = excluded.form, early = excluded.early, drawn ="
        " excluded.drawn, active = excluded.active",
        sql_text(account->shop), sql_text(account->carrier), sql_text(account->via), sql_text(account->code),
        sql_text(account->account), sql_text(account->form), sql_int(account->early), sql_int(account->drawn),
        sql_int(account->active));
    return office_named(office->sql, result, "shop", account->shop, error);
}

int waybill_parcels_set_sender(struct office *office, const char *site, const struct platform_sender *sender,
                               struct error *error)
{
    int result = sql_run(
        office->sql,
        "INSERT INTO site_sender (site, name, phone, province, city, district, address) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
        " ?7) ON CONFLICT (site) DO UPDATE SET name = excluded.name, phone = excluded.phone, province ="
        " excluded.province, city = excluded.city, district = excluded.district, address = excluded.address",
        sql_text(site), sql_text(sender->name), sql_text(sender->phone), sql_text(sender->province),
        sql_text(sender->city), sql_text(sender->district), sql_text(sender->address));
    result = office_named(office->sql, result, "site", site, error);
    if (result)
        return result;
    result =
        sql_run(office->sql,
                "UPDATE outbox SET state = 'waiting', next_us = 0, ended_us = NULL WHERE state = 'refused' AND kind ="
                " ?1 AND class = ?2",
                sql_text(WAYBILL_GET), sql_text(WAYBILL_LACKS_SENDER));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- rows of the outbox */

/* A parcel whose number a platform gives, or is asked for. */
struct asked {
    char key[OUTBOX_KEY_SIZE], number[ORDERS_NUMBER_SIZE], site[65], via[SHOP_CODE_SIZE], waybill[PLATFORM_CODE_SIZE];
    int64_t account;
};

/* The last part is always the parcel's, so no two orders share a key; with some room for what is done of it. */
static void key_of(const char *number, int64_t parcel, char out[OUTBOX_KEY_SIZE])
{
    uint8_t hash[16];
    char hex[2 * sizeof(hash) + 1];
    if (strlen(number) > 48) {
        crypto_generichash(hash, sizeof(hash), (const uint8_t *)number, strlen(number), NULL, 0);
        sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
        number = hex;
    }
    snprintf(out, OUTBOX_KEY_SIZE, "%.48s-%" PRId64, number, parcel);
}

/* What goes in one call is of one account and from one site: subjects begin with both. Of a parcel one deed follows
 * the other. */
static int put(struct sql *sql, const char *kind, const struct asked *asked, int64_t made_us)
{
    char subject[OUTBOX_SUBJECT_SIZE], key[OUTBOX_KEY_SIZE];
    CLEANUP_BUF struct buf body = {0};
    bool get = strcmp(kind, WAYBILL_GET) == 0;
    snprintf(subject, sizeof(subject), "waybill %s %" PRId64 "/%s", asked->site, asked->account, asked->key);
    snprintf(key, sizeof(key), "%.54s%s%s", asked->key, get ? "" : "/", get ? "" : strchr(kind, '_') + 1);
    json_open_object(&body, NULL);
    json_text(&body, "about", asked->number);
    json_text(&body, "parcel", asked->key);
    if (!get)
        json_text(&body, "waybill", asked->waybill);
    json_close_object(&body);
    return body.failed ? -ENOMEM
                       : outbox_put(sql, &(struct outbox_entry){.shop = asked->via,
                                                                .kind = kind,
                                                                .subject = subject,
                                                                .key = key,
                                                                .made_us = made_us,
                                                                .body = buf_text(&body)});
}

#define ASKED                                                                                                          \
    "SELECT p.key, p.number, p.site, a.via, coalesce(p.waybill, ''), p.account FROM waybill_parcel p JOIN"             \
    " waybill_account a ON a.id = p.account"

static void take_asked(struct sql_query *row, struct asked *out)
{
    sql_copy_text(row, 0, out->key, sizeof(out->key));
    sql_copy_text(row, 1, out->number, sizeof(out->number));
    sql_copy_text(row, 2, out->site, sizeof(out->site));
    sql_copy_text(row, 3, out->via, sizeof(out->via));
    sql_copy_text(row, 4, out->waybill, sizeof(out->waybill));
    out->account = sql_get_int(row, 5);
}

/* Takes the query over. -ENOENT: there is none. */
static int load_asked(struct sql_query *row, struct asked *out)
{
    bool found = sql_next(row);
    *out = (struct asked){.key = ""};
    if (found)
        take_asked(row, out);
    int failed = sql_done(row);
    return failed ? failed : found ? 0 : -ENOENT;
}

/* ---------------------------------------------------------------- asking */

/* A number that is on its way to this order from its site and for its carrier, or that it has: p of the order o. What a
 * person has dropped does not come any more. */
#define IN_HAND                                                                                                        \
    "p.site = o.site AND p.account = a.id AND CASE WHEN p.waybill IS NULL THEN EXISTS (SELECT 1 FROM outbox x WHERE"   \
    " x.key = p.key AND x.state <> 'dropped') ELSE EXISTS (SELECT 1 FROM waybill w WHERE w.number = p.waybill AND"     \
    " w.state IN ('stock', 'sent', 'live')) END"

int waybill_parcels_ask(struct office *office, const char *number)
{
    struct asked asked = {.key = ""};
    bool found, in_hand = false;
    int64_t parcel = 0;
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT o.site, a.via, a.id, (SELECT coalesce(max(p.parcel), 0) + 1 FROM waybill_parcel p WHERE"
        " p.number = o.number), EXISTS (SELECT 1 FROM waybill_parcel p WHERE p.number = o.number AND " IN_HAND
        ") FROM orders o JOIN waybill_account a ON a.shop = o.shop AND a.carrier = o.carrier WHERE o.number"
        " = ?1 AND o.waybill IS NULL AND o.site IS NOT NULL AND a.active = 1",
        sql_text(number));
    found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, asked.site, sizeof(asked.site));
        sql_copy_text(row, 1, asked.via, sizeof(asked.via));
        asked.account = sql_get_int(row, 2);
        parcel = sql_get_int(row, 3);
        in_hand = sql_get_int(row, 4) != 0;
    }
    int failed = sql_done(row);
    if (failed || !found || in_hand)
        return failed ? failed : found ? 0 : -ENOENT;
    text_copy(asked.number, sizeof(asked.number), number);
    key_of(number, parcel, asked.key);
    int result = waybill_parcels_let_go(office->sql, number); /* of another site or carrier */
    if (!result)
        result = sql_run(
            office->sql, "INSERT INTO waybill_parcel (key, number, parcel, account, site) VALUES (?1, ?2, ?3, ?4, ?5)",
            sql_text(asked.key), sql_text(number), sql_int(parcel), sql_int(asked.account), sql_text(asked.site));
    return result ? result : put(office->sql, WAYBILL_GET, &asked, office->now_us);
}

/* ---------------------------------------------------------------- what was given */

int waybill_parcels_taken(struct office *office, const char *key, const char *waybill, bool *ret)
{
    int64_t others = 0;
    int result = sql_number(office->sql, &others,
                            "SELECT (SELECT count(*) FROM waybill w LEFT JOIN waybill_parcel p ON p.waybill = w.number"
                            " WHERE w.number = ?2 AND p.key IS DISTINCT FROM ?1) + (SELECT count(*) FROM orders WHERE"
                            " waybill = ?2) + (SELECT count(*) FROM waybill_parcel WHERE key = ?1 AND waybill <> ?2)",
                            sql_text(key), sql_text(waybill));
    *ret = others > 0;
    return result;
}

/* The order is still to go from there, with this carrier. */
static int is_wanted(struct sql *sql, const struct asked *asked, bool *ret)
{
    int64_t wanted = 0;
    int result = sql_number(
        sql, &wanted,
        "SELECT count(*) FROM orders o JOIN waybill_account a ON a.id = ?2 WHERE o.number = ?1 AND o.site = ?3 AND"
        " o.carrier = a.carrier AND o.waybill IS NULL AND o.cancelling = 0 AND o.state NOT IN ('pending_pay', 'audit',"
        " 'exception', 'shipped', 'finished', 'closed') AND NOT EXISTS (SELECT 1 FROM waybill w WHERE w.order_number ="
        " o.number AND w.state IN ('stock', 'sent', 'live') AND w.number <> ?4)",
        sql_text(asked->number), sql_int(asked->account), sql_text(asked->site), sql_text(asked->waybill));
    *ret = wanted > 0;
    return result;
}

static int store(struct sql *sql, const struct asked *asked, const struct platform_waybill *given, bool prints_apart)
{
    bool print = prints_apart && !given->print_data;
    int result = sql_run(
        sql,
        "INSERT INTO waybill (number, site, carrier, order_number, sort_code, short_address, package_center,"
        " print_data, waits) SELECT ?1, ?2, a.carrier, ?3, ?5, ?6, ?7, ?8, CASE WHEN ?9 = 1 THEN 'print' WHEN a.drawn"
        " = 1 THEN 'drawn' ELSE '' END FROM waybill_account a WHERE a.id = ?4 ON CONFLICT (number) DO NOTHING",
        sql_text(given->number), sql_text(asked->site), sql_text(asked->number), sql_int(asked->account),
        sql_text(given->sort_code), sql_text(given->short_address), sql_text(given->package_center),
        sql_secret(given->print_data ? given->print_data : ""), sql_int(print));
    return result ? result
                  : sql_run(sql, "UPDATE waybill_parcel SET waybill = ?2 WHERE key = ?1", sql_text(asked->key),
                            sql_text(given->number));
}

/* Nobody was told of it. */
static int give_back(struct sql *sql, const struct asked *asked)
{
    int result = sql_run(sql, "UPDATE waybill SET state = 'void_pending' WHERE number = ?1 AND state = 'stock'",
                         sql_text(asked->waybill));
    if (!result && sql_changes(sql) > 0)
        result = sql_run(sql, "UPDATE waybill_parcel SET untold = 1 WHERE key = ?1", sql_text(asked->key));
    return result ? result : put(sql, WAYBILL_CANCEL, asked, 0);
}

int waybill_parcels_got(struct office *office, const char *key, const struct platform_waybill *given, bool prints_apart,
                        struct error *error)
{
    struct sql *sql = office->sql;
    struct asked asked;
    bool wanted = false;
    int result = load_asked(sql_select(sql, ASKED " WHERE p.key = ?1", sql_text(key)), &asked);
    if (result || *asked.waybill)
        return result == -ENOENT ? 0 : result; /* it was given before */
    text_copy(asked.waybill, sizeof(asked.waybill), given->number);
    result = waybills_lock(sql, asked.site, asked.number);
    if (!result)
        result = store(sql, &asked, given, prints_apart);
    if (!result)
        result = is_wanted(sql, &asked, &wanted);
    if (!result && !wanted)
        return give_back(sql, &asked);
    if (!result && prints_apart && !given->print_data)
        return put(sql, WAYBILL_PRINT, &asked, office->now_us);
    return result ? result : waybills_hand_over(office, asked.waybill, error);
}

int waybill_parcels_printed(struct office *office, const char *waybill, const char *print_data, struct error *error)
{
    int result = sql_run(
        office->sql,
        "UPDATE waybill SET print_data = ?2, waits = CASE WHEN waits = 'print' AND EXISTS (SELECT 1 FROM"
        " waybill_parcel p JOIN waybill_account a ON a.id = p.account WHERE p.waybill = waybill.number AND a.drawn = 1)"
        " THEN 'drawn' ELSE '' END WHERE number = ?1",
        sql_text(waybill), sql_secret(print_data));
    return result ? result : waybills_hand_over(office, waybill, error);
}

int waybill_parcels_drawn(struct office *office, const char *waybill, const char *drawn, struct error *error)
{
    int64_t stock;
    int result =
        sql_number(office->sql, &stock, "SELECT state = 'stock' FROM waybill WHERE number = ?1", sql_text(waybill));
    if (result == -ENOENT)
        return error_set(error, result, "there is no waybill \"%s\"", waybill);
    if (!result && !stock)
        return error_set(error, -EALREADY, "waybill \"%s\" is at its site by now, or of no use any more", waybill);
    if (!result)
        result = sql_run(office->sql, "UPDATE waybill SET drawn = ?2, waits = '' WHERE number = ?1", sql_text(waybill),
                         sql_secret(drawn));
    if (!result)
        result = waybills_hand_over(office, waybill, error);
    return result && !*error->text ? office_failed(office->sql, result, error) : result;
}

/* ---------------------------------------------------------------- no use for it */

static int each_asked(struct sql *sql, struct sql_query *row, int (*each)(struct sql *sql, const struct asked *asked))
{
    int result = 0;
    while (!result && sql_next(row)) {
        struct asked asked = {.key = ""};
        take_asked(row, &asked);
        result = each(sql, &asked);
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

int waybill_parcels_let_go(struct sql *sql, const char *number)
{
    int64_t any = 0;
    int result = sql_number(sql, &any, "SELECT count(*) FROM waybill_parcel WHERE number = ?1", sql_text(number));
    if (result || any == 0)
        return result;
    result = sql_run(sql,
                     "UPDATE outbox SET state = 'dropped' WHERE kind = 'waybill_get' AND state = 'waiting' AND attempts"
                     " = 0 AND key IN (SELECT key FROM waybill_parcel WHERE number = ?1 AND waybill IS NULL)",
                     sql_text(number));
    if (result)
        return result;
    return each_asked(
        sql,
        sql_select(sql,
                   ASKED " JOIN waybill w ON w.number = p.waybill WHERE p.number = ?1 AND w.state = 'stock' ORDER BY"
                         " p.parcel",
                   sql_text(number)),
        give_back);
}

static int cancel(struct sql *sql, const struct asked *asked)
{
    return put(sql, WAYBILL_CANCEL, asked, 0);
}

int waybill_parcels_cancel(struct sql *sql, const char *number)
{
    return each_asked(sql,
                      sql_select(sql,
                                 ASKED " JOIN waybill w ON w.number = p.waybill WHERE p.number = ?1 AND w.state ="
                                       " 'void_pending' ORDER BY p.parcel",
                                 sql_text(number)),
                      cancel);
}
