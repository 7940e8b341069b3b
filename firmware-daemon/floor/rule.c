#include "floor/rule.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct step *step_of(const struct session *session)
{
    const char *name = session->worker ? session->step : "badge";
    static const struct step *const flows[] = {menu_steps, pick_steps, pack_steps, ship_steps};
    for (size_t i = 0; i < COUNT(flows); i++)
        for (const struct step *step = flows[i]; step->name; step++)
            if (strcmp(step->name, name) == 0)
                return step;
    abort(); /* only go() writes a step's name into a session */
}

struct answer *refusal(struct scan *scan, enum message message)
{
    answer_set(&scan->effect->answer, message);
    return &scan->effect->answer;
}

int refuse(struct scan *scan, enum message message, const char *name, const char *value)
{
    struct answer *answer = refusal(scan, message);
    if (name)
        answer_text(answer, name, value);
    return FLOOR_REFUSED;
}

int refuse_not_now(struct scan *scan)
{
    return refuse(scan, E25_NOT_NOW, "c", scan->text);
}

int refuse_other_code(struct scan *scan, const char *what, const char *what_zh)
{
    struct answer *answer = refusal(scan, E22_ORDER);
    answer_text(answer, "what", what);
    answer_text(answer, "what_zh", what_zh);
    return FLOOR_REFUSED;
}

struct buf *record_start(struct scan *scan)
{
    buf_clear(&scan->data);
    json_open_object(&scan->data, NULL);
    return &scan->data;
}

int note(struct store *store, const char *type, const char *subject_kind, const char *subject, struct buf *data,
         int64_t *ret_seq)
{
    if (data->failed)
        return -ENOMEM;
    char name[BINDING_DEVICE_MAX + 16];
    snprintf(name, sizeof(name), "%s/%s", subject_kind, subject);
    return journal_append(store, type, name, buf_text(data), ret_seq);
}

int note_scan(struct store *store, const char *type, const struct event *event, struct buf *data)
{
    bool bound = *event->station;
    return note(store, type, bound ? "station" : "device", bound ? event->station : event->device, data, NULL);
}

int record(struct scan *scan, const char *type, const char *subject_kind, const char *subject)
{
    json_close_object(&scan->data);
    int result = note(scan->store, type, subject_kind, subject, &scan->data, &scan->seq);
    scan->effect->seq = scan->seq;
    return result;
}

struct answer *accept_with(struct scan *scan, enum message message)
{
    answer_set(&scan->effect->answer, message);
    return &scan->effect->answer;
}

void go(struct scan *scan, const char *step)
{
    snprintf(scan->session.step, sizeof(scan->session.step), "%s", step);
}

int undo_allow(struct scan *scan, const char *type)
{
    return action_record(scan->store, &scan->before, scan->seq, type);
}

int undo_border(struct scan *scan)
{
    return action_forget(scan->store, scan->session.worker);
}

int64_t scan_quantity(const struct scan *scan)
{
    int64_t times = scan->session.quantity ? scan->session.quantity : 1; /* at most 9999, see quantity_command() */
    return scan->target.factor > INT32_MAX ? INT32_MAX : scan->target.factor * times;
}

void parcel_name(const struct order *order, char out[PARCEL_NAME_MAX])
{
    snprintf(out, PARCEL_NAME_MAX, "%s-1", order->number);
}
