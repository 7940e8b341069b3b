/* Discrete picking, one order at a time: place, item by item, tote (bound by the first line), stage.
 *
 *   pick.location -> pick.item -> [pick.tote] -> pick.location ... -> pick.stage -> menu
 *                    [pick.force] another lot, with a supervisor · [pick.damaged] which piece
 *
 * Stock moves at each item scan: from the bin into the tote, or into the worker's hands until a tote is bound. */
#include "floor/pick_bin.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

/* Where the order still needs something: the same bin, the next one, or the stage. */
static int go_on(struct scan *scan, int64_t here)
{
    struct allocation next;
    int result = allocation_next(scan->store, scan->session.order, &scan->session.allocation);
    if (result == -ENOENT) {
        scan->session.allocation = 0;
        go(scan, "pick.stage");
        return 0;
    }
    if (!result)
        result = allocation_load(scan->store, scan->session.allocation, &next);
    if (!result)
        go(scan, next.location == here ? "pick.item" : "pick.location");
    return result;
}

static int drop(struct scan *scan, const struct order *order)
{
    (void)order;
    leave_flow(scan);
    return 0;
}

static int stop(struct scan *scan, const struct order *order, bool picked)
{
    scan->session.allocation = 0;
    if (picked)
        go(scan, scan->session.tote ? "pick.stage" : "pick.tote");
    return picked ? 0 : drop(scan, order);
}

const struct pick_way pick_way = {"pick", go_on, drop, stop};

int pick_start(struct scan *scan)
{
    struct store *store = scan->store;
    struct order order;
    struct totals totals;
    int result = order_next(store, &scan->session.order);
    if (result == -ENOENT)
        return refuse(scan, E27_NO_WORK, NULL, NULL);
    if (!result)
        result = order_load(store, scan->session.order, &order);
    if (!result)
        result = order_totals(store, order.id, &totals);
    if (!result)
        result = order_set_state(store, order.id, "picking", "");
    if (!result)
        result = order_set_worker(store, order.id, scan->session.worker);
    if (result)
        return result;
    json_text(record_start(scan), "order", order.number);
    result = record(scan, "pick.started", "order", order.number);
    if (!result)
        result = undo_border(scan);
    struct answer *answer = accept_with(scan, DONE_PICK_STARTED);
    answer_text(answer, "o", order.number);
    answer_number(answer, "n", totals.ordered);
    return result ? result : go_on(scan, 0);
}

/* Of the order in hand: where it is taken up again, nothing is lost. */
static int leave(struct scan *scan)
{
    struct store *store = scan->store;
    struct order order;
    int result = order_load(store, scan->session.order, &order);
    if (!result)
        result = order_set_worker(store, order.id, 0);
    if (!result && !scan->session.tote)
        result = order_set_state(store, order.id, "allocated", "");
    if (result)
        return result;
    json_text(record_start(scan), "order", order.number);
    result = record(scan, "pick.left", "order", order.number);
    if (!result)
        result = undo_border(scan);
    accept_with(scan, DONE_LEFT);
    leave_flow(scan);
    return result;
}

/* Whose it is: the worker of all of it, or of lines in a zone. 0: nobody's. */
static int check_lease(struct scan *scan, const struct order *order)
{
    int64_t worker = order->worker;
    int result = worker ? 0 : allocation_claimed(scan->store, order->id, &worker);
    if (result && result != -ENOENT)
        return result;
    return worker && worker != scan->session.worker ? refuse_taken(scan, worker) : 0;
}

int pick_open(struct scan *scan, int64_t plate)
{
    struct order order;
    struct lpn tote;
    struct totals totals;
    int result = lpn_load(scan->store, plate, &tote);
    if (!result)
        result = order_load(scan->store, tote.order, &order);
    if (!result)
        result = check_lease(scan, &order);
    if (!result)
        result = order_totals(scan->store, order.id, &totals);
    if (!result)
        result = order_set_worker(scan->store, order.id, scan->session.worker);
    if (result)
        return result;
    json_text(record_start(scan), "order", order.number);
    json_text(&scan->data, "tote", tote.code);
    result = record(scan, "pick.started", "order", order.number);
    if (!result)
        result = ledger_move_lpn(scan->store, scan->seq, tote.id, LOCATION_FLOOR, "tote");
    if (!result)
        result = undo_border(scan);
    scan->session.order = order.id;
    scan->session.tote = tote.id;
    struct answer *answer = accept_with(scan, DONE_PICK_STARTED);
    answer_text(answer, "o", order.number);
    answer_number(answer, "n", totals.open);
    return result ? result : go_on(scan, 0);
}

