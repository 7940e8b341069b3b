/* Handing an order to its site, and taking it back. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/aftersales/aftersale_life.h"
#include "sync/head-office/aftersales/aftersale_orders.h"
#include "sync/head-office/orders/assignments.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/order_split.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/orders/waybills.h"
#include "sync/head-office/sites/feed.h"
#include "sync/head-office/stock/promises.h"
#include "sync/wire/topic.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NOTE_MAX 132 /* bytes: one line of a packer's screen */

static int write_lines(struct office *office, struct buf *data, const char *number)
{
    struct sql_query *line = sql_select(
        office->sql,
        "SELECT line, sku, quantity - refunded FROM order_line WHERE number = ?1 AND quantity > refunded ORDER BY line",
        sql_text(number));
    json_open_array(data, "lines");
    while (sql_next(line)) {
        json_open_object(data, NULL);
        json_int(data, "line", sql_get_int(line, 0));
        json_text(data, "sku", sql_get_text(line, 1));
        json_int(data, "quantity", sql_get_int(line, 2));
        json_close_object(data);
    }
    json_close_array(data);
    return sql_done(line);
}

/* What whoever packs it is told: what a person wrote, and what campaigns want to be put in. */
static int write_note(struct office *office, struct buf *data, const char *number)
{
    CLEANUP_BUF struct buf note = {0};
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT 0, packing_note FROM orders WHERE number = ?1 AND packing_note <> '' UNION SELECT 1, c.packing_note"
        " FROM campaign_use u JOIN campaign c ON c.id = u.campaign WHERE u.number IN " AFTERSALE_SOURCES(
            "?1") " AND c.packing_note <> '' UNION SELECT 1, c.packing_note FROM rule_hit h JOIN rule r ON r.id = "
                  "h.rule JOIN"
                  " campaign c ON r.name = 'campaign/' || c.id WHERE h.number IN " AFTERSALE_SOURCES(
                      "?1") " AND h.pieces > 0"
                            " AND c.packing_note <> '' ORDER BY 1, 2",
        sql_text(number));
    while (sql_next(row))
        buf_printf(&note, "%s%s", note.length > 0 ? "; " : "", sql_get_text(row, 1));
    int result = sql_done(row);
    size_t length = text_whole_utf8(buf_text(&note), note.length < NOTE_MAX ? note.length : NOTE_MAX);
    if (length > 0)
        json_text_n(data, "packing_note", buf_text(&note), length);
    return result ? result : note.failed ? -ENOMEM : 0;
}

/* order: number, platform, carrier, waybill, priority, receiver's name, phone, address, rev. */
static int write_release(struct office *office, struct buf *data, struct sql_query *order, int64_t lease_s)
{
    json_open_object(data, NULL);
    json_text(data, "order", sql_get_text(order, 0));
    json_text(data, "platform", sql_get_text(order, 1));
    json_text(data, "carrier", sql_get_text(order, 2));
    json_text(data, "waybill", sql_get_null(order, 3) ? NULL : sql_get_text(order, 3));
    json_int(data, "priority", sql_get_int(order, 4));
    json_open_object(data, "receiver");
    json_text(data, "name", sql_get_text(order, 5));
    json_text(data, "phone", sql_get_text(order, 6));
    json_text(data, "address", sql_get_text(order, 7));
    json_close_object(data);
    int result = write_note(office, data, sql_get_text(order, 0));
    if (!result)
        result = write_lines(office, data, sql_get_text(order, 0));
    if (lease_s > 0)
        json_int(data, "lease_s", lease_s);
    json_int(data, "rev", sql_get_int(order, 8));
    json_close_object(data);
    return result;
}

static int send_change(struct office *office, const char *site, const char *type, const char *number, int64_t rev,
                       const struct buf *data)
{
    char key[ORDERS_NUMBER_SIZE + 8];
    snprintf(key, sizeof(key), "order/%s", number);
    struct feed_change change = {.type = type, .key = key, .rev = rev, .data = buf_text(data)};
    return data->failed ? -ENOMEM : feed_append(office, site, &change);
}

/* An order without a waybill takes a number along, if there is one. */
static int give_number(struct office *office, const char *site, struct sql_query *order)
{
    int result =
        sql_get_null(order, 3) ? waybills_give(office, site, sql_get_text(order, 0), sql_get_text(order, 2)) : -ENOENT;
    return result == -ENOENT ? 0 : result;
}

