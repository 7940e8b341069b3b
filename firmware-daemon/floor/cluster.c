/* Cluster picking: several orders at once, each into its own tote, sorted while they are picked.
 *
 *   cluster.bind (a tote for each order) -> cluster.location -> cluster.item -> cluster.tote (the order's own)
 *        -> cluster.location ... -> cluster.unload -> menu
 *   [cluster.full] which tote · [cluster.unload_at] one tote by itself, to the stage before its time or at the end
 *
 * Stock moves at each item scan from the bin into the worker's hands, and at the tote's scan from there into it. */
#include "floor/cluster.h"
#include "floor/settings.h"
#include "store/picking.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool cluster_hands_are_empty(struct scan *scan)
{
    int64_t hand;
    return lpn_of_hand(scan->store, scan->worker.code, &hand) != 0 || lpn_is_empty(scan->store, hand);
}

/* To the next bin over all orders, then to the stage with what is on the cart. */
static int go_on(struct scan *scan, int64_t here)
{
    struct session *session = &scan->session;
    struct pick next;
    int64_t tote;
    session->order = session->allocation = session->plate = 0;
    int result = picking_next(scan->store, scan->session.worker, &session->allocation);
    if (!result)
        result = pick_load(scan->store, session->allocation, &next);
    if (!result) {
        session->order = next.order.id;
        go(scan, next.location.id == here ? "cluster.item" : "cluster.location");
        return 0;
    }
    if (result == -ENOENT)
        result = picking_tote_after(scan->store, scan->session.worker, 0, &tote);
    if (!result)
        go(scan, "cluster.unload");
    if (result == -ENOENT)
        leave_flow(scan);
    return result == -ENOENT ? 0 : result;
}

static int drop(struct scan *scan, const struct order *order)
{
    (void)order;
    return go_on(scan, 0);
}

/* What he has in his hands still goes into its order's tote. */
static int stop(struct scan *scan, const struct order *order, bool picked)
{
    (void)order;
    (void)picked;
    scan->session.plate = 0;
    if (strcmp(scan->session.step, "cluster.bind") == 0)
        return 0;
    if (cluster_hands_are_empty(scan))
        return go_on(scan, 0);
    go(scan, "cluster.tote");
    return 0;
}

const struct pick_way cluster_way = {"cluster", go_on, drop, stop};

/* ---------------------------------------------------------------- a tote for each order */

int cluster_start(struct scan *scan)
{
    int64_t order;
    int result = picking_wave(scan->store, "cluster", &scan->session.wave);
    if (!result || result == -ENOENT)
        result = picking_next_order(scan->store, scan->session.wave, &order);
    if (result == -ENOENT)
        return refuse_no_work(scan);
    return result ? result : begin_work(scan, "cluster", "cluster.bind", DONE_CLUSTER);
}

static int set_out(struct scan *scan, int64_t orders)
{
    json_int(record_start(scan), "orders", orders);
    int result = record(scan, "pick.cluster", "worker", scan->worker.code);
    if (!result)
        result = undo_allow(scan, "pick.cluster");
    answer_number(accept_with(scan, DONE_CLUSTER_BEGUN), "n", orders);
    if (!result)
        result = pick_plan_route(scan->store, scan->session.worker, 0);
    return result ? result : go_on(scan, 0);
}

static int bound(struct scan *scan)
{
    int64_t orders;
    int result = picking_count_orders(scan->store, scan->session.worker, &orders);
    if (result)
        return result;
    return orders ? set_out(scan, orders) : leave_work(scan, "cluster");
}

static int bind(struct scan *scan, const struct lpn *tote, const struct order *order)
{
    struct store *store = scan->store;
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "tote", tote->code);
    int result = record(scan, "pick.started", "order", order->number);
    if (!result)
        result = tote_bind(scan, tote, order->id);
    if (!result)
        result = order_set_state(store, order->id, "picking", "");
    if (!result)
        result = order_set_worker(store, order->id, scan->session.worker);
    if (!result && order->wave)
        result = picking_begin_wave(store, order->wave);
    if (!result)
        result = undo_allow(scan, "cluster.bind");
    scan->session.plate = tote->id;
    return result;
}

