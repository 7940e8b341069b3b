/* What a platform is to make of a listing, beside its stock: its price, as the price list has it, and whether it is on
 * sale (上架, 下架). Each change has a version, and of a listing only the last one is of use. Does not call a platform.
 */
#ifndef HEAD_OFFICE_LISTING_PUSH_H
#define HEAD_OFFICE_LISTING_PUSH_H

#include "sync/head-office/office.h"

/* Puts what differs from the price list into the outbox, of shops whose prices follow it: at times that it begins and
 * ends, too. What has no price keeps the one it has there. A transaction of its own, where anything differs. *ret_more:
 * there is more of it now. */
int listing_push(struct office *office, int64_t *ret_count, bool *ret_more, struct error *error);

/* Another price for one listing than it has, in a shop whose prices do not follow the list. -ENOENT; -EPERM: they do;
 * -ERANGE: it is below the floor. With a sentence. Inside a transaction. */
int listing_push_price(struct office *office, const char *shop, const char *item, const char *sku, int64_t amount_minor,
                       struct error *error);

/* An item with all its SKUs. -ENOENT: there is no such listing; -EINVAL: of one of them it is not known what it is, so
 * it cannot be put on sale. Inside a transaction. */
int listing_push_sale(struct office *office, const char *shop, const char *item, bool on_sale, struct error *error);

#endif
