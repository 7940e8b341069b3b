#include "sync/head-office/figures/floor_work.h"

#include "base/clock.h"
#include "base/text.h"
#include "sync/head-office/settings.h"
#include "sync/wire/line.h"

#include <errno.h>
#include <string.h>

#define HOUR_US   INT64_C(3600000000)
#define PAUSE_US  INT64_C(300000000)
#define SECOND_US INT64_C(1000000)
#define NAME_SIZE 65

struct told {
    struct sql *sql;
    const char *site, *worker, *type; /* type: of what was undone, when it was */
    const json_t *data;
    int64_t time_us, ahead_us;
    int sign; /* -1: it is taken back */
};

/* What an event adds to its worker's hour. */
struct done {
    int64_t lines, pieces, parcels;
};

static int64_t number_of(const struct told *told, const char *name)
{
    return json_integer_value(json_object_get(told->data, name));
}

static const char *text_of(const json_t *data, const char *name)
{
    const char *text = json_string_value(json_object_get(data, name));
    return text ? text : "";
}

/* ---------------------------------------------------------------- what counts as what */

/* The work that events of a kind are; the first that fits. */
static const struct {
    const char *begins, *work;
} works[] = {
    {"pick.", "pick"},       {"batch.", "pick"},      {"sow.", "sort"},          {"slot.", "sort"},
    {"express.", "pack"},    {"pack.", "pack"},       {"parcel.", "pack"},       {"label.", "pack"},
    {"receipt.", "receive"}, {"putaway.", "putaway"}, {"replen.", "replenish"},  {"count.", "count"},
    {"return.", "return"},   {"move.", "move"},       {"transfer.", "transfer"}, {"manifest.", "load"},
};

/* lines: each event is one; or as many as the list in it has. */
static const struct {
    const char *type;
    bool pieces, line, lines, parcel;
} counted[] = {
    {"pick.line", .pieces = true, .line = true},
    {"pick.batch", .pieces = true, .lines = true},
    {"sow.item", .pieces = true, .line = true},
    {"pack.item", .pieces = true, .line = true},
    {"parcel.packed", .parcel = true},
    {"receipt.line", .pieces = true, .line = true},
    {"receipt.pallet", .pieces = true, .lines = true},
    {"putaway.done", .pieces = true, .line = true},
    {"replen.done", .pieces = true, .line = true},
    {"count.item", .pieces = true, .line = true},
    {"return.graded", .pieces = true, .line = true},
    {"transfer.line", .pieces = true, .line = true},
    {"move.taken", .pieces = true, .line = true},
};

static const char *work_of(const char *type)
{
    for (size_t i = 0; i < COUNT(works); i++)
        if (strncmp(type, works[i].begins, strlen(works[i].begins)) == 0)
            return works[i].work;
    return NULL;
}

static struct done done_of(const struct told *told)
{
    struct done done = {0};
    for (size_t i = 0; i < COUNT(counted); i++) {
        if (strcmp(counted[i].type, told->type) != 0)
            continue;
        if (counted[i].pieces)
            done.pieces = told->sign * number_of(told, "quantity");
        if (counted[i].line)
            done.lines = told->sign;
        if (counted[i].lines)
            done.lines = told->sign * (int64_t)json_array_size(json_object_get(told->data, "lines"));
        done.parcels = counted[i].parcel ? told->sign : 0;
    }
    return done;
}

/* ---------------------------------------------------------------- a worker's hour */

struct last {
    int64_t time_us, left_us;
    char work[NAME_SIZE];
    bool found;
};

static int find_last(const struct told *told, struct last *ret)
{
    struct sql_query *row =
        sql_select(told->sql, "SELECT time_us, left_us, work FROM work_last WHERE site = ?1 AND worker = ?2",
                   sql_text(told->site), sql_text(told->worker));
    *ret = (struct last){.work = ""};
    if (sql_next(row)) {
        ret->found = true;
        ret->time_us = sql_get_int(row, 0);
        ret->left_us = sql_get_int(row, 1);
        sql_copy_text(row, 2, ret->work, sizeof(ret->work));
    }
    return sql_done(row);
}

static int keep_last(const struct told *told, const char *work, int64_t left_us)
{
    return sql_post(told->sql,
                    "INSERT INTO work_last (site, worker, time_us, work, left_us) VALUES (?1, ?2, ?3, ?4, ?5)"
                    " ON CONFLICT (site, worker) DO UPDATE SET time_us = excluded.time_us, work = excluded.work,"
                    " left_us = excluded.left_us",
                    sql_text(told->site), sql_text(told->worker), sql_int(told->time_us), sql_text(work),
                    sql_int(left_us));
}

static int add_hour(const struct told *told, const char *work, bool scan, bool refused, int64_t seconds)
{
    const struct done done = done_of(told);
    int64_t hour_us = (told->time_us + told->ahead_us) / HOUR_US * HOUR_US - told->ahead_us;
    return sql_post(
        told->sql,
        "INSERT INTO work_hour (hour_us, site, worker, work, scans, errors, lines, pieces, parcels, seconds)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (hour_us, site, worker, work) DO"
        " UPDATE SET scans = work_hour.scans + excluded.scans, errors = work_hour.errors + excluded.errors,"
        " lines = work_hour.lines + excluded.lines, pieces = work_hour.pieces + excluded.pieces,"
        " parcels = work_hour.parcels + excluded.parcels, seconds = work_hour.seconds + excluded.seconds",
        sql_int(hour_us), sql_text(told->site), sql_text(told->worker), sql_text(work), sql_int(scan && !refused),
        sql_int(refused), sql_int(done.lines), sql_int(done.pieces), sql_int(done.parcels), sql_int(seconds));
}

