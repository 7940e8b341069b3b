#include "plan/forecast.h"

#include "plan/models.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ORIGINS_MAX 24  /* from which it is tried */
#define AHEAD_MAX   60  /* so many periods at most are held against each */
#define REFITS      3   /* of short series: their numbers change much with each season */
#define SHORT       200 /* values */
#define BEST        5   /* of a combination */
#define CALLS_SHORT 300 /* of the function that the numbers are looked for by */
#define CALLS_LONG  60
#define NEAR        1.1  /* so much worse than the best alone a combination may have been: it is seldom far wrong */
#define ALIKE       0.99 /* a method further down must be better than this share of a simpler one's error */

static const char *const names[FORECAST_METHODS] = {
    [FORECAST_NAIVE] = "naive",
    [FORECAST_SEASONAL_NAIVE] = "seasonal_naive",
    [FORECAST_MOVING_AVERAGE] = "moving_average",
    [FORECAST_SES] = "ses",
    [FORECAST_HOLT] = "holt",
    [FORECAST_HOLT_DAMPED] = "holt_damped",
    [FORECAST_SEASONAL_SES] = "seasonal_ses",
    [FORECAST_SEASONAL_SES_MULTIPLICATIVE] = "seasonal_ses_multiplicative",
    [FORECAST_HOLT_WINTERS] = "holt_winters",
    [FORECAST_HOLT_WINTERS_DAMPED] = "holt_winters_damped",
    [FORECAST_HOLT_WINTERS_MULTIPLICATIVE] = "holt_winters_multiplicative",
    [FORECAST_HOLT_WINTERS_MULTIPLICATIVE_DAMPED] = "holt_winters_multiplicative_damped",
    [FORECAST_THETA] = "theta",
    [FORECAST_CROSTON] = "croston",
    [FORECAST_SBA] = "sba",
    [FORECAST_TSB] = "tsb",
    [FORECAST_COMBINATION] = "combination",
};

const char *forecast_method_name(enum forecast_method method)
{
    return names[method];
}

/* ---------------------------------------------------------------- the kind of demand */

enum forecast_demand forecast_demand(const double *values, size_t count)
{
    double sum = 0, squares = 0;
    size_t asked = 0;
    for (size_t i = 0; i < count; i++) {
        asked += values[i] != 0;
        sum += values[i];
        squares += values[i] * values[i];
    }
    if (asked == 0)
        return FORECAST_INTERMITTENT;
    double mean = sum / (double)asked, gap = (double)count / (double)asked;
    double differs = mean != 0 ? (squares / (double)asked - mean * mean) / (mean * mean) : 0;
    bool rare = gap >= 1.32, wild = differs >= 0.49;
    return rare ? (wild ? FORECAST_LUMPY : FORECAST_INTERMITTENT) : wild ? FORECAST_ERRATIC : FORECAST_SMOOTH;
}

const char *forecast_demand_name(enum forecast_demand demand)
{
    static const char *const kinds[] = {"smooth", "erratic", "intermittent", "lumpy"};
    return kinds[demand];
}

/* ---------------------------------------------------------------- what would have been right */

/* What is asked for now and then is mostly nothing, so nothing is what is nearest to it: it can be planned by its mean
 * only, which squares of errors find; a trend that a few pieces seem to have leads far away; and what is best among so
 * little is so by chance, so that the best are always combined.
 *
 * What each method would have said: forecasts from every origin for the values behind it, one after the other. */
struct trial {
    const struct forecast_request *request;
    size_t first, every, origins, ahead; /* origins at first, first + every, ... */
    size_t points;
    double *said[FORECAST_METHODS];  /* points each; NULL: the method is not for this series */
    double errors[FORECAST_METHODS]; /* what is chosen by: the mean of the absolute ones, or of their squares */
    double *actual;
    bool positive;
    bool rare;
    int calls;
};

