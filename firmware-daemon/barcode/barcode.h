/* What a scanned code means: its AIM prefix, GS1 elements, GTIN, SSCC, digital link, check digits.
 * Does not know items, orders or locations, keeps nothing and allocates nothing. */
#ifndef BARCODE_BARCODE_H
#define BARCODE_BARCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BARCODE_TEXT_MAX                                                                                               \
    4296 /* bytes; the most characters a QR code holds (ISO/IEC 18004, version 40-L, alphanumeric) */
#define BARCODE_ELEMENTS_MAX 64

enum barcode_kind {
    BARCODE_PLAIN,        /* nothing but its text */
    BARCODE_GTIN,         /* GTIN-8, -12, -13 or -14; ISSN too */
    BARCODE_GS1,          /* a GS1 element string */
    BARCODE_SSCC,         /* a GS1 element string that begins with (00) */
    BARCODE_DIGITAL_LINK, /* a GS1 Digital Link URI, uncompressed */
    BARCODE_ISBN,
    BARCODE_IN_STORE, /* restricted circulation: the shop's own number, no GTIN */
    BARCODE_KINDS
};

enum barcode_flag {
    BARCODE_POSSIBLE_MISSING_SEPARATOR = 1, /* the last value holds what looks like further elements */
    BARCODE_AMBIGUOUS_8 = 2,                /* fits EAN-8 and UPC-E: kind GTIN without gtin14; ask, never guess */
    BARCODE_BAD_CHECK_DIGIT = 4, /* kind PLAIN: of a GTIN's length, or a digital link, and its check digit is wrong */
    BARCODE_LAYOUT_SUSPECT = 8,  /* digits typed through the wrong keyboard layout */
};

struct barcode_element {
    char ai[5];            /* "01", "3103" */
    size_t offset, length; /* in .values; a zero byte follows each value */
};

/* 9 kB, of which only what a scan needs is ever written: declare it without an initialiser. */
struct barcode {
    char aim[4]; /* "]C1", or "" */
    enum barcode_kind kind;
    unsigned flags;  /* enum barcode_flag */
    char addon[6];   /* the 2 or 5 digits beside an EAN or UPC symbol, "" when there are none; .text has them too */
    char gtin14[15]; /* "" when there is none; of a GS1 code the (01) or the GTIN of (8006) */
    size_t count;
    struct barcode_element elements[BARCODE_ELEMENTS_MAX];
    size_t length;
    char text[BARCODE_TEXT_MAX + 1]; /* without AIM prefix, leading and trailing GS; terminated, holds no zero byte */
    char values[BARCODE_TEXT_MAX + BARCODE_ELEMENTS_MAX]; /* percent-decoded where they came from a digital link */
};

struct barcode_error {
    char message[160]; /* one sentence */
    size_t position;   /* byte offset in the given text */
    char ai[5];        /* of the element at fault, or "" */
};

/* -EBADMSG when the scan must be rejected whole: empty, too long, not UTF-8, a control character no code has, or a
 * fault in a code that says it is GS1. ret is undefined then. error may be NULL. */
int barcode_parse(const char *text, size_t length, struct barcode *ret, struct barcode_error *error);

/* Of the AIM prefix that text begins with, "]C1": 3, or 0 (ISO/IEC 15424; the letter's case matters). */
size_t barcode_aim_length(const char *text, size_t length);

/* The first element's value, terminated; NULL when there is none. Each measure is an identifier of its own: "3103". */
const char *barcode_value(const struct barcode *barcode, const char *ai);

const char *barcode_kind_name(enum barcode_kind kind); /* "digital_link" */
const char *barcode_flag_name(enum barcode_flag flag); /* "bad_check_digit" */
#define BARCODE_FLAGS_END 16                           /* for (flag = 1; flag < BARCODE_FLAGS_END; flag <<= 1) */

/* GS1's modulo 10 (General Specifications, 7.9): the digit that follows n digits, and whether the last of n is right.
 */
char barcode_check_digit(const char *digits, size_t n);
bool barcode_check_digit_ok(const char *digits, size_t n); /* false when any is no digit, or n < 2 */

/* 8, 12, 13 or 14 digits with a right check digit, padded to 14. -EINVAL otherwise. */
int barcode_gtin14(const char *text, size_t n, char ret[15]);

/* UPC-E as 6 digits, 7 (with number system) or 8 (and check digit) to its UPC-A. -EINVAL when it is none. */
int barcode_expand_upc_e(const char *text, size_t n, char ret[13]);

/* The item inside a case: indicator 1 to 8 becomes 0, with a new check digit; a GTIN with indicator 0 stays.
 * -ENOENT for 9, variable measure: such a case has no item number. -EINVAL when it is no GTIN-14. */
int barcode_item_gtin(const char gtin14[15], char ret[15]);

/* The date of (11) to (17), with day 00 as the month's last; the century is the one that puts the year nearest to
 * this_year (General Specifications, 7.12). -EINVAL when it is no date. */
int barcode_date(const char *yymmdd, int this_year, char ret[11]); /* "2026-12-31" */

/* What is on the label, of GS1 elements and digital links alike. -ENOENT when the label does not say; -ERANGE when it
 * says nothing, 0. */
int barcode_weight_g(const struct barcode *barcode, int64_t *ret);       /* net: (310n), else (320n); half a gram up */
int barcode_gross_weight_g(const struct barcode *barcode, int64_t *ret); /* with packaging: (330n), else (340n) */
int barcode_count(const struct barcode *barcode, int64_t *ret);          /* (30); (37) with (02) or without (30) */
const char *barcode_lot(const struct barcode *barcode);                  /* (10); NULL when there is none */
const char *barcode_serial(const struct barcode *barcode);               /* (21) */
int barcode_expiry(const struct barcode *barcode, int this_year, char ret[11]); /* (17), else (7003), else (15) */

enum barcode_measure {
    BARCODE_MEASURE_NONE,
    BARCODE_MEASURE_WEIGHT_G,
    BARCODE_MEASURE_PRICE, /* minor units */
    BARCODE_MEASURE_PIECES,
};

struct barcode_in_store {
    char item[14]; /* the code with all but the item's number zero, and a new check digit: what an item is looked up by
                    */
    enum barcode_measure measure;
    int64_t value; /* of the measure */
};

/* An in-store number by the shop's own format, "20IIIIIWWWWWC": digits as they must be, I the item, then of W (weight
 * in grams), P (price in minor units) and Q (pieces) at most one, V its verifier (General Specifications, 7.9.2 to
 * 7.9.4), C the check digit. -ENOENT when the code is of another format, -EBADMSG when a check digit is wrong, -EINVAL
 * when the format is none. */
int barcode_in_store(const char *format, const char *code, struct barcode_in_store *ret);

/* NULL, or what is wrong with the format: "must ...". */
const char *barcode_in_store_format_fault(const char *format);

/* The verifier of 4 or 5 digits; '\0' of any other number of them. */
char barcode_measure_check_digit(const char *digits, size_t n);

#endif
