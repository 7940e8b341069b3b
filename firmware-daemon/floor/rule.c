#include "floor/rule.h"

#include "base/json.h"
#include "floor/pin.h"
#include "floor/rights.h"
#include "floor/settings.h"
#include "store/roster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct flow *const flows[] = {
    &menu_flow,  &pick_flow,   &pack_flow,  &ship_flow,    &goods_flow,  &receive_flow,   &putaway_flow, &cluster_flow,
    &zone_flow,  &batch_flow,  &sow_flow,   &express_flow, &parcel_flow, &replenish_flow, &move_flow,    &transfer_flow,
    &count_flow, &return_flow, &alias_flow, &found_flow,   &zero_flow,   &review_flow,
};

const struct flow *flow_at(size_t index)
{
    return index < COUNT(flows) ? flows[index] : NULL;
}

static const struct step *step_in(const struct flow *flow, const char *name)
{
    for (const struct step *step = flow->steps; step->name; step++)
        if (strcmp(step->name, name) == 0)
            return step;
    return NULL;
}

const struct flow *flow_of(const char *step)
{
    for (size_t i = 0; i < COUNT(flows); i++)
        if (step_in(flows[i], step))
            return flows[i];
    return NULL;
}

const struct step *step_named(const char *name)
{
    const struct flow *flow = flow_of(name);
    return flow ? step_in(flow, name) : NULL;
}

const struct step *step_of(const struct session *session)
{
    const struct step *step = step_named(session->worker ? session->step : "badge");
    if (!step)
        abort(); /* only go() writes a step's name into a session */
    return step;
}

const struct undo *undo_of(const char *type)
{
    for (size_t i = 0; i < COUNT(flows); i++)
        for (const struct undo *undo = flows[i]->undos; undo && undo->type; undo++)
            if (strcmp(undo->type, type) == 0)
                return undo;
    return NULL;
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

static int refuse_wrong(struct scan *scan, enum message message, const char *expected, const char *got)
{
    struct answer *answer = refusal(scan, message);
    answer_text(answer, "exp", expected);
    answer_text(answer, "got", got);
    return FLOOR_REFUSED;
}

int refuse_place(struct scan *scan, const char *expected, const char *got)
{
    return refuse_wrong(scan, E04_LOCATION, expected, got);
}

int refuse_goods(struct scan *scan, const char *expected, const char *got)
{
    return refuse_wrong(scan, E05_ITEM, expected, got);
}

int refuse_over(struct scan *scan, int64_t done, int64_t need)
{
    struct answer *answer = refusal(scan, E06_QUANTITY);
    answer_number(answer, "done", done);
    answer_number(answer, "need", need);
    return FLOOR_REFUSED;
}

int refuse_life(struct scan *scan, const char *lot, int64_t days_left, int64_t need)
{
    struct answer *answer = refusal(scan, E08_LIFE);
    answer_text(answer, "l", lot);
    answer_number(answer, "d", days_left);
    answer_number(answer, "m", need);
    return FLOOR_REFUSED;
}

int refuse_taken(struct scan *scan, int64_t worker)
{
    struct worker other;
    int result = worker_load(scan->store, worker, &other);
    return result ? result : refuse(scan, E11_TAKEN, "u", other.name);
}

int refuse_cancelled(struct scan *scan, const struct order *order)
{
    return refuse(scan, E12_CANCELLED, "o", order->number);
}

int check_supervisor(struct scan *scan, struct worker *ret)
{
    int result = worker_load(scan->store, scan->target.id, ret);
    if (result)
        return result;
    bool may = site_may(may_pass, scan->session.step, site_role_bit(ret->role), false) && ret->active;
    if (!may || ret->id == scan->session.worker)
        return refuse(scan, E18_SUPERVISOR, NULL, NULL);
    return check_pin(scan, ret);
}

static int check_right(struct scan *scan, const struct site_right *table, const char *name)
{
    int64_t strict;
    int result = setting_get(scan->store, SETTING_roles_strict, &strict);
    bool may = site_may(table, name, site_role_bit(scan->worker.role), strict && !scan->store->training);
    return result ? result : may ? 0 : refuse(scan, E95_ROLE, NULL, NULL);
}

int rights_check_flow(struct scan *scan)
{
    const struct flow *before = flow_of(scan->before.step), *now = flow_of(scan->session.step);
    return now && now != before ? check_right(scan, may_work, now->name) : 0;
}

int rights_check_command(struct scan *scan, const char *name)
{
    int result = check_right(scan, may_command, name);
    return result == FLOOR_REFUSED && !site_may(may_command, name, ROLE_PICKER | ROLE_PACKER | ROLE_COUNTER, false)
               ? refuse(scan, E18_SUPERVISOR, NULL, NULL)
               : result;
}

int roster_look(struct store *store)
{
    int64_t hours;
    int result = setting_get(store, SETTING_roster_hours, &hours);
    return result || hours == 0 ? result : roster_is_stale(store, hours, &store->stamp.stale);
}

int roster_check(struct scan *scan)
{
    int64_t strict, hours;
    if (!scan->store->stamp.stale || scan->store->training)
        return 0;
    int result = setting_get(scan->store, SETTING_roster_strict, &strict);
    if (!result)
        result = setting_get(scan->store, SETTING_roster_hours, &hours);
    if (result || !strict)
        return result;
    answer_number(refusal(scan, E96_ROSTER_OLD), "h", hours);
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
    return action_record(scan->store, &scan->session, scan->seq, type);
}

int undo_border(struct scan *scan)
{
    scan->session.undo = 0;
    return 0;
}

int scan_interrupt(struct store *store, int64_t worker, struct scan *ret)
{
    *ret = (struct scan){.store = store};
    struct session *session = &ret->session;
    int result = session_of_worker(store, worker, session);
    if (!result)
        result = worker_load(store, worker, &ret->worker);
    if (!result)
        result = action_forget(store, worker);
    if (result)
        return result;
    if (*session->back)
        go(ret, session->back);
    goods_forget(session);
    session->bin = session->quantity = session->undo = 0;
    return 0;
}

void leave_flow(struct scan *scan)
{
    struct session *session = &scan->session;
    *session = (struct session){.worker = session->worker, .undo = session->undo, .quantity = session->quantity};
    go(scan, "menu");
}

int begin_work(struct scan *scan, const char *flow, const char *step, enum message message)
{
    json_text(record_start(scan), "flow", flow);
    int result = record(scan, "work.started", "worker", scan->worker.code);
    if (!result)
        result = undo_allow(scan, "work.started");
    accept_with(scan, message);
    go(scan, step);
    return result;
}

int leave_work(struct scan *scan, const char *flow)
{
    json_text(record_start(scan), "flow", flow);
    int result = record(scan, "work.left", "worker", scan->worker.code);
    if (!result)
        result = undo_border(scan);
    accept_with(scan, DONE_LEFT);
    leave_flow(scan);
    return result;
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
