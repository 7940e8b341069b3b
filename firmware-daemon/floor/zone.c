/* Zone picking: an order's tote goes from zone to zone, and each worker takes the lines of his own.
 *
 *   zone.zone (any place of it) -> zone.order (its tote, an empty one, or NEXT) -> zone.location -> zone.item
 *        -> [zone.tote] -> zone.location ... -> zone.order, the tote goes to the next zone
 *                                        ... -> zone.stage when nothing is open anywhere -> zone.order
 *
 * The lines of an order in a zone are claimed together, for as long as the worker is at it. */
#include "floor/pick_bin.h"
#include "store/picking.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int load_zone(struct scan *scan, struct location *ret)
{
    return location_load(scan->store, scan->session.location, ret);
}

static void leave_order(struct scan *scan)
{
    scan->session.order = scan->session.allocation = scan->session.tote = 0;
    go(scan, "zone.order");
}

/* Nothing is left for it here. */
static int pass_on(struct scan *scan)
{
    struct order order;
    char zone[STORE_CODE_MAX];
    scan->session.allocation = 0;
    int result = picking_next_zone(scan->store, scan->session.order, zone, sizeof(zone));
    if (result == -ENOENT) {
        go(scan, "zone.stage");
        return 0;
    }
    if (!result)
        result = order_load(scan->store, scan->session.order, &order);
    if (result)
        return result;
    struct answer *answer = accept_with(scan, DONE_TO_ZONE);
    answer_text(answer, "o", order.number);
    answer_text(answer, "z", *zone ? zone : "?");
    leave_order(scan);
    return 0;
}

/* What was promised anew in this zone meanwhile is claimed too. */
static int go_on(struct scan *scan, int64_t here)
{
    struct session *session = &scan->session;
    struct location zone;
    int64_t lines, place = 0;
    int result = load_zone(scan, &zone);
    if (!result)
        result = picking_claim(scan->store, session->order, zone.zone, session->worker, &lines);
    if (!result)
        result = picking_next_claimed(scan->store, session->order, session->worker, &session->allocation);
    if (result == -ENOENT)
        return pass_on(scan);
    if (!result)
        result = allocation_place(scan->store, session->allocation, &place);
    go(scan, place == here ? "zone.item" : "zone.location");
    return result;
}

static int drop(struct scan *scan, const struct order *order)
{
    (void)order;
    leave_order(scan);
    return 0;
}

const struct pick_way zone_way = {"zone", go_on, drop, tote_stop};

/* ---------------------------------------------------------------- the zone, and an order in it */

int zone_start(struct scan *scan)
{
    return begin_work(scan, "zone", "zone.zone", DONE_ZONE_ASKED);
}

static int leave(struct scan *scan)
{
    return leave_work(scan, "zone");
}

static int accept_zone(struct scan *scan)
{
    struct location place;
    int64_t lines;
    int result = location_load(scan->store, scan->target.id, &place);
    if (!result && !*place.zone)
        return refuse_other_code(scan, "a place in a zone", "分区内的库位");
    if (!result)
        result = picking_count_in_zone(scan->store, place.zone, &lines);
    if (result)
        return result;
    json_text(record_start(scan), "zone", place.zone);
    result = record(scan, "pick.zone", "worker", scan->worker.code);
    if (!result)
        result = undo_allow(scan, "pick.zone");
    scan->session.location = place.id;
    go(scan, "zone.order");
    struct answer *answer = accept_with(scan, DONE_ZONE);
    answer_text(answer, "z", place.zone);
    answer_number(answer, "n", lines);
    return result;
}

/* tote 0: one is bound by the first line. Nobody who was at the order before can take anything back. */
static int claim(struct scan *scan, const struct order *order, const struct lpn *tote)
{
    struct store *store = scan->store;
    struct location zone = {0};
    int64_t lines = 0;
    int result = load_zone(scan, &zone);
    if (!result)
        result = picking_claim(store, order->id, zone.zone, scan->session.worker, &lines);
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "zone", zone.zone);
    if (tote)
        json_text(&scan->data, "tote", tote->code);
    if (!result)
        result = record(scan, "pick.claimed", "order", order->number);
    if (!result && tote)
        result = tote_bind(scan, tote, order->id);
    if (!result)
        result = order_set_state(store, order->id, "picking", "");
    if (!result && order->wave)
        result = picking_begin_wave(store, order->wave);
    if (!result)
        result = action_forget_order(store, order->id);
    if (!result)
        result = undo_border(scan);
    scan->session.order = order->id;
    scan->session.tote = tote ? tote->id : 0;
    struct answer *answer = accept_with(scan, DONE_CLAIMED);
    answer_text(answer, "o", order->number);
    answer_number(answer, "n", lines);
    if (!result)
        result = pick_plan_route(store, scan->session.worker, 0);
    return result ? result : go_on(scan, 0);
}

static int take_next(struct scan *scan, const struct lpn *tote)
{
    struct location zone;
    struct order order;
    int64_t id;
    int result = load_zone(scan, &zone);
    if (!result)
        result = picking_next_in_zone(scan->store, zone.zone, &id);
    if (result == -ENOENT)
        return refuse_no_work(scan);
    if (!result)
        result = order_load(scan->store, id, &order);
    return result ? result : claim(scan, &order, tote);
}

static int next(struct scan *scan)
{
    return take_next(scan, NULL);
}

