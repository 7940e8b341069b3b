#include "told.h"

#include "base/json.h"
#include "base/query_table.h"
#include "drivers/label/template.h"
#include "floor/floor.h"
#include "floor/rights.h"
#include "floor/settings.h"
#include "store/heat.h"
#include "store/query.h"
#include "store/roster.h"

#include <errno.h>
#include <string.h>

struct at {
    struct store *store;
    const struct label_desk *desk;
};

static int tell_queries(const struct at *at, struct buf *json)
{
    (void)at;
    query_catalogue(site_queries, json);
    return 0;
}

static int tell_asks(const struct at *at, struct buf *json)
{
    (void)at;
    floor_asks(json);
    return 0;
}

static int tell_settings(const struct at *at, struct buf *json)
{
    return settings_write(at->store, json);
}

static int tell_label_keys(const struct at *at, struct buf *json)
{
    (void)at;
    template_keys_write(json);
    return 0;
}

static int tell_templates(const struct at *at, struct buf *json)
{
    return label_desk_list(at->desk, json);
}

static int tell_heat(const struct at *at, struct buf *json)
{
    return heat_write(at->store, json);
}

static const struct {
    const char *name;
    int (*tell)(const struct at *at, struct buf *json);
} told[] = {{"queries", tell_queries},       {"asks", tell_asks},
            {"settings", tell_settings},     {"heat", tell_heat},
            {"label-keys", tell_label_keys}, {"label-templates", tell_templates}};

int told_write(struct store *store, const struct label_desk *desk, const char *name, struct buf *json)
{
    for (size_t i = 0; i < COUNT(told); i++)
        if (strcmp(told[i].name, name) == 0)
            return told[i].tell(&(struct at){store, desk}, json);
    return -ENOENT;
}

int told_rights(void *user, const char *const *routes, size_t count, struct buf *json)
{
    (void)user;
    floor_rights(json);
    json_open_array(json, "addresses");
    for (size_t i = 0; i < count; i++)
        site_right_write(may_reach, routes[i], json);
    json_close_array(json);
    json_open_array(json, "kinds");
    for (size_t i = 0; i < COUNT(told); i++)
        site_right_write(may_read, told[i].name, json);
    site_right_write(may_read, "board", json);
    for (size_t i = 0; query_at(site_queries, i); i++)
        site_right_write(may_read, query_at(site_queries, i)->kind, json);
    json_close_array(json);
    return 0;
}

int told_roster(struct store *store, int64_t now_us, struct buf *json)
{
    const int64_t hour_us = INT64_C(3600000000);
    int64_t hours = 0, silent_us = 0;
    int result = setting_get(store, SETTING_roster_hours, &hours);
    if (!result)
        result = roster_silence_us(store, now_us, &silent_us);
    const char *state = hours == 0                        ? "off"
                        : silent_us > hours * hour_us     ? "stale"
                        : silent_us > hours * hour_us / 2 ? "ageing"
                                                          : "fresh";
    json_open_object(json, "roster");
    json_text(json, "state", state);
    json_int(json, "silent_hours", silent_us / hour_us);
    json_int(json, "hours", hours);
    json_close_object(json);
    return result;
}
