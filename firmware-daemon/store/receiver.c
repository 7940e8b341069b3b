#include "store/receiver.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define PLACE_SIZE 400 /* a key may be as long as a station and a text of its own */

/* ---------------------------------------------------------------- masks */

/* "张*", "*1234": enough to ask somebody whether they are the one. */
static void mask(const struct receiver *receiver, struct receiver_row *row)
{
    uint32_t letter;
    size_t first = *receiver->name ? text_next_utf8(receiver->name, strlen(receiver->name), &letter) : 0,
           digits = strlen(receiver->phone);
    if (first)
        snprintf(row->name_mask, sizeof(row->name_mask), "%.*s*", (int)first, receiver->name);
    if (digits >= 8)
        snprintf(row->phone_mask, sizeof(row->phone_mask), "*%s", receiver->phone + digits - 4);
}

/* ---------------------------------------------------------------- an order's row */

static void place_of(char out[PLACE_SIZE], const char *what, const char *key)
{
    snprintf(out, PLACE_SIZE, "%s/%s", what, key);
}

static bool is_nobody(const struct receiver *receiver)
{
    return !*receiver->name && !*receiver->phone && !*receiver->address;
}

int receiver_write(struct store *store, const char *order_number, const struct receiver *receiver,
                   struct receiver_row *ret)
{
    CLEANUP_BUF struct buf json = {0};
    char place[PLACE_SIZE];
    *ret = (struct receiver_row){.name_mask = ""};
    if (is_nobody(receiver))
        return 0;
    mask(receiver, ret);
    json_open_object(&json, NULL);
    json_text(&json, "name", receiver->name);
    json_text(&json, "phone", receiver->phone);
    json_text(&json, "address", receiver->address);
    json_close_object(&json);
    place_of(place, "orders.receiver", order_number);
    seal_put(store->seal, place, buf_text(&json), json.length, &ret->sealed);
    return json.failed || ret->sealed.failed ? -ENOMEM : 0;
}

