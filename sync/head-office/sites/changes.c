#include "sync/head-office/sites/changes.h"

#include "base/json.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/orders.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

struct look {
    struct office *office;
    changes_fn *tell;
    void *user;
    char orders[2 * CHANGES_ORDERS_MAX][ORDERS_NUMBER_SIZE]; /* an event may be about several */
    size_t count;
};

static int find_places(struct office *office, struct changes *ret)
{
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT coalesce((SELECT max(arrival) FROM event), 0),"
                                       " coalesce((SELECT max(id) FROM order_history), 0)",
                                       SQL_NO_VALUES);
    if (sql_next(row)) {
        ret->event_place = sql_get_int(row, 0);
        ret->history_place = sql_get_int(row, 1);
    }
    return sql_done(row);
}

int changes_begin(struct office *office, struct changes *ret)
{
    return find_places(office, ret);
}

/* Once each: the order is told as it is after all of them. */
static void note_order(struct look *look, const char *number)
{
    if (!number || strlen(number) >= ORDERS_NUMBER_SIZE || look->count == COUNT(look->orders))
        return;
    for (size_t i = 0; i < look->count; i++)
        if (strcmp(look->orders[i], number) == 0)
            return;
    memcpy(look->orders[look->count++], number, strlen(number) + 1);
}

/* An event is about one order, or about several. */
static void note_orders(struct look *look, const char *line)
{
    json_t *root = json_loads(line, 0, NULL), *data = json_object_get(root, "data"), *each;
    size_t i;
    note_order(look, json_string_value(json_object_get(data, "order")));
    json_array_foreach(json_object_get(data, "orders"), i, each) note_order(look, json_string_value(each));
    json_array_foreach(json_object_get(data, "lines"), i, each)
        note_order(look, json_string_value(json_object_get(each, "order")));
    json_decref(root);
}

static void tell_event(struct look *look, struct sql_query *row)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_int(&json, "arrival", sql_get_int(row, 0));
    json_text(&json, "site", sql_get_text(row, 1));
    json_text(&json, "type", sql_get_text(row, 2));
    json_text(&json, "subject", sql_get_text(row, 3));
    json_text(&json, "time", sql_get_text(row, 4));
    json_close_object(&json);
    look->tell(look->user, "events", "", &json);
}

/* place: of the last row that was read; when there were no more, of the newest, which may be one that is passed over.
 */
static int look_at_events(struct look *look, int64_t after, int64_t newest, int64_t *ret_place)
{
    size_t rows = 0;
    struct sql_query *row = sql_select(look->office->sql,
                                       "SELECT arrival, site, type, subject, time, line FROM event WHERE arrival > ?1"
                                       " AND again = 0 ORDER BY arrival LIMIT ?2",
                                       sql_int(after), sql_int(CHANGES_ORDERS_MAX));
    for (; look->count < CHANGES_ORDERS_MAX && sql_next(row); rows++) {
        *ret_place = sql_get_int(row, 0);
        note_orders(look, sql_get_text(row, 5));
        tell_event(look, row);
    }
    if (rows < CHANGES_ORDERS_MAX && look->count < CHANGES_ORDERS_MAX && *ret_place < newest)
        *ret_place = newest;
    return sql_done(row);
}

static int look_at_history(struct look *look, int64_t after, int64_t newest, int64_t *ret_place)
{
    size_t rows = 0;
    struct sql_query *row =
        sql_select(look->office->sql, "SELECT id, number FROM order_history WHERE id > ?1 ORDER BY id LIMIT ?2",
                   sql_int(after), sql_int(CHANGES_ORDERS_MAX));
    for (; look->count < CHANGES_ORDERS_MAX && sql_next(row); rows++) {
        *ret_place = sql_get_int(row, 0);
        note_order(look, sql_get_text(row, 1));
    }
    if (rows < CHANGES_ORDERS_MAX && look->count < CHANGES_ORDERS_MAX && *ret_place < newest)
        *ret_place = newest;
    return sql_done(row);
}

static int tell_order(struct look *look, const char *number)
{
    CLEANUP_BUF struct buf json = {0};
    struct sql_query *row =
        sql_select(look->office->sql,
                   "SELECT coalesce(shop, ''), state, site, (SELECT count(*) FROM exception e WHERE e.number = o.number"
                   " AND e.released_us IS NULL) FROM orders o WHERE number = ?1",
                   sql_text(number));
    if (sql_next(row)) {
        const struct order_state *state = order_state_find(sql_get_text(row, 1));
        json_open_object(&json, NULL);
        json_text(&json, "order", number);
        json_text(&json, "shop", *sql_get_text(row, 0) ? sql_get_text(row, 0) : NULL);
        json_text(&json, "state", sql_get_text(row, 1));
        json_text(&json, "stage", state ? state->stage : NULL);
        json_text(&json, "site", sql_get_null(row, 2) ? NULL : sql_get_text(row, 2));
        json_int(&json, "exceptions", sql_get_int(row, 3));
        json_close_object(&json);
        look->tell(look->user, "orders", sql_get_text(row, 0), &json);
    }
    return sql_done(row);
}

static int look_at_all(struct look *look, struct changes *changes, const struct changes *newest)
{
    struct changes after = *changes;
    int result = 0;
    if (newest->history_place > changes->history_place)
        result = look_at_history(look, changes->history_place, newest->history_place, &after.history_place);
    if (!result && newest->event_place > changes->event_place)
        result = look_at_events(look, changes->event_place, newest->event_place, &after.event_place);
    for (size_t i = 0; i < look->count && !result; i++)
        result = tell_order(look, look->orders[i]);
    if (!result)
        *changes = after;
    return result;
}

/* Programs side by side commit their rows in another order than the one they were numbered in. So this look takes its
 * turn as one who writes: what is numbered below the newest it sees, is here then or never comes. */
int changes_look(struct office *office, struct changes *changes, changes_fn *tell, void *user, bool *ret_more,
                 struct error *error)
{
    static struct look look; /* too large for a stack, and there is one loop */
    struct changes newest = *changes;
    int result = find_places(office, &newest);
    *ret_more = false;
    if (result)
        return office_failed(office->sql, result, error);
    if (newest.event_place <= changes->event_place && newest.history_place <= changes->history_place)
        return 0;
    look = (struct look){.office = office, .tell = tell, .user = user};
    result = office_begin(office, error);
    if (result)
        return result;
    result = look_at_all(&look, changes, &newest);
    if (result)
        office_failed(office->sql, result, error);
    office_rollback(office);
    *ret_more = newest.event_place > changes->event_place || newest.history_place > changes->history_place;
    return result;
}
