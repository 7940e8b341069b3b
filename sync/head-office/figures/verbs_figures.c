/* What head office is asked to keep of figures. */
#include "base/json.h"
#include "sync/head-office/business_day.h"
#include "sync/head-office/figures/baseline.h"
#include "sync/head-office/figures/daily_report.h"
#include "sync/head-office/figures/figure.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/verb.h"

struct fields {
    char baseline[65], from[FIGURE_DAY_SIZE], to[FIGURE_DAY_SIZE], day[FIGURE_DAY_SIZE];
};

#define TEXT(member) OPTION_TEXT_AT(struct fields, member)

static const struct option_def set_fields[] = {{"baseline", TEXT(baseline), .help = "what people call the period"},
                                               {"from", TEXT(from), .help = "its first day"},
                                               {"to", TEXT(to), .help = "its last day"},
                                               {0}};
static const struct option_def drop_fields[] = {{"baseline", TEXT(baseline), .help = "which period"}, {0}};
static const struct option_def make_fields[] = {
    {"day", TEXT(day), .fallback = "", .help = "of which day; left out: yesterday"}, {0}};

static int set(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "baseline", fields->baseline);
    return baseline_set(call->office, fields->baseline, fields->from, fields->to, call->who, error);
}

static int drop(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct sql *sql = call->office->sql;
    json_text(call->answer, "baseline", fields->baseline);
    return office_changed(sql, sql_run(sql, "DELETE FROM baseline WHERE name = ?1", sql_text(fields->baseline)),
                          "baseline", fields->baseline, error);
}

static int make(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    char yesterday[BUSINESS_DAY_SIZE];
    struct settings settings;
    int result = settings_load(call->office, &settings, error);
    if (result)
        return result;
    business_day(call->office->now_us - INT64_C(86400000000), settings.utc_offset_min, yesterday);
    const char *day = *fields->day ? fields->day : yesterday;
    json_text(call->answer, "day", day);
    return daily_report_make(call->office, day, error);
}

const struct office_verb figure_verbs[] = {
    VERB("baseline.set", set_fields, set, "Keep a period that later ones are compared with", "设定对比基准期"),
    VERB("baseline.drop", drop_fields, drop, "Forget a period that was kept for comparing", "删除对比基准期"),
    VERB("report.make", make_fields, make, "Make the report of a day that has none", "生成某日的日报"),
    {0},
};
