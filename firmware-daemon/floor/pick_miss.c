/* What a bin does not give: goods that are missing or damaged, and where the order gets them instead. */
#include "floor/pick_bin.h"
#include "floor/wave.h"

#include "base/json.h"
#include "store/stock_count.h"

#include <string.h>

int pick_miss(struct scan *scan, const struct pick *pick, int64_t missing)
{
    int result = allocation_release(scan->store, pick->allocation.id, missing);
    if (!result)
        result = ledger_hold_free(scan->store, pick->item.id, pick->location.id, pick->allocation.lot, "short");
    return result ? result
                  : count_request(scan->store, &(struct stock_count){.location = pick->location.id,
                                                                     .item = pick->item.id,
                                                                     .source = "short",
                                                                     .blind = true,
                                                                     .priority = 5});
}

/* Nothing of the order could be had: it waits for a person at head office. */
static int park(struct scan *scan, const struct order *order)
{
    int result = shortage_park(scan->store, order);
    if (!result)
        result = lpn_free_totes(scan->store, order->id); /* there is nothing in them */
    return result ? result : bin_way(scan)->drop(scan, order);
}

int pick_go_without(struct scan *scan, const struct pick *pick)
{
    int64_t missing;
    struct totals totals;
    bool ends = false;
    int result = order_allocate(scan->store, pick->order.id, &missing);
    if (!result && missing > 0)
        result = shortage_settle(scan->store, &pick->order, &ends);
    if (!result)
        result = pick_plan_route(scan->store, scan->session.worker, pick->location.id);
    if (!result)
        result = order_totals(scan->store, pick->order.id, &totals);
    if (result || !ends)
        return result ? result : bin_settle(scan, pick);
    if (totals.refused == 0)
        return park(scan, &pick->order);
    return bin_way(scan)->stop(scan, &pick->order, true); /* what was picked goes to the return shelf first */
}

/* After stock turned out to be missing: other bins, else what the policy of the order allows. */
static int replace(struct scan *scan, const struct pick *pick)
{
    int result = undo_border(scan);
    return result ? result : pick_go_without(scan, pick);
}

/* SHORT:n: that many lie there and are taken. */
static int take_found(struct scan *scan, struct pick *pick)
{
    const struct taking taking = {.quantity = scan->argument, .lot = pick->allocation.lot};
    if (!scan->argument)
        return 0;
    if (scan->argument >= pick->allocation.open)
        return refuse_not_now(scan);
    if (pick_needs(scan, &pick->item))
        return refuse_other_code(scan, "each piece that is there", "现有的每一件");
    int result = bin_take_one(scan, pick, &taking);
    return result ? result : bin_load(scan, pick);
}

int bin_short(struct scan *scan)
{
    struct pick pick;
    int result = bin_load(scan, &pick);
    if (!result)
        result = take_found(scan, &pick);
    if (result)
        return result;
    int64_t missing = pick.allocation.open;
    record_start(scan);
    result = pick_write(scan, &pick, NULL);
    json_int(&scan->data, "missing", missing);
    if (!result)
        result = record(scan, "pick.short", "order", pick.order.number);
    if (!result)
        result = pick_miss(scan, &pick, missing);
    struct answer *answer = accept_with(scan, DONE_SHORT);
    answer_number(answer, "n", missing);
    answer_text(answer, "l", pick.location.code);
    return result ? result : replace(scan, &pick);
}

static int damaged(struct scan *scan, const struct pick *pick, const struct taking *taking)
{
    record_start(scan);
    int result = pick_write(scan, pick, taking);
    json_int(&scan->data, "quantity", taking->quantity);
    if (!result)
        result = record(scan, "pick.damaged", "order", pick->order.number);
    if (!result && taking->lot == pick->allocation.lot)
        result = allocation_release(scan->store, pick->allocation.id, taking->quantity);
    if (!result)
        result = ledger_move(scan->store, scan->seq,
                             &(struct move){.item = pick->item.id,
                                            .lot = taking->lot,
                                            .quantity = taking->quantity,
                                            .weight_g = taking->weight_g,
                                            .serial = taking->serial,
                                            .from_location = pick->location.id,
                                            .to_location = LOCATION_DAMAGED,
                                            .reason = "damage"});
    struct answer *answer = accept_with(scan, DONE_DAMAGED);
    answer_number(answer, "n", taking->quantity);
    answer_text(answer, "i", pick->item.name);
    return result ? result : replace(scan, pick);
}

/* Which piece it is must be told where pieces differ. */
static int ask_damaged(struct scan *scan, const struct pick *pick)
{
    json_text(record_start(scan), "order", pick->order.number);
    int result = record(scan, "pick.damage_asked", "order", pick->order.number);
    if (!result)
        result = undo_allow(scan, "pick.damage_asked");
    bin_go(scan, "damaged");
    answer_text(accept_with(scan, DONE_DAMAGE_ASKED), "i", pick->item.name);
    return result;
}

int bin_damage(struct scan *scan)
{
    struct pick pick;
    int64_t quantity = scan->session.quantity ? scan->session.quantity : 1;
    int result = bin_load(scan, &pick);
    if (result)
        return result;
    if (pick_needs(scan, &pick.item))
        return ask_damaged(scan, &pick);
    if (quantity > pick.allocation.open)
        return refuse_not_now(scan);
    scan->session.quantity = 0;
    return damaged(scan, &pick, &(struct taking){.quantity = quantity, .lot = pick.allocation.lot});
}

int bin_take_damaged(struct scan *scan, const struct goods *goods)
{
    struct pick pick;
    struct taking taking;
    int result = bin_load(scan, &pick);
    if (!result)
        result = pick_check_damaged(scan, &pick, goods, &taking);
    return result ? result : damaged(scan, &pick, &taking);
}
