/* Putaway: a plate, or loose goods, from the dock to the bins that suit them.
 *
 *   menu -> putaway.fetch -> [putaway.item] -> putaway.location -> [putaway.confirm] -> ... -> menu
 *
 * A task is planned, then taken by one worker, then done. A plate with several kinds of goods is put away one by one.
 * Another bin than the proposed one must be scanned twice. Stock moves at the scan of the bin: from its plate, loose.
 */
#include "floor/putaway.h"
#include "store/receipt.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int load_hand(struct scan *scan, struct putaway *putaway)
{
    const struct session *session = &scan->session;
    struct lot lot = {0};
    if (!session->item)
        return 0;
    int result = item_load(scan->store, session->item, &putaway->item);
    if (!result && *session->lot_code)
        result = lot_find(scan->store, session->item, session->lot_code, &lot);
    putaway->lot = lot.id;
    return result;
}

int putaway_load(struct scan *scan, struct putaway *ret)
{
    struct store *store = scan->store;
    *ret = (struct putaway){0};
    int result = task_load(store, scan->session.task, &ret->task);
    if (!result && ret->task.lpn)
        result = lpn_load(store, ret->task.lpn, &ret->plate);
    if (!result)
        result = location_load(store, ret->plate.id ? ret->plate.location : ret->task.from_location, &ret->from);
    if (!result && scan->session.location)
        result = location_load(store, scan->session.location, &ret->place);
    return result ? result : load_hand(scan, ret);
}

/* ---------------------------------------------------------------- what is in the hand, and where it shall go */

/* Takes goods off the plate in mind, and proposes a bin for them. */
int putaway_hold(struct scan *scan, const struct putaway *putaway, const struct stack *stack, int64_t quantity,
                 const char *serial)
{
    struct session *session = &scan->session;
    struct item item;
    int64_t place = 0;
    int result = item_load(scan->store, stack->item, &item);
    if (!result)
        result = bin_suggest(scan->store, &item, stack->lot, quantity, putaway->task.id, &place);
    if (!result || result == -ENOENT)
        result = task_set_target(scan->store, putaway->task.id, place);
    if (!result)
        result = lot_code(scan->store, stack->lot, session->lot_code, sizeof(session->lot_code));
    text_copy(session->serial, sizeof(session->serial), serial);
    session->item = stack->item;
    session->pieces = quantity;
    session->location = place;
    go(scan, "putaway.location");
    struct answer *answer = accept_with(scan, DONE_PUTAWAY_HELD);
    answer_number(answer, "n", quantity);
    answer_text(answer, "i", item.name);
    return result;
}

static void empty_hand(struct scan *scan)
{
    struct session *session = &scan->session;
    session->item = session->pieces = session->location = 0;
    *session->lot_code = *session->serial = '\0';
}

/* What is left of the task: one kind of goods needs no scan, of several one is scanned. */
static int go_on(struct scan *scan, const struct putaway *putaway)
{
    struct stack stack;
    int64_t count = 0;
    empty_hand(scan);
    if (!putaway->plate.id) {
        go(scan, "putaway.fetch");
        return 0;
    }
    int result = ledger_stack(scan->store, putaway->from.id, putaway->plate.id, 0, -1, &stack, &count);
    if (!result && count == 1)
        return putaway_hold(scan, putaway, &stack, stack.quantity, "");
    go(scan, "putaway.item");
    answer_text(accept_with(scan, DONE_PUTAWAY_PLATE), "t", putaway->plate.code);
    return result;
}

/* ---------------------------------------------------------------- opening */

static int take_task(struct scan *scan, int64_t id)
{
    struct putaway putaway;
    scan->session.task = id;
    int result = putaway_load(scan, &putaway);
    if (!result)
        result = task_set_state(scan->store, id, "taken", "");
    if (!result)
        result = task_set_worker(scan->store, id, scan->session.worker);
    if (result)
        return result;
    json_int(record_start(scan), "task", id);
    json_text(&scan->data, "from", putaway.from.code);
    json_text(&scan->data, "plate", *putaway.plate.code ? putaway.plate.code : NULL);
    result = record(scan, "putaway.taken", "location", putaway.from.code);
    if (!result)
        result = undo_border(scan);
    empty_hand(scan);
    go(scan, "putaway.fetch");
    answer_text(accept_with(scan, DONE_PUTAWAY), "l", putaway.from.code);
    return result;
}

