/* Replenishment: from the reserve into the hands, and into the face that runs low.
 *
 *   menu -> replen.source -> replen.item ... -> replen.face ... -> menu
 *
 * A task is planned, taken, carrying from the first piece on, then done or short. Only what no order was promised is
 * taken. When the face cannot hold all, the rest goes back to the reserve. */
#include "floor/replenish.h"
#include "floor/wave.h"
#include "store/replenish.h"
#include "store/stock_count.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct replen {
    struct task task;
    struct item item;
    struct location source, face;
    int64_t hand, in_hand;
};

static int load(struct scan *scan, struct replen *ret)
{
    struct store *store = scan->store;
    *ret = (struct replen){0};
    int result = task_load(store, scan->session.task, &ret->task);
    if (!result)
        result = item_load(store, ret->task.item, &ret->item);
    if (!result)
        result = location_load(store, ret->task.from_location, &ret->source);
    if (!result)
        result = location_load(store, ret->task.to_location, &ret->face);
    if (!result)
        result = lpn_of_hand(store, scan->worker.code, &ret->hand);
    return result ? result : ledger_on_plate(store, ret->hand, &ret->in_hand);
}

static struct buf *write_task(struct scan *scan, const struct replen *replen)
{
    struct buf *data = record_start(scan);
    json_int(data, "task", replen->task.id);
    json_text(data, "from", replen->source.code);
    json_text(data, "to", replen->face.code);
    return data;
}

static int record_task(struct scan *scan, const struct replen *replen, const char *type)
{
    return record(scan, type, "location", replen->face.code);
}

/* ---------------------------------------------------------------- taking the task */

int replenish_start(struct scan *scan)
{
    struct store *store = scan->store;
    struct replen replen;
    struct task task;
    int result = replenish_next(store, &task);
    if (result == -ENOENT)
        return refuse(scan, E27_NO_REPLEN, NULL, NULL);
    if (!result)
        result = task_set_state(store, task.id, "taken", "");
    if (!result)
        result = task_set_worker(store, task.id, scan->session.worker);
    scan->session.task = task.id;
    if (!result)
        result = load(scan, &replen);
    if (result)
        return result;
    json_text(write_task(scan, &replen), "sku", replen.item.sku);
    json_int(&scan->data, "quantity", replen.task.quantity);
    result = record_task(scan, &replen, "replen.taken");
    if (!result)
        result = undo_border(scan);
    go(scan, "replen.source");
    struct answer *answer = accept_with(scan, DONE_REPLEN);
    answer_number(answer, "n", replen.task.quantity);
    answer_text(answer, "i", replen.item.name);
    answer_text(answer, "l", replen.face.code);
    return result;
}

static int accept_source(struct scan *scan)
{
    struct replen replen;
    int result = load(scan, &replen);
    if (result)
        return result;
    if (scan->target.id != replen.source.id)
        return refuse_place(scan, replen.source.code, scan->text);
    write_task(scan, &replen);
    result = record_task(scan, &replen, "replen.located");
    if (!result)
        result = undo_allow(scan, "replen.located");
    go(scan, "replen.item");
    answer_text(accept_with(scan, DONE_AT_LOCATION), "l", replen.source.code);
    return result;
}

/* ---------------------------------------------------------------- out of the reserve */

static unsigned needs(struct scan *scan, const struct item *item)
{
    struct task task;
    int result = task_load(scan->store, scan->session.task, &task);
    return result ? 0 : goods_needs_there(scan, item, task.from_location, 0);
}

/* Another lot may go when it lasts as long. */
static int check_lot(struct scan *scan, const struct replen *replen, int64_t got)
{
    struct lot wanted, other;
    if (got == replen->task.lot)
        return 0;
    int result = lot_load(scan->store, replen->task.lot, &wanted);
    if (!result)
        result = lot_load(scan->store, got, &other);
    if (result || strcmp(wanted.expiry, other.expiry) == 0)
        return result;
    return refuse(scan, E07_LOT, "exp", *wanted.code ? wanted.code : "–");
}

