/* Waybill numbers: free -> live -> void_pending -> void. A parcel takes one when its box is closed; a closed box that
 * finds none waits, and the number that comes next is given to the one that has waited longest. */
#include "floor/waybill.h"

#include "base/json.h"
#include "floor/rule.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* parcel NULL: it has none. why NULL: nothing more to say. */
static int note_waybill(struct store *store, const char *type, const struct order *order, const char *parcel,
                        const struct waybill *waybill, const char *why)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", order->number);
    json_text(&data, "parcel", parcel);
    json_text(&data, "waybill", waybill->number);
    json_text(&data, "carrier", waybill->carrier);
    if (why)
        json_text(&data, "why", why);
    json_close_object(&data);
    return note(store, type, "waybill", waybill->number, &data, NULL);
}

int waybill_take(struct store *store, struct order *order, const struct parcel *parcel)
{
    struct waybill waybill;
    int result = waybill_of_parcel(store, parcel->id, &waybill);
    if (result == -ENOENT || (!result && strcmp(waybill.state, "live") != 0)) {
        result = waybill_free_for(store, order, &waybill);
        if (!result)
            result = waybill_use(store, &waybill, parcel);
    }
    if (!result)
        snprintf(order->waybill, sizeof(order->waybill), "%s", waybill.number);
    return result;
}

/* The closed box may go on: whoever scans its tote gets the label. */
static int assign(struct store *store, const struct waybill *waybill, int64_t parcel_id)
{
    struct parcel parcel;
    struct order order;
    char name[PARCEL_NAME_MAX];
    int result = parcel_load(store, parcel_id, &parcel);
    if (!result)
        result = order_load(store, parcel.order, &order);
    if (!result)
        result = waybill_use(store, waybill, &parcel);
    if (!result)
        result = parcel_verify(store, parcel.id, parcel.box, waybill->number);
    if (!result)
        result = order_set_state(store, order.id, "packing", "");
    if (result)
        return result;
    parcel_name(&order, name);
    return note_waybill(store, "waybill.assigned", &order, name, waybill, NULL);
}

static int give_up(struct store *store, const struct order *order, const struct waybill *waybill, const char *why)
{
    char name[PARCEL_NAME_MAX];
    parcel_name(order, name);
    int result = waybill_set_state(store, waybill->id, "void_pending");
    if (!result && waybill->parcel)
        result = print_jobs_void(store, waybill->parcel, why);
    return result ? result : note_waybill(store, "label.voided", order, waybill->parcel ? name : NULL, waybill, why);
}

/* A number for one order only may find that it is not needed: it is not another's, and goes back. */
static int check_order(struct store *store, const struct waybill *waybill, bool *ret_goes_back)
{
    struct order order;
    int64_t id;
    int result = order_find(store, waybill->order_number, &id);
    if (!result)
        result = order_load(store, id, &order);
    if (result)
        return result == -ENOENT ? 0 : result;
    if (strcmp(order.carrier, waybill->carrier) != 0)
        return -EINVAL;
    *ret_goes_back = order.cancelled || *order.waybill;
    return *ret_goes_back ? give_up(store, &order, waybill,
                                    order.cancelled ? "the order was cancelled" : "the order has another waybill")
                          : 0;
}

int waybill_enter(struct store *store, const struct waybill_entry *entry)
{
    struct waybill waybill;
    int64_t parcel;
    bool new, goes_back = false;
    int result = waybill_insert(store, entry, &new);
    if (result || !new)
        return result;
    result = waybill_find(store, entry->number, &waybill);
    if (!result && *waybill.order_number)
        result = check_order(store, &waybill, &goes_back);
    if (result || goes_back)
        return result;
    result = waybill_waiting(store, waybill.carrier, waybill.order_number, &parcel);
    return result == -ENOENT ? 0 : result ? result : assign(store, &waybill, parcel);
}

int waybill_give_up(struct store *store, const struct order *order, const char *why)
{
    struct waybill waybill;
    int result = parcel_wait_no_more(store, order->id);
    while (!result && (result = waybill_held_by(store, order, &waybill)) == 0)
        result = give_up(store, order, &waybill, why);
    return result == -ENOENT ? 0 : result;
}

bool waybill_given_up(struct store *store, int64_t parcel)
{
    struct waybill waybill;
    return parcel && waybill_of_parcel(store, parcel, &waybill) == 0 && strcmp(waybill.state, "live") != 0;
}

int waybill_voided(struct store *store, const char *number)
{
    struct waybill waybill;
    int result = waybill_find(store, number, &waybill);
    if (result)
        return result;
    if (strcmp(waybill.state, "live") == 0)
        return -EBUSY;
    return strcmp(waybill.state, "free") == 0 ? waybill_withdraw(store, &waybill)
                                              : waybill_set_state(store, waybill.id, "void");
}
