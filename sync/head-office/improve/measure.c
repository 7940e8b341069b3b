#include "sync/head-office/improve/measure.h"

#include "base/cleanup.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/improve/improve.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define DUE_AT_ONCE  20
#define SAME_PERCENT 2 /* a figure that moves less has not moved */

const struct measure_figure measure_figures[] = {
    {"picks_per_hour", "pieces", "picker_hours", 100, 10, false, "Pieces picked in a worker's hour",
     "每人每小时拣货件数"},
    {"errors_per_1000", "rejected", "events", 100000, 200, true, "Refused scans of 1,000", "每千次扫描错误数"},
    {"parcels_per_day", "parcels", "", 100, 1, false, "Parcels that left in a day", "日均发货包裹数"},
    {"exceptions_per_day", "exceptions", "", 100, 1, true, "Orders' exceptions in a day", "日均异常订单数"},
    {"walk_m_per_visit", "walk_mm", "measured", 0, 50, true, "Metres walked to a bin and back", "每次取货往返米数"},
    {"pieces_per_visit", "pieces", "visits", 100, 50, false, "Pieces taken at one stop", "每次取货件数"},
    {0},
};

const struct measure_figure *measure_find(const char *name)
{
    const struct measure_figure *figure = measure_figures;
    while (figure->name && strcmp(figure->name, name) != 0)
        figure++;
    return figure->name ? figure : NULL;
}

/* ---------------------------------------------------------------- sums of a window */

static const char *const sum_names[] = {"",       "pieces",   "visits",  "measured",  "walk_mm", "picker_hours",
                                        "events", "rejected", "parcels", "exceptions"};

struct sums {
    int64_t of[COUNT(sum_names)]; /* the first: days on which something was done */
};

struct window {
    int64_t from, to; /* days, both of it */
};

static int sum_days(struct sql *sql, const char *site, const struct window *window, struct sums *ret)
{
    struct sql_query *row = sql_select(
        sql,
        "SELECT count(DISTINCT day), coalesce(sum(pieces), 0), coalesce(sum(visits), 0), coalesce(sum(measured), 0),"
        " coalesce(sum(walk_mm), 0), coalesce(sum(picker_hours), 0), coalesce(sum(events), 0), coalesce(sum(rejected),"
        " 0), coalesce(sum(parcels), 0) FROM site_day WHERE (CAST(?1 AS TEXT) = '' OR site = ?1) AND day >= ?2 AND"
        " day <= ?3 AND events > 0",
        sql_text(site), sql_int(window->from), sql_int(window->to));
    *ret = (struct sums){.of = {0}};
    if (sql_next(row))
        for (int i = 0; i < (int)COUNT(sum_names) - 1; i++)
            ret->of[i] = sql_get_int(row, i);
    return sql_done(row);
}

static int sum_exceptions(struct sql *sql, const char *site, const struct window *window, int64_t zone_us, int64_t *ret)
{
    return sql_number(sql, ret,
                      "SELECT count(*) FROM exception e JOIN orders o ON o.number = e.number WHERE e.raised_us >= ?2"
                      " AND e.raised_us < ?3 AND (CAST(?1 AS TEXT) = '' OR coalesce(o.site, '') = ?1)",
                      sql_text(site), sql_int(window->from * BUSINESS_DAY_US - zone_us),
                      sql_int((window->to + 1) * BUSINESS_DAY_US - zone_us));
}

static int64_t sum_of(const struct sums *sums, const char *name)
{
    for (size_t i = 0; i < COUNT(sum_names); i++)
        if (strcmp(sum_names[i], name) == 0)
            return sums->of[i];
    return 0;
}

/* ---------------------------------------------------------------- a figure */

/* Millimetres are hundredths of metres ten times over. */
static bool reckon(const struct measure_figure *figure, const struct sums *sums, int64_t days, int64_t *ret)
{
    int64_t above = sum_of(sums, figure->above), below = sum_of(sums, figure->below);
    if (sums->of[0] * 2 < days || below < figure->least)
        return false;
    int64_t up = figure->times ? above * figure->times : above / 10;
    *ret = (up + below / 2) / below;
    return true;
}

