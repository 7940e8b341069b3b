/* Discrete picking, one order at a time: place, item by item, tote (bound by the first line), stage.
 *
 *   pick.location -> pick.item -> [pick.tote] -> pick.location ... -> pick.stage -> menu
 *
 * Stock moves at each item scan: from the bin into the tote, or into the worker's hands until a tote is bound. */
#include "floor/rule.h"

#include "base/json.h"
#include "store/stock_count.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct pick {
    struct order order;
    struct allocation allocation;
    struct item item;
    struct location location;
};

static int load(struct scan *scan, struct pick *pick)
{
    struct store *store = scan->store;
    int result = order_load(store, scan->session.order, &pick->order);
    if (!result && scan->session.allocation)
        result = allocation_load(store, scan->session.allocation, &pick->allocation);
    if (!result && scan->session.allocation)
        result = item_load(store, pick->allocation.item, &pick->item);
    if (!result && scan->session.allocation)
        result = location_load(store, pick->allocation.location, &pick->location);
    return result;
}

/* Goes where the order still needs something: the same bin, the next one, or the stage. */
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

static int accept_location(struct scan *scan)
{
    struct pick pick = {0};
    int result = load(scan, &pick);
    if (result)
        return result;
    if (scan->target.id != pick.location.id) {
        struct answer *answer = refusal(scan, E04_LOCATION);
        answer_text(answer, "exp", pick.location.code);
        answer_text(answer, "got", scan->text);
        return FLOOR_REFUSED;
    }
    json_text(record_start(scan), "order", pick.order.number);
    json_text(&scan->data, "location", pick.location.code);
    result = record(scan, "pick.located", "order", pick.order.number);
    if (!result)
        result = undo_allow(scan, "pick.located");
    go(scan, "pick.item");
    answer_text(accept_with(scan, DONE_AT_LOCATION), "l", pick.location.code);
    return result;
}

static int refuse_item(struct scan *scan, const struct pick *pick)
{
    struct item got;
    int result = item_load(scan->store, scan->target.id, &got);
    if (result)
        return result;
    struct answer *answer = refusal(scan, E05_ITEM);
    answer_text(answer, "exp", pick->item.name);
    answer_text(answer, "got", got.name);
    return FLOOR_REFUSED;
}

static int refuse_quantity(struct scan *scan, const struct pick *pick)
{
    struct totals totals;
    int result = order_totals(scan->store, pick->order.id, &totals);
    if (result)
        return result;
    struct answer *answer = refusal(scan, E06_QUANTITY);
    answer_number(answer, "done", totals.picked);
    answer_number(answer, "need", totals.picked + totals.open);
    return FLOOR_REFUSED;
}

/* A code that carries no lot is trusted: the bin was the right one. */
static int check_lot(struct scan *scan, const struct pick *pick)
{
    const char *lot = barcode_value(scan->code, "10");
    char wanted[STORE_CODE_MAX];
    if (!pick->allocation.lot || !lot)
        return 0;
    int result = lot_code(scan->store, pick->allocation.lot, wanted, sizeof(wanted));
    if (result)
        return result;
    return strcmp(lot, wanted) == 0 ? 0 : refuse(scan, E07_LOT, "exp", wanted);
}

static int check_item(struct scan *scan, const struct pick *pick, int64_t quantity)
{
    if (scan->target.id != pick->item.id)
        return refuse_item(scan, pick);
    int result = check_lot(scan, pick);
    if (!result && quantity > pick->allocation.open)
        return refuse_quantity(scan, pick);
    return result;
}

static int record_line(struct scan *scan, const struct pick *pick, const char *type, const char *amount,
                       int64_t quantity)
{
    struct buf *data = record_start(scan);
    json_text(data, "order", pick->order.number);
    json_int(data, "line", pick->allocation.line_number);
    json_text(data, "sku", pick->item.sku);
    json_text(data, "location", pick->location.code);
    json_int(data, amount, quantity);
    if (pick->allocation.lot) {
        char lot[STORE_CODE_MAX] = "";
        int result = lot_code(scan->store, pick->allocation.lot, lot, sizeof(lot));
        if (result)
            return result;
        json_text(data, "lot", lot);
    }
    return record(scan, type, "order", pick->order.number);
}

