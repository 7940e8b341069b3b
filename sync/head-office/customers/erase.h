/* Whoever got something is forgotten: what an order says of him goes for good, so many days after the order left or was
 * closed (setting receiver_days), or when somebody asks for it; of a person, all that says who it is. What lay where it
 * stood is overwritten (sql_overwrite()). An order keeps its number, goods, sums, province and city, a person what was
 * bought and when: ledger, stock and figures stay as they are, to the last unit. Invoices keep whom they were issued
 * to, which the law wants, and the blacklist is a list of its own. What somebody was forgotten for is asked of him
 * again by no platform (shops/platform_orders.c) and no list. Does not know what sites and backups still hold: sites
 * are told (order.forget), and backups end. */
#ifndef HEAD_OFFICE_ERASE_H
#define HEAD_OFFICE_ERASE_H

#include "sync/head-office/office.h"

/* An order with all it was bought, split or merged as. One that is under way is forgotten when it has ended. The sites
 * that had it are told. *ret_orders: forgotten now; *ret_wait: later. -ENOENT with a sentence. Inside a transaction,
 * both. */
int erase_order(struct office *office, const char *number, const char *who, int64_t *ret_orders, int64_t *ret_wait,
                struct error *error);

/* A person, by any account: all orders of all accounts, what was said, what it is known by. */
int erase_person(struct office *office, int64_t person, const char *who, int64_t *ret_orders, int64_t *ret_wait,
                 struct error *error);

struct erase_work {
    int64_t orders;
    bool more; /* there is more to do now */
};

/* What is due by now, up to so many orders, in a transaction of its own where there is any. */
int erase_work(struct office *office, int64_t most, struct erase_work *ret, struct error *error);

#endif