static void trial_done(struct trial *trial)
{
    for (size_t i = 0; i < FORECAST_METHODS; i++)
        free(trial->said[i]);
    free(trial->actual);
}

static size_t ahead_from(const struct trial *trial, size_t origin)
{
    size_t left = trial->request->count - origin;
    return left < trial->ahead ? left : trial->ahead;
}

/* A third of the series is held back, a season at least, where that leaves enough to learn from. */
static int lay_out(struct trial *trial)
{
    const struct forecast_request *request = trial->request;
    size_t period = request->period > 1 ? request->period : 1, count = request->count;
    size_t least = period > 1 && count > 3 * period ? 2 * period + 2 : 6;
    size_t wanted = count / 3 > 2 * request->horizon ? count / 3 : 2 * request->horizon;
    wanted = wanted > count / 2 ? count / 2 : wanted;
    trial->first = count - wanted < least ? least : count - wanted;
    if (count <= 3 || trial->first >= count)
        return 0;
    trial->ahead = request->horizon < AHEAD_MAX ? request->horizon : AHEAD_MAX;
    size_t possible = count - trial->first;
    trial->every = (possible + ORIGINS_MAX - 1) / ORIGINS_MAX;
    trial->origins = (possible + trial->every - 1) / trial->every;
    for (size_t i = 0; i < trial->origins; i++)
        trial->points += ahead_from(trial, trial->first + i * trial->every);
    trial->actual = calloc(trial->points, sizeof(*trial->actual));
    if (!trial->actual)
        return -ENOMEM;
    double *point = trial->actual;
    for (size_t i = 0; i < trial->origins; i++) {
        size_t origin = trial->first + i * trial->every;
        for (size_t step = 0; step < ahead_from(trial, origin); step++)
            *point++ = request->values[origin + step];
    }
    return 0;
}

static double allowed(const struct trial *trial, double value)
{
    return trial->positive && value < 0 ? 0 : value;
}

/* Every point weighs the same, but for those far ahead, of which there are fewer origins. */
static double mean_error(const struct trial *trial, const double *said, bool squares)
{
    double sum = 0;
    for (size_t i = 0; i < trial->points; i++) {
        double error = fabs(said[i] - trial->actual[i]);
        sum += squares ? error * error : error;
    }
    return sum / (double)trial->points;
}

static int say(struct trial *trial, enum forecast_method method, double *said)
{
    const struct forecast_request *request = trial->request;
    size_t fitted = 0, taken = 0;
    size_t refits = request->count <= SHORT ? REFITS : 1, block = (trial->origins + refits - 1) / refits;
    struct model model = {0};
    int result = 0;
    for (size_t i = 0; i < trial->origins && !result; i++) {
        size_t origin = trial->first + i * trial->every;
        if (i % block == 0) {
            model_done(&model);
            result = model_fit(&model, method, request->period, request->values, origin, trial->calls);
            fitted++;
            taken = origin;
        }
        for (; !result && taken < origin; taken++)
            model_take(&model, request->values[taken]);
        for (size_t step = 1; !result && step <= ahead_from(trial, origin); step++)
            *said++ = allowed(trial, model_ahead(&model, step));
    }
    model_done(&model);
    return result;
}

static int try_method(struct trial *trial, enum forecast_method method)
{
    double *said = calloc(trial->points, sizeof(*said));
    int result = said ? say(trial, method, said) : -ENOMEM;
    double errors = result ? NAN : mean_error(trial, said, trial->rare);
    if (result || !isfinite(errors)) {
        free(said);
        return result == -ENOMEM ? result : 0;
    }
    trial->said[method] = said;
    trial->errors[method] = errors;
    return 0;
}