static int take_stock(struct scan *scan, const struct pick *pick, int64_t quantity)
{
    int64_t plate = scan->session.tote;
    int result = plate ? 0 : lpn_of_hand(scan->store, scan->worker.code, &plate);
    if (result)
        return result;
    return ledger_move(scan->store, scan->seq,
                       &(struct move){.item = pick->item.id,
                                      .lot = pick->allocation.lot,
                                      .quantity = quantity,
                                      .from_location = pick->location.id,
                                      .to_location = LOCATION_FLOOR,
                                      .to_lpn = plate,
                                      .reason = "pick",
                                      .line = pick->allocation.line,
                                      .allocation = pick->allocation.id});
}

static int accept_item(struct scan *scan)
{
    struct pick pick = {0};
    int64_t quantity = scan_quantity(scan);
    int result = load(scan, &pick);
    if (!result)
        result = check_item(scan, &pick, quantity);
    if (!result)
        result = record_line(scan, &pick, "pick.line", "quantity", quantity);
    if (!result)
        result = take_stock(scan, &pick, quantity);
    if (!result)
        result = undo_allow(scan, "pick.line");
    if (result)
        return result;
    struct answer *answer = accept_with(scan, DONE_PICKED);
    answer_number(answer, "n", quantity);
    answer_text(answer, "i", pick.item.name);
    if (pick.allocation.open > quantity)
        return 0;
    if (scan->session.tote)
        result = go_on(scan, pick.location.id);
    else
        go(scan, "pick.tote");
    return result ? result : count_zero_check(scan, pick.location.id);
}

static int accept_tote(struct scan *scan)
{
    struct store *store = scan->store;
    struct pick pick = {0};
    struct lpn tote;
    int64_t hand;
    int result = load(scan, &pick);
    if (!result)
        result = lpn_load(store, scan->target.id, &tote);
    if (result)
        return result;
    if (tote.order && tote.order != pick.order.id) {
        struct order other = {0};
        result = order_load(store, tote.order, &other);
        struct answer *answer = refusal(scan, E10_TOTE);
        answer_text(answer, "t", tote.code);
        answer_text(answer, "o", other.number);
        return result ? result : FLOOR_REFUSED;
    }
    json_text(record_start(scan), "order", pick.order.number);
    json_text(&scan->data, "tote", tote.code);
    result = record(scan, "pick.tote", "order", pick.order.number);
    if (!result)
        result = lpn_of_hand(store, scan->worker.code, &hand);
    if (!result)
        result = ledger_move_lpn(store, scan->seq, tote.id, LOCATION_FLOOR, "tote");
    if (!result)
        result = ledger_move_contents(store, scan->seq, hand, tote.id, "tote");
    if (!result)
        result = lpn_assign(store, tote.id, pick.order.id);
    if (!result)
        result = undo_allow(scan, "pick.tote");
    if (result)
        return result;
    scan->session.tote = tote.id;
    struct answer *answer = accept_with(scan, DONE_TOTE);
    answer_text(answer, "t", tote.code);
    answer_text(answer, "o", pick.order.number);
    return go_on(scan, pick.location.id);
}

/* Puts what was picked down at a place: with its tote, or out of the hands. */
static int put_down(struct scan *scan, int64_t place)
{
    struct store *store = scan->store;
    if (scan->session.tote)
        return ledger_move_lpn(store, scan->seq, scan->session.tote, place, "stage");
    int64_t hand;
    int result = lpn_of_hand(store, scan->worker.code, &hand);
    return result ? result : ledger_put_loose(store, scan->seq, hand, place, "stage");
}

static void leave_order(struct scan *scan)
{
    scan->session.order = scan->session.allocation = scan->session.tote = 0;
    go(scan, "menu");
}

