/* What is for sale in a shop, and which of our items that is: by the merchant's code, which is an item's SKU or a code
 * on one piece of it, or as a person said. What a person said stays. Does not offer stock: stock_push does. */
#ifndef HEAD_OFFICE_LISTINGS_H
#define HEAD_OFFICE_LISTINGS_H

#include "sync/head-office/office.h"

#define LISTINGS_SKU_SIZE 65

struct listing_seen { /* as an order, or a list of goods, names it */
    const char *item, *sku, *code, *title;
};

/* ret_sku: which item it is, "" not known yet. A listing that is new is written down. Inside a transaction. */
int listings_find(struct office *office, const char *shop, const struct listing_seen *seen,
                  char ret_sku[LISTINGS_SKU_SIZE]);

/* A person says which item it is. Order lines that waited for that get it, and their orders are looked at again;
 * *ret_lines tells how many. -ENOENT with a sentence: there is no such item or shop. Inside a transaction. */
int listings_map(struct office *office, const char *shop, const struct listing_seen *seen, const char *our_sku,
                 int64_t *ret_lines, struct error *error);

/* The same for all listings that are not known yet, after items have come. Inside a transaction. */
int listings_match(struct office *office, const char *shop, int64_t *ret_lines, struct error *error);

/* How much of it is offered, other than the shop's rule; negative: as the shop has it. Inside a transaction. */
int listings_offer(struct office *office, const char *shop, const struct listing_seen *seen, int64_t buffer,
                   int64_t ratio, struct error *error);

#endif
