/* How long the shortest tour of a large picking takes to plan. Does not judge the tour: test_route does. */
#ifndef BENCH_ROUTE_TIME_H
#define BENCH_ROUTE_TIME_H

#include <stdint.h>

#define ROUTE_TIME_LIMIT_US 1000.0

/* 100 picks in 20 aisles; the mean of many tours, which differ. */
double route_time_us(int64_t blocks);

#endif
