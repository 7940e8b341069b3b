#include "barcode/barcode.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

/* Products of a digit with the factors of General Specifications, 7.9.2: "minus" takes their tens away, "plus" adds
 * them, and only the last digit counts. */
static const char times_2_minus[] = "0246891357", times_3[] = "0369258147", times_5_plus[] = "0516273849",
                  times_5_minus[] = "0594837261";

static int product(const char table[11], char digit)
{
    return table[digit - '0'] - '0';
}

char barcode_measure_check_digit(const char *digits, size_t n)
{
    if (n == 4) { /* 7.9.3 */
        int sum = product(times_2_minus, digits[0]) + product(times_2_minus, digits[1]) + product(times_3, digits[2]) +
                  product(times_5_minus, digits[3]);
        return (char)('0' + sum * 3 % 10);
    }
    if (n != 5)
        return '\0';
    int sum = product(times_5_plus, digits[0]) + product(times_2_minus, digits[1]) + /* 7.9.4 */
              product(times_5_minus, digits[2]) + product(times_5_plus, digits[3]) + product(times_2_minus, digits[4]);
    const char *at = strchr(times_5_minus, '0' + (10 - sum % 10) % 10);
    return (char)('0' + (at - times_5_minus));
}

/* A run of one letter; .length is 0 when the letter is not there, or is none. */
struct run {
    size_t at, length;
};

static struct run find_run(const char *format, char letter)
{
    struct run run = {.at = 0};
    if (letter == '\0')
        return run;
    while (format[run.at] && format[run.at] != letter)
        run.at++;
    while (format[run.at + run.length] == letter)
        run.length++;
    return run;
}

static size_t count_letter(const char *format, char letter)
{
    size_t count = 0;
    for (const char *at = format; *at; at++)
        count += *at == letter;
    return count;
}

static bool is_measure(char letter)
{
    return letter == 'W' || letter == 'P' || letter == 'Q';
}

/* The letter that measures, or 0. */
static char measure_letter(const char *format)
{
    const char *at = strpbrk(format, "WPQ");
    return at ? *at : '\0';
}

const char *barcode_in_store_format_fault(const char *format)
{
    size_t length = strlen(format);
    if (length != 8 && length != 12 && length != 13)
        return "must have 8, 12 or 13 places";
    if (strspn(format, "0123456789IWPQVC") != length)
        return "must hold digits and the letters I, W, P, Q, V and C";
    if (format[0] < '0' || format[0] > '9')
        return "must begin with the digits that tell it from others";
    char measure = measure_letter(format);
    for (const char *at = "IWPQ"; *at; at++) {
        struct run run = find_run(format, *at);
        if (run.length != count_letter(format, *at))
            return "must have each letter in one place";
        if (is_measure(*at) && run.length > 0 && *at != measure)
            return "must have one of W, P and Q";
    }
    if (count_letter(format, 'I') == 0)
        return "must have an item number, I";
    if (count_letter(format, 'C') > 1 || (count_letter(format, 'C') == 1 && format[length - 1] != 'C'))
        return "must have C at its end only";
    size_t verifiers = count_letter(format, 'V'), digits = find_run(format, measure).length;
    if (verifiers > 1 || (verifiers == 1 && (measure == '\0' || digits < 4 || digits > 5)))
        return "must have one V, for a W, P or Q of 4 or 5 digits";
    return NULL;
}

/* A UPC-A comes as 12 digits or, with a 0 in front, as 13: to the format's length. */
static bool take_digits(const char *format, const char *code, char out[14])
{
    size_t wanted = strlen(format), length = strlen(code);
    if (!text_all_digits(code, length))
        return false;
    if (wanted == 13 && length == 12)
        out[0] = '0';
    else if (wanted == 12 && length == 13 && code[0] == '0')
        code++;
    else if (wanted != length)
        return false;
    memcpy(out + (wanted == 13 && length == 12), code, strlen(code) + 1);
    for (size_t i = 0; i < wanted; i++)
        if (format[i] >= '0' && format[i] <= '9' && format[i] != out[i])
            return false;
    return true;
}

static void zero_all_but_item(const char *format, char *code)
{
    size_t length = strlen(format);
    for (size_t i = 0; i < length; i++)
        if (format[i] != 'I' && (format[i] < '0' || format[i] > '9'))
            code[i] = '0';
    if (format[length - 1] == 'C')
        code[length - 1] = barcode_check_digit(code, length - 1);
}

int barcode_in_store(const char *format, const char *code, struct barcode_in_store *ret)
{
    struct barcode_in_store result = {.measure = BARCODE_MEASURE_NONE};
    if (barcode_in_store_format_fault(format))
        return -EINVAL;
    if (!take_digits(format, code, result.item))
        return -ENOENT;
    size_t length = strlen(format);
    if (format[length - 1] == 'C' && !barcode_check_digit_ok(result.item, length))
        return -EBADMSG;
    char letter = measure_letter(format);
    if (letter) {
        struct run run = find_run(format, letter), verifier = find_run(format, 'V');
        const char *digits = result.item + run.at;
        if (verifier.length == 1 && barcode_measure_check_digit(digits, run.length) != result.item[verifier.at])
            return -EBADMSG;
        for (size_t i = 0; i < run.length; i++)
            result.value = result.value * 10 + (digits[i] - '0');
        result.measure = letter == 'W'   ? BARCODE_MEASURE_WEIGHT_G
                         : letter == 'P' ? BARCODE_MEASURE_PRICE
                                         : BARCODE_MEASURE_PIECES;
    }
    zero_all_but_item(format, result.item);
    *ret = result;
    return 0;
}
