/* What a program counts, as text for Prometheus (exposition format 0.0.4): one table of metrics, each with its name,
 * type, help and the function that tells its values. Does not know any metric itself, and keeps no clock.
 *
 * Names are those of Prometheus' "Metric and label naming": the program first, the unit last, a counter ends in _total.
 */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include "base/buf.h"

#include <stdint.h>

#define METRIC_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric_out; /* where the values of one metric go */

/* A table ends with a name of NULL. */
struct metric {
    const char *name;
    enum metric_type type;
    const char *help; /* one sentence */
    void (*tell)(struct metric_out *out, const void *facts);
};

void metric_write(const struct metric *table, const void *facts, struct buf *text);

/* One value of the metric that is told. labels: names and values by turns, ended by NULL; NULL: none. */
void metric_int(struct metric_out *out, int64_t value, const char *const *labels);
/* The function of a metric that is one number: value is reckoned from facts. */
#define METRIC_TELL(name, value)                                                                                       \
    static void tell_##name(struct metric_out *out, const void *facts)                                                 \
    {                                                                                                                  \
        metric_int(out, (value), NULL);                                                                                \
    }
void metric_seconds(struct metric_out *out, int64_t microseconds, const char *const *labels);

/* How long something took, counted in steps from 0.5 ms to 5 s. Zero-initialised it is ready. */
#define METRIC_BUCKETS 12
struct metric_histogram {
    int64_t counts[METRIC_BUCKETS + 1], sum_us; /* the last: longer than all */
};
void metric_observe(struct metric_histogram *histogram, int64_t microseconds);
void metric_histogram(struct metric_out *out, const struct metric_histogram *histogram);

#endif
