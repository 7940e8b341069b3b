/* Totes: bound to an order while it is picked, put down when it is; and orders that a worker lets go of, with their
 * totes or without. */
#include "floor/parcel.h"
#include "floor/pick_bin.h"
#include "floor/wave.h"

#include "base/json.h"
#include "store/picking.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int tote_check(struct scan *scan, const struct lpn *tote, int64_t order)
{
    if (tote->order && tote->order == order)
        return 0;
    if (tote->order || tote->wave)
        return refuse_plate(scan, tote);
    bool free = !tote->document && lpn_is_empty(scan->store, tote->id);
    return free ? 0 : refuse(scan, E10_NOT_EMPTY, "t", tote->code);
}

int tote_bind(struct scan *scan, const struct lpn *tote, int64_t order)
{
    struct store *store = scan->store;
    int64_t hand;
    int result = lpn_of_hand(store, scan->worker.code, &hand);
    if (!result)
        result = ledger_move_lpn(store, scan->seq, tote->id, LOCATION_FLOOR, "tote");
    if (!result)
        result = ledger_move_contents(store, scan->seq, hand, tote->id, "tote");
    return result ? result : lpn_assign(store, tote->id, order);
}

bool tote_goes_back(const struct order *order)
{
    return order->cancelled || order->refused;
}

enum message tote_ask_place(const struct order *order, enum message ask)
{
    return order->cancelled ? ASK_RETURN_SHELF : tote_goes_back(order) ? ASK_SHORT_SHELF : ask;
}

int tote_end_picking(struct store *store, const struct order *order)
{
    if (order->refused && !order->cancelled)
        return shortage_park(store, order);
    return order_set_state(store, order->id, order->cancelled ? "cancelled" : "picked", "");
}

int tote_check_place(struct scan *scan, const struct order *order, const struct location *place)
{
    bool back = tote_goes_back(order);
    if (strcmp(place->kind, back ? "return" : "stage") == 0)
        return 0;
    struct answer *answer = refusal(scan, order->cancelled ? E12_CANCELLED : E04_LOCATION);
    answer_text(answer, "o", order->number);
    answer_text(answer, "exp", back ? "a return shelf · 退货架" : "a stage · 集货区");
    answer_text(answer, "got", place->code);
    return FLOOR_REFUSED;
}

static int stand_down(struct scan *scan, const struct order *order, int64_t tote, const struct location *place,
                      bool last)
{
    struct lpn plate;
    int result = lpn_load(scan->store, tote, &plate);
    if (result)
        return result;
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "location", place->code);
    json_text(&scan->data, "tote", plate.code);
    result = record(scan, last ? "pick.staged" : "pick.put_down", "order", order->number);
    return result ? result : ledger_move_lpn(scan->store, scan->seq, tote, place->id, "stage");
}

/* An order that ends before anything of it was in a tote: what is in the hands, if anything, lies at the place. */
static int empty_hands(struct scan *scan, const struct order *order, const struct location *place)
{
    int64_t hand;
    int result = lpn_of_hand(scan->store, scan->worker.code, &hand);
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "location", place->code);
    if (!result)
        result = ledger_write_plate(scan->store, hand, &scan->data);
    if (!result)
        result = record(scan, tote_goes_back(order) ? "pick.returned" : "pick.staged", "order", order->number);
    return result ? result : ledger_put_loose(scan->store, scan->seq, hand, place->id, "stage");
}

int tote_put_down(struct scan *scan, const struct order *order, int64_t tote, const struct location *place, bool last)
{
    struct store *store = scan->store;
    int result = !tote                   ? empty_hands(scan, order, place)
                 : tote_goes_back(order) ? shelve_tote(scan, order, tote, place)
                                         : stand_down(scan, order, tote, place, last);
    if (!result && last)
        result = tote_end_picking(store, order);
    return result || !last ? result : order_set_worker(store, order->id, 0);
}

/* ---------------------------------------------------------------- the steps, where a worker has one order */

int tote_accept(struct scan *scan)
{
    struct store *store = scan->store;
    struct order order;
    struct lpn tote;
    int64_t here = 0;
    int result = order_load(store, scan->session.order, &order);
    if (!result)
        result = lpn_load(store, scan->target.id, &tote);
    if (!result)
        result = tote_check(scan, &tote, order.id);
    if (result)
        return result;
    json_text(record_start(scan), "order", order.number);
    json_text(&scan->data, "tote", tote.code);
    result = record(scan, "pick.tote", "order", order.number);
    if (!result)
        result = tote_bind(scan, &tote, order.id);
    if (!result)
        result = undo_allow(scan, "pick.tote");
    if (!result && scan->session.allocation)
        result = allocation_place(store, scan->session.allocation, &here);
    if (result)
        return result;
    scan->session.tote = tote.id;
    struct answer *answer = accept_with(scan, DONE_TOTE);
    answer_text(answer, "t", tote.code);
    answer_text(answer, "o", order.number);
    return bin_way(scan)->go_on(scan, here);
}

int tote_undo(struct scan *scan, const struct action *action)
{
    (void)action;
    bool first = lpn_is_empty(scan->store, scan->session.tote);
    return first ? lpn_assign(scan->store, scan->session.tote, 0) : 0;
}

/* The tote in hand, where its order's goods belong. */
static int put_down_here(struct scan *scan, bool last, struct order *ret_order, struct location *ret_place)
{
    int result = order_load(scan->store, scan->session.order, ret_order);
    if (!result)
        result = location_load(scan->store, scan->target.id, ret_place);
    if (!result)
        result = tote_check_place(scan, ret_order, ret_place);
    if (!result)
        result = tote_put_down(scan, ret_order, scan->session.tote, ret_place, last);
    return result ? result : undo_border(scan);
}

