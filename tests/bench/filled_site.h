/* A site of full size in one file: a catalogue, stock and years of work by bulk, then workers, totes and orders by the
 * floor's own rules. Kept in build/ and used again while schema and size are the same. Measures nothing. */
#ifndef TESTS_BENCH_FILLED_SITE_H
#define TESTS_BENCH_FILLED_SITE_H

#include "bench.h"

#define FILLED_PATH_MAX 96
#define LINES_PER_ORDER 5
#define STAGE_CODE      "STAGE-1"

/* Where the file is; made first when it is not there. orders: how many wait to be picked; as many totes are empty. */
void filled_site(const struct bench_size *size, int orders, char ret_path[FILLED_PATH_MAX]);

/* A copy, by reference where the file system can. */
void filled_site_copy(const char *from, const char *to);

#endif
