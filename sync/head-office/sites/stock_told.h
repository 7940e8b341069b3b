/* What a file says lies at a site, told to that site: it alone writes stock, and books the difference. Does not change
 * the stock as head office knows it: the site's event does. */
#ifndef HEAD_OFFICE_STOCK_TOLD_H
#define HEAD_OFFICE_STOCK_TOLD_H

#include "sync/head-office/office.h"

struct stock_told_row {
    char location[65], sku[65], lot[65], expiry[12], serial[65];
    int64_t quantity, weight_g; /* pieces that lie there; grams of what is sold by weight */
};

/* As catalogue_put_location(). The same said again is nothing new. Inside a transaction. */
int stock_told_put(struct office *office, const char *site, const void *row, int64_t *changed, const char **ret_column,
                   struct error *error);

#endif
