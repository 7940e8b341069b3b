/* Batch picking: a wave's goods, summed by item and bin, into the wave's totes.
 *
 *   menu -> batch.location -> batch.item -> [batch.tote] -> batch.location ... -> batch.stage -> menu
 *
 * What a scan takes serves the wave's orders by urgency. One worker picks a wave. Its orders are told apart afterwards:
 * at the put-wall (sow.c), or by the next label (express.c). */
#include "floor/batch.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int batch_load(struct scan *scan, struct batch *ret)
{
    int result = wave_load(scan->store, scan->session.wave, &ret->wave);
    if (!result && scan->session.allocation)
        result = batch_bin(scan->store, ret->wave.id, scan->session.allocation, &ret->bin);
    if (!result && scan->session.allocation)
        result = pick_load(scan->store, scan->session.allocation, &ret->pick);
    return result;
}

/* ---------------------------------------------------------------- the way */

void batch_leave(struct session *session)
{
    *session = (struct session){.worker = session->worker, .undo = session->undo};
    snprintf(session->step, sizeof(session->step), "menu");
}

/* The next bin, the place where the totes go, or nothing at all was picked. */
int batch_find_next(struct store *store, struct session *session, int64_t here)
{
    struct batch_bin bin;
    int64_t tote;
    const char *step = "batch.stage";
    int result = batch_next(store, session->wave, &session->allocation);
    if (!result)
        result = batch_bin(store, session->wave, session->allocation, &bin);
    if (!result)
        step = bin.location == here ? "batch.item" : "batch.location";
    if (result == -ENOENT) {
        session->allocation = 0;
        result = wave_tote_after(store, session->wave, LOCATION_FLOOR, 0, &tote);
    }
    if (result == -ENOENT) {
        result = wave_set_worker(store, session->wave, 0);
        batch_leave(session);
        return result;
    }
    snprintf(session->step, sizeof(session->step), "%s", step);
    return result;
}

/* What is in the hands goes into a tote first. */
int batch_go_on(struct store *store, struct session *session, const char *worker_code, int64_t here)
{
    int64_t hand;
    int result = lpn_of_hand(store, worker_code, &hand);
    if (result)
        return result;
    if (lpn_is_empty(store, hand))
        return batch_find_next(store, session, here);
    snprintf(session->step, sizeof(session->step), "batch.tote");
    return 0;
}

int batch_follow(struct store *store, int64_t wave_id)
{
    struct wave wave;
    struct batch_bin bin = {0};
    struct session session;
    struct worker worker;
    int result = wave_load(store, wave_id, &wave);
    if (result || !wave.worker)
        return result;
    result = session_of_worker(store, wave.worker, &session);
    if (!result)
        result = worker_load(store, wave.worker, &worker);
    if (!result)
        result = action_forget(store, wave.worker);
    if (!result && session.allocation)
        result = batch_bin(store, wave_id, session.allocation, &bin);
    bool at_bin = strcmp(session.step, "batch.location") == 0 || strcmp(session.step, "batch.item") == 0;
    if (result || !at_bin || bin.open > 0)
        return result;
    session.quantity = session.undo = 0;
    result = batch_go_on(store, &session, worker.code, bin.location);
    return result ? result : session_save(store, &session);
}

/* ---------------------------------------------------------------- a wave is taken */

static int choose_wave(struct scan *scan, int64_t *ret)
{
    bool named = *scan->argument_text;
    int result = named ? wave_find(scan->store, scan->argument_text, ret) : wave_to_batch(scan->store, ret);
    if (result == -ENOENT)
        return named ? refuse(scan, E01_UNKNOWN, "c", scan->argument_text) : refuse_no_work(scan);
    return result;
}

static int check_wave(struct scan *scan, const struct wave *wave)
{
    int64_t open;
    bool in_sum = strcmp(wave->kind, "wall") == 0 || strcmp(wave->kind, "express") == 0;
    bool ready = strcmp(wave->state, "draft") != 0 && strcmp(wave->state, "cancelled") != 0;
    if (wave->worker)
        return refuse_taken(scan, wave->worker);
    int result = batch_next(scan->store, wave->id, &open);
    return result == -ENOENT || !in_sum || !ready ? refuse_not_now(scan) : result;
}

int batch_start(struct scan *scan)
{
    struct store *store = scan->store;
    struct wave wave;
    struct wave_totals totals;
    int64_t id;
    int result = choose_wave(scan, &id);
    if (!result)
        result = wave_load(store, id, &wave);
    if (!result)
        result = check_wave(scan, &wave);
    if (!result)
        result = wave_totals(store, id, &totals);
    if (!result)
        result = wave_set_worker(store, id, scan->session.worker);
    if (!result)
        result = wave_set_orders(store, id, "allocated", "picking");
    if (result)
        return result;
    json_text(record_start(scan), "wave", wave.number);
    json_int(&scan->data, "orders", totals.orders);
    json_int(&scan->data, "pieces", totals.open);
    result = record(scan, "batch.started", "wave", wave.number);
    if (!result)
        result = undo_border(scan);
    scan->session.wave = id;
    struct answer *answer = accept_with(scan, DONE_BATCH_STARTED);
    answer_text(answer, "w", wave.number);
    answer_number(answer, "o", totals.orders);
    answer_number(answer, "n", totals.open);
    return result ? result : batch_go_on(store, &scan->session, scan->worker.code, 0);
}

