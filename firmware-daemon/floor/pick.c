/* Discrete picking, one order at a time: place, item by item, tote (bound by the first line), stage.
 *
 *   pick.location -> pick.item -> [pick.tote] -> pick.location ... -> pick.stage -> menu
 *                    [pick.full] the tote goes to the stage, the rest into another
 *                    [pick.damaged] which piece · FORCE: another lot, with a supervisor (force.c)
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

const struct pick_way pick_way = {"pick", go_on, drop, tote_stop};

int pick_start(struct scan *scan)
{
    struct store *store = scan->store;
    struct order order;
    struct totals totals;
    int result = order_next(store, &scan->session.order);
    if (result == -ENOENT)
        return refuse_no_work(scan);
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
    if (!result)
        result = pick_plan_route(store, scan->session.worker, 0);
    return result ? result : go_on(scan, 0);
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
        result = order_check_lease(scan, &order);
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
    if (!result)
        result = pick_plan_route(scan->store, scan->session.worker, 0);
    return result ? result : go_on(scan, 0);
}

static int accept_stage(struct scan *scan)
{
    int result = tote_stage(scan);
    if (!result)
        leave_flow(scan);
    return result;
}

static const struct command at_location[] = {{.name = "SKIP", .run = bin_skip},
                                             {.name = "FULL", .run = tote_full},
                                             {.name = "DONE", .run = bin_leave},
                                             {.name = NULL}};
static const struct command at_item[] = {BIN_AT_ITEM, {.name = "FULL", .run = tote_full}, {.name = NULL}};

static const struct step steps[] = {
    {"pick.location", BIT(CODE_LOCATION), "the place", "库位", bin_arrive, bin_show_location, .commands = at_location},
    {"pick.item", BIT(CODE_ITEM), "the item", "商品", bin_item, bin_show_item, at_item, .take = bin_take,
     .needs = pick_needs},
    {"pick.damaged", BIT(CODE_ITEM), "the damaged piece", "残次品", bin_item, bin_show_damaged, .commands = NULL,
     .take = bin_take_damaged, .needs = pick_needs},
    {"pick.tote", BIT(CODE_TOTE), "a tote", "周转箱", tote_accept, tote_show, .commands = NULL},
    {"pick.full", BIT(CODE_LOCATION), "the stage", "集货区", tote_unload, tote_show_full, .commands = NULL},
    {"pick.stage", BIT(CODE_LOCATION), "the stage", "集货区", accept_stage, tote_show_stage, .commands = NULL},
    {.name = NULL},
};

static const struct undo undos[] = {
    {"pick.located", "the place", "库位", NULL},       {"pick.line", "the piece", "拣货", bin_undo_line},
    {"pick.tote", "the tote", "周转箱", tote_undo},    {"pick.forced", "the permission", "授权", NULL},
    {"pick.damage_asked", "the damage", "残次", NULL}, {.type = NULL}};

const struct flow pick_flow = {.name = "pick", .steps = steps, .undos = undos};
