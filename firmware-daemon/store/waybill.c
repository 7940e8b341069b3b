#include "store/waybill.h"

#include "base/json.h"
#include "store/receiver.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#define COLUMNS "id, parcel, number, carrier, state, order_number"

static int load(struct sql_query *query, struct waybill *ret)
{
    bool found = sql_next(query);
    if (found) {
        ret->id = sql_get_int(query, 0);
        ret->parcel = sql_get_int(query, 1);
        sql_copy_text(query, 2, ret->number, sizeof(ret->number));
        sql_copy_text(query, 3, ret->carrier, sizeof(ret->carrier));
        sql_copy_text(query, 4, ret->state, sizeof(ret->state));
        sql_copy_text(query, 5, ret->order_number, sizeof(ret->order_number));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int waybill_insert(struct store *store, const struct waybill_entry *entry, bool *ret_new)
{
    struct waybill known;
    int result = waybill_find(store, entry->number, &known);
    if (!result) {
        bool same = strcmp(known.carrier, entry->carrier) == 0 && strcmp(known.order_number, entry->order_number) == 0;
        *ret_new = false;
        return same ? 0 : -EEXIST;
    }
    if (result != -ENOENT)
        return result;
    *ret_new = true;
    CLEANUP_BUF struct buf drawn = {0};
    result = receiver_seal_label(store, entry->number, entry->opaque, &drawn);
    if (result)
        return result;
    return sql_run(store->sql,
                   "INSERT INTO waybill (number, carrier, order_number, sort_code, short_address, package_center, qr, "
                   "opaque) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                   sql_text(entry->number), sql_text(entry->carrier), sql_text(entry->order_number),
                   sql_text(entry->sort_code), sql_text(entry->short_address), sql_text(entry->package_center),
                   sql_text(entry->qr), sql_text(buf_text(&drawn)));
}

int waybill_find(struct store *store, const char *number, struct waybill *ret)
{
    return load(sql_select(store->sql, "SELECT " COLUMNS " FROM waybill WHERE number = ?1", sql_text(number)), ret);
}

int waybill_of_parcel(struct store *store, int64_t parcel, struct waybill *ret)
{
    return load(sql_select(store->sql,
                           "SELECT " COLUMNS
                           " FROM waybill WHERE parcel = ?1 ORDER BY state <> 'live', id DESC LIMIT 1",
                           sql_int(parcel)),
                ret);
}

int waybill_free_for(struct store *store, const struct order *order, struct waybill *ret)
{
    return load(sql_select(store->sql,
                           "SELECT " COLUMNS " FROM waybill WHERE state = 'free' AND carrier = ?1 AND "
                           "order_number IN (?2, '') ORDER BY order_number = '', number <> ?3, id LIMIT 1",
                           sql_text(order->carrier), sql_text(order->number), sql_text(order->waybill)),
                ret);
}

int waybill_held_by(struct store *store, const struct order *order, struct waybill *ret)
{
    return load(
        sql_select(store->sql,
                   "SELECT " COLUMNS " FROM waybill WHERE state IN ('free', 'live') AND ((order_number = ?1 AND "
                   "order_number <> '') OR parcel = (SELECT id FROM parcel WHERE order_id = ?2)) ORDER BY id LIMIT 1",
                   sql_text(order->number), sql_int(order->id)),
        ret);
}

int waybill_use(struct store *store, const struct waybill *waybill, const struct parcel *parcel)
{
    int result = sql_run(store->sql, "UPDATE waybill SET state = 'live', parcel = ?2 WHERE id = ?1",
                         sql_int(waybill->id), sql_int(parcel->id));
    return result ? result
                  : sql_run(store->sql, "UPDATE orders SET waybill = ?2 WHERE id = ?1", sql_int(parcel->order),
                            sql_text(waybill->number));
}

int waybill_set_state(struct store *store, int64_t id, const char *state)
{
    return sql_run(store->sql, "UPDATE waybill SET state = ?2 WHERE id = ?1", sql_int(id), sql_text(state));
}

int waybill_withdraw(struct store *store, const struct waybill *waybill)
{
    int result = sql_run(store->sql, "UPDATE orders SET waybill = NULL WHERE waybill = ?1", sql_text(waybill->number));
    return result ? result : waybill_set_state(store, waybill->id, "void");
}

int waybill_write_print_data(struct store *store, int64_t parcel, struct buf *json)
{
    static const char *const members[] = {"sort_code", "short_address", "package_center", "qr"};
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT sort_code, short_address, package_center, iif(qr = '', number, qr) "
                                         "FROM waybill WHERE parcel = ?1 AND state = 'live'",
                                         sql_int(parcel));
    if (sql_next(query))
        for (int i = 0; i < (int)COUNT(members); i++)
            if (*sql_get_text(query, i))
                json_text(json, members[i], sql_get_text(query, i));
    return sql_done(query);
}

/* A platform's print component has a cipher of its own: "sealed". */
static bool is_drawn(const struct buf *opaque)
{
    json_t *root = json_loadb(buf_text(opaque), opaque->length, 0, NULL);
    bool drawn = root && !json_object_get(root, "sealed");
    json_decref(root);
    return drawn;
}

int waybill_opaque(struct store *store, int64_t parcel, struct buf *ret)
{
    CLEANUP_BUF struct buf opaque = {0};
    struct sql_query *query = sql_select(
        store->sql, "SELECT number, opaque FROM waybill WHERE parcel = ?1 AND state = 'live' AND opaque <> ''",
        sql_int(parcel));
    int opened = 0;
    if (sql_next(query))
        opened = receiver_open_label(store, sql_get_text(query, 0), sql_get_text(query, 1), &opaque);
    int result = sql_done(query);
    if (!result && !opened && is_drawn(&opaque))
        buf_put(ret, opaque.data, opaque.length);
    return result ? result : opened ? opened : ret->failed ? -ENOMEM : 0;
}

int waybill_detach(struct store *store, int64_t order)
{
    return sql_run(store->sql, "UPDATE orders SET waybill = NULL WHERE id = ?1", sql_int(order));
}

int waybill_waiting(struct store *store, const char *carrier, const char *order_number, int64_t *ret_parcel)
{
    return sql_number(store->sql, ret_parcel,
                      "SELECT p.id FROM parcel p JOIN orders o ON o.id = p.order_id WHERE p.waiting IS NOT NULL AND "
                      "o.carrier = ?1 AND ?2 IN (o.number, '') ORDER BY p.waiting LIMIT 1",
                      sql_text(carrier), sql_text(order_number));
}

int waybill_count_waiting(struct store *store, int64_t *ret)
{
    return sql_number(store->sql, ret, "SELECT count(*) FROM parcel WHERE waiting IS NOT NULL", SQL_NO_VALUES);
}

int waybill_come(struct store *store, char *ret_tote, size_t capacity)
{
    struct sql_query *query =
        sql_select(store->sql,
                   "SELECT t.code FROM orders o JOIN parcel p ON p.order_id = o.id JOIN lpn t ON t.order_id = o.id AND "
                   "t.kind = 'tote' WHERE o.state = 'packing' AND o.worker IS NULL AND o.cancelled = 0 AND "
                   "p.state = 'verified' ORDER BY p.id LIMIT 1",
                   SQL_NO_VALUES);
    bool found = sql_next(query);
    if (found)
        sql_copy_text(query, 0, ret_tote, capacity);
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}
