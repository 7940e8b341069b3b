/* The put-wall 播种: a wave's tote is sorted into one slot an order.
 *
 *   menu -> [wall] sow.tote -> sow.item -> sow.slot -> sow.item ... -> [sow.rest] -> sow.tote
 *
 * A piece moves when its slot is scanned. A slot that has all of its order may be packed. What the tote lacks in truth
 * (SHORT) goes back to the books of its bin, is promised anew, and the wave is picked once more; what nobody wants goes
 * to the return shelf (sow.rest). One worker sorts a wave. */
#include "floor/parcel.h"
#include "floor/pick_bin.h"
#include "floor/wave.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct sow {
    struct wave wave;
    struct lpn tote;
    struct location wall;
};

static int load(struct scan *scan, struct sow *ret)
{
    int result = location_load(scan->store, scan->session.location, &ret->wall);
    if (!result && scan->session.wave)
        result = wave_load(scan->store, scan->session.wave, &ret->wave);
    if (!result && scan->session.tote)
        result = lpn_load(scan->store, scan->session.tote, &ret->tote);
    return result;
}

static int refuse_place(struct scan *scan, const char *expected, const char *got)
{
    struct answer *answer = refusal(scan, E04_LOCATION);
    answer_text(answer, "exp", expected);
    answer_text(answer, "got", got);
    return FLOOR_REFUSED;
}

/* ---------------------------------------------------------------- the wall and the tote */

int sow_open(struct scan *scan, int64_t wall)
{
    struct location location;
    int result = location_load(scan->store, wall, &location);
    if (result)
        return result;
    json_text(record_start(scan), "wall", location.code);
    result = record(scan, "sow.started", "location", location.code);
    if (!result)
        result = undo_border(scan);
    scan->session.location = wall;
    go(scan, "sow.tote");
    answer_text(accept_with(scan, DONE_AT_LOCATION), "l", location.code);
    return result;
}

static int check_tote(struct scan *scan, const struct sow *sow)
{
    const struct lpn *tote = &sow->tote;
    if (tote->order || tote->document)
        return refuse_plate(scan, tote);
    if (!tote->wave || strcmp(sow->wave.kind, "wall") != 0)
        return refuse_other_code(scan, "a wave's tote", "波次周转箱");
    if (strcmp(sow->wave.wall, sow->wall.code) != 0)
        return refuse_place(scan, sow->wave.wall, sow->wall.code);
    if (sow->wave.worker && sow->wave.worker != scan->session.worker)
        return refuse_taken(scan, sow->wave.worker);
    return 0;
}

static int take_wave(struct scan *scan, const struct sow *sow)
{
    struct store *store = scan->store;
    int result = wave_set_worker(store, sow->wave.id, scan->session.worker);
    if (!result && (strcmp(sow->wave.state, "released") == 0 || strcmp(sow->wave.state, "picking") == 0))
        result = wave_set_state(store, sow->wave.id, "sorting");
    if (!result && sow->tote.location != sow->wall.id)
        result = ledger_move_lpn(store, scan->seq, sow->tote.id, sow->wall.id, "tote");
    scan->session.wave = sow->wave.id;
    scan->session.tote = sow->tote.id;
    return result;
}

/* The tote has something that a slot wants, or only what nobody does. */
static void go_on(struct scan *scan)
{
    go(scan, wave_wants_of(scan->store, scan->session.wave, scan->session.tote) ? "sow.item" : "sow.rest");
}

static int record_tote(struct scan *scan, const struct sow *sow, const char *type)
{
    json_text(record_start(scan), "wave", sow->wave.number);
    json_text(&scan->data, "tote", sow->tote.code);
    return record(scan, type, "wave", sow->wave.number);
}

