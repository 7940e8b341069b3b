#include "sync/head-office/tenants/registry.h"

#include "base/text.h"
#include "sync/head-office/tenants/places.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define APPLICATION_ID 0x46484331 /* "FHC1": the register of a cloud */

extern const struct embedded_file cloud_schema[];

#define TENANT_COLUMNS "name, title, state, port, secret, created_us"

/* ---------------------------------------------------------------- opening */

int cloud_open(const char *place, const struct random_source *random, struct cloud *ret, struct error *error)
{
    static const struct sql_options options = {.busy_ms = 5000};
    char database[TENANT_DATABASE_SIZE];
    *ret = (struct cloud){.is_url = office_is_url(place)};
    ret->office.random = *random;
    if (!text_copy(ret->place, sizeof(ret->place), place))
        return error_set(error, -ENAMETOOLONG, "%s is too long a place: use a shorter one", place);
    int result = places_prepare(place, ret->is_url, database, error);
    if (!result)
        result = ret->is_url ? sql_open_postgres(database, &options, &ret->office.sql, error)
                             : sql_open(database, &options, &ret->office.sql, error);
    return result ? result : sql_migrate(ret->office.sql, cloud_schema, APPLICATION_ID, error);
}

void cloud_close(struct cloud *cloud)
{
    cloud->office.sql = sql_close(cloud->office.sql);
}

int tenant_database(const struct cloud *cloud, const struct tenant *tenant, char out[TENANT_DATABASE_SIZE],
                    struct error *error)
{
    if (!cloud->is_url) {
        snprintf(out, TENANT_DATABASE_SIZE, "%s/%s/head-office.db", cloud->place, tenant->name);
        return 0;
    }
    char more[128], role[PLACES_ROLE_SIZE];
    places_role(tenant->name, role);
    snprintf(more, sizeof(more), "user=%s&options=-csearch_path%%3D%s", role, role);
    return places_url(cloud->place, more, out, error);
}

void tenant_show_secret(const struct tenant *tenant)
{
    if (tenant && *tenant->secret)
        setenv("PGPASSWORD", tenant->secret, 1);
    else
        unsetenv("PGPASSWORD");
}

int tenant_open(const struct cloud *cloud, const struct tenant *tenant, struct sql **ret, struct error *error)
{
    char database[TENANT_DATABASE_SIZE];
    int result = tenant_database(cloud, tenant, database, error);
    if (result)
        return result;
    tenant_show_secret(tenant);
    result = office_open(database, "", &cloud->office.random, ret, error);
    tenant_show_secret(NULL);
    return result;
}

/* ---------------------------------------------------------------- looking */

static void read_tenant(struct sql_query *row, struct tenant *ret)
{
    *ret = (struct tenant){.port = sql_get_int(row, 3), .created_us = sql_get_int(row, 5)};
    sql_copy_text(row, 0, ret->name, sizeof(ret->name));
    sql_copy_text(row, 1, ret->title, sizeof(ret->title));
    sql_copy_text(row, 2, ret->state, sizeof(ret->state));
    sql_copy_text(row, 4, ret->secret, sizeof(ret->secret));
}

int tenants_find(struct cloud *cloud, const char *name, struct tenant *ret, struct error *error)
{
    struct sql_query *row =
        sql_select(cloud->office.sql, "SELECT " TENANT_COLUMNS " FROM tenant WHERE name = ?1", sql_text(name));
    bool found = sql_next(row);
    if (found)
        read_tenant(row, ret);
    int failed = sql_done(row);
    if (failed)
        return office_failed(cloud->office.sql, failed, error);
    return found
               ? 0
               : error_set(error, -ENOENT, "there is no tenant \"%s\": \"floorhand-hq tenant list\" names them", name);
}

int tenants_all(struct cloud *cloud, struct tenants *ret, struct error *error)
{
    int result = 0;
    *ret = (struct tenants){0};
    struct sql_query *row =
        sql_select(cloud->office.sql, "SELECT " TENANT_COLUMNS " FROM tenant ORDER BY name", SQL_NO_VALUES);
    while (!result && sql_next(row)) {
        struct tenant *grown = reallocarray(ret->at, ret->count + 1, sizeof(*grown));
        if (grown)
            read_tenant(row, &(ret->at = grown)[ret->count++]);
        else
            result = -ENOMEM;
    }
    int failed = sql_done(row);
    result = result ? result : failed;
    return result ? office_failed(cloud->office.sql, result, error) : 0;
}

void tenants_free(struct tenants *tenants)
{
    free(tenants->at);
    *tenants = (struct tenants){0};
}

/* ---------------------------------------------------------------- changing */

int tenants_note(struct cloud *cloud, const char *name, const char *act, const char *said, const char *who)
{
    return sql_run(cloud->office.sql,
                   "INSERT INTO tenant_history (tenant, time_us, act, said, who) VALUES (?1, ?2, ?3, ?4, ?5)",
                   sql_text(name), sql_int(cloud->office.now_us), sql_text(act), sql_text(said), sql_text(who));
}

static bool is_good_name(const char *name)
{
    size_t length = strlen(name);
    return length >= 2 && length < TENANT_NAME_SIZE && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length && name[length - 1] != '-' &&
           strcmp(name, "removed") != 0;
}

