/* How long labels take to become a printer's bytes. Does not compare: labels.py does. */
#ifndef BENCH_LABEL_TIME_H
#define BENCH_LABEL_TIME_H

/* samples: names of files as in tests/label/samples. Prints for each its name and the median milliseconds from the data
 * to ZPL. Returns an exit code. */
int label_time_print(char *const *samples);

#endif