/* What another flow has carried away meanwhile needs no putaway. */
static int is_left(struct scan *scan, int64_t id, bool *ret)
{
    struct putaway putaway;
    struct stack stack;
    int64_t count;
    scan->session.task = id;
    int result = putaway_load(scan, &putaway);
    if (!result)
        result = ledger_stack(scan->store, putaway.from.id, putaway.plate.id, putaway.plate.id ? 0 : putaway.task.item,
                              putaway.plate.id ? -1 : putaway.task.lot, &stack, &count);
    *ret = result == 0;
    return result == -ENOENT ? 0 : result;
}

int putaway_start(struct scan *scan)
{
    int64_t task;
    bool left = false;
    int result;
    while ((result = task_next(scan->store, "putaway", &task)) == 0) {
        result = is_left(scan, task, &left);
        if (result || left)
            break;
        result = task_set_state(scan->store, task, "cancelled", "");
        if (result)
            return result;
    }
    if (result == -ENOENT)
        return refuse(scan, E27_NO_PUTAWAY, NULL, NULL);
    return result ? result : take_task(scan, task);
}

/* Goods of a receipt that somebody works on are still being received. */
static int check_receipt(struct scan *scan, const struct lpn *plate)
{
    struct document document;
    if (!plate->document)
        return 0;
    int result = document_load(scan->store, plate->document, &document);
    if (result || !document.worker || document.worker == scan->session.worker)
        return result;
    return refuse_taken(scan, document.worker);
}

int putaway_open(struct scan *scan, int64_t plate_id)
{
    struct lpn plate;
    struct task task;
    struct putaway putaway;
    int result = task_of_plate(scan->store, plate_id, &task);
    if (result == -ENOENT) {
        result = lpn_load(scan->store, plate_id, &plate);
        if (!result)
            result = check_receipt(scan, &plate);
        if (!result)
            result = plate_plan_putaway(scan->store, plate_id, &task.id);
        task.worker = 0;
    }
    if (!result && task.worker && task.worker != scan->session.worker)
        return refuse_taken(scan, task.worker);
    if (!result)
        result = take_task(scan, task.id);
    if (!result)
        result = putaway_load(scan, &putaway);
    return result ? result : go_on(scan, &putaway);
}

/* ---------------------------------------------------------------- which goods */

static int accept_plate(struct scan *scan)
{
    struct putaway putaway;
    struct lpn plate;
    int result = putaway_load(scan, &putaway);
    if (!result)
        result = lpn_load(scan->store, scan->target.id, &plate);
    if (result)
        return result;
    if (!putaway.plate.id)
        return refuse_other_code(scan, "the goods", "商品");
    if (plate.id != putaway.plate.id)
        return refuse_goods(scan, putaway.plate.code, plate.code);
    json_int(record_start(scan), "task", putaway.task.id);
    json_text(&scan->data, "plate", plate.code);
    result = record(scan, "putaway.fetched", "location", putaway.from.code);
    if (!result)
        result = undo_allow(scan, "putaway.fetched");
    return result ? result : go_on(scan, &putaway);
}

/* ---------------------------------------------------------------- into the bin */

static int check_place(struct scan *scan, const struct putaway *putaway, const struct location *place)
{
    if (strcmp(place->kind, "face") != 0 && strcmp(place->kind, "reserve") != 0)
        return refuse_place(scan, *putaway->place.code ? putaway->place.code : "a bin · 货位", place->code);
    return bin_refuses(scan->store, place, &putaway->item, putaway->lot, scan->session.pieces, &scan->effect->answer);
}

static int ask_again(struct scan *scan, const struct putaway *putaway, const struct location *place)
{
    json_int(record_start(scan), "task", putaway->task.id);
    json_text(&scan->data, "sku", putaway->item.sku);
    json_text(&scan->data, "location", place->code);
    json_text(&scan->data, "proposed", *putaway->place.code ? putaway->place.code : NULL);
    int result = record(scan, "putaway.elsewhere", "location", place->code);
    if (!result)
        result = undo_allow(scan, "putaway.elsewhere");
    scan->session.location = place->id;
    go(scan, "putaway.confirm");
    answer_text(accept_with(scan, DONE_PUTAWAY_ELSEWHERE), "l", place->code);
    return result;
}

