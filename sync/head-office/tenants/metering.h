/* The register's side of quotas and usage: what each tenant may use is kept in the register and carried into its own
 * database; what it has used is read there and kept in the register, day by day, as whole figures. */
#ifndef TENANTS_METERING_H
#define TENANTS_METERING_H

#include "sync/head-office/tenants/registry.h"

/* words: "orders_per_day=500", "sites=none", ended by NULL. All of them or none; -ENOENT, -EINVAL, -ERANGE with a
 * sentence. */
int metering_set_quotas(struct cloud *cloud, const char *tenant, const char *const *words, const char *who,
                        struct error *error);

/* Carries the quotas over and reads what was used. Twice is as good as once. ret_rows: figures that are other than
 * before. */
int metering_gather(struct cloud *cloud, const struct tenant *tenant, int64_t *ret_rows, struct error *error);

#endif
