/* A count's differences go into the books; orders whose goods are not there get them elsewhere, or wait. */
#include "floor/count.h"
#include "floor/pick_bin.h"
#include "floor/wave.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int count_end(struct store *store, const struct stock_count *count, const char *state)
{
    int result = count_lift_holds(store, count->location, count->item);
    if (!result)
        result = stock_count_end(store, count->id, state);
    return result;
}

/* ---------------------------------------------------------------- promises that are no longer covered */

static int note_missing(struct store *store, const struct order *order, const struct allocation *lost, int64_t missing)
{
    struct item item;
    struct location bin;
    int result = item_load(store, lost->item, &item);
    if (!result)
        result = location_load(store, lost->location, &bin);
    if (result)
        return result;
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", order->number);
    json_int(&data, "line", lost->line_number);
    json_text(&data, "sku", item.sku);
    json_text(&data, "location", bin.code);
    json_int(&data, "missing", missing);
    json_close_object(&data);
    return note(store, "pick.short", "order", order->number, &data, NULL);
}

/* Whoever stood there for it, or was on the way, goes on with what is left of the order. */
static int send_one_on(struct store *store, int64_t worker)
{
    struct session session;
    struct scan scan;
    struct pick pick;
    int result = session_of_worker(store, worker, &session);
    if (!result && !session.allocation)
        return 0;
    if (!result)
        result = pick_load(store, session.allocation, &pick);
    if (!result && pick.allocation.open > 0)
        return 0;
    if (!result)
        result = scan_interrupt(store, worker, &scan);
    if (result)
        return result;
    if (bin_find_way(&scan))
        result = pick_go_without(&scan, &pick);
    return result ? result : session_save(store, &scan.session);
}

/* What the order's policy allows without it; the order may have nothing left, and nobody at it. */
static int settle(struct store *store, const struct order *order)
{
    bool ends = false;
    int64_t worker = 0, workers = 0;
    struct totals totals = {0};
    int result = shortage_settle(store, order, &ends);
    while (!result && (result = session_at_order(store, order->id, worker, &worker)) == 0) {
        result = send_one_on(store, worker);
        workers++;
    }
    if (result == -ENOENT)
        result = order_totals(store, order->id, &totals);
    if (!result && order->wave)
        result = batch_follow(store, order->wave);
    return result || !ends || workers > 0 || totals.picked > 0 ? result : shortage_park(store, order);
}

/* Other bins; where there are none, an order that nobody has begun waits whole, and one that is worked on goes on as
 * its policy says. */
static int find_elsewhere(struct store *store, const struct allocation *lost)
{
    struct order order = {0};
    int64_t missing = 0;
    int result = order_load(store, lost->order, &order);
    if (!result)
        result = order_allocate(store, order.id, &missing);
    if (result)
        return result;
    bool begun = order.worker || order.wave || strcmp(order.state, "allocated") != 0;
    if (missing > 0 && begun)
        result = note_missing(store, &order, lost, missing);
    if (!result && begun)
        result = settle(store, &order);
    if (result || begun || missing == 0)
        return result;
    result = order_release_promises(store, order.id);
    return result ? result : order_set_state(store, order.id, "received", "");
}

int count_give_up(struct store *store, int64_t item, int64_t lot, int64_t location)
{
    for (;;) {
        struct allocation lost;
        int64_t id, free;
        int result = ledger_free(store, item, location, lot, &free);
        if (result || free >= 0)
            return result;
        result = allocation_to_give_up(store, item, location, lot, &id);
        if (!result)
            result = allocation_load(store, id, &lost);
        if (!result)
            result = allocation_release(store, id, lost.open < -free ? lost.open : -free);
        if (!result)
            result = find_elsewhere(store, &lost);
        if (result)
            return result == -ENOENT ? 0 : result;
    }
}

/* ---------------------------------------------------------------- one difference */

