/* The work of a floor as data: which scans come from which station, and what each wrote. It is learnt by doing it once,
 * on a copy of the site, with a look at the screen before each scan and at each statement that writes. So the peer does
 * the same writes, whatever the rules and the schema are. Measures nothing. */
#ifndef TESTS_BENCH_WORK_H
#define TESTS_BENCH_WORK_H

#include "bench.h"

#include <stddef.h>

#define STATEMENTS_MAX 128

struct bound { /* a value of a statement that writes; neither of both: NULL */
    const char *text;
    size_t length;
    bool is_number, is_blob; /* a blob's bytes are in text */
    int64_t number;
};

struct written {
    size_t statement;           /* of work.statements */
    size_t first_value, values; /* of work.values */
};

struct bench_scan {
    int station;
    char text[24];
    size_t first_write, writes; /* of work.writes */
    const char *line;           /* its last journal row */
    size_t line_length;
};

struct work {
    struct bench_scan *scans;
    struct written *writes;
    struct bound *values;
    size_t scan_count, write_count, value_count;
    char *statements[STATEMENTS_MAX];
    size_t statement_count;
};

/* The first `warm` scans sign the workers in and start them; the others are the ones to measure. */
void work_learn(struct work *work, const char *path, int stations, size_t scans);

#endif
