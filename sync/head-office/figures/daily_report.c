#include "sync/head-office/figures/daily_report.h"

#include "sync/head-office/business_day.h"
#include "sync/head-office/figures/figure.h"
#include "sync/head-office/imports/export.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HOUR_US   INT64_C(3600000000)
#define WORSE     20 /* per cent worse than on both days: a person should look */
#define WORSE_MIN 10 /* of the numerators and values compared, one at least: below it is chance */

static const char *const told[] = {"sales.revenue",    "orders.count",     "orders.average",  "orders.cancelled",
                                   "customers.new",    "funnel.paid_rate", "ship.orders",     "ship.on_time",
                                   "ship.wait",        "floor.pick_rate",  "floor.pack_rate", "floor.error_rate",
                                   "exceptions.count", "aftersales.count", "aftersales.rate", "complaints.rate"};

/* What waits for people, now. */
static const struct {
    const char *name, *sql;
} waiting[] = {
    {"waiting.exceptions", "SELECT count(*) FROM exception WHERE released_us IS NULL"},
    {"waiting.attention", "SELECT count(*) FROM attention WHERE settled_us IS NULL"},
    {"waiting.tickets", "SELECT count(*) FROM ticket WHERE state IN ('open', 'taken')"},
    {"waiting.refunds", "SELECT count(*) FROM refund_due WHERE state = 'due'"},
    {"waiting.parked", "SELECT count(*) FROM parked"},
};

struct report {
    struct office *office;
    int64_t id, place;
};

/* ---------------------------------------------------------------- one line */

static struct sql_value known(const struct figure_value *value)
{
    return value->none ? sql_null() : sql_int(value->value);
}

/* Whether a day is clearly worse than another one. */
static bool is_worse(const struct figure *figure, const struct figure_value *now, const struct figure_value *then)
{
    if (now->none || then->none)
        return false;
    int64_t most = now->numerator > then->numerator ? now->numerator : then->numerator;
    int64_t better = figure->less_is_better ? now->value : then->value,
            worse = figure->less_is_better ? then->value : now->value;
    return most >= WORSE_MIN && (figure->less_is_better ? better * 100 >= worse * (100 + WORSE) && better > worse
                                                        : worse * 100 <= better * (100 - WORSE) && worse < better);
}

static int put_figure(struct report *report, const struct figure *figure, const struct figure_value values[3])
{
    bool look = is_worse(figure, &values[0], &values[1]) && is_worse(figure, &values[0], &values[2]);
    return sql_run(report->office->sql,
                   "INSERT INTO daily_figure (report, place, figure, unit, value, before, week, look) VALUES (?1, ?2,"
                   " ?3, ?4, ?5, ?6, ?7, ?8)",
                   sql_int(report->id), sql_int(++report->place), sql_text(figure->name), sql_text(figure->unit),
                   known(&values[0]), known(&values[1]), known(&values[2]), sql_int(look));
}

static int add_figure(struct report *report, const struct figure *figure, int64_t day_us, struct error *error)
{
    static const int days_before[] = {0, 1, 7};
    struct figure_value values[3];
    for (size_t i = 0; i < COUNT(days_before); i++) {
        char day[FIGURE_DAY_SIZE];
        business_day(day_us - days_before[i] * BUSINESS_DAY_US, 0, day);
        const struct figure_question question = {.figure = figure, .from = day, .to = day, .by = ""};
        int result = figure_total(report->office, &question, &values[i], error);
        if (result)
            return result;
    }
    int result = put_figure(report, figure, values);
    return result ? office_failed(report->office->sql, result, error) : 0;
}

static int add_waiting(struct report *report, const char *name, const char *sql)
{
    int64_t count = 0;
    int result = sql_number(report->office->sql, &count, sql, SQL_NO_VALUES);
    return result ? result
                  : sql_run(report->office->sql,
                            "INSERT INTO daily_figure (report, place, figure, unit, value, look) VALUES (?1, ?2, ?3,"
                            " 'cases', ?4, ?5)",
                            sql_int(report->id), sql_int(++report->place), sql_text(name), sql_int(count),
                            sql_int(count > 0));
}

/* ---------------------------------------------------------------- a report */

static int insert_report(struct report *report, const char *day, struct error *error)
{
    struct office *office = report->office;
    int result = sql_run(office->sql, "INSERT INTO daily_report (day, made_us) VALUES (?1, ?2)", sql_text(day),
                         sql_int(office->now_us));
    if (result == -EEXIST)
        return error_set(error, -EALREADY, "the report of %s is made", day);
    report->id = result ? 0 : sql_last_id(office->sql);
    return result ? office_failed(office->sql, result, error) : 0;
}

