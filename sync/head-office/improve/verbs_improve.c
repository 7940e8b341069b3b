/* What head office is asked to better: moves of goods, settings of sites, and improvements that people try. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/improve/improve.h"
#include "sync/head-office/improve/measure.h"
#include "sync/head-office/improve/parameters.h"
#include "sync/head-office/improve/slot_moves.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <string.h>

#define PERCENT_MOST 10000

struct fields {
    char site[65], name[PARAMETER_NAME_SIZE], what[257], figure[32], note[257], state[16];
    int64_t days, limit, move, value, aim, id;
};

#define TEXT(member)   OPTION_TEXT_AT(struct fields, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct fields, member)
#define CHOICE(member) OPTION_CHOICE_AT(struct fields, member)
#define SITE                                                                                                           \
    {                                                                                                                  \
        "site", TEXT(site), .help = "the site"                                                                         \
    }
#define WINDOW                                                                                                         \
    {                                                                                                                  \
        "days", NUMBER(days), .fallback = "14", .min = 1, .max = 365, .help = "before and after, that are compared"    \
    }

static const struct option_def suggest_fields[] = {
    SITE,
    {"days", NUMBER(days), .fallback = "90", .min = 1, .max = 3650, .help = "how far back picks count"},
    {"limit", NUMBER(limit), .fallback = "50", .min = 1, .max = 1000, .help = "suggestions at most"},
    {0}};
static const struct option_def move_fields[] = {
    {"slot_move", NUMBER(move), .min = 1, .max = INT64_MAX, .help = "the move's number"}, {0}};
static const struct option_def set_fields[] = {
    SITE,
    {"name", TEXT(name), .help = "which setting of the site's floor"},
    {"value", NUMBER(value), .min = 0, .max = 1000000000, .help = "what it is from now on"},
    {0}};
static const struct option_def change_fields[] = {
    {"parameter_change", NUMBER(id), .min = 1, .max = INT64_MAX, .help = "the change's number"}, WINDOW, {0}};
static const struct option_def plan_fields[] = {
    {"what", TEXT(what), .help = "what is to be done differently: new shelves, another way to train"},
    {"figure", CHOICE(figure), .choices = MEASURE_FIGURES, .help = "by what it is judged"},
    {"aim", NUMBER(aim), .min = -PERCENT_MOST, .max = PERCENT_MOST, .help = "by how many percent it is to change"},
    {"site", TEXT(site), .fallback = "", .help = "left out: all sites"},
    {"note", TEXT(note), .fallback = "", .help = "why, and who does what"},
    {0}};
static const struct option_def improvement_fields[] = {
    {"improvement", NUMBER(id), .min = 1, .max = INT64_MAX, .help = "the improvement's number"},
    {"state", CHOICE(state), .choices = "running|kept|dropped",
     .help = "running: it is done from today on; kept or dropped: how it ended"},
    {"note", TEXT(note), .fallback = "", .help = "what was learnt"},
    {0}};
static const struct option_def measure_fields[] = {
    {"improvement", NUMBER(id), .min = 1, .max = INT64_MAX, .help = "the improvement's number"}, WINDOW, {0}};
static const struct option_def no_fields[] = {{0}};

/* ---------------------------------------------------------------- where goods lie */

static int suggest(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct slot_moves_asked asked = {
        .site = fields->site, .who = call->who, .days = fields->days, .limit = fields->limit};
    int64_t count = 0;
    int result = slot_moves_suggest(call->office, &asked, &count, error);
    json_text(call->answer, "site", fields->site);
    json_int(call->answer, "moves", count);
    return result;
}

static int accept(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int64_t told = 0;
    int result = slot_moves_accept(call->office, fields->move, call->who, &told, error);
    json_int(call->answer, "slot_move", fields->move);
    json_int(call->answer, "faces_told", told);
    return result;
}

static int drop(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_int(call->answer, "slot_move", fields->move);
    return slot_moves_drop(call->office, fields->move, call->who, error);
}

/* ---------------------------------------------------------------- settings */

static int set(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "site", fields->site);
    json_text(call->answer, "name", fields->name);
    json_int(call->answer, "value", fields->value);
    return parameters_send(call->office, fields->site, fields->name, fields->value, call->who, error);
}

/* ---------------------------------------------------------------- measuring */

static int answer_figures(struct verb_call *call, const struct measure_asked *asked)
{
    struct sql_query *row = sql_select(call->office->sql,
                                       "SELECT figure, before, after, percent, verdict FROM measured_figure WHERE"
                                       " of_change = ?1 AND id = ?2 ORDER BY figure",
                                       sql_text(asked->of_change), sql_int(asked->id));
    json_open_array(call->answer, "figures");
    while (sql_next(row)) {
        static const char *const names[] = {"before", "after", "percent"};
        json_open_object(call->answer, NULL);
        json_text(call->answer, "figure", sql_get_text(row, 0));
        for (int i = 0; i < 3; i++)
            if (!sql_get_null(row, i + 1))
                json_int(call->answer, names[i], sql_get_int(row, i + 1));
        json_text(call->answer, "verdict", sql_get_text(row, 4));
        json_close_object(call->answer);
    }
    json_close_array(call->answer);
    return sql_done(row);
}

