/* Sets the stock of a location to what somebody says lies there: the ledger gets the difference, and the journal
 * stock.imported. Does not look who says so. */
#ifndef FLOOR_STOCK_SET_H
#define FLOOR_STOCK_SET_H

#include "base/error.h"
#include "store/store.h"

struct stock_row {
    char location[STORE_CODE_MAX], sku[STORE_CODE_MAX], lot[STORE_CODE_MAX], expiry[12];
    char serial[STORE_CODE_MAX];
    int64_t quantity, weight_g; /* pieces that lie there; grams of what is sold by weight */
};

/* Counts one up in changed where it was otherwise. What is promised to orders cannot be taken away: -EBUSY. -ENOENT: no
 * such item, or no face or reserve location. -EINVAL, -EEXIST: of the lot or the serial number. With a sentence, and
 * the column that it is about. */
int stock_set(struct store *store, const struct stock_row *row, int64_t *changed, const char **ret_column,
              struct error *error);

#endif
