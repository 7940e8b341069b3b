#include "barcode/barcode.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

#define NANOGRAMS_PER_G INT64_C(1000000000)

struct unit {
    char ai[4]; /* three digits: the fourth is the number of decimals */
    int64_t nanograms;
};

static const struct unit net_units[] = {{"310", 1000 * NANOGRAMS_PER_G}, {"320", INT64_C(453592370000)}},
                         gross_units[] = {{"330", 1000 * NANOGRAMS_PER_G}, {"340", INT64_C(453592370000)}};

/* The first measure of its kind, whatever its decimals. */
static const struct barcode_element *find_measure(const struct barcode *barcode, const char ai[4])
{
    for (size_t i = 0; i < barcode->count; i++)
        if (strlen(barcode->elements[i].ai) == 4 && memcmp(barcode->elements[i].ai, ai, 3) == 0)
            return &barcode->elements[i];
    return NULL;
}

/* Six digits of pounds in nanograms are less than 2^60: nothing overflows, and only the last step rounds, half up. */
static int weight_g(const struct barcode *barcode, const struct unit units[2], int64_t *ret)
{
    for (size_t i = 0; i < 2; i++) {
        const struct barcode_element *element = find_measure(barcode, units[i].ai);
        int64_t value, divisor = NANOGRAMS_PER_G;
        if (!element)
            continue;
        int r = text_to_int(barcode->values + element->offset, 1, 999999, &value);
        if (r != 0)
            return r;
        for (char decimals = element->ai[3]; decimals > '0'; decimals--)
            divisor *= 10;
        int64_t grams = (value * units[i].nanograms + divisor / 2) / divisor;
        if (grams == 0)
            return -ERANGE;
        *ret = grams;
        return 0;
    }
    return -ENOENT;
}

int barcode_weight_g(const struct barcode *barcode, int64_t *ret)
{
    return weight_g(barcode, net_units, ret);
}

int barcode_gross_weight_g(const struct barcode *barcode, int64_t *ret)
{
    return weight_g(barcode, gross_units, ret);
}

int barcode_count(const struct barcode *barcode, int64_t *ret)
{
    const char *contained = barcode_value(barcode, "37"), *count = barcode_value(barcode, "30");
    if (contained && (!count || barcode_value(barcode, "02")))
        count = contained;
    return count ? text_to_int(count, 1, 99999999, ret) : -ENOENT;
}

const char *barcode_lot(const struct barcode *barcode)
{
    return barcode_value(barcode, "10");
}

const char *barcode_serial(const struct barcode *barcode)
{
    return barcode_value(barcode, "21");
}

int barcode_expiry(const struct barcode *barcode, int this_year, char ret[11])
{
    static const char *const identifiers[] = {"17", "7003", "15"};
    for (size_t i = 0; i < sizeof(identifiers) / sizeof(identifiers[0]); i++) {
        const char *value = barcode_value(barcode, identifiers[i]);
        char day[7];
        if (value && text_copy_n(day, sizeof(day), value, 6))
            return barcode_date(day, this_year, ret);
    }
    return -ENOENT;
}
