/* One call for a shop: it is still this worker's, the platform's time goes along, and what the answer says of the shop
 * as a whole is noted. What comes of the call itself is its caller's matter. */
#ifndef HEAD_OFFICE_SHOP_CALL_H
#define HEAD_OFFICE_SHOP_CALL_H

#include "sync/head-office/shops/shops.h"
#include "sync/platforms/call.h"

/* A program that speaks for shops. */
struct shop_worker {
    struct office *office; /* its time is set anew before and after every call */
    struct platform_transport *transport;
    shops_find *find;
    int64_t (*clock_us)(void); /* the time of day */
    char name[SHOP_WORKER_SIZE];
};

/* As platform_call(); want->now_us is set here. Also -ESTALE: the shop is not this worker's any more. Outside a
 * transaction. */
int shop_call(struct shop_worker *worker, struct shop *shop, struct platform_want *want, struct platform_answer *answer,
              struct platform_fault *fault, struct error *error);

/* A fresh access token, where it is time for one or the one that there is was refused (expired). Nothing is asked where
 * it is not time, or was tried a moment ago. Outside a transaction. */
int shop_refresh(struct shop_worker *worker, struct shop *shop, bool expired, struct error *error);

/* When the access token should be made anew; INT64_MAX: not known, or it cannot be. */
int64_t shop_refresh_due_us(const struct shop *shop);

/* The access token was refused. ret_fresh: there is another one by now, or it was made here: it may be tried again.
 * Where none can be made, the shop waits for a person. Outside a transaction. */
int shop_renew(struct shop_worker *worker, struct shop *shop, bool *ret_fresh, struct error *error);

#endif
