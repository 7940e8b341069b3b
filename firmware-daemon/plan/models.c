#include "plan/models.h"

#include "plan/minimum.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the last values, as they are */

#define RARE 8 /* in one of so many periods nothing was asked for, at least */

static const size_t windows[MODEL_WINDOWS] = {2, 3, 4, 6, 8, 12};

static int fit_recent(struct model *model, size_t room, const double *values, size_t count)
{
    if (count < room)
        return -EINVAL;
    model->recent = calloc(room, sizeof(*model->recent));
    if (!model->recent)
        return -ENOMEM;
    model->room = room;
    for (size_t i = 0; i < count; i++)
        model_take(model, values[i]);
    return 0;
}

static double last_value(const struct model *model, size_t back)
{
    return model->recent[(model->next + model->room - back) % model->room];
}

static int fit_naive(struct model *model, const double *values, size_t count)
{
    model->window = 1;
    return fit_recent(model, 1, values, count);
}

static int fit_seasonal_naive(struct model *model, const double *values, size_t count)
{
    return model->period > 1 ? fit_recent(model, model->period, values, count) : -EINVAL;
}

/* The window whose mean was nearest to the value behind it. */
static int fit_moving_average(struct model *model, const double *values, size_t count)
{
    double least = INFINITY;
    if (count < 4)
        return -EINVAL;
    for (size_t w = 0; w < MODEL_WINDOWS && windows[w] * 2 <= count; w++) {
        double errors = 0, sum = 0;
        size_t width = windows[w], held = 0;
        for (size_t i = 0; i < count; i++) {
            if (i >= windows[MODEL_WINDOWS - 1] || (i >= width && count < 2 * windows[MODEL_WINDOWS - 1])) {
                errors += fabs(values[i] - sum / (double)width);
                held++;
            }
            sum += values[i] - (i >= width ? values[i - width] : 0);
        }
        if (held > 0 && errors / (double)held < least) {
            least = errors / (double)held;
            model->window = width;
        }
    }
    return model->window > 0 ? fit_recent(model, model->window, values, count) : -EINVAL;
}

static double recent_ahead(const struct model *model, size_t steps)
{
    if (model->method == FORECAST_SEASONAL_NAIVE)
        return last_value(model, model->period - (steps - 1) % model->period);
    double sum = 0;
    for (size_t back = 1; back <= model->window; back++)
        sum += last_value(model, back);
    return sum / (double)model->window;
}

/* ---------------------------------------------------------------- exponential smoothing */

static const struct smoothing_form forms[FORECAST_METHODS] = {
    [FORECAST_SES] = {SMOOTHING_NO_SEASON, false, false, false},
    [FORECAST_HOLT] = {SMOOTHING_NO_SEASON, true, false, false},
    [FORECAST_HOLT_DAMPED] = {SMOOTHING_NO_SEASON, true, true, false},
    [FORECAST_SEASONAL_SES] = {SMOOTHING_ADDITIVE, false, false, false},
    [FORECAST_SEASONAL_SES_MULTIPLICATIVE] = {SMOOTHING_MULTIPLICATIVE, false, false, true},
    [FORECAST_HOLT_WINTERS] = {SMOOTHING_ADDITIVE, true, false, false},
    [FORECAST_HOLT_WINTERS_DAMPED] = {SMOOTHING_ADDITIVE, true, true, false},
    [FORECAST_HOLT_WINTERS_MULTIPLICATIVE] = {SMOOTHING_MULTIPLICATIVE, true, false, true},
    [FORECAST_HOLT_WINTERS_MULTIPLICATIVE_DAMPED] = {SMOOTHING_MULTIPLICATIVE, true, true, true},
};

bool model_has_trend(enum forecast_method method)
{
    return forms[method].trend || method == FORECAST_THETA;
}

static int fit_smoothing(struct model *model, const double *values, size_t count, int calls)
{
    return smoothing_fit(&model->smoothing, &forms[model->method], model->period, values, count, calls);
}

/* ---------------------------------------------------------------- theta */

