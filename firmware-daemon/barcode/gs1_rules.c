#include "barcode/gs1.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define IBAN_MIN 11 /* characters; the shortest there is, Norway's, has 15 */

static unsigned number(const char *digits, size_t n)
{
    unsigned value = 0;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (unsigned)(digits[i] - '0');
    return value;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1U : 0U);
}

static bool is_date(unsigned year, unsigned month, unsigned day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

/* Two-digit years are taken as 20YY: it matters for 29 February of the year 00 only. */
static bool is_short_date(const char *value, size_t length)
{
    return length >= 6 && is_date(2000 + number(value, 2), number(value + 2, 2), number(value + 4, 2));
}

static bool is_date_day_open(const char *value, size_t length)
{
    if (length == 6 && memcmp(value + 4, "00", 2) == 0)
        return is_date(2000, number(value + 2, 2), 1);
    return is_short_date(value, length);
}

static bool is_long_date(const char *value, size_t length)
{
    return length == 8 && is_date(number(value, 4), number(value + 4, 2), number(value + 6, 2));
}

static bool is_date_hour(const char *value, size_t length)
{
    return is_short_date(value, length) && number(value + 6, 2) <= 23;
}

static bool is_hour_minute(const char *value, size_t length)
{
    return length == 4 && number(value, 2) <= 23 && number(value + 2, 2) <= 59;
}

static bool is_minute_second(const char *value, size_t length)
{
    return (length == 2 || length == 4) && number(value, 2) <= 59 && number(value + 2, length - 2) <= 59;
}

/* General Specifications, 7.9.5: weights are primes from the right, the sum modulo 1021 is written in 32 characters. */
static bool has_check_pair(const char *value, size_t length)
{
    static const char characters[] =
        "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    static const char pairs[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    static const unsigned char primes[] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31, 37,
                                           41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83};
    if (length < 3 || length > sizeof(primes) + 2)
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < length - 2; i++) {
        const char *at = strchr(characters, value[length - 3 - i]);
        if (!at || !*at)
            return false;
        sum = (sum + (unsigned)(at - characters) * primes[i]) % 1021;
    }
    return value[length - 2] == pairs[sum >> 5] && value[length - 1] == pairs[sum & 31];
}

/* Its length is not in the number; the shortest there are have four digits. */
static bool has_company_prefix(const char *value, size_t length)
{
    return length >= 4 && text_all_digits(value, 4);
}

static bool is_model(const char *value, size_t length)
{
    return has_company_prefix(value, length) && has_check_pair(value, length);
}

static bool is_device_model(const char *value, size_t length)
{
    return is_model(value, length) && !text_all_digits(value, length);
}

static bool is_yes_no(const char *value, size_t length)
{
    return length == 1 && (value[0] == '0' || value[0] == '1');
}

static bool is_zero(const char *value, size_t length)
{
    return strspn(value, "0") >= length;
}

static bool is_not_zero(const char *value, size_t length)
{
    return number(value, length) != 0;
}

static bool has_no_leading_zero(const char *value, size_t length)
{
    return length == 1 || value[0] != '0';
}

static bool is_minus(const char *value, size_t length)
{
    return length == 1 && value[0] == '-';
}

static bool is_piece_of_total(const char *value, size_t length)
{
    return length == 4 && number(value, 2) > 0 && number(value, 2) <= number(value + 2, 2);
}

static bool is_latitude(const char *value, size_t length)
{
    return length == 10 && memcmp(value, "1800000000", 10) <= 0;
}

static bool is_longitude(const char *value, size_t length)
{
    return length == 10 && memcmp(value, "3600000000", 10) <= 0;
}

static bool is_country_or_all(const char *value, size_t length)
{
    return gs1_is_country(value, length) || (length == 3 && memcmp(value, "999", 3) == 0);
}

static bool is_winding(const char *value, size_t length)
{
    return length == 1 && strchr("019", value[0]);
}

static bool is_media_type(const char *value, size_t length)
{
    unsigned type = number(value, length);
    return (type >= 1 && type <= 10) || type >= 80;
}

static bool is_sex(const char *value, size_t length)
{
    return length == 1 && strchr("0129", value[0]);
}

static bool is_birth_sequence(const char *value, size_t length)
{
    return length == 3 && isdigit((unsigned char)value[0]) && value[1] == '/' && isdigit((unsigned char)value[2]) &&
           value[0] != '0' && value[0] <= value[2];
}

static bool is_importer_index(const char *value, size_t length)
{
    return length == 1 && (isalnum((unsigned char)value[0]) || value[0] == '-' || value[0] == '_');
}

static bool is_percent_encoded(const char *value, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (value[i] == '%' &&
            (i + 2 >= length || !isxdigit((unsigned char)value[i + 1]) || !isxdigit((unsigned char)value[i + 2])))
            return false;
    return true;
}

static bool is_padded(const char *value, size_t length)
{
    const char *pad = memchr(value, '=', length);
    size_t pads = pad ? length - (size_t)(pad - value) : 0;
    return pads == 0 || (pads < length && (pads == 1 || (pads == 2 && pad[1] == '=')));
}

static bool is_package_type(const char *value, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isupper((unsigned char)value[i]) && !isdigit((unsigned char)value[i]))
            return false;
    return length > 0;
}