static int note_variance(struct store *store, const struct stock_count *count, const struct count_variance *variance,
                         const struct move *move, int64_t *ret_seq)
{
    struct item item;
    struct location bin;
    struct lot lot;
    int result = item_load(store, variance->item, &item);
    if (!result)
        result = location_load(store, count->location, &bin);
    if (!result)
        result = lot_load(store, variance->lot, &lot);
    if (result)
        return result;
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "location", bin.code);
    json_text(&data, "sku", item.sku);
    json_int(&data, "delta", variance->quantity);
    json_int(&data, "quantity", move->quantity);
    if (*lot.code)
        json_text(&data, "lot", lot.code);
    if (*variance->serial)
        json_text(&data, "serial", variance->serial);
    if (move->weight_g)
        json_int(&data, "weight_g", move->weight_g);
    json_text(&data, "reason", "count");
    json_int(&data, "count", count->id);
    json_close_object(&data);
    return note(store, "adjust.posted", "location", bin.code, &data, ret_seq);
}

static int find_serial(struct store *store, const struct count_variance *variance, int64_t *ret)
{
    struct serial serial = {.item = variance->item, .lot = variance->lot, .location = LOCATION_ADJUST};
    if (!*variance->serial)
        return 0;
    text_copy(serial.code, sizeof(serial.code), variance->serial);
    if (variance->quantity > 0)
        return serial_arrive(store, &serial, ret);
    int result = serial_find(store, variance->item, variance->serial, &serial);
    if (!result)
        *ret = serial.id;
    return result;
}

static int post_variance(struct store *store, const struct stock_count *count, const struct count_variance *variance)
{
    bool more = variance->quantity > 0;
    struct move move = {.item = variance->item,
                        .lot = variance->lot,
                        .quantity = llabs(variance->quantity),
                        .from_location = more ? LOCATION_ADJUST : count->location,
                        .to_location = more ? count->location : LOCATION_ADJUST,
                        .reason = "count"};
    int64_t seq;
    int result = ledger_share_g(store, move.item, count->location, move.lot, move.quantity, &move.weight_g);
    if (!result)
        result = find_serial(store, variance, &move.serial);
    if (!result)
        result = note_variance(store, count, variance, &move, &seq);
    if (!result)
        result = ledger_move(store, seq, &move);
    return result ? result : count_give_up(store, variance->item, variance->lot, count->location);
}

/* ---------------------------------------------------------------- all of them */

static int note_posted(struct store *store, const struct stock_count *count, const struct worker *by)
{
    struct location bin;
    struct count_difference difference = {0};
    int result = location_load(store, count->location, &bin);
    if (!result)
        result = count_difference(store, count->id, &difference);
    if (result)
        return result;
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_int(&data, "count", count->id);
    json_text(&data, "location", bin.code);
    json_text(&data, "source", count->source);
    json_int(&data, "round", count->round);
    json_int(&data, "pieces", difference.pieces);
    json_int(&data, "value_minor", difference.value_minor);
    if (by)
        json_text(&data, "supervisor", by->code);
    result = count_write(store, count->id, false, &data);
    json_close_object(&data);
    return result ? result : note(store, "count.posted", "location", bin.code, &data, NULL);
}

int count_post(struct store *store, const struct stock_count *count, const struct worker *by, bool *ret)
{
    struct count_variance variance = {.serial = ""};
    bool can;
    int result = count_can_post(store, count->id, &can);
    if (!result && !can)
        result = stock_count_end(store, count->id, "recount");
    if (result || !can) {
        *ret = false;
        return result;
    }
    result = count_lift_holds(store, count->location, count->item);
    while (!result && (result = count_variance_after(store, count->id, &variance)) == 0)
        result = post_variance(store, count, &variance);
    if (result == -ENOENT)
        result = note_posted(store, count, by);
    if (!result)
        result = count_end(store, count, "posted");
    *ret = true;
    return result;
}
