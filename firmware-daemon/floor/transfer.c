/* Transfers to another site: line by line out of the bins onto plates, to the stage, and away.
 *
 *   menu -> transfer.plate -> transfer.location -> transfer.item ... -> transfer.stage -> transfer.ship -> menu
 *
 * A document is open, working, picked, shipped. What orders were promised stays where it is: the stock is not set aside
 * before it is taken. Another worker may go on with what one has left. */
#include "store/transfer.h"
#include "floor/rule.h"
#include "store/document.h"
#include "store/stock_count.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct work {
    struct document document;
    struct document_line line;
    struct item item;
    struct location bin;
    struct lpn plate;
    struct transfer_pick pick; /* what is to be taken from the bin */
};

static int load(struct scan *scan, struct work *work)
{
    struct store *store = scan->store;
    const struct session *session = &scan->session;
    int result = document_load(store, session->document, &work->document);
    if (!result && session->tote)
        result = lpn_load(store, session->tote, &work->plate);
    if (!result && session->location)
        result = location_load(store, session->location, &work->bin);
    if (!result && session->line)
        result = document_line_load(store, session->line, &work->line);
    if (!result && session->line)
        result = item_load(store, work->line.item, &work->item);
    return result;
}

/* The plate first; then the bin where the next line can be had; then the stage, and the door. */
static int go_on(struct scan *scan)
{
    struct session *session = &scan->session;
    struct transfer_pick next;
    int64_t here = session->location, unstaged = 0;
    int result = here ? transfer_next(scan->store, session->document, session->line, here, &next) : -ENOENT;
    if (result == -ENOENT)
        result = transfer_next(scan->store, session->document, 0, 0, &next);
    if (result && result != -ENOENT)
        return result;
    if (result == -ENOENT) {
        session->line = session->location = 0;
        result = transfer_unstaged(scan->store, session->document, &unstaged);
        if (!result) /* another may have left one on the way */
            go(scan, session->tote ? "transfer.stage" : unstaged > 0 ? "transfer.plate" : "transfer.ship");
        return result;
    }
    session->line = next.line;
    session->location = next.location;
    go(scan, !session->tote ? "transfer.plate" : next.location == here ? "transfer.item" : "transfer.location");
    return 0;
}

static int check_state(struct scan *scan, const struct document *document)
{
    static const char *const states[] = {"open", "working", "picked"};
    if (document->worker && document->worker != scan->session.worker)
        return refuse_taken(scan, document->worker);
    for (size_t i = 0; i < COUNT(states); i++)
        if (strcmp(states[i], document->state) == 0)
            return 0;
    return refuse(scan, E25_NOT_NOW, "c", document->number);
}

int transfer_open(struct scan *scan, int64_t document_id)
{
    struct document document;
    struct document_totals totals;
    int result = document_load(scan->store, document_id, &document);
    if (!result)
        result = check_state(scan, &document);
    if (!result)
        result = document_totals(scan->store, document_id, &totals);
    scan->session.document = document_id;
    if (!result)
        result = go_on(scan);
    if (!result && totals.done == 0 && strcmp(scan->session.step, "transfer.ship") == 0)
        return refuse(scan, E75_NO_STOCK, "d", document.number);
    if (!result && strcmp(document.state, "open") == 0)
        result = document_set_state(scan->store, document_id, "working", "");
    if (!result)
        result = document_set_worker(scan->store, document_id, scan->session.worker);
    if (result)
        return result;
    json_text(record_start(scan), "document", document.number);
    result = record(scan, "transfer.opened", "document", document.number);
    struct answer *answer = accept_with(scan, DONE_TRANSFER);
    answer_text(answer, "d", document.number);
    answer_number(answer, "n", totals.expected - totals.done);
    return result ? result : undo_border(scan);
}

/* ---------------------------------------------------------------- onto which plate */

static int check_plate(struct scan *scan, const struct lpn *plate)
{
    struct order order = {0};
    if (plate->document == scan->session.document ||
        (!plate->order && !plate->wave && !plate->document && lpn_is_empty(scan->store, plate->id)))
        return 0;
    if (!plate->order)
        return refuse(scan, E72_PLATE_BUSY, "t", plate->code);
    int result = order_load(scan->store, plate->order, &order);
    struct answer *answer = refusal(scan, E10_TOTE);
    answer_text(answer, "t", plate->code);
    answer_text(answer, "o", order.number);
    return result ? result : FLOOR_REFUSED;
}

