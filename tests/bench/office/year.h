/* A year of business by a seed, and the reports about it. */
#ifndef TESTS_BENCH_OFFICE_YEAR_H
#define TESTS_BENCH_OFFICE_YEAR_H

#include "office_bench.h"

#define YEAR_FROM_US INT64_C(1735660800000000) /* 2025-01-01 00:00 by the clock of the business, UTC+8 */

/* Prints {"orders", "fill_s", "follow_s"}: how long the rows took, and whose orders they are and the books. About so
 * many orders of five shops, three sites and a third as many buyers' accounts, two of each person. The same seed makes
 * the same rows. */
int year_fill(const char *path, int64_t orders, int64_t seed);

/* Asks each report, and prints {"name", "seconds", "rows"}, one a line; "a sum over all order lines" is the plain scan
 * that they are compared with. */
int year_reports(const char *path);

#endif