int tote_stage(struct scan *scan)
{
    struct order order;
    struct location place;
    int result = put_down_here(scan, true, &order, &place);
    if (result)
        return result;
    struct answer *answer = accept_with(scan, DONE_STAGED);
    answer_text(answer, "o", order.number);
    answer_text(answer, "l", place.code);
    return 0;
}

int tote_unload_ask(struct scan *scan, const struct lpn *tote, enum message message)
{
    json_text(record_start(scan), "tote", tote->code);
    int result = record(scan, "pick.unload", "tote", tote->code);
    if (!result)
        result = undo_allow(scan, "pick.unload");
    answer_text(accept_with(scan, message), "t", tote->code);
    return result;
}

int tote_full(struct scan *scan)
{
    struct lpn tote;
    if (!scan->session.tote || lpn_is_empty(scan->store, scan->session.tote))
        return refuse_not_now(scan);
    int result = lpn_load(scan->store, scan->session.tote, &tote);
    if (!result)
        result = tote_unload_ask(scan, &tote, DONE_FULL);
    bin_go(scan, "full");
    return result;
}

int tote_unload(struct scan *scan)
{
    struct order order;
    struct location place;
    int result = put_down_here(scan, false, &order, &place);
    if (result)
        return result;
    scan->session.tote = 0;
    struct answer *answer = accept_with(scan, DONE_UNLOADED);
    answer_number(answer, "n", 1);
    answer_text(answer, "l", place.code);
    return bin_way(scan)->go_on(scan, 0);
}

/* With nothing of it in tote or hands there is nothing to bring anywhere: what there is stands on a stage already. */
static int stop_empty(struct scan *scan, int64_t id)
{
    struct order order;
    int result = order_load(scan->store, id, &order);
    if (!result)
        result = tote_end_picking(scan->store, &order);
    if (!result)
        result = order_set_worker(scan->store, id, 0);
    return result ? result : bin_way(scan)->drop(scan, &order);
}

int tote_stop(struct scan *scan, const struct order *order, bool picked)
{
    int64_t hand;
    int result = lpn_of_hand(scan->store, scan->worker.code, &hand);
    if (result || !picked)
        return result ? result : bin_way(scan)->drop(scan, order);
    scan->session.allocation = 0;
    if (!scan->session.tote && lpn_is_empty(scan->store, hand))
        return stop_empty(scan, order->id);
    bin_go(scan, scan->session.tote ? "stage" : "tote");
    return 0;
}

static int show_order(struct scan *scan, struct view *view, struct order *ret)
{
    int result = order_load(scan->store, scan->session.order, ret);
    return result ? result : bin_show_order(scan, ret, view);
}

int tote_show(struct scan *scan, struct view *view)
{
    struct order order;
    view->expect = "tote";
    answer_set(&view->prompt, ASK_TOTE);
    return show_order(scan, view, &order);
}

int tote_show_full(struct scan *scan, struct view *view)
{
    struct order order;
    struct lpn tote;
    int result = show_order(scan, view, &order);
    if (!result)
        result = lpn_load(scan->store, scan->session.tote, &tote);
    if (result)
        return result;
    view->expect = "stage";
    answer_set(&view->prompt, ASK_UNLOAD_ONE);
    answer_text(&view->prompt, "t", tote.code);
    return 0;
}

int tote_show_stage(struct scan *scan, struct view *view)
{
    struct order order;
    int result = show_order(scan, view, &order);
    if (result)
        return result;
    view->expect = "stage";
    answer_set(&view->prompt, tote_ask_place(&order, ASK_STAGE));
    answer_text(&view->prompt, "o", order.number);
    return 0;
}

/* ---------------------------------------------------------------- leases */

int order_check_lease(struct scan *scan, const struct order *order)
{
    int64_t worker = order->worker;
    int result = worker ? 0 : order_claimed(scan->store, order->id, &worker);
    if (result && result != -ENOENT)
        return result;
    return worker && worker != scan->session.worker ? refuse_taken(scan, worker) : 0;
}

/* Nothing of it was taken: it waits again. Otherwise it waits for whoever brings its tote. */
static int let_go_of(struct store *store, int64_t id)
{
    struct order order;
    struct totals totals;
    int result = order_load(store, id, &order);
    if (!result)
        result = order_totals(store, id, &totals);
    if (!result)
        result = order_set_worker(store, id, 0);
    if (result || totals.picked + totals.refused > 0 || strcmp(order.state, "picking") != 0)
        return result;
    result = lpn_free_totes(store, id);
    return result ? result : order_set_state(store, id, "allocated", "");
}

int orders_let_go(struct store *store, const struct session *session)
{
    int64_t order = 0;
    int result = allocation_unclaim(store, session->worker);
    if (!result && session->order)
        result = let_go_of(store, session->order);
    while (!result && (result = picking_order_after(store, session->worker, order, &order)) == 0)
        result = let_go_of(store, order);
    return result == -ENOENT ? 0 : result;
}

int bin_leave(struct scan *scan)
{
    json_text(record_start(scan), "worker", scan->worker.code);
    int result = record(scan, "pick.left", "worker", scan->worker.code);
    if (!result)
        result = orders_let_go(scan->store, &scan->session);
    if (!result)
        result = undo_border(scan);
    accept_with(scan, DONE_LEFT);
    leave_flow(scan);
    return result;
}
