/* GS1 application identifiers: which there are, what their values look like, and element strings made of them.
 * Does not judge which identifiers belong together: two labels of one pallet are two scans. */
#ifndef BARCODE_GS1_H
#define BARCODE_GS1_H

#include "barcode/barcode.h"

#include <stdint.h>

#define GS1_SEPARATOR '\x1D'
#define GS1_PARTS_MAX 5

enum gs1_characters {
    GS1_DIGITS,
    GS1_SET_82, /* General Specifications, figure 7.11-1 */
    GS1_SET_39, /* figure 7.11-2 */
    GS1_SET_64, /* figure 7.11-3: base64url */
};

/* What a part must be besides its characters. */
enum gs1_rule {
    GS1_ANY,
    GS1_CHECK_DIGIT,
    GS1_COMPANY_PREFIX,
    GS1_MODEL,         /* a company prefix in front, two check characters behind */
    GS1_DEVICE_MODEL,  /* the same, not of digits alone */
    GS1_DATE,          /* YYMMDD */
    GS1_DATE_DAY_OPEN, /* YYMMDD, DD may be 00 */
    GS1_DATE_LONG,     /* YYYYMMDD */
    GS1_DATE_HOUR,     /* YYMMDDHH */
    GS1_HOUR_MINUTE,   /* HHMM */
    GS1_MINUTE_SECOND, /* MM or MMSS */
    GS1_YES_NO,        /* 0 or 1 */
    GS1_ZERO,          /* 0 */
    GS1_NOT_ZERO,      /* not all zeroes */
    GS1_NO_LEADING_ZERO,
    GS1_MINUS,          /* a hyphen */
    GS1_PIECE_OF_TOTAL, /* PPTT, PP at most TT */
    GS1_LATITUDE,
    GS1_LONGITUDE,
    GS1_COUNTRY,         /* ISO 3166-1, three digits */
    GS1_COUNTRY_OR_ALL,  /* or 999, several */
    GS1_COUNTRY_LETTERS, /* ISO 3166-1, two letters */
    GS1_CURRENCY,        /* ISO 4217, three digits */
    GS1_WINDING,         /* 0, 1 or 9 */
    GS1_MEDIA_TYPE,      /* 01 to 10, 80 to 99 */
    GS1_SEX,             /* ISO/IEC 5218 */
    GS1_BIRTH_SEQUENCE,  /* n/n */
    GS1_IMPORTER_INDEX,
    GS1_PERCENT_ENCODED,
    GS1_PADDED,       /* = only at the end, at most two */
    GS1_PACKAGE_TYPE, /* capital letters and digits: the codes themselves are a list that grows each year */
    GS1_IBAN,
    GS1_COUPON,
    GS1_POSITIVE_OFFER,
    GS1_RULES
};

struct gs1_part {
    enum gs1_characters characters;
    uint8_t min, max;
    bool optional; /* may be missing altogether, and then all after it are */
    enum gs1_rule rule;
};

struct gs1_ai {
    uint16_t first, last; /* the identifiers of this row, as four digits: (01) is 100 to 199 */
    uint8_t digits;
    bool predefined; /* its length is known by its first two digits: no separator follows (figure 7.8.5-2) */
    struct gs1_part parts[GS1_PARTS_MAX]; /* ended by a max of 0 */
};

/* The identifier that text begins with; NULL when there is none. */
const struct gs1_ai *gs1_find(const char *text, size_t length);

/* NULL when the value is right, otherwise what is wrong with it ("must ..."), and where. */
const char *gs1_value_fault(const struct gs1_ai *ai, const char *value, size_t length, size_t *ret_position);

/* NULL when the part obeys its rule, otherwise "must ...". */
const char *gs1_rule_fault(enum gs1_rule rule, const char *value, size_t length);

/* Of the codes of ISO 3166-1 and ISO 4217. They are lists, not forms: a misprint that looks like a code is found. */
bool gs1_is_country(const char *code, size_t length);
bool gs1_is_country_letters(const char *code, size_t length);
bool gs1_is_currency(const char *code, size_t length);

/* (8110) and (8112), the coupons of North America. */
bool gs1_is_coupon(const char *value, size_t length);
bool gs1_is_positive_offer(const char *value, size_t length);

/* Fills .elements, .values, .gtin14, .kind and .flags. start is where text begins in the scan, for error.position. */
int gs1_parse(const char *text, size_t length, size_t start, struct barcode *ret, struct barcode_error *error);

/* -EEXIST when the identifier is there with another value, -ENOSPC when there are BARCODE_ELEMENTS_MAX already. */
int gs1_add_element(struct barcode *barcode, const char *ai, size_t ai_length, const char *value, size_t length);

/* Sets .gtin14 from the elements. */
void gs1_take_gtin(struct barcode *barcode);

#endif