/* ---------------------------------------------------------------- at a bin */

int batch_record_at(struct scan *scan, const struct batch *batch, const char *type)
{
    json_text(record_start(scan), "wave", batch->wave.number);
    json_text(&scan->data, "location", batch->pick.location.code);
    return record(scan, type, "wave", batch->wave.number);
}

static int accept_location(struct scan *scan)
{
    struct batch batch = {0};
    int result = batch_load(scan, &batch);
    if (result)
        return result;
    if (scan->target.id != batch.bin.location)
        return refuse_place(scan, batch.pick.location.code, scan->text);
    result = batch_record_at(scan, &batch, "pick.located");
    if (!result)
        result = undo_allow(scan, "pick.located");
    go(scan, "batch.item");
    answer_text(accept_with(scan, DONE_AT_LOCATION), "l", batch.pick.location.code);
    return result;
}

static int refuse_quantity(struct scan *scan, const struct batch *batch)
{
    struct wave_totals totals;
    int result = wave_totals(scan->store, batch->wave.id, &totals);
    return result ? result : refuse_over(scan, totals.picked, totals.picked + totals.open);
}

/* For whom the goods are, and would have been: the row is written before anything changes. */
int batch_write_lines(struct scan *scan, const struct batch *batch, const char *amount, int64_t quantity)
{
    struct buf *data = &scan->data;
    struct sql_query *query = batch_lines(scan->store, batch->wave.id, &batch->bin);
    json_open_array(data, "lines");
    while (quantity > 0 && sql_next(query)) {
        int64_t open = sql_get_int(query, 3), part = open < quantity ? open : quantity;
        json_open_object(data, NULL);
        json_text(data, "order", sql_get_text(query, 1));
        json_int(data, "line", sql_get_int(query, 2));
        json_int(data, amount, part);
        json_close_object(data);
        quantity -= part;
    }
    json_close_array(data);
    return sql_done(query);
}

int batch_start_record(struct scan *scan, const struct batch *batch, const struct taking *taking, const char *amount)
{
    struct buf *data = record_start(scan);
    char lot[STORE_CODE_MAX];
    int result = lot_code(scan->store, taking->lot, lot, sizeof(lot));
    json_text(data, "wave", batch->wave.number);
    json_text(data, "sku", batch->pick.item.sku);
    json_text(data, "location", batch->pick.location.code);
    json_int(data, amount, taking->quantity);
    if (*lot)
        json_text(data, "lot", lot);
    if (*taking->serial_code)
        json_text(data, "serial", taking->serial_code);
    if (taking->weight_g)
        json_int(data, "weight_g", taking->weight_g);
    return result;
}

static int take_for_orders(struct scan *scan, const struct batch *batch, const struct taking *taking)
{
    int64_t plate = scan->session.tote, left = taking->quantity, weight_g = taking->weight_g;
    int result = plate ? 0 : lpn_of_hand(scan->store, scan->worker.code, &plate);
    while (!result && left > 0) {
        struct pick pick = batch->pick;
        struct taking part = *taking;
        result = batch_line(scan->store, batch->wave.id, &batch->bin, &pick.allocation);
        if (result)
            return result;
        part.quantity = pick.allocation.open < left ? pick.allocation.open : left;
        part.weight_g = weight_g * part.quantity / left;
        weight_g -= part.weight_g;
        left -= part.quantity;
        result = pick_move(scan, &pick, &part, plate);
    }
    return result;
}

int batch_take(struct scan *scan, const struct batch *batch, const struct taking *taking)
{
    int result = batch_start_record(scan, batch, taking, "quantity");
    if (!result)
        result = batch_write_lines(scan, batch, "quantity", taking->quantity);
    if (!result)
        result = record(scan, "pick.batch", "wave", batch->wave.number);
    return result ? result : take_for_orders(scan, batch, taking);
}

static int take_item(struct scan *scan, const struct goods *goods)
{
    struct batch batch = {0};
    struct taking taking;
    int result = batch_load(scan, &batch);
    if (!result)
        result = pick_check(scan, &batch.pick, goods, goods->quantity, &taking);
    if (!result && goods->quantity > batch.bin.open)
        return refuse_quantity(scan, &batch);
    if (!result)
        result = batch_take(scan, &batch, &taking);
    if (!result) /* a promise that went over to another lot does not come back */
        result = taking.lot == batch.bin.lot ? undo_allow(scan, "pick.batch") : undo_border(scan);
    if (result)
        return result;
    struct answer *answer = accept_with(scan, DONE_PICKED);
    answer_number(answer, "n", taking.quantity);
    answer_text(answer, "i", batch.pick.item.name);
    return batch.bin.open > taking.quantity
               ? 0
               : batch_go_on(scan->store, &scan->session, scan->worker.code, batch.bin.location);
}

