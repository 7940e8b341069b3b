/* Orders as platforms tell them, into orders of ours. What is told twice does nothing twice; what is older than what is
 * known does nothing at all. The platform is right about what was bought, paid and wanted; what happened to the goods
 * is known here. Until a site has the order it follows its platform; after that the site is asked, and what cannot be
 * undone is put before a person. Does not call a platform. */
#ifndef HEAD_OFFICE_PLATFORM_ORDERS_H
#define HEAD_OFFICE_PLATFORM_ORDERS_H

#include "sync/head-office/settings.h"
#include "sync/platforms/platform.h"

/* Where it comes from. */
struct platform_source {
    const char *shop, *platform;
    const char *carrier; /* who carries it, unless something else says; "" nobody yet */
};

enum platform_taken {
    PLATFORM_SAME,
    PLATFORM_NEW,
    PLATFORM_CHANGED,
    PLATFORM_NOT_TAKEN,
    PLATFORM_LATER,
    PLATFORM_WAITS
};

/* Its number here is SHOP-ID. NOT_TAKEN: it cannot be stored as it is; what was said of it is kept, and a person is
 * told. WAITS: the same for one that a quota does not let in yet; error has the sentence, and it is asked for again
 * when there is room (platform_orders_wake()). Inside a transaction. */
int platform_orders_take(struct office *office, const struct settings *settings, const struct platform_source *source,
                         const struct platform_order *order, enum platform_taken *ret, struct error *error);

/* The same for an order that is new and needs nothing but rows of its own, and for what was said before: such a
 * transaction runs beside others (SQL_BEGIN_ROWS). LATER: it is another, and nothing was done. There is no save point:
 * after a failure, be it of this order alone, the transaction is taken back. The caller has looked that no refund of
 * the shop waits for its order (refunds_wait()). */
int platform_orders_take_beside(struct office *office, const struct settings *settings,
                                const struct platform_source *source, const struct platform_order *order,
                                enum platform_taken *ret, struct error *error);

/* The platform is to be asked for the order again, by its number. Nothing when it is of no platform. Inside a
 * transaction. */
int platform_orders_ask_again(struct sql *sql, const char *number);

/* Those of the shop that wait for a quota are asked for again, as soon as it lets one in. */
int platform_orders_wake(struct office *office, const char *shop, struct error *error);

#endif
