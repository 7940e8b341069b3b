/* A disk that fills up: what would grow the database most is not begun any more, and at last nothing is accepted that
 * could not be written. */
#include "floor/floor.h"
#include "floor/rule.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

int disk_rule(struct store *store, const struct event *event, struct effect *effect)
{
    enum disk_step step = (enum disk_step)event->number;
    effect->shows = true;
    if (step == store->disk)
        return 0;
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "step", disk_step_name(step));
    json_int(&data, "free_mib", strtoll(event_bytes(event), NULL, 10));
    json_close_object(&data);
    int result = store_set_disk(store, step);
    return result ? result : note(store, "disk.level", "site", store->site, &data, NULL);
}

bool disk_accepts(const struct store *store, const char *text)
{
    return store->disk < DISK_FULL || strcmp(text, COMMAND_PREFIX "LOGOUT") == 0;
}

int disk_check_flow(struct scan *scan)
{
    if (scan->store->disk < DISK_TIGHT)
        return 0;
    const struct flow *before = flow_of(scan->before.step), *now = flow_of(scan->session.step);
    bool begun = now && before != now && now->needs_room;
    return begun ? refuse(scan, E87_DISK_TIGHT, NULL, NULL) : 0;
}