/* ISO 13616: the first four characters moved to the end, letters as 10 to 35, modulo 97. XK is Kosovo's, which has no
 * code of ISO 3166-1. */
static bool is_iban(const char *value, size_t length)
{
    if (length < IBAN_MIN || (!gs1_is_country_letters(value, 2) && memcmp(value, "XK", 2) != 0))
        return false;
    unsigned rest = 0;
    for (size_t i = 0; i < length; i++) {
        char c = value[(i + 4) % length];
        if (c >= '0' && c <= '9')
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else if (c >= 'A' && c <= 'Z')
            rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
        else
            return false;
    }
    return rest == 1;
}

static const struct {
    bool (*obeys)(const char *value, size_t length);
    const char *fault;
} rules[GS1_RULES] = {
    [GS1_CHECK_DIGIT] = {barcode_check_digit_ok, "must have a right check digit"},
    [GS1_COMPANY_PREFIX] = {has_company_prefix, "must begin with the digits of a company prefix"},
    [GS1_MODEL] = {is_model, "must have a company prefix and a right pair of check characters"},
    [GS1_DEVICE_MODEL] = {is_device_model, "must have a company prefix, a letter and a right pair of check characters"},
    [GS1_DATE] = {is_short_date, "must be a date, YYMMDD"},
    [GS1_DATE_DAY_OPEN] = {is_date_day_open, "must be a date, YYMMDD"},
    [GS1_DATE_LONG] = {is_long_date, "must be a date, YYYYMMDD"},
    [GS1_DATE_HOUR] = {is_date_hour, "must be a date and hour, YYMMDDHH"},
    [GS1_HOUR_MINUTE] = {is_hour_minute, "must be a time, HHMM"},
    [GS1_MINUTE_SECOND] = {is_minute_second, "must be minutes, or minutes and seconds"},
    [GS1_YES_NO] = {is_yes_no, "must be 0 or 1"},
    [GS1_ZERO] = {is_zero, "must begin with 0"},
    [GS1_NOT_ZERO] = {is_not_zero, "must not be zero"},
    [GS1_NO_LEADING_ZERO] = {has_no_leading_zero, "must not begin with 0"},
    [GS1_MINUS] = {is_minus, "must end with a hyphen or without sign"},
    [GS1_PIECE_OF_TOTAL] = {is_piece_of_total, "must count a piece of its total"},
    [GS1_LATITUDE] = {is_latitude, "must be a latitude"},
    [GS1_LONGITUDE] = {is_longitude, "must be a longitude"},
    [GS1_COUNTRY] = {gs1_is_country, "must be a country code of ISO 3166, three digits"},
    [GS1_COUNTRY_OR_ALL] = {is_country_or_all, "must begin with a country code of ISO 3166, three digits, or 999"},
    [GS1_COUNTRY_LETTERS] = {gs1_is_country_letters, "must be a country code of ISO 3166, two capital letters"},
    [GS1_CURRENCY] = {gs1_is_currency, "must begin with a currency code of ISO 4217, three digits"},
    [GS1_WINDING] = {is_winding, "must give the winding direction as 0, 1 or 9"},
    [GS1_MEDIA_TYPE] = {is_media_type, "must be a media type from 01 to 10 or 80 to 99"},
    [GS1_SEX] = {is_sex, "must be 0, 1, 2 or 9"},
    [GS1_BIRTH_SEQUENCE] = {is_birth_sequence, "must be a birth sequence such as 1/2"},
    [GS1_IMPORTER_INDEX] = {is_importer_index, "must end with a letter, a digit, - or _"},
    [GS1_PERCENT_ENCODED] = {is_percent_encoded, "must have two hex digits after each %"},
    [GS1_PADDED] = {is_padded, "must have = at its end only, at most two"},
    [GS1_PACKAGE_TYPE] = {is_package_type, "must be a package type of capital letters and digits"},
    [GS1_IBAN] = {is_iban, "must be an IBAN"},
    [GS1_COUPON] = {gs1_is_coupon, "must be the data of a coupon"},
    [GS1_POSITIVE_OFFER] = {gs1_is_positive_offer, "must be the data of a coupon"},
};

const char *gs1_rule_fault(enum gs1_rule rule, const char *value, size_t length)
{
    return rule == GS1_ANY || rules[rule].obeys(value, length) ? NULL : rules[rule].fault;
}

int barcode_date(const char *yymmdd, int this_year, char ret[11])
{
    if (strlen(yymmdd) != 6 || !text_all_digits(yymmdd, 6) || this_year < 100 || this_year > 9900)
        return -EINVAL;
    int gap = (int)number(yymmdd, 2) - this_year % 100;
    int year = this_year + gap + (gap >= 51 ? -100 : gap <= -50 ? 100 : 0);
    unsigned month = number(yymmdd + 2, 2), day = number(yymmdd + 4, 2);
    if (month >= 1 && month <= 12 && day == 0)
        day = days_in_month((unsigned)year, month);
    if (!is_date((unsigned)year, month, day))
        return -EINVAL;
    snprintf(ret, 11, "%04u-%02u-%02u", (unsigned)year % 10000, month % 100, day % 100);
    return 0;
}
