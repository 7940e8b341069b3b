#include "sync/head-office/buying/forecast_series.h"

#include "base/text.h"
#include "sync/head-office/business_day.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WEEK 7

struct forecast_block *forecast_block_new(int64_t period_days, int64_t today)
{
    struct forecast_block *block = calloc(1, sizeof(*block));
    if (!block)
        return NULL;
    block->period_days = period_days;
    block->today = today;
    block->days = calloc((size_t)FORECAST_SERIES_BLOCK * FORECAST_SERIES_DAYS, sizeof(*block->days));
    block->marked = calloc((size_t)FORECAST_SERIES_BLOCK * FORECAST_SERIES_DAYS, sizeof(*block->marked));
    if (!block->days || !block->marked)
        forecast_block_free(&block);
    return block;
}

void forecast_block_free(struct forecast_block **block)
{
    if (!*block)
        return;
    free((*block)->days);
    free((*block)->marked);
    free(*block);
    *block = NULL;
}

/* ---------------------------------------------------------------- reading */

static int read_names(struct forecast_block *block, struct office *office, const char *behind, const char *only)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT i.sku FROM item i WHERE i.sku > ?1 AND (CAST(?2 AS TEXT) = '' OR i.sku = ?2) AND EXISTS (SELECT 1 FROM"
        " demand_day d WHERE d.sku = i.sku AND d.day < ?3 AND d.day >= ?4) ORDER BY i.sku LIMIT ?5",
        sql_text(behind), sql_text(only), sql_int(business_day_of(block->today)),
        sql_int(business_day_of(block->today - FORECAST_SERIES_DAYS)), sql_int(FORECAST_SERIES_BLOCK));
    for (block->count = 0; sql_next(row); block->count++) {
        struct forecast_series *series = &block->list[block->count];
        *series = (struct forecast_series){.to_day = business_day_of(block->today - 1)};
        sql_copy_text(row, 0, series->sku, sizeof(series->sku));
    }
    return sql_done(row);
}

/* Which series and which of its days a row is about; both go in the order of SKUs. */
static bool find_place(struct forecast_block *block, struct sql_query *row, size_t *series, size_t *ret_place)
{
    const char *sku = sql_get_text(row, 0);
    int64_t ago = block->today - business_day_serial(sql_get_int(row, 1));
    while (*series < block->count && strcmp(block->list[*series].sku, sku) < 0)
        ++*series;
    if (*series >= block->count || strcmp(block->list[*series].sku, sku) != 0 || ago < 1 || ago > FORECAST_SERIES_DAYS)
        return false;
    *ret_place = *series * FORECAST_SERIES_DAYS + (size_t)(FORECAST_SERIES_DAYS - ago);
    return true;
}

static int read_days(struct forecast_block *block, struct office *office)
{
    const char *first = block->list[0].sku, *last = block->list[block->count - 1].sku;
    const int64_t from = business_day_of(block->today - FORECAST_SERIES_DAYS);
    size_t series = 0, place;
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT sku, day, quantity + told FROM demand_day WHERE sku >= ?1 AND sku <= ?2"
                                       " AND day >= ?3 ORDER BY sku, day",
                                       sql_text(first), sql_text(last), sql_int(from));
    while (sql_next(row))
        if (find_place(block, row, &series, &place))
            block->days[place] = (double)sql_get_int(row, 2);
    int result = sql_done(row);
    if (result)
        return result;
    series = 0;
    row = sql_select(office->sql,
                     "SELECT sku, day FROM demand_mark WHERE sku >= ?1 AND sku <= ?2 AND day >= ?3 ORDER BY sku, day",
                     sql_text(first), sql_text(last), sql_int(from));
    while (sql_next(row))
        if (find_place(block, row, &series, &place))
            block->marked[place] = true;
    return sql_done(row);
}

/* ---------------------------------------------------------------- days that are left out */

static double mean_around(const double *days, const bool *marked, size_t first, size_t place, size_t width,
                          size_t *ret_count)
{
    double sum = 0;
    size_t from = place > first + width ? place - width : first;
    *ret_count = 0;
    for (size_t i = from; i < FORECAST_SERIES_DAYS && i <= place + width; i++)
        if (!marked[i]) {
            sum += days[i];
            ++*ret_count;
        }
    return *ret_count > 0 ? sum / (double)*ret_count : 0;
}

/* A week to each side, or as many weeks as it takes to find a day that says something. */
static size_t fill_marked(double *days, const bool *marked, size_t first)
{
    size_t filled = 0;
    for (size_t i = first; i < FORECAST_SERIES_DAYS; i++) {
        size_t found = 0;
        for (size_t width = WEEK; marked[i] && found == 0 && width < 2 * FORECAST_SERIES_DAYS; width *= 2)
            days[i] = mean_around(days, marked, first, i, width, &found);
        filled += marked[i];
    }
    return filled;
}

/* ---------------------------------------------------------------- periods */

static void sum_periods(struct forecast_series *series, double *days, size_t first, size_t width)
{
    size_t whole = (FORECAST_SERIES_DAYS - first) / width;
    series->count = whole > 0 ? whole : 1;
    size_t from = whole > 0 ? FORECAST_SERIES_DAYS - whole * width : first;
    series->from_day =
        business_day_of(business_day_serial(series->to_day) + 1 - (FORECAST_SERIES_DAYS - (int64_t)from));
    series->values = days; /* sums are written behind what is read */
    for (size_t i = 0; i < series->count; i++) {
        double sum = 0;
        for (size_t day = 0; day < width && from + day < FORECAST_SERIES_DAYS; day++)
            sum += days[from + day];
        from += width;
        days[i] = sum;
    }
}

static void lay_series(struct forecast_block *block, size_t i)
{
    double *days = block->days + i * FORECAST_SERIES_DAYS;
    const bool *marked = block->marked + i * FORECAST_SERIES_DAYS;
    size_t first = 0;
    while (first < FORECAST_SERIES_DAYS - 1 && days[first] <= 0)
        first++;
    block->list[i].left_out = fill_marked(days, marked, first);
    sum_periods(&block->list[i], days, first, (size_t)block->period_days);
}

int forecast_block_load(struct forecast_block *block, struct office *office, const char *behind, const char *only)
{
    size_t all = (size_t)FORECAST_SERIES_BLOCK * FORECAST_SERIES_DAYS;
    memset(block->days, 0, all * sizeof(*block->days));
    memset(block->marked, 0, all * sizeof(*block->marked));
    int result = read_names(block, office, behind, only);
    if (!result && block->count > 0)
        result = read_days(block, office);
    for (size_t i = 0; i < block->count && !result; i++)
        lay_series(block, i);
    return result;
}