static int record_put(struct scan *scan, const struct putaway *putaway, const struct location *place)
{
    struct goods goods = {.item = putaway->item, .quantity = scan->session.pieces};
    text_copy(goods.lot, sizeof(goods.lot), scan->session.lot_code);
    text_copy(goods.serial, sizeof(goods.serial), scan->session.serial);
    struct buf *data = record_start(scan);
    json_int(data, "task", putaway->task.id);
    goods_write(&goods, data);
    json_text(data, "from", putaway->from.code);
    json_text(data, "plate", *putaway->plate.code ? putaway->plate.code : NULL);
    json_text(data, "to", place->code);
    int result = record(scan, "putaway.done", "location", place->code);
    return result ? result : undo_allow(scan, "putaway.done");
}

static int move(struct scan *scan, const struct putaway *putaway, const struct location *place)
{
    struct serial serial = {0};
    int result = *scan->session.serial ? serial_find(scan->store, putaway->item.id, scan->session.serial, &serial) : 0;
    if (result)
        return result;
    return ledger_move_stack(scan->store, scan->seq,
                             &(struct move){.item = putaway->item.id,
                                            .lot = putaway->lot,
                                            .quantity = scan->session.pieces,
                                            .from_location = putaway->from.id,
                                            .from_lpn = putaway->plate.id,
                                            .to_location = place->id,
                                            .reason = "putaway",
                                            .task = putaway->task.id,
                                            .serial = serial.id});
}

/* The plate is free for others when nothing is left on it. */
static int finish(struct scan *scan, const struct putaway *putaway)
{
    int result = task_set_state(scan->store, putaway->task.id, "done", "");
    if (!result && putaway->plate.id)
        result = lpn_assign_document(scan->store, putaway->plate.id, 0);
    leave_flow(scan);
    return result;
}

static int put(struct scan *scan, const struct putaway *putaway, const struct location *place)
{
    int64_t pieces = scan->session.pieces;
    int result = record_put(scan, putaway, place);
    if (!result)
        result = move(scan, putaway, place);
    if (result)
        return result;
    bool done = putaway->plate.id ? lpn_is_empty(scan->store, putaway->plate.id)
                                  : putaway->task.put + pieces >= putaway->task.quantity;
    result = done ? finish(scan, putaway) : go_on(scan, putaway);
    struct answer *answer = accept_with(scan, DONE_PUT);
    answer_number(answer, "n", pieces);
    answer_text(answer, "i", putaway->item.name);
    answer_text(answer, "l", place->code);
    return result;
}

static int accept_location(struct scan *scan)
{
    struct putaway putaway;
    struct location place;
    int result = putaway_load(scan, &putaway);
    if (!result)
        result = location_load(scan->store, scan->target.id, &place);
    if (!result)
        result = check_place(scan, &putaway, &place);
    if (result)
        return result;
    bool meant = place.id == scan->session.location || place.id == putaway.task.to_location;
    return meant ? put(scan, &putaway, &place) : ask_again(scan, &putaway, &place);
}

/* Somebody else may do it. */
static int leave(struct scan *scan)
{
    struct putaway putaway;
    int result = putaway_load(scan, &putaway);
    if (result)
        return result;
    json_int(record_start(scan), "task", putaway.task.id);
    json_text(&scan->data, "plate", *putaway.plate.code ? putaway.plate.code : NULL);
    result = record(scan, "putaway.left", "location", putaway.from.code);
    if (!result)
        result = task_give_back(scan->store, putaway.task.id);
    if (!result)
        result = task_set_target(scan->store, putaway.task.id, 0);
    if (!result)
        result = undo_border(scan);
    leave_flow(scan);
    accept_with(scan, DONE_LEFT);
    return result;
}

/* ---------------------------------------------------------------- what is shown */

static void show_goods(struct scan *scan, const struct putaway *putaway, struct answer *answer, enum message message)
{
    answer_set(answer, message);
    answer_number(answer, "n", scan->session.pieces);
    answer_text(answer, "i", putaway->item.name);
    answer_text(answer, "l", putaway->place.code);
}

