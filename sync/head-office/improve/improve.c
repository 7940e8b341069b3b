#include "sync/head-office/improve/improve.h"

#include "base/clock.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/improve/measure.h"
#include "sync/head-office/improve/slot_moves.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_US INT64_C(3600000000)

struct told_line {
    int64_t arrival;
    char site[65];
    char *text;
};

struct batch {
    struct told_line *lines;
    size_t count;
};

static void batch_done(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        free(batch->lines[i].text);
    free(batch->lines);
}

const char *counting_text(const struct counting *counting, const char *name)
{
    const char *text = json_string_value(json_object_get(counting->event->data, name));
    return text ? text : "";
}

int64_t counting_number(const struct counting *counting, const char *name)
{
    return json_integer_value(json_object_get(counting->event->data, name));
}

static int64_t floored(int64_t number, int64_t by)
{
    return number >= 0 ? number / by : -((by - 1 - number) / by);
}

/* ---------------------------------------------------------------- one event */

static int count_event(const struct counting *counting)
{
    int result = improve_count_day(counting);
    if (!result)
        result = improve_count_picks(counting);
    return result ? result : improve_keep_facts(counting);
}

static int count_line(struct office *office, const struct told_line *line, int64_t zone_minutes)
{
    CLEANUP_LINE struct wire_line event = {0};
    struct error unread;
    int64_t at_us = office->now_us;
    if (wire_line_parse(line->text, strlen(line->text), &event, &unread) != 0)
        return 0; /* the hub has said what is wrong with it */
    if (clock_parse(event.time, &at_us) != 0)
        at_us = office->now_us;
    const char *actor = json_string_value(json_object_get(event.json, "actor"));
    const char *undid = json_string_value(json_object_get(event.data, "undid"));
    bool undone = strcmp(event.type, "scan.undone") == 0;
    struct counting counting = {.sql = office->sql,
                                .site = line->site,
                                .event = &event,
                                .type = undone ? undid ? undid : "" : event.type,
                                .worker = actor ? actor : "",
                                .arrival = line->arrival,
                                .at_us = at_us,
                                .day = business_today(at_us, zone_minutes),
                                .hour = floored(at_us, HOUR_US),
                                .sign = undone ? -1 : 1};
    return count_event(&counting);
}

/* ---------------------------------------------------------------- some of them */

/* They are read before any is counted: a statement that runs would stand in the way of others. */
static int read_batch(struct sql *sql, int64_t after, int64_t most, struct batch *batch, int64_t *ret_last)
{
    batch->lines = calloc((size_t)most, sizeof(*batch->lines));
    if (!batch->lines)
        return -ENOMEM;
    struct sql_query *row =
        sql_select(sql, "SELECT arrival, site, again, line FROM event WHERE arrival > ?1 ORDER BY arrival LIMIT ?2",
                   sql_int(after), sql_int(most));
    int result = 0;
    while (!result && sql_next(row)) {
        *ret_last = sql_get_int(row, 0);
        if (sql_get_int(row, 2) != 0)
            continue;
        struct told_line *line = &batch->lines[batch->count++];
        line->arrival = *ret_last;
        sql_copy_text(row, 1, line->site, sizeof(line->site));
        line->text = strdup(sql_get_text(row, 3));
        result = line->text ? 0 : -ENOMEM;
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

int improve_work_inside(struct office *office, int64_t most, struct improve_work *ret, struct error *error)
{
    CLEANUP(batch_done) struct batch batch = {0};
    struct settings settings;
    int64_t cursor = 0;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    result = sql_number(office->sql, &cursor, "SELECT arrival FROM improve_cursor WHERE id = 1", SQL_NO_VALUES);
    int64_t last = cursor;
    if (!result)
        result = read_batch(office->sql, cursor, most, &batch, &last);
    for (size_t i = 0; i < batch.count && !result; i++)
        result = count_line(office, &batch.lines[i], settings.utc_offset_min);
    ret->counted = (int64_t)batch.count;
    ret->more = last > cursor;
    if (!result && last > cursor)
        result = sql_run(office->sql, "UPDATE improve_cursor SET arrival = ?1 WHERE id = 1", sql_int(last));
    if (!result && last > cursor)
        result = slot_moves_follow(office, settings.utc_offset_min);
    if (result)
        return office_failed(office->sql, result, error);
    return last > cursor ? 0 : measure_due(office, settings.utc_offset_min, error);
}

/* So that nothing to do costs one look. */
static int is_any(struct office *office, bool *ret, struct error *error)
{
    int64_t waits = 0;
    int result = sql_number(office->sql, &waits,
                            "SELECT CASE WHEN EXISTS (SELECT 1 FROM event e, improve_cursor c WHERE e.arrival >"
                            " c.arrival) OR EXISTS (SELECT 1 FROM parameter_change p WHERE p.measured = 0 AND p.day <="
                            " ?1) THEN 1 ELSE 0 END",
                            sql_int(business_today(office->now_us, 0) - MEASURE_DAYS - 1));
    *ret = waits != 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

int improve_work(struct office *office, int64_t most, struct improve_work *ret, struct error *error)
{
    bool any = false;
    *ret = (struct improve_work){0};
    int result = is_any(office, &any, error);
    if (result || !any)
        return result;
    result = office_begin(office, error);
    if (result)
        return result;
    result = improve_work_inside(office, most, ret, error);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    return result;
}
