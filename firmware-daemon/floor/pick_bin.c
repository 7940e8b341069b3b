#include "floor/pick_bin.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int pick_load(struct store *store, int64_t allocation, struct pick *ret)
{
    struct pick pick = {0};
    int result = allocation_load(store, allocation, &pick.allocation);
    if (!result)
        result = order_load(store, pick.allocation.order, &pick.order);
    if (!result)
        result = item_load(store, pick.allocation.item, &pick.item);
    if (!result)
        result = location_load(store, pick.allocation.location, &pick.location);
    if (!result)
        *ret = pick;
    return result;
}

int bin_load(struct scan *scan, struct pick *ret)
{
    return pick_load(scan->store, scan->session.allocation, ret);
}

/* ---------------------------------------------------------------- the way that is gone */

const struct pick_way *bin_find_way(const struct scan *scan)
{
    static const struct pick_way *const ways[] = {&pick_way, &cluster_way, &zone_way};
    size_t length = strcspn(scan->session.step, ".");
    for (size_t i = 0; i < COUNT(ways); i++)
        if (strlen(ways[i]->name) == length && strncmp(ways[i]->name, scan->session.step, length) == 0)
            return ways[i];
    return NULL;
}

const struct pick_way *bin_way(const struct scan *scan)
{
    const struct pick_way *way = bin_find_way(scan);
    if (!way)
        abort(); /* only the steps of these ways use what is here */
    return way;
}

void bin_go(struct scan *scan, const char *step)
{
    char name[sizeof(scan->session.step)];
    snprintf(name, sizeof(name), "%s.%s", bin_way(scan)->name, step);
    go(scan, name);
}

/* On to the next bin; what is in the hands goes into a tote before. */
static int leave_bin(struct scan *scan, int64_t here)
{
    int64_t hand;
    int result = lpn_of_hand(scan->store, scan->worker.code, &hand);
    scan->session.forced = 0;
    if (result)
        return result;
    if (lpn_is_empty(scan->store, hand))
        return bin_way(scan)->go_on(scan, here);
    bin_go(scan, "tote");
    return 0;
}

/* Something was taken or is not wanted here any more: the same again, or on. */
int bin_settle(struct scan *scan, const struct pick *pick)
{
    struct allocation now;
    int result = allocation_load(scan->store, pick->allocation.id, &now);
    if (result)
        return result;
    if (now.open == 0)
        return leave_bin(scan, pick->location.id);
    bin_go(scan, "item");
    scan->session.forced = 0;
    return 0;
}

/* ---------------------------------------------------------------- arriving, taking */

int bin_arrive(struct scan *scan)
{
    struct pick pick;
    int result = bin_load(scan, &pick);
    if (result)
        return result;
    if (scan->target.id != pick.location.id)
        return refuse_place(scan, pick.location.code, scan->text);
    json_text(record_start(scan), "order", pick.order.number);
    json_text(&scan->data, "location", pick.location.code);
    result = record(scan, "pick.located", "order", pick.order.number);
    if (!result)
        result = undo_allow(scan, "pick.located");
    bin_go(scan, "item");
    answer_text(accept_with(scan, DONE_AT_LOCATION), "l", pick.location.code);
    return result;
}

int bin_item(struct scan *scan)
{
    (void)scan;
    abort(); /* scan.c gives items to .take */
}

static int write_supervisor(struct scan *scan)
{
    struct worker supervisor;
    if (!scan->session.forced)
        return 0;
    int result = worker_load(scan->store, scan->session.forced, &supervisor);
    if (!result)
        json_text(&scan->data, "supervisor", supervisor.code);
    return result;
}

int bin_take_one(struct scan *scan, const struct pick *pick, const struct taking *taking)
{
    int64_t plate = scan->session.tote;
    int result = plate ? 0 : lpn_of_hand(scan->store, scan->worker.code, &plate);
    record_start(scan);
    if (!result)
        result = pick_write(scan, pick, taking);
    if (!result)
        result = write_supervisor(scan);
    json_int(&scan->data, "quantity", taking->quantity);
    if (!result)
        result = record(scan, "pick.line", "order", pick->order.number);
    return result ? result : pick_move(scan, pick, taking, plate);
}

