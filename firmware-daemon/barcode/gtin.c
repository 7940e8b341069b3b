#include "barcode/gtin.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

char barcode_check_digit(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (digits[n - 1 - i] - '0') * (i % 2 ? 1 : 3);
    return (char)('0' + (10 - sum % 10) % 10);
}

bool barcode_check_digit_ok(const char *digits, size_t n)
{
    return n >= 2 && text_all_digits(digits, n) && barcode_check_digit(digits, n - 1) == digits[n - 1];
}

int barcode_gtin14(const char *text, size_t n, char ret[15])
{
    if ((n != 8 && n != 12 && n != 13 && n != 14) || !barcode_check_digit_ok(text, n))
        return -EINVAL;
    memset(ret, '0', 14 - n);
    memcpy(ret + 14 - n, text, n);
    ret[14] = '\0';
    return 0;
}

/* General Specifications, 5.2.2.4.2: where the six digits stand in the UPC-A depends on the last of them. */
int barcode_expand_upc_e(const char *text, size_t n, char ret[13])
{
    if (n < 6 || n > 8 || !text_all_digits(text, n) || (n > 6 && text[0] > '1'))
        return -EINVAL;
    const char *x = n == 6 ? text : text + 1;
    char last = x[5];
    size_t head = last <= '2' ? 2 : last == '3' ? 3 : last == '4' ? 4 : 5; /* digits kept in front of the zeroes */
    char full[13] = "000000000000";
    full[0] = n == 6 ? '0' : text[0];
    memcpy(full + 1, x, head);
    memcpy(full + 6 + head, x + head, 5 - head);
    if (last <= '2')
        full[3] = last;
    else if (last >= '5')
        full[10] = last;
    full[11] = barcode_check_digit(full, 11);
    if (n == 8 && text[7] != full[11])
        return -EINVAL;
    memcpy(ret, full, sizeof(full));
    return 0;
}

int barcode_item_gtin(const char gtin14[15], char ret[15])
{
    if (strlen(gtin14) != 14 || !barcode_check_digit_ok(gtin14, 14))
        return -EINVAL;
    if (gtin14[0] == '9')
        return -ENOENT;
    char item[15];
    memcpy(item, gtin14, sizeof(item));
    item[0] = '0';
    item[13] = barcode_check_digit(item, 13);
    memcpy(ret, item, sizeof(item));
    return 0;
}

/* General Specifications, 1.4.2 and 1.4.3: GS1 prefixes set aside for special use. */
static const struct {
    const char *prefix;
    enum barcode_kind kind;
} prefixes[] = {
    {"02", BARCODE_IN_STORE}, {"04", BARCODE_IN_STORE}, {"05", BARCODE_IN_STORE},
    {"2", BARCODE_IN_STORE},  {"9790", BARCODE_GTIN}, /* ISMN, printed music */
    {"978", BARCODE_ISBN},    {"979", BARCODE_ISBN},
};

static enum barcode_kind kind_of(const char gtin14[15], bool is_gtin8)
{
    const char *number = gtin14 + (is_gtin8 ? 6 : 1);
    if (is_gtin8)
        return number[0] == '2' ? BARCODE_IN_STORE : BARCODE_GTIN;
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (strncmp(number, prefixes[i].prefix, strlen(prefixes[i].prefix)) == 0)
            return prefixes[i].kind == BARCODE_ISBN && gtin14[0] != '0' ? BARCODE_GTIN : prefixes[i].kind;
    return BARCODE_GTIN;
}

static bool take_gtin(struct barcode *barcode, const char *text, size_t length)
{
    char gtin14[15];
    if (barcode_gtin14(text, length, gtin14) != 0)
        return false;
    barcode->kind = kind_of(gtin14, length == 8);
    if (barcode->kind != BARCODE_IN_STORE)
        memcpy(barcode->gtin14, gtin14, sizeof(gtin14));
    return true;
}

static bool take_upc_e(struct barcode *barcode, const char *text, size_t length)
{
    char upc_a[13];
    return barcode_expand_upc_e(text, length, upc_a) == 0 && take_gtin(barcode, upc_a, 12);
}

/* Nothing says whether it is EAN-8 or UPC-E. */
static void classify_8(struct barcode *barcode)
{
    char upc_a[13];
    bool ean = barcode_check_digit_ok(barcode->text, 8);
    bool upc = barcode_expand_upc_e(barcode->text, 8, upc_a) == 0;
    if (ean && upc) {
        barcode->kind = BARCODE_GTIN;
        barcode->flags |= BARCODE_AMBIGUOUS_8;
    } else if (ean) {
        take_gtin(barcode, barcode->text, 8);
    } else if (upc) {
        take_gtin(barcode, upc_a, 12);
    }
}

/* Splits a 2 or 5 digit add-on off: what is left must be an EAN or UPC number. */
static size_t split_addon(struct barcode *barcode)
{
    static const size_t bases[] = {13, 12, 8};
    for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        size_t addon = barcode->length - bases[i];
        if (barcode->length > bases[i] && (addon == 2 || addon == 5)) {
            memcpy(barcode->addon, barcode->text + bases[i], addon + 1);
            return bases[i];
        }
    }
    return barcode->length;
}

/* "]E0" EAN-13, UPC-A, UPC-E; "]E1", "]E2" an add-on alone; "]E3" with add-on; "]E4" EAN-8 (ISO/IEC 15424). */
static void classify_retail(struct barcode *barcode)
{
    char modifier = barcode->aim[2];
    if (modifier == '1' || modifier == '2')
        return;
    size_t length = modifier == '3' ? split_addon(barcode) : barcode->length;
    bool may_be_upc_e = modifier != '4' && length <= 8;
    if (may_be_upc_e && take_upc_e(barcode, barcode->text, length))
        return;
    if (!take_gtin(barcode, barcode->text, length))
        barcode->flags |= BARCODE_BAD_CHECK_DIGIT;
}

static bool has_gtin_length(size_t length)
{
    return length == 8 || (length >= 12 && length <= 14);
}

void gtin_classify(struct barcode *barcode)
{
    char symbology = barcode->aim[0] ? barcode->aim[1] : 'X';
    if (!text_all_digits(barcode->text, barcode->length))
        return;
    if (symbology == 'E')
        classify_retail(barcode);
    else if (barcode->length != 8)
        take_gtin(barcode, barcode->text, barcode->length);
    else if (symbology == 'X') /* in any other symbology eight digits are too often just a number */
        classify_8(barcode);
    /* Typed or unmarked, it may be a misread GTIN or somebody's own number: only who looks it up can tell. */
    if (symbology == 'X' && barcode->kind == BARCODE_PLAIN && has_gtin_length(barcode->length))
        barcode->flags |= BARCODE_BAD_CHECK_DIGIT;
}