static int accept_tote(struct scan *scan)
{
    struct sow sow = {0};
    scan->session.tote = scan->target.id;
    int result = load(scan, &sow);
    if (!result && sow.tote.wave)
        result = wave_load(scan->store, sow.tote.wave, &sow.wave);
    if (!result)
        result = check_tote(scan, &sow);
    if (!result)
        result = record_tote(scan, &sow, "sow.tote");
    if (!result)
        result = take_wave(scan, &sow);
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    struct answer *answer = accept_with(scan, DONE_WAVE_TOTE);
    answer_text(answer, "t", sow.tote.code);
    answer_text(answer, "w", sow.wave.number);
    go_on(scan);
    return 0;
}

static void put_tote_away(struct session *session)
{
    *session = (struct session){.worker = session->worker, .location = session->location};
    snprintf(session->step, sizeof(session->step), "sow.tote");
}

/* The tote is empty and anybody's again. */
static int finish_tote(struct scan *scan)
{
    struct store *store = scan->store;
    int result = lpn_assign(store, scan->session.tote, 0);
    if (!result)
        result = ledger_move_lpn(store, scan->seq, scan->session.tote, LOCATION_FLOOR, "tote");
    if (!result)
        result = wave_set_worker(store, scan->session.wave, 0);
    put_tote_away(&scan->session);
    return result;
}

/* The tote stands at the wall; whoever scans it goes on with it. */
static int leave_tote(struct scan *scan)
{
    struct sow sow = {0};
    int result = load(scan, &sow);
    if (!result)
        result = record_tote(scan, &sow, "sow.left");
    if (!result)
        result = wave_set_worker(scan->store, sow.wave.id, 0);
    if (!result)
        result = undo_border(scan);
    put_tote_away(&scan->session);
    accept_with(scan, DONE_LEFT);
    return result;
}

static int leave_wall(struct scan *scan)
{
    struct sow sow = {0};
    int result = load(scan, &sow);
    json_text(record_start(scan), "wall", sow.wall.code);
    if (!result)
        result = record(scan, "sow.left", "location", sow.wall.code);
    if (!result)
        result = undo_border(scan);
    leave_flow(scan);
    accept_with(scan, DONE_LEFT);
    return result;
}

/* ---------------------------------------------------------------- a piece and its slot */

/* Which line gets what is in the hand, and which slot that is: found anew each time, for an order may leave. */
struct target {
    struct item item;
    struct sow_need need;
    struct order order;
    struct location slot;
};

static int refuse_over(struct scan *scan, const struct sow_need *need)
{
    struct answer *answer = refusal(scan, E06_QUANTITY);
    answer_number(answer, "done", need->sown);
    answer_number(answer, "need", need->picked);
    return FLOOR_REFUSED;
}

static int find_slot(struct scan *scan, const struct sow *sow, struct target *target)
{
    int64_t slot;
    int result = order_load(scan->store, target->need.order, &target->order);
    if (!result)
        result = sow_slot(scan->store, sow->wall.code, target->order.id, &slot);
    if (result == -ENOENT)
        return refuse(scan, E82_WALL_FULL, "w", sow->wall.code);
    return result ? result : location_load(scan->store, slot, &target->slot);
}

static int find_target(struct scan *scan, const struct sow *sow, int64_t item, int64_t quantity, struct target *ret)
{
    int result = item_load(scan->store, item, &ret->item);
    if (!result)
        result = sow_need(scan->store, sow->wave.id, item, quantity, &ret->need);
    if (result == -ENOENT)
        return refuse(scan, E23_NOT_NEEDED, "sku", ret->item.sku);
    if (!result && quantity > ret->need.picked - ret->need.sown)
        return refuse_over(scan, &ret->need);
    return result ? result : find_slot(scan, sow, ret);
}

