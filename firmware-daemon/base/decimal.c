#include "base/decimal.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define DIGITS_MAX   64 /* of a number that anybody would mean */
#define EXPONENT_MAX 400

/* digits × 10^exponent */
struct decimal {
    char digits[DIGITS_MAX];
    size_t count;
    int exponent;
    bool negative;
};

static int put_digit(struct decimal *decimal, char digit)
{
    if (decimal->count == 0 && digit == '0')
        return 0;
    if (decimal->count == DIGITS_MAX)
        return -ERANGE;
    decimal->digits[decimal->count++] = digit;
    return 0;
}

static int split(const char *text, struct decimal *ret)
{
    const char *at = text;
    int64_t exponent = 0;
    int result = 0;
    *ret = (struct decimal){.negative = *at == '-'};
    at += ret->negative;
    if (!text_all_digits(at, 1))
        return -EINVAL;
    for (; !result && *at >= '0' && *at <= '9'; at++)
        result = put_digit(ret, *at);
    if (!result && *at == '.') {
        if (!text_all_digits(++at, 1))
            return -EINVAL;
        for (; !result && *at >= '0' && *at <= '9'; at++, ret->exponent--)
            result = put_digit(ret, *at);
    }
    if (!result && (*at == 'e' || *at == 'E')) {
        bool plus = at[1] == '+';
        at += 1 + plus;
        result = plus && *at == '-' ? -EINVAL : text_to_int(at, -EXPONENT_MAX, EXPONENT_MAX, &exponent);
        at = "";
    }
    ret->exponent += (int)exponent;
    return result ? result : *at ? -EINVAL : 0;
}

#define NOISE_DIGITS 6

/* The digits behind the units are cut off: they are zeroes, or, where noise may be, begin with so many zeroes or nines.
 * Nines are one unit more. */
static int cut(struct decimal *decimal, size_t count, bool noise, bool *ret_one_more)
{
    size_t kept = decimal->count > count ? decimal->count - count : 0, padding = count - (decimal->count - kept);
    size_t zeroes = padding, nines = 0;
    while (zeroes < count && decimal->digits[kept + zeroes - padding] == '0')
        zeroes++;
    while (padding == 0 && nines < count && decimal->digits[kept + nines] == '9')
        nines++;
    *ret_one_more = noise && nines >= NOISE_DIGITS;
    decimal->count = kept;
    return zeroes == count || (noise && zeroes >= NOISE_DIGITS) || *ret_one_more ? 0 : -EINVAL;
}

/* In units of 10^-places. A part of such a unit is refused. Counted below zero, where one number more fits. */
static int to_units(const char *text, int places, bool noise, int64_t *ret)
{
    struct decimal decimal;
    bool one_more = false;
    int64_t units = 0;
    int result = split(text, &decimal);
    int exponent = decimal.exponent + places;
    if (!result && exponent < 0 && decimal.count > 0)
        result = cut(&decimal, (size_t)-exponent, noise, &one_more);
    for (size_t i = 0; !result && i < decimal.count; i++)
        if (__builtin_mul_overflow(units, 10, &units) || __builtin_sub_overflow(units, decimal.digits[i] - '0', &units))
            result = -ERANGE;
    for (; !result && exponent > 0 && units; exponent--)
        result = __builtin_mul_overflow(units, 10, &units) ? -ERANGE : 0;
    if (!result && one_more && __builtin_sub_overflow(units, 1, &units))
        result = -ERANGE;
    if (!result && !decimal.negative && __builtin_sub_overflow(0, units, &units))
        result = -ERANGE;
    if (!result)
        *ret = units;
    return result;
}

int decimal_to_minor(const char *text, int64_t *ret)
{
    return to_units(text, 2, false, ret);
}

int decimal_near_minor(const char *text, int64_t *ret)
{
    return to_units(text, 2, true, ret);
}

int decimal_to_whole(const char *text, int64_t *ret)
{
    return to_units(text, 0, false, ret);
}

void decimal_from_minor(int64_t minor, char out[DECIMAL_SIZE])
{
    uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    snprintf(out, DECIMAL_SIZE, "%s%" PRIu64 ".%02" PRIu64, minor < 0 ? "-" : "", size / 100, size % 100);
}