/* The best so many, the simplest of equals first. */
static size_t rank(const struct trial *trial, enum forecast_method best[BEST])
{
    size_t count = 0;
    bool taken[FORECAST_METHODS] = {false};
    for (; count < BEST; count++) {
        int found = -1;
        for (int method = 0; method < FORECAST_COMBINATION; method++)
            if (trial->said[method] && !taken[method] &&
                (found < 0 || trial->errors[method] < trial->errors[found] * ALIKE))
                found = method;
        if (found < 0)
            break;
        taken[found] = true;
        best[count] = (enum forecast_method)found;
    }
    return count;
}

static int try_combination(struct trial *trial, const enum forecast_method best[BEST], size_t count)
{
    if (count < BEST)
        return 0;
    double *said = calloc(trial->points, sizeof(*said));
    if (!said)
        return -ENOMEM;
    for (size_t i = 0; i < trial->points; i++)
        for (size_t method = 0; method < count; method++)
            said[i] += trial->said[best[method]][i] / (double)count;
    trial->said[FORECAST_COMBINATION] = said;
    trial->errors[FORECAST_COMBINATION] = mean_error(trial, said, trial->rare);
    return 0;
}

/* ---------------------------------------------------------------- the forecast */

/* How far a value is from that of a season before, in the mean. */
static double naive_error(const struct forecast_request *request)
{
    size_t lag = request->period > 1 && request->count > request->period ? request->period : 1;
    double sum = 0;
    for (size_t i = lag; i < request->count; i++)
        sum += fabs(request->values[i] - request->values[i - lag]);
    return request->count > lag ? sum / (double)(request->count - lag) : 0;
}

/* The standard deviation of what a method says of the next value, by all that it said at the origins: what is farther
 * ahead counts by how much wider it should be. */
static double first_spread(const struct trial *trial, enum forecast_method method, const struct model *model)
{
    double squares = 0;
    size_t point = 0;
    for (size_t i = 0; i < trial->origins; i++) {
        size_t ahead = ahead_from(trial, trial->first + i * trial->every);
        for (size_t step = 1; step <= ahead; step++, point++) {
            double error = (trial->said[method][point] - trial->actual[point]) / model_spread(model, step);
            squares += error * error;
        }
    }
    return sqrt(squares / (double)trial->points);
}

/* Of the normal distribution, between both ends of the interval (Acklam's and others' forms are exact to more digits
 * than anybody plans by; this one is Winitzki's of the error function, 2008). */
static double width_of(double level)
{
    double ln = log(1 - level * level), a = 0.147, b = 2 / (3.14159265358979323846 * a) + ln / 2;
    return sqrt(2) * sqrt(sqrt(b * b - ln / a) - b);
}

struct making {
    const struct forecast_request *request;
    const struct trial *trial;
    struct forecast *out;
    double share; /* of each method in the mean */
    double width;
};

static void add_model(struct making *making, enum forecast_method method, const struct model *model)
{
    const struct forecast_request *request = making->request;
    /* Of a series that is too short to be tried: what it changed by, as a standard deviation. */
    double spread =
        making->trial->origins > 0 ? first_spread(making->trial, method, model) : 1.25 * naive_error(request);
    for (size_t step = 0; step < request->horizon; step++) {
        double half = making->width * spread * model_spread(model, step + 1);
        double value = model_ahead(model, step + 1);
        making->out->mean[step] += making->share * value;
        making->out->lower[step] += making->share * (value - half);
        making->out->upper[step] += making->share * (value + half);
    }
}

static void keep_positive(struct forecast *out, size_t horizon)
{
    for (size_t i = 0; i < horizon; i++) {
        out->mean[i] = out->mean[i] < 0 ? 0 : out->mean[i];
        out->lower[i] = out->lower[i] < 0 ? 0 : out->lower[i];
        out->upper[i] = out->upper[i] < out->mean[i] ? out->mean[i] : out->upper[i];
    }
}

static void forget(struct trial *trial, enum forecast_method method)
{
    free(trial->said[method]);
    trial->said[method] = NULL;
}

