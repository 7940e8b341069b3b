#include "drivers/scale/mass.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define NANOGRAMS_PER_MILLIGRAM 1000000

/* 18 digits times the largest unit, and the powers of ten that it is divided by, need more than 64 bits. */
__extension__ typedef __int128 wide;

static size_t skip_blanks(const char *text, size_t length, size_t at)
{
    while (at < length && text[at] == ' ')
        at++;
    return at;
}

static int take_digits(const char *text, size_t length, size_t *at, struct mass_number *number, bool *any)
{
    bool point = false;
    int digits = 0;
    for (; *at < length; (*at)++) {
        char c = text[*at];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        *any = true;
        digits += number->value > 0 || c != '0';
        number->exponent -= point;
        if (digits > MASS_DIGITS_MAX || number->exponent < -MASS_DIGITS_MAX)
            return -ERANGE;
        number->value = number->value * 10 + (c - '0');
    }
    return 0;
}

int mass_number_parse(const char *text, size_t length, struct mass_number *ret)
{
    struct mass_number number = {0};
    bool any = false;
    size_t at = skip_blanks(text, length, 0);
    if (at < length && (text[at] == '-' || text[at] == '+'))
        number.negative = text[at++] == '-';
    at = skip_blanks(text, length, at);
    int r = take_digits(text, length, &at, &number, &any);
    if (r < 0)
        return r;
    if (!any || skip_blanks(text, length, at) != length)
        return -EINVAL;
    *ret = number;
    return 0;
}

int64_t mass_unit(const char *name, size_t length)
{
    /* The pound is 0.453 592 37 kg (international yard and pound agreement, 1959); 16 oz and 7000 gr make a pound, 480
     * gr a troy ounce, 24 gr a pennyweight, 2000 lb a short ton. The metric carat is 200 mg (CGPM 1907), the momme 3.75
     * g (Japanese Measurement Act). */
    static const struct {
        const char *name;
        int64_t nanograms;
    } units[] = {
        {"kg", 1000000000000},    {"g", 1000000000},    {"mg", 1000000},     {"lb", 453592370000},
        {"oz", 28349523125},      {"ozt", 31103476800}, {"ct", 200000000},   {"dwt", 1555173840},
        {"gr", 64798910},         {"gn", 64798910},     {"mom", 3750000000}, {"t", 1000000000000000},
        {"ton", 907184740000000},
    };
    size_t start = skip_blanks(name, length, 0);
    while (length > start && name[length - 1] == ' ')
        length--;
    for (size_t i = 0; i < COUNT(units); i++)
        if (strlen(units[i].name) == length - start && strncasecmp(units[i].name, name + start, length - start) == 0)
            return units[i].nanograms;
    return 0;
}

int mass_milligrams(const struct mass_number *number, int64_t nanograms, int64_t *ret)
{
    if (number->exponent < -MASS_DIGITS_MAX || number->exponent > MASS_DIGITS_MAX)
        return -ERANGE;
    wide amount = (wide)number->value * nanograms, divisor = NANOGRAMS_PER_MILLIGRAM;
    const wide most = (wide)INT64_MAX * NANOGRAMS_PER_MILLIGRAM;
    for (int i = number->exponent; i < 0; i++)
        divisor *= 10;
    for (int i = 0; i < number->exponent; i++) {
        if (amount > most)
            return -ERANGE;
        amount *= 10;
    }
    amount = (amount + divisor / 2) / divisor;
    if (amount > INT64_MAX)
        return -ERANGE;
    *ret = number->negative ? -(int64_t)amount : (int64_t)amount;
    return 0;
}

struct scale_reading mass_reading(const struct mass_number *number, int64_t nanograms)
{
    struct scale_reading reading = {.state = SCALE_STABLE, .has_weight = true};
    if (number->negative && number->value > 0)
        return (struct scale_reading){.state = SCALE_UNDER_ZERO};
    if (nanograms == 0)
        return (struct scale_reading){.state = SCALE_ERROR, .why = "the unit is unknown, or no weight"};
    struct mass_number amount = *number;
    amount.negative = false;
    if (mass_milligrams(&amount, nanograms, &reading.milligrams) < 0)
        return (struct scale_reading){.state = SCALE_ERROR, .why = "the weight is too large to be true"};
    return reading;
}

struct scale_reading mass_reading_in_setting(const struct mass_number *number, int64_t nanograms)
{
    struct scale_reading reading = mass_reading(number, nanograms);
    if (nanograms == 0 && reading.state == SCALE_ERROR)
        reading.why = "no unit: set the one that the scale shows";
    return reading;
}

struct scale_reading mass_count(const struct mass_number *number)
{
    if (number->exponent != 0)
        return (struct scale_reading){.state = SCALE_ERROR, .why = "the count is no whole number"};
    if (number->negative && number->value > 0)
        return (struct scale_reading){.state = SCALE_UNDER_ZERO};
    return (struct scale_reading){.state = SCALE_STABLE, .has_count = true, .count = number->value};
}
