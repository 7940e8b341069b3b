/* Exponential smoothing with or without trend and season, in its error-correction form (Hyndman, Koehler, Ord and
 * Snyder 2008). For forecast.c. */
#ifndef PLAN_SMOOTHING_H
#define PLAN_SMOOTHING_H

#include <stdbool.h>
#include <stddef.h>

enum smoothing_season { SMOOTHING_NO_SEASON, SMOOTHING_ADDITIVE, SMOOTHING_MULTIPLICATIVE };

struct smoothing_form {
    enum smoothing_season season;
    bool trend, damped;
    bool relative; /* errors are shares of what was forecast */
};

/* A fitted model, and where it stands after the last value that it took. */
struct smoothing {
    struct smoothing_form form;
    size_t period;
    double alpha, beta, gamma, phi;
    double level, trend;
    double *seasons; /* of the next period values, the next first at .next */
    size_t next;
};

/* Fits it to the values and runs through them. calls: how long the best numbers are looked for. -EINVAL: there are too
 * few values, or some that the form cannot have; -ENOMEM. */
int smoothing_fit(struct smoothing *ret, const struct smoothing_form *form, size_t period, const double *values,
                  size_t count, int calls);
/* The season of each place, period of them: the middle of how its values stand to a mean of a season around them, as
 * shares of it (never 0) or as differences. -ENOMEM. */
int smoothing_seasons(enum smoothing_season kind, size_t period, const double *values, size_t count, double *seasons);
void smoothing_take(struct smoothing *smoothing, double value);
double smoothing_ahead(const struct smoothing *smoothing, size_t steps); /* 1: the next value */
/* How much wider the spread of an error is so many steps ahead than at the first; 1 for the first. */
double smoothing_spread(const struct smoothing *smoothing, size_t steps);
void smoothing_done(struct smoothing *smoothing);

#endif
