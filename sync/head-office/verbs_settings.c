/* How head office works, as people set it. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/improve/parameters.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/verb.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct fields {
    char name[65], value[65];
    char site[65], province[65];
    int64_t rank, orders;
};

#define TEXT(member)   OPTION_TEXT_AT(struct fields, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct fields, member)

static const struct option_def set_fields[] = {
    {"name", TEXT(name), .help = "which setting"}, {"value", TEXT(value), .help = "what it is from now on"}, {0}};
static const struct option_def region_fields[] = {
    {"site", TEXT(site), .help = "the site"},
    {"province", TEXT(province), .fallback = "", .help = "as addresses name it; left out: everywhere else"},
    {"rank", NUMBER(rank), .min = 0, .max = 999, .help = "how far it is: the nearest site has the least"},
    {0}};
static const struct option_def capacity_fields[] = {
    {"site", TEXT(site), .help = "the site"},
    {"orders", NUMBER(orders), .min = 0, .max = 1000000, .help = "so many at a time; 0: any"},
    {0}};

/* What counted until now: the default, where nothing was ever set. */
static int keep_old(struct office *office, const char *name)
{
    const struct option_def *setting = settings_table;
    char value[PARAMETER_VALUE_SIZE] = "";
    while (setting->name && strcmp(setting->name, name) != 0)
        setting++;
    if (!setting->name)
        return 0;
    text_copy(value, sizeof(value), setting->fallback);
    struct sql_query *row = sql_select(office->sql, "SELECT value FROM setting WHERE name = ?1", sql_text(name));
    if (sql_next(row))
        sql_copy_text(row, 0, value, sizeof(value));
    int failed = sql_done(row);
    return failed ? failed : parameters_known(office->sql, "", name, value);
}

static int set(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "name", fields->name);
    json_text(call->answer, "value", fields->value);
    int result = keep_old(call->office, fields->name);
    if (result)
        return office_failed(call->office->sql, result, error);
    result = settings_put(call->office, fields->name, fields->value, error);
    return result ? result : parameters_note(call->office, "", fields->name, fields->value, call->who, error);
}

static int set_region(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    int result = sql_run(call->office->sql,
                         "INSERT INTO site_region (site, province, rank) VALUES (?1, ?2, ?3)"
                         " ON CONFLICT (site, province) DO UPDATE SET rank = excluded.rank",
                         sql_text(fields->site), sql_text(fields->province), sql_int(fields->rank));
    json_text(call->answer, "site", fields->site);
    return office_named(call->office->sql, result, "site", fields->site, error);
}

static int set_capacity(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    char orders[24];
    int result = sql_run(call->office->sql, "UPDATE site SET capacity = ?2 WHERE id = ?1", sql_text(fields->site),
                         sql_int(fields->orders));
    json_text(call->answer, "site", fields->site);
    result = office_changed(call->office->sql, result, "site", fields->site, error);
    snprintf(orders, sizeof(orders), "%" PRId64, fields->orders);
    return result ? result : parameters_note(call->office, fields->site, "capacity", orders, call->who, error);
}

const struct office_verb office_setting_verbs[] = {
    VERB("setting.set", set_fields, set, "How head office works by itself", "修改设置"),
    VERB("site.region", region_fields, set_region, "How far a site is from a province", "设置仓库到省份的距离"),
    VERB("site.capacity", capacity_fields, set_capacity, "How much a site can do at a time", "设置仓库产能"),
    {0},
};