static int show_fetch(struct scan *scan, struct view *view)
{
    struct putaway putaway;
    struct item item = {0};
    int result = putaway_load(scan, &putaway);
    if (!result && !putaway.plate.id)
        result = item_load(scan->store, putaway.task.item, &item);
    view->expect = putaway.plate.id ? "plate" : "item";
    text_copy(view->code, sizeof(view->code), putaway.plate.id ? putaway.plate.code : item.sku);
    answer_set(&view->prompt, putaway.plate.id ? ASK_FETCH_PLATE : ASK_FETCH_LOOSE);
    answer_text(&view->prompt, putaway.plate.id ? "t" : "i", putaway.plate.id ? putaway.plate.code : item.name);
    answer_text(&view->prompt, "l", putaway.from.code);
    answer_number(&view->prompt, "n", putaway.task.quantity - putaway.task.put);
    return result;
}

static int show_item(struct scan *scan, struct view *view)
{
    struct putaway putaway;
    int result = putaway_load(scan, &putaway);
    view->expect = "item";
    answer_set(&view->prompt, ASK_PUTAWAY_ITEM);
    answer_text(&view->prompt, "t", putaway.plate.code);
    return result;
}

static int show_location(struct scan *scan, struct view *view)
{
    struct putaway putaway;
    int result = putaway_load(scan, &putaway);
    view->expect = "location";
    text_copy(view->code, sizeof(view->code), putaway.place.code);
    show_goods(scan, &putaway, &view->prompt, putaway.place.id ? ASK_PUTAWAY : ASK_PUTAWAY_ANY);
    return result;
}

static int show_confirm(struct scan *scan, struct view *view)
{
    struct putaway putaway;
    int result = show_location(scan, view);
    if (!result)
        result = putaway_load(scan, &putaway);
    show_goods(scan, &putaway, &view->prompt, ASK_PUTAWAY_AGAIN);
    return result;
}

/* ---------------------------------------------------------------- the flow */

static const struct command anywhere[] = {{.name = "SKIP", .run = leave}, {.name = NULL}};
static const struct command at_location[] = {
    {.name = "QTY", .run = putaway_split}, {.name = "SKIP", .run = leave}, {.name = NULL}};

static const struct step steps[] = {
    {"putaway.fetch", BIT(CODE_TOTE) | BIT(CODE_PALLET) | BIT(CODE_ITEM), "what is to be put away", "待上架货物",
     accept_plate, show_fetch, .commands = anywhere, .take = putaway_take, .needs = putaway_needs},
    {"putaway.item", BIT(CODE_ITEM), "the goods", "商品", NULL, show_item, .commands = anywhere, .take = putaway_take,
     .needs = putaway_needs},
    {"putaway.location", BIT(CODE_LOCATION), "the bin", "库位", accept_location, show_location,
     .commands = at_location},
    {"putaway.confirm", BIT(CODE_LOCATION), "the bin once more", "再次扫库位", accept_location, show_confirm,
     .commands = anywhere},
    {.name = NULL},
};

/* The bin that was proposed before is again the task's. */
static int undo_held(struct scan *scan, const struct action *action)
{
    bool proposed = strcmp(action->before.step, "putaway.location") == 0;
    return task_set_target(scan->store, action->before.task, proposed ? action->before.location : 0);
}

/* The plate is the receipt's again, unless somebody has put it to use since; that may be the same receipt. */
static int undo_put(struct scan *scan, const struct action *action)
{
    struct store *store = scan->store;
    struct task task;
    struct lpn plate = {0};
    int result = task_load(store, action->before.task, &task);
    if (!result && task.lpn)
        result = lpn_load(store, task.lpn, &plate);
    int64_t own = strcmp(task.state, "done") == 0 ? 0 : task.document; /* one that was put away whole was nobody's */
    bool other = plate.order || plate.wave || (plate.document && plate.document != own);
    if (!result && plate.id && (other || plate.location != task.from_location))
        return refuse_not_now(scan);
    if (!result && plate.id)
        result = lpn_assign_document(store, plate.id, task.document);
    if (!result)
        result = task_set_state(store, task.id, "taken", "");
    if (!result)
        result = task_set_worker(store, task.id, action->before.worker);
    return result ? result : undo_held(scan, action);
}

static const struct undo undos[] = {{"putaway.fetched", "the plate", "载具", undo_held},
                                    {"putaway.held", "the goods", "商品", undo_held},
                                    {"putaway.elsewhere", "the bin", "库位", NULL},
                                    {"putaway.done", "the putaway", "上架", undo_put},
                                    {.type = NULL}};

const struct flow putaway_flow = {.name = "putaway", .steps = steps, .undos = undos};
