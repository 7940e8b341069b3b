#include "sync/head-office/figures/baseline.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/figures/figure.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <string.h>

/* goal: ten-thousandths of the value then, by which it is to be higher or lower; 0: none was set. */
static const struct {
    const char *figure;
    int64_t goal;
} compared[] = {
    {"floor.orders_per_hour", 4000},
    {"floor.pick_rate", 4000},
    {"floor.lines_per_hour", 4000},
    {"floor.pack_rate", 4000},
    {"complaints.rate", -3000},
    {"floor.error_rate", 0},
    {"ship.on_time", 0},
    {"ship.wait", 0},
    {"aftersales.rate", 0},
    {"orders.cancelled", 0},
};

static int read_day(const char *text, int64_t *ret_us)
{
    return strlen(text) == BUSINESS_DAY_SIZE - 1 ? business_time(text, 0, ret_us) : -EINVAL;
}

int baseline_set(struct office *office, const char *name, const char *from, const char *to, const char *who,
                 struct error *error)
{
    int64_t first = 0, last = 0;
    if (read_day(from, &first) || read_day(to, &last) || first > last)
        return error_set(error, -EINVAL, "from and to are days, as 2026-11-27, and to is no earlier");
    int result = sql_run(office->sql,
                         "INSERT INTO baseline (name, from_day, to_day, set_us, who) VALUES (?1, ?2, ?3, ?4, ?5)"
                         " ON CONFLICT (name) DO UPDATE SET from_day = excluded.from_day, to_day = excluded.to_day,"
                         " set_us = excluded.set_us, who = excluded.who",
                         sql_text(name), sql_text(from), sql_text(to), sql_int(office->now_us), sql_text(who));
    return result ? office_failed(office->sql, result, error) : 0;
}

struct days {
    char from[FIGURE_DAY_SIZE], to[FIGURE_DAY_SIZE];
};

static int find(struct office *office, const char *name, struct days *ret, struct error *error)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT from_day, to_day FROM baseline WHERE name = ?1", sql_text(name));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, ret->from, sizeof(ret->from));
        sql_copy_text(row, 1, ret->to, sizeof(ret->to));
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "there is no baseline \"%.40s\": baseline.set keeps one", name);
}

/* As long as then, until yesterday. */
static int usual_now(struct office *office, const struct days *then, struct days *ret, struct error *error)
{
    struct settings settings;
    int64_t first = 0, last = 0;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    read_day(then->from, &first);
    read_day(then->to, &last);
    business_day(office->now_us - BUSINESS_DAY_US, settings.utc_offset_min, ret->to);
    business_day(office->now_us - BUSINESS_DAY_US - (last - first), settings.utc_offset_min, ret->from);
    return 0;
}

static void put_days(const char *key, const struct days *days, struct buf *json)
{
    json_open_object(json, key);
    json_text(json, "from", days->from);
    json_text(json, "to", days->to);
    json_close_object(json);
}

static void put_number(struct buf *json, const char *key, bool there, int64_t value)
{
    if (there)
        json_int(json, key, value);
    else
        json_text(json, key, NULL);
}

/* Without the rounding that the values have. then: denominator and numerator are not 0. */
static int64_t change_of(const struct figure_value *then, const struct figure_value *now)
{
    long double before = (long double)then->numerator / (long double)then->denominator,
                after = (long double)now->numerator / (long double)now->denominator;
    long double change = (after - before) / before * 10000.0L;
    return (int64_t)(change < 0 ? change - 0.5L : change + 0.5L);
}

static void put_compared(const struct figure *figure, int64_t goal, const struct figure_value *then,
                         const struct figure_value *now, struct buf *json)
{
    bool known = !then->none && !now->none && then->numerator != 0;
    int64_t change = known ? change_of(then, now) : 0;
    json_open_object(json, NULL);
    json_text(json, "figure", figure->name);
    json_text(json, "english", figure->english);
    json_text(json, "chinese", figure->chinese);
    json_text(json, "unit", figure->unit);
    put_number(json, "then", !then->none, then->value);
    put_number(json, "now", !now->none, now->value);
    put_number(json, "change", known, change);
    put_number(json, "goal", goal != 0, goal);
    if (goal && known)
        json_bool(json, "reached", goal > 0 ? change >= goal : change <= goal);
    else
        json_text(json, "reached", NULL);
    json_text(json, "no_data", then->none && now->none ? "both" : then->none ? "then" : now->none ? "now" : NULL);
    json_close_object(json);
}

static int total(struct office *office, const struct figure *figure, const struct days *days, struct figure_value *ret,
                 struct error *error)
{
    const struct figure_question question = {.figure = figure, .from = days->from, .to = days->to, .by = ""};
    return figure_total(office, &question, ret, error);
}

int baseline_compare(struct office *office, const char *name, const char *from, const char *to, struct buf *json,
                     struct error *error)
{
    struct days then, now;
    int result = find(office, name, &then, error);
    if (!result)
        result = usual_now(office, &then, &now, error);
    if (result)
        return result;
    if (*from && !text_copy(now.from, sizeof(now.from), from))
        return error_set(error, -EINVAL, "from is a day, as 2026-11-27.");
    if (*to && !text_copy(now.to, sizeof(now.to), to))
        return error_set(error, -EINVAL, "to is a day, as 2026-11-27.");
    json_open_object(json, NULL);
    json_text(json, "baseline", name);
    put_days("then", &then, json);
    put_days("now", &now, json);
    json_open_array(json, "figures");
    for (size_t i = 0; i < COUNT(compared) && !result; i++) {
        const struct figure *figure = figure_find(compared[i].figure);
        struct figure_value values[2];
        result = total(office, figure, &then, &values[0], error);
        if (!result)
            result = total(office, figure, &now, &values[1], error);
        if (!result)
            put_compared(figure, compared[i].goal, &values[0], &values[1], json);
    }
    json_close_array(json);
    json_close_object(json);
    return result;
}