static int take_item(struct scan *scan, const struct goods *goods)
{
    struct sow sow = {0};
    struct target target;
    int result = load(scan, &sow);
    if (!result)
        result = find_target(scan, &sow, goods->item.id, goods->quantity, &target);
    if (!result)
        result = plate_check(scan, goods, &sow.tote);
    if (result)
        return result;
    json_text(record_start(scan), "wave", sow.wave.number);
    json_text(&scan->data, "sku", goods->item.sku);
    json_int(&scan->data, "quantity", goods->quantity);
    json_text(&scan->data, "order", target.order.number);
    json_text(&scan->data, "slot", target.slot.code);
    result = record(scan, "sow.item", "wave", sow.wave.number);
    if (!result)
        result = undo_allow(scan, "sow.item");
    scan->session.item = goods->item.id;
    scan->session.pieces = goods->quantity;
    text_copy(scan->session.serial, sizeof(scan->session.serial), goods->serial);
    text_copy(scan->session.lot_code, sizeof(scan->session.lot_code), goods->lot);
    go(scan, "sow.slot");
    struct answer *answer = accept_with(scan, DONE_SLOT);
    answer_text(answer, "l", target.slot.code);
    answer_number(answer, "n", goods->quantity);
    return result;
}

static void empty_hand(struct session *session)
{
    session->item = session->pieces = 0;
    session->serial[0] = session->lot_code[0] = '\0';
}

static int put_in_slot(struct scan *scan, const struct sow *sow, const struct target *target, const struct lpn *slot)
{
    struct goods goods = {.item = target->item, .quantity = scan->session.pieces};
    text_copy(goods.serial, sizeof(goods.serial), scan->session.serial);
    text_copy(goods.lot, sizeof(goods.lot), scan->session.lot_code);
    int result = plate_give(scan, &goods,
                            &(struct move){.from_location = sow->tote.location,
                                           .from_lpn = sow->tote.id,
                                           .to_location = target->slot.id,
                                           .to_lpn = slot->id,
                                           .reason = "sow",
                                           .line = target->need.line});
    return result ? result : lpn_assign(scan->store, slot->id, target->order.id);
}

static int record_line(struct scan *scan, const struct sow *sow, const struct target *target)
{
    json_text(record_start(scan), "wave", sow->wave.number);
    json_text(&scan->data, "order", target->order.number);
    json_text(&scan->data, "sku", target->item.sku);
    json_int(&scan->data, "quantity", scan->session.pieces);
    json_text(&scan->data, "tote", sow->tote.code);
    json_text(&scan->data, "slot", target->slot.code);
    if (*scan->session.serial)
        json_text(&scan->data, "serial", scan->session.serial);
    if (*scan->session.lot_code)
        json_text(&scan->data, "lot", scan->session.lot_code);
    return record(scan, "sow.line", "order", target->order.number);
}

/* All that the order can get lies in its slot: it may be packed. */
static int complete_order(struct store *store, const struct wave *wave, const struct order *order, bool *ret)
{
    CLEANUP_BUF struct buf data = {0};
    struct totals totals;
    char slot[STORE_CODE_MAX];
    int result = order_totals(store, order->id, &totals);
    if (result || strcmp(order->state, "picking") != 0 || totals.open > 0 || totals.picked == 0 ||
        totals.picked > totals.sown)
        return result;
    *ret = true;
    result = sow_slot_code(store, order->id, slot, sizeof(slot));
    json_open_object(&data, NULL);
    json_text(&data, "wave", wave->number);
    json_text(&data, "order", order->number);
    json_text(&data, "slot", slot);
    json_int(&data, "pieces", totals.picked);
    json_close_object(&data);
    if (!result)
        result = order_set_state(store, order->id, "picked", "");
    return result ? result : note(store, "slot.complete", "order", order->number, &data, NULL);
}

/* Behind the last piece of a slot or a tote UNDO does not go: somebody may be packing it already. */
static int settle(struct scan *scan, const struct sow *sow, const struct target *target, int64_t slot)
{
    bool complete = false;
    int result = complete_order(scan->store, &sow->wave, &target->order, &complete);
    if (result)
        return result;
    bool empty = lpn_is_empty(scan->store, sow->tote.id);
    result = complete || empty ? undo_border(scan) : undo_allow(scan, "sow.line");
    answer_number(accept_with(scan, complete ? DONE_SLOT_COMPLETE : DONE_SOWN), "n", scan->session.pieces);
    answer_text(&scan->effect->answer, "l", target->slot.code);
    answer_text(&scan->effect->answer, "i", target->item.name);
    empty_hand(&scan->session);
    scan->session.plate = slot; /* what UNDO frees again */
    if (!result && empty)
        return finish_tote(scan);
    go_on(scan);
    return result;
}