static int accept_plate(struct scan *scan)
{
    struct work work = {0};
    struct lpn plate;
    int result = load(scan, &work);
    if (!result)
        result = lpn_load(scan->store, scan->target.id, &plate);
    if (!result)
        result = check_plate(scan, &plate);
    if (result)
        return result;
    bool ours = plate.document != 0;
    json_text(record_start(scan), "document", work.document.number);
    json_text(&scan->data, "plate", plate.code);
    result = record(scan, "transfer.plate", "document", work.document.number);
    if (!result)
        result = ledger_move_lpn(scan->store, scan->seq, plate.id, LOCATION_FLOOR, "stage");
    if (!result)
        result = lpn_assign_document(scan->store, plate.id, work.document.id);
    if (!result) /* one that was on the stage comes back: no simple way to take that back */
        result = ours ? undo_border(scan) : undo_allow(scan, "transfer.plate");
    scan->session.tote = plate.id;
    scan->session.location = 0;
    struct answer *answer = accept_with(scan, DONE_TRANSFER_PLATE);
    answer_text(answer, "t", plate.code);
    answer_text(answer, "d", work.document.number);
    return result ? result : go_on(scan);
}

/* ---------------------------------------------------------------- out of the bins */

static int accept_location(struct scan *scan)
{
    struct work work = {0};
    int result = load(scan, &work);
    if (result)
        return result;
    if (scan->target.id != work.bin.id)
        return refuse_place(scan, work.bin.code, scan->text);
    json_text(record_start(scan), "document", work.document.number);
    json_text(&scan->data, "location", work.bin.code);
    result = record(scan, "transfer.located", "document", work.document.number);
    go(scan, "transfer.item");
    answer_text(accept_with(scan, DONE_AT_LOCATION), "l", work.bin.code);
    return result ? result : undo_allow(scan, "transfer.located");
}

static unsigned needs(struct scan *scan, const struct item *item)
{
    return goods_needs_there(scan, item, scan->session.location, 0);
}

/* The lot that goes first, or one that lives as long. */
static int check_lot(struct scan *scan, int64_t wanted_lot, int64_t lot)
{
    struct lot wanted, got;
    int result = lot_load(scan->store, wanted_lot, &wanted);
    if (!result)
        result = lot_load(scan->store, lot, &got);
    if (result || lot == wanted_lot || (*wanted.expiry && strcmp(wanted.expiry, got.expiry) == 0))
        return result;
    return refuse(scan, E07_LOT, "exp", wanted.code);
}

static int check(struct scan *scan, struct work *work, const struct goods *goods)
{
    int result = transfer_next(scan->store, work->document.id, work->line.id, work->bin.id, &work->pick);
    if (result == -ENOENT) /* orders were promised the rest meanwhile */
        return refuse(scan, E75_NO_STOCK, "d", work->document.number);
    if (result)
        return result;
    if (goods->item.id != work->item.id)
        return refuse_goods(scan, work->item.name, goods->item.name);
    if (goods->quantity > work->line.expected - work->line.done)
        return refuse_over(scan, work->line.done, work->line.expected);
    return 0;
}

static int take(struct scan *scan, const struct goods *goods)
{
    struct work work = {0};
    struct move move = {.from_location = scan->session.location,
                        .to_location = LOCATION_FLOOR,
                        .to_lpn = scan->session.tote,
                        .reason = "transfer",
                        .document_line = scan->session.line};
    int result = load(scan, &work);
    if (!result)
        result = check(scan, &work, goods);
    if (!result)
        result = goods_from(scan, goods, &move);
    if (!result)
        result = check_lot(scan, work.pick.lot, move.lot);
    if (result)
        return result;
    json_text(record_start(scan), "document", work.document.number);
    json_int(&scan->data, "line", work.line.line);
    json_text(&scan->data, "location", work.bin.code);
    json_text(&scan->data, "plate", work.plate.code);
    goods_write(goods, &scan->data);
    result = record(scan, "transfer.line", "document", work.document.number);
    if (!result)
        result = ledger_move(scan->store, scan->seq, &move);
    if (!result)
        result = undo_allow(scan, "transfer.line");
    struct answer *answer = accept_with(scan, DONE_PICKED);
    answer_number(answer, "n", goods->quantity);
    answer_text(answer, "i", goods->item.name);
    if (!result)
        result = go_on(scan);
    return result ? result : count_zero_check(scan, work.bin.id);
}

static int ask_for_count(struct scan *scan, const struct work *work)
{
    int result = ledger_hold_free(scan->store, work->item.id, work->bin.id, work->pick.lot, "short");
    if (result)
        return result;
    return count_request(
        scan->store,
        &(struct stock_count){
            .location = work->bin.id, .item = work->item.id, .source = "short", .blind = true, .priority = 5});
}

