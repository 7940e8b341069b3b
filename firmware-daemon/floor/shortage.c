/* Stock is missing: whether the order goes on with what there is, loses the lines that lack something, or waits whole
 * for a person at head office. Refused goods that were picked go to the return shelf.
 *
 *   partial 缺货短配 · line 整行拒绝 · order 整单缺货 */
#include "floor/wave.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const policies[] = {"partial", "line", "order"}; /* the later is the stricter */

static size_t strictness(const char *policy)
{
    size_t at = COUNT(policies) - 1;
    while (at > 0 && strcmp(policies[at], policy) != 0)
        at--;
    return at;
}

static int policy_of(struct store *store, const struct order *order, const char **ret)
{
    size_t own = strictness(order->policy), waves = 0;
    struct wave wave;
    int result = order->wave ? wave_load(store, order->wave, &wave) : 0;
    if (!result && order->wave)
        waves = strictness(wave.policy);
    *ret = policies[own > waves ? own : waves];
    return result;
}

static int note_refused(struct store *store, const struct order *order, const char *policy)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", order->number);
    json_text(&data, "policy", policy);
    json_open_array(&data, "lines");
    int result = order_write_refused(store, order->id, &data);
    json_close_array(&data);
    json_close_object(&data);
    return result ? result : note(store, "order.refused", "order", order->number, &data, NULL);
}

int shortage_park(struct store *store, const struct order *order)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "order", order->number);
    json_text(&data, "reason", "short");
    json_close_object(&data);
    int result = note(store, "order.parked", "order", order->number, &data, NULL);
    if (!result)
        result = order_set_state(store, order->id, "parked", "short");
    return result ? result : order_set_worker(store, order->id, 0);
}

int shortage_settle(struct store *store, const struct order *order, bool *ret_ends)
{
    const char *policy;
    struct totals totals;
    int64_t refused = 0;
    int result = policy_of(store, order, &policy);
    if (!result && policy != policies[0])
        result = order_refuse_lacking(store, order->id, policy == policies[2], &refused);
    if (!result && refused > 0)
        result = note_refused(store, order, policy);
    if (!result)
        result = order_totals(store, order->id, &totals);
    if (!result)
        *ret_ends = totals.picked == 0 && totals.open == 0;
    return result;
}

int wave_reallocate(struct store *store, int64_t wave, int64_t item)
{
    struct order order, after;
    const struct order *last = NULL;
    int64_t missing;
    int result = item ? batch_release(store, wave, item) : 0;
    while (!result && (result = wave_order_lacking(store, wave, item, last, &order)) == 0) {
        bool ends = false;
        result = order_allocate(store, order.id, &missing);
        if (!result)
            result = shortage_settle(store, &order, &ends);
        if (!result && ends)
            result = shortage_park(store, &order);
        after = order;
        last = &after;
    }
    return result == -ENOENT ? 0 : result;
}
