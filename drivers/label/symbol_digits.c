/* The numbers of trade items as bars: EAN, UPC and ITF-14. */
#include "base/text.h"
#include "drivers/label/symbol_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zint.h>

#define GTIN_DIGITS 14

struct form {
    const char *name;
    size_t digits; /* with the check digit */
    int zint;
    bool zint_adds_check; /* it must not be given: eight digits, to libzint, are an EAN-13 that begins with zeroes */
    int quiet;            /* modules: the wider of both sides, GS1 General Specifications 5.2.3.4 */
    const char *hri;      /* how people read it: digits in a group, groups; NULL: in one */
};

static const struct form ean13 = {"EAN-13", 13, BARCODE_EANX, false, 11, "166"},
                         ean8 = {"EAN-8", 8, BARCODE_EANX, true, 7, "44"},
                         upc_a = {"UPC-A", 12, BARCODE_UPCA, false, 9, "1551"},
                         upc_e = {"UPC-E", 8, BARCODE_UPCE, false, 9, "161"},
                         itf14 = {"ITF-14", 14, BARCODE_ITF14, true, 10, NULL};

/* GS1 General Specifications 7.9: from the right, 3 and 1 by turns. */
static char check_digit(const char *digits, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (digits[count - 1 - i] - '0') * (i % 2 ? 1 : 3);
    return (char)('0' + (10 - sum % 10) % 10);
}

static bool check_is_right(const char *digits, size_t count)
{
    return digits[count - 1] == check_digit(digits, count - 1);
}

/* GS1 General Specifications 5.2.2.4.2: the UPC-A, without its check digit, of a number system and six digits. */
static void widen_upc_e(const char *seven, char out[12])
{
    char last = seven[6];
    if (last <= '2')
        snprintf(out, 12, "%.3s%c0000%.3s", seven, last, seven + 3);
    else if (last == '3')
        snprintf(out, 12, "%.4s00000%.2s", seven, seven + 4);
    else if (last == '4')
        snprintf(out, 12, "%.5s00000%c", seven, seven[5]);
    else
        snprintf(out, 12, "%.6s0000%c", seven, last);
}

static char upc_e_check_digit(const char *seven)
{
    char wide[12];
    widen_upc_e(seven, wide);
    return check_digit(wide, 11);
}

static bool is_upc_e(const char *eight)
{
    return eight[0] <= '1' && eight[7] == upc_e_check_digit(eight);
}

/* Which code so many digits are, and the digits that it prints, perhaps without the check digit; NULL: none.
 * Twelve are a UPC-A when its check digit is right, else an EAN-13 that wants one; eight are a UPC-E only when they are
 * no EAN-8. */
static const struct form *choose_ean(const char *text, char digits[GTIN_DIGITS + 1])
{
    size_t count = strlen(text);
    if (count == GTIN_DIGITS && text[0] == '0') { /* an item's GTIN, filled up to 14 */
        text++;
        count--;
    }
    snprintf(digits, GTIN_DIGITS + 1, count == 6 ? "0%s" : "%s", text);
    switch (count) {
    case 6:
        return &upc_e;
    case 7:
        return &ean8;
    case 8:
        return !check_is_right(text, 8) && is_upc_e(text) ? &upc_e : &ean8;
    case 11:
        return &upc_a;
    case 12:
        return check_is_right(text, 12) ? &upc_a : &ean13;
    case 13:
        return &ean13;
    default:
        return NULL;
    }
}

static int add_check_digit(const char *field, const struct form *form, char digits[GTIN_DIGITS + 1],
                           struct label_fault *fault)
{
    size_t before = form->digits - 1;
    char right = form == &upc_e ? upc_e_check_digit(digits) : check_digit(digits, before), given = digits[before];
    if (given && given != right)
        return label_refuse(fault, -EINVAL, LABEL_CHARACTER, field,
                            "%s ends with the check digit %c, but for %s it should be %c; correct the number", field,
                            given, form->name, right);
    digits[before] = right;
    digits[before + 1] = '\0';
    return 0;
}

static char *in_groups(const char *digits, const char *groups)
{
    struct buf hri = {0};
    for (; *groups; groups++) {
        int count = *groups - '0';
        buf_printf(&hri, "%s%.*s", hri.length ? " " : "", count, digits);
        digits += count;
    }
    if (hri.failed)
        buf_done(&hri);
    return hri.data;
}

static int draw(const char *field, const struct form *form, char digits[GTIN_DIGITS + 1], struct symbol *symbol,
                struct label_fault *fault)
{
    int result = add_check_digit(field, form, digits, fault);
    if (result)
        return result;
    symbol->quiet_x = form->quiet;
    symbol->text = strdup(digits);
    symbol->hri = form->hri ? in_groups(digits, form->hri) : strdup(digits);
    if (!symbol->text || !symbol->hri)
        return symbol_no_memory(field, fault);
    if (form->zint_adds_check)
        digits[form->digits - 1] = '\0';
    char why[ZINT_WHY_MAX];
    struct zint_job job = {.symbology = form->zint, .input_mode = DATA_MODE, .row_height = 1, .data = digits};
    result = zint_encode(&job, &symbol->modules, why);
    if (result == -ENOMEM)
        return symbol_no_memory(field, fault);
    return result ? label_refuse(fault, -EINVAL, LABEL_CHARACTER, field, "%s is no number for %s", field, form->name)
                  : 0;
}

static int check_digits_only(const char *field, const char *text, const char *carrier, struct label_fault *fault)
{
    size_t good = strspn(text, "0123456789");
    if (!text[good])
        return 0;
    return label_refuse(fault, -EINVAL, LABEL_CHARACTER, field, "%s contains \"%c\", but %s takes digits only", field,
                        text[good], carrier);
}

int symbol_ean(const struct symbol_request *request, const char *text, struct symbol *symbol, struct label_fault *fault)
{
    char digits[GTIN_DIGITS + 1] = "";
    int result = check_digits_only(request->field, text, "an EAN or UPC code", fault);
    if (result)
        return result;
    const struct form *form = choose_ean(text, digits);
    if (!form)
        return label_refuse(fault, -EINVAL, LABEL_CHARACTER, request->field,
                            "%s has %zu digits, but an EAN or UPC code has 8, 12 or 13", request->field, strlen(text));
    return draw(request->field, form, digits, symbol, fault);
}

int symbol_itf14(const struct symbol_request *request, const char *text, struct symbol *symbol,
                 struct label_fault *fault)
{
    char digits[GTIN_DIGITS + 1] = "";
    int result = check_digits_only(request->field, text, "ITF-14", fault);
    if (result)
        return result;
    size_t count = strlen(text);
    if (count != GTIN_DIGITS && count != GTIN_DIGITS - 1)
        return label_refuse(fault, -EINVAL, LABEL_CHARACTER, request->field,
                            "%s has %zu digits, but ITF-14 has 14, or 13 without the check digit", request->field,
                            count);
    text_copy(digits, sizeof(digits), text);
    return draw(request->field, &itf14, digits, symbol, fault);
}