void receiver_row_done(struct receiver_row *row)
{
    buf_done(&row->sealed);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static int read_receiver(const struct buf *json, struct receiver *ret)
{
    json_t *root = json_loadb(buf_text(json), json->length, 0, NULL);
    const char *name = json_string_value(json_object_get(root, "name"));
    const char *phone = json_string_value(json_object_get(root, "phone"));
    const char *address = json_string_value(json_object_get(root, "address"));
    if (name && phone && address) {
        text_copy(ret->name, sizeof(ret->name), name);
        text_copy(ret->phone, sizeof(ret->phone), phone);
        text_copy(ret->address, sizeof(ret->address), address);
    }
    json_decref(root);
    return name && phone && address ? 0 : -EBADMSG;
}

int receiver_load(struct store *store, const char *order_number, struct receiver *ret)
{
    CLEANUP_BUF struct buf json = {0};
    char place[PLACE_SIZE];
    *ret = (struct receiver){.name = ""};
    place_of(place, "orders.receiver", order_number);
    struct sql_query *row =
        sql_select(store->sql, "SELECT receiver FROM orders WHERE number = ?1", sql_text(order_number));
    int opened = sql_next(row) ? seal_get(store->seal, place, sql_get_text(row, 0), &json) : -ENOENT;
    int result = sql_done(row);
    if (result || opened)
        return result ? result : opened;
    return json.length ? read_receiver(&json, ret) : 0;
}

int receiver_strip(const char *line, size_t length, struct buf *ret)
{
    if (!memmem(line, length, "\"receiver\"", strlen("\"receiver\""))) {
        buf_put(ret, line, length);
        return ret->failed ? -ENOMEM : 0;
    }
    json_t *root = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    json_object_del(json_object_get(root, "data"), "receiver");
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    buf_puts(ret, text ? text : "{}"); /* what cannot be read could name anybody */
    free(text);
    json_decref(root);
    return ret->failed ? -ENOMEM : 0;
}

/* ---------------------------------------------------------------- labels' data */

int receiver_seal_label(struct store *store, const char *key, const char *data, struct buf *ret)
{
    char place[PLACE_SIZE];
    place_of(place, "label", key);
    seal_put(store->seal, place, data, strlen(data), ret);
    return ret->failed ? -ENOMEM : 0;
}

int receiver_open_label(struct store *store, const char *key, const char *data, struct buf *ret)
{
    char place[PLACE_SIZE];
    place_of(place, "label", key);
    return seal_get(store->seal, place, data, ret);
}

int receiver_mask_label(struct buf *data)
{
    struct receiver receiver = {.name = ""};
    struct receiver_row row = {.name_mask = ""};
    json_t *root = json_loadb(buf_text(data), data->length, 0, NULL);
    json_t *known = json_object_get(root, "receiver");
    text_copy(receiver.name, sizeof(receiver.name), text_of(known, "name"));
    text_copy(receiver.phone, sizeof(receiver.phone), text_of(known, "phone"));
    mask(&receiver, &row);
    if (json_is_object(known)) {
        json_object_clear(known);
        json_object_set_new(known, "name", json_string(row.name_mask));
        json_object_set_new(known, "phone", json_string(row.phone_mask));
        json_object_set_new(known, "address", json_string("***"));
    } else {
        json_object_del(root, "receiver");
    }
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    data->length = 0;
    buf_puts(data, text ? text : "{}");
    free(text);
    json_decref(root);
    return data->failed ? -ENOMEM : 0;
}

/* ---------------------------------------------------------------- forgetting */

/* What was forgotten is "~": sealed, and nobody has the key. */
static int forget(struct store *store, int64_t order)
{
    static const char *const steps[] = {
        "UPDATE print_job SET data = '~' WHERE parcel IN (SELECT id FROM parcel WHERE order_id = ?1)",
        ("UPDATE waybill SET opaque = '' WHERE opaque <> '' AND (parcel IN (SELECT id FROM parcel WHERE order_id = ?1) "
         "OR (order_number <> '' AND order_number = (SELECT number FROM orders WHERE id = ?1)))"),
        "UPDATE orders SET receiver = '~', name_mask = '', phone_mask = '' WHERE id = ?1 AND receiver <> ''",
    };
    int result = 0;
    for (size_t i = 0; i < COUNT(steps) && !result; i++)
        result = sql_run(store->sql, steps[i], sql_int(order));
    return result;
}

int receiver_forget(struct store *store, int64_t order)
{
    int result = sql_overwrite(store->sql, true);
    if (!result)
        result = forget(store, order);
    int ended = sql_overwrite(store->sql, false);
    return result ? result : ended;
}

bool receivers_are_before(struct store *store, int64_t wall_us)
{
    int64_t found;
    return sql_number(store->sql, &found,
                      "SELECT 1 WHERE EXISTS (SELECT 1 FROM orders WHERE length(receiver) > 1 AND ended_us > 0 AND "
                      "ended_us < ?1) OR EXISTS (SELECT 1 FROM print_job WHERE parcel IS NULL AND data <> '~' AND "
                      "queued_us < ?1 AND state NOT IN ('queued', 'sending'))",
                      sql_int(wall_us)) == 0;
}

static int forget_before(struct store *store, int64_t wall_us, int64_t most, int64_t *ret_count)
{
    int64_t order = 0;
    int result;
    while (*ret_count < most &&
           (result = sql_number(store->sql, &order,
                                "SELECT id FROM orders WHERE length(receiver) > 1 AND ended_us > 0 AND ended_us < ?1 "
                                "ORDER BY ended_us LIMIT 1",
                                sql_int(wall_us))) == 0) {
        result = forget(store, order);
        if (result)
            return result;
        ++*ret_count;
    }
    if (*ret_count < most && result != -ENOENT)
        return result;
    result = sql_run(store->sql,
                     "UPDATE print_job SET data = '~' WHERE id IN (SELECT id FROM print_job WHERE parcel IS NULL AND "
                     "data <> '~' AND queued_us < ?1 AND state NOT IN ('queued', 'sending') LIMIT ?2)",
                     sql_int(wall_us), sql_int(most));
    *ret_count += result ? 0 : sql_changes(store->sql);
    return result;
}

int receivers_forget_before(struct store *store, int64_t wall_us, int64_t most, int64_t *ret_count)
{
    *ret_count = 0;
    int result = sql_overwrite(store->sql, true);
    if (!result)
        result = forget_before(store, wall_us, most, ret_count);
    int ended = sql_overwrite(store->sql, false);
    return result ? result : ended;
}

/* ---------------------------------------------------------------- what was readable before */

static const struct {
    const char *find, *keep, *what;
} readable[] = {
    {"SELECT id, number, receiver FROM orders WHERE id > ?1 AND receiver LIKE '{%' ORDER BY id LIMIT 1",
     "UPDATE orders SET receiver = ?2 WHERE id = ?1", "orders.receiver"},
    {"SELECT id, key, data FROM print_job WHERE id > ?1 AND data LIKE '{%' ORDER BY id LIMIT 1",
     "UPDATE print_job SET data = ?2 WHERE id = ?1", "label"},
    {"SELECT id, number, opaque FROM waybill WHERE id > ?1 AND opaque LIKE '{%' ORDER BY id LIMIT 1",
     "UPDATE waybill SET opaque = ?2 WHERE id = ?1", "label"},
};

/* The next row after *id. -ENOENT */
static int seal_next(struct store *store, size_t kind, int64_t *id)
{
    CLEANUP_BUF struct buf sealed = {0};
    char place[PLACE_SIZE];
    struct sql_query *row = sql_select(store->sql, readable[kind].find, sql_int(*id));
    bool found = sql_next(row);
    if (found) {
        *id = sql_get_int(row, 0);
        place_of(place, readable[kind].what, sql_get_text(row, 1));
        seal_put(store->seal, place, sql_get_text(row, 2), strlen(sql_get_text(row, 2)), &sealed);
    }
    int result = sql_done(row);
    if (result || !found)
        return result ? result : -ENOENT;
    return sealed.failed ? -ENOMEM : sql_run(store->sql, readable[kind].keep, sql_int(*id), sql_text(sealed.data));
}

static int seal_every(struct store *store)
{
    for (size_t kind = 0; kind < COUNT(readable); kind++) {
        int64_t id = 0;
        int result;
        while ((result = seal_next(store, kind, &id)) == 0)
            ;
        if (result != -ENOENT)
            return result;
    }
    return sql_run(store->sql, "UPDATE stream SET sealed = 1", SQL_NO_VALUES);
}

int receivers_seal_all(struct store *store)
{
    int64_t sealed = 0;
    int result = sql_number(store->sql, &sealed, "SELECT sealed FROM stream", SQL_NO_VALUES);
    if (result || sealed || !store->seal)
        return result;
    result = sql_run(store->sql, "BEGIN IMMEDIATE", SQL_NO_VALUES);
    if (!result)
        result = seal_every(store);
    int ended = sql_run(store->sql, result ? "ROLLBACK" : "COMMIT", SQL_NO_VALUES);
    if (!result && !ended) /* the WAL's older pages show it still */
        ended = sql_script(store->sql, "PRAGMA wal_checkpoint(TRUNCATE)", NULL);
    return result ? result : ended;
}
