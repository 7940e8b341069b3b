/* Orders as they come to the site, get their stock promised, and are cancelled. */
#include "floor/pick_bin.h"
#include "floor/wave.h"

#include "base/json.h"
#include "floor/waybill.h"
#include "store/order_lease.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int note_order(struct store *store, const char *type, const char *number, const char *member, const char *value)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", number);
    if (member)
        json_text(&data, member, value);
    json_close_object(&data);
    return note(store, type, "order", number, &data, NULL);
}

/* Whole orders only: a promise to an order that cannot be finished would starve one that can. Until there is enough of
 * the first thing that it lacks, nobody tries again. */
static int allocate_whole(struct store *store, int64_t id)
{
    struct lack lack;
    struct order order;
    int64_t missing;
    int result = order_lack(store, id, &lack);
    if (result != -ENOENT)
        return result ? result : order_set_lack(store, id, &lack);
    result = order_allocate(store, id, &missing);
    if (!result)
        result = order_load(store, id, &order);
    if (!result)
        result = order_set_state(store, id, "allocated", "");
    return result ? result : note_order(store, "order.allocated", order.number, NULL, NULL);
}

int orders_allocate_waiting(struct store *store, int64_t item)
{
    struct waiting order = {0};
    int result;
    while ((result = order_waiting_after(store, item, &order, &order)) == 0) {
        result = allocate_whole(store, order.id);
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

/* The number that an order comes with is its own. */
static int enter_waybill(struct store *store, const struct order *order)
{
    bool new;
    return waybill_insert(store,
                          &(struct waybill_entry){.number = order->waybill,
                                                  .carrier = order->carrier,
                                                  .order_number = order->number,
                                                  .sort_code = "",
                                                  .short_address = "",
                                                  .package_center = "",
                                                  .qr = "",
                                                  .opaque = ""},
                          &new);
}

/* Head office had given it to another site or taken it back, and gives it to this one again: as it is by now. */
static int enter_again(struct store *store, const struct order_entry *entry, int64_t id, bool *ret_new)
{
    struct order order;
    int result = order_load(store, id, &order);
    *ret_new = !result && strcmp(order.state, "cancelled") == 0 && strcmp(order.reason, ORDER_MOVED) == 0;
    if (result || !*ret_new)
        return result;
    result = order_change(store, id, &entry->order, &entry->receiver);
    if (!result && *entry->order.waybill)
        result = enter_waybill(store, &entry->order);
    if (!result)
        result = order_end_lines(store, id);
    for (size_t i = 0; i < entry->line_count && !result; i++)
        result = order_change_line(store, id, entry->lines[i].line, entry->lines[i].item, entry->lines[i].quantity);
    return result ? result : order_set_state(store, id, "received", "");
}

static int enter_new(struct store *store, const struct order_entry *entry, int64_t *ret_id)
{
    int result = order_insert(store, &entry->order, &entry->receiver, ret_id);
    if (!result && *entry->order.waybill)
        result = enter_waybill(store, &entry->order);
    for (size_t i = 0; i < entry->line_count && !result; i++)
        result = order_add_line(store, *ret_id, entry->lines[i].line, entry->lines[i].item, entry->lines[i].quantity);
    return result;
}

int order_enter(struct store *store, const struct order_entry *entry, bool *ret_new)
{
    int64_t id;
    int result = order_find(store, entry->order.number, &id);
    *ret_new = result == -ENOENT;
    result = *ret_new ? enter_new(store, entry, &id) : result ? result : enter_again(store, entry, id, ret_new);
    if (result || !*ret_new)
        return result;
    if (entry->lease_us > 0)
        result = order_lease_offer(store, id, entry->lease_us);
    if (!result)
        result = note_order(store, "order.received", entry->order.number, NULL, NULL);
    return result;
}

/* Whoever stands at one of its bins stops taking. */
static int stop_worker(struct store *store, int64_t worker, const struct order *order, bool picked)
{
    struct scan scan;
    int result = scan_interrupt(store, worker, &scan);
    if (result)
        return result;
    const struct pick_way *way = bin_find_way(&scan);
    result = way ? way->stop(&scan, order, picked) : 0;
    return result ? result : session_save(store, &scan.session);
}

/* What was picked goes to the return shelf; an order of which nothing was picked is done with at once. */
static int stop_picking(struct store *store, const struct order *order)
{
    struct totals totals = {0};
    int64_t worker = 0;
    int result = order_totals(store, order->id, &totals);
    bool picked = totals.picked + totals.refused > 0;
    if (!result)
        result = action_forget_order(store, order->id);
    if (!result && !picked)
        result = order_set_state(store, order->id, "cancelled", "");
    if (!result && !picked)
        result = order_set_worker(store, order->id, 0);
    while (!result && (result = session_at_order(store, order->id, worker, &worker)) == 0)
        result = stop_worker(store, worker, order, picked);
    if (result == -ENOENT)
        result = picked ? 0 : lpn_free_totes(store, order->id);
    return result;
}

/* Too late: the parcel is with the carrier. */
static int reject_cancel(struct store *store, const struct order *order)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", order->number);
    json_text(&data, "stage", order->state);
    json_text(&data, "code", message_def(E24_LATE)->code);
    json_close_object(&data);
    return note(store, "order.cancel_rejected", "order", order->number, &data, NULL);
}

int order_cancel(struct store *store, const char *number, const char *reason)
{
    struct order order;
    int64_t id;
    int result = order_find(store, number, &id);
    if (!result)
        result = order_load(store, id, &order);
    if (result)
        return result;
    if (strcmp(order.state, "handed") == 0)
        return reject_cancel(store, &order);
    if (order.cancelled)
        return 0;
    result = order_set_cancelled(store, id);
    if (!result)
        result = order_release_promises(store, id);
    if (!result) /* head office's own words stay out of the journal: they may name somebody */
        result = waybill_give_up(store, &order, "the order was cancelled");
    bool untouched = strcmp(order.state, "received") == 0 || strcmp(order.state, "allocated") == 0 ||
                     strcmp(order.reason, ORDER_LEASE) == 0;
    bool shared = wave_holds(store, &order);
    if (!result && shared)
        result = wave_drop_cancelled(store, &order, reason);
    if (!result && untouched && !shared)
        result = order_set_state(store, id, "cancelled", reason);
    if (!result && strcmp(order.state, "picking") == 0 && !shared)
        result = stop_picking(store, &order);
    if (!result && order.wave)
        result = batch_follow(store, order.wave);
    return result ? result : note_order(store, "order.cancel_accepted", number, "stage", order.state);
}
