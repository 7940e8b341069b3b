/* The print ledger's rules: what may follow what, and what is said when nobody can know whether a label came out. */
#include "floor/print.h"

#include "base/json.h"
#include "base/text.h"
#include "floor/rule.h"
#include "floor/waybill.h"
#include "store/order_lease.h"
#include "store/pin.h"
#include "store/roster.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct event print_event(const struct print_report *report)
{
    struct event event = {.kind = EVENT_PRINT, .number = report->job};
    text_copy(event.name, sizeof(event.name), report->state);
    text_copy(event.print.proof, sizeof(event.print.proof), report->proof ? report->proof : "");
    text_copy(event.device, sizeof(event.device), report->printer ? report->printer : "");
    event.print.labels = report->labels;
    event.print.done = report->done;
    event.print.odometer = report->odometer;
    return event;
}

/* "void" and "printed" are not here: nothing follows them. What is "sent" may be sent again in part ("sending") only by
 * who has counted that the rest did not come out. */
static const struct {
    const char *from, *to;
} transitions[] =
    {
        {"queued", "sending"}, {"queued", "failed"},   {"sending", "sending"},
        {"sending", "queued"}, /* not one byte left */
        {"sending", "sent"},   {"sending", "printed"}, {"sending", "unknown"},
        {"sending", "failed"}, {"sent", "sending"},    {"sent", "printed"},
        {"sent", "unknown"},
};

static bool may_follow(const char *from, const char *to)
{
    for (size_t i = 0; i < COUNT(transitions); i++)
        if (strcmp(transitions[i].from, from) == 0 && strcmp(transitions[i].to, to) == 0)
            return true;
    return false;
}

/* Head office, and whoever looks for a parcel's history, learns what the box knows of the paper. */
static int note_job(struct store *store, const char *type, const struct print_job *job, const char *key,
                    const char *value)
{
    CLEANUP_BUF struct buf data = {0};
    char number[24];
    snprintf(number, sizeof(number), "%lld", (long long)job->id);
    json_open_object(&data, NULL);
    json_int(&data, "job", job->id);
    json_int(&data, "copy", job->copy);
    json_text(&data, "template", job->template);
    json_text(&data, key, value);
    json_close_object(&data);
    return note(store, type, "job", number, &data, NULL);
}

static int change_state(struct store *store, const struct print_job *job, const char *state, const char *why)
{
    int result = print_job_set_state(store, job->id, state, why);
    if (!result && strcmp(state, "unknown") == 0)
        result = note_job(store, "label.uncertain", job, "why", why);
    return result;
}

static int start(struct store *store, const struct print_job *job, const struct event *event)
{
    return print_job_start(store, job->id,
                           &(struct print_start){.printer = event->device,
                                                 .labels = event->print.labels,
                                                 .done = event->print.done,
                                                 .odometer = event->print.odometer});
}

static int prove(struct store *store, const struct print_job *job, const struct event *event)
{
    int result = print_job_proved(store, job->id, event->print.proof);
    return result ? result : note_job(store, "label.proved", job, "proof", event->print.proof);
}

int print_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct print_job job;
    int result = print_job_load(store, event->number, &job);
    effect->shows = true;
    if (result == -ENOENT) /* of a copy to practise on, which is gone */
        return FLOOR_REFUSED;
    if (result)
        return result;
    if (!may_follow(job.state, event->name)) /* the label was scanned back or asked for anew meanwhile */
        return FLOOR_REFUSED;
    bool starts = strcmp(event->name, "sending") == 0;
    bool unwanted = strcmp(event->name, "queued") == 0 && waybill_given_up(store, job.parcel);
    result = change_state(store, &job, unwanted ? "void" : event->name, event_bytes(event));
    if (!result && starts)
        result = start(store, &job, event);
    if (!result && strcmp(event->name, "printed") == 0)
        result = prove(store, &job, event);
    if (starts)
        effect->job = job.id;
    return result;
}

/* Whoever asks twice with one key gets one label. That it can be drawn was seen before. */
int label_rule(struct store *store, const struct event *event, struct effect *effect)
{
    char template[32], key[STORE_CODE_MAX + 8];
    const char *words = event_bytes(event), *rest = strchr(words, '\n'), *data = rest ? strchr(rest + 1, '\n') : NULL;
    if (!data)
        return -EINVAL;
    text_copy_n(template, sizeof(template), words, (size_t)(rest - words));
    snprintf(key, sizeof(key), "asked:%.*s", (int)(data - rest - 1), rest + 1);
    answer_set(&effect->answer, DONE_LABEL_ASKED);
    answer_text(&effect->answer, "t", template);
    answer_text(&effect->answer, "s", event->station);
    return print_job_queue(
        store,
        &(struct print_request){
            .key = key, .template = template, .data = data + 1, .copy = 1, .copies = event->number, .reason = ""});
}

/* A job found sending may have come out or not: unknown, never printed again by itself. */
static int doubt_interrupted(struct store *store)
{
    struct print_job job = {0};
    int result;
    while ((result = print_job_found(store, "sending", job.id, &job.id)) == 0) {
        result = print_job_load(store, job.id, &job);
        if (!result)
            result = change_state(store, &job, "unknown", "the box stopped while it was being sent");
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

int boot_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct stream stream = {0};
    int result = store_stream(store, &stream);
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_int(&data, "boot", stream.boot);
    json_close_object(&data);
    if (!result)
        result = note(store, "site.booted", "site", store->site, &data, NULL);
    if (!result)
        result = roster_boot(store, event->name);
    if (!result)
        result = pin_boot(store, event->name);
    if (!result)
        result = store_set_linked(store, false); /* until head office is heard */
    if (!result)
        result = order_lease_boot(store, event->name);
    if (!result)
        result = stations_from_boot(store, event);
    if (!result)
        result = doubt_interrupted(store);
    if (!result)
        result = print_jobs_keep_age(store);
    effect->shows = true;
    return result;
}

int print_list_again(struct store *store, const struct print_job *job, const char *key, const char *reason)
{
    CLEANUP_BUF struct buf data = {0};
    int result = print_job_data(store, job->id, &data);
    if (!result && strcmp(job->state, "printed") != 0)
        result = print_job_set_state(store, job->id, "void", "printed again");
    return result ? result
                  : print_job_queue(store, &(struct print_request){.key = key,
                                                                   .template = job->template,
                                                                   .data = data.data,
                                                                   .copy = job->copy + 1,
                                                                   .reason = reason});
}
