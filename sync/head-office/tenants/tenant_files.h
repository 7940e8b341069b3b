/* What other programs must know of the tenants: nginx, which host name is whose server; mosquitto, who may hear and say
 * what. Texts to be put where those programs read them; writes no file, tells nobody. */
#ifndef TENANTS_TENANT_FILES_H
#define TENANTS_TENANT_FILES_H

#include "base/buf.h"
#include "sync/head-office/tenants/registry.h"

/* For nginx's http section (nginx.org/en/docs/http/ngx_http_core_module.html): NAME.host is the tenant's server, a
 * suspended one's answers 503, any other name nothing. listen: as nginx's word takes it: "443 ssl". A host name of its
 * own for each tenant, not a path: what a browser keeps for one, the pages of another cannot read. */
void tenant_files_proxy(const struct tenants *tenants, const char *host, const char *listen, struct buf *out);

/* An acl_file of mosquitto's (mosquitto.conf(5)): TENANT.hq has its tenant's topics, TENANT.BOX its box's alone. The
 * broker must take no anonymous clients, and has use_username_as_clientid on: else a client could take another's place
 * by its identifier. Suspended tenants have no topics. */
int tenant_files_acl(struct cloud *cloud, const struct tenants *tenants, struct buf *out, struct error *error);

#endif
