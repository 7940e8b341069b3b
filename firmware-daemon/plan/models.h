/* The methods of forecast.h, each as the same four steps: fit to some values, take the next one, look ahead. For
 * forecast.c. */
#ifndef PLAN_MODELS_H
#define PLAN_MODELS_H

#include "plan/forecast.h"
#include "plan/smoothing.h"

#define MODEL_WINDOWS 6

/* What is asked for now and then: how much, and how often. */
struct rare {
    double size, gap, chance, alpha, beta;
    size_t since; /* periods since it was asked for last */
    bool begun;
};

struct model {
    enum forecast_method method;
    size_t period;
    double *recent; /* the last values, as a ring: moving average and naive */
    size_t room, next, window;
    struct smoothing smoothing; /* of theta: of what is left without season and with a doubled slope */
    double slope;               /* theta: of the straight line */
    double *seasons;            /* theta: shares or differences */
    bool shares;
    size_t taken;
    struct rare rare;
};

bool model_has_trend(enum forecast_method method);
/* calls: how long the best numbers are looked for. -EINVAL: the method is not for these values; -ENOMEM. */
int model_fit(struct model *ret, enum forecast_method method, size_t period, const double *values, size_t count,
              int calls);
void model_take(struct model *model, double value);
double model_ahead(const struct model *model, size_t steps);
double model_spread(const struct model *model, size_t steps); /* as smoothing_spread() */
void model_done(struct model *model);

#endif
