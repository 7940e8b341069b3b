/* Bought together (智能推荐): which items stand in the same orders oftener than by chance, reckoned from the orders
 * themselves and kept as rows. Support is the number of orders with both, confidence the part of the orders with the
 * one that have the other, lift how many times as many these are as among all orders. */
#ifndef HEAD_OFFICE_RECOMMEND_H
#define HEAD_OFFICE_RECOMMEND_H

#include "sync/head-office/office.h"

struct recommend_terms {
    int64_t since_us;
    int64_t orders, lift, confidence; /* at least; lift and confidence in ten-thousandths */
    int64_t most;                     /* others of one item */
};

struct recommend_made {
    int64_t orders, items, pairs, kept; /* looked at; bought often enough; of them together; kept, each way */
};

/* Makes all rows anew. -E2BIG with a sentence: too many are left, ask for more support. Inside a transaction. */
int recommend_make(struct office *office, const struct recommend_terms *terms, struct recommend_made *ret,
                   struct error *error);

#endif
