/* How much will be asked for: a file of series in, a forecast of each out. */
#include "plan/forecast_many.h"

#include "base/json.h"
#include "tool/commands.h"
#include "tool/series.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 512 /* series that are forecast before they are printed */

const struct option_def forecast_options[] = {
    {"horizon", OPTION_NUMBER_AT(struct tool_options, horizon), NULL, 1, FORECAST_HORIZON_MAX, NULL,
     "periods to forecast"},
    {"period", OPTION_NUMBER_AT(struct tool_options, season), "1", 1, FORECAST_PERIOD_MAX, NULL,
     "periods of a season: 12 of months, 7 of days"},
    {"level", OPTION_NUMBER_AT(struct tool_options, percent), "95", 1, 99, NULL,
     "percent of what comes that lies between lower and upper"},
    {"grouped", OPTION_FLAG_AT(struct tool_options, grouped), NULL, 0, 0, NULL,
     "the rows of a series stand together: it is forecast as soon as it is read, in little memory"},
    {.name = NULL},
};

struct work {
    const struct tool_options *options;
    struct series series[BLOCK];
    size_t count; /* of the block */
    struct forecast_piece pieces[BLOCK];
};

static void forecast_block(struct work *work)
{
    for (size_t i = 0; i < work->count; i++)
        work->pieces[i] = (struct forecast_piece){.request = {.values = work->series[i].values,
                                                              .count = work->series[i].count,
                                                              .period = (size_t)work->options->season,
                                                              .horizon = (size_t)work->options->horizon,
                                                              .level = (double)work->options->percent / 100}};
    forecast_make_many(work->pieces, work->count, 0);
}

static void put_number(struct buf *json, const char *key, double value)
{
    char text[40];
    snprintf(text, sizeof(text), "%.10g", value);
    json_raw(json, key, text);
}

static void put_numbers(struct buf *json, const char *key, const double *values, size_t count)
{
    json_open_array(json, key);
    for (size_t i = 0; i < count; i++)
        put_number(json, NULL, values[i]);
    json_close_array(json);
}

static int print_forecast(const struct work *work, size_t i, struct buf *json, struct error *error)
{
    const struct series *series = &work->series[i];
    const struct forecast *forecast = &work->pieces[i].out;
    size_t horizon = (size_t)work->options->horizon;
    if (work->pieces[i].result == -EINVAL)
        return error_set(error, -EINVAL, "series \"%s\" has %zu values: %d at most can be forecast", series->name,
                         series->count, FORECAST_VALUES_MAX);
    if (work->pieces[i].result)
        return error_set(error, work->pieces[i].result, "there is no memory");
    json_open_object(json, NULL);
    json_text(json, "series", series->name);
    json_text(json, "method", forecast_method_name(forecast->method));
    put_number(json, "mase", forecast->mase);
    json_text(json, "demand", forecast_demand_name(forecast_demand(series->values, series->count)));
    put_numbers(json, "forecast", forecast->mean, horizon);
    put_numbers(json, "lower", forecast->lower, horizon);
    put_numbers(json, "upper", forecast->upper, horizon);
    json_close_object(json);
    if (json->failed)
        return error_set(error, -ENOMEM, "there is no memory");
    puts(buf_text(json));
    buf_clear(json);
    return 0;
}

static void drop_block(struct work *work)
{
    for (size_t i = 0; i < work->count; i++) {
        forecast_done(&work->pieces[i].out);
        free(work->series[i].name);
        free(work->series[i].values);
    }
    work->count = 0;
}

/* Forecasts and prints what was read, and makes room for more. */
static int end_block(struct work *work, struct error *error)
{
    CLEANUP_BUF struct buf json = {0};
    int result = 0;
    if (work->count > 0)
        forecast_block(work);
    for (size_t i = 0; i < work->count && !result; i++)
        result = print_forecast(work, i, &json, error);
    drop_block(work);
    return result;
}

static int take_series(const struct series *series, void *user, struct error *error)
{
    struct work *work = user;
    work->series[work->count++] = *series;
    return work->count == BLOCK ? end_block(work, error) : 0;
}

enum exit_code command_forecast(struct command_call *call)
{
    struct error error = {0};
    if (call->options.horizon == 0)
        return command_fail(EXIT_USAGE, "say how many periods to forecast with --horizon");
    CLEANUP(cleanup_free) struct work *work = calloc(1, sizeof(*work));
    if (!work)
        return command_fail(EXIT_FAILED, "there is no memory");
    work->options = &call->options;
    int result = series_read(call->words[0], call->options.grouped, take_series, work, &error);
    if (!result)
        result = end_block(work, &error);
    drop_block(work);
    if (result)
        return command_fail(EXIT_FAILED, "%s", error.text);
    if (fflush(stdout) != 0)
        return command_fail(EXIT_FAILED, "cannot write the forecasts: %s", strerror(errno));
    return EXIT_GOOD;
}
