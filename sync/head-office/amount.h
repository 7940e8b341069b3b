/* Whole amounts, and how they are shared without losing or making any. Knows no currency. */
#ifndef HEAD_OFFICE_AMOUNT_H
#define HEAD_OFFICE_AMOUNT_H

#include <stddef.h>
#include <stdint.h>

/* amount * part / of, cut towards zero, whatever the size of the product. of > 0, part >= 0. */
int64_t amount_part(int64_t amount, int64_t part, int64_t of);

/* The same, to the nearest; a half goes away from zero. */
int64_t amount_round(int64_t amount, int64_t part, int64_t of);

/* Shares an amount by weights that are not negative: the shares add up to it, and differ from the exact ones by less
 * than one unit (largest remainder, the earlier first). Where all weights are 0, they count the same. */
void amount_share(int64_t amount, const int64_t *weights, size_t count, int64_t *ret);

#endif
