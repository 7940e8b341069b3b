#include "sync/head-office/tenants/tenant_files.h"

#include "sync/wire/topic.h"

#include <inttypes.h>
#include <string.h>

#define MADE "# Made by floorhand-hq: not to be changed by hand.\n"

/* ---------------------------------------------------------------- nginx */

static void put_server(const struct tenant *tenant, const char *host, const char *listen, struct buf *out)
{
    buf_printf(out, "\nserver {\n    listen %s;\n    server_name %s.%s;\n", listen, tenant->name, host);
    if (strcmp(tenant->state, "active") == 0)
        buf_printf(out,
                   "    client_max_body_size 8m;\n    location / {\n        proxy_pass http://127.0.0.1:%" PRId64 ";\n"
                   "        proxy_http_version 1.1;\n        proxy_set_header Host $host;\n"
                   "        proxy_set_header Connection \"\";\n        proxy_buffering off;\n"
                   "        proxy_read_timeout 1h;\n    }\n}\n",
                   tenant->port);
    else
        buf_printf(out, "    return 503;\n}\n");
}

void tenant_files_proxy(const struct tenants *tenants, const char *host, const char *listen, struct buf *out)
{
    buf_printf(out, MADE "server {\n    listen %s default_server;\n    return 444;\n}\n", listen);
    for (size_t i = 0; i < tenants->count; i++)
        if (strcmp(tenants->at[i].state, "removed") != 0)
            put_server(&tenants->at[i], host, listen, out);
}

/* ---------------------------------------------------------------- mosquitto */

static void put_box(const char *tenant, const char *site, const char *box, struct buf *out)
{
    unsigned shard = wire_shard(site);
    buf_printf(out,
               "\nuser %s.%s\ntopic write t/%s/fh1/%02x/%s/up/#\ntopic write t/%s/fh1/%02x/%s/st\n"
               "topic read t/%s/fh1/%02x/%s/dn/#\ntopic read t/%s/" WIRE_OFFICE_TOPIC "\n",
               tenant, box, tenant, shard, box, tenant, shard, box, tenant, shard, box, tenant);
}

static int put_tenant(struct cloud *cloud, const struct tenant *tenant, struct buf *out, struct error *error)
{
    CLEANUP(sql_close_p) struct sql *theirs = NULL;
    int result = tenant_open(cloud, tenant, &theirs, error);
    if (result)
        return result;
    buf_printf(out, "\nuser %s.hq\ntopic readwrite t/%s/#\n", tenant->name, tenant->name);
    struct sql_query *site = sql_select(theirs, "SELECT id, box FROM site ORDER BY id", SQL_NO_VALUES);
    while (sql_next(site)) {
        char name[WIRE_NAME_SIZE], box[WIRE_NAME_SIZE];
        sql_copy_text(site, 0, name, sizeof(name));
        sql_copy_text(site, 1, box, sizeof(box));
        put_box(tenant->name, name, box, out);
    }
    int failed = sql_done(site);
    return failed ? office_failed(theirs, failed, error) : 0;
}

int tenant_files_acl(struct cloud *cloud, const struct tenants *tenants, struct buf *out, struct error *error)
{
    int result = 0;
    buf_printf(out, MADE "# In mosquitto.conf: allow_anonymous false, use_username_as_clientid true\n");
    for (size_t i = 0; i < tenants->count && !result; i++)
        if (strcmp(tenants->at[i].state, "active") == 0)
            result = put_tenant(cloud, &tenants->at[i], out, error);
    return result;
}
