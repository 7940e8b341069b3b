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
#include <stdio.h>
#include <string.h>

#define TABLE_STEPS 100000

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

/* For those who help: how much there is of what. rows: at most so many, as no long table is counted; null where rows
 * have no number. */
static int tell_tables(const struct at *at, struct buf *json)
{
    struct sql *sql = at->store->sql;
    struct sql_query *tables =
        sql_select(sql, "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name",
                   SQL_NO_VALUES);
    int result = 0;
    json_open_array(json, NULL);
    while (!result && sql_next(tables)) {
        char text[200];
        json_open_object(json, NULL);
        json_text(json, "table", sql_get_text(tables, 0));
        snprintf(text, sizeof(text), "SELECT coalesce(max(rowid), 0) FROM \"%s\"", sql_get_text(tables, 0));
        bool numbered = sql_get_int(tables, 1) == 0;
        struct sql_query *last =
            sql_select_once(sql, numbered ? text : "SELECT NULL", (struct sql_value[]){{0}}, TABLE_STEPS);
        if (sql_next(last) && !sql_get_null(last, 0))
            json_int(json, "rows", sql_get_int(last, 0));
        else
            json_text(json, "rows", NULL);
        result = sql_done(last);
        json_close_object(json);
    }
    json_close_array(json);
    int done = sql_done(tables);
    return result ? result : done;
}

static const struct {
    const char *name;
    int (*tell)(const struct at *at, struct buf *json);
} told[] = {{"queries", tell_queries},
            {"asks", tell_asks},
            {"settings", tell_settings},
            {"tables", tell_tables},
            {"heat", tell_heat},
            {"label-keys", tell_label_keys},
            {"label-templates", tell_templates}};

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
