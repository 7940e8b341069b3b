/* The history of items as series that can be forecast: a block of them at a time. Days that are marked count as the
 * mean of the others around them. The last day is yesterday: today is not over. */
#ifndef HEAD_OFFICE_FORECAST_SERIES_H
#define HEAD_OFFICE_FORECAST_SERIES_H

#include "sync/head-office/buying/demand.h"

#define FORECAST_SERIES_DAYS  1092 /* of history, at most: three years of weeks */
#define FORECAST_SERIES_BLOCK 256

struct forecast_series {
    char sku[DEMAND_SKU_SIZE];
    int64_t from_day, to_day; /* like 20261127 */
    size_t count;             /* periods */
    size_t left_out;          /* days that were marked */
    double *values;           /* the oldest first; the block's */
};

struct forecast_block {
    int64_t period_days, today; /* today: days since 1970 */
    struct forecast_series list[FORECAST_SERIES_BLOCK];
    size_t count;
    double *days; /* scratch */
    bool *marked;
};

/* period_days: 1 or 7. NULL: no memory. */
struct forecast_block *forecast_block_new(int64_t period_days, int64_t today);
void forecast_block_free(struct forecast_block **block);

/* The next items behind a SKU ("": from the first), or this one alone. */
int forecast_block_load(struct forecast_block *block, struct office *office, const char *behind, const char *only);

#endif
