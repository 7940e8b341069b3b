/* What head office is asked when a warehouse is looked at, and when the system comes to it. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/rollout/fit.h"
#include "sync/head-office/rollout/fit_devices.h"
#include "sync/head-office/rollout/rollouts.h"
#include "sync/head-office/verb.h"
#include "sync/platforms/platform.h"

#include <errno.h>
#include <string.h>

struct fields {
    char site[65], step[24], state[16], note[513];
    int64_t fit_check;
};

#define TEXT(member)   OPTION_TEXT_AT(struct fields, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct fields, member)
#define CHOICE(member) OPTION_CHOICE_AT(struct fields, member)

static const struct option_def no_fields[] = {{0}};
static const struct option_def start_fields[] = {
    {"site", TEXT(site), .help = "the site"},
    {"fit_check", NUMBER(fit_check), .fallback = "0", .min = 0, .max = INT64_MAX,
     .help = "what was found when the business was looked at; left out: nothing"},
    {0}};
static const struct option_def step_fields[] = {
    {"site", TEXT(site), .help = "the site"},
    {"step", TEXT(step), .help = "which step"},
    {"state", CHOICE(state), .choices = "open|under_way|done|skipped", .help = "how far it is"},
    {"note", TEXT(note), .fallback = "", .help = "what is worth knowing; why it is done without evidence, or skipped"},
    {0}};

/* ---------------------------------------------------------------- the fit check */

/* What people call their own shops is no platform, and needs no connector. */
static bool known_platform(void *user, const char *name)
{
    (void)user;
    return strcmp(name, "own") == 0 || platform_find(name) != NULL;
}

static bool known_device(void *user, const char *name)
{
    return fit_devices_know(user, name);
}

/* As they were asked, for whoever asks again. */
static void write_answers(const struct fit_answers *answers, struct buf *json)
{
    const char *bytes = (const char *)answers;
    json_open_object(json, NULL);
    for (const struct option_def *field = fit_fields; field->name; field++) {
        const void *member = bytes + field->offset;
        int64_t number;
        if (field->type == OPTION_NUMBER) {
            memcpy(&number, member, sizeof(number));
            json_int(json, field->name, number);
        } else if (field->type == OPTION_FLAG) {
            json_bool(json, field->name, *(const bool *)member);
        } else {
            json_text(json, field->name, member);
        }
    }
    json_close_object(json);
}

static int keep(struct verb_call *call, const struct fit_check *check, int64_t *ret_id)
{
    const struct fit_answers *answers = call->fields;
    CLEANUP_BUF struct buf given = {0}, found = {0}, flows = {0}, gaps = {0};
    write_answers(answers, &given);
    fit_write(check, NULL, &found);
    fit_codes(check, FIT_FLOW, &flows);
    int64_t count = fit_codes(check, FIT_GAP, &gaps);
    if (given.failed || found.failed || flows.failed)
        return -ENOMEM;
    return sql_number(call->office->sql, ret_id,
                      "INSERT INTO fit_check (name, answers, result, flows, gaps, who, time_us) VALUES (?1, ?2, ?3,"
                      " ?4, ?5, ?6, ?7) RETURNING id",
                      sql_text(answers->name), sql_text(buf_text(&given)), sql_text(buf_text(&found)),
                      sql_text(buf_text(&flows)), sql_int(count), sql_text(call->who), sql_int(call->office->now_us));
}

static int check(struct verb_call *call, struct error *error)
{
    CLEANUP(fit_devices_close) struct fit_devices devices;
    struct fit_check found;
    int64_t id = 0;
    int result = fit_devices_open(&devices, error);
    if (!result)
        result = fit_reckon(call->fields, known_platform, known_device, &devices, &found, error);
    if (result)
        return result;
    result = keep(call, &found, &id);
    json_int(call->answer, "fit_check", id);
    fit_write(&found, "result", call->answer);
    return result ? office_failed(call->office->sql, result, error) : 0;
}

static int questions(struct verb_call *call, struct error *error)
{
    (void)error;
    fit_write_questions(call->answer);
    return 0;
}

/* ---------------------------------------------------------------- the roll-out */

static int start(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "site", fields->site);
    return rollouts_start(call->office, fields->site, fields->fit_check, call->who, error);
}

static int go_on(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct rollout_word word = {
        .site = fields->site, .step = fields->step, .state = fields->state, .note = fields->note, .who = call->who};
    json_text(call->answer, "site", fields->site);
    json_text(call->answer, "step", fields->step);
    json_text(call->answer, "state", fields->state);
    return rollouts_step(call->office, &word, error);
}

const struct office_verb rollout_verbs[] = {
    {"fit.check", fit_fields, sizeof(struct fit_answers), check,
     "Look whether and how the system fits a warehouse: flows, stations, settings, gaps",
     "需求分析:流程、设备、参数与差距"},
    VERB("fit.questions", no_fields, questions, "What a fit check asks, step by step", "需求分析问卷"),
    VERB("rollout.start", start_fields, start, "Begin a roll-out at a site", "启动仓库实施"),
    VERB("rollout.step", step_fields, go_on, "Say how far a step of a roll-out is", "更新实施步骤"),
    {0},
};
