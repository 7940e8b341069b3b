/* What can be looked at of fit checks and roll-outs, and of what people practised and two systems did at once. */
#include "sync/head-office/query_words.h"
#include "sync/head-office/rollout/rollouts.h"

static const struct query_column fit_columns[] = {
    NUMBER("fit_check", "f.id"),  TEXT("name", "f.name"),     TEXT("flows", "f.flows"),
    NUMBER("gaps", "f.gaps"),     TEXT("who", "f.who"),       TIME("time", "f.time_us"),
    JSON("answers", "f.answers"), JSON("result", "f.result"), {0},
};
static const struct query_filter fit_filters[] = {
    {"fit_check", "f.id = ?", true, true}, BY_LOOKING("name", PLAIN("f.name") " = ?"), {0}};

#define STEPS_THAT(condition) "(SELECT count(*) FROM rollout_step s WHERE s.site = r.site AND " condition ")"

static const struct query_column rollout_columns[] = {
    TEXT("site", "r.site"),
    NUMBER("fit_check", "r.fit_check"),
    NUMBER("steps", STEPS_THAT("1 = 1")),
    NUMBER("steps_done", STEPS_THAT("s.state IN ('done', 'skipped')")),
    TEXT("next_step", "(SELECT s.step FROM rollout_step s WHERE s.site = r.site AND s.state IN ('open', 'under_way')"
                      " ORDER BY s.place LIMIT 1)"),
    TEXT("who", "r.who"),
    TIME("started", "r.started_us"),
    {0},
};
static const struct query_filter rollout_filters[] = {BY_INDEX("site", "r.site = ?"), {0}};
static const struct query_section rollout_sections[] = {{"rollout_steps", "rollout-steps", "site", 0, 0},
                                                        {"trainings", "trainings", "site", 0, 0},
                                                        {"trial_runs", "trial-runs", "site", 0, 0},
                                                        {0}};

#define ENGLISH_OF(step, english, chinese, evidence, counts, counts_zh, wanted)  " WHEN '" #step "' THEN '" english "'"
#define CHINESE_OF(step, english, chinese, evidence, counts, counts_zh, wanted)  " WHEN '" #step "' THEN '" chinese "'"
#define EVIDENCE_OF(step, english, chinese, evidence, counts, counts_zh, wanted) " WHEN '" #step "' THEN " evidence
#define WANTED_OF(step, english, chinese, evidence, counts, counts_zh, wanted)   " WHEN '" #step "' THEN " wanted
#define COUNTS_OF(step, english, chinese, evidence, counts, counts_zh, wanted)                                         \
    " WHEN '" #step "' THEN '" counts " / " counts_zh "'"
#define CASE_OF(X) "CASE r.step" ROLLOUT_STEPS(X) " END"

static const struct query_column step_columns[] = {
    TEXT("site", "r.site"),
    NUMBER("place", "r.place"),
    TEXT("step", "r.step"),
    TEXT("english", CASE_OF(ENGLISH_OF)),
    TEXT("chinese", CASE_OF(CHINESE_OF)),
    TEXT("state", "r.state"),
    NUMBER("evidence", CASE_OF(EVIDENCE_OF)),
    NUMBER("wanted", CASE_OF(WANTED_OF)),
    TEXT("evidence_is", CASE_OF(COUNTS_OF)),
    TEXT("who", SET("r.who")),
    TEXT("note", SET("r.note")),
    TIME("time", "r.time_us"),
    {0},
};
static const struct query_filter step_filters[] = {
    BY_INDEX("site", "r.site = ?"), BY_LOOKING("state", PLAIN("r.state") " = ?"), {0}};

static const struct query_column training_columns[] = {
    TEXT("site", "t.site"),
    TEXT("worker", "t.worker"),
    TEXT("name", "(SELECT w.name FROM worker w WHERE w.worker = t.worker)"),
    TEXT("lesson", "t.lesson"),
    NUMBER("steps", "t.steps"),
    NUMBER("mistakes", "t.mistakes"),
    NUMBER("times", "t.times"),
    TIME("last", "t.last_us"),
    {0},
};
static const struct query_filter training_filters[] = {BY_INDEX("site", "t.site = ?"),
                                                       BY_INDEX("worker", "t.worker = ?"),
                                                       BY_LOOKING("lesson", PLAIN("t.lesson") " = ?"),
                                                       {0}};

static const struct query_column trial_columns[] = {
    NUMBER("trial_run", "t.arrival"),
    TEXT("site", "t.site"),
    TEXT("figures", "t.kind"),
    TEXT("name", "t.name"),
    NUMBER("compared_rows", "t.compared"),
    NUMBER("matching", "t.matching"),
    NUMBER("different", "t.different"),
    NUMBER("missing_here", "t.missing_here"),
    NUMBER("missing_there", "t.missing_there"),
    TIME("time", "t.time_us"),
    {0},
};
static const struct query_filter trial_filters[] = {
    BY_INDEX("site", "t.site = ?"), BY_LOOKING("figures", PLAIN("t.kind") " = ?"), {0}};

const struct query office_rollout_queries[] = {
    {"fit-checks", "fit_check", "fit_check f", {"f.id"}, {0}, true, 0, fit_columns, fit_filters, "fit_check", 0},
    {"rollouts",
     "rollout",
     "rollout r",
     {"r.site"},
     {true},
     false,
     0,
     rollout_columns,
     rollout_filters,
     "site",
     rollout_sections},
    {"rollout-steps",
     "rollout_step",
     "rollout_step r",
     {"r.site", "r.place"},
     {true, false},
     false,
     0,
     step_columns,
     step_filters,
     0,
     0},
    {"trainings",
     "training",
     "training t",
     {"t.site", "t.worker", "t.lesson"},
     {true, true, true},
     false,
     0,
     training_columns,
     training_filters,
     0,
     0},
    {"trial-runs", "trial_run", "trial_run t", {"t.arrival"}, {0}, true, 0, trial_columns, trial_filters, 0, 0},
    {0},
};
