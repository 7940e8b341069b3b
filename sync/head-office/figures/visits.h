/* Who came to shops and items on a day, as files bring it: the platforms' own counts, which no connector tells. */
#ifndef HEAD_OFFICE_VISITS_H
#define HEAD_OFFICE_VISITS_H

#include "sync/head-office/office.h"

struct visit_row {
    char shop[65], day[21], sku[65]; /* sku "": the whole shop */
    int64_t visits, carts, orders, paid;
};

/* As catalogue_put_item(); a day that comes again is as it is said last. Inside a transaction. */
int visits_put(struct office *office, const char *site, const void *row, int64_t *changed, const char **ret_column,
               struct error *error);

#endif