/* The best that can be fitted to the whole series, too: what was never nothing may be so at the end. */
static int fit_best(struct trial *trial, enum forecast_method best[BEST], struct model models[BEST], size_t *ret_count)
{
    const struct forecast_request *request = trial->request;
    size_t count = rank(trial, best), fitted = 0;
    int result = 0;
    if (count == 0)
        best[count++] = FORECAST_NAIVE;
    for (; fitted < count && !result; fitted += result == 0)
        result =
            model_fit(&models[fitted], best[fitted], request->period, request->values, request->count, trial->calls);
    *ret_count = count;
    if (!result)
        return 0;
    for (size_t i = 0; i < fitted; i++)
        model_done(&models[i]);
    if (result != -EINVAL)
        return result;
    forget(trial, best[fitted]);
    return fit_best(trial, best, models, ret_count);
}

static int choose_and_make(struct trial *trial, struct forecast *out)
{
    enum forecast_method best[BEST];
    struct model models[BEST];
    size_t count = 0;
    int result = fit_best(trial, best, models, &count);
    if (result)
        return result;
    result = try_combination(trial, best, count);
    bool combined = trial->said[FORECAST_COMBINATION] &&
                    (trial->rare || trial->errors[FORECAST_COMBINATION] < NEAR * trial->errors[best[0]]);
    out->method = combined ? FORECAST_COMBINATION : best[0];
    double scale = naive_error(trial->request);
    out->mase = trial->origins > 0 && scale > 0 ? mean_error(trial, trial->said[out->method], false) / scale : 0;
    size_t used = combined ? count : 1;
    struct making making = {.request = trial->request,
                            .trial = trial,
                            .out = out,
                            .share = 1 / (double)used,
                            .width = width_of(trial->request->level)};
    for (size_t i = 0; i < count; i++) {
        if (i < used)
            add_model(&making, best[i], &models[i]);
        model_done(&models[i]);
    }
    if (trial->positive)
        keep_positive(out, trial->request->horizon);
    return result;
}

static bool is_allowed(const struct forecast_request *request, bool *ret_positive)
{
    *ret_positive = true;
    if (request->count < 1 || request->count > FORECAST_VALUES_MAX || request->period > FORECAST_PERIOD_MAX ||
        request->horizon < 1 || request->horizon > FORECAST_HORIZON_MAX || !(request->level > 0 && request->level < 1))
        return false;
    for (size_t i = 0; i < request->count; i++) {
        if (!(fabs(request->values[i]) <= FORECAST_VALUE_MAX))
            return false;
        *ret_positive &= request->values[i] >= 0;
    }
    return true;
}

int forecast_make(const struct forecast_request *request, struct forecast *ret)
{
    struct trial trial = {.request = request, .calls = request->count <= SHORT ? CALLS_SHORT : CALLS_LONG};
    struct forecast out = {0};
    if (!is_allowed(request, &trial.positive))
        return -EINVAL;
    out.mean = calloc(request->horizon, sizeof(*out.mean));
    out.lower = calloc(request->horizon, sizeof(*out.lower));
    out.upper = calloc(request->horizon, sizeof(*out.upper));
    trial.rare = forecast_demand(request->values, request->count) >= FORECAST_INTERMITTENT;
    int result = out.mean && out.lower && out.upper ? lay_out(&trial) : -ENOMEM;
    for (int method = 0; method < FORECAST_COMBINATION && !result && trial.origins > 0; method++)
        if (!trial.rare || !model_has_trend((enum forecast_method)method))
            result = try_method(&trial, (enum forecast_method)method);
    if (!result)
        result = choose_and_make(&trial, &out);
    trial_done(&trial);
    if (result)
        forecast_done(&out);
    else
        *ret = out;
    return result;
}

void forecast_done(struct forecast *forecast)
{
    free(forecast->mean);
    free(forecast->lower);
    free(forecast->upper);
    *forecast = (struct forecast){0};
}
