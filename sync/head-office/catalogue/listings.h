/* What is for sale in a shop, and what it means here: an item, a pack of several pieces of one, or a bundle. By the
 * merchant's code, which is an item's SKU, a bundle's code, or a barcode with its pieces; or as a person said. What a
 * person said stays, also that it is none of what head office took it for. Does not offer stock: stock_push does. */
#ifndef HEAD_OFFICE_LISTINGS_H
#define HEAD_OFFICE_LISTINGS_H

#include "sync/head-office/office.h"

#define LISTINGS_SKU_SIZE   65
#define LISTINGS_FACTOR_MAX 100000

struct listing_seen { /* as an order, or a list of goods, names it */
    const char *item, *sku, *code, *title;
};

struct listing_meaning {
    char sku[LISTINGS_SKU_SIZE], bundle[LISTINGS_SKU_SIZE]; /* one of them; both "": it is not known yet */
    int64_t factor;                                         /* so many of it are one of the listing's */
};
bool listing_is_known(const struct listing_meaning *meaning);

/* What it means. A listing that is new is written down. Inside a transaction. */
int listings_find(struct office *office, const char *shop, const struct listing_seen *seen,
                  struct listing_meaning *ret);

struct listing_effect {
    int64_t lines; /* of orders that have got other goods by it */
    int64_t kept;  /* lines that would have, but are a case of after-sales already, or were split or merged */
};

/* A person says what it is; not known: it is none of what it was taken for. Lines of orders that no site has are as it
 * says now, and their orders are looked at again; what a site has stays. -ENOENT, -EINVAL with a sentence. Inside a
 * transaction. */
int listings_map(struct office *office, const char *shop, const struct listing_seen *seen,
                 const struct listing_meaning *meaning, struct listing_effect *ret, struct error *error);

/* Looks again at all listings that are not known yet, after items have come; shop "": of every shop. Inside a
 * transaction. */
int listings_match(struct office *office, const char *shop, struct listing_effect *ret, struct error *error);

/* How much of it is offered, other than the shop's rule; negative: as the shop has it. Inside a transaction. */
int listings_offer(struct office *office, const char *shop, const struct listing_seen *seen, int64_t buffer,
                   int64_t ratio, struct error *error);

/* A row of the file "listings". Neither sku nor bundle: what is known of it stays. */
struct listing_row {
    char shop[17], item[65], platform_sku[65];
    char sku[LISTINGS_SKU_SIZE], bundle[LISTINGS_SKU_SIZE];
    int64_t factor;
    char code[65], title[257];
};
int listings_put_row(struct office *office, const char *site, const void *data, int64_t *changed,
                     const char **ret_column, struct error *error);

/* After a file of items, barcodes or bundles. */
int listings_after_import(struct office *office, const char *site, struct error *error);

#endif