int bin_take(struct scan *scan, const struct goods *goods)
{
    struct pick pick;
    struct taking taking;
    int result = bin_load(scan, &pick);
    if (!result)
        result = pick_check(scan, &pick, goods, pick.allocation.open, &taking);
    if (!result)
        result = bin_take_one(scan, &pick, &taking);
    if (!result)
        result = undo_allow(scan, "pick.line");
    if (result)
        return result;
    struct answer *answer = accept_with(scan, DONE_PICKED);
    answer_number(answer, "n", taking.quantity);
    answer_text(answer, "i", pick.item.name);
    result = bin_settle(scan, &pick);
    return result ? result : count_zero_check(scan, pick.location.id);
}

/* A promise that had gone over to another lot goes back, unless that stock is promised to somebody else by now. */
int bin_undo_line(struct scan *scan, const struct action *action)
{
    struct allocation promise;
    int64_t free = 0, moved, quantity;
    int result = allocation_of_moves(scan->store, action->seq, &moved, &quantity);
    if (result || moved == action->before.allocation)
        return result;
    result = allocation_load(scan->store, action->before.allocation, &promise);
    if (!result)
        result = ledger_free(scan->store, promise.item, promise.location, promise.lot, &free);
    if (!result && free < quantity)
        return refuse(scan, E71_GONE_ON, NULL, NULL);
    if (!result)
        result = allocation_release(scan->store, moved, quantity);
    return result ? result : allocation_release(scan->store, promise.id, -quantity);
}

/* ---------------------------------------------------------------- another lot than the promised one */

int lot_forced(struct scan *scan, const struct worker *supervisor)
{
    struct pick pick;
    int result = bin_load(scan, &pick);
    if (result)
        return result;
    json_text(record_start(scan), "order", pick.order.number);
    json_text(&scan->data, "sku", pick.item.sku);
    json_text(&scan->data, "supervisor", supervisor->code);
    result = record(scan, "pick.forced", "order", pick.order.number);
    scan->session.forced = supervisor->id;
    return result ? result : undo_allow(scan, "pick.forced");
}

/* ---------------------------------------------------------------- later */

int bin_skip(struct scan *scan)
{
    struct pick pick;
    int result = bin_load(scan, &pick);
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
    return result ? result : leave_bin(scan, 0);
}

/* ---------------------------------------------------------------- what is shown */

int bin_show_order(struct scan *scan, const struct order *order, struct view *view)
{
    struct totals totals;
    int result = order_totals(scan->store, order->id, &totals);
    if (result)
        return result;
    struct answer *detail = &view->details[view->detail_count++];
    answer_set(detail, NOTE_ORDER);
    answer_text(detail, "o", order->number);
    answer_text(detail, "c", order->carrier);
    view->done = totals.picked;
    view->need = totals.picked + totals.open;
    return 0;
}

static void say_need(const struct pick *pick, enum message message, struct answer *answer)
{
    answer_set(answer, message);
    answer_number(answer, "n", pick->allocation.open);
    answer_text(answer, "i", pick->item.name);
}

int bin_show_location(struct scan *scan, struct view *view)
{
    struct pick pick;
    int result = bin_load(scan, &pick);
    if (!result)
        result = bin_show_order(scan, &pick.order, view);
    if (result)
        return result;
    view->expect = "location";
    snprintf(view->code, sizeof(view->code), "%s", pick.location.code);
    answer_set(&view->prompt, ASK_LOCATION);
    answer_text(&view->prompt, "l", pick.location.code);
    say_need(&pick, NOTE_NEED, &view->details[view->detail_count++]);
    return 0;
}

int bin_show_item(struct scan *scan, struct view *view)
{
    struct pick pick;
    char lot[STORE_CODE_MAX];
    int result = bin_load(scan, &pick);
    if (!result)
        result = bin_show_order(scan, &pick.order, view);
    if (!result)
        result = lot_code(scan->store, pick.allocation.lot, lot, sizeof(lot));
    if (result)
        return result;
    view->expect = "item";
    snprintf(view->code, sizeof(view->code), "%s", pick.item.sku);
    say_need(&pick, *lot ? ASK_ITEM_LOT : ASK_ITEM, &view->prompt);
    if (*lot)
        answer_text(&view->prompt, "l", lot);
    return 0;
}

int bin_show_damaged(struct scan *scan, struct view *view)
{
    int result = bin_show_item(scan, view);
    answer_set(&view->prompt, ASK_DAMAGED);
    return result;
}