static int accept_bind(struct scan *scan)
{
    struct store *store = scan->store;
    struct lpn tote;
    struct order order;
    int64_t id, orders, most;
    int result = setting_get(store, SETTING_cluster_totes, &most);
    if (!result)
        result = picking_count_orders(store, scan->session.worker, &orders);
    if (!result)
        result = lpn_load(store, scan->target.id, &tote);
    if (!result)
        result = tote_check(scan, &tote, 0);
    if (result)
        return result;
    result = orders < most ? picking_next_order(store, scan->session.wave, &id) : -ENOENT;
    if (result == -ENOENT)
        return refuse_other_code(scan, "DONE", "「完成」");
    if (!result)
        result = order_load(store, id, &order);
    if (!result)
        result = bind(scan, &tote, &order);
    struct answer *answer = accept_with(scan, DONE_TOTE);
    answer_text(answer, "t", tote.code);
    answer_text(answer, "o", order.number);
    return result;
}

static int undo_bind(struct scan *scan, const struct action *action)
{
    (void)action;
    struct lpn tote;
    int result = lpn_load(scan->store, scan->session.plate, &tote);
    if (!result)
        result = order_set_state(scan->store, tote.order, "allocated", "");
    if (!result)
        result = order_set_worker(scan->store, tote.order, 0);
    return result ? result : lpn_assign(scan->store, tote.id, 0);
}

/* ---------------------------------------------------------------- into the order's own tote */

/* The one on the cart; any free one when the last was full. */
static int check_own(struct scan *scan, const struct lpn *tote, const struct order *order, bool *ret_new)
{
    int64_t own;
    struct lpn wanted;
    int result = picking_tote(scan->store, order->id, &own);
    *ret_new = result == -ENOENT;
    if (result == -ENOENT)
        return tote_check(scan, tote, 0);
    if (result || own == tote->id)
        return result;
    result = lpn_load(scan->store, own, &wanted);
    struct answer *answer = refusal(scan, E10_OWN);
    answer_text(answer, "exp", wanted.code);
    answer_text(answer, "t", tote->code);
    return result ? result : FLOOR_REFUSED;
}

static int accept_tote(struct scan *scan)
{
    struct pick pick;
    struct lpn tote;
    bool new;
    int result = bin_load(scan, &pick);
    if (!result)
        result = lpn_load(scan->store, scan->target.id, &tote);
    if (!result)
        result = check_own(scan, &tote, &pick.order, &new);
    if (result)
        return result;
    json_text(record_start(scan), "order", pick.order.number);
    json_text(&scan->data, "tote", tote.code);
    result = record(scan, "pick.tote", "order", pick.order.number);
    if (!result)
        result = tote_bind(scan, &tote, pick.order.id);
    if (!result)
        result = undo_allow(scan, new ? "cluster.tote" : "cluster.put");
    answer_text(accept_with(scan, DONE_IN_TOTE), "t", tote.code);
    if (!result)
        result = go_on(scan, pick.location.id);
    scan->session.plate = new ? tote.id : 0; /* for UNDO */
    return result;
}

static int undo_tote(struct scan *scan, const struct action *action)
{
    (void)action;
    return lpn_assign(scan->store, scan->session.plate, 0);
}

/* ---------------------------------------------------------------- what is shown */

int cluster_progress(struct scan *scan, struct view *view)
{
    struct totals totals;
    int result = picking_totals(scan->store, scan->session.worker, &totals);
    if (result)
        return result;
    view->done = totals.picked;
    view->need = totals.picked + totals.open;
    return 0;
}

static int show_bind(struct scan *scan, struct view *view)
{
    int64_t orders, most;
    int result = picking_count_orders(scan->store, scan->session.worker, &orders);
    if (!result)
        result = setting_get(scan->store, SETTING_cluster_totes, &most);
    if (result)
        return result;
    view->expect = "tote";
    answer_set(&view->prompt, ASK_CLUSTER_TOTE);
    struct answer *detail = &view->details[view->detail_count++];
    answer_set(detail, NOTE_BOUND);
    answer_number(detail, "n", orders);
    answer_number(detail, "max", most);
    return 0;
}