/* Whether the values of one season tell those of the next: the 90 % test of the M3 competition's theta method. */
static bool is_seasonal(const double *values, size_t count, size_t period)
{
    if (period < 2 || count < 3 * period)
        return false;
    double mean = 0, variance = 0, squares = 0, at_period = 0;
    for (size_t i = 0; i < count; i++)
        mean += values[i] / (double)count;
    for (size_t i = 0; i < count; i++)
        variance += (values[i] - mean) * (values[i] - mean);
    if (variance <= 0)
        return false;
    for (size_t lag = 1; lag <= period; lag++) {
        double sum = 0;
        for (size_t i = lag; i < count; i++)
            sum += (values[i] - mean) * (values[i - lag] - mean);
        at_period = sum / variance;
        squares += lag < period ? at_period * at_period : 0;
    }
    return fabs(at_period) > 1.645 * sqrt((1 + 2 * squares) / (double)count);
}

static double unseasoned(const struct model *model, double value, size_t place)
{
    if (!model->seasons)
        return value;
    double season = model->seasons[place % model->period];
    return model->shares ? value / season : value - season;
}

static int fit_seasons(struct model *model, const double *values, size_t count)
{
    if (!is_seasonal(values, count, model->period))
        return 0;
    model->shares = true;
    for (size_t i = 0; i < count; i++)
        model->shares &= values[i] > 0;
    model->seasons = calloc(model->period, sizeof(*model->seasons));
    return model->seasons ? smoothing_seasons(model->shares ? SMOOTHING_MULTIPLICATIVE : SMOOTHING_ADDITIVE,
                                              model->period, values, count, model->seasons)
                          : -ENOMEM;
}

