#include "sync/head-office/orders/waybills.h"

#include "base/defect.h"
#include "base/json.h"
#include "sync/head-office/shops/waybill_parcels.h"
#include "sync/head-office/sites/feed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- files */

static int check_number(const char *number, const char **ret_column, struct error *error)
{
    for (const char *c = number; *c; c++)
        if (*c <= ' ' || *c > '~') {
            *ret_column = "waybill";
            return error_set(error, -EINVAL,
                             "\"%s\" cannot stand on every label: use letters, digits and signs, no"
                             " blanks",
                             number);
        }
    return 0;
}

/* The order exists, may go to this site, with this carrier, and brings no number of its own. */
static int check_order(struct office *office, const char *site, const struct waybill_row *row, const char **ret_column,
                       struct error *error)
{
    *ret_column = "order";
    struct sql_query *order =
        sql_select(office->sql, "SELECT carrier, coalesce(site, ?2), waybill FROM orders WHERE number = ?1",
                   sql_text(row->order), sql_text(site));
    int result = 0;
    if (!sql_next(order))
        result = error_set(error, -ENOENT, "there is no order \"%s\": import the orders first", row->order);
    else if (strcmp(sql_get_text(order, 0), row->carrier) != 0)
        result = error_set(error, -EINVAL, "order \"%s\" goes with %s", row->order, sql_get_text(order, 0));
    else if (strcmp(sql_get_text(order, 1), site) != 0)
        result = error_set(error, -EINVAL, "order \"%s\" is at site %s", row->order, sql_get_text(order, 1));
    else if (!sql_get_null(order, 2))
        result = error_set(error, -EINVAL, "order \"%s\" has waybill %s already", row->order, sql_get_text(order, 2));
    int failed = sql_done(order);
    return failed ? office_failed(office->sql, failed, error) : result;
}

/* A number that came before must come the same; one that an order brought is no number of a pool. */
static int check_known(struct office *office, const char *site, const struct waybill_row *row, bool *ret_known,
                       struct error *error)
{
    int64_t same, brought;
    int result = sql_number(
        office->sql, &same,
        "SELECT (site, carrier, sort_code, short_address, package_center, qr) = (?2, ?3, ?4, ?5, ?6, ?7) AND"
        " (?8 = '' OR order_number IS NOT DISTINCT FROM ?8) FROM waybill WHERE number = ?1",
        sql_text(row->waybill), sql_text(site), sql_text(row->carrier), sql_text(row->sort_code),
        sql_text(row->short_address), sql_text(row->package_center), sql_text(row->qr), sql_text(row->order));
    *ret_known = !result && same;
    if (!result && !same)
        return error_set(error, -EEXIST, "waybill \"%s\" is known already and this file says otherwise", row->waybill);
    if (result != -ENOENT)
        return result ? office_failed(office->sql, result, error) : 0;
    result =
        sql_number(office->sql, &brought, "SELECT count(*) FROM orders WHERE waybill = ?1", sql_text(row->waybill));
    if (result)
        return office_failed(office->sql, result, error);
    return brought ? error_set(error, -EEXIST, "an order brought waybill \"%s\" already", row->waybill) : 0;
}

