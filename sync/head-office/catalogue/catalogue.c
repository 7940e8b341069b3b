#include "sync/head-office/catalogue/catalogue.h"

#include "base/json.h"
#include "base/password.h"
#include "base/text.h"
#include "sync/head-office/sites/feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_SIZE         80
#define ATTRIBUTES_AFTER 4 /* columns of a file that are not attributes */

/* ---------------------------------------------------------------- changes */

static void put_attributes(struct buf *data, const char *members)
{
    if (*members)
        buf_printf(data, ",%s", members);
}

static void item_data(struct buf *data, const struct item *item, int64_t rev)
{
    json_open_object(data, NULL);
    json_text(data, "sku", item->sku);
    json_text(data, "name", item->name);
    json_int(data, "weight_g", item->weight_g);
    put_attributes(data, item->attributes);
    json_int(data, "rev", rev);
    json_close_object(data);
}

static void barcode_data(struct buf *data, const struct barcode *barcode, int64_t rev)
{
    json_open_object(data, NULL);
    json_text(data, "code", barcode->code);
    json_text(data, "kind", barcode->kind);
    if (strcmp(barcode->kind, "item") == 0) {
        json_text(data, "sku", barcode->sku);
        json_int(data, "factor", barcode->factor);
    } else if (strcmp(barcode->kind, "box") == 0) {
        json_int(data, "weight_g", barcode->weight_g);
        json_text(data, "name", barcode->name);
    }
    json_int(data, "rev", rev);
    json_close_object(data);
}

static void location_data(struct buf *data, const struct location *location, int64_t rev)
{
    json_open_object(data, NULL);
    json_text(data, "code", location->code);
    json_text(data, "kind", location->kind);
    json_int(data, "walk", location->walk);
    if (*location->carrier)
        json_text(data, "carrier", location->carrier);
    put_attributes(data, location->attributes);
    json_int(data, "rev", rev);
    json_close_object(data);
}

static void worker_data(struct buf *data, const struct worker *worker, const char *pin, bool active, int64_t rev)
{
    json_open_object(data, NULL);
    json_text(data, "worker", worker->worker);
    json_text(data, "name", worker->name);
    json_text(data, "badge", worker->badge);
    json_text(data, "role", worker->role);
    json_bool(data, "active", active);
    if (*pin)
        json_text(data, "pin", pin);
    json_int(data, "rev", rev);
    json_close_object(data);
}

/* site NULL: to every site. Consumes data. */
static int send(struct office *office, const char *site, const char *kind, const char *code, int64_t rev,
                struct buf *data)
{
    char type[32], key[KEY_SIZE];
    snprintf(type, sizeof(type), "%s.upsert", kind);
    snprintf(key, sizeof(key), "%s/%s", kind, code);
    struct feed_change change = {.type = type, .key = key, .rev = rev, .data = buf_text(data)};
    int result = data->failed ? -ENOMEM : site ? feed_append(office, site, &change) : feed_append_all(office, &change);
    buf_done(data);
    return result;
}

static int send_item(struct office *office, const char *site, const struct item *item, int64_t rev)
{
    struct buf data = {0};
    item_data(&data, item, rev);
    return send(office, site, "item", item->sku, rev, &data);
}

static int send_barcode(struct office *office, const char *site, const struct barcode *barcode, int64_t rev)
{
    struct buf data = {0};
    barcode_data(&data, barcode, rev);
    return send(office, site, "barcode", barcode->code, rev, &data);
}

static int send_worker(struct office *office, const char *site, const struct worker *worker, bool active, int64_t rev)
{
    struct buf data = {0};
    char pin[PASSWORD_HASH_SIZE] = "";
    struct sql_query *row =
        sql_select(office->sql, "SELECT pin FROM worker WHERE worker = ?1", sql_text(worker->worker));
    if (sql_next(row))
        sql_copy_text(row, 0, pin, sizeof(pin));
    int result = sql_done(row);
    if (result)
        return result;
    worker_data(&data, worker, pin, active, rev);
    return send(office, site, "worker", worker->worker, rev, &data);
}

/* ---------------------------------------------------------------- rows
 * An upsert returns the new rev, and no row when nothing changed: -ENOENT from sql_number. */

bool catalogue_has_item(struct sql *sql, const char *sku)
{
    int64_t found;
    return sql_number(sql, &found, "SELECT 1 FROM item WHERE sku = ?1", sql_text(sku)) == 0;
}

/* What an upsert answered: 0 and *ret_rev 0 when nothing changed. */
static int upserted(struct office *office, int result, int64_t rev, int64_t *ret_rev, struct error *error)
{
    if (result && result != -ENOENT)
        return office_failed(office->sql, result, error);
    *ret_rev = result ? 0 : rev;
    return 0;
}