static int check_goods(struct scan *scan, const struct replen *replen, const struct goods *goods, struct move *move)
{
    if (goods->item.id != replen->item.id)
        return refuse_goods(scan, replen->item.name, goods->item.name);
    if (replen->task.taken + goods->quantity > replen->task.quantity)
        return refuse_over(scan, replen->task.taken, replen->task.quantity);
    int result = goods_from(scan, goods, move);
    return result ? result : check_lot(scan, replen, move->lot);
}

static int take(struct scan *scan, const struct goods *goods)
{
    struct replen replen;
    int result = load(scan, &replen);
    struct move move = {.from_location = replen.source.id,
                        .to_location = LOCATION_FLOOR,
                        .to_lpn = replen.hand,
                        .reason = "take",
                        .task = replen.task.id};
    if (!result)
        result = check_goods(scan, &replen, goods, &move);
    if (result)
        return result;
    goods_write(goods, write_task(scan, &replen));
    result = record_task(scan, &replen, "replen.item");
    if (!result)
        result = ledger_move(scan->store, scan->seq, &move);
    if (!result)
        result = task_set_state(scan->store, replen.task.id, "carrying", "");
    if (!result)
        result = undo_allow(scan, "replen.item");
    if (replen.task.taken + goods->quantity == replen.task.quantity)
        go(scan, "replen.face");
    struct answer *answer = accept_with(scan, DONE_PICKED);
    answer_number(answer, "n", goods->quantity);
    answer_text(answer, "i", goods->item.name);
    return result;
}

/* ---------------------------------------------------------------- the end of a task */

/* Done with less than was planned is short. */
static int finish(struct scan *scan, const struct replen *replen, int64_t put)
{
    int result = task_set_state(scan->store, replen->task.id, "done", put < replen->task.quantity ? "short" : "");
    leave_flow(scan);
    return result;
}

/* Nothing was taken: it waits for somebody again. */
static int give_back(struct scan *scan)
{
    struct replen replen;
    int result = load(scan, &replen);
    if (result)
        return result;
    if (replen.in_hand > 0)
        return refuse_other_code(scan, "DONE and bring it to the face", "「完成」并送到拣货位");
    write_task(scan, &replen);
    result = record_task(scan, &replen, "replen.left");
    if (!result)
        result = task_give_back(scan->store, replen.task.id);
    if (!result)
        result = undo_border(scan);
    leave_flow(scan);
    accept_with(scan, DONE_LEFT);
    return result;
}

/* Full hands bring what they hold. */
static int enough(struct scan *scan)
{
    struct replen replen;
    int result = load(scan, &replen);
    if (result || replen.in_hand == 0)
        return result ? result : give_back(scan);
    write_task(scan, &replen);
    result = record_task(scan, &replen, "replen.enough");
    if (!result)
        result = undo_allow(scan, "replen.enough");
    go(scan, "replen.face");
    answer_text(accept_with(scan, DONE_REPLEN_ENOUGH), "l", replen.face.code);
    return result;
}

/* The bin holds less than the books say: what is free there is held until somebody has counted. */
static int declare_short(struct scan *scan)
{
    struct replen replen;
    int result = load(scan, &replen);
    int64_t missing = replen.task.quantity - replen.task.taken;
    if (result)
        return result;
    json_text(write_task(scan, &replen), "sku", replen.item.sku);
    json_int(&scan->data, "missing", missing);
    result = record_task(scan, &replen, "replen.short");
    if (!result)
        result = ledger_hold_free(scan->store, replen.item.id, replen.source.id, replen.task.lot, "short");
    if (!result)
        result = count_request(
            scan->store,
            &(struct stock_count){
                .location = replen.source.id, .item = replen.item.id, .source = "short", .blind = true, .priority = 5});
    if (!result)
        result = undo_border(scan);
    go(scan, "replen.face");
    if (!result && replen.in_hand == 0)
        result = finish(scan, &replen, 0);
    struct answer *answer = accept_with(scan, DONE_SHORT);
    answer_number(answer, "n", missing);
    answer_text(answer, "l", replen.source.code);
    return result;
}