/* E04 when its lines are elsewhere; one with nothing open anywhere is brought to the stage. */
static int check_lines(struct scan *scan, const struct order *order, const struct lpn *tote)
{
    struct location zone;
    char where[STORE_CODE_MAX];
    bool here = false;
    int result = load_zone(scan, &zone);
    if (!result)
        result = picking_has_lines(scan->store, order->id, zone.zone, &here);
    if (result || here)
        return result;
    result = picking_next_zone(scan->store, order->id, where, sizeof(where));
    if (result)
        return result == -ENOENT ? 0 : result;
    struct answer *answer = refusal(scan, E04_ZONE);
    answer_text(answer, "t", tote->code);
    answer_text(answer, "z", *where ? where : "?");
    return FLOOR_REFUSED;
}

static int take_up(struct scan *scan, const struct lpn *tote)
{
    struct order order;
    int result = order_load(scan->store, tote->order, &order);
    if (!result && strcmp(order.state, "picking") != 0)
        return tote_check(scan, tote, 0);
    if (!result)
        result = order_check_lease(scan, &order);
    if (!result)
        result = check_lines(scan, &order, tote);
    return result ? result : claim(scan, &order, tote);
}

static int accept_order(struct scan *scan)
{
    struct lpn tote;
    int result = lpn_load(scan->store, scan->target.id, &tote);
    if (!result && tote.order)
        return take_up(scan, &tote);
    if (!result)
        result = tote_check(scan, &tote, 0);
    return result ? result : take_next(scan, &tote);
}

static int accept_stage(struct scan *scan)
{
    int result = tote_stage(scan);
    if (!result)
        leave_order(scan);
    return result;
}

/* ---------------------------------------------------------------- what is shown */

static int show_zone(struct scan *scan, struct view *view)
{
    (void)scan;
    view->expect = "location";
    answer_set(&view->prompt, ASK_ZONE);
    return 0;
}

static int show_line(struct scan *scan, int64_t allocation, struct answer *detail)
{
    struct pick pick;
    int result = pick_load(scan->store, allocation, &pick);
    if (result)
        return result;
    answer_set(detail, NOTE_ZONE_LINE);
    answer_text(detail, "l", pick.location.code);
    answer_number(detail, "n", pick.allocation.open);
    answer_text(detail, "i", pick.item.name);
    return 0;
}

static int show_lines(struct scan *scan, struct view *view)
{
    struct location zone;
    int64_t lines, allocation;
    int result = load_zone(scan, &zone);
    if (!result)
        result = picking_count_in_zone(scan->store, zone.zone, &lines);
    if (result)
        return result;
    view->expect = "tote";
    answer_set(&view->prompt, ASK_ZONE_ORDER);
    answer_set(&view->details[0], NOTE_ZONE);
    answer_text(&view->details[0], "z", zone.zone);
    answer_number(&view->details[0], "n", lines);
    view->detail_count = 1;
    while (!result && view->detail_count < COUNT(view->details)) {
        result = picking_line_in_zone(scan->store, zone.zone, (int64_t)view->detail_count - 1, &allocation);
        if (!result)
            result = show_line(scan, allocation, &view->details[view->detail_count]);
        view->detail_count += !result;
    }
    return result == -ENOENT ? 0 : result;
}

static const struct command at_zone[] = {{.name = "DONE", .run = leave}, {.name = NULL}};
static const struct command at_order[] = {
    {.name = "NEXT", .run = next}, {.name = "DONE", .run = leave}, {.name = NULL}};
static const struct command at_location[] = {{.name = "SKIP", .run = bin_skip},
                                             {.name = "FULL", .run = tote_full},
                                             {.name = "DONE", .run = bin_leave},
                                             {.name = NULL}};
static const struct command at_item[] = {BIN_AT_ITEM, {.name = "FULL", .run = tote_full}, {.name = NULL}};

static const struct step steps[] = {
    {"zone.zone", BIT(CODE_LOCATION), "a place of your zone", "本区库位", accept_zone, show_zone, .commands = at_zone},
    {"zone.order", BIT(CODE_TOTE), "a tote, or NEXT", "周转箱或「下一个」", accept_order, show_lines,
     .commands = at_order},
    {"zone.location", BIT(CODE_LOCATION), "the place", "库位", bin_arrive, bin_show_location, .commands = at_location},
    {"zone.item", BIT(CODE_ITEM), "the item", "商品", bin_item, bin_show_item, at_item, .take = bin_take,
     .needs = pick_needs},
    {"zone.damaged", BIT(CODE_ITEM), "the damaged piece", "残次品", bin_item, bin_show_damaged, .commands = NULL,
     .take = bin_take_damaged, .needs = pick_needs},
    {"zone.tote", BIT(CODE_TOTE), "a tote", "周转箱", tote_accept, tote_show, .commands = NULL},
    {"zone.full", BIT(CODE_LOCATION), "the stage", "集货区", tote_unload, tote_show_full, .commands = NULL},
    {"zone.stage", BIT(CODE_LOCATION), "the stage", "集货区", accept_stage, tote_show_stage, .commands = NULL},
    {.name = NULL},
};

static const struct undo undos[] = {{"pick.zone", "the zone", "分区", NULL}, {.type = NULL}};

const struct flow zone_flow = {.name = "zone", .steps = steps, .undos = undos};
