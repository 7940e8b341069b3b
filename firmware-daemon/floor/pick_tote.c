/* Totes: bound to an order while it is picked, put down when it is. */
#include "floor/pick_bin.h"

#include "base/json.h"
#include "store/document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int refuse_bound(struct scan *scan, const struct lpn *tote)
{
    struct order other;
    int result = order_load(scan->store, tote->order, &other);
    if (result)
        return result;
    struct answer *answer = refusal(scan, E10_TOTE);
    answer_text(answer, "t", tote->code);
    answer_text(answer, "o", other.number);
    return FLOOR_REFUSED;
}

int tote_check(struct scan *scan, const struct lpn *tote, int64_t order)
{
    if (tote->order && tote->order == order)
        return 0;
    if (tote->order)
        return refuse_bound(scan, tote);
    bool free = !tote->wave && !tote->document && lpn_is_empty(scan->store, tote->id);
    return free ? 0 : refuse(scan, E10_NOT_EMPTY, "t", tote->code);
}

int tote_bind(struct scan *scan, const struct lpn *tote, int64_t order)
{
    struct store *store = scan->store;
    int64_t hand;
    int result = lpn_of_hand(store, scan->worker.code, &hand);
    if (!result)
        result = ledger_move_lpn(store, scan->seq, tote->id, LOCATION_FLOOR, "tote");
    if (!result)
        result = ledger_move_contents(store, scan->seq, hand, tote->id, "tote");
    return result ? result : lpn_assign(store, tote->id, order);
}

bool tote_goes_back(const struct order *order)
{
    return order->cancelled || strcmp(order->state, "parked") == 0;
}

int tote_check_place(struct scan *scan, const struct order *order, const struct location *place)
{
    bool back = tote_goes_back(order);
    if (strcmp(place->kind, back ? "return" : "stage") == 0)
        return 0;
    struct answer *answer = refusal(scan, order->cancelled ? E12_CANCELLED : E04_LOCATION);
    answer_text(answer, "o", order->number);
    answer_text(answer, "exp", back ? "a return shelf · 退货架" : "a stage · 集货区");
    answer_text(answer, "got", place->code);
    return FLOOR_REFUSED;
}

/* Nobody's any more: what is in it goes back to a bin. */
static int give_back(struct scan *scan, int64_t tote, const struct location *place)
{
    int64_t task;
    int result = lpn_assign(scan->store, tote, 0);
    if (result || lpn_is_empty(scan->store, tote))
        return result;
    return task_insert(
        scan->store,
        &(struct task){.kind = "putaway", .reason = "order cancelled", .lpn = tote, .from_location = place->id}, &task);
}

int tote_put_down(struct scan *scan, const struct order *order, int64_t tote, const struct location *place)
{
    struct store *store = scan->store;
    struct lpn plate;
    int result = lpn_load(store, tote, &plate);
    json_text(record_start(scan), "order", order->number);
    json_text(&scan->data, "location", place->code);
    if (!result)
        json_text(&scan->data, "tote", plate.code);
    if (!result)
        result = record(scan, tote_goes_back(order) ? "pick.returned" : "pick.staged", "order", order->number);
    if (!result)
        result = ledger_move_lpn(store, scan->seq, tote, place->id, "stage");
    if (!result && tote_goes_back(order))
        result = give_back(scan, tote, place);
    return result;
}
