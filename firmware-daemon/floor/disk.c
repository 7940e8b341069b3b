/* A disk that fills up: what would grow the database most is not begun any more, and at last nothing is accepted that
 * could not be written. And what was found when the whole database was read. */
#include "floor/floor.h"
#include "floor/rule.h"

#include "base/json.h"
#include "store/upkeep.h"

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

int checked_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct upkeep_found found;
    CLEANUP_BUF struct buf data = {0};
    memcpy(&found, event_bytes(event), sizeof(found));
    effect->shows = true;
    json_open_object(&data, NULL);
    json_bool(&data, "sound", found.sound);
    json_bool(&data, "kept", found.kept);
    json_int(&data, "bytes", found.bytes);
    if (!found.sound)
        json_text(&data, "why", found.why);
    json_close_object(&data);
    int result = upkeep_found(store, &found);
    return result ? result : note(store, "database.checked", "site", store->site, &data, NULL);
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
