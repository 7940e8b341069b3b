/* What {path|filter} does to a text. */
#include "drivers/label/template_parts.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define CHINA_PREFIX         "+86"
#define PHONE_DIGITS_MAX     24
#define EXTENSION_DIGITS_MAX 8
#define WHOLE_NUMBER_DIGITS  8 /* fewer are an area code or a short number */

/* The digits of text; once there are enough of them, up to what is neither a digit nor a sign used inside a number.
 * Returns how much was read. */
static size_t take_digits(const char *text, size_t enough, char *out, size_t max, size_t *ret_count)
{
    size_t at = 0, count = 0;
    for (; text[at] && (count < enough || strchr("0123456789 ().", text[at])); at++)
        if (text[at] >= '0' && text[at] <= '9' && count < max)
            out[count++] = text[at];
    *ret_count = count;
    return at;
}

/* "13812341234" becomes "138****1234"; an extension ("-1234") stays, because the courier must dial it. */
static int mask_phone(const char *text, struct buf *out)
{
    char digits[PHONE_DIGITS_MAX], extension[EXTENSION_DIGITS_MAX];
    size_t count, extension_count = 0;
    if (strchr(text, '*')) { /* it is masked already */
        buf_puts(out, text);
        return 0;
    }
    if (strncmp(text, CHINA_PREFIX, strlen(CHINA_PREFIX)) == 0)
        text += strlen(CHINA_PREFIX);
    text += take_digits(text, WHOLE_NUMBER_DIGITS, digits, sizeof(digits), &count);
    if (*text)
        take_digits(text + 1, 1, extension, sizeof(extension), &extension_count);
    bool whole = count >= WHOLE_NUMBER_DIGITS;
    size_t first = whole ? 3 : 0, last = whole ? 4 : count >= 4 ? 2 : 0;
    buf_put(out, digits, first);
    buf_puts(out, "****");
    buf_put(out, digits + count - last, last);
    if (extension_count) {
        buf_putc(out, '-');
        buf_put(out, extension, extension_count);
    }
    return 0;
}

static int mask_name(const char *text, struct buf *out)
{
    uint32_t character;
    text += strspn(text, " ");
    size_t used = text_next_utf8(text, strlen(text), &character);
    buf_put(out, text, used);
    buf_putc(out, '*');
    return 0;
}

struct day {
    int year, month, day; /* day 0: the month as a whole */
};

static int number_at(const char *digits, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++)
        number = number * 10 + (digits[i] - '0');
    return number;
}

static bool is_day(const struct day *day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (day->month < 1 || day->month > 12 || day->day < 0)
        return false;
    bool leap = (day->year % 4 == 0 && day->year % 100 != 0) || day->year % 400 == 0;
    return day->day <= lengths[day->month - 1] + (day->month == 2 && leap);
}

/* "2026-12-31", "2026/12/31", "2026-12", "20261231" (whatever time follows), "261231". */
static int day_read(const char *text, struct day *ret)
{
    char digits[8];
    size_t count = 0, separators = 0, at = 0;
    for (; count < sizeof(digits) && text[at]; at++) {
        if (isdigit((unsigned char)text[at]))
            digits[count++] = text[at];
        else if (strchr("-/.", text[at]) && (count == 4 || count == 6))
            separators++;
        else
            break;
    }
    bool rest_is_time = text[at] == '\0' || (count == 8 && strchr(" T", text[at]));
    struct day day;
    if (!rest_is_time || (count != 6 && count != 8))
        return -EINVAL;
    if (count == 8)
        day = (struct day){number_at(digits, 4), number_at(digits + 4, 2), number_at(digits + 6, 2)};
    else if (separators > 0)
        day = (struct day){number_at(digits, 4), number_at(digits + 4, 2), 0};
    else
        day = (struct day){2000 + number_at(digits, 2), number_at(digits + 2, 2), number_at(digits + 4, 2)};
    if (!is_day(&day))
        return -EINVAL;
    *ret = day;
    return 0;
}

static int write_date(const char *text, struct buf *out)
{
    struct day day;
    int result = day_read(text, &day);
    if (result)
        return result;
    buf_printf(out, "%04d-%02d", day.year, day.month);
    if (day.day)
        buf_printf(out, "-%02d", day.day);
    return 0;
}

static int write_yymmdd(const char *text, struct buf *out)
{
    struct day day;
    int result = day_read(text, &day);
    if (!result)
        buf_printf(out, "%02d%02d%02d", day.year % 100, day.month, day.day);
    return result;
}

static int write_gtin14(const char *text, struct buf *out)
{
    size_t length = strlen(text);
    if (!text_all_digits(text, length) || (length != 8 && length != 12 && length != 13 && length != 14))
        return -EINVAL;
    buf_printf(out, "%.*s%s", (int)(14 - length), "000000", text);
    return 0;
}

static int write_groups(const char *text, struct buf *out)
{
    size_t length = strlen(text), count = 0;
    uint32_t character;
    for (size_t used; (used = text_next_utf8(text, length, &character)) > 0; text += used, length -= used) {
        if (count > 0 && count % 4 == 0)
            buf_putc(out, ' ');
        buf_put(out, text, used);
        count++;
    }
    return 0;
}

static int write_upper(const char *text, struct buf *out)
{
    for (; *text; text++)
        buf_putc(out, *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text);
    return 0;
}

const struct filter template_filters[] = {
    {"phone", mask_phone, NULL, "138****1234; an extension stays"},
    {"name", mask_name, NULL, "the first character and an asterisk"},
    {"date", write_date, "a date such as 2026-12-31", "2026-12-31, without the time"},
    {"yymmdd", write_yymmdd, "a date such as 2026-12-31", "261231, as GS1 wants it; a month alone ends with 00"},
    {"gtin14", write_gtin14, "a GTIN of 8, 12, 13 or 14 digits", "a GTIN with zeros in front, as (01) wants it"},
    {"groups", write_groups, NULL, "a blank after every four characters"},
    {"upper", write_upper, NULL, "a-z as A-Z"},
    {.name = NULL},
};

const struct filter *filter_find(const char *name, size_t length)
{
    for (const struct filter *filter = template_filters; filter->name; filter++)
        if (strlen(filter->name) == length && strncmp(filter->name, name, length) == 0)
            return filter;
    return NULL;
}