int daily_report_make(struct office *office, const char *day, struct error *error)
{
    struct report report = {.office = office};
    struct settings settings;
    int64_t day_us = 0;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    if (strlen(day) != BUSINESS_DAY_SIZE - 1 || business_time(day, 0, &day_us) != 0)
        return error_set(error, -EINVAL, "\"%.20s\" is no day, as 2026-11-27", day);
    if (day_us + BUSINESS_DAY_US - settings.utc_offset_min * 60000000 > office->now_us)
        return error_set(error, -EINVAL, "%s is not over yet: its report can be made tomorrow", day);
    result = insert_report(&report, day, error);
    for (size_t i = 0; i < COUNT(told) && !result; i++)
        result = add_figure(&report, figure_find(told[i]), day_us, error);
    if (result)
        return result;
    for (size_t i = 0; i < COUNT(waiting) && !result; i++)
        result = add_waiting(&report, waiting[i].name, waiting[i].sql);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* "" where it is none's time. */
static int next_day(struct office *office, char ret[BUSINESS_DAY_SIZE], struct error *error)
{
    struct settings settings;
    int64_t made = 0;
    int result = settings_load(office, &settings, error);
    ret[0] = '\0';
    if (result)
        return result;
    int64_t by_clock_us = office->now_us + settings.utc_offset_min * 60000000;
    if (settings.daily_report_hour < 0 || by_clock_us % BUSINESS_DAY_US < settings.daily_report_hour * HOUR_US)
        return 0;
    business_day(by_clock_us - BUSINESS_DAY_US, 0, ret);
    result = sql_number(office->sql, &made, "SELECT count(*) FROM daily_report WHERE day = ?1", sql_text(ret));
    if (made > 0)
        ret[0] = '\0';
    return result ? office_failed(office->sql, result, error) : 0;
}

int daily_report_work(struct office *office, struct figure_work *work, struct error *error)
{
    char day[BUSINESS_DAY_SIZE];
    int result = next_day(office, day, error);
    if (result || !*day)
        return result;
    result = office_begin(office, error);
    if (result)
        return result;
    result = daily_report_make(office, day, error);
    if (!result)
        result = office_commit(office, error);
    office_rollback(office);
    work->looked += !result;
    return result == -EALREADY ? 0 : result; /* another program made it meanwhile */
}

int daily_report_last(struct office *office, char ret_day[BUSINESS_DAY_SIZE], struct error *error)
{
    struct sql_query *row =
        sql_select(office->sql, "SELECT day FROM daily_report ORDER BY day DESC LIMIT 1", SQL_NO_VALUES);
    bool found = sql_next(row);
    if (found)
        sql_copy_text(row, 0, ret_day, BUSINESS_DAY_SIZE);
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "there is no report yet: report.make makes one");
}

/* ---------------------------------------------------------------- as a file */

static void put_cell(struct export_sheet *sheet, const struct figure_unit *unit, struct sql_query *row, int column)
{
    char text[32] = "";
    if (!sql_get_null(row, column))
        figure_text(unit, sql_get_int(row, column), text, sizeof(text));
    export_sheet_cell(sheet, text, true);
}

static int put_lines(struct office *office, const char *day, struct export_sheet *sheet, int64_t *ret_lines)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT f.figure, f.unit, f.value, f.before, f.week, f.look FROM daily_figure f JOIN daily_report r ON r.id ="
        " f.report WHERE r.day = ?1 ORDER BY f.place",
        sql_text(day));
    for (*ret_lines = 0; sql_next(row); ++*ret_lines) {
        const struct figure_unit *unit = figure_unit_find(sql_get_text(row, 1));
        const struct figure *figure = figure_find(sql_get_text(row, 0));
        export_sheet_cell(sheet, sql_get_text(row, 0), false);
        export_sheet_cell(sheet, figure ? figure->english : sql_get_text(row, 0), false);
        export_sheet_cell(sheet, figure ? figure->chinese : "待处理", false);
        export_sheet_cell(sheet, sql_get_text(row, 1), false);
        for (int column = 2; column <= 4; column++)
            put_cell(sheet, unit, row, column);
        export_sheet_cell(sheet, sql_get_int(row, 5) ? "!" : "", false);
        export_sheet_end_row(sheet);
    }
    return sql_done(row);
}

int daily_report_file(struct office *office, const char *day, const char *path, struct error *error)
{
    static const char *const heads[] = {"figure", "name", "名称", "unit", "value", "day before", "week before", "look"};
    struct export_sheet *sheet = NULL;
    int64_t lines = 0;
    int result = export_sheet_open(path, day, &sheet, error);
    if (result)
        return result;
    for (size_t i = 0; i < COUNT(heads); i++)
        export_sheet_cell(sheet, heads[i], false);
    export_sheet_end_row(sheet);
    result = put_lines(office, day, sheet, &lines);
    if (!result && lines > 0)
        return export_sheet_close(sheet, error);
    export_sheet_drop(sheet);
    return result ? office_failed(office->sql, result, error)
                  : error_set(error, -ENOENT, "there is no report of \"%.20s\"", day);
}
