/* What this head office uses, counted by business day in its own database, and what it may use where several share a
 * machine: quotas. A quota that is not set is none. What sites report is taken whatever the quotas say: a floor does
 * not stop, and no event is lost. Who sets quotas: registry.h's commands; no verb does. */
#ifndef TENANTS_USAGE_H
#define TENANTS_USAGE_H

#include "base/option.h"
#include "sync/head-office/office.h"

#define USAGE_ORDERS  "orders"        /* new ones, by whatever way they came */
#define USAGE_CALLS   "api_calls"     /* requests with a key that is good */
#define USAGE_EVENTS  "events"        /* that sites reported */
#define USAGE_LABELS  "labels"        /* that came out of printers */
#define USAGE_STORAGE "storage_bytes" /* of the database, as it was last looked at that day */

#define QUOTA_NONE (-1)

struct quotas {
    int64_t orders_per_day, sites, storage_mb, api_calls_per_min; /* QUOTA_NONE: no limit */
};

extern const struct option_def quota_table[]; /* into struct quotas; fallback: none */

/* Adds to what was counted on the business day of office->now_us. zone_minutes: settings' utc_offset_min. Inside the
 * transaction of what is counted, so that both are there or neither. */
int usage_count(struct office *office, int64_t zone_minutes, const char *measure, int64_t amount);

/* The same with the setting read. */
int usage_count_today(struct office *office, const char *measure, int64_t amount, struct error *error);

/* Notes how large the database is now. */
int usage_measure_storage(struct office *office, struct error *error);

int quotas_load(struct sql *sql, struct quotas *ret);
/* value: QUOTA_NONE takes the quota away. */
int quota_put(struct sql *sql, const char *name, int64_t value);

/* Whether so many new orders may come; -EDQUOT with a sentence that names the quota and what to do. Inside the
 * transaction in which they do. */
int quota_check_orders(struct office *office, int64_t zone_minutes, int64_t count, struct error *error);

/* Whether a site more may be added. -EDQUOT. */
int quota_check_sites(struct office *office, struct error *error);

#endif
