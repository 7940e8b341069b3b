/* Close-out: a gate, its carrier's parcels, DONE. Only then have they left.
 *
 *   menu -> ship.parcel ... -> menu */
#include "floor/rule.h"

#include "base/json.h"
#include "floor/parcel.h"
#include "floor/settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int ship_open(struct scan *scan, int64_t gate_id)
{
    struct location gate;
    struct manifest manifest;
    bool new;
    int64_t count = 0;
    int result = location_load(scan->store, gate_id, &gate);
    if (!result && strcmp(gate.kind, "gate") != 0)
        return refuse_other_code(scan, "what you will do, a tote, a document or a gate", "作业、周转箱、单据或出口");
    if (!result)
        result = manifest_open(scan->store, gate_id, gate.carrier, &manifest, &new);
    if (!result)
        result = manifest_count(scan->store, manifest.id, &count);
    if (result)
        return result;
    json_text(record_start(scan), "manifest", manifest.number);
    json_text(&scan->data, "gate", gate.code);
    json_text(&scan->data, "carrier", gate.carrier);
    json_bool(&scan->data, "resumed", !new);
    result = record(scan, "manifest.opened", "manifest", manifest.number);
    if (!result)
        result = undo_border(scan);
    scan->session.manifest = manifest.id;
    go(scan, "ship.parcel");
    struct answer *answer = accept_with(scan, DONE_GATE);
    answer_text(answer, "m", manifest.number);
    answer_number(answer, "n", count);
    return result;
}

/* What the scale has not seen does not leave, unless a supervisor let it pass. */
static int check_weight(struct scan *scan, const struct parcel *parcel)
{
    int64_t weigh;
    int result = setting_get(scan->store, SETTING_weigh_parcels, &weigh);
    if (result || weigh != WEIGH_ALWAYS || parcel->weight_g || parcel->forced)
        return result;
    return refuse_other_code(scan, "it at a bench and weigh it", "打包台并称重");
}

static int check_parcel(struct scan *scan, const struct parcel *parcel, const struct order *order,
                        const struct manifest *manifest)
{
    if (strcmp(parcel->state, "handed") == 0 || parcel->manifest) {
        struct manifest other;
        int result = manifest_load(scan->store, parcel->manifest, &other);
        return result ? result : refuse(scan, E19_DUPLICATE, "m", other.number);
    }
    if (order->cancelled)
        return refuse_cancelled(scan, order);
    if (strcmp(parcel->state, "labelled") != 0)
        return refuse_other_code(scan, "the label at the packing bench", "打包台的面单");
    if (order->worker)
        return refuse_taken(scan, order->worker);
    if (*manifest->carrier && strcmp(manifest->carrier, order->carrier) != 0) {
        struct answer *answer = refusal(scan, E16_CARRIER);
        answer_text(answer, "c", order->carrier);
        answer_text(answer, "g", manifest->carrier);
        return FLOOR_REFUSED;
    }
    return check_weight(scan, parcel);
}

static void write_parcel(struct buf *data, const struct order *order, const struct parcel *parcel,
                         const struct manifest *manifest)
{
    char name[PARCEL_NAME_MAX];
    parcel_name(order, name);
    json_text(data, "order", order->number);
    json_text(data, "parcel", name);
    json_text(data, "waybill", parcel->waybill);
    json_text(data, "manifest", manifest->number);
    json_text(data, "carrier", order->carrier);
}

/* It was cancelled after it was loaded: off the van again. */
static int unload(struct scan *scan, const struct parcel *parcel, const struct order *order,
                  const struct manifest *manifest)
{
    write_parcel(record_start(scan), order, parcel, manifest);
    int result = record(scan, "manifest.unloaded", "manifest", manifest->number);
    if (!result)
        result = parcel_load_on(scan->store, parcel->id, 0);
    if (!result)
        result = undo_border(scan);
    answer_text(accept_with(scan, DONE_OFF_VAN), "o", order->number);
    return result;
}

static int accept_parcel(struct scan *scan)
{
    struct parcel parcel;
    struct order order;
    struct manifest manifest;
    int result = parcel_load(scan->store, scan->target.id, &parcel);
    if (!result)
        result = order_load(scan->store, parcel.order, &order);
    if (!result)
        result = manifest_load(scan->store, scan->session.manifest, &manifest);
    if (!result && order.cancelled && parcel.manifest == manifest.id)
        return unload(scan, &parcel, &order, &manifest);
    if (!result)
        result = check_parcel(scan, &parcel, &order, &manifest);
    if (!result)
        result = parcel_load_on(scan->store, parcel.id, manifest.id);
    if (result)
        return result;
    write_parcel(record_start(scan), &order, &parcel, &manifest);
    result = record(scan, "manifest.loaded", "manifest", manifest.number);
    if (!result)
        result = undo_allow(scan, "manifest.loaded");
    scan->session.parcel = parcel.id; /* what UNDO takes off again */
    answer_text(accept_with(scan, DONE_LOADED), "w", parcel.waybill);
    return result;
}