static int accept_slot(struct scan *scan)
{
    struct sow sow = {0};
    struct target target;
    struct lpn slot;
    int64_t plate;
    int result = load(scan, &sow);
    if (!result)
        result = find_target(scan, &sow, scan->session.item, scan->session.pieces, &target);
    if (!result && scan->target.id != target.slot.id)
        return refuse_place(scan, target.slot.code, scan->text);
    if (!result)
        result = lpn_of_slot(scan->store, target.slot.id, target.slot.code, &plate);
    if (!result)
        result = lpn_load(scan->store, plate, &slot);
    if (!result)
        result = record_line(scan, &sow, &target);
    if (!result)
        result = put_in_slot(scan, &sow, &target, &slot);
    return result ? result : settle(scan, &sow, &target, plate);
}

/* The first piece of an order had bound the slot. */
static int undo_line(struct scan *scan, const struct action *action)
{
    (void)action;
    bool first = lpn_is_empty(scan->store, scan->session.plate);
    return first ? lpn_assign(scan->store, scan->session.plate, 0) : 0;
}

/* The piece in the hand goes back into the tote. */
static int put_back(struct scan *scan)
{
    struct sow sow = {0};
    int result = load(scan, &sow);
    if (!result)
        result = record_tote(scan, &sow, "sow.put_back");
    if (!result)
        result = undo_border(scan);
    empty_hand(&scan->session);
    accept_with(scan, DONE_PUT_BACK);
    go_on(scan);
    return result;
}

/* ---------------------------------------------------------------- the tote holds less, or more */

