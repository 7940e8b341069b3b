#include "sync/head-office/customers/identity.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

const char *const identity_names[IDENTITY_KINDS] = {"code", "buyer", "email", "phone"};

/* ---------------------------------------------------------------- telephones */

#define MOBILE_DIGITS 11

/* Numbers that platforms and carriers lease to stand before the real one: another buyer has them next month. */
static const char *const virtual_beginnings[] = {"162", "165", "167", "170", "171"};

/* Without blanks, brackets and hyphens. Whatever else stands in it, "转" or "#" or "ext", leads to an extension: by it
 * a platform finds the real number. ret_country: the number says its country. */
static int gather_digits(const char *text, char out[IDENTITY_TELEPHONE], bool *ret_country)
{
    size_t count = 0;
    *ret_country = false;
    for (; *text; text++) {
        if (strchr(" ()-", *text))
            continue;
        if (*text == '+' && count == 0 && !*ret_country) {
            *ret_country = true;
            continue;
        }
        if (*text < '0' || *text > '9' || count + 1 >= IDENTITY_TELEPHONE)
            return -EINVAL;
        out[count++] = *text;
    }
    out[count] = '\0';
    if (strncmp(out, "00", 2) == 0) {
        *ret_country = true;
        memmove(out, out + 2, count - 1);
    }
    return 0;
}

/* One that people carry with them; a line of a house or an office is several people's. */
static bool is_mobile(const char *digits)
{
    return strlen(digits) == MOBILE_DIGITS && digits[0] == '1' && digits[1] >= '3';
}

/* Somebody typed anything: the last seven digits are the same one, or nine of them count up. */
static bool is_made_up(const char *digits)
{
    size_t last = strlen(digits) - 1, same = 1, up = 1;
    for (size_t i = last; i > 0 && digits[i] == digits[i - 1]; i--)
        same++;
    for (size_t i = last; i > 0 && digits[i] == digits[i - 1] + 1; i--)
        up++;
    return same >= 7 || up >= 9 || strcmp(digits, "13800138000") == 0;
}

static bool is_virtual(const char *digits)
{
    for (size_t i = 0; i < COUNT(virtual_beginnings); i++)
        if (strncmp(digits, virtual_beginnings[i], strlen(virtual_beginnings[i])) == 0)
            return true;
    return false;
}

static int refuse(const char **ret_why, const char *why)
{
    *ret_why = why;
    return -EINVAL;
}

int identity_telephone(const char *text, char ret[IDENTITY_TELEPHONE], const char **ret_why)
{
    char digits[IDENTITY_TELEPHONE];
    bool country;
    *ret = '\0';
    if (strchr(text, '*'))
        return refuse(ret_why, "masked");
    if (gather_digits(text, digits, &country) != 0)
        return refuse(ret_why, "an extension, or no number");
    bool chinese = strncmp(digits, "86", 2) == 0 && is_mobile(digits + 2);
    const char *number = chinese ? digits + 2 : digits;
    bool abroad = country && !chinese;
    size_t length = strlen(number);
    if (abroad ? length < 8 || length > 15 || strncmp(number, "86", 2) == 0 : !is_mobile(number))
        return refuse(ret_why, "no mobile number: it may be several people's");
    if (is_made_up(number))
        return refuse(ret_why, "made up");
    if (!abroad && is_virtual(number))
        return refuse(ret_why, "virtual");
    snprintf(ret, IDENTITY_TELEPHONE, "%s%s", abroad ? "+" : "", number);
    return 0;
}

/* ---------------------------------------------------------------- under head office's key */

static int hash_value(struct office *office, const char *value, struct identity *ret)
{
    static const char what[] = "floorhand-person";
    uint8_t own[crypto_generichash_KEYBYTES], hash[crypto_generichash_BYTES];
    struct wire_key key;
    int result = office_key(office->sql, &key);
    if (result)
        return result;
    crypto_generichash(own, sizeof(own), (const uint8_t *)what, sizeof(what) - 1, key.secret, sizeof(key.secret));
    crypto_generichash(hash, sizeof(hash), (const uint8_t *)value, strlen(value), own, sizeof(own));
    sodium_bin2hex(ret->value, sizeof(ret->value), hash, sizeof(hash));
    sodium_memzero(&key, sizeof(key));
    sodium_memzero(own, sizeof(own));
    return 0;
}

int identity_phone(struct office *office, const char *text, struct identity *ret)
{
    char number[IDENTITY_TELEPHONE];
    const char *why;
    *ret = (struct identity){.kind = IDENTITY_PHONE};
    return identity_telephone(text, number, &why) == 0 ? hash_value(office, number, ret) : 0;
}

/* In small letters; one "@" with something before it and a point behind it. */
static bool read_email(const char *text, char *out, size_t capacity)
{
    while (*text == ' ')
        text++;
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (!text_copy_n(out, capacity, text, length))
        return false;
    for (char *at = out; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    const char *at = strchr(out, '@');
    return at && at > out && !strchr(at + 1, '@') && strchr(at + 2, '.') && !strpbrk(out, "* ");
}

int identity_email(struct office *office, const char *text, struct identity *ret)
{
    char address[IDENTITY_VALUE_SIZE];
    *ret = (struct identity){.kind = IDENTITY_EMAIL};
    return read_email(text, address, sizeof(address)) ? hash_value(office, address, ret) : 0;
}

void identity_code(const char *code, struct identity *ret)
{
    *ret = (struct identity){.kind = IDENTITY_CODE};
    text_copy(ret->value, sizeof(ret->value), code);
}

/* ---------------------------------------------------------------- what platforms call a buyer */

/* Where it is no account: Shopify's orders are named there. */
static const char *const nameless[] = {"shopify"};

static bool is_nameless(const char *platform)
{
    for (size_t i = 0; i < COUNT(nameless); i++)
        if (strcmp(nameless[i], platform) == 0)
            return true;
    return false;
}

int identity_buyer(struct office *office, const char *platform, const char *buyer, struct identity *ret)
{
    *ret = (struct identity){.kind = IDENTITY_BUYER};
    if (!*buyer || strchr(buyer, '*') || is_nameless(platform))
        return 0;
    if (strchr(buyer, '@'))
        return identity_email(office, buyer, ret);
    text_copy(ret->scope, sizeof(ret->scope), platform);
    if (!text_copy(ret->value, sizeof(ret->value), buyer))
        ret->value[0] = '\0'; /* cut, it could be another's */
    return 0;
}
