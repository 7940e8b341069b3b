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
    {.name = NULL},
};

struct work {
    const struct series_set *set;
    const struct tool_options *options;
    size_t first, count; /* of the block */
    struct forecast_piece pieces[BLOCK];
};

static void forecast_block(struct work *work)
{
    for (size_t i = 0; i < work->count; i++) {
        const struct series *series = series_at(work->set, work->first + i);
        work->pieces[i] = (struct forecast_piece){.request = {.values = series->values,
                                                              .count = series->count,
                                                              .period = (size_t)work->options->season,
                                                              .horizon = (size_t)work->options->horizon,
                                                              .level = (double)work->options->percent / 100}};
    }
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

static int print_forecast(const struct work *work, size_t i, struct buf *json)
{
    const struct series *series = series_at(work->set, work->first + i);
    const struct forecast *forecast = &work->pieces[i].out;
    size_t horizon = (size_t)work->options->horizon;
    if (work->pieces[i].result)
        return work->pieces[i].result;
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
        return -ENOMEM;
    puts(buf_text(json));
    buf_clear(json);
    return 0;
}

static int forecast_all(struct work *work)
{
    CLEANUP_BUF struct buf json = {0};
    int result = 0;
    size_t count = series_count(work->set);
    for (work->first = 0; work->first < count && !result; work->first += BLOCK) {
        size_t left = count - work->first;
        work->count = left < BLOCK ? left : BLOCK;
        forecast_block(work);
        for (size_t i = 0; i < work->count; i++) {
            if (!result)
                result = print_forecast(work, i, &json);
            forecast_done(&work->pieces[i].out);
        }
    }
    return result;
}

enum exit_code command_forecast(struct command_call *call)
{
    CLEANUP(series_free_p) struct series_set *set = NULL;
    struct error error = {0};
    if (call->options.horizon == 0)
        return command_fail(EXIT_USAGE, "say how many periods to forecast with --horizon");
    if (series_load(call->words[0], &set, &error) != 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    CLEANUP(cleanup_free) struct work *work = calloc(1, sizeof(*work));
    if (!work)
        return command_fail(EXIT_FAILED, "there is no memory");
    work->set = set;
    work->options = &call->options;
    int result = forecast_all(work);
    if (result || fflush(stdout) != 0)
        return command_fail(EXIT_FAILED, result == -ENOMEM ? "there is no memory" : "a series is too long to forecast");
    return EXIT_GOOD;
}
