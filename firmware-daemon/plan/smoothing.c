#include "plan/smoothing.h"

#include "plan/minimum.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS     6 /* alpha, beta, gamma, phi, first level, first trend */
#define SEASONS_MAX 8 /* that are looked at for how they are like */
#define PHI_LEAST   0.8
#define PHI_MOST    0.98
#define WEIGHT_LAST 0.9999
#define WEIGHT_LOW  0.0001

/* What a model begins with. */
struct start {
    double level, trend;
    double *seasons;
};

/* ---------------------------------------------------------------- one step */

static inline double advance_level(const struct smoothing *s)
{
    return s->level + s->phi * s->trend;
}

static inline double with_season(const struct smoothing *s, double value, double season)
{
    switch (s->form.season) {
    case SMOOTHING_ADDITIVE:
        return value + season;
    case SMOOTHING_MULTIPLICATIVE:
        return value * season;
    default:
        return value;
    }
}

/* Takes a value and returns what was forecast for it. */
static inline double take(struct smoothing *s, double value)
{
    double level = advance_level(s), season = s->seasons ? s->seasons[s->next] : 0;
    double forecast = with_season(s, level, season), error = value - forecast;
    double of_level = s->form.season == SMOOTHING_MULTIPLICATIVE ? error / (season != 0 ? season : 1) : error;
    s->level = level + s->alpha * of_level;
    if (s->form.trend)
        s->trend = s->phi * s->trend + s->beta * of_level;
    if (s->form.season == SMOOTHING_ADDITIVE)
        s->seasons[s->next] = season + s->gamma * error;
    else if (s->form.season == SMOOTHING_MULTIPLICATIVE)
        s->seasons[s->next] = season + s->gamma * error / (level != 0 ? level : 1);
    if (s->seasons && ++s->next == s->period)
        s->next = 0;
    return forecast;
}

void smoothing_take(struct smoothing *smoothing, double value)
{
    take(smoothing, value);
}

double smoothing_ahead(const struct smoothing *s, size_t steps)
{
    double trends = 0, phi = 1;
    for (size_t i = 0; s->form.trend && i < steps; i++) {
        phi *= s->phi;
        trends += phi;
    }
    double season = s->seasons ? s->seasons[(s->next + steps - 1) % s->period] : 0;
    return with_season(s, s->level + trends * s->trend, season);
}

/* Hyndman et al. 2008, table 6.1: of additive errors; the others are near enough for an interval. */
double smoothing_spread(const struct smoothing *s, size_t steps)
{
    double variance = 1, trends = 0, phi = 1;
    for (size_t j = 1; j < steps; j++) {
        phi *= s->phi;
        trends += phi;
        double share = s->alpha + (s->form.trend ? s->beta * trends : 0);
        if (s->form.season && j % s->period == 0)
            share += s->gamma;
        variance += share * share;
    }
    return sqrt(variance);
}

/* ---------------------------------------------------------------- where it begins */

