/* An order's money when it becomes several: shared out to the cent, so that the parts sum up to the whole. Pure.
 * Amounts are in minor units of one currency. */
#ifndef HEAD_OFFICE_ORDER_MONEY_H
#define HEAD_OFFICE_ORDER_MONEY_H

#include <stddef.h>
#include <stdint.h>

struct order_money {
    int64_t goods, freight, discount, platform_discount, paid;
};

struct money_part {
    int64_t goods;  /* price of its pieces */
    int64_t lines;  /* what its lines say that was paid for them, without freight */
    int64_t pieces; /* decide where nothing has a price */
};

#define MONEY_PARTS_MAX 400

/* By the largest remainder: each gets its share by weight, less than one cent up or down, and together it is the total.
 * Weights are not negative; when all are nothing, all get the same. count: 1 to MONEY_PARTS_MAX. */
void money_share(int64_t total, const int64_t *weights, size_t count, int64_t *out);

/* Where the whole adds up (paid = goods + freight - discounts), so does each part; where the lines add up to it, each
 * part's lines do, too. Freight goes by the price of the goods. */
void order_money_split(const struct order_money *whole, const struct money_part *parts, size_t count,
                       struct order_money *out);

#endif
