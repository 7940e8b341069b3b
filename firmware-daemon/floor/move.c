/* Moves inside the site: out of a bin into the hand, out of the hand into a bin; or a plate to another place.
 *
 *   menu -> move.from -> move.item -> ... -> [bin] -> move.from      move.from -> move.plate -> move.from
 *
 * Stock moves at each scan. What orders were promised stays where it is. */
#include "floor/rule.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int move_start(struct scan *scan)
{
    return begin_work(scan, "move", "move.from", DONE_MOVE_STARTED);
}

/* ---------------------------------------------------------------- out of a bin */

/* Somebody may have taken it for other work while it was carried. */
static int load_idle(struct scan *scan, int64_t id, struct lpn *ret)
{
    int result = lpn_load(scan->store, id, ret);
    bool busy = !result && (ret->order || ret->wave || ret->document);
    return busy ? refuse(scan, E72_PLATE_BUSY, "t", ret->code) : result;
}

static int choose_plate(struct scan *scan)
{
    struct lpn plate;
    int result = load_idle(scan, scan->target.id, &plate);
    if (result)
        return result;
    json_text(record_start(scan), "plate", plate.code);
    result = record(scan, "move.lifted", "lpn", plate.code);
    if (!result)
        result = undo_allow(scan, "move.lifted");
    scan->session.plate = plate.id;
    scan->session.location = plate.location;
    answer_text(accept_with(scan, DONE_MOVE_CARRY), "t", plate.code);
    go(scan, "move.plate");
    return result;
}

static int accept_from(struct scan *scan)
{
    struct location from;
    if (scan->target.kind != CODE_LOCATION)
        return choose_plate(scan);
    int result = location_load(scan->store, scan->target.id, &from);
    if (result)
        return result;
    if (!is_bin(&from))
        return refuse_bin(scan, &from);
    json_text(record_start(scan), "location", from.code);
    result = record(scan, "move.located", "location", from.code);
    if (!result)
        result = undo_allow(scan, "move.located");
    scan->session.location = from.id;
    answer_text(accept_with(scan, DONE_MOVE_FROM), "l", from.code);
    go(scan, "move.item");
    return result;
}

static unsigned needs(struct scan *scan, const struct item *item)
{
    return goods_needs_there(scan, item, scan->session.location, 0);
}

static int take(struct scan *scan, const struct goods *goods)
{
    struct location from;
    struct move move = {.from_location = scan->session.location, .to_location = LOCATION_FLOOR, .reason = "take"};
    int result = goods_from(scan, goods, &move);
    if (!result)
        result = lpn_of_hand(scan->store, scan->worker.code, &move.to_lpn);
    if (!result)
        result = location_load(scan->store, move.from_location, &from);
    if (result)
        return result;
    json_text(record_start(scan), "location", from.code);
    goods_write(goods, &scan->data);
    result = record(scan, "move.taken", "location", from.code);
    if (!result)
        result = ledger_move(scan->store, scan->seq, &move);
    if (!result)
        result = undo_allow(scan, "move.taken");
    struct answer *answer = accept_with(scan, DONE_MOVE_TAKEN);
    answer_number(answer, "n", goods->quantity);
    answer_text(answer, "i", goods->item.name);
    answer_text(answer, "l", from.code);
    return result;
}

/* ---------------------------------------------------------------- into a bin */

static int in_hand(struct scan *scan, int64_t *ret_hand, int64_t *ret_pieces)
{
    int result = lpn_of_hand(scan->store, scan->worker.code, ret_hand);
    return result ? result : ledger_on_plate(scan->store, *ret_hand, ret_pieces);
}

