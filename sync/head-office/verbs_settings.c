/* How head office works, as people set it. */
#include "base/json.h"
#include "sync/head-office/settings.h"
#include "sync/head-office/verb.h"

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

static int set(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "name", fields->name);
    json_text(call->answer, "value", fields->value);
    return settings_put(call->office, fields->name, fields->value, error);
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
    int result = sql_run(call->office->sql, "UPDATE site SET capacity = ?2 WHERE id = ?1", sql_text(fields->site),
                         sql_int(fields->orders));
    json_text(call->answer, "site", fields->site);
    return office_changed(call->office->sql, result, "site", fields->site, error);
}

const struct office_verb office_setting_verbs[] = {
    VERB("setting.set", set_fields, set, "How head office works by itself", "修改设置"),
    VERB("site.region", region_fields, set_region, "How far a site is from a province", "设置仓库到省份的距离"),
    VERB("site.capacity", capacity_fields, set_capacity, "How much a site can do at a time", "设置仓库产能"),
    {0},
};
