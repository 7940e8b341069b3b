/* floorhand-hq tenant ..., cloud. */
#include "base/json.h"
#include "sync/head-office/command.h"
#include "sync/head-office/tenants/keeper.h"
#include "sync/head-office/tenants/metering.h"
#include "sync/head-office/tenants/tenant_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int open_cloud(struct call *call, struct cloud *ret, struct error *error)
{
    int result = cloud_open(call->options.cloud, &call->office.random, ret, error);
    ret->office.now_us = call->office.now_us;
    return result;
}

static int print_tenant(const struct cloud *cloud, const struct tenant *tenant, struct error *error)
{
    CLEANUP_BUF struct buf json = {0};
    char database[TENANT_DATABASE_SIZE];
    int result = tenant_database(cloud, tenant, database, error);
    if (result)
        return result;
    json_open_object(&json, NULL);
    json_text(&json, "tenant", tenant->name);
    json_text(&json, "title", tenant->title);
    json_text(&json, "state", tenant->state);
    json_int(&json, "port", tenant->port);
    json_text(&json, "database", database);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

static int print_named(struct cloud *cloud, const char *name, struct error *error)
{
    struct tenant tenant;
    int result = tenants_find(cloud, name, &tenant, error);
    return result ? result : print_tenant(cloud, &tenant, error);
}

static int command_tenant_add(struct call *call, struct error *error)
{
    CLEANUP_CLOUD struct cloud cloud = {0};
    struct tenant tenant;
    int result = open_cloud(call, &cloud, error);
    if (!result)
        result = tenants_add(&cloud, call->arguments[0], call->options.title, call->options.port, call->options.who,
                             &tenant, error);
    return result ? result : print_tenant(&cloud, &tenant, error);
}

static int command_tenant_list(struct call *call, struct error *error)
{
    CLEANUP_CLOUD struct cloud cloud = {0};
    CLEANUP(tenants_free) struct tenants tenants = {0};
    int result = open_cloud(call, &cloud, error);
    if (!result)
        result = tenants_all(&cloud, &tenants, error);
    for (size_t i = 0; i < tenants.count && !result; i++)
        result = print_tenant(&cloud, &tenants.at[i], error);
    return result;
}

static int change_state_of(struct call *call, const char *state, struct error *error)
{
    CLEANUP_CLOUD struct cloud cloud = {0};
    int result = open_cloud(call, &cloud, error);
    if (!result)
        result = tenants_set_state(&cloud, call->arguments[0], state, call->options.who, error);
    return result ? result : print_named(&cloud, call->arguments[0], error);
}

static int command_tenant_suspend(struct call *call, struct error *error)
{
    return change_state_of(call, "suspended", error);
}

static int command_tenant_resume(struct call *call, struct error *error)
{
    return change_state_of(call, "active", error);
}

static int command_tenant_remove(struct call *call, struct error *error)
{
    CLEANUP_CLOUD struct cloud cloud = {0};
    CLEANUP_BUF struct buf json = {0};
    char aside[TENANT_DATABASE_SIZE];
    if (!call->options.yes)
        return error_set(error, COMMAND_USAGE,
                         "say --yes: nobody can work with this tenant any more, and its name is"
                         " not given again");
    int result = open_cloud(call, &cloud, error);
    if (!result)
        result = tenants_set_aside(&cloud, call->arguments[0], true, call->options.who, aside, error);
    if (result)
        return result;
    json_open_object(&json, NULL);
    json_text(&json, "tenant", call->arguments[0]);
    json_text(&json, "state", "removed");
    json_text(&json, "aside", aside);
    json_close_object(&json);
    command_print(&json);
    return 0;
}

/* ---------------------------------------------------------------- quotas, usage, history */

/* A row as an object: texts, and numbers where the letter is n. */
static int print_rows(struct cloud *cloud, struct sql_query *row, const char *const *names, const char *kinds,
                      struct error *error)
{
    while (sql_next(row)) {
        CLEANUP_BUF struct buf json = {0};
        json_open_object(&json, NULL);
        for (int i = 0; names[i]; i++)
            if (kinds[i] == 'n')
                json_int(&json, names[i], sql_get_int(row, i));
            else
                json_text(&json, names[i], sql_get_text(row, i));
        json_close_object(&json);
        command_print(&json);
    }
    int failed = sql_done(row);
    return failed ? office_failed(cloud->office.sql, failed, error) : 0;
}

static int command_tenant_quota(struct call *call, struct error *error)
{
    static const char *const names[] = {"tenant", "quota", "value", NULL};
    CLEANUP_CLOUD struct cloud cloud = {0};
    struct tenant tenant;
    int64_t rows;
    int result = open_cloud(call, &cloud, error);
    if (!result)
        result = tenants_find(&cloud, call->arguments[0], &tenant, error);
    if (!result && call->arguments[1]) {
        result = metering_set_quotas(&cloud, tenant.name, call->arguments + 1, call->options.who, error);
        if (!result && strcmp(tenant.state, "removed") != 0)
            result = metering_gather(&cloud, &tenant, &rows, error);
    }
    if (result)
        return result;
    return print_rows(&cloud,
                      sql_select(cloud.office.sql,
                                 "SELECT tenant, name, value FROM tenant_quota WHERE tenant = ?1 ORDER BY name",
                                 sql_text(tenant.name)),
                      names, "ttn", error);
}

static int command_tenant_usage(struct call *call, struct error *error)
{
    static const char *const names[] = {"tenant", "day", "measure", "amount", NULL};
    CLEANUP_CLOUD struct cloud cloud = {0};
    struct tenant tenant;
    int64_t rows;
    int result = open_cloud(call, &cloud, error);
    if (!result)
        result = tenants_find(&cloud, call->arguments[0], &tenant, error);
    if (!result && strcmp(tenant.state, "removed") != 0)
        result = metering_gather(&cloud, &tenant, &rows, error);
    if (result)
        return result;
    return print_rows(&cloud,
                      sql_select(cloud.office.sql,
                                 "SELECT tenant, day, measure, amount FROM tenant_usage WHERE tenant = ?1 AND day >= ?2"
                                 " AND (day < ?3 OR ?3 = '') ORDER BY day, measure",
                                 sql_text(tenant.name), sql_text(call->options.from), sql_text(call->options.to)),
                      names, "tttn", error);
}

static int command_tenant_history(struct call *call, struct error *error)
{
    static const char *const names[] = {"tenant", "time_us", "act", "said", "who", NULL};
    CLEANUP_CLOUD struct cloud cloud = {0};
    struct tenant tenant;
    int result = open_cloud(call, &cloud, error);
    if (!result)
        result = tenants_find(&cloud, call->arguments[0], &tenant, error);
    if (result)
        return result;
    return print_rows(&cloud,
                      sql_select(cloud.office.sql,
                                 "SELECT tenant, time_us, act, said, who FROM tenant_history WHERE tenant = ?1"
                                 " ORDER BY id",
                                 sql_text(tenant.name)),
                      names, "tnttt", error);
}

/* ---------------------------------------------------------------- for others */

/* Becomes that command, on the tenant's database. */
static int become_command(struct cloud *cloud, const char *name, const char *const *command, struct error *error)
{
    struct tenant tenant;
    char database[TENANT_DATABASE_SIZE + sizeof("--database=")] = "--database=";
    const char *words[COMMAND_ARGUMENTS_MAX + 3] = {"floorhand-hq"};
    size_t count = 1;
    int result = tenants_find(cloud, name, &tenant, error);
    if (!result && strcmp(tenant.state, "removed") == 0)
        result = error_set(error, -EPERM, "tenant \"%s\" was removed", tenant.name);
    if (!result)
        result = tenant_database(cloud, &tenant, database + strlen(database), error);
    if (result)
        return result;
    for (; *command; command++)
        words[count++] = *command;
    words[count] = database;
    char *given[COUNT(words)];
    memcpy(given, words, sizeof(given)); /* they are not written to */
    tenant_show_secret(&tenant);
    execv("/proc/self/exe", given);
    return error_set(error, -errno, "this program cannot be run again: %s", strerror(errno));
}

static int command_tenant_run(struct call *call, struct error *error)
{
    CLEANUP_CLOUD struct cloud cloud = {0};
    int result = open_cloud(call, &cloud, error);
    return result ? result : become_command(&cloud, call->arguments[0], call->arguments + 1, error);
}

static int command_tenant_restore(struct call *call, struct error *error)
{
    CLEANUP_CLOUD struct cloud cloud = {0};
    const char *const command[] = {"restore", call->arguments[1], NULL};
    char aside[TENANT_DATABASE_SIZE];
    if (access(call->arguments[1], R_OK) != 0)
        return error_set(error, -errno, "%s cannot be read: %s", call->arguments[1], strerror(errno));
    int result = open_cloud(call, &cloud, error);
    if (!result)
        result = tenants_set_aside(&cloud, call->arguments[0], false, call->options.who, aside, error);
    return result ? result : become_command(&cloud, call->arguments[0], command, error);
}

static int command_tenant_proxy(struct call *call, struct error *error)
{
    CLEANUP_CLOUD struct cloud cloud = {0};
    CLEANUP(tenants_free) struct tenants tenants = {0};
    CLEANUP_BUF struct buf text = {0};
    int result = open_cloud(call, &cloud, error);
    if (!result)
        result = tenants_all(&cloud, &tenants, error);
    if (result)
        return result;
    tenant_files_proxy(&tenants, call->options.web_host, call->options.listen, &text);
    fputs(buf_text(&text), stdout);
    return 0;
}

static int command_tenant_acl(struct call *call, struct error *error)
{
    CLEANUP_CLOUD struct cloud cloud = {0};
    CLEANUP(tenants_free) struct tenants tenants = {0};
    CLEANUP_BUF struct buf text = {0};
    int result = open_cloud(call, &cloud, error);
    if (!result)
        result = tenants_all(&cloud, &tenants, error);
    if (!result)
        result = tenant_files_acl(&cloud, &tenants, &text, error);
    if (!result)
        fputs(buf_text(&text), stdout);
    return result;
}

static int command_cloud(struct call *call, struct error *error)
{
    CLEANUP_CLOUD struct cloud cloud = {0};
    const struct keeper_settings settings = {.host = call->options.host,
                                             .port = call->options.port,
                                             .ca_file = call->options.ca_file,
                                             .password_folder = call->options.password_file,
                                             .certificate_folder = call->options.folder,
                                             .gather_s = call->options.count};
    int result = open_cloud(call, &cloud, error);
    return result ? result : keeper_run(&cloud, &settings, error);
}

/* ---------------------------------------------------------------- the table */

#define TEXT(member)   OPTION_TEXT_AT(struct command_options, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct command_options, member)

#define CLOUD                                                                                                          \
    {                                                                                                                  \
        "cloud", TEXT(cloud),                                                                                          \
            .fallback = "/var/lib/floorhand-hq/cloud",                                                                 \
            .help = "where the tenants are: a folder, or postgresql://... of a database that is theirs alone"          \
    }
#define WHO                                                                                                            \
    {                                                                                                                  \
        "who", TEXT(who), .fallback = "command line", .help = "who asks, for the history"                              \
    }

static const struct option_def tenant_options[] = {CLOUD, WHO, {0}};

static const struct option_def tenant_add_options[] = {
    CLOUD,
    WHO,
    {"title", TEXT(title), .help = "whose it is, for people"},
    {"first-port", NUMBER(port), .fallback = "18001", .min = 1024, .max = 65535,
     .help = "of 127.0.0.1, for the server of the first tenant; each further one has the next"},
    {0},
};

static const struct option_def tenant_usage_options[] = {
    CLOUD,
    {"from", TEXT(from), .help = "the first day: 2026-11-27"},
    {"to", TEXT(to), .help = "the day behind the last"},
    {0},
};

static const struct option_def tenant_remove_options[] = {
    CLOUD,
    WHO,
    {"yes", OPTION_FLAG_AT(struct command_options, yes), .help = "it is meant"},
    {0},
};

static const struct option_def tenant_proxy_options[] = {
    CLOUD,
    {"host", TEXT(web_host), .fallback = "localhost", .help = "each tenant's name stands before this one"},
    {"listen", TEXT(listen), .fallback = "80", .help = "as nginx takes it: \"443 ssl\""},
    {0},
};

static const struct option_def cloud_options[] = {
    CLOUD,
    {"host", TEXT(host), .fallback = "127.0.0.1", .help = "the MQTT broker"},
    {"port", NUMBER(port), .fallback = "1883", .min = 1, .max = 65535, .help = "its port"},
    {"ca", TEXT(ca_file), .help = "file of the authority that signed the broker's certificate; turns TLS on"},
    {"passwords", TEXT(password_file),
     .help = "folder with a file NAME.hq for each tenant, whose first line is its password at the broker"},
    {"certificates", TEXT(folder),
     .help = "folder with NAME.hq.crt and NAME.hq.key for each tenant: its certificate at the broker, and the key"},
    {"gather-s", NUMBER(count), .fallback = "60", .min = 1, .max = 86400,
     .help = "how often each tenant's usage is gathered"},
    {0},
};

const struct command cloud_commands[] = {
    {"cloud", "", 0, "Keep several tenants' head offices running, each for itself, until stopped", cloud_options,
     command_cloud},
    {"tenant add", "NAME", 1, "A further tenant, with a database of its own", tenant_add_options, command_tenant_add},
    {"tenant list", "", 0, "The tenants, and where each is", tenant_options, command_tenant_list},
    {"tenant suspend", "NAME", 1, "Stop a tenant's head office; nothing of it is lost", tenant_options,
     command_tenant_suspend},
    {"tenant resume", "NAME", 1, "Let a suspended tenant's head office run again", tenant_options,
     command_tenant_resume},
    {"tenant quota", "NAME [QUOTA=VALUE|none...]", COMMAND_SOME, "What a tenant may use, and change it", tenant_options,
     command_tenant_quota},
    {"tenant usage", "NAME", 1, "What a tenant has used, day by day", tenant_usage_options, command_tenant_usage},
    {"tenant history", "NAME", 1, "Who did what with a tenant", tenant_options, command_tenant_history},
    {"tenant remove", "NAME", 1, "Move a suspended tenant's database aside; its name is not given again",
     tenant_remove_options, command_tenant_remove},
    {"tenant restore", "NAME FILE", 2, "Make a suspended tenant's database of a backup; the present one is moved aside",
     tenant_options, command_tenant_restore},
    {"tenant run", "NAME -- COMMAND...", COMMAND_SOME, "A command of head office, on a tenant's database",
     tenant_options, command_tenant_run},
    {"tenant proxy", "", 0, "What nginx must know: which host name is which tenant's", tenant_proxy_options,
     command_tenant_proxy},
    {"tenant acl", "", 0, "What mosquitto must know: who may hear and say what", tenant_options, command_tenant_acl},
    {0},
};
