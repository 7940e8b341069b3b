#include "sync/head-office/buying/forecasts.h"

#include "base/json.h"
#include "plan/forecast_many.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/buying/forecast_series.h"
#include "sync/head-office/buying/reorder.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WEEK         7
#define MILLI        1000
#define HISTORY_MOST 366
#define YEAR         52                   /* weeks of a season; of days it is a week */
#define STALE_US     INT64_C(21600000000) /* a run that says nothing for so long is dead */
#define HOUR_US      INT64_C(3600000000)

struct making {
    struct office *office;
    const struct forecasts_job *job;
    struct settings settings;
    struct forecast_block *block;
    struct forecast_piece pieces[FORECAST_SERIES_BLOCK];
    size_t horizon; /* periods */
    int64_t made, total;
};

static void making_done(struct making **making)
{
    if (*making)
        forecast_block_free(&(*making)->block);
    free(*making);
}
#define CLEANUP_MAKING CLEANUP(making_done)

static int prepare(struct office *office, const struct forecasts_job *job, struct making **ret, struct error *error)
{
    struct making *making = calloc(1, sizeof(*making));
    *ret = making;
    if (!making)
        return error_set(error, -ENOMEM, "out of memory");
    making->office = office;
    making->job = job;
    int result = settings_load(office, &making->settings, error);
    if (result)
        return result;
    int64_t days = strcmp(making->settings.forecast_period, "week") == 0 ? WEEK : 1;
    making->block = forecast_block_new(days, business_today(office->now_us, making->settings.utc_offset_min));
    making->horizon = (size_t)((making->settings.forecast_days + days - 1) / days);
    return making->block ? 0 : error_set(error, -ENOMEM, "out of memory");
}

/* ---------------------------------------------------------------- a block of items */

static void reckon(struct making *making)
{
    struct forecast_block *block = making->block;
    for (size_t i = 0; i < block->count; i++)
        making->pieces[i] = (struct forecast_piece){.request = {.values = block->list[i].values,
                                                                .count = block->list[i].count,
                                                                .period = block->period_days == WEEK ? YEAR : WEEK,
                                                                .horizon = making->horizon,
                                                                .level = FORECASTS_LEVEL}};
    forecast_make_many(making->pieces, block->count, (size_t)making->job->workers);
}

static int64_t milli(double pieces)
{
    return llround(pieces * MILLI);
}

/* So many as a year of days; what was left out is in it as what counts in its place. */
static void write_history(const struct forecast_series *series, struct buf *json)
{
    size_t from = series->count > HISTORY_MOST ? series->count - HISTORY_MOST : 0;
    json_open_array(json, NULL);
    for (size_t i = from; i < series->count; i++)
        json_int(json, NULL, milli(series->values[i]));
    json_close_array(json);
}

static int put_head(struct making *making, size_t i)
{
    CLEANUP_BUF struct buf history = {0};
    write_history(&making->block->list[i], &history);
    const struct forecast_series *series = &making->block->list[i];
    const struct forecast *forecast = &making->pieces[i].out;
    double sum = 0, days = (double)making->block->period_days;
    for (size_t ahead = 0; ahead < making->horizon; ahead++)
        sum += forecast->mean[ahead];
    double spread = (forecast->upper[0] - forecast->mean[0]) / reorder_normal((1 + FORECASTS_LEVEL) / 2);
    return sql_post(
        making->office->sql,
        "INSERT INTO forecast (sku, method, mase_milli, demand, period_days, from_day, to_day, periods, left_out,"
        " mean_milli, spread_milli, made_us, history) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
        "ON"
        " CONFLICT (sku) DO UPDATE SET history = excluded.history, method = excluded.method, mase_milli = "
        "excluded.mase_milli, demand = excluded.demand,"
        " period_days = excluded.period_days, from_day = excluded.from_day, to_day = excluded.to_day, periods ="
        " excluded.periods, left_out = excluded.left_out, mean_milli = excluded.mean_milli, spread_milli ="
        " excluded.spread_milli, made_us = excluded.made_us",
        sql_text(series->sku), sql_text(forecast_method_name(forecast->method)), sql_int(milli(forecast->mase)),
        sql_text(forecast_demand_name(forecast_demand(series->values, series->count))),
        sql_int(making->block->period_days), sql_int(series->from_day), sql_int(series->to_day),
        sql_int((int64_t)series->count), sql_int((int64_t)series->left_out),
        sql_int(milli(fmax(sum, 0) / ((double)making->horizon * days))), sql_int(milli(fmax(spread, 0) / sqrt(days))),
        sql_int(making->office->now_us), sql_text(buf_text(&history)));
}

