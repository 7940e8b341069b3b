/* The lowest point of a function of a few numbers, by the simplex of Nelder and Mead (1965). Finds a low point near the
 * start, not always the lowest. */
#ifndef PLAN_MINIMUM_H
#define PLAN_MINIMUM_H

#include <stddef.h>

#define MINIMUM_NUMBERS_MAX 8

/* What is out of range answers INFINITY. */
typedef double minimum_function(const double *numbers, void *user);

/* numbers: where to begin, and what was found. steps: how far apart the first points are. Ends after so many calls, or
 * when all points are alike. Returns the value there. */
double minimum_find(minimum_function *function, void *user, double *numbers, const double *steps, size_t count,
                    int calls_max);

#endif
