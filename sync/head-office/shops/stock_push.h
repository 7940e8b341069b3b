/* What each listing may sell: as many as what can be promised of its parts makes, less a buffer, a share; told to its
 * shop when it changes. One that was told and means nothing any more may sell nothing. Each change has a version, and
 * of a listing only the last one is of use. Does not call a platform. */
#ifndef HEAD_OFFICE_STOCK_PUSH_H
#define HEAD_OFFICE_STOCK_PUSH_H

#include "sync/head-office/office.h"
#include "sync/platforms/platform.h"

/* Reckons all of them and puts what differs into the outbox. A transaction of its own, where anything differs.
 * *ret_more: there is more of it now. */
int stock_push(struct office *office, int64_t silent_hours, int64_t *ret_count, bool *ret_more, struct error *error);

/* Listings of a shop of which the platform has sold some, or taken some back, since it was told: it counts them itself,
 * and so has another figure by now, even where ours is the same as before. */
struct stock_sold {
    struct stock_sold_row {
        char item[PLATFORM_ID_SIZE], sku[PLATFORM_ID_SIZE];
    } * rows;
    size_t count, room;
};
void stock_sold_done(struct stock_sold *sold);

/* What an order that has just been read has to do with that. -ENOMEM. */
int stock_sold_add(struct stock_sold *sold, const struct platform_order *order);

/* They are told anew at the next reckoning. The last thing of a transaction: it waits for whoever reckons. */
int stock_sold_write(struct office *office, const char *shop, struct stock_sold *sold);

#endif
