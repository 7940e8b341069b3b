/* Reads series of figures from a CSV file in long form: "series,period,value", one row a period, in any order and of
 * any length. Does not fill what is missing: a period without a row is none. */
#ifndef TOOL_SERIES_H
#define TOOL_SERIES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct series {
    char *name;
    double *values; /* in the order of their periods */
    size_t count;
};
typedef int series_take(const struct series *series, void *user, struct error *error);

/* Gives each series to the taker, who frees its name and values, as the file names them first; ends when that answers
 * with an error. path "-": standard input. One sentence names the file and the line when it cannot be read. Periods are
 * compared by their numbers: 9, 10; 2024-02, 2024-11; 2024-W05; those without any stay in the order of the file.
 * grouped: the rows of a series stand together. It is given away with its last row, so that there is never more than
 * one of them in memory; one that begins again is an error. Otherwise all are read before. */
int series_read(const char *path, bool grouped, series_take *take, void *user, struct error *error);

#endif
