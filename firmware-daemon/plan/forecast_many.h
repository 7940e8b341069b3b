/* Forecasts of many series at once: every thread takes the next one. */
#ifndef PLAN_FORECAST_MANY_H
#define PLAN_FORECAST_MANY_H

#include "plan/forecast.h"

#define FORECAST_WORKERS_MAX 64

struct forecast_piece {
    struct forecast_request request; /* the values are lent */
    struct forecast out;             /* when result is 0: given back by forecast_done() */
    int result;                      /* as forecast_make() */
};

/* workers: threads, the caller's own with them; 0: as many as there are processors. */
void forecast_make_many(struct forecast_piece *pieces, size_t count, size_t workers);

#endif