static int accept_tote(struct scan *scan)
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
    return go_on(scan, here);
}

static int accept_stage(struct scan *scan)
{
    struct store *store = scan->store;
    struct order order;
    struct location place;
    int result = order_load(store, scan->session.order, &order);
    if (!result)
        result = location_load(store, scan->target.id, &place);
    if (!result)
        result = tote_check_place(scan, &order, &place);
    if (!result)
        result = tote_put_down(scan, &order, scan->session.tote, &place);
    if (!result)
        result = order.cancelled          ? order_set_state(store, order.id, "cancelled", "")
                 : tote_goes_back(&order) ? 0
                                          : order_set_state(store, order.id, "picked", "");
    if (!result)
        result = order_set_worker(store, order.id, 0);
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    struct answer *answer = accept_with(scan, DONE_STAGED);
    answer_text(answer, "o", order.number);
    answer_text(answer, "l", place.code);
    leave_flow(scan);
    return 0;
}

static int show_order(struct scan *scan, struct view *view, struct order *ret)
{
    struct totals totals;
    int result = order_load(scan->store, scan->session.order, ret);
    if (!result)
        result = order_totals(scan->store, ret->id, &totals);
    if (result)
        return result;
    answer_set(&view->details[0], NOTE_ORDER);
    answer_text(&view->details[0], "o", ret->number);
    answer_text(&view->details[0], "c", ret->carrier);
    view->detail_count = 1;
    view->done = totals.picked;
    view->need = totals.picked + totals.open;
    return 0;
}

static int show_tote(struct scan *scan, struct view *view)
{
    struct order order;
    view->expect = "tote";
    answer_set(&view->prompt, ASK_TOTE);
    return show_order(scan, view, &order);
}

static int show_stage(struct scan *scan, struct view *view)
{
    struct order order;
    int result = show_order(scan, view, &order);
    if (result)
        return result;
    view->expect = "stage";
    answer_set(&view->prompt, order.cancelled          ? ASK_RETURN_SHELF
                              : tote_goes_back(&order) ? ASK_SHORT_SHELF
                                                       : ASK_STAGE);
    answer_text(&view->prompt, "o", order.number);
    return 0;
}

static const struct command at_location[] = {
    {.name = "SKIP", .run = bin_skip}, {.name = "DONE", .run = leave}, {.name = NULL}};

static const struct step steps[] = {
    {"pick.location", BIT(CODE_LOCATION), "the place", "库位", bin_arrive, bin_show_location, .commands = at_location},
    {"pick.item", BIT(CODE_ITEM), "the item", "商品", bin_item, bin_show_item, bin_at_item, .take = bin_take,
     .needs = pick_needs},
    {"pick.damaged", BIT(CODE_ITEM), "the damaged piece", "残次品", bin_item, bin_show_damaged, .commands = NULL,
     .take = bin_take_damaged, .needs = pick_needs},
    {"pick.force", BIT(CODE_BADGE), "a supervisor's badge", "主管工牌", bin_accept_force, bin_show_force,
     .commands = NULL},
    {"pick.tote", BIT(CODE_TOTE), "a tote", "周转箱", accept_tote, show_tote, .commands = NULL},
    {"pick.stage", BIT(CODE_LOCATION), "the stage", "集货区", accept_stage, show_stage, .commands = NULL},
    {.name = NULL},
};

static int undo_tote(struct scan *scan, const struct action *action)
{
    (void)action;
    return lpn_assign(scan->store, scan->session.tote, 0);
}

static const struct undo undos[] = {{"pick.located", "the place", "库位", NULL},
                                    {"pick.line", "the piece", "拣货", bin_undo_line},
                                    {"pick.tote", "the tote", "周转箱", undo_tote},
                                    {"pick.force_asked", "the question", "授权请求", NULL},
                                    {"pick.forced", "the permission", "授权", NULL},
                                    {"pick.damage_asked", "the damage", "残次", NULL},
                                    {.type = NULL}};

const struct flow pick_flow = {"pick", steps, undos};