static int send_release(struct office *office, const char *site, struct sql_query *order, struct error *error)
{
    const char *number = sql_get_text(order, 0);
    CLEANUP_BUF struct buf data = {0};
    int64_t lease_s;
    int result = sql_number(office->sql, &lease_s, "SELECT lease_s FROM site WHERE id = ?1", sql_text(site));
    if (!result)
        result = write_release(office, &data, order, lease_s);
    if (!result)
        result = send_change(office, site, "order.release", number, sql_get_int(order, 8), &data);
    if (!result)
        result = assignments_given(office, site, number, lease_s);
    if (!result)
        result = give_number(office, site, order);
    if (result == -EMSGSIZE)
        return error_set(error, result, "order \"%s\" is too long to be sent to a site: split it", number);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* What has no item, no carrier or no receiver cannot be worked on by any site. order: as write_release(). */
static int check_whole(struct office *office, struct sql_query *order, struct error *error)
{
    const char *number = sql_get_text(order, 0);
    if (!*sql_get_text(order, 2))
        return error_set(error, -EINVAL, "order \"%s\" has no carrier: choose one", number);
    int64_t unmapped;
    int result = sql_number(office->sql, &unmapped,
                            "SELECT count(*) FROM order_line WHERE number = ?1 AND sku IS NULL AND quantity > refunded",
                            sql_text(number));
    if (result)
        return office_failed(office->sql, result, error);
    return unmapped == 0
               ? 0
               : error_set(error, -EINVAL, "order \"%s\" has lines whose item is not known: map them first", number);
}

/* To the site that its stock is promised at, unless a person says which. */
static int release_one(struct office *office, const char *site, struct sql_query *order, const char *who,
                       struct error *error)
{
    const char *number = sql_get_text(order, 0), *promised = sql_get_text(order, 9);
    if (!site && !*promised)
        return error_set(error, -EINVAL, "order \"%s\" has no stock promised: say which site does it", number);
    int result = check_whole(office, order, error);
    if (!result && site && strcmp(site, promised) != 0) {
        result = promises_force(office, number, site);
        if (result)
            return office_failed(office->sql, result, error);
    }
    if (!result)
        result = order_life_act(office, number, ORDER_RELEASED, who, site, error);
    return result ? result : send_release(office, site ? site : promised, order, error);
}

#define TO_RELEASE                                                                                                     \
    "SELECT number, platform, carrier, waybill, priority, receiver_name, receiver_phone, receiver_address, rev,"       \
    " CASE WHEN EXISTS (SELECT 1 FROM reservation r WHERE r.number = o.number) THEN site ELSE '' END FROM orders o "

/* This one, or all that are ready. Sorted here, because releasing moves an order within the index that this reads. */
static struct sql_query *to_release(struct office *office, const char *site, const char *number)
{
    if (number)
        return sql_select(office->sql, TO_RELEASE "WHERE number = ?1", sql_text(number));
    return sql_select(office->sql,
                      TO_RELEASE "WHERE state = 'audit' OR (state = 'reserved' AND coalesce(?1, site) = site)"
                                 " ORDER BY priority DESC, imported_us, number",
                      sql_text(site));
}

int orders_release(struct office *office, const char *site, const char *number, const char *who, int64_t *ret_count,
                   struct error *error)
{
    int64_t count = 0;
    struct sql_query *order = to_release(office, site, number);
    int result = 0;
    for (; !result && sql_next(order); count++)
        result = release_one(office, site, order, who, error);
    int failed = sql_done(order);
    if (result || failed)
        return result ? result : office_failed(office->sql, failed, error);
    if (number && count == 0)
        return error_set(error, -ENOENT, "there is no order \"%s\"", number);
    *ret_count = count;
    return 0;
}

/* ---------------------------------------------------------------- cancelling */

static int cancel_waiting(struct office *office, const char *number, const char *reason, const char *who,
                          struct error *error)
{
    int result = order_life_act(office, number, ORDER_CLOSED, who, reason, error);
    if (!result)
        result = sql_run(office->sql, "UPDATE orders SET reason = ?2, rev = rev + 1 WHERE number = ?1",
                         sql_text(number), sql_text(reason));
    return result ? result : promises_free(office, number);
}

static int ask_site(struct office *office, const char *site, const char *number, const char *reason)
{
    int64_t rev;
    int result = sql_number(office->sql, &rev,
                            "UPDATE orders SET cancelling = 1, reason = ?2, rev = rev + 1 WHERE number = ?1"
                            " RETURNING rev",
                            sql_text(number), sql_text(reason));
    if (result)
        return result;
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", number);
    json_text(&data, "reason", reason);
    json_int(&data, "rev", rev);
    json_close_object(&data);
    return send_change(office, site, "order.cancel", number, rev, &data);
}

int orders_cancel(struct office *office, const char *number, const char *reason, const char *who, struct error *error)
{
    char state[ORDER_STATE_SIZE] = "", site[WIRE_NAME_SIZE] = "";
    bool asked = false, replaced = false;
    struct sql_query *order = sql_select(
        office->sql, "SELECT state, site, cancelling, replaced FROM orders WHERE number = ?1", sql_text(number));
    if (sql_next(order)) {
        sql_copy_text(order, 0, state, sizeof(state));
        sql_copy_text(order, 1, site, sizeof(site));
        asked = sql_get_int(order, 2) != 0;
        replaced = sql_get_int(order, 3) != 0;
    }
    int result = sql_done(order);
    if (!result && !*state)
        return error_set(error, -ENOENT, "there is no order \"%s\"", number);
    if (!result && replaced)
        return order_split_cancel(office, number, reason, who, error);
    const struct order_state *known = order_state_find(state);
    if (!result && strcmp(known->stage, "shipped") == 0)
        return error_set(error, -EALREADY, "order \"%s\" was already handed over and cannot be cancelled", number);
    if (!result && strcmp(known->stage, "finished") == 0)
        return error_set(error, -EALREADY, "order \"%s\" is finished and cannot be cancelled", number);
    if (result)
        return office_failed(office->sql, result, error);
    if (asked || strcmp(known->stage, "closed") == 0)
        return aftersale_forgo(office, number, reason, who, error);
    if (order_life_after(ORDER_CLOSED, state))
        return cancel_waiting(office, number, reason, who, error);
    result = ask_site(office, site, number, reason);
    if (result)
        return office_failed(office->sql, result, error);
    return order_life_note(office, number, ORDER_CANCELLING, who, reason, error);
}
