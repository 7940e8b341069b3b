#include "barcode/gs1.h"

#include "base/text.h"

#include <string.h>

enum field_kind {
    COUPON_END,
    COUPON_DIGITS,         /* .count digits */
    COUPON_ONE,            /* one digit of .allowed */
    COUPON_LENGTH,         /* a digit of .allowed, then that many and .count digits */
    COUPON_LENGTH_OR_NONE, /* the same, where 9 means that none follow */
    COUPON_DATE,           /* YYMMDD */
};

struct field {
    enum field_kind kind;
    size_t count;
    const char *allowed;
};

#define FIELDS_MAX     7
#define ANY_DIGIT      "0123456789"
#define PREFIX         COUPON_LENGTH, 6, "0123456"
#define OTHER_PREFIX   COUPON_LENGTH_OR_NONE, 6, "01234569"
#define OFFER          COUPON_DIGITS, 6, ANY_DIGIT
#define AMOUNT         COUPON_LENGTH, 0, "12345"
#define REQUIREMENT    COUPON_ONE, 0, "012349"
#define FAMILY         COUPON_DIGITS, 3, ANY_DIGIT
#define SERIAL         COUPON_LENGTH, 6, ANY_DIGIT
#define ONE_OF(digits) COUPON_ONE, 0, digits
#define DATE           COUPON_DATE, 6, ANY_DIGIT

/* GS1 US, coupons in GS1 DataBar: the fields that each coupon has, */
static const struct field coupon[FIELDS_MAX] = {{PREFIX}, {OFFER}, {AMOUNT}, {AMOUNT}, {REQUIREMENT}, {FAMILY}};

/* and those it may have, each group behind its digit, in this order. */
static const struct group {
    char tag;
    struct field fields[FIELDS_MAX];
} groups[] = {
    {'1', {{ONE_OF("0123")}, {AMOUNT}, {REQUIREMENT}, {FAMILY}, {OTHER_PREFIX}}}, /* second purchase */
    {'2', {{AMOUNT}, {REQUIREMENT}, {FAMILY}, {OTHER_PREFIX}}},                   /* third purchase */
    {'3', {{DATE}}},                                                              /* expiry */
    {'4', {{DATE}}},                                                              /* start */
    {'5', {{SERIAL}}},                                                            /* serial number */
    {'6', {{COUPON_LENGTH, 6, "1234567"}}},                                       /* retailer */
    {'9', {{ONE_OF("01256")}, {ONE_OF("012")}, {ONE_OF(ANY_DIGIT)}, {ONE_OF("01")}}},
};

/* GS1 US, coupons of a positive offer file. */
static const struct field offer[FIELDS_MAX] = {{ONE_OF("01")}, {PREFIX}, {OFFER}, {SERIAL}};

/* What the field takes of the digits, or 0 when they are none of it. */
static size_t field_length(const struct field *field, const char *digits, size_t left)
{
    if (left == 0 || !strchr(field->allowed, digits[0]))
        return 0;
    size_t length = field->count;
    if (field->kind == COUPON_ONE || (field->kind == COUPON_LENGTH_OR_NONE && digits[0] == '9'))
        length = 1;
    else if (field->kind == COUPON_LENGTH || field->kind == COUPON_LENGTH_OR_NONE)
        length = 1 + field->count + (size_t)(digits[0] - '0');
    bool wrong = length > left || (field->kind == COUPON_DATE && gs1_rule_fault(GS1_DATE, digits, length));
    return wrong ? 0 : length;
}

static bool take_fields(const struct field fields[FIELDS_MAX], const char *digits, size_t length, size_t *at)
{
    for (const struct field *field = fields; field->kind != COUPON_END; field++) {
        size_t taken = field_length(field, digits + *at, length - *at);
        if (taken == 0)
            return false;
        *at += taken;
    }
    return true;
}

bool gs1_is_coupon(const char *value, size_t length)
{
    size_t at = 0;
    const char *expiry = NULL;
    if (!text_all_digits(value, length) || !take_fields(coupon, value, length, &at))
        return false;
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (at == length || value[at] != groups[i].tag)
            continue;
        const char *fields = value + ++at;
        if (!take_fields(groups[i].fields, value, length, &at))
            return false;
        if (groups[i].tag == '3')
            expiry = fields;
        if (groups[i].tag == '4' && expiry && memcmp(fields, expiry, 6) > 0)
            return false;
    }
    return at == length;
}

bool gs1_is_positive_offer(const char *value, size_t length)
{
    size_t at = 0;
    return text_all_digits(value, length) && take_fields(offer, value, length, &at) && at == length;
}
