#include "sync/head-office/figures/figure.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/query.h"
#include "sync/head-office/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX   400000000 /* some ten seconds */
#define GROUPS_MAX  200000
#define ROWS_USUAL  100
#define BUCKETS_MAX FIGURE_ROWS_MAX

/* ---------------------------------------------------------------- the period */

/* Days are numbered from 1970-01-01, a Thursday, by the clock of the business. */
struct period {
    int64_t from, to; /* days; to is the one behind the last */
    int64_t ahead_us;
    char currency[4]; /* of the books */
};

static int64_t begin_us(const struct period *period, int64_t day)
{
    return day * BUSINESS_DAY_US - period->ahead_us;
}

static void day_text(int64_t day, char out[BUSINESS_DAY_SIZE])
{
    business_day(day * BUSINESS_DAY_US, 0, out);
}

static int read_day(const char *text, const char *name, int64_t *ret, struct error *error)
{
    int64_t time_us = 0;
    if (strlen(text) != BUSINESS_DAY_SIZE - 1 || business_time(text, 0, &time_us) != 0)
        return error_set(error, -EINVAL, "%s is a day, as 2026-11-27.", name);
    *ret = time_us / BUSINESS_DAY_US;
    return 0;
}

static int read_period(struct office *office, const struct figure_question *question, struct period *ret,
                       struct error *error)
{
    struct settings settings;
    int result = settings_load(office, &settings, error);
    if (!result)
        result = read_day(question->from, "from", &ret->from, error);
    if (!result)
        result = read_day(question->to, "to", &ret->to, error);
    if (result)
        return result;
    ret->ahead_us = settings.utc_offset_min * 60 * 1000000;
    memcpy(ret->currency, settings.base_currency, sizeof(ret->currency));
    ret->to++;
    return ret->from < ret->to ? 0 : error_set(error, -EINVAL, "to is no earlier than from.");
}

/* By day, week or month: which bucket a day is in, named by its first day; and where the next one begins. */
static int64_t bucket_of(char by, int64_t day)
{
    char text[BUSINESS_DAY_SIZE];
    if (by == 'w')
        return day - (day + 3) % 7;
    if (by == 'd')
        return day;
    day_text(day, text);
    return day - ((text[8] - '0') * 10 + text[9] - '0') + 1;
}

static int64_t bucket_behind(char by, int64_t bucket)
{
    return by == 'd' ? bucket + 1 : by == 'w' ? bucket + 7 : bucket_of('m', bucket + 31);
}

/* 'd', 'w', 'm'; 0: not by time. */
static char time_of(const char *by)
{
    return text_is_listed("day,week,month", by) ? by[0] : '\0';
}

bool figure_splits(const struct figure *figure, const char *by)
{
    return text_is_listed(figure->by, by);
}

/* ---------------------------------------------------------------- sums by group */

struct group {
    char *text; /* owned; NULL: it is a number */
    int64_t number, sums[FIGURE_PARTS];
};

struct work {
    struct office *office;
    const struct figure_question *question;
    struct period period;
    char by; /* time_of() */
    struct group *groups;
    size_t count, room;
    int part;
};

static void work_done(struct work *work)
{
    for (size_t i = 0; i < work->count; i++)
        free(work->groups[i].text);
    free(work->groups);
}

static int take_group(void *user, const char *text, int64_t number, int64_t sum)
{
    struct work *work = user;
    if (work->count == GROUPS_MAX)
        return -EMSGSIZE;
    if (work->count == work->room) {
        size_t room = work->room ? 2 * work->room : 64;
        struct group *groups = realloc(work->groups, room * sizeof(*groups));
        if (!groups)
            return -ENOMEM;
        work->groups = groups;
        work->room = room;
    }
    struct group *group = &work->groups[work->count];
    *group = (struct group){.text = text ? strdup(text) : NULL, .number = number};
    group->sums[work->part] = sum;
    if (work->by)
        group->number = bucket_of(work->by, number);
    work->count += !text || group->text;
    return !text || group->text ? 0 : -ENOMEM;
}

