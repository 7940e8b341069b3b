/* What was asked for of each item on each business day (需求历史). Counted: paid orders' pieces of items, bundles by
 * their parts, gifts, and what is sent in exchange; by the day the order was paid. Not counted: what was given up
 * before it left, but for orders that had waited for stock; what is sent back is not taken off. Parts of a split order
 * and merged orders count in place of what they stand for. Does not forecast: forecasts does. */
#ifndef HEAD_OFFICE_DEMAND_H
#define HEAD_OFFICE_DEMAND_H

#include "sync/head-office/office.h"

#define DEMAND_SKU_SIZE 65

/* An order came or changed. Inside its transaction. */
int demand_note_order(struct sql *sql, const char *number);

/* Orders that were noted are counted anew, so many at most, in transactions of their own. */
struct demand_work {
    int64_t counted;
    bool more;
};
int demand_work(struct office *office, int64_t most, struct demand_work *ret, struct error *error);

/* The same of all that are noted, inside the caller's transaction. */
int demand_work_inside(struct office *office, int64_t *ret_counted, struct error *error);

/* A row of the file "demand": what orders that are not here asked for. The same day said again replaces it. */
struct demand_row {
    char sku[DEMAND_SKU_SIZE], day[11];
    int64_t quantity;
};
int demand_put_row(struct office *office, const char *site, const void *row, int64_t *changed, const char **ret_column,
                   struct error *error);

/* Days of an item, or of all items that were ever asked for (sku ""), say nothing of what is usual: "out" or
 * "campaign"; "usual" takes that back. Days as 20261127. Inside a transaction. */
int demand_mark(struct office *office, const char *sku, int64_t from_day, int64_t to_day, const char *kind,
                const char *who, struct error *error);

/* Items of which nothing is left to be promised are marked "out" for that day. Inside a transaction. */
int demand_mark_out(struct office *office, int64_t day, struct error *error);

#endif