/* Rows of the day and the site of what was changed. */
static int measure(struct verb_call *call, const char *of_change, struct sql_query *row, struct error *error)
{
    const struct fields *fields = call->fields;
    struct settings settings;
    char site[65] = "";
    bool whole = false, found = sql_next(row), begun = found && !sql_get_null(row, 0);
    struct measure_asked asked = {.of_change = of_change, .id = fields->id, .days = fields->days, .site = site};
    if (found) {
        asked.day = sql_get_int(row, 0);
        sql_copy_text(row, 1, site, sizeof(site));
    }
    int result = sql_done(row);
    if (result)
        return office_failed(call->office->sql, result, error);
    if (!begun)
        return error_set(error, found ? -EINVAL : -ENOENT,
                         found ? "improvement %lld has not begun: set its state to running first"
                               : "there is no change %lld",
                         (long long)fields->id);
    result = settings_load(call->office, &settings, error);
    if (!result)
        result = measure_change(call->office, &asked, settings.utc_offset_min, &whole, error);
    if (result)
        return result;
    json_bool(call->answer, "whole", whole);
    result = answer_figures(call, &asked);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

static int measure_parameter(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    return measure(
        call, "parameter",
        sql_select(call->office->sql, "SELECT day, site FROM parameter_change WHERE id = ?1", sql_int(fields->id)),
        error);
}

static int measure_improvement(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    return measure(
        call, "improvement",
        sql_select(call->office->sql, "SELECT started, site FROM improvement WHERE id = ?1", sql_int(fields->id)),
        error);
}

static int count_now(struct verb_call *call, struct error *error)
{
    struct improve_work done = {0};
    int result = improve_work_inside(call->office, 5000, &done, error);
    json_int(call->answer, "events", done.counted);
    json_bool(call->answer, "more", done.more);
    return result;
}

/* ---------------------------------------------------------------- improvements */

static int plan(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct office *office = call->office;
    int64_t known = 1;
    int result = *fields->site ? sql_number(office->sql, &known, "SELECT count(*) FROM site WHERE id = ?1",
                                            sql_text(fields->site))
                               : 0;
    if (!result && known == 0)
        return error_set(error, -ENOENT, "there is no site \"%s\"", fields->site);
    if (!*fields->what)
        return error_set(error, -EINVAL, "\"what\" is empty: say what is to be done differently");
    int64_t id = 0;
    if (!result)
        result = sql_number(office->sql, &id,
                            "INSERT INTO improvement (site, what, figure, aim, state, who, note, planned_us) VALUES"
                            " (?1, ?2, ?3, ?4, 'planned', ?5, ?6, ?7) RETURNING id",
                            sql_text(fields->site), sql_text(fields->what), sql_text(fields->figure),
                            sql_int(fields->aim), sql_text(call->who), sql_text(fields->note), sql_int(office->now_us));
    json_int(call->answer, "improvement", id);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* From planned to running, from there to an end. */
static int advance(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct office *office = call->office;
    struct settings settings;
    bool begins = strcmp(fields->state, "running") == 0;
    int result = settings_load(office, &settings, error);
    if (result)
        return result;
    struct sql_value day = sql_int(business_today(office->now_us, settings.utc_offset_min));
    result =
        begins ? sql_run(office->sql,
                         "UPDATE improvement SET state = 'running', started_us = ?2, started = ?3, note = CASE WHEN"
                         " ?4 <> '' THEN ?4 ELSE note END WHERE id = ?1 AND state = 'planned'",
                         sql_int(fields->id), sql_int(office->now_us), day, sql_text(fields->note))
               : sql_run(office->sql,
                         "UPDATE improvement SET state = ?3, ended_us = ?2, note = CASE WHEN ?4 <> '' THEN ?4 ELSE"
                         " note END WHERE id = ?1 AND state IN ('planned', 'running')",
                         sql_int(fields->id), sql_int(office->now_us), sql_text(fields->state), sql_text(fields->note));
    if (result)
        return office_failed(office->sql, result, error);
    json_int(call->answer, "improvement", fields->id);
    json_text(call->answer, "state", fields->state);
    return sql_changes(office->sql) > 0
               ? 0
               : error_set(error, -EINVAL, "improvement %lld is not there, or too far for that: look at its state",
                           (long long)fields->id);
}

const struct office_verb improve_verbs[] = {
    VERB("slotting.suggest", suggest_fields, suggest, "Suggest where a site's items should lie", "生成库位优化建议"),
    VERB("slotting.accept", move_fields, accept, "Have a suggested move made", "采纳移库建议"),
    VERB("slotting.drop", move_fields, drop, "Refuse a suggested move", "放弃移库建议"),
    VERB("parameter.set", set_fields, set, "Tell a site how its floor is to work: one setting", "下发仓库参数"),
    VERB("parameter.measure", change_fields, measure_parameter, "Compare figures before and after a setting changed",
         "对比参数调整前后指标"),
    VERB("improvement.plan", plan_fields, plan, "Plan an improvement, with the figure it is judged by",
         "登记改善措施及目标"),
    VERB("improvement.state", improvement_fields, advance, "Begin an improvement, keep it or drop it",
         "推进改善措施状态"),
    VERB("improvement.measure", measure_fields, measure_improvement, "Compare figures before and after an improvement",
         "对比改善前后指标"),
    VERB("improvement.count", no_fields, count_now, "Count what the sites told since, now", "立即汇总仓库事件"),
    {0},
};
