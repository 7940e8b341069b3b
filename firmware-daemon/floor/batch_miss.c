/* What a bin does not give a wave: goods that are missing, damaged or put off, and who gets what there is elsewhere. */
#include "floor/batch.h"

#include "base/json.h"

#include <errno.h>

/* After stock turned out to be missing: other bins, for the most urgent orders first, and on. */
static int replace(struct scan *scan, const struct batch *batch)
{
    int result = wave_reallocate(scan->store, batch->wave.id, batch->bin.item);
    if (!result)
        result = undo_border(scan);
    return result ? result : batch_go_on(scan->store, &scan->session, scan->worker.code, batch->bin.location);
}

/* SHORT:n: that many lie there and are taken. */
static int take_found(struct scan *scan, struct batch *batch)
{
    if (!scan->argument)
        return 0;
    if (scan->argument >= batch->bin.open)
        return refuse_not_now(scan);
    if (pick_needs(scan, &batch->pick.item))
        return refuse_other_code(scan, "each piece that is there", "现有的每一件");
    int result = batch_take(scan, batch, &(struct taking){.quantity = scan->argument, .lot = batch->bin.lot});
    return result ? result : batch_load(scan, batch);
}

static int miss_all(struct scan *scan, const struct batch *batch)
{
    struct pick pick = batch->pick;
    int result;
    while ((result = batch_line(scan->store, batch->wave.id, &batch->bin, &pick.allocation)) == 0) {
        result = pick_miss(scan, &pick, pick.allocation.open);
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

int batch_short(struct scan *scan)
{
    struct batch batch = {0};
    int result = batch_load(scan, &batch);
    if (!result)
        result = take_found(scan, &batch);
    if (result)
        return result;
    const struct taking missing = {.quantity = batch.bin.open, .lot = batch.bin.lot};
    result = batch_start_record(scan, &batch, &missing, "missing");
    if (!result)
        result = batch_write_lines(scan, &batch, "missing", missing.quantity);
    if (!result)
        result = record(scan, "batch.short", "wave", batch.wave.number);
    if (!result)
        result = miss_all(scan, &batch);
    struct answer *answer = accept_with(scan, DONE_SHORT);
    answer_number(answer, "n", missing.quantity);
    answer_text(answer, "l", batch.pick.location.code);
    return result ? result : replace(scan, &batch);
}

static int release_some(struct scan *scan, const struct batch *batch, int64_t quantity)
{
    struct allocation promise;
    int result = 0;
    while (!result && quantity > 0) {
        result = batch_line(scan->store, batch->wave.id, &batch->bin, &promise);
        int64_t part = !result && promise.open < quantity ? promise.open : quantity;
        if (!result)
            result = allocation_release(scan->store, promise.id, part);
        quantity -= part;
    }
    return result;
}

static int damaged(struct scan *scan, const struct batch *batch, const struct taking *taking)
{
    int result = batch_start_record(scan, batch, taking, "quantity");
    if (!result)
        result = record(scan, "batch.damaged", "wave", batch->wave.number);
    if (!result && taking->lot == batch->bin.lot)
        result = release_some(scan, batch, taking->quantity);
    if (!result)
        result = ledger_move(scan->store, scan->seq,
                             &(struct move){.item = batch->bin.item,
                                            .lot = taking->lot,
                                            .quantity = taking->quantity,
                                            .weight_g = taking->weight_g,
                                            .serial = taking->serial,
                                            .from_location = batch->bin.location,
                                            .to_location = LOCATION_DAMAGED,
                                            .reason = "damage"});
    struct answer *answer = accept_with(scan, DONE_DAMAGED);
    answer_number(answer, "n", taking->quantity);
    answer_text(answer, "i", batch->pick.item.name);
    go(scan, "batch.item");
    return result ? result : replace(scan, batch);
}

int batch_take_damaged(struct scan *scan, const struct goods *goods)
{
    struct batch batch = {0};
    struct taking taking;
    int result = batch_load(scan, &batch);
    if (!result)
        result = pick_check_damaged(scan, &batch.pick, goods, &taking);
    return result ? result : damaged(scan, &batch, &taking);
}

/* Which piece it is must be told where pieces differ. */
int batch_damage(struct scan *scan)
{
    struct batch batch = {0};
    int64_t quantity = scan->session.quantity ? scan->session.quantity : 1;
    int result = batch_load(scan, &batch);
    if (result)
        return result;
    if (pick_needs(scan, &batch.pick.item)) {
        result = batch_record_at(scan, &batch, "pick.damage_asked");
        go(scan, "batch.damaged");
        answer_text(accept_with(scan, DONE_DAMAGE_ASKED), "i", batch.pick.item.name);
        return result ? result : undo_allow(scan, "pick.damage_asked");
    }
    if (quantity > batch.bin.open)
        return refuse_not_now(scan);
    scan->session.quantity = 0;
    return damaged(scan, &batch, &(struct taking){.quantity = quantity, .lot = batch.bin.lot});
}

int batch_skip_bin(struct scan *scan)
{
    struct batch batch = {0};
    int result = batch_load(scan, &batch);
    if (!result)
        result = batch_skip(scan->store, batch.wave.id, batch.bin.location);
    if (!result)
        result = batch_record_at(scan, &batch, "pick.skipped");
    if (!result)
        result = undo_border(scan);
    answer_text(accept_with(scan, DONE_SKIPPED), "l", batch.pick.location.code);
    return result ? result : batch_go_on(scan->store, &scan->session, scan->worker.code, 0);
}