int waybills_put(struct office *office, const char *site, const void *row, int64_t *changed, const char **ret_column,
                 struct error *error)
{
    const struct waybill_row *entry = row;
    bool known = false;
    int result = check_number(entry->waybill, ret_column, error);
    if (!result)
        result = check_known(office, site, entry, &known, error);
    if (!result && !known && *entry->order)
        result = check_order(office, site, entry, ret_column, error);
    if (result || known)
        return result;
    ++*changed;
    result = sql_run(office->sql,
                     "INSERT INTO waybill (number, site, carrier, order_number, sort_code, short_address,"
                     " package_center, qr) VALUES (?1, ?2, ?3, nullif(?4, ''), ?5, ?6, ?7, ?8)",
                     sql_text(entry->waybill), sql_text(site), sql_text(entry->carrier), sql_text(entry->order),
                     sql_text(entry->sort_code), sql_text(entry->short_address), sql_text(entry->package_center),
                     sql_text(entry->qr));
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- handing out */

static int tell_site(struct office *office, const char *site, const char *type, const char *number, int64_t rev,
                     struct buf *data)
{
    char key[80];
    snprintf(key, sizeof(key), "waybill/%s", number);
    json_int(data, "rev", rev);
    json_close_object(data);
    struct feed_change change = {.type = type, .key = key, .rev = rev, .data = buf_text(data)};
    return data->failed ? -ENOMEM : feed_append(office, site, &change);
}

#define PRINT_DATA_MAX 40000 /* a change is a line, and no longer than a site reads */

/* The label, where somebody else has drawn it; or what the platform sealed for its own print component. */
static void write_opaque(struct sql_query *row, int drawn, struct buf *data)
{
    const char *print_data = sql_get_text(row, drawn + 1), *platform = sql_get_text(row, drawn + 2);
    if (*sql_get_text(row, drawn)) {
        json_raw(data, "opaque", sql_get_text(row, drawn));
    } else if (*print_data && *platform && strlen(print_data) <= PRINT_DATA_MAX) {
        json_open_object(data, "opaque");
        json_text(data, "component", platform);
        json_text(data, "sealed", print_data);
        json_close_object(data);
    }
}

/* order NULL: for any. */
static int send_number(struct office *office, const char *site, int64_t id, const char *order)
{
    static const char *const members[] = {"waybill",       "carrier",        "order", "sort_code",
                                          "short_address", "package_center", "qr"};
    CLEANUP_BUF struct buf data = {0};
    char number[64] = "";
    int64_t rev = 0;
    struct sql_query *row =
        sql_select(office->sql,
                   "UPDATE waybill SET state = 'sent', order_number = coalesce(?2, order_number), rev = rev + 1"
                   " WHERE id = ?1 RETURNING number, carrier, order_number, nullif(sort_code, ''),"
                   " nullif(short_address, ''), nullif(package_center, ''), nullif(qr, ''), rev, drawn, print_data,"
                   " coalesce((SELECT s.platform FROM waybill_parcel p JOIN waybill_account a ON a.id = p.account JOIN"
                   " shop s ON s.code = a.via WHERE p.waybill = " SQL_RETURNED("waybill.number") "), '')",
                   sql_int(id), sql_text(order));
    json_open_object(&data, NULL);
    if (sql_next(row)) {
        sql_copy_text(row, 0, number, sizeof(number));
        for (int i = 0; i < (int)COUNT(members); i++)
            if (!sql_get_null(row, i))
                json_text(&data, members[i], sql_get_text(row, i));
        rev = sql_get_int(row, COUNT(members));
        write_opaque(row, COUNT(members) + 1, &data);
    }
    int result = sql_done(row);
    return result ? result : tell_site(office, site, "waybill.pool", number, rev, &data);
}

static int send_own(struct office *office, const char *site, const char *order, const char *carrier)
{
    int64_t id;
    int result = sql_number(office->sql, &id,
                            "SELECT id FROM waybill WHERE state = 'stock' AND site = ?1 AND carrier = ?2 AND"
                            " order_number = ?3 AND waits = '' ORDER BY id LIMIT 1",
                            sql_text(site), sql_text(carrier), sql_text(order));
    return result ? result : send_number(office, site, id, order);
}

/* The oldest that is any order's. */
static int find_any(struct office *office, const char *site, const char *carrier, int64_t *ret_id)
{
    return sql_number(office->sql, ret_id,
                      "SELECT id FROM waybill WHERE state = 'stock' AND site = ?1 AND carrier = ?2"
                      " AND order_number IS NULL ORDER BY id LIMIT 1",
                      sql_text(site), sql_text(carrier));
}

int waybills_give(struct office *office, const char *site, const char *order, const char *carrier)
{
    int64_t id;
    int result = send_own(office, site, order, carrier);
    if (result == -ENOENT)
        result = waybill_parcels_ask(office, order);
    if (result != -ENOENT)
        return result;
    result = find_any(office, site, carrier, &id);
    return result ? result : send_number(office, site, id, order);
}

int waybills_lock(struct sql *sql, const char *site, const char *order)
{
    int64_t locked;
    int result = sql_number(sql, &locked, "SELECT 1 FROM site WHERE id = ?1" SQL_FOR_UPDATE, sql_text(site));
    if (!result)
        result = sql_number(sql, &locked, "SELECT 1 FROM orders WHERE number = ?1" SQL_FOR_UPDATE, sql_text(order));
    return result == -ENOENT ? 0 : result;
}

/* An order that its site works on, and that has no number. */
#define LACKS_ONE                                                                                                      \
    "o.waybill IS NULL AND o.cancelling = 0 AND o.state IN ('released', 'received', 'allocated', 'picking', 'short',"  \
    " 'parked', 'picked') AND NOT EXISTS (SELECT 1 FROM waybill w WHERE w.order_number = o.number AND w.state IN"      \
    " ('sent', 'live'))"

int waybills_hand_over(struct office *office, const char *number, struct error *error)
{
    char site[64] = "", order[65] = "", carrier[64] = "";
    int64_t lacks = 0;
    struct sql_query *row =
        sql_select(office->sql, "SELECT site, coalesce(order_number, ''), carrier FROM waybill WHERE number = ?1",
                   sql_text(number));
    if (sql_next(row)) {
        sql_copy_text(row, 0, site, sizeof(site));
        sql_copy_text(row, 1, order, sizeof(order));
        sql_copy_text(row, 2, carrier, sizeof(carrier));
    }
    int result = sql_done(row);
    if (!result && *order)
        result = waybills_lock(office->sql, site, order);
    if (!result)
        result = sql_number(
            office->sql, &lacks,
            "SELECT count(*) FROM orders o WHERE o.number = ?1 AND o.site = ?2 AND o.carrier = ?3 AND " LACKS_ONE,
            sql_text(order), sql_text(site), sql_text(carrier));
    if (!result && lacks > 0)
        result = send_own(office, site, order, carrier);
    return result && result != -ENOENT ? office_failed(office->sql, result, error) : 0;
}

/* Sorted here, because giving changes what this reads. An order whose number is asked for already waits for it, unless
 * somebody brought one. */
static const char without_number[] =
    "SELECT o.number, o.carrier FROM orders o WHERE o.site = ?1 AND " LACKS_ONE
    " AND (EXISTS (SELECT 1 FROM waybill w WHERE w.order_number = o.number AND w.state = 'stock' AND w.site = ?1) OR"
    " (NOT EXISTS (SELECT 1 FROM waybill_parcel p JOIN outbox x ON x.key = p.key WHERE p.number = o.number AND p.site ="
    " ?1 AND p.waybill IS NULL AND x.state <> 'dropped') AND (EXISTS (SELECT 1 FROM waybill w WHERE w.state = 'stock'"
    " AND w.site = ?1 AND w.carrier = o.carrier) OR EXISTS (SELECT 1 FROM waybill_account a WHERE a.shop = o.shop AND"
    " a.carrier = o.carrier AND a.active = 1)))) ORDER BY o.state = 'parked' DESC, o.priority DESC, o.imported_us,"
    " o.number";

int waybills_serve(struct office *office, const char *site, struct error *error)
{
    struct sql_query *order = sql_select(office->sql, without_number, sql_text(site));
    int result = 0;
    while (!result && sql_next(order)) {
        result = waybills_give(office, site, sql_get_text(order, 0), sql_get_text(order, 1));
        if (result == -ENOENT)
            result = 0;
    }
    int failed = sql_done(order);
    return result || failed ? office_failed(office->sql, result ? result : failed, error) : 0;
}

int waybills_send(struct office *office, const char *site, const char *carrier, int64_t count, int64_t *ret_count,
                  struct error *error)
{
    int64_t sent = 0, id;
    int result = 0;
    while (sent < count && !result) {
        result = find_any(office, site, carrier, &id);
        if (!result)
            result = send_number(office, site, id, NULL);
        sent += !result;
    }
    if (result && result != -ENOENT)
        return office_failed(office->sql, result, error);
    *ret_count = sent;
    return 0;
}

/* ---------------------------------------------------------------- the end of a number */

/* rev: as the row has it now. */
static int tell_void(struct office *office, const char *site, const char *number, int64_t rev)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "waybill", number);
    return tell_site(office, site, "waybill.voided", number, rev, &data);
}