static int accept_stage(struct scan *scan)
{
    struct store *store = scan->store;
    struct pick pick = {0};
    struct location place;
    int result = load(scan, &pick);
    if (!result)
        result = location_load(store, scan->target.id, &place);
    if (result)
        return result;
    bool cancelled = pick.order.cancelled;
    if (strcmp(place.kind, cancelled ? "return" : "stage") != 0) {
        struct answer *answer = refusal(scan, cancelled ? E12_CANCELLED : E04_LOCATION);
        answer_text(answer, "o", pick.order.number);
        answer_text(answer, "exp", "a stage · 集货区");
        answer_text(answer, "got", place.code);
        return FLOOR_REFUSED;
    }
    json_text(record_start(scan), "order", pick.order.number);
    json_text(&scan->data, "location", place.code);
    result = record(scan, cancelled ? "pick.returned" : "pick.staged", "order", pick.order.number);
    if (!result)
        result = put_down(scan, place.id);
    if (!result)
        result = order_set_state(store, pick.order.id, cancelled ? "cancelled" : "picked", "");
    if (!result)
        result = order_set_worker(store, pick.order.id, 0);
    if (!result)
        result = undo_border(scan);
    struct answer *answer = accept_with(scan, DONE_STAGED);
    answer_text(answer, "o", pick.order.number);
    answer_text(answer, "l", place.code);
    leave_order(scan);
    return result;
}

/* Nothing of the order could be had: it waits for a person at head office. */
static int park_short(struct scan *scan, const struct order *order)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", order->number);
    json_text(&data, "reason", "short");
    json_close_object(&data);
    int result = note(scan->store, "order.parked", "order", order->number, &data, NULL);
    if (!result)
        result = order_set_state(scan->store, order->id, "parked", "short");
    if (!result)
        result = order_set_worker(scan->store, order->id, 0);
    leave_order(scan);
    return result;
}

/* After stock turned out to be missing: other bins, else what there is, else nothing. */
static int replace(struct scan *scan, const struct pick *pick)
{
    int64_t missing;
    struct totals totals;
    int result = order_allocate(scan->store, pick->order.id, &missing);
    if (!result)
        result = order_totals(scan->store, pick->order.id, &totals);
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    if (totals.picked == 0 && totals.open == 0)
        return park_short(scan, &pick->order);
    struct allocation still;
    result = allocation_load(scan->store, pick->allocation.id, &still);
    if (!result && still.open > 0)
        return 0;
    if (!result && totals.picked > 0 && !scan->session.tote) {
        go(scan, "pick.tote"); /* the hands are full */
        return 0;
    }
    return result ? result : go_on(scan, pick->location.id);
}

static int ask_for_count(struct scan *scan, const struct pick *pick)
{
    return count_request(
        scan->store,
        &(struct stock_count){
            .location = pick->location.id, .item = pick->item.id, .source = "short", .blind = true, .priority = 5});
}

static int declare_short(struct scan *scan)
{
    struct pick pick = {0};
    int result = load(scan, &pick);
    int64_t missing = pick.allocation.open;
    if (!result)
        result = record_line(scan, &pick, "pick.short", "missing", missing);
    if (!result)
        result = allocation_release(scan->store, pick.allocation.id, missing);
    if (!result)
        result = ledger_hold_free(scan->store, pick.item.id, pick.location.id, pick.allocation.lot, "short");
    if (!result)
        result = ask_for_count(scan, &pick);
    struct answer *answer = accept_with(scan, DONE_SHORT);
    answer_number(answer, "n", missing);
    answer_text(answer, "l", pick.location.code);
    return result ? result : replace(scan, &pick);
}

static int declare_damaged(struct scan *scan)
{
    struct pick pick = {0};
    int64_t quantity = scan->session.quantity ? scan->session.quantity : 1;
    int result = load(scan, &pick);
    if (!result && quantity > pick.allocation.open)
        return refuse_not_now(scan);
    if (!result)
        result = record_line(scan, &pick, "pick.damaged", "quantity", quantity);
    if (!result)
        result = allocation_release(scan->store, pick.allocation.id, quantity);
    if (!result)
        result = ledger_move(scan->store, scan->seq,
                             &(struct move){.item = pick.item.id,
                                            .lot = pick.allocation.lot,
                                            .quantity = quantity,
                                            .from_location = pick.location.id,
                                            .to_location = LOCATION_DAMAGED,
                                            .reason = "damage"});
    scan->session.quantity = 0;
    struct answer *answer = accept_with(scan, DONE_DAMAGED);
    answer_number(answer, "n", quantity);
    answer_text(answer, "i", pick.item.name);
    return result ? result : replace(scan, &pick);
}