static int put_barcode(struct office *office, const struct barcode *barcode, int64_t *changed, struct error *error)
{
    bool is_item = strcmp(barcode->kind, "item") == 0, is_box = strcmp(barcode->kind, "box") == 0;
    int64_t rev = 0;
    int result = sql_number(
        office->sql, &rev,
        "INSERT INTO barcode (code, kind, sku, factor, weight_g, name, rev) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)"
        " ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, sku = excluded.sku, factor = excluded.factor,"
        " weight_g = excluded.weight_g, name = excluded.name, rev = barcode.rev + 1"
        " WHERE (barcode.kind, barcode.sku, barcode.factor, barcode.weight_g, barcode.name) IS DISTINCT FROM"
        " (excluded.kind, excluded.sku, excluded.factor, excluded.weight_g, excluded.name) RETURNING rev",
        sql_text(barcode->code), sql_text(barcode->kind), sql_text(is_item ? barcode->sku : NULL),
        is_item ? sql_int(barcode->factor) : sql_null(), is_box ? sql_int(barcode->weight_g) : sql_null(),
        sql_text(is_box ? barcode->name : NULL));
    result = upserted(office, result, rev, &rev, error);
    if (result || !rev)
        return result;
    ++*changed;
    result = send_barcode(office, NULL, barcode, rev);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* A GTIN in the items file may not take a barcode away from another item. */
static int put_gtin(struct office *office, const struct item *item, int64_t *changed, const char **ret_column,
                    struct error *error)
{
    struct barcode barcode = {.kind = "item", .factor = 1};
    text_copy(barcode.code, sizeof(barcode.code), item->gtin);
    text_copy(barcode.sku, sizeof(barcode.sku), item->sku);
    int64_t taken;
    if (sql_number(office->sql, &taken, "SELECT 1 FROM barcode WHERE code = ?1 AND sku IS DISTINCT FROM ?2",
                   sql_text(item->gtin), sql_text(item->sku)) == 0) {
        *ret_column = "gtin";
        return error_set(error, -EEXIST, "barcode \"%s\" already means something else: correct it in the barcodes file",
                         item->gtin);
    }
    return put_barcode(office, &barcode, changed, error);
}

/* What differs from the column's default, as JSON members. */
static int write_attributes(const struct option_def *columns, const void *row, char *out, size_t capacity)
{
    CLEANUP_BUF struct buf members = {0};
    const char *bytes = row;
    for (const struct option_def *column = columns + ATTRIBUTES_AFTER; column->name; column++) {
        const void *member = bytes + column->offset;
        int64_t number = 0;
        bool flag = column->type == OPTION_FLAG && *(const bool *)member;
        if (column->type == OPTION_NUMBER)
            memcpy(&number, member, sizeof(number));
        if (column->type == OPTION_NUMBER && number != strtoll(column->fallback, NULL, 10))
            json_int(&members, column->name, number);
        else if (column->type == OPTION_FLAG && flag != (strcmp(column->fallback, "yes") == 0))
            json_bool(&members, column->name, flag);
        else if ((column->type == OPTION_TEXT || column->type == OPTION_CHOICE) &&
                 strcmp(member, column->fallback) != 0)
            json_text(&members, column->name, member);
    }
    if (members.failed)
        return -ENOMEM;
    return text_copy(out, capacity, buf_text(&members)) ? 0 : -EMSGSIZE;
}

int catalogue_put_item(struct office *office, const char *site, const void *row, int64_t *changed,
                       const char **ret_column, struct error *error)
{
    (void)site; /* every site has the same items */
    struct item whole = *(const struct item *)row, *item = &whole;
    int64_t rev = 0;
    int result = write_attributes(item_columns, item, item->attributes, sizeof(item->attributes));
    if (result)
        return error_set(error, result, "its attributes are too long together: shorten them");
    result = sql_number(
        office->sql, &rev,
        "INSERT INTO item (sku, name, weight_g, attributes, rev) VALUES (?1, ?2, ?3, ?4, 1)"
        " ON CONFLICT (sku) DO UPDATE SET name = excluded.name, weight_g = excluded.weight_g,"
        " attributes = excluded.attributes, rev = item.rev + 1 WHERE (item.name, item.weight_g, item.attributes)"
        " IS DISTINCT FROM (excluded.name, excluded.weight_g, excluded.attributes) RETURNING rev",
        sql_text(item->sku), sql_text(item->name), sql_int(item->weight_g), sql_text(item->attributes));
    result = upserted(office, result, rev, &rev, error);
    if (!result && rev) {
        result = send_item(office, NULL, item, rev);
        if (result)
            return office_failed(office->sql, result, error);
    }
    int64_t barcodes = 0;
    if (!result && *item->gtin)
        result = put_gtin(office, item, &barcodes, ret_column, error);
    if (!result)
        *changed += rev || barcodes; /* of the row, once */
    return result;
}

static int misplaced(const char *column, const char *kind, const char **ret_column, struct error *error)
{
    *ret_column = column;
    return error_set(error, -EINVAL, "only barcodes of kind %s have a %s: leave the cell empty", kind, column);
}

int catalogue_put_barcode(struct office *office, const char *site, const void *row, int64_t *changed,
                          const char **ret_column, struct error *error)
{
    (void)site;
    struct barcode barcode = *(const struct barcode *)row;
    bool is_item = strcmp(barcode.kind, "item") == 0, is_box = strcmp(barcode.kind, "box") == 0;
    if (!is_item && *barcode.sku)
        return misplaced("sku", "item", ret_column, error);
    if (!is_item && barcode.factor)
        return misplaced("factor", "item", ret_column, error);
    if (!is_box && barcode.weight_g)
        return misplaced("weight_g", "box", ret_column, error);
    if (!is_box && *barcode.name)
        return misplaced("name", "box", ret_column, error);
    if (is_item && !catalogue_has_item(office->sql, barcode.sku)) {
        *ret_column = "sku";
        return error_set(error, -ENOENT, "there is no item \"%s\": import the items first", barcode.sku);
    }
    if (is_item && !barcode.factor)
        barcode.factor = 1;
    return put_barcode(office, &barcode, changed, error);
}

int catalogue_put_location(struct office *office, const char *site, const void *row, int64_t *changed,
                           const char **ret_column, struct error *error)
{
    struct location whole = *(const struct location *)row, *location = &whole;
    if (*location->carrier && strcmp(location->kind, "gate") != 0) {
        *ret_column = "carrier";
        return error_set(error, -EINVAL, "only locations of kind gate have a carrier: leave the cell empty");
    }
    int64_t rev = 0;
    int result = write_attributes(location_columns, location, location->attributes, sizeof(location->attributes));
    if (result)
        return error_set(error, result, "its attributes are too long together: shorten them");
    result = sql_number(
        office->sql, &rev,
        "INSERT INTO location (site, code, kind, walk, carrier, attributes, rev) VALUES (?1, ?2, ?3, ?4, ?5,"
        " ?6, 1) ON CONFLICT (site, code) DO UPDATE SET kind = excluded.kind, walk = excluded.walk,"
        " carrier = excluded.carrier, attributes = excluded.attributes, rev = location.rev + 1"
        " WHERE (location.kind, location.walk, location.carrier, location.attributes)"
        " IS DISTINCT FROM (excluded.kind, excluded.walk, excluded.carrier, excluded.attributes) RETURNING rev",
        sql_text(site), sql_text(location->code), sql_text(location->kind), sql_int(location->walk),
        sql_text(*location->carrier ? location->carrier : NULL), sql_text(location->attributes));
    result = upserted(office, result, rev, &rev, error);
    if (result || !rev)
        return result;
    ++*changed;
    struct buf data = {0};
    location_data(&data, location, rev);
    result = send(office, site, "location", location->code, rev, &data);
    return result ? office_failed(office->sql, result, error) : 0;
}

int catalogue_put_worker(struct office *office, const char *site, const void *row, int64_t *changed,
                         const char **ret_column, struct error *error)
{
    (void)site;
    const struct worker *worker = row;
    int64_t rev = 0;
    int result = sql_number(
        office->sql, &rev,
        "INSERT INTO worker (worker, name, badge, role, rev) VALUES (?1, ?2, ?3, ?4, 1)"
        " ON CONFLICT (worker) DO UPDATE SET name = excluded.name, badge = excluded.badge, role = excluded.role,"
        " active = 1, revoked_us = NULL, rev = worker.rev + 1"
        " WHERE (worker.name, worker.badge, worker.role, worker.active) IS DISTINCT FROM (excluded.name, "
        "excluded.badge, excluded.role, 1) RETURNING rev",
        sql_text(worker->worker), sql_text(worker->name), sql_text(worker->badge), sql_text(worker->role));
    if (result == -EEXIST) {
        *ret_column = "badge";
        return error_set(error, result, "another worker has this badge already: each needs one of their own");
    }
    result = upserted(office, result, rev, &rev, error);
    if (result || !rev)
        return result;
    ++*changed;
    result = send_worker(office, NULL, worker, true, rev);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* Of a statement that changes a good badge's worker and returns worker, name, badge, role, rev: tells every site. */
static int change_worker(struct office *office, const char *number, bool active, struct sql_query *row,
                         struct error *error)
{
    struct worker worker = {0};
    int64_t rev = 0;
    if (sql_next(row)) {
        sql_copy_text(row, 0, worker.worker, sizeof(worker.worker));
        sql_copy_text(row, 1, worker.name, sizeof(worker.name));
        sql_copy_text(row, 2, worker.badge, sizeof(worker.badge));
        sql_copy_text(row, 3, worker.role, sizeof(worker.role));
        rev = sql_get_int(row, 4);
    }
    int result = sql_done(row);
    if (!result && !rev)
        return error_set(error, -ENOENT, "there is no worker \"%s\" with a good badge", number);
    if (!result)
        result = send_worker(office, NULL, &worker, active, rev);
    return result ? office_failed(office->sql, result, error) : 0;
}

int catalogue_revoke_worker(struct office *office, const char *number, struct error *error)
{
    struct sql_query *row = sql_select(office->sql,
                                       "UPDATE worker SET active = 0, revoked_us = ?2, rev = rev + 1 WHERE worker = ?1"
                                       " AND active = 1 RETURNING worker, name, badge, role, rev",
                                       sql_text(number), sql_int(office->now_us));
    return change_worker(office, number, false, row, error);
}

int catalogue_set_pin(struct office *office, const char *number, const char *pin, struct error *error)
{
    char hash[PASSWORD_HASH_SIZE];
    if (!pin_is_one(pin) || pin_is_easy(pin))
        return error_set(error, -EINVAL, "A PIN has %d to %d digits that are no run and not all the same.",
                         PIN_DIGITS_MIN, PIN_DIGITS_MAX);
    if (password_hash(pin, hash))
        return error_set(error, -ENOMEM, "out of memory: try again");
    struct sql_query *row = sql_select(office->sql,
                                       "UPDATE worker SET pin = ?2, rev = rev + 1 WHERE worker = ?1 AND active = 1 "
                                       "RETURNING worker, name, badge, role, rev",
                                       sql_text(number), sql_text(hash));
    return change_worker(office, number, true, row, error);
}

/* ---------------------------------------------------------------- a new site */

static int send_items(struct office *office, const char *site)
{
    struct sql_query *rows =
        sql_select(office->sql, "SELECT sku, name, weight_g, rev, attributes FROM item ORDER BY sku", SQL_NO_VALUES);
    int result = 0;
    while (!result && sql_next(rows)) {
        struct item item = {.weight_g = sql_get_int(rows, 2)};
        sql_copy_text(rows, 0, item.sku, sizeof(item.sku));
        sql_copy_text(rows, 1, item.name, sizeof(item.name));
        sql_copy_text(rows, 4, item.attributes, sizeof(item.attributes));
        result = send_item(office, site, &item, sql_get_int(rows, 3));
    }
    int failed = sql_done(rows);
    return result ? result : failed;
}

static int send_barcodes(struct office *office, const char *site)
{
    struct sql_query *rows = sql_select(
        office->sql, "SELECT code, kind, sku, factor, weight_g, name, rev FROM barcode ORDER BY code", SQL_NO_VALUES);
    int result = 0;
    while (!result && sql_next(rows)) {
        struct barcode barcode = {.factor = sql_get_int(rows, 3), .weight_g = sql_get_int(rows, 4)};
        sql_copy_text(rows, 0, barcode.code, sizeof(barcode.code));
        sql_copy_text(rows, 1, barcode.kind, sizeof(barcode.kind));
        sql_copy_text(rows, 2, barcode.sku, sizeof(barcode.sku));
        sql_copy_text(rows, 5, barcode.name, sizeof(barcode.name));
        result = send_barcode(office, site, &barcode, sql_get_int(rows, 6));
    }
    int failed = sql_done(rows);
    return result ? result : failed;
}

static int send_workers(struct office *office, const char *site)
{
    struct sql_query *rows = sql_select(
        office->sql, "SELECT worker, name, badge, role, active, rev FROM worker ORDER BY worker", SQL_NO_VALUES);
    int result = 0;
    while (!result && sql_next(rows)) {
        struct worker worker = {0};
        sql_copy_text(rows, 0, worker.worker, sizeof(worker.worker));
        sql_copy_text(rows, 1, worker.name, sizeof(worker.name));
        sql_copy_text(rows, 2, worker.badge, sizeof(worker.badge));
        sql_copy_text(rows, 3, worker.role, sizeof(worker.role));
        result = send_worker(office, site, &worker, sql_get_int(rows, 4) != 0, sql_get_int(rows, 5));
    }
    int failed = sql_done(rows);
    return result ? result : failed;
}

int catalogue_send_all(struct office *office, const char *site)
{
    int result = send_items(office, site);
    if (!result)
        result = send_barcodes(office, site);
    return result ? result : send_workers(office, site);
}