static int hand_over(struct scan *scan, int64_t parcel_id, const struct manifest *manifest)
{
    struct store *store = scan->store;
    struct parcel parcel;
    struct order order;
    int result = parcel_load(store, parcel_id, &parcel);
    if (!result)
        result = order_load(store, parcel.order, &order);
    if (!result && order.cancelled)
        return refuse_cancelled(scan, &order);
    if (result)
        return result;
    write_parcel(record_start(scan), &order, &parcel, manifest);
    result = record(scan, "parcel.shipped", "order", order.number);
    if (!result)
        result = ledger_ship(store, scan->seq, order.id, parcel.lpn);
    if (!result)
        result = parcel_set_state(store, parcel.id, "handed");
    return result ? result : order_set_state(store, order.id, "handed", "");
}

/* The list that goes with the driver. */
static int queue_list(struct scan *scan, const struct manifest *manifest, int64_t count)
{
    CLEANUP_BUF struct buf data = {0};
    char key[STORE_CODE_MAX + 16];
    struct location gate;
    int result = location_load(scan->store, manifest->gate, &gate);
    if (result)
        return result;
    json_open_object(&data, NULL);
    json_text(&data, "manifest", manifest->number);
    json_text(&data, "carrier", manifest->carrier);
    json_text(&data, "gate", gate.code);
    json_int(&data, "count", count);
    json_open_array(&data, "parcels");
    result = manifest_write_parcels(scan->store, manifest->id, &data);
    json_close_array(&data);
    json_close_object(&data);
    snprintf(key, sizeof(key), "manifest:%s", manifest->number);
    if (result || data.failed)
        return result ? result : -ENOMEM;
    return print_job_queue(
        scan->store,
        &(struct print_request){.key = key, .template = "manifest", .data = data.data, .copy = 1, .reason = ""});
}

static int close_manifest(struct scan *scan)
{
    struct manifest manifest;
    int64_t parcel = 0, count = 0;
    int result = manifest_load(scan->store, scan->session.manifest, &manifest);
    while (!result && (result = manifest_next(scan->store, manifest.id, parcel, &parcel)) == 0) {
        result = hand_over(scan, parcel, &manifest);
        count++;
    }
    if (result != -ENOENT)
        return result;
    if (count == 0)
        return refuse_not_now(scan);
    result = manifest_close(scan->store, manifest.id);
    if (!result)
        result = queue_list(scan, &manifest, count);
    json_text(record_start(scan), "manifest", manifest.number);
    json_int(&scan->data, "parcels", count);
    if (!result)
        result = record(scan, "manifest.closed", "manifest", manifest.number);
    if (!result)
        result = session_leave_manifest(scan->store, manifest.id);
    scan->session.manifest = scan->session.parcel = scan->session.undo = 0;
    go(scan, "menu");
    struct answer *answer = accept_with(scan, DONE_MANIFEST);
    answer_text(answer, "m", manifest.number);
    answer_number(answer, "n", count);
    return result;
}

/* The manifest stays open; anybody can go on with it by scanning the gate. */
static int leave(struct scan *scan)
{
    struct manifest manifest;
    int result = manifest_load(scan->store, scan->session.manifest, &manifest);
    if (result)
        return result;
    json_text(record_start(scan), "manifest", manifest.number);
    result = record(scan, "manifest.left", "manifest", manifest.number);
    if (!result)
        result = undo_border(scan);
    scan->session.manifest = scan->session.parcel = 0;
    go(scan, "menu");
    accept_with(scan, DONE_LEFT);
    return result;
}

static int show_parcel(struct scan *scan, struct view *view)
{
    struct manifest manifest;
    int64_t count = 0;
    int result = manifest_load(scan->store, scan->session.manifest, &manifest);
    if (!result)
        result = manifest_count(scan->store, manifest.id, &count);
    if (result)
        return result;
    view->expect = "parcel";
    answer_set(&view->prompt, ASK_PARCEL);
    answer_set(&view->details[0], NOTE_MANIFEST);
    answer_text(&view->details[0], "m", manifest.number);
    answer_text(&view->details[0], "c", manifest.carrier);
    answer_set(&view->details[1], DONE_GATE);
    answer_text(&view->details[1], "m", manifest.number);
    answer_number(&view->details[1], "n", count);
    view->detail_count = 2;
    return 0;
}

static const struct command at_gate[] = {
    {.name = "DONE", .run = close_manifest, .final = true}, {.name = "SKIP", .run = leave}, {.name = NULL}};

static const struct step steps[] = {
    {"ship.parcel", BIT(CODE_WAYBILL), "a parcel's waybill", "包裹面单", accept_parcel, show_parcel,
     .commands = at_gate},
    {.name = NULL},
};

static int undo_loaded(struct scan *scan, const struct action *action)
{
    (void)action;
    return parcel_load_on(scan->store, scan->session.parcel, 0);
}

static const struct undo undos[] = {{"manifest.loaded", "the parcel", "装车", undo_loaded}, {.type = NULL}};

const struct flow ship_flow = {.name = "ship", .steps = steps, .undos = undos};
