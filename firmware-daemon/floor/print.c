/* Print jobs: what may follow what, and what is said when nobody can know whether a label came out. */
#include "floor/rule.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A job found sending at start-up, or cut off, may have come out or not: unknown, never printed again by itself. */
static const struct {
    const char *from, *to;
} transitions[] = {
    {"queued", "sending"},  {"sending", "sent"},  {"sending", "queued"}, /* not one byte had left */
    {"sending", "unknown"}, {"queued", "failed"}, {"sending", "failed"},
};

static bool may_follow(const char *from, const char *to)
{
    for (size_t i = 0; i < COUNT(transitions); i++)
        if (strcmp(transitions[i].from, from) == 0 && strcmp(transitions[i].to, to) == 0)
            return true;
    return false;
}

static int note_uncertain(struct store *store, const struct print_job *job, const char *why)
{
    CLEANUP_BUF struct buf data = {0};
    char number[24];
    snprintf(number, sizeof(number), "%lld", (long long)job->id);
    json_open_object(&data, NULL);
    json_int(&data, "job", job->id);
    json_int(&data, "copy", job->copy);
    json_text(&data, "template", job->template);
    json_text(&data, "why", why);
    json_close_object(&data);
    return note(store, "label.uncertain", "job", number, &data, NULL);
}

static int change_state(struct store *store, const struct print_job *job, const char *state, const char *why)
{
    int result = print_job_set_state(store, job->id, state, why);
    if (!result && strcmp(state, "unknown") == 0)
        result = note_uncertain(store, job, why);
    return result;
}

int print_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct print_job job;
    int result = print_job_load(store, event->number, &job);
    effect->shows = true;
    if (result)
        return result;
    if (!may_follow(job.state, event->name)) /* the label was scanned back meanwhile: that is the stronger proof */
        return FLOOR_REFUSED;
    result = change_state(store, &job, event->name, event_bytes(event));
    if (strcmp(event->name, "sending") == 0)
        effect->job = job.id;
    return result;
}

int boot_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct stream stream = {0};
    struct print_job job = {0};
    int result = store_stream(store, &stream);
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_int(&data, "boot", stream.boot);
    json_close_object(&data);
    if (!result)
        result = note(store, "site.booted", "site", store->site, &data, NULL);
    if (!result)
        result = stations_from_boot(store, event);
    while (!result && (result = print_job_interrupted(store, job.id, &job.id)) == 0) {
        result = print_job_load(store, job.id, &job);
        if (!result)
            result = change_state(store, &job, "unknown", "the box stopped while it was being sent");
    }
    effect->shows = true;
    return result == -ENOENT ? 0 : result;
}