static int insert_tenant(struct cloud *cloud, struct tenant *tenant, int64_t first_port)
{
    struct sql *sql = cloud->office.sql;
    int result = sql_number(sql, &tenant->port,
                            "SELECT CASE WHEN count(*) = 0 THEN CAST(?1 AS INTEGER) ELSE max(port) + 1 END FROM tenant",
                            sql_int(first_port));
    if (!result)
        result = sql_run(sql, "INSERT INTO tenant (" TENANT_COLUMNS ") VALUES (?1, ?2, 'active', ?3, ?4, ?5)",
                         sql_text(tenant->name), sql_text(tenant->title), sql_int(tenant->port),
                         sql_text(tenant->secret), sql_int(tenant->created_us));
    return result;
}

static int add_tenant(struct cloud *cloud, struct tenant *tenant, int64_t first_port, const char *who,
                      struct error *error)
{
    int result = insert_tenant(cloud, tenant, first_port);
    if (result == -EEXIST)
        return error_set(error, result, "there is, or was, a tenant \"%s\": choose another name", tenant->name);
    if (!result)
        result = tenants_note(cloud, tenant->name, "added", tenant->title, who);
    return result ? office_failed(cloud->office.sql, result, error) : places_make(cloud, tenant, error);
}

int tenants_add(struct cloud *cloud, const char *name, const char *title, int64_t first_port, const char *who,
                struct tenant *ret, struct error *error)
{
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    if (!is_good_name(name))
        return error_set(error, -EINVAL,
                         "\"%s\" is no name for a tenant: give 2 to 32 of a-z, 0-9 and '-', a letter"
                         " first",
                         name);
    *ret = (struct tenant){.created_us = cloud->office.now_us, .state = "active"};
    text_copy(ret->name, sizeof(ret->name), name);
    text_copy(ret->title, sizeof(ret->title), *title ? title : name);
    if (cloud->is_url)
        id_new(&cloud->office.random, ret->secret);
    int result = office_begin(&cloud->office, error);
    if (!result)
        result = add_tenant(cloud, ret, first_port, who, error);
    if (!result)
        result = office_commit(&cloud->office, error);
    office_rollback(&cloud->office);
    return result ? result : tenant_open(cloud, ret, &sql, error);
}

/* Inside a transaction. */
static int change_state(struct cloud *cloud, const char *name, const char *state, const char *who)
{
    int result =
        sql_run(cloud->office.sql, "UPDATE tenant SET state = ?2 WHERE name = ?1", sql_text(name), sql_text(state));
    return result ? result : tenants_note(cloud, name, state, "", who);
}

int tenants_set_state(struct cloud *cloud, const char *name, const char *state, const char *who, struct error *error)
{
    struct tenant tenant;
    int result = tenants_find(cloud, name, &tenant, error);
    if (result)
        return result;
    if (strcmp(tenant.state, "removed") == 0)
        return error_set(error, -EPERM, "tenant \"%s\" was removed: add another one", name);
    if (strcmp(tenant.state, state) == 0)
        return error_set(error, -EALREADY, "tenant \"%s\" is %s already", name, state);
    result = office_begin(&cloud->office, error);
    if (result)
        return result;
    result = change_state(cloud, name, state, who);
    result = result ? office_failed(cloud->office.sql, result, error) : office_commit(&cloud->office, error);
    office_rollback(&cloud->office);
    return result;
}

/* Whether its server still answers. */
static bool is_served(const struct tenant *tenant)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)tenant->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool served = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    if (fd >= 0)
        close(fd);
    return served;
}

/* Nobody works with its database. */
static int check_idle(struct cloud *cloud, const char *name, struct tenant *ret, struct error *error)
{
    int result = tenants_find(cloud, name, ret, error);
    if (result)
        return result;
    if (strcmp(ret->state, "suspended") != 0)
        return error_set(error, -EPERM, "tenant \"%s\" is %s: suspend it first", name, ret->state);
    if (is_served(ret))
        return error_set(error, -EBUSY, "the server of tenant \"%s\" still runs: wait until it has ended", name);
    return 0;
}

/* Inside a transaction. */
static int note_aside(struct cloud *cloud, const struct tenant *tenant, bool ends, const char *who)
{
    return ends ? change_state(cloud, tenant->name, "removed", who)
                : tenants_note(cloud, tenant->name, "emptied", "", who);
}

int tenants_set_aside(struct cloud *cloud, const char *name, bool ends, const char *who,
                      char ret_aside[TENANT_DATABASE_SIZE], struct error *error)
{
    struct tenant tenant;
    int result = check_idle(cloud, name, &tenant, error);
    if (!result)
        result = office_begin(&cloud->office, error);
    if (result)
        return result;
    result = note_aside(cloud, &tenant, ends, who);
    result =
        result ? office_failed(cloud->office.sql, result, error) : places_set_aside(cloud, &tenant, ret_aside, error);
    if (!result && !ends)
        result = places_make(cloud, &tenant, error);
    if (!result && !ends)
        result = places_bring_key(cloud, &tenant, ret_aside, error);
    if (!result)
        result = office_commit(&cloud->office, error);
    office_rollback(&cloud->office);
    return result;
}
