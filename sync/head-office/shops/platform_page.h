/* A page of orders, as a platform answered it, stored: those that are new in a transaction that runs beside other
 * programs' (base/sql.h, SQL_BEGIN_ROWS), and then the others, which may promise stock or tell sites something, alone.
 * Whatever goes wrong beside others is done once more, alone and order by order. Does not understand an order:
 * platform_orders does. */
#ifndef HEAD_OFFICE_PLATFORM_PAGE_H
#define HEAD_OFFICE_PLATFORM_PAGE_H

#include "sync/head-office/shops/platform_orders.h"

struct platform_page {
    const struct platform_source *source;
    const struct platform_order *orders;
    size_t count;
    int (*finish)(void *user, struct error *error); /* in the transaction that stores the last of it; NULL: nothing */
    void *user;
};

struct platform_page_done {
    int64_t new, changed, not_taken;
};

/* Transactions of its own. What of it is stored when it fails does nothing twice when the page comes again. */
int platform_page_store(struct office *office, const struct platform_page *page, struct platform_page_done *ret,
                        struct error *error);

#endif
