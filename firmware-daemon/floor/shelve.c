/* Goods of an order that do not leave, because it was cancelled or a piece was not packed: out of the parcel into a
 * tote, with the tote to the return shelf, and from there they are put away.
 *
 *   some step -> [parcel.tote] -> parcel.shelf -> menu */
#include "floor/parcel.h"
#include "floor/pick_bin.h"
#include "floor/wave.h"

#include "base/json.h"
#include "base/text.h"
#include "floor/waybill.h"
#include "store/document.h"

#include <errno.h>
#include <string.h>

static bool is_carried(const struct lpn *plate)
{
    return strcmp(plate->kind, "tote") == 0;
}

static int record_unpacked(struct scan *scan, const struct order *order, const struct parcel *parcel,
                           const struct lpn *tote)
{
    char name[PARCEL_NAME_MAX];
    parcel_name(order, name);
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "parcel", name);
    json_text(&scan->data, "waybill", *parcel->waybill ? parcel->waybill : NULL);
    json_text(&scan->data, "tote", tote->code);
    json_bool(&scan->data, "cancelled", order->cancelled);
    return record(scan, "parcel.unpacked", "parcel", name);
}

/* What was packed is in the tote. The parcel of an order that goes on will be packed again, under another number. */
int parcel_unpack(struct scan *scan, const struct order *order, const struct lpn *tote)
{
    struct store *store = scan->store;
    struct parcel parcel;
    int result = parcel_load(store, scan->session.parcel, &parcel);
    if (!result && strcmp(parcel.state, "handed") == 0)
        return refuse(scan, E24_LATE, NULL, NULL);
    if (!result)
        result = print_jobs_void_all(store, parcel.id, "unpacked");
    if (result == -EBUSY)
        return refuse_not_now(scan);
    if (!result)
        result = record_unpacked(scan, order, &parcel, tote);
    if (!result)
        result = ledger_unpack(store, scan->seq, order->id, parcel.lpn, tote->id);
    if (!result && order->cancelled)
        return parcel_set_state(store, parcel.id, "unpacked");
    if (!result)
        result = waybill_give_up(store, order, "the parcel was unpacked");
    if (!result)
        result = waybill_detach(store, order->id);
    return result ? result : parcel_reopen(store, parcel.id);
}

/* ---------------------------------------------------------------- into a tote */

/* With goods on a tote of its own it goes on without its wave. */
static int unpack_alone(struct scan *scan, const struct order *order, const struct lpn *tote)
{
    int result = parcel_unpack(scan, order, tote);
    return result || !order->wave ? result : order_set_wave(scan->store, order->id, 0);
}

static int go_to_shelf(struct scan *scan, const struct order *order, const struct lpn *tote)
{
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "tote", tote->id ? tote->code : NULL);
    int result = record(scan, "order.to_shelf", "order", order->number);
    if (!result)
        result = undo_border(scan);
    go(scan, is_carried(tote) ? "parcel.shelf" : "parcel.tote");
    return result;
}

int shelve_begin(struct scan *scan, const struct order *order, enum message message)
{
    struct lpn tote = {0};
    int result = scan->session.tote ? lpn_load(scan->store, scan->session.tote, &tote) : 0;
    if (!result && is_carried(&tote) && scan->session.parcel)
        result = unpack_alone(scan, order, &tote);
    if (!result)
        result = order_set_worker(scan->store, order->id, scan->session.worker);
    if (!result)
        result = go_to_shelf(scan, order, &tote);
    if (result)
        return result;
    answer_text(accept_with(scan, message), "o", order->number);
    return 0;
}

int shelve_rest(struct scan *scan, const struct order *order)
{
    struct lpn tote;
    int result = lpn_load(scan->store, scan->session.tote, &tote);
    scan->session.parcel = 0;
    return result ? result : go_to_shelf(scan, order, &tote);
}

/* Out of the slot that they lie in. */
static int empty_slot(struct scan *scan, const struct order *order, const struct lpn *tote)
{
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "tote", tote->code);
    int result = record(scan, "pick.tote", "order", order->number);
    if (!result)
        result = ledger_move_contents(scan->store, scan->seq, scan->session.tote, tote->id, "tote");
    return result ? result : lpn_assign(scan->store, scan->session.tote, 0);
}