/* ---------------------------------------------------------------- what is shown */

static int show(struct scan *scan, struct view *view, struct batch *batch, const char *expect, enum message ask)
{
    struct wave_totals totals = {0};
    int result = batch_load(scan, batch);
    if (!result)
        result = wave_totals(scan->store, batch->wave.id, &totals);
    if (result)
        return result;
    view->expect = expect;
    answer_set(&view->prompt, ask);
    answer_text(&view->prompt, "l", batch->pick.location.code);
    answer_text(&view->prompt, "i", batch->pick.item.name);
    answer_number(&view->prompt, "n", batch->bin.open);
    answer_set(&view->details[0], NOTE_WAVE);
    answer_text(&view->details[0], "w", batch->wave.number);
    answer_text(&view->details[0], "c", batch->wave.carrier);
    answer_number(&view->details[0], "o", totals.orders);
    view->detail_count = 1;
    view->done = totals.picked;
    view->need = totals.picked + totals.open;
    return 0;
}

static int show_location(struct scan *scan, struct view *view)
{
    struct batch batch = {0};
    int result = show(scan, view, &batch, "location", ASK_LOCATION);
    struct answer *need = &view->details[view->detail_count++];
    snprintf(view->code, sizeof(view->code), "%s", batch.pick.location.code);
    answer_set(need, NOTE_NEED);
    answer_number(need, "n", batch.bin.open);
    answer_text(need, "i", batch.pick.item.name);
    return result;
}

static int show_pieces(struct scan *scan, struct view *view, enum message ask)
{
    struct batch batch = {0};
    char lot[STORE_CODE_MAX] = "";
    int result = show(scan, view, &batch, "item", ask);
    if (!result)
        result = lot_code(scan->store, batch.bin.lot, lot, sizeof(lot));
    snprintf(view->code, sizeof(view->code), "%s", batch.pick.item.sku);
    if (*lot) {
        struct answer *detail = &view->details[view->detail_count++];
        answer_set(detail, NOTE_LOT);
        answer_text(detail, "l", lot);
    }
    return result;
}

static int show_item(struct scan *scan, struct view *view)
{
    return show_pieces(scan, view, ASK_ITEM);
}

static int show_damaged(struct scan *scan, struct view *view)
{
    return show_pieces(scan, view, ASK_DAMAGED);
}

static int show_tote(struct scan *scan, struct view *view)
{
    struct batch batch = {0};
    return show(scan, view, &batch, "tote", ASK_TOTE);
}

static int show_stage(struct scan *scan, struct view *view)
{
    struct batch batch = {0};
    int result = show(scan, view, &batch, "stage", ASK_STAGE);
    snprintf(view->code, sizeof(view->code), "%s", batch.wave.wall);
    return result;
}

static const struct command at_location[] = {{.name = "FULL", .run = batch_full},
                                             {.name = "SKIP", .run = batch_skip_bin},
                                             {.name = "DONE", .run = batch_stop},
                                             {.name = NULL}};
static const struct command at_item[] = {{.name = "SHORT", .run = batch_short, .final = true},
                                         {.name = "DAMAGE", .run = batch_damage, .final = true},
                                         {.name = "FULL", .run = batch_full},
                                         {.name = "SKIP", .run = batch_skip_bin},
                                         {.name = NULL}};

static const struct step steps[] = {
    {"batch.location", BIT(CODE_LOCATION), "the place", "库位", accept_location, show_location,
     .commands = at_location},
    {"batch.item", BIT(CODE_ITEM), "the item", "商品", bin_item, show_item, .commands = at_item, .take = take_item,
     .needs = pick_needs},
    {"batch.damaged", BIT(CODE_ITEM), "the damaged piece", "残次品", bin_item, show_damaged, .take = batch_take_damaged,
     .needs = pick_needs},
    {"batch.tote", BIT(CODE_TOTE), "a tote", "周转箱", batch_accept_tote, show_tote, .commands = NULL},
    {"batch.stage", BIT(CODE_LOCATION), "the stage", "集货区", batch_accept_stage, show_stage, .commands = NULL},
    {.name = NULL},
};

static const struct undo undos[] = {{"pick.batch", "the pieces", "拣货", NULL},
                                    {"batch.tote", "the tote", "周转箱", batch_undo_tote},
                                    {"batch.full", "the batch_full tote", "满箱", NULL},
                                    {.type = NULL}};

const struct flow batch_flow = {.name = "batch", .steps = steps, .undos = undos};
