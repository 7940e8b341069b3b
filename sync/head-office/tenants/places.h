/* Where tenants' databases are: folders that only this user may enter, or schemas of PostgreSQL, each owned by a role
 * that may nothing else. Makes them and moves them aside; never deletes. For registry.c only. */
#ifndef TENANTS_PLACES_H
#define TENANTS_PLACES_H

#include "sync/head-office/tenants/registry.h"

/* The place of the register itself: a folder, or a schema, is made. ret_database: what to open. */
int places_prepare(const char *place, bool is_url, char ret_database[TENANT_DATABASE_SIZE], struct error *error);

/* Where it was made already, nothing happens. -EEXIST: somebody else's database is there. In PostgreSQL inside the
 * register's transaction. */
int places_make(struct cloud *cloud, const struct tenant *tenant, struct error *error);

/* ret_aside: where it is then. */
int places_set_aside(struct cloud *cloud, const struct tenant *tenant, char ret_aside[TENANT_DATABASE_SIZE],
                     struct error *error);

/* The key that receivers are sealed with comes back from there: a backup of what was is sealed with it. */
int places_bring_key(const struct cloud *cloud, const struct tenant *tenant, const char *aside, struct error *error);

/* The name of its role and schema: "tenant_" and the name with '_' for '-', which no name has. */
#define PLACES_ROLE_SIZE (TENANT_NAME_SIZE + 7)
void places_role(const char *name, char out[PLACES_ROLE_SIZE]);

/* The URL with more parameters behind it; the last of a name counts. */
int places_url(const char *url, const char *more, char out[TENANT_DATABASE_SIZE], struct error *error);

#endif
