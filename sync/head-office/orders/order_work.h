/* What head office does with orders by itself, as far as the settings let it: stock of unpaid orders is freed, orders
 * are checked and promised, those that lacked an item are tried again when there is enough of it, numbers of promised
 * ones are asked for where their shop wants that early, they go to their sites. Little by little, so that nothing waits
 * long for it. Decides nothing of its own: it calls what does. */
#ifndef HEAD_OFFICE_ORDER_WORK_H
#define HEAD_OFFICE_ORDER_WORK_H

#include "sync/head-office/office.h"

struct order_work {
    int64_t expired, audited, held, retried, released;
    bool more; /* there is more of it now */
};

/* Transactions of its own, of up to so many orders each kind. */
int order_work(struct office *office, int64_t most, struct order_work *ret, struct error *error);

/* Checks and promises (and the early numbers) alone, whatever the settings say: orders that wait, and those that lacked
 * something. */
int order_work_audit(struct office *office, int64_t most, struct order_work *ret, struct error *error);

/* What the check would find in every order that waits for it, as rows of kind, rule and count, and of the promises that
 * would be made; nothing stays of it. */
struct order_audit_hit {
    char kind[16], rule[65];
    int64_t orders;
};
#define ORDER_AUDIT_HITS_MAX 200
int order_audit_try(struct office *office, struct order_audit_hit hits[ORDER_AUDIT_HITS_MAX], size_t *ret_count,
                    int64_t *ret_orders, int64_t *ret_passed, struct error *error);

#endif
