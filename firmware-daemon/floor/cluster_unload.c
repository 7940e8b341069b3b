/* A cluster's totes on their way off the cart: all to one place, or one by one, and one that is full before its time.
 */
#include "floor/cluster.h"
#include "store/picking.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

/* One tote by itself. */
static int choose(struct scan *scan, const struct lpn *tote, enum message message)
{
    int result = tote_unload_ask(scan, tote, message);
    scan->session.plate = tote->id;
    go(scan, "cluster.unload_at");
    return result;
}

/* The tote of the order in hand. */
int cluster_full_here(struct scan *scan)
{
    struct lpn tote;
    int64_t own;
    int result = picking_tote(scan->store, scan->session.order, &own);
    if (result == -ENOENT)
        return refuse_not_now(scan);
    if (!result)
        result = lpn_load(scan->store, own, &tote);
    return result ? result : choose(scan, &tote, DONE_FULL);
}

int cluster_full_somewhere(struct scan *scan)
{
    json_text(record_start(scan), "worker", scan->worker.code);
    int result = record(scan, "pick.unload", "worker", scan->worker.code);
    if (!result)
        result = undo_allow(scan, "pick.unload");
    go(scan, "cluster.full");
    accept_with(scan, DONE_FULL_ASKED);
    return result;
}

/* One of his, and on the cart. */
static int check_mine(struct scan *scan, const struct lpn *tote)
{
    struct order order = {0};
    int result = tote->order ? order_load(scan->store, tote->order, &order) : 0;
    if (result)
        return result;
    if (order.worker == scan->session.worker && tote->location == LOCATION_FLOOR)
        return 0;
    return tote->order ? tote_check(scan, tote, 0) : refuse_other_code(scan, "a tote of your cart", "车上的周转箱");
}

int cluster_accept_one(struct scan *scan)
{
    struct lpn tote;
    int result = lpn_load(scan->store, scan->target.id, &tote);
    if (!result)
        result = check_mine(scan, &tote);
    bool early = strcmp(scan->session.step, "cluster.full") == 0;
    return result ? result : choose(scan, &tote, early ? DONE_FULL : DONE_ONE_BY_ONE);
}

/* Nothing of the order is open, in the hands or in another tote on the cart. */
static int is_last(struct scan *scan, const struct order *order, bool *ret)
{
    struct totals totals;
    int64_t totes = 0;
    int result = order_totals(scan->store, order->id, &totals);
    if (!result)
        result = picking_count_totes(scan->store, order->id, &totes);
    if (!result)
        *ret = totals.open == 0 && totes == 1 && (scan->session.order != order->id || cluster_hands_are_empty(scan));
    return result;
}

/* FLOOR_REFUSED, with the answer, when the place is not this order's. */
static int unload(struct scan *scan, int64_t tote, const struct location *place)
{
    struct lpn plate;
    struct order order;
    bool last;
    int result = lpn_load(scan->store, tote, &plate);
    if (!result)
        result = order_load(scan->store, plate.order, &order);
    if (!result)
        result = tote_check_place(scan, &order, place);
    if (!result)
        result = is_last(scan, &order, &last);
    return result ? result : tote_put_down(scan, &order, tote, place, last);
}

static int unloaded(struct scan *scan, const struct location *place, int64_t totes)
{
    int result = undo_border(scan);
    struct answer *answer = accept_with(scan, DONE_UNLOADED);
    answer_number(answer, "n", totes);
    answer_text(answer, "l", place->code);
    if (result)
        return result;
    if (cluster_hands_are_empty(scan))
        return cluster_way.go_on(scan, 0);
    scan->session.plate = 0;
    go(scan, "cluster.tote");
    return 0;
}

int cluster_accept_unload_at(struct scan *scan)
{
    struct location place;
    int result = location_load(scan->store, scan->target.id, &place);
    if (!result)
        result = unload(scan, scan->session.plate, &place);
    return result ? result : unloaded(scan, &place, 1);
}

/* All totes that belong there; a cancelled order's to the return shelf, by themselves. */
static int unload_all(struct scan *scan)
{
    struct location place;
    int64_t tote = 0, totes = 0;
    int result = location_load(scan->store, scan->target.id, &place);
    while (!result && (result = picking_tote_after(scan->store, scan->session.worker, tote, &tote)) == 0) {
        result = unload(scan, tote, &place);
        totes += !result;
        if (result == FLOOR_REFUSED)
            result = 0;
    }
    if (result != -ENOENT)
        return result;
    return totes ? unloaded(scan, &place, totes) : FLOOR_REFUSED; /* with what the last one said */
}

int cluster_accept_unload(struct scan *scan)
{
    return scan->target.kind == CODE_TOTE ? cluster_accept_one(scan) : unload_all(scan);
}

/* ---------------------------------------------------------------- what is shown */

int cluster_show_full(struct scan *scan, struct view *view)
{
    view->expect = "tote";
    answer_set(&view->prompt, ASK_FULL);
    return cluster_progress(scan, view);
}

static int show_place(struct scan *scan, struct view *view, int64_t tote, enum message ask)
{
    struct lpn plate;
    struct order order;
    int result = lpn_load(scan->store, tote, &plate);
    if (!result)
        result = order_load(scan->store, plate.order, &order);
    if (result)
        return result;
    view->expect = "stage";
    answer_set(&view->prompt, tote_ask_place(&order, ask));
    answer_text(&view->prompt, "o", order.number);
    answer_text(&view->prompt, "t", plate.code);
    return cluster_progress(scan, view);
}

int cluster_show_unload_at(struct scan *scan, struct view *view)
{
    return show_place(scan, view, scan->session.plate, ASK_UNLOAD_ONE);
}

int cluster_show_unload(struct scan *scan, struct view *view)
{
    int64_t tote;
    int result = picking_tote_after(scan->store, scan->session.worker, 0, &tote);
    return result ? result : show_place(scan, view, tote, ASK_UNLOAD);
}
