/* Rows of the table: ours beside a peer's, the ratio as the median of the rounds with its spread, and the goal.
 * Measures nothing. */
#ifndef TESTS_BENCH_FIGURES_H
#define TESTS_BENCH_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

#define ROUNDS_MAX 16

struct figure {
    const char *name, *unit;
    double goal;
    bool more_is_better;
    double ours[ROUNDS_MAX], reference[ROUNDS_MAX]; /* of each round */
};

double quantile(double *values, size_t count, double q); /* sorts them */
/* path: of a file that is written with the same rows, as rows.py has them; NULL: none. */
void figures_print(struct figure *figures, size_t count, size_t rounds, const char *path);

#endif
