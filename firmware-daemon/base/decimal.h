/* Decimal amounts as people and platforms write them, and the whole numbers they are kept as: digit by digit, never
 * through a float. Knows no currency: two digits stand behind the point. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdint.h>

/* A decimal number to minor units of two digits: "19.9" is 1990, "1e2" 10000, "-0.01" -1. -EINVAL: it is no number, or
 * has a part of a minor unit; -ERANGE: it does not fit. */
int decimal_to_minor(const char *text, int64_t *ret);

/* The same of what went through a float at the platform: from the third place after the point on, six zeroes or six
 * nines are noise ("0.30000000000000004" is 30). Anything else there is -EINVAL. */
int decimal_near_minor(const char *text, int64_t *ret);

/* A whole number, also as "3.0" or "1e2". -EINVAL, -ERANGE. */
int decimal_to_whole(const char *text, int64_t *ret);

/* Minor units as a decimal: "19.90". */
#define DECIMAL_SIZE 24
void decimal_from_minor(int64_t minor, char out[DECIMAL_SIZE]);

#endif