/* Orders that wait for nothing more after all. */
static int complete_orders(struct store *store, const struct wave *wave)
{
    struct order order;
    int64_t id = 0;
    bool complete;
    int result;
    while ((result = wave_order_after(store, wave->id, id, &id)) == 0) {
        result = order_load(store, id, &order);
        if (!result && !order.cancelled)
            result = complete_order(store, wave, &order, &complete);
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

static int declare_short(struct scan *scan)
{
    struct sow sow = {0};
    int64_t missing;
    int result = load(scan, &sow);
    if (!result)
        result = ledger_on_plate(scan->store, sow.tote.id, &missing);
    json_text(record_start(scan), "wave", sow.wave.number);
    json_text(&scan->data, "tote", sow.tote.code);
    json_int(&scan->data, "missing", missing);
    if (!result)
        result = record(scan, "sow.short", "wave", sow.wave.number);
    if (!result)
        result = wave_give_back(scan, &sow.tote, 0);
    if (!result)
        result = wave_reallocate(scan->store, sow.wave.id, 0);
    if (!result)
        result = complete_orders(scan->store, &sow.wave);
    if (!result)
        result = undo_border(scan);
    struct answer *answer = accept_with(scan, DONE_SOW_SHORT);
    answer_number(answer, "n", missing);
    answer_text(answer, "w", sow.wave.number);
    return result ? result : finish_tote(scan);
}

static int accept_rest(struct scan *scan)
{
    struct sow sow = {0};
    int result = load(scan, &sow);
    if (!result)
        result = wave_bring_rest(scan, &sow.wave, &sow.tote);
    return result ? result : finish_tote(scan);
}

/* ---------------------------------------------------------------- a slot at the menu */

/* A complete one is packed; of one that will not be, the goods go to the return shelf. */
int slot_open(struct scan *scan, const struct lpn *slot)
{
    struct order order;
    if (!slot->order)
        return refuse_other_code(scan, "the wall", "播种墙");
    int result = order_load(scan->store, slot->order, &order);
    if (result)
        return result;
    if (strcmp(order.state, "picking") == 0 && !order.cancelled)
        return refuse_other_code(scan, "the wall, until the slot is complete,", "播种墙,直到格口齐套");
    if (strcmp(order.state, "parked") != 0 || strcmp(order.reason, "short") != 0)
        return pack_open(scan, slot->id);
    if (order.worker && order.worker != scan->session.worker)
        return refuse_taken(scan, order.worker);
    scan->session.order = order.id;
    scan->session.tote = slot->id;
    return shelve_begin(scan, &order, DONE_TO_SHELF);
}

/* ---------------------------------------------------------------- what is shown */

static int show(struct scan *scan, struct view *view, struct sow *sow, const char *expect, enum message ask)
{
    struct wave_totals totals = {0};
    int result = load(scan, sow);
    if (!result && sow->wave.id)
        result = wave_totals(scan->store, sow->wave.id, &totals);
    if (result)
        return result;
    view->expect = expect;
    answer_set(&view->prompt, ask);
    answer_text(&view->prompt, "t", sow->tote.code);
    if (sow->wave.id) {
        answer_set(&view->details[0], NOTE_WAVE);
        answer_text(&view->details[0], "w", sow->wave.number);
        answer_text(&view->details[0], "c", sow->wave.carrier);
        answer_number(&view->details[0], "o", totals.orders);
        view->detail_count = 1;
    }
    view->done = totals.sown;
    view->need = totals.picked;
    return 0;
}

static int show_tote(struct scan *scan, struct view *view)
{
    struct sow sow = {0};
    char slot[STORE_CODE_MAX];
    int result = show(scan, view, &sow, "tote", ASK_WAVE_TOTE);
    if (!result && sow_slot_to_clear(scan->store, sow.wall.code, slot, sizeof(slot)) == 0) {
        answer_set(&view->details[view->detail_count], NOTE_SLOT_TO_CLEAR);
        answer_text(&view->details[view->detail_count++], "l", slot);
    }
    return result;
}

static int show_item(struct scan *scan, struct view *view)
{
    struct sow sow = {0};
    return show(scan, view, &sow, "item", ASK_SOW_ITEM);
}

static int show_slot(struct scan *scan, struct view *view)
{
    struct sow sow = {0};
    struct target target = {0};
    int result = show(scan, view, &sow, "slot", ASK_SLOT);
    if (!result)
        result = find_target(scan, &sow, scan->session.item, scan->session.pieces, &target);
    if (result == FLOOR_REFUSED) { /* nobody wants it any more */
        answer_set(&view->prompt, ASK_PUT_BACK);
        answer_text(&view->prompt, "i", target.item.name);
        return 0;
    }
    snprintf(view->code, sizeof(view->code), "%s", target.slot.code);
    answer_text(&view->prompt, "l", target.slot.code);
    answer_number(&view->prompt, "n", scan->session.pieces);
    answer_text(&view->prompt, "i", target.item.name);
    return result;
}

static int show_rest(struct scan *scan, struct view *view)
{
    struct sow sow = {0};
    return show(scan, view, &sow, "location", ASK_REST);
}

static const struct command at_wall[] = {{.name = "DONE", .run = leave_wall}, {.name = NULL}};
static const struct command at_tote[] = {
    {.name = "SHORT", .run = declare_short}, {.name = "SKIP", .run = leave_tote}, {.name = NULL}};
static const struct command at_slot[] = {{.name = "SKIP", .run = put_back}, {.name = NULL}};

static const struct step steps[] = {
    {"sow.tote", BIT(CODE_TOTE), "a wave's tote", "波次周转箱", accept_tote, show_tote, .commands = at_wall},
    {"sow.item", BIT(CODE_ITEM), "a piece from the tote", "箱内商品", bin_item, show_item, .commands = at_tote,
     .take = take_item, .needs = plate_needs},
    {"sow.slot", BIT(CODE_LOCATION), "the slot", "格口", accept_slot, show_slot, .commands = at_slot},
    {"sow.rest", BIT(CODE_LOCATION), "the return shelf", "退货架", accept_rest, show_rest, .commands = NULL},
    {.name = NULL},
};

static const struct undo undos[] = {
    {"sow.item", "the piece", "商品", NULL}, {"sow.line", "the slot", "格口", undo_line}, {.type = NULL}};

const struct flow sow_flow = {"sow", steps, undos};
