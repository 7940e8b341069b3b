#include "store/lot.h"

#include "base/text.h"

#include <errno.h>

static int load_lot(struct sql_query *query, struct lot *ret)
{
    bool found = sql_next(query);
    if (found) {
        *ret = (struct lot){
            .id = sql_get_int(query, 0), .item = sql_get_int(query, 1), .blocked = sql_get_int(query, 2) != 0};
        sql_copy_text(query, 3, ret->code, sizeof(ret->code));
        sql_copy_text(query, 4, ret->expiry, sizeof(ret->expiry));
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int lot_load(struct store *store, int64_t id, struct lot *ret)
{
    return load_lot(
        sql_select(store->sql, "SELECT id, item, blocked, code, expiry FROM lot WHERE id = ?1", sql_int(id)), ret);
}

int lot_find(struct store *store, int64_t item, const char *code, struct lot *ret)
{
    return load_lot(sql_select(store->sql,
                               "SELECT id, item, blocked, code, expiry FROM lot WHERE item = ?1 AND code = ?2",
                               sql_int(item), sql_text(code)),
                    ret);
}

int lot_ensure(struct store *store, int64_t item, const char *code, const char *expiry, int64_t *ret)
{
    struct lot known;
    if (!*code) {
        *ret = 0;
        return 0;
    }
    int result = lot_find(store, item, code, &known);
    if (result == -ENOENT)
        result = sql_run(store->sql, "INSERT INTO lot (item, code, expiry) VALUES (?1, ?2, ?3)", sql_int(item),
                         sql_text(code), sql_text(*expiry ? expiry : NULL));
    else if (!result && !*known.expiry && *expiry)
        result = sql_run(store->sql, "UPDATE lot SET expiry = ?2 WHERE id = ?1", sql_int(known.id), sql_text(expiry));
    return result ? result
                  : sql_number(store->sql, ret, "SELECT id FROM lot WHERE item = ?1 AND code = ?2", sql_int(item),
                               sql_text(code));
}

int lot_set_blocked(struct store *store, int64_t id, bool blocked)
{
    return sql_run(store->sql, "UPDATE lot SET blocked = ?2 WHERE id = ?1", sql_int(id), sql_int(blocked));
}

int lot_code(struct store *store, int64_t id, char *out, size_t capacity)
{
    struct lot lot;
    int result = lot_load(store, id, &lot);
    if (!result)
        text_copy(out, capacity, lot.code);
    return result;
}

int lot_days_left(struct store *store, int64_t id, int64_t *ret)
{
    int64_t days;
    int result = sql_number(store->sql, &days,
                            "SELECT CAST(julianday(expiry) - julianday(date(?2 / 1000000, 'unixepoch')) AS INTEGER) "
                            "FROM lot WHERE id = ?1",
                            sql_int(id), sql_int(store->stamp.wall_us));
    if (result == -ENOENT) { /* no such lot, or one without a last day */
        *ret = INT64_MAX;
        return 0;
    }
    if (!result)
        *ret = days;
    return result;
}

int serial_find(struct store *store, int64_t item, const char *code, struct serial *ret)
{
    struct sql_query *query =
        sql_select(store->sql, "SELECT id, lot, location, lpn FROM serial WHERE item = ?1 AND code = ?2", sql_int(item),
                   sql_text(code));
    bool found = sql_next(query);
    if (found) {
        *ret = (struct serial){.id = sql_get_int(query, 0),
                               .item = item,
                               .lot = sql_get_int(query, 1),
                               .location = sql_get_int(query, 2),
                               .lpn = sql_get_int(query, 3)};
        text_copy(ret->code, sizeof(ret->code), code);
    }
    int result = sql_done(query);
    return result ? result : found ? 0 : -ENOENT;
}

int serial_insert(struct store *store, const struct serial *serial, int64_t *ret)
{
    int result = sql_run(store->sql, "INSERT INTO serial (item, code, lot, location, lpn) VALUES (?1, ?2, ?3, ?4, ?5)",
                         sql_int(serial->item), sql_text(serial->code), sql_int(serial->lot), sql_int(serial->location),
                         sql_int(serial->lpn));
    if (!result)
        *ret = sql_last_id(store->sql);
    return result;
}

int serial_place(struct store *store, const struct serial *serial)
{
    return sql_run(store->sql, "UPDATE serial SET lot = ?2, location = ?3, lpn = ?4 WHERE id = ?1", sql_int(serial->id),
                   sql_int(serial->lot), sql_int(serial->location), sql_int(serial->lpn));
}

int serial_arrive(struct store *store, const struct serial *serial, int64_t *ret)
{
    struct serial known;
    int result = serial_find(store, serial->item, serial->code, &known);
    if (result == -ENOENT)
        return serial_insert(store, serial, ret);
    if (!result && (known.location != serial->location || known.lpn != serial->lpn))
        return -EEXIST;
    if (!result)
        result =
            sql_run(store->sql, "UPDATE serial SET lot = ?2 WHERE id = ?1", sql_int(known.id), sql_int(serial->lot));
    if (!result)
        *ret = known.id;
    return result;
}
