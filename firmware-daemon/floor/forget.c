#include "floor/forget.h"
#include "floor/event.h"
#include "floor/rule.h"
#include "floor/settings.h"

#include "base/json.h"
#include "store/orders.h"
#include "store/receiver.h"

#include <errno.h>

#define DAY_US  INT64_C(86400000000)
#define AT_ONCE 100 /* of them in one turn: a scan waits for some milliseconds at most */

/* 0: never. */
static int64_t end_of(struct store *store, int64_t wall_us)
{
    int64_t days = 0;
    int result = setting_get(store, SETTING_receiver_days, &days);
    return result || !days || clock_trust() == CLOCK_UNSET ? 0 : wall_us - days * DAY_US;
}

bool forget_due(struct store *store, int64_t wall_us)
{
    int64_t end = end_of(store, wall_us);
    return end > 0 && receivers_are_before(store, end);
}

static int note_forgotten(struct store *store, const char *kind, const char *subject, int64_t count)
{
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_int(&data, "count", count);
    json_close_object(&data);
    return note(store, "receiver.forgotten", kind, subject, &data, NULL);
}

int forget_rule(struct store *store, const struct event *event, struct effect *effect)
{
    int64_t end = end_of(store, event->wall_us), count = 0;
    (void)effect;
    int result = end > 0 ? receivers_forget_before(store, end, AT_ONCE, &count) : 0;
    return result || count == 0 ? result : note_forgotten(store, "site", store->site, count);
}

int forget_order(struct store *store, const char *number)
{
    int64_t id;
    int result = order_find(store, number, &id);
    if (!result)
        result = receiver_forget(store, id);
    return result ? result : note_forgotten(store, "order", number, 1);
}
