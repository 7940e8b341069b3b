/* A number and a unit become milligrams, exactly. Does not know which message they stood in.
 */
#ifndef DRIVERS_SCALE_MASS_H
#define DRIVERS_SCALE_MASS_H

#include "drivers/scale/scale.h"

#define MASS_DIGITS_MAX 18 /* they fit into an int64_t */

/* value x 10^exponent; the sign apart, because "-0.00" is a zero with a sign. */
struct mass_number {
    bool negative;
    int64_t value; /* not negative */
    int exponent;  /* -MASS_DIGITS_MAX to MASS_DIGITS_MAX */
};

/* Blanks, a sign, blanks, digits with at most one point, blanks: nothing else, and one digit at least. -EINVAL, or
 * -ERANGE with more than MASS_DIGITS_MAX digits behind the leading zeros. */
int mass_number_parse(const char *text, size_t length, struct mass_number *ret);

/* Nanograms of one kg, g, mg, lb, oz, ozt, ct, dwt, gr (GN), mom, t or ton (the short one); 0: it is no such unit.
 * Either case, blanks around it. Units that mean different weights in different places (tael, tola, tical) are none. */
int64_t mass_unit(const char *name, size_t length);

/* Rounds half away from zero. -ERANGE, also on an exponent out of range. */
int mass_milligrams(const struct mass_number *number, int64_t nanograms, int64_t *ret);

/* What a stable number in that unit says: stable, under_zero, or an error when nanograms is 0 or it is too large. */
struct scale_reading mass_reading(const struct mass_number *number, int64_t nanograms);

/* The same with the unit of the settings, which may have none. */
struct scale_reading mass_reading_in_setting(const struct mass_number *number, int64_t nanograms);

/* What a counted number says: stable with a count, under_zero, or an error when it is no whole number. */
struct scale_reading mass_count(const struct mass_number *number);

#endif
