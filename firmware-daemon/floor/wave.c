/* Waves: draft -> released -> picking -> sorting -> packing -> closed, or cancelled. Picking and packing follow from
 * the orders' states (by triggers in the schema), sorting from the put-wall, closed from there being nothing left to
 * do. */
#include "floor/wave.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int note_wave(struct store *store, const char *type, const struct wave *wave, const struct wave_totals *totals)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "wave", wave->number);
    json_text(&data, "kind", wave->kind);
    json_text(&data, "carrier", wave->carrier);
    json_int(&data, "orders", totals->orders);
    json_int(&data, "pieces", totals->wanted);
    json_close_object(&data);
    return note(store, type, "wave", wave->number, &data, NULL);
}

int wave_release(struct store *store, int64_t id)
{
    struct wave wave;
    struct wave_totals totals = {0};
    int result = wave_load(store, id, &wave);
    if (!result && strcmp(wave.state, "draft") != 0)
        return -EINVAL;
    if (!result)
        result = wave_totals(store, id, &totals);
    if (!result)
        result = wave_set_state(store, id, totals.orders > 0 ? "released" : "cancelled");
    if (!result)
        result = replenish_for_wave(store, id);
    return result ? result : note_wave(store, totals.orders > 0 ? "wave.released" : "wave.cancelled", &wave, &totals);
}

/* ---------------------------------------------------------------- an order leaves */

static int note_kicked(struct store *store, const struct order *order, const struct wave *wave, const char *reason)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", order->number);
    json_text(&data, "wave", wave->number);
    json_text(&data, "reason", reason);
    json_close_object(&data);
    return note(store, "order.kicked", "order", order->number, &data, NULL);
}

int wave_kick(struct store *store, const struct order *order, const char *reason)
{
    struct totals totals;
    struct wave wave;
    if (!order->wave)
        return -ENOENT;
    int64_t worker = order->worker;
    int result = worker ? 0 : order_claimed(store, order->id, &worker);
    if (!result || result == -ENOENT)
        result = order_totals(store, order->id, &totals);
    if (!result)
        result = wave_load(store, order->wave, &wave);
    if (result)
        return result;
    bool waits = strcmp(order->state, "allocated") == 0, begun = strcmp(order->state, "picking") == 0;
    if (worker || totals.picked > 0 || !(waits || begun))
        return -EBUSY;
    result = order_set_wave(store, order->id, 0);
    if (!result && begun)
        result = order_set_state(store, order->id, "allocated", "");
    if (!result && begun)
        result = lpn_free_totes(store, order->id); /* there is nothing in them */
    if (!result)
        result = note_kicked(store, order, &wave, reason);
    return result ? result : batch_follow(store, wave.id);
}

static bool is_in_sum(const struct wave *wave)
{
    return strcmp(wave->kind, "wall") == 0 || strcmp(wave->kind, "express") == 0;
}

bool wave_holds(struct store *store, const struct order *order)
{
    struct wave wave;
    if (!order->wave || order->worker || wave_load(store, order->wave, &wave) != 0)
        return false;
    bool begun = strcmp(order->state, "picking") == 0 || strcmp(order->state, "picked") == 0;
    return strcmp(order->state, "allocated") == 0 || (begun && is_in_sum(&wave) && !lpn_holds_order(store, order->id));
}

int wave_drop_cancelled(struct store *store, const struct order *order, const char *reason)
{
    struct totals totals;
    struct wave wave;
    int result = wave_load(store, order->wave, &wave);
    if (!result)
        result = order_totals(store, order->id, &totals);
    if (!result)
        result = order_set_state(store, order->id, "cancelled", reason);
    if (!result && totals.picked + totals.refused == 0) /* otherwise its lines tell what is left over in the tote */
        result = order_set_wave(store, order->id, 0);
    return result ? result : note_kicked(store, order, &wave, "cancelled");
}

static bool is_live(const struct order *order)
{
    static const char *const states[] = {"allocated", "picking", "picked", "packing"};
    for (size_t i = 0; i < COUNT(states); i++)
        if (strcmp(states[i], order->state) == 0)
            return true;
    return false;
}

int wave_cancel(struct store *store, int64_t id, int64_t *ret_going_on)
{
    struct wave wave;
    struct wave_totals totals;
    struct order order = {0};
    int64_t going_on = 0, at = 0;
    bool empty = false;
    int result = wave_load(store, id, &wave);
    if (!result && (strcmp(wave.state, "closed") == 0 || strcmp(wave.state, "cancelled") == 0))
        return -EINVAL;
    if (!result)
        result = wave_totals(store, id, &totals);
    while (!result && (result = wave_order_after(store, id, at, &at)) == 0) {
        result = order_load(store, at, &order);
        if (!result)
            result = wave_kick(store, &order, "wave cancelled");
        if (result == -EBUSY) {
            result = 0;
            going_on += is_live(&order);
        }
    }
    if (result == -ENOENT)
        result = wave_is_empty(store, id, &empty);
    if (!result && empty)
        result = wave_set_state(store, id, "cancelled");
    if (!result && empty)
        result = note_wave(store, "wave.cancelled", &wave, &totals);
    if (!result)
        *ret_going_on = going_on;
    return result;
}

int wave_close_if_done(struct store *store, int64_t id)
{
    struct wave wave;
    struct wave_totals totals;
    int result = wave_done(store, id);
    if (!result)
        result = wave_load(store, id, &wave);
    if (!result)
        result = wave_totals(store, id, &totals);
    if (!result)
        result = wave_set_state(store, id, "closed");
    if (!result)
        result = note_wave(store, "wave.closed", &wave, &totals);
    return result == -ENOENT ? 0 : result;
}

/* ---------------------------------------------------------------- a supervisor at the menu */

/* Plans what waits and releases it. */
int wave_start(struct scan *scan)
{
    struct wave_plan plan;
    int64_t draft, waves = 0;
    int result = wave_plan(scan->store, &plan);
    while (!result && (result = wave_draft(scan->store, &draft)) == 0) {
        result = wave_release(scan->store, draft);
        waves++;
    }
    if (result != -ENOENT)
        return result;
    if (waves == 0)
        return refuse_no_work(scan);
    json_int(record_start(scan), "waves", waves);
    json_int(&scan->data, "orders", plan.orders);
    result = record(scan, "wave.started", "worker", scan->worker.code);
    if (!result)
        result = undo_border(scan);
    struct answer *answer = accept_with(scan, DONE_WAVES);
    answer_number(answer, "n", waves);
    answer_number(answer, "o", plan.orders);
    return result;
}
