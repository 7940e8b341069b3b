/* A wave's totes: bound, full, brought to where they are sorted or packed. */
#include "floor/batch.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

static int record_tote(struct scan *scan, const struct wave *wave, const struct lpn *tote, const char *type)
{
    json_text(record_start(scan), "wave", wave->number);
    json_text(&scan->data, "tote", tote->code);
    return record(scan, type, "wave", wave->number);
}

int batch_accept_tote(struct scan *scan)
{
    struct store *store = scan->store;
    struct batch batch = {0};
    struct lpn tote;
    int64_t hand;
    int result = batch_load(scan, &batch);
    if (!result)
        result = lpn_load(store, scan->target.id, &tote);
    if (result)
        return result;
    bool ours = tote.wave == batch.wave.id && tote.location == LOCATION_FLOOR;
    if (!ours && (tote.wave || tote.order || tote.document || !lpn_is_empty(store, tote.id)))
        return refuse_plate(scan, &tote);
    result = record_tote(scan, &batch.wave, &tote, "batch.tote");
    if (!result)
        result = lpn_of_hand(store, scan->worker.code, &hand);
    if (!result)
        result = ledger_move_lpn(store, scan->seq, tote.id, LOCATION_FLOOR, "tote");
    if (!result)
        result = ledger_move_contents(store, scan->seq, hand, tote.id, "tote");
    if (!result)
        result = lpn_assign_wave(store, tote.id, batch.wave.id);
    if (!result)
        result = undo_allow(scan, "batch.tote");
    if (result)
        return result;
    scan->session.tote = tote.id;
    struct answer *answer = accept_with(scan, DONE_WAVE_TOTE);
    answer_text(answer, "t", tote.code);
    answer_text(answer, "w", batch.wave.number);
    return batch.bin.open > 0 ? (go(scan, "batch.item"), 0)
                              : batch_find_next(store, &scan->session, batch.bin.location);
}

int batch_undo_tote(struct scan *scan, const struct action *action)
{
    (void)action;
    bool first = lpn_is_empty(scan->store, scan->session.tote);
    return first ? lpn_assign_wave(scan->store, scan->session.tote, 0) : 0;
}

/* The next goods go into another tote. */
int batch_full(struct scan *scan)
{
    struct batch batch = {0};
    struct lpn tote;
    if (!scan->session.tote)
        return refuse_not_now(scan);
    int result = batch_load(scan, &batch);
    if (!result)
        result = lpn_load(scan->store, scan->session.tote, &tote);
    if (!result)
        result = record_tote(scan, &batch.wave, &tote, "batch.full");
    if (!result)
        result = undo_allow(scan, "batch.full");
    scan->session.tote = 0;
    answer_text(accept_with(scan, DONE_TOTE_FULL), "t", tote.code);
    return result;
}

/* ---------------------------------------------------------------- the end */

/* Others may go on with the rest of the wave. */
int batch_stop(struct scan *scan)
{
    struct batch batch = {0};
    int64_t tote;
    int result = batch_load(scan, &batch);
    if (!result)
        result = batch_record_at(scan, &batch, "batch.stopped");
    if (!result)
        result = undo_border(scan);
    accept_with(scan, DONE_LEFT);
    if (result)
        return result;
    scan->session.allocation = 0;
    go(scan, "batch.stage");
    result = wave_tote_after(scan->store, batch.wave.id, LOCATION_FLOOR, 0, &tote);
    if (result != -ENOENT)
        return result;
    batch_leave(&scan->session);
    return wave_set_worker(scan->store, batch.wave.id, 0);
}

static int check_place(struct scan *scan, const struct wave *wave, const struct location *place)
{
    bool wall = strcmp(wave->kind, "wall") == 0;
    if (strcmp(place->kind, "stage") == 0 || (wall && strcmp(place->code, wave->wall) == 0) ||
        (!wall && strcmp(place->kind, "pack") == 0))
        return 0;
    return refuse_place(scan, wall ? wave->wall : "a stage · 集货区", place->code);
}

static int put_down(struct scan *scan, const struct wave *wave, int64_t place)
{
    int64_t tote = 0;
    int result;
    while ((result = wave_tote_after(scan->store, wave->id, LOCATION_FLOOR, tote, &tote)) == 0) {
        result = ledger_move_lpn(scan->store, scan->seq, tote, place, "stage");
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

int batch_accept_stage(struct scan *scan)
{
    struct batch batch = {0};
    struct location place;
    int result = batch_load(scan, &batch);
    if (!result)
        result = location_load(scan->store, scan->target.id, &place);
    if (!result)
        result = check_place(scan, &batch.wave, &place);
    if (result)
        return result;
    json_text(record_start(scan), "wave", batch.wave.number);
    json_text(&scan->data, "location", place.code);
    result = record(scan, "batch.staged", "wave", batch.wave.number);
    if (!result)
        result = put_down(scan, &batch.wave, place.id);
    if (!result && strcmp(batch.wave.kind, "express") == 0)
        result = wave_set_picked(scan->store, batch.wave.id);
    if (!result)
        result = wave_set_worker(scan->store, batch.wave.id, 0);
    if (!result)
        result = undo_border(scan);
    struct answer *answer = accept_with(scan, DONE_BATCH_STAGED);
    answer_text(answer, "w", batch.wave.number);
    answer_text(answer, "l", place.code);
    leave_flow(scan);
    return result;
}
