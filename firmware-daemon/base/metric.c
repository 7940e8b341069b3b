#include "base/metric.h"

#include "base/cleanup.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#define SECOND_US 1000000

struct metric_out {
    const struct metric *metric;
    struct buf *text;
};

static const int64_t bounds_us[METRIC_BUCKETS] = {500,   1000,   2500,   5000,   10000,   25000,
                                                  50000, 100000, 250000, 500000, 1000000, 5000000};

/* A backslash, a quotation mark and a line's end are written with a backslash before them. */
static void put_label(struct buf *text, const char *name, const char *value)
{
    buf_printf(text, "%s=\"", name);
    for (; *value; value++) {
        if (*value == '\\' || *value == '"')
            buf_putc(text, '\\');
        if (*value == '\n')
            buf_puts(text, "\\n");
        else
            buf_putc(text, *value);
    }
    buf_putc(text, '"');
}

static void begin_line(struct metric_out *out, const char *suffix, const char *const *labels)
{
    buf_printf(out->text, "%s%s", out->metric->name, suffix);
    for (size_t i = 0; labels && labels[i]; i += 2) {
        buf_putc(out->text, i == 0 ? '{' : ',');
        put_label(out->text, labels[i], labels[i + 1]);
    }
    buf_puts(out->text, labels && labels[0] ? "} " : " ");
}

static void put_seconds(struct buf *text, int64_t microseconds)
{
    buf_printf(text, "%" PRId64 ".%06" PRId64 "\n", microseconds / SECOND_US, microseconds % SECOND_US);
}

void metric_int(struct metric_out *out, int64_t value, const char *const *labels)
{
    begin_line(out, "", labels);
    buf_printf(out->text, "%" PRId64 "\n", value);
}

void metric_seconds(struct metric_out *out, int64_t microseconds, const char *const *labels)
{
    begin_line(out, "", labels);
    put_seconds(out->text, microseconds > 0 ? microseconds : 0);
}

void metric_observe(struct metric_histogram *histogram, int64_t microseconds)
{
    size_t at = 0;
    while (at < METRIC_BUCKETS && microseconds > bounds_us[at])
        at++;
    histogram->counts[at]++;
    histogram->sum_us += microseconds > 0 ? microseconds : 0;
}

void metric_histogram(struct metric_out *out, const struct metric_histogram *histogram)
{
    int64_t sum = 0;
    char bound[32];
    for (size_t i = 0; i < METRIC_BUCKETS; i++) {
        sum += histogram->counts[i];
        snprintf(bound, sizeof(bound), "%g", (double)bounds_us[i] / SECOND_US);
        begin_line(out, "_bucket", (const char *const[]){"le", bound, NULL});
        buf_printf(out->text, "%" PRId64 "\n", sum);
    }
    sum += histogram->counts[METRIC_BUCKETS];
    begin_line(out, "_bucket", (const char *const[]){"le", "+Inf", NULL});
    buf_printf(out->text, "%" PRId64 "\n", sum);
    begin_line(out, "_sum", NULL);
    put_seconds(out->text, histogram->sum_us);
    begin_line(out, "_count", NULL);
    buf_printf(out->text, "%" PRId64 "\n", sum);
}

void metric_write(const struct metric *table, const void *facts, struct buf *text)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};
    for (const struct metric *metric = table; metric->name; metric++) {
        buf_printf(text, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name, types[metric->type]);
        metric->tell(&(struct metric_out){metric, text}, facts);
    }
}