/* The order's tote on the cart; without one the next that comes. */
static int find_own(struct scan *scan, struct lpn *ret)
{
    int64_t own;
    int result = picking_tote(scan->store, scan->session.order, &own);
    return result ? result : lpn_load(scan->store, own, ret);
}

static int show_at_bin(struct scan *scan, struct view *view, int (*show)(struct scan *, struct view *))
{
    struct lpn own;
    int result = show(scan, view);
    if (!result)
        result = cluster_progress(scan, view);
    if (!result)
        result = find_own(scan, &own);
    if (result)
        return result == -ENOENT ? 0 : result;
    struct answer *detail = &view->details[view->detail_count++];
    answer_set(detail, NOTE_INTO);
    answer_text(detail, "t", own.code);
    return 0;
}

static int show_location(struct scan *scan, struct view *view)
{
    return show_at_bin(scan, view, bin_show_location);
}

static int show_item(struct scan *scan, struct view *view)
{
    return show_at_bin(scan, view, bin_show_item);
}

static int show_tote(struct scan *scan, struct view *view)
{
    struct order order;
    struct lpn own;
    int result = order_load(scan->store, scan->session.order, &order);
    if (!result)
        result = cluster_progress(scan, view);
    if (!result)
        result = find_own(scan, &own);
    view->expect = "tote";
    answer_set(&view->prompt, result ? ASK_MORE_TOTE : ASK_OWN_TOTE);
    if (result) {
        answer_text(&view->prompt, "o", order.number);
        return result == -ENOENT ? 0 : result;
    }
    answer_text(&view->prompt, "t", own.code);
    snprintf(view->code, sizeof(view->code), "%s", own.code);
    return 0;
}

static const struct command at_bind[] = {{.name = "DONE", .run = bound}, {.name = NULL}};
static const struct command at_location[] = {{.name = "SKIP", .run = bin_skip},
                                             {.name = "FULL", .run = cluster_full_somewhere},
                                             {.name = "DONE", .run = bin_leave},
                                             {.name = NULL}};
static const struct command at_item[] = {BIN_AT_ITEM, {.name = NULL}};
static const struct command at_tote[] = {{.name = "FULL", .run = cluster_full_here}, {.name = NULL}};

static const struct step steps[] = {
    {"cluster.bind", BIT(CODE_TOTE), "a tote", "周转箱", accept_bind, show_bind, .commands = at_bind},
    {"cluster.location", BIT(CODE_LOCATION), "the place", "库位", bin_arrive, show_location, .commands = at_location},
    {"cluster.item", BIT(CODE_ITEM), "the item", "商品", bin_item, show_item, at_item, .take = bin_take,
     .needs = pick_needs},
    {"cluster.damaged", BIT(CODE_ITEM), "the damaged piece", "残次品", bin_item, bin_show_damaged, .commands = NULL,
     .take = bin_take_damaged, .needs = pick_needs},
    {"cluster.tote", BIT(CODE_TOTE), "the order's tote", "该订单的周转箱", accept_tote, show_tote, .commands = at_tote},
    {"cluster.full", BIT(CODE_TOTE), "the full tote", "已满的周转箱", cluster_accept_one, cluster_show_full,
     .commands = NULL},
    {"cluster.unload", BIT(CODE_LOCATION) | BIT(CODE_TOTE), "the stage", "集货区", cluster_accept_unload,
     cluster_show_unload, .commands = NULL},
    {"cluster.unload_at", BIT(CODE_LOCATION), "the stage", "集货区", cluster_accept_unload_at, cluster_show_unload_at,
     .commands = NULL},
    {.name = NULL},
};

static const struct undo undos[] = {
    {"cluster.bind", "the tote", "周转箱", undo_bind}, {"cluster.tote", "the tote", "周转箱", undo_tote},
    {"cluster.put", "the tote", "周转箱", NULL},       {"pick.cluster", "the start", "开始", NULL},
    {"pick.unload", "the tote", "周转箱", NULL},       {.type = NULL}};

const struct flow cluster_flow = {.name = "cluster", .steps = steps, .undos = undos};