/* ---------------------------------------------------------------- into the face */

/* Out of the hand, lot by lot; into the face for the task, or back where it came from. */
static int put_down(struct scan *scan, const struct replen *replen, const struct location *place, int64_t pieces)
{
    bool back = place->id == replen->source.id;
    while (pieces > 0) {
        struct stack stack;
        int64_t count;
        int result = ledger_stack(scan->store, LOCATION_FLOOR, replen->hand, replen->item.id, -1, &stack, &count);
        if (result)
            return result;
        int64_t quantity = stack.quantity < pieces ? stack.quantity : pieces;
        result = ledger_move_stack(scan->store, scan->seq,
                                   &(struct move){.item = stack.item,
                                                  .lot = stack.lot,
                                                  .quantity = quantity,
                                                  .from_location = LOCATION_FLOOR,
                                                  .from_lpn = replen->hand,
                                                  .to_location = place->id,
                                                  .reason = "replenish",
                                                  .task = back ? 0 : replen->task.id});
        if (!result && !back && replen->task.wave)
            result = wave_promise_face(scan->store, replen->task.wave, stack.item, stack.lot, place->id, quantity);
        if (!result && !back && replen->task.wave)
            result = batch_follow(scan->store, replen->task.wave);
        if (result)
            return result;
        pieces -= quantity;
    }
    return 0;
}

/* The lots in the hand go into a face by its rules, each of them. */
static int check_face(struct scan *scan, const struct replen *replen, int64_t pieces)
{
    struct stack stack;
    int64_t count;
    int result = ledger_stack(scan->store, LOCATION_FLOOR, replen->hand, replen->item.id, -1, &stack, &count);
    return result ? result
                  : bin_refuses(scan->store, &replen->face, &replen->item, stack.lot, pieces, &scan->effect->answer);
}

static int put(struct scan *scan, const struct replen *replen, const struct location *place, int64_t pieces)
{
    bool back = place->id == replen->source.id;
    struct stack stack;
    int64_t count = 0;
    char lot[STORE_CODE_MAX] = "";
    int result = ledger_stack(scan->store, LOCATION_FLOOR, replen->hand, replen->item.id, -1, &stack, &count);
    if (!result && count == 1)
        result = lot_code(scan->store, stack.lot, lot, sizeof(lot));
    if (result)
        return result;
    json_text(write_task(scan, replen), "sku", replen->item.sku);
    json_int(&scan->data, "quantity", pieces);
    if (*lot)
        json_text(&scan->data, "lot", lot);
    result = record_task(scan, replen, back ? "replen.returned" : "replen.done");
    if (!result)
        result = put_down(scan, replen, place, pieces);
    if (!result)
        result = undo_allow(scan, back ? "replen.returned" : "replen.done");
    scan->session.pieces = 0;
    if (!result && pieces == replen->in_hand)
        result = finish(scan, replen, replen->task.put + (back ? 0 : pieces));
    struct answer *answer = accept_with(scan, DONE_PUT);
    answer_number(answer, "n", pieces);
    answer_text(answer, "i", replen->item.name);
    answer_text(answer, "l", place->code);
    return result;
}

static int accept_face(struct scan *scan)
{
    struct replen replen;
    int result = load(scan, &replen);
    if (result)
        return result;
    int64_t pieces = scan->session.pieces ? scan->session.pieces : replen.in_hand;
    if (scan->target.id == replen.source.id)
        return put(scan, &replen, &replen.source, pieces);
    if (scan->target.id != replen.face.id)
        return refuse_place(scan, replen.face.code, scan->text);
    result = check_face(scan, &replen, pieces);
    return result ? result : put(scan, &replen, &replen.face, pieces);
}

/* So many of them only. */
static int split(struct scan *scan)
{
    struct replen replen;
    int result = load(scan, &replen);
    if (!result && (scan->argument < 1 || scan->argument > replen.in_hand))
        return refuse_not_now(scan);
    if (!result && strcmp(replen.item.serials, "all") == 0)
        return refuse(scan, E34_ONE_BY_ONE, "i", replen.item.name);
    if (result)
        return result;
    json_int(record_start(scan), "quantity", scan->argument);
    result = record(scan, "scan.quantity", "worker", scan->worker.code);
    if (!result)
        result = undo_allow(scan, "scan.quantity");
    scan->session.pieces = scan->argument;
    answer_number(accept_with(scan, DONE_QUANTITY), "n", scan->argument);
    return result;
}