/* The order goes on: its pieces are checked again by whoever scans the tote. */
static int pack_again(struct scan *scan, const struct order *order)
{
    int result = order_set_state(scan->store, order->id, "picked", "");
    if (!result)
        result = order_set_worker(scan->store, order->id, 0);
    leave_flow(scan);
    return result;
}

int unpack_into(struct scan *scan)
{
    struct order order;
    struct lpn tote;
    int result = order_load(scan->store, scan->session.order, &order);
    if (!result)
        result = lpn_load(scan->store, scan->target.id, &tote);
    if (!result)
        result = tote_check(scan, &tote, 0);
    bool again = scan->session.parcel && !order.cancelled;
    if (!result && scan->session.tote)
        result = empty_slot(scan, &order, &tote);
    if (!result && scan->session.parcel)
        result = unpack_alone(scan, &order, &tote);
    if (!result)
        result = lpn_assign(scan->store, tote.id, order.id);
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    answer_text(accept_with(scan, DONE_UNPACKED), "t", tote.code);
    scan->session.tote = tote.id;
    if (again)
        return pack_again(scan, &order);
    go(scan, "parcel.shelf");
    return 0;
}

int unpack_show(struct scan *scan, struct view *view)
{
    struct order order = {0};
    int result = order_load(scan->store, scan->session.order, &order);
    view->expect = "tote";
    view->cancelled = order.cancelled;
    answer_set(&view->prompt, ASK_UNPACK_TOTE);
    answer_text(&view->prompt, "o", order.number);
    return result;
}

/* ---------------------------------------------------------------- to the shelf */

int shelve_tote(struct scan *scan, const struct order *order, int64_t tote, const struct location *place)
{
    struct store *store = scan->store;
    struct task task = {.lpn = tote, .from_location = place->id};
    struct lpn plate;
    int result = lpn_load(store, tote, &plate);
    if (result)
        return result;
    bool empty = lpn_is_empty(store, tote);
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "location", place->code);
    json_text(&scan->data, "tote", plate.code);
    result = ledger_write_plate(store, tote, &scan->data);
    if (!result)
        result = record(scan, "pick.returned", "order", order->number);
    if (!result)
        result = ledger_move_lpn(store, scan->seq, tote, place->id, "stage");
    if (!result)
        result = lpn_assign(store, tote, 0);
    text_copy(task.kind, sizeof(task.kind), "putaway");
    text_copy(task.reason, sizeof(task.reason), order->cancelled ? "order cancelled" : "not packed");
    return result || empty ? result : task_insert(store, &task, &task.id);
}

int shelve_at(struct scan *scan)
{
    struct store *store = scan->store;
    struct order order;
    struct lpn tote;
    struct location place;
    int result = order_load(store, scan->session.order, &order);
    if (!result)
        result = lpn_load(store, scan->session.tote, &tote);
    if (!result)
        result = location_load(store, scan->target.id, &place);
    if (result)
        return result;
    if (strcmp(place.kind, "return") != 0)
        return refuse_place(scan, "a return shelf · 退货架", place.code);
    result = shelve_tote(scan, &order, tote.id, &place);
    if (!result && order.cancelled)
        result = order_set_state(store, order.id, "cancelled", "");
    if (!result && order.worker == scan->session.worker) /* what is left of a labelled parcel holds nobody up */
        result = order_set_worker(store, order.id, 0);
    if (!result)
        result = undo_border(scan);
    leave_flow(scan);
    struct answer *answer = accept_with(scan, DONE_SHELVED);
    answer_text(answer, "t", tote.code);
    answer_text(answer, "l", place.code);
    return result;
}

int shelve_show(struct scan *scan, struct view *view)
{
    struct order order = {0};
    struct lpn tote = {0};
    int result = order_load(scan->store, scan->session.order, &order);
    if (!result)
        result = lpn_load(scan->store, scan->session.tote, &tote);
    view->expect = "location";
    view->cancelled = order.cancelled;
    answer_set(&view->prompt, order.cancelled ? ASK_CANCELLED_SHELF : ASK_REST_SHELF);
    answer_text(&view->prompt, "o", order.number);
    answer_text(&view->prompt, "t", tote.code);
    return result;
}