static int count_work(const struct told *told)
{
    bool refused = strcmp(told->type, "scan.rejected") == 0;
    struct last last;
    int result = find_last(told, &last);
    if (result)
        return result;
    const char *own = work_of(told->type), *work = own ? own : *last.work ? last.work : "other";
    int64_t gap_us = last.found ? told->time_us - last.time_us : 0;
    bool scan = !last.found || gap_us != 0;
    int64_t worked_us = last.left_us + (gap_us > 0 && gap_us <= PAUSE_US ? gap_us : 0);
    result = add_hour(told, work, scan, refused, worked_us / SECOND_US);
    return result ? result : keep_last(told, work, worked_us % SECOND_US);
}

/* ---------------------------------------------------------------- what left */

/* The last parcel is the one that counts. */
static int order_left(const struct told *told)
{
    const char *order = text_of(told->data, "order");
    int result =
        sql_post(told->sql,
                 "INSERT INTO order_left (number, left_us, site, shop, platform, province, sold_us, ship_by_us)"
                 " SELECT number, CAST(?2 AS BIGINT), CAST(?3 AS TEXT), coalesce(shop, ''), platform, province,"
                 " coalesce(paid_us, placed_us, imported_us), ship_by_us FROM orders WHERE number = ?1"
                 " ON CONFLICT (number) DO UPDATE SET left_us = excluded.left_us, site = excluded.site WHERE "
                 "order_left.left_us <"
                 " excluded.left_us",
                 sql_text(order), sql_int(told->time_us), sql_text(told->site));
    if (result)
        return result;
    return sql_post(
        told->sql,
        "INSERT INTO sku_idle (sku, since_us) SELECT DISTINCT sku, CAST(?2 AS BIGINT) FROM order_line WHERE"
        " number = ?1 AND sku IS NOT NULL ON CONFLICT (sku) DO UPDATE SET since_us = excluded.since_us WHERE"
        " sku_idle.since_us < excluded.since_us",
        sql_text(order), sql_int(told->time_us));
}

static int item_came(const struct told *told, const char *sku)
{
    return sql_post(told->sql,
                    "INSERT INTO sku_idle (sku, since_us) SELECT sku, CAST(?2 AS BIGINT) FROM item WHERE sku = ?1"
                    " ON CONFLICT (sku) DO NOTHING",
                    sql_text(sku), sql_int(told->time_us));
}

static int goods_came(const struct told *told)
{
    size_t index;
    json_t *line;
    const char *sku = text_of(told->data, "sku");
    int result = *sku ? item_came(told, sku) : 0;
    json_array_foreach(json_object_get(told->data, "lines"), index, line) if (!result) result =
        item_came(told, text_of(line, "sku"));
    return result;
}

static int count_goods(const struct told *told)
{
    if (told->sign < 0)
        return 0;
    if (strcmp(told->type, "parcel.shipped") == 0)
        return order_left(told);
    return text_is_listed("receipt.line,receipt.pallet,stock.imported,adjust.posted", told->type) ? goods_came(told)
                                                                                                  : 0;
}

/* ---------------------------------------------------------------- event by event */

static int count_event(struct sql *sql, const char *site, const char *text, int64_t ahead_us)
{
    CLEANUP_LINE struct wire_line event = {0};
    struct error stale; /* the hub has stored it: what cannot be read is not counted */
    if (wire_line_parse(text, strlen(text), &event, &stale) != 0)
        return 0;
    bool undone = strcmp(event.type, "scan.undone") == 0;
    struct told told = {.sql = sql,
                        .site = site,
                        .worker = text_of(event.json, "actor"),
                        .type = undone ? text_of(event.data, "undid") : event.type,
                        .data = event.data,
                        .ahead_us = ahead_us,
                        .sign = undone ? -1 : 1};
    if (clock_parse(event.time, &told.time_us) != 0)
        return 0;
    int result = *told.worker ? count_work(&told) : 0;
    return result ? result : count_goods(&told);
}

static int count_some(struct office *office, int64_t most, int64_t ahead_us, int64_t *ret_looked)
{
    int64_t arrival = 0;
    int result = sql_number(office->sql, &arrival, "SELECT arrival FROM figure_cursor", SQL_NO_VALUES);
    *ret_looked = 0;
    if (result)
        return result;
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT arrival, site, line, again FROM event WHERE arrival > ?1 ORDER BY arrival"
                   " LIMIT ?2",
                   sql_int(arrival), sql_int(most));
    for (; !result && sql_next(row); ++*ret_looked) {
        arrival = sql_get_int(row, 0);
        if (sql_get_int(row, 3) == 0)
            result = count_event(office->sql, sql_get_text(row, 1), sql_get_text(row, 2), ahead_us);
    }
    int failed = sql_done(row);
    if (!result && !failed)
        result = sql_run(office->sql, "UPDATE figure_cursor SET arrival = ?1", sql_int(arrival));
    return result ? result : failed;
}

/* As one who writes, alone: rows of programs side by side are committed in another order than they were numbered in. */
int floor_work(struct office *office, int64_t most, struct figure_work *work, struct error *error)
{
    struct settings settings;
    int64_t waits = 0, looked = 0;
    int result = sql_number(office->sql, &waits,
                            "SELECT count(*) FROM figure_cursor WHERE arrival < (SELECT max(arrival) FROM event)",
                            SQL_NO_VALUES);
    if (result || waits == 0)
        return result ? office_failed(office->sql, result, error) : 0;
    result = settings_load(office, &settings, error);
    if (!result)
        result = office_begin(office, error);
    if (result)
        return result;
    result = count_some(office, most, settings.utc_offset_min * 60 * SECOND_US, &looked);
    result = result ? office_failed(office->sql, result, error) : office_commit(office, error);
    office_rollback(office);
    work->looked += looked;
    work->more |= looked == most;
    return result;
}