/* ---------------------------------------------------------------- what is shown */

static int show(struct scan *scan, struct view *view, struct replen *replen)
{
    int result = load(scan, replen);
    answer_set(&view->details[0], NOTE_REPLEN);
    answer_number(&view->details[0], "n", replen->task.quantity);
    answer_text(&view->details[0], "i", replen->item.name);
    answer_text(&view->details[0], "l", replen->face.code);
    view->detail_count = 1;
    view->done = replen->task.taken;
    view->need = replen->task.quantity;
    return result;
}

static int show_place(struct scan *scan, struct view *view, bool face)
{
    struct replen replen;
    int result = show(scan, view, &replen);
    const char *code = face ? replen.face.code : replen.source.code;
    view->expect = "location";
    text_copy(view->code, sizeof(view->code), code);
    answer_set(&view->prompt, ASK_LOCATION);
    answer_text(&view->prompt, "l", code);
    return result;
}

static int show_source(struct scan *scan, struct view *view)
{
    return show_place(scan, view, false);
}

static int show_face(struct scan *scan, struct view *view)
{
    return show_place(scan, view, true);
}

static int show_item(struct scan *scan, struct view *view)
{
    struct replen replen;
    char lot[STORE_CODE_MAX] = "";
    int result = show(scan, view, &replen);
    if (!result && replen.task.lot)
        result = lot_code(scan->store, replen.task.lot, lot, sizeof(lot));
    view->expect = "item";
    text_copy(view->code, sizeof(view->code), replen.item.sku);
    answer_set(&view->prompt, *lot ? ASK_REPLEN_LOT : ASK_ITEM);
    answer_number(&view->prompt, "n", replen.task.quantity - replen.task.taken);
    answer_text(&view->prompt, "i", replen.item.name);
    answer_text(&view->prompt, "t", lot);
    return result;
}

/* ---------------------------------------------------------------- the flow */

static const struct command at_source[] = {{.name = "SKIP", .run = give_back}, {.name = NULL}};
static const struct command at_item[] = {{.name = "SHORT", .run = declare_short, .final = true},
                                         {.name = "DONE", .run = enough},
                                         {.name = "SKIP", .run = give_back},
                                         {.name = NULL}};
static const struct command at_face[] = {{.name = "QTY", .run = split}, {.name = NULL}};

static const struct step steps[] = {
    {"replen.source", BIT(CODE_LOCATION), "the place", "库位", accept_source, show_source, .commands = at_source},
    {"replen.item", BIT(CODE_ITEM), "the item", "商品", NULL, show_item, .commands = at_item, .take = take,
     .needs = needs},
    {"replen.face", BIT(CODE_LOCATION), "the face", "拣货位", accept_face, show_face, .commands = at_face},
    {.name = NULL},
};

/* With empty hands nothing is under way yet. */
static int undo_item(struct scan *scan, const struct action *action)
{
    struct task task;
    int result = task_load(scan->store, action->before.task, &task);
    return result || task.taken > 0 ? result : task_set_state(scan->store, task.id, "taken", "");
}

static int undo_put(struct scan *scan, const struct action *action)
{
    int result = task_set_state(scan->store, action->before.task, "carrying", "");
    return result ? result : task_set_worker(scan->store, action->before.task, action->before.worker);
}

static const struct undo undos[] = {{"replen.located", "the place", "库位", NULL},
                                    {"replen.item", "the piece", "取货", undo_item},
                                    {"replen.enough", "the command", "命令", NULL},
                                    {"replen.done", "the filling", "补货", undo_put},
                                    {"replen.returned", "the putting back", "放回", undo_put},
                                    {.type = NULL}};

const struct flow replenish_flow = {.name = "replen", .steps = steps, .undos = undos};
