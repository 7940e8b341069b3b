/* Every report about a year, asked as a person would, and how long each takes. */
#include "year.h"

#include "base/clock.h"
#include "base/text.h"
#include "sync/head-office/figures/figure.h"
#include "sync/head-office/verb.h"

#include <string.h>

static const struct report {
    const char *name, *verb, *fields; /* fields: JSON */
} reports[] = {
    {"trial balance", "money.balance", "{}"},
    {"profit by shop", "money.profit", "{\"by\": \"shop\"}"},
    {"profit by site", "money.profit", "{\"by\": \"site\"}"},
    {"profit by item", "money.profit", "{\"by\": \"sku\", \"period\": \"2025-11\"}"},
    {"recency, frequency, money", "rfm.compute", "{\"days\": 365}"},
    {"bought together", "recommend.make", "{\"days\": 3660, \"orders\": 5}"},
};

#define YEAR_FIRST "2025-01-01"
#define YEAR_LAST  "2025-12-31"

static void tell(const char *name, int64_t start_us, int64_t size)
{
    printf("{\"name\": \"%s\", \"seconds\": %.6f, \"bytes\": %lld}\n", name, (double)(clock_mono_us() - start_us) / 1e6,
           (long long)size);
    fflush(stdout);
}

/* What any report must do at least: each line of each order is read once. */
static void scan(struct office *office)
{
    int64_t start_us = clock_mono_us(), sum = 0;
    must(sql_number(office->sql, &sum,
                    "SELECT sum(l.quantity * l.price_minor) FROM orders o JOIN order_line l ON l.number = o.number",
                    SQL_NO_VALUES),
         "the plain sum");
    tell("a sum over all order lines", start_us, sum);
}

static void ask(struct office *office, const struct report *report)
{
    CLEANUP_BUF struct buf answer = {0};
    struct error error = {0};
    json_t *fields = json_loads(report->fields, 0, NULL);
    int64_t start_us = clock_mono_us();
    must(verb_do(office, report->verb, fields, "bench", &answer, &error), error.text);
    tell(report->name, start_us, (int64_t)answer.length);
    json_decref(fields);
}

/* By month, and by the first thing that it can be split by. */
static void ask_figure(struct office *office, const struct figure *figure)
{
    char first[32], name[96];
    text_copy_n(first, sizeof(first), figure->by, strcspn(figure->by, ","));
    const char *const splits[] = {figure_splits(figure, "month") ? "month" : "", first};
    for (size_t i = 0; i < COUNT(splits) && (i == 0 || strcmp(splits[0], splits[1]) != 0); i++) {
        CLEANUP_BUF struct buf answer = {0};
        struct error error = {0};
        const struct figure_question question = {
            .figure = figure, .from = YEAR_FIRST, .to = YEAR_LAST, .by = splits[i]};
        int64_t start_us = clock_mono_us();
        must(figure_ask(office, &question, &answer, &error), error.text);
        snprintf(name, sizeof(name), "%s by %s", figure->name, *splits[i] ? splits[i] : "nothing");
        tell(name, start_us, (int64_t)answer.length);
    }
}

int year_reports(const char *path)
{
    struct office office;
    bench_open(path, &office);
    office.now_us = YEAR_FROM_US + INT64_C(365) * 86400 * 1000000;
    scan(&office); /* the file is read in */
    scan(&office);
    for (size_t i = 0; i < COUNT(reports); i++)
        ask(&office, &reports[i]);
    for (const struct figure *figure = figures; figure->name; figure++)
        ask_figure(&office, figure);
    sql_close(office.sql);
    return 0;
}