/* What should be free here is not: it is held and counted, and the line goes on elsewhere. Where orders were promised
 * it meanwhile there is nothing to count. */
static int declare_short(struct scan *scan)
{
    struct work work = {0};
    int result = load(scan, &work);
    if (result)
        return result;
    int free = transfer_next(scan->store, work.document.id, work.line.id, work.bin.id, &work.pick);
    int64_t missing = work.line.expected - work.line.done;
    json_text(record_start(scan), "document", work.document.number);
    json_int(&scan->data, "line", work.line.line);
    json_text(&scan->data, "location", work.bin.code);
    json_text(&scan->data, "sku", work.item.sku);
    json_int(&scan->data, "missing", missing);
    result = free == -ENOENT ? 0 : free;
    if (!result)
        result = record(scan, "transfer.short", "document", work.document.number);
    if (!result && !free)
        result = ask_for_count(scan, &work);
    if (!result)
        result = undo_border(scan);
    struct answer *answer = accept_with(scan, DONE_SHORT);
    answer_number(answer, "n", missing);
    answer_text(answer, "l", work.bin.code);
    return result ? result : go_on(scan);
}

/* ---------------------------------------------------------------- to the stage and away */

static int full(struct scan *scan)
{
    struct work work = {0};
    int result = load(scan, &work);
    if (!result && lpn_is_empty(scan->store, work.plate.id))
        return refuse_not_now(scan);
    if (result)
        return result;
    json_text(record_start(scan), "document", work.document.number);
    json_text(&scan->data, "plate", work.plate.code);
    result = record(scan, "transfer.full", "document", work.document.number);
    answer_text(accept_with(scan, DONE_TRANSFER_FULL), "t", work.plate.code);
    go(scan, "transfer.stage");
    return result ? result : undo_allow(scan, "transfer.full");
}

static int accept_stage(struct scan *scan)
{
    struct work work = {0};
    struct location stage;
    int result = load(scan, &work);
    if (!result)
        result = location_load(scan->store, scan->target.id, &stage);
    if (result)
        return result;
    if (strcmp(stage.kind, "stage") != 0)
        return refuse_place(scan, "a stage · 集货区", stage.code);
    json_text(record_start(scan), "document", work.document.number);
    json_text(&scan->data, "plate", work.plate.code);
    json_text(&scan->data, "location", stage.code);
    result = record(scan, "transfer.staged", "document", work.document.number);
    if (!result)
        result = ledger_move_lpn(scan->store, scan->seq, work.plate.id, stage.id, "stage");
    if (!result)
        result = undo_allow(scan, "transfer.staged");
    struct answer *answer = accept_with(scan, DONE_TRANSFER_STAGED);
    answer_text(answer, "t", work.plate.code);
    answer_text(answer, "l", stage.code);
    scan->session.tote = scan->session.location = 0;
    if (!result)
        result = go_on(scan);
    bool picked = strcmp(scan->session.step, "transfer.ship") == 0;
    return result || !picked ? result : document_set_state(scan->store, work.document.id, "picked", "");
}

static int ship(struct scan *scan)
{
    struct work work = {0};
    struct document_totals totals;
    int result = load(scan, &work);
    if (!result)
        result = document_totals(scan->store, work.document.id, &totals);
    if (!result && totals.done == 0)
        return refuse(scan, E75_NO_STOCK, "d", work.document.number);
    if (result)
        return result;
    json_text(record_start(scan), "document", work.document.number);
    json_text(&scan->data, "to", work.document.partner);
    json_int(&scan->data, "quantity", totals.done);
    result = transfer_write(scan->store, work.document.id, &scan->data);
    if (!result)
        result = record(scan, "transfer.shipped", "document", work.document.number);
    if (!result)
        result = transfer_send(scan->store, scan->seq, work.document.id);
    if (!result)
        result =
            document_set_state(scan->store, work.document.id, "shipped", totals.done < totals.expected ? "short" : "");
    if (!result)
        result = document_set_worker(scan->store, work.document.id, 0);
    if (!result)
        result = undo_border(scan);
    struct answer *answer = accept_with(scan, DONE_TRANSFER_SHIPPED);
    answer_text(answer, "d", work.document.number);
    answer_number(answer, "n", totals.done);
    answer_text(answer, "s", work.document.partner);
    leave_flow(scan);
    return result;
}

/* Whoever scans the document goes on with it. */
static int put_off(struct scan *scan)
{
    struct work work = {0};
    int result = load(scan, &work);
    if (!result)
        result = document_set_worker(scan->store, work.document.id, 0);
    return result ? result : leave_work(scan, "transfer");
}