static int put_values(struct making *making, size_t i)
{
    const struct forecast_series *series = &making->block->list[i];
    const struct forecast *forecast = &making->pieces[i].out;
    struct sql *sql = making->office->sql;
    int result = sql_post(sql, "DELETE FROM forecast_value WHERE sku = ?1", sql_text(series->sku));
    for (size_t ahead = 0; ahead < making->horizon && !result; ahead++)
        result = sql_post(sql,
                          "INSERT INTO forecast_value (sku, ahead, day, mean_milli, lower_milli, upper_milli) VALUES"
                          " (?1, ?2, ?3, ?4, ?5, ?6)",
                          sql_text(series->sku), sql_int((int64_t)ahead + 1),
                          sql_int(business_day_of(making->block->today + (int64_t)ahead * making->block->period_days)),
                          sql_int(milli(forecast->mean[ahead])), sql_int(milli(forecast->lower[ahead])),
                          sql_int(milli(forecast->upper[ahead])));
    return result;
}

static int put_block(struct making *making)
{
    int result = 0;
    for (size_t i = 0; i < making->block->count && !result; i++) {
        result = making->pieces[i].result;
        if (!result)
            result = put_head(making, i);
        if (!result)
            result = put_values(making, i);
        making->made += !result;
    }
    return result ? result
                  : sql_run(making->office->sql, "UPDATE forecast_run SET done = ?1, total = ?2 WHERE id = 1",
                            sql_int(making->made), sql_int(making->total));
}

static void forget_pieces(struct making *making)
{
    for (size_t i = 0; i < making->block->count; i++)
        forecast_done(&making->pieces[i].out);
}

static int put_within(struct making *making, struct error *error)
{
    int result = office_begin(making->office, error);
    if (result)
        return result;
    result = put_block(making);
    result = result ? office_failed(making->office->sql, result, error) : office_commit(making->office, error);
    office_rollback(making->office);
    return result;
}

/* ---------------------------------------------------------------- all of them */

int forecasts_make(struct office *office, const struct forecasts_job *job, int64_t *ret_made, struct error *error)
{
    CLEANUP_MAKING struct making *making = NULL;
    char behind[DEMAND_SKU_SIZE] = "";
    bool more = true;
    int result = prepare(office, job, &making, error);
    if (!result)
        result = sql_number(office->sql, &making->total,
                            "SELECT count(*) FROM item i WHERE EXISTS (SELECT 1 FROM demand_day d WHERE d.sku = i.sku)",
                            SQL_NO_VALUES);
    while (!result && more) {
        result = forecast_block_load(making->block, office, behind, job->sku);
        if (result)
            return office_failed(office->sql, result, error);
        more = making->block->count == FORECAST_SERIES_BLOCK;
        if (making->block->count == 0)
            break;
        memcpy(behind, making->block->list[making->block->count - 1].sku, sizeof(behind));
        reckon(making);
        result = put_within(making, error);
        forget_pieces(making);
        if (!result && job->progress)
            job->progress(job->user, making->made, making->total);
    }
    *ret_made = result ? 0 : making->made;
    return result;
}

int forecasts_make_one(struct office *office, const char *sku, struct error *error)
{
    CLEANUP_MAKING struct making *making = NULL;
    const struct forecasts_job job = {.sku = sku, .workers = 1};
    int result = prepare(office, &job, &making, error);
    if (result)
        return result;
    result = forecast_block_load(making->block, office, "", sku);
    if (result)
        return office_failed(office->sql, result, error);
    if (making->block->count == 0)
        return error_set(error, -ENOENT, "\"%s\" is no item that was asked for before today", sku);
    reckon(making);
    result = put_block(making);
    forget_pieces(making);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* ---------------------------------------------------------------- the run */

int forecasts_ask(struct office *office, const char *who, struct error *error)
{
    int result =
        sql_run(office->sql, "UPDATE forecast_run SET state = 'asked', asked_by = ?1 WHERE id = 1", sql_text(who));
    return result ? office_failed(office->sql, result, error) : 0;
}

int forecasts_due(struct office *office, bool *ret, struct error *error)
{
    struct settings settings;
    int64_t asked = 0;
    *ret = false;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    int64_t shifted = office->now_us + settings.utc_offset_min * (HOUR_US / 60);
    int64_t today = business_day_of(business_today(office->now_us, settings.utc_offset_min));
    bool hour = settings.forecast_hour >= 0 && shifted / HOUR_US % 24 >= settings.forecast_hour;
    result = sql_number(office->sql, &asked,
                        "SELECT count(*) FROM forecast_run WHERE id = 1 AND (state = 'asked' OR (?1 = 1 AND day < ?2"
                        " AND (state <> 'running' OR began_us < ?3)))",
                        sql_int(hour), sql_int(today), sql_int(office->now_us - STALE_US));
    *ret = asked > 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

int forecasts_begin(struct office *office, struct error *error)
{
    struct settings settings;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "UPDATE forecast_run SET state = 'running', day = ?1, began_us = ?2, ended_us = NULL, done = 0,"
                     " total = 0, said = '' WHERE id = 1",
                     sql_int(business_day_of(business_today(office->now_us, settings.utc_offset_min))),
                     sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

int forecasts_end(struct office *office, const char *fault, struct error *error)
{
    int result = sql_run(office->sql,
                         "UPDATE forecast_run SET state = CASE WHEN state <> 'running' THEN state WHEN CAST(?1 AS TEXT)"
                         " = '' THEN 'done' ELSE 'failed' END, ended_us = ?2, said = ?1 WHERE id = 1",
                         sql_text(fault), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}