/* Goods that came together must bear each other too: the bin is asked with all of them in it. */
static int check_bin(struct scan *scan, const struct location *bin)
{
    struct item item;
    struct arrived arrived = {0};
    int result;
    while ((result = ledger_arrived_after(scan->store, scan->seq, &arrived)) == 0) {
        result = item_load(scan->store, arrived.item, &item);
        if (!result)
            result = bin_refuses(scan->store, bin, &item, arrived.lot, 0, &scan->effect->answer);
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

static int put(struct scan *scan)
{
    struct location to;
    int64_t hand, pieces;
    int result = in_hand(scan, &hand, &pieces);
    if (!result)
        result = location_load(scan->store, scan->target.id, &to);
    if (result)
        return result;
    if (pieces == 0)
        return refuse_other_code(scan, "the item", "商品");
    if (!is_bin(&to))
        return refuse_bin(scan, &to);
    json_text(record_start(scan), "location", to.code);
    json_int(&scan->data, "quantity", pieces);
    result = ledger_write_plate(scan->store, hand, &scan->data);
    if (!result)
        result = record(scan, "move.put", "location", to.code);
    if (!result)
        result = ledger_put_loose(scan->store, scan->seq, hand, to.id, "transfer");
    if (!result)
        result = check_bin(scan, &to);
    if (!result)
        result = undo_allow(scan, "move.put");
    if (result)
        return result;
    scan->session.location = 0;
    struct answer *answer = accept_with(scan, DONE_MOVE_PUT);
    answer_number(answer, "n", pieces);
    answer_text(answer, "l", to.code);
    go(scan, "move.from");
    return 0;
}

static int put_plate(struct scan *scan)
{
    static const char *const kinds[] = {"face", "reserve", "dock", "tote_park"};
    struct location to;
    struct lpn plate;
    int result = load_idle(scan, scan->session.plate, &plate);
    if (!result)
        result = location_load(scan->store, scan->target.id, &to);
    if (result)
        return result;
    bool fits = false;
    for (size_t i = 0; i < COUNT(kinds); i++)
        fits = fits || strcmp(kinds[i], to.kind) == 0;
    if (!fits)
        return refuse_bin(scan, &to);
    json_text(record_start(scan), "plate", plate.code);
    json_text(&scan->data, "location", to.code);
    result = record(scan, "move.plate", "lpn", plate.code);
    if (!result)
        result = ledger_move_lpn(scan->store, scan->seq, plate.id, to.id, "transfer");
    if (!result)
        result = undo_allow(scan, "move.plate");
    scan->session.plate = scan->session.location = 0;
    struct answer *answer = accept_with(scan, DONE_MOVE_PLATE);
    answer_text(answer, "t", plate.code);
    answer_text(answer, "l", to.code);
    go(scan, "move.from");
    return result;
}

/* With goods in the hand nobody leaves. */
static int leave(struct scan *scan)
{
    int64_t hand, pieces;
    int result = in_hand(scan, &hand, &pieces);
    if (result)
        return result;
    if (pieces > 0)
        return refuse_other_code(scan, "the bin you put it in", "放入的库位");
    return leave_work(scan, "move");
}

/* ---------------------------------------------------------------- what is shown */

static int show_from(struct scan *scan, struct view *view)
{
    (void)scan;
    view->expect = "location";
    answer_set(&view->prompt, ASK_MOVE_FROM);
    return 0;
}

static int show_item(struct scan *scan, struct view *view)
{
    struct location from;
    int64_t hand, pieces = 0;
    int result = in_hand(scan, &hand, &pieces);
    if (!result)
        result = location_load(scan->store, scan->session.location, &from);
    view->expect = pieces ? "location" : "item";
    answer_set(&view->prompt, pieces ? ASK_MOVE_TO : ASK_MOVE_ITEM);
    if (!pieces)
        answer_text(&view->prompt, "l", from.code);
    if (pieces) {
        answer_set(&view->details[0], NOTE_IN_HAND);
        answer_number(&view->details[0], "n", pieces);
        view->detail_count = 1;
    }
    return result;
}

static int show_plate(struct scan *scan, struct view *view)
{
    struct lpn plate;
    int result = lpn_load(scan->store, scan->session.plate, &plate);
    view->expect = "location";
    answer_set(&view->prompt, ASK_MOVE_PLATE_TO);
    answer_text(&view->prompt, "t", plate.code);
    return result;
}

static const struct command commands[] = {{.name = "DONE", .run = leave}, {.name = NULL}};

static const struct step steps[] = {
    {"move.from", BIT(CODE_LOCATION) | BIT(CODE_TOTE) | BIT(CODE_PALLET), "a bin or a plate", "库位或托盘", accept_from,
     show_from, .commands = commands},
    {"move.item", BIT(CODE_ITEM) | BIT(CODE_LOCATION), "the item", "商品", put, show_item, .commands = commands,
     .take = take, .needs = needs},
    {"move.plate", BIT(CODE_LOCATION), "the place", "库位", put_plate, show_plate, .commands = commands},
    {.name = NULL},
};

/* Its goods are back by the ledger, and it with them; an empty plate follows here. One that was taken into use since,
 * or has been filled, stays where it is. */
static int undo_plate(struct scan *scan, const struct action *action)
{
    struct lpn plate;
    int result = load_idle(scan, action->before.plate, &plate);
    if (result || plate.location == action->before.location)
        return result;
    if (!lpn_is_empty(scan->store, plate.id))
        return refuse(scan, E71_GONE_ON, NULL, NULL);
    return lpn_set_location(scan->store, plate.id, action->before.location);
}

static const struct undo undos[] = {
    {"move.located", "the place", "库位", NULL},     {"move.taken", "the piece", "取货", NULL},
    {"move.put", "the putting down", "放货", NULL},  {"move.lifted", "the plate", "托盘", NULL},
    {"move.plate", "the place", "库位", undo_plate}, {.type = NULL}};

const struct flow move_flow = {.name = "move", .steps = steps, .undos = undos};