/* ---------------------------------------------------------------- what is shown */

static int show(struct scan *scan, struct view *view, struct work *work, const char *expect)
{
    struct document_totals totals = {0};
    int result = load(scan, work);
    if (!result)
        result = document_totals(scan->store, work->document.id, &totals);
    view->expect = expect;
    view->done = totals.done;
    view->need = totals.expected;
    answer_set(&view->details[0], NOTE_TRANSFER);
    answer_text(&view->details[0], "d", work->document.number);
    answer_text(&view->details[0], "s", work->document.partner);
    view->detail_count = 1;
    return result;
}

static int show_plate(struct scan *scan, struct view *view)
{
    struct work work = {0};
    answer_set(&view->prompt, ASK_TRANSFER_PLATE);
    return show(scan, view, &work, "plate");
}

static int show_location(struct scan *scan, struct view *view)
{
    struct work work = {0};
    int result = show(scan, view, &work, "location");
    answer_set(&view->prompt, ASK_LOCATION);
    answer_text(&view->prompt, "l", work.bin.code);
    snprintf(view->code, sizeof(view->code), "%s", work.bin.code);
    return result;
}

static int show_item(struct scan *scan, struct view *view)
{
    struct work work = {0};
    int result = show(scan, view, &work, "item");
    answer_set(&view->prompt, ASK_ITEM);
    answer_number(&view->prompt, "n", work.line.expected - work.line.done);
    answer_text(&view->prompt, "i", work.item.name);
    snprintf(view->code, sizeof(view->code), "%s", work.item.sku);
    return result;
}

static int show_stage(struct scan *scan, struct view *view)
{
    struct work work = {0};
    answer_set(&view->prompt, ASK_STAGE);
    return show(scan, view, &work, "stage");
}

static int show_ship(struct scan *scan, struct view *view)
{
    struct work work = {0};
    int result = show(scan, view, &work, "command");
    answer_set(&view->prompt, ASK_TRANSFER_SHIP);
    answer_text(&view->prompt, "d", work.document.number);
    return result;
}

static const struct command leaving[] = {{.name = "SKIP", .run = put_off}, {.name = NULL}};
static const struct command at_location[] = {
    {.name = "SKIP", .run = put_off}, {.name = "FULL", .run = full}, {.name = NULL}};
static const struct command at_item[] = {{.name = "SHORT", .run = declare_short, .final = true},
                                         {.name = "FULL", .run = full},
                                         {.name = "SKIP", .run = put_off},
                                         {.name = NULL}};
static const struct command at_ship[] = {
    {.name = "DONE", .run = ship, .final = true}, {.name = "SKIP", .run = put_off}, {.name = NULL}};

static const struct step steps[] = {
    {"transfer.plate", BIT(CODE_TOTE) | BIT(CODE_PALLET), "a plate", "周转箱或托盘", accept_plate, show_plate,
     .commands = leaving},
    {"transfer.location", BIT(CODE_LOCATION), "the place", "库位", accept_location, show_location,
     .commands = at_location},
    {"transfer.item", BIT(CODE_ITEM), "the item", "商品", NULL, show_item, .commands = at_item, .take = take,
     .needs = needs},
    {"transfer.stage", BIT(CODE_LOCATION), "the stage", "集货区", accept_stage, show_stage, .commands = NULL},
    {"transfer.ship", 0, "DONE", "「完成」", NULL, show_ship, .commands = at_ship},
    {.name = NULL},
};

static int undo_plate(struct scan *scan, const struct action *action)
{
    (void)action;
    bool first = lpn_is_empty(scan->store, scan->session.tote);
    return first ? lpn_assign(scan->store, scan->session.tote, 0) : 0;
}

/* Back in the hands of the worker. */
static int undo_staged(struct scan *scan, const struct action *action)
{
    int result = lpn_set_location(scan->store, action->before.tote, LOCATION_FLOOR);
    return result ? result : document_set_state(scan->store, scan->session.document, "working", "");
}

static const struct undo undos[] = {{"transfer.plate", "the plate", "周转箱", undo_plate},
                                    {"transfer.located", "the place", "库位", NULL},
                                    {"transfer.line", "the piece", "拣货", NULL},
                                    {"transfer.full", "the full plate", "满箱", NULL},
                                    {"transfer.staged", "the putting down", "集货", undo_staged},
                                    {.type = NULL}};

const struct flow transfer_flow = {.name = "transfer", .steps = steps, .undos = undos};
