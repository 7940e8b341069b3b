/* When faces are filled up: below their minimum of what is free there, and for a wave that would else be picked from
 * the reserve. A planned task only says what is wanted; where from is looked up when somebody takes it. */
#include "floor/ask.h"
#include "floor/replenish.h"
#include "store/replenish.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PRIORITY_LOW = 1, PRIORITY_EMPTY = 5, PRIORITY_WAVE = 10 };

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int plan(struct store *store, const struct task *wanted, int64_t lot, int64_t *count)
{
    struct task task = *wanted;
    struct reserve source;
    int64_t id;
    int result = reserve_first(store, task.item, lot, 0, &source);
    if (result)
        return result == -ENOENT ? 0 : result;
    snprintf(task.kind, sizeof(task.kind), "replenish");
    task.quantity = least(task.quantity, source.quantity);
    task.from_location = source.location;
    task.lot = source.lot;
    result = task_insert(store, &task, &id);
    if (result == -EEXIST)
        return 0;
    *count += !result;
    return result;
}

static int plan_low(struct store *store, int64_t item, int64_t *count)
{
    struct low_face face = {0};
    int result;
    while ((result = face_low_after(store, item, face.location, &face)) == 0) {
        struct task task = {.item = face.item,
                            .quantity = face.wanted,
                            .to_location = face.location,
                            .priority = face.empty ? PRIORITY_EMPTY : PRIORITY_LOW,
                            .reason = "low"};
        result = plan(store, &task, -1, count);
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

int replenish_plan(struct store *store, int64_t *ret_count)
{
    int64_t count = 0;
    int result = plan_low(store, 0, &count);
    if (!result)
        *ret_count = count;
    return result;
}

int replenish_item(struct store *store, int64_t item)
{
    int64_t count = 0;
    return plan_low(store, item, &count);
}

int replenish_for_wave(struct store *store, int64_t wave)
{
    struct wave_demand demand = {0};
    int64_t count = 0, planned;
    int result;
    demand.lot = -1;
    while ((result = wave_demand_after(store, wave, &demand, &demand)) == 0) {
        struct task task = {.item = demand.item,
                            .quantity = demand.quantity,
                            .to_location = demand.face,
                            .priority = PRIORITY_WAVE,
                            .wave = wave,
                            .reason = "wave"};
        result = task_of_face(store, demand.face, &planned);
        if (!result)
            result = task_raise(store, planned, demand.quantity, wave, PRIORITY_WAVE);
        else if (result == -ENOENT)
            result = plan(store, &task, demand.lot, &count);
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

/* A face that was filled meanwhile needs nothing, and an empty reserve has nothing. */
static int refresh(struct store *store, struct task *task, bool *ret_useful)
{
    struct reserve source;
    bool low = false;
    int result = face_is_low(store, task->to_location, &low);
    if (!result && !low && !task->wave) {
        *ret_useful = false;
        return task_set_state(store, task->id, "cancelled", "");
    }
    if (!result)
        result = reserve_first(store, task->item, task->wave ? task->lot : -1, task->id, &source);
    if (result == -ENOENT) {
        *ret_useful = false;
        return task_set_state(store, task->id, "cancelled", "");
    }
    *ret_useful = true;
    return result ? result : task_set_source(store, task->id, &source, least(task->quantity, source.quantity));
}

static int next_planned(struct store *store, struct task *ret)
{
    int64_t id;
    int result;
    while ((result = task_next(store, "replenish", &id)) == 0) {
        bool useful = false;
        result = task_load(store, id, ret);
        if (!result)
            result = refresh(store, ret, &useful);
        if (!result && useful)
            return task_load(store, id, ret);
        if (result)
            return result;
    }
    return result;
}

int replenish_next(struct store *store, struct task *ret)
{
    int64_t count;
    int result = next_planned(store, ret);
    if (result != -ENOENT)
        return result;
    result = replenish_plan(store, &count);
    return result ? result : next_planned(store, ret);
}

/* ---------------------------------------------------------------- asked for */

static int ask_plan(struct ask *ask)
{
    CLEANUP_BUF struct buf data = {0};
    int64_t count = 0;
    int result = replenish_plan(ask->store, &count);
    if (result)
        return result;
    json_open_object(&data, NULL);
    json_int(&data, "tasks", count);
    result = ask_record(ask, "replen.planned", "site", ask->store->site, &data);
    answer_number(ask_accept(ask, DONE_REPLEN_PLANNED), "n", count);
    return result;
}

static const struct option_def no_fields[] = {{0}};

const struct verb replenish_verbs[] = {
    {"replenish.plan", no_fields, 0, ask_plan, "Look over every face and plan to fill those that are low."}, {0}};
