#include "sync/head-office/tenants/places.h"

#include "base/file.h"
#include "sync/head-office/sealed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_US       INT64_C(1000000)
#define REGISTER_SCHEMA "floorhand_cloud"

void places_role(const char *name, char out[PLACES_ROLE_SIZE])
{
    snprintf(out, PLACES_ROLE_SIZE, "tenant_%s", name);
    for (char *at = out; *at; at++)
        if (*at == '-')
            *at = '_';
}

int places_url(const char *url, const char *more, char out[TENANT_DATABASE_SIZE], struct error *error)
{
    if (strstr(url, "options=") || strstr(url, "password="))
        return error_set(error, -EINVAL,
                         "the URL of a cloud names its server and database alone: without a password"
                         " (~/.pgpass has it), and without options");
    int length = snprintf(out, TENANT_DATABASE_SIZE, "%s%c%s", url, strchr(url, '?') ? '&' : '?', more);
    return length < TENANT_DATABASE_SIZE
               ? 0
               : error_set(error, -ENAMETOOLONG, "the URL of the database is too long: use a shorter one");
}

/* ---------------------------------------------------------------- folders */

static int make_folder(const char *path, struct error *error)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return chmod(path, 0700) == 0 ? 0
                                      : error_set(error, -errno,
                                                  "the folder %s is not this user's: run this as its"
                                                  " owner, or correct it",
                                                  path);
    return error_set(error, -errno, "the folder %s cannot be made: %s", path, strerror(errno));
}

static int make_tenant_folder(const struct cloud *cloud, const struct tenant *tenant, struct error *error)
{
    char path[TENANT_DATABASE_SIZE];
    snprintf(path, sizeof(path), "%s/%s/head-office.db", cloud->place, tenant->name);
    if (access(path, F_OK) == 0)
        return error_set(error, -EEXIST, "%s is there already: move it aside, or choose another name", path);
    snprintf(path, sizeof(path), "%s/%s", cloud->place, tenant->name);
    return make_folder(path, error);
}

static int move_folder(const struct cloud *cloud, const struct tenant *tenant, char out[TENANT_DATABASE_SIZE],
                       struct error *error)
{
    char from[TENANT_DATABASE_SIZE];
    snprintf(out, TENANT_DATABASE_SIZE, "%s/removed", cloud->place);
    int result = make_folder(out, error);
    if (result)
        return result;
    snprintf(from, sizeof(from), "%s/%s", cloud->place, tenant->name);
    snprintf(out, TENANT_DATABASE_SIZE, "%s/removed/%s-%" PRId64, cloud->place, tenant->name,
             cloud->office.now_us / SECOND_US);
    if (rename(from, out) == 0)
        return 0;
    return error_set(error, -errno, "%s cannot be moved to %s: %s", from, out, strerror(errno));
}

/* ---------------------------------------------------------------- schemas */

static int prepare_schema(const char *url, struct error *error)
{
    static const struct sql_options options = {.busy_ms = 5000};
    CLEANUP(sql_close_p) struct sql *sql = NULL;
    int result = sql_open_postgres(url, &options, &sql, error);
    /* What a tenant's role is not given by name it has not. */
    return result ? result
                  : sql_script(sql,
                               "SET client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS " REGISTER_SCHEMA
                               "; REVOKE ALL ON SCHEMA " REGISTER_SCHEMA " FROM PUBLIC; REVOKE ALL ON SCHEMA public"
                               " FROM PUBLIC",
                               error);
}

static int make_role(struct cloud *cloud, const struct tenant *tenant, const char *role, struct error *error)
{
    char script[512];
    int64_t found = 0;
    int result =
        sql_number(cloud->office.sql, &found, "SELECT count(*) FROM pg_roles WHERE rolname = ?1", sql_text(role));
    if (result)
        return office_failed(cloud->office.sql, result, error);
    /* the secret is of an id's letters */
    snprintf(
        script, sizeof(script),
        "%s ROLE %s LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '%s'; GRANT %s TO CURRENT_USER",
        found ? "ALTER" : "CREATE", role, tenant->secret, role);
    return sql_script(cloud->office.sql, script, error);
}

static int make_schema(struct cloud *cloud, const struct tenant *tenant, struct error *error)
{
    char script[512], role[PLACES_ROLE_SIZE];
    places_role(tenant->name, role);
    int result = make_role(cloud, tenant, role, error);
    snprintf(script, sizeof(script),
             "CREATE SCHEMA %s AUTHORIZATION %s; REVOKE ALL ON SCHEMA %s FROM PUBLIC; ALTER ROLE %s SET search_path"
             " = %s",
             role, role, role, role, role);
    return result ? result : sql_script(cloud->office.sql, script, error);
}

static int move_schema(struct cloud *cloud, const struct tenant *tenant, char out[TENANT_DATABASE_SIZE],
                       struct error *error)
{
    char script[512], role[PLACES_ROLE_SIZE];
    places_role(tenant->name, role);
    snprintf(out, TENANT_DATABASE_SIZE, "removed_%s_%" PRId64, role, cloud->office.now_us / SECOND_US);
    snprintf(script, sizeof(script), "ALTER ROLE %s NOLOGIN; ALTER SCHEMA %s RENAME TO %s", role, role, out);
    return sql_script(cloud->office.sql, script, error);
}

/* ---------------------------------------------------------------- both */

int places_prepare(const char *place, bool is_url, char ret_database[TENANT_DATABASE_SIZE], struct error *error)
{
    if (is_url) {
        int result = places_url(place, "options=-csearch_path%3D" REGISTER_SCHEMA, ret_database, error);
        return result ? result : prepare_schema(place, error);
    }
    snprintf(ret_database, TENANT_DATABASE_SIZE, "%s/cloud.db", place);
    return make_folder(place, error);
}

int places_make(struct cloud *cloud, const struct tenant *tenant, struct error *error)
{
    return cloud->is_url ? make_schema(cloud, tenant, error) : make_tenant_folder(cloud, tenant, error);
}

int places_set_aside(struct cloud *cloud, const struct tenant *tenant, char ret_aside[TENANT_DATABASE_SIZE],
                     struct error *error)
{
    return cloud->is_url ? move_schema(cloud, tenant, ret_aside, error) : move_folder(cloud, tenant, ret_aside, error);
}

int places_bring_key(const struct cloud *cloud, const struct tenant *tenant, const char *aside, struct error *error)
{
    char from[TENANT_DATABASE_SIZE + sizeof(SEALED_KEY)], to[2 * TENANT_DATABASE_SIZE];
    if (cloud->is_url)
        return 0;
    snprintf(from, sizeof(from), "%s/" SEALED_KEY, aside);
    snprintf(to, sizeof(to), "%s/%s/" SEALED_KEY, cloud->place, tenant->name);
    int result = file_copy(from, to);
    return !result || result == -ENOENT ? 0
                                        : error_set(error, result, "%s cannot be written: %s", to, strerror(-result));
}