static double slope_of(const struct model *model, const double *values, size_t count)
{
    double sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0, n = (double)count;
    for (size_t i = 0; i < count; i++) {
        double x = (double)i, y = unseasoned(model, values[i], i);
        sum_x += x;
        sum_y += y;
        sum_xx += x * x;
        sum_xy += x * y;
    }
    return (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
}

/* Simple exponential smoothing with half of the straight line's slope: Hyndman and Billah 2003. */
static int fit_theta(struct model *model, const double *values, size_t count, int calls)
{
    if (count < 5)
        return -EINVAL;
    double *left = calloc(count, sizeof(*left));
    int result = left ? fit_seasons(model, values, count) : -ENOMEM;
    if (!result) {
        model->slope = slope_of(model, values, count);
        for (size_t i = 0; i < count; i++)
            left[i] = unseasoned(model, values[i], i);
        model->taken = count;
        result = smoothing_fit(&model->smoothing, &forms[FORECAST_SES], 0, left, count, calls);
    }
    free(left);
    return result;
}

static double theta_ahead(const struct model *model, size_t steps)
{
    double alpha = model->smoothing.alpha, taken = (double)model->taken;
    double drift = (double)steps - 1 + (1 - pow(1 - alpha, taken)) / alpha;
    double value = smoothing_ahead(&model->smoothing, steps) + model->slope / 2 * drift;
    if (!model->seasons)
        return value;
    double season = model->seasons[(model->taken + steps - 1) % model->period];
    return model->shares ? value * season : value + season;
}

/* ---------------------------------------------------------------- now and then */

static void rare_take(struct model *model, double value)
{
    struct rare *rare = &model->rare;
    bool asked = value > 0;
    rare->since++;
    if (asked && !rare->begun) {
        rare->size = value;
        rare->gap = (double)rare->since;
        rare->chance = 1 / rare->gap;
        rare->begun = true;
    } else if (asked) {
        rare->size += rare->alpha * (value - rare->size);
        rare->gap += rare->alpha * ((double)rare->since - rare->gap);
    }
    if (rare->begun)
        rare->chance += rare->beta * ((asked ? 1 : 0) - rare->chance);
    if (asked)
        rare->since = 0;
}

static double rare_ahead(const struct model *model)
{
    const struct rare *rare = &model->rare;
    if (!rare->begun)
        return 0;
    switch (model->method) {
    case FORECAST_TSB:
        return rare->chance * rare->size;
    case FORECAST_SBA:
        return (1 - rare->alpha / 2) * rare->size / rare->gap;
    default:
        return rare->size / rare->gap;
    }
}

struct rare_fitting {
    struct model *model;
    const double *values;
    size_t count;
};

static double rare_errors(const double *numbers, void *user)
{
    struct rare_fitting *fitting = user;
    struct rare *rare = &fitting->model->rare;
    *rare = (struct rare){.alpha = numbers[0], .beta = numbers[1]};
    double errors = 0;
    if (rare->alpha < 0.01 || rare->alpha > 0.5 || rare->beta < 0.005 || rare->beta > 0.5)
        return INFINITY;
    for (size_t i = 0; i < fitting->count; i++) {
        double error = fitting->values[i] - rare_ahead(fitting->model);
        errors += rare->begun ? error * error : 0;
        rare_take(fitting->model, fitting->values[i]);
    }
    return errors;
}

static int fit_rare(struct model *model, const double *values, size_t count, int calls)
{
    size_t nothing = 0, asked = 0;
    for (size_t i = 0; i < count; i++) {
        if (values[i] < 0)
            return -EINVAL;
        nothing += values[i] == 0;
        asked += values[i] > 0;
    }
    if (nothing * RARE < count || asked < 2)
        return -EINVAL;
    struct rare_fitting fitting = {model, values, count};
    double numbers[2] = {0.1, 0.05};
    static const double steps[2] = {0.1, 0.1};
    minimum_find(rare_errors, &fitting, numbers, steps, 2, calls < 60 ? calls : 60);
    rare_errors(numbers, &fitting);
    return 0;
}

/* ---------------------------------------------------------------- all of them */

static int fit(struct model *model, const double *values, size_t count, int calls)
{
    switch (model->method) {
    case FORECAST_NAIVE:
        return fit_naive(model, values, count);
    case FORECAST_SEASONAL_NAIVE:
        return fit_seasonal_naive(model, values, count);
    case FORECAST_MOVING_AVERAGE:
        return fit_moving_average(model, values, count);
    case FORECAST_THETA:
        return fit_theta(model, values, count, calls);
    case FORECAST_CROSTON:
    case FORECAST_SBA:
    case FORECAST_TSB:
        return fit_rare(model, values, count, calls);
    case FORECAST_COMBINATION:
    case FORECAST_METHODS:
        return -EINVAL;
    default:
        return fit_smoothing(model, values, count, calls);
    }
}

int model_fit(struct model *ret, enum forecast_method method, size_t period, const double *values, size_t count,
              int calls)
{
    *ret = (struct model){.method = method, .period = period};
    int result = fit(ret, values, count, calls);
    if (result)
        model_done(ret);
    return result;
}

void model_take(struct model *model, double value)
{
    if (model->recent) {
        model->recent[model->next] = value;
        model->next = (model->next + 1) % model->room;
    } else if (model->rare.alpha > 0)
        rare_take(model, value);
    else
        smoothing_take(&model->smoothing, unseasoned(model, value, model->taken));
    model->taken += model->method == FORECAST_THETA;
}

double model_ahead(const struct model *model, size_t steps)
{
    if (model->recent)
        return recent_ahead(model, steps);
    if (model->rare.alpha > 0)
        return rare_ahead(model);
    return model->method == FORECAST_THETA ? theta_ahead(model, steps) : smoothing_ahead(&model->smoothing, steps);
}

double model_spread(const struct model *model, size_t steps)
{
    switch (model->method) {
    case FORECAST_NAIVE:
        return sqrt((double)steps);
    case FORECAST_SEASONAL_NAIVE:
        return sqrt((double)((steps - 1) / model->period + 1));
    case FORECAST_MOVING_AVERAGE:
    case FORECAST_CROSTON:
    case FORECAST_SBA:
    case FORECAST_TSB:
        return 1;
    default:
        return smoothing_spread(&model->smoothing, steps);
    }
}

void model_done(struct model *model)
{
    free(model->recent);
    free(model->seasons);
    smoothing_done(&model->smoothing);
    model->recent = model->seasons = NULL;
}