static int make_void(struct office *office, const char *site, const char *number, bool tell)
{
    int64_t rev;
    int result = sql_number(office->sql, &rev,
                            "UPDATE waybill SET state = 'void', rev = rev + 1 WHERE number = ?1 RETURNING rev",
                            sql_text(number));
    return result || !tell ? result : tell_void(office, site, number, rev);
}

/* The next of them; it leaves those that this finds. -ENOENT: that was all. */
static int take_one_back(struct office *office, const char *site, const char *order)
{
    char number[64] = "";
    int64_t rev = 0;
    struct sql_query *row =
        sql_select(office->sql,
                   "UPDATE waybill SET state = 'void_pending', rev = rev + 1 WHERE id = (SELECT min(id) FROM waybill"
                   " WHERE order_number = ?1 AND site = ?2 AND state = 'sent') RETURNING number, rev",
                   sql_text(order), sql_text(site));
    if (sql_next(row)) {
        sql_copy_text(row, 0, number, sizeof(number));
        rev = sql_get_int(row, 1);
    }
    int result = sql_done(row);
    if (result)
        return result;
    if (DEFECT(29) && *number)
        return 0;
    return *number ? tell_void(office, site, number, rev) : -ENOENT;
}

int waybills_take_back(struct office *office, const char *site, const char *order)
{
    int result = 0;
    while (!result)
        result = take_one_back(office, site, order);
    return result == -ENOENT ? 0 : result;
}

