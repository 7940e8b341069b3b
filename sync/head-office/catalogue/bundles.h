/* Bundles (组合): several items that are sold as one. A bundle has no stock of its own: it is as many as its parts
 * make. What an order was sold stays as it was when a bundle's parts are changed. Does not know what platforms sell:
 * listings does. */
#ifndef HEAD_OFFICE_BUNDLES_H
#define HEAD_OFFICE_BUNDLES_H

#include "sync/head-office/office.h"

#include <jansson.h>

#define BUNDLES_CODE_SIZE 65
#define BUNDLES_PARTS_MAX 50

/* A row of the file "bundles": one part of a bundle. */
struct bundle_row {
    char bundle[BUNDLES_CODE_SIZE], sku[BUNDLES_CODE_SIZE];
    int64_t quantity; /* in one bundle; 0: it is no part of it any more */
    char name[257];   /* "": as it was, or its code */
};
int bundles_put_row(struct office *office, const char *site, const void *row, int64_t *changed, const char **ret_column,
                    struct error *error);

/* The whole bundle anew. parts: a JSON list of {"sku", "quantity"}. -EINVAL, -EEXIST, -ENOENT with a sentence. Inside a
 * transaction. */
int bundles_set(struct office *office, const char *code, const char *name, const json_t *parts, struct error *error);

/* -EEXIST with a sentence: an item or a barcode has come that is called like a bundle. */
int bundles_check_names(struct office *office, struct error *error);

/* Rows of code and pieces: how many could be promised of each bundle, as atp_select() has it of items; "" every one. */
struct sql_query *bundles_atp(struct office *office, const char *code, int64_t silent_s);

#endif
