/* What suppliers sell (供应商商品): each item with the supplier's code, price, least order and pack; and for which
 * items something else counts than is set. Does not buy: purchases does. */
#ifndef HEAD_OFFICE_SUPPLIER_ITEMS_H
#define HEAD_OFFICE_SUPPLIER_ITEMS_H

#include "sync/head-office/customers/partners.h"

struct supplier_item {
    char supplier[PARTNERS_CODE_SIZE], sku[PARTNERS_CODE_SIZE], code[PARTNERS_CODE_SIZE];
    int64_t price_minor, least, pack, lead_days;
    bool preferred;
};

/* As catalogue_put_item(); the site counts for nothing. One supplier of an item is preferred: the last that was said
 * to be. Inside a transaction. */
int supplier_items_put(struct office *office, const char *site, const void *row, int64_t *changed,
                       const char **ret_column, struct error *error);

/* -ENOENT with a sentence: the supplier does not sell it. Inside a transaction. */
int supplier_items_drop(struct office *office, const char *supplier, const char *sku, struct error *error);

struct item_plan {
    char sku[PARTNERS_CODE_SIZE];
    bool bought;
    int64_t service_level, review_days; /* 0: as is set */
};
int supplier_items_plan(struct office *office, const struct item_plan *plan, struct error *error);

/* How long a supplier's goods take. */
struct supplier_lead {
    int64_t days_milli, spread_milli;
    int64_t measured; /* purchases that it was measured by; 0: as the supplier's row says */
};

/* Measured by the last purchases that came whole, where there are enough of them. -ENOENT: there is no such supplier.
 */
#define SUPPLIER_LEAD_LEAST 3
#define SUPPLIER_LEAD_MOST  20
int supplier_lead_find(struct office *office, const char *supplier, struct supplier_lead *ret);

#endif