static int compare_groups(const void *one, const void *other)
{
    const struct group *a = one, *b = other;
    if (a->text && b->text)
        return strcmp(a->text, b->text);
    return (a->number > b->number) - (a->number < b->number);
}

/* What is of one group becomes one. */
static void fold_groups(struct work *work)
{
    size_t kept = 0;
    if (work->count > 0)
        qsort(work->groups, work->count, sizeof(*work->groups), compare_groups);
    for (size_t i = 0; i < work->count; i++) {
        struct group *group = &work->groups[i];
        if (kept == 0 || compare_groups(&work->groups[kept - 1], group) != 0) {
            work->groups[kept++] = *group;
            continue;
        }
        for (int part = 0; part < FIGURE_PARTS; part++)
            work->groups[kept - 1].sums[part] += group->sums[part];
        free(group->text);
    }
    work->count = kept;
}

/* ---------------------------------------------------------------- the filters of a part */

struct filters {
    struct query_given given[QUERY_GIVEN_MAX];
    size_t count;
    char since[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
};

static void add_filter(struct filters *filters, const char *name, const char *value)
{
    filters->given[filters->count++] = (struct query_given){name, value};
}

/* from, to: days. What is given is a part's own, what was asked for, and the time: at most 2 + 3 + 2. */
static void part_filters(const struct work *work, const struct figure_part *part, int64_t from, int64_t to,
                         struct filters *ret)
{
    const struct figure_question *question = work->question;
    ret->count = 0;
    if (part->time == FIGURE_DURING) {
        clock_format(begin_us(&work->period, from), ret->since);
        add_filter(ret, "since", ret->since);
    }
    if (part->time != FIGURE_ANY) {
        clock_format(begin_us(&work->period, part->time == FIGURE_AT_BEGIN ? from : to), ret->until);
        add_filter(ret, "until", ret->until);
    }
    for (size_t i = 0; part->given[i].name; i++)
        add_filter(ret, part->given[i].name, part->given[i].value);
    for (size_t i = 0; i < question->count; i++)
        add_filter(ret, question->given[i].name, question->given[i].value);
}

static int sum_part(struct work *work, int part, struct error *error)
{
    struct filters filters;
    const struct figure_part *of = &work->question->figure->parts[part];
    part_filters(work, of, work->period.from, work->period.to, &filters);
    struct query_sums asked = {.kind = of->kind,
                               .given = filters.given,
                               .count = filters.count,
                               .value = of->value,
                               .by = work->by || !*work->question->by ? NULL : work->question->by,
                               .step_us = work->by ? BUSINESS_DAY_US : 0,
                               .ahead_us = work->period.ahead_us,
                               .steps_max = STEPS_MAX};
    work->part = part;
    int result = query_sums(work->office->sql, office_queries, &asked, take_group, work, error);
    if (result == -ETIME)
        return error_set(error, result, "that is too much to add up at once: ask for a shorter period");
    if (result == -EMSGSIZE)
        return error_set(error, result, "that is split into too many: ask for less of it with a filter");
    return !result || *error->text ? result : office_failed(work->office->sql, result, error);
}

static int sum_all(struct work *work, struct error *error)
{
    const struct figure_question *question = work->question;
    int result = read_period(work->office, question, &work->period, error);
    work->by = time_of(question->by);
    if (!result && *question->by && !figure_splits(question->figure, question->by))
        return error_set(error, -EINVAL, "%s is split by %s.", question->figure->name, question->figure->by);
    for (int part = 0; part < FIGURE_PARTS && !result; part++)
        if (question->figure->parts[part].kind)
            result = sum_part(work, part, error);
    if (!result)
        fold_groups(work);
    return result;
}

/* ---------------------------------------------------------------- values */

/* Half and more is up, below zero down. */
static int64_t divide(int64_t number, int64_t by)
{
    int64_t whole = number / by, rest = number % by;
    int64_t twice = 2 * (rest < 0 ? -rest : rest), size = by < 0 ? -by : by;
    return twice < size ? whole : whole + ((number < 0) != (by < 0) ? -1 : 1);
}

static struct figure_value value_of(const struct figure *figure, const int64_t sums[FIGURE_PARTS])
{
    const struct figure_unit *unit = figure_unit_find(figure->unit);
    struct figure_value value = {.numerator = sums[0], .denominator = sums[1] + sums[2]};
    if (!figure->parts[1].kind) {
        value.denominator = 1;
        value.value = divide(sums[0] * unit->multiply, unit->divide);
        return value;
    }
    value.none = value.denominator == 0;
    if (!value.none)
        value.value = divide(value.numerator * unit->multiply, value.denominator * unit->divide);
    return value;
}

static struct figure_value total_of(const struct work *work)
{
    int64_t sums[FIGURE_PARTS] = {0};
    for (size_t i = 0; i < work->count; i++)
        for (int part = 0; part < FIGURE_PARTS; part++)
            sums[part] += work->groups[i].sums[part];
    return value_of(work->question->figure, sums);
}

int figure_total(struct office *office, const struct figure_question *question, struct figure_value *ret,
                 struct error *error)
{
    CLEANUP(work_done) struct work work = {.office = office, .question = question};
    int result = sum_all(&work, error);
    *ret = total_of(&work);
    return result;
}

void figure_text(const struct figure_unit *unit, int64_t value, char *out, size_t capacity)
{
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    if (unit->digits == 0)
        snprintf(out, capacity, "%" PRId64, value);
    else
        snprintf(out, capacity, "%s%" PRIu64 ".%02" PRIu64, value < 0 ? "-" : "", size / 100, size % 100);
}

/* ---------------------------------------------------------------- the answer */

static void put_value(const struct figure *figure, const struct figure_value *value, struct buf *json)
{
    if (value->none)
        json_text(json, "value", NULL);
    else
        json_int(json, "value", value->value);
    json_int(json, "numerator", value->numerator);
    if (figure->parts[1].kind)
        json_int(json, "denominator", value->denominator);
}

static void put_filters(const char *key, const struct figure_part *part, const struct filters *filters,
                        struct buf *json)
{
    json_open_object(json, key);
    json_text(json, "kind", part->kind);
    json_text(json, "column", part->value);
    json_open_object(json, "filters");
    for (size_t i = 0; i < filters->count; i++)
        json_text(json, filters->given[i].name, filters->given[i].value);
    json_close_object(json);
    json_close_object(json);
}

/* Which rows the sums are of. from, to: days; name: of the group, where that is no period. */
static void put_rows(const struct work *work, int64_t from, int64_t to, const char *name, struct buf *json)
{
    const struct figure *figure = work->question->figure;
    struct filters filters;
    for (int part = 0; part < FIGURE_PARTS && figure->parts[part].kind; part++) {
        part_filters(work, &figure->parts[part], from, to, &filters);
        if (name)
            add_filter(&filters, work->question->by, name);
        if (part == 1)
            json_open_array(json, "of");
        put_filters(part ? NULL : "rows", &figure->parts[part], &filters, json);
    }
    if (figure->parts[1].kind)
        json_close_array(json);
}

static void put_group(const struct work *work, const struct group *group, struct buf *json)
{
    char name[24];
    struct figure_value value = value_of(work->question->figure, group->sums);
    snprintf(name, sizeof(name), "%" PRId64, group->number);
    json_open_object(json, NULL);
    json_text(json, "name", group->text ? group->text : name);
    put_value(work->question->figure, &value, json);
    put_rows(work, work->period.from, work->period.to, group->text ? group->text : name, json);
    json_close_object(json);
}

/* A month is named without its day. */
static void put_bucket(const struct work *work, int64_t bucket, const int64_t sums[FIGURE_PARTS], struct buf *json)
{
    char name[BUSINESS_DAY_SIZE];
    struct figure_value value = value_of(work->question->figure, sums);
    int64_t behind = bucket_behind(work->by, bucket);
    day_text(bucket, name);
    json_open_object(json, NULL);
    json_text_n(json, "name", name, work->by == 'm' ? 7 : BUSINESS_DAY_SIZE - 1);
    put_value(work->question->figure, &value, json);
    put_rows(work, bucket < work->period.from ? work->period.from : bucket,
             behind < work->period.to ? behind : work->period.to, NULL, json);
    json_close_object(json);
}

/* Every one of the period, those without rows too. */
static int put_buckets(const struct work *work, struct buf *json, struct error *error)
{
    static const int64_t nothing[FIGURE_PARTS];
    int64_t bucket = bucket_of(work->by, work->period.from);
    size_t at = 0, told = 0;
    for (; bucket < work->period.to; bucket = bucket_behind(work->by, bucket)) {
        if (told++ == BUCKETS_MAX)
            return error_set(error, -EINVAL, "that are more than %d periods: split by week or month.", BUCKETS_MAX);
        bool there = at < work->count && work->groups[at].number == bucket;
        put_bucket(work, bucket, there ? work->groups[at].sums : nothing, json);
        at += there;
    }
    return 0;
}

/* The greatest first; numbers in their own order. */
static int compare_sums(const void *one, const void *other)
{
    const struct group *a = one, *b = other;
    if (!a->text)
        return compare_groups(a, b);
    int64_t first = a->sums[1] ? a->sums[1] + a->sums[2] : a->sums[0],
            second = b->sums[1] ? b->sums[1] + b->sums[2] : b->sums[0];
    return first == second ? strcmp(a->text, b->text) : first < second ? 1 : -1;
}

static int64_t put_groups(struct work *work, struct buf *json)
{
    int64_t limit = work->question->limit ? work->question->limit : ROWS_USUAL;
    if (work->count > 0)
        qsort(work->groups, work->count, sizeof(*work->groups), compare_sums);
    for (size_t i = 0; i < work->count && (int64_t)i < limit; i++)
        put_group(work, &work->groups[i], json);
    return (int64_t)work->count > limit ? (int64_t)work->count - limit : 0;
}

int figure_ask(struct office *office, const struct figure_question *question, struct buf *json, struct error *error)
{
    CLEANUP(work_done) struct work work = {.office = office, .question = question};
    int64_t left_out = 0;
    int result = sum_all(&work, error);
    if (result)
        return result;
    struct figure_value total = total_of(&work);
    json_open_object(json, NULL);
    json_text(json, "figure", question->figure->name);
    json_text(json, "unit", question->figure->unit);
    json_text(json, "currency", work.period.currency);
    json_text(json, "from", question->from);
    json_text(json, "to", question->to);
    json_text(json, "by", question->by);
    put_value(question->figure, &total, json);
    json_open_object(json, "all");
    put_rows(&work, work.period.from, work.period.to, NULL, json);
    json_close_object(json);
    json_open_array(json, "rows");
    if (work.by)
        result = put_buckets(&work, json, error);
    else if (*question->by)
        left_out = put_groups(&work, json);
    json_close_array(json);
    json_int(json, "left_out", left_out);
    json_close_object(json);
    return result ? result : json->failed ? -ENOMEM : 0;
}

/* ---------------------------------------------------------------- what there is */

void figure_write(const struct figure *figure, struct buf *json)
{
    const struct figure_unit *unit = figure_unit_find(figure->unit);
    json_open_object(json, NULL);
    json_text(json, "figure", figure->name);
    json_text(json, "english", figure->english);
    json_text(json, "chinese", figure->chinese);
    json_text(json, "means", figure->means);
    json_text(json, "means_chinese", figure->means_chinese);
    json_text(json, "unit", unit->name);
    json_int(json, "digits", unit->digits);
    json_bool(json, "less_is_better", figure->less_is_better);
    json_open_array(json, "by");
    for (const char *at = figure->by; *at; at += strspn(at, ",")) {
        json_text_n(json, NULL, at, strcspn(at, ","));
        at += strcspn(at, ",");
    }
    json_close_array(json);
    json_close_object(json);
}

void figure_list(struct buf *json)
{
    json_open_array(json, NULL);
    for (const struct figure *figure = figures; figure->name; figure++)
        figure_write(figure, json);
    json_close_array(json);
}