int waybills_void(struct office *office, const char *number, struct error *error)
{
    char state[16] = "", site[64] = "";
    bool untold = false;
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT state, site, coalesce((SELECT p.untold FROM waybill_parcel p WHERE p.waybill = w.number), 0) FROM"
        " waybill w WHERE number = ?1",
        sql_text(number));
    if (sql_next(row)) {
        sql_copy_text(row, 0, state, sizeof(state));
        sql_copy_text(row, 1, site, sizeof(site));
        untold = sql_get_int(row, 2) != 0;
    }
    int result = sql_done(row);
    if (!result && !*state)
        return error_set(error, -ENOENT, "there is no waybill \"%s\"", number);
    if (!result && (strcmp(state, "sent") == 0 || strcmp(state, "live") == 0))
        return error_set(error, -EBUSY, "waybill \"%s\" is at site %s, in use or for use: cancel its order", number,
                         site);
    if (!result && strcmp(state, "void") != 0)
        result = make_void(office, site, number, strcmp(state, "void_pending") == 0 && !untold);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- what sites report */

/* A number is one order's for ever, at one site. What stands otherwise here is the other's, and stays. */
static int check_owner(struct sql *sql, const char *site, const char *number, const char *order, const char *states)
{
    int64_t ours;
    int result =
        sql_number(sql, &ours,
                   "SELECT site = ?2 AND order_number IS NOT DISTINCT FROM ?3 AND ?4 LIKE '%|' || state || '|%'"
                   " FROM waybill"
                   " WHERE number = ?1",
                   sql_text(number), sql_text(site), sql_text(order), sql_text(states));
    return result ? result : ours ? 0 : -EEXIST;
}

/* A number may be new here: the order brought it, or this database is an older copy. */
int waybills_live(struct sql *sql, const char *site, const char *number, const char *order)
{
    int result = sql_post(sql,
                          "INSERT INTO waybill (number, site, carrier, order_number, state)"
                          " SELECT ?1, ?2, carrier, number, 'live' FROM orders WHERE number = ?3"
                          " ON CONFLICT (number) DO UPDATE SET state = 'live', order_number = excluded.order_number"
                          " WHERE waybill.site = excluded.site AND (waybill.state IN ('stock', 'refused')"
                          " OR (waybill.state = 'sent' AND coalesce(waybill.order_number, ?3) = ?3))",
                          sql_text(number), sql_text(site), sql_text(order));
    return result ? result : check_owner(sql, site, number, order, "|live|");
}

int waybills_given_up(struct sql *sql, const char *site, const char *number, const char *order)
{
    int result = sql_post(sql,
                          "INSERT INTO waybill (number, site, carrier, order_number, state)"
                          " SELECT ?1, ?2, carrier, number, 'void_pending' FROM orders WHERE number = ?3"
                          " ON CONFLICT (number) DO UPDATE SET state = 'void_pending', order_number = ?3"
                          " WHERE waybill.state <> 'void' AND waybill.site = excluded.site"
                          " AND coalesce(waybill.order_number, ?3) = ?3",
                          sql_text(number), sql_text(site), sql_text(order));
    if (!result)
        result = check_owner(sql, site, number, order, "|void_pending|void|");
    return result ? result : waybill_parcels_cancel(sql, order);
}

int waybills_refused(struct sql *sql, const char *site, int64_t feed_seq)
{
    return sql_run(
        sql,
        "UPDATE waybill SET state = 'refused' WHERE state = 'sent' AND number = (SELECT"
        " substr(key, 1 + length('waybill/')) FROM feed WHERE site = ?1 AND seq = ?2 AND type = 'waybill.pool')",
        sql_text(site), sql_int(feed_seq));
}
