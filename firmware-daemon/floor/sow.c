/* The put-wall 播种: a wave's tote is sorted into one slot an order.
 *
 *   menu -> [wall] sow.tote -> sow.item -> sow.slot -> sow.item ... -> [sow.rest] -> sow.tote
 *
 * A piece moves when its slot is scanned. A slot that has all of its order may be packed. What the tote lacks in truth
 * (SHORT) goes back to the books of its bin, is promised anew, and the wave is picked once more; what nobody wants goes
 * to the return shelf (sow.rest). One worker sorts a wave. */
#include "floor/sow.h"
#include "floor/parcel.h"
#include "floor/pick_bin.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int sow_load(struct scan *scan, struct sow *ret)
{
    int result = location_load(scan->store, scan->session.location, &ret->wall);
    if (!result && scan->session.wave)
        result = wave_load(scan->store, scan->session.wave, &ret->wave);
    if (!result && scan->session.tote)
        result = lpn_load(scan->store, scan->session.tote, &ret->tote);
    return result;
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

void sow_go_on(struct scan *scan)
{
    go(scan, wave_wants_of(scan->store, scan->session.wave, scan->session.tote) ? "sow.item" : "sow.rest");
}

int sow_record_tote(struct scan *scan, const struct sow *sow, const char *type)
{
    json_text(record_start(scan), "wave", sow->wave.number);
    json_text(&scan->data, "tote", sow->tote.code);
    return record(scan, type, "wave", sow->wave.number);
}

static int accept_tote(struct scan *scan)
{
    struct sow sow = {0};
    scan->session.tote = scan->target.id;
    int result = sow_load(scan, &sow);
    if (!result && sow.tote.wave)
        result = wave_load(scan->store, sow.tote.wave, &sow.wave);
    if (!result)
        result = check_tote(scan, &sow);
    if (!result)
        result = sow_record_tote(scan, &sow, "sow.tote");
    if (!result)
        result = take_wave(scan, &sow);
    if (!result)
        result = undo_border(scan);
    if (result)
        return result;
    struct answer *answer = accept_with(scan, DONE_WAVE_TOTE);
    answer_text(answer, "t", sow.tote.code);
    answer_text(answer, "w", sow.wave.number);
    sow_go_on(scan);
    return 0;
}

static void put_tote_away(struct session *session)
{
    *session = (struct session){.worker = session->worker, .undo = session->undo, .location = session->location};
    snprintf(session->step, sizeof(session->step), "sow.tote");
}

int sow_finish_tote(struct scan *scan)
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
    int result = sow_load(scan, &sow);
    if (!result)
        result = sow_record_tote(scan, &sow, "sow.left");
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
    int result = sow_load(scan, &sow);
    json_text(record_start(scan), "wall", sow.wall.code);
    if (!result)
        result = record(scan, "sow.left", "location", sow.wall.code);
    if (!result)
        result = undo_border(scan);
    leave_flow(scan);
    accept_with(scan, DONE_LEFT);
    return result;
}

/* ---------------------------------------------------------------- the tote holds less, or more */

static int declare_short(struct scan *scan)
{
    struct sow sow = {0};
    int64_t missing = 0;
    int result = sow_load(scan, &sow);
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
        result = sow_complete_orders(scan->store, &sow.wave);
    if (!result)
        result = undo_border(scan);
    struct answer *answer = accept_with(scan, DONE_SOW_SHORT);
    answer_number(answer, "n", missing);
    answer_text(answer, "w", sow.wave.number);
    return result ? result : sow_finish_tote(scan);
}

static int accept_rest(struct scan *scan)
{
    struct sow sow = {0};
    int result = sow_load(scan, &sow);
    if (!result)
        result = wave_bring_rest(scan, &sow.wave, &sow.tote);
    return result ? result : sow_finish_tote(scan);
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
    int result = sow_load(scan, sow);
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
    struct sow_target target = {0};
    int result = show(scan, view, &sow, "slot", ASK_SLOT);
    if (!result)
        result = sow_find_target(scan, &sow, scan->session.item, scan->session.pieces, &target);
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
    {.name = "SHORT", .run = declare_short, .final = true}, {.name = "SKIP", .run = leave_tote}, {.name = NULL}};
static const struct command at_slot[] = {{.name = "SKIP", .run = sow_put_back}, {.name = NULL}};

static const struct step steps[] = {
    {"sow.tote", BIT(CODE_TOTE), "a wave's tote", "波次周转箱", accept_tote, show_tote, .commands = at_wall},
    {"sow.item", BIT(CODE_ITEM), "a piece from the tote", "箱内商品", bin_item, show_item, .commands = at_tote,
     .take = sow_take_item, .needs = plate_needs},
    {"sow.slot", BIT(CODE_LOCATION), "the slot", "格口", sow_accept_slot, show_slot, .commands = at_slot},
    {"sow.rest", BIT(CODE_LOCATION), "the return shelf", "退货架", accept_rest, show_rest, .commands = NULL},
    {.name = NULL},
};

static const struct undo undos[] = {
    {"sow.item", "the piece", "商品", NULL}, {"sow.line", "the slot", "格口", sow_undo_line}, {.type = NULL}};

const struct flow sow_flow = {.name = "sow", .steps = steps, .undos = undos};