static int skip(struct scan *scan)
{
    struct pick pick = {0};
    int result = load(scan, &pick);
    if (!result)
        result = allocation_skip(scan->store, pick.allocation.id);
    if (result)
        return result;
    json_text(record_start(scan), "order", pick.order.number);
    json_text(&scan->data, "location", pick.location.code);
    result = record(scan, "pick.skipped", "order", pick.order.number);
    if (!result)
        result = undo_border(scan);
    answer_text(accept_with(scan, DONE_SKIPPED), "l", pick.location.code);
    return result ? result : go_on(scan, 0);
}

static int show_order(struct scan *scan, const struct pick *pick, struct view *view)
{
    struct totals totals;
    int result = order_totals(scan->store, pick->order.id, &totals);
    if (result)
        return result;
    answer_set(&view->details[0], NOTE_ORDER);
    answer_text(&view->details[0], "o", pick->order.number);
    answer_text(&view->details[0], "c", pick->order.carrier);
    view->detail_count = 1;
    view->done = totals.picked;
    view->need = totals.picked + totals.open;
    return 0;
}

static void show_need(const struct pick *pick, enum message message, struct answer *answer)
{
    answer_set(answer, message);
    answer_number(answer, "n", pick->allocation.open);
    answer_text(answer, "i", pick->item.name);
}

static int show_location(struct scan *scan, struct view *view)
{
    struct pick pick = {0};
    int result = load(scan, &pick);
    if (!result)
        result = show_order(scan, &pick, view);
    view->expect = "location";
    snprintf(view->code, sizeof(view->code), "%s", pick.location.code);
    answer_set(&view->prompt, ASK_LOCATION);
    answer_text(&view->prompt, "l", pick.location.code);
    show_need(&pick, NOTE_NEED, &view->details[view->detail_count++]);
    return result;
}

static int show_item(struct scan *scan, struct view *view)
{
    struct pick pick = {0};
    int result = load(scan, &pick);
    if (!result)
        result = show_order(scan, &pick, view);
    view->expect = "item";
    snprintf(view->code, sizeof(view->code), "%s", pick.item.sku);
    show_need(&pick, ASK_ITEM, &view->prompt);
    return result;
}

static int show_tote(struct scan *scan, struct view *view)
{
    struct pick pick = {0};
    int result = load(scan, &pick);
    if (!result)
        result = show_order(scan, &pick, view);
    view->expect = "tote";
    answer_set(&view->prompt, ASK_TOTE);
    return result;
}

static int show_stage(struct scan *scan, struct view *view)
{
    struct pick pick = {0};
    int result = load(scan, &pick);
    if (!result)
        result = show_order(scan, &pick, view);
    view->expect = "stage";
    answer_set(&view->prompt, pick.order.cancelled ? ASK_RETURN_SHELF : ASK_STAGE);
    answer_text(&view->prompt, "o", pick.order.number);
    return result;
}

static const struct command at_location[] = {{.name = "SKIP", .run = skip}, {.name = NULL}};
static const struct command at_item[] = {{.name = "SHORT", .run = declare_short},
                                         {.name = "DAMAGE", .run = declare_damaged},
                                         {.name = "SKIP", .run = skip},
                                         {.name = NULL}};

static const struct step steps[] = {
    {"pick.location", BIT(CODE_LOCATION), "the place", "库位", accept_location, show_location, .commands = at_location},
    {"pick.item", BIT(CODE_ITEM), "the item", "商品", accept_item, show_item, .commands = at_item},
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
                                    {"pick.line", "the piece", "拣货", NULL},
                                    {"pick.tote", "the tote", "周转箱", undo_tote},
                                    {.type = NULL}};

const struct flow pick_flow = {"pick", steps, undos};