static int compare_numbers(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

int smoothing_seasons(enum smoothing_season kind, size_t period, const double *values, size_t count, double *seasons)
{
    bool shares = kind == SMOOTHING_MULTIPLICATIVE;
    size_t used = count < SEASONS_MAX * period ? count : SEASONS_MAX * period, half = period / 2;
    double *found = calloc(used, sizeof(*found));
    if (!found)
        return -ENOMEM;
    double whole = 0;
    for (size_t place = 0; place < period; place++) {
        size_t number = 0;
        for (size_t i = place; i < used; i += period) {
            if (i < half || i + half >= used)
                continue;
            double mean = 0;
            for (size_t j = i - half; j <= i + half; j++)
                mean += values[j] * (period % 2 == 0 && (j == i - half || j == i + half) ? 0.5 : 1);
            mean /= (double)period;
            found[number++] = shares ? (mean != 0 ? values[i] / mean : 1) : values[i] - mean;
        }
        qsort(found, number, sizeof(*found), compare_numbers);
        double middle = number == 0 ? (shares ? 1 : 0) : (found[(number - 1) / 2] + found[number / 2]) / 2;
        seasons[place] = middle;
        whole += middle;
    }
    free(found);
    for (size_t place = 0; place < period; place++) {
        if (shares)
            seasons[place] = whole > 0 ? seasons[place] * (double)period / whole : 1;
        else
            seasons[place] -= whole / (double)period;
        if (shares && seasons[place] < 0.01)
            seasons[place] = 0.01;
    }
    return 0;
}

/* A straight line through the first values, as they would be without their season. */
static void first_line(const struct smoothing_form *form, size_t period, const double *values, size_t count,
                       struct start *start)
{
    size_t used = form->season ? 2 * period : 10;
    used = used < 10 ? 10 : used;
    used = used > count ? count : used;
    double sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0, n = (double)used;
    for (size_t i = 0; i < used; i++) {
        double x = (double)i + 1, y = values[i];
        if (form->season == SMOOTHING_ADDITIVE)
            y -= start->seasons[i % period];
        else if (form->season == SMOOTHING_MULTIPLICATIVE)
            y /= start->seasons[i % period];
        sum_x += x;
        sum_y += y;
        sum_xx += x * x;
        sum_xy += x * y;
    }
    double spread = n * sum_xx - sum_x * sum_x;
    double slope = form->trend && spread > 0 ? (n * sum_xy - sum_x * sum_y) / spread : 0;
    start->trend = slope;
    start->level = (sum_y - slope * sum_x) / n;
}

/* ---------------------------------------------------------------- fitting */

struct fitting {
    struct smoothing *model;
    const struct start *start;
    const double *values;
    size_t count;
    double scale; /* of the first level and trend */
    const int *names;
    size_t free; /* how many numbers are looked for */
};

enum number { ALPHA, BETA, GAMMA, PHI, LEVEL, TREND };

/* Weights as they are usually limited: beta below alpha, gamma below what alpha leaves. */
static bool set_numbers(struct fitting *fitting, const double *numbers)
{
    struct smoothing *s = fitting->model;
    s->level = fitting->start->level;
    s->trend = fitting->start->trend;
    for (size_t i = 0; i < fitting->free; i++) {
        switch (fitting->names[i]) {
        case ALPHA:
            s->alpha = numbers[i];
            break;
        case BETA:
            s->beta = numbers[i];
            break;
        case GAMMA:
            s->gamma = numbers[i];
            break;
        case PHI:
            s->phi = numbers[i];
            break;
        case LEVEL:
            s->level += numbers[i] * fitting->scale;
            break;
        default:
            s->trend += numbers[i] * fitting->scale;
        }
    }
    if (s->form.season)
        memcpy(s->seasons, fitting->start->seasons, s->period * sizeof(*s->seasons));
    s->next = 0;
    return s->alpha >= WEIGHT_LOW && s->alpha <= WEIGHT_LAST &&
           (!s->form.trend || (s->beta >= 0 && s->beta <= s->alpha)) &&
           (!s->form.season || (s->gamma >= 0 && s->gamma <= 1 - s->alpha)) &&
           (!s->form.damped || (s->phi >= PHI_LEAST && s->phi <= PHI_MOST));
}

/* Twice the negative logarithm of the likelihood, without what is the same for all numbers. */
static double unlikelihood(const double *numbers, void *user)
{
    struct fitting *fitting = user;
    if (!set_numbers(fitting, numbers))
        return INFINITY;
    double squares = 0, logs = 0;
    for (size_t i = 0; i < fitting->count; i++) {
        double forecast = take(fitting->model, fitting->values[i]), error = fitting->values[i] - forecast;
        if (fitting->model->form.relative) {
            if (forecast <= 0)
                return INFINITY;
            error /= forecast;
            logs += log(forecast);
        }
        squares += error * error;
    }
    return (double)fitting->count * log(squares + 1e-300) + 2 * logs;
}

static double spread_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 1; i < count; i++)
        sum += fabs(values[i] - values[i - 1]);
    return count > 1 && sum > 0 ? sum / (double)(count - 1) : 1;
}

static void look_for(struct smoothing *s, const struct start *start, const double *values, size_t count, int calls)
{
    int names[NUMBERS];
    double numbers[NUMBERS], steps[NUMBERS];
    static const double first[] = {[ALPHA] = 0.2, [BETA] = 0.05, [GAMMA] = 0.1, [PHI] = 0.95, [LEVEL] = 0, [TREND] = 0};
    static const double apart[] = {
        [ALPHA] = 0.3, [BETA] = 0.1, [GAMMA] = 0.2, [PHI] = -0.05, [LEVEL] = 0.5, [TREND] = 0.1};
    const bool wanted[NUMBERS] = {[ALPHA] = true,         [BETA] = s->form.trend, [GAMMA] = s->form.season,
                                  [PHI] = s->form.damped, [LEVEL] = true,         [TREND] = s->form.trend};
    struct fitting fitting = {.model = s,
                              .start = start,
                              .values = values,
                              .count = count,
                              .names = names,
                              .scale = spread_of(values, count)};
    for (int name = 0; name < NUMBERS; name++) {
        if (!wanted[name])
            continue;
        names[fitting.free] = name;
        numbers[fitting.free] = first[name];
        steps[fitting.free++] = apart[name];
    }
    minimum_find(unlikelihood, &fitting, numbers, steps, fitting.free, calls);
    set_numbers(&fitting, numbers);
    for (size_t i = 0; i < count; i++)
        take(s, values[i]);
}

static bool can_have(const struct smoothing_form *form, size_t period, const double *values, size_t count)
{
    size_t least = form->season ? 2 * period + 1 : form->trend ? 5 : 3;
    if (count < least || (form->season && period < 2))
        return false;
    for (size_t i = 0; i < count && (form->season == SMOOTHING_MULTIPLICATIVE || form->relative); i++)
        if (values[i] <= 0)
            return false;
    return true;
}

int smoothing_fit(struct smoothing *ret, const struct smoothing_form *form, size_t period, const double *values,
                  size_t count, int calls)
{
    *ret = (struct smoothing){.form = *form, .period = period, .phi = 1};
    if (!can_have(form, period, values, count))
        return -EINVAL;
    struct start start = {0};
    int result = 0;
    if (form->season) {
        ret->seasons = calloc(period, sizeof(*ret->seasons));
        start.seasons = calloc(period, sizeof(*start.seasons));
        result = ret->seasons && start.seasons ? smoothing_seasons(form->season, period, values, count, start.seasons)
                                               : -ENOMEM;
    }
    if (!result) {
        first_line(form, period, values, count, &start);
        look_for(ret, &start, values, count, calls);
    }
    free(start.seasons);
    if (result)
        smoothing_done(ret);
    return result;
}

void smoothing_done(struct smoothing *smoothing)
{
    free(smoothing->seasons);
    smoothing->seasons = NULL;
}