static const char *judge(const struct measure_figure *figure, int64_t percent)
{
    if (percent > -SAME_PERCENT && percent < SAME_PERCENT)
        return "same";
    return (percent > 0) != figure->less_is_better ? "better" : "worse";
}

static int keep(struct sql *sql, const struct measure_asked *asked, const struct measure_figure *figure,
                const struct sums *before, const struct sums *after, bool whole, int64_t now_us)
{
    int64_t one = 0, other = 0;
    bool has_one = reckon(figure, before, asked->days, &one), has_other = reckon(figure, after, asked->days, &other);
    bool has_both = has_one && has_other && one > 0;
    int64_t percent = has_both ? (other - one) * 100 / one : 0;
    const char *verdict = !whole ? "too_early" : !has_both ? "too_little" : judge(figure, percent);
    return sql_run(sql,
                   "INSERT INTO measured_figure (of_change, id, figure, before, after, percent, days, worked_before,"
                   " worked_after, verdict, time_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
                   " ON CONFLICT (of_change, id, figure) DO UPDATE SET before = excluded.before, after ="
                   " excluded.after, percent = excluded.percent, days = excluded.days, worked_before ="
                   " excluded.worked_before, worked_after = excluded.worked_after, verdict = excluded.verdict,"
                   " time_us = excluded.time_us",
                   sql_text(asked->of_change), sql_int(asked->id), sql_text(figure->name),
                   has_one ? sql_int(one) : sql_null(), has_other ? sql_int(other) : sql_null(),
                   has_both ? sql_int(percent) : sql_null(), sql_int(asked->days), sql_int(before->of[0]),
                   sql_int(after->of[0]), sql_text(verdict), sql_int(now_us));
}

static int sum_window(struct office *office, const char *site, const struct window *window, int64_t zone_us,
                      struct sums *ret)
{
    int result = sum_days(office->sql, site, window, ret);
    return result ? result : sum_exceptions(office->sql, site, window, zone_us, &ret->of[COUNT(sum_names) - 1]);
}

int measure_change(struct office *office, const struct measure_asked *asked, int64_t zone_minutes, bool *ret_whole,
                   struct error *error)
{
    const struct window before = {asked->day - asked->days, asked->day - 1};
    const struct window after = {asked->day + 1, asked->day + asked->days};
    int64_t zone_us = zone_minutes * 60 * INT64_C(1000000);
    struct sums one, other;
    *ret_whole = business_today(office->now_us, zone_minutes) > after.to;
    int result = sum_window(office, asked->site, &before, zone_us, &one);
    if (!result)
        result = sum_window(office, asked->site, &after, zone_us, &other);
    for (const struct measure_figure *figure = measure_figures; figure->name && !result; figure++)
        result = keep(office->sql, asked, figure, &one, &other, *ret_whole, office->now_us);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- by itself */

struct due {
    int64_t id, day;
    char site[65];
};

static int measure_one(struct office *office, const struct due *due, int64_t zone_minutes, struct error *error)
{
    const struct measure_asked asked = {
        .of_change = "parameter", .id = due->id, .day = due->day, .days = MEASURE_DAYS, .site = due->site};
    bool whole = false;
    int result = measure_change(office, &asked, zone_minutes, &whole, error);
    if (result)
        return result;
    result = sql_run(office->sql, "UPDATE parameter_change SET measured = 1 WHERE id = ?1", sql_int(due->id));
    return result ? office_failed(office->sql, result, error) : 0;
}

int measure_due(struct office *office, int64_t zone_minutes, struct error *error)
{
    struct due list[DUE_AT_ONCE];
    size_t count = 0;
    int64_t last = business_today(office->now_us, zone_minutes) - MEASURE_DAYS - 1;
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT id, day, site FROM parameter_change WHERE measured = 0 AND day <= ?1 ORDER BY day LIMIT ?2",
                   sql_int(last), sql_int(DUE_AT_ONCE));
    while (sql_next(row)) {
        list[count] = (struct due){.id = sql_get_int(row, 0), .day = sql_get_int(row, 1)};
        sql_copy_text(row, 2, list[count].site, sizeof(list[count].site));
        count++;
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    int result = 0;
    for (size_t i = 0; i < count && !result; i++)
        result = measure_one(office, &list[i], zone_minutes, error);
    return result;
}
