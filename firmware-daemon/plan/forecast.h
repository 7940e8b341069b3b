/* How much of an item will be asked for in the next periods, from what was asked for in the past ones. The method is
 * chosen by what would have been right: each is fitted to the first part of the series, forecasts from every later
 * period, and the best are used together, unless one has by far the least mean absolute scaled error (MASE, Hyndman and
 * Koehler 2006). Pure, over arrays; does not know orders, and plans no purchase. */
#ifndef PLAN_FORECAST_H
#define PLAN_FORECAST_H

#include <stddef.h>

#define FORECAST_VALUES_MAX  100000
#define FORECAST_VALUE_MAX   1e15 /* either side of zero: their squares must be numbers, too */
#define FORECAST_PERIOD_MAX  400
#define FORECAST_HORIZON_MAX 1000

enum forecast_method {
    FORECAST_NAIVE,
    FORECAST_SEASONAL_NAIVE,
    FORECAST_MOVING_AVERAGE,
    FORECAST_SES,          /* simple exponential smoothing */
    FORECAST_HOLT,         /* with a trend */
    FORECAST_HOLT_DAMPED,  /* with a trend that ends */
    FORECAST_SEASONAL_SES, /* level and season, no trend; additive */
    FORECAST_SEASONAL_SES_MULTIPLICATIVE,
    FORECAST_HOLT_WINTERS, /* additive */
    FORECAST_HOLT_WINTERS_DAMPED,
    FORECAST_HOLT_WINTERS_MULTIPLICATIVE,
    FORECAST_HOLT_WINTERS_MULTIPLICATIVE_DAMPED,
    FORECAST_THETA,       /* Assimakopoulos and Nikolopoulos 2000, of what is left without the season */
    FORECAST_CROSTON,     /* Croston 1972: for what is asked for now and then */
    FORECAST_SBA,         /* Syntetos and Boylan 2005: Croston less its bias */
    FORECAST_TSB,         /* Teunter, Syntetos and Babai 2011: also for what is asked for no more */
    FORECAST_COMBINATION, /* the mean of the best five */
    FORECAST_METHODS
};
const char *forecast_method_name(enum forecast_method method); /* "holt_winters" */

struct forecast_request {
    const double *values; /* the oldest first */
    size_t count;         /* 1 or more */
    size_t period;        /* periods of a season; 1 or 0: none */
    size_t horizon;       /* periods to forecast, 1 or more */
    double level;         /* of the interval: 0.8, 0.95 */
};

struct forecast {
    enum forecast_method method;
    double mase; /* of the rolling origins; below 1 it is better than naive; 0 when nothing could be held against it */
    double *mean, *lower, *upper; /* horizon values each */
};

/* The caller's struct is filled; forecast_done() gives it back. Where nothing was ever below zero, nothing is forecast
 * below zero. -EINVAL: outside the limits above; -ENOMEM. */
int forecast_make(const struct forecast_request *request, struct forecast *ret);
void forecast_done(struct forecast *forecast);

/* Whether a series is asked for now and then (Syntetos, Boylan and Croston 2005): by the mean distance of what is not
 * nothing, and how much it differs. */
enum forecast_demand { FORECAST_SMOOTH, FORECAST_ERRATIC, FORECAST_INTERMITTENT, FORECAST_LUMPY };
enum forecast_demand forecast_demand(const double *values, size_t count);
const char *forecast_demand_name(enum forecast_demand demand);

#endif
