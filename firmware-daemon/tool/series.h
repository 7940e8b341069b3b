/* Reads series of figures from a CSV file in long form: "series,period,value", one row a period, in any order and of
 * any length. Does not fill what is missing: a period without a row is none. */
#ifndef TOOL_SERIES_H
#define TOOL_SERIES_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stddef.h>

struct series {
    char *name;
    double *values; /* in the order of their periods */
    size_t count;
};

struct series_set;

/* path "-": standard input. One sentence names the file and the line when it cannot be read. Periods are compared by
 * their numbers: 9, 10; 2024-02, 2024-11; 2024-W05; those without any stay in the order of the file. */
int series_load(const char *path, struct series_set **ret, struct error *error);
struct series_set *series_free(struct series_set *set);
DEFINE_CLEANUP(series_free, struct series_set *);

size_t series_count(const struct series_set *set);
const struct series *series_at(const struct series_set *set, size_t index); /* as the file named them first */

#endif
