/* What was earned, by order, item, shop, platform, site or campaign: sums of the books' own lines, so that every
 * grouping adds up to the same. Amounts are in base currency. Posts nothing. */
#ifndef HEAD_OFFICE_PROFIT_H
#define HEAD_OFFICE_PROFIT_H

#include "sync/head-office/books/books.h"

#define PROFIT_GROUPS "all|order|sku|shop|platform|site|campaign|account"

/* revenue - discounts - refunds - tax - goods - fees - freight - packaging - other == profit */
struct profit {
    char name[BOOKS_TEXT_SIZE]; /* of the group; "": what belongs to none */
    int64_t revenue, discounts, refunds, tax, goods, fees, freight, packaging, other, profit;
};

/* Calls tell for each group in the order of names. from, to: months, both included. only: a single group; NULL: all. */
int profit_each(struct office *office, const char *group, const char *from, const char *to, const char *only,
                void (*tell)(void *user, const struct profit *profit), void *user, struct error *error);

#endif
