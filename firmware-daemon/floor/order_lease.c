/* An order that head office has lent, or wants back. What nobody has begun can be given up; what is begun stays. */
#include "store/order_lease.h"
#include "floor/wave.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int note_stage(struct store *store, const char *type, const char *number, const char *member, const char *value)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", number);
    if (member)
        json_text(&data, member, value);
    json_close_object(&data);
    return note(store, type, "order", number, &data, NULL);
}

static bool stands(const struct order *order, const char *state)
{
    return strcmp(order->state, state) == 0;
}

/* Nobody has done anything for it: its stock may be promised, and a wave may have it. */
static int is_begun(struct store *store, const struct order *order, bool *ret)
{
    int64_t worker;
    bool waits = stands(order, "received") || stands(order, "allocated") || strcmp(order->reason, ORDER_LEASE) == 0;
    *ret = !waits || order->worker;
    if (*ret)
        return 0;
    int result = order_claimed(store, order->id, &worker);
    *ret = result == 0;
    return result == -ENOENT ? 0 : result;
}

/* Out of its wave, without promises, in this state. */
static int give_up(struct store *store, const struct order *order, const char *state, const char *reason)
{
    int result = order->wave ? wave_kick(store, order, reason) : 0;
    if (result == -EBUSY)
        result = order_set_wave(store, order->id, 0);
    if (!result)
        result = order_release_promises(store, order->id);
    if (!result)
        result = order_set_state(store, order->id, state, reason);
    return result ? result : order_lease_end(store, order->id);
}

static int lease_is_over(struct store *store, int64_t id)
{
    struct order order;
    bool begun;
    int result = order_load(store, id, &order);
    if (!result)
        result = is_begun(store, &order, &begun);
    if (result || begun || order.cancelled)
        return result ? result : order_lease_end(store, id);
    result = give_up(store, &order, "parked", ORDER_LEASE);
    return result ? result : note_stage(store, "order.parked", order.number, "reason", ORDER_LEASE);
}

int order_lease_sweep(struct store *store)
{
    int64_t order;
    int result;
    while ((result = order_lease_over(store, &order)) == 0) {
        result = lease_is_over(store, order);
        if (result)
            return result;
    }
    return result == -ENOENT ? 0 : result;
}

/* Its release may wait for a person: it does no more. */
static int was_never_here(struct store *store, const char *number)
{
    char subject[STORE_CODE_MAX + 8];
    snprintf(subject, sizeof(subject), "order/%s", number);
    int result = journal_unpark(store, "io.floorhand.order.release.v1", subject);
    return result ? result : note_stage(store, "order.released", number, NULL, NULL);
}

int order_unassign(struct store *store, const char *number)
{
    struct order order;
    int64_t id;
    bool begun = false;
    int result = order_find(store, number, &id);
    if (result == -ENOENT)
        return was_never_here(store, number);
    if (!result)
        result = order_load(store, id, &order);
    if (!result && !stands(&order, "cancelled"))
        result = is_begun(store, &order, &begun);
    if (!result && !begun && !stands(&order, "cancelled"))
        result = give_up(store, &order, "cancelled", ORDER_MOVED);
    return result ? result : note_stage(store, begun ? "order.kept" : "order.released", number, "stage", order.state);
}

int refuse_no_work(struct scan *scan)
{
    struct order order;
    int64_t id;
    int result = order_lease_waiting(scan->store, &id);
    if (!result)
        result = order_load(scan->store, id, &order);
    if (result)
        return result == -ENOENT ? refuse(scan, E27_NO_WORK, NULL, NULL) : result;
    return refuse(scan, E78_LEASE, "o", order.number);
}
