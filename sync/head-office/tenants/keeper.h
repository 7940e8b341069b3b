/* The keeper of a cloud: runs the programs of every active tenant, each with that tenant's database, topics and port
 * alone, and runs anew what has ended. Reads the register (registry.h) each second, and gathers what was used. Serves
 * nothing itself: before it stands a proxy (tenant_files.h). */
#ifndef TENANTS_KEEPER_H
#define TENANTS_KEEPER_H

#include "sync/head-office/tenants/registry.h"

/* Texts are lent. */
struct keeper_settings {
    const char *host, *ca_file; /* the broker; ca_file "": no TLS */
    int64_t port;
    const char *password_folder;    /* a file NAME.hq for each tenant, its first line the password; "": none has one */
    const char *certificate_folder; /* NAME.hq.crt and NAME.hq.key for each tenant, for the broker; "": none has any */
    int64_t gather_s;               /* one tenant after the other; each is asked this often */
};

/* Until SIGINT or SIGTERM; then its programs have ended, too. */
int keeper_run(struct cloud *cloud, const struct keeper_settings *settings, struct error *error);

#endif
